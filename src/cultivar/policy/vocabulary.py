"""The words about enterprises that programme files and workbooks share: measures, qualifications, incidents.

They stand in ``vocabulary.yaml`` beside this module; to add one takes a line there and no Python.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from cultivar.policy.text import Text

SOURCE = Path(__file__).with_name("vocabulary.yaml")
YUAN_PER_WAN = 10_000
WAN = Text("万元", "10 000 yuan")
Kind = Literal["money", "count", "amount", "yes-no"]


@dataclass(frozen=True)
class Measure:
    """What one enterprise reports for one year.

    A value is kept as a whole number of its smallest part: yuan, pieces, thousandths of ``unit``; yes is 1, no 0.
    ``scale`` is how many of those one unit on paper has (10 000 for money in 万元).
    """

    id: str
    name: Text
    kind: Kind
    unit: Text | None
    scale: int
    signed: bool
    also: tuple[str, ...]

    def on_paper(self, stored: int) -> Decimal:
        """A kept value in the unit in which people write it."""
        return Decimal(stored) / self.scale


@dataclass(frozen=True)
class Word:
    """A term with its names; ``ranks`` are the levels at which a qualification exists, highest first."""

    id: str
    name: Text
    also: tuple[str, ...] = ()
    ranks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """All the words, by id, in the order of the file; ``grades`` of incidents run from light to grave."""

    measures: Mapping[str, Measure]
    qualifications: Mapping[str, Word]
    ranks: Mapping[str, Word]
    incidents: Mapping[str, Word]
    grades: Mapping[str, Word]

    def graver(self, least: str) -> frozenset[str]:
        """The grades from ``least`` up."""
        order = list(self.grades)
        return frozenset(order[order.index(least) :])


@cache
def vocabulary() -> Vocabulary:
    """The words as the file has them."""
    data = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    measures = {row["id"]: _measure(row) for row in data["measures"]}
    return Vocabulary(
        measures, *(_words(data[name]) for name in ("qualifications", "ranks", "incidents", "grades"))
    )


def _words(rows: list[dict[str, Any]]) -> dict[str, Word]:
    return {
        row["id"]: Word(
            row["id"], Text(row["zh"], row["en"]), tuple(row.get("also", ())), tuple(row.get("ranks", ()))
        )
        for row in rows
    }


def _measure(row: dict[str, Any]) -> Measure:
    kind: Kind = row["kind"]
    unit = Text(row["unit"]["zh"], row["unit"]["en"]) if "unit" in row else None
    return Measure(
        id=row["id"],
        name=Text(row["zh"], row["en"]),
        kind=kind,
        unit=WAN if kind == "money" else unit,
        scale=YUAN_PER_WAN if kind == "money" else 10 ** row.get("decimals", 0),
        signed=row.get("signed", False),
        also=tuple(row.get("also", ())),
    )
