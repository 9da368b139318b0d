"""Across the cases of an expert: which sheets are to be written, begun, late, handed in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from cultivar.cases.models import Case, Seat, Todo
from cultivar.cases.programmes import pinned, versions
from cultivar.evaluation.models import Sheet, SheetDraft
from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Procedure
from cultivar.registry.actors import Actor


@dataclass(frozen=True)
class Task:
    """The sheet of one case. ``act``: by which it is handed in; ``todo``: what waits, None where nothing does."""

    case: Case
    act: str
    todo: Todo | None
    sheet: Sheet | None
    begun: bool


@dataclass(frozen=True)
class Figures:
    """How many sheets wait, how many of those are past their day, how many are in."""

    waiting: int
    late: int
    done: int


def scores(actor: Actor) -> bool:
    """Whether people of this office score applications under some programme; without a query."""
    return any(
        actor.body in programme.judging_bodies and any(True for _ in _score_acts(programme))
        for programme in versions().values()
    )


def _score_acts(programme: Programme) -> Iterator[str]:
    """The acts of a programme that hand in a score sheet."""
    for procedure in programme.procedures.values():
        yield from _of_procedure(procedure)


def _of_procedure(procedure: Procedure) -> Iterator[str]:
    for name, act in procedure.acts.items():
        if any(spec.type == "score-sheet" for spec in act.content.values()):
            yield name


def score_act(case: Case) -> str:
    """The act that hands in a sheet on a case, or ""."""
    return next(_of_procedure(pinned(case.digest).procedures[case.procedure]), "")


def seated(person: str) -> QuerySet[Case]:
    """The cases on whose panel somebody sits: those to be scored first, by their day, then those that are done."""
    mine = Todo.objects.filter(case=OuterRef("pk"), person=person, act__in=_all_score_acts())
    return (
        Case.objects.filter(number__in=Seat.objects.filter(person=person).values("case"))
        .annotate(due_on=Subquery(mine.values("due_on")[:1]), waits=Exists(mine))
        .select_related("round")
        .order_by("-waits", F("due_on").asc(nulls_last=True), "-last_seq")
    )


def _all_score_acts() -> list[str]:
    return sorted({act for programme in versions().values() for act in _score_acts(programme)})


def figures(person: str, today: date) -> Figures:
    """The figures over all cases of an expert: two queries."""
    mine = Todo.objects.filter(person=person, act__in=_all_score_acts())
    counts = mine.aggregate(waiting=Count("id"), late=Count("id", filter=Q(due_on__lt=today)))
    return Figures(**counts, done=Sheet.objects.filter(person=person).count())


def tasks(cases: Sequence[Case], person: str) -> list[Task]:
    """The sheets of some cases: three queries, however many they are."""
    todos = {
        todo.case_id: todo
        for todo in Todo.objects.filter(case__in=cases, person=person, act__in=_all_score_acts())
    }
    sheets = {sheet.case_id: sheet for sheet in Sheet.objects.filter(case__in=cases, person=person)}
    begun = set(
        SheetDraft.objects.filter(case__in=cases, person=person, revision__gt=0).values_list(
            "case_id", flat=True
        )
    )
    return [
        Task(
            case,
            score_act(case),
            todos.get(case.number),
            sheets.get(case.number),
            case.number in begun,
        )
        for case in cases
    ]
