"""The document of a seating: the same for any order, whole, without names, and its seats keep what was asked."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evaluation.rounds import circumstances

from cultivar.evaluation.circumstances import Circumstances
from cultivar.evaluation.draw_pool import sha256
from cultivar.evaluation.identities import Answer
from cultivar.evaluation.seating_document import Plan, panels_of, seat
from cultivar.evaluation.seating_task import BadInput
from cultivar.ledger.canonical import canonical

SEED = "3.7.12./"
PANELS = Plan("panels", {"technology": 3, "finance": 1}, load=12, largest=5, panels_each=2, floor=35)
PLANS = [
    PANELS,
    Plan("panels", {"": 4}, load=8, largest=4, floor=0),
    Plan("single", {"technology": 2, "finance": 1}, load=4, floor=35),
    Plan("single", {"": 3}, load=4, floor=35, most_probable=50),
    replace(PANELS, per_organisation=1, per_city=2),
]


def everyone(round_: Circumstances) -> list[str]:
    return [one.id for one in round_.judges]


def mixed(round_: Circumstances, dice: Random) -> Circumstances:
    """The same round, listed otherwise, and what is known of each listed otherwise."""

    def some(things):
        return tuple(dice.sample(list(things), len(things)))

    return replace(
        round_,
        applications=tuple(
            replace(one, parties=replace(one.parties, members=some(one.parties.members)))
            for one in some(round_.applications)
        ),
        judges=tuple(
            replace(
                one,
                knows=replace(one.knows, industries=some(one.knows.industries)),
                parties=replace(one.parties, employments=some(one.parties.employments)),
            )
            for one in some(round_.judges)
        ),
        answers=some(round_.answers),
        objections=some(round_.objections),
    )


@pytest.mark.parametrize("plan", PLANS, ids=range(len(PLANS)))
@settings(max_examples=4, deadline=None)
@given(dice=st.randoms(use_true_random=False), seed=st.integers(0, 5))
def test_however_it_was_listed_the_bytes_are_the_same(plan, dice, seed) -> None:
    round_ = circumstances(seed=seed)
    drawn = everyone(round_)
    one = seat(round_, drawn, plan, SEED)
    other = seat(mixed(round_, dice), dice.sample(drawn, len(drawn)), plan, SEED)
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize("plan", PLANS, ids=range(len(PLANS)))
def test_nobody_sits_below_the_floor_in_conflict_or_above_a_load(plan) -> None:
    round_ = circumstances(20, 24)
    document = seat(round_, everyone(round_), plan, SEED)
    given_, follows, decision = document["given"], document["follows"], document["decision"]
    row = {one["id"]: at for at, one in enumerate(given_["applications"])}
    column = {one["id"]: at for at, one in enumerate(given_["experts"])}
    barred = {(one["application"], one["expert"]) for one in follows["conflicts"] + follows["questions"]}
    panels = panels_of(document)
    loads = dict.fromkeys(column, 0)
    for application, experts in panels.items():
        for expert in experts:
            assert (application, expert) not in barred
            assert follows["affinity"][row[application]][column[expert]] >= plan.floor
            loads[expert] += 1
    assert loads == decision["loads"]
    for one in given_["experts"]:
        assert loads[one["id"]] <= min(plan.load, one["most"] or plan.load)
    lacking = sum(one["lacking"] for one in decision["shortages"])
    asked = sum(plan.seats.values()) * (len(follows["groups"]) or len(row))
    assert sum(len(one["experts"]) for one in decision["seats"]) + lacking == asked
    for one in decision["shortages"]:
        seated = next(
            len(line["experts"])
            for line in decision["seats"]
            if (line["of"], line["kind"]) == (one["of"], one["kind"])
        )
        assert seated + one["below_floor"] + one["blocked"] + one["full"] + one["held"] == one["experts"]


def test_seats_of_exact_kinds_are_the_best_of_all_kinds_together() -> None:
    round_ = circumstances(20, 40)
    apart = seat(round_, everyone(round_), PANELS, SEED)["decision"]
    together = seat(round_, everyone(round_), replace(PANELS, per_organisation=99), SEED)["decision"]
    assert apart["objective"] == int(apart["bound"]) == together["objective"]
    assert apart["fillable"] == together["fillable"]


def test_the_round_has_what_the_tests_speak_of() -> None:
    document = seat(circumstances(), everyone(circumstances()), PANELS, SEED)
    found = {one["rule"] for one in document["follows"]["conflicts"]}
    assert found == {"employer", "member", "adviser", "office", "city", "declared", "objected"}
    assert document["follows"]["questions"]
    assert document["given"]["alike"]


def test_nobody_is_named() -> None:
    round_ = circumstances()
    text = canonical(seat(round_, everyone(round_), PANELS, SEED)).decode()
    assert not any(one.person in text for one in round_.judges)
    assert "所" not in text.replace(
        "所在", ""
    )  # where experts work is told only where panels are mixed by it
    limited = canonical(seat(round_, everyone(round_), PLANS[4], SEED)).decode()
    assert "所3" in limited


def test_who_was_not_drawn_is_not_in_it_and_still_tells_who_is_who() -> None:
    round_ = circumstances()
    drawn = everyone(round_)[:12]
    document = seat(round_, drawn, PANELS, SEED)
    assert [one["id"] for one in document["given"]["experts"]] == sorted(drawn)
    whole = round_.findings.conflicts
    mine = {(one.application, one.expert, one.rule) for one in whole if one.expert in drawn}
    assert {
        (one["application"], one["expert"], one["rule"]) for one in document["follows"]["conflicts"]
    } == mine


def test_an_answer_ends_a_question() -> None:
    round_ = circumstances()
    asked = seat(round_, everyone(round_), PANELS, SEED)["follows"]["questions"]
    assert len(asked) > 1
    fresh = dict.fromkeys((one["one"], one["other"]) for one in asked)
    answers = (*round_.answers, *(Answer(*pair, at % 2 == 0) for at, pair in enumerate(fresh)))
    answered = seat(replace(round_, answers=answers), everyone(round_), PANELS, SEED)
    assert answered["follows"]["questions"] == []
    assert answered["given"]["answers"] == sorted(
        ({"one": one.one, "other": one.other, "same": one.same} for one in answers),
        key=lambda one: (one["one"], one["other"], one["same"]),
    )


def test_the_hash_is_over_everything_before_it() -> None:
    round_ = circumstances()
    document = seat(round_, everyone(round_), PANELS, SEED)
    noted = document.pop("sha256")
    assert sha256(document) == noted


def test_a_kind_that_nobody_is_of_lacks_everywhere() -> None:
    round_ = circumstances()
    plan = Plan("single", {"management": 2, "finance": 1}, load=4, floor=0)
    lacks = seat(round_, everyone(round_), plan, SEED)["decision"]["shortages"]
    of_kind = [one for one in lacks if one["kind"] == "management"]
    assert len(of_kind) == len(round_.applications)
    assert {(one["lacking"], one["experts"]) for one in of_kind} == {(2, 0)}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"mode": "panel"}, "panels and single"),
        ({"seats": {}}, "needs seats"),
        ({"seats": {"": 2, "finance": 1}}, "stand beside"),
        ({"load": 0}, "1 at least"),
        ({"largest": 13}, "judges 12 at most"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(wrong, words) -> None:
    with pytest.raises(BadInput, match=words):
        replace(PANELS, **wrong)


def test_a_drawn_number_that_nobody_has_is_refused() -> None:
    with pytest.raises(BadInput, match="E999"):
        seat(circumstances(), ["E000", "E999"], PANELS, SEED)


def test_a_person_under_two_numbers_is_refused() -> None:
    round_ = circumstances()
    other = replace(round_.judges[0], parties=round_.judges[1].parties)
    with pytest.raises(BadInput, match="E001"):
        seat(replace(round_, judges=(other,)), ["E000"], PANELS, SEED)
    with pytest.raises(BadInput, match="twice"):
        seat(replace(round_, judges=(round_.judges[0],) * 2), ["E000"], PANELS, SEED)
    with pytest.raises(BadInput, match="no application"):
        seat(replace(round_, applications=()), [], PANELS, SEED)


@pytest.mark.parametrize("plan", PLANS, ids=range(len(PLANS)))
def test_where_nobody_was_drawn_everything_lacks(plan) -> None:
    decision = seat(circumstances(), [], plan, SEED)["decision"]
    assert decision["objective"] == 0
    assert {one["experts"] for one in decision["shortages"]} == {0}
    assert decision["worst"] is None
