"""What the house knows of applications and experts, as the rules of standing aside read it."""

from datetime import date

import pytest
from tests import world as w
from tests.evaluation import judging as j

from cultivar.cases.programmes import catalogue
from cultivar.evaluation.circumstances_query import Period, circumstances, judged, loads, main_industries
from cultivar.evaluation.conflicts import Setting
from cultivar.evaluation.models import Declaration, IdentityAnswer
from cultivar.ledger import clock
from cultivar.registry.models import Holding, Office

pytestmark = pytest.mark.django_db


def hits(known) -> list[tuple[str, str]]:
    return [(one.expert, one.rule) for one in known.findings.conflicts]


def test_an_application_is_known_by_applicant_submitted_roster_cities_field_and_industries():
    round_, (case,) = j.admitted(members=["甲酒厂（虚构）", "乙酒厂（虚构）"], partners=[w.BIJIE])
    j.member(w.cluster(), 900, "后来加入的厂（虚构）")  # after the submission: not on the frozen roster
    (one,) = circumstances(round_.number, j.DAY).applications
    assert one.id == case.number
    assert one.field == "sauce-liquor"
    assert [each.code for each in one.parties.applicants] == [w.cluster().organisation_id]
    assert [each.name for each in one.parties.members] == ["甲酒厂（虚构）", "乙酒厂（虚构）"]
    assert one.parties.cities == (w.ZUNYI, w.BIJIE)
    assert one.knows.fields == ("sauce-liquor",)
    assert one.knows.industries == ("1512",)


def test_a_dossier_without_a_roster_falls_back_on_the_register():
    round_, _ = j.admitted()
    assert circumstances(round_.number, j.DAY).applications[0].parties.members == ()
    j.member(w.cluster(), 900, "后来登记的厂（虚构）")
    assert len(circumstances(round_.number, j.DAY).applications[0].parties.members) == 1


def test_an_application_stands_only_where_its_panel_is_named():
    round_, (case, other) = j.admitted(2)
    with w.at("2026-05-20"):
        w.do(case, "withdraw", w.applicant(w.cluster()), {"reasons": "另有安排（虚构）"})
    assert [one.id for one in circumstances(round_.number, j.DAY).applications] == [other.number]


def test_each_tie_of_an_expert_finds_its_rule():
    round_, _ = j.admitted(members=["甲酒厂（虚构）"])
    lead, member = w.cluster().organisation, j.code(100)
    j.tie(j.expert("A"), "employed", "别的写法", lead.code)
    j.tie(j.expert("B"), "employed", "甲酒厂（虚构）", member, until=date(2024, 1, 1))
    j.tie(j.expert("C"), "adviser", "甲酒厂（虚构）", member)
    j.tie(j.expert("D"), "partner", "甲酒厂（虚构）")
    j.tie(j.expert("E"), "owner", "甲酒厂（虚构）", member)
    j.tie(j.expert("F"), "employed", "甲酒厂（虚构）", member, until=date(2020, 1, 1))  # too long ago
    j.expert("G", region_id="520302")  # a county of Zunyi
    j.expert("H", region_id="520000")  # of the province, so of no city
    assert hits(circumstances(round_.number, j.DAY)) == [
        ("A", "employer"),
        ("B", "member"),
        ("C", "adviser"),
        ("D", "adviser"),
        ("E", "owner"),
        ("G", "city"),
    ]
    off = {"city": Setting(on=False), "owner": Setting(on=False), "member": Setting(years=1)}
    assert [one for one, _ in hits(circumstances(round_.number, j.DAY, off))] == ["A", "C", "D"]


def test_an_office_of_a_party_excludes_whatever_the_pool_says():
    round_, _ = j.admitted()
    city = Office.objects.create(
        key="city-x", body="city", region_id=w.ZUNYI, name_zh="局", name_en="B", short_zh="局", short_en="B"
    )
    one = j.expert("A")
    Holding.objects.create(person=one.person, office=city, post="handler", from_on=date(2020, 1, 1))
    known = circumstances(round_.number, j.DAY)
    assert hits(known) == [("A", "office")]
    assert "遵义市" in known.findings.conflicts[0].evidence.zh


def test_who_is_not_in_term_or_away_on_a_day_of_judging_is_no_judge():
    round_, _ = j.admitted()
    j.expert("A")
    j.away(j.expert("B"), date(2026, 6, 1), date(2026, 6, 2))
    ended = j.expert("C")
    Holding.objects.filter(person=ended.person).update(until_on=date(2026, 6, 1))
    week = Period(date(2026, 5, 25), date(2026, 6, 1))
    assert [one.id for one in circumstances(round_.number, j.DAY).judges] == ["A", "B", "C"]
    assert [one.id for one in circumstances(round_.number, j.DAY, during=week).judges] == ["A", "C"]
    later = Period(date(2026, 6, 2), date(2026, 6, 3))
    assert [one.id for one in circumstances(round_.number, j.DAY, during=later).judges] == ["A"]
    everybody = circumstances(round_.number, j.DAY, during=later, everybody=True)
    assert [one.id for one in everybody.judges] == ["A", "B", "C"]


def test_who_stood_aside_stands_aside_from_the_same_subject_in_a_later_round():
    _, (case,) = j.admitted()
    with w.at("2026-05-20"):
        w.do(case, "assign", w.province("handler"), {"experts": [j.expert("A").person.key]})
        w.do(case, "recuse", w.expert("A"), {"reasons": "亲属任职（虚构）"})
        w.do(case, "withdraw", w.applicant(w.cluster()), {"reasons": "另有安排（虚构）"})
    again, _ = j.admitted(on="2026-05-21")
    assert hits(circumstances(again.number, j.DAY)) == [("A", "declared")]


def test_a_declaration_counts_on_its_days_until_it_is_withdrawn():
    round_, _ = j.admitted(members=["甲酒厂（虚构）"])
    said = Declaration.objects.create(
        expert=j.expert("A"),
        name="甲酒厂（虚构）",
        what="亲属",
        at=clock.now(),
        until_on=date(2026, 5, 31),
    )
    assert hits(circumstances(round_.number, j.DAY)) == [("A", "declared")]
    assert hits(circumstances(round_.number, date(2026, 6, 1))) == []
    said.ended_at = clock.now()
    said.save()
    assert hits(circumstances(round_.number, j.DAY)) == []


def test_one_organisation_under_two_spellings_is_asked_once_and_for_later_rounds():
    round_, _ = j.admitted(members=["遵义虚构酒业有限公司"])
    j.tie(j.expert("A"), "employed", "遵义市虚构酒业股份有限公司")
    known = circumstances(round_.number, j.DAY)
    (question,) = known.findings.questions
    assert (question.expert, question.rule, known.findings.conflicts) == ("A", "member", ())
    one, other = sorted((question.one, question.other))
    said = {
        "region_id": "520000",
        "one": one,
        "other": other,
        "at": clock.now(),
        "office": "x",
        "person": "y",
    }
    answer = IdentityAnswer.objects.create(same=True, **said)
    assert hits(circumstances(round_.number, j.DAY)) == [("A", "member")]
    answer.ended_at = clock.now()
    answer.save()
    IdentityAnswer.objects.create(same=False, **said)
    known = circumstances(round_.number, j.DAY)
    assert known.findings.conflicts == () == known.findings.questions


def test_another_provinces_pool_and_answers_are_not_read():
    round_, _ = j.admitted(members=["甲酒厂（虚构）"])
    j.expert("A")
    j.expert("B", j.pool_of("elsewhere", "440000"))
    assert [one.id for one in circumstances(round_.number, j.DAY).judges] == ["A"]


def test_two_pools_with_one_number_are_told_apart():
    round_, _ = j.admitted()
    j.expert("A")
    second = j.expert("A2", j.pool_of("national", "520000"))
    second.number = "A"
    second.save()
    assert [one.id for one in circumstances(round_.number, j.DAY).judges] == ["experts:A", "national:A"]


@pytest.mark.parametrize("number", [1, 3])
def test_as_many_queries_for_one_as_for_three(number, django_assert_num_queries):
    round_, _ = j.admitted(number, members=["甲酒厂（虚构）"])
    for place in range(number):
        j.tie(j.expert(f"E{place}"), "employed", "某大学（虚构）")
    with django_assert_num_queries(15):
        circumstances(round_.number, j.DAY)


@pytest.mark.parametrize(
    ("industries", "expected"),
    [
        ([], ()),
        (["1512"], ("1512",)),
        (["1512", "1512", "1521"], ("1512",)),
        (["1512", "1521"], ("1512", "1521")),  # half is not most
        (["1512", "1521", "1530", "C", "zz"], ("1512", "1521")),
        ([f"13{n}1" for n in range(1, 8)], ("1311", "1321", "1331", "1341")),
    ],
)
def test_the_industries_of_most_enterprises(industries, expected):
    assert main_industries(("", "", one) for one in industries) == expected


def test_experts_judge_by_rules_only_where_they_give_scores():
    found = {one.programme.key: judged(one.programme) for one in catalogue().values()}
    assert found["guizhou-clusters/2025-trial"] == {"recognition": frozenset({"evaluation"})}
    assert found["shanxi-chains/2024"] == {}


def test_loads_count_the_seats_of_a_round():
    round_, cases = j.admitted(2)
    person = j.expert("A").person.key
    with w.at("2026-05-20"):
        for case in cases:
            w.do(case, "assign", w.province("handler"), {"experts": [person]})
    assert loads(round_.number) == {person: 2}
    assert loads(round_.number, but=cases[0].number) == {person: 1}
