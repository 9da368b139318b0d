"""What was done, said once on the next page; the timeline repeats it."""

from django.contrib import messages
from django.http import HttpRequest

from cultivar.policy.text import Text
from cultivar.web.language import speak


def done(request: HttpRequest, words: Text, receipt_url: str = "") -> None:
    """Shows ``words`` as a toast after the redirect, with a link to the receipt. Never for errors."""
    messages.success(request, speak(words), extra_tags=receipt_url)


def trouble(request: HttpRequest, words: Text) -> None:
    """Shows ``words`` as a note at the top of the next page; it stays."""
    messages.warning(request, speak(words))
