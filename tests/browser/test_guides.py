"""Both guides from the list to the result, in both languages: by mouse, by keyboard alone, and without scripts."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cultivar.policy.guides.model import Guide
from cultivar.policy.guides.reading import read_guide
from tests.browser.conftest import Axe, Site, fresh_page
from tests.conftest import ROOT

WAYS = {
    "which-programme": {
        "want": "cluster",
        "where": "guizhou",
        "who": "enterprise",
        "organisation": "yes",
        "field": "nine",
        "stage": "new",
    },
    "test-machine": {
        "test": "tension",
        "specimen": "metal",
        "force": "40",
        "temperature": "room",
        "measured": "modulus",
        "daily": "200",
    },
}
RESULTS = {
    "which-programme": ["cluster-guizhou", "member-guizhou", "next-join"],
    "test-machine": [
        "machine-pull-double",
        "cell-medium",
        "accuracy-strict",
        "grips-metal",
        "strain-metal",
        "chamber-none",
        "auto-robot",
    ],
}
WORDS = {
    "zh-hans": {
        "go": "继续",
        "start": "开始",
        "back": "返回上一步",
        "change": "更改",
        "again": "重新开始",
        "ask": "联系我们",
    },
    "en": {
        "go": "Continue",
        "start": "Start",
        "back": "Back",
        "change": "Change",
        "again": "Start again",
        "ask": "Contact us",
    },
}
BOTH = pytest.mark.parametrize("language", WORDS)
EACH = pytest.mark.parametrize("name", WAYS)


def of(name: str) -> Guide:
    return read_guide(ROOT / "guides" / f"{name}.yaml").guide


def opened(browser: Browser, site: Site, language: str, **options: Any) -> Any:
    """A page in a language."""
    return fresh_page(browser, site, locale="zh-CN" if language == "zh-hans" else "en-GB", **options)


@pytest.fixture
def visitor(browser: Browser, site: Site, language: str) -> Iterator[Page]:
    with opened(browser, site, language) as page:
        page.context.add_cookies([{"name": "django_language", "value": language, "url": site.url}])
        yield page


def heading(page: Page, guide: Guide, question: str, language: str) -> None:
    """The page asks that question."""
    asked = guide.question(question)
    assert asked
    expect(page.get_by_role("heading", level=1)).to_have_text(asked.text.say(language))


def give(page: Page, guide: Guide, question: str, value: str, language: str) -> None:
    """Answers the question of the page by its label and goes on."""
    heading(page, guide, question, language)
    asked = guide.question(question)
    assert asked
    if asked.numeric:
        page.get_by_label(asked.text.say(language)).fill(value)
    else:
        page.get_by_label(asked.words(value).say(language), exact=True).check()
    page.get_by_role("button", name=WORDS[language]["go"]).click()


def cites(page: Page, rows: list[str]) -> None:
    """The results cite exactly these rows, and each link leads to its row."""
    expect(page.locator(".cv-result dd > a > code")).to_have_text(rows)


@EACH
@BOTH
def test_from_the_list_to_the_result(name: str, language: str, visitor: Page, axe: Axe) -> None:
    guide, says, page = of(name), WORDS[language], visitor
    page.goto("/guides/")
    page.locator("main").get_by_role("link", name=guide.title.text.say(language)).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(guide.title.text.say(language))
    page.get_by_role("link", name=says["start"], exact=True).click()
    for number, (question, value) in enumerate(WAYS[name].items(), 1):
        expect(page.locator("main")).to_contain_text(
            f"第 {number} 题" if language == "zh-hans" else f"Question {number} of"
        )
        expect(page.get_by_role("link", name=says["ask"])).to_be_visible()
        assert axe(page) == []
        give(page, guide, question, value, language)
    cites(page, RESULTS[name])
    assert axe(page) == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    row = RESULTS[name][-1]
    page.locator(".cv-result").get_by_role("link", name=row, exact=True).click()
    expect(page.locator(f"tr#{row}")).to_be_in_viewport()
    page.go_back()
    page.get_by_role("link", name=says["again"]).click()
    expect(page).to_have_url(re.compile(f"/guides/{name}/$"))


@BOTH
def test_back_and_change(language: str, visitor: Page) -> None:
    guide, says, page = of("test-machine"), WORDS[language], visitor
    page.goto("/guides/test-machine/test/")
    for question, value in list(WAYS["test-machine"].items())[:3]:
        give(page, guide, question, value, language)
    heading(page, guide, "temperature", language)
    page.go_back()  # the browser's own way back shows what was answered
    heading(page, guide, "force", language)
    page.go_forward()
    page.get_by_role("link", name=says["back"]).click()
    heading(page, guide, "force", language)
    expect(page.locator("input[name=force]")).to_have_value("40")
    page.get_by_role("button", name=says["go"]).click()
    for question in ("temperature", "measured", "daily"):
        give(page, guide, question, WAYS["test-machine"][question], language)
    cites(page, RESULTS["test-machine"])

    page.get_by_role("link", name=re.compile(says["change"])).nth(2).click()  # the force
    heading(page, guide, "force", language)
    give(page, guide, "force", "200", language)  # later answers stand: straight to the results
    expect(page.locator(".cv-result code").first).to_have_text("machine-pull-floor")

    page.get_by_role("link", name=re.compile(says["change"])).first.click()
    give(page, guide, "test", "hardness", language)
    heading(page, guide, "surface", language)
    expect(page.get_by_role("status")).to_contain_text("没有采用" if language == "zh-hans" else "left out")
    page.locator("#answer-steel").check()
    page.get_by_role("button", name=says["go"]).click()
    expect(page.locator(".cv-result code").first).to_have_text("machine-hardness")  # 200 a day is kept


@EACH
@BOTH
def test_by_keyboard_alone(name: str, language: str, visitor: Page) -> None:
    guide, page = of(name), visitor
    page.goto(f"/guides/{name}/")
    reach(page, "a.btn-primary")
    page.keyboard.press("Enter")
    for question, value in WAYS[name].items():
        heading(page, guide, question, language)
        asked = guide.question(question)
        assert asked
        if asked.numeric:
            reach(page, f"input[name={question}]")
            page.keyboard.type(value)
        else:
            reach(page, f"input[name={question}]")
            page.keyboard.press("Space")  # takes the first
            for _ in range(asked.options.index(value)):
                page.keyboard.press("ArrowDown")
            expect(page.locator(f"#answer-{value}")).to_be_checked()
        reach(page, "button.btn-primary")
        page.keyboard.press("Enter")
    cites(page, RESULTS[name])


def reach(page: Page, selector: str) -> None:
    """Presses Tab until the element has the focus; fails when the page is walked through."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches('main ' + s)", selector):
            return
    raise AssertionError(f"Tab never reaches {selector}")


@BOTH
def test_nothing_chosen_takes_the_focus_to_the_error_and_from_there_to_the_control(
    language: str, visitor: Page
) -> None:
    page = visitor
    page.goto("/guides/test-machine/test/")
    page.get_by_role("button", name=WORDS[language]["go"]).click()
    expect(page.locator("[data-errors]")).to_be_focused()
    page.locator("[data-errors] a").click()
    expect(page.locator("input[name=test]").first).to_be_focused()


@EACH
@BOTH
def test_without_scripts(name: str, language: str, browser: Browser, site: Site) -> None:
    guide = of(name)
    with opened(browser, site, language, java_script_enabled=False) as page:
        page.context.add_cookies([{"name": "django_language", "value": language, "url": site.url}])
        page.goto(f"/guides/{name}/{guide.questions[0].id}/")
        for question, value in WAYS[name].items():
            give(page, guide, question, value, language)
        cites(page, RESULTS[name])


@BOTH
def test_the_language_changes_in_the_middle_and_the_answers_stay(language: str, visitor: Page) -> None:
    page, other = visitor, "en" if language == "zh-hans" else "zh-hans"
    page.goto("/guides/test-machine/temperature/?test=peel&bond=tape&force=0.05")
    page.locator(".cv-who button").last.click()
    heading(page, of("test-machine"), "temperature", other)
    expect(page.locator(".cv-answers dd", has_text="0.05 kN")).to_be_visible()


@BOTH
def test_the_result_prints_its_reasons_without_buttons(language: str, visitor: Page) -> None:
    page = visitor
    page.goto("/guides/test-machine/result/?test=hardness&surface=soft&daily=5")
    page.emulate_media(media="print")
    expect(page.locator(".cv-result").first).to_be_visible()
    for gone in page.locator(".btn, .cv-answers a, nav").all():
        expect(gone).to_be_hidden()
