"""Signs that no database stores, and errors in the middle of the work: no import is left waiting for ever."""

import codecs
import zipfile

import pytest
from django.db import DataError, OperationalError
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from cultivar.roster import jobs, storing
from cultivar.roster.marking import write_marked
from cultivar.roster.models import Import
from cultivar.roster.problems import printable, shown
from tests.cases.office import applicant
from tests.roster.books import HEAD, by_hand, check, firm, sheet_xml
from tests.roster.test_pages import house, send, sent, work  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
FIGURES = "2025年从业人员"


def stored(client, of, path) -> Import:
    """The import of a file, its check done."""
    assert send(client, reverse("import-roster", args=[of.pk]), path).status_code == 302
    work()
    return Import.objects.get()


def text_file(path):
    """A table as UTF-16 text, of one good row and one whose figure is wrong."""
    rows = [[*HEAD, FIGURES], firm(1, "7"), firm(2, "约\x005")]
    text = "\n".join("\t".join(map(str, row)) for row in rows)
    path.write_bytes(codecs.BOM_UTF16_LE + text.encode("utf-16-le"))
    return path


def workbook(path):
    """The same as a workbook, which writes the sign in its own way."""
    return by_hand(path, sheet_xml([[*HEAD, FIGURES], firm(1, 7), firm(2, "约_x0000_5")]))


@pytest.mark.parametrize(("make", "name"), [(text_file, "a.csv"), (workbook, "a.xlsx")])
def test_a_nought_sign_in_a_wrong_cell_is_a_finding_as_any_other(house, tmp_path, make, name):  # noqa: F811
    one = stored(applicant(house), house, make(tmp_path / name))
    assert (one.state, one.good, one.errors) == ("checked", 1, 1)
    problem = one.problems.get()
    assert (problem.heading, problem.row, problem.value) == (FIGURES, 3, "约5")


def test_a_sheet_is_found_again_under_the_name_that_the_finding_says(tmp_path):
    path = by_hand(tmp_path / "a.xlsx", sheet_xml([[*HEAD, FIGURES], firm(1, "约5")]), name="企\u200b业")
    _, checking = check(path)
    (found,) = checking.findings.kept
    assert found.sheet == "企业"
    write_marked(path, {"zh": tmp_path / "b.xlsx"}, [found])
    with zipfile.ZipFile(tmp_path / "b.xlsx") as archive:
        assert "从业人员" in archive.read("xl/comments1.xml").decode()


def test_what_a_finding_repeats_is_one_line_of_signs_that_can_be_seen():
    assert shown("a\x00\tb\u200b \ud800 c") == "a b c"
    assert printable("企业 \u3000a") == "企业 \u3000a"


def broken(error: Exception):
    """Storing by a database that will not."""

    def take(*_, **__):
        raise error

    return take


def test_an_error_of_the_database_while_rows_are_taken_ends_the_import_in_words(
    house,  # noqa: F811
    tmp_path,
    monkeypatch,
):
    one = sent(applicant(house), house, tmp_path)
    jobs.begin_taking(one)
    monkeypatch.setattr(storing, "take", broken(DataError("no such sign")))
    work()
    one.refresh_from_db()
    assert (one.state, one.refusal) == ("refused", jobs.FAULT)
    assert DBTaskResult.objects.filter(status="FAILED").count() == 1


def test_an_import_whose_database_went_away_waits_for_the_next_try(house, tmp_path, monkeypatch):  # noqa: F811
    one = sent(applicant(house), house, tmp_path)
    jobs.begin_taking(one)
    monkeypatch.setattr(storing, "take", broken(OperationalError("gone")))
    with pytest.raises(OperationalError):
        jobs.take.func(one.pk)
    one.refresh_from_db()
    assert one.state == "taking"


# ------------------------------------------------------------------------------------- other jobs meanwhile


def found_in(one: Import, state: str) -> Import:
    """An import as a worker finds it, in a state that it is brought to first."""
    Import.objects.filter(pk=one.pk).update(state=state)
    return Import.objects.select_related("subject").get(pk=one.pk)


def test_what_was_marked_while_rows_were_taken_stays_marked(house, tmp_path):  # noqa: F811
    one = sent(applicant(house), house, tmp_path)
    Import.objects.update(marked=False)
    begun = found_in(one, "taking")
    assert jobs.mark.func(one.pk)
    assert jobs._take(begun) == "taken"
    one.refresh_from_db()
    assert (one.state, one.marked) == ("taken", True)


def test_a_fault_after_the_rows_were_given_back_refuses_nothing(house, tmp_path):  # noqa: F811
    one = sent(applicant(house), house, tmp_path)
    begun = found_in(one, "taking")
    jobs.stop_taking(one)
    with pytest.raises(ZeroDivisionError), jobs._not_left_waiting(begun):
        raise ZeroDivisionError
    one.refresh_from_db()
    assert (one.state, one.refusal_zh) == ("checked", "")


def test_a_check_that_another_worker_has_done_meanwhile_sets_nothing_back(house, tmp_path):  # noqa: F811
    one = sent(applicant(house), house, tmp_path)
    begun = found_in(one, "waiting")
    found_in(one, "taking")
    kept = list(one.problems.values_list("pk", flat=True))
    assert jobs._check(begun) == ""
    one.refresh_from_db()
    assert (one.state, list(one.problems.values_list("pk", flat=True))) == ("taking", kept)
