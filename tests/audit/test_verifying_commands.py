"""The commands about the ledger as people type them: signing, witnesses, receipts, verification, export."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.conftest import ROOT, Cultivar, assert_one_sentence

from cultivar.audit import witnessing
from cultivar.audit.witnessing import Key, Refused, Request
from cultivar.ledger import checkpoint, merkle, note
from cultivar.ledger.note import BadNote

LOG, SEED = "ledger.example/test", bytes(range(32))
VERIFIER = note.verifier(note.vkey(LOG, note.public_half(SEED)))
LEAVES = [str(n).encode() for n in range(40)]
OWN = Key("witness.example/w", bytes(range(1, 33)))


@pytest.fixture(scope="module")
def home(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demonstration with a signed ledger."""
    copy = tmp_path_factory.mktemp("ledger") / "home"
    shutil.copytree(demonstration, copy)
    return copy


@pytest.fixture(scope="module")
def signed(cultivar: Cultivar, home: Path) -> dict:
    done = cultivar("ledger", "checkpoint", "--json", CULTIVAR_HOME=home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def vkey(cultivar: Cultivar, home: Path, signed: dict) -> str:
    done = cultivar("ledger", "key", "list", "--json", CULTIVAR_HOME=home)
    (key,) = json.loads(done.stdout)
    assert key["signs"] is True
    return str(key["vkey"])


@pytest.fixture(scope="module")
def receipt(home: Path, signed: dict) -> bytes:
    """The receipt of entry 5, made from the database's file alone."""
    with closing(sqlite3.connect(home / "cultivar.sqlite3")) as database:
        leaves = [bytes(one) for (one,) in database.execute("SELECT leaf FROM ledger_entry ORDER BY seq")]
    path = merkle.inclusion_proof(leaves[: signed["size"]], 5)
    return checkpoint.Receipt(5, tuple(path), signed["note"], leaves[5]).text.encode()


def test_a_sound_ledger_is_whole_and_a_damaged_one_is_named(cultivar, home, vkey, tmp_path):
    done = cultivar("ledger", "verify", "--key", vkey, CULTIVAR_HOME=home)
    assert done.returncode == 0, done.stdout
    assert "The ledger is whole" in done.stdout
    assert done.stderr == ""
    shutil.copytree(home, tmp_path / "home")
    with sqlite3.connect(tmp_path / "home/cultivar.sqlite3") as database:
        database.execute("DROP TRIGGER ledger_entry_no_update")
        database.execute("UPDATE ledger_entry SET office = 'nobody' WHERE seq = 7")
    done = cultivar("ledger", "verify", CULTIVAR_HOME=tmp_path / "home")
    assert done.returncode == 1
    zh, en, count = done.stdout.splitlines()[:3]
    assert zh.startswith("第 #7 条")
    assert en.startswith("  entry #7 ")
    assert "Problems found: 1" in count
    done = cultivar("ledger", "verify", "--json", CULTIVAR_HOME=tmp_path / "home")
    told = json.loads(done.stdout)
    assert (told["whole"], [one["entry"] for one in told["findings"]]) == (False, [7])
    done = cultivar("ledger", "verify", "--tree-only", CULTIVAR_HOME=tmp_path / "home")
    assert done.returncode == 0
    assert_one_sentence(
        cultivar("ledger", "verify", "--key", "x", CULTIVAR_HOME=home), "verifier key is malformed"
    )


def test_verification_reads_while_somebody_writes(home, tmp_path):
    shutil.copytree(home, tmp_path / "home")
    with sqlite3.connect(tmp_path / "home/cultivar.sqlite3", isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("CULTIVAR_", "DJANGO_"))
        }
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "cultivar", "ledger", "verify"],
            env={**kept, "PYTHONPATH": str(ROOT / "src"), "CULTIVAR_HOME": str(tmp_path / "home")},
            capture_output=True,
            timeout=120,
        )
        writer.execute("ROLLBACK")
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began < 60


def test_a_witness_cosigns_and_the_ledger_takes_it(cultivar, home, vkey, signed, tmp_path):
    request = tmp_path / "request"
    request.write_text(cultivar("ledger", "witness-request", CULTIVAR_HOME=home).stdout, "utf-8")
    key, name = tmp_path / "key", "witness.example/w"
    cosign = ("ledger", "cosign", str(request), "--key", str(key), "--log", vkey)
    assert_one_sentence(cultivar(*cosign), "There is no key yet")
    done = cultivar(*cosign, "--name", name)
    assert done.returncode == 0, done.stderr
    public = done.stderr.splitlines()[-1]
    assert note.verify(done.stdout, [public]) == note.open_note(signed["note"], ()).text
    assert (tmp_path / "key.last").read_text("utf-8") == done.stdout
    (tmp_path / "cosigned").write_text(done.stdout, "utf-8")
    accept = ("ledger", "accept", str(tmp_path / "cosigned"))
    assert_one_sentence(cultivar(*accept, CULTIVAR_HOME=home), "No known witness has signed it")
    (home / "witnesses").write_text(f"{public}\n")
    done = cultivar(*accept, CULTIVAR_HOME=home)
    assert (done.returncode, "New cosignatures: 1" in done.stdout) == (0, True)
    verify = ("ledger", "verify", "--checkpoint", str(tmp_path / "cosigned"))
    assert cultivar(*verify, CULTIVAR_HOME=home).returncode == 0
    again = ("ledger", "witness-request", "--old", str(signed["size"]))
    request.write_text(cultivar(*again, CULTIVAR_HOME=home).stdout, "utf-8")
    assert cultivar(*cosign).returncode == 0
    assert_one_sentence(
        cultivar("ledger", "witness-request", "--old", "99999", CULTIVAR_HOME=home), "cannot be"
    )


def test_a_receipt_is_checked_without_a_database(cultivar, vkey, receipt, tmp_path):
    file = tmp_path / "r.tlog-proof"
    file.write_bytes(receipt)
    nowhere = {
        "CULTIVAR_HOME": tmp_path / "none",
        "CULTIVAR_DATABASE": "postgresql://nobody@nowhere.invalid/x",
    }
    assert_one_sentence(
        cultivar("ledger", "check", str(file), **nowhere), "taken from where it was published"
    )
    done = cultivar("ledger", "check", str(file), "--key", vkey, **nowhere)
    assert done.returncode == 0, done.stderr
    assert "回执成立" in done.stdout
    assert "The receipt holds: entry 5 " in done.stdout
    assert "the ledger alone vouches for it" in done.stdout
    told = json.loads(cultivar("ledger", "check", str(file), "--key", vkey, "--json", **nowhere).stdout)
    assert (told["proves"], told["entry"]) == (True, 5)
    file.write_bytes(receipt.replace(b"index 5", b"index 6"))
    done = cultivar("ledger", "check", str(file), "--key", vkey, **nowhere)
    assert done.returncode == 1
    assert "The receipt proves nothing: the entry is not in the ledger" in done.stderr
    other = note.vkey("ledger.example/other", note.public_half(bytes(32)))
    file.write_bytes(receipt)
    assert cultivar("ledger", "check", str(file), "--key", other, **nowhere).returncode == 1
    parsed = checkpoint.read_receipt(receipt)
    bare = checkpoint.Receipt(parsed.index, parsed.path, parsed.note)
    file.write_text(bare.text, "utf-8")
    assert_one_sentence(
        cultivar("ledger", "check", str(file), "--key", vkey, **nowhere), "give it with --leaf"
    )
    (tmp_path / "leaf").write_bytes(parsed.leaf or b"")
    with_leaf = ("ledger", "check", str(file), "--key", vkey, "--leaf", str(tmp_path / "leaf"))
    assert cultivar(*with_leaf, **nowhere).returncode == 0
    assert not (tmp_path / "none").exists()


def test_every_byte_of_a_receipt_counts(vkey, receipt):
    from cultivar.audit.receipts import prove

    lines = receipt.split(b"\n")
    prove(receipt, [vkey])
    for n, line in enumerate(lines):
        for at in range(0, len(line), max(1, len(line) // 12)):
            other = line[:at] + (b"B" if line[at : at + 1] == b"A" else b"A") + line[at + 1 :]
            with pytest.raises(BadNote):
                prove(b"\n".join([*lines[:n], other, *lines[n + 1 :]]), [vkey])


def test_an_export_satisfies_the_second_verifier(cultivar, home, vkey, tmp_path):
    done = cultivar("ledger", "export", "-o", str(tmp_path / "e"), CULTIVAR_HOME=home)
    assert done.returncode == 0, done.stderr
    command = [sys.executable, "-I", str(ROOT / "tools/verify_ledger.py"), str(tmp_path / "e"), "--key", vkey]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    full = cultivar("ledger", "export", "-o", str(tmp_path / "e"), CULTIVAR_HOME=home)
    assert_one_sentence(full, "is not an empty folder")


def test_a_key_is_changed_by_letting_both_sign_for_a_time(cultivar, home, vkey, tmp_path):
    shutil.copytree(home, tmp_path / "home")
    here = {"CULTIVAR_HOME": tmp_path / "home"}
    old = vkey.split("+")[1]
    assert_one_sentence(cultivar("ledger", "key", "retire", old, **here), "Make a new one first")
    new = cultivar("ledger", "key", "new", **here).stdout.strip()
    assert cultivar("ledger", "checkpoint", **here).stdout.count("— ") >= 2
    assert cultivar("ledger", "key", "retire", old, **here).returncode == 0
    listed = json.loads(cultivar("ledger", "key", "list", "--json", **here).stdout)
    assert {one["vkey"]: one["signs"] for one in listed} == {vkey: False, new: True}
    assert_one_sentence(cultivar("ledger", "key", "retire", "00000000", **here), "no key with the ID")


# --- what a witness signs and what it refuses ---


def asked(old: int, size: int, leaves: list[bytes] = LEAVES, **more) -> Request:
    text = checkpoint.Checkpoint(LOG, size, merkle.root_hash(leaves[:size])).text
    proof = merkle.consistency_proof(leaves, old, size)
    request = Request(old, tuple(proof), note.sign(text, LOG, SEED))
    read = witnessing.read_request(request.text.encode())
    assert read == request
    return request


def test_a_witness_signs_only_what_goes_on_from_the_last(tmp_path):
    state = tmp_path / "last"

    def cosign(request: Request) -> str:
        return witnessing.cosign(request, [VERIFIER], OWN, state, 1_800_000_000)

    assert "\n10\n" in cosign(asked(0, 10))
    kept = cosign(asked(10, 25))
    assert note.verify(kept, [OWN.vkey]).split("\n")[1] == "25"
    other = [*LEAVES[:3], b"rewritten", *LEAVES[4:]]
    for request in (asked(25, 40, other), asked(25, 25, other), asked(0, 25, other)):
        with pytest.raises(Refused, match="the ledger was changed"):
            cosign(request)
    with pytest.raises(Refused, match="set back"):
        cosign(asked(10, 24))
    with pytest.raises(BadNote, match="goes on from 0"):
        cosign(asked(0, 30))
    with pytest.raises(Refused, match="the ledger was changed"):
        cosign(Request(25, (), asked(25, 40).note))
    forged = note.sign(note.open_note(asked(25, 40).note, ()).text, LOG, bytes(32))
    with pytest.raises(BadNote, match="no known key"):
        cosign(Request(25, (), forged))
    assert state.read_text("utf-8") == kept
    assert "\n40\n" in cosign(asked(25, 40))
    state.write_text(kept.replace("\n25\n", "\n26\n"))
    with pytest.raises(BadNote):
        cosign(asked(25, 40))


@pytest.mark.parametrize(
    "body",
    [
        *(
            b"",
            b"old 1",
            b"old 01\n\nx\n",
            b"old -1\n\nx\n",
            b"new 1\n\nx\n",
            b"old 1\nAAAA\n\nx\n",
            b"\xff\n\nx",
        ),
        b"old 1\n" + (b"A" * 43 + b"=\n") * 64 + b"\nx\n",
    ],
)
def test_a_malformed_request_is_refused(body):
    with pytest.raises(BadNote):
        witnessing.read_request(body)


def test_the_key_of_a_witness_is_read_back_and_nobody_else_reads_it(tmp_path):
    for n in range(40):  # of which some have a plus sign in their base64
        made, new = witnessing.key(tmp_path / f"k{n}", "witness.example/w")
        assert new
        assert witnessing.key(tmp_path / f"k{n}", None) == (made, False)
        assert (tmp_path / f"k{n}").stat().st_mode & 0o77 == 0
    (tmp_path / "k0").write_text("PRIVATE+KEY+x+00000000+AAAA\n")
    with pytest.raises(BadNote, match="cannot be read"):
        witnessing.key(tmp_path / "k0", None)
