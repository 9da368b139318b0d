"""Who stands within the quota's line, where fields or regions have quotas of their own, and who gave way to whom.

The order of the scores is walked from the top. A place goes to whoever comes next, unless a group of theirs is full
(``most``), or the places left are just enough for groups that are still owed some (``least``). Places are kept by one
kind of group, and none of another kind has a bound beside it, so that no step ever needs to be taken back. Whoever
would have stood within the line by order alone and does not is displaced; the log names the quota, and who has the
place instead.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple, TypeAlias

from cultivar.evaluation.scores import BadScores, Place
from cultivar.policy.text import Text

Group: TypeAlias = tuple[str, str]  # a dimension and a value: ("field", "batteries")

_BAD_QUOTA = Text(
    "“{group}”的名额不对：至少 {least}、至多 {most}。",
    "The quota of “{group}” is wrong: at least {least}, at most {most}.",
)
_TWO = Text("“{group}”有两条名额。", "“{group}” has two quotas.")
_TWO_KINDS = Text(
    "保底名额只能按一种分组（{groups}）；两种保底会互相冲突。",
    "Places can be kept for groups of one kind only ({groups}); two kinds may contradict each other.",
)
_CAP_BESIDE = Text(
    "“{kept}”有保底名额，“{capped}”又有上限，两种分组不能同用：保底的人可能被上限挡住，名额因此空着。"
    "两条都按同一种分组，或去掉一条。",
    "Places are kept by {kept} and bounded by {capped}; the two kinds cannot go together, as those a place is kept for "
    "may be stopped by the bound, and the place stay empty. Use one kind for both, or leave one out.",
)
_TOO_MANY_KEPT = Text(
    "保底名额合计 {kept} 个，多于总名额 {quota} 个。", "{kept} places are kept, the quota is {quota}."
)
_NEEDS_LINE = Text("保底名额要有总名额。", "Places can be kept only within a quota.")
_TIE = Text(
    "{equals}完全同分，名额只够其中一部分；先抽签定出顺序。",
    "{equals} are equal in everything and there is no place for all of them; draw an order among them first.",
)


class GroupQuota(NamedTuple):
    """How many of a group stand within the line: ``most`` bounds them, ``least`` keeps places; "" is every value."""

    kind: str
    value: str = ""
    most: int | None = None
    least: int = 0


class Displacement(NamedTuple):
    """Who would stand within the line by order alone, who has the place instead, and the quota that did it.

    ``taken_by`` None: the place stays empty.
    """

    displaced: str
    taken_by: str | None
    quota: GroupQuota


@dataclass(frozen=True)
class Selection:
    """Who stands within the line, in order; the log; kept places that nobody could take; places left empty.

    ``stopped``: who was passed over while there were places, with the quota that did it, displaced or not.
    """

    inside: tuple[str, ...]
    displacements: tuple[Displacement, ...]
    unmet: tuple[GroupQuota, ...]
    empty: int
    stopped: tuple[tuple[str, GroupQuota], ...] = ()


def select(places: Sequence[Place], quota: int | None, quotas: Iterable[GroupQuota] = ()) -> Selection:
    """Who stands within a line of ``quota`` places (None: no line), under the quotas of groups.

    Without quotas of groups whoever shares the last rank within the line is inside, though it be more than the quota.
    With them, equals of whom some would be inside and some not are refused: an order must be drawn. Raises
    ``BadScores``.
    """
    groups = {place.id: frozenset(place.score.entry.groups.items()) for place in places}
    bounds = bounds_of(groups, tuple(quotas), quota)
    if not bounds:
        inside = tuple(place.id for place in places if quota is None or place.rank <= quota)
        return Selection(inside, (), (), max(quota - len(places), 0) if quota is not None else 0)
    walk = _Walk(bounds, groups, len(places) if quota is None else quota)
    for place in places:
        walk.offer(place.id)
    _refuse_split_ties(places, walk.inside)
    unmet = tuple(bound for group, bound in bounds.items() if walk.taken[group] < bound.least)
    return Selection(
        tuple(walk.inside),
        _log(places, walk, groups),
        unmet,
        0 if quota is None else walk.left,
        tuple(walk.stopped.items()),
    )


def walked(
    order: Iterable[str],
    groups: Mapping[str, frozenset[Group]],
    bounds: Mapping[Group, GroupQuota],
    line: int,
) -> list[str]:
    """Who stands within a line of ``line`` places, of an order without equals; ``bounds`` by ``bounds_of``."""
    walk = _Walk(bounds, groups, line)
    for number in order:
        if not walk.left:
            break
        walk.offer(number)
    return walk.inside


class _Walk:
    """The walk from the top: what is taken, what is left, and why somebody was passed over."""

    def __init__(
        self, bounds: Mapping[Group, GroupQuota], groups: Mapping[str, frozenset[Group]], line: int
    ) -> None:
        self.bounds, self.groups, self.left, self.line = bounds, groups, line, line
        self.taken: Counter[Group] = Counter()
        self.inside: list[str] = []
        self.stopped: dict[str, GroupQuota] = {}
        there = Counter(group for own in groups.values() for group in own)
        self.owed = {group: min(bound.least, there[group]) for group, bound in bounds.items() if bound.least}

    def offer(self, number: str) -> None:
        """Gives the next place to ``number`` unless a quota stops it or no place is left."""
        if not self.left:
            return
        own = self.groups[number]
        stop = self._full(own) or self._reserved(own)
        if stop:
            self.stopped[number] = stop
            return
        self.inside.append(number)
        self.taken.update(own)
        self.left -= 1

    def _full(self, own: frozenset[Group]) -> GroupQuota | None:
        for group, bound in self.bounds.items():
            if group in own and bound.most is not None and self.taken[group] >= bound.most:
                return bound
        return None

    def _reserved(self, own: frozenset[Group]) -> GroupQuota | None:
        """The first quota still owed places that ``own`` has no part in, where there are no places to spare."""
        owed = {group: least - self.taken[group] for group, least in self.owed.items()}
        others = [group for group in owed if owed[group] > 0 and group not in own]
        if not others or any(owed.get(group, 0) > 0 for group in own):
            return None
        needed = sum(owed[group] for group in others)
        return self.bounds[others[0]] if self.left <= needed else None


def bounds_of(
    groups: Mapping[str, frozenset[Group]], quotas: Sequence[GroupQuota], quota: int | None
) -> dict[Group, GroupQuota]:
    """The quota of each group; one for a value goes before one for every value of its kind. Raises ``BadScores``."""
    values = sorted({group for own in groups.values() for group in own})
    bounds: dict[Group, GroupQuota] = {}
    seen: set[Group] = set()
    for one in sorted(quotas, key=lambda one: not one.value):
        label = f"{one.kind}/{one.value or '*'}"
        if one.least < 0 or (one.most is not None and one.most < max(one.least, 0)):
            raise BadScores(_BAD_QUOTA.fill(group=label, least=one.least, most=one.most))
        if (one.kind, one.value) in seen:
            raise BadScores(_TWO.fill(group=label))
        seen.add((one.kind, one.value))
        for group in [(one.kind, one.value)] if one.value else [own for own in values if own[0] == one.kind]:
            bounds.setdefault(group, one._replace(value=group[1]))
    _refuse_impossible(bounds, quota)
    return bounds


def _refuse_impossible(bounds: Mapping[Group, GroupQuota], quota: int | None) -> None:
    kept = {group: bound.least for group, bound in bounds.items() if bound.least}
    kinds = sorted({kind for kind, _ in kept})
    if len(kinds) > 1:
        raise BadScores(_TWO_KINDS.fill(groups=", ".join(kinds)))
    capped = sorted({kind for (kind, _), bound in bounds.items() if bound.most is not None} - set(kinds))
    if kinds and capped:
        raise BadScores(_CAP_BESIDE.fill(kept=kinds[0], capped=", ".join(capped)))
    if kept and quota is None:
        raise BadScores(_NEEDS_LINE)
    if quota is not None and sum(kept.values()) > quota:
        raise BadScores(_TOO_MANY_KEPT.fill(kept=sum(kept.values()), quota=quota))


def _refuse_split_ties(places: Sequence[Place], inside: Sequence[str]) -> None:
    chosen = set(inside)
    for _, shared in groupby(places, key=lambda place: place.rank):
        equals = [place.id for place in shared]
        if 0 < sum(one in chosen for one in equals) < len(equals):
            raise BadScores(_TIE.fill(equals=Text("、".join(equals), ", ".join(equals))))


def _log(
    places: Sequence[Place], walk: _Walk, groups: Mapping[str, frozenset[Group]]
) -> tuple[Displacement, ...]:
    """Pairs who gave way with who came in, both in order; where a place was kept, the quota is that of who took it."""
    within = [place.id for place in places[: walk.line]]
    gained = iter([number for number in walk.inside if number not in within])
    log: list[Displacement] = []
    for number in within:
        if number in walk.stopped:
            bound, heir = walk.stopped[number], next(gained, None)
            if heir is not None and (bound.kind, bound.value) not in groups[number]:
                bound = next((walk.bounds[own] for own in walk.owed if own in groups[heir]), bound)
            log.append(Displacement(number, heir, bound))
    return tuple(log)
