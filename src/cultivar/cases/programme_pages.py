"""The programme reader: the articles, and what the system does because of each."""

from datetime import date

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cultivar.cases import programme_reader
from cultivar.cases.programmes import catalogue
from cultivar.policy.model import Programme
from cultivar.policy.reading import Reading
from cultivar.policy.schema import as_json
from cultivar.policy.text import Text
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


def programmes(request: HttpRequest) -> HttpResponse:
    """Every version of every policy on file."""
    rows = [(reading, STATUS[reading.programme.status], _issued(reading)) for reading in catalogue().values()]
    return render(request, "cases/public/programmes.html", {"rows": rows})


def programme(request: HttpRequest, programme: str, version: str) -> HttpResponse:
    """One version: its articles with what follows from each, its identity and status."""
    reading = _reading(programme, version)
    parts = [(part, KINDS[part.article.kind]) for part in programme_reader.read(reading.programme)]
    found = {
        "programme": reading.programme,
        "digest": reading.digest,
        "status": STATUS[reading.programme.status],
        "issued": _issued(reading),
        "parts": parts,
        "others": _other_versions(reading.programme),
    }
    return render(request, "cases/public/programme.html", found)


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
        raise Http404(Text("没有这个版本的政策。", "There is no such version of a policy."))
    return reading


def _other_versions(programme: Programme) -> list[Programme]:
    """The other versions of the same policy on file."""
    known = [reading.programme for reading in catalogue().values()]
    return [one for one in known if one.programme == programme.programme and one.key != programme.key]


def _issued(reading: Reading) -> Text:
    """When it was issued, in words; a draft for comment was not."""
    issued = reading.programme.issued
    if issued is None:
        return Text("未印发", "not issued")
    day = day_year(date.fromisoformat(issued))
    return Text("{day}印发", "issued {day}").fill(day=day)
