"""The commands that write the whole house into one file, and bring it back."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cultivar.cli import home
from cultivar.cli.errors import FOUND_PROBLEMS, tell
from cultivar.policy.text import Text

if TYPE_CHECKING:
    from cultivar.audit.backup_form import Manifest, Progress

_MADE = Text(
    "已备份到 {file}：{rows} 行，{files} 份佐证材料，账本 {size} 条，根 {root}",
    "Backed up to {file}: {rows} rows, {files} files of evidence, {size} entries in the ledger, root {root}",
)
_SECRET = Text(
    "备份里有签名私钥和个人信息，请妥善保管，不要放在公开的地方",
    "The backup holds signing keys and personal data: keep it where nobody else can read it",
)
_RESTORED = Text(
    "已恢复：{rows} 行，{files} 份佐证材料，账本 {size} 条，根 {root}",
    "Restored: {rows} rows, {files} files of evidence, {size} entries in the ledger, root {root}",
)
_EQUALS = Text("恢复出的根与最近的检查点一致", "The restored root equals the last checkpoint")
_COVERS = Text(
    "恢复出的前 {covered} 条的根与最近的检查点一致；其后有 {after} 条还没有检查点",
    "The restored root of the first {covered} entries equals the last checkpoint; {after} entries came after it",
)
_NO_CHECKPOINT = Text(
    "备份里没有检查点；恢复出的根与备份清单一致",
    "The backup holds no checkpoint; the restored root equals that of its manifest",
)


def add_parsers(commands: Any, command: Callable[..., argparse.ArgumentParser]) -> None:
    """Adds ``backup`` and ``restore`` to the command line; ``command`` makes a parser in both languages."""
    made = command(
        commands,
        "backup",
        "把全部数据（数据库、佐证材料、账本密钥）备份到一个文件；运行中即可备份",
        "write everything (database, evidence, keys of the ledger) into one file, while the house is running",
    )
    made.add_argument("file", type=Path, metavar="FILE", help="新文件 · a new file")
    made.add_argument("--json", action="store_true", help="以 JSON 输出 · write JSON")
    made.set_defaults(run=_backup)
    back = command(
        commands,
        "restore",
        "把备份恢复到空的数据文件夹（CULTIVAR_HOME）和空的数据库（CULTIVAR_DATABASE）",
        "bring a backup back into an empty data folder (CULTIVAR_HOME) and an empty database (CULTIVAR_DATABASE)",
    )
    back.add_argument("file", type=Path, metavar="FILE", help="备份文件 · the backup")
    back.add_argument("--json", action="store_true", help="以 JSON 输出 · write JSON")
    back.set_defaults(run=_restore)


def _backup(arguments: argparse.Namespace) -> int:
    home.enter()
    home.set_up_django()
    from cultivar.audit.backup import backup

    with _bar() as progress:
        made = backup(arguments.file, progress)
    figures = _figures(made.manifest)
    if arguments.json:
        _print_json({"file": str(made.file), "bytes": made.bytes, **figures}, made.problems)
    else:
        tell(_MADE, file=made.file, **figures)
        tell(_SECRET)
        _complain(made.problems)
    return FOUND_PROBLEMS if made.problems else 0


def _restore(arguments: argparse.Namespace) -> int:
    home.enter()
    home.set_up_django()
    from cultivar.audit.restore import restore

    with _bar() as progress:
        restored = restore(arguments.file, progress)
    figures = _figures(restored.manifest)
    covered = restored.checkpoint_size
    if arguments.json:
        _print_json({**figures, "checkpoint": covered}, restored.problems)
    else:
        tell(_RESTORED, **figures)
        if covered is None:
            tell(_NO_CHECKPOINT)
        elif covered == figures["size"]:
            tell(_EQUALS)
        else:
            tell(_COVERS, covered=covered, after=figures["size"] - covered)
        _complain(restored.problems)
    return FOUND_PROBLEMS if restored.problems else 0


def _figures(manifest: "Manifest") -> dict[str, Any]:
    return {
        "rows": sum(manifest.tables.values()),
        "files": sum(name.startswith("evidence/") for name in manifest.members),
        "size": manifest.size,
        "root": manifest.root,
    }


def _print_json(figures: dict[str, Any], problems: tuple[Text, ...]) -> None:
    plain = {**figures, "problems": [{"zh": one.zh, "en": one.en} for one in problems]}
    json.dump(plain, sys.stdout, ensure_ascii=False, indent=1)
    print()


def _complain(problems: tuple[Text, ...]) -> None:
    for one in problems:
        print(f"{one.zh}\n{one.en}", file=sys.stderr)


@contextmanager
def _bar() -> Iterator["Progress"]:
    """A progress bar on standard error, where that is a terminal."""
    from tqdm import tqdm

    with tqdm(disable=None, file=sys.stderr, unit="") as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress
