"""Hashes of the Merkle tree of RFC 6962 (section 2.1), pure functions over bytes."""

import hashlib


def leaf_hash(data: bytes) -> bytes:
    """SHA-256 of 0x00 and the leaf's bytes; 32 bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def root_hash(leaves: list[bytes]) -> bytes:
    """The tree head over the raw leaf bytes, in order; the hash of nothing for an empty list; 32 bytes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + root_hash(leaves[:split]) + root_hash(leaves[split:])).digest()
