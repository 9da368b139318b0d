"""All addresses, with the papers'."""

from django.urls import include, path

from cultivar.config import urls

handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500
urlpatterns = [
    path("", include("cultivar.papers.urls")),
    *[one for one in urls.urlpatterns if "papers" not in str(one)],
]
