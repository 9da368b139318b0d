"""A receipt proves its entry or it proves nothing: whatever byte of it is altered, that is found and said."""

import random
import re
import string

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import world as w
from tests.audit import made

from cultivar.audit import checking
from cultivar.audit.checking import WORDS, examine
from cultivar.ledger import checkpoint, merkle, note, signing, sm
from cultivar.ledger.models import Entry
from cultivar.ledger.note import BadNote


@pytest.fixture
def vkeys(db, settings, tmp_path) -> list[str]:
    """The keys of a ledger of 300 entries, cosigned by the witness."""
    made.keep_keys(settings, tmp_path)
    made.know_witness(settings)
    made.grow(300)
    signing.accept(made.cosigned(signing.sign()))
    return Client().get("/ledger/keys").content.decode().splitlines()


def test_the_receipt_of_every_entry_verifies(vkeys):
    verifiers = [note.verifier(one) for one in vkeys]
    for entry in Entry.objects.all():
        receipt = checkpoint.read_receipt(made.receipt_text(entry.seq))
        said, _ = checkpoint.check_receipt(receipt, verifiers)
        assert (said.size, receipt.index, receipt.leaf) == (300, entry.seq, bytes(entry.leaf))


def test_every_byte_altered_is_found(vkeys):
    """No alteration of a byte passes for the same proof.

    Some take the witness's line out of account, for a signature by an unknown name is to be ignored (C2SP
    signed-note); they leave a proof that claims less, and the answer says less.
    """
    body = made.receipt_text(77).encode()
    verifiers = [note.verifier(one) for one in (*vkeys, made.WITNESS_VKEY)]
    dice = random.Random(9162)

    def proved(data: bytes):
        try:
            receipt = checkpoint.read_receipt(data)
            said, opened = checkpoint.check_receipt(receipt, verifiers)
        except BadNote:
            return None
        return receipt.index, receipt.leaf, said, {key for key, _ in opened.verified}

    whole = proved(body)
    assert whole is not None
    witness_line = body.rindex("— ".encode())
    for at, byte in enumerate(body):
        for other in {byte ^ 1, byte ^ 0x20, dice.randrange(256)} - {byte}:
            after = proved(body[:at] + bytes([other]) + body[at + 1 :])
            assert after != whole, at
            if after is not None:
                assert at > witness_line, at
                assert after[3] < whole[3], at
        for shorter in (body[:at], body[:at] + body[at + 1 :]):
            after = proved(shorter)
            assert after is None or (at >= witness_line and after[3] < whole[3]), at


def test_the_answer_says_which_step_failed(vkeys):
    body = made.receipt_text(77).encode()
    lines = body.decode().split("\n")
    index = next(n for n, line in enumerate(lines) if line.startswith("index"))
    origin = lines.index("", index) + 1

    def replaced(at: int, by: str) -> bytes:
        return "\n".join([*lines[:at], by, *lines[at + 1 :]]).encode()

    other = note.vkey("ledger.example/test", note.public_half(b"o" * 32))
    said = {
        "holds": examine(body, vkeys),
        "key-none": examine(body, []),
        "key-bad": examine(body, [vkeys[0][:-2]]),
        "form-bad": examine(b"nothing", vkeys),
        "note-bad": examine(replaced(origin + 1, "0300"), vkeys),
        "signature-none": examine(body, [other]),
        "signature-bad": examine(replaced(origin + 1, "301"), vkeys),
        "inclusion-bad": examine(replaced(index, "index 78"), vkeys),
        "leaf-none": examine(replaced(1, "index 77").replace(b"\nindex 77\nindex 77", b"\nindex 77"), vkeys),
    }
    for key, answer in said.items():
        assert answer.holds == (key == "holds"), key
        if key != "holds":
            named = {"name": "ledger.example/test", "id": vkeys[0].split("+")[1], "line": vkeys[0][:-2]}
            assert answer.steps[-1].words == WORDS[key].fill(**named)
            assert answer.facts == ()


def test_what_holds_says_by_whom_what_and_when(vkeys):
    answer = examine(made.receipt_text(77).encode(), vkeys, [made.WITNESS_VKEY])
    assert answer.holds
    words = " ".join(step.words.en for step in answer.steps)
    assert "300 entries" in words
    assert f"“{made.WITNESS}” cosigned this checkpoint at 2026-05-07 10:13:20" in words
    assert dict((name.en, value) for name, value in answer.facts)["Case"] == "T-1"
    assert '"n": 77' in answer.content
    without = examine(made.receipt_text(77).encode(), vkeys, [note.vkey("w.example", b"k" * 32, 4)])
    assert without.holds
    assert WORDS["witness-none"] in [step.words for step in without.steps]


@settings(deadline=None)
@given(
    st.binary(max_size=400) | st.text(max_size=400).map(str.encode),
    st.lists(st.text(max_size=40), max_size=3),
)
def test_whatever_is_sent_is_answered_in_words(body, lines):
    assert not examine(body, lines).holds
    key = note.vkey("a", note.public_half(b"a" * 32))
    head = checkpoint.PROOF.encode() + b"\nindex 0\n\n"
    assert not examine(head + body, [key], lines).holds


@pytest.mark.parametrize(
    "leaf", [b"{", b'"\xff"', b"[1]", b'{"at": "\\ud800"}', b"[" * 100_000, b'{"act": null}']
)
def test_a_leaf_that_is_no_entry_is_shown_as_it_is(leaf):
    size_one = checkpoint.Checkpoint("x", 1, merkle.leaf_hash(leaf))
    signed = note.sign(size_one.text, "x", b"x" * 32)
    body = checkpoint.Receipt(0, (), signed, leaf).text.encode()
    answer = examine(body, [note.vkey("x", note.public_half(b"x" * 32))])
    assert answer.holds
    answer.content.encode("utf-8")


def test_an_sm2_key_counts_where_it_can_be_checked_and_is_set_aside_where_not(vkeys):
    """Beside the Ed25519 signature it changes nothing; alone, unchecked, it proves nothing."""
    name = "ledger.example/test"
    key = note.vkey(name, bytes(range(64)), note.SM2)
    line = note.Line(name, note.verifier(key).key_id, b"s" * 64)
    body = f"{made.receipt_text(77)}{line}\n".encode()
    alone = examine(body, [key])
    assert not alone.holds
    beside = examine(body, [*vkeys, key])
    if sm.installed():
        assert beside.steps[-1].words == WORDS["signature-bad"].fill(name=name, id=line.key_id.hex())
    else:
        assert beside.holds
        assert WORDS["sm2-aside"].fill(name=name) in [step.words for step in beside.steps if step.aside]


def test_words_of_both_languages_fill_the_same_values():
    for key, text in checking.WORDS.items():
        zh, en = ({name for _, name, _, _ in string.Formatter().parse(one) if name} for one in text)
        assert zh == en, key


# ------------------------------------------------------------------------------------------------ the pages


def test_without_scripts_the_server_answers_and_says_what_that_is_worth(vkeys):
    body = made.receipt_text(5)
    client = Client(headers={"accept-language": "en"})
    page = client.get("/ledger/check/").content.decode()
    assert vkeys[0] in page
    as_file = client.post(
        "/ledger/check/", {"receipt": SimpleUploadedFile("a.tlog-proof", body.encode()), "keys": vkeys[0]}
    )
    as_text = client.post("/ledger/check/", {"pasted": body.replace("\n", "\r\n"), "keys": vkeys[0]})
    for answer in (as_file, as_text):
        assert "This entry stands in the ledger" in answer.content.decode()
        assert "to believe it is to trust this site" in answer.content.decode()
    altered = client.post("/ledger/check/", {"pasted": body.replace("index 5", "index 6"), "keys": vkeys[0]})
    assert "This receipt does not hold" in altered.content.decode()
    assert client.post("/ledger/check/", {}).status_code == 200
    assert client.put("/ledger/check/").status_code == 405


def test_the_saved_page_names_no_other_file(vkeys):
    answer = Client().get("/ledger/check/page.html")
    assert answer["Content-Disposition"].startswith("attachment")
    page = answer.content.decode()
    assert not re.search(
        r"(?:src|href|action)\s*=|url\(|@import|https?://", page.replace("Content-Security-Policy", "")
    )
    assert vkeys[0] in page
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page).group(1)
    assert "default-src &#x27;none&#x27;" in policy or "default-src 'none'" in policy


def test_a_receipt_that_is_not_due_says_when(db, settings, tmp_path, client):
    made.keep_keys(settings, tmp_path)
    with w.at("2026-04-16"):
        round_ = w.announce()
    seq = Entry.objects.filter(case=round_.number, kind="announce").latest("seq").seq
    with w.at("2026-04-16", 10):
        answer = client.get(f"/ledger/entry/{seq}/receipt")
        page = client.get(f"/ledger/entry/{seq}/receipt", headers={"accept": "text/html"})
        paper = client.get(f"/ledger/entry/{seq}/receipt/page", headers={"accept": "text/html"})
        place = client.get(f"/ledger/entry/{seq}", headers={"accept": "text/html"}).content.decode()
    assert (answer.status_code, page.status_code, paper.status_code) == (409, 409, 409)
    assert "4月16日 11:00" in answer.content.decode()
    assert "4月16日 11:00" in page.content.decode()
    assert "待 11:00 检查点" in place
    signing.sign()
    with w.at("2026-04-16", 10):
        assert client.get(f"/ledger/entry/{seq}/receipt").status_code == 200
        assert client.get(f"/ledger/entry/{seq}/receipt/page").status_code == 200
