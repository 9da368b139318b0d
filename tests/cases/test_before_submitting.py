"""Before a dossier is submitted its applicant reads where it differs from the roster, and is not kept from going on."""

import re

import pytest
from tests import world as w
from tests.cases.test_rosters import known

from cultivar.cases.dossier import save_field
from cultivar.cases.models import Case, DossierVersion, Subject

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day():
    with w.at("2026-05-07", 10):
        yield


@pytest.fixture
def of() -> Subject:
    made = w.cluster()
    known(made)  # two enterprises with 100 and 200 万元
    return made


@pytest.fixture
def case(of: Subject) -> Case:
    made = w.application(w.announce(thresholds={"revenue": "301"}), of)
    save_field(made, "revenue", "400")
    save_field(made, "major-events", "0")
    return made


def body(client, who, case: Case, act: str = "submit", **headers: str) -> str:
    response = w.signed_in(client, who).get(f"/cases/{case.number}/acts/{act}/", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def plain(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup))


def rows(markup: str) -> list[str]:
    """The lines of the table of differences."""
    table = re.search(r'aria-labelledby="differences-head".*?<tbody>(.*?)</tbody>', markup, re.S)
    return [plain(row).strip() for row in re.findall(r"<tr>.*?</tr>", table[1], re.S)] if table else []


def test_each_difference_stands_with_both_figures_and_the_way_to_both_places(client, of, case):
    markup = body(client, w.applicant(of), case)
    (revenue,) = [row for row in rows(markup) if row.startswith("营业收入")]
    assert "400 万元 300 万元" in revenue
    assert f'href="/cases/{case.number}/dossier/strength/#id_revenue-field"' in markup
    assert f'href="/rosters/of/{of.code}/"' in markup
    english = rows(body(client, w.applicant(of), case, **{"Accept-Language": "en"}))
    assert any("400 × 10 000 yuan 300 × 10 000 yuan" in row for row in english)


def test_it_hinders_nobody(client, of, case):
    markup = body(client, w.applicant(of), case)
    assert "只是提示，不妨碍提交" in markup
    key = re.search(r'name="key" value="([0-9a-f]+)"', markup)[1]
    sent = {"key": key, "step": "do", "dossier": "on", "undertaking": "on"}
    assert client.post(f"/cases/{case.number}/acts/submit/", sent).status_code == 302
    assert DossierVersion.objects.filter(case=case).count() == 1


def test_where_both_agree_nothing_is_listed(client, of, case):
    save_field(case, "revenue", "300")
    assert not [row for row in rows(body(client, w.applicant(of), case)) if row.startswith("营业收入")]


def test_without_a_roster_there_is_nothing_to_hold_it_against(client):
    alone = w.cluster(w.BIJIE, 2)
    made = w.application(w.announce(), alone)
    assert rows(body(client, w.applicant(alone), made)) == []


def test_the_answer_to_the_conditions_stands_in_one_line_with_its_report(client, of, case):
    markup = body(client, w.applicant(of), case)
    assert "各项条件须同时具备：有 1 项不符合。" in plain(markup)
    assert f'href="/cases/{case.number}/readiness/"' in markup


def test_after_a_return_it_is_said_again_with_what_offices_judged(client, of, case):
    assert "tab/changes/" not in body(client, w.applicant(of), case)
    w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    assert rows(body(client, w.city(w.ZUNYI), case, "return")) == []  # whoever returns it is told elsewhere
    w.do(case, "return", w.city(w.ZUNYI), {"reasons": "改（虚构）"})
    markup = body(client, w.applicant(of), case, "resubmit")
    assert [row for row in rows(markup) if row.startswith("营业收入")]
    assert f'href="/cases/{case.number}/tab/changes/"' in markup


@pytest.mark.parametrize("firms", [1, 3])
def test_the_page_asks_as_much_for_one_enterprise_as_for_many(client, firms, django_assert_num_queries):
    of = w.cluster(number=7)
    known(of, firms)
    made = w.application(w.announce(), of)
    signed = w.signed_in(client, w.applicant(of))
    signed.get(f"/cases/{made.number}/acts/submit/")
    with django_assert_num_queries(QUERIES):
        assert signed.get(f"/cases/{made.number}/acts/submit/").status_code == 200


QUERIES = 22
