"""A case as a simulation takes it: its record, the figures it stated, who said what of each condition, how it ended.

Pure. Nothing is judged here; ``simulation`` and its neighbours hold these facts against other rules.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, Literal

from cultivar.appraisal.answers import counting
from cultivar.appraisal.computed_fields import completed
from cultivar.appraisal.indicators import Reading
from cultivar.appraisal.numbers import number_of
from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Act, Procedure
from cultivar.policy.text import Text
from cultivar.procedure.matter import Hanging
from cultivar.procedure.record import Done, fold
from cultivar.procedure.sealing import panel_closed

End = Literal["granted", "refused", "closed", ""]  # "" while the case is in hand


@dataclass(frozen=True)
class Known:
    """Figures by indicator, in the indicator's unit, and what indicators are at least, whatever is not known."""

    figures: Mapping[str, Decimal] = field(default_factory=dict)
    floors: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseFacts:
    """One application of a round. ``data`` and ``files`` are those of the dossier as last submitted."""

    number: str
    name: Text
    programme: Programme  # the version to which the case is pinned
    procedure_id: str
    record: tuple[Done, ...]  # every entry in order, proposals too
    applicant: str = ""
    lead_region: str = ""
    field_id: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)  # how many, by field of the dossier
    readings: Mapping[str, Reading] = field(
        default_factory=dict
    )  # what its roster gave when it was submitted
    hanging: tuple[Hanging, ...] = ()

    @property
    def procedure(self) -> Procedure:
        """The procedure that the case followed."""
        return self.programme.procedures[self.procedure_id]

    @cached_property
    def acts(self) -> tuple[Done, ...]:
        """The acts that took effect."""
        return tuple(effective(self.record))

    @cached_property
    def decision(self) -> Done | None:
        """The act that brought the case to its end; None while it is in hand."""
        last = next((done for done in reversed(self.acts) if self._act(done).to), None)
        return last if last is not None and self._leads(last) else None

    @property
    def end(self) -> End:
        """How the case ended."""
        return "" if self.decision is None else self._leads(self.decision) or ""

    @property
    def deciding_act(self) -> Act | None:
        """What the programme says of the act that ended the case."""
        return None if self.decision is None else self._act(self.decision)

    @cached_property
    def grounds(self) -> tuple[str, ...]:
        """The conditions that the deciding act calls not met, in its order; none where it names none."""
        return () if self.decision is None else tuple(_said(self._act(self.decision), self.decision, "fails"))

    @cached_property
    def opinions(self) -> dict[str, str]:
        """The latest opinion on each condition before the decision: meets, fails or unclear."""
        found: dict[str, str] = {}
        for done in self.acts:
            if done is not self.decision:
                found |= _opinions(self._act(done), done)
        return found

    @cached_property
    def known(self) -> Known:
        """What is known of the indicators, as an appraisal counts it."""
        stated, readings = figures(self.programme, self.data), self.readings
        found = {
            name: counting(
                readings[name].value if name in readings else None,
                readings[name].floor if name in readings else None,
                stated.get(name),
            )
            for name in {**stated, **readings}
        }
        return Known(
            {name: value for name, (value, _) in found.items() if value is not None},
            {name: floor for name, (_, floor) in found.items() if floor is not None},
        )

    @property
    def figures(self) -> Mapping[str, Decimal]:
        """The figures that count, by indicator, in the indicator's unit."""
        return self.known.figures

    @cached_property
    def partners(self) -> tuple[str, ...]:
        """The partner regions of a joint application, as its latest act named them."""
        named: tuple[str, ...] = ()
        for done in self.acts:
            for name, spec in self._act(done).content.items():
                if spec.type == "partner-regions" and name in done.content:
                    named = tuple(done.content[name])
        return named

    @cached_property
    def mean(self) -> Decimal | None:
        """The mean of the totals of the seated experts' latest sheets, two decimals, half up; None without a sheet.

        Counted as the ranking of the round counts it where the notice fixes no rule of scoring of its own; there is
        none while the sheets are sealed.
        """
        totals = self._totals() if panel_closed(self.procedure, self.acts) else []
        if not totals:
            return None
        return (sum(totals, Decimal(0)) / len(totals)).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def _totals(self) -> list[Decimal]:
        sheets: dict[str, Decimal] = {}
        for done in self.acts:
            for name, spec in self._act(done).content.items():
                if spec.type == "score-sheet" and name in done.content:
                    sheets[done.person] = sum(
                        (Decimal(one) for one in done.content[name].values()), Decimal(0)
                    )
        if not any(self._unseats(done) for done in self.acts):
            return list(sheets.values())  # only who is seated scores
        seated = fold(self.procedure, self.record).experts
        return [total for person, total in sheets.items() if person in seated]

    def _unseats(self, done: Done) -> bool:
        act = self._act(done)
        return act.leaves_panel or any(spec.type == "seated-experts" for spec in act.content.values())

    def _act(self, done: Done) -> Act:
        return self.procedure.acts[done.act]

    def _leads(self, done: Done) -> Literal["granted", "refused", "closed"] | None:
        stage = self.procedure.stages.get(self._act(done).to or "")
        return stage.final if stage else None


def effective(record: Iterable[Done]) -> Iterator[Done]:
    """The entries that took effect: an agreement carries what was proposed, a proposal alone does nothing."""
    pending: Done | None = None
    for done in record:
        if done.step == "propose":
            pending = done
        elif done.step == "decline":
            pending = None
        elif done.step == "confirm" and pending is not None:
            yield replace(done, content={**pending.content, **done.content})
            pending = None
        else:
            yield done


def figures(programme: Programme, data: Mapping[str, Any]) -> dict[str, Decimal]:
    """The figures that a dossier states, by indicator; what is no number is not stated."""
    found = {}
    whole = completed(programme, data)
    for section in programme.form:
        for spec in section.fields:
            value = whole.get(spec.id)
            if spec.indicator and spec.type != "table" and value not in (None, "", []):
                number = number_of(value)
                if number is not None:
                    found[spec.indicator] = number
    return found


def _opinions(act: Act, done: Done) -> dict[str, str]:
    return {
        condition: entry["opinion"]
        for name, spec in act.content.items()
        if spec.type == "per-condition" and name in done.content
        for condition, entry in done.content[name].items()
    }


def _said(act: Act, done: Done, opinion: str) -> Iterator[str]:
    return (condition for condition, said in _opinions(act, done).items() if said == opinion)
