"""What a programme file can say, as frozen types. The file's own words are the names here.

Everything is read strictly: unknown keys, wrong types and texts in one language only are refused by
``cultivar.policy.reading``, which names the line.
"""

from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from cultivar.policy.text import Text

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$", max_length=60)]


def _in_the_calendar(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("no_such_day", "no such day") from None
    return value


Day = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    AfterValidator(_in_the_calendar),
    Field(json_schema_extra={"format": "date"}),
]
Decimals = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$")]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, pattern=r"\S")]


def _listed(value: Any) -> Any:
    """One id may stand where a list of ids is meant."""
    return [value] if isinstance(value, str) else value


_ID = {"type": "string", "pattern": r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$", "maxLength": 60}
Ids = Annotated[
    list[Id],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [_ID, {"type": "array", "items": _ID}]}),
]


class Part(BaseModel):
    """A piece of a programme file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Said(Part):
    """A text in both languages."""

    zh: Words
    en: Words

    @property
    def text(self) -> Text:
        """The text as the pair that pages and papers use."""
        return Text(self.zh, self.en)


class Named(Said):
    """A thing with a name in both languages."""


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


class Direction(Named):
    """A direction inside a field."""

    id: Id


class IndustryField(Named):
    """A field in which subjects are cultivated, with its directions."""

    id: Id
    article: Id
    directions: list[Direction] = []


Pair = Annotated[list[Id], Field(min_length=2, max_length=2)]


class Computed(Part):
    """How an indicator follows from the enterprises of the roster. Exactly one of the first nine says what is done.

    Measures and qualifications are ids of the shared vocabulary. Money comes out in the indicator's unit,
    shares, ratios and rates in per cent. A figure that an enterprise did not give stays unknown.
    """

    count: Id | None = None
    """Enterprises: all of them, or those that answer yes to a yes-no measure."""
    qualified: Ids | None = None
    """Enterprises that hold one of these qualifications on the day."""
    total: Id | None = None
    """The sum of a measure."""
    ratio: Pair | None = None
    """The sum of the first measure over the sum of the second."""
    mean_ratio: Pair | None = None
    """The mean over the enterprises of the first measure over the second; those whose second is nought are left out."""
    share: Id | None = None
    """Enterprises that answer yes to a yes-no measure among all."""
    growth: Id | None = None
    """The sum of a measure against the year before."""
    fall: Pair | None = None
    """By how much the first measure per unit of the second fell against the year before."""
    incidents: Ids | None = None
    """Events of these kinds on record, of ``grade`` or graver, in the last ``years``. No record proves no event."""
    among: Id | None = None
    """Only enterprises that answer yes to this yes-no measure."""
    ranks: Ids | None = None
    """Of a qualification: the ranks that count; absent: any."""
    grade: Id | None = None
    """Of incidents: the least grade that counts; absent: any."""
    years: Annotated[int, Field(ge=1, le=30)] | None = None
    """Of incidents: how many years back from the day."""

    @cached_property
    def way(self) -> str:
        """The name of what is done; "" unless exactly one is given."""
        given = [name for name in COMPUTED_WAYS if getattr(self, name) is not None]
        return given[0] if len(given) == 1 else ""

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """The measures that every enterprise is asked for, in the order given."""
        single = (
            self.total,
            self.share,
            self.growth,
            self.count if self.count != "all" else None,
            self.among,
        )
        pairs = (self.ratio or [], self.mean_ratio or [], self.fall or [])
        named = [*(name for pair in pairs for name in pair), *(name for name in single if name)]
        return tuple(dict.fromkeys(named))

    @property
    def looks_back(self) -> bool:
        """Whether it needs the figures of the year before too."""
        return self.way in ("growth", "fall")


COMPUTED_WAYS = (
    *("count", "qualified", "total", "ratio", "mean_ratio"),
    *("share", "growth", "fall", "incidents"),
)


class Indicator(Named):
    """A figure that helps to judge a condition: computed over the roster, or stated in the dossier."""

    id: Id
    article: Id
    unit: Said
    better: Literal["higher", "lower"]
    """Which way is better; a threshold of a round bounds it from the other side."""
    formula: Said
    """How it is computed, in words."""
    computed: Computed | None = None
    """How it follows from the roster; absent: the dossier states it."""


class Evidence(Named):
    """A kind of supporting file."""

    id: Id
    article: Id
    hint: Said | None = None


class Bar(Part):
    """A figure that the document itself demands of an indicator: exactly one bound, valid until ``until``."""

    indicator: Id
    at_least: Decimals | None = None
    more_than: Decimals | None = None
    at_most: Decimals | None = None
    less_than: Decimals | None = None
    until: Day | None = None


class ConditionExample(Part):
    """Shows what a condition means: with these figures, these thresholds of a round and this judgement it holds.

    ``expect: open`` means that an office has still to judge, ``unknown`` that a figure is lacking.
    """

    case: Literal["passes", "fails", "boundary", "unknown"]
    figures: dict[Id, Decimals] = {}
    thresholds: dict[Id, Decimals] = {}
    judged: Literal["meets", "fails"] | None = None
    expect: Literal["holds", "fails", "open", "unknown"]


class Condition(Named):
    """What must hold. ``judged_by: discretion`` means that the text names no figure and an office judges."""

    id: Id
    article: Id
    summary: Said
    judged_by: Literal["discretion", "figures"]
    """Figures decide alone, or an office judges."""
    indicators: list[Id] = []
    evidence: list[Id] = []
    bars: list[Bar] = []
    """The figures that the document itself demands."""
    examples: list[ConditionExample] = []


class Criterion(Named):
    """A criterion of the evaluation where the document itself gives its points."""

    id: Id
    article: Id
    points: Annotated[int, Field(ge=1, le=1000)]


class Figure(Part):
    """A stated figure: a decimal of a unit in a year."""

    value: Decimals
    unit: Said
    year: int


class DesignationGroup(Named):
    """A class of the subjects that the document names, with what it states of all of them together."""

    id: Id
    article: Id
    baseline: dict[Id, Figure] = {}
    """What the document states of the group together, by indicator."""


class Designation(Named):
    """A subject that the document itself names: where it lies, what it is to become.

    ``places`` are region codes that the text names, in its order; none where it names only wider areas.
    """

    id: Id
    group: Id
    article: Id
    places: list[Annotated[str, StringConstraints(pattern=r"^[0-9]{4}[0-9A-Z]{2}$")]] = []
    layout: Said | None = None
    aim: Said | None = None
    directions: list[Direction] = []


class Target(Named):
    """What is to be reached, for whom, by when. Without ``value`` the text names no figure."""

    id: Id
    article: Id
    of: Ids
    """Groups or designations; empty: every subject."""
    indicator: Id | None = None
    kind: Literal["level", "yearly growth", "qualitative"]
    bound: Literal["at least", "more than", "in step", "about"] | None = None
    value: Decimals | None = None
    unit: Said | None = None
    by_year: int


FormFieldType = Literal[
    "text",
    "long-text",
    "whole",
    "decimal",
    "percent",
    "money",
    "date",
    "choice",
    "yes-no",
    "field",
    "partner-regions",
    "evidence",
    "table",
    "computed",
]
ColumnType = Literal["text", "whole", "decimal", "percent", "money", "date", "choice", "yes-no"]
NUMERIC = ("whole", "decimal", "percent", "money")
MOST_ROWS = 100  # of a table that gives no number


class Column(Named):
    """A column of a table; the first one names the row. Money is in 10,000 yuan unless ``unit`` says otherwise."""

    id: Id
    type: ColumnType
    required: bool = True
    unit: Said | None = None
    hint: Said | None = None
    at_most: int | None = None
    """Characters."""
    least: Decimals | None = None
    most: Decimals | None = None
    choices: dict[Id, Said] = {}
    sum: bool = False
    """Of a column of numbers: the total stands below the table."""

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers."""
        return self.type in NUMERIC


class Follows(Part):
    """How a figure of the dossier follows from other entries of the form. Exactly one of the first five is given.

    Where an entry, a row's cell or the whole table is not given, the figure is unknown, never nought.
    """

    sum_of: Annotated[list[Id], Field(min_length=2)] | None = None
    """These figures together."""
    difference_of: Pair | None = None
    """The first figure less the second."""
    ratio_of: Pair | None = None
    """The first figure over the second, in per cent, rounded at the sixth place; unknown over nought."""
    rows_of: Id | None = None
    """How many rows the table has."""
    sum_of_column: Pair | None = None
    """A table and one of its columns of numbers: the sum over the rows."""
    where: Pair | None = None
    """Of a table: only the rows whose column (the first) says this (the second)."""

    @cached_property
    def way(self) -> str:
        """The name of what is done; "" unless exactly one is given."""
        given = [name for name in FOLLOWS_WAYS if getattr(self, name) is not None]
        return given[0] if len(given) == 1 else ""

    @property
    def figures(self) -> tuple[str, ...]:
        """The fields whose figures are taken, in order; none where rows of a table are counted or summed."""
        return tuple(self.sum_of or self.difference_of or self.ratio_of or ())

    @property
    def table(self) -> str:
        """The table that is read, or ""."""
        return self.rows_of or (self.sum_of_column[0] if self.sum_of_column else "")


FOLLOWS_WAYS = ("sum_of", "difference_of", "ratio_of", "rows_of", "sum_of_column")


class FormField(Named):
    """A field of the dossier. Money is in 10,000 yuan unless ``unit`` says otherwise."""

    id: Id
    type: FormFieldType
    required: bool = True
    condition: Id | None = None
    indicator: Id | None = None
    evidence: Id | None = None
    unit: Said | None = None
    hint: Said | None = None
    register_: Literal["name", "field", "carrier"] | None = Field(default=None, alias="register")
    """The register of subjects knows this; name and field are not typed again."""
    at_most: int | None = None
    """Characters, files for evidence, or rows of a table."""
    least: Decimals | None = None
    """The least value, or rows of a table; a table of which it is nought may be stated to be empty."""
    most: Decimals | None = None
    choices: dict[Id, Said] = {}
    columns: list[Column] = []
    """Of a table."""
    follows: Follows | None = None
    """Of a computed figure: what it follows from."""
    from_roster: bool = False
    """Of a figure whose indicator is computed over the roster: taken from there and not typed."""
    personal: bool = False
    """Kept out of the ledger and of what is public."""

    @property
    def fixed(self) -> bool:
        """Whether the register of subjects says it, so that nobody types it here."""
        return self.register_ in ("name", "field")

    @property
    def derived(self) -> bool:
        """Whether it follows from something else that is kept, so that nobody types it."""
        return self.type == "computed" or self.from_roster

    @property
    def numeric(self) -> bool:
        """Whether it holds a number."""
        return self.type in NUMERIC or self.type == "computed"

    @cached_property
    def column(self) -> dict[str, Column]:
        """The columns of a table by id."""
        return {column.id: column for column in self.columns}


class FormSection(Named):
    """A page of the dossier."""

    id: Id
    articles: Ids
    fields: list[FormField]


class RoundSetting(Named):
    """What the notice of a round may or must set, by which article it may."""

    id: Id
    article: Id
    type: Literal["window", "limits", "thresholds", "criteria", "names", "whole", "text"]
    required: bool


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
    "score-sheet",
    "dossier",
    "window",
    "limits",
    "criteria",
    "thresholds",
    "names",
    "named",
    "people",
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
    unit: Said | None = None
    personal: bool = False
    """Kept out of the ledger."""
    seen_by: list[Id] = []
    """The bodies that may read it; empty: everybody who sees the case."""
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
PUBLISHED = ("subject-name", "applicant-name", "lead-region", "partner-regions", "field", "title", "round")
GUARD_TESTS = (
    *("done", "not_done", "over", "running", "in_stage", "none_of", "some_of"),
    *("fewer", "chosen", "window", "fact", "at_least"),
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
