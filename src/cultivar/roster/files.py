"""The files that imports name: taken in as a stream, kept under their SHA-256; marked workbooks beside them."""

import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings

from cultivar.cases.evidence import Kept, Refused, Upload, clean_name, path_of, too_large
from cultivar.policy.text import Text


def keep(upload: Upload) -> Kept:
    """Puts the bytes of an upload into the folder; what they hold is found out when they are read.

    Raises ``Refused`` for an empty file and for one beyond the limit.
    """
    name = clean_name(upload.name or "")
    incoming = settings.EVIDENCE_FOLDER / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    part = incoming / f"{secrets.token_hex(16)}.part"
    try:
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
                    f"“{name}”是空文件。换成有内容的文件再传。",
                    f"“{name}” is empty. Choose one with content.",
                )
            )
        place = path_of(digest.hexdigest())
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(part, place)
    finally:
        part.unlink(missing_ok=True)
    return Kept(digest.hexdigest(), name, "", size)


def marked_path(number: int, language: str) -> Path:
    """Where the marked workbook of an import lies; it can be made again from the file at any time."""
    return Path(settings.HOME) / "marked" / f"{number}-{language}.xlsx"
