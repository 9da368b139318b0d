"""What differs between two states of a dossier: fields, rows of tables, words of long texts, files, the roster.

States are the submitted versions and, for the applicant while it may change it, the working copy.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from cultivar.appraisal.answers import readable, with_unit
from cultivar.appraisal.computed_fields import Row, rows_of
from cultivar.appraisal.roster import Firm, differences
from cultivar.cases import rosters
from cultivar.cases.contents import ERASED
from cultivar.cases.dossier import PERSONAL, changed, is_open, personal_values, thaw
from cultivar.cases.dossier_tables import cell_words
from cultivar.cases.dossier_view import Shown, is_own, regions_named, sees_personal, shown_to
from cultivar.cases.dossier_words import words
from cultivar.cases.evidence_pages import pages_words
from cultivar.cases.models import Case, DossierVersion
from cultivar.cases.text_marks import Mark, marks
from cultivar.ledger import clock
from cultivar.ledger.models import Erasure
from cultivar.policy.model import Programme
from cultivar.policy.model_form import FormField
from cultivar.policy.text import Text
from cultivar.policy.vocabulary import Measure, vocabulary
from cultivar.registry.actors import Actor
from cultivar.registry.models import Region
from cultivar.web.formats import grouped

Fate = Literal["new", "gone", "changed"]
_NAMED = 20  # enterprises that are named of each kind


@dataclass(frozen=True)
class CellChange:
    """A cell of a row: ``before`` is None of a new row, ``after`` of one that went."""

    label: Text
    before: Text | None
    after: Text | None


@dataclass(frozen=True)
class RowChange:
    """A row of a table that came, went, or says something else; ``name`` is its first cell."""

    fate: Fate
    name: Text
    cells: tuple[CellChange, ...]


@dataclass(frozen=True)
class FileChange:
    """A file that came or went, or whose name or pages are others now."""

    fate: Fate
    name: Text
    was: Text | None = None


@dataclass(frozen=True)
class ChangeLine:
    """A field that differs between two versions: in words, and where there is more to say, piece by piece."""

    section: Text
    label: Text
    before: Text
    after: Text
    marks: tuple[Mark, ...] = ()
    rows: tuple[RowChange, ...] = ()
    files: tuple[FileChange, ...] = ()


@dataclass(frozen=True)
class Submission:
    """A submitted version in the list of them; ``number`` counts from 1. The last may be the one being written."""

    number: int
    at: datetime
    working: bool = False


@dataclass(frozen=True)
class FirmChange:
    """An enterprise whose figures or titles are others now: the measures by year, before and after."""

    name: str
    figures: tuple[tuple[Text, Text, Text], ...]
    titles: bool


@dataclass(frozen=True)
class RosterLines:
    """What differs between two rosters: who came, who went, who says something else; the first few by name."""

    came: tuple[str, ...]
    went: tuple[str, ...]
    changed: tuple[FirmChange, ...]
    counts: tuple[int, int, int]


@dataclass(frozen=True)
class Comparison:
    """Two submissions of a dossier side by side, and which others there are; what is being written may be one."""

    submissions: tuple[Submission, ...]
    before: Submission
    after: Submission
    lines: tuple[ChangeLine, ...]
    roster: RosterLines | None = None


def compare(
    case: Case, programme: Programme, actor: Actor, first: int | None = None, second: int | None = None
) -> Comparison | None:
    """Two submissions of a case by their numbers, the last two unless both are given; None where there is only one.

    For the applicant the working copy counts as one more while it is open. At most seven queries, whatever their
    number and size; for the working copy as many more as its roster takes.
    """
    rows = DossierVersion.objects.filter(case=case).order_by("at", "seq").values_list("sha256", "at")
    found = [(sha256, Submission(number, at)) for number, (sha256, at) in enumerate(rows, 1)]
    draft = shown_to(case, actor) if found and is_own(case, actor) and is_open(case) else None
    if draft is not None:
        found.append(("", Submission(len(found) + 1, draft.at or clock.now(), working=True)))
    if len(found) < 2:
        return None
    chosen = {number for number in (first, second) if number is not None and 1 <= number <= len(found)}
    low, high = sorted(chosen) if len(chosen) == 2 else (len(found) - 1, len(found))
    before, after = found[low - 1], found[high - 1]
    kept = DossierVersion.objects.in_bulk([sha256 for sha256, _ in (before, after) if sha256])
    shown = _read(list(kept.values()), personal=sees_personal(case, programme, actor))
    states = {one.version.sha256: one for one in shown if one.version is not None}
    states |= {"": draft} if draft is not None else {}
    lines = changes_view(case, programme, states[before[0]], states[after[0]], actor)
    roster = _roster_lines(case, kept[before[0]], kept.get(after[0]))
    return Comparison(tuple(one for _, one in found), before[1], after[1], lines, roster)


def _roster_lines(case: Case, before: DossierVersion, after: DossierVersion | None) -> RosterLines | None:
    """What became of the roster; None where both rest on the same one, or on none. ``after`` None: working copy."""
    names = [rosters.named_in(thaw(version)) for version in (before, after) if version is not None]
    if len(names) == 2 and names[0] == names[1]:
        return None
    firms = [rosters.thaw(name).firms if name else () for name in names]
    firms += [_firms_now(case)] if after is None else []
    found = differences(firms[0], firms[1])
    if not (found.came or found.went or found.changed):
        return None
    return RosterLines(
        tuple(firm.name or firm.code for firm in found.came[:_NAMED]),
        tuple(firm.name or firm.code for firm in found.went[:_NAMED]),
        tuple(_firm_change(old, new) for old, new in found.changed[:_NAMED]),
        (len(found.came), len(found.went), len(found.changed)),
    )


def _firms_now(case: Case) -> tuple[Firm, ...]:
    """The enterprises on the roster as the register has it today."""
    if case.subject is None:
        return ()
    return rosters.live(case.subject, rosters.reporting_year(case), clock.today()).firms


def _firm_change(old: Firm, new: Firm) -> FirmChange:
    figures = [
        (
            Text(f"{year}年{measure.name.zh}", f"{measure.name.en} {year}"),
            _figure(measure, old.years.get(year, {}).get(measure.id)),
            _figure(measure, new.years.get(year, {}).get(measure.id)),
        )
        for year in sorted({*old.years, *new.years})
        for measure in vocabulary().measures.values()
        if old.years.get(year, {}).get(measure.id) != new.years.get(year, {}).get(measure.id)
    ]
    return FirmChange(
        new.name or new.code, tuple(figures), sorted(map(repr, old.held)) != sorted(map(repr, new.held))
    )


def _figure(measure: Measure, value: int | None) -> Text:
    if value is None:
        return Text("没有", "none")
    if measure.kind == "yes-no":
        return Text("是", "yes") if value else Text("否", "no")
    return with_unit(grouped(readable(measure.on_paper(value))), measure.unit or Text("", ""))


def last_changes(case: Case, programme: Programme, actor: Actor) -> tuple[ChangeLine, ...] | None:
    """What the last submission changed against the one before; None when there was only one."""
    found = compare(case, programme, actor)
    return found.lines if found else None


def _read(versions: Sequence[DossierVersion], *, personal: bool) -> list[Shown]:
    """Versions with their personal values, and which of those were erased: two queries where they are asked for."""
    private = personal_values(versions) if personal else {}
    erased: dict[int, set[str]] = {version.seq: set() for version in versions}
    if personal:
        gone = Erasure.objects.filter(entry__in=erased, field__startswith=PERSONAL)
        for entry, field in gone.values_list("entry_id", "field"):
            erased[entry].add(field.removeprefix(PERSONAL))
    shown = []
    for version in versions:
        body = thaw(version)
        data = {**body["data"], **private.get(version.seq, {})}
        shown.append(Shown(data, body["evidence"], version, version.at, frozenset(erased[version.seq])))
    return shown


def changes_view(
    case: Case, programme: Programme, before: Shown, after: Shown, actor: Actor
) -> tuple[ChangeLine, ...]:
    """What differs between two versions, in the order of the form. At most one query.

    Personal fields are left out for whoever may not read them; what was erased is said to be, and stays so.
    """
    personal = sees_personal(case, programme, actor)
    regions = regions_named(programme, [before.data, after.data])
    differing = {spec.id for spec in changed(programme, before.data, after.data)}
    lines = []
    for section in programme.form:
        for spec in section.fields:
            if spec.personal and not personal:
                continue
            line = (
                _files(spec, before, after)
                if spec.type == "evidence"
                else _field(programme, spec, before, after, regions)
                if spec.id in differing or (spec.id in before.erased) != (spec.id in after.erased)
                else None
            )
            if line is not None:
                lines.append(replace(line, section=section.text))
    return tuple(lines)


_NOWHERE = Text("", "")


def _field(
    programme: Programme, spec: FormField, before: Shown, after: Shown, regions: Iterable[Region]
) -> ChangeLine:
    said = [
        ERASED if spec.id in side.erased else words(programme, spec, side.data.get(spec.id), regions)
        for side in (before, after)
    ]
    line = ChangeLine(_NOWHERE, spec.text, said[0], said[1])
    if ERASED in said:
        return line
    one, other = before.data.get(spec.id), after.data.get(spec.id)
    if spec.type == "long-text" and one and other:
        return replace(line, marks=marks(str(one), str(other)))
    if spec.type == "table":
        return replace(line, rows=row_changes(programme, spec, rows_of(one) or (), rows_of(other) or ()))
    return line


def row_changes(
    programme: Programme, spec: FormField, before: Sequence[Row], after: Sequence[Row]
) -> tuple[RowChange, ...]:
    """The rows that differ, matched by their first cell; of several with one name the first goes with the first."""
    one, other = _named_rows(spec, before), _named_rows(spec, after)
    found = [_row(programme, spec, one.get(key), row) for key, row in other.items() if one.get(key) != row]
    found += [_row(programme, spec, row, None) for key, row in one.items() if key not in other]
    return tuple(found)


def _named_rows(spec: FormField, rows: Sequence[Row]) -> dict[tuple[str, int], Row]:
    first, named = spec.columns[0].id, dict[tuple[str, int], Row]()
    for row in rows:
        name = row.get(first, "")
        again = sum(known == name for known, _ in named)
        named[name, again] = row
    return named


def _row(programme: Programme, spec: FormField, before: Row | None, after: Row | None) -> RowChange:
    cells = []
    for column in spec.columns[1:]:
        one = cell_words(programme, column, before) if before is not None else None
        other = cell_words(programme, column, after) if after is not None else None
        if one != other:
            cells.append(CellChange(column.text, one, other))
    fate: Fate = "new" if before is None else "gone" if after is None else "changed"
    return RowChange(fate, cell_words(programme, spec.columns[0], after or before or {}), tuple(cells))


def _files(spec: FormField, before: Shown, after: Shown) -> ChangeLine | None:
    old, new = _by_hash(before, spec.id), _by_hash(after, spec.id)
    if old == new:
        return None
    found = [
        FileChange("changed" if sha256 in old else "new", name, old.get(sha256))
        for sha256, name in new.items()
        if old.get(sha256) != name
    ]
    found += [FileChange("gone", name) for sha256, name in old.items() if sha256 not in new]
    return ChangeLine(_NOWHERE, spec.text, _listed(old), _listed(new), files=tuple(found))


def _by_hash(shown: Shown, slot: str) -> dict[str, Text]:
    """What each file of a field is called, with the pages that are to be read."""
    return {row["sha256"]: _called(row) for row in shown.evidence if row["slot"] == slot}


def _called(row: Mapping[str, Any]) -> Text:
    if not row.get("pages"):
        return Text(row["name"], row["name"])
    pages = pages_words(row["pages"])
    return Text(f"{row['name']}（{pages.zh}）", f"{row['name']} ({pages.en})")


def _listed(files: Mapping[str, Text]) -> Text:
    if not files:
        return Text("没有材料", "No file")
    return Text("、".join(one.zh for one in files.values()), ", ".join(one.en for one in files.values()))
