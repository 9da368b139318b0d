"""Points for agreement, as the table says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.evaluation.affinity import FLOOR, TABLE, Knows, affinity, table
from cultivar.evaluation.seating_task import BadInput
from cultivar.registry.industries import section_of

LIQUOR = Knows(("liquor",), ("sauce",), ("1512",))


@pytest.mark.parametrize(
    ("expert", "points"),
    [
        (Knows(("liquor",), ("sauce",), ("1512",)), 100),
        (Knows(("liquor",), (), ("1512",)), 85),
        (Knows(("liquor",), (), ("1513",)), 75),
        (Knows(("liquor",), (), ("1521",)), 65),
        (Knows(("liquor",), (), ("2011",)), 40),
        (Knows(("liquor",)), 35),
        (Knows((), (), ("15",)), 30),
        (Knows((), (), ("2011",)), 5),
        (Knows((), (), ("0111", "151")), 40),
        (Knows((), (), ("0111",)), 0),
        (Knows(), 0),
    ],
)
def test_the_nearest_agreement_of_each_counts(expert: Knows, points: int) -> None:
    assert affinity([LIQUOR], [expert]).tolist() == [[points]]


codes = st.sampled_from(["15", "151", "1512", "1521", "2011", "0111"])
knowing = st.builds(
    Knows,
    st.tuples() | st.tuples(st.sampled_from("ab")),
    st.lists(st.sampled_from("xyz"), max_size=2).map(tuple),
    st.lists(codes, max_size=3).map(tuple),
)


def by_hand(one: Knows, other: Knows) -> int:
    points = (
        50
        if set(one.directions) & set(other.directions)
        else 35
        if set(one.fields) & set(other.fields)
        else 0
    )
    best = 0
    for ours in one.industries:
        for theirs in other.industries:
            common = next(
                (n for n in (4, 3, 2) if len(ours) >= n <= len(theirs) and ours[:n] == theirs[:n]), 0
            )
            same_section = section_of(ours) == section_of(theirs)
            best = max(best, {4: 50, 3: 40, 2: 30, 0: 5 if same_section else 0}[common])
    return points + best


@given(st.lists(knowing, max_size=4), st.lists(knowing, max_size=4))
def test_the_whole_table_is_what_pairs_come_to_by_hand(
    applications: list[Knows], experts: list[Knows]
) -> None:
    expected = [[by_hand(one, other) for other in experts] for one in applications]
    assert affinity(applications, experts).tolist() == expected


def test_a_round_may_give_other_points() -> None:
    assert affinity([LIQUOR], [Knows(("liquor",))], table({"field": 20})).tolist() == [[20]]


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ({"town": 1}, "no “town”"),
        ({"field": 60}, "“the same direction” cannot have fewer points than “the same field”"),
        ({"section": -1}, "cannot be negative"),
        ({"class": 51}, "cannot pass 100; they are 101"),
    ],
)
def test_points_that_make_no_sense_are_refused(points: dict[str, int], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        table(points)


def test_an_unknown_industry_is_refused() -> None:
    with pytest.raises(BadInput, match="“9912” is no code"):
        affinity([LIQUOR], [Knows(industries=("9912",))])


def test_every_row_of_the_table_gives_its_reason_and_the_floor_is_within_reach() -> None:
    assert all(match.text.zh and match.text.en and match.reason.zh and match.reason.en for match in TABLE)
    assert 0 < FLOOR <= max(match.points for match in TABLE)
