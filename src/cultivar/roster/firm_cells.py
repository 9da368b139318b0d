"""Reading the cells that say who an enterprise is, and the rules between its figures."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cultivar.policy.text import Text
from cultivar.policy.vocabulary import vocabulary
from cultivar.registry import industries
from cultivar.roster.cells import NOT_GIVEN, Cell, bare, clean_text, flat
from cultivar.roster.places import Places
from cultivar.roster.problems import Said, Wrong

NOWHERE = Text("", "")


@dataclass(frozen=True)
class Within:
    """The regions for which whoever imports may speak; ``codes`` None: any."""

    codes: frozenset[str] | None = None
    name: Text = NOWHERE


ANYWHERE = Within()


def region_reader(places: Places, within: Within) -> Callable[[Cell], str]:
    """Reads the region of an enterprise and gives its code; "" for nothing."""
    cache: dict[Cell, str] = {}

    def read(cell: Cell) -> str:
        known = cache.get(cell) if type(cell) is str else None
        if known is not None:
            return known
        if flat(cell) in NOT_GIVEN:
            return ""
        code = places.find(cell)
        if code is None:
            raise Wrong(
                Said(
                    "region",
                    Text("所在地区“{cell}”认不出。", "The region “{cell}” is not known.").fill(
                        cell=clean_text(cell)
                    ),
                    Text(
                        "写市（州）或新区的名称，也可写区划代码。",
                        "Write the city, prefecture or new area, or its code.",
                    ),
                )
            )
        if within.codes is not None and code not in within.codes:
            raise Wrong(
                Said(
                    "elsewhere",
                    Text(
                        "企业在{there}，你的单位只登记{here}的企业。",
                        "It is in {there}; your office registers enterprises of {here}.",
                    ).fill(there=places.names[code], here=within.name),
                    Text(
                        "删去这一行，由当地主管部门登记。",
                        "Remove the row; the authority there registers it.",
                    ),
                )
            )
        if type(cell) is str and len(cache) < 10_000:
            cache[cell] = code
        return code

    return read


def _code_before_name(cell: Cell) -> str:
    """The code of a cell that gives the name of its division after it, as pages and templates do; else ""."""
    found = re.fullmatch(r"([a-t]?)([0-9]{2,4})(\D.*)", bare(cell))
    name = industries.division(found[2]) if found else None
    return found[2] if found and name and found[3] in {bare(text) for text in name} else ""


def industry_reader() -> Callable[[Cell], str]:
    """Reads an industry as a code of GB/T 4754-2017, two to four digits; "" for nothing."""
    cache: dict[str, str] = {}
    named = {bare(text): code for code, name in industries.MANUFACTURING.items() for text in name}

    def read(cell: Cell) -> str:
        known = cache.get(cell) if type(cell) is str else None
        if known is not None:
            return known
        if flat(cell) in NOT_GIVEN:
            return ""
        plain = bare(cell).upper()
        code = plain[1:] if plain[:1] in industries.SECTIONS and plain[1:].isdecimal() else plain
        if not isinstance(cell, str) and len(code) == 1:
            code = f"0{code}"  # a number lost its leading nought
        code = named.get(bare(cell)) or _code_before_name(cell) or code
        if industries.section_of(code) is None:
            raise Wrong(
                Said(
                    "industry",
                    Text("行业“{cell}”认不出。", "The industry “{cell}” is not known.").fill(
                        cell=clean_text(cell)
                    ),
                    Text(
                        "填 GB/T 4754-2017 的 2 至 4 位代码，如 1512。",
                        "Write the code of GB/T 4754-2017, two to four digits, such as 1512.",
                    ),
                )
            )
        if type(cell) is str and len(cache) < 10_000:
            cache[cell] = code
        return code

    return read


# A figure that cannot, or hardly can, be larger than another of the same year; whether it blocks.
_NOT_ABOVE: tuple[tuple[str, str, bool], ...] = (
    ("local-purchases", "purchases", True),
    ("key-processes-nc", "key-processes", True),
    ("rd-staff", "employment", True),
    ("invention-patents", "patents", True),
    ("rd-expense", "revenue", False),
    ("main-product-sales", "revenue", False),
    ("solid-waste-used", "solid-waste", False),
)


def contradictions(figures: Mapping[str, int]) -> list[tuple[str, Said]]:
    """What cannot be, or is unlikely, among the figures of a year: the measure concerned and what is said."""
    found = []
    for smaller, larger, blocks in _NOT_ABOVE:
        first, second = figures.get(smaller), figures.get(larger)
        if first is not None and second is not None and first > second:
            found.append((smaller, _above(smaller, larger, first, second, blocks)))
    return found


def _above(smaller: str, larger: str, first: int, second: int, blocks: bool) -> Said:
    one, other = vocabulary().measures[smaller], vocabulary().measures[larger]
    unit = one.unit or Text("", "")
    return Said(
        f"above-{smaller}",
        Text(
            "{one}（{a} {unit}）大于{other}（{b} {unit}）。",
            "{one} ({a}, {unit}) is larger than {other} ({b}, {unit}).",
        ).fill(
            one=one.name,
            other=other.name,
            a=plain(one.on_paper(first)),
            b=plain(other.on_paper(second)),
            unit=unit,
        ),
        Text("核对两个数和单位。", "Compare both figures and their units."),
        blocks,
    )


def plain(number: object) -> str:
    """A decimal without trailing noughts and without exponent."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
