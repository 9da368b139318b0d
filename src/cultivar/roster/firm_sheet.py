"""The sheet of enterprises: one row, one enterprise."""

from collections.abc import Callable

from cultivar.policy.text import Text
from cultivar.policy.vocabulary import vocabulary
from cultivar.registry.statements import FirmRow, HeldRow
from cultivar.roster.cells import LONGEST_NAME, Cell, code_reader, number_reader, text_reader, yes_no_reader
from cultivar.roster.columns import IDENTITY
from cultivar.roster.firm_cells import contradictions, industry_reader, region_reader
from cultivar.roster.headings import Heading, Known
from cultivar.roster.opening import Sheet
from cultivar.roster.problems import Said, Wrong
from cultivar.roster.sheet_reading import OLDEST_YEAR, ROWS, Firm, SheetReader, State, empty, twice
from cultivar.roster.titles import EVERY, Group, GroupReader, Kind, groups


class FirmSheet(SheetReader):
    """The sheet of enterprises."""

    def __init__(self, state: State, sheet: Sheet, heading: Heading) -> None:
        super().__init__(state, sheet, heading)
        setting, note = state.setting, self.notes.append
        self._sheet_at = len(state.sheets) * ROWS
        state.sheets.append(sheet.name)
        self._code, self._name, self._region, self._industry = (
            _column(heading, one.meaning.part) for one in IDENTITY
        )
        self._read_code = code_reader(note)
        self._read_name = text_reader(Text("企业名称", "The name"), LONGEST_NAME, self.guarded)
        self._read_region = region_reader(setting.places, setting.within)
        self._read_industry = industry_reader()
        self._figures = [
            (one.index, _figure_reader(one, note), one.meaning.year, one.meaning.measure, one)
            for one in heading.columns
            if one.meaning.part == "figure" and OLDEST_YEAR <= one.meaning.year <= setting.year + 1
        ]
        self._groups = [
            (group, GroupReader(group, state.system_1904, self.guarded)) for group in groups(heading)
        ]

    def take(self, number: int, row: list[Cell]) -> Firm | None:
        """The enterprise of a row, if it is one and good."""
        if not self.begin(number, row):
            return None
        counts = self.state.counts
        counts.read += 1
        firm = self._firm()
        if firm is None:
            counts.wrong += 1
        else:
            counts.good += 1
            if self.state.later:
                self.state.good.add(firm.row.code)
        return firm

    def _firm(self) -> Firm | None:
        code = self._identity(self._code, self._read_code)
        if code:
            self._once(code)
        name = self._identity(self._name, self._read_name)
        region = self._identity(self._region, self._read_region)
        industry = self._identity(self._industry, self._read_industry)
        years = self._years()
        held, said = self._titles(code)
        if self.bad:
            return None
        return Firm(FirmRow(code, name, region, industry, years, held), said)

    def _identity(self, known: Known, read: Callable[[Cell], str]) -> str:
        value = self.place(known, read)
        if value == "":
            self.say(empty(known), known)
        return str(value or "")

    def _once(self, code: str) -> None:
        here = self._sheet_at + self.number
        earlier = self.state.seen.setdefault(code, here)
        if earlier != here:
            place, row = divmod(earlier, ROWS)
            self.say(twice(self.state.sheets[place], row), self._code, code)

    def _years(self) -> dict[int, dict[str, int]]:
        years: dict[int, dict[str, int]] = {}
        row = self.row
        for index, read, year, measure, known in self._figures:
            cell = row[index]
            try:
                value = read(cell)
            except Wrong as wrong:
                self.say(wrong.said, known, cell)
                continue
            if value is not None:
                if year in years:
                    years[year][measure] = value
                else:
                    years[year] = {measure: value}
                if self.notes:
                    self.say_notes(known, cell)
        for year, figures in years.items():
            for measure, said in contradictions(figures):
                known = next(one[4] for one in self._figures if one[2:4] == (year, measure))
                self.say(said, known, row[known.index])
        return years

    def _titles(self, code: str) -> tuple[tuple[HeldRow, ...] | None, frozenset[Kind]]:
        """The titles that the row and the sheet of titles name, and those that they speak for."""
        held: dict[tuple[str, str], HeldRow] = {}
        said: set[Kind] = set()
        for group, reader in self._groups:
            self._title(group, reader, held, said)
        for one in self.state.held.get(code, ()):
            held[one.kind, one.rank] = one
            said.add((one.kind, EVERY if vocabulary().qualifications[one.kind].ranks else ""))
        return (tuple(held.values()) if said else None), frozenset(said)

    def _title(
        self, group: Group, reader: GroupReader, held: dict[tuple[str, str], HeldRow], said: set[Kind]
    ) -> None:
        try:
            spoken, title = reader.read(self.place)
        except Wrong as wrong:
            self.say(wrong.said, group.first, self.row[group.first.index])
            return
        if spoken:
            said.add(group.covers)
        if title is not None:
            held[title.kind, title.rank] = title


def _column(heading: Heading, part: str) -> Known:
    found = heading.of(part)
    if found is None:
        raise LookupError(part)
    return found


def _figure_reader(known: Known, note: Callable[[Said], None]) -> Callable[[Cell], int | None]:
    measure = vocabulary().measures[known.meaning.measure]
    if measure.kind == "yes-no":
        return yes_no_reader(measure.name)
    return number_reader(measure, known.scale, note)
