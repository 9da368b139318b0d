"""The page on which a policy officer hands in a document and sees what it says; nothing of it is kept."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from cultivar.cases.navigation import reads_documents
from cultivar.cases.offices import for_offices
from cultivar.cases.uploading import bounded
from cultivar.policy.citation import number_text
from cultivar.policy.document.files import read_file
from cultivar.policy.document.model import Article, Document, Irregularity, Item
from cultivar.policy.document.skeleton import skeleton
from cultivar.policy.problems import BadFile
from cultivar.policy.text import Text
from cultivar.web.requests import ActorRequest

NO_FILE = Text("请选一个文件再读。", "Choose a file to read.")
TOO_LARGE = Text(
    "文件太大，没有读。请只留正文再传。", "The file is too large. Keep only the document itself."
)
AROUND = 24  # characters shown on each side of an irregularity
BEGINNING = 90  # characters shown of an article or item


@dataclass(frozen=True)
class Line:
    """An article or item as the page lists it: how deep, its label, how it begins."""

    depth: int
    label: str
    words: str
    inferred: bool = False


@dataclass(frozen=True)
class Remark:
    """An irregularity with the words around it."""

    kind: str
    text: Text
    offset: int
    around: str


@dataclass(frozen=True)
class Shelf:
    """A chapter's heading with the lines under it; no heading for what stands under none."""

    heading: str
    lines: tuple[Line, ...]


@bounded
@never_cache
@for_offices
def read_document(request: ActorRequest) -> HttpResponse:
    """Shows chapters, articles and items of an uploaded document, its irregularities, and a file to fill in."""
    if not reads_documents(request.actor):
        raise Http404(Text("没有这一页。", "There is no such page."))
    context: dict[str, Any] = {}
    if request.method == "POST":
        context = _read(request)
    return render(request, "cases/read_document.html", context, status=422 if "refusal" in context else 200)


def _read(request: ActorRequest) -> dict[str, Any]:
    upload = request.FILES.get("document")
    if not isinstance(upload, UploadedFile):
        return {"refusal": TOO_LARGE if getattr(request, "skipped_files", []) else NO_FILE}
    try:
        document = _document(upload)
    except BadFile as bad:
        return {"refusal": bad.problems[0].text, "name": upload.name}
    return {
        "name": upload.name,
        "document": document,
        "shelves": list(_shelves(document)),
        "remarks": [_remark(document, one) for one in document.warnings],
        "skeleton": skeleton(document),
    }


def _document(upload: "UploadedFile[Any]") -> Document:
    with tempfile.NamedTemporaryFile(suffix=Path(upload.name or "").suffix[:8]) as kept:
        for chunk in upload.chunks():
            kept.write(chunk)
        kept.flush()
        return read_file(Path(kept.name)).document


def _shelves(document: Document) -> Iterator[Shelf]:
    """The articles by the chapter in which they stand, in the order of the document."""
    lines: list[Line] = []
    here: int | None = None
    for article in document.articles:
        if article.chapter != here and lines:
            yield Shelf(_heading(document, here), tuple(lines))
            lines = []
        here = article.chapter
        lines += _lines(document, article)
    if lines:
        yield Shelf(_heading(document, here), tuple(lines))


def _heading(document: Document, chapter: int | None) -> str:
    """A chapter with those above it: 第一编 总则 · 第二章 ..."""
    names = []
    while chapter is not None:
        found = document.chapters[chapter]
        names.append(f"{found.label} {found.title}".strip())
        chapter = found.parent
    return " · ".join(reversed(names))


def _lines(document: Document, article: Article) -> Iterator[Line]:
    text = document.text[article.start + len(article.label) : article.end]
    inferred = number_text(article.name)
    label = article.label or (inferred.zh if document.language == "zh" else inferred.en)
    yield Line(0, label, _beginning(text), article.inferred)
    yield from _items(document, article.items, 1)


def _items(document: Document, items: tuple[Item, ...], depth: int) -> Iterator[Line]:
    for item in items:
        text = document.text[item.start + len(item.label) : item.end]
        yield Line(min(depth, 4), item.label, _beginning(text))
        yield from _items(document, item.items, depth + 1)


def _beginning(text: str) -> str:
    words = " ".join(text[: BEGINNING * 2].split())
    return words if len(words) <= BEGINNING else f"{words[:BEGINNING]}…"


def _remark(document: Document, one: Irregularity) -> Remark:
    around = document.text[max(0, one.offset - AROUND) : one.offset + AROUND]
    return Remark(one.kind, one.text, one.offset, " ".join(around.split()))
