"""Who acts (``request.actor``), and an answer to a save that came after the session ended."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import resolve_url

from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.web import accounts
from cultivar.web.language import speak

Answer = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Sets ``request.actors`` (every office the person holds today) and ``request.actor`` (the chosen one).

    Without a signed-in person, or without an office, the actor is the public one; that costs no query.
    Needs the session and authentication before it.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers the request with the actor known."""
        signed_in = request.user.is_authenticated
        actors = accounts.actors_of(request.user, clock.today()) if signed_in else ()
        chosen = (
            accounts.choose(actors, request.session.get(accounts.HOLDING)) if actors else accounts.nobody()
        )
        request.actors, request.actor = actors, chosen  # type: ignore[attr-defined]
        return self.get_response(request)


class NoControlCharacters:
    """Refuses an address that holds NUL: no name or number does, and databases do not take it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers the request, or 400."""
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest("网址不对。 / Bad address.")
        return self.get_response(request)


class SignedOutMiddleware:
    """Turns a redirect to the sign-in page into 401 when htmx asked: the page keeps what was typed and says
    so.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers the request."""
        response = self.get_response(request)
        to_sign_in = response.status_code in (301, 302, 303) and response["Location"].startswith(
            resolve_url(settings.LOGIN_URL)
        )
        if (
            request.headers.get("HX-Request") == "true"
            and to_sign_in
            and request.path != resolve_url(settings.LOGIN_URL)
        ):
            return HttpResponse(speak(SIGNED_OUT), status=401, content_type="text/plain; charset=utf-8")
        return response


SIGNED_OUT = Text(
    "登录已失效，内容留在这一页。请在另一个标签页重新登录，再回来。",
    "Signed out; your text is kept here. Sign in again in another tab, then come back.",
)
