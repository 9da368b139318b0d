"""The server starts on the demonstration and its first page is sound."""

from playwright.sync_api import Page

from tests.browser.conftest import Axe


def test_home_is_chinese_and_accessible(page: Page, axe: Axe) -> None:
    response = page.goto("/")
    assert response is not None
    assert response.status == 200
    assert (page.locator("html").get_attribute("lang") or "").startswith("zh")
    assert axe(page) == []
