"""What a programme file can say, as frozen types. The file's own words are the names here.

Everything is read strictly: unknown keys, wrong types and texts in one language only are refused by
``cultivar.policy.reading``, which names the line.
"""

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    StringConstraints,
)

from cultivar.policy.model_conditions import (
    Condition,
    Criterion,
    Designation,
    DesignationGroup,
    Direction,
    Evidence,
    Indicator,
    Target,
)
from cultivar.policy.model_form import FormField, FormSection
from cultivar.policy.model_parts import Day, Id, Ids, Named, Part, Said, Words
from cultivar.policy.model_procedure import Guard, Procedure
from cultivar.policy.text import Text


class Article(Part):
    """One article, paragraph or item of the document, summarised in our own words."""

    id: Id
    number: Words
    """As the document counts, in Arabic digits: "9", "6.3" for the third item of article 6."""
    kind: Literal["executable", "discretion", "declaratory"]
    """Executable: the house keeps it. Discretion: an office judges. Declaratory: nothing follows."""
    chapter: Said | None = None
    summary: Said
    """What it says, in our own words; the document itself prevails."""


Scope = Literal[
    "own cases",
    "lead region",
    "partner regions",
    "regions concerned",
    "whole region",
    "assigned cases",
    "published matters",
    "everything",
]


class SubjectKind(Named):
    """What is cultivated: a cluster, a chain, a town. ``zh``/``en`` are its word, ``plural`` the English plural."""

    kind: Id
    plural: Words

    @property
    def many(self) -> Text:
        """The word for several of them."""
        return Text(self.zh, self.plural)


class Body(Named):
    """A body that acts, and over which cases. ``played_by`` names the body whose offices take this part.

    The id is the kind of office: offices of one kind act under every programme that names it.
    """

    scope: Scope
    """Over which cases it acts."""
    short: Said | None = None
    played_by: Id | None = None
    """The body whose offices take this part."""
    posts: dict[Id, Said] = {}
    """The posts in its offices, where an act asks for one."""


class OpenPoint(Part):
    """Where the text is silent or can be read in two ways: the readings and the one that this file takes."""

    id: Id
    article: Id
    question: Said
    readings: list[Said] = Field(min_length=2)
    chosen: Annotated[int, Field(ge=1)]
    """The reading taken, counted from 1."""
    because: Said
    set_by: Literal["round", "plan", "file"]
    """Who may decide otherwise; file: nobody, the file takes the reading."""


class IndustryField(Named):
    """A field in which subjects are cultivated, with its directions."""

    id: Id
    article: Id
    directions: list[Direction] = []


class RoundSetting(Named):
    """What the notice of a round may or must set, by which article it may."""

    id: Id
    article: Id
    type: Literal["window", "limits", "thresholds", "criteria", "scoring", "names", "whole", "text", "choice"]
    required: bool


class Duty(Named):
    """What recurs: who owes it, for what, by when."""

    id: Id
    article: Id
    by: Id
    opens: Id
    """The procedure by which it is done."""
    every_years: Annotated[int, Field(ge=1)]
    from_: Literal["recognition", "calendar year"] = Field(alias="from")
    due_month: int | None = None
    due_day: int | None = None
    covers: Said | None = None


class Measure(Named):
    """A support measure or a responsibility, and who owes it; ``by`` is absent where the text names nobody."""

    id: Id
    article: Id
    by: Ids = []
    kind: Literal[
        "fund",
        "project",
        "platform",
        "finance",
        "coordination",
        "talent",
        "land",
        "policy",
        "service",
        "honour",
        "responsibility",
    ]


class Sanction(Named):
    """A ground on which a title ends, and the procedure that it opens."""

    id: Id
    article: Id
    opens: Id


class Title(Named):
    """A title that an act grants. ``number`` is a pattern with {year} and {n}."""

    article: Id
    number: Words
    """Its pattern, with {year} and {n}."""


class Try(Part):
    """What an example tries."""

    act: Id
    as_: str = Field(alias="as")
    region: str | None = None
    person: str | None = None


class Expected(Part):
    """What must come of it."""

    allowed: bool
    reason: Id | None = None
    missing: list[str] = []
    article: Id | None = None
    last_day: Day | None = None


class Example(Part):
    """A small case by which the file shows what it means; ``programmes check`` runs it."""

    name: Said
    procedure: Id = "recognition"
    lead: str | None = None
    partners: list[str] = []
    round: dict[str, Any] = {}
    parent: Id | None = None
    """The stage of the case on which it hangs."""
    children: dict[Id, Id] = {}
    acts: list[str | dict[str, str]]
    """What has been done, by the names of the acts."""
    at: Day | None = None
    try_: Try = Field(alias="try")
    expect: Expected


class InForce(Part):
    """From when, and where known until when, the document is in force."""

    from_: Day = Field(alias="from")
    to: Day | None = None


class Programme(Part):
    """A version of a policy."""

    programme: Id
    version: Id
    title: Said
    short_title: Said
    document_number: str | None = None
    """The number that the issuer gave the document."""
    issuer: Said
    issued: Day | None = None
    """A draft for comment need not have been issued; every other document was."""
    in_force: InForce | None = None
    """A draft is never in force; every other document is."""
    status: Literal["draft", "trial", "in force", "superseded"]
    """A draft can be read and compared, and tried in a demonstration."""
    region: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    """The code of the region whose policy it is."""
    subject: SubjectKind
    supersedes: Words | None = None
    """Key of the version that this one replaces."""
    transition: Said | None = None
    """What becomes of cases begun under the version that it replaces."""
    source: Said
    """Where the text that was encoded was read."""
    counted: Literal["articles", "paragraphs", "parts"] = "articles"
    """What the document numbers; a report has no articles."""
    case_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,6}$")]
    """The letters with which the numbers of its cases begin."""
    articles: list[Article]
    """Every article, in the order of the document."""
    bodies: dict[Id, Body]
    """Who acts, by id."""
    open_points: list[OpenPoint] = []
    """Where the text is silent or can be read in two ways."""
    fields: list[IndustryField] = []
    round: list[RoundSetting] = []
    """What the notice of a round may or must set."""
    form: list[FormSection] = []
    """The dossier, page by page."""
    conditions_hold: Literal["all", "any"] = "all"
    """Whether all conditions must hold or any of them."""
    conditions: list[Condition] = []
    criteria: list[Criterion] = []
    """The criteria whose points the document itself gives; they sum to 100."""
    groups: list[DesignationGroup] = []
    designations: list[Designation] = []
    """The subjects that the document itself names."""
    targets: list[Target] = []
    indicators: list[Indicator] = []
    evidence: list[Evidence] = []
    titles: dict[Id, Title] = {}
    guards: dict[Id, Guard] = {}
    """Conditions of acts, by id; each one test and a sentence that says what is missing."""
    procedures: dict[Id, Procedure]
    """The matters, by id: stages and acts."""
    duties: list[Duty] = []
    """What recurs."""
    measures: list[Measure] = []
    """What support is owed, and by whom."""
    sanctions: list[Sanction] = []
    """The grounds on which a title ends."""
    examples: list[Example] = []
    """Small cases with the expected answer; the checker runs them."""

    @property
    def key(self) -> str:
        """``programme/version``."""
        return f"{self.programme}/{self.version}"

    @cached_property
    def article(self) -> dict[str, Article]:
        """The articles by id."""
        return {article.id: article for article in self.articles}

    @cached_property
    def condition(self) -> dict[str, Condition]:
        """The conditions by id."""
        return {condition.id: condition for condition in self.conditions}

    @cached_property
    def form_fields(self) -> dict[str, FormField]:
        """All fields of the dossier by id."""
        return {field.id: field for section in self.form for field in section.fields}

    @cached_property
    def limited_acts(self) -> dict[str, Text]:
        """The acts whose time limit a round sets, with their names."""
        return {
            name: act.text
            for procedure in self.procedures.values()
            for name, act in procedure.acts.items()
            if act.limit is not None and act.limit.set_by == "round"
        }

    @cached_property
    def judging_bodies(self) -> frozenset[str]:
        """The bodies whose offices judge cases that are assigned to them."""
        return frozenset(
            body.played_by or name for name, body in self.bodies.items() if body.scope == "assigned cases"
        )
