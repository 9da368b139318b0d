"""Why a dossier came back: what the office said that returned it, and the entries that it names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from cultivar.cases.citing import first_chip
from cultivar.cases.contents import Said, said
from cultivar.cases.dossier import is_open
from cultivar.cases.dossier_view import is_own
from cultivar.cases.models import Case
from cultivar.cases.record import Folded
from cultivar.cases.sight import parts_of, record
from cultivar.cases.work_queries import office_names
from cultivar.policy.model import Programme
from cultivar.policy.model_form import FormField
from cultivar.policy.text import Text
from cultivar.procedure.record import Done
from cultivar.registry.actors import Actor
from cultivar.web.components import ArticleChip, Link


@dataclass(frozen=True)
class Returned:
    """The act that returned a dossier, for its applicant."""

    act: Text
    office: Text
    at: datetime
    chip: ArticleChip | None
    said: tuple[Said, ...]
    named: tuple[Link, ...]  # the entries of the form that stand in what was said
    entry: str  # the address of the act in full


def returned(case: Case, folded: Folded, actor: Actor) -> Returned | None:
    """Why the dossier is its applicant's again; None for others, and where the applicant itself opened it.

    No query where it was never returned, one where it was.
    """
    if not (is_own(case, actor) and is_open(case)):
        return None
    done = folded.state.visits[-1].since
    body = folded.programme.bodies[done.body]
    if body.scope == "own cases" or done not in record(folded, actor):
        return None
    act = folded.act_of(done)
    given = tuple(said(folded, done, parts_of(folded, actor), {}))
    return Returned(
        act.text,
        office_names({done.office}).get(done.office, body.text),
        done.at,
        first_chip(folded.programme, act.articles),
        given,
        tuple(_links(case, folded, done)),
        reverse("entry", args=[case.number, done.seq]),
    )


def _links(case: Case, folded: Folded, done: Done) -> Iterator[Link]:
    sections = {spec.id: section.id for section in folded.programme.form for spec in section.fields}
    fields = folded.act_of(done).content
    texts = [value for name, value in done.content.items() if fields[name].type in ("text", "long-text")]
    for spec in named_in(folded.programme, texts):
        address = reverse("dossier", args=[case.number, sections[spec.id]])
        yield Link(spec.text, f"{address}#id_{spec.id}-field")


def named_in(programme: Programme, texts: Iterable[object]) -> list[FormField]:
    """The fields whose names stand in what somebody wrote, in the order of the form.

    Longer names are looked for first: who names “营业收入增长率” does not name “营业收入”.
    """
    left = "\n".join(str(text) for text in texts).casefold()
    names = [(name, spec) for spec in programme.form_fields.values() for name in (spec.zh, spec.en)]
    found = set()
    for name, spec in sorted(names, key=lambda pair: -len(pair[0])):
        if name.casefold() in left:
            found.add(spec.id)
            left = left.replace(name.casefold(), "\n")
    return [spec for spec in programme.form_fields.values() if spec.id in found]
