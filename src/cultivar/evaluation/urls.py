"""Addresses of the evaluation."""

from django.urls import path

from cultivar.evaluation import defence_pages, pages, panel_pages, pool_pages, session_pages

urlpatterns = [
    path("rounds/<slug:number>/ranking/", pages.ranking, name="ranking"),
    path("rounds/<slug:number>/panels/", panel_pages.panels, name="panels"),
    path("rounds/<slug:number>/defences/", defence_pages.defences, name="defences"),
    path("rounds/<slug:number>/defences/<slug:panel>/<slug:half>/", defence_pages.sitting, name="sitting"),
    path(
        "rounds/<slug:number>/defences/<slug:panel>/<slug:half>/arrange/",
        defence_pages.arrange,
        name="arrange-sitting",
    ),
    path("desk/sessions/", session_pages.sessions, name="sessions"),
    path("desk/sessions/defences.ics", session_pages.sessions_calendar, name="sessions-calendar"),
    path("desk/experts/", pool_pages.pool, name="experts"),
    path("desk/experts/open/", pool_pages.open_pool, name="open-pool"),
    path("desk/experts/<slug:pool>/import/", pool_pages.import_pool, name="import-experts"),
    path("desk/experts/<slug:pool>/template.xlsx", pool_pages.pool_template, name="experts-template"),
    path("desk/experts/<slug:pool>/experts.xlsx", pool_pages.pool_workbook, name="experts-workbook"),
    path("desk/experts/<slug:pool>/of/<str:number>/", pool_pages.expert, name="expert"),
    path("desk/experts/<slug:pool>/of/<str:number>/end/", pool_pages.end_term, name="expert-end"),
]
