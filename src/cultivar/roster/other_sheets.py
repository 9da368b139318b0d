"""The sheets of titles, incidents and purchases: one row, one of each, tied to an enterprise by its code."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from cultivar.policy.text import Text
from cultivar.policy.vocabulary import vocabulary
from cultivar.registry.statements import HeldRow, IncidentRow, SupplyRow
from cultivar.roster.cells import (
    LONGEST_NAME,
    NOT_GIVEN,
    Cell,
    code_reader,
    day_reader,
    flat,
    number_reader,
    text_reader,
    word_reader,
)
from cultivar.roster.columns import OF_SHEET
from cultivar.roster.headings import Heading
from cultivar.roster.opening import Sheet
from cultivar.roster.problems import Said, Wrong
from cultivar.roster.sheet_reading import OLDEST_YEAR, Good, SheetReader, State, empty, twice
from cultivar.roster.titles import ordered, which_rank

Values = Mapping[str, Any]


class OtherSheet(SheetReader):
    """A sheet that is not of enterprises. ``take`` gives nothing: what it reads waits for the enterprises."""

    def __init__(self, state: State, sheet: Sheet, heading: Heading) -> None:
        super().__init__(state, sheet, heading)
        readers = _readers(heading, state, self.guarded, self.notes.append)
        self._columns = {one.meaning.part: one for one in heading.columns}
        self._reading = [(one, readers[one.meaning.part]) for one in heading.columns]
        self._required = [one.meaning.part for one in OF_SHEET[heading.kind] if one.required]
        self._seen: dict[tuple[Any, ...], int] = {}
        self._keep = {"held": self._title, "incidents": self._incident, "supply": self._purchase}[
            heading.kind
        ]

    def take(self, number: int, row: list[Cell]) -> Good | None:
        """Reads a row and keeps what it says."""
        if not self.begin(number, row):
            return None
        counts = self.state.counts
        counts.read += 1
        values: dict[str, Any] = {}
        for known, read in self._reading:
            values[known.meaning.part] = self.place(known, read)
        for part in self._required:
            if values[part] == "" or (
                values[part] is None and flat(row[self._columns[part].index]) in NOT_GIVEN
            ):
                self.say(empty(self._columns[part]), self._columns[part])
        if self.bad:
            counts.wrong += 1
            return None
        try:
            self._keep(values)
        except Wrong as wrong:
            self.say(wrong.said, None)
            counts.wrong += 1
        return None

    def _once(self, *key: Any) -> None:
        """Raises ``Wrong`` for what an earlier row says already."""
        earlier = self._seen.setdefault(key, self.number)
        if earlier != self.number:
            raise Wrong(twice(self.sheet.name, earlier))

    def _title(self, values: Values) -> None:
        word = vocabulary().qualifications[values["kind"]]
        rank = values.get("rank") or ""
        if (rank not in word.ranks) if word.ranks else bool(rank):
            raise Wrong(which_rank(word) if word.ranks else _unranked(word.name))
        ordered(values.get("from"), values.get("until"))
        self._once(values["code"], word.id, rank)
        row = HeldRow(word.id, rank, values.get("number") or "", values.get("from"), values.get("until"))
        self.state.held.setdefault(values["code"], []).append(row)
        self.state.held_at.setdefault(values["code"], (self.sheet.name, self.number))
        self.state.counts.good += 1

    def _incident(self, values: Values) -> None:
        row = IncidentRow(
            values["code"], values["kind"], values["grade"], values["on"], values.get("document") or ""
        )
        self._once(row.code, row.kind, row.grade, row.on)
        self.state.later.append((self.sheet.name, self.number, row.code, row))

    def _purchase(self, values: Values) -> None:
        buyer, supplier = values["buyer"], values["supplier"]
        year = values.get("year") or self.state.setting.year
        if buyer == supplier:
            raise Wrong(_ITSELF)
        self._once(buyer, supplier, values["product"], year)
        name, amount = values.get("supplier-name") or "", values.get("amount")
        row = SupplyRow(buyer, supplier, name, values["product"], year, amount)
        self.state.later.append((self.sheet.name, self.number, buyer, row))


def _readers(
    heading: Heading, state: State, guarded: bool, note: Callable[[Said], None]
) -> dict[str, Callable[[Cell], Any]]:
    """A reader for each part of such a sheet."""
    known = vocabulary()
    amount = next((one.scale for one in heading.columns if one.meaning.part == "amount"), 1)
    code = code_reader(note)
    kinds = known.qualifications if heading.kind == "held" else known.incidents
    return {
        "code": code,
        "buyer": code,
        "supplier": code,
        "name": text_reader(Text("企业名称", "The name"), LONGEST_NAME, guarded),
        "supplier-name": text_reader(Text("供应方名称", "The supplier's name"), LONGEST_NAME, guarded),
        "product": text_reader(Text("产品", "The product"), LONGEST_NAME, guarded),
        "document": text_reader(Text("认定文书", "The document"), 200, guarded),
        "number": text_reader(Text("证书编号", "The number"), 60, guarded),
        "kind": word_reader(
            Text("资质", "qualification") if kinds is known.qualifications else Text("事件类别", "incident"),
            kinds,
        ),
        "rank": word_reader(Text("级别", "rank"), known.ranks),
        "grade": word_reader(Text("等级", "grade"), known.grades),
        "from": day_reader(Text("有效期起", "The first day"), state.system_1904),
        "until": day_reader(Text("有效期止", "The last day"), state.system_1904),
        "on": day_reader(Text("发生日期", "The day"), state.system_1904),
        "year": _year_reader(state.setting.year),
        "amount": number_reader(known.measures["purchases"], amount, note),
    }


def _year_reader(latest: int) -> Callable[[Cell], int | None]:
    def read(cell: Cell) -> int | None:
        if isinstance(cell, date):
            return cell.year
        plain = flat(cell).removesuffix("年").removesuffix("年度")
        if plain in NOT_GIVEN:
            return None
        if not (plain.isascii() and plain.isdecimal() and OLDEST_YEAR <= int(plain[:6]) <= latest + 1):
            raise Wrong(
                Said(
                    "year",
                    Text("年份应在 {a} 到 {b} 之间。", "The year lies between {a} and {b}.").fill(
                        a=OLDEST_YEAR, b=latest + 1
                    ),
                    Text("填四位年份。", "Write four digits."),
                )
            )
        return int(plain)

    return read


def _unranked(name: Text) -> Said:
    return Said(
        "unranked",
        Text("{name}不分级别。", "{name} has no ranks.").fill(name=name),
        Text("把级别留空。", "Leave the rank empty."),
    )


_ITSELF = Said(
    "itself",
    Text("采购方和供应方是同一家。", "Buyer and supplier are the same."),
    Text("核对两个代码。", "Check both codes."),
)
