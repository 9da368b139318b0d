"""The draw that docs/evaluation explains for a clerk is the draw that the program makes."""

import hashlib
from pathlib import Path

import pytest

from cultivar.evaluation.draw import Candidate, Stratum, freeze, run, source
from cultivar.evaluation.draw_stream import WORD

DOCS = Path(__file__).resolve().parents[2] / "docs"
LOTTERY, INDEX = source("lottery-2026058"), source("index-2026-05-20")
POOL = [
    Candidate("E07", "technical", "batteries"),
    Candidate("E02", "technical", "batteries"),
    Candidate("E11", "technical", "liquor"),
    Candidate("E05", "finance"),
    Candidate("E09", "finance"),
]


@pytest.mark.parametrize("page", ["evaluation.md", "evaluation.zh.md"])
def test_the_worked_example_of_the_guide(page):
    text = (DOCS / page).read_text("utf-8")
    frozen = freeze(POOL, [Stratum("technical", "", 2), Stratum("finance", "", 1)], [LOTTERY, INDEX])
    result = run(frozen, [(LOTTERY, "03 07 12 18 25 33"), (INDEX, "3298.50")])
    (draw,) = [one for one in result["draws"] if one["kind"] == "technical"]
    assert f"`{frozen.sha256}`" in text
    assert f"`{result['seed_text']}`" in text
    (line,) = [one for one in text.splitlines() if one.startswith('["cultivar-draw/1"')]
    assert hashlib.sha256(line.encode()).hexdigest() == draw["steps"][0]["sha256"]
    rows = [[cell.strip("` ") for cell in one.split("|")[1:-1]] for one in text.splitlines() if "| `" in one]
    shown = [row for row in rows if len(row) == 6 and len(row[1]) == 64]
    assert [(int(row[0]), row[1], int(row[2]), int(row[3][0]), int(row[4]), row[5]) for row in shown] == [
        tuple(step.values()) for step in draw["steps"]
    ]
    assert draw["seats"] == ["E11", "E07"]
    assert str(WORD) in text
    assert str(WORD - WORD % 3) in text
