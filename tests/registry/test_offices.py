"""People, the offices they hold, and the actors that follow."""

from datetime import date

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError

from cultivar.registry import queries, regions
from cultivar.registry.actors import PUBLIC, actor
from cultivar.registry.credit_code import make
from cultivar.registry.models import Holding, Office, Organisation, Person
from cultivar.registry.sorting import sort_key

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 7)


def person(login: str) -> Person:
    return Person.objects.create_user(login, name="沈砚", password="correct horse")


def office(key: str, **more: str) -> Office:
    names = {"name_zh": f"{key}局", "name_en": f"Bureau {key}", "short_zh": key, "short_en": key}
    return Office.objects.create(key=key, body="city", **names, **more)


def hold(who: Person, desk: Office, from_on: date, until_on: date | None = None, post: str = "") -> Holding:
    return Holding.objects.create(person=who, office=desk, post=post, from_on=from_on, until_on=until_on)


def test_a_person_signs_in_and_has_an_opaque_key() -> None:
    shen = person("shen")
    assert authenticate(username="shen", password="correct horse") == shen
    assert authenticate(username="shen", password="wrong") is None
    assert shen.key != person("other").key
    assert shen.name not in shen.key


def test_without_password_nobody_signs_in() -> None:
    Person.objects.create_user("ghost", name="无")
    assert authenticate(username="ghost", password="") is None


def test_an_inactive_person_does_not_sign_in() -> None:
    shen = person("shen")
    shen.is_active = False
    shen.save()
    assert authenticate(username="shen", password="correct horse") is None


def test_holdings_count_both_ends_and_nobody_elses() -> None:
    shen, other = person("shen"), person("other")
    desk = office("zunyi")
    first_day = hold(shen, desk, TODAY)
    last_day = hold(shen, desk, date(2025, 1, 1), TODAY)
    hold(shen, desk, date(2025, 2, 1), date(2026, 5, 6))
    hold(shen, desk, date(2026, 5, 8))
    hold(other, desk, date(2025, 1, 1))
    assert set(queries.holdings(shen, TODAY)) == {first_day, last_day}


@pytest.mark.parametrize("count", [1, 3])
def test_one_query_however_many(count: int, django_assert_num_queries) -> None:
    regions.load()
    code = make("52", "520300", "XG100001")
    Organisation.objects.create(
        code=code, name_zh="促进会", name_en="Association", kind="promotion-organisation",
        region_id="520300", sort_key=sort_key("促进会"),
    )  # fmt: skip
    shen = person("shen")
    for n in range(count):
        hold(shen, office(f"desk-{n}", region_id="520300", organisation_id=code), TODAY, post="handler")
    with django_assert_num_queries(1):
        held = list(queries.holdings(shen, TODAY))
        names = [(row.office.region.name.zh, row.office.organisation.name.en) for row in held]
        actors = [actor(shen, row) for row in held]
    assert names == [("遵义市", "Association")] * count
    first = actors[0]
    assert (first.person_key, first.office_key, first.post) == (shen.key, "desk-0", "handler")
    assert (first.region, first.organisation, first.office_name.en) == ("520300", code, "Bureau desk-0")


def test_nobody_acts_by_anothers_holding() -> None:
    held = hold(person("shen"), office("zunyi"), TODAY)
    with pytest.raises(ValueError):
        actor(person("other"), held)


def test_the_public_is_nobody() -> None:
    assert PUBLIC.is_public
    shen = person("shen")
    assert not actor(shen, hold(shen, office("zunyi"), TODAY)).is_public


def test_a_holding_does_not_end_before_it_begins() -> None:
    with pytest.raises(IntegrityError):
        hold(person("shen"), office("zunyi"), TODAY, date(2026, 5, 6))


def test_names_sort_by_pinyin() -> None:
    assert sorted(["遵义", "安顺", "贵阳", "毕节"], key=sort_key) == ["安顺", "毕节", "贵阳", "遵义"]
