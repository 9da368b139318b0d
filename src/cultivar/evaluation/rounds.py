"""The draws of a round, and what follows from the one that stands."""

from collections.abc import Mapping

from cultivar.cases.models import Case
from cultivar.cases.programmes import pinned
from cultivar.cases.record import folded
from cultivar.evaluation.draw_documents import Draw
from cultivar.ledger.models import Entry
from cultivar.policy.model import Programme
from cultivar.procedure.record import NEW


def drawing(programme: Programme) -> str | None:
    """The procedure by which a programme draws experts in public, if it has one."""
    for name, procedure in programme.procedures.items():
        kinds = {spec.document for act in procedure.acts.values() for spec in act.content.values()}
        if "frozen-draw" in kinds:
            return name
    return None


def draws(round_: Case, programme: Programme) -> list[Draw]:
    """The draws of a round whose list was frozen, the latest first: two queries, whatever their number."""
    rows = Case.objects.filter(parent=round_, procedure=drawing(programme) or "").exclude(stage=NEW)
    numbers = list(rows.order_by("-opened_at", "-number").values_list("number", flat=True))
    entries: dict[str, list[Entry]] = {number: [] for number in numbers}
    for entry in Entry.objects.filter(case__in=numbers).order_by("seq"):
        entries[entry.case].append(entry)
    return [Draw(folded(number, kept)) for number, kept in entries.items()]


def standing(round_: Case, programme: Programme) -> Draw | None:
    """The draw by which the panels of a round go: the latest that was made and not abandoned."""
    return next((one for one in draws(round_, programme) if one.stood("drawn") and not one.abandoned), None)


def drawn_order(round_: Case, programme: Programme) -> tuple[str, ...]:
    """The applications in the order that was drawn, for speaking and among equal scores; empty without a draw."""
    made = standing(round_, programme)
    if made is None:
        return ()
    return tuple(number for line in made.result["order"]["draws"] for number in line["seats"])


def speaking_order(round_number: str) -> Mapping[str, int]:
    """The place of each application in the drawn order, from 1; empty where none was drawn.

    Those without a place are heard after the others, by number.
    """
    round_ = Case.objects.filter(number=round_number).first()
    drawn = drawn_order(round_, pinned(round_.digest)) if round_ else ()
    return {number: place for place, number in enumerate(drawn, 1)}
