"""From the notice of a round to the title, through the one door."""

import pytest
from tests import world as w

from cultivar.cases.models import Case, NoticeItem, Seat, TitleChange, Todo
from cultivar.cases.opening import open_on_case, open_on_title
from cultivar.cases.perform import BadContent, Refused, perform
from cultivar.cases.replay import replay
from cultivar.ledger.models import Entry
from cultivar.registry.actors import PUBLIC

pytestmark = pytest.mark.django_db

OBJECTION = {"kind": "person", "name": "张三（虚构）", "contact": "13800000000", "facts": "数据不实（虚构）"}


def stage(case: Case) -> str:
    return Case.objects.get(number=case.number).stage


def refusal(call, *args, **kwargs) -> list[str]:
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return [reason.code for reason in caught.value.reasons]


def joint_on_notice(published: str = "2026-05-26") -> Case:
    of = w.cluster()
    partners = [w.BIJIE, w.QIANXINAN]
    with w.at("2026-03-02"):
        round_ = w.announce()
    with w.at("2026-04-16"):
        case = w.application(round_, of, partners)
        w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    with w.at("2026-04-17"):
        w.do(case, "accept", w.city(w.ZUNYI))
        w.do(case, "return", w.city(w.ZUNYI), {"reasons": "补一份报表"})
        assert stage(case) == "returned"
        w.do(case, "resubmit", w.applicant(of), {**w.SUBMISSION, "corrections": "补了"})
        w.do(case, "accept", w.city(w.ZUNYI))
    with w.at("2026-04-20"):
        w.to_recommended(case, of, partners)
    with w.at("2026-05-20"):
        w.to_listed(case)
    with w.at(published):
        w.to_notice(case)
    return case


def test_a_joint_application_reaches_its_title_past_a_dismissed_objection():
    case = joint_on_notice()
    with w.at("2026-05-28"):
        filed = open_on_case(
            Case.objects.get(number=case.number), "objection", PUBLIC, OBJECTION, key=w.key()
        )
    with w.at("2026-06-02"):
        assert refusal(w.do, case, "recognise", w.province("handler"), {"decision": "黔工信〔2026〕9号"}) == [
            "no-open-objection"
        ]
        w.do(filed.case, "verify", w.province("handler"), {"scope": "数据是否属实"})
        w.do(filed.case, "city-opinion", w.city(w.ZUNYI), {"opinion": "属实"})
        w.twice(filed.case, "dismiss", w.province("handler"), w.province("reviewer"), {"finding": "符合条件"})
        w.twice(
            case,
            "recognise",
            w.province("handler"),
            w.province("reviewer"),
            {"decision": "黔工信〔2026〕9号"},
        )
    assert stage(case) == "recognised"
    title = TitleChange.objects.get(case=case)
    assert title.title == "GZXJJQ-2026-001"
    assert replay() == []


def test_an_upheld_objection_ends_in_refusal():
    case = joint_on_notice()
    with w.at("2026-05-28"):
        filed = open_on_case(
            Case.objects.get(number=case.number), "objection", PUBLIC, OBJECTION, key=w.key()
        )
        w.do(filed.case, "verify", w.province("handler"), {"scope": "安全事故"})
        grounds = {"grounds": {"clean-record": {"opinion": "fails"}}}
        w.twice(
            filed.case,
            "uphold",
            w.province("handler"),
            w.province("reviewer"),
            {**grounds, "finding": "属实"},
        )
    with w.at("2026-06-02"):
        assert refusal(w.do, case, "recognise", w.province("handler"), {"decision": "x"}) == [
            "no-upheld-objection"
        ]
        w.twice(
            case,
            "refuse-on-objection",
            w.province("handler"),
            w.province("reviewer"),
            {**grounds, "reasons": "不符合第六条第七项"},
        )
    assert stage(case) == "refused"
    assert not TitleChange.objects.exists()
    assert not Todo.objects.filter(case=case).exists()


def test_a_notice_across_the_october_holiday_counts_working_days():
    case = joint_on_notice(published="2026-09-28")
    item = NoticeItem.objects.get(case=case)
    assert item.last_day.isoformat() == "2026-10-09"
    with w.at("2026-10-09", 23):
        assert refusal(w.do, case, "recognise", w.province("handler"), {"decision": "x"}) == [
            "notice-period-over"
        ]
    with w.at("2026-10-10"):
        w.twice(case, "recognise", w.province("handler"), w.province("reviewer"), {"decision": "x"})
    assert stage(case) == "recognised"


def test_a_title_can_be_revoked_after_its_holder_could_speak():
    case = joint_on_notice()
    with w.at("2026-06-03"):
        w.twice(case, "recognise", w.province("handler"), w.province("reviewer"), {"decision": "x"})
    grant = TitleChange.objects.select_related("case").get()
    with w.at("2026-07-01"):
        proposal = {"ground": "fraud", "reasons": "弄虚作假（虚构）", "statement-by": "2026-07-15"}
        opened = open_on_title(grant, "revocation", w.province("handler"), proposal, key=w.key())
        assert Todo.objects.get(case=opened.case).step == "confirm"
        w.do(opened.case, "propose-revocation", w.province("reviewer"), step="confirm")
        assert refusal(
            w.do, opened.case, "revoke", w.province("handler"), {"decision": "y", "reasons": "z"}
        ) == ["statement-time-over"]
    with w.at("2026-07-16"):
        w.twice(
            opened.case,
            "revoke",
            w.province("handler"),
            w.province("reviewer"),
            {"decision": "y", "reasons": "z"},
        )
        again = refusal(open_on_title, grant, "revocation", w.province("handler"), proposal, key=w.key())
    assert again == ["title-held"]
    assert [change.kind for change in TitleChange.objects.order_by("seq")] == ["grant", "end"]
    assert replay() == []


def test_four_eyes_means_two_persons():
    of = w.cluster()
    with w.at("2026-04-16"):
        case = w.application(w.announce(), of)
        w.to_city_review(case, of)
        lead = w.city(w.ZUNYI)
        w.do(case, "review", lead, {"opinions": w.OPINIONS, "conclusion": "符合"})
        w.do(case, "visit", lead, w.VISIT)
        letter = {"letter": "遵工信函〔2026〕3号", "reasons": "好"}
        w.do(case, "recommend", lead, letter, step="propose")
        assert refusal(w.do, case, "recommend", lead, step="confirm") == ["four-eyes"]
        assert refusal(w.do, case, "recommend", w.city(w.ZUNYI, "reviewer"), letter, step="propose") == [
            "pending"
        ]
        w.do(case, "recommend", w.city(w.ZUNYI, "reviewer"), {"reasons": "再改改"}, step="decline")
        assert stage(case) == "city-review"
        w.twice(case, "recommend", lead, w.city(w.ZUNYI, "reviewer"), letter)
    assert stage(case) == "recommended"


def test_one_key_makes_one_act():
    of = w.cluster()
    with w.at("2026-04-16"):
        case = w.application(w.announce(), of)
        first = perform(case.number, "submit", w.applicant(of), w.SUBMISSION, key="once")
        second = perform(case.number, "submit", w.applicant(of), w.SUBMISSION, key="once")
        assert (second.seq, second.repeated) == (first.seq, True)
        assert Entry.objects.filter(key="once").count() == 1
        assert refusal(perform, case.number, "withdraw", w.applicant(of), {"reasons": "x"}, key="once") == [
            "key"
        ]


def test_a_late_submission_is_refused_and_the_draft_is_kept():
    of = w.cluster()
    with w.at("2026-04-16"):
        case = w.application(w.announce(), of)
    with w.at("2026-05-15", 18):
        with pytest.raises(Refused) as caught:
            w.do(case, "submit", w.applicant(of), w.SUBMISSION)
        assert "2026年5月15日 18:00" in caught.value.reasons[0].text.zh
    assert stage(case) == "drafting"
    assert case.dossier.data["core-park"]


def test_an_incomplete_dossier_says_what_is_missing():
    of = w.cluster()
    with w.at("2026-04-16"):
        case = w.application(w.announce(), of)
        w.save_field(case, "nc-rate", "612")
        w.save_field(case, "green-text", "")
        with pytest.raises(Refused) as caught:
            w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    (reason,) = caught.value.reasons
    assert reason.missing == ("nc-rate", "green-text")
    assert reason.text.zh == "还差 2 项，不能提交：1 处有误、1 项未填。"


def test_reasons_longer_than_800_characters_are_refused():
    of = w.cluster()
    with w.at("2026-04-16"):
        case = w.application(w.announce(), of)
        w.to_city_review(case, of)
        w.do(case, "review", w.city(w.ZUNYI), {"opinions": w.OPINIONS, "conclusion": "符合"})
        w.do(case, "visit", w.city(w.ZUNYI), w.VISIT)
        with pytest.raises(BadContent) as caught:
            w.do(case, "recommend", w.city(w.ZUNYI), {"letter": "x", "reasons": "字" * 803})
    assert "有 803 字，最多 800 字，请删去 3 字" in caught.value.problems[0].text.zh


def test_personal_values_stay_out_of_the_leaves():
    case = joint_on_notice()
    with w.at("2026-05-28"):
        open_on_case(Case.objects.get(number=case.number), "objection", PUBLIC, OBJECTION, key=w.key())
    leaves = b"".join(bytes(entry.leaf) for entry in Entry.objects.all())
    assert "张三".encode() not in leaves
    assert b"13800000000" not in leaves
    assert "甲某".encode() not in leaves


def test_a_recused_expert_leaves_the_panel():
    of = w.cluster()
    with w.at("2026-04-16"):
        case = w.application(w.announce(), of)
        w.to_city_review(case, of)
        w.to_recommended(case, of)
        w.do(case, "admit", w.province("handler"))
        w.do(case, "assign", w.province("handler"), {"experts": ["e1", "e2"]})
        w.do(case, "recuse", w.expert("e1"), {"reasons": "曾任职（虚构）"})
        assert list(Seat.objects.filter(case=case).values_list("person", flat=True)) == ["e2"]
        assert refusal(w.do, case, "score", w.expert("e1"), {}) == ["jurisdiction"]
