"""Measures the pages of officials with 500 and with 10,000 cases: ``python bench/pages.py``.

The world is the demonstration, whose cases are done through the one door, multiplied: applications
without title or objection are copied under new numbers, entry by entry, into one ledger in order of time.
Tables are projected from the record as the door would do it, and a sample is compared with its record.
Requests run in this process (``django.test.Client``: middleware, database and templates, no network).
Printed: median and 95th percentile in milliseconds over 40 requests after 3 that warm up, the ratio of the
median to that of a page of the shell without cases (the sign-in page), and the queries of one request.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import cycle, islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SIZES = (500, 10_000)
REQUESTS, WARM = 40, 3
DRAFTS = REQUESTS + WARM + 1  # complete drafts, each of which can be submitted once
AIMS = {
    "reference": (None, None),
    "list": (60, 10),
    "case": (80, 15),
    "desk": (None, None),
    "submit": (80, None),
}


def main() -> int:
    """Builds and measures each size in a process and a data folder of its own. 1 if an aim is missed."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    arguments.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.one:
        return measure(given.one)
    rows: dict[int, dict[str, Any]] = {}
    for size in given.sizes:
        with tempfile.TemporaryDirectory() as home:
            environment = {**os.environ, "CULTIVAR_HOME": home, "CULTIVAR_DEMO": "1"}
            environment |= {
                "PYTHONPATH": str(ROOT / "src"),
                "DJANGO_SETTINGS_MODULE": "cultivar.config.settings",
            }
            environment.pop("CULTIVAR_DATABASE", None)
            command = [sys.executable, __file__, "--one", str(size)]
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
            rows[size] = json.loads(done.stdout.splitlines()[-1])
    return report(rows)


def report(rows: dict[int, dict[str, Any]]) -> int:
    """Prints the table; 1 where an aim is missed."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, SQLite")
    print("| page | cases | median ms | p95 ms | ratio | queries | aim |\n|---|---:|---:|---:|---:|---:|---|")
    missed = False
    for page in next(iter(rows.values())):
        counts = {rows[size][page]["queries"] for size in rows}
        limit, most = AIMS[page.split()[0]]
        for size in rows:
            row = rows[size][page]
            bad = (limit and row["median"] > limit) or (most and row["queries"] > most) or len(counts) > 1
            missed = missed or bool(bad)
            aim = ", ".join([f"{limit} ms"] * bool(limit) + [f"{most} queries"] * bool(most)) or "-"
            ratio = row["median"] / rows[size]["reference"]["median"]
            cells = (
                page,
                f"{size:,}",
                f"{row['median']:.1f}",
                f"{row['p95']:.1f}",
                f"{ratio:.1f}",
                row["queries"],
            )
            print(f"| {' | '.join(map(str, cells))} | {aim}{' missed' if bad else ''} |")
    return int(missed)


def say(words: str) -> None:
    """Progress, apart from the result."""
    print(words, file=sys.stderr, flush=True)


def measure(size: int) -> int:
    """Builds a world of ``size`` cases in the folder of ``CULTIVAR_HOME``; prints the figures as JSON."""
    import django

    django.setup()
    from django.core.management import call_command

    from cultivar.demonstration.build import build

    call_command("migrate", interactive=False, verbosity=0)
    build(progress=lambda line: None)
    began = time.perf_counter()
    multiply(size)
    say(f"{size:,} cases in {time.perf_counter() - began:.0f} s")
    check_sample()
    print(json.dumps(figures()))
    return 0


# ------------------------------------------------------------------------------------------------- the world


def multiply(size: int) -> None:
    """Copies applications until there are ``size`` cases, and lays one ledger in order of time."""
    from django.db import connection, transaction

    from cultivar.cases.models import Case, Dossier, DossierVersion, Evidence, TitleChange
    from cultivar.ledger.models import Entry, Head, Sealed, Tile
    from regrown import regrow

    names = ("0002_append_only", "0003_sealed_stays", "0005_tree_stays")
    guards = [import_module(f"cultivar.ledger.migrations.{name}") for name in names]
    plain = Case.objects.filter(procedure="recognition", children=None).exclude(
        number__in=TitleChange.objects.values("case")
    )
    complete = plain.get(number=_complete_draft())
    sources = [complete.number] * DRAFTS + list(plain.order_by("number").values_list("number", flat=True))
    wanted = max(0, size - Case.objects.count())
    head, tail = sources[:DRAFTS], cycle(sources[DRAFTS:])
    copied = [*head[:wanted], *islice(tail, max(0, wanted - DRAFTS))]
    copies = [(f"GZ-2026-{50_000 + n:05d}", source) for n, source in enumerate(copied)]
    versions = list(_versions(copies, DossierVersion))
    renamed = {(row.case_id, old): row.sha256 for row, old in versions}
    rows = _entries(copies, Entry, renamed)
    with transaction.atomic(), connection.cursor() as cursor:
        for guard in reversed(guards):
            for statement in guard.permitting(connection.vendor):
                cursor.execute(statement)
        sealed = list(Sealed.objects.select_related("entry"))
        Sealed.objects.all().delete()
        Entry.objects.all().delete()
        Entry.objects.bulk_create((Entry(**row) for row in rows), batch_size=500)
        places = dict(Entry.objects.values_list("key", "seq"))
        Sealed.objects.bulk_create(
            Sealed(entry_id=places[one.entry.key], field=one.field, salt=one.salt, value=one.value)
            for one in sealed
        )
        Head.objects.update(last_at=rows[-1]["at"])
        Tile.objects.all().delete()
        regrow()
        _project(copies)
        DossierVersion.objects.bulk_create([row for row, _ in versions], batch_size=500)
        _point_versions(DossierVersion, rows)
        _copy(Dossier, copies)
        _copy(Evidence, copies)
    with connection.cursor() as cursor:
        for guard in guards:
            for statement in guard.forbidding(connection.vendor):
                cursor.execute(statement)


def _complete_draft() -> str:
    from cultivar.cases.models import Case
    from cultivar.demonstration import year

    script = year.cast_parts(2026)
    cluster = script.where(year.SPRING, "draft")[0].key.upper()
    return Case.objects.get(procedure="recognition", subject=cluster, stage="drafting").number


def _versions(copies: list[tuple[str, str]], model: Any) -> Iterator[tuple[Any, str]]:
    """Frozen dossiers of the copies, salted with their numbers so that each has its own name."""
    import hashlib

    from cultivar.cases.dossier import thaw
    from cultivar.ledger.canonical import canonical

    frozen: dict[str, list[Any]] = {}
    for version in model.objects.all():
        frozen.setdefault(version.case_id, []).append((version, thaw(version)))
    for number, source in copies:
        for version, content in frozen.get(source, []):
            body = canonical({**content, "salt": f"{number} {content['salt']}"})
            sha256 = hashlib.sha256(body).hexdigest()
            yield model(sha256=sha256, case_id=number, seq=0, body=body, at=version.at), version.sha256


def _point_versions(model: Any, rows: list[dict[str, Any]]) -> None:
    """Every version says by which entry, as they are numbered now, it was submitted."""
    from cultivar.ledger.canonical import read

    at = {read(bytes(row["leaf"]))["content"].get("dossier"): row["seq"] for row in rows}
    versions = list(model.objects.all())
    for version in versions:
        version.seq = at[version.sha256]
    model.objects.bulk_update(versions, ["seq"], batch_size=500)


def _entries(
    copies: list[tuple[str, str]], model: Any, renamed: dict[tuple[str, str], str]
) -> list[dict[str, Any]]:
    """Every entry, the copies' among those that are there, numbered anew in order of time."""
    from cultivar.ledger.canonical import canonical, read
    from cultivar.ledger.merkle import leaf_hash

    known = list(model.objects.order_by("seq").values())
    record: dict[str, list[dict[str, Any]]] = {}
    for row in known:
        record.setdefault(row["case"], []).append({**row, "data": read(bytes(row["leaf"]))})
    rows = list(known)
    for number, source in copies:
        for row in record[source]:
            leaf = {**row["data"], "case": number, "key": f"{row['key']}/{number}"}
            content = leaf["content"]
            if "dossier" in content:
                leaf["content"] = {**content, "dossier": renamed[number, content["dossier"]]}
            data = canonical(leaf)
            new = {**row, "case": number, "key": leaf["key"], "leaf": data, "leaf_hash": leaf_hash(data)}
            new.pop("data")
            rows.append(new)
    rows.sort(key=lambda row: (row["at"], row["seq"], row["case"]))
    return [{**row, "seq": seq} for seq, row in enumerate(rows)]


def _project(copies: list[tuple[str, str]]) -> None:
    """The tables of every case, from the record alone."""
    from cultivar.cases import projection, replay
    from cultivar.cases.models import Case
    from cultivar.cases.programmes import calendar
    from cultivar.cases.record import load, matter, terms_of

    first = {
        number: load(number) for number in Case.objects.order_by("number").values_list("number", flat=True)
    }
    for number, case in first.items():
        before: dict[Any, list[Any]] = {model: [{}] for model in projection.all_models()}
        projection.write(number, before, replay.rebuilt(case, first, replay.children(first)))
    found: dict[Any, list[Any]] = {model: [] for model in projection.all_models()}
    for number, _ in copies:
        case = load(number)
        around = matter(case, terms_of(first[case.opening.round]))
        for model, rows in projection.rows(case, around, calendar()).items():
            key = "number" if model is Case else "case_id"
            found[model] += [model(**{key: number}, **row) for row in rows]
    for model, rows in found.items():
        model._default_manager.bulk_create(rows, batch_size=500)


def _copy(model: Any, copies: list[tuple[str, str]]) -> None:
    """The working data of the sources under the numbers of their copies."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in model.objects.order_by("pk").values():
        row.pop("id", None)
        rows.setdefault(row.pop("case_id"), []).append(row)
    new = (model(case_id=number, **row) for number, source in copies for row in rows.get(source, []))
    model.objects.bulk_create(new, batch_size=500)


def check_sample() -> None:
    """Stops where the multiplied world is not what its ledger says, case by case on every 97th."""
    from cultivar.cases.models import Case
    from cultivar.cases.record import load

    for row in Case.objects.order_by("number")[::97]:
        case = load(row.number)
        assert (case.state.stage, case.state.latest and case.state.latest.seq) == (row.stage, row.last_seq)


# --------------------------------------------------------------------------------------------- the measuring


def figures() -> dict[str, dict[str, float]]:
    """Median and p95 (ms) and queries of each page."""
    from django.conf import settings

    from cultivar.cases.models import Case

    settings.ALLOWED_HOSTS = ["testserver"]
    region = "520300"
    theirs = Case.objects.filter(procedure="recognition", lead_region=region).order_by("number")
    numbers = list(theirs.exclude(stage="drafting").values_list("number", flat=True))
    spread = [numbers[n * len(numbers) // (REQUESTS + WARM)] for n in range(REQUESTS + WARM)]
    reviewed = list(
        Case.objects.filter(procedure="recognition", stage="evaluation").values_list("number", flat=True)
    )
    one = numbers[len(numbers) // 2]
    return {
        "reference": _pages("province-handler", lambda n: ("sign-in", [])),
        "list province": _pages("province-handler", lambda n: ("cases", [])),
        "list city": _pages(f"city-{region}-handler", lambda n: ("cases", [])),
        "case city": _pages(
            f"city-{region}-handler", lambda n: ("case", [spread[n]]), counted=("case", [one])
        ),
        "case province": _pages(
            "province-handler",
            lambda n: ("case", [reviewed[n % len(reviewed)]]),
            counted=("case", [min(reviewed)]),
        ),
        "desk province": _pages("province-handler", lambda n: ("desk", [])),
        "desk city": _pages(f"city-{region}-handler", lambda n: ("desk", [])),
        "submit": _submits(),
    }


Where = tuple[str, list[str]]


def _pages(login: str, where: Callable[[int], Where], counted: Where | None = None) -> dict[str, float]:
    from django.urls import reverse

    client = _client(login)

    def get(n: int) -> None:
        name, arguments = where(n)
        answer = client.get(reverse(name, args=arguments))
        assert answer.status_code == 200, (name, arguments, answer.status_code)

    def one() -> None:
        name, arguments = counted or where(0)
        client.get(reverse(name, args=arguments))

    return _timed(get, one)


def _submits() -> dict[str, float]:
    """Complete drafts handed in, each once."""
    from django.urls import reverse

    from cultivar.cases.models import Case

    drafts = Case.objects.filter(number__gte="GZ-2026-50000", stage="drafting").order_by("number")
    numbers = list(drafts.values_list("number", flat=True)[:DRAFTS])
    client = _client(f"applicant-{Case.objects.get(number=numbers[0]).subject_id.lower()}")

    def post(n: int) -> None:
        content = {"undertaking": "on", "key": f"bench-{n}"}
        answer = client.post(reverse("act", args=[numbers[n], "submit"]), content)
        assert answer.status_code == 302, answer.content.decode()[-3000:]

    found = _timed(post, lambda: post(DRAFTS - 1))
    assert not Case.objects.filter(number__in=numbers, stage="drafting").exists()
    return found


def _client(login: str) -> Any:
    from django.test import Client

    from cultivar.registry.models import Person

    client = Client()
    client.force_login(Person.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _timed(request: Callable[[int], None], counted: Callable[[], None]) -> dict[str, float]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for n in range(WARM):
        request(n)
    times = []
    for n in range(WARM, WARM + REQUESTS):
        began = time.perf_counter()
        request(n)
        times.append((time.perf_counter() - began) * 1000)
    with CaptureQueriesContext(connection) as queries:
        counted()
    return {
        "median": statistics.median(times),
        "p95": statistics.quantiles(times, n=20)[-1],
        "queries": len(queries),
    }


if __name__ == "__main__":
    sys.exit(main())
