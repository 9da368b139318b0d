"""``cultivar programmes simulate``: what it prints, as JSON too, its exit codes, and that it leaves no trace."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.conftest import Cultivar, assert_one_sentence

DRAFT = "guizhou-clusters/2025-draft"
FILE = Path(__file__).resolve().parents[2] / "programmes" / f"{DRAFT}.yaml"


def rows(home: Path) -> str:
    """Every row of the database."""
    (file,) = home.glob("*.sqlite3")
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        return hashlib.sha256("\n".join(database.iterdump()).encode()).hexdigest()


def test_flips_are_told_with_their_articles_in_both_languages(
    cultivar: Cultivar, demonstration: Path
) -> None:
    before = rows(demonstration)
    done = cultivar("programmes", "simulate", "--threshold", "rd-intensity=3", CULTIVAR_HOME=demonstration)
    assert done.returncode == 1, done.stderr
    assert "改为不予认定" in done.stdout
    assert "Article 6(3): R&D intensity" in done.stdout
    assert "第六条(三)：研发投入强度" in done.stdout
    assert rows(demonstration) == before


def test_nothing_flips_under_the_rounds_own_terms(cultivar: Cultivar, demonstration: Path) -> None:
    done = cultivar("programmes", "simulate", CULTIVAR_HOME=demonstration)
    assert done.returncode == 0, done.stderr
    assert "0 flip" in done.stdout


def test_json_names_every_case_with_its_reasons(cultivar: Cultivar, demonstration: Path) -> None:
    asked = ("programmes", "simulate", "--under", DRAFT, "--json")
    done = cultivar(*asked, CULTIVAR_HOME=demonstration)
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    assert found["under"] == DRAFT
    assert found["counts"]["cases"] == len(found["cases"])
    flips = [one for one in found["cases"] if one["flips"]]
    assert found["counts"]["flips"] == len(flips) > 0
    assert {"5"} == {one["because"][0]["articles"][0] for one in flips}
    open_ = [one for one in found["cases"] if one["verdict"] == "open"]
    assert all({"kind", "articles", "zh", "en"} <= set(why) for one in open_ for why in one["because"])
    assert any(why["kind"] == "gate" and why["articles"] == ["10"] for one in open_ for why in one["because"])
    by_file = cultivar("programmes", "simulate", "--under", str(FILE), "--json", CULTIVAR_HOME=demonstration)
    assert json.loads(by_file.stdout)["cases"] == found["cases"]


def test_a_bar_of_the_document_is_moved_by_its_indicator(cultivar: Cultivar, demonstration: Path) -> None:
    asked = ("programmes", "simulate", "--threshold", "major-events=-1", "--json")
    found = json.loads(cultivar(*asked, CULTIVAR_HOME=demonstration).stdout)
    assert found["moved"] == {"b.major-events": "-1"}
    assert found["counts"]["still granted"] == 0


def test_what_cannot_be_tried_is_one_sentence(
    cultivar: Cultivar, demonstration: Path, tmp_path: Path
) -> None:
    for arguments, says in (
        (("--round", "GZ-1900-00001"), "There is no round"),
        (("--under", "nowhere/2020"), "neither a file nor a version"),
        (("--under", "guangdong-clusters/2020"), "is another policy"),
        (("--threshold", "nothing=3"), "no indicator “nothing”"),
        (("--threshold", "rd-intensity=three"), "is no number"),
        (("--threshold", "rd-intensity"), "write indicator=value"),
        (("--quota", "none"), "whole number from 1 to 999"),
    ):
        done = cultivar("programmes", "simulate", *arguments, CULTIVAR_HOME=demonstration)
        assert_one_sentence(done, says)
    bad = tmp_path / "bad.yaml"
    bad.write_text("programme: [\n", "utf-8")
    done = cultivar("programmes", "simulate", "--under", str(bad), CULTIVAR_HOME=demonstration)
    assert done.returncode == 2
    assert "cultivar programmes check" in done.stderr
