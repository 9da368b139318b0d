"""What the acts of a draw fix: the frozen list, the result, the groups and seats, and who takes a seat that fell free.

Each is worked out from what is known that day and kept under its SHA-256; what was decided before is read back from
the documents that earlier acts named, never from tables that could have changed since.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from cultivar.cases.checking import Setting
from cultivar.cases.making import CannotMake
from cultivar.cases.models import Case
from cultivar.cases.record import Folded
from cultivar.evaluation import documents, draw, draw_verify, plan, seating_document, substitution
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
    _only_one(setting.case)
    decided = Plan.of(content)
    facts = facts_of(setting.case.opening.parent, decided, setting.today)
    return documents.keep("frozen-draw", plan.listed(facts, decided).seats.document)


def _frozen_order(setting: Setting, content: Mapping[str, Any]) -> str:
    decided = Plan.of(content)
    facts = facts_of(setting.case.opening.parent, decided, setting.today)
    return documents.keep("frozen-order", plan.order(facts, decided).document)


def facts_of(round_number: str, decided: Plan, day: date) -> Circumstances:
    """What is known of a round's applications and of those who may judge in the days that the plan names."""
    during = Period(decided.since, decided.until)
    return circumstances(round_number, day, decided.settings, during=during)


def _only_one(case: Folded) -> None:
    others = Case.objects.filter(parent=case.opening.parent, procedure=case.opening.procedure, final="")
    other = others.exclude(number=case.number).first()
    if other is not None:
        raise CannotMake(_ANOTHER.fill(number=other.number))


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
    facts = _still_judged(facts_of(made.round, made.plan, setting.today), made.result["order"])
    seats = made.result["seats"]
    there = {judge.id for judge in facts.judges}
    drawn_ = [number for line in seats["draws"] for number in (*line["seats"], *line["alternates"])]
    gone = [number for number in drawn_ if number not in there]
    successions = draw.replace(seats, gone)
    seated = draw.seated(seats, gone)
    standby = [number for number in drawn_ if number in there and number not in seated]
    document = seat(facts, seated, seating_plan(made.plan), seats["seed_text"], standby)
    return documents.keep(
        "seating",
        {"gone": gone, "successions": [one._asdict() for one in successions], "seating": document},
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


def _still_judged(facts: Circumstances, order: Mapping[str, Any]) -> Circumstances:
    """The facts without applications that came after the list was frozen."""
    known = {one["id"] for one in order["frozen"]["pool"]}
    return replace(facts, applications=tuple(one for one in facts.applications if one.id in known))


def _substitution(setting: Setting, content: Mapping[str, Any]) -> str:
    made = Draw(setting.case)
    facts = facts_of(made.round, made.plan, setting.today)
    seated = made.seating
    return documents.keep(
        "substitution",
        substitution.next_alternate(
            seated["seating"],
            made.result["seats"],
            made.substitutions,
            [*seated["gone"], *(one["taken_by"] for one in seated["successions"])],
            facts,
            content["leaves"],
        ),
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
drawn = _refusing(_drawn, "seed")
drawn_order = _refusing(_drawn_order, "seed")
seating = _refusing(_seating, "")
substituted = _refusing(_substitution, "leaves")
