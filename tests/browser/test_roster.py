"""A roster as people fill it: template, upload, findings, marked workbook, taking the good rows, confirming."""

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, Page, expect

from tests.browser.acting import Person, door
from tests.browser.conftest import Axe, People, Site, fresh_page
from tests.roster.books import HEAD, code, firm, write

SUBJECT = "C34"
FIGURES = ["2025年营业收入（万元）", "2025年从业人员"]
ROWS = [
    [*HEAD, *FIGURES],
    [*firm(1)[:2], "铜仁市", "1512", 12.5, 7],
    [*firm(2)[:2], "铜仁市", "1512", 3, "约5"],
    ["91520300MA0000099X", "代码写错的企业（虚构）", "铜仁市", "1512", 1, 1],
]
SIZES = ({"width": 1280, "height": 900}, {"width": 360, "height": 800})


@pytest.fixture
def applicant(people: People, site: Site) -> Person:
    return people(door(site.home, "申报书填了一半"))


def sound(page: Page, site: Site, axe: Axe, address: str) -> None:
    """No violation and no sideways scroll, wide and narrow, in both languages."""
    for language in ("en", "zh-hans"):
        page.context.add_cookies([{"name": "django_language", "value": language, "url": site.url}])
        for size in SIZES:
            page.set_viewport_size(size)
            page.goto(address)
            assert axe(page) == [], (address, language, size)
            beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert beyond <= 0, (address, language, size)
    page.set_viewport_size(SIZES[0])


def sheets(download: Download) -> list[str]:
    """The names of the sheets of a workbook that was downloaded."""
    with zipfile.ZipFile(download.path()) as book:
        return re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())


def upload(page: Page, file: Path) -> str:
    """Sends a workbook and waits until it is checked; the address of what was found."""
    page.goto(f"/rosters/of/{SUBJECT}/import/")
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()
    expect(page).to_have_url(re.compile(r"/rosters/imports/\d+/"))
    expect(page.get_by_role("heading", name="问题")).to_be_visible(timeout=60_000)
    return page.url


def take(page: Page) -> None:
    """Takes the good rows and waits until they are in the register."""
    page.get_by_role("button", name=re.compile("^录入这")).click()
    expect(page.get_by_role("heading", name="已录入")).to_be_visible(timeout=60_000)


def test_a_template_is_downloaded_in_the_language_of_the_page(applicant: Person, site: Site) -> None:
    page = applicant.page
    page.goto("/rosters/")
    with page.expect_download() as got:
        page.get_by_role("link", name=re.compile("^下载模板")).first.click()
    assert got.value.suggested_filename.endswith(".xlsx")
    assert "企业" in sheets(got.value)
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": site.url}])
    page.reload()
    with page.expect_download() as got:
        page.get_by_role("link", name=re.compile("^Template")).first.click()
    assert any(re.search("[Ee]nterprise", name) for name in sheets(got.value))


def test_a_workbook_is_uploaded_marked_taken_and_taken_again(
    applicant: Person, people: People, site: Site, axe: Axe, tmp_path: Path
) -> None:
    page, file = applicant.page, write(tmp_path / "名单.xlsx", {"企业": ROWS})
    found = upload(page, file)
    findings = page.get_by_role("region", name="问题一览表")
    expect(findings).to_contain_text("“企业”表 3 行 F 列")
    expect(findings).to_contain_text("从业人员应填数字")
    expect(findings).to_contain_text("“企业”表 4 行 A 列")
    sound(page, site, axe, found)
    marked = page.get_by_role("link", name="下载标好问题的表")
    for _ in range(30):  # the marking is a job of its own
        if marked.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    with page.expect_download() as got:
        marked.click()
    assert len(sheets(got.value)) == 2  # what was found, and the sheet itself
    take(page)
    expect(page.locator("main")).to_contain_text("新登记企业")
    sound(page, site, axe, found)
    page.goto(f"/rosters/of/{SUBJECT}/?q={code(1)}")
    expect(page.get_by_role("rowheader", name="测试企业1（虚构）")).to_be_visible()
    expect(page.locator("main")).to_contain_text("1512 酒、饮料和精制茶制造业")

    upload(page, file)
    expect(page.locator("main")).to_contain_text("再录一次不会有变化")
    take(page)
    expect(page.locator("main")).to_contain_text("与登记册完全一致，没有变化。")

    city = people("city-520600-handler").page
    city.goto("/desk/")
    expect(city.locator("main")).to_contain_text("有 1 家企业是申报主体新录入的")
    city.get_by_role("link", name="去核实").click()
    sound(city, site, axe, "/desk/enterprises/")
    sound(city, site, axe, f"/desk/enterprises/{code(1)}/")
    city.goto("/desk/enterprises/")
    city.get_by_label("测试企业1（虚构）").check()
    city.get_by_role("button", name="核实选中的企业").click()
    expect(city.locator("[data-toast]")).to_contain_text("已核实 1 家企业。")
    expect(city.locator("main")).to_contain_text("没有待核实的企业")


def test_a_file_that_is_no_workbook_is_refused_and_the_way_back_is_there(
    applicant: Person, site: Site, axe: Axe, tmp_path: Path
) -> None:
    page, address = applicant.page, f"/rosters/of/{SUBJECT}/import/"
    sound(page, site, axe, address)
    page.get_by_role("button", name="上传并核对").click()
    expect(page).to_have_url(re.compile("/import/$"))  # the browser or the house asks for a file
    file = tmp_path / "名单.xlsx"
    file.write_bytes(b"PK\x03\x04 no workbook")
    page.goto(address)
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.locator("main .cv-note.warn")).to_be_visible(timeout=60_000)
    assert axe(page) == []


def test_pages_of_rosters_are_sound(applicant: Person, site: Site, axe: Axe) -> None:
    for address in ("/rosters/", f"/rosters/of/{SUBJECT}/"):
        sound(applicant.page, site, axe, address)


def test_it_works_without_scripts(browser: Browser, site: Site, tmp_path: Path) -> None:
    file = write(tmp_path / "另一份.xlsx", {"企业": [ROWS[0], [*firm(5)[:2], "铜仁市", "1512", 1, 1]]})
    with fresh_page(browser, site, java_script_enabled=False) as page:
        page.goto("/sign-in/")
        login = door(site.home, "申报书填了一半")
        page.locator(f"button[name=door][value='{login}']").dispatch_event("click")
        page.wait_for_url(re.compile("^(?!.*/sign-in/)"))
        page.goto(f"/rosters/of/{SUBJECT}/import/")
        page.get_by_label("文件").set_input_files(file)
        page.get_by_role("button", name="上传并核对").click()
        for wanted in ("录入这 1 行", "与登记册"):
            for _ in range(60):
                again = page.get_by_role("link", name="看最新进度")
                if not again.count():
                    break
                page.wait_for_timeout(300)
                again.click()
            if wanted.startswith("录入"):
                page.get_by_role("button", name=wanted).click()
        expect(page.get_by_role("heading", name="已录入")).to_be_visible()
