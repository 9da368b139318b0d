"""The dossier as it is filled in: a table row by row, answers taken over from before, and what changed since."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.acting import PROGRAMME, Person, door, due, fill, fill_row, labelled, pdf
from tests.browser.conftest import Axe, People, Site, fresh_page

PROJECTS = PROGRAMME.form_fields["projects"]
ROW = {"name": "新项目（虚构）", "owner": "新单位（虚构）", "investment": "500", "progress": "under-way"}
WIDTHS = (1280, 360)


class Dossier:
    """A section of the dossier as its applicant has it open."""

    def __init__(self, person: Person, number: str, section: str) -> None:
        self.page = person.page
        self.address = f"/cases/{number}/dossier/{section}/"
        self.open()

    def open(self) -> "Dossier":
        self.page.goto(self.address)
        return self

    @property
    def form(self) -> Locator:
        return self.page.locator("main form[data-keep]")

    def field(self, name: str) -> Locator:
        return self.page.locator(f"#id_{name}-field")

    def rows(self) -> Locator:
        """The rows of the table that say something."""
        return self.field("projects").locator(
            "tbody tr", has=self.page.locator("[data-number]", has_text=re.compile(r"^\d+$"))
        )

    def under_way(self) -> int:
        """The figure that follows from the table."""
        shown = self.field("key-projects").locator("output").inner_text()
        return int(re.sub(r"\D", "", shown))

    def saved(self) -> None:
        """The page says that everything is on the server."""
        expect(self.page.locator("[data-saved]").first).to_have_attribute("data-saved", "saved")


def number_of(person: Person) -> str:
    """The applicant's application that is open."""
    person.page.goto("/cases/")
    links = [
        link.get_attribute("href") or ""
        for link in person.page.locator("main a[href^='/cases/GZ-2026']").all()
    ]
    return next(found.group(1) for link in links if (found := re.fullmatch(r"/cases/([\w-]+)/", link)))


def clean_at_both_widths(page: Page, axe: Axe) -> None:
    """No violation and no sideways scroll, wide and narrow."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_table_is_filled_row_by_row_and_what_follows_keeps_up(
    own_people: People, own_site: Site, axe: Axe
) -> None:
    applicant = own_people(door(own_site.home, "申报书填完，待提交"))
    dossier = Dossier(applicant, number_of(applicant), "strength")
    before, rows = dossier.under_way(), dossier.rows().count()
    table = dossier.field("projects")
    table.get_by_role("button", name="添加一行").click()
    expect(table.locator("tbody tr").last.locator("input").first).to_be_focused()
    fill_row(dossier.form, PROJECTS, rows, **ROW)
    expect(dossier.field("key-projects")).to_contain_text(f"{before + 1} 个")
    expect(dossier.rows()).to_have_count(rows + 1)
    amount = dossier.rows().last.locator("[data-column=investment]")
    amount.fill("很多")
    amount.blur()
    expect(table).to_contain_text(f"“重点项目”第 {rows + 1} 行：“总投资”请只填数字。")
    expect(amount).to_have_attribute("aria-invalid", "true")
    expect(amount).to_have_value("很多")
    expect(amount).not_to_have_css("box-shadow", "none")  # the wrong cell is red, and no other
    expect(dossier.rows().last.locator("[data-column=name]")).to_have_css("box-shadow", "none")
    clean_at_both_widths(dossier.page, axe)
    amount.fill("600")
    amount.blur()
    expect(amount).not_to_have_attribute("aria-invalid", "true")
    expect(table.locator("[data-cell-message]")).to_have_count(0)
    dossier.saved()
    dossier.open()
    expect(dossier.rows()).to_have_count(rows + 1)
    expect(dossier.rows().last.locator("[data-column=name]")).to_have_value(ROW["name"])
    dossier.rows().last.get_by_role("button", name="删去").click()
    expect(dossier.field("key-projects")).to_contain_text(f"{before} 个")
    expect(dossier.rows()).to_have_count(rows)
    dossier.saved()
    dossier.open()
    expect(dossier.rows()).to_have_count(rows)


def test_a_table_is_filled_without_scripts(browser: Browser, own_site: Site) -> None:
    with fresh_page(browser, own_site, java_script_enabled=False) as page:
        page.goto("/sign-in/")
        applicant = Person(page)
        login = door(own_site.home, "申报书填了一半")
        page.locator(f"button[name=door][value='{login}']").dispatch_event("click")
        page.wait_for_url(re.compile("^(?!.*/sign-in/)"))
        dossier = Dossier(applicant, number_of(applicant), "strength")
        before, rows = dossier.under_way(), dossier.rows().count()
        fill_row(dossier.form, PROJECTS, rows, **ROW)
        dossier.field("projects").get_by_role("button", name="添加一行").click()
        expect(dossier.rows()).to_have_count(rows + 1)
        assert dossier.under_way() == before + 1
        dossier.rows().last.get_by_role("button", name="删去").click()
        expect(dossier.rows()).to_have_count(rows)
        assert dossier.under_way() == before


def test_what_was_answered_before_is_taken_over(own_people: People, own_site: Site, axe: Axe) -> None:
    applicant = own_people(door(own_site.home, "申报书填完，待提交"))  # its organisation applied in 2025 too
    dossier = Dossier(applicant, number_of(applicant), "innovation")
    for label in ("参与制定标准", "协同创新做法"):
        fill(dossier.form, {label: ""})
        labelled(dossier.form, label).blur()
    dossier.saved()
    dossier.field("ev-rd-audit").get_by_role("button", name="删去").click()
    offered = dossier.open().field("standards").locator("#id_standards-offer")
    expect(offered).to_contain_text(re.compile(r"来自《.+》2025年申报 GZ-2025-\d+：\d+ 项"))
    said = re.findall(r"：(\d+) 项", offered.inner_text())[0]
    clean_at_both_widths(dossier.page, axe)
    offered.get_by_role("button", name="采用").click()
    expect(labelled(dossier.form, "参与制定标准")).to_have_value(said)
    expect(labelled(dossier.form, "协同创新做法")).to_have_value("")
    dossier.page.get_by_role("button", name="采用这一节全部").click()
    expect(labelled(dossier.form, "协同创新做法")).not_to_have_value("")
    expect(dossier.field("ev-rd-audit").locator("li a").first).to_contain_text(".pdf")
    expect(dossier.page.get_by_role("button", name=re.compile("采用"))).to_have_count(0)


def test_what_changed_since_the_last_submission(
    own_people: People, own_site: Site, axe: Axe, tmp_path: Path
) -> None:
    case = due(own_site.home, "resubmit")[0]
    applicant = own_people(case.applicant)
    dossier = Dossier(applicant, case.number, "strength")
    text = labelled(dossier.form, "综合实力说明")
    text.fill(text.input_value() + "另有补充说明。")
    dossier.rows().first.locator("[data-column=investment]").fill("98765")
    file = pdf(tmp_path, "补充清单.pdf", "补充")
    labelled(dossier.form, "重点项目清单").set_input_files(file)
    expect(dossier.field("ev-project-list")).to_contain_text(file.name)
    dossier.page.locator("button[name=go][value=stay]").last.click()
    expect(dossier.page.locator("[data-toast]")).to_contain_text("已保存")
    why = dossier.page.get_by_role("region", name="退回要改的")
    expect(why.locator("a.cv-art")).to_have_text(re.compile("第(九|十)条"))
    clean_at_both_widths(dossier.page, axe)
    why.get_by_role("link", name="看上次提交以后改了什么").click()
    so_far = dossier.page.get_by_role("region", name="上次提交以后改了什么")
    expect(so_far).to_contain_text("3 项不同")
    expect(so_far.locator("ins", has_text="另有补充说明。")).to_be_visible()
    clean_at_both_widths(dossier.page, axe)
    again = {"本单位对申报材料的真实性负责": True, "补正说明": "补了说明和清单。（虚构）"}
    applicant.act(case.number, "resubmit", again)
    for reader in (applicant, own_people(case.city())):
        page = reader.case(case.number)
        page.get_by_role("link", name="与上次提交比较").click()
        changes = page.locator("section", has=page.get_by_role("heading", name="与上次提交相比"))
        expect(changes).to_contain_text("3 项不同")
        expect(changes.locator("ins", has_text="另有补充说明。")).to_be_visible()
        expect(changes.locator("ins", has_text="98\u2009765")).to_be_visible()
        expect(changes.locator("ins", has_text=file.name)).to_be_visible()
    clean_at_both_widths(page, axe)
    page.get_by_role("link", name="佐证", exact=True).click()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=re.compile("^预览")).first.click()
    assert "/view/" in opened.value.url
    clean_at_both_widths(page, axe)


def test_who_submits_reads_first_what_differs_from_the_roster(
    own_people: People, own_site: Site, axe: Axe
) -> None:
    applicant = own_people(door(own_site.home, "申报书填完，待提交"))
    number = number_of(applicant)
    dossier = Dossier(applicant, number, "strength")
    labelled(dossier.form, "营业收入").fill("7654321")
    dossier.page.locator("button[name=go][value=stay]").last.click()
    page = applicant.page
    page.goto(f"/cases/{number}/acts/submit/")
    hints = page.get_by_role("region", name="提交前核对：申报书与企业名单不一致")
    expect(hints.get_by_role("row", name=re.compile("^营业收入"))).to_contain_text("7\u2009654\u2009321 万元")
    expect(page.get_by_role("link", name="看条件核对报告")).to_be_visible()
    clean_at_both_widths(page, axe)
    hints.get_by_role("link", name="改申报书 营业收入").click()
    expect(labelled(dossier.form, "营业收入")).to_have_value("7654321")
    applicant.act(number, "submit", {"本单位对申报材料的真实性负责": True})


def test_an_auditor_is_told_that_a_draft_is_not_shown(own_people: People, own_site: Site, axe: Axe) -> None:
    number = number_of(own_people(door(own_site.home, "申报书填了一半")))
    auditor = own_people("auditor")
    for tab in ("", "dossier", "roster", "evidence", "conditions"):
        page = auditor.case(number, tab)
        expect(page.get_by_role("heading", name="申报书还没有提交，不在这里显示")).to_be_visible()
    clean_at_both_widths(page, axe)
