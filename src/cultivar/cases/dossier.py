"""The dossier: saving field by field, what is missing, and freezing a version when it is submitted."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from cultivar.appraisal.completeness import Item, check
from cultivar.appraisal.leads import prints
from cultivar.cases import rosters
from cultivar.cases.dossier_values import whole
from cultivar.cases.models import Case, Dossier, DossierPrints, DossierVersion, Evidence, RoundNotice
from cultivar.cases.programmes import pinned
from cultivar.cases.record import Folded
from cultivar.cases.saving import contested
from cultivar.ledger import clock, randomness
from cultivar.ledger.canonical import canonical
from cultivar.ledger.models import Sealed
from cultivar.policy.model import Programme
from cultivar.policy.model_form import FormField

PERSONAL = "dossier."  # before the name of a field whose value hangs on the entry that submitted it


class Conflict(Exception):
    """Somebody else saved the same field meanwhile; ``theirs`` is what now stands there."""

    def __init__(self, theirs: Any) -> None:
        super().__init__("saved by somebody else meanwhile")
        self.theirs = theirs


class Closed(Exception):
    """The dossier is submitted and cannot be changed."""


class NotTyped(Exception):
    """The house says this itself."""


class FromRegister(NotTyped):
    """The register says this, as it was chosen when the application was started; the dossier only repeats it."""


class Derived(NotTyped):
    """It follows from other entries, or from the roster."""


@dataclass(frozen=True)
class Saved:
    """The answer to a save: the new revision, when, all data with what follows from them, and every field's state."""

    revision: int
    at: datetime
    data: Mapping[str, Any]
    item: Item
    items: tuple[Item, ...]


@dataclass(frozen=True)
class SectionSaved:
    """The answer to a save of several fields: what others changed meanwhile, and every field's state."""

    conflicts: Mapping[str, Any]  # field -> what stands there now
    data: Mapping[str, Any]
    items: tuple[Item, ...]


def is_open(case: Case) -> bool:
    """Whether the applicant may change the dossier: an act that freezes it can be done from this stage."""
    procedure = pinned(case.digest).procedures[case.procedure]
    freezing = (
        act for act in procedure.acts.values() if any(spec.type == "dossier" for spec in act.content.values())
    )
    return any(case.stage in act.from_ for act in freezing)


def items(case: Case, programme: Programme) -> list[Item]:
    """The state of every field of the dossier's working copy: two queries."""
    return check(programme, working(case, programme), evidence_counts(case))


def working(case: Case, programme: Programme) -> dict[str, Any]:
    """The data of the working copy, with what nobody types: one query."""
    dossier = Dossier.objects.filter(case=case).first()
    return whole(case, programme, dossier.data if dossier else {})


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
def lock_open(case: Case) -> Dossier:
    """The working copy, locked until the transaction ends: nothing changes while it is being submitted.

    Raises ``Closed`` once the dossier is submitted.
    """
    Dossier.objects.get_or_create(case=case)
    dossier = Dossier.objects.select_for_update().get(case=case)
    case.refresh_from_db(fields=["stage"])  # it may have been submitted while we waited for the lock
    if not is_open(case):
        raise Closed
    return dossier


@transaction.atomic
def save_field(case: Case, field: str, raw: Any, base: Any = None) -> Saved:
    """Saves one field as typed, right or wrong; what is wrong is said, and blocks only the submission.

    ``base`` is what the page showed before; raises ``Conflict`` where another person saved something else
    meanwhile, ``Closed`` once the dossier is submitted, ``NotTyped`` for what the register says or what follows
    from other entries, and ``KeyError`` for an unknown field.
    """
    programme = pinned(case.digest)
    spec = programme.form_fields[field]
    _check_typed(spec)
    dossier = lock_open(case)
    if contested(dossier.data.get(field), raw, base):
        raise Conflict(dossier.data.get(field))
    _write(dossier, {field: raw})
    data = whole(case, programme, dossier.data)
    states = check(programme, data, evidence_counts(case))
    (item,) = [one for one in states if one.field == spec.id]
    return Saved(dossier.revision, dossier.saved_at or clock.now(), data, item, tuple(states))


def _check_typed(spec: FormField) -> None:
    if spec.fixed:
        raise FromRegister
    if spec.derived:
        raise Derived


@transaction.atomic
def save_section(case: Case, typed: Mapping[str, Any], bases: Mapping[str, Any]) -> SectionSaved:
    """Saves the fields that differ from what the page showed (``bases``), and leaves the others alone.

    A field that another person changed meanwhile is not saved and stands in ``conflicts``. Raises ``Closed``,
    and ``NotTyped`` where ``typed`` holds what the register says or what follows from other entries.
    """
    programme = pinned(case.digest)
    fields = programme.form_fields
    for name in typed:
        if name in fields:
            _check_typed(fields[name])
    dossier = lock_open(case)
    changed = {
        name: raw
        for name, raw in typed.items()
        if name in programme.form_fields and (raw or None) != (bases.get(name) or None)
    }
    conflicts = {
        name: dossier.data.get(name)
        for name, raw in changed.items()
        if contested(dossier.data.get(name), raw, bases.get(name))
    }
    ours = {
        name: raw for name, raw in changed.items() if name not in conflicts and raw != dossier.data.get(name)
    }
    if ours:
        _write(dossier, ours)
    data = whole(case, programme, dossier.data)
    return SectionSaved(conflicts, data, tuple(check(programme, data, evidence_counts(case))))


def _write(dossier: Dossier, values: Mapping[str, Any]) -> None:
    dossier.data = {**dossier.data, **values}
    dossier.revision += 1  # under the lock
    dossier.saved_at = clock.now()
    dossier.save()


@dataclass(frozen=True)
class Frozen:
    """A version just kept: its SHA-256 (hex), its data, and the personal values, which the version leaves out."""

    sha256: str
    data: Mapping[str, Any]
    personal: Mapping[str, Any]


def freeze(folded: Folded, seq: int) -> Frozen:
    """Keeps the working copy as the version that entry ``seq`` submits.

    Personal values are left out: they hang on the entry, named ``dossier.<field>``, so that they can be erased.
    Where the subject has a roster, it is kept as well, and named with what was read off it.
    """
    dossier = Dossier.objects.select_for_update().get(case_id=folded.number)
    evidence = list(
        Evidence.objects.filter(case_id=folded.number, slot__in=folded.programme.form_fields)
        .order_by("slot", "sha256")
        .values("slot", "sha256", "name", "size", "pages")
    )
    private = {name for name, spec in folded.programme.form_fields.items() if spec.personal}
    case = Case.objects.get(number=folded.number)
    full = whole(case, folded.programme, dossier.data)  # what follows is kept as it stood then
    data = {name: value for name, value in full.items() if name not in private}
    body = canonical(
        {"salt": randomness.token(16).hex(), "data": data, "evidence": evidence, **_roster(folded)}
    )
    sha256 = hashlib.sha256(body).hexdigest()
    version = DossierVersion.objects.create(
        sha256=sha256, case_id=folded.number, seq=seq, body=body, at=clock.now()
    )
    DossierPrints.objects.create(version=version, prints=text_prints(folded.programme, data))
    personal = {
        PERSONAL + name: value for name, value in full.items() if name in private and value not in (None, "")
    }
    return Frozen(sha256, full, personal)


def _roster(folded: Folded) -> dict[str, Any]:
    """What the version says of the roster; nothing where the subject has none."""
    opening = folded.opening
    notice = RoundNotice.objects.filter(case=opening.round).first() if opening.round else None
    year = rosters.year_reported(notice)
    frozen = rosters.freeze(opening.subject, folded.programme, year, clock.today())
    return {} if frozen is None else {"roster": frozen.roster, "readings": frozen.readings}


def text_prints(programme: Programme, data: Mapping[str, Any]) -> dict[str, list[int]]:
    """The prints of the long texts that are nobody's personal data, by field."""
    texts = (
        name for name, spec in programme.form_fields.items() if spec.type == "long-text" and not spec.personal
    )
    found = {name: sorted(prints(str(data.get(name) or ""))) for name in texts}
    return {name: marks for name, marks in found.items() if marks}


def latest_version(case: Case) -> DossierVersion | None:
    """The version submitted last."""
    return DossierVersion.objects.filter(case=case).order_by("-at").first()


def thaw(version: DossierVersion) -> Mapping[str, Any]:
    """A frozen version without personal values: ``{"data": ..., "evidence": [...]}``.

    Where there was a roster, ``roster`` (sha256, firms, year) and ``readings`` by indicator too.
    """
    return dict(json.loads(bytes(version.body)))


def personal_of(version: DossierVersion) -> dict[str, Any]:
    """The personal values of a version that are not erased, by field: one query."""
    return personal_values([version]).get(version.seq, {})


def personal_values(versions: Iterable[DossierVersion]) -> dict[int, dict[str, Any]]:
    """The personal values of versions that are not erased, by the entry that submitted them and field: one query."""
    entries = [version.seq for version in versions]
    rows = Sealed.objects.filter(entry__in=entries, field__startswith=PERSONAL)
    found: dict[int, dict[str, Any]] = {}
    for entry, field, value in rows.values_list("entry_id", "field", "value"):
        found.setdefault(entry, {})[field.removeprefix(PERSONAL)] = json.loads(bytes(value))
    return found


def changed(programme: Programme, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FormField]:
    """The fields whose data differ between two versions, in the order of the form."""
    return [
        spec
        for name, spec in programme.form_fields.items()
        if (before.get(name) or None) != (after.get(name) or None)
    ]
