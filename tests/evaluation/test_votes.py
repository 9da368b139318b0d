"""Votes of a panel through the one door: who may, what is sealed until the count, what is counted."""

import pytest
from django.db import transaction
from tests import world as w

from cultivar.audit.verifying import verify
from cultivar.cases.models import Case, Todo
from cultivar.cases.perform import BadContent, Refused
from cultivar.cases.record import load
from cultivar.cases.replay import replay
from cultivar.cases.sealing import sealed_for
from cultivar.cases.sight import record
from cultivar.ledger import append as ledger
from cultivar.ledger.canonical import read
from cultivar.ledger.models import Entry

pytestmark = pytest.mark.django_db

PANEL = ("e1", "e2", "e3")
HANDLER = w.province("handler")
CALL = {"question": "综合实力能否按申报数认可（虚构）", "closes": "2026-05-08"}


def judged(**settings) -> Case:
    """An application whose panel of three is named, in a round with these settings."""
    w.regions.load()
    with w.at("2026-03-10"):
        round_ = w.announce(**settings)
        of = w.cluster()
        case = w.application(round_, of)
        w.to_city_review(case, of)
    with w.at("2026-04-15"):
        w.to_recommended(case, of)
    with w.at("2026-05-06"):
        w.do(case, "admit", HANDLER)
        w.do(case, "assign", HANDLER, {"experts": list(PANEL)})
    return case


@pytest.fixture
def case() -> Case:
    return judged(quorum=2)


def call(case: Case, **more) -> None:
    w.do(case, "call-vote", HANDLER, {**CALL, **more})


def vote(case: Case, name: str, choice: str, reason: str = "") -> None:
    w.do(case, "vote", w.expert(name), {"choice": choice, **({"reason": reason} if reason else {})})


def result(case: Case) -> dict:
    return load(case.number).state.said("count-vote", "result")


def refused(case: Case, act: str, who, content=None) -> str:
    with pytest.raises(Refused) as why:
        w.do(case, act, who, content or {})
    return why.value.reasons[0].code


def test_without_a_quorum_in_the_notice_there_is_no_vote():
    case = judged(majority="half")
    with w.at("2026-05-06"):
        assert refused(case, "call-vote", HANDLER, CALL) == "vote-provided"


def test_a_vote_is_called_cast_and_counted(case):
    with w.at("2026-05-06"):
        assert refused(case, "vote", w.expert("e1"), {"choice": "agree"}) == "vote-open"
        call(case)
        assert refused(case, "call-vote", HANDLER, CALL) == "no-open-vote"
        vote(case, "e1", "agree")
        vote(case, "e2", "disagree", "口径不一致（虚构）")
        assert refused(case, "count-vote", HANDLER) == "votes-in"
        vote(case, "e3", "agree")
        w.do(case, "count-vote", HANDLER)
    assert result(case) == {
        "seated": 3,
        "agree": 2,
        "disagree": 1,
        "abstain": 0,
        "set_aside": 0,
        "quorum": 2,
        "majority": "half",
        "outcome": "carried",
    }
    assert replay() == []


@pytest.mark.parametrize(
    ("majority", "said", "outcome"),
    [
        ("half", ("agree", "agree", "disagree"), "carried"),
        ("half", ("agree", "disagree", "abstain"), "not-carried"),
        ("two-thirds", ("agree", "agree", "abstain"), "carried"),
        ("two-thirds", ("agree", "disagree", "abstain"), "not-carried"),
    ],
)
def test_the_majority_is_the_one_of_the_notice(majority, said, outcome):
    case = judged(quorum=3, majority=majority)
    with w.at("2026-05-06"):
        call(case)
        for name, choice in zip(PANEL, said, strict=True):
            vote(case, name, choice, "理由（虚构）")
        w.do(case, "count-vote", HANDLER)
    assert result(case)["outcome"] == outcome


def test_one_votes_once_in_each_vote_and_only_who_sits(case):
    with w.at("2026-05-06"):
        call(case)
        vote(case, "e1", "agree")
        assert refused(case, "vote", w.expert("e1"), {"choice": "abstain"}) == "done-already"
        assert refused(case, "vote", w.expert("stranger"), {"choice": "agree"}) == "jurisdiction"
        assert refused(case, "vote", HANDLER, {"choice": "agree"}) == "office"
        vote(case, "e2", "agree")
        vote(case, "e3", "agree")
        w.do(case, "count-vote", HANDLER)
        assert refused(case, "count-vote", HANDLER) == "vote-open"
        call(case)
        vote(case, "e1", "disagree", "改了看法（虚构）")  # a new vote, a new ballot
        vote(case, "e2", "abstain")
        vote(case, "e3", "abstain")
        w.do(case, "count-vote", HANDLER)
    assert result(case)["outcome"] == "not-carried"


def test_to_disagree_takes_a_reason_and_a_tally_is_not_typed(case):
    with w.at("2026-05-06"):
        call(case)
        with pytest.raises(BadContent) as bad:
            vote(case, "e1", "disagree")
        assert [one.field for one in bad.value.problems] == ["reason"]
        with pytest.raises(BadContent) as bad:
            vote(case, "e1", "perhaps")
        assert [one.field for one in bad.value.problems] == ["choice"]
        for name in PANEL:
            vote(case, name, "abstain")
        with pytest.raises(BadContent):
            w.do(case, "count-vote", HANDLER, {"result": {"outcome": "carried"}})


def test_when_the_time_is_over_nobody_votes_and_what_was_cast_is_counted(case):
    with w.at("2026-05-06"):
        call(case)
        vote(case, "e1", "agree")
    with w.at("2026-05-08", hour=23):
        assert refused(case, "count-vote", HANDLER) == "votes-in"  # the last day is not over
    with w.at("2026-05-09"):
        assert refused(case, "vote", w.expert("e2"), {"choice": "agree"}) == "time-to-vote"
        w.do(case, "count-vote", HANDLER)
    assert result(case)["outcome"] == "no-quorum"
    with w.at("2026-05-09"):
        call(case, closes="2026-05-12")  # and may be called again


def test_who_is_recused_later_does_not_count_and_the_tally_says_so(case):
    with w.at("2026-05-06"):
        call(case)
        vote(case, "e1", "agree")
        vote(case, "e2", "agree")
        w.do(case, "recuse", w.expert("e2"), {"reasons": "与申报主体有合作（虚构）"})
        vote(case, "e3", "disagree", "不足（虚构）")
        w.do(case, "count-vote", HANDLER)
    found = result(case)
    assert (found["seated"], found["agree"], found["disagree"], found["set_aside"]) == (2, 1, 1, 1)
    assert found["outcome"] == "not-carried"


def _read(case: Case, who) -> set[str]:
    """Whose ballot an office reads; that somebody voted is no secret."""
    folded = load(case.number)
    votes = [done for done in record(folded, who) if done.act == "vote"]
    return {done.person for done in votes if not sealed_for(folded, done, who.person_key)}


def test_ballots_are_sealed_until_they_are_counted(case):
    offices = {"province": HANDLER, "auditor": w.actor("auditor"), "city": w.city(w.ZUNYI)}
    with w.at("2026-05-06"):
        call(case)
        vote(case, "e1", "agree")
        assert _read(case, w.expert("e1")) == {"e1"}
        assert _read(case, w.expert("e2")) == set()
        assert {name: _read(case, who) for name, who in offices.items()} == {name: set() for name in offices}
        vote(case, "e2", "agree")
        vote(case, "e3", "abstain")
        w.do(case, "count-vote", HANDLER)
    assert _read(case, HANDLER) == _read(case, offices["auditor"]) == set(PANEL)
    assert _read(case, w.expert("e2")) == {"e2"}  # experts never read each other's
    assert _read(case, offices["city"]) == set()


def test_an_open_vote_holds_up_the_list_and_stands_on_desks(case):
    with w.at("2026-05-06"):
        w.do(case, "schedule-defence", HANDLER, {"time": "2026-05-07T09:00+08:00", "place": "贵阳（虚构）"})
        w.do(case, "record-defence", HANDLER, w.defence())
        for name in PANEL:
            sheet = {"scores": {"strength": "50", "innovation": "30"}, "comment": "可以（虚构）"}
            w.do(case, "score", w.expert(name), sheet)
        w.do(case, "close-panel", HANDLER)
        call(case)
        vote(case, "e1", "agree")
        with pytest.raises(Refused) as why:
            w.do(case, "list", HANDLER, {"assessment": "（虚构）"}, step="propose")
        assert [reason.code for reason in why.value.reasons] == ["no-open-vote"]
    todos = Todo.objects.filter(case=case).values_list("act", "person", "due_on", "opens_on")
    assert {(act, person, str(due), str(opens)) for act, person, due, opens in todos} == {
        ("vote", "e2", "2026-05-08", "None"),
        ("vote", "e3", "2026-05-08", "None"),
        ("count-vote", "", "None", "2026-05-09"),
    }


def test_the_page_of_a_vote_shows_the_question_and_the_entry_the_tally(client, case):
    with w.at("2026-05-06"):
        call(case)
        page = w.signed_in(client, w.expert("e1")).get(f"/cases/{case.number}/acts/vote/").content.decode()
        assert CALL["question"] in page
        assert "弃权" in page
        sent = {"key": "vote-1", "step": "do", "choice": "disagree"}
        answer = client.post(f"/cases/{case.number}/acts/vote/", sent)
        assert answer.status_code == 422
        sent |= {"reason": "数据不全（虚构）"}
        assert client.post(f"/cases/{case.number}/acts/vote/", sent).status_code == 302
        vote(case, "e2", "agree")
        vote(case, "e3", "agree")
        w.signed_in(client, HANDLER)
        assert (
            client.post(f"/cases/{case.number}/acts/count-vote/", {"key": "c", "step": "do"}).status_code
            == 302
        )
        seq = load(case.number).state.last("count-vote").seq
        words = client.get(f"/cases/{case.number}/record/{seq}/").content.decode()
    assert "同意 2，不同意 1，弃权 0" in words
    assert "法定人数 2 人" in words


def test_an_audit_counts_again(case, settings, tmp_path):
    settings.LEDGER_KEYS = tmp_path / "keys"
    with w.at("2026-05-06"):
        for said in ("agree", "abstain"):
            call(case)
            for name in PANEL:
                vote(case, name, said)
            if said == "agree":
                w.do(case, "count-vote", HANDLER)
    counted = read(bytes(Entry.objects.get(kind="count-vote").leaf))
    assert not [one for one in verify().findings if one.part == "act"]
    parts = ("case", "procedure", "programme", "digest", "act", "step", "body", "post", "office", "region")
    draft = ledger.Draft(
        **{name: counted[name] for name in (*parts, "person")},
        articles=tuple(counted["articles"]),
        content=counted["content"],  # three agree, where all abstained
        personal={},
    )
    with transaction.atomic(), w.at("2026-05-06", hour=10):
        head = ledger.lock()
        entry = ledger.append(head, draft, w.key(), ledger.now(head))
    found = [one for one in verify().findings if one.part == "act"]
    assert [one.seq for one in found] == [entry.seq]
    assert "not what the ballots on record come to" in found[0].text.en
