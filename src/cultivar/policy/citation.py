"""The words for an article's number."""

from cultivar.policy.text import Text

_UNITS = {
    "articles": Text("条", "Article"),
    "paragraphs": Text("段", "Paragraph"),
    "parts": Text("部分", "Part"),
}
COUNTED = frozenset(_UNITS)
_DIGITS = "零一二三四五六七八九"


def chinese_number(n: int) -> str:
    """1 to 99 in Chinese numerals: 9 九, 11 十一, 20 二十."""
    tens, ones = divmod(n, 10)
    return ("" if tens == 0 else ("十" if tens == 1 else f"{_DIGITS[tens]}十")) + (
        _DIGITS[ones] if ones or not tens else ""
    )


def number_text(number: str, counted: str = "articles") -> Text:
    """The words for an article's number: "6.3" is 第六条(三) and Article 6(3); what is no number stands as it is.

    Where ``counted`` says paragraphs (of a report), it is 第六段(三) and Paragraph 6(3); parts (of opinions, whose
    third level is counted in Arabic digits): 第四部分(一)10 and Part 4(1)10.
    """
    parts = number.split(".")
    if not all(part.isdigit() and 0 < int(part) < 100 for part in parts):
        return Text(number, number.replace("附件", "Appendix "))
    unit = _UNITS[counted]
    plain = parts[2:] if counted == "parts" else []
    items = parts[1 : len(parts) - len(plain)]
    zh = f"第{chinese_number(int(parts[0]))}{unit.zh}" + "".join(f"({chinese_number(int(n))})" for n in items)
    en = f"{unit.en} {parts[0]}" + "".join(f"({n})" for n in items)
    return Text(zh + ".".join(plain), en + ".".join(plain))


def short_number(number: str) -> str:
    """The number as one cites it in a line: "6.3" is 6(3); what is no number stands as it is."""
    first, *rest = number.split(".")
    return first + "".join(f"({part})" for part in rest)
