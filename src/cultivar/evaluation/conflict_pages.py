"""The pages of a round on which the office that names panels sees who may judge what, and answers what only it can."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cultivar.cases.models import Case, RoundNotice
from cultivar.cases.offices import for_offices
from cultivar.cases.programmes import names_experts, pinned
from cultivar.cases.work_queries import person_names
from cultivar.evaluation import identity_answers
from cultivar.evaluation.affinity import FLOOR
from cultivar.evaluation.circumstances import Circumstances
from cultivar.evaluation.circumstances_query import circumstances
from cultivar.evaluation.conflicts import Conflict
from cultivar.evaluation.identity_answers import NotAnswered
from cultivar.evaluation.models import IdentityAnswer
from cultivar.evaluation.pool_queries import reads_experts
from cultivar.evaluation.round_rules import ruling
from cultivar.evaluation.seating_task import BadInput
from cultivar.evaluation.standing_aside import STANDING
from cultivar.evaluation.tallies import Asked, asked, tallies
from cultivar.ledger import clock
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.web import components as c
from cultivar.web import toast
from cultivar.web.paging import other_parameters, page_number
from cultivar.web.requests import ActorRequest

ROWS = 50
NOT_THEIRS = Text("由组织评审的单位核实。", "The office that names the panels finds this out.")
_NO_ROUND = Text("没有这个批次，或不属于你的单位。", "There is no such round in your office's jurisdiction.")
_NO_QUESTION = Text(
    "这个问题已经不在了：有人答过，或名单变了。",
    "This question is gone: it was answered, or the lists have changed.",
)


class _Round:
    """A round as this page reads it. Raises ``Http404`` for offices that may not read what is known of experts."""

    def __init__(self, request: ActorRequest, number: str) -> None:
        notice = RoundNotice.objects.select_related("case").filter(case=number).first()
        programme = pinned(notice.case.digest) if notice else None
        if notice is None or programme is None or not reads_experts(programme, request.actor):
            raise Http404(_NO_ROUND)
        self.notice, self.case = notice, notice.case
        self.programme: Programme = programme
        self.answers = names_experts(programme, request.actor)

    def known(self) -> Circumstances:
        """What is known today, by the rules and for the days that the round sets. Raises ``BadInput``."""
        today = clock.today()
        rule = ruling(self.case, self.programme, today)
        return circumstances(self.case.number, today, rule.settings, during=rule.during)

    @property
    def panel(self) -> int:
        """The fewest that a panel needs, one at least."""
        return max(1, int(self.notice.values.get("panel") or 1))

    def tabs(self, current: str) -> tuple[c.Tab, ...]:
        names = {
            "conflicts": Text("申报和待核实", "Applications and questions"),
            "conflict-pairs": Text("须回避的", "Who stands aside"),
            "identity-answers": Text("已有答复", "Answers"),
        }
        return tuple(
            c.Tab(text, reverse(name, args=[self.case.number]), current=name == current)
            for name, text in names.items()
        )


@never_cache
@for_offices
@require_safe
def conflicts(request: ActorRequest, number: str) -> HttpResponse:
    """How many experts remain for each application, those that lack them first; and the open questions."""
    return _conflicts(request, _Round(request, number))


def _conflicts(request: ActorRequest, round_: _Round, refusal: Text | None = None) -> HttpResponse:
    rows: list[dict[str, Any]] = []
    questions: list[Asked] = []
    bad = None
    known = round_.known()
    try:
        counted = tallies(known)
        questions = asked(known.findings.questions)
    except BadInput as wrong:
        counted, bad = [], wrong.text
    names = _names(known)
    page = page_number(request)
    for one in counted[(page - 1) * ROWS : page * ROWS]:
        tone = "bad" if not one.left else "warn" if one.left < round_.panel else ""
        rows.append({"name": names[one.application], "tally": one, "tone": tone})
    context = {
        "round": round_.case,
        "tabs": round_.tabs("conflicts"),
        "rules": known.rules,
        "floor": FLOOR,
        "panel": round_.panel,
        "rows": rows,
        "nobody": sum(not one.left for one in counted),
        "short": sum(0 < one.left < round_.panel for one in counted),
        "pages": c.Pagination(len(counted), page, ROWS, other_parameters(request)),
        "questions": [_asked_line(one, names, known) for one in questions[:ROWS]],
        "questions_left": max(0, len(questions) - ROWS),
        "answers": round_.answers,
        "bad": bad,
        "refusal": refusal,
        "empty": _NO_APPLICATIONS,
    }
    return render(request, "evaluation/conflicts.html", context, status=422 if refusal else 200)


_NO_APPLICATIONS = c.Empty(
    Text("现在没有等待组成专家组的申报。", "No application waits for its panel now."),
    Text("申报进入专家评审后列在这里。", "They stand here once they are admitted to the evaluation."),
)


def _names(known: Circumstances) -> dict[str, Text]:
    """What applications are called, by number: one query."""
    found = Case.objects.filter(number__in=[one.id for one in known.applications])
    return {one.number: one.name for one in found}


def _asked_line(one: Asked, names: Mapping[str, Text], known: Circumstances) -> dict[str, Any]:
    return {
        "asked": one,
        "applications": [names[number] for number in one.applications],
        "experts": one.experts,
    }


@never_cache
@for_offices
@require_POST
def answer_identity(request: ActorRequest, number: str) -> HttpResponse:
    """Keeps whether two names are one organisation."""
    round_ = _answering(request, number)
    keys = {request.POST.get("one", ""), request.POST.get("other", "")}
    same = request.POST.get("same", "")
    found = next(
        (one for one in round_.known().findings.questions if {one.one, one.other} == keys),
        None,
    )
    if found is None or same not in ("yes", "no"):
        return _conflicts(request, round_, _NO_QUESTION)
    try:
        identity_answers.answer(
            round_.programme.region,
            {found.one: found.own, found.other: found.named},
            same == "yes",
            request.actor,
        )
    except NotAnswered as refused:
        return _conflicts(request, round_, refused.text)
    toast.done(request, Text("已记下，以后的批次不再问。", "Kept; later rounds do not ask again."))
    return redirect("conflicts", number)


def _answering(request: ActorRequest, number: str) -> _Round:
    round_ = _Round(request, number)
    if not round_.answers:
        raise PermissionDenied(NOT_THEIRS)
    return round_


@never_cache
@for_offices
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: ActorRequest, number: str) -> HttpResponse:
    """What was found out of two names, to be corrected with a reason."""
    round_ = _Round(request, number) if request.method != "POST" else _answering(request, number)
    refusal = None
    if request.method == "POST":
        refusal = _correct(request, round_)
        if refusal is None:
            toast.done(request, Text("已改正。", "Corrected."))
            return redirect("identity-answers", number)
    found = IdentityAnswer.objects.filter(region=round_.programme.region)
    page = page_number(request)
    shown = list(found[(page - 1) * ROWS : page * ROWS])
    people = person_names({one.person for one in shown})
    context = {
        "round": round_.case,
        "tabs": round_.tabs("identity-answers"),
        "rows": [{"answer": one, "by": people.get(one.person, "")} for one in shown],
        "pages": c.Pagination(found.count(), page, ROWS, other_parameters(request)),
        "answers": round_.answers,
        "refusal": refusal,
        "typed": request.POST.get("reason", ""),
        "wrong": request.POST.get("answer", ""),
        "empty": c.Empty(
            Text("还没有答复。", "No answer yet."),
            Text("两个名称可能是同一单位时会问。", "You are asked where two names may be one organisation."),
        ),
    }
    return render(request, "evaluation/identity_answers.html", context, status=422 if refusal else 200)


def _correct(request: ActorRequest, round_: _Round) -> Text | None:
    """Corrects an answer; says why it cannot be."""
    typed, reason = request.POST.get("answer", ""), request.POST.get("reason", "").replace("\x00", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 16):
        return identity_answers.GONE
    standing = IdentityAnswer.objects.filter(STANDING, region=round_.programme.region, pk=int(typed)).first()
    if standing is None:
        return identity_answers.GONE
    try:
        identity_answers.correct(
            round_.programme.region, standing.pk, not standing.same, reason, request.actor
        )
    except NotAnswered as refused:
        return refused.text
    return None


@never_cache
@for_offices
@require_safe
def pairs(request: ActorRequest, number: str) -> HttpResponse:
    """Every pair that a rule excludes, with the rule and the evidence."""
    round_ = _Round(request, number)
    known, bad = round_.known(), None
    found: Sequence[Conflict] = ()
    try:
        found = known.findings.conflicts
    except BadInput as wrong:
        bad = wrong.text
    names, rules = _names(known), {one.id: one.text for one in known.rules}
    experts = {one.id: one.person for one in known.judges}
    people = person_names(set(experts.values()))
    called = {number: people.get(person, "") for number, person in experts.items()}
    get = request.GET.get
    text = get("q", "").replace("\x00", "").strip()[:60]
    chosen = [
        one
        for one in found
        if get("rule", "") in ("", one.rule)
        and get("application", "") in ("", one.application)
        and (not text or text.lower() in one.expert.lower() or text in called.get(one.expert, ""))
    ]
    page = page_number(request)
    context = {
        "round": round_.case,
        "tabs": round_.tabs("conflict-pairs"),
        "rows": [
            {
                "name": names[one.application],
                "pair": one,
                "expert": called.get(one.expert, ""),
                "rule": rules[one.rule],
            }
            for one in chosen[(page - 1) * ROWS : page * ROWS]
        ],
        "filters": c.FilterBar(
            reverse("conflict-pairs", args=[number]),
            search_label=Text("专家姓名或编号", "Expert's name or number"),
            search_value=text,
            selects=(
                c.Select(
                    "application",
                    Text("申报", "Application"),
                    (("", Text("全部申报", "All applications")), *names.items()),
                    get("application", ""),
                ),
                c.Select(
                    "rule",
                    Text("规则", "Rule"),
                    (("", Text("全部规则", "All rules")), *rules.items()),
                    get("rule", ""),
                ),
            ),
            found=Text(f"{len(chosen)} 对", f"{len(chosen)} pairs"),
        ),
        "pages": c.Pagination(len(chosen), page, ROWS, other_parameters(request)),
        "bad": bad,
        "empty": c.Empty(
            Text("没有这样的回避。", "Nobody stands aside so."),
            Text("放宽筛选条件再看。", "Widen the filters."),
        ),
    }
    return render(request, "evaluation/conflict_pairs.html", context)
