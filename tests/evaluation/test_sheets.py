"""The sheet of an expert: saving entry by entry, two windows, handing in, what is refused, and the list of sheets."""

import re
from typing import Any

import pytest
from django.test import Client
from tests import world as w

from cultivar.cases.models import Case
from cultivar.cases.perform import BadContent, Refused
from cultivar.cases.record import load
from cultivar.cases.replay import replay
from cultivar.evaluation.models import Sheet, SheetDraft
from cultivar.evaluation.sealing import unsealed
from cultivar.ledger.models import Entry

pytestmark = pytest.mark.django_db

DAY = "2026-05-20"
CRITERIA = [
    {
        **w.CRITERIA[0],
        "step": "0.5",
        "anchors": [
            {"from": "0", "to": "35.5", "zh": "弱", "en": "weak"},
            {"from": "36", "to": "60", "zh": "强", "en": "strong"},
        ],
        "reasons_below": "36",
    },
    w.CRITERIA[1],
]
FULL = {
    "v.scores.strength": "50",
    "v.scores.innovation": "30.25",
    "v.reasons.strength": "",
    "v.reasons.innovation": "",
    "v.comment": "可以（虚构）",
}


def evaluated(number: int = 1, seated: tuple[str, ...] = ("e1", "e2"), **notice: Any) -> list[Case]:
    """Applications of a round whose defence is held, with a panel: e1 and e2 unless told."""
    handler, cases = w.province("handler"), []
    with w.at("2026-04-16"):
        round_ = w.announce(**{"criteria": CRITERIA, **notice})
        for position in range(1, number + 1):
            of = w.cluster(w.ZUNYI, position)
            case = w.application(round_, of)
            w.to_city_review(case, of)
            w.to_recommended(case, of)
            cases.append(case)
    with w.at(DAY):
        for case in cases:
            w.do(case, "admit", handler)
            w.do(case, "assign", handler, {"experts": list(seated)})
            w.do(
                case,
                "schedule-defence",
                handler,
                {"time": f"{DAY}T09:00+08:00", "place": "贵阳（虚构会场）"},
            )
            w.do(case, "record-defence", handler, w.defence())
    return cases


@pytest.fixture
def case() -> Case:
    return evaluated()[0]


def sheet_of(case: Case) -> str:
    return f"/desk/sheets/{case.number}/score/"


def as_(name: str) -> Client:
    """A browser of an expert."""
    return w.signed_in(Client(), w.expert(name))


def autosave(client: Client, case: Case, name: str, text: str, base: str = "") -> Any:
    """One entry, as the page sends it while it is typed."""
    said = f'"{base}"' if base else '""'
    return client.post(f"{sheet_of(case)}save/", {f"v.{name}": text, f"b.{name}": said})


def drafted(person: str = "e1") -> dict[str, str]:
    """What stands in somebody's draft."""
    return dict(SheetDraft.objects.get(person=person).data)


def hand_in(client: Client, case: Case, **more: str) -> Any:
    """The whole page, with the button that hands in; bases are what the draft says."""
    found = SheetDraft.objects.filter(case=case, person="e1").first()
    bases = {f"b.{name}": f'"{text}"' for name, text in (found.data if found else {}).items()}
    return client.post(sheet_of(case), {**FULL, **bases, "go": "hand-in", "key": w.key(), **more})


def test_the_act_leads_to_a_page_of_its_own(case):
    with w.at(DAY):
        client = as_("e1")
        answer = client.get(f"/cases/{case.number}/acts/score/")
        assert (answer.status_code, answer["Location"]) == (302, sheet_of(case))
        page = client.get(sheet_of(case)).content.decode()
    for words in (
        "综合实力",
        "/ 60 分",
        "以 0.5 分为步长",
        "低于 36 分写理由",
        "<b>0–35.5</b> 弱",
        "已评 0/2",
    ):
        assert words in page
    assert page.count("data-autosave") == 5


def test_an_entry_is_saved_as_typed_and_told_at_once_when_it_cannot_be(case):
    with w.at(DAY):
        client = as_("e1")
        fine = autosave(client, case, "scores.strength", "50")
        assert fine.status_code == 200
        body = fine.content.decode()
        assert "已评 1/2" in body
        assert re.search(r"50 <span[^>]*>/ 60", body)
        assert 'aria-pressed="true"' in body
        wrong = autosave(client, case, "scores.innovation", "40.5").content.decode()
        assert "“创新”填的是 40.5 分，请打 0 到 40 分。" in wrong
        low = autosave(client, case, "scores.strength", "20", "50").content.decode()
        assert "低于 36 分的要写理由" in low
    assert drafted() == {"scores.strength": "20", "scores.innovation": "40.5"}


def test_two_windows_do_not_overwrite_each_other(case):
    with w.at(DAY):
        client = as_("e1")
        autosave(client, case, "comment", "第一个窗口")
        other = autosave(client, case, "comment", "第二个窗口")
        assert other.status_code == 409
        assert "在另一个窗口刚把它改成了“第一个窗口”" in other.content.decode()
        assert drafted() == {"comment": "第一个窗口"}
        autosave(client, case, "comment", "第二个窗口", "第一个窗口")
        assert drafted() == {"comment": "第二个窗口"}


def test_what_another_window_wrote_is_not_handed_in_unseen(case):
    with w.at(DAY):
        client = as_("e1")
        autosave(client, case, "scores.strength", "55")
        stale = client.post(
            sheet_of(case),
            {**FULL, "v.scores.strength": "", "b.scores.strength": '""', "go": "hand-in", "key": w.key()},
        )
        assert stale.status_code == 409
        assert "在另一个窗口改过" in stale.content.decode()
        assert 'value="55"' in stale.content.decode()
    assert not Entry.objects.filter(kind="score").exists()


def test_without_scripts_the_page_saves_and_a_band_puts_points_in(case):
    with w.at(DAY):
        client = as_("e1")
        saved = client.post(sheet_of(case), {**FULL, "go": "stay"})
        assert saved.status_code == 302
        assert drafted()["scores.innovation"] == "30.25"
        band = client.post(
            sheet_of(case), {**FULL, "b.scores.strength": '"50"', "band": "scores.strength=48"}
        )
        assert band["Location"].endswith("#id_e1")
        assert drafted()["scores.strength"] == "48"


def test_a_sheet_is_handed_in_once_and_its_draft_is_gone(case):
    with w.at(DAY):
        client = as_("e1")
        key = w.key()
        first = hand_in(client, case, key=key)
        assert (first.status_code, first["Location"]) == (302, f"/cases/{case.number}/")
        assert not SheetDraft.objects.exists()
        again = hand_in(client, case, key=key)
        assert again.status_code == 302
        assert Entry.objects.filter(kind="score").count() == 1
        assert not SheetDraft.objects.exists()
        another = hand_in(client, case)
        assert another.status_code == 409
        assert autosave(client, case, "comment", "后来").status_code == 409
        assert "评分表已经交了" in client.get(sheet_of(case)).content.decode()
    said = next(done for done in load(case.number).state.acts if done.act == "score").content
    assert said == {"scores": {"strength": "50", "innovation": "30.25"}, "comment": "可以（虚构）"}
    assert Sheet.objects.get().total == 80.25


BAD = [
    ({"v.scores.strength": "60.5"}, "“综合实力”填的是 60.5 分，请打 0 到 60 分。"),
    ({"v.scores.strength": "-1"}, "“综合实力”填的是 -1 分，请打 0 到 60 分。"),
    (
        {"v.scores.strength": "50.3"},
        "“综合实力”以 0.5 分为步长，50.3 不是它的整数倍。改成 50、50.5 这样的分数。",
    ),
    ({"v.scores.strength": "五十"}, "“综合实力”填的“五十”不是数。请打 0 到 60 分。"),
    ({"v.scores.innovation": ""}, "“创新”还没有打分。"),
    ({"v.scores.innovation": "30.255"}, "“创新”的分数最多 2 位小数。"),
    ({"v.scores.strength": "35.5"}, "“综合实力”打了 35.5 分，低于 36 分的要写理由。请补写。"),
    ({"v.reasons.strength": "字" * 501}, "“综合实力：理由”有 501 字，最多 500 字"),
    ({"v.comment": " "}, "请填“评审意见”。"),
    ({"v.comment": "字" * 1001}, "“评审意见”有 1001 字，最多 1000 字"),
]


@pytest.mark.parametrize(("said", "words"), BAD, ids=lambda one: str(one)[:40])
def test_what_cannot_be_handed_in_is_told_and_kept(case, said, words):
    with w.at(DAY):
        answer = hand_in(as_("e1"), case, **said)
        page = answer.content.decode()
        assert (answer.status_code, page.count(words) >= 2) == (422, True)
        assert "data-errors" in page
        assert not Entry.objects.filter(kind="score").exists()
        ((name, text),) = said.items()
        assert drafted().get(name.removeprefix("v."), "") == text


@pytest.mark.parametrize(
    ("scores", "reasons", "says"),
    [
        ({"strength": "50.3", "innovation": "30"}, {}, "between two"),
        ({"strength": "20", "innovation": "30"}, {}, "a score below 36 needs a reason"),
        ({"strength": "20", "innovation": "30"}, {"strength": " "}, "needs a reason"),
        ({"strength": "61", "innovation": "30"}, {}, "takes 0 to 60 points"),
        ({"strength": "50", "innovation": "30"}, {"price": "贵"}, "no entry “price”"),
        ({"strength": "50", "innovation": "30", "price": "1"}, {}, "no entry “price”"),
    ],
)
def test_the_one_door_refuses_it_too(case, scores, reasons, says):
    with w.at(DAY), pytest.raises(BadContent) as bad:
        w.do(case, "score", w.expert("e1"), {"scores": scores, "reasons": reasons, "comment": "可以"})
    assert says in str(bad.value)


def test_a_reason_that_is_asked_for_is_kept_with_the_sheet(case):
    with w.at(DAY):
        hand_in(
            as_("e1"), case, **{"v.scores.strength": "20", "v.reasons.strength": "第 3 页数字有误（虚构）"}
        )
    said = next(done for done in load(case.number).state.acts if done.act == "score").content
    assert said["reasons"] == {"strength": "第 3 页数字有误（虚构）"}


def test_it_can_be_begun_before_the_defence_but_not_handed_in():
    with w.at("2026-04-17"):
        of = w.cluster(w.ZUNYI)
        early = w.application(w.announce(criteria=CRITERIA), of)
        w.to_city_review(early, of)
        w.to_recommended(early, of)
        w.do(early, "admit", w.province("handler"))
        w.do(early, "assign", w.province("handler"), {"experts": ["e1"]})
        client = as_("e1")
        assert autosave(client, early, "scores.strength", "50").status_code == 200
        answer = hand_in(client, early)
        assert answer.status_code == 422
        assert "答辩" in answer.content.decode()
        assert SheetDraft.objects.get(case=early).data["comment"] == FULL["v.comment"]


def test_a_draft_is_the_expert_s_alone(case):
    with w.at(DAY):
        autosave(as_("e1"), case, "comment", "还没想好的话")
        page = as_("e2").get(sheet_of(case)).content.decode()
        assert "还没想好的话" not in page
        for who in (w.province("handler"), w.actor("auditor"), w.city(w.ZUNYI), w.expert("e3")):
            assert w.signed_in(Client(), who).get(sheet_of(case)).status_code == 404
            assert w.signed_in(Client(), who).post(
                f"{sheet_of(case)}save/", {"v.comment": "x"}
            ).status_code in (
                403,
                404,
            )
    assert Client().get(sheet_of(case)).status_code == 302


def test_odd_posts_are_refused_in_words(case):
    with w.at(DAY):
        client = as_("e1")
        save = f"{sheet_of(case)}save/"
        assert client.post(save, {}).status_code == 404
        assert client.post(save, {"v.scores.price": "1"}).status_code == 404
        assert client.post(save, {"v.comment": "x", "v.scores.strength": "1"}).status_code == 404
        assert client.post(save, {"v.comment": "x\x00", "b.comment": "{no json"}).status_code == 200
        assert drafted() == {"comment": "x"}
        assert client.get(f"/desk/sheets/{case.number}/recuse/").status_code == 404
        assert client.get(save).status_code == 405


# ---------------------------------------------------------------------------------------------------- sealing


def scored(case: Case, *names: str) -> None:
    """Sheets of these experts, each with a secret word."""
    for name in names:
        content = {"scores": {"strength": "50", "innovation": "30"}, "comment": f"密语{name}"}
        w.do(case, "score", w.expert(name), content)


def entry_of(case: Case, person: str) -> int:
    acts = load(case.number).state.acts
    return next(done.seq for done in acts if done.act == "score" and done.person == person)


def reads(who: Any, case: Case, seq: int) -> list[bool]:
    """Whether an office reads a sheet on the record, in the ledger, in its receipt."""
    client = w.signed_in(Client(), who)
    found = []
    for address in (f"/cases/{case.number}/record/{seq}/", f"/ledger/entry/{seq}"):
        answer = client.get(address, headers={"accept": "text/html"})
        found.append("密语" in answer.content.decode())
    leaf = client.get(f"/ledger/entry/{seq}", headers={"accept": "application/json"})
    return [*found, "密语" in leaf.content.decode()]


def test_until_the_panel_is_closed_only_the_author_reads_a_sheet(case):
    others = (
        w.province("handler"),
        w.province("reviewer"),
        w.actor("auditor"),
        w.expert("e2"),
        w.city(w.ZUNYI),
    )
    with w.at(DAY):
        scored(case, "e1", "e2")
        seq = entry_of(case, "e1")
        assert reads(w.expert("e1"), case, seq) == [True, True, True]
        for who in others:
            assert reads(who, case, seq) == [False, False, False], who
        record = w.signed_in(Client(), w.province("handler")).get(f"/cases/{case.number}/record/{seq}/")
        assert record.status_code == 200
        assert record.content.decode().count("封存中，办理“关闭专家组、启封评分”后启封") == 2
        w.do(case, "close-panel", w.province("handler"))
        for who in others[:3]:
            assert reads(who, case, seq) == [True, True, True], who
        for who in others[3:]:
            assert reads(who, case, seq) == [False, False, False], who


def test_bundles_wait_until_what_they_hold_is_open(case, settings, tmp_path):
    settings.LEDGER_KEYS = tmp_path / "keys"
    from cultivar.ledger import signing

    with w.at(DAY):
        scored(case, "e1", "e2")
        signing.sign()
        size = Entry.objects.count()
        auditor = w.signed_in(Client(), w.actor("auditor"))
        answer = auditor.get(f"/ledger/tile/entries/000.p/{size}")
        assert (answer.status_code, "封存" in answer.content.decode()) == (403, True)
        w.do(case, "close-panel", w.province("handler"))
        assert auditor.get(f"/ledger/tile/entries/000.p/{size}").status_code == 200


def test_a_panel_is_closed_by_all_sheets_and_closed_anew_when_it_changes(case):
    handler = w.province("handler")
    with w.at(DAY):
        scored(case, "e1")
        with pytest.raises(Refused) as early:
            w.do(case, "close-panel", handler)
        assert [one.code for one in early.value.reasons] == ["every-sheet-in"]
        scored(case, "e2")
        listing = {"assessment": "建议列入（虚构）"}
        with pytest.raises(Refused) as sealed:
            w.do(case, "list", handler, listing)
        assert [one.code for one in sealed.value.reasons] == ["panel-closed"]
        w.do(case, "close-panel", handler)
        with pytest.raises(Refused) as twice:
            w.do(case, "close-panel", handler)
        assert [one.code for one in twice.value.reasons] == ["panel-open"]
        # who has read the scores does not choose whose count: two persons reopen the panel where an interest is found
        leaves = {"experts": ["e2"], "reasons": "有利害关系（虚构）"}
        with pytest.raises(Refused) as bound:
            w.do(case, "release", handler, leaves)
        assert [one.code for one in bound.value.reasons] == ["sheets-sealed"]
        w.twice(case, "reopen-panel", handler, w.province("reviewer"), {"reasons": "事后查明（虚构）"})
        w.do(case, "release", handler, leaves)
        assert list(Sheet.objects.values_list("person", "open")) == [("e1", False)]
        assert not unsealed(load(case.number))
        w.do(case, "assign", handler, {"experts": ["e3"]})
        scored(case, "e3")
        assert reads(w.actor("auditor"), case, entry_of(case, "e2")) == [True] * 3  # was open before
        assert reads(w.actor("auditor"), case, entry_of(case, "e3")) == [False] * 3
        with pytest.raises(Refused):
            w.do(case, "list", handler, listing)
        w.do(case, "close-panel", handler)
        assert unsealed(load(case.number))
        assert reads(w.actor("auditor"), case, entry_of(case, "e3")) == [True] * 3
        w.twice(case, "list", handler, w.province("reviewer"), listing)
    assert list(Sheet.objects.order_by("person").values_list("person", "open")) == [
        ("e1", True),
        ("e3", True),
    ]
    assert replay() == []


def test_the_desk_waits_for_closing_and_never_for_what_cannot_be_done(case):
    from cultivar.cases.models import Todo

    def waits() -> list[str]:
        return sorted(set(Todo.objects.filter(case=case).values_list("act", flat=True)))

    handler = w.province("handler")
    with w.at(DAY):
        assert waits() == ["score"]
        scored(case, "e1", "e2")
        assert waits() == ["close-panel"]
        w.do(case, "close-panel", handler)
        assert waits() == ["list"]
        with pytest.raises(Refused):
            w.do(case, "recuse", w.expert("e2"), {"reasons": "有关系（虚构）"})
        w.twice(case, "reopen-panel", handler, w.province("reviewer"), {"reasons": "事后查明（虚构）"})
        assert waits() == ["close-panel"]


def test_with_too_few_sheets_the_desk_waits_for_another_expert():
    from cultivar.cases.models import Todo

    (case,) = evaluated(1, ("e1", "e2", "e3"), panel=3)
    with w.at(DAY):
        scored(case, "e1", "e2")
        leaves = {"experts": ["e3"], "reasons": "不能履职（虚构）"}
        w.do(case, "release", w.province("handler"), leaves)
        assert [todo.act for todo in Todo.objects.filter(case=case)] == ["assign"]


def test_a_withdrawn_case_keeps_its_sheets_sealed(case):
    with w.at(DAY):
        scored(case, "e1")
        w.do(case, "withdraw", w.actor("applicant", organisation=case.applicant_id), {"reasons": "（虚构）"})
        assert reads(w.actor("auditor"), case, entry_of(case, "e1")) == [False] * 3
        page = w.signed_in(Client(), w.province("handler")).get(f"/rounds/{case.round_id}/ranking/")
        assert case.number not in page.content.decode()


def test_the_ranking_counts_sealed_sheets_and_shows_no_score(case):
    address = f"/rounds/{case.round_id}/ranking/"
    with w.at(DAY):
        scored(case, "e1")
        client = w.signed_in(Client(), w.province("handler"))
        page = client.get(address).content.decode()
        assert "还没有得分的" in page
        assert "1/2" in page
        assert "80" not in re.sub(r"<[^>]+>", "", page.split("<main")[1].split("</main>")[0])
        scored(case, "e2")
        w.do(case, "close-panel", w.province("handler"))
        page = client.get(address).content.decode()
        assert "<b>80.00</b>" in page
        assert "还没有得分的" not in page


# ------------------------------------------------------------------------------------------------ late, the list


def test_a_late_sheet_is_marked_on_the_desk_the_record_and_the_ranking(case):
    with w.at("2026-05-28"):  # due on the 27th
        tasks = as_("e1").get("/desk/sheets/").content.decode()
        assert "逾期" in tasks
        assert "没交的 1 件，其中逾期 1 件；已交 0 件。" in tasks
        scored(case, "e1")
        assert Sheet.objects.get().days_late == 1
        assert "逾期 1 个工作日交" in as_("e1").get("/desk/sheets/").content.decode()
        handler = w.signed_in(Client(), w.province("handler"))
        assert "逾期 1 个工作日办理" in handler.get(f"/cases/{case.number}/").content.decode()
        seq = entry_of(case, "e1")
        assert "逾期 1 个工作日办理" in handler.get(f"/cases/{case.number}/record/{seq}/").content.decode()
        assert "1 份逾期" in handler.get(f"/rounds/{case.round_id}/ranking/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_number_of_questions(number, django_assert_num_queries):
    cases = evaluated(number)
    with w.at(DAY):
        client = as_("e1")
        autosave(client, cases[0], "comment", "开始")
        client.get("/desk/sheets/")
        with django_assert_num_queries(11):
            page = client.get("/desk/sheets/").content.decode()
    assert page.count('<a class="cv-go"') == number
    assert "已开始" in page


def test_the_list_is_for_experts(case):
    with w.at(DAY):
        assert w.signed_in(Client(), w.province("handler")).get("/desk/sheets/").status_code == 404
        assert "我的评审" not in w.signed_in(Client(), w.province("handler")).get("/desk/").content.decode()
        assert "我的评审" in as_("e1").get("/desk/").content.decode()


# ------------------------------------------------------------------------------------------------- the notice


NOTICE = {
    "document-number": "黔工信〔2026〕9号（虚构）",
    "window__opens_at": "2026-04-20T09:00",
    "window__closes_at": "2026-05-20T18:00",
    "criteria__strength": "60",
    "criteria__strength__step": "0.5",
    "criteria__strength__anchors": "36～60 ｜ 强 | strong\r\n\r\n0-35.5 | 弱",
    "criteria__strength__reasons_below": "36",
    "criteria__innovation": "40",
    "notice-text": "现组织申报。（虚构）",
}


def announcing(**more: str) -> tuple[Any, Case]:
    """A notice filled in by hand on its page."""
    from cultivar.cases.opening import open_round

    handler = w.province("handler")
    name = {"name-zh": "2026年第二批", "name-en": "Second round of 2026"}
    round_ = open_round(w.GUIZHOU, "round", handler, name, key=w.key()).case
    client = w.signed_in(Client(), handler)
    address = f"/cases/{round_}/acts/announce/"
    answer = client.post(address, {**NOTICE, "key": w.key(), "step": "propose", **more})
    return answer, Case.objects.get(number=round_)


def test_an_official_says_steps_bands_and_reasons_in_the_notice():
    w.cluster()
    with w.at("2026-04-16"):
        answer, round_ = announcing()
        assert answer.status_code == 302, answer.content.decode()
        w.do(round_, "announce", w.province("publisher"))
        page = Client().get(f"/rounds/{round_.number}/").content.decode()
    strength, innovation = load(round_.number).state.last("announce").content["criteria"]  # type: ignore[union-attr]
    assert strength["step"] == "0.5"
    assert strength["reasons_below"] == "36"
    assert strength["anchors"] == [
        {"from": "0", "to": "35.5", "zh": "弱", "en": "弱"},
        {"from": "36", "to": "60", "zh": "强", "en": "strong"},
    ]
    assert set(innovation) == {"id", "zh", "en", "points"}
    assert "60 分。以 0.5 分为步长。低于 36 分写理由。0–35.5 分：弱；36–60 分：强" in page


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"criteria__strength__step": "0.7"}, "分值 60 不是步长 0.7 的整数倍"),
        ({"criteria__strength__anchors": "0-40|弱|weak\n36-60|强|strong"}, "两档重叠：0–40 和 36–60"),
        ({"criteria__strength__anchors": "弱"}, "第 1 档的分数要在 0 到 60 之间"),
        ({"criteria__strength__anchors": "0-5"}, "第 1 档要写明含义"),
        ({"criteria__innovation__reasons_from": "41"}, "要是 0 到 40 的数，现在是“41”"),
    ],
)
def test_a_notice_that_asks_the_impossible_is_refused_and_keeps_what_was_typed(more, says):
    w.cluster()
    with w.at("2026-04-16"):
        answer, _ = announcing(**more)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert next(iter(more.values())).split("|")[0] in page
    assert '<details class="cv-more" open' in page
