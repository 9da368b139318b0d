"""In whose name an office states what it knows of enterprises, or why it may not."""

from cultivar.cases.programmes import scopes_of
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor
from cultivar.registry.statements import Giver

_REGIONAL = frozenset({"lead region", "partner regions", "regions concerned", "whole region"})
_NOBODY = Text(
    "你的单位不填报企业数据。由申报主体或主管部门填报。",
    "Your office does not state figures of enterprises; applicants and competent departments do.",
)


class MayNotState(Exception):
    """The office has no word on enterprises; ``text`` says who has."""

    text = _NOBODY

    def __init__(self) -> None:
        super().__init__(_NOBODY.en)


def giver_of(actor: Actor, source: str) -> Giver:
    """An applicant speaks for its organisation, an authority of a region for everybody; others for nobody.

    Raises ``MayNotState``. How far an authority's word goes is for ``registry.statements`` to hold.
    """
    scopes = scopes_of(actor)
    if actor.organisation and "own cases" in scopes:
        return Giver(actor.organisation, actor.office_key, source)
    if actor.region and not actor.organisation and scopes & _REGIONAL:
        return Giver("", actor.office_key, source)
    raise MayNotState
