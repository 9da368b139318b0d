"""From rows to what can be stored, and what is said of the others."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.policy.text import Text
from cultivar.registry.statements import HeldRow, IncidentRow, SupplyRow
from cultivar.roster.firm_cells import Within
from cultivar.roster.problems import Finding, Findings, Said
from cultivar.roster.sheet_reading import Firm
from tests.roster.books import HEAD, PLACES, YEAR, check, code, firm, firms, kinds, sentences, write

HELD = ["统一社会信用代码", "企业名称", "资质", "级别", "证书编号", "有效期起", "有效期止"]
INCIDENTS = ["统一社会信用代码", "企业名称", "事件类别", "等级", "发生日期", "认定文书"]
SUPPLY = ["采购方代码", "供应方代码", "供应方名称", "产品", "年份", "采购金额（万元）"]


def found(tmp_path, rows, head=(), **more):
    """What is said of rows under the usual heading and more."""
    good, checking = check(write(tmp_path / "a.xlsx", {"企业": [[*HEAD, *head], *rows]}), **more)
    assert checking.counts.good == len(firms(good))
    assert checking.counts.read == checking.counts.good + checking.counts.wrong
    return firms(good), checking


def test_the_words_of_a_wrong_code(tmp_path):
    sound = code()
    swapped = "T" if sound[-1] != "T" else "U"
    _, checking = found(tmp_path, [[sound[:-1] + swapped, "甲", "遵义市", "15"]])
    assert sentences(checking) == [
        f"“企业”表 2 行 A 列：统一社会信用代码末位应为 {sound[-1]}。请对照营业执照。"
    ]
    assert checking.findings.kept[0].sentence.en == (
        f'Sheet "企业", row 2, column A: The last character of the credit code should be {sound[-1]}. '
        "Check the business licence."
    )


def test_one_wrong_row_keeps_no_other_back(tmp_path):
    good, checking = found(tmp_path, [firm(1), ["", "乙", "遵义市", "15"], firm(3)])
    assert [one.code for one in good] == [code(1), code(3)]
    assert (checking.counts.read, checking.counts.good, checking.counts.wrong) == (3, 2, 1)
    assert sentences(checking) == ["“企业”表 3 行 A 列：没有填统一社会信用代码。补上；不是企业的行请删去。"]


def test_every_error_of_a_row_is_said_at_once(tmp_path):
    _, checking = found(tmp_path, [[code(), "", "火星", "99", "约3"]], ["营业收入"])
    assert kinds(checking) == {"empty": 1, "region": 1, "industry": 1, "not-a-number": 1}


def test_a_repeated_code_names_the_other_row(tmp_path):
    good, checking = found(tmp_path, [firm(1), firm(2), firm(1)])
    assert len(good) == 2
    assert sentences(checking) == ["“企业”表 4 行 A 列：与“企业”表 2 行是同一家企业。只留一行。"]


@pytest.mark.parametrize(
    "cell",
    [
        "遵义市",
        "遵义",
        "贵州省遵义市",
        "贵州遵义",
        "520300",
        520300,
        "520399",
        "遵义市红花岗区",
        "Zunyi",
        " 遵 义 市 ",
    ],
)
def test_a_region_however_written(cell):
    assert PLACES.find(cell) == "520300"


@pytest.mark.parametrize(
    ("cell", "region"),
    [
        *[("黔东南州", "522600"), ("黔东南", "522600"), ("贵安新区", "5200GA")],
        *[("520302", "520302"), ("红花岗区", "520302"), ("盘州市", "520281")],
    ],
)
def test_prefectures_and_new_areas(cell, region):
    assert PLACES.find(cell) == region


@pytest.mark.parametrize("cell", ["贵州省", "中国", "城区", "白云区", "520000", "999999", ""])
def test_what_is_no_region_of_an_enterprise(cell):
    assert PLACES.find(cell) is None


def test_a_city_reads_only_its_own_region(tmp_path):
    within = Within(frozenset({"520300"}), Text("遵义市", "Zunyi"))
    good, checking = found(tmp_path, [firm(1), [code(2), "乙", "毕节市", "15"]], within=within)
    assert len(good) == 1
    assert sentences(checking) == [
        "“企业”表 3 行 C 列：企业在毕节市，你的单位只登记遵义市的企业。删去这一行，由当地主管部门登记。"
    ]


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("1512", "1512"),
        (1512, "1512"),
        ("C15", "15"),
        ("酒、饮料和精制茶制造业", "15"),
        (6, "06"),
        ("065", "065"),
    ],
)
def test_an_industry_however_written(tmp_path, cell, kept):
    good, _ = found(tmp_path, [[code(), "甲", "遵义市", cell]])
    assert good[0].industry == kept


@pytest.mark.parametrize(
    ("head", "cells", "kind", "blocks"),
    [
        (["采购总额", "本地采购额"], [1, 2], "above-local-purchases", True),
        (["关键工序数", "数控关键工序数"], [1, 2], "above-key-processes-nc", True),
        (["从业人员", "研发人员"], [1, 2], "above-rd-staff", True),
        (["营业收入", "研发费用"], [1, 2], "above-rd-expense", False),
    ],
)
def test_figures_that_contradict_each_other(tmp_path, head, cells, kind, blocks):
    good, checking = found(tmp_path, [firm(1, *cells)], head)
    assert kinds(checking) == {kind: 1}
    assert len(good) == (0 if blocks else 1)
    assert checking.findings.kept[0].column == "F"
    assert found(tmp_path, [firm(1, *reversed(cells))], head)[1].findings.kept == []


def test_figures_of_two_years_never_mix(tmp_path):
    good, checking = found(tmp_path, [firm(1, 1, 2)], ["2024年采购总额", "2025年本地采购额"])
    assert kinds(checking) == {}
    assert good[0].years == {2024: {"purchases": 10_000}, 2025: {"local-purchases": 20_000}}


def test_sums_notes_and_empty_rows_are_set_aside(tmp_path):
    rows = [firm(1, 2), [], [None, "合计", None, None, 2], ["注：快报数"], firm(2, 3)]
    good, checking = found(tmp_path, rows, ["营业收入"])
    assert len(good) == 2
    assert sentences(checking) == ["“企业”表 4 行：合计行，没有读。", "“企业”表 5 行：表下的说明，没有读。"]
    assert checking.findings.errors == 0


def test_columns_that_nobody_knows_are_a_hint(tmp_path):
    good, checking = found(tmp_path, [firm(1, "x")], ["吉祥物"])
    assert len(good) == 1
    assert sentences(checking) == ["“企业”表 1 行 E 列：这一列认不出，没有读。要读就照模板写表头。"]


def test_missing_columns_are_one_error(tmp_path):
    path = write(
        tmp_path / "a.xlsx",
        {"企业": [["统一社会信用代码", "企业名称"], *([code(n), "x"] for n in range(50))]},
    )
    good, checking = check(path)
    assert (good, checking.counts.read) == ([], 0)
    assert sentences(checking) == [
        "“企业”表 1 行：缺少“所在地区”、“行业代码”列，整张表没有读。补上这几列，或把数据粘贴到模板里。"
    ]


def test_a_workbook_without_a_roster(tmp_path):
    _, checking = check(write(tmp_path / "a.xlsx", {"Sheet1": [["你好"], [1, 2, 3]]}))
    assert kinds(checking) == {"sheet-not-read": 1, "no-firms": 1}
    _, checking = check(write(tmp_path / "b.xlsx", {"Sheet1": [["企业名称", "所在地区"], ["甲", "遵义市"]]}))
    assert kinds(checking) == {"missing-columns": 1}


def test_findings_beyond_the_limit_are_counted():
    findings = Findings(kept=2)
    for row in range(5):
        findings.add(Finding(Said("empty", Text("空", "empty")), "企业", row))
        findings.add(Finding(Said("links", Text("链接", "links"), blocks=False)))
    assert (len(findings.kept), findings.errors, findings.hints) == (4, 5, 5)
    assert [(said.kind, number) for said, number in findings.left_out()] == [("empty", 3), ("links", 3)]


# --------------------------------------------------------------------------------------------------- titles


def test_titles_as_columns(tmp_path):
    head = ["高新技术企业", "高新技术企业有效期起", "高新技术企业有效期止", "绿色工厂", "单项冠军"]
    rows = [
        firm(1, "是", date(2023, 1, 1), date(2026, 1, 1), "国家级", "否"),
        firm(2, "否", None, None, None, None),
        firm(3),
    ]
    path = write(tmp_path / "a.xlsx", {"企业": [[*HEAD, *head], *rows]})
    first, second, third = check(path)[0]
    assert first.row.held == (
        HeldRow("high-tech", "", "", date(2023, 1, 1), date(2026, 1, 1)),
        HeldRow("green-factory", "national"),
    )
    assert first.said == {("high-tech", ""), ("green-factory", "*"), ("champion", "*")}
    assert second == Firm(second.row, frozenset({("high-tech", "")}))
    assert (second.row.held, third.row.held) == ((), None)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["是", date(2026, 1, 1), date(2025, 1, 1), None], "ends-before"),
        (["否", date(2025, 1, 1), None, None], "title-no"),
        ([None, date(2025, 1, 1), None, None], "title-unsaid"),
        (["也许", None, None, None], "yes-no"),
        ([None, None, None, "是"], "rank"),
        ([None, None, None, "县级"], "rank"),
    ],
)
def test_titles_that_cannot_be(tmp_path, cells, kind):
    head = ["高新技术企业", "高新技术企业有效期起", "高新技术企业有效期止", "绿色工厂"]
    good, checking = found(tmp_path, [firm(1, *cells)], head)
    assert (good, kinds(checking)) == ([], {kind: 1})


def both(tmp_path, **sheets):
    """Enterprises 1 and 2 with other sheets before or behind them."""
    return check(write(tmp_path / "a.xlsx", {"企业": [HEAD, firm(1), firm(2)], **sheets}))


def test_the_sheet_of_titles(tmp_path):
    rows = [
        [code(1), "甲", "绿色工厂", "省级", "G-1", "2024-01-01", ""],
        [code(1), "甲", "高企", "", "", 45292, "长期"],
        [code(2), "乙", "绿色工厂", "", "", "", ""],
        [code(2), "乙", "高企", "省级", "", "", ""],
        [code(1), "甲", "绿色工厂", "省级", "", "", ""],
        [code(9), "戊", "高企", "", "", "", ""],
    ]
    good, checking = both(tmp_path, 资质=[HELD, *rows])
    assert firms(good)[0].held == (
        HeldRow("green-factory", "provincial", "G-1", date(2024, 1, 1)),
        HeldRow("high-tech", "", "", date(2024, 1, 1)),
    )
    assert firms(good)[1].held is None
    assert kinds(checking) == {"rank": 1, "unranked": 1, "twice": 1, "not-listed": 1}
    assert (checking.counts.read, checking.counts.good, checking.counts.wrong) == (8, 4, 4)


def test_the_sheet_of_incidents(tmp_path):
    rows = [
        [code(1), "甲", "安全生产", "较大", "2025-03-01", "黔应急〔2025〕1号"],
        [code(1), "甲", "安全生产", "较大", "2025-03-01", "重复"],
        [code(8), "辛", "环境污染", "一般", "2025-03-01", ""],
        [code(9), "戊", "环境污染", "一般", "2025-03-01", ""],
        [code(2), "乙", "失火", "一般", "", ""],
    ]
    path = write(tmp_path / "a.xlsx", {"企业": [HEAD, firm(1), firm(2)], "事件": [INCIDENTS, *rows]})
    good, checking = check(path, known=lambda codes: {code(8)} & set(codes))
    assert good[2:] == [
        IncidentRow(code(1), "safety", "larger", date(2025, 3, 1), "黔应急〔2025〕1号"),
        IncidentRow(code(8), "environment", "ordinary", date(2025, 3, 1)),
    ]
    assert kinds(checking) == {"twice": 1, "unknown-word": 1, "empty": 1, "not-listed": 1}


def test_the_sheet_of_purchases(tmp_path):
    rows = [
        [code(1), code(7), "庚", "酒瓶", 2024, "12.5"],
        [code(1), code(2), "乙", "纸箱", "", "—"],
        [code(1), code(1), "甲", "自己", "", 1],
        [code(2), code(7), "庚", "酒瓶", 1066, 1],
    ]
    good, checking = both(tmp_path, 配套=[SUPPLY, *rows])
    assert good[2:] == [
        SupplyRow(code(1), code(7), "庚", "酒瓶", 2024, 125_000),
        SupplyRow(code(1), code(2), "乙", "纸箱", YEAR, None),
    ]
    assert kinds(checking) == {"itself": 1, "year": 1}


def test_what_hangs_on_a_wrong_enterprise_waits(tmp_path):
    sheets = {
        "企业": [HEAD, [code(1), "", "遵义市", "15"]],
        "事件": [INCIDENTS, [code(1), "", "安全生产", "较大", "2025-03-01", ""]],
    }
    good, checking = check(write(tmp_path / "a.xlsx", sheets))
    assert good == []
    assert kinds(checking) == {"empty": 1, "with-its-firm": 1}


def test_a_csv_text_that_would_run_as_a_formula_is_an_error(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        f"{','.join(HEAD)}\n{code(1)},=HYPERLINK(1),遵义市,15\n{code(2)},'=甲,遵义市,15\n", "utf-8"
    )
    good, checking = check(path)
    assert [one.name for one in firms(good)] == ["=甲"]
    assert kinds(checking) == {"formula-text": 1}


@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.text(max_size=8), st.floats(), st.dates()), max_size=6), max_size=6
    )
)
def test_no_row_whatever_breaks_the_check(rows):
    from cultivar.roster.checking import Checking
    from cultivar.roster.opening import Book, Sheet
    from tests.roster.books import setting

    cells = [
        ["" if cell is None else cell for cell in row] for row in [[*HEAD, "营业收入", "绿色工厂"], *rows]
    ]
    sheet = Sheet("企业", (), {}, iter([cells]))
    checking = Checking(setting())
    list(checking.run(Book("csv", False, False, iter([sheet]))))
    assert checking.counts.good == 0
    assert all(one.sentence.zh and one.sentence.en for one in checking.findings.kept)
