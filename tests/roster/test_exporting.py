"""Export and import are each other's reverse."""

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cultivar.policy.vocabulary import vocabulary
from cultivar.registry import credit_code
from cultivar.registry.statements import FirmRow, HeldRow, IncidentRow, SupplyRow
from cultivar.roster.cells import MOST, NOT_GIVEN, clean_text
from cultivar.roster.columns import LISTED
from cultivar.roster.exporting import csv_lines, write_workbook
from cultivar.roster.marking import write_marked
from cultivar.roster.opening import opened
from tests.roster.books import (
    HEAD,
    YEAR,
    by_hand,
    check,
    code,
    firm,
    firms,
    kinds,
    sentences,
    sheet_xml,
    write,
)

KNOWN = vocabulary()
YEARS = (YEAR - 1, YEAR)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=20)
SIGNS = st.sampled_from(
    ["", "=", "＝", "＋", "－", "＠", "'"]
)  # a text that begins like a formula is rare otherwise
NAMES = (
    st.builds(str.__add__, SIGNS, WORDS)
    .map(clean_text)
    .filter(lambda text: text and text.casefold() not in NOT_GIVEN)
)
DAYS = st.none() | st.dates(date(1990, 1, 1), date(2090, 1, 1))


def values(measure):
    if measure.kind == "yes-no":
        return st.integers(0, 1)
    return st.integers(-MOST + 1 if measure.signed else 0, MOST - 1)


FIGURES = st.fixed_dictionaries({}, optional={one.id: values(one) for one in KNOWN.measures.values()}).filter(
    lambda figures: all(
        figures.get(less, 0) <= figures.get(more, MOST)
        for less, more in (
            ("local-purchases", "purchases"),
            ("key-processes-nc", "key-processes"),
            ("rd-staff", "employment"),
            ("invention-patents", "patents"),
        )
    )
)


@st.composite
def titles(draw):
    pairs = [(word.id, rank) for word in KNOWN.qualifications.values() for rank in word.ranks or ("",)]
    held = []
    for kind, rank in draw(st.lists(st.sampled_from(pairs), unique=True, max_size=4)):
        since, until = draw(DAYS), draw(DAYS)
        if since and until and until < since:
            since, until = until, since
        held.append(HeldRow(kind, rank, draw(NAMES | st.just("")), since, until))
    return tuple(held)


@st.composite
def rows(draw):
    number = draw(st.integers(0, 10**7 - 1))
    years = draw(st.dictionaries(st.sampled_from(YEARS), FIGURES.filter(bool), max_size=2))
    return FirmRow(
        credit_code.make("91", "520300", f"M{number:07d}"),
        draw(NAMES),
        draw(st.sampled_from(["520300", "5200GA", "522600"])),
        draw(st.sampled_from(["15", "061", "1512", "6513"])),
        years,
        draw(st.none() | titles()),
    )


def plain(row: FirmRow) -> FirmRow:
    """A row with its titles in one order."""
    held = None if row.held is None else tuple(sorted(row.held, key=lambda one: (one.kind, one.rank)))
    return FirmRow(row.code, row.name, row.region, row.industry, {**row.years}, held)


ROWS = st.lists(rows(), max_size=10, unique_by=lambda row: row.code)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@given(given_rows=ROWS, language=st.sampled_from(["zh", "en"]))
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_what_is_exported_is_imported_as_it_was(form, given_rows, language):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{form}"
        if form == "xlsx":
            assert write_workbook(path, given_rows, YEARS, language=language) == len(given_rows)
        else:
            path.write_bytes("".join(csv_lines(given_rows, YEARS, language)).encode())
        good, checking = check(path)
    assert checking.findings.errors == 0, sentences(checking)
    assert [plain(row) for row in firms(good)] == [plain(row) for row in given_rows]


def test_incidents_and_purchases_come_back_too(tmp_path):
    firm_rows = [FirmRow(code(1), "甲", "520300", "15", {}, None)]
    incidents = [
        IncidentRow(code(1), "safety", "larger", date(2025, 3, 1), "文书"),
        IncidentRow(code(1), "social", "ordinary", date(2024, 3, 1)),
    ]
    supply = [
        SupplyRow(code(1), code(2), "=乙", "酒瓶", 2024, 125_001),
        SupplyRow(code(1), code(3), "", "纸箱", 2025, None),
    ]
    write_workbook(tmp_path / "a.xlsx", firm_rows, YEARS, incidents=incidents, supply=supply)
    good, checking = check(tmp_path / "a.xlsx")
    assert sentences(checking) == []
    assert [*firms(good), *good[1:]] == [*firm_rows, *incidents, *supply]


def test_a_csv_is_safe_to_open_and_says_that_it_is_utf_8():
    row = FirmRow(code(1), "=HYPERLINK(1)", "520300", "15", {2025: {"profit": -12_345}}, None)
    head, line = csv_lines([row], [2025])
    assert head.startswith("\ufeff统一社会信用代码,")
    assert line.split(",")[1] == "'=HYPERLINK(1)"
    assert ",-1.2345," in line


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "'", "'＝"])
def test_a_text_that_begins_like_a_formula_is_guarded_and_comes_back(tmp_path, sign):
    row = FirmRow(code(1), f"{sign}SUM(1)", "520300", "15", {}, None)
    lines = [*csv_lines([row], [2025])]
    assert lines[1].split(",")[1] == f"'{sign}SUM(1)"
    path = tmp_path / "a.csv"
    path.write_bytes("".join(lines).encode())
    good, checking = check(path)
    assert not checking.findings.errors
    assert firms(good)[0].name == row.name


# -------------------------------------------------------------------------------------------------- marking


def marked(tmp_path, rows):
    """A workbook, what was found in it, and the marked one."""
    path = write(
        tmp_path / "a.xlsx", {"企业": [["名单"], [*HEAD, "营业收入", "吉祥物"], *rows], "附表": [["x"]]}
    )
    _, checking = check(path)
    write_marked(path, {"zh": tmp_path / "b.xlsx"}, checking.findings.kept)
    return checking, tmp_path / "b.xlsx"


def test_a_marked_workbook_lists_colours_and_explains(tmp_path):
    import zipfile

    checking, path = marked(tmp_path, [firm(1, "约3"), firm(2, 4, "x")])
    with zipfile.ZipFile(path) as archive:
        comments = archive.read("xl/comments1.xml").decode()
        first = archive.read("xl/worksheets/sheet1.xml").decode()
        second = archive.read("xl/worksheets/sheet2.xml").decode()
    assert "营业收入应填数字。只写数字；没有数据就留空。" in comments
    assert "location=\"'企业'!E3\"" in first
    assert "约3" in second
    assert kinds(checking) == {"not-a-number": 1, "column-not-read": 1, "sheet-not-read": 1}


def test_a_marked_workbook_is_corrected_and_sent_back_as_it_is(tmp_path):
    """The sheet that lists the problems is not read, and everything else is as it was."""
    before, path = marked(tmp_path, [firm(1, "约3"), firm(2, 4), firm(3, "—")])
    good, checking = check(path)
    assert kinds(checking) == kinds(before)
    assert [one.years for one in firms(good)] == [{2025: {"revenue": 40_000}}, {}]
    with opened(path) as book:
        assert LISTED.zh not in [sheet.name for sheet in book.sheets]


def test_a_csv_comes_back_as_a_marked_workbook(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"{','.join(HEAD)}\n{code(1)},甲,火星,15\n", "utf-8")
    _, checking = check(path)
    write_marked(path, {"zh": tmp_path / "c.xlsx", "en": tmp_path / "b.xlsx"}, checking.findings.kept)
    assert kinds(check(tmp_path / "b.xlsx")[1]) == {"region": 1}


@pytest.mark.parametrize("name", ["a/b:c*d?[e]", "很" * 40, "'"])
def test_a_tab_whose_name_excel_would_not_take_is_marked_too(tmp_path, name):
    path = by_hand(tmp_path / "a.xlsx", sheet_xml([HEAD, [code(1), "甲", "火星", "15"]]), name=name)
    _, checking = check(path)
    write_marked(path, {"zh": tmp_path / "b.xlsx"}, checking.findings.kept)
    assert kinds(check(tmp_path / "b.xlsx")[1]) == {"region": 1}
