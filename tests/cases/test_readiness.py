"""The report on the conditions and the leads: what they say, to whom, with how many queries."""

import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader
from tests import world as w
from tests.cases.test_rosters import known
from tests.registry import stated as s

from cultivar.cases.dossier import save_field
from cultivar.cases.membership import enrol
from cultivar.cases.models import Case
from cultivar.registry.statements import state

pytestmark = pytest.mark.django_db
DAY = "2026-05-07"


@pytest.fixture(autouse=True)
def _day():
    with w.at(DAY, 10):
        yield


@pytest.fixture
def round_() -> Case:
    return w.announce(thresholds={"revenue": "301", "rd-intensity": "3"})


@pytest.fixture
def case(round_) -> Case:
    of = w.cluster()
    known(of)  # two enterprises with 100 and 200 万元
    made = w.application(round_, of)
    save_field(made, "revenue", "400")
    save_field(made, "major-events", "0")
    return made


def submit(case: Case, of=None) -> None:
    w.do(case, "submit", w.applicant(of or w.cluster()), w.SUBMISSION)


def page(client, who, url: str) -> str:
    response = w.signed_in(client, who).get(url)
    assert response.status_code == 200, url
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_applicant_reads_before_submission_what_fails_and_how_to_mend_it(client, case):
    said = page(client, w.applicant(w.cluster()), f"/cases/{case.number}/readiness/")
    assert "有 1 项不符合" in said
    assert "≥ 301 万元" in said
    assert "申报通知" in said
    assert "按企业名单计算，2 家" in said
    assert "“营业收入”还差 1 万元（现为 300，要求 301）。" in said
    assert "“营业收入”申报书填 400 万元，按名单算是 300 万元。" in said
    assert "尚未提交的申报书；企业名单 2 家、2025 年数据" in said


def test_what_is_missing_stands_in_it_with_its_article(client, case):
    save_field(case, "strength-text", "")
    said = page(client, w.applicant(w.cluster()), f"/cases/{case.number}/readiness/")
    assert "还没有填好的 综合实力说明 第六条(一)" in said


def test_the_reviewer_reads_the_same_of_what_was_submitted(client, case):
    submit(case)
    said = page(client, w.city(w.ZUNYI), f"/cases/{case.number}/tab/conditions/")
    assert "“营业收入”还差 1 万元（现为 300，要求 301）。" in said
    said = page(client, w.city(w.ZUNYI), f"/cases/{case.number}/readiness/")
    assert "提交的申报书；企业名单 2 家" in said
    assert "还没有填好的" not in said


def test_nobody_else_reads_a_draft_and_no_other_city_a_submission(client, case):
    url = f"/cases/{case.number}/readiness/"
    for who in (w.city(w.ZUNYI), w.province("handler")):
        assert w.signed_in(client, who).get(url).status_code == 404
    submit(case)
    for paper in (url, f"/cases/{case.number}/readiness.pdf"):
        assert w.signed_in(client, w.city(w.GUIYANG)).get(paper).status_code == 404
        assert w.signed_in(client, w.applicant(w.cluster(w.BIJIE, 2))).get(paper).status_code == 404
        client.logout()
        assert client.get(paper).status_code == 302


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "还差 1 万元"), ("en", "is 1 × 10 000 yuan short")]
)
def test_the_paper_is_one_page_that_says_it_in_the_readers_language(client, case, language, words):
    submit(case)
    signed = w.signed_in(client, w.city(w.ZUNYI))
    signed.cookies["django_language"] = language
    response = signed.get(f"/cases/{case.number}/readiness.pdf")
    assert response.headers["Content-Type"] == "application/pdf"
    assert "no-store" in response.headers["Cache-Control"]
    reader = PdfReader(io.BytesIO(response.content))
    assert len(reader.pages) == 1
    text = re.sub(r"\s+", "", reader.pages[0].extract_text())
    assert words.replace(" ", "") in text
    assert case.number.replace(" ", "") in text


def test_words_of_an_applicant_are_words_in_the_paper_and_nothing_else(client, case):
    """What somebody typed is data: no markup, no file, no code."""
    submit(case)
    Case.objects.filter(pk=case.pk).update(name_zh='#read("/etc/passwd") $x$ *b* `c` <tag> \\u{41}')
    body = w.signed_in(client, w.city(w.ZUNYI)).get(f"/cases/{case.number}/readiness.pdf").content
    text = re.sub(r"\s+", "", PdfReader(io.BytesIO(body)).pages[0].extract_text())
    assert '#read("/etc/passwd")$x$*b*`c`<tag>\\u{41}' in text


def test_the_pages_ask_as_much_for_one_enterprise_as_for_many(client, round_):
    counts = set()
    for number, size in ((1, 1), (2, 30)):
        of = w.cluster(number=number)
        known(of, size)
        made = w.application(round_, of)
        submit(made, of)
        signed = w.signed_in(client, w.province("handler"))
        urls = [f"/cases/{made.number}/{tail}" for tail in ("readiness/", "tab/conditions/", "tab/leads/")]
        signed.get(urls[0])  # the session is found
        asked = []
        for url in urls:
            with CaptureQueriesContext(connection) as queries:
                assert signed.get(url).status_code == 200
            asked.append(len(queries))
        counts.add(tuple(asked))
    assert counts == {COUNTS}


COUNTS = (8, 15, 20)


# ------------------------------------------------------------------------------------------------- leads


def test_leads_are_for_those_who_check_and_nobody_else(client, case):
    submit(case)
    url = f"/cases/{case.number}/tab/leads/"
    for who in (w.city(w.ZUNYI), w.province("handler"), w.actor("auditor")):
        assert "“营业收入”申报书填 400 万元" in page(client, who, url)
    assert w.signed_in(client, w.applicant(w.cluster())).get(url).status_code == 404
    assert "/tab/leads/" not in page_source(client, w.applicant(w.cluster()), f"/cases/{case.number}/")
    assert "/tab/leads/" in page_source(client, w.city(w.ZUNYI), f"/cases/{case.number}/")


def test_once_submitted_the_applicant_reads_no_lead_on_any_page_or_paper(client, case):
    lead = "申报书填 400 万元，按名单算是 300 万元"
    mine = w.applicant(w.cluster())
    assert lead in page(client, mine, f"/cases/{case.number}/readiness/")  # its own draft: it can mend it
    submit(case)
    for tail in ("readiness/", "tab/conditions/"):
        assert lead not in page(client, mine, f"/cases/{case.number}/{tail}")
        assert lead in page(client, w.city(w.ZUNYI), f"/cases/{case.number}/{tail}")
    body = w.signed_in(client, mine).get(f"/cases/{case.number}/readiness.pdf").content
    text = re.sub(r"\s+", "", PdfReader(io.BytesIO(body)).pages[0].extract_text())
    assert "按名单算是" not in text
    assert "还差1万元" in text


def page_source(client, who, url: str) -> str:
    return w.signed_in(client, who).get(url).content.decode()


def test_a_figure_that_an_authority_states_otherwise_is_a_lead_with_the_enterprise(client, case):
    state(s.authority(), [s.firm(1, {2025: {"revenue": 10_000}})], at=s.AT)
    submit(case)
    said = page(client, w.city(w.ZUNYI), f"/cases/{case.number}/tab/leads/")
    assert "1 家企业的“营业收入”与主管部门登记的不一致，相差最大的是 100 倍。" in said


def test_an_enterprise_in_two_clusters_is_a_lead_where_both_may_be_seen(client, case, round_):
    submit(case)
    second = w.cluster(w.BIJIE, 2)
    enrol(second, [s.code(1)])
    other = w.application(round_, second)
    url = f"/cases/{case.number}/tab/leads/"
    lead = "1 家企业也在“测试集群2”的名单上。"
    assert lead not in page(client, w.province("handler"), url)  # a draft is nobody's business
    submit(other, second)
    assert lead in page(client, w.province("handler"), url)
    assert lead not in page(client, w.city(w.ZUNYI), url)


def test_a_passage_of_another_dossier_is_a_lead(client, case, round_):
    text = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(200))
    second = w.cluster(number=2)
    other = w.application(round_, second)
    for one in (case, other):
        save_field(one, "strength-text", text)
    submit(case)
    url = f"/cases/{case.number}/tab/leads/"
    assert "综合实力说明" not in page(client, w.city(w.ZUNYI), url)
    submit(other, second)
    said = page(client, w.city(w.ZUNYI), url)
    assert "“综合实力说明”约 100% 的文字也出现在别的申报书里。" in said
    assert other.number in said
