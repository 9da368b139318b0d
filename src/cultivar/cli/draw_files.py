"""Reading what a draw begins with (a list of candidates, seats, sources) and writing its documents."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cultivar.cli.errors import CannotRunError
from cultivar.evaluation.draw_pool import Candidate, Stratum
from cultivar.evaluation.draw_seed import Source, source
from cultivar.ledger.canonical import NotCanonical, parse
from cultivar.policy.text import Text

HEADINGS = {
    "id": "id",
    "编号": "id",
    "kind": "kind",
    "类别": "kind",
    "field": "field",
    "领域": "field",
}  # what is typed above a column, by what it means
LARGEST_FILE = 20_000_000  # bytes

_NO_FILE = Text("没有文件 {file}。", "There is no file {file}.")
_TOO_LARGE = Text("{file} 太大，最多 20 MB。", "{file} is too large; at most 20 MB.")
_NOT_TEXT = Text(
    "{file} 的文字编码读不了；另存为 UTF-8。", "The text of {file} cannot be read; save it as UTF-8."
)
_NOT_JSON = Text("{file} 读不了：{why}。", "{file} cannot be read: {why}.")
_NO_ID = Text(
    "{file} 没有“id”（编号）一列；表头应为 id、kind、field（编号、类别、领域）。",
    "{file} has no column “id”; its heading is id, kind, field.",
)
_TWO_COLUMNS = Text("{file} 有两列都是“{name}”。", "Two columns of {file} are “{name}”.")
_BAD_CSV = Text("{file} 第 {row} 行读不了：{why}。", "Row {row} of {file} cannot be read: {why}.")
_NO_LIST = Text(
    "{file} 应是一个列表，每项有 id，可以有 kind、field，都是文字。",
    "{file} should be a list of entries with id and, where they have them, kind and field, all as text.",
)
_BAD_SEATS = Text(
    "“{typed}”写法不对；名额写成 5、技术=3 或 技术/电池=2+4（2 个名额、4 个备选）。",
    "“{typed}” is not written rightly; write seats as 5, technical=3 or technical/batteries=2+4 "
    "(2 seats, 4 alternates).",
)
_BAD_SEED = Text(
    "“{typed}”写法不对；种子写成 名称=值，例如 双色球2026058=3 7 12 18 25 33。",
    "“{typed}” is not written rightly; write a seed as name=value, for example lottery-58=3 7 12 18 25 33.",
)
_EXISTS = Text(
    "{file} 已经存在，内容不同；换一个文件名，不覆盖已有的文件。",
    "{file} exists and says something else; choose another name, nothing is written over.",
)


def read_pool(file: Path) -> list[Candidate]:
    """The candidates of a csv file (UTF-8 or GB 18030) or of a JSON list; other columns are left out.

    Raises ``CannotRunError`` with the row and what to do.
    """
    if file.suffix.lower() == ".json":
        return _from_json(file, read_json(file))
    return _from_csv(file, _text(file))


def read_json(file: Path) -> Any:
    """The plain data of a JSON file. Raises ``CannotRunError``."""
    try:
        return parse(_bytes(file))
    except NotCanonical as bad:
        raise CannotRunError(_NOT_JSON, file=file, why=bad.text) from None


def seats_of(typed: Sequence[str]) -> list[Stratum]:
    """Strata as they are typed: ``[KIND[/FIELD]=]N[+M]``, ``*`` for any kind. Raises ``CannotRunError``."""
    strata = []
    for one in typed:
        found = re.fullmatch(
            r"(?:(?P<group>[^=]+)=)?\s*(?P<seats>\d{1,6})\s*(?:\+\s*(?P<more>\d{1,6}))?", one.strip()
        )
        if found is None:
            raise CannotRunError(_BAD_SEATS, typed=one)
        kind, _, field = (found["group"] or "").partition("/")
        more = int(found["more"]) if found["more"] else None
        strata.append(Stratum("" if kind.strip() == "*" else kind, field, int(found["seats"]), more))
    return strata


def source_of(typed: str) -> Source:
    """A source as it is typed: ``NAME`` or ``NAME:text``."""
    name, _, kind = typed.rpartition(":")
    return source(name, kind) if name and kind in ("text", "numbers") else source(typed)


def seed_of(typed: Sequence[str]) -> list[tuple[Source, str]]:
    """Sources with their values as typed: ``NAME[:text]=VALUE``. Raises ``CannotRunError`` or ``BadSeed``."""
    seed = []
    for one in typed:
        name, sign, value = one.partition("=")
        if not sign:
            raise CannotRunError(_BAD_SEED, typed=one)
        seed.append((source_of(name.strip()), value))
    return seed


def written(document: Mapping[str, Any]) -> str:
    """A document as its file has it: readable JSON, whose hash is that of its canonical form."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def write(file: Path, text: str) -> None:
    """Writes a document to a file of its own. Raises ``CannotRunError`` where something else stands there."""
    try:
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        if not file.is_file() or file.read_bytes() != text.encode("utf-8"):
            raise CannotRunError(_EXISTS, file=file) from None


def _bytes(file: Path) -> bytes:
    if not file.is_file():
        raise CannotRunError(_NO_FILE, file=file)
    if file.stat().st_size > LARGEST_FILE:
        raise CannotRunError(_TOO_LARGE, file=file)
    return file.read_bytes()


def _text(file: Path) -> str:
    body = _bytes(file)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CannotRunError(_NOT_TEXT, file=file)


def _from_csv(file: Path, text: str) -> list[Candidate]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    places: dict[str, int] | None = None
    pool: list[Candidate] = []
    try:
        for row in rows:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if places is None:
                places = _places(file, cells)
            else:
                pool.append(Candidate(*(_cell(cells, places.get(name)) for name in Candidate._fields)))
    except csv.Error as error:
        raise CannotRunError(_BAD_CSV, file=file, row=rows.line_num, why=error) from None
    return pool


def _places(file: Path, heading: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for index, typed in enumerate(heading):
        name = HEADINGS.get(typed.lower())
        if name in places:
            raise CannotRunError(_TWO_COLUMNS, file=file, name=typed)
        if name:
            places[name] = index
    if "id" not in places:
        raise CannotRunError(_NO_ID, file=file)
    return places


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""


def _from_json(file: Path, data: Any) -> list[Candidate]:
    if not isinstance(data, list):
        raise CannotRunError(_NO_LIST, file=file)
    pool = []
    for one in data:
        words = [one.get(name, "") for name in Candidate._fields] if isinstance(one, dict) else []
        texts = [word for word in words if isinstance(word, str)]
        if len(texts) != len(Candidate._fields):
            raise CannotRunError(_NO_LIST, file=file)
        pool.append(Candidate(*texts))
    return pool
