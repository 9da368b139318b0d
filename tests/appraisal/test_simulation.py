"""What a simulation says of made cases: which flip, by which article, and what it leaves open."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.appraisal.made_cases import EXPERTS, PARTNER, case, tables, terms, version

from cultivar.appraisal.indicators import Reading
from cultivar.appraisal.levers import BadSetting, levers, setting_of
from cultivar.appraisal.simulated_case import CaseFacts
from cultivar.appraisal.simulated_procedure import first_obstacle
from cultivar.appraisal.simulation import Effect, Setting, simulate, spreads
from cultivar.policy.model import Programme
from cultivar.policy.model_conditions import Bar
from cultivar.policy.model_procedure import Act
from cultivar.procedure.matter import Terms
from cultivar.procedure.record import Done

ENDS = ("recognise", "not-list", "not-recommend", "withdraw", "accept")


def tried(*cases: CaseFacts, under: Terms | None = None, **setting: object) -> Effect:
    """The effect of a setting on some cases."""
    return simulate(cases, under or terms(), Setting(**setting), tables())  # type: ignore[arg-type]


def moved(**thresholds: str) -> Mapping[str, Decimal | None]:
    """Thresholds by indicator; underscores stand for hyphens."""
    return {name.replace("_", "-"): Decimal(value) for name, value in thresholds.items()}


def told(effect: Effect) -> list[tuple[str, str, tuple[str, ...]]]:
    """The kind, the condition and the articles of every reason."""
    return [(one.kind, one.condition, one.articles) for result in effect.results for one in result.because]


def test_a_figure_below_a_new_threshold_takes_the_recognition_away_by_its_article():
    effect = tried(case(figures={"rd-intensity": "2.8"}), thresholds=moved(rd_intensity="3"))
    (flip,) = effect.flips
    assert flip.verdict == "to refused"
    assert told(effect) == [("figure", "innovation", ("a6.3",))]
    assert flip.because[0].text.en == "R&D intensity 2.8% < 3%"
    assert flip.because[0].text.zh == "研发投入强度 2.8% < 3%"
    assert (effect.ended("granted"), effect.still_granted) == (1, 0)


def test_what_the_roster_gave_counts_before_what_the_dossier_stated():
    stated = case(figures={"rd-intensity": "3.5"})
    lower = replace(stated, readings={"rd-intensity": Reading(Decimal("2.5"), Decimal("2.5"))})
    assert tried(lower, thresholds=moved(rd_intensity="3")).results[0].verdict == "to refused"
    unknown = replace(case(without="srun"), readings={"srun": Reading(None, Decimal(7))})
    assert tried(unknown, thresholds=moved(srun="7")).results[0].verdict == "same"  # enough is known
    assert tried(unknown, thresholds=moved(srun="8")).results[0].verdict == "open"


def test_a_figure_at_the_threshold_holds():
    assert not tried(case(figures={"rd-intensity": "3"}), thresholds=moved(rd_intensity="3.0")).flips


def test_a_recognition_that_went_past_the_rounds_own_threshold_is_not_the_settings_doing():
    known = case(figures={"rd-intensity": "2.8"})
    own = terms(thresholds={"rd-intensity": "3"})
    assert tried(known, under=own, thresholds=moved(rd_intensity="3.5")).results[0].verdict == "same"


def test_a_bar_of_the_document_can_be_moved():
    known = case(figures={"major-events": "0"})
    effect = tried(known, bars={"major-events": Decimal(-1)})
    assert told(effect) == [("figure", "clean-record", ("a6.7",))]
    assert not tried(known, bars={"major-events": Decimal(0)}).flips


def test_an_unstated_figure_cannot_be_told():
    effect = tried(case(without="rd-intensity"), thresholds=moved(rd_intensity="3"))
    assert effect.results[0].verdict == "open"
    assert told(effect) == [("unstated", "innovation", ("a6.3",))]
    assert not effect.flips
    assert effect.perhaps_granted == 1


def test_a_refusal_on_a_bar_alone_loses_its_ground():
    known = case(end="not-recommend", figures={"major-events": "1"}, grounds={"clean-record": "fails"})
    effect = tried(known, bars={"major-events": Decimal(1)})
    assert [one.verdict for one in effect.flips] == ["refusal falls"]
    assert told(effect) == [("cleared", "clean-record", ("a6.7",))]


def test_a_refusal_on_a_judged_condition_is_left_to_an_office():
    known = case(
        end="not-recommend",
        figures={"rd-intensity": "2.8"},
        grounds={"innovation": "fails"},
        said={"innovation": "unclear"},
    )
    effect = tried(known, under=terms(thresholds={"rd-intensity": "3"}), thresholds=moved(rd_intensity="2"))
    assert [one.verdict for one in effect.results] == ["open"]
    assert [one[0] for one in told(effect)] == ["cleared", "judge"]


@pytest.mark.parametrize(
    ("figures", "grounds", "why"),
    [
        ({"rd-intensity": "5"}, {"innovation": "fails"}, "the ground was a judgement, not a figure"),
        ({"major-events": "1"}, {"clean-record": "fails", "green": "fails"}, "another ground stands"),
        ({"major-events": "1", "rd-intensity": "1"}, {"clean-record": "fails"}, "another figure now fails"),
    ],
)
def test_a_refusal_that_stands_on_more_than_the_moved_bound_stays(figures, grounds, why):
    known = case(end="not-recommend", figures=figures, grounds=grounds)
    effect = tried(known, bars={"major-events": Decimal(1)}, thresholds=moved(rd_intensity="3"))
    assert effect.results[0].verdict == "same", why


def test_a_withdrawn_case_is_left_alone_and_one_in_hand_is_no_flip():
    withdrawn, in_hand = case(1, "withdraw"), case(2, "accept")
    effect = tried(withdrawn, in_hand, thresholds=moved(rd_intensity="3"), programme=version("2025-draft"))
    assert [one.verdict for one in effect.results] == ["same", "to refused"]
    assert not effect.flips
    assert len(effect.of("to refused", decided=False)) == 1


# --------------------------------------------------------------------------------------------- another version


def test_the_drafts_re_examination_is_a_gate_that_nobody_passed():
    effect = tried(case(), programme=version("2025-draft"))
    assert effect.results[0].verdict == "open"
    assert ("gate", "", ("a10",)) in told(effect)
    assert ("unstated", "innovation", ("a6.3",)) in told(
        effect
    )  # the demonstration enterprises were never asked for


def test_a_field_that_the_version_does_not_list_bars_the_case():
    effect = tried(case(field="sauce-liquor"), programme=version("2025-draft"))
    assert [one.verdict for one in effect.flips] == ["to refused"]
    assert told(effect)[0] == ("field", "", ("a5",))


def test_a_refused_case_that_is_barred_as_well_stays_refused():
    known = case(end="not-recommend", field="sauce-liquor", grounds={"green": "fails"})
    effect = tried(known, programme=version("2025-draft"))
    assert effect.results[0].verdict == "same"
    assert told(effect) == [("field", "", ("a5",))]


def changed(programme: Programme, act: str, **new: object) -> Programme:
    """The version with one act of the recognition changed."""
    return with_acts(programme, {act: programme.procedures["recognition"].acts[act].model_copy(update=new)})


def with_acts(programme: Programme, acts: dict[str, Act]) -> Programme:
    """The version with some acts of the recognition replaced."""
    recognition = programme.procedures["recognition"]
    new = recognition.model_copy(update={"acts": recognition.acts | acts})
    return programme.model_copy(update={"procedures": programme.procedures | {"recognition": new}})


def test_a_longer_notice_says_that_the_recognition_came_too_early():
    publish = version().procedures["recognition"].acts["publish"]
    assert publish.period is not None
    longer = changed(version(), "publish", period=publish.period.model_copy(update={"n": 30}))
    (result,) = tried(case(), programme=longer).results
    assert result.verdict == "open"
    assert [(one.kind, one.articles) for one in result.because] == [("act", ("a11",))]
    assert "run its time" in result.because[0].text.en


def test_a_second_person_that_the_version_asks_for_is_missed_and_one_that_it_spares_is_not():
    asks = changed(version(), "accept", four_eyes=True)
    (result,) = tried(case(), programme=asks).results
    assert (result.verdict, result.because[0].articles) == ("open", ("a9",))
    assert "second person" in result.because[0].text.en
    spares = changed(version(), "recommend", four_eyes=False)
    assert tried(case(), programme=spares).results[0].verdict == "same"


def test_joint_applications_that_a_version_does_not_take_are_barred():
    acts = version().procedures["recognition"].acts
    without = {
        name: act.model_copy(
            update={
                "content": {one: spec for one, spec in act.content.items() if spec.type != "partner-regions"}
            }
        )
        for name, act in acts.items()
    }
    alone = with_acts(version(), without)
    joint, single = case(1, partners=(PARTNER,)), case(2)
    effect = tried(joint, single, programme=alone)
    assert [one.verdict for one in effect.results] == ["to refused", "same"]
    assert effect.results[0].because[0].kind == "joint"


def test_a_bar_that_the_version_adds_is_held_against_the_stated_figure():
    conditions = [
        one.model_copy(update={"bars": [Bar(indicator="rd-intensity", at_least="3")]})
        if one.id == "innovation"
        else one
        for one in version().conditions
    ]
    stricter = version().model_copy(update={"conditions": conditions})
    low, high = case(1, figures={"rd-intensity": "2.9"}), case(2, figures={"rd-intensity": "3"})
    assert [one.verdict for one in tried(low, high, programme=stricter).results] == ["to refused", "same"]


def test_a_figure_in_another_unit_is_not_compared():
    other = [
        one.model_copy(update={"unit": one.unit.model_copy(update={"zh": "亿元", "en": "100 million yuan"})})
        if one.id == "revenue"
        else one
        for one in version().indicators
    ]
    in_other_units = version().model_copy(update={"indicators": other})
    effect = tried(case(figures={"revenue": "9"}), programme=in_other_units, thresholds=moved(revenue="5"))
    assert effect.results[0].verdict == "open"
    assert effect.results[0].because[0].kind == "unstated"


# ------------------------------------------------------------------------------------------- quota and panel


def test_a_smaller_quota_names_those_below_the_line_and_their_ties():
    cases = [case(n, points=points) for n, points in enumerate(("90", "85", "80", "80"), 1)]
    effect = tried(*cases, under=terms(quota=4), quota=2)
    assert [one.verdict for one in effect.results] == ["same", "same", "open", "open"]
    assert [one.place.rank for one in effect.results if one.place] == [1, 2, 3, 3]
    assert {one.because[0].articles for one in effect.results[2:]} == {("a7",)}
    assert "tied" in effect.results[2].because[0].text.en


def test_sheets_that_are_sealed_have_no_mean_and_no_place():
    open_ = case(1, points="90")
    judged = case(2, points="80")
    upto = next(place for place, done in enumerate(judged.record) if done.act == "close-panel")
    sealed = replace(judged, record=judged.record[:upto])
    assert (judged.mean, sealed.mean) == (Decimal("80.00"), None)
    places = [result.place for result in tried(open_, sealed, under=terms(quota=2), quota=1).results]
    assert [place and place.rank for place in places] == [1, None]


def test_a_larger_quota_reaches_who_was_not_listed_but_promises_nothing():
    listed, not_listed = case(1, points="90"), case(2, "not-list", points="80")
    effect = tried(listed, not_listed, under=terms(quota=1), quota=2)
    assert [one.verdict for one in effect.results] == ["same", "open"]
    assert not effect.flips


def test_whom_a_threshold_takes_out_leaves_a_place_to_the_next():
    out = case(1, points="90", figures={"rd-intensity": "1"})
    after = case(2, "not-list", points="80", figures={"rd-intensity": "9"})
    effect = tried(out, after, under=terms(quota=1), thresholds=moved(rd_intensity="3"))
    assert [one.verdict for one in effect.results] == ["to refused", "open"]


def test_more_sheets_than_were_handed_in_stop_the_list():
    (result,) = tried(case(), under=terms(panel=3), panel=len(EXPERTS) + 1).results
    assert (result.verdict, result.because[0].articles) == ("open", ("a10",))


# -------------------------------------------------------------------------------------------------------- laws

VALUES = st.integers(0, 60).map(lambda tenths: f"{Decimal(tenths) / 10:f}")
CASES = st.lists(
    st.builds(
        lambda end, value, events, ground, points: (end, value, events, ground, points),
        st.sampled_from(ENDS),
        st.none() | VALUES,
        st.integers(0, 2).map(str),
        st.sampled_from(["innovation", "clean-record", "green"]),
        st.integers(60, 99).map(str),
    ),
    min_size=1,
    max_size=6,
)
OWN = st.fixed_dictionaries(
    {}, optional={"thresholds": st.fixed_dictionaries({"rd-intensity": VALUES}), "quota": st.integers(1, 5)}
)


def made(drawn: list[tuple[str, str | None, str, str, str]]) -> list[CaseFacts]:
    """Cases as drawn."""
    return [
        case(
            number,
            end,
            figures={"rd-intensity": value or "", "major-events": events},
            grounds={ground: "fails"},
            points=points,
        )
        for number, (end, value, events, ground, points) in enumerate(drawn, 1)
    ]


@settings(max_examples=60)
@given(CASES, OWN)
def test_the_rounds_own_setting_flips_nothing(drawn, own):
    known, fixed = made(drawn), terms(**own)
    same = Setting(
        version(),
        {name: Decimal(value) for name, value in own.get("thresholds", {}).items()},
        {"major-events": Decimal(0)},
        own.get("quota"),
    )
    for setting in (Setting(), same):
        effect = simulate(known, fixed, setting, tables())
        assert {one.verdict for one in effect.results} == {"same"}


@settings(max_examples=60)
@given(CASES)
def test_every_record_could_have_been_made_under_its_own_version(drawn):
    for one in made(drawn):
        assert first_obstacle(one, one.programme, replace(terms(), closed=False), tables()) is None


@settings(max_examples=60)
@given(CASES, VALUES, VALUES)
def test_a_higher_threshold_never_lets_anybody_back_in(drawn, one, other):
    lower, higher = sorted((Decimal(one), Decimal(other)))
    known = [one for one in made(drawn) if one.end != "refused"]
    out = [
        {
            result.case.number
            for result in simulate(known, terms(), Setting(thresholds={"rd-intensity": at}), tables()).results
            if result.verdict == "to refused"
        }
        for at in (lower, higher)
    ]
    assert out[0] <= out[1]


@settings(max_examples=60)
@given(CASES, st.randoms(use_true_random=False), VALUES, st.integers(1, 5))
def test_the_order_of_the_cases_is_irrelevant(drawn, dice, threshold, quota):
    known = made(drawn)
    setting = Setting(thresholds={"rd-intensity": Decimal(threshold)}, quota=quota)
    first = simulate(known, terms(quota=3), setting, tables())
    dice.shuffle(known)
    again = simulate(known, terms(quota=3), setting, tables())
    assert [(one.case.number, one.verdict, one.because) for one in first.results] == [
        (one.case.number, one.verdict, one.because) for one in again.results
    ]


# ------------------------------------------------------------------------------------------------- what is typed


def test_levers_stand_where_the_round_or_the_document_put_them():
    known = {one.name: one.own for one in levers(version(), terms(thresholds={"rd-intensity": "3"}))}
    assert known["t.rd-intensity"] == 3
    assert known["t.revenue"] is None
    assert known["b.major-events"] == 0
    assert "t.major-events" not in known


@pytest.mark.parametrize(
    ("typed", "quota", "lever", "says"),
    [
        ({"t.nothing": "3"}, "", "t.nothing", "no indicator “nothing”"),
        ({"b.revenue": "3"}, "", "b.revenue", "no bar for “revenue”"),
        ({"t.revenue": "three"}, "", "t.revenue", "is no number"),
        ({"t.revenue": "NaN"}, "", "t.revenue", "is no number"),
        ({}, "0", "quota", "from 1 to 999"),
        ({}, "1" * 30, "quota", "from 1 to 999"),
    ],
)
def test_what_cannot_be_tried_is_said_in_a_sentence(typed, quota, lever, says):
    known = levers(version(), terms())
    with pytest.raises(BadSetting) as bad:
        setting_of(known, version(), None, typed, quota)
    assert says in bad.value.text.en
    assert bad.value.lever == lever


def test_an_emptied_threshold_is_dropped():
    fixed = terms(thresholds={"rd-intensity": "3"})
    setting = setting_of(levers(version(), fixed), version(), None, {"t.rd-intensity": " "})
    assert setting.thresholds == {"rd-intensity": None}


def test_the_spread_of_the_stated_values():
    found = spreads([case(n, figures={"rd-intensity": value}) for n, value in enumerate(("2", "5", "4"), 1)])
    one = found["rd-intensity"]
    assert (one.least, one.middle, one.most) == (2, 4, 5)


def test_a_declined_proposal_has_no_effect():
    known = case()
    at = next(index for index, done in enumerate(known.record) if done.act == "recommend")
    declined: Done = replace(known.record[at + 1], step="decline", content={"reasons": "（虚构）"})
    longer = (*known.record[: at + 1], declined, *known.record[at:])
    assert (
        tried(replace(known, record=longer), thresholds=moved(rd_intensity="0")).results[0].verdict == "same"
    )
