"""The web server: a port that is free, an address on the screen, and Ctrl-C to stop."""

import errno
import os
import socket
from typing import TYPE_CHECKING

from cultivar.cli.errors import CannotRunError, tell
from cultivar.policy.text import Text

if TYPE_CHECKING:
    from cultivar.jobs.worker import Worker

MOST_BYTES = 260 * 1024 * 1024  # five files of the largest size and the form around them
THREADS = 8
_LAST_JOB = 5.0  # seconds that the worker's last job is waited for

_BUSY = Text(
    "端口 {port} 已被占用；请停止占用它的程序，或换一个端口，例如 --port {other}。",
    "Port {port} is in use; stop the program that holds it or take another port, for example --port {other}.",
)
_NO_PORT = Text(
    "不能在 {host}:{port} 上提供服务：{error}。请换一个地址或端口，例如 --port 8001。",
    "Nothing can be served on {host}:{port}: {error}. Take another address or port, for example --port 8001.",
)
_READY = Text("已启动：{url} （按 Ctrl-C 停止）", "Running: {url} (Ctrl-C stops it)")
_NOT_MIGRATED = Text(
    "数据库还没有准备好，请先运行 cultivar migrate。",
    "The database is not prepared; run cultivar migrate first.",
)
_HOSTS = Text(
    "提示：从别的机器访问，需要在 CULTIVAR_HOSTS 中写明本机的名称。",
    "Note: to be reached from other machines, name this one in CULTIVAR_HOSTS.",
)


def require_free_port(host: str, port: int) -> None:
    """Raises ``CannotRunError`` when ``host``:``port`` cannot be listened on; port 0 is always free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        if os.name != "nt":  # there the option would let two programs share a port
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise _refusal(host, port, error) from error


def serve(host: str, port: int, *, worker: bool = True) -> int:
    """Serves until stopped, with a ``worker`` inside. The data folder must be entered and Django set up. Returns 0."""
    import waitress.server
    from django.core.wsgi import get_wsgi_application
    from django.urls import get_resolver

    require_free_port(host, port)
    require_ready()
    application = get_wsgi_application()
    _ = get_resolver().url_patterns  # a page that cannot be loaded should stop the start, not a visitor
    try:
        server = waitress.server.create_server(
            application, host=host, port=port, threads=THREADS, max_request_body_size=MOST_BYTES
        )
    except OSError as error:
        raise _refusal(host, port, error) from error
    listening = getattr(server, "effective_listen", None) or [(server.effective_host, server.effective_port)]
    if host not in {"127.0.0.1", "localhost", "::1"} and "CULTIVAR_HOSTS" not in os.environ:
        tell(_HOSTS)
    tell(_READY, url=f"http://{host}:{listening[0][1]}/")
    working = _start_worker() if worker else None
    try:
        server.run()
    finally:
        if working is not None:
            working.stop(wait=_LAST_JOB)
    return 0


def _start_worker() -> "Worker":
    from cultivar.jobs.worker import run_in_thread

    return run_in_thread()


def _refusal(host: str, port: int, error: OSError) -> CannotRunError:
    if error.errno == errno.EADDRINUSE:
        return CannotRunError(_BUSY, port=port, other=port + 1 if port < 65535 else 8001)
    return CannotRunError(_NO_PORT, host=host, port=port, error=error.strerror or error)


def require_ready() -> None:
    """Raises ``CannotRunError`` when tables are missing or older than the program, or the database may forget."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    require_durable()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CannotRunError(_NOT_MIGRATED)
    connection.close()


def require_durable() -> None:
    """Raises ``CannotRunError`` when the database may lose what it acknowledged."""
    from django.core import checks

    for found in checks.run_checks(databases=["default"], tags=[checks.Tags.database]):
        if found.level >= checks.ERROR:
            zh, _, en = str(found.msg).partition("\n")
            raise CannotRunError(Text(zh, en or zh))
