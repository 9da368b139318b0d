"""Takes pictures of the demonstration's pages as each role sees them.

    cultivar demo --no-serve && cultivar serve --port 8000     (in another window, with CULTIVAR_DEMO=1)
    python tools/screenshots.py http://127.0.0.1:8000 pictures/ [--only case,desk] [--documentation]

Every page is taken in both languages at 1280 and 360 pixels; ``--documentation`` takes only the few that the
README and the books show, into ``docs/screenshots``. Needs Chromium and the development requirements.
"""

import argparse
import json
import re
import shutil
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
ARGUMENTS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
WIDTHS = (1280, 360)
LANGUAGES = ("zh-hans", "en")
DOCUMENTED = ("case", "desk", "home", "dossier", "ledger")


@dataclass(frozen=True)
class View:
    """A page to be taken: its name, who looks (a login, "" for the public), and where it is.

    ``where`` is an address, or a link's pattern followed from the address before the arrow: ``/cases/ -> pattern``.
    """

    name: str
    login: str
    where: str


VIEWS = (
    View("home", "", "/"),
    View("rounds", "", "/rounds/"),
    View("round", "", "/rounds/ -> /rounds/[A-Z]"),
    View("notices", "", "/notices/"),
    View("notice", "", "/ -> /notices/[A-Z]"),
    View("directory", "", "/titles/"),
    View("certificate", "", "/certificates/"),
    View("programme", "", "/programmes/guizhou-clusters/2025-trial/"),
    View(
        "compare", "", "/programmes/compare/?from=guizhou-clusters/2025-draft&to=guizhou-clusters/2025-trial"
    ),
    View("sign-in", "", "/sign-in/"),
    View("desk", "{city}", "/desk/"),
    View("cases", "{city}", "/cases/"),
    View("case", "{city}", "/desk/ -> /cases/[A-Z]+-[0-9-]+/$"),
    View("act", "{city}", "/desk/ -> /acts/"),
    View("conditions", "{city}", "/desk/ -> /cases/[A-Z]+-[0-9-]+/$ -> /tab/conditions/"),
    View("readiness", "{city}", "/desk/ -> /cases/[A-Z]+-[0-9-]+/$ -> /tab/conditions/ -> /readiness/$"),
    View("file", "{city}", "/desk/ -> /cases/[A-Z]+-[0-9-]+/$ -> /tab/dossier/"),
    View("rosters", "{city}", "/rosters/"),
    View("roster-page", "{applicant}", "/rosters/ -> /rosters/of/[^/]+/$"),
    View(
        "enterprise",
        "{applicant}",
        "/rosters/ -> /rosters/of/[^/]+/$ -> /rosters/of/[^/]+/enterprises/[^/]+/$",
    ),
    View("enterprises", "{city}", "/rosters/enterprises/"),
    View("roster-import", "{applicant}", "/rosters/ -> /rosters/of/[^/]+/import/$"),
    View("roster", "{city}", "/desk/ -> /cases/[A-Z]+-[0-9-]+/$ -> /tab/roster/"),
    View("entry", "{city}", "/desk/ -> /cases/[A-Z]+-[0-9-]+/$ -> /record/"),
    View("letters", "{city}", "/letters/"),
    View("desk-applicant", "{applicant}", "/desk/"),
    View(
        "dossier",
        "{applicant}",
        "/desk/ -> /cases/[A-Z]+-[0-9-]+/$ -> /dossier/basics/ -> /dossier/innovation/",
    ),
    View("submit", "applicant-c12", "/desk/ -> /cases/[A-Z]+-[0-9-]+/$ -> /acts/submit/"),
    View("returned", "applicant-c27", "/desk/ -> /cases/[A-Z]+-[0-9-]+/$ -> /dossier/basics/"),
    View("changes", "applicant-c27", "/desk/ -> /cases/[A-Z]+-[0-9-]+/$ -> /tab/changes/"),
    View("unconfirmed", "{city}", "/desk/enterprises/"),
    View("desk-province", "province-handler", "/desk/"),
    View("cases-province", "province-handler", "/cases/"),
    View(
        "leads", "province-handler", "/cases/?procedure=recognition -> /cases/[A-Z]+-[0-9-]+/$ -> /tab/leads/"
    ),
    View("quality", "province-handler", "/desk/quality/"),
    View("experts", "province-handler", "/desk/experts/"),
    View("expert", "province-handler", "/desk/experts/ -> /desk/experts/[^/]+/of/[^/]+/$"),
    View("experts-import", "province-handler", "/desk/experts/ -> /desk/experts/[^/]+/import/$"),
    View("rounds-province", "province-handler", "/desk/rounds/"),
    View("ranking", "province-handler", "/desk/rounds/ -> -00001/ranking/$"),
    View("checks", "province-handler", "/desk/rounds/ -> -00001/ranking/$ -> /checks/$"),
    View("agreement", "province-handler", "/desk/rounds/ -> -00001/ranking/$ -> /checks/$ -> show=panels"),
    View("repeats", "province-handler", "/desk/rounds/ -> -00001/ranking/$ -> /checks/$ -> show=repeats"),
    View("evaluation", "province-handler", "/rounds/GZ-2025-00001/evaluation/"),
    View("freeze", "province-handler", "/rounds/GZ-2026-00001/evaluation/ -> /draw/$"),
    View("draw", "", "/rounds/GZ-2025-00001/draw/"),
    View("panels", "province-handler", "/rounds/GZ-2026-00001/panels/"),
    View("defences", "province-handler", "/rounds/GZ-2026-00001/defences/"),
    View(
        "arrange-sitting",
        "province-handler",
        "/rounds/GZ-2026-00001/defences/ -> /defences/[0-9a-f]+/[^/]+/arrange/$",
    ),
    View(
        "sitting",
        "province-handler",
        "/rounds/GZ-2026-00001/defences/ -> /defences/[0-9a-f]+/[^/]+/$",
    ),
    View("sessions", "{expert}", "/desk/sessions/"),
    View("conflicts", "province-handler", "/rounds/GZ-2026-00001/conflicts/"),
    View("conflict-pairs", "auditor", "/rounds/GZ-2026-00001/conflicts/pairs/"),
    View("identity-answers", "province-handler", "/rounds/GZ-2026-00001/conflicts/answers/"),
    View(
        "name-panel", "province-handler", "/cases/?stage=evaluation -> /cases/GZ-[0-9-]+/$ -> /acts/assign/"
    ),
    View("answer-recusal", "province-handler", "/desk/ -> /acts/decide-recusal/"),
    View("my-ties", "{expert}", "/desk/my-ties/"),
    View("desk-expert", "{expert}", "/desk/"),
    View("sheets", "{expert}", "/desk/sheets/"),
    View("sheet", "{expert}", "/desk/ -> /acts/score/"),
    View("cases-auditor", "auditor", "/cases/"),
    View("ledger", "", "/ledger/"),
    View("ledger-check", "", "/ledger/check/"),
    View("ledger-entries", "auditor", "/ledger/entries/"),
    View("ledger-entry", "auditor", "/ledger/entries/ -> /ledger/entry/[0-9]+$"),
    View(
        "erase",
        "province-handler",
        "/cases/?procedure=objection -> /cases/[A-Z]+-[0-9-]+/$ -> /record/ -> /erase/",
    ),
)


def doors(site: str) -> dict[str, str]:
    """The logins that stand for city, applicant and expert in this demonstration, from the sign-in page."""
    with urllib.request.urlopen(f"{site}/sign-in/") as answer:  # noqa: S310 - the address is the caller's own
        page = answer.read().decode()
    logins = re.findall(r'name="door" value="([^"]+)"', page)
    return {
        "city": next(login for login in logins if re.match(r"city-.*-handler", login)),
        "applicant": next(login for login in logins if login.startswith("applicant")),
        "expert": next(login for login in logins if login.startswith("expert")),
    }


def take(
    browser: Browser, site: str, view: View, language: str, width: int, picture: Path, *, whole: bool
) -> str:
    """Takes one picture, of the whole page or of its first screen.

    Gives a sentence when the page cannot be reached or scrolls sideways.
    """
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
    context.add_cookies([{"name": "django_language", "value": language, "url": site}])
    page = context.new_page()
    try:
        if view.login:
            sign_in(page, site, view.login)
        address, *patterns = view.where.split(" -> ")
        page.goto(site + address)
        for pattern in patterns:
            links = page.eval_on_selector_all(
                "main a[href]", "links => links.map(link => link.getAttribute('href'))"
            )
            found = next((link for link in links if re.search(pattern, link)), None)
            if found is None:
                return f"{view.name}: no link fits {pattern}"
            page.goto(site + found)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=picture, full_page=whole)
        wide = page.evaluate("document.documentElement.scrollWidth")
        return f"{view.name} {language} {width}: scrolls to {wide}" if wide > width else ""
    finally:
        context.close()


def sign_in(page: Page, site: str, login: str) -> None:
    """One click on the demonstration's door."""
    page.goto(f"{site}/sign-in/")
    page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
    page.locator(f'button[name="door"][value="{login}"]').first.click()


def pictures(arguments: argparse.Namespace) -> Iterator[str]:
    """Takes what was asked for; yields what is wrong."""
    wanted = set(arguments.only.split(",")) if arguments.only else None
    if arguments.documentation:
        wanted = set(DOCUMENTED)
    logins = doors(arguments.site)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for view in VIEWS:
            if wanted is not None and view.name not in wanted:
                continue
            known = View(view.name, view.login.format(**logins), view.where)
            for language in LANGUAGES:
                for width in WIDTHS[:1] if arguments.documentation else WIDTHS:
                    end = "" if arguments.documentation else f"-{width}"
                    picture = arguments.folder / f"{view.name}-{language[:2]}{end}.png"
                    whole = not arguments.documentation
                    problem = take(browser, arguments.site, known, language, width, picture, whole=whole)
                    if problem:
                        yield problem
        browser.close()


def main() -> int:
    """Gives 1 when a page is missing or scrolls sideways."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("site", help="address of a running demonstration")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--only", default="", help="names of views, with commas")
    parser.add_argument("--documentation", action="store_true", help="only the pictures of the books, wide")
    problems = list(pictures(parser.parse_args()))
    print(json.dumps(problems, ensure_ascii=False, indent=1) if problems else "done", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
