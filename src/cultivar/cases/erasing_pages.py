"""The pages on which personal values are erased: one proposes it at the entry, another person agrees or not."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from cultivar.cases.act_forms import ActForm, Surroundings
from cultivar.cases.act_pages import BLOCKS, agreeing_office, new_key, read_proposal, said_to_be, tell
from cultivar.cases.contents import said
from cultivar.cases.erasing import Kept, erase, kept, may_agree, may_erase
from cultivar.cases.offices import find, for_offices
from cultivar.cases.perform import DECLINING, BadContent, Refused
from cultivar.cases.record import Folded, load
from cultivar.cases.sight import parts_of
from cultivar.cases.work_queries import person_names
from cultivar.policy.model_procedure import Act
from cultivar.policy.text import Text
from cultivar.procedure import erasure
from cultivar.procedure.guards import Reason
from cultivar.procedure.matter import Terms
from cultivar.procedure.record import ERASE
from cultivar.web import components as c
from cultivar.web.language import lazily
from cultivar.web.requests import ActorRequest


class ErasureForm(forms.Form):
    """Which values of an entry go, on which ground, and why."""

    def __init__(self, act: Act, target: Kept, *args: Any) -> None:
        super().__init__(*args)
        content = act.content
        self.fields["fields"] = forms.MultipleChoiceField(
            label=lazily(*content["fields"].text),
            choices=[(name, lazily(*text)) for name, text in target.fields],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": lazily("请选要删除的内容。", "Choose what is to be erased.")},
        )
        self.fields["law"] = forms.ChoiceField(
            label=lazily(*content["law"].text),
            choices=[(name, lazily(*one.text)) for name, one in content["law"].choices.items()],
            widget=forms.RadioSelect,
            error_messages={"required": lazily("请选依据。", "Choose the ground.")},
        )
        hint = content["reason"].hint
        self.fields["reason"] = forms.CharField(
            label=lazily(*content["reason"].text),
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=lazily(*hint.text) if hint else "",
            error_messages={"required": lazily("请写理由。", "Give the reasons.")},
        )


@never_cache
@for_offices
def propose(request: ActorRequest, number: str, seq: int) -> HttpResponse:
    """Proposes to erase personal values of one entry."""
    row, folded = find(request, number), load(number)
    target = next((one for one in kept(folded) if one.seq == seq), None)
    if target is None or not may_erase(folded, request.actor):
        raise Http404(
            Text("这里没有你的单位可以删除的内容。", "There is nothing here for your office to erase.")
        )
    act = erasure.act_in(folded.programme, folded.procedure, ERASE)
    form = ErasureForm(act, target, request.POST or None)
    reasons: tuple[Reason, ...] = ()
    if request.method == "POST" and form.is_valid():
        content = {"entry": seq, **form.cleaned_data}
        try:
            receipt = erase(number, request.actor, content, key=said_to_be(request), step="propose")
        except Refused as refused:
            reasons = refused.reasons
        except BadContent as bad:
            for problem in bad.problems:
                form.add_error(problem.field if problem.field in form.fields else None, lazily(*problem.text))
        else:
            tell(request, act, receipt)
            return redirect("case", number)
    failed = request.method == "POST"
    context = {
        "case": row,
        "act": act,
        "target": target,
        "form": form,
        "key": said_to_be(request) if failed else new_key(),
        "agreeing": agreeing_office(folded.programme, act),
        "refusals": [reason.text for reason in reasons],
        "errors": c.ErrorSummary.of(form, blocks=BLOCKS) if failed and form.errors else None,
    }
    return render(request, "cases/erase.html", context, status=422 if failed else 200)


@never_cache
@for_offices
def answer(request: ActorRequest, number: str) -> HttpResponse:
    """Agrees to an erasure that was proposed, or sends it back with reasons."""
    row, folded = find(request, number), load(number)
    act = erasure.act_in(folded.programme, folded.procedure, ERASE)
    if request.method != "POST":
        return _answer_page(request, row, folded, act, _declining(folded))
    declining = request.POST.get("step") == "decline"
    form = _declining(folded, request.POST if declining else None)
    try:
        receipt = erase(
            number,
            request.actor,
            form.content() if declining else {},
            key=said_to_be(request),
            step="decline" if declining else "confirm",
            about=read_proposal(request),
        )
    except Refused as refused:
        return _answer_page(request, row, folded, act, form, refused.reasons)
    except BadContent as bad:
        form.complain(bad.problems)
        return _answer_page(request, row, folded, act, form)
    tell(request, act, receipt)
    return redirect("case", number)


def _declining(folded: Folded, data: Any = None) -> ActForm:
    """The form in which somebody says why not."""
    return ActForm(DECLINING, Surroundings(folded.programme, folded.procedure, Terms()), data)


def _answer_page(
    request: ActorRequest, row: Any, folded: Folded, act: Act, form: ActForm, reasons: tuple[Reason, ...] = ()
) -> HttpResponse:
    pending = folded.state.erasing
    if pending is None and not reasons:
        raise Http404(Text("没有等待审签的删除。", "No erasure waits for agreement."))
    people = person_names({pending.person}) if pending else {}
    failed = request.method == "POST"
    context = {
        "case": row,
        "act": act,
        "proposal": said(folded, pending, parts_of(folded, request.actor), people) if pending else [],
        "proposer": people.get(pending.person, "") if pending else "",
        "pending": pending,
        "may": may_agree(folded, request.actor),
        "form": form,
        "key": said_to_be(request).partition("-")[0] if failed else new_key(),
        "refusals": [reason.text for reason in reasons],
        "errors": c.ErrorSummary.of(form, blocks=BLOCKS) if form.errors else None,
    }
    return render(request, "cases/erase_answer.html", context, status=422 if failed else 200)
