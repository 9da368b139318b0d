"""The rule of scoring that the notice of a round fixes, and what such a notice may not say.

A notice that says nothing of it leaves the plain mean: all sheets, two places, half up, equals share a rank.
"""

from collections.abc import Mapping
from typing import Any

from cultivar.cases.checking import Setting
from cultivar.cases.scoring_words import group
from cultivar.evaluation.quota import Group, GroupQuota, bounds_of
from cultivar.evaluation.scores import DRAWN, FEWEST_TO_DROP, TOTAL, BadScores, Rule
from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import ContentField
from cultivar.policy.text import Text
from cultivar.registry.regions import parts_of

_NO_CRITERION = Text(
    "“{rule}”：同分比较的“{name}”不在本通知的评审指标里。",
    "“{rule}”: ties are to be told apart by “{name}”, which is no criterion of this notice.",
)
_RESERVED = Text(
    "“{rule}”：指标编号“{name}”另有所指，不能用来区分同分。",
    "“{rule}”: the criterion “{name}” bears a name that means something else here; ties cannot go by it.",
)
_NO_GROUP = Text(
    "“{rule}”：名额里的“{name}”不是本项目的领域或本省的地区。",
    "“{rule}”: “{name}” is no field of the programme and no region of the province.",
)
_FEW_SHEETS = Text(
    "“{rule}”：去掉一个最高分和一个最低分，通知要同时写明每案最少评分表份数，至少 {fewest} 份。",
    "“{rule}”: to leave out one highest and one lowest, the notice must ask for at least {fewest} sheets a case.",
)
_KINDS = {"field": Text("领域", "field"), "region": Text("牵头地区", "lead region")}
_WRONG = Text("“{rule}”：{why}", "“{rule}”: {why}")


def rule_of(values: Mapping[str, Any]) -> Rule:
    """The rule by which a round scores; ``values``: what its notice fixes."""
    said = values.get("scoring")
    if not said:
        return Rule()
    return Rule(said["drop"], said["places"], said["rounding"], (TOTAL, *said["ties"]))


def quotas_of(values: Mapping[str, Any]) -> tuple[GroupQuota, ...]:
    """The quotas of fields and lead regions of a round, as its notice lists them."""
    said = values.get("scoring") or {}
    return tuple(
        GroupQuota(one["kind"], one["value"], one.get("most"), one["least"]) for one in said.get("quotas", ())
    )


def check(spec: ContentField, value: Mapping[str, Any], setting: Setting) -> list[Text]:
    """What is wrong with the rule of a notice: criteria and groups that do not exist, quotas that cannot be kept."""
    criteria = {one["id"] for one in setting.said.get("criteria") or []}
    ties = value["ties"][:-1] if value["ties"][-1:] == [DRAWN] else value["ties"]
    problems = [_NO_CRITERION.fill(rule=spec.text, name=one) for one in ties if one not in criteria]
    reserved = criteria & {TOTAL, DRAWN} & {*value["ties"]}
    problems += [_RESERVED.fill(rule=spec.text, name=one) for one in sorted(reserved)]
    if value["drop"] and int(setting.said.get("panel") or 0) < FEWEST_TO_DROP:
        problems.append(_FEW_SHEETS.fill(rule=spec.text, fewest=FEWEST_TO_DROP))
    if value["quotas"] and DRAWN not in value["ties"]:
        problems.append(_NEEDS_LOTS.fill(rule=spec.text))
    return problems + _quotas(spec, value, setting)


_NEEDS_LOTS = Text(
    "“{rule}”有分组名额，同分的最后要抽签定先后：在区分同分的规则里选上抽签。",
    "“{rule}” has quotas of groups, so equals must be told apart by lot in the end: add the draw to the ties.",
)


def _quotas(spec: ContentField, value: Mapping[str, Any], setting: Setting) -> list[Text]:
    programme = setting.case.programme
    known = groups_of(programme)
    problems = [
        _NO_GROUP.fill(rule=spec.text, name=group(one["kind"], one["value"], programme))
        for one in value["quotas"]
        if (one["value"] and one["value"] not in known[one["kind"]]) or not known[one["kind"]]
    ]
    if problems:
        return problems
    zh, en = (_impossible(value, setting, at) for at in (0, 1))
    return [_WRONG.fill(rule=spec.text, why=Text(zh, en))] if zh else []


def _impossible(value: Mapping[str, Any], setting: Setting, language: int) -> str:
    """Why the quotas cannot stand together, in one language: the groups bear their names in it. "" where they can."""
    programme = setting.case.programme

    def named(kind: str, one: str) -> Group:
        return _KINDS[kind][language], group(kind, one, programme)[language] if one else ""

    everyone = [named(kind, one) for kind, names in groups_of(programme).items() for one in names]
    quotas = [
        GroupQuota(*named(one.kind, one.value), one.most, one.least) for one in quotas_of({"scoring": value})
    ]
    try:
        bounds_of({"/".join(one): frozenset({one}) for one in everyone}, quotas, setting.said.get("quota"))
    except BadScores as bad:
        return bad.text[language]
    return ""


def groups_of(programme: Programme) -> dict[str, frozenset[str]]:
    """The values of each kind of group that quotas may name."""
    return {
        "field": frozenset(one.id for one in programme.fields),
        "region": parts_of(programme.region),
    }
