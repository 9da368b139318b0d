"""What the one door refuses although its form is right, and what others may read of it."""

import pytest
from tests import world as w

from cultivar.cases import queries
from cultivar.cases.models import Case, DossierVersion, TitleChange
from cultivar.cases.opening import open_application, open_on_case, open_on_title
from cultivar.cases.perform import BadContent, Refused
from cultivar.cases.record import load
from cultivar.cases.replay import replay
from cultivar.cases.sight import record
from cultivar.registry.actors import PUBLIC

pytestmark = pytest.mark.django_db

FAILS = {"clean-record": {"opinion": "fails"}}


def codes(call, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return [reason.code for reason in caught.value.reasons]


def complaints(call, *args, **kwargs):
    with pytest.raises(BadContent) as caught:
        call(*args, **kwargs)
    return {problem.field: problem.text.zh for problem in caught.value.problems}


@pytest.fixture
def of(db):
    return w.cluster()


@pytest.fixture
def reviewed(of):
    """A joint application under review by the city."""
    with w.at("2026-04-16"):
        case = w.application(w.announce(), of, [w.BIJIE])
        w.to_city_review(case, of)
    return case


@pytest.fixture
def judged(of):
    """An application before its experts."""
    with w.at("2026-04-16"):
        case = w.application(w.announce(), of)
        w.to_city_review(case, of)
        w.to_recommended(case, of)
        w.do(case, "admit", w.province("handler"))
        w.pool("e1", "e2", "e3")
    return case


@pytest.fixture
def titled(judged):
    """A grant of June 2026."""
    with w.at("2026-05-20"):
        w.do(judged, "assign", w.province("handler"), {"experts": ["e1"]})
        w.do(
            judged,
            "schedule-defence",
            w.province("handler"),
            {"time": "2026-05-20T09:00+08:00", "place": "贵阳"},
        )
        w.do(judged, "record-defence", w.province("handler"), w.defence())
        w.do(
            judged,
            "score",
            w.expert("e1"),
            {"scores": {"strength": "50", "innovation": "30"}, "comment": "好"},
        )
        w.do(judged, "close-panel", w.province("handler"))
        w.twice(judged, "list", w.province("handler"), w.province("reviewer"), {"assessment": "好"})
        w.to_notice(judged)
    with w.at("2026-06-03"):
        w.twice(judged, "recognise", w.province("handler"), w.province("reviewer"), {"decision": "x"})
    return TitleChange.objects.select_related("case").get()


def test_a_correction_can_take_back_a_partner(of, reviewed):
    with w.at("2026-04-17"):
        w.do(reviewed, "return", w.city(w.ZUNYI), {"reasons": "不必联合"})
        w.save_field(Case.objects.get(number=reviewed.number), "partners", [])
        w.do(reviewed, "resubmit", w.applicant(of), {**w.SUBMISSION, "corrections": "改为单独申报"})
    assert load(reviewed.number).state.partners == ()
    assert not queries.visible(w.city(w.BIJIE)).filter(number=reviewed.number).exists()
    assert replay() == []


def test_a_partner_outside_the_province_is_refused_and_nothing_is_frozen(of):
    with w.at("2026-04-16"):
        case = w.application(w.announce(), of, ["110000"])
        with pytest.raises((BadContent, Refused)):
            w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    assert not DossierVersion.objects.exists()


def test_the_partners_that_a_form_smuggles_in_do_not_count(of):
    with w.at("2026-04-16"):
        case = w.application(w.announce(), of)
        w.do(case, "submit", w.applicant(of), {**w.SUBMISSION, "partners": [w.BIJIE], "dossier": "0" * 64})
    assert load(case.number).state.partners == ()


def test_only_people_of_the_pool_judge_and_nobody_who_left(judged):
    with w.at("2026-04-20"):
        handler = w.province("handler")
        stranger = {"experts": ["nobody-at-all"]}
        assert (
            "不在库内"
            in complaints(w.perform, judged.number, "assign", handler, stranger, key=w.key())["experts"]
        )
        w.do(judged, "assign", handler, {"experts": ["e1", "e2"]})
        w.do(judged, "recuse", w.expert("e1"), {"reasons": "曾任职"})
        assert "已回避" in complaints(w.do, judged, "assign", handler, {"experts": ["e1"]})["experts"]


def test_an_expert_in_office_with_the_applicant_cannot_judge(client, of, judged):
    biased = w.actor("applicant", organisation=of.organisation_id, person="e2")
    w.signed_in(client, biased)
    with w.at("2026-04-20"):
        assert "experts" in complaints(w.do, judged, "assign", w.province("handler"), {"experts": ["e2"]})


def test_an_expert_who_cannot_serve_is_released(judged):
    handler = w.province("handler")
    with w.at("2026-04-20"):
        w.do(judged, "assign", handler, {"experts": ["e1", "e2"]})
        w.do(judged, "release", handler, {"experts": ["e2"], "reasons": "退出专家库"})
        assert load(judged.number).state.experts == ("e1",)
        assert "experts" in complaints(
            w.do, judged, "release", handler, {"experts": ["e2"], "reasons": "再退"}
        )
    assert replay() == []


def test_a_closed_round_takes_no_application(of):
    with w.at("2026-04-16"):
        round_ = w.announce()
        draft = w.application(round_, of)
        w.do(round_, "close", w.province("handler"))
        other = w.cluster(number=2)
        assert codes(open_application, round_, "recognition", other, w.applicant(other), key=w.key()) == [
            "window-open"
        ]
        assert codes(w.do, draft, "submit", w.applicant(of), w.SUBMISSION) == ["window-open"]


def test_a_window_is_only_ever_made_longer():
    with w.at("2026-04-16"):
        round_ = w.announce()
        shorter = {"opens_at": "2026-03-02T09:00+08:00", "closes_at": "2026-04-20T18:00+08:00"}
        said = {"window": shorter, "reasons": "r"}
        assert (
            "晚于原来的"
            in complaints(w.do, round_, "extend", w.province("handler"), said, step="propose")["window"]
        )


def test_a_hearing_cannot_be_set_into_the_past(titled):
    with w.at("2026-07-01"):
        proposal = {"ground": "fraud", "reasons": "r", "statement-by": "2020-01-01"}
        problems = complaints(
            open_on_title, titled, "revocation", w.province("handler"), proposal, key=w.key()
        )
    assert "要晚于今天" in problems["statement-by"]


def test_absence_from_a_review_is_recorded_only_after_its_day(titled):
    handler = w.province("handler")
    with w.at("2026-07-01"):
        opened = open_on_title(titled, "review", handler, {"by-day": "2026-08-01"}, key=w.key())
        assert codes(w.do, opened.case, "record-absence", handler, {"reasons": "r"}, step="propose") == [
            "self-report-overdue"
        ]
        assert codes(open_on_title, titled, "review", handler, {"by-day": "2026-08-02"}, key=w.key()) == [
            "none-in-hand"
        ]
    with w.at("2026-08-02"):
        w.do(opened.case, "record-absence", handler, {"reasons": "r"}, step="propose")


def test_a_review_judges_every_condition_and_no_other(reviewed):
    with w.at("2026-04-17"):
        one = {"opinions": {"strength": {"opinion": "meets"}}, "conclusion": "c"}
        assert "还没有意见" in complaints(w.do, reviewed, "review", w.city(w.ZUNYI), one)["opinions"]
        bogus = {"opinions": {**w.OPINIONS, "bogus": {"opinion": "meets"}}, "conclusion": "c"}
        assert "bogus" in complaints(w.do, reviewed, "review", w.city(w.ZUNYI), bogus)["opinions"]
        w.do(reviewed, "review", w.city(w.ZUNYI), {"opinions": w.OPINIONS, "conclusion": "c"})
        grounds = {"grounds": {"strength": {"opinion": "meets"}}, "reasons": "r"}
        assert (
            "不符合"
            in complaints(w.do, reviewed, "not-recommend", w.city(w.ZUNYI), grounds, step="propose")[
                "grounds"
            ]
        )


def test_a_visit_lies_in_the_past_and_its_photos_are_there(reviewed):
    with w.at("2026-04-17"):
        ahead = {**w.VISIT, "date": "2026-04-18"}
        assert "不能晚于今天" in complaints(w.do, reviewed, "visit", w.city(w.ZUNYI), ahead)["date"]
        lost = {**w.VISIT, "photos": ["0" * 64]}
        assert "重新上传" in complaints(w.do, reviewed, "visit", w.city(w.ZUNYI), lost)["photos"]


def test_grounds_do_not_change_while_agreement_is_asked_for(reviewed):
    lead = w.city(w.ZUNYI)
    with w.at("2026-04-17"):
        w.do(reviewed, "review", lead, {"opinions": w.OPINIONS, "conclusion": "c"})
        w.do(reviewed, "visit", lead, w.VISIT)
        w.do(reviewed, "concur", w.city(w.BIJIE), {"opinion": "同意"})
        w.do(reviewed, "recommend", lead, {"letter": "1", "reasons": "r"}, step="propose")
        worse = {"opinions": {**w.OPINIONS, **FAILS}, "conclusion": "c"}
        assert codes(w.do, reviewed, "review", lead, worse) == ["pending"]


def test_returns_of_city_and_province_count_together(of):
    with w.at("2026-04-16"):
        case = w.application(w.announce(returns=1), of)
        w.to_city_review(case, of)
        w.to_recommended(case, of)
        w.do(case, "send-back", w.province("handler"), {"reasons": "补"})
        w.do(case, "resubmit", w.applicant(of), {**w.SUBMISSION, "corrections": "补了"})
        assert codes(w.do, case, "return", w.city(w.ZUNYI), {"reasons": "再补"}) == ["returns-left"]


def test_a_key_stands_for_one_person_one_case_one_step(reviewed, of):
    with w.at("2026-04-17"):
        w.perform(reviewed.number, "return", w.city(w.ZUNYI), {"reasons": "补"}, key="k")
        again = codes(
            w.perform, reviewed.number, "return", w.city(w.ZUNYI, "reviewer"), {"reasons": "补"}, key="k"
        )
        assert again == ["key"]


def test_a_second_objection_under_an_old_key_is_not_answered_with_the_first_receipt():
    facts = {"kind": "person", "name": "甲", "contact": "1", "facts": "f"}
    with w.at("2026-04-16"):
        round_ = w.announce()
    on_notice = []
    for number in (1, 2):
        of = w.cluster(number=number)
        with w.at("2026-04-20"):
            case = w.application(round_, of)
            w.to_city_review(case, of)
            w.to_recommended(case, of)
            w.to_listed(case)
            w.to_notice(case)
        on_notice.append(Case.objects.get(number=case.number))
    with w.at("2026-04-21"):
        first = open_on_case(on_notice[0], "objection", PUBLIC, facts, key="same")
        assert open_on_case(on_notice[0], "objection", PUBLIC, facts, key="same").seq == first.seq
        assert codes(open_on_case, on_notice[1], "objection", PUBLIC, facts, key="same") == ["key"]


def test_a_draft_that_was_given_up_stays_its_applicants_own(of):
    with w.at("2026-04-16"):
        draft = w.application(w.announce(), of)
        w.do(draft, "discard", w.applicant(of))
    assert queries.visible(w.applicant(of)).filter(number=draft.number).exists()
    assert not queries.visible(w.city(w.ZUNYI)).filter(number=draft.number).exists()
    assert not queries.visible(w.province("handler")).filter(number=draft.number).exists()


def test_what_is_not_agreed_stays_between_proposer_and_second_person(of, reviewed):
    lead, handler = w.city(w.ZUNYI), w.province("handler")
    with w.at("2026-04-17"):
        w.do(reviewed, "review", lead, {"opinions": w.OPINIONS, "conclusion": "c"})
        w.do(reviewed, "visit", lead, w.VISIT)
        w.do(reviewed, "concur", w.city(w.BIJIE), {"opinion": "同意"})
        w.do(reviewed, "recommend", lead, {"letter": "1", "reasons": "秘密"}, step="propose")
    reads = {
        name: [done.step for done in record(load(reviewed.number), who)]
        for name, who in {
            "lead": lead,
            "partner": w.city(w.BIJIE),
            "province": handler,
            "applicant": w.applicant(of),
            "auditor": w.actor("auditor"),
        }.items()
    }
    assert {name for name, steps in reads.items() if "propose" in steps} == {"lead", "auditor"}


def test_a_proposed_revocation_is_not_yet_a_matter_for_others(titled, of):
    with w.at("2026-07-01"):
        proposal = {"ground": "fraud", "reasons": "r", "statement-by": "2026-07-15"}
        opened = open_on_title(titled, "revocation", w.province("handler"), proposal, key=w.key())
        for who in (w.applicant(of), w.city(w.ZUNYI)):
            assert not queries.visible(who).filter(number=opened.case).exists()
        assert queries.visible(w.province("reviewer")).filter(number=opened.case).exists()
        w.do(opened.case, "propose-revocation", w.province("reviewer"), step="confirm")
        assert queries.visible(w.applicant(of)).filter(number=opened.case).exists()


def test_numbers_go_on_past_five_digits(of):
    with w.at("2026-04-16"):
        round_ = w.announce()
        row = Case.objects.get(number=round_.number)
        for number in ("GZ-2026-99999", "GZ-2026-100000"):
            row.pk = number
            row.save(force_insert=True)
        assert w.application(round_, of).number == "GZ-2026-100001"
