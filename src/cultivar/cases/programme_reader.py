"""A programme file told article by article: what the system does because of each. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from cultivar.cases import programme_things
from cultivar.cases.programme_rule import Fact, Rule, joined
from cultivar.policy.citation import number_text
from cultivar.policy.model import Article, OpenPoint, Programme, RoundSetting
from cultivar.policy.model_conditions import Condition
from cultivar.policy.model_procedure import Act, ContentField, Limit, Period, Procedure
from cultivar.policy.text import Text
from cultivar.policy.words import UNITS
from cultivar.procedure.record import NEW

_MEASURES = {
    "fund": Text("资金", "funds"),
    "project": Text("项目", "projects"),
    "platform": Text("平台", "platforms"),
    "finance": Text("金融", "finance"),
    "coordination": Text("协调", "coordination"),
    "talent": Text("人才", "talent"),
    "land": Text("用地", "land"),
    "policy": Text("政策", "policy"),
    "service": Text("服务", "services"),
    "honour": Text("表扬", "honours"),
    "responsibility": Text("责任", "responsibility"),
}
_NOBODY_NAMED = Text("条文没有写明由谁", "The text names nobody")
_NOTICE_SAYS = Text(
    "由批次通知定；通知没写的，系统不设期限", "Set by the round's notice; none where the notice is silent"
)


@dataclass(frozen=True)
class Point:
    """A place where the text is silent: the question, the readings, which one is taken and why."""

    question: Text
    readings: tuple[tuple[Text, bool], ...]
    because: Text
    set_by: Text


@dataclass(frozen=True)
class ArticleRead:
    """An article with what follows from it."""

    article: Article
    number: Text
    judges: Text | None  # who judges where the article leaves it to discretion
    rules: tuple[Rule, ...]
    points: tuple[Point, ...]
    counts: Text


def read(programme: Programme) -> tuple[ArticleRead, ...]:
    """Every article in the order of the document."""
    return tuple(_article(programme, article) for article in programme.articles)


def _article(programme: Programme, article: Article) -> ArticleRead:
    rules = tuple(rule for tell in _TELLERS for rule in tell(programme, article.id))
    points = tuple(_point(point) for point in programme.open_points if point.article == article.id)
    judges = _judges(programme, article.id) if article.kind == "discretion" else None
    number = number_text(article.number, programme.counted)
    return ArticleRead(article, number, judges, rules, points, _counts(article, rules, points))


def _counts(article: Article, rules: tuple[Rule, ...], points: tuple[Point, ...]) -> Text:
    if article.kind == "declaratory" and not rules:
        return Text("不产生程序", "No procedure follows from it")
    zh, en = [], []
    for kind, same in groupby(rules, lambda rule: rule.kind):
        number = len(list(same))
        zh.append(f"{kind.zh} {number}")
        en.append(f"{kind.en}: {number}")
    if points:
        zh.append(f"未明处 {len(points)}")
        en.append(f"Open points: {len(points)}")
    return Text(" · ".join(zh), " · ".join(en))


def _judges(programme: Programme, article: str) -> Text:
    """Who judges: the bodies that write an opinion condition by condition; else those that act by the article."""
    acts = [
        (procedure, act) for procedure in programme.procedures.values() for act in procedure.acts.values()
    ]
    judging = [
        act.body
        for procedure, act in acts
        if procedure.about == "application"
        and any(spec.type == "per-condition" for spec in act.content.values())
    ]
    bodies = judging or [act.body for _, act in acts if article in act.articles]
    return joined(programme.bodies[body].text for body in bodies) if bodies else _COMPETENT


_COMPETENT = Text("主管部门", "the competent department")


def _acts(programme: Programme, article: str) -> Iterator[Rule]:
    for procedure in programme.procedures.values():
        for name, act in procedure.acts.items():
            if article in act.articles:
                yield Rule(_ACT, act.text, name, tuple(_act_facts(programme, procedure, act)))


_ACT = Text("行为", "Act")


def _act_facts(programme: Programme, procedure: Procedure, act: Act) -> Iterator[Fact]:
    yield Text("程序", "Procedure"), (procedure.text,)
    yield Text("谁", "Who"), tuple(_who(programme, act))
    yield Text("从 → 到", "From → to"), (_way(procedure, act),)
    if act.limit:
        yield Text("期限", "Time limit"), tuple(_limit(procedure, act.limit))
    if act.period:
        yield Text("起算", "Starts"), tuple(_period(act, act.period))
    if act.needs or act.when or act.once_per:
        yield Text("不能办时", "Refused when"), tuple(_conditions(programme, act))
    if act.content:
        yield Text("写明", "States"), (joined(_content(spec) for spec in act.content.values()),)
    if act.publishes:
        yield Text("公开", "Makes public"), (_published(programme, act),)
    yield from _effects(programme, act)


def _who(programme: Programme, act: Act) -> Iterator[Text]:
    yield _post(programme, act.body, act.post)
    if act.four_eyes:
        agreeing = _post(programme, *act.agreeing)
        yield Text(f"须另一人同意：{agreeing.zh}", f"A second person must agree: {agreeing.en}")


def _post(programme: Programme, body: str, post: str) -> Text:
    spec = programme.bodies[body]
    if not post:
        return spec.text
    return Text(f"{spec.zh}（{spec.posts[post].zh}）", f"{spec.en} ({spec.posts[post].en})")


def _way(procedure: Procedure, act: Act) -> Text:
    origin = joined(_stage(procedure, stage) for stage in act.from_)
    if act.to is None:
        return Text(f"{origin.zh}（不改变环节）", f"{origin.en} (the stage stays)")
    goal = _stage(procedure, act.to)
    return Text(f"{origin.zh} → {goal.zh}", f"{origin.en} → {goal.en}")


def _stage(procedure: Procedure, stage: str) -> Text:
    return Text("立案", "Opening") if stage == NEW else procedure.stages[stage].text


def _limit(procedure: Procedure, limit: Limit) -> Iterator[Text]:
    unit = UNITS[limit.unit]
    start = joined(procedure.acts[name].text for name in limit.after)
    first = _first_day(limit.first_day)
    if limit.n is not None and limit.set_by == "file":
        length = Text(f"{limit.n} {unit.zh}", f"{limit.n} {unit.en}")
    else:
        length = Text(f"{_NOTICE_SAYS.zh}（{unit.zh.removeprefix('个')}）", f"{_NOTICE_SAYS.en} ({unit.en})")
    yield length
    yield Text(f"自“{start.zh}”起算，{first.zh}", f"Counted from “{start.en}”; {first.en}")
    if limit.on_expiry == "remind and record":
        yield Text("到期提醒，逾期会记入办理记录", "A reminder when it ends; a delay is recorded")
    else:
        yield Text("到期提醒", "A reminder when it ends")


def _first_day(first_day: str) -> Text:
    counted = first_day == "counted"
    return Text("首日计入", "the first day counts") if counted else Text("次日起算", "from the next day")


def _period(act: Act, period: Period) -> Iterator[Text]:
    if period.until:
        until = act.content[period.until]
        yield Text(f"到“{until.zh}”为止", f"Until “{until.en}”")
    else:
        unit, first = UNITS[period.unit], _first_day(period.first_day)
        yield Text(
            f"{period.n} {unit.zh}，{first.zh}，按国务院放假安排",
            f"{period.n} {unit.en}; {first.en}; official calendar",
        )
    yield Text(f"期满：{period.on_expiry.zh}", f"Then: {period.on_expiry.en}")


_ONCE = {
    "region": Text("这个市（州）已经办过。", "This region has done it already."),
    "person": Text("本人已经办过。", "This person has done it already."),
    "stay": Text("本环节已经办过。", "It has been done in this stage."),
}


def _conditions(programme: Programme, act: Act) -> Iterator[Text]:
    if act.when == "joint":
        yield Text("不是联合申报。", "The application is not a joint one.")
    for name in act.needs:
        yield programme.guards[name].text
    if act.once_per:
        yield _ONCE[act.once_per]


def _content(spec: ContentField) -> Text:
    if not spec.at_most:
        return spec.text
    return Text(f"{spec.zh}（不超过 {spec.at_most} 字）", f"{spec.en} (at most {spec.at_most} characters)")


_PUBLIC_FACTS = {
    "round": Text("通知全文", "the whole notice"),
    "draw": Text("冻结名单、种子和抽取结果", "the frozen list, the seed and the result of the draw"),
    "subject-name": Text("名称", "name"),
    "applicant-name": Text("申报主体", "applicant"),
    "lead-region": Text("牵头地", "lead region"),
    "partner-regions": Text("联合申报的市（州）", "partner regions"),
    "field": Text("领域", "field"),
    "title": Text("称号、证书编号与文号", "title, certificate number and decision"),
}


def _published(programme: Programme, act: Act) -> Text:
    forms = {name: spec.text for name, spec in programme.form_fields.items()}
    return joined(_PUBLIC_FACTS.get(name) or forms.get(name) or Text(name, name) for name in act.publishes)


_PAPERS = {
    "recommendation-letter": Text("推荐意见", "recommendation letter"),
    "decision": Text("认定决定", "decision"),
    "certificate": Text("证书", "certificate"),
    "revocation-decision": Text("撤销决定", "revocation decision"),
}


def _effects(programme: Programme, act: Act) -> Iterator[Fact]:
    if act.issues:
        yield Text("产生文书", "Issues"), (joined(_PAPERS.get(p, Text(p, p)) for p in act.issues),)
    if act.grants:
        yield Text("授予", "Grants"), (programme.titles[act.grants].text,)
    if act.ends:
        yield Text("终止", "Ends"), (programme.titles[act.ends].text,)
    if act.consequence:
        yield Text("后果", "What follows"), (act.consequence.text,)


def _conditions_of(programme: Programme, article: str) -> Iterator[Rule]:
    for condition in programme.conditions:
        if condition.article == article:
            yield Rule(
                Text("条件", "Condition"),
                condition.text,
                condition.id,
                tuple(_condition(programme, condition)),
            )


def _condition(programme: Programme, condition: Condition) -> Iterator[Fact]:
    yield Text("内容", "What"), (condition.summary.text,)
    if condition.judged_by == "discretion":
        judges = _judges(programme, condition.article)
        yield Text("判断", "Judged"), (Text(f"裁量，由{judges.zh}判断", f"At the discretion of {judges.en}"),)
    else:
        yield Text("判断", "Judged"), (Text("看指标数值", "By its figures"),)
    indicators = {indicator.id: indicator.text for indicator in programme.indicators}
    evidence = {item.id: item.text for item in programme.evidence}
    if condition.indicators:
        yield Text("指标", "Indicators"), (joined(indicators[one] for one in condition.indicators),)
    yield from programme_things.demands(programme, condition)
    if condition.evidence:
        yield Text("佐证", "Evidence"), (joined(evidence[one] for one in condition.evidence),)


def _fields(programme: Programme, article: str) -> Iterator[Rule]:
    for field in programme.fields:
        if field.article == article:
            directions = joined(direction.text for direction in field.directions)
            facts: tuple[Fact, ...] = (
                ((Text("方向", "Directions"), (directions,)),) if field.directions else ()
            )
            yield Rule(Text("领域", "Field"), field.text, field.id, facts)


def _settings(programme: Programme, article: str) -> Iterator[Rule]:
    for setting in programme.round:
        if setting.article == article:
            yield Rule(Text("通知事项", "Set by the notice"), setting.text, setting.id, (_setting(setting),))


def _setting(setting: RoundSetting) -> Fact:
    must = Text("通知须写明", "The notice must say it")
    may = Text("通知可以写明；不写则不设", "The notice may say it; otherwise there is none")
    return Text("要求", "Rule"), (must if setting.required else may,)


def _forms(programme: Programme, article: str) -> Iterator[Rule]:
    for section in programme.form:
        if article in section.articles:
            facts: list[Fact] = [
                (
                    Text("填报项", "Entries"),
                    (joined(field.text for field in section.fields if not field.derived),),
                )
            ]
            facts += [
                (
                    Text(f"“{field.zh}”的列", f"Columns of “{field.en}”"),
                    (joined(one.text for one in field.columns),),
                )
                for field in section.fields
                if field.columns
            ]
            derived = [field.text for field in section.fields if field.derived]
            if derived:
                facts.append((Text("自动得出", "Worked out, not typed"), (joined(derived),)))
            yield Rule(Text("申报书", "Dossier"), section.text, section.id, tuple(facts))


_NO_REMINDER = Text("系统还不提醒，请自行留意", "nobody is reminded yet; keep the day in mind")


def _duties(programme: Programme, article: str) -> Iterator[Rule]:
    for duty in programme.duties:
        if duty.article == article:
            every = Text(f"每 {duty.every_years} 年", f"Every {duty.every_years} year(s)")
            if duty.due_month and duty.due_day:
                every = Text(
                    f"{every.zh}，{duty.due_month}月{duty.due_day}日前",
                    f"{every.en}, by day {duty.due_day} of month {duty.due_month}",
                )
            yield Rule(
                Text("义务", "Duty"),
                duty.text,
                duty.id,
                (
                    (Text("谁", "Who"), (programme.bodies[duty.by].text,)),
                    (Text("何时", "When"), (every,)),
                    (Text("启动", "Opens"), (programme.procedures[duty.opens].text,)),
                    (Text("提醒", "Reminder"), (_NO_REMINDER,)),
                ),
            )


def _measures(programme: Programme, article: str) -> Iterator[Rule]:
    for measure in programme.measures:
        if measure.article == article:
            yield Rule(
                Text("责任", "Responsibility")
                if measure.kind == "responsibility"
                else Text("支持措施", "Support"),
                measure.text,
                measure.id,
                (
                    (
                        Text("谁", "Who"),
                        tuple(programme.bodies[body].text for body in measure.by) or (_NOBODY_NAMED,),
                    ),
                    (Text("类别", "Kind"), (_MEASURES[measure.kind],)),
                ),
            )


def _sanctions(programme: Programme, article: str) -> Iterator[Rule]:
    for sanction in programme.sanctions:
        if sanction.article == article:
            opens = programme.procedures[sanction.opens].text
            yield Rule(
                Text("情形", "Ground"), sanction.text, sanction.id, ((Text("启动", "Opens"), (opens,)),)
            )


def _titles(programme: Programme, article: str) -> Iterator[Rule]:
    for name, title in programme.titles.items():
        if title.article == article:
            facts: list[Fact] = [(Text("编号", "Number"), (Text(title.number, title.number),))]
            for label, acts in (
                (Text("授予", "Granted by"), _naming(programme, "grants", name)),
                (Text("终止", "Ended by"), _naming(programme, "ends", name)),
            ):
                if acts:
                    facts.append((label, (joined(acts),)))
            yield Rule(Text("称号", "Title"), title.text, name, tuple(facts))


def _naming(programme: Programme, what: Literal["grants", "ends"], title: str) -> list[Text]:
    """The acts that grant or end a title."""
    return [
        act.text
        for procedure in programme.procedures.values()
        for act in procedure.acts.values()
        if getattr(act, what) == title
    ]


_TELLERS: tuple[Callable[[Programme, str], Iterator[Rule]], ...] = (
    _acts,
    _conditions_of,
    _fields,
    _forms,
    _settings,
    _titles,
    _duties,
    _measures,
    _sanctions,
    *programme_things.TELLERS,
)

_SET_BY = {
    "round": Text("批次通知可以另定", "The notice of a round may say otherwise"),
    "plan": Text("实施方案可以另定", "The implementation plan may say otherwise"),
    "file": Text("由程序文件采用", "Taken by the programme file"),
}


def _point(point: OpenPoint) -> Point:
    readings = tuple((said.text, number == point.chosen) for number, said in enumerate(point.readings, 1))
    return Point(point.question.text, readings, point.because.text, _SET_BY[point.set_by])


@dataclass(frozen=True)
class Passage:
    """Steps of the main line that follow each other in one office's hands under one article."""

    names: Text
    office: Text
    article: str


def main_procedure(programme: Programme) -> str:
    """The procedure by which a subject comes by what the policy is about, by its id.

    One that grants a title before one that does not, an application before a matter about a subject; "" for none.
    """
    ranked = [
        (
            not any(act.grants for act in spec.acts.values()),
            ("application", "subject").index(spec.about),
            name,
        )
        for name, spec in programme.procedures.items()
        if spec.about in ("application", "subject")
    ]
    return min(ranked, key=lambda one: one[:2])[2] if ranked else ""


def way_to_title(programme: Programme) -> tuple[Passage, ...]:
    """How a subject comes by its title, in the order of the stepper, then what recurs afterwards."""
    main = main_procedure(programme)
    if not main:
        return ()
    procedure = programme.procedures[main]
    steps = [
        (spec.step.text, act.body, act.articles[0])
        for name, spec in procedure.stages.items()
        if spec.step and (act := _moving(procedure, name)) is not None
    ]
    passages = [
        Passage(joined(name for name, _, _ in same), programme.bodies[body].text, article)
        for (body, article), group in groupby(steps, lambda step: (step[1], step[2]))
        if (same := list(group))
    ]
    recurring = [
        Passage(programme.procedures[duty.opens].text, programme.bodies[duty.by].text, duty.article)
        for duty in programme.duties
    ]
    return (*passages, *recurring)


def _moving(procedure: Procedure, stage: str) -> Act | None:
    """The act for which a stage first waits; for the end of the line, the act that leads there."""
    spec = procedure.stages[stage]
    if spec.waits_for:
        return procedure.acts[spec.waits_for[0]]
    return next((act for act in procedure.acts.values() if act.to == stage), None)
