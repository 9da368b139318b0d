"""Working days and limits.

Source: the yearly notices of the State Council's General Office, transcribed as ``calendars/<year>.yaml``.
Monday to Friday are worked, weekends are off, but for the tables' holidays and make-up working days.

How a limit counts:

* *working days*: the n-th working day. With ``first_day="counted"`` counting begins on the start itself,
  with ``"next"`` on the day after. When the day on which counting begins is not a working day, counting
  begins at the next working day; so a limit in working days always ends on a working day.
* *calendar days*: the n-th day, counted in the same way. The end stays where it falls, on a day off as
  well: moving it would be a rule of the document, not of the calendar.
* *months*, *years*: ``"next"`` ends on the day with the same number, ``"counted"`` on the day before it.
  Where the month has no such day (31 April, 29 February) both end on its last day.

A limit in working days that starts in a year without a table is refused (:class:`YearNotCovered`). One that
starts in a covered year and runs into an uncovered one is counted there on weekends alone and marked
provisional. The other units need no table: they are neither refused nor provisional.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, NamedTuple, NoReturn

import yaml

from cultivar.policy.text import Text

Unit = Literal["working days", "calendar days", "months", "years"]
FirstDay = Literal["counted", "next"]
Kind = Literal["working", "off", "makeup", "provisional"]

DAY = timedelta(days=1)
SATURDAY = 5


class YearNotCovered(LookupError):
    """No working-day table for ``year``; ``text`` says so in both languages."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.text = Text(
            f"还没有{year}年的工作日表，不能按工作日计算。"
            f"请管理员按国务院办公厅的放假通知添加 calendars/{year}.yaml。",
            f"There is no working-day table for {year}, so working days cannot be counted. "
            f"Ask the administrator to add calendars/{year}.yaml after the State Council's holiday notice.",
        )
        super().__init__(self.text.en)


class BadCalendar(ValueError):
    """A table that cannot be used: ``file``, ``line`` (from 1; 0 for the whole file) and ``text``."""

    def __init__(self, file: Path, line: int, problem: Text) -> None:
        self.file, self.line = file, line
        self.text = (
            Text(f"{file.name} 第 {line} 行：{problem.zh}", f"{file.name}, line {line}: {problem.en}")
            if line
            else Text(f"{file.name}：{problem.zh}", f"{file.name}: {problem.en}")
        )
        super().__init__(self.text.en)


class Count(NamedTuple):
    """The last day of a limit; provisional when it was counted through a year without a table."""

    last_day: date
    provisional: bool


class DayCell(NamedTuple):
    """One cell of a day strip."""

    date: date
    kind: Kind


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday from its first to its last day, both off."""

    name: Text
    first: date
    last: date

    def days(self) -> Iterator[date]:
        """Every day of the holiday, in order."""
        return _span(self.first, self.last)


@dataclass(frozen=True, slots=True)
class Source:
    """The notice that a table was transcribed from."""

    title: Text
    number: str
    issued: date


@dataclass(frozen=True, slots=True)
class Year:
    """The table of one year: what departs from Monday to Friday."""

    year: int
    source: Source
    holidays: tuple[Holiday, ...]
    make_up_days: tuple[date, ...]


@dataclass(frozen=True)
class Calendar:
    """The tables of several years; immutable, so one instance can serve a whole process."""

    years: tuple[Year, ...]
    covered: frozenset[int] = field(init=False, repr=False, compare=False)
    off: frozenset[date] = field(init=False, repr=False, compare=False)
    make_up: frozenset[date] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the sets that counting looks days up in."""
        holidays = (holiday for year in self.years for holiday in year.holidays)
        object.__setattr__(self, "covered", frozenset(year.year for year in self.years))
        object.__setattr__(self, "off", frozenset(day for holiday in holidays for day in holiday.days()))
        object.__setattr__(
            self, "make_up", frozenset(day for year in self.years for day in year.make_up_days)
        )

    def is_working_day(self, day: date) -> bool:
        """Whether ``day`` is worked; raises :class:`YearNotCovered` beyond the tables."""
        self._require(day.year)
        return self._works(day)

    def is_provisional(self, day: date) -> bool:
        """Whether no table covers ``day``, so that only weekends are known to be off."""
        return day.year not in self.covered

    def last_day(self, start: date, n: int, unit: Unit, first_day: FirstDay) -> Count:
        """The last day of a limit of ``n`` units from ``start`` (rules: top of this module).

        Raises :class:`YearNotCovered` for working days that start beyond the tables, ``ValueError`` for
        ``n`` < 1.
        """
        if n < 1:
            raise ValueError(f"a limit has at least one day, month or year, not {n}")
        if unit == "working days":
            return self._last_working_day(start, n, first_day)
        if unit == "calendar days":
            return Count(start + (n - 1 if first_day == "counted" else n) * DAY, provisional=False)
        return Count(_months_on(start, n * 12 if unit == "years" else n, first_day), provisional=False)

    def working_days_between(self, after: date, until: date) -> int:
        """Working days after ``after`` up to and including ``until``; negative when ``until`` is past.

        "n working days left" on a page, today being ``after``; -1 means one working day late. Never raises:
        beyond the tables weekends alone are off, and :meth:`is_provisional` tells.
        """
        if until < after:
            return -self.working_days_between(until, after)
        return sum(map(self._works, _span(after + DAY, until)))

    def days(self, start: date, last: date) -> tuple[DayCell, ...]:
        """The cells of a day strip, ``start`` and ``last`` included; beyond the tables "provisional"."""
        return tuple(DayCell(day, self._kind(day)) for day in _span(start, last))

    def _last_working_day(self, start: date, n: int, first_day: FirstDay) -> Count:
        self._require(start.year)
        day = start if first_day == "counted" else start + DAY
        provisional = self.is_provisional(day)
        left = n
        while True:
            left -= self._works(day)
            if not left:
                return Count(day, provisional)
            day += DAY
            provisional = provisional or self.is_provisional(day)

    def _works(self, day: date) -> bool:
        return day in self.make_up or (day.weekday() < SATURDAY and day not in self.off)

    def _kind(self, day: date) -> Kind:
        if self.is_provisional(day):
            return "provisional"
        if day in self.make_up:
            return "makeup"
        return "working" if self._works(day) else "off"

    def _require(self, year: int) -> None:
        if year not in self.covered:
            raise YearNotCovered(year)


def load(folder: Path) -> Calendar:
    """Every ``<year>.yaml`` of ``folder``; raises :class:`BadCalendar`, also when there is none."""
    files = sorted(folder.glob("[0-9][0-9][0-9][0-9].yaml"))
    if not files:
        raise BadCalendar(
            folder, 0, Text("没有工作日表（<年份>.yaml）。", "there is no working-day table (<year>.yaml).")
        )
    return Calendar(tuple(load_year(folder, int(file.stem)) for file in files))


def load_year(folder: Path, year: int) -> Year:
    """The table ``<year>.yaml``; raises :class:`YearNotCovered` without one, :class:`BadCalendar` if bad."""
    file = folder / f"{year}.yaml"
    if not file.is_file():
        raise YearNotCovered(year)
    return _Reader(file).year(year)


def _span(first: date, last: date) -> Iterator[date]:
    return (first + n * DAY for n in range((last - first).days + 1))


def _months_on(start: date, months: int, first_day: FirstDay) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    try:
        same = date(year, month + 1, start.day)
    except ValueError:  # no such day: both ways of counting end with the month
        return date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - DAY
    return same - DAY if first_day == "counted" else same


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one table strictly: known keys only, each once; no anchors, aliases, tags; quoted ISO dates."""

    file: Path

    def year(self, expected: int) -> Year:
        top = self._mapping(self._root(), "year", "source", "holidays", "make_up_days")
        if self._word(top["year"]) != str(expected):
            self._refuse(
                top["year"],
                f"年份应为 {expected}，与文件名一致。",
                f"the year should be {expected}, like the file's name.",
            )
        source = self._mapping(top["source"], "title", "number", "issued")
        holidays: list[Holiday] = []
        for node in self._items(top["holidays"]):
            holidays.append(self._holiday(node, expected, holidays))
        make_up: list[date] = []
        for node in self._items(top["make_up_days"]):
            make_up.append(self._make_up_day(node, expected, holidays, make_up))
        title = self._mapping(source["title"], "zh", "en")
        return Year(
            expected,
            Source(
                Text(self._word(title["zh"]), self._word(title["en"])),
                self._word(source["number"]),
                self._day(source["issued"]),
            ),
            tuple(holidays),
            tuple(make_up),
        )

    def _holiday(self, node: yaml.Node, year: int, earlier: list[Holiday]) -> Holiday:
        keys = self._mapping(node, "zh", "en", "from", "to")
        name = Text(self._word(keys["zh"]), self._word(keys["en"]))
        holiday = Holiday(name, self._day_of(keys["from"], year), self._day_of(keys["to"], year))
        if holiday.last < holiday.first:
            self._refuse(keys["to"], f"{name.zh}的末日早于首日。", f"{name.en} ends before it begins.")
        for other in earlier:
            if holiday.first <= other.last and other.first <= holiday.last:
                self._refuse(
                    node, f"{name.zh}与{other.name.zh}重叠。", f"{name.en} overlaps {other.name.en}."
                )
        return holiday

    def _make_up_day(self, node: yaml.Node, year: int, holidays: list[Holiday], earlier: list[date]) -> date:
        day = self._day_of(node, year)
        if day.weekday() < SATURDAY:
            self._refuse(
                node,
                f"{day} 不是周末，不能是调休上班日。",
                f"{day} is no weekend day, so it cannot be a make-up day.",
            )
        if any(holiday.first <= day <= holiday.last for holiday in holidays):
            self._refuse(node, f"{day} 同时写成放假。", f"{day} also stands as a holiday.")
        if day in earlier:
            self._refuse(node, f"{day} 写了两次。", f"{day} stands twice.")
        return day

    def _day_of(self, node: yaml.Node, year: int) -> date:
        # New Year's holiday may begin, or be made up for, in the December before.
        day = self._day(node)
        if day.year != year and (day.year, day.month) != (year - 1, 12):
            self._refuse(
                node, f"{day} 不属于{year}年的安排。", f"{day} does not belong to the arrangement of {year}."
            )
        return day

    def _day(self, node: yaml.Node) -> date:
        word = self._word(node)
        try:
            if (
                isinstance(node, yaml.ScalarNode)
                and node.style in ("'", '"')
                and len(word) == len("2026-01-01")
            ):
                return date.fromisoformat(word)
        except ValueError:
            pass
        return self._refuse(
            node,
            f'“{word}”不是日期，请写成 "2026-05-01"（带引号）。',
            f'{word} is no date; write "2026-05-01", quoted.',
        )

    def _word(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            return self._refuse(node, "这里应是一个词或一句话。", "a word or a sentence is expected here.")
        return str(node.value)

    def _items(self, node: yaml.Node) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            return self._refuse(node, "这里应是一个列表。", "a list is expected here.")
        return list(node.value)

    def _mapping(self, node: yaml.Node, *expected: str) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            keys = ", ".join(expected)
            return self._refuse(
                node,
                f"这里应是带这些键的一组值：{keys}。",
                f"values with these keys are expected here: {keys}.",
            )
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            word = self._word(key)
            if word not in expected:
                self._refuse(key, f"不认识的键 {word}。", f"unknown key {word}.")
            if word in found:
                self._refuse(key, f"键 {word} 写了两次。", f"key {word} stands twice.")
            found[word] = value
        for word in expected:
            if word not in found:
                self._refuse(node, f"缺少键 {word}。", f"key {word} is missing.")
        return found

    def _root(self) -> yaml.Node:
        try:
            text = self.file.read_text(encoding="utf-8")
            for token in yaml.scan(text):
                if isinstance(token, yaml.AnchorToken | yaml.AliasToken | yaml.TagToken):
                    raise BadCalendar(
                        self.file,
                        token.start_mark.line + 1,
                        Text("不能用锚点、引用或标签。", "anchors, aliases and tags are not allowed."),
                    )
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except UnicodeDecodeError as error:
            raise BadCalendar(
                self.file, 0, Text("不是 UTF-8 文本。", "the file is no UTF-8 text.")
            ) from error
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 0
            problem = Text(f"写法有误（{error.problem}）。", f"the YAML cannot be read ({error.problem}).")
            raise BadCalendar(self.file, line, problem) from error
        except yaml.YAMLError as error:
            raise BadCalendar(self.file, 0, Text("写法有误。", "the YAML cannot be read.")) from error
        if root is None:
            raise BadCalendar(self.file, 0, Text("文件是空的。", "the file is empty."))
        return root

    def _refuse(self, node: yaml.Node, zh: str, en: str) -> NoReturn:
        raise BadCalendar(self.file, node.start_mark.line + 1, Text(zh, en))
