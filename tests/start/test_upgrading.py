"""``cultivar migrate``: tables of an older version get what the ledger knows, without another command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations import AddField, CreateModel, Migration, RunPython

from cultivar.cli.upgrading import changes_projections
from tests.conftest import Cultivar, environment

ROOT = Path(__file__).parents[2]
ANNOUNCED = """
import django
django.setup()
from tests import world
from cultivar.registry import regions
regions.load()
with world.at("2026-03-02"):
    world.announce()
"""
FORGOTTEN = """
import django
django.setup()
from cultivar.cases.models import RoundNotice
print(RoundNotice.objects.all().delete()[0])
"""
KNOWN = FORGOTTEN.replace("all().delete()[0]", "count()")


def run(home: Path, script: str) -> str:
    """What a script on the database of ``home`` says."""
    variables = environment(CULTIVAR_HOME=home, DJANGO_SETTINGS_MODULE="cultivar.config.settings")
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**variables, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_an_upgrade_of_projected_tables_writes_them_anew(cultivar: Cultivar, tmp_path: Path) -> None:
    assert "重建" not in cultivar("migrate", CULTIVAR_HOME=tmp_path).stdout
    run(tmp_path, ANNOUNCED)
    assert run(tmp_path, FORGOTTEN) == "1"
    assert "重建" not in cultivar("migrate", CULTIVAR_HOME=tmp_path).stdout  # nothing to migrate
    assert run(tmp_path, KNOWN) == "0"
    cultivar("manage", "migrate", "evaluation", "0004", CULTIVAR_HOME=tmp_path)
    done = cultivar("migrate", CULTIVAR_HOME=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 cases" in done.stdout + done.stderr
    assert run(tmp_path, KNOWN) == "1"


def migration(app: str, *operations: object) -> Migration:
    """A migration of these operations."""
    made = Migration("0099_later", app)
    made.operations = list(operations)
    return made


@pytest.mark.parametrize(
    ("one", "changes"),
    [
        (migration("evaluation", AddField("sheet", "points", None)), True),
        (migration("cases", CreateModel("Todo", [])), True),
        (migration("evaluation", CreateModel("Document", [])), False),
        (migration("registry", AddField("sheet", "points", None)), False),
        (migration("cases", RunPython(RunPython.noop)), False),
    ],
)
def test_only_what_follows_from_the_ledger_is_written_anew(one: Migration, changes: bool) -> None:
    assert apps.ready
    assert changes_projections([one]) is changes
