"""Two versions side by side: what the page shows, in both languages, without scripts."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cultivar.cases.compare_reader import marked
from cultivar.cases.programmes import catalogue
from cultivar.policy.compare import compare

DRAFT, TRIAL = "guizhou-clusters/2025-draft", "guizhou-clusters/2025-trial"
PAIR = f"?from={DRAFT}&to={TRIAL}"

pytestmark = pytest.mark.django_db


def shown(client, query: str = PAIR, language: str = "zh-hans") -> str:
    client.cookies["django_language"] = language
    answer = client.get(f"/programmes/compare/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def articles(page: str) -> list[str]:
    return re.findall(r'<section class="mb-4" id="([^"]+)"', page)


def section(page: str, code: str) -> str:
    return page.split(f'<section class="mb-4" id="{code}"')[1].split("</section>")[0]


def changes():
    known = catalogue()
    return compare(known[DRAFT].programme, known[TRIAL].programme)


def test_only_the_articles_that_changed_in_the_order_of_the_document(client):
    page = shown(client)
    assert articles(page) == ["title", "a3", "a4", "a5", "a6.3", "a8", "a10", "a11", "a13", "a14", "app1"]


def test_all_articles_where_they_are_asked_for(client):
    page = shown(client, f"{PAIR}&all=1")
    assert len(articles(page)) == 1 + len(catalogue()[TRIAL].programme.articles)
    assert "没有变化" in section(page, "a17")
    assert "<del>" not in section(page, "a17")


def test_changed_words_are_marked_and_said_aloud(client):
    page = section(shown(client), "a11")
    assert re.search(r'<del><span class="visually-hidden">〔删去：</span>[^<]*厅党组会或', page)
    assert "<ins>" in page
    assert "〔新增：" in page
    english = section(shown(client, language="en"), "a11")
    assert "[removed: " in english
    assert "departmental" in english
    assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"<code.*?</code>", "", english))


def test_every_change_stands_below_its_article_with_its_class(client):
    page = shown(client)
    for change in changes():
        for code in change.cites:
            here = section(page, code)
            if change.path not in ("title", f"articles.{code}.summary", f"articles.{code}"):
                assert f">{change.path}</code>" in here
    assert "责任" in section(page, "a13")
    assert "没有这一条" in section(page, "app1")


def test_counts_per_class_and_the_filter(client):
    page = shown(client)
    kinds = {
        kind: [one for one in changes() if one.kind == kind] for kind in ("tightening", "responsibility")
    }
    for kind, words in (("tightening", "收紧"), ("responsibility", "责任")):
        assert re.search(rf'href="[^"]*class={kind}"[^>]*>{words} <b>{len(kinds[kind])}</b>', page)
        narrowed = shown(client, f"{PAIR}&class={kind}")
        assert set(articles(narrowed)) == {code for one in kinds[kind] for code in one.cites}
        assert narrowed.count('<li class="py-1">') == len(kinds[kind])


def test_the_way_back(client):
    page = shown(client, f"?from={TRIAL}&to={DRAFT}")
    assert re.search(r"<ins>.*?厅党组会或", section(page, "a11"))


def test_a_version_and_itself(client):
    page = shown(client, f"?from={TRIAL}&to={TRIAL}")
    assert "两个版本没有差别" in page
    assert articles(page) == []


def test_without_a_choice_the_older_against_the_newer(client):
    page = shown(client, "")
    assert f'<option value="{DRAFT}" selected' in page
    assert f'<option value="{TRIAL}" selected' in page


@pytest.mark.parametrize("query", ["?from=none/none", f"?from={TRIAL}&to=x", f"?from={TRIAL}&to=../x"])
def test_an_unknown_version_is_not_found(client, query):
    assert client.get(f"/programmes/compare/{query}").status_code == 404


def test_what_is_asked_is_not_repeated_unescaped(client):
    page = shown(client, f"{PAIR}&class=<script>alert(1)</script>")
    assert "<script>alert" not in page


def test_the_lists_lead_here(client):
    assert "/programmes/compare/" in client.get("/programmes/").content.decode()
    page = client.get(f"/programmes/{TRIAL}/").content.decode()
    assert f"?from={DRAFT.replace('/', '%2F')}" in page or f"?from={DRAFT}" in page
    draft = client.get(f"/programmes/{DRAFT}/").content.decode()
    assert "未印发" in draft
    assert "条文没有写明由谁" in draft


@given(st.text(), st.text())
@example("经厅党组会或厅务会审议", "经厅务会审议")
@example("", "x")
def test_marking_loses_nothing(one, other):
    left, right = marked(one, other)
    assert "".join(piece.words for piece in left) == one
    assert "".join(piece.words for piece in right) == other
    if one == other:
        assert not [piece for piece in (*left, *right) if piece.changed]
    elif one and other:
        assert [piece for piece in (*left, *right) if piece.changed]
