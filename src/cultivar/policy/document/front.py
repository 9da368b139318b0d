"""Finds the title, the notice by which a document was issued, and where the web page before it ends."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cultivar.policy.document.labels import chapter_label, item_labels
from cultivar.policy.document.lines import Line
from cultivar.policy.document.marks import date_of, is_addressee

_KINDS_ZH = (
    "法|法典|条例|办法|规定|细则|规则|意见|通知|决定|方案|规划|章程|指南|指引|公告|决议|批复|函|准则|制度|措施|纲要|计划|解释|标准|规范|规程|守则|公约|清单|"
    "要点|须知|通告|公报|修正案|行动|宣言|若干政策|政策|答复|程序|大纲|通则|总则|协议|协定|目录|设想|建议|举措|导则|手册|条款|纪要|报告|工作规程|条约"
)
_TAIL = r"(?:[(\[][^()\[\]]{1,40}[)\]]){0,4}$"
_TITLE_ZH = re.compile(rf".{{2,}}?(?:{_KINDS_ZH})(?:全文|文本|草案|试行|修订)?{_TAIL}")
_TITLE_EN = re.compile(
    r"\b(?:Measures|Regulations?|Law|Opinions?|Notice|Provisions|Rules|Guidelines?|Guidance|Decision|Plan|"
    r"Interpretations?|"
    r"Charter|Methods|Announcement|Circular|Decree|Order|Standards?|Constitution|Code|Programme|Program|"
    r"Policy|Statute|"
    r"Procedures|Outline|Resolution|Scheme|Directive|Ordinance|Act|Bylaws|Articles of Association|Catalogue|"
    r"MEASURES|REGULATIONS?|LAW|OPINIONS?|NOTICE|PROVISIONS|RULES|DECISION|CIRCULAR)\b"
)
_PREFIX = re.compile(
    r"(?:附 ?件 ?[0-9一二三四五]{0,2} ?[:：]?|标 *题 ?[:：]|名 *称 ?[:：]|【?标题】?[:：]) *"
)
_META = re.compile(
    r"(?:索引号|索 引 号|发文机关|发文字号|发布日期|成文日期|主题分类|主题词|有效性|文号|公开|发布机构|"
    r"生成日期|信息分类|时效性|来源)[^。]{0,20}[:：]|当前位置|您的位置|首页"
)
_NOTICE = re.compile(r"通知|公告|令|Notice|Circular|Announcement|Order|Decree")
_FORMAL = re.compile(
    r"[(（\[]|.{0,30}(?:〔|\[|【)[0-9]{4}(?:〕|\]|】)|第 ?[0-9一二三四五六七八九十百]{1,5} ?号|.{0,30}(?:令|"
    r"公告|文件)$|"
    r"《.{2,60}》.{0,60}(?:通过|"
    r"公布|发布|施行)"
    r"|.{0,60}(?:通过|公布|发布|修正|修订|批准|施行|会议)(?:[)。]|$)"
)
_OPENS = re.compile(
    r"中华人民共和国|国务院|中共|全国|关于|[\u4e00-\u9fff]{2,8}?(?:省|市|自治区|自治州|县|区|州|"
    r"部|厅|局|委|委员会|法院|检察院)"
)
_VERSION = re.compile(
    r"\((?:试行|暂行|征求意见稿|草案|送审稿|修订|修正|讨论稿|审议稿|公开征求|[0-9]{4}年|draft|trial)",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"全文如下|(?:full text|policies|text|document) (?:is|are|reads) as follows", re.IGNORECASE
)
_LONGEST = 300


@dataclass(frozen=True)
class Front:
    """Lines (half-open index ranges) before the first article; ``None`` where there is none."""

    title: tuple[int, int] | None
    certain: bool
    notice: tuple[int, int] | None
    begins: int  # the first line that belongs to the document


def read_front(lines: Sequence[Line], body: int | None, skipped: frozenset[int]) -> Front:
    """What stands before line ``body``, the first of the articles (``None`` where there are none)."""
    stop = len(lines) if body is None else body
    candidates = [
        index for index in range(min(stop, 2000)) if index not in skipped and _is_title(lines[index])
    ]
    if not candidates:
        return _uncertain(lines, stop)
    title = candidates[-1] if body is not None else candidates[0]
    first = _upwards(lines, title)
    notice = _notice(lines, candidates, first)
    begins = _formal_above(lines, notice[0] if notice else first)
    last = title + 1
    if last < stop and lines[last].length < 40 and _VERSION.match(lines[last].head):
        last += 1  # （征求意见稿）, （试行） on a line of its own
    return Front((first, last), True, notice, begins)


def title_text(lines: Sequence[Line], title: tuple[int, int]) -> str:
    """The title in one piece, without a leading 附件1 or 标题."""
    pieces = [line.words for line in lines[title[0] : title[1]]]
    latin = pieces[0].isascii()
    return _PREFIX.sub("", (" " if latin else "").join(" ".join(piece.split()) for piece in pieces), count=1)


def _is_title(line: Line) -> bool:
    if not 3 <= line.length <= _LONGEST or _META.match(line.head):
        return False
    if item_labels(line.head) or chapter_label(line.head) or date_of(line) is not None:
        return False
    text = _PREFIX.sub("", line.head.rstrip(), count=1)
    if text[:1] in "([（" and text[-1:] in ")]）" and text.count("(") + text.count("[") <= 1:
        return False
    if text.isascii() or re.match(r"[\[(“\"A-Za-z]", text):
        return _is_english_title(line)
    return line.length <= 150 and bool(_TITLE_ZH.match("".join(text.split())))


def _is_english_title(line: Line) -> bool:
    words = line.words.rstrip()
    ending = re.sub(r"\([^()]{0,40}\)$", "", words).rstrip()
    if not ending or ending[-1] in ".;:,?!" or (not words[0].isupper() and words[0] not in '[(“"'):
        return False
    return bool(_TITLE_EN.search(words)) and not re.search(r"\b(?:is|are|was|were|has|have|shall) ", words)


def _upwards(lines: Sequence[Line], title: int) -> int:
    """The first line of a title that was set over several lines."""
    first = title
    for above in range(title - 1, max(-1, title - 3), -1):
        line, below = lines[above], lines[first]
        joins = not below.apart and not line.finished and line.length <= 40 and below.length <= 40
        if (
            not joins
            or _is_title(line)
            or date_of(line)
            or _OPENS.match(below.head)
            or _META.match(line.head)
        ):
            break
        if below.head.isascii() or _FORMAL.match(line.head):
            break
        first = above
    return first


def _notice(lines: Sequence[Line], candidates: list[int], title: int) -> tuple[int, int] | None:
    """The notice of issue: from its own title line to the line before the document's title."""
    addressee = next((index for index in range(title - 1, -1, -1) if is_addressee(lines[index])), None)
    if addressee is None or title - addressee > 40:
        return None
    named = [index for index in candidates if index < addressee and _NOTICE.search(lines[index].head)]
    start = _upwards(lines, named[-1]) if named and addressee - named[-1] < 12 else addressee
    return start, title


def _formal_above(lines: Sequence[Line], start: int) -> int:
    """Order numbers, dates and notes of adoption right above belong to the document."""
    title = lines[start].squeezed
    while start > 0:
        line = lines[start - 1]
        if _META.match(line.head) or line.length > 200:
            break
        formal = date_of(line) or (_FORMAL.match(line.head) and not line.head.isascii())
        if not (formal or line.squeezed == title or line.head.startswith("<!--")):
            break
        start -= 1
    return start


def _uncertain(lines: Sequence[Line], stop: int) -> Front:
    """Without a line that is certainly a title: the longest of the first short lines stands in for it."""
    few = []
    for index in range(min(stop, 12)):
        if lines[index].length > _LONGEST or is_addressee(lines[index]):
            break
        if not item_labels(lines[index].head) and not _META.match(lines[index].head):
            few.append(index)
    if not few:
        return Front(None, False, None, 0)
    headings = [index for index in few if not lines[index].finished and lines[index].length >= 6]
    longest = max(headings, key=lambda index: (lines[index].length, -index), default=few[0])
    if lines[longest].length < 20 < lines[few[0]].length:
        longest = few[0]
    return Front((longest, longest + 1), False, None, _after_announcement(lines, stop))


def _after_announcement(lines: Sequence[Line], stop: int) -> int:
    """The line after “the full text is as follows”, which web pages put before a document; else 0."""
    for index in range(stop - 1, max(-1, stop - 40), -1):
        if _ANNOUNCES.search(lines[index].head) and lines[index].length < 80:
            return min(index + 1, len(lines) - 1)
    return 0
