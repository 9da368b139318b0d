"""What a draw's seed is: values that the public can look up, written in the one way of RFC 3797, section 4.

A source has a name (the lottery and its issue, the exchange and its day, the beacon) and a kind, both announced before
the values exist. ``numbers``: order does not matter (balls, a closing index). ``text``: letters and digits in their
order, zeros in front included (a beacon's pulse, a lottery of ordered digits). However a value is typed (other spaces,
full-width digits, zeros in front of a number), it comes to the same text; a source with two values is refused, and so
is a value that can be read in two ways.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias, cast

from cultivar.evaluation import rfc3797
from cultivar.policy.text import Text

Kind: TypeAlias = Literal["numbers", "text"]
KINDS = ("numbers", "text")

_NO_NAME = Text("种子的每个来源都要有名称。", "Every source of the seed needs a name.")
_NO_KIND = Text(
    "来源“{name}”的类型“{kind}”不对，只有 numbers（数）和 text（文字）。",
    "The source “{name}” has the kind “{kind}”; there are numbers and text only.",
)
_TWO_KINDS = Text("来源“{name}”写了两种类型。", "The source “{name}” is given two kinds.")
_TWO_VALUES = Text(
    "来源“{name}”输入了两个不同的值：“{first}”和“{second}”。核对公布的结果后只留一个。",
    "The source “{name}” is given two different values, “{first}” and “{second}”. "
    "Check what was published and keep one.",
)
_NOT_ANNOUNCED = Text(
    "来源“{name}”没有事先公布；公布的是：{announced}。",
    "The source “{name}” was not announced before; these were: {announced}.",
)
_MISSING = Text("还缺来源“{name}”的值。", "The value of the source “{name}” is missing.")
_THOUSANDS = Text(
    "来源“{name}”的“{value}”可以读成一个数或几个数；一个数不要千分位的逗号或空格，几个数之间用分号。",
    "“{value}” of the source “{name}” may be one number or several; "
    "write one number without marks between thousands, and put semicolons between several.",
)
_NOT_NUMBERS = Text(
    "来源“{name}”的“{value}”不是数；有字母的值要把类型写成 text。",
    "“{value}” of the source “{name}” is no number; a value with letters needs the kind text.",
)
_NOT_LETTERS = Text(
    "来源“{name}”的“{value}”里没有 A 到 Z 的字母或数字。",
    "“{value}” of the source “{name}” holds no letter A to Z and no digit.",
)
_NOT_PLAIN = Text(
    "来源“{name}”的“{value}”里有“{sign}”（上标、带圈之类）；改用普通的数字和字母。",
    "“{value}” of the source “{name}” holds “{sign}”, a raised, circled or otherwise special sign; "
    "write plain digits and letters.",
)
_NONE = Text("种子至少要有一个来源。", "A seed needs at least one source.")

_TWO_WAYS = (
    re.compile(r"[0-9],[0-9]{3}(?![0-9])"),  # 3,298
    re.compile(r"(?<![0-9.])[0-9]{1,3}(?:[\s,、]+[0-9]{3})+\.[0-9]"),  # 3 298.50
)


class BadSeed(ValueError):
    """A seed that cannot be drawn by; ``text`` says why in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Source(NamedTuple):
    """A source as it is announced: before anyone can know its value."""

    name: str
    kind: Kind


class Entry(NamedTuple):
    """A source's value: as it was typed; in the one way to type it again; as the RFC writes it (without the stroke).

    ``value`` tells apart what the RFC runs together (1.5 and 2 are ``1.52.`` there).
    """

    source: Source
    typed: str
    value: str
    canonical: str


def source(name: str, kind: str = "numbers") -> Source:
    """A source by its name, spaces trimmed, and its kind. Raises ``BadSeed``."""
    tidy = " ".join(unicodedata.normalize("NFC", name).split())
    if not tidy:
        raise BadSeed(_NO_NAME)
    if kind not in KINDS:
        raise BadSeed(_NO_KIND.fill(name=tidy, kind=kind))
    return Source(tidy, cast(Kind, kind))


def sources(named: Iterable[Source]) -> tuple[Source, ...]:
    """The sources in the order of their names, each once. Raises ``BadSeed`` for none, or for one of two kinds."""
    by_name: dict[str, Source] = {}
    for one in named:
        if by_name.setdefault(one.name, one) != one:
            raise BadSeed(_TWO_KINDS.fill(name=one.name))
    if not by_name:
        raise BadSeed(_NONE)
    return tuple(by_name[name] for name in sorted(by_name))


def entry(one: Source, typed: str) -> Entry:
    """A value read. Raises ``BadSeed`` where it is not of the source's kind, or can be read in two ways."""
    value = unicodedata.normalize("NFC", typed).strip()
    special = next((sign for sign in value if _special(sign)), None)
    if special:
        raise BadSeed(_NOT_PLAIN.fill(name=one.name, value=value, sign=special))
    plain = unicodedata.normalize("NFKC", value)
    if one.kind == "text":
        try:
            letters = rfc3797.letters_key(plain)
        except rfc3797.BadSource:
            raise BadSeed(_NOT_LETTERS.fill(name=one.name, value=value)) from None
        return Entry(one, value, letters.rstrip("."), letters)
    if any(pattern.search(plain) for pattern in _TWO_WAYS):
        raise BadSeed(_THOUSANDS.fill(name=one.name, value=value))
    words = [word for word in re.split(r"[\s,、;+|]+", plain) if word]
    if not words or not all(re.fullmatch(r"[0-9]+(\.[0-9]+)?", word) for word in words):
        raise BadSeed(_NOT_NUMBERS.fill(name=one.name, value=value))
    each = [rfc3797.numbers_key([word]).rstrip(".") for word in sorted(words, key=Decimal)]
    return Entry(one, value, "; ".join(each), rfc3797.numbers_key(words))


def entries(typed: Iterable[tuple[Source, str]], announced: Sequence[Source]) -> tuple[Entry, ...]:
    """One entry for each announced source, in the order of their names.

    A source typed twice alike counts once. Raises ``BadSeed`` where one has two values, was not announced or is
    missing.
    """
    by_name: dict[str, Entry] = {}
    for one, value in typed:
        if one not in announced:
            names = "、".join(f"{known.name} ({known.kind})" for known in announced)
            raise BadSeed(_NOT_ANNOUNCED.fill(name=f"{one.name} ({one.kind})", announced=names))
        read = entry(one, value)
        before = by_name.setdefault(one.name, read)
        if before.value != read.value:
            raise BadSeed(_TWO_VALUES.fill(name=one.name, first=before.typed, second=read.typed))
    for one in announced:
        if one.name not in by_name:
            raise BadSeed(_MISSING.fill(name=one.name))
    return tuple(by_name[one.name] for one in announced)


def text_of(read: Iterable[Entry]) -> str:
    """The seed: every source's canonical writing, ended by a stroke, in the order of their names."""
    return "".join(f"{one.canonical}/" for one in read)


def _special(sign: str) -> bool:
    """Whether NFKC makes a digit or letter of ``sign`` though it is none: raised, circled, Roman; not of full width."""
    if sign.isascii() or sign.isdecimal():
        return False
    kind = unicodedata.decomposition(sign)
    special = kind.startswith("<") and not kind.startswith("<wide>")
    return special and re.search("[0-9A-Za-z]", unicodedata.normalize("NFKC", sign)) is not None
