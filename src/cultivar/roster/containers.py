"""What a file is by its bytes, and whether it may be opened at all. Runs in the child process that reads files."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from cultivar.policy.text import Text

MOST_UNPACKED = 400 * 1024 * 1024  # bytes of all members: four times what 100 000 rows of 25 columns take
MOST_RATIO, SMALL = 120, 10 * 1024 * 1024  # unpacked to packed; below ``SMALL`` bytes no ratio is a danger
MOST_MEMBERS = 5_000
MOST_MARKED = 10_000  # cells with an error value or without a value that are noted in a sheet
LONGEST_ERROR = 30  # characters of an error value; the longest that Excel has is #GETTING_DATA
CHUNK = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

SAVE_AS = Text(
    "在 Excel 或 WPS 里打开，另存为 .xlsx 再传。",
    "Open it in Excel or WPS, save it as .xlsx and upload that.",
)


class Refused(Exception):
    """The file is not read; ``text`` says what is wrong and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def refused(what: Text, remedy: Text = SAVE_AS) -> Refused:
    """A refusal of what is wrong and what to do."""
    return Refused(Text(f"{what.zh}{remedy.zh}", f"{what.en} {remedy.en}"))


@dataclass
class Cells:
    """Cells of one sheet that show nothing to read: by (row, column) from 0, the error value or "" for no value."""

    at: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass
class Workbook:
    """What is known of an xlsx before it is read: cells without a value by sheet, date system, links elsewhere."""

    cells: dict[str, Cells]
    system_1904: bool
    links: bool


# ------------------------------------------------------------------------------------------------ the kind

_MAGIC: tuple[tuple[bytes, Text], ...] = (
    (b"%PDF-", Text("PDF 文件", "a PDF file")),
    (b"\xff\xd8\xff", Text("JPEG 图片", "a JPEG image")),
    (b"\x89PNG", Text("PNG 图片", "a PNG image")),
    (b"GIF8", Text("GIF 图片", "a GIF image")),
    (b"Rar!", Text("RAR 压缩包", "a RAR archive")),
    (b"7z\xbc\xaf", Text("7z 压缩包", "a 7z archive")),
    (b"\x1f\x8b", Text("GZ 压缩包", "a GZ archive")),
    (b"MZ", Text("程序", "a program")),
)


def kind_of(path: Path) -> str:
    """ "xlsx", "xls" or "csv". Raises ``Refused`` for anything else, in words that say what it is."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise refused(
            Text("这是空文件。", "The file is empty."),
            Text("换成有内容的文件再传。", "Choose one with content."),
        )
    if head.startswith(b"PK"):
        return _packed(path)
    if head.startswith(_OLE):
        return _compound(path)
    for start, what in _MAGIC:
        if head.startswith(start):
            raise refused(
                Text("内容是{what}，不是表格。", "It is {what} and no table.").fill(what=what), _OTHER
            )
    return _text(head)


_OTHER = Text("选 .xlsx、.xls 或 .csv 文件再传。", "Choose an .xlsx, .xls or .csv file.")


def _packed(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            mime = archive.read("mimetype")[:100] if "mimetype" in names else b""
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, RuntimeError):
        raise damaged() from None
    if mime.startswith(b"application/vnd.oasis"):
        raise refused(Text("这是 ODS 表格。", "It is an ODS sheet."))
    if "xl/workbook.bin" in names:
        raise refused(Text("这是二进制工作簿（.xlsb）。", "It is a binary workbook (.xlsb)."))
    if any(name.startswith("word/") for name in names):
        raise refused(Text("内容是 Word 文档，不是表格。", "It is a Word document and no table."), _OTHER)
    if "xl/workbook.xml" not in names:
        raise refused(Text("内容是 ZIP 压缩包，不是表格。", "It is a ZIP archive and no table."), _OTHER)
    return "xlsx"


def damaged() -> Refused:
    """The refusal of a file that is cut off or broken."""
    return refused(
        Text("文件不完整或已损坏，打不开。", "The file is incomplete or damaged."),
        Text(
            "在电脑上打开核对，另存为 .xlsx 再传。",
            "Open it on your computer, save it as .xlsx and upload that.",
        ),
    )


def _compound(path: Path) -> str:
    """An OLE file by the names in its directory: old Excel, or something else in the same wrapping."""
    content = path.read_bytes()

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        raise password()
    if holds("_VBA_PROJECT_CUR"):
        raise macros()
    if holds("WordDocument"):
        raise refused(
            Text("内容是旧版 Word 文档，不是表格。", "It is an old Word document and no table."), _OTHER
        )
    if not (holds("Workbook") or holds("Book")):
        raise refused(Text("认不出这个 Office 文件。", "This Office file is not known."))
    return "xls"


def password() -> Refused:
    """The refusal of a file that cannot be read without its password."""
    return refused(
        Text("文件加了密码，读不了。", "The file is protected by a password."),
        Text("去掉密码，另存后再传。", "Remove the password, save it and upload again."),
    )


def macros() -> Refused:
    """The refusal of a workbook with programs inside."""
    return refused(
        Text("工作簿带宏，没有读。", "The workbook holds macros and was not read."),
        Text("另存为不带宏的 .xlsx 再传。", "Save it as .xlsx without macros and upload that."),
    )


def _text(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta")):
        raise refused(Text("内容是网页，只是名字像表格。", "It is a web page with the name of a table."))
    if start.startswith(b"<"):
        raise refused(Text("内容是 XML，不是工作簿。", "It is XML and no workbook."))
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not wide and (b"\0" in head or sum(one < 9 or 13 < one < 27 for one in head) > len(head) // 50):
        raise refused(Text("认不出文件的内容。", "The content of the file is not known."), _OTHER)
    return "csv"


# --------------------------------------------------------------------------------------- what is in an xlsx


def examine(path: Path) -> Workbook:
    """Unpacks every member once, without keeping it. Raises ``Refused`` for what must not be opened.

    Sizes are counted as they come, not as the file claims them.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _examine(archive)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, RuntimeError, KeyError):
        raise damaged() from None
    except ElementTree.ParseError:
        raise damaged() from None


def _examine(archive: zipfile.ZipFile) -> Workbook:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise password()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise macros()
    if len(parts) > MOST_MEMBERS or len(set(names)) != len(names):
        raise too_large()
    sheets = _sheets(archive)
    unpacked, cells = 0, {name: Cells() for name in sheets.values()}
    for part in parts:
        scan = _Scan(cells[sheets[part.filename]]) if part.filename in sheets else None
        size = 0
        for chunk in _chunks(archive, part):
            size, unpacked = size + len(chunk), unpacked + len(chunk)
            if unpacked > MOST_UNPACKED or (size > SMALL and size > MOST_RATIO * max(1, part.compress_size)):
                raise too_large()
            if scan is not None:
                scan.take(chunk)
        if scan is not None:
            scan.end()
    root = ElementTree.fromstring(_small(archive, "xl/workbook.xml"))  # noqa: S314 - without a DTD, which was refused
    flag = next((one.get("date1904") for one in root if one.tag.endswith("}workbookPr")), None)
    return Workbook(cells, flag in ("1", "true"), any(name.startswith("xl/externalLinks/") for name in names))


def too_large() -> Refused:
    """The refusal of a workbook that unpacks into more than any roster holds."""
    return refused(
        Text("工作簿解开后过大，没有读。", "The workbook is too large once unpacked and was not read."),
        Text(
            "删去空行、空列和多余的表，另存后再传；超过 30 万行的分成几份。",
            "Delete empty rows, empty columns and spare sheets and save it; split what has over 300 000 rows.",
        ),
    )


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member piece by piece; XML with a document type is refused before anything reads it."""
    xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            if xml:
                plain = (tail + chunk).replace(b"\0", b"")  # UTF-16 has noughts between its letters
                if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
                    raise refused(
                        Text(
                            "工作簿里有外来的文档类型声明，没有读。",
                            "The workbook declares a document type and was not read.",
                        )
                    )
                tail = chunk[-32:]
            yield chunk


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    """A member that is short in every workbook."""
    part = archive.getinfo(name)
    data = b""
    for chunk in _chunks(archive, part):
        data += chunk
        if len(data) > SMALL:
            raise too_large()
    return data


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """The names of the sheets by the members that hold them."""
    root = ElementTree.fromstring(_small(archive, "xl/workbook.xml"))  # noqa: S314 - without a DTD, which was refused
    links = ElementTree.fromstring(_small(archive, "xl/_rels/workbook.xml.rels"))  # noqa: S314 - likewise
    targets = {one.get("Id", ""): one.get("Target", "") for one in links}
    found = {}
    for sheet in (*root.iter(f"{_MAIN}sheet"), *root.iter(f"{_STRICT}sheet")):
        target = targets.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION) or "", "")
        member = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
        found[member] = sheet.get("name", "")
    return found


_ERROR = re.compile(rb'<(?:\w+:)?c\b([^>]*\bt="e"[^>]*)>(.*?)</(?:\w+:)?c>', re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v[^>]*>([^<]*)<")
_NO_VALUE = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')


class _Scan:
    """Looks through the XML of a sheet for cells that hold an error, or a formula without its value."""

    def __init__(self, cells: Cells) -> None:
        self._cells, self._rest = cells, b""

    def take(self, chunk: bytes) -> None:
        """The next piece; looked through up to the end of its last row."""
        text = self._rest + chunk
        cut = text.rfind(b"</row>")
        if cut < 0 and len(text) < 4 * CHUNK:
            self._rest = text
            return
        self._look(text[: cut + 6] if cut >= 0 else text)
        self._rest = text[cut + 6 :] if cut >= 0 else b""

    def end(self) -> None:
        """The last piece."""
        self._look(self._rest)

    def _look(self, text: bytes) -> None:
        if b't="e"' in text:
            for found in _ERROR.finditer(text):
                value = _VALUE.search(found[2])
                self._note(found[1], (value[1] if value else b"#N/A").decode("ascii", "replace"))
        if b"<f" in text or b":f" in text:
            for found in _NO_VALUE.finditer(text):
                if b't="str"' not in found[1]:  # there the empty text is the value
                    self._note(found[1], "")

    def _note(self, attributes: bytes, value: str) -> None:
        place = _PLACE.search(attributes)
        if place and len(self._cells.at) < MOST_MARKED:
            column = 0
            for letter in place[1]:
                column = column * 26 + letter - 64
            self._cells.at.setdefault((int(place[2]) - 1, column - 1), value[:LONGEST_ERROR])
