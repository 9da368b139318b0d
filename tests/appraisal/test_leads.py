"""Leads: what is expired, rounded, repeated or copied is pointed out, and what is not is left alone."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.appraisal.leads import (
    RUN,
    WINDOW,
    copied,
    disagreeing,
    expired,
    is_round,
    prints,
    repeated,
    share_copied,
    too_round,
)
from cultivar.appraisal.roster import Firm, Held, Roster
from cultivar.policy.text import Text

YEAR, ON = 2025, date(2026, 5, 7)
CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=80, max_size=300)


def firms(*revenues: int) -> Roster:
    rows = (Firm(f"F{n}", years={YEAR: {"revenue": value * 10_000}}) for n, value in enumerate(revenues))
    return Roster(tuple(rows), YEAR, ON)


@pytest.mark.parametrize(
    ("value", "said"),
    [("1200", True), ("350000", True), ("90", True), ("1230", False), ("12.5", False), ("1200.01", False)],
)
def test_a_round_number(value: str, said: bool) -> None:
    assert is_round(Decimal(value)) is said


def test_half_round_is_a_lead_and_less_is_not() -> None:
    rough, fine = [1000, 2000, 3500, 4200], [1234, 2345, 3456, 4567]
    (lead,) = too_round(firms(*rough, *fine))
    assert lead.codes == ("F0", "F1", "F2", "F3")
    assert lead.text.zh == "4/8 家企业的“营业收入”是整数，可能是估数。"
    assert not list(too_round(firms(*rough[:3], *fine, 5678)))
    assert not list(too_round(firms(*rough, *fine[:3])))  # too few to say anything
    assert not list(too_round(firms(*range(1, 20))))  # small figures are round by nature


def test_the_same_figure_again_and_again_is_a_lead() -> None:
    (lead,) = repeated(firms(4321, 4321, 4321, 4321, 999))
    assert lead.codes == ("F0", "F1", "F2", "F3")
    assert not list(repeated(firms(4321, 4321, 4321)))


def test_what_an_authority_states_otherwise_is_a_lead_with_the_farthest_first() -> None:
    official = {
        "F0": {"revenue": 4321 * 10_000},
        "F1": {"revenue": 10_000},
        "F2": {"revenue": 3 * 10_000},
        "F9": {"revenue": 1},
    }
    (lead,) = disagreeing(firms(4321, 10_000, 4), official)
    assert lead.codes == ("F1", "F2")
    assert lead.text.zh == "2 家企业的“营业收入”与主管部门登记的不一致，相差最大的是 10000 倍。"
    assert not list(disagreeing(firms(4321), official))


def test_an_expired_title_is_a_lead_unless_another_is_valid() -> None:
    gone, valid = Held("srun", "", None, date(2026, 5, 6)), Held("srun", "", None, ON)
    roster = Roster((Firm("A", held=(gone,)), Firm("B", held=(gone, valid)), Firm("C")), YEAR, ON)
    (lead,) = expired(roster, ["srun", "high-tech"])
    assert lead.codes == ("A",)


@given(CHINESE, CHINESE, CHINESE)
def test_a_passage_taken_over_is_always_seen(before: str, passage: str, after: str) -> None:
    assert len(passage) >= RUN + WINDOW - 1
    assert prints(passage) & prints(before + passage + after)


@given(CHINESE)
def test_marks_spaces_and_width_hide_nothing(text: str) -> None:
    dressed = "，".join(text[at : at + 7] for at in range(0, len(text), 7)) + "。 "
    assert prints(dressed) == prints(text)


def test_texts_of_their_own_are_no_lead() -> None:
    first = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(300))
    second = "".join(chr(0x4E00 + (n * 104729 + 13) % 20000) for n in range(300))
    assert share_copied(prints(first), prints(second)) == 0


def test_a_short_text_is_never_called_copied() -> None:
    assert share_copied(prints("无重大事件，情况属实。"), prints("无重大事件，情况属实。")) == 0


def test_what_everybody_says_is_copied_from_nobody() -> None:
    usual = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(300))
    own = "".join(chr(0x4E00 + (n * 104729 + 13) % 20000) for n in range(100))
    others = {f"GZ-{n}": {"a": prints(usual)} for n in range(8)}
    assert not list(copied({"a": Text("甲", "A")}, {"a": prints(usual + own)}, others))
    others["GZ-9"] = {"a": prints(usual + own)}
    (lead,) = copied({"a": Text("甲", "A")}, {"a": prints(usual + own)}, others)
    assert lead.others == ("GZ-9",)


def test_the_one_most_alike_comes_first() -> None:
    text = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(300))
    others = {
        "GZ-1": {"a": prints(text[:200])},
        "GZ-2": {"a": prints(text)},
        "GZ-3": {"a": prints(text[:60])},
    }
    (lead,) = copied({"a": Text("甲", "A")}, {"a": prints(text)}, others)
    assert lead.others == ("GZ-2", "GZ-1")
    assert "100%" in lead.text.zh
