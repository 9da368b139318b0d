"""The paper: layout of GB/T 9704-2012, fonts, words, several clusters, long reasons."""

import io
import re
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt

from cultivar.cases.programmes import catalogue
from cultivar.papers.letter import letter
from cultivar.papers.letter_entry import LetterEntry
from tests import world as w

NUMBER = "遵工信函〔2026〕3号"
CITY = "遵义市工业和信息化局"


def entry(name: str = "测试集群（虚构）", reasons: str = "理由充分（虚构）。", **more) -> LetterEntry:
    return LetterEntry(name, "测试促进中心（虚构）", "酱香白酒", (), reasons, **more)


def make(*entries: LetterEntry) -> bytes:
    return letter(NUMBER, catalogue()[w.GUIZHOU].programme, CITY, entries or [entry()], date(2026, 4, 9))


def paper(*entries: LetterEntry):
    return Document(io.BytesIO(make(*entries)))


def lines(*entries: LetterEntry) -> list[str]:
    return [paragraph.text for paragraph in paper(*entries).paragraphs]


def test_page_margins_and_grid_are_those_of_the_standard():
    (section,) = paper().sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    height = section.page_height - section.top_margin - section.bottom_margin
    assert int(height / Pt(28.95)) == 22


def test_body_and_title_have_their_sizes_fonts_and_pitch():
    document = paper()
    by_text = {paragraph.text: paragraph for paragraph in document.paragraphs}
    title = by_text["关于推荐贵州省先进制造业集群的意见"].runs[0]
    body = by_text["推荐理由：理由充分（虚构）。"].runs[0]
    fonts = [run._r.rPr.rFonts.get(qn("w:eastAsia")) for run in (title, body)]
    assert fonts == ["方正小标宋简体", "仿宋_GB2312"]
    assert (title.font.size.pt, body.font.size.pt) == (22, 16)
    assert document.styles["Normal"].paragraph_format.line_spacing.pt == pytest.approx(28.95)
    indent = by_text["推荐理由：理由充分（虚构）。"]._p.pPr.ind
    assert indent.get(qn("w:firstLineChars")) == "200"


def test_fonts_are_named_with_stand_ins_and_none_is_embedded(settings):
    settings.PAPER_FONTS = {"title": ("某宋体", "另一宋体")}
    with zipfile.ZipFile(io.BytesIO(make())) as parts:
        table = parts.read("word/fontTable.xml").decode()
        assert not [name for name in parts.namelist() if name.endswith((".odttf", ".ttf", ".otf"))]
        assert "某宋体" in parts.read("word/document.xml").decode()
    assert re.search(r'w:name="某宋体"[^>]*>\s*<w:altName w:val="另一宋体"', table)
    assert re.search(r'w:name="仿宋_GB2312"[^>]*>\s*<w:altName w:val="仿宋"', table)


def test_page_numbers_stand_outside_between_dashes():
    document = paper()
    assert document.settings.odd_and_even_pages_header_footer
    (section,) = document.sections
    for footer, align in ((section.footer, "RIGHT"), (section.even_page_footer, "LEFT")):
        paragraph = footer.paragraphs[0]
        assert paragraph.text == "—  —"
        assert paragraph.paragraph_format.alignment.name == align
        assert paragraph.runs[0].font.size.pt == 14
        assert "PAGE" in paragraph._p.xml


def test_it_has_the_parts_of_the_template_for_each_of_several_clusters():
    joint = LetterEntry(
        "联合集群（虚构）", "乙中心（虚构）", "生态食品", ("毕节市", "黔西南州"), "甲。\n乙。"
    )
    told = lines(entry(), joint)
    assert told[0] == NUMBER
    assert "贵州省工业和信息化厅：" in told
    assert "一、测试集群（虚构）" in told
    assert "二、联合集群（虚构）" in told
    assert "集群发展促进组织：乙中心（虚构）" in told
    assert "联合申报地区：毕节市、黔西南州，各相关主管部门已共同初审并会签同意。" in told
    assert told[told.index("推荐理由：甲。") + 1] == "乙。"
    assert "上述集群的申报材料经我单位核对，真实、有效。" in told
    assert told[-3:] == [CITY, "2026年4月9日", "（盖章）"]


def test_only_a_draft_says_that_it_is_one():
    assert not [line for line in lines() if "草稿" in line]
    marked = paper(entry(), entry(draft=True))
    assert "草稿" in marked.paragraphs[0].text
    assert marked.sections[0].header.paragraphs[0].text == "草稿"


def test_a_letter_without_clusters_is_refused():
    with pytest.raises(ValueError, match="at least one subject"):
        letter(NUMBER, catalogue()[w.GUIZHOU].programme, CITY, [], date(2026, 4, 9))


@pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")), reason="no LibreOffice or no pdftotext here"
)
def test_printed_it_has_22_lines_of_28_characters_and_all_800_characters(tmp_path: Path):
    reasons = "".join(chr(0x4E00 + n) for n in range(800))
    (tmp_path / "letter.docx").write_bytes(make(entry(reasons=reasons), entry("第二集群（虚构）", reasons)))
    home = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    convert = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", tmp_path]
    subprocess.run([*convert, tmp_path / "letter.docx"], check=True, capture_output=True, timeout=120)
    to_text = ["pdftotext", "-layout", tmp_path / "letter.pdf", "-"]
    text = subprocess.run(to_text, check=True, capture_output=True, encoding="utf-8").stdout
    pages = [[line.strip() for line in page.splitlines() if line.strip()] for page in text.split("\f")]
    full = [line for line in pages[1] if not line.startswith("—")]
    assert len(full) == 22
    assert max(len(line) for line in full) == 28
    assert re.sub(r"—\s*\d+\s*—|\s", "", text).count(reasons) == 2
