"""The lever that moves the demonstration's clock."""

from datetime import datetime

import pytest

from cultivar.cases.programmes import calendar
from cultivar.ledger import clock

pytestmark = pytest.mark.django_db

LAST = max(calendar().covered)


@pytest.fixture
def demo(settings, tmp_path):
    """A demonstration that stands near the end of the last year with a working-day table."""
    settings.DEMO, settings.DEMO_CLOCK = True, tmp_path / "clock.json"
    clock.start_at(datetime(LAST, 12, 30, 9, tzinfo=clock.SHANGHAI))


def said(client, **posted: str) -> str:
    return client.post("/demo/clock/", {**posted, "next": "/"}, follow=True).content.decode()


@pytest.mark.parametrize(
    "posted", [{"date": f"{LAST + 1}-01-01"}, {"date": "9999-12-31"}, {"working_days": "5"}]
)
def test_time_stops_where_the_calendar_ends(demo, client, posted):
    assert f"演示时间最远到{LAST}年12月31日" in said(client, **posted)
    assert clock.today().isoformat() == f"{LAST}-12-30"


def test_the_last_day_of_the_calendar_can_be_reached(demo, client):
    assert "演示时间已到" in said(client, date=f"{LAST}-12-31")
    assert clock.today().isoformat() == f"{LAST}-12-31"


def test_time_does_not_run_back_whatever_the_day(demo, client):
    assert "演示时间只能向前" in said(client, date="1999-01-01")
    assert clock.today().isoformat() == f"{LAST}-12-30"
