"""What a posted section of a dossier changes besides its answers: files taken and removed, pages to be read."""

from collections.abc import Iterable
from dataclasses import replace

from django.http import Http404

from cultivar.cases import evidence as files_of
from cultivar.cases import file_content, file_store
from cultivar.cases.dossier_earlier import (
    Offers,
    take_files,
)
from cultivar.cases.dossier_forms import Control, Setting
from cultivar.cases.evidence_pages import set_pages
from cultivar.cases.models import Case
from cultivar.policy.model_form import FormField
from cultivar.policy.text import Text
from cultivar.web.requests import ActorRequest


def take_posted_files(request: ActorRequest, case: Case, setting: Setting, found: Offers) -> dict[str, Text]:
    """Stores what was uploaded with the form or taken over, removes what was asked for; refusals by field."""
    slot, _, sha256 = request.POST.get("remove", "").partition(":")
    if sha256 and spec_of(setting, slot).type == "evidence":
        files_of.remove(case, slot, sha256)
    refused = take_files(case, found, request.POST.get("take", ""), request.actor)
    for spec in setting.section.fields:
        if spec.type == "evidence":
            refused.setdefault(spec.id, []).extend(store_uploads(request, case, spec))
    return {
        name: Text("".join(one.zh for one in texts), " ".join(one.en for one in texts))
        for name, texts in refused.items()
        if texts
    }


Unread = dict[
    tuple[str, str], tuple[str, Text]
]  # (field, file) -> the pages as typed, and why they were refused


def set_posted_pages(request: ActorRequest, case: Case, specs: Iterable[FormField]) -> Unread:
    """Keeps which pages of the files are to be read; what was refused comes back as it was typed."""
    refused: Unread = {}
    fields = {spec.id for spec in specs if spec.type == "evidence"}
    for name, typed in request.POST.items():
        slot, _, sha256 = name.removeprefix("pages.").partition(":")
        if not name.startswith("pages.") or slot not in fields or not isinstance(typed, str):
            continue
        try:
            set_pages(case, slot, sha256, typed)
        except file_content.Refused as problem:
            refused[slot, sha256] = typed, problem.text
    return refused


def with_unread(shown: Control, refused: Unread) -> Control:
    """A field of files that keeps the pages as they were typed and says what is wrong with them."""
    if not any(slot == shown.id for slot, _ in refused):
        return shown
    files_ = tuple(
        replace(one, pages=refused[shown.id, one.sha256][0]) if (shown.id, one.sha256) in refused else one
        for one in shown.files
    )
    said = [text for (slot, _), (_, text) in refused.items() if slot == shown.id]
    return replace(
        shown, files=files_, problem=Text("".join(t.zh for t in said), " ".join(t.en for t in said))
    )


def store_uploads(request: ActorRequest, case: Case, spec: FormField) -> list[Text]:
    """Stores the uploads of one field; what was refused, in words."""
    field_name = f"file.{spec.id}"
    uploads = request.FILES.getlist(field_name)  # reads the post, so that what was skipped is known
    skipped = getattr(request, "skipped_files", [])
    refused = [file_store.too_large(name) for field, name in skipped if field == field_name]
    for upload in uploads:
        try:
            files_of.store(case, spec.id, upload, request.actor)
        except file_content.Refused as problem:
            refused.append(problem.text)
    return refused


def spec_of(setting: Setting, field_id: str) -> FormField:
    """A field of the section that is open. Raises Http404."""
    found = next((spec for spec in setting.section.fields if spec.id == field_id), None)
    if found is None:
        raise Http404
    return found
