"""The checks of the scores: what they are worked out from, and that each says why it is not defined."""

from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cultivar.evaluation.agreement import BadRatings, icc, kendall_w, krippendorff_alpha
from cultivar.evaluation.checks import RESIDUALS, groups, judged, overall, panel
from cultivar.evaluation.scores import Entry, Sheet
from cultivar.policy.text import Text

PANELS = st.lists(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 100), min_size=1), min_size=1, max_size=6
)


def entries(panels) -> dict[str, Entry]:
    """Entries A0, A1, ... with the totals given by expert."""
    return {
        f"A{at}": Entry(f"A{at}", tuple(Sheet(expert, Decimal(total)) for expert, total in one.items()))
        for at, one in enumerate(panels)
    }


def alpha_or_why(table) -> float | Text:
    """Alpha of a table, or why it has none."""
    try:
        return krippendorff_alpha(table, "interval")
    except BadRatings as bad:
        return bad.text


@given(PANELS)
def test_alpha_over_all_is_that_of_the_wide_table_of_experts_by_applications(panels):
    experts = sorted({expert for one in panels for expert in one})
    wide = [[one.get(expert) for one in panels] for expert in experts]
    found = overall(entries(panels).values())
    expected = alpha_or_why(wide)
    if isinstance(expected, Text):
        assert found == expected
    else:
        assert isinstance(found, Decimal)
        assert abs(float(found) - expected) <= 0.0051


@given(PANELS)
def test_severity_and_residuals_are_those_of_least_squares_with_a_penalty(panels):
    experts = sorted({expert for one in panels for expert in one})
    rows, totals, names = [], [], []
    for at, one in enumerate(panels):
        for expert, total in one.items():
            rows.append([float(at == i) for i in range(len(panels))] + [float(expert == e) for e in experts])
            totals.append(float(total))
            names.append((f"A{at}", expert))
    penalty = np.hstack([np.zeros((len(experts), len(panels))), np.eye(len(experts))])
    design = np.vstack([np.array(rows), penalty])
    fitted = np.linalg.lstsq(design, np.array(totals + [0.0] * len(experts)), rcond=None)[0]
    expected = dict(zip(names, np.array(rows) @ fitted, strict=True))
    people, sheets = judged(entries(panels).values())
    assert {one.expert: one.sheets for one in people} == {
        expert: sum(expert in one for one in panels) for expert in experts
    }
    for one in people:
        assert abs(float(one.severity) - fitted[len(panels) + experts.index(one.expert)]) < 0.0051
    assert [abs(one.severity) for one in people] == sorted(
        (abs(one.severity) for one in people), reverse=True
    )
    assert len(sheets) == min(RESIDUALS, len(rows))
    for sheet in sheets:
        assert abs(float(sheet.expected) - expected[sheet.case, sheet.expert]) < 0.0051
        assert sheet.apart == sheet.total - sheet.expected
    assert [abs(one.apart) for one in sheets] == sorted((abs(one.apart) for one in sheets), reverse=True)


def test_a_group_is_who_judges_together_whatever_the_order_of_seats():
    seats = {"A": ["b", "a"], "B": ["a", "b"], "C": ["a"], "D": [], "E": ["c", "d"]}
    assert groups(seats) == [(("a", "b"), ("A", "B")), (("a",), ("C",)), (("c", "d"), ("E",))]


def test_the_coefficients_of_a_panel_are_those_of_its_own_table():
    table = {"A": (90, 85, 88), "B": (70, 65, 71), "C": (80, 70, 75)}
    given_ = entries([dict(zip("xyz", row, strict=True)) for row in table.values()])
    found = panel("xyz", ["A0", "A1", "A2"], given_)
    by_case = [list(row) for row in table.values()]
    by_expert = [list(column) for column in zip(*by_case, strict=True)]
    expected = (
        krippendorff_alpha(by_expert, "interval"),
        icc(by_case, "ICC2"),
        icc(by_case, "ICC2k"),
        kendall_w(by_expert),
    )
    answers = (found.alpha, found.one_rater, found.mean, found.order)
    assert answers == tuple(Decimal(repr(one)).quantize(Decimal("0.01")) for one in expected)
    assert len(set(answers)) == 4


def test_what_is_not_defined_says_why():
    gap = panel("xy", ["A0", "A1"], entries([{"x": 80, "y": 70}, {"x": 75}]))
    assert gap.order == Text("缺 1 份评分表，没有定义", "not defined, sheets missing: 1")
    assert gap.one_rater == gap.mean == gap.order
    assert isinstance(gap.alpha, Decimal)
    alone = panel("xy", ["A0"], entries([{"x": 80, "y": 70}]))
    assert alone.alpha == Text("只有一个申报，没有定义", "not defined for one application")
    alike = panel("xy", ["A0", "A1"], entries([{"x": 80, "y": 80}] * 2))
    assert all(isinstance(one, Text) for one in (alike.alpha, alike.one_rater, alike.mean, alike.order))
    unscored = panel("xy", ["A0", "A1"], {})
    assert isinstance(unscored.alpha, Text)
    assert judged([]) == ([], [])
