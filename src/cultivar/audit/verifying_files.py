"""What entries name by its SHA-256 and do not hold themselves: submitted dossiers, and files of evidence."""

import hashlib
import json
from collections.abc import Iterator, Mapping

from cultivar.audit.findings import Finding
from cultivar.cases.evidence import path_of
from cultivar.cases.models import DossierVersion, Evidence
from cultivar.policy.text import Text

_TABLE = "cases_dossierversion"
_CHANGED = Text(
    "所存的申报书与提交时的不同（{sha256}）。",
    "the kept dossier is not the one that was submitted ({sha256}).",
)
_GONE = Text("提交的申报书不在了（{sha256}）。", "the dossier that was submitted is not kept ({sha256}).")
_NO_FILE = Text("材料文件不在了（{sha256}）。", "a file of evidence is gone ({sha256}).")
_OTHER_FILE = Text("材料文件被改过（{sha256}）。", "a file of evidence was changed ({sha256}).")
_CHUNK = 1 << 20


def dossiers(submitted: Mapping[str, tuple[int, str]]) -> Iterator[Finding]:
    """The submitted dossiers that are gone, or not what was submitted. ``submitted``: by SHA-256, entry and case."""
    kept = set()
    rows = DossierVersion.objects.order_by("seq").values_list("sha256", "case_id", "seq", "body")
    for sha256, case, seq, body in rows.iterator():
        kept.add(sha256)
        if isinstance(body, str) or hashlib.sha256(bytes(body)).hexdigest() != sha256:
            yield Finding("act", _CHANGED.fill(sha256=sha256), case=case, seq=seq, table=_TABLE)
    for sha256, (seq, case) in submitted.items():
        if sha256 not in kept:
            yield Finding("act", _GONE.fill(sha256=sha256), case=case, seq=seq, table=_TABLE)


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
