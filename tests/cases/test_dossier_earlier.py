"""Earlier answers are offered where the same is asked again: one's own, as last submitted; nothing is filled in."""

import json
import re

import pytest
from django.test import Client
from tests import world as w
from tests.cases import office, samples
from tests.cases.test_rosters import known
from tests.registry.stated import AT, code, firm
from tests.registry.stated import applicant as applicant_of

from cultivar.cases import erasing, evidence
from cultivar.cases.dossier import save_field
from cultivar.cases.dossier_earlier import offers
from cultivar.cases.dossier_forms import Setting, partner_regions
from cultivar.cases.membership import enrol
from cultivar.cases.models import Case, Dossier, DossierVersion, Evidence, Subject
from cultivar.cases.opening import open_application
from cultivar.cases.programmes import pinned
from cultivar.registry.statements import state

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.EVIDENCE_FOLDER = tmp_path / "evidence"


@pytest.fixture
def of() -> Subject:
    return w.cluster()


def submitted(of: Subject, day: str, **values: object) -> Case:
    """An application of a round of its own, submitted and withdrawn."""
    with w.at(day, 10):
        case = w.application(w.announce(), of)
        for name, value in values.items():
            save_field(case, name.replace("_", "-"), value)
        (made,) = set(Evidence.objects.filter(case=case).values_list("sha256", flat=True))
        evidence.path_of(made).parent.mkdir(parents=True, exist_ok=True)
        evidence.path_of(made).write_bytes(b"x")
        Evidence.objects.filter(case=case, slot="ev-rd-audit").delete()
        evidence.store(case, "ev-rd-audit", samples.upload("审计.pdf", samples.PDF), w.applicant(of))
        w.do(case, "submit", w.applicant(of), w.SUBMISSION)
        w.do(case, "withdraw", w.applicant(of), {"reasons": "再报（虚构）"})
    return case


@pytest.fixture
def before(of: Subject) -> Case:
    return submitted(
        of, "2026-04-16", standards="14", innovation_text="做法（虚构）", contact_phone="13800000000"
    )


@pytest.fixture
def case(of: Subject, before: Case) -> Case:
    with w.at("2026-05-07", 9):
        receipt = open_application(w.announce(), "recognition", of, w.applicant(of), key=w.key())
        return Case.objects.get(number=receipt.case)


@pytest.fixture(autouse=True)
def _day():
    with w.at("2026-05-07", 10):
        yield


@pytest.fixture
def mine(of: Subject) -> Client:
    return office.applicant(of)


def at(case: Case, section: str = "innovation") -> str:
    return f"/cases/{case.number}/dossier/{section}/"


def data(case: Case) -> dict:
    return Dossier.objects.get(case=case).data


def offered(case: Case, section: str = "innovation"):
    programme = pinned(case.digest)
    (found,) = [one for one in programme.form if one.id == section]
    return offers(Setting(case, programme, found, partner_regions(case, programme)), data(case), ())


def test_what_was_answered_is_offered_with_its_source_and_nothing_is_filled_in(mine, case, before):
    page = mine.get(at(case)).content.decode()
    assert f"2026年申报 {before.number}：</b>" not in page
    assert f"年申报 {before.number}：<b>14 项</b>" in page
    assert 'name="v.standards" value=""' in page
    assert "做法（虚构）" in page
    assert "standards" not in data(case)
    english = mine.get(at(case), headers={"Accept-Language": "en"}).content.decode()
    assert f"application {before.number} of 2026: <b>14 standards</b>" in english


def test_one_answer_is_taken_and_the_rest_of_the_page_is_saved_with_it(mine, case):
    post = {
        "take": "standards",
        "v.standards": "",
        "b.standards": '""',
        "v.digital-tools": "60",
        "b.digital-tools": '""',
    }
    answer = mine.post(at(case), post)
    assert answer["Location"] == at(case) + "#id_standards-field"
    assert (data(case)["standards"], data(case)["digital-tools"]) == ("14", "60")
    assert "innovation-text" not in data(case)
    page = mine.get(at(case)).content.decode()
    assert 'name="take" value="standards"' not in page
    assert "已采用：参与制定标准。" in page


def test_all_of_a_section_leaves_alone_what_stands_there(mine, case):
    post = {
        "take": "*",
        "v.standards": "15",
        "b.standards": '""',
        "v.innovation-text": "",
        "b.innovation-text": '""',
    }
    before = data(case).keys()
    assert mine.post(at(case), post).status_code == 302
    assert data(case)["standards"] == "15"
    assert data(case)["innovation-text"] == "做法（虚构）"
    (file,) = Evidence.objects.filter(case=case, slot="ev-rd-audit")
    assert file.name == "审计.pdf"
    said = re.search(r"已采用 (\d+) 项，提交前逐项核对。", mine.get(at(case)).content.decode())
    assert said
    files = {one.slot for one in Evidence.objects.filter(case=case)}
    assert int(said[1]) == len(data(case).keys() - before - {"standards"}) + len(files)


def test_all_of_a_section_adds_no_file_where_one_stands(mine, case, of):
    evidence.store(case, "ev-rd-audit", samples.upload("今年.pdf", samples.PDF + b"%"), w.applicant(of))
    assert mine.post(at(case), {"take": "*"}).status_code == 302
    (file,) = Evidence.objects.filter(case=case, slot="ev-rd-audit")
    assert file.name == "今年.pdf"


def test_taking_an_answer_is_a_save_with_its_conflicts(mine, case):
    save_field(case, "standards", "21")  # by a colleague, after this page was shown
    page = mine.post(at(case), {"take": "standards", "v.standards": "", "b.standards": '""'})
    assert page.status_code == 422
    assert "改成了“21 项”" in page.content.decode()
    assert data(case)["standards"] == "21"


def test_a_file_is_taken_with_the_same_bytes_and_no_upload(mine, case, before):
    (old,) = Evidence.objects.filter(case=before, slot="ev-rd-audit")
    page = mine.get(at(case)).content.decode()
    assert f'name="take" value="ev-rd-audit:{old.sha256}"' in page
    answer = mine.post(at(case), {"take": f"ev-rd-audit:{old.sha256}"})
    assert answer["Location"] == at(case) + "#id_ev-rd-audit-field"
    (new,) = Evidence.objects.filter(case=case)
    assert (new.slot, new.sha256, new.name, new.kind, new.size) == (
        old.slot,
        old.sha256,
        old.name,
        old.kind,
        old.size,
    )
    assert mine.get(f"/cases/{case.number}/evidence/{new.sha256}/").getvalue() == samples.PDF


def test_a_file_whose_bytes_are_gone_is_refused_in_words(mine, case, before):
    (old,) = Evidence.objects.filter(case=before, slot="ev-rd-audit")
    evidence.path_of(old.sha256).unlink()
    page = mine.post(at(case), {"take": f"ev-rd-audit:{old.sha256}"})
    assert page.status_code == 422
    assert "“审计.pdf”的文件不在库里，没有采用" in page.content.decode()
    assert not Evidence.objects.filter(case=case).exists()


def test_only_what_was_offered_can_be_taken(mine, case):
    for take in (
        "nothing",
        "standards:x",
        "ev-rd-audit:" + "0" * 64,
        "ev-rd-audit",
        ":",
        "subject-name",
        "key-projects",
    ):
        assert mine.post(at(case), {"take": take}).status_code == 302
    assert not Evidence.objects.filter(case=case).exists()
    assert "standards" not in data(case)


def test_personal_answers_are_offered_to_the_applicant_unless_erased(mine, case, before):
    page = mine.get(at(case, "basics")).content.decode()
    assert "13800000000" in page
    version = DossierVersion.objects.get(case=before)
    content = {
        "entry": version.seq,
        "fields": ["dossier.contact-phone"],
        "law": "consent",
        "reason": "撤回（虚构）",
    }
    erasing.erase(before.number, w.province("handler"), content, key=w.key(), step="propose")
    erasing.erase(before.number, w.province("reviewer"), key=w.key(), step="confirm")
    assert "13800000000" not in mine.get(at(case, "basics")).content.decode()


def test_another_organisations_answers_are_never_offered(before):
    other = w.cluster(w.BIJIE, 2)
    receipt = open_application(w.announce(), "recognition", other, w.applicant(other), key=w.key())
    stranger = Case.objects.get(number=receipt.case)
    assert not offered(stranger).answers
    assert not offered(stranger).files
    assert before.number not in office.applicant(other).get(at(stranger)).content.decode()


def test_a_draft_that_was_never_submitted_is_not_offered(case, of, before):
    with w.at("2026-05-06", 10):
        receipt = open_application(
            w.announce(), "recognition", w.cluster(w.ZUNYI, 1), w.applicant(of), key=w.key()
        )
        save_field(Case.objects.get(number=receipt.case), "standards", "99")
    assert offered(case).answers["standards"].value == "14"


def test_the_latest_submission_counts_and_only_for_the_same_type_and_unit(case, of):
    submitted(of, "2026-05-05", standards="20")
    assert offered(case).answers["standards"].value == "20"
    programme = pinned(case.digest)
    (section,) = [one for one in programme.form if one.id == "innovation"]
    for changes in ({"type": "decimal"}, {"unit": None}, {"least": "30"}, {"personal": True}):
        fields = [
            spec.model_copy(update=changes if spec.id == "standards" else {}) for spec in section.fields
        ]
        other = section.model_copy(update={"fields": fields})
        found = offers(Setting(case, programme, other), {}, ())
        assert "standards" not in found.answers, changes
        assert "innovation-text" in found.answers


def test_a_table_is_offered_whole_and_with_the_same_columns_only(case, mine):
    found = offered(case, "strength")
    assert found.answers["projects"].value == w.rows(pinned(case.digest).form_fields["projects"])
    assert "key-projects" not in found.answers
    mine.post(at(case, "strength"), {"take": "projects", "b.projects": json.dumps("")})
    assert data(case)["projects"] == found.answers["projects"].value


def test_it_costs_the_same_for_one_and_three_applications(mine, case, of, django_assert_num_queries):
    for section, queries in (("innovation", 15), ("basics", 16)):
        mine.get(at(case, section))
        with django_assert_num_queries(queries):
            mine.get(at(case, section))
    for day in ("2026-05-04", "2026-05-05"):
        submitted(of, day, standards="20")
    for section, queries in (("innovation", 15), ("basics", 16)):
        with django_assert_num_queries(queries):
            mine.get(at(case, section))


def test_a_submitted_dossier_takes_nothing_over(mine, case, of):
    w.fill(case)
    save_field(case, "standards", "")
    save_field(case, "standards", "3")
    w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    assert (
        mine.post(at(case), {"take": "standards", "v.standards": "", "b.standards": '""'}).status_code == 409
    )
    assert data(case)["standards"] == "3"


def test_what_the_roster_gives_is_offered_before_what_an_earlier_year_said(
    of: Subject, case: Case, mine: Client
):
    known(of)  # two enterprises with 100 and 200 万元, 3 % of it for R&D
    page = mine.get(f"/cases/{case.number}/dossier/strength/").content.decode()
    assert "来自企业名单：<b>300 万元</b>" in page
    page = mine.get(f"/cases/{case.number}/dossier/innovation/").content.decode()
    assert "来自企业名单：<b>3 %</b>" in page or "来自企业名单：<b>3%</b>" in page
    mine.post(f"/cases/{case.number}/dossier/strength/", {"take": "revenue"})
    assert Dossier.objects.get(case=case).data["revenue"] == "300"


def test_a_roster_that_lacks_a_figure_offers_none(of: Subject, case: Case, mine: Client):
    known(of)
    state(applicant_of(of.organisation_id), [firm(9, {2025: {"employment": 1}})], at=AT)
    enrol(of, [code(9)])
    page = mine.get(f"/cases/{case.number}/dossier/strength/").content.decode()
    assert "来自企业名单" not in page
