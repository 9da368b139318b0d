"""What of a record is sealed for whom: values that only who said them reads until an act opens them.

Sealing is a rule of reading. The ledger's leaf holds the value; so may whoever has the database.
"""

from collections.abc import Sequence

from django.db.models import Max

from cultivar.cases.models import Case
from cultivar.cases.programmes import versions
from cultivar.cases.record import Folded
from cultivar.ledger.models import Entry
from cultivar.procedure.record import Done
from cultivar.procedure.sealing import sealed_fields


def sealed_for(case: Folded, done: Done, reader: str) -> frozenset[str]:
    """The fields of an entry that the person of this key does not read yet; "" is nobody in particular."""
    if reader and done.person == reader:
        return frozenset()
    return sealed_fields(case.procedure, case.state.acts, done)


def sealed_entries(found: Sequence[Entry]) -> set[int]:
    """The numbers of those entries that say something sealed: two queries, without folding a case."""
    numbers = {entry.case for entry in found}
    rows = {row.number: row for row in Case.objects.filter(number__in=numbers).only("digest", "procedure")}
    until = {entry.seq: acts for entry in found if (acts := _opening(entry, rows.get(entry.case)))}
    if not until:
        return set()
    opened = Entry.objects.filter(
        case__in={entry.case for entry in found if entry.seq in until},
        kind__in=set().union(*until.values()),
        step__in=("do", "confirm"),
    )
    last = {(case, kind): seq for case, kind, seq in opened.values_list("case", "kind").annotate(Max("seq"))}
    return {
        entry.seq
        for entry in found
        if any(last.get((entry.case, act), -1) < entry.seq for act in until.get(entry.seq, ()))
    }


def _opening(entry: Entry, row: Case | None) -> frozenset[str]:
    """The acts that unseal what an entry says."""
    programme = versions().get(row.digest) if row else None
    procedure = programme.procedures.get(row.procedure) if programme and row else None
    act = procedure.acts.get(entry.kind) if procedure else None
    if act is None:
        return frozenset()
    return frozenset(spec.sealed_until for spec in act.content.values() if spec.sealed_until is not None)
