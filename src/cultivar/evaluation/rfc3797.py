"""The selection of RFC 3797, for draws that others made, and as a measure for our own.

Our own draws (``evaluation.draw``) write their seed as this RFC does but neither its MD5 nor its plain remainder, whose
choices are not all equally likely. Canonical writing follows section 4 of the RFC: a number without leading zeros,
ending in a point; a fraction without zeros at its end; the numbers of one source from the smallest to the largest; a
source of letters and digits without everything else, in capitals, ending in a point; a stroke after every source. Its
reference program takes fractions unsorted; its text sorts them, and so does this.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple, TypeAlias

from cultivar.policy.text import Text

LARGEST_POOL = 2**16 - 1  # the counter of the RFC has two bytes

Number: TypeAlias = int | Decimal
Source: TypeAlias = Number | str | Iterable[Number | str]

_NEGATIVE = Text("种子里的数不能是负数：{value}。", "A number of a seed cannot be negative: {value}.")
_NO_NUMBER = Text(
    "“{value}”不是数；小数要写成文字或 Decimal。",
    "“{value}” is no number; write a fraction as text or as a Decimal.",
)
_EMPTY = Text("种子的一个来源是空的。", "A source of the seed is empty.")
_TOO_MANY = Text(
    "名单有 {pool} 个，要抽 {count} 个：抽取数应在 1 和名单个数之间，名单最多 65535 个。",
    "{count} of a pool of {pool}: draw at least 1 and at most the pool; a pool has at most 65535.",
)


class BadSource(ValueError):
    """A seed, or a number of seats, that cannot be drawn by; ``text`` says why in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Step(NamedTuple):
    """One selection: the MD5 (32 hex digits), how many were left, and the number taken (1-based)."""

    md5: str
    left: int
    selected: int


def rfc3797(sources: Sequence[Source], pool_size: int, count: int) -> list[int]:
    """The numbers (1 to ``pool_size``) that RFC 3797 selects, in the order of selection.

    A source is a number, several numbers, or text: text of digits and spaces or commas is read as numbers, other text
    as letters and digits. Raises ``BadSource`` (a ``ValueError``).
    """
    return [step.selected for step in steps(sources, pool_size, count)]


def steps(sources: Sequence[Source], pool_size: int, count: int) -> list[Step]:
    """As ``rfc3797``, with the hashes and divisors of the RFC's section 6. Raises ``BadSource``."""
    if not 1 <= count <= pool_size <= LARGEST_POOL:
        raise BadSource(_TOO_MANY.fill(pool=pool_size, count=count))
    text = key(sources).encode("ascii")
    left = list(range(1, pool_size + 1))
    taken: list[Step] = []
    for index in range(count):
        counter = index.to_bytes(2, "big")
        digest = hashlib.md5(counter + text + counter, usedforsecurity=False).hexdigest()
        size = len(left)
        taken.append(Step(digest, size, left.pop(int(digest, 16) % size)))
    return taken


def key(sources: Sequence[Source]) -> str:
    """All sources in the canonical writing of section 4, in the order given. Raises ``BadSource``."""
    if not sources:
        raise BadSource(_EMPTY)
    return "".join(f"{_source(one)}/" for one in sources)


def numbers_key(values: Iterable[Number | str]) -> str:
    """Several numbers of one source, sorted, each as the RFC writes it; without the stroke. Raises ``BadSource``."""
    numbers = sorted(_number(value) for value in values)
    if not numbers:
        raise BadSource(_EMPTY)
    return "".join(_written(number) for number in numbers)


def letters_key(value: str) -> str:
    """Letters A to Z and digits of ``value``, in capitals, accents removed, with a point. Raises ``BadSource``.

    Letters of other scripts have no place in A to Z; what has none of those left is refused.
    """
    plain = unicodedata.normalize("NFKD", value).upper()
    kept = re.sub(r"[^A-Z0-9]", "", plain)
    if not kept:
        raise BadSource(_EMPTY)
    return f"{kept}."


def _source(value: Source) -> str:
    if isinstance(value, str):
        words = [word for word in re.split(r"[\s,]+", value.strip()) if word]
        plain = words and all(re.fullmatch(r"[0-9]+(\.[0-9]*)?", word) for word in words)
        return numbers_key(words) if plain else letters_key(value)
    return numbers_key(value) if isinstance(value, Iterable) else numbers_key([value])


def _number(value: object) -> Decimal:
    if isinstance(value, (bool, float)):
        raise BadSource(_NO_NUMBER.fill(value=value))
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise BadSource(_NO_NUMBER.fill(value=value)) from None
    if not number.is_finite():
        raise BadSource(_NO_NUMBER.fill(value=value))
    if number < 0:
        raise BadSource(_NEGATIVE.fill(value=value))
    return number


def _written(number: Decimal) -> str:
    whole, _, fraction = f"{number:f}".partition(".")
    return f"{whole.lstrip('-').lstrip('0') or '0'}.{fraction.rstrip('0')}"
