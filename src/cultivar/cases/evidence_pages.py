"""Which pages of a file are to be read: "3–5, 12" as it is typed, checked against the file, and as links into it."""

import logging
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from pypdf import PdfReader

from cultivar.cases.dossier import lock_open
from cultivar.cases.file_content import Refused
from cultivar.cases.file_store import path_of
from cultivar.cases.models import Case, Evidence
from cultivar.policy.text import Text

_AT_MOST = 80  # characters, as they are kept
_RANGE = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?\Z")
_DASHES = str.maketrans({dash: "-" for dash in "‐‑‒–—―−~～至到"})
_PARTS = re.compile(r"[,;、，；\s]+")


@dataclass(frozen=True)
class PageRange:
    """Pages from ``first`` to ``last``, counted from 1; both the same for a single one."""

    first: int
    last: int

    @property
    def words(self) -> str:
        """ "3–5" or "12"."""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


def page_ranges(typed: str) -> tuple[PageRange, ...]:
    """The pages that a text names, () for a blank one. Raises ``ValueError`` for what names no pages."""
    text = unicodedata.normalize("NFKC", typed).translate(_DASHES)
    text = re.sub(r"\s*-\s*", "-", re.sub(r"[第页pP.]", " ", text))
    found = []
    for part in filter(None, _PARTS.split(text)):
        match = _RANGE.match(part)
        if match is None:
            raise ValueError(part)
        first = int(match[1])
        last = int(match[2]) if match[2] else first
        if not 1 <= first <= last:
            raise ValueError(part)
        found.append(PageRange(first, last))
    return tuple(found)


def page_count(sha256: str) -> int | None:
    """How many pages a kept PDF has; None where it does not say so readably."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        return len(PdfReader(path_of(sha256)).pages) or None
    except (
        Exception
    ):  # the reader has many ways to stumble over a damaged file, and none of them is ours to tell
        return None


def set_pages(case: Case, slot: str, sha256: str, typed: str) -> bool:
    """Says which pages of a file of the open dossier are to be read; whether that changed anything.

    Raises ``Refused`` in words, ``Closed`` once the dossier is submitted.
    """
    row = Evidence.objects.filter(case=case, slot=slot, sha256=sha256).first()
    if row is None or row.pages == typed.strip():
        return False
    pages = _checked(row, typed)  # reads the file, perhaps for seconds: before anything is locked
    with transaction.atomic():
        lock_open(case)
        return Evidence.objects.filter(pk=row.pk).update(pages=pages) == 1


def _checked(row: Evidence, typed: str) -> str:
    try:
        ranges = page_ranges(typed)
    except ValueError:
        raise Refused(
            Text(
                f"“{row.name}”的页码没有存：写成“3–5, 12”这样，小的在前。",
                f"The pages of “{row.name}” were not saved: write “3–5, 12”, the lower one first.",
            )
        ) from None
    text = ", ".join(one.words for one in ranges)
    if ranges and row.kind != "pdf":
        raise Refused(
            Text(f"“{row.name}”不是 PDF，不用写页码。", f"“{row.name}” is no PDF and has no pages to name.")
        )
    if len(text) > _AT_MOST:
        raise Refused(
            Text(
                f"“{row.name}”的页码没有存：最多 {_AT_MOST} 个字符，请合并成几段。",
                f"The pages of “{row.name}” were not saved: at most {_AT_MOST} characters. Join them to fewer ranges.",
            )
        )
    count = page_count(row.sha256) if ranges else None
    last = max((one.last for one in ranges), default=0)
    if count is not None and last > count:
        raise Refused(
            Text(
                f"“{row.name}”的页码没有存：没有第 {last} 页，这份文件共 {count} 页。",
                f"The pages of “{row.name}” were not saved: there is no page {last}; the file has {count}.",
            )
        )
    return text


def pages_words(pages: str) -> Text:
    """Pages as they are kept ("3–5, 12"), as readers see them: “第 3–5、12 页”, “p. 3–5, 12”."""
    return Text(f"第 {pages.replace(', ', '、')} 页", f"p. {pages}")


def kept_ranges(row: Any) -> tuple[PageRange, ...]:
    """The pages that a file's row names; a version from before they were kept names none."""
    return page_ranges(row.get("pages") or "")
