"""Sets of combinations of answers as boxes, and what a set of rows leaves uncovered.

A box holds, for each question, a set of answers as a bit mask (a whole number, bit n for answer n); it stands for
every combination that takes one answer of each set. Nothing here enumerates combinations.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import prod

Box = tuple[int, ...]


def meet(one: Box, other: Box) -> Box | None:
    """The combinations in both boxes; ``None`` when there are none. The boxes have the same questions."""
    both = tuple(a & b for a, b in zip(one, other, strict=True))
    return both if all(both) else None


def size(box: Box) -> int:
    """How many combinations a box holds."""
    return prod(mask.bit_count() for mask in box)


def without(box: Box, cut: Box) -> list[Box]:
    """The combinations of ``box`` that are not in ``cut``, as disjoint boxes."""
    if meet(box, cut) is None:
        return [box]
    rest, parts = list(box), []
    for place, gone in enumerate(cut):
        if left := rest[place] & ~gone:
            parts.append((*rest[:place], left, *rest[place + 1 :]))
        rest[place] &= gone
    return parts


def uncovered(box: Box, rows: Iterable[Box], disjoint: bool) -> Iterator[Box]:
    """Boxes that together hold exactly the combinations of ``box`` in none of ``rows``, by recursive splitting.

    ``disjoint``: no two rows share a combination of ``box``. Then the sizes tell at once whether a part is
    covered, so that the search only descends where something is missing.
    """
    meeting = [both for row in rows if (both := meet(row, box))]
    if not meeting:
        yield box
        return
    if box in meeting or (disjoint and sum(map(size, meeting)) == size(box)):
        return
    telling = Counter(
        place for row in meeting for place, mask in enumerate(row) if mask != box[place]
    ).most_common(1)
    place = telling[0][0]
    for part in _alike(box[place], [row[place] for row in meeting]):
        yield from uncovered((*box[:place], part, *box[place + 1 :]), meeting, disjoint)


def _alike(mask: int, sets: Sequence[int]) -> list[int]:
    """Splits ``mask`` into parts whose answers no set tells apart."""
    parts = [mask]
    for one in set(sets):
        parts = [piece for part in parts for piece in (part & one, part & ~one) if piece]
    return parts
