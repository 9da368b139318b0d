"""Walks any programme's matters through the one door, by what its file says they wait for.

The walker knows no programme: it does what a case waits for, says something fitting its type, and lets the days
pass that a period needs. All that is said is invented and says so.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from cultivar.cases.act_forms import judged_on
from cultivar.cases.models import Dossier, Todo
from cultivar.cases.perform import perform, question
from cultivar.cases.record import Folded, load
from cultivar.demonstration import files
from cultivar.demonstration.agenda import Story, working_day
from cultivar.demonstration.company import Company, places
from cultivar.ledger import clock
from cultivar.policy.conditions import bound_of
from cultivar.policy.model import Programme
from cultivar.policy.model_form import Column, FormField
from cultivar.policy.model_procedure import Act, ContentField
from cultivar.procedure.engine import decide
from cultivar.procedure.guards import Question
from cultivar.procedure.matter import Terms
from cultivar.procedure.record import StepKind
from cultivar.registry.actors import Actor

MOST_STEPS = 60  # of one matter; more means that the walker goes round in a circle
_TIERS = ["一级（虚构）", "二级（虚构）", "三级（虚构）"]


_OWN = [
    ("own-1", "基础条件（虚构）", "Footing (fictional)"),
    ("own-2", "前景（虚构）", "Prospects (fictional)"),
]


class Stuck(Exception):
    """A matter waits for something that nobody of the company can do."""


@dataclass
class Walker:
    """Acts for a company; ``key`` gives the next idempotency key."""

    company: Company
    key: Callable[[], str]
    panel: int = 3
    _said: set[str] = field(default_factory=set)

    @property
    def programme(self) -> Programme:
        """The programme that is walked."""
        return self.company.programme

    def walk(self, number: str, day: date, steps: int = MOST_STEPS, pace: int = 1) -> Story:
        """Does what the case waits for, ``pace`` working days between acts; ends where it rests or is closed."""
        for _ in range(steps):
            yield day
            opens_on = self._next_day(number)
            if opens_on is not None and opens_on > clock.today():
                day = opens_on
                yield day
            if not self.step(number):
                return
            day = working_day(clock.today(), pace)
        if steps >= MOST_STEPS:
            raise Stuck(f"{number} is still open after {steps} steps")

    def step(self, number: str) -> bool:
        """One act that the case waits for and somebody can do now; False where it waits for nothing."""
        todos = list(Todo.objects.filter(case=number).order_by("id"))
        folded = load(number)
        if not todos:
            stage = folded.procedure.stages[folded.state.stage]
            if stage.final or stage.rests:
                return False
            raise Stuck(f"{number} stands at {folded.state.stage} and waits for nothing")
        asked = question(folded, clock.now())
        refused = []
        for todo in todos:
            step = cast(StepKind, todo.step)
            actor, reasons = self._able(folded, asked, todo)
            if actor is None:
                refused.append(f"{todo.act}: {reasons}")
                continue
            content = {} if todo.step == "confirm" else self._content(folded, asked, todo.act, actor)
            perform(number, todo.act, actor, content, key=self.key(), step=step)
            return True
        raise Stuck(f"{number} at {folded.state.stage}: " + "; ".join(refused))

    def _next_day(self, number: str) -> date | None:
        """The day before which none of what the case waits for can be done."""
        days = list(Todo.objects.filter(case=number).values_list("opens_on", flat=True))
        return None if not days or None in days else min(day for day in days if day is not None)

    def _able(self, folded: Folded, asked: Question, todo: Todo) -> tuple[Actor | None, str]:
        """Somebody who can do it; dossiers are filled in by those who are to submit them."""
        reasons = "nobody holds such an office"
        for actor in self._those(todo):
            if any(one.type == "dossier" for one in folded.procedure.acts[todo.act].content.values()):
                self._fill(folded, actor)
                asked = question(folded, clock.now())
            option = decide(todo.act, cast(StepKind, todo.step), actor, asked)
            if option.allowed:
                return actor, ""
            reasons = "; ".join(reason.text.en for reason in option.reasons)
        return None, reasons

    def _those(self, todo: Todo) -> Iterator[Actor]:
        for actor in self.company.actors:
            if (
                actor.body == todo.body
                and todo.post in ("", actor.post)
                and todo.region in ("", actor.region)
                and todo.organisation in ("", actor.organisation)
                and todo.person in ("", actor.person_key)
                and actor.person_key != todo.not_person
            ):
                yield actor

    # ------------------------------------------------------------------------------------- what is said

    def first(self, act: Act, terms: Terms | None = None) -> dict[str, Any]:
        """What a first act says, before there is a case."""
        return {
            name: value
            for name, spec in act.content.items()
            if (value := self._value(spec, act, None, terms or Terms())) is not None
        }

    def _content(self, folded: Folded, asked: Question, act_id: str, actor: Actor) -> dict[str, Any]:
        act = folded.procedure.acts[act_id]
        wanted = self._wanted_choices(act_id)
        content: dict[str, Any] = {}
        for name, spec in act.content.items():
            if spec.type == "files":
                if spec.required or spec.least:
                    file = files.pdf(f"{spec.zh}（虚构）")
                    content[name] = [
                        files.keep(folded.number, f"{act_id}.{name}", f"{spec.zh}.pdf", file, actor)
                    ]
                continue
            value = wanted.get(name) or self._value(spec, act, folded, asked.matter.terms)
            if value is not None:
                content[name] = value
        return content

    def _wanted_choices(self, act_id: str) -> dict[str, str]:
        """The choices on which an act waits that leads on, and does no harm."""
        guards = self.programme.guards
        return {
            guards[name].field or "": guards[name].value or ""
            for procedure in self.programme.procedures.values()
            for act in procedure.acts.values()
            if not act.harm
            for name in act.needs
            if guards[name].chosen == act_id
        }

    def _value(self, spec: ContentField, act: Act, folded: Folded | None, terms: Terms) -> Any:
        """Something of the field's type; None for what stays empty."""
        makers: Mapping[str, Callable[[], Any]] = {
            "text": lambda: _words(spec),
            "long-text": lambda: _words(spec),
            "date": lambda: (clock.today() + timedelta(days=7 if spec.when == "future" else 0)).isoformat(),
            "datetime": lambda: f"{clock.today() + timedelta(days=3)}T09:30+08:00",
            "whole": lambda: _number(spec),
            "decimal": lambda: str(_number(spec)),
            "choice": lambda: next(iter(spec.choices)),
            "undertaking": lambda: True,
            "people": lambda: ["甲某（虚构）", "乙某（虚构）"],
            "names": lambda: _TIERS,
            "named": lambda: next(iter(terms.values.get(spec.among or "") or []), None),
            "per-condition": lambda: self._opinions(spec),
            "per-criterion": lambda: {
                one["id"]: f"{one['zh']}：见申报书所列（虚构）" for one in _criteria(terms)
            },
            "score-sheet": lambda: {one["id"]: str(one["points"] * 8 // 10) for one in _criteria(terms)},
            "experts": lambda: self._judges(spec, folded),
            "seated-experts": lambda: list(folded.state.experts[:1]) if folded else [],
            "barred-experts": list,
            "attending-experts": lambda: list(folded.state.experts) if folded else [],
            "ballot": lambda: "agree",
            "partner-regions": lambda: places(self.programme) if spec.required else [],
            "window": self._window,
            "limits": lambda: dict.fromkeys(self.programme.limited_acts, 10),
            "criteria": self._points,
            "scoring": lambda: {"ties": [self._points()[0]["id"]]},
            "thresholds": dict,
        }
        return makers[spec.type]() if spec.type in makers else None

    def _opinions(self, spec: ContentField) -> dict[str, dict[str, str]]:
        opinion = spec.including or "meets"
        return {
            condition.id: {"opinion": opinion, "remark": f"{condition.zh}：材料与现场一致。（虚构）"}
            for condition in self.programme.conditions
        }

    def _judges(self, spec: ContentField, folded: Folded | None) -> list[str]:
        seated = folded.state.experts if folded else ()
        pool = [
            actor.person_key
            for actor in self.company.actors
            if actor.body in self.programme.judging_bodies and actor.person_key not in seated
        ]
        return pool[: max(spec.least or 1, min(self.panel, spec.most or self.panel))]

    def _window(self) -> dict[str, str]:
        today = clock.today()
        return {"opens_at": f"{today}T09:00+08:00", "closes_at": f"{today + timedelta(days=220)}T18:00+08:00"}

    def _points(self) -> list[dict[str, Any]]:
        """A hundred points over what the programme judges on, evenly; where it names nothing, the notice does."""
        items = [(one.id, one.zh, one.en) for one in judged_on(self.programme)[:100]] or _OWN
        share, rest = divmod(100, len(items))
        return [
            {"id": name, "zh": zh, "en": en, "points": share + (number < rest)}
            for number, (name, zh, en) in enumerate(items)
        ]

    # -------------------------------------------------------------------------------------- the dossier

    def _fill(self, folded: Folded, actor: Actor) -> None:
        """Fills the working copy with values that fit their fields and the document's own bars."""
        if folded.number in self._said:
            return
        self._said.add(folded.number)
        dossier = Dossier.objects.get(case=folded.number)
        fields = self.programme.form_fields.values()
        values = {spec.id: _typed(spec, self.programme) for spec in fields if not spec.fixed}
        dossier.data = {**{name: one for name, one in values.items() if one is not None}, **dossier.data}
        dossier.revision += len(values)
        dossier.saved_at = clock.now()
        dossier.save()
        for spec in fields:
            if spec.type == "evidence":
                title = files.pdf(f"{spec.zh}（虚构）")
                files.keep(folded.number, spec.id, f"{spec.zh[:40]}.pdf", title, actor)


def _words(spec: ContentField) -> str:
    if spec.type == "text" and ("号" in spec.zh):
        return f"示例〔{clock.today().year}〕1号（虚构）"
    text = f"{spec.zh}：按要求办理，情况属实。（虚构）"
    return text if spec.at_most is None or len(text) <= spec.at_most else f"{spec.zh}（虚构）"[: spec.at_most]


def _number(spec: ContentField) -> int:
    number = clock.today().year - 1 if "年" in spec.zh and spec.type == "whole" else 3
    least = number if spec.least is None else max(number, spec.least)
    return least if spec.most is None else min(least, spec.most)


def _criteria(terms: Terms) -> list[dict[str, Any]]:
    return list(terms.values.get("criteria") or [])


def _typed(spec: FormField, programme: Programme) -> Any:
    if spec.type in ("evidence", "partner-regions") or spec.derived:
        return None
    if spec.type == "table":
        rows = max(1, int(Decimal(spec.least or 1)))
        return [{column.id: _simple(column, programme) for column in spec.columns} for _ in range(rows)]
    if spec.type == "field":
        return programme.fields[0].id if programme.fields else None
    return _simple(spec, programme)


def _simple(spec: FormField | Column, programme: Programme) -> str:
    """A value of a field, or of a cell of a table."""
    if spec.type in ("text", "long-text"):
        return f"{spec.zh}（虚构）"[: spec.at_most]
    if spec.type == "date":
        return (clock.today() - timedelta(days=30)).isoformat()
    if spec.type == "yes-no":
        return "yes"
    if spec.type == "choice":
        return next(iter(spec.choices))
    return _figure(spec, programme)


def _figure(spec: FormField | Column, programme: Programme) -> str:
    """A number within the field's limits, and on the right side of what the document demands."""
    bars = [bar for condition in programme.conditions for bar in condition.bars]
    indicator = spec.indicator if isinstance(spec, FormField) else None
    number = next((int(bound_of(bar)[1]) for bar in bars if bar.indicator == indicator), 12)
    if spec.least is not None:
        number = max(number, int(spec.least))
    return str(number if spec.most is None else min(number, int(spec.most)))
