"""What the register of the demonstration knows: enterprises, their figures of three years, titles, incidents, rosters.

The province states it; one promotion organisation states more than the province has for some of its enterprises, one
has entered two new ones that its city has yet to confirm. The former is one of the leads for reviewers; the others are
in ``fiction`` (an enterprise in two clusters, ended titles, incidents below the bar) and in ``dossiers`` (a dossier
filled in carelessly). All of it is invented.
"""

from collections.abc import Mapping
from datetime import date, datetime

from cultivar.cases.membership import enrol
from cultivar.cases.models import Subject
from cultivar.demonstration import fiction
from cultivar.demonstration.fiction import EnterpriseFiction
from cultivar.demonstration.fiction_source import code_for
from cultivar.demonstration.reporting import BEFORE, LAST, YEAR, TitleFiction
from cultivar.ledger import clock
from cultivar.policy.vocabulary import YUAN_PER_WAN
from cultivar.registry.statements import (
    FirmRow,
    Giver,
    HeldRow,
    IncidentRow,
    state,
    state_incidents,
)

SOURCE = "企业统计年报（虚构）"
_PROVINCE = Giver("", "province", SOURCE)
_STATED = {  # by year: when it was reported
    BEFORE: datetime(2025, 3, 28, 9, tzinfo=clock.SHANGHAI),
    LAST: datetime(2025, 3, 28, 9, tzinfo=clock.SHANGHAI),
    YEAR: datetime(2026, 1, 9, 9, tzinfo=clock.SHANGHAI),
}
MORE_THAN_KNOWN = "c08"  # whose organisation reports higher revenue for three enterprises
_PER_CENT = 106
NEW_FIRMS = "c18"  # whose organisation entered two enterprises that no authority has confirmed yet


def keep(seed: int, clusters: Mapping[str, Subject]) -> None:
    """Fills the register and the rosters; offices, regions and clusters stand already."""
    found = fiction.enterprises(seed)
    for years in ((BEFORE, LAST), (YEAR,)):
        held = LAST in years
        state(_PROVINCE, (_row(one, years, held=held) for one in found), at=_STATED[years[-1]])
    incidents = (
        IncidentRow(one.code, one.kind, one.grade, one.on, one.document) for one in fiction.incidents(seed)
    )
    state_incidents(_PROVINCE, incidents, at=_STATED[LAST])
    for key, roster in fiction.rosters(seed).items():
        enrol(clusters[key], [one.code for one in roster])
    _report_more(seed, clusters[MORE_THAN_KNOWN])
    _enter_new(clusters[NEW_FIRMS])


def record_accident(seed: int, cluster: str) -> None:
    """Puts a major accident of last year on record at an enterprise of the cluster, today."""
    firm = fiction.rosters(seed)[cluster][5]
    row = IncidentRow(firm.code, "safety", "major", date(2025, 7, 16), "事故调查报告（虚构）")
    state_incidents(_PROVINCE, [row], at=clock.now())


def _report_more(seed: int, cluster: Subject) -> None:
    giver = Giver(cluster.organisation_id or "", f"applicant-{MORE_THAN_KNOWN}", "集群企业名单（虚构）")
    rows = []
    for one in fiction.rosters(seed)[MORE_THAN_KNOWN][1:4]:
        revenue = one.revenue_wan * _PER_CENT // 100 * YUAN_PER_WAN
        rows.append(FirmRow(one.code, one.name, one.region, one.industry, {YEAR: {"revenue": revenue}}, None))
    state(giver, rows, at=_STATED[YEAR])


def _enter_new(cluster: Subject) -> None:
    """Two enterprises on their applicant's word alone, not on its roster: they wait for the city to confirm them."""
    giver = Giver(cluster.organisation_id or "", f"applicant-{NEW_FIRMS}", "新增企业（虚构）")
    rows = [
        FirmRow(
            code_for("91", cluster.region_id, 990_000 + number),
            f"{cluster.name_zh[:2]}{name}有限公司",
            cluster.region_id,
            industry,
            {YEAR: {"revenue": wan * YUAN_PER_WAN, "employment": people}},
            None,
        )
        for number, (name, industry, wan, people) in enumerate(
            (("新源包装制品", "2927", 1860, 46), ("联创物流", "5431", 920, 31)), 1
        )
    ]
    state(giver, rows, at=_STATED[YEAR])


def _row(one: EnterpriseFiction, years: tuple[int, ...], *, held: bool) -> FirmRow:
    titles = tuple(map(_held, one.titles)) if held else None
    return FirmRow(
        one.code, one.name, one.region, one.industry, {year: one.years[year] for year in years}, titles
    )


def _held(title: TitleFiction) -> HeldRow:
    return HeldRow(title.kind, title.rank, "", title.from_on, title.until_on)
