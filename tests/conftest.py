"""What every test may use: the project's folder and the command ``cultivar`` as a user runs it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None)  # a busy machine is no defect
settings.load_profile("house")

ROOT = Path(__file__).resolve().parents[1]
Cultivar = Callable[..., "subprocess.CompletedProcess[str]"]


def assert_one_sentence(done: "subprocess.CompletedProcess[str]", english: str) -> None:
    """Exit code 2 and exactly one line of Chinese and one of English, the latter holding ``english``."""
    assert done.returncode == 2, done.stdout + done.stderr
    zh, en = done.stderr.strip().splitlines()
    assert any("\u4e00" <= sign <= "\u9fff" for sign in zh)
    assert english in en
    assert "Traceback" not in done.stdout + done.stderr


def environment(**changes: str | Path | None) -> dict[str, str]:
    """This process's environment without Cultivar's variables, with the sources importable, with ``changes``.

    A change to None takes a variable away.
    """
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("CULTIVAR_", "DJANGO_"))
    }
    kept |= {"PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    return {name: str(value) for name, value in {**kept, **changes}.items() if value is not None}


@pytest.fixture(scope="session")
def cultivar() -> Cultivar:
    """``cultivar("demo", "--help", CULTIVAR_HOME=...)`` runs the command and returns what it printed."""

    def run(*arguments: str, **variables: str | Path | None) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "cultivar", *arguments]
        return subprocess.run(
            command,
            env=environment(**variables),
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=300,
        )

    return run


@pytest.fixture(scope="session")
def demonstration(cultivar: Cultivar, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the demonstration, built once for all workers. Copy it; do not write to it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    home = shared / "demonstration"
    done = cultivar("demo", "--no-serve", CULTIVAR_HOME=home)  # the command itself lets only one build
    assert done.returncode == 0, done.stdout + done.stderr
    return home
