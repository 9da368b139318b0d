"""What the engine is told about a case beside its acts, and who asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from cultivar.policy.text import Text
from cultivar.procedure.record import State


class Asker(Protocol):
    """Whoever asks: a person holding a post in an office. ``registry.actors.Actor`` is one."""

    @property
    def person_key(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def post(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def organisation(self) -> str: ...


@dataclass(frozen=True)
class Finding:
    """A fact from outside the acts: whether it holds, what is missing, and a sentence that says so."""

    holds: bool
    missing: tuple[str, ...] = ()
    text: Text | None = None


@dataclass(frozen=True)
class Terms:
    """What the notice of a round fixes."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    limits: Mapping[str, int] = field(default_factory=dict)  # by act, in the unit that the act names
    values: Mapping[str, Any] = field(default_factory=dict)  # the other settings by id
    closed: bool = False  # the round itself has ended


@dataclass(frozen=True)
class Hanging:
    """A case that hangs on this one: its procedure, its stage, whether that stage is final."""

    procedure: str
    stage: str
    final: bool


@dataclass(frozen=True)
class Matter:
    """The surroundings of one case."""

    applicant: str = ""  # organisation code of the (lead) applicant
    lead_region: str = ""
    terms: Terms = field(default_factory=Terms)
    findings: Mapping[str, Finding] = field(default_factory=dict)
    hanging: tuple[Hanging, ...] = ()
    parent: "ParentCase | None" = None


@dataclass(frozen=True)
class ParentCase:
    """The case on which this one hangs."""

    procedure: str
    state: State
