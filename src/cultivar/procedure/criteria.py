"""The criteria of a notice and what they ask of a score: steps, bands of points that say what they mean, reasons.

A criterion is plain data as the notice keeps it: ``{"id", "zh", "en", "points"}`` (points: whole, 1 to 100) and, where
the notice says so, ``step`` (decimal text: points are multiples of it), ``anchors`` (``[{"from", "to", "zh", "en"}]``,
both bounds counted in), ``reasons_below`` and ``reasons_from`` (decimal text). What is not said is not there.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from cultivar.policy.text import Text

PLACES = 2  # decimals of a score where the notice sets no step
MOST_ANCHORS = 10  # bands of one criterion
AT_MOST = 60  # characters of what a band means

Criterion = Mapping[str, Any]


class BadCriterion(Exception):
    """A criterion that cannot be used; ``text`` says which one and why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def number(value: Any) -> Decimal | None:
    """A decimal of at most six places, or None for what is none."""
    if isinstance(value, (bool, float)):
        return None
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    if not found.is_finite() or abs(found) >= 10**6 or int(found.as_tuple().exponent) < -6:
        return None
    return found


def plain(value: Decimal) -> str:
    """A decimal as text without noughts at its end: "12.5", "0"."""
    return f"{value.normalize():f}" if value else "0"


# ------------------------------------------------------------------------------------- what a notice may ask


def extras(item: Mapping[str, Any], name: Text, points: int) -> dict[str, Any]:
    """The further entries of a criterion, canonical; empty ones are left out. Raises ``BadCriterion``."""
    found: dict[str, Any] = {}
    step = _bound(item, "step", name, points)
    if step is not None:
        if step <= 0 or Decimal(points) % step:
            raise BadCriterion(
                f"“{name.zh}”的分值 {points} 不是步长 {plain(step)} 的整数倍。改步长或分值。",
                f"“{name.en}”: its {points} points are no multiple of the step {plain(step)}. Change one of them.",
            )
        found["step"] = plain(step)
    anchors = _anchors(item.get("anchors"), name, points)
    if anchors:
        found["anchors"] = anchors
    below, start = (_bound(item, one, name, points) for one in ("reasons_below", "reasons_from"))
    if below is not None and start is not None and below > start:
        raise BadCriterion(
            f"“{name.zh}”：低于 {plain(below)} 分和 {plain(start)} 分以上重叠。要每一份都写理由的，只填“0 分以上”。",
            f"“{name.en}”: below {plain(below)} and from {plain(start)} overlap. "
            "Where every score needs a reason, only say from 0.",
        )
    found |= {
        one: plain(value)
        for one, value in (("reasons_below", below), ("reasons_from", start))
        if value is not None
    }
    return found


def _bound(item: Mapping[str, Any], key: str, name: Text, points: int) -> Decimal | None:
    if item.get(key) in (None, ""):
        return None
    value = number(item[key])
    if value is None or not 0 <= value <= points:
        what = _KEYS[key]
        raise BadCriterion(
            f"“{name.zh}”的{what.zh}要是 0 到 {points} 的数，现在是“{item[key]}”。",
            f"“{name.en}”: the {what.en} must be a number from 0 to {points}; it is “{item[key]}”.",
        )
    return value


_KEYS = {
    "step": Text("步长", "step"),
    "reasons_below": Text("“低于多少分要写理由”", "bound below which a reason is needed"),
    "reasons_from": Text("“多少分以上要写理由”", "bound from which a reason is needed"),
}


def _anchors(given: Any, name: Text, points: int) -> list[dict[str, str]]:
    if given in (None, "", [], ()):
        return []
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > MOST_ANCHORS:
        raise BadCriterion(
            f"“{name.zh}”的分档最多 {MOST_ANCHORS} 档，一行一档。",
            f"“{name.en}” takes at most {MOST_ANCHORS} bands, one to a line.",
        )
    bands = sorted(
        (_anchor(one, place, name, points) for place, one in enumerate(given, 1)), key=lambda one: one[0]
    )
    for before, after in pairwise(bands):
        if after[0] <= before[1]:
            raise BadCriterion(
                f"“{name.zh}”的两档重叠：{plain(before[0])}–{plain(before[1])} 和 {plain(after[0])}–{plain(after[1])}。"
                "一个分数只能在一档里。",
                f"“{name.en}”: two bands overlap, {plain(before[0])}–{plain(before[1])} and "
                f"{plain(after[0])}–{plain(after[1])}. A score lies in one band only.",
            )
    return [{"from": plain(low), "to": plain(high), "zh": zh, "en": en} for low, high, zh, en in bands]


def _anchor(one: Any, place: int, name: Text, points: int) -> tuple[Decimal, Decimal, str, str]:
    given = one if isinstance(one, Mapping) else {}
    low, high = number(given.get("from")), number(given.get("to"))
    zh, en = (" ".join(str(given.get(key) or "").split()) for key in ("zh", "en"))
    if low is None or high is None or not 0 <= low <= high <= points:
        raise BadCriterion(
            f"“{name.zh}”第 {place} 档的分数要在 0 到 {points} 之间、从低到高，写成“0-6 | 中文 | English”。",
            f"“{name.en}”, band {place}: points lie within 0 and {points}, the lower first; "
            "write “0-6 | 中文 | English”.",
        )
    if not zh or not en or max(len(zh), len(en)) > AT_MOST or not (zh + en).isprintable():
        raise BadCriterion(
            f"“{name.zh}”第 {place} 档要写明含义，每种文字最多 {AT_MOST} 字。",
            f"“{name.en}”, band {place} says what it means, in at most {AT_MOST} characters of each language.",
        )
    return low, high, zh, en


# ------------------------------------------------------------------------------------------ what a score must be


def score_problem(criterion: Criterion, score: str | None) -> Text | None:
    """What is wrong with the points given for a criterion: none, outside the scale, or between two steps."""
    zh, en, points = criterion["zh"], criterion["en"], criterion["points"]
    if score in (None, ""):
        return Text(f"“{zh}”还没有打分。", f"“{en}” has no score yet.")
    value = number(score)
    if value is None:
        return Text(
            f"“{zh}”填的“{score}”不是数。请打 0 到 {points} 分。",
            f"“{en}”: “{score}” is no number. It takes 0 to {points} points.",
        )
    if not 0 <= value <= points:
        return Text(
            f"“{zh}”填的是 {plain(value)} 分，请打 0 到 {points} 分。",
            f"“{en}” has {plain(value)} points; it takes 0 to {points} points.",
        )
    step = criterion.get("step")
    if step is not None and value % Decimal(step):
        low = value - value % Decimal(step)
        near = f"{plain(low)}、{plain(low + Decimal(step))}", f"{plain(low)} or {plain(low + Decimal(step))}"
        return Text(
            f"“{zh}”以 {step} 分为步长，{plain(value)} 不是它的整数倍。改成 {near[0]} 这样的分数。",
            f"“{en}” goes by steps of {step}; {plain(value)} is between two. Give {near[1]}.",
        )
    if step is None and int(value.normalize().as_tuple().exponent) < -PLACES:
        return Text(f"“{zh}”的分数最多 {PLACES} 位小数。", f"“{en}” takes at most {PLACES} decimals.")
    return None


def asks_reason(criterion: Criterion, score: str | None) -> Text | None:
    """Why the notice asks for a reason in words at this score; None where it does not, or the score is not sound."""
    if score_problem(criterion, score) is not None:
        return None
    value = Decimal(str(score))
    below, start = criterion.get("reasons_below"), criterion.get("reasons_from")
    if below is not None and value < Decimal(below):
        return Text(f"低于 {below} 分的要写理由", f"a score below {below} needs a reason")
    if start is not None and value >= Decimal(start):
        return Text(f"{start} 分以上的要写理由", f"a score of {start} or more needs a reason")
    return None


def reason_problem(criterion: Criterion, score: str | None, reason: str | None) -> Text | None:
    """That a reason is missing where the notice asks for one."""
    why = asks_reason(criterion, score)
    if why is None or (reason or "").strip():
        return None
    zh, en = criterion["zh"], criterion["en"]
    return Text(
        f"“{zh}”打了 {score} 分，{why.zh}。请补写。", f"“{en}” has {score} points; {why.en}. Write it."
    )


def band_of(criterion: Criterion, score: str | None) -> int | None:
    """The place of the band in which a score lies, from 0; None where it lies in none."""
    value = number(score)
    if value is None:
        return None
    for place, one in enumerate(criterion.get("anchors") or ()):
        if Decimal(one["from"]) <= value <= Decimal(one["to"]):
            return place
    return None


def middle(criterion: Criterion, band: Mapping[str, str]) -> str:
    """A score in the middle of a band, on the step and not above the middle where that lies within the band."""
    low, high = Decimal(band["from"]), Decimal(band["to"])
    half = (low + high) / 2
    for step in (
        (Decimal(criterion["step"]),)
        if "step" in criterion
        else (Decimal(1), Decimal("0.5"), Decimal("0.01"))
    ):
        at = (half / step).to_integral_value(ROUND_FLOOR) * step
        found = next((one for one in (at, at + step) if low <= one <= high), None)
        if found is not None:
            return plain(found)
    return plain(low)


def total(criteria: Iterable[Criterion], scores: Mapping[str, Any]) -> tuple[Decimal, int, int]:
    """The sum of the sound scores, the points that could be had with them, and how many criteria they are."""
    sound = [one for one in criteria if score_problem(one, scores.get(one["id"])) is None]
    given = sum((Decimal(str(scores[one["id"]])) for one in sound), Decimal(0))
    return given, sum(int(one["points"]) for one in sound), len(sound)
