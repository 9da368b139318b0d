"""What the bundle of an evaluation holds besides draws and seatings: plain documents out of what the house knows.

Sheets with what counts and what does not, and why; the ranking with every sheet left out; who took whose seat; how each
panel came to be what it is; what was decided by which act. Each is plain data under a rule of its own name, and
``bundle_files/verify.py`` replays it. Experts stand under their numbers.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from cultivar.evaluation import quota, scores
from cultivar.evaluation.seating_document import Json, panels_of

SUCCESSIONS = "cultivar-successions/1"
PANELS = "cultivar-panels/1"
SHEETS = "cultivar-sheets/1"
RANKING = "cultivar-ranking/1"
DECISIONS = "cultivar-decisions/1"
LEDGER = "cultivar-ledger/1"

Kind: TypeAlias = Literal["seated", "followed", "named", "released", "recused"]
"""How a panel changed: by a seating, by a succession, by hand (named, released), or by the expert's own word."""
Does: TypeAlias = Literal["", "panel", "sheet", "opened", "left", "decided"]
"""What an act does to an application: changes its panel, hands in a sheet, opens the sheets, takes the application out
of the race, decides on it; "" for every other act."""
NO_PANEL = "no-panel"  # why an application is out of the race that never had one


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
class Change:
    """A change of a panel by the act at ``seq``: who joined and who left it.

    ``by``: the act of the draw from which it follows (a seating's or a succession's), None where it follows from none.
    """

    application: str
    seq: int
    act: str
    kind: Kind
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    by: int | None = None


@dataclass(frozen=True)
class Handed:
    """A sheet that was handed in. ``why`` it does not count (released, recused, late ...); "" where it does.

    ``due``: the last moment, or the last day, on which it was in time; None without a limit. ``seq``: the act by which
    it was handed in. ``points`` are None where the sheet was never opened and stays sealed.
    """

    application: str
    expert: str
    points: Mapping[str, Decimal] | None
    at: datetime | None = None
    why: str = ""
    due: datetime | date | None = None
    seq: int | None = None

    @property
    def late(self) -> bool:
        """Whether it came after it was due."""
        if self.due is None or self.at is None:
            return False
        return self.at > self.due if isinstance(self.due, datetime) else self.at.date() > self.due

    @property
    def total(self) -> Decimal:
        """The sum of the points, exact."""
        return sum((self.points or {}).values(), Decimal(0))

    @property
    def sheet(self) -> scores.Sheet:
        """As scores are made of it."""
        return scores.Sheet(self.expert, self.total, self.points or {})


@dataclass(frozen=True)
class Act:
    """An act of the evaluation or of an application. ``leaf``: its hash in the ledger, ``seq`` its place there.

    ``documents``: the SHA-256 of each document of the bundle that the act fixes. ``expert``: the number of whoever did
    it, where an expert did. ``does``: see ``Does``.
    """

    seq: int
    case: str
    act: str
    at: datetime
    leaf: str
    step: str = ""
    office: str = ""
    documents: tuple[str, ...] = ()
    expert: str | None = None
    does: Does = ""


@dataclass(frozen=True)
class Outcome:
    """What was decided of an application by the act at ``seq``, its leaving the race included."""

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
    """The document of who took whose drawn seat, in the order in which it happened."""
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


def panels(applications: Iterable[str], changes: Iterable[Change]) -> Json:
    """The document of how each panel came to be what it is: every change in the order of the ledger, and the end."""
    by_application: dict[str, list[Change]] = {number: [] for number in sorted(applications)}
    for one in sorted(changes, key=lambda one: one.seq):
        by_application[one.application].append(one)
    return {
        "rule": PANELS,
        "panels": [
            {
                "application": number,
                "changes": [
                    {
                        "seq": one.seq,
                        "act": one.act,
                        "kind": one.kind,
                        "by": one.by,
                        "joined": sorted(one.joined),
                        "left": sorted(one.left),
                    }
                    for one in own
                ],
                "end": sorted(ended(own)),
            }
            for number, own in by_application.items()
        ],
    }


def ended(changes: Iterable[Change]) -> set[str]:
    """Who sits on a panel after its changes, in order."""
    found: set[str] = set()
    for one in changes:
        found = (found - set(one.left)) | set(one.joined)
    return found


def sheets(
    criteria: Mapping[str, Decimal],
    handed: Iterable[Handed],
    panels: Mapping[str, Collection[str]] | None = None,
    lacking: Mapping[tuple[str, str], str] | None = None,
) -> Json:
    """The document of all sheets. ``criteria``: the most points of each; ``panels``: who was due to hand one in.

    Seats without a sheet that counts are listed as missing; ``lacking`` says why, by application and expert.
    """
    every = sorted(handed, key=lambda one: (one.application, one.expert, one.seq or 0))
    counted = {(one.application, one.expert) for one in every if not one.why}
    seats = {(application, expert) for application, panel in (panels or {}).items() for expert in panel}
    return {
        "rule": SHEETS,
        "criteria": [{"id": name, "most": _plain(most)} for name, most in criteria.items()],
        "sheets": [_sheet(one) for one in every],
        "missing": [
            {
                "application": application,
                "expert": expert,
                "why": (lacking or {}).get((application, expert), ""),
            }
            for application, expert in sorted(seats - counted)
        ],
    }


def _sheet(one: Handed) -> Json:
    points = one.points
    return {
        "application": one.application,
        "expert": one.expert,
        "points": None if points is None else {name: _plain(value) for name, value in points.items()},
        "total": None if points is None else _plain(one.total),
        "seq": one.seq,
        "at": one.at.isoformat() if one.at else None,
        "due": one.due.isoformat() if one.due else None,
        "late": one.late,
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
            "documents": list(one.documents),
            "expert": one.expert,
            "does": one.does,
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
