"""Evidence beside what it proves: shown in the browser, at the page that is meant, by condition; shared files."""

import io

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter
from tests import world as w
from tests.cases import office, samples

from cultivar.cases import evidence
from cultivar.cases.dossier import thaw
from cultivar.cases.evidence_pages import PageRange, page_count, page_ranges, pages_words
from cultivar.cases.models import Case, DossierVersion, Evidence, Subject
from cultivar.cases.opening import open_application

HTMX = {"HX-Request": "true"}
LEADS = 16  # queries of the tab of evidence
SLOT = "ev-rd-audit"


def pdf(pages: int, mark: str = "") -> bytes:
    """A sound PDF of so many empty pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": mark})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# ---- what is typed


@given(st.lists(st.tuples(st.integers(1, 400), st.integers(0, 20)), min_size=1, max_size=6))
def test_what_is_kept_reads_back_as_the_same_pages(pairs):
    ranges = tuple(PageRange(first, first + more) for first, more in pairs)
    assert page_ranges(", ".join(one.words for one in ranges)) == ranges


def test_pages_are_said_as_each_language_says_them():
    assert pages_words("3–5, 12").zh == "第 3–5、12 页"
    assert pages_words("1").en == "p. 1"


@pytest.mark.parametrize(
    "typed", ["3–5, 12", "3-5,12", " 3 - 5；12 ", "第3-5页、第12页", "p.3-5, p.12", "３—５，１２", "3~5 12"]
)
def test_pages_are_read_as_people_write_them(typed):
    assert page_ranges(typed) == (PageRange(3, 5), PageRange(12, 12))


@pytest.mark.parametrize("typed", ["5-3", "0", "3-", "-3", "三", "3-4-5", "1e3", "3.5x", "999999"])
def test_what_names_no_pages_is_refused(typed):
    with pytest.raises(ValueError):
        page_ranges(typed)


def test_nothing_typed_names_nothing():
    assert page_ranges("  ") == ()


# ---- on the pages


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.EVIDENCE_FOLDER = tmp_path / "evidence"


@pytest.fixture
def of() -> Subject:
    return w.cluster()


@pytest.fixture
def case(of: Subject) -> Case:
    with w.at("2026-05-07", 9):
        return draft(of)


@pytest.fixture
def mine(of: Subject) -> Client:
    return office.applicant(of)


def draft(of: Subject) -> Case:
    receipt = open_application(w.announce(), "recognition", of, w.applicant(of), key=w.key())
    return Case.objects.get(number=receipt.case)


def add(case: Case, of: Subject, name: str, content: bytes, slot: str = SLOT) -> str:
    return evidence.store(case, slot, samples.upload(name, content), w.applicant(of)).sha256


def files_at(case: Case) -> str:
    return f"/cases/{case.number}/dossier/innovation/{SLOT}/files/"


def say(client: Client, case: Case, sha256: str, typed: str):
    return client.post(files_at(case), {f"pages.{SLOT}:{sha256}": typed}, headers=HTMX)


def pages_of(case: Case) -> str:
    return Evidence.objects.get(case=case, slot=SLOT).pages


@pytest.mark.django_db
def test_pages_are_kept_as_they_are_meant_and_lead_into_the_file(mine, case, of):
    with w.at("2026-05-07", 10):
        sha256 = add(case, of, "审计.pdf", pdf(12))
        answer = say(mine, case, sha256, "3-5、12")
        text = answer.content.decode()
        assert pages_of(case) == "3–5, 12"
        view = f"/cases/{case.number}/evidence/{sha256}/view/"
        assert f'href="{view}#page=3"' in text
        assert f'href="{view}#page=12"' in text
        assert 'value="3–5, 12"' in text
        plain = mine.post(f"/cases/{case.number}/dossier/innovation/", {f"pages.{SLOT}:{sha256}": ""})
        assert plain.status_code == 302
        assert pages_of(case) == ""


@pytest.mark.django_db
def test_pages_that_are_not_there_are_refused_and_stay_typed(mine, case, of):
    with w.at("2026-05-07", 10):
        sha256 = add(case, of, "审计.pdf", pdf(12))
        answer = say(mine, case, sha256, "3-13")
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "没有第 13 页，这份文件共 12 页" in text
        assert 'value="3-13"' in text
        assert pages_of(case) == ""
        plain = mine.post(f"/cases/{case.number}/dossier/innovation/", {f"pages.{SLOT}:{sha256}": "5-3"})
        assert plain.status_code == 422
        assert "写成“3–5, 12”这样" in plain.content.decode()


@pytest.mark.django_db
def test_of_a_file_that_hides_its_pages_only_the_form_is_checked(mine, case, of):
    with w.at("2026-05-07", 10):
        sha256 = add(case, of, "怪.pdf", samples.PDF)
        assert page_count(sha256) is None
        assert say(mine, case, sha256, "7").status_code == 200
        assert pages_of(case) == "7"


@pytest.mark.django_db
def test_a_picture_has_no_pages_and_a_submitted_dossier_no_others(mine, case, of):
    with w.at("2026-05-07", 10):
        picture = add(case, of, "照片.png", samples.picture())
        assert "不用写页码" in say(mine, case, picture, "1").content.decode()
        evidence.remove(case, SLOT, picture)
        sha256 = add(case, of, "审计.pdf", pdf(3))
        say(mine, case, sha256, "2")
        w.fill(case)
        evidence.remove(case, SLOT, "0" * 64)
        w.do(case, "submit", w.applicant(of), w.SUBMISSION)
        assert "已经提交" in say(mine, case, sha256, "3").content.decode()
        (row,) = [
            one for one in thaw(DossierVersion.objects.get(case=case))["evidence"] if one["slot"] == SLOT
        ]
        assert row["pages"] == "2"
        city = office.sign_in("city", region=w.ZUNYI)
        for tab in ("evidence", "dossier"):
            text = city.get(f"/cases/{case.number}/tab/{tab}/").content.decode()
            assert f"/evidence/{sha256}/view/#page=2" in text


# ---- in the browser


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("审计.pdf", pdf(1), "application/pdf"),
        ("照片.png", samples.picture(), "image/png"),
        ("照片.jpg", samples.picture("JPEG"), "image/jpeg"),
    ],
)
def test_pictures_and_pdfs_are_shown_and_can_do_nothing(mine, case, of, name, content, media_type):
    with w.at("2026-05-07", 10):
        sha256 = add(case, of, name, content)
        answer = mine.get(f"/cases/{case.number}/evidence/{sha256}/view/")
        assert answer.getvalue() == content
        assert answer["Content-Type"] == media_type
        assert answer["Content-Disposition"].startswith("inline")
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"
        assert mine.post(f"/cases/{case.number}/evidence/{sha256}/view/").status_code == 405


@pytest.mark.django_db
def test_a_workbook_is_only_saved(mine, case, of):
    with w.at("2026-05-07", 10):
        book = samples.workbook()  # its files bear the time
        sha256 = add(case, of, "表.xlsx", book)
        assert mine.get(f"/cases/{case.number}/evidence/{sha256}/view/").status_code == 404
        saved = mine.get(f"/cases/{case.number}/evidence/{sha256}/")
        assert saved["Content-Disposition"].startswith("attachment")
        assert saved.getvalue() == book
        page = mine.get(f"/cases/{case.number}/dossier/innovation/").content.decode()
        assert f"{sha256}/view/" not in page


@pytest.mark.django_db
def test_who_may_not_have_a_file_is_not_shown_it(mine, case, of):
    with w.at("2026-05-07", 10):
        sha256 = add(case, of, "审计.pdf", pdf(1))
        address = f"/cases/{case.number}/evidence/{sha256}/view/"
        others = [
            office.sign_in("city", region=w.ZUNYI),  # before submission
            office.sign_in("city", region=w.BIJIE),
            office.applicant(w.cluster(w.BIJIE, 2)),
        ]
        assert [client.get(address).status_code for client in others] == [404, 404, 404]
        assert Client().get(address).status_code == 302
        assert mine.get(f"/cases/{case.number}/evidence/{'0' * 64}/view/").status_code == 404
        assert mine.get(f"/cases/{case.number}/evidence/..%2f/view/").status_code == 404


# ---- by condition


@pytest.mark.django_db
def test_each_condition_says_what_is_asked_and_what_is_there(mine, case, of):
    with w.at("2026-05-07", 10):
        add(case, of, "审计（虚构）.pdf", pdf(1))
        text = mine.get(f"/cases/{case.number}/tab/evidence/").content.decode()
    innovation = text.split('id="evidence-innovation"')[1].split("</section>")[0]
    assert "审计（虚构）.pdf" in innovation
    assert "第六条(三)" in innovation
    digital = text.split('id="evidence-digital"')[1].split("</section>")[0]
    assert "没有材料" in digital
    assert "审计（虚构）.pdf" not in digital
    assert "促进组织法人登记证书" in text.split('id="evidence-none"')[1].split("</section>")[0]


# ---- the same file twice


@pytest.mark.django_db
def test_the_same_file_in_two_entries_is_a_hint_to_the_applicant(mine, case, of):
    with w.at("2026-05-07", 10):
        add(case, of, "一.pdf", pdf(1))
        add(case, of, "二.pdf", pdf(1), "ev-digital-assessment")
        text = mine.get(f"/cases/{case.number}/dossier/innovation/").content.decode()
        assert "同一份文件也放在：数字化转型评估材料" in text
        evidence.remove(case, "ev-digital-assessment", Evidence.objects.get(case=case, name="二.pdf").sha256)
        assert (
            "同一份文件也放在" not in mine.get(f"/cases/{case.number}/dossier/innovation/").content.decode()
        )


def with_file(region: str, number: int, content: bytes, *, submit: bool = True) -> tuple[Case, Subject]:
    """An application that holds this file and otherwise files of its own."""
    of = w.cluster(region, number)
    case = draft(of)
    w.fill(case)
    Evidence.objects.filter(case=case).update(sha256=f"{number:064d}")
    add(case, of, f"同{number}.pdf", content)
    if submit:
        w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    return case, of


@pytest.mark.django_db
def test_a_file_in_two_applications_is_a_lead_for_who_may_see_both():
    with w.at("2026-05-07", 10):
        content = pdf(2, "shared")
        one, first = with_file(w.ZUNYI, 1, content)
        other, second = with_file(w.BIJIE, 2, content)
        province = office.sign_in("province", region="520000", post="handler")
        text = province.get(f"/cases/{one.number}/tab/evidence/").content.decode()
        assert "同一文件也出现在别的单位的申报里" in text
        assert other.number in text
        for client in (office.sign_in("city", region=w.ZUNYI), office.applicant(first)):
            told = client.get(f"/cases/{one.number}/tab/evidence/").content.decode()
            assert other.number not in told
            assert "同一文件也出现" not in told
        assert (
            one.number
            not in office.applicant(second).get(f"/cases/{other.number}/tab/evidence/").content.decode()
        )


@pytest.mark.django_db
def test_what_was_not_submitted_is_no_lead_and_ones_own_is_called_so():
    with w.at("2026-05-07", 10):
        content = pdf(2, "shared")
        one, of = with_file(w.ZUNYI, 1, content)
        unsent, _ = with_file(w.BIJIE, 2, content, submit=False)
        returned, second = with_file(w.GUIYANG, 3, pdf(1))
        w.do(returned, "return", w.city(w.GUIYANG), {"reasons": "改（虚构）"})
        add(returned, second, "未交.pdf", content)
        province = office.sign_in("province", region="520000", post="handler")
        text = province.get(f"/cases/{one.number}/tab/evidence/").content.decode()
        assert unsent.number not in text
        assert returned.number not in text
        w.do(one, "withdraw", w.applicant(of), {"reasons": "再报（虚构）"})
        again, _ = with_file(w.ZUNYI, 1, content)
        text = province.get(f"/cases/{again.number}/tab/evidence/").content.decode()
        assert "同一申报单位的另一件申报也有这份文件" in text
        assert one.number in text


@pytest.mark.django_db
def test_leads_cost_the_same_for_one_and_three(django_assert_num_queries):
    with w.at("2026-05-07", 10):
        content = pdf(2, "shared")
        one, _ = with_file(w.ZUNYI, 1, content)
        with_file(w.BIJIE, 2, content)
        province = office.sign_in("province", region="520000", post="handler")
        address = f"/cases/{one.number}/tab/evidence/"
        province.get(address)
        with django_assert_num_queries(LEADS):
            province.get(address)
        with_file(w.GUIYANG, 3, content)
        with_file(w.QIANXINAN, 4, content)
        with django_assert_num_queries(LEADS):
            assert province.get(address).content.decode().count("同一文件也出现在") == 3


# ---- versions keep what they name


@pytest.mark.django_db
def test_a_file_that_a_version_names_stays_when_the_working_copy_drops_it(mine, case, of):
    with w.at("2026-05-07", 10):
        w.fill(case)
        sha256 = add(case, of, "审计.pdf", pdf(1))
        w.do(case, "submit", w.applicant(of), w.SUBMISSION)
        w.do(case, "accept", w.city(w.ZUNYI))
        w.do(case, "return", w.city(w.ZUNYI), {"reasons": "改（虚构）"})
        evidence.remove(case, SLOT, sha256)
        city = office.sign_in("city", region=w.ZUNYI)
        for reader in (city, mine):
            for end in ("", "view/"):
                assert reader.get(f"/cases/{case.number}/evidence/{sha256}/{end}").getvalue() == pdf(1)
        assert "审计.pdf" in city.get(f"/cases/{case.number}/tab/evidence/").content.decode()
