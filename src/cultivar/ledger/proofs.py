"""The stored tree: its tiles, its root at any size, and proofs, each in a few queries whatever the size."""

from collections.abc import Callable, Sequence

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
    """The hashes of tiles: full ones as stored, those at the right edge from what lies below them."""
    places = {f"{level}/{index}": (level, index) for level, index in needed}
    stored = Tile.objects.filter(place__in=places).values_list("place", "hashes")
    tiles: dict[tuple[int, int], Sequence[bytes]] = {
        places[place]: tree.unpacked(bytes(hashes)) for place, hashes in stored
    }
    for level, index in needed - tiles.keys():
        tiles[level, index] = _partial(level, index)
    return tiles


def _partial(level: int, index: int) -> list[bytes]:
    first = index * tree.WIDTH
    if level == 0:
        rows = Entry.objects.filter(seq__gte=first, seq__lt=first + tree.WIDTH).order_by("seq")
        return [bytes(one) for one in rows.values_list("leaf_hash", flat=True)]
    below = Tile.objects.filter(level=level - 1, index__gte=first, index__lt=first + tree.WIDTH)
    return [bytes(one) for one in below.order_by("index").values_list("root", flat=True)]
