"""The child process that opens a file which somebody sent: ``python -m cultivar.roster.reading FILE BYTES SECONDS``.

It limits its own memory and time before it touches the file, and writes what it reads as lines of JSON: first the
workbook, then each sheet and its rows, or a refusal in both languages. Whatever a file does to it, the house that
started it only sees that it ended. It knows neither the database nor any secret.
"""

import csv
import io
import json
import resource
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from cultivar.policy.text import Text
from cultivar.roster import containers, headings
from cultivar.roster.containers import Refused, refused

MEMORY = 1536 * 1024 * 1024  # bytes of address space; 100 000 rows of 25 columns take a quarter
MOST_SHEETS, MOST_ROWS, MOST_COLUMNS = 40, 300_000, 500
LONGEST = 2_000  # characters of a cell; more than any entry may have, and far less than the 32 767 of Excel
LONGEST_NAME = 60  # characters of a tab's name, as findings keep it; Excel takes 31
BATCH, BATCH_TEXT = 500, 500_000  # rows and characters to a line, whichever is reached first
MOST_TEXT = 200_000_000  # characters of all sheets; a hundred times what 100 000 enterprises have
MOST_MERGED, MOST_MERGED_ROWS = (
    2_000,
    100_000,
)  # merged ranges of a sheet that matter, and the rows they cover
_HEAD = headings.LOOKED_AT + 2  # rows in which a heading may stand
_ORDER = ("held", "incidents", "supply", "firms")  # enterprises last: by then their titles are known


def main(arguments: Sequence[str]) -> int:
    """Reads one file; exit code 0 also where it was refused in words."""
    path, most_bytes, seconds = Path(arguments[0]), int(arguments[1]), int(arguments[2])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = io.TextIOWrapper(sys.stdout.buffer, "utf-8", write_through=False)
    try:
        for line in read(path, most_bytes):
            _write(out, line)
    except Refused as refusal:
        _write(out, {"refused": list(refusal.text)})
    except (PasswordError, CalamineError, MemoryError) as trouble:
        _write(out, {"refused": list(_trouble(trouble).text)})
    _write(out, {"end": True})
    out.flush()
    return 0


def _trouble(error: Exception) -> Refused:
    if isinstance(error, PasswordError):
        return containers.password()
    return containers.too_large() if isinstance(error, MemoryError) else containers.damaged()


def _write(out: TextIO, line: dict[str, Any]) -> None:
    out.write(
        json.dumps(line, default=_plain, separators=(",", ":")) + "\n"
    )  # at once: many times faster than dump


def _plain(value: object) -> Any:
    if isinstance(value, date):
        return {"d": date(value.year, value.month, value.day).isoformat()} if _is_day(value) else str(value)
    return str(value)


def _is_day(value: date) -> bool:
    return value.year > 1 and not (isinstance(value, datetime) and value.year < 1900)


def read(path: Path, most_bytes: int) -> Iterator[dict[str, Any]]:
    """The lines of a file. Raises ``Refused``, and what the reader of workbooks raises."""
    if path.stat().st_size > most_bytes:
        raise refused(
            Text(
                f"文件超过 {most_bytes >> 20} MB，没有读。",
                f"The file is larger than {most_bytes >> 20} MB and was not read.",
            ),
            Text("删去图片和多余的表，或分成几份再传。", "Remove pictures and spare sheets, or split it."),
        )
    kind = containers.kind_of(path)
    if kind == "csv":
        yield {"book": {"kind": kind, "system_1904": False, "links": False}}
        yield from _csv(path)
    else:
        yield from _workbook(path, kind)


# ----------------------------------------------------------------------------------------------- workbooks


def _workbook(path: Path, kind: str) -> Iterator[dict[str, Any]]:
    known = containers.examine(path) if kind == "xlsx" else containers.Workbook({}, False, False)
    total = _Total()
    yield {"book": {"kind": kind, "system_1904": known.system_1904, "links": known.links}}
    with CalamineWorkbook.from_path(path) as book:
        shown = [one for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
        hidden = [one.name for one in book.sheets_metadata if one.visible != SheetVisibleEnum.Visible]
        if hidden:
            said = [name[:LONGEST_NAME] for name in hidden if not headings.is_notes(name)]
            yield {"hidden": said[:MOST_SHEETS]}
        wanted = [one.name for one in shown if not headings.is_notes(one.name)]
        if len(wanted) > MOST_SHEETS:
            raise refused(
                Text(
                    f"工作簿有 {len(wanted)} 张表，最多 {MOST_SHEETS} 张。",
                    f"The workbook has {len(wanted)} sheets, at most {MOST_SHEETS}.",
                ),
                Text("只留名单用的表，另存后再传。", "Keep those of the roster, save it and upload again."),
            )
        sheets = [_sized(book.get_sheet_by_name(name)) for name in wanted]
    found = [(_Merged(sheet), sheet) for sheet in sheets]
    for merged, sheet in sorted(found, key=lambda one: one[0].turn):
        cells = known.cells.get(sheet.name, containers.Cells()).at
        marked = [[row, column, value] for (row, column), value in cells.items()]
        about = {"rows": _extent(sheet)[0], "merged": merged.ranges, "marked": marked}
        yield {"sheet": {"name": sheet.name[:LONGEST_NAME], **about}}
        yield from _batches(total, (_cut(row, sheet) for row in sheet.iter_rows()))


def _extent(sheet: CalamineSheet) -> tuple[int, int]:
    """Rows and columns up to the last cell that holds something."""
    return (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)


def _sized(sheet: CalamineSheet) -> CalamineSheet:
    """The sheet, if it is no larger than a roster may be."""
    rows, columns = _extent(sheet)
    if columns > MOST_COLUMNS or rows > MOST_ROWS:
        raise _too_wide(sheet.name[:LONGEST_NAME], rows, columns)
    return sheet


def _too_wide(name: str, rows: int, columns: int) -> Refused:
    return refused(
        Text(
            f"“{name}”表一直用到 {rows} 行 {columns} 列，最多 {MOST_ROWS} 行 {MOST_COLUMNS} 列。",
            f'Sheet "{name}" goes on to row {rows} and column {columns}; at most {MOST_ROWS} and {MOST_COLUMNS}.',
        ),
        Text(
            "删去右边和下边不用的单元格，另存后再传。",
            "Delete unused cells to the right and below, save it and upload again.",
        ),
    )


class _Merged:
    """The merged ranges of a sheet that matter, within its used cells, and when the sheet has its turn.

    Those of the first rows belong to the heading; of the others only what touches a column that is read. Raises
    ``Refused`` for more of them than a roster could have.
    """

    def __init__(self, sheet: CalamineSheet) -> None:
        rows, columns = _extent(sheet)
        all_of_them = [
            (top, left, min(bottom, rows - 1), min(right, columns - 1))
            for (top, left), (bottom, right) in sheet.merged_cell_ranges or []
            if top < rows and left < columns and (top, left) != (bottom, right)
        ]
        self._head = [one for one in all_of_them if one[0] < _HEAD]
        _few(sheet.name, self._head)
        first = list(islice((_cut(row, sheet) for row in sheet.iter_rows()), headings.LOOKED_AT))
        heading = headings.find(sheet.name, first, self._head)
        self.turn = _ORDER.index(heading.kind) if heading else len(_ORDER)
        self.ranges = self._head
        if heading is not None:
            read = {one.index for one in heading.columns}
            self.ranges += [
                one
                for one in all_of_them
                if one[0] >= _HEAD and any(one[1] <= index <= one[3] for index in read)
            ]
        _few(sheet.name, self.ranges)


def _few(name: str, ranges: Sequence[headings.Range]) -> None:
    covered = sum(bottom - top + 1 for top, _, bottom, _ in ranges)
    if len(ranges) > MOST_MERGED or covered > MOST_MERGED_ROWS:
        raise refused(
            Text(
                "“{name}”表合并的单元格太多，没有读。",
                'Sheet "{name}" has too many merged cells and was not read.',
            ).fill(name=name[:LONGEST_NAME]),
            Text("取消合并，每行都填上再传。", "Unmerge them, fill in every row and upload again."),
        )


def _cut(row: list[Any], sheet: CalamineSheet) -> list[Any]:
    """A row from the first column on; what is longer than any entry is cut."""
    start = sheet.start
    for index, cell in enumerate(row):
        if type(cell) is str and len(cell) > LONGEST:
            row[index] = cell[: LONGEST + 1]
    return [""] * start[1] + row if start and start[1] else row


class _Total:
    """How much text was handed over, of all sheets together."""

    def __init__(self) -> None:
        self._characters = 0

    def add(self, characters: int) -> None:
        """Counts a batch. Raises ``Refused`` once it is more than any roster has."""
        self._characters += characters
        if self._characters > MOST_TEXT:
            raise refused(
                Text("表里的文字太多，没有读完。", "The sheets hold too much text to be read."),
                Text(
                    "只留名单用的列，或分成几份再传。",
                    "Keep the columns of the roster only, or split it.",
                ),
            )


def _batches(total: _Total, rows: Iterable[list[Any]]) -> Iterator[dict[str, Any]]:
    batch: list[list[Any]] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += sum(len(cell) for cell in row if type(cell) is str)
        if len(batch) == BATCH or size > BATCH_TEXT:
            total.add(size)
            yield {"rows": batch}
            batch, size = [], 0
    total.add(size)
    if batch:
        yield {"rows": batch}


# ----------------------------------------------------------------------------------------------------- CSV


def _csv(path: Path) -> Iterator[dict[str, Any]]:
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as text:
        separator = _separator(list(islice(text, 20)))
        text.seek(0)
        csv.field_size_limit(100_000)
        rows = csv.reader(text, delimiter=separator, strict=True)
        yield {"sheet": {"name": "CSV", "rows": 0, "merged": [], "marked": []}}
        try:
            yield from _batches(_Total(), _bounded(rows))
        except csv.Error as error:
            raise refused(
                Text(
                    f"第 {rows.line_num} 行的引号或分隔符不成对。",
                    f"Quotes or separators do not match at line {rows.line_num}.",
                )
            ) from error


def _bounded(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    for number, row in enumerate(rows, 1):
        if len(row) > MOST_COLUMNS or number > MOST_ROWS:
            raise _too_wide("CSV", number, len(row))
        yield [cell[: LONGEST + 1] for cell in row]


def _encoding(path: Path) -> str:
    """UTF-8, UTF-16 or GB18030, whichever the whole file is in. Raises ``Refused``."""
    with path.open("rb") as file:
        head = file.read(4)
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding, newline="") as text:
                while text.read(containers.CHUNK):
                    pass
        except UnicodeError:
            continue
        return encoding
    raise refused(
        Text(
            "文字编码认不出（应为 UTF-8、GB18030 或 UTF-16）。",
            "The encoding is not known (UTF-8, GB18030 or UTF-16).",
        )
    )


def _separator(lines: Sequence[str]) -> str:
    """Comma, semicolon or tab: the one that parts most of the first lines alike."""

    def evenness(separator: str) -> tuple[int, int]:
        counts = [line.count(separator) for line in lines if line.strip()]
        common = max(set(counts), key=lambda one: (counts.count(one) if one else 0, one), default=0)
        return counts.count(common) if common else 0, common

    return max(",;\t", key=evenness)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
