"""The coefficients of agreement: published examples, the definitions worked out by brute force, and their edges."""

import itertools
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import f_oneway, friedmanchisquare

from cultivar.evaluation.agreement import BadRatings, icc, kendall_w, krippendorff_alpha

N = None
LEVELS = ("nominal", "ordinal", "interval", "ratio")
FORMS = ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k")
# K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C: four observers, twelve units
FOUR_OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]
# P. E. Shrout and J. L. Fleiss (1979), table 2: six targets, four judges
SIX_TARGETS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
# S. Siegel, Nonparametric Statistics for the Behavioral Sciences (1956), chapter 9: three rank six applicants
THREE_EXECUTIVES = [[1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]]
# J. H. Zar, Biostatistical Analysis, 5th edition (2010), example 20.5: wing, tail and bill of twelve birds, with ties
TWELVE_BIRDS = [
    [10.4, 10.8, 11.1, 10.2, 10.3, 10.2, 10.7, 10.5, 10.8, 11.2, 10.6, 11.4],
    [7.4, 7.6, 7.9, 7.2, 7.4, 7.1, 7.4, 7.2, 7.8, 7.7, 7.8, 8.3],
    [17, 17, 20, 14.5, 15.5, 13, 19.5, 16, 21, 20, 18, 22],
]


# Published examples


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_four_observers_with_missing_ratings(level, published):
    assert round(krippendorff_alpha(FOUR_OBSERVERS, level), 3) == published


@pytest.mark.parametrize(
    ("form", "published"),
    [("ICC1", 0.17), ("ICC2", 0.29), ("ICC3", 0.71), ("ICC1k", 0.44), ("ICC2k", 0.62), ("ICC3k", 0.91)],
)
def test_correlations_of_six_targets(form, published):
    assert round(icc(SIX_TARGETS, form), 2) == published


def test_concordance_of_three_executives_without_ties():
    assert round(kendall_w(THREE_EXECUTIVES), 2) == 0.16


def test_concordance_of_three_measures_with_ties():
    sums = [14.5, 21, 30.5, 6, 11, 3.5, 20, 11.5, 29, 28.5, 22.5, 36]  # the rank sums of the book
    spread = sum((one - 19.5) ** 2 for one in sums)
    ties = 2 * (2**3 - 2) + (2**3 - 2) * 2 + (3**3 - 3) + 2 * (2**3 - 2)
    expected = 12 * spread / (9 * (12**3 - 12) - 3 * ties)
    assert math.isclose(kendall_w(TWELVE_BIRDS), expected)
    assert math.isclose(
        kendall_w(TWELVE_BIRDS), friedmanchisquare(*zip(*TWELVE_BIRDS, strict=True)).statistic / 33
    )


# The definitions, worked out again


def by_hand(ratings, level):
    """Alpha over all pairs of ratings one by one, with the ordinal difference as the sum it is defined by."""
    units = [[v for v in unit if v is not None] for unit in zip(*ratings, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    pooled = [v for unit in units for v in unit]

    def difference(a, b):
        low, high = min(a, b), max(a, b)
        if level == "nominal":
            return Fraction(a != b)
        if level == "interval":
            return Fraction(a - b) ** 2
        if level == "ratio":
            return Fraction(a - b, a + b) ** 2 if a + b else Fraction(0)
        between = sum(1 for v in pooled if low <= v <= high)
        return (between - Fraction(pooled.count(a) + pooled.count(b), 2)) ** 2 if a != b else Fraction(0)

    observed = sum(
        Fraction(sum(difference(a, b) for a, b in itertools.permutations(unit, 2)), len(unit) - 1)
        for unit in units
    )
    expected = Fraction(sum(difference(a, b) for a, b in itertools.permutations(pooled, 2)), len(pooled) - 1)
    return None if expected == 0 else 1 - observed / expected


def tables(low, high, cells, rows=(2, 4), columns=(2, 5)):
    return st.integers(*columns).flatmap(
        lambda width: st.lists(
            st.lists(cells, min_size=width, max_size=width), min_size=rows[0], max_size=rows[1]
        )
    )


SOME_MISSING = tables(0, 5, st.none() | st.integers(0, 5))
WHOLE = tables(0, 9, st.integers(0, 9))


@given(SOME_MISSING, st.sampled_from(LEVELS))
def test_alpha_is_what_its_definition_says(ratings, level):
    pairs = any(sum(v is not None for v in unit) > 1 for unit in zip(*ratings, strict=True))
    expected = by_hand(ratings, level) if pairs else None
    if expected is None:
        with pytest.raises(BadRatings):
            krippendorff_alpha(ratings, level)
    else:
        assert math.isclose(krippendorff_alpha(ratings, level), expected, abs_tol=1e-12)


@given(SOME_MISSING, st.sampled_from(LEVELS), st.randoms(use_true_random=False))
def test_alpha_asks_neither_who_rated_nor_in_which_order(ratings, level, dice):
    def answer(table):
        try:
            return round(krippendorff_alpha(table, level), 10)
        except BadRatings as bad:
            return bad.text

    shuffled = [dice.sample(unit, len(unit)) for unit in zip(*ratings, strict=True)]  # within units
    dice.shuffle(shuffled)
    assert answer(list(zip(*shuffled, strict=True))) == answer(ratings)


def squares_by_regression(table):
    """Mean squares out of least squares on dummy variables: between, within, raters, residual."""
    y = np.array(table, float)
    n, k = y.shape
    rows, columns = np.kron(np.eye(n), np.ones((k, 1))), np.kron(np.ones((n, 1)), np.eye(k))

    def left(design):
        return float(((y.ravel() - design @ np.linalg.lstsq(design, y.ravel(), rcond=None)[0]) ** 2).sum())

    nothing, subjects, both = left(np.ones((n * k, 1))), left(rows), left(np.hstack([rows, columns]))
    return (
        (nothing - subjects) / (n - 1),
        subjects / (n * (k - 1)),
        (subjects - both) / (k - 1),
        both / ((n - 1) * (k - 1)),
    )


@given(WHOLE, st.sampled_from(FORMS))
def test_correlations_are_what_the_analysis_of_variance_gives(table, form):
    n, k = len(table), len(table[0])
    bms, wms, jms, ems = squares_by_regression(table)
    divisor = {
        "ICC1": bms + (k - 1) * wms,
        "ICC2": bms + (k - 1) * ems + k * (jms - ems) / n,
        "ICC3": bms + (k - 1) * ems,
        "ICC1k": bms,
        "ICC2k": bms + (jms - ems) / n,
        "ICC3k": bms,
    }[form]
    if divisor < 1e-9:
        with pytest.raises(BadRatings):
            icc(table, form)
    else:
        error = wms if form.startswith("ICC1") else ems
        assert math.isclose(icc(table, form), (bms - error) / divisor, rel_tol=1e-6, abs_tol=1e-6)


def test_the_one_way_mean_squares_are_those_of_scipy():
    ratio = f_oneway(*SIX_TARGETS).statistic  # BMS / WMS
    assert math.isclose(icc(SIX_TARGETS, "ICC1"), (ratio - 1) / (ratio + 3))


@given(WHOLE, st.sampled_from(FORMS))
def test_the_mean_of_k_raters_follows_spearman_and_brown(table, form):
    if form.endswith("k"):
        form = form[:-1]
    k = len(table[0])
    try:
        one, many = icc(table, form), icc(table, f"{form}k")
    except BadRatings:
        return
    assert math.isclose(many, k * one / (1 + (k - 1) * one), rel_tol=1e-9, abs_tol=1e-9)


@given(WHOLE)
def test_concordance_is_the_mean_correlation_of_ranks_and_lies_between_0_and_1(table):
    """W = (1 + (m - 1) r) / m, r the mean Spearman correlation of the pairs of raters (where none ties all)."""
    m = len(table)
    if all(len(set(row)) == 1 for row in table):
        with pytest.raises(BadRatings, match="ties all"):
            kendall_w(table)
        return
    found = kendall_w(table)
    assert 0 <= found <= 1
    spreads = {tuple(sorted(row.count(v) for v in row)) for row in table}
    if len(spreads) == 1 and len(next(iter(spreads))) > 1:  # equal ties: ranks have one variance
        ranks = [[sum(o < v for o in row) + (row.count(v) + 1) / 2 for v in row] for row in table]
        r = np.mean([np.corrcoef(a, b)[0, 1] for a, b in itertools.combinations(ranks, 2)])
        assert math.isclose(found, (1 + (m - 1) * r) / m, abs_tol=1e-9)


@given(st.permutations(range(7)), st.integers(2, 5))
def test_the_same_order_is_full_concordance(order, raters):
    assert kendall_w([order] * raters) == 1


# What is accepted, what is refused


def test_arrays_decimals_fractions_and_nan_mean_the_same():
    nan = float("nan")
    missing = np.array([[nan if v is None else v for v in row] for row in FOUR_OBSERVERS])
    decimals = [[Decimal("NaN") if v is None else Decimal(v) for v in row] for row in FOUR_OBSERVERS]
    for level in LEVELS:
        found = {krippendorff_alpha(table, level) for table in (FOUR_OBSERVERS, missing, decimals)}
        assert len(found) == 1
    whole = [np.array(SIX_TARGETS), tuple(map(tuple, SIX_TARGETS)), np.array(SIX_TARGETS, np.float32)]
    whole += [[[Fraction(v) for v in row] for row in SIX_TARGETS], [map(Decimal, row) for row in SIX_TARGETS]]
    for table in whole:
        assert icc(table, "ICC2") == icc(SIX_TARGETS, "ICC2")
    assert krippendorff_alpha([["是", "否", "是"], ["是", "否", "否"]]) == pytest.approx(4 / 9)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("ratings", "english"),
    [
        ([], "no ratings"),
        ([[], []], "no ratings"),
        ([[1, 2, 3]], "No unit was rated by two"),
        ([[1, N], [N, 2]], "No unit was rated by two"),
        ([[N, N], [N, N]], "No unit was rated by two"),
        ([[3, 3, N], [3, 3, 1]], "without any variation"),
        ([[1, 2], [1]], "Row 2 has 1 ratings"),
        ([1, 2], "table of rows"),
        (["12", "34"], "table of rows"),
        ([[1, []], [1, 2]], "row 1, column 2"),
    ],
)
def test_alpha_that_is_not_defined_is_a_sentence(ratings, level, english):
    with pytest.raises(BadRatings) as refused:
        krippendorff_alpha(ratings, level)
    assert english in refused.value.text.en
    assert refused.value.text.zh


@pytest.mark.parametrize(
    ("call", "english"),
    [
        (lambda: krippendorff_alpha([[1, 2], [1, 3]], "cardinal"), "no level “cardinal”"),
        (lambda: krippendorff_alpha([[1, 2], [1, "x"]], "interval"), "“x” in row 2, column 2"),
        (lambda: krippendorff_alpha([[1, 2], [1, math.inf]], "interval"), "no finite number"),
        (lambda: krippendorff_alpha([[1, -2], [1, 2]], "ratio"), "cannot be negative: -2"),
        (lambda: krippendorff_alpha([[1, 1e300], [1, -1e300]], "interval"), "differ too much"),
        (lambda: krippendorff_alpha([[1, 10**400], [1, 2]], "interval"), "differ too much"),
        (
            lambda: krippendorff_alpha(np.array([["a", "b"], ["a", N]], str)),
            "Row 2, column 2 holds the word “None”",
        ),
        (
            lambda: krippendorff_alpha(np.array([["a", math.nan], ["a", "b"]])),
            "Row 1, column 2 holds the word “nan”",
        ),
        (lambda: krippendorff_alpha(np.array([[b"a", math.nan], [b"a", b"b"]])), "holds the word “nan”"),
        (lambda: krippendorff_alpha(None), "table of rows"),
        (lambda: icc(None), "table of rows"),
        (lambda: kendall_w(None), "table of rows"),
        (lambda: icc(7), "table of rows"),
        (lambda: icc([None, None]), "table of rows"),
        (lambda: icc([[0, 10**200], [10**200, 1]], "ICC1k"), "differ too much in size"),
        (lambda: icc([[0, 1e300], [1e300, 1]], "ICC3k"), "differ too much in size"),
        (lambda: icc(SIX_TARGETS, "ICC4"), "no form “ICC4”"),
        (lambda: icc([[1, 2, N], [1, 2, 3]]), "row 1, column 3 is missing"),
        (lambda: icc([[1, 2, 3]]), "at least 2 rows"),
        (lambda: icc([[1], [2]]), "at least 2 rows and 2 columns; there are 2 and 1"),
        (lambda: icc([[4, 4], [4, 4]]), "without any variation"),
        (lambda: icc([[0.1, 0.3], [0.3, 0.1]], "ICC1k"), "subjects do not differ"),
        (lambda: icc([[1, 2], [1, 2]], "ICC3k"), "subjects do not differ"),
        (lambda: icc([[0, 9, 0], [9, 0, 1]], "ICC2k"), "divisor of ICC2k"),
        (lambda: kendall_w([[1, 2, 3]]), "at least 2 rows"),
        (lambda: kendall_w([[1], [1]]), "at least 2 rows"),
        (lambda: kendall_w([[1, 1], [2, 2]]), "ties all items"),
        (lambda: kendall_w([[1, 2], [2, N]]), "row 2, column 2 is missing"),
        (lambda: kendall_w([]), "no ratings"),
    ],
)
def test_a_coefficient_that_is_not_defined_is_a_sentence(call, english):
    with pytest.raises(BadRatings) as refused:
        call()
    assert isinstance(refused.value, ValueError)
    assert english in refused.value.text.en
    assert refused.value.text.zh


def test_a_category_called_nan_in_a_list_is_a_category():
    """In pinyin it is a word like any other; only an array of text may have made it of a missing rating."""
    found = krippendorff_alpha([["nan", "nü", "nan"], ["nan", "nü", "nü"]])
    assert found == krippendorff_alpha([["a", "b", "a"], ["a", "b", "b"]])
    assert found == krippendorff_alpha(np.array([["a", "b", "a"], ["a", "b", "b"]]))


def test_full_agreement_is_1_and_disagreement_lies_below_0():
    for level in LEVELS:
        assert krippendorff_alpha([[1, 2, 3, 4]] * 3, level) == 1
        assert krippendorff_alpha([[1, 2], [2, 1]], level) < 0
    assert icc([[1, 1], [2, 2], [5, 5]], "ICC1") == icc([[1, 1], [2, 2], [5, 5]], "ICC3k") == 1
    assert icc([[1, 9], [9, 2], [3, 4]], "ICC1") < 0
    assert kendall_w([[1, 2, 3], [3, 2, 1]]) == 0


def test_noughts_on_the_ratio_level_do_not_differ():
    assert krippendorff_alpha([[0, 0, 3], [0, 0, 3]], "ratio") == 1
