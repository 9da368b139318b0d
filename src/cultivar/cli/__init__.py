"""The command ``cultivar``. Exit codes: 0 done, 1 problems found, 2 cannot run.

Nothing here imports Django or a slice before a command needs it, so that ``--help`` is instant and each
command works whatever the others need.
"""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, TypeAlias

from cultivar.cli import backup, draw, home, ledger, register, worker
from cultivar.cli.errors import CANNOT_RUN, guarded, tell
from cultivar.policy.text import Text

_Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"
_BUILT = Text("演示已就绪：{home}", "The demonstration is ready in {home}")


class _Parser(argparse.ArgumentParser):
    """Refuses a wrong command line as every other refusal: one sentence in each language, exit code 2."""

    def error(self, message: str) -> NoReturn:
        print(f"命令写法不对（{message}）；用 {self.prog} --help 查看写法。", file=sys.stderr)
        self.exit(CANNOT_RUN, f"The command line is wrong ({message}); see {self.prog} --help.\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command line (``sys.argv`` unless given) and returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Chinese must not stop a command
    arguments = _parser().parse_args(argv)
    return guarded(lambda: int(arguments.run(arguments)))


def _demo(arguments: argparse.Namespace) -> int:
    from cultivar.cli import demonstration, serving

    folder = home.enter(default="var/demo")
    if not arguments.no_serve:
        serving.require_free_port("127.0.0.1", arguments.port)
    demonstration.ensure(folder, arguments.seed, arguments.rebuild)
    if arguments.no_serve:
        tell(_BUILT, home=folder)
        return 0
    os.environ["CULTIVAR_DEMO"] = "1"
    home.keep_secret_key(folder)
    home.set_up_django()
    return serving.serve("127.0.0.1", arguments.port, worker=not arguments.no_worker)


def _serve(arguments: argparse.Namespace) -> int:
    from cultivar.cli import serving

    home.keep_secret_key(home.enter())
    home.set_up_django()
    return serving.serve(arguments.host, arguments.port, worker=not arguments.no_worker)


def _migrate(arguments: argparse.Namespace) -> int:
    home.keep_secret_key(home.enter())
    home.set_up_django()
    from cultivar.cli import serving, upgrading

    serving.require_durable()
    return upgrading.upgrade()


def _manage(arguments: argparse.Namespace) -> int:
    home.enter().mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cultivar.config.settings")
    from django.core.management import ManagementUtility

    ManagementUtility(["cultivar manage", *arguments.arguments]).execute()
    return 0


def _programmes_check(arguments: argparse.Namespace) -> int:
    from cultivar.cli import checks

    return checks.check_programmes(arguments.files, arguments.json)


def _programmes_schema(arguments: argparse.Namespace) -> int:
    from cultivar.cli import checks

    return checks.write_schema(arguments.output)


def _programmes_show(arguments: argparse.Namespace) -> int:
    from cultivar.cli import checks

    return checks.show_programmes()


def _programmes_diff(arguments: argparse.Namespace) -> int:
    from cultivar.cli import comparing

    return comparing.compare_programmes(arguments.before, arguments.after, arguments.json)


def _programmes_read(arguments: argparse.Namespace) -> int:
    from cultivar.cli import documents

    return documents.read_policy_document(
        arguments.file, arguments.json, arguments.skeleton, arguments.output
    )


def _programmes_simulate(arguments: argparse.Namespace) -> int:
    home.enter()
    home.set_up_django()
    from cultivar.cli import simulating

    return simulating.simulate_programmes(arguments)


def _calendar_show(arguments: argparse.Namespace) -> int:
    from cultivar.cli import checks

    return checks.show_calendar(arguments.year)


def _port(value: str) -> int:
    """A port number, 0 for any free one."""
    if not value.isascii() or not value.isdigit() or int(value) > 65535:
        raise argparse.ArgumentTypeError(
            f"端口要写 0 到 65535 的整数 / a port is a number from 0 to 65535: {value}"
        )
    return int(value)


def _command(group: _Commands, name: str, zh: str, en: str) -> _Parser:
    return group.add_parser(name, help=f"{zh} · {en}", description=f"{zh}。{en[0].upper()}{en[1:]}.")


def _parser() -> _Parser:
    parser = _Parser(
        prog="cultivar",
        description="按政策文件办理产业集群认定。Runs industrial-cluster programmes from the policy itself.",
        epilog="退出码：0 完成，1 发现问题，2 无法执行。Exit codes: 0 done, 1 problems found, 2 cannot run. "
        "CULTIVAR_HOME 指定数据文件夹 names the data folder.",
    )
    commands = parser.add_subparsers(metavar="命令/command", required=True)
    _add_running(commands)
    backup.add_parsers(commands, _command)
    _add_looking(commands)
    return parser


def _add_running(commands: _Commands) -> None:
    demo = _command(
        commands, "demo", "生成虚构的演示数据并启动", "build the fictional demonstration and serve it"
    )
    demo.add_argument(
        "--seed", type=int, default=2026, help="随机种子，默认 2026 · seed, same seed same data"
    )
    demo.add_argument("--rebuild", action="store_true", help="重新生成 · build it anew")
    demo.add_argument("--port", type=_port, default=8000, help="端口，默认 8000 · port, 8000 unless told")
    demo.add_argument("--no-serve", action="store_true", help="只生成，不启动 · build only")
    worker.add_no_worker(demo)
    demo.set_defaults(run=_demo)
    serve = _command(commands, "serve", "启动网站", "serve the pages")
    serve.add_argument(
        "--host", default="127.0.0.1", help="监听地址，默认本机 · address, this machine unless told"
    )
    serve.add_argument("--port", type=_port, default=8000, help="端口，默认 8000 · port, 8000 unless told")
    worker.add_no_worker(serve)
    serve.set_defaults(run=_serve)
    working = _command(
        commands,
        "worker",
        "执行后台工作（签署检查点等）",
        "run the jobs that wait (signing checkpoints, ...)",
    )
    worker.add_arguments(working)
    migrate = _command(commands, "migrate", "建立或更新数据库表", "make or update the tables of the database")
    migrate.set_defaults(run=_migrate)
    manage = _command(commands, "manage", "Django 管理命令", "Django's own management commands")
    manage.add_argument(
        "arguments", nargs=argparse.REMAINDER, metavar="...", help="例如 check · for example check"
    )
    manage.set_defaults(run=_manage)


def _add_reader(programmes: _Commands) -> None:
    reader = _command(
        programmes,
        "read",
        "读政策文本（txt、docx、pdf、html），列出章、条、项和疑点",
        "read a policy document (txt, docx, pdf, html) into chapters, articles, items and irregularities",
    )
    reader.epilog = (
        "疑点不影响退出码：0 读出了条文，1 没有条文，2 文件读不了。"
        "Irregularities do not change the exit code: 0 articles were found, 1 none were, 2 the file cannot be read."
    )
    reader.add_argument("file", type=Path, metavar="FILE", help="政策文本 · the document")
    form = reader.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="以 JSON 输出 · write JSON")
    form.add_argument(
        "--skeleton", action="store_true", help="输出待填写的政策文件 · write a programme file to fill in"
    )
    reader.add_argument("-o", "--output", type=Path, metavar="OUT", help="写入文件 · write to this file")
    reader.set_defaults(run=_programmes_read)


def _add_looking(commands: _Commands) -> None:
    programmes = _command(commands, "programmes", "政策文件", "programme files").add_subparsers(
        metavar="命令/command", required=True
    )
    check = _command(
        programmes,
        "check",
        "检查政策文件（运行其中的例子）和向导",
        "check programme files, run their examples, and check guides",
    )
    check.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="文件或文件夹，默认全部 · files or folders, all unless named",
    )
    check.add_argument("--json", action="store_true", help="以 JSON 输出 · write JSON")
    check.set_defaults(run=_programmes_check)
    show = _command(programmes, "show", "列出政策文件", "list the programme files")
    show.set_defaults(run=_programmes_show)
    diff = _command(
        programmes,
        "diff",
        "比较政策的两个版本，逐条列出差别并分类；没有差别退出码 0，有差别 1，无法比较 2",
        "compare two versions of a policy, article by article, each change classed; "
        "exit code 0 no difference, 1 differences, 2 cannot run",
    )
    version = "文件，或 guizhou-clusters/2025-draft 这样的版本 · a file or a key such as guizhou-clusters/2025-draft"
    diff.add_argument("before", metavar="A", help=version)
    diff.add_argument("after", metavar="B", help=version)
    diff.add_argument("--json", action="store_true", help="以 JSON 输出 · write JSON")
    diff.set_defaults(run=_programmes_diff)
    _add_reader(programmes)
    _add_simulate(programmes)
    schema = _command(
        programmes,
        "schema",
        "输出政策文件的 JSON Schema，供编辑器提示",
        "write the JSON Schema of programme files, by which editors help",
    )
    schema.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="写入文件，默认屏幕 · to a file, not the screen"
    )
    schema.set_defaults(run=_programmes_schema)
    calendar = _command(commands, "calendar", "工作日表", "working-day tables").add_subparsers(
        metavar="命令/command", required=True
    )
    year = _command(
        calendar, "show", "显示一年的放假和调休", "show a year's holidays and make-up working days"
    )
    year.add_argument("year", type=int, metavar="YEAR", help="年份 · the year")
    year.set_defaults(run=_calendar_show)
    ledger.add_to(_command(commands, "ledger", "账本", "the ledger"))
    enterprises = _command(commands, "register", "企业登记册", "the register of enterprises")
    register.add_to(enterprises, _command)
    drawing = _command(commands, "draw", "随机抽取，可以重放核验", "random draws that anyone can replay")
    draw.add_to(drawing, _command)


def _add_simulate(programmes: _Commands) -> None:
    simulate = _command(
        programmes,
        "simulate",
        "把办结的案件放到别的门槛、名额或版本下试算，列出会改变的结果和依据；不写任何数据；"
        "没有改变退出码 0，有 1，无法试算 2",
        "try other thresholds, settings or another version on the cases of a round and list the outcomes that flip, "
        "with their articles; nothing is written; exit code 0 none flips, 1 some do, 2 cannot run",
    )
    simulate.add_argument(
        "--round", metavar="NUMBER", help="批次，默认最近办结的 · round, the last decided unless told"
    )
    simulate.add_argument(
        "--under", metavar="VERSION", help="另一版本：文件或键 · another version, a file or a key"
    )
    simulate.add_argument(
        "--threshold",
        action="append",
        metavar="I=V",
        help="批次门槛，可多次 · a round's threshold, repeatable",
    )
    simulate.add_argument(
        "--bar",
        action="append",
        metavar="I=V",
        help="文件规定的数值，可多次 · a bar of the document, repeatable",
    )
    simulate.add_argument("--quota", metavar="N", help="名额 · quota")
    simulate.add_argument("--panel", metavar="N", help="每案最少评分表份数 · fewest score sheets for a case")
    simulate.add_argument("--json", action="store_true", help="以 JSON 输出 · write JSON")
    simulate.set_defaults(run=_programmes_simulate)
