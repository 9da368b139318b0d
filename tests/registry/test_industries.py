"""Industry codes."""

import pytest

from cultivar.registry.industries import MANUFACTURING, SECTIONS, manufacturing


def test_sections_and_divisions_are_complete() -> None:
    assert "".join(SECTIONS) == "ABCDEFGHIJKLMNOPQRST"
    assert list(MANUFACTURING) == [str(code) for code in range(13, 44)]
    for names in (SECTIONS, MANUFACTURING):
        assert (
            len({name.zh for name in names.values()})
            == len({name.en for name in names.values()})
            == len(names)
        )


@pytest.mark.parametrize("code", ["15", "151", "1512"])
def test_any_level_finds_its_division(code: str) -> None:
    assert manufacturing(code) == MANUFACTURING["15"]


@pytest.mark.parametrize("code", ["", "1", "06", "44", "C15", "15123", "１５", "1五"])
def test_what_is_no_manufacturing_code(code: str) -> None:
    assert manufacturing(code) is None
