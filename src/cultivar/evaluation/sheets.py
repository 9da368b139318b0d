"""Score sheets out of the record of a case."""

from decimal import Decimal
from typing import Any

from cultivar.cases.projection import Row, Rows
from cultivar.cases.record import Folded
from cultivar.evaluation.models import Sheet
from cultivar.procedure.calendar import Calendar
from cultivar.procedure.limits import days_late
from cultivar.procedure.matter import Matter
from cultivar.procedure.record import Done
from cultivar.procedure.sealing import panel_closed

PLACES = Decimal("0.000001")


def total(sheet: dict[str, str]) -> Decimal:
    """The sum of the points of a sheet, exact."""
    return sum((Decimal(points) for points in sheet.values()), Decimal(0))


def project(case: Folded, matter: Matter, calendar: Calendar) -> Rows:
    """The rows of ``Sheet``: one for each seated expert's latest sheet of the present stay on the panel."""
    sheets: dict[str, tuple[Done, dict[str, Any]]] = {}
    for done in case.state.acts:
        for name, spec in case.procedure.acts[done.act].content.items():
            if spec.type == "score-sheet" and done.person in case.state.experts:
                sheets[done.person] = done, done.content[name]
    closed = panel_closed(case.procedure, case.state.acts)
    rows: list[Row] = [
        {
            "person": person,
            "total": total(sheet).quantize(PLACES),
            "points": dict(sheet),
            "seq": done.seq,
            "open": closed,
            "days_late": days_late(case.act_of(done), done, case.state, matter.terms, calendar),
        }
        for person, (done, sheet) in sheets.items()
    ]
    return {Sheet: rows}
