"""The recommendation letter after Appendix 1, as a docx in the layout of GB/T 9704-2012.

Sizes (GB/T 9704-2012, 5.2): A4; margins 37 mm at the top and 28 mm at the left, which with a text area of
156 mm by 225 mm leave 35 mm below and 26 mm at the right; 22 lines of 28 characters; body in size 3 (16 pt),
title in size 2 (22 pt), page number in size 4 (14 pt) between dashes, outside, 7 mm below the text. Fonts are
named, never embedded. The words are ours; the template names only the parts.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section, _Footer
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from cultivar.papers.letter_entry import LetterEntry
from cultivar.policy.citation import chinese_number
from cultivar.policy.model import Programme

LINE_PITCH = Pt(28.95)  # 225 mm over 22 lines, rounded down so that 22 lines always fit
BODY, TITLE, FOLIO = Pt(16), Pt(22), Pt(14)
# 28 characters of 16 pt are 448 pt and the line has 442: each is set a quarter point closer. A character grid
# would say the same in one attribute, but LibreOffice gives a character wider than its cell two cells.
CLOSER = Pt(-0.25)

# The schema's order: what may follow ``w:spacing`` among the properties of a run.
_AFTER_SPACING = ("w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:lang")

# Each font with the one that stands in for it where it is missing; ``settings.PAPER_FONTS`` may name others.
FONTS: Mapping[str, tuple[str, str]] = {
    "title": ("方正小标宋简体", "宋体"),
    "body": ("仿宋_GB2312", "仿宋"),
    "heading": ("黑体", "微软雅黑"),
    "folio": ("宋体", "Noto Serif CJK SC"),
    "latin": ("Times New Roman", "Liberation Serif"),
}


def fonts() -> Mapping[str, tuple[str, str]]:
    """The fonts in use, by their part in the paper."""
    return {**FONTS, **getattr(settings, "PAPER_FONTS", {})}


def letter(number: str, programme: Programme, city: str, entries: Sequence[LetterEntry], on: date) -> bytes:
    """The letter ``number`` of the authority ``city`` on one or more subjects, dated ``on``, as docx bytes.

    It is marked as a draft while any of its entries is one. ``ValueError`` without entries.
    """
    if not entries:
        raise ValueError("a letter recommends at least one subject")
    draft = any(entry.draft for entry in entries)
    paper = Document()
    _set_up(paper, draft)
    named = next(iter(programme.titles.values()), programme.title)
    title = f"关于推荐{named.zh}的意见"
    _properties(paper, city, f"{number} {title}", on)
    if draft:
        _line(paper, "草稿　未经审签，不得外发", font="heading", align=WD_ALIGN_PARAGRAPH.RIGHT, indent=False)
    _line(paper, number, align=WD_ALIGN_PARAGRAPH.RIGHT, indent=False)
    _line(paper, "", indent=False)
    _line(paper, title, font="title", size=TITLE, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False)
    _line(paper, "", indent=False)
    _line(paper, f"{programme.issuer.zh}：", indent=False)
    _body(paper, programme, entries)
    _signature(paper, city, on)
    stream = io.BytesIO()
    paper.save(stream)
    return stream.getvalue()


def _applicant(programme: Programme) -> str:
    """What the programme calls whoever applies."""
    return next((body.zh for body in programme.bodies.values() if body.scope == "own cases"), "申报主体")


def _body(paper: Paper, programme: Programme, entries: Sequence[LetterEntry]) -> None:
    what = programme.subject.zh
    count = f"{len(entries)}个{what}"
    _line(
        paper,
        f"根据《{programme.title.zh}》，我单位受理申报、组织初审并到现场核查，现推荐下列{count}，请予审核。",
    )
    for position, entry in enumerate(entries, 1):
        _line(paper, f"{chinese_number(position)}、{entry.subject}", font="heading", keep=True)
        _line(paper, f"{_applicant(programme)}：{entry.organisation}")
        if entry.field:
            _line(paper, f"所属领域：{entry.field}")
        if entry.partners:
            _line(paper, f"联合申报地区：{'、'.join(entry.partners)}，各相关主管部门已共同初审并会签同意。")
        first, *rest = entry.reasons.splitlines() or [""]
        _line(paper, f"推荐理由：{first}")
        for paragraph in rest:
            if paragraph.strip():
                _line(paper, paragraph.strip())
    _line(paper, f"上述{what}的申报材料经我单位核对，真实、有效。")


def _signature(paper: Paper, city: str, on: date) -> None:
    """The authority centred over its date, the date four characters from the right, room for the seal."""
    for _ in range(2):
        _line(paper, "", indent=False, keep=True)
    day = f"{on.year}年{on.month}月{on.day}日"
    right = 4 * BODY
    over = round((_width(city) - _width(day)) / 2 * BODY)
    _line(paper, city, align=WD_ALIGN_PARAGRAPH.RIGHT, indent=False, right=max(right - over, 0), keep=True)
    _line(
        paper,
        day,
        align=WD_ALIGN_PARAGRAPH.RIGHT,
        indent=False,
        right=right + max(over - right, 0),
        keep=True,
    )
    _line(paper, "（盖章）", align=WD_ALIGN_PARAGRAPH.RIGHT, indent=False, right=right)


def _width(text: str) -> float:
    """Width in characters: a digit takes half the place."""
    return sum(0.5 if sign.isascii() else 1.0 for sign in text)


def _line(
    paper: Paper,
    text: str,
    *,
    font: str = "body",
    size: int = BODY,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    indent: bool = True,
    right: int = 0,
    keep: bool = False,
) -> None:
    paragraph = paper.add_paragraph()
    shape = paragraph.paragraph_format
    shape.alignment = align
    shape.keep_with_next = keep
    if indent:
        _indent_two_characters(paragraph)
    if right:
        shape.right_indent = right
    if size == TITLE:
        shape.line_spacing = Pt(36)
    _run(paragraph, text, font, size)


def _indent_two_characters(paragraph: Paragraph) -> None:
    properties = paragraph._p.get_or_add_pPr()
    indent = properties.get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), str(round(2 * BODY / 635)))


def _run(paragraph: Paragraph, text: str, font: str, size: int) -> None:
    run = paragraph.add_run(text)
    run.font.size = size
    properties = run._r.get_or_add_rPr()
    _name_fonts(properties, font)
    if size == BODY:
        _set_closer(properties)


def _set_closer(properties: Any) -> None:
    closer = OxmlElement("w:spacing")
    closer.set(qn("w:val"), str(round(CLOSER.pt * 20)))
    properties.insert_element_before(closer, *_AFTER_SPACING)


def _name_fonts(properties: Any, font: str) -> None:
    known = fonts()
    named = properties.find(qn("w:rFonts"))
    if named is None:
        named = OxmlElement("w:rFonts")
        properties.insert(0, named)
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        named.attrib.pop(qn(f"w:{theme}"), None)
    named.set(qn("w:eastAsia"), known[font][0])
    for script in ("ascii", "hAnsi", "cs"):
        named.set(qn(f"w:{script}"), known["latin"][0])


def _set_up(paper: Paper, draft: bool) -> None:
    normal = paper.styles["Normal"]
    normal.font.size = BODY
    properties = normal.element.get_or_add_rPr()
    _name_fonts(properties, "body")
    spoken = OxmlElement("w:lang")  # picks the mainland's glyphs and punctuation where a font has several
    spoken.set(qn("w:val"), "en-US")
    spoken.set(qn("w:eastAsia"), "zh-CN")
    properties.append(spoken)
    shape = normal.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    shape.line_spacing = LINE_PITCH
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(22)
    _grid(section)
    _folios(paper, section)
    if draft:
        for header in (section.header, section.even_page_header):
            header.is_linked_to_previous = False
            _run(header.paragraphs[0], "草稿", "heading", FOLIO)
    _stand_ins(paper)


def _grid(section: Section) -> None:
    """22 lines to the page; the 28 characters to the line come from ``CLOSER``."""
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(LINE_PITCH.pt * 20)))


def _folios(paper: Paper, section: Section) -> None:
    """Page numbers outside: right on odd pages, left on even ones, one character from the edge."""
    paper.settings.odd_and_even_pages_header_footer = True
    _folio(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _folio(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)


def _folio(footer: _Footer, align: WD_ALIGN_PARAGRAPH) -> None:
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.paragraph_format.alignment = align
    if align == WD_ALIGN_PARAGRAPH.RIGHT:
        paragraph.paragraph_format.right_indent = FOLIO
    else:
        paragraph.paragraph_format.left_indent = FOLIO
    _run(paragraph, "— ", "folio", FOLIO)
    for kind in ("begin", None, "end"):
        run = paragraph.add_run()
        run.font.size = FOLIO
        _name_fonts(run._r.get_or_add_rPr(), "folio")
        if kind is None:
            run._r.append(parse_xml(f'<w:instrText {nsdecls("w")} xml:space="preserve">PAGE</w:instrText>'))
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
    _run(paragraph, " —", "folio", FOLIO)


def _stand_ins(paper: Paper) -> None:
    """Names in the font table which font stands in for a missing one."""
    table = paper.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    root = parse_xml(table.blob)
    for name, stand_in in fonts().values():
        for known in [font for font in root if font.get(qn("w:name")) == name]:
            root.remove(known)
        font = parse_xml(
            f'<w:font {nsdecls("w")}><w:altName/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
        )
        font.set(qn("w:name"), name)
        font[0].set(qn("w:val"), stand_in)
        root.append(font)
    table._blob = serialize_part_xml(root)


def _properties(paper: Paper, city: str, title: str, on: date) -> None:
    known = paper.core_properties
    known.author = known.last_modified_by = city
    known.title, known.language, known.comments = title, "zh-CN", ""
    known.created = known.modified = datetime.combine(on, time())
