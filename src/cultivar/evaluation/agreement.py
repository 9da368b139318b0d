"""How far experts agree: Krippendorff's alpha, intraclass correlation, Kendall's W.

Ratings are rows of numbers: lists, tuples or numpy arrays of int, float, Decimal or Fraction; ``None`` and NaN are
missing. An array of text, in which numpy has made words of what is missing (``nan``, ``None``), is refused: give lists.
Where a coefficient is not defined (one rater, nothing varies, ratings missing where all are needed) a
``BadRatings`` says so; no function returns NaN. Sources are named with each function.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from cultivar.policy.text import Text

Level: TypeAlias = Literal["nominal", "ordinal", "interval", "ratio"]
Form: TypeAlias = Literal["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"]
Floats: TypeAlias = NDArray[np.float64]

_LEVEL = Text("没有“{given}”这种测量水平，应为：{known}。", "There is no level “{given}”; there are {known}.")
_FORM = Text("没有“{given}”这种形式，应为：{known}。", "There is no form “{given}”; there are {known}.")
_EMPTY = Text("没有评分。", "There are no ratings.")
_NO_ROWS = Text("评分应是行和列的表格。", "Ratings are a table of rows and columns.")
_NUMPY_WORD = Text(
    "第 {row} 行第 {column} 列是文字“{value}”，像是 numpy 把空缺变成了文字；改用列表，空缺写成 None。",
    "Row {row}, column {column} holds the word “{value}”, which numpy seems to have made of a missing rating; "
    "give lists with None for what is missing.",
)
_RAGGED = Text(
    "第 {row} 行有 {found} 个评分，第一行有 {wanted} 个；空缺写成 None。",
    "Row {row} has {found} ratings, the first has {wanted}; write None for one that is missing.",
)
_NO_NUMBER = Text(
    "第 {row} 行第 {column} 列的“{value}”不是有限的数。",
    "“{value}” in row {row}, column {column} is no finite number.",
)
_MISSING = Text(
    "第 {row} 行第 {column} 列缺评分；这个系数要求每格都有评分。",
    "The rating in row {row}, column {column} is missing; this coefficient needs every rating.",
)
_NO_PAIR = Text(
    "没有任何一个对象得到两名以上评分者的评分，谈不上一致。",
    "No unit was rated by two raters, so there is nothing to agree on.",
)
_ALL_ALIKE = Text(
    "所有可比的评分都相同，没有差异，系数没有定义。",
    "All ratings that can be compared are alike; without any variation the coefficient is not defined.",
)
_NEGATIVE = Text(
    "等比水平的评分不能是负数：{value}。", "A rating on the ratio level cannot be negative: {value}."
)
_TOO_FEW = Text(
    "至少要有 {rows} 行 {columns} 列，现在是 {found_rows} 行 {found_columns} 列。",
    "It takes at least {rows} rows and {columns} columns; there are {found_rows} and {found_columns}.",
)
_NO_SUBJECTS = Text(
    "对象之间没有差异，{form} 没有定义。",
    "The subjects do not differ, so {form} is not defined.",
)
_NO_ESTIMATE = Text(
    "差异都在对象之外，{form} 的分母不是正数，没有定义。",
    "The subjects differ less than chance would have it; the divisor of {form} is not positive, it is not defined.",
)
_ALL_TIED = Text(
    "每名评分者都把所有对象排成并列，W 没有定义。",
    "Every rater ties all items, so W is not defined.",
)
_TOO_WIDE = Text("评分的大小相差太多，无法计算。", "The ratings differ too much in size to be computed with.")


_MADE_WORDS = ("nan", "None", b"nan", b"None")  # of NaN and None in an array of text


class BadRatings(ValueError):
    """Ratings for which a coefficient is not defined; ``text`` says why in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def krippendorff_alpha(ratings: Iterable[Iterable[Any]], level: Level = "nominal") -> float:
    """Krippendorff's alpha; rows are raters, columns units, ``None`` or NaN where a rater gave none.

    1 is full agreement, 0 what chance would give, below 0 systematic disagreement. Units with fewer than two ratings
    do not count. On the nominal level ratings may be any values that can be told apart. Raises ``BadRatings``.

    K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011): alpha = 1 - D_o / D_e, where D_o is the mean
    difference of the pairs within units (each unit with the weight m / (m - 1) of its m ratings) and D_e that of all
    pairs. Differences: nominal 0 or 1; interval (a - b)^2; ratio ((a - b) / (a + b))^2; ordinal that of the mid-ranks
    in the pooled ratings, squared.
    """
    if level not in get_args(Level):
        raise BadRatings(_LEVEL.fill(given=level, known=", ".join(get_args(Level))))
    rows = _rows(ratings, _category if level == "nominal" else _number)
    units = [[value for value in unit if value is not None] for unit in zip(*rows, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    if not units:
        raise BadRatings(_NO_PAIR)
    counts = Counter(value for unit in units for value in unit)
    if len(counts) == 1:
        raise BadRatings(_ALL_ALIKE)
    place, difference = _difference(counts, level)
    with np.errstate(over="ignore", invalid="ignore"):
        observed = sum(_within(place, difference, unit) / (len(unit) - 1) for unit in units)
        places = np.array([place[value] for value in counts])
        weights = np.array([float(count) for count in counts.values()])
        total = weights.sum()
        expected = sum(
            count * float(difference(place[value], places) @ weights) for value, count in counts.items()
        ) / (total - 1)
    if not math.isfinite(observed) or not math.isfinite(expected) or expected <= 0:
        raise BadRatings(_TOO_WIDE)
    return float(1 - observed / expected)


def icc(ratings: Iterable[Iterable[Any]], form: Form = "ICC2") -> float:
    """The intraclass correlation; rows are subjects, columns raters, every rating given.

    ICC1: each subject has raters of its own; ICC2: the raters are a sample of many; ICC3: they are all there are. The
    forms with k are for the mean of all raters. At most 1; below 0 where subjects differ less than raters do within
    them, which is returned as it is. Raises ``BadRatings`` where a rating is missing or the divisor is not positive.

    P. E. Shrout and J. L. Fleiss, Intraclass Correlations: Uses in Assessing Rater Reliability, Psychological Bulletin
    86 (1979) 420-428. Mean squares are worked out exactly in fractions, so that no rounding passes for a difference.
    """
    if form not in get_args(Form):
        raise BadRatings(_FORM.fill(given=form, known=", ".join(get_args(Form))))
    table = _complete(ratings)
    n, k = len(table), len(table[0])
    between, within, raters, residual = _mean_squares(table)
    upper, lower = {
        "ICC1": (between - within, between + (k - 1) * within),
        "ICC2": (between - residual, between + (k - 1) * residual + Fraction(k) / n * (raters - residual)),
        "ICC3": (between - residual, between + (k - 1) * residual),
        "ICC1k": (between - within, between),
        "ICC2k": (between - residual, between + (raters - residual) / n),
        "ICC3k": (between - residual, between),
    }[form]
    if within == 0 and between == 0:
        raise BadRatings(_ALL_ALIKE)
    if lower <= 0:
        raise BadRatings((_NO_SUBJECTS if between == 0 else _NO_ESTIMATE).fill(form=form))
    return _float(upper / lower)


def kendall_w(ratings: Iterable[Iterable[Any]]) -> float:
    """Kendall's coefficient of concordance, corrected for ties; rows are raters, columns items, every rating given.

    From 0 (no agreement on the order) to 1 (the same order). Ratings are ranked within each rater, equal ones share
    their mean rank. Raises ``BadRatings`` for fewer than two raters or items, and where every rater ties all.

    M. G. Kendall, Rank Correlation Methods, chapter 6; the correction for ties as in J. H. Zar, Biostatistical
    Analysis, 5th edition (2010), section 20.16: W = 12 S / (m^2 (n^3 - n) - m T), T the sum of t^3 - t over all ties.
    """
    table = _complete(ratings)
    m, n = len(table), len(table[0])
    ranks = [_mid_ranks(row) for row in table]
    mean = Fraction(m * (n + 1), 2)
    spread = sum(((sum(column, Fraction(0)) - mean) ** 2 for column in zip(*ranks, strict=True)), Fraction(0))
    ties = sum(count**3 - count for row in table for count in Counter(row).values())
    divisor = m * m * (n**3 - n) - m * ties
    if divisor == 0:
        raise BadRatings(_ALL_TIED)
    return float(12 * spread / divisor)


def _mean_squares(table: Sequence[Sequence[Fraction]]) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """Between subjects, within subjects, between raters, residual: of a table of subjects by raters."""
    n, k = len(table), len(table[0])
    values = [value for row in table for value in row]
    mean = sum(values, Fraction(0)) / (n * k)
    total = sum(((value - mean) ** 2 for value in values), Fraction(0))
    subjects = k * sum(((sum(row, Fraction(0)) / k - mean) ** 2 for row in table), Fraction(0))
    columns = zip(*table, strict=True)
    raters = n * sum(((sum(column, Fraction(0)) / n - mean) ** 2 for column in columns), Fraction(0))
    return (
        subjects / (n - 1),
        (total - subjects) / (n * (k - 1)),
        raters / (k - 1),
        (total - subjects - raters) / ((n - 1) * (k - 1)),
    )


def _mid_ranks(row: Sequence[Fraction]) -> list[Fraction]:
    counts = Counter(row)
    below = 0
    ranks: dict[Fraction, Fraction] = {}
    for value in sorted(counts):
        ranks[value] = below + Fraction(counts[value] + 1, 2)
        below += counts[value]
    return [ranks[value] for value in row]


def _difference(
    counts: Counter[Any], level: Level
) -> tuple[dict[Any, float], Callable[[float, Floats], Floats]]:
    """Where each value stands, and the squared difference of one place from many."""
    if level == "nominal":
        return {value: float(index) for index, value in enumerate(counts)}, lambda a, b: (b != a) * 1.0
    if level == "ordinal":
        pooled = sorted(counts.elements())
        ranks = zip(pooled, _mid_ranks(pooled), strict=True)
        return {value: float(rank) for value, rank in ranks}, lambda a, b: np.square(b - a)
    if level == "interval":
        return {value: _float(value) for value in counts}, lambda a, b: np.square(b - a)
    lowest = min(counts)
    if lowest < 0:
        raise BadRatings(_NEGATIVE.fill(value=_float(lowest)))
    return {value: _float(value) for value in counts}, _ratio


def _ratio(a: float, b: Floats) -> Floats:
    """Two noughts do not differ."""
    total = a + b
    return np.square(np.divide(b - a, total, out=np.zeros_like(total), where=total > 0))


def _within(place: dict[Any, float], difference: Callable[[float, Floats], Floats], unit: list[Any]) -> float:
    """The sum of the differences of all ordered pairs of a unit."""
    places = np.array([place[value] for value in unit])
    return float(sum(difference(one, places).sum() for one in places))


def _complete(ratings: Iterable[Iterable[Any]]) -> list[list[Fraction]]:
    """A table of at least two rows and columns without gaps. Raises ``BadRatings``."""
    table: list[list[Fraction]] = []
    for row, line in enumerate(_rows(ratings, _number), 1):
        for column, value in enumerate(line, 1):
            if value is None:
                raise BadRatings(_MISSING.fill(row=row, column=column))
        table.append([value for value in line if value is not None])
    if len(table) < 2 or len(table[0]) < 2:
        raise BadRatings(_TOO_FEW.fill(rows=2, columns=2, found_rows=len(table), found_columns=len(table[0])))
    return table


def _rows(ratings: Iterable[Iterable[Any]], read: Callable[[Any], Any]) -> list[list[Any]]:
    """The ratings, each read by ``read`` (None for missing). Raises ``BadRatings`` naming row and column."""
    rows: list[list[Any]] = []
    if not isinstance(ratings, Iterable):
        raise BadRatings(_NO_ROWS)
    for row, line in enumerate(ratings, 1):
        if isinstance(line, str) or not isinstance(line, Iterable):
            raise BadRatings(_NO_ROWS)
        rows.append([])
        for column, value in enumerate(line, 1):
            if isinstance(value, (np.str_, np.bytes_)) and value in _MADE_WORDS:
                raise BadRatings(_NUMPY_WORD.fill(row=row, column=column, value=_plain(value)))
            try:
                rows[-1].append(read(value))
            except (ValueError, TypeError, OverflowError):
                raise BadRatings(_NO_NUMBER.fill(row=row, column=column, value=value)) from None
        if len(rows[-1]) != len(rows[0]):
            raise BadRatings(_RAGGED.fill(row=row, found=len(rows[-1]), wanted=len(rows[0])))
    if not rows or not rows[0]:
        raise BadRatings(_EMPTY)
    return rows


def _plain(word: Any) -> str:
    return word.decode() if isinstance(word, bytes) else str(word)


def _number(value: Any) -> Fraction | None:
    if _missing(value):
        return None
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, (int, float, Decimal, Fraction)):
        return Fraction(plain)
    raise TypeError


def _category(value: Any) -> Hashable | None:
    if _missing(value):
        return None
    hash(value)
    return value  # type: ignore[no-any-return]


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, (float, Decimal, np.floating)) and math.isnan(value))


def _float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        raise BadRatings(_TOO_WIDE) from None
