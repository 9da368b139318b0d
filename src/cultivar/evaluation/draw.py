"""A draw that anyone can replay: from a frozen list and a public seed to the seats, step by step.

In every stratum the members, sorted by number, are counted from 0. Each step takes the next block of the stratum's
stream (``draw_stream``), whose number leaves a remainder when divided by how many members are left; the member at that
place is taken out of the list. The first taken have the seats, those after them are the alternates in order. The result
is a plain document in which every step stands with its counter, hash, number and remainder.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from cultivar.evaluation.draw_pool import (
    RULE,
    BadDraw,
    Candidate,
    Frozen,
    Stratum,
    freeze,
    freeze_order,
    sha256,
)
from cultivar.evaluation.draw_seed import BadSeed, Entry, Source, entries, source, text_of
from cultivar.evaluation.draw_stream import Stream
from cultivar.evaluation.rfc3797 import rfc3797
from cultivar.policy.text import Text

__all__ = [
    "RULE",
    "BadDraw",
    "BadSeed",
    "Candidate",
    "Frozen",
    "Source",
    "Stratum",
    "Succession",
    "freeze",
    "freeze_order",
    "replace",
    "rfc3797",
    "run",
    "seated",
    "source",
    "stream_of",
]

_NOT_DRAWN = Text(
    "“{id}”既不在席，也不是备选，不能由他人递补。",
    "“{id}” holds no seat and is no alternate; there is nothing to fill.",
)
_GONE = Text("“{id}”已经退出，不能再退出一次。", "“{id}” has left already and cannot leave again.")
_NO_ALTERNATE = Text(
    "“{stratum}”没有备选了，“{id}”的席位无人递补；要另行抽取。",
    "“{stratum}” has no alternate left for the seat of “{id}”; another draw is needed.",
)


class Succession(NamedTuple):
    """Who left a seat, and which alternate of the same stratum took it."""

    left: str
    taken_by: str


def run(frozen: Frozen, seed: Iterable[tuple[Source, str]]) -> dict[str, Any]:
    """The result document of a draw; ``seed`` holds each source with its value as it was published.

    Raises ``BadSeed`` where the seed is not one value for each announced source.
    """
    read = entries(seed, frozen.sources)
    text = text_of(read)
    document: dict[str, Any] = {
        "rule": RULE,
        "frozen": frozen.document,
        "frozen_sha256": frozen.sha256,
        "seed": [_entry(one) for one in read],
        "seed_text": text,
        "draws": [_draw(frozen, stratum, text) for stratum in frozen.strata],
    }
    return {**document, "sha256": sha256(document)}


def stream_of(frozen: Frozen, seed_text: str, *labels: str) -> Stream:
    """The chance of this draw for one purpose, the same for everyone who has the frozen document and the seed."""
    return Stream(RULE, frozen.sha256, seed_text, *labels)


def replace(result: Mapping[str, Any], vacated: Iterable[str]) -> list[Succession]:
    """Who takes the seats of those who left, in the order in which they left.

    A seat goes to the next alternate of its own stratum; an alternate who withdrew before having a seat is passed over.
    Raises ``BadDraw`` for someone who was not drawn or left before, and where no alternate is left.
    """
    log: list[Succession] = []
    gone: set[str] = set()
    lines = [(draw, set(draw["seats"]), list(draw["alternates"])) for draw in result["draws"]]
    for number in vacated:
        if number in gone:
            raise BadDraw(_GONE.fill(id=number))
        gone.add(number)
        line = next((one for one in lines if number in one[1] or number in one[2]), None)
        if line is None:
            raise BadDraw(_NOT_DRAWN.fill(id=number))
        draw, sitting, waiting = line
        if number in waiting:
            waiting.remove(number)
            continue
        if not waiting:
            raise BadDraw(_NO_ALTERNATE.fill(stratum=Stratum(draw["kind"], draw["field"], 1).name, id=number))
        heir = waiting.pop(0)
        sitting.remove(number)
        sitting.add(heir)
        log.append(Succession(number, heir))
    return log


def seated(result: Mapping[str, Any], vacated: Iterable[str] = ()) -> list[str]:
    """Who sits, in the order of the draw, once those of ``vacated`` were replaced. Raises as ``replace`` does."""
    heirs = dict(replace(result, vacated))
    sitting = [number for draw in result["draws"] for number in draw["seats"]]
    while any(number in heirs for number in sitting):
        sitting = [heirs.get(number, number) for number in sitting]
    return sitting


def _entry(one: Entry) -> dict[str, str]:
    """What the document keeps: one way of writing a value, so that the same seed gives the same bytes."""
    return {**one.source._asdict(), "value": one.value}


def _draw(frozen: Frozen, stratum: Stratum, seed_text: str) -> dict[str, Any]:
    stream = stream_of(frozen, seed_text, frozen.purpose, stratum.kind, stratum.field)
    members = [one.id for one in frozen.members(stratum)]
    wanted = len(members) if stratum.alternates is None else stratum.seats + stratum.alternates
    left, taken, steps = list(members), list[str](), []
    while len(taken) < wanted:
        for block, choice in stream.choose(len(left)):
            step = {**block._asdict(), "left": len(left), "remainder": choice, "taken": None}
            if choice is not None:
                step["taken"] = left.pop(choice)
                taken.append(step["taken"])
            steps.append(step)
    return {
        "kind": stratum.kind,
        "field": stratum.field,
        "members": members,
        "steps": steps,
        "seats": taken[: stratum.seats],
        "alternates": taken[stratum.seats :],
    }
