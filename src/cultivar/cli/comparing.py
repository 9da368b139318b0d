"""The command that compares two versions of a policy and says what differs."""

import json
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from cultivar.cli.checks import programme_folder
from cultivar.cli.errors import FOUND_PROBLEMS, CannotRunError, tell
from cultivar.policy.compare import Change, compare
from cultivar.policy.compare_words import CLASS_WORDS, heading
from cultivar.policy.model import Programme
from cultivar.policy.problems import BadFile
from cultivar.policy.reading import read_programme
from cultivar.policy.text import Text

_UNKNOWN = Text(
    "没有“{name}”：既不是文件，也不是 {folder} 里的政策版本。已有：{known}。",
    "There is no “{name}”: neither a file nor a version of a policy in {folder}. There are: {known}.",
)
_BAD = Text(
    "{file} 有问题，无法比较；请先运行 cultivar programmes check。\n{problems}",
    "{file} cannot be compared because of its problems; run cultivar programmes check first.\n{problems}",
)
_SAME = Text("两个版本没有差别", "The two versions do not differ")
_COUNT = Text("共 {count} 处差别", "{count} differences")


def compare_programmes(one: str, other: str, as_json: bool) -> int:
    """Says what differs from ``one`` to ``other``, each a file or a key such as ``guizhou-clusters/2025-draft``.

    Returns 0 where nothing differs, 1 where something does. Raises ``CannotRunError`` (exit code 2) where a version
    is unknown or its file cannot be read.
    """
    before, after = _version(one), _version(other)
    changes = compare(before, after)
    if as_json:
        json.dump([change.plain() for change in changes], sys.stdout, ensure_ascii=False, indent=1)
        print()
    elif not changes:
        tell(_SAME)
    else:
        for line in _lines(changes):
            print(line)
        tell(_COUNT, count=len(changes))
    return FOUND_PROBLEMS if changes else 0


def _lines(changes: list[Change]) -> Iterator[str]:
    for article, same in groupby(changes, lambda change: change.article):
        head = heading(article)
        yield f"{head.zh} / {head.en}"
        for change in same:
            kind = CLASS_WORDS[change.kind]
            yield f"  [{kind.zh} {kind.en}] {change.what.zh} / {change.what.en}"
            yield f"    {change.path}"
            yield f"    - {change.said_before.zh} / {change.said_before.en}"
            yield f"    + {change.said_after.zh} / {change.said_after.en}"
        yield ""


def _version(name: str) -> Programme:
    """The version that ``name`` means: a file where there is one, else the file of that key."""
    path = Path(name)
    if not path.is_file():
        folder = programme_folder()
        files = {f"{file.parent.name}/{file.stem}": file for file in sorted(folder.glob("*/*.yaml"))}
        if name not in files:
            raise CannotRunError(_UNKNOWN, name=name, folder=folder, known=", ".join(files))
        path = files[name]
    try:
        return read_programme(path).programme
    except BadFile as bad:
        raise CannotRunError(_BAD, file=path, problems=bad) from None
