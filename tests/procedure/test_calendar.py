"""Working days: against the two calendar packages, against published notices, and by their laws."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.policy.text import Text
from cultivar.procedure import calendar
from cultivar.procedure.calendar import (
    BadCalendar,
    Calendar,
    Count,
    DayCell,
    Holiday,
    Source,
    Year,
    YearNotCovered,
)

FOLDER = Path(__file__).parents[2] / "calendars"
CALENDAR = calendar.load(FOLDER)
ONE = timedelta(days=1)
DAYS = [date(2025, 1, 1) + n * ONE for n in range(365 + 365)]
CHINA = holidays.China(years=[2025, 2026])

days = st.dates(date(2025, 1, 1), date(2026, 6, 30))
numbers = st.integers(1, 60)
first_days = st.sampled_from(["counted", "next"])


def oracle(day: date) -> bool:
    """The two packages' common answer; beyond their tables, weekends."""
    if day.year > 2026:
        return day.weekday() < 5
    answer = chinese_calendar.is_workday(day)
    assert CHINA.is_working_day(day) == answer
    return answer


def test_every_day_agrees_with_both_packages() -> None:
    assert [CALENDAR.is_working_day(day) for day in DAYS] == [oracle(day) for day in DAYS]


@pytest.mark.parametrize("first_day", ["counted", "next"])
def test_every_limit_agrees_with_both_packages(first_day: str) -> None:
    worked = [day for day in [*DAYS, *(date(2027, 1, 1) + n * ONE for n in range(60))] if oracle(day)]
    ahead = 0
    for start in DAYS:
        begins = start if first_day == "counted" else start + ONE
        while worked[ahead] < begins:
            ahead += 1
        for n in range(1, 31):
            last = worked[ahead + n - 1]
            assert CALENDAR.last_day(start, n, "working days", first_day) == (last, last.year > 2026)


@pytest.mark.parametrize(
    ("start", "n", "last"),
    [  # notices that were published, each with its first day counted
        ("2023-07-31", 5, "2023-08-04"),
        ("2024-11-18", 5, "2024-11-22"),
        ("2024-08-14", 7, "2024-08-22"),
    ],
)
def test_published_notices(start: str, n: int, last: str) -> None:
    source = Source(Text("测试", "test"), "", date(2024, 1, 1))
    ordinary = Calendar(
        tuple(Year(year, source, (), ()) for year in (2023, 2024))
    )  # no holiday falls into these
    count = ordinary.last_day(date.fromisoformat(start), n, "working days", "counted")
    assert count == Count(date.fromisoformat(last), provisional=False)


def test_a_notice_across_national_day_2026() -> None:
    assert CALENDAR.last_day(date(2026, 9, 28), 5, "working days", "counted").last_day == date(2026, 10, 9)
    assert CALENDAR.last_day(date(2026, 9, 28), 6, "working days", "counted").last_day == date(2026, 10, 10)
    assert CALENDAR.days(date(2026, 9, 30), date(2026, 10, 1)) == (
        DayCell(date(2026, 9, 30), "working"),
        DayCell(date(2026, 10, 1), "off"),
    )
    assert CALENDAR.days(date(2026, 10, 10), date(2026, 10, 11)) == (
        DayCell(date(2026, 10, 10), "makeup"),
        DayCell(date(2026, 10, 11), "off"),
    )


@given(days, numbers, first_days)
def test_one_more_day_ends_later_and_the_end_is_worked(start: date, n: int, first_day: str) -> None:
    end = CALENDAR.last_day(start, n, "working days", first_day).last_day
    assert CALENDAR.is_working_day(end)
    assert end < CALENDAR.last_day(start, n + 1, "working days", first_day).last_day
    assert end <= CALENDAR.last_day(start + ONE, n, "working days", first_day).last_day


@given(days, numbers, numbers)
def test_limits_add_up(start: date, n: int, m: int) -> None:
    there = CALENDAR.last_day(start, n, "working days", "next").last_day
    assert CALENDAR.last_day(there, m, "working days", "next") == CALENDAR.last_day(
        start, n + m, "working days", "next"
    )


@given(days, numbers)
def test_days_left_undo_a_limit(start: date, n: int) -> None:
    last = CALENDAR.last_day(start, n, "working days", "next").last_day
    assert CALENDAR.working_days_between(start, last) == n


@given(days, days, days)
def test_days_between_add_up_and_turn_round(a: date, b: date, c: date) -> None:
    between = CALENDAR.working_days_between
    assert between(a, b) + between(b, c) == between(a, c)
    assert between(a, b) == -between(b, a)


@given(days, st.integers(0, 40))
def test_a_strip_shows_each_day_once(start: date, n: int) -> None:
    cells = CALENDAR.days(start, start + n * ONE)
    assert [cell.date for cell in cells] == [start + k * ONE for k in range(n + 1)]
    assert sum(cell.kind in ("working", "makeup") for cell in cells[1:]) == CALENDAR.working_days_between(
        start, start + n * ONE
    )


def test_one_working_day_late() -> None:
    assert CALENDAR.working_days_between(after=date(2026, 5, 7), until=date(2026, 5, 6)) == -1
    assert CALENDAR.working_days_between(after=date(2026, 5, 6), until=date(2026, 5, 6)) == 0


def test_a_limit_that_runs_into_an_uncovered_year_is_provisional() -> None:
    assert CALENDAR.last_day(date(2026, 12, 30), 5, "working days", "counted") == (date(2027, 1, 5), True)
    assert CALENDAR.last_day(date(2026, 12, 25), 5, "working days", "counted") == (date(2026, 12, 31), False)
    assert CALENDAR.is_provisional(date(2027, 1, 5))
    assert CALENDAR.days(date(2026, 12, 31), date(2027, 1, 1))[1].kind == "provisional"
    assert CALENDAR.working_days_between(date(2026, 12, 31), date(2027, 1, 5)) == 3


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2027, 1, 1)])
def test_beyond_the_tables_is_refused_in_both_languages(day: date) -> None:
    with pytest.raises(YearNotCovered) as refusal:
        CALENDAR.is_working_day(day)
    assert refusal.value.year == day.year
    assert all(f"calendars/{day.year}.yaml" in sentence for sentence in refusal.value.text)
    with pytest.raises(YearNotCovered):
        CALENDAR.last_day(day, 5, "working days", "next")


@pytest.mark.parametrize(
    ("start", "n", "unit", "first_day", "last"),
    [
        ("2026-05-07", 10, "calendar days", "counted", "2026-05-16"),
        ("2026-05-07", 10, "calendar days", "next", "2026-05-17"),
        ("2026-05-15", 3, "months", "next", "2026-08-15"),
        ("2026-05-15", 3, "months", "counted", "2026-08-14"),
        ("2026-03-01", 1, "months", "counted", "2026-03-31"),
        ("2026-01-31", 1, "months", "next", "2026-02-28"),
        ("2026-01-31", 1, "months", "counted", "2026-02-28"),
        ("2026-10-31", 1, "months", "next", "2026-11-30"),
        ("2026-11-15", 1, "months", "next", "2026-12-15"),
        ("2026-12-31", 2, "months", "next", "2027-02-28"),
        ("2028-02-29", 1, "years", "next", "2029-02-28"),
        ("2028-02-29", 1, "years", "counted", "2029-02-28"),
        ("2028-02-29", 4, "years", "next", "2032-02-29"),
        ("2025-07-28", 3, "years", "counted", "2028-07-27"),
    ],
)
def test_calendar_units(start: str, n: int, unit: str, first_day: str, last: str) -> None:
    assert CALENDAR.last_day(date.fromisoformat(start), n, unit, first_day) == (
        date.fromisoformat(last),
        False,
    )


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(1, 48))
def test_months_agree_with_the_month_counted_by_hand(start: date, n: int) -> None:
    end = CALENDAR.last_day(start, n, "months", "next").last_day
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == n
    assert end.day == start.day or (end.day < start.day and (end + ONE).day == 1)


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        CALENDAR.last_day(date(2026, 5, 7), 0, "working days", "counted")


def test_the_tables_name_their_notices() -> None:
    assert [(year.source.number, len(year.holidays)) for year in CALENDAR.years] == [
        ("国办发明电〔2024〕12号", 6),
        ("国办发明电〔2025〕7号", 7),
    ]
    assert CALENDAR.years[1].holidays[6] == Holiday(
        Text("国庆节", "National Day"), date(2026, 10, 1), date(2026, 10, 7)
    )


GOOD = (FOLDER / "2026.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("year: 2026", "year: 2025", 5, "should be 2026"),
        ("make_up_days:", "workdays:", 21, "unknown key workdays"),
        ("issued:", "number:", 9, "stands twice"),
        ("  number: 国办发明电〔2025〕7号\n", "", 7, "number is missing"),
        ('"2026-01-04"', "2026-01-04", 21, "quoted"),
        ('"2026-01-04"', '"2026-01-05"', 21, "no weekend day"),
        ('"2026-01-04"', '"2026-01-03"', 21, "also stands as a holiday"),
        ('"2026-02-14"', '"2026-01-04"', 21, "stands twice"),
        ('"2026-01-04"', '"2025-01-04"', 21, "does not belong"),
        ('"2026-01-04"', '"2026-02-30"', 21, "no date"),
        ('to: "2026-10-07"', 'to: "2026-09-30"', 18, "ends before it begins"),
        ('to: "2026-09-27"', 'to: "2026-10-02"', 18, "overlaps"),
        ("holidays:", "holidays: &a", 11, "anchors"),
        ("zh: 元旦, ", "", 12, "zh is missing"),
        ('["2026-01-04"', '["2026-01-04', 21, "cannot be read"),
    ],
)
def test_a_bad_table_names_file_and_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert old in GOOD
    (tmp_path / "2026.yaml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(BadCalendar) as refusal:
        calendar.load(tmp_path)
    assert refusal.value.line == line
    assert refusal.value.text.zh.startswith(f"2026.yaml 第 {line} 行：")
    assert refusal.value.text.en.startswith(f"2026.yaml, line {line}: ")
    assert words in refusal.value.text.en


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"\xff\xfe", "UTF-8"), (b"- 1\n", "keys"), (b"a\x00", "cannot be read")],
)
def test_a_file_that_is_no_table(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "2026.yaml").write_bytes(content)
    with pytest.raises(BadCalendar, match=words):
        calendar.load(tmp_path)


def test_an_empty_folder_and_a_missing_year(tmp_path: Path) -> None:
    with pytest.raises(BadCalendar, match="no working-day table"):
        calendar.load(tmp_path)
    with pytest.raises(YearNotCovered):
        calendar.load_year(tmp_path, 2026)


def test_new_year_may_be_made_up_for_in_the_december_before(tmp_path: Path) -> None:
    (tmp_path / "2026.yaml").write_text(GOOD.replace('"2026-01-04"', '"2025-12-28"'), encoding="utf-8")
    (tmp_path / "2025.yaml").write_text((FOLDER / "2025.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert calendar.load(tmp_path).is_working_day(date(2025, 12, 28))
