"""The page on which an expert sees what the pool knows of their ties, and declares what else to stand aside from."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cultivar.cases.offices import for_offices
from cultivar.cases.programmes import concerns, versions
from cultivar.evaluation import declaring
from cultivar.evaluation.circumstances_query import scored
from cultivar.evaluation.models import Expert
from cultivar.evaluation.pool_columns import TIES
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.registry import credit_code
from cultivar.registry.actors import Actor
from cultivar.web import components as c
from cultivar.web import toast
from cultivar.web.language import lazily, speak
from cultivar.web.requests import ActorRequest

NOT_THEIRS = Text("没有这一页。", "There is no such page.")
BLOCKS = Text("改好再声明", "correct them first")


def gives_scores(actor: Actor) -> bool:
    """Whether somebody sits at a desk of experts who hand in score sheets; without a query."""
    return not actor.is_public and any(
        (programme.bodies[act.body].played_by or act.body) == actor.body
        for programme in versions().values()
        if concerns(programme, actor)
        for procedure in programme.procedures.values()
        if scored(procedure)
        for act in procedure.acts.values()
        if any(spec.type == "score-sheet" for spec in act.content.values())
    )


class DeclarationForm(forms.Form):
    """An organisation to stand aside from."""

    name = forms.CharField(label=lazily("单位名称", "Organisation"), max_length=120)
    organisation = forms.CharField(
        label=lazily("统一社会信用代码", "Credit code"),
        required=False,
        help_text=lazily(
            "填了按代码比对；不填只能按名称比对", "Compared by code where given, else by name only"
        ),
    )
    what = forms.CharField(
        label=lazily("什么关系", "What the tie is"),
        max_length=200,
        help_text=lazily("如近亲属任职、诉讼、合作", "Such as a relative employed, a lawsuit, joint work"),
    )
    from_on = forms.DateField(
        label=lazily("从哪天起", "From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=lazily("不填即一直如此", "Left empty: always"),
    )
    until_on = forms.DateField(
        label=lazily("到哪天止", "Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=lazily("不填即没有止期", "Left empty: no end"),
    )

    def clean_organisation(self) -> str:
        """A sound credit code, or nothing."""
        code = credit_code.clean(str(self.cleaned_data["organisation"]))
        if code and not credit_code.is_valid(code):
            said = Text(
                "统一社会信用代码不对：应为 18 位，末位是校验码。对照营业执照改，或留空。",
                "The credit code is not sound: it has 18 characters, the last a check. Correct it or leave it empty.",
            )
            raise forms.ValidationError(speak(said))
        return code

    def clean(self) -> dict[str, Any]:
        """The days in order."""
        given = super().clean() or self.cleaned_data
        since, until = given.get("from_on"), given.get("until_on")
        if since and until and until < since:
            self.add_error(
                "until_on",
                speak(Text("止日早于起日，改正日期。", "It ends before it begins. Correct the days.")),
            )
        return given


@never_cache
@for_offices
@require_http_methods(["GET", "HEAD", "POST"])
def my_ties(request: ActorRequest) -> HttpResponse:
    """What the pool knows of whoever asks, and what they declared; posting declares."""
    one = _own(request)
    form = DeclarationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and one is not None and form.is_valid():
        try:
            declaring.declare(one, declaring.Declared(**form.cleaned_data))
        except declaring.NotDeclared as refused:
            form.add_error(None, speak(refused.text))
        else:
            toast.done(request, Text("已记下，各批次都按它安排。", "Kept; every round goes by it."))
            return redirect("my-ties")
    return _page(request, one, form)


def _own(request: ActorRequest) -> Expert | None:
    if not gives_scores(request.actor):
        raise Http404(NOT_THEIRS)
    return declaring.expert_of(request.actor)


def _page(
    request: ActorRequest,
    one: Expert | None,
    form: DeclarationForm,
    refusal: Text | None = None,
    typed: tuple[str, str] = ("", ""),
) -> HttpResponse:
    declared = list(one.declarations.all()) if one else []
    context = {
        "expert": one,
        "ties": [(TIES[tie.kind], tie) for tie in one.ties.all()] if one else [],
        "declared": declared,
        "today": clock.today(),
        "form": form,
        "refusal": refusal,
        "wrong": typed[0],
        "typed": typed[1],
        "errors": c.ErrorSummary.of(form, blocks=BLOCKS) if form.errors else None,
        "empty": c.Empty(
            Text("专家库里还没有你的登记。", "The pool does not describe you yet."),
            Text(
                "请组织评审的单位登记后再来声明。",
                "Ask the office that holds the evaluation to enter you, then declare.",
            ),
        ),
    }
    return render(request, "evaluation/my_ties.html", context, status=422 if form.errors or refusal else 200)


@never_cache
@for_offices
@require_POST
def withdraw_declaration(request: ActorRequest) -> HttpResponse:
    """Ends a declaration of one's own, with the reason."""
    one = _own(request)
    number, reason = request.POST.get("declaration", ""), request.POST.get("reason", "").replace("\x00", "")
    sound = number.isascii() and number.isdigit() and len(number) < 16
    try:
        if one is None or not sound:
            raise declaring.NotDeclared(declaring.GONE)
        declaring.withdraw(one, int(number), reason)
    except declaring.NotDeclared as refused:
        return _page(request, one, DeclarationForm(), refused.text, (number, reason))
    toast.done(request, Text("已撤回，理由留存。", "Withdrawn; the reason is kept."))
    return redirect("my-ties")
