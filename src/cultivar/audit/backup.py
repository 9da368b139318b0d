"""``backup`` writes one archive of the whole house while it runs: its form is that of ``backup_form``.

The tables are read in one transaction, so they are of one moment, and nobody waits for it. What lies beside them
needs none: the keys are read before that moment, so that the checkpoint remembered there is one that the tables
know; evidence is named by what it holds. Bytes that went after that moment, for nobody needed them any more, are not
missed. The archive is written aside under another name.
"""

import gzip
import hashlib
import io
import os
import re
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import IO, Any, BinaryIO

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model, QuerySet, TextField
from django.db.models.functions import Cast

from cultivar.audit import backup_form as form
from cultivar.audit.backup_form import CannotRestore, Manifest, Member, Progress
from cultivar.cases.dossier import thaw
from cultivar.cases.models import DossierVersion, Evidence
from cultivar.ledger import clock, keys, proofs, signing
from cultivar.policy.text import Text
from cultivar.roster.models import Import

ROWS_AT_ONCE = 200  # a frozen dossier may be large
# Measured on tables of the demonstration: level 1 leaves 28 % at 77 MB/s, level 6 leaves 23 % at 47 MB/s, level 9 the
# same at half the speed. Evidence (PDF, JPEG, XLSX) is packed already and goes in as it is.
GZIP_LEVEL = 6

_EXISTS = Text(
    "{file} 已经存在，没有动它；请换一个文件名。",
    "{file} exists already and was left alone; take another name.",
)
_NOT_MIGRATED = Text(
    "数据库的表与程序不一致；请先运行 cultivar migrate，再备份。",
    "The tables are not those of this program; run cultivar migrate, then make the backup.",
)
_MISSING = Text(
    "有 {count} 份佐证材料缺失或与其 SHA-256 不符（例如 {first}）；备份中没有它们。",
    "{count} files of evidence are missing or differ from their SHA-256 ({first}, for one); the backup lacks them.",
)


class Exists(FileExistsError):
    """There is a file of this name; ``text`` says so."""

    def __init__(self, file: Path) -> None:
        self.text = _EXISTS.fill(file=file)
        super().__init__(self.text.en)


@dataclass(frozen=True)
class Made:
    """A backup that was made. ``problems`` are what is wrong with the house, not with the backup."""

    file: Path
    bytes: int
    manifest: Manifest
    problems: tuple[Text, ...]


def backup(file: Path, progress: Progress = lambda done, total: None) -> Made:
    """Signs a checkpoint where a key is there, then writes the house into the new ``file`` (mode 0600).

    Raises ``Exists``, ``CannotRestore`` where the tables are not those of this program, and ``OSError``.
    """
    if os.path.lexists(file):
        raise Exists(file)
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CannotRestore(_NOT_MIGRATED)
    problems = [*_signed()]
    beside = list(_beside())
    with _written_aside(file) as out:
        manifest = _write(file, out, beside, progress)
    if manifest.missing:
        problems.append(_MISSING.fill(count=len(manifest.missing), first=manifest.missing[0]))
    return Made(file, file.stat().st_size, manifest, tuple(problems))


@contextmanager
def one_moment() -> Iterator[None]:
    """Inside the block everything read from the database is of the moment of the first reading; nobody is held up."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")  # Django's own would take the writer's place
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def evidence_named() -> list[str]:
    """SHA-256 of every file that a row, a dossier as it was submitted, or an import that holds its file still names."""
    named = set(Evidence.objects.order_by().values_list("sha256", flat=True).distinct())
    for version in DossierVersion.objects.order_by("sha256").iterator(chunk_size=ROWS_AT_ONCE):
        named.update(one["sha256"] for one in thaw(version).get("evidence", ()))
    named.update(Import.objects.filter(pruned_at=None).order_by().values_list("sha256", flat=True).distinct())
    return sorted(named)


def rows(model: type[Model]) -> Iterator[list[Any]]:
    """The rows of a table in the form of the archive, by key, without holding them all."""
    kept = _kept(model)
    texts = {one.attname: f"{one.attname}_as_text" for _, one in form.columns(model) if form.is_json(one)}
    names = [texts.get(one.attname, one.attname) for _, one in form.columns(model)]
    kept = kept.annotate(**{text: Cast(name, TextField()) for name, text in texts.items()})
    plain = form.to_plain(model)
    for row in kept.order_by("pk").values_list(*names).iterator(chunk_size=ROWS_AT_ONCE):
        yield plain(row)


def _kept(model: type[Model]) -> "QuerySet[Any]":
    return model._base_manager.filter(**form.ONLY.get(model._meta.db_table, {}))


def _signed() -> Iterator[Text]:
    """Signs, so that the backup can be compared with a checkpoint; gives why not, where that is refused."""
    try:
        if keys.signers():
            signing.sign()
    except (keys.NoKey, signing.Contradiction) as error:
        yield error.text


def _beside() -> Iterator[tuple[str, bytes]]:
    """The small files of the house: names in the archive, and what they hold."""
    folder = Path(settings.LEDGER_KEYS)
    names = [form.SECRET_KEY, form.WITNESSES, form.CLOCK, form.DOORS, form.STAMP]
    if folder.is_dir():
        found = sorted(
            one.name
            for one in folder.iterdir()
            if one.is_file() and not one.name.endswith(".new") and one.name != keys.LOCK
        )
        names += [form.KEYS + name for name in found if form.known_name(form.KEYS + name)]
    for name in names:
        with suppress(FileNotFoundError):
            yield name, form.place_of(name).read_bytes()


@dataclass
class _Archive:
    """A tar that remembers what went into it."""

    tar: tarfile.TarFile
    folder: Path
    members: dict[str, Member] = field(default_factory=dict)

    def add(self, name: str, stream: IO[bytes], size: int, sha256: str) -> None:
        """Adds ``size`` bytes of ``stream`` whose SHA-256 is known."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        self.tar.addfile(info, stream)
        self.members[name] = Member(sha256, size)

    def add_bytes(self, name: str, body: bytes) -> None:
        """Adds a small file."""
        self.add(name, io.BytesIO(body), len(body), hashlib.sha256(body).hexdigest())

    def add_table(self, model: type[Model], tick: "_Tick") -> int:
        """Adds a table and gives the number of its rows."""
        count = 0
        with tempfile.TemporaryFile(dir=self.folder) as spool:
            with gzip.GzipFile(
                filename="", fileobj=spool, mode="wb", compresslevel=GZIP_LEVEL, mtime=0
            ) as packed:
                packed.write(form.line(form.header(model)))
                for row in rows(model):
                    packed.write(form.line(row))
                    count += 1
                    tick()
            size = spool.tell()
            spool.seek(0)
            sha256 = hashlib.file_digest(spool, "sha256").hexdigest()
            spool.seek(0)
            self.add(form.member_of(model._meta.db_table), spool, size, sha256)
        return count

    def add_evidence(self, sha256: str) -> bool:
        """Adds a file of evidence; False where it is missing, or not what its name says."""
        name = form.EVIDENCE + sha256
        if re.fullmatch("[0-9a-f]{64}", sha256) is None:
            return False
        try:
            with form.place_of(name).open("rb") as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != sha256:
                    return False
                size = stream.tell()
                stream.seek(0)
                self.add(name, stream, size, sha256)
        except FileNotFoundError:
            return False
        return True


class _Tick:
    """Counts units done and tells whoever wants to know."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def __call__(self) -> None:
        """One more row or file."""
        self._done += 1
        self._progress(self._done, self._total)


@dataclass(frozen=True)
class _Moment:
    """What the database says of itself at the moment of a backup."""

    tables: dict[str, int]
    migrations: tuple[tuple[str, str], ...]
    size: int
    root: bytes
    checkpoint: str | None
    evidence: list[str]


def _write(file: Path, out: BinaryIO, beside: list[tuple[str, bytes]], progress: Progress) -> Manifest:
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        archive = _Archive(tar, file.parent)
        moment, tick = _write_tables(archive, progress)
        for name, body in beside:
            archive.add_bytes(name, body)
        missing = []
        for sha256 in moment.evidence:
            if not archive.add_evidence(sha256):
                missing.append(sha256)
            tick()
        if missing:  # what went meanwhile was needed no more
            missing = sorted({*missing} & {*evidence_named()})
        manifest = _manifest(moment, dict(archive.members), tuple(missing))
        body = manifest.dumped()
        archive.add_bytes(form.MANIFEST, body)
        said = f"{hashlib.sha256(body).hexdigest()}  {form.MANIFEST}\n"
        archive.add_bytes(form.MANIFEST_SUM, said.encode())
    return manifest


def _write_tables(archive: _Archive, progress: Progress) -> tuple[_Moment, _Tick]:
    models = form.kept_models(apps)
    with one_moment():
        size, root = proofs.head()
        checkpoint = signing.latest()
        note = signing.note_of(checkpoint) if checkpoint else None
        evidence = evidence_named()
        applied = tuple(sorted(MigrationRecorder(connection).applied_migrations()))
        tick = _Tick(progress, sum(_kept(model).count() for model in models) + len(evidence))
        tables = {model._meta.db_table: archive.add_table(model, tick) for model in models}
    return _Moment(tables, applied, size, root, note, evidence), tick


def _manifest(moment: _Moment, members: dict[str, Member], missing: tuple[str, ...]) -> Manifest:
    return Manifest(
        program=program_version(),
        made_at=clock.now().isoformat(),
        database=connection.vendor,
        migrations=moment.migrations,
        tables=moment.tables,
        size=moment.size,
        root=moment.root.hex(),
        checkpoint=moment.checkpoint,
        members=members,
        missing=missing,
    )


def program_version() -> str:
    """The version of this program, installed or run from its folder."""
    try:
        return metadata.version("cultivar")
    except metadata.PackageNotFoundError:
        project = tomllib.loads((Path(settings.ROOT) / "pyproject.toml").read_text("utf-8"))
        return str(project["project"]["version"])


@contextmanager
def _written_aside(file: Path) -> Iterator[BinaryIO]:
    """A stream to a file beside ``file``, which takes its name once it is whole and on the disk."""
    aside = file.with_name(f".{file.name}.{os.getpid()}.part")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        _take_name(aside, file)
    finally:
        aside.unlink(missing_ok=True)
    synchronise(file.parent)


def synchronise(folder: Path) -> None:
    """Brings the names in a folder to the disk, where the system lets a folder be synchronised."""
    with suppress(OSError, AttributeError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _take_name(aside: Path, file: Path) -> None:
    """Gives the finished file its name, in place of none. Raises ``Exists``."""
    try:
        os.link(aside, file)
    except FileExistsError:
        raise Exists(file) from None
    except OSError:  # a disk without second names, such as a stick
        if os.path.lexists(file):
            raise Exists(file) from None
        aside.replace(file)
