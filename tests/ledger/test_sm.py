"""The second digest: the standards' own examples, and a checkpoint that carries both roots and both signatures."""

import base64
from datetime import datetime

import pytest
from django.db import transaction

from cultivar.ledger import append as ledger
from cultivar.ledger import checkpoint, clock, keys, note, signing, sm
from cultivar.ledger.append import Draft
from cultivar.ledger.models import Checkpoint, Entry
from cultivar.ledger.note import SM2, BadNote, Signer

pytest.importorskip("gmssl")

# GB/T 32905-2016, annex A, and GB/T 32918.5-2017, annex A: key, message and signature.
SECRET = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
PUBLIC = bytes.fromhex(
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
SIGNATURE = bytes.fromhex(
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)


def mth(data: list[bytes]) -> bytes:
    """MTH of RFC 6962 with SM3 in the place of SHA-256."""
    if len(data) == 1:
        return sm.sm3(b"\x00" + data[0])
    k = max(2**n for n in range(20) if 2**n < len(data))
    return sm.sm3(b"\x01" + mth(data[:k]) + mth(data[k:]))


def test_the_standards_examples():
    assert sm.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm.sm3(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    assert sm.public_of(SECRET) == PUBLIC
    assert sm.verified(PUBLIC, SIGNATURE, b"message digest")
    assert not sm.verified(PUBLIC, SIGNATURE, b"another digest")


def test_what_is_signed_is_verified_and_nothing_else_is():
    signed = sm.signed(SECRET, "文字".encode())
    assert sm.verified(PUBLIC, signed, "文字".encode())
    for at in range(0, 64, 7):
        assert not sm.verified(
            PUBLIC, signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :], "文字".encode()
        )
    for bad in (b"", signed[:-1], signed + b"x", bytes(64), b"\xff" * 64):
        assert not sm.verified(PUBLIC, bad, "文字".encode())
    for point in (bytes(64), b"\xff" * 64):
        assert not sm.verified(point, signed, "文字".encode())


def test_keys_whose_digits_begin_with_zeros_and_fours_work():
    """The library takes leading 04 away from what it takes for a prefix; many keys, so that some begin so."""
    for n in range(1, 40):
        secret = sm.secret_of(bytes([n]) * 48)
        assert sm.verified(sm.public_of(secret), sm.signed(secret, b"x"), b"x")


@pytest.fixture
def house(settings, tmp_path):
    settings.LEDGER_KEYS = tmp_path / "keys"
    settings.LEDGER_ORIGIN = "ledger.example/test"
    settings.LEDGER_SM = True
    return settings


def add(count: int) -> None:
    with transaction.atomic():
        head = ledger.lock()
        for n in range(head.size, head.size + count):
            at = datetime(2026, 5, 7, tzinfo=clock.SHANGHAI)
            draft = Draft(
                "T-1", "p", "a/b", "0" * 64, "do", "do", "b", "", "o", "1", "k", ("a1",), {"n": n}, {}
            )
            ledger.append(head, draft, f"k{n}", at)


@pytest.mark.django_db
def test_a_checkpoint_carries_both_roots_and_both_signatures(house):
    for count in (1, 4, 7):
        add(count)
        signed = signing.sign()
        said, opened = checkpoint.opened(signed, keys.verifiers())
        leaves = [bytes(one) for one in Entry.objects.order_by("seq").values_list("leaf", flat=True)]
        assert said.extensions == (f"sm3 {base64.b64encode(mth(leaves)).decode()}",)
        assert sorted(key.kind for key, _ in opened.verified) == [1, SM2]
    receipt = signing.receipt(3, leaves[3])
    checkpoint.check_receipt(checkpoint.read_receipt(receipt.text), keys.verifiers())


@pytest.mark.django_db
def test_whoever_does_not_know_sm2_still_checks_the_other_signature(house):
    add(2)
    signed = signing.sign()
    plain = [one for one in keys.verifiers() if one.kind != SM2]
    _, opened = checkpoint.opened(signed, plain)
    assert (len(opened.verified), len(opened.unknown)) == (1, 1)
    sm2 = [one for one in keys.verifiers() if one.kind == SM2]
    assert checkpoint.opened(signed, sm2)[0].size == 2
    false = Signer("ledger.example/test", sm.secret_of(b"x" * 48), SM2).line("something else\n")
    line = note.Line(false.name, sm2[0].key_id, false.signature)
    with pytest.raises(BadNote, match="is false"):
        checkpoint.opened(f"{note.open_note(signed, ()).text}\n{line}\n", sm2)


@pytest.mark.django_db
def test_off_by_default_and_put_off_again(house):
    house.LEDGER_SM = False
    add(1)
    assert signing.sign().count("— ") == 1
    house.LEDGER_SM = True
    assert signing.sign().count("— ") == 2  # the same entries: signed anew by the new key
    add(1)
    assert "\nsm3 " in signing.sign()
    house.LEDGER_SM = False
    add(1)
    signed = signing.sign()
    assert "sm3" not in signed
    assert signed.count("— ") == 1
    assert Checkpoint.objects.count() == 3
