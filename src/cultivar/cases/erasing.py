"""Erasing what the record says of a person: proposed by one, agreed to by another, and then gone with its salt.

Values of personal fields hang on entries as ``Sealed`` rows: those of an act on the act's entry, those of a dossier on
the entry of its submission, named ``dossier.<field>``. See ``cultivar.procedure.erasure`` for the law.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from cultivar.cases import evidence
from cultivar.cases.contents import label
from cultivar.cases.dossier import PERSONAL
from cultivar.cases.models import Case, Dossier
from cultivar.cases.perform import (
    CHANGED,
    DECLINING,
    BadContent,
    Receipt,
    Refused,
    earlier,
    project,
    receipt_of,
    sound_key,
    surroundings,
)
from cultivar.cases.record import Folded, from_leaf, load
from cultivar.ledger import append as ledger
from cultivar.ledger.canonical import NotCanonical, canonical, read
from cultivar.ledger.models import Entry, Sealed
from cultivar.policy.text import Text
from cultivar.procedure import erasure
from cultivar.procedure.content import ContentProblem, clean
from cultivar.procedure.engine import covers, plays
from cultivar.procedure.guards import Reason
from cultivar.procedure.record import ERASE, Done, StepKind, after
from cultivar.registry.actors import Actor

_NOT_YOURS = Text(
    "删除个人信息由主管这项政策的单位办理。",
    "Personal information is erased by the office that answers for the policy.",
)
_STILL_OPEN = Text(
    "事项还没有办结，目的没有实现、保存期限也没有届满；不能用这一项。",
    "The matter is still open: its purpose is not fulfilled and the time for keeping is not over.",
)
_WAITS = Text(
    "已有一项删除等待审签，先办完它。", "An erasure is waiting for a second person; settle that first."
)
_NOT_PROPOSED = Text("还没有人提出，不能审签。", "Nobody has proposed this yet.")
_ANOTHER = Text("须由另一人审签。", "Another person must agree.")


@dataclass(frozen=True)
class Kept:
    """The personal values that still hang on one entry: their fields with what they are called."""

    seq: int
    act: str
    name: Text
    at: datetime
    fields: tuple[tuple[str, Text], ...]


def kept(case: Folded) -> list[Kept]:
    """What could be erased from a case, by entry: one query; the values themselves are not read."""
    rows = Sealed.objects.filter(entry__case=case.number).order_by("entry_id", "field")
    found: dict[int, Kept] = {}
    for seq, kind, at, field in rows.values_list("entry_id", "entry__kind", "entry__at", "field"):
        one = found.get(seq) or Kept(seq, kind, case.procedure.acts[kind].text, at, ())
        found[seq] = replace(one, fields=(*one.fields, (field, label(case, kind, field))))
    return list(found.values())


def kept_on(case: Folded, done: Done) -> list[Kept]:
    """What could be erased of one act; under four eyes its values hang on the proposal's entry."""
    return [one for one in kept(case) if one.seq == done.said_in]


def may_agree(case: Folded, actor: Actor) -> bool:
    """Whether an erasure waits for this person's agreement."""
    pending = case.state.erasing
    return pending is not None and pending.person != actor.person_key and may_erase(case, actor)


def may_erase(case: Folded, actor: Actor) -> bool:
    """Whether the office is the one that answers for the whole region of the case's programme."""
    part = erasure.body_of(case.programme)
    return (
        part is not None
        and plays(case.programme, part, actor)
        and covers(case.programme, part, actor, surroundings(case), case.state)
    )


@transaction.atomic
def erase(
    number: str,
    actor: Actor,
    content: Mapping[str, Any] | None = None,
    *,
    key: str,
    step: StepKind,
    about: int | None = None,
) -> Receipt:
    """Proposes to erase values of one entry (``entry``, ``fields``, ``law``, ``reason``), agrees to it, or declines.

    ``about`` is the proposal (its entry) that whoever answers has read; where another waits meanwhile, it is refused.
    With the agreement the values and their salts are destroyed. ``key`` makes each step idempotent.
    Raises ``Refused``, ``BadContent``, or ``Case.DoesNotExist``.
    """
    key = sound_key(key)
    head = ledger.lock()
    known = earlier(key, actor, ERASE, number=number, step=step)
    if known is not None:
        return known
    before = load(number)
    reasons = _refusal(before, actor, step, about)
    if reasons:
        raise Refused(None, reasons)
    said = _content(before, step, content or {})
    try:
        entry = ledger.append(head, _draft(before, actor, step, said), key, ledger.now(head))
    except (NotCanonical, ledger.TooLong) as error:
        raise Refused(None, (Reason("content", error.text),)) from None
    state = after(before.procedure, before.state, from_leaf(entry.seq, read(bytes(entry.leaf))))
    if step == "confirm" and before.state.erasing is not None:
        _carry_out(before, before.state.erasing, entry)
        transaction.on_commit(ledger.empty_log)
    project(before, surroundings(before), replace(before, state=state))
    return receipt_of(entry)


def _refusal(case: Folded, actor: Actor, step: StepKind, about: int | None) -> tuple[Reason, ...]:
    pending = case.state.erasing
    if not may_erase(case, actor):
        return (Reason("office", _NOT_YOURS),)
    if step == "propose":
        return () if pending is None else (Reason("pending", _WAITS),)
    if pending is not None and about not in (None, pending.seq):
        return (Reason("changed", CHANGED),)
    if pending is None:
        return (Reason("not-proposed", _NOT_PROPOSED),)
    return (Reason("four-eyes", _ANOTHER),) if pending.person == actor.person_key else ()


def _content(case: Folded, step: StepKind, raw: Mapping[str, Any]) -> dict[str, Any]:
    if step == "confirm":
        return {}
    if step == "decline":
        content, problems = clean(DECLINING, raw)
    else:
        hanging = {one.seq: one for one in kept(case)}
        target = hanging.get(_seq(raw.get("entry")))
        fields = erasure.act_in(case.programme, case.procedure, ERASE).content
        content, problems = clean(fields, {**raw, "act": target.act if target else ""})
        problems += [] if problems else [*_unfound(content, target), *_needed(case, content)]
    if problems:
        raise BadContent(problems)
    return content


def _seq(said: Any) -> int:
    return int(said) if str(said).isascii() and str(said).isdigit() and len(str(said)) < 16 else -1


def _unfound(content: Mapping[str, Any], target: Kept | None) -> list[ContentProblem]:
    known = {name for name, _ in target.fields} if target else set()
    if set(content["fields"]) <= known:
        return []
    gone = Text(
        "所选的内容不在这条记录里，或已经删除。请刷新页面再选。",
        "What was chosen is not on this entry, or is erased already. Reload the page and choose again.",
    )
    return [ContentProblem("fields", gone)]


def _needed(case: Folded, content: Mapping[str, Any]) -> list[ContentProblem]:
    """While a matter is open, what was said in it is still needed: neither its purpose nor its time is over."""
    stage = case.procedure.stages.get(case.state.stage)
    if content["law"] not in erasure.WHEN_OVER or (stage is not None and stage.final):
        return []
    return [ContentProblem("law", _STILL_OPEN)]


def _draft(case: Folded, actor: Actor, step: StepKind, content: Mapping[str, Any]) -> ledger.Draft:
    return ledger.Draft(
        case=case.number,
        procedure=case.opening.procedure,
        programme=case.programme.key,
        digest=case.digest,
        act=ERASE,
        step=step,
        body=erasure.act_in(case.programme, case.procedure, ERASE).body,
        post=actor.post,
        office=actor.office_key,
        region=actor.region,
        person=actor.person_key,
        articles=(),
        content=content,
        personal={},
    )


def _carry_out(case: Folded, proposed: Done, by: Entry) -> None:
    target = Entry.objects.get(seq=proposed.content["entry"], case=case.number)
    for field in proposed.content["fields"]:
        value = Sealed.objects.filter(entry=target, field=field).values_list("value", flat=True).first()
        ledger.erase(by, target, field)
        if field.startswith(PERSONAL):
            _forget_in_dossier(case.number, field.removeprefix(PERSONAL), bytes(value or b""))
        elif case.procedure.acts[target.kind].content[field].type == "files" and value is not None:
            row = Case.objects.get(number=case.number)
            evidence.destroy(row, f"{target.kind}.{field}", json.loads(bytes(value)))


def _forget_in_dossier(number: str, field: str, value: bytes) -> None:
    """Takes a value out of the working copy as well, unless another was typed there since."""
    dossier = Dossier.objects.select_for_update().filter(case=number).first()
    if dossier is None or field not in dossier.data:
        return
    if canonical(dossier.data[field]) == value:
        dossier.data = {name: value for name, value in dossier.data.items() if name != field}
        dossier.revision += 1
        dossier.save(update_fields=["data", "revision"])
