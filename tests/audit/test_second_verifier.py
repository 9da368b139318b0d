"""The verifier that shares no code with the program: it finds in an export what the first one finds in the database."""

import ast
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from tests import world as w
from tests.audit import houses as h
from tests.audit.houses import altered, flipped, leaf_of
from tests.conftest import ROOT

from cultivar.audit.export import export
from cultivar.ledger import append as ledger
from cultivar.ledger import note, signing, sm
from cultivar.ledger.append import Draft
from cultivar.ledger.canonical import canonical, read
from cultivar.ledger.models import Checkpoint, Entry, VerifierKey

pytestmark = pytest.mark.django_db
TOOL = ROOT / "tools" / "verify_ledger.py"


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory):
    """Built once, with an export and copies that a witness and an applicant keep."""
    folder = tmp_path_factory.mktemp("house")
    with django_db_blocker.unblock(), h.built(folder) as made:
        export(folder / "export", with_personal=True)
        (folder / "early").write_text(signing.note_of(Checkpoint.objects.get(size=made.early)))
        receipt = signing.receipt(made.in_tile, leaf_of(made.in_tile)).text
        (folder / "receipt").write_text(receipt)
        (folder / "vkey").write_text(VerifierKey.objects.get().vkey)
        (folder / "entry").write_text(str(made.in_tile))
        yield made, folder


def loaded():
    """The verifier as a module, run afresh."""
    spec = importlib.util.spec_from_file_location("second", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def check(capsys, folder: Path, copies: Path | None = None, *more: str) -> tuple[int, list[str]]:
    """Exit code and lines of the verifier: its problems, and how many there are."""
    code, said, closing = report(capsys, folder, copies, *more)
    return code, [*said, closing[-1]]


def report(capsys, folder: Path, copies: Path | None = None, *more: str) -> tuple[int, list[str], list[str]]:
    """Exit code, problems, and the lines after them."""
    tool, before = loaded(), sys.argv
    key = ((copies or folder.parent) / "vkey").read_text()
    sys.argv = [str(TOOL), str(folder), "--key", key, "--witness", h.WITNESS.vkey, *more]
    try:
        tool.main()
    finally:
        sys.argv = before
    lines, count = capsys.readouterr().out.splitlines(), len(tool.problems)
    return int(count > 0), lines[:count], lines[count:]


def alone(folder: Path, *more: str, **environment: str) -> subprocess.CompletedProcess:
    """The verifier in a process of its own, that has a minute and 2 GB."""
    resource = pytest.importorskip("resource")
    return subprocess.run(
        [sys.executable, "-I", str(TOOL), str(folder), *more],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        env={"PATH": "", "PYTHONIOENCODING": "utf-8", **environment},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30)),
    )


@pytest.fixture
def exported(house, tmp_path):
    """A copy of the export to alter."""
    made, folder = house
    shutil.copytree(folder, tmp_path / "copy")
    return made, tmp_path / "copy" / "export"


def test_it_is_short_and_imports_nothing_of_the_program():
    source = TOOL.read_text("utf-8")
    assert len(source.splitlines()) <= 300
    imported = {
        name.name.partition(".")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import)
        for name in node.names
    } | {
        node.module.partition(".")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
    }
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


def test_a_sound_export_with_copies_of_others_is_whole(house, capsys):
    _, folder = house
    copies = ["--checkpoint", str(folder / "early"), "--receipt", str(folder / "receipt")]
    assert check(capsys, folder / "export", None, *copies)[0] == 0


def test_it_runs_alone(house):
    made, folder = house
    key = ("--key", (folder / "vkey").read_text())
    done = alone(folder / "export", *key)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{made.size} entries, 0 problems" in done.stdout
    done = alone(folder / "nowhere", *key)
    assert done.returncode == 2
    assert "cannot run" in done.stderr


def alter(file: Path, body: bytes, capsys, folder: Path, *more: str) -> list[str]:
    """What is said of an export with one file changed; the file is then put back."""
    kept = file.read_bytes()
    file.write_bytes(body)
    try:
        code, lines = check(capsys, folder, None, *more)
    finally:
        file.write_bytes(kept)
    return lines[:-1] if code else []


def test_every_byte_class_of_an_exported_entry(exported, capsys):
    made, folder = exported
    for seq in (made.in_tile, made.at_edge):
        (file,) = (
            one
            for one in (folder / "tile" / "entries").rglob("*")
            if one.is_file() and leaf_of(seq) in one.read_bytes()
        )
        body, leaf = file.read_bytes(), leaf_of(seq)
        first = body.index(leaf)
        for at in range(0, len(leaf), max(1, len(leaf) // 15)):
            said = alter(file, flipped(body, first + at), capsys, folder)
            assert any(line.startswith(f"#{seq} ") for line in said), (seq, at, said)
        for name, other in h.members(leaf).items():
            prefixed = body[: first - 2] + len(other).to_bytes(2, "big") + other + body[first + len(leaf) :]
            said = alter(file, prefixed, capsys, folder)
            assert any(line.startswith(f"#{seq} ") for line in said), (seq, name, said)
        assert alter(file, body[: first - 2] + body[first + len(leaf) :], capsys, folder)  # taken out
        assert alter(file, body + body[first - 2 : first + len(leaf)], capsys, folder)  # doubled
        assert alter(file, body[:-1], capsys, folder)
        assert alter(file, b"", capsys, folder)


def test_every_other_file_of_an_export(exported, capsys):
    made, folder = exported
    used = {read(leaf_of(seq))["digest"] for seq in (made.in_tile, made.at_edge)}
    (folder / "checkpoints" / str(made.size)).unlink()  # so that no copy stands in for the checkpoint's lines
    files = [folder / "checkpoint", *(folder / "checkpoints").glob("*"), folder / "sealed.jsonl"]
    files += [one for one in (folder / "tile").rglob("*") if one.is_file() and "entries" not in one.parts]
    files += [folder / "programmes" / f"{digest}.json" for digest in used]
    for file in files:
        body = file.read_bytes()
        for at in [*range(0, len(body), max(1, len(body) // 8)), len(body) - 1]:
            try:
                said = alter(file, flipped(body, at), capsys, folder)
            except (ValueError, LookupError):  # it cannot run, and says so
                continue
            assert said, (file.name, at)


def test_every_line_of_checkpoint_and_receipt(exported, capsys):
    _, folder = exported
    receipt, early = folder.parent / "receipt", folder.parent / "early"
    for file, option in (
        (receipt, "--receipt"),
        (early, "--checkpoint"),
        (folder / "checkpoint", "--checkpoint"),
    ):
        lines = file.read_text().split("\n")
        for n, line in enumerate(lines):
            own = not line.startswith("— ") or "ledger.example" in line
            for at in {0, len(line) // 2, max(0, len(line) - 3)} if own else ():
                other = line[:at] + ("B" if line[at : at + 1] == "A" else "A") + line[at + 1 :]
                body = "\n".join([*lines[:n], other, *lines[n + 1 :]]).encode()
                said = alter(file, body, capsys, folder, option, str(file))
                assert said, (file.name, n, at)


def test_a_cosignature_that_is_false_or_not_there(exported, capsys):
    _, folder = exported
    note = folder / "checkpoint"
    lines = note.read_text().splitlines(keepends=True)
    size = lines[1].strip()
    (folder / "checkpoints" / size).unlink()
    (said,) = alter(note, "".join(lines[:-1]).encode(), capsys, folder)
    assert "not all is cosigned by witness.example/audit" in said
    false = lines[-1][:-6] + ("A" if lines[-1][-6] != "A" else "B") + lines[-1][-5:]
    assert alter(note, "".join([*lines[:-1], false]).encode(), capsys, folder)


def test_a_rewritten_ledger_that_was_signed_anew(house, capsys, tmp_path):
    made, folder = house
    for seq in (2, made.in_tile, made.at_edge):
        with altered() as cursor:
            h.rewrite(cursor, seq, h.members(leaf_of(seq))["office"])
            h.regrow(cursor)
            cursor.execute("DELETE FROM ledger_signature")
            cursor.execute("DELETE FROM ledger_checkpoint")
            (folder / "keys" / "last-checkpoint").rename(folder / "last")
            signing.accept(h.cosigned(signing.sign()))
            (folder / "last").rename(folder / "keys" / "last-checkpoint")
            export(tmp_path / str(seq))
        code, lines = check(capsys, tmp_path / str(seq), folder)
        assert (code, len(lines)) == (0, 1)  # sound in itself; only who kept something of it can tell
        copy = folder / ("early" if seq < made.early else "export/checkpoint")
        code, lines = check(capsys, tmp_path / str(seq), folder, "--checkpoint", str(copy))
        assert code == 1
        assert "changed up to" in lines[0]


def appended(cursor, like: int, day: str, **more) -> int:
    """An entry like another, at the end, past the one door."""
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
        draft = Draft(
            **{name: leaf[name] for name in parts},
            articles=tuple(leaf["articles"]),
            content=leaf["content"],
            personal={},
            opening=leaf.get("opening"),
        )
        return ledger.append(ledger.lock(), draft, w.key(), ledger.clock.now()).seq


@pytest.mark.parametrize(
    ("day", "more", "said"),
    [
        ("2026-06-04", {}, "done before its period was over: 2026-06-09"),
        ("2026-06-09", {}, "done before its period was over"),
        ("2026-06-10", {}, ""),
        ("2026-06-10", {"step": "do"}, "four eyes were not kept"),
        ("2026-06-10", {"step": "confirm"}, "answered without a proposal"),
        ("2026-06-10", {"body": "expert"}, "this is for province"),
        ("2026-06-10", {"act": "admit", "step": "do"}, "not possible from “notice”"),
        ("2026-06-10", {"act": "nothing"}, "no: KeyError"),
        ("2026-06-10", {"procedure": "round"}, "another version or procedure"),
        ("2026-05-01", {}, "time runs back"),
    ],
)
def test_acts_that_the_one_door_would_have_refused(house, capsys, tmp_path, day, more, said):
    made, folder = house
    with altered() as cursor:
        case = on_notice()
        proposed = Entry.objects.filter(kind="recognise", step="propose").earliest("seq").seq
        seq = appended(cursor, proposed, day, **{"case": case, **more})
        signing.accept(h.cosigned(signing.sign()))
        export(tmp_path / "export")
        kept_back(folder, made)
    code, lines = check(capsys, tmp_path / "export", folder)
    assert (code, len(lines)) == ((1, 2) if said else (0, 1)), lines
    assert lines[0].startswith(f"#{seq} {case} ") if said else True
    assert said in lines[0]


def test_one_person_who_agrees_to_their_own_proposal(house, capsys, tmp_path):
    made, folder = house
    with altered() as cursor:
        case = on_notice()
        first = Entry.objects.filter(kind="recognise").earliest("seq").seq
        second = Entry.objects.filter(kind="recognise", step="confirm").earliest("seq").seq
        appended(cursor, first, "2026-06-10", case=case)
        seq = appended(cursor, second, "2026-06-10", case=case, person=read(leaf_of(first))["person"])
        signing.accept(h.cosigned(signing.sign()))
        export(tmp_path / "export")
        kept_back(folder, made)
    code, lines = check(capsys, tmp_path / "export", folder)
    assert code == 1
    assert lines[0].startswith(f"#{seq} {case} recognise (confirm)")
    assert "the same person" in lines[0]


def kept_back(folder: Path, made: h.House) -> None:
    """The note beside the keys, as it was before the database is."""
    note = signing.note_of(Checkpoint.objects.get(size=made.size))
    (folder / "keys" / "last-checkpoint").write_text(note)


def on_notice() -> str:
    """A case on public notice since 2026-06-03."""
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
    return case.number


@pytest.mark.parametrize(
    "leaf",
    [
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b'{"a":1.5}',
        b'{"a":1e3}',
        b'{"a":NaN}',
        b'{"a":9007199254740992}',
        b'{"a":"\\u0041"}',
        '{"a":"e\u0301"}'.encode(),
        b'{"a":"\\ud800"}',
        b"\xff",
        b"",
    ],
)
def test_bytes_that_have_two_ways_to_be_written_are_no_entry(exported, capsys, leaf):
    _, folder = exported
    tool = loaded()
    acts = tool.Acts(folder)
    sound = leaf_of(0)
    acts.take(0, sound)
    assert tool.problems == []
    whole = sound[:-1] + b"," + leaf[1:] if leaf.startswith(b"{") else leaf
    acts.take(1, whole)
    assert [seq for seq, _ in tool.problems] == [1]


def test_personal_values_are_held_against_their_commitments(exported, capsys):
    made, folder = exported
    file = folder / "sealed.jsonl"
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    (n,) = (n for n, row in enumerate(rows) if row["entry"] == made.visit)

    def written(changed: list) -> bytes:
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in changed).encode()

    for change in ({"salt": "00" * 16}, {"value": '["某"]'}, {"field": "other"}, {"entry": made.erased}):
        said = alter(file, written([*rows[:n], {**rows[n], **change}, *rows[n + 1 :]]), capsys, folder)
        assert any(line.startswith(f"#{made.visit} ") for line in said), (change, said)
    assert alter(file, written(rows[:n] + rows[n + 1 :]), capsys, folder)
    back = {**rows[n], "entry": made.erased}
    (said,) = alter(file, written([*rows, back]), capsys, folder)
    assert said.startswith(f"#{made.erased} ")


def test_both_verifiers_count_the_same_working_days(exported):
    _, folder = exported
    from datetime import date, timedelta

    from cultivar.cases.programmes import calendar

    ours, theirs = calendar(), loaded().Acts(folder)
    for n in range(0, 700, 3):
        day = date(2025, 1, 1) + timedelta(n)
        for length in (1, 5, 10):
            for first_day in ("counted", "next"):
                for unit in ("working days", "calendar days"):
                    count = ours.last_day(day, length, unit, first_day)
                    period = {"n": length, "unit": unit, "first_day": first_day}
                    if not count.provisional:
                        assert theirs.last_day(str(day), period) == str(count.last_day)


def test_the_digest_of_an_exported_policy_is_its_name(house):
    _, folder = house
    files = list((folder / "export" / "programmes").glob("*.json"))
    assert files
    assert all(sha256(file.read_bytes()).hexdigest() == file.stem for file in files)
    assert all(canonical(json.loads(file.read_bytes())) == file.read_bytes() for file in files)


@pytest.mark.parametrize("size", ["-5", "937000000000", "0", "٣", "", "9" * 5000, "1e3"])
def test_a_size_that_nobody_signed_costs_nothing(exported, size):
    made, folder = exported
    note = folder / "checkpoint"
    note.write_text(note.read_text().replace(f"\n{made.size}\n", f"\n{size}\n", 1))
    done = alone(folder, "--key", (folder.parent / "vkey").read_text())
    assert done.returncode == 1, done.stderr
    assert "not soundly signed" in done.stdout.splitlines()[0]
    assert "0 entries, 1 problems" in done.stdout


def test_line_ends_of_another_system_are_other_bytes(exported, capsys):
    _, folder = exported
    note = folder / "checkpoint"
    (said,) = alter(note, note.read_bytes().replace(b"\n", b"\r\n"), capsys, folder)
    assert "not soundly signed" in said


def test_a_folder_among_the_checkpoints(exported, capsys):
    _, folder = exported
    (folder / "checkpoints" / "9").mkdir()
    assert check(capsys, folder)[0] == 0


def test_a_missing_bundle_is_named_and_nothing_beyond_it_is_judged(exported, capsys):
    _, folder = exported
    (bundle,) = (folder / "tile" / "entries" / "001.p").iterdir()
    bundle.unlink()
    code, said, closing = report(capsys, folder, None, "--checkpoint", str(folder.parent / "early"))
    assert (code, len(said)) == (1, 1)
    assert said[0].startswith("#256 ")
    assert "missing or damaged from here on" in said[0]
    assert closing[-1].endswith("256 entries, 1 problems")
    shutil.rmtree(folder / "tile" / "entries")
    (said,) = report(capsys, folder)[1]
    assert said.startswith("#0 ")


def test_the_length_of_the_last_entry_of_a_bundle(exported, capsys):
    _, folder = exported
    for file in (folder / "tile" / "entries").rglob("*"):
        body, at = file.read_bytes() if file.is_file() else b"", 0
        while at < len(body) and (end := at + 2 + int.from_bytes(body[at : at + 2], "big")) < len(body):
            at = end
        if body:
            longer = (int.from_bytes(body[at : at + 2], "big") + 7).to_bytes(2, "big")
            assert alter(file, body[:at] + longer + body[at + 2 :], capsys, folder), file


def test_personal_values_that_are_forged_beside_the_true_ones(exported, capsys):
    made, folder = exported
    file = folder / "sealed.jsonl"
    body = file.read_bytes()
    (line,) = (one for one in body.splitlines(keepends=True) if json.loads(one)["entry"] == made.visit)
    forged = json.dumps({**json.loads(line), "value": '["伪造"]'}, ensure_ascii=False).encode()
    for changed in (forged + b"\n" + body, body + forged, body + forged + b"\n"):
        (said,) = alter(file, changed, capsys, folder)
        assert said.startswith(f"#{made.visit} ")
    hidden = line.replace(b'"value": ', b'"value": "no", "value": ')  # the last of one name wins
    with pytest.raises(ValueError, match=f"#{made.visit}"):
        alter(file, body.replace(line, hidden), capsys, folder)
    assert "were not checked" not in str(report(capsys, folder))
    file.unlink()
    code, _, closing = report(capsys, folder)
    assert code == 0
    assert "没有核对个人信息 / personal values were not checked" in closing


def test_it_says_what_it_had_to_believe_and_how_far_a_witness_went(exported, capsys):
    made, folder = exported
    code, _, closing = report(capsys, folder)
    assert code == 0
    assert any(line.endswith(f"cosigned by {h.WITNESS.name} up to {made.size}") for line in closing)
    (believed,) = (n for n, line in enumerate(closing) if "compare these with the published ones" in line)
    leaf = read(leaf_of(made.in_tile))
    tables = {one.name: sha256(one.read_bytes()).hexdigest() for one in (folder / "calendars").iterdir()}
    expected = {f"  {digest[:16]} calendars/{name}" for name, digest in tables.items()}
    assert {*expected, f"  {leaf['digest'][:16]} {leaf['programme']}"} <= set(closing[believed + 1 :])


def test_a_witness_that_saw_only_an_old_checkpoint(exported, capsys):
    made, folder = exported
    own = [folder / "checkpoint", folder / "checkpoints" / str(made.size)]
    for file in own:
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(line for line in lines if h.WITNESS.name not in line))
    early = folder / "checkpoints" / str(made.early)
    early.write_text(h.cosigned(early.read_text()))
    code, said, closing = report(capsys, folder)
    assert (code, len(said)) == (1, 1)
    assert "not all is cosigned by witness.example/audit" in said[0]
    assert any(line.endswith(f"up to {made.early}") for line in closing)


def test_each_option_takes_its_own_kind_of_key(house):
    _, folder = house
    own, secret = (folder / "vkey").read_text(), bytes(range(1, 33))
    sm2 = note.vkey("ledger.example/test", sm.public_of(secret), note.SM2)
    for more in (
        ["--key", h.WITNESS.vkey],
        ["--key", own, "--witness", own],
        ["--key", own, "--key", sm2],
        ["--key", "a+b"],
        ["--key", "a+00000000+"],
    ):
        done = alone(folder / "export", *more)
        assert (done.returncode, done.stdout) == (2, "")
        assert "SM2 不核验，请去掉" in done.stderr
        assert "SM2 is not checked here: leave it out" in done.stderr
        assert "Traceback" not in done.stderr


def test_what_an_entry_says_does_nothing_to_a_terminal(exported):
    _, folder = exported
    tool, sound = loaded(), read(leaf_of(0))
    for name in ("a\n937 entries, 0 problems", "\x1b[2J", "\u202eabc", "集群"):
        bundle = folder / "tile" / "entries" / "000"
        forged = canonical({**sound, "act": name, "case": name})
        body = bundle.read_bytes()
        old = int.from_bytes(body[:2], "big")
        bundle.write_bytes(len(forged).to_bytes(2, "big") + forged + body[2 + old :])
        done = alone(folder, "--key", (folder.parent / "vkey").read_text())
        assert done.returncode == 1
        assert f"#0 {name if name.isprintable() else ascii(name)[1:-1]} " in done.stdout
        assert "".join(done.stdout.split("\n")).isprintable()
    tool.Acts(folder).take(0, canonical(sound)[:-1] + b',"x":"\\ud800"}')
    assert len(tool.problems) == 1


def test_a_terminal_without_chinese_and_a_reader_that_leaves(exported):
    made, folder = exported
    key = ("--key", (folder.parent / "vkey").read_text())
    command = [sys.executable, str(TOOL), str(folder), *key]
    done = subprocess.run(
        command, capture_output=True, encoding="ascii", env={"PATH": "", "PYTHONIOENCODING": "ascii"}
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{made.size} entries, 0 problems" in done.stdout
    for damaged in (False, True):
        if damaged:
            (folder / "checkpoint").write_bytes(b"")
        read_end, write_end = os.pipe()
        os.close(read_end)
        done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE)
        os.close(write_end)
        assert (done.returncode, done.stderr) == (int(damaged), b"")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"case": "another"}, "of another case"),
        ({"entry": 10**6}, "of another case"),
        ({"body": "city"}, "a body that does not answer for the whole region"),
        ({"region": "140000"}, "a body that does not answer for the whole region"),
    ],
)
def test_an_erasure_by_whoever_may_not(house, capsys, tmp_path, change, said):
    made, folder = house
    with altered() as cursor:
        asked = Entry.objects.filter(kind="erase", step="propose").earliest("seq").seq
        agreed = Entry.objects.filter(kind="erase", step="confirm").earliest("seq").seq
        target = {"entry": change.get("entry", made.erased), "fields": ["visitors"]}
        case = made.under_way.number if "case" in change else made.recognised.number
        by = {name: change[name] for name in ("body", "region") if name in change}
        content = {**read(leaf_of(asked))["content"], **target}
        first = appended(cursor, asked, "2026-06-02", case=case, content=content, **by)
        appended(cursor, agreed, "2026-06-02", case=case, **by)
        signing.accept(h.cosigned(signing.sign()))
        export(tmp_path / "export", with_personal=True)
        kept_back(folder, made)
    code, lines, _ = report(capsys, tmp_path / "export", folder)
    assert code == int(bool(said)), lines
    assert [line for line in lines if line.startswith(f"#{first} ") and said in line] or not said


def test_an_agreement_that_says_again_what_was_proposed(house, capsys, tmp_path):
    made, folder = house
    with altered() as cursor:
        case = on_notice()
        first = Entry.objects.filter(kind="recognise", step="propose").earliest("seq").seq
        second = Entry.objects.filter(kind="recognise", step="confirm").earliest("seq").seq
        content = read(leaf_of(second))["content"] | {"decision": "黔工信发〔2026〕99号"}
        appended(cursor, first, "2026-06-10", case=case)
        seq = appended(cursor, second, "2026-06-10", case=case, content=content)
        signing.accept(h.cosigned(signing.sign()))
        export(tmp_path / "export")
        kept_back(folder, made)
    (said,) = report(capsys, tmp_path / "export", folder)[1]
    assert said.startswith(f"#{seq} {case} recognise (confirm)")
    assert "the agreement says again what was proposed" in said
