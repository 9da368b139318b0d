"""Measures who judges what, at size: ``python bench/evaluation.py`` (about two minutes).

Invented rounds: half as many experts as applications; all are about, or know, one or two of nine fields,
directions and classes of industry; 8 % of pairs are in conflict by lot; five experts for each application,
twelve applications at most for each expert. Measured, each in a process of its own (memory is the peak of
that process, libraries included): affinity by the table, conflicts on names, seats by affinity alone at 500
to 4,000 applications, the same with no pair above a probability of one half, and with mixed panels (two kinds
of experts on each, one of an organisation, two of a city at most), scores with severity and five hundred
other panels, and an audit bundle, made and verified, of 100 applications x 60 experts and of 1,000 x 400.
Beside each stand the worst pair, the total, the bound that no seating can pass, and greedy seats in the same
run: applications in turn, one seat at a time, take the best expert who is free; beside scores, the bare means.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parents[1]
DEMAND, LOAD, CONFLICTS, FIELDS = 5, 12, 0.08, 9
SIZES = (500, 1000, 2000, 4000)
BUNDLES = {100: 60, 1000: 400}  # applications and experts
AT = 2000  # applications for which the aims are
SEATS_AIM, MEMORY_AIM, MIXED_AIM, SCORES_AIM = 2.0, 400, 60.0, 5.0  # processor seconds, MB
DAY = date(2026, 5, 7)


def main() -> int:
    """Measures and prints a table; 1 if an aim is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1, help="of the invented rounds")
    parser.add_argument("--here", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, default=AT, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        print(json.dumps(PARTS[asked.here](asked.size, asked.seed)))
        return 0
    print(f"{date.today()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(
        "| what | applications x experts | processor s | s | peak MB | times reference | total | bound | greedy total "
        "| worst | empty seats | aim |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|"
    )
    runs = [("affinity", AT), ("conflicts", AT), *(("seats", size) for size in SIZES)]
    runs += [("lots", AT), *(("mixed", size) for size in SIZES)]
    runs += [("scores", size) for size in SIZES]
    runs += [(part, size) for size in BUNDLES for part in ("bundle", "verify")]
    missed = [report(part, elsewhere(part, size, asked.seed)) for part, size in runs]
    return int(any(missed))


def elsewhere(part: str, size: int, seed: int) -> dict[str, Any]:
    """What one part measures, in a process of its own."""
    command = [sys.executable, __file__, "--here", part, "--size", str(size), "--seed", str(seed)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def report(part: str, row: dict[str, Any]) -> bool:
    """Prints a line; whether its aim is missed."""
    aim, missed = "", False
    aims = {"seats": SEATS_AIM, "mixed": MIXED_AIM, "scores": SCORES_AIM}
    if row["size"] == AT and part in aims:
        most = aims[part]
        missed = row["cpu"] > most or (part == "seats" and row["mb"] > MEMORY_AIM)
        aim = f"{most:.0f} s" + (f", {MEMORY_AIM} MB" if part == "seats" else "")
        aim += ": missed" if missed else ": met"
    ratio = f"{row['cpu'] / row['greedy_cpu']:.1f}" if "greedy_cpu" in row else ""
    found = [str(row.get(name, "")) for name in ("total", "bound", "greedy", "worst", "empty")]
    experts = BUNDLES[row["size"]] if part in ("bundle", "verify") else row["size"] // 2
    size = f"{row['size']:,} x {experts:,}"
    figures = f"{row['cpu']:.2f} | {row['seconds']:.2f} | {row['mb']:.0f} | {ratio}"
    print(f"| {WORDS[part]} | {size} | {figures} | {' | '.join(found)} | {aim} |", flush=True)
    return missed


WORDS = {
    "affinity": "affinity by the table",
    "conflicts": "conflicts on 90 members each",
    "seats": "seats",
    "lots": "seats by lot, one half at most",
    "mixed": "mixed panels",
    "scores": "scores, severity, 500 other panels",
    "bundle": "seating document and audit bundle",
    "verify": "`verify.py` on that bundle",
}


# ------------------------------------------------------------------------------------------------------ the rounds


def known(count: int, dice: np.random.Generator, most: int) -> list[Any]:
    """What so many applications or experts are about, or know: ``most`` fields at most."""
    from cultivar.evaluation.affinity import Knows

    found = []
    for _ in range(count):
        fields = sorted({int(field) for field in dice.integers(0, FIELDS, dice.integers(1, most + 1))})
        directions = [f"{field}-{dice.integers(5)}" for field in fields]
        industries = [
            f"{13 + 3 * field + dice.integers(3)}{dice.integers(1, 4)}{dice.integers(1, 4)}"
            for field in fields
        ]
        found.append(Knows(tuple(f"f{field}" for field in fields), tuple(directions), tuple(industries)))
    return found


def world(size: int, seed: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], np.random.Generator]:
    """Affinity and conflicts of a round."""
    from cultivar.evaluation.affinity import affinity

    dice = np.random.default_rng(seed)
    table = affinity(known(size, dice, 1), known(size // 2, dice, 2))
    return table, dice.random(table.shape) < CONFLICTS, dice


def greedy(table: npt.NDArray[np.int64], blocked: npt.NDArray[np.bool_]) -> int:
    """The total of seats that applications take in turn."""
    worth = np.where(blocked, -1, table)
    load, total = np.zeros(table.shape[1], np.int64), 0
    for _ in range(DEMAND):
        for row in worth:
            best = int(row.argmax())
            if row[best] >= 0:
                total += int(row[best])
                row[best] = -1
                load[best] += 1
                if load[best] == LOAD:
                    worth[:, best] = -1
    return total


# ------------------------------------------------------------------------------------------------------- the parts


def seats(size: int, seed: int) -> dict[str, Any]:
    """Seats by affinity alone."""
    from cultivar.evaluation.assignment import assign

    table, blocked, _ = world(size, seed)
    begun = started()
    found = assign(table, DEMAND, LOAD, blocked=blocked, seed=b"bench")
    return {**spent(begun, size), **said(found), **reference(table, blocked)}


def lots(size: int, seed: int) -> dict[str, Any]:
    """Seats by lot: nobody is more likely than not to be seated on a certain application."""
    from cultivar.evaluation.assignment import assign

    table, blocked, _ = world(size, seed)
    begun = started()
    found = assign(table, DEMAND, LOAD, blocked=blocked, seed=b"bench", most_probable=50)
    return {**spent(begun, size), **said(found), **reference(table, blocked)}


def mixed(size: int, seed: int) -> dict[str, Any]:
    """Mixed panels: 4 kinds of which two must be there, organisations of three experts, 30 cities of unlike size."""
    from cultivar.evaluation.assignment import assign
    from cultivar.evaluation.composition import Composition

    table, blocked, dice = world(size, seed)
    experts = table.shape[1]
    kinds = [
        ("technical", "trade", "finance", "management")[n]
        for n in dice.choice(4, experts, p=[0.3, 0.2, 0.25, 0.25])
    ]
    organisations = [f"o{n}" for n in dice.integers(0, experts // 3, experts)]
    cities = [f"c{n}" for n in np.minimum(dice.geometric(0.12, experts) - 1, 29)]
    rules = Composition(kinds, organisations, cities, {"finance": 1, "management": 1})
    begun = started()
    found = assign(table, DEMAND, LOAD, blocked=blocked, seed=b"bench", composition=rules)
    row = {**spent(begun, size), **said(found), **reference(table, blocked)}
    del row["greedy"]  # greedy seats keep no rules
    return row


def affinities(size: int, seed: int) -> dict[str, Any]:
    """The table of affinity."""
    from cultivar.evaluation.affinity import affinity

    dice = np.random.default_rng(seed)
    ours, theirs = known(size, dice, 1), known(size // 2, dice, 2)
    begun = started()
    affinity(ours, theirs)
    return spent(begun, size)


def conflicts(size: int, seed: int) -> dict[str, Any]:
    """Conflicts of experts with four ties each and applications with 90 members each, out of 20,000 names."""
    from cultivar.evaluation.conflicts import Application, Expert, Tie, find
    from cultivar.evaluation.identities import Organisation

    dice = np.random.default_rng(seed)
    letters = [chr(0x4E00 + n) for n in range(500)]
    names = [
        "".join(dice.choice(letters, 5)) + end
        for n, end in zip(range(20_000), ("有限公司", "股份有限公司") * 10_000, strict=True)
    ]
    every = [Organisation(name) for name in names]

    def some(count: int) -> tuple[Organisation, ...]:
        return tuple(every[n] for n in dice.integers(0, len(every), count))

    experts = [
        Expert(f"E{n}", tuple(map(Tie, some(2))), tuple(map(Tie, some(2))), city=f"c{dice.integers(60)}")
        for n in range(size // 2)
    ]
    applications = [Application(f"A{n}", some(1), some(90), (f"c{dice.integers(60)}",)) for n in range(size)]
    begun = started()
    find(experts, applications, DAY)
    return spent(begun, size)


def scores(size: int, seed: int) -> dict[str, Any]:
    """Official scores, severity of experts and five hundred other panels, of seven sheets each; beside bare means."""
    from decimal import Decimal

    from cultivar.evaluation.scores import Entry, Rule, Sheet
    from cultivar.evaluation.shadow import leads

    dice = np.random.default_rng(seed)
    entries = []
    for n in range(size):
        experts, totals = dice.choice(size // 2, 7, replace=False), dice.integers(4000, 10_000, 7)
        sheets = tuple(
            Sheet(f"E{one}", Decimal(int(total)) / 100) for one, total in zip(experts, totals, strict=True)
        )
        entries.append(Entry(f"A{n:04d}", sheets))
    begun = started()
    leads(entries, Rule(drop=True), size // 5, b"bench")
    row = spent(begun, size)
    begun = started()
    for entry in entries:
        sum(sheet.total for sheet in entry.sheets) / len(entry.sheets)
    return {**row, "greedy_cpu": max(spent(begun, size)["cpu"], 1e-6)}


def bundle(size: int, seed: int) -> dict[str, Any]:
    """A seating, its document, sheets and ranking, and the zip of all."""
    begun = started()
    made = bundled(size, seed)
    return {**spent(begun, size), "mb_zip": len(made) / 1e6}


def verify(size: int, seed: int) -> dict[str, Any]:
    """The bundle's own program on it; building is not measured, but counts in the peak of memory."""
    import runpy
    import tempfile

    from cultivar.evaluation.bundle import verifier

    with tempfile.TemporaryDirectory() as folder:
        program, path = Path(folder) / "verify.py", Path(folder) / "bundle.zip"
        program.write_bytes(verifier())
        path.write_bytes(bundled(size, seed))
        main_ = runpy.run_path(str(program))["main"]
        begun = started()
        if main_([str(path)]):
            raise RuntimeError("the bundle does not hold")
        return spent(begun, size)


def bundled(size: int, seed: int) -> bytes:
    """Three experts of technology and one of finance for each application, all experts drawn, four sheets each."""
    from decimal import Decimal

    from cultivar.evaluation import bundle_parts as parts
    from cultivar.evaluation.bundle import Parts, build
    from cultivar.evaluation.circumstances import Circumstances, Judge, Judged
    from cultivar.evaluation.conflicts import Application, Expert, Tie
    from cultivar.evaluation.draw import Candidate, Stratum, freeze, run, source
    from cultivar.evaluation.identities import Organisation
    from cultivar.evaluation.scores import Rule
    from cultivar.evaluation.seating_document import Plan, seat

    dice = np.random.default_rng(seed)
    experts, every = BUNDLES[size], [Organisation(f"{chr(0x4E00 + n)}{n}") for n in range(20_000)]

    def some(count: int) -> tuple[Organisation, ...]:
        return tuple(every[n] for n in dice.integers(0, len(every), count))

    cases = tuple(
        Judged(
            f"A{n:05}",
            about.fields[0],
            about,
            Application(f"A{n:05}", some(1), some(20), (f"c{dice.integers(60)}",)),
        )
        for n, about in enumerate(known(size, dice, 1))
    )
    judges = tuple(
        Judge(
            f"E{n:05}",
            f"p{n}",
            "finance" if n % 4 == 0 else "technology",
            knows,
            Expert(
                f"E{n:05}", tuple(map(Tie, some(2))), tuple(map(Tie, some(2))), city=f"c{dice.integers(60)}"
            ),
        )
        for n, knows in enumerate(known(experts, dice, 2))
    )
    lottery = source("lottery")
    of_kind = {kind: sum(one.kind == kind for one in judges) for kind in ("finance", "technology")}
    strata = [Stratum(kind, "", count, 0) for kind, count in of_kind.items()]
    draw = run(
        freeze([Candidate(one.id, one.kind) for one in judges], strata, [lottery]), [(lottery, "3 7 12")]
    )
    plan = Plan("single", {"technology": 3, "finance": 1}, load=12, floor=5)
    document = seat(Circumstances(DAY, cases, judges), [one.id for one in judges], plan, draw["seed_text"])
    panels = parts.final_panels([document])
    handed = [
        parts.Handed(name, one, {"all": Decimal(int(dice.integers(4000, 10_000))) / 100})
        for name in sorted(panels)
        for one in sorted(panels[name])
    ]
    return build(
        Parts(
            "bench",
            "bench",
            "0" * 64,
            draw=draw,
            seatings=[document],
            sheets=parts.sheets({"all": Decimal(100)}, handed, panels),
            ranking=parts.ranking(
                parts.Contest(Rule(), {one.id: {"field": one.field} for one in cases}, size // 5), handed
            ),
        )
    )


def started() -> tuple[float, float]:
    """Processor time and the clock."""
    return time.process_time(), time.perf_counter()


def spent(begun: tuple[float, float], size: int) -> dict[str, Any]:
    """Processor seconds and seconds since, and the peak memory (MB) of this process."""
    import resource

    cpu, seconds = time.process_time() - begun[0], time.perf_counter() - begun[1]
    return {
        "size": size,
        "cpu": cpu,
        "seconds": seconds,
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def said(found: Any) -> dict[str, Any]:
    """Total, bound, worst pair and empty seats."""
    return {
        "total": f"{found.objective:,}",
        "bound": f"{float(found.bound):,.0f}",
        "worst": found.worst.affinity,
        "empty": sum(one.lacking for one in found.shortages),
    }


def reference(table: npt.NDArray[np.int64], blocked: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Greedy seats: their total and processor seconds."""
    begun = time.process_time()
    total = greedy(table, blocked)
    return {"greedy": f"{total:,}", "greedy_cpu": time.process_time() - begun}


PARTS = {
    "affinity": affinities,
    "conflicts": conflicts,
    "seats": seats,
    "lots": lots,
    "mixed": mixed,
    "scores": scores,
    "bundle": bundle,
    "verify": verify,
}


if __name__ == "__main__":
    raise SystemExit(main())
