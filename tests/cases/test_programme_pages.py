"""The pages of policies: versions with dates, procedures as pictures, what a document names, and links to articles."""

import json
import re

import pytest
import rfc8785
from tests import world as w
from tests.web.conftest import Page

from cultivar.cases.models import AdoptedProgramme, Case
from cultivar.cases.programmes import catalogue
from cultivar.policy.schema import schema

pytestmark = pytest.mark.django_db
KEYS = sorted(catalogue())
EVERY = [(key, name) for key in KEYS for name in catalogue()[key].programme.procedures]


def shown(client, address: str, language: str = "zh-hans") -> str:
    client.cookies["django_language"] = language
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def english_only(page: str) -> str:
    """What an English page says beside what it marks as Chinese."""
    main = page.split("<main", 1)[1].split("</main>")[0]
    return re.sub(r'<(\w+)[^>]*lang="zh-Hans"[^>]*>.*?</\1>', "", main, flags=re.S)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("key", "name"), EVERY, ids=[f"{key}:{name}" for key, name in EVERY])
def test_each_procedure_is_drawn_with_links_to_its_articles_and_stages(client, key, name, language):
    page = shown(client, f"/programmes/{key}/?procedure={name}", language)
    assert Page(page).problems == []
    procedure = catalogue()[key].programme.procedures[name]
    for picture in re.findall(r'<svg class="cv-flow".*?</svg>', page, flags=re.S):
        assert picture.count('class="act"') == len(procedure.acts)
        assert picture.count('class="stage ') == len(procedure.stages) + 1
        for act in procedure.acts.values():
            assert f'href="/programmes/{key}/#{act.articles[0]}"' in picture
    assert page.count('<svg class="cv-flow"') == 2
    for stage in procedure.stages:
        assert f'id="stage-{name}-{stage}"' in page
    if language == "en":
        assert not re.search(r"[\u4e00-\u9fff]", english_only(page))


def test_the_procedure_that_the_policy_is_about_comes_first(client):
    for key, name in (
        ("guizhou-clusters/2025-trial", "recognition"),
        ("guangdong-clusters/2020", "designation"),
        ("shanxi-zones/2024", "positioning"),
        ("shanxi-towns/2024", "selection"),
    ):
        page = shown(client, f"/programmes/{key}/?procedure=nothing")
        (current,) = re.findall(r'href="[^"]*\?procedure=([a-z-]+)#course" aria-current="page"', page)
        assert current == name


def test_the_list_groups_versions_with_their_dates(client):
    page = shown(client, "/programmes/", "en")
    assert Page(page).problems == []
    assert page.count("<section") == len({one.programme.programme for one in catalogue().values()})
    guizhou = page.split("Guizhou Department", 1)[1].split("</section>")[0]
    assert re.findall(r"<code[^>]*>(guizhou[^<]*)<", guizhou) == [
        "guizhou-clusters/2025-trial",
        "guizhou-clusters/2025-draft",
    ]
    trial, draft = guizhou.split("2025-draft</code>")
    assert "issued 28 July 2025" in trial
    assert "in force from 28 July 2025" in trial
    assert "compare/?from=guizhou-clusters%2F2025-draft&amp;to=guizhou-clusters%2F2025-trial" in trial
    assert "not issued" in draft
    assert "a draft, not in force" in draft
    assert "compare/?" not in draft


def test_the_twenty_clusters_of_guangdong_stand_by_class_with_their_articles(
    client, django_assert_num_queries
):
    with django_assert_num_queries(1):
        page = shown(client, "/programmes/guangdong-clusters/2020/", "en")
    named = page.split('id="named"', 1)[1].split("</section>")[0]
    assert named.count("<table") == 2
    assert named.count('<th scope="row">') == 20
    assert "in 2019: 15 trillion yuan" in named
    for one in catalogue()["guangdong-clusters/2020"].programme.designations:
        assert f"/programmes/guangdong-clusters/2020/#{one.article}" in named


def test_the_schema_is_public(client):
    answer = client.get("/programmes/schema.json")
    assert answer.headers["Content-Type"].startswith("application/schema+json")
    assert json.loads(answer.content) == schema()
    assert "/programmes/schema.json" in shown(client, "/programmes/")


def test_a_version_whose_file_is_gone_can_still_be_read(client):
    data = dict(catalogue()[w.GUIZHOU].source.data, version="2024-gone")
    AdoptedProgramme.objects.create(
        digest="e" * 64, key="guizhou-clusters/2024-gone", data=rfc8785.dumps(data)
    )
    page = shown(client, "/programmes/guizhou-clusters/2024-gone/")
    assert Page(page).problems == []
    assert "/2024-gone/file/" not in page
    assert client.get("/programmes/guizhou-clusters/2024-gone/file/").status_code == 404
    assert client.get("/programmes/guizhou-clusters/2023/").status_code == 404


def test_a_case_shows_where_it_stands_in_the_whole_course(client):
    with w.at("2026-04-16"):
        of = w.cluster()
        case = w.application(w.announce(), of)
        w.do(case, "submit", w.applicant(of), w.SUBMISSION)
        who = w.signed_in(client, w.city(w.ZUNYI))
        page = who.get(f"/cases/{case.number}/").content.decode()
    assert Case.objects.get(number=case.number).stage == "submitted"
    assert Page(page).problems == []
    assert "深色框是现在所在的环节：待受理" in page
    pictures = re.findall(r'<svg class="cv-flow".*?</svg>', page, flags=re.S)
    assert len(pictures) == 2
    for picture in pictures:
        (here,) = re.findall(r'<g class="stage [^"]*here" aria-current="step">.*?</g>', picture, flags=re.S)
        assert "待受理" in here
        assert len(re.findall(r'<g class="stage [^"]*been">', picture)) == 1  # the draft


def test_letters_and_rankings_link_to_their_articles(client):
    with w.at("2026-04-16"):
        of = w.cluster()
        round_ = w.announce()
        case = w.application(round_, of)
        w.to_city_review(case, of)
        w.to_recommended(case, of)
        letters = w.signed_in(client, w.city(w.ZUNYI)).get("/letters/").content.decode()
        assert f"/programmes/{w.GUIZHOU}/#a9" in letters
        assert f"/programmes/{w.GUIZHOU}/#app1" in letters
        ranking = w.signed_in(client, w.province("handler")).get(f"/rounds/{round_.number}/ranking/")
    assert f"/programmes/{w.GUIZHOU}/#a10" in ranking.content.decode()


def test_the_reader_says_which_tables_are_asked_for_and_what_nobody_types(client):
    text = client.get("/programmes/guizhou-clusters/2025-trial/").content.decode()
    assert "“重点项目”的列" in text
    assert "项目名称、建设单位、总投资、进展" in text
    assert "自动得出" in text
