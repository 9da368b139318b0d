"""Offices and people for any programme: one of each kind that its file names, invented, for the demonstration."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from cultivar.demonstration import fiction_source
from cultivar.policy.model import Body, Programme
from cultivar.policy.text import Text
from cultivar.procedure.engine import plays
from cultivar.registry import credit_code, regions
from cultivar.registry.actors import Actor
from cultivar.registry.models import Office, Organisation, Region
from cultivar.registry.sorting import sort_key

PLACES = 2  # applicants of each programme, each with its region
POOL = 5  # people who can be assigned to cases
_KIND_OF_PLACE = re.compile("^(设区的市|地级以上市|市（州）|地方|县级以上|产业链所在地|所在地)")
_PAIR = ("", "")  # where a body has no posts, two people, so that one can agree with the other


@dataclass(frozen=True)
class Post:
    """A person at a post of an office that is yet to be made."""

    login: str
    name: Text
    office: Office
    post: str = ""


@dataclass
class Company:
    """The people of one programme, as actors."""

    programme: Programme
    actors: list[Actor] = field(default_factory=list)

    def of(self, part: str, post: str = "", *, but: str = "") -> Iterator[Actor]:
        """Those who can take a part at a post; ``but`` is the key of a person who may not."""
        for actor in self.actors:
            if plays(self.programme, part, actor) and post in ("", actor.post) and actor.person_key != but:
                yield actor


def places(programme: Programme) -> list[str]:
    """The regions in which the demonstration seats applicants."""
    divisions = (code for code in regions.parts_of(programme.region) if code.isdigit())
    return sorted(divisions)[:PLACES]


def seats_of_authorities(programme: Programme) -> list[str]:
    """The regions in which it seats authorities: those of applicants, and those that the document names."""
    named = (place for one in programme.designations for place in one.places)
    return sorted({*places(programme), *named})


def posts(programme: Programme) -> Iterator[Post]:
    """Everybody whom a programme needs; offices that several programmes share come out the same each time."""
    names = {region.code: region for region in Region.objects.all()}
    for part, body in programme.bodies.items():
        if body.played_by is None and body.scope != "published matters":
            yield from _of_body(programme, part, body, names)


def _of_body(programme: Programme, part: str, body: Body, names: dict[str, Region]) -> Iterator[Post]:
    if body.scope in ("lead region", "regions concerned"):
        offices = [_office(part, body, names[place]) for place in seats_of_authorities(programme)]
    elif body.scope == "own cases":
        offices = [_applicant(programme, names[place]) for place in places(programme)]
    else:
        offices = [_office(part, body, names[programme.region])]
    seats: tuple[str, ...] = ("",) * POOL if body.scope == "assigned cases" else tuple(body.posts) or _PAIR
    for office, (number, post) in chain.from_iterable(
        ((office, seat) for seat in enumerate(seats, 1)) for office in offices
    ):
        login = f"{office.key}-{post or number}"
        yield Post(login, fiction_source.person(login), office, post)


def _office(part: str, body: Body, region: Region) -> Office:
    full = _in_region(body.text, region)
    short = (body.short or body).text
    return _made(f"{part}-{region.code}".lower(), part, full, short, region, None)


def _in_region(body: Text, region: Region) -> Text:
    """The body with its region before it, once: 山西省 and 省工业和信息化厅 share their 省."""
    if region.kind == Region.Kind.COUNTRY:
        return body
    own = region.name_zh.removesuffix("省") if body.zh.startswith("省") else region.name_zh
    kind = _KIND_OF_PLACE.sub("", body.zh)  # 太原市人民政府, not 太原市县级以上人民政府
    return Text(f"{own}{kind}", f"{body.en[:1].upper()}{body.en[1:]}, {region.name_en}")


def _applicant(programme: Programme, region: Region) -> Office:
    """An applicant's desk with its organisation, one for each programme and place."""
    number = sum(ord(letter) for letter in programme.programme) % 9000 + 1000
    code = credit_code.make("52", region.code, f"{number:04d}7{int(region.code[2:4]):02d}0")
    name = Text(
        "{place}示例{subject}申报单位（虚构）", "Example applicant, {subject} of {place} (fictional)"
    ).fill(place=region.short, subject=programme.subject.text)
    organisation, _ = Organisation.objects.get_or_create(
        code=code,
        defaults={
            "name_zh": name.zh,
            "name_en": name.en,
            "kind": Organisation.Kind.PROMOTION_ORGANISATION,
            "region": region,
            "sort_key": sort_key(name.zh),
        },
    )
    key = f"applicant-{programme.programme}-{region.code}".lower()
    return _made(key, "applicant", name, name, region, organisation)


def _made(
    key: str, body: str, full: Text, short: Text, region: Region, organisation: Organisation | None
) -> Office:
    return Office(
        key=key,
        body=body,
        name_zh=full.zh,
        name_en=full.en,
        short_zh=short.zh,
        short_en=short.en,
        region=region,
        organisation=organisation,
    )
