"""Measures the register of enterprises at size: ``python bench/register.py --appraisal`` (about two minutes).

``--appraisal``: 1,000 clusters over 100,000 invented enterprises, each with every measure of the vocabulary for two
years, are built in a scratch house on SQLite. Measured in one process: the appraisal of all clusters under the Guizhou
measures, of one cluster, and, as a measure of the machine, a bare ``SELECT`` of the rows that the first one reads.
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
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        print(json.dumps(appraisal(asked.clusters, asked.firms)))
        return 0
    if not asked.appraisal:
        parser.error("say what to measure: --appraisal")
    sizes = ["--clusters", str(asked.clusters), "--firms", str(asked.firms)]
    return report(elsewhere("--appraisal", *sizes))


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


if __name__ == "__main__":
    sys.exit(main())
