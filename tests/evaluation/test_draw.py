"""Our own draw: what is frozen, that chance is even, that every step can be worked out again, who fills a seat."""

import copy
import hashlib
import itertools
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from cultivar.evaluation.draw import (
    BadDraw,
    BadSeed,
    Candidate,
    Stratum,
    freeze,
    freeze_order,
    replace,
    run,
    seated,
    source,
    stream_of,
)
from cultivar.evaluation.draw_pool import sha256
from cultivar.evaluation.draw_seed import entries, entry, sources, text_of
from cultivar.evaluation.draw_stream import WORD, Stream, within
from cultivar.evaluation.draw_verify import read_frozen, verify

LOTTERY, BEACON = source("双色球 2026058"), source("beacon", "text")
SEED = [(LOTTERY, "3 7 12 18 25 33"), (BEACON, "0AF3-9C")]
POOL = [Candidate(f"E{n:02}", "技术" if n < 8 else "财务", "电池" if n % 2 else "酒") for n in range(12)]
STRATA = [Stratum("技术", "电池", 2), Stratum("技术", "酒", 1, 2), Stratum("财务", "", 2, 1)]


def frozen():
    return freeze(POOL, STRATA, [LOTTERY, BEACON])


def drawn():
    return run(frozen(), SEED)


def pool_of(count):
    return [Candidate(f"E{n}") for n in range(count)]


def by_seed(count, seats, numbers):
    """The seats of a plain draw for each of many seeds."""
    fixed = freeze(pool_of(count), [Stratum("", "", seats, 0)], [LOTTERY])
    for number in numbers:
        yield tuple(run(fixed, [(LOTTERY, str(number))])["draws"][0]["seats"])


# What is frozen


@given(st.permutations(POOL), st.permutations(STRATA), st.permutations(SEED))
def test_the_order_of_typing_changes_nothing(pool, strata, seed):
    again = freeze(pool, strata, [one for one, _ in seed])
    assert again.document == frozen().document
    assert run(again, seed) == drawn()


def test_every_change_of_list_seats_or_sources_changes_the_hash():
    changed = [
        freeze(POOL[:-1], STRATA, [LOTTERY, BEACON]),
        freeze([*POOL[:-1], Candidate("E99", *POOL[-1][1:])], STRATA, [LOTTERY, BEACON]),
        freeze([*POOL[:-1], POOL[-1]._replace(field="钢")], STRATA, [LOTTERY, BEACON]),
        freeze(POOL, STRATA[:-1], [LOTTERY, BEACON]),
        freeze(POOL, [*STRATA[:-1], STRATA[-1]._replace(seats=1)], [LOTTERY, BEACON]),
        freeze(POOL, [*STRATA[:-1], STRATA[-1]._replace(alternates=None)], [LOTTERY, BEACON]),
        freeze(POOL, STRATA, [LOTTERY]),
        freeze(POOL, STRATA, [LOTTERY, source("beacon")]),
        freeze_order([one.id for one in POOL], [LOTTERY, BEACON]),
    ]
    assert len({one.sha256 for one in [frozen(), *changed]}) == len(changed) + 1


@pytest.mark.parametrize(
    ("pool", "strata", "english"),
    [
        ([], [Stratum("", "", 1)], "empty"),
        ([Candidate(" ")], [Stratum("", "", 1)], "Entry 1"),
        ([Candidate("é"), Candidate("e\u0301")], [Stratum("", "", 1)], "2 times"),
        (POOL, [], "not given"),
        (POOL, [Stratum("", "", 0)], "at least 1 seat"),
        (POOL, [Stratum("技术", "", 1), Stratum("", "酒", 1)], "overlap"),
        (
            POOL,
            [Stratum("技术", "电池", 9), Stratum("财务", "", 3, 3)],
            "“技术/电池” needs 9 and the list holds 4: 5",
        ),
    ],
)
def test_a_list_that_cannot_be_drawn_from_is_refused_with_what_lacks(pool, strata, english):
    with pytest.raises(BadDraw) as refused:
        freeze(pool, strata, [LOTTERY])
    assert english in refused.value.text.en
    assert refused.value.text.zh


@pytest.mark.parametrize(
    "other",
    [
        "e1",
        "Ｅ１",
        "ｅ1",
        "E\u200b1",
        "\ufeffE1",
        "E1\u200d",
        "E\u20601",
        "E1\ufe0f",
        "E\u00ad1",
        "E 1",
        "E\u31641",
        "𝐄𝟏",
    ],
)
def test_a_member_in_two_writings_of_one_number_is_the_same_member_twice(other):
    with pytest.raises(BadDraw) as refused:
        freeze([Candidate("E1"), Candidate("E2"), Candidate(other)], [Stratum("", "", 1)], [LOTTERY])
    assert "one number in two writings" in refused.value.text.en
    assert "同一个编号的两种写法" in refused.value.text.zh


def test_a_number_of_signs_that_cannot_be_seen_is_none_and_numbers_that_differ_are_two():
    with pytest.raises(BadDraw, match="Entry 2"):
        freeze([Candidate("E1"), Candidate("\u200b\ufeff")], [Stratum("", "", 1)], [LOTTERY])
    ids = ["E1", "E01", "E10", "E-1", "F1", "技1", "El"]
    fixed = freeze([Candidate(one) for one in ids], [Stratum("", "", 1)], [LOTTERY])
    assert [one.id for one in fixed.pool] == sorted(ids)


def test_all_short_strata_are_named_at_once():
    with pytest.raises(BadDraw, match=r"5 lacking; .*“财务” needs 6 and the list holds 4: 2 lacking"):
        freeze(POOL, [Stratum("技术", "电池", 9), Stratum("财务", "", 3, 3)], [LOTTERY])


# The seed


@pytest.mark.parametrize(
    "typed", ["03,7，12、18 25;33", "３　７ 12 18 25 33", "33 25 18 12 7 3", " 3 7 12 18 25+33 "]
)
def test_a_seed_written_in_another_way_is_the_same_seed(typed):
    assert entry(LOTTERY, typed).canonical == "3.7.12.18.25.33."
    assert run(frozen(), [(LOTTERY, typed), SEED[1]]) == drawn()
    assert run(frozen(), [(LOTTERY, typed), (BEACON, "0af39c")])["sha256"] == drawn()["sha256"]


@pytest.mark.parametrize(
    "typed",
    [
        "3 298.50",
        "3\u00a0298.50",
        "3\u2009298.50",
        "3\u202f298.50",
        "3、298.50",
        "３　２９８.５０",
        "12 003 298.5",
        "1 3 298.50",
    ],
)
def test_a_number_with_marks_between_thousands_is_refused_and_several_numbers_have_a_way_to_be_typed(typed):
    with pytest.raises(BadSeed, match="put semicolons between several"):
        entry(source("index"), typed)


@pytest.mark.parametrize(
    ("typed", "value", "canonical"),
    [
        ("3298.50", "3298.5", "3298.5"),
        ("298.50; 3", "3; 298.5", "3.298.5"),
        ("3; 298.50", "3; 298.5", "3.298.5"),
        ("3 98.125", "3; 98.125", "3.98.125"),
        ("3.14 298.50", "3.14; 298.5", "3.14298.5"),
        ("1234 298.50", "298.5; 1234", "298.51234."),
        ("3 7 123 456", "3; 7; 123; 456", "3.7.123.456."),
    ],
)
def test_what_the_document_keeps_of_a_value_is_the_same_value_when_it_is_typed_again(typed, value, canonical):
    read = entry(source("x"), typed)
    assert (read.value, read.canonical) == (value, canonical)
    assert entry(source("x"), value)[2:] == read[2:]


@pytest.mark.parametrize("typed", ["10²", "1₀", "①", "⒈", "½", "Ⅳ", "㏡", "ᴬ3"])
@pytest.mark.parametrize("kind", ["numbers", "text"])
def test_a_raised_or_circled_digit_is_no_digit(typed, kind):
    with pytest.raises(BadSeed, match="plain digits and letters"):
        entry(source("x", kind), typed)


def test_two_values_that_the_rfc_runs_together_are_two_values():
    assert entry(LOTTERY, "1.5 2.25").canonical == entry(LOTTERY, "1 52.25").canonical
    with pytest.raises(BadSeed, match="two different values"):
        run(frozen(), [(LOTTERY, "1.5 2.25"), (LOTTERY, "1 52.25"), SEED[1]])


def test_another_seed_or_another_rule_gives_another_document():
    other = run(frozen(), [(LOTTERY, "3 7 12 18 25 32"), SEED[1]])
    assert other["sha256"] != drawn()["sha256"]
    assert [one["steps"] for one in other["draws"]] != [one["steps"] for one in drawn()["draws"]]
    assert sha256({**frozen().document, "rule": "cultivar-draw/2"}) != frozen().sha256


def test_text_keeps_its_order_and_the_zeros_in_front():
    assert entry(BEACON, " 00 7a-Ｆ ").canonical == "007AF."
    assert text_of(entries(SEED, sources([BEACON, LOTTERY]))) == "0AF39C./3.7.12.18.25.33./"


def test_a_source_typed_twice_alike_counts_once_and_twice_differently_is_refused():
    assert run(frozen(), [*SEED, (LOTTERY, "33 25 18 12 07 03")])["draws"] == drawn()["draws"]
    with pytest.raises(BadSeed, match="two different values, “3 7 12 18 25 33” and “3 7 12 18 25 32”"):
        run(frozen(), [*SEED, (LOTTERY, "3 7 12 18 25 32")])


@pytest.mark.parametrize(
    ("seed", "english"),
    [
        ([SEED[0]], "“beacon” is missing"),
        ([*SEED, (source("weather"), "4")], "“weather (numbers)” was not announced"),
        ([(source("beacon"), "4"), SEED[0]], "“beacon (numbers)” was not announced"),
        ([(LOTTERY, "3,456.78"), SEED[1]], "one number or several"),
        ([(LOTTERY, "3 7x"), SEED[1]], "is no number"),
        ([(LOTTERY, "-3"), SEED[1]], "is no number"),
        ([(LOTTERY, " "), SEED[1]], "is no number"),
        ([(BEACON, "—"), SEED[0]], "no letter A to Z"),
    ],
)
def test_a_seed_that_is_not_one_value_for_each_announced_source_is_refused(seed, english):
    with pytest.raises(BadSeed) as refused:
        run(frozen(), seed)
    assert english in refused.value.text.en
    assert refused.value.text.zh


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=7), st.data())
def test_numbers_have_one_writing(numbers, data):
    zeros = data.draw(st.lists(st.integers(0, 3), min_size=len(numbers), max_size=len(numbers)))
    typed = "  ".join("0" * more + str(number) for more, number in zip(zeros, numbers, strict=True))
    wide = typed.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    plain = " ".join(str(number) for number in data.draw(st.permutations(numbers)))
    assert (
        entry(LOTTERY, typed).canonical == entry(LOTTERY, wide).canonical == entry(LOTTERY, plain).canonical
    )


# Chance


def test_a_step_can_be_followed_by_hand():
    result = drawn()
    draw = next(one for one in result["draws"] if one["kind"] == "技术" and one["field"] == "电池")
    left = ["E01", "E03", "E05", "E07"]
    assert draw["members"] == left
    for step in draw["steps"]:
        line = (
            f'["cultivar-draw/1","{result["frozen_sha256"]}","0AF39C./3.7.12.18.25.33./",'
            f'"seats","技术","电池",{step["counter"]}]'
        )
        digest = hashlib.sha256(line.encode()).hexdigest()
        assert digest == step["sha256"]
        assert step["number"] == int(digest[:8], 16)
        assert step["taken"] == left.pop(step["number"] % len(left))
    assert [step["taken"] for step in draw["steps"]] == draw["seats"] + draw["alternates"]
    assert not left


def test_a_number_beyond_the_last_even_share_is_refused():
    for among in (1, 2, 3, 7, 10, 4096, 65521, 2**31 + 1, WORD):
        last = WORD - WORD % among
        assert within(last - 1, among) == among - 1
        assert within(0, among) == 0
        assert among in (1, 2, 4096, WORD) or within(last, among) is None
        assert within(WORD - 1, among) is None or last == WORD


def test_every_choice_among_few_owns_as_many_numbers():
    """Of small words every one is looked at: the shares are equal, and less than one share is refused."""
    for among in range(1, 9):
        low = [within(number, among) for number in range(among * 5)]
        assert set(Counter(low).values()) == {5}


def test_a_refused_number_is_written_down_and_the_next_one_taken():
    among = 2**31 + 1  # refuses almost half of all numbers
    stream = Stream("refusals")
    steps = [list(stream.choose(among)) for _ in range(40)]
    assert [block.counter for step in steps for block, _ in step] == list(range(1, sum(map(len, steps)) + 1))
    assert any(len(step) > 1 for step in steps)
    for step in steps:
        assert [choice is None for _, choice in step] == [True] * (len(step) - 1) + [False]
        assert all((block.number >= among) == (choice is None) for block, choice in step)


def test_a_refused_number_stands_in_the_result_and_the_result_holds():
    """A seed that was looked for: its first number lies beyond the last even share of 1368."""
    pool = [Candidate(f"E{n:04}") for n in range(1368)]
    fixed = freeze(pool, [Stratum("", "", 2, 0)], [source("x")])
    result = run(fixed, [(source("x"), "825360")])
    first, second, third = result["draws"][0]["steps"]
    assert (first["left"], first["remainder"], first["taken"]) == (1368, None, None)
    assert first["number"] >= WORD - WORD % 1368
    assert (second["counter"], second["left"], second["taken"]) == (2, 1368, "E0086")
    assert (third["left"], third["taken"]) == (1367, f"E{third['remainder'] + (third['remainder'] >= 86):04}")
    assert verify(result) == []


def test_streams_of_other_labels_share_no_block():
    labels = [("a", "bc"), ("ab", "c"), ("abc",), ("a", "b", "c"), ('a","b', "c"), ("a", "b", 'c",1,"')]
    lines = {Stream(*one).line(counter) for one in labels for counter in (1, 11, 111)}
    assert len(lines) == len(labels) * 3
    fixed = frozen()
    assert stream_of(fixed, "1./", "ties").line(1) != stream_of(fixed, "1./", "seats", "", "").line(1)


@pytest.mark.parametrize(("pool", "seats", "draws"), [(5, 2, 3000), (4, 4, 3600)])
def test_every_subset_in_every_order_is_equally_likely(pool, seats, draws):
    outcomes = list(itertools.permutations([f"E{n}" for n in range(pool)], seats))
    found = Counter(by_seed(pool, seats, range(draws)))
    assert set(found) == set(outcomes)
    share = draws / len(outcomes)
    statistic = sum((found[one] - share) ** 2 / share for one in outcomes)
    assert statistic < chi2.ppf(0.999, len(outcomes) - 1)  # the seeds are fixed: this holds always or never
    assert statistic > chi2.ppf(0.001, len(outcomes) - 1)  # and chance is not suspiciously even


def test_the_same_numbers_for_another_list_give_another_draw():
    one = [freeze(pool_of(40), [Stratum("", "", 40, 0)], [named]) for named in (LOTTERY, source("another"))]
    seats = [run(each, [(each.sources[0], "3 7 12")])["draws"][0]["seats"] for each in one]
    assert seats[0] != seats[1]


def test_a_speaking_order_is_a_permutation_of_all():
    ids = [f"C{n}" for n in range(30)]
    order = run(freeze_order(ids, [LOTTERY]), [SEED[0]])["draws"][0]
    assert sorted(order["seats"]) == sorted(ids)
    assert order["seats"] != sorted(ids)
    assert order["alternates"] == []


# Verification


def test_a_draw_holds_under_the_hash_that_was_published():
    result = drawn()
    assert verify(result) == []
    assert verify(json.loads(json.dumps(result)), frozen().sha256) == []
    assert read_frozen(result["frozen"]) == frozen()
    (problem,) = verify(result, freeze(POOL[:-1], STRATA, [LOTTERY, BEACON]).sha256)
    assert "was published as" in problem.en


def places(data, path=()):
    """Where a plain document holds a single value."""
    if isinstance(data, dict):
        for name, one in data.items():
            yield from places(one, (*path, name))
    elif isinstance(data, list):
        for index, one in enumerate(data):
            yield from places(one, (*path, index))
    else:
        yield path


def at(data, path):
    for step in path:
        data = data[step]
    return data


RESULT = drawn()
VALUES = list(places(RESULT))


def other(value):
    if isinstance(value, int):
        return value + 1
    return "9" if value is None else f"{value}9"


@pytest.mark.parametrize("path", VALUES, ids=lambda path: ".".join(map(str, path)))
def test_any_one_changed_value_fails_and_is_named(path):
    changed = copy.deepcopy(RESULT)
    at(changed, path[:-1])[path[-1]] = other(at(changed, path))
    (problem,) = verify(changed)
    assert problem.zh
    inside_list = path[:2] in (("frozen", "pool"), ("frozen", "pool_sha256"))
    words = {
        "rule": "rule of the draw",
        "frozen": "The list has the hash" if inside_list else "The frozen document has the hash",
        "frozen_sha256": "The frozen document has the hash",
        "seed_text": "“seed_text” should be",
        "sha256": "The whole result has the hash",
    }
    if path[0] in words:
        assert words[path[0]] in problem.en
    elif path[0] == "draws":
        where = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path)
        assert f"“{where.lstrip('.')}” should be" in problem.en
    else:
        assert path[0] == "seed"


@pytest.mark.parametrize("path", VALUES[::7], ids=lambda path: ".".join(map(str, path)))
def test_a_value_that_is_taken_away_or_added_fails(path):
    changed = copy.deepcopy(RESULT)
    parent = at(changed, path[:-1])
    del parent[path[-1]]
    assert verify(changed)
    added = copy.deepcopy(RESULT)
    parent = at(added, path[:-1])
    parent.append("more") if isinstance(parent, list) else parent.update(more="more")
    assert verify(added)


def test_a_list_changed_with_all_its_hashes_fails_only_against_the_published_hash():
    """Whoever controls the whole document can draw anew; only what was published before binds."""
    forged = run(freeze(POOL[1:], STRATA, [LOTTERY, BEACON]), SEED)
    assert verify(forged) == []
    assert verify(forged, frozen().sha256)


def test_an_invented_seed_fails_only_against_the_published_one():
    """The frozen document is the published one, so its hash says nothing of the seed."""
    invented = run(frozen(), [(LOTTERY, "3 7 12 18 25 32"), SEED[1]])
    assert invented["draws"] != drawn()["draws"]
    assert verify(invented, frozen().sha256) == []
    (problem,) = verify(invented, frozen().sha256, seed=SEED)
    assert "“3; 7; 12; 18; 25; 33” was published for the source “双色球 2026058”" in problem.en
    assert "不是用公布的种子抽的" in problem.zh
    typed_otherwise = [(BEACON, "0af39c"), (LOTTERY, "33 25 18 12 07 03")]
    assert verify(drawn(), frozen().sha256, seed=typed_otherwise) == []


def test_a_published_seed_must_be_whole_and_readable():
    (problem,) = verify(drawn(), seed=SEED[:1])
    assert "has the sources 双色球 2026058 (numbers), this result goes by beacon (text), 双色球" in problem.en
    for wrong in ([(LOTTERY, "x"), SEED[1]], [*SEED, (LOTTERY, "4")], []):
        with pytest.raises(BadSeed):
            verify(drawn(), seed=wrong)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(RESULT)), inner, max_size=6)
        ),
    )
)
def test_what_is_no_result_is_refused_in_words(data):
    assert all(problem.en and problem.zh for problem in verify(data))
    assert verify(data)


@pytest.mark.parametrize("place", ["", "seed", "frozen", "draws", "more"])
@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: {"frozen": inner}])
def test_a_very_deep_document_is_refused_in_words(place, wrap):
    deep = "x"
    for _ in range(100_000):
        deep = wrap(deep)
    (problem,) = verify({**drawn(), place: deep} if place else deep)
    assert "nested too deep" in problem.en
    assert "嵌套过深" in problem.zh


# Seats that are left


def test_a_seat_goes_to_the_next_alternate_of_its_stratum():
    result = drawn()
    draw = next(one for one in result["draws"] if (one["kind"], one["field"]) == ("技术", "酒"))
    (seat,), (first, second) = draw["seats"], draw["alternates"]
    assert replace(result, [seat]) == [(seat, first)]
    assert replace(result, [seat, first]) == [(seat, first), (first, second)]
    assert replace(result, [first, seat]) == [(seat, second)]
    assert second in seated(result, [first, seat])
    assert set(seated(result, [seat])) == set(seated(result)) - {seat} | {first}
    with pytest.raises(BadDraw, match="“技术/酒” has no alternate left"):
        replace(result, [seat, first, second])
    with pytest.raises(BadDraw, match="left already"):
        replace(result, [seat, seat])
    with pytest.raises(BadDraw, match="holds no seat"):
        replace(result, ["E99"])
