"""Reads the restricted YAML of programme files, keeping the line of every value.

Allowed: mappings with text keys, lists, text, whole numbers, ``true``/``false``, ``null``. Refused, each with
its line: anchors, aliases, tags, duplicate keys, several documents, unquoted dates and fractions (YAML 1.1 and
1.2 read them differently; a number that matters is a quoted decimal), control characters and line breaks that
editors do not show as such, nesting deeper than ``MAX_DEPTH``, files larger than ``MAX_BYTES`` or with more than
``MAX_VALUES`` values. Plain ``yes``, ``no``, ``on``, ``off`` are text, as in YAML 1.2.

The parser is libyaml's; PyYAML's own differs from it for some inputs and takes minutes for others.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from cultivar.policy.problems import BadFile, Place, Problem, Rule
from cultivar.policy.text import Text

MAX_BYTES = 2_000_000
MAX_DEPTH = 24
MAX_VALUES = 100_000
MAX_KEY = 200
_SHOWN = 60  # characters of a wrong value that are said back
_LOADER: Any = getattr(yaml, "CSafeLoader", None)

TOO_LARGE = Rule(
    "too-large-a-file",
    Text(
        "文件有 {size:,} 字节，最多 {most:,} 字节。",
        "The file has {size:,} bytes; at most {most:,} are read.",
    ),
    Text("请拆分文件。", "Split it."),
)
UNREADABLE = Rule(
    "unreadable",
    Text("读不到文件：{error}。", "Cannot be read: {error}."),
    Text("请检查路径和权限。", "Check the path and the permissions."),
)
NOT_UTF8 = Rule(
    "not-utf-8",
    Text("不是 UTF-8 编码。", "Not encoded in UTF-8."),
    Text("请另存为 UTF-8。", "Save it as UTF-8."),
)
CONTROL = Rule(
    "control-character",
    Text("有看不见的字符 {code}。", "There is an invisible character {code}."),
    Text("请删去它；这一行可以重新输入。", "Remove it; type this line anew."),
)
NOT_YAML = Rule(
    "not-yaml",
    Text("不是有效的 YAML（{what}）。", "Not valid YAML ({what})."),
    Text("请检查这一行的缩进、冒号和引号。", "Check indentation, colons and quotes on this line."),
)
EMPTY = Rule(
    "empty-file",
    Text("文件是空的。", "The file is empty."),
    Text("请从 programme: … 写起。", "Begin with programme: …"),
)
SEVERAL = Rule(
    "several-documents",
    Text("一个文件只能有一份文档。", "A file holds one document."),
    Text("请去掉后面的“---”。", "Remove what follows “---”."),
)
TOO_DEEP = Rule(
    "too-deep",
    Text("嵌套超过 {most} 层。", "Nested deeper than {most} levels."),
    Text("请检查缩进和括号。", "Check indentation and brackets."),
)
TOO_MANY = Rule(
    "too-many-values",
    Text("文件里的值超过 {most:,} 个。", "The file has more than {most:,} values."),
    Text("请检查有没有重复的内容，或拆分文件。", "Look for what is repeated, or split it."),
)
ALIAS = Rule(
    "anchor-or-alias",
    Text("不用锚点和引用（& 和 *）。", "No anchors or aliases (& and *)."),
    Text("请写全；以这些符号开头的文字加引号。", "Write it out; quote a text that begins with them."),
)
TAG = Rule(
    "tag",
    Text("不用标签（{tag}）。", "No tags ({tag})."),
    Text("请删去标签；以感叹号开头的文字加引号。", "Remove it; quote a text that begins with “!”."),
)
KEY_NOT_TEXT = Rule(
    "key-not-text",
    Text("键必须是文字。", "A key must be text."),
    Text("请改成“名称: 值”。", "Write “name: value”."),
)
KEY_TOO_LONG = Rule(
    "key-too-long",
    Text("键超过 {most} 个字符。", "A key has more than {most} characters."),
    Text("请检查是不是漏了冒号。", "See whether a colon is missing."),
)
KEY_TWICE = Rule(
    "key-twice",
    Text("“{key}”写了两次。", "“{key}” is given twice."),
    Text("请删去一处。", "Remove one."),
)
UNQUOTED = Rule(
    "unquoted",
    Text("“{text}”要加引号。", "Quote “{text}”."),
    Text(
        "日期、小数和带前导零的编号都写成带引号的文字。",
        "Dates, fractions and codes with leading zeros are quoted text.",
    ),
)

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})\Z")
_INVISIBLE = re.compile(
    "[^\\t\\n\\r\\x20-\\x7e\\xa0-\\u2027\\u202a-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd\\U00010000-\\U0010ffff]"
)
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


class NoParserError(Exception):
    """The house was installed without the YAML parser that it needs; ``text`` says what to do."""

    text = Text(
        "缺少 YAML 解析器 libyaml：请安装带 C 扩展的 PyYAML（官方安装包都带）。",
        "The YAML parser libyaml is missing: install PyYAML with its C extension (the official wheels have it).",
    )

    def __init__(self) -> None:
        super().__init__(self.text.en)


class _Refused(Exception):
    def __init__(self, rule: Rule, line: int, **values: Any) -> None:
        super().__init__(rule.code)
        self.line = line
        self.found = rule.at((), **values)

    def at(self, path: Path) -> BadFile:
        """The refusal of the file at ``path``."""
        found = self.found
        return BadFile([Problem(path, self.line, found.text, found.remedy, rule=found.rule.code)])


def read(path: Path) -> Source:
    """Reads one file. Raises ``BadFile`` with one problem that names the line."""
    try:
        text = _text(path)
    except _Refused as refused:
        raise refused.at(path) from None
    return read_text(text, path)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            data = b"" if size > MAX_BYTES else file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _Refused(UNREADABLE, 0, error=error.strerror) from None
    if max(size, len(data)) > MAX_BYTES:
        raise _Refused(TOO_LARGE, 1, size=max(size, len(data)), most=MAX_BYTES)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Refused(NOT_UTF8, error.object[: error.start].count(b"\n") + 1) from None


def read_text(text: str, path: Path) -> Source:
    """Reads the text of a file; ``path`` is only named in problems.

    Raises ``BadFile`` with one problem that names the line, ``NoParserError`` where libyaml is not installed.
    """
    if _LOADER is None:
        raise NoParserError
    lines: dict[Place, int] = {}
    try:
        _visible(text)
        events = yaml.parse(unicodedata.normalize("NFC", text), Loader=_LOADER)
        data = _document(iter(events), lines)
    except _Refused as refused:
        raise refused.at(path) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        what = getattr(error, "problem", None) or "unreadable"
        raise _Refused(NOT_YAML, mark.line + 1 if mark else 1, what=what).at(path) from None
    return Source(path, data, lines)


def _visible(text: str, first: int = 1) -> None:
    found = _INVISIBLE.search(text)
    if found is not None:
        line = first + len(re.findall("\r\n|\r|\n", text[: found.start()]))
        raise _Refused(CONTROL, line, code=f"U+{ord(found[0]):04X}")


def _document(events: Iterator[Any], lines: dict[Place, int]) -> Any:
    next(events)  # the start of the stream
    event = next(events)
    if isinstance(event, yaml.StreamEndEvent):
        raise _Refused(EMPTY, 1)
    data = _value(next(events), events, (), lines)
    next(events)  # the end of the document
    event = next(events)
    if not isinstance(event, yaml.StreamEndEvent):
        raise _Refused(SEVERAL, event.start_mark.line + 1)
    return data


def _value(event: Any, events: Iterator[Any], place: Place, lines: dict[Place, int]) -> Any:
    line = event.start_mark.line + 1
    lines[place] = line
    if len(place) > MAX_DEPTH:
        raise _Refused(TOO_DEEP, line, most=MAX_DEPTH)
    if len(lines) > MAX_VALUES:
        raise _Refused(TOO_MANY, line, most=MAX_VALUES)
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise _Refused(ALIAS, line)
    if event.tag is not None and event.tag != "!":
        raise _Refused(TAG, line, tag=event.tag[:_SHOWN])
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
            raise _Refused(KEY_NOT_TEXT, line)
        key = event.value
        if event.anchor:
            raise _Refused(ALIAS, line)
        if event.tag is not None and event.tag != "!":
            raise _Refused(TAG, line, tag=event.tag[:_SHOWN])
        _visible(key, line)
        if len(key) > MAX_KEY:
            raise _Refused(KEY_TOO_LONG, line, most=MAX_KEY)
        if key in mapping:
            raise _Refused(KEY_TWICE, line, key=key)
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
    _visible(text, line)  # it may be written as an escape
    if event.style in ("'", '"', "|", ">"):
        return text.rstrip("\n") if event.style in ("|", ">") else text
    constants = {"": None, "null": None, "~": None, "true": True, "false": False}
    if text in constants:
        return constants[text]
    if _WHOLE.match(text):
        return int(text)
    if _RISKY.match(text):
        raise _Refused(UNQUOTED, line, text=text[:_SHOWN])
    return text
