"""Who must stand aside, on which evidence; and what only a human can say."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.evaluation.conflicts import (
    RULES,
    Application,
    Expert,
    Findings,
    Objection,
    Setting,
    Tie,
    find,
    rules,
)
from cultivar.evaluation.identities import Answer, Organisation, core, resolve, written
from cultivar.evaluation.seating_task import BadInput
from cultivar.registry import credit_code

DAY = date(2026, 5, 7)
ONE = credit_code.make("91", "520300", "M0000001")
TWO = credit_code.make("91", "520300", "M0000002")


def at(name: str, code: str = "", until: date | None = None, since: date | None = None) -> Tie:
    return Tie(Organisation(name, code), since, until)


def application(*applicants: Organisation, members: tuple[Organisation, ...] = ()) -> Application:
    return Application("A1", applicants or (Organisation("仁怀酱酒促进会（虚构）"),), members, ("520300",))


def found(expert: Expert, *applications: Application, **more: object) -> Findings:
    return find([expert], applications or [application()], DAY, **more)  # type: ignore[arg-type]


def rules_hit(findings: Findings) -> list[str]:
    return [one.rule for one in findings.conflicts]


@pytest.mark.parametrize(
    "names",
    [
        ("遵义甲酒业有限公司", "遵义甲酒业有限责任公司"),
        ("遵义甲酒业（集团）有限公司", "遵义甲酒业(集团)有限公司"),
        ("遵义甲酒业【集团】有限公司", "遵义甲酒业集团 有限公司"),
        ("甲酒业股份公司", "甲酒业股份有限公司"),
        ("ＡＢＣ Liquor Co., Ltd.", "abc liquor co ltd"),
        ("ABC Company Limited", "Abc Co.,Ltd"),
    ],
)
def test_ways_to_write_one_name_are_one(names: tuple[str, str]) -> None:
    assert written(names[0]) == written(names[1])
    one, other = (Organisation(name) for name in names)
    assert len(set(resolve([one, other]).of.values())) == 1


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("贵州甲酒业有限公司", "贵州甲酒业股份有限公司"), "legal form"),
        (("贵州省甲酒业有限公司", "贵州甲酒业有限公司"), "legal form"),
        (("贵州大学", "贵州大学化学与化工学院"), "begins with the other"),
        (("贵州甲乙丙酒业有限公司", "贵州甲乙丁酒业有限公司"), "one character"),
        (("贵州甲乙丙酒业有限公司", "贵州甲乙酒业有限公司"), "one character"),
    ],
)
def test_names_that_are_alike_are_a_question(names: tuple[str, str], why: str) -> None:
    one, other = (Organisation(name) for name in names)
    identities = resolve([one, other])
    mine, theirs = identities.of[one], identities.of[other]
    assert mine != theirs
    assert why in identities.alike[mine][theirs].en
    assert identities.alike[theirs][mine] == identities.alike[mine][theirs]


@pytest.mark.parametrize(
    "names",
    [
        ("甲酒业有限公司", "乙电池有限公司"),
        ("贵阳第1中学实验厂", "贵阳第2中学实验厂"),
        ("贵州大学", "贵阳学院"),
    ],
)
def test_names_that_are_not_alike_are_no_question(names: tuple[str, str]) -> None:
    assert resolve([Organisation(name) for name in names]).alike == {}


def test_a_code_decides_whatever_the_name() -> None:
    one, other = Organisation("甲酒业", ONE), Organisation("乙酒业", ONE.lower())
    bare = Organisation("甲酒业")
    identities = resolve([one, other, bare])
    assert set(identities.of.values()) == {ONE}


def test_an_alias_leads_to_the_code() -> None:
    named, bare = Organisation("甲酒业", ONE, ("甲集团酒厂",)), Organisation("甲集团酒厂")
    assert resolve([named, bare]).of[bare] == ONE


def test_one_name_under_two_codes_is_a_question_and_never_one() -> None:
    one, other, bare = Organisation("甲酒业", ONE), Organisation("甲酒业", TWO), Organisation("甲酒业")
    identities = resolve([one, other, bare])
    assert (identities.of[one], identities.of[other]) == (ONE, TWO)
    assert identities.of[bare] not in (ONE, TWO)
    assert set(identities.alike[identities.of[bare]]) == {ONE, TWO}
    assert "different credit codes" in identities.alike[ONE][TWO].en


def test_an_unsound_code_does_not_identify() -> None:
    one, other = Organisation("甲酒业", "91520300M00000XXXX"), Organisation("甲酒业")
    assert len(set(resolve([one, other]).of.values())) == 1


@given(st.permutations(["甲酒业有限公司", "甲酒业股份有限公司", "乙厂", "乙"]), st.booleans())
def test_identities_do_not_hang_on_the_order(names: list[str], aliased: bool) -> None:
    def keys(order: list[str]) -> dict[str, str]:
        organisations = [
            Organisation(name, ONE if name == "乙" else "", ("乙厂",) if aliased and name == "乙" else ())
            for name in order
        ]
        return {one.name: key for one, key in resolve(organisations).of.items()}

    assert keys(names) == keys(sorted(names))


@given(st.text(max_size=12))
def test_any_name_is_taken(name: str) -> None:
    assert written(written(name)) == written(name)
    core(name)
    resolve([Organisation(name), Organisation(name + "x")])


def test_answers_settle_questions_one_way_or_the_other() -> None:
    one, other = Organisation("甲酒业有限公司"), Organisation("甲酒业股份有限公司")
    before = resolve([one, other]).of
    for same in (True, False):
        after = resolve([one, other], [Answer(before[one], before[other], same)])
        assert (after.of[one] == after.of[other]) is same
        assert after.alike == {}


# ------------------------------------------------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("until", "counts"),
    [
        (None, True),
        (date(2027, 1, 1), True),
        (date(2023, 5, 7), True),
        (date(2023, 5, 6), False),
    ],
)
def test_an_employment_counts_up_to_three_years_after_its_end(until: date | None, counts: bool) -> None:
    expert = Expert("E1", employments=(at("甲酒业", ONE, until),))
    assert rules_hit(found(expert, application(Organisation("甲厂", ONE)))) == (
        ["employer"] if counts else []
    )


def test_three_years_before_the_last_of_february() -> None:
    expert = Expert("E1", employments=(at("甲酒业", ONE, date(2025, 2, 28)),))
    hit = find([expert], [application(Organisation("甲厂", ONE))], date(2028, 2, 29))
    assert rules_hit(hit) == ["employer"]


def test_members_and_advisers_are_found_and_the_evidence_is_said() -> None:
    expert = Expert(
        "E1",
        employments=(at("甲酒业", ONE, since=date(2019, 3, 1)),),
        ties=(at("乙电池", TWO, until=date(2025, 6, 30)),),
    )
    hit = found(expert, application(members=(Organisation("甲厂", ONE), Organisation("乙厂", TWO))))
    assert rules_hit(hit) == ["adviser", "member"]
    adviser, member = (one.evidence for one in hit.conflicts)
    assert member.zh == f"专家自 2019-03-01 起在“甲酒业（{ONE}）”任职；“甲厂（{ONE}）”是集群成员单位。"
    assert "until 2025-06-30" in adviser.en


def test_city_declaration_and_objection() -> None:
    expert = Expert("E1", city="520300", declared=("A1",))
    hit = found(expert, objections=[Objection("A1", "E1", True), Objection("A1", "E2", False)])
    assert rules_hit(hit) == ["city", "declared", "objected"]


def test_a_declaration_against_an_organisation_reaches_its_applications() -> None:
    expert = Expert("E1", declared_against=(Organisation("甲酒业", ONE),))
    assert rules_hit(found(expert, application(members=(Organisation("甲厂", ONE),)))) == ["declared"]


def test_a_round_switches_rules_off_or_gives_other_years() -> None:
    expert = Expert("E1", employments=(at("甲酒业", ONE, date(2022, 1, 1)),), city="520300")
    one = application(Organisation("甲厂", ONE))
    assert rules_hit(found(expert, one)) == ["city"]
    using = rules({"employer": Setting(years=5), "city": Setting(on=False)})
    assert rules_hit(found(expert, one, using=using)) == ["employer"]
    off = rules({rule.id: Setting(on=False) for rule in RULES})
    nothing = found(expert, one, using=off, objections=[Objection("A1", "E1", True)])
    assert nothing == Findings((), ())


def test_two_spellings_are_asked_about_and_the_pair_is_held_back() -> None:
    expert = Expert("E1", employments=(at("贵州甲酒业有限公司"),))
    one = application(Organisation("贵州甲酒业股份有限公司"))
    asked = found(expert, one)
    assert asked.conflicts == ()
    (question,) = asked.questions
    assert (question.application, question.expert, question.rule) == ("A1", "E1", "employer")
    assert "贵州甲酒业有限公司" in question.text.zh
    assert asked.blocked(["A1"], ["E1"]).tolist() == [[True]]
    assert asked.blocked(["A1"], ["E1"], questions=False).tolist() == [[False]]
    for same in (True, False):
        answered = found(expert, one, answers=[Answer(question.one, question.other, same)])
        assert rules_hit(answered) == (["employer"] if same else [])
        assert answered.questions == ()


def test_no_question_is_asked_where_the_answer_changes_nothing() -> None:
    ended = Expert("E1", employments=(at("贵州甲酒业有限公司", until=date(2001, 1, 1)),))
    assert found(ended, application(Organisation("贵州甲酒业股份有限公司"))).questions == ()
    out = Expert("E1", employments=(at("贵州甲酒业有限公司"),), declared=("A1",))
    assert found(out, application(Organisation("贵州甲酒业股份有限公司"))).questions == ()


def test_the_table_of_pairs_follows_the_ids_asked_for() -> None:
    expert = Expert("E1", declared=("A1",))
    hit = found(expert)
    assert hit.blocked(["A0", "A1"], ["E1", "E2"]).tolist() == [[False, False], [True, False]]
    assert hit.blocked(["A9"], ["E1"]).tolist() == [[False]]


def test_findings_do_not_hang_on_the_order() -> None:
    experts = [
        Expert("E1", employments=(at("甲酒业", ONE), at("乙厂"))),
        Expert("E2", ties=(at("乙厂"),)),
        Expert("E3", city="520300"),
    ]
    each = {
        find(list(order), [application(Organisation("乙厂", ONE))], DAY) for order in permutations(experts)
    }
    assert len(each) == 1


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"town": Setting()}, "no rule “town”"),
        ({"city": Setting(years=3)}, "nothing to do with years"),
        ({"employer": Setting(years=-1)}, "cannot be negative"),
        ({"employer": Setting(years=101)}, "are 101, at most 100"),
        ({"adviser": Setting(years=3000)}, "are 3000, at most 100"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Setting], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        rules(settings)


def test_a_hundred_years_can_be_counted_back() -> None:
    long_ago = Expert("E1", employments=(at("甲厂", until=date(1926, 5, 7)),))
    using = rules({"employer": Setting(years=100)})
    assert rules_hit(found(long_ago, application(Organisation("甲厂")), using=using)) == ["employer"]


def test_times_that_run_backwards_are_refused() -> None:
    expert = Expert("E1", employments=(at("甲厂", since=date(2025, 1, 2), until=date(2025, 1, 1)),))
    with pytest.raises(BadInput, match="ends \\(2025-01-01\\) before it begins"):
        found(expert)


def test_every_rule_says_what_it_is_and_what_it_reads() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.text.zh and rule.text.en and rule.reads.zh and rule.reads.en for rule in RULES)
