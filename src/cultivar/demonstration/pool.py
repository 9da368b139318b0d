"""The pool of experts of the demonstration: kinds, fields and employers as the fiction has them."""

from collections.abc import Iterator
from datetime import date, timedelta

from cultivar.demonstration import fiction, fiction_people
from cultivar.demonstration.cast import SINCE, expert_login
from cultivar.evaluation.models import Absence, Expert, Knowledge, Tie
from cultivar.policy.text import Text
from cultivar.registry.models import Office, Person

_ASKED = (7, 8)  # places in the pool: one of finance, one of management
POOL, PROGRAMME = "experts", "guizhou-clusters"
ADVISED_UNTIL = date(2025, 6, 30)  # one in nine advised an organisation until then
AWAY = (date(2026, 8, 3), 12)  # one in twenty is away from then for so many days


def keep(seed: int) -> None:
    """Writes what is known of each expert; ``cast.assemble`` has made the people."""
    pool = Office.objects.get(key=POOL)
    people = {one.login: one for one in Person.objects.filter(login__startswith="expert-")}
    known = fiction_people.experts(seed)
    experts = {
        one.key: Expert(
            person=people[expert_login(one)],
            pool=pool,
            number=one.key.upper(),
            kind=one.kind,
            title=one.title.zh,
            region_id=one.region,
        )
        for one in known
    }
    Expert.objects.bulk_create(experts.values())
    Knowledge.objects.bulk_create(
        Knowledge(expert=experts[one.key], scheme=PROGRAMME, code=field)
        for one in known
        for field in one.fields
    )
    ties = [_tie(experts[one.key], "employed", one.employer.code, one.employer.name) for one in known]
    for one, other in zip(known[::9], known[4::9], strict=False):
        advised = _tie(experts[one.key], "adviser", other.employer.code, other.employer.name)
        advised.until_on = ADVISED_UNTIL
        ties.append(advised)
    Tie.objects.bulk_create([*ties, *_in_other_words(seed, [experts[one.key] for one in known])])
    since, days = AWAY
    Absence.objects.bulk_create(
        Absence(expert=experts[one.key], from_on=since, until_on=since + timedelta(days=days))
        for one in known[::20]
    )


def _in_other_words(seed: int, experts: list[Expert]) -> Iterator[Tie]:
    """Two experts worked with an enterprise of each cluster and wrote its name in another way, without a code."""
    for place, plan in enumerate(fiction.plans(seed)):
        name = fiction.members_of(seed, plan)[1].name.replace("有限公司", "股份有限公司")
        yield Tie(expert=experts[_ASKED[place % 2]], kind="partner", name=name, from_on=SINCE)


def _tie(expert: Expert, kind: str, code: str, name: Text) -> Tie:
    return Tie(expert=expert, kind=kind, organisation=code, name=name.zh, from_on=SINCE)
