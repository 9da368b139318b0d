"""Whether the database keeps what it acknowledged through a power cut; a check stops the start where not."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from cultivar.policy.text import Text

_WANTED = {  # of PostgreSQL: what each setting may be
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "remote_apply"},
}
_FULL = 2  # of SQLite's PRAGMA synchronous; EXTRA is 3
_FORGETS = Text(
    "数据库设置 {name}={value}：断电会丢失已经确认的办理。请在数据库服务器上把它改为 {wanted} 并重新启动。",
    "The database is set to {name}={value}: a power cut would lose acts that were acknowledged. Set it to {wanted} on "
    "the database server and start again.",
)


def check_durable(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """An error for each setting by which a database may lose what it acknowledged."""
    return [
        Error(f"{problem.zh}\n{problem.en}", obj=alias, id="ledger.E001")
        for alias in databases or ()
        for problem in problems(connections[alias])
    ]


def problems(connection: BaseDatabaseWrapper) -> Iterator[Text]:
    """What is wrong with the settings of one connection, opened where it is not."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            value = cursor.fetchone()[0]
            if value < _FULL:
                yield _FORGETS.fill(name="synchronous", value=value, wanted=_FULL)
        elif connection.vendor == "postgresql":
            for name, wanted in _WANTED.items():
                cursor.execute("SELECT current_setting(%s)", [name])
                value = cursor.fetchone()[0]
                if value not in wanted:
                    yield _FORGETS.fill(name=name, value=value, wanted="on")
