"""Which rosters there are, and one of them: its enterprises with the figures of a year and their titles."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cultivar.cases import rosters
from cultivar.cases.membership import leave
from cultivar.cases.models import Case, Membership, Subject
from cultivar.cases.offices import for_offices
from cultivar.ledger import clock
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.policy.vocabulary import Measure, vocabulary
from cultivar.registry import industries, regions
from cultivar.registry.actors import Actor
from cultivar.roster import queries
from cultivar.roster.columns import general_layout, programme_layout
from cultivar.roster.firm_cells import plain
from cultivar.roster.navigation import looks_after_rosters
from cultivar.web import components as c
from cultivar.web import toast
from cultivar.web.formats import grouped
from cultivar.web.paging import other_parameters, page_number
from cultivar.web.requests import ActorRequest

YEARS_BACK = 5
NOT_FOUND = Text("没有这份名单，或不属于你的单位。", "There is no such roster in your office's jurisdiction.")
NOT_LISTED = Text(
    "企业不在名单上，或名单不归你的单位填报。",
    "The enterprise is not on the roster, or the roster is not your office's to fill.",
)
NOT_THEIRS = Text(
    "企业名单由申报主体和主管部门填报。", "Applicants and competent departments keep the rosters."
)


def reporting_year(subject: Subject | None = None) -> int:
    """The year that a subject's open application reports: one query; the year before this one where none is open."""
    applications = Case.objects.filter(subject=subject, final="", parent=None, round__isnull=False)
    case = applications.select_related("round__notice").order_by("-opened_at").first() if subject else None
    return rosters.year_reported(None) if case is None else rosters.reporting_year(case)


def years() -> list[int]:
    """The years for which figures are taken, the latest first."""
    latest = clock.today().year
    return list(range(latest, latest - YEARS_BACK - 1, -1))


def asked_year(request: ActorRequest, subject: Subject | None = None) -> int:
    """The year asked for by ``?year=``, the reporting year for anything else."""
    typed = request.GET.get("year", "")
    known = {str(one): one for one in years()}
    return known[typed] if typed in known else reporting_year(subject)


def require_part(actor: Actor) -> None:
    """Raises ``PermissionDenied`` for offices that have nothing to do with rosters."""
    if not looks_after_rosters(actor):
        raise PermissionDenied(NOT_THEIRS)


def find_roster(actor: Actor, code: str) -> Subject:
    """A subject whose roster the office may see. Raises ``Http404``."""
    require_part(actor)
    subject = queries.rosters(actor).filter(pk=code).first()
    if subject is None:
        raise Http404(NOT_FOUND)
    return subject


@for_offices
@require_safe
def index(request: ActorRequest) -> HttpResponse:
    """The rosters of an office and what it sent."""
    actor = request.actor
    require_part(actor)
    number = page_number(request)
    found = queries.rosters(actor).order_by("code")
    total = found.count()
    sent = queries.imports(actor)[:10]
    context = {
        "rosters": [
            (one, queries.owns(actor, one))
            for one in found[(number - 1) * queries.PAGE : number * queries.PAGE]
        ],
        "pages": c.Pagination(total, number, queries.PAGE),
        "imports": sent,
        "authority": queries.speaks_for_region(actor),
        "empty": c.Empty(
            Text("还没有企业名单。", "There is no roster yet."),
            Text("申报开始后，名单会列在这里。", "Rosters are listed here once an application is open."),
        ),
    }
    return render(request, "roster/index.html", context)


@dataclass(frozen=True)
class Line:
    """An enterprise as the page shows it."""

    code: str
    name: str
    region: Text | None
    industry: Text
    figures: tuple[Text | None, ...]
    titles: tuple[Text, ...]


@for_offices
@require_safe
def roster(request: ActorRequest, code: str) -> HttpResponse:
    """The enterprises on a roster."""
    subject = find_roster(request.actor, code)
    year, number, text = (
        asked_year(request, subject),
        page_number(request),
        request.GET.get("q", "").strip()[:60],
    )
    measures = measures_of(queries.programme_of(subject), year)
    found = queries.page(subject, number, year, text)
    context = {
        "subject": subject,
        "year": year,
        "measures": measures,
        "lines": [_line(found, one, subject.organisation_id or "", year, measures) for one in found.codes],
        "total": found.total,
        "own": queries.owns(request.actor, subject),
        "pages": c.Pagination(found.total, number, queries.PAGE, other_parameters(request)),
        "filters": c.FilterBar(
            reverse("roster", args=[code]),
            search_label=Text("企业名称或代码", "Name or credit code"),
            search_value=text,
            selects=(
                c.Select(
                    "year",
                    Text("年份", "Year"),
                    tuple((str(one), Text(f"{one}年", str(one))) for one in years()),
                    str(year),
                ),
            ),
            found=Text(f"共 {found.total} 家", f"{found.total} enterprises"),
        ),
    }
    return render(request, "roster/roster.html", context)


@never_cache
@for_offices
@require_http_methods(["GET", "HEAD", "POST"])
def take_off(request: ActorRequest, code: str, firm: str) -> HttpResponse:
    """Takes an enterprise off the office's own roster, after a page that says what follows."""
    subject = find_roster(request.actor, code)
    members = Membership.objects.filter(subject=subject, enterprise=firm).select_related("enterprise")
    member = members.first() if queries.owns(request.actor, subject) else None
    if member is None:
        raise Http404(NOT_LISTED)
    if request.method == "POST":
        leave(subject, [firm])
        toast.done(
            request,
            Text("已从名单移出：{name}。", "Taken off the roster: {name}.").fill(
                name=member.enterprise.name_zh
            ),
        )
        return redirect("roster", subject.pk)
    return render(request, "roster/take_off.html", {"subject": subject, "firm": member.enterprise})


def measures_of(programme: Programme | None, year: int) -> list[Measure]:
    """The measures that a programme asks for, all of them where there is none."""
    layout = programme_layout(programme, year) if programme else general_layout(year)
    names = dict.fromkeys(one.meaning.measure for one in layout["firms"] if one.meaning.measure)
    return [vocabulary().measures[name] for name in names]


def _line(found: queries.Page, code: str, organisation: str, year: int, measures: list[Measure]) -> Line:
    known = found.known
    name, region, industry = found.named[code]
    figures = known.years(code, organisation).get(year, {})
    words, today = vocabulary(), clock.today()
    titles = tuple(
        words.qualifications[one.kind].name
        for one in known.held(code, organisation)
        if (one.from_on is None or one.from_on <= today) and (one.until_on is None or today <= one.until_on)
    )
    said = tuple(_figure(one, figures.get(one.id)) for one in measures)
    return Line(code, name, regions.name_of(region), industries.named(industry), said, titles)


def _figure(measure: Measure, stored: int | None) -> Text | None:
    if stored is None:
        return None
    if measure.kind == "yes-no":
        return Text("是", "yes") if stored else Text("否", "no")
    text = grouped(Decimal(plain(measure.on_paper(stored))))
    return Text(text, text)
