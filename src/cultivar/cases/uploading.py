"""Pages that take files stop reading an upload at the limit, before it fills memory or disk."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from cultivar.cases.file_store import BoundedUploads
from cultivar.web.requests import ActorRequest

Page = Callable[..., HttpResponse]


def bounded(page: Page) -> Page:
    """Stops reading a file beyond the limit; the form token is checked after the handlers are in place."""
    protected = csrf_protect(page)

    @csrf_exempt
    @wraps(page)
    def outer(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            request.upload_handlers = [
                BoundedUploads(request),
                MemoryFileUploadHandler(request),
                TemporaryFileUploadHandler(request),
            ]
        return protected(request, *args, **kwargs)

    return outer
