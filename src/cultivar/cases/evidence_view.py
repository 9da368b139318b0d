"""The evidence of a case by what it is to prove: what each condition asks for, and what is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cultivar.cases.citing import chip
from cultivar.cases.dossier_forms import FileLine, file_line
from cultivar.cases.evidence_leads import Elsewhere
from cultivar.cases.models import Case
from cultivar.policy.model import Programme
from cultivar.policy.model_conditions import Condition
from cultivar.policy.model_form import FormField
from cultivar.policy.text import Text
from cultivar.web.components import ArticleChip


@dataclass(frozen=True)
class ShownFile:
    """A file, with the other applications that name it too."""

    line: FileLine
    elsewhere: tuple[Elsewhere, ...]


@dataclass(frozen=True)
class Proof:
    """An entry of the dossier that takes files, and those that are there."""

    label: Text
    required: bool
    files: tuple[ShownFile, ...]


@dataclass(frozen=True)
class Asked:
    """A condition, or (None) what belongs to none: the kinds of evidence asked for, and the entries that take them.

    ``lacking`` are the kinds for which the dossier has no entry.
    """

    id: str
    condition: Text | None
    chip: ArticleChip | None
    proofs: tuple[Proof, ...]
    lacking: tuple[Text, ...]


def by_condition(
    case: Case,
    programme: Programme,
    files: Sequence[Mapping[str, Any]],
    elsewhere: Mapping[str, tuple[Elsewhere, ...]],
) -> tuple[Asked, ...]:
    """Every entry that takes files, under its condition, in the order of the programme."""
    entries = [spec for spec in programme.form_fields.values() if spec.type == "evidence"]
    kinds = {kind.id: kind.text for kind in programme.evidence}

    def proofs(condition: str | None) -> tuple[Proof, ...]:
        return tuple(
            _proof(case, spec, files, elsewhere)
            for spec in entries
            if _condition(spec, programme) == condition
        )

    def lacking(condition: Condition) -> tuple[Text, ...]:
        taken = {spec.evidence for spec in entries}
        return tuple(kinds[name] for name in condition.evidence if name not in taken)

    found = [Asked("none", None, None, proofs(None), ())]
    found += [
        Asked(one.id, one.text, chip(programme, one.article), proofs(one.id), lacking(one))
        for one in programme.conditions
    ]
    return tuple(one for one in found if one.proofs or one.lacking)


def _condition(spec: FormField, programme: Programme) -> str | None:
    return spec.condition if spec.condition in programme.condition else None


def _proof(
    case: Case,
    spec: FormField,
    files: Sequence[Mapping[str, Any]],
    elsewhere: Mapping[str, tuple[Elsewhere, ...]],
) -> Proof:
    shown = tuple(
        ShownFile(file_line(case, row), elsewhere.get(row["sha256"], ()))
        for row in files
        if row["slot"] == spec.id
    )
    return Proof(spec.text, spec.required, shown)
