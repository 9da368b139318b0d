"""Every programme file runs: its people come from the file, its matters are walked through the one door."""

import pytest
from django.conf import settings
from tests.demonstration.walkers import live, seated

from cultivar.cases.models import Case, TitleChange, Todo
from cultivar.cases.replay import replay
from cultivar.demonstration import elsewhere
from cultivar.demonstration.walking import Stuck
from cultivar.registry import regions

pytestmark = pytest.mark.django_db

DOCS = settings.PROGRAMMES.parent / "docs"
FILES = [
    *(
        (settings.PROGRAMMES, f"{path.parent.name}/{path.stem}")
        for path in settings.PROGRAMMES.glob("*/*.yaml")
    ),
    (DOCS, "tutorial-workshops/1"),
]


@pytest.fixture(autouse=True)
def demonstration(settings, tmp_path):
    settings.DEMO = True
    settings.EVIDENCE_FOLDER = tmp_path
    regions.load()


@pytest.mark.parametrize(("folder", "key"), sorted(FILES), ids=[key for _, key in sorted(FILES)])
def test_every_procedure_of_every_file_can_be_walked(settings, folder, key):
    settings.PROGRAMMES = folder
    walker = seated(key)
    beginning, lately = elsewhere.stories([walker])
    live(beginning)
    cases = list(Case.objects.all())
    procedures = walker.programme.procedures
    public = {part for part, body in walker.programme.bodies.items() if body.scope == "published matters"}
    expected = {
        name
        for name, procedure in procedures.items()
        if not elsewhere.opening_of(procedure).harm
        and elsewhere.opening_of(procedure).body not in public
        and (procedure.parent is None or procedures[procedure.parent].about != "round")
    }
    assert {case.procedure for case in cases} >= expected  # draws of a round: tests/programmes/test_draws.py
    main = [case for case in cases if case.about in ("application", "subject")]
    assert main
    for case in main:
        stage = procedures[case.procedure].stages[case.stage]
        assert case.final == "granted" or stage.rests, (case.number, case.stage)
    granting = {name for name, one in procedures.items() if any(act.grants for act in one.acts.values())}
    if granting & {case.procedure for case in cases if case.final == "granted"}:
        assert TitleChange.objects.filter(kind=TitleChange.Kind.GRANT).exists()
    live(lately)
    assert list(replay()) == []


def test_a_matter_that_nobody_can_go_on_with_is_named():
    walker = seated("guizhou-clusters/2025-trial")
    walker.company.actors = [one for one in walker.company.actors if one.post != "publisher"]
    with pytest.raises(Stuck, match="announce: nobody holds such an office"):
        live(next(elsewhere.stories([walker])))
    assert Todo.objects.filter(act="announce").exists()
