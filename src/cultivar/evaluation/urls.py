"""Addresses of the evaluation."""

from django.urls import path

from cultivar.evaluation import pages, pool_pages, sheet_pages, sheet_task_pages

urlpatterns = [
    path("rounds/<slug:number>/ranking/", pages.ranking, name="ranking"),
    path("desk/sheets/", sheet_task_pages.sheets, name="sheets"),
    path("desk/sheets/<slug:number>/<slug:act_id>/", sheet_pages.sheet, name="sheet"),
    path("desk/sheets/<slug:number>/<slug:act_id>/save/", sheet_pages.save, name="sheet-save"),
    path("desk/experts/", pool_pages.pool, name="experts"),
    path("desk/experts/open/", pool_pages.open_pool, name="open-pool"),
    path("desk/experts/<slug:pool>/import/", pool_pages.import_pool, name="import-experts"),
    path("desk/experts/<slug:pool>/template.xlsx", pool_pages.pool_template, name="experts-template"),
    path("desk/experts/<slug:pool>/experts.xlsx", pool_pages.pool_workbook, name="experts-workbook"),
    path("desk/experts/<slug:pool>/of/<str:number>/", pool_pages.expert, name="expert"),
    path("desk/experts/<slug:pool>/of/<str:number>/end/", pool_pages.end_term, name="expert-end"),
]
