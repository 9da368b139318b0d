"""The columns of a roster: those that a programme's indicators ask for, or all that the vocabulary knows. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.policy.vocabulary import Measure, Word, vocabulary

SheetKind = Literal["firms", "held", "incidents", "supply"]
Part = str  # what a column holds: code, name, figure, held, from ...: the words of ``headings`` and of the lists below
SHEETS: Mapping[SheetKind, Text] = {
    "firms": Text("企业", "Enterprises"),
    "held": Text("资质", "Qualifications"),
    "incidents": Text("事件", "Incidents"),
    "supply": Text("配套", "Supply"),
}
NOTES = Text("说明", "Notes")
LISTED = Text("导入问题", "Import problems")  # the sheet that a marked workbook begins with
WAN = Text("万元", "10 000 yuan")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column is about. ``measure`` and ``year`` for a figure, ``kind`` and ``rank`` for a qualification."""

    part: Part
    measure: str = ""
    year: int = 0
    kind: str = ""
    rank: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as a template or an export writes it; ``note`` says what is meant, ``required`` must be filled."""

    meaning: Meaning
    name: Text
    note: Text
    unit: Text | None = None
    required: bool = False

    @property
    def heading(self) -> Text:
        """The heading in each language, year and unit included."""
        year = self.meaning.year
        zh, en = (f"{year}年{self.name.zh}", f"{self.name.en} {year}") if year else self.name
        return Text(f"{zh}（{self.unit.zh}）", f"{en} ({self.unit.en})") if self.unit else Text(zh, en)

    def head(self, language: str) -> str:
        """The heading of one language, or of both on two lines (``language`` "both")."""
        return "\n".join(self.heading) if language == "both" else self.heading.say(language)


Layout = Mapping[SheetKind, tuple[Column, ...]]

CODE = Column(
    Meaning("code"),
    Text("统一社会信用代码", "Credit code"),
    Text(
        "18 位，按营业执照填写。单元格是“文本”格式，不要改。",
        "18 characters, as on the business licence. The cells are text; leave them so.",
    ),
    required=True,
)
NAME = Column(
    Meaning("name"),
    Text("企业名称", "Enterprise"),
    Text("营业执照上的全称。", "The full name on the licence."),
    required=True,
)
REGION = Column(
    Meaning("region"),
    Text("所在地区", "Region"),
    Text(
        "市（州）或新区，从下拉框里选；也可填区划代码。",
        "City, prefecture or new area: choose it; its code will do too.",
    ),
    required=True,
)
INDUSTRY = Column(
    Meaning("industry"),
    Text("行业代码", "Industry"),
    Text(
        "国民经济行业分类（GB/T 4754-2017）代码，2 至 4 位，如 1512。",
        "GB/T 4754-2017 code, two to four digits, such as 1512.",
    ),
    required=True,
)
IDENTITY = (CODE, NAME, REGION, INDUSTRY)
_FIRM = (CODE, replace(NAME, required=False))
_OPTIONAL = Text(
    "没有数据就留空；没有发生填 0。", "Leave it empty where there is no figure; type 0 where there was none."
)


def programme_layout(programme: Programme, year: int) -> Layout:
    """The sheets that a programme asks for: measures of its indicators (two years where one looks back), its titles."""
    computed = [one.computed for one in programme.indicators if one.computed is not None]
    back = {name for one in computed if one.looks_back for name in one.measures}
    asked = {name for one in computed for name in one.measures}
    kinds = {kind for one in computed for kind in one.qualified or []}
    known = vocabulary()
    figures = [
        _figure(measure, when)
        for measure in known.measures.values()
        if measure.id in asked
        for when in ((year - 1, year) if measure.id in back else (year,))
    ]
    groups = [column for word in known.qualifications.values() if word.id in kinds for column in _group(word)]
    return _layout(figures, groups)


def general_layout(year: int) -> Layout:
    """Every measure and qualification of the vocabulary, for authorities."""
    known = vocabulary()
    figures = [_figure(measure, year) for measure in known.measures.values()]
    return _layout(figures, [column for word in known.qualifications.values() for column in _group(word)])


def export_columns(years: Iterable[int]) -> tuple[Column, ...]:
    """What an export of enterprises writes: every measure of these years, every title with each of its ranks."""
    known = vocabulary()
    figures = [_figure(measure, year) for year in sorted(years) for measure in known.measures.values()]
    groups = [
        column
        for word in known.qualifications.values()
        for rank in word.ranks or ("",)
        for column in _group(word, rank, numbered=True)
    ]
    return (*IDENTITY, *figures, *groups)


def _layout(figures: list[Column], groups: list[Column]) -> Layout:
    return {"firms": (*IDENTITY, *figures, *groups), "held": HELD, "incidents": INCIDENTS, "supply": SUPPLY}


def _figure(measure: Measure, year: int) -> Column:
    answer = Text("是或否。", "Yes or no.")
    return Column(
        Meaning("figure", measure=measure.id, year=year),
        measure.name,
        answer if measure.kind == "yes-no" else _OPTIONAL,
        measure.unit,
    )


def _group(word: Word, rank: str = "", numbered: bool = False) -> list[Column]:
    """The columns of one qualification: held or at which rank, (number,) valid from, valid until."""
    known = vocabulary()
    name = word.name
    if rank:
        level = known.ranks[rank].name
        name = Text(f"{name.zh}（{level.zh}）", f"{name.en} ({level.en})")
    ranked = bool(word.ranks) and not rank
    held = Text("填级别，没有填“否”。", "Its rank, or no.") if ranked else Text("是或否。", "Yes or no.")
    day = Text("日期，如 2026-05-07。", "A date such as 2026-05-07.")
    parts: list[tuple[Part, Text, Text]] = [("held", name, held)]
    if numbered:
        parts.append(
            (
                "number",
                Text(f"{name.zh} 证书编号", f"{name.en} number"),
                Text("证书编号。", "Of the certificate."),
            )
        )
    parts += [
        ("from", Text(f"{name.zh} 有效期起", f"{name.en} valid from"), day),
        ("until", Text(f"{name.zh} 有效期止", f"{name.en} valid until"), day),
    ]
    return [Column(Meaning(part, kind=word.id, rank=rank), text, note) for part, text, note in parts]


HELD = (
    *_FIRM,
    Column(
        Meaning("kind"),
        Text("资质", "Qualification"),
        Text("从下拉框里选。", "Choose it from the list."),
        required=True,
    ),
    Column(Meaning("rank"), Text("级别", "Rank"), Text("分级的资质必填。", "Where the title has ranks.")),
    Column(
        Meaning("number"),
        Text("证书编号", "Number"),
        Text("没有就留空。", "Leave it empty where there is none."),
    ),
    Column(
        Meaning("from"),
        Text("有效期起", "Valid from"),
        Text("日期，如 2026-05-07。", "A date such as 2026-05-07."),
    ),
    Column(
        Meaning("until"),
        Text("有效期止", "Valid until"),
        Text("日期；长期有效就留空。", "A date; empty where it has no end."),
    ),
)
INCIDENTS = (
    *_FIRM,
    Column(
        Meaning("kind"),
        Text("事件类别", "Incident"),
        Text("从下拉框里选。", "Choose it from the list."),
        required=True,
    ),
    Column(
        Meaning("grade"),
        Text("等级", "Grade"),
        Text("从下拉框里选。", "Choose it from the list."),
        required=True,
    ),
    Column(
        Meaning("on"),
        Text("发生日期", "Day"),
        Text("日期，如 2026-05-07。", "A date such as 2026-05-07."),
        required=True,
    ),
    Column(
        Meaning("document"),
        Text("认定文书", "Document"),
        Text("认定这一事件的文书名称和文号。", "The paper that establishes it, with its number."),
    ),
)
SUPPLY = (
    Column(
        Meaning("buyer"),
        Text("采购方代码", "Buyer's code"),
        Text(
            "“企业”表里一家企业的统一社会信用代码。",
            "The credit code of an enterprise of the sheet Enterprises.",
        ),
        required=True,
    ),
    Column(
        Meaning("supplier"),
        Text("供应方代码", "Supplier's code"),
        Text(
            "供应方的统一社会信用代码；可以不在本名单。",
            "The supplier's credit code; it need not be on this roster.",
        ),
        required=True,
    ),
    Column(
        Meaning("supplier-name"),
        Text("供应方名称", "Supplier"),
        Text("营业执照上的全称。", "The full name on the licence."),
    ),
    Column(
        Meaning("product"),
        Text("产品", "Product"),
        Text("采购的产品或服务。", "The product or service bought."),
        required=True,
    ),
    Column(Meaning("year"), Text("年份", "Year"), Text("四位年份。", "Four digits.")),
    Column(
        Meaning("amount"),
        Text("采购金额", "Amount"),
        Text("当年采购金额；不清楚就留空。", "Of that year; empty where it is not known."),
        WAN,
    ),
)
OF_SHEET: Mapping[SheetKind, tuple[Column, ...]] = {
    "held": HELD,
    "incidents": INCIDENTS,
    "supply": SUPPLY,
    "firms": IDENTITY,
}
