"""Marked workbooks of whatever tabs and cells a file has, and what becomes of an import whose marking fails."""

import zipfile

import pytest
from django.urls import reverse

from cultivar.cases import file_store
from cultivar.roster import jobs
from cultivar.roster.files import marked_path
from cultivar.roster.marking import write_marked
from cultivar.roster.models import Import
from tests.cases.office import applicant
from tests.roster.books import HEAD, by_hand, check, code, firm, kinds, raw, sheet_xml
from tests.roster.test_pages import house, send, sent, work  # noqa: F401 - a fixture

REGION = [HEAD, [code(1), "甲", "火星", "15"]]  # one error
LONG = "很" * 40


def marked(path, tmp_path):
    """A file marked, and what was found in it."""
    _, checking = check(path)
    write_marked(path, {"zh": tmp_path / "b.xlsx"}, checking.findings.kept)
    return tmp_path / "b.xlsx", kinds(checking)


def tabs(path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        names = archive.read("xl/workbook.xml").decode().split('<sheet name="')[1:]
    return [one.split('"')[0] for one in names]


def several(path, *names: str):
    """A workbook of one sheet's cells under each of these names."""
    by_hand(path, sheet_xml(REGION), name="@")
    with zipfile.ZipFile(path) as archive:
        members = {one: archive.read(one).decode() for one in archive.namelist()}
    sheet = members["xl/workbook.xml"].split("<sheets>")[1].split("</sheets>")[0]
    every = "".join(sheet.replace('"@"', f'"{name}"') for name in names)
    members["xl/workbook.xml"] = members["xl/workbook.xml"].replace(sheet, every)
    return raw(path, members)


def test_tabs_that_become_alike_stay_apart(tmp_path):
    """The last two become one as they are cut, and their first way out is taken by the one before."""
    names = (
        "a/b",
        "a:b",
        "A*B",
        "History",
        f"{'x' * 29}+2",
        f"{'x' * 29}/3",
        f"{'x' * 29}/4",
        LONG,
        f"{LONG}很",
    )
    path, _ = marked(several(tmp_path / "a.xlsx", *names), tmp_path)
    got = tabs(path)
    assert len({one.casefold() for one in got}) == len(got) == len(names) + 1
    assert max(map(len, got)) == 31
    assert "history" not in {one.casefold() for one in got}


def test_the_list_leads_to_the_tab_as_it_is_called_there(tmp_path):
    path, _ = marked(several(tmp_path / "a.xlsx", "a/b", "a:b"), tmp_path)
    with zipfile.ZipFile(path) as archive:
        first = archive.read("xl/worksheets/sheet1.xml").decode()
    assert {one for one in tabs(path)[1:] if f"'{one}'!" in first} == {"a b", "a b+2"}


@pytest.mark.parametrize("number", ["1E400", "-1E400", "NaN"])
def test_a_number_that_is_none_is_marked_as_text(tmp_path, number):
    rows = [[*HEAD, "营业收入"], firm(1, f'<c r="@"><v>{number}</v></c>')]
    path, found = marked(by_hand(tmp_path / "a.xlsx", sheet_xml(rows)), tmp_path)
    assert sum(found.values()) == 1
    assert sum(kinds(check(path)[1]).values()) == 1  # sent back as it is, it is wrong still


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["a/b:c*d?[e]\\f", "很" * 80])
def test_an_import_with_an_odd_tab_is_marked(house, tmp_path, name):  # noqa: F811
    path = by_hand(tmp_path / "a.xlsx", sheet_xml(REGION), name=name)
    send(applicant(house), reverse("import-roster", args=[house.pk]), path)
    work()
    one = Import.objects.get()
    assert (one.marked, one.unmarkable) == (True, False)
    with zipfile.ZipFile(marked_path(one.pk, "zh")) as archive:
        assert "火星" in archive.read("xl/comments1.xml").decode()


@pytest.mark.django_db
def test_marking_that_fails_is_said_and_may_be_mended(house, tmp_path):  # noqa: F811
    client = applicant(house)
    (tmp_path / "marked").write_text("in the way")
    one = sent(client, house, tmp_path)
    page = client.get(reverse("import", args=[one.pk])).content.decode()
    assert "标好问题的表没有做成" in page
    assert "正在生成" not in page
    answer = client.get(reverse("import-marked", args=[one.pk]))
    assert answer.status_code == 404
    assert "没有做成" in answer.content.decode()
    (tmp_path / "marked").unlink()
    assert jobs.mark.func(one.pk)
    assert b"".join(client.get(reverse("import-marked", args=[one.pk])).streaming_content)[:2] == b"PK"


@pytest.mark.django_db
def test_marking_without_the_bytes_is_said_too(house, tmp_path):  # noqa: F811
    one = sent(applicant(house), house, tmp_path)
    file_store.path_of(one.sha256).unlink()
    assert not jobs.mark.func(one.pk)
    one.refresh_from_db()
    assert (one.marked, one.unmarkable) == (False, True)


@pytest.mark.django_db
def test_a_marked_workbook_that_is_gone_is_made_again(house, tmp_path):  # noqa: F811
    client = applicant(house)
    one = sent(client, house, tmp_path)
    marked_path(one.pk, "zh").unlink()
    for _ in range(2):  # asked for once, however often one looks
        answer = client.get(reverse("import-marked", args=[one.pk]))
        assert answer.status_code == 404
        assert "过一会儿再来" in answer.content.decode()
    assert "正在生成" in client.get(reverse("import", args=[one.pk])).content.decode()
    work()
    assert b"".join(client.get(reverse("import-marked", args=[one.pk])).streaming_content)[:2] == b"PK"
