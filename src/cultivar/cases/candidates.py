"""Whom an act may name, in the order in which a form offers them; slices above say more of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cultivar.cases import work_queries
from cultivar.cases.record import Folded
from cultivar.ledger import clock
from cultivar.policy.model_procedure import Act
from cultivar.policy.text import Text
from cultivar.procedure.matter import Terms
from cultivar.registry.queries import holders


@dataclass(frozen=True)
class Candidate:
    """Somebody an act may name. ``about`` helps to choose; ``cannot`` says why it would be refused."""

    person: str
    name: str
    about: Text | None = None
    cannot: Text | None = None
    chosen: bool = False


@dataclass(frozen=True)
class Choice:
    """Who may be named, and what is to be kept in mind."""

    candidates: tuple[Candidate, ...] = ()
    hint: Text | None = None


NOBODY = Choice()
Describe = Callable[[Act, Folded, Sequence[Candidate], Terms], Choice | None]
_describing: list[Describe] = []


def register(describe: Describe) -> None:
    """Lets a slice above describe and order those whom an act may name; None where it knows nothing of them."""
    if describe not in _describing:
        _describing.append(describe)


def choice(act: Act, folded: Folded, terms: Terms) -> Choice:
    """Those of the pool who neither sit nor left; those who sit; or all of the pool whom a decision may bar."""
    kinds = {spec.type for spec in act.content.values()}
    if not kinds & {"experts", "seated-experts", "barred-experts"}:
        return NOBODY
    state = folded.state
    if "seated-experts" in kinds:
        people = work_queries.person_names(set(state.experts))
    else:
        people = holders(folded.programme.judging_bodies, clock.today(), folded.programme.region)
    if "experts" in kinds:
        left = {done.person for done in state.acts if folded.procedure.acts[done.act].leaves_panel}
        people = {key: name for key, name in people.items() if key not in left | set(state.experts)}
    found = tuple(Candidate(key, name) for key, name in people.items())
    for describe in _describing:
        described = describe(act, folded, found, terms)
        if described is not None:
            return described
    return Choice(found)
