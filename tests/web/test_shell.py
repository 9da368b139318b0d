"""The frame of the pages: navigation, language, offices, error pages."""

import pytest
from django.test import Client, RequestFactory

from cultivar.policy.text import Text
from cultivar.web import accounts, navigation
from cultivar.web.navigation import FOOT, Entry

from .conftest import Page, StandIn

pytestmark = pytest.mark.urls("tests.web.urls")
WORK, RULES = Text("办理", "Work"), Text("依据", "Rules")
CITY = frozenset({"city"})
ENTRIES = (
    Entry("desk", Text("待办", "Desk"), "desk", WORK, CITY, lambda request: 12, 1, hot=True),
    Entry("late", Text("逾期", "Late"), "late", RULES, CITY, order=2),
    Entry("home", Text("首页", "Home"), "home", WORK, frozenset({"public", "city"}), order=3),
    Entry("help", Text("说明", "Help"), "home", FOOT, frozenset({"public"}), order=4),
)


@pytest.fixture
def client(settings):
    """A browser at the demonstration that shows server errors as pages."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.LOGIN_REDIRECT_URL, settings.LOGOUT_REDIRECT_URL = "desk", "home"
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Actor" not in name]
    return Client(raise_request_exception=False)


def test_each_body_sees_its_entries_in_groups():
    groups = navigation.groups(RequestFactory().get("/desk/"), "city", ENTRIES)
    assert [(g.label, [i.key for i in g.items]) for g in groups] == [
        (WORK, ["desk", "home"]),
        (RULES, ["late"]),
    ]
    assert [
        i.key for g in navigation.groups(RequestFactory().get("/"), "public", ENTRIES) for i in g.items
    ] == ["home"]
    assert navigation.groups(RequestFactory().get("/"), "expert", ENTRIES) == ()


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/desk/", "desk"),
        ("/desk/7/", "desk"),
        ("/desk/late/9/", "late"),
        ("/", "home"),
        ("/deskless/", None),
    ],
)
def test_the_entry_nearest_to_the_address_is_current(path, key):
    groups = navigation.groups(RequestFactory().get(path), "city", ENTRIES)
    assert [i.key for g in groups for i in g.items if i.current] == ([key] if key else [])


def test_the_foot_is_apart():
    assert [item.key for item in navigation.foot(RequestFactory().get("/"), "public", ENTRIES)] == ["help"]
    assert navigation.foot(RequestFactory().get("/"), "city", ENTRIES) == ()


def test_an_entry_can_be_registered_again_but_not_changed(monkeypatch):
    monkeypatch.setattr(navigation, "_entries", {})
    navigation.register(ENTRIES[0])
    navigation.register(ENTRIES[0])
    assert navigation.entries() == (ENTRIES[0],)
    with pytest.raises(ValueError, match="'desk' is registered twice"):
        navigation.register(Entry("desk", Text("别的", "Other"), "desk", WORK, CITY))


def test_a_person_acts_for_the_chosen_office_or_the_first():
    first, second = StandIn(), StandIn(office_key="bijie")
    assert accounts.choose((first, second), "bijie/handler") is second
    assert accounts.choose((first, second), "guiyang/handler") is first
    assert accounts.choose((first, second), None) is first
    assert accounts.choose((), None) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/", "/desk/", "/sign-in/", "/components/", "/nowhere/", "/refused/", "/breaks/"]
)
@pytest.mark.parametrize("code", ["zh-hans", "en"])
def test_pages_are_sound_in_both_languages(client, address, code):
    client.cookies["django_language"] = code
    page = Page(client.get(address).content.decode())
    assert page.problems == []
    assert page.all("html", lang="zh-Hans" if code == "zh-hans" else "en")
    assert len(page.all("h1")) == 1
    assert page.all("a", class_="cv-skip", href="#main")
    assert page.all("main", id="main")


def test_the_policy_for_content_names_no_unsafe_source(client):
    policy = client.get("/breaks/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/nowhere/", 404, "没有这一页"),
        ("/refused/", 403, "推荐意见由遵义市局出具。"),
        ("/breaks/", 500, "系统出错，这一步没有办成"),
    ],
)
def test_errors_say_what_happened_and_what_to_do(client, address, status, words):
    # without database access: pytest refuses any query here
    response = client.get(address)
    assert response.status_code == status
    text = Page(response.content.decode()).text()
    assert words in text
    assert "Traceback" not in text
    assert "ZeroDivision" not in text


def test_what_broke_is_logged_under_the_number_that_the_page_shows_and_without_its_message(client, caplog):
    page = Page(client.get("/breaks/?said=privately").content.decode()).text()
    (line,) = [one for one in caplog.messages if "ZeroDivisionError" in one]
    reference = line.split()[0]
    assert reference in page
    assert "in breaks" in line
    assert "privately" not in line


def test_a_stale_form_is_explained(settings):
    settings.CSRF_FAILURE_VIEW = "cultivar.web.errors.csrf_failure"
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Actor" not in name]
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"login": "chen"})
    assert response.status_code == 403
    assert "页面开得太久，没有提交" in response.content.decode()


def test_the_language_is_switched_and_kept(client):
    answer = client.post("/language/", {"language": "en", "next": "/sign-in/"})
    assert answer.headers["Location"] == "/sign-in/"
    assert "Login name" in client.get("/sign-in/").content.decode()


def test_the_page_of_components_belongs_to_the_demonstration(client, settings):
    settings.DEMO = False
    assert client.get("/components/").status_code == 404


def test_without_an_htmx_request_a_lost_session_leads_to_the_sign_in_page(rf, settings):
    from django.http import HttpResponseRedirect

    from cultivar.web.middleware import SignedOutMiddleware

    to_sign_in = SignedOutMiddleware(lambda request: HttpResponseRedirect("/sign-in/?next=/desk/"))
    elsewhere = SignedOutMiddleware(lambda request: HttpResponseRedirect("/desk/"))
    assert to_sign_in(rf.post("/save/")).status_code == 302
    assert elsewhere(rf.post("/save/", headers={"HX-Request": "true"})).status_code == 302
    answer = to_sign_in(rf.post("/save/", headers={"HX-Request": "true"}))
    assert answer.status_code == 401
    assert "内容留在这一页" in answer.content.decode()
