"""Takes the text out of a Word file: paragraphs and tables in order, with the numbers that Word generates.

Only the three parts that matter are unpacked, each within a limit, so that an archive built to explode does not.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx.oxml.parser import parse_xml

from cultivar.policy.document.irregularities import irregular
from cultivar.policy.document.model import Irregularity
from cultivar.policy.document.word_numbers import Numbering
from cultivar.policy.problems import BadFile, Problem
from cultivar.policy.text import Text

MAX_PART = 40_000_000  # bytes of one part, unpacked
MAX_RATIO = 400  # unpacked to packed; text compresses far less

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BROKEN = Text(
    "不是完好的 Word 文件（docx）。请用 Word 或 WPS 打开后另存。",
    "Not a sound Word file (docx). Open it in Word or WPS and save it anew.",
)
_NOT_WORD = Text(
    "这是压缩包或其他 Office 文件，不是 Word 文档。请取出其中的 docx、pdf 或 txt。",
    "This is an archive or another Office file, not a Word document. Take the docx, pdf or txt out of it.",
)
_LARGE = Text(
    "Word 文件解开后过大，没有读取。请只留正文再读。",
    "The Word file is too large when unpacked and was not read. Keep only the document itself.",
)
_LOCKED = Text("Word 文件有密码。请取消密码再读。", "The Word file has a password. Remove it and read again.")
_NO_TEXT = Text("Word 文件里没有文字。", "The Word file holds no text.")


def extract(path: Path, data: bytes) -> tuple[str, tuple[Irregularity, ...]]:
    """The text of a Word file, a line for each paragraph. Raises ``BadFile``."""
    parts = _parts(path, data)
    try:
        body = parse_xml(parts["word/document.xml"]).find(f"{_W}body")
        numbering = Numbering(
            *(
                parse_xml(part) if (part := parts.get(name)) else None
                for name in ("word/numbering.xml", "word/styles.xml")
            )
        )
    except (ValueError, SyntaxError, RecursionError):
        raise _bad(path, _BROKEN) from None
    if body is None:
        raise _bad(path, _BROKEN)
    text, warnings = _Writer(numbering).write(body)
    if not text.strip():
        raise _bad(path, _NO_TEXT)
    return text, warnings


def _bad(path: Path, text: Text) -> BadFile:
    return BadFile([Problem(path, 0, text)])


def _parts(path: Path, data: bytes) -> dict[str, bytes]:
    """The parts that are read, unpacked within the limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            if "word/document.xml" not in entries:
                raise _bad(path, _NOT_WORD)
            return {
                name: _part(path, archive, entries[name])
                for name in ("word/document.xml", "word/numbering.xml", "word/styles.xml")
                if name in entries
            }
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, OSError, ValueError):
        raise _bad(path, _BROKEN) from None
    except RuntimeError:
        raise _bad(path, _LOCKED) from None
    except Exception as error:
        if type(error).__module__ in ("zlib", "lzma", "_lzma"):
            raise _bad(path, _BROKEN) from None
        raise


def _part(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    ratio = entry.file_size / max(1, entry.compress_size)
    if entry.file_size > MAX_PART or (entry.file_size > 1_000_000 and ratio > MAX_RATIO):
        raise _bad(path, _LARGE)
    with archive.open(entry) as part:
        data = part.read(MAX_PART + 1)
    if len(data) > MAX_PART:
        raise _bad(path, _LARGE)
    return data


@dataclass
class _Writer:
    numbering: Numbering
    numbered: int = 0
    unknown: int = 0
    changed: bool = False

    def write(self, body: Any) -> tuple[str, tuple[Irregularity, ...]]:
        text = "\n".join(self._block(body))
        found = []
        if self.numbered:
            found.append(irregular("numbers-from-word", 0, count=self.numbered))
        if self.unknown:
            found.append(irregular("numbers-unknown", 0, count=self.unknown))
        if self.changed:
            found.append(irregular("tracked-changes", 0))
        return text, tuple(found)

    def _block(self, element: Any) -> Iterator[str]:
        """The lines of a body, a cell or a content control, in order."""
        for child in element:
            if child.tag == f"{_W}p":
                yield self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                for row in child.iter(f"{_W}tr"):
                    yield "\t".join(self._cell(cell) for cell in row if cell.tag == f"{_W}tc")
            elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
                yield from self._block(child)

    def _cell(self, cell: Any) -> str:
        lines = [self._paragraph(child) for child in cell if child.tag == f"{_W}p"]
        return " ".join(line.replace("\n", " ") for line in lines if line)

    def _paragraph(self, paragraph: Any) -> str:
        text = "".join(self._runs(paragraph))
        label = self.numbering.label(paragraph)
        if label is None:
            self.unknown += bool(text.strip())
        elif label and text.strip():
            self.numbered += 1
            return label + text
        return text

    def _runs(self, element: Any) -> Iterator[str]:
        for child in element:
            if child.tag == f"{_W}t":
                yield child.text or ""
            elif child.tag in (f"{_W}tab", f"{_W}ptab"):
                yield "\t"
            elif child.tag in (f"{_W}br", f"{_W}cr"):
                yield "\n"
            elif child.tag in (f"{_W}noBreakHyphen", f"{_W}softHyphen"):
                yield "-"
            elif child.tag in (f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", f"{_W}p"):
                self.changed |= child.tag in (f"{_W}del", f"{_W}moveFrom")
            elif isinstance(child.tag, str) and child.tag.startswith(_W):
                self.changed |= child.tag == f"{_W}ins"
                yield from self._runs(child)
