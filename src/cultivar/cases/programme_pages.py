"""The pages of policies: their versions, their articles and what the system does because of each, their procedures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cultivar.cases import programme_reader, programme_things
from cultivar.cases.citing import chip
from cultivar.cases.flow_picture import outline, picture
from cultivar.cases.programmes import catalogue, of_key
from cultivar.cases.public_queries import registered
from cultivar.policy.model import Programme
from cultivar.policy.reading import Reading
from cultivar.policy.schema import as_json
from cultivar.policy.text import Text
from cultivar.registry.regions import name_of
from cultivar.web import components as c
from cultivar.web.formats import day_year

STATUS = {
    "draft": c.Tag(Text("征求意见", "draft"), "warn"),
    "trial": c.Tag(Text("试行", "trial"), "info"),
    "in force": c.Tag(Text("现行", "in force"), "ok"),
    "superseded": c.Tag(Text("已被取代", "superseded")),
}
KINDS = {
    "executable": c.Tag(Text("可执行", "executable"), "info"),
    "discretion": c.Tag(Text("裁量", "discretion"), "warn"),
    "declaratory": c.Tag(Text("宣示", "declaratory")),
}


@dataclass(frozen=True)
class Version:
    """A version of a policy in a list: what it is called, its state, when it was issued and is in force."""

    programme: Programme
    digest: str
    status: c.Tag
    issued: Text
    in_force: Text
    compare: str  # the address of the comparison with the one before it, "" for the first


@dataclass(frozen=True)
class Policy:
    """A policy with its versions, the newest first."""

    versions: tuple[Version, ...]

    @property
    def newest(self) -> Programme:
        """The newest version, whose name the policy bears."""
        return self.versions[0].programme

    @property
    def place(self) -> Text | None:
        """Where it is in force."""
        return name_of(self.newest.region)


_NO_VERSION = Text("没有这个版本的政策。", "There is no such version of a policy.")


def programmes(request: HttpRequest) -> HttpResponse:
    """Every policy on file with its versions and their dates."""
    found = {"policies": policies(catalogue().values())}
    return render(request, "cases/public/programmes.html", found)


def policies(readings: Iterable[Reading]) -> tuple[Policy, ...]:
    """Policies with their versions, the newest first; a draft comes before what it became."""
    by_policy: dict[str, list[Reading]] = {}
    for reading in readings:
        by_policy.setdefault(reading.programme.programme, []).append(reading)
    return tuple(Policy(tuple(_versions(found))) for found in by_policy.values())


def _versions(found: list[Reading]) -> Iterator[Version]:
    oldest_first = sorted(found, key=lambda reading: _age(reading.programme))
    for before, reading in reversed(list(zip([None, *oldest_first], oldest_first, strict=False))):
        yield _version(reading, before)


def _age(programme: Programme) -> tuple[bool, str, str]:
    """What has no date is a draft that came before."""
    return (programme.issued is not None, programme.issued or "", programme.version)


def _version(reading: Reading, before: Reading | None) -> Version:
    programme = reading.programme
    compare = ""
    if before is not None:
        asked = urlencode({"from": before.programme.key, "to": programme.key})
        compare = f"{reverse('compare-programmes')}?{asked}"
    return Version(
        programme, reading.digest, STATUS[programme.status], _issued(programme), _in_force(programme), compare
    )


def programme(request: HttpRequest, programme: str, version: str) -> HttpResponse:
    """One version: its articles with what follows from each, its procedures as pictures, what it names.

    It is also shown when its file is gone, for cases stay pinned to it.
    """
    found = of_key(f"{programme}/{version}")
    if found is None:
        raise Http404(_NO_VERSION)
    known, digest = found
    shown = _chosen(request, known)
    listed = [one for one in policies(catalogue().values()) if one.newest.programme == known.programme]
    context = {
        "programme": known,
        "digest": digest,
        "on_file": known.key in catalogue(),
        "status": STATUS[known.status],
        "issued": _issued(known),
        "in_force": _in_force(known),
        "parts": [(part, KINDS[part.article.kind]) for part in programme_reader.read(known)],
        "versions": listed[0].versions if listed else (),
        "tabs": _tabs(known, shown),
        "picture": picture(known, shown),
        "stages": outline(known, shown),
        "groups": _groups(known),
    }
    return render(request, "cases/public/programme.html", context)


def _groups(programme: Programme) -> list[dict[str, Any]]:
    """The subjects that the document names, class by class, with the way to their articles and to the register."""
    codes = registered(programme.programme) if programme.designations else {}
    return [
        {
            "name": one.group.text,
            "chip": chip(programme, one.group.article),
            "baseline": one.baseline,
            "targets": [(target, chip(programme, target.article)) for target in one.targets],
            "members": [
                (member, chip(programme, member.designation.article), codes.get(member.designation.id, ""))
                for member in one.members
            ],
        }
        for one in programme_things.named(programme)
    ]


def _chosen(request: HttpRequest, programme: Programme) -> str:
    """The procedure that is drawn: the one asked for, else the one that the policy is about, else the first."""
    asked = request.GET.get("procedure", "")
    if asked in programme.procedures:
        return asked
    return programme_reader.main_procedure(programme) or next(iter(programme.procedures))


def _tabs(programme: Programme, shown: str) -> list[c.Tab]:
    address = reverse("programme", args=[programme.programme, programme.version])
    return [
        c.Tab(procedure.text, f"{address}?procedure={name}#course", "", name == shown)
        for name, procedure in programme.procedures.items()
    ]


def programme_file(request: HttpRequest, programme: str, version: str) -> FileResponse:
    """The programme file itself, from which the identity can be computed again."""
    reading = _reading(programme, version)
    name = f"{programme}-{version}.yaml"
    content = reading.source.path.open("rb")
    return FileResponse(content, as_attachment=True, filename=name, content_type="text/yaml")


def programme_schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of programme files, by which editors help."""
    return HttpResponse(as_json(), content_type="application/schema+json; charset=utf-8")


def _reading(programme: str, version: str) -> Reading:
    reading = catalogue().get(f"{programme}/{version}")
    if reading is None:
        raise Http404(_NO_VERSION)
    return reading


def _issued(programme: Programme) -> Text:
    """When it was issued, in words; a draft for comment was not."""
    if programme.issued is None:
        return Text("未印发", "not issued")
    day = day_year(date.fromisoformat(programme.issued))
    return Text("{day}印发", "issued {day}").fill(day=day)


def _in_force(programme: Programme) -> Text:
    """From when it is in force and until when, in words."""
    if programme.in_force is None:
        return Text("征求意见稿，未施行", "a draft, not in force")
    first = day_year(date.fromisoformat(programme.in_force.from_))
    if programme.in_force.to is None:
        return Text("{day}起施行", "in force from {day}").fill(day=first)
    last = day_year(date.fromisoformat(programme.in_force.to))
    return Text("{day}至{last}施行", "in force from {day} to {last}").fill(day=first, last=last)
