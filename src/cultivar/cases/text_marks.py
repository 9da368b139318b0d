"""What differs between two texts, piece by piece: Chinese by the character, Latin words and numbers as wholes. Pure.

What was kept, with what went, is the text before; what was kept, with what came, is the text after.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

Kind = Literal["same", "gone", "new"]
_PIECES = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[^\W\d_\u2e80-\U0003ffff]+|\s+|.", re.DOTALL)
_SENTENCES = re.compile(r"[^。；！？\n.;!?]*[。；！？\n.;!?]?", re.DOTALL)
_MOST_PIECES = 3000  # of a text; longer ones are compared sentence by sentence


@dataclass(frozen=True)
class Mark:
    """A stretch of text that was kept, went, or came."""

    kind: Kind
    text: str


def marks(before: str, after: str) -> tuple[Mark, ...]:
    """The stretches of two texts in order; what went stands before what came in its place."""
    one, other = _pieces(before, after)
    found = list(_compared(one, other))
    return tuple(
        Mark(kind, "".join(mark.text for mark in run))
        for kind, run in groupby(found, key=lambda mark: mark.kind)
    )


def _pieces(before: str, after: str) -> tuple[Sequence[str], Sequence[str]]:
    for pattern in (_PIECES, _SENTENCES):
        one, other = ([piece for piece in pattern.findall(text) if piece] for text in (before, after))
        if max(len(one), len(other)) <= _MOST_PIECES:
            return one, other
    return ([before] if before else []), ([after] if after else [])


def _compared(one: Sequence[str], other: Sequence[str]) -> Iterator[Mark]:
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Mark("same", "".join(one[a:b]))
            continue
        if a < b:
            yield Mark("gone", "".join(one[a:b]))
        if c < d:
            yield Mark("new", "".join(other[c:d]))
