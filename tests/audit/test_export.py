"""An export holds what a reader needs, appears whole or not at all, and keeps personal values back unless told."""

import json

import pytest
from django.conf import settings
from tests.audit import houses as h
from tests.audit.houses import leaf_of

from cultivar.audit.export import CannotExport, export, path_of
from cultivar.ledger import proofs, signing
from cultivar.ledger.models import Checkpoint, Sealed

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock(), h.built(tmp_path_factory.mktemp("house")) as made:
        yield made


def test_a_tile_of_a_large_ledger_is_where_the_standard_says():
    assert [path_of(n) for n in (0, 999, 1000, 1234067)] == ["000", "999", "x001/000", "x001/x234/067"]


def test_the_layout_is_that_of_the_standard(house, tmp_path):
    steps = []
    assert export(tmp_path / "e", progress=steps.append) == house.size
    folder = tmp_path / "e"
    width = house.size - 256
    found = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}
    expected = {"checkpoint", "keys", "witnesses", "README", "tile/0/000", f"tile/0/001.p/{width}"}
    expected |= {"tile/1/000.p/1", "tile/entries/000", f"tile/entries/001.p/{width}"}
    expected |= {f"checkpoints/{house.early}", f"checkpoints/{house.size}"}
    assert {one for one in found if not one.startswith(("programmes/", "calendars/"))} == expected
    assert (folder / "tile/0/000").read_bytes() == proofs.tile(0, 0, 256)
    assert (folder / "tile/1/000.p/1").read_bytes() == proofs.tile(1, 0, 1)
    bundle = (folder / "tile/entries/000").read_bytes()
    first = leaf_of(0)
    assert bundle.startswith(len(first).to_bytes(2, "big") + first)
    assert (folder / "checkpoint").read_text() == signing.note_of(Checkpoint.objects.get(size=house.size))
    assert (folder / "witnesses").read_text() == f"{h.WITNESS.vkey}\n"
    assert sum(steps) == house.size
    assert not list(tmp_path.glob("*.new"))


def test_personal_values_stay_unless_asked_for(house, tmp_path):
    export(tmp_path / "without")
    export(tmp_path / "with", with_personal=True)
    rows = [json.loads(line) for line in (tmp_path / "with/sealed.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) == Sealed.objects.count()
    values = [row["value"].encode() for row in rows if len(row["value"]) > 6]
    plain = b"".join(one.read_bytes() for one in (tmp_path / "without").rglob("*") if one.is_file())
    assert values
    assert not [value for value in values if value in plain]
    assert not [row["salt"] for row in rows if row["salt"].encode() in plain]


def test_an_earlier_checkpoint_can_be_exported(house, tmp_path):
    assert export(tmp_path / "e", size=house.early, with_personal=True) == house.early
    assert not (tmp_path / f"e/checkpoints/{house.size}").exists()
    lines = (tmp_path / "e/sealed.jsonl").read_text("utf-8").splitlines()
    assert all(json.loads(line)["entry"] < house.early for line in lines)


def test_what_cannot_be_exported_leaves_nothing_behind(house, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").write_text("mine")
    with pytest.raises(CannotExport, match="is not an empty folder"):
        export(tmp_path / "full")
    with pytest.raises(
        CannotExport, match=f"no checkpoint of 3 entries; there are: {house.size}, {house.early}"
    ):
        export(tmp_path / "e", size=3)
    assert [one.name for one in tmp_path.iterdir()] == ["full"]
    (tmp_path / "empty").mkdir()
    assert export(tmp_path / "empty") == house.size
    assert settings.LEDGER_ORIGIN in (tmp_path / "empty/README").read_text("utf-8")


def test_only_the_owner_can_read_it(house, tmp_path):
    (tmp_path / "open").mkdir(mode=0o755)
    for folder in (tmp_path / "open", tmp_path / "above" / "new"):
        export(folder, with_personal=True)
        found = [folder, *folder.rglob("*")]
        assert {one.stat().st_mode & 0o777 for one in found if one.is_dir()} == {0o700}
        assert {one.stat().st_mode & 0o777 for one in found if one.is_file()} == {0o600}
