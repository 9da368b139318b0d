"""Guangdong's programme through the one door: a named cluster entered, planned for, monitored; a challenge won."""

import pytest
from tests import world as w

from cultivar.cases.dossier import save_field
from cultivar.cases.models import Case, Evidence, Subject, TitleChange
from cultivar.cases.opening import NewSubject, open_application, open_on_subject, open_on_title, open_round
from cultivar.cases.perform import BadContent, Refused
from cultivar.cases.programmes import catalogue
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.registry import credit_code, regions
from cultivar.registry.models import Organisation

pytestmark = pytest.mark.django_db

KEY = "guangdong-clusters/2020"
GUANGDONG, GUANGZHOU, SHENZHEN, YANGJIANG, MEIZHOU = "440000", "440100", "440300", "441700", "441400"
CONDITIONS = ("weakness", "core-technology", "industrial-use")


def office(body: str, post: str):
    return w.actor(body, post, region=GUANGDONG)


def both(case: Case, act: str, body: str, content: dict | None = None) -> None:
    w.twice(case, act, office(body, "handler"), office(body, "reviewer"), content)


@pytest.fixture(autouse=True)
def january():
    regions.load()
    with w.at("2026-01-12"):
        yield


def enter(name: str) -> Case:
    designation = next(one for one in catalogue()[KEY].programme.designations if one.id == name)
    entry = open_on_subject(KEY, "designation", designation, office("province", "handler"), {}, key=w.key())
    return Case.objects.get(number=entry.case)


def designated(name: str) -> TitleChange:
    case = enter(name)
    both(case, "confirm", "province")
    return TitleChange.objects.get(case=case)


def on_title(grant: TitleChange, procedure: str, who, content: dict) -> Case:
    return Case.objects.get(number=open_on_title(grant, procedure, who, content, key=w.key()).case)


def stage(case: Case) -> str:
    return Case.objects.get(number=case.number).stage


def test_each_of_the_twenty_is_entered_once_with_its_cities():
    programme = catalogue()[KEY].programme
    grants = [designated(one.id) for one in programme.designations]
    assert len({grant.title for grant in grants}) == 20
    for grant, one in zip(grants, programme.designations, strict=True):
        assert set(grant.case.partners.values_list("region", flat=True)) == set(one.places)
        assert grant.case.subject.field == one.group
    with pytest.raises(Refused) as refused:
        enter("new-energy")
    assert [reason.code for reason in refused.value.reasons] == ["twice"]
    assert Subject.objects.count() == 20


def test_an_action_plan_goes_to_the_leading_group_past_every_city_named():
    grant = designated("light-industry-textiles")
    case = on_title(grant, "action-plan", office("department", "handler"), {"in-charge": "牵头部门（虚构）"})
    said = {
        "goals": "目标（虚构）",
        "tasks": "任务（虚构）",
        "safeguards": "保障（虚构）",
        "by-day": "2026-02-06",
    }
    w.do(case, "circulate", office("department", "handler"), said)
    w.do(case, "comment", w.city(GUANGZHOU), {"opinion": "无不同意见（虚构）"})
    with pytest.raises(Refused) as refused:
        both(case, "submit-plan", "department", {"taken-up": "已采纳（虚构）"})
    (reason,) = refused.value.reasons
    assert (reason.code, reason.missing) == ("every-city-answered", (SHENZHEN,))
    with pytest.raises(Refused) as refused:
        w.do(case, "comment", w.city(MEIZHOU), {"opinion": "意见（虚构）"})
    assert [reason.code for reason in refused.value.reasons] == ["jurisdiction"]
    w.do(case, "comment", w.city(SHENZHEN), {"opinion": "同意（虚构）"})
    both(case, "submit-plan", "department", {"taken-up": "已采纳（虚构）"})
    both(case, "coordinate", "leading-group", {"opinion": "同意（虚构）"})
    assert stage(case) == "agreed"
    with pytest.raises(Refused):
        on_title(grant, "action-plan", office("department", "handler"), {"in-charge": "又一部门（虚构）"})


def test_monitoring_takes_the_cities_figures_and_compares_them_when_the_time_is_over():
    grant = designated("new-energy")
    who = office("department", "handler")
    case = on_title(grant, "monitoring", who, {"year": 2025, "regions": [YANGJIANG], "by-day": "2026-02-27"})
    figures = {"revenue": 1_200_000, "revenue-before": 1_000_000, "enterprises": 12}
    w.do(case, "report-figures", w.city(YANGJIANG), figures)
    compiled = {
        "revenue": 1_200_000,
        "revenue-before": 1_000_000,
        "growth": "20.0",
        "against-goal": "reached",
        "compared-with": "超过10%（虚构）",
        "analysis": "分析（虚构）",
    }
    with pytest.raises(Refused) as refused:
        both(case, "compile", "department", compiled)
    assert [reason.code for reason in refused.value.reasons] == ["reporting-over"]
    with w.at("2026-02-28"):
        both(case, "compile", "department", compiled)
        w.do(case, "receive", office("leading-group", "handler"))
    assert stage(case) == "received"


def test_a_commendation_names_cities_and_is_the_governments():
    grant = designated("new-energy")
    who = office("leading-group", "handler")
    with pytest.raises(BadContent):
        on_title(grant, "commendation", who, {"grounds": "依据（虚构）"})
    said = {"regions": [YANGJIANG], "grounds": "依据（虚构）", "by-day": "2026-02-06"}
    case = on_title(grant, "commendation", who, said)
    w.do(case, "tell-experience", w.city(YANGJIANG), {"experience": "做法（虚构）"})
    both(case, "submit", "leading-group", {"reasons": "理由（虚构）"})
    both(case, "commend", "government", {"decision": "虚构〔2026〕1号", "text": "表扬（虚构）"})
    assert stage(case) == "commended"
    assert list(case.partners.values_list("region", flat=True)) == [YANGJIANG]


def bidder():
    code = credit_code.make("91", SHENZHEN, "00000001")
    Organisation.objects.create(
        code=code,
        name_zh="测试企业（虚构）",
        name_en="Test enterprise (fictional)",
        kind=next(iter(Organisation.Kind)),
        region_id=SHENZHEN,
        sort_key="ceshi",
    )
    return w.actor("applicant", organisation=code)


def posted() -> Case:
    handler = office("province", "handler")
    names = {"name-zh": "第一批榜单（虚构）", "name-en": "First call (fictional)"}
    case = Case.objects.get(number=open_round(KEY, "challenge-call", handler, names, key=w.key()).case)
    notice = {
        "document-number": "虚构〔2026〕2号",
        "window": {"opens_at": "2026-01-05T09:00+08:00", "closes_at": "2026-03-31T18:00+08:00"},
        "challenges": ["高精度减速器（虚构）", "伺服系统（虚构）"],
        "criteria": [{"id": "weakness", "zh": "对准短板", "en": "Weakness", "points": 100}],
    }
    w.do(case, "announce", handler, notice, step="propose")
    w.do(case, "announce", office("province", "publisher"), step="confirm")
    return case


def bid(call: Case, who) -> Case:
    new = NewSubject(Text("减速器攻关（虚构）", "Reducers (fictional)"))
    case = Case.objects.get(number=open_application(call, "open-challenge", new, who, key=w.key()).case)
    for spec in catalogue()[KEY].programme.form_fields.values():
        if spec.type == "evidence":
            Evidence.objects.create(
                case=case, slot=spec.id, sha256="0" * 64, name="证明.pdf", kind="pdf", size=1, at=clock.now()
            )
        elif not spec.fixed:
            said = {"choice": "intelligent-robots", "money": "100"}
            save_field(case, spec.id, said.get(spec.type, "说明（虚构）"))
    return case


def test_a_challenge_is_posted_bid_for_won_and_accepted():
    handler, who = office("province", "handler"), bidder()
    case = bid(posted(), who)
    with pytest.raises(BadContent):
        w.do(case, "submit", who, {"challenge": "没有这一题", "undertaking": True})
    w.do(case, "submit", who, {"challenge": "伺服系统（虚构）", "undertaking": True})
    w.do(case, "admit", handler, {"opinions": {name: {"opinion": "meets"} for name in CONDITIONS}})
    w.do(case, "assign", handler, {"experts": ["e1"]})
    w.do(case, "score", w.expert("e1"), {"scores": {"weakness": "88"}, "comment": "可以（虚构）"})
    w.do(case, "close-panel", handler)
    both(case, "select", "province", {"reasons": "理由（虚构）"})
    terms = {"goals": "目标（虚构）", "milestones": "节点（虚构）", "until": "2027-12-31"}
    both(case, "set-out", "province", terms)
    w.do(case, "report-milestone", who, {"milestone": "样机（虚构）", "progress": "进展（虚构）"})
    w.do(case, "check-milestone", handler, {"result": "not-met", "remarks": "指标未到（虚构）"})
    done = {"results": "成果（虚构）", "use": "应用（虚构）"}
    with pytest.raises(Refused) as refused:
        w.do(case, "ask-acceptance", who, done)
    assert [reason.code for reason in refused.value.reasons] == ["milestones-met"]
    w.do(case, "check-milestone", handler, {"result": "met", "remarks": "达到（虚构）"})
    w.do(case, "ask-acceptance", who, done)
    both(case, "pass", "province", {"conclusion": "通过（虚构）"})
    assert stage(case) == "passed"
