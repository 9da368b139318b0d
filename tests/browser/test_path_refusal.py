"""A cluster on public notice that is not recognised, because an objection was upheld."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.acting import articles, fill
from tests.browser.conftest import VISITOR, People

CASE = "GZ-2026-00016"  # on notice since 6 May, with an objection that is being verified
OBJECTION = "GZ-2026-00052"
CITY, APPLICANT = "city-5200GA-handler", "applicant-c14"
DUST = "近三年发生过一起重大环境事件。（虚构）"
FAILS = {"近三年无重大事件": "不符合", "近三年无重大事件：说明": DUST}


def test_an_upheld_objection_ends_in_refusal(own_people: People) -> None:
    people = own_people
    handler, reviewer = people("province-handler"), people("province-reviewer")
    expect(handler.refused(CASE, "refuse-on-objection")).to_contain_text("没有经核实成立的异议")
    opinion = {"核实意见": "情况属实。（虚构）"}
    people(CITY).act(OBJECTION, "city-opinion", opinion, procedure="objection")
    handler.act(OBJECTION, "uphold", FAILS | {"核实结论": "属实。（虚构）"}, procedure="objection")
    expect(handler.refused(CASE, "refuse-on-objection")).to_have_count(1)  # one pair of eyes is not enough
    reviewer.agree(OBJECTION, "uphold", procedure="objection")

    handler.travel(to="2026-05-13")
    expect(handler.refused(CASE, "recognise")).to_contain_text("有异议经核实成立，不能认定")
    handler.act(CASE, "refuse-on-objection", FAILS | {"理由": "异议成立。（虚构）"})
    page = reviewer.case(CASE)
    page.get_by_role("link", name="复核：异议成立，不予认定").click()
    expect(page.locator("main")).to_contain_text(DUST)
    reviewer.agree(CASE, "refuse-on-objection")

    assert "未予认定" in handler.stage(CASE)
    page = people(APPLICANT).case(CASE)
    refusal = page.locator(".cv-acts li", has_text="异议成立，不予认定").first
    expect(refusal).to_contain_text("异议成立。（虚构）")
    expect(refusal.locator("a.cv-art").first).to_have_attribute(
        "href", re.compile(f"#{articles('recognition', 'refuse-on-objection')[0]}$")
    )
    refusal.get_by_role("link", name="看全文").click()
    expect(page.locator("main")).to_contain_text(DUST)

    visitor = people(VISITOR).page
    visitor.goto(f"/notices/{CASE}/")
    row = visitor.locator("table tbody tr", has=visitor.locator("a[href='/clusters/C14/']"))
    expect(row).to_contain_text("未予认定")
    assert DUST not in visitor.content()


@pytest.mark.xfail(reason="the case does not show why a proposal was declined", strict=True)
def test_declined_proposal_goes_back_with_reasons(own_people: People) -> None:
    """The second person disagrees: nothing is decided, and the proposer reads why."""
    handler, reviewer = own_people("province-handler"), own_people("province-reviewer")
    handler.act(OBJECTION, "uphold", FAILS | {"核实结论": "属实。（虚构）"}, procedure="objection")
    before = handler.stage(OBJECTION)
    page = reviewer.page
    page.goto(f"/cases/{OBJECTION}/acts/uphold/")
    fill(page.locator("form[data-keep]"), {"不同意的理由": "还缺市（州）的核实意见。（虚构）"})
    page.get_by_role("button", name="退回提请人").click()
    expect(page.locator("[data-toast]")).to_be_visible()
    assert handler.stage(OBJECTION) == before
    expect(handler.page.get_by_role("link", name="异议成立", exact=True)).to_be_visible()
    expect(handler.page.locator("main")).to_contain_text("还缺市（州）的核实意见")
