"""Where one can go: slices register their entries, the shell shows those of the actor's body.

A slice registers in the ``ready`` of its app config::

    work = Text("办理", "Work")
    register(Entry("desk", Text("待办", "Desk"), "desk", work, frozenset({"city"}), count_desk, 10))
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from cultivar.policy.text import Text

PUBLIC = "public"
FOOT = Text("页脚", "Foot")
"""Group of the links at the foot of every page; its entries name their bodies like all others."""

Count = Callable[[HttpRequest], int | None]


@dataclass(frozen=True)
class Entry:
    """One way into a slice.

    ``key`` is unique; ``bodies`` are body ids of programme files or ``PUBLIC``, or answer for the office of a request;
    ``count`` is asked once per page and shown beside the label; ``hot`` draws it red (the desk only);
    ``order`` sorts.
    """

    key: str
    label: Text
    url_name: str
    group: Text
    bodies: frozenset[str] | Callable[[HttpRequest], bool]
    count: Count | None = None
    order: int = 100
    hot: bool = False

    def is_for(self, request: HttpRequest, body: str) -> bool:
        """Whether the office that asks, of this body, or the public, sees it."""
        if callable(self.bodies):
            return body != PUBLIC and self.bodies(request)
        return body in self.bodies


@dataclass(frozen=True)
class Item:
    """An entry on a page."""

    key: str
    label: Text
    url: str
    current: bool
    count: int | None
    hot: bool


@dataclass(frozen=True)
class Group:
    """Entries under one heading."""

    label: Text
    items: tuple[Item, ...]


_entries: dict[str, Entry] = {}
_clock: list[str] = []


def register(entry: Entry) -> None:
    """Adds the entry; a second one of the same key must be equal, else ``ValueError``."""
    known = _entries.setdefault(entry.key, entry)
    if known != entry:
        raise ValueError(f"Navigation entry {entry.key!r} is registered twice with different contents.")


def offer_clock(url_name: str) -> None:
    """Names the address that moves the demonstration's clock (POST ``working_days`` or ``date``).

    The last one counts. Used only where ``DEMO`` is on.
    """
    _clock[:] = [url_name]


def clock_address() -> str:
    """Where the demonstration's clock is moved; empty where nobody offers that."""
    try:
        return reverse(_clock[0]) if _clock else ""
    except NoReverseMatch:
        return ""


def entries() -> tuple[Entry, ...]:
    """All entries by order and key."""
    return tuple(sorted(_entries.values(), key=lambda entry: (entry.order, entry.key)))


def groups(request: HttpRequest, body: str, known: Iterable[Entry] | None = None) -> tuple[Group, ...]:
    """The entries of ``body`` in groups, a group standing where its first entry stands; without the foot."""
    mine = [
        entry
        for entry in (entries() if known is None else known)
        if entry.group != FOOT and entry.is_for(request, body)
    ]
    items = _items(request, mine)
    order = dict.fromkeys(entry.group for entry in mine)
    return tuple(
        Group(label, tuple(item for entry, item in zip(mine, items, strict=True) if entry.group == label))
        for label in order
    )


def foot(request: HttpRequest, body: str, known: Iterable[Entry] | None = None) -> tuple[Item, ...]:
    """The entries of the foot that ``body`` sees."""
    mine = [
        entry
        for entry in (entries() if known is None else known)
        if entry.group == FOOT and entry.is_for(request, body)
    ]
    return _items(request, mine)


def _items(request: HttpRequest, mine: list[Entry]) -> tuple[Item, ...]:
    addresses = [reverse(entry.url_name) for entry in mine]
    here = _here(request.path, addresses)
    return tuple(
        Item(e.key, e.label, url, url == here, e.count(request) if e.count else None, e.hot)
        for e, url in zip(mine, addresses, strict=True)
    )


def _here(path: str, addresses: list[str]) -> str | None:
    """The longest address the path lies under; the root only matches itself."""
    fitting = [
        a for a in addresses if path == a or (a != "/" and path.startswith(a if a.endswith("/") else a + "/"))
    ]
    return max(fitting, key=len, default=None)
