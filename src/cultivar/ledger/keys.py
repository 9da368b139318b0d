"""The keys with which the ledger is signed: private halves in a folder of files, public halves in the database too.

A key file is named after the key's ID and holds one line, ``PRIVATE+KEY+<name>+<ID>+<base64 of type and seed>``, as
other programs for signed notes write it. Every key in the folder signs: to change keys, add one, let both sign until
everyone knows the new one, then take the old file away.
"""

import base64
import binascii
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from cultivar.ledger import clock, note, randomness, sm
from cultivar.ledger.models import Checkpoint, VerifierKey
from cultivar.ledger.note import ED25519, SM2, BadNote, Signer, Verifier
from cultivar.policy.text import Text

LOCK = "signing.lock"
_SUFFIX = ".key"
_PREFIX = "PRIVATE+KEY+"
_BAD_FILE = Text("密钥文件 {file} 无法读取。", "the key file {file} cannot be read.")
_BAD_WITNESS = Text(
    "见证方名单 {file} 第 {line} 行不是验证密钥。请改正或删去这一行。",
    "Line {line} of the list of witnesses, {file}, is no verifier key. Correct it or take it out.",
)
_NO_SM2 = Text(
    "这里没有安装 SM2。请运行 pip install cultivar[sm]。",
    "SM2 is not installed here. Run pip install cultivar[sm].",
)
_NO_OTHER = Text(
    "还没有别的密钥签过最近的检查点。请先新建一把，让两把同签一段时间。",
    "No other key has signed the latest checkpoint. Make a new one first, and let both sign for a time.",
)

try:
    import fcntl
except ModuleNotFoundError:  # Windows: one process signs there
    fcntl = None  # type: ignore[assignment]


class NoKey(Exception):
    """Nothing can sign; ``text`` says what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def origin() -> str:
    """The name of this ledger in checkpoints: that of its first checkpoint, else the setting."""
    first = Checkpoint.objects.order_by("size").values_list("text", flat=True).first()
    return first.split("\n", 1)[0] if first else str(settings.LEDGER_ORIGIN)


def signers() -> list[Signer]:
    """Every key that signs, oldest file first; empty where there is none yet. SM2 keys only where that is on."""
    folder = Path(settings.LEDGER_KEYS)
    files = sorted(folder.glob(f"*{_SUFFIX}"), key=lambda file: (file.stat().st_mtime_ns, file.name))
    return [one for one in map(_read, files) if one.kind != SM2 or settings.LEDGER_SM]


@contextmanager
def held() -> Iterator[None]:
    """Holds the folder of keys for one process; freed by the operating system in whatever way it ends."""
    folder = Path(settings.LEDGER_KEYS)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / LOCK).open("a+b") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def create(kind: int = ED25519) -> str:
    """Makes a new key, which signs from now on, and gives its vkey. Raises ``NoKey`` where SM2 is not installed."""
    if kind == SM2 and not sm.installed():
        raise NoKey(_NO_SM2)
    secret = sm.secret_of(randomness.token(48)) if kind == SM2 else randomness.token(32)
    made = Signer(origin(), secret, kind)
    folder = Path(settings.LEDGER_KEYS)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    body = base64.b64encode(note.typed(kind) + secret).decode()
    key_id = made.key_id.hex()
    new = folder / f"{key_id}.new"  # whoever looks finds a whole key or none, even if this process is killed
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as stream:
        stream.write(f"{_PREFIX}{made.name}+{key_id}+{body}\n")
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(folder / f"{key_id}{_SUFFIX}")
    know(made)
    return made.vkey


def know(signer: Signer) -> None:
    """Keeps the public half of a key, so that what it signs can be checked after it is gone."""
    VerifierKey.objects.get_or_create(vkey=signer.vkey, defaults={"at": clock.now()})


def retire(key_id: str) -> None:
    """Lets a key sign no more; its file is deleted, what it signed can still be checked. Raises ``NoKey``."""
    file = Path(settings.LEDGER_KEYS) / f"{key_id}{_SUFFIX}"
    if not file.is_file() or file.parent != Path(settings.LEDGER_KEYS):
        raise NoKey(Text("没有编号为 {id} 的密钥。", "There is no key with the ID {id}.").fill(id=key_id))
    named = [one for one in signers() if one.kind == ED25519 and one.name == origin()]
    others = {one.key_id.hex() for one in named} - {key_id}
    last = Checkpoint.objects.order_by("-size").first()
    if last is None or not last.signatures.filter(key_id__in=others, witness=False).exists():
        raise NoKey(_NO_OTHER)
    file.unlink()


def verifiers() -> list[Verifier]:
    """Every key with which this ledger was ever signed, as far as its kind can be checked here."""
    vkeys = VerifierKey.objects.order_by("at", "vkey").values_list("vkey", flat=True)
    return [one for one in map(note.verifier, vkeys) if one.kind != SM2 or sm.installed()]


def witnesses() -> list[Verifier]:
    """The witnesses whose cosignatures are taken: one vkey a line in a file of the settings. Raises ``NoKey``."""
    try:
        lines = Path(settings.LEDGER_WITNESSES).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [
        _witness(number, line.strip())
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.startswith("#")
    ]


def _witness(number: int, vkey: str) -> Verifier:
    try:
        return note.verifier(vkey)
    except BadNote:
        raise NoKey(_BAD_WITNESS.fill(file=Path(settings.LEDGER_WITNESSES).name, line=number)) from None


def _read(file: Path) -> Signer:
    try:
        name, key_id, body = file.read_text("utf-8").strip().removeprefix(_PREFIX).split("+", 2)
        raw = base64.b64decode(body, validate=True)
        kind = SM2 if raw.startswith(note.typed(SM2)) else raw[0]
        signer = Signer(name, raw.removeprefix(note.typed(kind)), kind)
        if kind not in (ED25519, SM2) or signer.key_id.hex() != key_id:
            raise ValueError
    except (ValueError, IndexError, binascii.Error, BadNote):
        raise NoKey(_BAD_FILE.fill(file=file)) from None
    except ModuleNotFoundError:
        raise NoKey(_NO_SM2) from None
    return signer
