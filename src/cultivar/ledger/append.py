"""Appending to the ledger: one serialised writer, one entry for one idempotency key, and the tree grown by one leaf."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction

from cultivar.ledger import clock, randomness, tree
from cultivar.ledger.canonical import canonical
from cultivar.ledger.merkle import leaf_hash, root_of_hashes
from cultivar.ledger.models import Entry, Erasure, Head, Sealed, Tile
from cultivar.policy.text import Text

FORMAT = 2
LARGEST_LEAF = 2**16 - 1  # bytes: an entry of a bundle gives its length in two bytes (C2SP tlog-tiles)


@dataclass(frozen=True)
class Draft:
    """What is to be recorded. ``content`` holds plain JSON without floats; ``personal`` is kept outside the leaf."""

    case: str
    procedure: str
    programme: str
    digest: str  # identity of the programme version
    act: str
    step: str
    body: str
    post: str
    office: str
    region: str
    person: str  # opaque key, never a name
    articles: tuple[str, ...]
    content: Mapping[str, Any]
    personal: Mapping[str, Any]
    opening: Mapping[str, Any] | None = None  # what a first act fixes about its case


class TooLong(ValueError):
    """An act that says more than an entry holds; ``text`` says so."""

    def __init__(self, size: int) -> None:
        self.text = Text(
            "这一步写的内容太多（{size} 字节，最多 {most} 字节）。请删短，或把长的内容作为文件附上。",
            "This says more than one entry holds ({size} bytes, at most {most}). Shorten it, or attach the long parts "
            "as a file.",
        ).fill(size=size, most=LARGEST_LEAF)
        super().__init__(self.text.en)


def lock() -> Head:
    """Takes the writer's place until the transaction ends. Must be called inside one."""
    head = Head.objects.select_for_update().filter(id=1).first()
    if head is None:
        Head.objects.get_or_create(id=1)
        head = Head.objects.select_for_update().get(id=1)
    return head


def now(head: Head) -> datetime:
    """The time of the next entry: the clock's, or the last entry's where the clock would run back."""
    present = clock.now()
    return present if head.last_at is None else max(present, head.last_at.astimezone(clock.SHANGHAI))


def find(key: str) -> Entry | None:
    """The entry made under an idempotency key, if there is one."""
    return Entry.objects.filter(key=key).first()


@transaction.atomic(savepoint=False)
def append(head: Head, draft: Draft, key: str, at: datetime) -> Entry:
    """Writes one entry under the lock ``head``. The database refuses a second one with the same key.

    Raises ``NotCanonical`` or ``TooLong``; whatever is raised, the transaction around must not be committed.
    """
    salted = {
        name: (randomness.token(16), canonical(value)) for name, value in sorted(draft.personal.items())
    }
    commitments = {name: {"commitment": commitment(salt, value)} for name, (salt, value) in salted.items()}
    leaf = canonical(_leaf(draft, {**draft.content, **commitments}, at, key))
    if len(leaf) > LARGEST_LEAF:
        raise TooLong(len(leaf))
    entry = Entry.objects.create(
        seq=head.size,
        case=draft.case,
        kind=draft.act,
        step=draft.step,
        office=draft.office,
        at=at,
        key=key,
        leaf=leaf,
        leaf_hash=leaf_hash(leaf),
    )
    if salted:
        Sealed.objects.bulk_create(
            Sealed(entry=entry, field=name, salt=salt, value=value) for name, (salt, value) in salted.items()
        )
    grow(head, bytes(entry.leaf_hash))
    head.last_at = at
    head.save(update_fields=["size", "last_at", "edge"])
    return entry


def grow(head: Head, leaf: bytes) -> None:
    """Adds a leaf hash to the tree of ``head`` (not saved here), and stores the tiles that it completes."""
    edge = tree.grown(tree.unpacked(bytes(head.edge)), head.size, leaf)
    head.size += 1
    head.edge = tree.packed(edge)
    for level, index in tree.completed(head.size):
        hashes = _hashes_below(level, index)
        Tile.objects.create(
            place=f"{level}/{index}",
            level=level,
            index=index,
            hashes=tree.packed(hashes),
            root=root_of_hashes(hashes),
        )


def _hashes_below(level: int, index: int) -> list[bytes]:
    """The hashes of a tile that has just become full."""
    first = index * tree.WIDTH
    if level == 0:
        kept = Entry.objects.filter(seq__gte=first, seq__lt=first + tree.WIDTH).order_by("seq")
        found = [bytes(one) for one in kept.values_list("leaf_hash", flat=True)]
    else:
        tiles = Tile.objects.filter(level=level - 1, index__gte=first, index__lt=first + tree.WIDTH)
        found = [bytes(one) for one in tiles.order_by("index").values_list("root", flat=True)]
    if len(found) != tree.WIDTH:
        raise LookupError(f"tile {level}/{index} lacks hashes: {len(found)} of {tree.WIDTH}")
    return found


def _leaf(draft: Draft, content: Mapping[str, Any], at: datetime, key: str) -> dict[str, Any]:
    leaf = {
        "format": FORMAT,
        "nonce": randomness.token(16).hex(),  # so that nobody guesses an entry from its public hash
        "case": draft.case,
        "procedure": draft.procedure,
        "programme": draft.programme,
        "digest": draft.digest,
        "act": draft.act,
        "step": draft.step,
        "body": draft.body,
        "post": draft.post,
        "office": draft.office,
        "region": draft.region,
        "person": draft.person,
        "articles": list(draft.articles),
        "at": at.isoformat(timespec="seconds"),
        "key": key,
        "content": dict(content),
    }
    if draft.opening is not None:
        leaf["opening"] = dict(draft.opening)
    return leaf


def commitment(salt: bytes, value: bytes) -> str:
    """SHA-256 (hex) of salt and canonical value."""
    return hashlib.sha256(salt + value).hexdigest()


def erase(by: Entry, entry: Entry, field: str) -> bool:
    """Destroys a personal value and its salt, recorded as done by the entry ``by``; False where it is gone already.

    The database lets nothing else delete it, and nothing but an entry of kind ``erase`` do so.
    """
    Erasure.objects.create(entry=entry, field=field, by=by)
    deleted, _ = Sealed.objects.filter(entry=entry, field=field).delete()
    return deleted == 1


def empty_log() -> None:
    """Writes SQLite's log back and empties it, so that what was erased does not linger there; elsewhere nothing.

    Call it outside transactions. While others read, the log cannot be emptied; the next call, or the end of the last
    connection, does it.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except OperationalError:  # somebody reads just now
        return
