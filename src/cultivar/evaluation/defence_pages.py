"""The grid of a round's defences, a half-day of one panel, and its agenda."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cultivar.cases.act_pages import new_key, said_to_be
from cultivar.cases.citing import chip
from cultivar.cases.models import Case
from cultivar.cases.offices import for_offices
from cultivar.cases.programmes import calendar, pinned
from cultivar.cases.sight import oversees
from cultivar.evaluation import defences as d
from cultivar.evaluation.models import Absence, Defence
from cultivar.evaluation.overseeing import NO_PAGE, overseen, round_of
from cultivar.evaluation.panel_groups import Panel, panels_of
from cultivar.evaluation.panel_people import Seated, seated
from cultivar.evaluation.sittings import HALF_NAMES, HALVES, HOURS, HalfDay, Length
from cultivar.ledger import clock
from cultivar.ledger.clock import SHANGHAI
from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Act
from cultivar.policy.text import Text
from cultivar.procedure.calendar import SATURDAY, Calendar
from cultivar.web import components as c
from cultivar.web import formats, toast
from cultivar.web.language import lazily, speak
from cultivar.web.paging import other_parameters, page_number
from cultivar.web.requests import ActorRequest

MOST_DAYS, DAYS = 15, 5
ROWS = 50  # panels on a page
BLOCKS = Text("改好再看", "correct them to go on")
NOT_THEIRS = Text("答辩由组织评审的单位安排。", "Defences are arranged by the office that holds them.")


# ------------------------------------------------------------------------------------------------- the grid


@dataclass(frozen=True)
class Column:
    """A day of the grid."""

    day: date
    working: bool
    provisional: bool

    @property
    def halves(self) -> tuple[HalfDay, ...]:
        """Its morning and afternoon."""
        return tuple(HalfDay(self.day, half) for half in HALVES)


@dataclass(frozen=True)
class Cell:
    """A panel on a half-day: what is scheduled, and where it leads; ``url`` is "" where there is nothing to do."""

    half: HalfDay
    heard: tuple[Defence, ...]
    span: str
    places: str
    url: str


@never_cache
@for_offices
@require_safe
def defences(request: ActorRequest, number: str) -> HttpResponse:
    """Panels by half-days of some days: what is scheduled, and what may still be. Who heard all before is left out."""
    notice, programme = overseen(request.actor, number)
    act = d.scheduling(programme)
    if act is None:
        raise Http404(NO_PAGE)
    panels = panels_of(request.actor, number)
    days = _days(request, panels)
    may = d.arranges(programme, request.actor)
    rows = [
        row
        for panel in panels
        if (row := _row(panel, days, act, may=may))["open"] or any(cell.heard for cell in row["cells"])
    ]
    page = page_number(request)
    context = {
        "round": notice.case,
        "columns": days,
        "halves": [half for day in days for half in day.halves],
        "half_names": HALF_NAMES,
        "rows": rows[(page - 1) * ROWS : page * ROWS],
        "pages": c.Pagination(len(rows), page, ROWS, other_parameters(request)),
        "first": days[0].day.isoformat(),
        "count": len(days),
        "earlier": (days[0].day - timedelta(days=len(days))).isoformat(),
        "later": (days[-1].day + timedelta(days=1)).isoformat(),
        "may": may,
        "chips": [chip(programme, article) for article in act.articles],
        "empty": c.Empty(
            Text("这几天没有答辩，也没有要安排的申报。", "No defences on these days, and none to arrange."),
            Text(
                "给申报派了专家以后，在这里安排答辩。", "Once experts are named, defences are arranged here."
            ),
        ),
    }
    return render(request, "evaluation/defences.html", context)


def _days(request: ActorRequest, panels: Sequence[Panel]) -> list[Column]:
    """The days asked for; without a wish from the first defence that is still to come, else from tomorrow."""
    coming = [
        defence.starts_at.astimezone(SHANGHAI).date()
        for panel in panels
        for case in panel.cases
        if (defence := d.defence_of(case)) is not None and defence.held_on is None
    ]
    first = min((day for day in coming if day >= clock.today()), default=clock.today() + timedelta(days=1))
    try:
        asked = date.fromisoformat(request.GET.get("from", ""))
        first = asked if 2000 <= asked.year <= 2199 else first
    except ValueError:
        pass
    typed = request.GET.get("days", "")
    count = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else DAYS
    known = calendar()
    return [_column(first + timedelta(days=n), known) for n in range(max(1, min(MOST_DAYS, count)))]


def _column(day: date, known: Calendar) -> Column:
    """A year without a table: only weekends are known to be off."""
    provisional = known.is_provisional(day)
    working = day.weekday() < SATURDAY if provisional else known.is_working_day(day)
    return Column(day, working, provisional)


def _row(panel: Panel, days: Sequence[Column], act: Act, *, may: bool) -> dict[str, Any]:
    by_half: dict[HalfDay, list[Defence]] = {}
    for case in panel.cases:
        defence = d.defence_of(case)
        if defence is not None:
            by_half.setdefault(HalfDay.at(defence.starts_at), []).append(defence)
    waiting = [case for case in d.to_hear(panel, act.from_) if d.defence_of(case) is None]
    shown = {half for day in days for half in day.halves}
    open_ = bool(d.to_hear(panel, act.from_))
    return {
        "panel": panel,
        "open": open_,
        "waiting": len(waiting),
        "elsewhere": sum(len(heard) for half, heard in by_half.items() if half not in shown),
        "cells": [
            _cell(panel, half, by_half.get(half, []), may=may and open_)
            for day in days
            for half in day.halves
        ],
    }


def _cell(panel: Panel, half: HalfDay, heard: list[Defence], *, may: bool) -> Cell:
    name = "sitting" if heard else "arrange-sitting"
    leads = heard or (may and half.ends_at > clock.now())
    url = reverse(name, args=[panel.round, panel.key, half.key]) if leads else ""
    if not heard:
        return Cell(half, (), "", "", url)
    whole = d.sitting(panel.name, panel.people, heard)
    span = whole.span if whole.ends_at > whole.starts_at else formats.clock(whole.starts_at)
    places = "、".join(dict.fromkeys(one.place for one in heard))
    return Cell(half, tuple(heard), span, places, url)


# --------------------------------------------------------------------------------------- one sitting, as it stands


@never_cache
@for_offices
@require_safe
def sitting(request: ActorRequest, number: str, panel: str, half: str) -> HttpResponse:
    """The agenda of a panel's half-day, to be printed: for those who oversee, and for the panel itself."""
    notice, programme = round_of(number)
    found, when = _panel(request, number, panel), _half(half)
    sees = oversees(programme, request.actor)
    if not sees and request.actor.person_key not in found.people:
        raise Http404(NO_PAGE)
    heard = [
        defence
        for case in found.cases
        if (defence := d.defence_of(case)) is not None and HalfDay.at(defence.starts_at) == when
    ]
    if not heard:
        raise Http404(NO_PAGE)
    by_number = {case.number: case for case in found.cases}
    act = d.scheduling(programme)
    open_ = any(one.held_on is None for one in heard) and when.ends_at > clock.now()
    context = {
        "round": notice.case,
        "panel": found,
        "half": when,
        "heard": [
            {"defence": one, "case": by_number[one.case_id], "ends_at": _end(one)}
            for one in sorted(heard, key=lambda one: (one.starts_at, one.order or 0))
        ],
        "people": seated(found.people),
        "places": list(dict.fromkeys(one.place for one in heard)),
        "arrange": reverse("arrange-sitting", args=[number, panel, half])
        if open_ and d.arranges(programme, request.actor)
        else "",
        "overseen": sees,
        "chips": [chip(programme, article) for article in (act.articles if act else [])],
    }
    return render(request, "evaluation/sitting.html", context)


def _end(defence: Defence) -> datetime | None:
    return defence.starts_at + timedelta(minutes=defence.minutes) if defence.minutes else None


def _panel(request: ActorRequest, number: str, key: str) -> Panel:
    found = next((one for one in panels_of(request.actor, number) if one.key == key), None)
    if found is None:
        raise Http404(
            Text(
                "没有这个专家组：可能已换人。回答辩安排再找。",
                "There is no such panel: its experts may have changed. Find it again among the defences.",
            )
        )
    return found


def _half(key: str) -> HalfDay:
    try:
        return HalfDay.of(key)
    except ValueError:
        raise Http404(NO_PAGE) from None


# ---------------------------------------------------------------------------------------------- arranging a sitting


class SittingForm(forms.Form):
    """Which applications, from when, how long each, and where."""

    start = forms.TimeField(
        label=lazily("开始时间", "Begins at"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={
            "required": lazily("填开始时间。", "Give the time at which it begins."),
            "invalid": lazily("开始时间写成 09:00 这样。", "Write the time as 09:00."),
        },
    )
    presentation = forms.IntegerField(
        label=lazily("每件汇报", "Presentation, each"), min_value=0, max_value=120
    )
    questions = forms.IntegerField(label=lazily("每件问答", "Questions, each"), min_value=0, max_value=120)
    pause = forms.IntegerField(label=lazily("两件之间休息", "Pause between two"), min_value=0, max_value=60)
    place = forms.CharField(
        label=lazily("地点", "Place"),
        help_text=lazily("远程的写会议链接。", "The link where it is held remotely."),
        max_length=80,
        error_messages={
            "required": lazily("填地点或会议链接。", "Give the place, or the link of the meeting."),
            "max_length": lazily("最多 80 字。", "At most 80 characters."),
        },
    )
    cases = forms.MultipleChoiceField(
        label=lazily("哪些申报", "Applications"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": lazily("至少选一件。", "Choose one at least."),
            "invalid_choice": lazily(
                "所选的申报里有不能安排的。重新选。", "One of those chosen cannot be scheduled. Choose again."
            ),
        },
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, Any]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["cases"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(choices)
        for name in ("presentation", "questions", "pause"):
            number = self.fields[name]
            most = 60 if name == "pause" else 120
            words = lazily(f"填 0 到 {most} 的整数。", f"Give a whole number from 0 to {most}.")
            number.error_messages |= dict.fromkeys(("required", "invalid"), words)
            for check in number.validators:
                setattr(check, "message", words)  # noqa: B010 - validators are callables to their types
            number.unit = Text("分钟", "minutes")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """An application takes five minutes at least, four hours at most, as the act says."""
        data: dict[str, Any] = super().clean() or {}
        if "presentation" in data and "questions" in data and not 5 <= self.length.minutes <= 240:
            self.add_error(
                "presentation",
                speak(Text("每件合计 5 到 240 分钟。", "An application takes 5 to 240 minutes altogether.")),
            )
        return data

    @property
    def length(self) -> Length:
        """How long one application takes."""
        data = self.cleaned_data
        return Length(data["presentation"], data["questions"], data.get("pause") or 0)


@dataclass(frozen=True)
class _Desk:
    """What an arranging is about."""

    round: Case
    programme: Programme
    act: Act
    panel: Panel
    half: HalfDay
    open: tuple[Case, ...]  # applications that can be scheduled


@never_cache
@for_offices
@require_http_methods(["GET", "HEAD", "POST"])
def arrange(request: ActorRequest, number: str, panel: str, half: str) -> HttpResponse:
    """Puts a panel into a half-day: first the times are shown, then all of them are scheduled, or none."""
    desk = _desk(request, number, panel, half)
    choices = [(case.number, _choice(case, desk.half)) for case in desk.open]
    if request.method != "POST":
        return _arrange_page(request, desk, SittingForm(initial=_initial(desk), choices=choices))
    form = SittingForm(request.POST, choices=choices)
    if not form.is_valid():
        errors = c.ErrorSummary.of(form, blocks=BLOCKS)
        return _arrange_page(request, desk, form, errors=errors)
    if request.POST.get("step") != "carry":
        return _arrange_page(request, desk, form, plan=_planned(request, desk, form))
    acts = {case.number: _act_of(case) for case in desk.open if case.number in form.cleaned_data["cases"]}
    made, carried = d.carry_out(
        lambda: _planned(request, desk, form), request.actor, acts, said_to_be(request)
    )
    if carried.refusals:
        return _arrange_page(request, desk, form, plan=made, refusals=carried.refusals)
    toast.done(request, _told(desk, carried.scheduled))
    return redirect("sitting", number, panel, half)


def _told(desk: _Desk, scheduled: int) -> Text:
    if not scheduled:
        return Text("与原来的安排相同，没有改动。", "Nothing changed: it was scheduled so already.")
    words = Text("{panel}，{half}：{n} 件已安排。", "{panel}, {half}: {n} scheduled.")
    return words.fill(panel=desk.panel.name, half=desk.half.text, n=scheduled)


def _desk(request: ActorRequest, number: str, panel: str, half: str) -> _Desk:
    notice, programme = overseen(request.actor, number)
    act = d.scheduling(programme)
    if act is None:
        raise Http404(NO_PAGE)
    if not d.arranges(programme, request.actor):
        raise PermissionDenied(NOT_THEIRS)
    found = _panel(request, number, panel)
    return _Desk(notice.case, programme, act, found, _half(half), tuple(d.to_hear(found, act.from_)))


def _act_of(case: Case) -> Act:
    """The act as the version to which the case is pinned has it."""
    return pinned(case.digest).procedures[case.procedure].acts[d.SCHEDULE]


def _choice(case: Case, half: HalfDay) -> Any:
    defence = d.defence_of(case)
    name = Text(f"{case.name_zh} {case.number}", f"{case.name_en} {case.number}")
    if defence is None:
        return lazily(*name)
    at = formats.moment(defence.starts_at)
    return lazily(f"{name.zh}（已排 {at.zh}）", f"{name.en} (scheduled {at.en})")


def _initial(desk: _Desk) -> dict[str, Any]:
    """What stands already; else the usual lengths, and those applications that have no time yet."""
    here = [
        defence
        for case in desk.open
        if (defence := d.defence_of(case)) is not None and HalfDay.at(defence.starts_at) == desk.half
    ]
    without = [case.number for case in desk.open if d.defence_of(case) is None]
    minutes = here[0].minutes if here and here[0].minutes else 30
    begins = HOURS[desk.half.half][0] if not here else None
    start = max(begins, time(9)) if begins else min(one.starts_at for one in here).astimezone(SHANGHAI).time()
    return {
        "start": start,
        "presentation": minutes // 2,
        "questions": minutes - minutes // 2,
        "pause": 5,
        "place": here[0].place if here else "",
        "cases": [one.case_id for one in here] or without,
    }


def _planned(request: ActorRequest, desk: _Desk, form: SittingForm) -> d.Plan:
    data = form.cleaned_data
    chosen = [case for case in desk.open if case.number in data["cases"]]
    starts_at = datetime.combine(desk.half.day, data["start"].replace(second=0, microsecond=0), SHANGHAI)
    return d.plan(desk.panel, desk.half, chosen, starts_at, form.length, data["place"], request.actor)


def _arrange_page(
    request: ActorRequest,
    desk: _Desk,
    form: SittingForm,
    *,
    plan: d.Plan | None = None,
    refusals: tuple[Text, ...] = (),
    errors: c.ErrorSummary | None = None,
) -> HttpResponse:
    said = refusals or (plan.clashes if plan else ())
    cases = {case.number: case for case in desk.open}
    context = {
        "round": desk.round,
        "panel": desk.panel,
        "half": desk.half,
        "form": form,
        "errors": errors,
        "refusals": said,
        "plan": plan,
        "turns": [(turn, cases[turn.case]) for turn in plan.slots] if plan else [],
        "hidden": list(_posted(form)) if plan and not said else [],
        "key": said_to_be(request) if request.method == "POST" else new_key(),
        "people": _with_absences(seated(desk.panel.people), desk.half),
        "chips": [chip(desk.programme, article) for article in desk.act.articles],
    }
    return render(request, "evaluation/arrange_sitting.html", context, status=422 if errors or said else 200)


def _posted(form: SittingForm) -> Iterator[tuple[str, str]]:
    """What was shown, to be sent again as it was shown."""
    for name in form.fields:
        value = form.cleaned_data[name]
        for one in value if isinstance(value, list) else [value]:
            yield name, f"{one:%H:%M}" if isinstance(one, time) else str(one)


def _with_absences(people: list[Seated], half: HalfDay) -> list[tuple[Seated, bool]]:
    """The panel, and whether each is away that day: one query."""
    away = set(
        Absence.objects.filter(
            expert__person__key__in=[one.person for one in people],
            from_on__lte=half.day,
            until_on__gte=half.day,
        ).values_list("expert__person__key", flat=True)
    )
    return [(one, one.person in away) for one in people]
