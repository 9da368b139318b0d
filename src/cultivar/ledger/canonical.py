"""The one way to write data down: canonical JSON (RFC 8785) with every text in NFC, and nothing that has two ways.

Floats, numbers that are not finite, whole numbers beyond 2^53-1, lone surrogates and a name given twice are refused,
so that the same data have the same bytes for every program that reads them (I-JSON, RFC 7493).
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, NoReturn

import rfc8785

from cultivar.policy.text import Text

LARGEST = 2**53 - 1


class NotCanonical(ValueError):
    """Data, or bytes, that not everyone would write in the same way; ``text`` says what is wrong."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


_FLOAT = Text("不能有小数，写成文字", "a number with a fraction has no place here; write it as text")
_NOT_FINITE = Text("不能有 NaN 或 Infinity", "NaN and Infinity are no numbers of JSON")
_TOO_LARGE = Text("整数超出 2^53-1", "a whole number lies beyond 2^53-1")
_SURROGATE = Text("有不成对的代理字符", "a text holds half of a character (a lone surrogate)")
_TWICE = Text("名称“{name}”出现两次", "the name “{name}” is given twice")
_NO_TEXT = Text("名称必须是文字", "a name must be text")
_NO_JSON = Text("不是 JSON 数据", "this is not JSON")
_OTHER_BYTES = Text("字节不是规范写法", "the bytes are not the canonical ones")
_TOO_DEEP = Text("嵌套过深", "it is nested too deep")


def canonical(value: Any) -> bytes:
    """The RFC 8785 bytes of plain data in NFC. Raises ``NotCanonical``."""
    try:
        return rfc8785.dumps(normal(value))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        raise NotCanonical(_NO_JSON) from None
    except RecursionError:
        raise NotCanonical(_TOO_DEEP) from None


def normal(value: Any) -> Any:
    """Plain data with every text in NFC, as the ledger keeps it. Raises ``NotCanonical``."""
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise NotCanonical(_TOO_LARGE)
        return int(value)
    if isinstance(value, float):
        raise NotCanonical(_FLOAT if value == value and abs(value) != float("inf") else _NOT_FINITE)
    if isinstance(value, Mapping):
        return _without_doubles((_name(name), normal(one)) for name, one in value.items())
    if isinstance(value, (list, tuple)):
        return [normal(one) for one in value]
    raise NotCanonical(_NO_JSON)


def parse(body: bytes | str) -> Any:
    """The data of JSON that somebody sent, in NFC; in whatever form, but nothing that has two ways to be read.

    Raises ``NotCanonical``.
    """
    try:
        data = json.loads(
            body if isinstance(body, str) else bytes(body).decode("utf-8"),
            object_pairs_hook=_without_doubles,
            parse_float=_refuse_float,
            parse_constant=_refuse_constant,
        )
    except NotCanonical:
        raise
    except RecursionError:
        raise NotCanonical(_TOO_DEEP) from None
    except ValueError:  # no JSON, no UTF-8, or a number too long to read
        raise NotCanonical(_NO_JSON) from None
    try:
        return normal(data)
    except RecursionError:
        raise NotCanonical(_TOO_DEEP) from None


def read(leaf: bytes) -> dict[str, Any]:
    """The data of a leaf. Raises ``NotCanonical`` where its bytes are not the canonical ones."""
    data = parse(leaf)
    if not isinstance(data, dict) or not _same_bytes(data, bytes(leaf)):
        raise NotCanonical(_OTHER_BYTES)
    return data


def _same_bytes(data: dict[str, Any], leaf: bytes) -> bool:
    """Whether ``leaf`` are the canonical bytes of data that ``parse`` has let pass.

    Python's own writer, ten times faster, writes them alike but for the order of names beyond the basic plane, whose
    characters take four bytes from 0xF0 on.
    """
    if not any(lead in leaf for lead in _FOUR_BYTES):
        return _dumps(data).encode("utf-8") == leaf
    return rfc8785.dumps(data) == leaf


_HALF = re.compile("[\ud800-\udfff]")
_FOUR_BYTES = (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
_dumps = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def _text(value: str) -> str:
    if value.isascii():
        return str(value)
    if _HALF.search(value):
        raise NotCanonical(_SURROGATE)
    return unicodedata.normalize("NFC", value)


def _name(value: Any) -> str:
    if not isinstance(value, str):
        raise NotCanonical(_NO_TEXT)
    return _text(value)


def _without_doubles(pairs: Any) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, value in pairs:
        if name in data:
            raise NotCanonical(_TWICE.fill(name=name.encode("utf-8", "replace").decode("utf-8")))
        data[name] = value
    return data


def _refuse_float(_: str) -> NoReturn:
    raise NotCanonical(_FLOAT)


def _refuse_constant(_: str) -> NoReturn:
    raise NotCanonical(_NOT_FINITE)
