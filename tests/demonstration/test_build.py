"""The demonstration as it stands after building: whole, repeatable, replayable, at the stages it shows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from tests.unguarded import unguarded

from cultivar.audit.verifying_files import dossiers
from cultivar.cases import projection
from cultivar.cases.appraising import appraisal_of
from cultivar.cases.dossier import thaw
from cultivar.cases.models import (
    Case,
    DossierVersion,
    Evidence,
    Membership,
    NoticeItem,
    RosterVersion,
    Seat,
    TitleChange,
    Todo,
)
from cultivar.cases.record import load
from cultivar.cases.replay import rebuild, replay
from cultivar.demonstration import applications, files, year
from cultivar.demonstration.build import build
from cultivar.evaluation import documents, draw_verify, substitution
from cultivar.evaluation.draw_documents import Draw
from cultivar.evaluation.models import Expert
from cultivar.ledger import clock
from cultivar.ledger.models import Entry, Sealed
from cultivar.registry import credit_code
from cultivar.registry.models import Enterprise, Incident, Office, Person, YearlyFigures
from cultivar.registry.standing import history

SEED = 2026


class _Undo(Exception):
    """Takes the built demonstration out of the database again."""


@dataclass(frozen=True)
class Built:
    """The home of a demonstration and what building it said."""

    home: Path
    said: tuple[str, ...]


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Built]:
    """The demonstration, built once for this module inside a transaction that is undone at the end."""
    home = tmp_path_factory.mktemp("demonstration")
    said: list[str] = []
    with django_db_blocker.unblock(), _settings(home):
        try:
            with transaction.atomic():
                build(SEED, progress=said.append)
                yield Built(home, tuple(said))
                raise _Undo
        except _Undo:
            pass


@pytest.fixture
def demo(built: Built, db) -> Built:
    """The built demonstration; what a test changes is undone after it."""
    return built


class _settings:  # noqa: N801 - reads as a word in a with statement
    """The settings of a demonstration whose data folder is ``home``."""

    def __init__(self, home: Path) -> None:
        self.wanted = {
            "HOME": home,
            "DEMO": True,
            "DEMO_CLOCK": home / "clock.json",
            "EVIDENCE_FOLDER": home / "evidence",
        }

    def __enter__(self) -> None:
        self.before = {name: getattr(settings, name) for name in self.wanted}
        for name, value in self.wanted.items():
            setattr(settings, name, value)

    def __exit__(self, *_: object) -> None:
        for name, value in self.before.items():
            setattr(settings, name, value)


def rows() -> dict[str, list[tuple]]:
    """Every projected row, in order, without the keys that the database counts out."""
    found = {}
    for model in projection.all_models():
        names = [field.attname for field in model._meta.concrete_fields if field.attname != "id"]
        found[model.__name__] = sorted(map(repr, model._default_manager.values_list(*names)))
    return found


def ours(model, through=""):
    """The rows of the main story; the other programmes have their own below."""
    return model.objects.filter(**{f"{through}programme__startswith": "guizhou-clusters/"})


def test_every_programme_in_force_has_matters_done_and_in_hand_and_a_way_in(demo):
    from cultivar.cases.programmes import catalogue

    in_force = {key for key, one in catalogue().items() if one.programme.status != "draft"}
    assert set(Case.objects.values_list("programme", flat=True)) == in_force
    for key in in_force:
        mine = Case.objects.filter(programme=key)
        assert mine.filter(final="").exclude(about="round").exists(), key
        assert mine.filter(title_changes__kind="grant").exists(), key
    doors = json.loads((demo.home / "doors.json").read_text(encoding="utf-8"))
    logins = set(Person.objects.values_list("login", flat=True))
    assert {door["login"] for door in doors} <= logins
    groups = {tuple(door["group"]) for door in doors if door["group"]}
    assert {zh for zh, _ in groups} == {"全国", "山西省", "广东省"}


def test_it_has_everybody(demo):
    assert Enterprise.objects.filter(confirmed=True).count() == 3000
    new = Enterprise.objects.filter(confirmed=False, memberships=None)
    assert {one.region_id for one in new} == {"520300"}
    assert new.count() == 2  # what a city has to confirm
    assert ours(Case).filter(procedure="round").count() == 3
    cities = Office.objects.filter(body="city", region__code__startswith="52")
    assert cities.count() == 10
    for office in cities:
        assert sorted(office.holdings.values_list("post", flat=True)) == ["handler", "reviewer"]
    posts = Office.objects.get(key="province").holdings.values_list("post", flat=True)
    assert sorted(posts) == ["handler", "publisher", "reviewer", "secretary"]
    assert Office.objects.get(key="experts").holdings.count() == 95
    assert Office.objects.filter(body="applicant", region__code__startswith="52").count() == 40
    assert {"auditor", "policy"} <= set(Office.objects.values_list("body", flat=True))
    assert not any(person.has_usable_password() for person in Person.objects.all())
    codes = Enterprise.objects.values_list("code", flat=True)
    assert all(credit_code.is_valid(code) for code in codes[::50])


def test_every_story_stands_where_it_should(demo):
    stage = {
        "half a draft": "drafting",
        "draft": "drafting",
        "submitted again": "submitted",
        "accepted": "city-review",
        "concurrence": "city-review",
        "agreement": "city-review",
        "some sheets": "evaluation",
        "all sheets": "evaluation",
        "admitted": "evaluation",
        "approved": "listed",
        "objection open": "notice",
        "objection dismissed": "recognised",
        "objection upheld": "refused",
        "sent back": "returned",
    }
    for application in year.cast_parts(SEED).applications:
        end = application.end
        wanted = "refused" if end.startswith("not ") else stage.get(end, end)
        case = Case.objects.get(
            procedure="recognition",
            subject=application.cluster.key.upper(),
            round__name_zh=application.round.name[0],
        )
        assert (application.round.key, end, case.stage) == (application.round.key, end, wanted)
        assert case.joint == bool(application.cluster.partners) or case.stage == "drafting"


def test_every_stage_of_the_recognition_is_there(demo):
    from cultivar.cases.programmes import catalogue

    programme = catalogue()["guizhou-clusters/2025-trial"].programme
    seen = set(ours(Case).filter(procedure="recognition").values_list("stage", flat=True))
    assert seen == set(programme.procedures["recognition"].stages)
    assert set(ours(Case).values_list("procedure", flat=True)) == set(programme.procedures)
    assert set(ours(Case).exclude(field="").values_list("field", flat=True)) == {
        field.id for field in programme.fields
    }


def test_the_autumn_was_drawn_followed_and_archived(demo):
    """Every panel of the round is the draw's, an alternate took a seat, and the bundle is there to be fetched."""
    made = Draw(load(ours(Case).get(procedure="draw").number))
    assert made.case.state.stage == "closed"
    assert draw_verify.verify(made.result["seats"], made.named("frozen-draw")) == []
    assert len(made.substitutions) == 1
    judged = {line["id"] for line in made.result["order"]["frozen"]["pool"]}
    numbers = {one.person.key: one.number for one in Expert.objects.select_related("person")}
    sitting = substitution.panels(made.seating["seating"], made.substitutions)
    groups = substitution.applications(made.seating["seating"])
    assert {case for cases in groups.values() for case in cases} == judged
    for name, cases in groups.items():
        for case in cases:
            assert {numbers[one] for one in load(case).state.experts} == set(sitting[name])
    assert documents.content(str(made.named("bundle")))[:2] == b"PK"


def test_what_it_is_meant_to_show(demo):
    titles = ours(TitleChange, "case__").filter(kind="grant")
    assert titles.filter(on__year=2025).count() == 10
    assert titles.filter(on__year=2026).count() == 1
    reviews = ours(Case).filter(procedure="review", stage__in=["opened", "city-opinion"])
    assert reviews.count() == 2
    waiting = ours(Todo, "case__").filter(act="concur").get()
    assert Case.objects.get(number=waiting.case_id).joint
    assert Entry.objects.filter(kind="recuse").count() == 1
    panel = Seat.objects.filter(case__stage="evaluation", done=False)
    assert panel.exists()
    assert set(ours(Case).filter(procedure="objection").values_list("stage", flat=True)) == {
        "verifying",
        "upheld",
        "dismissed",
    }
    present = set(ours(NoticeItem, "case__").filter(case__stage="notice").values_list("from_on", "last_day"))
    ((first, last),) = present
    assert (first.isoformat(), last.isoformat()) == (
        "2026-05-06",
        "2026-05-11",
    )  # 9 May is a make-up working day
    reports = ours(Case).filter(procedure="annual-report").values_list("stage", flat=True)
    assert set(reports) == {"drafting", "reported", "received"}
    assert Todo.objects.filter(act="accept", due_on__lt="2026-05-07").exists()  # one is late


def test_time_rises_and_stops_before_the_present(demo):
    entries = list(Entry.objects.order_by("seq").values_list("at", "kind"))
    same = {kind for (before, _), (after, kind) in pairwise(entries) if before == after}
    assert same <= {"assign", "release"}  # what follows from an act of a draw, in one transaction with it
    moments = [at for at, _ in entries]
    assert all(before <= after for before, after in pairwise(moments))
    assert moments[0].isoformat() >= "2025-07-28"
    assert moments[-1].astimezone(clock.SHANGHAI).isoformat() < year.PRESENT
    assert clock.now().isoformat()[:16] == year.PRESENT[:16]


def test_evidence_lies_where_its_hash_says(demo):
    import hashlib

    assert Evidence.objects.count() > 300
    for file in Evidence.objects.all()[::25]:
        path = demo.home / "evidence" / file.sha256[:2] / file.sha256[2:4] / file.sha256
        data = path.read_bytes()
        assert hashlib.sha256(data).hexdigest() == file.sha256
        assert len(data) == file.size
        assert data.startswith({"pdf": b"%PDF-", "png": b"\x89PNG"}[file.kind])


def test_the_files_are_what_they_say(tmp_path):
    import io

    from PIL import Image

    with Image.open(io.BytesIO(files.png(7))) as image:
        image.load()
        assert image.size == (240, 160)
    pdf = files.pdf("名单（虚构）")
    start = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])
    assert pdf[start : start + 4] == b"xref"
    for number, line in enumerate(pdf[start:].splitlines()[3:10], 1):
        place = int(line.split()[0])
        assert pdf[place:].startswith(b"%d 0 obj" % number)


def _submitted() -> list[tuple[str, Case, DossierVersion]]:
    """Every submission of the main programme, by how its story ends."""
    names = {(plan.name[0]): plan.key for plan in (year.AUTUMN, year.WINTER, year.SPRING)}
    ends = {
        (one.round.key, one.cluster.key.upper()): (one.round.key, one.end)
        for one in year.cast_parts(SEED).applications
    }
    versions = DossierVersion.objects.select_related("case__round__notice").order_by("seq")
    found = []
    for version in versions.filter(case__programme=applications.PROGRAMME):
        case = version.case
        found.append((ends[names[case.round.name_zh], case.subject_id], case, version))
    return found


def test_dossiers_state_what_their_rosters_give_but_for_the_careless(demo):
    found = _submitted()
    assert len(found) > 25
    years = set()
    for end, case, version in found:
        lines = [line for answer in appraisal_of(case, version).answers for line in answer.figures]
        differing = {line.indicator.id for line in lines if line.differs}
        assert differing <= ({"rd-intensity", "srun"} if end in year.CARELESS else set()), end
        assert ("rd-intensity" in differing) == (end in year.CARELESS), end
        unknown = {line.indicator.id for line in lines if line.reading and line.reading.value is None}
        assert unknown == {"major-events"}, end
        years.add(thaw(version)["roster"]["year"])
    assert years == {2024, 2025}
    careless = [appraisal_of(case, version) for end, case, version in found if end in year.CARELESS]
    lines = [line for one in careless for answer in one.answers for line in answer.figures]
    assert any(line.indicator.id == "srun" and line.differs for line in lines)


def test_the_register_holds_the_leads_that_reviewers_may_find(demo):
    own = YearlyFigures.objects.exclude(giver="").earliest("pk")
    known = history(own.enterprise_id, own.giver)[2025, "revenue"]
    assert [one.giver for one in known] == [own.giver, ""]
    assert known[0].value > known[1].value
    twice = Membership.objects.values("enterprise").annotate(n=Count("pk")).filter(n=2)
    assert twice.count() == 2
    grades = set(Incident.objects.values_list("grade", flat=True))
    assert grades == {"ordinary", "larger", "major"}
    upheld = next(case for end, case, _ in _submitted() if end == ("winter", "objection upheld"))
    accident = Incident.objects.get(grade="major", enterprise__memberships__subject=upheld.subject_id)
    assert accident.at > Entry.objects.get(case=upheld.number, kind="submit").at
    assert not set(dossiers({}))


def test_replaying_finds_nothing_to_say(demo):
    assert replay() == []


def test_rebuilding_gives_the_same_bytes(demo):
    before = rows()
    Todo.objects.all().delete()
    TitleChange.objects.update(decision="X")
    Case.objects.update(stage="lost")
    assert rebuild() == Case.objects.count()
    assert rows() == before
    assert replay() == []


def _tampered() -> list[tuple[str, str]]:
    """Each projected table with a column that somebody changes."""
    changes = {"Case": "stage", "Partner": "region_id", "Seat": "person", "Todo": "act"}
    changes |= {"RoundNotice": "document_number", "NoticeItem": "notice", "TitleChange": "decision"}
    return list(changes.items())


def test_every_table_of_its_own_is_watched():
    assert {name for name, _ in _tampered()} <= {model.__name__ for model in projection.all_models()}


@pytest.mark.parametrize(("name", "column"), _tampered())
def test_tampering_with_a_table_is_found(demo, name, column):
    model = next(model for model in projection.all_models() if model.__name__ == name)
    row = model._default_manager.order_by("pk").first()
    other = "520100" if getattr(row, column) != "520100" else "520300"
    model._default_manager.filter(pk=row.pk).update(**{column: other})
    found = replay()
    number = row.number if name == "Case" else row.case_id
    assert [(one.case, one.table) for one in found] == [(number, model._meta.db_table)]


@pytest.mark.parametrize("name", [name for name, _ in _tampered() if name != "Case"])
def test_a_lost_row_is_found(demo, name):
    model = next(model for model in projection.all_models() if model.__name__ == name)
    row = model._default_manager.order_by("pk").last()
    row.delete()
    assert [one.table for one in replay()] == [model._meta.db_table]


def test_tampering_with_the_ledger_is_found(demo):
    leaf = bytes(Entry.objects.get(seq=50).leaf)
    with unguarded() as cursor:
        cursor.execute("UPDATE ledger_entry SET office = 'somebody' WHERE seq = 40")
        cursor.execute("UPDATE ledger_entry SET leaf = %s WHERE seq = 50", [leaf + b" "])
    places = {one.table for one in replay()}
    assert {"ledger #40", "ledger #50", "ledger"} <= places


def test_the_same_seed_gives_the_same_ledger(demo, tmp_path):
    first = _fingerprint()
    people = set(Person.objects.values_list("login", "key"))
    _empty()
    with _settings(tmp_path):
        build(SEED, progress=lambda _: None)
    assert _fingerprint() == first
    assert set(Person.objects.values_list("login", "key")) == people
    doors = [(home / "doors.json").read_bytes() for home in (demo.home, tmp_path)]
    assert doors[0] == doors[1]


def test_another_seed_gives_other_data_and_stands_as_well(demo, tmp_path):
    first = _fingerprint()
    _empty()
    with _settings(tmp_path):
        build(7, progress=lambda _: None)
    assert _fingerprint() != first
    assert replay() == []


def _fingerprint() -> tuple:
    return (
        [bytes(one) for one in Entry.objects.order_by("seq").values_list("leaf_hash", flat=True)],
        [bytes(one) for one in Sealed.objects.order_by("entry", "field").values_list("salt", flat=True)],
        list(DossierVersion.objects.order_by("sha256").values_list("sha256", flat=True)),
        list(RosterVersion.objects.order_by("sha256").values_list("sha256", flat=True)),
        list(YearlyFigures.objects.order_by("pk").values_list("enterprise", "giver", "year", "at")),
    )


def _empty() -> None:
    """Takes every row away."""
    with unguarded() as cursor:
        for name in connection.introspection.table_names(cursor):
            if name != "django_migrations":
                cursor.execute(f'DELETE FROM "{name}"')
