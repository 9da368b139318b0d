"""Headings as people write them."""

import pytest

from cultivar.policy.vocabulary import vocabulary
from cultivar.roster import headings
from cultivar.roster.columns import SHEETS, Meaning, general_layout
from cultivar.roster.headings import find
from tests.roster.books import HEAD, YEAR, firm


def meaning(heading: str) -> tuple[Meaning, int] | str:
    """What a heading beside the usual ones is about, and its scale; or why it is not read."""
    found = find("企业", [[*HEAD, heading], firm()], year=YEAR)
    more = [one for one in found.columns if one.index == 4]
    if more:
        return more[0].meaning, more[0].scale
    return (
        "unit" if found.units else "doubled" if found.doubled else "unknown" if found.unknown else "ignored"
    )


def figure(measure: str, year: int = YEAR) -> Meaning:
    return Meaning("figure", measure=measure, year=year)


@pytest.mark.parametrize(
    ("heading", "measure", "year", "scale"),
    [
        ("营业收入", "revenue", 2025, 10_000),
        ("营业收入（万元）", "revenue", 2025, 10_000),
        ("营 业 收 入 (亿元)", "revenue", 2025, 100_000_000),
        ("2024年营业收入（元）", "revenue", 2024, 1),
        ("营业收入（2024年，千元）", "revenue", 2024, 1_000),
        ("2024年度营业收入(千元)", "revenue", 2024, 1_000),
        ("上年度营业收入【单位：万元】", "revenue", 2024, 10_000),
        ("本年营收", "revenue", 2025, 10_000),
        ("营业收入万元", "revenue", 2025, 10_000),
        ("年营业收入\n（万元）", "revenue", 2025, 10_000),
        ("２０２５年研发投入", "rd-expense", 2025, 10_000),
        ("Revenue 2025 (10 000 yuan)", "revenue", 2025, 10_000),
        ("2025年营业收入（万元）\nRevenue 2025 (10 000 yuan)", "revenue", 2025, 10_000),
        ("营业收入 Revenue（亿元）", "revenue", 2025, 100_000_000),
        ("是否规上", "above-scale", 2025, 1),
        ("从业人员（万人）", "employment", 2025, 10_000),
        ("综合能耗（万吨标准煤）", "energy", 2025, 10_000_000),
        ("*营业收入（万元）", "revenue", 2025, 10_000),
    ],
)
def test_a_figure(heading, measure, year, scale):
    assert meaning(heading) == (figure(measure, year), scale)


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("高新技术企业", Meaning("held", kind="high-tech")),
        ("高企", Meaning("held", kind="high-tech")),
        ("高新技术企业 有效期至", Meaning("until", kind="high-tech")),
        ("专精特新“小巨人”企业", Meaning("held", kind="little-giant")),
        ("小巨人 认定日期", Meaning("from", kind="little-giant")),
        ("国家级绿色工厂", Meaning("held", kind="green-factory", rank="national")),
        ("绿色工厂（省级） 证书编号", Meaning("number", kind="green-factory", rank="provincial")),
        ("Green factory (national) valid until", Meaning("until", kind="green-factory", rank="national")),
    ],
)
def test_a_title(heading, expected):
    assert meaning(heading) == (expected, 1)


@pytest.mark.parametrize(
    ("heading", "why"),
    [
        ("营业收入（美元）", "unit"),
        ("从业人员（万元）", "unit"),
        ("研发投入强度（%）", "unknown"),
        ("社会信用代码", "doubled"),
        ("序号", "ignored"),
        ("联系人", "ignored"),
        ("奇怪的一列", "unknown"),
    ],
)
def test_what_is_not_read(heading, why):
    assert meaning(heading) == why


def test_every_heading_of_the_template_is_found_in_each_language_and_in_both():
    for kind, columns in general_layout(YEAR).items():
        for language in ("zh", "en", "both"):
            found = find(SHEETS[kind].zh, [[one.head(language) for one in columns]], year=YEAR)
            assert found.kind == kind
            missing = {one.meaning for one in columns} - {one.meaning for one in found.columns}
            assert not missing - ({Meaning("name")} if kind != "firms" else set()), (kind, language)


def test_every_other_name_of_the_vocabulary_is_a_heading():
    for measure in vocabulary().measures.values():
        for name in measure.also:
            assert meaning(name)[0].measure == measure.id, name


def test_two_rows_under_merged_group_heads():
    rows = [
        ["名单"],
        ["统一社会信用代码", "企业名称", "地区", "行业", "营业收入（万元）", "", "高新技术企业", "", ""],
        ["", "", "", "", "2024年", "2025年", "是否获得", "有效期起", "有效期止"],
        firm(),
    ]
    merged = [(1, column, 2, column) for column in range(4)] + [(1, 4, 1, 5), (1, 6, 1, 8)]
    found = find("Sheet1", rows, merged, YEAR)
    assert found.body == 3
    assert [one.meaning for one in found.columns[4:]] == [
        figure("revenue", 2024),
        figure("revenue"),
        Meaning("held", kind="high-tech"),
        Meaning("from", kind="high-tech"),
        Meaning("until", kind="high-tech"),
    ]
    assert find("CSV", rows, (), YEAR).columns[4:] == found.columns[4:]  # a CSV knows no merged cells


def test_the_heading_may_be_far_below_title_lines():
    rows = [
        ["贵州省先进制造业集群企业名单"],
        ["填报单位：某中心", "日期：2026年5月"],
        [],
        ["一、企业"],
        HEAD,
        firm(),
    ]
    assert find("Sheet1", rows, (), YEAR).body == 5


def test_a_line_above_names_the_unit_of_all_money():
    found = find("Sheet1", [["金额单位：元"], [*HEAD, "营业收入", "利润总额（万元）"], firm()], (), YEAR)
    assert [one.scale for one in found.columns[4:]] == [1, 10_000]


def test_a_heading_without_codes_is_no_heading():
    rows = [["企业名称", "所在地区", "营业收入"], ["甲", "遵义市", 1.0]]
    assert find("Sheet1", rows, (), YEAR) is None
    assert headings.without_code(rows).body == 1


@pytest.mark.parametrize(
    ("row", "aside"),
    [
        (["合计", "", 12.5], True),
        (["", "合 计", 3.0, 4.0, 5.0, 6.0], True),
        (["总计：", 1.0], True),
        (["注：数据为快报数", "", ""], True),
        (["填表人：甲", "审核人：乙", "", ""], True),
        (["合力机械有限公司", "", 1.0], False),
        (["", "", ""], False),
    ],
)
def test_sums_and_notes(row, aside):
    assert (headings.left_aside(row) is not None) == aside
