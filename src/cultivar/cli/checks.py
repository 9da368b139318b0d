"""The commands that look at programmes and calendars and say what they find."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cultivar.cli.errors import FOUND_PROBLEMS, CannotRunError, tell
from cultivar.policy.text import Text

_NO_FILE = Text("没有这个文件：{file}。", "There is no file {file}.")
_NO_PROGRAMMES = Text(
    "{folder} 里没有政策文件（*.yaml）。", "There are no programme files (*.yaml) in {folder}."
)
_CHECKED = Text("已检查 {count} 个文件，没有问题", "Files checked: {count}; no problems")
_WRITTEN = Text("已写入 {file}", "Written to {file}")
_HOLIDAY = Text("放假", "holiday")
_MAKE_UP = Text("上班", "working")


def check_programmes(named: Sequence[Path], as_json: bool) -> int:
    """Checks the programme and guide files named (of a folder, all in it), or all; one line a problem.

    As JSON a list of ``{file, line, article, rule, message, message_zh}`` with ``what_to_do`` and ``what_to_do_zh``
    where the message does not say it. Returns 1 when there are any.
    """
    from cultivar.policy.guides import linter as guides
    from cultivar.policy.guides.reading import is_guide
    from cultivar.procedure import linter as programmes
    from cultivar.procedure.calendar import load

    calendar = load(_folder("CALENDARS"))
    paths = [path for one in named for path in _meant(one)]
    paths = paths or [*_programme_files(), *sorted(_folder("GUIDES").glob("*.yaml"))]
    problems = [
        problem
        for path in paths
        for problem in (guides.check(path) if is_guide(path) else programmes.check(path, calendar))
    ]
    if as_json:
        json.dump([problem.plain() for problem in problems], sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        for problem in problems:
            print(problem)
        if not problems:
            tell(_CHECKED, count=len(paths))
    return FOUND_PROBLEMS if problems else 0


def write_schema(output: Path | None) -> int:
    """Writes the JSON Schema of programme files to ``output`` or to standard output. Returns 0."""
    from cultivar.policy.schema import as_json

    if output is None:
        print(as_json(), end="")
        return 0
    output.write_text(as_json(), "utf-8")
    tell(_WRITTEN, file=output)
    return 0


def show_programmes() -> int:
    """One line per programme version: key, status, titles, and the digest that identifies it.

    Returns 1 when a file cannot be read; its problems are printed in its place.
    """
    from cultivar.policy.problems import BadFile
    from cultivar.policy.reading import read_programme

    code = 0
    for path in _programme_files():
        try:
            reading = read_programme(path)
        except BadFile as bad:
            print(bad)
            code = FOUND_PROBLEMS
            continue
        programme = reading.programme
        title = f"{programme.title.zh} / {programme.title.en}"
        print(f"{programme.key}  {programme.status}  {title}  sha256:{reading.digest}")
    return code


def show_calendar(year: int) -> int:
    """The days of ``year`` on which the official table departs from the week. Returns 0."""
    from cultivar.procedure.calendar import load_year

    table = load_year(_folder("CALENDARS"), year)
    print(f"{table.source.title.zh} / {table.source.title.en}, {table.source.number}, {table.source.issued}")
    days = [(holiday.first, holiday.last, _HOLIDAY, holiday.name) for holiday in table.holidays]
    days += [(day, day, _MAKE_UP, Text("调休", "make-up day")) for day in table.make_up_days]
    for first, last, kind, name in sorted(days):
        print(f"{first} – {last}  {kind.zh} {kind.en}  {name.zh} {name.en}")
    return 0


def _folder(setting: str) -> Path:
    """A folder of data by its name in the settings."""
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cultivar.config.settings")
    return Path(getattr(settings, setting))


def programme_folder() -> Path:
    """Where the programme files are."""
    return _folder("PROGRAMMES")


def _programme_files() -> list[Path]:
    return _in_folder(programme_folder())


def _in_folder(folder: Path) -> list[Path]:
    files = sorted(folder.rglob("*.yaml"))
    if not files:
        raise CannotRunError(_NO_PROGRAMMES, folder=folder)
    return files


def _meant(path: Path) -> list[Path]:
    """The file named, or those of the folder named."""
    if path.is_dir():
        return _in_folder(path)
    if not path.is_file():
        raise CannotRunError(_NO_FILE, file=path)
    return [path]
