"""The five files run: each main matter goes from its first act to its end through the one door."""

import pytest
from tests.programmes.walking import PERSON, Walk
from tests.world import actor, do

from cultivar.cases.models import Case, TitleChange, Todo
from cultivar.cases.perform import Refused
from cultivar.cases.queries import visible
from cultivar.cases.record import load
from cultivar.cases.replay import replay
from cultivar.cases.sight import parts_of
from cultivar.ledger import clock
from cultivar.registry import regions
from cultivar.registry.models import Holding, Office, Person

pytestmark = pytest.mark.django_db

JUDGED = ("assign", "score", "close-panel", "list", "publish")


@pytest.fixture(autouse=True)
def _regions() -> None:
    regions.load()


def held(title_of: Case) -> bool:
    """Whether the title that a case granted still stands."""
    grant = TitleChange.objects.get(case=title_of, kind=TitleChange.Kind.GRANT)
    return TitleChange.objects.filter(title=grant.title).order_by("seq").last() == grant


def test_a_chain_its_chief_its_resources_and_its_end():
    walk = Walk.of("shanxi-chains/2024", "140100")
    chain = walk.begin("chain", "submit", "designate")
    assert held(chain)
    with pytest.raises(Refused):
        walk.hang(chain, "resource")  # nobody is its chief yet
    chain = walk.on(chain.number, "appoint-chief", "record-lists", "coordinate")
    call = walk.hang(chain, "resource", "answer-department", "deliver-department", "not-enough")
    with pytest.raises(Refused):
        walk.on(chain.number, "end")  # a call is open
    assert walk.on(call.number, "escalate", "direct", "deliver-department", "confirm").stage == "settled"
    assert walk.hang(chain, "chain-review", "report", "conclude").final == "granted"
    assert walk.on(chain.number, "release-last-chief").stage == "designated"
    assert walk.about(chain, "removal", "remove").final == "granted"
    assert not held(chain)
    assert walk.on(chain.number, "end").final == "closed"


def test_a_new_chief_takes_over_what_hangs_on_the_chain():
    walk = Walk.of("shanxi-chains/2024", "140100")
    chain = walk.begin("chain", "submit", "designate", "appoint-chief")
    call = walk.hang(chain, "resource", "answer-department", "deliver-department")
    waits = Todo.objects.filter(case=call, body="chain-chief")
    assert {todo.person for todo in waits} == {PERSON}
    walk.on(chain.number, "release-last-chief")
    assert not waits.filter(person=PERSON).exists()
    successor = Person.objects.create(key="successor", login="successor", name="继任（虚构）")
    office = Office.objects.get(key="chain-chief-all")
    Holding.objects.create(person=successor, office=office, from_on="2020-01-01")
    act = walk.programme.procedures["chain"].acts["appoint-chief"]
    content = walk.content(act)
    (field,) = [name for name, spec in act.content.items() if spec.type == "experts"]
    first = walk.who(act.body, act.post)
    with clock.at(walk.tick()):
        step = {"step": "propose"} if act.four_eyes else {}
        do(chain.number, "appoint-chief", first, content | {field: ["successor"]}, **step)
        if act.four_eyes:
            do(chain.number, "appoint-chief", walk._second(act, ""), step="confirm")
    assert {todo.person for todo in waits.all()} == {"successor"}
    chief = actor("chain-chief", person="successor")
    assert visible(chief).filter(number=call.number).exists()
    assert "chain-chief" in parts_of(load(call.number), chief)
    assert list(replay()) == []


def test_a_call_that_a_local_government_answers_and_one_that_nobody_does():
    walk = Walk.of("shanxi-chains/2024", "140100", addressee="local")
    chain = walk.begin("chain", "submit", "designate", "appoint-chief")
    call = walk.hang(chain, "resource", "answer-local", "deliver-local", "confirm")
    assert call.final == "granted"
    unanswered = walk.hang(chain, "resource", "escalate-unanswered", "not-support")
    assert unanswered.final == "refused"


def test_a_town_is_designated_assessed_and_removed():
    walk = Walk.of("shanxi-towns/2024", "140700")
    town = walk.apply(
        "submit", "return", "resubmit", "recommend", "admit", *JUDGED, "submit-to-government", "designate"
    )
    assert town.stage == "designated"
    kept = walk.about(town, "assessment", "self-report", "give-opinion", "keep-tier")
    lowered = walk.about(
        town,
        "assessment",
        *("go-on-without", "give-opinion", "propose-lower", "submit-lowering", "lower-tier"),
    )
    assert (kept.final, lowered.final) == ("granted", "refused")
    walk.about(town, "adjustment", "submit-proposal", "end-designation")
    assert not held(town)


def test_an_objection_keeps_a_town_from_the_government_until_it_is_dismissed():
    walk = Walk.of("shanxi-towns/2024", "140700")
    walk.names = 4
    town = walk.apply("submit", "recommend", "admit", *JUDGED)
    objection = walk.hang(town, "objection")
    with pytest.raises(Refused) as refused:
        walk.on(town.number, "submit-to-government")  # the notice has run by now
    assert [reason.code for reason in refused.value.reasons] == ["no-open-objection"]
    walk.on(objection.number, "dismiss")
    assert walk.on(town.number, "submit-to-government").stage == "decision"


def test_no_objection_once_the_notice_has_run():
    walk = Walk.of("shanxi-towns/2024", "140700")
    town = walk.apply("submit", "recommend", "admit", *JUDGED)
    with pytest.raises(Refused) as refused:
        walk.hang(town, "objection")
    assert [reason.code for reason in refused.value.reasons] == ["notice-running"]


def test_a_zone_gets_its_position_a_revision_and_a_base():
    walk = Walk.of("shanxi-zones/2024", "140200")
    zone = walk.begin("positioning", "amend", "comment", "give-opinion", "determine")
    assert zone.lead_region_id == "140200"
    assert walk.about(zone, "revision", "give-opinion", "determine-revision").final == "granted"
    base = walk.about(
        zone,
        "demonstration-base",
        "amend-plan",
        "give-opinion",
        "support",
        "report-progress",
        "record-established",
    )
    assert base.final == "granted"
    walk.about(zone, "cancellation", "give-opinion", "cancel")
    assert not held(zone)


def test_the_departments_silence_holds_up_no_government():
    walk = Walk.of("shanxi-zones/2024", "140200")
    zone = walk.begin("positioning", "determine-after-time")
    assert held(zone)
    assert walk.about(zone, "demonstration-base", "support-after-time").stage == "building"
    assert walk.about(zone, "revision", "determine-revision-after-time").final == "granted"
    walk.about(zone, "cancellation", "cancel-after-time")
    assert not held(zone)


def test_a_platform_is_recognised_and_its_task_accepted():
    walk = Walk.of("shanxi-platforms/2024", "140100")
    platform = walk.apply("submit", "declare-support", "comment", "admit-platform", *JUDGED, "recognise")
    assert held(platform)
    task = walk.about(platform, "task", "plan", "report-progress", "report", "rectify", "rectified", "accept")
    assert task.final == "granted"


def test_a_green_project_is_supported():
    walk = Walk.of("shanxi-platforms/2024", "140100", kind="transformation")
    project = walk.apply("submit", "admit-project", *JUDGED, "support")
    assert project.stage == "supported"
    assert walk.about(project, "task", "plan", "report", "not-accept").final == "refused"
    assert held(project), "the report does not end a title for a failed task"


def test_a_park_is_assessed_and_becomes_a_typical_case():
    walk = Walk.of("parks/2025", "520100")
    park = walk.apply("submit", "return", "resubmit", "visit", "review", "forward", "conclude")
    assert park.final == "granted"
    case = walk.hang(park, "typical-case", "write", "ask", "write", "concur", "release")
    assert held(case)
    unassessed = walk.begin("monitoring", "report", "ask", "report", "conclude")
    assert (unassessed.final, unassessed.lead_region_id) == ("granted", "520100")
    walk.about(case, "taking-down", "state", "concur", "take-down")
    assert not held(case)
