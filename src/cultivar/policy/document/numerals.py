"""Numbers as documents write them: 一百二十三, 〇, 12, １２, VI, Three, ⑤. Every function is bounded by its input."""

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "○": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "廿": 20, "卅": 30}
CHINESE = "".join(DIGITS) + "".join(SCALES)

_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_UNITS = [
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
}  # fmt: skip
WORDS = (
    {word: number for number, word in enumerate(_UNITS, 1)}
    | {word: number * 10 for number, word in enumerate(_TENS, 2)}
    | _ORDINALS
)


def _enclosed() -> dict[str, tuple[str, int]]:
    ranges = [
        ("circled", 0x2460, 20, 1), ("circled", 0x3251, 15, 21), ("circled", 0x32B1, 15, 36),
        ("circled", 0x2776, 10, 1), ("circled", 0x24F5, 10, 1), ("digits-paren", 0x2474, 20, 1),
        ("digits-dot", 0x2488, 20, 1), ("chinese-paren", 0x3220, 10, 1), ("chinese-circled", 0x3280, 10, 1),
        ("roman-dot", 0x2160, 12, 1), ("roman-lower-dot", 0x2170, 12, 1), ("letter-paren", 0x249C, 26, 1),
        ("letter-circled", 0x24D0, 26, 1),
    ]  # fmt: skip
    return {
        chr(first + step): (style, number + step)
        for style, first, count, number in ranges
        for step in range(count)
    }


# One character that is a whole label: ① ⑴ ⒈ ㈠ ㊀ Ⅰ ⅰ ⒜ ⓐ, with its style and number.
ENCLOSED = _enclosed()


def chinese(text: str) -> int | None:
    """十 → 10, 一百零三 → 103, 一二三 (digit by digit) → 123; ``None`` when it is no number below 10,000."""
    text = "".join(char for char in text if not char.isspace())
    if not text or len(text) > 12 or any(char not in CHINESE for char in text):
        return None
    if not any(char in SCALES for char in text):
        value = int("".join(str(DIGITS[char]) for char in text))
        return value if value < 10_000 else None
    total, digit = 0, 0
    for char in text:
        if char in DIGITS:
            digit = DIGITS[char]
        elif char in "廿卅":
            total, digit = total + SCALES[char], 0
        else:
            total, digit = total + max(digit, 1) * SCALES[char], 0
    total += digit
    return total if 0 < total < 10_000 else None


def roman(text: str) -> int | None:
    """XIV or xiv → 14; ``None`` unless it is the usual spelling of a number up to 399."""
    lower = text.lower()
    if not lower or len(lower) > 12 or any(char not in _ROMAN for char in lower):
        return None
    values = [_ROMAN[char] for char in lower]
    total = sum(
        -value if index + 1 < len(values) and value < values[index + 1] else value
        for index, value in enumerate(values)
    )
    return total if to_roman(total) == lower else None


def to_roman(number: int) -> str:
    """14 → ``xiv``; numbers from 1 to 399, else an empty string."""
    if not 0 < number < 400:
        return ""
    written = ""
    for value, sign in (
        *((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x")),
        *((9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
    ):
        count, number = divmod(number, value)
        written += sign * count
    return written


def words(text: str) -> int | None:
    """ "Three" → 3, "twenty-one" → 21, "First" → 1; ``None`` for other words."""
    parts = text.lower().replace("-", " ").split()
    if not parts or len(parts) > 2 or any(part not in WORDS for part in parts):
        return None
    if len(parts) == 1:
        return WORDS[parts[0]]
    tens, units = WORDS[parts[0]], WORDS[parts[1]]
    return tens + units if tens >= 20 and units < 10 else None


def any_number(text: str) -> tuple[str, int] | None:
    """The kind of numeral (``digits``, ``chinese``, ``roman``, ``words``) and its value, or ``None``."""
    plain = "".join(char for char in text if not char.isspace())
    if plain.isascii() and plain.isdigit() and len(plain) <= 4:
        return "digits", int(plain)
    for kind, parse in (("chinese", chinese), ("roman", roman), ("words", words)):
        value = parse(text.strip() if kind == "words" else plain)
        if value is not None:
            return kind, value
    return None


def to_chinese(number: int) -> str:
    """103 → 一百零三; numbers from 0 to 9,999, beyond that in digits."""
    if not 0 < number < 10_000:
        return "零" if number == 0 else str(number)
    digits = "零一二三四五六七八九"
    written, zero = "", False
    for scale, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // scale % 10
        if digit:
            written += ("零" if zero else "") + digits[digit] + sign
            zero = False
        else:
            zero = bool(written)
    return written.removeprefix("一") if written.startswith("一十") else written
