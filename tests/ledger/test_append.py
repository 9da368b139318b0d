"""The append-only record: canonical bytes, one entry for a key, nothing changed or deleted, rising time."""

import hashlib
import json
import random
from datetime import datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from cultivar.ledger import append as ledger
from cultivar.ledger import clock, randomness
from cultivar.ledger.append import Draft, commitment
from cultivar.ledger.canonical import NotCanonical, canonical, read
from cultivar.ledger.models import Checkpoint, Entry, Sealed, VerifierKey

AT = datetime(2026, 5, 7, 10, 24, tzinfo=clock.SHANGHAI)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
PLAIN = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)


def draft(**more: object) -> Draft:
    parts = {
        "case": "T-1",
        "procedure": "p",
        "programme": "a/b",
        "digest": "0" * 64,
        "act": "do",
        "step": "do",
        "body": "city",
        "post": "",
        "office": "city-1",
        "region": "1",
        "person": "k",
        "articles": ("a1",),
        "content": {},
        "personal": {},
        **more,
    }
    return Draft(**parts)


def add(key: str = "k", at: datetime = AT, **more: object) -> Entry:
    with transaction.atomic():
        return ledger.append(ledger.lock(), draft(**more), key, at)


@given(st.dictionaries(TEXT, PLAIN, max_size=5))
def test_canonical_bytes_read_back_as_they_were(data):
    import unicodedata

    composed = json.loads(unicodedata.normalize("NFC", json.dumps(data, ensure_ascii=False)))
    leaf = canonical(data)
    assert read(leaf) == composed
    assert canonical(read(leaf)) == leaf


@given(st.dictionaries(TEXT, PLAIN, min_size=2, max_size=5), st.randoms())
def test_the_order_of_keys_does_not_matter(data, dice):
    names = list(data)
    dice.shuffle(names)
    assert canonical({name: data[name] for name in names}) == canonical(data)


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), [0.5], {"a": {"b": 2.5}}, 2**53, -(2**60), "\ud800", {"\udfff": 1}]
)
def test_what_has_no_one_way_to_be_written_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical(value)


@pytest.mark.parametrize(
    "leaf", [b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'{"a":1.5}', b'{"a":1e2}']
)
def test_other_bytes_of_the_same_data_are_refused(leaf):
    with pytest.raises(NotCanonical):
        read(leaf)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET office = 'x'",
        "UPDATE ledger_entry SET seq = seq + 1 WHERE seq = 0",
        "DELETE FROM ledger_entry",
        "DELETE FROM ledger_entry WHERE seq = 0",
        "UPDATE ledger_sealed SET value = salt",
        "UPDATE ledger_sealed SET field = 'x' WHERE field = 'name'",
        "DELETE FROM ledger_sealed",
        "DELETE FROM ledger_sealed WHERE field = 'name'",
    ],
)
def test_the_database_refuses_to_change_or_delete(statement):
    entry = add(personal={"name": "某人（虚构）"})
    before = list(Sealed.objects.values())
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Entry.objects.get() == entry
    assert list(Sealed.objects.values()) == before


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="other databases have no REPLACE")
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_sealed"])
def test_no_row_takes_the_place_of_another(table):
    add(personal={"name": "某人（虚构）"})
    statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="other databases have no hidden row numbers")
@pytest.mark.parametrize(
    ("table", "columns", "other"),
    [
        (
            "ledger_entry",
            'seq, "case", kind, step, office, at, key, leaf, leaf_hash',
            "seq + 70, 'c', 'k', 'do', 'o', at, 'other', leaf, leaf_hash",
        ),
        ("ledger_checkpoint", "size, text, at", "size + 1, 'forged', at"),
        ("ledger_verifierkey", "vkey, at", "'forged', at"),
    ],
)
def test_no_row_takes_the_place_of_another_by_its_hidden_number(table, columns, other):
    add()
    Checkpoint.objects.create(size=1, text="honest", at=AT)
    VerifierKey.objects.create(vkey="honest", at=AT)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"INSERT OR REPLACE INTO {table}(rowid, {columns}) SELECT rowid, {other} FROM {table}")


@pytest.mark.django_db
def test_the_models_cannot_get_round_it():
    entry = add()
    entry.office = "x"
    add("sealed", personal={"name": "某人（虚构）"})
    (kept,) = Sealed.objects.all()
    kept.value = b"x"
    entries = Entry.objects.filter(key="k")
    for attempt in (entry.save, entry.delete, entries.delete, kept.save, kept.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()


@pytest.mark.django_db
def test_a_key_is_used_once():
    add("once")
    with pytest.raises(IntegrityError):
        add("once")
    assert Entry.objects.count() == 1
    assert ledger.lock().size == 1


@pytest.mark.django_db
def test_numbers_run_without_gaps():
    assert [add(f"k{n}").seq for n in range(4)] == [0, 1, 2, 3]


@pytest.mark.django_db
def test_time_never_runs_back():
    add(at=AT)
    with clock.at(datetime(2026, 5, 6, 9, tzinfo=clock.SHANGHAI)):
        assert ledger.now(ledger.lock()) == AT
    with clock.at(datetime(2026, 5, 8, 9, tzinfo=clock.SHANGHAI)):
        assert ledger.now(ledger.lock()).day == 8


@pytest.mark.django_db
def test_personal_values_stand_outside_behind_a_salted_commitment():
    entry = add(personal={"name": "某人（虚构）"})
    assert "某人".encode() not in bytes(entry.leaf)
    sealed = Sealed.objects.get()
    content = read(bytes(entry.leaf))["content"]
    assert content["name"] == {"commitment": commitment(bytes(sealed.salt), bytes(sealed.value))}
    assert json.loads(bytes(sealed.value)) == "某人（虚构）"
    assert len(bytes(sealed.salt)) == 16
    guess = hashlib.sha256(bytes(sealed.value)).hexdigest()
    assert guess != content["name"]["commitment"]


def test_salts_are_fresh_but_where_a_demonstration_repeats_itself():
    assert randomness.token(16) != randomness.token(16)
    with randomness.seeded(7):
        first = [randomness.token(16) for _ in range(3)]
    with randomness.seeded(7):
        assert [randomness.token(16) for _ in range(3)] == first
    random.seed(7)
    assert randomness.token(16) not in first


@pytest.mark.parametrize("hour", range(0, 24, 5))
def test_the_demonstrations_clock_shows_the_moment_asked_for(settings, tmp_path, hour):
    settings.DEMO, settings.DEMO_CLOCK = True, tmp_path / "clock.json"
    moment = datetime(2031, 5, 7, hour, 24, tzinfo=clock.SHANGHAI)
    clock.start_at(moment)
    assert 0 <= (clock.now() - moment).total_seconds() < 5
    with pytest.raises(ValueError, match="never runs back"):
        clock.travel(datetime(2031, 5, 6, tzinfo=clock.SHANGHAI))
    clock.travel(datetime(2031, 6, 1, tzinfo=clock.SHANGHAI))
    assert clock.today().isoformat() == "2031-06-01"
    settings.DEMO = False
    assert clock.today().year < 2031
