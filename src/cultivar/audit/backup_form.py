"""The form of a backup: one tar of tables as gzipped JSON Lines, files as they are, and a manifest at the end.

A table's first line names it and its columns; every further line is one row as an array. Values have one form on
every database: bytes as base64, decimals, dates, moments (in UTC) and UUIDs as text, JSON as its text.
The manifest comes last but one, and its SHA-256 last: what was cut off has neither.
"""

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

from django.apps.registry import Apps
from django.conf import settings
from django.db.models import Field, ForeignKey, Model

from cultivar.policy.text import Text

FORMAT = 1
MANIFEST, MANIFEST_SUM = "manifest.json", "manifest.sha256"
TABLES, EVIDENCE, KEYS = "tables/", "evidence/", "keys/"
SECRET_KEY, WITNESSES = "secret-key", "witnesses"
CLOCK, DOORS, STAMP = "clock.json", "doors.json", "demonstration.json"  # a demonstration's
LONGEST_LINE = 256 * 1024 * 1024  # bytes of a row: five of the largest files would fit

# Who is signed in is of the moment. Work that waits is kept; what has run or is running is not.
LEFT_OUT = frozenset({"django_session", "jobs_worker"})
ONLY = {"django_tasks_database_dbtaskresult": {"status": "READY"}}

AnyField: TypeAlias = "Field[Any, Any]"
Progress: TypeAlias = Callable[[int, int], None]  # units done (rows and files), of how many

_NAMES = re.compile(
    rf"{TABLES}[a-z][a-z0-9_]*\.jsonl\.gz|{EVIDENCE}[0-9a-f]{{64}}|{KEYS}[A-Za-z0-9][A-Za-z0-9._-]{{0,100}}"
    rf"|{SECRET_KEY}|{WITNESSES}|clock\.json|doors\.json|demonstration\.json|manifest\.json|manifest\.sha256"
)


class BadBackup(Exception):
    """A file that is no backup, or no longer the one that was made; ``text`` says what is wrong."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class CannotRestore(Exception):
    """Nothing is made, or written back, here and now; ``text`` says why and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


DAMAGED = Text(
    "备份文件已损坏（{where}）；请换一份备份。没有写入任何数据。",
    "The backup is damaged ({where}); take another one. Nothing was written.",
)


@dataclass(frozen=True)
class Member:
    """What the manifest says of one file of the archive."""

    sha256: str  # hex, of its bytes as they stand in the archive
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """What a backup holds, and of what it is."""

    program: str
    made_at: str
    database: str
    migrations: tuple[tuple[str, str], ...]  # (app, name), as applied
    tables: dict[str, int]  # rows
    size: int  # entries of the ledger
    root: str  # hex
    checkpoint: str | None  # the latest signed note
    members: dict[str, Member]
    missing: tuple[str, ...] = ()  # SHA-256 of evidence that rows name and no file holds, or holds otherwise
    format: int = field(default=FORMAT)

    def dumped(self) -> bytes:
        """The manifest as a member of the archive."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode() + b"\n"


def manifest_of(body: bytes) -> Manifest:
    """Reads a manifest. Raises ``BadBackup`` for what is none, or was written by a later program."""
    try:
        said = json.loads(body)
        if said["format"] > FORMAT:
            raise BadBackup(NEWER.fill(program=said["program"]))
        return Manifest(
            program=str(said["program"]),
            made_at=str(said["made_at"]),
            database=str(said["database"]),
            migrations=tuple((str(app), str(name)) for app, name in said["migrations"]),
            tables={str(table): int(rows) for table, rows in said["tables"].items()},
            size=int(said["size"]),
            root=str(said["root"]),
            checkpoint=said["checkpoint"],
            members={name: Member(one["sha256"], one["bytes"]) for name, one in said["members"].items()},
            missing=tuple(said["missing"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadBackup(DAMAGED.fill(where=MANIFEST)) from None


NEWER = Text(
    "这份备份由更新的程序（{program}）写成；请先更新程序再恢复。没有写入任何数据。",
    "This backup was made by a newer program ({program}); update the program first. Nothing was written.",
)


def known_name(name: str) -> bool:
    """Whether a member of an archive may have this name: no folder of ours, no way out of it."""
    return _NAMES.fullmatch(name) is not None


def place_of(name: str) -> Path:
    """Where a file of an archive lies in a house. ``LookupError`` for tables and the manifest."""
    single = {
        SECRET_KEY: Path(settings.HOME) / SECRET_KEY,
        WITNESSES: Path(settings.LEDGER_WITNESSES),
        CLOCK: Path(settings.DEMO_CLOCK),
        DOORS: Path(settings.HOME) / DOORS,
        STAMP: Path(settings.HOME) / STAMP,
    }
    if name in single:
        return single[name]
    if name.startswith(KEYS):
        return Path(settings.LEDGER_KEYS) / name.removeprefix(KEYS)
    if name.startswith(EVIDENCE):
        sha256 = name.removeprefix(EVIDENCE)
        return Path(settings.EVIDENCE_FOLDER) / sha256[:2] / sha256[2:4] / sha256
    raise LookupError(name)


def member_of(table: str) -> str:
    """The name of a table's member."""
    return f"{TABLES}{table}.jsonl.gz"


def kept_models(apps: Apps) -> list[type[Model]]:
    """The models whose tables a backup holds, each after those that it refers to."""
    models = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in LEFT_OUT
    }
    ordered: list[type[Model]] = []
    visiting: set[str] = set()

    def add(table: str) -> None:
        if table in visiting or table not in models:
            return
        visiting.add(table)
        for one in models[table]._meta.local_concrete_fields:
            if isinstance(one, ForeignKey):
                add(one.related_model._meta.db_table)
        ordered.append(models[table])

    for table in sorted(models):
        add(table)
    return ordered


def header(model: type[Model]) -> list[Any]:
    """The first line of a table: its name and its columns."""
    return [model._meta.db_table, [column for column, _ in columns(model)]]


def fields_of(model: type[Model], said: Any) -> list[AnyField] | None:
    """The fields of a table in the order of its first line, which may be another one; None for another table."""
    known = dict(columns(model))
    if not (isinstance(said, list) and len(said) == 2 and said[0] == model._meta.db_table):
        return None
    if not isinstance(said[1], list) or sorted(map(str, said[1])) != sorted(known):
        return None
    return [known[str(name)] for name in said[1]]


def columns(model: type[Model]) -> list[tuple[str, AnyField]]:
    """The columns of a model's table, each with the field that knows its kind."""
    return [(one.column, one) for one in model._meta.local_concrete_fields if one.column]


def kind_of(one: AnyField) -> str:
    """The kind of a column; that of the key it points to where it points to one."""
    while isinstance(one, ForeignKey):
        one = one.target_field
    return one.get_internal_type()


def is_json(one: AnyField) -> bool:
    """Whether a column holds JSON, which travels as its text."""
    return kind_of(one) == "JSONField"


_Way: TypeAlias = Callable[[Any], Any]


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _unbased(value: str) -> bytes:
    return base64.b64decode(value, validate=True)


def _typed(*kinds: type) -> _Way:
    def check(value: Any) -> Any:
        if type(value) not in kinds:
            raise ValueError(f"{value!r} is not of {kinds}")
        return value

    return check


_same = (lambda value: value, _typed(str))
_whole = (int, _typed(int))
_WAYS: dict[str, tuple[_Way, _Way]] = {
    **dict.fromkeys(("CharField", "TextField", "SlugField", "EmailField", "URLField"), _same),
    **dict.fromkeys(
        ("AutoField", "BigAutoField", "SmallAutoField", "IntegerField", "BigIntegerField"), _whole
    ),
    **dict.fromkeys(("SmallIntegerField", "PositiveSmallIntegerField", "PositiveIntegerField"), _whole),
    "PositiveBigIntegerField": _whole,
    "BooleanField": (bool, _typed(bool)),
    "JSONField": (str, _typed(str)),
    "BinaryField": (lambda value: base64.b64encode(value).decode(), _unbased),
    "DateTimeField": (_moment, datetime.fromisoformat),
    "DateField": (date.isoformat, date.fromisoformat),
    "DecimalField": (str, Decimal),
    "UUIDField": (str, UUID),
}


def to_plain(model: type[Model]) -> Callable[[Iterable[Any]], list[Any]]:
    """What turns a row as Django reads it (JSON as text) into one of the archive."""
    ways = [_WAYS[kind_of(one)][0] for _, one in columns(model)]
    return lambda row: [None if value is None else way(value) for value, way in zip(row, ways, strict=True)]


def from_plain(fields: Iterable[AnyField]) -> Callable[[Iterable[Any]], list[Any]]:
    """The way back. The function raises ``ValueError`` or ``TypeError`` for what no such row can be."""
    ways = [_WAYS[kind_of(one)][1] for one in fields]
    return lambda row: [None if value is None else way(value) for value, way in zip(row, ways, strict=True)]


def line(values: list[Any]) -> bytes:
    """A line of a table."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def lines(stream: Any, member: str) -> Iterator[list[Any]]:
    """The lines of a table. Raises ``BadBackup``."""
    while body := stream.readline(LONGEST_LINE):
        try:
            values = json.loads(body)
        except ValueError:
            values = None
        if not isinstance(values, list):
            raise BadBackup(DAMAGED.fill(where=member))
        yield values
