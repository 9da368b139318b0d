"""The page on which an officer moves a bound and sees what it would have done to the last round. Nothing is kept."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import ceil
from typing import Any, Literal

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cultivar.appraisal.answers import readable
from cultivar.appraisal.levers import BadSetting, Lever, levers, setting_of
from cultivar.appraisal.simulated_conditions import Because, Verdict, plain
from cultivar.appraisal.simulation import PANEL, QUOTA, Effect, Result, Setting, Spread, spreads
from cultivar.cases import queries
from cultivar.cases.citing import chip
from cultivar.cases.models import RoundNotice
from cultivar.cases.navigation import simulates
from cultivar.cases.offices import for_offices
from cultivar.cases.programmes import POLICY, catalogue, pinned
from cultivar.cases.sight import oversees
from cultivar.cases.simulating import RoundFacts, last_decided, load_round, read_only
from cultivar.policy.model import Programme
from cultivar.policy.model_conditions import Condition
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor
from cultivar.web import components as c
from cultivar.web.components import ArticleChip
from cultivar.web.formats import grouped
from cultivar.web.requests import ActorRequest

FINEST = 2  # places of a slider
BINS = 24
MOST = 50  # cases listed of each verdict; the command lists them all

Sight = Literal["cases", "counts"]

_NO_ROUND = Text(
    "没有这个批次，或不由你的单位统管。", "There is no such round, or your office does not oversee it."
)
_NO_VERSION = Text("没有这个政策的这个版本。", "There is no such version of this policy.")
_TAGS: dict[Verdict, c.Tag] = {
    "to refused": c.Tag(Text("改为不予认定", "Would be refused"), "bad"),
    "refusal falls": c.Tag(Text("依据不再成立", "Ground falls away"), "info"),
    "open": c.Tag(Text("无法断定", "Cannot be told"), "warn"),
    "same": c.Tag(Text("不变", "The same")),
}
_HEADS: dict[Verdict, Text] = {
    "to refused": Text("已认定的，改为不予认定", "Recognised, and would be refused"),
    "refusal falls": Text("未予认定的，依据不再成立", "Refused, and the ground falls away"),
    "open": Text("无法断定，要由有关单位判断", "Cannot be told: an office would have to judge"),
    "same": Text("结果不变", "The same"),
}
_ENDS = {
    "granted": Text("已认定", "Recognised"),
    "refused": Text("未予认定", "Not recognised"),
    "closed": Text("已撤回", "Withdrawn"),
    "": Text("在办", "In hand"),
}


def sight(programme: Programme, actor: Actor) -> Sight | None:
    """What an office may see of a simulation: the cases, counts and articles only, or nothing."""
    if actor.region not in ("", programme.region):
        return None
    if oversees(programme, actor):
        return "cases"
    return "counts" if actor.body == POLICY else None


@dataclass(frozen=True)
class Bin:
    """A bar of the strip: x, y and height in the units of its picture."""

    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Control:
    """A lever to move: what it is called, the spread of the stated values, where it stands."""

    lever: Lever
    value: str
    own: str
    spread: Spread | None
    bins: tuple[Bin, ...]
    least: str
    middle: str
    most: str
    lowest: str  # ends and step of the slider
    highest: str
    step: str
    problem: Text | None = None

    @property
    def moved(self) -> bool:
        """Whether it stands elsewhere than the round's own."""
        return self.value != self.own


@dataclass(frozen=True)
class Group:
    """The levers of one condition."""

    condition: Condition
    chip: ArticleChip
    controls: tuple[Control, ...]

    @property
    def moved(self) -> bool:
        """Whether any of them is moved."""
        return any(one.moved for one in self.controls)


@dataclass(frozen=True)
class Line:
    """A case on the page with its reasons, each with the articles of the version tried."""

    result: Result
    end: Text
    tag: c.Tag
    reasons: tuple[tuple[Because, tuple[ArticleChip, ...]], ...]


@dataclass(frozen=True)
class Section:
    """The cases of one verdict."""

    head: Text
    total: int
    lines: tuple[Line, ...]

    @property
    def rest(self) -> int:
        """How many are not listed."""
        return self.total - len(self.lines)


@for_offices
def simulate(request: ActorRequest) -> HttpResponse:
    """Choose a round, move a bound, see at once whose outcome flips and by which article. Only reads."""
    with read_only():
        found = _context(request)
    part = request.headers.get("HX-Request") == "true"
    found["part"] = part
    return render(request, "cases/parts/simulated.html" if part else "cases/simulate.html", found)


def _context(request: ActorRequest) -> dict[str, Any]:
    actor, asked = request.actor, request.GET
    notices = _notices(actor)
    if not notices:
        if asked.get("round") or not simulates(actor):
            raise Http404(_NO_ROUND)
        return {"round": None, "empty": _EMPTY}
    notice = _chosen(notices, asked.get("round", ""))
    own = pinned(notice.case.digest)
    seen = sight(own, actor)
    among = queries.visible(actor) if seen == "cases" else None
    facts = load_round(notice.case_id, among)
    versions = _versions(own)
    under = asked.get("under", "")
    if under and under not in versions:
        raise Http404(_NO_VERSION)
    other = versions[under] if under else None
    programme = other or own
    known = levers(programme, facts.terms)
    typed = {name: str(value) for name, value in asked.items() if name[:2] in ("t.", "b.")}
    setting, problem = _setting(known, programme, other, typed, asked)
    effect = facts.try_out(setting)
    return {
        "round": notice.case,
        "rounds": [(one.case_id, one.case.name) for one in notices],
        "versions": [(key, one.short_title.text) for key, one in versions.items()],
        "own": own,
        "under": under,
        "programme": programme,
        "names": seen == "cases",
        "problem": problem,
        "groups": _groups(known, programme, facts, typed, seen == "cases", problem),
        "numbers": _numbers(programme, facts, asked, problem),
        "figures": _figures(effect),
        "flips": len(effect.flips),
        "unsure": len(effect.of("open")),
        "sections": _sections(effect, programme) if seen == "cases" else (),
        "articles": _by_article(effect, programme),
        "none": not any(one.verdict != "same" for one in effect.results),
        "empty_round": not facts.cases,
        "hand": facts.in_hand,
        "reset": f"{reverse('simulate')}?round={notice.case_id}" + (f"&under={under}" if under else ""),
    }


_EMPTY = c.Empty(
    Text("还没有可试算的批次。", "There is no round to try anything on yet."),
    Text(
        "批次发布、案件办结后可以试算。",
        "Once a round is announced and its cases are decided, it stands here.",
    ),
)


def _notices(actor: Actor) -> list[RoundNotice]:
    """The rounds that the office may try settings on, the latest first: one query."""
    every = RoundNotice.objects.select_related("case").order_by("-announced_at", "case")
    return [one for one in every if sight(pinned(one.case.digest), actor)]


def _chosen(notices: list[RoundNotice], number: str) -> RoundNotice:
    if not number:
        return last_decided(notices) or notices[0]
    found = next((one for one in notices if one.case_id == number), None)
    if found is None:
        raise Http404(_NO_ROUND)
    return found


def _versions(own: Programme) -> dict[str, Programme]:
    """The other versions of the same policy on file."""
    return {
        key: reading.programme
        for key, reading in catalogue().items()
        if reading.programme.programme == own.programme and key != own.key
    }


def _setting(
    known: tuple[Lever, ...],
    programme: Programme,
    other: Programme | None,
    typed: Mapping[str, str],
    asked: Mapping[str, str],
) -> tuple[Setting, BadSetting | None]:
    """What is tried; with what is wrong in it nothing is moved, and the page says what is wrong."""
    try:
        return (
            setting_of(known, programme, other, typed, asked.get(QUOTA, ""), asked.get(PANEL, "")),
            None,
        )
    except BadSetting as bad:
        return Setting(other), bad


def _groups(
    known: tuple[Lever, ...],
    programme: Programme,
    facts: RoundFacts,
    typed: Mapping[str, str],
    figures: bool,
    problem: BadSetting | None,
) -> list[Group]:
    spread = spreads(facts.cases) if figures else {}
    found = []
    for condition in programme.conditions:
        controls = tuple(
            _control(lever, typed, spread.get(lever.indicator.id), problem)
            for lever in known
            if lever.condition is condition
        )
        if controls:
            found.append(Group(condition, chip(programme, condition.article), controls))
    return found


def _control(
    lever: Lever, typed: Mapping[str, str], spread: Spread | None, problem: BadSetting | None
) -> Control:
    own = "" if lever.own is None else plain(lever.own)
    value = typed.get(lever.name, own)
    if lever.source == "document" and not value.strip():
        value = own
    ends = (spread.least, spread.most) if spread else (Decimal(0), Decimal(100))
    if lever.own is not None:
        ends = min(ends[0], lever.own), max(ends[1], lever.own)
    places = max((_places(one) for one in spread.values), default=0) if spread else 0
    step = Decimal(1).scaleb(-min(places, FINEST))  # what is computed has more places than anybody sets
    low, high = ends[0].quantize(step, ROUND_FLOOR), ends[1].quantize(step, ROUND_CEILING)
    high += step  # one step beyond the largest fails everybody
    return Control(
        lever,
        value,
        own,
        spread,
        _bins(spread) if spread else (),
        grouped(readable(spread.least)) if spread else "",
        grouped(readable(spread.middle)) if spread else "",
        grouped(readable(spread.most)) if spread else "",
        plain(low),
        plain(high),
        plain(step),
        problem.text if problem and problem.lever == lever.name else None,
    )


def _places(number: Decimal) -> int:
    return max(0, -int(number.normalize().as_tuple().exponent))


def _bins(spread: Spread) -> tuple[Bin, ...]:
    """How many cases state a value in each stretch, as bars of a picture 240 wide and 32 high."""
    width = spread.most - spread.least
    at = (int((value - spread.least) / width * (BINS - 1)) if width else 0 for value in spread.values)
    counts = Counter(at)
    tallest = max(counts.values())
    heights = {place: ceil(28 * n / tallest) for place, n in counts.items()}
    return tuple(Bin(place * 10, 32 - height, height) for place, height in sorted(heights.items()))


def _numbers(
    programme: Programme, facts: RoundFacts, asked: Mapping[str, str], problem: BadSetting | None
) -> list[dict[str, Any]]:
    """The settings of the round that are whole numbers and change outcomes: quota, fewest sheets."""
    return [
        {
            "id": one.id,
            "name": one.text,
            "chip": chip(programme, one.article),
            "value": asked.get(one.id, "") or facts.terms.values.get(one.id, ""),
            "own": facts.terms.values.get(one.id, ""),
            "problem": problem.text if problem and problem.lever == one.id else None,
        }
        for one in programme.round
        if one.id in (QUOTA, PANEL)
    ]


def _figures(effect: Effect) -> c.Figures:
    granted, open_ = effect.ended("granted"), effect.perhaps_granted
    certain = effect.still_granted
    after = f"{granted} → {certain}" + (f"–{certain + open_}" if open_ else "")
    unit = Text(f"其中 {open_} 件无法断定", f"of them {open_} cannot be told") if open_ else None
    refused = len(effect.of("to refused"))
    return c.Figures(
        (
            c.Figure(Text("认定：实际 → 试算", "Recognised: really → tried"), after, unit),
            c.Figure(Text("改为不予认定", "Would be refused"), str(refused), tone="bad" if refused else ""),
            c.Figure(
                Text("不予认定的依据不再成立", "Refusals that lose their ground"),
                str(len(effect.of("refusal falls"))),
            ),
            c.Figure(
                Text("无法断定", "Cannot be told"),
                str(len(effect.of("open"))),
                tone="warn" if effect.of("open") else "",
            ),
        )
    )


def _sections(effect: Effect, programme: Programme) -> tuple[Section, ...]:
    found = []
    verdicts: tuple[Verdict, ...] = ("to refused", "refusal falls", "open")
    for decided in (True, False):
        for verdict in verdicts:
            results = effect.of(verdict, decided=decided)
            if results:
                head = _HEADS[verdict] if decided else _in_hand(verdict)
                lines = tuple(_line(one, programme) for one in results[:MOST])
                found.append(Section(head, len(results), lines))
    return tuple(found)


def _in_hand(verdict: Verdict) -> Text:
    return Text("在办：{tag}", "In hand: {tag}").fill(tag=_TAGS[verdict].words)


def _line(result: Result, programme: Programme) -> Line:
    reasons = tuple(
        (one, tuple(chip(programme, article) for article in one.articles)) for one in result.because
    )
    return Line(result, _ENDS[result.case.end], _TAGS[result.verdict], reasons)


def _by_article(effect: Effect, programme: Programme) -> list[dict[str, Any]]:
    """How many decided cases flip, or cannot be told, by each article; a case counts once at each of its articles."""
    flips: Counter[str] = Counter()
    open_: Counter[str] = Counter()
    for result in effect.results:
        if result.decided and result.verdict != "same":
            counter = flips if result.flips else open_
            counter.update({article for one in result.because for article in one.articles})
    return [
        {
            "chip": chip(programme, article.id),
            "name": article.summary.text,
            "flips": flips[article.id],
            "open": open_[article.id],
        }
        for article in programme.articles
        if flips[article.id] or open_[article.id]
    ]
