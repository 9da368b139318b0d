"""Measures the register of enterprises at size: ``python bench/register.py --appraisal --import --export``.

``--appraisal``: 1,000 clusters over 100,000 invented enterprises, each with every measure of the vocabulary for two
years, are built in a scratch house on SQLite. Measured in one process: the appraisal of all clusters under the Guizhou
measures, of one cluster, and, as a measure of the machine, a bare ``SELECT`` of the rows that the first one reads.

``--import``: a workbook of 100,000 enterprises and 25 columns is checked, taken into an empty register, and taken
again; beside it stands what bare reading of the file's cells takes. ``--export``: the same enterprises as xlsx and as
CSV. Each in a process of its own; memory is the peak of this process and of its child together. The database is
SQLite, or that of ``CULTIVAR_DATABASE`` with ``--database``, which must be empty.
"""

import argparse
import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REPEATS = 7
PROGRAMME = "guizhou-clusters/2025-trial"
YEAR, DAY = 2025, date(2026, 5, 7)
ALL_AIM, ONE_AIM = 2000, 50  # milliseconds


def main() -> int:
    """Builds the world in a folder of its own, measures, prints tables; 1 if an aim is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--appraisal", action="store_true", help="appraising all clusters, and one")
    parser.add_argument("--clusters", type=int, default=1000)
    parser.add_argument("--firms", type=int, default=100_000)
    parser.add_argument("--import", action="store_true", dest="bring", help="importing a workbook")
    parser.add_argument("--export", action="store_true", help="exporting what was imported")
    parser.add_argument("--database", action="store_true", help="import into CULTIVAR_DATABASE, not SQLite")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        print(json.dumps(PARTS[asked.part](asked.file, asked.firms)))
        return 0
    if asked.here:
        print(json.dumps(appraisal(asked.clusters, asked.firms)))
        return 0
    if not (asked.appraisal or asked.bring or asked.export):
        parser.error("say what to measure: --appraisal, --import, --export")
    missed = 0
    if asked.appraisal:
        sizes = ["--clusters", str(asked.clusters), "--firms", str(asked.firms)]
        missed |= report(elsewhere("--appraisal", *sizes))
    if asked.bring or asked.export:
        missed |= report_moving(moving(asked.firms, asked.export, asked.database), asked.database)
    return missed


def elsewhere(*arguments: str) -> dict[str, Any]:
    """What this program measures in a process of its own, on an empty house that is thrown away."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "CULTIVAR_HOME": home, "CULTIVAR_DEMO": "1"}
        environment |= {"PYTHONPATH": str(ROOT / "src"), "DJANGO_SETTINGS_MODULE": "cultivar.config.settings"}
        environment.pop("CULTIVAR_DATABASE", None)
        command = [sys.executable, __file__, "--here", *arguments]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def report(rows: dict[str, Any]) -> int:
    """Prints the machine, the day and the table."""
    print(f"{date.today()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"SQLite, {rows.pop('size')}")
    print("| what | median ms | slowest ms | times a bare SELECT | aim ms |\n|---|---:|---:|---:|---:|")
    bare, missed = rows["bare SELECT of the same rows"]["median"], False
    for what, row in rows.items():
        aim = row["aim"]
        missed = missed or bool(aim and row["median"] > aim)
        ratio = f"{row['median'] / bare:.2f}"
        print(f"| {what} | {row['median']:.0f} | {row['slowest']:.0f} | {ratio} | {aim or ''} |")
    return int(missed)


# --------------------------------------------------------------------------------------------------- the appraisal


def appraisal(clusters: int, firms: int) -> dict[str, Any]:
    """Builds the clusters and gives median and slowest (ms) of each thing measured."""
    import django

    django.setup()
    from django.core.management import call_command

    from cultivar.cases.appraising import appraise_many
    from cultivar.cases.models import Subject
    from cultivar.cases.programmes import catalogue

    call_command("migrate", interactive=False, verbosity=0)
    populate(clusters, firms)
    programme = catalogue()[PROGRAMME].programme
    every = Subject.objects.all()
    one = every.filter(pk=every.order_by("code").values_list("code", flat=True)[clusters // 2])

    def of_all() -> None:
        found = appraise_many(every, programme, YEAR, DAY)
        assert len(found) == clusters
        assert all(line.figures for line in next(iter(found.values())).answers)

    return {
        "size": f"{clusters} clusters, {firms} enterprises, {measures()} measures, 2 years",
        "bare SELECT of the same rows": timed(bare),
        "all clusters": timed(of_all, ALL_AIM),
        "one cluster": timed(lambda: appraise_many(one, programme, YEAR, DAY), ONE_AIM),
    }


def measures() -> int:
    """How many measures an enterprise reports."""
    from cultivar.policy.vocabulary import vocabulary

    return len(vocabulary().measures)


def populate(clusters: int, firms: int) -> None:
    """Clusters without applicants; enterprise number n is of cluster n modulo their number."""
    from cultivar.cases.models import Membership, Subject
    from cultivar.ledger import clock
    from cultivar.registry import regions
    from cultivar.registry.models import Office
    from cultivar.registry.statements import Giver, state

    regions.load()
    words = {"name_zh": "省厅（虚构）", "name_en": "Province", "short_zh": "省厅", "short_en": "Province"}
    Office.objects.create(key="province", body="province", region_id="520000", **words)
    rows = state(Giver("", "province", "bench"), invented(firms), at=clock.now())
    assert rows.new_firms == firms
    Subject.objects.bulk_create(
        Subject(
            code=f"C{n:05d}", kind="cluster", name_zh=f"集群{n}", name_en=f"Cluster {n}", region_id="520100"
        )
        for n in range(clusters)
    )
    Membership.objects.bulk_create(
        Membership(subject_id=f"C{n % clusters:05d}", enterprise_id=code(n)) for n in range(firms)
    )


def code(number: int) -> str:
    """A credit code's shape; its check characters are of no matter here."""
    return f"91520100XG{number:08d}"


def invented(firms: int) -> Iterator[Any]:
    """Enterprises with every measure for two years and a title each third."""
    from cultivar.policy.vocabulary import vocabulary
    from cultivar.registry.statements import FirmRow, HeldRow

    kinds = [(one.id, one.kind == "yes-no", one.scale) for one in vocabulary().measures.values()]
    held = (HeldRow("srun", "", "", date(2024, 1, 1), date(2026, 12, 31)),)
    for n in range(firms):
        years = {
            year: {
                name: (n + year) % 2 if flag else (n * 7919 + place * 104_729 + year) % 90_000 * scale + scale
                for place, (name, flag, scale) in enumerate(kinds)
            }
            for year in (YEAR, YEAR - 1)
        }
        yield FirmRow(code(n), f"企业{n}（虚构）", "520100", "1512", years, held if n % 3 == 0 else None)


def bare() -> None:
    """The rows that the appraisal of all clusters reads, by the database driver alone."""
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in (
            "SELECT subject_id, enterprise_id FROM cases_membership",
            "SELECT code, name_zh, region_id, industry FROM registry_enterprise",
            "SELECT enterprise_id, giver, year, figures FROM registry_yearlyfigures WHERE ended_at IS NULL",
            "SELECT enterprise_id, giver, kind, rank, from_on, until_on FROM registry_qualification",
        ):
            cursor.execute(statement)
            assert cursor.fetchall()


def timed(what: Callable[[], None], aim: int = 0) -> dict[str, float]:
    """Median and slowest of some repeats, in milliseconds, after one to warm up."""
    what()
    times = []
    for _ in range(REPEATS):
        gc.collect()
        began = time.perf_counter()
        what()
        times.append((time.perf_counter() - began) * 1000)
    return {"median": statistics.median(times), "slowest": max(times), "aim": aim}


# ------------------------------------------------------------------------------------------------ import and export

IMPORT_AIM, MEMORY_AIM = 15.0, 400  # seconds, MB
COLUMNS = 21  # measures in the workbook, beside code, name, region and industry


def moving(firms: int, export: bool, database: bool) -> dict[str, dict[str, float]]:
    """Seconds and peak memory (MB) of each step, each in a process of its own on one scratch house."""
    steps = ["read", "check", "take", "again", "full", *(["xlsx", "csv"] if export else [])]
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "CULTIVAR_HOME": home}
        environment |= {"PYTHONPATH": str(ROOT / "src"), "DJANGO_SETTINGS_MODULE": "cultivar.config.settings"}
        if not database:
            environment.pop("CULTIVAR_DATABASE", None)
        file = Path(home) / "enterprises.xlsx"
        found = {}
        for step in ["make", *steps]:
            command = [sys.executable, __file__, "--part", step, "--file", str(file), "--firms", str(firms)]
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
            found[step] = json.loads(done.stdout.splitlines()[-1])
    return found


def report_moving(rows: dict[str, dict[str, float]], database: bool) -> int:
    """Prints the machine, the day and the table; 1 if an aim is missed."""
    made = rows.pop("make")
    print(f"{date.today()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    kind = "CULTIVAR_DATABASE" if database else "SQLite"
    print(f"{kind}, {made['rows']:.0f} enterprises, {COLUMNS + 4} columns, {made['mb']:.1f} MB of xlsx")
    print(
        "| what | seconds | processor s | peak MB | of it the child | times bare reading |\n"
        "|---|---:|---:|---:|---:|---:|"
    )
    for step, row in rows.items():
        ratio = row["seconds"] / rows["read"]["seconds"]
        parts = (
            f"{row['seconds']:.1f} | {row['cpu']:.1f} | {row['mb']:.0f} | {row['child']:.0f} | {ratio:.2f}"
        )
        print(f"| {_STEPS[step]} | {parts} |")
    taken = rows["take"]
    print(f"aims for checking and taking: {IMPORT_AIM:.0f} s, {MEMORY_AIM} MB")
    return int(taken["seconds"] > IMPORT_AIM or taken["mb"] > MEMORY_AIM)


_STEPS = {
    "read": "bare reading by calamine",
    "check": "checking (import page, first half)",
    "take": "checking and taking into an empty register",
    "again": "the same file again, nothing changes",
    "full": "checking against a full register",
    "xlsx": "export as xlsx",
    "csv": "export as CSV",
}


def _ready() -> None:
    import django

    django.setup()


def _spent(begun: float, rows: int) -> dict[str, float]:
    """Seconds since ``begun``, processor seconds, peak memory of this process and of its largest child, rows."""
    import resource

    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    own, child = (one.ru_maxrss / 1024 for one in used)
    cpu = sum(one.ru_utime + one.ru_stime for one in used)
    seconds = time.perf_counter() - begun
    return {"seconds": seconds, "cpu": cpu, "mb": own + child, "child": child, "rows": rows}


def make(file: Path, firms: int) -> dict[str, float]:
    """Migrates the house, makes an office and writes the workbook."""
    _ready()
    import random

    import xlsxwriter
    from django.core.management import call_command

    from cultivar.policy.vocabulary import vocabulary
    from cultivar.registry import credit_code, regions
    from cultivar.registry.models import Office
    from cultivar.roster.cells import MOST
    from cultivar.roster.firm_cells import _NOT_ABOVE

    call_command("migrate", verbosity=0)
    regions.load()
    names = {"name_zh": "省厅", "name_en": "Province", "short_zh": "省厅", "short_en": "Province"}
    Office.objects.get_or_create(key="bench", defaults={"body": "province", "region_id": "520000", **names})
    measures = list(vocabulary().measures.values())[:COLUMNS]
    places = {one.id: 4 + at for at, one in enumerate(measures)}
    dice = random.Random(1)
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("企业")
        heads = [f"2025年{one.name.zh}" + (f"（{one.unit.zh}）" if one.unit else "") for one in measures]
        sheet.write_row(0, 0, ["统一社会信用代码", "企业名称", "所在地区", "行业代码", *heads])
        for number in range(firms):
            code = credit_code.make("91", "520300", f"M{number:07d}")
            row: list[str | float] = [code, f"测试企业{number}（虚构）", "遵义市", "1512"]
            for one in measures:
                kinds = {"yes-no": "是", "money": dice.randrange(1, 10**9) / 10_000}
                row.append(kinds.get(one.kind, dice.randrange(1, 1000)))
            for smaller, larger, _ in _NOT_ABOVE:
                if places.get(smaller, MOST) < MOST and larger in places:
                    row[places[smaller]] = row[places[larger]]
            for column, cell in enumerate(row):
                (sheet.write_string if isinstance(cell, str) else sheet.write_number)(
                    number + 1, column, cell
                )
    return {"rows": firms, "mb": file.stat().st_size / 2**20}


def read(file: Path, firms: int) -> dict[str, float]:
    """Every cell of the file as a Python value, and nothing else."""
    from python_calamine import CalamineWorkbook

    begun = time.perf_counter()
    with CalamineWorkbook.from_path(file) as book:
        rows = sum(1 for _ in book.get_sheet_by_index(0).iter_rows())
    return _spent(begun, rows)


def check(file: Path, firms: int) -> dict[str, float]:
    """The file read in its child process, checked and held against what stands, nothing stored."""
    _ready()
    from cultivar.registry.statements import Giver
    from cultivar.roster.checking import Checking
    from cultivar.roster.comparing import Register
    from cultivar.roster.opening import opened
    from cultivar.roster.storing import setting

    begun = time.perf_counter()
    against = Register.of(Giver("", "bench", "bench"))
    checking = Checking(setting(2025, "520000", None), against=against)
    with opened(file) as book:
        rows = sum(1 for _ in checking.run(book))
    assert (rows, checking.findings.errors) == (firms, 0)
    return _spent(begun, rows)


def take(file: Path, firms: int) -> dict[str, float]:
    """The file read, checked and taken."""
    _ready()
    from cultivar.ledger import clock
    from cultivar.registry.statements import Giver
    from cultivar.roster.checking import Checking
    from cultivar.roster.opening import opened
    from cultivar.roster.storing import setting
    from cultivar.roster.storing import take as store

    begun = time.perf_counter()
    checking = Checking(setting(2025, "520000", None))
    with opened(file) as book:
        outcome = store(Giver("", "bench", "bench"), checking.run(book), at=clock.now())
    changed, same = outcome.counts["figures_changed"], outcome.counts["figures_unchanged"]
    assert firms in (changed, same)
    return _spent(begun, changed + same)


def _exporting(file: Path, firms: int, form: str) -> dict[str, float]:
    _ready()
    from cultivar.roster import queries
    from cultivar.roster.exporting import csv_lines, write_workbook

    begun = time.perf_counter()
    rows = queries.firm_rows(queries.region_codes("520000"), "", (2024, 2025))
    out = file.with_name(f"out.{form}")
    if form == "xlsx":
        write_workbook(out, rows, (2024, 2025))
    else:
        with out.open("w", encoding="utf-8", newline="") as lines:
            lines.writelines(csv_lines(rows, (2024, 2025)))
    return _spent(begun, firms)


PARTS: dict[str, Callable[[Path, int], dict[str, float]]] = {
    "make": make,
    "read": read,
    "check": check,
    "take": take,
    "again": take,
    "full": check,
    "xlsx": lambda file, firms: _exporting(file, firms, "xlsx"),
    "csv": lambda file, firms: _exporting(file, firms, "csv"),
}


if __name__ == "__main__":
    sys.exit(main())
