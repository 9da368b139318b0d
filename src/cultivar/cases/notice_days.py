"""The days of a public notice as people count them: the strip, and the sentence that explains the count."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from cultivar.policy.text import Text
from cultivar.procedure.calendar import Calendar, DayCell, FirstDay
from cultivar.web import components as c
from cultivar.web.formats import day, day_weekday

LONGEST = 10  # working days that a strip shows; longer periods are said in words only
_COUNTED = ("working", "makeup", "provisional")


@dataclass(frozen=True)
class NoticeDays:
    """Working days from ``first`` to ``last``; ``first_day`` says whether the first one counts."""

    first: date
    last: date
    calendar: Calendar
    first_day: FirstDay = "counted"

    @property
    def cells(self) -> tuple[DayCell, ...]:
        """Every day from the first counted one to the last."""
        start = self.first if self.first_day == "counted" else self.first + timedelta(days=1)
        return self.calendar.days(start, self.last)

    @property
    def total(self) -> int:
        """How many days count."""
        return sum(self._counts(cell) for cell in self.cells)

    def number(self, today: date) -> int:
        """How many counted days have begun by ``today``."""
        return sum(self._counts(cell) and cell.date <= today for cell in self.cells)

    def strip(self, today: date) -> c.DayStrip | None:
        """The strip of a period of at most ten working days; None for a longer one."""
        if self.total > LONGEST:
            return None
        cells = tuple(self._cell(cell, today) for cell in self.cells)
        return c.DayStrip(cells, self._sentence(today), self.beside(today), self._provisional)

    def beside(self, today: date) -> Text:
        """ "第 2 日，共 5 个工作日", or that the period is over."""
        number, total = self.number(today), self.total
        if today > self.last:
            return Text(f"{total} 个工作日已满", f"{total} working days, over")
        return Text(f"第 {number} 日，共 {total} 个工作日", f"Day {number} of {total} working days")

    def explained(self) -> Text:
        """Why these days: the first day, make-up days, holidays and weekends inside the period."""
        parts = [
            Text("首日计入", "the first day counts")
            if self.first_day == "counted"
            else Text("首日不计，次日起算", "counting starts on the day after the first")
        ]
        parts += [_made_up(cell.date) for cell in self.cells if cell.kind == "makeup"]
        parts += list(self._days_off())
        if self._provisional:
            year = max(cell.date.year for cell in self.cells)
            parts.append(
                Text(
                    f"{year}年工作日历未公布，暂按周一至周五计",
                    f"the {year} calendar is not published, so Monday to Friday are counted provisionally",
                )
            )
        english = "; ".join(part.en for part in parts)
        return Text("；".join(part.zh for part in parts) + "。", f"{english[0].upper()}{english[1:]}.")

    @property
    def _provisional(self) -> bool:
        return any(cell.kind == "provisional" for cell in self.cells)

    def _counts(self, cell: DayCell) -> bool:
        if cell.kind == "provisional":
            return cell.date.weekday() < 5
        return cell.kind in _COUNTED

    def _cell(self, cell: DayCell, today: date) -> c.DayCell:
        if not self._counts(cell):
            return c.DayCell(Text("休", "–"), "off")
        number = cell.date.day
        state = "now" if cell.date == today else ("past" if cell.date < today else "future")
        return c.DayCell(Text(f"{number}日", f"{number}"), state, cell.kind == "makeup")  # type: ignore[arg-type]

    def _sentence(self, today: date) -> Text:
        zh, en = [], []
        for cell in self.cells:
            if not self._counts(cell):
                continue
            note = Text("", "")
            if cell.kind == "makeup":
                note = Text("（调休上班）", " (make-up day)")
            if cell.date == today:
                note = Text(f"（今天）{note.zh}", f" (today){note.en}")
            zh.append(f"{day(cell.date).zh}{note.zh}")
            en.append(f"{day(cell.date).en}{note.en}")
        total = self.total
        return Text(
            f"公示期 {total} 个工作日：{'、'.join(zh)}", f"Notice of {total} working days: {', '.join(en)}"
        )

    def _days_off(self) -> Iterator[Text]:
        off = [cell.date for cell in self.cells if not self._counts(cell)]
        for (_, name), days in groupby(enumerate(off), lambda pair: (_run(*pair), self._holiday(pair[1]))):
            run = [one for _, one in days]
            yield _not_counted(run[0], run[-1], name)

    def _holiday(self, one: date) -> Text | None:
        holidays = (holiday for year in self.calendar.years for holiday in year.holidays)
        return next((holiday.name for holiday in holidays if holiday.first <= one <= holiday.last), None)


def _run(position: int, one: date) -> int:
    """The same number for consecutive days of a sorted list."""
    return one.toordinal() - position


def _made_up(one: date) -> Text:
    words = day_weekday(one)
    return Text(f"{words.zh}调休上班，计入", f"{words.en} is a make-up working day and counts")


def _not_counted(first: date, last: date, holiday: Text | None) -> Text:
    if first == last:
        span = day_weekday(first)
    else:
        span = Text(f"{day(first).zh}至{day(last).zh}", f"{day(first).en} to {day(last).en}")
    if holiday is None:
        return Text(
            f"{span.zh}不计" if first == last else f"{span.zh}周末不计",
            f"{span.en} does not count" if first == last else f"the weekend of {span.en} does not count",
        )
    return Text(f"{span.zh}{holiday.zh}放假，不计", f"{span.en} ({holiday.en}) does not count")
