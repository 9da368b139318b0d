"""A cluster on public notice that is not recognised, because an objection was upheld."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.acting import articles, due, fill
from tests.browser.conftest import VISITOR, People

DUST = "近三年发生过一起重大环境事件。（虚构）"
FAILS = {"近三年无重大事件": "不符合", "近三年无重大事件：说明": DUST}


def test_an_upheld_objection_ends_in_refusal(own_people: People, demonstration: Path) -> None:
    people = own_people
    objected = due(demonstration, "city-opinion")[0]
    case, objection = objected.parent, objected.number
    handler, reviewer = people("province-handler"), people("province-reviewer")
    expect(handler.refused(case, "refuse-on-objection")).to_contain_text("没有经核实成立的异议")
    opinion = {"核实意见": "情况属实。（虚构）"}
    people(objected.city()).act(objection, "city-opinion", opinion, procedure="objection")
    handler.act(objection, "uphold", FAILS | {"核实结论": "属实。（虚构）"}, procedure="objection")
    expect(handler.refused(case, "refuse-on-objection")).to_have_count(1)  # one pair of eyes is not enough
    reviewer.agree(objection, "uphold", procedure="objection")

    handler.travel(to="2026-05-13")
    expect(handler.refused(case, "recognise")).to_contain_text("有异议经核实成立，不能认定")
    handler.act(case, "refuse-on-objection", FAILS | {"理由": "异议成立。（虚构）"})
    page = reviewer.case(case)
    page.get_by_role("link", name="审签：异议成立，不予认定").click()
    expect(page.locator("main")).to_contain_text(DUST)
    reviewer.agree(case, "refuse-on-objection")

    assert "未予认定" in handler.stage(case)
    page = people(objected.applicant).case(case)
    refusal = page.locator(".cv-acts li", has_text="异议成立，不予认定").first
    expect(refusal).to_contain_text("异议成立。（虚构）")
    expect(refusal.locator("a.cv-art").first).to_have_attribute(
        "href", re.compile(f"#{articles('recognition', 'refuse-on-objection')[0]}$")
    )
    refusal.get_by_role("link", name="看全文").click()
    expect(page.locator("main")).to_contain_text(DUST)

    visitor = people(VISITOR).page
    visitor.goto(f"/notices/{case}/")
    row = visitor.locator("table tbody tr", has=visitor.locator(f"a[href='/titles/{objected.subject}/']"))
    expect(row).to_contain_text("未予认定")
    assert DUST not in visitor.content()


def test_declined_proposal_goes_back_with_reasons(own_people: People, demonstration: Path) -> None:
    """The second person disagrees: nothing is decided, and the proposer reads why."""
    objection = due(demonstration, "city-opinion")[0].number
    handler, reviewer = own_people("province-handler"), own_people("province-reviewer")
    handler.act(objection, "uphold", FAILS | {"核实结论": "属实。（虚构）"}, procedure="objection")
    before = handler.stage(objection)
    page = reviewer.page
    page.goto(f"/cases/{objection}/acts/uphold/")
    fill(page.locator("form[data-keep]"), {"不同意的理由": "还缺市（州）的核实意见。（虚构）"})
    page.get_by_role("button", name="退回提请人").click()
    page.get_by_role("link", name="看回执").click()
    expect(page.locator("main")).to_contain_text("还缺市（州）的核实意见")
    assert handler.stage(objection) == before
    expect(handler.page.get_by_role("link", name="异议成立", exact=True)).to_be_visible()
    expect(handler.page.locator("main")).to_contain_text("还缺市（州）的核实意见")
