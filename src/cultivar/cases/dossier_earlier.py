"""What is known already, off the roster or from earlier applications, offered where it is asked. Nothing is filled in.

The same is asked where a field has the same id, type and unit, under whichever programme. Only submitted versions of
the organisation's own cases are looked at, of each case the last one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import OuterRef, Subquery

from cultivar.appraisal.answers import readable
from cultivar.appraisal.completeness import problem_of
from cultivar.cases import evidence as files_of
from cultivar.cases import file_content
from cultivar.cases.dossier import personal_values, thaw
from cultivar.cases.dossier_forms import Control, FileOffer, Offer, Setting
from cultivar.cases.dossier_values import roster_values
from cultivar.cases.dossier_words import unit_of, words
from cultivar.cases.file_content import size_text
from cultivar.cases.models import Case, DossierVersion
from cultivar.cases.programmes import pinned
from cultivar.policy.model import Programme
from cultivar.policy.model_form import Column, FormField
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor

ALL = "*"  # everything that is offered on the page
ROSTER = Text("企业名单", "the roster")
_MOST = 10  # applications that are looked at, the latest first


@dataclass(frozen=True)
class Earlier:
    """An earlier application as it was last submitted."""

    number: str
    programme: Programme
    year: int
    data: Mapping[str, Any]
    evidence: Sequence[Mapping[str, Any]]

    @property
    def words(self) -> Text:
        """Where an answer comes from."""
        zh = f"《{self.programme.title.zh}》{self.year}年申报 {self.number}"
        return Text(zh, f"{self.programme.short_title.en}, application {self.number} of {self.year}")


@dataclass(frozen=True)
class Offers:
    """What can be taken over into a section."""

    answers: Mapping[str, Offer]
    files: Mapping[str, tuple[FileOffer, ...]]

    def __len__(self) -> int:
        return len(self.answers) + len(self.files)


NOTHING = Offers({}, {})


def earlier(case: Case, *, personal: bool) -> list[Earlier]:
    """The organisation's other applications that were submitted, the latest first.

    One query, and one more where personal values are asked for; those that were erased stay away.
    """
    if not case.applicant_id:
        return []
    last = DossierVersion.objects.filter(case=OuterRef("case")).order_by("-seq").values("sha256")[:1]
    rows = DossierVersion.objects.filter(case__applicant=case.applicant_id, sha256=Subquery(last))
    versions = list(rows.exclude(case=case).select_related("case").order_by("-seq")[:_MOST])
    private = personal_values(versions) if versions and personal else {}
    found = []
    for version in versions:
        body = thaw(version)
        data = {**body["data"], **private.get(version.seq, {})}
        programme, year = pinned(version.case.digest), version.case.opened_at.year
        found.append(Earlier(version.case_id, programme, year, data, body["evidence"]))
    return found


def offers(setting: Setting, data: Mapping[str, Any], files: Sequence[Mapping[str, Any]]) -> Offers:
    """What the roster or earlier applications answer of a section where ``data`` and ``files`` say nothing yet.

    At most two queries for all applications, and seven for the roster where a figure of it is asked.
    """
    asked = [spec for spec in setting.section.fields if not spec.fixed and not spec.derived]
    empty = [spec for spec in asked if data.get(spec.id) in (None, "", [])]
    taken = {row["slot"] for row in files}
    wanted = [spec for spec in empty if spec.type != "evidence" or spec.id not in taken]
    if not wanted:
        return NOTHING
    known = earlier(setting.case, personal=any(spec.personal for spec in wanted))
    answers = {spec.id: found for spec in wanted if (found := _answer(setting, spec, known))}
    answers |= _off_the_roster(setting, wanted)  # today's figures before those of an earlier year
    proofs = {spec.id: files_ for spec in wanted if (files_ := _proofs(spec, known))}
    return Offers(answers, proofs)


def _off_the_roster(setting: Setting, wanted: Sequence[FormField]) -> dict[str, Offer]:
    """The figures that the programme computes over the roster, rounded as people write them."""
    computed = {one.id for one in setting.programme.indicators if one.computed}
    asked = [spec for spec in wanted if spec.indicator in computed]
    known = roster_values(setting.case) if asked else {}
    found = {}
    for spec in asked:
        if spec.indicator in known:
            value = f"{readable(known[spec.indicator]):f}"
            if problem_of(setting.programme, spec, value) is None:
                said = words(setting.programme, spec, value, setting.regions)
                found[spec.id] = Offer(spec.id, value, said, ROSTER)
    return found


def _answer(setting: Setting, spec: FormField, known: Iterable[Earlier]) -> Offer | None:
    for one in known:
        value = one.data.get(spec.id)
        if value in (None, "", []) or not _same(spec, one.programme.form_fields.get(spec.id)):
            continue
        if _fits(setting, spec, value):
            said = words(setting.programme, spec, value, setting.regions)
            return Offer(spec.id, value, said, one.words)
    return None


def _fits(setting: Setting, spec: FormField, value: Any) -> bool:
    """Whether the value would be right here: the programme, or the organisation's region, may be another."""
    if spec.type == "partner-regions" and not {str(code) for code in value} <= {
        one.code for one in setting.regions
    }:
        return False
    return problem_of(setting.programme, spec, value) is None


def _same(spec: FormField, other: FormField | None) -> bool:
    return other is not None and not other.derived and _shape(spec) == _shape(other)


def _shape(spec: FormField) -> tuple[Any, ...]:
    def kind(one: FormField | Column) -> tuple[Any, ...]:
        return (one.id, one.type, unit_of(one))

    return (*kind(spec), spec.personal, tuple(kind(column) for column in spec.columns))


def _proofs(spec: FormField, known: Iterable[Earlier]) -> tuple[FileOffer, ...]:
    if spec.type != "evidence":
        return ()
    for one in known:
        if not _same(spec, one.programme.form_fields.get(spec.id)):
            continue
        rows = [row for row in one.evidence if row["slot"] == spec.id][: spec.at_most]
        if rows:
            return tuple(
                FileOffer(
                    spec.id, files_of.kept_as(row), size_text(row["size"]), one.words, row.get("pages", "")
                )
                for row in rows
            )
    return ()


# --------------------------------------------------------------------------------------------------- taking


def answers_taken(
    found: Offers, take: str, typed: Mapping[str, Any], bases: Mapping[str, Any]
) -> dict[str, Any]:
    """The answers that are to be taken over: one named field, or all of those in which nothing stands on the page."""
    if take != ALL:
        return {take: found.answers[take].value} if take in found.answers else {}
    return {
        name: offer.value
        for name, offer in found.answers.items()
        if not typed.get(name) and not bases.get(name)
    }


def said_taken(programme: Programme, names: Sequence[str]) -> Text:
    """What was taken over, for whoever did it: the one entry by its name, several by their number."""
    if len(names) == 1:
        return Text("已采用：{name}。", "Taken over: {name}.").fill(name=programme.form_fields[names[0]].text)
    return Text(
        "已采用 {n} 项，提交前逐项核对。", "{n} entries taken over; check each before you submit."
    ).fill(n=len(names))


def take_files(case: Case, found: Offers, take: str, actor: Actor) -> dict[str, list[Text]]:
    """Ties files of earlier applications to their fields here: the same bytes. What was refused, by field."""
    slot, _, sha256 = take.partition(":")
    refused: dict[str, list[Text]] = {}
    for name, proofs in found.files.items():
        for offer in proofs:
            if take != ALL and (name, offer.kept.sha256) != (slot, sha256):
                continue
            try:
                files_of.take_over(case, name, offer.kept, actor, offer.pages)
            except file_content.Refused as problem:
                refused.setdefault(name, []).append(problem.text)
    return refused


def with_offers(controls: Iterable[Control], found: Offers) -> list[Control]:
    """Controls with what can be taken over into them."""
    return [
        replace(one, offer=found.answers.get(one.id), file_offers=found.files.get(one.id, ()))
        for one in controls
    ]
