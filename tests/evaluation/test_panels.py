"""One panel for all applications of a group: groups of one field, of balanced size, dealt by lot."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.evaluation.panels import Group, grouped, over_groups, seat_panels
from cultivar.evaluation.replacement import replace
from cultivar.evaluation.seating_task import BadInput


@given(
    st.lists(st.sampled_from(["liquor", "energy", "stone"]), max_size=40),
    st.integers(1, 9),
    st.binary(max_size=3),
    st.randoms(use_true_random=False),
)
def test_groups_are_of_one_field_balanced_and_whatever_the_order(
    fields: list[str], largest: int, seed: bytes, dice: object
) -> None:
    names = [f"G{n:02d}" for n in range(len(fields))]
    groups = grouped(names, fields, largest, seed)
    assert sorted(at for group in groups for at in group.applications) == list(range(len(fields)))
    for field, count in Counter(fields).items():
        sizes = [len(group.applications) for group in groups if group.field == field]
        assert len(sizes) == -(-count // largest)
        assert max(sizes) - min(sizes) <= 1
        assert max(sizes) <= largest
    for group in groups:
        assert {fields[at] for at in group.applications} == {group.field}
    order = list(range(len(names)))
    dice.shuffle(order)  # type: ignore[attr-defined]
    again = grouped([names[at] for at in order], [fields[at] for at in order], largest, seed)
    by_name = {group.id: {names[order[at]] for at in group.applications} for group in again}
    assert by_name == {group.id: {names[at] for at in group.applications} for group in groups}


def test_another_seed_deals_other_groups() -> None:
    names = [f"G{n:02d}" for n in range(20)]
    dealt = {grouped(names, ["liquor"] * 20, 5, bytes([n]))[0].applications for n in range(6)}
    assert len(dealt) == 6


def test_a_panel_judges_all_of_its_group_and_nobody_sits_with_a_conflict() -> None:
    table = np.full((6, 8), 60)
    table[5, 7] = 20
    blocked = np.zeros((6, 8), bool)
    blocked[0, 0] = True
    groups = (Group("a", 1, (0, 1, 2)), Group("b", 1, (3, 4, 5)))
    found = seat_panels(table, groups, 3, 3, blocked=blocked, floor=30, seed=b"s")
    assert [len(panel) for panel in found.experts] == [3, 3]
    assert not set(found.experts[0]) & set(found.experts[1])
    assert 0 not in found.experts[0]
    assert 7 not in found.experts[1]
    assert sorted(found.loads) == [0, 0, 3, 3, 3, 3, 3, 3]


def test_a_group_that_lacks_experts_is_named() -> None:
    found = seat_panels([[60, 60], [60, 10]], (Group("a", 1, (0, 1)),), 2, 5, floor=30)
    (short,) = found.seating.shortages
    assert (short.application, short.lacking, short.below_floor) == (0, 1, 1)


def test_an_expert_sits_on_as_many_panels_as_the_load_allows() -> None:
    groups = tuple(Group("a", n, (2 * n, 2 * n + 1)) for n in range(4))
    found = seat_panels(np.full((8, 3), 60), groups, 1, 5, panels_each=3)
    assert max(found.loads) <= 4
    assert sum(found.loads) == 8


def test_on_a_panel_the_substitute_judges_the_whole_group() -> None:
    table = [[60, 60, 90, 50], [60, 60, 10, 51]]
    groups = (Group("a", 1, (0, 1)),)
    found = seat_panels(table, groups, 2, 2, floor=30, blocked=[[False] * 4, [False, False, False, True]])
    assert found.experts == ((0, 1),)
    means, barred = over_groups(table, [[False] * 4] * 2, groups, 30)
    assert means.tolist() == [[60, 60, 0, 50]]
    assert replace(means, found.experts, 1, 1, blocked=barred, floor=30).seats == ((0, 3),)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (lambda: grouped(["a"], ["x"], 0, b""), "must be 1 at least"),
        (lambda: grouped(["a"], [], 1, b""), "1 applications and 0 fields"),
        (lambda: grouped(["a", "a"], ["x", "x"], 1, b""), "given twice"),
        (lambda: seat_panels([[50]] * 3, (Group("a", 1, (0, 1, 2)),), 1, 2), "largest group has 3"),
    ],
)
def test_what_makes_no_sense_is_refused(what: object, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        what()  # type: ignore[operator]
