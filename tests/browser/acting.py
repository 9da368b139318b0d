"""How people use the pages: sign in, do an act by filling in what its labels ask for, agree, let days pass."""

import json
import re
import sqlite3
import struct
import zlib
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Locator, Page, expect

from cultivar.policy.model_form import FormField
from cultivar.policy.reading import load
from tests.conftest import ROOT

_READING = load(ROOT / "programmes" / "guizhou-clusters" / "2025-trial.yaml")
PROGRAMME = _READING.programme
CONDITIONS = [condition.zh for condition in PROGRAMME.conditions]
OPTIONAL = "选填"

Says = Mapping[str, str | bool | list[str] | Path]


def articles(procedure: str, act: str) -> list[str]:
    """The articles under which the programme file has an act."""
    return list(PROGRAMME.procedures[procedure].acts[act].articles)


def judged(opinion: str, remark: str = "") -> dict[str, str | bool | list[str] | Path]:
    """The same opinion on every condition, by the labels of the form."""
    said: dict[str, str | bool | list[str] | Path] = dict.fromkeys(CONDITIONS, opinion)
    return said | ({f"{CONDITIONS[0]}：说明": remark} if remark else {})


class Person:
    """Somebody with a browser of their own; ``page`` is the open tab."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def sign_in(self, login: str) -> "Person":
        """Enters by a door of the demonstration."""
        self.page.goto("/sign-in/")
        self.page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
        self.page.locator(f"button[name=door][value='{login}']").click()
        expect(self.page).not_to_have_url(re.compile("/sign-in/"))
        return self

    def case(self, number: str, tab: str = "") -> Page:
        """A case's page, or one of its tabs."""
        self.page.goto(f"/cases/{number}/" + (f"tab/{tab}/" if tab else ""))
        return self.page

    def stage(self, number: str) -> str:
        """The step at which the stepper of a case stands."""
        reached = self.case(number).locator(".cv-steps li:is(.done, .now, .back)")
        return reached.last.inner_text()

    def start(self, address: str, says: Says, *, procedure: str, act: str) -> str:
        """Does an act that opens a case; the number of that case."""
        self.page.goto(address)
        self.cites(procedure, act)
        return self._send(says)

    def act(self, number: str, act: str, says: Says | None = None, *, procedure: str = "recognition") -> None:
        """Does an act, or proposes it where it needs two."""
        self.page.goto(f"/cases/{number}/acts/{act}/")
        self.cites(procedure, act)
        self._send(says or {})

    def agree(self, number: str, act: str, *, procedure: str = "recognition") -> None:
        """Agrees to what another person proposed."""
        self.page.goto(f"/cases/{number}/acts/{act}/")
        self.cites(procedure, act)
        self.page.get_by_role("button", name="同意", exact=True).click()
        self.told()

    def cites(self, procedure: str, act: str) -> None:
        """The page names every article of the act."""
        for article in articles(procedure, act):
            expect(self.page.locator(f"main a.cv-art[href$='#{article}']").first).to_be_visible()

    def told(self) -> None:
        """The page says that the act is done and under which receipt."""
        expect(self.page.locator("[data-toast]")).to_contain_text("回执第")

    def _send(self, says: Says) -> str:
        form = self.page.locator("main form[data-keep]")
        fill(form, says)
        form.locator("button.btn-primary, button.btn-harm").click()
        self.told()
        found = re.search(r"/cases/([\w-]+)/", self.page.url)
        return found.group(1) if found else ""

    def refused(self, number: str, act: str) -> Locator:
        """The disabled button of an act on the page of a case, with its reason; its links lead somewhere."""
        self.case(number)
        button = self.page.locator("li.no", has=self.page.locator(f"#why-{act}"))
        for link in button.locator("a").all():
            address = link.get_attribute("href")
            assert address
            assert self.page.request.get(address).status == 200, address
        return button

    def travel(self, *, to: str = "", working_days: int = 0) -> None:
        """Moves the demonstration on by the line that stands on every page."""
        line = self.page.locator(".cv-clock").first
        line.locator("summary").click()
        if to:
            line.locator("input[name=date]").fill(to)
            line.locator("form", has=self.page.locator("input[name=date]")).get_by_role("button").click()
        else:
            line.locator(f"button[name=working_days][value='{working_days}']").click()
        expect(self.page.locator("[data-toast]")).to_contain_text("演示时间已到")


def fill(form: Locator, says: Says) -> None:
    """Fills the controls by their labels: text, a choice's words, a tick, files."""
    for label, value in says.items():
        _put(labelled(form, label), value)


def labelled(form: Locator, label: str) -> Locator:
    """The control, or the group of controls, with exactly this label."""
    whole = re.compile(rf"^\s*{re.escape(label)}(\s*{OPTIONAL})?\s*$")
    group = form.locator("fieldset", has=form.page.locator("legend").filter(has_text=whole))
    return group if group.count() else form.get_by_label(whole)


def _put(control: Locator, value: str | bool | list[str] | Path) -> None:
    kind = control.evaluate("e => e.type || e.tagName.toLowerCase()")
    if kind == "fieldset":
        for words in [value] if isinstance(value, str) else value:  # type: ignore[union-attr]
            control.get_by_label(str(words)).check()
    elif kind == "checkbox":
        control.check()
    elif kind == "file":
        control.set_input_files(value)  # type: ignore[arg-type]
    elif kind == "select-one":
        control.select_option(label=str(value))
    else:
        control.fill(str(value))


def fill_row(form: Locator, table: FormField, row: int = 0, **says: str) -> None:
    """One row of a table of the dossier, by its place on the page; cells that are not said get something valid."""
    line = form.locator(f"#id_{table.id}-field tbody tr").nth(row)
    for column in table.columns:
        cell = line.locator(f"[data-column='{column.id}']")
        if column.choices or column.type == "yes-no":
            cell.select_option(says.get(column.id) or next(iter(column.choices), "yes"))
        else:
            said = {"text": f"{column.zh}{row + 1}（虚构）", "date": "2026-03-31"}.get(column.type, "12")
            cell.fill(says.get(column.id, said))


class Due(NamedTuple):
    """A case for which an act waits: its number, cluster, lead region and, of an objection, the case it is about."""

    number: str
    subject: str
    region: str
    parent: str

    @property
    def applicant(self) -> str:
        """The login of the applicant's contact."""
        return f"applicant-{self.subject.lower()}"

    def city(self, post: str = "handler") -> str:
        """The login of somebody of the lead region's authority."""
        return f"city-{self.region}-{post}"


def due(home: Path, act: str, step: str = "do") -> list[Due]:
    """The cases of a demonstration that wait for an act, by number."""
    asked = (
        "select number, subject_id, lead_region_id, coalesce(parent_id, '') from cases_todo"
        " join cases_case on number = case_id where act = ? and step = ? order by number"
    )
    with closing(sqlite3.connect(home / "cultivar.sqlite3")) as database:
        return [Due(*row) for row in database.execute(asked, (act, step))]


def door(home: Path, sees: str) -> str:
    """The login behind the door of a demonstration that promises to show this."""
    doors = json.loads((home / "doors.json").read_text(encoding="utf-8"))
    return str(next(one["login"] for one in doors if sees in one["sees"][0]))


def open_doors(home: Path, *logins: str) -> None:
    """Adds doors to a copy of the demonstration, for people whom it has but does not offer at sign-in."""
    file = home / "doors.json"
    doors = json.loads(file.read_text(encoding="utf-8"))
    known = {door["login"] for door in doors}
    doors += [
        {"login": one, "role": [one, one], "office": [one, one], "sees": ["", ""]}
        for one in logins
        if one not in known
    ]
    file.write_text(json.dumps(doors, ensure_ascii=False), encoding="utf-8")


def pdf(folder: Path, name: str, words: str) -> Path:
    """A minimal PDF of one empty page; ``words`` make its bytes differ."""
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
        b"% " + words.encode() + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )
    return _keep(folder / name, body)


def png(folder: Path, name: str) -> Path:
    """A PNG of one grey pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00\x80")
    body = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return _keep(folder / name, body)


def _keep(file: Path, body: bytes) -> Path:
    file.write_bytes(body)
    return file


def recorded(home: Path, case: str, act: str) -> int:
    """How many entries of the ledger say that this act was done on this case."""
    with closing(sqlite3.connect(home / "cultivar.sqlite3")) as database:
        asked = "select count(*) from ledger_entry where `case` = ? and kind = ?"
        return int(database.execute(asked, (case, act)).fetchone()[0])
