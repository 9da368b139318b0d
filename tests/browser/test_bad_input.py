"""What people type and send that cannot be taken: a clear sentence, nothing lost, nothing done twice."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import Due, door, due, fill, labelled, pdf, png, recorded
from tests.browser.conftest import People, Site

REASONS = "研发费用与报表不符，请核对后重交。（虚构）"


@pytest.fixture
def submitted(demonstration: Path) -> list[Due]:
    """Applications that wait for acceptance. No two tests do something to the same one."""
    return due(demonstration, "accept")


@pytest.fixture
def half_a_draft(demonstration: Path) -> Due:
    """An application that is being filled in."""
    return draft(demonstration, "申报书填了一半")


def draft(demonstration: Path, sees: str) -> Due:
    """The application of the applicant whose door promises this."""
    login = door(demonstration, sees)
    return next(one for one in due(demonstration, "submit") if one.applicant == login)


def send(page: Page) -> int:
    """Presses the button of the form of an act; the status of the answer."""
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.locator("main form[data-keep] button").first.click()
    return int(answered.value.status)


def test_reasons_that_are_too_long_come_back_whole(people: People, site: Site, submitted: list[Due]) -> None:
    case = submitted[0]
    page = people(case.city()).page
    page.goto(f"/cases/{case.number}/acts/return/")
    long = "补" * 2001
    fill(page.locator("main form[data-keep]"), {"要补正什么": long})
    expect(page.locator("main [data-count-for]")).to_contain_text("超出 1 字")
    assert send(page) == 422
    summary = page.locator("[data-errors]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("2000")
    summary.get_by_role("link").click()
    area = page.get_by_label("要补正什么")
    expect(area).to_be_focused()
    expect(area).to_have_value(long)
    assert recorded(site.home, case.number, "return") == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [("说明.txt", "只收 PDF、PNG、JPEG 和 XLSX"), ("其实是图片.pdf", "名为 PDF，内容是 PNG 图片")],
)
def test_a_file_that_is_not_taken_says_why(
    people: People, half_a_draft: Due, tmp_path: Path, name: str, said: str
) -> None:
    page = people(half_a_draft.applicant).page
    page.goto(f"/cases/{half_a_draft.number}/dossier/record/")
    file = png(tmp_path, name) if name.endswith(".pdf") else tmp_path / name
    if name.endswith(".txt"):
        file.write_text("纯文本", encoding="utf-8")
    labelled(page.locator("main form[data-keep]"), "近三年无重大事件证明").set_input_files(file)
    piece = page.locator("#id_ev-clean-record-proof-field")
    expect(piece.locator(".msg")).to_contain_text(said)
    expect(piece.get_by_role("link", name=name)).to_have_count(0)


def test_a_photo_that_lies_stops_the_act_and_keeps_the_form(
    people: People, site: Site, demonstration: Path, tmp_path: Path
) -> None:
    case = due(demonstration, "visit")[0]
    page = people(case.city()).page
    page.goto(f"/cases/{case.number}/acts/visit/")
    before = recorded(site.home, case.number, "visit")
    lie = pdf(tmp_path, "现场.png", "no picture")
    said = {"核查日期": "2026-05-06", "地点": "园区（虚构）", "核查人员": "甲某\n乙某"}
    fill(page.locator("main form[data-keep]"), said | {"综合实力": "符合", "现场照片": lie})
    assert send(page) == 422
    expect(page.locator("[data-errors]")).to_contain_text("名为 PNG 图片，内容是 PDF 文件")
    expect(page.get_by_label("地点")).to_have_value("园区（虚构）")
    expect(page.get_by_label("核查人员")).to_have_value("甲某\n乙某")
    assert recorded(site.home, case.number, "visit") == before


def test_a_double_click_and_a_post_sent_again_are_one_act(
    people: People, site: Site, submitted: list[Due]
) -> None:
    case = submitted[0]
    page = people(case.city()).page
    page.goto(f"/cases/{case.number}/acts/accept/")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.locator("main form[data-keep] button").first.dblclick()
    expect(page.locator("[data-toast]")).to_contain_text("已办")
    assert recorded(site.home, case.number, "accept") == 1
    again = page.request.post(
        sent.value.url,
        data=sent.value.post_data,
        headers={"Content-Type": "application/x-www-form-urlencoded", "Referer": sent.value.url},
    )
    assert "这件事已经办过" in again.text()
    assert recorded(site.home, case.number, "accept") == 1


def test_two_officers_at_once(people: People, site: Site, submitted: list[Due]) -> None:
    case = submitted[1]
    before = recorded(site.home, case.number, "return")
    first, second = people(case.city("handler")).page, people(case.city("reviewer")).page
    for page in (first, second):
        page.goto(f"/cases/{case.number}/acts/return/")
        fill(page.locator("main form[data-keep]"), {"要补正什么": REASONS})
    assert send(first) == 302
    assert send(second) == 422
    expect(second.get_by_role("alert")).to_contain_text("退回补正")
    expect(second.get_by_label("要补正什么")).to_have_value(REASONS)
    assert recorded(site.home, case.number, "return") == before + 1


def test_a_lost_session_while_typing_an_act(people: People, site: Site, submitted: list[Due]) -> None:
    case = submitted[2]
    login = case.city()
    page = people(login).page
    before = recorded(site.home, case.number, "return")
    page.goto(f"/cases/{case.number}/acts/return/")
    fill(page.locator("main form[data-keep]"), {"要补正什么": REASONS})
    page.context.clear_cookies(name="sessionid")
    page.locator("main form[data-keep] button").first.click()
    expect(page).to_have_url(re.compile("/sign-in/"))
    page.locator(f"button[name=door][value='{login}']").click()
    expect(page).to_have_url(re.compile(f"/cases/{case.number}/acts/return/"))
    expect(page.locator("[data-restored]")).to_contain_text("找回了上次没存上的 1 项")
    expect(page.get_by_label("要补正什么")).to_have_value(REASONS)
    assert send(page) == 302
    assert recorded(site.home, case.number, "return") == before + 1


def test_a_lost_session_while_filling_in_the_dossier(people: People, half_a_draft: Due) -> None:
    login = half_a_draft.applicant
    page = people(login).page
    page.goto(f"/cases/{half_a_draft.number}/dossier/resources/")
    area = page.get_by_label("地方政府支持措施")
    page.context.clear_cookies(name="sessionid")
    area.fill("市级配套资金与用地保障。（虚构）")
    area.blur()
    expect(page.locator("[data-saved=signed_out]")).to_contain_text("登录已失效，内容留在这一页")
    other = page.context.new_page()
    other.goto("/sign-in/")
    other.locator(f"button[name=door][value='{login}']").click()
    expect(other).not_to_have_url(re.compile("/sign-in/"))
    other.close()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # coming back to this tab
    expect(page.locator("[data-saved=saved]")).to_be_visible()
    page.reload()
    expect(page.get_by_label("地方政府支持措施")).to_have_value("市级配套资金与用地保障。（虚构）")


def test_a_submission_after_the_window_has_closed(
    own_people: People, own_site: Site, demonstration: Path
) -> None:
    people = own_people
    case = draft(demonstration, "申报书填完，待提交")
    page = people(case.applicant).page
    page.goto(f"/cases/{case.number}/acts/submit/")
    fill(page.locator("main form[data-keep]"), {"本单位对申报材料的真实性负责": True})
    people("province-handler").travel(to="2026-05-18")
    assert send(page) == 422
    expect(page.get_by_role("alert")).to_contain_text("2026年5月15日 18:00 截止")
    expect(page.get_by_role("alert").locator("a.cv-art").first).to_be_visible()
    assert recorded(own_site.home, case.number, "submit") == 0
