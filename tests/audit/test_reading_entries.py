"""Who reads which leaf and receipt, counted through by everybody; and what nobody learns by counting."""

import json

import pytest
from django.test import Client
from tests import world as w
from tests.audit import made
from tests.audit.walked import OBJECTION, Walked, walk

from cultivar.audit import reading
from cultivar.cases import entries
from cultivar.cases.models import Case
from cultivar.cases.record import load
from cultivar.ledger import checkpoint, merkle, proofs, signing
from cultivar.ledger.models import Entry, Sealed
from cultivar.registry.actors import PUBLIC

pytestmark = pytest.mark.django_db
HTML = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PUBLISHED = {
    ("announce", "propose"),
    ("announce", "confirm"),
    ("publish", "do"),
    ("recognise", "propose"),
    ("recognise", "confirm"),
}


@pytest.fixture
def walked(settings, tmp_path) -> Walked:
    made.keep_keys(settings, tmp_path)
    found = walk()
    with w.at("2026-06-04"):
        signing.sign()
    return found


def asked(client: Client, entry: Entry, suffix: str = "", **more: str) -> tuple[int, bytes]:
    answer = client.get(f"/ledger/entry/{entry.seq}{suffix}", headers=more)
    return answer.status_code, answer.content


def as_(walked: Walked, role: str) -> Client:
    return w.signed_in(Client(), walked.people[role])


def readable(client: Client, *, every_way: bool = False) -> set[int]:
    """The entries whose leaf somebody gets by counting; with ``every_way`` page, file and paper agree on each."""
    found = set()
    for entry in Entry.objects.all():
        status, body = asked(client, entry)
        assert status in (200, 403)
        texts = [body] if status == 403 else []
        if every_way:
            page, paper = asked(client, entry, **HTML), asked(client, entry, "/receipt/page", **HTML)
            file = asked(client, entry, "/receipt")
            assert {page[0], paper[0], file[0]} == {status}, entry
            if status == 200:
                assert checkpoint.read_receipt(file[1]).leaf == body
            else:
                texts += [page[1], paper[1], file[1]]
        if status == 200:
            assert merkle.leaf_hash(body) == bytes(entry.leaf_hash)
            found.add(entry.seq)
        else:
            assert set(json.loads(body)) == {"seq", "leaf_hash", "zh", "en"}
        for text in texts:
            nothing_said(entry, text.decode())
    return found


def nothing_said(entry: Entry, page: str) -> None:
    """A refusal says nothing of an entry but its number and hash: not its case, act, office, person or time."""
    leaf = json.loads(bytes(entry.leaf))
    said = [leaf["case"], leaf["office"], leaf["key"], leaf["nonce"], leaf["at"], f'"{leaf["act"]}"']
    said += [leaf["person"]] if leaf["person"] else []
    assert not [one for one in said if one in page], (entry, said)


def test_the_public_reads_what_was_published_and_nothing_else(walked):
    found = {
        (entry.kind, entry.step) for entry in Entry.objects.filter(seq__in=readable(Client(), every_way=True))
    }
    assert found == PUBLISHED


def test_a_leaf_carries_no_personal_value(walked):
    leaves = b"".join(bytes(leaf) for leaf in Entry.objects.values_list("leaf", flat=True)).decode()
    kept = [json.loads(bytes(one)) for one in Sealed.objects.values_list("value", flat=True)]
    texts = [text for value in kept for text in (value if isinstance(value, list) else [value])]
    assert OBJECTION["facts"] in texts
    assert not [text for text in texts if isinstance(text, str) and len(text) > 1 and text in leaves]


@pytest.mark.parametrize(
    "role",
    [
        *("applicant", "other applicant", "city", "city reviewer", "partner city", "other city", "province"),
        *("publisher", "expert", "other expert", "other auditor", "policy"),
    ],
)
def test_an_office_reads_what_its_own_pages_show_and_what_was_published(walked, role):
    client, who = as_(walked, role), walked.people[role]
    shown = {
        entry.seq
        for entry in Entry.objects.all()
        if client.get(f"/cases/{entry.case}/record/{entry.seq}/").status_code == 200
    }
    public = {entry.seq for entry in Entry.objects.all() if (entry.kind, entry.step) in PUBLISHED}
    assert readable(client, every_way=role in ("applicant", "city")) == shown | public
    cases = {entry.case for entry in Entry.objects.filter(seq__in=shown)}
    assert cases == {case for case in cases if client.get(f"/cases/{case}/").status_code == 200}
    if role in ("other expert", "other auditor", "policy"):
        assert not shown
    assert reading.audits(who) == (role == "other auditor")


def test_the_auditor_reads_every_leaf(walked):
    assert readable(as_(walked, "auditor"), every_way=True) == set(
        Entry.objects.values_list("seq", flat=True)
    )


def test_the_challenged_applicant_and_the_partner_learn_nothing_of_the_objection(walked):
    number = walked.objection.case
    for role in ("applicant", "partner city", "expert", "other applicant", "other city"):
        client = as_(walked, role)
        for entry in Entry.objects.filter(case=number):
            status, body = asked(client, entry)
            assert (status, number in body.decode()) == (403, False)
            assert asked(client, entry, "/receipt")[0] == 403
    assert asked(as_(walked, "city"), Entry.objects.get(case=number, kind="object"))[0] == 200


def test_an_expert_reads_the_own_sheet_only(walked):
    sheets = {
        entry.seq: json.loads(bytes(entry.leaf))["person"] for entry in Entry.objects.filter(kind="score")
    }
    assert len(set(sheets.values())) == 3
    read = readable(as_(walked, "expert"))
    assert {person for seq, person in sheets.items() if seq in read} == {"expert-one"}
    assert not readable(as_(walked, "applicant")) & set(sheets)
    assert not readable(as_(walked, "city")) & set(sheets)


def test_what_was_not_agreed_to_stays_with_those_who_propose_and_agree(walked):
    first, second = Entry.objects.filter(kind="recommend", step="propose").order_by("seq")
    declined = Entry.objects.get(kind="recommend", step="decline")
    for role, sees in {
        "city": True,
        "city reviewer": True,
        "auditor": True,
        "applicant": False,
        "province": False,
        "partner city": False,
    }.items():
        client = as_(walked, role)
        assert (asked(client, first)[0] == 200) == sees, role
        assert (asked(client, declined)[0] == 200) == sees, role
    assert asked(as_(walked, "province"), second)[0] == 200
    assert asked(as_(walked, "applicant"), second)[0] == 200


def test_a_proposal_keeps_its_page_and_its_badge_after_it_was_agreed_to(walked):
    seq = Entry.objects.filter(kind="recommend", step="propose").latest("seq").seq
    client = as_(walked, "city")
    with w.at("2026-06-04"):
        page = client.get(f"/cases/{walked.case.number}/record/{seq}/").content.decode()
    assert "待审签" in page
    assert "理由充分（虚构）" in page
    assert "已入账" in page
    assert f"/ledger/entry/{seq}" in page


def test_each_agreement_belongs_to_its_own_proposal(walked):
    number = walked.case.number
    agreed = entries.agreed_proposals(number)
    first, second = Entry.objects.filter(case=number, kind="recommend", step="propose").order_by("seq")
    assert first.seq not in agreed
    assert agreed[second.seq] == walked.seq("recommend", "confirm")
    assert agreed[walked.seq("erase", "propose")] == walked.seq("erase", "confirm")
    assert set(agreed.values()) == set(
        Entry.objects.filter(case=number, step="confirm").values_list("seq", flat=True)
    )


def test_a_withheld_field_keeps_the_leaf_from_whom_the_page_withholds_it(walked, monkeypatch):
    case = load(walked.case.number)
    review = case.procedure.acts["review"]
    kept = review.model_copy(
        update={
            "content": {
                **review.content,
                "conclusion": review.content["conclusion"].model_copy(update={"seen_by": ["province"]}),
            }
        }
    )
    monkeypatch.setitem(case.procedure.acts, "review", kept)
    entry = Entry.objects.get(kind="review", case=walked.case.number)
    assert asked(as_(walked, "province"), entry)[0] == 200
    assert asked(as_(walked, "city"), entry)[0] == 403  # as its page withholds it
    assert asked(as_(walked, "applicant"), entry)[0] == 403
    assert asked(as_(walked, "auditor"), entry)[0] == 200


def test_publishing_acts_that_keep_something_are_not_for_the_public(walked, monkeypatch):
    case, entry = load(walked.case.number), Entry.objects.get(kind="publish")
    act = case.procedure.acts["publish"]
    assert reading.leaf(entry, PUBLIC) is not None
    field = act.content["notice"].model_copy(update={"seen_by": ["province"]})
    for kept in (
        {"content": {"notice": field}},
        {"hidden_from": ["public"]},
        {"publishes": []},
        {"from_": ["new"]},
    ):
        with monkeypatch.context() as patch:
            patch.setitem(case.procedure.acts, "publish", act.model_copy(update=kept))
            assert reading.leaf(entry, PUBLIC) is None, kept


def test_a_proposal_to_publish_is_no_public_matter_before_it_is_agreed_to(settings, tmp_path):
    made.keep_keys(settings, tmp_path)
    with w.at("2026-04-16"):
        round_ = w.announce()
        more = {"window": {"opens_at": "2026-03-02T09:00+08:00", "closes_at": "2026-06-15T18:00+08:00"}}
        w.do(round_, "extend", w.province("handler"), {**more, "reasons": "补充（虚构）"}, step="propose")
        signing.sign()
        proposal = Entry.objects.get(kind="extend")
        assert reading.leaf(proposal, PUBLIC) is None
        w.do(round_, "extend", w.province("publisher"), step="confirm")
        assert reading.leaf(proposal, PUBLIC) is not None


def test_unknown_numbers_are_not_found_and_malformed_ones_neither(walked):
    beyond = Entry.objects.count()
    for seq in (str(beyond), "999999999999999999", "01", "-1", "1.0", "x", "9" * 40, "٣"):
        for suffix in ("", "/receipt", "/receipt/page"):
            assert Client().get(f"/ledger/entry/{seq}{suffix}").status_code == 404


def test_the_answer_is_kept_by_no_cache(walked):
    for role in ("applicant", "auditor"):
        answer = as_(walked, role).get("/ledger/entry/0")
        assert answer["Cache-Control"] == "private, no-store"
        assert "Accept" in answer["Vary"]


def test_programs_get_bytes_and_browsers_get_a_page(walked):
    seq = Entry.objects.get(kind="publish").seq
    for accept in ("*/*", "application/json", "application/json, text/html;q=0.5", ""):
        answer = Client().get(f"/ledger/entry/{seq}", headers={"accept": accept} if accept else {})
        assert answer["Content-Type"] == "application/json", accept
    assert "text/html" in Client().get(f"/ledger/entry/{seq}", headers=HTML)["Content-Type"]


def test_a_broken_record_is_still_read_by_the_auditor_and_by_nobody_else(walked, monkeypatch):
    case = load(walked.case.number)
    monkeypatch.delitem(case.procedure.acts, "concur")
    entry = Entry.objects.get(kind="publish")
    assert asked(Client(), entry)[0] == 403
    assert asked(as_(walked, "city"), entry)[0] == 403
    assert asked(as_(walked, "auditor"), entry, **HTML)[0] == 200


# ------------------------------------------------------------------------------------------------ the objector


def test_the_public_tree_does_not_lead_to_the_objection(walked):
    """The address of an objection must not follow from what anybody can fetch: number and leaf hash."""
    number = walked.objection.case
    entry = Entry.objects.get(case=number, kind="object")
    public = [
        bytes(entry.leaf_hash).hex(),
        *(one.hex() for one in proofs.inclusion(entry.seq, Entry.objects.count())),
    ]
    for known in public:
        for code in (known, known[:16], known[:32], known[-32:]):
            for suffix in ("/", "/receipt", "/receipt/page"):
                assert Client().get(f"/objections/{number}/{code}{suffix}").status_code == 404
    assert bytes(entry.leaf_hash).hex() in json.loads(asked(Client(), entry)[1])["leaf_hash"]


def test_the_objector_keeps_a_receipt_that_verifies(walked):
    from cultivar.cases.receipts import address_code

    entry = Entry.objects.get(case=walked.objection.case, kind="object")
    address = f"/objections/{entry.case}/{address_code(entry)}"
    page = Client().get(f"{address}/").content.decode()
    assert "已入账" in page
    assert f"{address}/receipt" in page
    answer = Client().get(f"{address}/receipt")
    assert f"{entry.case}-{entry.seq}.tlog-proof" in answer["Content-Disposition"]
    verifiers = signing.verifier_for([])
    said, _ = checkpoint.check_receipt(checkpoint.read_receipt(answer.content), verifiers)
    assert said.size == Entry.objects.count()
    assert OBJECTION["facts"] not in answer.content.decode()
    assert Client().get(f"{address}/receipt/page").status_code == 200
    first = Entry.objects.filter(case=walked.case.number).earliest("seq")
    assert (
        Client().get(f"/objections/{first.case}/{address_code(first)}/receipt").status_code == 404
    )  # no objection


def test_the_dossier_of_a_submission_is_a_link(walked):
    seq = walked.seq("submit")
    page = as_(walked, "city").get(f"/cases/{walked.case.number}/record/{seq}/").content.decode()
    assert f"/cases/{walked.case.number}/dossier/" in page
    assert Case.objects.get(number=walked.case.number).versions.get().sha256 in page
