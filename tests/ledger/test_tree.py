"""The stored tree agrees with the plain one at every size, and the database keeps it."""

import hashlib
from datetime import datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from cultivar.ledger import append as ledger
from cultivar.ledger import clock, merkle, proofs, tree
from cultivar.ledger.append import Draft
from cultivar.ledger.models import Entry, Head, Tile

AT = datetime(2026, 5, 7, 10, 24, tzinfo=clock.SHANGHAI)


def leaves(count: int) -> list[bytes]:
    return [f"leaf {n}".encode() for n in range(count)]


class Kept:
    """A tree as the database keeps it, in memory."""

    def __init__(self, data: list[bytes]) -> None:
        self.edge: tuple[bytes, ...] = ()
        self.tiles: dict[tuple[int, int], list[bytes]] = {}
        for size, one in enumerate(data):
            self.edge = tree.grown(self.edge, size, merkle.leaf_hash(one))
            self.tiles.setdefault((0, size // 256), []).append(merkle.leaf_hash(one))
            for level, index in tree.completed(size + 1):
                root = merkle.root_of_hashes(self.tiles[level, index])
                self.tiles.setdefault((level + 1, index // 256), []).append(root)

    def mth(self, begin: int, end: int) -> bytes:
        return tree.subtree_hash(lambda level, index: self.tiles[level, index])(begin, end)


@given(st.integers(0, 700), st.data())
def test_edge_tiles_and_plain_tree_agree(size, data):
    plain = leaves(size)
    kept = Kept(plain)
    assert tree.root_of_edge(kept.edge) == merkle.root_hash(plain)
    if size:
        index = data.draw(st.integers(0, size - 1))
        assert merkle.path(index, size, kept.mth) == merkle.inclusion_proof(plain, index)
        first = data.draw(st.integers(1, size))
        assert merkle.progress(first, size, kept.mth) == merkle.consistency_proof(plain, first, size)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 65535, 65536, 65537, 70000])
def test_a_tile_is_as_wide_as_the_layout_says(size):
    kept = Kept(leaves(size))
    for level in range(3):
        total = size // 256**level
        for index in range(0, total // 256 + 2, max(1, total // 512)):
            expected = min(256, max(0, total - 256 * index))
            assert tree.width(size, level, index) == len(kept.tiles.get((level, index), ())) == expected
    assert tree.root_of_edge(kept.edge) == kept.mth(0, size)


def test_the_tiles_of_seventy_thousand_entries_are_those_of_the_standards_example():
    """C2SP tlog-tiles: 273 full tiles and one of 112, then one full and one of 17, then one of 1."""
    widths = [[tree.width(70000, level, index) for index in range(300)] for level in range(4)]
    assert [[w for w in level if w] for level in widths] == [[256] * 273 + [112], [256, 17], [1], []]


def add(count: int) -> None:
    with transaction.atomic():
        head = ledger.lock()
        for n in range(head.size, head.size + count):
            draft = Draft(
                "T-1", "p", "a/b", "0" * 64, "do", "do", "b", "", "o", "1", "k", ("a1",), {"n": n}, {}
            )
            ledger.append(head, draft, f"k{n}", AT)


def stored() -> list[bytes]:
    return [bytes(one) for one in Entry.objects.order_by("seq").values_list("leaf", flat=True)]


@pytest.mark.django_db
def test_the_ledger_keeps_its_tree_as_it_grows():
    assert proofs.head() == (0, hashlib.sha256(b"").digest())
    for step in (1, 2, 252, 1, 1, 300):
        add(step)
        plain = stored()
        assert proofs.head() == (len(plain), merkle.root_hash(plain))
        assert proofs.root(len(plain)) == merkle.root_hash(plain)
    assert Tile.objects.count() == len(plain) // 256
    for size in (1, 255, 256, 257, 511, 512, 557):
        root = proofs.root(size)
        assert root == merkle.root_hash(plain[:size])
        for index in {0, size // 2, size - 1}:
            path = proofs.inclusion(index, size)
            assert merkle.verify_inclusion(merkle.leaf_hash(plain[index]), index, size, path, root)
        proof = proofs.consistency(size, 557)
        assert merkle.verify_consistency(size, 557, proof, root, proofs.root(557))
    assert proofs.tile(0, 1, 256) == b"".join(merkle.leaf_hash(one) for one in plain[256:512])
    assert proofs.tile(0, 2, 45) == b"".join(merkle.leaf_hash(one) for one in plain[512:557])
    assert proofs.tile(1, 0, 2) == merkle.root_hash(plain[:256]) + merkle.root_hash(plain[256:512])
    assert proofs.tile(0, 2, 46) is None
    assert proofs.tile(1, 0, 3) is None
    with pytest.raises(LookupError):
        proofs.root(558)


@pytest.mark.django_db
def test_a_proof_takes_as_many_queries_in_a_large_tree_as_in_a_small_one(django_assert_max_num_queries):
    add(600)
    for index, size in ((0, 1), (300, 600), (599, 600), (10, 512)):
        with django_assert_max_num_queries(3):
            proofs.inclusion(index, size)


class Editor:
    """What the migration asks of a schema editor."""

    connection = connection

    def execute(self, statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db
def test_the_tree_is_built_over_entries_that_were_there_before_it():
    migration = import_module("cultivar.ledger.migrations.0005_tree_stays")
    add(300)
    before = bytes(Head.objects.get().edge), list(Tile.objects.values())
    migration.permit(apps, Editor())
    Tile.objects.all().delete()
    Head.objects.update(edge=b"")
    migration.grow(apps, Editor())
    migration.forbid(apps, Editor())
    assert (bytes(Head.objects.get().edge), list(Tile.objects.values())) == before
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Tile.objects.all().delete()
