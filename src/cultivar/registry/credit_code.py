"""Unified social credit codes (GB 32100) and the organisation code inside them (GB 11714).

Places, from 1: registrar 1, category 2, division of the registrar 3-8, organisation code 9-17 (its own check
character at 17), check character 18. The letters I, O, S, V and Z are not used.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum.cn import uscc

from cultivar.policy.text import Text

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
REGISTRARS = {
    "1": "1239",  # public institutions: organ, institution, mass organisation, other
    "2": "19",  # foreign affairs
    "3": "123459",  # justice
    "4": "19",  # culture
    "5": "1239",  # civil affairs: association, private non-enterprise unit, foundation, other
    "6": "129",  # tourism
    "7": "129",  # religion
    "8": "19",  # trade unions
    "9": "123",  # market regulation: enterprise, individual business, farmers' cooperative
    "A": "19",  # armed forces
    "N": "1239",  # agriculture: collective economic organisations
    "Y": "1",  # others
}
LOOKALIKES = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: at which ``position`` (from 1), what is ``expected``; a hint unless it ``blocks``."""

    text: Text
    position: int | None = None
    expected: str | None = None
    blocks: bool = True


def clean(code: str) -> str:
    """The code as it should be written: half-width, upper case, without spaces and hyphens."""
    return "".join(unicodedata.normalize("NFKC", code).replace("-", " ").split()).upper()


def problems(code: str) -> list[Problem]:
    """Everything wrong with a (cleaned) code, in order of position; an empty list for a sound one."""
    if len(code) != LENGTH:
        message = Text(
            "统一社会信用代码应为 18 位，这里有 {n} 位。", "A credit code has 18 characters, not {n}."
        )
        return [Problem(message.fill(n=len(code)))]
    strange = [
        _strange(place, character) for place, character in enumerate(code, 1) if character not in ALPHABET
    ]
    return strange or [*_form(code), *_check_characters(code)]


def is_valid(code: str) -> bool:
    """Whether nothing blocks the code; a wrong organisation code inside is a hint only."""
    return not any(problem.blocks for problem in problems(code))


def make(registrar: str, region: str, number: str) -> str:
    """A code with both check characters.

    ``registrar`` is registrar and category ("91" for an enterprise), ``region`` six digits, ``number`` the
    eight characters of the organisation code before its check character. ``ValueError`` for unsound parts.
    """
    body = registrar + region + number
    if len(body) != LENGTH - 2 or any(character not in ALPHABET for character in body):
        raise ValueError(f"{body} does not make a credit code")
    body += organisation_check(number)
    code = body + uscc.calc_check_digit(body)
    if not is_valid(code):
        raise ValueError(f"{code}: {problems(code)[0].text.en}")
    return code


def organisation_check(number: str) -> str:
    """The check character of an organisation code (GB 11714) from its first eight characters."""
    total = sum(
        int(character, 36) * weight for character, weight in zip(number, ORGANISATION_WEIGHTS, strict=True)
    )
    return "0X987654321"[total % 11]


def _strange(place: int, character: str) -> Problem:
    likely = LOOKALIKES.get(character)
    if likely:
        text = Text(
            "统一社会信用代码第 {place} 位不会是 {character}，可能是 {likely}。请对照营业执照。",
            "Character {place} of the credit code cannot be {character}; perhaps {likely}. "
            "Check the licence.",
        )
    else:
        text = Text(
            "统一社会信用代码第 {place} 位是“{character}”，只能是数字或大写字母。",
            "Character {place} of the credit code is {character}; only digits and capital letters are used.",
        )
    return Problem(text.fill(place=place, character=character, likely=likely), place, likely)


def _form(code: str) -> Iterator[Problem]:
    if code[0] not in REGISTRARS:
        yield Problem(
            Text(
                "统一社会信用代码第 1 位 {found} 不是登记管理部门代码。请对照营业执照。",
                "Character 1 of the credit code, {found}, stands for no registrar. Check the licence.",
            ).fill(found=code[0]),
            1,
        )
    elif code[1] not in REGISTRARS[code[0]]:
        yield Problem(
            Text(
                "统一社会信用代码第 2 位 {found} 不是机构类别代码，应为 {known} 之一。",
                "Character 2 of the credit code, {found}, stands for no category; "
                "it should be one of {known}.",
            ).fill(found=code[1], known=" ".join(REGISTRARS[code[0]])),
            2,
        )
    for place in range(3, 9):
        if not code[place - 1].isdecimal():
            yield Problem(
                Text(
                    "统一社会信用代码第 {place} 位应为数字（第 3 至 8 位是行政区划代码）。",
                    "Character {place} of the credit code should be a digit (3 to 8: the division).",
                ).fill(place=place),
                place,
            )


def _check_characters(code: str) -> Iterator[Problem]:
    inner = organisation_check(code[8:16])
    if code[16] != inner:
        yield Problem(
            Text(
                "提示：统一社会信用代码第 17 位（组织机构代码校验码）按算法应为 {expected}。请核对。",
                "Hint: character 17 of the credit code (check of the organisation code) "
                "works out as {expected}. Please compare.",
            ).fill(expected=inner),
            17,
            inner,
            blocks=False,
        )
    last = uscc.calc_check_digit(code)
    if code[17] != last:
        yield Problem(
            Text(
                "统一社会信用代码末位应为 {expected}。请对照营业执照。",
                "The last character of the credit code should be {expected}. Check the business licence.",
            ).fill(expected=last),
            18,
            last,
        )
