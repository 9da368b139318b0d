"""Finds the table of contents, which names chapters and articles without being them."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from cultivar.policy.document.labels import Label, chapter_label
from cultivar.policy.document.lines import Line

_TITLES = frozenset({"目录", "目次", "contents", "tableofcontents"})
_PAGE = re.compile(r"[.·…\-—_ ]*(?:\([0-9]{1,4}\)|[0-9]{1,4})?$")
_LEADERS = re.compile(r"(?:\.{4,}|…{2,}|·{4,}|\t) ?\(?[0-9]{0,4}\)?$")


def contents(lines: Sequence[Line]) -> frozenset[int]:
    """The indexes of the lines that belong to tables of contents."""
    found: set[int] = set()
    keys = [_key(line) for line in lines]
    later: dict[str, list[int]] = {}
    for index, key in enumerate(keys):
        later.setdefault(key, []).append(index)
    last = 0
    for index, line in enumerate(lines):
        if index >= last and line.length < 40 and line.squeezed.lower().strip("[]()【】:") in _TITLES:
            last = _listed(lines, keys, later, index)
            found.update(range(index, last))
    found.update(_runs(lines, keys, found))
    return frozenset(found)


def _key(line: Line) -> str:
    """What a line says without blanks, leaders and page number."""
    return _PAGE.sub("", line.squeezed[-120:])[:60] if line.length < 150 else line.squeezed[:60]


def _listed(lines: Sequence[Line], keys: list[str], later: dict[str, list[int]], title: int) -> int:
    """The first line after the table under ``title``: where its first entry comes again, else where it ends."""
    entry = title + 1
    if entry >= len(lines):
        return entry
    places = later[keys[entry]]
    following = bisect_right(places, entry)
    if following < len(places) and (_is_entry(lines[entry]) or places[following] - entry < 300):
        return places[following]
    label = chapter_label(lines[entry].head)
    if label is not None:
        for index in range(entry + 1, min(len(lines), entry + 400)):
            other = chapter_label(lines[index].head)
            if other is not None and (other.unit, other.number) == (label.unit, label.number):
                return index
    end = entry
    while end < len(lines) and _is_entry(lines[end]):
        end += 1
    return end if end - entry > 1 else entry


def _is_entry(line: Line) -> bool:
    if line.length > 150:
        return False
    return chapter_label(line.head) is not None or bool(_LEADERS.search(line.words.rstrip()))


def _runs(lines: Sequence[Line], keys: list[str], known: set[int]) -> set[int]:
    """Tables that lost their title: chapter headings one after another, the first of which comes again later."""
    found: set[int] = set()
    headings = [
        (index, label)
        for index, line in enumerate(lines)
        if index not in known and line.length < 80 and (label := chapter_label(line.head)) and label.number
    ]
    last_seen = {(label.unit, label.number, keys[index]): index for index, label in headings}
    last_place = {line.squeezed: index for index, line in enumerate(lines) if line.length < 60}
    start = 0
    while start < len(headings):
        stop = _run_end(headings, start)
        run = headings[start:stop]
        first = run[0]
        name = (first[1].unit, first[1].number, keys[first[0]])
        comes_again = last_seen[name] > first[0] or (
            len(run) > 2 and _titles_come_again(lines, run, last_place)
        )
        if comes_again and _same_unit_twice(run, first[1].unit):
            found.update(index for index, _ in run)
        start = stop
    return found


def _run_end(headings: list[tuple[int, Label]], start: int) -> int:
    """Where consecutive headings end, or where the first of them comes again."""
    first = headings[start][1]
    stop = start + 1
    while stop < len(headings) and headings[stop][0] == headings[stop - 1][0] + 1:
        label = headings[stop][1]
        if (label.unit, label.number) == (first.unit, first.number):
            break
        stop += 1
    return stop


def _titles_come_again(
    lines: Sequence[Line], run: list[tuple[int, Label]], last_place: dict[str, int]
) -> bool:
    """Whether the titles of the chapters stand alone further down, their numbers lost."""
    titles = ("".join(lines[index].head[label.length :].split()) for index, label in run)
    return any(last_place.get(title, 0) > run[-1][0] for title in titles if title)


def _same_unit_twice(run: list[tuple[int, Label]], unit: str) -> bool:
    return sum(label.unit == unit for _, label in run) > 1
