"""Indicators over a roster: held against a plain reckoning in fractions; unknown is never nought."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.appraisal.indicators import PLACES, read
from cultivar.appraisal.roster import Event, Firm, Held, Roster, as_data, differences, from_data
from cultivar.ledger.canonical import canonical
from cultivar.policy.model_conditions import Indicator

YEAR, ON = 2025, date(2026, 5, 7)


def indicator(unit: str = "%", **computed: Any) -> Indicator:
    said = {"zh": "某", "en": "some"}
    return Indicator.model_validate(
        {
            "id": "x",
            "article": "a1",
            **said,
            "unit": {"zh": unit, "en": unit},
            "better": "higher",
            "formula": said,
            "computed": computed,
        }
    )


def roster(*years: dict[str, int], held: tuple[Held, ...] = (), events: tuple[Event, ...] = ()) -> Roster:
    firms = (
        Firm(f"F{number}", years={YEAR: figures}, held=held, events=events)
        for number, figures in enumerate(years)
    )
    return Roster(tuple(firms), YEAR, ON)


money = st.integers(0, 10**13)
flag = st.integers(0, 1)
NAMES = {
    **{name: money for name in ("revenue", "rd-expense", "output", "purchases", "local-purchases", "energy")},
    **{name: st.integers(0, 9999) for name in ("key-processes", "key-processes-nc", "employment")},
    **{name: flag for name in ("above-scale", "digital-tools", "sme")},
}
figures = st.fixed_dictionaries({}, optional=NAMES)
held = st.builds(
    Held,
    st.sampled_from(["srun", "green-factory", "high-tech"]),
    st.sampled_from(["", "national", "provincial", "city"]),
    st.none() | st.dates(date(2020, 1, 1), date(2027, 1, 1)),
    st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
events = st.builds(
    Event,
    st.sampled_from(["safety", "environment", "social"]),
    st.sampled_from(["ordinary", "larger", "major", "gravest"]),
    st.dates(date(2020, 1, 1), date(2027, 1, 1)),
)
firm = st.builds(
    Firm,
    st.text("0123456789ABCDEF", min_size=4, max_size=8),
    years=st.fixed_dictionaries({YEAR: figures, YEAR - 1: figures}),
    held=st.lists(held, max_size=3).map(tuple),
    events=st.lists(events, max_size=3).map(tuple),
)
firms = st.lists(firm, max_size=12, unique_by=lambda one: one.code)

EVERY = [
    indicator("家", count="all"),
    indicator("家", count="above-scale"),
    indicator("家", count="sme", among="above-scale"),
    indicator("万元", total="revenue"),
    indicator("亿元", total="output"),
    indicator(ratio=["rd-expense", "revenue"]),
    indicator(ratio=["local-purchases", "purchases"], among="above-scale"),
    indicator(mean_ratio=["key-processes-nc", "key-processes"], among="above-scale"),
    indicator(mean_ratio=["rd-expense", "revenue"]),
    indicator(share="digital-tools", among="above-scale"),
    indicator(growth="revenue"),
    indicator(fall=["energy", "output"]),
    indicator("家", qualified=["srun", "green-factory"], ranks=["national", "provincial"]),
    indicator("家", qualified=["high-tech"], among="above-scale"),
    indicator("起", incidents=["safety", "social"], grade="major", years=3),
]


@given(firms, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_indicator(found: list[Firm], random: Any) -> None:
    again = list(found)
    random.shuffle(again)
    for one in EVERY:
        assert read(one, Roster(tuple(found), YEAR, ON)) == read(one, Roster(tuple(again), YEAR, ON))


@given(firms)
def test_a_roster_written_down_reads_back_and_says_the_same(found: list[Firm]) -> None:
    first = Roster(tuple(found), YEAR, ON)
    body = canonical(as_data(first))
    again = from_data(as_data(first))
    assert canonical(as_data(again)) == body
    assert not differences(first.firms, again.firms)
    assert [read(one, first) for one in EVERY] == [read(one, again) for one in EVERY]


@given(firms)
def test_each_is_what_a_plain_reckoning_gives(found: list[Firm]) -> None:
    here = Roster(tuple(found), YEAR, ON)
    for one in EVERY:
        got, wanted = read(one, here), reckoned(one, found)
        if wanted is None:
            assert got.value is None
        else:
            assert got.value is not None
            assert abs(Fraction(got.value) - wanted) <= Fraction(1, PLACES)


@given(firms, st.data())
def test_what_is_known_later_keeps_to_the_floor(found: list[Firm], data: st.DataObject) -> None:
    """Whatever the missing figures turn out to be, an indicator that only counts or adds comes to its floor or more."""
    before = Roster(tuple(found), YEAR, ON)
    full = []
    for one in found:
        years = {
            year: {name: one.years[year].get(name, data.draw(values)) for name, values in NAMES.items()}
            for year in (YEAR, YEAR - 1)
        }
        full.append(Firm(one.code, years=years, held=one.held, events=one.events))
    after = Roster(tuple(full), YEAR, ON)
    for one in EVERY:
        floor, value = read(one, before).floor, read(one, after).value
        if floor is not None and value is not None:
            assert value >= floor


def reckoned(one: Indicator, found: list[Firm]) -> Fraction | None:
    """The indicator in fractions, straight from its definition; None where anything asked for is lacking."""
    computed = one.computed
    assert computed is not None
    here = asked(computed, found)
    if not found or here is None or computed.way == "incidents":
        return None
    if computed.way == "qualified":
        return Fraction(sum(_holds(computed, each) for each in here))
    if computed.way in ("count", "share"):
        return counted(computed, here)
    years = [YEAR] if computed.way not in ("growth", "fall") else [YEAR, YEAR - 1]
    names = computed.ratio or computed.mean_ratio or computed.fall or [computed.total or computed.growth]
    columns = [all_of(here, str(name), year) for year in years for name in names]
    if any(column is None for column in columns):
        return None
    return quotient(one, [column or [] for column in columns])


def asked(computed: Any, found: list[Firm]) -> list[Firm] | None:
    """The enterprises that it is about; None where it is not known whether one that matters belongs."""
    if not computed.among:
        return found
    flags = [(each, each.years[YEAR].get(computed.among)) for each in found]
    matters = [each for each, inside in flags if inside is None]
    if any(computed.way != "qualified" or _holds(computed, each) for each in matters):
        return None
    return [each for each, inside in flags if inside]


def counted(computed: Any, here: list[Firm]) -> Fraction | None:
    if computed.count == "all":
        return Fraction(len(here))
    flags = [each.years[YEAR].get(computed.count or computed.share) for each in here]
    if None in flags:
        return None
    yes = Fraction(sum(map(bool, flags)))
    return yes if computed.count else (100 * yes / len(flags) if flags else None)


def all_of(here: list[Firm], name: str, year: int) -> list[Fraction] | None:
    unit = {"energy": 1000, "key-processes": 1, "key-processes-nc": 1}.get(name, 10_000)
    values = [each.years[year].get(name) for each in here]
    return None if None in values else [Fraction(value, unit) for value in values if value is not None]


def quotient(one: Indicator, columns: list[list[Fraction]]) -> Fraction | None:
    assert one.computed is not None
    sums = [sum(column, Fraction(0)) for column in columns]
    if one.computed.total:
        return sums[0] / (10_000 if one.unit.zh == "亿元" else 1)
    if one.computed.mean_ratio:
        pairs = [over / under for over, under in zip(*columns, strict=True) if under]
        return 100 * sum(pairs, Fraction(0)) / len(pairs) if pairs else None
    if not all(sums[1:]):
        return None
    if one.computed.ratio:
        return 100 * sums[0] / sums[1]
    if one.computed.growth:
        return 100 * (sums[0] / sums[1] - 1)
    return 100 * (1 - (sums[0] / sums[1]) / (sums[2] / sums[3]))


def _holds(computed: Any, each: Firm) -> bool:
    return any(
        one.kind in computed.qualified
        and (not computed.ranks or one.rank in computed.ranks)
        and (one.from_on or ON) <= ON <= (one.until_on or ON)
        for one in each.held
    )


def test_a_firm_without_the_figure_makes_a_sum_unknown_and_not_smaller() -> None:
    reading = read(indicator("万元", total="revenue"), roster({"revenue": 50_000}, {}))
    assert (reading.value, reading.floor, reading.partial) == (None, 5, 5)
    assert (reading.asked, reading.known, reading.lacking) == (2, 1, ("F1",))


def test_an_empty_roster_answers_nothing() -> None:
    for one in EVERY:
        assert read(one, roster()).value is None
        assert read(one, roster()).floor is None


def test_a_loss_leaves_no_floor() -> None:
    reading = read(indicator("万元", total="profit"), roster({"profit": 50_000}, {}))
    assert (reading.value, reading.floor) == (None, None)


def test_total_over_total_and_the_mean_of_firms_are_two_things() -> None:
    two = roster({"rd-expense": 100, "revenue": 1_000}, {"rd-expense": 100, "revenue": 9_000})
    assert read(indicator(ratio=["rd-expense", "revenue"]), two).value == 2
    mean = read(indicator(mean_ratio=["rd-expense", "revenue"]), two).value
    assert mean is not None
    assert round(mean, 6) == Decimal("5.555556")


def test_whose_denominator_is_nought_has_no_ratio_of_its_own() -> None:
    two = roster({"key-processes": 0, "key-processes-nc": 0}, {"key-processes": 4, "key-processes-nc": 3})
    assert read(indicator(mean_ratio=["key-processes-nc", "key-processes"]), two).value == 75


@pytest.mark.parametrize(
    ("until", "counted"), [(date(2026, 5, 6), 0), (ON, 1), (date(2026, 5, 8), 1), (None, 1)]
)
def test_a_title_counts_through_its_last_day(until: date | None, counted: int) -> None:
    here = roster({}, held=(Held("srun", "", date(2023, 5, 8), until),))
    assert read(indicator("家", qualified="srun"), here).value == counted


def test_one_firm_with_two_titles_is_one_firm() -> None:
    here = roster({}, held=(Held("green-factory", "national"), Held("green-factory", "provincial")))
    assert read(indicator("家", qualified="green-factory"), here).value == 1


@pytest.mark.parametrize(
    ("on", "counted"), [(date(2023, 5, 7), 0), (date(2023, 5, 8), 1), (ON, 1), (date(2026, 5, 8), 0)]
)
def test_incidents_on_record_are_a_floor_and_never_a_figure(on: date, counted: int) -> None:
    here = roster({}, events=(Event("safety", "major", on),))
    reading = read(indicator("起", incidents=["safety"], grade="major", years=3), here)
    assert (reading.value, reading.floor) == (None, counted)


def test_a_lighter_incident_does_not_count() -> None:
    here = roster({}, events=(Event("safety", "larger", ON),))
    assert read(indicator("起", incidents=["safety"], grade="major", years=3), here).floor == 0


def test_differences_name_who_came_went_and_changed() -> None:
    before = [Firm("A"), Firm("B", years={YEAR: {"revenue": 1}}), Firm("C")]
    after = [Firm("B", years={YEAR: {"revenue": 2}}), Firm("C"), Firm("D")]
    change = differences(before, after)
    assert [one.code for one in change.came] == ["D"]
    assert [one.code for one in change.went] == ["A"]
    assert [(old.code, new.years[YEAR]["revenue"]) for old, new in change.changed] == [("B", 2)]
