"""Where a comparison stands in each of two versions, and what either version defines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from cultivar.policy.model import Programme
from cultivar.policy.model_parts import Part
from cultivar.policy.model_procedure import Act, Procedure

_P = TypeVar("_P", bound=Part)


@dataclass(frozen=True)
class Side:
    """One version, and the parts of it that enclose the place, outermost first."""

    programme: Programme
    chain: tuple[Part, ...]

    def inmost(self, kind: type[_P]) -> _P | None:
        """The nearest enclosing part of a kind."""
        return next((part for part in reversed(self.chain) if isinstance(part, kind)), None)

    def with_part(self, value: Any) -> "Side":
        """The side one part further in; the same where there is no part."""
        return replace(self, chain=(*self.chain, value)) if isinstance(value, Part) else self


@dataclass(frozen=True)
class Spot:
    """A place in both versions: its path in the file and the model's name of the last field on it."""

    path: tuple[str, ...]
    name: str
    before: Side
    after: Side
    texts: bool = False  # the two languages of the part itself differ, not one of its fields

    def into(self, name: str, written: str) -> "Spot":
        """The place one field further in; ``written`` is the field's word in the file."""
        return replace(self, path=(*self.path, written), name=name)

    def at(self, key: str) -> "Spot":
        """The place of one element of a collection."""
        return replace(self, path=(*self.path, key))

    def with_parts(self, before: Any, after: Any) -> "Spot":
        """The place with the parts that stand there."""
        return replace(self, before=self.before.with_part(before), after=self.after.with_part(after))


def alias(part: type[Part], name: str) -> str:
    """The word of the file for a field of the model."""
    return part.model_fields[name].alias or name


def keyed(before: Any, after: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """Two collections of things with ids as mappings, or None where they are something else.

    Things without an id are matched by their indicator where each has another one.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        return before, after
    if not (isinstance(before, list) and isinstance(after, list)):
        return None
    found: list[dict[str, Any]] = []
    for items in (before, after):
        keys = [getattr(item, "id", None) or getattr(item, "indicator", None) for item in items]
        if not all(isinstance(item, Part) for item in items) or None in keys or len(set(keys)) < len(keys):
            return None
        found.append({str(key): item for key, item in zip(keys, items, strict=True)})
    return found[0], found[1]


def defined_on_one_side(name: str, before: Side, after: Side) -> frozenset[str]:
    """The ids that a list called ``name`` may hold and that only one of the versions defines."""
    return frozenset(_defined(name, before) ^ _defined(name, after))


def _defined(name: str, side: Side) -> frozenset[str]:
    programme, inside = side.programme, side.inmost(Procedure)
    procedures = [inside] if inside else list(programme.procedures.values())
    if name in _ACTS:
        return frozenset(act for procedure in procedures for act in procedure.acts)
    if name in _STAGES:
        return frozenset(stage for procedure in procedures for stage in procedure.stages)
    if name in _IN_PROGRAMME:
        return frozenset(_ids(getattr(programme, _IN_PROGRAMME[name])))
    return frozenset()


_ACTS = frozenset({"waits_for", "after", "fewer", "since"})
_STAGES = frozenset({"from_", "in_stage", "in_"})
_IN_PROGRAMME = {
    "needs": "guards",
    "indicators": "indicators",
    "evidence": "evidence",
    "hidden_from": "bodies",
    "seen_by": "bodies",
}


def _ids(collection: Any) -> Iterable[str]:
    return collection if isinstance(collection, Mapping) else [item.id for item in collection]


def of_applicant(spot: Spot) -> bool:
    """Whether the place lies in an act that an applicant does."""
    acts = [(side, act) for side in (spot.before, spot.after) if (act := side.inmost(Act))]
    bodies = [side.programme.bodies.get(act.body) for side, act in acts]
    return any(body is not None and body.scope == "own cases" for body in bodies)
