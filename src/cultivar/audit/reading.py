"""Who may read an entry of the ledger: its leaf, its receipt, whole bundles of leaves.

Everybody may know that an entry stands in the tree, by its number and hash. Its leaf is for an office that may read
the entry on the case's page and from which nothing in it is withheld, for who reads everything of its programme, and
for the public where it records a published act. What is sealed nobody reads but who said it. A leaf holds no personal
values, only commitments to them.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from cultivar.cases import entries, queries, work_queries
from cultivar.cases.models import Case
from cultivar.cases.programmes import versions
from cultivar.cases.record import Folded, load
from cultivar.cases.sealing import sealed_entries
from cultivar.ledger.canonical import NotCanonical, read
from cultivar.ledger.models import Entry
from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Act, ContentField
from cultivar.policy.text import Text
from cultivar.procedure.engine import plays
from cultivar.procedure.record import BrokenRecord
from cultivar.registry.actors import PUBLIC, Actor

_PUBLISHED = "published matters"  # scope of the bodies that stand for the public
_EVERYTHING = "everything"


@dataclass(frozen=True)
class Leaf:
    """An entry whose leaf may be read. ``data`` is what its bytes say; None where they say nothing readable."""

    entry: Entry
    data: dict[str, Any] | None


def reads_everything(programme: Programme, actor: Actor) -> bool:
    """Whether an office reads all that is done under a programme, as auditors do."""
    return any(
        body.scope == _EVERYTHING and plays(programme, part, actor) and actor.region in ("", programme.region)
        for part, body in programme.bodies.items()
    )


def audits(actor: Actor) -> bool:
    """Whether an office reads all that is done under some programme here."""
    return any(reads_everything(programme, actor) for programme in versions().values())


def reads_all(actor: Actor, found: list[Entry]) -> bool:
    """Whether an office may read every one of these leaves because it audits every programme concerned."""
    audited = [digest for digest, one in versions().items() if reads_everything(one, actor)]
    numbers = {entry.case for entry in found}
    return bool(audited) and Case.objects.filter(number__in=numbers, digest__in=audited).count() == len(
        numbers
    )


def leaf(entry: Entry, actor: Actor) -> Leaf | None:
    """The leaf of an entry, where it may be read. None for everybody else."""
    row = Case.objects.filter(number=entry.case).first()
    programme = versions().get(row.digest) if row else None
    if programme is None:
        return None
    if reads_everything(programme, actor) and not sealed_entries([entry]):
        return opened(entry)
    case = _case(entry.case)
    if case is None:
        return None
    on_the_case = not actor.is_public and _reads_on_the_case(case, entry, actor)
    return opened(entry) if on_the_case or is_published(case, entry) else None


def opened(entry: Entry) -> Leaf:
    """An entry with what its leaf says, for whoever is known to be allowed to read it."""
    try:
        return Leaf(entry, read(bytes(entry.leaf)))
    except NotCanonical:
        return Leaf(entry, None)


def is_published(case: Folded, entry: Entry) -> bool:
    """Whether an entry records an act that took effect and made something public, and says nothing that is kept.

    A first act may also fix whose the case is; that is never published by it.
    """
    act = case.procedure.acts.get(entry.kind)
    if act is None or not act.publishes or any(_kept_back(case, spec) for spec in act.content.values()):
        return False
    opens_whose = act.opens_case and bool(case.opening.applicant or case.opening.subject)
    if entry.step == "decline" or opens_whose or _kept_from_the_public(case, act):
        return False
    effective = {done.seq for done in case.state.acts}
    return entry.seq in effective or entry.seq in entries.agreed_proposals(case.number)


def _kept_back(case: Folded, spec: ContentField) -> bool:
    """Whether no public page shows such a field: it is for some offices, names people, or gives reasons at length.

    What is published of a round, or of a matter that hangs on one, is public as a whole.
    """
    at_length = spec.type in (
        "long-text",
        "people",
        "names",
        "experts",
        "seated-experts",
        "barred-experts",
        "attending-experts",
    )
    return bool(spec.seen_by or spec.sealed_until) or (at_length and not _of_a_round(case))


def _of_a_round(case: Folded) -> bool:
    """Whether a case is a round or hangs on one."""
    parent = case.programme.procedures.get(case.procedure.parent or "")
    return "round" in (case.procedure.about, parent.about if parent else "")


def office_names(keys: set[str]) -> dict[str, Text]:
    """The short names of offices by key, the public's among them: one query."""
    return {PUBLIC.office_key: PUBLIC.office_name, **work_queries.office_names(keys)}


def _reads_on_the_case(case: Folded, entry: Entry, actor: Actor) -> bool:
    if not queries.visible(actor).filter(number=entry.case).exists():
        return False
    done = entries.readable(case, actor, entry.seq)
    return done is not None and not entries.withheld(case, done, actor)


def _kept_from_the_public(case: Folded, act: Act) -> bool:
    public = {name for name, body in case.programme.bodies.items() if body.scope == _PUBLISHED}
    return bool(public & {*act.hidden_from, *case.procedure.hidden_from})


def _case(number: str) -> Folded | None:
    """The case of an entry; None where its record cannot be read any more."""
    try:
        return load(number)
    except (ObjectDoesNotExist, BrokenRecord, NotCanonical, LookupError):
        return None
