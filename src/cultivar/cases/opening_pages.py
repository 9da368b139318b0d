"""The pages on which matters begin: a round, a matter about a subject, a title or another case."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from cultivar.cases import opening, work_queries
from cultivar.cases.act_forms import ActForm, Surroundings
from cultivar.cases.act_pages import (
    BLOCKS,
    agreeing_office,
    attach_files,
    keep_files,
    named_by,
    new_key,
    regions_for,
    said_to_be,
    tell,
)
from cultivar.cases.citing import chip, first_chip
from cultivar.cases.models import Case
from cultivar.cases.offices import find, for_offices
from cultivar.cases.opening import NewSubject
from cultivar.cases.perform import BadContent, Receipt, Refused
from cultivar.cases.programmes import catalogue, concerns, pinned
from cultivar.cases.record import load
from cultivar.cases.sight import parts_of
from cultivar.cases.uploading import bounded
from cultivar.policy.model import Programme
from cultivar.policy.model_conditions import Designation
from cultivar.policy.model_procedure import Act, Procedure
from cultivar.policy.text import Text
from cultivar.procedure.engine import plays
from cultivar.procedure.matter import Terms
from cultivar.registry.actors import Actor
from cultivar.web import components as c
from cultivar.web.language import lazily, speak
from cultivar.web.requests import ActorRequest

NOT_YOURS = Text("这一步不由你的单位办理。", "This step is not your office's.")


@dataclass(frozen=True)
class First:
    """A first act: under which programme and procedure, what it hangs on, and how to do it."""

    programme: Programme
    procedure_id: str
    about: Text
    back: str
    do: Callable[[Mapping[str, Any], str], Receipt]

    @property
    def procedure(self) -> Procedure:
        """The procedure that it begins."""
        return self.programme.procedures[self.procedure_id]


class SubjectForm(forms.Form):
    """Which subject a matter is about: a new one that the office names."""

    name_zh = forms.CharField(label=lazily("中文名称", "Name in Chinese"), max_length=60)
    name_en = forms.CharField(
        label=lazily("英文名称", "Name in English"),
        help_text=lazily("不填则英文页面也显示中文名称", "Left empty, English pages show the Chinese name"),
        max_length=120,
        required=False,
    )
    field = forms.ChoiceField(label=lazily("所属领域", "Field"))

    def __init__(self, programme: Programme, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="subject-%s", use_required_attribute=False)
        if programme.fields:
            choice = self.fields["field"]
            assert isinstance(choice, forms.ChoiceField)
            choice.choices = [
                ("", lazily("请选择", "Choose")),
                *((field.id, speak(field.text)) for field in programme.fields),
            ]
        else:
            del self.fields["field"]

    def subject(self) -> NewSubject:
        """The subject that was named."""
        said = self.cleaned_data
        return NewSubject(Text(said["name_zh"], said["name_en"] or said["name_zh"]), said.get("field", ""))


class DesignationForm(forms.Form):
    """Which subject a matter is about: one of those that the document names."""

    designation = forms.ChoiceField(label=lazily("文件列明的对象", "Named by the document"))

    def __init__(self, programme: Programme, taken: set[str], data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="subject-%s", use_required_attribute=False)
        self._known = {one.id: one for one in programme.designations if one.id not in taken}
        groups = {group.id: group for group in programme.groups}
        choice = self.fields["designation"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", lazily("请选择", "Choose"))] + [
            (
                speak(group.text),
                [(one.id, speak(one.text)) for one in self._known.values() if one.group == name],
            )
            for name, group in groups.items()
        ]

    def subject(self) -> Designation:
        """The subject that was chosen."""
        return self._known[self.cleaned_data["designation"]]


@dataclass(frozen=True)
class Beginning:
    """A matter that an office may begin: what the button says and where it leads."""

    programme: Programme
    label: Text
    summary: Text
    url: str
    chips: tuple[c.ArticleChip, ...]


@for_offices
def begin(request: ActorRequest) -> HttpResponse:
    """Every matter about a subject that this office may begin, by programme."""
    found = list(beginnings(request.actor))
    empty = c.Empty(
        Text("没有由你的单位发起的事项。", "There is nothing for your office to begin."),
        Text(
            "申报从申报批次开始；其他事项从案卷里办。",
            "Applications begin in a round, other matters in their case.",
        ),
        c.Link(Text("回到待办", "Back to the desk"), reverse("desk")),
    )
    return render(request, "cases/begin.html", {"found": found, "empty": empty})


def beginnings(actor: Actor) -> Iterator[Beginning]:
    """The matters about a subject that an office may begin."""
    for reading in catalogue().values():
        programme = reading.programme
        for name, procedure in programme.procedures.items():
            first = procedure.acts[opening.opening_act(procedure)]
            if procedure.about != "subject" or not may_begin(programme, first, actor):
                continue
            yield Beginning(
                programme,
                first.text,
                procedure.text,
                reverse("open-subject", args=[programme.programme, programme.version, name]),
                tuple(chip(programme, article) for article in first.articles),
            )


def may_begin(programme: Programme, first: Act, actor: Actor) -> bool:
    """Whether a first act is this office's: of its body and post, in its region."""
    body = programme.bodies[first.body]
    if not plays(programme, first.body, actor) or first.post not in ("", actor.post):
        return False
    if body.scope == "whole region":
        return actor.region == programme.region
    return concerns(programme, actor)


def _theirs(programme: Programme, procedure: str, about: str, actor: Actor) -> None:
    """The procedure exists, is about such a thing, and its first act is this office's; otherwise not found."""
    spec = programme.procedures.get(procedure)
    first = next((one for one in spec.acts.values() if one.opens_case), None) if spec else None
    if spec is None or first is None or spec.about != about or not may_begin(programme, first, actor):
        raise Http404(NOT_YOURS)


def _version(programme: str, version: str) -> Programme:
    reading = catalogue().get(f"{programme}/{version}")
    if reading is None:
        raise Http404(Text("没有这个版本。", "There is no such version."))
    return reading.programme


@bounded
@never_cache
@for_offices
def open_on_title(request: ActorRequest, number: str, procedure: str) -> HttpResponse:
    """Opens a matter about the title that a case granted, or one that hangs on the case itself."""
    row = find(request, number)
    programme = pinned(row.digest)
    spec = programme.procedures.get(procedure)
    if spec is not None and spec.about == "case":
        return _open_on_case(request, row, programme, procedure)
    grant = work_queries.grant_of(row)
    if grant is None:
        raise Http404(Text("这里没有有效的称号。", "There is no valid title here."))
    programme = opening.version_for(row)
    _theirs(programme, procedure, "title", request.actor)

    def do(content: Mapping[str, Any], key: str) -> Receipt:
        return opening.open_on_title(grant, procedure, request.actor, content, key=key)

    return _first(request, First(programme, procedure, row.name, reverse("case", args=[number]), do))


def _open_on_case(request: ActorRequest, row: Case, programme: Programme, procedure: str) -> HttpResponse:
    spec = programme.procedures[procedure]
    first = spec.acts[opening.opening_act(spec)]
    if spec.parent != row.procedure or first.body not in parts_of(load(row.number), request.actor):
        raise Http404(NOT_YOURS)
    _theirs(programme, procedure, "case", request.actor)

    def do(content: Mapping[str, Any], key: str) -> Receipt:
        return opening.open_on_case(row, procedure, request.actor, content, key=key)

    return _first(request, First(programme, procedure, row.name, reverse("case", args=[row.number]), do))


@bounded
@never_cache
@for_offices
def open_round(request: ActorRequest, programme: str, version: str, procedure: str) -> HttpResponse:
    """Prepares the notice of a round."""
    found = _version(programme, version)
    _theirs(found, procedure, "round", request.actor)

    def do(content: Mapping[str, Any], key: str) -> Receipt:
        return opening.open_round(found.key, procedure, request.actor, content, key=key)

    return _first(request, First(found, procedure, found.short_title.text, reverse("work-rounds"), do))


@bounded
@never_cache
@for_offices
def open_subject(request: ActorRequest, programme: str, version: str, procedure: str) -> HttpResponse:
    """Opens a matter about a subject that the office names, or chooses from those that the document names."""
    found = _version(programme, version)
    _theirs(found, procedure, "subject", request.actor)
    data = request.POST if request.method == "POST" else None
    form: SubjectForm | DesignationForm
    if found.procedures[procedure].designated:
        form = DesignationForm(found, work_queries.designated(found.programme, procedure), data)
    else:
        form = SubjectForm(found, data)

    def do(content: Mapping[str, Any], key: str) -> Receipt:
        return opening.open_on_subject(found.key, procedure, form.subject(), request.actor, content, key=key)

    return _first(request, First(found, procedure, found.short_title.text, reverse("begin"), do), form)


def _first(
    request: ActorRequest, first: First, subject: SubjectForm | DesignationForm | None = None
) -> HttpResponse:
    act_id = opening.opening_act(first.procedure)
    spec = first.procedure.acts[act_id]
    around = Surroundings(
        first.programme, first.procedure, Terms(), regions=regions_for(spec, first.programme)
    )
    form = ActForm(spec.content, around, request.POST if request.method == "POST" else None)
    refusals: list[tuple[Text, c.ArticleChip | None]] = []
    failed = request.method == "POST" and subject is not None and not subject.is_valid()
    if request.method == "POST" and not failed:
        try:
            receipt = _begin(request, first, act_id, spec, form)
        except Refused as refused:
            refusals = [
                (reason.text, first_chip(first.programme, reason.articles)) for reason in refused.reasons
            ]
        except BadContent as bad:
            form.complain(bad.problems)
            failed = True
        else:
            tell(request, spec, receipt)
            return redirect("case", receipt.case)
    asked = (subject, form) if subject is not None else (form,)
    context = {
        "act": spec,
        "about": first.about,
        "back": first.back,
        "form": form,
        "subject": subject,
        "what": first.programme.subject.text,
        "key": said_to_be(request) if request.method == "POST" else new_key(),
        "chips": [chip(first.programme, article) for article in spec.articles],
        "agreeing": agreeing_office(first.programme, spec) if spec.four_eyes else None,
        "refusals": refusals,
        "errors": c.ErrorSummary.of(*asked, blocks=BLOCKS) if failed else None,
        "multipart": any(one.type == "files" for one in spec.content.values()),
    }
    return render(request, "cases/first.html", context, status=422 if failed or refusals else 200)


@transaction.atomic
def _begin(request: ActorRequest, first: First, act_id: str, spec: Act, form: ActForm) -> Receipt:
    """The first act and its files, together or not at all."""
    kept = keep_files(request, spec)
    receipt = first.do(form.content() | named_by(kept), said_to_be(request))
    if not receipt.repeated:
        attach_files(Case.objects.get(number=receipt.case), act_id, kept, request.actor)
    return receipt
