"""Checks what a typed programme file says: that its references meet and that its procedures can run.

``policy.reading`` refuses what is badly formed; this refuses what is well formed and wrong. It stands in
``procedure`` because it runs the examples. What it refuses, and what to do then, are the rules of ``linter_rules``.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from cultivar.policy.conditions import BOUNDS, assess
from cultivar.policy.model import (
    COMPUTED_WAYS,
    FACTS,
    FOLLOWS_WAYS,
    GUARD_TESTS,
    MOST_ROWS,
    NUMERIC,
    PUBLISHED,
    Act,
    Computed,
    Condition,
    ContentField,
    Follows,
    FormField,
    Guard,
    Indicator,
    Procedure,
    Programme,
)
from cultivar.policy.problems import BadFile, Finding, Place, Problem
from cultivar.policy.reading import read_programme, told
from cultivar.policy.text import Text
from cultivar.policy.vocabulary import vocabulary
from cultivar.procedure import linter_rules as rules
from cultivar.procedure.calendar import Calendar
from cultivar.procedure.examples import run
from cultivar.procedure.record import ERASE, NEW

Found = Iterator[Finding]

_CITING = (
    *("fields", "round", "conditions", "criteria", "groups", "designations", "targets"),
    *("indicators", "evidence", "duties", "measures", "sanctions"),
)
_SHOWN = 5  # names that are offered in place of an unknown one ...
_COMPARED = 200  # ... out of so many


def check(path: Path, calendar: Calendar) -> list[Problem]:
    """Every problem of one programme file, in the order of its lines; an empty list when it can run."""
    try:
        reading = read_programme(path)
    except BadFile as bad:
        return bad.problems
    found = [finding for rule in _RULES for finding in rule(reading.programme)]
    if not found:
        found = list(_examples(reading.programme, calendar))
    return told(reading.source, found)


_ARTICLE, _BODY, _POST = Text("条款", "article"), Text("主体", "body"), Text("岗位", "post")
_GUARD, _STAGE, _ACT = Text("前提", "guard"), Text("环节", "stage"), Text("行为", "act")
_FIELD, _PROCEDURE, _TITLE = Text("字段", "field"), Text("程序", "procedure"), Text("称号", "title")
_GROUP, _SETTING = Text("类别或对象", "group or designation"), Text("批次设置", "round setting")
_INDICATOR, _EVIDENCE, _CONDITION = (
    Text("指标", "indicator"),
    Text("佐证", "evidence"),
    Text("条件", "condition"),
)
_MEASURE, _QUALIFICATION = Text("数据项", "measure"), Text("资质", "qualification")
_RANK, _INCIDENT, _GRADE = (
    Text("级别", "rank"),
    Text("事件类别", "kind of incident"),
    Text("事件等级", "grade of incidents"),
)
_TABLE, _COLUMN = Text("表", "a table"), Text("列", "column")
_A_NUMBER, _CHOICES = Text("数", "a number"), Text("选项", "a choice")
_YES_NO, _NUMBER = Text("是否类", "yes-no"), Text("数值类", "numeric")
_YI = Text("亿元", "100 million yuan")
_PUBLIC, _FACT, _CHOICE = (
    Text("可公开的内容", "thing that can be published"),
    Text("事实", "fact"),
    Text("选项", "choice"),
)


def _unknown(what: Text, name: str | None, known: Collection[str], place: Place) -> Found:
    if name is not None and name not in known:
        names = list(islice(known, _COMPARED))
        near = get_close_matches(name, names, n=_SHOWN, cutoff=0.3) or names[:_SHOWN]
        shown = Text(
            f"可用的有：{'、'.join(near)}" if near else "这里还一个都没有",
            f"There are for example {', '.join(near)}" if near else "There is none yet",
        )
        yield rules.UNKNOWN.at(place, name=name, what=what, shown=shown)


def _ids(programme: Programme) -> Found:
    for part in ("articles", "open_points", "form", *_CITING):
        yield from _repeated([((part, n), item.id) for n, item in enumerate(getattr(programme, part))])
    fields = [
        (("form", number, "fields", index), field.id)
        for number, section in enumerate(programme.form)
        for index, field in enumerate(section.fields)
    ]
    yield from _repeated(fields)
    for place, field in _fields(programme):
        yield from _repeated([((*place, "columns", n), column.id) for n, column in enumerate(field.columns)])


def _repeated(ids: Iterable[tuple[Place, str]]) -> Found:
    known: set[str] = set()
    for place, name in ids:
        if name in known:
            yield rules.TWICE.at(place, name=name)
        known.add(name)


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


def _no_article(programme: Programme) -> Found:
    """A rule without an article is nobody's rule."""
    for number, section in enumerate(programme.form):
        if not section.articles:
            yield rules.NO_ARTICLE.at(("form", number), name=section.text)
    for name, procedure in programme.procedures.items():
        for act_id, act in procedure.acts.items():
            if not act.articles:
                yield rules.NO_ARTICLE.at(("procedures", name, "acts", act_id), name=act.text)


def _nothing_left_out(programme: Programme) -> Found:
    """An executable article that nothing encodes is a rule that the house would not keep."""
    cited = {article for place, article in _citations(programme) if place[0] != "open_points"}
    cited |= {".".join(one.split(".")[:n]) for one in cited for n in range(1, one.count(".") + 1)}
    for number, article in enumerate(programme.articles):
        if article.kind == "executable" and article.id not in cited:
            yield rules.LEFT_OUT.at(("articles", number), number=article.number)


def _dates(programme: Programme) -> Found:
    """A draft for comment is not in force; whatever else a document is, it was issued and is in force."""
    if programme.status == "draft":
        if programme.in_force is not None:
            yield rules.DRAFT_IN_FORCE.at(("in_force",))
        return
    for name in ("issued", "in_force"):
        if getattr(programme, name) is None:
            yield rules.NO_DATE.at(("status",), name=name)


def _open_points(programme: Programme) -> Found:
    for number, point in enumerate(programme.open_points):
        if point.chosen > len(point.readings):
            yield rules.NO_SUCH_READING.at(
                ("open_points", number, "chosen"), count=len(point.readings), chosen=point.chosen
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
    for place, field in _fields(programme):
        yield from _unknown(_CONDITION, field.condition, conditions, (*place, "condition"))
        yield from _unknown(_INDICATOR, field.indicator, indicators, (*place, "indicator"))
        yield from _unknown(_EVIDENCE, field.evidence, evidence, (*place, "evidence"))
        if field.type == "choice" and not field.choices:
            yield rules.NO_CHOICES.at(place, name=field.text)


def _fields(programme: Programme) -> Iterator[tuple[Place, FormField]]:
    for number, section in enumerate(programme.form):
        for index, field in enumerate(section.fields):
            yield ("form", number, "fields", index), field


def _tables(programme: Programme) -> Found:
    """A table has columns, room for its rows, and totals of numbers only."""
    for place, field in _fields(programme):
        if (field.type == "table") != bool(field.columns):
            yield rules.TABLE_COLUMNS.at(place, name=field.text)
        if field.type != "table":
            continue
        least = Decimal(field.least or "0")
        rows = field.at_most if field.at_most is not None else MOST_ROWS
        if least != int(least) or not 0 <= least <= rows or rows * len(field.columns) > _MOST_CELLS:
            yield rules.TABLE_ROWS.at(place, name=field.text, most=_MOST_CELLS)
        for number, column in enumerate(field.columns):
            inside: Place = (*place, "columns", number)
            if column.sum and not column.numeric:
                yield rules.SUM_OF_WORDS.at(inside, name=column.text)
            if column.type == "choice" and not column.choices:
                yield rules.NO_CHOICES.at(inside, name=column.text)


_MOST_CELLS = 1000  # what one page can carry and a reader can take in


def _derived(programme: Programme) -> Found:
    """What nobody types follows in one way from entries of the right kind, or from the roster."""
    indicators = {item.id: item for item in programme.indicators}
    for place, field in _fields(programme):
        indicator = indicators.get(field.indicator or "")
        if field.from_roster and not (
            field.type in NUMERIC and indicator is not None and indicator.computed is not None
        ):
            yield rules.FROM_ROSTER.at(place, name=field.text)
        follows = field.follows
        if (field.type == "computed") != (follows is not None and bool(follows.way)):
            given = sum(getattr(follows, way) is not None for way in FOLLOWS_WAYS) if follows else 0
            known = ", ".join(FOLLOWS_WAYS)
            yield rules.FOLLOWS_WAY.at(place, name=field.text, given=given, known=known)
        elif follows is not None:
            yield from _follows(programme, field, follows, (*place, "follows"))


def _follows(programme: Programme, field: FormField, follows: Follows, place: Place) -> Found:
    fields = programme.form_fields
    named = [*follows.figures, *([follows.table] if follows.table else [])]
    for name in named:
        yield from _unknown(_FIELD, name, fields, place)
        other = fields.get(name)
        if other is None:
            continue
        wanted = _TABLE if follows.table else _A_NUMBER
        if not (other.type == "table" if follows.table else other.numeric):
            yield rules.FOLLOWS_KIND.at(place, name=field.text, other=other.text, wanted=wanted)
        if other.personal and not field.personal:
            yield rules.FOLLOWS_PERSONAL.at(place, name=field.text, other=other.text)
    if field.id in _leads_to(fields, field):
        yield rules.FOLLOWS_ROUND.at(place, name=field.text)
    if follows.ratio_of and (field.unit is None or field.unit.zh != "%"):
        yield rules.FOLLOWS_UNIT.at(place, name=field.text)
    if follows.where and not follows.table:
        yield rules.WHERE_ASIDE.at((*place, "where"), name=field.text)
    elif follows.table in fields:
        yield from _follows_columns(field, follows, fields[follows.table], place)


def _follows_columns(field: FormField, follows: Follows, table: FormField, place: Place) -> Found:
    """The column that is summed holds numbers, the one by which rows are chosen holds choices."""
    for pair, kinds, wanted in (
        (follows.sum_of_column[1:] if follows.sum_of_column else [], NUMERIC, _A_NUMBER),
        (follows.where[:1] if follows.where else [], ("choice", "yes-no"), _CHOICES),
    ):
        for name in pair:
            yield from _unknown(_COLUMN, name, table.column, place)
            column = table.column.get(name)
            if column is not None and column.type not in kinds:
                yield rules.FOLLOWS_KIND.at(place, name=field.text, other=column.text, wanted=wanted)
    chosen = table.column.get(follows.where[0]) if follows.where else None
    if follows.where and chosen is not None and chosen.type in ("choice", "yes-no"):
        known = chosen.choices if chosen.type == "choice" else {"yes": None, "no": None}
        yield from _unknown(_CHOICE, follows.where[1], known, (*place, "where"))


def _leads_to(fields: Mapping[str, FormField], field: FormField) -> set[str]:
    """The fields from which a figure follows, over however many steps."""
    found: set[str] = set()
    ahead = [field]
    while ahead:
        follows = ahead.pop().follows
        more = set(follows.figures if follows else ()) - found
        found |= more
        ahead += [fields[name] for name in more if name in fields]
    return found


def _bars(programme: Programme) -> Found:
    indicators = {item.id for item in programme.indicators}
    for number, condition in enumerate(programme.conditions):
        for index, bar in enumerate(condition.bars):
            place: Place = ("conditions", number, "bars", index)
            yield from _unknown(_INDICATOR, bar.indicator, indicators, (*place, "indicator"))
            given = sum(getattr(bar, name) is not None for name in BOUNDS)
            if given != 1:
                yield rules.BOUNDS_OF_BAR.at(place, given=given)
            from_day = programme.in_force.from_ if programme.in_force else None
            if bar.until and from_day and bar.until < from_day:
                yield rules.EXPIRED_BAR.at((*place, "until"), day=from_day)


def _computed(programme: Programme) -> Found:
    """What is computed over the roster names one way, known measures of the right kind, and a unit that fits."""
    for number, indicator in enumerate(programme.indicators):
        computed, place = indicator.computed, ("indicators", number, "computed")
        if computed is None:
            continue
        if not computed.way:
            given = sum(getattr(computed, name) is not None for name in COMPUTED_WAYS)
            yield rules.COMPUTED_WAY.at(place, name=indicator.id, given=given, known=", ".join(COMPUTED_WAYS))
            continue
        yield from _computed_words(computed, place)
        yield from _computed_unit(indicator, computed, place)
        for key, way in (("ranks", "qualified"), ("grade", "incidents"), ("years", "incidents")):
            if getattr(computed, key) is not None and computed.way != way:
                yield rules.COMPUTED_ASIDE.at((*place, key), key=key)


def _computed_words(computed: Computed, place: Place) -> Found:
    words = vocabulary()
    for name in computed.measures:
        asked = _YES_NO if name in (computed.count, computed.share, computed.among) else _NUMBER
        if name not in words.measures:
            yield from _unknown(_MEASURE, name, words.measures, place)
        elif (words.measures[name].kind == "yes-no") != (asked is _YES_NO):
            yield rules.COMPUTED_KIND.at(place, name=name, wanted=asked)
    for what, names, known in (
        (_QUALIFICATION, computed.qualified, words.qualifications),
        (_RANK, computed.ranks, words.ranks),
        (_INCIDENT, computed.incidents, words.incidents),
        (_GRADE, [computed.grade] if computed.grade else [], words.grades),
    ):
        for name in names or []:
            yield from _unknown(what, name, known, place)


def _computed_unit(indicator: Indicator, computed: Computed, place: Place) -> Found:
    measure = vocabulary().measures.get(computed.total or "")
    if computed.way in ("ratio", "mean_ratio", "share", "growth", "fall"):
        wanted: tuple[Text, ...] = (Text("%", "%"),)
    elif measure is not None and measure.unit is not None:
        wanted = (measure.unit, _YI) if measure.kind == "money" else (measure.unit,)
    else:
        return
    if indicator.unit.zh not in [one.zh for one in wanted]:
        listed = Text(" / ".join(one.zh for one in wanted), " / ".join(one.en for one in wanted))
        yield rules.COMPUTED_UNIT.at(place, name=indicator.id, unit=indicator.unit.text, wanted=listed)


def _condition_examples(programme: Programme) -> Found:
    """A condition shows what it means: one case that passes, one that fails, one on the boundary.

    One where a figure is lacking too, wherever it has indicators: unknown is never taken for nought.
    """
    for number, condition in enumerate(programme.conditions):
        place: Place = ("conditions", number)
        if any(sum(getattr(bar, name) is not None for name in BOUNDS) != 1 for bar in condition.bars):
            continue  # said above
        shown = {example.case for example in condition.examples}
        cases = _CASES if condition.indicators else {n: w for n, w in _CASES.items() if n != "unknown"}
        lacking = [words for case, words in cases.items() if case not in shown]
        if lacking:
            what = Text("、".join(one.zh for one in lacking), ", ".join(one.en for one in lacking))
            yield rules.NO_CONDITION_EXAMPLE.at(place, name=condition.text, what=what)
        for index in range(len(condition.examples)):
            yield from _condition_example(programme, condition, index, (*place, "examples", index))


_CASES = {
    "passes": Text("符合的", "one that passes"),
    "fails": Text("不符合的", "one that fails"),
    "boundary": Text("临界的", "one on the boundary"),
    "unknown": Text("缺数据的", "one with a figure lacking"),
}


def _condition_example(programme: Programme, condition: Condition, index: int, place: Place) -> Found:
    example = condition.examples[index]
    for name in (*example.figures, *example.thresholds):
        yield from _unknown(_INDICATOR, name, condition.indicators, place)
    figures = {name: Decimal(value) for name, value in example.figures.items()}
    thresholds = {name: Decimal(value) for name, value in example.thresholds.items()}
    outcome = assess(condition, programme, figures, thresholds, example.judged)
    wanted = {"passes": "holds", "fails": "fails", "unknown": "unknown"}.get(example.case, example.expect)
    if example.expect != wanted:
        yield rules.CONDITION_EXAMPLE_SAYS.at(place, case=example.case, wanted=wanted)
    elif outcome.verdict != example.expect:
        yield rules.CONDITION_EXAMPLE_FAILS.at(place, expect=example.expect, verdict=outcome.verdict)


def _criteria(programme: Programme) -> Found:
    total = sum(criterion.points for criterion in programme.criteria)
    if programme.criteria and total != 100:
        yield rules.POINTS.at(("criteria",), total=total)


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
            yield rules.TARGET_UNIT.at(place)


def _identity(programme: Programme) -> Found:
    if programme.supersedes and programme.transition is None:
        yield rules.NO_TRANSITION.at(("supersedes",))
    in_force = programme.in_force
    if in_force and in_force.to and in_force.to < in_force.from_:
        yield rules.IN_FORCE_BACKWARDS.at(("in_force",))


def _titles(programme: Programme) -> Found:
    for name, title in programme.titles.items():
        if not _counts_up(title.number):
            yield rules.TITLE_NUMBER.at(("titles", name, "number"), number=title.number)


def _counts_up(pattern: str) -> bool:
    """Whether a pattern gives each title of a year a number of its own."""
    try:
        return pattern.format(year=2026, n=1) != pattern.format(year=2026, n=2)
    except (KeyError, IndexError, ValueError, AttributeError, TypeError):
        return False


def _bodies(programme: Programme) -> Found:
    for name, body in programme.bodies.items():
        yield from _unknown(_BODY, body.played_by, programme.bodies, ("bodies", name, "played_by"))
    for number, measure in enumerate(programme.measures):
        for body_id in measure.by:
            yield from _unknown(_BODY, body_id, programme.bodies, ("measures", number, "by"))
    for name, procedure in programme.procedures.items():
        for body_id in procedure.hidden_from:
            yield from _unknown(_BODY, body_id, programme.bodies, ("procedures", name, "hidden_from"))
        for stage_id, stage in procedure.stages.items():
            for body_id in stage.seen_by:
                place: Place = ("procedures", name, "stages", stage_id, "seen_by")
                yield from _unknown(_BODY, body_id, programme.bodies, place)


def _opened(programme: Programme) -> Found:
    """What recurs and what ends a title open a procedure that there is."""
    for number, duty in enumerate(programme.duties):
        yield from _unknown(_BODY, duty.by, programme.bodies, ("duties", number, "by"))
        yield from _unknown(_PROCEDURE, duty.opens, programme.procedures, ("duties", number, "opens"))
        if not _a_day(duty.due_month, duty.due_day):
            yield rules.NO_SUCH_DUE_DAY.at(("duties", number))
    for number, sanction in enumerate(programme.sanctions):
        yield from _unknown(_PROCEDURE, sanction.opens, programme.procedures, ("sanctions", number, "opens"))


def _a_day(month: int | None, day: int | None) -> bool:
    if month is None or day is None:
        return month is None and day is None
    try:
        date(2001, month, day)  # no leap year: the day is due every year
    except ValueError:
        return False
    return True


def _guards(programme: Programme) -> Found:
    for name, guard in programme.guards.items():
        given = [test for test in GUARD_TESTS if getattr(guard, test) is not None]
        if len(given) != 1:
            yield rules.TESTS_OF_GUARD.at(("guards", name), name=name, given=len(given))
        if (guard.fewer is not None or guard.at_least is not None) and guard.than is None:
            yield rules.THAN.at(("guards", name), name=name)


def _unused_guards(programme: Programme) -> Found:
    needed = {
        name
        for procedure in programme.procedures.values()
        for act in procedure.acts.values()
        for name in act.needs
    }
    for name in programme.guards:
        if name not in needed:
            yield rules.UNUSED_GUARD.at(("guards", name), name=name)


def _acts(programme: Programme) -> Found:
    for name, procedure in programme.procedures.items():
        place: Place = ("procedures", name)
        if not any(act.opens_case for act in procedure.acts.values()):
            yield rules.NOTHING_OPENS.at(place, name=procedure.text)
        yield from _unknown(_PROCEDURE, procedure.parent, programme.procedures, (*place, "parent"))
        if (procedure.about == "case") != (procedure.parent is not None):
            yield rules.PARENT.at(place)
        if procedure.designated and (procedure.about != "subject" or not programme.designations):
            yield rules.DESIGNATED.at((*place, "designated"))
        for act_id, act in procedure.acts.items():
            if act_id == ERASE:
                yield rules.RESERVED.at((*place, "acts", act_id), name=act_id)
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
        yield rules.OPENS_NOWHERE.at(place)
    for name in act.needs:
        yield from _unknown(_GUARD, name, programme.guards, (*place, "needs"))
        if name in programme.guards:
            yield from _guard_meets(programme, procedure, name, (*place, "needs"))
    yield from _unknown(_TITLE, act.grants, programme.titles, (*place, "grants"))
    yield from _unknown(_TITLE, act.ends, programme.titles, (*place, "ends"))
    for body_id in act.hidden_from:
        yield from _unknown(_BODY, body_id, programme.bodies, (*place, "hidden_from"))
    yield from _said(programme, act, place)
    yield from _timing(procedure, act, place)


def _said(programme: Programme, act: Act, place: Place) -> Found:
    """What an act says and makes public."""
    for name in act.publishes:
        yield from _unknown(_PUBLIC, name, PUBLISHED, (*place, "publishes"))
    for name, spec in act.content.items():
        yield from _one_content(programme, spec, (*place, "content", name))


def _one_content(programme: Programme, spec: ContentField, place: Place) -> Found:
    for body_id in spec.seen_by:
        yield from _unknown(_BODY, body_id, programme.bodies, (*place, "seen_by"))
    settings = {setting.id for setting in programme.round if setting.type == "names"}
    if spec.type == "named" or spec.among is not None:
        yield from _unknown(_SETTING, spec.among or "", settings, place)
    if spec.type == "choice" and not spec.choices:
        yield rules.NO_CHOICES.at(place, name=spec.text)


def _guard_meets(programme: Programme, procedure: Procedure, name: str, place: Place) -> Found:
    guard = programme.guards[name]
    asked = procedure
    if guard.of == "parent":
        if procedure.parent not in programme.procedures:
            yield rules.NO_PARENT.at(place, name=name)
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
            yield rules.NO_PERIOD.at(place, act=act)
    if guard.chosen in asked.acts:
        yield from _chosen(asked.acts[guard.chosen], guard.field or "", guard.value or "", place)
    for stage in guard.in_stage or []:
        yield from _unknown(_STAGE, stage, asked.stages, place)
    yield from _hanging(programme, guard, place)
    yield from _unknown(_ACT, guard.remedy, procedure.acts, place)
    settings = {setting.id for setting in programme.round}
    yield from _unknown(_SETTING, guard.than, settings, place)
    yield from _unknown(_FACT, guard.fact, FACTS, place)


def _hanging(programme: Programme, guard: Guard, place: Place) -> Found:
    for other in (guard.none_of, guard.some_of):
        yield from _unknown(_PROCEDURE, other, programme.procedures, place)
        if other in programme.procedures:
            for stage in guard.in_ or []:
                yield from _unknown(_STAGE, stage, programme.procedures[other].stages, place)


def _chosen(act: Act, field: str, value: str, place: Place) -> Found:
    yield from _unknown(_FIELD, field, act.content, place)
    if field in act.content and act.content[field].choices:
        yield from _unknown(_CHOICE, value, act.content[field].choices, place)


def _timing(procedure: Procedure, act: Act, place: Place) -> Found:
    if act.limit is not None:
        if not act.limit.after:
            yield rules.LIMIT_AFTER_NOTHING.at((*place, "limit"))
        for start in act.limit.after:
            yield from _unknown(_ACT, start, procedure.acts, (*place, "limit", "after"))
        if act.limit.set_by == "file" and act.limit.n is None:
            yield rules.LIMIT_LENGTH.at((*place, "limit"))
    if act.period is not None:
        if (act.period.n is None) == (act.period.until is None):
            yield rules.PERIOD_LENGTH.at((*place, "period"))
        yield from _unknown(_FIELD, act.period.until, act.content, (*place, "period", "until"))
        if act.period.until in act.content and act.content[act.period.until].when != "future":
            yield rules.PERIOD_IN_THE_PAST.at((*place, "period", "until"), field=act.period.until)


def _stages(programme: Programme) -> Found:
    for name, procedure in programme.procedures.items():
        reached = _reached(procedure)
        for stage_id in procedure.stages:
            yield from _one_stage(programme, procedure, stage_id, reached, (name, stage_id))


def _one_stage(
    programme: Programme, procedure: Procedure, stage_id: str, reached: set[str], where: tuple[str, str]
) -> Found:
    place: Place = ("procedures", where[0], "stages", where[1])
    stage = procedure.stages[stage_id]
    ways_out = [act for act in procedure.acts.values() if stage_id in act.from_]
    if stage_id not in reached:
        yield rules.UNREACHED.at(place, name=stage.text)
    if stage.final and ways_out:
        yield rules.FINAL_LEFT.at(place, name=stage.text)
    if not stage.final and not any(act.to and act.to != stage_id for act in ways_out):
        yield rules.DEAD_END.at(place, name=stage.text)
    for body_id in stage.seen_by:
        yield from _unknown(_BODY, body_id, programme.bodies, (*place, "seen_by"))
    for act in stage.waits_for:
        yield from _unknown(_ACT, act, procedure.acts, (*place, "waits_for"))
        if act in procedure.acts and stage_id not in procedure.acts[act].from_:
            yield rules.WAITS_IN_VAIN.at((*place, "waits_for"), act=act)
    if not stage.final and not stage.rests and not stage.waits_for:
        yield rules.WAITS_FOR_NOTHING.at(place, name=stage.text)


def _reached(procedure: Procedure) -> set[str]:
    reached = {NEW}
    while True:
        more = {act.to for act in procedure.acts.values() if act.to and reached & set(act.from_)} - reached
        if not more:
            return reached
        reached |= more


def _examples(programme: Programme, calendar: Calendar) -> Found:
    for number, example in enumerate(programme.examples):
        problem = run(programme, example, calendar).problem
        if problem is not None:
            yield rules.EXAMPLE.at(("examples", number), name=example.name.text, problem=problem)


def _example_names(programme: Programme) -> Found:
    """What an example names has to be there before it can be run."""
    for number, example in enumerate(programme.examples):
        place: Place = ("examples", number)
        part, _, post = example.try_.as_.partition(".")
        yield from _unknown(_BODY, part, programme.bodies, (*place, "try", "as"))
        if post and part in programme.bodies:
            yield from _unknown(_POST, post, programme.bodies[part].posts, (*place, "try", "as"))
        yield from _unknown(_PROCEDURE, example.procedure, programme.procedures, place)
        if example.procedure in programme.procedures:
            acts = programme.procedures[example.procedure].acts
            yield from _unknown(_ACT, example.try_.act, acts, (*place, "try", "act"))
        for child, stage in example.children.items():
            yield from _unknown(_PROCEDURE, child, programme.procedures, (*place, "children"))
            if child in programme.procedures:
                stages = programme.procedures[child].stages
                yield from _unknown(_STAGE, stage, stages, (*place, "children"))


_RULES = (
    *(_dates, _identity, _ids, _articles, _no_article, _nothing_left_out, _open_points),
    *(
        _conditions,
        _tables,
        _derived,
        _bars,
        _computed,
        _condition_examples,
        _criteria,
        _designations,
        _titles,
    ),
    *(_bodies, _opened, _guards, _unused_guards, _acts, _stages, _example_names),
)
