"""The offices' pages: what they show, to whom, with how many queries."""

import pytest
from tests import world as w

from cultivar.cases.models import Case
from cultivar.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    of = w.cluster()
    with w.at("2026-04-16"):
        made = w.application(w.announce(), of, [w.BIJIE])
        w.to_city_review(made, of)
    return made


def get(client, who, url, **data):
    with w.at("2026-04-17"):
        return w.signed_in(client, who).get(url, data)


def post(client, who, url, data):
    with w.at("2026-04-17"):
        return w.signed_in(client, who).post(url, data)


def test_the_desk_of_the_city_says_what_waits_by_which_article(client, case):
    page = get(client, w.city(w.ZUNYI), "/desk/").content.decode()
    assert "登记初审意见" in page
    assert "第九条" in page
    assert "还剩" in page


def test_a_case_shows_exactly_what_may_be_done_and_why_not_the_rest(client, case):
    page = get(client, w.city(w.ZUNYI), f"/cases/{case.number}/").content.decode()
    assert f'href="/cases/{case.number}/acts/visit/"' in page
    assert f'href="/cases/{case.number}/acts/recommend/"' not in page
    assert "还缺逐项初审意见。" in page


def test_another_citys_case_is_not_found(client, case):
    stranger = w.city(w.GUIYANG)
    for url in ("", "tab/dossier/", "acts/accept/", "record/3/"):
        assert get(client, stranger, f"/cases/{case.number}/{url}").status_code == 404
    assert post(client, stranger, f"/cases/{case.number}/acts/accept/", {}).status_code == 404


def test_only_an_application_has_a_dossier_to_show(client, case):
    city, round_ = w.city(w.ZUNYI), case.round_id
    for tab in ("dossier", "roster", "evidence", "conditions", "changes"):
        assert get(client, city, f"/cases/{case.number}/tab/{tab}/").status_code == 200
        assert get(client, w.province("handler"), f"/cases/{round_}/tab/{tab}/").status_code == 404
    assert get(client, w.province("handler"), f"/cases/{round_}/").status_code == 200


def test_the_words_of_the_desk_and_of_a_case_within_a_case(client, case):
    english = {"Accept-Language": "en"}
    Case.objects.filter(number=case.number).update(parent=case.round_id)
    with w.at("2026-04-17"):
        desk = w.signed_in(client, w.city(w.ZUNYI)).get("/desk/", headers=english).content.decode()
        page = client.get(f"/cases/{case.number}/", headers=english).content.decode()
    assert "Not due to be done yet" in desk
    assert "Belongs to case" in page


def test_a_draft_is_seen_by_its_applicant_alone(client):
    of = w.cluster()
    with w.at("2026-04-16"):
        draft = w.application(w.announce(), of)
    assert get(client, w.applicant(of), f"/cases/{draft.number}/").status_code == 200
    assert get(client, w.city(w.ZUNYI), f"/cases/{draft.number}/").status_code == 404
    assert get(client, w.province("handler"), f"/cases/{draft.number}/").status_code == 404


def test_an_act_is_done_from_its_form_and_a_second_click_does_nothing(client, case):
    url = f"/cases/{case.number}/acts/return/"
    entries = Entry.objects.count()
    data = {"key": "abc", "step": "do", "reasons": "补报表"}
    assert post(client, w.city(w.ZUNYI), url, data).status_code == 302
    assert Entry.objects.count() == entries + 1
    assert post(client, w.city(w.ZUNYI), url, data).status_code in (302, 404)
    assert Entry.objects.count() == entries + 1
    assert Case.objects.get(number=case.number).stage == "returned"


def test_a_second_officer_gets_a_sentence_and_keeps_the_text(client, case):
    w_return = {"key": "one", "step": "do", "reasons": "甲的意见"}
    url = f"/cases/{case.number}/acts/return/"
    assert post(client, w.city(w.ZUNYI), url, w_return).status_code == 302
    answer = post(
        client, w.city(w.ZUNYI, "reviewer"), url, {"key": "two", "step": "do", "reasons": "乙的意见"}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "乙的意见" in page
    assert "现在是“退回补正”" in page


def test_too_long_reasons_come_back_with_the_sentence(client, case):
    with w.at("2026-04-16"):
        w.do(case, "review", w.city(w.ZUNYI), {"opinions": w.OPINIONS, "conclusion": "符合"})
        w.do(case, "visit", w.city(w.ZUNYI), w.VISIT)
        w.do(case, "concur", w.city(w.BIJIE), {"opinion": "同意"})
    url = f"/cases/{case.number}/acts/recommend/"
    answer = post(
        client, w.city(w.ZUNYI), url, {"key": "k", "step": "propose", "letter": "1", "reasons": "字" * 801}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "有 801 字，最多 800 字，请删去 1 字" in page
    assert "字" * 801 in page


def test_four_eyes_on_the_page(client, case):
    with w.at("2026-04-16"):
        w.do(case, "review", w.city(w.ZUNYI), {"opinions": w.OPINIONS, "conclusion": "符合"})
        w.do(case, "visit", w.city(w.ZUNYI), w.VISIT)
        w.do(case, "concur", w.city(w.BIJIE), {"opinion": "同意"})
    url = f"/cases/{case.number}/acts/recommend/"
    post(client, w.city(w.ZUNYI), url, {"key": "k", "step": "propose", "letter": "1", "reasons": "好"})
    own = get(client, w.city(w.ZUNYI), url).content.decode()
    assert "须由另一人审签" in own
    other = get(client, w.city(w.ZUNYI, "reviewer"), url).content.decode()
    assert "提请的内容" in other
    assert post(client, w.city(w.ZUNYI, "reviewer"), url, {"key": "k2", "step": "confirm"}).status_code == 302
    assert Case.objects.get(number=case.number).stage == "recommended"


def test_an_expert_sees_the_case_but_not_the_others_sheets_nor_who_they_are(client, case):
    with w.at("2026-04-20"):
        of = case.subject
        w.to_recommended(case, of, [w.BIJIE])
        w.do(case, "admit", w.province("handler"))
        w.do(case, "assign", w.province("handler"), {"experts": ["e1", "e2"]})
        w.do(
            case,
            "schedule-defence",
            w.province("handler"),
            {"time": "2026-05-20T09:00+08:00", "place": "贵阳"},
        )
        w.do(case, "record-defence", w.province("handler"), w.defence())
        w.do(
            case,
            "score",
            w.expert("e1"),
            {"scores": {"strength": "59", "innovation": "33"}, "comment": "秘密评语"},
        )
    page = get(client, w.expert("e2"), f"/cases/{case.number}/")
    assert page.status_code == 200
    assert "秘密评语" not in page.content.decode()
    seq = Entry.objects.get(case=case.number, kind="score").seq
    assert get(client, w.expert("e2"), f"/cases/{case.number}/record/{seq}/").status_code == 404
    assert get(client, w.expert("e1"), f"/cases/{case.number}/record/{seq}/").status_code == 200
    assert get(client, w.expert("e3"), f"/cases/{case.number}/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow_with_the_list(client, number, django_assert_num_queries):
    with w.at("2026-04-16"):
        round_ = w.announce()
        for n in range(number):
            of = w.cluster(number=n + 1)
            w.to_city_review(w.application(round_, of), of)
    who = w.signed_in(client, w.city(w.ZUNYI))
    with w.at("2026-04-17"):
        who.get("/cases/")
        with django_assert_num_queries(8):
            who.get("/cases/")
        with django_assert_num_queries(11):
            who.get("/desk/")
        number = Case.objects.filter(procedure="recognition").first().number
        with django_assert_num_queries(14):  # one of them for the badge of the receipt
            who.get(f"/cases/{number}/")


@pytest.fixture
def two_ready(client):
    """Two cases of Zunyi that wait for a recommendation."""
    with w.at("2026-04-16"):
        round_ = w.announce()
        cases = []
        for number in (1, 2):
            of = w.cluster(number=number)
            made = w.application(round_, of)
            w.to_city_review(made, of)
            w.do(made, "review", w.city(w.ZUNYI), {"opinions": w.OPINIONS, "conclusion": "符合"})
            w.do(made, "visit", w.city(w.ZUNYI), w.VISIT)
            cases.append(made)
    return cases


def letter(cases, **reasons):
    numbers = [case.number for case in cases]
    each = {f"{number}-reasons": reasons.get(f"r{n}", "理由（虚构）") for n, number in enumerate(numbers)}
    return {"key": "letter", "letter": "遵工信函〔2026〕3号", "cases": numbers, **each}


def test_one_letter_recommends_several_clusters(client, two_ready):
    desk = get(client, w.city(w.ZUNYI), "/desk/").content.decode()
    assert "一并办理：行文推荐（2 件）" in desk
    assert post(client, w.city(w.ZUNYI), "/desk/together/recommend/", letter(two_ready)).status_code == 302
    agreed = {"key": "agree", "cases": [case.number for case in two_ready]}
    assert post(client, w.city(w.ZUNYI, "reviewer"), "/desk/together/recommend/", agreed).status_code == 302
    assert {case.stage for case in Case.objects.filter(about="application")} == {"recommended"}


def test_a_letter_is_done_whole_or_not_at_all(client, two_ready):
    entries = Entry.objects.count()
    answer = post(client, w.city(w.ZUNYI), "/desk/together/recommend/", letter(two_ready, r1="字" * 801))
    assert answer.status_code == 422
    assert "请删去 1 字" in answer.content.decode()
    assert Entry.objects.count() == entries


def test_a_printed_case_finds_its_page_again(client, case):
    assert (
        "<path"
        in get(client, w.city(w.ZUNYI), f"/cases/{case.number}/").content.decode().split('class="cv-qr"')[1]
    )


def test_an_act_done_late_says_so(client, case):
    with w.at("2026-05-08"):
        w.do(case, "review", w.city(w.ZUNYI), {"opinions": w.OPINIONS, "conclusion": "符合"})
        page = w.signed_in(client, w.city(w.ZUNYI)).get(f"/cases/{case.number}/").content.decode()
    assert "逾期 3 个工作日办理" in page
