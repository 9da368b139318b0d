"""The files that imports name: taken in as a stream, kept under their SHA-256; marked workbooks beside them."""

import os
import secrets
from pathlib import Path

from django.conf import settings

from cultivar.cases.file_content import clean_name
from cultivar.cases.file_store import Kept, Upload, path_of, write_part


def keep(upload: Upload) -> Kept:
    """Puts the bytes of an upload into the folder; what they hold is found out when they are read.

    Raises ``Refused`` for an empty file and for one beyond the limit.
    """
    name = clean_name(upload.name or "")
    incoming = settings.EVIDENCE_FOLDER / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    part = incoming / f"{secrets.token_hex(16)}.part"
    try:
        sha256, size = write_part(part, upload, name)
        place = path_of(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(part, place)
    finally:
        part.unlink(missing_ok=True)
    return Kept(sha256, name, "", size)


def marked_path(number: int, language: str) -> Path:
    """Where the marked workbook of an import lies; it can be made again from the file at any time."""
    return Path(settings.HOME) / "marked" / f"{number}-{language}.xlsx"
