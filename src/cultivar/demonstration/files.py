"""Small real files for the demonstration, made here and saying that they are fictional."""

import zlib

from django.core.files.uploadedfile import SimpleUploadedFile

from cultivar.cases import evidence
from cultivar.cases.models import Case
from cultivar.registry.actors import Actor


def keep(case: str, slot: str, name: str, data: bytes, actor: Actor) -> str:
    """Hands a file in as a person would; gives its SHA-256 (hex)."""
    upload = SimpleUploadedFile(name, data)
    return evidence.store(Case.objects.get(number=case), slot, upload, actor).sha256


def pdf(title: str) -> bytes:
    """A PDF of one page with ``title`` in a font that every reader brings along (STSong)."""
    words = "".join(f"{ord(sign):04X}" for sign in title if ord(sign) < 0x10000)
    page = f"BT /F1 16 Tf 72 760 Td <{words}> Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
        b"/DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] "
        b"/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        body
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    )


def png(shade: int, width: int = 240, height: int = 160) -> bytes:
    """A picture of hills in grey; ``shade`` (0 to 255) tells one from another."""
    rows = b"".join(
        b"\0"
        + bytes(
            (shade // 2 + 90) % 256 if y > height // 2 + (x * (shade % 7 + 1) // 9) % 40 - 20 else 235
            for x in range(width)
        )
        for y in range(height)
    )
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    parts = [
        (b"IHDR", head),
        (b"tEXt", "Comment\0fictional".encode("latin-1") + b" %d" % shade),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
        for kind, data in parts
    )
