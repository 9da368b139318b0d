"""What taking the good rows of a file would change: counted as they are read, the first changes with before and after.

A statement is one figure, one title, one incident or one purchase. It is new, it changes what the same giver stated, it
says that again, or (a title) it ends one. What others stated is not touched and not counted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from cultivar.policy.text import Text
from cultivar.policy.vocabulary import vocabulary
from cultivar.registry.statements import HeldRow, IncidentRow, SupplyRow
from cultivar.roster.firm_cells import plain
from cultivar.roster.jumps import unit_of
from cultivar.roster.sheet_reading import Firm, Good
from cultivar.roster.titles import EVERY

SHOWN = 50  # changes that are shown one by one

How = Literal["new", "changed", "same", "ended"]
HOW: tuple[How, ...] = ("new", "changed", "ended", "same")
_NOTHING = Text("—", "—")
_UNKNOWN = Text("未填", "not given")


@dataclass(frozen=True, slots=True)
class Stands:
    """What stands of one enterprise before a file is taken.

    ``own``: the figures of the giver's own word by year, ``counts``: those that count for it. ``held``: its own titles.
    ``identity``: name, region and industry, None where it is not in the register.
    """

    own: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    counts: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    held: tuple[HeldRow, ...] = ()
    identity: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A statement that will not stand as it stood."""

    code: str
    name: str
    what: Text
    before: Text
    after: Text

    def plain(self) -> dict[str, Any]:
        """As it is kept with an import and written by the command."""
        texts = {"what": self.what, "before": self.before, "after": self.after}
        said = {
            f"{key}_{language}": getattr(text, language)
            for key, text in texts.items()
            for language in ("zh", "en")
        }
        return {"code": self.code, "name": self.name, **said}

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "Change":
        """What ``plain`` wrote."""
        what, before, after = (
            Text(row[f"{key}_zh"], row[f"{key}_en"]) for key in ("what", "before", "after")
        )
        return cls(row["code"], row["name"], what, before, after)


@dataclass
class Changes:
    """The sum over a file."""

    corrects: bool = False  # whether the giver corrects names, regions and industries
    firms: int = 0  # enterprises that the register does not have
    counts: Counter[How] = field(default_factory=Counter)
    shown: list[Change] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """As it is kept with an import and written by the command."""
        return {
            "new_firms": self.firms,
            **{how: self.counts[how] for how in HOW},
            "changes": [one.plain() for one in self.shown],
        }

    def firm(self, firm: Firm, stands: Stands) -> None:
        """One enterprise's figures and titles."""
        row = firm.row
        if stands.identity is None:
            self.firms += 1
        elif self.corrects:
            self._identity(firm, stands.identity)
        for year, figures in row.years.items():
            own = stands.own.get(year)
            if not own:
                self.counts["new"] += len(figures)
            elif figures.items() <= own.items():
                self.counts["same"] += len(figures)
            else:
                self._figures(firm, year, figures, own)
        if row.held is not None:
            self._titles(firm, row.held, stands.held)

    def _identity(self, firm: Firm, stood: tuple[str, str, str]) -> None:
        row = firm.row
        for name, before, after in zip(_IDENTITY, stood, (row.name, row.region, row.industry), strict=True):
            if before != after:
                self._changed(firm, name, Text(before, before), Text(after, after))

    def _figures(self, firm: Firm, year: int, figures: Mapping[str, int], own: Mapping[str, int]) -> None:
        for measure, value in figures.items():
            before = own.get(measure)
            if before is None:
                self.counts["new"] += 1
            elif before == value:
                self.counts["same"] += 1
            else:
                what = measure_name(year, measure)
                self._changed(firm, what, figure(measure, before), figure(measure, value))

    def _titles(self, firm: Firm, held: Iterable[HeldRow], standing: Iterable[HeldRow]) -> None:
        stood = {(one.kind, one.rank): one for one in standing}
        for one in held:
            before = stood.pop((one.kind, one.rank), None)
            if before is None:
                self.counts["new"] += 1
            elif before == one:
                self.counts["same"] += 1
            else:
                self._changed(firm, title_name(one), title_text(before), title_text(one))
        for one in stood.values():
            if (one.kind, one.rank) in firm.said or (one.kind, EVERY) in firm.said:
                self._note("ended", firm.row.code, firm.row.name, title_name(one), title_text(one), _NOTHING)

    def links(self, stood: Mapping[tuple[Any, ...], tuple[Any, ...]], rows: Iterable[Good]) -> None:
        """Incidents or purchases, against those of the giver's own that stand, by ``key_of`` and ``says_of``."""
        for one in rows:
            key, says = key_of(one), says_of(one)
            before = stood.get(key)
            if before is None:
                self.counts["new"] += 1
            elif before == says:
                self.counts["same"] += 1
            else:
                self._note("changed", str(key[0]), "", _link_name(one), link_text(before), link_text(says))

    def _changed(self, firm: Firm, what: Text, before: Text, after: Text) -> None:
        self._note("changed", firm.row.code, firm.row.name, what, before, after)

    def _note(self, how: How, code: str, name: str, what: Text, before: Text, after: Text) -> None:
        self.counts[how] += 1
        if len(self.shown) < SHOWN:
            self.shown.append(Change(code, name, what, before, after))


_IDENTITY = (Text("企业名称", "Name"), Text("所在地区", "Region"), Text("行业代码", "Industry"))


def key_of(row: Good) -> tuple[Any, ...]:
    """What names an incident or a purchase."""
    if isinstance(row, IncidentRow):
        return (row.code, row.kind, row.grade, row.on)
    if isinstance(row, SupplyRow):
        return (row.buyer, row.supplier, row.product, row.year)
    raise TypeError(row)


def says_of(row: Good) -> tuple[Any, ...]:
    """What an incident or a purchase says."""
    return (row.document,) if isinstance(row, IncidentRow) else (row.supplier_name, row.amount_yuan)  # type: ignore[union-attr]


def _link_name(row: Good) -> Text:
    if isinstance(row, IncidentRow):
        return incident_name(row.kind, row.grade, row.on)
    assert isinstance(row, SupplyRow)
    return purchase_name(row.supplier, row.product, row.year)


# --------------------------------------------------------------------------------------------------- in words


def measure_name(year: int, measure: str) -> Text:
    """A figure's year, measure and unit."""
    word = vocabulary().measures[measure]
    unit = unit_of(word, word.scale)
    name = Text(f"{year}年{word.name.zh}", f"{word.name.en}, {year}")
    return Text(f"{name.zh}（{unit.zh}）", f"{name.en} ({unit.en})") if unit else name


def figure(measure: str, stored: int) -> Text:
    """A figure in the unit in which people write it."""
    word = vocabulary().measures[measure]
    if word.kind == "yes-no":
        return Text("是", "yes") if stored else Text("否", "no")
    number = plain(word.on_paper(stored))
    return Text(number, number)


def title_name(one: HeldRow) -> Text:
    """A title with its rank."""
    words = vocabulary()
    name = words.qualifications[one.kind].name
    return (
        Text("{name}（{rank}）", "{name} ({rank})").fill(name=name, rank=words.ranks[one.rank].name)
        if one.rank
        else name
    )


def title_text(one: HeldRow) -> Text:
    """What is said of a title: its number and its days."""
    since, until = (_day(one.from_on), _day(one.until_on))
    days = (
        Text(f"{since.zh} – {until.zh}", f"{since.en} – {until.en}") if one.from_on or one.until_on else None
    )
    parts = [Text(one.number, one.number)] if one.number else []
    parts += [days] if days else []
    return _joined(parts) or Text("有", "held")


def incident_name(kind: str, grade: str, on: date) -> Text:
    """An incident in words."""
    words = vocabulary()
    return Text("{on} {kind}（{grade}）", "{kind} ({grade}), {on}").fill(
        kind=words.incidents[kind].name, grade=words.grades[grade].name, on=on.isoformat()
    )


def purchase_name(supplier: str, product: str, year: int) -> Text:
    """A purchase in words."""
    return Text("{year}年向 {supplier} 采购{product}", "{product} from {supplier}, {year}").fill(
        year=year, supplier=supplier, product=product
    )


def link_text(values: Iterable[Any]) -> Text:
    """What is said of an incident or a purchase."""
    parts = [
        Text(f"{one} 元", f"{one} yuan") if isinstance(one, int) else Text(one, one)
        for one in values
        if one not in ("", None)
    ]
    return _joined(parts) or _UNKNOWN


def _day(on: date | None) -> Text:
    return Text(on.isoformat(), on.isoformat()) if on else Text("不详", "not known")


def _joined(parts: list[Text]) -> Text | None:
    return Text("，".join(one.zh for one in parts), ", ".join(one.en for one in parts)) if parts else None
