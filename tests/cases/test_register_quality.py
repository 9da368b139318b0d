"""The page on the register's figures: whose it is, what it counts, with how many queries."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import world as w
from tests.registry import stated as s

from cultivar.registry import regions
from cultivar.registry.statements import state

pytestmark = pytest.mark.django_db
URL = "/desk/quality/"
WAN = 10_000


@pytest.fixture(autouse=True)
def _day(db):
    regions.load()
    with w.at("2026-05-07", 10):
        yield


def page(client, who, url: str = URL) -> str:
    response = w.signed_in(client, who).get(url)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def some(count: int = 3) -> None:
    figures = {2025: {"revenue": 100 * WAN, "employment": 10}}
    state(s.authority(), [s.firm(n, figures) for n in range(1, count + 1)], at=s.AT)
    state(s.authority(), [s.firm(90, {2024: {"revenue": WAN}}), s.firm(91, {})], at=s.AT)


def test_it_counts_by_region_how_many_reported_and_what(client):
    some()
    said = page(client, w.province("handler"))
    assert "登记册 5 家企业，2025 年数据" in said
    assert "遵义市 5 3 1 0 1" in said  # enterprises, this year, the year before, earlier, never
    assert "营业收入 60% " in said


def test_a_city_sees_its_own_figures_only(client):
    some()
    assert "登记册 5 家企业" in page(client, w.city(w.ZUNYI))
    assert "登记册 0 家企业" in page(client, w.city(w.BIJIE))
    assert "毕节" not in page(client, w.city(w.ZUNYI))


def test_it_is_nobodys_who_answers_for_no_region(client):
    for who in (w.applicant(w.cluster()), w.expert("e1")):
        assert w.signed_in(client, who).get(URL).status_code == 403
    client.logout()
    assert client.get(URL).status_code == 302


def test_a_figure_in_the_wrong_unit_is_listed_with_its_enterprise(client):
    figures = {"employment": 100, "revenue": 100 * 100 * WAN}
    rows = [s.firm(n, {2025: {**figures, "revenue": (9000 + n) * WAN}}) for n in range(1, 31)]
    state(s.authority(), rows, at=s.AT)
    state(s.authority(), [s.firm(99, {2025: {**figures, "revenue": 9000 * WAN * WAN}})], at=s.AT)
    said = page(client, w.province("handler"))
    assert "1 条线索" in said
    assert s.code(99) in said
    assert "人均营业收入" in said
    assert "0 条线索" in page(client, w.province("handler"), f"{URL}?region=520500")
    assert "1 条线索" in page(client, w.province("handler"), f"{URL}?field=none&region=520300")


def test_what_is_said_later_is_seen(client):
    some()
    assert "登记册 5 家企业" in page(client, w.province("handler"))
    some(4)
    assert "登记册 6 家企业" in page(client, w.province("handler"))
    state(s.authority(), [s.firm(92, {}), s.firm(93, {})], at=s.AT)  # who reports nothing counts too
    assert "登记册 8 家企业" in page(client, w.province("handler"))


def test_it_asks_as_much_for_one_enterprise_as_for_many(client):
    counts = set()
    for count in (1, 40):
        some(count)
        signed = w.signed_in(client, w.province("handler"))
        with CaptureQueriesContext(connection) as queries:
            assert signed.get(f"{URL}?year=2024").status_code == 200
        counts.add(len(queries))
    assert counts == {COUNT}


COUNT = 14


@pytest.mark.parametrize("asked", ["year=1", "year=x&page=zz", "region=%00", "field=" + "x" * 999])
def test_strange_questions_get_a_page(client, asked):
    assert w.signed_in(client, w.province("handler")).get(f"{URL}?{asked}").status_code in (200, 400)
