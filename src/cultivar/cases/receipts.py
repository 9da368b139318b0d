"""Badges of receipts: whether an entry stands in the ledger under a checkpoint, and the address of an objection."""

import hashlib
from datetime import datetime, timedelta

from django.db.models import Subquery, Value

from cultivar.ledger import clock
from cultivar.ledger.merkle import HASH_BYTES, leaf_hash
from cultivar.ledger.models import Checkpoint, Entry, Tile
from cultivar.ledger.tree import WIDTH
from cultivar.web import components as c

_ADDRESS = b"cultivar objection\n"
_CODE = 32  # hex digits


def badge(seq: int, url: str) -> c.Receipt:
    """The badge of an entry, which leads to ``url``: one query.

    It is entered once a checkpoint covers it, waiting before, and a mismatch where its bytes, its hash and the tile
    of the tree do not agree. ``Entry.DoesNotExist`` for an unknown one.
    """
    covered = Checkpoint.objects.order_by("-size").values("size")[:1]
    tile = Tile.objects.filter(place=Value(f"0/{seq // WIDTH}")).values("hashes")[:1]
    entry = Entry.objects.annotate(covered=Subquery(covered), tile=Subquery(tile)).get(seq=seq)
    stored, made = bytes(entry.leaf_hash), leaf_hash(bytes(entry.leaf))
    short = f"{stored.hex()[:4]}…{stored.hex()[-4:]}"
    at = (seq % WIDTH) * HASH_BYTES
    kept = stored if entry.tile is None else bytes(entry.tile)[at : at + HASH_BYTES]
    if not made == stored == kept:
        return c.Receipt(seq, "mismatch", url, short)
    if entry.covered is not None and entry.covered > seq:
        return c.Receipt(seq, "entered", url, short)
    return c.Receipt(seq, "waiting", url, short, next_checkpoint(clock.now()))


def next_checkpoint(now: datetime) -> datetime:
    """When the next checkpoint is due: at the next full hour."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def address_code(entry: Entry) -> str:
    """What makes the address of an objection unguessable, from the bytes of its first entry.

    Those hold a random nonce that only readers of the entry know; the leaf hash is public and would not do.
    """
    return hashlib.sha256(_ADDRESS + bytes(entry.leaf)).hexdigest()[:_CODE]
