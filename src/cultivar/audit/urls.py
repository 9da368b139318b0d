"""Addresses of the ledger as it is served, of receipts, and of the pages that explain both."""

from django.urls import path, re_path

from cultivar.audit import check_pages, entry_pages, ledger_pages, serving

_ENTRY = r"^ledger/entry/(?P<seq>0|[1-9][0-9]{0,17})"

urlpatterns = [
    path("ledger/", ledger_pages.ledger, name="ledger"),
    path("ledger/entries/", ledger_pages.entries, name="ledger-entries"),
    path("ledger/check/", check_pages.check, name="ledger-check"),
    path("ledger/check/page.html", check_pages.saved, name="ledger-check-saved"),
    path("ledger/checkpoint", serving.latest_checkpoint, name="ledger-checkpoint"),
    path("ledger/keys", serving.vkeys, name="ledger-keys"),
    path("ledger/cosignatures", serving.cosignatures, name="ledger-cosignatures"),
    path("ledger/tile/<path:path>", serving.tile, name="ledger-tile"),
    re_path(rf"{_ENTRY}\Z", entry_pages.entry, name="ledger-entry"),
    re_path(rf"{_ENTRY}/receipt\Z", entry_pages.receipt, name="ledger-receipt"),
    re_path(rf"{_ENTRY}/receipt/page\Z", entry_pages.receipt_page, name="ledger-receipt-page"),
    path(
        "objections/<str:number>/<str:code>/receipt", entry_pages.objection_receipt, name="objection-receipt"
    ),
    path(
        "objections/<str:number>/<str:code>/receipt/page",
        entry_pages.objection_receipt_page,
        name="objection-receipt-page",
    ),
]
