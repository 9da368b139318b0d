"""Checks what a typed programme file says: that its references meet and that its procedures can run.

``policy.reading`` refuses what is badly formed; this refuses what is well formed and wrong. It stands in
``procedure`` because it runs the examples. What it refuses, and what to do then, are the rules of ``linter_rules``.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from cultivar.policy.model import Programme
from cultivar.policy.problems import BadFile, Place, Problem
from cultivar.policy.reading import read_programme, told
from cultivar.procedure import linter_rules as rules
from cultivar.procedure.calendar import Calendar
from cultivar.procedure.examples import run
from cultivar.procedure.linter_figures import bars, computed_ways, condition_examples, criteria, designations
from cultivar.procedure.linter_form import derived, named_by_form, tables
from cultivar.procedure.linter_names import ARTICLE, BODY, PROCEDURE, Found, form_fields, repeated, unknown
from cultivar.procedure.linter_procedures import acts, bodies, example_names, guards, stages, unused_guards

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
    found = [finding for rule in _RULES for finding in rule(reading.programme)]
    if not found:
        found = list(_examples(reading.programme, calendar))
    return told(reading.source, found)


def _ids(programme: Programme) -> Found:
    for part in ("articles", "open_points", "form", *_CITING):
        yield from repeated([((part, n), item.id) for n, item in enumerate(getattr(programme, part))])
    fields = [
        (("form", number, "fields", index), field.id)
        for number, section in enumerate(programme.form)
        for index, field in enumerate(section.fields)
    ]
    yield from repeated(fields)
    for place, field in form_fields(programme):
        yield from repeated([((*place, "columns", n), column.id) for n, column in enumerate(field.columns)])


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
        yield from unknown(ARTICLE, article, programme.article, place)


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


def _opened(programme: Programme) -> Found:
    """What recurs and what ends a title open a procedure that there is."""
    for number, duty in enumerate(programme.duties):
        yield from unknown(BODY, duty.by, programme.bodies, ("duties", number, "by"))
        yield from unknown(PROCEDURE, duty.opens, programme.procedures, ("duties", number, "opens"))
        if not _a_day(duty.due_month, duty.due_day):
            yield rules.NO_SUCH_DUE_DAY.at(("duties", number))
    for number, sanction in enumerate(programme.sanctions):
        yield from unknown(PROCEDURE, sanction.opens, programme.procedures, ("sanctions", number, "opens"))


def _a_day(month: int | None, day: int | None) -> bool:
    if month is None or day is None:
        return month is None and day is None
    try:
        date(2001, month, day)  # no leap year: the day is due every year
    except ValueError:
        return False
    return True


def _examples(programme: Programme, calendar: Calendar) -> Found:
    for number, example in enumerate(programme.examples):
        problem = run(programme, example, calendar).problem
        if problem is not None:
            yield rules.EXAMPLE.at(("examples", number), name=example.name.text, problem=problem)


_RULES = (
    *(_dates, _identity, _ids, _articles, _no_article, _nothing_left_out, _open_points),
    *(
        named_by_form,
        tables,
        derived,
        bars,
        computed_ways,
        condition_examples,
        criteria,
        designations,
        _titles,
    ),
    *(bodies, _opened, guards, unused_guards, acts, stages, example_names),
)
