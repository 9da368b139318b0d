"""A checkpoint is signed for what the public learns of: asked for with the act, or not at all."""

import logging

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from cultivar.cases.perform import Refused
from cultivar.jobs.worker import Worker
from cultivar.ledger import jobs, keys, signing
from cultivar.ledger.models import Alarm, Checkpoint, Entry
from tests import world as w


class Undone(Exception):
    """Takes what was done out of the database again."""


pytestmark = pytest.mark.django_db
SIGN = "cultivar.ledger.jobs.sign_checkpoint"


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    settings.LEDGER_KEYS = tmp_path / "keys"
    settings.LEDGER_WITNESSES = tmp_path / "witnesses"


@pytest.fixture
def listed(db):
    """An application on the shortlist; nothing waits in the queue."""
    of = w.cluster()
    with w.at("2026-04-16"):
        case = w.application(w.announce(), of)
        w.to_city_review(case, of)
        w.to_recommended(case, of)
    with w.at("2026-05-20"):
        w.to_listed(case)
    DBTaskResult.objects.all().delete()
    return case


def waiting():
    return list(DBTaskResult.objects.ready().values_list("task_path", flat=True))


def work():
    worker = Worker()
    while worker.turn():
        pass


def test_a_notice_is_signed_by_the_next_worker(listed):
    with w.at("2026-05-20"):
        w.to_notice(listed)
        assert waiting() == [SIGN]
        work()
    row = signing.latest()
    assert row.size == Entry.objects.count()
    receipt = signing.receipt(row.size - 1)
    said, _ = signing.checkpoint.check_receipt(
        receipt, keys.verifiers(), leaf=bytes(Entry.objects.last().leaf)
    )
    assert said.size == row.size


def test_what_the_public_does_not_learn_asks_for_nothing(listed):
    assert Entry.objects.count() > 10
    assert waiting() == []


def test_a_title_asks_for_one(listed):
    with w.at("2026-05-20"):
        w.to_notice(listed)
    DBTaskResult.objects.all().delete()
    with w.at("2026-06-03"):
        w.do(listed, "recognise", w.province("handler"), {"decision": "x"}, step="propose")
        assert waiting() == []  # proposed, it has no effect yet
        w.do(listed, "recognise", w.province("reviewer"), step="confirm")
    assert waiting() == [SIGN]


def test_one_that_waits_is_enough(db):
    with w.at("2026-04-16"):
        w.announce()
        w.announce()
    assert waiting() == [SIGN]


def test_an_act_that_is_refused_asks_for_nothing(listed):
    with w.at("2026-05-20"), pytest.raises(Refused):
        w.do(listed, "publish", w.province("publisher"), {"notice": "x"})  # nobody has approved it
    assert waiting() == []


def test_an_act_that_is_rolled_back_takes_its_job_along(listed):
    def published_and_undone():
        with w.at("2026-05-20"), transaction.atomic():
            w.to_notice(listed)
            assert waiting() == [SIGN]
            raise Undone

    with pytest.raises(Undone):
        published_and_undone()
    assert waiting() == []


def test_running_it_again_signs_nothing_twice(listed):
    assert jobs.sign_checkpoint.call() == Entry.objects.count()
    signed = signing.note_of(signing.latest())
    assert not jobs.wanted()
    assert jobs.sign_checkpoint.call() is None
    assert signing.note_of(signing.latest()) == signed
    assert Checkpoint.objects.count() == 1


def test_an_empty_ledger_is_not_signed(db):
    assert jobs.sign_checkpoint.call() is None
    assert not Checkpoint.objects.exists()
    assert keys.signers() == []


def test_a_new_key_signs_the_same_size_too(listed):
    jobs.sign_checkpoint.call()
    keys.create()
    assert jobs.sign_checkpoint.call() == Entry.objects.count()
    assert signing.latest().signatures.count() == 2
    assert jobs.sign_checkpoint.call() is None


def test_a_lost_note_beside_the_keys_is_written_anew(listed, settings):
    jobs.sign_checkpoint.call()
    (settings.LEDGER_KEYS / signing.LAST).unlink()
    jobs.sign_checkpoint.call()
    assert signing.remembered() == signing.note_of(signing.latest())


def test_a_ledger_that_was_set_back_is_not_signed_and_the_alarm_is_kept(listed, caplog):
    def signed_and_lost():
        with w.at("2026-05-20"), transaction.atomic():
            w.to_notice(listed)
            jobs.sign_checkpoint.call()
            raise Undone

    with pytest.raises(Undone):
        signed_and_lost()
    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            jobs.enqueue_checkpoint()
            work()
    said = [record for record in caplog.records if "it was set back" in record.getMessage()]
    assert len(said) == 2
    assert "Traceback" not in caplog.text
    assert Alarm.objects.get().kind == Alarm.Kind.SET_BACK
    assert not Checkpoint.objects.exists()
    assert waiting() == []


def test_a_key_whose_writing_broke_off_is_in_nobodys_way(listed, settings):
    settings.LEDGER_KEYS.mkdir()
    (settings.LEDGER_KEYS / "0123abcd.new").write_text("PRIVATE+KEY+")
    assert jobs.sign_checkpoint.call() == Entry.objects.count()
    assert len(keys.signers()) == 1
