"""The order of a round: who has a rank, who takes a place in the quota."""

import re

import pytest
from tests import world as w

from cultivar.cases.models import Case
from cultivar.evaluation.ranking import ranking

pytestmark = pytest.mark.django_db

EXPERTS = ("e1", "e2", "e3")


@pytest.fixture
def judged() -> list[Case]:
    """Four applications of a round with a quota of two, judged at 90, 80, 80 and 70 points."""
    handler = w.province("handler")
    with w.at("2026-04-16"):
        round_ = w.announce(quota=2)
        cases = []
        for position in range(1, 5):
            of = w.cluster(w.ZUNYI, position)
            case = w.application(round_, of)
            w.to_city_review(case, of)
            w.to_recommended(case, of)
            cases.append(case)
    with w.at("2026-05-20"):
        for case, strength in zip(cases, ("60", "50", "50", "40"), strict=True):
            w.do(case, "admit", handler)
            w.do(case, "assign", handler, {"experts": list(EXPERTS)})
            w.do(
                case,
                "schedule-defence",
                handler,
                {"time": "2026-05-20T09:00+08:00", "place": "贵阳（虚构会场）"},
            )
            w.do(case, "record-defence", handler, w.defence())
            for name in EXPERTS:
                scores = {"strength": strength, "innovation": "30"}
                w.do(case, "score", w.expert(name), {"scores": scores, "comment": "可以（虚构）"})
            w.do(case, "close-panel", handler)
    return cases


def places(cases: list[Case]) -> list[tuple[int, int | None, bool, bool]]:
    """Position among ``cases``, rank, tied, inside the quota."""
    numbers = [case.number for case in cases]
    now = list(Case.objects.filter(number__in=numbers))
    return [(numbers.index(p.case.number), p.rank, p.tied, p.inside) for p in ranking(now, 2)]


def test_the_best_mean_stands_first_and_equal_means_share_a_rank(judged):
    assert places(judged) == [
        (0, 1, False, True),
        (1, 2, True, True),
        (2, 2, True, True),
        (3, 4, False, False),
    ]


def test_who_is_refused_or_withdraws_keeps_no_rank_and_takes_no_place(judged):
    with w.at("2026-05-21"):
        reasons = {"reasons": "综合评估不列入（虚构）"}
        w.twice(judged[0], "not-list", w.province("handler"), w.province("reviewer"), reasons)
        withdrawing = w.actor("applicant", organisation=Case.objects.get(pk=judged[1].pk).applicant_id)
        w.do(judged[1], "withdraw", withdrawing, {"reasons": "另有安排（虚构）"})
    assert places(judged) == [
        (2, 1, False, True),
        (3, 2, False, True),
        (0, None, False, False),
        (1, None, False, False),
    ]


def test_the_page_draws_no_line_of_the_quota_above_those_without_a_rank(judged, client):
    address = f"/rounds/{judged[0].round_id}/ranking/"
    w.signed_in(client, w.province("handler"))
    assert 'class="cut"' in client.get(address).content.decode()
    with w.at("2026-05-21"):
        reasons = {"reasons": "综合评估不列入（虚构）"}
        for case in judged[:2]:
            w.twice(case, "not-list", w.province("handler"), w.province("reviewer"), reasons)
    page = client.get(address).content.decode()
    assert 'class="cut"' not in page
    assert re.findall(r'<tr><td class="cv-num">(\d|<span aria-hidden="true">—)', page) == [
        "1",
        "2",
        '<span aria-hidden="true">—',
        '<span aria-hidden="true">—',
    ]
    assert page.count("不排名</span>") == 2
