"""How tiles and bundles are addressed (C2SP tlog-tiles): the level, the index in groups of three digits, the width.

``x001/x234/067.p/12`` is the partial tile of width 12 at index 1234067. Pure.
"""

import re
from dataclasses import dataclass

from cultivar.ledger.tree import WIDTH

ENTRIES = "entries"
_LONGEST = 80  # characters; the index of a tree that can be counted takes fewer
_LEVEL = "entries|[0-9]|[1-5][0-9]|6[0-3]"
_INDEX = "(?:x[0-9]{3}/)*[0-9]{3}"
_WIDTH = r"[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]"
_PLACE = re.compile(rf"({_LEVEL})/({_INDEX})(?:\.p/({_WIDTH}))?")


@dataclass(frozen=True)
class Place:
    """A tile of hashes, or with ``level`` None a bundle of entries; ``width`` is 256 for a full one."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The one way to write it, after ``tile/``."""
        rest, last = divmod(self.index, 1000)
        groups = [f"{last:03d}"]
        while rest:
            rest, group = divmod(rest, 1000)
            groups.insert(0, f"x{group:03d}")
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"{ENTRIES if self.level is None else self.level}/{'/'.join(groups)}{partial}"


def parse(path: str) -> Place | None:
    """The place that a path names after ``tile/``; None for anything that is not written in the one way."""
    found = _PLACE.fullmatch(path) if len(path) <= _LONGEST else None
    if found is None:
        return None
    level, index, width = found.groups()
    place = Place(
        None if level == ENTRIES else int(level),
        int(index.replace("x", "").replace("/", "")),
        int(width) if width else WIDTH,
    )
    return place if place.path == path else None
