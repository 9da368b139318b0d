"""The columns of a pool's workbook: what they are called, what they hold, which must be filled. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cultivar.policy.text import Text

SheetKind = Literal["experts", "ties", "absences"]
SHEETS: Mapping[SheetKind, Text] = {
    "experts": Text("专家", "Experts"),
    "ties": Text("任职与关系", "Ties"),
    "absences": Text("不能参加的日子", "Absences"),
}
KINDS: Mapping[str, Text] = {
    "technology": Text("技术", "Technology"),
    "industry": Text("产业", "Industry"),
    "finance": Text("财务金融", "Finance"),
    "management": Text("管理", "Management"),
}
TIES: Mapping[str, Text] = {
    "employed": Text("任职", "Employed"),
    "adviser": Text("顾问", "Adviser"),
    "partner": Text("项目合作", "Project partner"),
    "owner": Text("持股或出资", "Owner"),
}
NONE, NOTHING = "none", Text("没有", "None")  # of a tie: there are none


@dataclass(frozen=True)
class Column:
    """A column: ``also`` are other headings that mean it."""

    id: str
    name: Text
    note: Text
    required: bool = False
    also: tuple[str, ...] = field(default=())
    width: int = 14


_NUMBER = Column(
    "number",
    Text("编号", "Number"),
    Text("专家库里的编号，不重复，不用身份证号。", "The number in the pool, once; no identity number."),
    required=True,
    also=("专家编号",),
)
_FROM = Column(
    "from",
    Text("起", "From"),
    Text("第一天。不填表示不详。", "The first day; blank: not known."),
    also=("开始日期", "起始日期"),
)
_UNTIL = Column(
    "until",
    Text("止", "Until"),
    Text("最后一天。不填表示至今。", "The last day; blank: it lasts."),
    also=("结束日期", "截止日期"),
)
_ORGANISATION = (
    Column(
        "organisation",
        Text("单位名称", "Organisation"),
        Text("营业执照或法人证书上的全称。", "The full name on its licence."),
        required=True,
        also=("工作单位", "单位"),
        width=34,
    ),
    Column(
        "code",
        Text("统一社会信用代码", "Credit code"),
        Text(
            "18 位。没有代码只能按名称比对。",
            "18 characters; without it only names are compared.",
        ),
        also=("单位信用代码", "信用代码"),
        width=23,
    ),
)

COLUMNS: Mapping[SheetKind, tuple[Column, ...]] = {
    "experts": (
        _NUMBER,
        Column("name", Text("姓名", "Name"), Text("真实姓名。", "The real name."), required=True, width=12),
        Column(
            "kind",
            Text("类别", "Kind"),
            Text("技术、产业、财务金融、管理之一。", "One of technology, industry, finance, management."),
            required=True,
            also=("专家类别",),
        ),
        Column(
            "title",
            Text("职称", "Title"),
            Text("如教授级高工。", "Such as professor."),
            also=("职称职务",),
            width=18,
        ),
        Column(
            "region",
            Text("工作所在地", "Region"),
            Text("市（州）名称。用于同城回避。", "City or prefecture; for the rule on the same city."),
            also=("所在市州", "所在地区"),
        ),
        Column(
            "fields",
            Text("领域", "Fields"),
            Text(
                "各项目文件里的领域名称，用“、”隔开。", "Fields of the programmes, separated by semicolons."
            ),
            also=("评审领域", "专业领域"),
            width=30,
        ),
        Column(
            "industries",
            Text("行业代码", "Industries"),
            Text(
                "GB/T 4754-2017 的 2 至 4 位代码，用“、”隔开。",
                "Codes of GB/T 4754-2017, two to four digits, separated by semicolons.",
            ),
            also=("国民经济行业代码",),
            width=18,
        ),
        Column(
            "most",
            Text("每批最多评审件数", "At most per round"),
            Text("不填表示不另作限制。", "Blank: no limit of one's own."),
            also=("最多件数",),
        ),
        Column(
            "from",
            Text("聘期起", "Term from"),
            Text("不填从导入当天起。", "Blank: from the day of the import."),
        ),
        Column("until", Text("聘期止", "Term until"), Text("不填表示未定。", "Blank: no end is set.")),
    ),
    "ties": (
        _NUMBER,
        Column(
            "kind",
            Text("关系", "Tie"),
            Text(
                "任职、顾问、项目合作、持股或出资之一；都没有就填“没有”。",
                "One of employed, adviser, project partner, owner; or none.",
            ),
            required=True,
            also=("关系类别",),
        ),
        *_ORGANISATION,
        _FROM,
        _UNTIL,
    ),
    "absences": (
        _NUMBER,
        Column(
            "from",
            Text("起", "From"),
            Text("第一天。两格都不填表示没有。", "The first day; both blank: there are none."),
            required=True,
            also=_FROM.also,
        ),
        Column(
            "until", Text("止", "Until"), Text("最后一天。", "The last day."), required=True, also=_UNTIL.also
        ),
    ),
}
