"""What a programme file says of procedures: stages, acts, what they say, their guards and their time."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import (
    Field,
    StringConstraints,
)

from cultivar.policy.model_parts import Id, Ids, Named, Part, Said

Unit = Literal["working days", "calendar days", "months", "years"]


class Limit(Part):
    """The time within which an act is due. ``n`` stands in the document, or the round sets it."""

    n: Annotated[int, Field(ge=1)] | None = None
    """The length; absent where the round sets it."""
    set_by: Literal["round", "file"] = "file"
    """Round: the notice of the round says the length."""
    unit: Unit
    after: Ids
    """The acts from which it runs."""
    first_day: Literal["counted", "next"]
    """Counted: the day of the act is the first day. Next: the day after it is."""
    on_expiry: Literal["remind", "remind and record"]


class Period(Part):
    """A stretch of time that an act starts, such as the days of a public notice.

    Its length is ``n`` of ``unit``, or it runs ``until`` a day that the act itself names in that field.
    """

    n: Annotated[int, Field(ge=1)] | None = None
    unit: Unit = "working days"
    first_day: Literal["counted", "next"] = "counted"
    until: Id | None = None
    """The field of the act that names the last day."""
    on_expiry: Said
    """What follows when it is over."""


ContentType = Literal[
    "text",
    "long-text",
    "date",
    "datetime",
    "whole",
    "decimal",
    "choice",
    "files",
    "undertaking",
    "per-condition",
    "partner-regions",
    "experts",
    "seated-experts",
    "barred-experts",
    "attending-experts",
    "ballot",
    "tally",
    "score-sheet",
    "per-criterion",
    "dossier",
    "window",
    "limits",
    "criteria",
    "scoring",
    "thresholds",
    "names",
    "named",
    "people",
    "counts",
    "values",
    "drawn",
    "document",
]


class ContentField(Named):
    """What an act says. ``personal`` values stay out of the ledger; ``seen_by`` names who may read them."""

    type: ContentType
    required: bool = False
    at_most: int | None = None
    """Characters."""
    least: int | None = None
    """Items or value."""
    most: int | None = None
    """Items or value."""
    choices: dict[Id, Said] = {}
    when: Literal["past", "future"] | None = None
    """A day not after, or only after, the day of the act."""
    every: bool = False
    """Of a per-condition entry: every condition must be judged."""
    including: Literal["fails"] | None = None
    """Of a per-condition entry: at least one condition must be judged so."""
    among: Id | None = None
    """Of a named entry: the round setting that lists the names."""
    of: Id | None = None
    """Of values: the field of an earlier act that lists their names."""
    document: Id | None = None
    """Of a document: which one the house works out when the act is done; the act names it by its SHA-256."""
    needed_when: dict[Id, Id] = {}
    """Required where another entry of the act says this."""
    counts: Id | None = None
    """Of a tally: the act whose ballots the house counts."""
    quorum: Id | None = None
    """Of a tally: the round setting that says how many must have voted."""
    majority: Id | None = None
    """Of a tally: the round setting that says which share must agree."""
    unit: Said | None = None
    personal: bool = False
    """Kept out of the ledger."""
    seen_by: list[Id] = []
    """The bodies that may read it; empty: everybody who sees the case."""
    sealed_until: Id | None = None
    """Until this act is done later on, only who said it reads it."""
    hint: Said | None = None


class Guard(Named):
    """A condition of an act. ``zh``/``en`` say what is missing; exactly one test is given.

    Tests look at what happened since the case last entered its present stage, unless ``ever`` is true.
    """

    done: Id | None = None
    """This act has been done; with ``each``, by every one of them."""
    each: Literal["partner-regions", "experts"] | None = None
    not_done: Id | None = None
    """This act has not been done."""
    since: Ids = []
    """Of done, not_done, at_least and settled: only what was done after the last of these acts counts."""
    over: Id | None = None
    """The period that this act started is over."""
    running: Id | None = None
    """The period that this act started is still running."""
    in_stage: Ids | None = None
    """With ``of: parent``: the parent stands in one of these stages."""
    none_of: Id | None = None
    """No case of this procedure hangs on this one, in one of the stages of ``in``."""
    some_of: Id | None = None
    """A case of this procedure hangs on this one in one of the stages of ``in``."""
    in_: list[Id] | None = Field(default=None, alias="in")
    """The stages that ``none_of`` and ``some_of`` look at; absent: any open stage."""
    fewer: Ids | None = None
    """Fewer of these acts, ever, than the round's setting ``than``."""
    than: Id | None = None
    chosen: Id | None = None
    """The last time, this act's ``field`` said ``value``."""
    field: Id | None = None
    value: Id | None = None
    window: Literal["open"] | None = None
    """The round's application window is open."""
    fact: Id | None = None
    """Something outside the acts that the house finds out."""
    at_least: Id | None = None
    """As many persons as the round's setting ``than`` asks for have done this act."""
    set_: Id | None = Field(default=None, alias="set")
    """The notice of the round says something under this setting."""
    settled: Id | None = None
    """Everybody on the panel has done this act since ``since``, or the period that ``since`` started is over."""
    of: Literal["parent"] | None = None
    """Ask the case on which this one hangs."""
    ever: bool = False
    """Look at the whole record, not at the present stay in the stage."""
    remedy: Id | None = None
    """The act that removes the obstacle."""

    @cached_property
    def test(self) -> str:
        """The name of the test that this guard makes."""
        given = [name for name in GUARD_TESTS if getattr(self, name) is not None]
        return given[0] if len(given) == 1 else ""


# What the house can find out beside the acts, and what acts can make public.
FACTS = ("dossier-complete", "title-held", "none-in-hand")
DOCUMENTS = (
    "frozen-draw",
    "frozen-order",
    "circumstances",
    "drawn",
    "drawn-order",
    "seating",
    "substitution",
    "bundle",
)
PUBLISHED = (
    "subject-name",
    "applicant-name",
    "lead-region",
    "partner-regions",
    "field",
    "title",
    "round",
    "draw",
)
GUARD_TESTS = (
    *("done", "not_done", "over", "running", "in_stage", "none_of", "some_of"),
    *("fewer", "chosen", "window", "fact", "at_least", "set_", "settled"),
)


class Stage(Named):
    """Where a case can stand. ``waits_for`` lists the acts that are expected here, in order."""

    public: Said | None = None
    """The name that outsiders read, where it differs."""
    step: Said | None = None
    """The name in the stepper; stages without one stand beside the main line."""
    final: Literal["granted", "refused", "closed"] | None = None
    """The case ends here, so."""
    waits_for: Ids = []
    """The acts that are expected here, in order; the desks follow from it."""
    seen_by: list[Id] = []
    """Only these bodies (and whoever sees everything) see a case that stands here."""
    rests: bool = False
    """Nobody is expected to act: a title that is held, a notice in force."""


class Act(Named):
    """An administrative act: who, on what stage, under which conditions, and what follows."""

    articles: Ids = Field(alias="article")
    """The articles by which it is done; the first is the one that counts."""
    by: Annotated[str, StringConstraints(pattern=r"^[a-z-]+(\.[a-z-]+)?$")]
    """The body that does it, or body.post."""
    from_: Ids = Field(alias="from")
    """The stages in which it can be done; new opens a case."""
    to: Id | None = None
    """The stage where the case then stands; absent: it stays."""
    when: Literal["joint"] | None = None
    needs: Ids = []
    """The guards that must hold."""
    content: dict[Id, ContentField] = {}
    """What it says."""
    limit: Limit | None = None
    """Within which time it is due."""
    period: Period | None = None
    """The days that it starts, such as those of a public notice."""
    four_eyes: bool = False
    """A second person must agree."""
    agrees: Annotated[str, StringConstraints(pattern=r"^[a-z-]+(\.[a-z-]+)?$")] | None = None
    """The body or body.post that agrees; absent: the same body."""
    once_per: Literal["region", "person", "stay"] | None = None
    again_after: Ids = []
    """Every time of one of these acts it may, and where a stage waits for it must, be done once more."""
    leaves_panel: bool = False
    publishes: list[Id] = []
    """What becomes public by it."""
    issues: Ids = []
    """The papers that it issues."""
    grants: Id | None = None
    """The title that it grants."""
    ends: Id | None = None
    """The title that it ends."""
    hidden_from: list[Id] = []
    harm: bool = False
    """It works against the one concerned; pages mark it so."""
    task: Said | None = None
    """What a desk calls it where several acts could answer the same question."""
    consequence: Said | None = None
    """What follows, said before it is done."""

    @property
    def body(self) -> str:
        """The body that does it."""
        return self.by.partition(".")[0]

    @property
    def post(self) -> str:
        """The post in that body, or "" when any will do."""
        return self.by.partition(".")[2]

    @property
    def agreeing(self) -> tuple[str, str]:
        """Body and post that must agree where four eyes are needed."""
        body, _, post = (self.agrees or self.body).partition(".")
        return body, post

    @property
    def opens_case(self) -> bool:
        """Whether this act brings a case into being."""
        return "new" in self.from_


class Procedure(Named):
    """A matter from its first act to its last. ``about`` says what it is about and what it hangs on."""

    article: Id
    about: Literal["round", "application", "subject", "case", "title"]
    parent: Id | None = None
    """For ``about: case``: the procedure of the case that it hangs on."""
    designated: bool = False
    """For ``about: subject``: only subjects that the document itself names."""
    hidden_from: list[Id] = []
    stages: dict[Id, Stage]
    acts: dict[Id, Act]
