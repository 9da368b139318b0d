"""Without scripts the pages say the same and acts can be done."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.acting import Person, due, open_doors, recorded
from tests.browser.conftest import Site, fresh_page


@pytest.fixture
def plain(browser: Browser, site: Site) -> Iterator[Page]:
    """A page whose browser runs no scripts."""
    with fresh_page(browser, site, java_script_enabled=False) as opened:
        yield opened


def test_public_pages(plain: Page) -> None:
    plain.goto("/")
    plain.get_by_role("link", name="看名单").first.click()
    expect(plain.get_by_role("heading", level=1)).to_contain_text("拟认定名单")
    expect(plain.locator(".cv-days i").first).to_be_visible()
    plain.goto("/titles/")
    everything = plain.locator("table tbody tr").count()
    plain.locator("main select[name=region]").select_option(label="贵阳市")
    plain.locator("main form[method=get] button").first.click()
    expect(plain.locator("table tbody tr").first).to_contain_text("贵阳市")
    assert 0 < plain.locator("table tbody tr").count() < everything
    number = plain.locator("table tbody tr td").first.inner_text()
    plain.goto("/certificate/")
    plain.get_by_label("证书编号").fill(number)
    plain.get_by_role("button", name="核验").click()
    expect(plain.get_by_role("heading", name="有效")).to_be_visible()
    plain.get_by_role("button", name="English").click()
    expect(plain.get_by_role("heading", name="Valid")).to_be_visible()


def test_an_objection(plain: Page, site: Site, demonstration: Path) -> None:
    case = due(demonstration, "recognise", "propose")[0].number
    plain.goto(f"/notices/{case}/object/")
    plain.get_by_role("button", name="提交异议").click()
    expect(plain.locator("[data-errors]")).to_contain_text("姓名或单位名称")
    plain.get_by_label("个人（实名）").check()
    plain.get_by_label("姓名或单位名称").fill("卢直言（虚构）")
    plain.get_by_label("联系方式").fill("13900000000")
    plain.get_by_label("异议事实和理由").fill("数字与年报不一致。（虚构）")
    plain.get_by_role("button", name="提交异议").click()
    expect(plain.get_by_role("heading", name="异议已收到")).to_be_visible()
    assert recorded(site.home, plain.url.split("/")[-3], "object") == 1


def test_an_act_of_an_office(plain: Page, site: Site, demonstration: Path) -> None:
    case = due(demonstration, "accept")[0]
    open_doors(site.home, case.city())
    person = Person(plain).sign_in(case.city())
    person.act(case.number, "accept")
    assert recorded(site.home, case.number, "accept") == 1
    assert "初审核查" in person.stage(case.number)
