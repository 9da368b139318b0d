"""What the house works out when an act is done, what may be chosen in it, what follows: slices above say how.

A field of type ``document`` is never typed. Its maker is asked after everything else that the act says was found to be
sound; it keeps the document under its SHA-256 and gives that. When somebody agrees to a proposal the maker is asked
again: where another document comes out by now, nobody agrees to what no longer holds.
"""

from collections.abc import Callable, Mapping
from typing import Any

from cultivar.cases.checking import Setting, listed_before
from cultivar.cases.record import Folded
from cultivar.policy.model_procedure import Act, ContentField
from cultivar.policy.text import Text
from cultivar.procedure.content import ContentProblem
from cultivar.procedure.record import Done
from cultivar.registry.actors import Actor

Maker = Callable[[Setting, Mapping[str, Any]], str]
Follower = Callable[[Folded, Done, Actor], None]

Chooser = Callable[[Folded], tuple[tuple[str, Text], ...]]

_makers: dict[str, Maker] = {}
_choosers: dict[str, Chooser] = {}
_followers: dict[str, Follower] = {}


class CannotMake(Exception):
    """A document that cannot be made of what was said; ``field`` is where to say otherwise, "" for the act."""

    def __init__(self, text: Text, field: str = "") -> None:
        super().__init__(text.en)
        self.text = text
        self.field = field


def register(document: str, maker: Maker, follower: Follower | None = None) -> None:
    """Names who makes a document, and what follows in other cases once an act that names it took effect.

    What follows is done through the one door, in the same transaction; a refusal there undoes the act.
    """
    _makers[document] = maker
    if follower is not None:
        _followers[document] = follower


def register_choices(content_type: str, chooser: Chooser) -> None:
    """Names who knows what a field of a type may say on a case: values with their words."""
    _choosers[content_type] = chooser


def choices(content_type: str, act: Act, case: Folded) -> tuple[tuple[str, Text], ...]:
    """What a field of this type may say on a case; nothing where the act has none."""
    if all(spec.type != content_type for spec in act.content.values()) or content_type not in _choosers:
        return ()
    return _choosers[content_type](case)


def names_to_value(act: Act, case: Folded) -> tuple[str, ...]:
    """The names that an earlier act of the case listed, to be given values now."""
    named = (listed_before(spec, case) for spec in act.content.values() if spec.type == "values")
    return next(named, ())


def documents(act: Act) -> dict[str, ContentField]:
    """The fields of an act that the house fills with documents."""
    return {name: spec for name, spec in act.content.items() if spec.type == "document"}


def made(
    act: Act, content: Mapping[str, Any], setting: Setting
) -> tuple[dict[str, str], list[ContentProblem]]:
    """The documents of an act by field, and why some cannot be made. One may build on those before it."""
    found: dict[str, str] = {}
    for name, spec in documents(act).items():
        try:
            found[name] = _makers[spec.document or ""](setting, {**content, **found})
        except CannotMake as why:
            return found, [ContentProblem(why.field or name, why.text)]
    return found, []


def changed(act: Act, proposed: Mapping[str, Any], setting: Setting) -> list[ContentProblem]:
    """Why what was proposed cannot be agreed to any more: other documents come out of it by now."""
    said = {name: value for name, value in proposed.items() if name not in documents(act)}
    found, problems = made(act, said, setting)
    if problems:
        return problems
    return [
        ContentProblem(name, CHANGED.fill(what=act.content[name].text))
        for name, sha256 in found.items()
        if proposed.get(name) != sha256
    ]


CHANGED = Text(
    "提请以后情况有变，“{what}”已和提请的不同。不同意这一次，再重新提请。",
    "Things have changed since this was proposed: “{what}” would be another by now. Decline, and propose it anew.",
)


def follow(case: Folded, act: Act, done: Done, actor: Actor) -> None:
    """Does what follows from an act that took effect."""
    for spec in documents(act).values():
        if spec.document in _followers:
            _followers[spec.document](case, done, actor)
