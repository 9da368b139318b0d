"""Appending to the ledger: canonical bytes, one serialised writer, one entry for one idempotency key."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from django.db import transaction

from cultivar.ledger import clock, randomness
from cultivar.ledger.merkle import leaf_hash
from cultivar.ledger.models import Entry, Head, Sealed

FORMAT = 1


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


class NotCanonical(ValueError):
    """Content that cannot be written the same way by everyone, such as a float."""


def lock() -> Head:
    """Takes the writer's place until the transaction ends. Must be called inside one."""
    head, _ = Head.objects.select_for_update().get_or_create(id=1)
    return head


def now(head: Head) -> datetime:
    """The time of the next entry: the clock's, or the last entry's where the clock would run back."""
    present = clock.now()
    return present if head.last_at is None else max(present, head.last_at.astimezone(clock.SHANGHAI))


def find(key: str) -> Entry | None:
    """The entry made under an idempotency key, if there is one."""
    return Entry.objects.filter(key=key).first()


@transaction.atomic
def append(head: Head, draft: Draft, key: str, at: datetime) -> Entry:
    """Writes one entry under the lock ``head``. The database refuses a second one with the same key."""
    salted = {
        name: (randomness.token(16), canonical(value)) for name, value in sorted(draft.personal.items())
    }
    commitments = {name: {"commitment": commitment(salt, value)} for name, (salt, value) in salted.items()}
    leaf = canonical(_leaf(draft, {**draft.content, **commitments}, at, key))
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
    Sealed.objects.bulk_create(
        Sealed(entry=entry, field=name, salt=salt, value=value) for name, (salt, value) in salted.items()
    )
    head.size += 1
    head.last_at = at
    head.save(update_fields=["size", "last_at"])
    return entry


def _leaf(draft: Draft, content: Mapping[str, Any], at: datetime, key: str) -> dict[str, Any]:
    leaf = {
        "format": FORMAT,
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


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of plain data in NFC. Raises ``NotCanonical`` on floats, bad integers and lone surrogates."""
    try:
        return rfc8785.dumps(_plain(value))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise NotCanonical(str(error)) from None


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        raise NotCanonical("floats have no place in the ledger")
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {unicodedata.normalize("NFC", str(name)): _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value


def read(leaf: bytes) -> dict[str, Any]:
    """The data of a leaf. Raises ``NotCanonical`` where its bytes are not the canonical ones."""
    data = json.loads(bytes(leaf), object_pairs_hook=_no_duplicates)
    if canonical(data) != bytes(leaf):
        raise NotCanonical("the bytes are not canonical")
    return dict(data)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [name for name, _ in pairs]
    if len(set(keys)) < len(keys):
        raise NotCanonical("a key is given twice")
    return dict(pairs)
