"""A walker for any programme with everybody whom its file names, and the days on which its story happens."""

from collections.abc import Iterator
from datetime import date, datetime, time

from cultivar.cases.programmes import catalogue
from cultivar.demonstration import company
from cultivar.demonstration.company import Company
from cultivar.demonstration.walking import Walker
from cultivar.ledger import clock
from cultivar.registry import actors
from cultivar.registry.models import Holding, Office, Person

OFFICE = ("body", "name_zh", "name_en", "short_zh", "short_en", "region", "organisation")


def seated(key: str) -> Walker:
    """A walker with everybody whom the programme needs."""
    programme = catalogue()[key].programme
    found = []
    for post in company.posts(programme):
        office, _ = Office.objects.get_or_create(
            key=post.office.key, defaults={name: getattr(post.office, name) for name in OFFICE}
        )
        person = Person.objects.create(login=post.login, name=post.name.zh)
        holding = Holding.objects.create(
            person=person, office=office, post=post.post, from_on=date(2025, 1, 1)
        )
        found.append(actors.actor(person, holding))
    numbers = iter(range(10_000))
    return Walker(Company(programme, found), lambda: f"test-{next(numbers)}")


def live(story: Iterator[date]) -> None:
    """Runs a story, each step on the morning of the day that it asks for and never earlier than the last."""
    day = next(story, None)
    minute = 0
    while day is not None:
        minute += 1
        at = datetime.combine(day, time(9 + minute // 3600, minute // 60 % 60, minute % 60), clock.SHANGHAI)
        with clock.at(at):
            day = next(story, None)
