"""The public page of a round's draws: what was frozen, what was drawn, and replaying it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cultivar.cases.citing import chip
from cultivar.cases.models import Case, RoundNotice
from cultivar.cases.programmes import pinned
from cultivar.evaluation import documents, draw, draw_verify, rounds
from cultivar.evaluation.draw_documents import Draw, seed_of
from cultivar.evaluation.draw_pool import BadDraw
from cultivar.evaluation.draw_seed import BadSeed, Source
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.procedure.record import NEW, Done
from cultivar.web import components as c
from cultivar.web.language import speak

_NONE = Text("没有这次抽取。", "There is no such draw.")
_FILES = ("frozen-draw", "frozen-order", "drawn", "drawn-order")


@dataclass(frozen=True)
class Line:
    """One kind in one field: who may be drawn, for how many seats, and who was drawn."""

    kind: Text
    field: Text
    members: tuple[str, ...]
    seats: int
    alternates: int
    drawn: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    steps: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class DrawView:
    """A draw as the page shows it. ``acts``: what was done when, with the entry of the ledger."""

    number: str
    state: c.Tag
    acts: tuple[tuple[Text, Done], ...]
    frozen_sha256: str
    order_sha256: str
    lines: tuple[Line, ...]
    sources: tuple[str, ...]
    values_on: date
    seed: tuple[tuple[str, str], ...]
    seed_text: str
    proof: str
    order: tuple[str, ...]
    why: str
    bundle: str
    left: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, Text, str], ...]


@dataclass(frozen=True)
class Replay:
    """What came of replaying a draw here: whether it gives what was published, and the first thing that differs."""

    number: str
    holds: bool
    words: Text
    values: Mapping[str, str]


def link_to_draw(round_: Case, programme: Programme) -> c.Link | None:
    """The way to the draws of a round, where a list was frozen."""
    made = Case.objects.filter(parent=round_, procedure=rounds.drawing(programme) or "").exclude(stage=NEW)
    if not made.exists():
        return None
    return c.Link(Text("公开抽取", "Public draw"), reverse("draw", args=[round_.number]))


@require_safe
def draws(request: HttpRequest, number: str) -> HttpResponse:
    """Every draw of a round, the latest first; with values of the sources in the address, what they give."""
    notice = get_object_or_404(RoundNotice.objects.select_related("case"), case=number)
    programme = pinned(notice.case.digest)
    found = rounds.draws(notice.case, programme)
    try:
        views = [_view(one, programme) for one in found]
        replay = _replayed(request, found)
    except documents.Spoiled as spoiled:
        return render(
            request, "evaluation/draw_spoiled.html", {"round": notice, "why": spoiled.text}, status=500
        )
    context = {
        "round": notice,
        "programme": programme,
        "draws": views,
        "replay": replay,
        "chip": chip(programme, programme.procedures[rounds.drawing(programme) or ""].article)
        if found
        else None,
        "empty": c.Empty(
            Text("这个批次还没有公开抽取。", "Nothing was drawn in public for this round yet."),
            Text(
                "专家名单冻结后列在这里：名单、席位、种子来源和它们的哈希。",
                "Once a list of experts is frozen it stands here, with its seats, its sources and their hash.",
            ),
            c.Link(Text("回到批次", "Back to the round"), reverse("round", args=[number])),
        ),
        "words": {name: speak(text) for name, text in WORDS.items()},
    }
    return render(request, "evaluation/draw.html", context)


@require_safe
def document(request: HttpRequest, number: str, draw_number: str, name: str) -> HttpResponse:
    """A document of a draw, as it is hashed: what ``cultivar draw verify`` and anyone's own program reads."""
    notice = get_object_or_404(RoundNotice.objects.select_related("case"), case=number)
    of = [
        one for one in rounds.draws(notice.case, pinned(notice.case.digest)) if one.case.number == draw_number
    ]
    sha256 = of[0].named(name) if of and name in _FILES else None
    if sha256 is None:
        raise Http404(_NONE)
    try:
        data = documents.read(sha256)
    except documents.Spoiled as spoiled:
        return JsonResponse({"error": spoiled.text.en}, status=500)
    body = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    disposition = f'attachment; filename="{draw_number}-{name}.json"'
    return HttpResponse(body, content_type="application/json", headers={"Content-Disposition": disposition})


def _view(made: Draw, programme: Programme) -> DrawView:
    frozen = made.frozen["seats"]
    result = made.result if made.stood("drawn") else None
    froze = made.act("frozen-draw")
    drew = made.act("drawn") if result else None
    ended = made.case.state.acts[-1] if made.abandoned else None
    return DrawView(
        number=made.case.number,
        state=_state(made),
        acts=tuple((made.case.procedure.acts[one.act].text, one) for one in made.case.state.acts),
        frozen_sha256=str(froze.content["frozen"]),
        order_sha256=str(made.named("frozen-order")),
        lines=tuple(_lines(made, programme, frozen, result["seats"] if result else None)),
        sources=tuple(froze.content["sources"]),
        values_on=date.fromisoformat(froze.content["values-on"]),
        seed=tuple((name, drew.content["seed"][name]) for name in froze.content["sources"]) if drew else (),
        seed_text=result["seats"]["seed_text"] if result else "",
        proof=str(drew.content.get("proof", "")) if drew else "",
        order=_order(made, result),
        left=_left(made),
        bundle=str(made.named("bundle") or ""),
        why=str(ended.content.get("reasons", "")) if ended else "",
        files=tuple(
            (name, _NAMES[name], reverse("draw-document", args=[made.round, made.case.number, name]))
            for name in _FILES
            if made.named(name)
        ),
    )


_NAMES = {
    "frozen-draw": Text("冻结的专家名单", "List of experts as frozen"),
    "frozen-order": Text("冻结的申报名单", "List of applications as frozen"),
    "drawn": Text("抽取结果", "Result of the draw"),
    "drawn-order": Text("答辩次序", "Order of speaking"),
}


def _state(made: Draw) -> c.Tag:
    if made.abandoned:
        return c.Tag(Text("已作废", "abandoned"), "bad")
    if made.stood("drawn"):
        return c.Tag(Text("已抽取", "drawn"), "ok")
    return c.Tag(Text("已冻结，待种子", "frozen, seed to come"), "info")


def _lines(
    made: Draw, programme: Programme, frozen: Mapping[str, Any], result: Mapping[str, Any] | None
) -> list[Line]:
    kinds = made.case.procedure.acts[made.act("frozen-draw").act].content["seats"].choices
    fields = {field.id: field.text for field in programme.fields}
    drawn = {(one["kind"], one["field"]): one for one in result["draws"]} if result else {}
    lines = []
    for one in frozen["strata"]:
        got = drawn.get((one["kind"], one["field"]), {})
        lines.append(
            Line(
                kind=kinds[one["kind"]].text if one["kind"] in kinds else Text(one["kind"], one["kind"]),
                field=fields.get(one["field"], Text(one["field"], one["field"])),
                members=tuple(
                    each["id"]
                    for each in frozen["pool"]
                    if (each["kind"], each["field"]) == (one["kind"], one["field"])
                ),
                seats=one["seats"],
                alternates=one["alternates"],
                drawn=tuple(got.get("seats", ())),
                waiting=tuple(got.get("alternates", ())),
                steps=tuple(got.get("steps", ())),
            )
        )
    return lines


def _order(made: Draw, result: Mapping[str, Any] | None) -> tuple[str, ...]:
    return tuple(number for line in result["order"]["draws"] for number in line["seats"]) if result else ()


def _left(made: Draw) -> tuple[tuple[str, str], ...]:
    """Who left a seat and who followed, in order."""
    if not made.stood("seating"):
        return ()
    followed = [*made.seating["successions"], *made.substitutions]
    return tuple((one["left"], one["taken_by"]) for one in followed)


def _replayed(request: HttpRequest, found: list[Draw]) -> Replay | None:
    """Draws anew by the values in the address, and holds the outcome against what was published."""
    made = next((one for one in found if one.case.number == request.GET.get("draw")), None)
    if made is None:
        return None
    names = made.act("frozen-draw").content["sources"]
    values = {name: request.GET.get(f"value-{at}", "")[:500] for at, name in enumerate(names, 1)}
    number = made.case.number
    try:
        seed = seed_of(values)
        if not made.stood("drawn"):
            return Replay(number, True, _WOULD.fill(seats=_seats(made, seed)), values)
        wrong = draw_verify.verify(made.result["seats"], made.named("frozen-draw"), seed)
        wrong += draw_verify.verify(made.result["order"], made.named("frozen-order"), seed)
        if not wrong:
            return Replay(number, True, _SAME, values)
        seats = _seats(made, seed)
    except (BadSeed, BadDraw) as bad:
        return Replay(number, False, bad.text, values)
    return Replay(number, False, _OTHER.fill(why=wrong[0], seats=seats), values)


def _seats(made: Draw, seed: list[tuple[Source, str]]) -> str:
    """Who would have the seats by a seed. Raises ``BadSeed`` or ``BadDraw``."""
    again = draw.run(draw_verify.read_frozen(made.frozen["seats"]), seed)
    return "、".join(one for line in again["draws"] for one in line["seats"])


_WOULD = Text(
    "没有按这份名单抽取。按你填的值，抽出的席位会是：{seats}。",
    "Nothing was drawn from this list. By the values given here the seats would be: {seats}.",
)
_SAME = Text(
    "按这些值从冻结的名单重新抽取，结果和公布的逐步相同。",
    "Drawn anew from the frozen list by these values: step by step what was published.",
)
_OTHER = Text(
    "{why} 按你填的值抽出的席位是：{seats}。", "{why} By the values given here the seats would be: {seats}."
)
WORDS = {
    "same": _SAME,
    "here": Text("这是你的浏览器自己计算的。", "Your own browser computed it."),
    "other_list": Text(
        "冻结的名单算出的哈希是 {hash}，公布的是 {published}：名单被改过。",
        "The frozen list has the hash {hash}; {published} was published: the list was changed.",
    ),
    "other_seed": Text(
        "按你填的值，种子是 {seed}，公布的结果用的是 {published}。",
        "By the values given here the seed is {seed}; the published result goes by {published}.",
    ),
    "other_step": Text(
        "第 {step} 步和公布的不同：这里抽出的是 {taken}。",
        "Step {step} differs from what was published: {taken} is taken here.",
    ),
    "other_seats": Text("步骤相同，席位却不同。", "The steps agree, the seats do not."),
    "special": Text(
        "来源“{name}”的“{value}”里有“{sign}”（上标、带圈之类）；改用普通的数字和字母。",
        "“{value}” of the source “{name}” holds “{sign}”, a raised, circled or otherwise special sign; "
        "write plain digits and letters.",
    ),
    "no_value": Text(
        "来源“{name}”的值里没有字母或数字。", "The value of “{name}” holds no letter and no digit."
    ),
    "no_number": Text("来源“{name}”的“{value}”不是数。", "“{value}” of the source “{name}” is no number."),
    "two_ways": Text(
        "来源“{name}”的“{value}”可以读成一个数或几个数；一个数不要千分位，几个数之间用分号。",
        "“{value}” of the source “{name}” may be one number or several; write one without marks between thousands, and "
        "put semicolons between several.",
    ),
}
