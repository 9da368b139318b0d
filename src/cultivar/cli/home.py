"""The data folder: where it is, and the secret key kept in it."""

import os
import secrets
from pathlib import Path

from cultivar.cli.errors import CannotRunError
from cultivar.policy.text import Text

ROOT = Path(__file__).resolve().parents[3]
SECRET_KEY = "secret-key"  # noqa: S105 - the name of a file

_EMPTY_KEY = Text(
    "{file} 是空的；请删除它再运行一次，届时会写入新的密钥，所有人需要重新登录。",
    "{file} is empty; delete it and run this again: a new key is written and everyone signs in anew.",
)


def enter(default: str = "var") -> Path:
    """Makes the data folder (``CULTIVAR_HOME``, else ``default`` under the project) known to this process.

    Returns its absolute path; the folder need not exist yet.
    """
    home = Path(os.environ.get("CULTIVAR_HOME") or ROOT / default).resolve()
    os.environ["CULTIVAR_HOME"] = str(home)
    return home


def keep_secret_key(home: Path) -> None:
    """Sets ``CULTIVAR_SECRET_KEY`` from the data folder, which gets a key when it has none.

    Without it every restart would sign everyone out. A key in the environment goes first.
    """
    if os.environ.get("CULTIVAR_SECRET_KEY"):
        return
    home.mkdir(parents=True, exist_ok=True)
    file = home / SECRET_KEY
    if not file.exists():
        _put_in_place(file, secrets.token_urlsafe(48))
    key = file.read_text(encoding="ascii").strip()
    if not key:
        raise CannotRunError(_EMPTY_KEY, file=file)
    os.environ["CULTIVAR_SECRET_KEY"] = key


def _put_in_place(file: Path, content: str) -> None:
    """Writes a private file aside and puts it in place whole; the one of another process that was faster stays."""
    aside = file.with_name(f"{file.name}.{os.getpid()}.new")
    with os.fdopen(
        os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
    ) as stream:
        stream.write(content)
    try:
        os.link(aside, file)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def set_up_django() -> None:
    """Loads settings and models; call it after ``enter`` because settings read the environment once."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cultivar.config.settings")
    django.setup()
