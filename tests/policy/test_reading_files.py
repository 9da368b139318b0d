"""What the reader of programme files refuses, each with its line and a sentence in both languages."""

import copy
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cultivar.policy.problems import BadFile
from cultivar.policy.reading import identity, read_programme
from cultivar.policy.source import MAX_BYTES, MAX_DEPTH, read, read_text

GUIZHOU = Path(__file__).resolve().parents[2] / "programmes/guizhou-clusters/2025-trial.yaml"
TEXT = GUIZHOU.read_text("utf-8")


def problems_of(text: str) -> list:
    with pytest.raises(BadFile) as caught:
        read_text(text, Path("x.yaml"))
    for problem in caught.value.problems:
        assert problem.text.zh != problem.text.en
        assert problem.say("zh-hans").startswith(f"x.yaml:{problem.line}: ")
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\nb: &x [1]\n", 2, "No anchors"),
        ("a: 1\nb: *x\n", 2, "No anchors"),
        ("a: 1\n&x b: 2\n", 2, "No anchors"),
        ("a: 1\nb: !!int '2'\n", 2, "No tags"),
        ("a: 1\nb: !secret x\n", 2, "No tags"),
        ("a: 1\nb:\n  c: 1\n  c: 2\n", 4, "“c” is given twice"),
        ("a: 1\nb: 2026-05-07\n", 2, "Quote “2026-05-07”"),
        ("a: 1\nb: 1.5\n", 2, "Quote “1.5”"),
        ("a: 1\nb: 1e3\n", 2, "Quote “1e3”"),
        ("a: 1\nb: .5\n", 2, "Quote “.5”"),
        ("a: 1\nb: 012\n", 2, "Quote “012”"),
        ("a: 1\nb: 1_000\n", 2, "Quote “1_000”"),
        ("a: 1\nb: 12:30\n", 2, "Quote “12:30”"),
        ("a: 1\n? [x]\n: 2\n", 2, "A key must be text"),
        ("a: 1\n---\nb: 2\n", 2, "one document"),
        ("", 1, "empty"),
        ("# nothing\n", 1, "empty"),
        ("a: 1\nb: [1\n", 3, "Not valid YAML"),
        ("a: 1\n\tb: 2\n", 2, "Not valid YAML"),
        ("a:\n" + "".join(" " * n + "- \n" for n in range(1, MAX_DEPTH + 3)), MAX_DEPTH + 2, "Nested deeper"),
        ("a: " + "[" * 5000, 1, "Nested deeper"),
    ],
)
def test_what_the_restricted_form_refuses(text, line, says):
    (problem,) = problems_of(text)
    assert (problem.line, says in problem.text.en) == (line, True), problem


def test_what_it_keeps_as_written():
    text = "yes: no\non: 'off'\nn: 12\nt: true\nz: null\nq: \"2026-05-07\"\nlong: |\n  两行\n  文字\n"
    data = read_text(text, Path("x")).data
    assert data == {
        "yes": "no",
        "on": "off",
        "n": 12,
        "t": True,
        "z": None,
        "q": "2026-05-07",
        "long": "两行\n文字",
    }


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_another_encoding_is_refused(tmp_path, encoding):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1\n" + "标题: 办法\n".encode(encoding) + b"\xff")
    with pytest.raises(BadFile) as caught:
        read(path)
    (problem,) = caught.value.problems
    assert problem.line == 2
    assert "UTF-8" in problem.text.zh


def test_a_huge_file_is_not_read(tmp_path):
    path = tmp_path / "x.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(BadFile, match=f"{MAX_BYTES:,}"):
        read(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(BadFile, match="Cannot be read"):
        read(tmp_path / "none.yaml")


@settings(max_examples=200)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_is_read_or_refused_in_words(text):
    try:
        read_text(text, Path("x.yaml"))
    except BadFile as bad:
        assert all(problem.line >= 1 for problem in bad.problems)  # noqa: PT017 - both ways out are right


def refused(tmp_path: Path, old: str, new: str) -> list:
    """The problems of the Guizhou file with one piece of text replaced, and the line where it stands."""
    assert old in TEXT
    path = tmp_path / "x.yaml"
    path.write_text(TEXT.replace(old, new, 1), "utf-8")
    with pytest.raises(BadFile) as caught:
        read_programme(path)
    return caught.value.problems


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("status: trial", "status: perhaps", "status", "must be"),
        ("status: trial", "statos: trial", "statos", "not known here"),
        ('region: "520000"', 'region: "52"', "region", "not written as it must be"),
        ('region: "520000"', "region: 520000", "region", "must be text"),
        ("case_prefix: GZ", "case_prefix: null", "case_prefix", "must be text"),
        ("conditions_hold: all", "conditions_hold: most", "conditions_hold", "must be"),
        ("four_eyes: true", 'four_eyes: "yes"', "four_eyes", "true or false"),
        (
            "Name of the cluster, at_most: 60}",
            'Name of the cluster, at_most: "60"}',
            "at_most",
            "whole number",
        ),
        (
            "zh: 贵州省工业和信息化厅, en: Guizhou Department",
            "zh: '', en: Guizhou Department",
            "zh",
            "must not be empty",
        ),
    ],
)
def test_errors_of_form_name_key_and_line(tmp_path, old, new, key, says):
    line = TEXT[: TEXT.index(old)].count("\n") + 1
    found = refused(tmp_path, old, new)
    mine = [problem for problem in found if f"“{key}”" in problem.text.en]
    assert mine, found
    assert mine[0].line == line
    assert says in mine[0].text.en
    assert f"“{key}”" in mine[0].text.zh


def test_a_text_in_one_language_is_refused_where_it_stands(tmp_path):
    old = "zh: 促进组织, en: Promotion org."
    (problem,) = refused(tmp_path, old, "zh: 促进组织")
    assert problem.line == TEXT[: TEXT.index(old)].count("\n") + 1
    assert "“en” is missing" in problem.text.en


def test_a_list_at_the_top_is_refused(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("- 1\n")
    with pytest.raises(BadFile, match="mapping"):
        read_programme(path)


def test_identity_is_the_contents_alone(tmp_path):
    data = read(GUIZHOU).data
    other = tmp_path / "x.yaml"
    reordered = dict(reversed(data.items()))
    other.write_text("# another comment\n" + _as_yaml(reordered), "utf-8")
    first, second = read_programme(GUIZHOU), read_programme(other)
    assert first.digest == second.digest
    assert first.programme == second.programme


def _as_yaml(data: dict) -> str:
    class Plain(yaml.SafeDumper):
        """Writes every text in quotes and nothing twice by reference."""

        def ignore_aliases(self, data: object) -> bool:
            return True

    Plain.add_representer(
        str, lambda dumper, one: dumper.represent_scalar("tag:yaml.org,2002:str", one, style='"')
    )
    return yaml.dump(data, Dumper=Plain, allow_unicode=True, sort_keys=False)


SOUND = read(GUIZHOU).data


@settings(max_examples=60)
@given(st.data())
def test_identity_changes_with_any_value(data):
    contents = copy.deepcopy(SOUND)
    first = identity(contents)
    holder, name = contents, data.draw(st.sampled_from(sorted(contents)))
    while isinstance(holder[name], (dict, list)) and holder[name]:
        holder = holder[name]
        keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
        name = data.draw(st.sampled_from(keys))
    holder[name] = f"{holder[name]}, changed"
    assert identity(contents) != first
