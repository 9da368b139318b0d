"""The command ``cultivar draw``: what is typed. What it does stands in ``drawing``."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cultivar.cli.errors import CannotRunError
from cultivar.policy.text import Text

_NEITHER = Text(
    "写明 --seats（抽多少个）或 --order（全部排出顺序）之一。",
    "Say either --seats (how many) or --order (an order of all).",
)
_ORDER = (
    "先公布冻结文件的哈希，种子的值出来以后再抽取。"
    "Publish the hash of the frozen document first; draw when the values of the seed exist."
)


def add_to(parser: argparse.ArgumentParser, command: Callable[..., argparse.ArgumentParser]) -> None:
    """Adds the commands of the group ``draw``; ``command`` makes a parser in both languages."""
    parser.epilog = _ORDER
    commands: Any = parser.add_subparsers(metavar="命令/command", required=True)
    freeze = command(
        commands,
        "freeze",
        "冻结名单、名额和种子来源，给出哈希；在种子的值产生之前公布",
        "fix list, seats and sources of the seed and give their hash, to be published before the seed exists",
    )
    _what_is_drawn(freeze, required=True)
    freeze.add_argument(
        "--source",
        action="append",
        required=True,
        metavar="NAME[:text]",
        help="种子来源，可多次；字母和数字串加 :text · a source of the seed, repeatable; :text for letters and digits",
    )
    _output(freeze)
    freeze.set_defaults(run=_freeze)
    run = command(
        commands,
        "run",
        "按冻结的名单和公开的种子抽取，写出每一步；名单在冻结后变过则退出码 2",
        "draw by the frozen list and the public seed and write every step; exit code 2 where the list was changed",
    )
    _what_is_drawn(run, required=False)
    _seed(
        run,
        "种子的值，可多次，例如 双色球2026058=3 7 12 18 25 33 · a value of the seed, repeatable",
        required=True,
    )
    _frozen(run)
    _output(run)
    run.set_defaults(run=_run)
    verify = command(
        commands,
        "verify",
        "核验抽取结果，重算每一步；有不符退出码 1，读不了 2",
        "check a result by working out every step again; exit code 1 where it differs, 2 where it cannot be read",
    )
    verify.add_argument("result", type=Path, metavar="RESULT.json", help="抽取结果 · the result")
    _frozen(verify)
    _published_seed(verify)
    verify.add_argument("--json", action="store_true", help="以 JSON 输出 · write JSON")
    verify.set_defaults(run=_verify)
    replace = command(
        commands,
        "replace",
        "有人退出时由谁递补；结果不符退出码 1",
        "who takes the seat of someone who left; exit code 1 where the result does not hold",
    )
    replace.add_argument("result", type=Path, metavar="RESULT.json", help="抽取结果 · the result")
    replace.add_argument(
        "--vacated",
        action="append",
        required=True,
        metavar="ID",
        help="退出的编号，按退出先后可多次 · who left, repeatable in the order of leaving",
    )
    _frozen(replace)
    _published_seed(replace)
    replace.add_argument("--json", action="store_true", help="以 JSON 输出 · write JSON")
    replace.set_defaults(run=_replace)


def _what_is_drawn(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument(
        "--pool",
        type=Path,
        required=required,
        metavar="FILE",
        help="名单：csv 或 json，列为 id（编号）、kind（类别）、field（领域） · the list: id, kind, field",
    )
    parser.add_argument(
        "--seats",
        action="append",
        metavar="[KIND[/FIELD]=]N[+M]",
        help="名额 N、备选 M（不写则其余都按顺序备选），可多次 · N seats and M alternates, repeatable",
    )
    parser.add_argument(
        "--order", action="store_true", help="全部排出顺序，例如答辩顺序 · an order of all, as of speaking"
    )


def _frozen(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--frozen",
        metavar="HASH|FILE",
        help="事先公布的哈希或冻结文件 · the published hash, or the frozen document",
    )


def _seed(parser: argparse.ArgumentParser, told: str, *, required: bool) -> None:
    parser.add_argument("--seed", action="append", required=required, metavar="NAME[:text]=VALUE", help=told)


def _published_seed(parser: argparse.ArgumentParser) -> None:
    _seed(
        parser,
        "各来源公布的值，可多次；核对结果用的就是这个种子 · the value that a source published, repeatable",
        required=False,
    )


def _output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="写入文件，默认屏幕 · to a file, not the screen"
    )


def _either(arguments: argparse.Namespace) -> None:
    if bool(arguments.seats) == arguments.order:
        raise CannotRunError(_NEITHER)


def _freeze(arguments: argparse.Namespace) -> int:
    from cultivar.cli import drawing

    _either(arguments)
    return drawing.freeze_draw(arguments.pool, arguments.seats, arguments.source, arguments.output)


def _run(arguments: argparse.Namespace) -> int:
    from cultivar.cli import drawing

    if arguments.pool or arguments.seats or arguments.order:
        _either(arguments)
    return drawing.run_draw(
        arguments.pool, arguments.seats, arguments.seed, arguments.frozen, arguments.output
    )


def _verify(arguments: argparse.Namespace) -> int:
    from cultivar.cli import drawing

    return drawing.verify_draw(arguments.result, arguments.frozen, arguments.seed, arguments.json)


def _replace(arguments: argparse.Namespace) -> int:
    from cultivar.cli import drawing

    return drawing.replace_drawn(
        arguments.result, arguments.vacated, arguments.frozen, arguments.seed, arguments.json
    )
