"""The Merkle tree of RFC 6962 and its proofs, pure functions over bytes, to be read beside the standards.

``MTH``, ``PATH`` and ``SUBPROOF`` are those of RFC 6962 section 2.1 (RFC 9162 section 2.1 says the same), here over
any source of subtree hashes: ``mth(begin, end)`` is the hash of the leaves from ``begin`` up to ``end``. The two
``verify`` functions are the algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2. Every hash is 32 bytes.
"""

import hashlib
from collections.abc import Callable, Sequence

HASH_BYTES = 32
EMPTY = hashlib.sha256(b"").digest()  # the root of a tree without leaves

SubtreeHash = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """SHA-256 of 0x00 and the leaf's bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and the two hashes below."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two smaller than ``size`` (at least 2): how many leaves go to the left."""
    return 1 << ((size - 1).bit_length() - 1)


def root_hash(leaves: Sequence[bytes]) -> bytes:
    """The root over raw leaf bytes in order; SHA-256 of nothing for none."""
    return root_of_hashes([leaf_hash(leaf) for leaf in leaves])


def root_of_hashes(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes: pairs are joined level by level, and an odd one out moves up as it is."""
    level = list(hashes)
    while len(level) > 1:
        joined = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
        level = [*joined, level[-1]] if len(level) % 2 else joined
    return level[0] if level else EMPTY


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of the leaf at ``index``, from its sibling up. ``ValueError`` outside the tree."""
    return path(index, len(leaves), _over(leaves))


def consistency_proof(leaves: Sequence[bytes], first: int, second: int) -> list[bytes]:
    """The proof that the tree of the first ``second`` leaves goes on from that of the first ``first``.

    Empty for equal sizes and for ``first`` 0. ``ValueError`` unless 0 <= first <= second <= len(leaves).
    """
    if not second <= len(leaves):
        raise ValueError(f"the tree has {len(leaves)} leaves, fewer than {second}")
    return progress(first, second, _over(leaves[:second]))


def path(index: int, size: int, mth: SubtreeHash, begin: int = 0) -> list[bytes]:
    """PATH(m, D[n]): the audit path of leaf ``index`` among the ``size`` leaves from ``begin`` on."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    if size == 1:
        return []
    k = split(size)
    if index < k:
        return [*path(index, k, mth, begin), mth(begin + k, begin + size)]
    return [*path(index - k, size - k, mth, begin + k), mth(begin, begin + k)]


def progress(first: int, second: int, mth: SubtreeHash) -> list[bytes]:
    """PROOF(m, D[n]), the consistency proof between two sizes; empty where nothing needs proof."""
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {second} leaves does not go on from one of {first}")
    return [] if first in (0, second) else _subproof(first, second, mth, 0, whole=True)


def _subproof(m: int, n: int, mth: SubtreeHash, begin: int, *, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b): ``whole`` is the RFC's b, whether D[m] is a subtree that the verifier knows."""
    if m == n:
        return [] if whole else [mth(begin, begin + n)]
    k = split(n)
    if m <= k:
        return [*_subproof(m, k, mth, begin, whole=whole), mth(begin + k, begin + n)]
    return [*_subproof(m - k, n - k, mth, begin + k, whole=False), mth(begin, begin + k)]


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether ``proof`` shows the leaf at ``index`` of the tree of ``size`` leaves under ``root``."""
    if not (0 <= index < size and _are_hashes(leaf_hash, *proof)):
        return False
    fn, sn, r = index, size - 1, leaf_hash
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def verify_consistency(
    first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes
) -> bool:
    """Whether ``proof`` shows that the tree of ``second`` leaves goes on from that of ``first``.

    False for ``first`` 0: what goes on from nothing needs no proof and has none.
    """
    if not (0 < first <= second and _are_hashes(*proof)):
        return False
    if first == second:
        return not proof and first_root == second_root
    if not proof:
        return False
    nodes = [first_root, *proof] if first & (first - 1) == 0 else [*proof]
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = nodes[0]
    for c in nodes[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


def _over(leaves: Sequence[bytes]) -> SubtreeHash:
    hashes = [leaf_hash(leaf) for leaf in leaves]
    return lambda begin, end: root_of_hashes(hashes[begin:end])


def _are_hashes(*values: bytes) -> bool:
    return all(isinstance(value, bytes) and len(value) == HASH_BYTES for value in values)
