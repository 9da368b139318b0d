"""What was stated of an enterprise, by whom and when, and withdrawing what one's own office stated."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cultivar.cases.givers import giver_of
from cultivar.cases.models import Membership, Subject
from cultivar.cases.offices import for_offices
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.policy.vocabulary import vocabulary
from cultivar.registry import regions, withdrawing
from cultivar.registry.actors import Actor
from cultivar.registry.models import (
    Enterprise,
    Incident,
    Office,
    Qualification,
    Statement,
    SupplyLink,
    YearlyFigures,
)
from cultivar.registry.standing import AUTHORITY, Saying, counting, history, purchases
from cultivar.registry.statements import HeldRow, own_word
from cultivar.roster import queries
from cultivar.roster.changes import (
    figure,
    incident_name,
    link_text,
    measure_name,
    purchase_name,
    title_name,
    title_text,
)
from cultivar.roster.roster_pages import NOT_THEIRS, asked_year, find_roster, years
from cultivar.web import components as c
from cultivar.web import toast
from cultivar.web.language import lazily
from cultivar.web.paging import other_parameters, page_number
from cultivar.web.requests import ActorRequest

Row = TypeVar("Row", bound=Statement)
NOT_FOUND = Text(
    "没有这家企业，或不归你的单位。", "There is no such enterprise in your office's jurisdiction."
)
DONE = Text("已撤回：{what}。记录保留。", "Withdrawn: {what}. The record stays.")


@dataclass(frozen=True)
class Sight:
    """An enterprise as an office looks at it: for which roster, and what of it is the office's own word."""

    firm: Enterprise
    subject: Subject | None
    own: Mapping[str, str]  # columns of the own word; empty where the office states nothing here
    office: str  # who looks: of the own word it withdraws what it stated itself
    gone: bool = False  # it left the roster or the region: only the own word is shown, to be withdrawn

    @property
    def organisation(self) -> str:
        """For whom what counts is shown: the roster's organisation, or authorities."""
        return (self.subject.organisation_id or "") if self.subject else AUTHORITY

    def page(self) -> str:
        """The address of the enterprise's page."""
        if self.subject is None:
            return reverse("enterprise", args=[self.firm.pk])
        return reverse("roster-enterprise", args=[self.subject.pk, self.firm.pk])

    def withdrawing(self, kind: str, number: int, measure: str = "") -> str:
        """The address at which a statement is withdrawn."""
        of = [self.subject.pk] if self.subject else []
        name = "roster-withdraw" if of else "withdraw"
        address = reverse(name, args=[*of, self.firm.pk, kind, number])
        return f"{address}?measure={measure}" if measure else address

    def shows(self, one: "Saying | Statement") -> bool:
        """Whether a statement is for the office's eyes."""
        return not self.gone or self.is_own(one.giver, one.authority)

    def is_own(self, giver: str, authority: str) -> bool:
        """Whether a statement is the office's own word."""
        return bool(self.own) and self.own == {"giver": giver, "authority": authority}


def _sight(actor: Actor, firm: str, code: str) -> Sight:
    """Raises ``Http404`` for an enterprise that is not on the roster, or not of the authority's region.

    One that was, and of which the office's own word still stands, is in sight: that word must not outlive its giver.
    """
    if code:
        subject = find_roster(actor, code)
        own = own_word(giver_of(actor, "")) if queries.owns(actor, subject) else {}
        members = Membership.objects.filter(subject=subject, enterprise=firm)
        member = members.select_related("enterprise").first()
        if member is not None:
            return Sight(member.enterprise, subject, own, actor.office_key)
        if not own or not _stands(firm, own):
            raise Http404(NOT_FOUND)
        return Sight(Enterprise.objects.get(pk=firm), subject, own, actor.office_key, gone=True)
    if not queries.speaks_for_region(actor):
        raise PermissionDenied(NOT_THEIRS)
    own = own_word(giver_of(actor, ""))
    found = queries.enterprises_of(actor.region).filter(code=firm).first()
    if found is not None:
        return Sight(found, None, own, actor.office_key)
    if not _stands(firm, own):
        raise Http404(NOT_FOUND)
    return Sight(Enterprise.objects.get(pk=firm), None, own, actor.office_key, gone=True)


def _stands(firm: str, own: Mapping[str, str]) -> bool:
    """Whether an office's own word stands of an enterprise: it may then be withdrawn, wherever that one is by now."""
    return any(
        model.objects.filter(**{of: firm}, **own, ended_at=None).exists()
        for model, of in (
            (YearlyFigures, "enterprise"),
            (Qualification, "enterprise"),
            (Incident, "enterprise"),
            (SupplyLink, "buyer"),
        )
    )


@for_offices
@require_safe
def enterprises(request: ActorRequest) -> HttpResponse:
    """The enterprises of an authority's region, found by name or code."""
    actor, number = request.actor, page_number(request)
    if not queries.speaks_for_region(actor):
        raise PermissionDenied(NOT_THEIRS)
    text = request.GET.get("q", "").strip()[:60]
    found = queries.enterprises_of(actor.region).order_by("code")
    if text:
        found = found.filter(Q(name_zh__icontains=text) | Q(code__startswith=text.upper()))
    total = found.count()
    shown = found[(number - 1) * queries.PAGE : number * queries.PAGE]
    context = {
        "firms": [(one, regions.name_of(one.region_id)) for one in shown],
        "total": total,
        "pages": c.Pagination(total, number, queries.PAGE, other_parameters(request)),
        "filters": c.FilterBar(
            reverse("enterprises"),
            search_label=Text("企业名称或代码", "Name or credit code"),
            search_value=text,
            found=Text(f"共 {total} 家", f"{total} enterprises"),
        ),
    }
    return render(request, "roster/enterprises.html", context)


# ------------------------------------------------------------------------------------------------ one enterprise


@dataclass(frozen=True)
class Line:
    """A statement as the page shows it.

    ``state``: counts, stands, corrected or withdrawn; ``withdraw``: the address where that is done, "" for others.
    """

    what: Text
    value: Text
    by: Text
    source: str
    at: datetime
    state: str
    until: datetime | None
    ended_by: Text
    reason: str
    withdraw: str


@never_cache
@for_offices
@require_safe
def enterprise(request: ActorRequest, firm: str, code: str = "") -> HttpResponse:
    """What was stated of an enterprise, what counts and what was corrected or withdrawn."""
    sight = _sight(request.actor, firm, code)
    figures = history(firm, sight.organisation)
    stated = sorted({*years(), *(year for year, _ in figures)}, reverse=True)
    typed = request.GET.get("year", "")
    year = next((one for one in stated if str(one) == typed), None) or asked_year(request, sight.subject)
    shown = {
        (year, name): [one for one in figures[year, name] if sight.shows(one)]
        for name in vocabulary().measures
        if (year, name) in figures
    }
    others = {kind: [pair for pair in rows if sight.shows(pair[0])] for kind, rows in _others(sight).items()}
    said: list[Saying | Statement] = [one for sayings in shown.values() for one in sayings]
    said += [one for rows in others.values() for one, _ in rows]
    names = _offices(said)
    context = {
        "sight": sight,
        "year": year,
        "region": regions.name_of(sight.firm.region_id),
        "figures": [_figure(sight, key, one, names) for key, sayings in shown.items() for one in sayings],
        "others": [
            (title, slug, [_statement(sight, kind, one, counts, names) for one, counts in others[kind]])
            for kind, slug, title in _OTHERS
        ],
        "filters": c.FilterBar(
            sight.page(),
            selects=(
                c.Select(
                    "year",
                    Text("年份", "Year"),
                    tuple((str(one), Text(f"{one}年", str(one))) for one in stated),
                    str(year),
                ),
            ),
            found=Text(f"{len(shown)} 项数据", f"{len(shown)} figures"),
        ),
    }
    return render(request, "roster/enterprise.html", context)


_OTHERS = (
    ("title", "titles", Text("资质", "Titles")),
    ("incident", "incidents", Text("事件", "Incidents")),
    ("purchase", "purchases", Text("采购", "Purchases")),
)


def _others(sight: Sight) -> dict[str, list[tuple[Statement, bool]]]:
    """Titles, incidents and purchases with whether each counts, what stands first, then the newest: three queries."""
    whose = Q(giver__in={AUTHORITY, sight.organisation})
    titles = list(Qualification.objects.filter(whose, enterprise=sight.firm).order_by("kind", "rank"))
    events = list(Incident.objects.filter(whose, enterprise=sight.firm))
    bought = list(SupplyLink.objects.filter(whose, buyer=sight.firm))
    count: dict[str, set[int]] = {
        "title": {one.pk for one in counting(_standing(titles), sight.organisation)},
        "incident": {one.pk for one in _standing(events)},
        "purchase": {one.pk for one in purchases(_standing(bought), sight.organisation).values()},
    }
    rows: dict[str, Sequence[Statement]] = {"title": titles, "incident": events, "purchase": bought}
    return {
        kind: [
            (one, one.pk in count[kind])
            for one in sorted(of, key=lambda row: (row.ended_at is not None, -row.at.timestamp(), -row.pk))
        ]
        for kind, of in rows.items()
    }


def _standing(rows: Iterable[Row]) -> list[Row]:
    return [one for one in rows if one.ended_at is None]


def _offices(said: Iterable[Saying | Statement]) -> dict[str, Text]:
    """The names of the offices that stated or ended something: one query."""
    keys = {key for one in said for key in (one.office, one.ended_by) if key}
    return {office.key: office.short for office in Office.objects.filter(key__in=keys)}


def _figure(sight: Sight, key: tuple[int, str], one: Saying, names: Mapping[str, Text]) -> Line:
    year, measure = key
    own = sight.is_own(one.giver, one.authority) and one.office == sight.office
    return Line(
        measure_name(year, measure),
        figure(measure, one.value),
        names.get(one.office, Text(one.office, one.office)),
        one.source if own else "",
        one.at,
        _state(one.until, one.reason, one.counts),
        one.until,
        names.get(one.ended_by, Text("", "")),
        one.reason,
        sight.withdrawing("figure", one.number, measure) if own and one.until is None else "",
    )


def _statement(sight: Sight, kind: str, one: Statement, counts: bool, names: Mapping[str, Text]) -> Line:
    own = sight.is_own(one.giver, one.authority) and one.office == sight.office
    what, value = _words(one)
    return Line(
        what,
        value,
        names.get(one.office, Text(one.office, one.office)),
        one.source if own else "",
        one.at,
        _state(one.ended_at, one.reason, counts),
        one.ended_at,
        names.get(one.ended_by, Text("", "")),
        one.reason,
        sight.withdrawing(kind, one.pk) if own and one.ended_at is None else "",
    )


def _state(until: datetime | None, reason: str, counts: bool) -> str:
    if until is None:
        return "counts" if counts else "stands"
    return "withdrawn" if reason else "corrected"


def _words(one: Statement, measure: str = "") -> tuple[Text, Text]:
    """What a statement is about, and what it says."""
    if isinstance(one, YearlyFigures):
        return measure_name(one.year, measure), figure(measure, one.figures[measure])
    if isinstance(one, Qualification):
        held = HeldRow(one.kind, one.rank, one.number, one.from_on, one.until_on)
        return title_name(held), title_text(held)
    if isinstance(one, Incident):
        return incident_name(one.kind, one.grade, one.on), link_text((one.document,))
    if isinstance(one, SupplyLink):
        return purchase_name(one.supplier, one.product, one.year), link_text(
            (one.supplier_name, one.amount_yuan)
        )
    raise TypeError(one)


# ---------------------------------------------------------------------------------------------------- withdrawing


class ReasonForm(forms.Form):
    """Why a statement is withdrawn."""

    reason = forms.CharField(
        label=lazily("理由", "Reason"),
        help_text=lazily(
            "看得到这家企业的单位都能看到，不写个人信息。",
            "Seen by every office that sees this enterprise; no personal data.",
        ),
        max_length=withdrawing.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": lazily(*withdrawing.NO_REASON),
            "max_length": lazily(*withdrawing.NO_REASON),
        },
    )


@never_cache
@for_offices
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: ActorRequest, firm: str, kind: str, number: int, code: str = "") -> HttpResponse:
    """Withdraws what the office stated, after a page that says what follows and asks why."""
    sight = _sight(request.actor, firm, code)
    measure = request.GET.get("measure", "")
    form = ReasonForm(request.POST or None)
    try:
        row = withdrawing.find_own(sight.own, firm, kind, number, measure, office=sight.office)
        what, value = _words(row, measure)
        if request.method == "POST" and form.is_valid():
            giver, reason = giver_of(request.actor, ""), form.cleaned_data["reason"]
            withdrawing.withdraw(giver, firm, kind, number, reason, at=clock.now(), measure=measure)
            toast.done(request, DONE.fill(what=what))
            return redirect(sight.page())
    except withdrawing.NotStanding as gone:
        raise Http404(gone.text) from None
    context = {
        "sight": sight,
        "what": what,
        "value": value,
        "form": form,
        "errors": c.ErrorSummary.of(form, blocks=Text("改好再撤回", "correct them to withdraw"))
        if form.errors
        else None,
    }
    return render(request, "roster/withdraw.html", context, status=422 if form.errors else 200)
