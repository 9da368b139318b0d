"""How long is left, in words."""

from datetime import date, time

from cultivar.policy.text import Text
from cultivar.web.components import Due
from cultivar.web.formats import clock, day_near

SOON = 2
CLOSING = time(18)


def due(
    last_day: date,
    today: date,
    working_days_left: int | None,
    provisional: bool = False,
    *,
    closes: time = CLOSING,
    makeup: bool = False,
) -> Due:
    """State and words of a limit that ends on ``last_day``.

    ``working_days_left`` counts working days after ``today`` up to and including ``last_day``; for a limit
    that has passed it is the negative number of working days since. It may be ``None`` where ``provisional``:
    the limit runs into a year whose calendar is not published. ``closes`` is the time of day at which the
    limit ends, ``makeup`` marks a last day that is a make-up working day.
    """
    ends = day_near(last_day, today)
    if makeup:
        ends = Text(f"{ends.zh}（调休上班）", f"{ends.en} (make-up working day)")
    if provisional or working_days_left is None:
        year = last_day.year
        words = Text(
            f"{year}年工作日历未公布，暂定", f"provisional: the {year} working-day calendar is not published"
        )
        return Due("provisional", words, ends)
    if last_day < today:
        return Due("late", _late(-working_days_left), ends)
    if last_day == today:
        return Due("soon", Text(f"今天 {clock(closes)} 到期", f"due today at {clock(closes)}"), ends)
    return Due("soon" if working_days_left <= SOON else "later", _left(working_days_left), ends)


def _late(days: int) -> Text:
    if days <= 0:  # the limit ended on the last working day and none has begun since
        return Text("已到期", "past due")
    return Text(f"逾期 {days} 个工作日", f"{days} working {_days(days)} late")


def _left(days: int) -> Text:
    if days <= 0:  # the limit ends on a day off before the next working day
        return Text("还剩不到 1 个工作日", "less than 1 working day left")
    return Text(f"还剩 {days} 个工作日", f"{days} working {_days(days)} left")


def _days(number: int) -> str:
    return "day" if number == 1 else "days"
