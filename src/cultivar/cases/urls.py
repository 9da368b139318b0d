"""Addresses of the cases slice: the public's, the applicant's, the offices'."""

from django.urls import include, path

urlpatterns = [
    path("", include("cultivar.cases.public_urls")),
    path("", include("cultivar.cases.dossier_urls")),
    path("", include("cultivar.cases.work_urls")),
]
