"""Whether the ledger is whole: the tree, what was signed of it, what the entries say, what was done, the tables.

One pass in the order of the entries; nothing stops it. What is found names the first bad act first.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import TextField
from django.db.models.functions import Cast

from cultivar.audit import verifying_entries as entries
from cultivar.audit.findings import Finding, in_order
from cultivar.audit.verifying_acts import Acts, words_of
from cultivar.audit.verifying_checkpoints import Checkpoints, Handed
from cultivar.audit.verifying_files import documents, dossiers, draws, files
from cultivar.audit.verifying_second import SecondWalk
from cultivar.audit.verifying_tree import Progress, TreeWalk, chunks, snapshot
from cultivar.cases.models import AdoptedProgramme, Case
from cultivar.cases.programmes import versions
from cultivar.cases.replay import against_tables
from cultivar.ledger import canonical
from cultivar.ledger.models import Entry, Head
from cultivar.policy.text import Text

_PROGRAMME = Text(
    "所存的政策版本 {digest} 与它的标识不符。",
    "the kept text of the version {digest} is not what its name says.",
)


@dataclass(frozen=True)
class Verdict:
    """What a verification found. ``unfollowed`` cases were checked only up to a damaged act."""

    findings: tuple[Finding, ...]
    size: int  # entries
    cases: int
    checkpoints: int
    unfollowed: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


def expected_size() -> int:
    """How many entries a verification will read, as the ledger's head says."""
    return Head.objects.filter(id=1).values_list("size", flat=True).first() or 0


def verify(
    *,
    handed: Sequence[Handed] = (),
    pinned: Sequence[str] = (),
    tree_only: bool = False,
    with_files: bool = False,
    progress: Progress = lambda _: None,
) -> Verdict:
    """Checks the ledger of this database, as it is at this moment.

    ``handed`` are checkpoints or receipts that others kept; ``pinned`` vkeys count instead of the database's own
    list. ``tree_only`` leaves out what the entries say; ``with_files`` also reads every file of evidence. Raises
    ``BadNote`` for a malformed vkey and ``NoKey`` for a malformed list of witnesses.
    """
    with snapshot():
        signed = Checkpoints(handed, pinned)
        walk, second = TreeWalk(signed.sizes), SecondWalk([*signed.claims, *signed.handed])
        if tree_only:
            for rows in chunks():
                walk.take(rows)
                second.take(rows)
                progress(len(rows))
            walk.finish()
            found = [*walk.findings, *signed.compare(walk), *second.findings()]
            return Verdict(_named(found), walk.size, 0, signed.stored)
        read = entries.Entries()
        acts = Acts(read)
        owners: dict[int, str] = {}
        for rows in chunks(*entries.COLUMNS, Cast("at", TextField())):
            walk.take(rows)
            second.take(rows)
            _take(rows, walk, read, acts, owners)
            progress(len(rows))
        walk.finish()
        read.finish(owners, acts.lost)
        found = [*walk.findings, *signed.compare(walk), *second.findings()]
        found += [*read.findings, *acts.findings, *_programmes()]
        found += [*dossiers(acts.dossiers), *documents(acts.documents), *draws(acts.cases.values())]
        found += [*(files() if with_files else ())]
        found += _projections(acts)
        cases = len(acts.cases) + len(acts.lost)
        return Verdict(_named(found), walk.size, cases, signed.stored, len(acts.lost))


def _take(
    rows: Sequence[tuple[object, ...]],
    walk: TreeWalk,
    read: entries.Entries,
    acts: Acts,
    owners: dict[int, str],
) -> None:
    """What the entries of a chunk say."""
    leaves: dict[int, entries.Leaf] = {}
    for row in rows:
        seq, case = int(str(row[0])), str(row[3])
        leaf = None if seq in walk.bad else read.read(row)
        if leaf is None:
            acts.lose(case)
            continue
        leaves[seq] = leaf
        acts.take(seq, leaf)
    read.beside(leaves, int(str(rows[0][0])), int(str(rows[-1][0])))
    owners.update((seq, leaf["case"]) for seq, leaf in leaves.items() if seq in read.erased_from)


def _programmes() -> list[Finding]:
    """The kept texts of programme versions that are not the ones they are named after."""
    return [
        Finding("act", _PROGRAMME.fill(digest=digest), table="cases_adoptedprogramme")
        for digest, data in AdoptedProgramme.objects.order_by("pk").values_list("digest", "data")
        if hashlib.sha256(bytes(data)).hexdigest() != digest
    ]


def _projections(acts: Acts) -> list[Finding]:
    return [
        Finding("projection", one.text, case=one.case, table=one.table)
        for one in against_tables(acts.cases, apart_from=acts.related_to_lost)
    ]


def _named(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """In order, each entry with its case and its act in words, as far as they can be read."""
    found = in_order(list(findings))
    numbers = {one.seq for one in found if one.seq is not None}
    rows = {
        row[0]: row[1:]
        for start in range(0, len(numbers), 500)
        for row in Entry.objects.filter(seq__in=sorted(numbers)[start : start + 500]).values_list(
            "seq", "case", "kind", "step", "leaf"
        )
    }
    return tuple(_with_words(one, rows[one.seq]) if one.seq in rows else one for one in found)


def _with_words(finding: Finding, row: tuple[str, str, str, object]) -> Finding:
    case, kind, step, leaf = row
    try:
        said = canonical.read(bytes(leaf))  # type: ignore[call-overload]
        programme, procedure = versions()[said["digest"]], said["procedure"]
    except (ValueError, TypeError, KeyError):
        kept = Case.objects.filter(number=case).values_list("digest", "procedure").first()
        if kept is None or kept[0] not in versions():
            return replace(finding, case=finding.case or case, act=Text(kind, kind))
        programme, procedure = versions()[kept[0]], kept[1]
    return replace(finding, case=finding.case or case, act=words_of(programme, str(procedure), kind, step))
