"""The worker: what it runs, what it takes up again of a lost one, what it gives up, and that kill -9 loses nothing."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from cultivar.jobs import lost, pruning
from cultivar.jobs.models import Worker as Row
from cultivar.jobs.worker import Worker
from tests.conftest import ROOT, assert_one_sentence, environment
from tests.jobs import tasks

LONG_AGO = timedelta(days=1)


@pytest.fixture
def worker(db):
    """A worker that has done what recurs."""
    made = Worker()
    while made.turn():
        pass
    DBTaskResult.objects.all().delete()
    return made


def only():
    return DBTaskResult.objects.get()


def running(by, attempts=1):
    """A job that workers began: the last of them ``by``."""
    tasks.count.enqueue()
    for one in [*("earlier" for _ in range(attempts - 1)), by]:
        only().claim(one)
    return only()


def test_it_runs_what_waits(worker):
    tasks.count.enqueue()
    assert worker.turn()
    assert (only().status, only().return_value) == (TaskResultStatus.SUCCESSFUL, 1)
    assert not worker.turn()


def test_a_fault_of_the_job_is_kept_and_not_tried_again(worker):
    tasks.fail.enqueue()
    worker.turn()
    assert (only().status, only().exception_class_path) == (TaskResultStatus.FAILED, "builtins.ValueError")
    assert not worker.turn()


def test_a_job_that_lost_the_database_is_tried_again_a_few_times(worker):
    tasks.lose_the_database.enqueue()
    worker.turn()
    assert (only().status, only().traceback) == (TaskResultStatus.READY, "")
    assert [worker.turn() for _ in range(4)] == [True, True, False, False]
    assert (only().status, len(only().worker_ids)) == (TaskResultStatus.FAILED, lost.ATTEMPTS)


def test_an_idle_worker_writes_nothing(worker):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        worker.turn()
    assert all(query["sql"].startswith("SELECT") for query in queries)
    assert len(queries) <= 4


def test_the_job_of_a_lost_worker_waits_again(worker):
    running(by="gone")
    Row.objects.create(id="gone", seen_at=timezone.now() - LONG_AGO)
    assert lost.take_up_again() == 1
    assert only().status == TaskResultStatus.READY
    assert not Row.objects.filter(id="gone").exists()
    assert worker.turn()
    assert (only().status, only().worker_ids) == (TaskResultStatus.SUCCESSFUL, ["gone", worker.worker_id])


def test_the_job_of_a_worker_nobody_knows_waits_again(db):
    running(by="nobody")
    assert lost.take_up_again() == 1


def test_the_job_of_a_living_worker_is_left_alone(db):
    running(by="alive")
    lost.beat("alive")
    assert lost.take_up_again() == 0
    assert only().status == TaskResultStatus.RUNNING


def test_what_an_idle_worker_is_said_to_run_was_broken_off(worker):
    running(by=worker.worker_id)
    assert lost.take_up_again() == 0
    assert lost.take_up_again(worker.worker_id) == 1


def test_of_two_that_take_up_the_same_job_one_does(db):
    job = running(by="gone")
    assert lost.again(job, TaskResultStatus.RUNNING)
    only().claim("other")
    lost.beat("other")
    assert not lost.again(job, TaskResultStatus.RUNNING)
    assert only().status == TaskResultStatus.RUNNING


def test_after_some_attempts_it_is_given_up_and_says_why(db):
    running(by="gone", attempts=lost.ATTEMPTS)
    assert lost.take_up_again() == 1
    assert only().status == TaskResultStatus.FAILED
    assert "was lost 3 times" in only().traceback
    assert only().task_result.errors[0].exception_class is lost.WorkerLost


def test_old_results_go_and_young_ones_and_what_waits_stay(db):
    now = timezone.now()
    ages = {
        TaskResultStatus.SUCCESSFUL: pruning.DONE,
        TaskResultStatus.FAILED: pruning.FAILED,
        TaskResultStatus.READY: LONG_AGO,
    }
    for status, age in ages.items():
        for margin in (timedelta(minutes=1), -timedelta(minutes=1)):
            tasks.count.enqueue()
            newest = DBTaskResult.objects.order_by("-enqueued_at").first()
            DBTaskResult.objects.filter(pk=newest.pk).update(status=status, finished_at=now - age + margin)
    assert pruning.prune.call() == 2
    kept = sorted(DBTaskResult.objects.values_list("status", flat=True))
    assert kept == ["FAILED", "READY", "READY", "SUCCESSFUL"]


# ------------------------------------------------------------------------------------------ real processes


@pytest.fixture
def home(cultivar, tmp_path):
    """A data folder with empty tables."""
    folder = tmp_path / "home"
    assert cultivar("migrate", CULTIVAR_HOME=folder).returncode == 0
    return folder


def start(home):
    """A worker that counts as lost after a second."""
    changes = {"CULTIVAR_HOME": home, "CULTIVAR_WORKER_LOST": "1", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    command = [sys.executable, "-m", "cultivar", "worker", "--interval", "0.05"]
    return subprocess.Popen(command, env=environment(**changes), stdout=subprocess.DEVNULL)


def asked(home, statement, *values):
    with closing(sqlite3.connect(home / "cultivar.sqlite3", timeout=20)) as database, database:
        return database.execute(statement, values).fetchall()


def until(true, seconds=30):
    """Waits until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


QUEUE = "django_tasks_database_dbtaskresult"


def enqueued_from_outside(home, file):
    program = (
        "import django; django.setup(); from tests.jobs.tasks import hang_once; "
        f"hang_once.enqueue({str(file)!r})"
    )
    path = f"{ROOT / 'src'}:{ROOT}"
    changes = {
        "CULTIVAR_HOME": home,
        "PYTHONPATH": path,
        "DJANGO_SETTINGS_MODULE": "cultivar.config.settings",
    }
    subprocess.run([sys.executable, "-c", program], env=environment(**changes), check=True)


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_a_job_whose_worker_was_killed_is_done_by_the_next(home, tmp_path):
    file = tmp_path / "runs"
    enqueued_from_outside(home, file)
    first = start(home)
    try:
        until(file.exists)
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert asked(home, f"SELECT status FROM {QUEUE} WHERE task_path LIKE '%hang_once'") == [("RUNNING",)]
    finally:
        first.kill()
    second = start(home)
    try:
        said = f"SELECT status, return_value FROM {QUEUE} WHERE task_path LIKE '%hang_once'"
        until(lambda: asked(home, said) == [("SUCCESSFUL", '"done"')])
        assert len(file.read_text().splitlines()) == 2
        second.send_signal(signal.SIGTERM)
        assert second.wait(20) == 0
        assert asked(home, "SELECT count(*) FROM jobs_worker") == [(0,)]
    finally:
        second.kill()


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_two_workers_run_what_recurs_once(home):
    workers = [start(home), start(home)]
    try:
        count = f"SELECT count(*) FROM {QUEUE} WHERE task_path LIKE '%prune' AND status = 'SUCCESSFUL'"
        until(lambda: asked(home, count) == [(1,)])
        until(lambda: asked(home, "SELECT count(*) FROM jobs_worker") == [(2,)])
        for expected in (2, 3, 4):
            asked(home, "UPDATE jobs_recurring SET next_at = '2026-01-01 00:00:00' WHERE name = 'prune'")
            until(lambda n=expected: asked(home, count) == [(n,)])
            time.sleep(0.3)
            assert asked(home, count) == [(expected,)]
    finally:
        for one in workers:
            one.kill()
            one.wait()


def test_serving_without_a_worker_is_possible_and_said(cultivar):
    assert "--no-worker" in cultivar("serve", "--help").stdout
    assert "--no-worker" in cultivar("demo", "--help").stdout


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
@pytest.mark.parametrize("without", [[], ["--no-worker"]])
def test_the_server_signs_by_the_worker_inside(demonstration, tmp_path, without):
    home = tmp_path / "home"
    shutil.copytree(demonstration, home)
    command = [sys.executable, "-u", "-m", "cultivar", "serve", "--port", "0", *without]
    changes = {"CULTIVAR_HOME": home, "CULTIVAR_DEMO": "1"}
    server = subprocess.Popen(command, env=environment(**changes), stdout=subprocess.PIPE, encoding="utf-8")
    try:
        assert "http://" in server.stdout.readline()
        signed = "SELECT size FROM ledger_checkpoint"
        if without:
            time.sleep(2)
            assert asked(home, signed) == []
        else:
            until(lambda: asked(home, signed) == asked(home, "SELECT count(*) FROM ledger_entry"))
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


@pytest.mark.parametrize("value", ["0", "-1", "soon", "nan", "inf"])
def test_an_interval_is_a_number_of_seconds(cultivar, value):
    done = cultivar("worker", f"--interval={value}")
    assert done.returncode == 2
    assert "seconds" in done.stderr


@pytest.mark.parametrize("value", ["0", "-5", "soon", "1.5", ""])
def test_how_long_a_worker_may_be_silent_is_a_whole_number(cultivar, tmp_path, value):
    done = cultivar("worker", CULTIVAR_HOME=tmp_path, CULTIVAR_WORKER_LOST=value)
    assert_one_sentence(done, "CULTIVAR_WORKER_LOST")


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise there")
def test_ctrl_c_lets_the_worker_inside_the_server_leave_in_good_order(demonstration, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(demonstration, home)
    command = [sys.executable, "-u", "-m", "cultivar", "serve", "--port", "0"]
    changes = {"CULTIVAR_HOME": home, "CULTIVAR_DEMO": "1"}
    with subprocess.Popen(command, env=environment(**changes), stdout=subprocess.PIPE) as server:
        try:
            until(lambda: asked(home, "SELECT count(*) FROM jobs_worker") == [(1,)])
            server.send_signal(signal.SIGINT)
            assert server.wait(20) == 0
            assert asked(home, "SELECT count(*) FROM jobs_worker") == [(0,)]
        finally:
            server.kill()
