"""Checks the bundle of an evaluation: python3 verify.py BUNDLE.zip (or the folder it was unpacked into).

It needs Python 3.9 or later and nothing else, and shares no code with the programme that made the bundle. It works
everything out again from what was given: hashes, the draw step by step, who took whose seat, groups, affinity,
conflicts, seats and that no better ones exist, how each panel changed, totals, scores, ranks, quotas. What a published
value says is held against the bundle with

  --published HASH   the SHA-256 of the zip, or that of its manifest, as it was made public
  --frozen HASH      the SHA-256 of draw/frozen.json, as it was made public before the seed existed
  --seed NAME=VALUE  the value of a source of the seed, as the source published it; once for each

Without them a bundle shows only that it is consistent in itself. Exit code 0: everything holds; 1: something does not;
2: it cannot be read.

Rules: cultivar-bundle/1, cultivar-draw/1, cultivar-successions/1, cultivar-seating/1, cultivar-panels/1,
cultivar-sheets/1, cultivar-ranking/1, cultivar-decisions/1, cultivar-ledger/1. Places are written with counting from 1:
seats[2] is the second.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import stat
import sys
import unicodedata
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import gcd
from typing import Any

MOST_FILES = 1000
MOST_BYTES = 512 << 20  # of all files together, unpacked
MOST_PAIRS = 20_000_000  # of applications and experts
LARGEST = 2**53 - 1
SHOWN = 100  # characters of a value in a sentence

Json = dict[str, Any]
Group = tuple[str, str]  # a kind of group and a value


# ------------------------------------------------------------------------------------------------------ sentences


class Wrong(Exception):
    """Something that does not hold: file, place within it, and a sentence in both languages."""

    def __init__(self, file: str, place: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.file, self.place, self.zh, self.en = file, place, zh, en

    def __str__(self) -> str:
        where = self.file + (f" · {self.place}" if self.place else "")
        return f"{where}：{self.zh}\n    {where}: {self.en}"


class Unreadable(Wrong):
    """There is no bundle to be checked."""


def other(file: str, place: str, expected: Any, found: Any) -> Wrong:
    """The sentence where something else stands than must."""
    return Wrong(
        file,
        place,
        f"应为 {shown(expected)}，文件写的是 {shown(found)}。",
        f"should be {shown(expected)}; the file says {shown(found)}.",
    )


def shown(value: Any) -> str:
    if value is None:
        return "—"
    text = (
        value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    )
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    return (text if len(text) <= SHOWN else text[: SHOWN - 1] + "…") or "“”"


def same(expected: Any, found: Any, file: str, place: str) -> None:
    """Raises ``Wrong`` at the first place where two plain data differ."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in [*expected, *(name for name in found if name not in expected)]:
            path = under(place, name)
            if name not in expected or name not in found:
                raise other(file, path, expected.get(name), found.get(name))
            same(expected[name], found[name], file, path)
    elif isinstance(expected, list) and isinstance(found, list):
        for at, (one, two) in enumerate(zip(expected, found), 1):
            same(one, two, file, f"{place}[{at}]")
        if len(expected) > len(found):
            raise other(file, f"{place}[{len(found) + 1}]", expected[len(found)], None)
        if len(expected) < len(found):
            raise other(file, f"{place}[{len(expected) + 1}]", None, found[len(expected)])
    elif type(expected) is not type(found) or expected != found:
        raise other(file, place, expected, found)


def under(place: str, name: str) -> str:
    return f"{place}.{name}" if place else str(name)


# ---------------------------------------------------------------------------------------------------- the files


def read_bundle(path: str) -> dict[str, bytes]:
    """All files of a zip or folder: name and bytes. Raises ``Unreadable``."""
    if os.path.isdir(path):
        return read_folder(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return read_zip(archive)
    except OSError as bad:
        raise Unreadable(str(path), "", "文件打不开。", f"cannot be opened ({type(bad).__name__}).") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError):
        raise damaged(str(path)) from None


def damaged(path: str) -> Unreadable:
    return Unreadable(path, "", "不是完好的 zip 文件；重新下载。", "is no sound zip file; download it again.")


def read_zip(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [one for one in archive.infolist() if not one.filename.endswith("/")]
    if len(entries) > MOST_FILES or sum(one.file_size for one in entries) > MOST_BYTES:
        raise too_large(archive.filename)
    files: dict[str, bytes] = {}
    left = MOST_BYTES
    for one in entries:
        if one.filename in files:
            raise Unreadable(one.filename, "", "在 zip 里出现了两次。", "stands in the zip twice.")
        with archive.open(
            one
        ) as stream:  # a size that is written may be a lie, so no more is read than may be
            files[one.filename] = stream.read(left + 1)
        left -= len(files[one.filename])
        if left < 0:
            raise too_large(archive.filename)
    return files


def sha256_of(path: str) -> str | None:
    """The SHA-256 of the zip; None for a folder. Read piece by piece, whatever its size."""
    if not os.path.isfile(path):
        return None
    found = hashlib.sha256()
    with open(path, "rb") as stream:
        while piece := stream.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def too_large(path: object) -> Unreadable:
    return Unreadable(
        str(path), "", "解开后太大，不予核验。", "is too large when unpacked and is not checked."
    )


def read_folder(path: str) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    left = MOST_BYTES
    for folder, _, names in os.walk(path):
        for name in names:
            full = os.path.join(folder, name)
            own = os.path.relpath(full, path).replace(os.sep, "/")
            if len(files) >= MOST_FILES:
                raise too_large(path)
            try:
                if not stat.S_ISREG(os.lstat(full).st_mode):
                    raise Unreadable(own, "", "不是普通文件。", "is no plain file.")
                with open(full, "rb") as stream:
                    files[own] = stream.read(left + 1)
            except OSError:
                raise Unreadable(own, "", "文件打不开。", "cannot be opened.") from None
            left -= len(files[own])
            if left < 0:
                raise too_large(path)
    return files


class NotPlain(ValueError):
    """JSON that can be read in two ways, or a number that has no place in it."""


def plain(file: str, body: bytes) -> Any:
    """The data of JSON. Raises ``Wrong`` for anything that not every program would read alike."""
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=without_doubles,
            parse_float=refuse,
            parse_constant=refuse,
            parse_int=whole,
        )
    except RecursionError:
        raise Wrong(file, "", "嵌套过深。", "is nested too deep.") from None
    except ValueError as bad:
        detail = str(bad) if isinstance(bad, NotPlain) else ""
        raise Wrong(
            file,
            "",
            f"不是规范的 JSON。{detail}",
            f"is no JSON that all programs read alike. {detail}".strip(),
        ) from None


def without_doubles(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotPlain("一个名称出现两次 / a name is given twice")
    return found


def refuse(text: str) -> int:
    raise NotPlain(f"{shown(text)}")


def whole(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > LARGEST:
        raise NotPlain(f"{shown(text)}")
    return int(text)


def canonical(data: Any) -> bytes:
    """The one way in which data of this kind are written: names sorted, no spaces, UTF-8 (RFC 8785)."""

    def ordered(value: Any) -> Any:
        if isinstance(value, dict):
            names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
            return {name: ordered(value[name]) for name in names}
        return [ordered(one) for one in value] if isinstance(value, list) else value

    return json.dumps(ordered(data), ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


def digest(data: Any) -> str:
    return hashlib.sha256(data if isinstance(data, bytes) else canonical(data)).hexdigest()


# ----------------------------------------------------------------------------------------------- what must stand where


def words(pattern: str, longest: int = 20_000) -> Callable[[Any], bool]:
    compiled = re.compile(pattern, re.DOTALL)
    return lambda value: (
        isinstance(value, str) and len(value) <= longest and compiled.fullmatch(value) is not None
    )


TEXT = words(".*", 100_000)
NAME = words(".+")
HASH = words("[0-9a-f]{64}")
NUMBER = words(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
POINTS = words(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
RATIO = words(r"(0|[1-9][0-9]{0,17})(/[1-9][0-9]{0,5})?")


def truth(value: Any) -> bool:
    return isinstance(value, bool)


def count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= 1_000_000


def number(value: Any) -> bool:
    return type(value) is int and 0 <= value <= LARGEST


def day(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


def moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def one_of(*values: Any) -> Callable[[Any], bool]:
    return lambda value: any(type(value) is type(one) and value == one for one in values)


class Maybe:
    """The shape, or null."""

    def __init__(self, shape: Any) -> None:
        self.shape = shape


class Each:
    """An object with any names, all values of one shape."""

    def __init__(self, shape: Any) -> None:
        self.shape = shape


TEXTS = {"zh": TEXT, "en": TEXT}
SOURCE = {"name": NAME, "kind": one_of("numbers", "text")}
STEP = {
    "counter": number,
    "sha256": HASH,
    "number": number,
    "left": number,
    "remainder": Maybe(number),
    "taken": Maybe(NAME),
}
FROZEN = {
    "rule": one_of("cultivar-draw/1"),
    "purpose": one_of("seats", "order"),
    "pool": [{"id": NAME, "kind": TEXT, "field": TEXT}],
    "pool_sha256": HASH,
    "strata": [{"kind": TEXT, "field": TEXT, "seats": count, "alternates": Maybe(count)}],
    "sources": [SOURCE],
}
DRAW = {
    "kind": TEXT,
    "field": TEXT,
    "members": [NAME],
    "steps": [STEP],
    "seats": [NAME],
    "alternates": [NAME],
}
RESULT = {
    "rule": one_of("cultivar-draw/1"),
    "frozen": FROZEN,
    "frozen_sha256": HASH,
    "seed": [{**SOURCE, "value": NAME}],
    "seed_text": NAME,
    "draws": [DRAW],
    "sha256": HASH,
}
SUCCESSIONS = {
    "rule": one_of("cultivar-successions/1"),
    "successions": [
        {"after": count, "seq": Maybe(number), "left": NAME, "taken_by": Maybe(NAME), "reason": TEXT}
    ],
}
KNOWS = {"fields": [NAME], "directions": [NAME], "industries": [words("[0-9]{2,4}")]}
PLAN = {
    "mode": one_of("panels", "single"),
    "seats": Each(count),
    "load": count,
    "floor": count,
    "largest": Maybe(count),
    "panels_each": Maybe(count),
    "per_organisation": Maybe(count),
    "per_city": Maybe(count),
    "most_probable": count,
}
KINDS = ("direction", "field", "class", "group", "division", "section")
RULES = ("employer", "member", "adviser", "owner", "office", "city", "declared", "objected")
TIE = {
    "key": NAME,
    "kind": one_of("employed", "tied", "owned", "declared"),
    "since": Maybe(day),
    "until": Maybe(day),
}
PAIR = {"application": NAME, "expert": NAME, "rule": one_of(*RULES)}
SHORTAGE = {
    "of": TEXT,
    "kind": TEXT,
    **dict.fromkeys(("lacking", "experts", "below_floor", "blocked", "full", "held"), count),
    "text": TEXTS,
}
SEATING = {
    "rule": one_of("cultivar-seating/1"),
    "given": {
        "day": day,
        "seed": TEXT,
        "plan": PLAN,
        "table": [{"id": one_of(*KINDS), "of": one_of("field", "industry"), "points": count}],
        "rules": [{"id": one_of(*RULES), "on": truth, "years": Maybe(count)}],
        "applications": [
            {
                "id": NAME,
                "field": TEXT,
                **KNOWS,
                "cities": [TEXT],
                "offices": [NAME],
                "applicants": [NAME],
                "members": [NAME],
            }
        ],
        "experts": [
            {
                "id": NAME,
                "kind": TEXT,
                "standby": truth,
                **KNOWS,
                "city": TEXT,
                "offices": [NAME],
                "most": Maybe(count),
                "declared": [NAME],
                "ties": [TIE],
                "works_at": TEXT,
                "works_in": TEXT,
            }
        ],
        "alike": [{"one": NAME, "other": NAME}],
        "answers": [{"one": NAME, "other": NAME, "same": truth}],
        "objections": [{"application": NAME, "expert": NAME, "upheld": truth}],
    },
    "follows": {
        "affinity": [[count]],
        "conflicts": [{**PAIR, "evidence": TEXTS}],
        "questions": [{**PAIR, "one": NAME, "other": NAME, "text": TEXTS}],
        "groups": [{"id": NAME, "field": TEXT, "number": count, "applications": [NAME]}],
    },
    "decision": {
        "seats": [{"of": NAME, "kind": TEXT, "experts": [NAME]}],
        "loads": Each(count),
        "objective": number,
        "bound": RATIO,
        "fillable": RATIO,
        "worst": Maybe({"of": NAME, "expert": NAME, "points": count}),
        "chances": [{"of": NAME, "kind": TEXT, "expert": NAME, "probability": RATIO}],
        "shortages": [SHORTAGE],
    },
    "sha256": HASH,
}
PANELS = {
    "rule": one_of("cultivar-panels/1"),
    "panels": [
        {
            "application": NAME,
            "changes": [
                {
                    "seq": number,
                    "act": NAME,
                    "kind": one_of("seated", "followed", "named", "released", "recused"),
                    "by": Maybe(number),
                    "joined": [NAME],
                    "left": [NAME],
                }
            ],
            "end": [NAME],
        }
    ],
}
SHEETS = {
    "rule": one_of("cultivar-sheets/1"),
    "criteria": [{"id": NAME, "most": POINTS}],
    "sheets": [
        {
            "application": NAME,
            "expert": NAME,
            "points": Maybe(Each(POINTS)),
            "total": Maybe(POINTS),
            "seq": Maybe(number),
            "at": Maybe(moment),
            "due": Maybe(lambda value: day(value) or moment(value)),
            "late": truth,
            "counted": truth,
            "why": TEXT,
        }
    ],
    "missing": [{"application": NAME, "expert": NAME, "why": TEXT}],
}
QUOTA = {"kind": NAME, "value": TEXT, "most": Maybe(count), "least": count}
RANKING = {
    "rule": one_of("cultivar-ranking/1"),
    "scoring": {
        "drop": truth,
        "places": one_of(*range(7)),
        "rounding": one_of("half-up", "half-even"),
        "ties": [NAME],
    },
    "line": Maybe(count),
    "quotas": [QUOTA],
    "entries": [{"id": NAME, "groups": Each(TEXT)}],
    "out": [{"id": NAME, "why": TEXT}],
    "unscored": [NAME],
    "drawn_by": Maybe(NAME),
    "places": [
        {
            "id": NAME,
            "rank": count,
            "score": NUMBER,
            "tied": truth,
            "decided_by": TEXT,
            "kept": [NAME],
            "dropped": [{"expert": NAME, "total": POINTS, "why": one_of("highest", "lowest")}],
            "criteria": Each(NUMBER),
        }
    ],
    "inside": [NAME],
    "displacements": [{"displaced": NAME, "taken_by": Maybe(NAME), "quota": QUOTA}],
    "unmet": [QUOTA],
    "empty": count,
}
DECISIONS = {
    "rule": one_of("cultivar-decisions/1"),
    "acts": [
        {
            "seq": number,
            "case": NAME,
            "act": NAME,
            "step": TEXT,
            "office": TEXT,
            "at": moment,
            "leaf": HASH,
            "documents": [HASH],
            "expert": Maybe(NAME),
            "does": one_of("", "panel", "sheet", "opened", "left", "decided"),
        }
    ],
    "outcomes": [{"application": NAME, "listed": truth, "seq": number}],
}
LEDGER = {"rule": one_of("cultivar-ledger/1"), "checkpoint": TEXT}
MANIFEST = {
    "rule": one_of("cultivar-bundle/1"),
    "round": NAME,
    "programme": {"key": NAME, "sha256": HASH},
    "versions": Each(TEXT),
    "files": Each(HASH),
    "absent": [NAME],
    "sha256": HASH,
}
SHAPES = (
    ("draw/frozen.json", FROZEN),
    ("draw/result.json", RESULT),
    ("draw/order-[0-9]+.json", RESULT),
    ("successions.json", SUCCESSIONS),
    ("seating/[0-9]+.json", SEATING),
    ("panels.json", PANELS),
    ("sheets.json", SHEETS),
    ("ranking.json", RANKING),
    ("decisions.json", DECISIONS),
    ("ledger.json", LEDGER),
)
PARTS = {
    "draw": "draw/result.json",
    "orders": "draw/order-1.json",
    "successions": "successions.json",
    "seating": "seating/1.json",
    "panels": "panels.json",
    "sheets": "sheets.json",
    "ranking": "ranking.json",
    "decisions": "decisions.json",
    "ledger": "ledger.json",
}
TOLD = ("verify.py", "README.zh.txt", "README.en.txt")


def fits(value: Any, shape: Any, file: str, place: str = "") -> None:
    """Raises ``Wrong`` where data have another shape."""
    if isinstance(shape, Maybe):
        if value is not None:
            fits(value, shape.shape, file, place)
    elif isinstance(shape, Each):
        of_kind(value, dict, file, place)
        for name, one in value.items():
            fits(one, shape.shape, file, under(place, name))
    elif isinstance(shape, dict):
        fits_object(value, shape, file, place)
    elif isinstance(shape, list):
        of_kind(value, list, file, place)
        for at, one in enumerate(value, 1):
            fits(one, shape[0], file, f"{place}[{at}]")
    elif not shape(value):
        raise no_place(file, place, value)


def fits_object(value: Any, shape: Any, file: str, place: str) -> None:
    of_kind(value, dict, file, place)
    for name, inner in shape.items():
        if name not in value:
            raise Wrong(file, under(place, name), "缺少这一项。", "is missing.")
        fits(value[name], inner, file, under(place, name))
    for name in value:
        if name not in shape:
            raise Wrong(file, under(place, shown(name)), "不应有这一项。", "does not belong here.")


def of_kind(value: Any, kind: type, file: str, place: str) -> None:
    if not isinstance(value, kind):
        raise no_place(file, place, value)


def no_place(file: str, place: str, value: Any) -> Wrong:
    return Wrong(
        file,
        place,
        f"{shown(value)} 不是这里该有的内容。",
        f"{shown(value)} is nothing that may stand here.",
    )


def unique(values: list[Any], file: str, place: str, ordered: bool = True) -> None:
    """Raises ``Wrong`` where one stands twice, or where they are not in ascending order."""
    seen = set()
    for at, one in enumerate(values, 1):
        if one in seen:
            raise Wrong(file, f"{place}[{at}]", f"{shown(one)} 重复。", f"{shown(one)} stands here twice.")
        if ordered and at > 1 and one < values[at - 2]:
            raise Wrong(
                file, f"{place}[{at}]", f"“{shown(one)}”没有按顺序排列。", f"“{shown(one)}” is out of order."
            )
        seen.add(one)


# ------------------------------------------------------------------------------------------------- hashes and manifest


class Bundle:
    """The files that were read, their data, and what could not be proven."""

    def __init__(self, files: dict[str, bytes], zip_sha256: str | None = None) -> None:
        self.files, self.zip_sha256 = files, zip_sha256
        self.data: dict[str, Any] = {}
        self.notes: list[tuple[str, str]] = []

    def __contains__(self, name: str) -> bool:
        return name in self.data

    def __getitem__(self, name: str) -> Any:
        return self.data[name]

    def note(self, zh: str, en: str) -> None:
        if (zh, en) not in self.notes:
            self.notes.append((zh, en))

    def numbered(self, start: str) -> list[str]:
        """The names of numbered files, in order: seating/1.json, seating/2.json ..."""
        found = [name for name in self.data if re.fullmatch(re.escape(start) + "[0-9]+.json", name)]
        return sorted(found, key=lambda name: int(name[len(start) : -len(".json")][:9]))

    @property
    def acts(self) -> dict[int, Json] | None:
        """The acts of decisions.json by their places in the ledger; None without that file."""
        file = self.data.get("decisions.json")
        return None if file is None else {one["seq"]: one for one in file["acts"]}

    @property
    def outcomes(self) -> dict[str, int]:
        """The act by which each application was decided or left the race."""
        file = self.data.get("decisions.json")
        return {one["application"]: one["seq"] for one in file["outcomes"]} if file is not None else {}


def manifest(bundle: Bundle, published: str | None) -> Json:
    """The manifest, once it holds. Raises ``Unreadable`` where there is none."""
    if "manifest.json" not in bundle.files:
        raise Unreadable("manifest.json", "", "包里没有这个文件。", "is not in the bundle.")
    found: Json = plain("manifest.json", bundle.files["manifest.json"])
    fits(found, MANIFEST, "manifest.json")
    rest = {name: value for name, value in found.items() if name != "sha256"}
    if digest(rest) != found["sha256"]:
        raise other("manifest.json", "sha256", digest(rest), found["sha256"])
    if published is not None:
        check_published(bundle, found["sha256"], published.lower())
    return found


def check_published(bundle: Bundle, own: str, published: str) -> None:
    """What was made public is the SHA-256 of the zip or of the manifest; says which. Raises ``Wrong``."""
    if published == own:
        bundle.note("公布的值是清单的 SHA-256，相符。", "The published value is the SHA-256 of the manifest.")
    elif published == bundle.zip_sha256:
        bundle.note(
            "公布的值是这个 zip 文件的 SHA-256，相符。", "The published value is the SHA-256 of the zip."
        )
    else:
        zipped = bundle.zip_sha256 or "—"
        raise Wrong(
            "manifest.json",
            "sha256",
            f"公布的是 {shown(published)}，清单是 {own}，zip 是 {zipped}：不是公布的那一包。",
            f"{shown(published)} was published, the manifest has {own}, the zip {zipped}: it is not the one published.",
        )


def hashes(bundle: Bundle, told: Json) -> Iterator[Wrong]:
    """Every file is the one that the manifest names, and no other is there; gives all that is wrong."""
    for name in sorted({*told["files"], *bundle.files} - {"manifest.json"}):
        if name not in bundle.files:
            yield Wrong(
                name, "", "目录里有，包里没有。", "stands in the manifest, and is missing from the bundle."
            )
        elif name not in told["files"]:
            yield Wrong(
                name, "", "包里有，目录里没有。", "is in the bundle, and does not stand in the manifest."
            )
        elif digest(bundle.files[name]) != told["files"][name]:
            yield Wrong(
                name,
                "",
                f"内容的 SHA-256 是 {digest(bundle.files[name])}，manifest.json 写的是 {told['files'][name]}。",
                f"has the SHA-256 {digest(bundle.files[name])}; manifest.json says {told['files'][name]}.",
            )


def load(bundle: Bundle, told: Json) -> Iterator[Wrong]:
    """Reads every file of data and holds it against its shape; gives all that is wrong."""
    for name in sorted(bundle.files):
        if name in TOLD or name == "manifest.json":
            continue
        shape = next((one for pattern, one in SHAPES if re.fullmatch(pattern, name)), None)
        if shape is None:
            yield Wrong(name, "", "不属于这种包。", "does not belong to a bundle of this rule.")
            continue
        try:
            found = plain(name, bundle.files[name])
            fits(found, shape, name)
            bundle.data[name] = found
        except Wrong as bad:
            yield bad
    yield from whole_parts(bundle, told)


def whole_parts(bundle: Bundle, told: Json) -> Iterator[Wrong]:
    """What is absent is said to be, and numbered files begin with 1 without gaps."""
    absent = [part for part, name in PARTS.items() if name not in bundle.files]
    if told["absent"] != absent:
        yield other("manifest.json", "absent", absent, told["absent"])
    for name in TOLD:
        if name not in bundle.files:
            yield Wrong(name, "", "包里没有这个文件。", "is not in the bundle.")
    for start in ("seating/", "draw/order-"):
        for at, name in enumerate(bundle.numbered(start), 1):
            if name != f"{start}{at}.json":
                yield Wrong(name, "", f"应有 {start}{at}.json。", f"stands where {start}{at}.json should.")


# ------------------------------------------------------------------------------------------------------------ the draw


def check_draw(bundle: Bundle, frozen_sha256: str | None, seed: Iterable[str]) -> None:
    if "draw/frozen.json" in bundle:
        found = digest(bundle["draw/frozen.json"])
        if frozen_sha256 is not None and frozen_sha256.lower() != found:
            raise Wrong(
                "draw/frozen.json",
                "",
                f"公布的是 {shown(frozen_sha256)}，这份冻结文件是 {found}：名单、名额或来源不是公布的那一份。",
                f"{shown(frozen_sha256)} was published, this frozen document has {found}: it is not the one published.",
            )
    if "draw/result.json" in bundle:
        if "draw/frozen.json" not in bundle:
            raise Wrong(
                "draw/frozen.json", "", "有抽取结果而没有这个文件。", "is missing beside the draw's result."
            )
        same(bundle["draw/frozen.json"], bundle["draw/result.json"]["frozen"], "draw/result.json", "frozen")
        replay(bundle["draw/result.json"], "draw/result.json", "seats")
        published_seed(bundle["draw/result.json"], seed)
    for name in bundle.numbered("draw/order-"):
        replay(bundle[name], name, "order")
        if "draw/result.json" in bundle:  # one seed, announced once, gives the experts and the order
            same(bundle["draw/result.json"]["seed"], bundle[name]["seed"], name, "seed")


def replay(result: Json, file: str, purpose: str) -> None:
    """Raises ``Wrong`` where a result is not what its frozen document and its seed give."""
    frozen = result["frozen"]
    check_frozen(frozen, file, purpose)
    if digest(frozen) != result["frozen_sha256"]:
        raise other(file, "frozen_sha256", digest(frozen), result["frozen_sha256"])
    announced = [{"name": one["name"], "kind": one["kind"]} for one in result["seed"]]
    same(frozen["sources"], announced, file, "seed")
    for at, one in enumerate(result["seed"], 1):
        if typed_again(one["kind"], one["value"]) != one["value"]:
            raise other(file, f"seed[{at}].value", typed_again(one["kind"], one["value"]), one["value"])
    text = "".join(seed_words(one["kind"], one["value"]) + "/" for one in result["seed"])
    if text != result["seed_text"]:
        raise other(file, "seed_text", text, result["seed_text"])
    expected = [draw_one(frozen, result["frozen_sha256"], text, stratum) for stratum in frozen["strata"]]
    same(expected, result["draws"], file, "draws")
    rest = {name: value for name, value in result.items() if name != "sha256"}
    if digest(rest) != result["sha256"]:
        raise other(file, "sha256", digest(rest), result["sha256"])


def check_frozen(frozen: Json, file: str, purpose: str) -> None:
    if frozen["purpose"] != purpose:
        raise other(file, "frozen.purpose", purpose, frozen["purpose"])
    unique([one["id"] for one in frozen["pool"]], file, "frozen.pool")
    unique([(one["kind"], one["field"]) for one in frozen["strata"]], file, "frozen.strata")
    unique([one["name"] for one in frozen["sources"]], file, "frozen.sources")
    if digest(frozen["pool"]) != frozen["pool_sha256"]:
        raise other(file, "frozen.pool_sha256", digest(frozen["pool"]), frozen["pool_sha256"])
    owner = {}
    for at, stratum in enumerate(frozen["strata"], 1):
        members = [one["id"] for one in frozen["pool"] if holds(stratum, one)]
        wanted = stratum["seats"] + (stratum["alternates"] or 0)
        if stratum["seats"] < 1 or len(members) < wanted:
            raise Wrong(
                file,
                f"frozen.strata[{at}]",
                f"名额 {wanted}，名单里只有 {len(members)} 个。",
                f"{wanted} are to be drawn, and the list holds {len(members)}.",
            )
        for one in members:
            if one in owner:
                raise Wrong(
                    file, f"frozen.strata[{at}]", f"“{one}”同时属于两组。", f"“{one}” belongs to two strata."
                )
            owner[one] = at


def holds(stratum: Json, one: Json) -> bool:
    return stratum["kind"] in ("", one["kind"]) and stratum["field"] in ("", one["field"])


def numbers(value: str) -> list[tuple[Fraction, str]] | None:
    """The numbers of a value, as decimals; None where it holds anything else."""
    found = [one for one in re.split(r"[\s,、;+|]+", unicodedata.normalize("NFKC", value)) if one]
    if not found or not all(re.fullmatch(r"[0-9]{1,400}(\.[0-9]{1,400})?", one) for one in found):
        return None
    return sorted((Fraction(one), written(one)) for one in found)


def written(text: str) -> str:
    """A number as RFC 3797 writes it: no zeros in front, a point, no zeros at the end."""
    before, _, after = text.partition(".")
    return f"{before.lstrip('0') or '0'}.{after.rstrip('0')}"


def letters(value: str) -> str:
    return re.sub(
        "[^A-Z0-9]", "", unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", value)).upper()
    )


def seed_words(kind: str, value: str) -> str:
    if kind == "text":
        return letters(value) + "."
    return "".join(one for _, one in numbers(value) or ())


def typed_again(kind: str, value: str) -> str:
    """The value in the one way in which a result keeps it."""
    if kind == "text":
        return letters(value)
    return "; ".join(one.rstrip(".") for _, one in numbers(value) or ())


def published_seed(result: Json, seed: Iterable[str]) -> None:
    """Raises ``Wrong`` where a source published another value than the draw went by."""
    stands = {one["name"]: (at, one) for at, one in enumerate(result["seed"], 1)}
    for typed in seed:
        name, _, value = typed.partition("=")
        name = " ".join(name.removesuffix(":text").split())
        if name not in stands:
            raise Wrong(
                "draw/result.json",
                "seed",
                f"没有来源“{shown(name)}”。",
                f"there is no source “{shown(name)}”.",
            )
        at, one = stands[name]
        if typed_again(one["kind"], value) != one["value"]:
            raise Wrong(
                "draw/result.json",
                f"seed[{at}].value",
                f"来源公布的是“{shown(value)}”，文件写的是“{shown(one['value'])}”：不是用公布的种子抽的。",
                f"the source published “{shown(value)}”, the file says “{shown(one['value'])}”: it was not drawn by "
                "the seed that was published.",
            )


def draw_one(frozen: Json, frozen_sha256: str, seed_text: str, stratum: Json) -> Json:
    """The draw of one stratum, every step of it."""
    members = [one["id"] for one in frozen["pool"] if holds(stratum, one)]
    alternates = stratum["alternates"]
    wanted = len(members) if alternates is None else stratum["seats"] + alternates
    labels = [
        "cultivar-draw/1",
        frozen_sha256,
        seed_text,
        frozen["purpose"],
        stratum["kind"],
        stratum["field"],
    ]
    start = canonical(labels)[:-1] + b","
    left, taken = list(members), list[str]()
    steps: list[Json] = []
    while len(taken) < wanted:
        counter = len(steps) + 1
        block = hashlib.sha256(start + str(counter).encode() + b"]").hexdigest()
        word = int(block[:8], 16)
        among = len(left)
        choice = word % among if word < 2**32 - 2**32 % among else None
        if choice is not None:
            taken.append(left.pop(choice))
        steps.append(
            {
                "counter": counter,
                "sha256": block,
                "number": word,
                "left": among,
                "remainder": choice,
                "taken": None if choice is None else taken[-1],
            }
        )
    seats = stratum["seats"]
    return {
        "kind": stratum["kind"],
        "field": stratum["field"],
        "members": members,
        "steps": steps,
        "seats": taken[:seats],
        "alternates": taken[seats:],
    }


# -------------------------------------------------------------------------------------------------------- successions


def check_successions(bundle: Bundle) -> None:
    file = "successions.json"
    if file not in bundle:
        return
    listed = bundle[file]["successions"]
    last = len(bundle.numbered("seating/"))
    for at, one in enumerate(listed, 1):
        before = listed[at - 2] if at > 1 else one
        if one["after"] > last or one["after"] < before["after"]:
            raise Wrong(
                file,
                f"successions[{at}].after",
                f"{one['after']} 不是当时的排席（共 {last} 次，依次排列）。",
                f"{one['after']} is not the seating of that time (there are {last}, in order).",
            )
        if None not in (one["seq"], before["seq"]) and at > 1 and one["seq"] < before["seq"]:
            raise Wrong(file, f"successions[{at}].seq", "没有按先后排列。", "is out of order.")
    if "draw/result.json" not in bundle:
        bundle.note(
            "没有抽取，递补顺序无从核对。", "Without a draw it cannot be checked whose turn an alternate was."
        )
        return
    lines = [(set(draw["seats"]), list(draw["alternates"])) for draw in bundle["draw/result.json"]["draws"]]
    for at, one in enumerate(listed, 1):
        succeed(lines, one, file, f"successions[{at}]")


def succeed(lines: list[tuple[set[str], list[str]]], one: Json, file: str, place: str) -> None:
    """One leaves; the next alternate of the same stratum takes the seat. Raises ``Wrong``."""
    left = one["left"]
    for sitting, waiting in lines:
        if left in waiting:
            waiting.remove(left)
            if one["taken_by"] is not None:
                raise other(file, f"{place}.taken_by", None, one["taken_by"])
            return
        if left in sitting:
            heir = waiting.pop(0) if waiting else None
            if heir != one["taken_by"]:
                raise other(file, f"{place}.taken_by", heir, one["taken_by"])
            sitting.remove(left)
            sitting.update([heir] if heir else [])
            return
    raise Wrong(
        file,
        f"{place}.left",
        f"“{shown(left)}”既不在席，也不是备选。",
        f"“{shown(left)}” holds no seat and is no alternate.",
    )


def drawn_at(bundle: Bundle, seating: int) -> tuple[set[str], set[str]]:
    """Who held a drawn seat when seating number ``seating`` was made, and everybody who was drawn."""
    sitting: set[str] = set()
    everyone: set[str] = set()
    for draw in bundle["draw/result.json"]["draws"] if "draw/result.json" in bundle else ():
        sitting.update(draw["seats"])
        everyone.update(draw["seats"], draw["alternates"])
    for one in bundle["successions.json"]["successions"] if "successions.json" in bundle else ():
        if one["after"] < seating:
            if one["left"] in sitting and one["taken_by"] is not None:
                sitting.add(one["taken_by"])
            sitting.discard(one["left"])
    return sitting, everyone


# ------------------------------------------------------------------------------------------------------------ seats


SECTIONS = (
    ("A", 1, 5), ("B", 6, 12), ("C", 13, 43), ("D", 44, 46), ("E", 47, 50), ("F", 51, 52), ("G", 53, 60),
    ("H", 61, 62), ("I", 63, 65), ("J", 66, 69), ("K", 70, 70), ("L", 71, 72), ("M", 73, 75), ("N", 76, 79),
    ("O", 80, 82), ("P", 83, 83), ("Q", 84, 85), ("R", 86, 90), ("S", 91, 96), ("T", 97, 97),
)  # fmt: skip
"""GB/T 4754-2017: the divisions of each section."""


def check_seatings(bundle: Bundle) -> None:
    names = bundle.numbered("seating/")
    for at, file in enumerate(names, 1):
        document = bundle[file]
        check_given(bundle, document, file, at)
        follows(document, file)
        Seats(bundle, document, file).check()
        rest = {name: value for name, value in document.items() if name != "sha256"}
        if digest(rest) != document["sha256"]:
            raise other(file, "sha256", digest(rest), document["sha256"])


SORTED = ("fields", "directions", "industries", "cities", "offices", "applicants", "members", "declared")


def check_given(bundle: Bundle, document: Json, file: str, at: int) -> None:
    given = document["given"]
    applications = [one["id"] for one in given["applications"]]
    experts = [one["id"] for one in given["experts"]]
    unique(applications, file, "given.applications")
    unique(experts, file, "given.experts")
    if len(applications) * len(experts) > MOST_PAIRS:
        raise Wrong(
            file,
            "given",
            "申报和专家太多，不予核验。",
            "has too many applications and experts to be checked.",
        )
    unique([one["id"] for one in given["rules"]], file, "given.rules", ordered=False)
    table = [(one["id"], one["of"]) for one in given["table"]]
    expected = [(kind, "field" if kind in ("direction", "field") else "industry") for kind in KINDS]
    same([list(one) for one in expected], [list(one) for one in table], file, "given.table")
    check_plan(given["plan"], file)
    check_knows(given, file)
    check_works(given, file)
    if at == 1 or "draw/result.json" in bundle:
        against_draw(bundle, document, file, at)


def check_plan(plan: Json, file: str) -> None:
    place = "given.plan"
    panels = plan["mode"] == "panels"
    for name in ("largest", "panels_each"):
        if (plan[name] is not None) != panels:
            raise no_place(file, f"{place}.{name}", plan[name])
    wrong = [name for name in ("load", "largest", "panels_each") if plan[name] == 0]
    wrong += [] if plan["floor"] <= 100 else ["floor"]
    wrong += [] if 1 <= plan["most_probable"] <= 100 else ["most_probable"]
    if wrong:
        raise no_place(file, f"{place}.{wrong[0]}", plan[wrong[0]])
    if (
        not all(plan["seats"].values())
        or not plan["seats"]
        or ("" in plan["seats"] and len(plan["seats"]) > 1)
    ):
        raise no_place(file, f"{place}.seats", plan["seats"])


def check_works(given: Json, file: str) -> None:
    """Where experts work is told if panels are mixed by it, and only then."""
    for limit, name in (("per_organisation", "works_at"), ("per_city", "works_in")):
        told = [at for at, one in enumerate(given["experts"], 1) if one[name]]
        if given["plan"][limit] is None and told:
            place = f"given.experts[{told[0]}].{name}"
            raise other(file, place, "", given["experts"][told[0] - 1][name])
        if given["plan"][limit] is not None and given["experts"] and not told:
            raise other(file, f"given.plan.{limit}", None, given["plan"][limit])


def check_knows(given: Json, file: str) -> None:
    for part in ("applications", "experts"):
        for at, one in enumerate(given[part], 1):
            for name in SORTED:
                unique(one.get(name, []), file, f"given.{part}[{at}].{name}")
            for place, code in enumerate(one["industries"], 1):
                if section(code) is None:
                    raise Wrong(
                        file,
                        f"given.{part}[{at}].industries[{place}]",
                        f"{code} 不是 GB/T 4754 的代码。",
                        f"{code} is no code of GB/T 4754.",
                    )


def section(code: str) -> str | None:
    return next((letter for letter, first, last in SECTIONS if first <= int(code[:2]) <= last), None)


def against_draw(bundle: Bundle, document: Json, file: str, at: int) -> None:
    """The seed is that of the draw, and who may be seated was drawn."""
    sitting, everyone = drawn_at(bundle, at)
    if not sitting:
        bundle.note(
            "没有抽取，谁可以在席、种子从何而来无从核对。",
            "Without a draw it cannot be checked who might be seated, nor where the seed comes from.",
        )
        return
    result = bundle["draw/result.json"]
    if document["given"]["seed"] != result["seed_text"]:
        raise other(file, "given.seed", result["seed_text"], document["given"]["seed"])
    kinds = {one["id"]: one["kind"] for one in result["frozen"]["pool"]}
    for place, one in enumerate(document["given"]["experts"], 1):
        if one["id"] not in (everyone - sitting if one["standby"] else sitting):
            raise Wrong(
                file,
                f"given.experts[{place}].id",
                f"“{shown(one['id'])}”当时没有抽中（standby：当时在席或没有抽到）。",
                f"“{shown(one['id'])}” held no drawn seat at that time (standby: held one, or was never drawn).",
            )
        if kinds[one["id"]] not in ("", one["kind"]):
            raise other(file, f"given.experts[{place}].kind", kinds[one["id"]], one["kind"])
    present = {one["id"] for one in document["given"]["experts"]}
    for one in sorted(sitting - present):
        raise Wrong(
            file, "given.experts", f"缺少抽中的“{shown(one)}”。", f"lacks “{shown(one)}”, who was drawn."
        )


class Stream:
    """Lots: SHA-256 of a key and a counter, where the key is SHA-256(SHA-256(seed) + purpose)."""

    def __init__(self, seed: bytes, purpose: str) -> None:
        self.key = hashlib.sha256(
            hashlib.sha256(seed).digest() + purpose.encode("utf-8", "surrogatepass")
        ).digest()
        self.counter, self.rest = 0, b""

    def take(self, size: int) -> bytes:
        parts = [self.rest]
        have = len(self.rest)
        while have < size:
            parts.append(hashlib.sha256(self.key + self.counter.to_bytes(8, "big")).digest())
            self.counter += 1
            have += 32
        whole_ = b"".join(parts)
        self.rest = whole_[size:]
        return whole_[:size]

    def below(self, bound: int) -> int:
        bits = (bound - 1).bit_length()
        while True:
            found = int.from_bytes(self.take((bits + 7) // 8), "big") & ((1 << bits) - 1)
            if found < bound:
                return found

    def shuffled(self, things: Iterable[str]) -> list[str]:
        order = list(things)
        for place in range(len(order) - 1, 0, -1):
            swap = self.below(place + 1)
            order[place], order[swap] = order[swap], order[place]
        return order


def follows(document: Json, file: str) -> None:
    """Affinity, conflicts, questions and groups are what follows from what was given. Raises ``Wrong``."""
    given, stands = document["given"], document["follows"]
    same(affinity(given), stands["affinity"], file, "follows.affinity")
    found, asked = conflicts(given)
    for name, expected in (("conflicts", found), ("questions", asked)):
        keys = ("application", "expert", "rule", *(("one", "other") if name == "questions" else ()))
        held(expected, [tuple(one[key] for key in keys) for one in stands[name]], file, f"follows.{name}")
        unique([canonical(one).decode() for one in stands[name]], file, f"follows.{name}", ordered=False)
    same(groups(given), stands["groups"], file, "follows.groups")


def held(expected: set[tuple[str, ...]], listed: list[tuple[str, ...]], file: str, place: str) -> None:
    """Two lists of pairs with their rules hold the same, in order; one pair may have several pieces of evidence."""
    for at, one in enumerate(listed, 1):
        if one not in expected:
            text = " ".join(one)
            raise Wrong(
                file, f"{place}[{at}]", f"没有规则给出“{shown(text)}”。", f"no rule gives “{shown(text)}”."
            )
        if at > 1 and one[:3] < listed[at - 2][:3]:
            raise Wrong(file, f"{place}[{at}]", "没有按顺序排列。", "is out of order.")
    for one in sorted(expected - set(listed)):
        text = " ".join(one)
        raise Wrong(file, place, f"缺少“{shown(text)}”。", f"lacks “{shown(text)}”.")


def marks(one: Json, kind: str) -> Iterable[str]:
    if kind in ("direction", "field"):
        found: list[str] = one["directions" if kind == "direction" else "fields"]
        return found
    if kind == "section":
        return {section(code) or "" for code in one["industries"]}
    digits = {"division": 2, "group": 3, "class": 4}[kind]
    return {code[:digits] for code in one["industries"] if len(code) >= digits}


def affinity(given: Json) -> list[list[int]]:
    """Points of applications by experts: of field and of industry the nearest agreement, added."""
    experts = given["experts"]
    where: dict[str, dict[str, list[int]]] = {kind: defaultdict(list) for kind in KINDS}
    for column, one in enumerate(experts):
        for kind in KINDS:
            for mark in marks(one, kind):
                where[kind][mark].append(column)
    rows = []
    for one in given["applications"]:
        total = [0] * len(experts)
        for of in ("field", "industry"):
            part = {}
            for match in reversed([match for match in given["table"] if match["of"] == of]):
                for mark in marks(one, match["id"]):
                    part.update(dict.fromkeys(where[match["id"]].get(mark, ()), match["points"]))
            for column, points in part.items():
                total[column] += points
        rows.append(total)
    return rows


class Identities:
    """Which keys mean one organisation by what was answered, and which may."""

    def __init__(self, given: Json) -> None:
        self.above = {}
        for answer in given["answers"]:
            if answer["same"]:
                one, two = sorted((self.root(answer["one"]), self.root(answer["other"])))
                if one != two:
                    self.above[two] = one
        apart = {
            frozenset((self.root(one["one"]), self.root(one["other"])))
            for one in given["answers"]
            if not one["same"]
        }
        self.alike = defaultdict(set)
        for pair in given["alike"]:
            one, two = self.root(pair["one"]), self.root(pair["other"])
            if one != two and frozenset((one, two)) not in apart:
                self.alike[one].add(two)
                self.alike[two].add(one)

    def root(self, key: str) -> str:
        while key in self.above:
            key = self.above[key]
        return key


def conflicts(given: Json) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
    """Who may not judge what (application, expert, rule), and what nobody has found out (with both keys)."""
    on = {one["id"]: one["years"] for one in given["rules"] if one["on"]}
    identities = Identities(given)
    roles: dict[str, set[tuple[str, bool]]] = defaultdict(
        set
    )  # identity -> (application, whether an applicant)
    for one in given["applications"]:
        for part in ("applicants", "members"):
            for key in one[part]:
                roles[identities.root(key)].add((one["id"], part == "applicants"))
    found: set[tuple[str, ...]] = set()
    asked: set[tuple[str, ...]] = set()
    for expert in given["experts"]:
        for tie in expert["ties"]:
            rules = rules_of(tie, on, date.fromisoformat(given["day"]))
            key = identities.root(tie["key"])
            found |= {(name, expert["id"], rules[lead]) for name, lead in roles.get(key, ()) if rules[lead]}
            for near in identities.alike.get(key, ()):
                asked |= {
                    (name, expert["id"], rules[lead], key, near)
                    for name, lead in roles.get(near, ())
                    if rules[lead]
                }
    found |= plain_conflicts(given, on)
    settled = {one[:2] for one in found}
    return found, {one for one in asked if one[:2] not in settled}


def rules_of(tie: Json, on: dict[str, int | None], today: date) -> dict[bool, str]:
    """By which rule a tie to an applicant (True) or to a member (False) excludes, "" if by none."""
    named = {
        "employed": {True: "employer", False: "member"},
        "tied": {True: "adviser", False: "adviser"},
        "owned": {True: "owner", False: "owner"},
        "declared": {True: "declared", False: "declared"},
    }[tie["kind"]]

    def counts(rule: str) -> bool:
        if rule not in on:
            return False
        years = on[rule]
        if tie["kind"] == "declared" or tie["until"] is None or years is None:
            return True
        return date.fromisoformat(tie["until"]) >= years_before(today, years)

    return {lead: rule if counts(rule) else "" for lead, rule in named.items()}


def years_before(today: date, years: int) -> date:
    if years >= today.year:
        return date.min
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # 29 February
        return today.replace(year=today.year - years, day=28)


def plain_conflicts(given: Json, on: dict[str, int | None]) -> set[tuple[str, ...]]:
    """What follows from cities, offices, what was declared of an application, and objections that were upheld."""
    found: set[tuple[str, ...]] = set()
    for expert in given["experts"]:
        declared = set(expert["declared"])
        for one in given["applications"]:
            if "declared" in on and one["id"] in declared:
                found.add((one["id"], expert["id"], "declared"))
            if "city" in on and expert["city"] and expert["city"] in one["cities"]:
                found.add((one["id"], expert["id"], "city"))
            if "office" in on and set(expert["offices"]) & set(one["offices"]):
                found.add((one["id"], expert["id"], "office"))
    if "objected" in on:
        found |= {
            (one["application"], one["expert"], "objected") for one in given["objections"] if one["upheld"]
        }
    return found


def groups(given: Json) -> list[Json]:
    """The applications of each field, dealt by lot into as few groups as the largest size allows."""
    largest = given["plan"]["largest"]
    if largest is None:
        return []
    found = []
    for field in sorted({one["field"] for one in given["applications"]}):
        ids = sorted(one["id"] for one in given["applications"] if one["field"] == field)
        order = Stream(encoded(given["seed"]), f"groups {field}").shuffled(ids)
        many = -(-len(order) // largest)
        for n in range(many):
            found.append(
                {
                    "id": f"{field}/{n + 1:04d}",
                    "field": field,
                    "number": n + 1,
                    "applications": sorted(order[n::many]),
                }
            )
    return found


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


class Seats:
    """The seats of one document, held against everything they must keep."""

    def __init__(self, bundle: Bundle, document: Json, file: str) -> None:
        self.bundle, self.file, self.document = bundle, file, document
        self.given, self.decision = document["given"], document["decision"]
        self.plan = self.given["plan"]
        self.experts = [one["id"] for one in self.given["experts"]]
        self.column = {one: at for at, one in enumerate(self.experts)}
        self.lines = sorted(self.plan["seats"])
        self.limited = not (self.plan["per_organisation"] is None and self.plan["per_city"] is None)
        self.of_rows()

    def of_rows(self) -> None:
        """Ids, sizes, points and conflicts of what has seats: applications, or groups of them."""
        applications = {one["id"]: at for at, one in enumerate(self.given["applications"])}
        barred: list[set[int]] = [set() for _ in applications]
        for one in self.document["follows"]["conflicts"] + self.document["follows"]["questions"]:
            if one["application"] in applications and one["expert"] in self.column:
                barred[applications[one["application"]]].add(self.column[one["expert"]])
        points, loads = self.document["follows"]["affinity"], self.most()
        listed = self.document["follows"]["groups"]
        if self.plan["mode"] == "single":
            self.ids, self.sizes = list(applications), [1] * len(applications)
            self.points, self.barred, self.capacity = points, barred, loads
            return
        self.ids = [one["id"] for one in listed]
        self.sizes = [len(one["applications"]) for one in listed]
        members = [[applications[name] for name in one["applications"]] for one in listed]
        self.barred = [set().union(*(barred[at] for at in group)) for group in members]
        floor = self.plan["floor"]
        self.points = []
        for group in members:
            columns = list(zip(*(points[at] for at in group)))
            self.points.append([sum(one) // len(group) if min(one) >= floor else 0 for one in columns])
        largest = max(self.sizes, default=1)
        self.capacity = [min(self.plan["panels_each"], load // largest) for load in loads]

    def most(self) -> list[int]:
        load = self.plan["load"]
        return [load if one["most"] is None else min(load, one["most"]) for one in self.given["experts"]]

    def columns(self, kind: str) -> list[int]:
        """The experts who may take a seat of a kind, by place."""
        experts = self.given["experts"]
        return [at for at, one in enumerate(experts) if kind in ("", one["kind"]) and not one["standby"]]

    def allowed(self, row: int, column: int) -> bool:
        return column not in self.barred[row] and self.points[row][column] >= self.plan["floor"]

    def check(self) -> None:
        expected = [(name, kind) for name in self.ids for kind in self.lines]
        stands = [(one["of"], one["kind"]) for one in self.decision["seats"]]
        same([list(one) for one in expected], [list(one) for one in stands], self.file, "decision.seats")
        self.seated = {}
        for at, (line, (_, kind)) in enumerate(zip(self.decision["seats"], expected)):
            place = f"decision.seats[{at + 1}].experts"
            unique(line["experts"], self.file, place)
            self.seated[at // len(self.lines), kind] = self.panel(
                at // len(self.lines), kind, line["experts"], place
            )
        self.loads()
        if self.limited:
            self.limits()
        self.figures()
        self.shortages()
        self.best()

    def panel(self, row: int, kind: str, experts: list[str], place: str) -> list[int]:
        """The experts of a line by column. Raises ``Wrong`` for who may not sit there."""
        found = []
        for at, name in enumerate(experts, 1):
            where = f"{place}[{at}]"
            column = self.column.get(name)
            if column is None or column not in self.columns(kind):
                raise self.wrong(
                    where, f"“{shown(name)}”不属于这类专家。", f"“{shown(name)}” is no expert of this kind."
                )
            if column in self.barred[row]:
                raise self.wrong(
                    where,
                    f"“{name}”对“{self.ids[row]}”须回避（或有未答的问题）。",
                    f"“{name}” must stand aside from “{self.ids[row]}”, or a question is open.",
                )
            if not self.allowed(row, column):
                raise self.wrong(
                    where,
                    f"“{name}”对“{self.ids[row]}”的匹配分低于下限 {self.plan['floor']}。",
                    f"“{name}” is below the floor of {self.plan['floor']} for “{self.ids[row]}”.",
                )
            found.append(column)
        if len(found) > self.plan["seats"][kind]:
            raise other(self.file, place, f"≤ {self.plan['seats'][kind]}", len(found))
        return found

    def wrong(self, place: str, zh: str, en: str) -> Wrong:
        return Wrong(self.file, place, zh, en)

    def loads(self) -> None:
        self.panels = Counter(column for panel in self.seated.values() for column in panel)
        found: Counter[int] = Counter()
        for (row, _), panel in self.seated.items():
            for column in panel:
                found[column] += self.sizes[row]
        for column, name in enumerate(self.experts):
            if self.panels[column] > self.capacity[column]:
                place = f"decision.loads.{name}"
                raise other(self.file, place, f"≤ {self.most()[column]}", found[column])
        expected = {name: found[column] for column, name in enumerate(self.experts)}
        same(expected, self.decision["loads"], self.file, "decision.loads")

    def limits(self) -> None:
        """At most so many of an organisation, and of a city, on a panel."""
        for limit, name in (("per_organisation", "works_at"), ("per_city", "works_in")):
            if self.plan[limit] is None:
                continue
            for row, of in enumerate(self.ids):
                columns = [column for kind in self.lines for column in self.seated[row, kind]]
                found = Counter(self.given["experts"][column][name] for column in columns)
                found.pop("", None)
                for where, many in sorted(found.items()):
                    if many > self.plan[limit]:
                        raise self.wrong(
                            f"decision.seats[{row * len(self.lines) + 1}]",
                            f"“{of}”有 {many} 名专家来自“{shown(where)}”，最多 {self.plan[limit]} 名。",
                            f"“{of}” has {many} experts of “{shown(where)}”, at most {self.plan[limit]} may sit.",
                        )

    def figures(self) -> None:
        pairs = [(row, column) for (row, _), panel in self.seated.items() for column in panel]
        self.objective = sum(self.points[row][column] for row, column in pairs)
        if self.objective != self.decision["objective"]:
            raise other(self.file, "decision.objective", self.objective, self.decision["objective"])
        least = min(
            ((self.points[row][column], self.ids[row], self.experts[column]) for row, column in pairs),
            default=None,
        )
        worst = None if least is None else {"of": least[1], "expert": least[2], "points": least[0]}
        same(worst, self.decision["worst"], self.file, "decision.worst")

    def shortages(self) -> None:
        expected = []
        for row, of in enumerate(self.ids):
            for kind in self.lines:
                lacking = self.plan["seats"][kind] - len(self.seated[row, kind])
                if lacking:
                    expected.append({"of": of, "kind": kind, **self.reasons(row, kind, lacking)})
        same(expected, self.decision["shortages"], self.file, "decision.shortages")

    def reasons(self, row: int, kind: str, lacking: int) -> Json:
        """Those who are not seated, each by what stands first in the way."""
        found: Counter[str] = Counter()
        experts = self.columns(kind)
        for column in experts:
            if self.points[row][column] < self.plan["floor"]:
                found["below_floor"] += 1
            elif column in self.barred[row]:
                found["blocked"] += 1
            elif column not in self.seated[row, kind]:
                found["full" if self.panels[column] >= self.capacity[column] else "held"] += 1
        said = {name: found[name] for name in ("below_floor", "blocked", "full", "held")}
        below, blocked, full, kept = said.values()
        zh = (
            f"还缺 {lacking} 名专家。{len(experts)} 名专家中：匹配分低于下限的 {below} 名，须回避的 {blocked} 名，"
            f"任务已满的 {full} 名，受组成规则或随机上限限制的 {kept} 名。"
        )
        en = (
            f"{lacking} more expert(s) needed. Of {len(experts)} experts {below} are below the floor, {blocked} must "
            f"stand aside, {full} have full loads, {kept} are kept out by the rules of composition or the bound on "
            "probabilities."
        )
        return {"lacking": lacking, "experts": len(experts), **said, "text": {"zh": zh, "en": en}}

    # That no better seats exist

    def best(self) -> None:
        if self.limited:
            self.only_bounds()
            return
        bound, fillable = Fraction(0), Fraction(0)
        part = gcd(self.plan["most_probable"], 100)
        units, share = 100 // part, self.plan["most_probable"] // part
        chances = self.chances(units, share)
        for kind in self.lines:
            flow = Flow(self, kind, units, share, chances)
            flow.check()
            if units > 1:
                self.by_lot(flow)
            bound += Fraction(flow.points, units)
            fillable += Fraction(flow.filled, units)
        for name, expected in (("bound", bound), ("fillable", fillable)):
            if str(expected) != self.decision[name]:
                raise other(self.file, f"decision.{name}", str(expected), self.decision[name])

    def only_bounds(self) -> None:
        seats = sum(len(panel) for panel in self.seated.values())
        for name, least in (("bound", self.objective), ("fillable", seats)):
            if Fraction(self.decision[name]) < least:
                raise other(self.file, f"decision.{name}", f"≥ {least}", self.decision[name])
        if self.decision["chances"]:
            raise other(self.file, "decision.chances", [], self.decision["chances"])
        self.bundle.note(
            f"{self.file}：单位、城市上限与类别交叉，没有证明不存在更好的席位；其余都已核对。",
            f"{self.file}: limits on organisations and cities cross the kinds, so it is not proven that no better "
            "seats exist; everything else is checked.",
        )

    def chances(self, units: int, share: int) -> dict[str, list[dict[int, int]]]:
        """How much of a seat flows over each pair, in units: all of it where probabilities are not bounded."""
        listed = self.decision["chances"]
        found: dict[str, list[dict[int, int]]] = {kind: [{} for _ in self.ids] for kind in self.lines}
        if units == 1:
            if listed:
                raise other(self.file, "decision.chances", [], listed)
            for (at, kind), panel in self.seated.items():
                found[kind][at] = dict.fromkeys(panel, 1)
            return found
        rows = {name: at for at, name in enumerate(self.ids)}
        for at, one in enumerate(listed, 1):
            place = f"decision.chances[{at}]"
            row, column = rows.get(one["of"]), self.column.get(one["expert"])
            if (
                row is None
                or column is None
                or column not in self.columns(one["kind"])
                or one["kind"] not in found
            ):
                raise no_place(self.file, place, one)
            amount = Fraction(one["probability"]) * units
            if amount.denominator > 1 or not 0 < amount <= share or str(amount / units) != one["probability"]:
                raise no_place(self.file, f"{place}.probability", one["probability"])
            if column in found[one["kind"]][row] or not self.allowed(row, column):
                raise no_place(self.file, place, one)
            found[one["kind"]][row][column] = int(amount)
        return found

    def by_lot(self, flow: Flow) -> None:
        """The seats of a kind are those that lots draw by the probabilities."""
        drawn = flow.drawn()
        for row, of in enumerate(self.ids):
            expected = sorted(self.experts[column] for column in drawn[row])
            found = [self.experts[column] for column in self.seated[row, flow.kind]]
            if expected != found:
                at = row * len(self.lines) + self.lines.index(flow.kind) + 1
                raise self.wrong(
                    f"decision.seats[{at}].experts",
                    f"“{of}”按概率抽出的应是 {shown(expected)}，文件写的是 {shown(found)}。",
                    f"for “{of}” lots draw {shown(expected)} by the probabilities; the file says {shown(found)}.",
                )


FAR = 1 << 61
NOWHERE = (FAR << 20, -1)  # farther than any sum of costs


class Flow:
    """Seats of one kind as a flow: that nothing fills more, and that no circle of changes would better it.

    A seating is the best if and only if, in the graph of all changes that it leaves open, no way leads from an empty
    seat to a free place, and no circle has a negative cost (Ahuja, Magnanti, Orlin, Network Flows, 1993). A cost is
    the affinity, negative, times more than all lots together can come to, plus the pair's lot; where seats lack, those
    of an application cost the less the earlier they are filled, so that lacks are spread evenly.
    """

    def __init__(
        self, seats: Seats, kind: str, units: int, share: int, amounts: dict[str, list[dict[int, int]]]
    ) -> None:
        self.file, self.kind, self.units, self.share = seats.file, kind, units, share
        order = sorted(range(len(seats.ids)), key=lambda at: seats.ids[at])
        columns = seats.columns(kind)
        place = {column: at for at, column in enumerate(columns)}
        self.capacity = [seats.capacity[column] * units for column in columns]
        self.wanted = min(seats.plan["seats"][kind], len(columns))
        self.affinity = [[seats.points[row][column] for column in columns] for row in order]
        self.amounts = [
            {place[column]: amount for column, amount in amounts[kind][row].items()} for row in order
        ]
        self.taken = [sum(one.values()) for one in self.amounts]
        self.loads = [0] * len(columns)
        for one in self.amounts:
            for column, amount in one.items():
                self.loads[column] += amount
        self.filled = sum(self.taken)
        pairs = [(row, column) for row, one in enumerate(self.amounts) for column in one]
        self.points = sum(self.affinity[row][column] * self.amounts[row][column] for row, column in pairs)
        self.seat = 0  # what a seat counts
        self.order, self.columns = order, columns
        self.seed = encoded(seats.given["seed"] + kind)
        self.prepare(order, columns, seats, self.seed)

    def prepare(self, order: list[int], columns: list[int], seats: Seats, seed: bytes) -> None:
        """What each pair costs, and what each seat."""
        rows, volume = len(order), max(1, len(order) * self.wanted) * self.units
        even = self.filled < rows * self.wanted * self.units
        self.seat = 101 * min(rows, len(columns)) + 1 if even else 0
        dearest = 101 + self.seat * max(self.wanted, 1)
        nodes = rows + len(columns) + 4
        bits = next((bits for bits in range(31, 0, -1) if dearest * (volume << bits) * nodes < FAR), 1)
        point = volume << bits
        self.seat *= point
        lots = Stream(seed, "seats").take(4 * rows * len(columns))
        self.open = []  # for each row: the pairs over which more can flow, with their costs
        self.back = []  # and those over which something flows
        for at, row in enumerate(order):
            costs = {}
            for column, own in enumerate(columns):
                if seats.allowed(row, own):
                    start = 4 * (at * len(columns) + column)
                    lot = int.from_bytes(lots[start : start + 4], "big") >> (32 - bits)
                    costs[column] = lot - self.affinity[at][column] * point
            amounts = self.amounts[at]
            self.open.append([(c, cost) for c, cost in costs.items() if amounts.get(c, 0) < self.share])
            self.back.append([(c, costs[c]) for c in amounts])

    def check(self) -> None:
        for column, load_ in enumerate(self.loads):
            if load_ > self.capacity[column]:
                raise Wrong(
                    self.file, "decision.chances", "超过专家任务上限。", "passes the load of an expert."
                )
        if any(taken > self.wanted * self.units for taken in self.taken):
            raise Wrong(self.file, "decision.chances", "超过席位数。", "passes the number of seats.")
        if self.more():
            raise Wrong(
                self.file,
                "decision.seats",
                f"还能填上更多席位（类别“{self.kind}”）。",
                f"more seats could be filled (kind “{self.kind}”).",
            )
        if self.better():
            raise Wrong(
                self.file,
                "decision.seats",
                f"不是按规则最好的席位（类别“{self.kind}”）：有更均匀、匹配分更高或按抽签在先的排法。",
                f"are not the best by the rule (kind “{self.kind}”): others are more even, of more affinity, or before "
                "them by lot.",
            )

    def free(self, column: int) -> bool:
        return self.loads[column] < self.capacity[column]

    def more(self) -> bool:
        """Whether a way leads from a seat that lacks to a free place."""
        waiting = [row for row, taken in enumerate(self.taken) if taken < self.wanted * self.units]
        givers = defaultdict(list)
        for row, back in enumerate(self.back):
            for column, _ in back:
                givers[column].append(row)
        seen, met = set(waiting), set()
        while waiting:
            for column, _ in self.open[waiting.pop()]:
                if column in met:
                    continue
                met.add(column)
                if self.free(column):
                    return True
                fresh = [row for row in givers[column] if row not in seen]
                seen.update(fresh)
                waiting += fresh
        return False

    def better(self) -> bool:
        """Whether a circle of changes has a negative cost (Bellman and Ford, over the experts)."""
        distance = [0] * len(self.loads)
        before: list[int | None] = [None] * len(self.loads)
        for turn in range(1, len(self.loads) + 3):
            moved = False
            for ways, (near, origin) in zip(self.open, self.rows(distance)):
                for column, cost in ways:
                    if near + cost < distance[column]:
                        distance[column], before[column], moved = near + cost, origin, True
            if not moved:
                return False
            if any(distance[column] < 0 for column in range(len(distance)) if self.free(column)):
                return True
            if turn % 8 == 0 and circle(before):
                return True
        return True

    def rows(self, distance: list[int]) -> list[tuple[int, int]]:
        """For each row how near it is, and through which expert; ``NOWHERE`` where no change leads to it."""
        near = [
            min(((distance[column] - cost, column) for column, cost in back), default=NOWHERE)
            for back in self.back
        ]
        source = min(
            (
                (own[0] - self.of_seat(-(-taken // self.units) - 1), own[1])
                for own, taken in zip(near, self.taken)
                if taken
            ),
            default=NOWHERE,
        )
        for row, taken in enumerate(self.taken):
            if taken < self.wanted * self.units and source != NOWHERE:
                near[row] = min(near[row], (source[0] + self.of_seat(taken // self.units), source[1]))
        return near

    def drawn(self) -> dict[int, list[int]]:
        """By row the experts whom lots seat, by the probabilities that the flow comes to (dependent rounding)."""
        rows, columns = len(self.amounts), len(self.loads)
        source, sink = rows + columns, rows + columns + 1
        amounts: dict[Link, int] = {}
        for row, own in enumerate(self.amounts):
            amounts.update({(row, rows + column): own[column] for column in sorted(own)})
        pairs = list(amounts)
        amounts.update({(source, row): taken for row, taken in enumerate(self.taken)})
        amounts.update({(rows + column, sink): load_ for column, load_ in enumerate(self.loads)})
        amounts[sink, source] = self.filled
        up = Rounding(amounts, self.units, Stream(self.seed, "rounding")).up
        found: dict[int, list[int]] = {row: [] for row in self.order}
        for row, node in pairs:
            if amounts[row, node] == self.units or (row, node) in up:
                found[self.order[row]].append(self.columns[node - rows])
        return found

    def of_seat(self, before: int) -> int:
        """What the next seat costs where so many are filled."""
        cost: int = (before - self.wanted) * self.seat
        return cost


Link = tuple[int, int]  # from node, to node


class Rounding:
    """Fractions of the links of a flow, made whole by lot, circle after circle, so that every sum stays.

    Along a circle of fractions those with the walk grow and those against it shrink, or the other way round, until one
    is whole; the lot is drawn so that each keeps its expected value (Gandhi and others, 2006). ``up``: those that
    became a whole seat.
    """

    def __init__(self, amounts: dict[Link, int], units: int, stream: Stream) -> None:
        self.left = {link: amount % units for link, amount in amounts.items() if amount % units}
        self.units, self.stream = units, stream
        self.up: set[Link] = set()
        self.at: dict[int, dict[Link, None]] = {}
        for link in self.left:
            for node in link:
                self.at.setdefault(node, {})[link] = None
        for node in sorted(self.at):
            while self.at[node]:
                self.walk(node)

    def walk(self, node: int) -> None:
        path: list[Link] = []
        met = {node: 0}
        while True:
            link = next((one for one in self.at[node] if not path or one != path[-1]), None)
            if link is None:
                return
            path.append(link)
            node = link[1] if link[0] == node else link[0]
            if node in met:
                begun = met[node]
                self.round(node, path[begun:])
                del path[begun:]
                met = {one: length for one, length in met.items() if length <= begun}
            else:
                met[node] = len(path)

    def round(self, node: int, path: list[Link]) -> None:
        ahead: list[Link] = []
        against: list[Link] = []
        for link in path:
            (ahead if link[0] == node else against).append(link)
            node = link[1] if link[0] == node else link[0]
        grow, shrink = self.room(ahead, against), self.room(against, ahead)
        step = grow if self.stream.below(grow + shrink) < shrink else -shrink
        for links, change in ((ahead, step), (against, -step)):
            for link in links:
                self.left[link] += change
                if self.left[link] in (0, self.units):
                    self.up.update([link] if self.left[link] else [])
                    for end in link:
                        del self.at[end][link]

    def room(self, growing: list[Link], shrinking: list[Link]) -> int:
        return min([self.units - self.left[one] for one in growing] + [self.left[one] for one in shrinking])


def circle(before: list[int | None]) -> bool:
    """Whether following who came before whom leads round."""
    state = [0] * len(before)
    for start in range(len(before)):
        path: list[int] = []
        node: int | None = start
        while node is not None and state[node] == 0:
            state[node] = 1
            path.append(node)
            node = before[node]
        if node is not None and state[node] == 1:
            return True
        for one in path:
            state[one] = 2
    return False


# ------------------------------------------------------------------------------------------------------------- panels


def seats_of(document: Json) -> dict[str, set[str]]:
    """Whom a seating seats on each application."""
    listed = {one["id"]: one["applications"] for one in document["follows"]["groups"]}
    found: dict[str, set[str]] = {one["id"]: set() for one in document["given"]["applications"]}
    for line in document["decision"]["seats"]:
        for application in listed.get(line["of"], [line["of"]]):
            found[application].update(line["experts"])
    return found


def lineage(bundle: Bundle) -> tuple[dict[str, set[str]], list[tuple[Json, list[str]]]]:
    """Who holds the drawn seats in the end, and each succession with the applications whose seats it handed on."""
    names = bundle.numbered("seating/")
    found: dict[str, set[str]] = {}
    handed: list[tuple[Json, list[str]]] = []
    listed = bundle["successions.json"]["successions"] if "successions.json" in bundle else []
    for at, name in enumerate(names, 1):
        found = seats_of(bundle[name])
        for one in listed:
            if one["after"] == at:
                handed.append((one, [own for own, panel in found.items() if one["left"] in panel]))
                succession(bundle, bundle[name] if at == len(names) else None, found, one)
    return found, handed


def panels(bundle: Bundle) -> dict[str, set[str]] | None:
    """Who judges each application in the end; None where neither panels nor seatings are told."""
    if "panels.json" in bundle:
        return {one["application"]: set(one["end"]) for one in bundle["panels.json"]["panels"]}
    return lineage(bundle)[0] if bundle.numbered("seating/") else None


def succession(bundle: Bundle, document: Json | None, found: dict[str, set[str]], one: Json) -> None:
    """The heir takes all seats of who left, unless ``document`` knows something against it. Raises ``Wrong``."""
    heir = one["taken_by"]
    taken = [application for application, panel in found.items() if one["left"] in panel]
    for application in taken:
        found[application].discard(one["left"])
        found[application].update([] if heir is None else [heir])
    if heir is None or not taken or document is None:
        return
    experts = [expert["id"] for expert in document["given"]["experts"]]
    if heir not in experts:
        bundle.note(
            f"“{heir}”的回避情况不在最后一次排席里，没有核对。",
            f"What is known of “{heir}” is not in the last seating, so conflicts were not checked.",
        )
        return
    column, follows_ = experts.index(heir), document["follows"]
    barred = {(pair["application"], pair["expert"]) for pair in follows_["conflicts"] + follows_["questions"]}
    for row, application in enumerate(found):
        near = follows_["affinity"][row][column] >= document["given"]["plan"]["floor"]
        if application in taken and ((application, heir) in barred or not near):
            raise Wrong(
                "successions.json",
                "successions",
                f"“{heir}”对“{application}”须回避、有未答的问题或低于下限，不能递补。",
                f"“{heir}” must stand aside from “{application}”, has a question open or is below the floor, and "
                "cannot take the seat.",
            )
    expert, load_ = document["given"]["experts"][column], document["given"]["plan"]["load"]
    most = load_ if expert["most"] is None else min(load_, expert["most"])
    total = sum(heir in panel for panel in found.values())
    if total > most:
        raise other("successions.json", f"successions (“{heir}”)", f"≤ {most}", total)


def check_panels(bundle: Bundle) -> None:
    file = "panels.json"
    seated, handed = lineage(bundle)
    if file not in bundle:
        return
    listed = bundle[file]["panels"]
    names = [one["application"] for one in listed]
    unique(names, file, "panels")
    for name in seated:
        if name not in names:
            raise Wrong(file, "panels", f"缺少排席里的“{name}”。", f"lack “{name}”, which the seating names.")
    for at, one in enumerate(listed, 1):
        Panel(bundle, one, f"panels[{at}]", seated, handed).replay()
    changes = [(one["application"], change) for one in listed for change in one["changes"]]
    every = sorted(change["seq"] for _, change in changes)
    unique(every, file, "panels (seq)")
    if bundle.acts is not None:
        for name, change in changes:
            said = {"case": name, "act": change["act"], "does": "panel"}
            if change["kind"] == "recused":
                said["expert"] = change["left"][0] if len(change["left"]) == 1 else None
            act_is(bundle, change["seq"], said, file, f"panels (“{name}”, seq {change['seq']})")
        all_told(bundle, "panel", every, file, "panels")


def act_is(bundle: Bundle, seq: int | None, said: Json, file: str, place: str) -> None:
    """Raises ``Wrong`` unless the act at ``seq`` stands in decisions.json and is what is said of it."""
    act = (bundle.acts or {}).get(seq) if seq is not None else None
    if act is None:
        raise Wrong(
            file, place, f"decisions.json 里没有第 {seq} 条记录。", f"decisions.json has no entry {seq}."
        )
    same(said, {name: act[name] for name in said}, file, place)


def all_told(bundle: Bundle, does: str, seqs: Iterable[int | None], file: str, place: str) -> None:
    """Raises ``Wrong`` where an act that does this is not among those told."""
    for seq in sorted({seq for seq, act in (bundle.acts or {}).items() if act["does"] == does} - set(seqs)):
        raise Wrong(
            file, place, f"缺少 decisions.json 的第 {seq} 条记录。", f"lack entry {seq} of decisions.json."
        )


class Panel:
    """The panel of an application, change by change: what the draw gave, and as notes what others did."""

    def __init__(
        self,
        bundle: Bundle,
        told: Json,
        place: str,
        seated: dict[str, set[str]],
        handed: list[tuple[Json, list[str]]],
    ) -> None:
        self.bundle, self.told, self.place, self.name = bundle, told, place, told["application"]
        self.seated, self.handed = seated, handed
        self.panel: set[str] = set()
        self.ever: set[str] = set()
        self.by_hand: set[str] = set()

    def wrong(self, place: str, zh: str, en: str) -> Wrong:
        return Wrong("panels.json", f"{self.place}.{place}", zh, en)

    def note(self, change: Json, zh: str, en: str) -> None:
        who = "、".join([*change["joined"], *change["left"]])
        self.bundle.note(
            f"“{self.name}”第 {change['seq']} 条：{who} {zh}。",
            f"“{self.name}”, entry {change['seq']}: {who.replace('、', ', ')} {en}.",
        )

    def replay(self) -> None:
        changes = self.told["changes"]
        unique([one["seq"] for one in changes], "panels.json", f"{self.place}.changes")
        for at, change in enumerate(changes, 1):
            place = f"changes[{at}]"
            for way in ("joined", "left"):
                unique(change[way], "panels.json", f"{self.place}.{place}.{way}")
                for one in change[way]:
                    if (one in self.panel) != (way == "left"):
                        raise self.wrong(
                            f"{place}.{way}", f"“{one}”当时不是这样。", f"“{one}” could not then."
                        )
            self.panel = (self.panel - set(change["left"])) | set(change["joined"])
            self.ever.update(change["joined"])
            self.by_kind(change, place)
        same(sorted(self.panel), self.told["end"], "panels.json", f"{self.place}.end")
        self.all_followed()
        if self.bundle.numbered("seating/") and not any(one["kind"] == "seated" for one in changes):
            self.bundle.note(
                f"“{self.name}”的评审组不是由排席组成的。",
                f"The panel of “{self.name}” was not named by a seating.",
            )

    def by_kind(self, change: Json, place: str) -> None:
        kind = change["kind"]
        if (change["by"] is not None) != (kind in ("seated", "followed")):
            raise self.wrong(f"{place}.by", "与变动的种类不符。", "does not go with the kind of change.")
        if kind == "seated":
            self.by_seating(change, place)
        elif kind == "followed":
            self.by_succession(change, place)
        elif change["left" if kind == "named" else "joined"]:
            raise self.wrong(place, "与变动的种类不符。", "does not go with the kind of change.")
        elif kind == "named":
            self.by_hand.update(change["joined"])
            self.note(change, "手工指定", "named by hand")
        elif kind == "released":
            self.note(change, "解除，不是递补", "released by hand")
        elif not any(one["left"] in change["left"] and self.name in names for one, names in self.handed):
            self.note(change, "回避，无人递补", "recused, nobody followed")

    def by_seating(self, change: Json, place: str) -> None:
        """The panel is that of the seating which the act made, besides whom somebody named by hand."""
        acts = self.bundle.acts
        made = [
            seats_of(self.bundle[name])
            for name in self.bundle.numbered("seating/")
            if acts is None or self.bundle[name]["sha256"] in acts.get(change["by"], {}).get("documents", ())
        ]
        if change["seq"] <= change["by"] or not any(
            seats.get(self.name, set()) <= self.panel
            and self.panel - seats.get(self.name, set()) <= self.by_hand
            for seats in made
        ):
            raise self.wrong(place, "不是这次排席的席位。", "is not what the seating of that act seats.")

    def by_succession(self, change: Json, place: str) -> None:
        """Who left left a drawn seat here by that act, and who joined took it."""
        rows = [one for one, names in self.handed if one["seq"] == change["by"] and self.name in names]
        left, heirs = {one["left"] for one in rows}, {one["taken_by"] for one in rows}
        if change["seq"] <= change["by"] or not (
            rows and set(change["left"]) <= left and set(change["joined"]) <= heirs
        ):
            raise self.wrong(
                place, "不是 successions.json 写明的递补。", "is no succession of successions.json."
            )

    def all_followed(self) -> None:
        """Whoever took a drawn seat here came onto the panel, unless the application had been decided before."""
        if not self.told["changes"]:  # a panel that was never named is handed on to nobody
            return
        decided = self.bundle.outcomes.get(self.name, LARGEST)
        for one, names in self.handed:
            if self.name not in names or (one["seq"] is not None and one["seq"] > decided):
                continue
            if one["taken_by"] is not None and one["taken_by"] not in self.ever:
                heir = one["taken_by"]
                raise self.wrong("changes", f"缺少“{heir}”的递补。", f"lack the succession of “{heir}”.")
            if one["left"] in self.panel - self.by_hand:
                raise self.wrong("end", f"“{one['left']}”已经退出。", f"“{one['left']}” had left.")


# ------------------------------------------------------------------------------------------------------------- sheets


def check_sheets(bundle: Bundle) -> None:
    file = "sheets.json"
    if file not in bundle:
        return
    document = bundle[file]
    sheets = document["sheets"]
    unique([one["id"] for one in document["criteria"]], file, "criteria", ordered=False)
    unique([(one["application"], one["expert"], one["seq"] or 0) for one in sheets], file, "sheets")
    unique(
        [(one["application"], one["expert"]) for one in sheets if one["counted"]], file, "sheets (counted)"
    )
    most = {one["id"]: Fraction(one["most"]) for one in document["criteria"]}
    seated = panels(bundle)
    if seated is None:
        bundle.note(
            "没有排席，谁该交评分表无从核对。", "Without a seating it cannot be checked whose sheets are due."
        )
    last = {(one["application"], one["expert"]): one["seq"] for one in sheets}
    for at, one in enumerate(sheets, 1):
        check_sheet(one, most, file, f"sheets[{at}]")
        if bundle.acts is not None:
            said = {"case": one["application"], "expert": one["expert"], "at": one["at"], "does": "sheet"}
            act_is(bundle, one["seq"], said, file, f"sheets[{at}].seq")
        if seated is not None and one["counted"]:
            on_panel(seated, one, file, f"sheets[{at}].expert")
        reason(bundle, one, last[one["application"], one["expert"]], file, f"sheets[{at}].why")
    all_told(bundle, "sheet", [one["seq"] for one in sheets], file, "sheets")
    if seated is not None:
        missing(bundle, seated, document)


def missing(bundle: Bundle, seated: dict[str, set[str]], document: Json) -> None:
    """Every seat without a sheet that counts is told, of the applications that are still in the race."""
    file = "sheets.json"
    out = {one["id"] for one in bundle["ranking.json"]["out"]} if "ranking.json" in bundle else set[str]()
    listed = [(one["application"], one["expert"]) for one in document["missing"]]
    counted = {(one["application"], one["expert"]) for one in document["sheets"] if one["counted"]}
    if "ranking.json" not in bundle:  # nobody says which applications left the race
        out = set(seated) - {name for name, _ in {*listed, *counted}}
    due = {(name, expert) for name, panel in seated.items() if name not in out for expert in panel}
    same([list(one) for one in sorted(due - counted)], [list(one) for one in listed], file, "missing")


def reason(bundle: Bundle, one: Json, last: int | None, file: str, place: str) -> None:
    """Why a sheet does not count follows from what happened: later sheets, changes of the panel, its opening."""
    if one["why"] in ("", "sealed") or "panels.json" not in bundle:
        return
    if one["seq"] != last or one["why"] == "superseded":
        expected = "superseded" if one["seq"] != last else ""
    elif one["why"] == "late" and one["late"]:
        return
    else:
        expected = how_gone(bundle, one)
    why = one["why"] if bundle.acts is not None else one["why"].replace("-after-opening", "")
    if expected != why:
        raise other(file, place, expected, one["why"])


def how_gone(bundle: Bundle, one: Json) -> str:
    """How the expert of a sheet left the panel, and whether sheets had been opened before; "" who never did."""
    told = [each for each in bundle["panels.json"]["panels"] if each["application"] == one["application"]]
    changes = [each for row in told if one["expert"] not in row["end"] for each in row["changes"]]
    gone = [each for each in changes if one["expert"] in each["left"]]
    if not gone:
        return ""
    way = {"recused": "recused", "released": "released"}.get(gone[-1]["kind"], "replaced")
    opened = any(seq < gone[-1]["seq"] for seq in openings(bundle, one["application"]))
    return way + ("-after-opening" if opened else "")


def openings(bundle: Bundle, application: str) -> list[int]:
    acts = (bundle.acts or {}).items()
    return [seq for seq, act in acts if act["case"] == application and act["does"] == "opened"]


def on_panel(seated: dict[str, set[str]], one: Json, file: str, place: str) -> None:
    if one["expert"] not in seated.get(one["application"], ()):
        raise Wrong(
            file,
            place,
            f"“{shown(one['expert'])}”不在“{shown(one['application'])}”的评审组里，评分表却计了分。",
            f"“{shown(one['expert'])}” is not on the panel of “{shown(one['application'])}”, and the sheet counts.",
        )


def check_sheet(one: Json, most: dict[str, Fraction], file: str, place: str) -> None:
    if (one["points"] is None, one["total"] is None) != (one["why"] == "sealed",) * 2:
        raise no_place(file, f"{place}.points", one["points"])
    if one["points"] is not None:
        check_points(one, most, file, place)
    if late(one) != one["late"]:
        raise other(file, f"{place}.late", late(one), one["late"])
    if one["counted"] != (one["why"] == ""):
        raise other(file, f"{place}.counted", one["why"] == "", one["counted"])


def check_points(one: Json, most: dict[str, Fraction], file: str, place: str) -> None:
    for name in sorted({*one["points"], *most}):
        where = f"{place}.points.{name}"
        if name not in most:
            raise Wrong(file, where, "没有这项指标。", "is no criterion.")
        if name not in one["points"]:
            raise Wrong(file, where, "缺少这一项。", "is missing.")
        if Fraction(one["points"][name]) > most[name]:
            raise other(file, where, f"≤ {most[name]}", one["points"][name])
    total = sum((Decimal(points) for points in one["points"].values()), Decimal(0))
    if total != Decimal(one["total"]):
        raise other(file, f"{place}.total", f"{total:f}", one["total"])


def late(one: Json) -> bool:
    """Whether a sheet came after the moment, or after the day, on which it was due."""
    if one["due"] is None or one["at"] is None:
        return False
    at = datetime.fromisoformat(one["at"])
    return (
        at.date() > date.fromisoformat(one["due"])
        if day(one["due"])
        else at > datetime.fromisoformat(one["due"])
    )


# ------------------------------------------------------------------------------------------------------------ ranking


def check_ranking(bundle: Bundle) -> None:
    file = "ranking.json"
    if file not in bundle:
        return
    if "sheets.json" not in bundle:
        raise Wrong("sheets.json", "", "有排序而没有评分表。", "is missing beside the ranking.")
    ranking = bundle[file]
    check_entries(bundle, ranking, file)
    sheets = defaultdict(list)
    for one in bundle["sheets.json"]["sheets"]:
        if one["counted"]:
            sheets[one["application"]].append(one)
    entries = [one["id"] for one in ranking["entries"]]
    unscored = [one for one in entries if not sheets[one]]
    same(unscored, ranking["unscored"], file, "unscored")
    scores = {one: score(one, sheets[one], ranking["scoring"], file) for one in entries if sheets[one]}
    places = ranked(scores, ranking["scoring"], drawn_order(bundle, ranking, file), file)
    same(places, ranking["places"], file, "places")
    same_selection(select(ranking, places, file), ranking, file)


def check_entries(bundle: Bundle, ranking: Json, file: str) -> None:
    unique([one["id"] for one in ranking["entries"]], file, "entries")
    unique([one["id"] for one in ranking["out"]], file, "out")
    every = sorted([one["id"] for one in ranking["entries"] + ranking["out"]])
    unique(every, file, "out")
    seated = panels(bundle)
    expected = sorted(seated) if seated is not None else every
    same(expected, every, file, "entries")
    check_fields(bundle, ranking, file)
    check_out(bundle, ranking, file)
    known = set(every)
    for at, one in enumerate(bundle["sheets.json"]["sheets"], 1):
        if one["application"] not in known:
            raise Wrong(
                "sheets.json",
                f"sheets[{at}].application",
                f"排序里没有“{shown(one['application'])}”。",
                f"“{shown(one['application'])}” is not in the ranking.",
            )
    ties = ranking["scoring"]["ties"]
    unique(ties, file, "scoring.ties", ordered=False)
    if ties[:1] != ["total"] or "draw" in ties[1:-1]:
        raise no_place(file, "scoring.ties", ties)
    names = {one["id"] for one in bundle["sheets.json"]["criteria"]}
    for at, name in enumerate(ties, 1):
        if name not in names | {"total", "draw"}:
            raise no_place(file, f"scoring.ties[{at}]", name)


def check_fields(bundle: Bundle, ranking: Json, file: str) -> None:
    """The field of an application is that by which it was seated."""
    fields = {
        one["id"]: one["field"]
        for name in bundle.numbered("seating/")
        for one in bundle[name]["given"]["applications"]
    }
    for at, one in enumerate(ranking["entries"], 1):
        found = one["groups"].get("field", "")
        if fields.get(one["id"], found) != found:
            raise other(file, f"entries[{at}].groups.field", fields[one["id"]], found)


def check_out(bundle: Bundle, ranking: Json, file: str) -> None:
    """Whoever is out of the race left it by an act, or never had a panel; whoever is in it did not leave."""
    if bundle.acts is None:
        return
    by = {name: bundle.acts.get(seq, {}) for name, seq in bundle.outcomes.items()}
    told = {
        one["application"]: one["changes"] for one in bundle.data.get("panels.json", {}).get("panels", ())
    }
    for at, one in enumerate(ranking["out"], 1):
        act = by.get(one["id"], {})
        if one["why"] == "no-panel" and not act and not told.get(one["id"]):
            bundle.note(
                f"“{one['id']}”没有评审组，未参加排序。", f"“{one['id']}” had no panel and is not ranked."
            )
        elif (act.get("act"), act.get("does")) != (one["why"], "left"):
            raise Wrong(
                file, f"out[{at}].why", "没有使它退出的行为。", "is no act by which it left the race."
            )
    sealing = any(act["does"] == "opened" for act in bundle.acts.values())
    for at, one in enumerate(ranking["entries"], 1):
        if by.get(one["id"], {}).get("does", "decided") != "decided":
            raise Wrong(file, f"entries[{at}].id", "已经退出。", "left the race.")
        if sealing and not opened_last(bundle, one["id"]):
            raise Wrong(
                file,
                f"entries[{at}].id",
                "评审组变动或交表之后没有启封评分。",
                "had no sheets opened since the last change of its panel.",
            )


def opened_last(bundle: Bundle, application: str) -> bool:
    """Whether sheets were opened after the last of them came in and the panel last changed."""
    own = [(seq, act["does"]) for seq, act in (bundle.acts or {}).items() if act["case"] == application]
    last = max((seq for seq, does in own if does in ("panel", "sheet")), default=-1)
    return any(does == "opened" and seq > last for seq, does in own)


def criteria_of(scoring: Json) -> list[str]:
    return [one for one in scoring["ties"] if one not in ("total", "draw")]


def score(application: str, sheets: list[Json], scoring: Json, file: str) -> Json:
    """The mean of the sheets, under ``drop`` without one highest and one lowest."""
    kept, dropped = sorted(sheets, key=lambda one: one["expert"]), []
    if scoring["drop"]:
        if len(sheets) < 3:
            raise Wrong(
                file,
                "scoring.drop",
                f"“{application}”的评分表不足 3 份，不能去掉最高分和最低分。",
                f"“{application}” has fewer than 3 sheets, so highest and lowest cannot be left out.",
            )
        order = sorted(kept, key=lambda one: (Decimal(one["total"]), one["expert"]))
        lowest = order[0]
        highest = next(one for one in order[1:] if Decimal(one["total"]) == Decimal(order[-1]["total"]))
        kept = [one for one in kept if one is not lowest and one is not highest]
        dropped = [
            {"expert": one["expert"], "total": one["total"], "why": why}
            for one, why in ((highest, "highest"), (lowest, "lowest"))
        ]
    names = criteria_of(scoring)
    return {
        "score": mean([one["total"] for one in kept], scoring),
        "kept": [one["expert"] for one in kept],
        "dropped": dropped,
        "criteria": {name: mean([one["points"][name] for one in kept], scoring) for name in names},
    }


def mean(values: list[str], scoring: Json) -> str:
    """The exact mean, rounded once."""
    exact = sum(map(Fraction, values), Fraction(0)) / len(values) * 10 ** scoring["places"]
    rounded = round(exact) if scoring["rounding"] == "half-even" else int(exact + Fraction(1, 2))
    return f"{Decimal(rounded).scaleb(-scoring['places']):f}"


def drawn_order(bundle: Bundle, ranking: Json, file: str) -> list[str] | None:
    """The drawn order among equals, or None."""
    name = ranking["drawn_by"]
    if name is None:
        return None
    if "draw" not in ranking["scoring"]["ties"] or name not in bundle or not name.startswith("draw/order-"):
        raise no_place(file, "drawn_by", name)
    order = [one for draw in bundle[name]["draws"] for one in draw["seats"]]
    for one in [one for file_ in bundle.numbered("seating/") for one in seats_of(bundle[file_])]:
        if one not in order:
            raise not_drawn(file, one)
    return order


def not_drawn(file: str, one: str) -> Wrong:
    return Wrong(file, "drawn_by", f"抽签顺序里没有“{one}”。", f"“{one}” is not in the drawn order.")


def ranked(scores: dict[str, Json], scoring: Json, drawn: list[str] | None, file: str) -> list[Json]:
    """The places, best first, each with what decided it."""
    names = ["total", *criteria_of(scoring), "draw"]
    marks_ = {
        one: [Decimal(found["score"]), *(Decimal(found["criteria"][name]) for name in criteria_of(scoring))]
        for one, found in scores.items()
    }
    equals = Counter(map(tuple, marks_.values()))
    if drawn is not None:
        for one, own in marks_.items():
            if equals[tuple(own)] > 1:
                if one not in drawn:
                    raise not_drawn(file, one)
                own.append(Decimal(-drawn.index(one)))
    order = sorted(sorted(marks_), key=lambda one: marks_[one], reverse=True)
    equals = Counter(map(tuple, marks_.values()))
    places: list[Json] = []
    for at, one in enumerate(order):
        above = marks_[order[at - 1]] if at else marks_[one]
        decided = next((name for name, x, y in zip(names, above, marks_[one]) if x != y), "")
        found = scores[one]
        places.append(
            {
                "id": one,
                "rank": places[-1]["rank"] if at and not decided else at + 1,
                "score": found["score"],
                "tied": equals[tuple(marks_[one])] > 1,
                "decided_by": decided,
                "kept": found["kept"],
                "dropped": found["dropped"],
                "criteria": found["criteria"],
            }
        )
    return places


# -------------------------------------------------------------------------------------------------------------- quotas


def same_selection(found: Json, ranking: Json, file: str) -> None:
    for name, expected in found.items():
        same(expected, ranking[name], file, name)


def select(ranking: Json, places: list[Json], file: str) -> Json:
    """Who stands within the line: the order is walked from the top, past whom a quota stops."""
    of = {one["id"]: set(one["groups"].items()) for one in ranking["entries"]}
    groups_ = {place["id"]: of[place["id"]] for place in places}
    bounds = quotas(ranking, groups_, file)
    line = ranking["line"]
    if not bounds:
        inside = [place["id"] for place in places if line is None or place["rank"] <= line]
        empty = 0 if line is None else max(line - len(places), 0)
        return {"inside": inside, "displacements": [], "unmet": [], "empty": empty}
    walk = Walk(bounds, groups_, len(places) if line is None else line)
    for place in places:
        walk.offer(place["id"])
    by_rank = defaultdict(list)
    for place in places:
        by_rank[place["rank"]].append(place["id"] in walk.inside)
    for rank, inside in by_rank.items():
        if any(inside) and not all(inside):
            raise Wrong(
                file,
                "inside",
                f"第 {rank} 名同分，名额只够一部分；须先抽签。",
                f"equals at rank {rank} are parted by the line.",
            )
    unmet = [bound for group, bound in bounds.items() if walk.taken[group] < bound["least"]]
    return {
        "inside": walk.inside,
        "displacements": displaced(places, walk, groups_),
        "unmet": unmet,
        "empty": 0 if line is None else walk.left,
    }


def quotas(ranking: Json, groups_: dict[str, set[Group]], file: str) -> dict[Group, Json]:
    """The quota of each group: one for a value goes before one for every value of its kind."""
    values = sorted(set().union(*groups_.values()))
    bounds: dict[Group, Json] = {}
    seen: set[Group] = set()
    for at, one in enumerate(ranking["quotas"], 1):
        if (one["kind"], one["value"]) in seen or (one["most"] is not None and one["most"] < one["least"]):
            raise no_place(file, f"quotas[{at}]", one)
        seen.add((one["kind"], one["value"]))
    for one in sorted(ranking["quotas"], key=lambda one: not one["value"]):
        for group in (
            [(one["kind"], one["value"])] if one["value"] else [g for g in values if g[0] == one["kind"]]
        ):
            bounds.setdefault(group, {**one, "value": group[1]})
    possible(bounds, ranking["line"], file)
    return bounds


def possible(bounds: dict[Group, Json], line: int | None, file: str) -> None:
    """Places are kept by one kind of group, within the line, and no other kind is bounded beside it."""
    kept = [group[0] for group, bound in bounds.items() if bound["least"]]
    capped = {group[0] for group, bound in bounds.items() if bound["most"] is not None}
    total = sum(bound["least"] for bound in bounds.values())
    if kept and (len(set(kept)) > 1 or capped - set(kept) or line is None or total > line):
        raise Wrong(
            file, "quotas", "保底名额与其他名额不相容。", "keep places that other quotas or the line forbid."
        )


class Walk:
    """The walk from the top: what is taken, what is left, and why somebody was passed over."""

    def __init__(self, bounds: dict[Group, Json], groups_: dict[str, set[Group]], line: int) -> None:
        self.bounds, self.groups, self.left, self.line = bounds, groups_, line, line
        self.taken: Counter[Group] = Counter()
        self.inside: list[str] = []
        self.stopped: dict[str, Json] = {}
        there = Counter(group for own in groups_.values() for group in own)
        self.owed = {
            group: min(bound["least"], there[group]) for group, bound in bounds.items() if bound["least"]
        }

    def offer(self, one: str) -> None:
        if not self.left:
            return
        own = self.groups[one]
        stop = self.full(own) or self.kept(own)
        if stop:
            self.stopped[one] = stop
            return
        self.inside.append(one)
        self.taken.update(own)
        self.left -= 1

    def full(self, own: set[Group]) -> Json | None:
        return next(
            (
                bound
                for group, bound in self.bounds.items()
                if group in own and bound["most"] is not None and self.taken[group] >= bound["most"]
            ),
            None,
        )

    def kept(self, own: set[Group]) -> Json | None:
        """The first quota that is still owed places, where those left are just enough for such groups."""
        owed = {
            group: least - self.taken[group]
            for group, least in self.owed.items()
            if least > self.taken[group]
        }
        others = [group for group in owed if group not in own]
        if not others or any(group in own for group in owed):
            return None
        return self.bounds[others[0]] if self.left <= sum(owed[group] for group in others) else None


def displaced(places: list[Json], walk: Walk, groups_: dict[str, set[Group]]) -> list[Json]:
    """Who gave way with who came in, both in order; where a place was kept, by the quota of who took it."""
    within = [place["id"] for place in places[: walk.line]]
    gained = [one for one in walk.inside if one not in within]
    log = []
    for one in within:
        if one in walk.stopped:
            bound, heir = walk.stopped[one], gained.pop(0) if gained else None
            if heir is not None and (bound["kind"], bound["value"]) not in groups_[one]:
                bound = next((walk.bounds[group] for group in walk.owed if group in groups_[heir]), bound)
            log.append({"displaced": one, "taken_by": heir, "quota": bound})
    return log


# ----------------------------------------------------------------------------------------------------------- decisions


def check_decisions(bundle: Bundle) -> None:
    file = "decisions.json"
    if file not in bundle:
        return
    acts = bundle[file]["acts"]
    unique([one["seq"] for one in acts], file, "acts")
    for at, (one, next_) in enumerate(zip(acts, acts[1:]), 2):
        if datetime.fromisoformat(next_["at"]) < datetime.fromisoformat(one["at"]):
            raise Wrong(file, f"acts[{at}].at", "早于前一条记录。", "lies before the entry before it.")
    documents(bundle, acts, file)
    outcomes(bundle, acts, file)
    check_seqs(bundle, {one["seq"] for one in acts})
    if "ledger.json" in bundle:
        size = re.match(r"[^\n]+\n([0-9]{1,18})\n", bundle["ledger.json"]["checkpoint"])
        if size is None or (acts and int(size.group(1)) <= acts[-1]["seq"]):
            raise Wrong(
                "ledger.json",
                "checkpoint",
                "不是包含这些记录的检查点。",
                "is no checkpoint of a ledger that holds these entries.",
            )


def documents(bundle: Bundle, acts: list[Json], file: str) -> None:
    """What acts name by hash is in the bundle: lists are frozen before they are drawn, drawn before seats are given.

    The order among equals is frozen and drawn by the same acts as the experts.
    """
    known = named_documents(bundle)
    named: dict[str, int] = {}
    for at, one in enumerate(acts, 1):
        for place, sha256 in enumerate(one["documents"], 1):
            if sha256 not in known:
                raise Wrong(
                    file,
                    f"acts[{at}].documents[{place}]",
                    "包里没有这份文件。",
                    "is the hash of no document in this bundle.",
                )
            named.setdefault(sha256, at)
    if not named:
        bundle.note("没有行为写明文件的哈希。", "No act names a document by its hash.")
        return
    steps: dict[int, int] = {}
    for sha256, (name, step) in known.items():
        at = named.get(sha256, 0)
        if not at:
            raise Wrong(file, "acts", f"没有行为写明 {name}。", f"name no act for {name}.")
        earlier = [each for before, each in steps.items() if before < step]
        if steps.setdefault(step, at) != at or at <= max(earlier, default=0):
            raise Wrong(file, f"acts[{at}].documents", f"{name} 的先后不对。", f"name {name} out of order.")
    other_draws(bundle, acts)


def named_documents(bundle: Bundle) -> dict[str, tuple[str, int]]:
    """The documents that acts name, by hash: the file, and at which step it comes about; in the order of the steps."""
    orders = bundle.numbered("draw/order-")
    known = {}
    if "draw/frozen.json" in bundle:
        known[digest(bundle["draw/frozen.json"])] = ("draw/frozen.json", 0)
    known.update({bundle[name]["frozen_sha256"]: (f"{name} · frozen", 0) for name in orders})
    results = [name for name in ("draw/result.json", *orders) if name in bundle]
    known.update({bundle[name]["sha256"]: (name, 1) for name in results})
    seatings = bundle.numbered("seating/")
    known.update({bundle[name]["sha256"]: (name, at) for at, name in enumerate(seatings, 2)})
    return known


def other_draws(bundle: Bundle, acts: list[Json]) -> None:
    """Draws of the round that are not in the bundle, such as abandoned ones, are told."""
    own = {one["case"] for one in acts if one["documents"]} | set(panels(bundle) or ())
    own |= {one["application"] for one in bundle["decisions.json"]["outcomes"]}
    for name in sorted({one["case"] for one in acts} - own) if "panels.json" in bundle else ():
        last = [one["act"] for one in acts if one["case"] == name][-1]
        bundle.note(
            f"本批次另有抽取“{name}”（最后的行为：{last}），包里没有它的文件。",
            f"The round had another draw, “{name}” (last act: {last}); its documents are not in this bundle.",
        )


def outcomes(bundle: Bundle, acts: list[Json], file: str) -> None:
    rows = bundle[file]["outcomes"]
    unique([one["application"] for one in rows], file, "outcomes")
    last = {one["case"]: one["seq"] for one in acts if one["does"] in ("left", "decided")}
    same(last, bundle.outcomes, file, "outcomes")
    if "ranking.json" not in bundle:
        return
    ranking = bundle["ranking.json"]
    known = {one["id"] for one in ranking["entries"] + ranking["out"]}
    inside, out = set(ranking["inside"]), {one["id"] for one in ranking["out"]}
    for name in [place["id"] for place in ranking["places"] if place["id"] not in last] if last else ():
        bundle.note(f"“{name}”还没有决定。", f"Nothing was decided of “{name}” yet.")
    for at, one in enumerate(rows, 1):
        name = one["application"]
        if name not in known:
            raise Wrong(file, f"outcomes[{at}].application", "不在排序里。", "is not in the ranking.")
        if name in out and one["listed"]:
            raise other(file, f"outcomes[{at}].listed", False, True)
        if one["listed"] != (name in inside) and name not in out:
            bundle.note(
                f"“{name}”在名额线{'外' if one['listed'] else '内'}，会议决定{'列入' if one['listed'] else '不列入'}。",
                f"“{name}” stands {'outside' if one['listed'] else 'within'} the line, and the meeting "
                f"{'listed' if one['listed'] else 'did not list'} it.",
            )


def check_seqs(bundle: Bundle, seqs: set[int]) -> None:
    if "successions.json" not in bundle:
        return
    for at, one in enumerate(bundle["successions.json"]["successions"], 1):
        if one["seq"] is not None and one["seq"] not in seqs:
            raise Wrong(
                "successions.json",
                f"successions[{at}].seq",
                f"decisions.json 里没有第 {one['seq']} 条记录。",
                f"decisions.json has no entry {one['seq']}.",
            )


# ------------------------------------------------------------------------------------------------------------ the whole


def verify(
    bundle: Bundle, published: str | None = None, frozen: str | None = None, seed: Iterable[str] = ()
) -> tuple[Json, list[Wrong]]:
    """The manifest, and all wrong hashes and shapes, or the first thing that the replay shows to be wrong.

    What follows hangs on what went before, so the replay ends there. Raises ``Wrong``, ``Unreadable``.
    """
    told = manifest(bundle, published)
    found = [*hashes(bundle, told), *load(bundle, told)]
    if found:
        return told, found
    try:
        check_draw(bundle, frozen, seed)
        check_successions(bundle)
        check_seatings(bundle)
        check_panels(bundle)
        check_sheets(bundle)
        check_ranking(bundle)
        check_decisions(bundle)
    except Wrong as bad:
        return told, [bad]
    return told, []


def report(bundle: Bundle, told: Json, found: list[Wrong]) -> int:
    if found:
        print(f"不成立 / does not hold: {len(found)}")
        for one in found:
            print(f"  {one}")
        return 1
    print(f"成立 / holds: {shown(told['round'])} · {told['sha256']}")
    for part in told["absent"]:
        print(f"  包里没有 / not in this bundle: {part}")
    for zh, en in bundle.notes:
        print(f"  {zh}\n    {en}")
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bundle", help="zip, or folder")
    parser.add_argument("--published", metavar="HASH")
    parser.add_argument("--frozen", metavar="HASH")
    parser.add_argument("--seed", metavar="NAME=VALUE", action="append", default=[])
    asked = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        bundle = Bundle(read_bundle(asked.bundle), sha256_of(asked.bundle))
        told, found = verify(bundle, asked.published, asked.frozen, asked.seed)
    except Unreadable as bad:
        print(f"不能核验 / cannot be checked: {bad}")
        return 2
    except Wrong as bad:
        print(f"不成立 / does not hold: 1\n  {bad}")
        return 1
    except (ArithmeticError, LookupError, MemoryError, RecursionError, TypeError, ValueError) as bad:
        name = type(
            bad
        ).__name__  # nothing is known to lead here; whoever made such a file should still read a sentence
        print(
            f"不能核验：内容过大或前后不合（{name}）/ cannot be checked: too large, or at odds with itself ({name})"
        )
        return 2
    return report(bundle, told, found)


if __name__ == "__main__":
    sys.exit(main())
