"""Every programme file through its main procedure in the browser, by what its cases wait for and by its own people.

Nothing here knows a programme: the forms are filled by the types that the file gives their fields. People use the
pages in turn in Chinese and in English, so that each walk goes through both languages.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cultivar.policy.conditions import bound_of
from cultivar.policy.model import Programme
from cultivar.policy.model_form import FormField
from cultivar.policy.model_procedure import Act, ContentField
from cultivar.policy.reading import load
from tests.browser.acting import Person, fill_row, open_doors, pdf, png
from tests.browser.conftest import Site, fresh_page
from tests.conftest import ROOT

WALKED = "guizhou-clusters/2025-trial"  # by hand, and further, in test_path_recognition
FILES = (ROOT / "programmes").glob("*/*.yaml")
KEYS = sorted({f"{path.parent.name}/{path.stem}" for path in FILES} - {WALKED})
LANGUAGES = ("zh-hans", "en")
TODAY = date(2026, 5, 7)
MOST_ACTS = 60
PARTS = {  # fields of several controls, and what is typed into some of them
    "window": {"opens_at": "2026-05-07T09:00", "closes_at": "2026-08-31T18:00"},
    "criteria": {"own-1__zh": "综合（虚构）", "own-1__en": "Overall (fictional)", "own-1": "100"},
}


class Walk:
    """One programme on a copy of the demonstration: who is signed in, and which day it is there."""

    def __init__(
        self, programme: Programme, browser: Browser, site: Site, folder: Path, stack: ExitStack
    ) -> None:
        self.programme = programme
        self.browser, self.site, self.folder, self.stack = browser, site, folder, stack
        self.people: dict[str, Person] = {}
        self.today = TODAY
        self.spoken: set[str] = set()

    def person(self, login: str) -> Person:
        """Somebody signed in; the languages alternate from person to person."""
        if login not in self.people:
            language = LANGUAGES[len(self.people) % 2]
            self.spoken.add(language)
            page = self.stack.enter_context(fresh_page(self.browser, self.site))
            page.context.add_cookies([{"name": "django_language", "value": language, "url": self.site.url}])
            open_doors(self.site.home, login)
            self.people[login] = Person(page).sign_in(login)
        return self.people[login]

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Reads the demonstration's database."""
        with closing(sqlite3.connect(self.site.home / "cultivar.sqlite3")) as database:
            return database.execute(sql, values).fetchall()

    def logins(self, body: str, post: str, region: str, organisation: str, person: str) -> list[str]:
        """Who can act for an office, by its kind, post, region, organisation or by the person's own key."""
        found = self.ask(
            "select login, office.region_id, office.organisation_id, person.key from registry_person person"
            " join registry_holding holding on holding.person_id = person.id"
            " join registry_office office on office.id = holding.office_id"
            " where office.body = ? and (? = '' or holding.post = ?) order by login",
            body,
            post,
            post,
        )
        return [
            login
            for login, at, of, key in found
            if region in ("", at) and organisation in ("", of) and person in ("", key)
        ]

    def first(self, act: Act) -> str:
        """Somebody whose office may do an opening act."""
        body = self.programme.bodies[act.body]
        whole = self.programme.region if body.scope == "whole region" else ""
        found = self.logins(body.played_by or act.body, act.post, whole, "", "")
        own = [one for one in found if body.scope != "own cases" or self._own(one)]
        near = [one for one in own if self.programme.region == "100000" or self._near(one)]
        return near[0]

    def _own(self, login: str) -> bool:
        policy = self.programme.programme
        return policy in login or (
            policy == "guizhou-clusters" and re.match(r"applicant-c\d", login) is not None
        )

    def _near(self, login: str) -> bool:
        ((region,),) = self.ask(
            "select coalesce(office.region_id, '') from registry_person person"
            " join registry_holding holding on holding.person_id = person.id"
            " join registry_office office on office.id = holding.office_id where login = ? limit 1",
            login,
        )
        return str(region).startswith(self.programme.region[:2])

    # ------------------------------------------------------------------------------------------- acting

    def begin(self, address: str, act: Act, naming: Callable[[Page], None] | None = None) -> str:
        """Does an opening act; the number of the case."""
        person = self.person(self.first(act))
        person.page.goto(address)
        if naming is not None:
            naming(person.page)
        return self.send(person, act)

    def send(self, person: Person, act: Act) -> str:
        """Fills the form of the page that is open, sends it, and is told that it is done."""
        for article in act.articles:
            expect(person.page.locator(f"main a.cv-art[href$='#{article}']").first).to_be_visible()
        form = person.page.locator("main form[data-keep]").first
        types = {spec.type for spec in act.content.values()}
        if "score-sheet" in types:  # on a page of its own
            self.score(form)
        else:
            for name, spec in act.content.items():
                if not ("dossier" in types and spec.type == "partner-regions"):
                    self.put(form, name, spec)
        form.locator("button.btn-primary, button.btn-harm").first.click()
        expect(person.page.locator("[data-toast]")).to_contain_text(re.compile("回执第|receipt no"))
        found = re.search(r"/cases/([\w-]+)/", person.page.url)
        return found.group(1) if found else ""

    def score(self, form: Locator) -> None:
        """Every criterion of a sheet, and what is said of it."""
        for control in form.locator("input[name^='v.']").all():
            control.fill("5")
        for control in form.locator("textarea[name^='v.']").all():
            if control.is_visible():
                control.fill("可以（虚构）")

    def put(self, form: Locator, name: str, spec: ContentField) -> None:
        """One field of an act, by its type."""
        typed = self.typed(spec)
        if typed:
            form.locator(f"[name='{name}']").fill(typed)
        elif spec.type == "per-condition":
            for condition in self.programme.conditions:
                form.locator(f"[name='{name}__{condition.id}__opinion']").select_option("meets")
        elif spec.type in PARTS:
            for control in form.locator(f"[name^='{name}__']").all():
                if control.is_visible():  # what most rounds leave alone is folded away
                    control.fill("")
            for part, value in PARTS[spec.type].items():
                form.locator(f"[name='{name}__{part}']").fill(value)
        else:
            self.mark(form.locator(f"[name='{name}']"), name, spec)

    def typed(self, spec: ContentField) -> str:
        """What is typed into a plain control."""
        later = 5 if spec.when == "future" else 0
        words = "示例〔2026〕9号（虚构）" if "号" in spec.zh else f"{spec.zh[:20]}（虚构）"
        return {
            "text": words,
            "long-text": words,
            "date": str(self.today + timedelta(days=later)),
            "datetime": f"{self.today + timedelta(days=3)}T09:30",
            "whole": str(max(spec.least or 1, min(3, spec.most or 3))),
            "decimal": "3",
            "people": "甲（虚构）\n乙（虚构）",
            "names": "甲（虚构）\n乙（虚构）\n丙（虚构）",
        }.get(spec.type, "")

    def mark(self, controls: Locator, name: str, spec: ContentField) -> None:
        """What is ticked, chosen or uploaded."""
        if spec.type == "choice":
            controls.locator(f"xpath=self::*[@value='{self.wanted(name, spec)}']").check()
        elif spec.type in ("named", "undertaking"):
            controls.first.check()
        elif spec.type == "files" and spec.required:
            controls.set_input_files(png(self.folder, "现场.png"))
        elif spec.type == "experts" or (spec.type == "partner-regions" and spec.required):
            for number in range(max(spec.least or 1, min(3, spec.most or 3))):
                controls.nth(number).check()

    def wanted(self, name: str, spec: ContentField) -> str:
        """The choice on which an act waits that leads on and does no harm; else the first."""
        leading = (
            guard.value
            for procedure in self.programme.procedures.values()
            for act in procedure.acts.values()
            if not act.harm
            for guard in (self.programme.guards[need] for need in act.needs)
            if guard.field == name and guard.value in spec.choices
        )
        return next(leading, None) or next(iter(spec.choices))

    def go_on(self, number: str) -> str:
        """Does what the case waits for until it is closed or rests; the stage where it then stands."""
        for _ in range(MOST_ACTS):
            todos = self.ask(
                "select act, step, body, post, region, organisation, person, not_person, opens_on from cases_todo"
                " where case_id = ? order by id",
                number,
            )
            if not todos:
                break
            due = [todo for todo in todos if not todo[8] or date.fromisoformat(todo[8]) <= self.today]
            if not due:
                self.travel(min(date.fromisoformat(todo[8]) for todo in todos))
                continue
            self.do(number, due[0])
        ((stage,),) = self.ask("select stage from cases_case where number = ?", number)
        return str(stage)

    def do(self, number: str, todo: tuple[Any, ...]) -> None:
        """One act that the case waits for."""
        act_id, step, body, post, region, organisation, person_key, not_person, _ = todo
        ((procedure,),) = self.ask("select procedure from cases_case where number = ?", number)
        act = self.programme.procedures[procedure].acts[act_id]
        keys = dict(self.ask("select login, key from registry_person"))
        login = next(
            one
            for one in self.logins(body, post, region, organisation, person_key)
            if keys[one] != not_person
        )
        person = self.person(login)
        if any(spec.type == "dossier" for spec in act.content.values()):
            self.fill_dossier(person, number)
        person.page.goto(f"/cases/{number}/acts/{act_id}/")
        if step == "confirm":
            person.page.locator(
                "main button[name=step][value=confirm], main form button.btn-primary"
            ).first.click()
            expect(person.page.locator("[data-toast]")).to_contain_text(re.compile("回执第|receipt no"))
        else:
            self.send(person, act)

    def fill_dossier(self, person: Person, number: str) -> None:
        """The whole dossier, section by section."""
        for section in self.programme.form:
            person.page.goto(f"/cases/{number}/dossier/{section.id}/")
            form = person.page.locator("main form[data-keep]")
            for field in section.fields:
                self.put_field(form, field)
            person.page.locator("button[name=go][value=stay]").last.click()
            expect(person.page.locator("[data-toast]")).to_be_visible()

    def put_field(self, form: Locator, field: FormField) -> None:
        """One field of the dossier, by its type."""
        one = form.locator(f"[name='v.{field.id}']")
        if field.fixed or field.derived or field.type == "partner-regions":
            return
        if field.type == "table":
            fill_row(form, field)
            return
        if field.type == "evidence":
            file = pdf(self.folder, f"{field.id}.pdf", field.id)
            form.locator(f"[name='file.{field.id}']").set_input_files(file)
            expect(form.page.locator(f"#id_{field.id}-field")).to_contain_text(file.name)
        elif field.type in ("text", "long-text"):
            one.fill(f"{field.zh[:20]}（虚构）")
        elif field.type == "date":
            one.fill("2026-03-31")
        elif field.type in ("choice", "yes-no", "field"):
            values = list(field.choices) or ["yes"]
            if one.first.evaluate("e => e.tagName") == "SELECT":
                one.select_option(index=1)
            else:
                one.locator(f"xpath=self::*[@value='{values[0]}']").check()
        else:
            one.fill(self.figure(field))

    def figure(self, field: FormField) -> str:
        """A number within the field's limits and on the right side of the document's own bars."""
        bars = [bar for condition in self.programme.conditions for bar in condition.bars]
        number = next((int(bound_of(bar)[1]) for bar in bars if bar.indicator == field.indicator), 12)
        number = max(number, int(field.least or number))
        return str(min(number, int(field.most or number)))

    def travel(self, to: date) -> None:
        """Lets the days pass until ``to``."""
        page = next(iter(self.people.values())).page
        page.goto("/")
        line = page.locator(".cv-clock").first
        line.locator("summary").click()
        line.locator("input[name=date]").fill(str(to))
        line.locator("form", has=page.locator("input[name=date]")).get_by_role("button").click()
        expect(page.locator("[data-toast]")).to_contain_text(re.compile("演示时间已到|now stands at"))
        self.today = to


@pytest.fixture
def walk(request: pytest.FixtureRequest, browser: Browser, own_site: Site, tmp_path: Path) -> Iterator[Walk]:
    """The programme of the test's key."""
    policy, version = request.getfixturevalue("key").split("/")
    programme = load(ROOT / "programmes" / policy / f"{version}.yaml").programme
    with ExitStack() as stack:
        yield Walk(programme, browser, own_site, tmp_path, stack)


@pytest.mark.parametrize("key", KEYS)
def test_the_main_procedure_can_be_walked_in_the_browser(walk: Walk, key: str) -> None:
    programme = walk.programme
    stages: dict[str, str] = {}
    rounds = {}
    for name, procedure in programme.procedures.items():
        act = next(one for one in procedure.acts.values() if one.opens_case)
        here = f"/programmes/{key}"
        if procedure.about == "round":
            rounds[name] = walk.begin(f"{here}/open/{name}/", act)
            stages[name] = walk.go_on(rounds[name])
        elif procedure.about == "subject" and not procedure.designated:
            stages[name] = walk.go_on(walk.begin(f"{here}/begin/{name}/", act, named))
        elif procedure.about == "subject":
            stages |= on_a_designation(walk, name)
    for name, procedure in programme.procedures.items():
        if procedure.about == "application":
            act = next(one for one in procedure.acts.values() if one.opens_case)
            for round_ in rounds.values():
                stages[name] = walk.go_on(applied(walk, round_, act))
    assert stages
    for name, stage in stages.items():
        reached = programme.procedures[name].stages[stage]
        assert reached.final == "granted" or reached.rests, (name, stage)
    assert walk.spoken == set(LANGUAGES)


def on_a_designation(walk: Walk, name: str) -> dict[str, str]:
    """The demonstration has entered all that the document names; what is done for one of them goes on from there."""
    ((number,),) = walk.ask(
        "select number from cases_case where procedure = ? order by number desc limit 1", name
    )
    following, procedure = next(
        (one, spec) for one, spec in walk.programme.procedures.items() if spec.about == "title"
    )
    act = next(one for one in procedure.acts.values() if one.opens_case)
    return {following: walk.go_on(walk.begin(f"/cases/{number}/open/{following}/", act))}


def named(page: Page) -> None:
    """Says which subject a matter is about."""
    page.locator("[name=name_zh]").fill("浏览器示例（虚构）")
    page.locator("[name=name_en]").fill("Browser example (fictional)")
    if page.locator("[name=field]").count():
        page.locator("[name=field]").select_option(index=1)


def applied(walk: Walk, round_: str, act: Act) -> str:
    """Opens an application for a new subject; the number of the case."""
    person = walk.person(walk.first(act))
    page = person.page
    page.goto(f"/rounds/{round_}/apply/")
    page.locator("[name=subject][value=new]").check()
    named(page)
    page.locator("main form button.btn-primary").click()
    found = re.search(r"/cases/([\w-]+)/dossier/", page.url)
    assert found, page.locator("main").inner_text()
    return found.group(1)
