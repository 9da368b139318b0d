"""Decides which lines open an article or a chapter, and which only mention one.

A sentence that was wrapped may start a line with 第六条规定 or “Article 6 of”; an amendment quotes whole articles;
a translation may stand under its original. None of them counts.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from cultivar.policy.document.irregularities import irregular
from cultivar.policy.document.labels import Label, article_label, chapter_label, item_labels
from cultivar.policy.document.lines import Line
from cultivar.policy.document.model import Irregularity
from cultivar.policy.document.numerals import CHINESE

_MENTION_ZH = re.compile(
    rf" {{0,3}}(?:第 ?[{CHINESE}0-9]{{1,5}} ?[款项目条]|[(][{CHINESE}0-9]{{1,4}}[)] ?项)"
    rf"|[、至到]|以及|之?规定|[()]第"
)
_MAYBE_MENTION_ZH = re.compile(r"[或和及与所的中款项等]|以[上下内外]")
_MENTION_EN = re.compile(
    r" {0,2}(?:of|shall|and|or|to|in|herein|hereof|above|below|is|are|was|were|may|must|has|have|through|"
    r"thereof|"
    r"paragraphs?|items?|stipulates?|provides?|applies|by|with|for|on|as|under|where|which|that|concerning)\b"
    r"|[,;)’']|\([0-9a-z]{1,4}\)",
)
_CHAPTER_MENTION = re.compile(
    rf"的|之?规定|所|中|至|到|和|与|及|、|以[上下]| {{0,2}}第 ?[{CHINESE}0-9]{{1,5}} ?[条款]"
)
_LEADS_ON = re.compile(
    r"(?:依照|按照|依据|根据|违反|符合|适用|参照|本法|本办法|本条例|本规定|本细则|以及|或者|和|与|"
    r"及|、|，|,|《|"
    r"\b(?:in|of|with|under|to|by|and|or|the|this|see))$"
)
_OPEN_QUOTES, _CLOSE_QUOTES = "“「『", "”」』"
_QUOTE_LIMIT = 60  # lines after which a quotation that was never closed is given up


@dataclass(frozen=True)
class Head:
    """A line that opens an article (``chapter`` false) or a chapter, part or section."""

    index: int
    label: Label
    chapter: bool
    part: int = 1
    inferred: bool = False


@dataclass
class Reading:
    """The heads of a text, and what was odd about finding them."""

    heads: list[Head]
    warnings: list[Irregularity]


def run_together(lines: Sequence[Line]) -> tuple[list[Line], list[Irregularity]]:
    """Cuts lines in which articles run on (第一条 …。第二条 …): the numbers follow and start no line elsewhere."""
    known = {(label.language, label.number) for line in lines if (label := article_label(line.head))}
    result: list[Line] = []
    warnings: list[Irregularity] = []
    last: dict[str, int] = {}
    for line in lines:
        label = article_label(line.head)
        if label is not None and label.number is not None:
            last[label.language] = label.number
        pieces = list(_pieces(line, last, known))
        result += pieces
        if len(pieces) > 1:
            warnings.append(irregular("run-together", pieces[1].start, label=pieces[1].words[:12]))
    return result, warnings


_INLINE_GAP = 2  # numbers that may be lost between two articles that run on
_INLINE = re.compile(
    rf"(?:(?<=[。；;：:”）)！\s\u3000])|(?<=&nbsp;))(?:第[ \u3000]{{0,3}}[{CHINESE}0-9０-９ \u3000]{{1,12}}"
    rf"(?:条(?=[ \u3000\xa0])|章(?=[ \u3000\xa0][^。，；\n]{{1,24}}第[ \u3000]?[{CHINESE}0-9]{{1,5}}条))"
    rf"|(?<=[.;:)”\"] )Article [0-9]{{1,3}}(?=[.:]? [A-Z(“\"]))"
)


def _pieces(line: Line, last: dict[str, int], known: set[tuple[str, int | None]]) -> Iterator[Line]:
    start = line.start
    cuts = []
    for found in _INLINE.finditer(line.text, line.start + 1, line.end):
        here = Line(line.text, found.start(), min(line.end, found.end() + 20), apart=False)
        label = article_label(here.head)
        if label is None:
            if chapter_label(here.head) is not None:
                cuts.append(found.start())
            continue
        expected = last.get(label.language, 0) + 1
        furthest = expected + (_INLINE_GAP if expected > 1 else 0)
        if not expected <= (label.number or 0) <= furthest or (label.language, label.number) in known:
            continue
        last[label.language] = label.number or 0
        cuts.append(found.start())
    if not cuts:
        yield line
        return
    for begin, end in pairwise([start, *cuts, line.end]):
        if begin < end:
            piece = line.cut(begin, end)
            if piece.length > 0:
                yield replace(piece, apart=line.apart) if begin == start else piece


def find_heads(lines: Sequence[Line], skipped: frozenset[int]) -> Reading:
    """Every line that opens an article or chapter, in order."""
    labels = {
        index: label
        for index, line in enumerate(lines)
        if index not in skipped and (label := article_label(line.head))
    }
    return _Finder(lines, skipped, labels).run()


class _Finder:
    def __init__(self, lines: Sequence[Line], skipped: frozenset[int], labels: dict[int, Label]) -> None:
        self.lines, self.skipped, self.labels = lines, skipped, labels
        self.tight = _is_tight(lines, labels)
        self.heads: list[Head] = []
        self.warnings: list[Irregularity] = []
        self.last: Label | None = None
        self.part = 1
        self.quoted_since: int | None = None
        self.depth = 0

    def run(self) -> Reading:
        for index, line in enumerate(self.lines):
            if index in self.skipped:
                continue
            in_quotes = self._quoted(index, line)
            label = self.labels.get(index)
            if label is not None:
                self._article(index, label, in_quotes)
            elif not in_quotes and _is_chapter(self.lines, index):
                self._chapter(index)
            elif line.head[0] in _OPEN_QUOTES:
                self._opening_quote(index)
        return Reading(self.heads, self.warnings)

    def _quoted(self, index: int, line: Line) -> bool:
        """Whether the line starts inside a quotation that an amendment opened; then moves past the line."""
        inside = self.depth > 0
        if inside and self._must_be_over(index, line):
            inside, self.depth = False, 0
        opening = line.words.count("“") - line.words.count("”")
        amends = line.head[0] in _OPEN_QUOTES or "为：“" in line.words or "：“第" in line.words
        if inside:
            self.depth = max(0, self.depth + opening)
        elif amends and opening > 0:
            self.depth, self.quoted_since = opening, index
        return inside

    def _must_be_over(self, index: int, line: Line) -> bool:
        """A quotation whose closing mark was lost ends where the amending document goes on."""
        since = self.quoted_since or 0
        if index - since > _QUOTE_LIMIT or line.head.startswith(("本决定", "此外", "This Decision")):
            return True
        outer = item_labels(self.lines[since].head)
        return bool(outer) and any(
            label.style == outer[0].style == "chinese-dot" and label.number == (outer[0].number or 0) + 1
            for label in item_labels(line.head)
        )

    def _opening_quote(self, index: int) -> None:
        line = self.lines[index]
        label = article_label(line.head[1:].lstrip())
        if label is not None and not _mentions(line.head[1:].lstrip(), label):
            self._quote(line, label)

    def _quote(self, line: Line, label: Label) -> None:
        shown = line.words[: label.length + 1]
        self.warnings.append(irregular("quoted-article", line.start, label=shown))

    def _chapter(self, index: int) -> None:
        label = chapter_label(self.lines[index].head)
        if label is None or (label.number is None and self._titles_chapter(index)):
            return
        self.heads.append(Head(index, label, chapter=True, part=self.part))

    def _titles_chapter(self, index: int) -> bool:
        """Whether 总则 on its own line is only the title of the 第一章 above it."""
        above = self.heads[-1] if self.heads else None
        return (
            above is not None
            and above.index == index - 1
            and above.label.length == self.lines[above.index].length
        )

    def _article(self, index: int, label: Label, in_quotes: bool) -> None:
        line = self.lines[index]
        if in_quotes:
            self._quote(line, label)
            return
        if self._is_mention(index, label):
            return
        last = self.last
        if last is not None and last.language != label.language and self._translates(label, last):
            if not any(warning.kind == "two-languages" for warning in self.warnings):
                self.warnings.append(irregular("two-languages", line.start, label=line.words[: label.length]))
            return
        if last is not None and label.number == 1 and label.suffix == 0 and self._starts_again(index, last):
            self.part += 1
            self._move_chapters()
            self.warnings.append(irregular("several-documents", line.start))
        self.heads.append(Head(index, label, chapter=False, part=self.part))
        self.last = label

    def _translates(self, label: Label, last: Label) -> bool:
        return label.number == last.number and label.suffix == last.suffix

    def _starts_again(self, index: int, last: Label) -> bool:
        """第一条 after 第二条 or later, with 第二条 to follow, is another document; alone it is a slip."""
        if last.number is None or last.number < 2:
            return False
        following = []
        for other in range(index + 1, min(index + 200, len(self.lines))):
            if other in self.labels:
                following.append(self.labels[other].number)
                if len(following) == 4:
                    break
        return not following or 2 in following

    def _move_chapters(self) -> None:
        """Chapter headings right before the first article of another document belong to that document."""
        for place in range(len(self.heads) - 1, -1, -1):
            if not self.heads[place].chapter:
                break
            self.heads[place] = replace(self.heads[place], part=self.part)

    def _is_mention(self, index: int, label: Label) -> bool:
        line = self.lines[index]
        rest = line.head[label.length :]
        fits = self._fits(label)
        before = self._before(index)
        running = before is not None and not before.finished and before.length > 12
        leads_on = before is not None and bool(
            _LEADS_ON.search(before.head[-12:] if before.length <= 160 else _end(before))
        )
        if running and leads_on:
            return True
        if _mentions(line.head, label):
            spaced = rest[:1] in ("", " ")
            return not (
                fits and spaced and not running and not re.match(r" *第", rest) and label.language == "zh"
            )
        runs_on = rest[:1] not in ("", " ") and rest[0] not in ':.【[(、—-*“"'
        doubtful = not self.tight or _MAYBE_MENTION_ZH.match(rest) is not None
        if label.language == "zh" and runs_on and doubtful:
            return not (fits and not running)
        if label.language == "en" and re.match(r" [a-z]", rest):
            return not (fits and not running)
        return running and not fits and rest.strip() != ""

    def _fits(self, label: Label) -> bool:
        last = self.last
        if last is None or last.number is None:
            return label.number == 1
        if label.number == 1 and last.number > 1:
            return True
        return (label.number, label.suffix) in {(last.number + 1, 0), (last.number, last.suffix + 1)}

    def _before(self, index: int) -> Line | None:
        """The line that this one may continue: the one right above it, unless that is a heading."""
        if index == 0 or self.lines[index].apart or self.lines[index].broken:
            return None
        above = self.lines[index - 1]
        if index - 1 in self.skipped or _is_chapter(self.lines, index - 1):
            return None
        return above


def _end(line: Line) -> str:
    return line.text[max(line.start, line.end - 12) : line.end]


def _is_tight(lines: Sequence[Line], labels: dict[int, Label]) -> bool:
    """Whether the document writes 第一条为了 without a blank throughout."""
    kinds = Counter(
        lines[index].head[label.length : label.length + 1] in ("", " ", ":", ".")
        for index, label in labels.items()
        if label.language == "zh" and not _mentions(lines[index].head, label)
    )
    return kinds[False] > kinds[True]


def _mentions(head: str, label: Label) -> bool:
    pattern = _MENTION_ZH if label.language == "zh" else _MENTION_EN
    return bool(pattern.match(head, label.length))


def _is_chapter(lines: Sequence[Line], index: int) -> bool:
    """A chapter heading is short, ends no sentence, and does not go on as a sentence would."""
    line = lines[index]
    label = chapter_label(line.head)
    if label is None:
        return False
    rest = line.head[label.length :]
    if label.language == "en":
        if line.length > 160 or (
            re.match(r"[,;)’']| [a-z]{2,}\b(?<! of)(?<! on)", rest) and not line.head.isupper()
        ):
            return False
        return not _MENTION_EN.match(rest) and not rest.rstrip().endswith((",", ";", ":"))
    if line.length > 60 or line.head.rstrip().endswith(("。", "，", ",", "；", ";", "、", ":", "“")):
        return False
    return not _CHAPTER_MENTION.match(rest)
