"""A real browser against a real server on a copy of the demonstration."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.acting import Person, open_doors
from tests.conftest import ROOT, environment

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
VISITOR = ""
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
Axe = Callable[[Page], list[dict[str, Any]]]


class Site(NamedTuple):
    """A running server: its address without a slash at the end, and its data folder."""

    url: str
    home: Path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _chromium() -> str:
    """The browser's path; without one the test is skipped, or fails where browsers are required."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found:
        return found
    reason = "no Chromium on this machine (Debian: apt install chromium fonts-noto-cjk)"
    if os.environ.get("CULTIVAR_BROWSER") == "required":
        pytest.fail(f"{reason}, and CULTIVAR_BROWSER=required")
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module: while its event loop runs, Django lets nobody at the database in this process."""
    executable = _chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield chromium
        chromium.close()


@contextmanager
def served(demonstration: Path, folder: Path) -> Iterator[Site]:
    """A server on a copy of the demonstration in ``folder``."""
    home = folder / "home"
    shutil.copytree(demonstration, home)
    command = [sys.executable, "-u", "-m", "cultivar", "serve", "--port", "0"]
    log = folder / "serve.log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            command,
            env=environment(CULTIVAR_HOME=home, CULTIVAR_DEMO="1"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        ) as server,
    ):
        try:
            assert server.stdout is not None
            line = server.stdout.readline()  # printed once the port is listened on; empty when it gave up
            address = re.search(r"http://[\d.]+:\d+", line)
            assert address, log.read_text(encoding="utf-8")
            yield Site(address.group(), home)
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def site(browser: Browser, demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server for the tests of one module; those that move its clock have ``own_site``.

    It asks for the browser first, so that nothing is built on a machine without one.
    """
    with served(demonstration, tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def own_site(browser: Browser, demonstration: Path, tmp_path: Path) -> Iterator[Site]:
    """A server for one test alone."""
    with served(demonstration, tmp_path) as running:
        yield running


@contextmanager
def fresh_page(browser: Browser, site: Site, **options: Any) -> Iterator[Page]:
    """A page in a session of its own; addresses are relative to the site.

    An error in a page's script, and a resource that the content policy blocks, fail the test.
    """
    chosen = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"} | options
    context = browser.new_context(base_url=site.url, **chosen)
    context.set_default_timeout(15_000)
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: _note_blocked(message.text, faults))
    yield opened
    context.close()
    assert not faults, faults


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page of a visitor in a fresh Chinese session."""
    with fresh_page(browser, site) as opened:
        yield opened


People = Callable[[str], Person]


def _people(browser: Browser, site: Site) -> Iterator[People]:
    with ExitStack() as sessions:
        known: dict[str, Person] = {}

        def enter(login: str) -> Person:
            if login not in known:
                known[login] = Person(sessions.enter_context(fresh_page(browser, site)))
                if login != VISITOR:
                    open_doors(site.home, login)
                    known[login].sign_in(login)
            return known[login]

        yield enter


@pytest.fixture
def people(browser: Browser, site: Site) -> Iterator[People]:
    """``people(login)`` is that person, signed in, in a browser session of their own; VISITOR is nobody."""
    yield from _people(browser, site)


@pytest.fixture
def own_people(browser: Browser, own_site: Site) -> Iterator[People]:
    """The people of ``own_site``."""
    yield from _people(browser, own_site)


def _note_blocked(text: str, faults: list[str]) -> None:
    if "Content Security Policy" in text:
        faults.append(text)


@pytest.fixture(scope="session")
def axe() -> Axe:
    """``axe(page)`` returns the accessibility violations of the page as it stands (WCAG 2.2 A and AA)."""
    if not AXE.is_file():
        pytest.fail("axe-core is missing; run python3 start.py install --dev")
    source = AXE.read_text(encoding="utf-8")

    def violations(page: Page) -> list[dict[str, Any]]:
        page.evaluate(source)  # a script tag would be blocked by the content policy
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = page.evaluate("tags => axe.run({runOnly: tags})", tags)["violations"]
        return [
            {"rule": rule["id"], "help": rule["help"], "nodes": [node["html"] for node in rule["nodes"]]}
            for rule in found
        ]

    return violations
