"""Reads documents from files: text, Word, PDF with a text layer, saved web pages.

The first bytes decide what a file is, not its name. Sizes are limited before anything is read or unpacked; a file
that cannot be read raises ``BadFile`` with one sentence that says why and what to do.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from cultivar.policy.document.decoding import decode
from cultivar.policy.document.model import Document, Irregularity
from cultivar.policy.document.reader import read_document
from cultivar.policy.problems import BadFile, Problem
from cultivar.policy.text import Text

MAX_BYTES = 50_000_000
MAX_CHARACTERS = 20_000_000  # of extracted text

_REFUSALS = {
    "missing": Text("没有这个文件。", "There is no such file."),
    "no-file": Text("不是文件，请写文件的路径。", "Not a file; give the path of a file."),
    "empty": Text("文件是空的。", "The file is empty."),
    "large": Text(
        f"文件超过 {MAX_BYTES // 1_000_000} MB。请只留正文再读。",
        f"The file is larger than {MAX_BYTES // 1_000_000} MB. Keep only the document itself.",
    ),
    "legacy": Text(
        "这是旧版 doc、wps 或加密的 Office 文件。请解密并另存为 docx 或 pdf 再读。",
        "This is a legacy doc or wps file, or an encrypted Office file. Remove the password and save it "
        "as docx or pdf.",
    ),
    "rtf": Text(
        "这是 RTF 文件。请另存为 docx、pdf 或 txt 再读。",
        "This is an RTF file. Save it as docx, pdf or txt and read that.",
    ),
    "picture": Text(
        "这是图片，没有文字可读。请先作文字识别。",
        "This is a picture and holds no text. Recognise its text first.",
    ),
    "archive": Text(
        "这是压缩包或其他 Office 文件，不是 Word 文档。请取出其中的 docx、pdf 或 txt。",
        "This is an archive or another Office file, not a Word document. Take the docx, pdf or txt out "
        "of it.",
    ),
    "binary": Text(
        "这不是文字文件。请另存为 docx、pdf 或 txt 再读。",
        "This is no text file. Save it as docx, pdf or txt and read that.",
    ),
}
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"RIFF")
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1a\x7f\ufffd]")
_WEB_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype html|html|head|body)\b", re.I | re.S
)


@dataclass(frozen=True)
class Extract:
    """The text of a file: ``kind`` is text, docx, pdf or html; ``encoding`` is that of plain text, else ""."""

    text: str
    kind: str
    encoding: str
    warnings: tuple[Irregularity, ...]


@dataclass(frozen=True)
class FileReading:
    """A document with what its file was."""

    document: Document
    extract: Extract


def read_file(path: Path) -> FileReading:
    """Reads the document in one file. Raises ``BadFile`` where it holds no text that can be read."""
    found = extract(path)
    return FileReading(read_document(found.text, found.warnings), found)


def refuse(path: Path, text: Text) -> BadFile:
    """``BadFile`` with the one sentence ``text``."""
    return BadFile([Problem(path, 0, text)])


def extract(path: Path) -> Extract:
    """The text of a file without reading it as a document. Raises ``BadFile``."""
    data = _bytes(path)
    kind = _sniff(data)
    if kind in _REFUSALS:
        raise refuse(path, _REFUSALS[kind])
    if kind == "zip":
        from cultivar.policy.document import word

        return _extract("docx", *word.extract(path, data))
    if kind == "pdf":
        from cultivar.policy.document import pdf

        return _extract("pdf", *pdf.extract(path, data))
    decoded = decode(data)
    if kind == "html":
        from cultivar.policy.document import web

        kept = tuple(warning for warning in decoded.warnings if warning.kind == "undecodable-bytes")
        return _extract("html", web.text_of(decoded.text), kept)
    if len(_CONTROLS.findall(decoded.text[:20_000])) * 5 > min(len(decoded.text), 20_000):
        raise refuse(path, _REFUSALS["binary"])
    return Extract(decoded.text, "text", decoded.encoding, decoded.warnings)


def _extract(kind: str, text: str, warnings: tuple[Irregularity, ...]) -> Extract:
    return Extract(text[:MAX_CHARACTERS], kind, "", warnings)


def _bytes(path: Path) -> bytes:
    """The bytes of a regular file of a reasonable size; the size is asked before reading."""
    try:
        if not path.exists():
            raise refuse(path, _REFUSALS["missing"])
        if not path.is_file():
            raise refuse(path, _REFUSALS["no-file"])
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise refuse(path, _REFUSALS["large"])
        with path.open("rb") as file:
            data = file.read(size + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise refuse(path, Text(f"读不到文件：{reason}。", f"Cannot be read: {reason}.")) from None
    if not data.strip():
        raise refuse(path, _REFUSALS["empty"])
    return data


def _sniff(data: bytes) -> str:
    """What the first bytes say: a name in ``_REFUSALS``, or zip, pdf, html, text."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "legacy"
    if data.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith((b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")):
        return "archive"
    if data.startswith(_PICTURES) and b"\x00" in data[:64]:
        return "picture"
    start = data[:4096].removeprefix(b"\xef\xbb\xbf")
    return "html" if _WEB_PAGE.match(start) else "text"
