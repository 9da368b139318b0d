"""The parts of the bundle of a round's evaluation, out of its record: as many queries for any number of cases."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from cultivar.cases.checking import Setting
from cultivar.cases.making import CannotMake
from cultivar.cases.models import Case
from cultivar.cases.programmes import calendar
from cultivar.cases.record import Folded, folded
from cultivar.evaluation import bundle, bundle_panels, bundle_parts, documents, scores
from cultivar.evaluation.bundle_parts import NO_PANEL, Change, Does
from cultivar.evaluation.circumstances_query import judged
from cultivar.evaluation.draw_documents import Draw
from cultivar.evaluation.draw_following import people_of
from cultivar.evaluation.rounds import draws
from cultivar.evaluation.scoring import quotas_of, rule_of
from cultivar.evaluation.sealing import unsealed
from cultivar.ledger import signing
from cultivar.ledger.models import Entry
from cultivar.policy.model_procedure import Act
from cultivar.policy.text import Text
from cultivar.procedure import limits
from cultivar.procedure.matter import Terms
from cultivar.procedure.record import Done
from cultivar.procedure.sealing import changes_panel

_SEALED = Text(
    "还有 {n} 件的评分没有启封（{cases}）。先关闭它们的专家组。",
    "The sheets of {n} applications are still sealed ({cases}). Close their panels first.",
)
_SHOWN = 3


def archived(setting: Setting, content: Mapping[str, Any]) -> str:
    """The bundle of the evaluation that an act archives. Raises ``CannotMake`` while sheets are sealed."""
    try:
        parts = _Record(Draw(setting.case), setting.around.terms).parts
    except scores.BadScores as bad:
        raise CannotMake(bad.text) from None
    except documents.Spoiled as spoiled:
        raise CannotMake(spoiled.text) from None
    return documents.keep_bytes("bundle", bundle.build(parts))


@dataclass(frozen=True)
class _Record:
    """What a draw and the applications of its round have on record. ``terms``: what the notice of the round fixes."""

    draw: Draw
    terms: Terms

    @property
    def values(self) -> Mapping[str, Any]:
        """The settings of the notice by id."""
        return self.terms.values

    @cached_property
    def entries(self) -> dict[str, list[Entry]]:
        """The entries of every application of the round whose kind is judged, by its number."""
        rows = Case.objects.filter(round=self.draw.round, procedure__in=judged(self.draw.case.programme))
        found: dict[str, list[Entry]] = {number: [] for number in rows.values_list("number", flat=True)}
        for entry in Entry.objects.filter(case__in=list(found)).order_by("case", "seq"):
            found[entry.case].append(entry)
        return found

    @cached_property
    def cases(self) -> dict[str, Folded]:
        """The applications that were to be judged: those that were seated, or have a panel, now or once."""
        seated = {one["id"] for one in self.draw.seating["seating"]["given"]["applications"]}
        every = {number: folded(number, kept) for number, kept in sorted(self.entries.items())}
        return {number: case for number, case in every.items() if number in seated or _paneled(case)}

    @cached_property
    def draws(self) -> list[Draw]:
        """Every draw of the round whose list was frozen, abandoned ones too."""
        return draws(Case.objects.get(number=self.draw.round), self.draw.case.programme)

    @cached_property
    def changes(self) -> dict[str, list[Change]]:
        """How the panel of each application changed."""
        keys = {entry.seq: entry.key for number in self.cases for entry in self.entries[number]}
        follows = bundle_panels.following(self.draws)
        return {
            number: list(bundle_panels.changes(case, self.numbers, keys, follows))
            for number, case in self.cases.items()
        }

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
            panels=bundle_parts.panels(
                self.cases, (one for changes in self.changes.values() for one in changes)
            ),
            sheets=bundle_parts.sheets(self._criteria(), handed, self._panels()),
            ranking=bundle_parts.ranking(self._contest(), handed),
            decisions=bundle_parts.decisions(acts, self._outcomes()),
            ledger=bundle_parts.ledger(signing.note_of(note)) if note else None,
        )

    def _unsealed(self) -> None:
        closed = [
            number
            for number, case in self.cases.items()
            if _standing(case) and _paneled(case) and not unsealed(case)
        ]
        if closed:
            shown = "、".join(closed[:_SHOWN]) + ("…" if len(closed) > _SHOWN else "")
            raise CannotMake(_SEALED.fill(n=len(closed), cases=shown))

    def _criteria(self) -> dict[str, Decimal]:
        return {one["id"]: Decimal(one["points"]) for one in self.values.get("criteria") or []}

    @cached_property
    def racing(self) -> dict[str, Folded]:
        """The applications whose sheets are open and which nobody withdrew."""
        return {number: case for number, case in self.cases.items() if unsealed(case) and not _left(case)}

    def _panels(self) -> dict[str, list[str]]:
        return {
            number: [self.numbers[one] for one in case.state.experts] for number, case in self.racing.items()
        }

    def _successions(self) -> Iterator[bundle_parts.Succession]:
        heirs = {one["left"]: one["taken_by"] for one in self.draw.seating["successions"]}
        for number in self.draw.seating[
            "gone"
        ]:  # alternates who are gone leave no seat, and nobody waits for them
            if number not in heirs:
                yield bundle_parts.Succession(number, None, after=0)
        for number, heir in heirs.items():
            yield bundle_parts.Succession(number, heir, after=0)
        for done, data in self.draw.substituted:
            for one in data["passed"]:
                yield bundle_parts.Succession(one["id"], None, after=1, seq=done.seq, reason=one["why"])
            yield bundle_parts.Succession(data["left"], data["taken_by"], after=1, seq=done.seq)

    def _handed(self) -> Iterator[bundle_parts.Handed]:
        """Every sheet, and why it does not count; sheets of panels that were never closed stay sealed."""
        for number, case in self.cases.items():
            last = {done.person: done.seq for done, _ in _sheets(case)}
            for done, points in _sheets(case):
                expert = self.numbers[done.person]
                why = "superseded" if last[done.person] != done.seq else self._uncounted(case, expert)
                open_ = unsealed(case) or _opened(case, done.seq)
                yield bundle_parts.Handed(
                    number,
                    expert,
                    {name: Decimal(value) for name, value in points.items()} if open_ else None,
                    at=done.at,
                    why=why if open_ else "sealed",
                    due=self._due(case, done),
                    seq=done.seq,
                )

    def _due(self, case: Folded, done: Done) -> date | None:
        """The last day for an act as things stood before it; None without a limit or without a calendar."""
        before = replace(case.state, acts=tuple(one for one in case.state.acts if one.seq < done.seq))
        limit = limits.due(done.act, case.procedure.acts[done.act], before, self.terms, calendar())
        return None if limit is None or limit.provisional else limit.last_day

    def _uncounted(self, case: Folded, expert: str) -> str:
        """Why the sheets of an expert do not count: how the expert left the panel, and whether it was closed before."""
        changes = self.changes[case.number]
        if expert in bundle_parts.ended(changes):
            return ""
        gone = next(one for one in reversed(changes) if expert in one.left)
        closings = [done.seq for done in case.state.acts if done.act in _closing(case)]
        after = "-after-opening" if any(seq < gone.seq for seq in closings) else ""
        return f"{_GONE[gone.kind]}{after}"

    def _contest(self) -> bundle_parts.Contest:
        rule = rule_of(self.values)
        order = [number for line in self.draw.result["order"]["draws"] for number in line["seats"]]
        lots = scores.DRAWN in rule.ties
        return bundle_parts.Contest(
            rule,
            {number: _groups(case) for number, case in self.racing.items()},
            line=self.values.get("quota"),
            quotas=quotas_of(self.values),
            out={number: self._out(case) for number, case in self.cases.items() if number not in self.racing},
            drawn=order if lots else None,
            drawn_by=1 if lots else None,
        )

    def _out(self, case: Folded) -> str:
        """By which act an application left the race; "no-panel" where it stands and never had one."""
        decided = _decided(case)
        return decided.act if decided is not None else NO_PANEL

    def _acts(self) -> Iterator[bundle_parts.Act]:
        """The acts of every draw of the round, and those of the stages in which its applications are judged."""
        for draw in self.draws:
            own = draw.case.number == self.draw.case.number
            for done in draw.case.state.acts:
                fixed = self._fixed(draw.case.procedure.acts[done.act], done) if own else ()
                yield self._act(draw.case, done, fixed)
        for case in self.cases.values():
            stages = judged(case.programme)[case.opening.procedure]
            for done in case.state.acts:
                if stages & set(case.procedure.acts[done.act].from_):
                    yield self._act(case, done, does=self._does(case, done))

    def _act(
        self, case: Folded, done: Done, fixed: tuple[str, ...] = (), does: Does = ""
    ) -> bundle_parts.Act:
        return bundle_parts.Act(
            seq=done.seq,
            case=case.number,
            act=done.act,
            at=done.at,
            leaf=case.leaf_hashes[done.seq],
            step=done.step,
            office=done.office,
            documents=fixed,
            expert=self.numbers.get(done.person),
            does=does,
        )

    def _does(self, case: Folded, done: Done) -> Does:
        act = case.procedure.acts[done.act]
        if changes_panel(act):
            return "panel"
        if any(spec.type == "score-sheet" and name in done.content for name, spec in act.content.items()):
            return "sheet"
        if done.act in _closing(case):
            return "opened"
        if act.to is None:
            return ""
        return "decided" if case.number in self.racing or done != _decided(case) else "left"

    @cached_property
    def fixed(self) -> dict[str | None, str]:
        """The hash by which the bundle knows each kind of document that an act of its draw fixes."""
        result = self.draw.result
        return {
            "frozen-draw": result["seats"]["frozen_sha256"],
            "frozen-order": result["order"]["frozen_sha256"],
            "drawn": result["seats"]["sha256"],
            "drawn-order": result["order"]["sha256"],
            "seating": self.draw.seating["seating"]["sha256"],
        }

    def _fixed(self, act: Act, done: Done) -> tuple[str, ...]:
        said = [spec.document for name, spec in act.content.items() if name in done.content]
        return tuple(self.fixed[one] for one in said if one in self.fixed)

    def _outcomes(self) -> Iterator[bundle_parts.Outcome]:
        for number, case in self.cases.items():
            decided = _decided(case)
            if decided is not None:
                listed = number in self.racing and not case.procedure.acts[decided.act].harm
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


_GONE: Mapping[str, str] = {"recused": "recused", "released": "released", "followed": "replaced"}
"""Why a sheet does not count, by the change by which its expert left."""


def _sheets(case: Folded) -> Iterator[tuple[Done, Mapping[str, str]]]:
    """Every sheet that was handed in, with its act."""
    for done in case.state.acts:
        for name, spec in case.procedure.acts[done.act].content.items():
            if spec.type == "score-sheet" and name in done.content:
                yield done, done.content[name]


def _closing(case: Folded) -> set[str]:
    """The acts that open the sheets of a panel."""
    return {
        spec.sealed_until
        for act in case.procedure.acts.values()
        for spec in act.content.values()
        if spec.type == "score-sheet" and spec.sealed_until is not None
    }


def _opened(case: Folded, seq: int) -> bool:
    """Whether a sheet that was handed in by the entry ``seq`` has been opened since."""
    return any(done.seq > seq and done.act in _closing(case) for done in case.state.acts)


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
