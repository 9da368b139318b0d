"""The tally: a law over all ballots, quorums and majorities; what is sealed until when."""

from hypothesis import given
from hypothesis import strategies as st

from cultivar.procedure.voting import BALLOTS, MAJORITIES, tally

people = st.text("abcdefghij", min_size=1, max_size=1)
ballots = st.dictionaries(people, st.sampled_from(list(BALLOTS)))


@given(ballots, st.sets(people), st.integers(0, 12), st.sampled_from(MAJORITIES))
def test_a_tally_counts_every_ballot_once_and_carries_as_the_notice_says(cast, panel, quorum, majority):
    found = tally(cast, panel, quorum, majority)
    assert found.present + found.set_aside == len(cast)
    assert found.present == len(cast.keys() & panel)
    assert found.seated == len(panel)
    agreeing = sum(cast[one] == "agree" for one in cast.keys() & panel)
    share = {"half": agreeing > found.present / 2, "two-thirds": agreeing >= found.present * 2 / 3 - 1e-9}
    if found.present < max(1, quorum):
        assert found.outcome == "no-quorum"
    else:
        assert (found.outcome == "carried") == share[majority]


@given(ballots, st.sets(people), st.integers(0, 12), st.sampled_from(MAJORITIES))
def test_whoever_leaves_the_panel_counts_as_if_never_having_voted(cast, panel, quorum, majority):
    stayed = {person: said for person, said in cast.items() if person in panel}
    with_them, without = tally(cast, panel, quorum, majority), tally(stayed, panel, quorum, majority)
    assert with_them.outcome == without.outcome
    assert with_them.set_aside == len(cast) - len(stayed)


@given(ballots, st.sampled_from(MAJORITIES))
def test_one_more_who_agrees_never_turns_a_vote_that_carried(cast, majority):
    panel = {*cast, "one more"}
    before, after = tally(cast, panel, 1, majority), tally({**cast, "one more": "agree"}, panel, 1, majority)
    assert after.outcome == "carried" or before.outcome != "carried"


def test_half_is_not_more_than_half_and_two_thirds_are_two_thirds():
    even = {"a": "agree", "b": "disagree"}
    assert tally(even, even, 2, "half").outcome == "not-carried"
    thirds = {"a": "agree", "b": "agree", "c": "abstain"}
    assert tally(thirds, thirds, 3, "two-thirds").outcome == "carried"
    assert tally(thirds, thirds, 4, "two-thirds").outcome == "no-quorum"
    assert tally({}, {"a"}, 0, "half").outcome == "no-quorum"  # nobody carries nothing
