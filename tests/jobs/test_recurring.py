"""What recurs is enqueued when it is due, once for all workers, without drift, and once after a pause."""

from datetime import UTC, datetime, timedelta

import pytest
from django_tasks_db.models import DBTaskResult
from hypothesis import given
from hypothesis import strategies as st

from cultivar.jobs import recurring
from cultivar.jobs.models import Recurring
from cultivar.jobs.queue import enqueue_once
from tests.jobs.tasks import count

NOW = datetime(2026, 5, 7, 10, 24, 31, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


@pytest.fixture
def hourly(db, monkeypatch):
    """One job that recurs every hour and nothing else; it has run in this hour."""
    monkeypatch.setattr(recurring, "_registered", {})
    recurring.register("count", count, every=recurring.HOUR)
    recurring.keep(NOW)
    Recurring.objects.update(next_at=NOW.replace(minute=0, second=0) + HOUR)


def waiting():
    return DBTaskResult.objects.ready().count()


@given(MOMENTS, st.sampled_from([1, 60, 900, recurring.HOUR, recurring.DAY]))
def test_it_is_due_at_the_multiples_of_its_time(moment, every):
    due = recurring.following(moment, every)
    assert moment < due <= moment + timedelta(seconds=every)
    assert (due + timedelta(hours=8)).timestamp() % every == 0  # counted in Shanghai
    assert recurring.following(due - timedelta(microseconds=1), every) == due


def test_hourly_is_at_the_full_hour():
    assert recurring.following(NOW, recurring.HOUR) == datetime(2026, 5, 7, 11, tzinfo=UTC)


def test_what_is_new_is_due_at_once_and_then_at_the_full_hour(db, monkeypatch):
    monkeypatch.setattr(recurring, "_registered", {})
    recurring.register("count", count, every=recurring.HOUR)
    recurring.keep(NOW)
    assert recurring.enqueue_due(NOW) == ["count"]
    row = Recurring.objects.get()
    assert (row.task, row.last_at) == ("tests.jobs.tasks.count", NOW)
    assert row.next_at == datetime(2026, 5, 7, 11, tzinfo=UTC)


def test_what_changed_or_is_gone_changes_in_the_table(hourly, monkeypatch):
    recurring.register("count", count, every=60)
    recurring.keep(NOW)
    assert Recurring.objects.get().every == 60
    monkeypatch.setattr(recurring, "_registered", {})
    recurring.keep(NOW)
    assert not Recurring.objects.exists()


def test_the_table_is_kept_as_it_is_where_nothing_changed(hourly):
    before = list(Recurring.objects.values())
    recurring.keep(NOW + HOUR)
    assert list(Recurring.objects.values()) == before


def test_nothing_is_enqueued_before_its_time(hourly):
    assert recurring.enqueue_due(NOW) == []
    assert waiting() == 0


def test_of_two_workers_that_see_it_due_one_enqueues_it(hourly):
    late = NOW + HOUR
    seen_by_one, seen_by_other = Recurring.objects.get(), Recurring.objects.get()
    DBTaskResult.objects.all().delete()
    assert recurring._take(seen_by_one, late)
    DBTaskResult.objects.all().delete()  # it was taken and done before the other comes to it
    assert not recurring._take(seen_by_other, late)
    assert waiting() == 0


def test_after_a_pause_it_is_due_once(hourly):
    late = NOW + timedelta(days=3)
    assert recurring.enqueue_due(late) == ["count"]
    assert recurring.enqueue_due(late) == []
    assert waiting() == 1
    assert Recurring.objects.get().next_at == late.replace(minute=0, second=0) + HOUR


def test_a_worker_that_is_late_every_time_does_not_drift(hourly):
    moments, now = [], NOW
    for _ in range(30):
        now = Recurring.objects.get().next_at + timedelta(minutes=7)
        recurring.enqueue_due(now)
        moments.append(Recurring.objects.get().next_at)
    assert {(one.minute, one.second) for one in moments} == {(0, 0)}
    assert moments == [moments[0] + n * HOUR for n in range(30)]


def test_one_that_waits_is_enough_and_one_that_runs_is_not(db):
    assert enqueue_once(count)
    assert not enqueue_once(count)
    DBTaskResult.objects.get().claim("w")
    assert enqueue_once(count)


def test_what_recurs_in_this_house():
    assert recurring._registered["checkpoint"].every == recurring.HOUR
    assert recurring._registered["prune"].every == recurring.DAY
