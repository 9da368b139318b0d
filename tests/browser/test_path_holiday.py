"""A notice that runs across the October holiday: 休 where days are off, make-up days counted, no day too early."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.acting import due
from tests.browser.conftest import VISITOR, People

OFF = ("休", "off")


def test_notice_across_the_october_holiday(own_people: People, demonstration: Path) -> None:
    people = own_people
    approved = due(demonstration, "publish")[0].number
    publisher, handler, visitor = people("province-publisher"), people("province-handler"), people(VISITOR)
    publisher.travel(to="2026-09-28")
    publisher.act(approved, "publish", {"公示文号": "黔工信公示〔2026〕10号（虚构）"})
    page = visitor.page
    page.goto(f"/notices/{approved}/")
    worked = [("28日", "now"), ("29日", ""), ("30日", "")]
    assert strip(page) == [*worked, *[OFF] * 7, ("8日", ""), ("9日", "")]
    expect(page.locator("main")).to_contain_text("10月1日至10月7日国庆节放假，不计")
    expect(page.locator("main")).to_contain_text(re.compile("10月9日.*24:00 截止"))

    handler.travel(to="2026-10-07")
    refusal = handler.refused(approved, "recognise")
    expect(refusal).to_contain_text("公示期未满")
    expect(refusal).to_contain_text("10月9日")
    expect(refusal.locator("a.cv-art")).to_have_attribute("href", re.compile("#a11$"))
    insists(handler.page, approved)

    handler.travel(to="2026-10-10")  # a Saturday on which offices work
    handler.act(approved, "recognise", {"认定文号": "黔工信集群〔2026〕31号（虚构）"})
    people("province-reviewer").agree(approved, "recognise")
    assert "认定" in handler.stage(approved)


def insists(page: Page, case: str) -> None:
    """Who tries all the same is refused by the page of the act, which keeps what was typed."""
    page.goto(f"/cases/{case}/acts/recognise/")
    expect(page.get_by_role("alert")).to_contain_text("公示期未满")
    page.get_by_label("认定文号").fill("黔工信集群〔2026〕31号")
    with page.expect_response(re.compile("/acts/recognise/")) as answered:
        page.get_by_role("button", name="再试一次").click()
    assert answered.value.status == 422
    expect(page.get_by_label("认定文号")).to_have_value("黔工信集群〔2026〕31号")


def test_notice_published_on_a_make_up_saturday_counts_it(own_people: People, demonstration: Path) -> None:
    people = own_people
    listed = due(demonstration, "meeting-decision")[0].number
    meeting = {"会议日期": "2026-05-07", "会议纪要编号": "厅务会纪要〔2026〕10号（虚构）", "决定": "审议通过"}
    people("province-secretary").act(listed, "meeting-decision", meeting)
    publisher = people("province-publisher")
    publisher.travel(to="2026-10-10")
    publisher.act(listed, "publish", {"公示文号": "黔工信公示〔2026〕11号（虚构）"})
    page = people(VISITOR).page
    page.goto(f"/notices/{listed}/")
    ahead = [(f"{day}日", "") for day in (12, 13, 14, 15)]
    assert strip(page) == [("10日", "now makeup"), OFF, *ahead]
    expect(page.locator("main")).to_contain_text("10月10日（周六）调休上班，计入")


def strip(page: Page) -> list[tuple[str, str]]:
    """The cells of the strip of days: what they say and how they are marked."""
    cells = page.locator(".cv-days i")
    return [(cell.inner_text(), cell.get_attribute("class") or "") for cell in cells.all()]
