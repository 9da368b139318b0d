"""Sheets while they are written: saved as typed, entry by entry, for the expert alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cultivar.cases.models import Case
from cultivar.cases.record import Folded
from cultivar.cases.saving import contested
from cultivar.evaluation.models import SheetDraft
from cultivar.ledger import clock
from cultivar.procedure.sealing import panel_closed


@dataclass(frozen=True)
class Kept:
    """What stands in a draft after a save. ``conflicts``: what another window saved in entries that were typed here."""

    data: Mapping[str, str]
    conflicts: Mapping[str, str]
    at: datetime | None


def may_write(case: Folded, act_id: str, person: str) -> bool:
    """Whether the sheet is still this person's to write: seated, not handed in, the panel not closed."""
    state, procedure = case.state, case.procedure
    handed_in = any(done.act == act_id and done.person == person for done in state.stay)
    closed = bool(_sealing(case, act_id)) and panel_closed(procedure, state.acts)
    return (
        person in state.experts
        and state.stage in procedure.acts[act_id].from_
        and not handed_in
        and not closed
    )


def _sealing(case: Folded, act_id: str) -> list[str]:
    return [spec.sealed_until for spec in case.procedure.acts[act_id].content.values() if spec.sealed_until]


def draft_of(case: Case, person: str) -> Kept:
    """What a person has typed into the sheet of a case: one query."""
    found = SheetDraft.objects.filter(case=case, person=person).first()
    return Kept(found.data, {}, found.saved_at) if found else Kept({}, {}, None)


@transaction.atomic
def save(case: Case, person: str, typed: Mapping[str, str], bases: Mapping[str, str]) -> Kept:
    """Saves the entries that differ from what the page showed (``bases``); others of this draft stay as they are.

    An entry that another window changed meanwhile is not saved and stands in ``conflicts``.
    """
    SheetDraft.objects.get_or_create(case=case, person=person)
    draft = SheetDraft.objects.select_for_update().get(case=case, person=person)
    changed = {name: text for name, text in typed.items() if text != bases.get(name, "")}
    conflicts = {
        name: draft.data.get(name, "")
        for name, text in changed.items()
        if contested(draft.data.get(name), text, bases.get(name, ""))
    }
    ours = {
        name: text
        for name, text in changed.items()
        if name not in conflicts and text != draft.data.get(name, "")
    }
    if ours:
        draft.data = {**draft.data, **ours}
        draft.revision += 1  # under the lock
        draft.saved_at = clock.now()
        draft.save()
    return Kept(draft.data, conflicts, draft.saved_at)


def forget(case: Case, person: str) -> None:
    """Deletes the draft: the sheet is handed in."""
    SheetDraft.objects.filter(case=case, person=person).delete()
