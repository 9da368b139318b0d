"""The roster of a cluster, live, and frozen with the dossier that is submitted on it."""

import hashlib
import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import world as w
from tests.registry import stated as s

from cultivar.appraisal.roster import Event, Firm, Held, as_data
from cultivar.cases import dossier, rosters
from cultivar.cases.membership import enrol, leave
from cultivar.cases.models import Case, DossierVersion, RosterVersion, Subject
from cultivar.cases.programmes import pinned
from cultivar.cases.replay import replay
from cultivar.ledger.canonical import canonical
from cultivar.registry.statements import HeldRow, IncidentRow, state, state_incidents

pytestmark = pytest.mark.django_db
SRUN = HeldRow("srun", from_on=date(2024, 1, 1), until_on=date(2026, 12, 31))
WAN = 10_000


@pytest.fixture(autouse=True)
def _day():
    with w.at("2026-05-07", 10):
        yield


@pytest.fixture
def of():
    return w.cluster()


def known(of, count=2):
    """Enterprises of a cluster as its organisation reports them."""
    rows = [
        s.firm(
            n, {2025: {"revenue": n * 100 * WAN, "rd-expense": n * 3 * WAN}, 2024: {"revenue": WAN}}, (SRUN,)
        )
        for n in range(1, count + 1)
    ]
    state(s.applicant(of.organisation_id), rows, at=s.AT)
    enrol(of, [row.code for row in rows])
    return rows


@pytest.fixture
def case(of) -> Case:
    return w.application(w.announce(), of)


def submitted(case: Case) -> tuple[DossierVersion, dict]:
    version = dossier.latest_version(case)
    return version, json.loads(bytes(version.body))


# ---- live


@pytest.mark.parametrize("count", [1, 3])
def test_a_roster_is_read_in_four_queries(of, count):
    known(of, count)
    with CaptureQueriesContext(connection) as captured:
        roster = rosters.live(of, 2025, date(2026, 5, 7))
    assert len(captured) == 4
    assert [one.code for one in roster.firms] == sorted(s.code(n) for n in range(1, count + 1))


@pytest.mark.parametrize("count", [1, 3])
def test_many_rosters_are_read_in_five(of, count):
    for number in range(2, count + 2):
        known(w.cluster(w.BIJIE, number), number)
    with CaptureQueriesContext(connection) as captured:
        many = rosters.live_many(Subject.objects.all(), 2025, date(2026, 5, 7))
    assert len(captured) == 5
    assert {code: len(one.firms) for code, one in many.items()} == {
        of.code: 0,
        **{f"C{number:04d}": number for number in range(2, count + 2)},
    }


def test_a_roster_says_what_counts_for_its_own_organisation(of):
    known(of, 1)
    province, other = s.authority(), w.cluster(w.BIJIE, 2)
    state(province, [s.firm(1, {2025: {"revenue": 1, "patents": 4}, 2020: {"revenue": 1}})], at=s.AT)
    state_incidents(province, [IncidentRow(s.code(1), "safety", "larger", date(2025, 3, 1))], at=s.AT)
    enrol(other, [s.code(1)])
    day = date(2026, 5, 7)
    (own,) = rosters.live(of, 2025, day).firms
    assert own == Firm(
        s.code(1),
        "企业1（虚构）",
        w.ZUNYI,
        "1512",
        {2025: {"revenue": 100 * WAN, "rd-expense": 3 * WAN, "patents": 4}, 2024: {"revenue": WAN}},
        (Held("srun", "", date(2024, 1, 1), date(2026, 12, 31)),),
        (Event("safety", "larger", date(2025, 3, 1)),),
    )
    (theirs,) = rosters.live(other, 2025, day).firms
    assert (theirs.years, theirs.held) == ({2025: {"revenue": 1, "patents": 4}}, ())
    assert rosters.live_many(Subject.objects.all(), 2025, day)[of.code].firms == (own,)


def test_the_year_reported_is_the_one_before_the_window_opens(case):
    assert rosters.reporting_year(case) == 2025
    with w.at("2027-02-01"):
        assert rosters.reporting_year(Case.objects.get(pk=case.pk)) == 2025
        assert rosters.reporting_year(Case(number="x")) == 2026
    fetched = Case.objects.select_related("round__notice").get(pk=case.pk)
    with CaptureQueriesContext(connection) as captured:
        assert rosters.reporting_year(fetched) == 2025
    assert len(captured) == 0


# ---- frozen


def test_a_submission_keeps_the_roster_and_what_it_gives(of, case):
    known(of)
    roster = rosters.live(of, 2025, date(2026, 5, 7))
    w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    version, body = submitted(case)
    kept = RosterVersion.objects.get()
    assert bytes(kept.body) == canonical(as_data(roster))
    assert hashlib.sha256(bytes(kept.body)).hexdigest() == kept.sha256
    assert body["roster"] == {"sha256": kept.sha256, "firms": 2, "year": 2025}
    assert body["readings"]["revenue"] == {"value": "300", "floor": "300", "asked": 2, "known": 2}
    assert body["readings"]["rd-intensity"]["value"] == "3"
    assert body["readings"]["above-scale"] == {"value": None, "floor": "0", "asked": 2, "known": 0}
    computed = {one.id for one in pinned(case.digest).indicators if one.computed}
    assert set(body["readings"]) == computed
    assert bytes(version.body) == canonical(body)
    assert replay() == []


def test_what_is_said_later_changes_nothing_that_was_submitted(of, case):
    known(of)
    w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    _, body = submitted(case)
    state(s.applicant(of.organisation_id), [s.firm(1, {2025: {"revenue": 7}}, ())], at=s.LATER)
    leave(of, [s.code(2)])
    programme = pinned(case.digest)
    roster, readings = rosters.frozen_readings(programme, body)
    assert len(roster.firms) == 2
    assert (readings["revenue"].value, readings["srun"].value) == (Decimal(300), Decimal(2))
    assert set(readings["above-scale"].lacking) == {s.code(1), s.code(2)}
    assert rosters.live(of, 2025, date(2026, 5, 7)).firms[0].years[2025]["revenue"] == 7


def test_what_the_dossier_says_was_read_counts_more_than_what_is_read_today(of, case):
    known(of)
    w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    _, body = submitted(case)
    body["readings"]["revenue"] |= {"value": "301", "floor": "301"}
    _, readings = rosters.frozen_readings(pinned(case.digest), body)
    assert (readings["revenue"].value, readings["revenue"].floor) == (301, 301)


def test_the_same_roster_is_kept_once(of, case):
    known(of)
    w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    w.do(case, "return", w.city(of.region_id), {"reasons": "补正（虚构）"})
    w.do(case, "resubmit", w.applicant(of), {**w.SUBMISSION, "corrections": "已补（虚构）"})
    assert DossierVersion.objects.count() == 2
    assert len({submitted(case)[1]["roster"]["sha256"], RosterVersion.objects.get().sha256}) == 1
    state(s.applicant(of.organisation_id), [s.firm(1, {2025: {"revenue": 7}})], at=s.LATER)
    w.do(case, "return", w.city(of.region_id), {"reasons": "再补正（虚构）"})
    w.do(case, "resubmit", w.applicant(of), {**w.SUBMISSION, "corrections": "已补（虚构）"})
    assert RosterVersion.objects.count() == 2


def test_without_a_roster_a_dossier_says_nothing_of_one(of, case):
    w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    _, body = submitted(case)
    assert set(body) == {"salt", "data", "evidence"}
    assert not RosterVersion.objects.exists()
    assert rosters.named_in(body) == ""
    assert rosters.frozen_readings(pinned(case.digest), body) == (None, {})
