"""What follows from the acts of a draw in the applications of the round: panels are named and changed there.

Every change is an act of its own on its application, by whoever did the act of the draw, in the same transaction.
"""

from typing import Any

from cultivar.cases.models import Case
from cultivar.cases.perform import perform, terms
from cultivar.cases.record import Folded, load
from cultivar.evaluation import documents
from cultivar.evaluation.circumstances_query import judged, numbered, pools
from cultivar.evaluation.models import Expert
from cultivar.evaluation.seating_document import panels_of
from cultivar.policy.model_procedure import Procedure
from cultivar.policy.text import Text
from cultivar.procedure.record import Done
from cultivar.registry.actors import Actor

_WHY = Text("按抽取规则由备选 {taken_by} 递补（案件 {case}）：{reasons}", "")


def name_panels(draw: Folded, done: Done, actor: Actor) -> None:
    """Names on each application the panel of its group.

    A panel that would be smaller than the notice asks for is not named: its applications stand in the document as short
    of experts, and wait for an office to see to them.
    """
    data = documents.read(done.content["seating"])
    people, least = _people(draw), int(terms(draw.opening.parent).values.get("panel") or 1)
    for number, experts in sorted(panels_of(data["seating"]).items()):
        if len(experts) >= least:
            _name(load(number), [people[one] for one in experts], actor, f"seat-{done.seq}")


def change_panels(draw: Folded, done: Done, actor: Actor) -> None:
    """Takes the one who left off the panels of the group where they still sit, and names the alternate there."""
    data = documents.read(done.content["substitution"])
    people = _people(draw)
    left, heir = people[data["left"]], people[data["taken_by"]]
    for number in _standing(draw, data["applications"]):
        case = load(number)
        if left in case.state.experts:
            why = _WHY.zh.format(taken_by=data["taken_by"], case=draw.number, reasons=done.content["reasons"])
            _release(case, left, why[:500], actor, f"leave-{done.seq}")
        _name(load(number), [heir], actor, f"follow-{done.seq}")


def numbers_of(draw: Folded) -> dict[str, str]:
    """The number of each person in the pools of the programme: one query."""
    return {person: number for number, person in _people(draw).items()}


def _people(draw: Folded) -> dict[str, str]:
    """The person behind each number of the pools of the programme."""
    experts = list(Expert.objects.filter(pool__in=pools(draw.programme)).select_related("person", "pool"))
    return {number: person for person, number in numbered(experts).items()}


def _standing(draw: Folded, numbers: list[str]) -> list[str]:
    """Those of the applications whose panel can still be changed."""
    stages = judged(draw.programme)
    rows = Case.objects.filter(number__in=numbers).order_by("number")
    return [
        number
        for number, procedure, stage in rows.values_list("number", "procedure", "stage")
        if stage in stages.get(procedure, ())
    ]


def _name(case: Folded, people: list[str], actor: Actor, key: str) -> None:
    act, field = _saying(case.procedure, "experts")
    perform(case.number, act, actor, {field: people}, key=f"{key}-{case.number}")


def _release(case: Folded, person: str, why: str, actor: Actor, key: str) -> None:
    act, field = _saying(case.procedure, "seated-experts")
    content: dict[str, Any] = {field: [person]}
    for name, spec in case.procedure.acts[act].content.items():
        if spec.type == "long-text" and spec.required:
            content[name] = why
    perform(case.number, act, actor, content, key=f"{key}-{case.number}")


def _saying(procedure: Procedure, content_type: str) -> tuple[str, str]:
    """The act and the field by which experts are named or released."""
    return next(
        (name, field)
        for name, act in procedure.acts.items()
        for field, spec in act.content.items()
        if spec.type == content_type
    )
