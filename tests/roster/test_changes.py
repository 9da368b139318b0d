"""What taking a file would change, and the figures in it that jump, said before anything is taken."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from cultivar.policy.vocabulary import vocabulary
from cultivar.registry.models import YearlyFigures
from cultivar.registry.statements import FirmRow, HeldRow, state
from cultivar.roster import storing
from cultivar.roster.changes import SHOWN
from cultivar.roster.checking import Checking
from cultivar.roster.comparing import Register
from cultivar.roster.jumps import MOST, jumps, said_of
from cultivar.roster.opening import Book, Sheet
from tests import world as w
from tests.registry import stated as s
from tests.roster.books import HEAD, code, firm, setting

WAN = 10_000


def read(sheets) -> Book:
    """A file as its reader hands it over, without the reader."""
    rows = {
        name: [["" if cell is None else cell for cell in row] for row in of] for name, of in sheets.items()
    }
    last = sorted(rows, key=lambda name: name == "企业")  # what hangs on enterprises is read before them
    of = (Sheet(name, (), {}, iter([rows[name]])) for name in last)
    return Book("xlsx", False, False, of)


def checked(sheets, giver, **more) -> Checking:
    checking = Checking(setting(**more), against=Register.of(giver) if giver else None)
    list(checking.run(read(sheets)))
    return checking


def taken(sheets, giver) -> storing.Outcome:
    return storing.take(giver, Checking(setting()).run(read(sheets)), at=s.AT)


def counts(checking: Checking) -> dict[str, int]:
    return {key: value for key, value in checking.changes.plain().items() if key != "changes"}


# ------------------------------------------------------------------------------------------------- jumps, pure


def jump(value: int, before: int, measure: str = "revenue"):
    found = list(jumps({2025: {measure: value}}, {}, {2024: {measure: before}}))
    return found[0] if found else None


@pytest.mark.parametrize(
    ("value", "before", "slip"),
    [
        (120_000_000 * WAN, 11_000 * WAN, 10_000),
        (11_000 * WAN, 120_000_000 * WAN, 10_000),
        (120_000 * WAN, 110 * WAN, 1_000),
        (12_000 * WAN, 110 * WAN, 100),
        (1_200 * WAN, 110 * WAN, 10),
        (600 * WAN, 110 * WAN, 0),
        (30_000 * WAN, 1_000 * WAN, 0),
    ],
)
def test_a_figure_that_jumps_against_the_year_before(value, before, slip):
    assert jump(value, before).slip == slip


@pytest.mark.parametrize(
    ("value", "before", "measure"),
    [
        (500 * WAN, 100 * WAN, "revenue"),  # fivefold is within the bound
        (100 * WAN, 500 * WAN, "revenue"),
        (0, 500 * WAN, "revenue"),
        (500 * WAN, 0, "revenue"),
        (90 * WAN, 9 * WAN, "revenue"),  # both small
        (12, 1, "patents"),
        (1, 0, "above-scale"),
        (-900 * WAN, 110 * WAN, "profit"),  # a loss after a profit
        (3_000 * WAN, 100 * WAN, "profit"),  # a profit may grow thirtyfold; that is no power of ten
    ],
)
def test_what_is_no_jump(value, before, measure):
    assert jump(value, before, measure) is None


@given(value=st.integers(-(10**12), 10**12), before=st.integers(-(10**12), 10**12))
def test_both_ways_say_the_same_and_nothing_within_the_bound_is_said(value, before):
    there, back = jump(value, before), jump(before, value)
    assert (there and there.slip) == (back and back.slip)
    if there is not None:
        assert there.factor > MOST
        assert vocabulary().measures["revenue"].name.zh in said_of(there, WAN).text.zh


def test_the_likely_cause_is_named_by_the_unit_of_the_column():
    large, small = jump(120_000_000 * WAN, 12_000 * WAN), jump(12 * WAN, 120_000 * WAN)
    assert said_of(large, WAN).text.zh == (
        "2025年营业收入是上一年的 10000 倍（上一年 12000，这里 120000000，单位万元），像是按“元”填进了“万元”的列。"
    )
    assert "which looks like yuan typed where 10,000 yuan is asked" in said_of(large, WAN).text.en
    assert "像是按“亿元”填进了“万元”的列" in said_of(small, WAN).text.zh
    assert "像是按“万元”填进了“亿元”的列" in said_of(large, 100_000_000).text.zh
    assert "像是小数点错了 2 位" in said_of(jump(12_000 * WAN, 110 * WAN), WAN).text.zh
    assert "像是" not in said_of(jump(600 * WAN, 110 * WAN), WAN).text.zh


def test_the_same_year_is_held_against_ones_own_word_and_only_a_near_power_is_a_slip():
    def again(value):
        return list(jumps({2025: {"revenue": value}}, {2025: {"revenue": 1_000 * WAN}}, {}))

    assert [one.slip for one in again(10_050 * WAN)] == [10]
    assert [one.slip for one in again(12_000 * WAN)] == [0]  # a correction, but a large one
    assert again(1_100 * WAN) == []
    assert "本单位原来所填的 10 倍" in said_of(again(10_000 * WAN)[0], WAN).text.zh


# --------------------------------------------------------------------------------------------- at the check


@pytest.mark.django_db
def test_a_hint_names_sheet_row_column_value_and_what_stood():
    mine = s.applicant(w.cluster().organisation_id)
    rows = [FirmRow(code(1), "甲", w.ZUNYI, "15", {2024: {"revenue": 12_000 * WAN}}, None)]
    state(s.authority(), rows, at=s.AT)  # an authority's word on the year before will do
    book = {"企业": [[*HEAD, "2025年营业收入（元）"], firm(1, 12_000)]}
    checking = checked(book, mine)
    (one,) = checking.findings.kept
    assert (one.sheet, one.row, one.column, one.heading, one.value) == (
        "企业",
        2,
        "E",
        "2025年营业收入（元）",
        "12000",
    )
    assert (one.said.kind, one.said.blocks) == ("jump-unit", False)
    assert "上一年 120000000，这里 12000，单位元），像是按“万元”填进了“元”的列" in one.said.text.zh
    assert (checking.counts.good, checking.findings.errors, checking.findings.hints) == (1, 0, 1)


@pytest.mark.django_db
def test_the_year_before_in_the_file_goes_before_that_of_the_register():
    mine = s.applicant(w.cluster().organisation_id)
    rows = [FirmRow(code(1), "甲", w.ZUNYI, "15", {2024: {"revenue": 12_000 * WAN}}, None)]
    state(mine, rows, at=s.AT)
    head = [*HEAD, "2024年营业收入", "2025年营业收入"]
    book = {"企业": [head, firm(1, 1_300, 1_250), firm(2, 1_300, 13_000_000)]}
    found = [(one.row, one.column, one.said.kind) for one in checked(book, mine).findings.kept]
    assert found == [(2, "E", "jump"), (3, "F", "jump-unit")]


def test_without_a_register_nothing_is_compared():
    head = [*HEAD, "2024年营业收入", "2025年营业收入"]
    book = {"企业": [head, firm(1, 1_300, 13_000_000)]}
    assert checked(book, None).findings.kept == []


# ------------------------------------------------------------------------------------------------- what changes


BOOK = {
    "企业": [
        [*HEAD, "2025年营业收入", "2025年从业人员", "高新技术企业", "绿色工厂"],
        firm(1, 1_000, 70, "是", "省级"),
        firm(2, 2_000, None, "否", None),
    ],
    "事件": [
        ["统一社会信用代码", "事件类别", "等级", "发生日期", "认定文书"],
        [code(1), "安全生产", "较大", "2025-03-01", "一号"],
    ],
    "配套": [
        ["采购方代码", "供应方代码", "供应方名称", "产品", "年份", "采购金额（万元）"],
        [code(1), code(7), "丁", "瓶盖", 2025, 3],
    ],
}


@pytest.mark.django_db
def test_new_changed_ended_and_the_same_are_told_apart_with_before_and_after():
    mine = s.applicant(w.cluster().organisation_id)
    first = BOOK
    assert counts(checked(first, mine)) == {"new_firms": 2, "new": 7, "changed": 0, "ended": 0, "same": 0}
    taken(first, mine)
    assert counts(checked(first, mine)) == {"new_firms": 0, "new": 0, "changed": 0, "ended": 0, "same": 7}
    second = {
        "企业": [
            BOOK["企业"][0],
            firm(1, 1_100, 70, "否", "省级"),
            firm(3, 5, None, None, None),
        ],
        "事件": [BOOK["事件"][0], [*BOOK["事件"][1][:4], "二号"]],
        "配套": [BOOK["配套"][0], [*BOOK["配套"][1][:5], 4]],
    }
    checking = checked(second, mine)
    assert counts(checking) == {"new_firms": 1, "new": 1, "changed": 3, "ended": 1, "same": 2}
    assert [(one.what.zh, one.before.zh, one.after.zh) for one in checking.changes.shown] == [
        ("2025年营业收入（万元）", "1000", "1100"),
        ("高新技术企业", "有", "—"),
        ("2025-03-01 安全生产（较大）", "一号", "二号"),
        (f"2025年向 {code(7)} 采购瓶盖", "丁，30000 元", "丁，40000 元"),
    ]


@pytest.mark.django_db
def test_what_an_authority_corrects_of_an_enterprise_is_a_change_and_anothers_word_is_none():
    state(
        s.authority(w.ZUNYI), [FirmRow(code(1), "旧名", w.ZUNYI, "15", {2025: {"revenue": 5}}, None)], at=s.AT
    )
    book = {"企业": [[*HEAD, "2025年营业收入"], firm(1, 9)]}
    checking = checked(book, s.authority())
    assert counts(checking) == {"new_firms": 0, "new": 1, "changed": 2, "ended": 0, "same": 0}
    assert [(one.what.zh, one.before.zh, one.after.zh) for one in checking.changes.shown] == [
        ("企业名称", "旧名", "测试企业1（虚构）"),
        ("行业代码", "15", "1512"),
    ]
    mine = s.applicant(w.cluster().organisation_id)
    assert counts(checked(book, mine))["changed"] == 0


@pytest.mark.django_db
def test_the_first_changes_are_shown_and_all_are_counted():
    mine = s.applicant(w.cluster().organisation_id)
    rows = [firm(n, n) for n in range(1, SHOWN + 6)]
    for factor in (1, 2):
        book = {"企业": [[*HEAD, "2025年从业人员"], *([*row[:4], row[4] * factor] for row in rows)]}
        checking = checked(book, mine)
        taken(book, mine)
    assert (len(checking.changes.shown), checking.changes.counts["changed"]) == (SHOWN, SHOWN + 5)


FIGURES = st.fixed_dictionaries(
    {}, optional={"营业收入": st.integers(1, 3), "从业人员": st.integers(1, 3), "有效专利": st.integers(1, 3)}
)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(turns=st.lists(st.dictionaries(st.integers(1, 3), FIGURES, min_size=1), min_size=1, max_size=3))
def test_what_is_foretold_is_what_comes(turns):
    """The statements that are foretold as new or changed are those that stand otherwise once the file is taken."""
    from django.db import transaction

    def stands() -> dict[tuple[str, str], int]:
        rows = YearlyFigures.objects.filter(ended_at=None).values_list("enterprise", "figures")
        return {(of, measure): value for of, figures in rows for measure, value in figures.items()}

    heads = ["营业收入", "从业人员", "有效专利"]
    with transaction.atomic():
        mine = s.applicant(w.cluster().organisation_id)
        for turn in turns:
            rows = [firm(n, *(figures.get(head) for head in heads)) for n, figures in turn.items()]
            head = [*HEAD, *(f"2025年{one}" for one in heads)]
            book = {"企业": [head, *rows]}
            before, told = stands(), checked(book, mine).changes.counts
            taken(book, mine)
            after = stands()
            assert told["new"] == len(after.keys() - before.keys())
            assert told["changed"] == sum(after[key] != before[key] for key in before)
            assert told["same"] == sum(map(len, turn.values())) - told["new"] - told["changed"]
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_a_chunk_is_compared_in_five_queries(count):
    mine = s.applicant(w.cluster().organisation_id)
    rows = [s.firm(n, {2025: {"revenue": n}}, (HeldRow("srun"),)) for n in range(1, count + 1)]
    state(mine, rows, at=s.AT)
    register = Register.of(mine)
    from cultivar.registry.statements import IncidentRow, SupplyRow
    from cultivar.roster.sheet_reading import Firm

    links = [IncidentRow(s.code(n), "safety", "larger", date(2025, 3, 1)) for n in range(1, count + 1)]
    links += [SupplyRow(s.code(n), s.code(7), "丁", "瓶盖", 2025, 3) for n in range(1, count + 1)]
    with CaptureQueriesContext(connection) as captured:
        assert len(register.firms([Firm(row) for row in rows])) == count
        register.links(links)
    assert len(captured) == 5
