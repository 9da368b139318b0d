"""Addresses of what the public sees."""

from django.urls import path

from cultivar.cases import compare_pages, programme_pages, public_pages

urlpatterns = [
    path("", public_pages.home, name="home"),
    path("rounds/", public_pages.rounds, name="rounds"),
    path("rounds/<str:number>/", public_pages.round_, name="round"),
    path("notices/", public_pages.notices, name="notices"),
    path("notices/<str:number>/", public_pages.notice, name="notice"),
    path("notices/<str:number>/object/", public_pages.object_, name="object"),
    path("objections/<str:number>/<str:code>/", public_pages.objection, name="objection"),
    path("titles/", public_pages.directory, name="directory"),
    path("titles/<str:code>/", public_pages.subject, name="subject"),
    path("certificate/", public_pages.certificate, name="certificate"),
    path("search/", public_pages.search, name="search"),
    path("programmes/", programme_pages.programmes, name="programmes"),
    path("programmes/schema.json", programme_pages.programme_schema, name="programme-schema"),
    path("programmes/compare/", compare_pages.compare_versions, name="compare-programmes"),
    path("programmes/<str:programme>/<str:version>/", programme_pages.programme, name="programme"),
    path(
        "programmes/<str:programme>/<str:version>/file/",
        programme_pages.programme_file,
        name="programme-file",
    ),
]
