"""The order of a round: by the notice's rule, who takes a place within the line, what stands beside it."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase
from tests import world as w
from tests.evaluation.scored_rounds import announced, evenly, judged

from cultivar.cases.models import Case
from cultivar.evaluation.bootstrap import panels
from cultivar.evaluation.models import Expert, Sheet
from cultivar.evaluation.quota import select
from cultivar.evaluation.ranking import Ranking, entries_of, person_of, ranking, seed_of
from cultivar.evaluation.scores import Rule, ranked, score
from cultivar.evaluation.shadow import REPEATS
from cultivar.registry.models import Office, Person

pytestmark = pytest.mark.django_db

EXPERTS = ("e1", "e2", "e3")
LIQUOR = {"kind": "field", "value": "sauce-liquor"}


def of(round_: Case, drawn=None) -> Ranking:
    """The ranking of a round as its notice has it."""
    cases = Case.objects.filter(round=round_).prefetch_related("seats")
    return ranking(round_.number, list(cases), round_.notice.values, drawn)


def numbered(person: str, number: str) -> None:
    """Puts somebody into a pool under a number."""
    names = {"name_zh": "库（虚构）", "name_en": "Pool", "short_zh": "库", "short_en": "Pool"}
    pool, _ = Office.objects.get_or_create(key="pool", defaults={"body": "expert", **names})
    made = Person.objects.create(key=person, login=person, name=f"专家{person}（虚构）")
    Expert.objects.create(person=made, pool=pool, number=number, kind="technology")


def order(found: Ranking) -> list[tuple[str, int | None, bool]]:
    """Number, rank, within the line."""
    return [(one.case.number, one.rank, one.inside) for one in found.places]


def test_the_sheets_of_the_ledger_keep_the_points_by_criterion():
    """Through the one door: two experts score, one of them leaves, and only the other's sheet counts."""
    handler = w.province("handler")
    with w.at("2026-04-16"):
        round_ = w.announce(quota=2)
        subject = w.cluster(w.ZUNYI, 1)
        case = w.application(round_, subject)
        w.to_city_review(case, subject)
        w.to_recommended(case, subject)
    with w.at("2026-05-20"):
        w.do(case, "admit", handler)
        w.do(case, "assign", handler, {"experts": list(EXPERTS)})
        time = {"time": "2026-05-20T09:00+08:00", "place": "贵阳（虚构会场）"}
        w.do(case, "schedule-defence", handler, time)
        w.do(case, "record-defence", handler, w.defence())
        for name, strength in zip(EXPERTS, ("50", "40.5", "30"), strict=True):
            sheet = {"scores": {"strength": strength, "innovation": "30"}, "comment": "可以（虚构）"}
            w.do(case, "score", w.expert(name), sheet)
        w.do(case, "release", handler, {"experts": ["e1"], "reasons": "不能履职（虚构）"})
        w.do(case, "close-panel", handler)
    kept = {one.person: (one.total, one.points) for one in Sheet.objects.all()}
    assert kept == {
        "e2": (Decimal("70.5"), {"strength": "40.5", "innovation": "30"}),
        "e3": (Decimal("60"), {"strength": "30", "innovation": "30"}),
    }
    assert order(of(Case.objects.get(pk=round_.pk))) == [(case.number, 1, True)]


def test_the_best_mean_stands_first_and_equal_means_share_a_rank():
    round_ = announced(quota=2)
    for number, total in (("A", 70), ("B", 80), ("C", 90), ("D", 80)):
        judged(round_, number, evenly(total))
    found = of(round_)
    assert order(found) == [("C", 1, True), ("B", 2, True), ("D", 2, True), ("A", 4, False)]
    assert [one.tied for one in found.places] == [False, True, True, False]


def test_who_is_refused_or_withdraws_keeps_no_rank_and_takes_no_place():
    round_ = announced(quota=1)
    judged(round_, "A", evenly(90), stage="refused", final="refused")
    judged(round_, "B", evenly(80), stage="withdrawn", final="closed")
    judged(round_, "C", evenly(70))
    found = of(round_)
    assert order(found) == [("C", 1, True)]
    assert [(one.case.number, one.rank, one.inside, one.beside) for one in found.out] == [
        ("A", None, False, None),
        ("B", None, False, None),
    ]


def test_ties_go_by_the_criteria_of_the_notice_and_then_by_the_drawn_order():
    rule = {"ties": ["innovation", "draw"]}
    round_ = announced(quota=1, scoring=rule)
    judged(round_, "A", evenly(80, 20))
    judged(round_, "B", evenly(80, 30))
    judged(round_, "C", evenly(80, 20))
    undrawn = of(round_)
    assert order(undrawn) == [("B", 1, True), ("A", 2, False), ("C", 2, False)]
    assert [one.decided_by for one in undrawn.places] == ["", "innovation", ""]
    drawn = of(round_, ["C", "B", "A"])
    assert order(drawn) == [("B", 1, True), ("C", 2, False), ("A", 3, False)]
    assert [one.decided_by for one in drawn.places] == ["", "innovation", "draw"]
    short = of(round_, ["A"])
    assert "“C” is not in the drawn order" in short.refusal.en
    assert order(short) == order(undrawn)


def test_extremes_are_left_out_by_name_and_too_few_sheets_give_no_score():
    round_ = announced(panel=3, quota=2, scoring={"drop": True, "places": 1})
    sheets = {"a": (50, 40), "b": (40, 20), "c": (30, 10), "d": (45, 30)}
    judged(round_, "A", sheets)
    judged(round_, "B", {"a": (50, 40), "b": (40, 20)}, seats="abc")
    found = of(round_)
    (place,) = found.places
    assert place.score.score == Decimal("67.5")
    assert [(one.sheet.expert, one.why) for one in place.score.dropped] == [("a", "highest"), ("c", "lowest")]
    assert (place.lowest, place.highest) == (Decimal(40), Decimal(90))
    (missing,) = found.unscored
    assert (missing.case.number, missing.sheets, missing.seats) == ("B", 2, 3)
    assert "takes at least 3" in missing.why.en


def test_of_equal_extremes_the_first_by_number_in_the_pool_is_left_out():
    round_ = announced(panel=3, scoring={"drop": True, "ties": ["innovation"]})
    judged(round_, "A", {"a": (50, 40), "b": (60, 30), "c": (40, 10), "d": (30, 20)})
    numbered("a", "E9")
    numbered("b", "E10")
    (place,) = of(round_).places
    assert [person_of(one.sheet.expert) for one in place.score.dropped] == ["b", "c"]
    assert place.score.criteria == {"innovation": Decimal("30.00")}


def test_quotas_of_fields_and_regions_move_the_line_and_every_move_is_logged():
    round_ = announced(quota=2, scoring={"ties": ["draw"], "quotas": [LIQUOR | {"most": 1}]})
    judged(round_, "A", evenly(90))
    judged(round_, "B", evenly(80))
    judged(round_, "C", evenly(70), field="eco-food")
    found = of(round_)
    assert order(found) == [("A", 1, True), ("B", 2, False), ("C", 3, True)]
    ((displaced, heir, quota),) = found.selection.displacements
    assert (displaced, heir, quota.value, quota.most) == ("B", "C", "sauce-liquor", 1)
    by_region = announced(
        quota=2, scoring={"ties": ["draw"], "quotas": [{"kind": "region", "value": w.BIJIE, "least": 1}]}
    )
    for number, region in (("D", w.ZUNYI), ("E", w.ZUNYI), ("F", w.BIJIE)):
        judged(by_region, number, evenly(90 - ord(number)), region=region)
    assert order(of(by_region)) == [("D", 1, True), ("E", 2, False), ("F", 3, True)]


def test_equals_across_a_line_with_quotas_have_no_line_before_a_lot_is_drawn():
    round_ = announced(quota=1, scoring={"ties": ["draw"], "quotas": [{"kind": "field", "most": 5}]})
    judged(round_, "A", evenly(80))
    judged(round_, "B", evenly(80))
    found = of(round_)
    assert "draw an order among them first" in found.refusal.en
    assert found.selection is None
    assert order(found) == [("A", 1, False), ("B", 1, False)]
    drawn = of(round_, ["B", "A"])
    assert order(drawn) == [("B", 1, True), ("A", 2, False)]
    assert drawn.refusal is None


def test_a_panel_that_is_sealed_has_no_figure():
    round_ = announced(quota=1)
    judged(round_, "A", evenly(90), seats="abcd")
    judged(round_, "B", evenly(80))
    judged(round_, "C", evenly(70))
    judged(round_, "D", {})
    Sheet.objects.filter(case="A").update(open=False)
    found = of(round_)
    assert order(found) == [("B", 1, True), ("C", 2, False)]
    assert [(one.case.number, one.sheets, one.seats, one.why) for one in found.unscored] == [
        ("A", 3, 4, None)
    ]


def test_the_second_look_needs_a_line_and_an_expert_who_judged_twice():
    alone = announced(quota=1)
    judged(alone, "A", evenly(90))
    assert "only one application" in of(alone).no_shadow.en.lower()
    apart = announced(quota=1)
    judged(apart, "B", evenly(90, experts="ab"))
    judged(apart, "C", evenly(80, experts="cd"))
    found = of(apart)
    assert "no expert judged two" in found.no_shadow.en.lower()
    assert all(one.beside is None for one in found.places)
    lineless = announced()
    judged(lineless, "D", evenly(90))
    judged(lineless, "E", evenly(80))
    first, _ = of(lineless).places
    assert (first.beside.shadow, first.beside.probability, first.beside.flag) == (
        Decimal("90.00"),
        None,
        None,
    )


def test_the_flag_stands_where_both_sides_of_the_line_differ_and_moves_nobody():
    round_ = announced(quota=1)
    judged(round_, "A", {"mild": (60, 35), "x": (50, 30), "y": (50, 30)})
    judged(round_, "B", {"harsh": (40, 20), "x": (54, 32), "y": (54, 32)})
    judged(round_, "C", {"mild": (50, 30), "harsh": (30, 15), "x": (45, 25)})
    judged(round_, "D", {"mild": (50, 35), "harsh": (35, 15), "y": (45, 28)})
    found = of(round_)
    assert order(found)[0] == ("A", 1, True)
    flags = {one.case.number: one.beside.flag for one in found.places if one.beside.flag}
    assert set(flags) == {"A", "B"}
    assert flags["A"].en.startswith("Within the line by official score, outside")


def test_the_chances_can_be_worked_out_again_from_the_number_of_the_round():
    """By the panels themselves, without the ranking: the seed is what the page says it is."""
    round_ = announced(quota=1)
    judged(round_, "A", {"a": (50, 30), "b": (40, 20), "c": (55, 35)})
    judged(round_, "B", {"a": (52, 28), "b": (41, 21), "c": (50, 30)})
    seed = f"cultivar-bootstrap/1 {round_.number}".encode()
    assert seed_of(round_.number) == seed
    entries = [one for _, one in sorted(entries_of(Case.objects.filter(round=round_)).items())]
    scores = panels(entries, Rule(), seed, REPEATS).scores[:, :, 0]
    wins = [(scores[:, 0] >= scores[:, 1]).sum(), (scores[:, 1] >= scores[:, 0]).sum()]
    found = of(round_).by_number
    assert [found[one].beside.probability for one in "AB"] == [
        (Decimal(int(one)) / REPEATS).quantize(Decimal("0.001")) for one in wins
    ]


class TheSecondLook(HypothesisTestCase):
    """It stands beside the order and changes nothing of it."""

    @given(
        st.lists(
            st.dictionaries(
                st.sampled_from("abcdef"), st.tuples(st.integers(0, 60), st.integers(0, 40)), min_size=1
            ),
            min_size=1,
            max_size=6,
        ),
        st.integers(1, 4),
    )
    @settings(max_examples=15, deadline=None)
    def test_order_and_line_are_those_of_the_official_rule_alone(self, sheets, quota):
        round_ = announced(quota=quota, scoring={"ties": ["innovation"]})
        for at, one in enumerate(sheets):
            judged(round_, f"A{at}", one)
        found = of(round_)
        rule = Rule(ties=("total", "innovation"))
        entries = entries_of(Case.objects.filter(round=round_)).values()
        alone = ranked([score(entry, rule) for entry in entries], rule)
        inside = select(alone, quota).inside
        assert order(found) == [(one.id, one.rank, one.id in inside) for one in alone]


def test_the_page_draws_no_line_of_the_quota_above_those_without_a_rank(client):
    round_ = announced(quota=2)
    for number, total in (("A", 90), ("B", 80), ("C", 80), ("D", 70)):
        judged(round_, number, evenly(total))
    address = f"/rounds/{round_.number}/ranking/"
    w.signed_in(client, w.province("handler"))
    assert 'class="cut"' in client.get(address).content.decode()
    Case.objects.filter(number__in="AB").update(stage="refused", final="refused")
    page = client.get(address).content.decode()
    assert 'class="cut"' not in page
    assert re.findall(r'<tr><td class="cv-num">(\d|<span aria-hidden="true">—)', page) == [
        "1",
        "2",
        '<span aria-hidden="true">—',
        '<span aria-hidden="true">—',
    ]
    assert page.count("不排名</span>") == 2
