"""The work on an import: check the file, mark what is wrong in it, take its good rows. Each may run twice."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django_tasks import task

from cultivar.cases import membership
from cultivar.cases.file_store import path_of
from cultivar.cases.models import Subject
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.registry.statements import Giver, NotYours
from cultivar.roster import storing
from cultivar.roster.checking import Checking
from cultivar.roster.comparing import Register
from cultivar.roster.containers import Refused
from cultivar.roster.files import marked_path
from cultivar.roster.marking import write_marked
from cultivar.roster.models import Import, ImportProblem
from cultivar.roster.opening import opened
from cultivar.roster.problems import Finding, Said, printable
from cultivar.roster.sheet_reading import Good

EVERY = 1.0  # seconds between two signs of progress
LANGUAGES = ("zh", "en")
AWAY = (OperationalError, InterfaceError)  # after which the worker tries a job again


@contextmanager
def _not_left_waiting(one: Import) -> Iterator[None]:
    """A fault of ours ends the import in words; the job fails all the same, so that it is looked into.

    Where the database went away the worker takes the job up again. Every other error of the database (a value that it
    does not store, say) would come back each time, and is a fault.
    """
    try:
        yield
    except AWAY:
        raise
    except Exception:
        _refused(one, FAULT)
        raise


FAULT = Text(
    "程序在处理这个文件时出错，已经记录。没有录入的行可以再传一次；仍不行就联系维护人员。",
    "The program failed on this file; it was recorded. Upload it again, and if that fails too, ask the maintainers.",
)


@task
def check(number: int) -> str:
    """Reads the file of an import and notes what is wrong in it; gives the state that follows."""
    one = Import.objects.select_related("subject").filter(pk=number, state=Import.State.WAITING).first()
    if one is None:  # checked already, or gone
        return ""
    with _not_left_waiting(one):
        return _check(one)


def _check(one: Import) -> str:
    try:
        against = Register.of(Giver(one.giver, one.office, one.name))
        checking = Checking(storing.setting(one.year, one.region, one.subject), _progress(one), against)
        with opened(path_of(one.sha256)) as book:
            for _ in checking.run(book):
                pass
    except (Refused, NotYours) as refusal:
        return _refused(one, refusal.text)
    return _checked(one, checking)


@transaction.atomic
def _checked(one: Import, checking: Checking) -> str:
    counts, findings = checking.counts, checking.findings
    state = _leads_to(
        one,
        Import.State.CHECKED,
        read=counts.read,
        good=counts.good,
        wrong=counts.wrong,
        errors=findings.errors,
        hints=findings.hints,
        preview=checking.changes.plain(),
    )
    if state:
        one.problems.all().delete()
        ImportProblem.objects.bulk_create(_rows(one, checking), batch_size=500)
        if findings.kept:
            mark.enqueue(one.pk)
    return state


def _leads_to(one: Import, state: Import.State, **columns: Any) -> str:
    """Brings an import from the state in which the job found it to the next, and gives that.

    "" where another was there first (rows were given back, another worker was done): then nothing is written. Columns
    that are not named stay as they are by now, not as the job found them: whether it is marked is another job's to say.
    """
    found = Import.objects.filter(pk=one.pk, state=one.state)
    return state if found.update(state=state, **columns) else ""


def _refused(one: Import, text: Text) -> str:
    zh, en = printable(text.zh)[:500], printable(text.en)[:500]
    return _leads_to(one, Import.State.REFUSED, refusal_zh=zh, refusal_en=en)


def _progress(one: Import) -> Callable[[int, int], None]:
    last = monotonic()

    def note(done: int, expected: int) -> None:
        nonlocal last
        if monotonic() - last >= EVERY:
            last = monotonic()
            Import.objects.filter(pk=one.pk).update(done=done, expected=expected)

    return note


def _rows(one: Import, checking: Checking) -> list[ImportProblem]:
    """What was found, and how much more there is of kinds that are too many to list."""
    findings = [*checking.findings.kept]
    for said, number in checking.findings.left_out():
        more = Text("同类问题还有 {n} 处，没有逐一列出：", "{n} more of this kind are not listed:").fill(
            n=number
        )
        text = Text(f"{more.zh}{said.text.zh}", f"{more.en} {said.text.en}")
        findings.append(Finding(Said(f"more-{said.kind}", text, said.remedy, said.blocks)))
    return [_problem(one, finding) for finding in findings]


def _problem(one: Import, finding: Finding) -> ImportProblem:
    said = finding.said
    return ImportProblem(
        of=one,
        kind=said.kind[:60],
        blocks=said.blocks,
        sheet=printable(finding.sheet)[:60],
        row=finding.row,
        column=finding.column,
        heading=printable(finding.heading)[:130],
        value=printable(finding.value)[:80],
        text_zh=printable(said.text.zh)[:600],
        text_en=printable(said.text.en)[:900],
        remedy_zh=printable(said.remedy.zh)[:300],
        remedy_en=printable(said.remedy.en)[:300],
    )


def finding_of(row: ImportProblem) -> Finding:
    """What a stored row says."""
    said = Said(row.kind, Text(row.text_zh, row.text_en), Text(row.remedy_zh, row.remedy_en), row.blocks)
    return Finding(said, row.sheet, row.row, row.column, row.heading, row.value)


@task
def mark(number: int) -> bool:
    """Writes the marked workbook of an import in both languages; gives whether it is there."""
    one = Import.objects.filter(pk=number).first()
    if one is None or one.state == Import.State.REFUSED or one.pruned_at is not None:
        return False
    try:
        _mark(one)
    except AWAY:
        raise
    except Exception as trouble:
        Import.objects.filter(pk=one.pk).update(marked=False, unmarkable=True)
        if isinstance(trouble, Refused):  # the bytes are gone, say; none of our faults
            return False
        raise
    Import.objects.filter(pk=one.pk).update(marked=True, unmarkable=False)
    return True


def _mark(one: Import) -> None:
    findings = [finding_of(row) for row in one.problems.all()]
    places = {language: marked_path(one.pk, language) for language in LANGUAGES}
    aside = {language: place.with_suffix(".new") for language, place in places.items()}
    places[LANGUAGES[0]].parent.mkdir(parents=True, exist_ok=True)
    try:
        write_marked(path_of(one.sha256), aside, findings)
        for language, place in places.items():
            os.replace(aside[language], place)
    finally:
        for rest in aside.values():
            rest.unlink(missing_ok=True)


@transaction.atomic
def mark_again(one: Import) -> bool:
    """Asks a worker for a marked workbook whose file is gone; once, and gives whether it was asked now."""
    gone = Import.objects.filter(pk=one.pk, marked=True).update(marked=False)
    if gone:
        mark.enqueue(one.pk)
    return bool(gone)


@dataclass(frozen=True)
class NotNow(Exception):
    """The good rows cannot be taken now; ``text`` says why."""

    text: Text


@transaction.atomic
def begin_taking(one: Import) -> None:
    """Asks a worker to take the good rows of a checked import; once. Raises ``NotNow``.

    Waits for a submission that is freezing the roster.
    """
    if one.subject_id is not None:
        membership.hold(one.subject_id)
    asked = Import.objects.filter(pk=one.pk, state=Import.State.CHECKED, good__gt=0, pruned_at=None)
    if not asked.update(state=Import.State.TAKING, done=0, expected=one.good):
        raise NotNow(
            Text(
                "这次导入没有等着录入的行。可能已经录入，请看结果。",
                "No row of this import waits to be taken; perhaps they were taken already.",
            )
        )
    take.enqueue(one.pk)


def stop_taking(one: Import) -> None:
    """Gives the rows of a roster back before they are taken. Raises ``NotNow`` where they are taken already.

    An authority's rows go in batch by batch and are not given back.
    """
    waiting = Import.objects.filter(pk=one.pk, state=Import.State.TAKING, subject__isnull=False)
    if not waiting.update(state=Import.State.CHECKED, done=0):
        raise NotNow(
            Text(
                "停不下来了：这些行已经录入。要改，在企业页面撤回或再导入更正。",
                "Too late: the rows were taken. Withdraw them on the enterprise's page, or import corrections.",
            )
        )


@task
def take(number: int) -> str:
    """Takes the good rows of an import into the register; gives the state that follows."""
    one = Import.objects.select_related("subject").filter(pk=number, state=Import.State.TAKING).first()
    if one is None:
        return ""
    with _not_left_waiting(one):
        return _take(one)


def _take(one: Import) -> str:
    giver = Giver(one.giver, one.office, one.name)
    note, total, done = _progress(one), one.good, 0

    def progress(rows: int) -> None:
        nonlocal done
        done += rows
        note(done, total)

    checking = Checking(storing.setting(one.year, one.region, one.subject))
    try:
        with opened(path_of(one.sha256)) as book:
            good = checking.run(book)
            if one.subject is not None:
                return _take_at_once(one, one.subject, giver, list(good), checking)
            outcome = storing.take(giver, good, at=clock.now(), progress=progress)
    except (Refused, NotYours) as refusal:
        return _refused(one, refusal.text)
    return _taken(one, outcome, checking)


@transaction.atomic
def _take_at_once(one: Import, subject: Subject, giver: Giver, good: list[Good], checking: Checking) -> str:
    """Takes the rows of a roster and says so, in one: a submission finds all of it or nothing."""
    membership.hold(subject.pk)
    mine = Import.objects.select_for_update(no_key=True).filter(pk=one.pk, state=Import.State.TAKING)
    if mine.first() is None:  # given back meanwhile
        return ""
    return _taken(one, storing.take(giver, good, at=clock.now(), subject=subject), checking)


@transaction.atomic
def _taken(one: Import, outcome: storing.Outcome, checking: Checking) -> str:
    state = _leads_to(
        one,
        Import.State.TAKEN,
        taken_at=clock.now(),
        outcome={**outcome.counts, "enrolled": outcome.enrolled, "wrote": outcome.wrote},
        good=checking.counts.good,
        wrong=checking.counts.wrong,
        errors=checking.findings.errors,
        # Those of an earlier run, broken off after it had counted them, are not counted twice.
        hints=one.hints - one.outcome.get("hinted", 0) + outcome.counts["hinted"],
    )
    if state:
        hints = [
            Finding(Said(f"register-{hint.what}", hint.text, blocks=False), value=hint.code)
            for hint in outcome.hints
        ]
        hints += [one for one in checking.findings.kept if one.said.kind.startswith("register-")]
        one.problems.filter(kind__startswith="register-").delete()
        ImportProblem.objects.bulk_create((_problem(one, hint) for hint in hints), batch_size=500)
    return state
