"""Who sits on a panel, as pages name them: number and kind out of the pool, where it knows them."""

from collections.abc import Iterable
from dataclasses import dataclass

from cultivar.cases.work_queries import person_names
from cultivar.evaluation.models import Expert
from cultivar.evaluation.pool_columns import KINDS
from cultivar.policy.text import Text


@dataclass(frozen=True)
class Seated:
    """Somebody on a panel. ``number`` and ``kind`` are empty for who was named before the pool knew numbers."""

    person: str
    name: str
    number: str = ""
    kind: Text | None = None


def seated(people: Iterable[str]) -> list[Seated]:
    """Those people by number and name: two queries."""
    keys = list(people)
    names = person_names(set(keys))
    known = {
        one.person.key: one for one in Expert.objects.filter(person__key__in=keys).select_related("person")
    }
    found = [
        Seated(key, names.get(key, "—"), known[key].number, KINDS[known[key].kind])
        if key in known
        else Seated(key, names.get(key, "—"))
        for key in keys
    ]
    return sorted(found, key=lambda one: (one.number, one.name, one.person))
