"""The pages of the guides: both languages, every step by links and GET forms, and no address that breaks them."""

import re
from html import unescape

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from tests.conftest import ROOT
from tests.web.conftest import Page

from cultivar.guidance import catalogue, results
from cultivar.policy.guides.reading import read_guide
from cultivar.policy.text import Text

pytestmark = pytest.mark.django_db
PLACES = {"which-programme": "want", "test-machine": "test"}
WAYS = {
    "which-programme": "want=cluster&where=guizhou&who=promotion&field=nine&stage=new",
    "test-machine": "test=tension&specimen=metal&force=40&temperature=room&measured=modulus&daily=20",
}


@pytest.fixture(params=["zh-hans", "en"])
def client(request) -> Client:
    client = Client()
    client.cookies["django_language"] = request.param
    return client


@pytest.fixture
def english() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def shown(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    html = answer.content.decode()
    assert Page(html).problems == []
    return unescape(re.sub(r"\s+", " ", html))


def test_every_page_is_sound(client):
    assert all(name in shown(client, "/guides/") for name in PLACES)
    for name, first in PLACES.items():
        for place in (
            "",
            f"{first}/",
            "contact/",
            "rules/",
            f"contact/?{WAYS[name]}",
            f"result/?{WAYS[name]}",
        ):
            shown(client, f"/guides/{name}/{place}")
    for name in PLACES:
        guide = read_guide(ROOT / "guides" / f"{name}.yaml").guide
        known = dict(pair.split("=") for pair in WAYS[name].split("&"))
        for question in guide.questions:
            shown(client, f"/guides/{name}/{question.id}/?" + "&".join(f"{k}={v}" for k, v in known.items()))


def test_each_page_offers_contact_and_says_how_to_choose(client):
    for name, first in PLACES.items():
        for place in ("", f"{first}/", f"result/?{WAYS[name]}"):
            assert f"/guides/{name}/contact/" in shown(client, f"/guides/{name}/{place}")
    page = shown(client, "/guides/test-machine/test/")
    assert "选最重要的一个" in page or "choose the most important one" in page


def test_a_sent_form_leads_to_the_next_question_and_at_last_to_the_results(english):
    answer = english.get("/guides/which-programme/want/?want=town&_go=1")
    assert answer.headers["location"] == "/guides/which-programme/where/?want=town"
    answer = english.get("/guides/which-programme/where/?want=town&where=guizhou&_go=1")
    assert answer.headers["location"] == "/guides/which-programme/result/?want=town&where=guizhou"
    page = shown(english, answer.headers["location"])
    assert "None of the documents covers this" in page
    assert "/guides/which-programme/rules/#town-other" in page


def test_nothing_chosen_is_said_above_and_at_the_question(client):
    page = shown(client, "/guides/test-machine/test/?_go=1", status=422)
    assert 'href="#answer"' in page
    assert 'id="wrong"' in page
    page = shown(client, "/guides/test-machine/force/?test=peel&bond=tape&force=heavy&_go=1", status=422)
    assert 'aria-invalid="true"' in page
    assert 'value="heavy"' in page  # what was typed stays


def test_a_result_cites_its_row_its_answers_and_the_article_on_file(english):
    page = shown(english, f"/guides/which-programme/result/?{WAYS['which-programme']}")
    assert '/programmes/guizhou-clusters/2025-trial/"' in page
    assert '/programmes/guizhou-clusters/2025-trial/#a8"' in page
    assert "<code>promotion-guizhou</code>" in page
    assert "Who are you? <b>A cluster development promotion organisation</b>" in page


def test_a_programme_that_is_not_on_file_is_only_named(english, settings, tmp_path):
    assert results.programme("nowhere") is None
    text = (
        (ROOT / "guides" / "which-programme.yaml")
        .read_text("utf-8")
        .replace("guizhou-clusters", "other-clusters")
    )
    (tmp_path / "which-programme.yaml").write_text(text, "utf-8")
    settings.GUIDES = tmp_path
    page = shown(english, f"/guides/which-programme/result/?{WAYS['which-programme']}")
    assert "Guizhou: measures for cultivating advanced manufacturing clusters" in page
    assert "/programmes/other-clusters" not in page
    assert "No. 8" in page


def test_earlier_answers_can_be_changed_and_later_ones_stay(english):
    page = shown(english, f"/guides/test-machine/daily/?{WAYS['test-machine']}")
    assert "Question 6 of 6" in page
    assert "/guides/test-machine/specimen/?test=tension&specimen=metal" in page
    page = shown(english, f"/guides/test-machine/specimen/?{WAYS['test-machine']}")
    assert '<input type="hidden" name="daily" value="20">' in page
    assert 'value="metal" id="answer-metal" checked' in page
    changed = WAYS["test-machine"].replace("test=tension", "test=hardness") + "&_go=1"
    answer = english.get(f"/guides/test-machine/test/?{changed}")
    page = shown(english, answer.headers["location"])
    assert "Hardness of which material?" in page
    assert "“At which temperature?” is not asked" in page


def test_progress_is_about_until_it_is_certain(english):
    assert "Question 1 of about" in shown(english, "/guides/test-machine/test/")
    assert "Question 2 of 3" in shown(english, "/guides/test-machine/surface/?test=hardness")


WRONG = {
    "an unknown question in the address": (
        "daily/?test=creep&colour=red",
        "“colour” in the address is no question",
    ),
    "an unknown choice": ("specimen/?test=melting", "There is no choice “melting”"),
    "two answers": ("specimen/?test=creep&test=peel", "answered more than once"),
    "an unknown page": ("colour/?test=creep", "This guide has no question “colour”"),
    "a question before its turn": ("force/?", "Before “What is the greatest force in the test?”"),
    "a question that is not asked": ("bond/?test=creep", "“What is peeled or torn?” is not asked"),
    "results before the end": ("result/?test=creep", "Not everything is answered yet"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_address_leads_to_the_right_question(name, english):
    place, words = WRONG[name]
    page = shown(english, f"/guides/test-machine/{place}")
    assert words in page
    assert "<form" in page


def test_an_answered_guide_shows_its_results_at_any_wrong_place(english):
    page = shown(english, f"/guides/test-machine/bond/?{WAYS['test-machine']}")
    assert "“What is peeled or torn?” is not asked" in page
    assert "Start again" in page


def test_there_is_no_other_guide(client):
    shown(client, "/guides/none/", status=404)
    shown(client, "/guides/none/a/?b=c", status=404)


def test_what_somebody_types_into_the_address_is_escaped_and_cut(english):
    page = english.get("/guides/test-machine/test/?test=<b>" + "x" * 5000 + "&<i>=1").content.decode()
    assert "&lt;i&gt;" in page
    assert "<i>" not in page
    assert "x" * 60 not in page.partition("<main")[2]  # the language switch repeats the address


@given(
    place=st.sampled_from(["test", "force", "result", "contact", "zzz", "daily"]),
    answers=st.dictionaries(
        st.sampled_from(["test", "specimen", "force", "bond", "_go", "é", ""]),
        st.text(max_size=12) | st.sampled_from(["creep", "1e9", "-1", "{0}", "%s"]),
    ),
)
@hypothesis(max_examples=80)
def test_no_query_string_breaks_a_page(place, answers):
    nul = any("\0" in word for pair in answers.items() for word in map(str, pair))
    answer = Client().get(f"/guides/test-machine/{place}/", answers)
    assert answer.status_code in ((400,) if nul else (200, 302, 422))


def test_contact_names_only_what_the_house_has_set(english, settings):
    settings.CONTACT = {"mail": "", "telephone": ""}
    assert "mailto:" not in shown(english, "/guides/test-machine/contact/")
    settings.CONTACT = {"mail": "office@example.org", "telephone": "0851 0000"}
    page = shown(english, f"/guides/test-machine/contact/?{WAYS['test-machine']}")
    assert "mailto:office@example.org?subject=" in page
    assert "http://testserver/guides/test-machine/result/?test=tension" in page


def test_a_guide_with_a_problem_is_not_offered(english, settings, tmp_path, caplog):
    text = (ROOT / "guides" / "test-machine.yaml").read_text("utf-8")
    (tmp_path / "test-machine.yaml").write_text(text.replace("daily: few}", "daily: many}", 1), "utf-8")
    settings.GUIDES = tmp_path
    assert catalogue.guides() == {}
    assert "both answer the same case" in caplog.text
    assert "There is no guide yet" in shown(english, "/guides/")


def test_a_resolver_is_registered_once():
    def resolver(policy: str) -> results.Known | None:
        return results.Known(Text("甲", "A"), "/a/") if policy == "of-this-test" else None

    results.register(resolver)
    results.register(resolver)
    try:
        assert results.programme("of-this-test").url == "/a/"
        assert results._resolvers.count(resolver) == 1
    finally:
        results._resolvers.remove(resolver)
