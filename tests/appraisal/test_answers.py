"""An answer to every condition: what figures decide, what is unknown, what is left to judgement, and the way out."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.appraisal.answers import Answer, Facts, appraise, readable
from cultivar.appraisal.indicators import Reading
from cultivar.policy.model import Programme
from cultivar.policy.model_conditions import Bar
from cultivar.policy.reading import read_programme

ROOT = Path(__file__).parents[2] / "programmes"
GUIZHOU = read_programme(ROOT / "guizhou-clusters" / "2025-trial.yaml").programme


def answer(condition: str, programme: Programme = GUIZHOU, **facts: Any) -> Answer:
    found = appraise(programme, Facts(**facts)).answers
    return next(one for one in found if one.condition.id == condition)


def computed(value: str | None, floor: str | None = None, **more: Any) -> Reading:
    return Reading(
        None if value is None else Decimal(value),
        Decimal(floor) if floor is not None else (Decimal(value) if value is not None else None),
        **more,
    )


D = Decimal


@pytest.mark.parametrize("condition", [one.id for one in GUIZHOU.conditions])
def test_without_figures_and_bounds_an_office_has_to_judge(condition: str) -> None:
    unbarred = not GUIZHOU.condition[condition].bars
    assert answer(condition).verdict == ("judgement" if unbarred else "unknown")


@pytest.mark.parametrize("condition", [one.id for one in GUIZHOU.conditions])
def test_a_bound_without_a_figure_is_unknown_even_where_an_office_found_it_met(condition: str) -> None:
    first = GUIZHOU.condition[condition].indicators[0]
    got = answer(condition, thresholds={first: D(1)}, opinions={condition: "meets"})
    assert got.verdict == "unknown"
    assert any(way.indicator == first for way in got.ways)


@given(st.decimals(0, 100, places=2), st.decimals(0, 100, places=2))
def test_the_bound_itself_is_met(value: Decimal, limit: Decimal) -> None:
    got = answer("innovation", stated={"rd-intensity": value}, thresholds={"rd-intensity": limit})
    assert got.verdict == ("judgement" if value >= limit else "fails")
    assert bool(got.ways) == (value < limit)


def test_what_the_roster_computes_counts_before_what_is_stated() -> None:
    got = answer(
        "innovation",
        readings={"rd-intensity": computed("2.9")},
        stated={"rd-intensity": D("3.5")},
        thresholds={"rd-intensity": D(3)},
    )
    assert got.verdict == "fails"
    line = next(one for one in got.figures if one.indicator.id == "rd-intensity")
    assert (line.source, line.value, line.differs) == ("roster", D("2.9"), True)


@pytest.mark.parametrize(
    ("stated", "differs"),
    [("2.90", False), ("2.9", False), ("3", False), ("2.91", True), ("2.8", True), ("2.905", False)],
)
def test_a_stated_figure_is_rounded_and_no_difference(stated: str, differs: bool) -> None:
    got = answer(
        "innovation", readings={"rd-intensity": computed("2.904999")}, stated={"rd-intensity": D(stated)}
    )
    assert any(line.differs for line in got.figures) is differs


def test_a_count_is_never_rounded() -> None:
    got = answer("ecosystem", readings={"srun": computed("7")}, stated={"srun": D(8)})
    assert any(line.differs for line in got.figures)


def test_enough_is_enough_though_figures_are_lacking() -> None:
    reading = computed(None, "60", asked=90, lacking=("A",) * 30)
    enough = {"readings": {"above-scale": reading}, "thresholds": {"above-scale": D(50)}}
    assert answer("ecosystem", **enough).verdict == "judgement"
    assert answer("ecosystem", **enough, opinions={"ecosystem": "meets"}).verdict == "holds"
    short = {"readings": {"above-scale": reading}, "thresholds": {"above-scale": D(61)}}
    got = answer("ecosystem", **short, opinions={"ecosystem": "meets"})
    assert got.verdict == "unknown"
    assert got.ways[0].text.zh == "“规上企业数”还缺 30 家企业的数据，补齐才能判断。"


def test_no_record_of_an_incident_is_no_proof_but_one_on_record_fails() -> None:
    clear = {"major-events": computed(None, "0")}
    assert answer("clean-record", readings=clear).verdict == "unknown"
    assert answer("clean-record", readings=clear, stated={"major-events": D(0)}).verdict == "judgement"
    one = {"major-events": computed(None, "1")}
    got = answer("clean-record", readings=one, stated={"major-events": D(0)})
    assert got.verdict == "fails"
    assert next(line for line in got.figures if line.measured).short


def test_an_office_judges_against_though_figures_suffice() -> None:
    got = answer(
        "strength",
        stated={"revenue": D(9)},
        thresholds={"revenue": D(5)},
        opinions={"strength": "fails"},
    )
    assert got.verdict == "fails"


WAYS = [
    (
        "strength",
        {"revenue": computed("4999999.5")},
        {"revenue": D(5000000)},
        "“营业收入”还差 0.5 万元（现为 4999999.5，要求 5000000）。",
    ),
    (
        "innovation",
        {"rd-intensity": computed("2.5", parts=(D(250), D(10000)))},
        {"rd-intensity": D(3)},
        "“研发投入强度”还差 0.5%（现为 2.5，要求 3）。分母不变时，研发费用要再增加 50 万元。",
    ),
    (
        "digital",
        {"digital-tools": computed("50", parts=(D(5), D(10)))},
        {"digital-tools": D("74.2")},
        "“数字化研发设计工具普及率”还差 24.2%（现为 50，要求 74.2）。相当于再有 3 家“使用数字化研发设计工具”。",
    ),
    (
        "ecosystem",
        {"srun": computed("7")},
        {"srun": D(10)},
        "“专精特新中小企业数”还差 3 家（现为 7，要求 10）。",
    ),
]


@pytest.mark.parametrize(("condition", "readings", "thresholds", "says"), WAYS)
def test_the_way_to_pass_says_how_much_and_of_what(
    condition: str, readings: dict[str, Reading], thresholds: dict[str, Decimal], says: str
) -> None:
    got = answer(condition, readings=readings, thresholds=thresholds)
    assert got.verdict == "fails"
    assert got.ways[0].text.zh == says


@given(st.decimals(0, 100, places=9), st.decimals(0, 100, places=2))
def test_a_rounded_figure_stays_on_its_side_of_the_limit(number: Decimal, limit: Decimal) -> None:
    shown = readable(number, [limit])
    assert (shown < limit, shown == limit) == (number < limit, number == limit)
    assert abs(shown - number) <= Decimal("0.005")


def test_a_stated_figure_that_was_rounded_down_to_the_floor_counts() -> None:
    reading = {"revenue": computed(None, "500.04", asked=2, lacking=("A",))}
    got = answer("strength", readings=reading, stated={"revenue": D(500)}, thresholds={"revenue": D(400)})
    assert next(line for line in got.figures if line.measured).source == "dossier"


@pytest.mark.parametrize(
    ("bound", "says"),
    [
        ("more_than", "现为 30，要高于 30。"),
        ("less_than", "现为 30 项，要低于 30 项。"),
        ("at_most", "是 31 项，高于 30 项的上限。"),
    ],
)
def test_on_a_strict_bound_the_way_says_above_or_below(bound: str, says: str) -> None:
    bars = {"bars": [Bar.model_validate({"indicator": "standards", bound: "30"})]}
    conditions = [
        one.model_copy(update=bars) if one.id == "innovation" else one for one in GUIZHOU.conditions
    ]
    barred = GUIZHOU.model_copy(update={"conditions": conditions})
    value = D(31) if bound == "at_most" else D(30)
    got = answer("innovation", barred, stated={"standards": value})
    assert got.verdict == "fails"
    assert says in got.ways[0].text.zh


def test_the_nearest_way_comes_first() -> None:
    got = answer(
        "ecosystem",
        readings={"srun": computed("1"), "above-scale": computed("49")},
        thresholds={"srun": D(10), "above-scale": D(50)},
    )
    assert [way.indicator for way in got.ways] == ["above-scale", "srun"]


def test_together_all_must_hold_at_once() -> None:
    opinions = {one.id: "meets" for one in GUIZHOU.conditions}
    clear = Facts(stated={"major-events": D(0)}, opinions=opinions)  # type: ignore[arg-type]
    assert appraise(GUIZHOU, clear).verdict == "holds"
    assert appraise(GUIZHOU, Facts(opinions=opinions)).verdict == "unknown"  # type: ignore[arg-type]
    assert appraise(GUIZHOU, Facts(stated={"major-events": D(0)})).verdict == "judgement"
    assert appraise(GUIZHOU, Facts(stated={"major-events": D(1)})).verdict == "fails"


def test_evidence_is_counted_beside_the_condition() -> None:
    got = answer("strength", files={"project-list": 2})
    assert [(line.kind.id, line.files) for line in got.evidence] == [
        ("financial-statements", 0),
        ("project-list", 2),
    ]
