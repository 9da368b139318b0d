"""The keys with which the ledger is signed: private halves in a folder of files, public halves in the database too.

A key file is named after the key's ID and holds one line, ``PRIVATE+KEY+<name>+<ID>+<base64 of type and seed>``, as
other programs for signed notes write it. Every key in the folder signs: to change keys, add one, let both sign until
everyone knows the new one, then take the old file away.
"""

import base64
import binascii
import os
from pathlib import Path

from django.conf import settings

from cultivar.ledger import clock, note, randomness
from cultivar.ledger.models import Checkpoint, VerifierKey
from cultivar.ledger.note import ED25519, BadNote, Verifier
from cultivar.policy.text import Text

_SUFFIX = ".key"
_PREFIX = "PRIVATE+KEY+"
_BAD_FILE = Text("密钥文件 {file} 无法读取。", "the key file {file} cannot be read.")
_NO_OTHER = Text(
    "还没有别的密钥签过最近的检查点。请先新建一把，让两把同签一段时间。",
    "No other key has signed the latest checkpoint. Make a new one first, and let both sign for a time.",
)


class NoKey(Exception):
    """Nothing can sign; ``text`` says what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def origin() -> str:
    """The name of this ledger in checkpoints: that of its first checkpoint, else the setting."""
    first = Checkpoint.objects.order_by("size").values_list("text", flat=True).first()
    return first.split("\n", 1)[0] if first else str(settings.LEDGER_ORIGIN)


def signers() -> list[tuple[str, bytes]]:
    """Name and seed of every key that signs, oldest file first; empty where there is none yet."""
    folder = Path(settings.LEDGER_KEYS)
    files = sorted(folder.glob(f"*{_SUFFIX}"), key=lambda file: (file.stat().st_mtime_ns, file.name))
    return [_read(file) for file in files]


def create(name: str | None = None) -> str:
    """Makes a new key, which signs from now on, and gives its vkey."""
    seed, named = randomness.token(32), name or origin()
    vkey = note.vkey(named, note.public_half(seed))
    key_id = note.verifier(vkey).key_id.hex()
    folder = Path(settings.LEDGER_KEYS)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    body = base64.b64encode(bytes([ED25519]) + seed).decode()
    file = os.open(folder / f"{key_id}{_SUFFIX}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as stream:
        stream.write(f"{_PREFIX}{named}+{key_id}+{body}\n")
        stream.flush()
        os.fsync(stream.fileno())
    VerifierKey.objects.get_or_create(vkey=vkey, defaults={"at": clock.now()})
    return vkey


def retire(key_id: str) -> None:
    """Lets a key sign no more; its file is deleted, what it signed can still be checked. Raises ``NoKey``."""
    file = Path(settings.LEDGER_KEYS) / f"{key_id}{_SUFFIX}"
    if not file.is_file() or file.parent != Path(settings.LEDGER_KEYS):
        raise NoKey(Text("没有编号为 {id} 的密钥。", "There is no key with the ID {id}.").fill(id=key_id))
    others = {note.key_id_of(name, note.public_half(seed), ED25519).hex() for name, seed in signers()} - {
        key_id
    }
    last = Checkpoint.objects.order_by("-size").first()
    if last is None or not last.signatures.filter(key_id__in=others, witness=False).exists():
        raise NoKey(_NO_OTHER)
    file.unlink()


def verifiers() -> list[Verifier]:
    """Every key with which this ledger was ever signed."""
    return [
        note.verifier(vkey)
        for vkey in VerifierKey.objects.order_by("at", "vkey").values_list("vkey", flat=True)
    ]


def witnesses() -> list[Verifier]:
    """The witnesses whose cosignatures are taken: one vkey a line in a file of the settings. Raises ``BadNote``."""
    try:
        lines = Path(settings.LEDGER_WITNESSES).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [note.verifier(line.strip()) for line in lines if line.strip() and not line.startswith("#")]


def _read(file: Path) -> tuple[str, bytes]:
    try:
        name, key_id, body = file.read_text("utf-8").strip().removeprefix(_PREFIX).split("+", 2)
        kind, seed = (raw := base64.b64decode(body, validate=True))[0], raw[1:]
        if kind != ED25519 or note.key_id_of(name, note.public_half(seed), kind).hex() != key_id:
            raise ValueError
    except (ValueError, IndexError, binascii.Error, BadNote):
        raise NoKey(_BAD_FILE.fill(file=file)) from None
    return name, seed
