"""``restore`` brings a backup back into an empty house: an empty data folder and an empty database of either kind.

First the whole archive is read and every member held against the SHA-256 that the manifest gives; only then is
anything written. Rows go in through plain inserts in one transaction, so that the triggers that keep the record are
in force all the time. Before it ends, counts are compared, the tree is grown anew from the leaves, and its root is held
against the manifest and the last checkpoint. What fails leaves nothing behind.

Tables are made as they were when the backup was made, and brought up to this program's afterwards.
"""

import gzip
import hashlib
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from decimal import InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps.registry import Apps
from django.conf import settings
from django.core.management.color import no_style
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model

from cultivar.audit import backup_form as form
from cultivar.audit.backup import synchronise
from cultivar.audit.backup_form import DAMAGED, NEWER, BadBackup, CannotRestore, Manifest, Progress
from cultivar.ledger import checkpoint, keys, merkle, note, signing, tree
from cultivar.policy.text import Text

ROWS_AT_ONCE = 500
PIECE = 1024 * 1024
MADE_BY_DJANGO = ("auth_permission", "django_content_type")  # filled as tables are made

_NOT_A_BACKUP = Text(
    "{file} 不是本系统的备份文件。没有写入任何数据。", "{file} is no backup of Cultivar. Nothing was written."
)
_CUT_OFF = Text(
    "{file} 不完整（后面的部分读不到）；请换一份备份。没有写入任何数据。",
    "{file} is incomplete, its end cannot be read; take another one. Nothing was written.",
)
_FOLDER_IN_USE = Text(
    "{folder} 里已有内容（{name}），没有动它；请用 CULTIVAR_HOME 指定一个空文件夹。",
    "{folder} holds something already ({name}) and was left alone; name an empty folder in CULTIVAR_HOME.",
)
_DATABASE_IN_USE = Text(
    "数据库里已有数据（{table}），没有动它；请用 CULTIVAR_DATABASE 指定一个空数据库。",
    "The database holds data already ({table}) and was left alone; name an empty one in CULTIVAR_DATABASE.",
)
_OTHER_TABLES = Text(
    "数据库的表与备份的版本不同；请指定一个没有表的数据库。",
    "The database has tables of another version than the backup; name a database without tables.",
)
_ROOT_DIFFERS = Text(
    "恢复出的账本与{what}不符：这份备份不能用。没有保留任何数据。",
    "The ledger that came back differs from {what}: this backup is of no use. Nothing was kept.",
)
_ITS_MANIFEST = Text("备份清单", "the manifest")
_ITS_CHECKPOINT = Text("最近的检查点", "the last checkpoint")
_ITS_TREE = Text("所存的树", "the stored tree")


@dataclass(frozen=True)
class Restored:
    """What came back. ``checkpoint_size`` is that of the last checkpoint, whose root was found again."""

    manifest: Manifest
    root: str  # hex, grown anew from the leaves
    checkpoint_size: int | None
    problems: tuple[Text, ...]


def restore(file: Path, progress: Progress = lambda done, total: None) -> Restored:
    """Writes the backup ``file`` into the configured data folder and database, both empty.

    A folder of keys outside the data folder is left as it is; the note of the last checkpoint kept there is held
    against what came back, and what contradicts it is a problem of the result, with an alarm in the ledger.
    Raises ``CannotRestore``, ``BadBackup`` or ``OSError``; nothing is left behind then.
    """
    manifest = examined(file)
    if not set(manifest.migrations) <= MigrationLoader(None).disk_migrations.keys():
        raise BadBackup(NEWER.fill(program=manifest.program))
    _require_empty_folder()
    with _database_of_its_own(manifest), ExitStack() as undo, tarfile.open(file, "r:") as tar:
        _place_files(tar, manifest, undo)
        if connection.vendor == "sqlite":  # which makes no tables inside a transaction
            _migrate(manifest.migrations)
        with transaction.atomic():
            if connection.vendor != "sqlite":
                _migrate(manifest.migrations)
            apps = _state(manifest.migrations)
            _load(tar, manifest, apps, progress)
            root, covered = _checked(manifest, apps)
            connection.check_constraints()
        undo.pop_all()
    _migrate_to_present()
    return Restored(manifest, root.hex(), covered, (*_missing(manifest), *_contradictions()))


# ------------------------------------------------------------------------------------------ reading the archive


def examined(file: Path) -> Manifest:
    """Reads a whole archive and holds every member against its manifest. Raises ``BadBackup`` or ``OSError``."""
    found: dict[str, form.Member] = {}
    kept: dict[str, bytes] = {}
    try:
        with tarfile.open(file, "r:") as tar:
            for info in tar:
                if info.type != tarfile.REGTYPE or not form.known_name(info.name) or info.name in found:
                    raise BadBackup(_NOT_A_BACKUP.fill(file=file))
                stream = _stream(tar, info)
                if info.name in (form.MANIFEST, form.MANIFEST_SUM):
                    kept[info.name] = stream.read()
                    stream.seek(0)
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
                found[info.name] = form.Member(digest, info.size)
    except (tarfile.ReadError, EOFError, UnicodeError, ValueError) as error:
        raise BadBackup((_CUT_OFF if found else _NOT_A_BACKUP).fill(file=file)) from error
    if form.MANIFEST not in kept or form.MANIFEST_SUM not in kept:
        raise BadBackup((_CUT_OFF if found else _NOT_A_BACKUP).fill(file=file))
    manifest_sum = found.pop(form.MANIFEST).sha256
    found.pop(form.MANIFEST_SUM)
    if kept[form.MANIFEST_SUM] != f"{manifest_sum}  {form.MANIFEST}\n".encode():
        raise BadBackup(DAMAGED.fill(where=form.MANIFEST))
    manifest = form.manifest_of(kept[form.MANIFEST])
    for name in sorted({*found, *manifest.members}):
        if found.get(name) != manifest.members.get(name):
            raise BadBackup(DAMAGED.fill(where=name))
    return manifest


def _stream(tar: tarfile.TarFile, member: str | tarfile.TarInfo) -> Any:
    """The bytes of a member that ``examined`` has seen."""
    stream = tar.extractfile(member)
    if stream is None:
        raise LookupError(f"{member} is no file")
    return stream


# ------------------------------------------------------------------------------------------------ an empty house


def _database_file() -> Path | None:
    """The file of an SQLite database."""
    return Path(connection.settings_dict["NAME"]).resolve() if connection.vendor == "sqlite" else None


def _keeps_keys() -> bool:
    """Whether the folder of keys lies outside the data folder and is in use: it is left as it is then."""
    folder = Path(settings.LEDGER_KEYS).resolve()
    outside = Path(settings.HOME).resolve() not in (folder, *folder.parents)
    return outside and folder.is_dir() and any(folder.iterdir())


def _require_empty_folder() -> None:
    """Raises ``CannotRestore`` where the data folder holds more than an empty house: database and secret key."""
    home = Path(settings.HOME)
    database = _database_file()
    allowed = {form.SECRET_KEY}
    if database is not None and database.parent == home.resolve():
        allowed |= {database.name, f"{database.name}-wal", f"{database.name}-shm"}
    for folder in (home, Path(settings.EVIDENCE_FOLDER)):
        if folder.is_dir():
            others = sorted(one.name for one in folder.iterdir() if one.name not in allowed)
            if others:
                raise CannotRestore(_FOLDER_IN_USE.fill(folder=folder, name=others[0]))
    witnesses = Path(settings.LEDGER_WITNESSES)
    if witnesses.exists():
        raise CannotRestore(_FOLDER_IN_USE.fill(folder=witnesses.parent, name=witnesses.name))


@contextmanager
def _database_of_its_own(manifest: Manifest) -> Iterator[None]:
    """An empty database for the block; made where there is none, and gone again where the block fails.

    Raises ``CannotRestore`` where there are rows, or tables of another version.
    """
    file, home = _database_file(), Path(settings.HOME)
    new_home = not home.exists()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file is not None and not file.exists()
    try:
        if not new:
            new = not _require_empty_database(manifest) and file is not None
        yield
    except BaseException:
        connection.close()
        if new and file is not None:
            for one in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
                one.unlink(missing_ok=True)
        if new_home:
            with suppress(OSError):
                home.rmdir()
        raise


def _require_empty_database(manifest: Manifest) -> bool:
    """Whether there are tables. Raises ``CannotRestore``."""
    executor = MigrationExecutor(connection)
    applied = set(executor.loader.applied_migrations)
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - {"django_migrations", *MADE_BY_DJANGO}
        for table in sorted(tables):
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608 - names of tables
            if cursor.fetchone() is not None:
                raise CannotRestore(_DATABASE_IN_USE.fill(table=table))
    if (tables and not applied) or not applied <= set(manifest.migrations):
        raise CannotRestore(_OTHER_TABLES)
    return bool(tables)


# ------------------------------------------------------------------------------------------------------- tables


_Node = tuple[str, str]


def _latest(migrations: Iterable[_Node]) -> list[_Node]:
    """The last migrations of each app among those that were applied."""
    graph = MigrationExecutor(connection).loader.graph
    wanted = set(migrations) & graph.nodes.keys()
    return [
        node
        for node in sorted(wanted)
        if not any(child.key in wanted and child.key[0] == node[0] for child in graph.node_map[node].children)
    ]


def _migrate(migrations: Iterable[_Node]) -> None:
    """Makes the tables as they were, without the rows that Django adds of itself."""
    MigrationExecutor(connection).migrate(_latest(migrations))


def _state(migrations: Iterable[_Node]) -> Apps:
    """The models as they were."""
    state = MigrationExecutor(connection).loader.project_state(_latest(migrations))
    return state.apps


def _migrate_to_present() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)


def _load(tar: tarfile.TarFile, manifest: Manifest, apps: Apps, progress: Progress) -> None:
    """Puts every row back. Raises ``BadBackup``."""
    models = form.kept_models(apps)
    if {model._meta.db_table for model in models} != manifest.tables.keys():
        raise BadBackup(DAMAGED.fill(where=form.TABLES))
    with connection.cursor() as cursor:
        for table in MADE_BY_DJANGO:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names of our own
        done, total = 0, sum(manifest.tables.values())
        for model in models:
            table = model._meta.db_table
            before = done
            for count in _load_table(
                cursor, model, _stream(tar, form.member_of(table)), form.member_of(table)
            ):
                done += count
                progress(done, total)
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names of our own
            if not cursor.fetchone()[0] == done - before == manifest.tables[table]:
                raise BadBackup(DAMAGED.fill(where=form.member_of(table)))
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _load_table(cursor: Any, model: type[Model], packed: Any, member: str) -> Iterator[int]:
    """Inserts the rows of a table, some at a time; gives how many."""
    damaged = BadBackup(DAMAGED.fill(where=member))
    try:
        with gzip.GzipFile(fileobj=packed) as stream:
            lines = form.lines(stream, member)
            fields = form.fields_of(model, next(lines, None))
            if fields is None:
                raise damaged
            insert, prepare = _insertion(model, fields), _prepared(fields)
            while some := [prepare(row) for row in islice(lines, ROWS_AT_ONCE)]:
                cursor.executemany(insert, some)
                yield len(some)
    except (gzip.BadGzipFile, EOFError, zlib.error, ValueError, TypeError, InvalidOperation):
        raise damaged from None


def _insertion(model: type[Model], fields: list[form.AnyField]) -> str:
    names = ", ".join(connection.ops.quote_name(str(one.column)) for one in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608 - names of our own


def _prepared(fields: list[form.AnyField]) -> Callable[[list[Any]], list[Any]]:
    """What turns a row of the archive into parameters for this database. JSON is written as the text that it is."""
    read = form.from_plain(fields)
    ways = [_as_it_is if form.is_json(one) else _saving(one) for one in fields]
    return lambda row: [way(value) for way, value in zip(ways, read(row), strict=True)]


def _as_it_is(value: Any) -> Any:
    return value


def _saving(one: form.AnyField) -> Callable[[Any], Any]:
    return lambda value: one.get_db_prep_save(value, connection)


# ------------------------------------------------------------------------------------------------- is it the same


def _checked(manifest: Manifest, apps: Apps) -> tuple[bytes, int | None]:
    """Grows the tree anew from the leaves; gives its root, and the size of the last checkpoint, found again.

    Raises ``BadBackup`` where the leaves, the stored tree, the manifest and the checkpoint do not agree.
    """
    said = None if manifest.checkpoint is None else _opened(manifest.checkpoint, apps)
    edge: tuple[bytes, ...] = ()
    size, at_checkpoint = 0, merkle.EMPTY
    entries = (
        apps.get_model("ledger", "Entry").objects.order_by("seq").values_list("seq", "leaf", "leaf_hash")
    )
    for seq, leaf, kept in entries.iterator(chunk_size=2000):
        node = merkle.leaf_hash(bytes(leaf))
        if seq != size or node != bytes(kept):
            raise BadBackup(_ROOT_DIFFERS.fill(what=_ITS_TREE))
        edge = tree.grown(edge, size, node)
        size += 1
        if said is not None and size == said.size:
            at_checkpoint = tree.root_of_edge(edge)
    head = apps.get_model("ledger", "Head").objects.filter(id=1).first()
    stored = (0, b"") if head is None else (head.size, bytes(head.edge))
    if stored != (size, tree.packed(edge)):
        raise BadBackup(_ROOT_DIFFERS.fill(what=_ITS_TREE))
    root = tree.root_of_edge(edge)
    if (manifest.size, manifest.root) != (size, root.hex()):
        raise BadBackup(_ROOT_DIFFERS.fill(what=_ITS_MANIFEST))
    if said is not None and (said.size > size or said.root != at_checkpoint):
        raise BadBackup(_ROOT_DIFFERS.fill(what=_ITS_CHECKPOINT))
    return root, None if said is None else said.size


def _opened(signed: str, apps: Apps) -> checkpoint.Checkpoint:
    """The checkpoint of a backup, signed by a key that the ledger knows. Raises ``BadBackup``."""
    known = apps.get_model("ledger", "VerifierKey").objects.values_list("vkey", flat=True)
    try:
        said, _ = checkpoint.opened(signed, [note.verifier(vkey) for vkey in known])
    except note.BadNote:
        raise BadBackup(_ROOT_DIFFERS.fill(what=_ITS_CHECKPOINT)) from None
    return said


def _missing(manifest: Manifest) -> Iterator[Text]:
    if manifest.missing:
        yield Text(
            "备份时已缺 {count} 份佐证材料（例如 {first}）。",
            "{count} files of evidence were missing already when the backup was made ({first}, for one).",
        ).fill(count=len(manifest.missing), first=manifest.missing[0])


def _contradictions() -> Iterator[Text]:
    """What the note of the last checkpoint, kept beside the keys, says against what came back."""
    kept = signing.remembered()
    if kept is not None:
        try:
            said = checkpoint.parse(note.open_note(kept, ()).text)
            if said.origin == keys.origin():
                signing.compare(said, kept)
        except (signing.Contradiction, note.BadNote) as error:
            yield error.text


# -------------------------------------------------------------------------------------------------------- files


def _place_files(tar: tarfile.TarFile, manifest: Manifest, undo: ExitStack) -> None:
    """Writes what lies beside the database; ``undo`` takes it away again."""
    keeps_keys = _keeps_keys()
    for name in manifest.members:
        if name.startswith(form.TABLES) or (keeps_keys and name.startswith(form.KEYS)):
            continue
        place = form.place_of(name)
        if name == form.SECRET_KEY and place.exists():  # only sessions hang on it, and none come back
            continue
        _make_folder(place.parent, undo, mode=0o700 if name.startswith(form.KEYS) else 0o755)
        _write_file(place, _stream(tar, name), undo, private=not name.startswith(form.EVIDENCE))
    for folder in {
        form.place_of(name).parent for name in manifest.members if not name.startswith(form.TABLES)
    }:
        synchronise(folder)


def _make_folder(folder: Path, undo: ExitStack, mode: int) -> None:
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=mode)
        undo.callback(_remove_folder, one)


def _remove_folder(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _write_file(place: Path, stream: Any, undo: ExitStack, *, private: bool) -> None:
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644)
    undo.callback(place.unlink, missing_ok=True)
    with os.fdopen(descriptor, "wb") as out:
        shutil.copyfileobj(stream, out, PIECE)
        out.flush()
        os.fsync(out.fileno())
