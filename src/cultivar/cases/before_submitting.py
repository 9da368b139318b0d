"""What an applicant is told before it submits: where dossier and roster disagree, and how the conditions come out.

A hint, never a hindrance: the act is offered whatever stands here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from cultivar.appraisal.answers import Facts, appraise, contradicted
from cultivar.cases.answered import Answered, answered, stated_and_found
from cultivar.cases.appraising import facts_of
from cultivar.cases.dossier import is_open
from cultivar.cases.dossier_view import is_own
from cultivar.cases.models import Case
from cultivar.cases.readiness import readable_opinions
from cultivar.cases.record import Folded
from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Act
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor


@dataclass(frozen=True)
class Difference:
    """A field whose figure is not the roster's; ``at_least``: the roster only says that it is no less."""

    label: Text
    stated: Text
    found: Text
    at_least: bool
    url: str


@dataclass(frozen=True)
class LastLook:
    """What stands beside the act of submitting; ``answered`` is None where the programme has no conditions.

    ``again``: whether it was submitted before, so that there is something to compare with.
    """

    differences: tuple[Difference, ...]
    answered: Answered | None
    again: bool


def last_look(row: Case, folded: Folded, act: Act, actor: Actor) -> LastLook | None:
    """The hints for whoever is about to submit; None for any other act and office. Nine queries at most."""
    submits = any(spec.type == "dossier" for spec in act.content.values())
    if not (submits and is_own(row, actor) and is_open(row)):
        return None
    programme, facts = folded.programme, facts_of(row, opinions=readable_opinions(folded, actor))
    return LastLook(
        tuple(_differences(row, programme, facts)),
        answered(programme, appraise(programme, facts), leads=True) if programme.conditions else None,
        any(isinstance(done.content.get("dossier"), str) for done in folded.state.acts),
    )


def _differences(row: Case, programme: Programme, facts: Facts) -> Iterator[Difference]:
    """Each named and placed by the field that states the indicator."""
    stating = {
        spec.indicator: (spec, reverse("dossier", args=[row.number, section.id]))
        for section in programme.form
        for spec in section.fields
        if spec.indicator and spec.type != "table"
    }
    for line in contradicted(programme, facts):
        spec, address = stating[line.indicator.id]
        stated, found = stated_and_found(line)
        yield Difference(spec.text, stated, found, not line.differs, f"{address}#id_{spec.id}-field")
