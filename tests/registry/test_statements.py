"""Stating in bulk: once, by whom it is, without losing what was said before."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import world as w
from tests.registry import stated as s

from cultivar.policy.vocabulary import vocabulary
from cultivar.registry import statements
from cultivar.registry.models import Enterprise, Incident, Qualification, Region, SupplyLink, YearlyFigures
from cultivar.registry.standing import said
from cultivar.registry.statements import (
    Giver,
    HeldRow,
    IncidentRow,
    NotYours,
    SupplyRow,
    state,
    state_incidents,
    state_supply,
)

pytestmark = pytest.mark.django_db
SRUN = HeldRow("srun", from_on=date(2024, 1, 1), until_on=date(2026, 12, 31))


@pytest.fixture
def province():
    return s.authority()


@pytest.fixture
def mine():
    return s.applicant(w.cluster().organisation_id)


def standing(model):
    return model.objects.filter(ended_at=None)


def test_a_new_enterprise_comes_with_its_figures_and_titles(province):
    got = state(province, [s.firm(1, {2025: {"revenue": 10, "patents": 3}}, (SRUN,))], at=s.AT)
    assert (got.rows, got.new_firms, got.figures_changed, got.held_changed) == (1, 1, 1, 1)
    assert got.wrote
    row = YearlyFigures.objects.get()
    assert (row.enterprise_id, row.year, row.figures) == (s.code(1), 2025, {"revenue": 10, "patents": 3})
    assert (row.giver, row.office, row.source, row.at) == ("", "province-520000", "企业表.xlsx", s.AT)
    assert Qualification.objects.get().until_on == date(2026, 12, 31)


def test_to_say_it_twice_writes_nothing(province):
    rows = [s.firm(n, {2025: {"revenue": n}, 2024: {"revenue": 1}}, (SRUN,)) for n in range(1, 4)]
    state(province, rows, at=s.AT)
    before = list(YearlyFigures.objects.order_by("pk").values())
    got = state(replace(province, source="again"), rows, at=s.LATER)
    assert not got.wrote
    assert (got.figures_unchanged, got.held_unchanged) == (6, 3)
    assert list(YearlyFigures.objects.order_by("pk").values()) == before


def test_a_correction_ends_what_stood_and_keeps_what_it_leaves_out(province):
    state(province, [s.firm(1, {2025: {"revenue": 10, "patents": 3}})], at=s.AT)
    got = state(province, [s.firm(1, {2025: {"revenue": 12}})], at=s.LATER)
    assert got.figures_changed == 1
    old, new = YearlyFigures.objects.order_by("pk")
    assert (old.figures, old.ended_at) == ({"revenue": 10, "patents": 3}, s.LATER)
    assert (new.figures, new.ended_at) == ({"revenue": 12, "patents": 3}, None)


def test_nought_and_nothing_said_are_two_things(province):
    state(province, [s.firm(1, {2025: {"patents": 0}, 2024: {}})], at=s.AT)
    assert YearlyFigures.objects.get().figures == {"patents": 0}


def test_titles_are_replaced_where_they_are_said_and_left_where_not(province):
    champion = HeldRow("champion", "provincial")
    state(province, [s.firm(1, held=(SRUN, champion))], at=s.AT)
    state(province, [s.firm(1, held=None)], at=s.LATER)
    assert standing(Qualification).count() == 2
    longer = replace(SRUN, until_on=date(2029, 12, 31))
    got = state(province, [s.firm(1, held=(longer,))], at=s.LATER)
    assert (got.held_changed, got.held_ended) == (1, 1)
    assert standing(Qualification).get().until_on == date(2029, 12, 31)
    got = state(province, [s.firm(1, held=())], at=s.LATER)
    assert (got.held_ended, standing(Qualification).count(), Qualification.objects.count()) == (1, 0, 3)


def test_two_givers_stand_beside_each_other(province, mine):
    state(province, [s.firm(1, {2025: {"revenue": 10}}, (SRUN,))], at=s.AT)
    state(mine, [s.firm(1, {2025: {"revenue": 11}}, ())], at=s.LATER)
    assert dict(standing(YearlyFigures).values_list("giver", "figures")) == {
        "": {"revenue": 10},
        mine.organisation: {"revenue": 11},
    }
    assert standing(Qualification).get().giver == ""


def test_an_applicant_gets_a_hint_where_an_authority_corrects(province, mine):
    state(province, [s.firm(1)], at=s.AT)
    other = s.firm(1, {2025: {"revenue": 1}}, name="别名（虚构）", region=w.BIJIE, industry="1521")
    got = state(mine, [other], at=s.AT)
    assert [(hint.what, hint.standing, hint.said) for hint in got.hints] == [
        ("name", "企业1（虚构）", "别名（虚构）"),
        ("region", w.ZUNYI, w.BIJIE),
        ("industry", "1512", "1521"),
    ]
    assert all(s.code(1) in sentence for hint in got.hints for sentence in hint.text)
    assert (got.hinted, got.renamed, got.figures_changed) == (3, 0, 1)
    assert state(province, [other], at=s.AT).renamed == 1
    firm = Enterprise.objects.get()
    assert (firm.name_zh, firm.region_id, firm.industry) == ("别名（虚构）", w.BIJIE, "1521")


def test_a_row_that_leaves_the_name_out_changes_none(province):
    state(province, [s.firm(1)], at=s.AT)
    got = state(province, [replace(s.firm(1), name="", region="", industry="")], at=s.AT)
    assert (got.hints, got.renamed) == ((), 0)
    assert Enterprise.objects.get().name_zh == "企业1（虚构）"


def test_a_city_speaks_for_its_own_region_only(province):
    zunyi = s.authority(w.ZUNYI)
    state(province, [s.firm(1, region=w.BIJIE), s.firm(2)], at=s.AT)
    rows = [
        s.firm(1, {2025: {"revenue": 1}}),
        s.firm(2, {2025: {"revenue": 2}}, region=w.BIJIE),
        s.firm(3, {2025: {"revenue": 3}}, region=w.BIJIE),
        s.firm(4, {2025: {"revenue": 4}}),
    ]
    got = state(zunyi, rows, at=s.AT)
    assert [(hint.code, hint.what) for hint in got.hints] == [
        (s.code(1), "beyond"),
        (s.code(2), "region"),
        (s.code(3), "beyond"),
    ]
    assert set(YearlyFigures.objects.values_list("enterprise", flat=True)) == {s.code(2), s.code(4)}
    assert Enterprise.objects.get(code=s.code(2)).region_id == w.ZUNYI
    incident = IncidentRow(s.code(1), "safety", "larger", date(2025, 3, 1))
    assert [hint.what for hint in state_incidents(zunyi, [incident], at=s.AT).hints] == ["beyond"]


def test_another_provinces_enterprises_are_out_of_reach(province):
    state(s.authority("440000"), [s.firm(1, {2025: {"revenue": 1}}, region="440100")], at=s.AT)
    got = state(province, [s.firm(1, {2025: {"revenue": 9}}, region="440100")], at=s.AT)
    assert [hint.what for hint in got.hints] == ["beyond"]
    assert YearlyFigures.objects.get().figures == {"revenue": 1}


@pytest.mark.parametrize("region", ["100000", "520000", w.ZUNYI, "520302"])
def test_a_regions_authority_speaks_for_what_is_under_it_and_the_countrys_for_all(province, region):
    under = statements.regions_under(region)
    assert (under == set(Region.objects.values_list("code", flat=True))) == (region == "100000")
    places = ["100000", "520000", w.ZUNYI, w.BIJIE, "520302", "530000"]
    for number, place in enumerate(places, start=1):
        stated = statements.state(s.authority(region), [s.firm(number, region=place)], at=s.AT)
        assert (stated.new_firms == 1) == (place in under)


def test_rows_that_cannot_be_kept_are_told(province):
    rows = [s.firm(1, region="999999"), replace(s.firm(2), industry="")]
    got = state(province, rows, at=s.AT)
    assert [hint.what for hint in got.hints] == ["no-region", "incomplete"]
    assert not Enterprise.objects.exists()


@pytest.mark.parametrize("giver", ["another organisation", "an authority", "nobody", "no region"])
def test_an_office_speaks_for_nobody_else(mine, giver):
    other = w.cluster(w.BIJIE, 2).organisation_id
    said_by = {
        "another organisation": replace(mine, organisation=other),
        "an authority": replace(mine, organisation=""),
        "nobody": Giver("", "no-such-office", "x"),
        "no region": s._office("experts", "expert", None, "", "x"),
    }[giver]
    with pytest.raises(NotYours) as refused, transaction.atomic():
        state(said_by, [s.firm(1)], at=s.AT)
    assert said_by.office in refused.value.text.zh
    assert not Enterprise.objects.exists()


@pytest.mark.parametrize(
    "row",
    [
        s.firm(1, {2025: {"no-such-measure": 1}}),
        s.firm(1, {2025: {"revenue": 1.5}}),
        s.firm(1, {2025: {"above-scale": True}}),
        s.firm(1, {2025: {"revenue": 2**53}}),
        s.firm(1, held=(HeldRow("no-such-title"),)),
        s.firm(1, held=(HeldRow("srun", "national"),)),
        s.firm(1, name="\ud800"),
    ],
)
def test_what_is_no_figure_is_refused_whole(province, row):
    with pytest.raises(ValueError), transaction.atomic():
        state(province, [s.firm(2), row], at=s.AT)
    assert not Enterprise.objects.exists()


def test_incidents_stand_beside_each_other_and_say_their_paper(province):
    state(province, [s.firm(1)], at=s.AT)
    rows = [
        IncidentRow(s.code(1), "safety", "larger", date(2025, 3, 1)),
        IncidentRow(s.code(1), "safety", "larger", date(2025, 4, 1)),
        IncidentRow(s.code(9), "safety", "larger", date(2025, 4, 1)),
    ]
    got = state_incidents(province, rows, at=s.AT)
    assert (got.rows, got.changed, [hint.what for hint in got.hints]) == (3, 2, ["unknown"])
    assert state_incidents(province, rows[:1], at=s.LATER).unchanged == 1
    paper = replace(rows[0], document="遵应急〔2025〕1号（虚构）")
    assert state_incidents(province, [paper], at=s.LATER).changed == 1
    assert sorted(standing(Incident).values_list("document", flat=True)) == ["", paper.document]
    with pytest.raises(ValueError):
        state_incidents(province, [replace(rows[0], grade="none")], at=s.AT)


def test_supply_is_stated_by_product_and_year(province):
    state(province, [s.firm(1)], at=s.AT)
    row = SupplyRow(s.code(1), s.code(7), "供应商（虚构）", "瓶盖", 2025, 90)
    assert state_supply(province, [row, replace(row, year=2024, amount_yuan=None)], at=s.AT).changed == 2
    got = state_supply(province, [row, replace(row, product="标签")], at=s.LATER)
    assert (got.changed, got.unchanged) == (1, 1)
    state_supply(province, [replace(row, amount_yuan=95)], at=s.LATER)
    kept = SupplyLink.objects.filter(product="瓶盖", year=2025).order_by("pk")
    assert [(one.amount_yuan, one.ended_at) for one in kept] == [(90, s.LATER), (95, None)]


def test_batches_are_compared_by_a_constant_number_of_queries(province, monkeypatch):
    def queries(first: int, count: int) -> int:
        rows = [s.firm(n, {2025: {"revenue": n}}, (SRUN,)) for n in range(first, first + count)]
        with CaptureQueriesContext(connection) as captured:
            state(province, rows, at=s.AT)
        return len(captured)

    assert queries(1, 1) == queries(2, 30)
    told: list[int] = []
    monkeypatch.setattr(statements, "BATCH", 2)
    rows = [s.firm(n, {2025: {"revenue": n + 1}}) for n in range(1, 6)]
    assert state(province, rows, at=s.AT, progress=told.append).figures_changed == 5
    assert told == [2, 2, 1]


def test_hints_are_counted_beyond_those_that_are_kept(province, monkeypatch):
    monkeypatch.setattr(statements, "HINTS_KEPT", 2)
    got = state(province, [s.firm(n, region="999999") for n in range(1, 6)], at=s.AT)
    assert (len(got.hints), got.hinted) == (2, 5)


# ------------------------------------------------------------------------------ who may say who an enterprise is


def identity(number: int = 1) -> tuple[str, str, str, bool]:
    one = Enterprise.objects.get(code=s.code(number))
    return one.name_zh, one.region_id, one.industry, one.confirmed


def test_the_authority_of_the_true_region_repairs_what_an_applicant_made_up(province, mine):
    bijie = s.authority(w.BIJIE)
    state(mine, [s.firm(1, {2025: {"revenue": 1}}, name="冒名（虚构）", region=w.ZUNYI)], at=s.AT)
    assert identity() == ("冒名（虚构）", w.ZUNYI, "1512", False)
    right = s.firm(1, {2025: {"revenue": 7}}, name="真名（虚构）", region=w.BIJIE, industry="1521")
    got = state(bijie, [right], at=s.LATER)
    assert (got.hints, got.renamed, got.confirmed, got.figures_changed) == ((), 1, 1, 1)
    assert identity() == ("真名（虚构）", w.BIJIE, "1521", True)
    assert standing(YearlyFigures).get(giver="").figures == {"revenue": 7}
    again = state(bijie, [right], at=s.LATER)
    assert (again.wrote, again.confirmed) == (False, 0)


def test_who_says_the_same_as_an_applicant_confirms_it(province, mine):
    state(mine, [s.firm(1)], at=s.AT)
    got = state(s.authority(w.ZUNYI), [s.firm(1)], at=s.AT)
    assert (got.wrote, got.confirmed, got.renamed) == (True, 1, 0)
    assert [
        hint.what for hint in state(s.authority(w.BIJIE), [s.firm(1, region=w.BIJIE)], at=s.AT).hints
    ] == ["beyond"]
    assert identity()[1:] == (w.ZUNYI, "1512", True)


def test_an_enterprise_is_not_taken_from_the_authority_that_confirmed_it(province):
    state(s.authority(w.ZUNYI), [s.firm(1)], at=s.AT)
    got = state(s.authority(w.BIJIE), [s.firm(1, {2025: {"revenue": 1}}, region=w.BIJIE)], at=s.AT)
    assert ([hint.what for hint in got.hints], got.wrote) == (["beyond"], False)
    got = state(province, [s.firm(1, name="改名（虚构）", region=w.BIJIE)], at=s.AT)
    assert (got.renamed, got.confirmed) == (1, 0)
    assert identity() == ("改名（虚构）", w.BIJIE, "1512", True)


def test_no_applicant_confirms_and_no_authority_from_afar(province, mine):
    other = s.applicant(w.cluster(w.BIJIE, 2).organisation_id)
    state(mine, [s.firm(1)], at=s.AT)
    for giver, row in (
        (mine, s.firm(1, name="别名（虚构）")),
        (other, s.firm(1, region=w.BIJIE)),
        (s.authority(w.BIJIE), s.firm(1)),
        (s.authority(w.ZUNYI), s.firm(1, name="别名（虚构）", region=w.BIJIE)),
        (s.authority(w.ZUNYI), replace(s.firm(1), region="")),
    ):
        state(giver, [row], at=s.AT)
        assert identity() == ("企业1（虚构）", w.ZUNYI, "1512", False)


def test_a_row_that_names_a_region_elsewhere_corrects_nothing(province):
    state(s.authority(w.ZUNYI), [s.firm(1)], at=s.AT)
    got = state(s.authority(w.ZUNYI), [s.firm(1, name="别名（虚构）", region=w.BIJIE)], at=s.AT)
    assert ([hint.what for hint in got.hints], got.renamed) == (["name", "region"], 0)
    assert identity()[0] == "企业1（虚构）"


GIVERS = st.sampled_from(["applicant", w.ZUNYI, w.BIJIE, "520000"])


@settings(max_examples=40)
@given(turns=st.lists(st.tuples(GIVERS, st.sampled_from([w.ZUNYI, w.BIJIE]), st.integers(0, 2)), max_size=8))
def test_only_who_reaches_both_regions_moves_a_confirmed_enterprise(turns):
    reach = {"applicant": set(), w.ZUNYI: {w.ZUNYI}, w.BIJIE: {w.BIJIE}, "520000": {w.ZUNYI, w.BIJIE}}
    with transaction.atomic():
        applicant = s.applicant(w.cluster().organisation_id)
        expected = None
        for who, region, name in turns:
            giver = applicant if who == "applicant" else s.authority(who)
            state(giver, [s.firm(1, region=region, name=f"名{name}（虚构）")], at=s.AT)
            theirs = region in reach[who]
            if expected is None:
                if theirs or who == "applicant":
                    expected = (f"名{name}（虚构）", region, "1512", theirs)
            elif theirs and (not expected[3] or expected[1] in reach[who]):
                expected = (f"名{name}（虚构）", region, "1512", True)
            if expected is not None:
                assert identity() == expected
            else:
                assert not Enterprise.objects.exists()
        transaction.set_rollback(True)


MEASURES = st.sampled_from(sorted(vocabulary().measures)[:4])
FIGURES = st.dictionaries(MEASURES, st.integers(-5, 5), max_size=3)
TITLES = st.sampled_from(["srun", "high-tech", "little-giant"])


@st.composite
def firms(draw):
    """A set of rows: each enterprise's measures of a year, or its titles, are said by one row."""
    rows = []
    for number in draw(st.sets(st.integers(1, 5), min_size=1)):
        figures = draw(st.dictionaries(st.sampled_from([2024, 2025]), FIGURES, max_size=2))
        held = draw(st.none() | st.sets(TITLES).map(lambda kinds: tuple(map(HeldRow, sorted(kinds)))))
        parts = [s.firm(number, {year: said_}) for year, said_ in figures.items()]
        rows += [*parts, s.firm(number, held=held)]
    return rows


@settings(max_examples=30)
@given(rows=firms(), data=st.data())
def test_the_order_and_the_division_of_rows_do_not_matter(rows, data):
    def stands(*parts):
        with transaction.atomic():
            giver = s.authority()
            for part in parts:
                state(giver, part, at=s.AT)
            codes = [row.code for row in rows]
            known = said(codes, [], (2024, 2025))
            found = {
                one: (known.years(one, ""), sorted(known.held(one, "")))
                for one in Enterprise.objects.values_list("code", flat=True)
            }
            transaction.set_rollback(True)
        return found

    shuffled = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(0, len(rows)))
    once = stands(rows)
    assert once.keys() == {row.code for row in rows}
    assert stands(shuffled[:cut], shuffled[cut:]) == once
