"""Documents that acts name by their SHA-256: kept once, read back only as what they are named after."""

import hashlib
import json
from typing import Any

from cultivar.evaluation.models import Document
from cultivar.ledger.canonical import canonical
from cultivar.policy.text import Text

_GONE = Text(
    "文件 {sha256} 不在了。请按备份恢复。", "The document {sha256} is gone. Restore it from the backup."
)
_OTHER = Text(
    "文件 {sha256} 的内容和它的哈希不符，已被改动。请按备份恢复。",
    "The document {sha256} no longer has the hash that it is named after: it was changed. Restore it from the backup.",
)


class Spoiled(Exception):
    """A document that is gone or is not what its name says; ``text`` says which."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def keep(kind: str, data: Any) -> str:
    """Keeps plain data in its canonical form; gives the SHA-256, 64 hex digits."""
    return keep_bytes(kind, canonical(data))


def keep_bytes(kind: str, body: bytes) -> str:
    """Keeps a document that is no JSON."""
    sha256 = hashlib.sha256(body).hexdigest()
    Document.objects.get_or_create(sha256=sha256, defaults={"kind": kind, "body": body})
    return sha256


def content(sha256: str) -> bytes:
    """The bytes of a document: one query. Raises ``Spoiled``."""
    row = Document.objects.filter(sha256=sha256).first()
    if row is None:
        raise Spoiled(_GONE.fill(sha256=sha256))
    body = bytes(row.body)
    if hashlib.sha256(body).hexdigest() != sha256:
        raise Spoiled(_OTHER.fill(sha256=sha256))
    return body


def read(sha256: str) -> Any:
    """The plain data of a document. Raises ``Spoiled``."""
    return json.loads(content(sha256))
