"""What imports leave behind goes after some days, except what the record still names."""

import os
import time
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cultivar.audit.backup import evidence_named
from cultivar.audit.verifying_files import files
from cultivar.cases import dossier, evidence
from cultivar.cases.file_store import Kept, path_of
from cultivar.cases.models import Case, Evidence
from cultivar.jobs import recurring
from cultivar.ledger import clock
from cultivar.roster import jobs, pruning
from cultivar.roster.files import marked_path
from cultivar.roster.models import Import
from tests import world as w
from tests.cases.office import applicant
from tests.roster.test_pages import ROWS, sent, work

pytestmark = pytest.mark.django_db
LONG = 2 * 24 * 3600


@pytest.fixture
def house(settings, tmp_path):
    settings.EVIDENCE_FOLDER, settings.HOME = tmp_path / "evidence", tmp_path
    with w.at("2026-04-16"):
        of = w.cluster()
        case = w.application(w.announce(), of)
        yield of, case


def aged(one: Import, state: str, days: int) -> Import:
    """An import that came to this state so many days ago, with bytes as old."""
    then = clock.now() - timedelta(days=days)
    taken = then if state == Import.State.TAKEN else None
    Import.objects.filter(pk=one.pk).update(state=state, at=then, taken_at=taken)
    old = time.time() - LONG
    os.utime(path_of(one.sha256), (old, old))
    one.refresh_from_db()
    return one


@pytest.mark.parametrize(
    ("state", "days"),
    [
        (Import.State.REFUSED, pruning.REFUSED),
        (Import.State.CHECKED, pruning.WAITING),
        (Import.State.TAKEN, pruning.TAKEN),
    ],
)
def test_bytes_go_after_their_days_and_not_before(house, tmp_path, state, days):
    one = sent(applicant(house[0]), house[0], tmp_path)
    aged(one, state, days - 1)
    assert pruning.prune_files.func() == 0
    assert one.sha256 in evidence_named()
    aged(one, state, days + 1)
    assert pruning.prune_files.func() == 1
    one.refresh_from_db()
    assert not path_of(one.sha256).exists()
    assert one.pruned_at == clock.now()
    assert one.sha256 not in evidence_named()
    assert one.problems.exists()
    assert pruning.prune_files.func() == 0


@pytest.mark.parametrize("state", [Import.State.WAITING, Import.State.TAKING])
def test_what_a_worker_has_or_will_have_stays(house, tmp_path, state):
    one = aged(sent(applicant(house[0]), house[0], tmp_path), state, 1000)
    assert pruning.prune_files.func() == 0
    assert path_of(one.sha256).exists()


def test_bytes_that_another_import_holds_go_with_the_last(house, tmp_path):
    client = applicant(house[0])
    first, second = (sent(client, house[0], tmp_path) for _ in range(2))
    assert first.sha256 == second.sha256
    aged(first, Import.State.TAKEN, 1000)
    assert pruning.prune_files.func() == 0
    first.refresh_from_db()
    assert first.pruned_at is not None
    assert path_of(first.sha256).exists()
    assert first.sha256 in evidence_named()
    aged(second, Import.State.TAKEN, 1000)
    assert pruning.prune_files.func() == 1


def test_what_was_sent_again_today_waits_a_day(house, tmp_path):
    one = aged(sent(applicant(house[0]), house[0], tmp_path), Import.State.TAKEN, 1000)
    os.utime(path_of(one.sha256))
    assert pruning.prune_files.func() == 0
    one.refresh_from_db()
    assert one.pruned_at is None


def attached(case: Case, of, one: Import) -> Evidence:
    kept = Kept(one.sha256, "名单.xlsx", "xlsx", one.size)
    return evidence.attach(case, "ev-financial-statements", kept, w.applicant(of))


def test_a_file_that_a_case_names_stays_though_the_import_lets_go(house, tmp_path):
    of, case = house
    one = aged(sent(applicant(of), of, tmp_path), Import.State.TAKEN, 1000)
    attached(case, of, one)
    assert pruning.prune_files.func() == 0
    one.refresh_from_db()
    assert one.pruned_at is not None
    assert one.sha256 in evidence_named()
    assert not [finding for finding in files() if one.sha256 in finding.text.zh]
    assert path_of(one.sha256).exists()


def test_a_file_that_only_a_submitted_dossier_names_stays(house, tmp_path):
    of, case = house
    one = aged(sent(applicant(of), of, tmp_path), Import.State.TAKEN, 1000)
    attached(case, of, one)
    w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    assert any(row["sha256"] == one.sha256 for row in dossier.thaw(dossier.latest_version(case))["evidence"])
    Evidence.objects.filter(sha256=one.sha256).delete()
    pruning.prune_files.func()
    assert path_of(one.sha256).exists()
    assert one.sha256 in evidence_named()
    assert not [finding for finding in files() if one.sha256 in finding.text.zh]


def test_an_erasure_that_an_import_held_up_is_done_when_that_lets_go(
    house, tmp_path, django_capture_on_commit_callbacks
):
    of, case = house
    one = sent(applicant(of), of, tmp_path)
    kept = Kept(one.sha256, "名单.xlsx", "xlsx", one.size)
    Evidence.objects.create(
        case=case, slot="verify.proof", sha256=one.sha256, name=kept.name, kind="xlsx", size=1, at=clock.now()
    )
    with django_capture_on_commit_callbacks(execute=True):
        evidence.destroy(case, "verify.proof", [one.sha256])
    assert path_of(one.sha256).exists()  # the import still needs it
    aged(one, Import.State.CHECKED, pruning.WAITING + 1)
    assert pruning.prune_files.func() == 1
    assert not path_of(one.sha256).exists()


def test_the_page_of_an_import_that_let_go_says_so_and_takes_nothing(house, tmp_path):
    of, _ = house
    client = applicant(of)
    one = aged(sent(client, of, tmp_path), Import.State.CHECKED, pruning.WAITING + 1)
    pruning.prune_files.func()
    page = client.get(reverse("import", args=[one.pk])).content.decode()
    assert "原文件到期，已于" in page
    assert "录入这" not in page
    client.post(reverse("import-take", args=[one.pk]))
    work()
    one.refresh_from_db()
    assert one.state == "checked"
    answer = client.get(reverse("import-marked", args=[one.pk]))
    assert answer.status_code == 404
    assert "原文件到期，已经删除" in answer.content.decode()
    assert "没有做成" not in answer.content.decode()
    assert jobs.mark.func(one.pk) is False


def test_marked_workbooks_go_and_are_made_anew_where_somebody_asks(house, tmp_path):
    of, _ = house
    client = applicant(of)
    one = sent(client, of, tmp_path, ROWS)
    place = marked_path(one.pk, "zh")
    old = time.time() - (pruning.MARKED + 1) * 24 * 3600
    os.utime(place, (old, old))
    assert pruning.prune_files.func() == 1
    assert not place.exists()
    address = reverse("import-marked", args=[one.pk])
    assert client.get(address).status_code == 404
    work()
    assert b"".join(client.get(address).streaming_content)[:2] == b"PK"


def test_it_recurs():
    recurring.keep()
    assert "prune-imports" in recurring.enqueue_due(timezone.now() + timedelta(days=1))
