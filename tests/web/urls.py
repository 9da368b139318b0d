"""The addresses of the shell with two pages under it."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from cultivar.policy.text import Text
from cultivar.web import errors


def page(request: HttpRequest) -> HttpResponse:
    """A page of the working frame."""
    source = '{% extends "web/page_work.html" %}{% block main %}<h1>T</h1>{% endblock %}'
    return HttpResponse(engines["django"].from_string(source).render({}, request))


def public(request: HttpRequest) -> HttpResponse:
    """A page of the public frame."""
    source = '{% extends "web/page_public.html" %}{% block main %}<h1>T</h1>{% endblock %}'
    return HttpResponse(engines["django"].from_string(source).render({}, request))


def refused(request: HttpRequest) -> HttpResponse:
    """Says why not."""
    raise PermissionDenied(Text("推荐意见由遵义市局出具。", "Zunyi issues the recommendation."))


def breaks(request: HttpRequest) -> HttpResponse:
    """Has a defect."""
    raise ZeroDivisionError(request.GET.get("said", ""))


urlpatterns = [
    path("", public, name="home"),
    path("desk/", page, name="desk"),
    path("desk/late/", page, name="late"),
    path("refused/", refused),
    path("breaks/", breaks),
    path("", include("cultivar.config.urls")),  # the slices above, whose entries stand in the navigation
]
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.broken
