"""A fictional province-year for Guizhou: clusters, enterprises, experts, officials and their long texts.

Real are the regions, the fields (article 5 of the Guizhou measures) and the rules of the codes; everything
else is invented. Credit codes are sound but carry an organisation code beginning with XG and running numbers,
a shape that is not issued, so that none should belong to a real body. Equal seeds give equal data. Money is
in 万元 (10,000 yuan). What each enterprise reports is in ``reporting``; what a cluster says of itself follows from it.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import product
from typing import Any

from cultivar.demonstration import reporting
from cultivar.demonstration.fiction_source import (
    CLUSTERS,
    EXPERTS,
    OFFICIALS,
    code_for,
    dice_for,
    people,
    roman,
    source,
)
from cultivar.demonstration.reporting import LAST, YEAR, TitleFiction, Trade
from cultivar.policy.text import Text
from cultivar.policy.vocabulary import YUAN_PER_WAN

COUNTED_ON = {LAST: date(2025, 9, 1), YEAR: date(2026, 3, 1)}  # by year reported: when titles are counted
GUESTS = {
    4: (3, 4),
    21: (20, 6),
}  # clusters with an enterprise of another: that one's number, and whose place there

# Chance in a hundred of a qualification: for above-scale members, and for the others.
QUALIFICATIONS = {
    "high-tech": (34, 6),
    "technology-sme": (22, 18),
    "innovative-sme": (30, 14),
    "srun": (18, 2),
    "little-giant": (4, 0),
    "champion": (1, 0),
    "digital-navigator": (3, 0),
    "green-factory": (6, 0),
    "green-supply-chain": (1, 0),
}


@dataclass(frozen=True, slots=True)
class OrganisationFiction:
    """A legal body that does not exist."""

    code: str
    name: Text
    region: str


@dataclass(frozen=True, slots=True)
class Figures:
    """A year's figures of a cluster; those that a roster can show are what its enterprises report.

    Money in 万元, ``..._percent`` with one decimal, areas in km².
    """

    revenue_wan: int
    revenue_last_wan: int
    revenue_before_wan: int
    growth_percent: Decimal
    output_wan: int
    leading_share_percent: Decimal
    market_share_percent: Decimal
    provincial_rank: int
    enterprises: int
    above_scale: int
    employment: int
    high_tech: int
    technology_smes: int
    innovative_smes: int
    srun: int
    little_giants: int
    champions: int
    rd_wan: int
    rd_intensity_percent: Decimal
    standards: int
    patents: int
    carriers_national: int
    carriers_provincial: int
    contracts_wan: int
    numerical_control_percent: Decimal
    digital_design_percent: Decimal
    digital_navigators: int
    energy_cut_percent: Decimal
    solid_waste_use_percent: Decimal
    green_factories: int
    green_parks: int
    green_supply_chains: int
    area_km2: Decimal
    projects: int
    investment_wan: int
    policies: int
    platforms: int
    fund_wan: int
    promoter_staff: int
    safety_standard_percent: Decimal


@dataclass(frozen=True, slots=True)
class EnterpriseFiction:
    """An enterprise with its last year; ``cluster`` is the key of its cluster, or blank.

    ``years`` is what it reports by year and measure, ``titles`` what it holds or held.
    """

    code: str
    name: str
    region: str
    industry: str
    above_scale: bool
    revenue_wan: int
    rd_wan: int
    employment: int
    qualifications: tuple[str, ...]
    cluster: str
    years: Mapping[int, Mapping[str, int]]
    titles: tuple[TitleFiction, ...]

    def holds(self, kind: str, on: date, *ranks: str) -> bool:
        """Whether it holds a title on a day, at one of the ranks where any are given."""
        return any(
            one.kind == kind and one.valid(on) and (not ranks or one.rank in ranks) for one in self.titles
        )


@dataclass(frozen=True, slots=True)
class IncidentFiction:
    """An event that did not happen, at an enterprise by its code."""

    code: str
    kind: str
    grade: str
    on: date
    document: str


@dataclass(frozen=True, slots=True)
class ClusterFiction:
    """A cluster: its field (id), branch, regions (codes), promotion organisation, park, figures by year reported."""

    key: str
    name: Text
    field: str
    branch: Text
    industry: str
    lead: str
    partners: tuple[str, ...]
    promoter: OrganisationFiction
    contact: Text
    park: Text
    by_year: Mapping[int, Figures]

    @property
    def figures(self) -> Figures:
        """Those of the last year."""
        return self.by_year[YEAR]


@dataclass(frozen=True, slots=True, eq=False)  # each plan is itself, so that members are kept per plan
class _Plan:
    """A cluster before its members exist."""

    number: int
    place: str
    field: dict[str, Any]
    branch: Text
    lead: str
    partners: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"c{self.number:02d}"


@cache
def clusters(seed: int) -> tuple[ClusterFiction, ...]:
    """Forty clusters over the nine fields; every region leads at least one, about a third are joint."""
    contacts = people(seed)[OFFICIALS + EXPERTS :]
    planned = zip(plans(seed), contacts, strict=True)
    return tuple(_cluster(seed, plan, contact) for plan, contact in planned)


@cache
def enterprises(seed: int, n: int = 3000) -> tuple[EnterpriseFiction, ...]:
    """``n`` enterprises, members of clusters first, then some of no cluster.

    With the default each cluster's figures follow from its roster; a small ``n`` cuts members off;
    ``n`` above some 5,500 runs out of names (``ValueError``).
    """
    members = [member for plan in plans(seed) for member in members_of(seed, plan)]
    return tuple([*members, *_unattached(seed, max(0, n - len(members)))][:n])


@cache
def rosters(seed: int) -> Mapping[str, tuple[EnterpriseFiction, ...]]:
    """The enterprises of each cluster by its key: its members, and in two clusters one of another's."""
    return {plan.key: _roster(seed, plan) for plan in plans(seed)}


@cache
def incidents(seed: int) -> tuple[IncidentFiction, ...]:
    """Two events below the bar of the measures: a larger accident and an ordinary pollution."""
    planned = plans(seed)
    return (
        IncidentFiction(
            members_of(seed, planned[5])[3].code,
            "safety",
            "larger",
            date(2024, 11, 19),
            "事故调查报告（虚构）",
        ),
        IncidentFiction(
            members_of(seed, planned[10])[5].code,
            "environment",
            "ordinary",
            date(2025, 5, 8),
            "处罚决定（虚构）",
        ),
    )


def regions() -> tuple[str, ...]:
    """The codes of the ten regions."""
    return tuple(source()["neighbours"])


@cache
def _places(seed: int) -> tuple[str, ...]:
    places = source()["places"].split()
    return tuple(dice_for(seed, "places").sample(places, len(places)))


@cache
def plans(seed: int) -> tuple[_Plan, ...]:
    spots = [
        (field, lead, Text(*branch))
        for field in source()["fields"]
        for lead, branch in zip(field["leads"], field["branches"], strict=True)
    ]
    dice = dice_for(seed, "partners")
    joint = set(dice.sample(range(CLUSTERS), CLUSTERS // 3))
    return tuple(
        _Plan(
            number=n + 1,
            place=place,
            field=field,
            branch=branch,
            lead=lead,
            partners=tuple(sorted(dice.sample(source()["neighbours"][lead], dice.randint(1, 2))))
            if n in joint
            else (),
        )
        for n, ((field, lead, branch), place) in enumerate(zip(spots, _places(seed), strict=False))
    )


@cache
def members_of(seed: int, plan: _Plan) -> tuple[EnterpriseFiction, ...]:
    dice = dice_for(seed, "members", plan.key)
    count = dice.randint(46, 92)
    growth = _growth(dice_for(seed, "growth", plan.key))
    homes = [plan.lead] * 3 + list(plan.partners)
    firms = (
        _enterprise(
            dice,
            number=200_000 + plan.number * 1000 + n,
            name=f"{plan.place}{brand}",
            field=plan.field,
            region=plan.lead if n == 0 else dice.choice(homes),
            cluster=plan.key,
            size=plan.field["size"]
            * (12 if n == 0 else 4 if n < 4 else 1),  # a leader, a few strong ones, the rest
            growth=growth,
        )
        for n, brand in enumerate(dice.sample(_brands(), count))
    )
    return tuple(firms)


def _roster(seed: int, plan: _Plan) -> tuple[EnterpriseFiction, ...]:
    members = members_of(seed, plan)
    if plan.number not in GUESTS:
        return members
    number, place = GUESTS[plan.number]
    return (*members, members_of(seed, plans(seed)[number - 1])[place])


def _growth(dice: random.Random) -> tuple[int, int]:
    """Of this year against the last, and of the last against the one before, in thousandths."""
    return dice.randint(1012, 1190), dice.randint(1012, 1150)


def _unattached(seed: int, count: int) -> Iterator[EnterpriseFiction]:
    dice = dice_for(seed, "unattached")
    names = [place + brand for place in _places(seed)[CLUSTERS:] for brand in _brands()]
    for n, name in enumerate(dice.sample(names, count)):
        field = dice.choice(source()["fields"])
        region = dice.choice(regions())
        growth = _growth(dice_for(seed, "growth", "unattached", n))
        yield _enterprise(
            dice, 300_000 + n, name, field, region, cluster="", size=field["size"] // 2, growth=growth
        )


def _brands() -> list[str]:
    return [
        "".join(pair) for pair in product(source()["brand_first"].split(), source()["brand_second"].split())
    ]


def _enterprise(
    dice: random.Random,
    number: int,
    name: str,
    field: dict[str, Any],
    region: str,
    cluster: str,
    size: int,
    growth: tuple[int, int],
) -> EnterpriseFiction:
    spread = dice.choices((6, 15, 35, 70, 110, 180, 320, 700), weights=(12, 15, 18, 18, 15, 12, 7, 3))[0]
    revenue = max(1, size * spread * dice.randint(75, 125) // 10_000)
    leads = size > field["size"]
    product = dice.choice(field["products"])
    industry = field["industry"] if leads else dice.choice([field["industry"]] * 9 + field["related"])
    trade = Trade(
        revenue_wan=revenue,
        rd_wan=revenue * dice.randint(8, 62) // 1000,
        employment=max(8, revenue * dice.randint(60, 140) // 10_000),
        leading=leads,
        main_industry=industry == field["industry"],
        growth=growth,
    )
    kinds = tuple(
        key
        for key, (large, small) in QUALIFICATIONS.items()
        if dice.randrange(100) < (large if trade.above_scale else small)
    )
    own = dice_for(number, "reported", name, revenue)
    return EnterpriseFiction(
        code=code_for("91", region, number),
        name=f"{name}{product}有限公司",
        region=region,
        industry=industry,
        above_scale=trade.above_scale,
        revenue_wan=revenue,
        rd_wan=trade.rd_wan,
        employment=trade.employment,
        qualifications=kinds,
        cluster=cluster,
        years=reporting.years(own, trade),
        titles=reporting.titles(own, kinds),
    )


def _cluster(seed: int, plan: _Plan, contact: Text) -> ClusterFiction:
    name = Text(f"{plan.place}{plan.branch.zh}集群", f"{roman(plan.place)} {plan.branch.en} Cluster")
    promoter = Text("{name}发展促进中心", "{name} Promotion Centre").fill(name=name)
    return ClusterFiction(
        key=plan.key,
        name=name,
        field=plan.field["id"],
        branch=plan.branch,
        industry=plan.field["industry"],
        lead=plan.lead,
        partners=plan.partners,
        promoter=OrganisationFiction(code_for("52", plan.lead, 100_000 + plan.number), promoter, plan.lead),
        contact=contact,
        park=Text(f"{plan.place}产业园", f"{roman(plan.place)} Industrial Park"),
        by_year={
            year: _figures(dice_for(seed, "figures", plan.key), _roster(seed, plan), year)
            for year in (LAST, YEAR)
        },
    )


def _figures(dice: random.Random, roster: Sequence[EnterpriseFiction], year: int) -> Figures:
    day = COUNTED_ON[year]

    def total(measure: str, of: int = year) -> int:
        return sum(firm.years[of][measure] for firm in roster)

    def wan(measure: str, of: int = year) -> int:
        return total(measure, of) // YUAN_PER_WAN

    def having(kind: str, *ranks: str) -> int:
        return sum(firm.holds(kind, day, *ranks) for firm in roster)

    def percent(low: int, high: int) -> Decimal:
        return Decimal(dice.randint(low * 10, high * 10)) / 10

    large = [firm.years[year] for firm in roster if firm.years[year]["above-scale"]]
    rates = (Decimal(one["key-processes-nc"]) * 100 / one["key-processes"] for one in large)
    controlled = sum(rates, Decimal(0))
    national = min(dice.randint(0, 3), total("innovation-carriers"))
    last = wan("revenue", year - 1)
    return Figures(
        revenue_wan=wan("revenue"),
        revenue_last_wan=last,
        revenue_before_wan=last * 1000 // dice.randint(1010, 1150),
        growth_percent=_share(wan("revenue") - last, last),
        output_wan=wan("output"),
        leading_share_percent=_share(
            sum(one.years[year]["revenue"] for one in roster if one.years[year]["main-industry"]),
            total("revenue"),
        ),
        market_share_percent=percent(1, 18),
        provincial_rank=dice.randint(1, 5),
        enterprises=len(roster),
        above_scale=len(large),
        employment=total("employment"),
        high_tech=having("high-tech"),
        technology_smes=having("technology-sme"),
        innovative_smes=having("innovative-sme"),
        srun=having("srun"),
        little_giants=having("little-giant"),
        champions=having("champion"),
        rd_wan=wan("rd-expense"),
        rd_intensity_percent=_share(wan("rd-expense"), wan("revenue")),
        standards=total("standards"),
        patents=total("patents"),
        carriers_national=national,
        carriers_provincial=total("innovation-carriers") - national,
        contracts_wan=dice.randint(800, 24_000),
        numerical_control_percent=(controlled / len(large)).quantize(Decimal("0.1"), ROUND_HALF_UP),
        digital_design_percent=_share(sum(one["digital-tools"] for one in large), len(large)),
        digital_navigators=having("digital-navigator"),
        energy_cut_percent=_share(
            total("energy", year - 1) * total("output") - total("energy") * total("output", year - 1),
            total("energy", year - 1) * total("output"),
        ),
        solid_waste_use_percent=_share(total("solid-waste-used"), total("solid-waste")),
        green_factories=having("green-factory", "national", "provincial"),
        green_parks=dice.randint(0, 2),
        green_supply_chains=having("green-supply-chain"),
        area_km2=percent(6, 70),
        projects=dice.randint(5, 32),
        investment_wan=wan("investment"),
        policies=dice.randint(3, 12),
        platforms=dice.randint(2, 9),
        fund_wan=dice.randint(2, 40) * 5000,
        promoter_staff=dice.randint(6, 24),
        safety_standard_percent=percent(86, 99),
    )


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
