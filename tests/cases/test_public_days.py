"""The days of a notice as the public counts them."""

from datetime import date, timedelta

import pytest

from cultivar.cases.notice_days import NoticeDays
from cultivar.cases.programmes import calendar


def days(first: date, number: int = 5) -> NoticeDays:
    known = calendar()
    return NoticeDays(first, known.last_day(first, number, "working days", "counted").last_day, known)


def test_make_up_days_count_and_sundays_do_not():
    notice = days(date(2026, 5, 6))
    strip = notice.strip(date(2026, 5, 7))
    assert [cell.words.zh for cell in strip.cells] == ["6日", "7日", "8日", "9日", "休", "11日"]
    assert [cell.state for cell in strip.cells] == ["past", "now", "future", "future", "off", "future"]
    assert strip.cells[3].makeup
    assert notice.explained().zh == "首日计入；5月9日（周六）调休上班，计入；5月10日（周日）不计。"
    assert "9 May (make-up day)" in strip.sentence.en


def test_a_holiday_inside_is_named():
    notice = days(date(2026, 9, 28))
    assert notice.last == date(2026, 10, 9)
    assert "10月1日至10月7日国庆节放假，不计" in notice.explained().zh
    assert "1 October to 7 October (National Day) does not count" in notice.explained().en


@pytest.mark.parametrize("first", [date(2026, 1, 5) + timedelta(days=n) for n in range(0, 330, 11)])
def test_the_strip_has_as_many_counted_cells_as_the_period_has_days(first):
    notice = days(first)
    assert notice.total == 5
    assert notice.number(notice.last) == 5
    assert notice.number(notice.first - timedelta(days=1)) == 0
    counted = [cell for cell in notice.strip(first).cells if cell.state != "off"]
    assert len(counted) == 5


def test_a_long_period_has_words_and_no_strip():
    assert days(date(2026, 3, 2), 20).strip(date(2026, 3, 3)) is None


def test_when_it_is_over_it_says_so():
    assert days(date(2026, 5, 6)).beside(date(2026, 5, 12)).zh == "5 个工作日已满"


def test_a_year_without_a_table_is_provisional():
    known = calendar()
    last_known = max(known.covered)
    notice = NoticeDays(date(last_known, 12, 30), date(last_known + 1, 1, 5), known)
    assert notice.strip(date(last_known, 12, 30)).provisional
    assert f"{last_known + 1}年工作日历未公布" in notice.explained().zh
