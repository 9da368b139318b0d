"""The page that checks a receipt, here in the browser or, kept as one file, without this site."""

import base64
import hashlib
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from cultivar.audit import checking
from cultivar.cases.uploading import bounded
from cultivar.ledger.models import VerifierKey
from cultivar.web.requests import ActorRequest

LARGEST_RECEIPT = 1_000_000  # bytes, as of any note


@bounded
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: ActorRequest) -> HttpResponse:
    """Checks a receipt: the page's script in the browser; without scripts the server, which says so."""
    page: dict[str, Any] = {"words": _words(), "keys": _vkeys()}
    if request.method == "POST":
        page |= {name: request.POST.get(name, "") for name in ("keys", "witnesses", "pasted")}
        keys, witnesses = page["keys"].splitlines(), page["witnesses"].splitlines()
        page["answer"] = checking.examine(_body(request), keys, witnesses)
    return render(request, "audit/check.html", page)


@require_safe
def saved(request: ActorRequest) -> HttpResponse:
    """The same as one file that asks no host for anything and opens from a disk."""
    script, style = _static("audit/check.js"), _static("audit/saved.css")
    page = {
        "words": _words(),
        "keys": _vkeys(),
        "script": mark_safe(script),  # noqa: S308 - the project's own file
        "style": mark_safe(style),  # noqa: S308 - the project's own file
        "script_hash": _hash(script),
        "style_hash": _hash(style),
    }
    body = render_to_string("audit/saved.html", page, request)
    name = 'attachment; filename="cultivar-check-receipt.html"'
    return HttpResponse(body, headers={"Content-Disposition": name, "Cache-Control": "no-cache"})


def _body(request: ActorRequest) -> bytes:
    """The receipt that was sent: the file, else what was pasted, as its bytes were before the form changed them."""
    upload = request.FILES.get("receipt")
    if upload is not None and upload.size:
        return bytes(upload.read(LARGEST_RECEIPT + 1))
    return pasted(request.POST.get("pasted", "")).encode("utf-8", "replace")


def pasted(text: str) -> str:
    """Pasted text as the file has it: plain line ends, and the last one back where copying lost it."""
    plain = text.replace("\r\n", "\n").strip()
    return f"{plain}\n" if plain else ""


def _vkeys() -> str:
    return "\n".join(VerifierKey.objects.order_by("at", "vkey").values_list("vkey", flat=True))


def _words() -> dict[str, dict[str, str]]:
    return {key: {"zh": text.zh, "en": text.en} for key, text in checking.WORDS.items()}


def _static(path: str) -> str:
    """One of the slice's own files, as it lies in the source."""
    with open(str(finders.find(path)), encoding="utf-8") as stream:
        return stream.read()


def _hash(text: str) -> str:
    """What a content policy calls an inline script or style by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
