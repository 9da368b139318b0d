"""``cultivar programmes diff``: what it prints, as JSON too, and its exit codes."""

import json
from pathlib import Path

from tests.conftest import Cultivar, assert_one_sentence

DRAFT, TRIAL = "guizhou-clusters/2025-draft", "guizhou-clusters/2025-trial"
FILE = Path(__file__).resolve().parents[2] / "programmes" / f"{TRIAL}.yaml"


def test_differences_are_told_by_article_in_both_languages(cultivar: Cultivar) -> None:
    done = cultivar("programmes", "diff", DRAFT, TRIAL)
    assert done.returncode == 1
    blocks = {block.splitlines()[0]: block for block in done.stdout.split("\n\n") if block.strip()}
    assert "第十三条 / Article 13" in blocks
    thirteen = blocks["第十三条 / Article 13"]
    assert "[责任 responsibility]" in thirteen
    assert "measures.main-responsibility.by" in thirteen
    assert "- 市（州）工业和信息化主管部门 / city authority" in thirteen
    assert "+ 集群发展促进组织 / promotion organisation" in thirteen
    assert next(iter(blocks)) == "标题与文件信息 / Head of the document"
    assert "differences" in done.stdout.splitlines()[-1]


def test_json_is_a_list_of_changes(cultivar: Cultivar) -> None:
    done = cultivar("programmes", "diff", DRAFT, TRIAL, "--json")
    assert done.returncode == 1
    changes = json.loads(done.stdout)
    assert all(set(change) == {"path", "article", "class", "before", "after"} for change in changes)
    assert {
        "path": "measures.main-responsibility.by",
        "article": "13",
        "class": "responsibility",
        "before": ["city"],
        "after": ["applicant"],
    } in changes
    assert "6(3)" in {change["article"] for change in changes}


def test_a_file_and_its_key_are_the_same_version(cultivar: Cultivar) -> None:
    done = cultivar("programmes", "diff", TRIAL, str(FILE))
    assert done.returncode == 0
    assert "do not differ" in done.stdout
    assert json.loads(cultivar("programmes", "diff", TRIAL, str(FILE), "--json").stdout) == []


def test_what_is_unknown_or_bad_cannot_be_compared(cultivar: Cultivar, tmp_path: Path) -> None:
    assert_one_sentence(cultivar("programmes", "diff", TRIAL, "nowhere/2020"), "neither a file nor a version")
    bad = tmp_path / "bad.yaml"
    bad.write_text("programme: [\n", "utf-8")
    done = cultivar("programmes", "diff", TRIAL, str(bad))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "cultivar programmes check" in done.stderr
