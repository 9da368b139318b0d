"""What an act says, checked against the fields that the programme file gives it.

``clean`` takes plain values as a form or a program sends them and returns canonical ones: text in NFC without
outer space, whole numbers as ``int``, decimals as text, days as ISO text. Every problem names its field.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from cultivar.policy.model_procedure import ContentField
from cultivar.policy.text import Text
from cultivar.procedure.criteria import BadCriterion, extras
from cultivar.procedure.voting import BALLOTS

SHA256 = re.compile(r"[0-9a-f]{64}\Z")
LARGEST = 2**53 - 1  # of whole numbers that canonical JSON can hold (RFC 8785)
_OPINIONS = ("meets", "fails", "unclear")


@dataclass(frozen=True)
class ContentProblem:
    """What is wrong with one field of an act."""

    field: str
    text: Text


class _Wrong(Exception):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def clean(
    fields: Mapping[str, ContentField], raw: Mapping[str, Any]
) -> tuple[dict[str, Any], list[ContentProblem]]:
    """The canonical content and the problems found; unknown fields are problems too."""
    content: dict[str, Any] = {}
    problems = [
        ContentProblem(name, Text(f"这一步没有“{name}”这一项。", f"This act has no entry “{name}”."))
        for name in raw
        if name not in fields
    ]
    for name, spec in fields.items():
        try:
            value = _clean_one(spec, raw.get(name))
        except _Wrong as wrong:
            problems.append(ContentProblem(name, wrong.text))
            continue
        if value is not None:
            content[name] = value
    problems += [
        ContentProblem(name, _fill_in(spec)) for name, spec in fields.items() if _lacking(name, spec, content)
    ]
    return content, problems


def _fill_in(spec: ContentField) -> Text:
    return Text(f"请填“{spec.zh}”。", f"Fill in “{spec.en}”.")


def _lacking(name: str, spec: ContentField, content: Mapping[str, Any]) -> bool:
    """Whether an entry is left out that is needed with what another one says."""
    return name not in content and any(content.get(one) == said for one, said in spec.needed_when.items())


def _clean_one(spec: ContentField, value: Any) -> Any:
    cleaned = None if _empty(value) else _CLEANERS[spec.type](spec, value)
    if not _empty(cleaned):
        return cleaned
    if spec.required:
        raise _Wrong(*_fill_in(spec))
    return None


def _empty(value: Any) -> bool:
    """Nothing was said: also blank text, and a sheet without a single entry."""
    return value is None or value in ("", [], {}, ())


def characters(text: str) -> int:
    """How many characters a text has: code points of its NFC form, as the counter on the page counts."""
    return len(unicodedata.normalize("NFC", text))


def _text(spec: ContentField, value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong(f"“{spec.zh}”要写文字。", f"“{spec.en}” must be text.")
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if any(unicodedata.category(char) in ("Cc", "Cs") and char != "\n" for char in text):
        raise _Wrong(
            f"“{spec.zh}”里有不可见的控制字符，请删去后重填。",
            f"“{spec.en}” holds control characters; remove them.",
        )
    if spec.at_most is not None and len(text) > spec.at_most:
        over = len(text) - spec.at_most
        raise _Wrong(
            f"“{spec.zh}”有 {len(text)} 字，最多 {spec.at_most} 字，请删去 {over} 字。",
            f"“{spec.en}” has {len(text)} characters; at most {spec.at_most} fit. Remove {over}.",
        )
    return text


def _whole(spec: ContentField, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}", value.strip()):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _Wrong(f"“{spec.zh}”要填整数。", f"“{spec.en}” must be a whole number.")
    if abs(value) > LARGEST:
        raise _Wrong(f"“{spec.zh}”数字太大。", f"“{spec.en}” is too large a number.")
    if spec.least is not None and value < spec.least:
        raise _Wrong(f"“{spec.zh}”至少是 {spec.least}。", f"“{spec.en}” must be at least {spec.least}.")
    if spec.most is not None and value > spec.most:
        raise _Wrong(f"“{spec.zh}”最多是 {spec.most}。", f"“{spec.en}” must be at most {spec.most}.")
    return value


def _date(spec: ContentField, value: Any) -> str:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        day = None
    if day is None or not _sensible(day.year):
        raise _Wrong(
            f"“{spec.zh}”不是有效日期，写成 2026-05-07 这样。", f"“{spec.en}” is no date; write 2026-05-07."
        )
    return day.isoformat()


def _datetime(spec: ContentField, value: Any) -> str:
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not _sensible(at.year):
        raise _Wrong(f"“{spec.zh}”不是有效的日期和时间。", f"“{spec.en}” is no valid date and time.")
    return at.isoformat(timespec="minutes")


def _sensible(year: int) -> bool:
    """Years that dates can be counted in without running off the calendar."""
    return 1900 <= year <= 2200


def _choice(spec: ContentField, value: Any) -> str:
    if not isinstance(value, str) or value not in spec.choices:
        raise _Wrong(f"“{spec.zh}”请从所列选项中选。", f"Choose “{spec.en}” from the options given.")
    return str(value)


def _ballot(spec: ContentField, value: Any) -> str:
    if not isinstance(value, str) or value not in BALLOTS:
        raise _Wrong(
            f"“{spec.zh}”请选同意、不同意或弃权。", f"Choose for “{spec.en}”: agree, disagree or abstain."
        )
    return str(value)


def _counted(spec: ContentField, value: Any) -> None:
    raise _Wrong(f"“{spec.zh}”由系统计算，不用填。", f"“{spec.en}” is worked out by the house and not typed.")


def _undertaking(spec: ContentField, value: Any) -> bool:
    if value is not True and value not in ("on", "true"):
        raise _Wrong(f"请勾选“{spec.zh}”。", f"Tick “{spec.en}”.")
    return True


def _files(spec: ContentField, value: Any) -> list[str]:
    names = _listed(spec, value)
    if not all(isinstance(name, str) and SHA256.match(name) for name in names):
        raise _Wrong(
            f"“{spec.zh}”里有没传完的文件，请重新上传。",
            f"A file of “{spec.en}” did not arrive whole; upload it again.",
        )
    return names


def _names(spec: ContentField, value: Any) -> list[str]:
    names = [
        unicodedata.normalize("NFC", one) if isinstance(one, str) else one for one in _listed(spec, value)
    ]
    sound = all(isinstance(name, str) and 0 < len(name) <= 80 for name in names)
    if not sound or len(set(names)) < len(names):
        raise _Wrong(
            f"“{spec.zh}”有空的、过长的或重复的一项。",
            f"“{spec.en}” has an empty, too long or repeated entry.",
        )
    return names


def _listed(spec: ContentField, value: Any) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise _Wrong(f"“{spec.zh}”要是列表。", f"“{spec.en}” must be a list.")
    if spec.least is not None and len(value) < spec.least:
        raise _Wrong(
            f"“{spec.zh}”至少 {spec.least} 项，现有 {len(value)} 项。",
            f"“{spec.en}” needs at least {spec.least}; there are {len(value)}.",
        )
    if spec.most is not None and len(value) > spec.most:
        raise _Wrong(
            f"“{spec.zh}”最多 {spec.most} 项，现有 {len(value)} 项。",
            f"“{spec.en}” takes at most {spec.most}; there are {len(value)}.",
        )
    return list(value)


def _per_condition(spec: ContentField, value: Any) -> dict[str, dict[str, str]]:
    """``{condition: {"opinion": meets|fails|unclear, "remark": text}}``."""
    if not isinstance(value, Mapping):
        raise _Wrong(f"“{spec.zh}”要逐项条件填写。", f"“{spec.en}” is given condition by condition.")
    opinions = {}
    for condition, entry in value.items():
        opinion = entry.get("opinion") if isinstance(entry, Mapping) else None
        if opinion not in _OPINIONS:
            raise _Wrong(
                f"“{spec.zh}”：每一项条件都要选一个意见。",
                f"“{spec.en}”: choose an opinion for each condition.",
            )
        remark = _text(
            spec.model_copy(update={"required": False, "at_most": spec.at_most or 500}),
            entry.get("remark") or "",
        )
        opinions[str(condition)] = {"opinion": opinion, **({"remark": remark} if remark else {})}
    return opinions


def _per_criterion(spec: ContentField, value: Any) -> dict[str, str]:
    """``{criterion: text}``; a criterion of which nothing is said is left out."""
    if not isinstance(value, Mapping):
        raise _Wrong(f"“{spec.zh}”要逐项填写。", f"“{spec.en}” is given item by item.")
    one = spec.model_copy(update={"required": False, "at_most": spec.at_most or 500})
    texts = {str(name): _text(one, text) for name, text in value.items() if text not in (None, "")}
    return {name: text for name, text in texts.items() if text}


def _decimals(spec: ContentField, value: Any) -> dict[str, str]:
    """``{id: decimal text}``, for score sheets and thresholds."""
    if not isinstance(value, Mapping):
        raise _Wrong(f"“{spec.zh}”要逐项填写。", f"“{spec.en}” is given item by item.")
    return {str(name): _decimal(spec, number) for name, number in value.items() if number not in (None, "")}


def _decimal(spec: ContentField, value: Any) -> str:
    try:
        number = Decimal(str(value).strip()) if not isinstance(value, float) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise _Wrong(f"“{spec.zh}”里有不是数字的一项。", f"“{spec.en}” has an entry that is no number.")
    if spec.least is not None and number < spec.least:
        raise _Wrong(f"“{spec.zh}”至少是 {spec.least}。", f"“{spec.en}” must be at least {spec.least}.")
    if spec.most is not None and number > spec.most:
        raise _Wrong(f"“{spec.zh}”最多是 {spec.most}。", f"“{spec.en}” must be at most {spec.most}.")
    if abs(int(number.as_tuple().exponent)) > 6:
        raise _Wrong(f"“{spec.zh}”小数最多 6 位。", f"“{spec.en}” takes at most 6 decimals.")
    return f"{number.normalize():f}" if number else "0"


def _counts(spec: ContentField, value: Any) -> dict[str, int]:
    """``{choice: n}``; what is left empty is left out."""
    if not isinstance(value, Mapping):
        raise _Wrong(f"“{spec.zh}”要逐项填写。", f"“{spec.en}” is given item by item.")
    unknown = [str(name) for name in value if name not in spec.choices]
    if unknown:
        raise _Wrong(f"“{spec.zh}”里没有“{unknown[0]}”这一项。", f"“{spec.en}” has no entry “{unknown[0]}”.")
    counted = {}
    for name, words in spec.choices.items():
        if value.get(name) not in (None, ""):
            one = spec.model_copy(update={"zh": f"{spec.zh}：{words.zh}", "en": f"{spec.en}: {words.en}"})
            counted[name] = _whole(one, value[name])
    return counted


def _values(spec: ContentField, value: Any) -> dict[str, str]:
    """``{name: text}``. A value may be given as several writings, typed one by one: they must agree."""
    if not isinstance(value, Mapping):
        raise _Wrong(f"“{spec.zh}”要逐项填写。", f"“{spec.en}” is given item by item.")
    given = {}
    words = spec.model_copy(update={"at_most": spec.at_most or 500})
    for name, typed in value.items():
        writings = [_text(words, one) for one in (typed if isinstance(typed, (list, tuple)) else [typed])]
        if len({" ".join(one.split()) for one in writings}) > 1:
            both = Text(
                "、".join(f"“{one}”" for one in writings), " and ".join(f"“{one}”" for one in writings)
            )
            raise _Wrong(
                f"“{name}”两次填写不一致：{both.zh}。对照公布的原文重填。",
                f"“{name}” was typed twice differently: {both.en}. Compare with what was published, and type it again.",
            )
        if writings and writings[0]:
            given[str(name)] = writings[0]
    return given


def _document(spec: ContentField, value: Any) -> str:
    if not isinstance(value, str) or not SHA256.match(value):
        raise _Wrong(f"“{spec.zh}”没有生成，请再办一次。", f"“{spec.en}” was not made; try once more.")
    return value


def _window(spec: ContentField, value: Any) -> dict[str, str]:
    """``{"opens_at": ..., "closes_at": ...}``, both ISO with offset; the end after the beginning."""
    if not isinstance(value, Mapping) or not value.get("opens_at") or not value.get("closes_at"):
        raise _Wrong(f"“{spec.zh}”要有开始和截止时间。", f"“{spec.en}” needs an opening and a closing time.")
    opens_at, closes_at = _datetime(spec, value["opens_at"]), _datetime(spec, value["closes_at"])
    if datetime.fromisoformat(closes_at) <= datetime.fromisoformat(opens_at):
        raise _Wrong(
            f"“{spec.zh}”：截止时间要晚于开始时间。",
            f"“{spec.en}”: the end must be later than the beginning.",
        )
    return {"opens_at": opens_at, "closes_at": closes_at}


def _limits(spec: ContentField, value: Any) -> dict[str, int]:
    """``{act: n}``, 1 to 250 of the unit that the act names."""
    if not isinstance(value, Mapping):
        raise _Wrong(f"“{spec.zh}”要逐项填写。", f"“{spec.en}” is given item by item.")
    day = ContentField(zh=spec.zh, en=spec.en, type="whole", least=1, most=250)
    return {str(act): _whole(day, n) for act, n in value.items() if n not in (None, "")}


def _criteria(spec: ContentField, value: Any) -> list[dict[str, Any]]:
    """``[{"id", "zh", "en", "points"}]``, and what ``procedure.criteria`` adds; the points of all sum to 100."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, Mapping) for item in value):
        raise _Wrong(f"“{spec.zh}”要逐项填写。", f"“{spec.en}” is given item by item.")
    points = ContentField(zh=spec.zh, en=spec.en, type="whole", least=1, most=100)
    words = ContentField(zh=spec.zh, en=spec.en, type="text", required=True, at_most=60)
    criteria: list[dict[str, Any]] = [
        {
            "id": _clean_one(words, item.get("id")),
            "zh": _clean_one(words, item.get("zh")),
            "en": _clean_one(words, item.get("en")),
            "points": _whole(points, item.get("points")),
        }
        for item in value
    ]
    try:
        for made, item in zip(criteria, value, strict=True):
            made.update(extras(item, Text(made["zh"], made["en"]), made["points"]))
    except BadCriterion as bad:
        raise _Wrong(*bad.text) from None
    total = sum(item["points"] for item in criteria)
    if total != 100:
        raise _Wrong(
            f"“{spec.zh}”各项分值合计是 {total}，应为 100。",
            f"The points of “{spec.en}” sum to {total}; they must sum to 100.",
        )
    if len({item["id"] for item in criteria}) < len(criteria):
        raise _Wrong(f"“{spec.zh}”有两项编号相同。", f"“{spec.en}” has two items with one id.")
    return criteria


MOST_PLACES = 6  # after the point of a score
FEWEST_TO_DROP = 3  # sheets below which nothing is left of a mean without its extremes
ENOUGH_TO_DROP = 7  # sheets from which dropping two leaves a panel's mean
DRAWN = "draw"  # a drawn order, as the last thing that tells equals apart
_ROUNDINGS = ("half-up", "half-even")
_GROUPS = ("field", "region")
_SCORING = {"drop": False, "places": 2, "rounding": _ROUNDINGS[0], "ties": (), "quotas": ()}


def _scoring(spec: ContentField, value: Any) -> dict[str, Any]:
    """``{"drop", "places", "rounding", "ties", "quotas"}``; what is not said is a mean to two places, half up.

    ``ties``: ids of criteria in order, perhaps ending in ``draw``; ``quotas`` as ``_quota`` gives them.
    """
    if not isinstance(value, Mapping) or not value.keys() <= _SCORING.keys():
        raise _Wrong(f"“{spec.zh}”要逐项填写。", f"“{spec.en}” is given item by item.")
    said = _SCORING | {name: one for name, one in value.items() if not _empty(one)}
    if said["rounding"] not in _ROUNDINGS:
        raise _Wrong(
            f"“{spec.zh}”：舍入方式只有四舍五入和四舍六入五成双。",
            f"“{spec.en}”: rounding is half-up or half-even.",
        )
    if not isinstance(said["quotas"], (list, tuple)):
        raise _Wrong(f"“{spec.zh}”：名额要是列表。", f"“{spec.en}”: quotas must be a list.")
    places = ContentField(zh="小数位数", en="decimals", type="whole", least=0, most=MOST_PLACES)
    return {
        "drop": said["drop"] is not False and _undertaking(spec, said["drop"]),
        "places": _whole(places, said["places"]),
        "rounding": said["rounding"],
        "ties": _ties(spec, said["ties"]),
        "quotas": [_quota(spec, one) for one in said["quotas"]],
    }


def _ties(spec: ContentField, value: Any) -> list[str]:
    ties = _names(spec.model_copy(update={"least": None, "most": None}), value)
    if DRAWN in ties[:-1]:
        raise _Wrong(
            f"“{spec.zh}”：抽签只能排在最后。",
            f"“{spec.en}”: a lot can only be the last to tell equals apart.",
        )
    return ties


def _quota(spec: ContentField, value: Any) -> dict[str, Any]:
    """``{"kind": field|region, "value", "least", "most"}``; the value "" is every one, without ``most`` no bound."""
    said = value if isinstance(value, Mapping) else {}
    if said.get("kind") not in _GROUPS:
        raise _Wrong(
            f"“{spec.zh}”：名额要选领域或地区。", f"“{spec.en}”: choose a field or a region for each quota."
        )
    number = ContentField(zh="名额", en="quota", type="whole", least=0, most=999)
    least, most = (
        None if _empty(said.get(end)) else _whole(number, said.get(end)) for end in ("least", "most")
    )
    if most is None and not least:
        raise _Wrong(
            f"“{spec.zh}”：每条名额要写至少或至多几个。",
            f"“{spec.en}”: each quota says how many at least, or at most.",
        )
    bound = {} if most is None else {"most": most}
    value = _text(spec.model_copy(update={"at_most": 60}), said.get("value") or "")
    return {"kind": said["kind"], "value": value, "least": least or 0, **bound}


def _dossier(spec: ContentField, value: Any) -> str:
    if not isinstance(value, str) or not SHA256.match(value):
        raise _Wrong(
            "申报书没有冻结成功，请再提交一次。", "The dossier could not be frozen; submit once more."
        )
    return value


_CLEANERS: dict[str, Callable[[ContentField, Any], Any]] = {
    "text": _text,
    "long-text": _text,
    "whole": _whole,
    "decimal": _decimal,
    "date": _date,
    "datetime": _datetime,
    "choice": _choice,
    "undertaking": _undertaking,
    "files": _files,
    "people": _names,
    "names": _names,
    "named": _text,
    "experts": _names,
    "seated-experts": _names,
    "barred-experts": _names,
    "attending-experts": _names,
    "ballot": _ballot,
    "tally": _counted,
    "partner-regions": _names,
    "per-condition": _per_condition,
    "score-sheet": _decimals,
    "per-criterion": _per_criterion,
    "thresholds": _decimals,
    "window": _window,
    "limits": _limits,
    "criteria": _criteria,
    "scoring": _scoring,
    "dossier": _dossier,
    "counts": _counts,
    "values": _values,
    "drawn": _text,
    "document": _document,
}
