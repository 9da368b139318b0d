"""Addresses of what is issued."""

from django.urls import path

from cultivar.papers import pages

urlpatterns = [
    path("cases/<slug:number>/readiness.pdf", pages.readiness, name="readiness-paper"),
    path("letters/", pages.index, name="letters"),
    path("letters/letter.docx", pages.docx, name="letter"),
]
