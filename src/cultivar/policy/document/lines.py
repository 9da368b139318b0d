"""The lines of a text with their place in it, and a folded form in which full and half width read alike.

Folding is one character for one character, so that an offset in the folded line is an offset in the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

HEAD = 160  # characters of a line that are looked at for a label

_BLANKS = "\x00\t\x0b\x0c\xa0\u1680\u180e\u200b\u200c\u200d\u200e\u200f\u202f\u205f\u2060\u3000\ufeff"
_FOLD = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys(map(ord, _BLANKS), " ")
    | dict.fromkeys(range(0x2000, 0x200B), " ")
    | {ord("﹝"): "(", ord("﹞"): ")", ord("﹒"): ".", ord("條"): "条", ord("節"): "节", ord("編"): "编"}
    | {ord("錄"): "录", ord("則"): "则", ord("總"): "总"}
)
_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_SPACE = r"[\s\x00\u180e\u200b-\u200f\u2060\ufeff]|&nbsp;|&emsp;|&ensp;|&#160;"
_LEAD = re.compile(rf"(?:{_SPACE}|[#*_>])*")
_TRAIL = " \t\n\r\x00\x0b\x0c\x1c\x1d\x1e\x85\xa0\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2060\u3000\ufeff"
_TRAIL += "".join(map(chr, range(0x2000, 0x200B))) + "\u1680\u202f\u205f*_"
ENDS = "。.;:!?”\"’')】］]}…"  # what a finished line ends with, folded


def fold(text: str) -> str:
    """``text`` with full-width forms and blanks made plain, of the same length."""
    return text.translate(_FOLD)


@dataclass(frozen=True)
class Line:
    """A line that says something: ``text[start:end]`` without the blanks and mark-up around it."""

    text: str
    start: int
    end: int
    apart: bool  # an empty line stands before it
    broken: bool = False  # it was cut out of a longer line

    head: str = field(init=False, repr=False)  # the first characters, folded
    length: int = field(init=False, repr=False)  # characters in the line
    finished: bool = field(init=False, repr=False)  # it ends as a sentence, a list item or a lead-in ends

    def __post_init__(self) -> None:
        head = fold(self.text[self.start : min(self.end, self.start + HEAD)])
        last = head[-1:] if self.end - self.start <= HEAD else fold(self.text[self.end - 1])
        object.__setattr__(self, "head", head)
        object.__setattr__(self, "length", self.end - self.start)
        object.__setattr__(self, "finished", last != "" and last in ENDS)

    @property
    def words(self) -> str:
        """The line as it stands."""
        return self.text[self.start : self.end]

    @cached_property
    def squeezed(self) -> str:
        """The folded head without blanks, for comparing lines that are spaced differently."""
        return "".join(self.head.split())

    def cut(self, offset: int, end: int) -> "Line":
        """The piece from ``offset`` to ``end`` as a line of its own."""
        return trimmed(self.text, offset, end, apart=False, broken=True)


def trimmed(text: str, start: int, end: int, *, apart: bool, broken: bool = False) -> Line:
    """The line between two offsets without blanks and mark-up at its ends."""
    lead = _LEAD.match(text, start, end)
    start = lead.end() if lead else start
    while end > start and text[end - 1] in _TRAIL:
        end -= 1
    return Line(text, start, end, apart, broken)


def split(text: str) -> Iterator[Line]:
    """The lines of ``text`` that hold anything, in order."""
    start, apart = 0, True
    for end, following in _breaks(text):
        line = trimmed(text, start, end, apart=apart)
        if line.length > 0:
            yield line
            apart = False
        else:
            apart = True
        start = following


def _breaks(text: str) -> Iterator[tuple[int, int]]:
    for found in _BREAK.finditer(text):
        yield found.start(), found.end()
    yield len(text), len(text)
