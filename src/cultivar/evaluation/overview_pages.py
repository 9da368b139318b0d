"""The evaluation of a round on one page, for the offices that oversee it: what is done, what is next, where to look."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cultivar.cases.citing import chip
from cultivar.cases.models import Case, Seat
from cultivar.cases.offices import for_offices
from cultivar.cases.opening import may_hang, opening_act
from cultivar.cases.perform import question
from cultivar.cases.queries import visible
from cultivar.cases.record import load
from cultivar.evaluation import documents, rounds, substitution
from cultivar.evaluation.circumstances_query import judged
from cultivar.evaluation.draw_documents import Draw
from cultivar.evaluation.pages import overseen
from cultivar.evaluation.pool_queries import reads_experts
from cultivar.ledger import clock
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.procedure.engine import available
from cultivar.registry.actors import Actor
from cultivar.web import components as c
from cultivar.web.requests import ActorRequest

_NONE = Text("没有这一页。", "There is no such page.")


@dataclass(frozen=True)
class Part:
    """One part of the evaluation: how it stands, in a sentence, and the ways into it."""

    name: Text
    state: c.Tag
    words: Text
    links: tuple[c.Link, ...]
    acts: tuple[c.Link, ...] = ()
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Counts:
    """Applications of a round that experts judge: all, those that wait now, with a panel; seats and sheets in."""

    applications: int
    waiting: int
    panels: int
    seats: int
    sheets: int


@require_safe
@for_offices
def overview(request: ActorRequest, number: str) -> HttpResponse:
    """Everything of a round's evaluation, in the order in which it happens."""
    found = overseen(request.actor, number)
    notice, programme = found.notice, found.programme
    counts = _counts(notice.case, programme, request.actor)
    made = rounds.draws(notice.case, programme)
    article = next((programme.procedures[name].article for name in [rounds.drawing(programme)] if name), None)
    parts = [
        _conflicts(number, programme, counts, request.actor),
        _draw(notice.case, programme, made, request.actor),
        _panels(number, counts, next((one for one in made if one.stood("seating")), None)),
        _sheets(counts),
        _ranking(number, counts),
        _archive(number, made),
    ]
    context = {
        "round": notice.case,
        "parts": parts,
        "chip": chip(programme, article) if article else None,
    }
    return render(request, "evaluation/overview.html", context)


@require_safe
@for_offices
def bundle(request: ActorRequest, number: str, draw: str) -> HttpResponse:
    """The audit bundle of an evaluation, byte for byte as its hash stands on the ledger."""
    found = overseen(request.actor, number)
    notice, programme = found.notice, found.programme
    made = next((one for one in rounds.draws(notice.case, programme) if one.case.number == draw), None)
    sha256 = made.named("bundle") if made else None
    if sha256 is None:
        raise Http404(_NONE)
    try:
        body = documents.content(sha256)
    except documents.Spoiled as spoiled:
        return render(
            request, "evaluation/draw_spoiled.html", {"round": notice, "why": spoiled.text}, status=500
        )
    name = f'attachment; filename="{draw}-evaluation.zip"'
    return HttpResponse(body, content_type="application/zip", headers={"Content-Disposition": name})


def _counts(round_: Case, programme: Programme, actor: Actor) -> Counts:
    """Two queries."""
    where = judged(programme)
    cases = visible(actor).filter(round=round_, procedure__in=where)
    stages = {stage for stages in where.values() for stage in stages}
    applications = cases.aggregate(all=Count("pk"), waiting=Count("pk", filter=Q(stage__in=stages)))
    seats = Seat.objects.filter(case__in=cases).aggregate(
        panels=Count("case", distinct=True), seats=Count("pk"), sheets=Count("pk", filter=Q(done=True))
    )
    return Counts(applications["all"], applications["waiting"], **seats)


def _conflicts(number: str, programme: Programme, counts: Counts, actor: Actor) -> Part:
    links: tuple[c.Link, ...] = ()
    if reads_experts(programme, actor):
        links = (c.Link(Text("回避与核实", "Conflicts and questions"), reverse("conflicts", args=[number])),)
    words = Text(
        "{n} 件申报正在专家评审环节。先看谁须回避、哪些单位要核实是不是同一家。",
        "{n} applications are being evaluated. See first who must stand aside, and which names may be one.",
    )
    return Part(
        Text("回避", "Standing aside"),
        c.Tag(Text("{n} 件", "{n} cases").fill(n=counts.waiting), "info" if counts.waiting else "plain"),
        words.fill(n=counts.waiting),
        links,
    )


def _draw(round_: Case, programme: Programme, made: list[Draw], actor: Actor) -> Part:
    latest = made[0] if made else None
    links = []
    if latest is not None:
        links = [
            c.Link(Text("公开页面", "Public page"), reverse("draw", args=[round_.number])),
            c.Link(Text("抽取案卷", "File of the draw"), reverse("case", args=[latest.case.number])),
        ]
    state, words = _DRAW[_stands(latest)]
    return Part(
        Text("公开抽取", "Public draw"),
        state,
        words,
        tuple(links),
        tuple(_acts(latest, actor))
        if latest and not latest.over
        else tuple(_begin(round_, programme, actor)),
    )


def _stands(latest: Draw | None) -> str:
    if latest is None or latest.abandoned:
        return "none" if latest is None else "abandoned"
    if latest.stood("seating"):
        return "seated"
    return "drawn" if latest.stood("drawn") else "frozen"


_DRAW = {
    "none": (
        c.Tag(Text("未抽取", "none"), "plain"),
        Text(
            "先冻结名单和种子来源，再用事后公布的数抽取。不抽取的，在案件里直接组成专家组。",
            "Freeze the list and the sources first, then draw by figures published later. Or name panels case by case.",
        ),
    ),
    "abandoned": (
        c.Tag(Text("已作废", "abandoned"), "bad"),
        Text(
            "上一次抽取已作废；再抽取要另行冻结。",
            "The last draw was abandoned; another needs a list of its own.",
        ),
    ),
    "frozen": (
        c.Tag(Text("已冻结", "frozen"), "info"),
        Text(
            "名单已冻结，等种子公布后抽取。",
            "The list is frozen; the draw follows once the seed is published.",
        ),
    ),
    "drawn": (
        c.Tag(Text("已抽取", "drawn"), "warn"),
        Text("已抽出专家，接着分组并组成专家组。", "Experts are drawn; groups and panels come next."),
    ),
    "seated": (
        c.Tag(Text("已组成", "seated"), "ok"),
        Text(
            "专家组已按抽取结果组成；有人退出的，由备选递补。",
            "Panels stand as drawn; alternates follow who leaves.",
        ),
    ),
}


def _begin(round_: Case, programme: Programme, actor: Actor) -> list[c.Link]:
    name = rounds.drawing(programme)
    if name is None or not may_hang(round_, load(round_.number), name, actor):
        return []
    spec = programme.procedures[name]
    label = spec.acts[opening_act(spec)].text
    return [c.Link(label, reverse("open", args=[round_.number, name]))]


def _acts(made: Draw, actor: Actor) -> list[c.Link]:
    """What this office may do with the draw now; the harmful last."""
    found = [one for one in available(actor, question(made.case, clock.now())) if one.allowed]
    found.sort(key=lambda one: one.act.harm)
    acts = dict.fromkeys((one.act_id, one.act.text) for one in found)
    return [c.Link(text, reverse("act", args=[made.case.number, name])) for name, text in acts]


def _panels(number: str, counts: Counts, seated: Draw | None) -> Part:
    whole = counts.panels >= counts.waiting and counts.panels
    return Part(
        Text("专家组与答辩", "Panels and defences"),
        c.Tag(
            Text("{n}/{all} 件", "{n} of {all}").fill(
                n=counts.panels, all=max(counts.waiting, counts.panels)
            ),
            "ok" if whole else "plain",
        ),
        Text("{n} 件已有专家组。", "{n} cases have a panel.").fill(n=counts.panels),
        (
            c.Link(Text("专家组", "Panels"), reverse("panels", args=[number])),
            c.Link(Text("安排答辩", "Defences"), reverse("defences", args=[number])),
        ),
        notes=tuple(_short(seated)) if seated else (),
    )


def _short(seated: Draw) -> Iterator[Text]:
    """The groups that the draw left short of experts, with their applications, how many lack, and why."""
    document = seated.seating["seating"]
    members = substitution.applications(document)
    for one in document["decision"]["shortages"]:
        words = Text("{of}（{cases}）：{why}", "{of} ({cases}): {why}")
        cases = "、".join(members.get(one["of"], [one["of"]]))
        yield words.fill(of=one["of"], cases=cases, why=Text(one["text"]["zh"], one["text"]["en"]))


_SHEETS = Text(
    "还差 {left} 份。评分封存到专家组关闭，此前谁都看不到分数。",
    "Sheets to come: {left}. They stay sealed until a panel is closed; nobody sees a score before.",
)
_NO_SHEETS = Text(
    "专家组组成以后，在这里看还差几份评分。",
    "Once panels are named, this says how many sheets are to come.",
)


_ALL_IN = Text(
    "全部交齐；哪些专家组已关闭、评分已启封，看排名。",
    "All sheets are in; the ranking says of which panels they are open.",
)


def _sheets(counts: Counts) -> Part:
    left = counts.seats - counts.sheets
    return Part(
        Text("评分", "Sheets"),
        c.Tag(
            Text("{n}/{all} 份", "{n} of {all}").fill(n=counts.sheets, all=counts.seats),
            "ok" if counts.seats and not left else "plain",
        ),
        (_SHEETS.fill(left=left) if left else _ALL_IN) if counts.seats else _NO_SHEETS,
        (),
    )


def _ranking(number: str, counts: Counts) -> Part:
    return Part(
        Text("排名与检查", "Ranking and checks"),
        c.Tag(Text("线索不改变名次", "leads change no rank"), "plain"),
        Text(
            "按通知的计分规则排名；旁边是线索：校正专家宽严后的分数、在名额内的概率。",
            "By the notice's rule; beside it the leads: scores freed of severity, the probability of the line.",
        ),
        (
            c.Link(Text("评审排名", "Ranking"), reverse("ranking", args=[number])),
            c.Link(Text("评分检查", "Checks"), reverse("ranking-checks", args=[number])),
        ),
    )


def _archive(number: str, made: list[Draw]) -> Part:
    filed = next((one for one in made if one.stood("bundle")), None)
    links: tuple[c.Link, ...] = ()
    if filed is not None:
        address = reverse("bundle", args=[number, filed.case.number])
        links = (c.Link(Text("下载审计包", "Download the audit bundle"), address),)
    return Part(
        Text("归档", "Archive"),
        c.Tag(Text("已归档", "archived"), "ok") if filed else c.Tag(Text("未归档", "not yet"), "plain"),
        Text(
            "全部评分、决定和核验程序打成一个包，哈希写入账本；不信任本站也能核验。",
            "Scores, decisions and a program to check them in one file, its hash on the ledger: no trust needed.",
        ),
        links,
    )
