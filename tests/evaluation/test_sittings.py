"""Times of a sitting, and every clash, one by one."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.evaluation.icalendar import Event, calendar
from cultivar.evaluation.sittings import HalfDay, Length, Room, Sitting, clashes, slots
from cultivar.ledger.clock import SHANGHAI
from cultivar.policy.text import Text

DAY = date(2026, 5, 7)
MORNING = HalfDay(DAY, "am")
NOW = datetime(2026, 5, 6, 9, tzinfo=SHANGHAI)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 5, 7, hour, minute, tzinfo=SHANGHAI)


def sitting(
    begins: datetime, ends: datetime, people: str = "ab", place: str = "一会议室", n: int = 1
) -> Sitting:
    return Sitting(Text(f"第 {n} 组", f"panel {n}"), frozenset(people), place, begins, ends)


PLANNED = sitting(at(9), at(10, 30))


def said(planned: Sitting = PLANNED, *others: Sitting, away: str = "", half: HalfDay = MORNING) -> list[str]:
    room = Room(others, frozenset(away), {"a": "甲某", "b": "乙某"})
    return [text.en for text in clashes(planned, half, room, NOW)]


def test_a_sitting_with_room_around_it_is_refused_nothing():
    assert said() == []
    assert said(PLANNED, sitting(at(10, 30), at(12)), sitting(at(8), at(9))) == []


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (sitting(at(10), at(11), "bc", "二会议室", 2), ["乙某 sits on panel 2, 10:00–11:00"]),
        (sitting(at(8), at(12), "cd", "一 会议室", 2), ["“一 会议室” is taken by panel 2, 08:00–12:00"]),
        (sitting(at(9), at(9), "a", "二会议室", 3), ["甲某 sits on panel 3"]),
        (sitting(at(10, 30), at(11), "ab", "一会议室", 2), []),
        (sitting(at(9), at(10), "cd", "二会议室", 2), []),
        (sitting(at(9), at(10), "cd", "", 2), []),
        (sitting(at(10), at(11), "ab", "一会议室", 2), ["乙某 sits", "甲某 sits", "is taken"]),
    ],
)
def test_one_person_or_one_room_twice_at_a_time_is_refused(other, words):
    found = said(PLANNED, other)
    assert len(found) == len(words)
    assert all(any(one in text for text in found) for one in words), found


def test_who_is_away_and_what_runs_beyond_the_half_day_is_refused():
    assert "乙某 is away on 7 May" in said(away="bx")[0]
    late = sitting(at(11), at(13))
    assert "It would end at 13:00, and the morning ends at 12:30" in said(late)[0]
    assert "The morning begins at 08:00" in said(sitting(at(7), at(9)))[0]
    yesterday = sitting(at(9) - timedelta(days=2), at(10) - timedelta(days=2))
    assert "The beginning has passed" in said(yesterday)[0]


@given(
    st.lists(st.text("ABCD", min_size=1, max_size=3), unique=True, min_size=1),
    st.integers(0, 60),
    st.integers(1, 60),
    st.integers(0, 30),
    st.data(),
)
def test_turns_follow_each_other_in_the_drawn_order(cases, presentation, questions, pause, data):
    drawn = data.draw(st.permutations(cases))[: data.draw(st.integers(0, len(cases)))]
    order = {case: place for place, case in enumerate(drawn, 1)}
    turns = slots(cases, order, at(9), Length(presentation, questions, pause))
    assert turns == slots(list(reversed(cases)), order, at(9), Length(presentation, questions, pause))
    assert [turn.case for turn in turns] == [*drawn, *sorted(set(cases) - set(drawn))]
    assert [turn.order for turn in turns] == list(range(1, len(cases) + 1))
    assert turns[0].starts_at == at(9)
    for one, following in pairwise(turns):
        assert one.minutes == presentation + questions
        assert following.starts_at - one.ends_at == timedelta(minutes=pause)


def test_a_half_day_is_read_from_its_address():
    assert HalfDay.of("2026-05-07-am") == MORNING
    assert HalfDay.of(HalfDay(DAY, "pm").key) == HalfDay(DAY, "pm")
    assert HalfDay.at(at(12)) == HalfDay(DAY, "pm")
    for wrong in ("2026-05-07", "2026-05-07-xx", "2026-13-07-am", "am", ""):
        with pytest.raises(ValueError, match=r"no half-day|[Ii]nvalid|month"):
            HalfDay.of(wrong)


@given(st.text(max_size=120), st.text(max_size=120))
def test_a_calendar_has_no_line_beyond_75_octets_and_no_value_that_breaks_out(summary, place):
    event = Event("R-1.defence@cultivar", at(9), at(10), summary, place, "https://example.org/a")
    text = calendar([event], NOW)
    assert text.endswith("\r\n")
    lines = text.split("\r\n")[:-1]
    assert all(len(line.encode()) <= 75 for line in lines)
    assert not any("\n" in line or "\r" in line for line in lines)
    unfolded = text.replace("\r\n ", "").split("\r\n")[:-1]
    assert [line.partition(":")[0] for line in unfolded] == [
        *("BEGIN", "VERSION", "PRODID", "BEGIN", "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION"),
        *("URL", "END", "END"),
    ]
    assert "DTSTART:20260507T010000Z" in unfolded
    assert "DTEND:20260507T020000Z" in unfolded
