"""Enterprises on the roster of a cluster: once each, and only those that the register knows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import world as w
from tests.registry import stated as s

from cultivar.cases import membership
from cultivar.cases.membership import enrol, leave
from cultivar.cases.models import Membership
from cultivar.registry.models import Enterprise, YearlyFigures
from cultivar.registry.statements import state

pytestmark = pytest.mark.django_db


@pytest.fixture
def of():
    return w.cluster()


@pytest.fixture(autouse=True)
def _firms(of):
    state(s.authority(), [s.firm(n, {2025: {"revenue": n}}) for n in (1, 2, 3)], at=s.AT)


def test_to_enrol_twice_is_to_enrol_once(of):
    got = enrol(of, [s.code(2), s.code(1), s.code(9), s.code(1)])
    assert (set(got.new), got.already, got.unknown) == ({s.code(1), s.code(2)}, (), (s.code(9),))
    got = enrol(of, [s.code(1), s.code(3)])
    assert (got.new, got.already) == ((s.code(3),), (s.code(1),))
    assert Membership.objects.filter(subject=of).count() == 3


def test_to_leave_takes_nothing_from_the_register_and_nobody_from_another_roster(of):
    other = w.cluster(w.BIJIE, 2)
    for subject in (of, other):
        enrol(subject, [s.code(1), s.code(2)])
    assert leave(of, [s.code(1), s.code(9)]) == 1
    assert leave(of, [s.code(1)]) == 0
    assert list(of.memberships.values_list("enterprise", flat=True)) == [s.code(2)]
    assert other.memberships.count() == 2
    assert (Enterprise.objects.count(), YearlyFigures.objects.count()) == (3, 3)


def test_an_enterprise_may_be_in_two_clusters(of):
    for subject in (of, w.cluster(w.BIJIE, 2)):
        assert enrol(subject, [s.code(1)]).new == (s.code(1),)


def test_a_roster_has_room_for_so_many_and_a_refusal_enrols_nobody(of, monkeypatch):
    monkeypatch.setattr(membership, "MOST", 2)
    enrol(of, [s.code(1)])
    with pytest.raises(membership.RosterFull) as full:
        enrol(of, [s.code(1), s.code(2), s.code(3), s.code(9)])
    assert "最多列 2 家企业：已有 1 家，再列 2 家放不下。" in full.value.text.zh
    assert of.memberships.count() == 1
    assert enrol(of, [s.code(1), s.code(2)]).new == (s.code(2),)
    assert enrol(of, [s.code(1), s.code(2)]).new == ()


@pytest.mark.parametrize("count", [1, 3])
def test_enrolling_takes_as_many_queries_for_three_as_for_one(of, count):
    with CaptureQueriesContext(connection) as captured:
        enrol(of, [s.code(n + 1) for n in range(count)])
    assert len([one for one in captured if "SAVEPOINT" not in one["sql"]]) == 5
