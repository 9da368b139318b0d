"""What a receipt proves, checked with nothing but the receipt and keys from elsewhere. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cultivar.ledger import canonical, checkpoint, note
from cultivar.ledger.note import COSIGNATURE, BadNote
from cultivar.policy.text import Text

_NO_ENTRY = Text(
    "证明成立，但所证的内容不是账本记录。", "the proof holds, but what it proves is no entry of a ledger."
)


@dataclass(frozen=True)
class Proved:
    """What a receipt proves: the entry, the checkpoint under which it stands, and who signed that.

    ``witnesses`` are names with the time (UTC) that each cosignature gives; ``unknown`` lines prove nothing here.
    """

    seq: int
    leaf: dict[str, Any]
    origin: str
    size: int
    root: str  # hex
    signers: tuple[str, ...]
    witnesses: tuple[tuple[str, datetime], ...]
    unknown: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "entry": self.seq,
            **{name: self.leaf[name] for name in ("case", "act", "step", "office", "at", "key")},
            "ledger": self.origin,
            "checkpoint": self.size,
            "root": self.root,
            "signed_by": list(self.signers),
            "cosigned_by": [{"name": name, "at": at.isoformat()} for name, at in self.witnesses],
            "not_verified": list(self.unknown),
        }


def prove(body: bytes, vkeys: Sequence[str], leaf: bytes | None = None) -> Proved:
    """What the receipt proves under these keys; ``leaf`` where it does not carry its entry.

    Raises ``BadNote`` where it proves nothing: malformed, not signed by these keys, or not of this entry.
    """
    receipt = checkpoint.read_receipt(body)
    said, opened = checkpoint.check_receipt(receipt, [note.verifier(one) for one in vkeys], leaf=leaf)
    data = receipt.leaf if leaf is None else leaf
    try:
        entry = canonical.read(data or b"")
        missing = {"case", "act", "step", "office", "at", "key"} - entry.keys()
    except canonical.NotCanonical:
        missing = {"case"}
    if missing:
        raise BadNote(_NO_ENTRY)
    return Proved(
        receipt.index,
        entry,
        said.origin,
        said.size,
        said.root.hex(),
        tuple(line.name for key, line in opened.verified if key.kind != COSIGNATURE),
        tuple(
            (line.name, datetime.fromtimestamp(line.said_at, UTC))
            for key, line in opened.verified
            if key.kind == COSIGNATURE
        ),
        tuple(line.name for line in opened.unknown),
    )


def carries_entry(body: bytes) -> bool:
    """Whether the receipt carries its entry. Raises ``BadNote``."""
    return checkpoint.read_receipt(body).leaf is not None
