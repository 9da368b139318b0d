"""Addresses of the evaluation."""

from django.urls import path

from cultivar.evaluation import pages

urlpatterns = [path("rounds/<slug:number>/ranking/", pages.ranking, name="ranking")]
