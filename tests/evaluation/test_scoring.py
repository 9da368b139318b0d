"""The rule of scoring in a round's notice: what it may say, how the form takes it, how pages say it."""

from decimal import Decimal

import pytest
from tests import world as w

from cultivar.cases.models import RoundNotice
from cultivar.cases.opening import open_round
from cultivar.cases.perform import BadContent
from cultivar.evaluation.quota import GroupQuota
from cultivar.evaluation.scores import Rule, mean
from cultivar.evaluation.scoring import quotas_of, rule_of
from cultivar.registry import regions

pytestmark = pytest.mark.django_db

LIQUOR = {"kind": "field", "value": "sauce-liquor"}


def refused(**more) -> str:
    """What the door says against a notice, in English."""
    regions.load()
    with w.at("2026-03-01"), pytest.raises(BadContent) as bad:
        w.announce(**more)
    return "; ".join(problem.text.en for problem in bad.value.problems)


def test_a_notice_that_says_nothing_leaves_the_plain_mean():
    assert rule_of({}) == Rule() == Rule(False, 2, "half-up", ("total",))
    assert quotas_of({}) == ()
    assert mean([Decimal("80.125")], rule_of({})) == Decimal("80.13")


def test_what_a_notice_fixes_is_the_rule_of_the_round():
    regions.load()
    said = {
        "drop": True,
        "places": 1,
        "rounding": "half-even",
        "ties": ["innovation", "draw"],
        "quotas": [LIQUOR | {"most": 2, "least": 1}, {"kind": "field", "most": 3}],
    }
    with w.at("2026-03-01"):
        round_ = w.announce(scoring=said, panel=7, quota=5)
    values = RoundNotice.objects.get(case=round_).values
    assert rule_of(values) == Rule(True, 1, "half-even", ("total", "innovation", "draw"))
    assert quotas_of(values) == (
        GroupQuota("field", "sauce-liquor", 2, 1),
        GroupQuota("field", "", 3, 0),
    )


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"scoring": {"ties": ["beauty"]}}, "“beauty”, which is no criterion of this notice"),
        ({"scoring": {"ties": ["total"]}}, "“total”, which is no criterion"),
        ({"scoring": {"drop": True}}, "must ask for at least 3 sheets a case"),
        ({"scoring": {"drop": True}, "panel": 2}, "must ask for at least 3 sheets a case"),
        ({"scoring": {"quotas": [{"kind": "field", "value": "silk", "most": 1}]}}, "“silk” is no field"),
        (
            {"scoring": {"quotas": [{"kind": "region", "value": "440000", "most": 1}]}},
            "no region of the prov",
        ),
        ({"scoring": {"quotas": [LIQUOR | {"least": 3, "most": 2}]}}, "at least 3, at most 2"),
        ({"scoring": {"quotas": [LIQUOR | {"most": 2}] * 2}}, "“field/Sauce-aroma liquor” has two quotas"),
        ({"scoring": {"quotas": [LIQUOR | {"least": 1}]}}, "Places can be kept only within a quota"),
        (
            {"quota": 3, "scoring": {"quotas": [{"kind": "field", "least": 1}]}},
            "9 places are kept, the quota is 3",
        ),
        (
            {"quota": 30, "scoring": {"quotas": [LIQUOR | {"least": 1}, {"kind": "region", "least": 1}]}},
            "for groups of one kind only (field, lead region)",
        ),
        (
            {"quota": 30, "scoring": {"quotas": [LIQUOR | {"least": 1}, {"kind": "region", "most": 1}]}},
            "Places are kept by field and bounded by lead region",
        ),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused_with_the_reason(more, why):
    assert why in refused(**more)


def test_a_criterion_whose_name_means_something_else_tells_no_ties_apart():
    criteria = [{"id": "draw", "zh": "抽", "en": "Draw", "points": 100}]
    assert "bears a name that means something else" in refused(criteria=criteria, scoring={"ties": ["draw"]})


def test_the_form_of_a_notice_takes_the_rule_and_the_page_of_the_round_says_it(client):
    regions.load()
    handler, publisher = w.province("handler"), w.province("publisher")
    with w.at("2026-03-01"):
        names = {"name-zh": "2026年第一批", "name-en": "First round of 2026"}
        number = open_round(w.GUIZHOU, "round", handler, names, key=w.key()).case
        w.signed_in(client, handler)
        address = f"/cases/{number}/acts/announce/"
        form = client.get(address).content.decode()
        for part in (
            'name="scoring__drop"',
            'value="field:sauce-liquor"',
            'value="region:520300"',
            "每个牵头地区",
            '<details class="cv-more"><summary>计分规则和分组名额',
        ):
            assert part in form
        typed = {
            "key": "scoring",
            "step": "propose",
            "document-number": "黔工信集群〔2026〕1号",
            "window__opens_at": "2026-03-02T09:00",
            "window__closes_at": "2026-05-15T18:00",
            "criteria__strength": "60",
            "criteria__innovation": "40",
            "panel": "5",
            "quota": "5",
            "scoring__drop": "on",
            "scoring__places": "1",
            "scoring__tie-1": "innovation",
            "scoring__draw": "on",
            "scoring__quota-1__most": "2",
        }
        page = client.post(address, typed)
        assert page.status_code == 422  # a number without a group is asked for, not dropped
        assert "名额要选领域或地区" in page.content.decode()
        assert '<details class="cv-more" open>' in page.content.decode()
        typed |= {"scoring__quota-1__group": "field:sauce-liquor"}
        typed |= {"scoring__quota-2__group": "region:", "scoring__quota-2__most": "3"}
        assert client.post(address, typed).status_code == 302
        w.signed_in(client, publisher)
        assert "宜有 7 份以上" in client.get(address).content.decode()
        w.do(number, "announce", publisher)
        public = client.get(f"/rounds/{number}/").content.decode()
        rule = RoundNotice.objects.get(case=number).values["scoring"]
    assert rule == {
        "drop": True,
        "places": 1,
        "rounding": "half-up",
        "ties": ["innovation", "draw"],
        "quotas": [
            LIQUOR | {"least": 0, "most": 2},
            {"kind": "region", "value": "", "least": 0, "most": 3},
        ],
    }
    for words in (
        "去掉一个最高分和一个最低分后，各评分表总分的算术平均数，保留 1 位小数，四舍五入。",
        "仍相同的抽签定先后。",
        "<dt>每个牵头地区</dt><dd>至多 3 个</dd>",
        "注意：每案最少 5 份评分表。",
    ):
        assert words in public
