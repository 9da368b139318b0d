"""The commands that bring workbooks into the register of enterprises, and out of it."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cultivar.cli import home
from cultivar.cli.errors import FOUND_PROBLEMS, CannotRunError, tell
from cultivar.policy.text import Text

if TYPE_CHECKING:
    from cultivar.cases.models import Subject
    from cultivar.registry.models import Office
    from cultivar.roster.checking import Checking
    from cultivar.roster.storing import Outcome

SHOWN = 50  # findings that are printed; --json has all that are kept
_NO_OFFICE = Text("没有键为 {key} 的单位。", "There is no office of the key {key}.")
_NO_SUBJECT = Text("没有编号为 {code} 的集群。", "There is no subject of the code {code}.")
_NEEDS_SUBJECT = Text(
    "{key} 是申报主体，要用 --subject 写明是哪一份名单。",
    "{key} is an applicant: name its roster with --subject.",
)
_NOT_ITS = Text("{code} 不是 {key} 的名单。", "{code} is not a roster of {key}.")
_NO_FILE = Text("没有文件 {file}。", "There is no file {file}.")
_FORMAT = Text("导出文件要以 .xlsx 或 .csv 结尾：{file}", "The export ends in .xlsx or .csv: {file}")
_CHECKED = Text(
    "读到 {read} 行：可以录入 {good} 行，有误 {wrong} 行；要改 {errors} 处，提醒 {hints} 处",
    "{read} rows read: {good} good, {wrong} wrong; {errors} errors, {hints} hints",
)
_TAKEN = Text(
    "已录入：新登记企业 {new_firms} 家，新列入名单 {enrolled} 家，"
    "年度数据有变 {figures_changed} 条、不变 {figures_unchanged} 条，资质有变 {held_changed} 条",
    "Taken: {new_firms} new enterprises, {enrolled} newly on the roster, {figures_changed} years of figures changed, "
    "{figures_unchanged} unchanged, {held_changed} titles changed",
)
_WOULD = Text(
    "录入后：新登记企业 {firms} 家，新填数据 {new} 项，改动 {changed} 项，取消资质 {ended} 项，与原有相同 {same} 项",
    "If taken: {firms} new enterprises; statements: {new} new, {changed} changed, {same} the same; {ended} titles end",
)
_NOTHING = Text("与登记册完全一致，没有变化", "The register said all of this already; nothing changed")
_ONLY_CHECKED = Text("只核对，没有录入", "Checked only; nothing was taken")
_MORE = Text("另有 {n} 处没有列出；用 --json 看全部", "{n} more are not listed; --json has all that are kept")
_WRITTEN = Text("已导出 {n} 家企业到 {file}", "Exported {n} enterprises to {file}")


def add_to(parser: argparse.ArgumentParser, command: Callable[..., argparse.ArgumentParser]) -> None:
    """Adds the commands of the group ``register``; ``command`` makes a parser in both languages."""
    commands: Any = parser.add_subparsers(metavar="命令/command", required=True)
    bring = command(
        commands,
        "import",
        "核对企业名单（xlsx、xls、csv），录入无误的行；有错退出码 1，读不了 2",
        "check a workbook of enterprises (xlsx, xls, csv) and take its good rows; exit code 1 errors, 2 unreadable",
    )
    bring.add_argument("file", type=Path, metavar="FILE", help="文件 · the file")
    bring.add_argument(
        "--office", required=True, metavar="KEY", help="以哪个单位的名义 · the office that states it"
    )
    bring.add_argument(
        "--subject", metavar="CODE", help="列入哪份名单（申报主体必填） · the roster, for applicants"
    )
    bring.add_argument("--year", type=int, metavar="Y", help="表头没写年份的列属于哪年，默认上年 · the year")
    bring.add_argument("--check", action="store_true", help="只核对，不录入 · check only")
    bring.add_argument("--json", action="store_true", help="以 JSON 输出 · write JSON")
    bring.set_defaults(run=_import)
    out = command(commands, "export", "导出企业数据（xlsx 或 csv）", "export enterprises (xlsx or csv)")
    out.add_argument("file", type=Path, metavar="OUT", help="新文件，.xlsx 或 .csv · the file to write")
    out.add_argument("--office", required=True, metavar="KEY", help="以哪个单位的名义 · the office that asks")
    out.add_argument("--subject", metavar="CODE", help="哪份名单 · the roster, for applicants")
    out.add_argument(
        "--year", type=int, metavar="Y", help="年份，连同上一年，默认上年 · with the year before it"
    )
    out.add_argument("--json", action="store_true", help="以 JSON 输出 · write JSON")
    out.set_defaults(run=_export)


def _set_up() -> None:
    home.enter()
    home.set_up_django()


def _import(arguments: argparse.Namespace) -> int:
    _set_up()
    from cultivar.registry.statements import Giver
    from cultivar.roster.checking import Checking
    from cultivar.roster.comparing import Register
    from cultivar.roster.opening import opened
    from cultivar.roster.storing import reach_of, setting

    if not arguments.file.is_file():
        raise CannotRunError(_NO_FILE, file=arguments.file)
    office, subject = _whose(arguments.office, arguments.subject)
    year = arguments.year or _last_year()
    outcome = None
    with _bar() as bar, opened(arguments.file) as book:
        against = Register.of(Giver(reach_of(office)[0], office.key, "")) if arguments.check else None
        checking = Checking(setting(year, "" if subject else office.region_id or "", subject), bar, against)
        if arguments.check:
            for _ in checking.run(book):
                pass
        else:
            outcome = _take(arguments.file.name, office, subject, checking, book)
    _report(checking, outcome, arguments)
    return FOUND_PROBLEMS if checking.findings.errors else 0


def _take(
    name: str, office: "Office", subject: "Subject | None", checking: "Checking", book: Any
) -> "Outcome":
    from cultivar.ledger import clock
    from cultivar.registry.statements import Giver
    from cultivar.roster.storing import reach_of, take

    giver, _ = reach_of(office)
    return take(Giver(giver, office.key, name[:200]), checking.run(book), at=clock.now(), subject=subject)


def _last_year() -> int:
    from cultivar.ledger import clock

    return clock.today().year - 1


def _whose(key: str, code: str | None) -> "tuple[Office, Subject | None]":
    """The office, and the roster of an applicant."""
    from cultivar.cases.models import Subject
    from cultivar.registry.models import Office

    office = Office.objects.filter(key=key).first()
    if office is None:
        raise CannotRunError(_NO_OFFICE, key=key)
    if office.organisation_id and not code:
        raise CannotRunError(_NEEDS_SUBJECT, key=key)
    if not code:
        return office, None
    subject = Subject.objects.filter(code=code).first()
    if subject is None:
        raise CannotRunError(_NO_SUBJECT, code=code)
    if subject.organisation_id != office.organisation_id:
        raise CannotRunError(_NOT_ITS, code=code, key=key)
    return office, subject


def _report(checking: "Checking", outcome: "Outcome | None", arguments: argparse.Namespace) -> None:
    figures = {
        "read": checking.counts.read,
        "good": checking.counts.good,
        "wrong": checking.counts.wrong,
        "errors": checking.findings.errors,
        "hints": checking.findings.hints,
    }
    changes = {**outcome.counts, "enrolled": outcome.enrolled} if outcome else None
    if arguments.json:
        plain = {
            **figures,
            "would": checking.changes.plain() if arguments.check else None,
            "taken": changes,
            "problems": _plain(checking),
            "kinds": dict(checking.findings.counts),
        }
        json.dump(plain, sys.stdout, ensure_ascii=False, indent=1)
        print()
        return
    for one in checking.findings.kept[:SHOWN]:
        print(f"{one.sentence.zh}\n{one.sentence.en}", file=sys.stderr)
    hidden = sum(checking.findings.counts.values()) - SHOWN
    if hidden > 0:
        tell(_MORE, n=hidden)
    tell(_CHECKED, **figures)
    if changes is None or outcome is None:
        _tell_changes(checking)
        tell(_ONLY_CHECKED)
    elif outcome.wrote:
        tell(_TAKEN, **changes)
    else:
        tell(_NOTHING)
    for hint in outcome.hints[:SHOWN] if outcome else ():
        print(f"{hint.text.zh}\n{hint.text.en}", file=sys.stderr)


def _tell_changes(checking: "Checking") -> None:
    changes = checking.changes
    for one in changes.shown:
        print(f"{one.code} {one.what.zh}：{one.before.zh} → {one.after.zh}")
        print(f"{one.code} {one.what.en}: {one.before.en} → {one.after.en}")
    tell(
        _WOULD,
        firms=changes.firms,
        **{how: changes.counts[how] for how in ("new", "changed", "ended", "same")},
    )


def _plain(checking: "Checking") -> list[dict[str, Any]]:
    return [
        {
            "kind": one.said.kind,
            "blocks": one.said.blocks,
            "sheet": one.sheet,
            "row": one.row,
            "column": one.column,
            "heading": one.heading,
            "value": one.value,
            "message": one.words.en,
            "message_zh": one.words.zh,
        }
        for one in checking.findings.kept
    ]


def _export(arguments: argparse.Namespace) -> int:
    kind = arguments.file.suffix.lower()
    if kind not in (".xlsx", ".csv"):
        raise CannotRunError(_FORMAT, file=arguments.file)
    _set_up()
    from cultivar.roster import queries
    from cultivar.roster.exporting import csv_lines, write_workbook

    office, subject = _whose(arguments.office, arguments.subject)
    year = arguments.year or _last_year()
    span, whose = (year - 1, year), office.organisation_id or ""
    codes = queries.roster_codes(subject) if subject else queries.region_codes(office.region_id or "")
    with _bar() as bar:
        rows = _told(queries.firm_rows(codes, whose, span), len(codes), bar)
        if kind == ".csv":
            with arguments.file.open("w", encoding="utf-8", newline="") as out:
                out.writelines(csv_lines(rows, span))
        else:
            write_workbook(
                arguments.file,
                rows,
                span,
                incidents=queries.incident_rows(codes, whose),
                supply=queries.supply_rows(codes, whose),
            )
    if arguments.json:
        print(
            json.dumps(
                {"file": str(arguments.file), "enterprises": len(codes), "years": span}, ensure_ascii=False
            )
        )
    else:
        tell(_WRITTEN, n=len(codes), file=arguments.file)
    return 0


def _told(rows: Iterator[Any], total: int, bar: Callable[[int, int], None]) -> Iterator[Any]:
    for number, row in enumerate(rows, 1):
        if number % 500 == 0:
            bar(number, total)
        yield row


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, where that is a terminal."""
    from tqdm import tqdm

    with tqdm(disable=None, file=sys.stderr, unit="") as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress
