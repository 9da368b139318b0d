"""The parts of the bundle of a round's evaluation, out of its record: as many queries for any number of cases."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from cultivar.cases.checking import Setting
from cultivar.cases.making import CannotMake
from cultivar.cases.models import Case
from cultivar.cases.record import Folded, folded
from cultivar.evaluation import bundle, bundle_parts, documents, scores
from cultivar.evaluation.circumstances_query import judged
from cultivar.evaluation.draw_documents import Draw
from cultivar.evaluation.draw_following import people_of
from cultivar.evaluation.scoring import quotas_of, rule_of
from cultivar.evaluation.sealing import unsealed
from cultivar.ledger import signing
from cultivar.ledger.models import Entry
from cultivar.policy.model_procedure import Act
from cultivar.policy.text import Text
from cultivar.procedure.record import Done

_SEALED = Text(
    "还有 {n} 件的评分没有启封（{cases}）。先关闭它们的专家组。",
    "The sheets of {n} applications are still sealed ({cases}). Close their panels first.",
)
_SHOWN = 3


def archived(setting: Setting, content: Mapping[str, Any]) -> str:
    """The bundle of the evaluation that an act archives. Raises ``CannotMake`` while sheets are sealed."""
    try:
        parts = _Record(Draw(setting.case), setting.around.terms.values).parts
    except scores.BadScores as bad:
        raise CannotMake(bad.text) from None
    except documents.Spoiled as spoiled:
        raise CannotMake(spoiled.text) from None
    return documents.keep_bytes("bundle", bundle.build(parts))


@dataclass(frozen=True)
class _Record:
    """What a draw and the applications of its round have on record. ``values``: what the notice of the round fixes."""

    draw: Draw
    values: Mapping[str, Any]

    @cached_property
    def cases(self) -> dict[str, Folded]:
        """The applications that were judged: those with a panel, now or once."""
        rows = Case.objects.filter(round=self.draw.round, procedure__in=judged(self.draw.case.programme))
        entries: dict[str, list[Entry]] = {number: [] for number in rows.values_list("number", flat=True)}
        for entry in Entry.objects.filter(case__in=list(entries)).order_by("case", "seq"):
            entries[entry.case].append(entry)
        every = {number: folded(number, kept) for number, kept in sorted(entries.items())}
        return {number: case for number, case in every.items() if _paneled(case)}

    @cached_property
    def numbers(self) -> dict[str, str]:
        """The number of each person; who has none in the pool is counted in the order of the record."""
        known = {person: number for number, person in people_of(self.draw.case).items()}
        people = (one for case in self.cases.values() for one in _people(case))
        strangers = [one for one in dict.fromkeys(people) if one not in known]
        return known | {one: f"unlisted-{place}" for place, one in enumerate(strangers, 1)}

    @property
    def parts(self) -> bundle.Parts:
        """Everything. Raises ``CannotMake`` or ``BadScores``."""
        self._unsealed()
        made, case = self.draw, self.draw.case
        handed = list(self._handed())
        acts = sorted(self._acts(), key=lambda one: one.seq)
        note = signing.covering(acts[-1].seq)  # an earlier one says nothing of the acts that came after it
        return bundle.Parts(
            round=made.round,
            programme=case.programme.key,
            programme_sha256=case.digest,
            draw=made.result["seats"],
            orders=[made.result["order"]],
            successions=bundle_parts.successions(self._successions()),
            seatings=[made.seating["seating"]],
            sheets=bundle_parts.sheets(self._criteria(), handed, self._panels()),
            ranking=bundle_parts.ranking(self._contest(), handed),
            decisions=bundle_parts.decisions(acts, self._outcomes()),
            ledger=bundle_parts.ledger(signing.note_of(note)) if note else None,
        )

    def _unsealed(self) -> None:
        closed = [number for number, case in self.cases.items() if _standing(case) and not unsealed(case)]
        if closed:
            shown = "、".join(closed[:_SHOWN]) + ("…" if len(closed) > _SHOWN else "")
            raise CannotMake(_SEALED.fill(n=len(closed), cases=shown))

    def _criteria(self) -> dict[str, Decimal]:
        return {one["id"]: Decimal(one["points"]) for one in self.values.get("criteria") or []}

    def _panels(self) -> dict[str, list[str]]:
        return {
            number: [self.numbers[one] for one in case.state.experts]
            for number, case in self.cases.items()
            if unsealed(case)
        }

    def _successions(self) -> Iterator[bundle_parts.Succession]:
        for one in self.draw.seating["successions"]:
            yield bundle_parts.Succession(one["left"], one["taken_by"], after=0)
        for done, data in self.draw.substituted:
            for one in data["passed"]:
                yield bundle_parts.Succession(one["id"], None, after=1, seq=done.said_in, reason=one["why"])
            yield bundle_parts.Succession(data["left"], data["taken_by"], after=1, seq=done.said_in)

    def _handed(self) -> Iterator[bundle_parts.Handed]:
        """Each expert's last sheet on each application, and why it does not count."""
        for number, case in self.cases.items():
            last: dict[str, tuple[Done, Mapping[str, str]]] = {}
            for done in case.state.acts:
                for name, spec in case.procedure.acts[done.act].content.items():
                    if spec.type == "score-sheet" and name in done.content:
                        last[done.person] = done, done.content[name]
            for person, (done, points) in last.items():
                yield bundle_parts.Handed(
                    number,
                    self.numbers[person],
                    {name: Decimal(value) for name, value in points.items()},
                    at=done.at,
                    why=_uncounted(case, person),
                )

    def _contest(self) -> bundle_parts.Contest:
        rule = rule_of(self.values)
        racing = {number: case for number, case in self.cases.items() if unsealed(case) and not _left(case)}
        order = [number for line in self.draw.result["order"]["draws"] for number in line["seats"]]
        lots = scores.DRAWN in rule.ties
        return bundle_parts.Contest(
            rule,
            {number: _groups(case) for number, case in racing.items()},
            line=self.values.get("quota"),
            quotas=quotas_of(self.values),
            out={
                number: _left(case) or "unscored"
                for number, case in self.cases.items()
                if number not in racing
            },
            drawn=order if lots else None,
            drawn_by=1 if lots else None,
        )

    def _acts(self) -> Iterator[bundle_parts.Act]:
        for case in (self.draw.case, *self.cases.values()):
            stages = judged(case.programme).get(case.opening.procedure)
            for done in case.state.acts:
                act = case.procedure.acts[done.act]
                if stages is None or stages & set(act.from_):
                    yield bundle_parts.Act(
                        seq=done.seq,
                        case=case.number,
                        act=done.act,
                        at=done.at,
                        leaf=case.leaf_hashes[done.seq],
                        step=done.step,
                        office=done.office,
                        document=self._fixed(act, done),
                    )

    def _fixed(self, act: Act, done: Done) -> str | None:
        """The hash by which the bundle knows the document that an act fixes: its own where it holds one."""
        kinds = {spec.document for spec in act.content.values()}
        if done.step == "propose" or not kinds & {"frozen-draw", "drawn", "seating"}:
            return None
        if "frozen-draw" in kinds:
            return self.draw.named("frozen-draw")
        document = self.draw.result["seats"] if "drawn" in kinds else self.draw.seating["seating"]
        return str(document["sha256"])

    def _outcomes(self) -> Iterator[bundle_parts.Outcome]:
        for number, case in self.cases.items():
            decided = _decided(case)
            if decided is not None:
                listed = not case.procedure.acts[decided.act].harm
                yield bundle_parts.Outcome(number, listed, decided.seq)


def _paneled(case: Folded) -> bool:
    return any(True for _ in _people(case))


def _people(case: Folded) -> Iterator[str]:
    """Everybody who was ever named on a panel, in the order of the record."""
    for done in case.state.acts:
        for name, spec in case.procedure.acts[done.act].content.items():
            if spec.type == "experts":
                yield from done.content.get(name, ())


def _standing(case: Folded) -> bool:
    """Whether the case still stands where experts judge it."""
    return case.state.stage in judged(case.programme)[case.opening.procedure]


def _uncounted(case: Folded, person: str) -> str:
    if person in case.state.experts:
        return ""
    recused = any(
        done.person == person and case.procedure.acts[done.act].leaves_panel for done in case.state.acts
    )
    return "recused" if recused else "released"


def _decided(case: Folded) -> Done | None:
    """The act that took the case out of the evaluation, or None while it stands there."""
    stages = judged(case.programme)[case.opening.procedure]
    leaving = (
        done for done in reversed(case.state.acts) if stages & set(case.procedure.acts[done.act].from_)
    )
    return (
        None
        if _standing(case)
        else next((done for done in leaving if case.procedure.acts[done.act].to), None)
    )


def _left(case: Folded) -> str:
    """By which act the applicant took the case out of the race, or ""."""
    decided = _decided(case)
    own = decided is not None and case.programme.bodies[decided.body].scope == "own cases"
    return decided.act if decided is not None and own else ""


def _groups(case: Folded) -> dict[str, str]:
    groups = {"field": case.opening.field, "region": case.opening.lead_region}
    return {kind: value for kind, value in groups.items() if value}
