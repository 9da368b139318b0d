"""The part of a notice's form that says how sheets become a score and who has a place: fields, and what was typed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from cultivar.policy.text import Text
from cultivar.web.language import lazily

Options = Sequence[tuple[str, Any]]  # values with their words

TIES = 3  # criteria that the form lets tell equals apart, one after the other
QUOTAS = 8  # quotas of fields and regions that the form takes
FOLD = Text(
    "计分规则和分组名额（不填：平均分，保留两位小数，同分并列）",
    "Rule of scoring and quotas of groups (left alone: the mean to two decimals, equals share a rank)",
)
_USUAL = lazily("通常（四舍五入）", "usual (half up)")
_EVEN = lazily("四舍六入五成双", "half to the even digit")
_NOBODY = lazily("不设", "none")


def fields(
    name: str, criteria: Options, programme_fields: Options, regions: Options
) -> dict[str, forms.Field]:
    """The fields; a form that leaves all of them alone says nothing, and scores are then plain means."""
    made: dict[str, forms.Field] = {
        f"{name}__drop": forms.BooleanField(
            label=lazily("去掉一个最高分和一个最低分", "Leave out one highest and one lowest sheet"),
            help_text=lazily(
                "每案最少评分表份数要写明：不到 3 份不能这样计分，不到 7 份会提示。",
                "Say how many sheets a case has at least: below 3 this cannot be, below 7 there is a warning.",
            ),
            required=False,
        ),
        f"{name}__places": forms.CharField(
            label=lazily("得分小数位数", "Decimals of a score"),
            help_text=lazily("0 到 6；不填为 2 位。", "0 to 6; 2 where left empty."),
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        ),
        f"{name}__rounding": _choose(
            lazily("得分舍入", "Rounding of a score"), [("", _USUAL), ("half-even", _EVEN)]
        ),
    }
    for n in range(1, TIES + 1):
        label = lazily(f"同分时比较（{n}）", f"Equal scores are told apart by ({n})")
        made[f"{name}__tie-{n}"] = _choose(label, [("", _NOBODY), *criteria])
    made[f"{name}__draw"] = forms.BooleanField(
        label=lazily("仍相同的抽签定先后", "Whoever is still equal draws lots"),
        help_text=lazily("不抽签的并列同一名次。", "Without lots they share a rank."),
        required=False,
    )
    groups = _groups(programme_fields, regions)
    for n in range(1, QUOTAS + 1):
        made |= _quota(f"{name}__quota-{n}", n, groups)
    for field in made.values():
        field.fold = FOLD  # type: ignore[attr-defined]  # read by the template of content fields
    return made


def _groups(programme_fields: Options, regions: Options) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [("", _NOBODY)]
    if programme_fields:
        found.append(("field:", lazily("每个领域", "Every field")))
    found.append(("region:", lazily("每个牵头地区", "Every lead region")))
    found += [(f"field:{value}", words) for value, words in programme_fields]
    return found + [(f"region:{value}", words) for value, words in regions]


def _quota(stem: str, n: int, groups: Options) -> dict[str, forms.Field]:
    """One line of a quota: whose, at least, at most."""
    number = {"inputmode": "numeric"}
    ends = (("least", Text("至少", "at least")), ("most", Text("至多", "at most")))
    made: dict[str, forms.Field] = {
        f"{stem}__group": _choose(lazily(f"分组名额 {n}", f"Quota of a group {n}"), groups)
    }
    for end, words in ends:
        label = lazily(f"分组名额 {n}：{words.zh}", f"Quota of a group {n}: {words.en}")
        field = forms.CharField(label=label, required=False, widget=forms.TextInput(attrs=number))
        field.unit = Text("个", "places")  # type: ignore[attr-defined]  # as the other numbers of a notice
        made[f"{stem}__{end}"] = field
    return made


def _choose(label: Any, options: Options) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(options), required=False)


def read(given: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, by the short names of the fields; {} where nothing was."""
    said: dict[str, Any] = {}
    if given.get("drop"):
        said["drop"] = True
    said |= {one: given[one] for one in ("places", "rounding") if given.get(one)}
    ties = [given[name] for n in range(1, TIES + 1) if given.get(name := f"tie-{n}")]
    ties += ["draw"] if given.get("draw") else []
    quotas = [one for n in range(1, QUOTAS + 1) if (one := _read_quota(given, f"quota-{n}"))]
    said |= {"ties": ties} if ties else {}
    return said | ({"quotas": quotas} if quotas else {})


def _read_quota(given: Mapping[str, str], stem: str) -> dict[str, str]:
    """One line; a number without a group stays, so that it is asked for and not lost."""
    kind, _, value = given.get(f"{stem}__group", "").partition(":")
    ends = {end: typed for end in ("least", "most") if (typed := given.get(f"{stem}__{end}"))}
    return {"kind": kind, "value": value, **ends} if kind or ends else {}
