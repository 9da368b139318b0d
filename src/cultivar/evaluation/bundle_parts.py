"""What the bundle of an evaluation holds besides draws and seatings: plain documents out of what the house knows.

Sheets with what counts and what does not, and why; the ranking with every sheet left out; who took whose seat; what was
decided by which act. Each is plain data under a rule of its own name, and ``bundle_files/verify.py`` replays it.
Experts stand under their numbers.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from cultivar.evaluation import quota, scores
from cultivar.evaluation.seating_document import Json, panels_of

SUCCESSIONS = "cultivar-successions/1"
SHEETS = "cultivar-sheets/1"
RANKING = "cultivar-ranking/1"
DECISIONS = "cultivar-decisions/1"
LEDGER = "cultivar-ledger/1"


@dataclass(frozen=True)
class Succession:
    """Who left, and which alternate has the seat; None where an alternate withdrew, or none was left.

    ``after``: number of the seating (from 1) that was in force, 0 before the first. ``seq``: the act's place in the
    ledger. ``reason``: a code.
    """

    left: str
    taken_by: str | None
    after: int = 1
    seq: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Handed:
    """A sheet that was handed in. ``why`` it does not count (released, recused, late ...); "" where it does."""

    application: str
    expert: str
    points: Mapping[str, Decimal]
    at: datetime | None = None
    why: str = ""

    @property
    def total(self) -> Decimal:
        """The sum of the points, exact."""
        return sum(self.points.values(), Decimal(0))

    @property
    def sheet(self) -> scores.Sheet:
        """As scores are made of it."""
        return scores.Sheet(self.expert, self.total, self.points)


@dataclass(frozen=True)
class Act:
    """An act of the evaluation or of an application. ``leaf``: its hash in the ledger, ``seq`` its place there.

    ``document``: the SHA-256 of the document that the act fixes, if it fixes one.
    """

    seq: int
    case: str
    act: str
    at: datetime
    leaf: str
    step: str = ""
    office: str = ""
    document: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What the meeting decided of an application, by the act at ``seq``."""

    application: str
    listed: bool
    seq: int


@dataclass(frozen=True)
class Contest:
    """What a ranking is made of besides sheets.

    ``groups``: of each application in the race, as ``{"field": "battery"}``. ``out``: applications that are out of the
    race, with a code why. ``line``: places, None without a quota. ``drawn``: the drawn order among equals, and
    ``drawn_by`` the number (from 1) of the draw of an order in the bundle that it comes from.
    """

    rule: scores.Rule
    groups: Mapping[str, Mapping[str, str]]
    line: int | None = None
    quotas: Sequence[quota.GroupQuota] = ()
    out: Mapping[str, str] = field(default_factory=dict)
    drawn: Sequence[str] | None = None
    drawn_by: int | None = None


def successions(log: Iterable[Succession]) -> Json:
    """The document of who took whose seat, in the order in which it happened."""
    return {
        "rule": SUCCESSIONS,
        "successions": [
            {
                "after": one.after,
                "seq": one.seq,
                "left": one.left,
                "taken_by": one.taken_by,
                "reason": one.reason,
            }
            for one in log
        ],
    }


def final_panels(seatings: Sequence[Json], log: Iterable[Succession] = ()) -> dict[str, frozenset[str]]:
    """Who judges each application after the last seating and all that happened since."""
    found = {application: set(experts) for application, experts in panels_of(seatings[-1]).items()}
    for one in log:
        if one.after != len(seatings):
            continue
        for panel in found.values():
            if one.left in panel:
                panel.discard(one.left)
                panel.update([one.taken_by] if one.taken_by else [])
    return {application: frozenset(panel) for application, panel in found.items()}


def sheets(
    criteria: Mapping[str, Decimal],
    handed: Iterable[Handed],
    panels: Mapping[str, Collection[str]] | None = None,
    due: datetime | None = None,
    lacking: Mapping[tuple[str, str], str] | None = None,
) -> Json:
    """The document of all sheets. ``criteria``: the most points of each; ``panels``: who was due to hand one in.

    Seats without a sheet that counts are listed as missing; ``lacking`` says why, by application and expert.
    """
    every = sorted(handed, key=lambda one: (one.application, one.expert))
    counted = {(one.application, one.expert) for one in every if not one.why}
    seats = {(application, expert) for application, panel in (panels or {}).items() for expert in panel}
    return {
        "rule": SHEETS,
        "criteria": [{"id": name, "most": _plain(most)} for name, most in criteria.items()],
        "due": due.isoformat() if due else None,
        "sheets": [_sheet(one, due) for one in every],
        "missing": [
            {
                "application": application,
                "expert": expert,
                "why": (lacking or {}).get((application, expert), ""),
            }
            for application, expert in sorted(seats - counted)
        ],
    }


def _sheet(one: Handed, due: datetime | None) -> Json:
    return {
        "application": one.application,
        "expert": one.expert,
        "points": {name: _plain(points) for name, points in one.points.items()},
        "total": _plain(one.total),
        "at": one.at.isoformat() if one.at else None,
        "late": bool(due and one.at and one.at > due),
        "counted": not one.why,
        "why": one.why,
    }


def _plain(value: Decimal) -> str:
    return f"{value:f}"


def ranking(contest: Contest, handed: Iterable[Handed]) -> Json:
    """The document of a ranking. Raises ``scores.BadScores`` where the rule gives none, as for equals at the line."""
    by_application: dict[str, list[scores.Sheet]] = {number: [] for number in sorted(contest.groups)}
    for one in handed:
        if not one.why and one.application in by_application:
            by_application[one.application].append(one.sheet)
    scored = [
        scores.score(scores.Entry(number, tuple(own), contest.groups[number]), contest.rule)
        for number, own in by_application.items()
        if own
    ]
    places = scores.ranked(scored, contest.rule, contest.drawn)
    selection = quota.select(places, contest.line, contest.quotas)
    rule = contest.rule
    return {
        "rule": RANKING,
        "scoring": {
            "drop": rule.drop,
            "places": rule.places,
            "rounding": rule.rounding,
            "ties": list(rule.ties),
        },
        "line": contest.line,
        "quotas": [one._asdict() for one in contest.quotas],
        "entries": [{"id": number, "groups": dict(contest.groups[number])} for number in by_application],
        "out": [{"id": number, "why": why} for number, why in sorted(contest.out.items())],
        "unscored": [number for number, own in by_application.items() if not own],
        "drawn_by": f"draw/order-{contest.drawn_by}.json" if contest.drawn_by else None,
        "places": [_place(one) for one in places],
        "inside": list(selection.inside),
        "displacements": [
            {"displaced": one.displaced, "taken_by": one.taken_by, "quota": one.quota._asdict()}
            for one in selection.displacements
        ],
        "unmet": [one._asdict() for one in selection.unmet],
        "empty": selection.empty,
    }


def _place(one: scores.Place) -> Json:
    score = one.score
    return {
        "id": one.id,
        "rank": one.rank,
        "score": _plain(score.score),
        "tied": one.tied,
        "decided_by": one.decided_by,
        "kept": sorted(sheet.expert for sheet in score.kept),
        "dropped": [
            {"expert": left.sheet.expert, "total": _plain(left.sheet.total), "why": left.why}
            for left in score.dropped
        ],
        "criteria": {name: _plain(mean) for name, mean in score.criteria.items()},
    }


def decisions(acts: Iterable[Act], outcomes: Iterable[Outcome] = ()) -> Json:
    """The document of what was done, in the order of the ledger, and of what the meeting decided."""
    rows: list[dict[str, Any]] = [
        {
            "seq": one.seq,
            "case": one.case,
            "act": one.act,
            "step": one.step,
            "office": one.office,
            "at": one.at.isoformat(),
            "leaf": one.leaf,
            "document": one.document,
        }
        for one in sorted(acts, key=lambda one: one.seq)
    ]
    listed = sorted(outcomes, key=lambda one: one.application)
    return {
        "rule": DECISIONS,
        "acts": rows,
        "outcomes": [
            {"application": one.application, "listed": one.listed, "seq": one.seq} for one in listed
        ],
    }


def ledger(checkpoint: str) -> Json:
    """The document of the signed checkpoint of the ledger under which the acts stand."""
    return {"rule": LEDGER, "checkpoint": checkpoint}
