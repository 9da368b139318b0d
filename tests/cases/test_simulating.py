"""A round read for a simulation: few queries, nothing written, and the page says only what its reader may see."""

import hashlib
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests import world as w

from cultivar.appraisal.simulated_procedure import first_obstacle
from cultivar.appraisal.simulation import Setting, places
from cultivar.cases.dossier import save_field
from cultivar.cases.models import Case, DossierVersion, RoundNotice
from cultivar.cases.programmes import calendar, catalogue
from cultivar.cases.simulating import RoundFacts, WouldWrite, last_decided, load_round, read_only
from cultivar.evaluation.ranking import ranking
from cultivar.ledger.models import Entry

pytestmark = pytest.mark.django_db

DRAFT = "guizhou-clusters/2025-draft"
HERE = "/desk/simulate/"


def refused(round_: Case, number: int, rd_intensity: str) -> Case:
    """An application that its city did not recommend."""
    of = w.cluster(w.ZUNYI, number)
    case = w.application(round_, of)
    save_field(case, "rd-intensity", rd_intensity)
    save_field(case, "major-events", "0")
    w.to_city_review(case, of)
    w.do(case, "review", w.city(of.region_id), {"opinions": w.OPINIONS, "conclusion": "不符合"})
    grounds = {"grounds": {"ecosystem": {"opinion": "fails"}}, "reasons": "理由（虚构）"}
    w.twice(case, "not-recommend", w.city(of.region_id), w.city(of.region_id, "reviewer"), grounds)
    return case


def granted(round_: Case, number: int, rd_intensity: str) -> Case:
    """A recognised application."""
    of = w.cluster(w.ZUNYI, number)
    with w.at("2026-04-16"):
        case = w.application(round_, of)
        save_field(case, "rd-intensity", rd_intensity)
        save_field(case, "major-events", "0")
        w.to_city_review(case, of)
        w.to_recommended(case, of)
    with w.at("2026-05-20"):
        w.to_listed(case)
        w.to_notice(case)
    with w.at("2026-05-28"):
        handler, reviewer = w.province("handler"), w.province("reviewer")
        w.twice(case, "recognise", handler, reviewer, {"decision": "黔工信〔2026〕9号"})
    return case


@pytest.fixture
def round_() -> Iterator[Case]:
    """A round with a recognised case at 2.8 %, a refused one and a draft that was never submitted."""
    w.regions.load()
    with w.at("2026-04-16"):
        announced = w.announce(quota=5, closes="2026-12-31T18:00+08:00")
        refused(announced, 2, "4")
        w.application(announced, w.cluster(w.ZUNYI, 3))
    granted(announced, 1, "2.8")
    with w.at("2026-05-29"):
        yield announced


def facts(of: Case) -> RoundFacts:
    """The round as a simulation takes it."""
    return load_round(of.number)


def digest() -> str:
    """Every row of every table."""
    found = hashlib.sha256()
    for model in sorted(apps.get_models(), key=lambda one: one._meta.label):
        for row in model._default_manager.order_by("pk").values_list():
            found.update(repr((model._meta.label, row)).encode())
    return found.hexdigest()


def test_the_round_is_read_whole_and_its_drafts_are_left_out(round_):
    known = facts(round_)
    assert [(one.end, one.figures["rd-intensity"]) for one in known.cases] == [
        ("refused", Decimal(4)),
        ("granted", Decimal("2.8")),
    ]
    assert known.cases[0].grounds == ("ecosystem",)
    effect = known.try_out(Setting(thresholds={"rd-intensity": Decimal(3)}))
    assert [one.verdict for one in effect.results] == ["same", "to refused"]


def test_what_really_happened_could_have_happened(round_):
    known = facts(round_)
    for case in known.cases:
        assert first_obstacle(case, case.programme, known.terms, calendar()) is None
    w.do(round_, "close", w.province("handler"))
    again = facts(round_).try_out(Setting(panel=1))  # the walk is made once the round is closed as well
    assert {one.verdict for one in again.results} == {"same"}


def test_it_takes_as_many_queries_for_one_case_as_for_more(round_):
    with CaptureQueriesContext(connection) as few:
        assert len(facts(round_).cases) == 2
    for number in (4, 5, 6):
        refused(round_, number, "3")
    with CaptureQueriesContext(connection) as more:
        assert len(facts(round_).cases) == 5
    assert len(few) == len(more) == 6
    with CaptureQueriesContext(connection) as again:
        facts(round_)
    assert len(again) == 1  # nothing was added meanwhile


def test_nothing_is_written(round_, client):
    draft = catalogue()[DRAFT].programme
    before = digest()
    with read_only():
        known = facts(round_)
        for setting in (Setting(), Setting(thresholds={"rd-intensity": Decimal(3)}), Setting(draft, quota=1)):
            known.try_out(setting)
    assert digest() == before
    w.signed_in(client, w.province("handler"))
    before = digest()
    answer = client.get(HERE, {"round": round_.number, "t.rd-intensity": "3", "under": DRAFT, "quota": "1"})
    assert answer.status_code == 200
    assert digest() == before


def test_a_write_during_a_simulation_is_refused(round_):
    case = Case.objects.filter(procedure="recognition").first()
    version = DossierVersion.objects.first()
    assert case is not None
    assert version is not None
    writes = [
        lambda: Case.objects.filter(pk=case.pk).update(name_zh="改"),
        lambda: DossierVersion.objects.filter(pk=version.pk).delete(),
        lambda: Entry.objects.bulk_create(
            [Entry(seq=10**6, case="X", kind="x", at=version.at, key="x", leaf=b"", leaf_hash=b"")]
        ),
        lambda: connection.cursor().execute("create table t (x int)"),
        lambda: connection.cursor().execute("with t as (select 1) delete from cases_todo"),
        lambda: connection.cursor().executemany("select %s", [(1,), (2,)]),
    ]
    before = digest()
    for write in writes:
        with pytest.raises(WouldWrite), transaction.atomic(), read_only():
            write()
    assert digest() == before
    Case.objects.filter(pk=case.pk).update(name_zh=case.name_zh)  # outside, the door is open again


def test_places_are_those_of_the_ranking(round_):
    cases = list(Case.objects.filter(round=round_, procedure="recognition").prefetch_related("seats"))
    found = ranking(round_.number, cases, {"quota": 5})
    official = {
        one.case.number: (one.rank, one.score.score, one.inside) for one in (*found.places, *found.out)
    }
    known = places([case for case in facts(round_).cases if case.end == "granted"], 5)
    assert official
    assert {number: (one.rank, one.mean, one.inside) for number, one in known.items()} == official


def test_the_last_decided_round_is_the_one_without_cases_in_hand(round_):
    with w.at("2026-05-30"):
        later = w.announce(opens="2026-05-30T08:00+08:00", closes="2026-06-30T18:00+08:00")
        assert last_decided(RoundNotice.objects.all()).case_id == round_.number
        refused(later, 9, "3")
        assert last_decided(RoundNotice.objects.all()).case_id == later.number
        of = w.cluster(w.ZUNYI, 10)
        w.to_city_review(w.application(later, of), of)
        assert last_decided(RoundNotice.objects.filter(case=later)).case_id == later.number
    assert last_decided([]) is None


# ------------------------------------------------------------------------------------------------------ the page

SEES_CASES = {"province": w.province("handler"), "auditor": w.actor("auditor")}
SEES_COUNTS = {"policy": w.actor("policy", region="520000")}
SEES_NOTHING = {
    "city": w.city(w.ZUNYI),
    "applicant": w.actor("applicant"),
    "expert": w.expert("e1"),
    "another province": w.actor("province", "handler", region="440000"),
    "another province's auditor": w.actor("auditor", region="440000"),
    "another province's policy office": w.actor("policy", region="440000"),
}


@pytest.mark.parametrize("who", [*SEES_CASES, *SEES_COUNTS, *SEES_NOTHING])
def test_who_sees_what(client, round_, who):
    w.signed_in(client, (SEES_CASES | SEES_COUNTS | SEES_NOTHING)[who])
    answer = client.get(HERE, {"round": round_.number, "t.rd-intensity": "3"})
    assert answer.status_code == (404 if who in SEES_NOTHING else 200)
    text = answer.content.decode()
    case = Case.objects.get(round=round_, final="granted")
    if who in SEES_CASES:
        assert case.number in text
        assert "2.8% &lt; 3%" in text
    else:
        for secret in (case.number, case.name_zh, case.name_en, "2.8"):
            assert secret not in text, secret
    if who in SEES_COUNTS:
        assert "第六条(三)" in text
        assert "1 → 0" in text


def test_a_visitor_is_asked_to_sign_in(client, round_):
    assert client.get(HERE).status_code == 302


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        ({"t.rd-intensity": "三"}, 200, "不是数字"),
        ({"t.nothing": "3"}, 200, "没有可设门槛的指标"),
        ({"quota": "-1"}, 200, "1 到 999"),
        ({"round": "GZ-1900-00001"}, 404, ""),
        ({"under": "nowhere/1"}, 404, ""),
        ({"under": "guangdong-clusters/2020"}, 404, ""),
        ({"under": DRAFT}, 200, "登记复审意见"),
    ],
)
def test_the_page_answers_whatever_the_address_says(client, round_, asked, status, says):
    w.signed_in(client, w.province("handler"))
    answer = client.get(HERE, asked)
    assert answer.status_code == status
    assert says in answer.content.decode()


def test_a_moved_bound_brings_back_the_result_alone(client, round_):
    w.signed_in(client, w.province("handler"))
    whole = client.get(HERE, {"t.rd-intensity": "3"}).content.decode()
    part = client.get(HERE, {"t.rd-intensity": "3"}, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="simulated"')
    assert "<html" in whole
    assert "<html" not in part
    assert "改为不予认定" in part


def test_the_page_takes_the_same_queries_however_many_cases(client, round_):
    w.signed_in(client, w.province("handler"))
    asked = {"round": round_.number, "t.rd-intensity": "3"}
    client.get(HERE)
    refused(round_, 4, "1")
    with CaptureQueriesContext(connection) as few:
        client.get(HERE, asked)
    for number in (5, 6, 7):
        refused(round_, number, "1")
    with CaptureQueriesContext(connection) as more:
        client.get(HERE, asked)
    assert len(few) == len(more)


def test_without_a_round_the_page_says_so(client):
    w.regions.load()
    w.signed_in(client, w.province("handler"))
    answer = client.get(HERE)
    assert answer.status_code == 200
    assert "还没有可试算的批次" in answer.content.decode()
