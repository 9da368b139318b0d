"""Dates, times and numbers as people read them, in both languages. Pure: no clock, no request.

Chinese: no leading zeros, no space between a digit and 年月日 ("5月7日 18:00"). English: day before month
("Thursday 7 May"). Thousands in threes by thin space, minus is U+2212.
"""

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from cultivar.policy.text import Text

SHANGHAI = ZoneInfo("Asia/Shanghai")
THIN_SPACE = "\u2009"
MINUS = "\u2212"
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def local(moment: date | datetime) -> date | datetime:
    """An aware datetime in Shanghai time; dates and naive datetimes stay as they are."""
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return moment.astimezone(SHANGHAI)
    return moment


def day(when: date | datetime) -> Text:
    """ "5月7日" / "7 May"."""
    here = local(when)
    return Text(f"{here.month}月{here.day}日", f"{here.day} {_MONTHS[here.month - 1]}")


def day_year(when: date | datetime) -> Text:
    """ "2026年5月7日" / "7 May 2026"."""
    here = local(when)
    return Text(f"{here.year}年{day(when).zh}", f"{day(when).en} {here.year}")


def day_weekday(when: date | datetime) -> Text:
    """ "5月7日（周四）" / "Thursday 7 May"."""
    number = local(when).weekday()
    return Text(f"{day(when).zh}（周{_WEEKDAYS_ZH[number]}）", f"{_WEEKDAYS[number]} {day(when).en}")


def full_day(when: date | datetime) -> Text:
    """ "2026年5月7日，星期四" / "Thursday 7 May 2026"."""
    number = local(when).weekday()
    return Text(
        f"{day_year(when).zh}，星期{_WEEKDAYS_ZH[number]}", f"{_WEEKDAYS[number]} {day_year(when).en}"
    )


def day_near(when: date | datetime, today: date) -> Text:
    """The day without its year when it lies in the year of ``today``, else with it."""
    return day(when) if local(when).year == today.year else day_year(when)


def clock(when: datetime | time, seconds: bool = False) -> str:
    """ "18:00", with ``seconds`` "18:00:07"; the same in both languages."""
    here = local(when) if isinstance(when, datetime) else when
    return here.strftime("%H:%M:%S" if seconds else "%H:%M")


def moment(when: datetime) -> Text:
    """ "5月7日 18:00" / "7 May, 18:00"."""
    return Text(f"{day(when).zh} {clock(when)}", f"{day(when).en}, {clock(when)}")


def moment_year(when: datetime) -> Text:
    """ "2026年5月7日 18:00" / "7 May 2026, 18:00"."""
    return Text(f"{day_year(when).zh} {clock(when)}", f"{day_year(when).en}, {clock(when)}")


def grouped(number: int | Decimal) -> str:
    """The number with thousands set apart by thin space and a true minus: "1 287", "−1 200.5"."""
    return f"{number:,}".replace(",", THIN_SPACE).replace("-", MINUS)


def signed(number: int | Decimal) -> str:
    """As ``grouped`` with the sign always shown; zero carries none."""
    return f"+{grouped(number)}" if number > 0 else grouped(number)


def money(ten_thousand_yuan: int | Decimal) -> Text:
    """The echo beside a field in ten thousand yuan (万元): "合 186.4 亿元" / "18.64 billion yuan".

    From one hundred million yuan (10 000 万元) upward in 亿元 and billion yuan, below in 万元 and million
    yuan; exact, trailing zeros dropped.
    """
    amount = Decimal(ten_thousand_yuan)
    if abs(amount) >= 10_000:
        zh, en = f"合 {_plain(amount / 10_000)} 亿元", f"{_plain(amount / 100_000)} billion yuan"
    else:
        zh, en = f"合 {_plain(amount)} 万元", f"{_plain(amount / 100)} million yuan"
    return Text(zh, en)


def _plain(number: Decimal) -> str:
    """Without exponent and trailing zeros, grouped."""
    whole = number.normalize()
    _, _, exponent = whole.as_tuple()
    if isinstance(exponent, int) and exponent > 0:
        whole = whole.quantize(Decimal(1))
    return grouped(whole)
