"""A case held against its conditions: the working copy live, a submission as it was submitted."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import world as w
from tests.cases.test_rosters import known
from tests.registry import stated as s

from cultivar.cases.appraising import appraisal_of, appraise_many, facts_of, opinions_in
from cultivar.cases.dossier import latest_version, save_field
from cultivar.cases.models import Case, Subject
from cultivar.cases.programmes import pinned
from cultivar.cases.record import load
from cultivar.registry.statements import state

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day():
    with w.at("2026-05-07", 10):
        yield


@pytest.fixture
def of():
    return w.cluster()


@pytest.fixture
def case(of) -> Case:
    return w.application(w.announce(thresholds={"revenue": "301", "rd-intensity": "3"}), of)


def answer(appraisal, condition):
    return next(one for one in appraisal.answers if one.condition.id == condition)


def test_the_facts_of_a_working_copy_are_those_of_today(of, case):
    known(of)
    save_field(case, "revenue", "299")
    facts = facts_of(case)
    assert facts.thresholds == {"revenue": Decimal(301), "rd-intensity": Decimal(3)}
    assert facts.stated["revenue"] == 299
    assert facts.readings["revenue"].value == 300
    assert facts.files["financial-statements"] == 1
    assert (facts.on, facts.opinions) == ("2026-05-07", {})
    state(s.applicant(of.organisation_id), [s.firm(1, {2025: {"revenue": 101 * 10_000}})], at=s.LATER)
    assert facts_of(case).readings["revenue"].value == 301


def test_the_facts_of_a_submission_are_those_of_its_day(of, case):
    known(of)
    save_field(case, "revenue", "299")
    w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    with w.at("2026-05-11"):
        state(s.applicant(of.organisation_id), [s.firm(1, {2025: {"revenue": 9}})], at=s.LATER)
        facts = facts_of(case, latest_version(case))
    assert (facts.readings["revenue"].value, facts.stated["revenue"]) == (300, 299)
    assert (facts.on, facts.files["financial-statements"]) == ("2026-05-07", 1)


def test_a_condition_fails_by_the_roster_and_says_that_the_dossier_differs(of, case):
    known(of)
    save_field(case, "revenue", "400")
    found = appraisal_of(case)
    strength = answer(found, "strength")
    assert (strength.verdict, strength.figures[0].source, strength.figures[0].differs) == (
        "fails",
        "roster",
        True,
    )
    assert "还差 1 万元" in strength.ways[0].text.zh
    assert answer(found, "innovation").verdict == "judgement"
    assert found.verdict == "fails"


def test_without_a_roster_what_is_stated_counts(of, case):
    save_field(case, "revenue", "301")
    strength = answer(appraisal_of(case), "strength")
    assert (strength.verdict, strength.figures[0].source) == ("judgement", "dossier")


def test_opinions_are_the_latest_and_unclear_takes_back(of, case):
    w.to_city_review(case, of)
    lead = w.city(of.region_id)
    said = {**w.OPINIONS, "digital": {"opinion": "fails", "remark": "工具少（虚构）"}}
    w.do(case, "review", lead, {"opinions": said, "conclusion": "符合"})
    first = opinions_in(load(case.number))
    assert (first["digital"], first["strength"], "green" in first) == ("fails", "meets", False)
    visit = {**w.OPINIONS, "strength": {"opinion": "unclear", "remark": "待核（虚构）"}}
    w.do(case, "visit", lead, {**w.VISIT, "findings": visit})
    folded = load(case.number)
    assert opinions_in(folded).keys() == w.OPINIONS.keys() - {"strength", "green"}
    assert opinions_in(folded)["digital"] == "meets"
    assert opinions_in(folded, folded.state.acts[:1]) == {}
    found = appraisal_of(case, latest_version(case), opinions_in(folded))
    assert answer(found, "digital").judged == "meets"


@pytest.mark.parametrize("count", [1, 3])
def test_a_working_copy_is_appraised_in_eight_queries(of, case, count):
    known(of, count)
    row = Case.objects.get(pk=case.pk)
    with CaptureQueriesContext(connection) as captured:
        appraisal_of(row)
    assert len(captured) == 8  # its subject, notice, copy and files, and four for the roster


@pytest.mark.parametrize("count", [1, 3])
def test_a_submission_is_appraised_in_two_queries(of, case, count):
    known(of, count)
    w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    version = latest_version(case)
    row = Case.objects.get(pk=case.pk)
    with CaptureQueriesContext(connection) as captured:
        appraisal_of(row, version)
    assert len(captured) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_many_clusters_are_appraised_in_five_queries(of, case, count):
    for number in range(1, count + 1):
        known(w.cluster(number=number), number)
    programme, day = pinned(case.digest), date(2026, 5, 7)
    bounds = {"revenue": Decimal(300)}
    with CaptureQueriesContext(connection) as captured:
        found = appraise_many(Subject.objects.all(), programme, 2025, day, bounds)
    assert len(captured) == 5
    verdicts = [answer(one, "strength").verdict for _, one in sorted(found.items())]
    assert verdicts == ["fails", "judgement", "judgement"][:count]  # 100, 300 and 600
