"""Credit codes: sound ones pass, and every single slip is found and named."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import uscc

from cultivar.registry import credit_code
from cultivar.registry.credit_code import ALPHABET, REGISTRARS, clean, is_valid, make, problems

SOUND = "91110000600037341L"  # the example in python-stdnum's documentation

registrars = st.sampled_from([first + second for first, kinds in REGISTRARS.items() for second in kinds])
regions = st.integers(110000, 659999).map(str)
numbers = st.text(ALPHABET, min_size=8, max_size=8)
codes = st.builds(make, registrars, regions, numbers)


@given(codes)
def test_made_codes_are_sound(code: str) -> None:
    assert problems(code) == []
    assert len(code) == 18


@given(st.sampled_from(["11", "12", "51", "52", "91", "92", "93"]), regions, numbers)
def test_made_codes_agree_with_stdnum(registrar: str, region: str, number: str) -> None:
    assert uscc.is_valid(make(registrar, region, number))


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_one_wrong_character_is_found(code: str, place: int, character: str) -> None:
    assume(code[place] != character)
    wrong = code[:place] + character + code[place + 1 :]
    assert not is_valid(wrong)


@given(codes, st.integers(0, 16))
def test_any_two_neighbours_swapped_are_found(code: str, place: int) -> None:
    assume(code[place] != code[place + 1])
    assert not is_valid(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


@given(codes, st.sampled_from(ALPHABET))
def test_the_expected_last_character_is_named(code: str, character: str) -> None:
    assume(code[-1] != character)
    (problem,) = problems(code[:-1] + character)
    assert (problem.position, problem.expected, problem.blocks) == (18, code[-1], True)
    assert f"末位应为 {code[-1]}" in problem.text.zh
    assert f"should be {code[-1]}." in problem.text.en


@given(st.text(max_size=30))
def test_any_text_gets_an_answer_in_both_languages(text: str) -> None:
    for problem in problems(clean(text)):
        assert problem.text.zh
        assert problem.text.en


@given(codes)
def test_a_wrong_organisation_code_inside_is_a_hint(code: str) -> None:
    other = "0" if code[16] != "0" else "1"
    body = code[:16] + other
    hinted = body + uscc.calc_check_digit(body)
    assert [(problem.position, problem.expected, problem.blocks) for problem in problems(hinted)] == [
        (17, code[16], False)
    ]
    assert is_valid(hinted)


def test_a_real_sound_code() -> None:
    assert is_valid(SOUND)


@pytest.mark.parametrize(
    ("number", "check"),
    [("D2143569", "X"), ("60003734", "1")],  # the standard's own example; the code above
)
def test_organisation_check(number: str, check: str) -> None:
    assert credit_code.organisation_check(number) == check


@pytest.mark.parametrize(
    ("code", "position", "words"),
    [
        ("", None, "not 0"),
        (SOUND[:-1], None, "not 17"),
        ("01" + SOUND[2:], 1, "registrar"),
        ("94" + SOUND[2:], 2, "one of 1 2 3"),
        (SOUND[:4] + "A" + SOUND[5:], 5, "digit"),
        (SOUND[:9] + "O" + SOUND[10:], 10, "perhaps 0"),
        (SOUND[:9] + "中" + SOUND[10:], 10, "only digits"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(code: str, position: int | None, words: str) -> None:
    first = problems(code)[0]
    assert first.position == position
    assert first.blocks
    assert words in first.text.en


def test_clean_takes_what_people_type() -> None:
    assert clean(" ９１110000-6000 37341l\u3000") == SOUND


@pytest.mark.parametrize(
    "parts", [("9", "110000", "60003734"), ("94", "110000", "60003734"), ("91", "11O000", "6")]
)
def test_make_refuses_unsound_parts(parts: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError):
        make(*parts)
