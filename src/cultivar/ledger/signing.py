"""Signing checkpoints, taking witnesses' cosignatures, and the alarm where two signed notes contradict each other.

A checkpoint is never signed that contradicts one signed before. Before signing, the tree is compared with the last
checkpoint, and with the note of it that is kept beside the keys: a database that was set back is noticed there.
"""

import base64
import os
from pathlib import Path

from django.conf import settings
from django.db import transaction

from cultivar.ledger import checkpoint, clock, keys, note, proofs, sm, tree
from cultivar.ledger.models import Alarm, Checkpoint, Entry, SecondEdge, Signature
from cultivar.ledger.note import ED25519, SM2, BadNote, Line, Signer, Verifier
from cultivar.policy.text import Text

LAST = "last-checkpoint"
MOST_ALARMS = 20  # kept; whoever holds an old key cannot flood the table


class Contradiction(Exception):
    """The ledger is not what was signed; an alarm was recorded. ``text`` says what was seen."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


_SET_BACK = Text(
    "账本只有 {have} 条记录，而签过 {size} 条的检查点：数据被退回过。没有签名。",
    "The ledger has {have} entries, but a checkpoint of {size} was signed: it was set back. Nothing was signed.",
)
_CHANGED = Text(
    "前 {size} 条记录与所签的检查点不符：账本被改过。没有签名。",
    "The first {size} entries are no longer those that the checkpoint signs: the ledger was changed. "
    "Nothing was signed.",
)
_EDGE = Text(
    "账本的树与首行记录的根不一致。没有签名。",
    "The stored tree and the root at its edge disagree. Nothing was signed.",
)
_OTHER_ORIGIN = Text(
    "这是“{origin}”的检查点，不是本账本的。", "This is a checkpoint of “{origin}”, not of this ledger."
)
_NO_WITNESS = Text(
    "没有已知见证方的签名。见证方的验证密钥写在 {file}，一行一把。",
    "No known witness has signed it. The vkeys of witnesses stand in {file}, one to a line.",
)
_NOT_SIGNED_HERE = Text(
    "本账本没有签过 {size} 条的检查点。", "This ledger has signed no checkpoint of {size} entries."
)
_FORK = Text(
    "本账本对同样的 {size} 条记录签过两个不同的根。已报警。",
    "This ledger has signed two different roots for the same {size} entries. An alarm was recorded.",
)


def sign() -> str:
    """Signs the ledger as it stands and gives the note; every key of the folder signs.

    Raises ``Contradiction`` and ``keys.NoKey``. Signing again adds only signatures of keys that are new. One signs at
    a time, so that the note beside the keys is always the latest.
    """
    with keys.held():
        return _sign()


def _sign() -> str:
    with transaction.atomic():
        size, root = proofs.head()
        signers = _signers()
    second = _second_root(size) if settings.LEDGER_SM else ()
    present = checkpoint.Checkpoint(keys.origin(), size, root, second)
    _refuse_contradiction(present)
    with transaction.atomic():
        row, _ = Checkpoint.objects.get_or_create(
            size=size, defaults={"text": present.text, "at": clock.now()}
        )
        for signer in signers:
            keys.know(signer)
            _keep(row, signer.line(row.text), witness=False)
    signed = note_of(row)
    _remember(signed)
    return signed


def _signers() -> list[Signer]:
    """The keys of the folder; the first of each kind that is wanted is made."""
    wanted = [ED25519, SM2] if settings.LEDGER_SM else [ED25519]
    known = {one.kind for one in keys.signers() if one.name == keys.origin()}
    for kind in wanted:
        if kind not in known:
            keys.create(kind)
    return keys.signers()


@transaction.atomic
def _second_root(size: int) -> tuple[str, ...]:
    """The line of a checkpoint that gives the SM3 root, worked out from the last one that was."""
    row, _ = SecondEdge.objects.select_for_update().get_or_create(id=1)
    if row.size > size:
        row.size, row.edge = 0, b""
    leaves = Entry.objects.filter(seq__gte=row.size, seq__lt=size).order_by("seq")
    row.size, edge = sm.extended(
        tree.unpacked(bytes(row.edge)), row.size, map(bytes, leaves.values_list("leaf", flat=True).iterator())
    )
    row.edge = tree.packed(edge)
    row.save()
    return (sm.EXTENSION + base64.b64encode(sm.root(edge)).decode(),)


def note_of(row: Checkpoint) -> str:
    """A checkpoint with its signature lines, the ledger's own first."""
    lines = "".join(f"{line}\n" for line in row.signatures.values_list("line", flat=True))
    return f"{row.text}\n{lines}"


def latest() -> Checkpoint | None:
    """The checkpoint signed last."""
    return Checkpoint.objects.order_by("-size").first()


def covering(seq: int) -> Checkpoint | None:
    """The latest checkpoint, where it covers the entry."""
    row = latest()
    return row if row is not None and row.size > seq else None


def receipt(seq: int, leaf: bytes | None = None) -> checkpoint.Receipt | None:
    """The receipt of an entry under the latest checkpoint; None until one covers it. ``leaf`` goes with it."""
    row = covering(seq)
    if row is None:
        return None
    path = proofs.inclusion(seq, row.size)
    return checkpoint.Receipt(seq, tuple(path), note_of(row), leaf)


def accept(body: str | bytes) -> int:
    """Takes a checkpoint that witnesses have cosigned; gives the number of new cosignatures.

    Raises ``BadNote`` for what no known witness has signed, or what is not ours, and ``Contradiction`` where it
    proves that this ledger was forked, changed or set back.
    """
    said, opened = checkpoint.opened(body, [*keys.verifiers(), *keys.witnesses()])
    if said.origin != keys.origin():
        raise BadNote(_OTHER_ORIGIN.fill(origin=said.origin))
    compare(said, body if isinstance(body, str) else bytes(body).decode())
    lines = [line for key, line in opened.verified if key in keys.witnesses()]
    if not lines:
        raise BadNote(_NO_WITNESS.fill(file=settings.LEDGER_WITNESSES))
    row = Checkpoint.objects.filter(size=said.size).first()
    if row is None:
        raise BadNote(_NOT_SIGNED_HERE.fill(size=said.size))
    return sum(_keep(row, line, witness=True) for line in lines)


def compare(said: checkpoint.Checkpoint, signed: str) -> None:
    """Holds a signed checkpoint of this ledger against the ledger. Raises ``Contradiction``, and records the alarm."""
    row = Checkpoint.objects.filter(size=said.size).first()
    if row is not None and checkpoint.parse(row.text).root != said.root:
        _alarm(Alarm.Kind.FORK, said.size, note_of(row), signed)
        raise Contradiction(_FORK.fill(size=said.size))
    have, _ = proofs.head()
    if have < said.size:
        _alarm(Alarm.Kind.SET_BACK, said.size, signed)
        raise Contradiction(_SET_BACK.fill(have=have, size=said.size))
    if proofs.root(said.size) != said.root:
        _alarm(Alarm.Kind.CHANGED, said.size, signed)
        raise Contradiction(_CHANGED.fill(size=said.size))


def remembered() -> str | None:
    """The note signed last, as it is kept beside the keys."""
    try:
        return (Path(settings.LEDGER_KEYS) / LAST).read_text("utf-8")
    except FileNotFoundError:
        return None


def _refuse_contradiction(present: checkpoint.Checkpoint) -> None:
    if proofs.root(present.size) != present.root:
        raise Contradiction(_EDGE)
    kept = remembered()
    if kept is not None:
        said = checkpoint.parse(note.open_note(kept, ()).text)
        if said.origin == present.origin:
            compare(said, kept)
    last = latest()
    if last is not None:
        compare(checkpoint.parse(last.text), note_of(last))


def _keep(row: Checkpoint, line: Line, *, witness: bool) -> bool:
    _, new = Signature.objects.get_or_create(
        checkpoint=row,
        name=line.name,
        key_id=line.key_id.hex(),
        defaults={"line": str(line), "witness": witness, "at": clock.now()},
    )
    return new


def _alarm(kind: Alarm.Kind, size: int, *notes: str) -> None:
    """Recorded in a transaction of its own, so that the refusal that follows does not take it back."""
    if not Alarm.objects.filter(kind=kind, size=size).exists() and Alarm.objects.count() < MOST_ALARMS:
        Alarm.objects.create(kind=kind, size=size, notes=list(notes), at=clock.now())


def _remember(signed: str) -> None:
    folder = Path(settings.LEDGER_KEYS)
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f"{LAST}.{os.getpid()}.new"
    with new.open("w", encoding="utf-8") as stream:
        stream.write(signed)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(folder / LAST)


def verifier_for(vkeys: list[str]) -> list[Verifier]:
    """The keys that somebody names, else those of this ledger."""
    return [note.verifier(one) for one in vkeys] or keys.verifiers()
