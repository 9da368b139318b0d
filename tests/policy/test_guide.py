"""The guide to programme files: its pieces stand in the tutorial, and it lists every rule as the checker says it."""

import re
from string import Formatter

import pytest
import yaml
from tests.conftest import ROOT
from tests.procedure.made import calendar

from cultivar.policy import reading, source
from cultivar.policy.problems import Rule
from cultivar.policy.text import Text
from cultivar.procedure import linter, linter_rules

GUIDES = {"en": ROOT / "docs/programme-files.md", "zh": ROOT / "docs/programme-files.zh.md"}
TUTORIAL = (ROOT / "docs/tutorial/programme.yaml").read_text("utf-8")
BEGIN, END = "<!-- rules -->\n", "<!-- end of rules -->"


def rules() -> list[Rule]:
    """Every rule of source, reading and linter, each once, in the order in which they are applied."""
    found = [one for module in (source, reading) for one in vars(module).values() if isinstance(one, Rule)]
    found += reading.RULES.values()
    found += [one for one in vars(linter_rules).values() if isinstance(one, Rule)]
    return list({one.code: one for one in found}.values())


def without_values(text: Text, language: str) -> str:
    """A sentence with … for each value."""
    parts = Formatter().parse(text.say(language))
    return "".join(words + ("…" if hole is not None else "") for words, hole, _, _ in parts).replace(
        "|", "\\|"
    )


def table(language: str) -> str:
    heads = {
        "en": "| rule | what it says | what to do |\n|---|---|---|\n",
        "zh": "| 规则 | 说什么 | 怎么改 |\n|---|---|---|\n",
    }
    rows = (
        f"| `{one.code}` | {without_values(one.text, language)} | {without_values(one.remedy, language)} |\n"
        for one in rules()
    )
    return heads[language] + "".join(rows)


@pytest.mark.parametrize("language", GUIDES)
def test_every_rule_is_listed_as_the_checker_says_it(language):
    text = GUIDES[language].read_text("utf-8")
    assert text.split(BEGIN)[1].split(END)[0] == table(language)


@pytest.mark.parametrize("language", GUIDES)
def test_the_pieces_of_the_guide_stand_in_the_tutorial_in_this_order(language):
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDES[language].read_text("utf-8"), flags=re.S)
    assert len(blocks) >= 10
    place = 0
    for block in blocks:
        if block.startswith("# also"):
            continue
        for piece in block.split("…\n"):
            assert piece.strip("\n") in TUTORIAL, piece
            begins = TUTORIAL.index(piece.strip("\n"))
            assert begins >= place, piece
            place = begins


@pytest.mark.parametrize("language", GUIDES)
def test_what_the_tutorial_does_not_need_could_be_added_to_it(language, tmp_path):
    blocks = re.findall(r"```yaml\n# also\n(.*?)```", GUIDES[language].read_text("utf-8"), flags=re.S)
    assert blocks
    path = tmp_path / "programme.yaml"
    path.write_text("\n".join([TUTORIAL, *blocks]), "utf-8")
    assert linter.check(path, calendar()) == []
    assert all(yaml.safe_load(block) for block in blocks)


def test_both_guides_explain_every_key_of_the_model():
    """Each key of the model is named in the guide, unless its words are its whole meaning."""
    from cultivar.policy.model_parts import Part
    from cultivar.policy.schema import MODULES

    told_elsewhere = {
        "id",
        "zh",
        "en",
        "kind",
        "type",
        "summary",
        "question",
        "because",
        "title",
        "short_title",
    }
    told_elsewhere |= {
        "name",
        "number",
        "programme",
        "version",
        "document_number",
        "source",
        "better",
        "year",
    }
    told_elsewhere |= {"person", "region", "allowed", "reason", "missing", "plural", "judged", "thresholds"}
    keys = {
        field.alias or name
        for module in MODULES
        for part in vars(module).values()
        if isinstance(part, type) and issubclass(part, Part)
        for name, field in part.model_fields.items()
    }
    for language, path in GUIDES.items():
        text = path.read_text("utf-8").split(BEGIN)[0]
        missing = {key for key in keys - told_elsewhere if not re.search(rf"\b{re.escape(key)}\b", text)}
        assert missing == set(), language
