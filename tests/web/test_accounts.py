"""Signing in and out, with the people of the registry."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from cultivar.policy.text import Text
from cultivar.web import accounts

from .conftest import Page

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.urls")]
PASSWORD = "Chishui-2026-river"
ACTORS = "cultivar.web.middleware.ActorMiddleware"


@pytest.fixture
def chen(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.LOGIN_REDIRECT_URL, settings.LOGOUT_REDIRECT_URL = "desk", "home"
    return get_user_model().objects.create_user(login="chen", name="陈禾", password=PASSWORD)


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_right_password_opens(client, chen):
    answer = client.post("/sign-in/", {"login": " chen ", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/")
    assert signed_in(client)


@pytest.mark.parametrize(
    ("login", "password", "words"),
    [
        ("chen", "wrong", "登录名或密码不对"),
        ("nobody", PASSWORD, "登录名或密码不对"),
        ("", PASSWORD, "登录名没有填"),
        ("chen", "", "密码没有填"),
    ],
)
def test_anything_else_does_not_and_says_so(client, chen, login, password, words):
    answer = client.post("/sign-in/", {"login": login, "password": password})
    page = Page(answer.content.decode())
    assert answer.status_code == 422
    assert words in page.text()
    assert page.problems == []
    assert not signed_in(client)
    assert page.all("input", id="login")[0]["value"] == login
    assert not page.all("input", id="password")[0].get("value")


def test_a_closed_account_does_not_open(client, chen):
    chen.is_active = False
    chen.save()
    assert client.post("/sign-in/", {"login": "chen", "password": PASSWORD}).status_code == 422


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/desk/late/", "/desk/late/"),
        ("https://elsewhere.example/", "/desk/"),
        ("//elsewhere.example", "/desk/"),
        ("", "/desk/"),
    ],
)
def test_it_goes_on_only_within_the_site(client, chen, wanted, goes):
    answer = client.post("/sign-in/", {"login": "chen", "password": PASSWORD, "next": wanted})
    assert answer.headers["Location"] == goes


def test_signing_out_takes_a_post(client, chen):
    client.force_login(chen)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").headers["Location"] == "/"
    assert not signed_in(client)


@pytest.fixture
def doors(monkeypatch):
    monkeypatch.setattr(accounts, "_doors", [])
    accounts.offer_doors(
        lambda: [accounts.Door("chen", Text("市（州）经办", "City handler"), Text("遵义", "Zunyi"))]
    )


def test_the_demonstration_opens_by_a_click(client, chen, doors, settings):
    settings.DEMO = True
    assert "市（州）经办" in client.get("/sign-in/").content.decode()
    assert client.post("/sign-in/", {"door": "chen"}).status_code == 302
    assert signed_in(client)


def test_only_offered_doors_open(client, chen, doors, settings):
    settings.DEMO = True
    assert client.post("/sign-in/", {"door": "root"}).status_code == 404


def test_outside_the_demonstration_there_are_no_doors(client, chen, doors, settings):
    settings.DEMO = False
    assert "市（州）经办" not in client.get("/sign-in/").content.decode()
    assert client.post("/sign-in/", {"door": "chen"}).status_code == 404
    assert not signed_in(client)


def test_a_door_to_nobody_is_explained(client, doors, settings):
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["testserver"]
    answer = client.post("/sign-in/", {"door": "chen"})
    assert answer.status_code == 422
    assert "演示账号“chen”不在数据库里" in answer.content.decode()


@pytest.fixture
def offices(chen, settings):
    """Chen handles cases in two city authorities."""
    from cultivar.registry.models import Holding, Office

    settings.MIDDLEWARE = [*(name for name in settings.MIDDLEWARE if "Actor" not in name), ACTORS]
    for key, zh, en in (("bijie", "毕节市局", "Bijie"), ("zunyi", "遵义市局", "Zunyi")):
        desk = Office.objects.create(key=key, body="city", name_zh=zh, name_en=en, short_zh=zh, short_en=en)
        Holding.objects.create(person=chen, office=desk, post="handler", from_on=date(2026, 1, 1))


def office_shown(client: Client) -> str:
    text = Page(client.get("/desk/").content.decode())
    return next(name for name in ("毕节市局", "遵义市局") if name in text.text().split("换单位")[0])


def test_a_person_with_two_offices_acts_for_one_and_may_switch(client, chen, offices):
    client.force_login(chen)
    assert office_shown(client) == "毕节市局"
    assert client.post("/office/", {"holding": "zunyi/handler"}).headers["Location"] == "/desk/"
    assert office_shown(client) == "遵义市局"
    assert Page(client.get("/desk/").content.decode()).problems == []


def test_an_office_one_does_not_hold_is_not_found(client, chen, offices):
    client.force_login(chen)
    assert client.post("/office/", {"holding": "province/secretary"}).status_code == 404
    assert office_shown(client) == "毕节市局"


def test_visitors_and_people_without_office_act_as_the_public(client, chen, offices):
    assert "退出" not in Page(client.get("/").content.decode()).text()
    chen.holdings.all().delete()
    client.force_login(chen)
    page = Page(client.get("/").content.decode()).text()
    assert "退出" in page
    assert "我的待办" not in page
