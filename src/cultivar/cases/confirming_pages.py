"""The pages on which an authority confirms enterprises that applicants have entered."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cultivar.cases import confirming
from cultivar.cases.offices import for_offices
from cultivar.policy.text import Text
from cultivar.registry import credit_code, industries
from cultivar.registry.models import Enterprise, Region
from cultivar.registry.statements import regions_under
from cultivar.web import components as c
from cultivar.web import toast
from cultivar.web.language import lazily, speak
from cultivar.web.paging import other_parameters, page_number
from cultivar.web.requests import ActorRequest

PAGE = 50
NOT_THEIRS = Text(
    "企业信息由所在地主管部门核实。", "Enterprises are confirmed by the competent department of their region."
)
NOT_WAITING = Text(
    "这家企业不在你的辖区，或者已经核实。",
    "The enterprise is not in your region, or it is confirmed already.",
)


@never_cache
@for_offices
@require_http_methods(["GET", "HEAD", "POST"])
def unconfirmed(request: ActorRequest) -> HttpResponse:
    """The enterprises that wait for the office's word; posting confirms those that are ticked."""
    actor = request.actor
    if not confirming.confirms(actor):
        raise PermissionDenied(NOT_THEIRS)
    missing = False
    if request.method == "POST":
        codes = _codes(request)
        if codes:
            count = confirming.confirm(actor, codes)
            toast.done(request, Text("已核实 {n} 家企业。", "{n} enterprises confirmed.").fill(n=count))
            return redirect("unconfirmed")
        missing = True
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    found = confirming.unconfirmed(actor)
    if text:
        found = found.filter(name_zh__icontains=text) | found.filter(code__startswith=text.upper())
    total, number = found.count(), page_number(request)
    rows = list(found[(number - 1) * PAGE : number * PAGE])
    listed = confirming.listed_on([one.code for one in rows], actor)
    context = {
        "lines": [
            {
                "code": one.code,
                "name": one.name_zh,
                "region": one.region.name,
                "industry": industries.named(one.industry),
                "rosters": listed.get(one.code, []),
            }
            for one in rows
        ],
        "total": total,
        "missing": missing,
        "filters": c.FilterBar(
            reverse("unconfirmed"),
            search_label=Text("企业名称或代码", "Name or credit code"),
            search_value=text,
            found=Text(f"共 {total} 家", f"{total} enterprises"),
        ),
        "pages": c.Pagination(total, number, PAGE, other_parameters(request)),
        "empty": c.Empty(
            Text("没有符合的企业", "No enterprise fits")
            if text
            else Text("没有待核实的企业", "No enterprise waits to be confirmed"),
            Text(
                "申报主体录入的新企业会列在这里。",
                "Enterprises that applicants enter for the first time are listed here.",
            ),
        ),
    }
    return render(request, "cases/unconfirmed.html", context, status=422 if missing else 200)


def _codes(request: ActorRequest) -> list[str]:
    """The codes that were ticked; what is no credit code was not on the page (nor does PostgreSQL compare U+0000)."""
    return [
        code
        for code in request.POST.getlist("codes")[:PAGE]
        if len(code) == credit_code.LENGTH and set(code) <= set(credit_code.ALPHABET)
    ]


class IdentityForm(forms.Form):
    """Who and where an enterprise is, as an authority says it."""

    name = forms.CharField(label=lazily("企业名称", "Name"), max_length=120)
    region = forms.ChoiceField(label=lazily("所在地", "Region"))
    industry = forms.CharField(
        label=lazily("行业代码", "Industry"),
        max_length=4,
        help_text=lazily(
            "GB/T 4754-2017 的 2 至 4 位代码，如 1512", "Two to four digits of GB/T 4754-2017, such as 1512"
        ),
    )

    def __init__(self, reach: frozenset[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (one.code, lazily(one.name_zh, one.name_en))
            for one in Region.objects.filter(code__in=reach).order_by("code")
        ]

    def clean_industry(self) -> str:
        """A code of the standard."""
        code = str(self.cleaned_data["industry"]).strip()
        if industries.section_of(code) is None:
            said = Text(
                f"行业“{code}”认不出。填 GB/T 4754-2017 的 2 至 4 位代码，如 1512。",
                f"The industry “{code}” is not known. Write two to four digits of GB/T 4754-2017, such as 1512.",
            )
            raise forms.ValidationError(speak(said))
        return code


@never_cache
@for_offices
@require_http_methods(["GET", "HEAD", "POST"])
def identity(request: ActorRequest, code: str) -> HttpResponse:
    """One enterprise: what an applicant said of it, to be corrected where it is wrong, and confirmed."""
    actor = request.actor
    if not confirming.confirms(actor):
        raise PermissionDenied(NOT_THEIRS)
    firm = confirming.unconfirmed(actor).filter(code=code).first()
    if firm is None:
        raise Http404(NOT_WAITING)
    form = IdentityForm(regions_under(actor.region), request.POST or None, initial=_stands(firm))
    if request.method == "POST" and form.is_valid():
        done = confirming.correct(actor, firm.code, form.cleaned_data)
        if done is None:
            raise Http404(NOT_WAITING)
        if done.confirmed:
            name = form.cleaned_data["name"]
            toast.done(request, Text("已核实：{name}。", "Confirmed: {name}.").fill(name=name))
            return redirect("unconfirmed")
        for hint in done.hints:
            form.add_error(None, speak(hint.text))
    context = {
        "firm": firm,
        "form": form,
        "industry": industries.named(firm.industry),
        "rosters": confirming.listed_on([firm.code], actor).get(firm.code, []),
        "errors": c.ErrorSummary.of(form, blocks=BLOCKS) if form.errors else None,
    }
    return render(request, "cases/identity.html", context, status=422 if form.errors else 200)


BLOCKS = Text("改好再核实", "correct it first")


def _stands(firm: Enterprise) -> dict[str, str]:
    return {"name": firm.name_zh, "region": firm.region_id, "industry": firm.industry}
