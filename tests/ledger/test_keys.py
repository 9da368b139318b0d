"""The keys of the ledger: made, read back, changed by signing twice, retired; the public half stays known."""

import os
import stat

import pytest
from django.db import transaction

from cultivar.ledger import keys, note, signing
from cultivar.ledger.keys import NoKey
from cultivar.ledger.models import VerifierKey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.LEDGER_KEYS = tmp_path / "keys"
    settings.LEDGER_ORIGIN = "ledger.example/test"
    return settings.LEDGER_KEYS


def test_every_key_is_read_back_as_it_was_made(folder):
    """Many, because base64 holds a plus in one of three."""
    for n in range(60):
        seed = bytes([n]) * 32
        said = note.vkey("ledger.example/test", note.public_half(seed))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(keys.randomness, "token", lambda length, seed=seed: seed)
            assert keys.create() == said
    assert {one.secret for one in keys.signers()} == {bytes([n]) * 32 for n in range(60)}
    assert len(keys.verifiers()) == 60


def test_a_key_file_is_for_its_owner_alone(folder):
    keys.create()
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0


def test_what_other_programs_wrote_can_be_read(folder):
    """The key of the examples of golang.org/x/mod/sumdb/note."""
    folder.mkdir()
    text = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n"
    (folder / "c74f20a3.key").write_text(text)
    (signer,) = keys.signers()
    public = "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert signer.vkey == f"PeterNeumann+c74f20a3+{public}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PRIVATE+KEY+a",
        "PRIVATE+KEY+a+00000000+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        "PRIVATE+KEY+a+c74f20a3+!",
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AoEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEK",
    ],
)
def test_a_damaged_key_file_is_named(folder, text):
    folder.mkdir()
    (folder / "x.key").write_text(text)
    with pytest.raises(NoKey, match=r"x\.key"):
        keys.signers()


def test_two_keys_sign_until_the_old_one_is_retired(folder):
    first = keys.create()
    signing.sign()
    with pytest.raises(NoKey, match="No other key"):
        keys.retire(note.verifier(first).key_id.hex())
    second = keys.create()
    signed = signing.sign()
    assert note.verify(signed, [first]) == note.verify(signed, [second])
    keys.retire(note.verifier(first).key_id.hex())
    assert [one.vkey for one in keys.signers()] == [second]
    assert set(VerifierKey.objects.values_list("vkey", flat=True)) == {first, second}
    with pytest.raises(NoKey, match="no key with the ID"):
        keys.retire("../../etc")


def test_a_key_that_was_put_there_by_hand_is_known_once_it_signs(folder):
    folder.mkdir()
    (folder / "c74f20a3.key").write_text(
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n"
    )
    with transaction.atomic():
        signing.sign()
    assert {one.name for one in keys.verifiers()} == {"PeterNeumann", "ledger.example/test"}
    assert os.listdir(folder)
