"""The second look: severity by ridge regression, chance of the line by resampling, and the flag where sides differ."""

import itertools
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cultivar.evaluation.quota import GroupQuota
from cultivar.evaluation.scores import BadScores, Entry, Rule, Sheet
from cultivar.evaluation.shadow import leads, probabilities, severity

EXACT = Rule(places=6)


def entry(number, sheets, **groups):
    made = tuple(Sheet(expert, Decimal(str(total))) for expert, total in sheets.items())
    return Entry(number, made, groups)


# The harsh expert h sits on B's panel only; the mild one m on A's.
UNEVEN = [
    entry("A", {"m": 90, "x": 80, "y": 80}),
    entry("B", {"h": 70, "x": 84, "y": 84}),
    entry("C", {"m": 80, "h": 60, "x": 70}),
    entry("D", {"m": 85, "h": 65, "y": 75}),
]


@given(
    st.lists(
        st.dictionaries(st.sampled_from("uvwxyz"), st.integers(0, 100), min_size=1), min_size=1, max_size=5
    ),
    st.sampled_from([Decimal("0.5"), Decimal(1), Decimal(4)]),
)
@settings(max_examples=60)
def test_severity_is_the_least_of_what_it_says_it_is_the_least_of(panels, penalty):
    """Against plain least squares on dummy variables, the penalty as extra rows."""
    entries = [entry(f"A{at}", one) for at, one in enumerate(panels)]
    experts = sorted({expert for one in panels for expert in one})
    rows, right = [], []
    for at, panel in enumerate(panels):
        for expert, total in panel.items():
            rows.append([float(at == i) for i in range(len(panels))] + [float(expert == e) for e in experts])
            right.append(float(total))
    for expert in experts:
        weight = float(penalty) ** 0.5
        rows.append([0.0] * len(panels) + [weight * (expert == e) for e in experts])
        right.append(0.0)
    expected = np.linalg.lstsq(np.array(rows), np.array(right), rcond=None)[0]
    found = severity(entries, EXACT, penalty)
    ours = [*found.scores.values(), *(found.experts[expert] for expert in experts)]
    assert np.allclose([float(one) for one in ours], expected, atol=2e-6)
    assert abs(sum(found.experts.values())) < Decimal("0.0001")


def test_a_harsh_expert_is_taken_out_and_a_heavy_penalty_leaves_the_means():
    found = severity(UNEVEN, Rule())
    assert found.experts["h"] < found.experts["x"] < found.experts["m"]
    assert found.scores["B"] > found.scores["A"]
    believed_little = severity(UNEVEN, Rule(), Decimal(10**9))
    assert believed_little.scores == {
        "A": Decimal("83.33"),
        "B": Decimal("79.33"),
        "C": Decimal("70.00"),
        "D": Decimal("75.00"),
    }
    assert set(believed_little.experts.values()) == {Decimal("0.00")}
    for wrong in (Decimal(0), Decimal(-1), Decimal("NaN")):
        with pytest.raises(BadScores, match="above 0"):
            severity(UNEVEN, Rule(), wrong)


def test_where_both_panels_are_the_same_nothing_changes_sides():
    entries = [
        entry(name, {"h": base - 9, "x": base, "m": base + 9})
        for name, base in zip("AB", (80, 70), strict=True)
    ]
    found = severity(entries, Rule())
    assert found.scores == {"A": Decimal("80.00"), "B": Decimal("70.00")}


def test_an_application_that_changes_sides_is_flagged_and_nothing_else_is():
    found = leads(UNEVEN, Rule(), 1, b"test", repeats=20)
    assert [(one.place.id, one.inside, one.shadow_inside) for one in found] == [
        ("A", True, False),
        ("B", False, True),
        ("D", False, False),
        ("C", False, False),
    ]
    falls, rises, *rest = [one.flag for one in found]
    assert "Within the line by official score" in falls.en
    assert "在名额外，校正专家宽严后在名额内" in rises.zh
    assert rest == [None, None]


def test_a_drawn_order_of_the_official_equals_is_enough_though_shadow_scores_tie_others():
    """C and D are equal and a lot was drawn; A and B differ and are level once severity is taken out."""
    rule = Rule(places=0, ties=("total", "draw"))
    entries = [
        entry("A", {"m": 94, "x": 82, "y": 82}),
        entry("B", {"h": 71, "x": 86, "y": 86}),
        entry("C", {"m": 70, "h": 50}),
        entry("D", {"m": 70, "h": 50}),
    ]
    shadow = severity(entries, rule).scores
    assert (shadow["A"], shadow["C"]) == (shadow["B"], shadow["D"])
    for quota, inside in ((1, "A"), (3, "ABD")):
        found = leads(entries, rule, quota, b"lots", drawn=["D", "C"], repeats=5)
        assert [one.place.id for one in found] == ["A", "B", "D", "C"]
        assert [one.place.id for one in found if one.shadow_inside] == list(inside)
        assert all(one.flag is None for one in found)
    undrawn = leads(entries, rule, 1, b"lots", repeats=5)
    assert [one.place.id for one in undrawn if one.shadow_inside] == [
        "A",
        "B",
    ]  # no lot: equals share the rank


def test_chances_are_those_of_all_panels_that_could_have_been():
    """Two sheets each: sixteen panels are equally likely, A is ahead or level in those that can be counted."""
    entries = [entry("A", {"x": 80, "y": 70}), entry("B", {"x": 76, "y": 72})]
    panels = list(itertools.product((80, 70), (80, 70), (76, 72), (76, 72)))
    exact = {
        "A": sum(a + b >= c + d for a, b, c, d in panels) / 16,
        "B": sum(c + d >= a + b for a, b, c, d in panels) / 16,
    }
    found = probabilities(entries, Rule(), 1, b"chances", repeats=3000)
    for number, chance in exact.items():
        assert abs(float(found[number]) - chance) < 0.035  # four standard errors; the stream is fixed


def test_chances_repeat_and_hang_on_no_order_of_input():
    one = probabilities(UNEVEN, Rule(), 2, b"again", repeats=50)
    assert probabilities(UNEVEN[::-1], Rule(), 2, b"again", repeats=50) == one
    assert probabilities(UNEVEN, Rule(), 2, b"other", repeats=50) != one


def test_who_is_far_above_the_line_is_certain_and_quotas_count():
    entries = [
        entry("A", {"x": 99, "y": 98}, field="a"),
        entry("B", {"x": 89, "y": 88}, field="a"),
        entry("C", {"x": 19, "y": 18}, field="c"),
    ]
    plain = probabilities(entries, Rule(), 2, b"q", repeats=10)
    assert plain == {"A": Decimal("1.000"), "B": Decimal("1.000"), "C": Decimal("0.000")}
    each = probabilities(entries, Rule(), 2, b"q", [GroupQuota("field", most=1)], repeats=10)
    assert each == {"A": Decimal("1.000"), "B": Decimal("0.000"), "C": Decimal("1.000")}
    found = leads(entries, Rule(), 2, b"q", [GroupQuota("field", most=1)], repeats=10)
    assert [one.inside for one in found] == [True, False, True]
    assert [one.flag for one in found] == [None] * 3
    with pytest.raises(BadScores, match="at least 1 repetition"):
        probabilities(entries, Rule(), 2, b"q", repeats=0)


def test_equals_of_whom_one_has_a_place_take_turns_by_lot_where_groups_have_quotas():
    entries = [entry(name, {"x": 80, "y": 80}, field=name) for name in "AB"]
    found = probabilities(entries, Rule(), 1, b"lots", [GroupQuota("field", most=1)], repeats=400)
    assert sum(found.values()) == 1
    assert abs(found["A"] - Decimal("0.5")) < Decimal("0.1")
