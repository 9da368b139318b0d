"""The programme versions that the house knows, and the calendar that it counts by."""

import json
from functools import lru_cache
from pathlib import Path

import rfc8785
from django.conf import settings

from cultivar.cases.models import AdoptedProgramme
from cultivar.policy.model import Programme
from cultivar.policy.reading import Reading, load
from cultivar.procedure import calendar as working_days
from cultivar.procedure.calendar import Calendar
from cultivar.registry.actors import Actor

WHOLE_COUNTRY = "100000"
POLICY = "policy"  # the office that keeps the programme files; it has a part in none of them


def catalogue() -> dict[str, Reading]:
    """Every programme file by its key, read again when a file changes."""
    readings = (load(path) for path in sorted(settings.PROGRAMMES.glob("*/*.yaml")))
    return {reading.programme.key: reading for reading in readings}


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
    return Programme.model_validate(json.loads(bytes(row.data)), extra="ignore")


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
    AdoptedProgramme.objects.get_or_create(
        digest=reading.digest,
        defaults={"key": reading.programme.key, "data": rfc8785.dumps(reading.source.data)},
    )


def concerns(programme: Programme, actor: Actor) -> bool:
    """Whether a programme is in force where an office is; an office without a region belongs anywhere."""
    country = programme.region == WHOLE_COUNTRY
    return country or not actor.region or actor.region[:2] == programme.region[:2]


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
