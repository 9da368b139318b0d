"""Addresses of the demonstration's levers."""

from django.urls import path

from cultivar.demonstration import pages

urlpatterns = [
    path("demo/sign-in/<str:login>/", pages.sign_in, name="demo-sign-in"),
    path("demo/clock/", pages.move_clock, name="demo-clock"),
]
