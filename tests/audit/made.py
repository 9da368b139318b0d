"""Ledgers of plain entries, keys in a folder of their own, and a witness."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from cultivar.ledger import append as ledger
from cultivar.ledger import clock, note, signing
from cultivar.ledger.append import Draft
from cultivar.ledger.models import Entry
from cultivar.ledger.note import COSIGNATURE

AT = datetime(2026, 5, 7, 10, 24, tzinfo=clock.SHANGHAI)
WITNESS, WITNESS_SEED = "witness.example/archive", b"w" * 32
WITNESS_VKEY = note.vkey(WITNESS, note.public_half(WITNESS_SEED), COSIGNATURE)


def keep_keys(settings: Any, folder: Path) -> None:
    """Keys and witnesses of this test alone."""
    settings.LEDGER_KEYS = folder / "keys"
    settings.LEDGER_WITNESSES = folder / "witnesses"
    settings.LEDGER_ORIGIN = "ledger.example/test"


def know_witness(settings: Any) -> None:
    """The witness is one of the configured ones."""
    Path(settings.LEDGER_WITNESSES).write_text(f"# an archive (fictional)\n{WITNESS_VKEY}\n", "utf-8")


@transaction.atomic
def grow(count: int, case: str = "T-1") -> None:
    """Appends so many entries."""
    head = ledger.lock()
    for seq in range(head.size, head.size + count):
        ledger.append(head, draft(case=case, content={"n": seq}), f"made-{seq}", AT + timedelta(seconds=seq))


def draft(**more: Any) -> Draft:
    """What an entry of no programme says."""
    parts: dict[str, Any] = {
        "case": "T-1",
        "procedure": "p",
        "programme": "a/b",
        "digest": "0" * 64,
        "act": "do",
        "step": "do",
        "body": "city",
        "post": "",
        "office": "city-1",
        "region": "1",
        "person": "k",
        "articles": ("a1",),
        "content": {},
        "personal": {},
    }
    return Draft(**{**parts, **more})


def cosigned(signed: str, seed: bytes = WITNESS_SEED, name: str = WITNESS, at: int = 1_778_120_000) -> str:
    """A checkpoint with the cosignature of a witness."""
    text = note.open_note(signed, ()).text
    return f"{signed}{note.cosignature_line(text, name, seed, at)}\n"


def receipt_text(seq: int) -> str:
    """The receipt of an entry that a checkpoint covers."""
    made = signing.receipt(seq, bytes(Entry.objects.get(seq=seq).leaf))
    assert made is not None
    return made.text
