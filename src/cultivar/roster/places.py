"""Which region a cell means: by code, by full or short name, with the province before it or a county behind it."""

from collections.abc import Iterable
from typing import Protocol

from cultivar.roster.cells import Cell, bare

_ENDINGS = ("自治州", "市", "州", "新区", "地区", "盟")


class Region(Protocol):
    """What is needed of a region; the register's own is one."""

    code: str
    name_zh: str
    name_en: str
    short_zh: str
    parent_id: str | None


class Places:
    """The regions under the provinces, by everything that they are called."""

    def __init__(self, regions: Iterable[Region]) -> None:
        known = list(regions)
        provinces = {one.code: one for one in known if one.parent_id is None}
        self.names = {one.code: one.name_zh for one in known if one.parent_id is not None}
        self._by_name: dict[str, str | None] = {}
        self._full: dict[str, str] = {}
        for one in known:
            if one.parent_id is None:
                continue
            above = provinces.get(one.parent_id)
            heads = ("", *((above.name_zh, above.short_zh) if above else ()))
            self._full |= {f"{bare(head)}{bare(one.name_zh)}": one.code for head in heads}
            for name in _names(one):
                for head in heads:
                    self._enter(f"{bare(head)}{name}", one.code)

    def _enter(self, name: str, code: str) -> None:
        """Two regions of one name cannot be told apart by it."""
        self._by_name[name] = code if self._by_name.get(name, code) == code else None

    def find(self, cell: Cell) -> str | None:
        """The code of the region that a cell means, None where it cannot be said."""
        name = bare(cell)
        found = self._by_name.get(name)
        if found is None and len(name) == 6 and name.isdecimal():
            found = f"{name[:4]}00" if f"{name[:4]}00" in self.names else None
        if found is None and name not in self._by_name:
            found = next((code for full, code in self._full.items() if name.startswith(full)), None)
        if found is not None and name not in self._by_name and len(self._by_name) < 50_000:
            self._by_name[name] = found
        return found


def _names(region: Region) -> set[str]:
    names = {bare(one) for one in (region.code, region.name_zh, region.short_zh, region.name_en)}
    for name in (region.name_zh, region.short_zh):
        for ending in _ENDINGS:
            if name.endswith(ending) and len(name) > len(ending) + 1:
                names.add(bare(name.removesuffix(ending)))
    return names
