"""The second digest: SM3 (GB/T 32905) over the same tree, and an SM2 (GB/T 32918) signature beside the Ed25519 one.

Off unless ``CULTIVAR_SM=1``, for departments that must use commercial cryptography of their country; nothing else
changes: the root that proofs lead to stays the SHA-256 one. SM3 comes with ``cryptography``; SM2 needs the extra ``sm``
(gmssl). The signer's identity in an SM2 signature is the standard's default, ``1234567812345678``.
"""

import functools
from collections.abc import Iterable
from typing import Any

from cryptography.hazmat.primitives import hashes

from cultivar.ledger.tree import grown, root_of_edge

IDENTIFIER = (
    b"cultivar/sm2-with-sm3/v1"  # follows the type 0xff of a key, as C2SP asks of types without a number
)
PUBLIC_BYTES, SECRET_BYTES, SIGNATURE_BYTES = 64, 32, 64
EXTENSION = "sm3 "  # before the root in base64, on a line of the checkpoint
_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123


def sm3(data: bytes) -> bytes:
    """SM3 of some bytes; 32 bytes."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def node_hash(left: bytes, right: bytes) -> bytes:
    """As in RFC 6962, with SM3."""
    return sm3(b"\x01" + left + right)


def leaf_hash(data: bytes) -> bytes:
    """As in RFC 6962, with SM3."""
    return sm3(b"\x00" + data)


def extended(edge: Iterable[bytes], size: int, leaves: Iterable[bytes]) -> tuple[int, tuple[bytes, ...]]:
    """The size and edge of the SM3 tree of ``size`` leaves with more leaves, given by their bytes."""
    now = tuple(edge)
    for leaf in leaves:
        now = grown(now, size, leaf_hash(leaf), node_hash)
        size += 1
    return size, now


def root(edge: Iterable[bytes]) -> bytes:
    """The SM3 root of a tree with this edge."""
    return root_of_edge(tuple(edge), node_hash, sm3(b""))


def installed() -> bool:
    """Whether SM2 can be computed here."""
    try:
        _library()
    except ModuleNotFoundError:
        return False
    return True


def secret_of(random: bytes) -> bytes:
    """A private key from 48 random bytes: evenly spread over what the standard allows; 32 bytes."""
    return (int.from_bytes(random, "big") % (_ORDER - 2) + 1).to_bytes(SECRET_BYTES, "big")


@functools.lru_cache(maxsize=16)
def public_of(secret: bytes) -> bytes:
    """The public point of a private key: both coordinates, 64 bytes."""
    library = _library()
    point = library.CryptSM2("", "")._kg(int.from_bytes(secret, "big"), library.default_ecc_table["g"])
    return bytes.fromhex(point)


def signed(secret: bytes, message: bytes) -> bytes:
    """The signature r and s over a message; 64 bytes."""
    return bytes.fromhex(_signer(secret.hex(), public_of(secret)).sign_with_sm3(message))


def verified(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is that of the public key over the message."""
    if len(signature) != SIGNATURE_BYTES or not any(signature[:32]) or not any(signature[32:]):
        return False
    try:
        return bool(_signer("", public).verify_with_sm3(signature.hex(), message))
    except (ValueError, TypeError, IndexError):  # what the library makes of points that are none
        return False


def _signer(secret: str, public: bytes) -> Any:
    made = _library().CryptSM2(secret, "")
    made.public_key = public.hex()  # set here: the constructor takes leading digits away from some keys
    return made


def _library() -> Any:
    from gmssl import sm2

    return sm2
