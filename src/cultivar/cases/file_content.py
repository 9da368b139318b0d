"""What a file is, by its bytes: kinds that are taken, names that lie, what is broken, locked or too large unpacked."""

import os
import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import puremagic
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from cultivar.policy.text import Text

NAME_AT_MOST = 200
MOST_PIXELS = 50_000_000  # 7,000 × 7,000; a larger picture costs more memory than a page of evidence is worth
MOST_UNPACKED = 300 * 1024 * 1024  # bytes of a workbook, unpacked
MOST_RATIO = 120  # unpacked to packed; workbooks of figures stay below 30
MOST_PARTS = 5_000
SMALL = 10 * 1024 * 1024  # below this no ratio is a danger


class Refused(Exception):
    """The file is not taken; ``text`` says which file, what is wrong and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken."""

    id: str
    text: Text
    extensions: tuple[str, ...]  # the first is added to a name without one
    media_type: str


KINDS = {
    kind.id: kind
    for kind in (
        Kind("pdf", Text("PDF 文件", "a PDF file"), ("pdf",), "application/pdf"),
        Kind("png", Text("PNG 图片", "a PNG image"), ("png",), "image/png"),
        Kind("jpeg", Text("JPEG 图片", "a JPEG image"), ("jpg", "jpeg", "jpe", "jfif"), "image/jpeg"),
        Kind(
            "xlsx",
            Text("Excel 工作簿", "an Excel workbook"),
            ("xlsx",),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    )
}
SHOWN_KINDS = ("pdf", "png", "jpeg")  # what a browser shows by itself
ACCEPT = ",".join(f".{extension}" for kind in KINDS.values() for extension in kind.extensions)


def clean_name(name: str) -> str:
    """A file's own name: no folder, no control or direction signs, at most 200 characters, its end kept."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(
        char for char in last if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    )
    whole = " ".join(seen.split()).strip(" .")
    stem, dot, extension = whole.rpartition(".")
    if len(whole) > NAME_AT_MOST:
        whole = (
            f"{stem[: NAME_AT_MOST - len(extension) - 1]}.{extension}"
            if dot and len(extension) <= 10
            else whole[:NAME_AT_MOST]
        )
    return whole or "未命名"


def _extension(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    known = {one for kind in KINDS.values() for one in kind.extensions} | set(_OTHERS)
    lower = extension.lower()
    return lower if dot and stem and (lower in known or re.fullmatch(r"[a-z0-9]{2,4}", lower)) else ""


def with_extension(name: str, kind: Kind) -> str:
    if _extension(name):
        return name
    return f"{name[: NAME_AT_MOST - len(kind.extensions[0]) - 1]}.{kind.extensions[0]}"


def check_content(path: Path, name: str) -> Kind:
    """What a file is by its bytes. Raises ``Refused``: a kind not taken, a name that lies, a broken file."""
    with path.open("rb") as file:
        head = file.read(16)
        kind = _kind(head, path)
        claimed = _extension(name)
        if kind is None:
            raise Refused(_not_taken(name, claimed, path))
        if claimed and claimed not in kind.extensions:
            raise Refused(_lies(name, _claimed(claimed), kind.text, kind.extensions[0]))
        file.seek(0)
        _INSPECTIONS[kind.id](file, name)
    return kind


def _kind(head: bytes, path: Path) -> Kind | None:
    if head.startswith(b"%PDF-"):
        return KINDS["pdf"]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return KINDS["png"]
    if head.startswith(b"\xff\xd8\xff"):
        return KINDS["jpeg"]
    return KINDS["xlsx"] if head.startswith(b"PK\x03\x04") and "xl/workbook.xml" in _parts(path) else None


def _parts(path: Path) -> frozenset[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return frozenset()


_OTHERS = {
    "doc": Text("Word 文档", "a Word document"),
    "docx": Text("Word 文档", "a Word document"),
    "xls": Text("旧版 Excel 表格", "an old Excel sheet"),
    "xlsm": Text("带宏的 Excel 工作簿", "an Excel workbook with macros"),
    "zip": Text("ZIP 压缩包", "a ZIP archive"),
    "rar": Text("RAR 压缩包", "a RAR archive"),
    "7z": Text("7z 压缩包", "a 7z archive"),
    "gif": Text("GIF 图片", "a GIF image"),
    "bmp": Text("BMP 图片", "a BMP image"),
    "webp": Text("WebP 图片", "a WebP image"),
    "tif": Text("TIFF 图片", "a TIFF image"),
    "tiff": Text("TIFF 图片", "a TIFF image"),
    "heic": Text("HEIC 图片", "a HEIC image"),
    "exe": Text("程序", "a program"),
    "html": Text("网页", "a web page"),
    "csv": Text("文本表格", "a text table"),
    "txt": Text("纯文本", "plain text"),
    "ofd": Text("OFD 文件", "an OFD file"),
}
_UNKNOWN = Text("认不出的内容", "nothing that we know")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _claimed(extension: str) -> Text:
    known = next((kind.text for kind in KINDS.values() if extension in kind.extensions), None)
    return known or _OTHERS.get(extension) or Text(f"{extension.upper()} 文件", f"a {extension.upper()} file")


def _recognised(path: Path) -> Text:
    """What a file that is not taken seems to be."""
    with path.open("rb") as file:
        head = file.read(512)
    if head.startswith(_OLE):
        return Text("旧版或加了密码的 Office 文件", "an old or password-protected Office file")
    if head.startswith(b"MZ"):
        return _OTHERS["exe"]
    parts = _parts(path)
    if "word/document.xml" in parts:
        return _OTHERS["docx"]
    if parts:
        return _OTHERS["zip"]
    try:
        return _OTHERS.get(puremagic.from_file(path).lstrip(".").lower(), _UNKNOWN)
    except (puremagic.PureError, ValueError, OSError):
        return _UNKNOWN


def _not_taken(name: str, claimed: str, path: Path) -> Text:
    found = _recognised(path)
    kind = next((kind for kind in KINDS.values() if claimed in kind.extensions), None)
    if kind is not None:
        return Text(
            f"“{name}”名为 {_bare(kind.text).zh}，内容是{found.zh}。"
            f"请打开核对，另存为真正的 {kind.text.zh}再传。",
            f"“{name}” is named as {kind.text.en}, but its content is {found.en}. "
            f"Open it, save it as {kind.text.en} and upload again.",
        )
    return Text(
        f"“{name}”没有收：内容是{found.zh}。只收 PDF、PNG、JPEG 和 XLSX，请另存为其中一种再传。",
        f"“{name}” was not taken: it is {found.en}. Save it as PDF, PNG, JPEG or XLSX.",
    )


def _lies(name: str, claimed: Text, found: Text, extension: str) -> Text:
    return Text(
        f"“{name}”名为 {_bare(claimed).zh}，内容是 {found.zh}。"
        f"请核对；内容无误就把名字改成 .{extension} 再传。",
        f"“{name}” is named as {claimed.en}, but its content is {found.en}. "
        f"Check it; if the content is right, rename it to .{extension} and upload again.",
    )


def _bare(text: Text) -> Text:
    """ "PDF" of "PDF 文件"."""
    return Text(text.zh.removesuffix(" 文件"), text.en)


def _broken(name: str, kind: str) -> Refused:
    what = KINDS[kind].text
    return Refused(
        Text(
            f"“{name}”不完整或已损坏，打不开。请在电脑上打开核对，重新导出为{what.zh}再传。",
            f"“{name}” is incomplete or damaged. Open it on your computer and export it again as {what.en}.",
        )
    )


def _inspect_pdf(file: BinaryIO, name: str) -> None:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 2048))
    if b"%%EOF" not in file.read():
        raise _broken(name, "pdf")


def _inspect_png(file: BinaryIO, name: str) -> None:
    try:
        image = PngImageFile(file)
        _few_pixels(image.size, name)
        image.verify()
    except (OSError, SyntaxError, ValueError, EOFError):
        raise _broken(name, "png") from None


def _inspect_jpeg(file: BinaryIO, name: str) -> None:
    try:
        image = JpegImageFile(file)
        _few_pixels(image.size, name)
        image.draft("RGB", (64, 64))  # decoded at an eighth: a cut-off file shows all the same
        image.load()
    except (OSError, SyntaxError, ValueError, EOFError):
        raise _broken(name, "jpeg") from None


def _few_pixels(size: tuple[int, int], name: str) -> None:
    wide, high = size
    if wide * high > MOST_PIXELS:
        raise Refused(
            Text(
                f"“{name}”有 {wide}×{high} 像素，太大。请缩到 {MOST_PIXELS // 1_000_000} 百万像素以内再传。",
                f"“{name}” has {wide} × {high} pixels. "
                f"Scale it down to at most {MOST_PIXELS // 1_000_000} million.",
            )
        )


def _inspect_xlsx(file: BinaryIO, name: str) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise _broken(name, "xlsx") from None
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names:
        raise _broken(name, "xlsx")
    if any(one.lower().endswith("vbaproject.bin") for one in names):
        raise Refused(
            Text(
                f"“{name}”带宏，没有收。请另存为不带宏的 .xlsx 再传。",
                f"“{name}” holds macros and was not taken. Save it as .xlsx without macros.",
            )
        )
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(
            Text(
                f"“{name}”加了密码，审核人员打不开。请去掉密码再传。",
                f"“{name}” is protected by a password. Remove it and upload again.",
            )
        )
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    bomb = unpacked > SMALL and unpacked > MOST_RATIO * max(1, packed)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or bomb:
        raise Refused(
            Text(
                f"“{name}”解开后过大，没有收。请删去空行空列和多余的表，另存后再传。",
                f"“{name}” is too large once unpacked. Remove empty rows and spare sheets and save it again.",
            )
        )


_INSPECTIONS: dict[str, Callable[[BinaryIO, str], None]] = {
    "pdf": _inspect_pdf,
    "png": _inspect_png,
    "jpeg": _inspect_jpeg,
    "xlsx": _inspect_xlsx,
}


def kind_by_name(name: str) -> str:
    """The kind that a kept file's name tells; names and content agree since it was taken in."""
    return next((kind.id for kind in KINDS.values() if _extension(name) in kind.extensions), "pdf")


def size_text(size: int) -> str:
    """ "3.2 MB", "48 KB": for people, not for arithmetic."""
    return f"{size / 1_048_576:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1024))} KB"
