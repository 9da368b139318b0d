"""What is sealed: values that only who said them reads, until an act opens them. Pure; acts in effect, in order.

Sealing is a rule of reading, not of secrecy: the ledger's leaf holds the value from the start.
"""

from collections.abc import Sequence

from cultivar.policy.model_procedure import Act, Procedure
from cultivar.procedure.record import Done


def sealed_fields(procedure: Procedure, acts: Sequence[Done], done: Done) -> frozenset[str]:
    """The fields of an entry that are still sealed: no act that unseals them took effect after it."""
    act = procedure.acts.get(done.act)
    if act is None:
        return frozenset()
    after = {later.act for later in acts if later.seq > done.seq}
    return frozenset(
        name
        for name, spec in act.content.items()
        if spec.sealed_until is not None and spec.sealed_until not in after
    )


def panel_closed(procedure: Procedure, acts: Sequence[Done]) -> bool:
    """Whether what the panel handed in is unsealed and the panel has not changed since.

    A procedure that seals no score sheet has no panel to close: its sheets are open from the start.
    """
    closing = {
        spec.sealed_until
        for act in procedure.acts.values()
        for spec in act.content.values()
        if spec.type == "score-sheet" and spec.sealed_until is not None
    }
    if not closing:
        return True
    closed = False
    for done in acts:
        if done.act in closing:
            closed = True
        elif done.act in procedure.acts and changes_panel(procedure.acts[done.act]):
            closed = False
    return closed


def changes_panel(act: Act) -> bool:
    """Whether somebody joins or leaves the panel by this act."""
    return act.leaves_panel or any(
        spec.type in ("experts", "seated-experts", "barred-experts") for spec in act.content.values()
    )
