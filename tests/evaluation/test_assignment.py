"""Seats by affinity: as many as can be, the best of all, in any order of rows; loads, floor, conflicts kept."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment, linprog

from cultivar.evaluation.assignment import Assignment, Pair, assign
from cultivar.evaluation.seating_flow import best_flow
from cultivar.evaluation.seating_lots import drawn
from cultivar.evaluation.seating_task import BadInput, Task, task

Case = dict[str, Any]


@st.composite
def cases(draw: st.DrawFn, most: int = 7) -> Case:
    """Small rounds with few different points, so that ties abound, loads that bind and conflicts."""
    rows, columns = draw(st.integers(1, most)), draw(st.integers(1, most))
    points = st.sampled_from([0, 35, 50, 51, 100])
    table = draw(st.lists(points, min_size=rows * columns, max_size=rows * columns))
    barred = draw(st.lists(st.booleans(), min_size=rows * columns, max_size=rows * columns))
    demand = st.integers(0, min(3, columns))
    return {
        "affinity": np.array(table).reshape(rows, columns),
        "blocked": np.array(barred).reshape(rows, columns) & draw(st.booleans()),
        "demand": draw(st.lists(demand, min_size=rows, max_size=rows)),
        "capacity": draw(st.lists(st.integers(0, 4), min_size=columns, max_size=columns)),
        "floor": draw(st.sampled_from([0, 36])),
        "seed": draw(st.binary(max_size=2)),
    }


def run(case: Case, **more: Any) -> Assignment:
    return assign(case["affinity"], case["demand"], case["capacity"], **_rest(case), **more)


def _rest(case: Case) -> Case:
    return {name: case[name] for name in ("blocked", "floor", "seed")}


def keeps(case: Case, found: Assignment) -> None:
    """Everything that is promised of every assignment."""
    load = Counter(expert for panel in found.seats for expert in panel)
    assert [load[expert] for expert in range(len(case["capacity"]))] == list(found.loads)
    assert all(mine <= most for mine, most in zip(found.loads, case["capacity"], strict=True))
    points = []
    for row, panel in enumerate(found.seats):
        assert len(set(panel)) == len(panel) <= case["demand"][row]
        assert not case["blocked"][row, list(panel)].any()
        points += case["affinity"][row, list(panel)].tolist()
    assert sum(points) == found.objective
    assert min(points, default=100) >= case["floor"]
    worst = found.worst.affinity if found.worst else None
    assert worst == (min(points) if points else None)
    lacking = {row: want - len(found.seats[row]) for row, want in enumerate(case["demand"])}
    assert {one.application: one.lacking for one in found.shortages} == {
        row: lack for row, lack in lacking.items() if lack
    }
    for one in found.shortages:
        others = one.below_floor + one.blocked + one.full + one.held
        assert others + len(found.seats[one.application]) == one.experts


def by_expansion(case: Case) -> tuple[int, int]:
    """Seats and points by another method: one row for each seat, one column for each place of an expert.

    It is exact where no application wants more than one expert; otherwise one could sit twice on the same.
    """
    rows = [row for row, want in enumerate(case["demand"]) for _ in range(want)]
    columns = [expert for expert, most in enumerate(case["capacity"]) for _ in range(most)]
    if not rows or not columns:
        return 0, 0
    allowed = ~case["blocked"] & (case["affinity"] >= case["floor"])
    worth = np.where(allowed, case["affinity"] + 10_000, 0)[np.ix_(rows, columns)]
    total = int(worth[linear_sum_assignment(worth, maximize=True)].sum())
    return total // 10_000, total % 10_000


@settings(max_examples=150, deadline=None)
@given(cases())
def test_loads_floor_and_conflicts_are_kept_and_lacks_are_named(case: Case) -> None:
    found = run(case)
    keeps(case, found)
    assert found.bound == found.objective
    assert found.fillable == sum(found.loads)


@settings(max_examples=100, deadline=None)
@given(cases())
def test_the_best_sum_is_that_of_another_method(case: Case) -> None:
    case["demand"] = [min(1, want) for want in case["demand"]]  # with one seat each the expansion is exact
    found = run(case)
    assert (sum(found.loads), found.objective) == by_expansion(case)


def unevenness(case: Case, seats: Any) -> int:
    """A lack of one counts 1, of two 1 + 2, of three 1 + 2 + 3."""
    lacks = [want - len(panel) for want, panel in zip(case["demand"], seats, strict=True)]
    return sum(lack * (lack + 1) // 2 for lack in lacks)


def by_search(case: Case) -> tuple[int, int, int]:
    """Seats, unevenness (negative) and points of the best of all seatings, tried one by one."""
    allowed = ~case["blocked"] & (case["affinity"] >= case["floor"])
    panels = [
        [
            panel
            for size in range(want + 1)
            for panel in combinations(np.nonzero(allowed[row])[0].tolist(), size)
        ]
        for row, want in enumerate(case["demand"])
    ]
    best = (0, -1000, 0)
    for seats in product(*panels):
        load = Counter(expert for panel in seats for expert in panel)
        if all(count <= case["capacity"][expert] for expert, count in load.items()):
            points = sum(int(case["affinity"][row, list(panel)].sum()) for row, panel in enumerate(seats))
            best = max(best, (sum(load.values()), -unevenness(case, seats), points))
    return best


@settings(max_examples=60, deadline=None)
@given(cases(most=3))
def test_no_seating_of_all_is_better(case: Case) -> None:
    found = run(case)
    assert (sum(found.loads), -unevenness(case, found.seats), found.objective) == by_search(case)


def test_lacks_are_spread_evenly_before_affinity_counts() -> None:
    found = assign([[100, 100, 100, 100], [40, 40, 40, 40]], 3, [1, 1, 1, 1])
    assert [len(panel) for panel in found.seats] == [2, 2]
    assert [one.lacking for one in found.shortages] == [1, 1]


@settings(max_examples=60, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_changes_nothing(case: Case, dice: Any) -> None:
    rows, columns = case["affinity"].shape
    applications, experts = [f"A{n:02d}" for n in range(rows)], [f"E{n:02d}" for n in range(columns)]
    first = run(case, applications=applications, experts=experts)
    down, across = dice.sample(range(rows), rows), dice.sample(range(columns), columns)
    again = assign(
        case["affinity"][np.ix_(down, across)],
        [case["demand"][row] for row in down],
        [case["capacity"][column] for column in across],
        blocked=case["blocked"][np.ix_(down, across)],
        floor=case["floor"],
        seed=case["seed"],
        applications=[applications[row] for row in down],
        experts=[experts[column] for column in across],
    )
    named = {(down[row], across[expert]) for row, panel in enumerate(again.seats) for expert in panel}
    assert named == {(row, expert) for row, panel in enumerate(first.seats) for expert in panel}


def test_lots_decide_between_equals_and_follow_from_the_seed() -> None:
    table = np.full((4, 12), 50)
    drawn = {assign(table, 3, 1, seed=bytes([n])).seats for n in range(8)}
    assert len(drawn) == 8
    assert assign(table, 3, 1, seed=b"a").seats == assign(table, 3, 1, seed=b"a").seats


@given(st.integers(0, 255))
@settings(max_examples=30, deadline=None)
def test_a_lot_never_costs_a_point(seed: int) -> None:
    table = np.full((12, 12), 50)
    table[np.arange(12), np.arange(12)] = 51
    found = assign(table, 1, 1, seed=bytes([seed]))
    assert found.seats == tuple((n,) for n in range(12))


def asked(table: Any, demand: int, load: int, blocked: Any = None, floor: int = 0) -> Task:
    return task(table, demand, load, blocked=blocked, floor=floor, seed=b"s", applications=None, experts=None)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("floor", [0, 60])
@pytest.mark.parametrize("share", [1, 2])
def test_whatever_pairs_it_begins_with_the_flow_is_the_best_of_all(seed: int, floor: int, share: int) -> None:
    dice = np.random.default_rng(seed)
    table = dice.integers(0, 5, (60, 30)) * 25
    round_ = asked(table, 4, 8, dice.random((60, 30)) < 0.3, floor)
    whole = best_flow(round_, share, 1, np.ones((60, 30), bool))
    for few in (np.arange(30) % 7 == np.arange(60)[:, None] % 7, np.zeros((60, 30), bool)):
        found = best_flow(round_, share, 1, few)
        assert (found.filled, found.bound) == (whole.filled, whole.bound)
        assert found.bound == (table[found.rows, found.columns] * found.amounts).sum()


@pytest.mark.parametrize("floor", [0, 75])
def test_at_size_the_best_pairs_first_prove_the_best_of_all(floor: int) -> None:
    dice = np.random.default_rng(7)
    table = dice.integers(0, 101, (400, 200))
    found = assign(table, 5, 12, blocked=dice.random((400, 200)) < 0.08, floor=floor, seed=b"s")
    assert found.bound == found.objective
    assert found.fillable == sum(found.loads)


def test_why_an_application_lacks_experts_is_said() -> None:
    table = [[90, 90, 10, 90], [90, 0, 0, 0]]
    blocked = [[True, False, False, False], [False] * 4]
    found = assign(table, [4, 0], [1, 0, 1, 1], blocked=blocked, floor=50)
    (short,) = found.shortages
    assert found.seats == ((3,), ())
    assert (short.lacking, short.below_floor, short.blocked, short.full, short.held) == (3, 1, 1, 1, 0)
    assert short.text.en.startswith(
        "3 more expert(s) needed. Of 4 experts 1 are below the floor, 1 must stand"
    )
    assert "还缺 3 名专家" in short.text.zh


def test_nobody_may_judge_is_a_named_lack_and_no_error() -> None:
    found = assign([[50, 50]], 2, 5, blocked=[[True, True]])
    assert found.seats == ((),)
    assert [(one.lacking, one.blocked) for one in found.shortages] == [(2, 2)]
    assert found.worst is None


def test_the_worst_pair_is_named() -> None:
    assert assign([[90, 20], [80, 70]], 1, 1).worst == Pair(1, 1, 70)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_nothing_to_seat_is_no_error(shape: tuple[int, int]) -> None:
    found = assign(np.zeros(shape, int), 0, 2)
    assert (found.seats, found.objective, found.shortages) == (((),) * shape[0], 0, ())


WRONG: list[tuple[Case, str]] = [
    ({"affinity": [1, 2]}, "1 dimension"),
    ({"affinity": [[-1, 2]]}, "-1 stands at row 1, column 1; it must lie between 0 and 100"),
    ({"affinity": [[1, 101]]}, "101 stands at row 1, column 2"),
    ({"affinity": [[1.0, float("nan")]]}, "NaN.*row 1, column 2"),
    ({"affinity": [[1.0, float("inf")]]}, "infinity.*row 1, column 2"),
    ({"affinity": [[1, 0.5]]}, "whole numbers.*row 1, column 2"),
    ({"affinity": [["a", "b"]]}, "whole numbers"),
    ({"demand": [1, 1]}, "2 figures for the number of experts wanted, and 1 applications"),
    ({"demand": [-1]}, "-1 stands at place 1"),
    ({"demand": 3}, "Application 1 asks for 3 experts, and there are only 2"),
    ({"demand": 3, "applications": ["G-7"]}, "Application “G-7” asks for 3"),
    ({"capacity": [1, 1, 1]}, "3 figures for the load limit"),
    ({"capacity": -1}, "-1 stands at place 1"),
    ({"capacity": [1.5, 1]}, "whole numbers"),
    ({"blocked": [[True]]}, "1 by 2"),
    ({"blocked": [[3, 0]]}, "yes or no"),
    ({"floor": 101}, "floor is 101"),
    ({"most_probable": 0}, "between 1 and 100"),
    ({"applications": ["a", "b"]}, "2 ids"),
    ({"experts": ["a", "a"]}, "“a” of experts is given twice"),
]


@pytest.mark.parametrize(("changes", "words"), WRONG)
def test_what_makes_no_sense_is_refused_in_words(changes: Case, words: str) -> None:
    sound: Case = {"affinity": [[50, 60]], "demand": 1, "capacity": 1}
    assign(**sound)
    with pytest.raises(BadInput, match=words) as refused:
        assign(**(sound | changes))
    assert refused.value.text.zh
    assert "{" not in refused.value.text.zh + refused.value.text.en


# ------------------------------------------------------------------------------------------ bounded probabilities


@settings(max_examples=80, deadline=None)
@given(cases(), st.sampled_from([34, 50, 75, 99]))
def test_lots_keep_loads_floor_and_conflicts(case: Case, most: int) -> None:
    found = run(case, most_probable=most)
    keeps(case, found)
    assert all(0 < one.probability <= Fraction(most, 100) for one in found.chances)
    probable = {(one.application, one.expert): one.probability for one in found.chances}
    points = sum(chance * int(case["affinity"][pair]) for pair, chance in probable.items())
    assert points == found.bound
    assert sum(probable.values()) == found.fillable
    assert {(row, expert) for row, panel in enumerate(found.seats) for expert in panel} <= probable.keys()
    for row, panel in enumerate(found.seats):
        expected = sum(chance for pair, chance in probable.items() if pair[0] == row)
        assert abs(len(panel) - expected) < 1
    for expert, load in enumerate(found.loads):
        expected = sum(chance for pair, chance in probable.items() if pair[1] == expert)
        assert abs(load - expected) < 1


def test_lots_seat_each_pair_as_often_as_its_probability_says() -> None:
    """The flow is held (its lots follow from the seed too), and rounded 2,000 times with other seeds."""
    round_ = asked(np.random.default_rng(3).integers(0, 101, (8, 6)), 3, 5, floor=20)
    flow = best_flow(round_, 10, 7)
    assert set(flow.amounts.tolist()) == {2, 7}
    runs, counts = 2000, np.zeros((8, 6))
    for n in range(runs):
        counts[drawn(replace(round_, seed=n.to_bytes(2, "big")), flow)] += 1
    expected = np.zeros((8, 6))
    expected[flow.rows, flow.columns] = flow.amounts / 10
    assert np.abs(counts / runs - expected).max() < 5 * 0.5 / runs**0.5  # five standard deviations


def test_the_expected_sum_is_that_of_the_linear_programme() -> None:
    dice = np.random.default_rng(5)
    table = dice.integers(0, 101, (6, 9))
    found = assign(table, 3, 3, most_probable=40)
    seats = np.kron(np.eye(6), np.ones(9))
    loads = np.tile(np.eye(9), 6)
    best = linprog(-table.ravel(), A_ub=loads, b_ub=[3] * 9, A_eq=seats, b_eq=[3] * 6, bounds=(0, 0.4))
    assert float(found.bound) == pytest.approx(-best.fun)
