"""What people say of themselves or others never comes out where it must not: canaries are sought everywhere public.

A canary is a value that cannot occur by chance, typed into every personal field of a dossier, of acts and of an
objection. Public pages, what is served of the ledger, leaves, logs and issued papers must not hold one; nor may
anything at all once it is erased.
"""

import io
import logging
import re
import zipfile

import pytest
import tests.world as w
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from cultivar.cases import erasing
from cultivar.cases.dossier import save_field
from cultivar.cases.models import Case
from cultivar.cases.opening import open_on_case
from cultivar.cases.record import load
from cultivar.ledger import signing
from cultivar.ledger.models import Entry, Sealed
from cultivar.registry.actors import PUBLIC

pytestmark = pytest.mark.django_db
CANARY = "金丝雀"
NAMES = tuple(f"{CANARY}{n}号" for n in range(1, 7))
CONTACT, PHONE, VISITOR, OBJECTOR, REACH, FACTS = NAMES
LINK = re.compile(r'(?:href|action)="(/[^"#]*)')
HANDLER, REVIEWER = w.province("handler"), w.province("reviewer")


@pytest.fixture
def house(settings, tmp_path):
    """A case on public notice, with an objection, full of canaries; a signed ledger; and what the house logged."""
    settings.LEDGER_KEYS = tmp_path / "keys"
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    with w.at("2026-04-16"):
        of = w.cluster()
        round_ = w.announce()
        case = w.application(round_, of)
        save_field(case, "contact-name", CONTACT)
        save_field(case, "contact-phone", PHONE)
        w.to_city_review(case, of)
        w.do(case, "review", w.city(of.region_id), {"opinions": w.OPINIONS, "conclusion": "符合"})
        w.do(case, "visit", w.city(of.region_id), {**w.VISIT, "visitors": [VISITOR]})
        letter = {"letter": "遵工信函〔2026〕3号", "reasons": "理由充分（虚构）。"}
        w.twice(case, "recommend", w.city(of.region_id), w.city(of.region_id, "reviewer"), letter)
    with w.at("2026-05-20"):
        w.to_listed(case)
        w.to_notice(case)
        content = {"name": OBJECTOR, "contact": REACH, "facts": FACTS, "kind": "person"}
        objection = open_on_case(
            Case.objects.get(number=case.number), "objection", PUBLIC, content, key="objection"
        )
        signing.sign()
        yield case, objection, said
    root.removeHandler(handler)
    root.setLevel(level)


def everything_linked(client: Client, *starts: str) -> dict[str, bytes]:
    """Every page that can be reached by links from some addresses, with what they answer."""
    seen: dict[str, bytes] = {}
    waiting = list(starts)
    while waiting and len(seen) < 200:
        address = waiting.pop()
        if address in seen or address.startswith(("/static/", "/language/")):
            continue
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seen[address] = body + str(sorted(answer.headers.items())).encode()
        if answer.status_code == 200 and "html" in answer.headers.get("Content-Type", ""):
            waiting += [link.replace("&amp;", "&") for link in LINK.findall(body.decode())]
        if 300 <= answer.status_code < 400 and answer.headers["Location"].startswith("/"):
            waiting.append(answer.headers["Location"].partition("#")[0])
    return seen


def flat(body: bytes) -> bytes:
    """A body with what is packed in it unpacked: a docx or xlsx is a zip of XML."""
    if body[:2] != b"PK":
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def found_in(body: bytes) -> list[str]:
    """The canaries in a body, plain or as JSON or URL writes them."""
    plain = flat(body)
    ways = [
        plain.decode("utf-8", "replace"),
        plain.decode("utf-16-be", "replace"),
        re.sub(rb"%[0-9A-Fa-f]{2}", lambda m: bytes.fromhex(m[0][1:].decode()), plain).decode(
            "utf-8", "replace"
        ),
        re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), plain.decode("utf-8", "replace")),
    ]
    return [name for name in NAMES if any(name in way for way in ways)]


def public_addresses(case: Case, objection) -> list[str]:
    """Where the public may begin: the pages of the site, and the ledger entry by entry."""
    starts = ["/", "/notices/", "/rounds/", "/titles/", "/programmes/", "/certificate/", "/search/?q=测试"]
    starts += [f"/objections/{objection.case}/{objection.leaf_hash[:16]}/", f"/notices/{case.number}/"]
    known = {str(one.pattern) for one in get_resolver().url_patterns}
    assert known
    for seq in range(Entry.objects.count()):
        starts += [f"/ledger/entry/{seq}", f"/ledger/entry/{seq}/receipt"]
    starts += [
        "/ledger/",
        "/ledger/checkpoint",
        "/ledger/keys",
        "/ledger/tile/entries/000.p/20",
        "/ledger/tile/0/000",
    ]
    return starts


def test_the_public_meets_no_canary_anywhere(house):
    case, objection, said = house
    pages = everything_linked(Client(), *public_addresses(case, objection))
    assert len(pages) > 40
    assert {address: found for address, body in pages.items() if (found := found_in(body))} == {}
    assert found_in(said.getvalue().encode()) == []


def test_no_leaf_holds_a_canary_and_all_stand_in_the_side_table(house):
    leaves = b"".join(bytes(one) for one in Entry.objects.values_list("leaf", flat=True))
    assert found_in(leaves) == []
    sealed = b"".join(bytes(one) for one in Sealed.objects.values_list("value", flat=True))
    assert found_in(sealed) == list(NAMES)


@pytest.mark.parametrize(
    ("who", "may_see"),
    [
        (w.expert("e1"), set()),
        (w.city(w.BIJIE), set()),
        (w.expert("nobody"), set()),
        (w.province("handler"), set(NAMES)),
        (w.actor("auditor"), set(NAMES)),
    ],
)
def test_an_office_meets_only_what_it_may_see(house, client, who, may_see):
    case, objection, said = house
    with w.at("2026-05-21"):
        visitor = w.signed_in(client, who)
        starts = ["/desk/", "/cases/", "/papers/"]
        for number in (case.number, objection.case):
            starts += [f"/cases/{number}/", f"/cases/{number}/dossier/", f"/cases/{number}/letter/"]
            for entry in Entry.objects.filter(case=number):
                starts += [f"/cases/{number}/record/{entry.seq}/", f"/ledger/entry/{entry.seq}"]
        pages = everything_linked(visitor, *starts)
    met = {name for body in pages.values() for name in found_in(body)}
    assert met <= may_see
    assert may_see <= met | {PHONE}
    assert found_in(said.getvalue().encode()) == []


def test_after_the_erasure_nobody_meets_them_and_no_table_holds_them(house, client):
    case, objection, _ = house
    with w.at("2026-05-22"):
        for number in (case.number, objection.case):
            for kept in erasing.kept(load(number)):
                content = {"entry": kept.seq, "fields": [name for name, _ in kept.fields]}
                content |= {"law": "consent", "reason": "本人撤回同意（虚构）"}
                erasing.erase(number, HANDLER, content, key=w.key(), step="propose")
                erasing.erase(number, REVIEWER, key=w.key(), step="confirm")
        visitor = w.signed_in(client, w.province("handler"))
        pages = everything_linked(visitor, "/desk/", f"/cases/{case.number}/", f"/cases/{objection.case}/")
    assert {address for address, body in pages.items() if found_in(body)} == set()
    assert tables_with(NAMES) == []


def plain_bytes(value) -> bytes:
    """A column's value as bytes."""
    return bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()


def tables_with(words: tuple[str, ...]) -> list[str]:
    """The tables of which some row holds one of these words, in whatever column."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                raw = b"\n".join(
                    bytes(one) if isinstance(one, (bytes, memoryview)) else str(one).encode() for one in row
                )
                if found_in(raw):
                    found.append(table)
                    break
        return found


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL clears the space when it vacuums")
def test_what_is_erased_is_overwritten_in_the_file_of_sqlite():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone() == (1,)
