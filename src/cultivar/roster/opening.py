"""Opening a file that somebody sent: a child process reads it, this one only sees cells or a sentence.

A file that is broken, huge or made to do harm costs at most the child's memory and time.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Timer
from typing import IO, Any

from cultivar.policy.text import Text
from cultivar.roster.cells import Cell
from cultivar.roster.containers import Refused, damaged, refused, too_large
from cultivar.roster.headings import Range
from cultivar.roster.problems import printable

MOST_BYTES = 50 * 1024 * 1024
SECONDS = 60  # of the child's own work; it also waits while this process checks rows
MOST_LINE = 32 << 20  # bytes of a line of the child: a batch and a row more, every sign escaped, are 18 MB
PATIENCE = 15 * 60  # seconds after which a child is ended whatever it does
_SOURCES = Path(__file__).resolve().parents[2]

Row = list[Cell]


@dataclass
class Sheet:
    """A sheet: rows from the first one on, each from the first column on. Read ``rows`` before the next sheet.

    ``marked``: cells (row and column from 0) that show an error value, or "" for a formula without its value.
    """

    name: str
    merged: tuple[Range, ...]
    marked: dict[tuple[int, int], str]
    rows: Iterator[list[Row]] = field(repr=False)  # in batches
    expected: int = 0  # rows, 0 where not known before


@dataclass
class Book:
    """An opened file. Sheets of titles, incidents and purchases come before those of enterprises."""

    kind: str  # xlsx, xls, csv
    system_1904: bool
    links: bool  # whether it holds links to other files; their values are read as they were saved
    sheets: Iterator[Sheet] = field(repr=False)
    hidden: tuple[str, ...] = ()


@contextmanager
def opened(path: Path, *, most_bytes: int = MOST_BYTES, seconds: int = SECONDS) -> Iterator[Book]:
    """The file, read by a child process. Raises ``Refused`` here or while its rows are taken."""
    command = [sys.executable, "-m", "cultivar.roster.reading", str(path), str(most_bytes), str(seconds)]
    quiet = subprocess.DEVNULL
    surroundings = {"PYTHONPATH": str(_SOURCES), "PYTHONUTF8": "1"}
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet, env=surroundings
    ) as child:
        alarm = Timer(PATIENCE, child.kill)
        alarm.daemon = True
        alarm.start()
        try:
            yield _Reader(child).book()
        finally:
            alarm.cancel()
            child.kill()


class _Reader:
    """Takes the lines of the child one after the other."""

    def __init__(self, child: "subprocess.Popen[bytes]") -> None:
        self._child = child
        self._out: IO[bytes] = child.stdout  # type: ignore[assignment]  # it is a pipe
        self._held: dict[str, Any] | None = None

    def book(self) -> Book:
        about = self._next()["book"]
        book = Book(about["kind"], about["system_1904"], about["links"], self._sheets())
        line = self._next()
        if "hidden" in line:
            book.hidden = tuple(printable(name) for name in line["hidden"])
        else:
            self._held = line
        return book

    def _sheets(self) -> Iterator[Sheet]:
        while "sheet" in (line := self._next()):
            said = line["sheet"]
            marked = {(row, column): value for row, column, value in said["marked"]}
            merged = tuple((top, left, bottom, right) for top, left, bottom, right in said["merged"])
            rows = self._rows()
            yield Sheet(printable(said["name"]), merged, marked, rows, said["rows"])
            for _ in rows:  # what nobody wanted to see
                pass

    def _rows(self) -> Iterator[list[Row]]:
        while "rows" in (line := self._next()):
            yield line["rows"]
        self._held = line

    def _next(self) -> dict[str, Any]:
        if self._held is not None:
            line, self._held = self._held, None
            return line
        text = self._out.readline(MOST_LINE)
        if len(text) == MOST_LINE:
            raise too_large()
        if not text.endswith(b"\n"):
            raise _ended(self._child.wait())
        line = json.loads(text, object_hook=_day)
        if "refused" in line:
            raise Refused(Text(*line["refused"]))
        return line  # type: ignore[no-any-return]


def _day(data: dict[str, Any]) -> Any:
    return date.fromisoformat(data["d"]) if "d" in data else data


def _ended(code: int) -> Refused:
    """What is said of a child that ended in the middle."""
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return refused(
            Text("文件太复杂，没能在规定时间内读完。", "The file is too complex to be read in time."),
            Text(
                "删去公式、图片和多余的表，只留数值，另存后再传。",
                "Remove formulas, pictures and spare sheets, keep the values, save it and upload again.",
            ),
        )
    if code == -signal.SIGABRT:
        return refused(
            Text(
                "表格用到的行列太多，内存放不下。",
                "The sheets reach over too many rows and columns for the memory.",
            ),
            Text(
                "删去右边和下边不用的单元格，另存后再传。",
                "Delete unused cells to the right and below, save it and upload again.",
            ),
        )
    return damaged()
