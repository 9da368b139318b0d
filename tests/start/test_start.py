"""``start.py`` run as a user runs it, in a copy of the project, on machines that lack something."""

import ast
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, assert_one_sentence, environment

NEEDED = [
    "start.py",
    "package.json",
    "package-lock.json",
    ".npmrc",
    *[p.name for p in ROOT.glob("requirements*.txt")],
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fresh copy of the project, in a folder with a blank and Chinese in its name."""
    folder = tmp_path / "集群 copy"
    folder.mkdir()
    for name in NEEDED:
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture
def unreachable() -> str:
    """The address of a package index on a port where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{held.getsockname()[1]}/simple"


def start(
    project: Path, *arguments: str, **variables: str | Path | None
) -> "subprocess.CompletedProcess[str]":
    """Runs the copy's ``start.py`` with the Python that the tests run on."""
    return subprocess.run(
        [sys.executable, str(project / "start.py"), *arguments],
        env=environment(**{"PYTHONPATH": None, **variables}),
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=300,
    )


def offline(index: str) -> dict[str, str]:
    """Variables under which pip, uv and npm reach nothing, whatever this machine is set to."""
    return {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": index,
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "PIP_NO_CACHE_DIR": "1",
        "UV_DEFAULT_INDEX": index,
        "UV_OFFLINE": "1",
        "UV_NO_CACHE": "1",
        "npm_config_registry": index,
    }


def test_help_names_the_commands(project: Path) -> None:
    done = start(project, "--help")
    assert done.returncode == 0
    assert "start.py test" in done.stdout
    assert not (project / ".venv").exists()


def test_file_parses_on_old_pythons() -> None:
    ast.parse((ROOT / "start.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_too_old_a_python_is_told(project: Path) -> None:
    older = (
        "import sys, runpy; sys.version_info = (3, 10, 9); runpy.run_path(sys.argv[1], run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", older, str(project / "start.py")],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
    )
    assert_one_sentence(done, "Python 3.11 or later is needed and this is 3.10.9")


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_missing_venv_module_is_told(project: Path, tmp_path: Path, module: str) -> None:
    lacking = tmp_path / "lacking"
    lacking.mkdir()
    (lacking / "sitecustomize.py").write_text(
        f"import sys; sys.modules[{module!r}] = None\n", encoding="ascii"
    )
    done = start(project, PYTHONPATH=lacking)
    assert_one_sentence(done, "sudo apt install python3-venv")
    assert not (project / ".venv").exists()


def test_no_network_is_told_and_leaves_no_stamp(project: Path, unreachable: str) -> None:
    done = start(project, "install", **offline(unreachable))
    assert_one_sentence(done, "the package index cannot be reached")
    assert not list(project.rglob("cultivar-installed.txt"))


def test_half_made_environment_is_made_anew(project: Path, unreachable: str) -> None:
    scripts = project / ".venv" / ("Scripts" if os.name == "nt" else "bin")
    scripts.mkdir(parents=True)
    (scripts / "python").symlink_to("/nowhere/python")
    done = start(project, "install", **offline(unreachable))
    assert "Making the virtual environment" in done.stdout
    assert_one_sentence(done, "the package index cannot be reached")
    assert not (scripts / "python").readlink().is_relative_to("/nowhere")


@pytest.mark.skipif(os.name == "nt", reason="there an environment holds a copy of Python, not a link")
def test_environment_without_its_settings_never_installs_into_the_machine(
    project: Path, unreachable: str
) -> None:
    """Interrupted early, ``.venv/bin/python`` is the machine's own Python, pip and all."""
    scripts = project / ".venv" / "bin"
    scripts.mkdir(parents=True)
    (scripts / "python").symlink_to(Path(sys.executable).resolve())
    done = start(project, "install", **offline(unreachable))
    assert "Making the virtual environment" in done.stdout
    assert_one_sentence(done, "the package index cannot be reached")
    assert (project / ".venv" / "pyvenv.cfg").is_file()


def test_project_folder_that_cannot_be_written_is_told(project: Path) -> None:
    (project / "var").write_text("a file where the folder should be", encoding="ascii")
    assert_one_sentence(start(project, "install"), "The project folder cannot be written")


def test_changed_requirements_make_an_installation_outdated(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(project))
    monkeypatch.delitem(sys.modules, "start", raising=False)
    import start as module

    requirements = project / "requirements.txt"
    before = module.digest(requirements)
    module.write_stamp(project, before, dev=False)
    assert module.is_current(project, before, dev=False)
    assert not module.is_current(project, before, dev=True), "the tests' tools are not there"
    module.write_stamp(project, before, dev=True)
    assert module.is_current(project, before, dev=False), "an installation for development serves both"
    requirements.write_bytes(requirements.read_bytes().replace(b"\n", b"\r\n"))
    assert module.digest(requirements) == before, "line ends differ between systems"
    requirements.write_bytes(requirements.read_bytes() + b"\n# changed")
    assert not module.is_current(project, module.digest(requirements), dev=True)


def test_development_pins_agree_with_the_runtime_pins() -> None:
    pin = re.compile(r"^([a-z0-9-]+)==([^ ;]+)", re.MULTILINE)
    runtime = dict(pin.findall((ROOT / "requirements.txt").read_text(encoding="utf-8")))
    dev = dict(pin.findall((ROOT / "requirements-dev.txt").read_text(encoding="utf-8")))
    assert runtime
    assert {name: dev.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("name", [name for name in NEEDED if name.endswith((".txt", "lock.json"))])
def test_pinned_files_name_no_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    hosts = set(re.findall(r"https?://([^/\"]+)", text)) - {
        "github.com",
        "opencollective.com",
    }  # funding links
    assert hosts == set()
