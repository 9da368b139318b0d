"""Panels worked out together are the panels worked out one by one by the official rule."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cultivar.evaluation.bootstrap import inside, inside_by_groups, panels
from cultivar.evaluation.chance import Stream
from cultivar.evaluation.quota import GroupQuota, select
from cultivar.evaluation.scores import BadScores, Entry, Rule, Sheet, ranked, scored

points = st.decimals(0, 100, places=2)
rules = st.builds(
    Rule,
    drop=st.booleans(),
    places=st.integers(0, 6),
    rounding=st.sampled_from(["half-up", "half-even"]),
    ties=st.sampled_from([("total",), ("total", "c")]),
)


@st.composite
def rounds(draw) -> list[Entry]:
    """Applications whose sheets often have equal totals."""
    entries = []
    for number in range(draw(st.integers(1, 5))):
        scale = draw(st.sampled_from([points, st.sampled_from([Decimal(70), Decimal(80)])]))
        sheets = [Sheet(f"e{at}", draw(scale), {"c": draw(scale)}) for at in range(draw(st.integers(3, 8)))]
        entries.append(Entry(f"A{number}", tuple(sheets), {"field": draw(st.sampled_from("xy"))}))
    return entries


def drawn_again(entry: Entry, seed: bytes, repeats: int) -> list[list[Sheet]]:
    """The panels of an application, read off the stream as the module's words say, byte by byte."""
    sheets = sorted(entry.sheets, key=lambda one: (one.total, one.expert))
    stream, limit, chosen = Stream(seed, f"bootstrap {entry.id}"), 256 - 256 % len(sheets), []
    while len(chosen) < repeats * len(sheets):
        byte = stream.take(1)[0]
        if byte < limit:
            chosen.append(sheets[byte % len(sheets)])
    return [chosen[at : at + len(sheets)] for at in range(0, len(chosen), len(sheets))]


@settings(max_examples=80)
@given(rounds(), rules, st.integers(0, 6), st.booleans())
def test_each_panel_is_scored_and_ranked_as_the_official_rule_does(entries, rule, quota, grouped):
    repeats, seed = 6, b"x"
    found = panels(entries, rule, seed, repeats)
    again = {entry.id: drawn_again(entry, seed, repeats) for entry in entries}
    counts = dict.fromkeys(again, 0)
    lots = Stream(seed, "bootstrap lots")
    quotas = [GroupQuota("field", most=1)] if grouped else []
    for panel in range(repeats):
        one_by_one = [scored(entry, again[entry.id][panel], rule) for entry in entries]
        for at, score in enumerate(one_by_one):
            exact = [score.score, *score.criteria.values()]
            assert list(found.scores[panel, at]) == [int(one.scaleb(rule.places)) for one in exact]
        if grouped:
            numbers = np.frombuffer(lots.take(8 * len(entries)), ">u8")
            order = [entries[at].id for at in np.argsort(numbers, kind="stable")]
            places = ranked(
                one_by_one, Rule(rule.drop, rule.places, rule.rounding, (*rule.ties, "draw")), order
            )
        else:
            places = ranked(one_by_one, rule)
        for number in select(places, quota, quotas).inside:
            counts[number] += 1
    together = inside_by_groups(found, quota, quotas, entries, seed) if grouped else inside(found, quota)
    assert dict(zip(found.numbers, together, strict=True)) == counts


@pytest.mark.parametrize("points", [Decimal("1.0000001"), Decimal(100_001)])
def test_points_that_whole_numbers_cannot_hold_are_refused(points):
    with pytest.raises(BadScores, match="at most six places"):
        panels([Entry("A", (Sheet("x", points), Sheet("y", Decimal(1))))], Rule(), b"", 2)


def test_sums_that_64_bits_cannot_hold_are_refused_and_the_largest_that_fit_are_exact():
    """92 sheets of 100,000 points at six places are just below 2^63."""

    def of(many, points="100000"):
        return Entry("A", tuple(Sheet(f"e{at}", Decimal(points)) for at in range(many)))

    for many in (93, 120, 256):
        with pytest.raises(
            BadScores, match=f"has {many} sheets of up to 100000 points and a score of 6 places"
        ):
            panels([of(many)], Rule(places=6), b"", 2)
        with pytest.raises(BadScores, match="too much to be resampled"):
            panels([of(many, "-100000")], Rule(places=6), b"", 2)
    assert (panels([of(92)], Rule(places=6), b"", 3).scores == 10**11).all()
    assert (panels([of(256)], Rule(places=5), b"", 3).scores == 10**10).all()
    assert (panels([of(256, "100.5")], Rule(places=6), b"", 3).scores == 100_500_000).all()


def test_more_sheets_than_a_byte_tells_apart_are_refused():
    sheets = tuple(Sheet(f"{at}", Decimal(1)) for at in range(257))
    with pytest.raises(BadScores, match="at most 256"):
        panels([Entry("A", sheets)], Rule(), b"", 2)


@settings(max_examples=60)
@given(rounds(), rules, st.integers(0, 6), st.randoms(use_true_random=False))
def test_where_lots_were_drawn_equals_stand_by_them_in_every_panel(entries, rule, quota, chance):
    repeats, seed = 6, b"x"
    drawn = [entry.id for entry in entries]
    chance.shuffle(drawn)
    by_lot = replace(rule, ties=(*rule.ties, "draw"))
    found = panels(entries, by_lot, seed, repeats)
    again = {entry.id: drawn_again(entry, seed, repeats) for entry in entries}
    counts = dict.fromkeys(again, 0)
    for panel in range(repeats):
        one_by_one = [scored(entry, again[entry.id][panel], by_lot) for entry in entries]
        for number in select(ranked(one_by_one, by_lot, drawn), quota).inside:
            counts[number] += 1
    assert dict(zip(found.numbers, inside(found, quota, drawn), strict=True)) == counts
