"""Where the last article ends: signature and date, attachments and appendices, the debris of the web page."""

from collections.abc import Sequence
from dataclasses import dataclass

from cultivar.policy.document.front import title_text
from cultivar.policy.document.labels import Label, appendix_label, item_labels
from cultivar.policy.document.lines import Line
from cultivar.policy.document.marks import date_of, is_debris, puts_in_force
from cultivar.policy.document.model import Appendix, Span

_NEAR = 8  # a signature stands at most so many lines above its date


@dataclass(frozen=True)
class Tail:
    """What follows the last article, from line ``begins`` on (the number of lines where nothing does)."""

    begins: int
    signature: Span | None
    date: str | None
    appendices: tuple[Appendix, ...]
    debris: int | None  # the first line of debris


def read_tail(lines: Sequence[Line], last: int, stop: int, *, sections: bool) -> Tail:
    """Reads the lines after ``last``, the line that opens the last article, up to ``stop``."""
    begins = _begins(lines, last, stop, sections=sections)
    return _Walk(lines, begins, stop).run()


def _begins(lines: Sequence[Line], last: int, stop: int, *, sections: bool) -> int:
    numbered = _last_numbered(lines, last, stop) if sections else last
    for index in range(last + 1, stop):
        line = lines[index]
        if is_debris(line) or date_of(line) or _opens_appendix(lines, index):
            return _signature_above(lines, last, index)
        if not sections and _leaves(lines, index, last):
            return index
    if not sections:
        return stop
    while stop - 1 > numbered and not lines[stop - 1].finished and lines[stop - 1].length < 60:
        stop -= 1
    return stop


def _last_numbered(lines: Sequence[Line], last: int, stop: int) -> int:
    return next((index for index in range(stop - 1, last, -1) if item_labels(lines[index].head)), last)


def _leaves(lines: Sequence[Line], index: int, last: int) -> bool:
    """Whether the line is no prose of the article: it ends no sentence and continues none."""
    line, above = lines[index], lines[index - 1]
    if item_labels(line.head) or line.finished or line.length > 200:
        return False
    if index == last + 1 and above.length < 24 and not above.finished:
        return False
    if above.finished or line.apart:
        return True
    return line.length < 40 and puts_in_force(above)


def _signature_above(lines: Sequence[Line], last: int, index: int) -> int:
    """Short lines without a full stop right above a date are who signed."""
    if date_of(lines[index]) is None:
        return index
    begins = index
    while begins - 1 > last and index - begins < _NEAR:
        line = lines[begins - 1]
        if line.finished or line.length > 50 or item_labels(line.head):
            break
        begins -= 1
    return begins


def _opens_appendix(lines: Sequence[Line], index: int) -> bool:
    line = lines[index]
    label = appendix_label(line.head)
    if label is None or (not line.apart and not lines[index - 1].finished and lines[index - 1].length > 12):
        return False
    return line.length < 200


class _Walk:
    """Reads the lines of a tail one after another."""

    def __init__(self, lines: Sequence[Line], begins: int, stop: int) -> None:
        self.lines, self.begins, self.stop = lines, begins, stop
        self.starts: list[tuple[int, Label]] = []
        self.listed: list[Appendix] = []
        self.pending: int | None = None
        self.signature: Span | None = None
        self.date: str | None = None
        self.debris: int | None = None
        self.listing = False
        self.list_from: tuple[int, Label] | None = None

    def run(self) -> Tail:
        index = self.begins
        while index < self.stop and self.debris is None:
            self._line(index)
            index += 1
        if self.pending is not None and self.date is None and not self.starts and self.debris is None:
            self.debris = self.pending
        elif self.pending is not None and self.debris is not None and self.date is None:
            self.debris = min(self.pending, self.debris)
        return Tail(self.begins, self.signature, self.date, self._appendices(), self.debris)

    def _line(self, index: int) -> None:
        line = self.lines[index]
        label = appendix_label(line.head) if _opens_appendix(self.lines, index) else None
        if label is not None:
            self._appendix(index, label)
        elif is_debris(line):
            self.debris = index
        elif self.listing and item_labels(line.head):
            self._list(index, item_labels(line.head)[0].number, item_labels(line.head)[0].length)
        elif self.date is None and not self.starts and date_of(line):
            self.date = date_of(line)
            first = self.lines[self.pending] if self.pending is not None else line
            self.signature = Span(first.start, line.end)
            self.listing = False
        elif not self.starts:
            self._other(index)

    def _other(self, index: int) -> None:
        line = self.lines[index]
        if line.head[:1] == "(" and line.head.rstrip()[-1:] == ")":
            return
        if self.listing and self.list_from is not None and not self._signed_soon(index):
            self.starts, self.listed, self.listing = (
                [self.list_from],
                [],
                False,
            )  # the appendix itself follows
        elif self.date is not None:
            self.debris = index
        elif self.pending is None:
            self.pending = index

    def _signed_soon(self, index: int) -> bool:
        near = self.lines[index : min(self.stop, index + _NEAR)]
        return self._dated_soon(index) or is_debris(near[-1]) or len(near) < 3

    def _dated_soon(self, index: int) -> bool:
        return any(date_of(line) for line in self.lines[index : min(self.stop, index + _NEAR)])

    def _appendix(self, index: int, label: Label) -> None:
        line = self.lines[index]
        rest = line.head[label.length :].lstrip()
        lists = rest.startswith(":") and (label.number is None or self._dated_soon(index))
        if lists and self.date is None and not self.starts and self.list_from is None:
            self.listing, self.list_from = True, (index, label)
            offset = line.head.index(":", label.length) + 1
            self._list(index, label.number or 1, offset)
        else:
            self.starts.append((index, label))

    def _list(self, index: int, number: int | None, skip: int) -> None:
        line = self.lines[index]
        name = line.text[line.start + skip : line.end].strip()
        inner = item_labels(" ".join(name.split())[:20])
        if inner and number == 1:
            name = name[inner[0].length :].strip()
        if name:
            label = line.text[line.start : line.start + skip].strip()
            self.listed.append(Appendix(number, label, name[:200], line.start, line.end, listed=True))

    def _appendices(self) -> tuple[Appendix, ...]:
        end = self.debris if self.debris is not None else self.stop
        stops = [index for index, _ in [*self.starts, (end, None)][1:]]
        found = []
        for (index, label), stop in zip(self.starts, stops, strict=True):
            line = self.lines[index]
            same = line.text[line.start + label.length : line.end].strip(" \t\u3000:：.-—")
            title = same or (title_text(self.lines, (index + 1, index + 2)) if index + 1 < stop else "")
            written = line.text[line.start : line.start + label.length].strip()
            last = self.lines[max(index, stop - 1)]
            found.append(Appendix(label.number, written, title[:200], line.start, last.end, listed=False))
        return (*self.listed, *found)
