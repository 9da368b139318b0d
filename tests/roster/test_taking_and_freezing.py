"""A roster is never frozen half taken: an import of it and a submission keep out of each other's way."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cultivar.cases import dossier, membership
from cultivar.cases.models import Case, DossierVersion, Membership, Subject
from cultivar.cases.perform import Refused as NotDone
from cultivar.jobs.worker import Worker
from cultivar.registry.models import YearlyFigures
from cultivar.roster import jobs, storing
from cultivar.roster.models import Import
from tests import world as w
from tests.cases.office import applicant
from tests.conftest import ROOT, environment
from tests.roster.books import HEAD, code, firm, write

ROWS = [[*HEAD, "2025年营业收入"], firm(1, 1), firm(2, 2), firm(3, 3)]


def world(settings, tmp_path) -> tuple[Case, Subject]:
    """An application that is ready, in spring 2026."""
    settings.EVIDENCE_FOLDER, settings.HOME = tmp_path / "evidence", tmp_path
    of = w.cluster()
    return w.application(w.announce(), of), of


@pytest.fixture
def house(db, settings, tmp_path):
    with w.at("2026-04-16"):
        yield world(settings, tmp_path)


def work() -> None:
    worker = Worker()
    while worker.turn():
        pass


def checked(of: Subject, tmp_path) -> Import:
    from tests.roster.test_pages import send

    path = write(tmp_path / "a.xlsx", {"企业": ROWS})
    assert send(applicant(of), reverse("import-roster", args=[of.pk]), path).status_code == 302
    work()
    return Import.objects.get()


def submit(case: Case, of: Subject):
    return w.do(case, "submit", w.applicant(of), w.SUBMISSION)


def frozen(case: Case) -> int:
    body = json.loads(bytes(dossier.latest_version(case).body))
    return body.get("roster", {}).get("firms", 0)


def test_a_submission_is_refused_in_words_while_rows_wait_and_goes_once_they_are_in(house, tmp_path):
    case, of = house
    one = checked(of, tmp_path)
    jobs.begin_taking(one)
    with pytest.raises(NotDone) as refused:
        submit(case, of)
    (reason,) = refused.value.reasons
    assert reason.text.zh.startswith("企业名单正在录入（“名单.xlsx”，3 行）。录完再提交，一般不超过一分钟")
    assert "“名单.xlsx”, 3 rows" in reason.text.en
    assert not DossierVersion.objects.exists()
    work()
    submit(case, of)
    assert frozen(case) == 3


def test_whoever_does_not_want_to_wait_gives_the_rows_back_and_submits(house, tmp_path):
    case, of = house
    one = checked(of, tmp_path)
    client = applicant(of)
    client.post(reverse("import-take", args=[one.pk]))
    assert "先不录入" in client.get(reverse("import", args=[one.pk])).content.decode()
    client.post(reverse("import-stop", args=[one.pk]))
    work()  # the job that was asked for finds nothing to do
    one.refresh_from_db()
    assert (one.state, Membership.objects.count()) == ("checked", 0)
    submit(case, of)
    client.post(reverse("import-take", args=[one.pk]))
    work()
    assert "停不下来了" in client.post(reverse("import-stop", args=[one.pk]), follow=True).content.decode()
    assert Membership.objects.count() == 3


def test_rows_given_back_while_a_worker_reads_the_file_are_not_taken(house, tmp_path):
    _, of = house
    one = checked(of, tmp_path)
    jobs.begin_taking(one)
    begun = Import.objects.select_related("subject").get()  # as the worker found it
    jobs.stop_taking(one)
    assert jobs._take(begun) == ""
    assert Import.objects.get().state == "checked"
    assert not Membership.objects.exists()


def test_another_rosters_import_holds_nobody_up(house, tmp_path):
    case, of = house
    other = w.cluster(w.BIJIE, 2)
    checked(other, tmp_path)
    Import.objects.update(state=Import.State.TAKING)
    submit(case, of)
    assert frozen(case) == 0


def test_a_roster_is_taken_whole_or_not_at_all(house, tmp_path, monkeypatch):
    _, of = house
    monkeypatch.setattr(storing, "BATCH", 1)
    one = checked(of, tmp_path)
    jobs.begin_taking(one)
    enrol, seen = membership.enrol, []

    def full_at_last(subject, codes):
        seen.extend(codes)
        if len(seen) == 3:
            raise membership.RosterFull(2, 1)
        return enrol(subject, codes)

    monkeypatch.setattr(membership, "enrol", full_at_last)
    work()
    one.refresh_from_db()
    assert (one.state, seen) == ("refused", [code(1), code(2), code(3)])
    assert not Membership.objects.exists()
    assert not YearlyFigures.objects.exists()


def test_the_roster_is_held_before_it_is_read(house):
    case, of = house
    with CaptureQueriesContext(connection) as captured:
        submit(case, of)
    asked = [one["sql"] for one in captured]
    read = next(at for at, sql in enumerate(asked) if 'FROM "cases_membership"' in sql and "JOIN" in sql)
    looked = [at for at, sql in enumerate(asked) if 'FROM "roster_import"' in sql]
    assert len(looked) == 2
    assert max(looked) < read
    if connection.vendor == "postgresql":
        held = next(at for at, sql in enumerate(asked) if "FOR NO KEY UPDATE NOWAIT" in sql)
        assert looked[0] < held < looked[1]


# ------------------------------------------------------------------------------------------- two at once


@pytest.fixture
def own_database(tmp_path) -> Iterator[dict[str, str]]:
    """The variables of a house on a database of its own, of the kind that the tests run on."""
    if connection.vendor == "sqlite":
        yield {"CULTIVAR_HOME": str(tmp_path)}
        return
    name = "two_at_once"
    with psycopg.connect(os.environ["CULTIVAR_DATABASE"], autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        server.execute(f"CREATE DATABASE {name}")
        url = urlsplit(os.environ["CULTIVAR_DATABASE"])._replace(path=f"/{name}").geturl()
        yield {"CULTIVAR_HOME": str(tmp_path), "CULTIVAR_DATABASE": url}
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_two_at_once_keep_out_of_each_others_way(own_database):
    """Who takes waits for who freezes; a submission while rows go in is refused, or, on SQLite, waits."""
    variables = environment(
        **own_database, CULTIVAR_DEMO="1", DJANGO_SETTINGS_MODULE="cultivar.config.settings"
    )
    variables["PYTHONPATH"] += os.pathsep + str(ROOT)
    program = [sys.executable, "-m", "tests.roster.two_at_once"]
    done = subprocess.run(program, env=variables, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["meanwhile"] == ["", "checked"]
    assert said["begun"] == ["done", "taking"]
    if connection.vendor == "postgresql":
        assert said["submitted while taking"].startswith("企业名单正在录入，录完再提交")
    else:
        assert said["submitted while taking"] == ""
    assert said["stage"] != "draft"
