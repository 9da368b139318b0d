"""The page on which an applicant chooses what it applies for and begins an application."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cultivar.cases import dossier_forms as typing_in
from cultivar.cases.citing import chip, first_chip
from cultivar.cases.dossier_forms import ApplyForm
from cultivar.cases.dossier_meter import closing
from cultivar.cases.models import Case, Subject
from cultivar.cases.offices import for_offices
from cultivar.cases.opening import NewSubject, open_application, opening_act
from cultivar.cases.perform import Refused, question
from cultivar.cases.programmes import concerns, lies_in, pinned
from cultivar.cases.record import Folded, Opening
from cultivar.ledger import clock
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.procedure.engine import decide, plays
from cultivar.procedure.guards import Reason
from cultivar.procedure.record import State
from cultivar.registry.actors import Actor
from cultivar.web import toast
from cultivar.web.components import (
    ErrorSummary,
)
from cultivar.web.requests import ActorRequest


@never_cache
@for_offices
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: ActorRequest, number: str) -> HttpResponse:
    """Chooses the subject for which a round is applied to, and opens the application."""
    actor = request.actor
    round_ = Case.objects.select_related("notice").filter(number=number, notice__isnull=False).first()
    if round_ is None:
        raise Http404
    programme = pinned(round_.digest)
    procedure = _application(programme, actor)
    kind = programme.subject.kind
    own = Subject.objects.filter(organisation=actor.organisation, kind=kind)
    subjects = [one for one in own if lies_in(programme, one.region_id)]
    form = ApplyForm(programme, subjects, request.POST if request.method == "POST" else None)
    key = request.POST.get("key") or str(uuid4())
    reasons = _cannot_apply(round_, programme, procedure, actor)
    if request.method == "POST" and not reasons and form.is_valid():
        try:
            subject = _chosen(subjects, form.cleaned_data)
            opened = open_application(round_, procedure, subject, actor, key=key).case
        except Refused as refused:
            reasons = refused.reasons
        else:
            toast.done(
                request,
                Text("申报已开始，填了就会保存。", "The application is open; what you type is saved."),
            )
            return redirect("dossier", opened, programme.form[0].id)
    failed = request.method == "POST"
    context = {
        "round": round_,
        "programme": programme,
        "what": programme.subject.text,
        "form": form,
        "new": typing_in.NEW,
        "refusals": [(reason.text, first_chip(programme, reason.articles)) for reason in reasons],
        "errors": ErrorSummary.of(form, blocks=_TO_APPLY) if form.errors else None,
        "due": closing(round_.notice.closes_at),
        "chips": [
            chip(programme, article)
            for article in programme.procedures[procedure]
            .acts[opening_act(programme.procedures[procedure])]
            .articles
        ],
        "key": key,
    }
    return render(request, "cases/dossier_apply.html", context, status=422 if failed else 200)


_TO_APPLY = Text("改好再开始", "correct them to start")


def _application(programme: Programme, actor: Actor) -> str:
    """The procedure by which this office applies. Raises ``PermissionDenied`` in words for other offices."""
    for name, procedure in programme.procedures.items():
        if procedure.about != "application":
            continue
        part = procedure.acts[opening_act(procedure)].body
        if plays(programme, part, actor) and concerns(programme, actor):
            return name
    whose = Text("你的单位不是这个批次的申报主体。", "Your office does not apply in this round.")
    raise PermissionDenied(whose)


def _cannot_apply(round_: Case, programme: Programme, procedure: str, actor: Actor) -> tuple[Reason, ...]:
    """Why this organisation cannot open an application now, as the engine answers."""
    opening = Opening(procedure, round_.name, round=round_.number, applicant=actor.organisation)
    unborn = Folded("", programme, round_.digest, opening, State())
    act = opening_act(programme.procedures[procedure])
    return decide(act, "do", actor, question(unborn, clock.now())).reasons


def _chosen(subjects: Sequence[Subject], said: Mapping[str, Any]) -> Subject | NewSubject:
    """The subject of the register that was chosen, or the new one that was named."""
    name = Text(said["name_zh"], said["name_en"] or said["name_zh"])
    known = {subject.code: subject for subject in subjects}
    return known.get(said["subject"]) or NewSubject(name, said.get("field", ""), said.get("core_park", ""))
