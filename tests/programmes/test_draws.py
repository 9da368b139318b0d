"""Every programme whose experts score draws them by its own acts, and an alternate follows who leaves."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as project
from tests.demonstration.walkers import live, seated

from cultivar.cases.models import Case
from cultivar.cases.opening import open_on_case
from cultivar.cases.perform import perform
from cultivar.cases.record import load
from cultivar.cases.replay import replay
from cultivar.demonstration import elsewhere
from cultivar.demonstration.agenda import Story, working_day
from cultivar.demonstration.walking import Walker
from cultivar.evaluation import draw_verify, rounds
from cultivar.evaluation.circumstances_query import judged
from cultivar.evaluation.draw_documents import Draw
from cultivar.evaluation.models import Expert, Knowledge
from cultivar.ledger import clock
from cultivar.policy.reading import read_programme
from cultivar.registry import regions
from cultivar.registry.actors import Actor
from cultivar.registry.models import Office, Person

pytestmark = pytest.mark.django_db

KINDS = ("technology", "technology", "technology", "finance", "finance")
FILES = sorted(project.PROGRAMMES.glob("*/*.yaml"))
DRAWING = [
    programme.key
    for programme in (read_programme(path).programme for path in FILES)
    if rounds.drawing(programme) is not None
]


@pytest.fixture(autouse=True)
def _demonstration(settings, tmp_path):
    settings.DEMO = True  # so that a draft may be tried
    settings.EVIDENCE_FOLDER = tmp_path
    regions.load()


def pool(walker: Walker) -> None:
    """What is known of the company's experts: five kinds, who know the first field where there are fields."""
    programme = walker.programme
    experts = [one for one in walker.company.actors if one.body in programme.judging_bodies]
    for number, (actor, kind) in enumerate(zip(experts, KINDS, strict=True), 1):
        made = Expert.objects.create(
            person=Person.objects.get(key=actor.person_key),
            pool=Office.objects.get(key=actor.office_key),
            number=f"E{number}",
            kind=kind,
        )
        if programme.fields:
            Knowledge.objects.create(expert=made, scheme=programme.programme, code=programme.fields[0].id)


def evaluated(walker: Walker) -> Story:
    """A round with two applications, each brought to where its panel is named."""
    procedures = walker.programme.procedures
    parent = str(procedures[str(rounds.drawing(walker.programme))].parent)
    announced = str(elsewhere.announce(walker, parent, procedures[parent]))
    yield from walker.walk(announced, clock.today())
    round_ = Case.objects.get(number=announced)
    for name, stages in judged(walker.programme).items():
        for place in (0, 1):
            number = str(elsewhere.apply(walker, round_, name, procedures[name], place))
            while Case.objects.get(number=number).stage not in stages:
                yield working_day(clock.today(), 1)
                assert walker.step(number)


def drawn(walker: Walker) -> Story:
    """The round's experts are drawn and seated, and one of them leaves."""
    (round_,) = {case.round for case in Case.objects.filter(procedure__in=judged(walker.programme))}
    today, name = clock.today(), str(rounds.drawing(walker.programme))
    opens = working_day(today, 1)
    plan: dict[str, Any] = {
        "seats": {"technology": 2, "finance": 1},
        "alternates": 1,
        "largest": 5,
        "floor": 35 if walker.programme.fields else 0,
        "same-city": "allowed",
        "from": opens.isoformat(),
        "until": working_day(today, 20).isoformat(),
        "sources": ["示例彩票（虚构）"],
        "values-on": opens.isoformat(),
    }
    first, second = pair(walker, name, "freeze")
    number = open_on_case(round_, name, first, plan, key=walker.key()).case
    yield today
    perform(number, "freeze", second, {}, key=walker.key(), step="confirm")
    yield (day := working_day(opens, 1))
    first, second = pair(walker, name, "draw")
    seed = {"seed": {"示例彩票（虚构）": "03 07 12"}, "proof": "公告（虚构）"}
    perform(number, "draw", first, seed, key=walker.key(), step="propose")
    yield day
    perform(number, "draw", second, {}, key=walker.key(), step="confirm")
    yield day
    perform(number, "seat", pair(walker, name, "seat")[0], {}, key=walker.key())


def left(walker: Walker, number: str, leaves: str) -> Story:
    """An expert leaves."""
    yield clock.today()
    actor = pair(walker, str(rounds.drawing(walker.programme)), "substitute")[0]
    perform(number, "substitute", actor, {"leaves": leaves, "reasons": "因病（虚构）"}, key=walker.key())


def pair(walker: Walker, procedure: str, act_id: str) -> tuple[Actor, Actor]:
    """Who does an act and, where two must agree, who agrees."""
    act = walker.programme.procedures[procedure].acts[act_id]
    first = next(walker.company.of(act.body, act.post))
    if not act.four_eyes:
        return first, first
    return first, next(walker.company.of(*act.agreeing, but=first.person_key))


def panels(walker: Walker) -> Iterator[set[str]]:
    """Who sits on each application."""
    for case in Case.objects.filter(procedure__in=judged(walker.programme)):
        yield set(load(case.number).state.experts)


def story(walker: Walker, *parts: Any) -> Story:
    """One part after the other, from the first day of the elsewhere stories on."""
    force = walker.programme.in_force
    yield working_day(max(elsewhere.START, force.from_) if force else elsewhere.START)
    for part in parts:
        yield from part


def test_the_programmes_that_score_are_those_that_draw():
    scoring = [one.key for one in (read_programme(path).programme for path in FILES) if judged(one)]
    assert scoring == DRAWING
    assert len(DRAWING) == 5


@pytest.mark.parametrize("key", DRAWING)
def test_its_round_is_drawn_and_its_panels_follow(key):
    walker = seated(key)
    pool(walker)
    live(story(walker, evaluated(walker), drawn(walker)))
    (case,) = Case.objects.filter(procedure=rounds.drawing(walker.programme))
    made = Draw(load(case.number))
    assert draw_verify.verify(made.result["seats"]) == []
    assert draw_verify.verify(made.result["order"]) == []
    seats = {one for line in made.result["seats"]["draws"] for one in line["seats"]}
    people = {one.number: one.person.key for one in Expert.objects.select_related("person")}
    assert list(panels(walker)) == [{people[one] for one in seats}] * 2
    line = next(one for one in made.result["seats"]["draws"] if one["kind"] == "finance")
    live(story(walker, left(walker, case.number, line["seats"][0])))
    followed = seats - set(line["seats"]) | set(line["alternates"])
    assert list(panels(walker)) == [{people[one] for one in followed}] * 2
    assert replay() == []
