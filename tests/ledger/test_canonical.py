"""The one form of data: RFC 8785's rules, NFC, and nothing that can be read in two ways."""

import json
import unicodedata

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from cultivar.ledger.canonical import LARGEST, NotCanonical, canonical, normal, parse, read

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)


def composed(data):
    """The data in NFC; None where two names become one."""
    try:
        return normal(data)
    except NotCanonical:
        return None


def test_the_rules_of_the_standard():
    """RFC 8785 sections 3.2.2 and 3.2.3: escapes, literals, and names in the order of UTF-16 code units."""
    data = {
        "\u20ac": "Euro",
        "\r": "Return",
        "1": "One",
        "\u0080": "Control\u007f",
        "\U0001f600": "Smiley",
        "\u00f6": "Umlaut",
        "\ufb00": "Ligature",
        "</script>": "Challenge",
        "z": [None, True, False, -0, LARGEST, -LARGEST, '\u000f\n\u0008\t\f"\\/\u2028'],
    }
    assert canonical(data).decode() == (
        '{"\\r":"Return","1":"One","</script>":"Challenge",'
        '"z":[null,true,false,0,9007199254740991,-9007199254740991,"\\u000f\\n\\b\\t\\f\\"\\\\/\u2028"],'
        '"\u0080":"Control\u007f","\u00f6":"Umlaut","\u20ac":"Euro","\U0001f600":"Smiley","\ufb00":"Ligature"}'
    )


@given(JSON)
def test_every_writer_gives_the_same_bytes_and_they_read_back(data):
    plain = composed({"data": data})
    if plain is None:
        return
    leaf = canonical({"data": data})
    assert leaf == rfc8785.dumps(plain)
    assert read(leaf) == plain
    assert canonical(read(leaf)) == leaf
    assert parse(json.dumps(plain, indent=2)) == plain


@given(JSON, st.data())
def test_other_bytes_of_the_same_data_are_refused(data, draw):
    leaf = canonical({"data": 1, "other": "x"}) if composed({"d": data}) is None else canonical({"d": data})
    spaced = json.dumps(
        json.loads(leaf), ensure_ascii=draw.draw(st.booleans()), indent=draw.draw(st.integers(0, 2))
    )
    if spaced.encode() != leaf:
        with pytest.raises(NotCanonical):
            read(spaced.encode())


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('{"a":1.0}', "fraction"),
        ('{"a":1e3}', "fraction"),
        ('{"a":-0.0}', "fraction"),
        ('{"a":NaN}', "NaN"),
        ('{"a":Infinity}', "NaN"),
        ('{"a":-Infinity}', "NaN"),
        ('{"a":9007199254740992}', "2^53-1"),
        ('{"a":-9007199254740992}', "2^53-1"),
        ('{"a":' + "9" * 5000 + "}", "JSON"),
        ('{"a":1,"a":1}', "given twice"),
        ('{"a":{"b":1,"b":2}}', "given twice"),
        ('{"\\u00c5":1,"A\\u030a":2}', "given twice"),
        ('{"a":"\\ud800"}', "half of a character"),
        ('{"\\udc00":1}', "half of a character"),
        ("{", "not JSON"),
        ("", "not JSON"),
        ("{'a':1}", "not JSON"),
        (b'{"a":"\xff"}', "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        ("[" * 100_000, "deep"),
        ("[" * 100_000 + "]" * 100_000, "deep"),
    ],
)
def test_the_door_refuses_what_has_two_readings(body, says):
    with pytest.raises(NotCanonical, match=says.replace("^", r"\^")) as refused:
        parse(body)
    assert refused.value.text.zh


@pytest.mark.parametrize(
    "value",
    [0.5, float("nan"), float("-inf"), {1: 2}, {"a": object()}, {"a": b"x"}, {"a": {1, 2}}, 2**53, "\udfff"],
)
def test_what_is_no_plain_data_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical(value)


def test_depth_without_end_is_refused():
    value: list = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(NotCanonical, match="deep"):
        canonical(value)


@pytest.mark.parametrize("leaf", [b"[]", b"1", b'"x"', b"null"])
def test_a_leaf_is_an_object(leaf):
    with pytest.raises(NotCanonical, match="canonical"):
        read(leaf)


@given(ANY_TEXT)
def test_a_leaf_in_another_normal_form_is_refused(text):
    for form in ("NFD", "NFKD"):
        other = unicodedata.normalize(form, text)
        if unicodedata.normalize("NFC", other) != other:
            with pytest.raises(NotCanonical):
                read(rfc8785.dumps({"a": other}))


def test_names_beyond_the_basic_plane_are_ordered_by_code_units():
    """The one order in which Python's own writer differs from the standard's."""
    right = '{"\U0001f600":1,"\ufb00":2}'.encode()
    assert read(right) == {"\U0001f600": 1, "\ufb00": 2}
    with pytest.raises(NotCanonical):
        read('{"\ufb00":2,"\U0001f600":1}'.encode())
