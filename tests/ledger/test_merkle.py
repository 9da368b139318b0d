"""Hashes of RFC 6962: its own definitions, and the vectors of the Certificate Transparency project."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.ledger import merkle
from cultivar.ledger.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)

# Leaves and roots as in the tests of google/certificate-transparency (merkle_tree_test.cc).
LEAVES = [
    bytes.fromhex(one)
    for one in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_empty_tree():
    assert root_hash([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_one_leaf():
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root_hash([b"x"]) == leaf_hash(b"x") == hashlib.sha256(b"\x00x").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_known_trees(size):
    assert root_hash(LEAVES[:size]).hex() == ROOTS[size - 1]


@given(st.lists(st.binary(max_size=8), min_size=2, max_size=40))
def test_a_tree_splits_at_the_largest_power_of_two(leaves):
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    inner = b"\x01" + root_hash(leaves[:split]) + root_hash(leaves[split:])
    assert root_hash(leaves) == hashlib.sha256(inner).digest()


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=20), st.data())
def test_any_change_changes_the_root(leaves, data):
    at = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.binary(max_size=4).filter(lambda one: one != leaves[at]))
    assert root_hash([*leaves[:at], other, *leaves[at + 1 :]]) != root_hash(leaves)
    assert root_hash([*leaves, other]) != root_hash(leaves)


def mth(data: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word by word."""
    if not data:
        return hashlib.sha256(b"").digest()
    if len(data) == 1:
        return hashlib.sha256(b"\x00" + data[0]).digest()
    k = max(2**n for n in range(20) if 2**n < len(data))
    return hashlib.sha256(b"\x01" + mth(data[:k]) + mth(data[k:])).digest()


def path(m: int, data: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1."""
    if len(data) == 1:
        return []
    k = max(2**n for n in range(20) if 2**n < len(data))
    return [*path(m, data[:k]), mth(data[k:])] if m < k else [*path(m - k, data[k:]), mth(data[:k])]


def subproof(m: int, data: list[bytes], b: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962 section 2.1.2."""
    if m == len(data):
        return [] if b else [mth(data)]
    k = max(2**n for n in range(20) if 2**n < len(data))
    if m <= k:
        return [*subproof(m, data[:k], b), mth(data[k:])]
    return [*subproof(m - k, data[k:], False), mth(data[:k])]


def made(size: int) -> list[bytes]:
    return [f"{n}".encode() for n in range(size)]


@pytest.mark.parametrize("size", [*range(1, 35), 63, 64, 65, 100])
def test_every_proof_is_the_standards_and_is_accepted(size):
    data = made(size)
    root = root_hash(data)
    assert root == mth(data)
    for index in range(size):
        proof = inclusion_proof(data, index)
        assert proof == path(index, data)
        assert verify_inclusion(leaf_hash(data[index]), index, size, proof, root)
    for first in range(1, size + 1):
        proof = consistency_proof(data, first, size)
        assert proof == (subproof(first, data, True) if first < size else [])
        assert verify_consistency(first, size, proof, root_hash(data[:first]), root)


# The proofs in the tests of google/certificate-transparency (merkle_tree_test.cc), over LEAVES.
KNOWN_PATHS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}
KNOWN_PROGRESS = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
}


def test_the_known_proofs():
    for (index, size), known in KNOWN_PATHS.items():
        assert [one.hex() for one in inclusion_proof(LEAVES[:size], index)] == known
    for (first, second), known in KNOWN_PROGRESS.items():
        assert [one.hex() for one in consistency_proof(LEAVES, first, second)] == known


@given(st.integers(2, 40), st.data())
def test_nothing_but_the_proof_is_a_proof_of_inclusion(size, data):
    leaves = made(size)
    index = data.draw(st.integers(0, size - 1))
    proof, root, leaf = inclusion_proof(leaves, index), root_hash(leaves), leaf_hash(leaves[index])
    at = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    wrong = bytearray(proof[at])
    wrong[bit // 8] ^= 1 << bit % 8
    other = data.draw(st.integers(0, size - 1).filter(lambda one: one != index))
    for given_leaf, given_index, given_size, given_proof, given_root in (
        (leaf, index, size, [*proof[:at], bytes(wrong), *proof[at + 1 :]], root),
        (leaf, index, size, [*proof[:at], *proof[at + 1 :]], root),
        (leaf, index, size, [*proof, root], root),
        (leaf, index, size, [root, *proof], root),
        (leaf, index, size, [*proof, b""], root),
        (leaf, index, size, proof, leaf_hash(root)),
        (leaf, other, size, proof, root),
        (leaf, -1, size, proof, root),
        (leaf, size, size, proof, root),
        (leaf[:-1], index, size, proof, root),
        (leaf_hash(b"other"), index, size, proof, root),
        (leaf, 0, 0, proof, root),
    ):
        assert not verify_inclusion(given_leaf, given_index, given_size, given_proof, given_root)


@given(st.integers(2, 40), st.data())
def test_nothing_but_the_proof_is_a_proof_of_consistency(second, data):
    leaves = made(second)
    first = data.draw(st.integers(1, second - 1))
    proof = consistency_proof(leaves, first, second)
    one, two = root_hash(leaves[:first]), root_hash(leaves)
    at = data.draw(st.integers(0, len(proof) - 1))
    wrong = bytes([proof[at][0] ^ 1]) + proof[at][1:]
    for given_first, given_second, given_proof, given_one, given_two in (
        (first, second, [*proof[:at], wrong, *proof[at + 1 :]], one, two),
        (first, second, proof[:-1], one, two),
        (first, second, proof[1:], one, two),
        (first, second, [*proof, two], one, two),
        (first, second, [one, *proof], one, two),
        (first, second, [], one, two),
        (first, second, proof, two, two),
        (first, second, proof, one, one),
        (second, first, proof, one, two),
        (0, second, [], merkle.EMPTY, two),
        (0, second, proof, one, two),
        (-1, second, proof, one, two),
        (first, first, proof, one, one),
        (first, first, [], one, two),
    ):
        assert not verify_consistency(given_first, given_second, given_proof, given_one, given_two)


def test_proofs_outside_the_tree_are_refused():
    for index, size in ((0, 0), (-1, 3), (3, 3)):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_proof(made(size), index)
    for first, second in ((2, 1), (-1, 2)):
        with pytest.raises(ValueError, match="does not go on"):
            consistency_proof(made(3), first, second)
    with pytest.raises(ValueError, match="fewer"):
        consistency_proof(made(3), 1, 4)
    assert consistency_proof(made(3), 3, 3) == []
