"""Supporting files in the slots of a case, and who may have them.

``attach`` ties kept bytes to a slot, ``store`` keeps them first. A slot is an evidence field of the dossier, or
``<act>.<field>`` for a file that belongs to an act. Taking a file out leaves its bytes: another slot, another case
or a submitted version of the dossier may name the same ones. Only ``unlink_unnamed`` deletes bytes, once nobody names
them: after ``destroy``, or when the last import that held them lets go.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import transaction

from cultivar.cases.dossier import lock_open, thaw
from cultivar.cases.file_content import Refused, kind_by_name
from cultivar.cases.file_store import SHA256, Kept, Upload, keep, owned, path_of
from cultivar.cases.models import Case, DossierVersion, Evidence
from cultivar.cases.programmes import pinned
from cultivar.cases.record import load
from cultivar.cases.sight import hidden, parts_of
from cultivar.ledger import clock
from cultivar.ledger.append import lock
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor

FILES_A_CASE = 200


class UnknownSlot(LookupError):
    """The case has no such place for files."""


def store(case: Case, slot: str, upload: Upload, actor: Actor) -> Evidence:
    """Takes a file into a slot of a case; the same bytes in the same slot are one file.

    Raises ``Refused`` in words, ``Closed`` when the dossier is submitted, ``UnknownSlot``.
    """
    check_slot(case, slot)
    return attach(case, slot, keep(upload), actor)


def take_over(case: Case, slot: str, kept: Kept, actor: Actor, pages: str = "") -> Evidence:
    """Ties a file that was handed in earlier to a slot. Raises as ``attach``; ``Refused`` where its bytes are gone."""
    if not path_of(kept.sha256).exists():
        raise Refused(
            Text(
                f"“{kept.name}”的文件不在库里，没有采用。请重新上传。",
                f"The file of “{kept.name}” is missing and was not taken over. Upload it again.",
            )
        )
    return attach(case, slot, kept, actor, pages)


@transaction.atomic
def attach(case: Case, slot: str, kept: Kept, actor: Actor, pages: str = "") -> Evidence:
    """Ties kept bytes to a slot. Raises ``Refused`` where that is full, ``Closed``, ``UnknownSlot``."""
    most = check_slot(case, slot)
    if "." not in slot:
        lock_open(case)
    earlier = Evidence.objects.filter(case=case, slot=slot, sha256=kept.sha256).first()
    if earlier is not None:
        return earlier
    slots = list(Evidence.objects.filter(case=case).values_list("slot", flat=True))
    if len(slots) >= FILES_A_CASE:
        raise Refused(_too_many_in_case(kept.name))
    if most is not None and slots.count(slot) >= most:
        raise Refused(
            Text(
                f"“{kept.name}”没有收：这一项最多 {most} 份，请先删去一份或合并成一份。",
                f"“{kept.name}” was not taken: this entry holds at most {most} files. "
                "Remove one or merge them first.",
            )
        )
    return Evidence.objects.create(
        case=case,
        slot=slot,
        sha256=kept.sha256,
        name=kept.name,
        kind=kept.kind,
        size=kept.size,
        pages=pages,
        person=actor.person_key,
        at=clock.now(),
    )


@transaction.atomic
def remove(case: Case, slot: str, sha256: str) -> None:
    """Takes a file out of the dossier while that is open; submitted versions keep it. Raises ``Closed``."""
    if slot not in pinned(case.digest).form_fields:
        raise UnknownSlot(slot)  # what belongs to an act stays with the act
    lock_open(case)
    Evidence.objects.filter(case=case, slot=slot, sha256=sha256).delete()


def check_slot(case: Case, slot: str) -> int | None:
    """The most files that a slot takes, None where nothing limits it. Raises ``UnknownSlot``."""
    programme = pinned(case.digest)
    act_id, dot, field = slot.partition(".")
    if not dot:
        spec = programme.form_fields.get(slot)
        if spec is None or spec.type != "evidence":
            raise UnknownSlot(slot)
        return spec.at_most
    act = programme.procedures[case.procedure].acts.get(act_id)
    content = act.content.get(field) if act else None
    if content is None or content.type != "files":
        raise UnknownSlot(slot)
    return content.most


def _too_many_in_case(name: str) -> Text:
    return Text(
        f"“{name}”没有收：一件申报最多 {FILES_A_CASE} 份材料，请先删去不用的。",
        f"“{name}” was not taken: a case holds at most {FILES_A_CASE} files. Remove what is not needed.",
    )


def destroy(case: Case, slot: str, files: Sequence[str]) -> None:
    """Takes files of an act out of its case; their bytes go too, once nothing else names them and this is committed."""
    Evidence.objects.filter(case=case, slot=slot, sha256__in=files).delete()
    for sha256 in sorted(unnamed(files)):
        transaction.on_commit(partial(unlink_unnamed, sha256))


def unnamed(files: Iterable[str]) -> set[str]:
    """Which of these bytes no file of a case and no submitted dossier names."""
    left = set(files)
    left -= set(Evidence.objects.filter(sha256__in=left).values_list("sha256", flat=True))
    if not left:
        return left
    for body in DossierVersion.objects.values_list(
        "body", flat=True
    ).iterator():  # rare, and nothing may be lost
        left = {sha256 for sha256 in left if sha256.encode() not in bytes(body)}
    return left


@transaction.atomic
def unlink_unnamed(sha256: str) -> int:
    """Deletes bytes that were ``unnamed`` a moment ago unless a row has named them since; gives how many files went.

    In the writer's place, for acts that bring files are recorded there.
    """
    lock()
    if Evidence.objects.filter(sha256=sha256).exists() or owned(sha256) or not path_of(sha256).exists():
        return 0
    path_of(sha256).unlink(missing_ok=True)
    return 1


def find(case: Case, sha256: str, actor: Actor) -> Kept | None:
    """The file of a case as this office may have it, None when it may not.

    The applicant sees its own dossier's files at once, the others once they stand in a submitted version.
    A file of an act is hidden from those from whom the act is hidden.
    """
    if not SHA256.match(sha256):
        return None
    own = bool(actor.organisation) and actor.organisation == case.applicant_id
    for row in Evidence.objects.filter(case=case, sha256=sha256):
        if _may_see(case, row.slot, actor, own):
            return Kept(row.sha256, row.name, row.kind, row.size)
    for version in DossierVersion.objects.filter(case=case).order_by("-at"):
        for entry in thaw(version)["evidence"]:
            if entry["sha256"] == sha256:
                return kept_as(entry)
    return None


def kept_as(entry: Mapping[str, Any]) -> Kept:
    """A file as a submitted version names it."""
    return Kept(entry["sha256"], entry["name"], kind_by_name(entry["name"]), entry["size"])


def _may_see(case: Case, slot: str, actor: Actor, own: bool) -> bool:
    act_id, dot, field = slot.partition(".")
    if not dot:
        return own
    folded = load(case.number)
    act = folded.procedure.acts.get(act_id)
    if act is None or field not in act.content:
        return False
    parts = parts_of(folded, actor)
    seen_by = set(act.content[field].seen_by)
    return not hidden(folded, act_id, parts) and (not seen_by or bool(parts & seen_by))
