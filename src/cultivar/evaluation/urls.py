"""Addresses of the evaluation."""

from django.urls import path

from cultivar.evaluation import check_pages, pages, pool_pages

urlpatterns = [
    path("rounds/<slug:number>/ranking/", pages.ranking, name="ranking"),
    path("rounds/<slug:number>/ranking.xlsx", pages.ranking_workbook, name="ranking-workbook"),
    path("rounds/<slug:number>/checks/", check_pages.checks, name="ranking-checks"),
    path("desk/experts/", pool_pages.pool, name="experts"),
    path("desk/experts/open/", pool_pages.open_pool, name="open-pool"),
    path("desk/experts/<slug:pool>/import/", pool_pages.import_pool, name="import-experts"),
    path("desk/experts/<slug:pool>/template.xlsx", pool_pages.pool_template, name="experts-template"),
    path("desk/experts/<slug:pool>/experts.xlsx", pool_pages.pool_workbook, name="experts-workbook"),
    path("desk/experts/<slug:pool>/of/<str:number>/", pool_pages.expert, name="expert"),
    path("desk/experts/<slug:pool>/of/<str:number>/end/", pool_pages.end_term, name="expert-end"),
]
