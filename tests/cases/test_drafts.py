"""A dossier that is not submitted is its applicant's alone: others are told so, and never shown an empty one."""

import itertools
import re

import pytest
from django.test import Client
from tests import world as w
from tests.cases.test_rosters import known

from cultivar.cases.case_pages import TABS
from cultivar.cases.dossier import save_field
from cultivar.cases.models import Case, Evidence, Membership, Subject
from cultivar.cases.programmes import pinned
from cultivar.registry.actors import Actor
from cultivar.registry.models import Enterprise

pytestmark = pytest.mark.django_db
SECRETS = ("只有自己看的说明", "只有自己看的证明", "只有自己看的企业", "987654")
EMPTY = ("还没有填", "没有材料", "没有填写", "名单上还没有企业", "0 家", "没有发现线索", "0 份")
PATHS = [f"tab/{tab}/" if tab != "overview" else "" for tab in TABS]


@pytest.fixture(autouse=True)
def _day():
    with w.at("2026-05-07", 10):
        yield


@pytest.fixture
def of() -> Subject:
    made = w.cluster()
    known(made)
    return made


@pytest.fixture
def draft(of: Subject) -> Case:
    case = w.application(w.announce(), of)
    hide(case)
    return case


def hide(case: Case) -> None:
    """Puts into the working copy what nobody else may read."""
    save_field(case, "strength-text", SECRETS[0])
    Evidence.objects.filter(case=case).update(name=f"{SECRETS[1]}.pdf")
    Enterprise.objects.update(name_zh=SECRETS[2])
    save_field(case, "revenue", SECRETS[3])


def everybody(case: Case) -> list[Actor]:
    """An office of every body that the programme names, in every post, of the province, two cities and nowhere."""
    places = ("", "520000", w.ZUNYI, w.BIJIE)
    bodies = pinned(case.digest).bodies
    found = []
    for (part, body), region in itertools.product(bodies.items(), places):
        name = body.played_by or part
        found += [w.actor(name, post, region) for post in body.posts or ("",)]
    return [*found, w.applicant(w.cluster(w.BIJIE, 2))]


def seen(signed: Client, case: Case, path: str) -> str | None:
    """The main part of a page as text; None where it is not found."""
    response = signed.get(f"/cases/{case.number}/{path}")
    if response.status_code == 404:
        return None
    assert response.status_code == 200, path
    main = re.search(r"<main.*</main>", response.content.decode(), re.S)
    assert main
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0]))


def test_whoever_sees_the_case_of_a_draft_is_told_that_it_is_not_shown(client, draft):
    told = set()
    for who in everybody(draft):
        signed = w.signed_in(client, who)
        for path in PATHS:
            said = seen(signed, draft, path)
            if said is None:
                continue
            assert not [secret for secret in SECRETS if secret in said], (who, path)
            assert "不在这里显示" in said, (who, path)
            assert not [word for word in EMPTY if word in said], (who, path)
            told.add((who.body, path))
    assert {path for body, path in told if body == "auditor"} == set(PATHS)


def test_other_addresses_of_a_draft_are_not_found(client, draft):
    file = Evidence.objects.filter(case=draft).first()
    assert file is not None
    paths = ("dossier/", "dossier/basics/", "readiness/", "readiness.pdf", f"evidence/{file.sha256}/")
    for who in everybody(draft):
        signed = w.signed_in(client, who)
        for path in paths:
            assert seen(signed, draft, path) is None, (who, path)


def test_the_roster_of_a_draft_is_its_applicants_alone(client, of, draft):
    code = Membership.objects.filter(subject=of).values_list("enterprise", flat=True)[0]
    home = f"/rosters/of/{of.pk}/"
    paths = ("/rosters/", home, f"{home}roster.csv", f"{home}roster.xlsx", f"{home}enterprises/{code}/")
    for who in everybody(draft):
        signed = w.signed_in(client, who)
        for path in paths:
            answer = signed.get(path)
            if path == "/rosters/":
                assert home not in answer.content.decode(), who
            else:
                assert answer.status_code in (403, 404), (who, path)
    assert home in w.signed_in(client, w.applicant(of)).get("/rosters/").content.decode()
    assert client.get(home).status_code == 200


def test_its_applicant_sees_it_on_every_tab(client, of, draft):
    for path, secret in zip(PATHS[:4], ("987", *SECRETS[:1], SECRETS[2], SECRETS[1]), strict=True):
        said = seen(w.signed_in(client, w.applicant(of)), draft, path)
        assert said is not None
        assert secret in said.replace("\u2009", ""), path
        assert "不在这里显示" not in said


def test_while_it_is_corrected_others_read_what_was_submitted(client, of, draft):
    for name, value in (("strength-text", "交出去的说明"), ("revenue", "300")):
        save_field(draft, name, value)
    Evidence.objects.filter(case=draft).update(name="交出去的证明.pdf")
    Enterprise.objects.update(name_zh="交出去的企业")
    w.do(draft, "submit", w.applicant(of), w.SUBMISSION)
    w.do(draft, "return", w.city(w.ZUNYI), {"reasons": "改（虚构）"})
    hide(draft)
    read = set()
    for who in everybody(draft):
        signed = w.signed_in(client, who)
        for path in PATHS:
            said = seen(signed, draft, path)
            if said is not None:
                assert not [secret for secret in SECRETS if secret in said], (who, path)
                assert "不在这里显示" not in said, (who, path)
                read.add(who.body)
    assert {"auditor", "city", "province"} <= read


def test_a_case_that_was_submitted_once_has_nothing_to_compare_and_says_so(client, of, draft):
    w.do(draft, "submit", w.applicant(of), w.SUBMISSION)
    for who in (w.city(w.ZUNYI), w.applicant(of)):
        said = seen(w.signed_in(client, who), draft, "tab/changes/")
        assert said is not None
        assert "没有可以比较的两次提交" in said
