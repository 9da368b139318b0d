"""What the rules of the linter share: names that nothing has, names that stand twice, and what things are called."""

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from itertools import islice

from cultivar.policy.model import Programme
from cultivar.policy.model_form import FormField
from cultivar.policy.problems import Finding, Place
from cultivar.policy.text import Text
from cultivar.procedure import linter_rules as rules

Found = Iterator[Finding]
_SHOWN = 5  # names that are offered in place of an unknown one ...
_COMPARED = 200  # ... out of so many


ARTICLE, BODY, POST = Text("条款", "article"), Text("主体", "body"), Text("岗位", "post")
GUARD, STAGE, ACT = Text("前提", "guard"), Text("环节", "stage"), Text("行为", "act")
FIELD, PROCEDURE, TITLE = Text("字段", "field"), Text("程序", "procedure"), Text("称号", "title")
GROUP, SETTING = Text("类别或对象", "group or designation"), Text("批次设置", "round setting")
INDICATOR, EVIDENCE, CONDITION = (
    Text("指标", "indicator"),
    Text("佐证", "evidence"),
    Text("条件", "condition"),
)
MEASURE, QUALIFICATION = Text("数据项", "measure"), Text("资质", "qualification")
RANK, INCIDENT, GRADE = (
    Text("级别", "rank"),
    Text("事件类别", "kind of incident"),
    Text("事件等级", "grade of incidents"),
)
TABLE, COLUMN = Text("表", "a table"), Text("列", "column")
A_NUMBER, CHOICES = Text("数", "a number"), Text("选项", "a choice")
YES_NO, NUMBER = Text("是否类", "yes-no"), Text("数值类", "numeric")
YI = Text("亿元", "100 million yuan")
PUBLIC, FACT, CHOICE, DOCUMENT = (
    Text("可公开的内容", "thing that can be published"),
    Text("事实", "fact"),
    Text("选项", "choice"),
    Text("文件", "document"),
)


def unknown(what: Text, name: str | None, known: Collection[str], place: Place) -> Found:
    """A name that nothing has, with those that are most like it."""
    if name is not None and name not in known:
        names = list(islice(known, _COMPARED))
        near = get_close_matches(name, names, n=_SHOWN, cutoff=0.3) or names[:_SHOWN]
        shown = Text(
            f"可用的有：{'、'.join(near)}" if near else "这里还一个都没有",
            f"There are for example {', '.join(near)}" if near else "There is none yet",
        )
        yield rules.UNKNOWN.at(place, name=name, what=what, shown=shown)


def repeated(ids: Iterable[tuple[Place, str]]) -> Found:
    """Names that stand twice, at their second place."""
    known: set[str] = set()
    for place, name in ids:
        if name in known:
            yield rules.TWICE.at(place, name=name)
        known.add(name)


def form_fields(programme: Programme) -> Iterator[tuple[Place, FormField]]:
    """Every field of the dossier with its place in the file."""
    for number, section in enumerate(programme.form):
        for index, field in enumerate(section.fields):
            yield ("form", number, "fields", index), field
