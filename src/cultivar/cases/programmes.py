"""The programme versions that the house knows, and the calendar that it counts by."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import rfc8785
from django.conf import settings

from cultivar.cases.models import AdoptedProgramme
from cultivar.policy.model import Programme
from cultivar.policy.problems import BadFile
from cultivar.policy.reading import Reading, load
from cultivar.policy.text import Text
from cultivar.procedure import calendar as working_days
from cultivar.procedure.calendar import Calendar
from cultivar.registry.actors import Actor

_log = logging.getLogger(__name__)
_held: ContextVar[dict[str, Reading] | None] = ContextVar("held", default=None)
WHOLE_COUNTRY = "100000"
POLICY = "policy"  # the office that keeps the programme files; it has a part in none of them


def catalogue() -> dict[str, Reading]:
    """Every programme file by its key, read again when a file changes; held for the length of a request.

    A file that cannot be read is left out and logged: one mistake in one file must not close the house.
    """
    held = _held.get()
    return held if held is not None else _read_all()


def _read_all() -> dict[str, Reading]:
    readings = {}
    for path in sorted(settings.PROGRAMMES.glob("*/*.yaml")):
        try:
            reading = load(path)
        except BadFile as bad:
            _log.error("programme file left out: %s", bad)
            continue
        readings[reading.programme.key] = reading
    return readings


@contextmanager
def holding() -> Iterator[None]:
    """Holds the catalogue as it is now, so that one request reads the folder once."""
    token = _held.set(_read_all())
    try:
        yield
    finally:
        _held.reset(token)


def current(key: str) -> Reading | None:
    """The file of this key, or where it is gone the newest version of its policy; None without any."""
    reading = catalogue().get(key)
    if reading is None:
        version = newest(key.partition("/")[0])
        reading = catalogue().get(version.key) if version else None
    return reading


def not_in_force(programme: Programme, day: date) -> Text | None:
    """Why no case may begin under a version on a day; None where it may."""
    force = programme.in_force
    if programme.status == "draft" or force is None:
        return _DRAFT
    if programme.status == "superseded" or (force.to and force.to < day.isoformat()):
        return Text(
            "这个版本已经失效，不能再办新的事项。",
            "This version is no longer in force; nothing new begins under it.",
        )
    if force.from_ > day.isoformat():
        return Text("这个版本还没有施行。", "This version is not in force yet.")
    return None


_DRAFT = Text(
    "这个版本是征求意见稿，还没有施行，只能在演示中试办。",
    "This version is a draft for comment and not in force; it can only be tried in a demonstration.",
)


def newest(policy: str) -> Programme | None:
    """The version of a policy that is on file and not a draft, the latest in force; None for an unknown one."""
    versions = [one.programme for one in catalogue().values() if one.programme.programme == policy]
    ready = [one for one in versions if one.status != "draft"] or versions
    return max(ready, key=lambda one: (one.in_force.from_ if one.in_force else "", one.version), default=None)


def pinned(digest: str) -> Programme:
    """The version to which a case is pinned: a file with that identity, or the text kept when it was adopted."""
    for reading in catalogue().values():
        if reading.digest == digest:
            return reading.programme
    return _kept(digest)


def of_key(key: str) -> tuple[Programme, str] | None:
    """The version of that key with its digest: on file, or the one adopted last whose file is gone; else None."""
    reading = catalogue().get(key)
    if reading is not None:
        return reading.programme, reading.digest
    digest = AdoptedProgramme.objects.filter(key=key).order_by("-pk").values_list("digest", flat=True).first()
    return (_kept(digest), digest) if digest is not None else None


@lru_cache(maxsize=64)
def _kept(digest: str) -> Programme:
    row = AdoptedProgramme.objects.get(digest=digest)
    # It was read strictly when it was adopted; what the model has given up since must not lock its cases.
    return Programme.model_validate(_brought_up(json.loads(bytes(row.data))), extra="ignore")


_REGISTER = {"cluster-name": "name", "field": "field", "core-park": "carrier"}


def _brought_up(data: dict[str, Any]) -> dict[str, Any]:
    """A text adopted when only clusters were cultivated, in the words of today; any other as it is."""
    if not isinstance(data.get("subject"), str):
        return data
    data["subject"] = {"kind": data["subject"], "zh": "集群", "en": "cluster", "plural": "clusters"}
    for section in data.get("form", []):
        for field in section.get("fields", []):
            if field.get("id") in _REGISTER:
                field["register"] = _REGISTER[field["id"]]
    for procedure in data.get("procedures", {}).values():
        for act in procedure.get("acts", {}).values():
            act["publishes"] = [
                "subject-name" if one == "cluster-name" else one for one in act.get("publishes", [])
            ]
    return data


def versions() -> dict[str, Programme]:
    """Every version that a case may be pinned to, by digest: those on file and those once adopted."""
    on_file = {reading.digest: reading.programme for reading in catalogue().values()}
    return {**_once_adopted(tuple(sorted(on_file))), **on_file}


@lru_cache(maxsize=8)
def _once_adopted(_on_file: tuple[str, ...]) -> dict[str, Programme]:
    """Asked anew when a file changes, for only then does a version leave the catalogue."""
    digests = AdoptedProgramme.objects.exclude(digest__in=_on_file).values_list("digest", flat=True)
    return {digest: _kept(digest) for digest in digests}


def adopt(reading: Reading) -> None:
    """Keeps the text of a version, once, before the first case is pinned to it."""
    _, new = AdoptedProgramme.objects.get_or_create(
        digest=reading.digest,
        defaults={"key": reading.programme.key, "data": rfc8785.dumps(reading.source.data)},
    )
    if new:
        _once_adopted.cache_clear()


def lies_in(programme: Programme, region: str) -> bool:
    """Whether a programme is in force in a region: codes of one province share their first two digits."""
    return programme.region == WHOLE_COUNTRY or region[:2] == programme.region[:2]


def concerns(programme: Programme, actor: Actor) -> bool:
    """Whether a programme is in force where an office is; an office without a region belongs anywhere."""
    return not actor.region or lies_in(programme, actor.region)


def names_experts(programme: Programme, actor: Actor) -> bool:
    """Whether an office names the experts of a panel under a programme."""
    if actor.region != programme.region:
        return False
    return any(
        (programme.bodies[act.body].played_by or act.body) == actor.body and act.post in ("", actor.post)
        for procedure in programme.procedures.values()
        for act in procedure.acts.values()
        if any(spec.type == "experts" for spec in act.content.values())
    )


def scopes_of(actor: Actor) -> frozenset[str]:
    """Over which cases an office has a part, over all programmes that concern it."""
    return frozenset(
        spec.scope
        for programme in versions().values()
        if concerns(programme, actor)
        for part, spec in programme.bodies.items()
        if (spec.played_by or part) == actor.body
        and (spec.scope != "whole region" or actor.region == programme.region)
    )


def posts_of_bodies() -> dict[str, frozenset[str]]:
    """Every kind of office that takes a part in some programme, with the posts that it has there."""
    found: dict[str, frozenset[str]] = {}
    for programme in versions().values():
        for part, spec in programme.bodies.items():
            body = spec.played_by or part
            found[body] = found.get(body, frozenset()) | frozenset(spec.posts)
    return found


@lru_cache(maxsize=4)
def _calendar(folder: Path) -> Calendar:
    return working_days.load(folder)


def calendar() -> Calendar:
    """The official working-day tables, read once."""
    return _calendar(settings.CALENDARS)
