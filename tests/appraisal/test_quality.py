"""The state of the register: what is known of how many, how old it is, and which figures stand apart."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.appraisal.quality import FEWEST, Reported, quality

YEAR = 2025


def reported(
    number: int, *, region: str = "520300", industry: str = "1512", latest: int = YEAR, **figures: int
) -> Reported:
    return Reported(
        f"F{number:03d}",
        f"企业{number}",
        region,
        industry,
        ("sauce-liquor",),
        {name.replace("_", "-"): value for name, value in figures.items()},
        latest,
    )


def usual(count: int = FEWEST, **more: Any) -> list[Reported]:
    """Enterprises with about a million yuan a head."""
    return [reported(n, revenue=(95 + n % 11) * 10_000 * 100, employment=100, **more) for n in range(count)]


def test_coverage_and_age_are_counted_by_region() -> None:
    rows = [
        reported(1, revenue=1, employment=1),
        reported(2, revenue=1),
        reported(3, region="520500", latest=2023),
        reported(4, region="520500", latest=0),
    ]
    found = quality(rows, ["revenue", "energy"], YEAR)
    assert found.asked == {"520300": 2, "520500": 2}
    assert [(one.measure, dict(one.known)) for one in found.coverage] == [
        ("revenue", {"520300": 2}),
        ("energy", {}),
    ]
    assert found.latest == {"520300": {2025: 2}, "520500": {2023: 1, 0: 1}}


@pytest.mark.parametrize("factor", [10_000, 0.0001])
def test_a_figure_in_the_wrong_unit_stands_apart(factor: float) -> None:
    wrong = reported(999, region="520500", revenue=int(100 * 10_000 * 100 * factor), employment=100)
    found = quality([*usual(), wrong], [], YEAR)
    (one,) = found.outliers
    assert one.code == "F999"
    assert one.times == pytest.approx(factor, rel=0.1)
    assert found.spread == {("sauce-liquor", "520500"): 1}


def test_too_few_to_compare_say_nothing() -> None:
    wrong = reported(999, revenue=10**14, employment=100)
    assert not quality([*usual(FEWEST - 2), wrong], [], YEAR).outliers


def test_each_is_held_against_its_own_division() -> None:
    others = [
        reported(500 + n, industry="2521", revenue=(95 + n % 11) * 10_000 * 10_000, employment=100)
        for n in range(FEWEST)
    ]
    assert not quality([*usual(), *others], [], YEAR).outliers


@given(st.lists(st.integers(1, 10**12), min_size=FEWEST, max_size=60), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(revenues: list[int], random: Any) -> None:
    rows = [reported(n, revenue=value, employment=50) for n, value in enumerate(revenues)]
    again = list(rows)
    random.shuffle(again)
    assert quality(rows, ["revenue"], YEAR) == quality(again, ["revenue"], YEAR)


@given(st.integers(1, 10**12))
def test_where_all_agree_nobody_stands_apart(value: int) -> None:
    rows = [reported(n, revenue=value, employment=50) for n in range(FEWEST)]
    assert not quality(rows, [], YEAR).outliers
