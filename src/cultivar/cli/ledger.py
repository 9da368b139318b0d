"""The commands about the ledger: verify, sign, take cosignatures, export, and check a receipt without a database."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cultivar.cli import home
from cultivar.cli.errors import FOUND_PROBLEMS, tell
from cultivar.policy.text import Text

_REBUILT = Text("已由账本重建 {count} 个案件", "Rebuilt {count} cases from the ledger")
_SAME = Text("重放结果与现有数据完全一致", "The replay agrees with the stored data in every detail")
_WHOLE = Text(
    "账本完好：{size} 条记录，{cases} 个案件，{checkpoints} 个检查点",
    "The ledger is whole: {size} entries, {cases} cases, {checkpoints} checkpoints",
)
_WHOLE_TREE = Text(
    "账本的树完好：{size} 条记录，{checkpoints} 个检查点（没有核对各条记录的内容）",
    "The tree of the ledger is whole: {size} entries, {checkpoints} checkpoints (what the entries say was not checked)",
)
_FOUND = Text("发现 {count} 处问题", "Problems found: {count}")
_UNFOLLOWED = Text(
    "{count} 个案件因记录受损，没有核对到底",
    "{count} cases have damaged entries and were not followed to their end",
)


def add_to(parser: argparse.ArgumentParser) -> None:
    """Adds the commands of the group ``ledger``."""
    commands = parser.add_subparsers(metavar="命令/command", required=True)
    _add_looking(commands)


def _command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], zh: str, en: str
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=f"{zh} · {en}", description=f"{zh}。{en[0].upper()}{en[1:]}."
    )
    command.set_defaults(run=run)
    return command


def _as_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="以 JSON 输出 · write JSON")


def _add_looking(commands: Any) -> None:
    verify = _command(
        commands,
        "verify",
        _verify,
        "核验账本：树、检查点、各条记录、办理过程、数据表；退出码 0 完好，1 有问题，2 无法核验",
        "verify the ledger: tree, checkpoints, entries, acts, tables; exit code 0 whole, 1 problems, 2 cannot run",
    )
    verify.add_argument(
        "--checkpoint",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="别处保存的检查点或回执，可多次 · a checkpoint or receipt that others kept, repeatable",
    )
    verify.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="VKEY",
        help="只信这些验证密钥，不信数据库所列，可多次 · trust these keys, not the database's list, repeatable",
    )
    verify.add_argument(
        "--tree-only", action="store_true", help="只核验树和检查点 · only the tree and the checkpoints"
    )
    _as_json(verify)
    replay = _command(
        commands,
        "replay",
        _replay,
        "由账本重算全部数据并比对",
        "rebuild all data from the ledger and compare",
    )
    _as_json(replay)
    _command(commands, "rebuild", _rebuild, "由账本重建全部数据", "write all data anew from the ledger")


def _set_up() -> None:
    home.keep_secret_key(home.enter())
    home.set_up_django()


def _verify(arguments: argparse.Namespace) -> int:
    _set_up()
    from cultivar.audit import verifying
    from cultivar.audit.verifying_checkpoints import handed

    with _bar(verifying.expected_size()) as progress:
        verdict = verifying.verify(
            handed=handed(arguments.checkpoint),
            pinned=arguments.key,
            tree_only=arguments.tree_only,
            progress=progress,
        )
    if arguments.json:
        _print_json(
            {
                "whole": verdict.whole,
                "entries": verdict.size,
                "cases": verdict.cases,
                "checkpoints": verdict.checkpoints,
                "unfollowed_cases": verdict.unfollowed,
                "findings": [finding.plain() for finding in verdict.findings],
            }
        )
    elif verdict.whole:
        counts = {"size": verdict.size, "cases": verdict.cases, "checkpoints": verdict.checkpoints}
        tell(_WHOLE_TREE if arguments.tree_only else _WHOLE, **counts)
    else:
        for finding in verdict.findings:
            print(finding)
        tell(_FOUND, count=len(verdict.findings))
        if verdict.unfollowed:
            tell(_UNFOLLOWED, count=verdict.unfollowed)
    return 0 if verdict.whole else FOUND_PROBLEMS


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int], object]]:
    """A progress bar on standard error, where somebody looks on."""
    from tqdm import tqdm

    with tqdm(total=total, unit="", unit_scale=True, disable=not sys.stderr.isatty(), leave=False) as bar:
        yield bar.update


def _print_json(data: Any) -> None:
    json.dump(data, sys.stdout, ensure_ascii=False, indent=1, default=str)
    print()


def _replay(arguments: argparse.Namespace) -> int:
    home.enter()
    home.set_up_django()
    from cultivar.cases.replay import replay

    differences = replay()
    if arguments.json:
        json.dump(
            [asdict(difference) for difference in differences], sys.stdout, ensure_ascii=False, default=str
        )
        print()
    else:
        for difference in differences:
            print(difference)
        if not differences:
            tell(_SAME)
    return FOUND_PROBLEMS if differences else 0


def _rebuild(arguments: argparse.Namespace) -> int:
    del arguments
    home.enter()
    home.set_up_django()
    from cultivar.cases.replay import rebuild

    try:
        count = rebuild()
    except ValueError as broken:
        print(broken)
        return FOUND_PROBLEMS
    tell(_REBUILT, count=count)
    return 0
