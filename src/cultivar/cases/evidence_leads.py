"""The same file in two applications: a lead for offices that may see both, and for nobody else."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cultivar.cases import queries
from cultivar.cases.dossier import thaw
from cultivar.cases.dossier_view import is_own
from cultivar.cases.models import Case, DossierVersion, Evidence
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor

_MOST = 200  # rows that are looked at


@dataclass(frozen=True)
class Elsewhere:
    """Another application that names the same file; ``own`` where it is the same applicant's."""

    number: str
    name: Text
    own: bool


def elsewhere(case: Case, hashes: Collection[str], actor: Actor) -> Mapping[str, tuple[Elsewhere, ...]]:
    """Other applications by the SHA-256 of the files that they share with this one, as an office may know of them.

    Only submitted versions count, and only cases in the office's sight; the applicant is told nothing. Two queries.
    """
    if is_own(case, actor) or not hashes:
        return {}
    rows = Evidence.objects.filter(sha256__in=hashes, case__in=queries.visible(actor)).exclude(case=case)
    found = list(rows.exclude(slot__contains=".").select_related("case").order_by("case", "sha256")[:_MOST])
    submitted = {
        (version.case_id, entry["sha256"])
        for version in DossierVersion.objects.filter(case__in={row.case_id for row in found})
        for entry in thaw(version)["evidence"]
    }
    leads: dict[str, dict[str, Elsewhere]] = {}
    for row in found:
        if (row.case_id, row.sha256) in submitted:
            own = row.case.applicant_id == case.applicant_id
            leads.setdefault(row.sha256, {})[row.case_id] = Elsewhere(row.case_id, row.case.name, own)
    return {sha256: tuple(cases.values()) for sha256, cases in leads.items()}
