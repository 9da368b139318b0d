"""The selection of RFC 3797 against the RFC's own example (section 6) and a published selection of the IETF (2013)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.evaluation.draw import rfc3797
from cultivar.evaluation.rfc3797 import BadSource, key, steps

EXAMPLE = [9319, [2, 5, 12, 8, 10], [9, 18, 26, 34, 41, 45]]
MD5 = [
    "990DD0A5692A029A98B5E01AA28F3459",
    "3691E55CB63FCC37914430B2F70B5EC6",
    "FE814EDF564C190AC1D25753979990FA",
    "1863CCACEB568C31D7DDBDF1D4E91387",
    "F4AB33DF4889F0AF29C513905BE1D758",
    "13EAEB529F61ACFB9A29D0BA3A60DE4A",
    "992DB77C382CA2BDB9727001F3CDCCD9",
    "63AB4258ECA922976811C7F55C383CE7",
    "DFBC5AC97CED01B3A6E348E3CC63F40D",
    "31CB111C4A4EBE9287CEAE16FE51B909",
    "07FA46C122F164C215BBC72793B189A3",
    "AC52F8D75CCBE2E61AFEB3387637D501",
    "53306F73E14FC0B2FBF434218D25948E",
    "B5D1403501A81F9A47318BE7893B347C",
    "85B10B356AA06663EF1B1B407765100A",
    "3269E6CE559ABD57E2BA6AAB495EB9BD",
]
SELECTED = [17, 7, 2, 16, 25, 23, 8, 24, 19, 13, 22, 5, 18, 9, 1, 4]


def test_the_example_of_section_6_in_full():
    assert key(EXAMPLE) == "9319./2.5.8.10.12./9.18.26.34.41.45./"
    found = steps(EXAMPLE, 25, 16)
    assert [step.md5.upper() for step in found] == MD5
    assert [step.left for step in found] == list(range(25, 9, -1))
    assert rfc3797(EXAMPLE, 25, 16) == SELECTED


def test_the_selection_of_2013_with_a_zero_in_front_of_a_number():
    sources = ["7 8 11 17 19 25 46", "08285182", 60115701, [42, 33, 32, 26, 18, 3, 2]]
    assert key(sources) == "7.8.11.17.19.25.46./8285182./60115701./2.3.18.26.32.33.42./"
    assert rfc3797(sources, 154, 12) == [138, 151, 89, 112, 117, 145, 118, 143, 144, 122, 95, 139]


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("0", "0./"),
        ("000", "0./"),
        (Decimal("1.50"), "1.5/"),
        (Decimal("3.00"), "3./"),
        ("0.25", "0.25/"),
        (["10.5", 2, "0.250"], "0.252.10.5/"),
        (Decimal("1E+2"), "100./"),
        ("Abc-d é 09", "ABCDE09./"),
    ],
)
def test_numbers_fractions_and_letters_are_written_as_section_4_says(source, written):
    assert key([source]) == written


@pytest.mark.parametrize(
    ("sources", "pool", "count"),
    [
        ([], 5, 1),
        ([[]], 5, 1),
        ([-1], 5, 1),
        ([1.5], 5, 1),
        ([True], 5, 1),
        ([Decimal("NaN")], 5, 1),
        (["—"], 5, 1),
        ([["x"]], 5, 1),
        ([1], 5, 6),
        ([1], 5, 0),
        ([1], 65536, 1),
    ],
)
def test_what_cannot_be_drawn_by_is_refused_in_both_languages(sources, pool, count):
    with pytest.raises(BadSource) as refused:
        rfc3797(sources, pool, count)
    assert all(refused.value.text)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8), st.integers(1, 60), st.data())
def test_a_selection_is_made_of_different_members_whatever_the_order_of_the_numbers(numbers, pool, data):
    count = data.draw(st.integers(1, pool))
    found = rfc3797([numbers], pool, count)
    assert len(set(found)) == count
    assert set(found) <= set(range(1, pool + 1))
    assert rfc3797([data.draw(st.permutations(numbers))], pool, count) == found
