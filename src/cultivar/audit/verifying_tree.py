"""The tree recomputed from the leaves in one pass, and held against what is stored of it.

What is stored twice or more (a leaf and its hash, the hash in its tile, the tile's root, the edge) says which of them
was changed: the pass goes on with what the others vouch for, so that one change gives one finding.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeAlias

from django.db import connection, transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from cultivar.audit.findings import Finding
from cultivar.ledger import tree
from cultivar.ledger.merkle import HASH_BYTES
from cultivar.ledger.models import Entry, Head, Tile
from cultivar.policy.text import Text

CHUNK = 16 * tree.WIDTH  # entries that are read at a time
_FARTHEST = 1_000_000  # missing entries in a row; beyond that a number is made up
COLUMNS = ("seq", "leaf", "leaf_hash")

Progress: TypeAlias = Callable[[int], object]  # told how many more entries were read
Row: TypeAlias = tuple[Any, ...]  # begins with COLUMNS

_sha256 = hashlib.sha256

_NOT_BYTES = Text("存成了文字，不是原来的字节。", "it is stored as text, not as the bytes that were written.")
_WRONG_HASH = Text(
    "内容与登记的叶哈希不符：两者之一被改过。",
    "what it says and its stored leaf hash disagree: one of them was changed.",
)
_COLUMN = Text(
    "登记的叶哈希被改过（内容与树相符）。",
    "its stored leaf hash was changed (what it says agrees with the tree).",
)
_CHANGED = Text(
    "与树不符：这里的内容被改、被换或被插入过。",
    "the tree holds another entry here: this one was changed, exchanged or inserted.",
)
_MISSING = Text("这条记录不见了。", "it is missing.")
_ADDED = Text("不在账本的树里：从旁插入的。", "the ledger's tree does not hold it: it was slipped in.")
_TILE_HASH = Text(
    "树的第 {tile} 块为它存的哈希被改过。", "the hash that tile {tile} stores for it was changed."
)
_TILE_MISSING = Text("树的第 {tile} 块不见了。", "tile {tile} of the tree is missing.")
_TILE_FORM = Text("树的第 {tile} 块无法读取。", "tile {tile} of the tree cannot be read.")
_TILE_ROOT = Text("树的第 {tile} 块的根被改过。", "the root of tile {tile} was changed.")
_TILE_EXTRA = Text("树里有一块不该有的：{tile}。", "there is a tile that should not be: {tile}.")
_NO_HEAD = Text("账本的首行不见了。", "the row that heads the ledger is missing.")
_COUNT = Text(
    "账本登记为 {said} 条，实有 {have} 条。",
    "{said} entries are said to be there, but there are {have}.",
)
_EDGE = Text(
    "登记的树的边缘与这些记录算出的不符：其中有改动，或边缘被改过。",
    "the stored edge of the tree is not what these entries give: one of them, or the edge, was changed.",
)
_EDGE_FORM = Text("登记的树的边缘无法读取。", "the stored edge of the tree cannot be read.")
_LAST_AT = Text(
    "首行登记的最后时间与最后一条不符。",
    "the row that heads the ledger gives another time for the last entry.",
)


@contextmanager
def snapshot() -> Iterator[None]:
    """One state of the database however long the look takes; nobody who writes has to wait."""
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")  # without taking the writer's place
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def chunks(*columns: str | Cast) -> Iterator[list[Row]]:
    """The entries in order of ``seq``, ``CHUNK`` at a time: rows of ``COLUMNS`` and then of ``columns``."""
    rows = Entry.objects.order_by("seq").values_list(*COLUMNS, *columns).iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def verify_tree(progress: Progress = lambda _: None) -> list[Finding]:
    """What is wrong with leaves, hashes, tiles and edge alone; nothing is read of what the entries say."""
    with snapshot():
        walk = TreeWalk(())
        for rows in chunks():
            walk.take(rows)
            progress(len(rows))
        walk.finish()
    return walk.findings


@dataclass
class TreeWalk:
    """The tree as the leaves give it, taken chunk by chunk.

    ``roots`` gets the root at every size of ``wanted`` that the ledger reaches; ``bad`` the numbers of the entries
    whose content is not what was recorded.
    """

    wanted: Iterable[int]
    findings: list[Finding] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)
    bad: set[int] = field(default_factory=set)
    size: int = 0  # entries taken; missing ones are counted

    def __post_init__(self) -> None:
        self._sizes = sorted({*self.wanted}, reverse=True)
        self._hashes: list[bytes] = []  # of the tile that is not full yet
        self._stored: dict[
            int, bytes | None
        ] = {}  # leaf hashes as stored where they disagree; None: no entry
        self._uncertain: set[int] = set()  # tiles over entries for whose hash nothing vouches
        self._edge: tuple[bytes, ...] = ()  # over full tiles
        self._level: list[bytes] = []  # the roots of full tiles
        self._tiles: dict[int, tuple[Any, Any]] = {}
        self._last_at: Any = None

    @property
    def certain(self) -> bool:
        """Whether the roots follow from leaves that something vouches for."""
        return not self._uncertain

    def take(self, rows: Sequence[Row]) -> None:
        """The next entries, in order of ``seq``."""
        try:
            computed = [_sha256(b"\x00" + bytes(row[1])).digest() for row in rows]
            whole = computed == [bytes(row[2]) for row in rows]
        except (TypeError, ValueError):  # stored as something else than bytes
            whole = False
        if whole and rows[0][0] == self.size and rows[-1][0] == self.size + len(rows) - 1:
            self._grow(computed)
        else:
            for row in rows:
                self._doubtful(row)

    def finish(self) -> None:
        """After the last entry: the edge, the upper tiles, and what is stored beside them."""
        head = Head.objects.filter(id=1).values_list("size", "edge", Cast("last_at", TextField())).first()
        if head is None:
            if self.size:
                self.findings.append(Finding("tree", _NO_HEAD))
            head = (self.size, None, None)
        self._compare_head(head[0], head[1])
        self._upper_tiles()
        self._other_tiles()
        last_at = Entry.objects.order_by("-seq").values_list(Cast("at", TextField()), flat=True).first()
        if head[1] is not None and head[2] != last_at:
            self.findings.append(Finding("tree", _LAST_AT))

    def _doubtful(self, row: Row) -> None:
        seq, leaf, stored = row[:3]
        if seq < 0:
            self.findings.append(Finding("tree", _ADDED, seq=seq))
            return
        if seq > self.size:
            self.findings.append(Finding("tree", _MISSING, seq=self.size, last=seq - 1))
            if seq - self.size > _FARTHEST:  # no gap, but a row put there: nothing is to be learnt beyond it
                self.findings.append(Finding("tree", _ADDED, seq=seq))
                self.bad.add(seq)
                return
            while self.size < seq and self.size + len(self._hashes) < 2**62:
                self._stored[self.size] = None
                self._grow([b""])
        if isinstance(leaf, (str, int, float)) or isinstance(stored, (str, int, float)) or leaf is None:
            self.findings.append(Finding("entry", _NOT_BYTES, seq=seq))
            self.bad.add(seq)
            leaf = leaf.encode() if isinstance(leaf, str) else b"" if not isinstance(leaf, bytes) else leaf
            stored = (
                stored.encode()
                if isinstance(stored, str)
                else b""
                if not isinstance(stored, bytes)
                else stored
            )
        computed = _sha256(b"\x00" + bytes(leaf)).digest()
        if computed != bytes(stored):
            self._stored[seq] = bytes(stored)
            self.bad.add(seq)
        self._grow([computed])

    def _grow(self, hashes: list[bytes]) -> None:
        self._hashes += hashes
        self.size += len(hashes)
        while len(self._hashes) >= tree.WIDTH:
            tile, self._hashes = self._hashes[: tree.WIDTH], self._hashes[tree.WIDTH :]
            self._complete(len(self._level), tile)

    def _complete(self, index: int, hashes: list[bytes]) -> None:
        """A tile of leaf hashes that is full: held against the stored one, and joined to the edge."""
        stored = self._tile(index)
        first = index * tree.WIDTH
        root = b"" if b"" in hashes else _root(hashes)
        sound = stored is not None and stored == (b"".join(hashes), root)
        if not sound or any(first <= seq < first + tree.WIDTH for seq in self._stored):
            hashes, root = self._settled(index, hashes, stored)
        self._note_roots(first, hashes)
        self._level.append(root)
        self._edge = tree.grown(self._edge, index, root)
        self._note_roots(first + tree.WIDTH, [])

    def _tile(self, index: int) -> tuple[Any, Any] | None:
        """Hashes and root of a tile of leaf hashes, read ahead by the chunk."""
        if index not in self._tiles:
            ahead = range(index, index + CHUNK // tree.WIDTH)
            rows = Tile.objects.filter(level=0, index__gte=ahead.start, index__lt=ahead.stop)
            self._tiles = dict.fromkeys(ahead, (None, None))
            for at, hashes, root in rows.values_list("index", "hashes", "root"):
                self._tiles[at] = (_bytes(hashes), _bytes(root))
        found = self._tiles[index]
        return None if found == (None, None) else found

    def _settled(
        self, index: int, hashes: list[bytes], stored: tuple[Any, Any] | None
    ) -> tuple[list[bytes], bytes]:
        """Which hashes to go on with where something disagrees; says what does."""
        first = index * tree.WIDTH
        place = f"0/{index}"
        doubts = {
            seq - first: self._stored.pop(seq) for seq in sorted(self._stored) if seq < first + tree.WIDTH
        }
        tile = _full(stored[0]) if stored is not None else None
        if stored is None:
            self.findings.append(Finding("tree", _TILE_MISSING.fill(tile=place), seq=first, last=first + 255))
        elif tile is None:
            self.findings.append(Finding("tree", _TILE_FORM.fill(tile=place), seq=first, last=first + 255))
        taken = [
            self._vouched(first + at, computed, doubts.get(at, computed), tile[at] if tile else None)
            for at, computed in enumerate(hashes)
        ]
        if tile is None or stored is None:
            if doubts:
                self._uncertain.add(index)
            return taken, _root(taken)
        wrong = [at for at in range(tree.WIDTH) if taken[at] != tile[at]]
        root = _root(taken)
        if not wrong:
            if root != stored[1]:
                self.findings.append(
                    Finding("tree", _TILE_ROOT.fill(tile=place), seq=first, last=first + 255)
                )
            return taken, root
        if root == stored[1]:
            self._say_runs(first, wrong, _TILE_HASH.fill(tile=place))
            return taken, root
        self._say_runs(first, wrong, _CHANGED)
        self.bad.update(first + at for at in wrong)
        if _root(tile) == stored[1]:
            return list(tile), stored[1]
        self._uncertain.add(index)
        return taken, root

    def _vouched(self, seq: int, computed: bytes, stored: bytes | None, tile: bytes | None) -> bytes:
        """The hash of an entry with which the pass goes on: the one that most places give."""
        if stored is None:  # no such entry, as was said
            return tile if tile is not None else b"\x00" * HASH_BYTES
        if computed == stored:
            return computed
        if computed == tile:
            self.findings.append(Finding("entry", _COLUMN, seq=seq))
            self.bad.discard(seq)
            return computed
        self.findings.append(Finding("entry", _WRONG_HASH, seq=seq))
        return stored if stored == tile or (len(stored) == HASH_BYTES and tile is None) else computed

    def _say_runs(self, first: int, positions: list[int], text: Text) -> None:
        """One finding for each run of neighbours."""
        start = previous = positions[0]
        for at in [*positions[1:], -1]:
            if at != previous + 1:
                self.findings.append(Finding("tree", text, seq=first + start, last=first + previous))
                start = at
            previous = at

    def _note_roots(self, first: int, hashes: list[bytes]) -> None:
        """The roots that are wanted at sizes from ``first`` up to the end of ``hashes``."""
        while self._sizes and self._sizes[-1] <= first + len(hashes):
            size = self._sizes[-1]
            if hashes and size == first + tree.WIDTH:
                return  # the tile joins the edge first
            self._sizes.pop()
            self.roots[size] = tree.root_of_edge((*self._edge, *_edge_of(hashes[: size - first])))

    def _compare_head(self, said: int, edge: Any) -> None:
        """The last tile, which is not full, and the edge."""
        first = len(self._level) * tree.WIDTH
        hashes, stored = self._hashes, _unpacked(_bytes(edge))
        doubts = {seq - first: kept for seq, kept in self._stored.items()}
        others = [doubts.get(at) or computed for at, computed in enumerate(hashes)]
        if doubts and stored == (*self._edge, *_edge_of(others)):
            hashes = others
        right = stored == (*self._edge, *_edge_of(hashes))
        for at, computed in enumerate(hashes):
            kept = doubts.get(at)
            if at in doubts and kept is not None:
                plain = right and computed == self._hashes[at]
                self.findings.append(Finding("entry", _COLUMN if plain else _WRONG_HASH, seq=first + at))
        self._hashes = [one or b"\x00" * HASH_BYTES for one in hashes]
        self._note_roots(first, self._hashes)
        if edge is None or right:
            if edge is not None and said != self.size:
                self.findings.append(Finding("tree", _COUNT.fill(said=said, have=self.size)))
            return
        if said > self.size:
            self.findings.append(Finding("tree", _MISSING, seq=self.size, last=said - 1))
            self._uncertain.add(-1)
            return
        if first <= said < self.size and stored == (*self._edge, *_edge_of(self._hashes[: said - first])):
            self.findings.append(Finding("tree", _ADDED, seq=said, last=self.size - 1))
            return
        self._say_edge(stored, doubted=bool(doubts))

    def _say_edge(self, stored: tuple[bytes, ...] | None, *, doubted: bool) -> None:
        """Where the stored edge differs from the computed one."""
        computed = (*self._edge, *_edge_of(self._hashes))
        if self._uncertain or doubted:
            self._uncertain.add(-1)
            return  # what was said of the entries says it
        self._uncertain.add(-1)
        if stored is None or len(stored) != len(computed):
            self.findings.append(Finding("tree", _EDGE_FORM))
            return
        begin = 0
        for bit, have, should in zip(_powers(self.size), stored, computed, strict=True):
            if have != should:
                self.findings.append(Finding("tree", _EDGE, seq=begin, last=begin + bit - 1))
            begin += bit

    def _upper_tiles(self) -> None:
        """The tiles above the leaves' ones, from the roots that the pass went on with."""
        stored = {
            (level, index): (_bytes(hashes), _bytes(root))
            for level, index, hashes, root in Tile.objects.filter(level__gt=0).values_list(
                "level", "index", "hashes", "root"
            )
        }
        below, level = self._level, 1
        while len(below) >= tree.WIDTH:
            full = [below[at : at + tree.WIDTH] for at in range(0, len(below) - 255, tree.WIDTH)]
            roots = [_root(hashes) for hashes in full]
            for index, (hashes, root) in enumerate(zip(full, roots, strict=True)):
                self._compare_upper(level, index, hashes, root, stored.get((level, index)))
            below, level = roots, level + 1

    def _compare_upper(
        self, level: int, index: int, hashes: list[bytes], root: bytes, stored: tuple[Any, Any] | None
    ) -> None:
        place, span = f"{level}/{index}", tree.WIDTH**level
        first = index * tree.WIDTH * span
        whole = {"seq": first, "last": first + tree.WIDTH * span - 1}
        if stored == (b"".join(hashes), root) or any(
            first <= one * tree.WIDTH <= whole["last"] for one in self._uncertain
        ):
            return
        tile = _full(stored[0]) if stored is not None else None
        if stored is None:
            self.findings.append(Finding("tree", _TILE_MISSING.fill(tile=place), **whole))
        elif tile is None:
            self.findings.append(Finding("tree", _TILE_FORM.fill(tile=place), **whole))
        elif wrong := [at for at in range(tree.WIDTH) if tile[at] != hashes[at]]:
            begin = first + wrong[0] * span
            text = _TILE_HASH.fill(tile=place)
            self.findings.append(Finding("tree", text, seq=begin, last=first + (wrong[-1] + 1) * span - 1))
        else:
            self.findings.append(Finding("tree", _TILE_ROOT.fill(tile=place), **whole))

    def _other_tiles(self) -> None:
        for place, level, index in Tile.objects.order_by("level", "index").values_list(
            "place", "level", "index"
        ):
            right = place == f"{level}/{index}"
            if not right or not 0 <= index < self.size >> (tree.HEIGHT * (level + 1)):
                self.findings.append(Finding("tree", _TILE_EXTRA.fill(tile=place)))


def _root(hashes: Sequence[bytes]) -> bytes:
    """The root over the 256 hashes of a full tile."""
    level = hashes
    while len(level) > 1:
        level = [
            _sha256(b"\x01" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=True)
        ]
    return level[0]


def _edge_of(hashes: Sequence[bytes]) -> tuple[bytes, ...]:
    """The roots of the largest complete subtrees over fewer than 256 hashes, or exactly so many."""
    edge, begin = [], 0
    for width in _powers(len(hashes)):
        edge.append(_root([one or b"\x00" * HASH_BYTES for one in hashes[begin : begin + width]]))
        begin += width
    return tuple(edge)


def _powers(size: int) -> list[int]:
    """The powers of two that make up a number, the largest first."""
    return [1 << bit for bit in reversed(range(size.bit_length())) if size >> bit & 1]


def _bytes(value: Any) -> bytes | None:
    return bytes(value) if isinstance(value, (bytes, bytearray, memoryview)) else None


def _unpacked(data: bytes | None) -> tuple[bytes, ...] | None:
    """Hashes one after the other; None for bytes that are none."""
    return None if data is None or len(data) % HASH_BYTES else tree.unpacked(data)


def _full(data: bytes | None) -> tuple[bytes, ...] | None:
    """The hashes of a full tile; None for bytes that are none."""
    hashes = _unpacked(data)
    return hashes if hashes is not None and len(hashes) == tree.WIDTH else None
