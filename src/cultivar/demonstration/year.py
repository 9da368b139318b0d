"""The province-year: three rounds, what followed the titles of the first, and who plays which part in it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from cultivar.demonstration import applications, cultivation, drawing, fiction
from cultivar.demonstration.agenda import Story
from cultivar.demonstration.applications import Application, House, RoundPlan
from cultivar.demonstration.drawing import DrawDays
from cultivar.demonstration.fiction import ClusterFiction

PRESENT = "2026-05-07T10:24:00+08:00"
STRIDE = 7  # walks the forty clusters, which stand field by field, so that neighbours in a round differ

AUTUMN = RoundPlan(
    key="autumn",
    name=("2025年第一批省先进制造业集群申报（虚构）", "First round of 2025 (fictional)"),
    number="黔工信集群〔2025〕1号（虚构）",
    announced="2025-08-18",
    opens_at="2025-08-20T09:00+08:00",
    closes_at="2025-09-19T18:00+08:00",
    first_start="2025-08-25",
    pace=3,
    admit_days=20,
    admitted="2025-10-15",
    panel="2025-10-24",
    defence="2025-11-05",
    listed="2025-11-12",
    met="2025-11-19",
    published="2025-11-25",
    decided="2025-12-03",
    notice="黔工信公示〔2025〕6号（虚构）",
    decision="黔工信集群〔2025〕9号（虚构）",
    quota=11,
)
AUTUMN_DRAW = DrawDays(
    frozen="2025-10-20",
    values_on="2025-10-21",
    drawn="2025-10-22",
    seated="2025-10-23",
    until="2025-11-12",
    leaves="2025-10-27",
    archived="2025-12-05",
)
WINTER = RoundPlan(
    key="winter",
    name=("2026年补充批次省先进制造业集群申报（虚构）", "Supplementary round of 2026 (fictional)"),
    number="黔工信集群〔2026〕1号（虚构）",
    announced="2026-01-12",
    opens_at="2026-01-14T09:00+08:00",
    closes_at="2026-02-06T18:00+08:00",
    first_start="2026-01-20",
    pace=3,
    admit_days=40,
    admitted="2026-03-06",
    panel="2026-03-11",
    defence="2026-03-18",
    listed="2026-03-25",
    met="2026-04-24",
    published="2026-05-06",
    decided="2026-05-12",
    notice="黔工信公示〔2026〕3号（虚构）",
    decision="黔工信集群〔2026〕8号（虚构）",
    quota=8,
)
EARLY = {  # the cases of the winter that went before the meeting of 31 March
    "met": "2026-03-31",
    "published": "2026-04-07",
    "decided": "2026-04-22",
    "notice": "黔工信公示〔2026〕2号（虚构）",
    "decision": "黔工信集群〔2026〕6号（虚构）",
}
SPRING = RoundPlan(
    key="spring",
    name=("2026年第一批省先进制造业集群申报（虚构）", "First round of 2026 (fictional)"),
    number="黔工信集群〔2026〕4号（虚构）",
    announced="2026-04-08",
    opens_at="2026-04-13T09:00+08:00",
    closes_at="2026-05-15T18:00+08:00",
    first_start="2026-04-13",
    pace=1,
    admit_days=10,
    admitted="2026-05-06",
    panel="2026-05-20",
    defence="2026-05-28",
    listed="2026-06-05",
    met="2026-06-12",
    published="2026-06-16",
    decided="2026-06-26",
    notice="黔工信公示〔2026〕4号（虚构）",
    decision="黔工信集群〔2026〕12号（虚构）",
    quota=12,
)

BUSY = "520300"  # Zunyi: the city whose desk a newcomer looks at
JOINT = "joint"
ENDS: dict[str, list[tuple[str, str]]] = {
    "autumn": [
        *[("recognised", JOINT)] * 3,
        *[("recognised", "")] * 7,
        *((end, "") for end in ("not recommended", "not admitted", "not listed", "not approved")),
    ],
    "winter": [
        ("objection dismissed", JOINT),
        ("notice", JOINT),
        ("some sheets", JOINT),
        *((end, "") for end in ("objection upheld", "objection open", "notice", "listed", "approved")),
        *((end, "") for end in ("not approved", "all sheets", "admitted", "not listed", "not admitted")),
    ],
    "spring": [
        ("concurrence", JOINT),
        ("submitted", JOINT),
        ("disputed", JOINT),
        *((end, "") for end in ("accepted", "agreement", "submitted", "submitted again", "returned")),
        *((end, "") for end in ("half a draft", "draft", "recommended", "withdrawn", "discarded")),
        *((end, "") for end in ("not recommended", "sent back")),
    ],
}
# Some stories keep other days than their round, so that they stand where they should at the present.
_JUDGED_LATE = {"admitted": "2026-04-15", "panel": "2026-04-24", "defence": "2026-05-06"}
OTHER_DAYS: dict[tuple[str, str], dict[str, Any]] = {
    **{("winter", end): EARLY for end in ("objection dismissed", "objection upheld", "not approved")},
    **{("winter", end): _JUDGED_LATE for end in ("some sheets", "all sheets")},
    ("winter", "admitted"): {"admitted": "2026-04-28"},
    ("winter", "listed"): {"listed": "2026-04-29"},
    ("winter", "approved"): {"listed": "2026-04-29", "met": "2026-05-06"},
    ("spring", "half a draft"): {"first_start": "2026-04-24"},
    ("spring", "draft"): {"first_start": "2026-04-23"},
    ("spring", "submitted"): {"first_start": "2026-04-20"},
    ("spring", "returned"): {"first_start": "2026-04-16"},
    ("spring", "accepted"): {"first_start": "2026-04-23"},
    ("spring", "sent back"): {"admitted": "2026-04-28"},
}
# Applications whose dossiers state more than their rosters bear out, for reviewers to find.
CARELESS = {("winter", "admitted"), ("spring", "accepted"), ("spring", "recommended")}


@dataclass(frozen=True)
class Script:
    """Every application of the year."""

    applications: tuple[Application, ...]

    def where(self, round_: RoundPlan, end: str) -> list[ClusterFiction]:
        """The clusters whose story ends so in a round."""
        return [one.cluster for one in self.applications if one.round.key == round_.key and one.end == end]


def cast_parts(seed: int) -> Script:
    """Deals the clusters to the stories; those refused in autumn apply again in spring.

    The clusters of one city are kept for the early stages of spring, so that its desk has something of everything.
    """
    clusters = fiction.clusters(seed)
    order = [clusters[n * STRIDE % len(clusters)] for n in range(len(clusters))]
    order.sort(key=lambda one: one.lead == BUSY)
    joint = [one for one in order if one.partners]
    plain = [one for one in order if not one.partners]
    dealt: list[Application] = []
    again: list[ClusterFiction] = []
    for plan in (AUTUMN, WINTER, SPRING):
        if plan is SPRING:
            joint.sort(key=lambda one: one.lead != BUSY)
            plain.sort(key=lambda one: one.lead != BUSY)
        for number, (end, kind) in enumerate(ENDS[plan.key]):
            pile = joint if kind == JOINT or not (plain or again) else plain or again
            cluster = pile.pop(0)
            careless = (plan.key, end) in CARELESS
            dealt.append(Application(number, _timed(plan, end), cluster, end, careless))
            if plan is AUTUMN and end.startswith("not "):
                again.append(cluster)
    return Script(tuple(dealt))


def _timed(plan: RoundPlan, end: str) -> RoundPlan:
    return replace(plan, **OTHER_DAYS.get((plan.key, end), {}))


def stories(house: House, script: Script) -> Iterator[Story]:
    """Every story of the year; the agenda puts them in order."""
    for plan in (AUTUMN, WINTER, SPRING):
        yield applications.announce(house, plan)
    for application in script.applications:
        yield applications.apply(house, application)
    yield drawing.draw(house, AUTUMN, AUTUMN_DRAW)
    yield applications.close(house, AUTUMN, "2025-12-08")
    yield from _after_the_titles(house, script.where(AUTUMN, "recognised"))


def _after_the_titles(house: House, holders: list[ClusterFiction]) -> Iterator[Story]:
    ends = ("in force", "filed", "draft", "to revise", "in force", "filed")
    for number, (holder, end) in enumerate(zip(holders, ends, strict=False)):
        yield cultivation.plan(house, holder, f"2026-01-{12 + number:02d}", end)
    reports = [*["received"] * 5, "reported", "questioned", "draft"]
    for number, (holder, end) in enumerate(zip(holders, reports, strict=False)):
        late = end in ("reported", "questioned")
        day = "2026-04-03" if late else f"2026-03-{16 + number * 2:02d}"
        yield cultivation.annual_report(house, holder, f"2026-03-{2 + number:02d}", day, end)
    yield cultivation.review(house, holders[0], "2026-04-21", "2026-05-22", "opened")
    yield cultivation.review(house, holders[1], "2026-04-21", "2026-05-22", "self-reported")
    yield cultivation.review(house, holders[4], "2026-04-08", "2026-05-08", "under assessment")
    yield cultivation.national(house, holders[3], "2026-04-15")
    yield cultivation.national(house, holders[5], "2026-04-15", "2026-04-28")
    yield cultivation.revocation(house, holders[9], "2026-04-28", "2026-05-15")
