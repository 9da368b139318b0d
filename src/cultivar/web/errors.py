"""Pages for what went wrong: what happened, what to do, in both languages, never a traceback."""

import logging
import secrets
import sys
import traceback
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import get_template

from cultivar.policy.text import Text

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trouble:
    """Heading and sentences of an error page."""

    status: int
    heading: Text
    what: Text
    to_do: Text


FORBIDDEN = Trouble(
    403,
    Text("这一页不归你的单位办", "This page is not your office's"),
    Text("你的单位不能办这件事，或你没有登录。", "Your office cannot do this, or you are not signed in."),
    Text(
        "请从待办进入；持有几个职务的，先换到对应单位。",
        "Start from your desk; if you hold several offices, switch first.",
    ),
)
NOT_FOUND = Trouble(
    404,
    Text("没有这一页", "There is no such page"),
    Text(
        "网址有误，或这件事不在你的单位管辖内。",
        "The address is wrong, or the matter lies outside your office's jurisdiction.",
    ),
    Text("请核对网址，或从首页查找。", "Check the address, or look it up from the home page."),
)
BROKEN = Trouble(
    500,
    Text("系统出错，这一步没有办成", "Something broke; this step was not done"),
    Text("没有存下任何一半的内容。", "Nothing was stored half-way."),
    Text(
        "请返回上一页再试；再次出错，请把下面的编号告诉管理员。",
        "Go back and try again; if it happens again, give the administrator the number below.",
    ),
)
STALE_FORM = Trouble(
    403,
    Text("页面开得太久，没有提交", "The page was open too long; nothing was submitted"),
    Text(
        "提交时的登录与打开页面时不同，为安全起见没有受理。",
        "The sign-in has changed since the page was opened, so the form was not taken.",
    ),
    Text(
        "请返回上一页，内容还在；刷新后再提交。浏览器须允许本站的 Cookie。",
        "Go back: what you typed is still there. Reload and submit again. The browser must allow cookies.",
    ),
)


TOO_MUCH = Trouble(
    400,
    Text("这次提交没有收下", "This submission was not taken"),
    Text("内容太多，或浏览器发来的不完整。", "It was too long, or it did not arrive whole."),
    Text("请返回上一页，分几次保存后再试。", "Go back, save in smaller parts, and try again."),
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, such as a post beyond the size that is read."""
    return _page(request, TOO_MUCH)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403; a ``Text`` given to ``PermissionDenied`` is shown as what happened."""
    return _page(request, FORBIDDEN, _said(exception))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404; a ``Text`` given to ``Http404`` is shown as what happened."""
    return _page(request, NOT_FOUND, _said(exception))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token no longer fits; the technical reason is not for readers."""
    return _page(request, STALE_FORM)


def broken(request: HttpRequest) -> HttpResponse:
    """500, rendered without session, database or context processors; carries the number under which it is logged."""
    reference = secrets.token_hex(2).upper()
    _log(request, reference)
    return HttpResponseServerError(
        get_template("web/error.html").render(
            {"trouble": BROKEN, "what": BROKEN.what, "reference": reference}
        )
    )


def _log(request: HttpRequest, reference: str) -> None:
    """The kind of error and where it arose, never its message: a message may hold what somebody typed."""
    error = sys.exc_info()[1]
    asked = request.resolver_match.route if request.resolver_match else request.path
    where = "".join(traceback.format_tb(error.__traceback__)) if error else ""
    _logger.error("%s %s %s: %s\n%s", reference, request.method, asked, type(error).__name__, where)


def _page(request: HttpRequest, trouble: Trouble, what: Text | None = None) -> HttpResponse:
    return render(
        request, "web/error.html", {"trouble": trouble, "what": what or trouble.what}, status=trouble.status
    )


def _said(exception: Exception | None) -> Text | None:
    given = exception.args[0] if exception is not None and exception.args else None
    return given if isinstance(given, Text) else None
