"""The roster in the file of a case: as it was submitted, and what two submissions changed of it."""

import re

import pytest
from tests import world as w
from tests.cases.test_rosters import known
from tests.registry import stated as s

from cultivar.cases.dossier_changes import compare
from cultivar.cases.membership import enrol, leave
from cultivar.cases.models import Case, Subject
from cultivar.cases.programmes import pinned
from cultivar.registry.statements import state

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day():
    with w.at("2026-05-07", 10):
        yield


@pytest.fixture
def of() -> Subject:
    return w.cluster()


@pytest.fixture
def case(of: Subject) -> Case:
    known(of)  # two enterprises with 100 and 200 万元, SRUN both
    return w.application(w.announce(), of)


def tab(client, who, case: Case, name: str = "roster") -> str:
    response = w.signed_in(client, who).get(f"/cases/{case.number}/tab/{name}/")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def later(of: Subject) -> None:
    """One came, one went, one says something else."""
    giver = s.applicant(of.organisation_id)
    state(giver, [s.firm(1, {2025: {"revenue": 150 * 10_000}}), s.firm(3, {2025: {}})], at=s.LATER)
    enrol(of, [s.code(3)])
    leave(of, [s.code(2)])


def test_the_applicant_reads_todays_roster_and_finds_the_way_to_fill_it(client, of, case):
    response = w.signed_in(client, w.applicant(of)).get(f"/cases/{case.number}/tab/roster/")
    assert f'href="/rosters/of/{of.code}/"' in response.content.decode()
    said = tab(client, w.applicant(of), case)
    assert "2 家，登记册现有，2025年数据" in said
    assert f"{s.code(1)} 遵义市" in said
    assert "100 3 — 专精特新中小企业" in said


def test_an_office_reads_the_roster_that_was_submitted(client, of, case):
    w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    later(of)
    said = tab(client, w.city(w.ZUNYI), case)
    assert "2 家，随申报书于" in said
    assert s.code(2) in said
    assert s.code(3) not in said
    assert "/rosters/of/" not in said


def test_two_submissions_say_what_became_of_the_roster(client, of, case):
    city, mine = w.city(w.ZUNYI), w.applicant(of)
    w.do(case, "submit", mine, w.SUBMISSION)
    w.do(case, "return", city, {"reasons": "补名单（虚构）"})
    later(of)
    w.do(case, "resubmit", mine, {**w.SUBMISSION, "corrections": "改了（虚构）"})
    found = compare(case, pinned(case.digest), city)
    assert found is not None
    assert found.roster is not None
    assert found.roster.counts == (1, 1, 1)
    (changed,) = found.roster.changed
    assert [(label.zh, before.zh, after.zh) for label, before, after in changed.figures] == [
        ("2025年营业收入", "100 万元", "150 万元")
    ]
    said = tab(client, city, case, "changes")
    assert "新增 1 家，退出 1 家，1 家的数据或资质有变化" in said


def test_a_roster_that_stayed_is_not_mentioned(client, of, case):
    mine = w.applicant(of)
    w.do(case, "submit", mine, w.SUBMISSION)
    w.do(case, "return", w.city(w.ZUNYI), {"reasons": "补（虚构）"})
    w.do(case, "resubmit", mine, {**w.SUBMISSION, "corrections": "改了（虚构）"})
    found = compare(case, pinned(case.digest), mine)
    assert found is not None
    assert found.roster is None


def test_it_asks_as_much_for_one_enterprise_as_for_sixty(client, django_assert_num_queries):
    round_ = w.announce()
    for number, size in ((1, 1), (2, 60)):
        of = w.cluster(number=number)
        known(of, size)
        made = w.application(round_, of)
        w.do(made, "submit", w.applicant(of), w.SUBMISSION)
        signed = w.signed_in(client, w.city(w.ZUNYI))
        signed.get(f"/cases/{made.number}/tab/roster/")
        with django_assert_num_queries(QUERIES):
            assert signed.get(f"/cases/{made.number}/tab/roster/").status_code == 200


QUERIES = 15
