"""Reads for the working pages: desk, lists, names for keys."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet

from cultivar.cases.models import Case, TitleChange, Todo
from cultivar.cases.programmes import concerns, versions
from cultivar.cases.queries import visible, waiting_for
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor
from cultivar.registry.models import Office, Person

PAGE = 50


@dataclass(frozen=True)
class DeskFigures:
    """How much waits for an office, and how urgent it is."""

    waiting: int
    late: int
    today: int
    later: int  # cannot be done before a day still to come
    elsewhere: int  # waits for somebody else


def desk_figures(actor: Actor, today: date) -> DeskFigures:
    """The figures of a desk: two queries."""
    mine = waiting_for(actor)
    due = Q(opens_on=None) | Q(opens_on__lte=today)
    counts = mine.aggregate(
        waiting=Count("id", filter=due),
        late=Count("id", filter=due & Q(due_on__lt=today)),
        today=Count("id", filter=due & Q(due_on=today)),
        later=Count("id", filter=~due),
    )
    others = visible(actor).filter(final="", number__in=Todo.objects.values("case"))
    return DeskFigures(**counts, elsewhere=others.exclude(number__in=mine.values("case")).count())


def desk(actor: Actor, today: date, show: str, text: str, round_number: str) -> QuerySet[Todo]:
    """What waits for an office, the earliest due first; ``show`` is one of late, today, later or all."""
    due = Q(opens_on=None) | Q(opens_on__lte=today)
    which = {"late": due & Q(due_on__lt=today), "today": due & Q(due_on=today), "later": ~due}.get(show, due)
    todos = waiting_for(actor).filter(which).select_related("case__round", "case__lead_region")
    if text:
        todos = todos.filter(
            Q(case__name_zh__icontains=text) | Q(case__name_en__icontains=text) | Q(case=text)
        )
    if round_number:
        todos = todos.filter(Q(case__round=round_number) | Q(case=round_number))
    return todos.order_by("opens_on" if show == "later" else F("due_on").asc(nulls_last=True), "case_id")


def count_waiting(actor: Actor, today: date) -> int:
    """How much waits for an office now."""
    return waiting_for(actor).filter(Q(opens_on=None) | Q(opens_on__lte=today)).count()


@dataclass(frozen=True)
class Filters:
    """What the list of cases is narrowed to."""

    text: str = ""
    round: str = ""
    procedure: str = ""
    stage: str = ""
    field: str = ""


def cases(actor: Actor, filters: Filters) -> QuerySet[Case]:
    """The cases in an office's sight, the latest changed first."""
    found = visible(actor).exclude(about="round")
    if filters.text:
        text = filters.text
        found = found.filter(
            Q(name_zh__icontains=text)
            | Q(name_en__icontains=text)
            | Q(number=text)
            | Q(applicant__name_zh__icontains=text)
        )
    for name in ("round", "procedure", "stage", "field"):
        value = getattr(filters, name)
        if value:
            found = found.filter(**{name: value})
    return found.select_related("lead_region", "round", "applicant").order_by("-last_seq")


def rounds(actor: Actor) -> list[Case]:
    """The rounds in an office's sight, newest first; those announced, of every programme that concerns it."""
    here = [digest for digest, programme in versions().items() if concerns(programme, actor)]
    announced = Case.objects.filter(about="round", notice__isnull=False, digest__in=here)
    return list(
        (visible(actor).filter(about="round") | announced)
        .select_related("notice")
        .order_by("-opened_at")[:100]
    )


def office_names(keys: set[str]) -> dict[str, Text]:
    """The short names of offices by key: one query."""
    return {office.key: office.short for office in Office.objects.filter(key__in=keys)}


def person_names(keys: set[str]) -> dict[str, str]:
    """The names of people by key: one query."""
    return dict(Person.objects.filter(key__in=keys).values_list("key", "name"))


def grant_of(case: Case) -> TitleChange | None:
    """The title that a case granted, while it is held."""
    grant = TitleChange.objects.filter(case=case, kind=TitleChange.Kind.GRANT).select_related("case").first()
    if grant is None:
        return None
    last = TitleChange.objects.filter(title=grant.title).order_by("-seq").first()
    return grant if last == grant else None


def designated(policy: str, procedure: str) -> set[str]:
    """The designations of a policy that already have such a matter, open or granted: one query."""
    cases = Case.objects.filter(procedure=procedure, final__in=("", "granted"))
    names = cases.filter(subject__designation__startswith=f"{policy}/").values_list(
        "subject__designation", flat=True
    )
    return {name.partition("/")[2] for name in names}


def week_ends(today: date) -> date:
    """The Sunday of this week."""
    return today + timedelta(days=6 - today.weekday())


def applications(actor: Actor, rounds_shown: list[str]) -> dict[str, int]:
    """How many applications of each round an office sees: one query."""
    seen = visible(actor).filter(round__in=rounds_shown).order_by()
    return dict(seen.values_list("round").annotate(n=Count("number")))
