"""Qualifications as columns beside an enterprise: held or at which rank, the certificate, from when until when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cultivar.policy.text import Text
from cultivar.policy.vocabulary import Word, vocabulary
from cultivar.registry.statements import HeldRow
from cultivar.roster.cells import NOT_GIVEN, Cell, day_reader, flat, rank_of, text_reader, yes_no
from cultivar.roster.headings import Heading, Known
from cultivar.roster.problems import Said, Wrong

EVERY = "*"  # of a kind: whatever its rank
Place = Callable[[Known, Callable[[Cell], Any]], Any]  # reads the cell of a column, None where it is wrong
Kind = tuple[str, str]  # a qualification and its rank, or EVERY
_FROM, _UNTIL = Text("有效期起", "The first day"), Text("有效期止", "The last day")


@dataclass(frozen=True)
class Group:
    """The columns of one qualification (at one rank)."""

    word: Word
    rank: str
    columns: Mapping[str, Known]

    @property
    def covers(self) -> Kind:
        """What these columns speak for."""
        return self.word.id, self.rank or (EVERY if self.word.ranks else "")

    @property
    def first(self) -> Known:
        """The column at which something wrong with the group is shown."""
        return next(iter(self.columns.values()))


def groups(heading: Heading) -> tuple[Group, ...]:
    """The groups of columns of a sheet of enterprises."""
    found: dict[tuple[str, str], dict[str, Known]] = {}
    for one in heading.columns:
        if one.meaning.kind:
            found.setdefault((one.meaning.kind, one.meaning.rank), {})[one.meaning.part] = one
    known = vocabulary().qualifications
    return tuple(Group(known[kind], rank, columns) for (kind, rank), columns in found.items())


class GroupReader:
    """Reads one group of a row."""

    def __init__(self, group: Group, system_1904: bool, guarded: bool) -> None:
        self._group = group
        self._held = _held_reader(group)
        self._number = text_reader(Text("证书编号", "The number"), 60, guarded)
        self._from, self._until = day_reader(_FROM, system_1904), day_reader(_UNTIL, system_1904)

    def read(self, place: Place) -> tuple[bool, HeldRow | None]:
        """Whether anything is said, and the title held. Raises ``Wrong`` for what contradicts itself."""
        columns = self._group.columns
        held = place(columns["held"], self._held) if "held" in columns else None
        number = (place(columns["number"], self._number) or "") if "number" in columns else ""
        since = place(columns["from"], self._from) if "from" in columns else None
        until = place(columns["until"], self._until) if "until" in columns else None
        dated = bool(number or since or until)
        if held is None:
            if "held" in columns and dated:
                raise Wrong(_said_not(self._group.word))
            held = "" if dated else None
        if held is None:
            return False, None
        if held is False:
            if dated:
                raise Wrong(_no_and_yet(self._group.word))
            return True, None
        ordered(since, until)
        return True, HeldRow(self._group.word.id, held or self._group.rank, number, since, until)


def _held_reader(group: Group) -> Callable[[Cell], "str | bool | None"]:
    """Reads a rank, or "" for held without one; False for not held, None for nothing said."""
    word, rank = group.word, group.rank
    known: dict[str, str | bool | None] = {"": None, "否": False}
    if rank or not word.ranks:
        known["是"] = ""

    def read(cell: Cell) -> "str | bool | None":
        if type(cell) is str and cell in known:
            return known[cell]
        answer = yes_no(cell)
        if answer == 0:
            return False
        if flat(cell) in NOT_GIVEN:
            return None
        if rank or not word.ranks:
            if answer == 1:
                return ""
            raise Wrong(_yes_or_no(word))
        level = rank_of(cell)
        if level not in word.ranks:
            raise Wrong(which_rank(word))
        return level

    return read


def ordered(since: date | None, until: date | None) -> None:
    """Raises ``Wrong`` where a title ends before it begins."""
    if since is not None and until is not None and until < since:
        raise Wrong(
            Said(
                "ends-before",
                Text(
                    "有效期止 {until} 早于有效期起 {since}。",
                    "It ends on {until}, before it begins on {since}.",
                ).fill(until=until, since=since),
                Text("对照证书改正。", "Compare the certificate."),
            )
        )


def which_rank(word: Word) -> Said:
    """A title that exists at several ranks, without one of them."""
    ranks = [vocabulary().ranks[one].name for one in word.ranks]
    choice = Text("、".join(one.zh for one in ranks), ", ".join(one.en for one in ranks))
    return Said(
        "rank",
        Text("{name}要写明级别。", "{name} needs its rank.").fill(name=word.name),
        Text("填：{choice}；没有填“否”。", "One of: {choice}; or no.").fill(choice=choice),
    )


def _yes_or_no(word: Word) -> Said:
    return Said(
        "yes-no",
        Text("{name}应填“是”或“否”。", "{name} is answered by yes or no.").fill(name=word.name),
        Text("从下拉框里选。", "Choose from the list of the cell."),
    )


def _said_not(word: Word) -> Said:
    return Said(
        "title-unsaid",
        Text(
            "{name}写了证书或日期，没有写是否持有。",
            "{name} has a number or a day, but it is not said whether it is held.",
        ).fill(name=word.name),
        Text("在前一列填“是”或级别。", "Answer yes or give the rank."),
    )


def _no_and_yet(word: Word) -> Said:
    return Said(
        "title-no",
        Text(
            "{name}填了“否”，又写了证书或日期。", "{name} is answered by no, and yet has a number or a day."
        ).fill(name=word.name),
        Text("持有就改成“是”，没有就删去后面的内容。", "Change it to yes, or delete what follows."),
    )
