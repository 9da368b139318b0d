"""What the acts of a draw fix: the frozen list, the result, the groups and seats, and who takes a seat that fell free.

Each is worked out from what is known that day and kept under its SHA-256; what was decided before is read back from
the documents that earlier acts named, never from tables that could have changed since.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from cultivar.cases.checking import Setting
from cultivar.cases.making import CannotMake
from cultivar.cases.models import Case, Seat
from cultivar.cases.record import Folded, load
from cultivar.evaluation import (
    circumstances_document,
    documents,
    draw,
    draw_verify,
    plan,
    seating_document,
    substitution,
)
from cultivar.evaluation.circumstances import Circumstances
from cultivar.evaluation.circumstances_query import Period, circumstances
from cultivar.evaluation.draw_pool import BadDraw
from cultivar.evaluation.draw_seed import BadSeed, Source
from cultivar.evaluation.draw_verify import read_frozen
from cultivar.evaluation.plan import Plan
from cultivar.evaluation.seating_document import seat
from cultivar.evaluation.seating_task import BadInput
from cultivar.policy.text import Text
from cultivar.procedure.record import Done

_ANOTHER = Text(
    "这个批次已有一次抽取在办（{number}）。先办完或作废那一次。",
    "A draw of this round is in hand already ({number}). Finish or abandon it first.",
)


_ARCHIVED = Text(
    "这个批次的评审已归档（{number}），不能再抽取。",
    "The evaluation of this round is archived ({number}); nothing more is drawn.",
)
_USED = Text(
    "来源“{name}”在以前的抽取（{number}）里用过，它的值可能已经知道。换一个将来才公布的。",
    "The source “{name}” was used by an earlier draw ({number}), and its value may be known. Name one yet to come.",
)


@dataclass(frozen=True)
class Draw:
    """A round's draw as its record and the documents named there have it."""

    case: Folded

    @property
    def round(self) -> str:
        """The round's number."""
        return self.case.opening.parent

    @property
    def plan(self) -> Plan:
        """What was decided before the list was frozen."""
        return Plan.of(self.act("frozen-draw").content)

    @property
    def frozen(self) -> dict[str, Any]:
        """The frozen documents: of the seats, and of the order."""
        return {"seats": self._document("frozen-draw"), "order": self._document("frozen-order")}

    @property
    def known(self) -> Circumstances:
        """What was known when the list was frozen: by this, and by nothing later, seats are given."""
        return circumstances_document.read(self._document("circumstances"))

    @property
    def result(self) -> dict[str, Any]:
        """The results of both."""
        return {"seats": self._document("drawn"), "order": self._document("drawn-order")}

    @property
    def seating(self) -> dict[str, Any]:
        """The groups and their experts as they were first seated."""
        return self._document("seating")

    @property
    def substituted(self) -> list[tuple[Done, dict[str, Any]]]:
        """The acts by which alternates followed, each with its document, in order."""
        return [(done, documents.read(done.content[name])) for done, name in self._named("substitution")]

    @property
    def substitutions(self) -> list[dict[str, Any]]:
        """Who left and who took the seats, in order."""
        return [data for _, data in self.substituted]

    @property
    def over(self) -> bool:
        """Whether nothing more can be done with it."""
        return bool(self.case.procedure.stages[self.case.state.stage].final)

    @property
    def abandoned(self) -> bool:
        """Whether it ended before panels were named."""
        return self.over and not self.stood("seating")

    def wrong(self) -> Iterator[tuple[int, Text]]:
        """What differs between the results and what frozen lists and seed give: entries with sentences.

        Documents that are gone or changed are told of elsewhere.
        """
        for drawn_, frozen in (("drawn", "frozen-draw"), ("drawn-order", "frozen-order")):
            for done, name in self._named(drawn_):
                try:
                    seed = seed_of(done.content["seed"])
                    result = documents.read(done.content[name])
                    found = draw_verify.verify(result, self.named(frozen), seed)
                except documents.Spoiled:
                    continue
                except BadSeed as bad:
                    found = [bad.text]
                yield from ((done.seq, text) for text in found)

    def stood(self, document: str) -> bool:
        """Whether an act that names such a document took effect."""
        return bool(self._named(document))

    def named(self, document: str) -> str | None:
        """The SHA-256 of the latest such document, or None."""
        found = self._named(document)
        return str(found[-1][0].content[found[-1][1]]) if found else None

    def _named(self, document: str) -> list[tuple[Done, str]]:
        """The effective acts that name a document, each with the field."""
        acts = self.case.procedure.acts
        return [
            (done, name)
            for done in self.case.state.acts
            for name, spec in acts[done.act].content.items()
            if spec.document == document and name in done.content
        ]

    def act(self, document: str) -> Done:
        """The latest act that names such a document."""
        return self._named(document)[-1][0]

    def _document(self, document: str) -> dict[str, Any]:
        done, name = self._named(document)[-1]
        found: dict[str, Any] = documents.read(done.content[name])
        return found


def _refusing(
    make: Callable[[Setting, Mapping[str, Any]], str], field: str
) -> Callable[[Setting, Mapping[str, Any]], str]:
    """The maker, with what pure functions refuse said at a field of the act."""

    def maker(setting: Setting, content: Mapping[str, Any]) -> str:
        try:
            return make(setting, content)
        except BadSeed as bad:
            raise CannotMake(bad.text, "sources" if "sources" in content else "seed") from None
        except (BadDraw, BadInput) as bad:
            raise CannotMake(bad.text, field) from None
        except documents.Spoiled as bad:
            raise CannotMake(bad.text) from None

    return maker


def _frozen(setting: Setting, content: Mapping[str, Any]) -> str:
    decided = Plan.of(content)
    _only_one(setting.case, decided.sources)
    facts = unseated(setting.case.opening.parent, decided, setting.today)
    return documents.keep("frozen-draw", plan.listed(facts, decided).seats.document)


def _frozen_order(setting: Setting, content: Mapping[str, Any]) -> str:
    decided = Plan.of(content)
    facts = unseated(setting.case.opening.parent, decided, setting.today)
    return documents.keep("frozen-order", plan.order(facts, decided).document)


def facts_of(round_number: str, decided: Plan, day: date) -> Circumstances:
    """What is known of a round's applications and of those who may judge in the days that the plan names."""
    during = Period(decided.since, decided.until)
    return circumstances(round_number, day, decided.settings, during=during)


def unseated(round_number: str, decided: Plan, day: date) -> Circumstances:
    """The same of those applications alone that have no panel yet: for them experts are drawn."""
    facts = facts_of(round_number, decided, day)
    ids = [one.id for one in facts.applications]
    seated = set(Seat.objects.filter(case__in=ids).values_list("case_id", flat=True))
    return replace(facts, applications=tuple(one for one in facts.applications if one.id not in seated))


def _only_one(case: Folded, sources: Sequence[Source]) -> None:
    others = Case.objects.filter(parent=case.opening.parent, procedure=case.opening.procedure)
    for number in others.exclude(number=case.number).order_by("number").values_list("number", flat=True):
        other = Draw(load(number))
        if other.stood("bundle"):
            raise CannotMake(_ARCHIVED.fill(number=number))
        if other.case.state.pending is not None or (other.stood("frozen-draw") and not other.over):
            raise CannotMake(_ANOTHER.fill(number=number))
        if other.stood("frozen-draw"):
            _refuse_used(other, sources)


def _refuse_used(other: "Draw", sources: Sequence[Source]) -> None:
    """A source whose value may be known from an earlier draw is no chance any more."""
    used = {plan.alike(one.name) for one in other.plan.sources}
    for one in sources:
        if plan.alike(one.name) in used:
            raise CannotMake(_USED.fill(name=one.name, number=other.case.number), "sources")


def _circumstances(setting: Setting, content: Mapping[str, Any]) -> str:
    facts = unseated(setting.case.opening.parent, Plan.of(content), setting.today)
    return documents.keep("circumstances", circumstances_document.plain(facts))


def _drawn(setting: Setting, content: Mapping[str, Any]) -> str:
    frozen = read_frozen(Draw(setting.case).frozen["seats"])
    return documents.keep("drawn", draw.run(frozen, seed_of(content["seed"])))


def _drawn_order(setting: Setting, content: Mapping[str, Any]) -> str:
    frozen = read_frozen(Draw(setting.case).frozen["order"])
    return documents.keep("drawn-order", draw.run(frozen, seed_of(content["seed"])))


def seed_of(values: Mapping[str, str]) -> list[tuple[Source, str]]:
    """The seed as an act states it: by the lines that announced the sources. Raises ``BadSeed``."""
    return [(plan.source_of(line), value) for line, value in values.items()]


def _seating(setting: Setting, content: Mapping[str, Any]) -> str:
    """Groups and panels of the applications that are still judged, out of those who were drawn and can still come."""
    made = Draw(setting.case)
    facts, out = standing_now(made, setting.today)
    seats = made.result["seats"]
    seated, successions = [], []
    for line in seats["draws"]:
        waiting = [number for number in line["alternates"] if number not in out]
        for number in line["seats"]:
            heir = number if number not in out else waiting.pop(0) if waiting else None
            seated += [heir] if heir else []
            if heir != number:
                successions.append({"left": number, "taken_by": heir})
    everyone = [number for line in seats["draws"] for number in (*line["seats"], *line["alternates"])]
    standby = [number for number in everyone if number not in seated]
    document = seat(facts, seated, seating_plan(made.plan), seats["seed_text"], standby)
    return documents.keep(
        "seating",
        {
            "gone": [number for number in everyone if number in out],
            "why": {number: why for number, why in out.items() if number in everyone},
            "successions": successions,
            "seating": document,
        },
    )


def standing_now(made: Draw, day: date) -> tuple[Circumstances, dict[str, str]]:
    """What was known at freezing, of the applications that are still judged; and who is out by now, with a code why.

    Out is who cannot come, and of whom something became known since that closes an application to them: it takes them
    off as a whole, so that nobody can choose a group once the seed is known.
    """
    before, after = made.known, facts_of(made.round, made.plan, day)
    still = {one.id for one in after.applications}
    facts = replace(before, applications=tuple(one for one in before.applications if one.id in still))
    after = _by_numbers_of(before, replace(after, applications=facts.applications))
    ids = [one.id for one in facts.applications]
    there = {one.id for one in after.judges}
    numbers = [one.id for one in before.judges]
    news = after.findings.blocked(ids, numbers) & ~facts.findings.blocked(ids, numbers)
    closed = {number for at, number in enumerate(numbers) if news[:, at].any()}
    return facts, {
        number: substitution.CONFLICT if number in there else substitution.AWAY
        for number in numbers
        if number not in there or number in closed
    }


def _by_numbers_of(before: Circumstances, after: Circumstances) -> Circumstances:
    """The later facts with the numbers that people had when the list was frozen; others are left out."""
    numbers = {one.person: one.id for one in before.judges}
    renamed = {one.id: numbers[one.person] for one in after.judges if one.person in numbers}
    judges = [
        replace(one, id=renamed[one.id], parties=replace(one.parties, id=renamed[one.id]))
        for one in after.judges
        if one.id in renamed
    ]
    objections = [
        replace(one, expert=renamed[one.expert]) for one in after.objections if one.expert in renamed
    ]
    return replace(after, judges=tuple(judges), objections=tuple(objections))


def _substitution(setting: Setting, content: Mapping[str, Any]) -> str:
    return documents.keep("substitution", followed(Draw(setting.case), content["leaves"], setting.today))


def followed(made: Draw, leaves: str, day: date) -> dict[str, Any]:
    """Who would take the seats of ``leaves`` on a day. Raises ``BadInput``."""
    facts, out = standing_now(made, day)
    seated = made.seating
    heirs = (one["taken_by"] for one in seated["successions"] if one["taken_by"])
    return substitution.next_alternate(
        seated["seating"],
        made.result["seats"],
        made.substitutions,
        [*seated["gone"], *heirs],
        facts,
        out,
        leaves,
    )


def seating_plan(decided: Plan) -> seating_document.Plan:
    """The plan of the panels: everybody sits on one, which judges as many applications as a group holds."""
    return seating_document.Plan(
        "panels",
        decided.seats,
        load=decided.largest,
        floor=decided.floor,
        largest=decided.largest,
        per_organisation=decided.per_organisation,
        per_city=decided.per_city,
        most_probable=decided.most_probable,
    )


def sitting(case: Folded) -> tuple[tuple[str, Text], ...]:
    """Who sits on a panel of the draw now: numbers, each with the panel."""
    made = Draw(case)
    if not made.stood("seating"):
        return ()
    by_panel = substitution.panels(made.seating["seating"], made.substitutions)
    return tuple(
        (number, Text(f"{number}（{panel}）", f"{number} ({panel})"))
        for panel, numbers in by_panel.items()
        for number in numbers
    )


frozen_draw = _refusing(_frozen, "seats")
frozen_order = _refusing(_frozen_order, "seats")
known = _refusing(_circumstances, "seats")
drawn = _refusing(_drawn, "seed")
drawn_order = _refusing(_drawn_order, "seed")
seating = _refusing(_seating, "")
substituted = _refusing(_substitution, "leaves")
