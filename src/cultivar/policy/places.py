"""Which article a place of a programme file belongs to, whatever else is wrong with the file.

The nearest enclosing thing that cites an article decides; a stage belongs to what it waits for, a guard to the acts
that need it, an example to the act that it tries.
"""

from collections.abc import Iterator
from typing import Any

from cultivar.policy.citation import COUNTED
from cultivar.policy.problems import Place


def article_at(data: Any, place: Place) -> str:
    """The number, as the document counts ("6.3"), of the article around ``place``; "" where none is."""
    numbers = {
        article["id"]: str(article.get("number", ""))
        for article in _listed(_inside(data, "articles"))
        if isinstance(article, dict) and isinstance(article.get("id"), str)
    }
    if place[:1] == ("articles",):
        own = _inside(data, *place[:2], "number")
        return own if isinstance(own, str) else ""
    return next((numbers[cited] for cited in _cited(data, place) if cited in numbers), "")


def counted_in(data: Any) -> str:
    """What the numbers of the file count, "articles" where it says nothing known."""
    counted = _inside(data, "counted")
    return counted if counted in COUNTED else "articles"


def _cited(data: Any, place: Place) -> Iterator[str]:
    """Ids of articles, the nearest first."""
    for depth in range(len(place), 1, -1):
        around = place[:depth]
        yield from _own(_inside(data, *around))
        for act in _acts_of(data, around):
            yield from _own(act)


def _own(part: Any) -> list[str]:
    found = _listed(_inside(part, "article")) + _listed(_inside(part, "articles"))
    return [one for one in found if isinstance(one, str)]


def _acts_of(data: Any, place: Place) -> list[Any]:
    """The acts by which a stage, a guard or an example belongs to an article."""
    match place:
        case ("procedures", procedure, "stages", _):
            names = _listed(_inside(data, *place, "waits_for"))
            return [_inside(data, "procedures", procedure, "acts", name) for name in names]
        case ("guards", guard):
            return [act for act in _every_act(data) if guard in _listed(_inside(act, "needs"))]
        case ("examples", _):
            procedure = _inside(data, *place, "procedure") or "recognition"
            return [_inside(data, "procedures", procedure, "acts", _inside(data, *place, "try", "act"))]
    return []


def _every_act(data: Any) -> Iterator[Any]:
    procedures = _inside(data, "procedures")
    for procedure in procedures.values() if isinstance(procedures, dict) else ():
        acts = _inside(procedure, "acts")
        yield from acts.values() if isinstance(acts, dict) else ()


def _inside(data: Any, *place: Any) -> Any:
    for key in place:
        if isinstance(data, dict) and isinstance(key, str):
            data = data.get(key)
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            data = data[key]
        else:
            return None
    return data


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
