"""The words of a city and of its province: side by side, and the province's counts."""

from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import world as w
from tests.registry import stated as s

from cultivar.registry import standing
from cultivar.registry.models import Enterprise, Qualification, SupplyLink, YearlyFigures
from cultivar.registry.standing import said
from cultivar.registry.statements import (
    HeldRow,
    IncidentRow,
    SupplyRow,
    state,
    state_incidents,
    state_supply,
)
from cultivar.registry.withdrawing import withdraw
from cultivar.roster.queries import incident_rows, supply_rows

pytestmark = pytest.mark.django_db
TURNS = [("520000", w.ZUNYI), (w.ZUNYI, "520000")]
VALUES = {"520000": 10, w.ZUNYI: 20}


def counted(organisation: str = "") -> dict[str, int]:
    return dict(said([s.code(1)], [organisation], (2025,)).years(s.code(1), organisation).get(2025, {}))


@pytest.mark.parametrize("turns", TURNS)
def test_neither_ends_the_others_word_and_the_provinces_counts(turns):
    for region in turns:
        more = {"patents": 3} if region == w.ZUNYI else {}
        row = s.firm(1, {2025: {"revenue": VALUES[region], **more}})
        assert state(s.authority(region), [row], at=s.AT).figures_changed == 1
    rows = YearlyFigures.objects.filter(ended_at=None)
    assert set(rows.values_list("authority", flat=True)) == {"520000", w.ZUNYI}
    assert counted() == {"revenue": 10, "patents": 3}
    assert standing.by_authority([s.code(1)], 2025) == {
        s.code(1): {"520000": {"revenue": 10}, w.ZUNYI: {"revenue": 20, "patents": 3}}
    }
    told = standing.history(s.code(1), "")[2025, "revenue"]
    assert [(one.value, one.authority, one.until, one.counts) for one in told] == [
        (10, "520000", None, True),
        (20, w.ZUNYI, None, False),
    ]


def test_an_applicants_own_word_still_goes_before_both():
    mine = s.applicant(w.cluster().organisation_id)
    for giver, value in ((s.authority(), 10), (s.authority(w.ZUNYI), 20), (mine, 30)):
        state(giver, [s.firm(1, {2025: {"revenue": value}})], at=s.AT)
    assert counted(mine.organisation) == {"revenue": 30}
    assert [one.counts for one in standing.history(s.code(1), mine.organisation)[2025, "revenue"]] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("turns", TURNS)
def test_titles_count_by_the_larger_regions_word_kind_and_rank_by_kind_and_rank(turns):
    until = {"520000": date(2028, 12, 31), w.ZUNYI: date(2027, 12, 31)}
    both = {region: HeldRow("champion", "national", until_on=day) for region, day in until.items()}
    held = {
        "520000": (both["520000"], HeldRow("green-factory", "national")),
        w.ZUNYI: (both[w.ZUNYI], HeldRow("green-factory", "city"), HeldRow("srun")),
    }
    for region in turns:
        state(s.authority(region), [s.firm(1, held=held[region])], at=s.AT)
    assert Qualification.objects.filter(ended_at=None).count() == 5
    expected = {
        ("champion", "national"): "520000",
        ("green-factory", "city"): w.ZUNYI,
        ("green-factory", "national"): "520000",
        ("srun", ""): w.ZUNYI,
    }
    known = said([s.code(1)], [], ()).held(s.code(1), "")
    assert {(one.kind, one.rank) for one in known} == expected.keys()
    assert len(known) == len(expected)
    assert [one.until_on for one in known if one.kind == "champion"] == [until["520000"]]
    shown = standing.qualifications(s.code(1), "")
    assert {(one.kind, one.rank): one.authority for one in shown} == expected
    assert len(shown) == len(expected)


def test_an_applicants_own_word_on_a_kind_stands_for_all_its_ranks():
    mine = s.applicant(w.cluster().organisation_id)
    for giver, level in ((s.authority(), "national"), (s.authority(w.ZUNYI), "city"), (mine, "provincial")):
        state(giver, [s.firm(1, held=(HeldRow("green-factory", level),))], at=s.AT)
    for organisation, ranks in ((mine.organisation, ["provincial"]), ("", ["city", "national"])):
        assert [one.rank for one in standing.qualifications(s.code(1), organisation)] == ranks
        known = said([s.code(1)], [organisation], ())
        assert sorted(one.rank for one in known.held(s.code(1), organisation)) == ranks


@pytest.mark.parametrize("region", ["520000", w.ZUNYI])
def test_who_says_all_that_it_knows_of_titles_ends_only_its_own(region):
    held = {"520000": HeldRow("green-factory", "national"), w.ZUNYI: HeldRow("green-factory", "city")}
    for giver, one in held.items():
        state(s.authority(giver), [s.firm(1, held=(one,))], at=s.AT)
    assert state(s.authority(region), [s.firm(1, held=())], at=s.LATER).held_ended == 1
    left = next(one.rank for giver, one in held.items() if giver != region)
    assert [one.rank for one in said([s.code(1)], [], ()).held(s.code(1), "")] == [left]


@pytest.mark.parametrize("turns", TURNS)
def test_incidents_are_those_of_all_and_purchases_the_larger_regions(turns):
    state(s.authority(), [s.firm(1)], at=s.AT)
    for region in turns:
        giver = s.authority(region)
        event = IncidentRow(s.code(1), "safety", "larger", date(2025, 3, 1), f"{region}号（虚构）")
        state_incidents(giver, [event], at=s.AT)
        row = SupplyRow(s.code(1), s.code(7), "供应商（虚构）", "瓶盖", 2025, VALUES[region])
        assert state_supply(giver, [row], at=s.AT).changed == 1
    assert SupplyLink.objects.filter(ended_at=None).count() == 2
    assert [one.amount_yuan for one in supply_rows([s.code(1)], "")] == [10]
    assert [one.document for one in incident_rows([s.code(1)], "")] == ["520000号（虚构）"]
    assert [one.authority for one in standing.incidents(s.code(1), "")] == ["520000"]


def say(region: str, figures: dict[str, int], at=s.AT) -> None:
    """An authority's word on enterprise 1, which lies where it lay."""
    lies = Enterprise.objects.values_list("region", flat=True).get()
    state(s.authority(region), [s.firm(1, {2025: figures}, region=lies)], at=at)


def move(region: str) -> None:
    state(s.authority(), [s.firm(1, region=region)], at=s.AT)


def whose() -> dict[str, str]:
    """By measure the authority whose word the page of the enterprise says counts."""
    told = standing.history(s.code(1), "")
    return {measure: one.authority for (_, measure), sayings in told.items() for one in sayings if one.counts}


@pytest.mark.parametrize("turns", [(w.ZUNYI, w.BIJIE), (w.BIJIE, w.ZUNYI)])
def test_of_two_cities_the_word_of_the_one_where_the_enterprise_lies_counts(turns):
    first, second = turns
    move(first)
    say(first, {"revenue": 1, "patents": 3})
    assert counted() == {"revenue": 1, "patents": 3}
    move(second)
    say(second, {"revenue": 2}, at=s.LATER)
    assert counted() == {"revenue": 2, "patents": 3}
    assert whose() == {"revenue": second, "patents": first}
    move(first)
    assert counted() == {"revenue": 1, "patents": 3}
    assert set(whose().values()) == {first}


@pytest.mark.parametrize("turns", [(w.ZUNYI, w.BIJIE), (w.BIJIE, w.ZUNYI)])
def test_what_is_withdrawn_of_one_measure_leaves_the_others_alone(turns):
    first, second = turns
    for region, figures in zip(
        turns, ({"revenue": 1, "patents": 3}, {"revenue": 2, "patents": 4}), strict=True
    ):
        move(region)
        say(region, figures)
    number = YearlyFigures.objects.get(authority=first, ended_at=None).pk
    withdraw(s.authority(first), s.code(1), "figure", number, "填错（虚构）", at=s.LATER, measure="patents")
    assert counted() == {"revenue": 2, "patents": 4}
    assert whose() == {"revenue": second, "patents": second}


@pytest.mark.parametrize("turns", [(w.ZUNYI, w.BIJIE), (w.BIJIE, w.ZUNYI)])
def test_titles_and_purchases_of_two_cities_count_where_the_enterprise_lies(turns):
    amounts = {region: number for number, region in enumerate(turns, start=1)}
    for region, number in amounts.items():
        held = (HeldRow("green-factory", "city", str(number), until_on=date(2027, number, 1)),)
        move(region)
        state(s.authority(region), [s.firm(1, held=held, region=region)], at=s.AT)
        row = SupplyRow(s.code(1), s.code(7), "供应商（虚构）", "瓶盖", 2025, number)
        state_supply(s.authority(region), [row], at=s.AT)
    for region, number in amounts.items():
        move(region)
        assert [one.number for one in standing.qualifications(s.code(1), "")] == [str(number)]
        (title,) = said([s.code(1)], [], ()).held(s.code(1), "")
        assert title.until_on == date(2027, number, 1)
        assert [one.amount_yuan for one in supply_rows([s.code(1)], "")] == [number]


CITIES = (w.ZUNYI, w.BIJIE, "520100")
MEASURES = st.sampled_from(["revenue", "patents"])
ACTS = st.one_of(
    st.tuples(st.just("move and say"), st.sampled_from(CITIES), MEASURES),
    st.tuples(st.sampled_from(["say", "withdraw"]), st.sampled_from(["520000", *CITIES]), MEASURES),
    st.tuples(st.just("move"), st.sampled_from(CITIES), st.just("")),
)


@settings(max_examples=25)
@given(st.lists(ACTS, min_size=3, max_size=10))
def test_who_counts_of_a_measure_follows_from_who_speaks_of_it_and_where_the_enterprise_lies(acts):
    from django.db import transaction

    with transaction.atomic():
        lies, words = w.ZUNYI, {region: {} for region in ("520000", *CITIES)}
        move(lies)
        for value, (act, region, measure) in enumerate(acts):
            if act.startswith("move"):
                move(region)
                lies = region
            if act.endswith("say"):
                say(region, {measure: value})
                if region in ("520000", lies):
                    words[region][measure] = value
            if act == "withdraw" and measure in words[region]:
                row = YearlyFigures.objects.get(authority=region, ended_at=None)
                withdraw(s.authority(region), s.code(1), "figure", row.pk, "虚构", at=s.AT, measure=measure)
                del words[region][measure]
            first = ["520000", lies, *sorted(set(CITIES) - {lies})]
            expected = {
                name: next(one for one in first if name in words[one])
                for name in {name for known in words.values() for name in known}
            }
            assert whose() == expected
            assert counted() == {name: words[one][name] for name, one in expected.items()}
        transaction.set_rollback(True)


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["520000", w.ZUNYI]),
            st.dictionaries(st.sampled_from(["revenue", "patents"]), st.integers(0, 3), min_size=1),
        ),
        max_size=6,
    )
)
def test_what_counts_is_each_offices_last_word_the_provinces_first(turns):
    from django.db import transaction

    with transaction.atomic():
        last: dict[str, dict[str, int]] = {"520000": {}, w.ZUNYI: {}}
        for region, figures in turns:
            state(s.authority(region), [s.firm(1, {2025: figures})], at=s.AT)
            last[region] |= figures
        assert counted() == {**last[w.ZUNYI], **last["520000"]}
        transaction.set_rollback(True)


# ------------------------------------------------------------------------------------------- what stood before


def test_what_an_office_took_over_goes_back_to_who_had_said_it_and_counts_the_same():
    province, city = s.authority(), s.authority(w.ZUNYI)
    state(province, [s.firm(1)], at=s.AT)
    old = {"enterprise_id": s.code(1), "year": 2025, "giver": ""}
    first = YearlyFigures.objects.create(
        **old,
        office=province.office,
        source="省.xlsx",
        at=s.AT,
        ended_at=s.LATER,
        figures={"revenue": 10, "patents": 3},
    )
    YearlyFigures.objects.create(
        **old, office=city.office, source="市.xlsx", at=s.LATER, figures={"revenue": 20, "patents": 3}
    )
    before = counted()
    moving = import_module("cultivar.registry.migrations.0005_authorities_side_by_side")
    moving.name_authorities(apps, None)
    assert counted() == before == {"revenue": 20, "patents": 3}
    assert standing.by_authority([s.code(1)], 2025) == {
        s.code(1): {"520000": {"patents": 3}, w.ZUNYI: {"revenue": 20}}
    }
    ((patents),) = standing.history(s.code(1), "")[2025, "patents"]
    assert (patents.authority, patents.source, patents.at, patents.until) == (
        "520000",
        "省.xlsx",
        s.AT,
        None,
    )
    first.refresh_from_db()
    assert first.figures == {"revenue": 10, "patents": 3}
    moving.name_authorities(apps, None)  # and once more, nothing to do
    assert YearlyFigures.objects.count() == 3


def test_the_history_shows_nobody_as_having_said_what_it_took_over():
    province, city = s.authority(), s.authority(w.ZUNYI)
    state(province, [s.firm(1)], at=s.AT)
    days = [s.AT + timedelta(days=n) for n in range(4)]
    said_then = (
        (province, {"revenue": 10, "patents": 3}),
        (city, {"revenue": 20, "patents": 3}),
        (city, {"revenue": 30, "patents": 3}),
        (province, {"revenue": 30, "patents": 3, "tax": 1}),
    )
    for (giver, figures), at, until in zip(said_then, days, [*days[1:], None], strict=True):
        YearlyFigures.objects.create(
            enterprise_id=s.code(1),
            year=2025,
            giver="",
            office=giver.office,
            at=at,
            ended_at=until,
            figures=figures,
        )
    before = counted()
    import_module("cultivar.registry.migrations.0005_authorities_side_by_side").name_authorities(apps, None)
    assert counted() == before
    told = {
        measure: [(one.office, one.value, one.at, one.until) for one in sayings]
        for (_, measure), sayings in standing.history(s.code(1), "").items()
    }
    assert told == {
        "patents": [(province.office, 3, days[0], None)],
        "revenue": [
            (city.office, 30, days[2], None),
            (city.office, 20, days[1], days[2]),
            (province.office, 10, days[0], days[1]),
        ],
        "tax": [(province.office, 1, days[3], None)],
    }


def test_titles_of_several_ranks_count_after_the_tables_changed_as_they_did_before():
    province, city = s.authority(), s.authority(w.ZUNYI)
    state(province, [s.firm(1)], at=s.AT)
    ranks = {"national": province, "provincial": province, "city": city}
    for level, giver in ranks.items():
        Qualification.objects.create(
            enterprise_id=s.code(1), kind="green-factory", rank=level, giver="", office=giver.office, at=s.AT
        )
    before = said([s.code(1)], [], ()).held(s.code(1), "")
    moving = import_module("cultivar.registry.migrations.0005_authorities_side_by_side")
    moving.name_authorities(apps, None)
    assert Qualification.objects.get(rank="city").authority == w.ZUNYI
    assert set(said([s.code(1)], [], ()).held(s.code(1), "")) == set(before)
    assert [one.rank for one in standing.qualifications(s.code(1), "")] == ["city", "national", "provincial"]


@pytest.mark.parametrize("count", [1, 3])
def test_what_authorities_say_is_read_in_one_query(count):
    for region in ("520000", w.ZUNYI):
        state(s.authority(region), [s.firm(n, {2025: {"revenue": n}}) for n in range(1, count + 1)], at=s.AT)
    with CaptureQueriesContext(connection) as captured:
        assert len(standing.by_authority([s.code(n) for n in range(1, count + 1)], 2025)) == count
    assert len(captured) == 1


def test_the_same_office_corrects_itself_as_ever():
    city = s.authority(w.ZUNYI)
    for value, at in ((1, s.AT), (2, s.LATER)):
        state(replace(city, source=f"{value}.xlsx"), [s.firm(1, {2025: {"revenue": value}})], at=at)
    assert YearlyFigures.objects.get(ended_at=None).figures == {"revenue": 2}
    assert YearlyFigures.objects.exclude(ended_at=None).get().ended_at == s.LATER
