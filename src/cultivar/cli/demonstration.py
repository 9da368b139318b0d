"""The demonstration's data folder: built aside, put in place when complete, anew when its sources change."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from cultivar.cli.errors import CANNOT_RUN, CannotRunError, tell
from cultivar.cli.home import ROOT
from cultivar.policy.text import Text

STAMP = "demonstration.json"

_OWN_DATABASE = Text(
    "演示只使用自己文件夹里的数据库；请取消环境变量 CULTIVAR_DATABASE 后再运行。",
    "The demonstration uses only the database in its own folder; unset CULTIVAR_DATABASE and run this again.",
)
_NOT_A_DEMONSTRATION = Text(
    "{home} 里已有不属于演示的内容，没有动它；请用 CULTIVAR_HOME 指定另一个文件夹。",
    "{home} holds something that is not a demonstration and was left alone; name another folder "
    "in CULTIVAR_HOME.",
)
_BUILDING = Text("正在生成演示数据（虚构）", "Building the demonstration (fictional data)")
_REBUILDING = Text(
    "正在重新生成演示数据（虚构），原来的保留在 {previous}",
    "Building the demonstration anew (fictional data); the one so far is kept in {previous}",
)
_WAITING = Text(
    "另一个程序正在生成演示数据，请稍候", "Another program is building the demonstration; waiting for it"
)
_BROKE_OFF = Text(
    "生成演示数据时中断（代码 {code}）；请再运行一次。",
    "Building the demonstration broke off (code {code}); run this again.",
)


def ensure(home: Path, seed: int, rebuild: bool) -> None:
    """Brings ``home`` to a complete demonstration of ``seed`` and of the present sources.

    A complete one of other sources or another seed is replaced and kept beside it as ``<home>.previous``.
    Raises ``CannotRunError`` when the folder holds anything else or the build fails.
    """
    if os.environ.get("CULTIVAR_DATABASE"):
        raise CannotRunError(_OWN_DATABASE)
    wanted = {"seed": seed, "sources": _sources()}
    if not rebuild and _read_stamp(home) == wanted:
        return
    with _locked(home.with_name(home.name + ".lock")) as lock:
        found = _read_stamp(home)
        if found == wanted and not rebuild:
            return  # built by another process meanwhile
        if found is None and home.is_dir() and any(home.iterdir()):
            raise CannotRunError(_NOT_A_DEMONSTRATION, home=home)
        previous = home.with_name(home.name + ".previous")
        tell(_REBUILDING if found else _BUILDING, previous=previous)
        building = _build(home, seed, lock)
        (building / STAMP).write_text(json.dumps(wanted), encoding="utf-8")
        if found:
            shutil.rmtree(previous, ignore_errors=True)
            home.rename(previous)
        elif home.is_dir():
            home.rmdir()
        building.rename(home)


def _build(home: Path, seed: int, lock: IO[bytes]) -> Path:
    """Builds in a folder beside ``home``, in a process of its own because settings are read once.

    The process holds ``lock`` too: should this one be killed, the next waits until nobody writes there.
    """
    building = home.with_name(home.name + ".building")
    if building.exists():
        shutil.rmtree(building)  # of a run that broke off: the lock says that nobody works in it
    building.mkdir(parents=True)
    environment = {**os.environ, "CULTIVAR_HOME": str(building), "CULTIVAR_DEMO": "1"}
    command = [sys.executable, "-m", "cultivar.cli.building", str(seed)]
    shared = () if os.name == "nt" else (lock.fileno(),)
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False, pass_fds=shared)  # noqa: S603
    code = done.returncode
    if code == CANNOT_RUN:
        raise SystemExit(CANNOT_RUN)  # it has said why
    if code != 0:
        raise CannotRunError(_BROKE_OFF, code=code)
    return building


def _sources() -> str:
    """SHA-256 (hex) over the names and contents of everything the demonstration is made from."""
    folders = [
        Path(os.environ.get("CULTIVAR_PROGRAMMES", ROOT / "programmes")),
        Path(os.environ.get("CULTIVAR_CALENDARS", ROOT / "calendars")),
        ROOT / "src",
    ]
    total = hashlib.sha256()
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                content = file.read_bytes()
                name = file.relative_to(folder).as_posix()
                total.update(f"{folder.name}/{name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def _read_stamp(home: Path) -> Any:
    """What the demonstration in ``home`` was made from; None when there is no complete one."""
    try:
        return json.loads((home / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


@contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    """Holds a lock that the operating system frees when this process ends in whatever way."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if not _try_lock(file, wait=False):
            tell(_WAITING)
            while not _try_lock(file, wait=True):
                pass
        yield file


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes], wait: bool) -> bool:
        """Locks the first byte; with ``wait`` tries for ten seconds."""
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[bytes], wait: bool) -> bool:
        """Locks the whole file; with ``wait`` until it is free."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
