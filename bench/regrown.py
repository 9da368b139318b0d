"""The tree over a ledger that a bench has filled by raw inserts."""


def regrow() -> None:
    """Makes head and tiles anew from the leaf hashes of all entries; the root is held against ``merkle``."""
    from cultivar.ledger import tree
    from cultivar.ledger.merkle import root_of_hashes
    from cultivar.ledger.models import Entry, Head, Tile

    hashes = [bytes(one) for one in Entry.objects.order_by("seq").values_list("leaf_hash", flat=True)]
    edge: tuple[bytes, ...] = ()
    tiles, level = [], {0: hashes}
    for size, node in enumerate(hashes, 1):
        edge = tree.grown(edge, size - 1, node)
        for height, index in tree.completed(size):
            inside = level[height][index * tree.WIDTH : (index + 1) * tree.WIDTH]
            root = root_of_hashes(inside)
            level.setdefault(height + 1, []).append(root)
            place = f"{height}/{index}"
            tiles.append(Tile(place=place, level=height, index=index, hashes=tree.packed(inside), root=root))
    assert tree.root_of_edge(edge) == root_of_hashes(hashes)
    known = set(Tile.objects.values_list("place", flat=True))
    Tile.objects.bulk_create([one for one in tiles if one.place not in known], batch_size=500)
    Head.objects.update(size=len(hashes), edge=tree.packed(edge))
