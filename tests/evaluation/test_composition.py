"""Mixed panels: every rule kept, and no seating of all is better."""

from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cultivar.evaluation.assignment import assign
from cultivar.evaluation.composition import Composition, compose
from cultivar.evaluation.seating_task import BadInput, task

KINDS = ["technical", "technical", "finance", "management", "finance"]


@st.composite
def rules(draw: st.DrawFn, experts: int) -> Composition:
    def names(of: list[str]) -> list[str]:
        return draw(st.lists(st.sampled_from(of), min_size=experts, max_size=experts))

    return Composition(
        kinds=names(["technical", "finance", "management"]),
        organisations=names(["a", "b", "c", ""]),
        cities=names(["x", "y", ""]),
        at_least=draw(st.sampled_from([{}, {"finance": 1}, {"finance": 1, "technical": 1}])),
        per_organisation=draw(st.sampled_from([None, 1])),
        per_city=draw(st.sampled_from([None, 1, 2])),
    )


def sound(rules: Composition, panel: tuple[int, ...], demand: int) -> bool:
    """The rules said another way: could free seats still be filled so that every kind is there?"""
    free = demand - len(panel)
    lacks = [
        least - sum(1 for expert in panel if rules.kinds[expert] == kind)
        for kind, least in rules.at_least.items()
    ]
    if sum(lack for lack in lacks if lack > 0) > free:
        return False
    for of, limit in ((rules.organisations, rules.per_organisation), (rules.cities, rules.per_city)):
        for name in {of[expert] for expert in panel} - {""}:
            if limit is not None and sum(1 for expert in panel if of[expert] == name) > limit:
                return False
    return True


@settings(max_examples=80, deadline=None)
@given(st.data(), st.integers(1, 3), st.integers(3, 5))
def test_no_seating_under_the_rules_is_better(data: st.DataObject, rows: int, experts: int) -> None:
    mixed = data.draw(rules(experts))
    table = np.array(
        data.draw(st.lists(st.integers(0, 100), min_size=rows * experts, max_size=rows * experts))
    ).reshape(rows, experts)
    loads = data.draw(st.lists(st.integers(0, 3), min_size=experts, max_size=experts))
    demand = data.draw(st.integers(2, 3))
    found = assign(table, demand, loads, floor=10, composition=mixed)
    panels = [
        [
            panel
            for size in range(demand + 1)
            for panel in combinations(range(experts), size)
            if sound(mixed, panel, demand) and (table[row, list(panel)] >= 10).all()
        ]
        for row in range(rows)
    ]
    best = (0, 0)
    for seats in product(*panels):
        taken = [sum(expert in panel for panel in seats) for expert in range(experts)]
        if all(mine <= most for mine, most in zip(taken, loads, strict=True)):
            best = max(best, (sum(taken), sum(int(table[r, list(p)].sum()) for r, p in enumerate(seats))))
    assert (sum(found.loads), found.objective) == best
    assert found.bound >= found.objective
    assert best[0] <= found.fillable
    for panel in found.seats:
        assert sound(mixed, panel, demand)
        assert mixed.breaches(panel, demand) == []


def test_what_a_panel_breaks_is_said() -> None:
    mixed = Composition(KINDS, ["a", "a", "b", "", ""], ["x", "x", "x", "", ""], {"finance": 1}, 1, 2)
    assert mixed.breaches([2, 3, 4], 3) == []
    words = [text.en for text in mixed.breaches([0, 1, 3], 3)]
    assert words == [
        "The panel leaves no seat for a kind of expert that it must have.",
        "More than 1 expert(s) of a.",
    ]
    assert [text.en for text in mixed.breaches([0, 1, 2], 3)][-1] == "More than 2 expert(s) from x."


def mixed_round(seed: int, rows: int = 80, experts: int = 60) -> tuple[Any, Composition]:
    dice = np.random.default_rng(seed)
    table = dice.choice([35, 40, 65, 75, 100], (rows, experts))
    kinds = [f"k{n}" for n in dice.integers(0, 3, experts)]
    organisations = [f"o{n}" for n in dice.integers(0, 20, experts)]
    cities = [f"c{n}" for n in dice.integers(0, 5, experts)]
    return table, Composition(kinds, organisations, cities, {"k0": 1, "k1": 1})


@pytest.mark.parametrize("seed", range(2))
def test_from_few_pairs_at_first_as_good_a_seating_is_found(seed: int) -> None:
    table, mixed = mixed_round(seed)
    round_ = task(table, 4, 8, blocked=None, floor=40, seed=b"s", applications=None, experts=None)
    whole = compose(round_, mixed, np.ones(table.shape, bool))
    assert table[whole.rows, whole.columns].sum() == whole.bound
    found = compose(round_, mixed, np.arange(60) % 7 == np.arange(80)[:, None] % 7)
    assert table[found.rows, found.columns].sum() == found.bound == whole.bound
    assert found.rows.size == whole.rows.size
    assert found.fillable == whole.fillable


def test_the_order_of_rows_and_columns_changes_nothing() -> None:
    table, mixed = mixed_round(3)
    rows, experts = table.shape
    names = [f"A{n:03d}" for n in range(rows)], [f"E{n:03d}" for n in range(experts)]
    first = assign(table, 4, 8, composition=mixed, applications=names[0], experts=names[1], seed=b"s")
    dice = np.random.default_rng(9)
    down, across = dice.permutation(rows), dice.permutation(experts)
    turned = Composition(
        [mixed.kinds[n] for n in across],
        [mixed.organisations[n] for n in across],
        [mixed.cities[n] for n in across],
        mixed.at_least,
    )
    again = assign(
        table[np.ix_(down, across)],
        4,
        8,
        composition=turned,
        applications=[names[0][n] for n in down],
        experts=[names[1][n] for n in across],
        seed=b"s",
    )
    named = {down[row]: tuple(sorted(across[list(panel)])) for row, panel in enumerate(again.seats)}
    assert [named[row] for row in range(rows)] == list(first.seats)


def test_a_panel_that_lacks_a_kind_keeps_its_seat_free() -> None:
    mixed = Composition(["technical"] * 3, ["", "", ""], ["", "", ""], {"finance": 1})
    found = assign(np.full((1, 3), 50), 3, 1, composition=mixed)
    assert [len(panel) for panel in found.seats] == [2]
    (short,) = found.shortages
    assert (short.lacking, short.held) == (1, 1)
    assert found.fillable == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kinds": ["a"]}, "2 experts and 1 entries"),
        ({"per_city": -1}, "cannot be negative"),
        ({"at_least": {"a": -1}}, "cannot be negative"),
        ({"at_least": {"a": 2}}, "ask for 2 experts at least, but an application has 1"),
    ],
)
def test_rules_that_make_no_sense_are_refused(changes: dict[str, Any], words: str) -> None:
    given = {"kinds": ["a", "b"], "organisations": ["", ""], "cities": ["", ""]} | changes
    with pytest.raises(BadInput, match=words):
        assign([[50, 50]], 1, 1, composition=Composition(**given))


def test_lots_and_mixed_panels_are_not_used_together() -> None:
    mixed = Composition(["a", "b"], ["", ""], ["", ""])
    with pytest.raises(BadInput, match="cannot be used together"):
        assign([[50, 50]], 1, 1, composition=mixed, most_probable=50)
