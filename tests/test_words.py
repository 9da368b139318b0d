"""Both languages everywhere, and each in its place."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "cultivar"
CHINESE = re.compile("[\u4e00-\u9fff]")
SAID = re.compile(r'\{% say "([^"]*)" "([^"]*)"')
OWN_NAME = {"中文"}  # a language is offered under its own name


def english_halves() -> Iterator[tuple[str, str]]:
    """Every English text of the code and of the templates, with its file."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in ("Text", "lazily") and len(node.args) == 2:
                yield path.name, _words(node.args[1])
    for path in SOURCE.rglob("*.html"):
        yield from ((path.name, found[2]) for found in SAID.finditer(path.read_text("utf-8")))


def _name(function: ast.expr) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))


def _words(node: ast.expr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(
        part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def test_no_english_text_is_chinese():
    halves = list(english_halves())
    assert len(halves) > 500
    assert [half for half in halves if CHINESE.search(half[1]) and half[1] not in OWN_NAME] == []


def test_templates_say_every_chinese_word_in_english_too():
    """Chinese stands in templates only as the first half of a ``say``."""
    alone = []
    for path in SOURCE.rglob("*.html"):
        text = re.sub(r"\{%.*?%\}|\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        alone += [(path.name, found) for found in re.findall("[\u4e00-\u9fff]+", text)]
    assert alone == []
