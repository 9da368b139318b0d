"""How the panels of a round's applications came to be what they are, out of the record of each application.

What follows from an act of the draw is an act of its own on the application, under a key that begins with the hash of
the draw's (``draw_following``); every other change was made by hand or by the expert's own word.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from cultivar.cases.record import Folded
from cultivar.evaluation.bundle_parts import Change, Kind
from cultivar.evaluation.draw_documents import Draw
from cultivar.evaluation.draw_following import KEY_DIGITS
from cultivar.policy.model_procedure import Act
from cultivar.procedure.record import Done
from cultivar.procedure.sealing import changes_panel

Following: TypeAlias = Mapping[str, tuple[Kind, int]]
"""By the beginning of a key: how a panel changes by what is done under it, and the act of the draw it follows from."""
_KINDS: Mapping[str | None, Kind] = {"seating": "seated", "substitution": "followed"}


def following(draws: Iterable[Draw]) -> dict[str, tuple[Kind, int]]:
    """The acts of draws from which changes of panels follow."""
    return {
        draw.case.leaf_hashes[done.seq][:KEY_DIGITS]: (_KINDS[spec.document], done.seq)
        for draw in draws
        for done in draw.case.state.acts
        for spec in draw.case.procedure.acts[done.act].content.values()
        if spec.document in _KINDS
    }


def changes(
    case: Folded, numbers: Mapping[str, str], keys: Mapping[int, str], follows: Following
) -> Iterator[Change]:
    """Every change of the panel of an application, in order.

    ``numbers``: of each person; ``keys``: under which key each entry was made; ``follows``: see ``following``.
    """
    panel: list[str] = []
    for done in case.state.acts:
        act = case.procedure.acts[done.act]
        if not changes_panel(act):
            continue
        joined, left = _moved(act, done, panel)
        panel = [one for one in panel if one not in left] + joined
        kind, by = follows.get(keys[done.seq].partition("-")[0]) or (_by_hand(act), None)
        yield Change(
            case.number,
            done.seq,
            done.act,
            kind,
            tuple(numbers[one] for one in joined),
            tuple(numbers[one] for one in left),
            by,
        )


def _by_hand(act: Act) -> Kind:
    if act.leaves_panel:
        return "recused"
    return "named" if any(spec.type == "experts" for spec in act.content.values()) else "released"


def _moved(act: Act, done: Done, panel: list[str]) -> tuple[list[str], list[str]]:
    """Who joins the panel by an act, and who leaves it: as ``procedure.record`` folds it."""
    if act.leaves_panel:
        return [], [one for one in panel if one == done.person]
    for name, spec in act.content.items():
        said = done.content.get(name, ())
        if spec.type == "seated-experts":
            return [], [one for one in panel if one in said]
        if spec.type == "experts":
            return [one for one in dict.fromkeys(said) if one not in panel], []
    return [], []
