"""Appraisals of cases and of clusters: what the dossier states, the roster gives, the round asks and offices judged.

For the working copy the roster is the register's of today; a submitted version keeps its own.
"""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from cultivar.appraisal.answers import Appraisal, Facts, Judged, appraise
from cultivar.appraisal.indicators import Reading
from cultivar.appraisal.simulated_case import figures
from cultivar.cases import rosters
from cultivar.cases.dossier import evidence_counts, thaw
from cultivar.cases.models import Case, Dossier, DossierVersion, RoundNotice, Subject
from cultivar.cases.programmes import pinned
from cultivar.cases.record import Folded
from cultivar.ledger import clock
from cultivar.ledger.clock import SHANGHAI
from cultivar.policy.model import Programme
from cultivar.procedure.record import Done

_JUDGED: Mapping[str, Judged] = {"meets": "meets", "fails": "fails"}


def facts_of(
    case: Case, version: DossierVersion | None = None, opinions: Mapping[str, Judged] | None = None
) -> Facts:
    """What is known of an application by a submitted version, or (None) by the working copy.

    Eight queries at most for the working copy, two for a version; ``opinions`` are those that may be read by whoever
    asks (``opinions_in``).
    """
    programme, notice = pinned(case.digest), rosters.notice_of(case)
    if version is None:
        data, slots, readings, on = _working(case, programme, notice)
    else:
        body = thaw(version)
        data, slots = body["data"], _slots(body["evidence"])
        readings = rosters.frozen_readings(programme, body)[1]
        on = version.at.astimezone(SHANGHAI).date()
    return Facts(
        readings=readings,
        stated=figures(programme, data),
        thresholds=thresholds_of(notice),
        opinions=opinions or {},
        files=files_by_kind(programme, slots),
        on=on.isoformat(),
    )


def appraisal_of(
    case: Case, version: DossierVersion | None = None, opinions: Mapping[str, Judged] | None = None
) -> Appraisal:
    """The answers to the conditions of the version that the case is pinned to; queries as for ``facts_of``."""
    return appraise(pinned(case.digest), facts_of(case, version, opinions))


def appraise_many(
    subjects: "QuerySet[Subject]",
    programme: Programme,
    year: int,
    on: date,
    thresholds: Mapping[str, Decimal] | None = None,
) -> dict[str, Appraisal]:
    """What the rosters alone say of many subjects, by code: five queries, however many subjects and enterprises."""
    with _not_collecting():
        return {
            code: appraise(
                programme,
                Facts(
                    readings=rosters.readings(programme, roster),
                    thresholds=thresholds or {},
                    on=on.isoformat(),
                ),
            )
            for code, roster in rosters.live_many(subjects, year, on).items()
        }


@contextmanager
def _not_collecting() -> Iterator[None]:
    """Puts off the search for unused cycles: among millions of new values it only takes time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def opinions_in(case: Folded, acts: Iterable[Done] | None = None) -> dict[str, Judged]:
    """What was judged last of each condition, in the acts that took effect or in those of them that one may read.

    An office that found a condition unclear takes back what was judged before.
    """
    found: dict[str, str] = {}
    for done in sorted(case.state.acts if acts is None else acts, key=lambda one: one.seq):
        act = case.procedure.acts.get(done.act)
        for name, spec in act.content.items() if act else ():
            if spec.type == "per-condition" and name in done.content:
                found |= {one: said["opinion"] for one, said in done.content[name].items()}
    return {condition: _JUDGED[said] for condition, said in found.items() if said in _JUDGED}


def thresholds_of(notice: RoundNotice | None) -> dict[str, Decimal]:
    """The thresholds that the notice of a round fixed, by indicator; none without a round."""
    fixed = notice.values.get("thresholds") if notice is not None else None
    return {name: Decimal(value) for name, value in (fixed or {}).items()}


def files_by_kind(programme: Programme, slots: Mapping[str, int]) -> dict[str, int]:
    """How many files there are of each kind of evidence; ``slots``: how many in each field of the dossier."""
    counts: dict[str, int] = {}
    for name, spec in programme.form_fields.items():
        if spec.evidence and slots.get(name):
            counts[spec.evidence] = counts.get(spec.evidence, 0) + slots[name]
    return counts


def _working(
    case: Case, programme: Programme, notice: RoundNotice | None
) -> tuple[Mapping[str, Any], Mapping[str, int], dict[str, Reading], date]:
    dossier, today = Dossier.objects.filter(case=case).first(), clock.today()
    readings: dict[str, Reading] = {}
    if case.subject is not None:
        roster = rosters.live(case.subject, rosters.year_reported(notice), today)
        readings = rosters.readings(programme, roster)
    return dossier.data if dossier else {}, evidence_counts(case), readings, today


def _slots(evidence: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for file in evidence:
        counts[file["slot"]] = counts.get(file["slot"], 0) + 1
    return counts
