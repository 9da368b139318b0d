"""The answers to the conditions as pages and papers show them. Pure over an appraisal."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from cultivar.appraisal.answers import Answer, Appraisal, FigureLine, Verdict, readable, with_unit
from cultivar.cases.citing import chip
from cultivar.policy.conditions import Measured
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.web import components as c
from cultivar.web.formats import grouped

VERDICTS: Mapping[Verdict, c.Tag] = {
    "holds": c.Tag(Text("符合", "Met"), "ok"),
    "fails": c.Tag(Text("不符合", "Not met"), "bad"),
    "unknown": c.Tag(Text("缺数据", "Not known"), "warn"),
    "judgement": c.Tag(Text("待判断", "To be judged"), "plain"),
}
_SIGNS = {"at_least": "≥", "more_than": ">", "at_most": "≤", "less_than": "<"}
_NAMED = 5  # enterprises that a line names before it counts the rest


@dataclass(frozen=True)
class BoundLine:
    """One bound of a figure: "≥ 3 %", who set it (an article of the document, or the round), and whether it is met."""

    words: Text
    chip: c.ArticleChip | None  # None: the round's notice set it
    tag: c.Tag


@dataclass(frozen=True)
class FigureRow:
    """An indicator: its figure, where it is from, how it is reckoned, its bounds, and what a human should look at."""

    name: Text
    value: Text
    known: bool
    source: Text
    formula: Text
    bounds: tuple[BoundLine, ...]
    leads: tuple[Text, ...]
    lacking: tuple[str, ...]  # credit codes, the first few
    missing: int  # how many enterprises lack the figure

    @property
    def more(self) -> int:
        """How many of them are not named."""
        return self.missing - len(self.lacking)


@dataclass(frozen=True)
class EvidenceRow:
    """A kind of evidence and how many files there are."""

    name: Text
    files: int


@dataclass(frozen=True)
class AnswerRow:
    """The answer to one condition."""

    id: str
    name: Text
    summary: Text
    chip: c.ArticleChip
    tag: c.Tag
    because: Text
    figures: tuple[FigureRow, ...]
    evidence: tuple[EvidenceRow, ...]
    ways: tuple[Text, ...]

    @property
    def bounded(self) -> bool:
        """Whether any figure is held against a bound."""
        return any(line.bounds for line in self.figures)


@dataclass(frozen=True)
class Answered:
    """All answers, and the sentence that they come to."""

    rows: tuple[AnswerRow, ...]
    counts: tuple[tuple[c.Tag, int], ...]
    together: Text
    tag: c.Tag


def answered(programme: Programme, appraisal: Appraisal, *, leads: bool) -> Answered:
    """The answers for readers, in the order of the programme; ``leads`` only for those who may see them."""
    rows = tuple(_row(programme, one) for one in appraisal.answers)
    return Answered(
        rows if leads else tuple(_without_leads(row) for row in rows),
        tuple((tag, len(appraisal.of(verdict))) for verdict, tag in VERDICTS.items()),
        _together(programme, appraisal),
        VERDICTS[appraisal.verdict],
    )


def _without_leads(row: AnswerRow) -> AnswerRow:
    return replace(row, figures=tuple(replace(line, leads=()) for line in row.figures))


def _together(programme: Programme, appraisal: Appraisal) -> Text:
    every = programme.conditions_hold == "all"
    asked = (
        Text("各项条件须同时具备", "All conditions must hold at once")
        if every
        else Text("具备其中一项即可", "One of the conditions is enough")
    )
    failing, unknown = len(appraisal.of("fails")), len(appraisal.of("unknown"))
    found = {
        "holds": Text("现在的数据和审核意见表明都符合。", "figures and opinions so far say that they do."),
        "fails": Text("有 {n} 项不符合。", "{n} are not met."),
        "unknown": Text("有 {m} 项缺数据，还不能断定。", "{m} lack figures; nothing can be said yet."),
        "judgement": Text(
            "数字没有不符合的，其余由审核单位判断。", "no figure stands against it; the rest is judged."
        ),
    }[appraisal.verdict].fill(n=failing, m=unknown)
    return Text(f"{asked.zh}：{found.zh}", f"{asked.en}: {found.en}")


def _row(programme: Programme, one: Answer) -> AnswerRow:
    condition = one.condition
    cited = chip(programme, condition.article)
    return AnswerRow(
        condition.id,
        condition.text,
        condition.summary.text,
        cited,
        VERDICTS[one.verdict],
        _because(one),
        tuple(_figure(line, cited) for line in one.figures),
        tuple(EvidenceRow(line.kind.text, line.files) for line in one.evidence),
        tuple(way.text for way in one.ways),
    )


def _because(one: Answer) -> Text:
    """Why it comes out so, in one sentence."""
    if (
        one.judged == "fails"
        and one.verdict == "fails"
        and all(bound.met is not False for bound in one.bounds)
    ):
        return Text("审核单位认为不符合。", "An office found it not met.")
    failing = [bound for bound in one.bounds if bound.met is False]
    if one.verdict == "fails":
        return Text("有 {n} 个指标没有达到要求。", "{n} figures miss their bound.").fill(n=len(failing))
    lacking = [bound for bound in one.bounds if bound.met is None]
    if one.verdict == "unknown":
        return Text("有 {n} 个有门槛的指标缺数据。", "{n} figures that have a bound are not known.").fill(
            n=len(lacking)
        )
    if one.verdict == "holds" and one.judged == "meets" and not one.bounds:
        return Text("审核单位认为符合。", "An office found it met.")
    if one.verdict == "holds" and one.judged == "meets":
        return Text("审核单位认为符合，数字也达到要求。", "An office found it met, and the figures agree.")
    if one.verdict == "holds":
        return Text("数字都达到要求。", "Every figure is within its bound.")
    if one.bounds:
        return Text(
            "有门槛的指标都达到了；条文由审核单位判断。",
            "The bounds are met; the text leaves it to an office.",
        )
    return Text(
        "条文和通知都没有门槛，由审核单位判断。", "Neither text nor notice sets a bound; an office judges."
    )


def _figure(line: FigureLine, cited: c.ArticleChip) -> FigureRow:
    lacking = line.reading.lacking if line.reading and line.source != "dossier" else ()
    return FigureRow(
        line.indicator.text,
        _value(line),
        line.value is not None,
        _source(line),
        line.indicator.formula.text,
        tuple(_bound(line, one, cited) for one in line.measured),
        tuple(_leads(line)),
        lacking[:_NAMED],
        len(lacking),
    )


def _value(line: FigureLine) -> Text:
    unit = line.indicator.unit.text
    if line.value is not None:
        return _with_unit(line.value, unit, [one.limit for one in line.measured])
    if line.floor:
        least = _with_unit(line.floor, unit)
        return Text(f"至少 {least.zh}", f"at least {least.en}")
    return Text("未知", "not known")


def _source(line: FigureLine) -> Text:
    reading = line.reading
    if line.source == "dossier" and reading is not None and reading.asked and reading.lacking:
        return Text(
            "申报书填报；企业名单 {known}/{asked} 家有数据",
            "stated in the dossier; {known} of {asked} enterprises known",
        ).fill(known=reading.known, asked=reading.asked)
    if line.source == "dossier":
        return Text("申报书填报", "stated in the dossier")
    if reading is None or (
        line.indicator.computed is not None and line.indicator.computed.way == "incidents"
    ):
        return Text("申报书还没有填", "not yet stated in the dossier")
    if not reading.asked:
        return Text("还没有企业名单", "no roster yet")
    if reading.lacking:
        return Text(
            "企业名单，{known}/{asked} 家有数据", "roster, {known} of {asked} enterprises known"
        ).fill(known=reading.known, asked=reading.asked)
    return Text("按企业名单计算，{n} 家", "computed over the roster, {n} enterprises").fill(n=reading.asked)


def _bound(line: FigureLine, one: Measured, cited: c.ArticleChip) -> BoundLine:
    limit = _with_unit(one.limit, line.indicator.unit.text)
    sign = _SIGNS[one.bound]
    tag = {
        True: c.Tag(Text("达到", "met"), "ok"),
        False: c.Tag(Text("没有达到", "missed"), "bad"),
        None: c.Tag(Text("缺数据", "not known"), "warn"),
    }[one.met]
    words = Text(f"{sign} {limit.zh}", f"{sign} {limit.en}")
    return BoundLine(words, cited if one.by == "document" else None, tag)


def _leads(line: FigureLine) -> Iterator[Text]:
    if not (line.differs or line.short):
        return
    stated, found = stated_and_found(line)
    words = (
        Text(
            "“{name}”申报书填 {stated}，按名单算是 {found}。",
            "“{name}”: the dossier says {stated}, the roster {found}.",
        )
        if line.differs
        else Text(
            "“{name}”申报书填 {stated}，名单和登记中已有 {found}。",
            "“{name}”: the dossier says {stated}; {found} are on record already.",
        )
    )
    yield words.fill(name=line.indicator.text, stated=stated, found=found)


def stated_and_found(line: FigureLine) -> tuple[Text, Text]:
    """What the dossier states and what the roster has, with units; only for a line that ``differs`` or is ``short``."""
    reading, unit = line.reading, line.indicator.unit.text
    found = reading.value if reading and line.differs else reading.floor if reading else None
    assert line.stated is not None
    assert found is not None
    return _with_unit(line.stated, unit), _with_unit(found, unit)


def _with_unit(number: Decimal, unit: Text, limits: Iterable[Decimal] = ()) -> Text:
    return with_unit(grouped(readable(number, limits)), unit)
