"""What an expert has to attend: their sittings with times, and the same for a calendar program."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cultivar.cases.models import Seat
from cultivar.cases.offices import for_offices
from cultivar.cases.queries import visible
from cultivar.evaluation import icalendar
from cultivar.evaluation.defences import sitting
from cultivar.evaluation.models import Defence
from cultivar.evaluation.panel_groups import key_of, people_of
from cultivar.evaluation.sittings import HalfDay, Sitting
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor
from cultivar.web import components as c
from cultivar.web.language import speak
from cultivar.web.requests import ActorRequest


@dataclass(frozen=True)
class Attended:
    """A sitting that somebody attends: its defences in order, and the address of its agenda."""

    half: HalfDay
    whole: Sitting
    heard: tuple[Defence, ...]
    url: str

    @property
    def over(self) -> bool:
        """Whether all of it was held, or its time has passed."""
        return self.whole.ends_at < clock.now() or all(one.held_on for one in self.heard)


def attended(actor: Actor) -> list[Attended]:
    """The sittings of whoever sits on a panel, earliest first: three queries."""
    mine = visible(actor).filter(seats__person=actor.person_key)
    rows = (
        Defence.objects.filter(case__in=mine)
        .select_related("case__applicant", "case__round")
        .prefetch_related(Prefetch("case__seats", Seat.objects.order_by("id")))
        .order_by("starts_at", "order", "case")
    )
    groups: dict[tuple[str, tuple[str, ...], HalfDay], list[Defence]] = {}
    for one in rows:
        at = (one.case.round_id or "", people_of(one.case), HalfDay.at(one.starts_at))
        groups.setdefault(at, []).append(one)
    nobody = Text("", "")
    return [
        Attended(
            half,
            sitting(nobody, people, heard),
            tuple(heard),
            reverse("sitting", args=[number, key_of(number, people), half.key]),
        )
        for (number, people, half), heard in groups.items()
    ]


@never_cache
@for_offices
@require_safe
def sessions(request: ActorRequest) -> HttpResponse:
    """The sittings that the reader attends."""
    found = attended(request.actor)
    context = {
        "coming": [one for one in found if not one.over],
        "past": [one for one in reversed(found) if one.over],
        "empty": c.Empty(
            Text("没有要参加的答辩。", "There is no defence for you to attend."),
            Text(
                "省级主管部门安排以后，时间和地点列在这里。",
                "Once the province arranges them, times and places stand here.",
            ),
        ),
    }
    return render(request, "evaluation/sessions.html", context)


@never_cache
@for_offices
@require_safe
def sessions_calendar(request: ActorRequest) -> HttpResponse:
    """The same as iCalendar, one event for each application."""
    text = icalendar.calendar(_events(request, attended(request.actor)), clock.now())
    response = HttpResponse(text.encode(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="defences.ics"'
    return response


def _events(request: ActorRequest, found: Sequence[Attended]) -> Iterable[icalendar.Event]:
    words = Text("答辩：{name}", "Defence: {name}")
    for one in found:
        for defence in one.heard:
            ends = defence.starts_at + timedelta(minutes=defence.minutes) if defence.minutes else None
            yield icalendar.Event(
                uid=f"{defence.case_id}.defence@cultivar",
                starts_at=_utc(defence.starts_at),
                ends_at=_utc(ends) if ends else None,
                summary=speak(words.fill(name=defence.case.name)),
                place=defence.place,
                url=request.build_absolute_uri(one.url),
            )


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
