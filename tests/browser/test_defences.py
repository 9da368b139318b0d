"""An officer puts a panel into a half-day, sees a clash said, arranges it; the expert finds it among their sessions."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import Due, due
from tests.browser.conftest import Axe, People, Site

HANDLER = "province-handler"
EXPERT = "expert-e19"


def to_judge(site: Site) -> Due:
    """The application of the demonstration that waits for its panel."""
    return next(one for one in due(site.home, "assign") if one.number.startswith("GZ"))


@pytest.fixture
def grid(own_people: People, own_site: Site) -> Page:
    """The grid of the round, with a panel whose application is still to be heard."""
    handler = own_people(HANDLER)
    case = to_judge(own_site).number
    handler.act(
        case, "decide-recusal", {"答复和理由": "经核实不成立。（虚构）"}
    )  # asked for in the demonstration
    handler.page.goto(f"/cases/{case}/acts/assign/")
    boxes = handler.page.locator("fieldset .form-check label")
    names = [name for name in boxes.all_inner_texts() if "卓清宁" in name]
    names += [name for name in boxes.all_inner_texts() if name not in names][:2]
    handler.act(case, "assign", {"专家": names})
    page = handler.page
    page.goto("/desk/rounds/")
    page.locator("a[href='/rounds/GZ-2026-00001/evaluation/']").first.click()
    page.locator("a[href='/rounds/GZ-2026-00001/panels/']").first.click()
    page.get_by_role("link", name="答辩安排").click()
    return page


def shows(page: Page, axe: Axe) -> None:
    """Nothing is amiss for who cannot see it well."""
    assert not axe(page)


def test_a_half_day_is_arranged_and_found_by_its_expert(
    grid: Page, own_people: People, axe: Axe, tmp_path: Path
) -> None:
    shows(grid, axe)
    grid.locator("td a").first.click()
    expect(grid.get_by_role("heading", level=1)).to_contain_text("安排答辩")
    grid.get_by_label("开始时间").fill("12:10")
    grid.get_by_label("地点").fill("贵阳第一会议室（虚构）")
    grid.get_by_role("button", name="看排出的时间").click()
    expect(grid.get_by_role("alert")).to_contain_text("要到 12:40 才结束，上午只到 12:30")
    expect(grid.get_by_role("button", name=re.compile("按此安排"))).to_have_count(0)
    shows(grid, axe)
    grid.get_by_label("开始时间").fill("10:00")
    grid.get_by_role("button", name="看排出的时间").click()
    expect(grid.locator("main")).to_contain_text("10:00–10:30")
    shows(grid, axe)
    grid.get_by_role("button", name="按此安排 1 件").click()
    expect(grid.locator("[data-toast]")).to_contain_text("1 件已安排")
    expect(grid.get_by_role("heading", level=1)).to_contain_text("答辩议程")
    shows(grid, axe)
    grid.get_by_role("link", name="答辩安排").click()
    expect(grid.locator("td a", has_text="10:00–10:30")).to_have_count(1)
    grid.get_by_role("link", name="专家组").first.click()
    expect(grid.locator("main")).to_contain_text("贵阳第一会议室（虚构）")
    shows(grid, axe)
    expert = own_people(EXPERT).page
    expert.goto("/desk/")
    expert.get_by_role("link", name="我的答辩").first.click()
    expect(expert.locator("main")).to_contain_text("贵阳第一会议室（虚构）")
    shows(expert, axe)
    with expert.expect_download() as downloading:
        expert.get_by_role("link", name="下载日历文件").click()
    file = tmp_path / "defences.ics"
    downloading.value.save_as(file)
    assert "T020000Z" in file.read_text("utf-8")
