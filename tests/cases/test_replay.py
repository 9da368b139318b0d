"""What replay finds when somebody has been at the personal values, or at the count of the entries."""

import pytest
from tests import world as w
from tests.unguarded import unguarded

from cultivar.cases.models import Case
from cultivar.cases.replay import replay
from cultivar.ledger.models import Sealed

pytestmark = pytest.mark.django_db


@pytest.fixture
def visited() -> tuple[Case, int]:
    """A case whose visit names its visitors, and the number of that entry."""
    with w.at("2026-04-16"):
        of = w.cluster()
        case = w.application(w.announce(), of)
        w.to_city_review(case, of)
        w.do(case, "review", w.city(of.region_id), {"opinions": w.OPINIONS, "conclusion": "符合"})
        visit = w.do(case, "visit", w.city(of.region_id), w.VISIT)
        assert replay() == []
        return case, visit.seq


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE ledger_sealed SET value = salt WHERE field = 'visitors'",
            "differs from the ledger's commitment",
        ),
        (
            "UPDATE ledger_sealed SET salt = value WHERE field = 'visitors'",
            "differs from the ledger's commitment",
        ),
        ("DELETE FROM ledger_sealed WHERE field = 'visitors'", "is missing"),
    ],
)
def test_a_personal_value_that_was_changed_or_taken_is_found(visited, statement, said):
    case, seq = visited
    with unguarded() as cursor:
        cursor.execute(statement)
    (found,) = replay()
    assert (found.case, found.table) == (case.number, f"ledger_sealed #{seq}")
    assert said in found.text.en
    assert "visitors" in found.text.en


def test_a_personal_value_under_another_name_or_slipped_in_is_found(visited):
    _, seq = visited
    Sealed.objects.create(entry_id=0, field="slipped-in", salt=b"s", value=b"1")
    with unguarded() as cursor:
        cursor.execute("UPDATE ledger_sealed SET field = 'others' WHERE entry_id = %s", [seq])
    assert sorted((one.table, one.text.en) for one in replay()) == [
        ("ledger_sealed #0", "the ledger has no commitment to “slipped-in”."),
        (f"ledger_sealed #{seq}", "the ledger has no commitment to “others”."),
        (f"ledger_sealed #{seq}", "the personal value of “visitors” is missing."),
    ]


def test_entries_taken_from_the_end_are_found(visited):
    _, seq = visited
    with unguarded() as cursor:
        cursor.execute("DELETE FROM ledger_sealed WHERE entry_id = %s", [seq])
        cursor.execute("DELETE FROM ledger_entry WHERE seq = %s", [seq])
    assert f"there are {seq} entries, but {seq + 1} are said to be there." in [
        one.text.en for one in replay() if one.table == "ledger_head"
    ]


def test_a_count_that_was_changed_is_found(visited):
    with unguarded() as cursor:
        cursor.execute("UPDATE ledger_head SET size = size + 1")
    assert [one.table for one in replay()] == ["ledger_head"]
