"""The words of a time limit, case by case."""

from datetime import date, time

import pytest

from cultivar.web.due import due

TODAY = date(2026, 5, 7)


@pytest.mark.parametrize(
    ("last_day", "left", "state", "zh", "en"),
    [
        (date(2026, 5, 15), 7, "later", "还剩 7 个工作日", "7 working days left"),
        (date(2026, 5, 11), 3, "later", "还剩 3 个工作日", "3 working days left"),
        (date(2026, 5, 9), 2, "soon", "还剩 2 个工作日", "2 working days left"),
        (date(2026, 5, 8), 1, "soon", "还剩 1 个工作日", "1 working day left"),
        (date(2026, 5, 10), 0, "soon", "还剩不到 1 个工作日", "less than 1 working day left"),
        (TODAY, 0, "soon", "今天 18:00 到期", "due today at 18:00"),
        (date(2026, 5, 6), -1, "late", "逾期 1 个工作日", "1 working day late"),
        (date(2026, 4, 30), -3, "late", "逾期 3 个工作日", "3 working days late"),
        (date(2026, 5, 6), 0, "late", "已到期", "past due"),
    ],
)
def test_words_and_state(last_day, left, state, zh, en):
    found = due(last_day, TODAY, left)
    assert (found.state, found.words.zh, found.words.en) == (state, zh, en)


@pytest.mark.parametrize(("left", "provisional"), [(None, True), (4, True), (None, False)])
def test_a_limit_that_runs_into_a_year_without_calendar_is_provisional(left, provisional):
    found = due(date(2027, 1, 5), date(2026, 12, 28), left, provisional)
    assert found.state == "provisional"
    assert found.words.zh == "2027年工作日历未公布，暂定"
    assert "2027" in found.words.en
    assert found.date.zh == "2027年1月5日"


def test_the_date_leaves_out_the_year_of_today_and_marks_a_make_up_day():
    assert due(date(2026, 5, 9), TODAY, 2, makeup=True).date == (
        "5月9日（调休上班）",
        "9 May (make-up working day)",
    )
    assert due(date(2026, 5, 15), TODAY, 7).date == ("5月15日", "15 May")


def test_the_hour_of_closing_can_differ():
    assert due(TODAY, TODAY, 0, closes=time(12)).words.zh == "今天 12:00 到期"
