"""Recommendations out of the record of a case."""

from collections.abc import Iterator

from cultivar.cases.projection import Row, Rows
from cultivar.cases.record import Folded
from cultivar.papers.models import Recommendation
from cultivar.procedure.calendar import Calendar
from cultivar.procedure.matter import Matter
from cultivar.procedure.record import Done

PAPER = "recommendation-letter"
LETTER, REASONS = "letter", "reasons"  # what an act that issues the paper says


def project(case: Folded, matter: Matter, calendar: Calendar) -> Rows:
    """The rows of ``Recommendation``: one for each act that took effect, and one that waits for agreement.

    A proposal that was declined leaves none.
    """
    return {Recommendation: [_row(done, draft) for done, draft in _spoken(case)]}


def _spoken(case: Folded) -> Iterator[tuple[Done, bool]]:
    said = [(done, False) for done in case.state.acts]
    if case.state.pending is not None:
        said.append((case.state.pending, True))
    for done, draft in said:
        if PAPER in case.procedure.acts[done.act].issues and LETTER in done.content:
            yield done, draft


def _row(done: Done, draft: bool) -> Row:
    return {
        "letter": str(done.content[LETTER]),
        "region": done.region,
        "office": done.office,
        "body": done.body,
        "reasons": str(done.content.get(REASONS, "")),
        "draft": draft,
        "on": done.day,
        "seq": done.seq,
    }
