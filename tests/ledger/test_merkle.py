"""Hashes of RFC 6962: its own definitions, and the vectors of the Certificate Transparency project."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.ledger.merkle import leaf_hash, root_hash

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
