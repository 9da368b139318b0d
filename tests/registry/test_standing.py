"""What counts for whom, and who said it when."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import world as w
from tests.registry import stated as s

from cultivar.registry import standing
from cultivar.registry.standing import Record, Title, said
from cultivar.registry.statements import HeldRow, IncidentRow, state, state_incidents

pytestmark = pytest.mark.django_db


@pytest.fixture
def province():
    return s.authority()


@pytest.fixture
def mine():
    return s.applicant(w.cluster().organisation_id)


@pytest.fixture
def theirs():
    return s.applicant(w.cluster(w.BIJIE, 2).organisation_id)


def test_ones_own_word_counts_measure_by_measure_and_for_nobody_else(province, mine, theirs):
    state(province, [s.firm(1, {2025: {"revenue": 10, "patents": 3}, 2024: {"revenue": 8}})], at=s.AT)
    state(mine, [s.firm(1, {2025: {"revenue": 11}, 2023: {"revenue": 7}})], at=s.AT)
    known = said([s.code(1)], [mine.organisation, theirs.organisation], (2023, 2024, 2025))
    given = {2025: {"revenue": 10, "patents": 3}, 2024: {"revenue": 8}}
    own = {2025: {"revenue": 11, "patents": 3}, 2024: {"revenue": 8}, 2023: {"revenue": 7}}
    assert known.years(s.code(1), mine.organisation) == own
    assert known.years(s.code(1), theirs.organisation) == given
    assert known.years(s.code(1), "") == given


def test_another_organisations_word_is_not_even_read(mine, theirs):
    state(theirs, [s.firm(1, {2025: {"revenue": 1}}, (HeldRow("srun"),))], at=s.AT)
    known = said([s.code(1)], [mine.organisation], (2025,))
    assert (known.years(s.code(1), mine.organisation), known.held(s.code(1), mine.organisation)) == ({}, ())
    assert standing.history(s.code(1), mine.organisation) == {}


def test_titles_count_kind_by_kind(province, mine):
    state(province, [s.firm(1, held=(HeldRow("srun"), HeldRow("champion", "national")))], at=s.AT)
    state(mine, [s.firm(1, held=(HeldRow("champion", "provincial"),))], at=s.AT)
    known = said([s.code(1)], [mine.organisation], ())
    own = known.held(s.code(1), mine.organisation)
    assert set(own) == {Title("champion", "provincial", None, None), Title("srun", "", None, None)}
    assert {one.rank for one in known.held(s.code(1), "")} == {"", "national"}
    shown = standing.qualifications(s.code(1), mine.organisation)
    assert [(one.kind, one.giver) for one in shown] == [("champion", mine.organisation), ("srun", "")]


def test_incidents_are_those_of_both_and_one_event_counts_once(province, mine):
    state(province, [s.firm(1)], at=s.AT)
    event = IncidentRow(s.code(1), "safety", "larger", date(2025, 3, 1), "文号（虚构）")
    own = IncidentRow(s.code(1), "environment", "ordinary", date(2025, 6, 1))
    state_incidents(province, [event], at=s.AT)
    state_incidents(mine, [event, own], at=s.AT)
    known = said([s.code(1)], [mine.organisation], ())
    assert set(known.incidents(s.code(1), mine.organisation)) == {
        Record("safety", "larger", date(2025, 3, 1)),
        Record("environment", "ordinary", date(2025, 6, 1)),
    }
    assert len(known.incidents(s.code(1), "")) == 1
    shown = standing.incidents(s.code(1), mine.organisation)
    assert [(one.kind, one.giver) for one in shown] == [("environment", mine.organisation), ("safety", "")]


@pytest.mark.parametrize("count", [1, 3])
def test_everything_that_stands_is_read_in_three_queries(province, mine, count):
    rows = [s.firm(n, {2025: {"revenue": n}}, (HeldRow("srun"),)) for n in range(count)]
    state(province, rows, at=s.AT)
    state(mine, rows, at=s.AT)
    with CaptureQueriesContext(connection) as captured:
        known = said([row.code for row in rows], [mine.organisation], (2025, 2024))
        assert all(known.years(row.code, mine.organisation) for row in rows)
    assert len(captured) == 3


def test_a_figure_keeps_the_source_and_day_of_whoever_said_it_first(province, mine):
    from dataclasses import replace

    state(province, [s.firm(1, {2025: {"revenue": 10, "patents": 3}})], at=s.AT)
    state(replace(province, source="更正.xlsx"), [s.firm(1, {2025: {"revenue": 12}})], at=s.LATER)
    known = standing.history(s.code(1), mine.organisation)
    assert [(one.value, one.source, one.until, one.counts) for one in known[2025, "revenue"]] == [
        (12, "更正.xlsx", None, True),
        (10, "企业表.xlsx", s.LATER, False),
    ]
    ((patents),) = known[2025, "patents"]
    assert (patents.value, patents.source, patents.at, patents.until) == (3, "企业表.xlsx", s.AT, None)
    state(mine, [s.firm(1, {2025: {"revenue": 11}})], at=s.LATER)
    told = standing.history(s.code(1), mine.organisation)[2025, "revenue"]
    assert [(one.value, one.giver, one.counts) for one in told] == [
        (11, mine.organisation, True),
        (12, "", False),
        (10, "", False),
    ]
    assert [one.counts for one in standing.history(s.code(1), "")[2025, "revenue"]] == [True, False]


def test_a_history_is_read_in_one_query(province):
    for value in range(3):
        state(province, [s.firm(1, {2025: {"revenue": value}})], at=s.AT)
    with CaptureQueriesContext(connection) as captured:
        (told,) = standing.history(s.code(1), "").values()
    assert len(captured) == 1
    assert [one.value for one in told] == [2, 1, 0]
