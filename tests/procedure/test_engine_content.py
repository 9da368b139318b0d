"""What an act says: cleaning never breaks, says what is wrong, and changes nothing that is clean."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.procedure.made import acts, named

from cultivar.ledger.canonical import canonical
from cultivar.policy.model_procedure import ContentField
from cultivar.procedure.content import characters, clean

SCALAR = st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats() | st.text(max_size=40)
NESTED = SCALAR | st.lists(SCALAR, max_size=3) | st.dictionaries(st.text(max_size=8), SCALAR, max_size=3)
ANYTHING = NESTED | st.lists(NESTED, max_size=3) | st.dictionaries(st.text(max_size=8), NESTED, max_size=3)
LIKELY = st.sampled_from(
    [
        *(
            "2026-05-07",
            "2026-13-45",
            "2026-05-07T09:00+08:00",
            "2026-05-07T09:00",
            "on",
            "12",
            "-3",
            "1e999",
        ),
        *("approved", "0" * 64, "字" * 4001, "a\x00b", "\ud800", " ", "é", "NaN", "1_000", "١٢", True, 0, 7),
        *(
            ["a"],
            ["a", "a"],
            [""],
            ["0" * 64],
            {"a": {"opinion": "meets"}},
            {"a": {"opinion": "meets", "remark": 3}},
        ),
        *(
            {"a": {"opinion": ["meets"]}},
            {"a": "1.5"},
            {"a": 1.5},
            {"a": "1.1234567"},
            {"a": "Infinity"},
            {"a": [1]},
        ),
        {"opens_at": "2026-05-07T09:00+08:00", "closes_at": "2026-05-08T09:00+08:00"},
        {"opens_at": "2026-05-07T09:00+08:00", "closes_at": "2026-05-06T09:00+08:00"},
        {"opens_at": 3, "closes_at": []},
        [{"id": "a", "zh": "甲", "en": "A", "points": 100}],
        [{"id": "a", "zh": "甲", "en": "A", "points": "x"}],
        [{"id": "a"}, 3],
        {"drop": "on", "ties": ["a", "draw"], "quotas": [{"kind": "field", "value": "e\u0301", "most": "2"}]},
        {"places": 9, "rounding": [], "quotas": [{"kind": ["field"], "value": 3}]},
    ]
)
ACTS = [one for one in acts() if one[0].procedures[one[1]].acts[one[2]].content]
each_act = pytest.mark.parametrize(("programme", "name", "act_id"), ACTS, ids=named)


@each_act
def test_cleaning_never_breaks_and_is_done_once(programme, name, act_id):
    fields = programme.procedures[name].acts[act_id].content
    raw = st.fixed_dictionaries({}, optional=dict.fromkeys([*fields, "no such field"], LIKELY | ANYTHING))

    @settings(max_examples=25)  # of each of some three hundred acts
    @given(raw)
    def check(given_):
        content, problems = clean(fields, given_)
        assert set(content) <= set(fields)
        assert all(problem.text.zh and problem.text.en for problem in problems)
        wrong = {problem.field for problem in problems}
        assert not wrong & set(content)
        assert {field for field in given_ if field not in fields} <= wrong
        missing = {field for field, spec in fields.items() if spec.required} - set(content)
        assert missing <= wrong
        again, more = clean(fields, content)
        assert again == content
        assert {problem.field for problem in more} <= missing
        assert json.loads(canonical(content)) == json.loads(json.dumps(content))  # the ledger can hold it

    check()


def field(kind: str, **more: object) -> ContentField:
    return ContentField.model_validate({"zh": "项", "en": "Entry", "type": kind, **more})


PLAIN = {"drop": False, "places": 2, "rounding": "half-up", "ties": [], "quotas": []}


@pytest.mark.parametrize(
    ("spec", "raw", "kept"),
    [
        (field("text"), "  e\u0301\r\n", "é"),
        (field("whole"), " 12 ", 12),
        (field("date"), "2026-05-07", "2026-05-07"),
        (field("undertaking"), "on", True),
        (field("score-sheet"), {"a": "07.50", "b": "", "c": 3}, {"a": "7.5", "c": "3"}),
        (field("score-sheet"), {"a": Decimal("1E+2")}, {"a": "100"}),
        (field("limits"), {"accept": "5", "review": ""}, {"accept": 5}),
        (field("scoring"), {"places": "1"}, PLAIN | {"places": 1}),
        (field("scoring"), {"drop": "on", "rounding": ""}, PLAIN | {"drop": True}),
        (
            field("scoring"),
            {"ties": ["a", "draw"], "quotas": [{"kind": "field", "most": "2"}]},
            PLAIN
            | {"ties": ["a", "draw"], "quotas": [{"kind": "field", "value": "", "least": 0, "most": 2}]},
        ),
        (
            field("scoring"),
            {"drop": False, "quotas": [{"kind": "region", "value": "520300", "least": 1, "most": ""}]},
            PLAIN | {"quotas": [{"kind": "region", "value": "520300", "least": 1}]},
        ),
        (field("scoring"), PLAIN, PLAIN),
    ],
)
def test_what_is_kept(spec, raw, kept):
    assert clean({"x": spec}, {"x": raw}) == ({"x": kept}, [])


@pytest.mark.parametrize(
    ("spec", "raw"),
    [
        (field("text", at_most=3), "四个字了"),
        (field("text"), 3),
        (field("text"), "a\tb\x07"),
        (field("whole"), "1.0"),
        (field("whole"), True),
        (field("whole", least=2), 1),
        (field("whole", most=2), 3),
        (field("date"), "7 May"),
        (field("datetime"), "2026-05-07T09:00"),
        (field("choice", choices={"a": {"zh": "甲", "en": "A"}}), "b"),
        (field("choice", choices={"a": {"zh": "甲", "en": "A"}}), ["a"]),
        (field("undertaking"), "off"),
        (field("files"), ["abc"]),
        (field("people"), ["甲", "甲"]),
        (field("people"), "甲"),
        (field("experts", most=1), ["a", "b"]),
        (field("score-sheet"), {"a": 1.5}),
        (field("score-sheet"), {"a": "NaN"}),
        (field("score-sheet", required=True), {"a": ""}),
        (field("text", required=True), " \n "),
        (field("criteria"), [{"id": " ", "zh": "甲", "en": "A", "points": 100}]),
        (field("criteria"), [{"id": "a", "zh": "甲", "en": "A", "points": 99}]),
        (field("scoring"), ["a"]),
        (field("scoring"), {"places": 7}),
        (field("scoring"), {"places": "1.5"}),
        (field("scoring"), {"rounding": "up"}),
        (field("scoring"), {"drop": "perhaps"}),
        (field("scoring"), {"median": True}),
        (field("scoring"), {"ties": ["draw", "a"]}),
        (field("scoring"), {"ties": ["a", "a"]}),
        (field("scoring"), {"ties": "a"}),
        (field("scoring"), {"quotas": {"kind": "field"}}),
        (field("scoring"), {"quotas": ["field"]}),
        (field("scoring"), {"quotas": [{"kind": "city", "most": 1}]}),
        (field("scoring"), {"quotas": [{"kind": "field"}]}),
        (field("scoring"), {"quotas": [{"kind": "field", "least": 0}]}),
        (field("scoring"), {"quotas": [{"kind": "field", "most": -1}]}),
        (field("scoring"), {"quotas": [{"kind": "field", "value": 3, "most": 1}]}),
    ],
)
def test_what_is_refused(spec, raw):
    content, problems = clean({"x": spec}, {"x": raw})
    assert content == {}
    (problem,) = problems
    assert problem.field == "x"


@given(st.text())
def test_characters_are_counted_as_written_or_composed(text):
    import unicodedata

    assert characters(text) == characters(unicodedata.normalize("NFD", text))
