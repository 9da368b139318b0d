"""The rule of scoring of a round's notice, in words. The rule itself is the evaluation's."""

from collections.abc import Iterator, Mapping
from typing import Any

from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.procedure.content import DRAWN, ENOUGH_TO_DROP
from cultivar.registry.regions import name_of

FEW = Text(
    "注意：每案最少 {n} 份评分表。去掉一个最高分和一个最低分，宜有 {enough} 份以上。",
    "Note: a case may have as few as {n} sheets. To leave out one highest and one lowest, have at least {enough}.",
)
_SCORE = Text("得分", "Score")
_TIES = Text("同分", "Equal scores")
_WARNING = Text("提示", "Warning")
_EVERY = {"field": Text("每个领域", "Every field"), "region": Text("每个牵头地区", "Every lead region")}

Row = tuple[Text, Text]


def rows(rule: Mapping[str, Any], values: Mapping[str, Any], programme: Programme) -> Iterator[Row]:
    """The rule as labels with words; ``values``: what else the notice fixes, the criteria and the fewest sheets."""
    yield _SCORE, _score(rule)
    yield _TIES, _ties(rule, values)
    for quota in rule["quotas"]:
        yield group(quota["kind"], quota["value"], programme), _quota(quota)
    warning = few(rule, values)
    if warning is not None:
        yield _WARNING, warning


def lines(rule: Mapping[str, Any], values: Mapping[str, Any], programme: Programme) -> tuple[Text, ...]:
    """The same, each in one line."""
    return tuple(
        Text("{label}：{words}", "{label}: {words}").fill(label=label, words=words)
        for label, words in rows(rule, values, programme)
    )


def few(rule: Mapping[str, Any], values: Mapping[str, Any]) -> Text | None:
    """What is to be said where two sheets are left out of few; None where there is nothing."""
    panel = int(values.get("panel") or 0)
    return FEW.fill(n=panel, enough=ENOUGH_TO_DROP) if rule["drop"] and panel < ENOUGH_TO_DROP else None


def group(kind: str, value: str, programme: Programme) -> Text:
    """The name of a field or a region; "" is every one."""
    if not value:
        return _EVERY[kind]
    if kind == "region":
        return name_of(value) or Text(value, value)
    return next((one.text for one in programme.fields if one.id == value), Text(value, value))


def _score(rule: Mapping[str, Any]) -> Text:
    dropped = (
        Text("去掉一个最高分和一个最低分后，", " without one highest and one lowest")
        if rule["drop"]
        else Text("", "")
    )
    manner = {
        "half-up": Text("四舍五入", "a half up"),
        "half-even": Text("四舍六入五成双", "a half to the even digit"),
    }[rule["rounding"]]
    return Text(
        f"{dropped.zh}各评分表总分的算术平均数，保留 {rule['places']} 位小数，{manner.zh}。",
        f"The mean of the sheets' totals{dropped.en}, rounded once, {manner.en}; decimals: {rule['places']}.",
    )


def _ties(rule: Mapping[str, Any], values: Mapping[str, Any]) -> Text:
    names = {one["id"]: Text(one["zh"], one["en"]) for one in values.get("criteria") or []}
    criteria = [names.get(one, Text(one, one)) for one in rule["ties"] if one != DRAWN]
    compared = Text("、".join(one.zh for one in criteria), ", ".join(one.en for one in criteria))
    lot = DRAWN in rule["ties"]
    if not criteria:
        return Text("抽签定先后。", "Told apart by lot.") if lot else Text("并列。", "They share a rank.")
    zh = f"依次比较：{compared.zh}；仍相同的" + ("抽签定先后。" if lot else "并列。")
    en = f"Told apart by {compared.en}; whoever is still equal " + (
        "draws lots." if lot else "shares a rank."
    )
    return Text(zh, en)


def _quota(quota: Mapping[str, Any]) -> Text:
    parts = [Text(f"至少 {quota['least']} 个", f"at least {quota['least']}")] if quota["least"] else []
    parts += [Text(f"至多 {quota['most']} 个", f"at most {quota['most']}")] if "most" in quota else []
    return Text("，".join(one.zh for one in parts), ", ".join(one.en for one in parts))
