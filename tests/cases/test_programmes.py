"""Versions that cases are pinned to outlive their files."""

import json

import pytest
import rfc8785
from tests import world as w

from cultivar.cases import queries
from cultivar.cases.models import AdoptedProgramme, Case
from cultivar.cases.programmes import catalogue, pinned

pytestmark = pytest.mark.django_db


def test_a_version_once_adopted_stays_readable_when_the_vocabulary_moves_on():
    data = dict(
        catalogue()[w.GUIZHOU].source.data, status="superseded", given_up="a word that the house once knew"
    )
    AdoptedProgramme.objects.create(digest="f" * 64, key=w.GUIZHOU, data=rfc8785.dumps(data))
    assert "given_up" in json.loads(bytes(AdoptedProgramme.objects.get().data))
    assert pinned("f" * 64).status == "superseded"


def test_a_case_is_seen_by_the_version_it_is_pinned_to(settings, tmp_path):
    of = w.cluster()
    with w.at("2026-04-16"):
        case = w.application(w.announce(), of)
        w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    settings.PROGRAMMES = tmp_path  # every file is gone
    assert pinned(Case.objects.get(number=case.number).digest).key == w.GUIZHOU
    assert queries.visible(w.city(w.ZUNYI)).filter(number=case.number).exists()
    assert not queries.visible(w.city(w.GUIYANG)).filter(number=case.number).exists()
