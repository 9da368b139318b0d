"""One entry of a case as an office may read it: what is on the record, and proposals whatever became of them."""

from collections.abc import Mapping
from typing import Any

from cultivar.cases.perform import DECLINING
from cultivar.cases.record import Folded, done
from cultivar.cases.sealing import sealed_for
from cultivar.cases.sight import parts_of, reads_unagreed, record
from cultivar.ledger.models import Entry
from cultivar.policy.model_procedure import ContentField
from cultivar.procedure.record import ERASE, Done
from cultivar.registry.actors import Actor


def readable(case: Folded, actor: Actor, seq: int) -> Done | None:
    """The entry, where this office may read it; the case must be in its sight. None for others' as for none.

    What was agreed to is read like the act that it became; what was not, by those who propose or agree.
    """
    on_record = {one.seq: one for one in record(case, actor)}
    if seq in on_record:
        return on_record[seq]
    entry = Entry.objects.filter(case=case.number, seq=seq, step="propose").first()
    if entry is None:
        return None
    proposal = done(entry)
    own = bool(proposal.person) and proposal.person == actor.person_key
    agreed = agreed_proposals(case.number).get(seq) in on_record
    return proposal if own or agreed or reads_unagreed(case, proposal, parts_of(case, actor)) else None


def agreed_proposals(number: str) -> dict[int, int]:
    """The proposals of a case to which a second person agreed, each with the entry that did so: one query.

    An erasure waits beside whatever else does; of the rest the latest waits.
    """
    steps = Entry.objects.filter(case=number).exclude(step="do").order_by("seq")
    agreed: dict[int, int] = {}
    waiting: dict[bool, int] = {}
    for seq, kind, step in steps.values_list("seq", "kind", "step"):
        if step == "propose":
            waiting[kind == ERASE] = seq
            continue
        proposed = waiting.pop(kind == ERASE, None)
        if step == "confirm" and proposed is not None:
            agreed[proposed] = seq
    return agreed


def fields_of(case: Folded, one: Done) -> Mapping[str, ContentField]:
    """The fields that an entry of this act and step may fill."""
    return DECLINING if one.step == "decline" else case.act_of(one).content


def withheld(case: Folded, one: Done, actor: Actor) -> bool:
    """Whether an entry says something in the ledger itself that this office does not read.

    Personal values do not count: the ledger holds nothing but commitments to them.
    """
    parts = parts_of(case, actor) | own_part(case, one, actor)
    fields = fields_of(case, one)
    if sealed_for(case, one, actor.person_key) & one.content.keys():
        return True
    return any(_kept_from(fields.get(name), parts) for name in one.content)


def own_part(case: Folded, one: Done, actor: Actor) -> frozenset[str]:
    """The part that somebody took in an act of their own."""
    own = bool(one.person) and one.person == actor.person_key
    return frozenset({case.act_of(one).body}) if own else frozenset()


def _kept_from(spec: Any, parts: frozenset[str]) -> bool:
    return spec is not None and not spec.personal and bool(spec.seen_by) and not parts & set(spec.seen_by)
