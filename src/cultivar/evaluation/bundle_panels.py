"""How the panels of a round's applications came to be what they are, out of the record of each application.

What follows from an act of the draw is an act of its own on the application, under a key that names the draw's
(``draw_following``); every other change was made by hand or by the expert's own word.
"""

import re
from collections.abc import Iterator, Mapping

from cultivar.cases.record import Folded
from cultivar.evaluation.bundle_parts import Change, Kind
from cultivar.policy.model_procedure import Act
from cultivar.procedure.record import Done
from cultivar.procedure.sealing import changes_panel

_FOLLOWS = re.compile("(seat|leave|follow)-([0-9]+)-.+")
_KINDS: Mapping[str, Kind] = {"seat": "seated", "leave": "followed", "follow": "followed"}


def changes(case: Folded, numbers: Mapping[str, str], keys: Mapping[int, str]) -> Iterator[Change]:
    """Every change of the panel of an application, in order.

    ``numbers``: of each person; ``keys``: under which key each entry was made.
    """
    panel: list[str] = []
    for done in case.state.acts:
        act = case.procedure.acts[done.act]
        if not changes_panel(act):
            continue
        joined, left = _moved(act, done, panel)
        panel = [one for one in panel if one not in left] + joined
        kind, by = _why(act, bool(left), keys[done.seq])
        yield Change(
            case.number,
            done.seq,
            done.act,
            kind,
            tuple(numbers[one] for one in joined),
            tuple(numbers[one] for one in left),
            by,
        )


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


def _why(act: Act, left: bool, key: str) -> tuple[Kind, int | None]:
    followed = _FOLLOWS.fullmatch(key)
    if followed is not None:
        return _KINDS[followed[1]], int(followed[2])
    if act.leaves_panel:
        return "recused", None
    return ("released" if left else "named"), None
