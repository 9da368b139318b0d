"""A real browser against a real server on a copy of the demonstration."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session."""
    executable = _chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def site(browser: Browser, demonstration: Path, tmp_path: Path) -> Iterator[Site]:
    """A server of its own for each test, on a copy of the demonstration.

    It asks for the browser first, so that nothing is built on a machine without one.
    """
    home = tmp_path / "home"
    shutil.copytree(demonstration, home)
    command = [sys.executable, "-u", "-m", "cultivar", "serve", "--port", "0"]
    log = tmp_path / "serve.log"
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


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page in a fresh Chinese session; ``page.goto("/...")`` is relative to the site.

    An error in a page's script, and a resource that the content policy blocks, fail the test.
    """
    context = browser.new_context(base_url=site.url, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(15_000)
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: _note_blocked(message.text, faults))
    yield opened
    context.close()
    assert not faults, faults


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
