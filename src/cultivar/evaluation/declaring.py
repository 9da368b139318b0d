"""What an expert declares: an organisation to stand aside from, from when until when, and why. Nothing is deleted."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from cultivar.evaluation.models import Declaration, Expert
from cultivar.evaluation.standing_aside import STANDING
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor

MOST = 100  # declarations of one expert that stand at a time


@dataclass(frozen=True)
class Declared:
    """What an expert says. ``organisation``: a sound credit code, or "" where only the name is known."""

    name: str
    organisation: str
    what: str
    from_on: date | None = None
    until_on: date | None = None


class NotDeclared(Exception):
    """It cannot be kept; ``text`` says why and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


GONE = Text(
    "这条声明已经撤回，或不是你的。刷新后再看。",
    "This declaration was withdrawn already, or is not yours. Reload the page and look again.",
)
NO_REASON = Text(
    "没有写撤回的理由。写明情况有什么变化再撤回。", "The reason is missing. Say what has changed."
)
TOO_MANY = Text(
    f"有效的声明已有 {MOST} 条。先撤回不再需要的。",
    f"{MOST} declarations stand already. Withdraw those no longer needed.",
)


def expert_of(actor: Actor) -> Expert | None:
    """What the pool at whose desk somebody sits knows of them: one query. None where it knows nothing."""
    rows = Expert.objects.filter(person__key=actor.person_key, pool__key=actor.office_key)
    return rows.select_related("person", "pool", "region").first()


@transaction.atomic
def declare(expert: Expert, said: Declared) -> Declaration:
    """Keeps a declaration; it counts from its first day on, in every round. Raises ``NotDeclared``."""
    Expert.objects.select_for_update().get(pk=expert.pk)
    standing = expert.declarations.filter(STANDING)
    same = standing.filter(
        name=said.name, organisation=said.organisation, from_on=said.from_on, until_on=said.until_on
    ).first()
    if same is not None:
        return same  # said twice
    if standing.count() >= MOST:
        raise NotDeclared(TOO_MANY)
    return Declaration.objects.create(
        expert=expert,
        name=said.name,
        organisation=said.organisation,
        what=said.what,
        from_on=said.from_on,
        until_on=said.until_on,
        at=clock.now(),
    )


@transaction.atomic
def withdraw(expert: Expert, number: int, reason: str) -> None:
    """Ends a declaration of the expert's own; it stays on record with the reason. Raises ``NotDeclared``."""
    found = Declaration.objects.select_for_update().filter(STANDING, expert=expert, pk=number).first()
    if found is None:
        raise NotDeclared(GONE)
    if not reason.strip():
        raise NotDeclared(NO_REASON)
    found.ended_at, found.reason = clock.now(), reason.strip()[:200]
    found.save(update_fields=["ended_at", "reason"])
