"""What an office may read of a case that it may see: which parts it takes there, and which entries are for it."""

from collections.abc import Iterator

from cultivar.cases.record import Folded, load
from cultivar.cases.record import matter as matter_of
from cultivar.policy.model import Programme
from cultivar.procedure.engine import covers, plays
from cultivar.procedure.matter import Terms
from cultivar.procedure.record import Done
from cultivar.registry.actors import Actor


def parts_of(case: Folded, actor: Actor) -> frozenset[str]:
    """The parts that the office takes on this case: a city is the lead's authority here, a partner's there."""
    programme = case.programme
    assignable = any(
        body.scope == "assigned cases" and plays(programme, part, actor)
        for part, body in programme.bodies.items()
    )
    parent = load(case.opening.parent) if case.opening.parent and assignable else None
    matter = matter_of(case, Terms(), parent=parent)
    return frozenset(
        part
        for part in programme.bodies
        if plays(programme, part, actor) and covers(programme, part, actor, matter, case.state)
    )


def oversees(programme: Programme, actor: Actor) -> bool:
    """Whether the office answers for the whole programme, or reads all of it: who may see how experts scored."""
    return any(
        plays(programme, part, actor)
        and (
            (body.scope == "everything" and actor.region in ("", programme.region))
            or (body.scope == "whole region" and actor.region == programme.region)
        )
        for part, body in programme.bodies.items()
    )


def hidden(case: Folded, act_id: str, parts: frozenset[str]) -> bool:
    """Whether an act is kept from an office that takes these parts."""
    act = case.procedure.acts.get(act_id)
    return act is not None and parts <= set(act.hidden_from)


def reads_unagreed(case: Folded, done: Done, parts: frozenset[str]) -> bool:
    """Whether an office reads a proposal, or why it was declined: those who propose or agree, and who sees all."""
    act = case.act_of(done)
    everything = {part for part in parts if case.programme.bodies[part].scope == "everything"}
    return bool(everything or parts & {act.body, act.agreeing[0]})


def record(case: Folded, actor: Actor) -> Iterator[Done]:
    """The entries that this office may read, newest first. One's own acts are always among them."""
    state, parts = case.state, parts_of(case, actor)
    waiting = [one for one in (state.pending, state.erasing) if one is not None]
    readable = [done for done in (*state.declined, *waiting) if reads_unagreed(case, done, parts)]
    readable += [done for done in state.acts if _own(done, actor) or not hidden(case, done.act, parts)]
    readable += [done for done in state.erasures if _sees_erasure(case, done, parts)]
    yield from sorted(readable, key=lambda done: -done.seq)


def _sees_erasure(case: Folded, erasure: Done, parts: frozenset[str]) -> bool:
    """Whoever reads the act of which something was erased reads that it was; of a proposal, who reads those."""
    act_id = erasure.content["act"]
    effective = any(done.said_in == erasure.content["entry"] for done in case.state.acts)
    return not hidden(case, act_id, parts) and (effective or reads_unagreed(case, erasure, parts))


def _own(done: Done, actor: Actor) -> bool:
    return bool(done.person) and done.person == actor.person_key
