"""The roster of a cluster: live from the register, or frozen with the dossier that was submitted on it.

A roster holds what counts for the subject's own organisation (``registry.standing``), for the year reported and the
one before. Frozen, it is canonical JSON named by its SHA-256 and kept once, whoever submits it how often.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from cultivar.appraisal.indicators import Reading, read_all
from cultivar.appraisal.roster import Event, Firm, Held, Roster, as_data, from_data
from cultivar.cases.membership import MOST, hold
from cultivar.cases.models import Case, Membership, RosterVersion, RoundNotice, Subject
from cultivar.ledger import clock
from cultivar.ledger.canonical import canonical
from cultivar.ledger.clock import SHANGHAI
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.registry.standing import Said, Title, said

# ------------------------------------------------------------------------------------------------------------ live


def live(subject: Subject, year: int, on: date) -> Roster:
    """The roster as the register has it now: four queries, however many enterprises. Titles are asked on ``on``."""
    members = Membership.objects.filter(subject=subject)
    return _live({subject.code: subject.organisation_id or ""}, members, year, on)[subject.code]


def live_many(subjects: "QuerySet[Subject]", year: int, on: date) -> dict[str, Roster]:
    """The rosters of many subjects by their codes, empty ones too: five queries, however many."""
    whose = dict(subjects.order_by().values_list("code", "organisation_id"))
    members = Membership.objects.filter(subject__in=subjects.order_by().values("code"))
    return _live({code: organisation or "" for code, organisation in whose.items()}, members, year, on)


def _live(
    whose: Mapping[str, str], members: "QuerySet[Membership]", year: int, on: date
) -> dict[str, Roster]:
    firms: dict[str, list[_Member]] = {code: [] for code in whose}
    names = (f"enterprise__{name}" for name in ("name_zh", "region_id", "industry"))
    for subject, *member in members.order_by().values_list("subject_id", "enterprise_id", *names):
        firms[subject].append(tuple(member))
    listed = {member[0] for found in firms.values() for member in found}
    # A planner without statistics walks whole tables for each row of a subquery; a short list it looks up.
    asked = sorted(listed) if len(listed) <= MOST else members.order_by().values("enterprise")
    known = said(asked, set(whose.values()), (year, year - 1))
    held: _Shapes = {}
    return {
        subject: Roster(tuple(_firm(known, one, whose[subject], held) for one in sorted(listed)), year, on)
        for subject, listed in firms.items()
    }


_Member = tuple[str, ...]  # code, name, region, industry
_Shapes = dict[tuple[Title, ...], tuple[Held, ...]]


def _firm(known: Said, member: _Member, organisation: str, shapes: _Shapes) -> Firm:
    code, name, region, industry = member
    titles = known.held(code, organisation)
    held = shapes.get(titles)
    if held is None:  # few sets of titles differ: each is made once
        held = shapes[titles] = tuple(Held(*one) for one in titles)
    events = tuple(Event(*one) for one in known.incidents(code, organisation))
    return Firm(code, name, region, industry, known.years(code, organisation), held, events)


def readings(programme: Programme, roster: Roster) -> dict[str, Reading]:
    """Every indicator that the programme computes over the roster; nothing where nobody is on it."""
    return read_all(programme, roster) if roster.firms else {}


def reporting_year(case: Case) -> int:
    """The year that an application reports: the one before its round opens; without a round, the one before this."""
    return year_reported(notice_of(case))


def year_reported(notice: RoundNotice | None) -> int:
    """The year before the window of a round opens, or before this one."""
    opens = clock.today() if notice is None else notice.opens_at.astimezone(SHANGHAI).date()
    return opens.year - 1


def notice_of(case: Case) -> RoundNotice | None:
    """The notice of the case's round, None before it is announced: one query, none where it came with the case."""
    if not case.round_id:
        return None
    if "round" in case._state.fields_cache:
        return getattr(case.round, "notice", None)
    return RoundNotice.objects.filter(case=case.round_id).first()


# ---------------------------------------------------------------------------------------------------------- frozen


_TAKING = Text(
    "企业名单正在录入，录完再提交，一般不超过一分钟。填好的内容都在。",
    "Rows are being taken onto the roster. Submit once that is done, as a rule within a minute; nothing is lost.",
)
_taking: list[Callable[[str], Text | None]] = []


def register_taking(taking: Callable[[str], Text | None]) -> None:
    """Lets a slice above say that it is bringing rows onto the roster of a subject: it is not frozen meanwhile."""
    if taking not in _taking:
        _taking.append(taking)


class BeingTaken(Exception):
    """Rows are being taken onto the roster; ``text`` says what runs and when to come back. Nothing was frozen."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


def _alone(subject: str) -> None:
    """Holds the roster, so that no import begins before the transaction is over. Raises ``BeingTaken``.

    It never waits: whoever freezes holds the ledger, for which every other act would wait with it.
    """
    for ask in (True, False):
        said = next((text for taking in _taking if (text := taking(subject)) is not None), None)
        if said is not None:
            raise BeingTaken(said)
        if ask and not hold(subject, wait=False):
            raise BeingTaken(_TAKING)


@dataclass(frozen=True)
class FrozenRoster:
    """What a submitted dossier says of its roster: the two parts of its body."""

    roster: Mapping[str, Any]
    readings: Mapping[str, Mapping[str, Any]]


def freeze(subject: str, programme: Programme, year: int, on: date) -> FrozenRoster | None:
    """Keeps a subject's roster as it stands; None where it has none. Raises ``BeingTaken``."""
    _alone(subject)
    row = Subject.objects.filter(pk=subject).first()
    roster = live(row, year, on) if row else None
    if roster is None or not roster.firms:
        return None
    body = canonical(as_data(roster))
    sha256 = hashlib.sha256(body).hexdigest()
    RosterVersion.objects.get_or_create(sha256=sha256, defaults={"body": body, "firms": len(roster.firms)})
    return FrozenRoster(
        {"sha256": sha256, "firms": len(roster.firms), "year": year},
        {name: _plain(one) for name, one in sorted(readings(programme, roster).items())},
    )


def thaw(sha256: str) -> Roster:
    """A frozen roster: one query. Raises ``RosterVersion.DoesNotExist``."""
    return from_data(json.loads(bytes(RosterVersion.objects.get(sha256=sha256).body)))


def named_in(body: Mapping[str, Any]) -> str:
    """The SHA-256 of the roster that a submitted dossier names, or "" in one from before, or without a roster."""
    return str(body.get("roster", {}).get("sha256", ""))


def readings_in(body: Mapping[str, Any]) -> dict[str, Reading]:
    """What a submitted dossier says was read off its roster: values and floors alone, without a query."""
    return {
        name: Reading(_decimal(one["value"]), _decimal(one["floor"]), asked=one["asked"])
        for name, one in body.get("readings", {}).items()
    }


def frozen_readings(
    programme: Programme, body: Mapping[str, Any]
) -> tuple[Roster | None, dict[str, Reading]]:
    """The roster of a submitted dossier and what was read off it when it was submitted: one query at most.

    Values are those of the dossier; which enterprises were lacking is read off the roster again.
    """
    sha256 = named_in(body)
    if not sha256:
        return None, {}
    roster = thaw(sha256)
    again = readings(programme, roster)
    return roster, {
        name: replace(again.get(name, one), value=one.value, floor=one.floor)
        for name, one in readings_in(body).items()
    }


def _plain(one: Reading) -> dict[str, Any]:
    return {
        "value": _text(one.value),
        "floor": _text(one.floor),
        "asked": one.asked,
        "known": one.known,
    }


def _text(number: Decimal | None) -> str | None:
    """A number in its shortest form, every digit kept."""
    if number is None:
        return None
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
