"""The linter: silent about every file of the project, outspoken about each thing that can be wrong in one.

Each wrong file is the Guizhou file with one piece of text replaced.
"""

from pathlib import Path

import pytest
from tests.procedure.made import FILES, calendar

from cultivar.policy.reading import read_programme
from cultivar.procedure import linter
from cultivar.procedure.examples import run

GUIZHOU = Path(__file__).resolve().parents[2] / "programmes/guizhou-clusters/2025-trial.yaml"
TEXT = GUIZHOU.read_text("utf-8")


def line_of(text: str) -> int:
    assert text in TEXT, text
    return TEXT[: TEXT.index(text)].count("\n") + 1


def found(tmp_path: Path, *changes: tuple[str, str]) -> list:
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = tmp_path / "x.yaml"
    path.write_text(text, "utf-8")
    return linter.check(path, calendar())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_file_of_the_project_is_sound(path):
    assert linter.check(path, calendar()) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_example_comes_out_as_the_file_says(path):
    programme = read_programme(path).programme
    assert programme.examples
    assert [
        outcome.problem for one in programme.examples if (outcome := run(programme, one, calendar())).problem
    ] == []


ACCEPT = "        task: {zh: 受理或退回, en: Accept or return}\n        article: a9\n        by: city\n"
WRONG = {
    "an id twice": ("{id: a19, number", "{id: a18, number", "“a18” is used twice"),
    "a form field twice": (
        "{id: output, type: money",
        "{id: revenue, type: money",
        "“revenue” is used twice",
    ),
    "an unknown article": ("id: window, article: a7", "id: window, article: a77", "no article named “a77”"),
    "an open point beyond its readings": ("chosen: 1", "chosen: 3", "There are 2 readings"),
    "an unknown indicator": (
        "indicators: [major-events]",
        "indicators: [events]",
        "no indicator named “events”",
    ),
    "unknown evidence": ("evidence: [clean-record-proof]", "evidence: [proof]", "no evidence named “proof”"),
    "a field of no condition": (
        "en: Local government measures, condition: resources",
        "en: Local government measures, condition: riches",
        "no condition named “riches”",
    ),
    "a draft in force": ("status: trial", "status: draft", "A draft is not in force"),
    "a document that nobody issued": ('issued: "2025-07-28"\n', "", "“issued” is missing"),
    "a document not in force": ('in_force: {from: "2025-07-28"}\n', "", "“in_force” is missing"),
    "an unknown debtor": (
        "article: a13, by: city, kind: coordination",
        "article: a13, by: town, kind: coordination",
        "no body named “town”",
    ),
    "an unknown player": ("played_by: city", "played_by: town", "no body named “town”"),
    "hidden from nobody": (
        "hidden_from: [applicant, partner-city, expert]",
        "hidden_from: [press]",
        "“press”",
    ),
    "a guard of two tests": ("{done: review, remedy", "{done: review, fact: x, remedy", "makes 2 tests"),
    "a guard of no test": ("{fact: title-held, zh", "{zh", "makes 0 tests"),
    "an unknown guard": ("needs: window-open", "needs: window-opened", "no guard named “window-opened”"),
    "a guard on an unknown act": (
        "{done: visit, ever: true, remedy",
        "{done: visited, ever: true, remedy",
        "no act named “visited”",
    ),
    "an unknown remedy": ("remedy: visit,", "remedy: travel,", "no act named “travel”"),
    "a guard on no period": ("{over: publish,", "{over: submit,", "“submit” starts no period"),
    "a guard on an unknown field": (
        "field: decision, value: approved",
        "field: choice, value: approved",
        "“choice”",
    ),
    "a guard on an unknown stage": ("in_stage: [notice]", "in_stage: [poster]", "no stage named “poster”"),
    "a guard on an unknown procedure": ("{none_of: objection, zh", "{none_of: protest, zh", "“protest”"),
    "a guard on an unknown setting": ("than: returns,", "than: rounds,", "no round setting named “rounds”"),
    "a parent where there is none": (
        "    about: case\n    parent: recognition\n",
        "    about: case\n",
        "there is none",
    ),
    "an unknown parent": (
        "    parent: recognition\n",
        "    parent: recognise\n",
        "no procedure named “recognise”",
    ),
    "an unknown body": (ACCEPT, ACCEPT.replace("by: city", "by: town"), "no body named “town”"),
    "an unknown post": ("by: province.secretary", "by: province.scribe", "no post named “scribe”"),
    "an act from nowhere": ("from: listed\n        to: notice", "from: shelf\n        to: notice", "“shelf”"),
    "an act to nowhere": ("from: listed\n        to: notice", "from: listed\n        to: board", "“board”"),
    "an opening act that stays": (
        "from: new\n        to: considered\n",
        "from: new\n",
        "must say to which stage",
    ),
    "a procedure that nothing opens": (
        "from: new\n        to: considered\n",
        "from: considered\n        to: considered\n",
        "No act opens this procedure",
    ),
    "an unknown title": ("grants: cluster", "grants: medal", "no title named “medal”"),
    "an act hidden from nobody": (
        "hidden_from: [applicant, city, partner-city, public]",
        "hidden_from: [press]",
        "no body named “press”",
    ),
    "a limit after nothing": ("after: [submit, resubmit]", "after: [submit, again]", "no act named “again”"),
    "a limit without length": (
        "limit: {set_by: round, unit: working days, after: [submit, resubmit]",
        "limit: {unit: working days, after: [submit, resubmit]",
        "A limit gives n",
    ),
    "a period of two lengths": (
        "period: {until: statement-by,",
        "period: {n: 5, until: statement-by,",
        "either n or until",
    ),
    "a period until no field": ("period: {until: statement-by,", "period: {until: some-day,", "“some-day”"),
    "a stage that nothing reaches": (
        "to: not-recommended\n",
        "to: considered\n",
        "“Not recommended” cannot be reached",
    ),
    "a final stage that is left": (
        "from: evaluation\n        to: listed",
        "from: [evaluation, refused]\n        to: listed",
        "is final yet",
    ),
    "a stage without waiting": (", waits_for: admit}", "}", "does not say what it waits for"),
    "waiting for an unknown act": ("waits_for: admit}", "waits_for: admission}", "no act named “admission”"),
    "waiting for an act of elsewhere": (
        "waits_for: admit}",
        "waits_for: submit}",
        "cannot be done from this stage",
    ),
    "an example that fails": ("round: {returns: 1}", "round: {returns: 2}", "fails: Expected refused"),
    "an example with another article": (
        "expect: {allowed: true, article: a9}",
        "expect: {allowed: true, article: a10}",
        "The article should be a10",
    ),
    "an example with other gaps": ('missing: ["522300"]', 'missing: ["520500"]', "Missing should be"),
    "an example with another day": (
        'last_day: "2026-10-09"',
        'last_day: "2026-10-08"',
        "The last day should be",
    ),
    "an example of no act": (
        "try: {act: recommend, as: city}",
        "try: {act: praise, as: city}",
        "no act named “praise”",
    ),
    "an example that cannot be": (
        "acts: [start, submit, accept, review]\n",
        "acts: [start, accept]\n",
        "cannot be reached",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_rule_speaks_up(tmp_path, name):
    old, new, says = WRONG[name]
    problems = found(tmp_path, (old, new))
    mine = [problem for problem in problems if says in problem.text.en]
    assert mine, [str(problem) for problem in problems]
    for problem in problems:
        assert problem.line >= 1
        assert problem.text.zh != problem.text.en
    assert problems == sorted(problems, key=lambda problem: problem.line)


IN_PLACE = (
    "an unknown article",
    "an unknown indicator",
    "an unknown player",
    "an open point beyond its readings",
)


@pytest.mark.parametrize("name", IN_PLACE)
def test_the_finding_stands_on_its_line(tmp_path, name):
    old, new, says = WRONG[name]
    (problem,) = [one for one in found(tmp_path, (old, new)) if says in one.text.en]
    assert problem.line == line_of(old)


def test_an_executable_article_that_nothing_encodes_is_found(tmp_path):
    extra = '  - {id: a20, number: "20", kind: executable, summary: {zh: 某项规则, en: Some rule}}\n'
    before = '  - {id: app1, number: "附件1"'
    (problem,) = found(tmp_path, (before, extra + before))
    assert problem.line == line_of(before)
    assert "nothing in the file encodes it" in problem.text.en
    declaratory = extra.replace("executable", "declaratory")
    assert found(tmp_path, (before, declaratory + before)) == []


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path):
    (problem,) = found(tmp_path, ("status: trial", "status: &s trial"))
    assert problem.line == line_of("status: trial")


def test_a_dead_end_is_found(tmp_path):
    drop = TEXT[TEXT.index("      rectified:\n") : TEXT.index("      fail:\n        zh: 复核不通过")]
    problems = found(tmp_path, (drop, ""))
    assert [one for one in problems if "no way out of stage “Rectification”" in one.text.en]


def test_a_draft_need_not_say_when_it_was_issued(tmp_path):
    dates = 'issued: "2025-07-28"\nin_force: {from: "2025-07-28"}\nstatus: trial'
    assert found(tmp_path, (dates, "status: draft")) == []
    assert found(tmp_path, (dates, 'issued: "2025-06-01"\nstatus: draft')) == []
