"""Files as they come, and files made to do harm: each ends in a precise sentence or in rows, never in a crash."""

import codecs
import csv
import io
import json
import subprocess
import sys
import zipfile
from datetime import date

import pytest

from cultivar.roster import containers, opening, reading
from cultivar.roster.containers import Refused
from tests.roster.books import (
    HEAD,
    MAIN,
    by_hand,
    check,
    code,
    firm,
    firms,
    kinds,
    raw,
    sentences,
    sheet_xml,
    write,
)

REVENUE = "2025年营业收入（万元）"
ROWS = [[*HEAD, REVENUE], firm(1, 12.5), firm(2, 3)]


def refusal(path, **more) -> str:
    """The Chinese sentence with which a file is refused; the English one is there too."""
    with pytest.raises(Refused) as caught:
        _read_all(path, **more)
    assert len(caught.value.text.en) > 20
    return caught.value.text.zh


def _read_all(path, **more) -> None:
    with opening.opened(path, **more) as book:
        for sheet in book.sheets:
            list(sheet.rows)


def figures(path) -> list[int]:
    good, checking = check(path)
    assert not checking.findings.errors, sentences(checking)
    return [one.years[2025]["revenue"] for one in firms(good)]


def csv_bytes(separator=",", rows=ROWS) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue()


# ------------------------------------------------------------------------------------------------- readable


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_in_any_usual_encoding_and_separator(tmp_path, encoding, separator):
    path = tmp_path / "名单.csv"
    path.write_bytes(csv_bytes(separator).encode(encoding))
    assert figures(path) == [125_000, 30_000]


def test_a_big_endian_utf_16_csv(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(codecs.BOM_UTF16_BE + csv_bytes().encode("utf-16-be"))
    assert figures(path) == [125_000, 30_000]


def test_an_xlsx_that_begins_away_from_the_corner(tmp_path):
    rows = [[], [None, None, "集群企业名单"], [None, None, "填报单位：某中心", "单位：元"], []]
    rows += [
        [None, None, *HEAD, "2025年营业收入"],
        [None, None, *firm(1, 125_000)],
        [],
        [None, None, *firm(2, 30_000)],
    ]
    assert figures(write(tmp_path / "a.xlsx", {"Sheet1": rows})) == [125_000, 30_000]


@pytest.mark.parametrize("system", [False, True])
def test_days_in_both_date_systems(tmp_path, system):
    rows = [[*HEAD, "高新技术企业", "高新技术企业有效期起", "高新技术企业有效期至"]]
    serial = (date(2026, 5, 7) - (date(1904, 1, 1) if system else date(1899, 12, 30))).days
    rows += [firm(1, "是", date(2023, 5, 7), serial)]
    good, checking = check(write(tmp_path / "a.xlsx", {"企业": rows}, date_1904=system))
    assert sentences(checking) == []
    held = firms(good)[0].held[0]
    assert (held.from_on, held.until_on) == (date(2023, 5, 7), date(2026, 5, 7))


def test_links_to_other_files_are_read_as_saved_and_said(tmp_path):
    path = write(tmp_path / "a.xlsx", {"企业": ROWS})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    good, checking = check(path)
    assert len(firms(good)) == 2
    assert kinds(checking) == {"links": 1}


def test_formulas_with_a_value_are_read_and_others_are_errors_at_their_cell(tmp_path):
    rows = [
        [*HEAD, REVENUE],
        firm(1, '<c r="@"><f>1+2</f><v>3</v></c>'),
        firm(2, '<c r="@"><f>1+2</f></c>'),
        firm(3, '<c r="@"><f>1+2</f><v></v></c>'),
        firm(4, '<c r="@" t="e"><f>1/0</f><v>#DIV/0!</v></c>'),
        firm(5, '<c r="@" t="e"><v>#REF!</v></c>'),
        firm(6, '<c r="@" t="str"><f>""</f><v></v></c>'),
    ]
    good, checking = check(by_hand(tmp_path / "a.xlsx", sheet_xml(rows)))
    assert [one.years for one in firms(good)] == [{2025: {"revenue": 30_000}}, {}]
    assert sentences(checking) == [
        "“企业”表 3 行 E 列：公式没有算过，没有数值。在 Excel 或 WPS 里打开，保存一次再传。",
        "“企业”表 4 行 E 列：公式没有算过，没有数值。在 Excel 或 WPS 里打开，保存一次再传。",
        "“企业”表 5 行 E 列：公式出错，显示 #DIV/0!。改正公式，或直接填数值。",
        "“企业”表 6 行 E 列：公式出错，显示 #REF!。改正公式，或直接填数值。",
    ]


def test_merged_cells_of_the_body_are_errors_that_say_unmerge(tmp_path):
    merged = '<mergeCells count="1"><mergeCell ref="C2:C3"/></mergeCells>'
    rows = [[*HEAD, REVENUE], firm(1, 1), [code(2), "乙", None, "15", 2], firm(3, 3)]
    good, checking = check(by_hand(tmp_path / "a.xlsx", sheet_xml(rows, merged)))
    assert [one.code for one in firms(good)] == [code(3)]
    assert sentences(checking) == [  # one sentence for one cell, and none for what it covers
        "“企业”表 2 行 C 列：2 至 3 行合并成一格，分不清属于哪一行。取消合并，每行都填上。"
    ]
    assert (checking.counts.good, checking.counts.wrong) == (1, 2)


def test_cells_merged_sideways_are_said_to_be_of_no_one_column(tmp_path):
    merged = '<mergeCells count="1"><mergeCell ref="D3:E3"/></mergeCells>'
    rows = [[*HEAD, REVENUE], firm(1, 1), [*firm(2)[:4], None]]
    good, checking = check(by_hand(tmp_path / "a.xlsx", sheet_xml(rows, merged)))
    assert [one.code for one in firms(good)] == [code(1)]
    assert sentences(checking)[0].startswith("“企业”表 3 行 D 列：这里是合并的单元格，分不清属于哪一列。")


def test_a_million_empty_styled_rows_are_nothing(tmp_path):
    body = sheet_xml(ROWS).replace("</sheetData>", "")[: -len("</worksheet>")]
    empty = "".join(
        f'<row r="{n}" s="1" ht="{n % 97}.{n % 89}" customHeight="1"/>' for n in range(10, 1_000_000)
    )
    assert figures(by_hand(tmp_path / "a.xlsx", f"{body}{empty}</sheetData></worksheet>")) == [
        125_000,
        30_000,
    ]


def test_hidden_sheets_are_said_and_not_read(tmp_path):
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("企业").write_row(0, 0, HEAD)
        book.get_worksheet_by_name("企业").write_row(1, 0, firm(1))
        book.add_worksheet("旧数据").hide()
    good, checking = check(path)
    assert len(firms(good)) == 1
    assert sentences(checking) == ["“旧数据”表：这张表是隐藏的，没有读。要读就取消隐藏。"]


def test_prefixed_xml_of_other_programs_is_read_alike(tmp_path):
    sheet = sheet_xml([[*HEAD, REVENUE], firm(1, '<c r="@"><f>1+2</f></c>')])
    for tag in ("worksheet", "sheetData", "row", "c", "v", "f", "is", "t"):
        sheet = (
            sheet.replace(f"<{tag}>", f"<x:{tag}>")
            .replace(f"<{tag} ", f"<x:{tag} ")
            .replace(f"</{tag}>", f"</x:{tag}>")
        )
    sheet = sheet.replace("xmlns=", "xmlns:x=")
    _, checking = check(by_hand(tmp_path / "a.xlsx", sheet))
    assert kinds(checking) == {"no-value": 1}


# -------------------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "这是空文件。"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 99, "内容是JPEG 图片"),
        (b"%PDF-1.7 ...", "内容是PDF 文件"),
        (b"MZ" + b"\0" * 99, "内容是程序"),
        (bytes(range(256)) * 9, "认不出文件的内容"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "内容是网页，只是名字像表格"),
        (b"<?xml version='1.0'?><Workbook/>", "内容是 XML"),
        (b"PK\x03\x04" + b"\0" * 99, "不完整或已损坏"),
        (b"a,\xff\xff\x81\n", "文字编码认不出"),
        (b'a,"b\nc,d\n', "引号或分隔符不成对"),
    ],
)
def test_what_is_no_table_is_named(tmp_path, content, words):
    path = tmp_path / "名单.xlsx"
    path.write_bytes(content)
    assert words in refusal(path)


def ole(*names: str) -> bytes:
    """The beginning of an OLE file and a directory with these names."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 504
        + b"".join(n.encode("utf-16-le") + b"\0" * 64 for n in names)
    )


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("EncryptionInfo", "EncryptedPackage"), "加了密码"),
        (("WordDocument",), "旧版 Word"),
        (("Workbook", "_VBA_PROJECT_CUR"), "带宏"),
        (("Workbook",), "不完整或已损坏"),
        (("Something",), "认不出这个 Office 文件"),
    ],
)
def test_old_office_files(tmp_path, names, words):
    path = tmp_path / "a.xls"
    path.write_bytes(ole(*names))
    assert words in refusal(path)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"a.txt": "x"}, "ZIP 压缩包"),
        ({"word/document.xml": "x"}, "Word 文档"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "ODS"),
        ({"xl/workbook.bin": "x"}, "xlsb"),
        ({"xl/workbook.xml": "<workbook"}, "不完整或已损坏"),
        ({"xl/workbook.xml": "<workbook/>"}, "不完整或已损坏"),
    ],
)
def test_other_packed_files(tmp_path, members, words):
    assert words in refusal(raw(tmp_path / "a.xlsx", members))


def test_macros(tmp_path):
    assert "带宏" in refusal(by_hand(tmp_path / "a.xlsm", sheet_xml(ROWS), **{"xl/vbaProject.bin": b"x"}))


def test_a_cut_off_workbook(tmp_path):
    path = write(tmp_path / "a.xlsx", {"企业": ROWS})
    path.write_bytes(path.read_bytes()[:-400])
    assert "不完整或已损坏" in refusal(path)


def test_a_workbook_with_a_damaged_member(tmp_path):
    path = write(tmp_path / "a.xlsx", {"企业": ROWS})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 80
    data[place : place + 40] = b"\0" * 40
    path.write_bytes(data)
    assert "不完整或已损坏" in refusal(path)


def test_a_bomb_of_noughts(tmp_path):
    path = by_hand(tmp_path / "a.xlsx", f'<worksheet xmlns="{MAIN}">' + " " * 110_000_000)
    assert path.stat().st_size < 1_000_000
    assert "解开后过大" in refusal(path)


def test_a_bomb_that_lies_about_its_size(tmp_path):
    """The directory says 100 bytes; what comes out is counted as it comes."""
    path = by_hand(tmp_path / "a.xlsx", f'<worksheet xmlns="{MAIN}">' + " " * 30_000_000)
    data = bytearray(path.read_bytes())
    size = (30_000_000 + len(f'<worksheet xmlns="{MAIN}">')).to_bytes(4, "little")
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = (100).to_bytes(4, "little")
    path.write_bytes(data)
    assert refusal(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_billion_laughs(tmp_path, encoding):
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    prologue = f'<!DOCTYPE worksheet [<!ENTITY l0 "ha">{entities}]>'
    sheet = sheet_xml([[*HEAD], firm(1)]).replace("?>", f"?>{prologue}", 1).replace("测试企业1", "&l9;")
    assert "文档类型声明" in refusal(by_hand(tmp_path / "a.xlsx", sheet.encode(encoding)))


def test_a_document_type_in_the_workbook_itself(tmp_path):
    path = by_hand(
        tmp_path / "a.xlsx", sheet_xml(ROWS), prologue='<!DOCTYPE workbook SYSTEM "file:///etc/passwd">'
    )
    assert "文档类型声明" in refusal(path)


def test_a_stray_cell_at_the_far_corner(tmp_path):
    stray = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    words = refusal(by_hand(tmp_path / "a.xlsx", sheet_xml(ROWS).replace("</sheetData>", stray)))
    assert "删去右边和下边不用的单元格" in words


def test_twenty_thousand_columns(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(",".join(f"列{n}" for n in range(20_000)), "utf-8")
    assert "最多 300000 行 500 列" in refusal(path)
    write(tmp_path / "b.xlsx", {"企业": [[f"列{n}" for n in range(16_000)]]})
    assert "16000 列" in refusal(tmp_path / "b.xlsx")


def test_more_sheets_than_a_roster_has(tmp_path):
    path = write(tmp_path / "a.xlsx", {f"表{n}": [] for n in range(50)})
    assert "50 张表" in refusal(path)


def test_a_file_beyond_the_size(tmp_path):
    path = write(tmp_path / "a.xlsx", {"企业": ROWS})
    assert "超过 0 MB" in refusal(path, most_bytes=1000)


def test_a_reader_that_runs_out_of_time_ends_in_a_sentence(tmp_path):
    wide = [[float(n * 31 + m) for m in range(60)] for n in range(8_000)]
    path = write(tmp_path / "a.xlsx", {"企业": wide})
    assert "没能在规定时间内读完" in refusal(path, seconds=0)


# ------------------------------------------------------- what a file may cost the house, not the child alone


def limited(path) -> dict:
    """What comes of a file in a process with little memory and time."""
    command = [sys.executable, "-m", "tests.roster.limited", str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def merges(*ranges: str) -> str:
    inside = "".join(f'<mergeCell ref="{one}"/>' for one in ranges)
    return f"<mergeCells>{inside}</mergeCells>"


def test_hundreds_of_merged_ranges_over_each_other(tmp_path):
    ranges = merges(*(f"A2:D{1_000_000 + n}" for n in range(400)))
    path = by_hand(tmp_path / "a.xlsx", sheet_xml(ROWS, ranges))
    assert path.stat().st_size < 10_000
    assert limited(path) == {"kinds": {"merged": 1}}
    far = sheet_xml([*ROWS, *[[]] * 9_000, [1]], ranges)
    assert "合并的单元格太多" in refusal(by_hand(tmp_path / "b.xlsx", far))


def test_more_merged_ranges_than_a_roster_has(tmp_path):
    rows = [[*HEAD, REVENUE, "x", "y"], *[firm(n, 1) for n in range(1, 3001)]]
    aside = merges(*(f"F{n}:G{n}" for n in range(100, 2900)))
    good, checking = check(by_hand(tmp_path / "a.xlsx", sheet_xml(rows, aside)))
    assert len(firms(good)) == 3000  # in columns that are not read they hurt nobody
    assert "merged" not in kinds(checking)
    inside = merges(*(f"C{n}:D{n}" for n in range(100, 2900)))
    assert "取消合并" in refusal(by_hand(tmp_path / "b.xlsx", sheet_xml(rows, inside)))


def shared(path, rows: int, columns: int, text: str):
    """A workbook of cells that all show one long text, which stands in the file once."""
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("企业")
        for row in range(rows):
            for column in range(columns):
                sheet.write_string(row, column, text)
    return path


def test_one_long_text_in_every_cell(tmp_path):
    path = shared(tmp_path / "a.xlsx", 450, 480, "很" * 500)
    assert path.stat().st_size < 1_000_000
    assert limited(path) == {"kinds": {"sheet-not-read": 1, "no-firms": 1}}


def test_more_text_than_any_roster_has(tmp_path):
    assert "文字太多" in limited(shared(tmp_path / "a.xlsx", 450, 480, "x" * 1_500))["refused"]


def test_a_batch_of_the_longest_cells_fits_a_line():
    assert 12 * (reading.BATCH_TEXT + reading.MOST_COLUMNS * (reading.LONGEST + 1)) < opening.MOST_LINE


def test_overlapping_names_are_refused(tmp_path):
    path = by_hand(tmp_path / "a.xlsx", sheet_xml(ROWS))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xl/worksheets/sheet1.xml", "x")
    assert "过大" in refusal(path)


def test_the_limits_fit_each_other():
    assert containers.MOST_UNPACKED < opening.MOST_BYTES * containers.MOST_RATIO
