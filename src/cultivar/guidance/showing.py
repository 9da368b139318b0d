"""What the pages of a guide show, worked out before the template: addresses, options, results with their reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from cultivar.guidance.results import Known, programme
from cultivar.policy.guides.answering import Given, Hit, Outcome
from cultivar.policy.guides.model import Guide, Question, Row, Table
from cultivar.policy.text import Text
from cultivar.web.components import ArticleChip

SEVERAL = Text("几个答案都符合的，选最重要的一个。", "If several answers fit, choose the most important one.")
SEVERAL_NUMBERS = Text(
    "几个数都可能的，填最重要的一个。", "If several numbers fit, give the most important one."
)


@dataclass(frozen=True)
class Option:
    """A radio button."""

    value: str
    words: Text
    hint: Text | None
    chosen: bool


@dataclass(frozen=True)
class Answered:
    """An earlier answer with the address at which it can be changed."""

    question: Text
    words: Text
    change: str


@dataclass(frozen=True)
class Basis:
    """What a row rests on: chips of articles on file, numbers of others, and words."""

    chips: tuple[ArticleChip, ...]
    numbers: tuple[str, ...]
    words: Text | None


@dataclass(frozen=True)
class Found:
    """One result: of which table, what, where it leads, why, by which row and answers."""

    table: Table
    row: Row
    words: Text | None
    name: Text | None
    url: str
    basis: Basis
    matched: tuple[Given, ...]
    rule: str


def address(guide: Guide, place: str, answers: Mapping[str, str]) -> str:
    """Address of a page of the guide that carries the answers; ``place`` is a question's id or a page's name."""
    names = {"result": "guide-result", "contact": "guide-contact", "rules": "guide-rules"}
    if place in names:
        where = reverse(names[place], args=[guide.guide])
    elif place:
        where = reverse("guide-question", args=[guide.guide, place])
    else:
        where = reverse("guide", args=[guide.guide])
    return f"{where}?{urlencode(answers)}" if answers else where


def ahead(guide: Guide, outcome: Outcome, answers: Mapping[str, str]) -> str:
    """Address of the question to put now, or of the results."""
    return address(guide, outcome.ask.id if outcome.ask else "result", answers)


def back(guide: Guide, outcome: Outcome, answers: Mapping[str, str]) -> str:
    """Address of the question before, or of the start page."""
    return address(guide, outcome.given[-1].question.id if outcome.given else "", answers)


def several(question: Question) -> Text:
    """What to do when several answers fit."""
    if question.several_hint:
        return question.several_hint.text
    return SEVERAL_NUMBERS if question.numeric else SEVERAL


def options(question: Question, chosen: str) -> list[Option]:
    """The radio buttons of a question with choices."""
    return [
        Option(name, choice.text, choice.hint.text if choice.hint else None, name == chosen)
        for name, choice in question.choices.items()
    ]


def answered(guide: Guide, outcome: Outcome, answers: Mapping[str, str]) -> list[Answered]:
    """The earlier answers in their order."""
    return [
        Answered(one.question.text, one.words, address(guide, one.question.id, answers))
        for one in outcome.given
    ]


def progress(outcome: Outcome) -> Text:
    """ "第 3 题，共约 7 题": exact where every way from here is equally long."""
    about = outcome.fewest != outcome.most
    words = (
        Text("第 {n} 题，共约 {all} 题", "Question {n} of about {all}")
        if about
        else Text("第 {n} 题，共 {all} 题", "Question {n} of {all}")
    )
    return words.fill(n=outcome.number, all=max(outcome.most, outcome.number))


def found(guide: Guide, hit: Hit) -> Found:
    """A result for its page."""
    name, known = _programme(guide, hit.row)
    return Found(
        table=hit.table,
        row=hit.row,
        words=hit.row.result.text if hit.row.result else None,
        name=name,
        url=known.url if known else "",
        basis=_basis(guide, hit.row, known),
        matched=hit.matched,
        rule=f"{address(guide, 'rules', {})}#{hit.row.id}",
    )


def _programme(guide: Guide, row: Row) -> tuple[Text | None, Known | None]:
    """The name under which a row's programme is shown, and what the house knows of it."""
    if row.programme is None:
        return None, None
    known = programme(row.programme)
    return (known.title if known else guide.programmes[row.programme].text), known


def _basis(guide: Guide, row: Row, known: Known | None) -> Basis:
    articles = known.articles if known else {}
    cited = guide.programmes[row.programme].source.text if row.programme else None
    return Basis(
        chips=tuple(articles[number] for number in row.article if number in articles),
        numbers=tuple(number for number in row.article if number not in articles),
        words=row.source.text if row.source else cited,
    )


@dataclass(frozen=True)
class Rule:
    """A row of a table as it is read: for each question that it looks at its answers in words."""

    row: Row
    cells: tuple[tuple[Text, tuple[Text, ...]], ...]
    words: Text | None
    name: Text | None
    url: str
    basis: Basis


def rules(guide: Guide, table: Table) -> list[Rule]:
    """All rows of a table."""
    return [_rule(guide, table, row) for row in table.rows]


def _rule(guide: Guide, table: Table, row: Row) -> Rule:
    named = [question for name in table.columns if name in row.when and (question := guide.question(name))]
    cells = tuple((one.text, tuple(one.words_of(row.when[one.id]))) for one in named)
    name, known = _programme(guide, row)
    words = row.result.text if row.result else None
    return Rule(row, cells, words, name, known.url if known else "", _basis(guide, row, known))
