"""The page of a list that an address asks for."""

import pytest
from django.test import RequestFactory

from cultivar.web.paging import page_number
from tests import world as w


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("3", 3),
        ("0", 1),
        ("-2", 1),
        ("", 1),
        ("x", 1),
        ("٣", 1),
        ("²", 1),
        ("999999", 999_999),
        ("9" * 5000, 1),
    ],
)
def test_a_page_number_is_at_least_one_and_never_too_long(typed, number):
    assert page_number(RequestFactory().get("/", {"page": typed})) == number


def test_without_a_number_it_is_the_first():
    assert page_number(RequestFactory().get("/")) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["9" * 5000, "9" * 6])
@pytest.mark.parametrize("address", ["/desk/", "/cases/", "/letters/", "/notices/", "/titles/"])
def test_every_list_bears_any_page_number(client, address, typed):
    w.cluster()
    w.signed_in(client, w.city(w.ZUNYI))
    assert client.get(address, {"page": typed}).status_code == 200
