"""A round read for a simulation, and the promise that a simulation writes nothing.

Everything that a simulation does with the database happens inside ``read_only``: a statement that is no query is
refused before it reaches the database.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from cultivar.appraisal.simulated_case import CaseFacts
from cultivar.appraisal.simulation import Effect, Setting, simulate
from cultivar.cases import rosters
from cultivar.cases.models import Case, DossierVersion, RoundNotice
from cultivar.cases.perform import terms_of_notice
from cultivar.cases.programmes import calendar, pinned
from cultivar.cases.record import Opening, from_leaf
from cultivar.ledger.models import Entry
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.procedure.matter import Hanging, Terms
from cultivar.procedure.record import ERASE, Done


class WouldWrite(RuntimeError):
    """Something tried to change the database during a simulation; nothing was changed."""


@contextmanager
def read_only() -> Iterator[None]:
    """Refuses every statement that is not a plain query, on this thread's connection. Raises ``WouldWrite``."""
    with connection.execute_wrapper(_queries_only):
        yield


def _queries_only(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    words = sql.split(None, 1)
    if many or not words or words[0].upper() != "SELECT" or " FOR UPDATE" in sql.upper():
        raise WouldWrite(f"a simulation only reads; refused: {sql[:80]}")
    return execute(sql, params, many, context)


@dataclass(frozen=True)
class RoundFacts:
    """A round with the applications that were ever submitted, as a simulation takes them."""

    number: str
    name: Text
    programme: Programme
    terms: Terms
    cases: tuple[CaseFacts, ...]

    @property
    def in_hand(self) -> int:
        """How many are not decided yet."""
        return sum(not case.end for case in self.cases)

    def try_out(self, setting: Setting) -> Effect:
        """What a setting would have done."""
        return simulate(self.cases, self.terms, setting, calendar())


def last_decided(notices: Iterable[RoundNotice]) -> RoundNotice | None:
    """The round announced last in which every application is decided; else the last with any decision: one query."""
    latest = sorted(notices, key=lambda one: (one.announced_at, one.case_id), reverse=True)
    ends: dict[str, set[str]] = {}
    rows = Case.objects.filter(round__in=[one.case_id for one in latest], about="application")
    for number, final in rows.values_list("round_id", "final").distinct():
        ends.setdefault(number, set()).add(final)
    decided = [one for one in latest if ends.get(one.case_id, set()) & {"granted", "refused"}]
    return next((one for one in decided if "" not in ends[one.case_id]), decided[0] if decided else None)


def load_round(number: str, among: QuerySet[Case] | None = None) -> RoundFacts:
    """The round of that number: six queries at most, however many cases it has.

    ``among`` narrows the cases to those that an office may see. Drafts that were never submitted are left out.
    Raises ``RoundNotice.DoesNotExist`` where no such round was announced.
    """
    last = Entry.objects.order_by("-seq").values_list("seq", "leaf_hash").first()
    known = _as_of(number, *((last[0], bytes(last[1])) if last else (-1, b"")))
    if among is None:
        return known
    seen = set(among.filter(round=number).order_by().values_list("number", flat=True))
    return replace(known, cases=tuple(case for case in known.cases if case.number in seen))


@lru_cache(maxsize=2)
def _as_of(number: str, _seq: int, _leaf_hash: bytes) -> RoundFacts:
    """The round as the ledger has it up to an entry. Kept in memory while nothing is added: a slider asks often."""
    notice = RoundNotice.objects.select_related("case").get(case=number)
    cases = Case.objects.filter(round=number, about="application")
    rows = {row.number: row for row in cases}
    records, hanging, dossiers = _records(cases), _hanging(cases), _dossiers(cases)
    versions = {digest: pinned(digest) for digest in {row.digest for row in rows.values()}}
    facts = (
        _facts(row, versions[row.digest], *records[name], hanging.get(name, ()), dossiers.get(name, {}))
        for name, row in rows.items()
        if name in records
    )
    return RoundFacts(
        number,
        notice.case.name,
        pinned(notice.case.digest),
        terms_of_notice(notice),
        tuple(sorted((one for one in facts if one is not None), key=lambda case: case.number)),
    )


_Record = tuple[Opening, tuple[Done, ...]]


def _records(cases: QuerySet[Case]) -> dict[str, _Record]:
    """The entries of every case, oldest first, and what its first one fixed."""
    found: dict[str, tuple[Opening, list[Done]]] = {}
    entries = (
        Entry.objects.filter(case__in=cases.order_by().values("number")).exclude(kind=ERASE).order_by("seq")
    )
    for seq, number, leaf in entries.values_list("seq", "case", "leaf"):
        # That the bytes are the canonical ones is for the verification of the ledger; a trial only reads them.
        data = json.loads(bytes(leaf))
        if number not in found:
            found[number] = (Opening.of(data["opening"]), [])
        found[number][1].append(from_leaf(seq, data))
    return {number: (opening, tuple(record)) for number, (opening, record) in found.items()}


def _hanging(cases: QuerySet[Case]) -> dict[str, tuple[Hanging, ...]]:
    """What hangs on each case, as it stands now."""
    found: dict[str, tuple[Hanging, ...]] = {}
    children = Case.objects.filter(parent__in=cases.order_by().values("number")).order_by("number")
    for parent, procedure, stage, final in children.values_list("parent_id", "procedure", "stage", "final"):
        found[parent] = (*found.get(parent, ()), Hanging(procedure, stage, bool(final)))
    return found


def _dossiers(cases: QuerySet[Case]) -> dict[str, dict[str, bytes]]:
    """The frozen dossiers of every case, by their SHA-256."""
    found: dict[str, dict[str, bytes]] = {}
    versions = DossierVersion.objects.filter(case__in=cases.order_by().values("number")).order_by()
    for number, sha256, body in versions.values_list("case_id", "sha256", "body"):
        found.setdefault(number, {})[sha256] = bytes(body)
    return found


def _facts(
    row: Case,
    programme: Programme,
    opening: Opening,
    record: tuple[Done, ...],
    hanging: tuple[Hanging, ...],
    dossiers: Mapping[str, bytes],
) -> CaseFacts | None:
    acts = programme.procedures[opening.procedure].acts
    submitted = _submitted(acts, record)
    if submitted not in dossiers:
        return None
    dossier = json.loads(dossiers[submitted])
    files: dict[str, int] = {}
    for file in dossier["evidence"]:
        files[file["slot"]] = files.get(file["slot"], 0) + 1
    return CaseFacts(
        number=row.number,
        name=opening.name,
        programme=programme,
        readings=rosters.readings_in(dossier),
        procedure_id=opening.procedure,
        record=record,
        applicant=opening.applicant,
        lead_region=opening.lead_region,
        field_id=opening.field,
        data=dossier["data"],
        files=files,
        hanging=hanging,
    )


def _submitted(acts: Mapping[str, Any], record: tuple[Done, ...]) -> str:
    """The SHA-256 of the dossier that was submitted last, or ""."""
    for done in reversed(record):
        for name, spec in acts[done.act].content.items():
            if spec.type == "dossier" and name in done.content:
                return str(done.content[name])
    return ""
