"""The words that the fiction is made of, and dice that fall the same way each time."""

import random
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from cultivar.policy.text import Text
from cultivar.registry import credit_code

CLUSTERS, OFFICIALS, EXPERTS = 40, 26, 95
DATA = Path(__file__).parent / "data" / "fiction.yaml"
PROVINCE = "520000"
CENTRAL_CODE = {"5200GA": PROVINCE}  # a custom unit registers nobody: codes carry the province


@cache
def source() -> dict[str, Any]:
    """What ``data/fiction.yaml`` holds."""
    read: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return read


def dice_for(seed: int, *purpose: object) -> random.Random:
    """A source of chance of its own per purpose: asking for more of one thing does not change another."""
    return random.Random("/".join(map(str, (seed, *purpose))))  # noqa: S311 - fiction should repeat


def roman(name: str) -> str:
    """A name in pinyin, written as one word."""
    from pypinyin import lazy_pinyin  # its dictionary takes half a second to load

    return "".join(lazy_pinyin(name)).capitalize()


def text_of(row: dict[str, str]) -> Text:
    """A row of the source in both languages."""
    return Text(row["zh"], row["en"])


def code_for(registrar: str, region: str, number: int) -> str:
    """A sound credit code of a shape that is not issued."""
    return credit_code.make(registrar, CENTRAL_CODE.get(region, region), f"XG{number:06d}")


def person(of: str) -> Text:
    """An invented name for whoever has this login; the same each time."""
    dice = random.Random(f"person/{of}")  # noqa: S311 - fiction should repeat
    a, b, c = (dice.choice(source()[pool].split()) for pool in ("surnames", "given_first", "given_second"))
    return Text(f"{a}{b}{c}", f"{roman(a)} {roman(b + c)}")


@cache
def people(seed: int) -> tuple[Text, ...]:
    """Different names: for officials, then experts, then the contacts of clusters."""
    parts = [source()[pool].split() for pool in ("surnames", "given_first", "given_second")]
    names = dice_for(seed, "people").sample(list(product(*parts)), OFFICIALS + EXPERTS + CLUSTERS)
    return tuple(Text(f"{a}{b}{c}", f"{roman(a)} {roman(b + c)}") for a, b, c in names)
