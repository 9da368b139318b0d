"""The command ``cultivar``: what it refuses, and that the demonstration is built once and only whole."""

import json
import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Cultivar, assert_one_sentence, environment


@pytest.mark.parametrize("command", [[], ["demo"], ["serve"], ["programmes", "check"], ["ledger", "replay"]])
def test_help_is_in_both_languages(cultivar: Cultivar, command: list[str]) -> None:
    done = cultivar(*command, "--help")
    assert done.returncode == 0
    assert any("\u4e00" <= sign <= "\u9fff" for sign in done.stdout)


@pytest.mark.parametrize("port", ["-1", "65536", "http", "²"])
def test_port_must_be_a_port(cultivar: Cultivar, port: str) -> None:
    assert_one_sentence(cultivar("demo", f"--port={port}"), "a port is a number from 0 to 65535")


def test_unknown_command_is_told(cultivar: Cultivar) -> None:
    assert_one_sentence(cultivar("dance"), "see cultivar --help")


def test_busy_port_is_told_before_anything_is_built(cultivar: Cultivar, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = cultivar("demo", "--port", str(port), CULTIVAR_HOME=tmp_path / "home")
    assert_one_sentence(done, f"Port {port} is in use")
    assert list(tmp_path.iterdir()) == []


def test_demo_leaves_other_data_alone(cultivar: Cultivar, tmp_path: Path) -> None:
    (tmp_path / "cultivar.sqlite3").write_bytes(b"real cases")
    done = cultivar("demo", "--no-serve", "--rebuild", CULTIVAR_HOME=tmp_path)
    assert_one_sentence(done, "holds something that is not a demonstration")
    assert (tmp_path / "cultivar.sqlite3").read_bytes() == b"real cases"


def test_demo_refuses_another_database(cultivar: Cultivar, tmp_path: Path) -> None:
    done = cultivar("demo", CULTIVAR_HOME=tmp_path / "home", CULTIVAR_DATABASE="sqlite:///other")
    assert_one_sentence(done, "unset CULTIVAR_DATABASE")


def test_serve_without_tables_says_migrate(cultivar: Cultivar, tmp_path: Path) -> None:
    assert_one_sentence(
        cultivar("serve", "--port", "0", CULTIVAR_HOME=tmp_path), "run cultivar migrate first"
    )


def test_secret_key_is_kept_and_private(cultivar: Cultivar, tmp_path: Path) -> None:
    assert cultivar("migrate", CULTIVAR_HOME=tmp_path).returncode == 0
    file = tmp_path / "secret-key"
    first = file.read_text(encoding="ascii")
    assert len(first) >= 50
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert cultivar("migrate", CULTIVAR_HOME=tmp_path).returncode == 0
    assert file.read_text(encoding="ascii") == first


def test_empty_secret_key_is_refused(cultivar: Cultivar, tmp_path: Path) -> None:
    (tmp_path / "secret-key").touch()
    assert_one_sentence(cultivar("migrate", CULTIVAR_HOME=tmp_path), "is empty; delete it")


def test_unreachable_database_is_told(cultivar: Cultivar, tmp_path: Path) -> None:
    database = "postgresql://nobody@127.0.0.1:1/none"
    done = cultivar("migrate", CULTIVAR_HOME=tmp_path, CULTIVAR_DATABASE=database)
    assert_one_sentence(done, "The database cannot be used")


def test_programme_file_that_is_not_there_is_told(cultivar: Cultivar, tmp_path: Path) -> None:
    assert_one_sentence(cultivar("programmes", "check", str(tmp_path / "none.yaml")), "There is no file")


def test_calendar_lists_the_make_up_days(cultivar: Cultivar) -> None:
    done = cultivar("calendar", "show", "2026")
    assert done.returncode == 0, done.stderr
    assert "2026-10-01 – 2026-10-07  放假 holiday" in done.stdout
    assert "2026-10-10 – 2026-10-10  上班 working" in done.stdout


def test_year_without_a_table_is_told(cultivar: Cultivar) -> None:
    assert_one_sentence(cultivar("calendar", "show", "1999"), "no working-day table for 1999")


def test_demonstration_is_kept_until_its_sources_change(
    cultivar: Cultivar, demonstration: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(demonstration, home)
    mark = home / "mark-of-a-user"
    mark.touch()
    assert cultivar("demo", "--no-serve", CULTIVAR_HOME=home).returncode == 0
    assert mark.exists(), "the same sources: nothing is built"

    stamp = json.loads((home / "demonstration.json").read_text(encoding="utf-8"))
    (home / "demonstration.json").write_text(json.dumps({**stamp, "sources": "older"}), encoding="utf-8")
    stop_while_building(home)
    assert mark.exists(), "what was there stays until the new one is whole"

    again = cultivar("demo", "--no-serve", CULTIVAR_HOME=home)
    assert again.returncode == 0, again.stderr
    assert "Building the demonstration anew" in again.stdout
    assert not mark.exists()
    assert (tmp_path / "home.previous" / mark.name).exists(), "and is kept beside it"
    assert not (tmp_path / "home.building").exists()
    with closing(sqlite3.connect(home / "cultivar.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def stop_while_building(home: Path) -> None:
    """Kills ``cultivar demo`` as soon as it builds; what it started may go on for a while."""
    with subprocess.Popen(
        [sys.executable, "-m", "cultivar", "demo", "--no-serve"],
        env=environment(CULTIVAR_HOME=home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    ) as building:
        assert building.stdout is not None
        assert "anew" in building.stdout.readline()
        building.kill()
