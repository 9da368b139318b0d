"""What can be moved in a simulation, and what somebody typed for it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from cultivar.appraisal.numbers import number_of
from cultivar.appraisal.simulation import PANEL, QUOTA, Setting, own_thresholds
from cultivar.policy.conditions import Bound, bound_by, bound_of
from cultivar.policy.model import Programme
from cultivar.policy.model_conditions import Condition, Indicator
from cultivar.policy.text import Text
from cultivar.procedure.matter import Terms

Source = Literal["round", "document"]


class BadSetting(ValueError):
    """What was asked to be tried cannot be; ``text`` says why and what can. ``lever`` names the one meant, or ""."""

    def __init__(self, text: Text, lever: str = "") -> None:
        super().__init__(text.en)
        self.text = text
        self.lever = lever


@dataclass(frozen=True)
class Lever:
    """A bound that can be moved: a threshold of the round, or a bar of the document. ``own`` is where it stood."""

    condition: Condition
    indicator: Indicator
    source: Source
    bound: Bound
    own: Decimal | None

    @property
    def name(self) -> str:
        """How forms and addresses name it: "t." a threshold, "b." a bar, and the indicator."""
        return f"{'t' if self.source == 'round' else 'b'}.{self.indicator.id}"


def levers(programme: Programme, terms: Terms) -> tuple[Lever, ...]:
    """Every bound of a version, condition by condition; an indicator with a bar has a lever for that bar alone.

    Where the round set a threshold beside the bar there are both.
    """
    return tuple(lever for condition in programme.conditions for lever in _of(condition, programme, terms))


def _of(condition: Condition, programme: Programme, terms: Terms) -> Iterator[Lever]:
    own = own_thresholds(terms)
    indicators = {one.id: one for one in programme.indicators}
    barred = {bar.indicator: bound_of(bar) for bar in condition.bars}
    settable = any(one.type == "thresholds" for one in programme.round)
    for name in dict.fromkeys((*condition.indicators, *barred)):
        if name in barred:
            bound, limit = barred[name]
            yield Lever(condition, indicators[name], "document", bound, limit)
        if name in own or (settable and name not in barred):
            yield Lever(condition, indicators[name], "round", bound_by(indicators[name]), own.get(name))


def setting_of(
    known: tuple[Lever, ...],
    programme: Programme,
    other: Programme | None,
    typed: Mapping[str, str],
    quota: str = "",
    panel: str = "",
) -> Setting:
    """What is tried, as typed. ``typed`` is by a lever's name; "" leaves a bar and drops a threshold.

    ``programme`` is the version under which it is tried, ``other`` the same where it is not the round's own. Raises
    ``BadSetting`` for an unknown lever and for what is no number.
    """
    by_name = {lever.name: lever for lever in known}
    thresholds: dict[str, Decimal | None] = {}
    bars: dict[str, Decimal] = {}
    for name, words in typed.items():
        if name not in by_name:
            raise BadSetting(_unknown(name, known), name)
        lever, value = by_name[name], _number(by_name[name], words)
        if lever.source == "round":
            thresholds[lever.indicator.id] = value
        elif value is not None:
            bars[lever.indicator.id] = value
    return Setting(other, thresholds, bars, _whole(programme, QUOTA, quota), _whole(programme, PANEL, panel))


def _unknown(name: str, known: tuple[Lever, ...]) -> Text:
    kind, _, indicator = name.partition(".")
    can = [lever.indicator.id for lever in known if lever.name.startswith(f"{kind}.")]
    listed = ", ".join(can) or "—"
    if kind == "b":
        return Text(
            f"这个版本没有为“{indicator}”规定数值，不能移动。有规定的指标：{listed}。",
            f"This version sets no bar for “{indicator}”. Indicators with a bar: {listed}.",
        )
    return Text(
        f"没有可设门槛的指标“{indicator}”。可用的指标：{listed}。",
        f"There is no indicator “{indicator}” for which a round can set a threshold. There are: {listed}.",
    )


def _number(lever: Lever, words: str) -> Decimal | None:
    if not words.strip():
        return None
    number = number_of(words)
    if number is None:
        name = lever.indicator
        raise BadSetting(
            Text(
                f"“{name.zh}”的门槛“{words[:40]}”不是数字，请只填数字，小数最多 6 位。",
                f"The bound of “{name.en}”, “{words[:40]}”, is no number; write digits only, at most 6 decimals.",
            ),
            lever.name,
        )
    return number


def _whole(programme: Programme, name: str, words: str) -> int | None:
    if not words.strip():
        return None
    setting = next((one for one in programme.round if one.id == name), None)
    if setting is None:
        label = {QUOTA: Text("名额", "quota"), PANEL: Text("评分表份数", "number of score sheets")}[name]
        raise BadSetting(
            Text("这个政策的通知不规定{label}。", "Notices under this policy set no {label}.").fill(
                label=label
            ),
            name,
        )
    if not (words.strip().isascii() and words.strip().isdigit() and 1 <= int(words[:9]) <= 999):
        raise BadSetting(
            Text(
                f"“{setting.zh}”要填 1 到 999 的整数，不是“{words[:40]}”。",
                f"“{setting.en}” must be a whole number from 1 to 999, not “{words[:40]}”.",
            ),
            name,
        )
    return int(words)
