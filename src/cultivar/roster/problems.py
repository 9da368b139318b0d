"""What is wrong in a workbook: where, what stands there, what to do; and how many of each are kept."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from cultivar.policy.text import Text

KEPT = 1000  # findings of one kind that are kept with their place; the rest is counted
SHOWN = 60  # characters of a cell that a finding repeats
NO_REMEDY = Text("", "")


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a cell, a row or a sheet. ``kind`` names the rule, ``blocks`` tells an error from a hint."""

    kind: str
    text: Text
    remedy: Text = NO_REMEDY
    blocks: bool = True


class Wrong(Exception):
    """A cell cannot be read; carries what is said of it."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.text.en)
        self.said = said


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in a workbook and what is said of it.

    ``row`` from 1, 0 for a whole sheet; ``column`` its letters, "" for a whole row; ``sheet`` "" for the whole file.
    """

    said: Said
    sheet: str = ""
    row: int = 0
    column: str = ""
    heading: str = ""
    value: str = ""

    @property
    def place(self) -> Text:
        """ "“企业”表 17 行 C 列" / 'Sheet "企业", row 17, column C'."""
        if not self.sheet:
            return Text("整个文件", "The whole file")
        zh, en = f"“{self.sheet}”表", f'Sheet "{self.sheet}"'
        if self.row:
            zh, en = f"{zh} {self.row} 行", f"{en}, row {self.row}"
        if self.column:
            zh, en = f"{zh} {self.column} 列", f"{en}, column {self.column}"
        return Text(zh, en)

    @property
    def of_register(self) -> bool:
        """Whether the register says it of an enterprise, wherever that stood in the file."""
        return self.said.kind.startswith("register-") and not self.sheet

    @property
    def words(self) -> Text:
        """What is wrong and what to do."""
        text, remedy = self.said.text, self.said.remedy
        return Text(f"{text.zh}{remedy.zh}", f"{text.en} {remedy.en}".strip())

    @property
    def sentence(self) -> Text:
        """Place, what is wrong, what to do."""
        return Text(f"{self.place.zh}：{self.words.zh}", f"{self.place.en}: {self.words.en}")


class Findings:
    """The findings of one file, at most ``KEPT`` of a kind, and the number of all."""

    def __init__(self, kept: int = KEPT) -> None:
        self.kept: list[Finding] = []
        self.counts: Counter[str] = Counter()
        self._blocks: dict[str, bool] = {}
        self._most = kept

    def add(self, finding: Finding) -> None:
        """Keeps a finding, or only counts it."""
        kind = finding.said.kind
        self.counts[kind] += 1
        self._blocks[kind] = finding.said.blocks
        if self.counts[kind] <= self._most:
            self.kept.append(finding)

    @property
    def errors(self) -> int:
        """How many block."""
        return sum(number for kind, number in self.counts.items() if self._blocks[kind])

    @property
    def hints(self) -> int:
        """How many do not."""
        return sum(number for kind, number in self.counts.items() if not self._blocks[kind])

    def left_out(self) -> Iterator[tuple[Said, int]]:
        """Kinds of which more were found than kept: an example and how many are not listed."""
        for kind, number in self.counts.items():
            if number > self._most:
                example = next(one.said for one in self.kept if one.said.kind == kind)
                yield example, number - self._most


def printable(text: str) -> str:
    """A text without control signs and the like (category C): PostgreSQL stores neither U+0000 nor surrogates."""
    if text.isprintable():  # as a rule, and told at once
        return text
    return "".join(one for one in text if unicodedata.category(one)[0] != "C")


def shown(value: object) -> str:
    """A cell's value as a finding repeats it: one line, without control signs."""
    text = format(value, ".15g") if isinstance(value, float) else str(value)
    flat = " ".join(printable(" ".join(text.split())).split())
    return flat if len(flat) <= SHOWN else f"{flat[: SHOWN - 1]}…"


def letters(index: int) -> str:
    """The letters of a column, counted from 0: A, Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
