"""Who stands aside is replaced by the smallest change."""

from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cultivar.evaluation.assignment import assign
from cultivar.evaluation.composition import Composition
from cultivar.evaluation.replacement import Move, Replacement, replace
from cultivar.evaluation.seating_task import BadInput

Table = Any


def test_an_expert_with_a_free_place_is_taken_first() -> None:
    found = replace([[50, 60, 90, 70]], [[0, 1]], 1, 0)
    assert found == Replacement(seats=((1, 2),), moves=(Move(0, 0, 2),), short=())


def test_where_nobody_eligible_is_free_an_application_is_handed_on() -> None:
    table = [[90, 80, 0], [0, 80, 70]]
    found = replace(table, [[0], [1]], 1, 0, floor=50)
    assert found.moves == (Move(0, 0, 1), Move(1, 1, 2))
    assert found.seats == ((1,), (2,))


@pytest.mark.parametrize("better", [1, 2])
def test_of_two_who_could_hand_on_the_one_that_gains_more_does(better: int) -> None:
    table = np.array([[90, 60, 60, 0], [0, 60, 60, 70]])
    table[0, better] = 61
    found = replace(table, [[0], [1, 2]], 1, 0, floor=50)
    assert found.moves == (Move(0, 0, better), Move(1, better, 3))


def test_where_nothing_helps_the_application_is_named_and_the_rest_stays() -> None:
    found = replace([[90, 80], [0, 80]], [[0], [1]], 1, 0, floor=50)
    assert (found.seats, found.moves, found.short) == (((), (1,)), (), (0,))


def test_on_one_application_only_the_expert_keeps_the_others() -> None:
    found = replace([[90, 50], [90, 50]], [[0], [0]], 2, 0, [1])
    assert found.seats == ((0,), (1,))


def test_wholly_the_expert_gets_no_seat_again() -> None:
    found = replace([[90, 50], [90, 50]], [[0], [0]], 2, 0)
    assert found.seats == ((1,), (1,))


@st.composite
def seated(draw: st.DrawFn) -> dict[str, Any]:
    rows, columns = draw(st.integers(1, 3)), draw(st.integers(2, 5))
    size = rows * columns
    points = draw(st.lists(st.sampled_from([0, 40, 60, 80]), min_size=size, max_size=size))
    table = np.array(points).reshape(rows, columns)
    demand = draw(st.integers(1, 2))
    loads = draw(st.lists(st.integers(0, 2), min_size=columns, max_size=columns))
    seats = assign(table, demand, loads, floor=40).seats
    some = [row for row in range(rows) if seats[row]]
    row = draw(st.sampled_from(some)) if some else None
    recused = draw(st.sampled_from(seats[row])) if row is not None else 0
    return {"table": table, "seats": seats, "loads": loads, "recused": recused, "row": row}


def fewest_changes(case: dict[str, Any]) -> tuple[int, int] | None:
    """The fewest seats that change, and the most points then, over all seatings; None where there is none."""
    allowed = case["table"] >= 40
    allowed[case["row"], case["recused"]] = False
    panels = [
        list(combinations(np.nonzero(allowed[row])[0].tolist(), len(panel)))
        for row, panel in enumerate(case["seats"])
    ]
    found = []
    for seats in product(*panels):
        taken = [sum(expert in panel for panel in seats) for expert in range(allowed.shape[1])]
        if all(mine <= most for mine, most in zip(taken, case["loads"], strict=True)):
            changed = sum(len(set(new) - set(old)) for new, old in zip(seats, case["seats"], strict=True))
            points = sum(int(case["table"][row, list(panel)].sum()) for row, panel in enumerate(seats))
            found.append((changed, -points))
    return min(found, default=None)


@settings(max_examples=150, deadline=None)
@given(seated())
def test_no_smaller_or_better_change_would_do(case: dict[str, Any]) -> None:
    if case["row"] is None:
        return
    found = replace(case["table"], case["seats"], case["loads"], case["recused"], [case["row"]], floor=40)
    best = fewest_changes(case)
    points = sum(int(case["table"][row, list(panel)].sum()) for row, panel in enumerate(found.seats))
    assert (best is None) == (found.short == (case["row"],))
    if best:
        assert (len(found.moves), -points) == best


@settings(max_examples=60, deadline=None)
@given(seated(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_changes_nothing(case: dict[str, Any], dice: Any) -> None:
    rows, columns = case["table"].shape
    names = [f"A{n}" for n in range(rows)], [f"E{n}" for n in range(columns)]
    first = replace(
        case["table"],
        case["seats"],
        case["loads"],
        case["recused"],
        floor=40,
        applications=names[0],
        experts=names[1],
    )
    down, across = dice.sample(range(rows), rows), dice.sample(range(columns), columns)
    again = replace(
        case["table"][np.ix_(down, across)],
        [[across.index(expert) for expert in case["seats"][row]] for row in down],
        [case["loads"][column] for column in across],
        across.index(case["recused"]),
        floor=40,
        applications=[names[0][row] for row in down],
        experts=[names[1][column] for column in across],
    )
    named = {
        down[row]: tuple(sorted(across[expert] for expert in panel)) for row, panel in enumerate(again.seats)
    }
    assert tuple(named[row] for row in range(rows)) == first.seats


def test_a_mixed_panel_stays_mixed() -> None:
    mixed = Composition(["f", "t", "t", "f"], ["a", "b", "c", "d"], ["", "", "", ""], {"f": 1})
    found = replace([[90, 90, 99, 50]], [[0, 1]], 1, 0, composition=mixed)
    assert found.moves == (Move(0, 0, 3),)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"recused": 9}, "no expert 9"),
        ({"seats": [[0, 7]]}, "an expert that does not exist"),
        ({"of": [0], "recused": 2}, "does not sit on application 1"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, Any], words: str) -> None:
    sound = {"affinity": [[50, 50, 50]], "seats": [[0, 1]], "capacity": 1, "recused": 0}
    with pytest.raises(BadInput, match=words):
        replace(**(sound | changes))
