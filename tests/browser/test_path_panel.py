"""A whole panel, from the list that is frozen to the bundle that verifies itself, by those who have to do with it."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.acting import fill, labelled
from tests.browser.conftest import VISITOR, Axe, People, Site, fresh_page
from tests.browser.judged_round import done

HANDLER, REVIEWER = "province-handler", "province-reviewer"
BALLS, INDEX = "双色球2026052期", "上证指数2026-05-08收盘"
SEED = {BALLS: "03 07 12 18 25 33", INDEX: "3298.50"}
OTHER = {BALLS: "03 07 12 18 25 32", INDEX: "3298.50"}
FREEZE = {
    "每个专家组的席位：技术": "2",
    "每个专家组的席位：财务": "1",
    "每类备选人数": "1",
    "每组最多评审几件": "5",
    "与申报地同市（州）的专家": "回避",
    "评审开始": "2026-05-11",
    "评审结束": "2026-06-30",
    "种子来源": f"{BALLS}\n{INDEX}",
    "种子全部公布的日期": "2026-05-08",
}
STRENGTH, INNOVATION = "45", "35"


class Round(NamedTuple):
    """A round whose two applications wait for their panel, at work in a browser."""

    people: People
    site: Site
    axe: Axe
    number: str
    cases: list[str]

    def open(self, who: str, part: str) -> Page:
        """A page of the round as somebody sees it; nothing is amiss for who cannot see it well."""
        page = self.people(who).page
        page.goto(f"/rounds/{self.number}/{part}/")
        assert not self.axe(page)
        return page

    def part(self, name: str) -> Locator:
        """A part of the evaluation's overview, as the handler sees it."""
        page = self.open(HANDLER, "evaluation")
        return page.locator("section", has=page.locator("h2", has_text=name))


@pytest.fixture
def judged(own_people: People, own_site: Site, axe: Axe) -> Round:
    """Two applications of one field are admitted; the notice tells equals apart by innovation, then by lot."""
    made = done(own_site.home, "admitted", "2")
    return Round(own_people, own_site, axe, made["round"], made["cases"])


def test_from_the_frozen_list_to_the_bundle(judged: Round, browser: Browser, tmp_path: Path) -> None:
    draw = frozen(judged)
    judged.people(HANDLER).travel(to="2026-05-11")
    made = drawn(judged, draw)
    replayed(judged, browser)
    seated(judged, draw)
    leaves, heir = replaced(judged, draw, made)
    heard(judged, made["order"])
    panel = [*made["lines"]["technology"]["seats"], *made["lines"]["finance"]["seats"], heir]
    panel.remove(leaves)
    scored(judged, [made["logins"][one] for one in panel])
    opened(judged)
    ranked(judged, made["order"])
    decided(judged, made["order"])
    verified(judged, draw, made["frozen"], tmp_path)


def frozen(of: Round) -> str:
    """The handler freezes the list from the overview, a second person agrees; the draw's number."""
    begin = of.part("公开抽取").get_by_role("link", name="冻结专家名单")
    address = begin.get_attribute("href") or ""
    handler = of.people(HANDLER)
    handler.page.goto(address)
    assert not of.axe(handler.page)
    handler.cites("draw", "freeze")
    form = handler.page.locator("main form[data-keep]")
    fill(form, FREEZE | {"每个专家组的席位：技术": "9"})  # more than the pool holds
    form.locator("button.btn-primary").click()
    short = handler.page.locator("[data-errors], .cv-errors, [role=alert]").first
    expect(short).to_contain_text("technology/battery-materials")
    draw = handler.start(address, FREEZE, procedure="draw", act="freeze")
    visitor = of.open(VISITOR, "draw")
    expect(visitor.locator("main")).to_contain_text("还没有公开抽取")  # one pair of eyes is not enough
    of.people(REVIEWER).agree(draw, "freeze", procedure="draw")
    visitor = of.open(VISITOR, "draw")
    expect(visitor.locator("main")).to_contain_text("已冻结，待种子")
    expect(visitor.locator("main")).to_contain_text(BALLS)
    expect(handler.refused(draw, "draw")).to_contain_text("种子公布的日期未过")
    return draw


def drawn(of: Round, draw: str) -> Mapping[str, Any]:
    """The seed typed twice differently is refused with both; then drawn by two persons. What came of it."""
    handler = of.people(HANDLER)
    handler.page.goto(f"/cases/{draw}/acts/draw/")
    assert not of.axe(handler.page)
    form = handler.page.locator("main form[data-keep]")
    fill(form, typed(SEED) | {f"{BALLS}：再填一次": OTHER[BALLS], "公布出处": "中彩网、上交所（虚构）"})
    form.locator("button.btn-primary").click()
    wrong = handler.page.locator("main")
    expect(wrong).to_contain_text("两次填写不一致")
    handler.act(draw, "draw", typed(SEED) | {"公布出处": "中彩网、上交所（虚构）"}, procedure="draw")
    of.people(REVIEWER).agree(draw, "draw", procedure="draw")
    made: Mapping[str, Any] = done(of.site.home, "drawn", draw)
    return made


def typed(seed: Mapping[str, str]) -> dict[str, str]:
    """Each value twice, as the form asks."""
    return dict(seed) | {f"{name}：再填一次": value for name, value in seed.items()}


def replayed(of: Round, browser: Browser) -> None:
    """A visitor replays the draw, in the browser and, without scripts, on the server: right, then wrong."""
    page = of.open(VISITOR, "draw")
    expect(page.locator("main")).to_contain_text("3.7.12.18.25.33.")
    answers(page, SEED, "逐步相同", "这是你的浏览器自己计算的")
    answers(page, OTHER, "按你填的值，种子是", "这是你的浏览器自己计算的")
    with fresh_page(browser, of.site, java_script_enabled=False) as plain:
        plain.goto(page.url)
        answers(plain, SEED, "逐步相同", "这是本站计算的")
        answers(plain, OTHER, "抽出的席位是", "这是本站计算的")


def answers(page: Page, values: Mapping[str, str], *words: str) -> None:
    """Draws anew by these values and reads the answer."""
    form = page.locator("form[data-replay]")
    fill(form, values)
    form.get_by_role("button", name="重新抽取").click()
    for one in words:
        expect(page.locator("[data-answer]")).to_contain_text(one)


def seated(of: Round, draw: str) -> None:
    """The panels are named in one act; the overview says so."""
    of.people(HANDLER).act(draw, "seat", procedure="draw")
    expect(of.part("公开抽取")).to_contain_text("已组成")
    expect(of.part("专家组与答辩")).to_contain_text("2 件已有专家组")


def replaced(of: Round, draw: str, made: Mapping[str, Any]) -> tuple[str, str]:
    """An expert stands aside, the handler seats the alternate whose turn it is. Their numbers."""
    line = made["lines"]["technology"]
    leaves, heir = line["seats"][0], line["alternates"][0]
    expert = of.people(made["logins"][leaves])
    expert.act(of.cases[0], "recuse", {"回避理由": "曾任其顾问。（虚构）"})
    handler = of.people(HANDLER)
    handler.page.goto(f"/cases/{draw}/acts/substitute/")
    assert not of.axe(handler.page)
    seat = labelled(handler.page.locator("main form[data-keep]"), "退出的专家（编号）")
    words = seat.locator("option", has_text=leaves).inner_text()
    said = {"退出的专家（编号）": words, "理由": "本人申请回避。（虚构）"}
    handler.act(draw, "substitute", said, procedure="draw")
    expect(of.open(VISITOR, "draw").locator("main")).to_contain_text(f"{leaves} 退出，{heir} 递补")
    panels = of.open(HANDLER, "panels")
    expect(panels.locator("main")).to_contain_text(heir)
    expect(panels.locator("code", has_text=re.compile(f"^{leaves}$"))).to_have_count(0)
    return leaves, heir


def heard(of: Round, order: list[str]) -> None:
    """The handler puts the panel into a half-day, in the order that was drawn; both are heard."""
    page = of.open(HANDLER, "defences")
    page.locator("td a").first.click()
    page.get_by_label("开始时间").fill("09:00")
    page.get_by_label("地点").fill("贵阳第一会议室（虚构）")
    page.get_by_role("button", name="看排出的时间").click()
    shown = page.locator("main code").all_inner_texts()
    assert [one for one in shown if one in order] == order
    page.get_by_role("button", name="按此安排 2 件").click()
    expect(page.locator("[data-toast]")).to_contain_text("2 件已安排")
    of.people(HANDLER).travel(to="2026-05-12")
    done(of.site.home, "defended", *of.cases)


def scored(of: Round, experts: list[str]) -> None:
    """Sheets come in: one written on its page, one after the last day, the others beside."""
    by_hand, on_time, late = experts
    page = of.people(by_hand).page
    page.goto("/desk/sheets/")
    page.goto(f"/desk/sheets/{of.cases[0]}/score/")
    assert not of.axe(page)
    page.get_by_label("综合实力", exact=True).fill(STRENGTH)
    page.get_by_label("创新", exact=True).fill(INNOVATION)
    page.get_by_label("评审意见").fill("链条完整。（虚构）")
    page.get_by_label("评审意见").blur()
    page.get_by_role("button", name="交评分表", exact=True).click()
    of.people(by_hand).told()
    done(of.site.home, "handed_in", by_hand, STRENGTH, INNOVATION, of.cases[1])
    done(of.site.home, "handed_in", on_time, STRENGTH, INNOVATION, *of.cases)
    handler = of.people(HANDLER)
    expect(of.part("评分")).to_contain_text("4/6 份")
    handler.travel(to="2026-05-25")
    panels = of.open(HANDLER, "panels")
    expect(panels.locator("main")).to_contain_text("逾期 2 份")
    expect(handler.refused(of.cases[0], "close-panel")).to_contain_text("评分表")
    done(of.site.home, "handed_in", late, STRENGTH, INNOVATION, *of.cases)
    expect(of.part("评分")).to_contain_text("6/6 份")


def opened(of: Round) -> None:
    """Nothing is ranked or archived while panels are sealed; then they are closed."""
    handler = of.people(HANDLER)
    expect(of.open(HANDLER, "ranking").locator("main")).not_to_contain_text("80.00")
    for case in of.cases:
        handler.act(case, "close-panel")


def ranked(of: Round, order: list[str]) -> None:
    """Equals in everything stand in the order that was drawn, the line between them, and the page says by what."""
    page = of.open(HANDLER, "ranking")
    rows = page.locator("section[aria-labelledby=order] tbody tr:not(.cut)")
    expect(rows).to_have_count(2)
    for place, number in enumerate(order):
        expect(rows.nth(place)).to_contain_text(number)
        expect(rows.nth(place)).to_contain_text("80.00")
    expect(rows.nth(0)).to_contain_text("内")
    expect(rows.nth(1)).to_contain_text("抽签在后")
    expect(rows.nth(1)).to_contain_text("外")
    expect(rows.nth(0)).to_contain_text("100%")
    expect(rows.nth(1)).to_contain_text("0%")
    expect(rows.nth(1)).not_to_contain_text("100%")
    of.open(HANDLER, "checks")


def decided(of: Round, order: list[str]) -> None:
    """The first is put on the list, the second is not, each by two persons."""
    handler, reviewer = of.people(HANDLER), of.people(REVIEWER)
    handler.act(order[0], "list", {"综合评估意见": "建议列入。（虚构）"})
    reviewer.agree(order[0], "list")
    handler.act(order[1], "not-list", {"综合评估意见与理由": "名额之外。（虚构）"})
    reviewer.agree(order[1], "not-list")


def verified(of: Round, draw: str, published: str, folder: Path) -> None:
    """The evaluation is archived; the bundle that the page gives holds by its own program, and not by other values."""
    done(of.site.home, "signed")
    of.people(HANDLER).act(draw, "archive", procedure="draw")
    archive = of.part("归档")
    expect(archive).to_contain_text("已归档")
    page = of.people(HANDLER).page
    with page.expect_download() as downloading:
        archive.get_by_role("link", name="下载审计包").click()
    downloading.value.save_as(folder / "bundle.zip")
    with zipfile.ZipFile(folder / "bundle.zip") as held:
        assert "ledger.json" in held.namelist()
        (folder / "verify.py").write_bytes(held.read("verify.py"))
    right, wrong = (verify(folder, published, values) for values in (SEED, OTHER))
    assert right.returncode == 0, right.stdout + right.stderr
    assert wrong.returncode == 1, wrong.stdout + wrong.stderr
    assert "seed" in wrong.stdout


def verify(folder: Path, published: str, values: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """What the bundle's program says, with what was made public."""
    seeds = [part for name, value in values.items() for part in ("--seed", f"{name}={value}")]
    command = [sys.executable, "-I", "verify.py", "bundle.zip", "--frozen", published, *seeds]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
