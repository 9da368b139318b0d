"""Signing in and out, and for which of several offices a person acts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, get_user_model, login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from cultivar.policy.text import Text
from cultivar.web.components import ErrorItem, ErrorSummary

HOLDING = "holding"
"""Session key: which office the person acts for at the moment."""

BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Door:
    """A way in by one click, in the demonstration only: whose, in which role, what there is to see."""

    login: str
    role: Text
    office: Text
    sees: Text | None = None
    group: Text | None = None  # doors of one group stand together; those of none come first


_doors: list[Callable[[], Sequence[Door]]] = []


def offer_doors(doors: Callable[[], Sequence[Door]]) -> None:
    """Names the function that lists the one-click sign-ins.

    The last one counts. Used only where ``DEMO`` is on.
    """
    _doors[:] = [doors]


def offered_doors() -> tuple[Door, ...]:
    """The one-click sign-ins; none outside the demonstration."""
    return tuple(_doors[0]()) if settings.DEMO and _doors else ()


def holding_key(actor: Any) -> str:
    """Tells apart the offices and posts one person holds."""
    return f"{actor.office_key}/{actor.post}"


def choose(actors: Sequence[Any], key: str | None) -> Any:
    """The actor whose key was chosen, else the first, ``None`` without any: an office that was lost is not
    kept.
    """
    return next((actor for actor in actors if holding_key(actor) == key), actors[0] if actors else None)


def actors_of(person: Any, on: date) -> tuple[Any, ...]:
    """Every office the person holds on the day, as actors of the registry."""
    queries = import_module("cultivar.registry.queries")
    registry_actors = import_module("cultivar.registry.actors")
    return tuple(registry_actors.actor(person, holding) for holding in queries.holdings(person, on))


def nobody() -> Any:
    """The actor of a visitor who is not signed in or holds no office."""
    return import_module("cultivar.registry.actors").PUBLIC


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Shows the form.

    Takes login and password, or in the demonstration a door. Goes on to a safe ``next``.
    """
    name = request.POST.get("login", "").strip()
    errors: ErrorSummary | None = None
    if request.method == "POST":
        if "door" in request.POST:
            return enter(request, request.POST["door"])
        person, errors = _check(request, name)
        if person is not None:
            return _admit(request, person)
    return _form(request, name, errors)


def enter(request: HttpRequest, name: str) -> HttpResponse:
    """Signs in by the door of this login name; one that is not offered now is not found."""
    person, errors = _behind_door(name)
    return _form(request, "", errors) if person is None else _admit(request, person)


def _admit(request: HttpRequest, person: Any) -> HttpResponse:
    request.session.pop(HOLDING, None)
    login(request, person, backend=BACKEND)
    return _in_own_language(HttpResponseRedirect(safe_next(request)), person)


def _form(request: HttpRequest, name: str, errors: ErrorSummary | None) -> HttpResponse:
    context = {
        "doors": offered_doors(),
        "login": name,
        "errors": errors,
        "next": safe_next(request, given_only=True),
    }
    return render(request, "web/sign_in.html", context, status=422 if errors else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session and goes to the public home."""
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL or "/")


@require_POST
def office(request: HttpRequest) -> HttpResponse:
    """Switches to another office the person holds; one they do not hold is not found."""
    key = request.POST.get(HOLDING, "")
    if key not in {holding_key(actor) for actor in getattr(request, "actors", ())}:
        raise Http404
    request.session[HOLDING] = key
    return HttpResponseRedirect(resolve_url(settings.LOGIN_REDIRECT_URL))


def safe_next(request: HttpRequest, given_only: bool = False) -> str:
    """The address asked for in ``next`` when it lies on this site, else the start page (empty with
    ``given_only``).
    """
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return "" if given_only else resolve_url(settings.LOGIN_REDIRECT_URL)


def _check(request: HttpRequest, name: str) -> tuple[Any, ErrorSummary | None]:
    """Asks the authentication backends; on refusal what to correct, never which of the two was wrong."""
    password = request.POST.get("password", "")
    missing = [
        ErrorItem(words, anchor)
        for value, words, anchor in (
            (name, Text("登录名没有填", "The login name is empty"), "login"),
            (password, Text("密码没有填", "The password is empty"), "password"),
        )
        if not value
    ]
    if missing:
        return None, ErrorSummary(tuple(missing), _TO_SIGN_IN)
    person = authenticate(request, username=name, password=password)
    if person is None:
        return None, ErrorSummary((ErrorItem(_WRONG, "login"),), _TO_SIGN_IN)
    return person, None


def _behind_door(name: str) -> tuple[Any, ErrorSummary | None]:
    """The person behind a door that is offered now; any other name is not found."""
    if name not in {door.login for door in offered_doors()}:
        raise Http404
    model = get_user_model()
    person = model.objects.filter(**{model.USERNAME_FIELD: name}, is_active=True).first()
    if person is None:
        closed = Text(
            "演示账号“{name}”不在数据库里。请重建演示数据",
            'The demonstration account "{name}" is gone. Rebuild the demonstration',
        )
        return None, ErrorSummary((ErrorItem(closed.fill(name=name), "main"),), _TO_SIGN_IN)
    return person, None


def _in_own_language(response: HttpResponse, person: Any) -> HttpResponse:
    """From sign-in on in the language the person once chose, if any."""
    chosen = getattr(person, "language", "")
    if chosen:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, samesite="Lax")
    return response


_TO_SIGN_IN = Text("改好再登录", "correct it to sign in")
_WRONG = Text(
    "登录名或密码不对，或账号已停用。请核对大小写；忘了密码找本单位管理员重设",
    "The login name or the password is wrong, or the account is closed. Check upper and lower case; "
    "your office's administrator can set a new password",
)
