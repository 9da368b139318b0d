"""Events as iCalendar text (RFC 5545): what calendar programs import. Only what we need of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

LONGEST = 75  # octets of a line without its break (section 3.1)
_ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}  # section 3.3.11


@dataclass(frozen=True)
class Event:
    """Something that takes place, at aware times. ``uid`` stays when it is moved; ``ends_at`` None: not known."""

    uid: str
    starts_at: datetime
    ends_at: datetime | None
    summary: str
    place: str
    url: str


def calendar(events: Iterable[Event], now: datetime) -> str:
    """A whole calendar, lines ending in CR LF."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Cultivar//Defences//ZH"]
    for event in events:
        lines += _event(event, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(event: Event, now: datetime) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{_text(event.uid)}",
        f"DTSTAMP:{_moment(now)}",
        f"DTSTART:{_moment(event.starts_at)}",
    ]
    if event.ends_at is not None:
        lines.append(f"DTEND:{_moment(event.ends_at)}")
    lines += [f"SUMMARY:{_text(event.summary)}", f"LOCATION:{_text(event.place)}", f"URL:{event.url}"]
    return [*lines, "END:VEVENT"]


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(said: str) -> str:
    plain = said.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_ESCAPED.get(char, char) for char in plain if char == "\n" or char.isprintable())


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of 75 octets at most, none of which cuts a character; what follows begins with a space."""
    piece, room = "", LONGEST
    for char in line:
        size = len(char.encode())
        if size > room:
            yield piece
            piece, room = " ", LONGEST - 1
        piece += char
        room -= size
    yield piece
