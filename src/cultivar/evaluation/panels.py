"""Full panels, the usual mode: one panel judges all applications of a group, and groups are of one field.

Scores are comparable only where the same experts gave them. The applications of a field are dealt into groups by lot,
so that nobody can choose with whom an application is compared, and groups of a field differ in size by one at most.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cultivar.evaluation.assignment import Assignment, assign
from cultivar.evaluation.chance import Stream
from cultivar.evaluation.composition import Composition
from cultivar.evaluation.seating_task import BadInput, Whole, task
from cultivar.policy.text import Text


@dataclass(frozen=True)
class Group:
    """Applications (by place in the caller's order, ascending) of one field that one panel judges."""

    field: str
    number: int  # from 1 within the field
    applications: tuple[int, ...]

    @property
    def id(self) -> str:
        """The field and the number, written so that ids sort by number."""
        return f"{self.field}/{self.number:04d}"


@dataclass(frozen=True)
class Panels:
    """The groups and their experts. ``seating`` is over groups: its affinity is the mean within a group, rounded down.

    ``loads``: for each expert how many applications.
    """

    groups: tuple[Group, ...]
    experts: tuple[tuple[int, ...], ...]
    loads: tuple[int, ...]
    seating: Assignment


def grouped(
    applications: Sequence[str], fields: Sequence[str], largest: int, seed: bytes
) -> tuple[Group, ...]:
    """The applications (ids, with the field of each) dealt into as few groups as hold ``largest`` at most.

    The same ids, fields and seed give the same groups in whatever order they stand. Raises ``BadInput``.
    """
    if largest < 1:
        raise BadInput(_LARGEST, found=largest)
    if len(fields) != len(applications):
        raise BadInput(_FIELDS, applications=len(applications), fields=len(fields))
    if len(set(applications)) < len(applications):
        raise BadInput(_TWICE)
    found = []
    for name in sorted(set(fields)):
        places = [place for place, field in enumerate(fields) if field == name]
        order = Stream(seed, f"groups {name}").shuffled(sorted(places, key=lambda at: applications[at]))
        count = -(-len(order) // largest)
        found += [Group(name, n + 1, tuple(sorted(order[n::count]))) for n in range(count)]
    return tuple(found)


def seat_panels(
    affinity: npt.ArrayLike,
    groups: Sequence[Group],
    size: int,
    load: int,
    *,
    panels_each: int = 1,
    blocked: npt.ArrayLike | None = None,
    floor: int = 0,
    seed: bytes = b"",
    composition: Composition | None = None,
    experts: Sequence[str] | None = None,
) -> Panels:
    """``size`` experts for every group; nobody has more than ``load`` applications or ``panels_each`` panels.

    ``affinity`` and ``blocked`` are of applications by experts, as for ``assign``. Who has a conflict with one
    application of a group, or is below the floor for one, does not sit on its panel. A load counts with the largest
    group. Raises ``BadInput``, also where a single group is more than ``load``.
    """
    asked = task(
        affinity,
        0,
        load,
        blocked=blocked,
        floor=floor,
        seed=seed,
        applications=None,
        experts=None,
    )
    largest = max((len(group.applications) for group in groups), default=1)
    if largest > load:
        raise BadInput(_TOO_LARGE, largest=largest, load=load)
    means, barred = over_groups(asked.affinity, asked.blocked, groups, floor)
    seating = assign(
        means,
        size,
        min(panels_each, load // largest),
        blocked=barred,
        floor=floor,
        seed=seed,
        composition=composition,
        applications=[group.id for group in groups],
        experts=experts,
    )
    loads = [0] * asked.capacity.size
    for group, panel in zip(groups, seating.seats, strict=True):
        for expert in panel:
            loads[expert] += len(group.applications)
    return Panels(tuple(groups), seating.seats, tuple(loads), seating)


def over_groups(
    affinity: npt.ArrayLike, blocked: npt.ArrayLike, groups: Sequence[Group], floor: int
) -> tuple[Whole, npt.NDArray[np.bool_]]:
    """Affinity and conflicts of groups by experts, from those of applications by experts: means, rounded down.

    Who is below the floor for one application has a mean of nought, and so is counted as below the floor where panels
    lack experts. ``assign`` and ``replace`` take these arrays, with groups in the place of applications.
    """
    points, barred = np.asarray(affinity, np.int64), np.asarray(blocked, np.bool_)
    means = np.zeros((len(groups), points.shape[1]), np.int64)
    conflicts = np.zeros(means.shape, np.bool_)
    for at, group in enumerate(groups):
        members = list(group.applications)
        enough = points[members].min(axis=0) >= floor
        means[at] = np.where(enough, points[members].sum(axis=0) // len(members), 0)
        conflicts[at] = barred[members].any(axis=0)
    return means, conflicts


_LARGEST = Text(
    "每组申报数上限是 {found}，至少应为 1。", "A group may have {found} applications; it must be 1 at least."
)
_FIELDS = Text(
    "申报有 {applications} 件，领域却有 {fields} 个。每件给一个领域。",
    "There are {applications} applications and {fields} fields. Give each application one field.",
)
_TWICE = Text(
    "申报的编号有重复。编号要各不相同。", "An id of an application is given twice. Ids must differ."
)
_TOO_LARGE = Text(
    "最大的一组有 {largest} 件申报，而每名专家最多评 {load} 件。把组分小，或提高专家任务上限。",
    "The largest group has {largest} applications, but an expert judges {load} at most. "
    "Make groups smaller, or raise the load limit.",
)
