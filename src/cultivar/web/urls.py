"""Addresses of the shell."""

from django.urls import path
from django.views.i18n import set_language

from cultivar.web import accounts, pages

urlpatterns = [
    path("sign-in/", accounts.sign_in, name="sign-in"),
    path("sign-out/", accounts.sign_out, name="sign-out"),
    path("office/", accounts.office, name="office"),
    path("language/", set_language, name="set-language"),
    path("components/", pages.components, name="components"),
]
