"""Criteria of a notice: what may be asked of a score, and which scores, bands and reasons are sound."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.ledger.canonical import canonical
from cultivar.policy.model_procedure import ContentField
from cultivar.procedure.content import clean
from cultivar.procedure.criteria import (
    asks_reason,
    band_of,
    middle,
    reason_problem,
    score_problem,
    total,
)

FIELD = {"criteria": ContentField(zh="评审指标", en="Criteria", type="criteria", required=True)}
BANDS = [
    {"from": "0", "to": "11.5", "zh": "弱", "en": "weak"},
    {"from": "12", "to": "17.5", "zh": "中", "en": "fair"},
    {"from": "18", "to": "20", "zh": "强", "en": "strong"},
]
SHEET: dict[str, Any] = {
    "id": "a",
    "zh": "综合实力",
    "en": "Strength",
    "points": 20,
    "step": "0.5",
    "anchors": BANDS,
    "reasons_below": "12",
    "reasons_from": "18",
}
REST = {"id": "b", "zh": "其余", "en": "Rest", "points": 80}


def cleaned(**more: Any) -> tuple[Any, list[str]]:
    """The criteria of a notice whose first criterion says this too, and the sentences in English."""
    plain = {key: SHEET[key] for key in ("id", "zh", "en", "points")}
    content, problems = clean(FIELD, {"criteria": [{**plain, **more}, REST]})
    return content.get("criteria"), [problem.text.en for problem in problems]


def test_what_says_nothing_more_stays_byte_for_byte_the_same():
    old = [{"id": "a", "zh": "综合实力", "en": "Strength", "points": 20}, REST]
    content, problems = clean(FIELD, {"criteria": old})
    assert problems == []
    assert canonical(content["criteria"]) == canonical(old)
    blank = {"step": "", "anchors": [], "reasons_below": "", "reasons_from": None}
    assert canonical(cleaned(**blank)[0]) == canonical(old)


def test_bands_stand_in_order_and_decimals_in_one_writing():
    found, problems = cleaned(step="0.50", anchors=[BANDS[2], BANDS[0]], reasons_below="12.0")
    assert problems == []
    assert found[0]["step"] == "0.5"
    assert found[0]["reasons_below"] == "12"
    assert [one["from"] for one in found[0]["anchors"]] == ["0", "18"]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"step": "0.3"}, "no multiple of the step 0.3"),
        ({"step": "0"}, "no multiple of the step 0"),
        ({"step": "half"}, "the step must be a number from 0 to 20; it is “half”"),
        ({"reasons_below": "21"}, "bound below which a reason is needed must be a number from 0 to 20"),
        ({"reasons_from": "-1"}, "bound from which a reason is needed must be a number"),
        ({"reasons_below": "15", "reasons_from": "12"}, "below 15 and from 12 overlap"),
        ({"anchors": [{**BANDS[0], "to": "12"}, BANDS[1]]}, "two bands overlap, 0–12 and 12–17.5"),
        ({"anchors": [BANDS[0], BANDS[0]]}, "two bands overlap"),
        ({"anchors": [{**BANDS[2], "to": "20.5"}]}, "band 1: points lie within 0 and 20"),
        ({"anchors": [{**BANDS[2], "from": "20", "to": "18"}]}, "the lower first"),
        ({"anchors": [{**BANDS[2], "from": "x"}]}, "band 1: points lie within"),
        ({"anchors": [{**BANDS[2], "zh": " "}]}, "band 1 says what it means"),
        ({"anchors": [{**BANDS[2], "en": "x" * 61}]}, "at most 60 characters"),
        (
            {"anchors": [{"from": str(n), "to": str(n), "zh": "x", "en": "x"} for n in range(11)]},
            "at most 10",
        ),
        ({"anchors": "0-5"}, "one to a line"),
        ({"anchors": [None]}, "band 1"),
        ({"step": 0.5}, "the step must be a number"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_criterion_s_name(more, says):
    found, problems = cleaned(**more)
    assert found is None
    (sentence,) = problems
    assert says in sentence
    assert "Strength" in sentence


@pytest.mark.parametrize(
    ("score", "says"),
    [
        (None, "“Strength” has no score yet."),
        ("", "“Strength” has no score yet."),
        ("20.5", "“Strength” has 20.5 points; it takes 0 to 20 points."),
        ("-0.5", "“Strength” has -0.5 points; it takes 0 to 20 points."),
        ("12.3", "“Strength” goes by steps of 0.5; 12.3 is between two. Give 12 or 12.5."),
        ("many", "“Strength”: “many” is no number. It takes 0 to 20 points."),
        ("NaN", "“Strength”: “NaN” is no number. It takes 0 to 20 points."),
        ("1e9", "“Strength”: “1e9” is no number. It takes 0 to 20 points."),
        ("0", None),
        ("20", None),
        ("17.50", None),
    ],
)
def test_a_score_is_on_the_scale_and_on_a_step(score, says):
    found = score_problem(SHEET, score)
    assert (found.en if found else None) == says


def test_without_a_step_two_decimals_are_the_most():
    assert score_problem(REST, "79.25") is None
    assert score_problem(REST, "79.250") is None
    assert "at most 2 decimals" in (score_problem(REST, "79.255") or REST["zh"]).en  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("score", "asked"),
    [
        ("11.5", True),
        ("12", False),
        ("17.5", False),
        ("18", True),
        ("20", True),
        ("21", False),
        (None, False),
    ],
)
def test_a_reason_is_asked_below_and_from_a_bound(score, asked):
    assert (asks_reason(SHEET, score) is not None) == asked
    assert (reason_problem(SHEET, score, " \n") is not None) == asked
    assert reason_problem(SHEET, score, "见第 3 页") is None


halves = st.integers(0, 40).map(lambda n: Decimal(n) / 2)


@st.composite
def banded(draw: st.DrawFn) -> dict[str, Any]:
    """A criterion of 20 points in halves with sound bands."""
    ends = sorted(draw(st.sets(halves, min_size=2, max_size=12)))
    pairs = list(zip(ends[::2], ends[1::2], strict=False))
    bands = [{"from": f"{low}", "to": f"{high}", "zh": "某档", "en": "a band"} for low, high in pairs]
    found, problems = cleaned(step="0.5", anchors=bands)
    assert problems == []
    return dict(found[0])


@given(banded(), halves)
def test_a_score_lies_in_the_one_band_that_holds_it(criterion, score):
    holding = [
        place
        for place, one in enumerate(criterion["anchors"])
        if Decimal(one["from"]) <= score <= Decimal(one["to"])
    ]
    assert ([band_of(criterion, str(score))] if holding else []) == holding
    assert holding or band_of(criterion, str(score)) is None


@given(banded())
def test_what_a_band_puts_in_is_a_sound_score_of_that_band(criterion):
    for place, one in enumerate(criterion["anchors"]):
        points = middle(criterion, one)
        assert score_problem(criterion, points) is None
        assert band_of(criterion, points) == place


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.one_of(halves.map(str), st.just("x"), st.just(""))))
def test_the_sum_counts_sound_scores_only(scores):
    given_, of, done = total([SHEET, REST], scores)
    sound = {one["id"]: one for one in (SHEET, REST) if score_problem(one, scores.get(one["id"])) is None}
    assert given_ == sum((Decimal(scores[name]) for name in sound), Decimal(0))
    assert (of, done) == (sum(one["points"] for one in sound.values()), len(sound))


def test_reasons_are_kept_by_criterion_and_blank_ones_left_out():
    field = {"reasons": ContentField(zh="理由", en="Reasons", type="per-criterion", at_most=5)}
    content, problems = clean(field, {"reasons": {"a": " 好\r\n", "b": "  ", "c": ""}})
    assert (content, problems) == ({"reasons": {"a": "好"}}, [])
    assert clean(field, {"reasons": {"a": ""}}) == ({}, [])
    for wrong in ({"a": "六个字太长了"}, ["a"], "a", {"a": 3}):
        assert clean(field, {"reasons": wrong})[1], wrong
