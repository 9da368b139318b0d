"""Two versions of a policy side by side, for anyone: what changed, of which class, at which article."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cultivar.cases.compare_reader import Piece, Section, sections
from cultivar.cases.programmes import catalogue
from cultivar.policy.compare import Change, compare
from cultivar.policy.compare_classes import CLASSES, Class
from cultivar.policy.compare_words import CLASS_WORDS
from cultivar.policy.model import Programme
from cultivar.policy.reading import Reading
from cultivar.policy.text import Text
from cultivar.web import components as c
from cultivar.web.language import spoken

_TONES: dict[Class, c.Tone] = {
    "tightening": "warn",
    "loosening": "info",
    "responsibility": "info",
    "procedure": "plain",
    "parameter": "plain",
    "wording": "line",
}
_NO_VERSION = Text("没有这个版本的政策。", "There is no such version of a policy.")


@dataclass(frozen=True)
class Choice:
    """Which class is asked for ("" for all): its words, how many there are, the address that shows them."""

    words: Text
    count: int
    url: str
    current: bool


@dataclass(frozen=True)
class Line:
    """One change below an article."""

    change: Change
    tag: c.Tag


@dataclass(frozen=True)
class Shown:
    """A section as the page shows it, in the language of the page."""

    section: Section
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    tags: tuple[c.Tag, ...]
    lines: tuple[Line, ...]


def compare_versions(request: HttpRequest) -> HttpResponse:
    """Any two versions, of one policy or of two; ``class`` and ``all`` choose what is shown."""
    readings = catalogue()
    before, after = _asked(request, readings)
    kind = next((one for one in CLASSES if one == request.GET.get("class")), None)
    whole = request.GET.get("all") == "1"
    changes = compare(before, after)
    found = {
        "versions": [(key, _name(reading.programme)) for key, reading in readings.items()],
        "before": before,
        "after": after,
        "kind": kind or "",
        "whole": whole,
        "same": before.key == after.key,
        "count": len(changes),
        "choices": _choices(before, after, changes, kind),
        "toggle": _address(before, after, None, not whole),
        "swap": _address(after, before, kind, whole),
        "sections": [_shown(one) for one in _chosen(sections(before, after, changes), kind, whole)],
    }
    return render(request, "cases/public/compare.html", found)


def _asked(request: HttpRequest, readings: dict[str, Reading]) -> tuple[Programme, Programme]:
    """The two versions; where one is not said, the first policy that has an older and a newer one."""
    one, other = _usual(readings)
    keys = request.GET.get("from") or one, request.GET.get("to") or other
    if any(key not in readings for key in keys):
        raise Http404(_NO_VERSION)
    return readings[keys[0]].programme, readings[keys[1]].programme


def _usual(readings: dict[str, Reading]) -> tuple[str, str]:
    by_policy: dict[str, list[Programme]] = {}
    for reading in readings.values():
        by_policy.setdefault(reading.programme.programme, []).append(reading.programme)
    versions = next(
        (some for some in by_policy.values() if len(some) > 1), next(iter(by_policy.values()), [])
    )
    if not versions:
        return "", ""
    oldest_first = sorted(versions, key=lambda one: one.issued or "")  # a draft precedes what was issued
    return oldest_first[-2 if len(oldest_first) > 1 else -1].key, oldest_first[-1].key


def _name(programme: Programme) -> Text:
    """What tells a version in a list: its short title and its key."""
    title = programme.short_title
    return Text(f"{title.zh} · {programme.key}", f"{title.en} · {programme.key}")


def _choices(before: Programme, after: Programme, changes: list[Change], kind: Class | None) -> list[Choice]:
    counts = Counter(change.kind for change in changes)
    everything = Choice(Text("全部", "all"), len(changes), _address(before, after, None, False), kind is None)
    return [
        everything,
        *(
            Choice(CLASS_WORDS[one], counts[one], _address(before, after, one, False), kind == one)
            for one in CLASSES
        ),
    ]


def _address(before: Programme, after: Programme, kind: Class | None, whole: bool) -> str:
    asked = {"from": before.key, "to": after.key}
    if kind:
        asked["class"] = kind
    if whole:
        asked["all"] = "1"
    return f"{reverse('compare-programmes')}?{urlencode(asked)}"


def _chosen(found: tuple[Section, ...], kind: Class | None, whole: bool) -> list[Section]:
    if kind is not None:
        narrowed = [
            Section(
                *(one.code, one.name, one.before_number, one.after_number, one.text),
                tuple(change for change in one.changes if change.kind == kind),
            )
            for one in found
        ]
        return [one for one in narrowed if one.changes]
    return [one for one in found if whole or one.changes]


def _shown(section: Section) -> Shown:
    before, after = section.text.pieces(spoken())
    kinds = [one for one in CLASSES if any(change.kind == one for change in section.changes)]
    lines = tuple(Line(change, _tag(change.kind)) for change in section.below)
    return Shown(section, before, after, tuple(_tag(one) for one in kinds), lines)


def _tag(kind: Class) -> c.Tag:
    return c.Tag(CLASS_WORDS[kind], _TONES[kind])
