"""Who may be named to a panel: refused with the reason, and offered nearest first."""

import re
from datetime import date

import pytest
from tests import world as w
from tests.evaluation import judging as j

from cultivar.cases.perform import BadContent
from cultivar.cases.record import load
from cultivar.evaluation.models import Knowledge
from cultivar.evaluation.naming import standings
from cultivar.registry.models import Holding

pytestmark = pytest.mark.django_db


def name(case, *people: str) -> None:
    """Names people to the panel, the day after they were admitted."""
    with w.at("2026-05-20"):
        w.perform(case.number, "assign", w.province("handler"), {"experts": list(people)}, key=w.key())


def refused(case, *people: str) -> list[str]:
    with pytest.raises(BadContent) as bad:
        name(case, *people)
    return [one.text.zh for one in bad.value.problems]


def test_an_expert_in_conflict_is_refused_with_rule_and_evidence():
    _, (case,) = j.admitted(members=["甲酒厂（虚构）"])
    j.tie(j.expert("A"), "adviser", "甲酒厂（虚构）", j.code(100), since=date(2024, 3, 1))
    (why,) = refused(case, "A")
    assert "专家A（虚构）（A）不能选" in why
    assert "近年为申报主体或成员单位做过顾问" in why
    assert "自 2024-03-01 起在“甲酒厂（虚构）" in why
    assert why.endswith("换一位专家。")


def test_an_open_question_is_answered_first():
    _, (case,) = j.admitted(members=["遵义虚构酒业有限公司"])
    j.tie(j.expert("A"), "employed", "遵义市虚构酒业股份有限公司")
    (why,) = refused(case, "A")
    assert "是不是同一单位" in why


def test_who_is_away_or_has_as_many_as_it_may_is_refused():
    _, (first, second) = j.admitted(2)
    j.away(j.expert("A"), date(2026, 5, 18), date(2026, 5, 22))
    j.expert("B", most=1)
    assert "2026-05-18 至 2026-05-22 不能参加" in refused(first, "A")[0]
    name(first, "B")
    assert "达到上限 1 件" in refused(second, "B")[0]


def test_a_panel_is_named_large_enough_for_the_sheets_that_the_notice_asks_for():
    _, (case,) = j.admitted(panel=5)
    people = [j.expert(f"E{number}").person.key for number in range(6)]
    (why,) = refused(case, *people[:4])
    assert "专家组共 4 人" in why
    assert "至少 5 份评分表，还差 1 人" in why
    name(case, *people[:5])
    with w.at("2026-05-20"):
        w.do(case, "recuse", w.expert(people[0]), {"reasons": "亲属任职（虚构）"})
    name(case, people[5])  # four were left; one more makes the panel whole again
    assert len(load(case.number).state.experts) == 5


def test_people_of_whom_the_pool_knows_nothing_are_named_as_before():
    _, (case,) = j.admitted()
    w.pool("e1")
    name(case, "e1")


def test_what_makes_no_sense_in_the_pool_is_said_and_no_fault_of_the_house():
    _, (case,) = j.admitted()
    one = j.expert("A")
    Knowledge.objects.create(expert=one, scheme=Knowledge.GB4754, code="00")
    assert "专家库里有一条记录要先改正" in refused(case, "A")[0]


@pytest.mark.parametrize("number", [1, 3])
def test_as_many_queries_for_one_expert_as_for_three(number, django_assert_num_queries):
    _, (case,) = j.admitted(members=["甲酒厂（虚构）"])
    for place in range(number):
        j.expert(f"E{place}")
    folded = load(case.number)
    with django_assert_num_queries(24):
        standings(folded, j.DAY)


def test_the_form_offers_the_nearest_first_and_says_why_others_cannot_be_named(client):
    _, (case,) = j.admitted(members=["甲酒厂（虚构）"], panel=2)
    j.tie(j.expert("A"), "employed", "甲酒厂（虚构）", j.code(100))
    j.expert("B").knowledge.all().delete()
    near = j.expert("C", kind="finance")
    Knowledge.objects.create(expert=near, scheme=Knowledge.GB4754, code="1512")
    w.pool("unknown")
    Holding.objects.filter(person__key="unknown").update(office=j.pool_of())
    with w.at("2026-05-20"):
        w.signed_in(client, w.province("handler"))
        page = client.get(f"/cases/{case.number}/acts/assign/").content.decode()
    assert re.findall(r"专家(\w+)（虚构）</label>", page) == ["C", "B", "unknown", "A"]
    assert "C，财务" in page or "C，金融" in page
    assert "匹配 85 分" in page
    assert "专家库里还没有登记" in page
    assert "须回避（在集群成员单位任职" in page
    assert page.count("disabled") == 1
    assert "至少 2 份评分表；专家组现有 0 人" in page


ASKS = {"whom": "专家A（虚构）", "organisation": "甲大学（虚构）", "reasons": "与本集群企业有诉讼（虚构）。"}


def asks(case) -> None:
    with w.at("2026-05-19", 12):
        w.do(case, "request-recusal", w.applicant(w.cluster()), ASKS)


def answers(case, *people: str) -> None:
    with w.at("2026-05-20"):
        said = {"experts": list(people), "reasons": "经核实，作如下答复（虚构）。"}
        w.do(case, "decide-recusal", w.province("handler"), said)


def test_a_request_that_somebody_stand_aside_is_answered_first_and_then_holds():
    _, (case,) = j.admitted()
    people = [j.expert(number).person.key for number in ("A", "B")]
    assert not w.Case.objects.get(pk=case.pk).todos.filter(act="decide-recusal").exists()
    asks(case)
    assert w.Case.objects.get(pk=case.pk).todos.filter(act="decide-recusal").exists()
    (why,) = refused(case, people[1])
    assert "还没有答复。先办“答复回避申请”" in why
    answers(case, people[0])
    (why,) = refused(case, people[0])
    assert "申报单位申请回避，经核实成立" in why
    answers(case)  # corrected: the latest answer counts
    asks(case)
    assert w.Case.objects.get(pk=case.pk).todos.filter(act="decide-recusal").exists()
    answers(case)
    name(case, *people)


def test_whom_an_answer_bars_leaves_the_panel_at_once_and_a_panel_waits_for_the_answer():
    _, (case,) = j.admitted()
    people = [j.expert(number).person.key for number in ("A", "B")]
    name(case, *people)
    asks(case)
    answers(case, people[0])
    assert load(case.number).state.experts == (people[1],)


def test_who_is_barred_from_one_application_may_judge_another():
    _, (first, second) = j.admitted(2)
    person = j.expert("A").person.key
    asks(first)
    answers(first, person)
    name(second, person)


def test_only_people_of_the_pool_are_barred():
    _, (case,) = j.admitted()
    asks(case)
    with pytest.raises(BadContent):
        answers(case, "nobody")


def test_the_answer_names_experts_to_the_province_alone_and_the_request_its_person_to_few(client):
    _, (case,) = j.admitted(partners=[w.BIJIE])
    j.tie(j.expert("A"), "employed", "甲大学（虚构）")
    asks(case)
    answers(case, "A")

    entries = [done.seq for done in load(case.number).state.acts if done.act.endswith("-recusal")]

    def seen(who) -> list[str]:
        w.signed_in(client, who)
        answers = [client.get(f"/cases/{case.number}/record/{seq}/") for seq in entries]
        return [one.content.decode() if one.status_code == 200 else "" for one in answers]

    for who in (w.province("handler"), w.actor("auditor", region="520000")):
        request, answer = seen(who)
        assert "诉讼" in request
        assert "专家A" in answer
    request, answer = seen(w.applicant(w.cluster()))
    assert "诉讼" in request
    assert "作如下答复" in answer
    assert "专家A" not in answer
    for who in (w.city(w.ZUNYI), w.city(w.BIJIE)):
        assert seen(who) == ["", ""]


def test_the_form_of_the_answer_shows_who_is_barred_already(client):
    _, (case,) = j.admitted()
    for number in ("A", "B"):
        j.tie(j.expert(number), "employed", f"{number}大学（虚构）")
    asks(case)
    answers(case, "B")
    with w.at("2026-05-20"):
        w.signed_in(client, w.province("handler"))
        page = client.get(f"/cases/{case.number}/acts/decide-recusal/").content.decode()
    ticked = re.findall(r'<input[^>]*value="(\w+)"[^>]*checked', page)
    assert ticked == ["B"]
    assert "A、A大学（虚构）" in page
