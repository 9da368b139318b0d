"""From the draw to the bundle: what the house knows of a whole evaluation, checked by a program that shares no code."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from tests import world as w
from tests.evaluation import drawing as d
from tests.evaluation import judging as j
from tests.evaluation.verifying import failures, unzipped

from cultivar.cases.models import Case
from cultivar.cases.perform import BadContent
from cultivar.cases.perform import terms as terms_of
from cultivar.evaluation import bundle, bundle_query, documents
from cultivar.evaluation.draw import run
from cultivar.evaluation.draw_pool import sha256
from cultivar.evaluation.draw_verify import read_frozen
from cultivar.evaluation.models import Document
from cultivar.ledger import signing
from cultivar.ledger.canonical import canonical
from cultivar.registry.models import Holding, Person

pytestmark = pytest.mark.django_db

NOTICE = {
    "quota": 1,
    "panel": 3,
    "scoring": {"drop": False, "places": 2, "rounding": "half-up", "ties": ["innovation", "draw"]},
}


def judge(case: Case, strength: str, innovation: str) -> None:
    """The defence is held, every expert hands in the same sheet, the panel is closed."""
    handler = w.province("handler")
    w.do(case, "schedule-defence", handler, {"time": "2026-05-28T09:00+08:00", "place": "贵阳（虚构会场）"})
    w.do(case, "record-defence", handler, w.defence())
    for name in d.panel(case):
        sheet = {"scores": {"strength": strength, "innovation": innovation}, "comment": "可以（虚构）"}
        w.do(case, "score", w.expert(name), sheet)


@pytest.fixture
def judged() -> tuple[str, list[Case]]:
    """Two applications with a tie on the total, one expert replaced before judging; panels still open."""
    round_, cases = j.admitted(2, **NOTICE)
    d.pool()
    number = d.freeze(round_)
    d.draw(number)
    d.seat(number)
    line = next(one for one in d.of(number).result["seats"]["draws"] if one["kind"] == "technology")
    with w.at("2026-05-26"):
        w.do(cases[0], "recuse", w.expert(line["seats"][0]), {"reasons": "亲属任职（虚构）"})
        leaves = {"leaves": line["seats"][0], "reasons": "本人申请回避（虚构）"}
        w.do(number, "substitute", w.province("handler"), leaves)
    with w.at("2026-05-28", hour=18):
        judge(cases[0], "50", "30")
        judge(cases[1], "45", "35")
    return number, cases


def close(cases: list[Case]) -> None:
    """All panels are closed and their sheets open."""
    with w.at("2026-05-29"):
        for case in cases:
            w.do(case, "close-panel", w.province("handler"))


def archive(number: str) -> bytes:
    """The evaluation is archived; the bundle."""
    with w.at("2026-05-29"):
        w.do(number, "archive", w.province("handler"))
    return documents.content(str(d.of(number).named("bundle")))


def verify(body: bytes, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """What the verifier in the bundle says of it, run by itself."""
    (folder / "bundle.zip").write_bytes(body)
    with zipfile.ZipFile(io.BytesIO(body)) as held:
        (folder / "verify.py").write_bytes(held.read("verify.py"))
    command = [sys.executable, "-I", "verify.py", "bundle.zip", *more]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_bundle_holds_and_says_who_was_replaced_and_what_decided(judged, tmp_path):
    number, cases = judged
    close(cases)
    body = archive(number)
    frozen = d.of(number).named("frozen-draw")
    seeds = [part for name, value in d.SEED.items() for part in ("--seed", f"{name}={value}")]
    answer = verify(body, tmp_path, "--frozen", str(frozen), *seeds)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    with zipfile.ZipFile(io.BytesIO(body)) as held:
        ranking = json.loads(held.read("ranking.json"))
        followed = json.loads(held.read("successions.json"))
        whole = b"".join(held.read(name) for name in held.namelist() if name.endswith(".json"))
    assert [one["id"] for one in ranking["places"]] == [cases[1].number, cases[0].number]
    assert ranking["places"][1]["decided_by"] == "innovation"
    assert [one["left"] for one in followed["successions"]] == [
        one["left"] for one in d.of(number).substitutions
    ]
    for person in Person.objects.exclude(name=""):
        assert person.name.encode() not in whole


def test_a_score_that_was_changed_is_named(judged, tmp_path):
    number, cases = judged
    close(cases)
    body = archive(number)
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as held, zipfile.ZipFile(changed, "w") as other:
        for name in held.namelist():
            text = held.read(name)
            if name == "sheets.json":
                sheets = json.loads(text)
                sheets["sheets"][0]["points"]["strength"] = "60"
                text = json.dumps(sheets).encode()
            other.writestr(name, text)
    answer = verify(changed.getvalue(), tmp_path)
    assert answer.returncode == 1
    assert "sheets.json" in answer.stdout


def test_nothing_is_archived_while_a_panel_is_sealed(judged):
    number, cases = judged
    close(cases[:1])
    with pytest.raises(BadContent) as sealed:
        archive(number)
    assert cases[1].number in sealed.value.problems[0].text.zh
    assert "没有启封" in sealed.value.problems[0].text.zh


def test_an_archived_evaluation_takes_no_further_alternates(judged):
    number, cases = judged
    close(cases)
    archive(number)
    from cultivar.cases.perform import Refused

    with w.at("2026-05-30"), pytest.raises(Refused):
        w.do(number, "substitute", w.province("handler"), {"leaves": "T1", "reasons": "因病（虚构）"})


def test_the_overview_leads_through_the_evaluation_and_gives_the_bundle(judged, client):
    number, cases = judged
    round_ = cases[0].round_id
    w.signed_in(client, w.province("handler"))
    page = client.get(reverse("evaluation", args=[round_])).content.decode()
    assert "已组成" in page
    assert reverse("act", args=[number, "archive"]) in page
    assert reverse("bundle", args=[round_, number]) not in page
    close(cases)
    body = archive(number)
    page = client.get(reverse("evaluation", args=[round_])).content.decode()
    assert reverse("bundle", args=[round_, number]) in page
    assert client.get(reverse("bundle", args=[round_, number])).content == body


def test_the_bundle_is_for_those_who_oversee_and_is_said_to_be_spoiled_when_it_is(judged, client):
    number, cases = judged
    close(cases)
    archive(number)
    address = reverse("bundle", args=[cases[0].round_id, number])
    for who in (w.expert(d.panel(cases[0])[0]), w.city(w.ZUNYI), w.applicant(w.cluster())):
        w.signed_in(client, who)
        assert client.get(address).status_code == 404
        assert client.get(reverse("evaluation", args=[cases[0].round_id])).status_code == 404
    w.signed_in(client, w.actor("auditor"))
    assert client.get(address).status_code == 200
    Document.objects.filter(kind="bundle").update(body=b"PK")
    assert client.get(address).status_code == 500


def test_the_manifest_can_be_published(judged):
    """What the ledger names is the hash of the whole file; the manifest has one of its own."""
    number, cases = judged
    close(cases)
    body = archive(number)
    with zipfile.ZipFile(io.BytesIO(body)) as held:
        manifest = json.loads(held.read("manifest.json"))
    assert manifest["round"] == cases[0].round_id
    assert manifest["absent"] == ["ledger"]  # no checkpoint was signed yet
    assert manifest["rule"] == bundle.RULE


# What really happens: panels that change after they were seated


def drawn(applications: int = 2, **plan: Any) -> tuple[str, list[Case]]:
    """A round that is drawn and not seated yet."""
    round_, cases = j.admitted(applications, **NOTICE)
    d.pool()
    number = d.freeze(round_, **plan)
    d.draw(number)
    return number, cases


def seated(applications: int = 2, **plan: Any) -> tuple[str, list[Case]]:
    """A round that is drawn and seated."""
    number, cases = drawn(applications, **plan)
    d.seat(number)
    return number, cases


def technology(number: str) -> dict[str, Any]:
    """The draw of the experts of technology."""
    return next(one for one in d.of(number).result["seats"]["draws"] if one["kind"] == "technology")


def gone(number: str) -> None:
    """The expert is out of office before the seating."""
    Holding.objects.filter(person__key=number).update(until_on=date(2026, 5, 24))


def finished(number: str, cases: list[Case], judged_on: str = "2026-05-28") -> bytes:
    """All is judged, closed and archived; the bundle."""
    with w.at(judged_on, hour=18):
        for case in cases:
            judge(case, "50", "30")
    close(cases)
    return archive(number)


def told(body: bytes, name: str) -> Any:
    """A document of the bundle."""
    return json.loads(unzipped(body)[name])


def holds(body: bytes, folder: Path, *words: str) -> None:
    """The bundle holds, and its verifier says these words."""
    answer = verify(body, folder)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    for word in words:
        assert word in answer.stdout


def kinds(body: bytes, case: Case) -> list[str]:
    """How the panel of an application changed."""
    rows = {one["application"]: one["changes"] for one in told(body, "panels.json")["panels"]}
    return [one["kind"] for one in rows[case.number]]


def test_an_application_withdrawn_after_it_was_seated_is_out_and_its_panel_is_told(tmp_path):
    number, cases = seated(3)
    with w.at("2026-05-26"):
        w.do(cases[2], "withdraw", w.applicant(w.cluster(w.ZUNYI, 3)), {"reasons": "另行申报（虚构）"})
    body = finished(number, cases[:2])
    holds(body, tmp_path)
    assert told(body, "ranking.json")["out"] == [{"id": cases[2].number, "why": "withdraw"}]
    assert kinds(body, cases[2]) == ["seated"]
    assert not any(one["application"] == cases[2].number for one in told(body, "sheets.json")["missing"])


def test_sheets_of_a_withdrawn_application_stay_sealed(tmp_path):
    """That they were handed in is told; what they say is not, for their panel was never closed."""
    number, cases = seated(2)
    with w.at("2026-05-28", hour=18):
        for case in cases:
            judge(case, "50", "30")
    with w.at("2026-05-28", hour=19):
        w.do(cases[1], "withdraw", w.applicant(w.cluster(w.ZUNYI, 2)), {"reasons": "另行申报（虚构）"})
    close(cases[:1])
    body = archive(number)
    holds(body, tmp_path)
    sealed = [one for one in told(body, "sheets.json")["sheets"] if one["application"] == cases[1].number]
    assert [(one["points"], one["total"], one["why"]) for one in sealed] == [(None, None, "sealed")] * 3


def test_a_recusal_that_nobody_followed_is_a_note(tmp_path):
    number, cases = seated(2, seats={"technology": 3, "finance": 1})
    leaves = technology(number)["seats"][0]
    with w.at("2026-05-26"):
        w.do(cases[0], "recuse", w.expert(leaves), {"reasons": "亲属任职（虚构）"})
    body = finished(number, cases)
    holds(body, tmp_path, f"{leaves} recused, nobody followed", f"{leaves} 回避，无人递补")
    assert kinds(body, cases[0]) == ["seated", "recused"]
    assert kinds(body, cases[1]) == ["seated"]


def test_a_succession_says_whom_it_brought_where(judged, tmp_path):
    number, cases = judged
    close(cases)
    body = archive(number)
    assert kinds(body, cases[0]) == ["seated", "recused", "followed"]
    assert kinds(body, cases[1]) == ["seated", "followed", "followed"]


def test_a_panel_that_was_short_and_named_by_hand_is_a_note(tmp_path):
    number, cases = drawn(alternates=0)
    gone(technology(number)["seats"][0])
    d.seat(number)
    assert d.panel(cases[0]) == ()
    with w.at("2026-05-26"):
        for case in cases:
            w.do(case, "assign", w.province("handler"), {"experts": ["T1", "T2", "F1"]})
    body = finished(number, cases)
    holds(body, tmp_path, "F1, T1, T2 named by hand", "was not named by a seating")
    assert kinds(body, cases[0]) == ["named"]


def test_an_application_that_never_had_a_panel_is_out(tmp_path):
    """Its group stayed short, and nobody named a panel for it."""
    number, cases = drawn(alternates=0)
    gone(technology(number)["seats"][0])
    d.seat(number)
    with w.at("2026-05-26"):
        w.do(cases[0], "assign", w.province("handler"), {"experts": ["T1", "T2", "F1"]})
    body = finished(number, cases[:1])
    holds(body, tmp_path, f"“{cases[1].number}” had no panel and is not ranked")
    assert told(body, "ranking.json")["out"] == [{"id": cases[1].number, "why": "no-panel"}]


@pytest.mark.parametrize("applications", [1, 3])
def test_the_record_is_read_in_as_many_queries_for_any_number_of_applications(
    applications, django_assert_num_queries
):
    number, cases = seated(applications)
    finished(number, cases)
    made, terms = d.of(number), terms_of(cases[0].round_id)
    with django_assert_num_queries(20):
        assert bundle_query._Record(made, terms).parts.panels


def test_an_alternate_gone_before_the_seating_is_passed_over(tmp_path):
    """The next one follows, and the verifier knows that the first had no turn any more."""
    number, cases = drawn()
    line = technology(number)
    gone(line["alternates"][0])
    d.seat(number)
    with w.at("2026-05-26"):
        leaves = {"leaves": line["seats"][0], "reasons": "因病（虚构）"}
        w.do(number, "substitute", w.province("handler"), leaves)
    body = finished(number, cases)
    holds(body, tmp_path)
    rows = [
        (one["left"], one["taken_by"], one["after"]) for one in told(body, "successions.json")["successions"]
    ]
    assert rows == [(line["alternates"][0], None, 0), (line["seats"][0], line["alternates"][1], 1)]


def test_an_abandoned_draw_is_told(tmp_path):
    round_, cases = j.admitted(2, **NOTICE)
    d.pool()
    first = d.freeze(round_)
    with w.at(d.FREEZES):
        why = {"reasons": "来源停止公布（虚构）"}
        w.twice(first, "abandon", w.province("handler"), w.province("reviewer"), why)
    seed = {"双色球2026059期": "01 02 03"}  # the values of the first may be known
    number = d.freeze(round_, sources=list(seed))
    d.draw(number, seed=seed)
    d.seat(number)
    body = finished(number, cases)
    holds(body, tmp_path, f"another draw, “{first}” (last act: abandon)")
    acts = [one for one in told(body, "decisions.json")["acts"] if one["case"] == first]
    assert [(one["act"], one["documents"]) for one in acts] == [("freeze", []), ("abandon", [])]


def test_a_late_sheet_is_told_with_the_day_on_which_it_was_due(tmp_path):
    """Five working days after the day of the defence."""
    number, cases = seated(1)
    handler = w.province("handler")
    with w.at("2026-05-28"):
        w.do(
            cases[0],
            "schedule-defence",
            handler,
            {"time": "2026-05-28T09:00+08:00", "place": "贵阳（虚构会场）"},
        )
    with w.at("2026-05-28", hour=18):
        w.do(cases[0], "record-defence", handler, w.defence())
    panel = d.panel(cases[0])
    sheet = {"scores": {"strength": "50", "innovation": "30"}, "comment": "可以（虚构）"}
    for day, names in (("2026-06-04", panel[:1]), ("2026-06-05", panel[1:])):
        with w.at(day):
            for name in names:
                w.do(cases[0], "score", w.expert(name), sheet)
    with w.at("2026-06-08"):
        w.do(cases[0], "close-panel", handler)
        w.do(number, "archive", handler)
    body = documents.content(str(d.of(number).named("bundle")))
    holds(body, tmp_path)
    rows = {
        one["expert"]: (one["due"], one["late"], one["counted"])
        for one in told(body, "sheets.json")["sheets"]
    }
    assert rows == {name: ("2026-06-04", name != panel[0], True) for name in panel}


# What was changed is found, whatever hashes are repaired


def repaired(body: bytes, change: Callable[[dict[str, Any]], None]) -> list[str]:
    """What the verifier says after a change, with the manifest made to fit."""
    files = unzipped(body)
    data = {name: json.loads(text) for name, text in files.items() if name.endswith(".json")}
    change(data)
    manifest = data.pop("manifest.json")
    files |= {name: canonical(one) for name, one in data.items()}
    manifest["files"] = {name: hashlib.sha256(files[name]).hexdigest() for name in manifest["files"]}
    del manifest["sha256"]
    files["manifest.json"] = canonical({**manifest, "sha256": sha256(manifest)})
    return [str(one) for one in failures(files)]


def order_by_another_seed(data: dict[str, Any]) -> None:
    """The lots among equals are drawn anew, and every hash of theirs repaired."""
    old = data["draw/order-1.json"]
    frozen = read_frozen(old["frozen"])
    new = run(frozen, [(one, "77") for one in frozen.sources])
    data["draw/order-1.json"] = new
    for act in data["decisions.json"]["acts"]:
        act["documents"] = [new["sha256"] if one == old["sha256"] else one for one in act["documents"]]


def order_of_another_list(data: dict[str, Any]) -> None:
    """The list of the lots is another than the act froze."""
    old = data["draw/order-1.json"]
    frozen = {**old["frozen"], "pool": old["frozen"]["pool"][:1]}
    frozen["pool_sha256"] = sha256(frozen["pool"])
    frozen["strata"] = [{**one, "seats": 1} for one in frozen["strata"]]
    read = read_frozen(frozen)
    values = [one["value"] for one in old["seed"]]
    data["draw/order-1.json"] = run(read, list(zip(read.sources, values, strict=True)))


def moved_to_missing(data: dict[str, Any]) -> None:
    """A sheet is called missing while its act stands."""
    gone = data["sheets.json"]["sheets"].pop(0)
    row = {"application": gone["application"], "expert": gone["expert"], "why": "ill"}
    data["sheets.json"]["missing"].append(row)


def score_act_left_out(data: dict[str, Any]) -> None:
    """The act of a sheet is left out."""
    acts = data["decisions.json"]["acts"]
    acts.remove(next(one for one in acts if one["act"] == "score"))


def put_out(data: dict[str, Any]) -> None:
    """An application is put out of the race that did not leave it."""
    entry = data["ranking.json"]["entries"].pop()
    data["ranking.json"]["out"] = [{"id": entry["id"], "why": "withdraw"}]


def another_field(data: dict[str, Any]) -> None:
    """An application is ranked in another field than it was seated in."""
    data["ranking.json"]["entries"][0]["groups"]["field"] = "battery"


def recusal_left_out(data: dict[str, Any]) -> None:
    """A change of a panel is not told."""
    for one in data["panels.json"]["panels"]:
        one["changes"] = [each for each in one["changes"] if each["kind"] != "recused"]


def hand_as_succession(data: dict[str, Any]) -> None:
    """Who followed is said to have been seated by the draw of another."""
    rows = [each for one in data["panels.json"]["panels"] for each in one["changes"]]
    heir = next(one for one in rows if one["kind"] == "followed" and one["joined"])
    heir["joined"] = ["T0"]


@pytest.mark.parametrize(
    ("change", "file"),
    [
        (order_by_another_seed, "draw/order-1.json"),
        (order_of_another_list, "ranking.json"),
        (moved_to_missing, "sheets.json"),
        (score_act_left_out, "sheets.json"),
        (put_out, "ranking.json"),
        (another_field, "ranking.json"),
        (recusal_left_out, "panels.json"),
        (hand_as_succession, "panels.json"),
    ],
)
def test_what_was_bent_is_found(judged, change, file):
    number, cases = judged
    close(cases)
    body = archive(number)
    assert repaired(body, lambda data: None) == []
    said = repaired(body, change)
    assert [one.startswith(file) for one in said] == [True], said


def test_the_hash_that_the_ledger_names_is_that_of_the_zip(judged, tmp_path):
    number, cases = judged
    close(cases)
    body = archive(number)
    for published, words in (
        (str(d.of(number).named("bundle")), "is the SHA-256 of the zip"),
        (told(body, "manifest.json")["sha256"], "is the SHA-256 of the manifest"),
    ):
        answer = verify(body, tmp_path, "--published", published)
        assert answer.returncode == 0, answer.stdout
        assert words in answer.stdout
    assert verify(body, tmp_path, "--published", "0" * 64).returncode == 1


@pytest.mark.parametrize(("late", "absent"), [(False, ["ledger"]), (True, [])])
def test_a_checkpoint_goes_with_the_bundle_where_it_covers_every_act(
    judged, tmp_path, settings, *, late, absent
):
    """One that was signed before the last act says nothing of it, and would make the bundle fail."""
    settings.LEDGER_KEYS = tmp_path / "keys"
    number, cases = judged
    if not late:
        signing.sign()
    close(cases)
    if late:
        signing.sign()
    body = archive(number)
    answer = verify(body, tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    with zipfile.ZipFile(io.BytesIO(body)) as held:
        assert json.loads(held.read("manifest.json"))["absent"] == absent
