"""A round whose applications wait for their panels, and a pool of experts, for tests of who may judge what."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tests import world as w

from cultivar.cases.models import Case, Membership
from cultivar.evaluation.models import Absence, Expert, Knowledge, Tie
from cultivar.registry import credit_code
from cultivar.registry.models import Enterprise, Holding, Office, Person

LIQUOR = ("guizhou-clusters", "sauce-liquor")
DAY = date(2026, 5, 20)


def code(number: int) -> str:
    """A sound credit code of a fictional company."""
    return credit_code.make("91", "520300", f"{number:08d}")


def member(of: Any, number: int, name: str = "", industry: str = "1512") -> str:
    """An enterprise on the roster of a cluster; its code."""
    Enterprise.objects.get_or_create(
        code=code(number),
        defaults={
            "name_zh": name or f"第{number}酒厂有限公司（虚构）",
            "region_id": of.region_id,
            "industry": industry,
            "confirmed": True,
        },
    )
    Membership.objects.get_or_create(subject=of, enterprise_id=code(number))
    return code(number)


def admitted(
    number: int = 1,
    members: Sequence[str] = (),
    partners: list[str] | None = None,
    on: str = "2026-04-16",
    **notice: Any,
) -> tuple[Case, list[Case]]:
    """An announced round with so many applications, of Zunyi, that wait for their panels since ``on``."""
    with w.at(on):
        round_ = w.announce(closes="2026-12-31T18:00+08:00", **notice)
        cases = [_recommended(round_, place, members, partners) for place in range(1, number + 1)]
        for case in cases:
            w.do(case, "admit", w.province("handler"))
    return round_, cases


def _recommended(round_: Case, place: int, members: Sequence[str], partners: list[str] | None) -> Case:
    of = w.cluster(w.ZUNYI, place)
    for offset, name in enumerate(members):
        member(of, place * 100 + offset, name)
    case = w.application(round_, of, partners)
    w.to_city_review(case, of)
    w.to_recommended(case, of, partners)
    return case


def pool_of(key: str = "experts", region: str = "520000") -> Office:
    """An office of experts."""
    names = {"name_zh": "专家库（虚构）", "name_en": "Pool", "short_zh": "专家库", "short_en": "Pool"}
    return Office.objects.get_or_create(key=key, defaults={"body": "expert", "region_id": region, **names})[0]


def expert(number: str, pool: Office | None = None, **more: Any) -> Expert:
    """An expert who may judge liquor, lives in Guiyang and has no ties."""
    pool = pool or pool_of()
    person, _ = Person.objects.get_or_create(
        key=number, defaults={"login": number, "name": f"专家{number}（虚构）"}
    )
    Holding.objects.get_or_create(person=person, office=pool, post="", from_on=date(2020, 1, 1))
    known = {"kind": "technology", "region_id": w.GUIYANG} | more
    made = Expert.objects.create(person=person, pool=pool, number=number, **known)
    Knowledge.objects.create(expert=made, scheme=LIQUOR[0], code=LIQUOR[1])
    return made


def tie(
    of: Expert, kind: str, name: str, organisation: str = "", since: Any = None, until: Any = None
) -> Tie:
    """A bond of an expert."""
    return Tie.objects.create(
        expert=of, kind=kind, name=name, organisation=organisation, from_on=since, until_on=until
    )


def away(of: Expert, since: date, until: date) -> None:
    """Days on which an expert cannot judge."""
    Absence.objects.create(expert=of, from_on=since, until_on=until)
