"""Checks what a typed guide says: that its references meet and that each table answers every case exactly once.

``policy.guides.reading`` refuses what is badly formed; this refuses what is well formed and wrong.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations, islice
from pathlib import Path

from cultivar.policy.guides.boxes import Box, meet, uncovered
from cultivar.policy.guides.model import Guide, Question, Row, Table
from cultivar.policy.guides.reading import read_guide
from cultivar.policy.guides.space import Space
from cultivar.policy.problems import BadFile, Place, Problem
from cultivar.policy.text import Text

Found = Iterator[tuple[Place, Text]]

RESERVED = frozenset({"contact", "result", "rules"})
"""Words that stand in addresses where the id of a question stands."""
_GAPS_SHOWN = 3
_QUESTION, _PROGRAMME = Text("问题", "question"), Text("政策", "programme")


def check(path: Path) -> list[Problem]:
    """Every problem of one guide file, in the order of its lines; an empty list when it can be asked."""
    try:
        reading = read_guide(path)
    except BadFile as bad:
        return bad.problems
    for rules in (_FORM, _REFERENCES, _SENSE):  # a later group asks what an earlier one has made sure of
        found = [
            Problem(path, reading.source.line(place), text)
            for rule in rules
            for place, text in rule(reading.guide)
        ]
        if found:
            return sorted(found, key=lambda problem: problem.line)
    return []


def _unknown(what: Text, name: str, place: Place) -> tuple[Place, Text]:
    words = Text("没有名为“{name}”的{what}。", "There is no {what} named “{name}”.")
    return place, words.fill(name=name, what=what)


def _unique(guide: Guide) -> Found:
    named: list[list[tuple[Place, str]]] = [
        [(("questions", n), one.id) for n, one in enumerate(guide.questions)],
        [(("tables", n), one.id) for n, one in enumerate(guide.tables)],
        [one for n, table in enumerate(guide.tables) for one in _row_ids(n, table)],
    ]
    for n, question in enumerate(guide.questions):
        named.append([(("questions", n, "bands", m), band.id) for m, band in enumerate(question.bands)])
    for places in named:
        known: set[str] = set()
        for place, name in places:
            if name in known:
                yield (
                    place,
                    Text(f"“{name}”用了两次，编号要唯一。", f"“{name}” is used twice; ids are unique."),
                )
            known.add(name)


def _row_ids(number: int, table: Table) -> list[tuple[Place, str]]:
    return [(("tables", number, "rows", n), row.id) for n, row in enumerate(table.rows)]


def _reserved(guide: Guide) -> Found:
    for number, question in enumerate(guide.questions):
        if question.id in RESERVED:
            yield (
                ("questions", number, "id"),
                Text(
                    f"“{question.id}”是网址中的固定用词，请给问题换一个编号。",
                    f"“{question.id}” is a fixed word of the addresses; give the question another id.",
                ),
            )


def _askable(guide: Guide) -> Found:
    """A question has choices, or bands of a number in a unit."""
    for number, question in enumerate(guide.questions):
        place: Place = ("questions", number)
        if bool(question.choices) == bool(question.bands):
            yield (
                place,
                Text(
                    "问题要么写选项（choices），要么写数值分段（bands），只能写一种。",
                    "A question has either choices or bands of a number, one of the two.",
                ),
            )
        elif len(question.options) < 2:
            yield (
                place,
                Text("问题至少要有两个选项或分段。", "A question needs two choices or bands at least."),
            )
        elif question.numeric:
            yield from _bands(question, place)
        elif question.unit is not None:
            yield (
                (*place, "unit"),
                Text("有选项的问题不用单位。", "A question with choices has no unit."),
            )


def _bands(question: Question, place: Place) -> Found:
    if question.unit is None:
        yield place, Text("数值问题要写单位（unit）。", "A question for a number names its unit.")
    before = Decimal(question.above)
    for number, band in enumerate(question.bands):
        here: Place = (*place, "bands", number)
        if band.up_to is None:
            if number < len(question.bands) - 1:
                yield here, Text("只有最后一段可以不写上限。", "Only the last band may be open.")
            continue
        if Decimal(band.up_to) <= before:
            yield (
                here,
                Text(
                    f"上限 {band.up_to} 不大于前一段的上限 {before}，请从小到大写。",
                    f"The limit {band.up_to} is not above the limit before it, {before}; "
                    "write bands in rising order.",
                ),
            )
        before = Decimal(band.up_to)


def _conditions(guide: Guide) -> Found:
    """A condition names choices of questions that come before."""
    for number, question in enumerate(guide.questions):
        before = {one.id: one for one in guide.questions[:number]}
        for n, condition in enumerate(question.asked_when):
            # one condition may stand without its list; the nearest known place gives the line
            place: Place = ("questions", number, "asked_when", n)
            for name, options in condition.items():
                if name in before:
                    yield from _options(before[name], options, (*place, name))
                elif guide.question(name):
                    yield (
                        (*place, name),
                        Text(
                            f"“{name}”在这个问题之后才问，不能作为条件。",
                            f"“{name}” is asked after this question and cannot be its condition.",
                        ),
                    )
                else:
                    yield _unknown(_QUESTION, name, (*place, name))


def _options(question: Question, options: Iterable[str], place: Place) -> Found:
    for option in options:
        if option not in question.options:
            words = Text("问题“{name}”没有选项“{option}”。", "Question “{name}” has no choice “{option}”.")
            yield place, words.fill(name=question.id, option=option)


def _tables(guide: Guide) -> Found:
    for number, table in enumerate(guide.tables):
        for n, name in enumerate(table.columns):
            if guide.question(name) is None:
                yield _unknown(_QUESTION, name, ("tables", number, "columns", n))
            elif not any(name in row.when for row in table.rows):
                yield (
                    ("tables", number, "columns", n),
                    Text(
                        f"没有一行看“{name}”，请去掉这一列。", f"No row looks at “{name}”; remove the column."
                    ),
                )
        for n, row in enumerate(table.rows):
            yield from _row(guide, table, row, ("tables", number, "rows", n))


def _row(guide: Guide, table: Table, row: Row, place: Place) -> Found:
    for name, options in row.when.items():
        question = guide.question(name)
        if question is None:
            yield _unknown(_QUESTION, name, (*place, "when", name))
        elif name not in table.columns:
            yield (
                (*place, "when", name),
                Text(
                    f"“{name}”不在这张表的列（columns）里。",
                    f"“{name}” is not among the columns of this table.",
                ),
            )
        else:
            yield from _options(question, options, (*place, "when", name))
    if row.programme is None and row.result is None:
        yield place, Text("要写结果（result）或政策（programme）。", "A row gives a result or a programme.")
    if row.programme is None and row.article:
        yield (
            (*place, "article"),
            Text("引条款要写明是哪个政策（programme）的。", "Articles are cited of a programme; name it."),
        )
    if row.programme is not None and row.programme not in guide.programmes:
        yield _unknown(_PROGRAMME, row.programme, (*place, "programme"))
    if row.programme is not None and not row.article and row.source is None:
        yield (
            place,
            Text(
                "指向政策的行要注明条款（article）或出处（source）。",
                "A row that leads to a programme cites an article or a source.",
            ),
        )


def _used(guide: Guide) -> Found:
    """Nothing is asked, offered or declared in vain."""
    named = list(_named(guide))
    for number, question in enumerate(guide.questions):
        answers = {option for name, option in named if name == question.id}
        if not answers:
            yield (
                ("questions", number),
                Text(
                    f"没有一行、也没有一个条件用到问题“{question.id}”，请删去或写进表里。",
                    f"No row and no condition uses the question “{question.id}”; remove it or use it.",
                ),
            )
            continue
        for n, option in enumerate(question.options):
            if option not in answers:
                part: Place = ("choices", option) if question.choices else ("bands", n)
                yield (
                    ("questions", number, *part),
                    Text(
                        f"没有一行、也没有一个条件写到选项“{option}”，选它没有作用。",
                        f"No row and no condition names the choice “{option}”; choosing it has no effect.",
                    ),
                )
    cited = {row.programme for table in guide.tables for row in table.rows}
    for name in guide.programmes:
        if name not in cited:
            yield (
                ("programmes", name),
                Text(f"没有一行指向政策“{name}”。", f"No row leads to the programme “{name}”."),
            )


def _named(guide: Guide) -> Iterator[tuple[str, str]]:
    conditions: list[Mapping[str, Sequence[str]]] = [row.when for table in guide.tables for row in table.rows]
    conditions += [condition for question in guide.questions for condition in question.asked_when]
    for condition in conditions:
        yield from ((name, option) for name, options in condition.items() for option in options)


def _reachable(guide: Guide) -> Found:
    """Every question is asked in some case, every row can answer one."""
    for number, question in enumerate(guide.questions):
        if question.asked_when:
            space = Space.of(guide, [question.id])
            if space.reached(space.box({question.id: question.options})) is None:
                yield (
                    ("questions", number, "asked_when"),
                    Text(
                        f"问题“{question.id}”永远不会问到：它的条件不能同时成立。",
                        f"The question “{question.id}” is never asked: its conditions cannot hold together.",
                    ),
                )
    for number, table in enumerate(guide.tables):
        space = Space.of(guide, table.columns)
        for n, row in enumerate(table.rows):
            if space.reached(space.box(row.when)) is None:
                yield (
                    ("tables", number, "rows", n),
                    Text(
                        f"行“{row.id}”永远用不上：它写的回答不会同时出现。",
                        f"Row “{row.id}” can never answer: its answers do not occur together.",
                    ),
                )


def _exactly_once(guide: Guide) -> Found:
    """Hit policy *unique*: no two rows answer the same combination, and none is left without a row."""
    for number, table in enumerate(guide.tables):
        space = Space.of(guide, table.columns)
        rows = [(row, space.box(row.when)) for row in table.rows]
        overlaps = list(_overlaps(space, table, rows, number))
        yield from overlaps
        yield from _gaps(space, table, [box for _, box in rows], number, disjoint=not overlaps)


def _overlaps(space: Space, table: Table, rows: Sequence[tuple[Row, Box]], number: int) -> Found:
    for (first, (one, box)), (second, (other, another)) in combinations(enumerate(rows), 2):
        both = meet(box, another)
        shared = both and space.reached(both)
        if shared:
            words = Text(
                "表“{table}”：行“{one}”与行“{other}”都回答同一种情况，例如：{example}。",
                "Table “{table}”: rows “{one}” and “{other}” both answer the same case, for example: {example}.",
            )
            yield (
                ("tables", number, "rows", max(first, second)),
                words.fill(table=table.id, one=one.id, other=other.id, example=_example(space, shared)),
            )


def _gaps(space: Space, table: Table, rows: Sequence[Box], number: int, *, disjoint: bool) -> Found:
    missing = (gap for box in space.reachable for gap in uncovered(box, rows, disjoint))
    words = Text(
        "表“{table}”：没有一行回答这种情况：{example}。",
        "Table “{table}”: no row answers this case: {example}.",
    )
    for gap in islice(missing, _GAPS_SHOWN):
        yield ("tables", number), words.fill(table=table.id, example=_example(space, gap))


def _example(space: Space, box: Box) -> Text:
    """One combination of a box in words; questions that are not asked are left out."""
    said = []
    for question, mask in zip(space.questions, box, strict=True):
        option = (mask & -mask).bit_length() - 1
        if option < len(question.options):
            words = question.words(question.options[option])
            said.append(Text(f"{question.zh}——{words.zh}", f"{question.en} – {words.en}"))
    return Text("；".join(one.zh for one in said), "; ".join(one.en for one in said))


_FORM = (_unique, _reserved, _askable)
_REFERENCES = (_conditions, _tables)
_SENSE = (_used, _reachable, _exactly_once)
