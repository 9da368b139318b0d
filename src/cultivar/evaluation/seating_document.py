"""Who sits where, written down so that anyone can work it out again: one plain document, named by its SHA-256.

It holds what was given (applications, experts, rules, the table of affinity, the plan, the seed), what follows from
it (affinity, conflicts, questions nobody has answered yet, groups) and what was decided (seats, loads, how good they
are, what lacks and why). Experts stand under their numbers and organisations under their keys; nobody is named.

A panel's seats are of exact kinds (so many of technology, so many of finance), or of any kind. As nobody is of two
kinds, each kind is seated by itself, provably best; only limits on organisations and cities cross the kinds, and then
all are seated together (``composition``). The document's rule, ``cultivar-seating/1``, is what ``docs/evaluation.md``
says; ``bundle_files/verify.py`` replays it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Literal, TypeAlias

import numpy as np

from cultivar.evaluation import conflicts
from cultivar.evaluation.affinity import FLOOR, TABLE
from cultivar.evaluation.assignment import HUNDRED, Assignment, Shortage, assign
from cultivar.evaluation.circumstances import Circumstances, Judge, Judged
from cultivar.evaluation.composition import Composition
from cultivar.evaluation.draw_pool import sha256
from cultivar.evaluation.identities import Identities, Organisation, resolve
from cultivar.evaluation.panels import Group, grouped, over_groups
from cultivar.evaluation.seating_task import BadInput, Whole, Yes
from cultivar.policy.text import Text

RULE = "cultivar-seating/1"
ANY = ""  # a seat for an expert of any kind
Mode: TypeAlias = Literal["panels", "single"]
Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """How many sit on a panel and how much one expert judges; a round sets it.

    ``seats``: experts of each kind for a panel (mode ``panels``) or an application (``single``); ``{"": 5}`` is five of
    any kind, which stands alone. ``load``: applications of one expert at most. ``largest``: applications of a group at
    most; ``panels_each``: panels of one expert at most; both matter to panels only. ``per_organisation`` and
    ``per_city``: experts of one at most on a panel; None sets no limit. ``most_probable``: no pair is seated with more
    than so many hundredths; 100 sets no bound.
    """

    mode: Mode
    seats: Mapping[str, int]
    load: int
    floor: int = FLOOR
    largest: int = 12
    panels_each: int = 1
    per_organisation: int | None = None
    per_city: int | None = None
    most_probable: int = HUNDRED

    def __post_init__(self) -> None:
        if self.mode not in ("panels", "single"):
            raise BadInput(_MODE, found=self.mode)
        if not self.seats or min(self.seats.values()) < 1:
            raise BadInput(_SEATS)
        if ANY in self.seats and len(self.seats) > 1:
            raise BadInput(_ANY_ALONE)
        if min(self.load, self.largest, self.panels_each) < 1:
            raise BadInput(_ONE)
        if self.mode == "panels" and self.largest > self.load:
            raise BadInput(_TOO_LARGE, largest=self.largest, load=self.load)

    @property
    def limited(self) -> bool:
        """Whether panels are mixed by organisation or city, which crosses the kinds."""
        return self.per_organisation is not None or self.per_city is not None

    @property
    def document(self) -> Json:
        """Plain data; what the mode does not use is None."""
        panels = self.mode == "panels"
        return {
            "mode": self.mode,
            "seats": dict(self.seats),
            "load": self.load,
            "floor": self.floor,
            "largest": self.largest if panels else None,
            "panels_each": self.panels_each if panels else None,
            "per_organisation": self.per_organisation,
            "per_city": self.per_city,
            "most_probable": self.most_probable,
        }


_MODE = Text(
    "排席方式“{found}”不对，只有 panels 和 single。", "The mode is “{found}”; there are panels and single."
)
_SEATS = Text(
    "每组至少要有 1 个席位，各类别人数都要大于 0。", "A panel needs seats, at least one of each kind."
)
_ANY_ALONE = Text(
    "不限类别的席位不能与按类别的席位同用；给每个席位写明类别。",
    "Seats of any kind cannot stand beside seats of a kind. Give every seat a kind.",
)
_ONE = Text(
    "任务上限、每组件数和每人组数都至少是 1。",
    "The load, the size of a group and the panels of one expert are 1 at least.",
)
_TOO_LARGE = Text(
    "一组最多 {largest} 件申报，而每名专家最多评 {load} 件。把组分小，或提高专家任务上限。",
    "A group may have {largest} applications, but an expert judges {load} at most. "
    "Make groups smaller, or raise the load limit.",
)
_NOTHING = Text("没有申报，无从排席。", "There is no application to be judged.")
_TWICE = Text("编号“{id}”出现了两次。", "The id “{id}” is given twice.")
_NOT_THERE = Text(
    "抽中的专家“{id}”不在名单里。先核对抽取结果和专家库。",
    "The drawn expert “{id}” is not among those who may judge. Check the draw against the pool.",
)
_OTHER_ID = Text(
    "“{id}”的回避信息写的是另一个编号“{other}”。两处要相同。",
    "What is known of “{id}” for conflicts stands under “{other}”. Both must be the same.",
)


def seat(
    circumstances: Circumstances, drawn: Collection[str], plan: Plan, seed: str, standby: Collection[str] = ()
) -> Json:
    """The document of a seating. ``drawn``: numbers of the experts who may be seated; ``seed``: the text of the seed.

    ``standby``: alternates, who get no seat here, but of whom the document tells what it tells of the others, so that
    it can be seen later whether one of them may take a seat that is vacated.
    The order of applications, experts and of what is known of each changes nothing. Raises ``BadInput``. Too few
    experts are no error but shortages.
    """
    everyone = _sorted(circumstances)
    chosen = set(drawn)
    known = {one.id for one in everyone.judges}
    waiting = frozenset(standby) - chosen
    missing = sorted((chosen | waiting) - known)
    if missing:
        raise BadInput(_NOT_THERE, id=missing[0])
    # identities and conflicts hang on everybody whose organisations are known, so they are found out before choosing
    circle = _Circle(
        everyone,
        tuple(one for one in everyone.judges if one.id in chosen or one.id in waiting),
        waiting,
        resolve(
            conflicts.mentioned(
                [one.parties for one in everyone.judges], [one.parties for one in everyone.applications]
            )
        ),
    )
    given = _given(circle, plan, seed)
    follows, work = _follows(circle, plan, seed)
    document = {
        "rule": RULE,
        "given": given,
        "follows": follows,
        "decision": _decided(circle, plan, seed, work),
    }
    return {**document, "sha256": sha256(document)}


def panels_of(document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Who judges each application, by number, out of a document of this rule."""
    groups = {one["id"]: one["applications"] for one in document["follows"]["groups"]}
    found: dict[str, list[str]] = {one["id"]: [] for one in document["given"]["applications"]}
    for line in document["decision"]["seats"]:
        for application in groups.get(line["of"], [line["of"]]):
            found[application] += line["experts"]
    return {application: tuple(sorted(experts)) for application, experts in found.items()}


@dataclass(frozen=True)
class _Circle:
    """What is known of everybody, in order; those told of, and who of them only waits; keys before any answer."""

    all: Circumstances
    judges: tuple[Judge, ...]
    standby: frozenset[str]
    identities: Identities

    def key(self, organisation: Organisation) -> str:
        return self.identities.of[organisation]


def _sorted(circumstances: Circumstances) -> Circumstances:
    """The same in one order, so that nothing hangs on how it was listed. Raises ``BadInput``."""
    if not circumstances.applications:
        raise BadInput(_NOTHING)
    for listed in (circumstances.applications, circumstances.judges):
        seen: set[str] = set()
        for one in listed:
            if one.id in seen:
                raise BadInput(_TWICE, id=one.id)
            if one.parties.id != one.id:
                raise BadInput(_OTHER_ID, id=one.id, other=one.parties.id)
            seen.add(one.id)
    return replace(
        circumstances,
        applications=tuple(sorted(map(_application, circumstances.applications), key=lambda one: one.id)),
        judges=tuple(sorted(map(_judge, circumstances.judges), key=lambda one: one.id)),
        answers=tuple(sorted(circumstances.answers, key=lambda one: (one.one, one.other, one.same))),
        objections=tuple(
            sorted(set(circumstances.objections), key=lambda one: (one.application, one.expert, one.upheld))
        ),
    )


def _application(one: Judged) -> Judged:
    parties = replace(
        one.parties,
        applicants=_organisations(one.parties.applicants),
        members=_organisations(one.parties.members),
        cities=tuple(sorted(set(one.parties.cities))),
        offices=tuple(sorted(set(one.parties.offices))),
    )
    return replace(one, parties=parties)


def _judge(one: Judge) -> Judge:
    parties = replace(
        one.parties,
        employments=_ties(one.parties.employments),
        ties=_ties(one.parties.ties),
        owned=_ties(one.parties.owned),
        offices=tuple(sorted(set(one.parties.offices))),
        declared=tuple(sorted(set(one.parties.declared))),
        declared_against=_organisations(one.parties.declared_against),
    )
    return replace(one, parties=parties)


def _organisations(named: Iterable[Organisation]) -> tuple[Organisation, ...]:
    return tuple(sorted(set(named), key=lambda one: (one.name, one.code, one.aliases)))


def _ties(ties: Iterable[conflicts.Tie]) -> tuple[conflicts.Tie, ...]:
    return tuple(
        sorted(
            set(ties),
            key=lambda one: (
                one.organisation.name,
                one.organisation.code,
                one.organisation.aliases,
                one.since or date.min,
                one.until or date.max,
            ),
        )
    )


# What is given


def _given(circle: _Circle, plan: Plan, seed: str) -> Json:
    numbers = {one.id for one in circle.judges}
    applications = {one.id for one in circle.all.applications}
    return {
        "day": circle.all.day.isoformat(),
        "seed": seed,
        "plan": plan.document,
        "table": [{"id": one.id, "of": one.of, "points": one.points} for one in TABLE],
        "rules": [{"id": one.id, "on": one.on, "years": one.years} for one in circle.all.rules],
        "applications": [_given_application(circle, one) for one in circle.all.applications],
        "experts": [_given_expert(circle, one, plan, applications) for one in circle.judges],
        "alike": _alike(circle),
        "answers": [{"one": one.one, "other": one.other, "same": one.same} for one in circle.all.answers],
        "objections": [
            {"application": one.application, "expert": one.expert, "upheld": one.upheld}
            for one in circle.all.objections
            if one.expert in numbers and one.application in applications
        ],
    }


def _given_application(circle: _Circle, one: Judged) -> Json:
    return {
        "id": one.id,
        "field": one.field,
        **_knows(one),
        "cities": list(one.parties.cities),
        "offices": list(one.parties.offices),
        "applicants": sorted({circle.key(named) for named in one.parties.applicants}),
        "members": sorted({circle.key(named) for named in one.parties.members}),
    }


def _given_expert(circle: _Circle, one: Judge, plan: Plan, applications: Collection[str]) -> Json:
    ties = [("employed", tie) for tie in one.parties.employments]
    ties += [("tied", tie) for tie in one.parties.ties]
    ties += [("owned", tie) for tie in one.parties.owned]
    rows = {(circle.key(tie.organisation), kind, _iso(tie.since), _iso(tie.until)) for kind, tie in ties}
    rows |= {(circle.key(named), "declared", "", "") for named in one.parties.declared_against}
    return {
        "id": one.id,
        "kind": one.kind,
        "standby": one.id in circle.standby,
        **_knows(one),
        "city": one.parties.city,
        "offices": list(one.parties.offices),
        "most": one.most,
        "declared": [name for name in one.parties.declared if name in applications],
        "ties": [
            {"key": key, "kind": kind, "since": since or None, "until": until or None}
            for key, kind, since, until in sorted(rows)
        ],
        # where somebody works is told only where panels are mixed by it
        "works_at": one.organisation if plan.per_organisation is not None else "",
        "works_in": one.city if plan.per_city is not None else "",
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _knows(one: Judged | Judge) -> Json:
    return {
        "fields": sorted(set(one.knows.fields)),
        "directions": sorted(set(one.knows.directions)),
        "industries": sorted(set(one.knows.industries)),
    }


def _alike(circle: _Circle) -> list[Json]:
    """Pairs of keys that may be one organisation, the first of an expert, the second of an application.

    Answers may bring two keys together; a pair counts where one side comes to an expert and the other to an
    application.
    """
    joined = _roots(circle)
    experts = {joined(circle.key(named)) for one in circle.judges for named in _named_by(one)}
    parties = [one.parties for one in circle.all.applications]
    named = {joined(circle.key(one)) for each in parties for one in (*each.applicants, *each.members)}
    pairs = {
        (one, other)
        for one, others in circle.identities.alike.items()
        for other in others
        if joined(one) in experts and joined(other) in named
    }
    return [{"one": one, "other": other} for one, other in sorted(pairs)]


def _roots(circle: _Circle) -> Callable[[str], str]:
    above: dict[str, str] = {}

    def root(key: str) -> str:
        while key in above:
            key = above[key]
        return key

    for answer in circle.all.answers:
        one, other = sorted((root(answer.one), root(answer.other)))
        if answer.same and one != other:
            above[other] = one
    return root


def _named_by(judge: Judge) -> Iterator[Organisation]:
    ties = (*judge.parties.employments, *judge.parties.ties, *judge.parties.owned)
    yield from (tie.organisation for tie in ties)
    yield from judge.parties.declared_against


# What follows


@dataclass(frozen=True)
class _Work:
    """What seats are given by: affinity and conflicts of ``ids`` (applications or groups) by experts, and loads."""

    ids: tuple[str, ...]
    sizes: tuple[int, ...]
    points: Whole
    barred: Yes
    capacity: Whole


def _follows(circle: _Circle, plan: Plan, seed: str) -> tuple[Json, _Work]:
    applications = [one.id for one in circle.all.applications]
    experts = [one.id for one in circle.judges]
    points = replace(circle.all, judges=circle.judges).affinity
    found = circle.all.findings
    barred = found.blocked(applications, experts)
    groups = _groups(circle, plan, seed)
    numbers = set(experts)
    follows = {
        "affinity": points.tolist(),
        "conflicts": [
            {
                "application": one.application,
                "expert": one.expert,
                "rule": one.rule,
                "evidence": one.evidence._asdict(),
            }
            for one in found.conflicts
            if one.expert in numbers
        ],
        "questions": [
            {
                "application": one.application,
                "expert": one.expert,
                "rule": one.rule,
                "one": one.one,
                "other": one.other,
                "text": one.text._asdict(),
            }
            for one in found.questions
            if one.expert in numbers
        ],
        "groups": [
            {
                "id": one.id,
                "field": one.field,
                "number": one.number,
                "applications": [applications[at] for at in one.applications],
            }
            for one in groups
        ],
    }
    return follows, _work(circle, plan, groups, points, barred)


def _groups(circle: _Circle, plan: Plan, seed: str) -> tuple[Group, ...]:
    if plan.mode == "single":
        return ()
    every = circle.all.applications
    return grouped([one.id for one in every], [one.field for one in every], plan.largest, seed.encode())


def _work(circle: _Circle, plan: Plan, groups: Sequence[Group], points: Whole, barred: Yes) -> _Work:
    loads = [plan.load if one.most is None else min(plan.load, one.most) for one in circle.judges]
    if plan.mode == "single":
        ids = tuple(one.id for one in circle.all.applications)
        return _Work(ids, (1,) * len(ids), points, barred, np.array(loads, np.int64))
    largest = max(len(group.applications) for group in groups)
    means, conflicts_ = over_groups(points, barred, groups, plan.floor)
    panels = [min(plan.panels_each, load // largest) for load in loads]
    sizes = tuple(len(group.applications) for group in groups)
    return _Work(tuple(group.id for group in groups), sizes, means, conflicts_, np.array(panels, np.int64))


# What is decided


@dataclass(frozen=True)
class _Line:
    """Seats of one kind: who may take them (by place among the experts), how many, and what came of it."""

    kind: str
    experts: tuple[int, ...]
    wanted: int
    seats: tuple[tuple[int, ...], ...]  # by place among all experts
    chances: tuple[Json, ...] = ()


def _decided(circle: _Circle, plan: Plan, seed: str, work: _Work) -> Json:
    lines, bound, fillable = (_together if plan.limited else _apart)(circle, plan, seed, work)
    pairs = [(at, expert) for line in lines for at, panel in enumerate(line.seats) for expert in panel]
    numbers = [one.id for one in circle.judges]
    panels, loads = [0] * len(numbers), [0] * len(numbers)
    for at, expert in pairs:
        panels[expert] += 1
        loads[expert] += work.sizes[at]
    worst = min(
        ((int(work.points[at, expert]), work.ids[at], numbers[expert]) for at, expert in pairs), default=None
    )
    full = np.array(panels, np.int64) >= work.capacity
    return {
        "seats": [
            {"of": name, "kind": line.kind, "experts": [numbers[expert] for expert in line.seats[at]]}
            for at, name in enumerate(work.ids)
            for line in lines
        ],
        "loads": dict(zip(numbers, loads, strict=True)),
        "objective": sum(int(work.points[at, expert]) for at, expert in pairs),
        "bound": str(bound),
        "fillable": str(fillable),
        "worst": None if worst is None else {"of": worst[1], "expert": worst[2], "points": worst[0]},
        "chances": [one for line in lines for one in line.chances],
        "shortages": [
            found
            for at in range(len(work.ids))
            for line in lines
            for found in _shortage(work, plan.floor, line, at, full)
        ],
    }


def seed_of(seed: str, kind: str) -> bytes:
    """The seed by which seats of a kind are given, so that lots of two kinds have nothing to do with each other."""
    return (seed + kind).encode()


def _of_kind(circle: _Circle, kind: str) -> tuple[int, ...]:
    """The places of those who may take a seat of a kind."""
    return tuple(
        at for at, one in enumerate(circle.judges) if kind in (ANY, one.kind) and one.id not in circle.standby
    )


def _apart(circle: _Circle, plan: Plan, seed: str, work: _Work) -> tuple[list[_Line], Fraction, Fraction]:
    """Each kind by itself: no expert is of two, so the best of each is the best of all."""
    lines, bound, fillable = [], Fraction(0), Fraction(0)
    for kind, wanted in sorted(plan.seats.items()):
        experts = _of_kind(circle, kind)
        names = [circle.judges[at].id for at in experts]
        found = assign(
            work.points[:, experts],
            min(wanted, len(experts)),
            work.capacity[list(experts)],
            blocked=work.barred[:, experts],
            floor=plan.floor,
            seed=seed_of(seed, kind),
            most_probable=plan.most_probable,
            applications=work.ids,
            experts=names,
        )
        seats = tuple(tuple(experts[at] for at in panel) for panel in found.seats)
        lines.append(_Line(kind, experts, wanted, seats, _chances(found, kind, work.ids, names)))
        bound, fillable = bound + found.bound, fillable + found.fillable
    return lines, bound, fillable


def _chances(found: Assignment, kind: str, ids: Sequence[str], names: Sequence[str]) -> tuple[Json, ...]:
    return tuple(
        {
            "of": ids[one.application],
            "kind": kind,
            "expert": names[one.expert],
            "probability": str(one.probability),
        }
        for one in found.chances
    )


def _together(circle: _Circle, plan: Plan, seed: str, work: _Work) -> tuple[list[_Line], Fraction, Fraction]:
    """All kinds at once, where organisations and cities are limited across them."""
    places = sorted(at for kind in plan.seats for at in _of_kind(circle, kind))
    of = [circle.judges[at] for at in places]
    there = {kind: min(wanted, len(_of_kind(circle, kind))) for kind, wanted in plan.seats.items()}
    found = assign(
        work.points[:, places],
        sum(there.values()),
        work.capacity[places],
        blocked=work.barred[:, places],
        floor=plan.floor,
        seed=seed_of(seed, ANY),
        most_probable=plan.most_probable,
        composition=Composition(
            [one.kind for one in of],
            [one.organisation for one in of],
            [one.city for one in of],
            {kind: least for kind, least in there.items() if kind != ANY},
            plan.per_organisation,
            plan.per_city,
        ),
        applications=work.ids,
        experts=[one.id for one in of],
    )
    lines = []
    for kind, wanted in sorted(plan.seats.items()):
        experts = _of_kind(circle, kind)
        inside = set(experts)
        seats = tuple(tuple(places[at] for at in panel if places[at] in inside) for panel in found.seats)
        lines.append(_Line(kind, experts, wanted, seats))
    return lines, found.bound, found.fillable


def _shortage(work: _Work, floor: int, line: _Line, at: int, full: Yes) -> Iterator[Json]:
    """What lacks on one panel, of one kind, and why: those not seated by what stands first in their way."""
    seated = line.seats[at]
    lacking = line.wanted - len(seated)
    if not lacking:
        return
    experts = list(line.experts)
    below = work.points[at, experts] < floor
    barred = work.barred[at, experts] & ~below
    left = ~below & ~barred & ~np.isin(experts, seated)
    busy = left & full[experts]
    found = Shortage(
        application=at,
        lacking=lacking,
        experts=len(experts),
        below_floor=int(below.sum()),
        blocked=int(barred.sum()),
        full=int(busy.sum()),
        held=int((left & ~busy).sum()),
    )
    yield {
        "of": work.ids[at],
        "kind": line.kind,
        "lacking": found.lacking,
        "experts": found.experts,
        "below_floor": found.below_floor,
        "blocked": found.blocked,
        "full": found.full,
        "held": found.held,
        "text": found.text._asdict(),
    }
