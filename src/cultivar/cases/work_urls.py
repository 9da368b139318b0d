"""Addresses of the offices' pages."""

from django.urls import path

from cultivar.cases import (
    act_pages,
    case_pages,
    confirming_pages,
    desk_pages,
    erasing_pages,
    list_pages,
    opening_pages,
    quality_pages,
    reader_pages,
    readiness_pages,
    simulate_pages,
)

urlpatterns = [
    path("desk/", desk_pages.desk, name="desk"),
    path("desk/together/<slug:act_id>/", act_pages.batch, name="batch"),
    path("desk/simulate/", simulate_pages.simulate, name="simulate"),
    path("desk/quality/", quality_pages.register_quality, name="register-quality"),
    path("desk/enterprises/", confirming_pages.unconfirmed, name="unconfirmed"),
    path("desk/enterprises/<slug:code>/", confirming_pages.identity, name="identity"),
    path("desk/rounds/", list_pages.rounds, name="work-rounds"),
    path("cases/", list_pages.case_list, name="cases"),
    path("cases/<slug:number>/", case_pages.case, name="case"),
    path("cases/<slug:number>/readiness/", readiness_pages.readiness, name="readiness"),
    path("cases/<slug:number>/tab/<slug:tab>/", case_pages.case, name="case-tab"),
    path("cases/<slug:number>/record/<int:seq>/", case_pages.entry, name="entry"),
    path("cases/<slug:number>/record/<int:seq>/erase/", erasing_pages.propose, name="erase"),
    path("cases/<slug:number>/acts/erase/", erasing_pages.answer, name="answer-erasure"),
    path("cases/<slug:number>/acts/<slug:act_id>/", act_pages.act, name="act"),
    path("cases/<slug:number>/open/<slug:procedure>/", opening_pages.open_on_title, name="open"),
    path(
        "programmes/<slug:programme>/<slug:version>/open/<slug:procedure>/",
        opening_pages.open_round,
        name="open-round",
    ),
    path("desk/read/", reader_pages.read_document, name="read-document"),
    path("desk/begin/", opening_pages.begin, name="begin"),
    path(
        "programmes/<slug:programme>/<slug:version>/begin/<slug:procedure>/",
        opening_pages.open_subject,
        name="open-subject",
    ),
]
