"""What a notice says of a criterion, in words: its points, step, bands and when a reason is needed."""

from collections.abc import Mapping
from typing import Any

from cultivar.policy.text import Text


def described(criterion: Mapping[str, Any]) -> Text:
    """Points and rules in one line, and the bands after them."""
    parts = [Text(f"{criterion['points']} 分", f"{criterion['points']} points"), *rules(criterion)]
    if criterion.get("anchors"):
        bands = [band(one) for one in criterion["anchors"]]
        parts.append(Text("；".join(one.zh for one in bands), "; ".join(one.en for one in bands)))
    return Text("。".join(one.zh for one in parts), ". ".join(one.en for one in parts))


def rules(criterion: Mapping[str, Any]) -> list[Text]:
    """The step and when a reason in words is needed, as far as the notice says so."""
    found = []
    step, below, start = (criterion.get(key) for key in ("step", "reasons_below", "reasons_from"))
    if step:
        found.append(Text(f"以 {step} 分为步长", f"in steps of {step}"))
    if below is not None and start is not None:
        found.append(
            Text(f"低于 {below} 分或 {start} 分以上写理由", f"reasons below {below} and from {start} points")
        )
    elif below is not None:
        found.append(Text(f"低于 {below} 分写理由", f"reasons below {below} points"))
    elif start is not None:
        found.append(Text(f"{start} 分以上写理由", f"reasons from {start} points"))
    return found


def bounds(one: Mapping[str, str]) -> str:
    """The points of a band: "0–11.5"."""
    return one["from"] if one["from"] == one["to"] else f"{one['from']}–{one['to']}"


def band(one: Mapping[str, str]) -> Text:
    """A band with what it means."""
    return Text(f"{bounds(one)} 分：{one['zh']}", f"{bounds(one)}: {one['en']}")
