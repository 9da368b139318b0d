"""What a cell says, however it is written."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.policy.text import Text
from cultivar.policy.vocabulary import vocabulary
from cultivar.roster import cells
from cultivar.roster.problems import Wrong, letters
from tests.roster.books import code

MEASURES = vocabulary().measures
WHAT = Text("日期", "The day")


def number(cell, measure="revenue", scale=None):
    """The figure, and the hints given with it."""
    hints = []
    one = MEASURES[measure]
    value = cells.number_reader(one, one.scale if scale is None else scale, hints.append)(cell)
    return value, [said.kind for said in hints]


def wrong(read, cell) -> str:
    with pytest.raises(Wrong) as caught:
        read(cell)
    return caught.value.said.kind


@pytest.mark.parametrize(
    ("cell", "yuan"),
    [
        (12.5, 125_000),
        (3, 30_000),
        ("12.5", 125_000),
        (" 1,234.5 ", 12_345_000),
        ("１２３４．５", 12_345_000),
        ("1，234", 12_340_000),
        ("12.5万元", 125_000),
        ("1.2亿元", 120_000_000),
        ("125000元", 125_000),
        ("3千元", 3_000),
        ("¥12", 120_000),
        ("+12", 120_000),
        ("1.5e3", 15_000_000),
        ("0", 0),
        (0.0, 0),
        (".5", 5_000),
    ],
)
def test_money_in_its_smallest_part(cell, yuan):
    assert number(cell) == (yuan, [])


@pytest.mark.parametrize("cell", ["", "  ", "-", "—", "——", "/", "无", "N/A", "n/a", "不适用", "－"])
def test_what_is_not_given_is_unknown_and_not_nought(cell):
    assert number(cell) == (None, [])


@pytest.mark.parametrize("cell", ["(12.5)", "-12.5", "−12.5", -12.5, "－12.5"])
def test_below_nought_where_a_measure_may_be(cell):
    assert number(cell, "profit") == (-125_000, [])
    assert wrong(lambda one: number(one), cell) == "negative"


@pytest.mark.parametrize(
    ("cell", "measure", "kind"),
    [
        ("约100", "revenue", "not-a-number"),
        ("1,23", "revenue", "not-a-number"),
        ("1.2.3", "revenue", "not-a-number"),
        ("12-15", "revenue", "not-a-number"),
        ("12%", "revenue", "unit"),
        ("12人", "revenue", "unit"),
        ("12万美元", "revenue", "unit"),
        (True, "revenue", "not-a-number"),
        (date(2026, 5, 7), "revenue", "date-for-number"),
        (12.5, "employment", "not-whole"),
        ("12.5人", "employment", "not-whole"),
        (1e15, "revenue", "too-large"),
        (float("inf"), "revenue", "too-large"),
        ("1e999", "revenue", "too-large"),
    ],
)
def test_what_is_no_figure(cell, measure, kind):
    assert wrong(lambda one: number(one, measure), cell) == kind


def test_finer_than_a_yuan_is_rounded_half_up_and_said():
    assert number(1.00005) == (10_001, ["rounded"])
    assert number("0.00004") == (0, ["rounded"])
    assert number("12.34565", "profit") == (123_457, ["rounded"])
    assert number("-0.00005", "profit") == (-1, ["rounded"])


def test_amounts_and_persons_in_their_units():
    assert number("1.2345", "energy") == (1_235, ["rounded"])
    assert number("1.2万吨标准煤", "energy") == (12_000_000, [])
    assert number("1.2万人", "employment") == (12_000, [])
    assert number(7.0, "employment") == (7, [])


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_the_quick_way_reads_back_what_a_spreadsheet_keeps(yuan):
    """A workbook holds the double nearest to the amount in 万元; exactly this amount comes out again."""
    assert number(yuan / 10_000, "profit") == (yuan, [])


@given(st.decimals(0, 10**9, allow_nan=False, places=7))
def test_text_is_exact_decimal_rounded_half_up(amount):
    value, hints = number(format(amount, "f"))
    exact = amount * 10_000
    assert value == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert hints == ([] if exact == value else ["rounded"])


@pytest.mark.parametrize("cell", ["是", "有", "√", "✓", "Y", "y", "yes", "1", 1.0, 1, True, "对", "Ｙ"])
def test_yes(cell):
    assert cells.yes_no_reader(WHAT)(cell) == 1


@pytest.mark.parametrize("cell", ["否", "没有", "×", "N", "no", "0", 0.0, False, "无"])
def test_no(cell):
    assert cells.yes_no_reader(WHAT)(cell) == 0


def test_neither_yes_nor_no():
    assert cells.yes_no_reader(WHAT)("—") is None
    assert wrong(cells.yes_no_reader(WHAT), "也许") == "yes-no"
    assert wrong(cells.yes_no_reader(WHAT), 2.0) == "yes-no"


@pytest.mark.parametrize(
    "cell",
    [
        date(2026, 5, 7),
        "2026-05-07",
        "2026/5/7",
        "2026年5月7日",
        "2026.5.7",
        "２０２６－５－７",
        "2026-05-07 00:00:00",
        20260507,
        "20260507",
        46149,
        46149.0,
        "46149",
    ],
)
def test_days_however_written(cell):
    assert cells.day_reader(WHAT)(cell) == date(2026, 5, 7)


def test_serials_of_both_systems():
    assert cells.day_reader(WHAT, system_1904=True)(44687) == date(2026, 5, 7)
    assert cells.day_reader(WHAT)(20_000) == date(1954, 10, 3)


def test_the_day_that_never_was():
    assert wrong(cells.day_reader(WHAT), 60) == "not-a-day"


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("2026-02-30", "not-a-day"),
        ("2026年5月", "day-missing"),
        ("2026.05", "day-missing"),
        ("昨天", "not-a-day"),
        (True, "not-a-day"),
        (-3.0, "not-a-day"),
        (1e9, "not-a-day"),
        ("1900-01-01", "odd-day"),
        (date(2999, 1, 1), "odd-day"),
    ],
)
def test_what_is_no_day(cell, kind):
    assert wrong(cells.day_reader(WHAT), cell) == kind


def test_a_day_without_end():
    assert cells.day_reader(WHAT)("长期有效") is None


def test_codes():
    sound = code()
    hints = []
    read = cells.code_reader(hints.append)
    assert [read(one) for one in (sound, f" {sound.lower()} ", f"'{sound}", sound[:9] + " " + sound[9:])] == [
        sound
    ] * 4
    assert read("") == ""
    assert wrong(read, 9.152030000000001e17) == "code-lost"
    assert wrong(read, "9.1520E+17") == "code-lost"
    assert wrong(read, 12345.0) == "code"
    assert wrong(read, sound[:-1] + ("T" if sound[-1] != "T" else "U")) == "code"
    assert hints == []


@given(st.text(max_size=40))
def test_a_guarded_text_is_no_formula_and_comes_back(text):
    kept = cells.guard(text)
    assert not kept or kept[0] not in "=+-@\t\r"
    assert cells.unguard(kept, WHAT) == text


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-x", "@SUM(A1)", "\tx"])
def test_a_text_that_a_spreadsheet_would_run(cell):
    assert wrong(cells.text_reader(WHAT, guarded=True), cell) == "formula-text"
    assert cells.text_reader(WHAT)(cell) == cell.strip()


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.dates()))
def test_no_cell_whatever_breaks_a_reader(cell):
    """A value, None, or a sentence in both languages."""
    notes = []
    readers = [
        cells.number_reader(MEASURES["revenue"], 10_000, notes.append),
        cells.number_reader(MEASURES["employment"], 1, notes.append),
        cells.yes_no_reader(WHAT),
        cells.day_reader(WHAT),
        cells.code_reader(notes.append),
        cells.text_reader(WHAT, guarded=True),
        cells.word_reader(WHAT, vocabulary().grades),
    ]
    said = [wrong_or_none(read, cell) for read in readers]
    assert all(one.text.zh and one.text.en for one in said if one is not None)


def wrong_or_none(read, cell):
    """What is said of a cell that cannot be read."""
    try:
        read(cell)
    except Wrong as caught:
        return caught.said
    return None


def test_the_letters_of_columns():
    assert [letters(n) for n in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
