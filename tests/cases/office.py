"""People with offices who sign in, for tests of pages."""

from django.test import Client

from cultivar.cases.models import Subject
from cultivar.registry.models import Holding, Office, Person, Region


def office(body: str, region: str = "", organisation: str = "") -> Office:
    """The office of a body, keyed as ``tests.world.actor`` keys it."""
    key = f"{body}-{region or organisation or 'all'}"
    made, _ = Office.objects.get_or_create(
        key=key,
        defaults={
            "body": body,
            "name_zh": key,
            "name_en": key,
            "short_zh": key,
            "short_en": key,
            "region": Region.objects.get(code=region) if region else None,
            "organisation_id": organisation or None,
        },
    )
    return made


def sign_in(
    body: str, *, region: str = "", organisation: str = "", post: str = "", login: str = ""
) -> Client:
    """A browser in which somebody of this office is signed in."""
    place = office(body, region, organisation)
    person, _ = Person.objects.get_or_create(login=login or f"{place.key}-{post}", defaults={"name": "某人"})
    Holding.objects.get_or_create(person=person, office=place, post=post, from_on="2020-01-01")
    client = Client()
    client.force_login(person)
    return client


def applicant(of: Subject, login: str = "") -> Client:
    """A browser of the promotion organisation."""
    return sign_in("applicant", organisation=of.organisation_id, login=login)
