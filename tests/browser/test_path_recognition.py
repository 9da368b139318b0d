"""A joint application from the notice of its round to the certificate, by those who have to do with it."""

import re
import sqlite3
import zipfile
from pathlib import Path

from playwright.sync_api import expect

from cultivar.policy.model_form import FormSection
from tests.browser.acting import PROGRAMME, Person, fill, fill_row, judged, labelled, pdf, png
from tests.browser.conftest import VISITOR, People, Site

APPLICANT, LEAD, PARTNERS = "applicant-c25", "city-520400", ("city-520100", "city-520500")
PARTNER_NAMES = ("贵阳市", "毕节市")
OBJECTOR, CONTACT = "卢直言（虚构）", "13900000000"
MARKS = ("41.25", "37.75")
COMMENT = "数字化路径清楚（虚构）"
LETTER = "安工信函〔2026〕9号（虚构）"


def test_from_the_notice_to_the_certificate(own_people: People, own_site: Site, tmp_path: Path) -> None:
    people = own_people
    round_ = announced(people)
    case = submitted(people, round_, tmp_path)
    returned_once(people, case)
    reviewed(people, case, tmp_path)
    concurred(people, case)
    recommended(people, case, tmp_path)
    experts = judged_by_experts(people, own_site, case)
    published(people, case)
    objection = objected(people, case)
    kept_from_the_applicant(people, case, [*experts, objection])
    dismissed(people, case, objection)
    number = recognised(people, case)
    kept_from_the_applicant(people, case, [*experts, objection])
    shown_to_everybody(people, number)


def announced(people: People) -> str:
    """The province prepares the notice of a round, and its publisher agrees."""
    handler = people("province-handler")
    handler.page.goto("/desk/rounds/")
    handler.page.get_by_role("link", name="拟申报通知").first.click()
    handler.cites("round", "prepare")
    names = {
        "批次名称（中文）": "2026年第二批申报（虚构）",
        "批次名称（英文）": "Second round of 2026 (fictional)",
    }
    round_ = handler.start(handler.page.url, names, procedure="round", act="prepare")
    notice = {
        "文号": "黔工信集群〔2026〕20号（虚构）",
        "申报开始": "2026-05-07T09:00",
        "申报截止": "2026-06-05T18:00",
        "受理": "5",
        "开始核实": "5",
        "最多退回补正次数": "1",
        "综合实力": "60",
        "技术创新": "40",
        "每案最少评分表份数": "2",
    }
    handler.act(round_, "announce", notice, procedure="round")
    visitor = people(VISITOR).page
    answer = visitor.goto(f"/rounds/{round_}/")
    assert answer is not None
    assert answer.status == 404  # one pair of eyes is not enough
    people("province-publisher").agree(round_, "announce", procedure="round")
    visitor.goto(f"/rounds/{round_}/")
    expect(visitor.locator("main")).to_contain_text("黔工信集群〔2026〕20号（虚构）")
    return round_


def submitted(people: People, round_: str, folder: Path) -> str:
    """The applicant fills in the whole dossier with two partner regions and hands it in for a receipt."""
    applicant = people(APPLICANT)
    page = applicant.page
    page.goto(f"/rounds/{round_}/")
    page.get_by_role("link", name="开始申报").click()
    applicant.cites("recognition", "start")
    page.locator("[name=subject]").first.check()
    page.get_by_role("button", name="开始填报").click()
    found = re.search(r"/cases/([\w-]+)/dossier/", page.url)
    assert found
    case = found.group(1)
    refusal = applicant.refused(case, "submit")
    expect(refusal).to_contain_text("不能提交")
    page.goto(f"/cases/{case}/dossier/{PROGRAMME.form[0].id}/")
    for section in PROGRAMME.form:
        expect(page).to_have_url(re.compile(f"/dossier/{section.id}/"))
        fill_section(applicant, section, folder)
    expect(page).to_have_url(re.compile(r"/dossier/$"))
    applicant.act(case, "submit", {"本单位对申报材料的真实性负责": True})
    expect(applicant.case(case).locator(".cv-receipt")).to_contain_text("回执")
    assert "受理" in applicant.stage(case)
    return case


def fill_section(applicant: Person, section: FormSection, folder: Path) -> None:
    """One section of the dossier, and on to the next."""
    page = applicant.page
    form = page.locator("main form[data-keep]")
    for field in section.fields:
        label, kind = field.zh, field.type
        if field.fixed:
            expect(page.locator(f"#id_{field.id}-field output")).not_to_be_empty()
        elif field.type == "table":
            fill_row(form, field)
        elif kind == "partner-regions":
            fill(form, {label: list(PARTNER_NAMES)})
        elif kind == "evidence":
            file = pdf(folder, f"{field.id}.pdf", field.id)
            labelled(form, label).set_input_files(file)
            expect(page.locator(f"#id_{field.id}-field")).to_contain_text(file.name)
        elif kind in ("text", "long-text") and not labelled(form, label).input_value():
            fill(form, {label: f"{label}：照实填写（虚构）"[: field.at_most]})
        elif kind in ("whole", "percent", "money"):
            fill(form, {label: "12" if kind == "whole" else "12.5"})
    page.locator("button[name=go][value=next]").click()


def returned_once(people: People, case: str) -> None:
    """The city returns it; what to correct is read by the applicant, who hands it in again."""
    city, applicant = people(f"{LEAD}-handler"), people(APPLICANT)
    city.act(case, "return", {"要补正什么": "研发费用与报表不符，请核对。（虚构）"})
    page = applicant.case(case)
    expect(page.locator(".cv-acts blockquote").first).to_contain_text("研发费用与报表不符")
    page.goto(f"/cases/{case}/dossier/innovation/")
    fill(page.locator("main form[data-keep]"), {"研发费用": "34567"})
    page.locator("button[name=go][value=stay]").last.click()
    expect(page.locator("[data-toast]")).to_contain_text("已保存")
    again = {"本单位对申报材料的真实性负责": True, "补正说明": "研发费用已按报表更正。（虚构）"}
    applicant.act(case, "resubmit", again)
    expect(city.case(case, "changes").locator("main")).to_contain_text("研发费用")
    expect(city.refused(case, "return")).to_contain_text("退回次数已用完")


def reviewed(people: People, case: str, folder: Path) -> None:
    """The city accepts, gives its opinion on every condition and records the visit with a photo."""
    city = people(f"{LEAD}-handler")
    city.act(case, "accept")
    city.act(case, "review", judged("符合", "口径一致（虚构）") | {"初审结论": "符合条件。（虚构）"})
    visit = {
        "核查日期": "2026-05-07",
        "地点": "集群园区（虚构）",
        "核查人员": "甲某\n乙某",
        "现场照片": png(folder, "现场.png"),
    }
    city.act(case, "visit", judged("符合") | visit)
    city.page.locator(".cv-acts li", has_text="登记实地核查").get_by_role("link", name="看全文").click()
    expect(city.page.locator("main")).to_contain_text("现场.png")


def concurred(people: People, case: str) -> None:
    """The recommendation stands disabled with the regions that are missing, until the last has concurred."""
    city = people(f"{LEAD}-handler")
    waiting = list(PARTNER_NAMES)
    for partner, name in zip(PARTNERS, PARTNER_NAMES, strict=True):
        refusal = city.refused(case, "recommend")
        expect(refusal.locator("button")).to_have_attribute("aria-disabled", "true")
        expect(refusal).to_contain_text("还有相关市（州）没有会签")
        for missing in waiting:
            expect(refusal).to_contain_text(missing)
        expect(refusal.locator("a.cv-art")).to_have_attribute("href", re.compile("#a9$"))
        people(f"{partner}-handler").act(case, "concur", {"会签意见": f"{name}同意推荐。（虚构）"})
        waiting.remove(name)
    expect(city.refused(case, "recommend")).to_have_count(0)


def recommended(people: People, case: str, folder: Path) -> None:
    """One letter under four eyes, which the city downloads."""
    city = people(f"{LEAD}-handler")
    city.act(case, "recommend", {"推荐意见文号": LETTER, "推荐理由": "链条完整，带动明显。（虚构）"})
    assert "初审核查" in city.stage(case)
    kept_from_the_applicant(people, case, ["链条完整，带动明显"])  # nothing is said before the second person
    people(f"{LEAD}-reviewer").agree(case, "recommend")
    assert "省级审核" in city.stage(case)
    page = city.page
    page.goto("/letters/")
    with page.expect_download() as downloading:
        page.get_by_role("link", name=f"下载 docx {LETTER}").click()
    assert downloading.value.suggested_filename == f"{LETTER}.docx"
    file = folder / "letter.docx"
    downloading.value.save_as(file)
    words = zipfile.ZipFile(file).read("word/document.xml").decode()
    assert "链条完整，带动明显" in words


def judged_by_experts(people: People, site: Site, case: str) -> list[str]:
    """The panel scores after the defence is set; one expert stands aside; the list takes two. The names."""
    handler = people("province-handler")
    handler.act(case, "admit")
    handler.page.goto(f"/cases/{case}/acts/assign/")
    handler.cites("recognition", "assign")
    boxes = handler.page.locator("fieldset .form-check")
    names = [boxes.nth(place).locator("label").inner_text() for place in range(3)]
    handler.act(case, "assign", {"专家": names})
    expect(handler.refused(case, "list")).to_contain_text("还没有登记答辩")
    defence = {"答辩时间": "2026-05-07T09:00", "答辩地点": "贵阳（虚构会场）"}
    handler.act(case, "schedule-defence", defence)
    expect(handler.refused(case, "list")).to_contain_text("还没有登记答辩")
    handler.act(case, "record-defence", {"答辩日期": "2026-05-07", "集群答辩人员": "丙某"})
    logins = [login_of(site, name) for name in names]
    people(logins[0]).act(case, "recuse", {"回避理由": "曾任其顾问。（虚构）"})
    expect(people(logins[0]).page).to_have_url(re.compile("/desk/"))
    assert people(logins[0]).page.goto(f"/cases/{case}/").status == 404  # type: ignore[union-attr]
    for login in logins[1:]:
        expect(handler.refused(case, "list")).to_contain_text("评分表份数不足")
        sheet = dict(zip(("综合实力", "技术创新"), MARKS, strict=True)) | {"评审意见": COMMENT}
        people(login).act(case, "score", sheet)
    experts = [name.split("（")[0].split(" ")[0] for name in names]
    kept_from_the_applicant(people, case, experts)  # the latest entry is an expert's
    expect(handler.refused(case, "list")).to_contain_text("评分还没有启封")
    handler.act(case, "close-panel")
    handler.act(case, "list", {"综合评估意见": "建议列入。（虚构）"})
    people("province-reviewer").agree(case, "list")
    assert "厅务会" in handler.stage(case)
    return experts


def published(people: People, case: str) -> None:
    """The meeting's decision, then the notice: its first day counts, and everybody sees which day it is."""
    expect(people("province-publisher").refused(case, "publish")).to_contain_text("厅务会没有审议通过")
    meeting = {"会议日期": "2026-05-07", "会议纪要编号": "厅务会纪要〔2026〕9号（虚构）", "决定": "审议通过"}
    people("province-secretary").act(case, "meeting-decision", meeting)
    people("province-publisher").act(case, "publish", {"公示文号": "黔工信公示〔2026〕9号（虚构）"})
    visitor = people(VISITOR).page
    visitor.goto(f"/notices/{case}/")
    expect(visitor.locator("main")).to_contain_text("第 1 日，共 5 个工作日")
    expect(visitor.locator(".cv-days i.now")).to_have_count(1)
    expect(visitor.locator(".cv-due").first).to_contain_text("还剩 4 个工作日")
    expect(people("province-handler").refused(case, "recognise")).to_contain_text("公示期未满")


def objected(people: People, case: str) -> str:
    """A visitor objects and can follow by the receipt's address; the province asks the city. Its number."""
    visitor = people(VISITOR)
    page = visitor.page
    page.goto(f"/notices/{case}/")
    page.locator("tr", has=page.locator(f"a[href*='{case}/object']")).get_by_role(
        "link", name="提出异议"
    ).click()
    visitor.cites("objection", "object")
    said = {
        "提出人": "个人（实名）",
        "姓名或单位名称": OBJECTOR,
        "联系方式": CONTACT,
        "异议事实和理由": "研发费用与公开年报不一致。（虚构）",
    }
    fill(page.locator("main form[method=post]"), said)
    page.get_by_role("button", name="提交异议").click()
    expect(page.get_by_role("heading", name="异议已收到")).to_be_visible()
    number = page.url.split("/")[-3]
    assert people(APPLICANT).page.request.get(f"/cases/{number}/").status == 404
    handler = people("province-handler")
    handler.act(number, "verify", {"核实事项": "核对研发费用。（虚构）"}, procedure="objection")
    return number


def dismissed(people: People, case: str, objection: str) -> None:
    """Nothing is recognised meanwhile, though the notice is over; the city's opinion, and two dismiss it."""
    handler, city = people("province-handler"), people(f"{LEAD}-handler")
    handler.travel(working_days=5)
    expect(handler.refused(case, "recognise")).to_contain_text("还有异议没有核实完")
    city.act(objection, "city-opinion", {"核实意见": "与审计报告一致。（虚构）"}, procedure="objection")
    assert OBJECTOR not in city.case(objection).content()
    handler.act(objection, "dismiss", {"核实结论": "经核实不成立。（虚构）"}, procedure="objection")
    people("province-reviewer").agree(objection, "dismiss", procedure="objection")


def recognised(people: People, case: str) -> str:
    """Two recognise the cluster. The number of its certificate."""
    handler = people("province-handler")
    handler.act(case, "recognise", {"认定文号": "黔工信集群〔2026〕30号（虚构）"})
    people("province-reviewer").agree(case, "recognise")
    assert "认定" in handler.stage(case)
    page = people(VISITOR).page
    page.goto(f"/notices/{case}/")
    found = re.search(r"GZXJJQ-2026-\d{3}", page.locator("table").inner_text())
    assert found
    return found.group()


def kept_from_the_applicant(people: People, case: str, more: list[str]) -> None:
    """Wherever the applicant looks: no expert, no score, no objector, no minutes, and nothing of ``more``."""
    secrets = [*more, *MARKS, COMMENT, OBJECTOR, CONTACT, "厅务会纪要"]
    page = people(APPLICANT).case(case)
    links = page.locator(".cv-tabs a, .cv-acts a, a.cv-receipt")
    seen = list(dict.fromkeys([page.url, *links.evaluate_all("all => all.map(one => one.href)")]))
    assert len(seen) >= 8
    for address in seen:
        answer = page.request.get(address.partition("#")[0])
        assert answer.status == 200, address
        told = [one for one in secrets if one in answer.text()]
        assert not told, (address, told)


def shown_to_everybody(people: People, number: str) -> None:
    """The check of certificates and the directory know the number."""
    page = people(VISITOR).page
    page.goto("/certificate/")
    page.get_by_label("证书编号").fill(number.lower())
    page.get_by_role("button", name="核验").click()
    expect(page.get_by_role("heading", name="有效")).to_be_visible()
    page.goto(f"/titles/?q={number}")
    expect(page.locator("table tbody tr")).to_have_count(1)
    expect(page.locator("table tbody tr")).to_contain_text("有效")


def login_of(site: Site, name: str) -> str:
    """The login of an expert of the demonstration by the name on the list of experts."""
    with sqlite3.connect(site.home / "cultivar.sqlite3") as database:
        rows = database.execute("select login, name from registry_person where login like 'expert-%'")
        return next(login for login, known in rows if known in name)
