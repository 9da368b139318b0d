"""A dossier to read: the whole of it, as an office may see it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cultivar.appraisal.completeness import problem_of
from cultivar.cases.citing import chip
from cultivar.cases.dossier import is_open, latest_version, personal_of, thaw
from cultivar.cases.dossier_forms import FileLine, file_line, source_of
from cultivar.cases.dossier_tables import ReadTable, read_table
from cultivar.cases.dossier_values import whole
from cultivar.cases.dossier_words import echo, words
from cultivar.cases.models import Case, Dossier, DossierVersion, Evidence
from cultivar.cases.programmes import pinned
from cultivar.policy.model import Programme
from cultivar.policy.model_form import FormField
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor
from cultivar.registry.models import Region
from cultivar.web.components import ArticleChip

WITHHELD = Text(
    "只有申报单位、牵头市（州）和省厅可见", "Shown to the applicant, the lead city and the province only"
)


@dataclass(frozen=True)
class ReadLine:
    """A field to read. ``kind`` is short, long, number, table or files; ``source`` says what a figure follows from."""

    id: str
    label: Text
    kind: str
    words: Text
    given: bool
    echo: Text | None = None
    files: tuple[FileLine, ...] = ()
    problem: Text | None = None
    withheld: bool = False
    table: ReadTable | None = None
    source: Text | None = None


@dataclass(frozen=True)
class ReadSection:
    """A section to read, with the articles that it answers."""

    id: str
    number: int
    name: Text
    chips: tuple[ArticleChip, ...]
    lines: tuple[ReadLine, ...]


@dataclass(frozen=True)
class DossierView:
    """The whole dossier to read."""

    sections: tuple[ReadSection, ...]


@dataclass(frozen=True)
class Shown:
    """What an office reads: the working copy (``version`` None) or the version submitted last."""

    data: Mapping[str, Any]
    evidence: Sequence[Mapping[str, Any]]
    version: DossierVersion | None
    at: datetime | None
    erased: frozenset[str] = frozenset()  # fields of a submission whose personal values were erased


def is_own(case: Case, actor: Actor) -> bool:
    """Whether the office is the applicant's."""
    return bool(actor.organisation) and actor.organisation == case.applicant_id


def sees_personal(case: Case, programme: Programme, actor: Actor) -> bool:
    """Whether the office may read the contact: the applicant, the lead city, the province, the auditor."""
    if is_own(case, actor):
        return True
    scopes = {body.scope for part, body in programme.bodies.items() if (body.played_by or part) == actor.body}
    if "lead region" in scopes and actor.region == case.lead_region_id:
        return True
    return "everything" in scopes or ("whole region" in scopes and actor.region == programme.region)


def shown_to(case: Case, actor: Actor, *, personal: bool = False) -> Shown | None:
    """The applicant reads its working copy while that is open, others the last submission; None: no such.

    The personal values of a submission come only where asked for: one query more.
    """
    if is_own(case, actor) and is_open(case):
        dossier = Dossier.objects.filter(case=case).first()
        data = whole(case, pinned(case.digest), dossier.data if dossier else {})
        return Shown(data, evidence_rows(case), None, dossier.saved_at if dossier else None)
    version = latest_version(case)
    return None if version is None else submitted(version, personal=personal)


def submitted(version: DossierVersion, *, personal: bool) -> Shown:
    """A submitted version to read, with its personal values where asked for."""
    body = thaw(version)
    private = personal_of(version) if personal else {}
    return Shown({**body["data"], **private}, body["evidence"], version, version.at)


def evidence_rows(case: Case) -> list[dict[str, Any]]:
    """The files of the working copy: one query."""
    rows = Evidence.objects.filter(case=case).exclude(slot__contains=".")
    return [dict(row) for row in rows.values("slot", "sha256", "name", "size", "pages")]


def dossier_view(
    case: Case,
    programme: Programme,
    data: Mapping[str, Any],
    evidence: Iterable[Mapping[str, Any]],
    actor: Actor,
) -> DossierView:
    """The dossier as an office may read it: at most one query.

    ``evidence`` has slot, sha256, name and size, as ``Shown`` brings them.
    """
    personal = sees_personal(case, programme, actor)
    regions = regions_named(programme, [data])
    rows = list(evidence)
    sections = tuple(
        ReadSection(
            section.id,
            number,
            section.text,
            tuple(chip(programme, article) for article in section.articles),
            tuple(_line(case, programme, spec, data, rows, regions, personal) for spec in section.fields),
        )
        for number, section in enumerate(programme.form, 1)
    )
    return DossierView(sections)


def _line(
    case: Case,
    programme: Programme,
    spec: FormField,
    data: Mapping[str, Any],
    evidence: Sequence[Mapping[str, Any]],
    regions: Sequence[Region],
    personal: bool,
) -> ReadLine:
    if spec.personal and not personal:
        return ReadLine(spec.id, spec.text, "short", WITHHELD, given=True, withheld=True)
    if spec.type == "evidence":
        files = tuple(file_line(case, row) for row in evidence if row["slot"] == spec.id)
        return ReadLine(spec.id, spec.text, "files", Text("没有材料", "No file"), bool(files), files=files)
    value = data.get(spec.id)
    given = value not in (None, "", [])
    table = read_table(programme, spec, value) if spec.type == "table" else None
    return ReadLine(
        spec.id,
        spec.text,
        "table" if table else _KINDS.get(spec.type, "number" if spec.numeric else "short"),
        words(programme, spec, value, regions),
        given,
        echo(spec, value),
        problem=problem_of(programme, spec, value) if given else None,
        table=table,
        source=source_of(programme, spec, data) if spec.derived else None,
    )


_KINDS = {"long-text": "long"}


def regions_named(programme: Programme, versions: Iterable[Mapping[str, Any]]) -> list[Region]:
    """The regions that dossiers name: at most one query."""
    fields = [spec.id for spec in programme.form_fields.values() if spec.type == "partner-regions"]
    codes = {code for data in versions for name in fields for code in _listed(data.get(name))}
    return list(Region.objects.filter(code__in=codes)) if codes else []


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
