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
from cultivar.policy.problems import BadFile, Problem
from cultivar.policy.source import Place, Source, read
from cultivar.policy.text import Text

_SENTENCES = {
    "missing": Text("缺“{key}”。", "“{key}” is missing."),
    "extra_forbidden": Text(
        "不认识“{key}”。请对照编写说明改名或删去。",
        "“{key}” is not known here. Check its spelling or remove it.",
    ),
    "string_type": Text("“{key}”要写成文字（加引号）。", "“{key}” must be text (quote it)."),
    "string_too_short": Text("“{key}”不能空。", "“{key}” must not be empty."),
    "string_pattern_mismatch": Text(
        "“{key}”的写法不对：{input}。", "“{key}” is not written as it must be: {input}."
    ),
    "no_such_day": Text("“{key}”没有这一天：{input}。", "“{key}” is no day of the calendar: {input}."),
    "string_too_long": Text("“{key}”太长。", "“{key}” is too long."),
    "too_short": Text("“{key}”的项数不够。", "“{key}” has too few items."),
    "greater_than_equal": Text("“{key}”的数太小：{input}。", "“{key}” is too small: {input}."),
    "less_than_equal": Text("“{key}”的数太大：{input}。", "“{key}” is too large: {input}."),
    "literal_error": Text("“{key}”只能是 {expected}。", "“{key}” must be {expected}."),
    "int_type": Text("“{key}”要写整数。", "“{key}” must be a whole number."),
    "bool_type": Text("“{key}”只能是 true 或 false。", "“{key}” must be true or false."),
    "list_type": Text("“{key}”要写成列表。", "“{key}” must be a list."),
    "dict_type": Text("“{key}”要写成“键: 值”。", "“{key}” must be a mapping of keys to values."),
    "model_type": Text("“{key}”要写成“键: 值”。", "“{key}” must be a mapping of keys to values."),
}
Typed = TypeVar("Typed", bound=BaseModel)
_OTHER = Text("“{key}”不对：{message}。", "“{key}” is not right: {message}.")


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
        problem = Text("文件要以“键: 值”开头。", "The file must be a mapping of keys to values.")
        raise BadFile([Problem(source.path, 1, problem)])
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        raise BadFile([_problem(source, detail) for detail in error.errors()]) from None


@lru_cache(maxsize=32)
def _cached(path: Path, _changed: int) -> Reading:
    return read_programme(path)


def load(path: Path) -> Reading:
    """``read_programme``, remembered as long as the file does not change."""
    return _cached(path, path.stat().st_mtime_ns)


def _problem(source: Source, detail: Any) -> Problem:
    place: Place = tuple(part for part in detail["loc"] if not _is_tag(part))
    kind = detail["type"]
    sentence = _SENTENCES.get(kind, _OTHER)
    values = {
        "key": place[-1] if place else "?",
        "input": repr(detail.get("input"))[:60],
        "expected": detail.get("ctx", {}).get("expected", ""),
        "message": detail["msg"],
    }
    return Problem(source.path, source.line(place), sentence.fill(**values))


def _is_tag(part: Any) -> bool:
    return isinstance(part, str) and part.startswith(("function-", "union["))
