"""The labels that open a unit at the start of a line: 第六条, Article VI, 第二章, Section 2, （一）, 1., (i), 附件1.

Patterns are bounded in length, so that no line takes longer than its first characters.
"""

import re
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase

from cultivar.policy.document.numerals import CHINESE, ENCLOSED, WORDS, any_number, chinese, roman

_NUMERAL = rf"[{CHINESE}0-9 ]{{1,14}}"
_WORD = "|".join(sorted(WORDS, key=len, reverse=True))
_ENGLISH = rf"(?:[0-9]{{1,4}}|[ivxlc]{{1,9}}|(?:{_WORD})(?:-(?:{_WORD}))?)"

_ARTICLE_ZH = re.compile(rf"第 {{0,4}}({_NUMERAL})条(?: {{0,2}}之 {{0,2}}([{CHINESE}0-9]{{1,4}}))?")
_ARTICLE_EN = re.compile(
    rf"(?:article|art\b\.?|§) {{0,4}}({_ENGLISH})(?![a-z0-9])(?:[-–]([0-9]{{1,2}})(?![0-9])| ?(bis|ter)\b)?"
    r"(?![-–.][0-9])",
    re.IGNORECASE,
)
_CHAPTER_ZH = re.compile(rf"第 {{0,4}}({_NUMERAL})(分 ?编|部 ?分|编|篇|章|节|目)")
_CHAPTER_EN = re.compile(
    rf"(book|part|division|title|chapter|section|subsection) {{1,4}}({_ENGLISH})(?![a-z0-9])(?!\.[0-9])",
    re.IGNORECASE,
)
_UNNUMBERED = re.compile(r"(序 {0,4}言|总 {0,4}则|分 {0,4}则|罚 {0,4}则|附 {0,4}则)$")
_APPENDIX_ZH = re.compile(
    rf"[(【\[]? ?(附 ?件|附 ?录|附 ?表|附 ?图|附(?= ?:))(?: {{0,2}}([{CHINESE}0-9]{{1,3}}))? ?[)】\]]?"
)
_APPENDIX_EN = re.compile(
    rf"(annex|appendix|attachment|schedule)(?: {{1,2}}({_ENGLISH}|[a-z])(?![a-z0-9]))?(?: ?\.)?",
    re.IGNORECASE,
)

_LEVELS = {
    "编": 1, "篇": 1, "部分": 1, "分编": 2, "章": 3, "节": 4, "目": 5,
    "book": 1, "part": 1, "division": 1, "title": 1, "chapter": 3, "section": 4, "subsection": 5,
}  # fmt: skip
LEVEL_NAMES = {1: "part", 2: "subpart", 3: "chapter", 4: "section", 5: "subsection"}

_ITEMS = (
    ("chinese-paren", re.compile(rf"\( {{0,2}}([{CHINESE}]{{1,7}}) {{0,2}}\)")),
    ("chinese-dot", re.compile(rf"([{CHINESE}]{{1,7}}) ?(?:、|[.](?![0-9]))")),
    ("digits-paren", re.compile(r"\( {0,2}([0-9]{1,3}) {0,2}\)")),
    ("decimal", re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){0,4}\.([0-9]{1,3})(?![0-9%])(?=[ 、.]|[^\x00-\x7f])")),
    ("digits-dot", re.compile(r"([0-9]{1,3}) ?(?:、|[.](?![0-9]))")),
    ("digits-half", re.compile(r"([0-9]{1,3}) ?\)")),
    ("roman-paren", re.compile(r"\( {0,2}([IVXLC]{1,8}) {0,2}\)")),
    ("roman-dot", re.compile(r"([IVXLC]{1,8}) ?(?:、|[.])(?![A-Za-z0-9])")),
    ("roman-lower-paren", re.compile(r"\( {0,2}([ivxlc]{1,8}) {0,2}\)")),
    ("roman-lower-dot", re.compile(r"([ivxlc]{1,8}) ?(?:[.)]|、)(?![A-Za-z0-9])")),
    ("letter-upper-paren", re.compile(r"\( {0,2}([A-Z]) {0,2}\)")),
    ("letter-upper-dot", re.compile(r"([A-Z]) ?(?:[.)]|、)(?=[ ]|[^\x00-\x7f])")),
    ("letter-paren", re.compile(r"\( {0,2}([a-z]) {0,2}\)")),
    ("letter-dot", re.compile(r"([a-z]) ?(?:[.)]|、)(?=[ ]|[^\x00-\x7f])")),
)  # fmt: skip


_DIGIT_STYLES = ("decimal", "digits-dot", "digits-half")
_UPPER_STYLES = ("roman-dot", "letter-upper-dot")
_LOWER_STYLES = ("roman-lower-dot", "letter-dot")
# What a label can start with: most lines are dismissed by their first character.
_ARTICLE_FIRST = frozenset("第aA§")
_CHAPTER_FIRST = frozenset("第bpdtcsBPDTCS序总分罚附")
_APPENDIX_FIRST = frozenset("([【附aAsS")
_AFTER_LETTER = frozenset(" .)、ivxlcIVXLC")
_PAREN = tuple(one for one in _ITEMS if one[0].endswith("paren"))
_ITEMS_BY_FIRST = (
    {"(": _PAREN}
    | {char: tuple(one for one in _ITEMS if one[0] == "chinese-dot") for char in CHINESE}
    | {char: tuple(one for one in _ITEMS if one[0] in _DIGIT_STYLES) for char in "0123456789"}
    | {char: tuple(one for one in _ITEMS if one[0] in _UPPER_STYLES) for char in ascii_uppercase}
    | {char: tuple(one for one in _ITEMS if one[0] in _LOWER_STYLES) for char in ascii_lowercase}
)


@dataclass(frozen=True)
class Label:
    """A label at the start of a line: its numeral style, number, and length in characters.

    ``language`` is "zh" or "en"; ``suffix`` counts articles inserted later (第十条之一 → 1); ``level`` is that of a
    chapter heading (1 编 … 5 目), 0 elsewhere; ``number`` is ``None`` where the label gives none.
    """

    style: str
    number: int | None
    length: int
    language: str = "zh"
    suffix: int = 0
    level: int = 0
    unit: str = ""


def article_label(head: str) -> Label | None:
    """The label of an article at the start of a folded line, whether or not it turns out to be a reference."""
    if head[:1] not in _ARTICLE_FIRST:
        return None
    found = _ARTICLE_ZH.match(head)
    if found:
        number = any_number(found[1])
        if number is None:
            return None
        suffix = any_number(found[2]) if found[2] else None
        return Label(number[0], number[1], found.end(), "zh", suffix[1] if suffix else 0)
    found = _ARTICLE_EN.match(head)
    if not found:
        return None
    number = any_number(found[1])
    if number is None:
        return None
    late = int(found[2]) if found[2] else {"bis": 1, "ter": 2}.get((found[3] or "").lower(), 0)
    return Label(number[0], number[1], found.end(), "en", late)


def chapter_label(head: str) -> Label | None:
    """The label of a part, chapter or section at the start of a folded line."""
    if head[:1] not in _CHAPTER_FIRST:
        return None
    found = _CHAPTER_ZH.match(head)
    if found:
        number = any_number(found[1])
        unit = found[2].replace(" ", "")
        if number is None:
            return None
        return Label(number[0], number[1], found.end(), "zh", level=_LEVELS[unit], unit=unit)
    found = _CHAPTER_EN.match(head)
    if found:
        number = any_number(found[2])
        unit = found[1].lower()
        return (
            Label(number[0], number[1], found.end(), "en", level=_LEVELS[unit], unit=unit) if number else None
        )
    found = _UNNUMBERED.match(head)
    return Label("none", None, 0, "zh", level=3, unit="章") if found else None


def appendix_label(head: str) -> Label | None:
    """The label of an appendix (附件2, Annex A) where it opens a line as a heading or a list of attachments."""
    if head[:1] not in _APPENDIX_FIRST:
        return None
    found = _APPENDIX_ZH.match(head)
    language = "zh"
    if not found:
        found, language = _APPENDIX_EN.match(head), "en"
    if not found:
        return None
    rest = head[found.end() :]
    plain = rest.lstrip()
    if language == "zh" and plain and rest[0] not in " :、.-—" and not found[0].endswith((")", "】", "]")):
        return None
    if language == "en" and plain and not (rest[0] in ":.-—" or plain[0].isupper() or plain[0] in '("“'):
        return None
    number = any_number(found[2]) if found[2] else None
    value = number[1] if number else (ord(found[2].lower()) - 96 if found[2] and len(found[2]) == 1 else None)
    return Label(number[0] if number else "none", value, found.end(), language)


def item_labels(head: str) -> tuple[Label, ...]:
    """Every way to read the label of an item at the start of a folded line: (i) is a numeral and a letter."""
    if not head:
        return ()
    if head[0] in ENCLOSED:
        style, number = ENCLOSED[head[0]]
        dotted = re.match(r".[ ]?[、.]?", head)
        return (Label(style, number, dotted.end() if dotted else 1),)
    possible = _ITEMS_BY_FIRST.get(head[0], ())
    if head[0].isalpha() and head[0].isascii() and head[1:2] not in _AFTER_LETTER:
        return ()
    return tuple(label for style, pattern in possible if (label := _item(style, pattern, head)))


def _item(style: str, pattern: re.Pattern[str], head: str) -> Label | None:
    found = pattern.match(head)
    if not found:
        return None
    if style.startswith("chinese"):
        number = chinese(found[1])
    elif style.startswith("roman"):
        number = roman(found[1])
    elif style.startswith("letter"):
        number = ord(found[1].lower()) - 96
    else:
        number = int(found[1])
    return None if number is None else Label(style, number, found.end())
