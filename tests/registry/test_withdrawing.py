"""Withdrawing one's own word, and nobody else's."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests import world as w
from tests.registry import stated as s

from cultivar.registry import standing
from cultivar.registry.models import Incident, Qualification, SupplyLink, YearlyFigures
from cultivar.registry.standing import said
from cultivar.registry.statements import (
    HeldRow,
    IncidentRow,
    NotYours,
    SupplyRow,
    state,
    state_incidents,
    state_supply,
)
from cultivar.registry.withdrawing import LONGEST_REASON, NoReason, NotStanding, withdraw

pytestmark = pytest.mark.django_db
WHY = "填到了别家企业名下（虚构）"
CODE = s.code(1)


@pytest.fixture
def mine():
    return s.applicant(w.cluster().organisation_id)


def figures(organisation: str) -> dict[str, int]:
    return dict(said([CODE], [organisation], (2025,)).years(CODE, organisation).get(2025, {}))


def test_a_figure_goes_alone_its_reason_stays_and_an_authoritys_counts_again(mine):
    state(s.authority(), [s.firm(1, {2025: {"revenue": 10}})], at=s.AT)
    state(mine, [s.firm(1, {2025: {"revenue": 11, "patents": 3}})], at=s.AT)
    number = YearlyFigures.objects.get(giver=mine.organisation).pk
    withdraw(mine, CODE, "figure", number, f"  {WHY}\n", at=s.LATER, measure="revenue")
    assert figures(mine.organisation) == {"revenue": 10, "patents": 3}
    told = standing.history(CODE, mine.organisation)
    revenue, theirs = sorted(told[2025, "revenue"], key=lambda one: one.counts)
    assert (revenue.value, revenue.until, revenue.reason, revenue.ended_by) == (11, s.LATER, WHY, mine.office)
    assert (theirs.value, theirs.until, theirs.reason) == (10, None, "")
    ((patents),) = told[2025, "patents"]  # said once, and never ended
    assert (patents.at, patents.until, patents.reason, patents.counts) == (s.AT, None, "", True)


def test_the_last_figure_of_a_year_leaves_nothing_standing_and_may_be_stated_again(mine):
    state(mine, [s.firm(1, {2025: {"revenue": 11}})], at=s.AT)
    withdraw(mine, CODE, "figure", YearlyFigures.objects.get().pk, WHY, at=s.LATER, measure="revenue")
    assert figures(mine.organisation) == {}
    assert YearlyFigures.objects.count() == 1
    state(mine, [s.firm(1, {2025: {"revenue": 11}})], at=s.LATER + timedelta(days=1))
    assert [
        (one.value, one.reason) for one in standing.history(CODE, mine.organisation)[2025, "revenue"]
    ] == [
        (11, ""),
        (11, WHY),
    ]


def test_titles_incidents_and_purchases_are_withdrawn_one_by_one(mine):
    state(mine, [s.firm(1, held=(HeldRow("srun"), HeldRow("high-tech")))], at=s.AT)
    state_incidents(mine, [IncidentRow(CODE, "safety", "larger", date(2025, 3, 1))], at=s.AT)
    state_supply(mine, [SupplyRow(CODE, s.code(7), "丁", "瓶盖", 2025, 3)], at=s.AT)
    for kind, model in (("title", Qualification), ("incident", Incident), ("purchase", SupplyLink)):
        number = model.objects.order_by("pk").first().pk
        withdraw(mine, CODE, kind, number, WHY, at=s.LATER)
        row = model.objects.get(pk=number)
        assert (row.ended_at, row.ended_by, row.reason) == (s.LATER, mine.office, WHY)
    known = said([CODE], [mine.organisation], ())
    assert [one.kind for one in known.held(CODE, mine.organisation)] == ["high-tech"]
    assert known.incidents(CODE, mine.organisation) == ()


@pytest.mark.parametrize("who", ["another organisation", "the city", "the province"])
def test_nobody_elses_word_is_withdrawn(mine, who):
    city = s.authority(w.ZUNYI)
    state(city, [s.firm(1, {2025: {"revenue": 10}})], at=s.AT)
    state(mine, [s.firm(1, {2025: {"revenue": 11}})], at=s.AT)
    giver = {
        "another organisation": s.applicant(w.cluster(w.BIJIE, 2).organisation_id),
        "the city": city,
        "the province": s.authority(),
    }[who]
    for row in YearlyFigures.objects.all():
        if who == "the city" and row.authority:
            continue
        with pytest.raises(NotStanding):
            withdraw(giver, CODE, "figure", row.pk, WHY, at=s.LATER, measure="revenue")
    assert YearlyFigures.objects.filter(ended_at=None).count() == 2


def test_an_office_withdraws_in_no_other_name(mine):
    state(mine, [s.firm(1, {2025: {"revenue": 11}})], at=s.AT)
    other = s.applicant(w.cluster(w.BIJIE, 2).organisation_id)
    number = YearlyFigures.objects.get().pk
    with pytest.raises(NotYours):
        withdraw(
            replace(mine, office=other.office), CODE, "figure", number, WHY, at=s.LATER, measure="revenue"
        )


def test_what_does_not_stand_or_has_no_reason_is_refused_and_nothing_is_written(mine):
    state(mine, [s.firm(1, {2025: {"revenue": 11}}), s.firm(2)], at=s.AT)
    number = YearlyFigures.objects.get().pk
    for code, kind, of, measure in (
        (CODE, "figure", number, "patents"),
        (CODE, "figure", number, ""),
        (CODE, "title", number, ""),
        (CODE, "nothing", number, ""),
        (CODE, "figure", number + 1, "revenue"),
        (s.code(2), "figure", number, "revenue"),
    ):
        with pytest.raises(NotStanding):
            withdraw(mine, code, kind, of, WHY, at=s.LATER, measure=measure)
    for reason in ("", " \n", "长" * (LONGEST_REASON + 1)):
        with pytest.raises(NoReason):
            withdraw(mine, CODE, "figure", number, reason, at=s.LATER, measure="revenue")
    state(mine, [s.firm(1, {2025: {"revenue": 12}})], at=s.LATER)  # corrected meanwhile
    with pytest.raises(NotStanding):
        withdraw(mine, CODE, "figure", number, WHY, at=s.LATER, measure="revenue")
    assert YearlyFigures.objects.get(ended_at=None).figures == {"revenue": 12}
    assert not YearlyFigures.objects.exclude(reason="").exists()
