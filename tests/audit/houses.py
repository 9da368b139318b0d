"""A small ledger with everything in it that can be altered: two cases, a full tile, personal values, signatures."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from tests import world as w
from tests.registry import stated as r
from tests.unguarded import unguarded

from cultivar.audit.witnessing import Key
from cultivar.cases import erasing
from cultivar.cases.membership import enrol
from cultivar.cases.models import Case
from cultivar.cases.opening import open_round
from cultivar.ledger import clock, merkle, note, proofs, signing, tree
from cultivar.ledger.canonical import canonical, read
from cultivar.ledger.models import Entry, Head, Tile
from cultivar.registry.statements import state

WITNESS = Key("witness.example/audit", bytes(range(7, 39)))
HANDLER, REVIEWER = w.province("handler"), w.province("reviewer")


@dataclass(frozen=True)
class House:
    """Where things stand in the ledger: numbers of entries and sizes of checkpoints."""

    recognised: Case
    under_way: Case
    visit: int  # has a personal value
    erased: int  # had one
    early: int  # size of the first checkpoint
    size: int  # of the ledger, and of the last checkpoint

    @property
    def in_tile(self) -> int:
        """An entry of the full tile: a city agrees to a recommendation."""
        return Entry.objects.filter(kind="recommend", step="confirm").earliest("seq").seq

    @property
    def at_edge(self) -> int:
        """An entry of the tile that is not full."""
        return Entry.objects.filter(case=self.under_way.number).earliest("seq").seq


def prepare(settings: Any, folder: Any) -> None:
    """Keys and witnesses of its own."""
    settings.LEDGER_KEYS = folder / "keys"
    settings.LEDGER_ORIGIN = "ledger.example/test"
    settings.LEDGER_WITNESSES = folder / "witnesses"
    settings.LEDGER_WITNESSES.write_text(f"{WITNESS.vkey}\n")


def build() -> House:
    """The ledger, signed twice and cosigned at the end."""
    with w.at("2026-04-16"):
        round_, of = w.announce(), w.cluster()
        case = w.application(round_, of)
        w.to_city_review(case, of)
        w.to_recommended(case, of)
    early = size_of(signing.sign())
    with w.at("2026-05-20"):
        w.to_listed(case)
        w.to_notice(case)
    with w.at("2026-05-28"):
        w.twice(case, "recognise", HANDLER, REVIEWER, {"decision": "黔工信发〔2026〕9号"})
        for _ in range(258 - proofs.head()[0]):
            names = {"name-zh": "再一批", "name-en": "Another round"}
            open_round(w.GUIZHOU, "round", HANDLER, names, key=w.key())
    with w.at("2026-06-01"):
        again = w.announce("2026-06-01T08:00+08:00", "2026-07-15T18:00+08:00")
        other = w.cluster(w.BIJIE, 2)
        firms = [r.firm(n, {2025: {"revenue": n * 10_000}}) for n in (1, 2)]
        state(r.applicant(other.organisation_id), firms, at=clock.now())
        enrol(other, [one.code for one in firms])
        second = w.application(again, other)
        w.to_city_review(second, other)
        lead = w.city(other.region_id)
        w.do(second, "review", lead, {"opinions": w.OPINIONS, "conclusion": "符合"})
        visit = w.do(second, "visit", lead, {**w.VISIT, "date": "2026-06-01"}).seq
        erased = Entry.objects.get(case=case.number, kind="visit").seq
        asked = {"entry": erased, "fields": ["visitors"], "law": "consent", "reason": "本人撤回（虚构）"}
        erasing.erase(case.number, HANDLER, asked, key=w.key(), step="propose")
        erasing.erase(case.number, REVIEWER, key=w.key(), step="confirm")
    signed = signing.sign()
    signing.accept(cosigned(signed))
    return House(Case.objects.get(pk=case.pk), second, visit, erased, early, size_of(signed))


def cosigned(signed: str) -> str:
    """The note with the witness's cosignature."""
    text = note.open_note(signed, ()).text
    return f"{signed}{note.cosignature_line(text, WITNESS.name, WITNESS.seed, 1_800_000_000)}\n"


def size_of(signed: str) -> int:
    """How many entries a checkpoint signs."""
    return int(signed.split("\n")[1])


@contextmanager
def altered(statement: str = "", *values: Any) -> Iterator[Any]:
    """The database after a statement that it would have refused, and afterwards as it was."""
    with transaction.atomic():
        with unguarded() as cursor:
            if statement:
                cursor.execute(statement, values)
            yield cursor
        transaction.set_rollback(True)


def flipped(data: bytes, position: int) -> bytes:
    """One bit of one byte changed."""
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]


def leaf_of(seq: int) -> bytes:
    """The bytes of an entry."""
    return bytes(Entry.objects.values_list("leaf", flat=True).get(seq=seq))


def rewrite(cursor: Any, seq: int, leaf: bytes) -> None:
    """An entry's bytes and its hash, which agree."""
    digest = hashlib.sha256(b"\x00" + leaf).digest()
    cursor.execute("UPDATE ledger_entry SET leaf = %s, leaf_hash = %s WHERE seq = %s", [leaf, digest, seq])


def regrow(cursor: Any) -> None:
    """Tiles and edge made anew from whatever the entries are: the work of somebody with full power over the server."""
    hashes = [bytes(one) for one in Entry.objects.order_by("seq").values_list("leaf_hash", flat=True)]
    edge: tuple[bytes, ...] = ()
    for size, one in enumerate(hashes):
        edge = tree.grown(edge, size, one)
    for index in range(len(hashes) // 256):
        row = hashes[256 * index : 256 * index + 256]
        cursor.execute(
            "UPDATE ledger_tile SET hashes = %s, root = %s WHERE place = %s",
            [b"".join(row), merkle.root_of_hashes(row), f"0/{index}"],
        )
    cursor.execute("UPDATE ledger_head SET size = %s, edge = %s", [len(hashes), b"".join(edge)])


def members(leaf: bytes) -> dict[str, bytes]:
    """The leaf with each of its members altered in turn, in canonical form."""
    said = read(leaf)
    changed = {}
    for name, value in said.items():
        if isinstance(value, str):
            other: Any = f"{value[:-1]}{'1' if value[-1:] != '1' else '2'}"
        elif isinstance(value, int):
            other = value + 1
        elif isinstance(value, list):
            other = [*value, "a99"]
        else:
            other = {**value, "added": 1}
        changed[name] = canonical({**said, name: other})
    return changed


@contextmanager
def built(folder: Any) -> Iterator[House]:
    """The ledger for the tests of a module, with its keys in a folder; undone at the end."""
    from django.conf import settings
    from django.test.utils import override_settings

    with override_settings(), transaction.atomic():
        prepare(settings, folder)
        yield build()
        transaction.set_rollback(True)


def stored() -> tuple[int, int]:
    """How many entries and tiles there are."""
    return Head.objects.get().size, Tile.objects.count()


def guarded() -> bool:
    """Whether this is PostgreSQL, which keeps columns to their types."""
    return connection.vendor == "postgresql"
