"""Personal values are destroyed under four eyes, for a reason of law, and the record goes on without them."""

import json
import re

import pytest
import tests.world as w
from django.db import DatabaseError, transaction

from cultivar.cases import dossier, erasing, evidence
from cultivar.cases.contents import ERASED, said
from cultivar.cases.dossier_view import shown_to
from cultivar.cases.models import Case, Dossier, DossierVersion, Evidence, Todo
from cultivar.cases.perform import BadContent, Refused
from cultivar.cases.record import load
from cultivar.cases.replay import rebuild, replay
from cultivar.cases.sight import parts_of
from cultivar.ledger.append import erase as ledger_erase
from cultivar.ledger.models import Entry, Erasure, Sealed

pytestmark = pytest.mark.django_db
ASKED = {"law": "consent", "reason": "本人书面撤回同意，登记号 12（虚构）"}
HANDLER, REVIEWER = w.province("handler"), w.province("reviewer")


@pytest.fixture
def visited():
    """A case after the visit, whose visitors' names are personal, and the visit's entry."""
    with w.at("2026-04-16"):
        of = w.cluster()
        case = w.application(w.announce(), of)
        w.to_city_review(case, of)
        w.do(case, "review", w.city(of.region_id), {"opinions": w.OPINIONS, "conclusion": "符合"})
        visit = w.do(case, "visit", w.city(of.region_id), w.VISIT)
        yield case, visit.seq


def ask(case: Case, seq: int, *fields: str, who=HANDLER, **more):
    content = {"entry": seq, "fields": list(fields), **ASKED, **more}
    return erasing.erase(case.number, who, content, key=w.key(), step="propose")


def agree(case: Case, who=REVIEWER):
    return erasing.erase(case.number, who, key=w.key(), step="confirm")


def test_one_proposes_another_agrees_and_the_value_and_its_salt_are_gone(visited):
    case, seq = visited
    before = load(case.number).state
    ask(case, seq, "visitors")
    assert Sealed.objects.filter(entry=seq).exists()
    (todo,) = Todo.objects.filter(case=case, act="erase")
    assert (todo.step, todo.not_person) == ("confirm", HANDLER.person_key)
    agreed = agree(case)
    assert not Sealed.objects.filter(entry=seq).exists()
    assert not Todo.objects.filter(case=case, act="erase").exists()
    assert list(Erasure.objects.values_list("entry_id", "field", "by_id")) == [(seq, "visitors", agreed.seq)]
    state = load(case.number).state
    assert (state.stage, state.acts, state.visits) == (before.stage, before.acts, before.visits)
    (erasure,) = state.erasures
    assert erasure.content["law"] == "consent"
    assert replay() == []
    rebuild()
    assert replay() == []


def test_what_waits_to_be_erased_holds_up_nothing_and_the_case_goes_on(visited):
    case, seq = visited
    ask(case, seq, "visitors")
    lead, second = w.city(w.ZUNYI), w.city(w.ZUNYI, "reviewer")
    w.twice(
        case, "recommend", lead, second, {"letter": "遵工信函〔2026〕3号", "reasons": "理由充分（虚构）。"}
    )
    w.do(case, "admit", HANDLER)
    agree(case)
    assert load(case.number).state.stage != "city-review"
    assert replay() == []


def test_a_dossiers_personal_values_hang_on_its_submission_and_go_with_the_working_copy(visited):
    case, _ = visited
    version = DossierVersion.objects.get(case=case)
    assert "contact-name" not in dossier.thaw(version)["data"]
    assert shown_to(case, HANDLER, personal=True).data["contact-name"] == "说明（虚构）"
    assert "contact-name" not in shown_to(case, HANDLER).data
    ask(case, version.seq, "dossier.contact-name", "dossier.contact-phone")
    agree(case)
    shown = shown_to(case, HANDLER, personal=True).data
    assert not {"contact-name", "contact-phone"} & shown.keys()
    assert "contact-name" not in Dossier.objects.get(case=case).data
    assert replay() == []


def test_files_of_a_person_go_with_their_bytes(visited, settings, tmp_path):
    case, _ = visited
    settings.EVIDENCE_FOLDER = tmp_path
    sha256 = "ab" * 32
    path = evidence.path_of(sha256)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    row = dict(sha256=sha256, name="a.pdf", kind="pdf", size=1, person="", at=case.opened_at)
    Evidence.objects.create(case=case, slot="object.proof", **row)
    other = Evidence.objects.create(case=case, slot="other.proof", **row)
    evidence.destroy(case, "object.proof", [sha256])
    assert list(Evidence.objects.filter(sha256=sha256)) == [other]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transaction, "on_commit", lambda do: do())
        evidence.destroy(case, "other.proof", [sha256])
    assert not path.exists()


def test_a_file_that_a_submitted_dossier_names_stays(visited, settings, tmp_path):
    case, _ = visited
    settings.EVIDENCE_FOLDER = tmp_path
    (sha256,) = {one["sha256"] for one in dossier.thaw(DossierVersion.objects.get(case=case))["evidence"]}
    Evidence.objects.filter(case=case).delete()
    path = evidence.path_of(sha256)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transaction, "on_commit", lambda do: do())
        evidence.destroy(case, "object.proof", [sha256])
    assert path.exists()


def test_another_visit_keeps_its_own_names_and_shows_no_others(visited):
    case, first = visited
    second = w.do(case, "visit", w.city(w.ZUNYI), {**w.VISIT, "visitors": ["乙某"]}).seq
    ask(case, second, "visitors")
    agree(case)
    folded = load(case.number)
    shown = {
        done.seq: {one.label.en: one.lines for one in said(folded, done, parts_of(folded, HANDLER), {})}
        for done in folded.state.acts
        if done.act == "visit"
    }
    assert shown[first]["Who went"] != (ERASED,)
    assert shown[second]["Who went"] == (ERASED,)
    of = {done.seq: erasing.kept_on(folded, done) for done in folded.state.acts}
    assert [one.seq for one in of[first]] == [first]
    assert of[second] == []


def test_nobody_agrees_to_what_they_have_not_read(visited, client):
    case, seq = visited
    with w.at("2026-04-17"):
        ask(case, seq, "visitors")
        page = w.signed_in(client, REVIEWER).get(f"/cases/{case.number}/acts/erase/").content.decode()
        read = re.search(r'name="proposal" value="(\d+)"', page)[1]
        third = w.actor("province", "reviewer", region="520000", person="third")
        erasing.erase(case.number, third, {"reasons": "先不删"}, key=w.key(), step="decline")
        version = DossierVersion.objects.get(case=case)
        ask(case, version.seq, "dossier.contact-name")
        answer = client.post(
            f"/cases/{case.number}/acts/erase/", {"step": "confirm", "key": "k", "proposal": read}
        )
        assert answer.status_code == 422
        assert "已经换过" in answer.content.decode()
    assert not Erasure.objects.exists()


def test_what_was_typed_since_stays_in_the_working_copy():
    with w.at("2026-04-16"):
        of = w.cluster()
        case = w.application(w.announce(), of)
        w.do(case, "submit", w.applicant(of), w.SUBMISSION)
        seq = DossierVersion.objects.get(case=case).seq
        w.do(case, "return", w.city(of.region_id), {"reasons": "补充材料"})
        case.refresh_from_db()
        dossier.save_field(case, "contact-name", "新联系人（虚构）")
        ask(case, seq, "dossier.contact-name", "dossier.contact-phone")
        agree(case)
        data = Dossier.objects.get(case=case).data
    assert data["contact-name"] == "新联系人（虚构）"
    assert "contact-phone" not in data


@pytest.mark.parametrize("law", ["purpose", "retention"])
def test_while_a_matter_is_open_its_purpose_is_not_over(visited, law):
    case, seq = visited
    with pytest.raises(BadContent, match="still open"):
        ask(case, seq, "visitors", law=law)


def test_a_declined_erasure_and_one_of_another_case_free_nothing(visited):
    case, seq = visited
    ask(case, seq, "visitors")
    declined = erasing.erase(case.number, REVIEWER, {"reasons": "不删"}, key=w.key(), step="decline")
    target = Entry.objects.get(seq=seq)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Erasure.objects.create(entry=target, field="visitors", by_id=declined.seq)
    other = w.application(Case.objects.get(about="round"), w.cluster(number=9))
    w.do(other, "submit", w.applicant(w.cluster(number=9)), w.SUBMISSION)
    version = DossierVersion.objects.get(case=other)
    ask(other, version.seq, "dossier.contact-name")
    agreed = agree(other)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Erasure.objects.create(entry=target, field="visitors", by_id=agreed.seq)


def test_another_person_must_agree_and_may_decline(visited):
    case, seq = visited
    ask(case, seq, "visitors")
    with pytest.raises(Refused, match="Another person"):
        agree(case, HANDLER)
    with pytest.raises(Refused, match="settle that first"):
        ask(case, seq, "visitors", who=REVIEWER)
    erasing.erase(case.number, REVIEWER, {"reasons": "保存期未满"}, key=w.key(), step="decline")
    assert Sealed.objects.filter(entry=seq).exists()
    with pytest.raises(Refused, match="Nobody has proposed"):
        agree(case)
    assert replay() == []


@pytest.mark.parametrize(
    "who",
    [
        w.city(w.ZUNYI),
        w.city(w.BIJIE),
        w.expert("e"),
        w.actor("auditor"),
        w.actor("province", region="440000"),
    ],
)
def test_only_who_answers_for_the_policy_erases(visited, who):
    case, seq = visited
    with pytest.raises(Refused, match="answers for the policy"):
        ask(case, seq, "visitors", who=who)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("fields", {"fields": ["nothing"]}),
        ("fields", {"fields": []}),
        ("law", {"law": "whim"}),
        ("reason", {"reason": " "}),
        ("entry", {"entry": "x"}),
        ("unknown", {"unknown": "x"}),
    ],
)
def test_what_is_asked_must_be_there_with_ground_and_reasons(visited, field, wrong):
    case, seq = visited
    with pytest.raises(BadContent) as bad:
        ask(case, seq, "visitors", **wrong)
    assert field in {problem.field for problem in bad.value.problems} | {"entry"}


def test_values_of_another_case_stay(visited):
    _, seq = visited
    other = w.application(Case.objects.get(about="round"), w.cluster(number=9))
    with pytest.raises(BadContent):
        ask(other, seq, "visitors")


def test_a_key_answers_with_the_first_receipt(visited):
    case, seq = visited
    content = {"entry": seq, "fields": ["visitors"], **ASKED}
    first = erasing.erase(case.number, HANDLER, content, key="once", step="propose")
    again = erasing.erase(case.number, HANDLER, content, key="once", step="propose")
    assert (again.seq, again.repeated) == (first.seq, True)


def test_the_database_lets_no_value_go_but_by_an_erasure(visited):
    _, seq = visited
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Sealed.objects.filter(entry=seq).delete()
    entry, visit = Entry.objects.get(seq=seq - 1), Entry.objects.get(seq=seq)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ledger_erase(entry, visit, "visitors")  # by an entry that is no erasure
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Erasure.objects.create(entry=visit, field="visitors", by=entry)
    assert json.loads(bytes(Sealed.objects.get(entry=seq).value)) == w.VISIT["visitors"]


def test_in_the_browser_without_scripts_one_asks_and_another_agrees(visited, client):
    case, seq = visited
    with w.at("2026-04-17"):
        who = w.signed_in(client, HANDLER)
        entry = who.get(f"/cases/{case.number}/record/{seq}/")
        link = f"/cases/{case.number}/record/{seq}/erase/"
        assert link in entry.content.decode()
        page = who.get(link).content.decode()
        assert "核查人员" in page
        assert "甲某" not in page
        bad = who.post(link, {"law": "consent", "reason": ""})
        assert bad.status_code == 422
        good = who.post(link, {"fields": ["visitors"], **ASKED, "key": "k1"})
        assert good.status_code == 302
        assert who.get(f"/cases/{case.number}/acts/erase/").status_code == 200
        assert "须由另一人审签" in who.get(f"/cases/{case.number}/acts/erase/").content.decode()
        other = w.signed_in(client, REVIEWER)
        assert "审签：依法删除个人信息" in other.get("/desk/").content.decode()
        case_page = other.get(f"/cases/{case.number}/").content.decode()
        assert f"/cases/{case.number}/acts/erase/" in case_page
        answer = other.get(f"/cases/{case.number}/acts/erase/").content.decode()
        assert "本人撤回同意" in answer
        assert "核查人员" in answer
        done = other.post(f"/cases/{case.number}/acts/erase/", {"step": "confirm", "key": "k2"})
        assert done.status_code == 302
        assert "已依法删除" in other.get(f"/cases/{case.number}/record/{seq}/").content.decode()
        assert "依法删除个人信息" in other.get(f"/cases/{case.number}/").content.decode()
        erased = load(case.number).state.erasures[0].seq
        assert "本人撤回同意" in other.get(f"/cases/{case.number}/record/{erased}/").content.decode()
        assert other.get(f"/cases/{case.number}/acts/erase/").status_code == 404
        city = w.signed_in(client, w.city(w.ZUNYI))
        assert city.get(link).status_code == 404
