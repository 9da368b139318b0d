"""Counting what a dossier lacks: no item is lost, and what is optional never blocks."""

from decimal import Decimal

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from cultivar.appraisal.completeness import Item, by_condition, check, problem_of, tally
from cultivar.appraisal.numbers import number_of
from cultivar.policy.reading import load
from cultivar.policy.text import Text

PROGRAMME = load(settings.PROGRAMMES / "guizhou-clusters" / "2025-trial.yaml").programme
FIELDS = PROGRAMME.form_fields

items = st.builds(
    Item,
    field=st.text(min_size=1),
    section=st.just("s"),
    condition=st.sampled_from([None, "unheard-of", *PROGRAMME.condition]),
    label=st.just(Text("项", "item")),
    filled=st.booleans(),
    required=st.booleans(),
    problem=st.one_of(st.none(), st.just(Text("错", "wrong"))),
).filter(lambda item: item.filled or not item.wrong)

values = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.integers(),
    st.lists(st.text(max_size=6), max_size=3),
    st.sampled_from(["612", "12.5", "－３", "1,864,000", "sauce-liquor", "2026-05-07"]),
)


@given(st.lists(items))
def test_the_tally_loses_no_item(listed):
    counts = tally(listed)
    counted = [item for item in listed if item.required or item.filled]
    assert counts.total == len(counted)
    assert counts.done == sum(item.filled and item.complete for item in listed)
    assert counts.wrong + counts.empty == sum(not item.complete for item in listed)


@given(st.lists(items))
def test_every_item_stands_under_one_heading(listed):
    headings = by_condition(PROGRAMME, listed)
    assert sorted(id(item) for heading in headings for item in heading.items) == sorted(map(id, listed))
    assert sum(heading.tally.total for heading in headings) == tally(listed).total
    for heading in headings:
        assert (heading.first_open is None) == all(item.complete for item in heading.items)


@given(
    st.dictionaries(st.sampled_from(sorted(FIELDS)), values),
    st.dictionaries(st.sampled_from(sorted(FIELDS)), st.integers(0, 9)),
)
def test_any_data_gets_one_answer_for_each_field(data, files):
    found = check(PROGRAMME, data, files)
    assert [item.field for item in found] == list(FIELDS)
    for item in found:
        if not item.required and not item.filled:
            assert item.complete
        if item.problem is not None:
            assert item.filled
            assert FIELDS[item.field].zh in item.problem.zh
            assert FIELDS[item.field].en in item.problem.en


def test_blanks_are_not_a_value():
    (name,) = [item for item in check(PROGRAMME, {"subject-name": " \n"}, {}) if item.field == "subject-name"]
    assert not name.filled


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1864000", "1864000"),
        ("1,864,000", "1864000"),
        ("1 864 000", "1864000"),
        ("１２．５", "12.5"),
        ("−3", "-3"),
        ("27.9%", "27.9"),
        (" 7 ", "7"),
    ],
)
def test_numbers_are_read_as_clerks_type_them(typed, number):
    assert number_of(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["约3千万", "1e9", "NaN", "Infinity", "1,86", "--1", "", "1" * 16, "٣"])
def test_what_is_no_number_is_not_guessed(typed):
    assert number_of(typed) is None


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("nc-rate", "612", "请填 0 到 100 之间的数"),
        ("standards", "1.5", "请填整数"),
        ("revenue", "约 3 千万", "请只填数字"),
        ("revenue", "-1", "不能小于 0"),
        ("subject-name", "字" * 61, "有 61 字，最多 60 字，请删去 1 字"),
        ("green-text", "好\x07", "不可见的控制字符"),
        ("field", "farming", "请从列表中选"),
        ("field", ["sauce-liquor"], "请从列表中选"),
        ("partners", "520500", "请从列表中选"),
        ("subject-name", ["名"], "要写文字"),
    ],
)
def test_what_is_wrong_is_said(field, value, words):
    problem = problem_of(PROGRAMME, FIELDS[field], value)
    assert problem is not None
    assert words in problem.zh
