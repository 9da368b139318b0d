"""What stops a command, as sentences; no traceback reaches the person who typed it."""

import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import Any

from cultivar.policy.text import Text

FOUND_PROBLEMS = 1
CANNOT_RUN = 2

_MISSING_PART = Text(
    "缺少程序部件 {part}，无法执行；请运行 python3 start.py install 重新安装。",
    "The part {part} is missing, so this cannot run; install again with python3 start.py install.",
)
_FILE_TROUBLE = Text(
    "文件或文件夹无法读写：{error}。", "A file or folder cannot be read or written: {error}."
)
_DATABASE_TROUBLE = Text(
    "数据库无法使用：{error}。请检查 CULTIVAR_DATABASE 和数据文件夹，必要时先运行 cultivar migrate。",
    "The database cannot be used: {error}. Check CULTIVAR_DATABASE and the data folder; where the tables are "
    "missing, run cultivar migrate first.",
)
_WRONG_SETTING = Text("设置有误：{error}。", "A setting is wrong: {error}.")
_FAULT = Text(
    "程序出错（{error}），这不是您的操作造成的；请把 {file} 发给维护人员。",
    "A fault in the program ({error}), not caused by what you did; please send {file} to its maintainers.",
)


class CannotRunError(Exception):
    """A command cannot run; carries the sentence that says why and what to do."""

    def __init__(self, text: Text, **values: Any) -> None:
        self.text = text.fill(**values)
        super().__init__(self.text.en)


def tell(text: Text, **values: Any) -> None:
    """One line of progress in both languages on standard output."""
    filled = text.fill(**values)
    print(f"{filled.zh} / {filled.en}", flush=True)


def guarded(action: Callable[[], int]) -> int:
    """Runs a command and returns its exit code; whatever stops it becomes a sentence on standard error.

    Returns what ``action`` returns, or 2 when it could not run.
    """
    try:
        return action()
    except KeyboardInterrupt:
        return CANNOT_RUN
    except BrokenPipeError:  # the reader of our output has left, as ``| head`` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CANNOT_RUN
    except Exception as error:
        text = _sentence(error)
    print(f"{text.zh}\n{text.en}", file=sys.stderr)
    return CANNOT_RUN


def _sentence(error: Exception) -> Text:
    """The error's own sentence when it carries one (``text``), else one that fits its kind."""
    text = getattr(error, "text", None)
    if isinstance(text, Text):
        return text
    if isinstance(error, ModuleNotFoundError):
        return _MISSING_PART.fill(part=error.name)
    if isinstance(error, OSError):
        return _FILE_TROUBLE.fill(error=error)
    origin = type(error).__module__
    if origin.startswith("django.db") and type(error).__name__ in {"OperationalError", "ProgrammingError"}:
        return _DATABASE_TROUBLE.fill(error=_first_line(error))
    if type(error).__name__ == "ImproperlyConfigured":
        return _WRONG_SETTING.fill(error=_first_line(error))
    return _FAULT.fill(error=f"{type(error).__name__}: {_first_line(error)}", file=_write_report(error))


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["?"])[0]


def _write_report(error: Exception) -> str:
    """Keeps the traceback for those who can read it and returns the file's path."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="cultivar-error-", suffix=".txt", delete=False
    ) as report:
        report.writelines(traceback.format_exception(error))
    return report.name
