"""What a cell says: numbers, dates, yes and no, as people write them. Exact, in Decimal or whole numbers.

A reader takes a cell and gives its value, None for what is not given, or raises ``Wrong`` with the sentence that
says what is wrong and what to do. Hints go to the ``note`` that the reader was made with.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from cultivar.policy.text import Text
from cultivar.policy.vocabulary import Measure, Word, vocabulary
from cultivar.registry import credit_code
from cultivar.roster.problems import Said, Wrong

Cell = str | float | int | bool | date
Note = Callable[[Said], None]

NOT_GIVEN = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "—",
        "——",
        "–",
        "－",
        "/",
        "\\",
        "无",
        "暂无",
        "不适用",
        "未填",
        "n/a",
        "na",
        "null",
        "none",
        "#n/a",
    }
)
YES = frozenset(
    ["是", "有", "√", "✓", "✔", "☑", "对", "y", "yes", "t", "true", "1", "1.0", "已", "属于", "符合"]
)
NO = frozenset(
    [
        "否",
        "无",
        "没有",
        "×",
        "✗",
        "✘",
        "☒",
        "x",
        "n",
        "no",
        "f",
        "false",
        "0",
        "0.0",
        "未",
        "不是",
        "不属于",
        "不符合",
        "非",
    ]
)
NO_END = frozenset({"长期", "长期有效", "永久", "永久有效", "无固定期限", "long-term", "no end"})
MOST = 10**15  # of a figure's smallest parts: a thousand times what the largest enterprise takes
LONGEST_NAME, LONGEST_TEXT = 120, 200
EARLIEST, LATEST = date(1949, 10, 1), date(2100, 12, 31)
FIRST_1900, FIRST_1904 = date(1899, 12, 30), date(1904, 1, 1)
MONEY = {
    "元": 1,
    "千元": 1_000,
    "万元": 10_000,
    "百万元": 1_000_000,
    "千万元": 10_000_000,
    "亿元": 100_000_000,
}
TIMES = {"": 1, "万": 10_000, "亿": 100_000_000}
_MONEY_EN = {
    "yuan": 1,
    "cny": 1,
    "rmb": 1,
    "10000yuan": 10_000,
    "tenthousandyuan": 10_000,
    "millionyuan": 1_000_000,
    "100millionyuan": 100_000_000,
}
FOREIGN = ("美元", "欧元", "港元", "港币", "日元", "英镑", "usd", "eur", "hkd")
_NUMBER = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[+-]?\d{1,3})?)(\D*)\Z")
_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "﹣": "-", "，": ",", "。": ".", "'": None, "¥": None, "￥": None}
)
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:t?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?\Z")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?\Z")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e\+?\d+\Z")


def flat(cell: Cell) -> str:
    """A cell as half-width text in lower case without any space, to be compared."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "".join(unicodedata.normalize("NFKC", str(cell)).split()).casefold()


def clean_text(cell: Cell) -> str:
    """A cell as a text of one line: NFC, without control signs, spaces single."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = unicodedata.normalize("NFC", str(cell))
    plain = "".join(" " if one in "\t\r\n" else one for one in text)
    return " ".join("".join(one for one in plain if unicodedata.category(one)[0] != "C").split())


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing but spaces."""
    return cell == "" or (isinstance(cell, str) and not cell.strip())


# ------------------------------------------------------------------------------------------------ numbers


def unit_scale(measure: Measure, unit: str) -> int | None:
    """How many smallest parts one ``unit`` of a measure has; None for a unit that does not belong to it."""
    plain = flat(unit).removeprefix("单位").lstrip(":：").removeprefix("人民币")
    if measure.kind == "money":
        return MONEY.get(plain) or _MONEY_EN.get(plain.replace(",", ""))
    if measure.unit is None:
        return None
    for own in (flat(measure.unit.zh), flat(measure.unit.en)):
        head = plain.removesuffix(own)
        if plain.endswith(own) and head in TIMES:
            return measure.scale * TIMES[head]
    return None


def number_reader(measure: Measure, scale: int, note: Note) -> Callable[[Cell], int | None]:
    """Reads a figure as a whole number of smallest parts; ``scale`` of them make one unit of the heading."""
    least = -MOST if measure.signed else 0

    def read(cell: Cell) -> int | None:
        # A spreadsheet's number is the double nearest to what was typed: n / scale is that double for one n only.
        if type(cell) is float or type(cell) is int:
            if -MOST < cell < MOST:
                whole = round(cell * scale)
                if least <= whole < MOST and whole / scale == cell:
                    return whole
        elif cell == "":
            return None
        return _figure(cell, measure, scale, note)

    return read


def _figure(cell: Cell, measure: Measure, scale: int, note: Note) -> int | None:
    """The slow and thorough way of ``number_reader``."""
    if isinstance(cell, date):
        raise Wrong(
            Said(
                "date-for-number",
                Text("这一格是日期，{name}应填数字。", "This is a date; {name} is a number.").fill(
                    name=measure.name
                ),
                Text("把单元格格式改成“常规”后重填。", "Set the cell's format to General and type it again."),
            )
        )
    if isinstance(cell, bool):
        raise Wrong(_no_number(measure))
    if isinstance(cell, str):
        if flat(cell) in NOT_GIVEN:
            return None
        amount, scale = _written(cell, measure, scale)
    else:
        amount = Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell)
    return _kept(amount * scale, measure, note)


def _written(cell: str, measure: Measure, scale: int) -> tuple[Decimal, int]:
    """A number that stands as text, with the scale of the unit behind it."""
    plain = flat(cell.translate(_SIGNS)).translate(_SIGNS)
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1]}"  # as accountants write what is below nought
    found = _NUMBER.match(plain)
    if found is None or not any(sign.isdecimal() for sign in found[1]):
        raise Wrong(_no_number(measure))
    digits, unit = found.groups()
    if unit:
        own = unit_scale(measure, unit)
        if own is None:
            raise Wrong(_foreign_unit(measure, unit))
        scale = own
    return Decimal(digits.replace(",", "")), scale


def _kept(stored: Decimal, measure: Measure, note: Note) -> int:
    if not stored.is_finite() or abs(stored) >= MOST:
        raise Wrong(
            Said(
                "too-large",
                Text("{name}大得不合常理。", "{name} is beyond all reason.").fill(name=measure.name),
                Text("核对位数和单位。", "Check the digits and the unit."),
            )
        )
    whole = int(stored.quantize(Decimal(1), ROUND_HALF_UP))
    if measure.kind == "count" and whole != stored:
        raise Wrong(
            Said(
                "not-whole",
                Text("{name}应填整数。", "{name} is a whole number.").fill(name=measure.name),
                Text("去掉小数后重填。", "Type it without decimals."),
            )
        )
    if whole < 0 and not measure.signed:
        raise Wrong(
            Said(
                "negative",
                Text("{name}不能是负数。", "{name} cannot be negative.").fill(name=measure.name),
                Text("核对符号。", "Check the sign."),
            )
        )
    if whole != stored:
        note(_rounded(measure))
    return whole


def _rounded(measure: Measure) -> Said:
    part = Text("1 元", "one yuan") if measure.kind == "money" else Text("千分之一", "a thousandth")
    return Said(
        "rounded",
        Text(
            "{name}细到{part}以下，已四舍五入。", "{name} is finer than {part} and was rounded half up."
        ).fill(name=measure.name, part=part),
        blocks=False,
    )


def _no_number(measure: Measure) -> Said:
    return Said(
        "not-a-number",
        Text("{name}应填数字。", "{name} is a number.").fill(name=measure.name),
        Text("只写数字；没有数据就留空。", "Write digits only, or leave it empty where there is no figure."),
    )


def _foreign_unit(measure: Measure, unit: str) -> Said:
    return Said(
        "unit",
        Text("{name}后面的“{unit}”不是它的单位。", "“{unit}” is no unit of {name}.").fill(
            name=measure.name, unit=unit
        ),
        Text("换算后只写数字。", "Convert it and write digits only."),
    )


# ------------------------------------------------------------------------------------------- yes, no, terms


def yes_no_reader(name: Text) -> Callable[[Cell], int | None]:
    """Reads yes as 1 and no as 0, in all usual signs."""
    known: dict[Cell, int | None] = {"": None, "是": 1, "否": 0}

    def read(cell: Cell) -> int | None:
        if type(cell) is str and cell in known:
            return known[cell]
        answer = yes_no(cell)
        if answer is None and flat(cell) not in NOT_GIVEN:
            raise Wrong(
                Said(
                    "yes-no",
                    Text("{name}应填“是”或“否”。", "{name} is answered by yes or no.").fill(name=name),
                    Text("从下拉框里选。", "Choose from the list of the cell."),
                )
            )
        return answer

    return read


def yes_no(cell: Cell) -> int | None:
    """1 for yes, 0 for no, None for anything else."""
    if isinstance(cell, bool):
        return int(cell)
    said = flat(cell)
    return 1 if said in YES else 0 if said in NO else None


def names_of(words: Mapping[str, Word]) -> dict[str, str]:
    """Ids by every name of the words, as ``flat`` has it without marks."""
    found: dict[str, str] = {}
    for one in words.values():
        for name in (one.id, one.name.zh, one.name.en, *one.also):
            found[bare(name)] = one.id
    return found


_MARKS = re.compile(r"[\s·:：、,，.。*★“”\"'‘’「」_\-—/\\]+")


def bare(text: Cell) -> str:
    """A name as it is compared: half-width, lower case, without spaces and marks."""
    return _MARKS.sub("", flat(text))


def word_reader(what: Text, words: Mapping[str, Word]) -> Callable[[Cell], str]:
    """Reads one of some terms by any of its names and gives its id, "" for nothing."""
    known = names_of(words)
    choice = Text(
        "、".join(one.name.zh for one in words.values()), ", ".join(one.name.en for one in words.values())
    )

    def read(cell: Cell) -> str:
        if flat(cell) in NOT_GIVEN:
            return ""
        found = known.get(bare(cell))
        if found is None:
            raise Wrong(
                Said(
                    "unknown-word",
                    Text("{what}“{cell}”不在可选之列。", "“{cell}” is no known {what}.").fill(
                        what=what, cell=cell
                    ),
                    Text("从下拉框里选：{choice}。", "Choose one of: {choice}.").fill(choice=choice),
                )
            )
        return found

    return read


def rank_of(cell: Cell) -> str | None:
    """The id of a rank by its name, with or without 级; None for no rank."""
    known = names_of(vocabulary().ranks)
    return known.get(bare(cell)) or known.get(f"{bare(cell)}级")


# --------------------------------------------------------------------------------------------------- dates


def day_reader(what: Text, system_1904: bool = False) -> Callable[[Cell], date | None]:
    """Reads a day, however it is written; a bare number is the serial of the workbook's date system."""

    def read(cell: Cell) -> date | None:
        if isinstance(cell, date):
            return _plausible(cell, what)
        if isinstance(cell, bool):
            raise Wrong(_no_day(what))
        if isinstance(cell, int | float):
            return _plausible(_of_number(cell, system_1904, what), what)
        plain = flat(cell)
        if plain in NOT_GIVEN or plain in NO_END:
            return None
        return _plausible(_of_text(plain, system_1904, what), what)

    return read


def _of_number(number: float, system_1904: bool, what: Text) -> date:
    packed = _PACKED.match(f"{number:.0f}")
    if packed and number > 19_000_000:
        return _day(packed, what)
    if not 1 <= number < 80_000 or int(number) == 60:  # 60 is the 29 February 1900 that never was
        raise Wrong(_no_day(what))
    if system_1904:
        return FIRST_1904 + timedelta(days=int(number))
    return FIRST_1900 + timedelta(days=int(number) + (number < 60))


def _of_text(plain: str, system_1904: bool, what: Text) -> date:
    found = _DAY.match(plain) or _PACKED.match(plain)
    if found:
        return _day(found, what)
    if (
        plain.replace(".", "", 1).isdecimal()
        and plain.isascii()
        and len(plain) < 12
        and not _MONTH.match(plain)
    ):
        return _of_number(float(plain), system_1904, what)
    if _MONTH.match(plain):
        raise Wrong(
            Said(
                "day-missing",
                Text("{what}只写到月。", "{what} has no day.").fill(what=what),
                Text("写到日，如 2026-05-07。", "Write the day too, as in 2026-05-07."),
            )
        )
    raise Wrong(_no_day(what))


def _day(found: "re.Match[str]", what: Text) -> date:
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise Wrong(_no_day(what)) from None


def _plausible(day: date, what: Text) -> date:
    day = date(day.year, day.month, day.day)
    if not EARLIEST <= day <= LATEST:
        raise Wrong(
            Said(
                "odd-day",
                Text("{what} {day} 不合常理。", "{what} {day} is beyond reason.").fill(what=what, day=day),
                Text("核对年份。", "Check the year."),
            )
        )
    return day


def _no_day(what: Text) -> Said:
    return Said(
        "not-a-day",
        Text("{what}应填日期。", "{what} is a date.").fill(what=what),
        Text("写成 2026-05-07 这样。", "Write it as in 2026-05-07."),
    )


# ------------------------------------------------------------------------------------------- codes, texts


def code_reader(note: Note) -> Callable[[Cell], str]:
    """Reads a unified social credit code, "" for nothing."""

    def read(cell: Cell) -> str:
        if type(cell) is str and len(cell) == credit_code.LENGTH and cell.isascii() and cell.isupper():
            code = cell
        else:
            if isinstance(cell, float | int) or _SCIENTIFIC.match(flat(cell)):
                raise Wrong(_lost_digits(cell))
            code = credit_code.clean(str(cell).lstrip("'"))
            if code.casefold() in NOT_GIVEN:
                return ""
        for one in credit_code.problems(code):
            said = Said("code" if one.blocks else "code-inner", one.text, blocks=one.blocks)
            if one.blocks:
                raise Wrong(said)
            note(said)
        return code

    return read


def _lost_digits(cell: Cell) -> Said:
    if isinstance(cell, int | float) and cell < 1e15:
        return Said(
            "code",
            Text("这一格是数字，不是统一社会信用代码。", "This is a number and no credit code."),
            Text(
                "按营业执照填 18 位代码，单元格设为“文本”。",
                "Type the 18 characters of the licence; format the cell as text.",
            ),
        )
    return Said(
        "code-lost",
        Text(
            "代码被存成了数字，末几位已经丢失。",
            "The code was stored as a number and has lost its last digits.",
        ),
        Text(
            "把单元格设为“文本”，再按营业执照重填。",
            "Format the cell as text and type the code again from the licence.",
        ),
    )


def text_reader(what: Text, most: int = LONGEST_TEXT, guarded: bool = False) -> Callable[[Cell], str]:
    """Reads a text of one line. ``guarded``: of a CSV, where a leading = + - @ would be run as a formula."""

    def read(cell: Cell) -> str:
        if guarded and isinstance(cell, str):
            cell = unguard(cell, what)
        text = clean_text(cell)
        if len(text) > most:
            raise Wrong(
                Said(
                    "too-long",
                    Text(
                        "{what}有 {n} 个字，最多 {most} 个。", "{what} has {n} characters, at most {most}."
                    ).fill(what=what, n=len(text), most=most),
                    Text("写短一些。", "Shorten it."),
                )
            )
        return "" if text.casefold() in NOT_GIVEN else text

    return read


FORMULA_SIGNS = "=+-@\t\r"
GUARDED = (
    f"{FORMULA_SIGNS}＝＋－＠'"  # full-width signs begin a formula where Excel is set to Chinese or Japanese
)


def guard(text: str) -> str:
    """A text that no spreadsheet takes for a formula when it opens a CSV: an apostrophe goes before it."""
    return f"'{text}" if text and text[0] in GUARDED else text


def unguard(cell: str, what: Text) -> str:
    """What ``guard`` was given. Raises ``Wrong`` for a text that begins like a formula; full-width it is only text."""
    if cell[:1] == "'" and cell[1:2] and cell[1] in GUARDED:
        return cell[1:]
    if cell[:1] and cell[0] in FORMULA_SIGNS and flat(cell) not in NOT_GIVEN:
        raise Wrong(
            Said(
                "formula-text",
                Text(
                    "{what}以“{sign}”开头，会被当成公式。",
                    "{what} begins with {sign} and would be run as a formula.",
                ).fill(what=what, sign=cell[0].strip() or "Tab"),
                Text(
                    "删去开头的符号，或在前面加一个撇号（'）。",
                    "Remove the sign, or put an apostrophe (') before it.",
                ),
            )
        )
    return cell
