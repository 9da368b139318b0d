"""Turns the bytes of a text file into text: UTF-8, UTF-16 and the Chinese encodings."""

import codecs
from dataclasses import dataclass

from cultivar.policy.document.irregularities import irregular
from cultivar.policy.document.model import Irregularity

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True)
class Decoded:
    """The text, a byte order mark taken off, with the encoding it was in and what was odd about it."""

    text: str
    encoding: str
    warnings: tuple[Irregularity, ...]


def decode(data: bytes) -> Decoded:
    """Decodes ``data``; never refuses. Line ends and every other character are kept as they are.

    A byte order mark decides; without one UTF-8 is tried, then UTF-16 where every other byte is zero or most pairs
    are Chinese, then GB18030 (which holds GBK and GB2312). What still cannot be decoded becomes U+FFFD.
    """
    encoding, body = _encoding(data)
    text = body.decode(encoding, errors="replace")
    found = []
    if encoding != "utf-8":
        found.append(irregular("not-utf-8", 0, encoding=encoding.upper()))
    damaged = text.count(_REPLACEMENT)
    if damaged:
        found.append(irregular("undecodable-bytes", text.index(_REPLACEMENT), count=damaged))
    nulls = text.count("\x00")
    if nulls:
        found.append(irregular("null-characters", text.index("\x00"), count=nulls))
    return Decoded(text, encoding, tuple(found))


def _encoding(data: bytes) -> tuple[str, bytes]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, data[len(mark) :]
    if (wide := _looks_wide(data)) is not None:
        return wide, data
    if _decodes(data, "utf-8"):
        return "utf-8", data
    if _decodes(data, "gb18030"):
        return "gb18030", data
    damaged_utf8 = data.decode("utf-8", errors="replace").count(_REPLACEMENT)
    damaged_gb = data.decode("gb18030", errors="replace").count(_REPLACEMENT)
    return ("utf-8" if damaged_utf8 <= damaged_gb else "gb18030"), data


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _looks_wide(data: bytes) -> str | None:
    """UTF-16 without a mark: its line ends and blanks are a zero byte beside the character, always on one side."""
    sample = data[:4096]
    if len(sample) < 4 or len(data) % 2 or b"\x00" not in sample:
        return None
    even, odd = sample[0::2], sample[1::2]
    plain = frozenset(b"\r\n .,0123456789:()")
    little = sum(low in plain and high == 0 for low, high in zip(even, odd, strict=False))
    big = sum(high == 0 and low in plain for high, low in zip(even, odd, strict=False))
    if max(little, big) * 200 < len(even):
        return None
    encoding = "utf-16-le" if little >= big else "utf-16-be"
    return encoding if _decodes(data[: len(data) // 2 * 2], encoding) else None
