"""A round whose experts are drawn, for tests: eight technical, four financial experts, applications of one field."""

from typing import Any

from tests import world as w
from tests.evaluation import judging as j

from cultivar.cases.models import Case
from cultivar.cases.opening import open_on_case
from cultivar.cases.record import load
from cultivar.evaluation.draw_documents import Draw

PLAN: dict[str, Any] = {
    "seats": {"technology": 2, "finance": 1},
    "alternates": 2,
    "largest": 5,
    "same-city": "aside",
    "from": "2026-05-25",
    "until": "2026-06-30",
    "sources": ["双色球2026058期", "上证指数2026-05-22收盘"],
    "values-on": "2026-05-22",
}
SEED = {"双色球2026058期": "03 07 12 18 25 33", "上证指数2026-05-22收盘": "3298.50"}
PROOF = "福彩中心、上交所官网公告（虚构）"
FREEZES, DRAWS = "2026-05-20", "2026-05-25"


def pool() -> None:
    """T1 to T8 and F1 to F4."""
    for number in range(1, 9):
        j.expert(f"T{number}")
    for number in range(1, 5):
        j.expert(f"F{number}", kind="finance")


def freeze(round_: Case, **more: Any) -> str:
    """The list is frozen by two persons; the number of the draw."""
    with w.at(FREEZES):
        number = open_on_case(round_, "draw", w.province("handler"), {**PLAN, **more}, key=w.key()).case
        w.do(number, "freeze", w.province("reviewer"), step="confirm")
    return number


def draw(number: str, **more: Any) -> None:
    """The draw is made once the seed is public."""
    content = {"seed": SEED, "proof": PROOF, **more}
    with w.at(DRAWS):
        w.twice(number, "draw", w.province("handler"), w.province("reviewer"), content)


def seat(number: str) -> None:
    """The panels are named on all applications."""
    with w.at(DRAWS):
        w.do(number, "seat", w.province("handler"))


def seated(applications: int = 2, **more: Any) -> tuple[str, list[Case]]:
    """A round drawn and seated; its draw and its applications."""
    round_, cases = j.admitted(applications)
    pool()
    number = freeze(round_, **more)
    draw(number)
    seat(number)
    return number, cases


def panel(case: Case) -> tuple[str, ...]:
    """Who sits on an application."""
    return load(case.number).state.experts


def of(number: str) -> Draw:
    """The draw with its documents."""
    return Draw(load(number))
