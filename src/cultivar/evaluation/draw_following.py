"""What follows from the acts of a draw in the applications of the round: panels are named and changed there.

Every change is an act of its own on its application, by whoever did the act of the draw, in the same transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from cultivar.cases.models import Case
from cultivar.cases.perform import Refused, perform, terms
from cultivar.cases.record import Folded, load
from cultivar.evaluation import documents
from cultivar.evaluation.circumstances_query import judged
from cultivar.evaluation.draw_documents import Draw
from cultivar.evaluation.seating_document import panels_of
from cultivar.ledger.models import Entry
from cultivar.policy.model_procedure import Procedure
from cultivar.policy.text import Text
from cultivar.procedure.guards import Reason
from cultivar.procedure.record import Done
from cultivar.registry.actors import Actor

_WHY = Text("按抽取规则由备选 {taken_by} 递补（案件 {case}）：{reasons}", "")
_ON_CASE = Text("案件 {case}：{why}", "Case {case}: {why}")
_BEFORE = Text(
    "案件 {case} 的这一步已用同一编号办过，不能当作抽取的结果。请查账本后再办。",
    "This was done on case {case} under the same number before, and cannot pass for the draw's. Look into the ledger.",
)
KEY_DIGITS = 24  # of the hash of the draw's act, with which the keys of what follows from it begin
_following: ContextVar[bool] = ContextVar("following a draw", default=False)


def follows_a_draw() -> bool:
    """Whether what is being done right now follows from an act of a draw, and is not done by hand."""
    return _following.get()


@contextmanager
def _follow() -> Iterator[None]:
    token = _following.set(True)
    try:
        yield
    finally:
        _following.reset(token)


def name_panels(draw: Folded, done: Done, actor: Actor) -> None:
    """Names on each application the panel of its group.

    A panel that would be smaller than the notice asks for is not named: its applications stand in the document as short
    of experts, and wait for an office to see to them.
    """
    data = documents.read(done.content["seating"])
    people, least = people_of(draw), int(terms(draw.opening.parent).values.get("panel") or 1)
    key = _key(done)
    for number, experts in sorted(panels_of(data["seating"]).items()):
        if len(experts) >= least:
            _name(load(number), [people[one] for one in experts], actor, key)


def change_panels(draw: Folded, done: Done, actor: Actor) -> None:
    """Takes the one who left off the panels of the group where they still sit, and names the alternate there.

    Applications of the group without a panel, or judged to the end, stay as they are.
    """
    data = documents.read(done.content["substitution"])
    people, key = people_of(draw), _key(done)
    left, heir = people[data["left"]], people[data["taken_by"]]
    for number in _standing(draw, data["applications"]):
        case = load(number)
        if not _had_panel(case):
            continue
        if left in case.state.experts:
            why = _WHY.zh.format(taken_by=data["taken_by"], case=draw.number, reasons=done.content["reasons"])
            _release(case, left, why[:500], actor, key)
        _name(load(number), [heir], actor, key)


def people_of(draw: Folded) -> dict[str, str]:
    """The person behind each number, as the list was frozen: one query."""
    return dict(Draw(draw).known.people)


def _key(done: Done) -> str:
    """Under which number what follows is done: nobody can know it before, for the leaf holds a nonce."""
    return bytes(Entry.objects.values_list("leaf_hash", flat=True).get(seq=done.seq)).hex()[:KEY_DIGITS]


def _standing(draw: Folded, numbers: list[str]) -> list[str]:
    """Those of the applications whose panel can still be changed."""
    stages = judged(draw.programme)
    rows = Case.objects.filter(number__in=numbers).order_by("number")
    return [
        number
        for number, procedure, stage in rows.values_list("number", "procedure", "stage")
        if stage in stages.get(procedure, ())
    ]


def _had_panel(case: Folded) -> bool:
    act, field = _saying(case.procedure, "experts")
    return any(done.act == act and done.content.get(field) for done in case.state.acts)


def _name(case: Folded, people: list[str], actor: Actor, key: str) -> None:
    act, field = _saying(case.procedure, "experts")
    _do(case, act, actor, {field: people}, key)


def _release(case: Folded, person: str, why: str, actor: Actor, key: str) -> None:
    act, field = _saying(case.procedure, "seated-experts")
    content: dict[str, Any] = {field: [person]}
    for name, spec in case.procedure.acts[act].content.items():
        if spec.type == "long-text" and spec.required:
            content[name] = why
    _do(case, act, actor, content, key)


def _do(case: Folded, act: str, actor: Actor, content: dict[str, Any], key: str) -> None:
    """One act that follows; a refusal says on which case."""
    try:
        with _follow():
            receipt = perform(case.number, act, actor, content, key=f"{key}-{act}-{case.number}"[:80])
    except Refused as refused:
        reasons = (
            Reason(one.code, _ON_CASE.fill(case=case.number, why=one.text), one.articles)
            for one in refused.reasons
        )
        raise Refused(refused.option, tuple(reasons)) from None
    if receipt.repeated:
        raise Refused(None, (Reason("key", _BEFORE.fill(case=case.number)),))


def _saying(procedure: Procedure, content_type: str) -> tuple[str, str]:
    """The act and the field by which experts are named or released."""
    return next(
        (name, field)
        for name, act in procedure.acts.items()
        for field, spec in act.content.items()
        if spec.type == content_type
    )
