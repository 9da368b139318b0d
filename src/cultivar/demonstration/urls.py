"""Addresses of the demonstration's lever."""

from django.urls import path

from cultivar.demonstration import pages

urlpatterns = [
    path("demo/clock/", pages.move_clock, name="demo-clock"),
]
