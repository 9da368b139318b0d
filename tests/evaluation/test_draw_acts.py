"""A round's draw through the one door: what each act fixes, what follows on the applications, what is refused."""

import hashlib
from datetime import date

import pytest
from django.urls import reverse
from tests import world as w
from tests.evaluation import drawing as d
from tests.evaluation import judging as j

from cultivar.cases.models import Case
from cultivar.cases.perform import BadContent, Refused
from cultivar.cases.record import load
from cultivar.cases.replay import replay
from cultivar.evaluation import documents, draw_verify
from cultivar.evaluation.models import Document
from cultivar.ledger.models import Entry
from cultivar.registry.models import Holding

pytestmark = pytest.mark.django_db


def refusal(error: pytest.ExceptionInfo[Exception]) -> str:
    """What was refused, in Chinese and English."""
    value = error.value
    texts = [one.text for one in (value.reasons if isinstance(value, Refused) else value.problems)]
    return " ".join(f"{one.zh} {one.en}" for one in texts)


def test_a_draw_names_the_panels_and_anyone_can_work_it_out_again():
    number, cases = d.seated()
    made = d.of(number)
    assert draw_verify.verify(made.result["seats"]) == []
    assert draw_verify.verify(made.result["order"]) == []
    drawn = {one for line in made.result["seats"]["draws"] for one in line["seats"]}
    assert len(drawn) == 3
    assert {frozenset(d.panel(case)) for case in cases} == {frozenset(drawn)}
    assert replay() == []


def test_the_hash_stands_on_the_ledger_before_the_seed():
    round_, _ = j.admitted(2)
    d.pool()
    number = d.freeze(round_)
    said = load(number).state.said("freeze", "frozen")
    assert hashlib.sha256(documents.content(said)).hexdigest() == said
    assert draw_verify.read_frozen(documents.read(said)).sha256 == said
    frozen = Entry.objects.get(case=number, kind="freeze", step="confirm")
    d.draw(number)
    assert Entry.objects.get(case=number, kind="draw", step="confirm").seq > frozen.seq
    assert d.of(number).result["seats"]["frozen"] == documents.read(said)


def test_the_draw_waits_until_the_day_of_the_seed_is_over():
    round_, _ = j.admitted(2)
    d.pool()
    number = d.freeze(round_)
    with w.at("2026-05-22"), pytest.raises(Refused) as early:
        w.do(number, "draw", w.province("handler"), {"seed": d.SEED, "proof": d.PROOF}, step="propose")
    assert "种子公布的日期未过" in refusal(early)


@pytest.mark.parametrize(
    ("seed", "says"),
    [
        ({**d.SEED, "双色球2026058期": ["03 07 12", "03 07 13"]}, "两次填写不一致"),
        ({"双色球2026058期": "3"}, "还缺“上证指数2026-05-22收盘”"),
        ({**d.SEED, "别的": "1"}, "没有“别的”这一项"),
        ({**d.SEED, "双色球2026058期": "三七"}, "不是数"),
        ({**d.SEED, "双色球2026058期": "3,298.50"}, "可以读成一个数或几个数"),
        ("3", "要逐项填写"),
    ],
)
def test_a_seed_that_is_not_what_was_announced_is_refused(seed, says):
    round_, _ = j.admitted(1)
    d.pool()
    number = d.freeze(round_)
    with w.at(d.DRAWS), pytest.raises(BadContent) as bad:
        w.do(number, "draw", w.province("handler"), {"seed": seed, "proof": d.PROOF}, step="propose")
    assert says in refusal(bad)


def test_a_document_is_never_typed():
    round_, _ = j.admitted(1)
    d.pool()
    with pytest.raises(BadContent) as bad:
        d.freeze(round_, frozen="0" * 64)
    assert "没有“frozen”这一项" in refusal(bad)


def test_a_pool_that_changed_after_the_proposal_is_not_agreed_to():
    round_, _ = j.admitted(1)
    d.pool()
    with w.at(d.FREEZES):
        from cultivar.cases.opening import open_on_case

        number = open_on_case(round_, "draw", w.province("handler"), d.PLAN, key=w.key()).case
        Holding.objects.filter(person__key="T3").update(until_on=date(2026, 5, 21))
        with pytest.raises(Refused) as changed:
            w.do(number, "freeze", w.province("reviewer"), step="confirm")
    assert "提请以后情况有变" in refusal(changed)


def test_a_pool_that_changes_after_freezing_changes_nothing_of_the_draw():
    """Else whoever knows the seed could still choose the outcome; who cannot come is followed by an alternate."""
    round_, cases = j.admitted(2)
    d.pool()
    number = d.freeze(round_)
    d.draw(number)
    drawn = [one for line in d.of(number).result["seats"]["draws"] for one in line["seats"]]
    Holding.objects.filter(person__key=drawn[0]).update(until_on=date(2026, 5, 24))
    d.seat(number)
    first = d.of(number).seating["successions"]
    assert [one["left"] for one in first] == [drawn[0]]
    assert drawn[0] not in d.panel(cases[0])
    assert first[0]["taken_by"] in d.panel(cases[0])


def test_a_second_draw_is_refused_while_one_is_in_hand_and_possible_once_it_is_abandoned():
    round_, _ = j.admitted(1)
    d.pool()
    number = d.freeze(round_)
    with pytest.raises(BadContent) as second:
        d.freeze(round_)
    assert number in refusal(second)
    with w.at(d.DRAWS):
        w.twice(
            number, "abandon", w.province("handler"), w.province("reviewer"), {"reasons": "来源停发（虚构）"}
        )
    with pytest.raises(BadContent) as past, w.at("2026-05-26"):
        d.freeze(round_)
    assert "要晚于今天" in refusal(past) or "晚于" in refusal(past)


def test_a_list_that_is_short_is_refused_with_how_many_lack():
    round_, _ = j.admitted(2)
    d.pool()
    with pytest.raises(BadContent) as short:
        d.freeze(round_, seats={"technology": 9, "finance": 1})
    assert "technology/sauce-liquor" in refusal(short)
    assert "差 3 个" in refusal(short)


def test_who_must_stand_aside_is_not_on_the_list():
    round_, _ = j.admitted(2)
    d.pool()
    j.tie(j.Expert.objects.get(number="T1"), "employed", "别的写法", w.cluster().organisation_id)
    listed = documents.read(load(d.freeze(round_)).state.said("freeze", "frozen"))["pool"]
    assert "T1" not in [one["id"] for one in listed]
    assert "T2" in [one["id"] for one in listed]


def test_an_alternate_takes_the_seats_of_who_leaves_in_the_order_of_the_draw():
    number, cases = d.seated()
    line = next(one for one in d.of(number).result["seats"]["draws"] if one["kind"] == "technology")
    leaves, heir = line["seats"][0], line["alternates"][0]
    with w.at("2026-05-26"):
        w.do(cases[0], "recuse", w.expert(leaves), {"reasons": "亲属任职（虚构）"})
        why = {"leaves": leaves, "reasons": "本人申请回避（虚构）"}
        w.do(number, "substitute", w.province("handler"), why)
    assert all(leaves not in d.panel(case) and heir in d.panel(case) for case in cases)
    assert d.of(number).substitutions[0]["taken_by"] == heir
    assert replay() == []


def test_an_alternate_who_may_not_judge_is_passed_over_with_the_reason():
    number, _ = d.seated()
    line = next(one for one in d.of(number).result["seats"]["draws"] if one["kind"] == "technology")
    first, second = line["alternates"]
    j.away(j.Expert.objects.get(number=first), date(2026, 6, 1), date(2026, 6, 2))
    with w.at("2026-05-26"):
        w.do(
            number,
            "substitute",
            w.province("handler"),
            {"leaves": line["seats"][0], "reasons": "因病（虚构）"},
        )
        one = d.of(number).substitutions[0]
        assert (one["taken_by"], one["passed"]) == (second, [{"id": first, "why": "away"}])
        with pytest.raises(BadContent) as none:
            w.do(number, "substitute", w.province("handler"), {"leaves": second, "reasons": "因病（虚构）"})
    assert "没有可以递补的备选" in refusal(none)


def test_nobody_but_who_sits_can_leave():
    number, _ = d.seated()
    with w.at("2026-05-26"), pytest.raises(BadContent) as stranger:
        w.do(number, "substitute", w.province("handler"), {"leaves": "T99", "reasons": "因病（虚构）"})
    assert "不在任何专家组里" in refusal(stranger)


def test_a_document_that_was_changed_is_not_drawn_from():
    round_, _ = j.admitted(1)
    d.pool()
    number = d.freeze(round_)
    Document.objects.update(body=b"{}")
    with pytest.raises(BadContent) as spoiled:
        d.draw(number)
    assert "已被改动" in refusal(spoiled)


def test_the_groups_of_a_large_field_are_dealt_by_the_seed():
    round_, cases = j.admitted(4)
    d.pool()
    number = d.freeze(round_, largest=2, seats={"technology": 2})
    d.draw(number)
    d.seat(number)
    groups = d.of(number).seating["seating"]["follows"]["groups"]
    assert sorted(len(one["applications"]) for one in groups) == [2, 2]
    panels = {frozenset(d.panel(case)) for case in cases}
    assert len(panels) == 2
    assert not frozenset.intersection(*panels)
    assert Case.objects.filter(round=round_).count() == 4


def test_a_group_that_is_short_gets_no_panel_and_stands_on_the_list(client):
    round_, cases = j.admitted(2, panel=3)
    d.pool()
    for expert in j.Expert.objects.all():
        j.tie(expert, "employed", "同一单位（虚构）")
    number = d.freeze(round_, **{"per-organisation": 1})
    d.draw(number)
    d.seat(number)
    assert [d.panel(case) for case in cases] == [(), ()]
    (short, *_) = d.of(number).seating["seating"]["decision"]["shortages"]
    w.signed_in(client, w.province("handler"))
    page = client.get(reverse("evaluation", args=[round_.number])).content.decode()
    assert "缺专家，待处理" in page
    assert short["text"]["zh"] in page


def test_a_bound_on_probabilities_and_limits_on_panels_are_refused_together():
    round_, _ = j.admitted(1)
    d.pool()
    with pytest.raises(BadContent) as both:
        d.freeze(round_, **{"per-city": 1, "most-probable": 50})
    assert "不能和" in refusal(both)
