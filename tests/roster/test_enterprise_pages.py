"""The page of an enterprise, and withdrawing on it."""

from datetime import date

import pytest
from django.urls import reverse

from cultivar.cases import rosters
from cultivar.cases.dossier import latest_version, thaw
from cultivar.cases.membership import enrol, leave
from cultivar.registry.models import Enterprise, Qualification, YearlyFigures
from cultivar.registry.statements import (
    HeldRow,
    IncidentRow,
    SupplyRow,
    state,
    state_incidents,
    state_supply,
)
from tests import world as w
from tests.cases.office import applicant, sign_in
from tests.registry import stated as s

pytestmark = pytest.mark.django_db
CODE = s.code(1)
WHY = "填到了别家企业名下（虚构）"


@pytest.fixture
def of():
    """A cluster with an enterprise of which its organisation, the city and another organisation have a word."""
    with w.at("2026-05-10"):
        of, other = w.cluster(), w.cluster(w.BIJIE, 2)
        mine = s.applicant(of.organisation_id)
        for giver, value in (
            (mine, 11),
            (s.authority(w.ZUNYI), 10),
            (s.applicant(other.organisation_id), 99),
        ):
            state(giver, [s.firm(1, {2025: {"revenue": value * 10_000}}, (HeldRow("srun"),))], at=s.AT)
        state_incidents(mine, [IncidentRow(CODE, "safety", "larger", date(2025, 3, 1))], at=s.AT)
        state_supply(mine, [SupplyRow(CODE, s.code(7), "丁", "瓶盖", 2025, 3)], at=s.AT)
        enrol(of, [CODE])
        yield of


def figure(giver: str) -> str:
    return YearlyFigures.objects.get(giver=giver, ended_at=None).pk


def test_the_page_says_who_stated_what_and_what_counts(of):
    page = applicant(of).get(reverse("roster-enterprise", args=[of.pk, CODE])).content.decode()
    assert "2025年营业收入（万元）" in page
    assert "以此为准" in page
    assert "2025年向" in page
    assert ">99<" not in page
    assert page.count(">撤回<") == 4  # one's own figure, title, incident and purchase; not the city's
    assert "企业表.xlsx" not in page  # the name of the city's file is the city's


def test_a_figure_is_withdrawn_with_a_reason_after_a_page_that_says_what_follows(of):
    client = applicant(of)
    number = figure(of.organisation_id)
    address = reverse("roster-withdraw", args=[of.pk, CODE, "figure", number]) + "?measure=revenue"
    home = reverse("roster-enterprise", args=[of.pk, CODE])
    assert f'href="{address}"' in client.get(home).content.decode()
    assert "2025年营业收入（万元） · 11" in client.get(address).content.decode()
    answer = client.post(address, {"reason": " "})
    assert answer.status_code == 422
    assert "写明为什么撤回" in answer.content.decode()
    answer = client.post(address, {"reason": WHY}, follow=True)
    page = answer.content.decode()
    assert "已撤回：2025年营业收入（万元）。记录保留。" in page
    assert f"理由：{WHY}" in page
    assert client.get(address).status_code == 404
    assert rosters.live(of, 2025, date(2026, 5, 10)).firms[0].years[2025] == {"revenue": 100_000}


def test_what_was_submitted_keeps_its_figures(of):
    case = w.application(w.announce(), of)
    w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    address = reverse("roster-withdraw", args=[of.pk, CODE, "figure", figure(of.organisation_id)])
    applicant(of).post(f"{address}?measure=revenue", {"reason": WHY})
    kept = rosters.thaw(rosters.named_in(thaw(latest_version(case))))
    assert kept.firms[0].years[2025] == {"revenue": 110_000}


def test_an_authority_withdraws_its_own_word_of_its_own_region_only(of):
    city = sign_in("city", region=w.ZUNYI, post="handler")
    far = sign_in("city", region=w.BIJIE, post="handler")
    own = reverse("withdraw", args=[CODE, "figure", figure("")]) + "?measure=revenue"
    applicants = reverse("withdraw", args=[CODE, "figure", figure(of.organisation_id)]) + "?measure=revenue"
    assert CODE in city.get(reverse("enterprises"), {"q": CODE[:12]}).content.decode()
    assert CODE not in far.get(reverse("enterprises")).content.decode()
    assert far.post(own, {"reason": WHY}).status_code == 404
    assert city.post(applicants, {"reason": WHY}).status_code == 404
    assert YearlyFigures.objects.filter(ended_at=None).count() == 3
    assert city.post(own, {"reason": WHY}).status_code == 302
    assert set(YearlyFigures.objects.exclude(reason="").values_list("authority", flat=True)) == {w.ZUNYI}
    city.cookies["django_language"] = "en"
    assert f"Reason: {WHY}" in city.get(reverse("enterprise", args=[CODE])).content.decode()


def test_ones_own_word_is_withdrawn_after_the_enterprise_has_left(of):
    """It goes on counting until then; what others say of it is no longer shown."""
    Enterprise.objects.filter(pk=CODE).update(region=w.BIJIE)
    state(s.authority(w.BIJIE), [s.firm(1, {2025: {"patents": 424242}}, region=w.BIJIE)], at=s.LATER)
    city = sign_in("city", region=w.ZUNYI, post="handler")
    page = city.get(reverse("enterprise", args=[CODE])).content.decode()
    assert ">撤回<" in page
    assert "424,242" not in page  # fewer digits may stand in an idempotency key
    assert "424242" not in page
    number = YearlyFigures.objects.get(giver="", authority=w.ZUNYI, ended_at=None).pk
    address = reverse("withdraw", args=[CODE, "figure", number]) + "?measure=revenue"
    assert city.post(address, {"reason": WHY}).status_code == 302
    title = Qualification.objects.get(giver="", authority=w.ZUNYI)
    assert city.post(reverse("withdraw", args=[CODE, "title", title.pk]), {"reason": WHY}).status_code == 302
    assert city.get(reverse("enterprise", args=[CODE])).status_code == 404  # nothing of its stands any more
    mine = applicant(of)
    leave(of, [CODE])
    home = reverse("roster-enterprise", args=[of.pk, CODE])
    assert mine.get(home).status_code == 200
    assert sign_in("city", region=w.ZUNYI, post="handler").get(home).status_code == 404


def test_a_figure_of_any_year_is_in_sight(of):
    state(s.applicant(of.organisation_id), [s.firm(1, {2012: {"patents": 7}})], at=s.LATER)
    page = (
        applicant(of).get(reverse("roster-enterprise", args=[of.pk, CODE]), {"year": "2012"}).content.decode()
    )
    assert '<option value="2012" selected>' in page
    assert "2012年" in page
    assert "measure=patents" in page


def test_an_office_that_sees_the_roster_withdraws_nothing_on_it(of):
    case = w.application(w.announce(), of)
    w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    city = sign_in("city", region=w.ZUNYI, post="handler")
    page = city.get(reverse("roster-enterprise", args=[of.pk, CODE])).content.decode()
    assert "2025年营业收入（万元）" in page
    assert ">撤回<" not in page
    for title in Qualification.objects.filter(giver__in=("", of.organisation_id)):
        address = reverse("roster-withdraw", args=[of.pk, CODE, "title", title.pk])
        assert city.post(address, {"reason": WHY}).status_code == 404
    assert not Qualification.objects.exclude(ended_at=None).exists()


def test_the_page_takes_as_many_queries_for_one_statement_as_for_three(of, django_assert_num_queries):
    client, mine = applicant(of), s.applicant(of.organisation_id)
    for number in (1, 3):
        figures = dict.fromkeys(["revenue", "patents", "employment"][:number], 7)
        held = tuple(map(HeldRow, ["srun", "high-tech", "little-giant"][:number]))
        state(mine, [s.firm(1, {2025: figures}, held)], at=s.LATER)
        state_supply(
            mine, [SupplyRow(CODE, s.code(7), "丁", f"瓶盖{n}", 2025, 3) for n in range(number)], at=s.LATER
        )
        client.get(reverse("roster-enterprise", args=[of.pk, CODE]))
        with django_assert_num_queries(13):
            client.get(reverse("roster-enterprise", args=[of.pk, CODE]))
    with w.at("2026-05-11"):
        city = sign_in("city", region=w.ZUNYI, post="handler")
        for number in (1, 3):
            state(s.authority(w.ZUNYI), [s.firm(n) for n in range(1, number + 1)], at=s.LATER)
            city.get(reverse("enterprises"))
            with django_assert_num_queries(7):
                city.get(reverse("enterprises"))
