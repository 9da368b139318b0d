"""What is sealed, and when a panel is closed: pure, over acts in order."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.procedure.made import done as entry
from tests.procedure.made import programmes

from cultivar.procedure.record import Done
from cultivar.procedure.sealing import panel_closed, sealed_fields

PROGRAMME = next(one for one in programmes() if one.key == "guizhou-clusters/2025-trial")
PROCEDURE = PROGRAMME.procedures["recognition"]
PANEL = ("assign", "recuse", "release", "score", "close-panel", "schedule-defence")


def acts(*names: str) -> list[Done]:
    """These acts, numbered in order."""
    return [replace(entry(name), seq=number) for number, name in enumerate(names, 1)]


@pytest.mark.parametrize(
    ("names", "closed"),
    [
        (("assign", "score"), False),
        (("assign", "score", "close-panel"), True),
        (("assign", "score", "close-panel", "assign"), False),
        (("assign", "score", "close-panel", "release"), False),
        (("assign", "score", "close-panel", "recuse", "close-panel"), True),
        (("assign", "score", "close-panel", "list", "withdraw"), True),
    ],
)
def test_a_panel_that_changes_is_closed_anew(names, closed):
    assert panel_closed(PROCEDURE, acts(*names)) == closed


def test_a_procedure_that_seals_nothing_has_no_panel_to_close():
    assert panel_closed(PROGRAMME.procedures["objection"], [])


@given(st.lists(st.sampled_from(PANEL), max_size=12))
def test_a_sheet_is_sealed_until_the_panel_is_closed_after_it_and_never_again(names):
    done = acts(*names)
    for place, one in enumerate(done):
        sealed = sealed_fields(PROCEDURE, done, one)
        opened = "close-panel" in names[place + 1 :]
        assert sealed == (frozenset() if opened or one.act != "score" else {"scores", "reasons", "comment"})
        later = sealed_fields(PROCEDURE, [*done, *acts("assign")], one)
        assert later <= sealed
