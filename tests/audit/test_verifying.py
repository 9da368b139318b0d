"""Every kind of alteration, made behind the database's guard, is found, and names the entry or the checkpoint."""

import hashlib

import pytest
from django.db import connection, transaction
from tests import world as w
from tests.audit import houses as h
from tests.audit.houses import altered, flipped, leaf_of

from cultivar.audit.verifying import verify
from cultivar.audit.verifying_checkpoints import Handed
from cultivar.cases.file_store import path_of
from cultivar.cases.models import DossierVersion, RosterVersion
from cultivar.cases.record import load
from cultivar.ledger import append as ledger
from cultivar.ledger import checkpoint, note, proofs, signing
from cultivar.ledger.append import Draft
from cultivar.ledger.canonical import canonical, read
from cultivar.ledger.models import Checkpoint, Entry, Head, Sealed, Signature, Tile, VerifierKey

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory):
    """Built once; every test undoes what it does."""
    with django_db_blocker.unblock(), h.built(tmp_path_factory.mktemp("house")) as made:
        assert h.stored() == (made.size, 1)
        yield made


@pytest.fixture(autouse=True)
def _db():
    """The module's own transaction is used, not one for each test."""


def problems(handed=(), **more):
    return verify(handed=handed, **more).findings


def missed(alterations, names) -> list[str]:
    """The alterations that are not found where ``names`` says; each is made alone."""
    out = []
    for what, statement, *values in alterations:
        with altered(statement, *values):
            found = problems()
        if not any(names(one) for one in found):
            out.append(f"{what}: {[str(one) for one in found]}")
    return out


def entry(seq):
    return lambda one: (
        one.seq is not None and one.seq <= seq <= (one.last if one.last is not None else one.seq)
    )


def test_the_ledger_as_it_was_made_is_whole(house):
    verdict = verify()
    assert verdict.whole, list(map(str, verdict.findings))
    assert (verdict.size, verdict.checkpoints, verdict.unfollowed) == (house.size, 2, 0)
    assert verify(tree_only=True).whole


def spread(length: int, count: int) -> list[int]:
    """Positions from the first to the last, evenly."""
    return sorted({round(n * (length - 1) / (count - 1)) for n in range(count)})


@pytest.mark.parametrize("place", ["in_tile", "at_edge"])
def test_every_column_and_byte_of_an_act(house, place):
    seq = getattr(house, place)
    row = Entry.objects.filter(seq=seq).values().get()
    leaf, digest = bytes(row["leaf"]), bytes(row["leaf_hash"])
    changed = [
        (name, f"UPDATE ledger_entry SET {quoted(name)} = %s WHERE seq = %s", f"{row[name]}x"[-10:], seq)
        for name in ("case", "kind", "step", "office", "key")
    ]
    later = row["at"].replace(year=2027)
    changed.append(("at", "UPDATE ledger_entry SET at = %s WHERE seq = %s", later, seq))
    sets = "UPDATE ledger_entry SET {} = %s WHERE seq = %s"
    changed += [(f"leaf {at}", sets.format("leaf"), flipped(leaf, at), seq) for at in spread(len(leaf), 40)]
    changed += [(f"leaf_hash {at}", sets.format("leaf_hash"), flipped(digest, at), seq) for at in (0, 15, 31)]
    changed += [
        ("cut", sets.format("leaf"), leaf[:-1], seq),
        ("longer", sets.format("leaf"), leaf + b" ", seq),
    ]
    changed += [("empty", sets.format("leaf"), b"", seq), ("short hash", sets.format("leaf_hash"), b"", seq)]
    if not h.guarded():
        changed.append(("text", sets.format("leaf"), leaf.decode(), seq))
        changed.append(("no time", sets.format("at"), "once upon a time", seq))
    assert missed(changed, entry(seq)) == []


def quoted(name):
    return connection.ops.quote_name(name)


@pytest.mark.parametrize("place", ["in_tile", "at_edge"])
def test_one_alteration_gives_one_finding(house, place):
    seq = getattr(house, place)
    for column, value in (("leaf", flipped(leaf_of(seq), 200)), ("leaf_hash", bytes(32)), ("office", "x")):
        with altered(f"UPDATE ledger_entry SET {column} = %s WHERE seq = %s", value, seq):
            verdict = verify()
        assert [one.seq for one in verdict.findings] == [seq], (column, list(map(str, verdict.findings)))
        assert verdict.findings[0].case
        assert verdict.findings[0].act.zh != verdict.findings[0].act.en


@pytest.mark.parametrize("place", ["in_tile", "at_edge"])
def test_every_member_of_an_act_rewritten_with_its_hash(house, place):
    seq = getattr(house, place)
    for name, leaf in h.members(leaf_of(seq)).items():
        with altered() as cursor:
            h.rewrite(cursor, seq, leaf)
            found = problems()
            tree = problems(tree_only=True)
        assert entry(seq)(found[0]), (name, list(map(str, found)))
        assert entry(seq)(tree[0]), name


@pytest.mark.parametrize("place", ["in_tile", "at_edge"])
def test_an_operator_who_rewrites_history_to_the_top_is_found_by_what_was_signed_before(house, place):
    seq = getattr(house, place)
    signed = signing.note_of(Checkpoint.objects.get(size=house.size)).encode()
    for name, leaf in h.members(leaf_of(seq)).items():
        with altered() as cursor:
            h.rewrite(cursor, seq, leaf)
            h.regrow(cursor)
            found = problems(tree_only=True)
            assert [one.size for one in found if one.part == "checkpoint"][:1] == [
                house.early if seq < house.early else house.size
            ], name
            cursor.execute("DELETE FROM ledger_signature")
            cursor.execute("DELETE FROM ledger_checkpoint")
            (found,) = problems([Handed("witness", signed)], tree_only=True)[-1:]
        assert "“witness” signs another root" in found.text.en


def test_a_ledger_signed_anew_by_a_key_slipped_in_is_found_with_a_pinned_key(house):
    vkey = VerifierKey.objects.get().vkey
    with altered() as cursor:
        h.rewrite(cursor, house.at_edge, h.members(leaf_of(house.at_edge))["office"])
        h.regrow(cursor)
        cursor.execute("DELETE FROM ledger_signature")
        cursor.execute("DELETE FROM ledger_checkpoint WHERE size = %s", [house.size])
        signed = forged_anew()
        found = problems([Handed("anew", signed)], pinned=[vkey], tree_only=True)
    assert "“anew”: no known key of this ledger has signed the checkpoint." in [one.text.en for one in found]


def forged_anew() -> bytes:
    from cultivar.ledger import checkpoint, proofs

    size, root = proofs.head()
    text = checkpoint.Checkpoint("ledger.example/test", size, root).text
    return note.sign(text, "ledger.example/test", bytes(32)).encode()


def test_entries_taken_out_slipped_in_exchanged_or_doubled(house):
    last = house.size - 1
    for seq in (0, house.in_tile, house.at_edge, last):
        with altered() as cursor:
            for table, column in (("sealed", "entry_id"), ("erasure", "entry_id"), ("erasure", "by_id")):
                cursor.execute(f"DELETE FROM ledger_{table} WHERE {column} = %s", [seq])
            cursor.execute("DELETE FROM ledger_entry WHERE seq = %s", [seq])
            found = problems()
        assert found[0].seq == seq, (seq, list(map(str, found)))
        assert "missing" in found[0].text.en
    columns = "case, kind, step, office, at, leaf, leaf_hash".replace("case", quoted("case"))
    with altered() as cursor:
        cursor.execute(
            f"INSERT INTO ledger_entry (seq, key, {columns}) "
            f"SELECT %s, 'twice', {columns} FROM ledger_entry WHERE seq = %s",
            [house.size, house.in_tile],
        )
        found = problems()
    assert entry(house.size)(found[0]), list(map(str, found))
    for one, other in ((1, house.in_tile), (house.at_edge, last)):
        leaves = leaf_of(one), leaf_of(other)
        with altered() as cursor:
            h.rewrite(cursor, one, leaves[1])
            h.rewrite(cursor, other, leaves[0])
            found = problems()
        assert entry(one)(found[0]), list(map(str, found))


def test_every_part_of_a_tile_and_of_the_edge(house):
    tile, head = Tile.objects.get(), Head.objects.get()
    hashes, root, edge = bytes(tile.hashes), bytes(tile.root), bytes(head.edge)
    for at in spread(len(hashes), 20):
        with altered("UPDATE ledger_tile SET hashes = %s", flipped(hashes, at)):
            (found,) = problems()
        assert found.seq == at // 32
    changed = [(f"root {at}", "UPDATE ledger_tile SET root = %s", flipped(root, at)) for at in (0, 31)]
    changed += [
        ("cut", "UPDATE ledger_tile SET hashes = %s", hashes[:-32]),
        ("odd", "UPDATE ledger_tile SET hashes = %s", hashes[:-1]),
        ("level", "UPDATE ledger_tile SET level = 1"),
        ("index", 'UPDATE ledger_tile SET "index" = 1'),
        ("place", "UPDATE ledger_tile SET place = '0/7'"),
        ("gone", "DELETE FROM ledger_tile"),
        ("slipped in", "INSERT INTO ledger_tile VALUES (%s, 0, 1, %s, %s)", "0/1", hashes, root),
    ]
    changed += [
        (f"edge {at}", "UPDATE ledger_head SET edge = %s", flipped(edge, at)) for at in spread(len(edge), 9)
    ]
    changed += [("no edge", "UPDATE ledger_head SET edge = %s", b"")]
    changed += [("size", f"UPDATE ledger_head SET size = size {by}") for by in ("+ 1", "- 1", "- 200")]
    changed += [("time", "UPDATE ledger_head SET last_at = %s", head.last_at.replace(year=2025))]
    changed += [("no head", "DELETE FROM ledger_head")]
    assert missed(changed, lambda one: one.part == "tree") == []


def test_every_line_of_a_checkpoint_and_of_its_signatures(house):
    row = Checkpoint.objects.get(size=house.size)
    lines = row.text.split("\n")[:-1]
    changed = []
    for n, line in enumerate(lines):
        for at in spread(len(line), min(len(line), 8)):
            other = line[:at] + ("B" if line[at] == "A" else "A") + line[at + 1 :]
            text = "\n".join([*lines[:n], other, *lines[n + 1 :], ""])
            changed.append(
                (f"{n} {at}", "UPDATE ledger_checkpoint SET text = %s WHERE size = %s", text, row.size)
            )
    for signature in Signature.objects.filter(checkpoint=row):
        line = signature.line
        sets = "UPDATE ledger_signature SET {} = %s WHERE id = %s"
        for at in spread(len(line), 30):
            other = line[:at] + ("B" if line[at] == "A" else "A") + line[at + 1 :]
            changed.append((f"{signature} {at}", sets.format("line"), other, signature.pk))
        changed.append((f"{signature} name", sets.format("name"), "somebody", signature.pk))
        changed.append((f"{signature} id", sets.format("key_id"), "00000000", signature.pk))
        changed.append((f"{signature} role", sets.format("witness"), not signature.witness, signature.pk))
    changed.append(
        ("taken", "DELETE FROM ledger_signature WHERE checkpoint_id = %s AND NOT witness", row.size)
    )
    changed.append(
        ("longer", "UPDATE ledger_checkpoint SET text = text || %s WHERE size = %s", "x\n", row.size)
    )
    assert missed(changed, lambda one: one.size == row.size) == []
    vkey = VerifierKey.objects.get().vkey
    changed = [
        (f"vkey {at}", "UPDATE ledger_verifierkey SET vkey = %s", vkey[:at] + "0" + vkey[at + 1 :])
        for at in spread(len(vkey), 12)
        if vkey[at] != "0"
    ]
    assert missed(changed, lambda one: one.part == "checkpoint") == []


def test_every_line_of_a_receipt(house):
    with_leaf = signing.receipt(house.in_tile, leaf_of(house.in_tile)).text
    assert problems([Handed("r", with_leaf.encode())], tree_only=True) == ()
    body = with_leaf.split("\n")
    for n, line in enumerate(body):
        for at in spread(len(line), min(len(line), 6)):
            other = line[:at] + ("B" if line[at] == "A" else "A") + line[at + 1 :]
            said = "\n".join([*body[:n], other, *body[n + 1 :]]).encode()
            assert problems([Handed("r", said)], tree_only=True), (n, at, line)


def test_a_witness_finds_out_that_the_ledger_was_set_back(house):
    signed = signing.note_of(Checkpoint.objects.get(size=house.size)).encode()
    with altered("DELETE FROM ledger_sealed WHERE entry_id >= %s", house.early) as cursor:
        cursor.execute("DELETE FROM ledger_erasure")
        cursor.execute("DELETE FROM ledger_tile")
        cursor.execute("DELETE FROM ledger_signature WHERE checkpoint_id > %s", [house.early])
        cursor.execute("DELETE FROM ledger_checkpoint WHERE size > %s", [house.early])
        cursor.execute("DELETE FROM ledger_entry WHERE seq >= %s", [house.early])
        h.regrow(cursor)
        (kept, handed) = [one for one in problems([Handed("w", signed)], tree_only=True) if one.size]
    assert "set back" in handed.text.en
    assert "as kept beside the keys" in kept.text.en


def test_personal_values_and_what_says_that_they_were_erased(house):
    row = Sealed.objects.get(entry=house.visit)
    salt, value = bytes(row.salt), bytes(row.value)
    sets = "UPDATE ledger_sealed SET {} = %s WHERE id = %s"
    changed = [(f"salt {at}", sets.format("salt"), flipped(salt, at), row.pk) for at in (0, 15)]
    changed += [
        (f"value {at}", sets.format("value"), flipped(value, at), row.pk) for at in spread(len(value), 9)
    ]
    changed += [("field", sets.format("field"), "others", row.pk)]
    changed += [("gone", "DELETE FROM ledger_sealed WHERE id = %s", row.pk)]
    assert missed(changed, lambda one: (one.part, one.seq) == ("sealed", house.visit)) == []
    insert = "INSERT INTO ledger_sealed (entry_id, field, salt, value) VALUES (%s, %s, %s, %s)"
    erased = [
        ("back again", insert, house.erased, "visitors", salt, value),
        ("other field", "UPDATE ledger_erasure SET field = 'others'"),
        ("unsaid", "DELETE FROM ledger_erasure"),
        ("by another", "UPDATE ledger_erasure SET by_id = by_id - 1"),
        ("of another", "UPDATE ledger_erasure SET entry_id = %s", house.visit),
    ]
    assert missed(erased, lambda one: one.seq in (house.erased, house.visit)) == []
    moved = [("moved", sets.format("entry_id"), house.in_tile, row.pk)]
    assert missed(moved, lambda one: one.part == "sealed" and one.seq == house.visit) == []
    assert missed(moved, lambda one: one.part == "sealed" and one.seq == house.in_tile) == []


def test_the_tables_that_pages_show(house):
    number = house.recognised.number
    with altered("UPDATE cases_case SET stage = 'rejected' WHERE number = %s", number):
        (found,) = problems()
    assert (found.part, found.case, found.table) == ("projection", number, "cases_case")


def test_a_kept_policy_that_was_changed(house):
    with altered("UPDATE cases_adoptedprogramme SET data = %s", b"{}"):
        assert [one.table for one in problems()] == ["cases_adoptedprogramme"]


def test_an_alarm_stays_a_finding(house):
    insert = "INSERT INTO ledger_alarm (kind, size, notes, at) VALUES ('fork', 3, '[]', %s)"
    with altered(insert, Head.objects.get().last_at):
        (found,) = problems()
    assert (found.part, found.size) == ("checkpoint", 3)


# --- acts that the one door would have refused, appended past it ---


def appended(like: int, day: str, **more) -> int:
    """An entry like another, put at the end of the ledger as of a day."""
    leaf = read(leaf_of(like)) | more
    parts = (
        "case",
        "procedure",
        "programme",
        "digest",
        "act",
        "step",
        "body",
        "post",
        "office",
        "region",
        "person",
    )
    with w.at(day):
        head = ledger.lock()
        at = ledger.clock.now()
        draft = Draft(
            **{name: leaf[name] for name in parts},
            articles=tuple(leaf["articles"]),
            content=leaf["content"],
            personal={},
            opening=leaf.get("opening"),
        )
        return ledger.append(head, draft, w.key(), at).seq


def on_notice() -> tuple[str, int, int]:
    """A case on public notice since 2026-06-03, and two entries of another that was recognised: proposed, agreed."""
    with w.at("2026-06-02"):
        of = w.cluster(w.GUIYANG, 3)
        case = w.application(w.announce("2026-06-01T08:00+08:00", "2026-07-15T18:00+08:00"), of)
        w.to_city_review(case, of)
        lead = w.city(of.region_id)
        w.do(case, "review", lead, {"opinions": w.OPINIONS, "conclusion": "符合"})
        w.do(case, "visit", lead, {**w.VISIT, "date": "2026-06-01"})
        letter = {"letter": "筑工信函〔2026〕1号", "reasons": "理由充分（虚构）。"}
        w.twice(case, "recommend", lead, w.city(of.region_id, "reviewer"), letter)
    with w.at("2026-06-03"):
        w.to_listed(case)
        w.to_notice(case)
    done = Entry.objects.filter(kind="recognise").order_by("seq").values_list("seq", flat=True)
    return case.number, done[0], done[1]


@pytest.mark.parametrize(
    ("day", "whole"), [("2026-06-04", False), ("2026-06-09", False), ("2026-06-10", True)]
)
def test_a_public_notice_that_did_not_last_five_working_days(house, day, whole):
    with altered():
        case, proposed, _ = on_notice()
        assert problems() == ()
        content = read(leaf_of(proposed))["content"]
        number = len(load(case).state.acts)
        seq = appended(proposed, day, case=case, content=content)
        found = [one for one in problems() if one.part == "act"]
        assert number
    assert [one.seq for one in found] == ([] if whole else [seq])
    assert whole or ("public notice" in found[0].text.en and found[0].case == case)


def test_one_person_who_agrees_to_their_own_proposal_or_acts_alone(house):
    for alone in ({"step": "confirm"}, {"step": "do"}):
        with altered():
            case, proposed, agreed = on_notice()
            if alone["step"] == "confirm":
                appended(proposed, "2026-06-10", case=case)
                person = read(leaf_of(proposed))["person"]
                seq = appended(agreed, "2026-06-10", case=case, person=person, content={})
            else:
                seq = appended(proposed, "2026-06-10", case=case, step="do")
            found = problems()
        assert [one.seq for one in found if one.part == "act"] == [seq], list(map(str, found))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"body": "expert"}, "such an act is by “province”"),
        ({"post": "secretary"}, "This step is for the handler"),
        ({"region": "520300"}, "outside your office's jurisdiction"),
        ({"articles": ["a1"]}, "cites other articles"),
        ({"act": "admit", "step": "do"}, ""),
        ({"act": "no-such-act"}, "has no such act"),
        ({"programme": "other/1"}, "“programme” is not what it was"),
        ({"procedure": "round"}, "“procedure” is not what it was"),
        ({"digest": "0" * 64}, "“digest” is not what it was"),
        ({"opening": {"procedure": "recognition", "name": {"zh": "一", "en": "1"}}}, "says that it opens it"),
    ],
)
def test_an_act_that_the_procedure_would_have_refused(house, more, said):
    with altered():
        case, proposed, _ = on_notice()
        seq = appended(proposed, "2026-06-10", **{"case": case, **more})
        found = [one for one in problems() if one.part == "act"]
    assert [one.seq for one in found] == [seq]
    assert said in found[0].text.en


def test_a_clock_that_ran_back(house):
    with altered():
        seq = appended(house.at_edge, "2026-05-01", case="GZ-2026-99999")
        found = problems()
    assert [one.seq for one in found if "earlier" in one.text.en] == [seq]


def test_an_erasure_that_nobody_agreed_to(house):
    insert = "INSERT INTO ledger_erasure (entry_id, field, by_id) VALUES (%s, 'visitors', %s)"
    by = Entry.objects.filter(kind="erase").latest("seq").seq
    with altered(insert, house.visit, by) as cursor:
        cursor.execute("DELETE FROM ledger_sealed WHERE entry_id = %s", [house.visit])
        (found,) = problems()
    assert (found.part, found.seq) == ("erasure", house.visit)
    assert "does not decide so" in found.text.en


def test_bytes_that_are_no_entry_at_all_do_not_stop_the_rest(house):
    for leaf in (
        b"",
        b"[]",
        b"null",
        b"{}",
        b"\xff",
        b'{"format":9}',
        canonical({"format": 2, "content": []}),
    ):
        with altered() as cursor:
            h.rewrite(cursor, house.in_tile, leaf)
            h.regrow(cursor)
            cursor.execute(
                "UPDATE cases_case SET stage = 'closed' WHERE number = %s", [house.under_way.number]
            )
            found = problems()
        assert found[0].seq == house.in_tile
        assert [one.table for one in found if one.part == "projection"] == ["cases_case"]


def test_a_damaged_round_says_nothing_of_the_cases_in_it(house):
    """What depends on an act that cannot be known is neither found fault with nor vouched for."""
    round_ = Entry.objects.get(case=house.recognised.round_id, kind="announce", step="confirm").seq
    with altered("UPDATE ledger_entry SET leaf = %s WHERE seq = %s", flipped(leaf_of(round_), 300), round_):
        verdict = verify()
    assert [one.seq for one in verdict.findings] == [round_], list(map(str, verdict.findings))
    assert verdict.unfollowed == 2


def test_a_submitted_dossier_that_was_changed_is_named_with_its_submission(house):
    version = DossierVersion.objects.earliest("seq")
    body = flipped(bytes(version.body), 40)
    with altered("UPDATE cases_dossierversion SET body = %s WHERE sha256 = %s", body, version.sha256):
        (found,) = problems()
    assert (found.seq, found.case, found.table) == (version.seq, version.case_id, "cases_dossierversion")


@pytest.mark.parametrize("how", ["changed", "gone", "exchanged with its name"])
def test_a_submitted_roster_that_was_altered_is_named_with_the_submission_of_its_dossier(house, how):
    roster = RosterVersion.objects.get()
    version = DossierVersion.objects.get(case=house.under_way.number)
    body = flipped(bytes(roster.body), 30)
    statement = {
        "changed": ("UPDATE cases_rosterversion SET body = %s", body),
        "gone": ("DELETE FROM cases_rosterversion",),
        "exchanged with its name": (
            "UPDATE cases_rosterversion SET body = %s, sha256 = %s",
            body,
            hashlib.sha256(body).hexdigest(),
        ),
    }[how]
    with altered(*statement):
        (found,) = problems()
    assert (found.seq, found.case, found.table) == (version.seq, version.case_id, "cases_rosterversion")


def test_another_sm3_root_than_the_entries_give_is_found(house, settings, tmp_path):
    pytest.importorskip("gmssl")
    settings.LEDGER_SM = True
    settings.LEDGER_KEYS = tmp_path / "keys"  # the second digest is put on by somebody with new keys
    with transaction.atomic():
        settings.LEDGER_ORIGIN = signing.keys.origin()
        ledger_size = Head.objects.get().size
        said = checkpoint.Checkpoint(
            settings.LEDGER_ORIGIN, ledger_size, proofs.root(ledger_size), signing._second_root(ledger_size)
        )
        signer = note.Signer(settings.LEDGER_ORIGIN, bytes(range(32)))
        true = Handed("true", f"{said.text}\n{signer.line(said.text)}\n".encode())
        wrong = checkpoint.Checkpoint(said.origin, said.size, said.root, ("sm3 " + "A" * 43 + "=",))
        false = Handed("false", f"{wrong.text}\n{signer.line(wrong.text)}\n".encode())
        found = [one for one in problems([false], pinned=[signer.vkey]) if "SM3" in one.text.en]
        assert [one.size for one in found] == [ledger_size]
        assert not [one for one in problems([true], pinned=[signer.vkey]) if "SM3" in one.text.en]
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"decision": "黔工信〔2026〕9号", "invented": "x"},
        {"decision": 5},
        {"decision": "长" * 2000},
    ],
)
def test_an_act_that_does_not_say_what_the_policy_asks_for(house, content):
    with altered():
        case, proposed, _ = on_notice()
        seq = appended(proposed, "2026-06-10", case=case, content=content)
        found = [one for one in problems() if one.part == "act"]
    assert [one.seq for one in found] == [seq]


def test_an_agreement_that_says_otherwise_than_the_proposal(house):
    with altered():
        case, proposed, agreed = on_notice()
        appended(proposed, "2026-06-10", case=case)
        content = read(leaf_of(agreed))["content"] | {"decision": "另一个文号"}
        seq = appended(agreed, "2026-06-10", case=case, content=content)
        found = [one for one in problems() if one.part == "act"]
    assert [one.seq for one in found] == [seq]


@pytest.mark.parametrize("scores", [{}, {"strength": "abc"}, "x"])
def test_what_no_table_can_be_made_of_is_told_and_does_not_stop_the_rest(house, scores):
    with altered():
        sheet = Entry.objects.filter(kind="score").latest("seq").seq
        leaf = read(leaf_of(sheet))
        content = leaf["content"] | {"scores": scores}
        flawed = canonical(leaf | {"content": content})
        with connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_entry SET leaf = %s WHERE seq = %s", [flawed, sheet])
        found = problems()
    assert found
    assert any(one.seq is not None and one.seq <= sheet <= (one.last or one.seq) for one in found)


def test_a_number_far_beyond_the_end_is_told_at_once(house):
    insert = (
        'INSERT INTO ledger_entry (seq, "case", kind, step, office, at, key, leaf, leaf_hash) '
        'SELECT 1000000000000000, "case", kind, step, office, at, %s, leaf, leaf_hash FROM ledger_entry WHERE seq = 5'
    )
    with altered(insert, "far"):
        found = problems()
    assert found[0].seq == house.size
    assert any(one.seq == 10**15 for one in found)


def test_a_leaf_nested_without_end_is_told(house):
    deep = b'{"a":' * 900 + b"1" + b"}" * 900
    with altered("UPDATE ledger_entry SET leaf = %s WHERE seq = %s", deep, house.at_edge):
        assert any(one.seq is not None and one.seq <= house.at_edge for one in problems())


def test_a_dossier_that_was_exchanged_with_its_name_is_missed(house):
    version = DossierVersion.objects.earliest("seq")
    body = canonical({"salt": "x", "data": {}, "evidence": []})
    sets = "UPDATE cases_dossierversion SET body = %s, sha256 = %s WHERE sha256 = %s"
    with altered(sets, body, hashlib.sha256(body).hexdigest(), version.sha256):
        found = problems()
    assert [one.seq for one in found if "is not kept" in one.text.en] == [version.seq]


def test_files_of_evidence_are_read_where_asked_for(house, settings, tmp_path):
    settings.EVIDENCE_FOLDER = tmp_path
    assert not problems()
    gone = problems(with_files=True)
    assert {one.part for one in gone} == {"file"}
    path = path_of("0" * 64)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"another")
    assert any("was changed" in one.text.en for one in problems(with_files=True))


def test_whoever_knows_only_the_old_key_is_content_with_what_it_signed(house, settings):
    old = signing.keys.signers()[0].vkey
    kept = (settings.LEDGER_KEYS / signing.LAST).read_text("utf-8")
    with altered():
        signing.keys.create()
        signing.sign()
        found = problems(pinned=[old])
        for file in settings.LEDGER_KEYS.glob("*.key"):
            if file.stem != old.split("+")[1]:
                file.unlink()
        (settings.LEDGER_KEYS / signing.LAST).write_text(kept, "utf-8")
    assert not [one for one in found if one.part == "checkpoint"], list(map(str, found))
