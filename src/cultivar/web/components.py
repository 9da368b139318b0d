"""What a page hands to its components: frozen values, one class per component of the component page.

Every text is a ``Text`` (both languages) unless it is a proper name or an identifier, which is a plain
string; the templates under ``templates/web/components`` speak it. A component decides nothing: state and
words come from the caller.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Literal, Self
from urllib.parse import urlencode

from django.forms import BaseForm

from cultivar.policy.text import Text
from cultivar.web.language import speak

Words = Text | str

NOTHING = Text("", "")
FILTER = Text("筛选", "Filter")
TO_SUBMIT = Text("改好才能提交", "correct them to submit")

Tone = Literal["plain", "ok", "warn", "bad", "info", "line"]


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere."""

    label: Text
    url: str


@dataclass(frozen=True)
class ArticleChip:
    """The article an act, limit or refusal rests on; ``summary`` is what the title of the chip says."""

    number_text: Text
    url: str
    summary: Text | None = None


@dataclass(frozen=True)
class Tag:
    """One to eight characters on a state. ``ok`` draws a tick, a ``url`` makes it a link (flags only)."""

    words: Text
    tone: Tone = "plain"
    url: str = ""


@dataclass(frozen=True)
class Due:
    """How long is left. The words carry the state, the shape repeats it; made by ``cultivar.web.due.due``."""

    state: Literal["later", "soon", "late", "provisional"]
    words: Text
    date: Text | None = None

    @property
    def mark(self) -> str:
        """The class that draws the shape."""
        return {"later": "", "soon": "soon", "late": "late", "provisional": "prov"}[self.state]


@dataclass(frozen=True)
class DayCell:
    """One day of a strip: ``words`` is short ("7日" / "7"); ``makeup`` marks a weekend day that is worked."""

    words: Text
    state: Literal["past", "now", "future", "off", "unknown"] = "future"
    makeup: bool = False

    @property
    def marks(self) -> str:
        """The classes of the cell."""
        state = {"past": "past", "now": "now", "off": "off"}.get(self.state, "")
        return " ".join(filter(None, (state, "makeup" if self.makeup and self.state != "off" else "")))


@dataclass(frozen=True)
class DayStrip:
    """Days of a limit of at most ten working days.

    ``sentence`` says all of it to who does not see the strip; ``beside`` stands next to it ("第 2 日，共 5
    个工作日"); ``provisional`` where the calendar is not yet published.
    """

    cells: tuple[DayCell, ...]
    sentence: Text
    beside: Text | None = None
    provisional: bool = False


@dataclass(frozen=True)
class Step:
    """One stage: its public or internal name, when, whose.

    ``far`` steps are folded away on narrow screens.
    """

    name: Text
    date_text: Text
    office: Text
    state: Literal["done", "now", "future", "back"] = "future"
    far: bool = False

    @property
    def current(self) -> bool:
        """Whether the case stands here."""
        return self.state in ("now", "back")


@dataclass(frozen=True)
class Stepper:
    """At most nine steps; ``anchor`` must be unique on the page."""

    steps: tuple[Step, ...]
    anchor: str = "steps"

    @classmethod
    def around_now(cls, steps: Iterable[Step], anchor: str = "steps") -> Self:
        """The steps with all but the one before, the current and the next marked as far."""
        known = tuple(steps)
        here = next((index for index, step in enumerate(known) if step.current), len(known) - 1)
        return cls(tuple(replace(s, far=abs(i - here) > 1) for i, s in enumerate(known)), anchor)

    @property
    def number(self) -> int:
        """Number of the current step, from 1; of the last one when none is current."""
        return next((i for i, step in enumerate(self.steps, 1) if step.current), len(self.steps))

    @property
    def folds(self) -> bool:
        """Whether a narrow screen hides some."""
        return any(step.far for step in self.steps)


@dataclass(frozen=True)
class ActLine:
    """One line of the timeline, newest first.

    ``person`` stays empty for the public; ``quote`` is the reason given; ``erased`` keeps the line of an act
    whose content was deleted by law; ``wait`` is a deadline ahead.
    """

    act: Text
    office: Text
    at: datetime | None = None
    state: Literal["done", "return", "wait", "erased"] = "done"
    person: str = ""
    chip: ArticleChip | None = None
    number: int | None = None
    note: Text | None = None
    quote: str = ""
    link: Link | None = None

    @property
    def mark(self) -> str:
        """The class that draws the dot."""
        return {"done": "", "return": "warn", "wait": "wait", "erased": "erased"}[self.state]


@dataclass(frozen=True)
class ActButton:
    """What the procedure says about one act.

    Without ``reason`` it may be done: ``url`` leads to the act's page and ``consequence`` says what follows.
    With ``reason`` it may not yet be done, and ``remedy`` removes the obstacle. ``key`` is unique on the page
    (the act's id).
    """

    key: str
    label: Text
    url: str = ""
    tone: Literal["primary", "plain", "harm"] = "plain"
    chip: ArticleChip | None = None
    consequence: Text | None = None
    reason: Text | None = None
    remedy: Link | None = None

    @property
    def refused(self) -> bool:
        """Whether the act cannot be done now."""
        return self.reason is not None


@dataclass(frozen=True)
class Receipt:
    """Proof that an act stands in the ledger: entered.

    Waiting for the checkpoint at ``checkpoint_at``; mismatch.
    """

    number: int
    state: Literal["entered", "waiting", "mismatch"]
    url: str
    short_hash: str = ""
    checkpoint_at: time | datetime | None = None

    @property
    def mark(self) -> str:
        """The class of the badge."""
        return {"entered": "", "waiting": "wait", "mismatch": "bad"}[self.state]


@dataclass(frozen=True)
class CompletenessRow:
    """One condition of the article: how many of its items are right, wrong and still missing."""

    name: Text
    right: int
    wrong: int = 0
    missing: int = 0
    url: str = ""

    @property
    def total(self) -> int:
        """All items of the condition."""
        return self.right + self.wrong + self.missing

    @property
    def segments(self) -> tuple[str, ...]:
        """One mark per item in the order right, wrong, missing."""
        return ("y",) * self.right + ("x",) * self.wrong + ("",) * self.missing

    @property
    def words(self) -> Text:
        """What is missing, in words; for a whole row "齐"."""
        if self.right == self.total:
            return Text("齐", "complete")
        zh = [f"{self.wrong} 处有误"] * bool(self.wrong) + [f"缺 {self.missing}"] * bool(self.missing)
        en = [f"{self.wrong} wrong"] * bool(self.wrong) + [f"{self.missing} missing"] * bool(self.missing)
        return Text("，".join(zh), ", ".join(en))

    @property
    def whole(self) -> bool:
        """Whether nothing is missing or wrong."""
        return self.right == self.total


@dataclass(frozen=True)
class Completeness:
    """The meter of a dossier.

    ``heading_id`` names the heading; ``swap`` sends it out of band after a save.
    """

    rows: tuple[CompletenessRow, ...]
    basis: Text | None = None
    heading_id: str = "completeness"
    swap: bool = False

    @property
    def right(self) -> int:
        """Items that are right."""
        return sum(row.right for row in self.rows)

    @property
    def total(self) -> int:
        """All items."""
        return sum(row.total for row in self.rows)


@dataclass(frozen=True)
class Saved:
    """Where the typed text is: idle (nothing typed yet), saving, saved (at), offline, signed out."""

    state: Literal["idle", "saving", "saved", "offline", "signed_out"] = "idle"
    at: datetime | None = None

    @property
    def mark(self) -> str:
        """The class that chooses the symbol."""
        return {"idle": "", "saving": "wait", "saved": "ok", "offline": "off", "signed_out": "bad"}[
            self.state
        ]


@dataclass(frozen=True)
class ErrorItem:
    """One thing to correct; ``anchor`` is the id of the control."""

    words: Words
    anchor: str


@dataclass(frozen=True)
class ErrorSummary:
    """Top of the page after a failed post; ``blocks`` ends the heading ("改好才能提交")."""

    items: tuple[ErrorItem, ...]
    blocks: Text = TO_SUBMIT

    @classmethod
    def of(cls, *forms: BaseForm, blocks: Text | None = None) -> Self:
        """The errors of the forms in the order of their fields, in the words that stand at the field."""
        items: list[ErrorItem] = []
        for form in forms:
            items += [ErrorItem(str(words), "main") for words in form.non_field_errors()]
            for bound in form:
                anchor = bound.id_for_label or bound.auto_id or bound.html_name
                items += [
                    ErrorItem(f"{bound.label}：{e}" if _zh() else f"{bound.label}: {e}", anchor)
                    for e in bound.errors
                ]
        return cls(tuple(items), blocks) if blocks else cls(tuple(items))


def _zh() -> bool:
    return speak(Text("zh", "en")) == "zh"


@dataclass(frozen=True)
class SortHead:
    """A column head that sorts by a link; ``direction`` is the current one of this column."""

    label: Text
    url: str
    direction: Literal["none", "ascending", "descending"] = "none"
    numeric: bool = False


@dataclass(frozen=True)
class Select:
    """One choice of the filter bar: (value, label) pairs, the first one meaning "all"."""

    name: str
    label: Text
    options: tuple[tuple[str, Text], ...]
    value: str = ""


@dataclass(frozen=True)
class FilterBar:
    """A GET form: a search field, at most four selects, clear. ``found`` is announced after a change; with
    ``target`` (a selector) the result is swapped by htmx and the address follows."""

    action: str
    search_name: str = "q"
    search_label: Text | None = None
    search_value: str = ""
    selects: tuple[Select, ...] = ()
    found: Text | None = None
    target: str = ""


@dataclass(frozen=True)
class Figure:
    """A label with its number; with a ``url`` it filters (``current`` marks the filter in force)."""

    label: Text
    value: Words
    unit: Text | None = None
    url: str = ""
    current: bool = False
    tone: Literal["", "warn", "bad", "words"] = ""


@dataclass(frozen=True)
class Figures:
    """Three to five figures; ``name`` is said aloud where they filter."""

    items: tuple[Figure, ...]
    name: Text = FILTER

    @property
    def filters(self) -> bool:
        """Whether they are links."""
        return any(item.url for item in self.items)


@dataclass(frozen=True)
class Empty:
    """What is empty, why or what comes next, and one way on."""

    words: Text
    next: Text | None = None
    link: Link | None = None


@dataclass(frozen=True)
class Note:
    """One or two sentences beside the work; at most one per page."""

    words: Text
    tone: Literal["info", "warn"] = "info"
    link: Link | None = None


@dataclass(frozen=True)
class Tab:
    """A tab is a link; ``count`` is said after its name ("86", "4 处")."""

    label: Text
    url: str
    count: Words = ""
    current: bool = False


@dataclass(frozen=True)
class Tile:
    """A region on the tile-grid map.

    ``suffix`` is dropped on narrow screens (市, 州, 新区); ``dashed`` marks what is not an administrative
    division; column and row count from 1 to 12.
    """

    name: Text
    column: int
    row: int
    count: int
    url: str
    suffix: Text = NOTHING
    dashed: bool = False


@dataclass(frozen=True)
class TileMap:
    """``steps`` are the lowest counts of the four darker levels.

    ``unit`` follows the number aloud ("个集群").
    """

    tiles: tuple[Tile, ...]
    unit: Text
    steps: tuple[int, int, int, int] = (1, 2, 4, 5)

    def level(self, count: int) -> int:
        """Lightness step 0 to 4 of a count."""
        return sum(count >= step for step in self.steps)

    @property
    def columns(self) -> int:
        """How many columns the grid has, at least three so that a few tiles are not drawn large."""
        return max([3, *(tile.column for tile in self.tiles)])

    @property
    def cells(self) -> tuple[tuple[Tile, int], ...]:
        """Each tile with its level."""
        return tuple((tile, self.level(tile.count)) for tile in self.tiles)

    @property
    def legend(self) -> tuple[tuple[int, Text], ...]:
        """Each level with the counts it stands for."""
        first, *_ = self.steps
        bounds = [(0, 0, first - 1)] + [
            (number, low, high - 1)
            for number, (low, high) in enumerate(zip(self.steps, self.steps[1:], strict=False), 1)
        ]
        words = [
            (level, Text(*(2 * [f"{low}" if low == high else f"{low}–{high}"])))
            for level, low, high in bounds
        ]
        last = self.steps[-1]
        return (*words, (4, Text(f"{last} 个以上", f"{last} or more")))

    @property
    def has_dashed(self) -> bool:
        """Whether the legend must explain the dashed frame."""
        return any(tile.dashed for tile in self.tiles)


@dataclass(frozen=True)
class Pagination:
    """Page ``number`` (from 1) of ``total`` things, ``size`` a page.

    ``query`` are the other parameters of the address.
    """

    total: int
    number: int = 1
    size: int = 50
    query: tuple[tuple[str, str], ...] = ()

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """Number of the first thing on the page, 0 when there is none."""
        return min(self.total, (self.number - 1) * self.size + 1)

    @property
    def last(self) -> int:
        """Number of the last thing on the page."""
        return min(self.total, self.number * self.size)

    @property
    def before(self) -> str:
        """Address of the page before, empty on the first."""
        return self._address(self.number - 1) if self.number > 1 else ""

    @property
    def after(self) -> str:
        """Address of the next page, empty on the last."""
        return self._address(self.number + 1) if self.number < self.pages else ""

    def _address(self, number: int) -> str:
        return "?" + urlencode([*self.query, ("page", str(number))])


@dataclass(frozen=True)
class Bar:
    """One row of horizontal bars.

    ``value`` is not negative, ``words`` is printed (the value itself when empty).
    """

    label: Text
    value: int
    url: str = ""
    words: Words = ""


@dataclass(frozen=True)
class Bars:
    """Bars from zero to the largest value; the caption says what they count."""

    rows: tuple[Bar, ...]
    caption: Text

    @property
    def lengths(self) -> tuple[tuple[Bar, str], ...]:
        """Each row with its length as a percentage of the longest."""
        longest = max((row.value for row in self.rows), default=0)
        return tuple(
            (row, f"{row.value * 1000 // longest / 10:g}%" if longest else "0%") for row in self.rows
        )
