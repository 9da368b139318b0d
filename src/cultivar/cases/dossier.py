"""The dossier: saving field by field, what is missing, and freezing a version when it is submitted."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from cultivar.appraisal.completeness import Item, check
from cultivar.cases.models import Case, Dossier, DossierVersion, Evidence
from cultivar.cases.programmes import pinned
from cultivar.cases.record import Folded
from cultivar.ledger import clock, randomness
from cultivar.ledger.append import canonical
from cultivar.policy.model import Programme
from cultivar.policy.text import Text


class Conflict(Exception):
    """Somebody else saved the same field meanwhile; ``theirs`` is what now stands there."""

    def __init__(self, theirs: Any) -> None:
        super().__init__("saved by somebody else meanwhile")
        self.theirs = theirs


class Closed(Exception):
    """The dossier is submitted and cannot be changed."""


@dataclass(frozen=True)
class Saved:
    """The answer to a save: the new revision and the field's state."""

    revision: int
    item: Item


def is_open(case: Case) -> bool:
    """Whether the applicant may change the dossier: an act that freezes it can be done from this stage."""
    procedure = pinned(case.digest).procedures[case.procedure]
    freezing = (
        act for act in procedure.acts.values() if any(spec.type == "dossier" for spec in act.content.values())
    )
    return any(case.stage in act.from_ for act in freezing)


def items(case: Case, programme: Programme) -> list[Item]:
    """The state of every field of the dossier's working copy: two queries."""
    dossier = Dossier.objects.filter(case=case).first()
    return check(programme, dossier.data if dossier else {}, evidence_counts(case))


def evidence_counts(case: Case) -> dict[str, int]:
    """How many files each field has."""
    counts: dict[str, int] = {}
    for slot in Evidence.objects.filter(case=case).values_list("slot", flat=True):
        counts[slot] = counts.get(slot, 0) + 1
    return counts


def shortfall(folded: Folded) -> list[Item]:
    """The fields that keep the dossier from being submitted."""
    case = Case.objects.get(number=folded.number)
    return [item for item in items(case, folded.programme) if not item.complete]


@transaction.atomic
def save_field(case: Case, field: str, raw: Any, base: Any = None) -> Saved:
    """Saves one field as typed, right or wrong; what is wrong is said, and blocks only the submission.

    ``base`` is what the page showed before; where another person saved something else meanwhile, ``Conflict``.
    Raises ``Closed`` once the dossier is submitted and ``KeyError`` for an unknown field.
    """
    programme = pinned(case.digest)
    spec = programme.form_fields[field]
    if not is_open(case):
        raise Closed
    Dossier.objects.get_or_create(case=case)
    dossier = Dossier.objects.select_for_update().get(case=case)
    present = dossier.data.get(field)
    if base is not None and present not in (None, "", base, raw):
        raise Conflict(present)
    dossier.data = {**dossier.data, field: raw}
    dossier.revision = F("revision") + 1
    dossier.saved_at = clock.now()
    dossier.save()
    dossier.refresh_from_db(fields=["revision"])
    (item,) = [one for one in check(programme, dossier.data, evidence_counts(case)) if one.field == spec.id]
    return Saved(dossier.revision, item)


def freeze(folded: Folded) -> tuple[str, dict[str, Any]]:
    """Keeps the working copy as a version; gives its SHA-256 (hex) and its data."""
    dossier = Dossier.objects.get(case_id=folded.number)
    evidence = list(
        Evidence.objects.filter(case_id=folded.number, slot__in=folded.programme.form_fields)
        .order_by("slot", "sha256")
        .values("slot", "sha256", "name", "size")
    )
    body = canonical({"salt": randomness.token(16).hex(), "data": dossier.data, "evidence": evidence})
    sha256 = hashlib.sha256(body).hexdigest()
    DossierVersion.objects.create(sha256=sha256, case_id=folded.number, body=body, at=clock.now())
    return sha256, dossier.data


def thaw(version: DossierVersion) -> Mapping[str, Any]:
    """The data and evidence of a frozen version: ``{"data": ..., "evidence": [...]}``."""
    return dict(json.loads(bytes(version.body)))


def changed_fields(
    programme: Programme, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[tuple[Text, Any, Any]]:
    """What differs between the data of two versions: label, before, after."""
    return [
        (spec.text, before.get(name), after.get(name))
        for name, spec in programme.form_fields.items()
        if (before.get(name) or None) != (after.get(name) or None)
    ]
