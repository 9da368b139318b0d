"""What differs between two versions of a policy: by id, classified, each change at its article. Pure.

Everything in the model is walked, so a part that the model gains later is compared as well. Things with an id are
matched by it, whatever their order; what has come or gone is one change, not one for each thing inside it. Lists of
ids are compared as sets, but for what a stage waits for, which is in order.

Not compared: the ids of the two versions, the source that was read, and the examples, which show what the rules mean
and say nothing that the rules do not.

Where a list only names a thing that exists in one version (a stage that an act leaves from, an indicator of a
condition), the coming or going of the thing itself is the change, and the list is not reported again.

``compare_classes`` says how a change is classed, ``compare_citing`` to which article it belongs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cultivar.policy import compare_words as words
from cultivar.policy.compare_citing import cited, label, order
from cultivar.policy.compare_classes import Class, class_of
from cultivar.policy.compare_sides import Side, Spot, alias, defined_on_one_side, keyed
from cultivar.policy.model import Programme
from cultivar.policy.model_parts import Part, Said
from cultivar.policy.text import Text

_NOT_COMPARED = frozenset({"programme", "version", "source", "examples"})
_IN_ORDER = frozenset({"waits_for"})


@dataclass(frozen=True)
class Change:
    """One difference between two versions.

    ``path`` names the place in the programme file. ``article`` is the document's number, "6(3)" for an item, several
    joined by a comma, "title" for the head of the document, "" where the file cites none. ``before`` and ``after`` are
    plain values as in the file, None where there is nothing.
    """

    path: str
    article: str
    kind: Class
    before: Any
    after: Any
    cites: tuple[str, ...] = ()  # ids of the articles
    what: Text = field(default=Text("", ""), compare=False)  # the place in words
    said_before: Text = field(default=Text("", ""), compare=False)
    said_after: Text = field(default=Text("", ""), compare=False)

    def plain(self) -> dict[str, Any]:
        """As JSON: ``{path, article, class, before, after}``."""
        return {
            "path": self.path,
            "article": self.article,
            "class": self.kind,
            "before": self.before,
            "after": self.after,
        }


def compare(before: Programme, after: Programme) -> list[Change]:
    """Every difference from ``before`` to ``after``, in the order of the articles; none between equal versions."""
    start = Spot((), "", Side(before, (before,)), Side(after, (after,)))
    found = list(_parts(start, before, after))
    return sorted(found, key=lambda change: (order(change.article), change.path))


def _parts(spot: Spot, before: Part, after: Part) -> Iterator[Change]:
    if isinstance(before, Said) and isinstance(after, Said):
        one, other = (Said(zh=text.zh, en=text.en) for text in (before, after))
        if one != other:
            yield _change(replace(spot, texts=True), one, other)
    for name in type(before).model_fields:
        if name in ("zh", "en", "id") or (not spot.path and name in _NOT_COMPARED):
            continue
        inside = spot.into(name, alias(type(before), name))
        yield from _values(inside, getattr(before, name), getattr(after, name))


def _values(spot: Spot, before: Any, after: Any) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, Part) and type(before) is type(after):
        yield from _parts(spot.with_parts(before, after), before, after)
    elif (pairs := keyed(before, after)) is not None:
        yield from _elements(spot, *pairs)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(spot, before, after)
    else:
        yield _change(spot.with_parts(before, after), before, after)


def _elements(spot: Spot, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *after)):
        inside = spot.at(key)
        if key in before and key in after:
            yield from _values(inside, before[key], after[key])
        elif not _goes_with_its_acts(spot, key):
            change = inside.with_parts(before.get(key), after.get(key))
            yield _change(change, before.get(key), after.get(key))


def _goes_with_its_acts(spot: Spot, key: str) -> bool:
    """Whether a guard has come or gone only because every act that needs it has."""
    if spot.path != ("guards",):
        return False
    one, other = (
        {
            (name, act_id): key in act.needs
            for name, procedure in side.programme.procedures.items()
            for act_id, act in procedure.acts.items()
        }
        for side in (spot.before, spot.after)
    )
    needing = {act for acts in (one, other) for act, needs in acts.items() if needs}
    return bool(needing) and all((act in one) != (act in other) for act in needing)


def _lists(spot: Spot, before: list[Any], after: list[Any]) -> Iterator[Change]:
    same = before == after
    if not same and all(isinstance(item, str) for item in (*before, *after)):
        one_sided = defined_on_one_side(spot.name, spot.before, spot.after)
        one, other = ([item for item in items if item not in one_sided] for items in (before, after))
        same = one == other if spot.name in _IN_ORDER else set(one) == set(other)
    if not same:
        yield _change(spot, before, after)


def _change(spot: Spot, before: Any, after: Any) -> Change:
    cites = cited(spot, before is None, after is None)
    said_before, said_after = words.contrast(
        words.value(spot.before, spot.name, before), words.value(spot.after, spot.name, after)
    )
    return Change(
        path=".".join(spot.path),
        article=label(spot, cites),
        kind=class_of(spot, before, after),
        before=words.plain(before),
        after=words.plain(after),
        cites=tuple(sorted(cites)),
        what=words.place(spot),
        said_before=said_before,
        said_after=said_after,
    )
