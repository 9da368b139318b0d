"""An officer moves a threshold on the last decided round and sees whose outcome flips, with its article, at once."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.acting import open_doors
from tests.browser.conftest import Axe, People, Site, fresh_page

HERE = "/desk/simulate/"
OFFICER = "province-handler"


def result(page: Page) -> str:
    """What the result says."""
    return page.locator("#simulated").inner_text()


@pytest.mark.parametrize(
    ("language", "heads", "flip", "none"),
    [
        (
            "zh-hans",
            ("试算", "10 → 10"),
            ("改为不予认定", "第六条(三)", "研发投入强度"),
            "没有一件的结果会改变",
        ),
        (
            "en",
            ("Simulate", "10 → 10"),
            ("Would be refused", "Article 6(3)", "R&D intensity"),
            "No outcome would change",
        ),
    ],
)
def test_a_moved_threshold_shows_a_flip_with_its_article(
    people: People, axe: Axe, language: str, heads: tuple[str, ...], flip: tuple[str, ...], none: str
) -> None:
    page = people(OFFICER).page
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    page.goto(HERE)
    expect(page.get_by_role("heading", level=1)).to_have_text(heads[0])
    expect(page.locator("#simulated")).to_contain_text(heads[1])
    expect(page.locator("#simulated")).to_contain_text(none)
    slider = page.locator('input[data-lever="t.rd-intensity"]')
    expect(slider).to_be_visible()
    slider.focus()
    for _ in range(3):
        slider.press("ArrowRight")
    for words in flip:
        expect(page.locator("#simulated")).to_contain_text(words)
    value = page.locator('[id="t.rd-intensity"]').input_value()
    assert slider.input_value() == value
    page.wait_for_url(re.compile(rf"t\.rd-intensity={re.escape(value)}"))
    assert "t.revenue" not in page.url  # what is not set is not in the address
    shown = result(page)
    page.reload()
    assert result(page) == shown
    assert not axe(page)
    page.locator("#simulated a.cv-go").first.click()
    expect(page).to_have_url(re.compile("/cases/GZ-2025-"))


def test_another_version_says_what_was_never_done(people: People, axe: Axe) -> None:
    page = people(OFFICER).page
    page.goto(HERE)
    page.locator("#simulate-under").select_option("guizhou-clusters/2025-draft")
    page.get_by_role("button", name="换").click()
    expect(page.locator("#simulated")).to_contain_text("登记复审意见")
    expect(page.locator("#simulated")).to_contain_text("不在所列领域之内")
    assert not axe(page)


@pytest.mark.parametrize("width", [360, 1280])
def test_it_fits_the_screen_and_works_without_scripts(browser: Browser, site: Site, width: int) -> None:
    open_doors(site.home, OFFICER)
    options = {"java_script_enabled": False, "viewport": {"width": width, "height": 900}}
    with fresh_page(browser, site, **options) as page:
        page.goto("/sign-in/")
        page.locator(f"button[name=door][value='{OFFICER}']").click()
        page.goto(HERE)
        expect(page.locator("input[data-lever]").first).to_be_hidden()
        page.locator('[id="t.rd-intensity"]').fill("3")
        page.locator("#simulate-levers button.btn-primary").click()
        expect(page.locator("#simulated")).to_contain_text("改为不予认定")
        expect(page.locator("#simulated")).to_contain_text("第六条(三)")
        page.locator('[id="t.rd-intensity"]').fill("三")
        page.locator("#simulate-levers button.btn-primary").click()
        expect(page.locator("#simulated")).to_contain_text("不是数字")
        assert page.locator('[id="t.rd-intensity"]').input_value() == "三"


def test_it_is_no_wider_than_a_phone(people: People, axe: Axe) -> None:
    page = people(OFFICER).page
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(f"{HERE}?t.rd-intensity=3")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    expect(page.locator("#simulated-mini")).to_contain_text("改变 3 件")
    assert not axe(page)


def test_the_policy_office_sees_numbers_and_articles_only(people: People, axe: Axe) -> None:
    page = people("policy").page
    page.goto(f"{HERE}?t.rd-intensity=3")
    expect(page.locator("#simulated")).to_contain_text("第六条(三)")
    assert not re.search(r"GZ-2025-\d{5}\b", page.locator("#simulated").inner_text())
    assert page.locator("#simulate-levers svg").count() == 0
    assert not axe(page)
