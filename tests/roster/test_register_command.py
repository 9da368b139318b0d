"""The command ``register``: what it prints, and its exit codes."""

import json
import shutil

import pytest

from tests.conftest import assert_one_sentence
from tests.roster.books import HEAD, code, firm, write


@pytest.fixture
def house(demonstration, tmp_path):
    """A demonstration of one's own."""
    shutil.copytree(demonstration, tmp_path / "home")
    return tmp_path / "home"


def test_a_workbook_goes_in_and_comes_out(house, tmp_path, cultivar):
    good = write(tmp_path / "a.xlsx", {"企业": [[*HEAD, "2025年营业收入"], firm(1, 12.5), firm(2, 3)]})

    def run(*arguments):
        return cultivar("register", *map(str, arguments), CULTIVAR_HOME=house, CULTIVAR_DEMO="1")

    office = ("--office", "province")
    checked = run("import", good, *office, "--check", "--json")
    assert checked.returncode == 0, checked.stderr
    assert json.loads(checked.stdout)["taken"] is None
    assert json.loads(checked.stdout)["would"] == {
        **dict.fromkeys(("changed", "ended", "same"), 0),
        **dict.fromkeys(("new_firms", "new"), 2),
        "changes": [],
    }
    taken = run("import", good, *office, "--json")
    assert json.loads(taken.stdout)["taken"]["new_firms"] == 2
    again = run("import", good, *office)
    assert "没有变化" in again.stdout
    more = write(tmp_path / "more.xlsx", {"企业": [[*HEAD, "2025年营业收入"], firm(1, 13), firm(2, 3)]})
    would = run("import", more, *office, "--check").stdout
    assert "2025年营业收入（万元）：12.5 → 13" in would
    assert "statements: 0 new, 1 changed, 1 the same" in would
    out = tmp_path / "out.xlsx"
    assert run("export", out, *office).returncode == 0
    back = run("import", out, *office, "--check", "--json")
    assert json.loads(back.stdout)["errors"] == 0, json.loads(back.stdout)["problems"][:3]
    bad = write(tmp_path / "b.xlsx", {"企业": [HEAD, [code(3), "丙", "火星", "15"]]})
    found = run("import", bad, *office)
    assert found.returncode == 1
    assert "“企业”表 2 行 C 列：所在地区“火星”认不出。" in found.stderr
    for arguments, words in (
        (("import", bad, "--office", "nobody"), "no office of the key"),
        (("import", tmp_path / "none.xlsx", *office), "no file"),
        (("export", tmp_path / "a.pdf", *office), "ends in .xlsx or .csv"),
        (("import", good, *office, "--subject", "C-none"), "no subject"),
    ):
        assert_one_sentence(run(*arguments), words)
    broken = tmp_path / "c.xlsx"
    broken.write_bytes(b"%PDF-")
    assert_one_sentence(run("import", broken, *office), "no table")
