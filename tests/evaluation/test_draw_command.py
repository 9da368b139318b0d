"""``cultivar draw``: freezing, drawing, checking and replacing as a clerk types them, with exit codes."""

import json
from pathlib import Path

import pytest

from cultivar.cli import main

POOL = "编号,类别,领域,姓名\nE3,技术,电池,甲\nE1,技术,酒,乙\nE2,财务,,丙\n\nE4,技术,电池,丁\n"
SEATS = ("--seats", "技术=2+1", "--seats", "财务=1")
SEED = ("--seed", "双色球2026058=03 07 12，18 25 33", "--seed", "beacon:text=ab 01ff")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder to work in, with a list, a frozen document and a result."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pool.csv").write_bytes(POOL.encode("gb18030"))
    sources = ("--source", "双色球2026058", "--source", "beacon:text")
    assert main(["draw", "freeze", "--pool", "pool.csv", *SEATS, *sources, "-o", "frozen.json"]) == 0
    assert main(["draw", "run", "--frozen", "frozen.json", *SEED, "-o", "result.json"]) == 0
    return tmp_path


def refused(capsys, arguments, english):
    """Exit code 2, one sentence in each language."""
    capsys.readouterr()
    assert main(["draw", *arguments]) == 2
    printed = capsys.readouterr()
    zh, en = printed.err.strip().splitlines()
    assert english in en
    assert any("\u4e00" <= sign <= "\u9fff" for sign in zh)
    assert printed.out == ""


def test_a_frozen_list_is_drawn_checked_and_a_seat_filled(folder, capsys):
    sources = ("--source", "beacon:text", "--source", "双色球2026058")
    assert main(["draw", "freeze", "--pool", "pool.csv", *SEATS[2:], *SEATS[:2], *sources]) == 0
    frozen, told = capsys.readouterr()
    assert json.loads(frozen) == json.loads((folder / "frozen.json").read_text("utf-8"))
    result = json.loads((folder / "result.json").read_text("utf-8"))
    assert f"publish this hash before the values of the seed exist: {result['frozen_sha256']}" in told
    assert [draw["members"] for draw in result["draws"]] == [["E1", "E3", "E4"], ["E2"]]
    assert "甲" not in (folder / "result.json").read_text("utf-8")
    assert main(["draw", "verify", "result.json", "--frozen", "frozen.json"]) == 0
    assert main(["draw", "verify", "result.json", "--frozen", result["frozen_sha256"]]) == 0
    assert "The result holds" in capsys.readouterr().out
    seat, heir = result["draws"][0]["seats"][0], result["draws"][0]["alternates"][0]
    assert main(["draw", "replace", "result.json", "--vacated", seat, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["successions"] == [{"left": seat, "taken_by": heir}]
    assert heir in found["seated"]
    assert seat not in found["seated"]


def test_the_list_in_another_order_and_format_gives_the_same_document(folder):
    entries = [{"id": "E1", "kind": "技术", "field": "酒"}, {"id": "E2", "kind": "财务"}]
    entries += [{"id": one, "kind": "技术", "field": "电池", "name": "甲"} for one in ("E4", "E3")]
    (folder / "pool.json").write_text(json.dumps(entries), "utf-8")
    digest = json.loads((folder / "result.json").read_text("utf-8"))["frozen_sha256"]
    again = ["draw", "run", "--pool", "pool.json", *SEATS, *SEED, "--frozen", digest, "-o", "again.json"]
    assert main(again) == 0
    assert (folder / "again.json").read_bytes() == (folder / "result.json").read_bytes()
    assert main(again) == 0  # the same again is no other document


def test_a_result_that_was_changed_gives_exit_code_1_and_the_sentence(folder, capsys):
    changed = (folder / "result.json").read_text("utf-8").replace('"remainder": 0', '"remainder": 1', 1)
    (folder / "changed.json").write_text(changed, "utf-8")
    capsys.readouterr()
    assert main(["draw", "verify", "changed.json"]) == 1
    zh, en = capsys.readouterr().out.strip().splitlines()
    assert "remainder” should be 0; the document says 1" in en
    assert "应为 0" in zh
    assert main(["draw", "verify", "changed.json", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["holds"] is False
    assert found["problems"][0]["message_zh"] == zh
    assert main(["draw", "replace", "changed.json", "--vacated", "E1"]) == 1


def test_a_result_of_an_invented_seed_holds_only_until_the_published_one_is_given(folder, capsys):
    invented = [*SEED[:2], "--seed", "beacon:text=ab 02ff"]
    assert main(["draw", "run", "--frozen", "frozen.json", *invented, "-o", "invented.json"]) == 0
    check = ["draw", "verify", "invented.json", "--frozen", "frozen.json"]
    capsys.readouterr()
    assert main(check) == 0
    printed = capsys.readouterr().out
    assert (
        "the seed of the result is beacon=AB02FF, 双色球2026058=3; 7; 12; 18; 25; 33, and must be held"
        in printed
    )
    assert main([*check, *SEED]) == 1
    assert "“AB01FF” was published for the source “beacon”" in capsys.readouterr().out
    assert main(["draw", "replace", "invented.json", "--vacated", "E1", *SEED]) == 1
    capsys.readouterr()
    assert main(["draw", "verify", "result.json", "--frozen", "frozen.json", *SEED]) == 0
    assert "no --seed" not in capsys.readouterr().out
    assert main(["draw", "verify", "result.json", *SEED, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["frozen_checked"], found["seed_checked"]) == (False, True)


def test_a_list_changed_after_freezing_is_refused_with_who_came_and_went(folder, capsys):
    (folder / "later.csv").write_text(POOL.replace("E4", "E5"), "utf-8")
    given = ["run", "--pool", "later.csv", *SEATS, *SEED, "--frozen"]
    refused(capsys, [*given, "frozen.json"], "Added: E5; gone: E4; seats and sources are the same")
    digest = json.loads((folder / "result.json").read_text("utf-8"))["frozen_sha256"]
    refused(capsys, [*given, digest], f"{digest} was published")
    other = ["run", "--pool", "pool.csv", "--seats", "技术=1", *SEED, "--frozen", "frozen.json"]
    refused(capsys, other, "Added: —; gone: —; seats or sources differ")


def test_an_order_of_speaking_and_the_word_that_nothing_was_frozen(folder, capsys):
    capsys.readouterr()
    assert main(["draw", "run", "--pool", "pool.csv", "--order", *SEED]) == 0
    printed = capsys.readouterr()
    assert sorted(json.loads(printed.out)["draws"][0]["seats"]) == ["E1", "E2", "E3", "E4"]
    assert "No --frozen was given" in printed.err


@pytest.mark.parametrize(
    ("arguments", "english"),
    [
        (["run", *SEED], "There is no list"),
        (["run", "--pool", "pool.csv", *SEED], "either --seats"),
        (["run", "--pool", "pool.csv", "--order", *SEATS, *SEED], "either --seats"),
        (["run", "--pool", "none.csv", *SEATS, *SEED], "There is no file none.csv"),
        (["run", "--pool", "pool.csv", "--seats", "many", *SEED], "“many” is not written rightly"),
        (
            ["run", "--pool", "pool.csv", "--seats", "技术=9", *SEED],
            "“技术” needs 9 and the list holds 3: 6 lacking",
        ),
        (["run", "--pool", "pool.csv", "--seats", "3", "--seed", "1 2 3"], "write a seed as name=value"),
        (["run", "--frozen", "frozen.json", *SEED, "--seed", "beacon:text=AB02"], "two different values"),
        (["run", "--frozen", "frozen.json", *SEED[:2]], "“beacon” is missing"),
        (["run", "--frozen", "frozen.json", *SEED[:3], "beacon:text=AC", "-o", "result.json"], "exists"),
        (["verify", "pool.csv"], "cannot be read"),
        (["verify", "none.json"], "There is no file"),
        (["verify", "result.json", "--frozen", "abc"], "64 hex digits"),
        (["verify", "result.json", "--frozen", "result.json"], "no result of a draw"),
        (["verify", "result.json", "--seed", "1 2 3"], "write a seed as name=value"),
        (["verify", "result.json", *SEED, "--seed", "beacon:text=AB02"], "two different values"),
        (["replace", "result.json", "--vacated", "E9"], "holds no seat"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(folder, capsys, arguments, english):
    refused(capsys, arguments, english)


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("name\nE1\n", "has no column “id”"),
        ("id,编号\nE1,E1\n", "Two columns"),
        ("id\nE1\nE1\n", "“E1” stands 2 times"),
        ("id,kind\n,技术\n", "Entry 1 of the list has no number"),
        ("id\n", "The list is empty"),
        ('id\n"E1\n', "cannot be read"),
        ('{"id": "E1"}', "should be a list"),
        ('[{"id": 1}]', "should be a list"),
        ('[{"id": "E1", "id": "E2"}]', "given twice"),
    ],
)
def test_a_list_that_is_none_is_refused(folder, capsys, text, english):
    file = "bad.json" if text[0] in "{[" else "bad.csv"
    (folder / file).write_text(text, "utf-8")
    refused(capsys, ["run", "--pool", file, "--seats", "1", *SEED], english)
