"""Checkpoints and receipts: signed, kept, cosigned; what contradicts them is noticed before anything is signed."""

import base64
import subprocess
import sys
import time
from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.unguarded import unguarded

from cultivar.ledger import append as ledger
from cultivar.ledger import checkpoint, clock, keys, merkle, note, proofs, signing
from cultivar.ledger.append import Draft
from cultivar.ledger.models import Alarm, Checkpoint, Entry, Head, Signature
from cultivar.ledger.note import COSIGNATURE, BadNote
from cultivar.ledger.signing import Contradiction

AT = datetime(2026, 5, 7, 10, 24, tzinfo=clock.SHANGHAI)
ORIGIN, WITNESS = "ledger.example/test", "witness.example/audit"
WITNESS_SEED = bytes(range(7, 39))
WITNESS_KEY = note.vkey(WITNESS, note.public_half(WITNESS_SEED), COSIGNATURE)


@pytest.fixture(autouse=True)
def house(settings, tmp_path):
    settings.LEDGER_KEYS = tmp_path / "keys"
    settings.LEDGER_ORIGIN = ORIGIN
    settings.LEDGER_WITNESSES = tmp_path / "witnesses"
    settings.LEDGER_WITNESSES.write_text(f"# the audit office (fictional)\n{WITNESS_KEY}\n\n")


def add(count: int, said: str = "") -> None:
    with transaction.atomic():
        head = ledger.lock()
        for n in range(head.size, head.size + count):
            content = {"n": n, "said": said}
            draft = Draft(
                "T-1", "p", "a/b", "0" * 64, "do", "do", "b", "", "o", "1", "k", ("a1",), content, {}
            )
            ledger.append(head, draft, f"k{n}-{said}", AT)


def cosigned(signed: str, at: int = 1_800_000_000) -> str:
    text = note.open_note(signed, ()).text
    return f"{signed}{note.cosignature_line(text, WITNESS, WITNESS_SEED, at)}\n"


def forged(size: int, root: bytes) -> str:
    """A checkpoint by this ledger's own key over something else."""
    (signer,) = keys.signers()
    return note.sign(checkpoint.Checkpoint(ORIGIN, size, root).text, signer.name, signer.secret)


# ------------------------------------------------------------------------------------------ texts


@given(
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(st.sampled_from(["x", "ext 1"]), max_size=2),
)
def test_a_checkpoint_is_read_back(size, root, extensions):
    made = checkpoint.Checkpoint(ORIGIN, size, root, tuple(extensions))
    assert checkpoint.parse(made.text) == made


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"o\n1\n{ROOT}",
        f"o\n01\n{ROOT}\n",
        f"o\n-1\n{ROOT}\n",
        f"o\n+1\n{ROOT}\n",
        f"o\n1 \n{ROOT}\n",
        f"o\n\u0661\n{ROOT}\n",
        f"o\nx\n{ROOT}\n",
        f"\n1\n{ROOT}\n",
        f"o\n1\n{ROOT[:-4]}\n",
        f"o\n1\n{ROOT}=\n",
        "o\n1\nAA==\n",
        f"o\n1\n{ROOT}\n\n",
        f"o\n1\n{ROOT}\n\nx\n",
        "o\n1\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(text):
    with pytest.raises(BadNote):
        checkpoint.parse(text)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_what_is_no_receipt_is_refused_with_a_sentence(garbage):
    with pytest.raises(BadNote) as refused:
        checkpoint.check_receipt(checkpoint.read_receipt(garbage), [])
    assert refused.value.text.zh


# ------------------------------------------------------------------------------------------ signing


@pytest.mark.django_db
def test_the_empty_ledger_can_be_signed_and_then_grows():
    key = None
    for count in (0, 1, 5, 300):
        add(count)
        signed = signing.sign()
        (key,) = (one for one in keys.verifiers())
        said, opened = checkpoint.opened(signed, [key])
        assert (said.origin, said.size) == (ORIGIN, Head.objects.get().size if count else 0)
        assert said.root == merkle.root_hash(
            [bytes(one) for one in Entry.objects.values_list("leaf", flat=True)]
        )
        assert len(opened.verified) == 1
    assert signing.sign() == signed
    assert Checkpoint.objects.count() == 4
    assert signing.remembered() == signed


@pytest.mark.django_db
def test_every_entry_gets_a_receipt_that_proves_it_once_a_checkpoint_covers_it():
    add(20)
    signing.sign()
    add(3)
    for entry in Entry.objects.all():
        receipt = signing.receipt(entry.seq, bytes(entry.leaf))
        if entry.seq >= 20:
            assert receipt is None
            continue
        again = checkpoint.read_receipt(receipt.text)
        assert again == receipt
        said, _ = checkpoint.check_receipt(again, keys.verifiers())
        assert said.size == 20
        bare = signing.receipt(entry.seq)
        with pytest.raises(BadNote, match="give it as well"):
            checkpoint.check_receipt(bare, keys.verifiers())
        checkpoint.check_receipt(bare, keys.verifiers(), leaf=bytes(entry.leaf))
        with pytest.raises(BadNote, match="not in the ledger"):
            checkpoint.check_receipt(bare, keys.verifiers(), leaf=bytes(entry.leaf) + b" ")
        with pytest.raises(BadNote, match="no known key"):
            checkpoint.check_receipt(again, [])


@pytest.mark.django_db
def test_every_altered_byte_of_a_receipt_is_found():
    add(7)
    signing.sign()
    leaf = bytes(Entry.objects.get(seq=2).leaf)
    body = signing.receipt(2, leaf).text.encode()
    for at in range(len(body)):
        for other in {body[at] ^ 1, body[at] ^ 0x20, ord("\n"), ord("A")} - {body[at]}:
            altered = body[:at] + bytes([other]) + body[at + 1 :]
            with pytest.raises(BadNote):
                checkpoint.check_receipt(checkpoint.read_receipt(altered), keys.verifiers())


@pytest.mark.django_db
def test_a_changed_entry_is_not_signed_over():
    add(10)
    signing.sign()
    add(5)
    with unguarded() as cursor:
        cursor.execute("UPDATE ledger_entry SET leaf_hash = %s WHERE seq = 3", [b"\x01" * 32])
    with pytest.raises(Contradiction):
        signing.sign()


@pytest.mark.django_db
def test_a_history_written_anew_is_noticed_even_when_its_tree_is_whole():
    add(10)
    signing.sign()
    first = proofs.root(10)
    with unguarded() as cursor:
        cursor.execute("DELETE FROM ledger_entry")
    Head.objects.update(size=0, edge=b"")
    add(12, "another story")
    assert proofs.root(10) != first
    with pytest.raises(Contradiction, match="no longer those"):
        signing.sign()
    assert [(one.kind, one.size) for one in Alarm.objects.all()] == [(Alarm.Kind.CHANGED, 10)]


@pytest.mark.django_db
def test_a_ledger_that_was_set_back_is_noticed_by_the_note_beside_the_keys():
    add(10)
    signing.sign()
    with unguarded() as cursor:
        for table in ("entry", "signature", "checkpoint"):
            cursor.execute(f"DELETE FROM ledger_{table}")
    Head.objects.update(size=0, edge=b"")
    add(6)
    with pytest.raises(Contradiction, match="was set back"):
        signing.sign()
    assert Alarm.objects.get().kind == Alarm.Kind.SET_BACK


# ------------------------------------------------------------------------------------------ witnesses


@pytest.mark.django_db
def test_a_known_witness_is_taken_once_and_shown_with_the_checkpoint():
    add(4)
    signed = signing.sign()
    assert signing.accept(cosigned(signed)) == 1
    assert signing.accept(cosigned(signed).encode()) == 0
    whole = signing.note_of(Checkpoint.objects.get())
    assert whole == cosigned(signed)
    said, opened = checkpoint.opened(whole, [*keys.verifiers(), *keys.witnesses()])
    assert [key.name for key, _ in opened.verified] == [ORIGIN, WITNESS]
    assert said.size == 4
    add(1)
    assert signing.accept(cosigned(signed)) == 0  # late, and still of worth


@pytest.mark.django_db
def test_signatures_that_are_not_known_or_not_ours_are_refused():
    add(4)
    signed = signing.sign()
    stranger = note.cosignature_line(note.open_note(signed, ()).text, "stranger.example", bytes(32), 1)
    with pytest.raises(BadNote, match="No known witness"):
        signing.accept(f"{signed}{stranger}\n")
    text = checkpoint.Checkpoint("other.example", 4, bytes(32)).text
    with pytest.raises(BadNote):
        signing.accept(cosigned(note.sign(text, "other.example", bytes(32))))
    only_witness = note.open_note(signed, ()).text + "\n" + cosigned(signed).rpartition("\n— ")[2]
    with pytest.raises(BadNote):
        signing.accept(only_witness)
    unsigned_here = forged(3, proofs.root(3))
    with pytest.raises(BadNote, match="has signed no checkpoint of 3"):
        signing.accept(cosigned(unsigned_here))
    assert Signature.objects.filter(witness=True).count() == 0
    assert Alarm.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("size", "root", "kind", "says"),
    [
        (4, bytes(32), Alarm.Kind.FORK, "two different roots"),
        (9, bytes(32), Alarm.Kind.SET_BACK, "was set back"),
        (3, bytes(32), Alarm.Kind.CHANGED, "no longer those"),
    ],
)
def test_two_signed_stories_raise_an_alarm_that_keeps_both(size, root, kind, says):
    add(4)
    signing.sign()
    other = cosigned(forged(size, root))
    with pytest.raises(Contradiction, match=says):
        signing.accept(other)
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.size) == (kind, size)
    assert other in alarm.notes
    with pytest.raises(Contradiction):
        signing.accept(other)
    assert Alarm.objects.count() == 1
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Alarm.objects.all().delete()


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["checkpoint", "signature", "verifierkey"])
@pytest.mark.parametrize("statement", ["DELETE FROM ledger_{}", "UPDATE ledger_{} SET at = at"])
def test_what_was_signed_stays(table, statement):
    add(1)
    signing.sign()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


@pytest.mark.django_db
def test_the_name_of_the_ledger_stays_that_of_its_first_checkpoint(settings):
    add(1)
    signing.sign()
    settings.LEDGER_ORIGIN = "renamed.example"
    add(1)
    assert signing.sign().startswith(f"{ORIGIN}\n2\n")


@pytest.mark.django_db
def test_a_key_made_under_another_name_does_not_stand_for_the_ledger(settings):
    settings.LEDGER_ORIGIN = "localhost/ledger"
    keys.create()
    settings.LEDGER_ORIGIN = ORIGIN
    add(2)
    said, _ = checkpoint.opened(signing.sign(), keys.verifiers())
    assert said.origin == ORIGIN


@pytest.mark.django_db
def test_whoever_holds_an_old_key_cannot_flood_the_alarms():
    add(1)
    signing.sign()
    for size in range(100, 100 + 2 * signing.MOST_ALARMS):
        with pytest.raises(Contradiction):
            signing.accept(cosigned(forged(size, bytes(32))))
    assert Alarm.objects.count() == signing.MOST_ALARMS
    text = f"{ORIGIN}\n9999999999999999999\n{ROOT}\n"
    (signer,) = keys.signers()
    with pytest.raises(BadNote, match="malformed"):
        signing.accept(cosigned(note.sign(text, signer.name, signer.secret)))


@pytest.mark.django_db
def test_one_signs_at_a_time(settings):
    add(1)
    with keys.held():
        waiting = subprocess.Popen(
            [sys.executable, "-c", _HOLD, str(settings.LEDGER_KEYS)], stdout=subprocess.PIPE, text=True
        )
        assert waiting.stdout.readline() == "waits\n"
        time.sleep(0.3)
        assert waiting.poll() is None
    assert waiting.communicate(timeout=30)[0] == "held\n"


_HOLD = """
import fcntl, sys
file = open(sys.argv[1] + "/signing.lock", "a+b")
print("waits", flush=True)
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
"""
