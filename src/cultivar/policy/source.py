"""Reads the restricted YAML of programme files, keeping the line of every value.

Allowed: mappings with text keys, lists, text, whole numbers, ``true``/``false``, ``null``. Refused, each with
its line: anchors, aliases, tags, duplicate keys, several documents, unquoted dates and fractions (YAML 1.1 and
1.2 read them differently; a number that matters is a quoted decimal), nesting deeper than ``MAX_DEPTH``, files
larger than ``MAX_BYTES``. Plain ``yes``, ``no``, ``on``, ``off`` are text, as in YAML 1.2.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from cultivar.policy.problems import BadFile, Problem
from cultivar.policy.text import Text

MAX_BYTES = 2_000_000
MAX_DEPTH = 24
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Place = tuple[str | int, ...]

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})\Z")
_RISKY = re.compile(
    r"[-+]?[0-9][0-9_]*([.:eE][-+:0-9.eE_]*|-[0-9]{1,2}-[0-9]{1,2}.*)?\Z|[-+]?\.[0-9]+|[-+]?\.(inf|nan)\Z"
)


@dataclass(frozen=True)
class Source:
    """The data of a file and, by place in it, the line where each value starts."""

    path: Path
    data: Any
    lines: dict[Place, int] = field(repr=False)

    def line(self, place: Place) -> int:
        """The line of ``place`` or of the nearest place around it that the file has."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


class _Refused(Exception):
    def __init__(self, line: int, zh: str, en: str) -> None:
        super().__init__(en)
        self.line = line
        self.text = Text(zh, en)


def read(path: Path) -> Source:
    """Reads one file. Raises ``BadFile`` with one problem that names the line."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _Refused(
                1,
                f"文件有 {size:,} 字节，最多 {MAX_BYTES:,} 字节。请拆分文件。",
                f"The file has {size:,} bytes; at most {MAX_BYTES:,} are read. Split it.",
            )
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadFile(
            [Problem(path, 0, Text(f"读不到文件：{error.strerror}。", f"Cannot be read: {error.strerror}."))]
        ) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = Text("不是 UTF-8 编码。请另存为 UTF-8。", "Not encoded in UTF-8. Save it as UTF-8.")
        raise BadFile([Problem(path, line, problem)]) from None
    except _Refused as refused:
        raise BadFile([Problem(path, refused.line, refused.text)]) from None
    return read_text(text, path)


def read_text(text: str, path: Path) -> Source:
    """Reads the text of a file; ``path`` is only named in problems."""
    lines: dict[Place, int] = {}
    try:
        events = yaml.parse(unicodedata.normalize("NFC", text), Loader=_LOADER)
        data = _document(iter(events), lines)
    except _Refused as refused:
        raise BadFile([Problem(path, refused.line, refused.text)]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        what = getattr(error, "problem", None) or "unreadable"
        problem = Text(
            f"不是有效的 YAML（{what}）。请检查这一行的缩进、冒号和引号。",
            f"Not valid YAML ({what}). Check indentation, colons and quotes on this line.",
        )
        raise BadFile([Problem(path, mark.line + 1 if mark else 1, problem)]) from None
    return Source(path, data, lines)


def _document(events: Iterator[Any], lines: dict[Place, int]) -> Any:
    next(events)  # the start of the stream
    event = next(events)
    if isinstance(event, yaml.StreamEndEvent):
        raise _Refused(1, "文件是空的。", "The file is empty.")
    data = _value(next(events), events, (), lines)
    next(events)  # the end of the document
    event = next(events)
    if not isinstance(event, yaml.StreamEndEvent):
        raise _Refused(
            event.start_mark.line + 1,
            "一个文件只能有一份文档，请去掉后面的“---”。",
            "A file holds one document; remove what follows “---”.",
        )
    return data


def _value(event: Any, events: Iterator[Any], place: Place, lines: dict[Place, int]) -> Any:
    line = event.start_mark.line + 1
    lines[place] = line
    if len(place) > MAX_DEPTH:
        raise _Refused(line, f"嵌套超过 {MAX_DEPTH} 层。", f"Nested deeper than {MAX_DEPTH} levels.")
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise _Refused(
            line, "不用锚点和引用（& 和 *），请写全。", "No anchors or aliases (& and *); write it out."
        )
    if event.tag is not None and event.tag != "!":
        raise _Refused(line, f"不用标签（{event.tag}）。", f"No tags ({event.tag}).")
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events, place, lines)
    if isinstance(event, yaml.SequenceStartEvent):
        return _sequence(events, place, lines)
    return _scalar(event, line)


def _mapping(events: Iterator[Any], place: Place, lines: dict[Place, int]) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        line = event.start_mark.line + 1
        if not isinstance(event, yaml.ScalarEvent):
            raise _Refused(line, "键必须是文字。", "A key must be text.")
        key = event.value
        if event.anchor or (event.tag is not None and event.tag != "!"):
            raise _Refused(line, "键上不用锚点和标签。", "No anchors or tags on keys.")
        if key in mapping:
            raise _Refused(line, f"“{key}”写了两次，请删去一处。", f"“{key}” is given twice; remove one.")
        mapping[key] = _value(next(events), events, (*place, key), lines)
        lines[(*place, key)] = line
    return mapping


def _sequence(events: Iterator[Any], place: Place, lines: dict[Place, int]) -> list[Any]:
    items: list[Any] = []
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        items.append(_value(event, events, (*place, len(items)), lines))
    return items


def _scalar(event: Any, line: int) -> Any:
    text: str = event.value
    if event.style in ("'", '"', "|", ">"):
        return text.rstrip("\n") if event.style in ("|", ">") else text
    constants = {"": None, "null": None, "~": None, "true": True, "false": False}
    if text in constants:
        return constants[text]
    if _WHOLE.match(text):
        return int(text)
    if _RISKY.match(text):
        raise _Refused(
            line,
            f"“{text}”要加引号：日期、小数和带前导零的编号都写成带引号的文字。",
            f"Quote “{text}”: dates, fractions and codes with leading zeros are quoted text.",
        )
    return text
