"""Figures that jump: against what the same giver stated for the year, or against the year before. Hints, never errors.

The bounds stand here and nowhere else:

- ``MOST``: from one year to the next a figure of an enterprise seldom grows or shrinks more than fivefold, while the
  smallest slip of a unit is tenfold.
- ``SLIPS``: what a wrong unit or decimal point multiplies by, and how far the quotient of two years may be from it. Two
  years differ by what happened between them too; the windows leave a factor of two either way, but for ten, where
  less is left beneath ``MOST``.
- ``SAME``: two statements of one figure differ by the slip alone, but for rounding: one per cent.
- ``SMALL``: below these a jump says nothing; a firm goes from one patent to twelve, or sells its first machine.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from cultivar.policy.text import Text
from cultivar.policy.vocabulary import Measure, vocabulary
from cultivar.roster.firm_cells import plain
from cultivar.roster.problems import Said

MOST = 5
SLIPS: tuple[tuple[int, Fraction, Fraction], ...] = (
    (10, Fraction(8), Fraction(25, 2)),
    (100, Fraction(50), Fraction(200)),
    (1_000, Fraction(500), Fraction(2_000)),
    (10_000, Fraction(5_000), Fraction(20_000)),
)
SAME = Fraction(101, 100)
SMALL = {
    "money": 1_000_000,
    "count": 50,
    "amount": 100_000,
}  # yuan, pieces, thousandths: the larger of the two

_MONEY = {
    1: Text("元", "yuan"),
    1_000: Text("千元", "thousand yuan"),
    10_000: Text("万元", "10,000 yuan"),
    1_000_000: Text("百万元", "million yuan"),
    100_000_000: Text("亿元", "100 million yuan"),
}
_REMEDY = Text("核对单位和位数；没有错就不用改。", "Check unit and digits; leave it where it is right.")

Figures = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Jump:
    """A figure that jumps: against ``stood``, of the year before or, ``again``, of the same giver and year.

    ``slip``: the power of ten that it looks off by, 0 where none fits.
    """

    year: int
    measure: str
    value: int
    stood: int
    again: bool
    slip: int

    @property
    def factor(self) -> Fraction:
        """How many times the larger has the smaller."""
        low, high = sorted((abs(self.value), abs(self.stood)))
        return Fraction(high, low)


def jumps(
    said: Mapping[int, Figures], own: Mapping[int, Figures], counts: Mapping[int, Figures]
) -> Iterator[Jump]:
    """The jumps of an enterprise's figures: ``own`` is the giver's word that stands, ``counts`` what counts for it.

    The year before is that of the file where it is there, else what counts.
    """
    for year, figures in said.items():
        stood, before = own.get(year), counts.get(year - 1)
        if year - 1 in said:
            before = {**before, **said[year - 1]} if before else said[year - 1]
        found: dict[str, Jump] = {}
        if before:
            found.update(_of_year(year, figures, before, False))
        if stood and not figures.items() <= stood.items():
            found.update(_of_year(year, figures, stood, True))
        yield from found.values()


def _of_year(year: int, figures: Figures, stood: Figures, again: bool) -> Iterator[tuple[str, Jump]]:
    for measure, value in figures.items():
        other = stood.get(measure)
        if not other or not value or other == value:
            continue
        # What each of millions of figures goes through: no object is made of one that is in bounds.
        if abs(value) <= MOST * abs(other) and abs(other) <= MOST * abs(value):
            continue
        jump = _jump(year, measure, value, other, again)
        if jump is not None:
            yield measure, jump


def _jump(year: int, measure: str, value: int, stood: int, again: bool) -> Jump | None:
    word = vocabulary().measures[measure]
    if word.kind == "yes-no" or (value < 0) != (stood < 0) or max(abs(value), abs(stood)) < SMALL[word.kind]:
        return None
    jump = Jump(year, measure, value, stood, again, 0)
    slip = _slip(jump.factor, again)
    if not slip and word.signed:  # a profit may well go up twentyfold
        return None
    return Jump(year, measure, value, stood, again, slip)


def _slip(factor: Fraction, again: bool) -> int:
    for slip, least, most in SLIPS:
        if (slip / SAME <= factor <= slip * SAME) if again else (least <= factor <= most):
            return slip
    return 0


# ------------------------------------------------------------------------------------------------------- in words


def said_of(jump: Jump, scale: int) -> Said:
    """A jump in words; ``scale`` is how many smallest parts the unit of the file's column has."""
    word = vocabulary().measures[jump.measure]
    larger, cause = abs(jump.value) > abs(jump.stood), _cause(jump, word, scale)
    text = _TEXTS[jump.again, larger].fill(
        year=jump.year,
        measure=word.name,
        factor=_factor(jump.factor),
        stood=on_paper(jump.stood, scale),
        value=on_paper(jump.value, scale),
        unit=_unit(word, scale),
    )
    kind = "jump-unit" if jump.slip else "jump"
    return Said(kind, Text(f"{text.zh}{cause.zh}。", f"{text.en}{cause.en}."), _REMEDY, blocks=False)


_TEXTS: Mapping[tuple[bool, bool], Text] = {
    (False, True): Text(
        "{year}年{measure}是上一年的 {factor} 倍（上一年 {stood}，这里 {value}{unit}）",
        "{measure} of {year} is {factor} times that of the year before ({stood} then, {value} here{unit})",
    ),
    (False, False): Text(
        "{year}年{measure}只有上一年的 1/{factor}（上一年 {stood}，这里 {value}{unit}）",
        "{measure} of {year} is 1/{factor} of that of the year before ({stood} then, {value} here{unit})",
    ),
    (True, True): Text(
        "{year}年{measure}是本单位原来所填的 {factor} 倍（原填 {stood}，这里 {value}{unit}）",
        "{measure} of {year} is {factor} times what your office stated before ({stood} then, {value} here{unit})",
    ),
    (True, False): Text(
        "{year}年{measure}只有本单位原来所填的 1/{factor}（原填 {stood}，这里 {value}{unit}）",
        "{measure} of {year} is 1/{factor} of what your office stated before ({stood} then, {value} here{unit})",
    ),
}


def _cause(jump: Jump, word: Measure, scale: int) -> Text:
    """The likely cause: the unit in which it was perhaps typed, or the decimal point."""
    if not jump.slip:
        return Text("", "")
    if word.kind == "money":
        larger = abs(jump.value) > abs(jump.stood)
        typed = Fraction(scale, jump.slip) if larger else Fraction(scale * jump.slip)
        asked, meant = _MONEY.get(scale), _MONEY.get(int(typed)) if typed.denominator == 1 else None
        if asked and meant:
            return Text(
                "，像是按“{typed}”填进了“{asked}”的列",
                ", which looks like {typed} typed where {asked} is asked",
            ).fill(typed=meant, asked=asked)
    places = len(str(jump.slip)) - 1
    return Text("，像是小数点错了 {n} 位", ", which looks like a decimal point off by {n} places").fill(
        n=places
    )


def _unit(word: Measure, scale: int) -> Text:
    unit = unit_of(word, scale)
    return Text(f"，单位{unit.zh}", f"; unit: {unit.en}") if unit else Text("", "")


def unit_of(word: Measure, scale: int) -> Text | None:
    """The unit of a column of this scale, as far as it has one of its own."""
    return _MONEY.get(scale) if word.kind == "money" else word.unit if scale == word.scale else None


def on_paper(value: int, scale: int) -> str:
    """A figure as it is written in a column of this scale, exact."""
    return plain(Decimal(value) / scale)


def _factor(value: Fraction) -> str:
    return str(round(value)) if value >= 10 else f"{Decimal(value.numerator) / value.denominator:.1f}"
