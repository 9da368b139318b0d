"""The picture of a procedure: it says what the file says, and nothing in it covers anything else."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import ROOT
from tests.procedure.made import FILES

from cultivar.policy.reading import load
from cultivar.procedure.flow import Flow, Node, Row, flow
from cultivar.procedure.flow_layout import Box, Layout, lay_out, text_width, wrapped
from cultivar.procedure.record import NEW

EVERY = [
    (path, name)
    for path in (*FILES, ROOT / "docs/tutorial/programme.yaml")
    for name in load(path).programme.procedures
]
IDS = [f"{path.parent.name}/{path.stem}:{name}" for path, name in EVERY]
every_procedure = pytest.mark.parametrize(("path", "name"), EVERY, ids=IDS)
GUIZHOU = ROOT / "programmes/guizhou-clusters/2025-trial.yaml"


def drawn(path, name) -> Flow:
    programme = load(path).programme
    return flow(programme, programme.procedures[name])


@every_procedure
def test_each_stage_and_each_act_is_drawn_once_and_joined_as_the_file_says(path, name):
    procedure = load(path).programme.procedures[name]
    found = drawn(path, name)
    assert sorted(node.stage for node in found.nodes) == sorted([NEW, *procedure.stages])
    assert sorted(row.act for row in found.rows) == sorted(procedure.acts)
    for number, item in enumerate(found.items):
        if not isinstance(item, Row):
            continue
        act = procedure.acts[item.act]
        assert item.article == act.articles[0]
        sources = {item.at, *item.others} - {""}
        if item.goes == "stays":
            assert item.at in act.from_
            assert act.to in (None, item.at)
        else:
            assert sources | {act.to} >= set(act.from_)
            assert sources <= set(act.from_)
            assert item.to == act.to
        if item.goes == "next":
            following = found.items[number + 1]
            assert isinstance(following, Node)
            assert following.stage == act.to


def test_the_main_line_runs_down_in_the_order_of_the_file():
    found = drawn(GUIZHOU, "recognition")
    stages = load(GUIZHOU).programme.procedures["recognition"].stages
    line = [node.stage for node in found.nodes if node.depth == 0 and node.kind in ("main", "granted")]
    assert line == [name for name, stage in stages.items() if stage.step]
    beside = {node.stage: node for node in found.nodes if node.depth}
    assert set(beside) == {"returned", "discarded", "disputed"}
    rows = {row.act: row for row in found.rows}
    assert rows["resubmit"].goes == "away"  # the way back
    assert rows["withdraw"].others == (
        "submitted",
        "returned",
        "city-review",
        "disputed",
        "recommended",
        "evaluation",
        "listed",
    )
    assert "为期 5 个工作日" in [mark.zh for mark in rows["publish"].marks]
    assert "two persons" in [mark.en for mark in rows["recognise"].marks]


def words_of(layout: Layout) -> list[tuple[str, Box]]:
    found = [(f"act {row.row.act}", line.box) for row in layout.rows for line in (*row.names, *row.marks)]
    return found + [(f"stage {node.node.stage}", node.box) for node in layout.nodes]


@every_procedure
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [300, 660])
def test_nothing_covers_anything(path, name, language, width):
    layout = lay_out(drawn(path, name), width, language)
    words = words_of(layout)
    for (one, box), (other, there) in combinations(words, 2):
        assert not box.meets(there), (one, other)
    for what, box in words:
        assert box.x >= 0, what
        assert box.right <= layout.width <= width, what
        assert box.y >= 0, what
        assert box.bottom <= layout.height, what
    for node in layout.nodes:
        for line in node.lines:
            assert node.box.x <= line.box.x
            assert line.box.right <= node.box.right
            assert node.box.y <= line.box.y
            assert line.box.bottom <= node.box.bottom
    for wire in layout.wires:
        for start, end in pairwise(wire.points):
            assert start[0] == end[0] or start[1] == end[1]
            for what, box in words:
                assert not crosses(start, end, box), (wire.of, what)
    dots = [Box(row.dot[0] - 4, row.dot[1] - 4, 8, 8) for row in layout.rows if row.dot]
    assert not any(dot.meets(box) for dot in dots for _, box in words)


def crosses(start: tuple[float, float], end: tuple[float, float], box: Box) -> bool:
    """Whether a straight piece runs through a box; touching its edge is allowed."""
    (x0, x1), (y0, y1) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    return (
        x0 < box.right
        and box.x < x1 + (x0 == x1) * 1e-9
        and y0 < box.bottom
        and box.y < y1 + (y0 == y1) * 1e-9
    )


@every_procedure
def test_lines_to_different_goals_never_run_in_one_lane(path, name):
    layout = lay_out(drawn(path, name), 300, "en")
    upright: dict[float, list[tuple[str, float, float]]] = {}
    for wire in layout.wires:
        if wire.kind == "side" and len(wire.points) > 2:
            for (x, y0), (x1, y1) in pairwise(wire.points):
                if x == x1:
                    upright.setdefault(x, []).append((wire.of, min(y0, y1), max(y0, y1)))
    for pieces in upright.values():
        for (one, top, bottom), (other, above, below) in combinations(pieces, 2):
            assert one == other or bottom <= above or below <= top


@given(st.text(max_size=60), st.integers(60, 300))
def test_wrapping_loses_nothing_but_blanks(text, width):
    lines = wrapped(text, 15, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert text_width(line, 15) <= width or len(line.split()) == 1
