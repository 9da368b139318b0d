"""The first people of an installation."""

import io

import pytest
from django.core.management import CommandError, call_command

from cultivar.ledger import clock
from cultivar.registry import credit_code, queries
from cultivar.registry.models import Holding, Office, Organisation, Person

pytestmark = pytest.mark.django_db

CITY = (
    "chenhe",
    "陈禾",
    "--body",
    "city",
    "--region",
    "520300",
    "--office",
    "遵义市局",
    "Zunyi",
    "--post",
    "handler",
)


@pytest.fixture(autouse=True)
def password(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("Chishui-2026-river\n"))


def test_a_person_is_given_an_office_and_can_sign_in(client):
    call_command("appoint", *CITY)
    person = Person.objects.get(login="chenhe")
    (holding,) = queries.holdings(person, clock.today())
    assert (holding.office.key, holding.post) == ("city-520300", "handler")
    assert client.login(username="chenhe", password="Chishui-2026-river")


def test_appointing_twice_changes_nothing():
    call_command("appoint", *CITY)
    call_command("appoint", *CITY)
    assert (Person.objects.count(), Office.objects.count(), Holding.objects.count()) == (1, 1, 1)


def test_an_applicant_comes_with_its_organisation():
    code = credit_code.make("52", "520300", "00000001")
    words = ("zhou", "周岚", "--body", "applicant", "--office", "促进中心", "Centre", "--organisation", code)
    with pytest.raises(CommandError, match="needs its region"):
        call_command("appoint", *words)
    call_command("appoint", *words, "--region", "520300")
    assert Organisation.objects.get(code=code).region_id == "520300"


def test_a_wrong_code_region_or_password_is_refused_in_words(monkeypatch):
    with pytest.raises(CommandError, match="no region 999999"):
        call_command("appoint", *CITY[:5], "999999", *CITY[6:])
    with pytest.raises(CommandError):
        call_command("appoint", *CITY, "--organisation", "91520382MA6DW0Q42P")
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(CommandError):
        call_command("appoint", *CITY)
    assert not Person.objects.exists()
