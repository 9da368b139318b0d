"""The lever of the demonstration, absent elsewhere: let working days pass."""

from datetime import date, datetime, time

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from cultivar.cases.programmes import calendar
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.procedure.calendar import YearNotCovered
from cultivar.web import accounts, toast
from cultivar.web.formats import day_year

HOUR = time(10, 24)
STEPS = {"1": 1, "5": 5}

_NO_DAY = Text(
    "没有看懂要快进到哪一天，请选 1 或 5 个工作日，或选一个日期。",
    "Which day is not clear. Choose 1 or 5 working days, or a date.",
)
_BACK = Text(
    "演示时间只能向前：请选 {today} 以后的日期。",
    "The demonstration's time only runs forward: choose a day after {today}.",
)
_BEYOND = Text(
    "演示时间最远到{year}年12月31日：再往后还没有工作日表。请选更早的日期。",
    "The demonstration's time ends on 31 December {year}: there is no working-day table beyond. "
    "Choose an earlier day.",
)
_NOW = Text("演示时间已到 {today}。", "The demonstration now stands at {today}.")


@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """Moves the clock to 10:24 of a later day: ``working_days`` (1 or 5) on, or ``date`` (ISO).

    Never beyond the working-day tables: nobody may bring the demonstration where no limit can be counted.
    """
    if not settings.DEMO:
        raise Http404
    answer = HttpResponseRedirect(accounts.safe_next(request, given_only=True) or "/")
    try:
        wanted = _wanted(request)
    except YearNotCovered as uncovered:
        toast.trouble(request, uncovered.text)
        return answer
    if wanted is None:
        toast.trouble(request, _NO_DAY)
        return answer
    days = calendar()
    if days.is_provisional(wanted) and wanted > clock.today():
        toast.trouble(request, _BEYOND.fill(year=str(max(days.covered))))
        return answer
    try:
        clock.travel(datetime.combine(wanted, HOUR, clock.SHANGHAI))
    except ValueError:
        toast.trouble(request, _BACK.fill(today=day_year(clock.today())))
        return answer
    toast.done(request, _NOW.fill(today=day_year(wanted)))
    return answer


def _wanted(request: HttpRequest) -> date | None:
    days = STEPS.get(request.POST.get("working_days", ""))
    if days:
        return calendar().last_day(clock.today(), days, "working days", "next").last_day
    try:
        return date.fromisoformat(request.POST.get("date", ""))
    except ValueError:
        return None
