"""The applicant's pages: applying, saving as one types, two people at once, submitting, reading."""

import json

import pytest
from django.test import Client
from tests import world as w
from tests.cases import office, samples

from cultivar.cases.dossier import FromRegister, save_field, save_section
from cultivar.cases.dossier_changes import changes_view, last_changes
from cultivar.cases.dossier_view import Shown
from cultivar.cases.models import Case, Dossier, Evidence, Subject
from cultivar.cases.opening import open_application
from cultivar.cases.programmes import pinned
from cultivar.ledger import clock
from cultivar.registry.models import Person

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.EVIDENCE_FOLDER = tmp_path / "evidence"


@pytest.fixture(autouse=True)
def _day():
    with w.at("2026-05-07", 10):
        yield


@pytest.fixture
def of() -> Subject:
    return w.cluster()


@pytest.fixture
def round_() -> Case:
    return w.announce()


@pytest.fixture
def case(round_: Case, of: Subject) -> Case:
    receipt = open_application(round_, "recognition", of, w.applicant(of), key=w.key())
    return Case.objects.get(number=receipt.case)


@pytest.fixture
def mine(of: Subject) -> Client:
    return office.applicant(of)


def at(case: Case, section: str = "innovation", field: str = "") -> str:
    return f"/cases/{case.number}/dossier/{section}/" + (f"{field}/" if field else "")


def data(case: Case) -> dict:
    return Dossier.objects.get(case=case).data


def type_in(client: Client, case: Case, field: str, value, base="", section: str = "innovation"):
    post = {f"v.{field}": value, f"b.{field}": json.dumps(base)}
    return client.post(at(case, section, field), post, headers=HTMX)


# ---- applying


def test_an_application_opens_for_a_cluster_of_ones_own(mine, round_, of):
    page = mine.get(f"/rounds/{round_.number}/apply/")
    assert "还剩 7 个工作日" in page.content.decode()
    assert "5月15日 18:00 截止" in page.content.decode()
    answer = mine.post(f"/rounds/{round_.number}/apply/", {"subject": of.code, "key": "once"})
    opened = Case.objects.get(procedure="recognition")
    assert answer["Location"] == at(opened, "basics")
    assert opened.subject == of
    again = mine.post(f"/rounds/{round_.number}/apply/", {"subject": of.code, "key": "once"})
    assert again["Location"] == answer["Location"]
    twice = mine.post(f"/rounds/{round_.number}/apply/", {"subject": of.code, "key": "twice"})
    assert twice.status_code == 422
    assert "已有一件同类事项" in twice.content.decode()


def test_a_new_cluster_is_named_and_gets_the_next_code(mine, round_, of):
    post = {"subject": "new", "name_zh": "新集群（虚构）", "field": "eco-food", "core_park": "", "key": "k"}
    post["field"] = pinned(round_.digest).fields[0].id
    mine.post(f"/rounds/{round_.number}/apply/", post)
    made = Subject.objects.get(name_zh="新集群（虚构）")
    assert (made.code, made.region_id, made.name_en) == ("C0002", w.ZUNYI, "新集群（虚构）")
    mine.post(f"/rounds/{round_.number}/apply/", post)
    assert Subject.objects.count() == 2


def test_an_incomplete_choice_is_refused_with_all_that_was_typed(mine, round_, of):
    post = {"subject": "new", "name_zh": of.name_zh, "name_en": "Kept words", "key": "k"}
    page = mine.post(f"/rounds/{round_.number}/apply/", post)
    text = page.content.decode()
    assert page.status_code == 422
    assert "你的单位已有同名的一个" in text
    assert "请选所属领域" in text
    assert "Kept words" in text
    assert Subject.objects.count() == 1


def test_after_the_window_nothing_opens(mine, round_, of):
    with w.at("2026-05-15", 18):
        page = mine.post(f"/rounds/{round_.number}/apply/", {"subject": of.code, "key": "k"})
        text = page.content.decode()
    assert page.status_code == 422
    assert "申报已于 2026年5月15日 18:00 截止" in text
    assert "第四条" in text
    assert not Case.objects.filter(procedure="recognition").exists()


def test_another_organisations_cluster_cannot_be_chosen(mine, round_):
    other = w.cluster(w.BIJIE, 2)
    page = mine.post(f"/rounds/{round_.number}/apply/", {"subject": other.code, "key": "k"})
    assert page.status_code == 422
    assert not Case.objects.filter(procedure="recognition").exists()


def test_only_promotion_organisations_apply(round_, of):
    address = f"/rounds/{round_.number}/apply/"
    page = office.sign_in("city", region=w.ZUNYI).get(address)
    assert page.status_code == 403
    assert "不是这个批次的申报主体" in page.content.decode()
    assert Client().get(address)["Location"].startswith("/sign-in/?next=/rounds/")
    assert office.applicant(of).get("/rounds/GZ-2026-99999/apply/").status_code == 404


# ---- autosave


def test_a_field_is_saved_as_it_is_typed(mine, case):
    answer = type_in(mine, case, "rd-expense", "1864000")
    text = answer.content.decode()
    assert data(case)["rd-expense"] == "1864000"
    assert "合 186.4 亿元" in text
    assert "已保存到服务器，10:00:00" in text
    assert 'id="completeness-panel"' in text
    assert "<input class=" not in text  # the control itself stays where it is
    assert '<input type="hidden" name="b.rd-expense" value="&quot;1864000&quot;">' in text


@pytest.mark.parametrize("name", ["subject-name", "field"])
def test_what_the_register_says_is_shown_and_cannot_be_changed(mine, case, of, name):
    before = data(case)
    page = mine.get(at(case, "basics")).content.decode()
    assert of.name_zh in page
    assert next(one.zh for one in pinned(case.digest).fields if one.id == of.field) in page
    assert f'name="v.{name}"' not in page
    assert mine.post(at(case, "basics", name), {f"v.{name}": "eco-food"}, headers=HTMX).status_code == 404
    mine.post(at(case, "basics"), {f"v.{name}": "eco-food", "v.contact-name": "某某（虚构）"})
    assert data(case) == {**before, "contact-name": "某某（虚构）"}
    with pytest.raises(FromRegister):
        save_field(case, name, "eco-food")
    with pytest.raises(FromRegister):
        save_section(case, {name: "eco-food"}, {})


def test_what_is_wrong_is_saved_and_said(mine, case):
    text = type_in(mine, case, "nc-rate", "612").content.decode()
    assert data(case)["nc-rate"] == "612"
    assert "请填 0 到 100 之间的数" in text
    assert "1 处有误" in text
    english = mine.post(
        at(case, "innovation", "nc-rate"),
        {"v.nc-rate": "613", "b.nc-rate": '"612"'},
        headers={**HTMX, "Accept-Language": "en"},
    )
    assert "must lie between 0 and 100" in english.content.decode()


def test_two_people_in_one_field_lose_nothing(mine, case, of):
    colleague = office.applicant(of, login="colleague")
    type_in(colleague, case, "standards", "14")
    answer = type_in(mine, case, "standards", "15", base="")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "别人刚把它改成了“14 项”。你输入的内容还在框里" in text
    assert 'data-theirs="&quot;14&quot;"' in text
    assert data(case)["standards"] == "14"
    assert type_in(mine, case, "standards", "15", base="14").status_code == 200
    assert data(case)["standards"] == "15"


def test_a_lost_session_is_said_and_changes_nothing(mine, case):
    mine.logout()
    answer = type_in(mine, case, "standards", "15")
    assert answer.status_code == 401
    assert "登录已失效，内容留在这一页" in answer.content.decode()
    assert "standards" not in data(case)


def test_partner_regions_are_those_of_the_province(mine, case):
    post = {"v.partners": [w.BIJIE, w.ZUNYI, "140100", "' or 1=1"], "b.partners": '""'}
    mine.post(at(case, "basics", "partners"), post, headers=HTMX)
    assert data(case)["partners"] == [w.BIJIE]
    mine.post(at(case, "basics", "partners"), {"b.partners": json.dumps([w.BIJIE])}, headers=HTMX)
    assert data(case)["partners"] == []


def test_unknown_fields_and_sections_do_not_exist(mine, case):
    assert type_in(mine, case, "nothing", "1").status_code == 404
    assert type_in(mine, case, "revenue", "1").status_code == 404  # of another section
    assert mine.get(at(case, "nothing")).status_code == 404
    assert mine.post(at(case, "innovation", "ev-rd-audit"), {"v.ev-rd-audit": "x"}).status_code == 404
    assert mine.post(at(case, "innovation", "standards") + "files/").status_code == 404
    assert mine.get(at(case, "innovation", "standards")).status_code == 405


# ---- plain posts


def test_without_scripts_a_section_is_saved_and_the_next_one_opens(mine, case):
    answer = mine.post(at(case), {"v.standards": "14", "b.standards": '""', "go": "next"})
    assert answer["Location"] == at(case, "green")
    assert data(case)["standards"] == "14"
    last = mine.post(at(case, "record"), {"v.major-events": "0", "b.major-events": '""', "go": "next"})
    assert last["Location"] == f"/cases/{case.number}/dossier/"


def test_a_bad_section_comes_back_whole_and_is_saved_as_typed(mine, case):
    long = "字" * 803
    post = {
        "v.nc-rate": "612",
        "b.nc-rate": '""',
        "v.innovation-text": long,
        "b.innovation-text": '""',
        "go": "next",
    }
    page = mine.post(at(case), post)
    text = page.content.decode()
    assert page.status_code == 422
    assert "有 2 处要改" in text
    assert "有 803 字，最多 800 字，请删去 3 字" in text
    assert '<a href="#id_nc-rate">' in text
    assert long in text
    assert data(case)["nc-rate"] == "612"
    assert data(case)["innovation-text"] == long


def test_a_plain_post_leaves_alone_what_was_not_touched(mine, case):
    save_field(case, "standards", "14")  # by a colleague, after this page was shown
    post = {
        "v.standards": "",
        "b.standards": '""',
        "v.digital-tools": "60",
        "b.digital-tools": '""',
        "go": "next",
    }
    assert mine.post(at(case), post).status_code == 302
    assert data(case)["standards"] == "14"
    assert data(case)["digital-tools"] == "60"


def test_a_plain_post_in_conflict_keeps_both(mine, case):
    save_field(case, "standards", "14")
    page = mine.post(at(case), {"v.standards": "15", "b.standards": '""', "go": "next"})
    text = page.content.decode()
    assert page.status_code == 422
    assert "改成了“14 项”" in text
    assert 'name="v.standards" value="15"' in text
    assert data(case)["standards"] == "14"
    once_more = mine.post(at(case), {"v.standards": "15", "b.standards": '"14"', "go": "next"})
    assert once_more.status_code == 302
    assert data(case)["standards"] == "15"


def test_characters_that_no_database_keeps_are_dropped(mine, case):
    type_in(mine, case, "digital-text", "一\0二\r\n三")
    assert data(case)["digital-text"] == "一二\n三"


def test_markup_stays_text(mine, case):
    type_in(mine, case, "innovation-text", "</textarea><script>alert(1)</script>")
    assert "<script>alert" not in mine.get(at(case)).content.decode()
    assert "<script>alert" not in mine.get(f"/cases/{case.number}/dossier/").content.decode()


# ---- files on the page


def test_files_are_taken_with_and_without_scripts(mine, case):
    plain = mine.post(
        at(case), {"file.ev-rd-audit": samples.upload("审计.pdf", samples.PDF), "upload": "ev-rd-audit"}
    )
    assert plain["Location"] == at(case) + "#id_ev-rd-audit-field"
    page = mine.post(
        at(case, "innovation", "ev-rd-audit") + "files/",
        {
            "file.ev-rd-audit": [
                samples.upload("照片.png", samples.picture()),
                samples.upload("假.pdf", samples.picture()),
            ]
        },
        headers=HTMX,
    )
    text = page.content.decode()
    assert page.status_code == 422
    assert "“假.pdf”名为 PDF，内容是 PNG 图片" in text
    assert "照片.png" in text
    kept = Evidence.objects.filter(case=case).order_by("id")
    assert [row.name for row in kept] == ["审计.pdf", "照片.png"]
    mine.post(at(case), {"remove": f"ev-rd-audit:{kept[0].sha256}"})
    mine.post(
        at(case, "innovation", "ev-rd-audit") + "files/",
        {"remove": f"ev-rd-audit:{kept[1].sha256}"},
        headers=HTMX,
    )
    assert Evidence.objects.filter(case=case).count() == 0


def test_a_huge_upload_is_cut_off_in_words(mine, case, settings):
    settings.EVIDENCE_MAX_BYTES = 1024 * 1024
    huge = samples.upload("巨大.pdf", samples.PDF + b"\0" * 3 * 1024 * 1024)
    page = mine.post(
        at(case), {"file.ev-rd-audit": huge, "v.standards": "14", "b.standards": '""', "go": "next"}
    )
    assert page.status_code == 422
    assert "“巨大.pdf”超过 1 MB，没有收" in page.content.decode()
    assert data(case)["standards"] == "14"
    assert not settings.EVIDENCE_FOLDER.exists()


def test_a_forged_post_is_refused(of, case, mine):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = mine.cookies
    assert strict.post(at(case), {"v.standards": "14", "b.standards": '""'}).status_code == 403
    assert (
        strict.post(at(case, "innovation", "ev-rd-audit") + "files/", {"remove": "ev-rd-audit:x"}).status_code
        == 403
    )
    assert "standards" not in data(case)


# ---- whose it is, and when it is closed


def test_another_organisations_dossier_does_not_exist(case):
    stranger = office.applicant(w.cluster(w.BIJIE, 2))
    for address in (at(case), f"/cases/{case.number}/dossier/"):
        assert stranger.get(address).status_code == 404
    assert type_in(stranger, case, "standards", "1").status_code == 404
    assert stranger.post(at(case), {"v.standards": "1"}).status_code == 404
    assert "standards" not in data(case)


def test_a_submitted_dossier_cannot_be_changed(mine, case, of):
    w.fill(case)
    w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    before = data(case)
    answer = type_in(mine, case, "standards", "99", base="1")
    assert answer.status_code == 409
    assert "申报书已经提交，不能再改" in answer.content.decode()
    page = mine.post(at(case), {"v.standards": "99", "b.standards": '"1"', "go": "next"})
    assert page.status_code == 409
    assert 'value="99"' in page.content.decode()
    upload = {"file.ev-rd-audit": samples.upload("晚.pdf", samples.PDF)}
    late = mine.post(at(case, "innovation", "ev-rd-audit") + "files/", upload, headers=HTMX)
    assert "申报书已经提交，不能再改" in late.content.decode()
    assert data(case) == before
    assert mine.get(at(case))["Location"] == f"/cases/{case.number}/dossier/"
    city = office.sign_in("city", region=w.ZUNYI, post="handler")
    assert type_in(city, case, "standards", "99", base="1").status_code == 404


def test_submitting_says_what_is_missing_or_leads_on(mine, case):
    text = mine.get(at(case)).content.decode()
    assert "不能提交：0 处有误" in text
    assert "去补第一项" in text
    assert "第八条" in text
    assert f"{at(case, 'basics')}#id_organisation-profile-field" in text
    w.fill(case)
    text = mine.get(at(case)).content.decode()
    assert "去补第一项" not in text
    assert f"/cases/{case.number}/" in text
    assert "提交后交所在市（州）主管部门受理" in text


# ---- reading


def test_the_contact_is_read_by_few(mine, case, of):
    w.fill(case)
    save_field(case, "contact-phone", "13800000000")
    w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    address = f"/cases/{case.number}/dossier/"
    readers = {
        "applicant": mine,
        "city": office.sign_in("city", region=w.ZUNYI),
        "province": office.sign_in("province", region="520000"),
        "auditor": office.sign_in("auditor"),
    }
    for name, client in readers.items():
        assert "13800000000" in client.get(address).content.decode(), name
    fresh = Case.objects.get(number=case.number)
    shown = Shown(data(case), [], None, None)
    other = Shown({**data(case), "contact-phone": "13900000000", "standards": "2"}, [], None, None)
    programme = pinned(case.digest)
    (line,) = changes_view(fresh, programme, shown, other, w.expert("e1"))
    assert (line.label.en, line.before.en, line.after.en) == (
        "Standards taken part in",
        "1 standards",
        "2 standards",
    )


def test_an_expert_reads_no_contact(case, of):
    w.fill(case)
    save_field(case, "contact-phone", "13800000000")
    w.to_city_review(case, of)
    w.to_recommended(case, of)
    reader = office.sign_in("expert", login="judge")
    key = Person.objects.get(login="judge").key
    w.do(case, "admit", w.province("handler"))
    w.do(case, "assign", w.province("handler"), {"experts": [key]})
    text = reader.get(f"/cases/{case.number}/dossier/").content.decode()
    assert "13800000000" not in text
    assert "只有申报单位、牵头市（州）和省厅可见" in text
    assert "测试园区（虚构）" in text or "说明（虚构）" in text


def test_offices_read_the_version_that_was_submitted(mine, case, of):
    w.fill(case)
    w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    w.do(case, "accept", w.city(w.ZUNYI))
    w.do(case, "return", w.city(w.ZUNYI), {"reasons": "改一处（虚构）"})
    type_in(mine, case, "standards", "7771777", base="1")
    address = f"/cases/{case.number}/dossier/"
    city = office.sign_in("city", region=w.ZUNYI)
    assert "7\u2009771\u2009777" in mine.get(address).content.decode()
    assert "7\u2009771\u2009777" not in city.get(address).content.decode()
    with clock.at(clock.now().replace(hour=11)):
        w.do(case, "resubmit", w.applicant(of), {**w.SUBMISSION, "corrections": "改了"})
    text = city.get(address).content.decode()
    assert "与上次提交相比" in text
    assert "7\u2009771\u2009777 项" in text
    lines = last_changes(Case.objects.get(number=case.number), pinned(case.digest), w.city(w.ZUNYI))
    assert lines is not None
    assert [line.label.en for line in lines] == ["Standards taken part in"]


# ---- how much it costs


@pytest.mark.parametrize("section", ["basics", "innovation"])
def test_a_section_costs_a_fixed_number_of_queries(mine, case, section, django_assert_num_queries):
    w.fill(case)
    mine.get(at(case, section))
    with django_assert_num_queries({"basics": 15, "innovation": 13}[section]):
        assert mine.get(at(case, section)).status_code == 200
