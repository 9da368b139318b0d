"""Addresses of the evaluation."""

from django.urls import path

from cultivar.evaluation import (
    check_pages,
    conflict_pages,
    declaring_pages,
    defence_pages,
    draw_pages,
    overview_pages,
    pages,
    panel_pages,
    pool_pages,
    session_pages,
    sheet_pages,
    sheet_task_pages,
)

urlpatterns = [
    path("rounds/<slug:number>/evaluation/", overview_pages.overview, name="evaluation"),
    path("rounds/<slug:number>/evaluation/<slug:draw>/bundle.zip", overview_pages.bundle, name="bundle"),
    path("rounds/<slug:number>/ranking/", pages.ranking, name="ranking"),
    path("rounds/<slug:number>/ranking.xlsx", pages.ranking_workbook, name="ranking-workbook"),
    path("rounds/<slug:number>/checks/", check_pages.checks, name="ranking-checks"),
    path("rounds/<slug:number>/conflicts/", conflict_pages.conflicts, name="conflicts"),
    path("rounds/<slug:number>/conflicts/pairs/", conflict_pages.pairs, name="conflict-pairs"),
    path("rounds/<slug:number>/conflicts/answers/", conflict_pages.answers, name="identity-answers"),
    path("rounds/<slug:number>/conflicts/answer/", conflict_pages.answer_identity, name="answer-identity"),
    path("rounds/<str:number>/draw/", draw_pages.draws, name="draw"),
    path(
        "rounds/<str:number>/draw/<str:draw_number>/<slug:name>.json",
        draw_pages.document,
        name="draw-document",
    ),
    path("desk/my-ties/", declaring_pages.my_ties, name="my-ties"),
    path("desk/my-ties/withdraw/", declaring_pages.withdraw_declaration, name="withdraw-declaration"),
    path("desk/sheets/", sheet_task_pages.sheets, name="sheets"),
    path("desk/sheets/<slug:number>/<slug:act_id>/", sheet_pages.sheet, name="sheet"),
    path("desk/sheets/<slug:number>/<slug:act_id>/save/", sheet_pages.save, name="sheet-save"),
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
