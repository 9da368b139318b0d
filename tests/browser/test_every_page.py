"""Whoever follows the links of their pages finds sound ones: on wide and narrow screens, in both languages."""

import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, ViewportSize

from tests.browser.acting import Person, door
from tests.browser.conftest import VISITOR, Axe, Site, fresh_page

KINDS = 30  # page kinds that one role opens at most
ROLES = {  # what the door into a role promises
    "public": "",
    "applicant": "被退回，待补正",
    "city": "联合申报等会签",
    "partner city": "联合申报待会签",
    "province handler": "审核、评审、名单",
    "secretary": "登记会议决定",
    "publisher": "发布通知和公示",
    "expert": "评分表待交",
    "auditor": "只看不办",
}
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 360, "height": 800}
NO_PAGE = re.compile(
    r"\.(docx|xlsx|csv|pdf)\b|/evidence/[0-9a-f]{64}|/file/$|\.json$|/receipt$|/page\.html$"
    r"|/ledger/(checkpoint|keys)$"
)
PUBLIC = re.compile(
    r"/($|ledger/(check/)?$|(rounds|notices|titles|guides|programmes|certificate|search|sign-in)/"
    r"(?!.*(apply|ranking|checks|conflicts|evaluation|panels|defences|open)/))"
)


def kind(address: str) -> str:
    """An address without what tells one page of its kind from another."""
    path = re.sub(r"(?<=/)(?:GZ-|C\d|\d|[0-9a-f]{16})[^/]*", "*", urlsplit(address).path)
    path = re.sub(r"(?<=/guides/)[a-z-]+", "*", path)
    path = re.sub(r"(?<=/dossier/)[a-z-]+", "*", path)  # sections are alike; each act has a form of its own
    asked = sorted({pair.split("=")[0] for pair in urlsplit(address).query.split("&") if pair})
    return path + ("?" + "&".join(asked) if asked else "")


@pytest.fixture(scope="module")
def examined() -> set[str]:
    """The kinds of pages that were examined for accessibility; each is once."""
    return set()


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of(role: str, browser: Browser, site: Site, axe: Axe, examined: set[str]) -> None:
    faults: list[str] = []
    login = door(site.home, ROLES[role]) if ROLES[role] else VISITOR
    with fresh_page(browser, site) as page:
        page.on("request", lambda request: _note_elsewhere(request, site, faults))
        if login != VISITOR:
            Person(page).sign_in(login)
        opened = 0
        for opened, address in enumerate(walked(page, site, login), 1):
            widths = (WIDE, NARROW) if opened % 2 else (NARROW, WIDE)
            faults += look(page, site, address, "en", widths[0])
            faults += look(page, site, address, "zh-hans", widths[1])
            if kind(address) not in examined:
                examined.add(kind(address))
                faults += [f"{address}: {one['rule']} {one['nodes'][:2]}" for one in axe(page)]
    assert faults == []
    assert opened >= 8


def walked(page: Page, site: Site, login: str) -> Iterator[str]:
    """Addresses breadth first, one of each kind; whoever takes one opens it before taking the next."""
    start = "/desk/" if login else "/"
    ahead, known = deque([start]), {kind(start)}
    for _ in range(KINDS):
        if not ahead:
            return
        yield ahead.popleft()
        for link in page.locator("a[href]").evaluate_all(
            "all => all.map(one => new URL(one.getAttribute('href'), document.baseURI).href)"
        ):
            path = link.removeprefix(site.url).partition("#")[0]
            leads = link.startswith(site.url) and not NO_PAGE.search(path)
            if leads and kind(path) not in known and not (login and PUBLIC.match(path)):
                known.add(kind(path))
                ahead.append(path)


def look(page: Page, site: Site, address: str, language: str, size: ViewportSize) -> list[str]:
    """What is wrong with a page in a language at a width."""
    page.set_viewport_size(size)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": site.url}])
    answer = page.goto(address)
    allowed = (
        (200, 403) if kind(address).startswith("/ledger/entry/") else (200,)
    )  # what is sealed is said to be
    seen = page.evaluate(
        """() => ({
            lang: document.documentElement.lang.toLowerCase(),
            headings: document.querySelectorAll("h1").length,
            beyond: document.documentElement.scrollWidth - innerWidth,
        })"""
    )
    found = {
        f"answers {answer.status if answer else None}": answer is None or answer.status not in allowed,
        f"is in {seen['lang']}": not seen["lang"].startswith(language[:2]),
        f"has {seen['headings']} h1": seen["headings"] != 1,
        f"is {seen['beyond']} px too wide": seen["beyond"] > 0,
    }
    return [f"{address} ({language}, {size['width']}) {what}" for what, wrong in found.items() if wrong]


def _note_elsewhere(request: Request, site: Site, faults: list[str]) -> None:
    if not request.url.startswith((site.url, "data:", "blob:")):
        faults.append(f"{request.frame.url} asks {request.url}")
