"""The public draw of a round's experts: frozen before its seed exists, drawn, seated, followed, archived.

The published values are invented, as everything here. What the pool can bear is tried from the fullest panels to the
smallest; where it bears none, nothing is drawn and the panels are named by hand.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from cultivar.cases.models import Case
from cultivar.cases.opening import open_on_case
from cultivar.cases.record import load
from cultivar.demonstration.agenda import Story, working_day
from cultivar.demonstration.applications import House, RoundPlan
from cultivar.demonstration.fiction_source import dice_for
from cultivar.evaluation import plan, substitution
from cultivar.evaluation.draw_documents import Draw, followed, unseated
from cultivar.evaluation.draw_pool import BadDraw
from cultivar.evaluation.seating_task import BadInput
from cultivar.ledger import clock

PROCEDURE = "draw"
PANELS: tuple[tuple[dict[str, int], int], ...] = (
    ({"technology": 2, "industry": 1, "finance": 1, "management": 1}, 1),
    ({"technology": 1, "industry": 1, "finance": 1, "management": 1}, 1),
    ({"technology": 2, "finance": 1, "management": 1}, 1),
    ({"technology": 1, "finance": 1, "management": 1}, 1),
    ({"technology": 1, "finance": 1, "management": 1}, 0),
)
"""Seats of a panel by kind, and alternates of each kind and field."""
LARGEST = 4  # applications of a panel


@dataclass(frozen=True)
class DrawDays:
    """When the acts of a draw happen; whoever leaves does so on ``leaves``, and "" stands for nobody and for never."""

    frozen: str
    values_on: str
    drawn: str
    seated: str
    until: str  # the last day on which experts judge
    leaves: str = ""
    archived: str = ""


def draw(house: House, round_: RoundPlan, days: DrawDays) -> Story:
    """A draw from its frozen list to its archive, as far as ``days`` goes."""
    yield (day := working_day(days.frozen))
    said = _planned(house, round_, days)
    if said is None:
        return
    number = _proposed(house, round_, said)
    yield day
    house.do(number, "freeze", house.cast.province("reviewer"), step="confirm")
    seed = dict(_published(house.cast.seed, days))
    content = {"seed": seed, "proof": "示例彩票公告、示例指数网站（均为虚构）"}
    yield from house.province_agrees(number, "draw", content, working_day(days.drawn))
    yield working_day(days.seated)
    house.do(number, "seat", house.cast.province("handler"))
    if days.leaves:
        yield working_day(days.leaves)
        _left(house, number)
    if days.archived:
        yield working_day(days.archived)
        house.do(number, "archive", house.cast.province("handler"))


def _published(seed: int, days: DrawDays) -> Iterator[tuple[str, str]]:
    """The sources of the seed and what they publish: six balls of 33, and an index."""
    day = days.values_on
    dice = dice_for(seed, "draw", day)
    balls = sorted(dice.sample(range(1, 34), 6))
    yield f"示例彩票{day}开奖号码（虚构）", " ".join(f"{ball:02d}" for ball in balls)
    yield f"示例指数{day}收盘（虚构）", f"{dice.randint(2600, 3900)}.{dice.randint(10, 99)}"


def _planned(house: House, round_: RoundPlan, days: DrawDays) -> dict[str, Any] | None:
    """What the first act says: the fullest panels that today's pool can bear, or None."""
    for (seats, alternates), city in product(PANELS, ("aside", "allowed")):
        said: dict[str, Any] = {
            "seats": seats,
            "alternates": alternates,
            "largest": LARGEST,
            "same-city": city,
            "from": working_day(days.seated).isoformat(),
            "until": days.until,
            "sources": [name for name, _ in _published(house.cast.seed, days)],
            "values-on": days.values_on,
        }
        if _bears(house.rounds[round_.key], said):
            return said
    return None


def _bears(round_number: str, said: Mapping[str, Any]) -> bool:
    """Whether the pool has enough experts for such panels."""
    decided = plan.Plan.of(said)
    try:
        plan.listed(unseated(round_number, decided, clock.today()), decided)
    except BadDraw:
        return False
    return True


def _proposed(house: House, round_: RoundPlan, said: dict[str, Any]) -> str:
    on = Case.objects.get(number=house.rounds[round_.key])
    return open_on_case(on, PROCEDURE, house.cast.province("handler"), said, key=house.key()).case


def _left(house: House, number: str) -> None:
    """The first expert for whom an alternate can follow falls ill; where there is none, everybody stays well."""
    made = Draw(load(number))
    for experts in substitution.panels(made.seating["seating"]).values():
        for leaves in experts:
            try:
                followed(made, leaves, clock.today())
            except BadInput:
                continue
            why = {"leaves": leaves, "reasons": "因病住院，不能参加评审。（虚构）"}
            house.do(number, "substitute", house.cast.province("handler"), why)
            return
