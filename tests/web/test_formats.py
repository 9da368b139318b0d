"""Dates and numbers as both languages write them."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.web import formats

THURSDAY = date(2026, 5, 7)


def test_days():
    assert formats.day(THURSDAY) == ("5月7日", "7 May")
    assert formats.day_year(THURSDAY) == ("2026年5月7日", "7 May 2026")
    assert formats.day_weekday(THURSDAY) == ("5月7日（周四）", "Thursday 7 May")
    assert formats.full_day(THURSDAY) == ("2026年5月7日，星期四", "Thursday 7 May 2026")
    assert formats.full_day(date(2026, 5, 10))[0].endswith("星期日")


def test_moments_are_shown_in_shanghai_time():
    evening = datetime(2026, 5, 7, 16, 30, 9, tzinfo=UTC)
    assert formats.moment(evening) == ("5月8日 00:30", "8 May, 00:30")
    assert formats.moment_year(evening).zh == "2026年5月8日 00:30"
    assert formats.clock(evening, seconds=True) == "00:30:09"
    assert formats.clock(time(18)) == "18:00"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1287, "1\u2009287"),
        (-1200, "\u22121\u2009200"),
        (Decimal("-0.47"), "\u22120.47"),
    ],
)
def test_thousands_and_minus(number, shown):
    assert formats.grouped(number) == shown


@given(st.integers())
def test_grouping_changes_no_digit(number):
    assert int(formats.grouped(number).replace(formats.THIN_SPACE, "").replace(formats.MINUS, "-")) == number


def test_signed():
    assert [formats.signed(Decimal(n)) for n in ("0.61", "-0.47", "0")] == ["+0.61", "\u22120.47", "0"]


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        (1864000, "合 186.4 亿元", "18.64 billion yuan"),
        (520000, "合 52 亿元", "5.2 billion yuan"),
        (10000, "合 1 亿元", "0.1 billion yuan"),
        (9999, "合 9\u2009999 万元", "99.99 million yuan"),
        (Decimal("12.5"), "合 12.5 万元", "0.125 million yuan"),
        (0, "合 0 万元", "0 million yuan"),
        (100000000, "合 10\u2009000 亿元", "1\u2009000 billion yuan"),
    ],
)
def test_money_echo(amount, zh, en):
    assert formats.money(amount) == (zh, en)
