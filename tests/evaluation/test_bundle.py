"""The bundle of an evaluation: the same bytes every time, and a program of its own that checks whatever comes."""

import ast
import copy
import io
import json
import sys
import zipfile
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evaluation.rounds import SOURCES, TYPED, circumstances, evaluation
from tests.evaluation.verifying import VERIFIER, failures, run, unzipped, verifier, zipped

from cultivar.evaluation.bundle import Parts, build, manifest_sha256
from cultivar.evaluation.bundle import verifier as shipped
from cultivar.evaluation.bundle_parts import Contest, Handed, ranking, sheets
from cultivar.evaluation.draw import freeze_order
from cultivar.evaluation.draw import run as run_draw
from cultivar.evaluation.draw_pool import sha256
from cultivar.evaluation.quota import GroupQuota
from cultivar.evaluation.scores import BadScores, Rule
from cultivar.evaluation.seating_document import Plan, seat
from cultivar.ledger.canonical import parse

PARTS = evaluation()
BUNDLE = build(PARTS)
FILES = unzipped(BUNDLE)
SEED = ["双色球 2026058=3 7 12 18 25 33", "beacon:text=0af39c"]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "bundle.zip"
    path.write_bytes(BUNDLE)
    return path


def said(files: dict[str, bytes], **asked: Any) -> list[str]:
    return [str(one) for one in failures(files, **asked)]


# The whole


def test_it_holds_by_the_program_that_it_carries(bundle: Path) -> None:
    folder = bundle.parent / "unpacked"
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
    assert PARTS.draw
    published = ["--published", manifest_sha256(PARTS), "--frozen", PARTS.draw["frozen_sha256"]]
    published += [f"--seed={one}" for one in SEED]
    for path in (bundle, folder):
        done = run(path, *published, program=folder / "verify.py")
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert "成立 / holds: R2026-1" in done.stdout


def test_the_same_parts_give_the_same_bytes() -> None:
    assert build(evaluation()) == BUNDLE
    assert manifest_sha256(PARTS) == parse(FILES["manifest.json"])["sha256"]


def test_every_file_stands_in_the_manifest_and_has_the_hash_of_its_document() -> None:
    manifest = parse(FILES["manifest.json"])
    assert set(manifest["files"]) == set(FILES) - {"manifest.json"}
    assert PARTS.draw
    assert manifest["files"]["draw/frozen.json"] == PARTS.draw["frozen_sha256"]
    assert manifest["absent"] == []
    assert set(manifest["versions"]) == {"python", "cultivar", "numpy", "ortools", "scipy"}


def test_the_verifier_shares_nothing_with_this_house() -> None:
    tree = ast.parse(shipped(), feature_version=(3, 9))
    names = {
        one.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for one in node.names
    }
    names |= {str(node.module).split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= sys.stdlib_module_names | {"__future__"}
    source = VERIFIER.parents[2]
    others = [
        path
        for path in source.rglob("*.py")
        if path != VERIFIER and "bundle_files" in path.read_text("utf-8")
    ]
    assert sorted(path.name for path in others) == ["bundle.py", "bundle_parts.py", "seating_document.py"]
    assert not any(
        "import" in line
        for path in others
        for line in path.read_text("utf-8").splitlines()
        if "bundle_files" in line
    )


@pytest.mark.parametrize(
    ("asked", "file", "words"),
    [
        (["--published", "0" * 64], "manifest.json", "not the one published"),
        (["--frozen", "0" * 64], "draw/frozen.json", "not the one published"),
        (["--seed", "beacon:text=0AF39D"], "draw/result.json · seed[1].value", "not drawn by the seed"),
        (
            ["--seed", "双色球 2026058=3 7 12 18 25 32"],
            "draw/result.json · seed[2].value",
            "not drawn by the seed",
        ),
        (["--seed", "moon=1"], "draw/result.json · seed", "no source"),
    ],
)
def test_another_published_value_is_told(bundle: Path, asked: list[str], file: str, words: str) -> None:
    done = run(bundle, *asked)
    assert done.returncode == 1
    assert file in done.stdout
    assert words in done.stdout


@pytest.mark.parametrize(
    "name",
    ["draw", "orders", "successions", "seatings", "panels", "sheets", "ranking", "decisions", "ledger"],
)
def test_what_an_evaluation_does_not_have_is_said_to_be_absent(name: str) -> None:
    """Each part is left out with what cannot be without it."""
    hangs_on = {
        "orders": ["ranking"],
        "sheets": ["ranking"],
        "draw": ["decisions"],
        "seatings": ["decisions", "successions", "panels"],
        # who sits there took somebody's seat
        "successions": ["seatings", "panels", "sheets", "ranking", "decisions"],
        "panels": ["sheets", "ranking", "decisions"],  # by hand others came
    }
    empty = {one.name: one.default for one in fields(Parts)}
    gone = [name, *hangs_on.get(name, [])]
    less = replace(PARTS, **{one: () if one in ("orders", "seatings") else empty[one] for one in gone})
    if "decisions" not in gone:
        decisions = copy.deepcopy(PARTS.decisions)
        assert decisions
        there = {one[key] for one in less.orders for key in ("frozen_sha256", "sha256")}
        lost = {one[key] for one in PARTS.orders for key in ("frozen_sha256", "sha256")} - there
        for act in decisions["acts"]:
            act["documents"] = [one for one in act["documents"] if one not in lost]
        less = replace(less, decisions=decisions)
    files = unzipped(build(less))
    assert said(files) == []
    absent = parse(files["manifest.json"])["absent"]
    assert {"seatings": "seating"}.get(name, name) in absent


def test_a_bundle_of_nothing_but_a_round_holds() -> None:
    parts = Parts("R1", "guizhou-clusters/2025-trial", "b" * 64)
    files = unzipped(build(parts))
    assert said(files) == []
    assert len(parse(files["manifest.json"])["absent"]) == 9


# Other plans, and seats that are not the best


PLANS = {
    "panels": Plan("panels", {"": 3}, load=6, largest=3, panels_each=2, floor=35),
    "single": Plan("single", {"technology": 2, "finance": 1}, load=3, floor=35),
    "single, any": Plan("single", {"": 4}, load=3, floor=5),
    "by lot": Plan("single", {"": 3}, load=4, floor=5, most_probable=60),
    "mixed": Plan(
        "panels",
        {"technology": 2, "finance": 1},
        load=6,
        largest=3,
        panels_each=2,
        floor=5,
        per_organisation=1,
        per_city=2,
    ),
    "nobody of a kind": Plan("single", {"management": 2, "finance": 1}, load=4, floor=0),
}


def seating_only(document: dict[str, Any]) -> dict[str, bytes]:
    return unzipped(build(Parts("R1", "x/1", "c" * 64, seatings=[document])))


def resealed(document: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in document.items() if name != "sha256"}
    return {**rest, "sha256": sha256(rest)}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_seatings_of_every_plan_hold(plan: Plan, seed: int) -> None:
    round_ = circumstances(10, 14 + 6 * seed, seed)
    document = seat(round_, [one.id for one in round_.judges], plan, f"{seed}./")
    assert said(seating_only(document)) == []


def swapped(document: dict[str, Any], dice: Random) -> dict[str, Any] | None:
    """Another expert, who may sit there and has a free place, is put in a line; figures fit. None if none can."""
    other = copy.deepcopy(document)
    given, follows, decision = other["given"], other["follows"], other["decision"]
    row = {one["id"]: at for at, one in enumerate(given["applications"])}
    column = {one["id"]: at for at, one in enumerate(given["experts"])}
    barred = {(one["application"], one["expert"]) for one in follows["conflicts"] + follows["questions"]}
    lines = [one for one in decision["seats"] if one["experts"]]
    for line in dice.sample(lines, len(lines)):
        for expert in dice.sample(sorted(column), len(column)):
            if (
                line["kind"] in ("", given["experts"][column[expert]]["kind"])
                and expert not in line["experts"]
                and (line["of"], expert) not in barred
                and follows["affinity"][row[line["of"]]][column[expert]] >= given["plan"]["floor"]
                and decision["loads"][expert]
                < min(given["plan"]["load"], given["experts"][column[expert]]["most"] or 99)
            ):
                leaves = line["experts"][0]
                line["experts"] = sorted({*line["experts"], expert} - {leaves})
                decision["loads"][expert] += 1
                decision["loads"][leaves] -= 1
                return refigured(other, row, column)
    return None


def refigured(document: dict[str, Any], row: dict[str, int], column: dict[str, int]) -> dict[str, Any]:
    pairs = [
        (document["follows"]["affinity"][row[line["of"]]][column[one]], line["of"], one)
        for line in document["decision"]["seats"]
        for one in line["experts"]
    ]
    least = min(pairs)
    document["decision"]["objective"] = sum(points for points, _, _ in pairs)
    if not document["decision"]["chances"]:
        document["decision"]["bound"] = str(document["decision"]["objective"])
    document["decision"]["worst"] = {"of": least[1], "expert": least[2], "points": least[0]}
    return resealed(document)


@pytest.mark.parametrize("seed", range(12))
def test_seats_that_are_not_the_best_by_points_and_lots_are_told(seed: int) -> None:
    """Also where no point is lost: the lots of the seed decide between equals, and nobody else."""
    round_ = circumstances(8, 24, seed)
    plan = Plan("single", {"technology": 2, "finance": 1}, load=3, floor=35)
    document = seat(round_, [one.id for one in round_.judges], plan, "3./")
    other = swapped(document, Random(seed))
    assert other
    told = said(seating_only(other))
    assert len(told) == 1
    assert "decision.seats" in told[0] or "decision.shortages" in told[0]


@pytest.mark.parametrize("seed", range(6))
def test_other_lots_than_those_of_the_seed_are_told(seed: int) -> None:
    round_ = circumstances(10, 20, seed)
    document = seat(round_, [one.id for one in round_.judges], PLANS["by lot"], "3./")
    assert any(one["probability"] != "1" for one in document["decision"]["chances"])
    other = swapped(document, Random(seed))
    assert other
    told = said(seating_only(other))
    assert len(told) == 1
    assert "by the probabilities" in told[0] or "decision.shortages" in told[0]


def test_a_probability_that_is_not_the_best_is_told() -> None:
    round_ = circumstances(10, 20, 1)
    document = seat(round_, [one.id for one in round_.judges], PLANS["by lot"], "3./")
    for at in range(len(document["decision"]["chances"])):
        other = copy.deepcopy(document)
        other["decision"]["chances"][at]["probability"] = "2/5"
        told = said(seating_only(resealed(other)))
        assert told or document["decision"]["chances"][at]["probability"] == "2/5"


def test_a_seat_left_empty_is_told() -> None:
    round_ = circumstances(8, 40, 3)
    plan = Plan("single", {"": 2}, load=3, floor=0)
    document = seat(round_, [one.id for one in round_.judges], plan, "3./")
    other = copy.deepcopy(document)
    line = other["decision"]["seats"][0]
    leaves = line["experts"].pop()
    other["decision"]["loads"][leaves] -= 1
    row = {one["id"]: at for at, one in enumerate(other["given"]["applications"])}
    column = {one["id"]: at for at, one in enumerate(other["given"]["experts"])}
    other = refigured(other, row, column)
    other["decision"]["shortages"] = shortage_as_told(other)
    told = said(seating_only(resealed(other)))
    assert len(told) == 1
    assert "more seats could be filled" in told[0]


def shortage_as_told(document: dict[str, Any]) -> list[Any]:
    """What the verifier would have written of these seats."""
    held = verifier.Seats(verifier.Bundle({}), document, "seating/1.json")
    held.seated = {
        (at, line["kind"]): [held.column[one] for one in line["experts"]]
        for at, line in enumerate(document["decision"]["seats"])
    }
    held.loads()
    return [
        {"of": of, "kind": "", **held.reasons(at, "", lacking)}
        for at, of in enumerate(held.ids)
        if (lacking := held.plan["seats"][""] - len(held.seated[at, ""]))
    ]


def test_somebody_in_conflict_or_below_the_floor_is_told_by_name_and_place() -> None:
    document = copy.deepcopy(PARTS.seatings[1])
    conflict = document["follows"]["conflicts"][0]
    group = next(
        one["id"] for one in document["follows"]["groups"] if conflict["application"] in one["applications"]
    )
    kind = next(one["kind"] for one in document["given"]["experts"] if one["id"] == conflict["expert"])
    at, line = next(
        (at, one)
        for at, one in enumerate(document["decision"]["seats"], 1)
        if (one["of"], one["kind"]) == (group, kind)
    )
    line["experts"] = [conflict["expert"]]
    told = said(seating_only(resealed(document)))
    assert f"seating/1.json · decision.seats[{at}].experts[1]" in told[0]
    assert f"“{conflict['expert']}” must stand aside from “{group}”" in told[0]


def test_an_order_among_equals_has_to_come_from_the_draw() -> None:
    names = PARTS.orders[0]["draws"][0]["members"]
    other = run_draw(freeze_order(names[1:], SOURCES), TYPED)
    told = said(unzipped(build(replace(PARTS, orders=(other,), decisions=None, ledger=None))))
    assert "“A000” is not in the drawn order" in told[0]
    told = said(unzipped(build(replace(PARTS, orders=(), decisions=None, ledger=None))))
    assert told[0].startswith("ranking.json · drawn_by")


def test_an_alternate_who_must_stand_aside_takes_no_seat() -> None:
    assert PARTS.successions
    last, document = PARTS.successions["successions"][-1], copy.deepcopy(PARTS.seatings[1])
    of = next(line["of"] for line in document["decision"]["seats"] if last["left"] in line["experts"])
    application = next(one["applications"][0] for one in document["follows"]["groups"] if one["id"] == of)
    heir = next(one for one in document["given"]["experts"] if one["id"] == last["taken_by"])
    heir["declared"] = sorted({*heir["declared"], application})
    found = document["follows"]["conflicts"]
    found.append(
        {
            "application": application,
            "expert": heir["id"],
            "rule": "declared",
            "evidence": {"zh": "", "en": ""},
        }
    )
    found.sort(key=lambda one: (one["application"], one["expert"], one["rule"]))
    seatings = (PARTS.seatings[0], resealed(document))
    told = said(unzipped(build(replace(PARTS, seatings=seatings, decisions=None, ledger=None))))
    assert told[0].startswith("successions.json")
    assert f"“{heir['id']}” must stand aside from “{application}”" in told[0]


RULES = st.builds(
    Rule,
    drop=st.booleans(),
    places=st.integers(0, 3),
    rounding=st.sampled_from(["half-up", "half-even"]),
    ties=st.sampled_from(
        [("total",), ("total", "a"), ("total", "b", "a"), ("total", "draw"), ("total", "a", "draw")]
    ),
)
QUOTAS = st.lists(
    st.builds(
        GroupQuota,
        st.sampled_from(["field", "region"]),
        st.sampled_from(["", "one", "two"]),
        st.none() | st.integers(0, 4),
        st.integers(0, 2),
    ),
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(dice=st.randoms(use_true_random=False), rule=RULES, line=st.none() | st.integers(0, 8), quotas=QUOTAS)
def test_every_ranking_of_this_house_holds_by_the_other_program(
    dice: Random, rule: Rule, line: int | None, quotas
) -> None:
    names = [f"A{n}" for n in range(dice.randint(1, 9))]
    groups = {one: {kind: dice.choice(["one", "two"]) for kind in ("field", "region")} for one in names}
    handed = [
        Handed(
            name,
            f"E{n}",
            {key: Decimal(dice.randint(0, 4)) / 2 for key in "ab"},
            None,
            dice.choice(["", "", "", "late"]),
        )
        for name in names
        for n in range(6)
    ]
    drawn = (
        run_draw(freeze_order(names, SOURCES), TYPED) if dice.random() < 0.7 and "draw" in rule.ties else None
    )
    order = drawn["draws"][0]["seats"] if drawn else None
    try:
        found = ranking(Contest(rule, groups, line, quotas, {}, order, 1 if drawn else None), handed)
    except BadScores:
        return
    sheets_ = sheets({"a": Decimal(2), "b": Decimal(2)}, handed)
    parts = Parts("R1", "x/1", "c" * 64, sheets=sheets_, ranking=found, orders=(drawn,) if drawn else ())
    assert said(unzipped(build(parts))) == []


# Whatever comes as a bundle


def exit_of(path: Path, body: bytes, *more: str) -> tuple[int, str]:
    path.write_bytes(body)
    done = run(path, *more)
    assert done.stderr == ""
    assert "Traceback" not in done.stdout
    return done.returncode, done.stdout


def test_a_damaged_zip_is_a_sentence_wherever_it_is_damaged(tmp_path: Path) -> None:
    """In this process for speed; one of each kind goes through the program itself below."""
    path = tmp_path / "damaged.zip"
    dice = Random(5)
    ends = (0, 1, 10, 30, 1000, len(BUNDLE) // 2, len(BUNDLE) - 300, len(BUNDLE) - 22, len(BUNDLE) - 1)
    bodies = [BUNDLE[:end] for end in ends]
    with zipfile.ZipFile(io.BytesIO(BUNDLE)) as archive:
        heads = [one.header_offset for one in archive.infolist()]
        places = [at + more for at in heads for more in (0, 4, 6, 8, 14, 18, 26, 30, 60)]
        places += range(archive.start_dir, len(BUNDLE), 7)
    places += dice.sample(range(len(BUNDLE)), 200)
    for at in places:
        if at < len(BUNDLE):
            bodies.append(BUNDLE[:at] + bytes([BUNDLE[at] ^ 0x5A]) + BUNDLE[at + 1 :])
    silent = 0
    for body in bodies:
        path.write_bytes(body)
        try:
            files = verifier.read_bundle(str(path))
        except verifier.Unreadable:
            continue
        told = failures(files)
        silent += not told
        assert told or files == FILES, "something else was read, and holds"
    assert silent < len(bodies) / 2  # times, attributes and the like of a zip say nothing


def test_files_swapped_left_out_added_or_given_twice_are_told() -> None:
    pairs = [
        ("sheets.json", "ranking.json"),
        ("seating/1.json", "seating/2.json"),
        ("README.zh.txt", "README.en.txt"),
    ]
    for one, other in pairs:
        told = said({**FILES, one: FILES[other], other: FILES[one]})
        assert any(line.startswith(one) for line in told)
        assert any(line.startswith(other) for line in told)
    for name in FILES:
        told = said({one: body for one, body in FILES.items() if one != name})
        assert name in told[0]
    assert "extra.json" in said({**FILES, "extra.json": b"{}"})[0]
    assert "../x" in said({**FILES, "../x": b"{}"})[0]


def test_a_file_given_twice_in_a_zip_is_told(tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in FILES.items():
            archive.writestr(name, body)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("sheets.json", FILES["sheets.json"])
    done = run(path)
    assert (done.returncode, "stands in the zip twice" in done.stdout, done.stderr) == (2, True, "")


NOT_JSON = {
    "NaN": b'{"rule":NaN}',
    "infinity": b'{"rule":-Infinity}',
    "a fraction": b'{"rule":1.5}',
    "a huge number": b'{"rule":' + b"9" * 5000 + b"}",
    "beyond 2^53": b'{"rule":9007199254740993}',
    "a name twice": b'{"rule":1,"rule":1}',
    "deep": b"[" * 200_000,
    "no UTF-8": b'"\xff"',
    "half a character": b'{"rule":"\\ud800"}',
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "a byte order mark": b"\xef\xbb\xbf{}",
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_plain_json_is_a_sentence(body: bytes, tmp_path: Path) -> None:
    for name in ("manifest.json", "sheets.json"):
        files = {**FILES, name: body}
        if name != "manifest.json":
            manifest = parse(FILES["manifest.json"])
            manifest["files"][name] = verifier.digest(body)
            del manifest["sha256"]
            files["manifest.json"] = json.dumps({**manifest, "sha256": sha256(manifest)}).encode()
        code, text = exit_of(tmp_path / "bad.zip", zipped(files))
        assert code == 1
        assert name in text


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("a", "w") as out,
    ):
        for _ in range(600):
            out.write(bytes(1 << 20))
    done = run(path)
    assert (done.returncode, done.stderr) == (2, "")
    assert "too large" in done.stdout
    many = {str(at): b"" for at in range(1001)}
    code, text = exit_of(tmp_path / "many.zip", zipped(many))
    assert code == 2
    assert "too large" in text


@pytest.mark.parametrize("body", [b"", b"PK", BUNDLE[:5000], b"no zip at all" * 100, zipped({"a.txt": b"a"})])
def test_what_is_no_bundle_is_a_sentence_and_two(body: bytes, tmp_path: Path) -> None:
    assert exit_of(tmp_path / "some.zip", body)[0] == 2


def test_a_path_that_is_not_there_and_a_folder_with_a_link(tmp_path: Path) -> None:
    done = run(tmp_path / "none.zip")
    assert (done.returncode, done.stderr) == (2, "")
    (tmp_path / "link").symlink_to("/etc")
    (tmp_path / "file").symlink_to("/etc/hostname")
    done = run(tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    assert "no plain file" in done.stdout


def test_sentences_stand_in_both_languages() -> None:
    told = failures({**FILES, "sheets.json": b"{}"})
    assert all(one.zh and one.en and one.zh != one.en for one in told)
