"""Backup and restore: one moment of the whole house, onto either database; what was set back is found out."""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest
from tests.conftest import Cultivar, assert_one_sentence, environment

from cultivar.audit.backup_form import BadBackup
from cultivar.audit.restore import examined

SERVER = os.environ.get("CULTIVAR_DATABASE", "")
KINDS = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.skipif(not SERVER, reason="no PostgreSQL here")),
]

PREPARE = """
import json
from datetime import timedelta
from django.db import transaction
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.db.models import F
from cultivar.ledger import append as ledger, clock, keys, note, signing
from cultivar.ledger.models import Alarm, Entry, Head, Sealed
from cultivar.cases.models import Case

def add(key, **more):
    parts = dict(case="T-1", procedure="p", programme="a/b", digest="0" * 64, act="do", step="do", body="city", post="",
                 office="city-1", region="1", person="k", articles=("a1",), content={}, personal={})
    with transaction.atomic():
        head = ledger.lock()
        return ledger.append(head, ledger.Draft(**{**parts, **more}), key, ledger.now(head))
"""

EVERY_KIND = """
# A few of each thing in the register say as much as thousands, and are read in a tenth of the time.
from django.apps import apps
few = set(apps.get_model("registry", "Enterprise").objects.order_by("pk").values_list("pk", flat=True)[:50])
for model in [*apps.get_app_config("registry").get_models(), *apps.get_app_config("cases").get_models()]:
    links = [one.name for one in model._meta.fields if one.related_model is apps.get_model("registry", "Enterprise")]
    for name in links:
        model._base_manager.exclude(**{name + "__in": few}).delete()
apps.get_model("registry", "Enterprise")._base_manager.exclude(pk__in=few).delete()
assert len(few) == 50
# Rows of every kind that the demonstration lacks.
one = add("personal", personal={"name": "\\U00020bb7 王", "mail": "a@example.com"})
by = add("gone", act="erase", step="confirm", content={"reason": "asked \\u2028 for"})
with transaction.atomic():
    assert ledger.erase(by, one, "mail")
keys.create()
body = signing.sign()
text = body.partition("\\n\\n")[0] + "\\n"
vkey = note.vkey("archive.example", note.public_half(b"w" * 32), note.COSIGNATURE)
with open(os.environ["CULTIVAR_HOME"] + "/witnesses", "w") as file:
    file.write(vkey + "\\n")
signing.accept(body + str(note.cosignature_line(text, "archive.example", b"w" * 32, 1_790_000_000)) + "\\n")
notes = ["说 “no”", {"z": [1, None, True], "a": {"é": ""}}]
Alarm.objects.create(kind="fork", size=3, notes=notes, at=clock.now() + timedelta(microseconds=7))
group = Group.objects.create(name="审计")
group.permissions.add(Permission.objects.first())
Session.objects.create(session_key="s", session_data="x", expire_date=clock.now())
"""

ALL_ROWS = """
import json
from decimal import Decimal
from django.apps import apps
from django.db.migrations.recorder import MigrationRecorder
from django.db import connection
def plain(value):
    if isinstance(value, (dict, list)):  # PostgreSQL keeps names in an order of its own
        value = json.dumps(value, sort_keys=True)
    return bytes(value).hex() if isinstance(value, (bytes, memoryview)) else f"{type(value).__name__} {value!r}"
def rows(model):
    return sorted([plain(value) for value in row] for row in model._base_manager.order_by().values_list())
found = {model._meta.db_table: rows(model) for model in apps.get_models(include_auto_created=True)}
found["django_migrations"] = sorted(map(list, MigrationRecorder(connection).applied_migrations()))
print(json.dumps(found))
"""


def run(code: str, home: Path, database: str | None = None, **more: str) -> str:
    """What a program prints that runs in a house."""
    program = f"import os, django; django.setup()\n{code}"
    variables = {"CULTIVAR_HOME": home, "CULTIVAR_DATABASE": database, **more}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(DJANGO_SETTINGS_MODULE="cultivar.config.settings", **variables),
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(home: Path, database: str | None) -> dict[str, list[Any]]:
    """Every row of every table, as Django reads it."""
    return json.loads(run(ALL_ROWS, home, database))


def stored(home: Path) -> dict[str, list[Any]]:
    """Every row of every table of an SQLite database, column by column, with its type."""
    with sqlite3.connect(home / "cultivar.sqlite3") as file:
        found = {}
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = sorted(row[1] for row in file.execute(f"PRAGMA table_info({name})"))
            said = ", ".join(f'quote("{one}"), typeof("{one}")' for one in columns)
            found[name] = sorted(file.execute(f"SELECT {said} FROM {name}").fetchall())
        return found


def files(home: Path) -> dict[str, str]:
    """Every file of a house but the database and the locks, which hold nothing, by what it holds."""
    found = (one for one in home.rglob("*") if one.is_file() and one.suffix != ".lock")
    found = (one for one in found if not one.name.startswith("cultivar.sqlite3"))
    return {str(one.relative_to(home)): hashlib.sha256(one.read_bytes()).hexdigest() for one in found}


@pytest.fixture(scope="module")
def house(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration with rows of every kind. Do not write to it."""
    home = tmp_path_factory.mktemp("house") / "home"
    shutil.copytree(demonstration, home)
    run(PREPARE + EVERY_KIND, home)
    return home


@pytest.fixture(scope="module")
def archive(house: Path, cultivar: Cultivar) -> Path:
    """A backup of it."""
    file = house.parent / "house.tar"
    done = cultivar("backup", file, CULTIVAR_HOME=house)
    assert done.returncode == 0, done.stderr
    return file


@pytest.fixture
def database() -> Iterator[Callable[[str], str | None]]:
    """``database("postgresql")`` is the URL of a new database, ``database("sqlite")`` None: that in the folder."""
    import psycopg

    made = []

    def new(kind: str) -> str | None:
        if kind == "sqlite":
            return None
        name = f"restored_{uuid4().hex}"
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}")
        made.append(name)
        return urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))

    yield new
    for name in made:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("second", KINDS)
@pytest.mark.parametrize("first", KINDS)
def test_every_row_and_file_comes_back_on_either_database(
    house, archive, cultivar, database, tmp_path, first, second
):
    before = rows(house, None)
    assert len(before.pop("django_session")) == 1  # who was signed in is not kept
    last = archive
    for kind, place in ((first, tmp_path / "one"), (second, tmp_path / "two")):
        at = database(kind)
        done = cultivar("restore", last, CULTIVAR_HOME=place, CULTIVAR_DATABASE=at)
        assert done.returncode == 0, done.stderr
        assert "The restored root equals the last checkpoint" in done.stdout
        after = rows(place, at)
        assert after.pop("django_session") == []
        assert after == before
        assert files(place) == files(house)
        last = tmp_path / f"{place.name}.tar"
        assert cultivar("backup", last, CULTIVAR_HOME=place, CULTIVAR_DATABASE=at).returncode == 0
    run(PREPARE + "add('goes on', personal={'name': 'x'})\nAlarm.objects.create(size=1, kind='fork', at=clock.now())\n"
        "keys.create()\nsigning.sign()\nGroup.objects.create(name='new')", tmp_path / "two", at)  # fmt: skip


def test_sqlite_holds_the_same_values_of_the_same_kinds(house, archive, cultivar, tmp_path):
    """As they lie in the file, whatever Django makes of them."""
    assert cultivar("restore", archive, CULTIVAR_HOME=tmp_path / "h").returncode == 0
    before, after = stored(house), stored(tmp_path / "h")
    for apart in ("django_session", "django_migrations", "sqlite_sequence"):
        assert apart in before
        before.pop(apart)
        after.pop(apart)
    assert after == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_migrated_house_without_rows_is_empty(archive, house, cultivar, database, tmp_path, kind):
    at = database(kind)
    assert cultivar("migrate", CULTIVAR_HOME=tmp_path / "h", CULTIVAR_DATABASE=at).returncode == 0
    done = cultivar("restore", archive, CULTIVAR_HOME=tmp_path / "h", CULTIVAR_DATABASE=at)
    assert done.returncode == 0, done.stderr
    before = rows(house, None)
    assert rows(tmp_path / "h", at) == {**before, "django_session": []}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_restored_over_anything(archive, cultivar, database, tmp_path, kind):
    at, home = database(kind), tmp_path / "h"
    assert cultivar("restore", archive, CULTIVAR_HOME=home, CULTIVAR_DATABASE=at).returncode == 0
    known = rows(home, at), files(home)
    assert_one_sentence(cultivar("restore", archive, CULTIVAR_HOME=home, CULTIVAR_DATABASE=at), "left alone")
    if at:
        other = tmp_path / "other"
        done = cultivar("restore", archive, CULTIVAR_HOME=other, CULTIVAR_DATABASE=at)
        assert_one_sentence(done, "The database holds data already")
        assert not other.exists()
    assert (rows(home, at), files(home)) == known


def test_a_backup_is_private_and_overwrites_nothing(archive, house, cultivar, tmp_path):
    assert archive.stat().st_mode & 0o777 == 0o600
    body = archive.read_bytes()
    assert_one_sentence(cultivar("backup", archive, CULTIVAR_HOME=house), "exists already")
    assert archive.read_bytes() == body
    assert not list(archive.parent.glob(".*.part"))
    assert_one_sentence(cultivar("backup", tmp_path / "no" / "folder", CULTIVAR_HOME=house), "cannot be read")
    assert_one_sentence(cultivar("backup", tmp_path / "b", CULTIVAR_HOME=tmp_path), "cultivar migrate")


def test_the_manifest_says_what_is_inside(archive, house, cultivar):
    with tarfile.open(archive) as tar:
        names = tar.getnames()
        manifest = json.loads(tar.extractfile("manifest.json").read())
        for name, member in manifest["members"].items():
            assert hashlib.sha256(tar.extractfile(name).read()).hexdigest() == member["sha256"]
    assert names[-2:] == ["manifest.json", "manifest.sha256"]
    assert {"secret-key", "witnesses", "clock.json", "keys/last-checkpoint"} <= set(names)
    assert manifest["checkpoint"].split("\n")[1] == str(manifest["size"])
    counts = {table: len(found) for table, found in rows(house, None).items()}
    assert manifest["tables"].items() <= counts.items()
    assert "django_session" not in manifest["tables"]


def test_missing_evidence_is_named_and_the_rest_is_kept(house, cultivar, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(house, home)
    lost, changed = sorted(one for one in (home / "evidence").rglob("*") if one.is_file())[:2]
    lost.unlink()
    changed.write_bytes(b"other")
    done = cultivar("backup", tmp_path / "b.tar", "--json", CULTIVAR_HOME=home)
    assert done.returncode == 1, done.stderr
    assert "2 files of evidence" in json.loads(done.stdout)["problems"][0]["en"]
    back = cultivar("restore", tmp_path / "b.tar", CULTIVAR_HOME=tmp_path / "back")
    assert back.returncode == 1
    assert lost.name in back.stderr or changed.name in back.stderr
    assert rows(tmp_path / "back", None)["ledger_entry"] == rows(home, None)["ledger_entry"]


# ----------------------------------------------------------------------------------------------- what is refused


def rewritten(
    archive: Path, to: Path, change: Callable[[str, bytes], tuple[str, bytes] | None], **extra: Any
) -> Path:
    """A copy of an archive whose members were changed, under a manifest that fits them."""
    with tarfile.open(archive) as old, tarfile.open(to, "w") as new:
        manifest: dict[str, Any] = {}
        for info in old:
            name, body = info.name, old.extractfile(info).read()
            if name == "manifest.json":
                manifest = json.loads(body)
            if name.startswith("manifest"):
                continue
            made = change(name, body)
            if made is not None:
                _put(new, *made)
                extra.setdefault("members", {})[made[0]] = {
                    "sha256": hashlib.sha256(made[1]).hexdigest(),
                    "bytes": len(made[1]),
                }
        body = json.dumps({**manifest, **extra}).encode()
        _put(new, "manifest.json", body)
        _put(new, "manifest.sha256", f"{hashlib.sha256(body).hexdigest()}  manifest.json\n".encode())
    return to


def _put(tar: tarfile.TarFile, name: str, body: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(body)
    tar.addfile(info, io.BytesIO(body))


def same(name: str, body: bytes) -> tuple[str, bytes]:
    return name, body


def table(name: str, change: Callable[[list[Any]], list[Any]]) -> Callable[[str, bytes], tuple[str, bytes]]:
    """Changes the lines of one table."""
    import gzip

    def changed(member: str, body: bytes) -> tuple[str, bytes]:
        if member != f"tables/{name}.jsonl.gz":
            return member, body
        lines = [json.loads(one) for one in gzip.decompress(body).splitlines()]
        return member, gzip.compress(b"".join(json.dumps(one).encode() + b"\n" for one in change(lines)))

    return changed


def refused(cultivar: Cultivar, file: Path, tmp_path: Path, at: str | None, english: str) -> None:
    """The archive is refused in one sentence, and nothing is left behind."""
    home = tmp_path / "refused"
    assert_one_sentence(cultivar("restore", file, CULTIVAR_HOME=home, CULTIVAR_DATABASE=at), english)
    assert not home.exists()
    if at:
        import psycopg

        with psycopg.connect(at) as server:
            assert server.execute(
                "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
            ).fetchone() == (0,)


def unfit(file: Path, english: str) -> None:
    """The archive is refused before anything is written."""
    with pytest.raises(BadBackup) as refusal:
        examined(file)
    assert english in refusal.value.text.en
    assert refusal.value.text.zh != refusal.value.text.en


def _cut(entries: list[Any]) -> list[Any]:
    return entries[:-1]


def _other_leaf(entries: list[Any]) -> list[Any]:
    import base64

    one = entries[5]
    leaf = base64.b64decode(one[7]).replace(b'"step":"', b'"step" :"')
    return [*entries[:5], [*one[:7], base64.b64encode(leaf).decode(), *one[8:]], *entries[6:]]


def _no_office(rows: list[Any]) -> list[Any]:
    return rows[:1]


@pytest.mark.parametrize("kind", KINDS)
def test_rows_that_do_not_agree_are_refused_and_leave_nothing(archive, cultivar, database, tmp_path, kind):
    """Where somebody has written a manifest that fits what was changed."""
    at = database(kind)
    cases = [
        (table("ledger_entry", _cut), {}, "damaged"),
        (table("ledger_entry", _other_leaf), {}, "differs from the stored tree"),
        (
            table("ledger_head", lambda rows: [rows[0], [rows[1][0], rows[1][1] - 1, *rows[1][2:]]]),
            {},
            "stored tree",
        ),
        (same, {"root": "0" * 64}, "differs from the manifest"),
        (table("registry_person", lambda rows: [[rows[0][0], rows[0][1][:-1]], *rows[1:]]), {}, "damaged"),
        (table("ledger_verifierkey", lambda rows: rows), {"checkpoint": "x\n"}, "the last checkpoint"),
    ]
    for n, (change, extra, english) in enumerate(cases):
        file = rewritten(archive, tmp_path / f"{n}.tar", change, **extra)
        refused(cultivar, file, tmp_path, at, english)


def test_a_damaged_archive_is_refused(archive, cultivar, tmp_path):
    body = archive.read_bytes()
    file = tmp_path / "bad.tar"
    for cut in (600, len(body) // 2, body.rindex(b"manifest.sha256")):
        file.write_bytes(body[:cut])
        unfit(file, "is incomplete")
    refused(cultivar, file, tmp_path, None, "is incomplete")
    with tarfile.open(archive) as tar:
        members = [info for info in tar if info.size]
    evidence = [info for info in members if info.name.startswith("evidence/")]
    members = [info for info in members if info not in evidence[3:]]  # hundreds that are kept alike
    for info in members:
        at = info.offset_data + info.size // 2
        file.write_bytes(body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :])
        unfit(file, "damaged (manifest.json)" if "manifest" in info.name else f"damaged ({info.name})")
    refused(cultivar, file, tmp_path, None, "damaged (manifest.json)")


def test_a_foreign_file_is_refused(cultivar, tmp_path):
    file = tmp_path / "foreign"
    for body in (b"", b"no archive", b"\x00" * 20480, b"PK\x03\x04" + b"x" * 2000):
        file.write_bytes(body)
        unfit(file, "is no backup of Cultivar")
    with tarfile.open(file, "w") as tar:
        _put(tar, "README", b"hello")
    refused(cultivar, file, tmp_path, None, "is no backup of Cultivar")
    assert_one_sentence(cultivar("restore", tmp_path / "none", CULTIVAR_HOME=tmp_path / "h"), "No such file")


def test_an_archive_of_a_newer_program_is_refused(archive, cultivar, tmp_path):
    file = rewritten(archive, tmp_path / "newer.tar", same, migrations=[["ledger", "9999_later"]])
    refused(cultivar, file, tmp_path, None, "made by a newer program")
    unfit(rewritten(archive, tmp_path / "newest.tar", same, format=2), "made by a newer program")


OUTSIDE = (
    "../out",
    "/tmp/out",
    "evidence/../../out",
    "keys/../out",
    "keys/.ssh",
    "evidence/ab",
    "tables/x/../../y",
    ".",
)


def test_no_member_leaves_the_house(archive, cultivar, tmp_path):
    for n, name in enumerate(OUTSIDE):
        file = rewritten(
            archive,
            tmp_path / f"{n}.tar",
            lambda old, body, name=name: (name if old == "secret-key" else old, body),
        )
        unfit(file, "is no backup")
    refused(cultivar, file, tmp_path, None, "is no backup")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_only_plain_files_are_taken_from_an_archive(archive, tmp_path, kind):
    file = tmp_path / "x.tar"
    shutil.copy(archive, file)
    with tarfile.open(file, "a") as tar:
        info = tarfile.TarInfo("keys/link")
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info)
    unfit(file, "is no backup")


def test_no_member_comes_twice(archive, tmp_path):
    file = tmp_path / "x.tar"
    shutil.copy(archive, file)
    with tarfile.open(file, "a") as tar:
        _put(tar, "secret-key", b"other")
    unfit(file, "is no backup")


# ---------------------------------------------------------------------------------------- while the house is running


@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_is_of_one_moment_and_holds_up_nobody(archive, cultivar, database, tmp_path, kind):
    at, home = database(kind), tmp_path / "h"
    assert cultivar("restore", archive, CULTIVAR_HOME=home, CULTIVAR_DATABASE=at).returncode == 0
    code = f"{PREPARE}\nfor n in range(100_000):\n    add(f'busy-{{n}}', personal={{'n': n}})\n    print(n, flush=True)"
    variables = {
        "CULTIVAR_HOME": home,
        "CULTIVAR_DATABASE": at,
        "DJANGO_SETTINGS_MODULE": "cultivar.config.settings",
    }
    writer = subprocess.Popen(
        [sys.executable, "-c", f"import django; django.setup()\n{code}"],
        env=environment(**variables),
        stdout=subprocess.PIPE,
    )
    try:
        assert writer.stdout is not None
        writer.stdout.readline()
        made = [
            cultivar("backup", tmp_path / f"{n}.tar", "--json", CULTIVAR_HOME=home, CULTIVAR_DATABASE=at)
            for n in "ab"
        ]
    finally:
        writer.kill()
        writer.communicate()
    assert [one.returncode for one in made] == [0, 0], made[0].stderr
    sizes = [json.loads(one.stdout)["size"] for one in made]
    assert sizes[0] < sizes[1]  # acts went on
    for n, size in zip("ab", sizes, strict=True):
        done = cultivar("restore", tmp_path / f"{n}.tar", CULTIVAR_HOME=tmp_path / n)
        assert done.returncode == 0, done.stderr
        found = rows(tmp_path / n, None)
        assert len(found["ledger_entry"]) == size
        busy = [one for one in found["ledger_entry"] if "busy-" in one[6]]
        assert len(busy) == sum(one[2] == "str 'n'" for one in found["ledger_sealed"])


# -------------------------------------------------------------------------------------------- a database set back

GO_ON = """
add("today")
body = signing.sign()
text = body.partition("\\n\\n")[0] + "\\n"
cosigned = body + str(note.cosignature_line(text, "archive.example", b"w" * 32, 1_790_086_400)) + "\\n"
assert signing.accept(cosigned) == 1
print(cosigned, end="")
"""

ACCEPT = """
for attempt in range(2):
    try:
        signing.accept(open(os.environ["WITNESSED"]).read())
    except signing.Contradiction as seen:
        print(seen.text.en)
print(list(Alarm.objects.filter(kind="set-back").values_list("size", flat=True)))
"""

SIGN = """
try:
    print("signed", signing.sign())
except signing.Contradiction as seen:
    print(seen.text.en)
print(Alarm.objects.filter(kind="set-back").count())
"""


@pytest.mark.parametrize("kind", KINDS)
def test_a_database_of_yesterday_is_found_out(house, archive, cultivar, database, tmp_path, kind):
    today, size = tmp_path / "today", json.loads(_manifest(archive))["size"]
    shutil.copytree(house, today)
    (tmp_path / "witnessed").write_text(run(PREPARE + GO_ON, today))
    at, yesterday = database(kind), tmp_path / "yesterday"
    assert cultivar("restore", archive, CULTIVAR_HOME=yesterday, CULTIVAR_DATABASE=at).returncode == 0
    found = run(PREPARE + ACCEPT, yesterday, at, WITNESSED=str(tmp_path / "witnessed"))
    said = f"The ledger has {size} entries, but a checkpoint of {size + 1} was signed: it was set back."
    assert found.count(said) == 2
    assert found.endswith(f"[{size + 1}]\n")  # the alarm stays, and is one


@pytest.mark.parametrize("kind", KINDS)
def test_the_note_beside_the_keys_finds_out_too(house, archive, cultivar, database, tmp_path, kind):
    """The keys lie in a folder of their own, which outlives the database."""
    today, keys = tmp_path / "today", tmp_path / "keys"
    shutil.copytree(house, today)
    shutil.move(today / "ledger-keys", keys)
    run(PREPARE + GO_ON, today, CULTIVAR_LEDGER_KEYS=str(keys))
    kept, at, yesterday = files(keys), database(kind), tmp_path / "yesterday"
    variables = {"CULTIVAR_HOME": yesterday, "CULTIVAR_DATABASE": at, "CULTIVAR_LEDGER_KEYS": keys}
    done = cultivar("restore", archive, **variables)
    assert done.returncode == 1
    assert "it was set back" in done.stderr
    assert files(keys) == kept
    found = run(PREPARE + SIGN, yesterday, at, CULTIVAR_LEDGER_KEYS=str(keys))
    assert "it was set back" in found
    assert found.endswith("\n1\n")
    assert files(keys) == kept
    again = cultivar("backup", tmp_path / "b.tar", **variables)
    assert again.returncode == 1  # the backup is made, and says what it saw
    assert "it was set back" in again.stderr


def _manifest(archive: Path) -> bytes:
    with tarfile.open(archive) as tar:
        return tar.extractfile("manifest.json").read()
