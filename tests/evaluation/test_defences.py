"""Defences of a round: the grid, a sitting arranged at once or not at all, agendas, sessions, panels."""

from datetime import date

import pytest
from tests import world as w

from cultivar.cases.models import Case
from cultivar.cases.perform import BadContent
from cultivar.cases.record import load
from cultivar.evaluation.models import Absence, Defence, Expert
from cultivar.evaluation.panel_groups import panels_of
from cultivar.ledger.models import Entry
from cultivar.registry.models import Office, Person

pytestmark = pytest.mark.django_db

HANDLER, REVIEWER, AUDITOR = w.province("handler"), w.province("reviewer"), w.actor("auditor")
FORM = {
    "start": "09:00",
    "presentation": "15",
    "questions": "15",
    "pause": "5",
    "place": "贵阳一会议室（虚构）",
}
GRID_QUERIES, PANEL_QUERIES, SESSION_QUERIES = 8, 12, 6


@pytest.fixture
def round_() -> Case:
    w.regions.load()
    with w.at("2026-03-10"):
        return w.announce(quorum=2)


def judged(round_: Case, number: int, experts: tuple[str, ...]) -> Case:
    """An application in evaluation, before these experts."""
    of = w.cluster(number=number)
    with w.at("2026-03-10"):
        case = w.application(round_, of)
        w.to_city_review(case, of)
    with w.at("2026-04-15"):
        w.to_recommended(case, of)
    with w.at("2026-05-06"):
        w.do(case, "admit", HANDLER)
        w.do(case, "assign", HANDLER, {"experts": list(experts)})
    return case


def address(round_: Case, half: str, *, of: Case, arrange: bool = True) -> str:
    panel = next(one for one in panels_of(HANDLER, round_.number) if of in one.cases)
    return f"/rounds/{round_.number}/defences/{panel.key}/{half}/" + ("arrange/" if arrange else "")


def post(client, round_: Case, half: str, *cases: Case, step: str = "carry", **said):
    with w.at("2026-05-06"):
        sent = {**FORM, "step": step, "key": w.key(), "cases": [case.number for case in cases], **said}
        return w.signed_in(client, HANDLER).post(address(round_, half, of=cases[0]), sent)


def times(*cases: Case) -> list[str]:
    return [load(case.number).state.said("schedule-defence", "time") for case in cases]


def test_a_sitting_is_shown_first_and_then_scheduled_all_at_once(client, round_):
    first, second = judged(round_, 1, ("e1", "e2")), judged(round_, 2, ("e2", "e1"))
    shown = post(client, round_, "2026-05-07-am", first, second, step="preview")
    assert shown.status_code == 200
    page = shown.content.decode()
    assert "09:00–09:30" in page
    assert "09:35–10:05" in page
    assert not Defence.objects.exists()
    assert post(client, round_, "2026-05-07-am", first, second).status_code == 302
    assert times(first, second) == ["2026-05-07T09:00+08:00", "2026-05-07T09:35+08:00"]
    assert [(one.order, one.minutes, one.place) for one in Defence.objects.all()] == [
        (1, 30, FORM["place"]),
        (2, 30, FORM["place"]),
    ]
    entries = Entry.objects.count()
    post(client, round_, "2026-05-07-am", first, second)  # the same again writes nothing
    assert Entry.objects.count() == entries
    assert post(client, round_, "2026-05-07-pm", first, second, start="14:00").status_code == 302
    assert times(first, second) == ["2026-05-07T14:00+08:00", "2026-05-07T14:35+08:00"]


def test_of_a_sitting_that_cannot_be_none_is_scheduled(client, round_):
    first, second = judged(round_, 1, ("e1", "e2")), judged(round_, 2, ("e1", "e2"))
    # the procedure refuses the second while a proposal waits; the first, done before it, is taken back
    with w.at("2026-05-06"):
        for act, who, said in (
            ("schedule-defence", HANDLER, {"time": "2026-05-07T08:00+08:00", "place": "别处（虚构）"}),
            ("record-defence", HANDLER, w.defence()),
        ):
            w.do(second, act, who, said)
        for name in ("e1", "e2"):
            sheet = {"scores": {"strength": "50", "innovation": "30"}, "comment": "可以（虚构）"}
            w.do(second, "score", w.expert(name), sheet)
        w.do(second, "close-panel", HANDLER)
        w.do(second, "schedule-defence", HANDLER, {"time": "2026-05-08T08:00+08:00", "place": "别处（虚构）"})
        w.do(second, "list", HANDLER, {"assessment": "建议列入（虚构）"}, step="propose")
    entries = Entry.objects.count()
    answer = post(client, round_, "2026-05-07-am", first, second)
    assert answer.status_code == 422
    assert second.number in answer.content.decode()
    assert "审签" in answer.content.decode()
    assert Entry.objects.count() == entries
    assert not Defence.objects.filter(case=first).exists()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "专家e1（虚构） 09:00–09:30 在第 1 组"),
        ({"start": "10:00"}, ""),
        ({"start": "10:00", "away": "e3"}, "专家e3（虚构）5月7日不能参加"),
        ({"start": "09:10", "of": "others"}, "“贵阳一会议室（虚构）” 09:00–09:30 已给第 1 组用"),
        ({"start": "09:10", "of": "others", "place": "贵阳二会议室（虚构）"}, ""),
        ({"start": "12:15"}, "要到 12:45 才结束"),
        ({"start": "07:00"}, "上午从 08:00 起安排"),
    ],
)
def test_clashes_are_refused_with_who_where_and_when(client, round_, said, sentence):
    first = judged(round_, 1, ("e1", "e2"))
    second = judged(round_, 2, ("e4", "e5") if said.pop("of", "") else ("e1", "e3"))
    away = said.pop("away", "")
    if away:
        office = Office.objects.get(key="expert-all")
        known = Expert.objects.create(
            person=Person.objects.get(key=away), pool=office, number="E3", kind="finance"
        )
        Absence.objects.create(expert=known, from_on=date(2026, 5, 1), until_on=date(2026, 5, 7))
    assert post(client, round_, "2026-05-07-am", first).status_code == 302
    answer = post(client, round_, "2026-05-07-am", second, **said)
    assert answer.status_code == (422 if sentence else 302)
    if sentence:
        assert sentence in answer.content.decode()
        assert not Defence.objects.filter(case=second).exists()


WRONGLY = (
    {"start": "nine"},
    {"start": ""},
    {"presentation": "-1"},
    {"presentation": "0", "questions": "4"},
    {"questions": "一刻"},
    {"pause": "61"},
    {"place": ""},
    {"place": "长" * 81},
    {"cases": []},
    {"cases": ["R-1"]},
)


def test_what_is_typed_wrongly_comes_back_in_words(client, round_):
    case = judged(round_, 1, ("e1", "e2"))
    for said in WRONGLY:
        answer = post(client, round_, "2026-05-07-am", case, **said)
        assert answer.status_code == 422, said
        assert "cv-errors" in answer.content.decode(), said
    assert not Defence.objects.exists()


def test_the_applicant_reads_time_and_order_and_not_who_was_there(client, round_):
    case = judged(round_, 1, ("e1", "e2"))
    post(client, round_, "2026-05-07-am", case)
    with w.at("2026-05-07", hour=14):
        held = w.defence() | {"present": ["e1"], "minutes": "问：口径？答：见附件。（虚构）"}
        w.do(case, "record-defence", HANDLER, held)
        state = load(case.number).state
        pages = [
            w.signed_in(client, who)
            .get(f"/cases/{case.number}/record/{state.last(act).seq}/")
            .content.decode()
            for who, act in (
                (w.applicant(w.cluster(number=1)), "schedule-defence"),
                (w.applicant(w.cluster(number=1)), "record-defence"),
                (w.expert("e2"), "record-defence"),
            )
        ]
    assert "2026年5月7日 09:00" in pages[0]
    assert "发言顺序" in pages[0]
    assert "专家e1" not in pages[1]
    assert "见附件" not in pages[1]
    assert "不向你的单位显示" in pages[1]
    assert "专家e1" in pages[2]
    assert load(case.number).state.experts == ("e1", "e2")  # to be away takes nobody off the panel


def test_only_who_sits_can_have_been_there(round_):
    case = judged(round_, 1, ("e1", "e2"))
    with w.at("2026-05-07"):
        w.do(case, "schedule-defence", HANDLER, {"time": "2026-05-07T09:00+08:00", "place": "贵阳（虚构）"})
        with pytest.raises(BadContent, match="not on this panel"):
            w.do(case, "record-defence", HANDLER, w.defence() | {"present": ["e1", "e9"]})


@pytest.mark.parametrize("many", [1, 3])
def test_pages_ask_as_often_however_much_they_show(client, round_, many, django_assert_num_queries):
    cases = [judged(round_, n, (f"e{n}", "shared")) for n in range(1, many + 1)]
    for n, case in enumerate(cases):
        post(client, round_, "2026-05-07-am", case, start=f"{9 + n:02d}:00")
    with w.at("2026-05-06"):
        w.signed_in(client, HANDLER)
        for page, queries in (("defences", GRID_QUERIES), ("panels", PANEL_QUERIES)):
            client.get(f"/rounds/{round_.number}/{page}/")
            with django_assert_num_queries(queries):
                shown = client.get(f"/rounds/{round_.number}/{page}/").content.decode()
            assert f"第 {many} 组" in shown
        w.signed_in(client, w.expert("shared"))
        client.get("/desk/sessions/")
        with django_assert_num_queries(SESSION_QUERIES):
            shown = client.get("/desk/sessions/").content.decode()
        assert shown.count("/rounds/") == many
        text = client.get("/desk/sessions/defences.ics").content.decode()
    assert text.count("BEGIN:VEVENT") == many
    assert "DTSTART:20260507T010000Z" in text


WHO = {
    "handler": HANDLER,
    "reviewer": REVIEWER,
    "auditor": AUDITOR,
    "expert": w.expert("e1"),
    "stranger": w.expert("e9"),
    "city": w.city(w.ZUNYI),
    "another province": w.actor("province", "handler", region="440000"),
}
SEES = {
    "grid": ("handler", "reviewer", "auditor"),
    "panels": ("handler", "reviewer", "auditor"),
    "agenda": ("handler", "reviewer", "auditor", "expert"),
    "arrange": ("handler",),
}


def test_who_sees_what(client, round_):
    case = judged(round_, 1, ("e1", "e2"))
    post(client, round_, "2026-05-07-am", case)
    pages = {
        "grid": f"/rounds/{round_.number}/defences/",
        "panels": f"/rounds/{round_.number}/panels/",
        "agenda": address(round_, "2026-05-07-am", of=case, arrange=False),
        "arrange": address(round_, "2026-05-07-am", of=case),
    }
    for who, actor in WHO.items():
        with w.at("2026-05-06"):
            w.signed_in(client, actor)
            for name, url in pages.items():
                status = client.get(url).status_code
                assert (status == 200) == (who in SEES[name]), (who, name, status)
                assert status in (200, 403, 404)
                assert client.post(url, FORM).status_code in (403, 404, 405, 422)
            sessions = client.get("/desk/sessions/").content.decode()
        assert ("/defences/" in sessions) == (who == "expert")


def test_the_grid_marks_days_off_and_what_is_still_to_arrange(client, round_):
    first, second = judged(round_, 1, ("e1", "e2")), judged(round_, 2, ("e1", "e2"))
    post(client, round_, "2026-05-08-pm", first, start="14:00")
    with w.at("2026-05-06"):
        w.signed_in(client, HANDLER)
        page = client.get(f"/rounds/{round_.number}/defences/?from=2026-05-08&days=2").content.decode()
        assert "5月8日（周五）" in page
        assert page.count(">休<") == 0  # Saturday 9 May 2026 is worked, to make up for the holiday
        assert "14:00–14:30" in page
        assert "未排 1 件" in page
        later = client.get(f"/rounds/{round_.number}/defences/?from=2026-05-16&days=2").content.decode()
        assert later.count(">休<") == 2
        assert "1 件在别的日子" in later
        for odd in ("from=x&days=y", "from=0001-01-01&days=999", "days=-3", "from=9999-12-31"):
            assert client.get(f"/rounds/{round_.number}/defences/?{odd}").status_code == 200
    assert second.number


def test_panels_say_who_left_who_came_who_is_late_and_who_was_absent(client, round_):
    case = judged(round_, 1, ("e1", "e2", "e3"))
    post(client, round_, "2026-05-07-am", case)
    with w.at("2026-05-07", hour=14):
        w.do(case, "recuse", w.expert("e3"), {"reasons": "有合作（虚构）"})
        w.do(case, "assign", HANDLER, {"experts": ["e4"]})
        w.do(case, "record-defence", HANDLER, w.defence() | {"present": ["e1", "e4"]})
        w.do(case, "assign", HANDLER, {"experts": ["e5"]})  # who came afterwards was not absent
        sheet = {"scores": {"strength": "50", "innovation": "30"}, "comment": "可以（虚构）"}
        w.do(case, "score", w.expert("e1"), sheet)
        w.do(case, "call-vote", HANDLER, {"question": "是否复核（虚构）", "closes": "2026-05-08"})
        w.do(case, "vote", w.expert("e1"), {"choice": "agree"})
    with w.at("2026-05-20"):
        page = w.signed_in(client, REVIEWER).get(f"/rounds/{round_.number}/panels/").content.decode()
    for words in (
        *("专家e3（虚构） 回避", "专家e4（虚构） 后补", "缺席：专家e2（虚构）", "答辩缺席 1 次"),
        *("缺 专家e2（虚构）", "逾期 1 份", "表决中，已投 1/4，5月8日截止"),
    ):
        assert words in page, words
    assert "缺席：专家e2（虚构）、" not in page
    assert "同意 1" not in page
