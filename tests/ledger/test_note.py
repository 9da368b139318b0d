"""Signed notes as C2SP has them: the specification's own examples, and everything that is malformed refused."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from cultivar.ledger import note
from cultivar.ledger.note import COSIGNATURE, BadNote

SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# The example of golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
SEED, OTHER = bytes(range(32)), bytes(range(1, 33))
KEY = note.vkey("a.example/log", note.public_half(SEED))
OTHER_KEY = note.vkey("b.example/log", note.public_half(OTHER))
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


def test_the_examples_of_the_specification_and_of_go():
    assert note.verify(SPEC_NOTE, [SPEC_KEY]) == "This is an example message.\n"
    assert note.verify(GO_NOTE.encode(), [GO_KEY]) == GO_TEXT
    assert note.sign(GO_TEXT, "PeterNeumann", GO_SEED) == GO_NOTE
    assert note.sign(GO_TEXT, "PeterNeumann", Ed25519PrivateKey.from_private_bytes(GO_SEED)) == GO_NOTE
    public = Ed25519PrivateKey.from_private_bytes(GO_SEED).public_key()
    assert note.vkey("PeterNeumann", public) == GO_KEY


@given(st.lists(TEXT, min_size=1, max_size=5))
def test_what_is_signed_is_read_back(lines):
    text = "".join(f"{line}\n" for line in lines)
    signed = note.sign(text, "a.example/log", SEED)
    assert note.verify(signed, [OTHER_KEY, KEY]) == text
    with pytest.raises(BadNote, match="no known key"):
        note.verify(signed, [OTHER_KEY])
    with pytest.raises(BadNote, match="no known key"):
        note.verify(signed, [])


@given(st.data())
def test_every_altered_byte_is_noticed(data):
    """A changed text, name or signature verifies no more; a changed key ID makes the signature an unknown one."""
    signed = note.sign("文字\n", "a.example/log", SEED).encode()
    at = data.draw(st.integers(0, len(signed) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != signed[at]))
    altered = signed[:at] + bytes([other]) + signed[at + 1 :]
    with pytest.raises(BadNote):
        note.verify(altered, [KEY])


def test_two_keys_sign_one_note_and_each_is_enough():
    signed = note.sign("x\n", "a.example/log", SEED, also=[("b.example/log", OTHER)])
    assert signed.count("— ") == 2
    assert note.verify(signed, [KEY]) == note.verify(signed, [OTHER_KEY]) == "x\n"
    lines = signed.split("\n")
    damaged = "\n".join([*lines[:3], "— b.example/log " + base64.b64encode(b"zzzz" + bytes(64)).decode(), ""])
    assert note.verify(damaged, [KEY, OTHER_KEY]) == "x\n"  # another key ID: an unknown key
    false = note.verifier(OTHER_KEY).key_id + bytes(64)
    with pytest.raises(BadNote, match="is false"):
        note.verify(
            "\n".join([*lines[:3], f"— b.example/log {base64.b64encode(false).decode()}", ""]),
            [KEY, OTHER_KEY],
        )


GOOD = note.sign("x\n", "a.example/log", SEED)
LINE = GOOD.split("\n")[2]


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "x\n",
        "x\n\n",
        "x\n\n\n",
        GOOD[:-1],
        GOOD + "\n",
        GOOD + "x",
        "x\n" + LINE + "\n",
        GOOD.replace("— ", "- "),
        GOOD.replace("— ", "—"),
        GOOD.replace("— ", "—  "),
        GOOD.replace("a.example/log", "a example/log"),
        GOOD.replace("a.example/log", "a+example/log"),
        GOOD.replace("a.example/log ", " "),
        GOOD.replace("a.example/log", "a\u3000b"),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("x\n", "x\x00\n", 1),
        GOOD.replace("x\n", "x\t\n", 1),
        f"x\n\n{LINE} \n",
        f"x\n\n{LINE}=\n",
        f"x\n\n{LINE[:-4]}\n",
        "x\n\n— a.example/log AAAA\n",
        "x\n\n— a.example/log AAAAAA==\n",
        "x\n\n— a.example/log\n",
        f"x\n\n{LINE}\nnot a signature\n",
        GOOD.encode() + b"\xff\n",
        b"\xff" + GOOD.encode(),
        "\ud800" + GOOD,
        "x\n\n" + f"{LINE}\n" * 101,
        "x" * 1_000_001,
    ],
)
def test_a_malformed_note_is_refused(bad):
    with pytest.raises(BadNote):
        note.verify(bad, [KEY])


def test_sixteen_signatures_are_taken():
    others = [(f"w{n}.example", bytes([n]) * 32) for n in range(15)]
    assert note.verify(note.sign("x\n", "a.example/log", SEED, also=others), [KEY]) == "x\n"


_X = b"x" * 32
OF_TYPE_TWO = f"a+{note.key_id_of('a', _X, 2).hex()}+{base64.b64encode(bytes([2]) + _X).decode()}"


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "a",
        "a+b",
        KEY.replace("+", " "),
        KEY[:-1],
        KEY + "=",
        KEY + "A",
        "x" + KEY,
        KEY.replace("+", "+0", 1),
        KEY.split("+")[0] + "+" + KEY.split("+", 2)[1].upper() + "+" + KEY.split("+", 2)[2] + "=",
        "+" + KEY.split("+", 1)[1],
        "a.example/log+00000000+" + KEY.split("+", 2)[2],
        "a.example/log+"
        + note.key_id_of("a.example/log", b"x" * 32, 2).hex()
        + "+"
        + base64.b64encode(b"\x02" + b"x" * 32).decode(),
    ],
)
def test_a_malformed_key_is_refused(bad):
    with pytest.raises(BadNote):
        note.verify(GOOD, [bad])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\tb", "a\u00a0b", "\ud800"])
def test_a_name_that_no_key_can_have_is_refused(name):
    with pytest.raises(BadNote):
        note.sign("x\n", name, SEED)


@pytest.mark.parametrize("text", ["", "x", "x\r\n", "x\x07\n", "\ud800\n"])
def test_a_text_that_no_note_can_hold_is_refused(text):
    with pytest.raises(BadNote):
        note.sign(text, "a.example/log", SEED)


def test_a_cosignature_is_a_line_by_a_key_of_its_own_type():
    witness = note.vkey("w.example", note.public_half(OTHER), COSIGNATURE)
    line = note.cosignature_line("a.example/log\n1\nAAAA\n", "w.example", OTHER, 1_700_000_000)
    assert line.said_at == 1_700_000_000
    signed = note.sign("a.example/log\n1\nAAAA\n", "a.example/log", SEED) + f"{line}\n"
    assert note.verify(signed, [witness]) == "a.example/log\n1\nAAAA\n"
    with pytest.raises(BadNote, match="no known key"):
        note.verify(
            signed, [note.vkey("w.example", note.public_half(OTHER))]
        )  # the same key as an ordinary one
    later = note.Line(line.name, line.key_id, (1_700_000_001).to_bytes(8, "big") + line.signature[8:])
    with pytest.raises(BadNote, match="is false"):
        note.verify(signed.replace(str(line), str(later)), [witness])
    too_late = note.Line(line.name, line.key_id, b"\xff" + line.signature[1:])
    with pytest.raises(BadNote, match="is false"):
        note.verify(signed.replace(str(line), str(too_late)), [witness])


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_whatever_is_handed_in_is_refused_with_a_sentence(garbage):
    with pytest.raises(BadNote) as refused:
        note.verify(garbage, [KEY])
    assert refused.value.text.zh
    assert refused.value.text.en
