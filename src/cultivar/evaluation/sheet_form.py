"""The sheet as controls of a page: what stands in an entry, what is wrong with it, what a finished sheet says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from cultivar.cases.criteria_words import bounds, rules
from cultivar.cases.dossier_forms import Contested, Control, as_json
from cultivar.policy.model_procedure import Act, ContentField
from cultivar.policy.text import Text
from cultivar.procedure import criteria as of_criteria
from cultivar.procedure.content import characters, clean
from cultivar.procedure.criteria import Criterion

MOST = 5000  # characters of one entry that a draft keeps
ELSEWHERE = Text(
    "“{label}”没有存：你在另一个窗口刚把它改成了“{theirs}”。这里输入的还在框里。",
    "“{label}” was not saved: in another window you have just changed it to “{theirs}”. What you typed is still here.",
)


@dataclass(frozen=True)
class Sheet:
    """The sheet of an act under a notice: its fields by type, and the criteria in order."""

    act: Act
    criteria: tuple[Criterion, ...]
    save_url: str = ""
    names: Mapping[str, str] = field(default_factory=dict)  # field by type

    @classmethod
    def of(cls, act: Act, criteria: list[dict[str, Any]], save_url: str) -> "Sheet":
        """The sheet of an act that has one."""
        return cls(act, tuple(criteria), save_url, {spec.type: name for name, spec in act.content.items()})

    @property
    def scores(self) -> str:
        """The field of the points."""
        return self.names["score-sheet"]

    @property
    def reasons(self) -> str:
        """The field of the reasons, or "" where the act has none."""
        return self.names.get("per-criterion", "")

    @property
    def texts(self) -> Mapping[str, ContentField]:
        """What is said beside the points and reasons."""
        return {name: spec for name, spec in self.act.content.items() if spec.type in ("text", "long-text")}

    @property
    def entries(self) -> tuple[str, ...]:
        """Every entry of a draft, in the order of the page."""
        found: list[str] = []
        for one in self.criteria:
            found.append(f"{self.scores}.{one['id']}")
            found += [f"{self.reasons}.{one['id']}"] if self.reasons else []
        return (*found, *self.texts)

    def content(self, data: Mapping[str, str]) -> dict[str, Any]:
        """What the act says, as the one door takes it."""
        said: dict[str, Any] = {
            self.scores: {
                one["id"]: data.get(f"{self.scores}.{one['id']}", "").strip() for one in self.criteria
            }
        }
        if self.reasons:
            said[self.reasons] = {
                one["id"]: data.get(f"{self.reasons}.{one['id']}", "") for one in self.criteria
            }
        return said | {name: data.get(name, "") for name in self.texts}

    def score(self, criterion: Criterion, data: Mapping[str, str]) -> str:
        """The points of a criterion as typed, without the space around them."""
        return data.get(f"{self.scores}.{criterion['id']}", "").strip()


# ------------------------------------------------------------------------------------------------ what was posted


def typed(sheet: Sheet, post: QueryDict) -> dict[str, str]:
    """The entries that a post holds; a band that was chosen stands for its points."""
    found = {
        name: _line_ends(post.get(f"v.{name}", ""))[:MOST] for name in sheet.entries if f"v.{name}" in post
    }
    entry, _, points = post.get("band", "").rpartition("=")
    if entry in sheet.entries and points:
        found[entry] = points[:MOST]
    return found


def bases(sheet: Sheet, post: QueryDict) -> dict[str, str]:
    """What the page showed in each entry; a post that does not say showed nothing."""
    return {name: _base(post.get(f"b.{name}", "")) for name in sheet.entries}


def _base(said: str) -> str:
    try:
        value = json.loads(said)
    except ValueError:
        return ""
    return _line_ends(value) if isinstance(value, str) else ""


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "")


# --------------------------------------------------------------------------------------------- what is wrong with it


def problems(sheet: Sheet, data: Mapping[str, str]) -> dict[str, Text]:
    """What keeps the sheet from being handed in, by entry, in the order of the page."""
    found: dict[str, Text] = {}
    for one in sheet.criteria:
        score = sheet.score(one, data)
        problem = of_criteria.score_problem(one, score)
        if problem is not None:
            found[f"{sheet.scores}.{one['id']}"] = problem
        if sheet.reasons:
            entry = f"{sheet.reasons}.{one['id']}"
            said = _text_problem(_reason_spec(sheet, one), data.get(entry, ""))
            missing = of_criteria.reason_problem(one, score, data.get(entry, ""))
            if said or missing:
                found[entry] = said or missing or Text("", "")
    for name, spec in sheet.texts.items():
        problem = _text_problem(spec, data.get(name, ""))
        if problem is not None:
            found[name] = problem
    return found


def _reason_spec(sheet: Sheet, criterion: Criterion) -> ContentField:
    spec = sheet.act.content[sheet.reasons]
    names = {"zh": f"{criterion['zh']}：理由", "en": f"{criterion['en']}: reasons"}
    return spec.model_copy(update={**names, "type": "long-text", "required": False})


def _text_problem(spec: ContentField, text: str) -> Text | None:
    _, found = clean({"x": spec}, {"x": text})
    return found[0].text if found else None


def early(sheet: Sheet, name: str, data: Mapping[str, str]) -> Text | None:
    """What is worth saying about an entry while it is still being written: nothing about what is empty."""
    if not data.get(name, "").strip():
        return None
    return problems(sheet, data).get(name)


# ------------------------------------------------------------------------------------------------- what stands there


@dataclass(frozen=True)
class Band:
    """A band of points: its bounds, what it means, whether the score lies in it, and the points that it puts in."""

    bounds: str
    words: Text
    on: bool
    points: str


@dataclass(frozen=True)
class Entry(Control):
    """A control of the sheet; ``place`` names it in the page, where ids of criteria would be no selectors."""

    place: str = ""

    @property
    def dom(self) -> str:
        """The id of the control in the page."""
        return f"id_{self.place}"


@dataclass(frozen=True)
class Row:
    """A criterion on the page."""

    name: Text
    dom: str
    points: int
    rules: tuple[Text, ...]
    bands: tuple[Band, ...]
    score: Entry
    reason: Entry | None
    needed: Text | None  # why a reason is needed at this score


@dataclass(frozen=True)
class Tally:
    """How far the sheet is: the points given, of how many, and what is left."""

    given: str
    of: int
    done: int
    count: int
    left: tuple[Text, ...]


def rows(sheet: Sheet, data: Mapping[str, str], wrong: Mapping[str, Text] | None = None) -> list[Row]:
    """Every criterion with its controls; ``wrong`` are the problems to show, absent: those worth saying early."""
    return [row(sheet, number, data, wrong) for number in range(len(sheet.criteria))]


def row(sheet: Sheet, number: int, data: Mapping[str, str], wrong: Mapping[str, Text] | None = None) -> Row:
    """One criterion."""
    one = sheet.criteria[number]
    score = sheet.score(one, data)
    lies = of_criteria.band_of(one, score)
    bands = tuple(
        Band(bounds(band), Text(band["zh"], band["en"]), place == lies, of_criteria.middle(one, band))
        for place, band in enumerate(one.get("anchors") or ())
    )
    name = Text(one["zh"], one["en"])
    needed = of_criteria.asks_reason(one, score) if sheet.reasons else None
    return Row(
        name=name,
        dom=f"crit-{number + 1}",
        points=one["points"],
        rules=tuple(rules(one)),
        bands=bands,
        score=control(sheet, f"{sheet.scores}.{one['id']}", data, wrong),
        reason=control(sheet, f"{sheet.reasons}.{one['id']}", data, wrong) if sheet.reasons else None,
        needed=needed,
    )


def texts(sheet: Sheet, data: Mapping[str, str], wrong: Mapping[str, Text] | None = None) -> list[Entry]:
    """What is said beside the criteria."""
    return [control(sheet, name, data, wrong) for name in sheet.texts]


def control(
    sheet: Sheet, name: str, data: Mapping[str, str], wrong: Mapping[str, Text] | None = None
) -> Entry:
    """One entry with what is saved in it."""
    stem, _, of = name.partition(".")
    spec = sheet.texts.get(name)
    criterion = next((one for one in sheet.criteria if one["id"] == of), None)
    if spec is not None:
        label, at_most = spec.text, spec.at_most or 0
    else:
        assert criterion is not None
        label, at_most = Text(criterion["zh"], criterion["en"]), 0
        if stem == sheet.reasons:
            label = Text(f"{label.zh}：理由", f"{label.en}: reasons")
            at_most = sheet.act.content[stem].at_most or 500
    value = data.get(name, "")
    shown = Entry(
        place=f"e{sheet.entries.index(name) + 1}",
        id=name,
        kind="number" if stem == sheet.scores and spec is None else "long",
        label=label,
        hint=spec.hint.text if spec is not None and spec.hint else None,
        unit=None,
        required=spec.required if spec is not None else stem == sheet.scores,
        at_most=at_most,
        value=value,
        base=as_json(value),
        save_url=sheet.save_url,
        written=characters(value),
    )
    return replace(shown, problem=early(sheet, name, data) if wrong is None else wrong.get(name))


def in_conflict(shown: Entry, mine: str, theirs: str) -> Entry:
    """A control with what was typed here, and in words what another window saved there."""
    said = ELSEWHERE.fill(label=shown.label, theirs=theirs)
    held = Contested(Text(theirs, theirs), as_json(theirs))
    return replace(
        shown, value=mine, base=as_json(theirs), problem=said, contested=held, written=characters(mine)
    )


def tally(sheet: Sheet, data: Mapping[str, str]) -> Tally:
    """How far the sheet is."""
    scores = {one["id"]: sheet.score(one, data) for one in sheet.criteria}
    given, of, done = of_criteria.total(sheet.criteria, scores)
    left = tuple(problems(sheet, data).values())
    return Tally(of_criteria.plain(given), of, done, len(sheet.criteria), left)
