"""Turns a programme file into a ``Programme``; every refusal names its line and says what to do.

The identity of a version is the SHA-256 of its canonical JSON (RFC 8785).
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import rfc8785
from pydantic import BaseModel, ValidationError

from cultivar.policy.model import Programme
from cultivar.policy.places import article_at, counted_in
from cultivar.policy.problems import BadFile, Finding, Place, Problem, Rule
from cultivar.policy.source import Source, read
from cultivar.policy.text import Text

_MAPPING = Rule(
    "not-a-mapping",
    Text("“{key}”要写成“键: 值”。", "“{key}” must be a mapping of keys to values."),
    Text("请对照编写说明缩进写出各项。", "Write its entries below it, indented, as the guide shows."),
)
_TOP = Rule(
    "not-a-mapping-at-the-top",
    Text("文件要以“键: 值”开头。", "The file must be a mapping of keys to values."),
    Text("请从 programme: … 写起。", "Begin with programme: …"),
)
RULES = {
    "missing": Rule(
        "missing",
        Text("缺“{key}”。", "“{key}” is missing."),
        Text("请补上；文字要有 zh 和 en 两种。", "Add it; a text has both zh and en."),
    ),
    "extra_forbidden": Rule(
        "unknown-key",
        Text("不认识“{key}”。", "“{key}” is not known here."),
        Text("请对照编写说明改名或删去。", "Check its spelling or remove it."),
    ),
    "string_type": Rule(
        "not-text",
        Text("“{key}”要写成文字。", "“{key}” must be text."),
        Text("请加引号。", "Quote it."),
    ),
    "string_too_short": Rule(
        "empty-text",
        Text("“{key}”不能空。", "“{key}” must not be empty."),
        Text("请写内容，或删去这一项。", "Say something, or remove the entry."),
    ),
    "string_too_long": Rule(
        "long-text",
        Text("“{key}”太长。", "“{key}” is too long."),
        Text("编号最多 60 个字符。", "An id has 60 characters at most."),
    ),
    "string_pattern_mismatch": Rule(
        "wrong-pattern",
        Text("“{key}”的写法不对：{input}。", "“{key}” is not written as it must be: {input}."),
        Text(
            "编号用小写字母、数字、连字符和点；日期用“2026-01-31”；数字用不带单位的数。",
            "Ids have small letters, digits, hyphens and points; days are “2026-01-31”; figures bear no unit.",
        ),
    ),
    "no_such_day": Rule(
        "no-such-day",
        Text("“{key}”没有这一天：{input}。", "“{key}” is no day of the calendar: {input}."),
        Text("请核对月和日。", "Check month and day."),
    ),
    "literal_error": Rule(
        "not-one-of",
        Text("“{key}”只能是 {expected}。", "“{key}” must be {expected}."),
        Text("现在写的是 {input}，请改。", "It is {input}; correct it."),
    ),
    "int_type": Rule(
        "not-a-number",
        Text("“{key}”要写整数。", "“{key}” must be a whole number."),
        Text("请去掉引号和单位。", "Write it without quotes or unit."),
    ),
    "greater_than_equal": Rule(
        "too-small",
        Text("“{key}”的数太小：{input}。", "“{key}” is too small: {input}."),
        Text("从 1 起。", "It is 1 or more."),
    ),
    "less_than_equal": Rule(
        "too-large",
        Text("“{key}”的数太大：{input}。", "“{key}” is too large: {input}."),
        Text("请核对。", "Check it against the document."),
    ),
    "bool_type": Rule(
        "not-yes-or-no",
        Text("“{key}”只能是 true 或 false。", "“{key}” must be true or false."),
        Text(
            "请去掉引号；yes、no、on、off 在这里是文字。",
            "Write it without quotes; yes, no, on and off are text.",
        ),
    ),
    "list_type": Rule(
        "not-a-list",
        Text("“{key}”要写成列表。", "“{key}” must be a list."),
        Text("请写成 [甲, 乙]，或每行一个“- ”。", "Write [a, b], or “- ” on a line for each."),
    ),
    "too_short": Rule(
        "short-list",
        Text("“{key}”的项数不够。", "“{key}” has too few items."),
        Text(
            "有两种读法才是未明之处，请写全。", "A point is open where there are two readings; give them all."
        ),
    ),
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
}
_OTHER = Rule(
    "wrong-form",
    Text("“{key}”不对：{message}。", "“{key}” is not right: {message}."),
    Text("请对照编写说明。", "See the guide to programme files."),
)
MOST = 200  # problems that are listed of one file
_MORE = Rule(
    "more",
    Text("另外还有 {count} 处。", "There are {count} more."),
    Text("请先改正上面的。", "Correct those above first."),
)
Typed = TypeVar("Typed", bound=BaseModel)


@dataclass(frozen=True)
class Reading:
    """A programme with what the reader knows about its file."""

    programme: Programme
    source: Source
    digest: str  # SHA-256 of the canonical JSON, hex


def identity(data: Any) -> str:
    """SHA-256 (hex) of the canonical JSON (RFC 8785) of a file's data."""
    return hashlib.sha256(rfc8785.dumps(data)).hexdigest()


def read_programme(path: Path) -> Reading:
    """Reads and types one file. Raises ``BadFile`` with every problem of form."""
    source = read(path)
    programme = typed(source, Programme)
    return Reading(programme, source, identity(source.data))


def typed(source: Source, model: type[Typed]) -> Typed:
    """The data of a file as ``model``. Raises ``BadFile`` with every problem of form, each with its line."""
    if not isinstance(source.data, dict):
        raise BadFile(told(source, [_TOP.at(())]))
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        found = [_finding(detail) for detail in error.errors(include_url=False)]
        raise BadFile(told(source, found)) from None


@lru_cache(maxsize=32)
def _cached(path: Path, _changed: int) -> Reading:
    return read_programme(path)


def load(path: Path) -> Reading:
    """``read_programme``, remembered as long as the file does not change."""
    return _cached(path, path.stat().st_mtime_ns)


def _finding(detail: Any) -> Finding:
    place: Place = tuple(part for part in detail["loc"] if not _is_tag(part))
    values = {
        "key": place[-1] if place else "?",
        "input": repr(detail.get("input"))[:60],
        "expected": detail.get("ctx", {}).get("expected", ""),
        "message": detail["msg"],
    }
    return RULES.get(detail["type"], _OTHER).at(place, **values)


def told(source: Source, findings: list[Finding]) -> list[Problem]:
    """Findings with their line and article, in the order of lines; of very many the first ``MOST`` and a count."""
    findings = sorted(findings, key=lambda finding: source.line(finding.place))
    if len(findings) > MOST:
        findings = [*findings[:MOST], _MORE.at(findings[MOST].place, count=len(findings) - MOST)]
    counted = counted_in(source.data)
    return [
        Problem(
            source.path,
            source.line(finding.place),
            finding.text,
            finding.remedy,
            article_at(source.data, finding.place),
            finding.rule.code,
            counted,
        )
        for finding in findings
    ]


def _is_tag(part: Any) -> bool:
    return isinstance(part, str) and part.startswith(("function-", "union["))
