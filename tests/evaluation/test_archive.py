"""From the draw to the bundle: what the house knows of a whole evaluation, checked by a program that shares no code."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.urls import reverse
from tests import world as w
from tests.evaluation import drawing as d
from tests.evaluation import judging as j

from cultivar.cases.models import Case
from cultivar.cases.perform import BadContent
from cultivar.evaluation import bundle, documents
from cultivar.evaluation.models import Document
from cultivar.ledger import signing
from cultivar.registry.models import Person

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
    """What the ledger names is the hash of the whole file; what the verifier takes is the manifest's own."""
    number, cases = judged
    close(cases)
    body = archive(number)
    with zipfile.ZipFile(io.BytesIO(body)) as held:
        manifest = json.loads(held.read("manifest.json"))
    assert manifest["round"] == cases[0].round_id
    assert manifest["absent"] == ["ledger"]  # no checkpoint was signed yet
    assert manifest["rule"] == bundle.RULE


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
