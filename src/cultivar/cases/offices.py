"""Pages for people in office: who may open them, and how they find a case."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse

from cultivar.cases import queries
from cultivar.cases.models import Case
from cultivar.policy.text import Text
from cultivar.web.requests import ActorRequest

Page = Callable[..., HttpResponse]


def for_offices(page: Page) -> Page:
    """Only for people who hold an office; others are asked to sign in."""

    @wraps(page)
    def guarded(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.actor.is_public:
            raise Http404(Text("你没有担任任何单位的职务。", "You hold no office here."))
        return page(request, *args, **kwargs)

    return login_required(guarded)


def find(request: ActorRequest, number: str) -> Case:
    """A case in the sight of whoever asks; another's case is not found."""
    try:
        return queries.find(request.actor, number)
    except Case.DoesNotExist:
        raise Http404(
            Text("没有这个案件，或不属于你的单位。", "There is no such case in your office's jurisdiction.")
        ) from None
