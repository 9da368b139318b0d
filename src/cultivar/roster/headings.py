"""Finding the heading row of a sheet and what each of its columns is about, however people wrote it. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product

from cultivar.policy.text import Text
from cultivar.policy.vocabulary import Word, vocabulary
from cultivar.roster.cells import FOREIGN, MONEY, Cell, bare, clean_text, flat, is_blank, rank_of, unit_scale
from cultivar.roster.columns import LISTED, NOTES, SHEETS, Meaning, SheetKind

LOOKED_AT = 40  # rows from the top in which a heading is looked for
LEAST = 2  # columns that must be known for a row to be a heading
Range = tuple[int, int, int, int]  # top, left, bottom, right of merged cells, counted from 0, all included

_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)(?:年度|年)?")
_BEFORE, _THIS = (
    ("上年度", "上一年度", "上年", "去年", "前一年"),
    ("本年度", "当年度", "本年", "当年", "年度"),
)
_PIECES = re.compile(r"[,，;；、]")
_UNIT_LINE = re.compile(r"(?:金额)?单位[:：]?\s*(?:人民币)?(元|千元|万元|百万元|亿元)")

_PLAIN: dict[SheetKind, dict[str, str]] = {
    "firms": {
        "code": "统一社会信用代码 社会信用代码 信用代码 统一代码 企业代码 企业统一社会信用代码 统一社会信用代码证号 "
        "creditcode unifiedsocialcreditcode uscc",
        "name": "企业名称 单位名称 公司名称 企业全称 单位全称 企业 单位 名称 enterprise name company enterprisename",
        "region": "所在地区 地区 所在地 所属地区 市州 所在市州 所属市州 所在市 市 行政区划 区划 区域 region city",
        "industry": "行业代码 行业 所属行业 行业分类 行业类别 国民经济行业 国民经济行业代码 "
        "行业名称 industry industrycode",
        "ignored": "序号 编号 no 备注 说明 联系人 联系电话 remarks",
    },
    "held": {
        "code": "统一社会信用代码 社会信用代码 信用代码 企业代码 creditcode unifiedsocialcreditcode",
        "name": "企业名称 单位名称 企业 名称 enterprise name",
        "kind": "资质 资质名称 称号 称号名称 资质类别 荣誉称号 qualification title",
        "rank": "级别 等级 层级 rank level",
        "number": "证书编号 编号 证书号 文号 number",
        "from": "有效期起 有效期自 有效期开始 起始日期 认定日期 发证日期 获得日期 validfrom from",
        "until": "有效期止 有效期至 到期日期 截止日期 有效期 validuntil until",
        "ignored": "序号 备注 remarks no",
    },
    "incidents": {
        "code": "统一社会信用代码 社会信用代码 信用代码 企业代码 creditcode unifiedsocialcreditcode",
        "name": "企业名称 单位名称 企业 名称 enterprise name",
        "kind": "事件类别 事件类型 类别 事件 incident kind",
        "grade": "等级 事件等级 级别 事故等级 grade",
        "on": "发生日期 发生时间 日期 day date on",
        "document": "认定文书 文书 依据 文号 认定文件 document",
        "ignored": "序号 备注 remarks no",
    },
    "supply": {
        "buyer": "采购方代码 采购企业代码 采购方统一社会信用代码 采购方 buyerscode buyer",
        "supplier": "供应方代码 供应企业代码 供应商代码 供应方统一社会信用代码 供应商统一社会信用代码 supplierscode",
        "supplier-name": "供应方名称 供应方 供应商名称 供应商 supplier suppliername",
        "product": "产品 产品名称 采购产品 配套产品 产品或服务 product",
        "year": "年份 年度 采购年份 year",
        "amount": "采购金额 采购额 金额 配套金额 amount",
        "ignored": "序号 备注 采购方名称 采购企业 remarks no",
    },
}
_DECIDE: Mapping[SheetKind, frozenset[str]] = {
    "supply": frozenset({"buyer", "supplier"}),
    "incidents": frozenset({"code", "kind", "grade", "on"}),
    "held": frozenset({"code", "kind"}),
    "firms": frozenset({"code"}),
}
_SUFFIXES: dict[str, str] = {
    "held": "是否获得 是否 获得 是否持有 持有 级别 等级 held rank",
    "number": "证书编号 编号 证书号 number",
    "from": "有效期起 有效期自 起始日期 认定日期 发证日期 获得日期 起 自 validfrom from",
    "until": "有效期止 有效期至 到期日期 截止日期 有效期 止 至 validuntil until",
}
_UNITS = tuple(
    sorted(
        (*MONEY, "人", "件", "项", "个", "家", "吨标准煤", "万吨标准煤", "吨", "万吨"), key=len, reverse=True
    )
)


@dataclass(frozen=True, slots=True)
class Known:
    """A column that is read: what it is about, its heading as it stands, how many smallest parts its unit has."""

    index: int
    meaning: Meaning
    heading: str
    scale: int = 1


@dataclass(frozen=True)
class Heading:
    """The heading of a sheet: on which row (from 0) its body begins and what its columns are.

    ``unknown``: headings that nothing is known by, ``doubled``: those that repeat an earlier column, ``units``: those
    whose unit cannot be converted, each with the index of the column.
    """

    kind: SheetKind
    body: int
    columns: tuple[Known, ...]
    unknown: tuple[tuple[int, str], ...] = ()
    doubled: tuple[tuple[int, str], ...] = ()
    units: tuple[tuple[int, str, str], ...] = ()

    def of(self, part: str) -> Known | None:
        """The first column of that part."""
        return next((one for one in self.columns if one.meaning.part == part), None)


@dataclass(frozen=True)
class _Spelt:
    """A heading taken apart: years and units set aside."""

    names: tuple[str, ...]
    year: int = 0
    unit: str = ""
    rank: str = ""


@dataclass
class _Found:
    columns: list[Known] = field(default_factory=list)
    unknown: list[tuple[int, str]] = field(default_factory=list)
    doubled: list[tuple[int, str]] = field(default_factory=list)
    units: list[tuple[int, str, str]] = field(default_factory=list)


@cache
def _dictionary(kind: SheetKind) -> dict[str, Meaning]:
    """Every name of a column of such a sheet, as ``bare`` has it."""
    found = {name: Meaning(part) for part, names in _PLAIN[kind].items() for name in names.split()}
    if kind == "firms":
        for measure in vocabulary().measures.values():
            for name in (measure.id, measure.name.zh, measure.name.en, *measure.also):
                found.setdefault(bare(name), Meaning("figure", measure=measure.id))
        for word in vocabulary().qualifications.values():
            found.update(_titles(word))
    return found


def _titles(word: Word) -> Iterator[tuple[str, Meaning]]:
    """The names of a qualification's columns: alone, with a rank before or behind, with what the column says."""
    ranks = vocabulary().ranks
    levels = [("", "", "")] + [
        (rank, bare(ranks[rank].name.zh), bare(ranks[rank].name.en)) for rank in word.ranks
    ]
    for name, (rank, *texts) in product((word.id, word.name.zh, word.name.en, *word.also), levels):
        for text in dict.fromkeys(texts):
            for whole in {f"{text}{bare(name)}", f"{bare(name)}{text}"}:
                yield whole, Meaning("held", kind=word.id, rank=rank)
                for part, suffixes in _SUFFIXES.items():
                    for suffix in suffixes.split():
                        yield f"{whole}{suffix}", Meaning(part, kind=word.id, rank=rank)


def _spell(text: str) -> Iterator[_Spelt]:
    """A heading line by line, then each language of a line alone."""
    lines = [
        line for line in unicodedata.normalize("NFKC", text).replace("\r", "\n").split("\n") if line.strip()
    ]
    whole = " ".join(lines)
    first = _take_apart(whole)
    for line in dict.fromkeys((whole, *lines)):
        spelt = _take_apart(line)
        chinese = "".join(sign for sign in spelt if not ("a" <= sign.casefold() <= "z"))
        names = tuple(
            dict.fromkeys(bare(one) for one in (spelt, chinese, *_without_unit(spelt)) if bare(one))
        )
        yield replace(_marks(line), names=names)
        yield replace(_marks(whole), names=names)
    yield replace(_marks(whole), names=(bare(first),))


def _take_apart(line: str) -> str:
    plain = _YEAR.sub("", _BRACKETS.sub(_keep_rank, line))
    squeezed = plain.strip()
    for word in (*_BEFORE, *_THIS):
        if squeezed.startswith(word):
            return squeezed.removeprefix(word).removeprefix("的")
    return squeezed


def _keep_rank(found: "re.Match[str]") -> str:
    """A rank in brackets belongs to the name; anything else in brackets is a unit or a remark."""
    return found[1] if rank_of(found[1]) else " "


def _without_unit(text: str) -> Iterator[str]:
    for unit in _UNITS:
        if text.endswith(unit) and len(text) > len(unit):
            yield text.removesuffix(unit)


def _marks(line: str) -> _Spelt:
    """Year and unit of a heading."""
    found = _YEAR.search(line)
    year = int(found[1]) if found else -1 if any(word in line for word in _BEFORE) else 0
    pieces = [one for inner in _BRACKETS.findall(line) for one in _PIECES.split(_YEAR.sub("", inner))]
    inside = [one for one in pieces if one.strip() and _is_unit(one)]
    behind = next((unit for unit in _UNITS if not inside and _YEAR.sub("", line).strip().endswith(unit)), "")
    return _Spelt((), year, inside[0] if inside else behind)


def _is_unit(text: str) -> bool:
    plain = flat(text).removeprefix("单位").lstrip(":：")
    if any(one in plain for one in (*FOREIGN, "%")):
        return True
    return plain.endswith(_UNITS) or any(
        unit_scale(measure, plain) is not None for measure in vocabulary().measures.values()
    )


# ----------------------------------------------------------------------------------------------- one sheet


def find(
    name: str, rows: Sequence[Sequence[Cell]], merged: Sequence[Range] = (), year: int = 0
) -> Heading | None:
    """The heading of a sheet by its tab's name and first rows; None where nothing is known by them.

    ``year`` is the one that headings without a year are about, and "last year" the one before it.
    """
    best: tuple[float, Heading] | None = None
    money = _money_unit(rows)
    for at in range(min(len(rows), LOOKED_AT)):
        for deep in (1, 2):
            if at + deep > len(rows):
                continue
            texts = _texts(rows, merged, at, deep)
            if sum(1 for text in texts if text) < LEAST:
                continue
            for kind in SHEETS:
                weight, heading = _try(kind, texts, at + deep, money, year)
                weight += 0.5 if kind == sheet_of(name) else 0
                weight -= 0.1 * (deep - 1) + 0.001 * at
                if _decides(heading) and (best is None or weight > best[0]):
                    best = weight, heading
    return best[1] if best else None


def _decides(heading: Heading) -> bool:
    parts = {one.meaning.part for one in heading.columns}
    return len(parts) >= LEAST and parts >= _DECIDE[heading.kind]


def without_code(rows: Sequence[Sequence[Cell]], merged: Sequence[Range] = ()) -> Heading | None:
    """A row that would be the heading of enterprises if it had a column of credit codes; None without any."""
    for at in range(min(len(rows), LOOKED_AT)):
        _, heading = _try("firms", _texts(rows, merged, at, 1), at + 1, "", 0)
        if len({one.meaning for one in heading.columns} - {Meaning("ignored")}) >= LEAST:
            return heading
    return None


def _texts(rows: Sequence[Sequence[Cell]], merged: Sequence[Range], at: int, deep: int) -> list[str]:
    """The headings of a row, or of two rows one under the other."""
    wide = max(len(row) for row in rows[at : at + deep])
    lines = [
        [_heading_text(row[i]) if i < len(row) else "" for i in range(wide)] for row in rows[at : at + deep]
    ]
    for depth, line in enumerate(lines):
        for top, left, bottom, right in merged:
            if top <= at + depth <= bottom and right - left < wide and left < wide:
                source = _heading_text(rows[top][left]) if top < len(rows) and left < len(rows[top]) else ""
                line[left : right + 1] = [source] * (min(right + 1, wide) - left)
    if deep == 1:
        return lines[0]
    if not merged:
        _carry(lines[0], lines[1])
    return [above if above == below else f"{above}{below}" for above, below in zip(*lines, strict=True)]


def _heading_text(cell: Cell) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _carry(above: list[str], below: list[str]) -> None:
    """Where no merged cells are known (CSV), a group's head stands over the blanks to its right."""
    last = ""
    for index, text in enumerate(above):
        if text:
            last = text
        elif below[index]:
            above[index] = last


def _try(kind: SheetKind, texts: Sequence[str], body: int, money: str, year: int) -> tuple[float, Heading]:
    """Reads the texts as the headings of such a sheet, and how well that goes."""
    found, known = _Found(), _dictionary(kind)
    seen: set[Meaning] = set()
    for index, text in enumerate(texts):
        if not text or len(text) > 120:
            continue
        match = _match(text, known, year)
        if match is None:
            found.unknown.append((index, clean_text(text)))
            continue
        meaning, unit = match
        if meaning.part == "ignored":
            continue
        scale = _scale(meaning, unit, money)
        if scale is None:
            found.units.append((index, clean_text(text), unit))
        elif meaning in seen:
            found.doubled.append((index, clean_text(text)))
        else:
            seen.add(meaning)
            found.columns.append(Known(index, meaning, clean_text(text), scale))
    heading = Heading(
        kind, body, tuple(found.columns), tuple(found.unknown), tuple(found.doubled), tuple(found.units)
    )
    return len(found.columns) - 0.2 * len(found.doubled), heading


def _match(text: str, known: Mapping[str, Meaning], year: int) -> tuple[Meaning, str] | None:
    for spelt in _spell(text):
        for one in spelt.names:
            meaning = known.get(one)
            if meaning is not None:
                when = spelt.year if spelt.year > 0 else year + spelt.year
                return (replace(meaning, year=when) if meaning.part == "figure" else meaning), spelt.unit
    return None


def _scale(meaning: Meaning, unit: str, money: str) -> int | None:
    """How many smallest parts one unit of the column has; None for a unit that does not belong to it."""
    if meaning.part == "amount":
        return unit_scale(vocabulary().measures["purchases"], unit or money or "万元")
    if meaning.part != "figure":
        return 1
    measure = vocabulary().measures[meaning.measure]
    if measure.kind == "money":
        return unit_scale(measure, unit or money or "万元")
    return unit_scale(measure, unit) if unit and measure.unit is not None else measure.scale


def _money_unit(rows: Sequence[Sequence[Cell]]) -> str:
    """The unit of money that a line above the table names for all of it ("单位：元"), or ""."""
    for row in rows[:LOOKED_AT]:
        texts = [str(cell) for cell in row if isinstance(cell, str) and cell]
        if len(texts) > 3:
            return ""
        for text in texts:
            found = _UNIT_LINE.search(unicodedata.normalize("NFKC", text))
            if found:
                return found[1]
    return ""


_NAMES: Mapping[SheetKind, str] = {
    "firms": "企业 企业名单 名单 enterprises 企业表 集群企业名单",
    "held": "资质 称号 qualifications 资质表 荣誉",
    "incidents": "事件 incidents 事故 负面事件",
    "supply": "配套 supply 供应链 采购",
}


def sheet_of(name: str) -> SheetKind | None:
    """Which sheet the name of a tab says it is."""
    plain = bare(name)
    return next((kind for kind, names in _NAMES.items() if plain in names.split()), None)


def is_notes(name: str) -> bool:
    """Whether a tab holds explanations only."""
    return bare(name) in {
        bare(NOTES.zh),
        bare(NOTES.en),
        "填表说明",
        "填报说明",
        "选项",
        bare(LISTED.zh),
        bare(LISTED.en),
    }


def blank_row(row: Sequence[Cell]) -> bool:
    """Whether a row holds nothing."""
    return all(is_blank(cell) for cell in row)


_SUMS = ("合计", "总计", "小计", "累计", "平均", "总数", "total", "sum", "subtotal", "average")
_FEET = ("注", "备注", "说明", "填表", "制表", "审核", "单位负责人", "联系", "填报", "负责人", "note")


def left_aside(row: Sequence[Cell]) -> Text | None:
    """What a row is that is no enterprise: a sum, or a note under the table; None for a row of data."""
    texts = [flat(cell) for cell in row if isinstance(cell, str) and not is_blank(cell)]
    first = texts[0].strip("：:") if texts else ""
    if first.startswith(_SUMS) and len(first) < 20:
        return Text("合计行", "a row of sums")
    given = sum(1 for cell in row if not is_blank(cell))
    if given <= 4 and first.startswith(_FEET):
        return Text("表下的说明", "a note under the table")
    return None
