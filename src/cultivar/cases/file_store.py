"""Where the bytes of files lie: taken in as a stream, named by their SHA-256, deleted when nobody names them."""

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from cultivar.cases.file_content import Refused, check_content, clean_name, with_extension
from cultivar.policy.text import Text

SHA256 = re.compile(r"[0-9a-f]{64}\Z")


class Upload(Protocol):
    """What is needed of an upload: Django's ``UploadedFile`` is one."""

    name: str | None

    def chunks(self) -> Iterable[bytes]: ...


@dataclass(frozen=True)
class Kept:
    """A file that is fit to be kept."""

    sha256: str  # hex
    name: str
    kind: str
    size: int  # bytes


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
        yield part, Kept(sha256, with_extension(name, kind), kind.id, size)
    finally:
        part.unlink(missing_ok=True)


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


def path_of(sha256: str) -> Path:
    """Where the bytes lie: ``ab/cd/abcd...``. Raises ``ValueError`` for what is no SHA-256 in hex."""
    if not SHA256.match(sha256):
        raise ValueError(sha256)
    return Path(settings.EVIDENCE_FOLDER) / sha256[:2] / sha256[2:4] / sha256


_owners: list[Callable[[str], bool]] = []


def register_owner(owns: Callable[[str], bool]) -> None:
    """Lets a slice above keep files in this folder: bytes of which ``owns`` says yes are not deleted here."""
    if owns not in _owners:
        _owners.append(owns)


def owned(sha256: str) -> bool:
    """Whether a slice above keeps these bytes."""
    return any(owns(sha256) for owns in _owners)


def open_file(kept: Kept) -> BinaryIO:
    """The bytes. Raises ``FileNotFoundError`` when they are gone."""
    return path_of(kept.sha256).open("rb")
