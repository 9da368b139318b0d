"""Withdrawing one's own word, and nobody else's."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests import world as w
from tests.registry import stated as s

from cultivar.registry import standing
from cultivar.registry.models import Incident, Office, Qualification, SupplyLink, YearlyFigures
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


def second_department(region: str) -> Giver:
    """An office of another body in the same region, whose word is the region's too."""
    words = {"name_zh": "另一部门", "name_en": "another", "short_zh": "另一部门", "short_en": "another"}
    office = Office.objects.create(key="another", body="finance", region_id=region, **words)
    return Giver("", office.key, "表二.xlsx")


def test_another_department_of_the_same_city_withdraws_nothing_that_it_did_not_state():
    city = s.authority(w.ZUNYI)
    state(city, [s.firm(1, {2025: {"revenue": 10, "patents": 3}}, (HeldRow("srun"),))], at=s.AT)
    state_incidents(city, [IncidentRow(CODE, "safety", "larger", date(2025, 3, 1))], at=s.AT)
    state_supply(city, [SupplyRow(CODE, s.code(7), "丁", "瓶盖", 2025, 3)], at=s.AT)
    another = second_department(w.ZUNYI)
    kinds = {"title": Qualification, "incident": Incident, "purchase": SupplyLink}
    for kind, model in kinds.items():
        with pytest.raises(NotStanding):
            withdraw(another, CODE, kind, model.objects.get().pk, WHY, at=s.LATER)
        withdraw(city, CODE, kind, model.objects.get().pk, WHY, at=s.LATER)
    number = YearlyFigures.objects.get().pk
    with pytest.raises(NotStanding):
        withdraw(another, CODE, "figure", number, WHY, at=s.LATER, measure="revenue")
    assert figures("") == {"revenue": 10, "patents": 3}


def test_of_a_year_each_department_withdraws_the_measures_that_it_stated():
    city = s.authority(w.ZUNYI)
    another = second_department(w.ZUNYI)
    state(city, [s.firm(1, {2025: {"revenue": 10, "patents": 3}})], at=s.AT)
    state(another, [s.firm(1, {2025: {"patents": 4}})], at=s.LATER)  # the region's word: it stands in one row

    def standing_key() -> int:
        return YearlyFigures.objects.get(ended_at=None).pk

    for giver, measure in ((another, "revenue"), (city, "patents")):
        with pytest.raises(NotStanding):
            withdraw(giver, CODE, "figure", standing_key(), WHY, at=s.LATER, measure=measure)
    withdraw(another, CODE, "figure", standing_key(), WHY, at=s.LATER + timedelta(days=1), measure="patents")
    assert figures("") == {"revenue": 10}
    withdraw(city, CODE, "figure", standing_key(), WHY, at=s.LATER + timedelta(days=2), measure="revenue")
    assert figures("") == {}


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
