"""From what is known of a round to the list that is frozen: who may be drawn, for which field, for how many seats.

Panels are made by field (all together where the programme knows none), each with the same seats by kind; a field has as
few groups as hold ``largest`` applications.
An expert may be drawn for a field where fewer of its applications are closed to them (a conflict, an open question, an
affinity below the floor) than the field has groups: then one group at least is open to them, whichever way the
applications are dealt. Who may be drawn for several fields goes to the one with the fewest candidates for its seats;
first those who have one field only, then the others, by number. A pure function: the same facts give the same list.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from cultivar.evaluation import conflicts
from cultivar.evaluation.affinity import FLOOR
from cultivar.evaluation.assignment import HUNDRED
from cultivar.evaluation.circumstances import Circumstances, Judge
from cultivar.evaluation.draw_pool import BadDraw, Candidate, Frozen, Stratum, freeze, freeze_order
from cultivar.evaluation.draw_seed import BadSeed, Source, source
from cultivar.policy.text import Text

_BACKWARDS = Text(
    "评审开始 {since} 晚于结束 {until}。改正日期。",
    "The evaluation begins ({since}) after it ends ({until}). Correct the days.",
)
_NO_SEATS = Text("每个专家组至少要有一个席位。", "A panel needs one seat at least.")
_BOTH = Text(
    "概率上限不能和同一单位、同一市（州）的限制同用；去掉其中一种。",
    "A bound on probabilities cannot go together with limits on organisations or cities; leave one out.",
)
_TWICE = Text(
    "种子来源“{one}”写了两次（也写作“{other}”）；一个来源只能算一次。",
    "The source “{one}” is given twice (also as “{other}”); a source counts once.",
)
_NO_APPLICATIONS = Text(
    "这个批次没有进入专家评审的申报；先办审核。",
    "No application of this round has been admitted to the evaluation; review them first.",
)
_NO_FIELD = Text(
    "{cases} 没有所属领域，不能按领域分组。", "{cases} has no field, and panels are made by field."
)


@dataclass(frozen=True)
class Plan:
    """What the office decides before the list is frozen. ``seats``: by kind, of every panel."""

    seats: Mapping[str, int]
    alternates: int
    largest: int
    floor: int
    since: date
    until: date
    settings: Mapping[str, conflicts.Setting]
    sources: tuple[Source, ...]
    per_organisation: int | None = None
    per_city: int | None = None
    most_probable: int = HUNDRED

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Plan":
        """The plan that the content of an act states. Raises ``BadDraw``, ``BadSeed`` or ``BadInput``."""
        seats = {kind: n for kind, n in sorted(said["seats"].items()) if n}
        if not seats:
            raise BadDraw(_NO_SEATS)
        since, until = date.fromisoformat(said["from"]), date.fromisoformat(said["until"])
        if until < since:
            raise BadDraw(_BACKWARDS.fill(since=since, until=until))
        years = said.get("years") or {}
        settings = {name: conflicts.Setting(years=n) for name, n in years.items()}
        settings["city"] = conflicts.Setting(on=said["same-city"] == "aside")
        conflicts.rules(settings)  # refuses what makes no sense
        limits = said.get("per-organisation"), said.get("per-city"), said.get("most-probable", HUNDRED)
        if limits[2] < HUNDRED and limits[:2] != (None, None):
            raise BadDraw(_BOTH)
        return cls(
            seats=seats,
            alternates=said["alternates"],
            largest=said["largest"],
            floor=said.get("floor", FLOOR),
            since=since,
            until=until,
            settings=settings,
            sources=_sources(said["sources"]),
            per_organisation=limits[0],
            per_city=limits[1],
            most_probable=limits[2],
        )


@dataclass(frozen=True)
class Closed:
    """Why an expert is not on the list: for each field, how many of its applications are closed to them, and why.

    ``size``: applications of its largest group; who takes on fewer is not drawn either.
    """

    field: str
    applications: int
    groups: int
    size: int
    below_floor: int
    conflicts: int
    questions: int


@dataclass(frozen=True)
class Listed:
    """The list, and who is not on it. ``fields``: how many groups each field has."""

    seats: Frozen
    fields: Mapping[str, int]
    out: Mapping[str, tuple[Closed, ...]]


def listed(facts: Circumstances, plan: Plan) -> Listed:
    """The frozen list. Raises ``BadDraw``, also where a field is short of a kind, ``BadSeed`` or ``BadInput``."""
    fields = groups(facts, plan.largest)
    table = _Closed(facts, plan.floor)
    open_to = {judge.id: _fields_of(table, at, judge.most, fields) for at, judge in enumerate(facts.judges)}
    wanted = {(kind, name): n * many for kind, n in plan.seats.items() for name, many in fields.items()}
    pool = _shared_out([judge for judge in facts.judges if judge.kind in plan.seats], open_to, wanted)
    strata = [Stratum(kind, name, seats, plan.alternates) for (kind, name), seats in wanted.items()]
    return Listed(
        seats=freeze(pool, strata, plan.sources) if pool else _nobody(plan),
        fields=fields,
        out={
            judge.id: tuple(table.why(at, name, many) for name, many in fields.items())
            for at, judge in enumerate(facts.judges)
            if not open_to[judge.id]
        },
    )


def order(facts: Circumstances, plan: Plan) -> Frozen:
    """The frozen list out of which the order of speaking is drawn. Raises ``BadDraw`` or ``BadSeed``."""
    return freeze_order([one.id for one in facts.applications], plan.sources)


def groups(facts: Circumstances, largest: int) -> dict[str, int]:
    """How many groups each field has. Raises ``BadDraw`` where there is nothing to judge or a field is not known."""
    if not facts.applications:
        raise BadDraw(_NO_APPLICATIONS)
    without = [one.id for one in facts.applications if not one.field]
    if without and len(without) < len(facts.applications):
        raise BadDraw(_NO_FIELD.fill(cases="、".join(without)))
    counted: dict[str, int] = defaultdict(int)
    for one in facts.applications:
        counted[one.field] += 1
    return {name: -(-n // largest) for name, n in sorted(counted.items())}


def _nobody(plan: Plan) -> Frozen:
    """Refuses a list without anybody, in the words of the draw."""
    return freeze([], [], plan.sources)


def source_of(line: str) -> Source:
    """A source as it is announced: its name, with ``:text`` after it where letters and digits in order count."""
    name, _, kind = line.rpartition(":")
    return source(name, kind) if name and kind in ("text", "numbers") else source(line)


def alike(name: str) -> str:
    """What two writings of one source have in common: no case, no width, no spaces."""
    return "".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())


def _sources(lines: Sequence[str]) -> tuple[Source, ...]:
    """The sources, each named once. Raises ``BadSeed``."""
    found = tuple(source_of(line) for line in lines)
    seen: dict[str, str] = {}
    for one in found:
        if alike(one.name) in seen:
            raise BadSeed(_TWICE.fill(one=seen[alike(one.name)], other=one.name))
        seen[alike(one.name)] = one.name
    return found


def _fields_of(table: "_Closed", judge: int, most: int | None, fields: Mapping[str, int]) -> tuple[str, ...]:
    """The fields for which somebody may be drawn; ``most``: applications that they take on, None for any number."""
    return tuple(
        name
        for name, many in fields.items()
        if table.closed(judge, name) < many and (most is None or most >= table.size(name, many))
    )


def _shared_out(
    judges: Sequence[Judge],
    open_to: Mapping[str, tuple[str, ...]],
    wanted: Mapping[tuple[str, str], int],
) -> list[Candidate]:
    """Everyone with one field each."""
    there: dict[tuple[str, str], int] = defaultdict(int)
    found = []
    for judge in sorted(judges, key=lambda one: (len(open_to[one.id]) > 1, one.id)):
        if not open_to[judge.id]:
            continue
        name = min(
            open_to[judge.id],
            key=lambda name: (Fraction(there[judge.kind, name], wanted[judge.kind, name]), name),
        )
        there[judge.kind, name] += 1
        found.append(Candidate(judge.id, judge.kind, name))
    return found


class _Closed:
    """Which applications are closed to whom, counted by field."""

    def __init__(self, facts: Circumstances, floor: int) -> None:
        ids, judges = [one.id for one in facts.applications], [one.id for one in facts.judges]
        self.below: npt.NDArray[np.bool_] = facts.affinity < floor
        self.conflict = facts.findings.blocked(ids, judges, questions=False)
        self.barred = facts.findings.blocked(ids, judges)
        self.rows: dict[str, list[int]] = defaultdict(list)
        for row, one in enumerate(facts.applications):
            self.rows[one.field].append(row)

    def closed(self, judge: int, field: str) -> int:
        """How many applications of a field the judge (by place) may not judge."""
        rows = self.rows[field]
        return int((self.below[rows, judge] | self.barred[rows, judge]).sum())

    def size(self, field: str, groups: int) -> int:
        """How many applications the largest group of a field has."""
        return -(-len(self.rows[field]) // groups)

    def why(self, judge: int, field: str, groups: int) -> Closed:
        """The same by reason; what stands first in the way counts."""
        rows = self.rows[field]
        below, conflict, barred = (table[rows, judge] for table in (self.below, self.conflict, self.barred))
        return Closed(
            field=field,
            applications=len(rows),
            groups=groups,
            size=self.size(field, groups),
            below_floor=int(below.sum()),
            conflicts=int((conflict & ~below).sum()),
            questions=int((barred & ~conflict & ~below).sum()),
        )
