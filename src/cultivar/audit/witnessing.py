"""What a witness does: holds a checkpoint against the last one it cosigned, and cosigns what goes on from it.

A request is what C2SP tlog-witness sends to ``add-checkpoint``: ``old N``, the consistency proof, a blank line, the
checkpoint. Needs no database; everything that a witness remembers is its key file and its state file.
"""

import base64
import binascii
import fcntl
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cultivar.ledger import checkpoint, note, randomness
from cultivar.ledger.checkpoint import MOST_HASHES, Checkpoint
from cultivar.ledger.merkle import EMPTY, HASH_BYTES, verify_consistency
from cultivar.ledger.note import COSIGNATURE, BadNote, Verifier
from cultivar.policy.text import Text

_PREFIX = "PRIVATE+KEY+"
_OLD = re.compile("old (0|[1-9][0-9]{0,18})")

_FORM = Text(
    "请求格式不对：应为“old N”、证明、空行和检查点。",
    "the request is malformed: it is “old N”, the proof, a blank line, and the checkpoint.",
)
_NAME = Text(
    "还没有密钥，请用 --name 给见证方取名（例如 审计厅的网址），会新建一把。",
    "There is no key yet: name the witness with --name (such as an address of the audit office) and one is made.",
)
_KEY_FILE = Text("密钥文件 {file} 无法读取。", "the key file {file} cannot be read.")
_OTHER_LOG = Text(
    "状态文件属于“{kept}”，这个检查点是“{said}”的。",
    "the state file is of “{kept}”, this checkpoint of “{said}”.",
)
_OLD_SIZE = Text(
    "上次共签的是 {kept} 条，请求从 {old} 条说起。请用 --old {kept} 重新生成请求。",
    "{kept} entries were cosigned last, but the request goes on from {old}. Make it again with --old {kept}.",
)
_SMALLER = Text(
    "这个检查点只有 {size} 条，少于上次共签的 {kept} 条：账本被退回过。没有共签，请保存两份检查点。",
    "This checkpoint has {size} entries, fewer than the {kept} cosigned last: the ledger was set back. Nothing was "
    "cosigned; keep both checkpoints.",
)
_FORKED = Text(
    "这个检查点不是由上次共签的 {kept} 条续写而成：账本被改过。没有共签，请保存两份检查点。",
    "This checkpoint does not go on from the {kept} entries cosigned last: the ledger was changed. Nothing was "
    "cosigned; keep both checkpoints.",
)


class Refused(Exception):
    """The checkpoint contradicts what this witness cosigned; ``text`` says how."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True)
class Key:
    """The key of a witness: its name and its 32 private bytes."""

    name: str
    seed: bytes

    @property
    def vkey(self) -> str:
        """The public half, as a ledger takes it into its list of witnesses."""
        return note.vkey(self.name, note.public_half(self.seed), COSIGNATURE)


@dataclass(frozen=True)
class Request:
    """A checkpoint with the proof that it goes on from the first ``old`` entries."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    @property
    def text(self) -> str:
        """The request as a file."""
        lines = [f"old {self.old}", *(base64.b64encode(one).decode() for one in self.proof)]
        return "\n".join([*lines, "", self.note])


def read_request(body: bytes) -> Request:
    """The request that a file holds, nothing checked yet. Raises ``BadNote``."""
    try:
        head, blank, rest = body.decode("utf-8").partition("\n\n")
    except UnicodeDecodeError:
        raise BadNote(_FORM) from None
    first, *lines = head.split("\n")
    old = _OLD.fullmatch(first)
    if old is None or not blank or len(lines) > MOST_HASHES:
        raise BadNote(_FORM)
    return Request(int(old[1]), tuple(_hash(line) for line in lines), rest)


def key(file: Path, name: str | None) -> tuple[Key, bool]:
    """The witness's key, and whether it was made just now. Raises ``BadNote``."""
    if file.exists():
        return _read_key(file), False
    if not name:
        raise BadNote(_NAME)
    made = Key(name, randomness.token(32))
    key_id = note.verifier(made.vkey).key_id.hex()
    body = base64.b64encode(bytes([COSIGNATURE]) + made.seed).decode()
    _write(file, f"{_PREFIX}{made.name}+{key_id}+{body}\n")
    return made, True


def cosign(
    request: Request, log: Sequence[Verifier], own: Key, state: Path, at: int, *, lock: Path | None = None
) -> str:
    """The request's note with this witness's cosignature of the second ``at``; what was cosigned is kept first.

    Raises ``Refused`` for what contradicts the note in ``state``, ``BadNote`` for what the log has not signed.
    """
    said, opened = checkpoint.opened(request.note, log)
    with _alone(lock or state.with_name(f"{state.name}.lock")):
        _check(request, said, _last(state, own))
        line = note.cosignature_line(opened.text, own.name, own.seed, at)
        kept = [str(one) for _, one in opened.verified] + [str(one) for one in opened.unknown]
        signed = opened.text + "\n" + "".join(f"{one}\n" for one in [*kept, str(line)])
        _write(state, signed)
    return signed


def _last(state: Path, own: Key) -> Checkpoint | None:
    """The checkpoint cosigned last, as the state file keeps it."""
    if not state.exists():
        return None
    opened = note.open_note(state.read_bytes(), [note.verifier(own.vkey)])
    if not opened.verified:
        raise BadNote(_KEY_FILE.fill(file=state))
    return checkpoint.parse(opened.text)


def _check(request: Request, said: Checkpoint, last: Checkpoint | None) -> None:
    if last is not None and last.origin != said.origin:
        raise BadNote(_OTHER_LOG.fill(kept=last.origin, said=said.origin))
    kept = last.size if last is not None else 0
    if said.size < kept:
        raise Refused(_SMALLER.fill(size=said.size, kept=kept))
    if last is not None and said.size == kept and said.root != last.root:
        raise Refused(_FORKED.fill(kept=kept))
    if request.old != kept:
        raise BadNote(_OLD_SIZE.fill(kept=kept, old=request.old))
    if last is None or kept == 0:
        right = not request.proof and (said.size > 0 or said.root == EMPTY)
    else:
        right = verify_consistency(kept, said.size, request.proof, last.root, said.root)
    if not right:
        raise Refused(_FORKED.fill(kept=kept))


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One cosignature at a time: what is compared is still the last when the next is kept."""
    with lock.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _read_key(file: Path) -> Key:
    try:
        name, key_id, body = file.read_text("utf-8").strip().removeprefix(_PREFIX).split("+", 2)
        raw = base64.b64decode(body, validate=True)
        found = Key(name, raw[1:])
        if raw[0] != COSIGNATURE or note.verifier(found.vkey).key_id.hex() != key_id:
            raise ValueError
    except (ValueError, IndexError, binascii.Error):
        raise BadNote(_KEY_FILE.fill(file=file)) from None
    return found


def _write(file: Path, text: str) -> None:
    """Writes a file that nobody else reads, whole or not at all, and on the disk when this returns."""
    new = file.with_name(f"{file.name}.{os.getpid()}.new")
    with os.fdopen(
        os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _hash(line: str) -> bytes:
    try:
        body = base64.b64decode(line.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise BadNote(_FORM) from None
    if len(body) != HASH_BYTES or base64.b64encode(body).decode() != line:
        raise BadNote(_FORM)
    return body
