"""Industry codes."""

import pytest

from cultivar.registry.industries import (
    DIVISIONS,
    MANUFACTURING,
    SECTIONS,
    division,
    manufacturing,
    section_of,
)


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


def test_there_are_twenty_sections_and_ninety_seven_divisions_without_a_gap() -> None:
    assert len(SECTIONS) == 20
    assert sorted(DIVISIONS) == [f"{number:02d}" for number in range(1, 98)]
    letters = [DIVISIONS[code][0] for code in sorted(DIVISIONS)]
    assert letters == sorted(letters)
    assert len({name.zh for _, name in DIVISIONS.values()}) == 97


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("15", "酒、饮料和精制茶制造业"),
        ("1512", "酒、饮料和精制茶制造业"),
        ("06", "煤炭开采和洗选业"),
        ("064", "煤炭开采和洗选业"),
    ],
)
def test_a_class_stands_under_its_division(code: str, name: str) -> None:
    found = division(code)
    assert found is not None
    assert found.zh == name


@pytest.mark.parametrize("code", ["", "1", "98", "00", "15123", "C15", "１５", "-5", "1a"])
def test_what_is_no_code_has_no_division(code: str) -> None:
    assert division(code) is None
    assert section_of(code) is None


@pytest.mark.parametrize(
    ("code", "letter"), [("01", "A"), ("1512", "C"), ("43", "C"), ("44", "D"), ("970", "T")]
)
def test_a_code_lies_in_a_section(code: str, letter: str) -> None:
    assert section_of(code) == letter
