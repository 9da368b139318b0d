"""The sheet in a browser: bands, saving by itself, two windows, a moment without a line, handing in, unsealing."""

import re

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.acting import Person, door, recorded
from tests.browser.conftest import Axe, People, Site, fresh_page
from tests.browser.test_dossier import clean_at_both_widths

WAITS = "评分表待交"
REASON = "依据申报书第三节和答辩情况。（虚构）"


def opened(person: Person) -> str:
    """The expert opens the first sheet of the list; the number of its case."""
    person.page.goto("/desk/sheets/")
    person.page.locator("main a.cv-go").first.click()
    found = re.search(r"/desk/sheets/([\w-]+)/score/", person.page.url)
    assert found
    return found.group(1)


def saved(page: Page) -> None:
    """The page says that everything is on the server."""
    expect(page.locator("[data-saved]").first).to_have_attribute("data-saved", "saved")


def score(page: Page, name: str, points: str) -> None:
    """Types the points of a criterion and leaves the field."""
    control = page.get_by_label(name, exact=True)
    control.fill(points)
    control.blur()


def test_a_sheet_saves_by_itself_and_says_what_is_left(own_people: People, own_site: Site, axe: Axe) -> None:
    expert = own_people(door(own_site.home, WAITS))
    page = expert.page
    case = opened(expert)
    before = recorded(own_site.home, case, "score")
    expect(page.locator("#sheet-count")).to_have_text("已评 0/7")
    clean_at_both_widths(page, axe)
    # by band, then changed by hand
    page.locator("#crit-1-bands button").nth(2).click()
    expect(page.get_by_label("综合实力", exact=True)).to_have_value("16")
    expect(page.locator("#crit-1-bands button").nth(2)).to_have_attribute("aria-pressed", "true")
    saved(page)
    score(page, "综合实力", "18.5")
    expect(page.locator("#crit-1-bands button").nth(3)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#crit-1-need")).to_have_text("18 分以上的要写理由")
    why = page.get_by_label("综合实力：理由")
    expect(why).to_be_visible()  # it opened by itself
    score(page, "产业生态", "20.5")
    expect(page.locator("#crit-2")).to_contain_text("“产业生态”填的是 20.5 分，请打 0 到 20 分。")
    expect(page.get_by_label("产业生态", exact=True)).to_have_attribute("aria-invalid", "true")
    score(page, "产业生态", "15")
    expect(page.get_by_label("产业生态", exact=True)).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#sheet-tally dd")).to_contain_text("33.5 / 40")
    # nothing is lost while the line is down
    page.context.set_offline(True)
    score(page, "技术创新", "14")
    expect(page.locator("[data-saved]").first).to_have_attribute("data-saved", "offline")
    page.context.set_offline(False)
    saved(page)
    page.reload()
    expect(page.get_by_label("技术创新", exact=True)).to_have_value("14")
    expect(page.locator("#sheet-count")).to_have_text("已评 3/7")
    clean_at_both_widths(page, axe)
    # what is left stands at the top after an attempt, and what was typed stays
    page.get_by_role("button", name="交评分表", exact=True).click()
    expect(page.locator("[data-errors]")).to_contain_text("“绿色发展”还没有打分。")
    expect(page.locator("[data-errors]")).to_contain_text(
        "“综合实力”打了 18.5 分，18 分以上的要写理由。请补写。"
    )
    assert recorded(own_site.home, case, "score") == before
    for name, points in (("数字化水平", "9"), ("绿色发展", "10"), ("要素保障", "6"), ("现场答辩", "6.5")):
        score(page, name, points)
    page.get_by_label("综合实力：理由").fill(REASON)
    page.get_by_label("评审意见").fill("链条完整。（虚构）")
    page.get_by_label("评审意见").blur()
    expect(page.locator("#sheet-tally")).to_contain_text("填齐了，可以交。")
    page.get_by_role("button", name="交评分表", exact=True).click()
    expert.told()
    assert recorded(own_site.home, case, "score") == before + 1
    page.goto("/desk/sheets/")
    expect(page.locator("main tr", has_text=case)).to_contain_text("已交")
    page.locator("main tr", has_text=case).locator("a.cv-go").click()
    expect(page.locator("main")).to_contain_text(REASON)  # one's own is read
    number = page.url.rstrip("/").split("/")[-1]
    handler = own_people("province-handler").page
    handler.goto(f"/cases/{case}/record/{number}/")
    expect(handler.locator("main")).to_contain_text("封存中，办理“关闭专家组、启封评分”后启封")
    expect(handler.locator("main")).not_to_contain_text(REASON)
    clean_at_both_widths(handler, axe)


def test_two_windows_on_one_sheet(own_people: People, own_site: Site) -> None:
    expert = own_people(door(own_site.home, WAITS))
    first = expert.page
    opened(expert)
    second = first.context.new_page()
    second.goto(first.url)
    score(first, "综合实力", "15")
    saved(first)
    score(second, "综合实力", "13")
    expect(second.locator("#crit-1")).to_contain_text("在另一个窗口刚把它改成了“15”")
    second.get_by_role("button", name="用现有的").click()
    expect(second.get_by_label("综合实力", exact=True)).to_have_value("15")
    saved(second)
    score(second, "综合实力", "14")
    saved(second)
    first.get_by_role("button", name="交评分表", exact=True).click()
    expect(first.locator("[data-errors]")).to_contain_text("“综合实力”在另一个窗口改过")
    expect(first.get_by_label("综合实力", exact=True)).to_have_value("14")


def test_a_slow_line_does_not_eat_what_is_typed_meanwhile(own_people: People, own_site: Site) -> None:
    expert = own_people(door(own_site.home, WAITS))
    page = expert.page
    opened(expert)
    held: list[Route] = []
    page.route("**/save/", lambda route: route.continue_() if held else held.append(route))
    comment = page.get_by_label("评审意见")
    comment.fill("第一句。")
    comment.blur()
    expect(page.locator("[data-saved]").first).to_have_attribute("data-saved", "saving")
    comment.fill("第一句。第二句。")
    held[0].continue_()
    comment.blur()
    saved(page)
    expect(comment).to_have_value("第一句。第二句。")
    page.reload()
    expect(comment).to_have_value("第一句。第二句。")


def test_a_sheet_is_written_without_scripts(browser: Browser, own_site: Site) -> None:
    with fresh_page(browser, own_site, java_script_enabled=False) as page:
        page.goto("/sign-in/")
        login = door(own_site.home, WAITS)
        page.locator(f"button[name=door][value='{login}']").dispatch_event("click")
        page.wait_for_url(re.compile("^(?!.*/sign-in/)"))
        opened(Person(page))
        page.get_by_label("产业生态", exact=True).fill("15")
        page.locator("#crit-1-bands button").nth(2).click()
        expect(page.get_by_label("综合实力", exact=True)).to_have_value("16")
        expect(page.get_by_label("产业生态", exact=True)).to_have_value("15")
        page.get_by_label("技术创新", exact=True).fill("很多")
        page.get_by_role("button", name="保存", exact=True).last.click()
        expect(page.get_by_label("技术创新", exact=True)).to_have_value("很多")
        expect(page.locator("#crit-3")).to_contain_text("不是数")
        page.get_by_role("button", name="交评分表", exact=True).click()
        expect(page.locator("[data-errors]")).to_contain_text("“技术创新”填的“很多”不是数")
