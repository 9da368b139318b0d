"""Takes the text out of a PDF that has a text layer, and joins its lines back into paragraphs."""

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pypdf import PdfReader

from cultivar.policy.document.irregularities import irregular
from cultivar.policy.document.labels import appendix_label, article_label, chapter_label, item_labels
from cultivar.policy.document.lines import Line, split
from cultivar.policy.document.marks import date_of, is_page_mark
from cultivar.policy.document.model import Irregularity
from cultivar.policy.problems import BadFile, Problem
from cultivar.policy.text import Text

MAX_PAGES = 1_500
MAX_CHARACTERS = 5_000_000

_BROKEN = Text("不是完好的 PDF 文件。请重新导出再读。", "Not a sound PDF file. Export it anew and read that.")
_LOCKED = Text("PDF 有密码。请取消密码再读。", "The PDF has a password. Remove it and read again.")
_SCANNED = Text(
    "PDF 里没有文字层，像是扫描件。请先作文字识别。",
    "The PDF has no text layer; it seems to be scanned. Recognise its text first.",
)
_LONG = Text(
    f"PDF 超过 {MAX_PAGES} 页或 {MAX_CHARACTERS:,} 字。请拆分再读。",
    f"The PDF has more than {MAX_PAGES} pages or {MAX_CHARACTERS:,} characters. Split it.",
)


def extract(path: Path, data: bytes) -> tuple[str, tuple[Irregularity, ...]]:
    """The text of a PDF, a line for each paragraph. Raises ``BadFile``."""
    pages = _pages(path, data)
    empty = sum(not lines for lines in pages)
    if empty == len(pages):
        raise _bad(path, _SCANNED)
    kept, marks, headers = _without_furniture(pages)
    found = []
    if marks:
        found.append(irregular("page-marks", 0, count=marks))
    if headers:
        found.append(irregular("headers-dropped", 0, count=headers))
    if empty:
        found.append(irregular("pages-without-text", 0, count=empty))
    return "\n".join(_paragraphs(kept)), tuple(found)


def _bad(path: Path, text: Text) -> BadFile:
    return BadFile([Problem(path, 0, text)])


def _pages(path: Path, data: bytes) -> list[list[Line]]:
    """The lines of every page; whatever goes wrong inside a damaged file is one sentence."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _bad(path, _LOCKED)
        if len(reader.pages) > MAX_PAGES:
            raise _bad(path, _LONG)
        return list(_read(path, reader))
    except BadFile:
        raise
    except Exception as error:
        name = f"{type(error).__name__} {error}".lower()
        locked = "crypt" in name or "password" in name
        raise _bad(path, _LOCKED if locked else _BROKEN) from None


def _read(path: Path, reader: PdfReader) -> Iterator[list[Line]]:
    characters = 0
    for page in reader.pages:
        text = page.extract_text().replace("\x00", "")
        characters += len(text)
        if characters > MAX_CHARACTERS:
            raise _bad(path, _LONG)
        yield list(split(text))


def _without_furniture(pages: Sequence[list[Line]]) -> tuple[list[Line], int, int]:
    """The lines without page numbers and without headers and footers that come on most pages."""
    edges = Counter(key for page in pages for key in {_edge(line) for line in [*page[:2], *page[-2:]]})
    often = max(3, len(pages) // 2)
    kept: list[Line] = []
    marks = headers = 0
    for page in pages:
        for number, line in enumerate(page):
            at_edge = number < 2 or number >= len(page) - 2
            if (at_edge and is_page_mark(line)) or (
                at_edge and line.length <= 4 and line.head.strip().isdigit()
            ):
                marks += 1
            elif at_edge and line.length < 80 and edges[_edge(line)] >= often and not _opens(line):
                headers += 1
            else:
                kept.append(line)
    return kept, marks, headers


def _edge(line: Line) -> str:
    return re.sub(r"[0-9]+", "#", line.squeezed)


def _paragraphs(lines: Sequence[Line]) -> Iterator[str]:
    """Joins a line to the one before it when that one was full and this one opens no unit."""
    widths = sorted(_width(line) for line in lines)
    full = widths[int(len(widths) * 0.9)] * 0.82 if widths else 0
    current = ""
    above: Line | None = None
    for line in lines:
        if above is not None and _continues(above, line, full):
            current += _glue(current, line.words) + line.words
        else:
            if current:
                yield current
            current = line.words
        above = line
    if current:
        yield current


def _continues(above: Line, line: Line, full: float) -> bool:
    if _opens(line) or date_of(line) is not None:
        return False
    if _width(above) >= full:
        return True
    return not above.finished and line.head[:1].islower()


def _opens(line: Line) -> bool:
    head = line.head
    label = article_label(head)
    if label is not None:
        following = head[label.length : label.length + 2]
        return not following or (following[0] in " :.【(" and not following.lstrip()[:1].islower())
    return (
        bool(item_labels(head))
        or appendix_label(head) is not None
        or (chapter_label(head) is not None and line.length < 60)
    )


def _width(line: Line) -> int:
    """Columns, a Chinese character counting two."""
    return sum(2 if char > "\u2e7f" else 1 for char in line.words[:400])


def _glue(before: str, after: str) -> str:
    latin = before[-1:].isascii() and after[:1].isascii()
    return " " if latin and before[-1:] not in "-/" else ""
