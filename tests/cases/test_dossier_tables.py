"""Tables of the dossier on its pages: with and without scripts, two people at once, and what follows from them."""

import json

import pytest
from django.http import QueryDict
from django.test import Client
from tests import world as w
from tests.cases import office

from cultivar.appraisal.computed_fields import NONE
from cultivar.cases.dossier import Derived, save_field, save_section, thaw
from cultivar.cases.dossier_forms import Setting, control, source_of, was_shown
from cultivar.cases.models import Case, Dossier, DossierVersion, Subject
from cultivar.cases.opening import open_application
from cultivar.cases.programmes import pinned

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ONE = {"name": "甲项目", "owner": "甲厂", "investment": "120000", "progress": "under-way"}
TWO = {"name": "乙项目", "owner": "乙厂", "investment": "800", "progress": "prepared"}


@pytest.fixture(autouse=True)
def _day():
    with w.at("2026-05-07", 10):
        yield


@pytest.fixture
def of() -> Subject:
    return w.cluster()


@pytest.fixture
def case(of: Subject) -> Case:
    receipt = open_application(w.announce(), "recognition", of, w.applicant(of), key=w.key())
    return Case.objects.get(number=receipt.case)


@pytest.fixture
def mine(of: Subject) -> Client:
    return office.applicant(of)


def at(case: Case, field: str = "") -> str:
    return f"/cases/{case.number}/dossier/strength/" + (f"{field}/" if field else "")


def typed(*rows: dict[str, str], base: object = "", **more: str) -> dict[str, str]:
    """What a page posts: rows with gaps between their numbers, as scripts leave them, and an empty one."""
    cells = {
        f"t.projects:{3 * n}:{column}": value for n, row in enumerate(rows) for column, value in row.items()
    }
    blank = {f"t.projects:{3 * len(rows) + 1}:{column}": " " for column in ONE}
    return {**cells, **blank, "b.projects": json.dumps(base), **more}


def kept(case: Case) -> object:
    return Dossier.objects.get(case=case).data.get("projects")


def test_a_table_is_saved_as_one_and_what_follows_is_shown(mine, case):
    answer = mine.post(at(case, "projects"), typed(ONE, TWO), headers=HTMX)
    text = answer.content.decode()
    assert kept(case) == [ONE, TWO]
    assert "key-projects" not in Dossier.objects.get(case=case).data
    assert '<div class="cv-field" id="id_key-projects-field" hx-swap-oob="true">' in text
    assert "<b>1 个</b>" in text
    assert "表“重点项目”共 2 行，取“进展”为“在建”的" in text
    assert 'id="id_projects-total-investment" hx-swap-oob="true">120\u2009800 万元' in text
    page = mine.get(at(case)).content.decode()
    assert page.count('value="甲项目"') == 1
    assert 'id="id_projects-2-name"' in page  # one empty row after the two
    assert 'id="id_projects-3-name"' not in page


def test_what_follows_cannot_be_typed(mine, case):
    assert (
        mine.post(at(case, "key-projects"), {"v.key-projects": "9", "b.key-projects": '""'}).status_code
        == 404
    )
    mine.post(at(case), {"v.key-projects": "9", "b.key-projects": '""'})
    assert "key-projects" not in Dossier.objects.get(case=case).data
    for save in (
        lambda: save_field(case, "key-projects", "9"),
        lambda: save_section(case, {"key-projects": "9"}, {}),
    ):
        with pytest.raises(Derived):
            save()


def test_without_scripts_rows_are_added_and_removed(mine, case):
    answer = mine.post(at(case), typed(ONE, TWO, add="projects"))
    assert answer["Location"] == at(case) + "#id_projects-field"
    assert kept(case) == [ONE, TWO]
    answer = mine.post(at(case), typed(ONE, TWO, base=[ONE, TWO], drop="projects:0"))
    assert answer["Location"] == at(case) + "#id_projects-field"
    assert kept(case) == [TWO]
    mine.post(at(case), typed(TWO, base=[TWO], drop="projects:0"))
    assert kept(case) == ""


def test_a_table_may_be_stated_to_be_empty(mine, case):
    mine.post(at(case, "projects"), typed(**{"none.projects": "yes"}), headers=HTMX)
    assert kept(case) == NONE
    page = mine.get(at(case)).content.decode()
    assert 'name="none.projects" value="yes" checked' in page
    assert "<b>0 个</b>" in page
    mine.post(at(case, "projects"), typed(ONE, base=NONE, **{"none.projects": "yes"}), headers=HTMX)
    assert kept(case) == [ONE]  # what was typed goes before the tick


def test_wrong_cells_are_named_and_keep_what_was_typed(mine, case):
    bad = {**TWO, "investment": "八百"}
    answer = mine.post(at(case), typed(ONE, bad, go="next"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "“重点项目”第 2 行：“总投资”请只填数字。" in text
    assert '<a href="#id_projects-1-investment">' in text
    assert 'value="八百"' in text
    assert kept(case) == [ONE, bad]
    told = mine.post(at(case, "projects"), typed(ONE, bad, base=[ONE, bad]), headers=HTMX).content.decode()
    assert '<li data-row="2" data-column="investment">“总投资”请只填数字。</li>' in told
    assert "填全后得出" in told


def test_two_people_in_one_table_lose_nothing(mine, case, of):
    colleague = office.applicant(of, login="colleague")
    colleague.post(at(case, "projects"), typed(ONE), headers=HTMX)
    answer = mine.post(at(case, "projects"), typed(TWO), headers=HTMX)
    assert answer.status_code == 409
    assert "别人刚把它改成了“1 行：甲项目”" in answer.content.decode()
    assert kept(case) == [ONE]
    plain = mine.post(at(case), typed(TWO, go="next"))
    assert plain.status_code == 422
    assert 'value="乙项目"' in plain.content.decode()
    assert kept(case) == [ONE]
    assert mine.post(at(case, "projects"), typed(TWO, base=[ONE]), headers=HTMX).status_code == 200
    assert kept(case) == [TWO]


def test_only_known_columns_are_kept_and_no_control_characters(mine, case):
    post = typed({**ONE, "name": " 甲\0 \r\n项目 "}) | {"t.projects:0:other": "x", "t.projects:x:name": "y"}
    mine.post(at(case, "projects"), post, headers=HTMX)
    assert kept(case) == [{**ONE, "name": "甲 项目"}]


def test_a_table_pasted_far_too_long_is_kept_and_said(mine, case):
    many = [{**ONE, "name": f"项目{n}"} for n in range(300)]
    answer = mine.post(at(case, "projects"), typed(*many), headers=HTMX)
    assert "“重点项目”有 300 行，最多 60 行，请删去多出的。" in answer.content.decode()
    assert kept(case) == many


def test_markup_in_a_cell_stays_text(mine, case):
    mine.post(at(case, "projects"), typed({**ONE, "name": '"><script>alert(1)</script>'}), headers=HTMX)
    for address in (at(case), f"/cases/{case.number}/dossier/"):
        assert "<script>alert" not in mine.get(address).content.decode()


def test_offices_read_the_table_and_the_figure_that_followed_when_it_was_submitted(mine, case, of):
    w.fill(case)
    save_field(case, "projects", [ONE, TWO])
    w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    version = thaw(DossierVersion.objects.get(case=case))["data"]
    assert version["projects"] == [ONE, TWO]
    assert version["key-projects"] == "1"
    city = office.sign_in("city", region=w.ZUNYI)
    for address in (f"/cases/{case.number}/dossier/", f"/cases/{case.number}/tab/dossier/"):
        text = city.get(address).content.decode()
        assert "乙项目" in text
        assert "120\u2009800 万元" in text
        assert "取“进展”为“在建”的" in text
    assert "在建重点项目" in city.get(f"/cases/{case.number}/").content.decode()


def test_a_figure_from_the_roster_has_no_control(case):
    programme = pinned(case.digest)
    spec = programme.form_fields["enterprises"].model_copy(update={"from_roster": True})
    setting = Setting(case, programme, programme.form[2])
    shown = control(setting, spec, "37")
    assert (shown.kind, shown.value, shown.said and shown.said.zh) == ("derived", "37", "37 家")
    assert not was_shown(spec, QueryDict("v.enterprises=9&b.enterprises="))
    assert source_of(programme, spec, {}) is not None


def test_a_section_with_a_table_costs_a_fixed_number_of_queries(mine, case, django_assert_num_queries):
    save_field(case, "projects", [ONE])
    mine.get(at(case))
    with django_assert_num_queries(15):
        mine.get(at(case))
    save_field(case, "projects", [{**ONE, "name": f"项目{n}"} for n in range(40)])
    with django_assert_num_queries(15):
        mine.get(at(case))
