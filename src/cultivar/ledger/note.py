"""Signed notes (C2SP signed-note): a text, a blank line, and signature lines by one or more Ed25519 keys.

Cosignatures of checkpoints (C2SP tlog-cosignature, Ed25519) are read and made here too: they are lines of the same
form by a key of another type, over the text with the time of signing before it. Pure; nothing here knows a database.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cultivar.ledger import sm
from cultivar.policy.text import Text

ED25519, COSIGNATURE, SM2 = 0x01, 0x04, 0xFF  # signature types; SM2 says its own identifier (``sm``)
MOST_BYTES, MOST_SIGNATURES = 1_000_000, 100
_KEY_BYTES, _ID_BYTES, _TIME_BYTES, _SIGNATURE_BYTES = 32, 4, 8, 64
_LATEST = 2**63 - 1  # seconds that a cosignature may say
_MARK = "— "

PrivateKey: TypeAlias = Ed25519PrivateKey | bytes  # or its 32 bytes
PublicKey: TypeAlias = Ed25519PublicKey | bytes


class BadNote(ValueError):
    """A note, or a key, that is malformed or that no known key has signed; ``text`` says which."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True)
class Verifier:
    """A key that can check signatures: its name, ID, type and 32 public bytes."""

    name: str
    key_id: bytes
    kind: int
    public: bytes

    def accepts(self, text: str, signature: bytes) -> bool:
        """Whether ``signature`` (without the key ID) is this key's over ``text``."""
        message = text.encode("utf-8")
        if self.kind == SM2:
            return sm.verified(self.public, signature, message)
        if self.kind == COSIGNATURE:
            if len(signature) != _TIME_BYTES + _SIGNATURE_BYTES:
                return False
            at, signature = int.from_bytes(signature[:_TIME_BYTES], "big"), signature[_TIME_BYTES:]
            if at > _LATEST:
                return False
            message = _cosigned(text, at)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Line:
    """A signature line: whose, and the signature after the key ID."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"{_MARK}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}"

    @property
    def said_at(self) -> int:
        """The seconds since 1970 that a cosignature gives (its first eight bytes)."""
        return int.from_bytes(self.signature[:_TIME_BYTES], "big")


@dataclass(frozen=True)
class Signer:
    """A private key with its name: 32 secret bytes of Ed25519 or of SM2."""

    name: str
    secret: bytes
    kind: int = ED25519

    @property
    def public(self) -> bytes:
        """The public half: 32 bytes, of SM2 64."""
        return sm.public_of(self.secret) if self.kind == SM2 else public_half(self.secret)

    @property
    def vkey(self) -> str:
        """What others need to check its signatures."""
        return vkey(self.name, self.public, self.kind)

    @property
    def key_id(self) -> bytes:
        """The four bytes that name it."""
        return key_id_of(self.name, self.public, self.kind)

    def line(self, text: str) -> Line:
        """Its signature line over a text."""
        _check_name(self.name)
        message = text.encode("utf-8")
        signature = (
            sm.signed(self.secret, message) if self.kind == SM2 else _private(self.secret).sign(message)
        )
        return Line(self.name, self.key_id, signature)


@dataclass(frozen=True)
class Opened:
    """A note whose form is right: the lines that known keys verified, and those of keys that are not known."""

    text: str
    verified: tuple[tuple[Verifier, Line], ...]
    unknown: tuple[Line, ...]


def sign(
    text: str, name: str, private_key: PrivateKey, *, also: Iterable[tuple[str, PrivateKey]] = ()
) -> str:
    """The signed note over ``text``, which ends with a newline; ``also`` are further keys that sign it.

    Raises ``BadNote`` for a text or a name that no note can hold.
    """
    _check_text(text)
    lines = [signature_line(text, *signer) for signer in ((name, private_key), *also)]
    return text + "\n" + "".join(f"{line}\n" for line in lines)


def verify(note: str | bytes, vkeys: Iterable[str]) -> str:
    """The text of a note that at least one of ``vkeys`` signed. Unknown signatures are ignored.

    Raises ``BadNote`` for a malformed note, a malformed key, a false signature by a known key, or none by any.
    """
    opened = open_note(note, [verifier(one) for one in vkeys])
    if not opened.verified:
        raise BadNote(Text("没有已知密钥的签名。", "no known key has signed this note."))
    return opened.text


def public_half(private_key: PrivateKey) -> bytes:
    """The 32 public bytes of a private key."""
    return _private(private_key).public_key().public_bytes_raw()


def vkey(name: str, public_key: PublicKey, kind: int = ED25519) -> str:
    """The verifier key of a public key in C2SP form: name, ID in hex, and type with the key in base64."""
    _check_name(name)
    public = _public_bytes(public_key, kind)
    key_id = key_id_of(name, public, kind).hex()
    return f"{name}+{key_id}+{base64.b64encode(typed(kind) + public).decode()}"


def verifier(said: str) -> Verifier:
    """The key that a vkey says. Raises ``BadNote`` for a malformed one, or one of a type not known here."""
    parts = said.split("+", 2)
    if len(parts) != 3 or not re.fullmatch("[0-9a-f]{8}", parts[1]):
        raise BadNote(_BAD_KEY)
    name, key_id, body = parts[0], bytes.fromhex(parts[1]), _decoded(parts[2], _BAD_KEY)
    _check_name(name)
    kind = next((one for one in (ED25519, COSIGNATURE, SM2) if body.startswith(typed(one))), None)
    if kind is None:
        raise BadNote(_BAD_KEY)
    public = _public_bytes(body.removeprefix(typed(kind)), kind)
    if key_id_of(name, public, kind) != key_id:
        raise BadNote(_BAD_KEY)
    return Verifier(name, key_id, kind, public)


def open_note(note: str | bytes, verifiers: Iterable[Verifier]) -> Opened:
    """A note taken apart, its known signatures checked. Raises ``BadNote`` as ``verify`` does, but not for none."""
    known: dict[tuple[str, bytes], Verifier] = {}
    for one in verifiers:
        if known.setdefault((one.name, one.key_id), one) != one:
            raise BadNote(Text("两把已知密钥的名称和编号相同。", "two known keys share a name and an ID."))
    text, lines = _parts(note)
    verified, unknown = [], []
    for line in lines:
        key = known.get((line.name, line.key_id))
        if key is None:
            unknown.append(line)
        elif not key.accepts(text, line.signature):
            raise BadNote(
                Text("“{name}”的签名不成立。", "the signature of “{name}” is false.").fill(name=line.name)
            )
        else:
            verified.append((key, line))
    return Opened(text, tuple(verified), tuple(unknown))


def signature_line(text: str, name: str, private_key: PrivateKey) -> Line:
    """One Ed25519 signature over ``text``."""
    _check_name(name)
    return Line(
        name, key_id_of(name, public_half(private_key), ED25519), _private(private_key).sign(text.encode())
    )


def cosignature_line(text: str, name: str, private_key: PrivateKey, at: int) -> Line:
    """A witness's cosignature over a checkpoint's text, at a time in seconds since 1970."""
    _check_name(name)
    private = _private(private_key)
    key_id = key_id_of(name, public_half(private), COSIGNATURE)
    return Line(name, key_id, at.to_bytes(_TIME_BYTES, "big") + private.sign(_cosigned(text, at)))


def key_id_of(name: str, public: bytes, kind: int) -> bytes:
    """The four bytes that name a key: SHA-256 over name, newline, type and public key."""
    return hashlib.sha256(name.encode("utf-8") + b"\n" + typed(kind) + public).digest()[:_ID_BYTES]


def typed(kind: int) -> bytes:
    """A signature type as it stands before a key."""
    return bytes([kind]) + (sm.IDENTIFIER if kind == SM2 else b"")


_BAD_KEY = Text("验证密钥格式不对。", "a verifier key is malformed, or of a type that is not known here.")
_NOT_UTF8 = Text("签名文件不是 UTF-8 文本。", "the note is not UTF-8 text.")
_CONTROL = Text("签名文件里有控制字符。", "the note holds control characters.")
_NO_NEWLINE = Text("签名文件要以换行结束。", "the note must end with a newline.")
_NO_BLANK = Text(
    "签名文件的正文和签名之间没有空行。", "no blank line parts the note's text from its signatures."
)
_NO_LINE = Text("签名文件没有签名，或签名行格式不对。", "the note has no signature, or a malformed one.")
_TOO_LARGE = Text("签名文件太大。", "the note is too large.")
_BAD_NAME = Text(
    "密钥名称不能为空，也不能有空格、加号或控制字符。",
    "the name of a key is not empty and holds no space, plus or control character.",
)


def _parts(note: str | bytes) -> tuple[str, list[Line]]:
    said = _decoded_text(note)
    _check_text(said)
    text, blank, signatures = said.rpartition("\n\n")
    if not blank:
        raise BadNote(_NO_BLANK)
    lines = signatures.split("\n")[:-1]
    if not lines:
        raise BadNote(_NO_LINE)
    if len(lines) > MOST_SIGNATURES:
        raise BadNote(_TOO_LARGE)
    return text + "\n", [_line(line) for line in lines]


def _decoded_text(note: str | bytes) -> str:
    if len(note) > MOST_BYTES:
        raise BadNote(_TOO_LARGE)
    try:
        return note.encode("utf-8").decode("utf-8") if isinstance(note, str) else bytes(note).decode("utf-8")
    except UnicodeError:
        raise BadNote(_NOT_UTF8) from None


def _line(line: str) -> Line:
    name, space, signature = line.removeprefix(_MARK).partition(" ")
    if not line.startswith(_MARK) or not space:
        raise BadNote(_NO_LINE)
    _check_name(name)
    body = _decoded(signature, _NO_LINE)
    if len(body) <= _ID_BYTES:
        raise BadNote(_NO_LINE)
    return Line(name, body[:_ID_BYTES], body[_ID_BYTES:])


def _decoded(said: str, wrong: Text) -> bytes:
    try:
        body = base64.b64decode(said.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise BadNote(wrong) from None
    if base64.b64encode(body).decode() != said:  # bits after the end that say nothing
        raise BadNote(wrong)
    return body


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadNote(_NOT_UTF8) from None
    if any(sign < " " and sign != "\n" for sign in text):
        raise BadNote(_CONTROL)
    if not text.endswith("\n"):
        raise BadNote(_NO_NEWLINE)


def _check_name(name: str) -> None:
    bad = not name or "+" in name or any(sign.isspace() or sign < " " for sign in name)
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        bad = True
    if bad:
        raise BadNote(_BAD_NAME)


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _private(key: PrivateKey) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(key) if isinstance(key, bytes) else key


def _public_bytes(key: PublicKey, kind: int) -> bytes:
    if not isinstance(key, bytes):
        return key.public_bytes_raw()
    if len(key) != (sm.PUBLIC_BYTES if kind == SM2 else _KEY_BYTES):
        raise BadNote(_BAD_KEY)
    return key
