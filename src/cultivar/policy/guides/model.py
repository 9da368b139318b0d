"""What a guide file can say: questions with choices, and decision tables over the answers.

A table follows the decision tables of DMN with the hit policy *unique*: every combination of answers that can
arise is answered by exactly one row. ``policy.guides.linter`` proves that.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from cultivar.policy.model_parts import Decimals, Id, Ids, Named, Part, Said, Words, _listed
from cultivar.policy.text import Text


def _alone(value: Any) -> Any:
    """One condition may stand where a list of conditions is meant."""
    return [value] if isinstance(value, dict) else value


Answers = Annotated[dict[Id, Ids], Field(min_length=1)]
"""Conditions that hold together: for each question one choice or a list of choices, any of which will do."""


class Choice(Named):
    """One answer that can be chosen."""

    hint: Said | None = None


class Band(Part):
    """A range of numbers: above the band before it, up to and including ``up_to``; the last may be open."""

    id: Id
    up_to: Decimals | None = None


class Question(Named):
    """One question of a page: ``choices``, or a number in ``unit`` that falls into one of ``bands``.

    ``asked_when`` is one condition on earlier questions, or several of which one must hold; absent: always.
    Numbers must be greater than ``above``.
    """

    id: Id
    help: Said | None = None
    several_hint: Said | None = None
    asked_when: Annotated[list[Answers], BeforeValidator(_alone)] = []
    choices: dict[Id, Choice] = {}
    unit: Said | None = None
    above: Decimals = "0"
    bands: list[Band] = []

    @property
    def options(self) -> tuple[str, ...]:
        """Ids of the choices or of the bands, in the order of the file."""
        return tuple(self.choices) or tuple(band.id for band in self.bands)

    @property
    def numeric(self) -> bool:
        """Whether a number is asked."""
        return bool(self.bands)

    @property
    def most(self) -> Decimal | None:
        """The greatest number that can be given; ``None`` where the last band is open."""
        last = self.bands[-1].up_to
        return None if last is None else Decimal(last)

    def band(self, number: Decimal) -> str | None:
        """Id of the band that ``number`` falls into; ``None`` outside all of them."""
        if number <= Decimal(self.above):
            return None
        fitting = (band for band in self.bands if band.up_to is None or number <= Decimal(band.up_to))
        return next((band.id for band in fitting), None)

    def words(self, option: str) -> Text:
        """A choice or a band in words."""
        return self.choices[option].text if self.choices else self._range(option, option)

    def words_of(self, options: Sequence[str]) -> list[Text]:
        """Several choices or bands in words, in the order of the file; neighbouring bands become one range."""
        if self.choices:
            return [self.words(option) for option in self.options if option in options]
        runs: list[list[str]] = []
        for before, option in zip(("", *self.options), self.options, strict=False):
            if option in options and runs and runs[-1][-1] == before:
                runs[-1].append(option)
            elif option in options:
                runs.append([option])
        return [self._range(run[0], run[-1]) for run in runs]

    def _range(self, first: str, last: str) -> Text:
        place = self.options.index(first)
        unit = self.unit.text if self.unit else Text("", "")
        low = self.bands[place - 1].up_to if place else None
        high = self.bands[self.options.index(last)].up_to
        if low is None and high is None:
            ranged = Text("任何数", "any number")
        elif low is None:
            ranged = Text("不超过 {high} {unit}", "up to {high} {unit}")
        elif high is None:
            ranged = Text("大于 {low} {unit}", "over {low} {unit}")
        else:
            ranged = Text("大于 {low}，至 {high} {unit}", "over {low}, up to {high} {unit}")
        return ranged.fill(low=low, high=high, unit=unit)


class Row(Part):
    """One rule of a table: for these answers (absent: any) this result, for this reason.

    ``article`` cites ``programme`` by the numbers of its document; ``source`` says in words what else it rests on.
    """

    id: Id
    when: dict[Id, Ids] = {}
    programme: Id | None = None
    result: Said | None = None
    because: Said
    article: Annotated[list[Words], BeforeValidator(_listed)] = []
    source: Said | None = None


class Table(Named):
    """The decision table of one output; ``columns`` are the questions it looks at."""

    id: Id
    columns: Annotated[Ids, Field(min_length=1)]
    rows: Annotated[list[Row], Field(min_length=1)]


class Cited(Named):
    """A programme to which rows lead: its name and the document behind it, shown also where its file is absent."""

    source: Said


class Contact(Said):
    """What to ask and whom, in words without personal data.

    ``ways`` names settings of the house (``CONTACT``), never an address of somebody.
    """

    ways: list[Literal["mail", "telephone"]] = []


class Guide(Part):
    """A whole file."""

    guide: Id
    version: Words
    title: Said
    intro: Said
    audience: Said
    source: Said
    order: int = 100  # among the guides of the house, the smallest first
    notice: Said | None = None  # that it is an example, general, or fictional
    contact: Contact
    programmes: dict[Id, Cited] = {}
    questions: Annotated[list[Question], Field(min_length=1, max_length=40)]
    tables: Annotated[list[Table], Field(min_length=1)]

    def question(self, name: str) -> Question | None:
        """A question by its id."""
        return next((one for one in self.questions if one.id == name), None)
