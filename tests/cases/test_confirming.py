"""Enterprises on an applicant's word: who is asked to confirm them, how, and what it changes."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import world as w
from tests.registry import stated as s

from cultivar.cases import confirming
from cultivar.cases.membership import enrol
from cultivar.cases.models import Subject
from cultivar.registry import industries
from cultivar.registry.models import Enterprise
from cultivar.registry.statements import state

pytestmark = pytest.mark.django_db
LIST = "/desk/enterprises/"


@pytest.fixture(autouse=True)
def _day():
    with w.at("2026-05-07", 10):
        yield


@pytest.fixture
def of() -> Subject:
    """A cluster whose organisation entered two enterprises of Zunyi and one of Bijie; a third is the city's."""
    made = w.cluster()
    rows = [s.firm(1), s.firm(2), s.firm(3, region=w.BIJIE)]
    state(s.applicant(made.organisation_id), rows, at=s.AT)
    state(s.authority(w.ZUNYI), [s.firm(4)], at=s.AT)
    enrol(made, [s.code(n) for n in (1, 2, 3, 4)])
    return made


def waiting(who) -> set[str]:
    return set(confirming.unconfirmed(who).values_list("code", flat=True))


def page(client, who, address: str = LIST, language: str = "zh-hans") -> str:
    response = w.signed_in(client, who).get(address, headers={"Accept-Language": language})
    assert response.status_code == 200
    return response.content.decode()


def test_each_authority_is_asked_for_its_own_region(of):
    assert waiting(w.city(w.ZUNYI)) == {s.code(1), s.code(2)}
    assert waiting(w.city(w.BIJIE)) == {s.code(3)}
    assert waiting(w.province("handler")) == {s.code(1), s.code(2), s.code(3)}
    for who in (w.applicant(of), w.actor("auditor"), w.expert("e1"), w.actor("policy")):
        assert waiting(who) == set()


def test_nobody_else_enters_and_another_citys_enterprise_is_not_found(client, of):
    one = f"{LIST}{s.code(1)}/"
    for who in (w.applicant(of), w.actor("auditor"), w.expert("e1")):
        assert w.signed_in(client, who).get(LIST).status_code == 403
        assert w.signed_in(client, who).get(one).status_code == 403
        assert w.signed_in(client, who).post(LIST, {"codes": [s.code(1)]}).status_code == 403
    assert w.signed_in(client, w.city(w.BIJIE)).get(one).status_code == 404
    assert w.signed_in(client, w.city(w.ZUNYI)).get(f"{LIST}{s.code(4)}/").status_code == 404
    client.logout()
    assert client.get(LIST).status_code == 302


def test_those_that_are_ticked_are_confirmed_as_they_stand(client, of):
    signed = w.signed_in(client, w.city(w.ZUNYI))
    answer = signed.post(LIST, {"codes": [s.code(1), s.code(3)]}, follow=True)
    assert "已核实 1 家企业。" in answer.content.decode()  # Bijie's is not Zunyi's to confirm
    assert waiting(w.province("handler")) == {s.code(2), s.code(3)}
    stands = Enterprise.objects.get(code=s.code(1))
    assert (stands.name_zh, stands.region_id, stands.industry) == ("企业1（虚构）", w.ZUNYI, "1512")


def test_nothing_ticked_says_so(client, of):
    answer = w.signed_in(client, w.city(w.ZUNYI)).post(LIST)
    assert answer.status_code == 422
    assert "一家也没有选" in answer.content.decode()


def test_what_is_no_credit_code_is_not_asked_for(client, of):
    signed = w.signed_in(client, w.city(w.ZUNYI))
    for strange in ("\x00", f"{s.code(1)[:17]}\x00", "全部", ""):
        assert signed.post(LIST, {"codes": [strange]}).status_code == 422
    answer = signed.post(LIST, {"codes": ["\x00", s.code(1)]}, follow=True)
    assert "已核实 1 家企业。" in answer.content.decode()
    assert waiting(w.city(w.ZUNYI)) == {s.code(2)}


def test_an_enterprise_is_corrected_and_so_confirmed(client, of):
    signed = w.signed_in(client, w.city(w.ZUNYI))
    address = f"{LIST}{s.code(2)}/"
    answer = signed.post(address, {"name": "改名企业（虚构）", "region": w.ZUNYI, "industry": "99"})
    assert answer.status_code == 422
    assert "行业“99”认不出" in answer.content.decode()
    assert 'value="改名企业（虚构）"' in answer.content.decode()
    answer = signed.post(address, {"name": "改名企业（虚构）", "region": w.BIJIE, "industry": "15"})
    assert answer.status_code == 422  # where it is elsewhere, the authority there says so
    assert s.code(2) in waiting(w.city(w.ZUNYI))
    answer = signed.post(address, {"name": "改名企业（虚构）", "region": w.ZUNYI, "industry": "15"})
    assert answer.status_code == 302
    stands = Enterprise.objects.get(code=s.code(2))
    assert (stands.name_zh, stands.industry, stands.confirmed) == ("改名企业（虚构）", "15", True)


def test_the_desk_counts_them_and_leads_to_them(client, of):
    said = page(client, w.city(w.ZUNYI), "/desk/")
    assert "有 2 家企业是申报主体新录入的" in said
    assert f'href="{LIST}"' in said
    assert "新录入的" not in page(client, w.city(w.GUIYANG), "/desk/")
    assert "新录入的" not in page(client, w.applicant(of), "/desk/")


def test_a_roster_whose_case_the_office_may_not_see_is_not_named(client, of):
    draft = w.application(w.announce(), of)
    assert of.name.zh not in page(client, w.city(w.ZUNYI))
    w.do(draft, "submit", w.applicant(of), w.SUBMISSION)
    assert of.name.zh in page(client, w.city(w.ZUNYI))


def test_they_are_found_by_name_and_code(client, of):
    assert s.code(2) not in page(client, w.city(w.ZUNYI), f"{LIST}?q=企业1")
    assert s.code(2) in page(client, w.city(w.ZUNYI), f"{LIST}?q={s.code(2)[:18].lower()}")
    assert "没有符合的企业" in page(client, w.city(w.ZUNYI), f"{LIST}?q=没有")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_and_the_desk_ask_as_much_for_one_as_for_many(client, count, django_assert_num_queries):
    made = w.cluster()
    rows = [s.firm(n) for n in range(1, count + 1)]
    state(s.applicant(made.organisation_id), rows, at=s.AT)
    enrol(made, [row.code for row in rows])
    signed = w.signed_in(client, w.city(w.ZUNYI))
    for address, queries in ((LIST, 8), ("/desk/", 11)):
        signed.get(address)
        with django_assert_num_queries(queries):
            signed.get(address)


# ---- names of industries


def test_every_code_is_named_by_its_division_and_no_other():
    assert industries.named("1512").zh == "1512 酒、饮料和精制茶制造业"
    assert industries.named("15").en == "15 Liquor, beverages and refined tea"
    assert industries.named("0610").zh == "0610 煤炭开采和洗选业"
    for strange in ("", "00", "9", "15123", "x5"):
        assert industries.named(strange).zh == strange


@pytest.mark.parametrize(
    ("language", "name"),
    [("zh-hans", "1512 酒、饮料和精制茶制造业"), ("en", "1512 Liquor, beverages and refined tea")],
)
def test_pages_name_the_industry(client, of, language, name):
    case = w.application(w.announce(), of)
    mine = w.applicant(of)
    for who, address in (
        (mine, f"/cases/{case.number}/tab/roster/"),
        (mine, f"/rosters/of/{of.code}/"),
        (w.city(w.ZUNYI), LIST),
    ):
        text = re.sub(r"<[^>]+>", "", page(client, who, address, language))
        assert name in text, address


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a small table whole")
def test_a_desk_does_not_read_the_register_to_count_the_few_that_wait(of):
    plan = confirming.unconfirmed(w.city(w.ZUNYI)).order_by().explain()
    assert "registry_unconfirmed" in plan


def test_what_is_said_again_is_read_in_the_turn_of_whoever_states(of):
    """Else a correction that came while this waited would be undone by what was read before."""
    with CaptureQueriesContext(connection) as captured:
        confirming.confirm(w.city(w.ZUNYI), [s.code(1)])
    statements = [one["sql"] for one in captured]
    read = next(n for n, sql in enumerate(statements) if 'FROM "registry_enterprise"' in sql)
    turn = next(n for n, sql in enumerate(statements) if 'FROM "registry_region"' in sql and "LIMIT 1" in sql)
    assert turn < read


def test_who_was_confirmed_meanwhile_is_not_corrected(of):
    said = {"name": "另名（虚构）", "region": w.ZUNYI, "industry": "15"}
    assert confirming.correct(w.city(w.ZUNYI), s.code(1), said) is not None
    before = Enterprise.objects.filter(code=s.code(1)).values().get()
    assert confirming.correct(w.city(w.ZUNYI), s.code(1), {**said, "name": "又名（虚构）"}) is None
    assert Enterprise.objects.filter(code=s.code(1)).values().get() == before
