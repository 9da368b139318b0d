"""Addresses of the guides. Answers stand in the query string: a page can be gone back to, kept and shared.

No answer is personal: every one is a choice of the guide's file or a number.
"""

from django.urls import path

from cultivar.guidance import pages

urlpatterns = [
    path("guides/", pages.guides, name="guides"),
    path("guides/<str:guide>/", pages.guide, name="guide"),
    path("guides/<str:guide>/result/", pages.result, name="guide-result"),
    path("guides/<str:guide>/contact/", pages.contact, name="guide-contact"),
    path("guides/<str:guide>/rules/", pages.rules, name="guide-rules"),
    path("guides/<str:guide>/<str:question>/", pages.question, name="guide-question"),
]
