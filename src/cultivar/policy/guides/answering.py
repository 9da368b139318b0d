"""What follows from answers: the next question, or the results with the rows that gave them."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cultivar.policy.guides.model import Guide, Question, Row, Table
from cultivar.policy.guides.space import Space
from cultivar.policy.text import Text

_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,6})?\Z", re.ASCII)
_QUOTED = 40  # characters of what somebody typed into an address that are said back

Said = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Given:
    """A valid answer: the choice's id or the number as typed (``value``), and the option that it means."""

    question: Question
    value: str
    option: str

    @property
    def words(self) -> Text:
        """The answer in words, a number with its unit."""
        if not self.question.numeric or self.question.unit is None:
            return self.question.words(self.option)
        return Text(f"{self.value} {self.question.unit.zh}", f"{self.value} {self.question.unit.en}")


@dataclass(frozen=True)
class Hit:
    """A table's result: the row, and the answers that it matched, in the order of the columns."""

    table: Table
    row: Row
    matched: tuple[Given, ...]


@dataclass(frozen=True)
class Outcome:
    """Where somebody stands.

    ``given`` are the answers before ``ask``; ``kept`` later ones that are carried along. ``ask`` is the question
    to put now (``None`` when everything is answered, and then ``hits`` has one entry a table); ``chosen`` is what
    was answered to it before, ``wrong`` why an answer to it cannot be taken. ``remarks`` say what was left out.
    ``fewest`` and ``most`` count the questions of the whole way.
    """

    given: tuple[Given, ...]
    kept: tuple[Given, ...]
    ask: Question | None
    chosen: str
    wrong: Text | None
    remarks: tuple[Text, ...]
    hits: tuple[Hit, ...]
    fewest: int
    most: int

    @property
    def number(self) -> int:
        """Number of the question to put now, from 1."""
        return len(self.given) + 1

    def answers(self) -> dict[str, str]:
        """Every answer that stands, by question."""
        return {one.question.id: one.value for one in (*self.given, *self.kept)}


def answer(guide: Guide, answers: Said, at: str = "") -> Outcome:
    """The next question or the results; ``at`` names a question to put again although it is answered.

    Nothing in ``answers`` (lists where one was given repeatedly) or ``at`` is refused by raising: what does not
    fit is left out and remarked, or asked anew.
    """
    walk = _Walk(guide, answers)
    walk.go(at)
    remarks = [*_strangers(guide, answers), *walk.remarks]
    if at and (walk.ask is None or walk.ask.id != at):
        remarks.append(_elsewhere(guide, at, walk))
    given = {one.question.id: (one.option,) for one in walk.given}
    fewest, most = Space.of(guide).counts(given)
    return Outcome(
        given=tuple(walk.given),
        kept=tuple(walk.kept),
        ask=walk.ask,
        chosen=walk.chosen,
        wrong=walk.wrong,
        remarks=tuple(remarks),
        hits=() if walk.ask else tuple(_hits(guide, walk.given)),
        fewest=fewest,
        most=most,
    )


def option_of(question: Question, values: Sequence[str]) -> Given | Text:
    """The answer that ``values`` give to a question, or why they give none."""
    if len(set(values)) > 1:
        return Text(
            "这个问题有了不止一个回答，请只选一个。", "This question was answered more than once; choose one."
        )
    typed = unicodedata.normalize("NFKC", values[0]).strip()
    if question.numeric:
        return _number(question, typed)
    if not typed:
        return Text("请选一个回答。", "Choose an answer.")
    if typed not in question.options:
        return Text(
            f"没有“{_cut(typed)}”这个选项，请重新选。", f"There is no choice “{_cut(typed)}”; choose again."
        )
    return Given(question, typed, typed)


def _number(question: Question, typed: str) -> Given | Text:
    unit = question.unit.text if question.unit else Text("", "")
    if not typed:
        return Text("请填一个数，单位 {unit}。", "Enter a number in {unit}.").fill(unit=unit)
    if not _NUMBER.match(typed):
        words = Text(
            "“{typed}”不是数。请只用数字和小数点，例如 12.5。",
            "“{typed}” is not a number. Use digits and a point only, for example 12.5.",
        )
        return words.fill(typed=_cut(typed))
    option = question.band(Decimal(typed))
    if option is None and Decimal(typed) <= Decimal(question.above):
        return Text("请填大于 {least} 的数。", "Enter a number above {least}.").fill(least=question.above)
    if option is None:
        return Text("最大填 {most} {unit}。", "Enter {most} {unit} at most.").fill(
            most=question.most, unit=unit
        )
    return Given(question, typed, option)


class _Walk:
    """Goes through the questions in order until one must be put."""

    def __init__(self, guide: Guide, answers: Said) -> None:
        self.guide = guide
        self.answers = {name: _values(value) for name, value in answers.items()}
        self.given: list[Given] = []
        self.silent: set[str] = set()
        self.kept: list[Given] = []
        self.ask: Question | None = None
        self.chosen = ""
        self.wrong: Text | None = None
        self.remarks: list[Text] = []

    def go(self, at: str) -> None:
        for question in self.guide.questions:
            values = self.answers.get(question.id)
            found = option_of(question, values) if values else None
            if ruled_out(question, self.given, self.silent):
                self.silent.add(question.id)
                self.remarks += [_not_asked(question)] if values else []
            elif self.ask is not None:  # whether it is asked may hang on the open question
                self.kept += [found] if isinstance(found, Given) else []
            elif isinstance(found, Given) and question.id != at:
                self.given.append(found)
            else:
                self.ask = question
                self.chosen = values[0] if values else ""
                self.wrong = found if isinstance(found, Text) else None


def ruled_out(question: Question, given: Sequence[Given], silent: Collection[str]) -> bool:
    """Whether a question is surely not asked: each of its conditions fails by an answer or a silent question."""
    options = {one.question.id: one.option for one in given}
    settled = {*options, *silent}
    return bool(question.asked_when) and all(
        any(name in settled and options.get(name) not in wanted for name, wanted in condition.items())
        for condition in question.asked_when
    )


def _values(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _not_asked(question: Question) -> Text:
    return Text(
        "按其余的回答，不问“{name}”，它的回答没有采用。",
        "With your other answers “{name}” is not asked; the answer to it was left out.",
    ).fill(name=question.text)


def _strangers(guide: Guide, answers: Said) -> Iterator[Text]:
    strange = sorted(name for name in answers if guide.question(name) is None)
    if strange:
        names = ", ".join(_cut(name) for name in strange[:3])
        yield Text(
            f"网址里的“{names}”不是这份向导的问题，没有采用。",
            f"“{names}” in the address is no question of this guide and was left out.",
        )


def _elsewhere(guide: Guide, at: str, walk: _Walk) -> Text:
    wanted = guide.question(at)
    if wanted is None:
        return Text(f"这份向导没有问题“{_cut(at)}”。", f"This guide has no question “{_cut(at)}”.")
    if at in walk.silent:
        return Text("按现有回答不问“{name}”。", "With these answers “{name}” is not asked.").fill(
            name=wanted.text
        )
    return Text("在“{name}”之前，还要先答这一题。", "Before “{name}”, this question comes first.").fill(
        name=wanted.text
    )


def _cut(typed: str) -> str:
    shown = "".join(sign for sign in typed if sign.isprintable())
    return shown if len(shown) <= _QUOTED else shown[:_QUOTED] + "…"


def _hits(guide: Guide, given: Sequence[Given]) -> Iterator[Hit]:
    answers = {one.question.id: one for one in given}
    for table in guide.tables:
        for row in table.rows:
            if all(name in answers and answers[name].option in row.when[name] for name in row.when):
                yield Hit(table, row, tuple(answers[name] for name in table.columns if name in row.when))
                break
