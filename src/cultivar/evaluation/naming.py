"""Who may be named to a panel, asked where it is named: rules of standing aside, questions, absence, load, seats.

Applies to people of whom a pool knows something, in procedures in which experts give scores; of others nothing is
known, and a chain's chief or a commission judges by other rules.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from cultivar.cases.candidates import Candidate, Choice
from cultivar.cases.checking import Setting
from cultivar.cases.models import Case
from cultivar.cases.record import Folded
from cultivar.cases.work_queries import person_names
from cultivar.evaluation.circumstances import Circumstances, Judge
from cultivar.evaluation.circumstances_query import (
    absences,
    loads,
    of_programme,
    scored,
)
from cultivar.evaluation.draw_documents import Draw, sitting
from cultivar.evaluation.draw_following import follows_a_draw
from cultivar.evaluation.models import Expert, Tie
from cultivar.evaluation.pool_columns import KINDS
from cultivar.evaluation.round_rules import ruling
from cultivar.evaluation.rounds import draws
from cultivar.evaluation.seating_task import BadInput
from cultivar.ledger import clock
from cultivar.policy.model_procedure import Act, ContentField
from cultivar.policy.text import Text
from cultivar.procedure.matter import Terms


@dataclass(frozen=True)
class Standing:
    """How an expert stands to an application. ``points``: affinity; ``load``: others of the round it is to judge."""

    judge: Judge
    points: int
    load: int
    cannot: Text | None


def standings(folded: Folded, day: date) -> dict[str, Standing]:
    """Every expert of the programme's pools by the person's key, for one application: a fixed number of queries.

    Raises ``BadInput`` where what the pool says of an expert makes no sense.
    """
    case = Case.objects.select_related("round").filter(number=folded.number).first()
    if case is None:
        return {}  # it has yet to come into being
    rule = ruling(case.round, folded.programme, day)
    known = of_programme(
        folded.programme,
        Case.objects.filter(number=folded.number),
        day,
        rule.settings,
        during=rule.during,
        everybody=True,
    )
    said = _said(known)
    away = absences(folded.programme, rule.during)
    load = loads(case.round_id, but=folded.number) if case.round_id else {}
    points = known.affinity[0].tolist()
    found = {}
    for judge, near in zip(known.judges, points, strict=True):
        has = load.get(judge.person, 0)
        full = _FULL.fill(has=has, most=judge.most) if judge.most is not None and has >= judge.most else None
        cannot = said.get(judge.id) or away.get(judge.person) or full
        found[judge.person] = Standing(judge, near, has, cannot)
    return found


def _said(known: Circumstances) -> Mapping[str, Text]:
    """The first reason of each expert; a question only where nothing is certain."""
    texts = {one.id: one.text for one in known.rules}
    found: dict[str, Text] = {}
    for conflict in known.findings.conflicts:
        text = _CONFLICT.fill(rule=texts[conflict.rule], evidence=conflict.evidence)
        found.setdefault(conflict.expert, text)
    for question in known.findings.questions:
        found.setdefault(question.expert, question.text)
    return found


_CONFLICT = Text("须回避（{rule}）：{evidence}", "must stand aside ({rule}): {evidence}")
_FULL = Text("本批已有 {has} 件，达到上限 {most} 件。", "has {has} of this round already, at most {most}.")
_REFUSED = Text(
    "{name}（{id}）不能选：{why}换一位专家。", "{name} ({id}) cannot be named: {why} Choose another expert."
)
_UNDECIDED = Text(
    "申报单位申请过专家回避，还没有答复。先办“{act}”，再组成专家组。",
    "The applicant asked that an expert stand aside and has no answer yet. First: {act}.",
)
_GAP = Text("专家库里有一条记录要先改正：{why}", "An entry of the pool has to be corrected first: {why}")
_SHORT = Text(
    "选后专家组共 {has} 人，申报通知要求每案至少 {panel} 份评分表，还差 {lack} 人。一并选足再办。",
    "The panel would have {has}; the notice asks for at least {panel} score sheets. Choose {lack} more at once.",
)
_NOW = Text(
    "申报通知要求每案至少 {panel} 份评分表；专家组现有 {has} 人。",
    "The notice asks for at least {panel} score sheets a case; the panel now has {has}.",
)
_AFTER = Text(
    "{now}退出后不足的，另行组成专家组补足后才能列入名单。",
    "{now} If too few remain, name others before anything can be listed.",
)


def check_named(spec: ContentField, value: list[str], setting: Setting) -> list[Text]:
    """Why a panel cannot be named so; nothing where its people are not of a pool or give no scores."""
    folded = setting.case
    if not scored(folded.procedure) or follows_a_draw():
        return []
    if by_hand := _drawn_instead(folded, setting.around.terms):
        return by_hand
    try:
        known = standings(folded, setting.today)
    except BadInput as bad:
        return [_GAP.fill(why=bad.text)]
    names = person_names(set(value))
    refused = [
        _REFUSED.fill(name=names.get(person, one.judge.id), id=one.judge.id, why=one.cannot)
        for person in value
        if (one := known.get(person)) is not None and one.cannot is not None
    ]
    return [*_undecided(folded), *refused, *_lacking(folded, setting.around.terms, value)]


def check_released(spec: ContentField, value: list[str], setting: Setting) -> list[Text]:
    """Whoever sits by a draw leaves by the draw's own act, so that the next alternate follows."""
    if follows_a_draw() or not scored(setting.case.procedure):
        return []
    made = _draw_of(setting.case)
    if made is None or not made.stood("seating"):
        return []
    people = made.known.people
    sitting_now = {people[number] for number, _ in sitting(made.case)}
    return [_SUBSTITUTE.fill(case=made.case.number)] if sitting_now & set(value) else []


def _draw_of(folded: Folded) -> Draw | None:
    """The draw by which the panels of a case's round go, from the freezing on."""
    round_ = Case.objects.filter(number=folded.opening.round).first()
    found = draws(round_, folded.programme) if round_ else []
    return next((one for one in found if not one.abandoned), None)


def _drawn_instead(folded: Folded, terms: Terms) -> list[Text]:
    """Why nobody is named by hand: the round draws its experts. What the draw left short may be filled."""
    made = _draw_of(folded)
    if made is None:
        return []
    short = len(folded.state.experts) < max(panel_asked(folded, terms), 1)
    if made.stood("seating") and not made.over and short:
        return []
    return [_BY_DRAW.fill(case=made.case.number)]


_BY_DRAW = Text(
    "这个批次的专家公开抽取（案件 {case}），专家组按抽取结果组成，不能另行指定；有人退出的，办“备选递补”。",
    "The experts of this round are drawn (case {case}) and panels are those of the draw; nobody is named by hand. "
    "Where somebody leaves, seat an alternate.",
)
_SUBSTITUTE = Text(
    "这位专家是抽取产生的，退出要办“备选递补”（案件 {case}），由下一名备选接替。",
    "This expert sits by the draw: to leave, an alternate is seated (case {case}) and the next one follows.",
)


def _undecided(folded: Folded) -> Iterator[Text]:
    """A request that somebody stand aside is answered before anybody is named."""
    acts, state = folded.procedure.acts, folded.state
    for name, act in acts.items():
        if any(spec.type == "barred-experts" for spec in act.content.values()):
            guards = (folded.programme.guards[one] for one in act.needs)
            asking = {guard.done for guard in guards if guard.done}
            asked = max((done.seq for done in state.acts if done.act in asking), default=-1)
            answered = max((done.seq for done in state.acts if done.act == name), default=-1)
            if asked > answered:
                yield _UNDECIDED.fill(act=act.text)


def barred(folded: Folded) -> tuple[str, ...]:
    """The people whom the latest answer to the applicant's requests keeps from this application, by key."""
    for done in reversed(folded.state.acts):
        for name, spec in folded.procedure.acts[done.act].content.items():
            if spec.type == "barred-experts":
                return tuple(done.content.get(name) or ())
    return ()


def _lacking(folded: Folded, terms: Terms, value: Sequence[str]) -> Iterator[Text]:
    panel, has = panel_asked(folded, terms), len({*folded.state.experts, *value})
    if has < panel:
        yield _SHORT.fill(has=has, panel=panel, lack=panel - has)


def panel_asked(folded: Folded, terms: Terms) -> int:
    """How many sheets the round asks for, by the guard that counts them; 0 where it asks for none."""
    scoring = {
        name
        for name, act in folded.procedure.acts.items()
        if any(spec.type == "score-sheet" for spec in act.content.values())
    }
    asked = (
        int(terms.values.get(guard.than or "") or 0)
        for guard in folded.programme.guards.values()
        if guard.at_least in scoring
    )
    return max(asked, default=0)


def describe(act: Act, folded: Folded, found: Sequence[Candidate], terms: Terms) -> Choice | None:
    """The experts whom an act may name, nearest first, then those who cannot be named, each with the reason."""
    kinds = {spec.type for spec in act.content.values()}
    if not scored(folded.procedure):
        return None
    panel, has = panel_asked(folded, terms), len(folded.state.experts)
    now = _NOW.fill(panel=panel, has=has) if panel else None
    if "seated-experts" in kinds:
        return Choice(tuple(found), _AFTER.fill(now=now) if now else None)
    if "barred-experts" in kinds:
        out = set(barred(folded))
        where = _employers([one.person for one in found])
        return Choice(
            tuple(replace(one, about=where.get(one.person), chosen=one.person in out) for one in found)
        )
    if "experts" not in kinds:
        return None
    try:
        known = standings(folded, clock.today())
    except BadInput as bad:
        return Choice(tuple(found), _GAP.fill(why=bad.text))
    ordered = sorted(found, key=lambda one: _order(one, known.get(one.person)))
    return Choice(tuple(_described(one, known.get(one.person)) for one in ordered), now)


def _employers(people: Sequence[str]) -> dict[str, Text]:
    """The number of each expert and where it works or worked, latest first: by these a request is matched."""
    found: dict[str, Text] = {}
    rows = Expert.objects.filter(person__key__in=people).select_related("person").prefetch_related("ties")
    for one in rows:
        ties = sorted(one.ties.all(), key=lambda tie: tie.from_on or date.min, reverse=True)
        names = dict.fromkeys(tie.name for tie in ties if tie.kind == Tie.Kind.EMPLOYED)
        found[one.person.key] = Text("、".join([one.number, *names]), ", ".join([one.number, *names]))
    return found


def _order(one: Candidate, known: Standing | None) -> tuple[bool, int, int, str]:
    if known is None:
        return (False, 1, 0, one.person)
    return (known.cannot is not None, -known.points, known.load, known.judge.id)


_ABOUT = Text(
    "{id}，{kind}，匹配 {points} 分，本批另有 {load} 件",
    "{id}, {kind}, {points} points near, others of the round: {load}",
)
_UNKNOWN = Text("专家库里还没有登记。", "Not described in the pool yet.")


def _described(one: Candidate, known: Standing | None) -> Candidate:
    if known is None:
        return replace(one, about=_UNKNOWN)
    about = _ABOUT.fill(id=known.judge.id, kind=KINDS[known.judge.kind], points=known.points, load=known.load)
    cannot = (
        Text("{about}。{why}", "{about}; {why}").fill(about=about, why=known.cannot) if known.cannot else None
    )
    return replace(one, about=about, cannot=cannot)
