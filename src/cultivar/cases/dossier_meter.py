"""What stands beside the form of a dossier: its sections, how complete it is, the act of submitting, until when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse

from cultivar.appraisal.completeness import Item, by_condition
from cultivar.cases.citing import first_chip
from cultivar.cases.models import Case
from cultivar.cases.perform import question
from cultivar.cases.programmes import calendar
from cultivar.cases.record import Folded, load
from cultivar.ledger import clock
from cultivar.policy.model import Programme
from cultivar.policy.model_form import FormSection
from cultivar.policy.text import Text
from cultivar.procedure.engine import Option, available
from cultivar.procedure.guards import Question
from cultivar.registry.actors import Actor
from cultivar.web import formats
from cultivar.web.components import (
    ActButton,
    Completeness,
    CompletenessRow,
    Due,
    Link,
)
from cultivar.web.due import due


@dataclass(frozen=True)
class SectionTab:
    """A section in the row of tabs."""

    number: int
    name: Text
    url: str
    whole: bool
    current: bool


@dataclass(frozen=True)
class Meter:
    """What stands beside the form and changes with every save: tabs, completeness, the act of submitting."""

    tabs: tuple[SectionTab, ...]
    completeness: Completeness
    submit: tuple[ActButton, ...]
    due: Due | None
    missing: int
    here: str  # id of the section that is open
    answered: bool  # whether the programme has conditions to be answered


def counts(files: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many files each slot holds."""
    counts: dict[str, int] = {}
    for row in files:
        counts[row["slot"]] = counts.get(row["slot"], 0) + 1
    return counts


def meter_of(
    case: Case,
    programme: Programme,
    actor: Actor,
    items: Sequence[Item],
    here: FormSection | None,
    swap: bool = False,
    folded: Folded | None = None,
) -> Meter:
    """The meter of one dossier for one office; ``swap``: an answer that replaces the meter on the page.

    ``folded``: the case, where it is at hand already.
    """
    asked = question(folded or load(case.number), clock.now())
    options = [
        option
        for option in available(actor, asked)
        if case.stage in option.act.from_
        and any(spec.type == "dossier" for spec in option.act.content.values())
    ]
    return Meter(
        _tabs(case, programme, items, here),
        _completeness(case, programme, items, swap),
        tuple(_button(case, programme, option, items) for option in options),
        _due(asked, options),
        sum(not item.complete for item in items),
        here.id if here else "",
        bool(programme.conditions),
    )


def _tabs(
    case: Case, programme: Programme, items: Sequence[Item], here: FormSection | None
) -> tuple[SectionTab, ...]:
    unfinished = {item.section for item in items if not item.complete}
    return tuple(
        SectionTab(
            number,
            one.text,
            reverse("dossier", args=[case.number, one.id]),
            one.id not in unfinished,
            here is not None and one.id == here.id,
        )
        for number, one in enumerate(programme.form, 1)
    )


def _completeness(case: Case, programme: Programme, items: Sequence[Item], swap: bool) -> Completeness:
    rows = []
    for heading in by_condition(programme, items):
        tally, target = heading.tally, heading.first_open or heading.items[0]
        name = (
            programme.condition[heading.condition].text
            if heading.condition
            else Text("申报单位与对象", "Applicant and what it applies for")
        )
        rows.append(CompletenessRow(name, tally.done, tally.wrong, tally.empty, _address(case, target)))
    basis = Text("按申报条件", "by condition")
    return Completeness(tuple(rows), basis, swap=swap)


def _address(case: Case, item: Item) -> str:
    return f"{reverse('dossier', args=[case.number, item.section])}#id_{item.field}-field"


def _button(case: Case, programme: Programme, option: Option, items: Sequence[Item]) -> ActButton:
    """The act of submitting as the engine answers, with the way to the first thing that is missing."""
    act = option.act
    cited = [article for reason in option.reasons for article in reason.articles] or act.articles
    button = ActButton(option.act_id, act.text, chip=first_chip(programme, cited))
    if option.allowed:
        consequence = act.consequence.text if act.consequence else None
        address = reverse("act", args=[case.number, option.act_id])
        return replace(button, url=address, tone="primary", consequence=consequence)
    reason = Text(
        "".join(one.text.zh for one in option.reasons), " ".join(one.text.en for one in option.reasons)
    )
    first = next((item for item in items if not item.complete), None)
    short = any(one.missing for one in option.reasons)
    way = Link(Text("去补第一项", "Go to the first one"), _address(case, first)) if first and short else None
    return replace(button, reason=reason, remedy=way)


def _due(asked: Question, options: Sequence[Option]) -> Due | None:
    """Until when: the limit of the act, or the end of the round's window where the act needs it open."""
    today = asked.now.date()
    for option in options:
        if option.due is not None:
            left = calendar().working_days_between(today, option.due.last_day)
            return due(option.due.last_day, today, left, option.due.provisional)
        needs_window = any(asked.programme.guards[name].window for name in option.act.needs)
        if needs_window and asked.matter.terms.closes_at is not None:
            return closing(asked.matter.terms.closes_at)
    return None


def closing(closes_at: datetime) -> Due:
    """The end of a window, with its hour."""
    at, now = closes_at.astimezone(formats.SHANGHAI), clock.now()
    words = formats.moment(at)
    date = Text(f"{words.zh} 截止", f"until {words.en}")
    if now >= at:
        return Due("late", Text("申报已截止", "Applications are closed"), date)
    left = calendar().working_days_between(now.date(), at.date())
    provisional = calendar().is_provisional(at.date())
    return replace(due(at.date(), now.date(), left, provisional, closes=at.time()), date=date)
