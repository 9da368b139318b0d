"""Supporting files: taken in as a stream, known by what they hold, kept under the SHA-256 of their bytes.

``keep`` stores the bytes, ``attach`` ties them to a slot of a case, ``store`` does both. A slot is an
evidence field of the dossier, or ``<act>.<field>`` for a file that belongs to an act. Bytes are never deleted
here: another slot, another case or a submitted version of the dossier may name the same ones.
"""

import hashlib
import os
import re
import secrets
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import puremagic
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.db import transaction
from django.http import HttpRequest
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from cultivar.cases.dossier import lock_open, thaw
from cultivar.cases.models import Case, DossierVersion, Evidence
from cultivar.cases.programmes import pinned
from cultivar.cases.record import load
from cultivar.cases.sight import hidden, parts_of
from cultivar.ledger import clock
from cultivar.ledger.append import lock
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor

FILES_A_CASE = 200
NAME_AT_MOST = 200
MOST_PIXELS = 50_000_000  # 7,000 × 7,000; a larger picture costs more memory than a page of evidence is worth
MOST_UNPACKED = 300 * 1024 * 1024  # bytes of a workbook, unpacked
MOST_RATIO = 120  # unpacked to packed; workbooks of figures stay below 30
MOST_PARTS = 5_000
SMALL = 10 * 1024 * 1024  # below this no ratio is a danger
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


class Refused(Exception):
    """The file is not taken; ``text`` says which file, what is wrong and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class UnknownSlot(LookupError):
    """The case has no such place for files."""


class Upload(Protocol):
    """What is needed of an upload: Django's ``UploadedFile`` is one."""

    name: str | None

    def chunks(self) -> Iterable[bytes]: ...


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


@dataclass(frozen=True)
class Kept:
    """A file that is fit to be kept."""

    sha256: str  # hex
    name: str
    kind: str
    size: int  # bytes


# ------------------------------------------------------------------------------------------------ taking in


def store(case: Case, slot: str, upload: Upload, actor: Actor) -> Evidence:
    """Takes a file into a slot of a case; the same bytes in the same slot are one file.

    Raises ``Refused`` in words, ``Closed`` when the dossier is submitted, ``UnknownSlot``.
    """
    check_slot(case, slot)
    return attach(case, slot, keep(upload), actor)


def examine(upload: Upload) -> Kept:
    """Checks a file as ``keep`` does, and keeps nothing. Raises ``Refused``."""
    with _incoming(upload) as (_, found):
        return found


def keep(upload: Upload) -> Kept:
    """Checks a file and puts its bytes into the folder. Raises ``Refused``."""
    with _incoming(upload) as (part, found):
        place = path_of(found.sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(part, place)
        return found


@contextmanager
def _incoming(upload: Upload) -> Iterator[tuple[Path, Kept]]:
    """The bytes of a file beside the folder, checked; gone at the end unless they were moved."""
    name = clean_name(upload.name or "")
    incoming = settings.EVIDENCE_FOLDER / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    part = incoming / f"{secrets.token_hex(16)}.part"
    try:
        sha256, size = write_part(part, upload, name)
        kind = check_content(part, name)
        yield part, Kept(sha256, _with_extension(name, kind), kind.id, size)
    finally:
        part.unlink(missing_ok=True)


def take_over(case: Case, slot: str, kept: Kept, actor: Actor, pages: str = "") -> Evidence:
    """Ties a file that was handed in earlier to a slot. Raises as ``attach``; ``Refused`` where its bytes are gone."""
    if not path_of(kept.sha256).exists():
        raise Refused(
            Text(
                f"“{kept.name}”的文件不在库里，没有采用。请重新上传。",
                f"The file of “{kept.name}” is missing and was not taken over. Upload it again.",
            )
        )
    return attach(case, slot, kept, actor, pages)


@transaction.atomic
def attach(case: Case, slot: str, kept: Kept, actor: Actor, pages: str = "") -> Evidence:
    """Ties kept bytes to a slot. Raises ``Refused`` where that is full, ``Closed``, ``UnknownSlot``."""
    most = check_slot(case, slot)
    if "." not in slot:
        lock_open(case)
    earlier = Evidence.objects.filter(case=case, slot=slot, sha256=kept.sha256).first()
    if earlier is not None:
        return earlier
    slots = list(Evidence.objects.filter(case=case).values_list("slot", flat=True))
    if len(slots) >= FILES_A_CASE:
        raise Refused(_too_many_in_case(kept.name))
    if most is not None and slots.count(slot) >= most:
        raise Refused(
            Text(
                f"“{kept.name}”没有收：这一项最多 {most} 份，请先删去一份或合并成一份。",
                f"“{kept.name}” was not taken: this entry holds at most {most} files. "
                "Remove one or merge them first.",
            )
        )
    return Evidence.objects.create(
        case=case,
        slot=slot,
        sha256=kept.sha256,
        name=kept.name,
        kind=kept.kind,
        size=kept.size,
        pages=pages,
        person=actor.person_key,
        at=clock.now(),
    )


@transaction.atomic
def remove(case: Case, slot: str, sha256: str) -> None:
    """Takes a file out of the dossier while that is open; submitted versions keep it. Raises ``Closed``."""
    if slot not in pinned(case.digest).form_fields:
        raise UnknownSlot(slot)  # what belongs to an act stays with the act
    lock_open(case)
    Evidence.objects.filter(case=case, slot=slot, sha256=sha256).delete()


def check_slot(case: Case, slot: str) -> int | None:
    """The most files that a slot takes, None where nothing limits it. Raises ``UnknownSlot``."""
    programme = pinned(case.digest)
    act_id, dot, field = slot.partition(".")
    if not dot:
        spec = programme.form_fields.get(slot)
        if spec is None or spec.type != "evidence":
            raise UnknownSlot(slot)
        return spec.at_most
    act = programme.procedures[case.procedure].acts.get(act_id)
    content = act.content.get(field) if act else None
    if content is None or content.type != "files":
        raise UnknownSlot(slot)
    return content.most


def write_part(part: Path, upload: Upload, name: str) -> tuple[str, int]:
    """Streams an upload to a new file, on disk when it returns: its SHA-256 (hex) and size.

    Raises ``Refused`` for an empty upload and for one beyond the limit; the caller removes the part.
    """
    digest, size = hashlib.sha256(), 0
    with part.open("xb") as out:
        for chunk in upload.chunks():
            size += len(chunk)
            if size > settings.EVIDENCE_MAX_BYTES:
                raise Refused(too_large(name))
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if not size:
        raise Refused(
            Text(
                f"“{name}”是空文件，请换成有内容的文件再传。",
                f"“{name}” is empty. Choose a file with content.",
            )
        )
    return digest.hexdigest(), size


def too_large(name: str) -> Text:
    """The refusal of a file beyond the limit."""
    most = settings.EVIDENCE_MAX_BYTES // (1024 * 1024)
    return Text(
        f"“{name}”超过 {most} MB，没有收。请压缩或拆成几份再传。",
        f"“{name}” is larger than {most} MB and was not taken. Compress it or split it.",
    )


def _too_many_in_case(name: str) -> Text:
    return Text(
        f"“{name}”没有收：一件申报最多 {FILES_A_CASE} 份材料，请先删去不用的。",
        f"“{name}” was not taken: a case holds at most {FILES_A_CASE} files. Remove what is not needed.",
    )


class BoundedUploads(FileUploadHandler):
    """Skips the rest of a file once it is beyond the limit, so that no upload fills the disk.

    Put it before the handler that stores; the names of what it skipped are in ``request.skipped_files``.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._size = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Passes a chunk on. Raises ``SkipFile`` beyond the limit."""
        self._size += len(raw_data)
        if self._size > settings.EVIDENCE_MAX_BYTES:
            if self.request is not None:
                names = getattr(self.request, "skipped_files", [])
                self.request.skipped_files = [*names, (self.field_name, clean_name(self.file_name or ""))]  # type: ignore[attr-defined]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        """The next handler has the file."""
        return None


# -------------------------------------------------------------------------------------------------- names


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


def _with_extension(name: str, kind: Kind) -> str:
    if _extension(name):
        return name
    return f"{name[: NAME_AT_MOST - len(kind.extensions[0]) - 1]}.{kind.extensions[0]}"


# ------------------------------------------------------------------------------------------------ content


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


# ------------------------------------------------------------------------------------------------ giving out


def path_of(sha256: str) -> Path:
    """Where the bytes lie: ``ab/cd/abcd...``. Raises ``ValueError`` for what is no SHA-256 in hex."""
    if not _SHA256.match(sha256):
        raise ValueError(sha256)
    return Path(settings.EVIDENCE_FOLDER) / sha256[:2] / sha256[2:4] / sha256


def destroy(case: Case, slot: str, files: Sequence[str]) -> None:
    """Takes files of an act out of its case; their bytes go too, once nothing else names them and this is committed."""
    Evidence.objects.filter(case=case, slot=slot, sha256__in=files).delete()
    unnamed = set(files) - set(Evidence.objects.filter(sha256__in=files).values_list("sha256", flat=True))
    for body in DossierVersion.objects.values_list(
        "body", flat=True
    ).iterator():  # rare, and nothing may be lost
        unnamed = {sha256 for sha256 in unnamed if sha256.encode() not in bytes(body)}
    for sha256 in unnamed:
        transaction.on_commit(partial(_unlink_unnamed, sha256))


@transaction.atomic
def _unlink_unnamed(sha256: str) -> None:
    """Deletes bytes that no row names; in the writer's place, for acts that bring files are recorded there."""
    lock()
    if not Evidence.objects.filter(sha256=sha256).exists() and not any(owns(sha256) for owns in _owners):
        path_of(sha256).unlink(missing_ok=True)


_owners: list[Callable[[str], bool]] = []


def register_owner(owns: Callable[[str], bool]) -> None:
    """Lets a slice above keep files in this folder: bytes of which ``owns`` says yes are not deleted here."""
    if owns not in _owners:
        _owners.append(owns)


def open_file(evidence: Evidence | Kept) -> BinaryIO:
    """The bytes. Raises ``FileNotFoundError`` when they are gone."""
    return path_of(evidence.sha256).open("rb")


def find(case: Case, sha256: str, actor: Actor) -> Kept | None:
    """The file of a case as this office may have it, None when it may not.

    The applicant sees its own dossier's files at once, the others once they stand in a submitted version.
    A file of an act is hidden from those from whom the act is hidden.
    """
    if not _SHA256.match(sha256):
        return None
    own = bool(actor.organisation) and actor.organisation == case.applicant_id
    for row in Evidence.objects.filter(case=case, sha256=sha256):
        if _may_see(case, row.slot, actor, own):
            return Kept(row.sha256, row.name, row.kind, row.size)
    for version in DossierVersion.objects.filter(case=case).order_by("-at"):
        for entry in thaw(version)["evidence"]:
            if entry["sha256"] == sha256:
                return kept_as(entry)
    return None


def kept_as(entry: Mapping[str, Any]) -> Kept:
    """A file as a submitted version names it."""
    return Kept(entry["sha256"], entry["name"], kind_by_name(entry["name"]), entry["size"])


def _may_see(case: Case, slot: str, actor: Actor, own: bool) -> bool:
    act_id, dot, field = slot.partition(".")
    if not dot:
        return own
    folded = load(case.number)
    act = folded.procedure.acts.get(act_id)
    if act is None or field not in act.content:
        return False
    parts = parts_of(folded, actor)
    seen_by = set(act.content[field].seen_by)
    return not hidden(folded, act_id, parts) and (not seen_by or bool(parts & seen_by))


def kind_by_name(name: str) -> str:
    """The kind that a kept file's name tells; names and content agree since it was taken in."""
    return next((kind.id for kind in KINDS.values() if _extension(name) in kind.extensions), "pdf")


def size_text(size: int) -> str:
    """ "3.2 MB", "48 KB": for people, not for arithmetic."""
    return f"{size / 1_048_576:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1024))} KB"
