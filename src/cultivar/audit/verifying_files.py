"""What entries name by its SHA-256 and do not hold themselves: dossiers with their rosters, documents, and files."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping

from cultivar.audit.findings import Finding
from cultivar.cases.file_store import path_of
from cultivar.cases.models import DossierVersion, Evidence, RosterVersion
from cultivar.cases.record import Folded
from cultivar.cases.rosters import named_in
from cultivar.evaluation.draw_documents import Draw
from cultivar.evaluation.models import Document
from cultivar.policy.text import Text

_TABLE = "cases_dossierversion"
_ROSTERS = "cases_rosterversion"
_CHANGED = Text(
    "所存的申报书与提交时的不同（{sha256}）。",
    "the kept dossier is not the one that was submitted ({sha256}).",
)
_GONE = Text("提交的申报书不在了（{sha256}）。", "the dossier that was submitted is not kept ({sha256}).")
_ROSTER_CHANGED = Text(
    "所存的企业名单与提交时的不同（{sha256}）。",
    "the kept roster is not the one that was submitted ({sha256}).",
)
_ROSTER_GONE = Text(
    "提交的企业名单不在了（{sha256}）。", "the roster that was submitted is not kept ({sha256})."
)
_DOCUMENTS = "evaluation_document"
_DOCUMENT_CHANGED = Text(
    "所存的文件与办理时确定的不同（{sha256}）。",
    "the kept document is not the one that the act fixed ({sha256}).",
)
_DOCUMENT_GONE = Text(
    "办理时确定的文件不在了（{sha256}）。", "the document that the act fixed is not kept ({sha256})."
)
_NO_FILE = Text("材料文件不在了（{sha256}）。", "a file of evidence is gone ({sha256}).")
_OTHER_FILE = Text("材料文件被改过（{sha256}）。", "a file of evidence was changed ({sha256}).")
_CHUNK = 1 << 20


def dossiers(submitted: Mapping[str, tuple[int, str]]) -> Iterator[Finding]:
    """The submitted dossiers, and rosters they name, that are gone, or not what was submitted.

    ``submitted``: by SHA-256, entry and case.
    """
    kept = set()
    rosters: dict[str, tuple[int, str]] = {}
    rows = DossierVersion.objects.order_by("seq").values_list("sha256", "case_id", "seq", "body")
    for sha256, case, seq, body in rows.iterator():
        kept.add(sha256)
        if isinstance(body, str) or hashlib.sha256(bytes(body)).hexdigest() != sha256:
            yield Finding("act", _CHANGED.fill(sha256=sha256), case=case, seq=seq, table=_TABLE)
        elif named := _roster_of(bytes(body)):
            rosters.setdefault(named, (seq, case))
    for sha256, (seq, case) in submitted.items():
        if sha256 not in kept:
            yield Finding("act", _GONE.fill(sha256=sha256), case=case, seq=seq, table=_TABLE)
    yield from _rosters(rosters)


def _roster_of(body: bytes) -> str:
    try:
        return named_in(json.loads(body))
    except (ValueError, AttributeError, TypeError):
        return ""  # no dossier of ours, whatever its name: nothing that was submitted names it


def _rosters(named: Mapping[str, tuple[int, str]]) -> Iterator[Finding]:
    """The rosters that are gone, or not what was submitted; ``named``: by SHA-256, first entry and its case."""
    kept = set()
    for sha256, body in RosterVersion.objects.order_by("sha256").values_list("sha256", "body").iterator():
        kept.add(sha256)
        seq, case = named.get(sha256, (None, ""))
        if isinstance(body, str) or hashlib.sha256(bytes(body)).hexdigest() != sha256:
            yield Finding("act", _ROSTER_CHANGED.fill(sha256=sha256), case=case, seq=seq, table=_ROSTERS)
    for sha256, (seq, case) in named.items():
        if sha256 not in kept:
            yield Finding("act", _ROSTER_GONE.fill(sha256=sha256), case=case, seq=seq, table=_ROSTERS)


def documents(fixed: Mapping[str, tuple[int, str]]) -> Iterator[Finding]:
    """The documents that acts fixed and that are gone, or are not what they are named after; ``fixed`` as above."""
    kept = set()
    for sha256, body in Document.objects.order_by("sha256").values_list("sha256", "body").iterator():
        kept.add(sha256)
        if isinstance(body, str) or hashlib.sha256(bytes(body)).hexdigest() != sha256:
            seq, case = fixed.get(sha256, (None, ""))
            yield Finding("act", _DOCUMENT_CHANGED.fill(sha256=sha256), case=case, seq=seq, table=_DOCUMENTS)
    for sha256, (seq, case) in fixed.items():
        if sha256 not in kept:
            yield Finding("act", _DOCUMENT_GONE.fill(sha256=sha256), case=case, seq=seq, table=_DOCUMENTS)


def draws(cases: Iterable[Folded]) -> Iterator[Finding]:
    """The draws whose result is not what their frozen list and the seed on record give."""
    for case in cases:
        for seq, text in Draw(case).wrong():
            yield Finding("act", text, case=case.number, seq=seq, table=_DOCUMENTS)


def files() -> Iterator[Finding]:
    """The files that rows or submitted dossiers name and that are gone, or are not what they are named after."""
    for sha256, case in sorted(_named().items()):
        try:
            with path_of(sha256).open("rb") as file:
                digest = hashlib.sha256()
                while part := file.read(_CHUNK):
                    digest.update(part)
        except (FileNotFoundError, ValueError):
            yield Finding("file", _NO_FILE.fill(sha256=sha256), case=case, table="cases_evidence")
            continue
        if digest.hexdigest() != sha256:
            yield Finding("file", _OTHER_FILE.fill(sha256=sha256), case=case, table="cases_evidence")


def _named() -> dict[str, str]:
    """Every file that is named, with a case that names it."""
    named = dict(Evidence.objects.values_list("sha256", "case_id"))
    for case, body in DossierVersion.objects.values_list("case_id", "body").iterator():
        try:
            evidence = json.loads(bytes(body))["evidence"]
            named.update((str(one["sha256"]), case) for one in evidence if str(one["sha256"]) not in named)
        except (ValueError, KeyError, TypeError):
            continue  # not the one that was submitted: told elsewhere
    return named
