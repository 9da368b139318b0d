"""The pages on which acts are done: one act, or one act on several cases. First acts: ``opening_pages``."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from cultivar.cases import evidence, file_content, file_store, making, presenting, work_queries
from cultivar.cases.act_forms import EACH, SHARED, ActForm, Surroundings, batchable
from cultivar.cases.before_submitting import last_look
from cultivar.cases.candidates import choice
from cultivar.cases.citing import chip, first_chip
from cultivar.cases.contents import Said, said
from cultivar.cases.models import Case, Todo
from cultivar.cases.offices import find, for_offices
from cultivar.cases.perform import DECLINING, BadContent, Receipt, Refused, perform, question
from cultivar.cases.queries import visible
from cultivar.cases.record import Folded, load
from cultivar.cases.sight import parts_of
from cultivar.cases.uploading import bounded
from cultivar.ledger import clock
from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Act
from cultivar.policy.text import Text
from cultivar.procedure.content import ContentProblem
from cultivar.procedure.engine import Option, available
from cultivar.procedure.guards import Reason
from cultivar.procedure.matter import Terms
from cultivar.procedure.record import StepKind
from cultivar.registry import regions
from cultivar.registry.actors import Actor
from cultivar.web import components as c
from cultivar.web import toast
from cultivar.web.language import lazily
from cultivar.web.requests import ActorRequest

DONE = Text("{act}：已办，回执第 {seq} 号。", "{act}: done, receipt no. {seq}.")
BEFORE = Text("{act}：这件事已经办过，回执第 {seq} 号。", "{act}: this was already done, receipt no. {seq}.")
BLOCKS = Text("改好再办", "correct them first")


def new_key() -> str:
    """A fresh idempotency key for a form."""
    return uuid.uuid4().hex


def said_to_be(request: ActorRequest) -> str:
    """The key that came with the form; a form without one gets a fresh one and so cannot repeat an act."""
    return request.POST.get("key", "").replace("\x00", "")[:64] or new_key()


def read_proposal(request: ActorRequest, of: str = "proposal") -> int | None:
    """The proposal that stood on the page on which somebody answers it."""
    said = request.POST.get(of, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else None


@bounded
@never_cache
@for_offices
def act(request: ActorRequest, number: str, act_id: str) -> HttpResponse:
    """One act: what it is, by which article, what follows; its form; or why it cannot be done."""
    row = find(request, number)
    folded = load(number)
    asked = question(folded, clock.now())
    options = [one for one in available(request.actor, asked) if one.act_id == act_id]
    if not options:
        raise Http404(Text("这一步不由你的单位办理。", "This step is not your office's."))
    option = _chosen_step(options, request)
    if any(spec.type == "score-sheet" for spec in option.act.content.values()):
        return redirect("sheet", number, act_id)  # a page of its own, which saves by itself
    around = Surroundings(
        folded.programme,
        folded.procedure,
        asked.matter.terms,
        choice(option.act, folded, asked.matter.terms),
        regions_for(option.act, folded.programme),
        making.names_to_value(option.act, folded),
        tuple((one, lazily(*words)) for one, words in making.choices("drawn", option.act, folded)),
    )
    fields = _fields(option)
    if request.method != "POST":
        return _act_page(request, row, folded, options, ActForm(fields, around), new_key())
    form = ActForm(fields, around, request.POST)
    try:
        receipt = _do(request, row, option, form)
    except Refused as refused:
        return _act_page(request, row, folded, options, form, said_to_be(request), refused.reasons)
    except BadContent as bad:
        form.complain(bad.problems)
        return _act_page(request, row, folded, options, form, said_to_be(request), failed=True)
    tell(request, option.act, receipt)
    return redirect(_after(row, request.actor, receipt))


def _chosen_step(options: list[Option], request: ActorRequest) -> Option:
    """Agreeing and disagreeing share a page; the button says which."""
    wanted = request.POST.get("step", "")
    return next((option for option in options if option.step == wanted), options[0])


def _fields(option: Option) -> Mapping[str, Any]:
    if option.step == "confirm":
        return {}
    return DECLINING if option.step == "decline" else option.act.content


def regions_for(act_spec: Act, programme: Programme) -> tuple[tuple[str, Any], ...]:
    """The regions that an act may name, with their names."""
    if all(spec.type not in ("partner-regions", "scoring") for spec in act_spec.content.values()):
        return ()
    named = ((code, regions.name_of(code)) for code in sorted(regions.parts_of(programme.region)))
    return tuple((code, lazily(*name)) for code, name in named if name is not None)


def keep_files(request: ActorRequest, act_spec: Act) -> dict[str, list[file_store.Kept]]:
    """The bytes of the files that came with an act, by field. Raises ``BadContent`` for those refused."""
    kept: dict[str, list[file_store.Kept]] = {}
    problems = []
    for name, spec in act_spec.content.items():
        if spec.type != "files":
            continue
        kept[name] = []
        for upload in request.FILES.getlist(name):
            try:
                kept[name].append(file_store.keep(upload))
            except file_content.Refused as bad:
                problems.append(ContentProblem(name, bad.text))
    if problems:
        raise BadContent(problems)
    return kept


@transaction.atomic
def _do(request: ActorRequest, row: Case, option: Option, form: ActForm) -> Receipt:
    """The act and its files, together or not at all."""
    # Nothing is kept for what will be refused, and whoever agrees says nothing of their own.
    speaks = option.allowed and option.step not in ("confirm", "decline")
    kept = keep_files(request, option.act) if speaks else {}
    content = form.content() | named_by(kept)
    receipt = perform(
        row.number,
        option.act_id,
        request.actor,
        content,
        key=said_to_be(request),
        step=option.step,
        about=read_proposal(request),
    )
    attach_files(row, option.act_id, kept, request.actor)
    return receipt


def named_by(kept: Mapping[str, list[file_store.Kept]]) -> dict[str, list[str]]:
    """Files as an act names them: by their SHA-256."""
    return {name: [one.sha256 for one in files] for name, files in kept.items()}


def attach_files(row: Case, act_id: str, kept: Mapping[str, list[file_store.Kept]], actor: Actor) -> None:
    """Puts the files of an act into its case. Raises ``BadContent`` where they do not fit."""
    for name, files in kept.items():
        for file in files:
            try:
                evidence.attach(row, f"{act_id}.{name}", file, actor)
            except file_content.Refused as full:
                raise BadContent([ContentProblem(name, full.text)]) from None


def tell(request: ActorRequest, act_spec: Act, receipt: Receipt) -> None:
    """Says that the act is done, with the way to its receipt."""
    words = BEFORE if receipt.repeated else DONE
    toast.done(
        request,
        words.fill(act=act_spec.text, seq=receipt.seq),
        reverse("entry", args=[receipt.case, receipt.seq]),
    )


def _after(row: Case, actor: Actor, receipt: Receipt) -> str:
    """The case; the desk where the act took the case out of the office's sight, as recusal does."""
    seen = visible(actor).filter(number=row.number).exists()
    return reverse("case", args=[receipt.case]) if seen else reverse("desk")


def _act_page(
    request: ActorRequest,
    row: Case,
    folded: Folded,
    options: list[Option],
    form: ActForm,
    key: str,
    reasons: tuple[Reason, ...] = (),
    *,
    failed: bool = False,
) -> HttpResponse:
    option = options[0]
    confirm = option.step in ("confirm", "decline")
    people = work_queries.person_names({done.person for done in [folded.state.pending] if done})
    refused = reasons or option.reasons
    context = {
        "case": row,
        "act": option.act,
        "act_id": option.act_id,
        "step": option.step,
        "confirm": confirm,
        "declining": ActForm(
            DECLINING, form.around, request.POST if request.POST.get("step") == "decline" else None
        ),
        "proposal": said(folded, folded.state.pending, parts_of(folded, request.actor), people)
        if confirm and folded.state.pending
        else [],
        "proposer": people.get(folded.state.pending.person, "") if folded.state.pending else "",
        "pending": folded.state.pending,
        "form": form,
        "key": key,
        "chips": [chip(folded.programme, article) for article in option.act.articles],
        "consequence": presenting.consequence(option, folded),
        "agreeing": agreeing_office(folded.programme, option.act) if option.act.four_eyes else None,
        "refusals": [
            (presenting.sentence(reason, folded), first_chip(folded.programme, reason.articles))
            for reason in refused
        ],
        "remedies": [
            button
            for button in presenting.choices(question(folded, clock.now()), folded, request.actor).later
            if button.key == option.act_id and button.remedy
        ],
        "errors": c.ErrorSummary.of(form, blocks=BLOCKS) if failed else None,
        "answered": _answered(folded, option, request.actor),
        "look": None if confirm else last_look(row, folded, option.act, request.actor),
        "multipart": any(spec.type == "files" for spec in option.act.content.values()),
    }
    if failed and request.POST.get("step") == "decline":
        context["declining"] = form
    return render(request, "cases/act.html", context, status=422 if failed or reasons else 200)


def _answered(folded: Folded, option: Option, actor: Actor) -> list[Said]:
    """What an act says that this one answers, such as the question of a vote."""
    called = next((done for done in reversed(folded.state.stay) if done.act in option.act.again_after), None)
    if called is None:
        return []
    return said(folded, called, parts_of(folded, actor), {})


def agreeing_office(programme: Programme, act_spec: Act) -> Text:
    """Who must agree where four eyes are needed, in words."""
    part, post = act_spec.agreeing
    body = programme.bodies[part]
    if not post:
        return Text("{body}另一人", "another person of the {body}").fill(body=body.text)
    return Text("{body}{post}", "{post} of the {body}").fill(body=body.text, post=body.posts[post].text)


# ------------------------------------------------------------------------------- one act on several cases


@never_cache
@for_offices
def batch(request: ActorRequest, act_id: str) -> HttpResponse:
    """One act on several cases, such as one letter that recommends them all: all of them, or none."""
    todos = [
        todo for todo in work_queries.desk(request.actor, clock.today(), "", "", "") if todo.act == act_id
    ][:50]
    cases = [load(todo.case_id) for todo in todos]
    usable = [
        (todo, case)
        for todo, case in zip(todos, cases, strict=True)
        if batchable(case.procedure.acts[act_id])
    ]
    if not usable:
        raise Http404(Text("现在没有可以一并办理的案件。", "There are no cases to be done together now."))
    first = usable[0][1]
    spec = first.procedure.acts[act_id]
    step: StepKind = "confirm" if usable[0][0].step == "confirm" else "propose" if spec.four_eyes else "do"
    usable = [(todo, case) for todo, case in usable if todo.step == usable[0][0].step]
    around = Surroundings(first.programme, first.procedure, Terms())
    shown = {} if step == "confirm" else spec.content
    data = request.POST if request.method == "POST" else None
    shared = ActForm({name: field for name, field in shown.items() if field.type in SHARED}, around, data)
    each_fields = {name: field for name, field in shown.items() if field.type in EACH}
    rows = [_batch_row(todo, case, each_fields, around, data) for todo, case in usable]
    refusals: list[tuple[Text, Text]] = []
    if data is not None:
        chosen = [row for row in rows if row["number"] in request.POST.getlist("cases")]
        receipts, refusals = _perform_all(request, act_id, step, chosen, shared)
        if receipts:
            words = Text("{act}：{n} 件已办。", "{act}: {n} cases done.").fill(act=spec.text, n=len(receipts))
            toast.done(request, words)
            return redirect("desk")
        if not chosen:
            refusals = [(Text("请至少选一件。", "Choose at least one case."), Text("", ""))]
    context = {
        "act": spec,
        "act_id": act_id,
        "confirm": step == "confirm",
        "shared": shared,
        "rows": rows,
        "key": said_to_be(request) if data is not None else new_key(),
        "chips": [chip(first.programme, article) for article in spec.articles],
        "agreeing": agreeing_office(first.programme, spec) if spec.four_eyes else None,
        "refusals": refusals,
        "errors": c.ErrorSummary.of(shared, *(row["form"] for row in rows), blocks=BLOCKS)
        if data is not None
        else None,
    }
    return render(request, "cases/batch.html", context, status=200 if data is None else 422)


def _batch_row(
    todo: Todo, case: Folded, fields: Mapping[str, Any], around: Surroundings, data: Any
) -> dict[str, Any]:
    pending = case.state.pending
    return {
        "number": case.number,
        "case": todo.case,
        "chosen": data is None or case.number in data.getlist("cases"),
        "form": ActForm(fields, around, data, prefix=case.number),
        "pending": pending,
        "proposal": said(case, pending, frozenset(), {})
        if pending is not None and todo.step == "confirm"
        else [],
    }


def _perform_all(
    request: ActorRequest, act_id: str, step: StepKind, rows: list[dict[str, Any]], shared: ActForm
) -> tuple[list[Receipt], list[tuple[Text, Text]]]:
    receipts: list[Receipt] = []
    refusals: list[tuple[Text, Text]] = []
    failed = False
    key = said_to_be(request)
    with transaction.atomic():
        for row in rows:
            try:
                content = shared.content() | row["form"].content()
                receipts.append(
                    perform(
                        row["number"],
                        act_id,
                        request.actor,
                        content,
                        key=f"{key}-{row['number']}",
                        step=step,
                        about=read_proposal(request, f"proposal-{row['number']}"),
                    )
                )
            except Refused as refused:
                refusals += [(row["case"].name, reason.text) for reason in refused.reasons]
            except BadContent as bad:
                failed = True
                own = [one for one in bad.problems if one.field in row["form"].specs]
                row["form"].complain(own)
                if shared.is_bound and not shared.errors:
                    shared.complain([one for one in bad.problems if one not in own])
        if failed or refusals:
            transaction.set_rollback(True)
            return [], refusals
    return receipts, refusals
