"""Checkpoints (C2SP tlog-checkpoint) and proofs of inclusion that carry one (C2SP tlog-proof). Pure."""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cultivar.ledger.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from cultivar.ledger.note import BadNote, Opened, Verifier, open_note
from cultivar.policy.text import Text

PROOF = "c2sp.org/tlog-proof@v1"
LARGEST_SIZE = 2**63 - 1
MOST_HASHES = 63  # of a path in any tree that can be counted

_WHOLE = re.compile("0|[1-9][0-9]{0,18}")
_BAD_CHECKPOINT = Text("检查点格式不对。", "the checkpoint is malformed.")
_BAD_PROOF = Text("回执格式不对。", "the receipt is malformed.")


@dataclass(frozen=True)
class Checkpoint:
    """What a signed note says of a tree: whose, how many leaves, and its root (32 bytes)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The lines that are signed."""
        root = base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), root, *self.extensions))


@dataclass(frozen=True)
class Receipt:
    """A proof that a leaf stands in the tree of a checkpoint. ``leaf`` is its bytes where the receipt carries them."""

    index: int
    path: tuple[bytes, ...]
    note: str
    leaf: bytes | None = None

    @property
    def text(self) -> str:
        """The receipt as a file (``.tlog-proof``)."""
        extra = [] if self.leaf is None else [f"extra {base64.b64encode(self.leaf).decode()}"]
        hashes = [base64.b64encode(one).decode() for one in self.path]
        return "\n".join([PROOF, *extra, f"index {self.index}", *hashes, "", self.note])


def parse(text: str) -> Checkpoint:
    """The checkpoint that a note's text says. Raises ``BadNote``."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "" or not all(lines):
        raise BadNote(_BAD_CHECKPOINT)
    origin, size, root = lines[:3]
    if not _WHOLE.fullmatch(size) or int(size) > LARGEST_SIZE:
        raise BadNote(_BAD_CHECKPOINT)
    return Checkpoint(origin, int(size), _hash(root, _BAD_CHECKPOINT), tuple(lines[3:]))


def opened(note: str | bytes, verifiers: Iterable[Verifier]) -> tuple[Checkpoint, Opened]:
    """A checkpoint signed by the log itself: by one of ``verifiers`` named like its origin. Raises ``BadNote``."""
    found = open_note(note, verifiers)
    checkpoint = parse(found.text)
    if not any(key.name == checkpoint.origin for key, _ in found.verified):
        raise BadNote(
            Text(
                "检查点没有这个账本已知密钥的签名。", "no known key of this ledger has signed the checkpoint."
            )
        )
    return checkpoint, found


def read_receipt(body: str | bytes) -> Receipt:
    """The receipt that a file holds, nothing proved yet. Raises ``BadNote``."""
    try:
        said = body if isinstance(body, str) else bytes(body).decode("utf-8")
    except UnicodeDecodeError:
        raise BadNote(_BAD_PROOF) from None
    head, blank, note = said.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines.pop(0) != PROOF:
        raise BadNote(_BAD_PROOF)
    leaf = None
    if lines and lines[0].startswith("extra "):
        leaf = _base64(lines.pop(0).removeprefix("extra "), _BAD_PROOF)
    if not lines or not lines[0].startswith("index "):
        raise BadNote(_BAD_PROOF)
    index = lines.pop(0).removeprefix("index ")
    if not _WHOLE.fullmatch(index) or len(lines) > MOST_HASHES:
        raise BadNote(_BAD_PROOF)
    return Receipt(int(index), tuple(_hash(line, _BAD_PROOF) for line in lines), note, leaf)


def check_receipt(
    receipt: Receipt, verifiers: Sequence[Verifier], *, leaf: bytes | None = None
) -> tuple[Checkpoint, Opened]:
    """The checkpoint under which a receipt's leaf stands, and who signed it.

    ``leaf`` are the bytes of the leaf where the receipt does not carry them. Raises ``BadNote`` where the receipt
    proves nothing.
    """
    checkpoint, found = opened(receipt.note, verifiers)
    data = receipt.leaf if leaf is None else leaf
    if data is None:
        raise BadNote(
            Text(
                "回执里没有这条记录的内容，请另外给出。",
                "the receipt does not carry its entry; give it as well.",
            )
        )
    if not verify_inclusion(leaf_hash(data), receipt.index, checkpoint.size, receipt.path, checkpoint.root):
        raise BadNote(
            Text(
                "这条记录不在检查点所签的账本里。",
                "the entry is not in the ledger that the checkpoint signs.",
            )
        )
    return checkpoint, found


def _hash(said: str, wrong: Text) -> bytes:
    body = _base64(said, wrong)
    if len(body) != HASH_BYTES:
        raise BadNote(wrong)
    return body


def _base64(said: str, wrong: Text) -> bytes:
    try:
        body = base64.b64decode(said.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise BadNote(wrong) from None
    if base64.b64encode(body).decode() != said:
        raise BadNote(wrong)
    return body
