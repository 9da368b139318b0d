"""For each rule a file that breaks exactly it: the finding names the rule, the line, the article and what to do.

Each wrong file is the tutorial's programme with pieces of text replaced. The last tests see that no rule and no line of
the linter that reports something goes without such a file.
"""

import ast
import copy
import inspect
from collections.abc import Iterator
from types import GeneratorType, ModuleType

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.spoiled_files import SPOILED, TUTORIAL, WRONG, Wrong, line_of, spoiled
from tests.procedure.made import calendar

from cultivar.policy import reading, source
from cultivar.policy.problems import BadFile, Problem, Rule
from cultivar.policy.reading import read_programme
from cultivar.procedure import (
    linter,
    linter_figures,
    linter_form,
    linter_names,
    linter_procedures,
    linter_rules,
)


def test_the_tutorial_itself_is_sound():
    assert linter.check(TUTORIAL, calendar()) == []
    assert sum("." not in article.number for article in read_programme(TUTORIAL).programme.articles) == 10


@pytest.mark.parametrize("name", WRONG)
def test_a_broken_rule_is_told_with_line_article_and_remedy(name, tmp_path):
    wrong = WRONG[name]
    path, text = spoiled(wrong, tmp_path)
    problems = linter.check(path, calendar())
    mine = [problem for problem in problems if wrong.says in problem.text.en]
    assert mine, [str(problem) for problem in problems]
    problem = mine[0]
    assert (problem.rule, problem.line, problem.article) == (
        wrong.rule,
        line_of(text, wrong.at),
        wrong.article,
    )
    assert ({one.rule for one in problems} != {wrong.rule}) == (name in SEVERAL), [
        str(one) for one in problems
    ]
    assert_told(problem)


# What cannot be broken without breaking another rule too.
SEVERAL = {
    "an act of the house's own",  # ... for the stage waits for the name that is gone
    "an article twice",  # ... so that the tenth is gone
    "an act to nowhere",
    "an opening act that stays",
    "a procedure that nothing opens",
    "a bar on an unknown indicator",
    "an unknown parent",
    "a key that is not known",
}


def assert_told(problem: Problem) -> None:
    assert problem.remedy is not None
    for zh, en in (problem.text, problem.remedy):
        assert any("\u4e00" <= sign <= "\u9fff" for sign in zh)
        assert en
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in en)


@pytest.mark.parametrize("name", SPOILED)
def test_a_file_that_cannot_be_read_is_told_with_its_line(name, tmp_path):
    data, line, rule, says = SPOILED[name]
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    (problem,) = linter.check(path, calendar())
    assert (problem.line, problem.rule) == (line, rule)
    assert says in problem.text.en
    assert_told(problem)


def test_every_rule_has_a_file_that_breaks_it():
    known = {one.code for one in vars(linter_rules).values() if isinstance(one, Rule)}
    known |= {one.code for one in vars(source).values() if isinstance(one, Rule)}
    known |= {one.code for one in reading.RULES.values()}
    tested = {wrong.rule for wrong in WRONG.values()} | {rule for _, _, rule, _ in SPOILED.values()}
    elsewhere = {"too-large-a-file", "too-many-values", "unreadable", "not-a-mapping-at-the-top"}
    assert known | elsewhere == tested | elsewhere


MODULES = (linter, linter_names, linter_form, linter_figures, linter_procedures)


def test_every_report_of_the_linter_has_a_file_that_causes_it(tmp_path):
    """A ``yield`` without such a file would be a rule that nobody has seen at work."""
    seen = set()
    for wrong in WRONG.values():
        path, _ = spoiled(wrong, tmp_path)
        try:
            programme = read_programme(path).programme
        except BadFile:
            continue
        found = [frame for rule in linter._RULES for frame in lines_of(rule(programme))]
        seen |= set(found or lines_of(linter._examples(programme, calendar())))
    found = [report for module in MODULES for report in reports(module)]
    assert len(found) > 70
    silent = [
        f"{file}:{first}: {text}"
        for file, first, last, text in found
        if not any((file, line) in seen for line in range(first, last + 1))
    ]
    assert silent == []


def reports(module: ModuleType) -> Iterator[tuple[str, int, int, str]]:
    """Where a module of the linter reports: file, first and last line, and what stands there."""
    text = inspect.getsource(module)
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Yield | ast.YieldFrom) or not isinstance(node.value, ast.Call):
            continue
        if isinstance(node, ast.Yield) or calls(node, "unknown"):
            said = ast.get_source_segment(text, node) or ""
            yield module.__file__ or "", node.lineno, node.end_lineno or node.lineno, said


def calls(node: ast.YieldFrom, name: str) -> bool:
    return (
        isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == name
    )


def lines_of(findings: Iterator) -> Iterator[tuple[str, int]]:
    """The lines of the linter, with their files, at which its generators stand while they report."""
    for _ in findings:
        inner = findings
        while isinstance(inner, GeneratorType):
            yield inner.gi_code.co_filename, inner.gi_frame.f_lineno
            inner = inner.gi_yieldfrom


ODD = ["", "x", "a1", "new", "2026-02-28", "1.5", "{n}", 0, 1, 99, True, None, [], {}, ["a1"], ["start"]]


SOUND = source.read(TUTORIAL).data


@settings(max_examples=120)
@given(data=st.data())
def test_no_spoiled_file_stops_the_checker(data, tmp_path_factory):
    contents = copy.deepcopy(SOUND)
    for _ in range(data.draw(st.integers(1, 3))):
        holder: dict | list = contents
        while True:
            keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
            key = data.draw(st.sampled_from(list(keys)))
            inner = holder[key]
            if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 5)) == 0:
                break
            holder = inner
        if data.draw(st.booleans()):
            holder[key] = data.draw(st.sampled_from(ODD))
        else:
            del holder[key]
        if not contents or not holder:
            break
    path = tmp_path_factory.mktemp("odd") / "x.yaml"
    path.write_text(as_yaml(contents), "utf-8")
    for problem in linter.check(path, calendar()):
        assert problem.line >= 1
        assert problem.rule


def as_yaml(data: object) -> str:
    class Plain(yaml.SafeDumper):
        """Writes every text in quotes and nothing twice by reference."""

        def ignore_aliases(self, data: object) -> bool:
            return True

    Plain.add_representer(
        str, lambda dumper, one: dumper.represent_scalar("tag:yaml.org,2002:str", one, style='"')
    )
    return yaml.dump(data, Dumper=Plain, allow_unicode=True, sort_keys=False)


def test_what_counts_paragraphs_is_told_so(tmp_path):
    path, _ = spoiled(Wrong([("better: higher", "better: more")], "", "", "", ""), tmp_path)
    path.write_text(f"counted: paragraphs\n{path.read_text('utf-8')}", "utf-8")
    (problem,) = linter.check(path, calendar())
    assert "[Paragraph 4(1)] " in str(problem)
    assert "〔第四段(一)〕" in problem.say("zh-hans")
    assert problem.plain()["article"] == "4(1)"
