"""The official rule: exact means, what is left out, ties, and places under quotas of groups."""

import itertools
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.evaluation.quota import Displacement, GroupQuota, select
from cultivar.evaluation.scores import BadScores, Entry, Rule, Sheet, mean, ranked, score

DROP = Rule(drop=True)
POINTS = st.decimals(0, 100, places=2)


def entry(number, *totals, **groups):
    sheets = tuple(Sheet(f"e{at}", Decimal(str(total))) for at, total in enumerate(totals, 1))
    return Entry(number, sheets, groups)


def by_points(number, *sheets):
    """An entry whose sheets give points to the criteria a, b, c."""
    made = []
    for at, points in enumerate(sheets):
        decimals = {name: Decimal(one) for name, one in zip("abc", points, strict=True)}
        made.append(Sheet(f"e{at}", sum(decimals.values()), decimals))
    return Entry(number, tuple(made))


def order(entries, rule=None, drawn=None):
    rule = rule or Rule()
    return ranked([score(one, rule) for one in entries], rule, drawn)


# Scores


@given(st.lists(POINTS | st.decimals(-50, 50, places=3), min_size=1, max_size=9), st.integers(0, 6))
def test_a_mean_is_rounded_once_as_decimal_rounds(values, places):
    with localcontext() as context:
        context.prec = 60
        exact = sum(values) / len(values)  # 60 digits: no half is lost or made
        unit = Decimal(1).scaleb(-places)
        assert mean(values, Rule(places=places)) == exact.quantize(unit, ROUND_HALF_UP)
        even = mean(values, Rule(places=places, rounding="half-even"))
        assert even == exact.quantize(unit, ROUND_HALF_EVEN)
    assert -even.as_tuple().exponent == places


def test_a_half_goes_up_or_to_the_even_digit_as_the_rule_names():
    values = [Decimal("80.12"), Decimal("80.13")]
    assert str(mean(values, Rule())) == "80.13"
    assert str(mean(values, Rule(rounding="half-even"))) == "80.12"
    assert str(mean([Decimal("0.5")], Rule(places=0))) == "1"


def test_without_leaving_out_every_sheet_counts():
    found = score(entry("A", 90, 70, 80), Rule())
    assert (found.score, found.dropped, found.warnings) == (Decimal("80.00"), (), ())


@given(st.lists(POINTS, min_size=3, max_size=12))
def test_one_highest_and_one_lowest_are_left_out_and_named(totals):
    found = score(entry("A", *totals), DROP)
    high, low = found.dropped
    assert (high.why, low.why) == ("highest", "lowest")
    assert (high.sheet.total, low.sheet.total) == (max(totals), min(totals))
    assert high.sheet.expert != low.sheet.expert
    kept = sorted(totals)[1:-1]
    assert sorted(one.total for one in found.kept) == kept
    assert found.score == mean(kept, DROP)
    assert bool(found.warnings) == (len(totals) < 7)


def test_of_equal_extremes_the_first_expert_is_left_out_whatever_the_order_of_sheets():
    sheets = [Sheet(name, Decimal(total)) for name, total in zip("edcba", (9, 1, 9, 1, 5), strict=True)]
    for turned in itertools.permutations(sheets):
        high, low = score(Entry("A", turned), DROP).dropped
        assert (high.sheet.expert, low.sheet.expert) == ("c", "b")
    alike = score(Entry("A", tuple(Sheet(name, Decimal(5)) for name in "cba")), DROP)
    assert [one.sheet.expert for one in alike.dropped] == ["b", "a"]


def test_few_sheets_are_warned_of_and_fewer_than_three_refused():
    (warning,) = score(entry("A", 1, 2, 3), DROP).warnings
    assert "Only 3 score sheets" in warning.en
    assert "3 份" in warning.zh
    assert score(entry("A", *range(7)), DROP).warnings == ()
    with pytest.raises(BadScores, match="“A” has 2 score sheets"):
        score(entry("A", 1, 2), DROP)


@pytest.mark.parametrize(
    ("make", "english"),
    [
        (lambda: score(Entry("A", ()), Rule()), "“A” has no score sheet"),
        (lambda: score(Entry("A", (Sheet("e", Decimal(1)), Sheet("e", Decimal(2)))), Rule()), "two sheets"),
        (lambda: score(entry("A", "NaN"), Rule()), "no finite number"),
        (lambda: score(entry("A", 1), Rule(ties=("total", "a"))), "no points for “a”"),
        (lambda: order([entry("A", 1), entry("A", 2)]), "“A” is given twice"),
        (lambda: order([entry("A", 1), entry("B", 1)], Rule(ties=("total", "draw")), ["A"]), "“B” is not in"),
        (lambda: Rule(places=7), "places go from 0 to 6"),
        (lambda: Rule(rounding="up"), "half-up or half-even"),
        (lambda: Rule(ties=()), "begins with total"),
        (lambda: Rule(ties=("a", "total")), "begins with total"),
        (lambda: Rule(ties=("total", "draw", "a")), "draw last"),
        (lambda: Rule(ties=("total", "a", "a")), "each once"),
    ],
)
def test_what_gives_no_score_is_a_sentence(make, english):
    with pytest.raises(BadScores) as refused:
        make()
    assert english in refused.value.text.en
    assert refused.value.text.zh


# The order


def test_ties_are_told_apart_by_criteria_in_order_then_by_lot():
    entries = [
        by_points("A", (30, 30, 20)),
        by_points("B", (30, 20, 30)),
        by_points("C", (20, 30, 30)),
        by_points("D", (20, 30, 30)),
        by_points("E", (40, 40, 10)),
    ]
    plain = order(entries)
    assert [(one.id, one.rank, one.tied) for one in plain] == [
        ("E", 1, False),
        ("A", 2, True),
        ("B", 2, True),
        ("C", 2, True),
        ("D", 2, True),
    ]
    criteria = order(entries, Rule(ties=("total", "a", "b")))
    assert [(one.id, one.rank, one.decided_by) for one in criteria] == [
        ("E", 1, ""),
        ("A", 2, "total"),
        ("B", 3, "b"),
        ("C", 4, "a"),
        ("D", 4, ""),
    ]
    other = order(entries, Rule(ties=("total", "c")))
    assert [one.rank for one in other] == [1, 2, 2, 2, 5]
    lots = Rule(ties=("total", "a", "b", "draw"))
    assert [one.rank for one in order(entries, lots)] == [1, 2, 3, 4, 4]  # no lot was drawn yet
    drawn = order(entries, lots, ["D", "C"])
    assert [(one.id, one.rank, one.decided_by) for one in drawn[3:]] == [("D", 4, "a"), ("C", 5, "draw")]


def test_criteria_are_means_of_the_sheets_that_count():
    rule = Rule(drop=True, ties=("total", "a"))
    found = score(by_points("A", (10, 0, 0), (1, 1, 1), (5, 0, 0)), rule)
    assert found.criteria == {"a": Decimal("5.00")}


@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=3), min_size=1, max_size=8), st.randoms())
def test_the_order_hangs_on_no_order_of_input_and_ranks_count_those_above(totals, dice):
    entries = [entry(f"A{at}", *one) for at, one in enumerate(totals)]
    places = order(entries)
    assert order(dice.sample(entries, len(entries))) == places
    for place in places:
        assert place.rank == 1 + sum(other.score.score > place.score.score for other in places)
        assert place.tied == (sum(other.score.score == place.score.score for other in places) > 1)


# Quotas


def chosen(ranking, quota, *quotas):
    """``ranking`` is "a1 b2": field a or b, region 1 or 2, best first."""
    entries = [
        entry(f"{at}{word}", 100 - at, field=word[0], region=word[1:])
        for at, word in enumerate(ranking.split())
    ]
    return select(order(entries), quota, quotas)


def test_a_line_without_quotas_of_groups_lets_equals_in_together():
    places = order([entry("A", 9), entry("B", 8), entry("C", 8), entry("D", 7)])
    assert select(places, 2).inside == ("A", "B", "C")
    assert select(places, None).inside == ("A", "B", "C", "D")
    assert select(places, 9).empty == 5
    assert select(places, 2).displacements == ()


def test_a_full_group_gives_way_and_the_log_says_to_whom_and_why():
    most = GroupQuota("field", "a", most=2)
    found = chosen("a1 a1 a2 a2 b1 c1 b2", 4, most)
    assert found.inside == ("0a1", "1a1", "4b1", "5c1")
    assert found.displacements == (Displacement("2a2", "4b1", most), Displacement("3a2", "5c1", most))


def test_a_quota_for_every_value_holds_for_each_and_one_for_a_value_goes_before_it():
    each, own = GroupQuota("region", most=1), GroupQuota("region", "1", most=2)
    found = chosen("a1 a1 a1 b2 b2 c3", 4, each, own)
    assert found.inside == ("0a1", "1a1", "3b2", "5c3")
    assert found.displacements == (Displacement("2a1", "5c3", own),)
    assert chosen("a1 a1 a1 b2 b2 c3", 4, own, each) == found


def test_places_are_kept_for_a_group_and_the_log_names_who_gave_way():
    least = GroupQuota("field", "c", least=1)
    found = chosen("a1 a1 b1 b2 c1 c2", 3, least)
    assert found.inside == ("0a1", "1a1", "4c1")
    assert found.displacements == (Displacement("2b1", "4c1", least),)
    both = chosen("a1 a2 a1 b1 b2 c1", 4, least, GroupQuota("field", "a", most=2))
    assert both.inside == ("0a1", "1a2", "3b1", "5c1")
    (gave_way,) = both.displacements
    assert (gave_way.displaced, gave_way.taken_by, gave_way.quota.value) == ("2a1", "5c1", "a")


def test_places_kept_for_several_groups_are_told_by_who_took_them():
    kept = [GroupQuota("field", one, least=1) for one in "cd"]
    found = chosen("a1 a1 b1 b2 d1 c1", 4, *kept)
    assert found.inside == ("0a1", "1a1", "4d1", "5c1")
    assert found.displacements == (Displacement("2b1", "4d1", kept[1]), Displacement("3b2", "5c1", kept[0]))


def test_kept_places_that_nobody_can_take_are_said():
    least = GroupQuota("field", "z", least=1)
    found = chosen("a1 a1 b1", 2, least)
    assert (found.inside, found.unmet, found.empty) == (("0a1", "1a1"), (least,), 0)
    capped = chosen("a1 a1 a1", 3, GroupQuota("field", "a", most=2))
    assert (capped.empty, capped.displacements[0].taken_by) == (1, None)


def test_equals_who_cannot_all_have_a_place_need_a_lot():
    entries = [entry("A", 9, field="a"), entry("B", 8, field="b"), entry("C", 8, field="c")]
    quota = [GroupQuota("field", most=1)]
    with pytest.raises(BadScores, match="B, C are equal"):
        select(order(entries), 2, quota)
    rule = Rule(ties=("total", "draw"))
    assert select(order(entries, rule, ["C", "B"]), 2, quota).inside == ("A", "C")


@pytest.mark.parametrize(
    ("quota", "quotas", "english"),
    [
        (3, [GroupQuota("field", "a", most=-1)], "quota of “field/a” is wrong"),
        (3, [GroupQuota("field", "a", most=1, least=2)], "at least 2, at most 1"),
        (3, [GroupQuota("field", "a", most=1), GroupQuota("field", "a", most=2)], "two quotas"),
        (3, [GroupQuota("field", most=1), GroupQuota("field", most=2)], "“field/*” has two quotas"),
        (3, [GroupQuota("field", "a", least=1), GroupQuota("region", "1", least=1)], "one kind only"),
        (1, [GroupQuota("field", "a", least=1), GroupQuota("field", "b", least=1)], "2 places are kept"),
        (None, [GroupQuota("field", "a", least=1)], "only within a quota"),
        (
            3,
            [GroupQuota("field", "b", least=1), GroupQuota("region", "1", most=1)],
            "by field and bounded by region",
        ),
        (3, [GroupQuota("field", "b", least=1), GroupQuota("region", most=2)], "may be stopped by the bound"),
        (
            3,
            [GroupQuota("field", "b", 2, 1), GroupQuota("region", "2", most=0)],
            "the two kinds cannot go together",
        ),
    ],
)
def test_quotas_that_contradict_each_other_are_refused(quota, quotas, english):
    with pytest.raises(BadScores) as refused:
        chosen("a1 b2 b1", quota, *quotas)
    assert english in refused.value.text.en
    assert refused.value.text.zh


def test_a_kept_place_beside_a_bound_of_another_kind_is_refused_as_it_would_stay_empty():
    """Two places, one kept for batteries, at most one of region X: A (X) would go in and stop C (X, batteries)."""
    entries = [
        entry("A", 9, field="wine", region="X"),
        entry("B", 8, field="wine", region="Y"),
        entry("C", 7, field="batteries", region="X"),
    ]
    kept, most = GroupQuota("field", "batteries", least=1), GroupQuota("region", "X", most=1)
    with pytest.raises(BadScores, match="place stay empty"):
        select(order(entries), 2, [kept, most])
    assert select(order(entries), 2, [kept]).inside == ("A", "C")
    assert select(order(entries), 2, [most]).inside == ("A", "B")


WORDS = st.lists(st.sampled_from(["a1", "a2", "b1", "b2", "c1"]), min_size=1, max_size=8).map(" ".join)
BOUND = st.none() | st.integers(1, 3)


@given(WORDS, st.integers(1, 6), BOUND, BOUND, st.integers(0, 2))
def test_a_selection_is_the_best_in_order_of_all_that_keep_the_quotas(words, quota, fields, regions, kept):
    """By brute force: of all sets that keep the bounds, the one whose members come first, compared from the top."""
    quotas = [GroupQuota("field", "c", least=min(kept, quota))] if kept else []
    if fields:
        quotas.append(GroupQuota("field", "a", most=fields))
    if regions and not kept:  # a bound of another kind beside a kept place is refused
        quotas.append(GroupQuota("region", most=regions))
    found = chosen(words, quota, *quotas)
    numbers = [f"{at}{word}" for at, word in enumerate(words.split())]
    owed = min(kept, quota, sum("c" in one for one in numbers))

    def fits(members):
        return (
            len(members) <= quota
            and (not fields or sum("a" in one for one in members) <= fields)
            and (kept or not regions or all(sum(one[-1] == r for one in members) <= regions for r in "12"))
            and sum("c" in one for one in members) >= owed
        )

    sets = [s for size in range(len(numbers) + 1) for s in itertools.combinations(numbers, size) if fits(s)]
    best = max(sets, key=lambda members: [one in members for one in numbers])
    assert found.inside == best
    assert found.empty == quota - len(best)
    line = numbers[:quota]
    assert {one.displaced for one in found.displacements} == set(line) - set(best)
    gained = [one.taken_by for one in found.displacements if one.taken_by]
    assert sorted(gained) == sorted(set(best) - set(line))
