"""The stored tree: its tiles, its root at any size, and proofs, each in a few queries whatever the size."""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from cultivar.ledger import merkle, tree
from cultivar.ledger.merkle import SubtreeHash
from cultivar.ledger.models import Entry, Head, Tile


def head() -> tuple[int, bytes]:
    """The present size of the ledger, and its root."""
    row = Head.objects.filter(id=1).first()
    return (0, merkle.EMPTY) if row is None else (row.size, tree.root_of_edge(tree.unpacked(bytes(row.edge))))


def root(size: int) -> bytes:
    """The root when there were ``size`` entries. ``LookupError`` where the ledger has fewer."""
    if size == 0:
        return merkle.EMPTY
    return _with_tiles(lambda mth: [mth(0, size)])[0]


def inclusion(index: int, size: int) -> list[bytes]:
    """The path of an entry in the tree of ``size`` entries. ``LookupError`` where the ledger has fewer."""
    return _with_tiles(lambda mth: merkle.path(index, size, mth))


def consistency(first: int, second: int) -> list[bytes]:
    """The proof that the tree of ``second`` entries goes on from that of ``first``."""
    return _with_tiles(lambda mth: merkle.progress(first, second, mth))


def tile(level: int, index: int, width: int) -> bytes | None:
    """The first ``width`` hashes of a tile, packed; None where the ledger has not grown so far."""
    hashes = _fetched({(level, index)})[level, index][:width]
    return tree.packed(hashes) if len(hashes) == width else None


def _with_tiles(prove: Callable[[SubtreeHash], list[bytes]]) -> list[bytes]:
    """Runs a proof twice: once to learn which tiles it needs, once over them."""
    needed: set[tuple[int, int]] = set()

    def noting(begin: int, end: int) -> bytes:
        needed.update(tree.tiles_under(begin, end))
        return b""

    prove(noting)
    tiles = _fetched(needed)
    return prove(tree.subtree_hash(lambda level, index: tiles[level, index]))


def _fetched(needed: set[tuple[int, int]]) -> dict[tuple[int, int], Sequence[bytes]]:
    """The hashes of tiles, in at most three queries: full ones as stored, those at the right edge from below."""
    places = {f"{level}/{index}": (level, index) for level, index in needed}
    stored = Tile.objects.filter(place__in=places).values_list("place", "hashes")
    tiles: dict[tuple[int, int], Sequence[bytes]] = {
        places[place]: tree.unpacked(bytes(hashes)) for place, hashes in stored
    }
    edge = needed - tiles.keys()
    return {
        **tiles,
        **_of_leaves({one for one in edge if one[0] == 0}),
        **_of_tiles({one for one in edge if one[0]}),
    }


def _of_leaves(edge: set[tuple[int, int]]) -> dict[tuple[int, int], list[bytes]]:
    """Tiles of level 0 that are not full: the hashes of their entries."""
    found: dict[tuple[int, int], list[bytes]] = {one: [] for one in edge}
    asked = [Q(seq__range=(index * tree.WIDTH, (index + 1) * tree.WIDTH - 1)) for _, index in edge]
    if asked:
        rows = Entry.objects.filter(reduce(or_, asked)).order_by("seq").values_list("seq", "leaf_hash")
        for seq, leaf in rows:
            found[0, seq // tree.WIDTH].append(bytes(leaf))
    return found


def _of_tiles(edge: set[tuple[int, int]]) -> dict[tuple[int, int], list[bytes]]:
    """Tiles of higher levels that are not full: the roots of the full tiles below them."""
    found: dict[tuple[int, int], list[bytes]] = {one: [] for one in edge}
    asked = [
        Q(level=level - 1, index__range=(index * tree.WIDTH, (index + 1) * tree.WIDTH - 1))
        for level, index in edge
    ]
    if asked:
        rows = (
            Tile.objects.filter(reduce(or_, asked))
            .order_by("level", "index")
            .values_list("level", "index", "root")
        )
        for level, index, root in rows:
            found[level + 1, index // tree.WIDTH].append(bytes(root))
    return found
