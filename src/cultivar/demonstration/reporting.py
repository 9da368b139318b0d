"""What the invented enterprises report of three years, and which titles they hold from when until when.

Pure and repeatable: all follows from the dice. Money comes in whole 万元, kept in yuan as the register keeps it. Of the
first year only what a comparison with it needs is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from cultivar.policy.vocabulary import YUAN_PER_WAN

BEFORE, LAST, YEAR = YEARS = (2023, 2024, 2025)
ABOVE_SCALE_WAN = 2000  # yearly main revenue from which industry counts as above scale
_COMPARED = ("revenue", "output", "energy")

# Thousandths of another figure, from and to.
_OF_REVENUE = {
    "output": (1010, 1090),
    "profit": (-20, 120),
    "tax": (20, 70),
    "assets": (800, 1600),
    "main-product-sales": (700, 960),
    "investment": (30, 150),
    "purchases": (450, 700),
}
_OF_ANOTHER = {
    "value-added": ("output", 220, 340),
    "liabilities": ("assets", 300, 680),
    "local-purchases": ("purchases", 180, 620),
}
_TERMS = (  # of a title, and how many in a hundred have it: some ended before the rounds, some end between two
    (date(2022, 7, 1), date(2025, 6, 30), 10),
    (date(2023, 1, 1), date(2025, 12, 31), 14),
    (date(2024, 1, 1), date(2026, 12, 31), 40),
    (date(2025, 1, 1), date(2027, 12, 31), 36),
)
_RANKS = {
    "champion": ("national", "provincial", "provincial", "provincial"),
    "digital-navigator": ("national", "provincial", "provincial"),
    "green-factory": ("national", "provincial", "provincial", "provincial", "city"),
    "green-supply-chain": ("provincial",),
}


@dataclass(frozen=True, slots=True)
class TitleFiction:
    """A title with its term, both days included."""

    kind: str
    rank: str
    from_on: date
    until_on: date

    def valid(self, on: date) -> bool:
        """Whether it is held on a day."""
        return self.from_on <= on <= self.until_on


@dataclass(frozen=True, slots=True)
class Trade:
    """What an enterprise is like: 2025's revenue and R&D, staff, its place in the cluster, the cluster's growth.

    ``growth``: thousandths of the year before, for 2025 and for 2024.
    """

    revenue_wan: int
    rd_wan: int
    employment: int
    leading: bool
    main_industry: bool
    growth: tuple[int, int]

    @property
    def above_scale(self) -> bool:
        """By the revenue of 2025."""
        return self.revenue_wan >= ABOVE_SCALE_WAN


def titles(dice: Random, kinds: tuple[str, ...]) -> tuple[TitleFiction, ...]:
    """A term, and a rank where there are several, for each title."""
    weights = [weight for *_, weight in _TERMS]
    found = []
    for kind in kinds:
        since, until, _ = dice.choices(_TERMS, weights)[0]
        found.append(TitleFiction(kind, dice.choice(_RANKS.get(kind, ("",))), since, until))
    return tuple(found)


def years(dice: Random, trade: Trade) -> Mapping[int, Mapping[str, int]]:
    """The figures by year and measure of the shared vocabulary, each a whole number of its smallest part."""
    revenue = [trade.revenue_wan]
    for rate in trade.growth:
        revenue.append(max(1, revenue[-1] * 1000 // (rate + dice.randint(-8, 8))))
    money, rest = _rates(dice), _Rest(dice, trade)
    found = {}
    for back, (year, wan) in enumerate(zip(reversed(YEARS), revenue, strict=True)):
        figures = _money(money, wan)
        figures["rd-expense"] = trade.rd_wan * wan * (100 - back) // trade.revenue_wan // 100
        reported = {name: value * YUAN_PER_WAN for name, value in figures.items()}
        reported |= rest.of(back, wan, figures["output"])
        found[year] = reported if year != BEFORE else {name: reported[name] for name in _COMPARED}
    return found


_Rates = Mapping[str, int]


def _rates(dice: Random) -> _Rates:
    rates = {name: dice.randint(*bounds) for name, bounds in _OF_REVENUE.items()}
    rates |= {name: dice.randint(low, high) for name, (_, low, high) in _OF_ANOTHER.items()}
    rates["exports"] = dice.randint(50, 300) if dice.randrange(100) < 18 else 0
    return rates


def _money(rates: _Rates, revenue: int) -> dict[str, int]:
    """In 万元."""
    found = {"revenue": revenue, "exports": revenue * rates["exports"] // 1000}
    found |= {name: revenue * rates[name] // 1000 for name in _OF_REVENUE}
    found |= {name: found[other] * rates[name] // 1000 for name, (other, _, _) in _OF_ANOTHER.items()}
    return found


class _Rest:
    """What is no money: drawn once, a little less in each year further ``back``."""

    def __init__(self, dice: Random, trade: Trade) -> None:
        large, leading = trade.above_scale, trade.leading
        self.trade = trade
        self.sme = trade.employment < 1000 or trade.revenue_wan < 40_000
        self.rd_staff = trade.employment * dice.randint(40, 180) // 1000
        self.patents = dice.randint(15, 60) if leading else dice.randint(0, 12 if large else 3)
        self.inventions = dice.randint(5, 45)
        self.standards = dice.randint(1, 5) if leading else dice.randint(1, 2) * (dice.randrange(100) < 12)
        self.carriers = dice.randint(1, 2) if leading else int(large and dice.randrange(100) < 14)
        self.processes, self.controlled = dice.randint(6, 40), dice.randint(380, 880)
        self.tools = dice.randrange(100) < (72 if large else 25)
        self.internet = dice.randrange(100) < (44 if large else 12)
        self.energy, self.saved = dice.randint(40_000, 260_000), (dice.randint(25, 65), dice.randint(25, 65))
        self.waste, self.used = dice.randint(100, 800), dice.randint(580, 930)

    def of(self, back: int, revenue: int, output: int) -> dict[str, int]:
        """The year so many years back, with its revenue and output in 万元."""
        patents = self.patents * (10 - back) // 10
        intensity = self.energy  # millionths of a tonne of coal equivalent for 万元 of output
        for saved in self.saved[:back]:
            intensity = intensity * 1000 // (1000 - saved)
        waste = revenue * self.waste
        return {
            "above-scale": int(revenue >= ABOVE_SCALE_WAN),
            "sme": int(self.sme),
            "leading": int(self.trade.leading),
            "main-industry": int(self.trade.main_industry),
            "employment": max(8, self.trade.employment * (100 - 3 * back) // 100),
            "rd-staff": self.rd_staff,
            "patents": patents,
            "invention-patents": patents * self.inventions // 100,
            "standards": self.standards,
            "innovation-carriers": self.carriers,
            "key-processes": self.processes,
            "key-processes-nc": self.processes * (self.controlled - 30 * back) // 1000,
            "digital-tools": int(self.tools),
            "industrial-internet": int(self.internet),
            "energy": output * intensity // 1000,
            "solid-waste": waste,
            "solid-waste-used": waste * (self.used - 10 * back) // 1000,
        }
