"""What is known of a round's applications and of those who may judge them, as rules, tables and lots read it.

Plain values, whoever read them: the database of this house, a file, a test.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from cultivar.evaluation import conflicts
from cultivar.evaluation.affinity import Knows, affinity
from cultivar.evaluation.identities import Answer
from cultivar.evaluation.seating_task import Whole
from cultivar.policy.text import Text


@dataclass(frozen=True)
class Judged:
    """An application. ``id`` is its case; ``field`` the programme's field by which panels are made, "" if none."""

    id: str
    field: str
    knows: Knows
    parties: conflicts.Application


@dataclass(frozen=True)
class Judge:
    """Somebody who may judge. ``id`` is the number in the pool, which names nobody in public; ``person`` the key.

    ``most``: applications at most in this round, None as the round says. ``organisation`` and ``city`` are where
    they work now, "" if unknown; panels are mixed by them.
    """

    id: str
    person: str
    kind: str
    knows: Knows
    parties: conflicts.Expert
    most: int | None = None
    organisation: str = ""
    city: str = ""


@dataclass(frozen=True)
class Circumstances:
    """Applications and judges by id, on a day, with the rules of standing aside and what was found out.

    ``places``: names of regions and organisations by code, for the evidence.
    """

    day: date
    applications: tuple[Judged, ...]
    judges: tuple[Judge, ...]
    rules: tuple[conflicts.Rule, ...] = conflicts.RULES
    answers: tuple[Answer, ...] = ()
    objections: tuple[conflicts.Objection, ...] = ()
    places: Mapping[str, Text] = field(default_factory=dict)

    @cached_property
    def findings(self) -> conflicts.Findings:
        """Who may not judge what, and what a human has to find out. Raises ``BadInput``."""
        return conflicts.find(
            [one.parties for one in self.judges],
            [one.parties for one in self.applications],
            self.day,
            objections=self.objections,
            using=self.rules,
            answers=self.answers,
            places=self.places,
        )

    @cached_property
    def affinity(self) -> Whole:
        """Points, int64 (applications, judges). Raises ``BadInput``."""
        return affinity([one.knows for one in self.applications], [one.knows for one in self.judges])

    @property
    def people(self) -> Mapping[str, str]:
        """The person's key of each number."""
        return {one.id: one.person for one in self.judges}
