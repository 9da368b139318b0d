"""Which letters there are, who sees them, and what they hold."""

import io
from datetime import date

import pytest
from docx import Document

from cultivar.cases.models import Case
from cultivar.cases.replay import rebuild, replay
from cultivar.papers import letters
from cultivar.papers.letters import deals_in_letters, find, letters_of
from cultivar.papers.models import Recommendation
from cultivar.registry.actors import PUBLIC
from cultivar.registry.models import Holding, Office, Person
from tests import world as w

pytestmark = pytest.mark.django_db

NUMBER = "遵工信函〔2026〕3号"


def ready(region: str, number: int, partners: list[str] | None = None) -> Case:
    """A case that its city can recommend."""
    of = w.cluster(region, number)
    case = w.application(Case.objects.get(procedure="round"), of, partners)
    w.to_city_review(case, of)
    lead = w.city(region)
    w.do(case, "review", lead, {"opinions": w.OPINIONS, "conclusion": "符合"})
    w.do(case, "visit", lead, w.VISIT)
    for partner in partners or []:
        w.do(case, "concur", w.city(partner), {"opinion": "同意"})
    return case


def recommend(case: Case, region: str, reasons: str, number: str = NUMBER, *, agreed: bool = True) -> None:
    lead = w.city(region)
    w.do(case, "recommend", lead, {"letter": number, "reasons": reasons}, step="propose")
    if agreed:
        w.do(case, "recommend", w.city(region, "reviewer"), step="confirm")


@pytest.fixture
def spring():
    with w.at("2026-04-16"):
        w.announce()
        yield


def test_recommendations_under_one_number_make_one_letter(spring):
    for position, reasons in ((1, "第一。"), (2, "第二。")):
        recommend(ready(w.ZUNYI, position), w.ZUNYI, reasons)
    ((letter,), _) = letters_of(w.city(w.ZUNYI))
    assert (letter.number, letter.draft, letter.on) == (NUMBER, False, date(2026, 4, 16))
    assert [entry.reasons for entry in letter.entries] == ["第一。", "第二。"]
    assert letter.office.zh == "遵义市工业和信息化主管部门"


def test_a_proposal_is_a_draft_until_the_second_person_agrees_and_gone_when_declined(spring):
    case = ready(w.ZUNYI, 1)
    recommend(case, w.ZUNYI, "待定。", agreed=False)
    ((letter,), _) = letters_of(w.city(w.ZUNYI))
    assert letter.draft
    w.do(case, "recommend", w.city(w.ZUNYI, "reviewer"), {"reasons": "再改"}, step="decline")
    assert letters_of(w.city(w.ZUNYI)) == ([], 0)
    recommend(case, w.ZUNYI, "定稿。")
    ((letter,), _) = letters_of(w.city(w.ZUNYI))
    assert (letter.draft, letter.entries[0].reasons) == (False, "定稿。")


def test_a_letter_is_seen_by_its_city_and_the_province_and_by_nobody_else(spring):
    recommend(ready(w.ZUNYI, 1, [w.BIJIE]), w.ZUNYI, "联合。")
    recommend(ready(w.ZUNYI, 2), w.ZUNYI, "单独。")
    recommend(ready(w.GUIYANG, 3), w.GUIYANG, "同号。")
    seen = {
        who.region: [letter.region for letter in letters_of(who)[0]]
        for who in (w.city(w.ZUNYI), w.city(w.GUIYANG), w.city(w.BIJIE), w.province("handler"))
    }
    assert seen[w.ZUNYI] == [w.ZUNYI]
    assert seen[w.GUIYANG] == [w.GUIYANG]
    assert seen[w.BIJIE] == []  # the letter also speaks of a case that Bijie does not see
    assert sorted(seen["520000"]) == [w.GUIYANG, w.ZUNYI]
    assert find(w.city(w.GUIYANG), NUMBER, w.ZUNYI) is None
    assert not deals_in_letters(PUBLIC)
    assert not deals_in_letters(w.expert("e1"))
    assert not deals_in_letters(w.applicant(w.cluster()))


def test_a_draft_is_seen_only_by_the_office_that_proposes_it(spring):
    recommend(ready(w.ZUNYI, 1), w.ZUNYI, "已定。")
    recommend(ready(w.ZUNYI, 2), w.ZUNYI, "未定。", agreed=False)
    recommend(ready(w.ZUNYI, 3), w.ZUNYI, "也未定。", "遵工信函〔2026〕4号", agreed=False)
    (second, first), _ = letters_of(w.city(w.ZUNYI, "reviewer"))
    assert (first.draft, second.draft, len(first.entries)) == (True, True, 2)
    ((received,), total) = letters_of(w.province("handler"))
    assert (total, received.draft) == (1, False)
    assert [entry.reasons for entry in received.entries] == ["已定。"]
    assert find(w.province("handler"), "遵工信函〔2026〕4号", w.ZUNYI) is None


def test_letters_are_paged_the_latest_first(spring, monkeypatch):
    monkeypatch.setattr(letters, "PAGE", 2)
    for position in (1, 2, 3):
        recommend(ready(w.ZUNYI, position), w.ZUNYI, "好。", f"遵工信函〔2026〕{position}号")
    pages = [letters_of(w.province("handler"), page) for page in (1, 2, 3)]
    numbers = [[letter.number[-2] for letter in shown] for shown, _ in pages]
    assert (numbers, [total for _, total in pages]) == ([["3", "2"], ["1"], []], [3, 3, 3])


def test_recommendations_follow_from_the_ledger_alone(spring):
    case = ready(w.ZUNYI, 1, [w.BIJIE])
    recommend(case, w.ZUNYI, "好。")
    recommend(ready(w.ZUNYI, 2), w.ZUNYI, "未定。", agreed=False)
    assert replay() == []
    Recommendation.objects.filter(case=case).update(reasons="改过。")
    assert [(one.case, one.table) for one in replay()] == [(case.number, "papers_recommendation")]
    rebuild()
    assert replay() == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_number_of_queries(spring, number, django_assert_num_queries):
    for position in range(1, number + 1):
        recommend(ready(w.ZUNYI, position, [w.BIJIE]), w.ZUNYI, "好。", f"遵工信函〔2026〕{position}号")
    letters_of(w.city(w.ZUNYI))  # which versions were once adopted is asked once after one is adopted
    with django_assert_num_queries(7):
        letters_of(w.city(w.ZUNYI))


def signed_in(client, region: str) -> None:
    name = f"office-{region}"
    office = Office.objects.create(
        key=name,
        body="city",
        name_zh="某市局",
        name_en="A city",
        short_zh="某",
        short_en="A",
        region_id=region,
    )
    person = Person.objects.create_user(name, "某某（虚构）", "pw")
    Holding.objects.create(person=person, office=office, post="handler", from_on=date(2020, 1, 1))
    client.force_login(person)


def test_the_page_lists_and_the_download_opens(spring, client):
    recommend(ready(w.ZUNYI, 1), w.ZUNYI, "长" * 800)
    signed_in(client, w.ZUNYI)
    page = client.get("/letters/").content.decode()
    assert NUMBER in page
    assert "理由 800 字" in page
    answer = client.get("/letters/letter.docx", {"number": NUMBER, "region": w.ZUNYI})
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    told = [paragraph.text for paragraph in Document(io.BytesIO(answer.content)).paragraphs]
    assert f"推荐理由：{'长' * 800}" in told


def test_another_citys_letter_does_not_exist_and_strangers_are_sent_to_sign_in(spring, client):
    recommend(ready(w.ZUNYI, 1), w.ZUNYI, "好。")
    assert client.get("/letters/").status_code == 302
    signed_in(client, w.GUIYANG)
    assert NUMBER not in client.get("/letters/").content.decode()
    assert client.get("/letters/letter.docx", {"number": NUMBER, "region": w.ZUNYI}).status_code == 404
    assert client.get("/letters/letter.docx").status_code == 404
