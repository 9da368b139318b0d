"""Guides: the linter is exact and quick, refuses each wrong thing, and answering follows the file."""

import itertools
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import ROOT

from cultivar.policy.guides.answering import answer
from cultivar.policy.guides.boxes import meet, size, uncovered, without
from cultivar.policy.guides.linter import check
from cultivar.policy.guides.model import Guide
from cultivar.policy.guides.reading import is_guide, read_guide
from cultivar.policy.guides.space import Space

FILES = sorted((ROOT / "guides").glob("*.yaml"))
SMALL = """\
guide: small
version: "1"
title: {zh: 小向导, en: Small}
intro: {zh: 甲, en: a}
audience: {zh: 甲, en: a}
source: {zh: 甲, en: a}
contact: {zh: 问单位, en: ask the office}
programmes:
  clusters: {zh: 集群, en: Clusters, source: {zh: 办法, en: measures}}
questions:
  - id: drink
    zh: 喝什么
    en: Which drink
    choices:
      tea: {zh: 茶, en: tea}
      water: {zh: 水, en: water}
  - id: leaf
    zh: 什么叶
    en: Which leaf
    asked_when: {drink: tea}
    choices:
      green: {zh: 绿, en: green}
      black: {zh: 红, en: black}
  - id: heat
    zh: 多热
    en: How hot
    unit: {zh: °C, en: °C}
    bands:
      - {id: cool, up_to: "40"}
      - {id: warm, up_to: "100"}
tables:
  - id: cup
    zh: 杯子
    en: Cup
    columns: [drink, leaf, heat]
    rows:
      - {id: glass, when: {drink: water}, result: {zh: 玻璃杯, en: glass}, because: {zh: 透明, en: clear}}
      - {id: bowl, when: {leaf: green, heat: warm}, result: {zh: 盖碗, en: bowl}, because: {zh: 透气, en: airy}}
      - {id: jar, when: {leaf: green, heat: cool}, programme: clusters, article: "6.1", because: {zh: 冷泡, en: cold}}
      - {id: pot, when: {leaf: black}, result: {zh: 壶, en: pot}, because: {zh: 保温, en: keeps warm}}
"""


def written(folder: Path, *changes: tuple[str, str]) -> Path:
    text = SMALL
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "small.yaml"
    path.write_text(text, "utf-8")
    return path


def said(folder: Path, *changes: tuple[str, str]) -> list[tuple[int, str]]:
    return [(problem.line, problem.text.en) for problem in check(written(folder, *changes))]


def line_of(text: str) -> int:
    return SMALL[: SMALL.index(text)].count("\n") + 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_guide_of_the_project_is_sound(path):
    assert check(path) == []
    assert read_guide(path).guide.guide == path.stem


def test_a_sound_guide_has_no_problem(tmp_path):
    assert said(tmp_path) == []


BOWL = "{id: bowl, when: {leaf: green, heat: warm}"
WRONG = {
    "a question twice": ("id: leaf", "id: drink", "id: leaf", "“drink” is used twice"),
    "a row twice": ("{id: bowl,", "{id: glass,", "{id: bowl", "“glass” is used twice"),
    "a band twice": ("id: warm", "id: cool", "{id: warm, up_to", "“cool” is used twice"),
    "a fixed word": ("id: heat", "id: result", "id: heat", "“result” is a fixed word"),
    "choices and bands": (
        "    asked_when: {drink: tea}\n",
        '    bands: [{id: a, up_to: "1"}, {id: b}]\n',
        "  - id: leaf",
        "either choices or bands",
    ),
    "one choice": ("      water: {zh: 水, en: water}\n", "", "  - id: drink", "needs two choices"),
    "a number without unit": ("    unit: {zh: °C, en: °C}\n", "", "  - id: heat", "names its unit"),
    "a unit of choices": (
        "    asked_when: {drink: tea}\n",
        "    unit: {zh: 片, en: leaves}\n",
        "    asked_when: {drink: tea}",
        "has no unit",
    ),
    "an open band before the last": (
        '{id: cool, up_to: "40"}',
        "{id: cool}",
        "{id: cool",
        "Only the last band",
    ),
    "falling bands": ('up_to: "100"', 'up_to: "40"', "{id: warm, up_to", "not above the limit before it, 40"),
    "a condition on an unknown question": (
        "{drink: tea}",
        "{dring: tea}",
        "asked_when",
        "no question named “dring”",
    ),
    "a condition on an unknown choice": (
        "{drink: tea}",
        "{drink: milk}",
        "asked_when",
        "has no choice “milk”",
    ),
    "a condition on a later question": (
        "{drink: tea}",
        "{heat: cool}",
        "asked_when",
        "is asked after this question",
    ),
    "an unknown column": (
        "[drink, leaf, heat]",
        "[drink, leaf, heat, milk]",
        "columns",
        "no question named “milk”",
    ),
    "a column no row looks at": (
        "when: {drink: water}",
        "when: {heat: cool}",
        "columns",
        "No row looks at “drink”",
    ),
    "a row of an unknown question": (
        BOWL,
        "{id: bowl, when: {leef: green}",
        "{id: bowl",
        "no question named “leef”",
    ),
    "a row of an unknown choice": (
        BOWL,
        "{id: bowl, when: {leaf: grene}",
        "{id: bowl",
        "has no choice “grene”",
    ),
    "a question that is no column": (
        "[drink, leaf, heat]",
        "[drink, leaf]",
        "{id: bowl",
        "not among the columns",
    ),
    "a row without result": ("result: {zh: 壶, en: pot}, ", "", "{id: pot", "gives a result or a programme"),
    "an unknown programme": (
        "programme: clusters",
        "programme: parks",
        "{id: jar",
        "no programme named “parks”",
    ),
    "a programme without article": (', article: "6.1"', "", "{id: jar", "cites an article or a source"),
    "an article of no programme": (
        "result: {zh: 壶, en: pot}",
        'result: {zh: 壶, en: pot}, article: "4"',
        "{id: pot",
        "Articles are cited of a programme",
    ),
    "a programme nobody leads to": (
        'programme: clusters, article: "6.1"',
        "result: {zh: 罐, en: jar}",
        "  clusters:",
        "No row leads to the programme “clusters”",
    ),
    "a question nobody uses": (
        "tables:\n",
        "  - {id: milk, zh: 奶, en: Milk, choices: {a: {zh: 甲, en: a}, b: {zh: 乙, en: b}}}\ntables:\n",
        "tables:",
        "No row and no condition uses the question “milk”",
    ),
    "a choice nobody names": (
        "      black: {zh: 红, en: black}\n",
        "      black: {zh: 红, en: black}\n      white: {zh: 白, en: white}\n",
        "  - id: heat",
        "names the choice “white”",
    ),
    "a question never asked": (
        "    unit: {zh: °C, en: °C}\n",
        "    unit: {zh: °C, en: °C}\n    asked_when: {drink: water, leaf: green}\n",
        "    bands:",
        "The question “heat” is never asked",
    ),
    "a row that never answers": (
        "when: {leaf: black}",
        "when: {drink: water, leaf: black}",
        "{id: pot",
        "Row “pot” can never answer",
    ),
    "a gap": (
        BOWL,
        "{id: bowl, when: {leaf: black, heat: warm}",
        "  - id: cup",
        "no row answers this case: Which drink – tea; Which leaf – green; How hot – over 40, up to 100 °C.",
    ),
    "an overlap": (
        BOWL,
        "{id: bowl, when: {leaf: green}",
        "{id: jar",
        "rows “bowl” and “jar” both answer the same case, for example: "
        "Which drink – tea; Which leaf – green; How hot – up to 40 °C.",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_refuses(name, tmp_path):
    old, new, at, words = WRONG[name]
    found = said(tmp_path, (old, new))
    assert any(words in text and line == line_of(at) for line, text in found), found
    for problem in check(written(tmp_path, (old, new))):
        assert any("\u4e00" <= sign <= "\u9fff" for sign in problem.text.zh)


def test_a_question_that_is_not_asked_leaves_no_gap(tmp_path):
    """Water has no leaf: the row for water answers although it does not name one."""
    assert said(tmp_path) == []
    assert (
        any("no row answers" in text for _, text in said(tmp_path, ("    asked_when: {drink: tea}\n", "")))
        is False
    )
    gap = said(tmp_path, ("when: {drink: water}", "when: {drink: water, heat: warm}"))
    assert gap == [
        (
            line_of("  - id: cup"),
            "Table “cup”: no row answers this case: Which drink – water; How hot – up to 40 °C.",
        )
    ]


def test_badly_formed_files_say_the_line(tmp_path):
    (line, text), *rest = said(tmp_path, ("en: Small}", "en: Small, fr: Petit}"))
    assert (line, rest) == (line_of("title:"), [])
    assert "“fr” is not known here" in text
    assert is_guide(written(tmp_path))
    assert not is_guide(ROOT / "programmes" / "guizhou-clusters" / "2025-trial.yaml")
    assert not is_guide(tmp_path / "none.yaml")


# ------------------------------------------------------------------------- exactness, against enumeration


def combos(masks):
    return itertools.product(
        *[[bit for bit in range(mask.bit_length()) if mask >> bit & 1] for mask in masks]
    )


def holds(box, combo):
    return all(mask >> bit & 1 for mask, bit in zip(box, combo, strict=True))


SHAPES = st.lists(st.integers(2, 4), min_size=1, max_size=4)


@st.composite
def boxes(draw):
    shape = draw(SHAPES)
    box = st.tuples(*[st.integers(1, (1 << options) - 1) for options in shape])
    return tuple((1 << options) - 1 for options in shape), draw(st.lists(box, max_size=7))


@given(boxes())
@settings(max_examples=300)
def test_what_is_uncovered_is_exactly_what_enumeration_finds(made):
    space, rows = made
    gaps = list(uncovered(space, rows, disjoint=False))
    missing = {combo for combo in combos(space) if not any(holds(row, combo) for row in rows)}
    assert {combo for gap in gaps for combo in combos(gap)} == missing
    assert sum(map(size, gaps)) == len(missing)  # the boxes are disjoint


@given(boxes())
@settings(max_examples=300)
def test_disjoint_rows_are_judged_by_size_and_come_out_the_same(made):
    space, rows = made
    kept = []
    for row in rows:
        if all(meet(row, other) is None for other in kept):
            kept.append(row)
    gaps = {combo for gap in uncovered(space, kept, disjoint=True) for combo in combos(gap)}
    assert gaps == {combo for combo in combos(space) if not any(holds(row, combo) for row in kept)}


@given(boxes())
def test_without_takes_away_exactly_the_other_box(made):
    space, rows = made
    for row in rows:
        left = without(space, row)
        assert sum(map(size, left)) == size(space) - size(row)
        assert all(meet(part, row) is None for part in left)


@st.composite
def guides(draw):
    """A guide of a few questions, some asked in some cases only, and a table of random rows."""
    questions = []
    for number in range(draw(st.integers(2, 4))):
        options = [f"o{n}" for n in range(draw(st.integers(2, 3)))]
        one = {"id": f"q{number}", **words(), "choices": {option: words() for option in options}}
        if number and draw(st.booleans()):
            one["asked_when"] = [some_answers(draw, questions, 1) for _ in range(draw(st.integers(1, 2)))]
        questions.append(one)
    rows = [
        {"id": f"r{n}", "when": some_answers(draw, questions, 0), "result": words(), "because": words()}
        for n in range(draw(st.integers(1, 6)))
    ]
    names = ("title", "intro", "audience", "source", "contact")
    table = {"id": "t", **words(), "columns": [one["id"] for one in questions], "rows": rows}
    told = {"guide": "g", "version": "1", **{name: words() for name in names}}
    return Guide.model_validate({**told, "questions": questions, "tables": [table]})


def words():
    return {"zh": "甲", "en": "a"}


def some_answers(draw, questions, fewest):
    chosen = draw(
        st.lists(st.sampled_from(questions), min_size=fewest, max_size=3, unique_by=lambda q: q["id"])
    )
    return {
        one["id"]: draw(st.lists(st.sampled_from(list(one["choices"])), min_size=1, unique=True))
        for one in chosen
    }


def arising(guide):
    """Every set of answers that can arise, by asking the questions in their order."""
    found = [{}]
    for question in guide.questions:
        found = [
            {**known, **({question.id: option} if option else {})}
            for known in found
            for option in (question.options if is_asked(question, known) else ("",))
        ]
    return found


def is_asked(question, known):
    return not question.asked_when or any(
        all(known.get(name) in wanted for name, wanted in condition.items())
        for condition in question.asked_when
    )


def fits(row, known):
    return all(known.get(name) in wanted for name, wanted in row.when.items())


@given(guides())
@settings(max_examples=300)
def test_tables_with_conditional_questions_agree_with_enumeration(guide):
    space, rows = Space.of(guide), guide.tables[0].rows
    cases = arising(guide)
    assert sum(map(size, space.reachable)) == len(cases)
    masks = [space.box(row.when) for row in rows]
    gap = sum(size(part) for box in space.reachable for part in uncovered(box, masks, False))
    assert gap == sum(not any(fits(row, known) for row in rows) for known in cases)
    for (one, first), (other, second) in itertools.combinations(zip(rows, masks, strict=True), 2):
        both = meet(first, second)
        shared = bool(both and space.reached(both))
        assert shared == any(fits(one, known) and fits(other, known) for known in cases)
    lengths = [len(known) for known in cases]
    assert space.counts({}) == (min(lengths), max(lengths))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_case_of_the_project_s_guides_has_exactly_one_row_a_table(path):
    guide = read_guide(path).guide
    cases = arising(guide)
    assert len(cases) > 100
    for table in guide.tables:
        for known in cases:
            assert sum(fits(row, known) for row in table.rows) == 1, (table.id, known)


@given(guides(), st.data())
@settings(max_examples=200)
def test_answering_asks_what_is_open_and_then_gives_the_fitting_row(guide, data):
    known = {}
    while (outcome := answer(guide, known)).ask:
        assert is_asked(outcome.ask, known)
        assert outcome.number == len(known) + 1
        assert outcome.fewest <= outcome.most
        known[outcome.ask.id] = data.draw(st.sampled_from(outcome.ask.options))
    assert known in arising(guide)
    assert outcome.fewest == outcome.most == len(known)
    fitting = [row for row in guide.tables[0].rows if fits(row, known)]
    assert [hit.row for hit in outcome.hits] == fitting[:1]


@given(
    guides(),
    st.dictionaries(st.text(max_size=5) | st.sampled_from(["q0", "q1"]), st.text(max_size=8)),
    st.text(),
)
@settings(max_examples=200)
def test_no_answers_can_break_it(guide, answers, at):
    outcome = answer(guide, {name: [value, value] for name, value in answers.items()}, at)
    assert outcome.ask is not None or outcome.given


def test_ten_questions_of_eight_choices_take_no_time():
    """A partition of 8^10 combinations into a thousand rows, whole and with one row taken out."""
    space = (255,) * 10
    rows = [space]
    pick = 0
    while len(rows) < 1000:
        row = rows.pop(pick % len(rows))
        place = pick % 10
        if row[place].bit_count() == 1:
            rows.append(row)
        else:
            half = row[place] & -row[place]
            rows += [(*row[:place], part, *row[place + 1 :]) for part in (half, row[place] & ~half)]
        pick += 7
    began = time.process_time()
    assert list(uncovered(space, rows, disjoint=True)) == []
    gone = rows.pop(500)
    assert sum(size(gap) for gap in uncovered(space, rows, disjoint=True)) == size(gone)
    assert next(uncovered(space, rows, disjoint=False)) is not None
    assert time.process_time() - began < 5


# ------------------------------------------------------------------------------------------ answering


def small(tmp_path):
    return read_guide(written(tmp_path)).guide


def test_a_later_answer_is_kept_while_an_earlier_one_is_changed(tmp_path):
    outcome = answer(small(tmp_path), {"drink": "tea", "leaf": "green", "heat": "90"}, at="leaf")
    assert (outcome.ask.id, outcome.chosen, outcome.answers()) == (
        "leaf",
        "green",
        {"drink": "tea", "heat": "90"},
    )


def test_an_answer_to_what_is_not_asked_is_left_out_and_said(tmp_path):
    outcome = answer(small(tmp_path), {"drink": "water", "leaf": "green", "heat": "90"})
    assert [hit.row.id for hit in outcome.hits] == ["glass"]
    assert "“Which leaf” is not asked" in outcome.remarks[0].en


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter a number in °C"),
        ("hot", "“hot” is not a number"),
        ("1,000", "“1,000” is not a number"),
        ("1e3", "is not a number"),
        ("{zh}", "“{zh}” is not a number"),
        ("0", "Enter a number above 0"),
        ("100.1", "Enter 100 °C at most"),
    ],
)
def test_numbers_outside_the_bands_are_asked_anew(typed, words, tmp_path):
    outcome = answer(small(tmp_path), {"drink": "water", "heat": typed})
    assert outcome.ask.id == "heat"
    assert words in outcome.wrong.en


@pytest.mark.parametrize(
    ("typed", "row"), [("40", "jar"), ("40.000001", "bowl"), ("４０", "jar"), ("100", "bowl")]
)
def test_a_band_holds_its_upper_limit(typed, row, tmp_path):
    (hit,) = answer(small(tmp_path), {"drink": "tea", "leaf": "green", "heat": typed}).hits
    assert hit.row.id == row
    assert [one.question.id for one in hit.matched] == ["leaf", "heat"]


def test_two_answers_to_one_question_are_asked_anew(tmp_path):
    outcome = answer(small(tmp_path), {"drink": ["tea", "water"]})
    assert (outcome.ask.id, "more than once" in outcome.wrong.en) == ("drink", True)


def test_a_question_whose_turn_has_not_come_leads_to_the_one_before(tmp_path):
    outcome = answer(small(tmp_path), {}, at="heat")
    assert (outcome.ask.id, outcome.remarks[0].en) == (
        "drink",
        "Before “How hot”, this question comes first.",
    )
    assert "no question “zzz”" in answer(small(tmp_path), {}, at="zzz").remarks[0].en
    assert "“Which leaf” is not asked" in answer(small(tmp_path), {"drink": "water"}, at="leaf").remarks[0].en


def test_neighbouring_bands_are_said_as_one_range(tmp_path):
    heat = small(tmp_path).question("heat")
    assert [words.en for words in heat.words_of(["warm", "cool"])] == ["up to 100 °C"]
    assert [words.en for words in heat.words_of(["warm"])] == ["over 40, up to 100 °C"]
    assert [words.en for words in small(tmp_path).question("drink").words_of(["water", "tea"])] == [
        "tea",
        "water",
    ]
