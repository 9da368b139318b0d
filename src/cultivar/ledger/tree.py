"""How the tree is kept: tiles of 256 hashes, and the few hashes at its right edge from which it grows.

A tile of level ``l`` holds the roots of 256 neighbouring subtrees of 256**l leaves (C2SP tlog-tiles; level 0 holds
leaf hashes). Its own root is one hash of the tile above. The edge is the list of the roots of the largest complete
subtrees from left to right: it grows by one leaf in at most log2(n) steps and gives the root in as many.
Pure functions; every hash is 32 bytes.
"""

from collections.abc import Callable, Iterator, Sequence

from cultivar.ledger.merkle import EMPTY, HASH_BYTES, SubtreeHash, node_hash, root_of_hashes, split

HEIGHT = 8
WIDTH = 1 << HEIGHT  # hashes of a full tile

TileOf = Callable[[int, int], Sequence[bytes]]
Join = Callable[[bytes, bytes], bytes]


def grown(edge: Sequence[bytes], size: int, leaf: bytes, join: Join = node_hash) -> tuple[bytes, ...]:
    """The edge of the tree of ``size`` leaves with one more leaf, given by its hash; ``join`` hashes two nodes."""
    joined = list(edge)
    node = leaf
    while size & 1:
        node = join(joined.pop(), node)
        size >>= 1
    return (*joined, node)


def root_of_edge(edge: Sequence[bytes], join: Join = node_hash, empty: bytes = EMPTY) -> bytes:
    """The root of the tree that has this edge; ``empty`` for a tree without leaves."""
    if not edge:
        return empty
    root = edge[-1]
    for node in reversed(edge[:-1]):
        root = join(node, root)
    return root


def packed(hashes: Sequence[bytes]) -> bytes:
    """Hashes one after the other, as tiles and the edge are stored and served."""
    return b"".join(hashes)


def unpacked(data: bytes) -> tuple[bytes, ...]:
    """The hashes of ``packed``. ``ValueError`` for bytes that are no row of hashes."""
    if len(data) % HASH_BYTES:
        raise ValueError(f"{len(data)} bytes are no row of hashes")
    return tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES))


def completed(size: int) -> Iterator[tuple[int, int]]:
    """The (level, index) of the tiles that the last leaf of a tree of ``size`` leaves completed, lowest first."""
    level = 0
    while size and size % WIDTH == 0:
        size //= WIDTH
        yield level, size - 1
        level += 1


def width(size: int, level: int, index: int) -> int:
    """How many hashes a tile has in a tree of ``size`` leaves: 0 to 256."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - index * WIDTH))


def tiles_under(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The tiles from which the hash of the leaves from ``begin`` up to ``end`` is made."""
    for low, high in _complete(begin, end):
        height = (high - low).bit_length() - 1
        level = height // HEIGHT
        yield level, low >> (HEIGHT * (level + 1))


def subtree_hash(tile: TileOf) -> SubtreeHash:
    """``mth(begin, end)`` of ``cultivar.ledger.merkle`` over stored tiles; ``begin`` as the proofs ask for it."""

    def mth(begin: int, end: int) -> bytes:
        return root_of_edge([_node(tile, low, high) for low, high in _complete(begin, end)])

    return mth


def _node(tile: TileOf, low: int, high: int) -> bytes:
    height = (high - low).bit_length() - 1
    level, above = divmod(height, HEIGHT)
    first = (low >> (HEIGHT * level)) % WIDTH
    hashes = tile(level, low >> (HEIGHT * (level + 1)))[first : first + (1 << above)]
    if len(hashes) != 1 << above:
        raise LookupError(f"the tree has no hash of the leaves {low} to {high}")
    return root_of_hashes(hashes)


def _complete(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees of a range that begins where a subtree of its size may, from left to right."""
    while begin < end:
        size = end - begin
        step = size if size & (size - 1) == 0 else split(size)
        yield begin, begin + step
        begin += step
