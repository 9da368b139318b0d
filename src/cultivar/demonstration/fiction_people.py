"""The fictional people: officials, experts and those who employ them."""

import random
from dataclasses import dataclass
from functools import cache

from cultivar.demonstration.fiction import OrganisationFiction, members_of, plans, regions
from cultivar.demonstration.fiction_source import (
    EXPERTS,
    OFFICIALS,
    PROVINCE,
    code_for,
    dice_for,
    people,
    roman,
    source,
    text_of,
)
from cultivar.policy.text import Text


@dataclass(frozen=True, slots=True)
class ExpertFiction:
    """An expert; ``kind`` is technology, industry, finance or management, ``fields`` are field ids."""

    key: str
    name: Text
    kind: str
    title: Text
    fields: tuple[str, ...]
    employer: OrganisationFiction
    region: str


@dataclass(frozen=True, slots=True)
class OfficialFiction:
    """An official at an office (a slug like "city-520300") and post."""

    login: str
    name: Text
    office: str
    body: str
    post: str
    region: str


@cache
def experts(seed: int, n: int = EXPERTS) -> tuple[ExpertFiction, ...]:
    """``n`` experts (at most 95). Some work for members of clusters, so that recusal has work to do."""
    names = people(seed)[OFFICIALS : OFFICIALS + EXPERTS]
    return tuple(_expert(seed, number, name) for number, name in enumerate(names[:n], 1))


@cache
def officials(seed: int) -> tuple[OfficialFiction, ...]:
    """Ten city authorities with two posts each, the province with four, an auditor, a policy officer."""
    posts = [
        (f"city-{region}", "city", post, region) for region in regions() for post in ("handler", "reviewer")
    ]
    posts += [
        ("province", "province", p, PROVINCE) for p in ("handler", "reviewer", "secretary", "publisher")
    ]
    posts += [(body, body, "", PROVINCE) for body in ("auditor", "policy")]
    return tuple(
        OfficialFiction("-".join(filter(None, (office, post))), name, office, body, post, region)
        for name, (office, body, post, region) in zip(people(seed), posts, strict=False)
    )


def _expert(seed: int, number: int, name: Text) -> ExpertFiction:
    dice = dice_for(seed, "experts", number)
    kind = ("technology", "technology", "industry", "finance", "management")[number % 5]
    fields = [field["id"] for field in source()["fields"]]
    if kind in ("technology", "industry"):
        known = {fields[number % len(fields)], *dice.sample(fields, dice.randint(0, 2))}
        fields = [field for field in fields if field in known]
    employer = _member_employer(seed, dice, fields[0]) if number % 6 == 0 else _institute(dice, kind)
    return ExpertFiction(
        key=f"e{number:02d}",
        name=name,
        kind=kind,
        title=text_of(dice.choice(source()["titles"][kind])),
        fields=tuple(fields),
        employer=employer,
        region=employer.region,
    )


def _institute(dice: random.Random, kind: str) -> OrganisationFiction:
    rows = [(n, row) for n, row in enumerate(source()["employers"]) if kind in row["kinds"]]
    number, row = dice.choice(rows)
    return OrganisationFiction(
        code_for(row["registrar"], row["region"], 900_000 + number), text_of(row), row["region"]
    )


def _member_employer(seed: int, dice: random.Random, field: str) -> OrganisationFiction:
    plan = dice.choice([plan for plan in plans(seed) if plan.field["id"] == field])
    firm = dice.choice(members_of(seed, plan))
    return OrganisationFiction(firm.code, Text(firm.name, f"{roman(firm.name[:4])} Co., Ltd."), firm.region)
