"""Applications of a round as a simulation takes them, made without a database: lawful walks under the trial version."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cultivar.appraisal.simulated_case import CaseFacts
from cultivar.policy.model import Programme
from cultivar.policy.reading import read_programme
from cultivar.policy.text import Text
from cultivar.procedure import calendar as working_days
from cultivar.procedure.calendar import Calendar
from cultivar.procedure.matter import Terms
from cultivar.procedure.record import Done, StepKind

ROOT = Path(__file__).resolve().parents[2]
SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)
LEAD, PARTNER, PROVINCE, ORGANISATION = "520300", "520500", "520000", "organisation"
EXPERTS = ("e1", "e2", "e3")
REGIONS = {"city": LEAD, "partner-city": PARTNER, "province": PROVINCE}


@cache
def version(name: str = "2025-trial") -> Programme:
    """A version of the Guizhou measures."""
    return read_programme(ROOT / "programmes" / "guizhou-clusters" / f"{name}.yaml").programme


@cache
def tables() -> Calendar:
    """The official calendars."""
    return working_days.load(ROOT / "calendars")


def terms(**values: Any) -> Terms:
    """What a notice fixed; the round is closed by now."""
    opens, closes = datetime(2026, 1, 1, tzinfo=SHANGHAI), datetime(2027, 1, 1, tzinfo=SHANGHAI)
    return Terms(opens, closes, {}, values, closed=True)


def opinions(**said: str) -> dict[str, dict[str, str]]:
    """Every condition met, but for those named."""
    known = {one.id: {"opinion": "meets"} for one in version().conditions}
    return known | {name.replace("_", "-"): {"opinion": opinion} for name, opinion in said.items()}


def case(
    number: int = 1,
    end: str = "recognise",
    figures: Mapping[str, str] | None = None,
    grounds: Mapping[str, str] | None = None,
    field: str = "new-energy",
    points: str = "80",
    partners: tuple[str, ...] = (),
    said: Mapping[str, str] | None = None,
    without: str = "",
) -> CaseFacts:
    """A case that went to ``end``: recognise, not-list, not-recommend, withdraw, or an act where it still stands.

    ``grounds`` are opinions of the refusal by condition, ``said`` those of the review; ``without`` leaves a figure out.
    """
    programme = version()
    path: list[tuple[str, dict[str, Any]]] = [
        ("start", {}),
        ("submit", {"dossier": "0" * 64, "partners": list(partners), "undertaking": True}),
        ("accept", {}),
    ]
    refusal = {
        "grounds": {name: {"opinion": one} for name, one in (grounds or {}).items()},
        "reasons": "理由（虚构）",
    }
    review = ("review", {"opinions": opinions(**(said or {})), "conclusion": "（虚构）"})
    if end == "not-recommend":
        path += [review, (end, refusal)]
    elif end == "withdraw":
        path.append((end, {"reasons": "撤回（虚构）"}))
    elif end != "accept":
        sheet = {"scores": {"strength": points}, "comment": "可以（虚构）"}
        path += [
            review,
            ("visit", {"date": "2026-03-04", "place": "园区（虚构）", "findings": {}}),
            *(("concur", {"opinion": "同意"}) for _ in partners),
            ("recommend", {"letter": "1号（虚构）", "reasons": "（虚构）"}),
            ("admit", {}),
            ("assign", {"experts": list(EXPERTS)}),
            ("schedule-defence", {"time": "2026-03-20T09:00+08:00", "place": "贵阳（虚构）"}),
            ("record-defence", {"date": "2026-03-20", "attendees": ["丙某（虚构）"]}),
            *(("score", sheet) for _ in EXPERTS),
            ("close-panel", {}),
        ]
        if end == "not-list":
            path.append((end, {"reasons": "（虚构）"}))
        else:
            path += [
                ("list", {"assessment": "（虚构）"}),
                (
                    "meeting-decision",
                    {"date": "2026-03-20", "minutes": "1号（虚构）", "decision": "approved"},
                ),
                ("publish", {"notice": "1号（虚构）"}),
                ("recognise", {"decision": "1号（虚构）", "title": f"T-{number}"}),
            ]
    form = {
        spec.id: "1"
        for spec in programme.form_fields.values()
        if not spec.fixed and spec.type not in ("evidence", "partner-regions", "table")
    }
    data = {**form, "major-events": "0", "partners": list(partners), **(figures or {})}
    data.pop(without, None)
    files = {name: 1 for name, spec in programme.form_fields.items() if spec.type == "evidence"}
    return CaseFacts(
        number=f"GZ-2026-{number:05d}",
        name=Text(f"测试集群{number}", f"Test cluster {number}"),
        programme=programme,
        procedure_id="recognition",
        record=_record(programme, path),
        applicant=ORGANISATION,
        lead_region=LEAD,
        field_id=field,
        data=data,
        files=files,
    )


def _record(programme: Programme, path: list[tuple[str, dict[str, Any]]]) -> tuple[Done, ...]:
    acts = programme.procedures["recognition"].acts
    record: list[Done] = []
    experts = iter(EXPERTS)
    for number, (name, content) in enumerate(path):
        act = acts[name]
        person = next(experts) if name == "score" else f"{act.by}-1"
        done = Done(
            seq=len(record),
            act=name,
            step="propose" if act.four_eyes else "do",
            body=act.body,
            post=act.post,
            office=act.body,
            region=REGIONS.get(act.body, ""),
            person=person,
            at=START + timedelta(days=number + (10 if name == "recognise" else 0)),
            content=content,
        )
        record.append(done)
        if act.four_eyes:
            body, post = act.agreeing
            step: StepKind = "confirm"
            agreed = replace(done, step=step, body=body, post=post, person=f"{act.by}-2", content={})
            record.append(replace(agreed, seq=len(record)))
    return tuple(record)
