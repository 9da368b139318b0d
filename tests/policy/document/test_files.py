"""Files of every kind: what they hold, or one sentence that says why they cannot be read."""

import io
import tracemalloc
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from cultivar.policy.document.decoding import decode
from cultivar.policy.document.files import MAX_BYTES, extract, read_file
from cultivar.policy.problems import BadFile

PLAIN = """云岭省灯笼办法
第一条 为了灯笼，制定本办法。
第二条 应当有：
（一）纸；
（二）油。
第三条 本办法自公布之日起施行。
"""


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def numbers(path: Path) -> list[int | None]:
    return [article.number for article in read_file(path).document.articles]


@pytest.mark.parametrize(
    ("encoding", "known_as", "kinds"),
    [
        ("utf-8", "utf-8", []),
        ("utf-8-sig", "utf-8", []),
        ("utf-16", "utf-16-le", ["not-utf-8"]),
        ("utf-16-le", "utf-16-le", ["not-utf-8"]),
        ("utf-16-be", "utf-16-be", ["not-utf-8"]),
        ("gb18030", "gb18030", ["not-utf-8"]),
        ("gbk", "gb18030", ["not-utf-8"]),
        ("gb2312", "gb18030", ["not-utf-8"]),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings(tmp_path, encoding, known_as, kinds, end):
    text = PLAIN.replace("\n", end)
    reading = read_file(written(tmp_path, "x.txt", text.encode(encoding)))
    assert reading.extract.text == text
    assert reading.extract.encoding == known_as
    assert [article.number for article in reading.document.articles] == [1, 2, 3]
    assert [warning.kind for warning in reading.document.warnings] == kinds


def test_bytes_that_cannot_be_decoded_are_told_with_their_place():
    data = PLAIN.encode("utf-8").replace("油".encode(), b"\xff\xfe\xff")
    decoded = decode(data)
    assert decoded.encoding == "utf-8"
    [warning] = [warning for warning in decoded.warnings if warning.kind == "undecodable-bytes"]
    assert decoded.text[warning.offset] == "\ufffd"


NUMBERING = """<w:numbering {ns}>
<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>
<w:lvlText w:val="第%1章"/><w:suff w:val="space"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="8">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="第%1条"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/>
<w:suff w:val="nothing"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimalEnclosedCircle"/><w:lvlText w:val="%3"/></w:lvl>
<w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="fancy"/><w:lvlText w:val="%4."/></w:lvl></w:abstractNum>
<w:num w:numId="71"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="81"><w:abstractNumId w:val="8"/></w:num>
</w:numbering>"""


def numbered_word(folder: Path) -> Path:
    """A Word file whose chapters, articles and items are numbered by Word alone."""
    document = docx.Document()
    part = document.part.numbering_part
    part._element = parse_xml(NUMBERING.format(ns=nsdecls("w")))
    document.add_paragraph("云岭省灯笼办法")
    for number, level, text in [
        (71, 0, "总则"), (81, 0, "为了灯笼，制定本办法。"), (81, 0, "应当有："), (81, 1, "纸；"), (81, 2, "红纸；"),
        (81, 2, "黄纸；"), (81, 1, "油。"), (71, 0, "附则"), (81, 0, "应当点亮："), (81, 1, "大灯；"),
        (81, 1, "小灯。"),
        (81, 3, "怪号。"),
    ]:  # fmt: skip
        paragraph = document.add_paragraph(text)
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_numId().val = number
        properties.get_or_add_ilvl().val = level
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "表头", "数量"
    path = folder / "x.docx"
    document.save(path)
    return path


def test_numbers_that_word_generates_are_written_out(tmp_path):
    reading = read_file(numbered_word(tmp_path))
    document = reading.document
    assert document.title == "云岭省灯笼办法"
    assert [chapter.label for chapter in document.chapters] == ["第一章", "第二章"]
    assert [article.label for article in document.articles] == ["第一条", "第二条", "第三条"]
    assert [item.label for item in document.articles[1].items] == ["（一）", "（二）"]
    assert [item.label for item in document.articles[1].items[0].items] == ["①", "②"]
    assert [item.number for item in document.articles[2].items] == [1, 2]
    assert {"numbers-from-word", "numbers-unknown"} <= {warning.kind for warning in document.warnings}
    assert "表头\t数量" in reading.extract.text


def test_typed_numbers_and_tables_in_word(tmp_path):
    document = docx.Document()
    for line in PLAIN.splitlines():
        document.add_paragraph(line)
    document.save(tmp_path / "x.doc")  # the content decides, not the name
    reading = read_file(tmp_path / "x.doc")
    assert reading.extract.kind == "docx"
    assert [article.number for article in reading.document.articles] == [1, 2, 3]


def test_tracked_changes_are_read_as_accepted(tmp_path):
    document = docx.Document()
    paragraph = document.add_paragraph("第一条 灯笼")
    run = "<w:r><w:t>{}</w:t></w:r>"
    paragraph._p.append(
        parse_xml(f'<w:ins {nsdecls("w")} w:id="1" w:author="a">{run.format("用纸。")}</w:ins>')
    )
    paragraph._p.append(
        parse_xml(
            f'<w:del {nsdecls("w")} w:id="2" w:author="a"><w:r><w:delText>用布。</w:delText></w:r></w:del>'
        )
    )
    document.save(tmp_path / "x.docx")
    found = extract(tmp_path / "x.docx")
    assert found.text == "第一条 灯笼用纸。"
    assert [warning.kind for warning in found.warnings] == ["tracked-changes"]


def pdf(pages: list[list[str]]) -> bytes:
    """A PDF with Helvetica text, one list of lines for each page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>")
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for number, lines in enumerate(pages):
        shown = "".join(f"({line}) Tj 0 -14 Td\n" for line in lines)
        stream = f"BT /F1 11 Tf 50 780 Td\n{shown}ET" if lines else ""
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer << /Size {size} /Root 1 0 R >>\n"
    return data + f"{end}startxref\n{len(data)}\n%%EOF".encode()


PAGES = [
    [
        "Yunling Gazette",
        "Measures on Lanterns",
        "Article 1 These Measures are formulated in order to have more lanterns in the",
        "whole province, in accordance with Article 9 of the Law on Lights, so that it is",
        "bright.",
        "Article 2 The following are required for every lantern that is made here:",
        "- 1 -",
    ],
    [
        "Yunling Gazette",
        "\\(1\\) paper of a kind that lets the light through, which the county examines before",
        "use;",
        "\\(2\\) oil.",
        "- 2 -",
    ],
    ["Yunling Gazette", "Article 3 These Measures come into force on the day of promulgation.", "- 3 -"],
]


def test_pdf_lines_become_paragraphs_and_headers_go(tmp_path):
    reading = read_file(written(tmp_path, "x.pdf", pdf(PAGES)))
    document = reading.document
    assert [article.number for article in document.articles] == [1, 2, 3]
    assert [item.number for item in document.articles[1].items] == [1, 2]
    text = reading.extract.text
    assert text[document.articles[0].start : document.articles[0].end].endswith(
        "Lights, so that it is bright."
    )
    assert "Gazette" not in text
    assert {"page-marks", "headers-dropped"} <= {warning.kind for warning in document.warnings}


def test_pages_without_text_are_told(tmp_path):
    reading = read_file(written(tmp_path, "x.pdf", pdf([*PAGES, []])))
    assert "pages-without-text" in {warning.kind for warning in reading.document.warnings}


def test_a_saved_page_loses_scripts_and_navigation(tmp_path):
    page = (
        "<!DOCTYPE html><html><head><title>t</title><style>p{}</style></head><body><nav><li>第九条 "
        "菜单</li></nav>"
        "<script>var x='第八条 x';</script><h1>云岭省灯笼办法</h1><!-- 第七条 x --><p>第一条&nbsp;为了\n灯笼，"
        "制定本办法。</p>"
        "<p>第二条&emsp;应当有：<br>（一）纸；<br/>（二）油。</p><footer>主办单位</footer></body></html>"
    )
    reading = read_file(written(tmp_path, "x.html", page.encode()))
    assert reading.document.title == "云岭省灯笼办法"
    assert [article.number for article in reading.document.articles] == [1, 2]
    assert [item.number for item in reading.document.articles[1].items] == [1, 2]
    assert "为了灯笼" in reading.extract.text


def archive(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return buffer.getvalue()


def encrypted_pdf() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(PAGES))))
    writer.encrypt("secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


BAD = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\n", "is empty"),
    "legacy doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "legacy doc or wps"),
    "rtf": (b"{\\rtf1 lantern}", "RTF"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "picture"),
    "no zip": (b"PK\x03\x04 not a zip at all", "Not a sound Word file"),
    "other archive": (archive({"a.txt": b"x"}), "not a Word document"),
    "gzip": (b"\x1f\x8b\x08\x00abc", "archive"),
    "word without body": (archive({"word/document.xml": b"<a/>"}), "Not a sound Word file"),
    "word with broken xml": (archive({"word/document.xml": b"<w:document"}), "Not a sound Word file"),
    "word with nested xml": (archive({"word/document.xml": b"<a>" * 100_000}), "Not a sound Word file"),
    "zip bomb": (archive({"word/document.xml": b" " * 60_000_000}), "too large when unpacked"),
    "damaged pdf": (b"%PDF-1.4\nnothing\n", "Not a sound PDF"),
    "scanned pdf": (pdf([[], []]), "no text layer"),
    "locked pdf": (encrypted_pdf(), "has a password"),
    "binary": (bytes(range(1, 32)) * 100, "no text file"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_one_sentence(tmp_path, name):
    data, sentence = BAD[name]
    tracemalloc.start()
    try:
        with pytest.raises(BadFile) as refused:
            read_file(written(tmp_path, "x.docx", data))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    [problem] = refused.value.problems
    assert sentence in problem.text.en
    assert problem.text.zh != problem.text.en
    assert most < 30_000_000


def test_a_large_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "x.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(BadFile, match="larger than 50 MB"):
        read_file(path)


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(BadFile, match="no such file"):
        read_file(tmp_path / "none.txt")
    with pytest.raises(BadFile, match="Not a file"):
        read_file(tmp_path)
