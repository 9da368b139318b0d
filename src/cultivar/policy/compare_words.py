"""What stands at a changed place, and where the place is: plain values for programs, words for readers."""

from collections.abc import Iterable, Mapping
from typing import Any

from cultivar.policy.citation import number_text
from cultivar.policy.compare_citing import TITLE
from cultivar.policy.compare_classes import Class
from cultivar.policy.compare_sides import Side, Spot
from cultivar.policy.model import (
    Article,
    Body,
    Duty,
    IndustryField,
    Measure,
    OpenPoint,
    Programme,
    RoundSetting,
    Sanction,
    Title,
)
from cultivar.policy.model_conditions import (
    Condition,
    Criterion,
    Designation,
    DesignationGroup,
    Direction,
    Evidence,
    Indicator,
    Target,
)
from cultivar.policy.model_form import Column, FormField, FormSection
from cultivar.policy.model_parts import Named, Part, Said
from cultivar.policy.model_procedure import Act, ContentField, Guard, Procedure, Stage
from cultivar.policy.text import Text

CLASS_WORDS: dict[Class, Text] = {
    "tightening": Text("收紧", "tightening"),
    "loosening": Text("放宽", "loosening"),
    "parameter": Text("参数", "parameter"),
    "procedure": Text("程序", "procedure"),
    "responsibility": Text("责任", "responsibility"),
    "wording": Text("措辞", "wording"),
}
NOTHING = Text("（无）", "(none)")

_KINDS: dict[type[Part], Text] = {
    Article: Text("条款", "Article"),
    Body: Text("主体", "Body"),
    OpenPoint: Text("条文未明", "Open point"),
    IndustryField: Text("领域", "Field"),
    Direction: Text("方向", "Direction"),
    RoundSetting: Text("通知事项", "Set by the notice"),
    Condition: Text("条件", "Condition"),
    Indicator: Text("指标", "Indicator"),
    Evidence: Text("佐证", "Evidence"),
    FormSection: Text("申报书", "Dossier"),
    FormField: Text("填报项", "Entry"),
    Column: Text("列", "Column"),
    Title: Text("称号", "Title"),
    Guard: Text("前提", "Guard"),
    Procedure: Text("程序", "Procedure"),
    Stage: Text("环节", "Stage"),
    Act: Text("行为", "Act"),
    ContentField: Text("写明", "States"),
    Criterion: Text("评审指标", "Criterion"),
    DesignationGroup: Text("类别", "Group"),
    Designation: Text("点名对象", "Designated"),
    Target: Text("目标", "Target"),
    Duty: Text("义务", "Duty"),
    Measure: Text("支持与责任", "Support or responsibility"),
    Sanction: Text("情形", "Ground"),
}
_LABELS = {
    "title": Text("标题", "title"),
    "short_title": Text("简称", "short title"),
    "document_number": Text("文号", "document number"),
    "issuer": Text("制定机关", "issuer"),
    "issued": Text("印发日期", "issued"),
    "in_force": Text("施行", "in force"),
    "status": Text("状态", "status"),
    "region": Text("地区", "region"),
    "subject": Text("培育对象", "subject"),
    "case_prefix": Text("编号前缀", "prefix of case numbers"),
    "conditions_hold": Text("条件怎样成立", "how the conditions hold"),
    "number": Text("编号", "number"),
    "kind": Text("类别", "kind"),
    "chapter": Text("章", "chapter"),
    "summary": Text("内容", "summary"),
    "scope": Text("管哪些案件", "which cases"),
    "played_by": Text("由谁担任", "played by"),
    "posts": Text("岗位", "posts"),
    "short": Text("简称", "short name"),
    "article": Text("依据", "articles"),
    "articles": Text("依据", "articles"),
    "question": Text("问题", "question"),
    "readings": Text("读法", "readings"),
    "chosen": Text("采用的读法", "reading taken"),
    "because": Text("理由", "reason"),
    "set_by": Text("由谁定", "set by"),
    "unit": Text("单位", "unit"),
    "better": Text("优劣方向", "which way is better"),
    "formula": Text("口径", "formula"),
    "hint": Text("提示", "hint"),
    "judged_by": Text("怎样判断", "how it is judged"),
    "indicators": Text("指标", "indicators"),
    "evidence": Text("佐证", "evidence"),
    "type": Text("类型", "type"),
    "required": Text("必填", "required"),
    "at_most": Text("最多", "at most"),
    "at_least": Text("不低于", "at least"),
    "more_than": Text("高于", "more than"),
    "less_than": Text("低于", "less than"),
    "indicator": Text("指标", "indicator"),
    "condition": Text("条件", "condition"),
    "bars": Text("门槛", "bars"),
    "examples": Text("例子", "examples"),
    "supersedes": Text("取代", "supersedes"),
    "transition": Text("过渡", "transition"),
    "points": Text("分值", "points"),
    "baseline": Text("基数", "baseline"),
    "value": Text("数值", "value"),
    "year": Text("年份", "year"),
    "places": Text("地点", "places"),
    "layout": Text("布局", "layout"),
    "aim": Text("定位", "aim"),
    "directions": Text("方向", "directions"),
    "group": Text("类别", "group"),
    "bound": Text("界限", "bound"),
    "by_year": Text("到哪一年", "by the year"),
    "register_": Text("名册已有", "known to the register"),
    "among": Text("取自", "among"),
    "designated": Text("限点名对象", "designated only"),
    "plural": Text("复数", "plural"),
    "least": Text("最小值", "least"),
    "most": Text("最大值", "most"),
    "choices": Text("选项", "choices"),
    "personal": Text("个人信息", "personal"),
    "columns": Text("列", "columns"),
    "sum": Text("合计", "total"),
    "follows": Text("由哪些项得出", "what it follows from"),
    "from_roster": Text("取自企业名单", "taken from the roster"),
    "sum_of": Text("相加", "sum of"),
    "difference_of": Text("相减", "difference of"),
    "ratio_of": Text("相除", "ratio of"),
    "rows_of": Text("行数", "rows of"),
    "sum_of_column": Text("列合计", "sum of a column"),
    "where": Text("只看", "only where"),
    "n": Text("长度", "length"),
    "after": Text("自何时起", "counted from"),
    "first_day": Text("首日", "first day"),
    "on_expiry": Text("期满", "on expiry"),
    "until": Text("到何日", "until"),
    "limit": Text("时限", "time limit"),
    "period": Text("期间", "period"),
    "public": Text("对外名称", "public name"),
    "step": Text("步骤名称", "name of the step"),
    "final": Text("结果", "result"),
    "waits_for": Text("等待办理", "waits for"),
    "seen_by": Text("谁能看", "seen by"),
    "sealed_until": Text("封存到", "sealed until"),
    "since": Text("自何事以后", "since"),
    "rests": Text("静置", "rests"),
    "by": Text("由谁", "by whom"),
    "from_": Text("从", "from"),
    "to": Text("到哪里", "to"),
    "when": Text("何时可办", "when"),
    "needs": Text("前提", "needs"),
    "content": Text("写明什么", "what it states"),
    "four_eyes": Text("须两人", "four eyes"),
    "agrees": Text("由谁同意", "who agrees"),
    "once_per": Text("办一次", "once per"),
    "publishes": Text("公开", "makes public"),
    "issues": Text("产生文书", "issues"),
    "grants": Text("授予", "grants"),
    "ends": Text("终止", "ends"),
    "hidden_from": Text("对谁隐藏", "hidden from"),
    "harm": Text("不利行为", "adverse"),
    "task": Text("待办名称", "name of the task"),
    "consequence": Text("后果", "what follows"),
    "about": Text("针对", "about"),
    "parent": Text("所挂事项", "hangs on"),
    "opens": Text("启动", "opens"),
    "every_years": Text("每几年", "every how many years"),
    "due_month": Text("截止月", "month due"),
    "due_day": Text("截止日", "day due"),
    "covers": Text("涵盖", "covers"),
}
_VALUES = {
    "draft": Text("征求意见", "draft"),
    "trial": Text("试行", "trial"),
    "in force": Text("现行", "in force"),
    "superseded": Text("已被取代", "superseded"),
    "executable": Text("可执行", "executable"),
    "discretion": Text("裁量", "discretion"),
    "declaratory": Text("宣示", "declaratory"),
    "own cases": Text("本单位案件", "own cases"),
    "lead region": Text("牵头地", "lead region"),
    "partner regions": Text("相关市（州）", "partner regions"),
    "regions concerned": Text("有关地区", "regions concerned"),
    "whole region": Text("全省", "whole region"),
    "assigned cases": Text("指派的案件", "assigned cases"),
    "published matters": Text("公开事项", "published matters"),
    "everything": Text("全部", "everything"),
    "all": Text("同时具备", "all at once"),
    "any": Text("具备其一", "any one"),
    "round": Text("批次通知", "the notice of a round"),
    "draw": Text("专家抽取", "the draw of experts"),
    "plan": Text("实施方案", "the plan"),
    "file": Text("程序文件", "the programme file"),
    "recommendation-letter": Text("推荐意见", "recommendation letter"),
    "counted": Text("计入", "counted"),
    "next": Text("次日起算", "from the next day"),
}
_YES, _NO = Text("是", "yes"), Text("否", "no")


def plain(value: Any) -> Any:
    """A value as the file writes it, defaults left out: strings, numbers, lists and mappings only."""
    if isinstance(value, Part):
        return value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def heading(article: str) -> Text:
    """What stands over the changes of one article, by the label of a change: the head, one or several, or none."""
    if article == TITLE:
        return Text("标题与文件信息", "Head of the document")
    if not article:
        return Text("不属于哪一条", "No article")
    return _joined(number_text(one.replace("(", ".").replace(")", "")) for one in article.split(", "))


def place(spot: Spot) -> Text:
    """Where a change is, from the outermost named thing inwards: “程序“认定” › 行为“行文推荐” › 由谁”."""
    side = spot.after if len(spot.after.chain) >= len(spot.before.chain) else spot.before
    steps = [words for part in side.chain if (words := _named(part))]
    last = side.chain[-1]
    one_sided = len(spot.before.chain) != len(spot.after.chain)
    if _named(last) is None or not (spot.texts or one_sided):
        steps.append(_LABELS.get(spot.name) or Text(spot.name, spot.name))
    return Text(" › ".join(step.zh for step in steps), " › ".join(step.en for step in steps))


def _named(part: Part) -> Text | None:
    kind = next((words for known, words in _KINDS.items() if type(part) is known), None)
    if isinstance(part, Article):
        return number_text(part.number)
    name = (
        part.question.text if isinstance(part, OpenPoint) else part.text if isinstance(part, Named) else None
    )
    if name is None or isinstance(part, Programme):
        return None
    if kind is None:
        return name
    return Text(f"{kind.zh}“{name.zh}”", f"{kind.en} “{name.en}”")


def value(side: Side, name: str, what: Any) -> Text:
    """A value in words: names for ids, sentences for texts."""
    if what is None or what == []:
        return NOTHING
    if isinstance(what, bool):
        return _YES if what else _NO
    if isinstance(what, Part):
        return _part(side, what)
    if isinstance(what, list):
        return _joined(value(side, name, item) for item in what)
    if isinstance(what, Mapping):
        return _joined(_pair(key, value(side, key, item)) for key, item in what.items())
    return _reference(side, name, str(what)) or _VALUES.get(str(what)) or Text(str(what), str(what))


def contrast(before: Text, after: Text) -> tuple[Text, Text]:
    """Both sides of a change, told apart in either language: where one language is the same, the other is added."""
    if before == after or (before.zh != after.zh and before.en != after.en):
        return before, after
    one, other = (Text(f"{text.zh}（{text.en}）", f"{text.en} ({text.zh})") for text in (before, after))
    return one, other


def _part(side: Side, part: Part) -> Text:
    if isinstance(part, Article):
        return part.summary.text
    if isinstance(part, OpenPoint):
        return part.readings[min(part.chosen, len(part.readings)) - 1].text
    if isinstance(part, Said):
        return part.text
    given = part.model_dump(exclude_defaults=True)
    return _joined(_pair(key, value(side, key, item)) for key, item in given.items())


def _pair(key: str, words: Text) -> Text:
    known = _LABELS.get(key) or Text(key, key)
    return Text(f"{known.zh}：{words.zh}", f"{known.en}: {words.en}")


def _joined(texts: Iterable[Text]) -> Text:
    known = list(texts)
    return Text("、".join(text.zh for text in known), ", ".join(text.en for text in known))


def _reference(side: Side, name: str, key: str) -> Text | None:
    """The name of the thing that an id stands for, by the field that holds it."""
    programme, inside = side.programme, side.inmost(Procedure)
    if name in ("by", "agrees", "played_by", "hidden_from", "seen_by"):
        return _office(programme, key)
    if name in ("article", "articles"):
        article = programme.article.get(key)
        return number_text(article.number, programme.counted) if article else None
    known: dict[str, Mapping[str, Said]] = {
        "needs": programme.guards,
        "opens": programme.procedures,
        "parent": programme.procedures,
        "indicators": {item.id: item for item in programme.indicators},
        "indicator": {item.id: item for item in programme.indicators},
        "evidence": {item.id: item for item in programme.evidence},
        "condition": programme.condition,
        "publishes": programme.form_fields,
    }
    if inside is not None:
        stages, acts = inside.stages, inside.acts
        known |= {"from_": stages, "to": stages, "waits_for": acts, "after": acts, "sealed_until": acts}
    found = known.get(name, {}).get(key)
    return found.text if found is not None else None


def _office(programme: Programme, office: str) -> Text | None:
    body, _, post = office.partition(".")
    known = programme.bodies.get(body)
    if known is None:
        return None
    if post not in known.posts:
        return known.text
    return Text(f"{known.zh}（{known.posts[post].zh}）", f"{known.en} ({known.posts[post].en})")
