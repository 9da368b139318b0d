"""Addresses of the applicant's side: applying, the dossier, its files."""

from django.urls import path

from cultivar.cases import apply_pages, dossier_pages, dossier_reading_pages

urlpatterns = [
    path("rounds/<str:number>/apply/", apply_pages.apply, name="apply"),
    path("cases/<str:number>/dossier/", dossier_reading_pages.read, name="dossier-read"),
    path("cases/<str:number>/dossier/<str:section>/", dossier_pages.section, name="dossier"),
    path("cases/<str:number>/dossier/<str:section>/<str:field>/", dossier_pages.field, name="dossier-field"),
    path(
        "cases/<str:number>/dossier/<str:section>/<str:field>/files/",
        dossier_pages.files,
        name="dossier-files",
    ),
    path("cases/<str:number>/evidence/<str:sha256>/", dossier_reading_pages.evidence_file, name="evidence"),
    path(
        "cases/<str:number>/evidence/<str:sha256>/view/",
        dossier_reading_pages.evidence_view,
        name="evidence-view",
    ),
]
