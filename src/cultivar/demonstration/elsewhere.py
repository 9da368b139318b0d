"""The other programmes of the demonstration: each with its people, some matters done and some in hand."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from cultivar.cases import opening
from cultivar.cases.models import Case, TitleChange
from cultivar.cases.opening import NewSubject
from cultivar.cases.perform import Receipt, Refused
from cultivar.cases.programmes import catalogue
from cultivar.demonstration.agenda import Story, working_day
from cultivar.demonstration.applications import PROGRAMME
from cultivar.demonstration.company import Company, Post, posts, seats_of_authorities
from cultivar.demonstration.walking import MOST_STEPS, Walker
from cultivar.ledger import clock
from cultivar.policy.model import Programme
from cultivar.policy.model_conditions import Designation
from cultivar.policy.model_procedure import Act, Procedure
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor

START = "2025-10-13"
LATELY = "2026-04-22"
IN_HAND = 3  # acts after which a matter is left for a newcomer to go on with
NUMBERS = ("一", "二")


def programmes() -> list[Programme]:
    """What runs here beside the main story: every version in force but that one; drafts are only tried by hand."""
    readings = (reading.programme for reading in catalogue().values())
    return [one for one in readings if one.key != PROGRAMME and one.status != "draft"]


def people() -> dict[str, Post]:
    """Everybody whom these programmes need, by login; a person whom several need stands once."""
    return {post.login: post for programme in programmes() for post in posts(programme)}


def companies(actors: Iterable[Actor]) -> list[Company]:
    """The people of each programme: those who play a part in it and belong where it is in force."""
    known = list(actors)
    return [
        Company(programme, [one for one in known if _belongs(one, programme)]) for programme in programmes()
    ]


def _belongs(actor: Actor, programme: Programme) -> bool:
    own = f"applicant-{programme.programme}-"
    if actor.body == "applicant":
        return actor.office_key.startswith(own)
    return actor.region in (programme.region, *seats_of_authorities(programme))


@dataclass(frozen=True)
class Matter:
    """Something to begin (None where the procedure does not allow it now), and how far to bring it."""

    begin: Callable[[], str | None]
    steps: int = MOST_STEPS
    pace: int = 1  # working days between its acts, and before the next matter


def stories(walkers: Iterable[Walker]) -> Iterator[Story]:
    """For each programme one story from its rounds to what follows its titles, and one of matters just begun."""
    for walker in walkers:
        yield _live(walker, START, _from_the_beginning(walker))
        yield _live(walker, LATELY, _lately(walker))


def _live(walker: Walker, start: str, matters: Iterable[Matter]) -> Story:
    """Begins one matter after the other; each is looked for only when it is its turn."""
    force = walker.programme.in_force
    day = working_day(max(start, force.from_) if force else start)
    yield day
    for matter in matters:
        number = matter.begin()
        if number is None:
            continue
        yield from walker.walk(number, working_day(day, matter.pace), matter.steps, matter.pace)
        day = working_day(clock.today(), matter.pace)
        yield day


def _rounds(walker: Walker) -> Iterator[Matter]:
    for name, procedure in _about(walker, "round"):
        yield Matter(partial(announce, walker, name, procedure))


def _subjects(walker: Walker) -> Iterator[Matter]:
    for name, procedure in _about(walker, "subject"):
        found = subjects(walker.programme, procedure)
        for subject in found if procedure.designated else found[:1]:
            begin = partial(bring_forward, walker, name, procedure, subject)
            yield Matter(begin, pace=0 if procedure.designated else 1)


def _applications(walker: Walker) -> Iterator[Matter]:
    for name, procedure in _about(walker, "application"):
        for round_ in announced(walker):
            yield Matter(partial(apply, walker, round_, name, procedure, 0))


def _on_titles(walker: Walker) -> Iterator[Matter]:
    kind_ones = [one for one in _about(walker, "title") if not opening_of(one[1]).harm]
    for number, (name, procedure) in enumerate(kind_ones):
        for case in _granting(walker)[:3]:
            steps = IN_HAND - 1 if number % 2 else MOST_STEPS
            yield Matter(partial(follow, walker, case, name, procedure), steps)


def _hanging(walker: Walker) -> Iterator[Matter]:
    """On the first case that can bear one: a matter brought to its end, and one just begun.

    What hangs on a round, as a draw of experts does, needs many applications at once and is not walked here.
    """
    procedures = walker.programme.procedures
    for name, procedure in _about(walker, "case"):
        if procedures[procedure.parent or ""].about == "round":
            continue
        parents = Case.objects.filter(programme=walker.programme.key, procedure=procedure.parent)
        for parent in parents.order_by("number")[:1]:
            for steps in (MOST_STEPS, 1):
                yield Matter(partial(hang_on, walker, parent, name, procedure), steps)


def _from_the_beginning(walker: Walker) -> Iterator[Matter]:
    for part in (_rounds, _subjects, _applications, _hanging, _on_titles):
        yield from part(walker)


def _lately(walker: Walker) -> Iterator[Matter]:
    for name, procedure in _about(walker, "subject"):
        if not procedure.designated:
            second = subjects(walker.programme, procedure)[1]
            yield Matter(partial(bring_forward, walker, name, procedure, second), 1)
    for name, procedure in _about(walker, "application"):
        for round_ in announced(walker):
            yield Matter(partial(apply, walker, round_, name, procedure, 1), IN_HAND)


def announced(walker: Walker) -> list[Case]:
    """The announced rounds of a programme."""
    return list(Case.objects.filter(programme=walker.programme.key, about="round", notice__isnull=False))


def _about(walker: Walker, about: str) -> list[tuple[str, Procedure]]:
    procedures = walker.programme.procedures.items()
    return [(name, procedure) for name, procedure in procedures if procedure.about == about]


def subjects(programme: Programme, procedure: Procedure) -> list[NewSubject | Designation]:
    """What a matter about a subject can be about: the document's own, or two that are invented."""
    if procedure.designated:
        return list(programme.designations)
    kind, field = programme.subject, programme.fields[0].id if programme.fields else ""
    return [
        NewSubject(Text(f"示例{kind.zh}{zh}（虚构）", f"Example {kind.en} {n} (fictional)"), field)
        for n, zh in enumerate(NUMBERS, 1)
    ]


def announce(walker: Walker, name: str, procedure: Procedure) -> str | None:
    """Opens a round."""
    act = opening_of(procedure)
    title, year = walker.programme.short_title, clock.today().year
    content = walker.first(act) | {
        key: value
        for key, value in (
            ("name-zh", f"{title.zh}{year}年第一批（虚构）"),
            ("name-en", f"{title.en}: first round of {year} (fictional)"),
        )
        if key in act.content
    }
    return _tried(
        walker,
        procedure,
        lambda who: opening.open_round(walker.programme.key, name, who, content, key=walker.key()),
    )


def bring_forward(
    walker: Walker, name: str, procedure: Procedure, subject: NewSubject | Designation
) -> str | None:
    """Opens a matter about a subject."""
    content = walker.first(opening_of(procedure))
    key = walker.programme.key
    return _tried(
        walker,
        procedure,
        lambda who: opening.open_on_subject(key, name, subject, who, content, key=walker.key()),
    )


def apply(walker: Walker, round_: Case, name: str, procedure: Procedure, place: int) -> str | None:
    """Opens an application by the applicant of the first or second place."""
    kind = walker.programme.subject
    new = NewSubject(
        Text(f"示例{kind.zh}{NUMBERS[place]}（虚构）", f"Example {kind.en} {place + 1} (fictional)"),
        walker.programme.fields[0].id if walker.programme.fields else "",
    )
    return _tried(
        walker,
        procedure,
        lambda who: opening.open_application(round_, name, new, who, key=walker.key()),
        skip=place * 2,
    )


def follow(walker: Walker, case: Case, name: str, procedure: Procedure) -> str | None:
    """Opens a matter about the title that a case granted."""
    grant = TitleChange.objects.select_related("case").get(case=case, kind=TitleChange.Kind.GRANT)
    content = walker.first(opening_of(procedure))
    return _tried(
        walker,
        procedure,
        lambda who: opening.open_on_title(grant, name, who, content, key=walker.key()),
    )


def hang_on(walker: Walker, case: Case, name: str, procedure: Procedure) -> str | None:
    """Opens a matter that hangs on a case."""
    content = walker.first(opening_of(procedure))
    return _tried(
        walker,
        procedure,
        lambda who: opening.open_on_case(case, name, who, content, key=walker.key()),
    )


def _granting(walker: Walker) -> list[Case]:
    """The cases that granted a title, the first first."""
    grants = TitleChange.objects.filter(
        kind=TitleChange.Kind.GRANT, case__programme=walker.programme.key
    ).order_by("seq")
    return list(dict.fromkeys(grant.case for grant in grants.select_related("case")))


def opening_of(procedure: Procedure) -> Act:
    """The act that opens a procedure."""
    return procedure.acts[opening.opening_act(procedure)]


def _tried(
    walker: Walker, procedure: Procedure, do: Callable[[Actor], Receipt], *, skip: int = 0
) -> str | None:
    """The number of the case that the first able person opens; None where nobody may."""
    act = opening_of(procedure)
    for who in list(walker.company.of(act.body, act.post))[skip:]:
        try:
            return do(who).case
        except Refused:
            continue
    return None
