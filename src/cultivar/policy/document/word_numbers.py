"""Works out the numbers that Word shows but does not store: list levels, formats and counters."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cultivar.policy.document.numerals import to_chinese, to_roman

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9


def _circled(number: int, first: int, count: int) -> str:
    return chr(first + number - 1) if 1 <= number <= count else str(number)


def _letter(number: int) -> str:
    return chr(96 + (number - 1) % 26 + 1) * ((number - 1) // 26 + 1)


def _digits_in_chinese(number: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))


def _legal(number: int) -> str:
    return to_chinese(number).translate(str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟"))


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": lambda number: str(number).translate(
        {48 + digit: 0xFF10 + digit for digit in range(10)}
    ),
    "chineseCounting": to_chinese,
    "chineseCountingThousand": to_chinese,
    "taiwaneseCounting": to_chinese,
    "taiwaneseCountingThousand": to_chinese,
    "japaneseCounting": to_chinese,
    "ideographDigital": _digits_in_chinese,
    "japaneseDigitalTenThousand": _digits_in_chinese,
    "taiwaneseDigital": _digits_in_chinese,
    "chineseLegalSimplified": _legal,
    "ideographLegalTraditional": _legal,
    "ideographTraditional": lambda number: "甲乙丙丁戊己庚辛壬癸"[(number - 1) % 10],
    "ideographEnclosedCircle": lambda number: _circled(number, 0x3280, 10),
    "decimalEnclosedCircle": lambda number: _circled(number, 0x2460, 20),
    "decimalEnclosedCircleChinese": lambda number: _circled(number, 0x2460, 20),
    "decimalEnclosedParen": lambda number: _circled(number, 0x2474, 20),
    "decimalEnclosedFullstop": lambda number: _circled(number, 0x2488, 20),
    "lowerRoman": lambda number: to_roman(number) or str(number),
    "upperRoman": lambda number: to_roman(number).upper() or str(number),
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
    "none": lambda number: "",
}


@dataclass
class _Level:
    start: int
    form: str
    text: str
    blank: str
    legal: bool


@dataclass
class _List:
    """A list of the document: its levels, and whether a level starts anew in this instance."""

    abstract: str
    starts: dict[int, int] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)


class Numbering:
    """The lists of one document with their counters; ask for the label of each paragraph in order."""

    def __init__(self, numbering: Any, styles: Any) -> None:
        self.levels: dict[str, dict[int, _Level]] = {}
        self.lists: dict[str, _List] = {}
        self.styles: dict[str, tuple[str | None, str | None, str | None]] = {}
        self.counters: dict[str, dict[int, int]] = {}
        if numbering is not None:
            self._read_lists(numbering)
        if styles is not None:
            self._read_styles(styles)

    def _read_lists(self, numbering: Any) -> None:
        for abstract in numbering.findall(f"{_W}abstractNum"):
            name = abstract.get(f"{_W}abstractNumId", "")
            self.levels[name] = dict(_level(level) for level in abstract.findall(f"{_W}lvl"))
        for number in numbering.findall(f"{_W}num"):
            found = _List(_value(number, "abstractNumId") or "")
            for override in number.findall(f"{_W}lvlOverride"):
                start = _value(override, "startOverride")
                if start is not None:
                    found.starts[_int(override.get(f"{_W}ilvl"), 0)] = _int(start, 1)
            self.lists[number.get(f"{_W}numId", "")] = found

    def _read_styles(self, styles: Any) -> None:
        for style in styles.findall(f"{_W}style"):
            properties = style.find(f"{_W}pPr/{_W}numPr")
            number = _value(properties, "numId") if properties is not None else None
            level = _value(properties, "ilvl") if properties is not None else None
            self.styles[style.get(f"{_W}styleId", "")] = (number, level, _value(style, "basedOn"))

    def label(self, paragraph: Any) -> str | None:
        """The label that Word shows before the paragraph with a blank after it; "" without one; ``None`` if unknown."""
        number, level = self._place(paragraph)
        if number is None or number == "0":
            return ""
        found = self.lists.get(number)
        if found is None:
            return None
        levels = self.levels.get(found.abstract, {})
        if level not in levels:
            return None
        counters = self._count(found, level, levels)
        return _written(levels, counters, level)

    def _place(self, paragraph: Any) -> tuple[str | None, int]:
        properties = paragraph.find(f"{_W}pPr/{_W}numPr")
        number = _value(properties, "numId") if properties is not None else None
        level = _value(properties, "ilvl") if properties is not None else None
        style_at = paragraph.find(f"{_W}pPr/{_W}pStyle")
        style = style_at.get(f"{_W}val") if style_at is not None else None
        for _ in range(10):
            if number is not None or style not in self.styles:
                break
            number, style_level, style = self.styles[style]
            level = level or style_level
        return number, min(_LEVELS - 1, max(0, _int(level, 0)))

    def _count(self, found: _List, level: int, levels: dict[int, _Level]) -> dict[int, int]:
        counters = self.counters.setdefault(found.abstract, {})
        if level in found.starts and level not in found.begun:
            found.begun.add(level)
            counters[level] = found.starts[level]
        else:
            counters[level] = counters[level] + 1 if level in counters else levels[level].start
        for deeper in [one for one in counters if one > level]:
            del counters[deeper]
        return counters


def _level(level: Any) -> tuple[int, _Level]:
    blank = {"nothing": "", "space": " "}.get(_value(level, "suff") or "", " ")
    return _int(level.get(f"{_W}ilvl"), 0), _Level(
        _int(_value(level, "start"), 1),
        _value(level, "numFmt") or "decimal",
        _value(level, "lvlText") or "",
        blank,
        level.find(f"{_W}isLgl") is not None,
    )


def _written(levels: dict[int, _Level], counters: dict[int, int], level: int) -> str | None:
    """The level's text with its counters: 第%1条 → 第三条."""
    own = levels[level]
    if own.form == "bullet":
        return ""
    text = own.text
    for shown in range(_LEVELS):
        if f"%{shown + 1}" not in text:
            continue
        form = levels[shown].form if shown in levels else "decimal"
        write = _FORMATS.get("decimal" if own.legal and shown != level else form)
        if write is None:
            return None
        number = counters.get(shown, levels[shown].start if shown in levels else 1)
        text = text.replace(f"%{shown + 1}", write(min(max(number, 0), 9_999)))
    return text + own.blank if text.strip() else ""


def _value(element: Any, name: str) -> str | None:
    found = element.find(f"{_W}{name}") if element is not None else None
    return found.get(f"{_W}val") if found is not None else None


def _int(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.lstrip("-").isdecimal() and len(text) < 8 else default
