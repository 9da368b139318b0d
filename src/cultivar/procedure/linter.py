"""Checks what a typed programme file says: that its references meet and that its procedures can run.

``policy.reading`` refuses what is badly formed; this refuses what is well formed and wrong. It stands in
``procedure`` because it runs the examples.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from cultivar.policy.conditions import BOUNDS, assess
from cultivar.policy.model import FACTS, GUARD_TESTS, PUBLISHED, Act, Condition, Procedure, Programme
from cultivar.policy.problems import BadFile, Problem
from cultivar.policy.reading import Reading, read_programme
from cultivar.policy.source import Place
from cultivar.policy.text import Text
from cultivar.procedure.calendar import Calendar
from cultivar.procedure.examples import run
from cultivar.procedure.record import NEW

Found = Iterator[tuple[Place, Text]]

_CITING = (
    *("fields", "round", "conditions", "criteria", "groups", "designations", "targets"),
    *("indicators", "evidence", "duties", "measures", "sanctions"),
)


def check(path: Path, calendar: Calendar) -> list[Problem]:
    """Every problem of one programme file, in the order of its lines; an empty list when it can run."""
    try:
        reading = read_programme(path)
    except BadFile as bad:
        return bad.problems
    found = [
        Problem(path, reading.source.line(place), text)
        for rule in _RULES
        for place, text in rule(reading.programme)
    ]
    if not found:
        found = list(_examples(reading, calendar))
    return sorted(found, key=lambda problem: problem.line)


_ARTICLE, _BODY, _POST = Text("条款", "article"), Text("主体", "body"), Text("岗位", "post")
_GUARD, _STAGE, _ACT = Text("前提", "guard"), Text("环节", "stage"), Text("行为", "act")
_FIELD, _PROCEDURE, _TITLE = Text("字段", "field"), Text("程序", "procedure"), Text("称号", "title")
_GROUP, _SETTING = Text("类别或对象", "group or designation"), Text("批次设置", "round setting")
_INDICATOR, _EVIDENCE, _CONDITION = (
    Text("指标", "indicator"),
    Text("佐证", "evidence"),
    Text("条件", "condition"),
)


def _unknown(what: Text, name: str | None, known: Iterable[str], place: Place) -> Found:
    if name is not None and name not in known:
        yield (
            place,
            Text("没有名为“{name}”的{what}。", "There is no {what} named “{name}”.").fill(
                name=name, what=what
            ),
        )


def _ids(programme: Programme) -> Found:
    for part in ("articles", "open_points", "form", *_CITING):
        yield from _repeated(part, [item.id for item in getattr(programme, part)])
    yield from _repeated("form", [field.id for section in programme.form for field in section.fields])


def _repeated(part: str, ids: list[str]) -> Found:
    for number, name in enumerate(ids):
        if name in ids[:number]:
            yield (
                (part, number),
                Text(f"“{name}”用了两次，编号要唯一。", f"“{name}” is used twice; ids are unique."),
            )


def _citations(programme: Programme) -> Iterator[tuple[Place, str]]:
    for part in ("open_points", *_CITING):
        for number, item in enumerate(getattr(programme, part)):
            yield (part, number, "article"), item.article
    for number, section in enumerate(programme.form):
        yield from ((("form", number, "articles"), article) for article in section.articles)
    for name, title in programme.titles.items():
        yield ("titles", name, "article"), title.article
    for name, procedure in programme.procedures.items():
        yield ("procedures", name, "article"), procedure.article
        for act_id, act in procedure.acts.items():
            yield from (
                (("procedures", name, "acts", act_id, "article"), article) for article in act.articles
            )


def _articles(programme: Programme) -> Found:
    for place, article in _citations(programme):
        yield from _unknown(_ARTICLE, article, programme.article, place)


def _nothing_left_out(programme: Programme) -> Found:
    """An executable article that nothing encodes is a rule that the house would not keep."""
    cited = {article for place, article in _citations(programme) if place[0] != "open_points"}
    for number, article in enumerate(programme.articles):
        if article.kind == "executable" and not any(
            one == article.id or one.startswith(f"{article.id}.") for one in cited
        ):
            yield (
                ("articles", number),
                Text(
                    f"第 {article.number} 条是可执行条款，但没有任何一处用到它。",
                    f"Article {article.number} is executable and nothing in the file encodes it.",
                ),
            )


def _dates(programme: Programme) -> Found:
    """A draft for comment is not in force; whatever else a document is, it was issued and is in force."""
    if programme.status == "draft":
        if programme.in_force is not None:
            yield (
                ("in_force",),
                Text(
                    "征求意见稿没有施行日期，请删去 in_force，或改 status。",
                    "A draft is not in force: remove in_force, or change the status.",
                ),
            )
        return
    for name in ("issued", "in_force"):
        if getattr(programme, name) is None:
            yield (
                ("status",),
                Text(
                    f"缺“{name}”：不是征求意见稿（draft）的，要写印发日期和施行日期。",
                    f"“{name}” is missing: what is not a draft says when it was issued and is in force.",
                ),
            )


def _open_points(programme: Programme) -> Found:
    for number, point in enumerate(programme.open_points):
        if point.chosen > len(point.readings):
            yield (
                ("open_points", number, "chosen"),
                Text(
                    f"只有 {len(point.readings)} 种读法，没有第 {point.chosen} 种。",
                    f"There are {len(point.readings)} readings, no number {point.chosen}.",
                ),
            )


def _conditions(programme: Programme) -> Found:
    indicators = {item.id for item in programme.indicators}
    evidence = {item.id for item in programme.evidence}
    conditions = {item.id for item in programme.conditions}
    for number, condition in enumerate(programme.conditions):
        for name in condition.indicators:
            yield from _unknown(_INDICATOR, name, indicators, ("conditions", number, "indicators"))
        for name in condition.evidence:
            yield from _unknown(_EVIDENCE, name, evidence, ("conditions", number, "evidence"))
    for number, section in enumerate(programme.form):
        for index, field in enumerate(section.fields):
            place: Place = ("form", number, "fields", index)
            yield from _unknown(_CONDITION, field.condition, conditions, (*place, "condition"))
            yield from _unknown(_INDICATOR, field.indicator, indicators, (*place, "indicator"))
            yield from _unknown(_EVIDENCE, field.evidence, evidence, (*place, "evidence"))


def _bars(programme: Programme) -> Found:
    indicators = {item.id for item in programme.indicators}
    for number, condition in enumerate(programme.conditions):
        for index, bar in enumerate(condition.bars):
            place: Place = ("conditions", number, "bars", index)
            yield from _unknown(_INDICATOR, bar.indicator, indicators, (*place, "indicator"))
            given = sum(getattr(bar, name) is not None for name in BOUNDS)
            if given != 1:
                yield (
                    place,
                    Text(
                        f"一条门槛恰好写一个界限，现有 {given} 个。",
                        f"A bar gives exactly one bound; this one gives {given}.",
                    ),
                )
            from_day = programme.in_force.from_ if programme.in_force else None
            if bar.until and from_day and bar.until < from_day:
                yield (
                    (*place, "until"),
                    Text(
                        f"这条门槛在文件施行（{from_day}）前就已过期，请改期或删去。",
                        f"This bar expired before the document came into force ({from_day}); "
                        "correct the day or remove it.",
                    ),
                )


def _condition_examples(programme: Programme) -> Found:
    """A condition shows what it means: one case that passes, one that fails, one on the boundary."""
    for number, condition in enumerate(programme.conditions):
        place: Place = ("conditions", number)
        if any(sum(getattr(bar, name) is not None for name in BOUNDS) != 1 for bar in condition.bars):
            continue  # said above
        shown = {example.case for example in condition.examples}
        lacking = [words for case, words in _CASES.items() if case not in shown]
        if lacking:
            what = Text("、".join(one.zh for one in lacking), ", ".join(one.en for one in lacking))
            yield (
                place,
                Text("条件“{name}”还缺例子：{what}。", "Condition “{name}” lacks an example: {what}.").fill(
                    name=condition.text, what=what
                ),
            )
        for index in range(len(condition.examples)):
            yield from _condition_example(programme, condition, index, (*place, "examples", index))


_CASES = {
    "passes": Text("符合的", "one that passes"),
    "fails": Text("不符合的", "one that fails"),
    "boundary": Text("临界的", "one on the boundary"),
}


def _condition_example(programme: Programme, condition: Condition, index: int, place: Place) -> Found:
    example = condition.examples[index]
    for name in (*example.figures, *example.thresholds):
        yield from _unknown(_INDICATOR, name, condition.indicators, place)
    figures = {name: Decimal(value) for name, value in example.figures.items()}
    thresholds = {name: Decimal(value) for name, value in example.thresholds.items()}
    outcome = assess(condition, programme, figures, thresholds, example.judged)
    wanted = {"passes": "holds", "fails": "fails"}.get(example.case, example.expect)
    if example.expect != wanted:
        yield (
            place,
            Text(
                f"“{example.case}”的例子要写 expect: {wanted}。",
                f"An example of what {example.case} must say expect: {wanted}.",
            ),
        )
    elif outcome.verdict != example.expect:
        yield (
            place,
            Text(
                f"例子写的是 {example.expect}，实际得出 {outcome.verdict}。",
                f"The example says {example.expect}; it comes out as {outcome.verdict}.",
            ),
        )


def _criteria(programme: Programme) -> Found:
    total = sum(criterion.points for criterion in programme.criteria)
    if programme.criteria and total != 100:
        yield (
            ("criteria",),
            Text(
                f"各项分值合计要为 100，现在是 {total}。", f"The points must sum to 100; they sum to {total}."
            ),
        )


def _designations(programme: Programme) -> Found:
    groups = {group.id for group in programme.groups}
    indicators = {item.id for item in programme.indicators}
    known = groups | {one.id for one in programme.designations}
    for number, group in enumerate(programme.groups):
        for name in group.baseline:
            yield from _unknown(_INDICATOR, name, indicators, ("groups", number, "baseline", name))
    for number, one in enumerate(programme.designations):
        yield from _unknown(_GROUP, one.group, groups, ("designations", number, "group"))
    for number, target in enumerate(programme.targets):
        place: Place = ("targets", number)
        for name in target.of:
            yield from _unknown(_GROUP, name, known, (*place, "of"))
        yield from _unknown(_INDICATOR, target.indicator, indicators, (*place, "indicator"))
        if (target.value is None) != (target.unit is None):
            yield (
                place,
                Text("目标的数值和单位要一起写。", "A target gives its value and its unit together."),
            )


def _identity(programme: Programme) -> Found:
    if programme.supersedes and programme.transition is None:
        yield (
            ("supersedes",),
            Text(
                "取代旧版的文件要写在办案件怎样过渡（transition）。",
                "A version that supersedes another must say what becomes of cases in progress (transition).",
            ),
        )
    in_force = programme.in_force
    if in_force and in_force.to and in_force.to < in_force.from_:
        yield (
            ("in_force",),
            Text("失效日期早于施行日期。", "It ceases to be in force before it comes into force."),
        )


def _bodies(programme: Programme) -> Found:
    for name, body in programme.bodies.items():
        yield from _unknown(_BODY, body.played_by, programme.bodies, ("bodies", name, "played_by"))
    for number, duty in enumerate(programme.duties):
        yield from _unknown(_BODY, duty.by, programme.bodies, ("duties", number, "by"))
    for number, measure in enumerate(programme.measures):
        for body_id in measure.by:
            yield from _unknown(_BODY, body_id, programme.bodies, ("measures", number, "by"))
    for name, procedure in programme.procedures.items():
        for body_id in procedure.hidden_from:
            yield from _unknown(_BODY, body_id, programme.bodies, ("procedures", name, "hidden_from"))


def _guards(programme: Programme) -> Found:
    for name, guard in programme.guards.items():
        given = [test for test in GUARD_TESTS if getattr(guard, test) is not None]
        if len(given) != 1:
            yield (
                ("guards", name),
                Text(
                    f"前提“{name}”要恰好写一种判断，现有 {len(given)} 种。",
                    f"Guard “{name}” makes {len(given)} tests; it must make one.",
                ),
            )


def _unused_guards(programme: Programme) -> Found:
    needed = {
        name
        for procedure in programme.procedures.values()
        for act in procedure.acts.values()
        for name in act.needs
    }
    for name in programme.guards:
        if name not in needed:
            yield (
                ("guards", name),
                Text(f"没有行为用到前提“{name}”，请删去。", f"No act needs guard “{name}”; remove it."),
            )


def _acts(programme: Programme) -> Found:
    for name, procedure in programme.procedures.items():
        place: Place = ("procedures", name)
        if not any(act.opens_case for act in procedure.acts.values()):
            yield (
                place,
                Text("没有一个行为能启动这个程序（from: new）。", "No act opens this procedure (from: new)."),
            )
        yield from _unknown(_PROCEDURE, procedure.parent, programme.procedures, (*place, "parent"))
        if (procedure.about == "case") != (procedure.parent is not None):
            yield (
                place,
                Text(
                    "依附别案的程序（about: case）要写 parent，其他程序不写。",
                    "A procedure about a case names its parent; no other does.",
                ),
            )
        if procedure.designated and (procedure.about != "subject" or not programme.designations):
            yield (
                (*place, "designated"),
                Text(
                    "designated 只用于 about: subject，且文件要列出 designations。",
                    "designated belongs to a procedure about a subject, and the file must list designations.",
                ),
            )
        for act_id, act in procedure.acts.items():
            yield from _one_act(programme, procedure, act, (*place, "acts", act_id))


def _one_act(programme: Programme, procedure: Procedure, act: Act, place: Place) -> Found:
    for office in (act.by, *([act.agrees] if act.agrees else [])):
        part, _, post = office.partition(".")
        yield from _unknown(_BODY, part, programme.bodies, (*place, "by"))
        if post and part in programme.bodies:
            yield from _unknown(_POST, post, programme.bodies[part].posts, (*place, "by"))
    for stage in act.from_:
        yield from _unknown(_STAGE, stage, (*procedure.stages, NEW), (*place, "from"))
    yield from _unknown(_STAGE, act.to, procedure.stages, (*place, "to"))
    if act.to is None and act.opens_case:
        yield (
            place,
            Text("启动程序的行为要写去哪个环节（to）。", "An act that opens a case must say to which stage."),
        )
    for name in act.needs:
        yield from _unknown(_GUARD, name, programme.guards, (*place, "needs"))
        if name in programme.guards:
            yield from _guard_meets(programme, procedure, name, (*place, "needs"))
    yield from _unknown(_TITLE, act.grants, programme.titles, place)
    yield from _unknown(_TITLE, act.ends, programme.titles, place)
    for body_id in act.hidden_from:
        yield from _unknown(_BODY, body_id, programme.bodies, (*place, "hidden_from"))
    yield from _said(programme, act, place)
    yield from _timing(procedure, act, place)


def _said(programme: Programme, act: Act, place: Place) -> Found:
    """What an act says and makes public."""
    for name in act.publishes:
        yield from _unknown(Text("可公开的内容", "thing that can be published"), name, PUBLISHED, place)
    settings = {setting.id for setting in programme.round if setting.type == "names"}
    for name, spec in act.content.items():
        for body_id in spec.seen_by:
            yield from _unknown(_BODY, body_id, programme.bodies, (*place, "content", name, "seen_by"))
        if spec.type == "named" or spec.among is not None:
            yield from _unknown(_SETTING, spec.among or "", settings, (*place, "content", name))


def _guard_meets(programme: Programme, procedure: Procedure, name: str, place: Place) -> Found:
    guard = programme.guards[name]
    asked = procedure
    if guard.of == "parent":
        if procedure.parent not in programme.procedures:
            yield (
                place,
                Text(
                    f"“{name}”问上级案件，但这个程序没有上级。",
                    f"“{name}” asks the parent case; there is none.",
                ),
            )
            return
        asked = programme.procedures[procedure.parent]
    for act in (
        guard.done,
        guard.not_done,
        guard.over,
        guard.running,
        guard.chosen,
        guard.at_least,
        *(guard.fewer or []),
    ):
        yield from _unknown(_ACT, act, asked.acts, place)
    for act in (guard.over, guard.running):
        if act in asked.acts and asked.acts[act].period is None:
            yield place, Text(f"“{act}”没有写期间（period）。", f"“{act}” starts no period.")
    if guard.chosen in asked.acts:
        yield from _unknown(_FIELD, guard.field or "", asked.acts[guard.chosen].content, place)
    for stage in guard.in_stage or []:
        yield from _unknown(_STAGE, stage, asked.stages, place)
    for other in (guard.none_of, guard.some_of):
        yield from _unknown(_PROCEDURE, other, programme.procedures, place)
    yield from _unknown(_ACT, guard.remedy, procedure.acts, place)
    settings = {setting.id for setting in programme.round}
    yield from _unknown(_SETTING, guard.than, settings, place)
    yield from _unknown(Text("事实", "fact"), guard.fact, FACTS, place)


def _timing(procedure: Procedure, act: Act, place: Place) -> Found:
    if act.limit is not None:
        for start in act.limit.after:
            yield from _unknown(_ACT, start, procedure.acts, (*place, "limit", "after"))
        if act.limit.set_by == "file" and act.limit.n is None:
            yield (
                (*place, "limit"),
                Text("时限要写 n，或写 set_by: round。", "A limit gives n, or says set_by: round."),
            )
    if act.period is not None:
        if (act.period.n is None) == (act.period.until is None):
            yield (
                (*place, "period"),
                Text("期间要写 n 或 until，二选一。", "A period gives either n or until."),
            )
        yield from _unknown(_FIELD, act.period.until, act.content, (*place, "period", "until"))
        if act.period.until in act.content and act.content[act.period.until].when != "future":
            yield (
                (*place, "period", "until"),
                Text(
                    "期间截止的那一日要写 when: future，否则可以填成过去。",
                    "The day that ends a period must say when: future, or it could lie in the past.",
                ),
            )


def _stages(programme: Programme) -> Found:
    for name, procedure in programme.procedures.items():
        reached = _reached(procedure)
        for stage_id in procedure.stages:
            yield from _one_stage(procedure, stage_id, reached, ("procedures", name, "stages", stage_id))


def _one_stage(procedure: Procedure, stage_id: str, reached: set[str], place: Place) -> Found:
    stage = procedure.stages[stage_id]
    ways_out = [act for act in procedure.acts.values() if stage_id in act.from_]
    if stage_id not in reached:
        yield place, Text(f"走不到环节“{stage.zh}”。", f"Stage “{stage.en}” cannot be reached.")
    if stage.final and ways_out:
        yield (
            place,
            Text(f"“{stage.zh}”是终点，却还有后续行为。", f"Stage “{stage.en}” is final yet acts leave it."),
        )
    if not stage.final and not any(act.to and act.to != stage_id for act in ways_out):
        yield place, Text(f"环节“{stage.zh}”没有出路。", f"There is no way out of stage “{stage.en}”.")
    for act in stage.waits_for:
        yield from _unknown(_ACT, act, procedure.acts, (*place, "waits_for"))
        if act in procedure.acts and stage_id not in procedure.acts[act].from_:
            yield (
                (*place, "waits_for"),
                Text(f"“{act}”不能从这个环节办理。", f"“{act}” cannot be done from this stage."),
            )
    if not stage.final and not stage.rests and not stage.waits_for:
        yield (
            place,
            Text("要写这个环节等谁办什么（waits_for）。", "Say what this stage waits for (waits_for)."),
        )


def _reached(procedure: Procedure) -> set[str]:
    reached = {NEW}
    while True:
        more = {act.to for act in procedure.acts.values() if act.to and reached & set(act.from_)} - reached
        if not more:
            return reached
        reached |= more


def _examples(reading: Reading, calendar: Calendar) -> Iterator[Problem]:
    programme, source = reading.programme, reading.source
    for number, example in enumerate(programme.examples):
        line = source.line(("examples", number))
        procedure = programme.procedures.get(example.procedure)
        if procedure is None or example.try_.act not in procedure.acts:
            unknown = Text("例子里的程序或行为不存在。", "The example names an unknown procedure or act.")
            yield Problem(source.path, line, unknown)
            continue
        problem = run(programme, example, calendar).problem
        if problem is not None:
            what = Text("例“{name}”不符：{problem}", "Example “{name}” fails: {problem}")
            yield Problem(source.path, line, what.fill(name=example.name.text, problem=problem))


_RULES = (
    *(_dates, _identity, _ids, _articles, _nothing_left_out, _open_points),
    *(_conditions, _bars, _condition_examples, _criteria, _designations),
    *(_bodies, _guards, _unused_guards, _acts, _stages),
)
