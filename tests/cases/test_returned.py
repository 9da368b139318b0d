"""A returned dossier: why it came back stands on its pages, and what was changed since, until it is submitted again."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import world as w
from tests.cases.test_rosters import known
from tests.registry import stated as s

from cultivar.cases.dossier import save_field
from cultivar.cases.dossier_changes import compare
from cultivar.cases.membership import enrol
from cultivar.cases.models import Case, Subject
from cultivar.cases.programmes import catalogue, pinned
from cultivar.cases.record import load
from cultivar.cases.returned import named_in, returned
from cultivar.registry.statements import state

REASONS = "“营业收入”与审计报告不一致；\n数字化研发设计工具普及率请附测算表。（虚构）"
django = pytest.mark.django_db


@pytest.fixture
def of() -> Subject:
    made = w.cluster()
    with w.at("2026-05-06", 10):
        known(made)
    return made


@pytest.fixture
def case(of: Subject) -> Case:
    """Submitted on 7 May, returned the next day."""
    with w.at("2026-05-07", 10):
        made = w.application(w.announce(), of)
        w.do(made, "submit", w.applicant(of), w.SUBMISSION)
    with w.at("2026-05-08", 16):
        w.do(made, "return", w.city(w.ZUNYI), {"reasons": REASONS})
    return Case.objects.get(number=made.number)


def get(client, who, case: Case, path: str, language: str = "zh-hans") -> str:
    with w.at("2026-05-09", 9):
        address = f"/cases/{case.number}/{path}"
        response = w.signed_in(client, who).get(address, headers={"Accept-Language": language})
    assert response.status_code == 200
    return response.content.decode()


def plain(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup))


# ---- why


@django
@pytest.mark.parametrize("path", ["dossier/", "dossier/basics/", "dossier/strength/"])
def test_the_reason_stands_on_every_page_of_the_dossier(client, of, case, path):
    markup = get(client, w.applicant(of), case, path)
    assert "“营业收入”与审计报告不一致；<br>数字化研发设计工具普及率请附测算表。" in markup
    said = plain(markup)
    assert re.search(r"退回要改的 退回补正 .{0,40}第九条.{0,60}5月8日", said), said[:3000]
    assert f'<a href="/cases/{case.number}/dossier/strength/#id_revenue-field">营业收入</a>' in markup
    english = plain(get(client, w.applicant(of), case, path, "en"))
    assert "What to correct" in english
    assert "It names: Revenue" in english


@django
def test_it_is_for_the_applicant_and_ends_with_the_next_submission(client, of, case):
    assert "退回要改的" not in get(client, w.city(w.ZUNYI), case, "dossier/")
    assert returned(case, load(case.number), w.city(w.ZUNYI)) is None
    with w.at("2026-05-09", 10):
        w.do(case, "resubmit", w.applicant(of), {**w.SUBMISSION, "corrections": "改了（虚构）"})
        again = Case.objects.get(number=case.number)
        assert returned(again, load(again.number), w.applicant(of)) is None
        assert "退回要改的" not in get(client, w.applicant(of), again, "dossier/")
        w.do(case, "return", w.city(w.ZUNYI), {"reasons": "第二次的理由（虚构）"})
    text = get(client, w.applicant(of), case, "dossier/")
    assert "第二次的理由" in text
    assert "审计报告不一致" not in text


@django
def test_a_first_draft_was_returned_by_nobody(of):
    with w.at("2026-05-07", 10):
        draft = w.application(w.announce(), of)
    assert returned(draft, load(draft.number), w.applicant(of)) is None


GUIZHOU = catalogue()[w.GUIZHOU].programme
LABELS = [spec.zh for spec in GUIZHOU.form_fields.values()]


@given(st.lists(st.sampled_from(LABELS), max_size=4, unique=True))
def test_each_field_that_is_named_is_found_and_no_other(labels):
    """Whatever else is said; a name that only stands in a longer one is not named."""
    text = "。".join(f"请核对“{label}”" for label in labels)
    assert {spec.zh for spec in named_in(GUIZHOU, [text])} == set(labels)


# ---- what was changed since


def edit(case: Case, of: Subject) -> None:
    with w.at("2026-05-08", 18):
        save_field(case, "strength-text", "改过的说明（虚构）")
        state(s.applicant(of.organisation_id), [s.firm(3, {2025: {}})], at=s.LATER)
        enrol(of, [s.code(3)])


@django
@pytest.mark.parametrize("path", ["dossier/", "tab/changes/"])
def test_the_applicant_reads_what_it_changed_since(client, of, case, path):
    said = plain(get(client, w.applicant(of), case, path))
    assert (
        "申报书内容没有改动。" in said
    )  # nothing yet: figures that follow from others do not count as changed
    edit(case, of)
    said = plain(get(client, w.applicant(of), case, path))
    assert "上次提交以后改了什么 1 项不同" in said
    assert "改过的" in said
    assert "新增 1 家，退出 0 家" in said
    assert "现在：还没有提交，2026年5月8日 18:00存" in said
    english = plain(get(client, w.applicant(of), case, path, "en"))
    assert "Changed since the last submission" in english
    assert "Now: not submitted yet, saved" in english


@django
def test_nobody_else_reads_it_before_it_is_submitted(client, of, case):
    edit(case, of)
    for who in (w.city(w.ZUNYI), w.actor("auditor")):
        assert compare(case, pinned(case.digest), who) is None
        for path in ("", "tab/changes/", "dossier/"):
            assert "改过的" not in get(client, who, case, path)
    assert 'tab/changes/"' not in get(client, w.city(w.ZUNYI), case, "")
    assert 'tab/changes/"' in get(client, w.applicant(of), case, "")


@django
def test_what_is_written_can_be_held_against_any_submission(client, of, case):
    with w.at("2026-05-08", 17):
        save_field(case, "strength-text", "第二次的说明（虚构）")
        w.do(case, "resubmit", w.applicant(of), {**w.SUBMISSION, "corrections": "改了（虚构）"})
        w.do(case, "return", w.city(w.ZUNYI), {"reasons": "再改（虚构）"})
    edit(case, of)
    markup = get(client, w.applicant(of), case, "tab/changes/?from=1&to=3")
    assert '<option value="3" selected>正在改的</option>' in markup
    assert "与以前的提交相比" in markup
    markup = get(client, w.applicant(of), case, "tab/changes/?from=1&to=2")
    assert "改过的" not in markup
    assert "第二次的" in plain(markup).replace(" ", "")


@django
@pytest.mark.parametrize("more", [0, 2])
def test_it_costs_the_same_however_often_it_was_submitted(of, case, more, django_assert_num_queries):
    with w.at("2026-05-08", 17):
        for _ in range(more // 2):
            w.do(case, "resubmit", w.applicant(of), {**w.SUBMISSION, "corrections": "改了（虚构）"})
            w.do(case, "return", w.city(w.ZUNYI), {"reasons": "再改（虚构）"})
    with w.at("2026-05-09", 9):
        fresh = Case.objects.get(number=case.number)
        pinned(case.digest)
        with django_assert_num_queries(QUERIES):
            compare(fresh, pinned(case.digest), w.applicant(of))
        folded = load(case.number)
        with django_assert_num_queries(1):
            returned(fresh, folded, w.applicant(of))


QUERIES = 13
