"""Addresses of rosters and imports."""

from django.urls import path

from cultivar.roster import enterprise_pages, file_pages, import_pages, roster_pages

urlpatterns = [
    path("rosters/", roster_pages.index, name="rosters"),
    path("rosters/template.xlsx", file_pages.general_template, name="general-template"),
    path("rosters/enterprises.csv", file_pages.region_csv, name="region-csv"),
    path("rosters/enterprises.xlsx", file_pages.region_workbook, name="region-workbook"),
    path("rosters/enterprises/", enterprise_pages.enterprises, name="enterprises"),
    path("rosters/enterprises/<str:firm>/", enterprise_pages.enterprise, name="enterprise"),
    path(
        "rosters/enterprises/<str:firm>/withdraw/<str:kind>/<int:number>/",
        enterprise_pages.withdraw,
        name="withdraw",
    ),
    path("rosters/import/", import_pages.upload, name="import-figures"),
    path("rosters/imports/<int:number>/", import_pages.show, name="import"),
    path("rosters/imports/<int:number>/take/", import_pages.take, name="import-take"),
    path("rosters/imports/<int:number>/stop/", import_pages.stop, name="import-stop"),
    path("rosters/imports/<int:number>/marked.xlsx", file_pages.marked, name="import-marked"),
    path("rosters/of/<str:code>/", roster_pages.roster, name="roster"),
    path("rosters/of/<str:code>/import/", import_pages.upload, name="import-roster"),
    path("rosters/of/<str:code>/take-off/<str:firm>/", roster_pages.take_off, name="roster-take-off"),
    path(
        "rosters/of/<str:code>/enterprises/<str:firm>/", enterprise_pages.enterprise, name="roster-enterprise"
    ),
    path(
        "rosters/of/<str:code>/enterprises/<str:firm>/withdraw/<str:kind>/<int:number>/",
        enterprise_pages.withdraw,
        name="roster-withdraw",
    ),
    path("rosters/of/<str:code>/template.xlsx", file_pages.template, name="roster-template"),
    path("rosters/of/<str:code>/roster.xlsx", file_pages.roster_workbook, name="roster-workbook"),
    path("rosters/of/<str:code>/roster.csv", file_pages.roster_csv, name="roster-csv"),
]
