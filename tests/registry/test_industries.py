"""Industry codes."""

import pytest

from cultivar.registry.industries import MANUFACTURING, SECTIONS, manufacturing, section_of


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


@pytest.mark.parametrize(
    ("code", "section"),
    [
        ("01", "A"),
        ("12", "B"),
        ("1512", "C"),
        ("651", "I"),
        ("97", "T"),
        ("98", None),
        ("00", None),
        ("C15", None),
        ("1", None),
    ],
)
def test_the_section_of_a_code(code, section):
    assert section_of(code) == section


def test_every_division_lies_in_one_section_and_manufacturing_in_c():
    assert all(section_of(f"{division:02d}") for division in range(1, 98))
    assert {section_of(code) for code in MANUFACTURING} == {"C"}
