"""Does a cluster meet the conditions: an answer to each, with the figures, the bounds, the evidence and the way out.

Pure. The bounds are the document's and the round's; nothing here knows a threshold of its own. An indicator that the
roster computes is taken from there as soon as it is known, else as the dossier states it; where both are known and
differ, that is a lead for a human and changes no verdict.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, localcontext
from typing import Literal

from cultivar.appraisal.indicators import Reading
from cultivar.policy.conditions import Measured, all_hold, assess
from cultivar.policy.model import Programme
from cultivar.policy.model_conditions import Computed, Condition, Evidence, Indicator
from cultivar.policy.text import Text
from cultivar.policy.vocabulary import vocabulary

Verdict = Literal["holds", "fails", "unknown", "judgement"]
Judged = Literal["meets", "fails"]


@dataclass(frozen=True)
class Facts:
    """What is known of an application.

    ``readings``: indicators computed over the roster; ``stated``: figures of the dossier in the indicator's unit;
    ``thresholds``: those of the round; ``opinions``: what an office judged, by condition; ``files``: how many files
    there are, by kind of evidence; ``on``: the day (ISO) on which the bars are asked.
    """

    readings: Mapping[str, Reading] = field(default_factory=dict)
    stated: Mapping[str, Decimal] = field(default_factory=dict)
    thresholds: Mapping[str, Decimal] = field(default_factory=dict)
    opinions: Mapping[str, Judged] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)
    on: str = ""


@dataclass(frozen=True)
class Way:
    """What would have to change for one bound to be met. ``gap``: how far off it is, in parts of the bound."""

    indicator: str
    text: Text
    gap: Decimal


@dataclass(frozen=True)
class FigureLine:
    """An indicator of a condition: the figure that counts, where it is from, and the bounds it is held against."""

    indicator: Indicator
    source: Literal["roster", "dossier", ""]  # "" while it is not known
    value: Decimal | None
    floor: Decimal | None
    reading: Reading | None
    stated: Decimal | None
    measured: tuple[Measured, ...]

    @property
    def differs(self) -> bool:
        """Whether the dossier states another figure than the roster gives."""
        computed = self.reading.value if self.reading else None
        if computed is None or self.stated is None:
            return False
        return abs(computed - self.stated) > _rounding(self.stated)

    @property
    def short(self) -> bool:
        """Whether the dossier states less than is already on record."""
        floor = self.reading.floor if self.reading else None
        return floor is not None and self.stated is not None and self.stated < floor - _rounding(self.stated)


def _rounding(stated: Decimal) -> Decimal:
    """Half of the last place that was written: within it a figure is rounded and no other one."""
    exponent = stated.as_tuple().exponent
    return Decimal("0.5").scaleb(exponent) if isinstance(exponent, int) else Decimal(0)


@dataclass(frozen=True)
class EvidenceLine:
    """A kind of evidence that a condition asks for, and how many files there are."""

    kind: Evidence
    files: int


@dataclass(frozen=True)
class Answer:
    """Whether one condition is met, and why."""

    condition: Condition
    verdict: Verdict
    figures: tuple[FigureLine, ...]
    evidence: tuple[EvidenceLine, ...]
    judged: Judged | None
    ways: tuple[Way, ...]  # nearest first

    @property
    def bounds(self) -> tuple[Measured, ...]:
        """Every bound that it was held against."""
        return tuple(one for line in self.figures for one in line.measured)


@dataclass(frozen=True)
class Appraisal:
    """All answers, and what they come to together: all conditions at once, or any of them, as the document asks."""

    answers: tuple[Answer, ...]
    verdict: Verdict

    def of(self, verdict: Verdict) -> tuple[Answer, ...]:
        """The answers that say this."""
        return tuple(one for one in self.answers if one.verdict == verdict)


def appraise(programme: Programme, facts: Facts) -> Appraisal:
    """An answer to every condition of the programme, in its order."""
    answers = tuple(_answer(programme, condition, facts) for condition in programme.conditions)
    names = {"judgement": "open"}
    together = all_hold(
        programme,
        {one.condition.id: names.get(one.verdict, one.verdict) for one in answers},  # type: ignore[misc]
    )
    return Appraisal(answers, "judgement" if together == "open" else together)


def contradicted(programme: Programme, facts: Facts) -> tuple[FigureLine, ...]:
    """The indicators of which the dossier states another figure than the roster gives, or less than is on record."""
    lines = (_line(indicator, facts) for indicator in programme.indicators)
    return tuple(line for line in lines if line.differs or line.short)


def _answer(programme: Programme, condition: Condition, facts: Facts) -> Answer:
    indicators = {one.id: one for one in programme.indicators}
    named = [*condition.indicators, *(bar.indicator for bar in condition.bars)]
    lines = {name: _line(indicators[name], facts) for name in dict.fromkeys(named) if name in indicators}
    values = {name: line.value for name, line in lines.items() if line.value is not None}
    floors = {name: line.floor for name, line in lines.items() if line.floor is not None}
    judged = facts.opinions.get(condition.id)
    outcome = assess(condition, programme, values, facts.thresholds, judged, facts.on, floors)
    figures = tuple(
        _with_bounds(line, tuple(one for one in outcome.measured if one.indicator == name))
        for name, line in lines.items()
    )
    kinds = {one.id: one for one in programme.evidence}
    return Answer(
        condition,
        "judgement" if outcome.verdict == "open" else outcome.verdict,
        figures,
        tuple(
            EvidenceLine(kinds[name], facts.files.get(name, 0))
            for name in condition.evidence
            if name in kinds
        ),
        judged,
        tuple(sorted(_ways(figures), key=lambda way: way.gap)),
    )


def counting(
    value: Decimal | None, floor: Decimal | None, stated: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """The figure that counts, and what it is at least: computed where that is known, else stated.

    What is stated below what is on record counts for nothing.
    """
    if value is not None:
        return value, floor
    if stated is not None and (floor is None or stated >= floor - _rounding(stated)):
        return stated, stated
    return None, floor


def _line(indicator: Indicator, facts: Facts) -> FigureLine:
    reading, stated = facts.readings.get(indicator.id), facts.stated.get(indicator.id)
    computed, floor = (reading.value, reading.floor) if reading else (None, None)
    value, least = counting(computed, floor, stated)
    source: Literal["roster", "dossier", ""] = ""
    if computed is not None or (value is None and floor is not None and stated is None):
        source = "roster"
    elif value is not None:
        source = "dossier"
    return FigureLine(indicator, source, value, least, reading, stated, ())


def _with_bounds(line: FigureLine, measured: tuple[Measured, ...]) -> FigureLine:
    return FigureLine(
        line.indicator, line.source, line.value, line.floor, line.reading, line.stated, measured
    )


# ---------------------------------------------------------------------------------------- the nearest way to pass


def _ways(figures: tuple[FigureLine, ...]) -> Iterator[Way]:
    for line in figures:
        for one in line.measured:
            if one.met is None:
                yield Way(line.indicator.id, _fill_in(line), Decimal(0))
            elif not one.met and one.bound in ("at_least", "more_than"):
                yield Way(line.indicator.id, _raise(line, one), _gap(line, one))
            elif not one.met:
                yield Way(line.indicator.id, _lower(line, one), _gap(line, one))


def _gap(line: FigureLine, one: Measured) -> Decimal:
    value = one.value if one.value is not None else line.floor or Decimal(0)
    return abs(one.limit - value) / max(abs(one.limit), Decimal(1))


def _fill_in(line: FigureLine) -> Text:
    name, reading = line.indicator.text, line.reading
    if reading is not None and reading.lacking:
        return Text(
            "“{name}”还缺 {n} 家企业的数据，补齐才能判断。",
            "“{name}” lacks the figures of {n} enterprises; give them first.",
        ).fill(name=name, n=len(reading.lacking))
    return Text(
        "“{name}”还没有数据，填写后才能判断。", "“{name}” is not given yet; nothing can be said before."
    ).fill(name=name)


def _raise(line: FigureLine, one: Measured) -> Text:
    """What would lift a figure over its bound, in the things that it is made of."""
    value = one.value if one.value is not None else line.floor or Decimal(0)
    computed = line.indicator.computed if line.source == "roster" else None
    short = _more(one.limit - value, strictly=one.bound == "more_than", whole=_counts(line.indicator))
    unit = line.indicator.unit.text
    plain = (
        Text("“{name}”现为 {value}，要高于 {limit}。", "“{name}” is {value} and must be above {limit}.")
        if value == one.limit
        else Text(
            "“{name}”还差 {short}（现为 {value}，要求 {limit}）。",
            "“{name}” is {short} short ({value} against {limit}).",
        )
    ).fill(
        name=line.indicator.text,
        short=with_unit(_shown(short, ROUND_CEILING), unit),
        value=_shown(value, limits=[one.limit]),
        limit=_shown(one.limit),
    )
    extra = _in_parts(computed, line, one) if computed is not None else None
    return Text(plain.zh + extra.zh, f"{plain.en} {extra.en}") if extra else plain


def _counts(indicator: Indicator) -> bool:
    return indicator.computed is not None and indicator.computed.way in ("count", "qualified", "incidents")


def _more(gap: Decimal, *, strictly: bool, whole: bool) -> Decimal:
    """The least addition that closes a gap; of whole things one more where the bound itself does not do."""
    if not whole:
        return gap
    least = gap.to_integral_value(ROUND_CEILING)
    return least + 1 if strictly and least == gap else least


def _in_parts(computed: Computed, line: FigureLine, one: Measured) -> Text | None:
    parts = line.reading.parts if line.reading else ()
    if computed.way == "ratio" and len(parts) == 2:
        with localcontext() as context:
            context.prec = 60
            lack = one.limit * parts[1] / 100 - parts[0]
        measure = vocabulary().measures[(computed.ratio or [])[0]]
        return Text(
            "分母不变时，{name}要再增加 {lack} {unit}。",
            "With the same denominator, {name} would have to grow by {lack} {unit}.",
        ).fill(
            name=measure.name,
            lack=_shown(lack, ROUND_CEILING),
            unit=measure.unit or Text("", ""),
        )
    if computed.way == "share" and len(parts) == 2:
        lack = (one.limit * parts[1] / 100).to_integral_value(ROUND_CEILING) - parts[0]
        if one.bound == "more_than" and (parts[0] + lack) * 100 == one.limit * parts[1]:
            lack += 1
        measure = vocabulary().measures[computed.share or ""]
        return Text("相当于再有 {lack} 家“{name}”。", "That is {lack} more enterprises with “{name}”.").fill(
            lack=_shown(lack), name=measure.name
        )
    if computed.way == "growth" and len(parts) == 2:
        lack = parts[1] * (1 + one.limit / 100) - parts[0]
        measure = vocabulary().measures[computed.growth or ""]
        return Text("相当于本年度再增加 {lack} {unit}。", "That is {lack} {unit} more this year.").fill(
            lack=_shown(lack, ROUND_CEILING), unit=measure.unit or Text("", "")
        )
    return None


def _lower(line: FigureLine, one: Measured) -> Text:
    value = one.value if one.value is not None else line.floor or Decimal(0)
    told = (
        Text("“{name}”现为 {value}，要低于 {limit}。", "“{name}” is {value} and must be below {limit}.")
        if value == one.limit
        else Text(
            "“{name}”是 {value}，高于 {limit}的上限。", "“{name}” is {value}, above the limit of {limit}."
        )
    )
    return told.fill(
        name=line.indicator.text,
        value=with_unit(_shown(value, limits=[one.limit]), line.indicator.unit.text),
        limit=with_unit(_shown(one.limit), line.indicator.unit.text),
    )


def readable(number: Decimal, limits: Iterable[Decimal] = (), rounding: str = ROUND_HALF_UP) -> Decimal:
    """At most two decimals, none that say nothing; more where a limit would look met or missed that is not."""
    held = [limit for limit in limits if limit != number]
    for places in (2, 4, 8, 12):
        rounded = number.quantize(Decimal(1).scaleb(-places), rounding)
        if all((rounded < limit) == (number < limit) and rounded != limit for limit in held):
            break
    plain = rounded.normalize()
    exponent = plain.as_tuple().exponent
    return plain.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else plain


def with_unit(shown: str, unit: Text) -> Text:
    """A number as shown with its unit: “5 家”, “3%”; “1 864 × 10 000 yuan”, for that unit begins with a number."""
    times = " ×" if unit.en[:1].isdecimal() else ""
    return Text(f"{shown}{'' if unit.zh == '%' else ' '}{unit.zh}", f"{shown}{times} {unit.en}")


def _shown(number: Decimal, rounding: str = ROUND_HALF_UP, limits: Iterable[Decimal] = ()) -> str:
    return f"{readable(number, limits, rounding):f}"
