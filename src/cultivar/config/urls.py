"""All addresses: each slice brings its own."""

from django.urls import include, path

handler400 = "cultivar.web.errors.bad_request"
handler403 = "cultivar.web.errors.forbidden"
handler404 = "cultivar.web.errors.not_found"
handler500 = "cultivar.web.errors.broken"

urlpatterns = [
    path("", include("cultivar.web.urls")),
    path("", include("cultivar.guidance.urls")),
    path("", include("cultivar.cases.urls")),
    path("", include("cultivar.roster.urls")),
    path("", include("cultivar.evaluation.urls")),
    path("", include("cultivar.audit.urls")),
    path("", include("cultivar.papers.urls")),
    path("", include("cultivar.demonstration.urls")),
]
