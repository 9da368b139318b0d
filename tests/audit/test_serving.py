"""What programs fetch: whoever has only tiles and checkpoint computes the root; bundles are for the auditor alone."""

import base64

import pytest
from tests import world as w
from tests.audit import made
from tests.unguarded import unguarded

from cultivar.audit.tile_paths import Place
from cultivar.cases.models import Case
from cultivar.ledger import checkpoint, clock, keys, merkle, note, signing, tree
from cultivar.ledger.models import Alarm, Entry, Signature
from cultivar.registry import regions

pytestmark = pytest.mark.django_db
AUDITOR = w.actor("auditor", region="520000")


@pytest.fixture(autouse=True)
def _keys(settings, tmp_path):
    made.keep_keys(settings, tmp_path)


def fetched(client, place: Place) -> bytes | None:
    answer = client.get(f"/ledger/tile/{place.path}")
    if answer.status_code == 404:
        return None
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/octet-stream"
    assert "immutable" in answer["Cache-Control"]
    return answer.content


def places(size: int):
    """Every tile that a tree of this size has, by the rule of the specification."""
    for level in range(64):
        total = size >> (8 * level)
        if not total:
            return
        for index in range(-(-total // 256)):
            yield Place(level, index, min(256, total - 256 * index))


def test_before_the_first_checkpoint_there_is_nothing_but_a_sentence(client):
    made.grow(3)
    for address in ("/ledger/checkpoint", "/ledger/tile/0/000.p/3"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert len(answer.content.decode().splitlines()) == 2
    assert client.get("/ledger/keys").content == b""


@pytest.mark.parametrize("size", [1, 70, 256, 600])
def test_the_root_follows_from_the_tiles_alone(client, size):
    made.grow(size)
    signed = signing.sign()
    made.grow(5)  # after the checkpoint
    answer = client.get("/ledger/checkpoint")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    assert answer.content.decode() == signed
    vkeys = client.get("/ledger/keys").content.decode().splitlines()
    said, _ = checkpoint.opened(answer.content, [note.verifier(one) for one in vkeys])
    assert said.size == size
    tiles = {(one.level, one.index): fetched(client, one) for one in places(size)}
    leaves = b"".join(tiles[0, index] for index in range(-(-size // 256)))
    assert [
        merkle.leaf_hash(bytes(one)) for one in Entry.objects.values_list("leaf", flat=True)[:size]
    ] == list(tree.unpacked(leaves))
    hashes = {place: tree.unpacked(body) for place, body in tiles.items()}
    assert tree.subtree_hash(lambda level, index: hashes[level, index])(0, size) == said.root
    for (level, index), above in hashes.items():
        if level:
            below = [merkle.root_of_hashes(hashes[level - 1, index * 256 + n]) for n in range(len(above))]
            assert list(above) == below


def test_nothing_is_served_beyond_the_latest_checkpoint(client):
    made.grow(70)
    signing.sign()
    made.grow(230)
    assert fetched(client, Place(0, 0, 70)) is not None
    assert fetched(client, Place(0, 0, 69)) == fetched(client, Place(0, 0, 70))[: 69 * 32]
    for beyond in (
        Place(0, 0, 71),
        Place(0, 0),
        Place(0, 1, 1),
        Place(1, 0, 1),
        Place(7, 0, 1),
        Place(0, 10**15),
    ):
        assert fetched(client, beyond) is None
    signing.sign()
    assert len(fetched(client, Place(0, 0))) == 8192
    assert fetched(client, Place(1, 0, 1)) is not None
    assert fetched(client, Place(1, 0, 2)) is None


@pytest.mark.parametrize(
    "path", ["0/0", "64/000", "0/000.p/0", "0/000.p/256", "0/x000/000", "a", "0/000/", "-1/000"]
)
def test_malformed_places_are_not_found(client, path):
    made.grow(300)
    signing.sign()
    assert client.get(f"/ledger/tile/{path}").status_code == 404
    assert client.post("/ledger/tile/0/000").status_code == 405


def audited(size: int) -> None:
    """A ledger of this size of which the auditor may read all."""
    regions.load()
    with w.at("2026-04-16"):
        round_ = w.announce()
    made.grow(size - Entry.objects.count(), case=round_.number)


@pytest.mark.parametrize("size", [70, 600])
def test_the_leaves_of_every_bundle_hash_to_the_tile(client, size):
    audited(size)
    signing.sign()
    who = w.signed_in(client, AUDITOR)
    for index in range(-(-size // 256)):
        width = min(256, size - 256 * index)
        answer = who.get(f"/ledger/tile/{Place(None, index, width).path}")
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "private, no-store"
        hashes = tree.unpacked(fetched(who, Place(0, index, width)))
        assert tuple(merkle.leaf_hash(leaf) for leaf in unbundled(answer.content)) == hashes
    assert who.get("/ledger/tile/entries/x001/000").status_code == 404


def unbundled(body: bytes) -> list[bytes]:
    leaves = []
    while body:
        length = int.from_bytes(body[:2], "big")
        assert len(body) >= 2 + length
        leaves.append(body[2 : 2 + length])
        body = body[2 + length :]
    return leaves


def test_bundles_are_for_whoever_reads_everything(client):
    audited(70)
    signing.sign()
    of = w.cluster()
    others = [
        w.province("handler"),
        w.province("publisher"),
        w.city(w.ZUNYI),
        w.applicant(of),
        w.expert("e1"),
        w.actor("policy"),
        w.actor("auditor", region="140000"),
    ]
    refused = [client.get("/ledger/tile/entries/000.p/70")]
    refused += [w.signed_in(client, who).get("/ledger/tile/entries/000.p/70") for who in others]
    for answer in refused:
        assert answer.status_code == 403
        assert len(answer.content.decode().splitlines()) == 2
    assert w.signed_in(client, w.actor("auditor")).get("/ledger/tile/entries/000.p/70").status_code == 200


def test_an_auditor_gets_no_bundle_that_holds_another_provinces_entry(client):
    audited(70)
    made.grow(1, case="XX-2026-00001")
    signing.sign()
    who = w.signed_in(client, AUDITOR)
    assert who.get("/ledger/tile/entries/000.p/70").status_code == 200
    assert who.get("/ledger/tile/entries/000.p/71").status_code == 403
    case = Case.objects.get()
    Case.objects.filter(number=case.number).update(digest="f" * 64)
    assert who.get("/ledger/tile/entries/000.p/70").status_code == 403


# ------------------------------------------------------------------------------------------------ cosignatures


def post(client, body: str | bytes):
    answer = client.post("/ledger/cosignatures", body, content_type="application/octet-stream")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert len(answer.content.decode().splitlines()) == 2
    return answer


@pytest.fixture
def signed(settings):
    """A ledger of ten entries under a checkpoint, and a witness that it knows."""
    made.grow(10)
    made.know_witness(settings)
    return signing.sign()


def test_a_witness_leaves_its_cosignature_once(client, signed):
    strict = type(client)(enforce_csrf_checks=True)
    answer = post(strict, made.cosigned(signed))
    assert (answer.status_code, "收下 1 个" in answer.content.decode()) == (200, True)
    again = post(strict, made.cosigned(signed, at=1_778_130_000))
    assert (again.status_code, "收下 0 个" in again.content.decode()) == (200, True)
    assert Signature.objects.filter(witness=True).count() == 1
    served = client.get("/ledger/checkpoint").content.decode()
    assert served == made.cosigned(signed)
    verifiers = [*keys.verifiers(), note.verifier(made.WITNESS_VKEY)]
    assert len(note.open_note(served, verifiers).verified) == 2
    assert made.WITNESS in client.get("/ledger/").content.decode()


def test_an_older_checkpoint_may_still_be_cosigned(client, signed):
    made.grow(5)
    signing.sign()
    assert post(client, made.cosigned(signed)).status_code == 200


def test_what_no_known_witness_signed_is_not_taken(client, signed, settings):
    stranger = made.cosigned(signed, seed=b"s" * 32, name="stranger.example")
    impostor = made.cosigned(signed, seed=b"s" * 32)  # the witness's name over another key
    forged = made.cosigned(signed)[:-8] + "AAAAAA=\n"
    for body in (signed, stranger, impostor, forged):
        answer = post(client, body)
        assert answer.status_code in (400, 422), body
        assert str(settings.LEDGER_WITNESSES) not in answer.content.decode()
    other = note.sign(checkpoint.Checkpoint("other.example", 10, b"r" * 32).text, "other.example", b"o" * 32)
    assert post(client, made.cosigned(other)).status_code == 422
    assert not Signature.objects.filter(witness=True).exists()
    assert not Alarm.objects.exists()


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{}", b"a\n1\n", b"\x00" * 40, "黔\n\n— a b\n".encode()])
def test_what_is_no_checkpoint_is_refused(client, signed, body):
    assert post(client, body).status_code == 400


def test_too_much_is_not_read(client, signed):
    assert post(client, made.cosigned(signed) + "x" * 70_000).status_code == 413
    assert client.get("/ledger/cosignatures").status_code == 405


@pytest.mark.parametrize(
    ("size", "kind"), [(10, Alarm.Kind.FORK), (50, Alarm.Kind.SET_BACK), (7, Alarm.Kind.CHANGED)]
)
def test_a_contradiction_answers_409_and_raises_a_public_alarm(client, signed, size, kind):
    signer = keys.signers()[0]
    lie = note.sign(checkpoint.Checkpoint(signer.name, size, b"r" * 32).text, signer.name, signer.secret)
    assert post(client, made.cosigned(lie)).status_code == 409
    (alarm,) = Alarm.objects.all()
    assert (alarm.kind, alarm.size) == (kind, size)
    with clock.at(made.AT):
        page = client.get("/ledger/").content.decode()
    assert 'role="alert"' in page
    assert base64.b64encode(b"r" * 32).decode() in page


def test_a_changed_hash_shows_on_the_badge_of_its_entry(client, signed):
    fine = client.get("/ledger/entry/3", headers={"accept": "text/html"}).content.decode()
    assert "已入账" in fine
    with unguarded() as cursor:
        cursor.execute("UPDATE ledger_entry SET leaf_hash = %s WHERE seq = 3", [b"x" * 32])
    broken = client.get("/ledger/entry/3", headers={"accept": "text/html"}).content.decode()
    assert "与账本不符" in broken
