"""Forms for acts, built from the content fields of the programme file.

A form only carries what is typed; whether it is right is decided by the one door, whose problems are put back
at the fields. Names are flat: ``opinions__strength__opinion``.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from cultivar.cases import scoring_fields
from cultivar.cases.candidates import NOBODY, Candidate, Choice
from cultivar.ledger.clock import SHANGHAI
from cultivar.policy.model import Programme
from cultivar.policy.model_conditions import Condition, Criterion
from cultivar.policy.model_procedure import Act, ContentField, Procedure
from cultivar.policy.text import Text
from cultivar.procedure.content import ContentProblem
from cultivar.procedure.matter import Terms
from cultivar.procedure.voting import BALLOTS
from cultivar.web.language import lazily, speak

OPINIONS = (
    ("meets", Text("符合", "meets")),
    ("fails", Text("不符合", "fails")),
    ("unclear", Text("待核", "unclear")),
)
SHARED = ("text", "date", "whole", "datetime")  # said once for all cases of a batch
EACH = ("long-text", "choice")  # said case by case


OWN_CRITERIA = 4  # criteria that a round may add to those of the document


def batchable(act: Act) -> bool:
    """Whether an act can be done on several cases from one form: its content is short or plain text."""
    return not act.opens_case and all(spec.type in (*SHARED, *EACH) for spec in act.content.values())


@dataclass(frozen=True)
class Surroundings:
    """What the widgets need beside the content fields."""

    programme: Programme
    procedure: Procedure
    terms: Terms
    people: Choice = NOBODY  # whom an act may name
    regions: tuple[tuple[str, Any], ...] = ()  # (code, words) of the regions that an act may name
    names: tuple[str, ...] = ()  # what an earlier act listed, to be given values
    drawn: tuple[tuple[str, Any], ...] = ()  # (number, words) of those drawn who sit


class People(forms.CheckboxSelectMultiple):
    """Boxes of people: who would be refused cannot be ticked, and what is said of each stands beside the name."""

    def __init__(self, people: Sequence[Candidate] = ()) -> None:
        super().__init__()
        self.cannot = {one.person for one in people if one.cannot}
        self.notes = {one.person: note for one in people if (note := one.cannot or one.about)}

    def create_option(self, name: str, value: Any, *rest: Any, **more: Any) -> dict[str, Any]:
        """The option, switched off where naming the person would be refused."""
        option: dict[str, Any] = super().create_option(name, value, *rest, **more)
        if str(value) in self.cannot:
            option["attrs"]["disabled"] = True
        return option


class MultipleFiles(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


Fields = dict[str, forms.Field]


@dataclass
class Laid:
    """A field, or None, and what is folded under ``title``."""

    bound: forms.BoundField | None
    title: Text
    folded: list[forms.BoundField]

    @property
    def open(self) -> bool:
        """Whether something folded away was filled in or is wrong."""
        return any(one.errors or one.value() for one in self.folded)


_MORE_OF = Text("这一项的步长、分档和理由", "Step, bands and reasons of this one")


class ActForm(forms.Form):
    """The content of one act."""

    def __init__(
        self,
        fields: Mapping[str, ContentField],
        around: Surroundings,
        data: QueryDict | None = None,
        **more: Any,
    ) -> None:
        super().__init__(data, **more)
        # An act that freezes the dossier takes its regions from there.
        freezing = any(spec.type == "dossier" for spec in fields.values())
        filled = ("document", "tally", *(("dossier", "partner-regions") if freezing else ()))
        self.specs = {name: spec for name, spec in fields.items() if spec.type not in filled}
        self.around = around
        self.first: dict[str, str] = {}
        for name, spec in self.specs.items():
            made = _BUILDERS.get(spec.type, _text)(name, spec, around)
            self.first[name] = next(iter(made), name)
            self.fields.update(made)

    def laid_out(self) -> list["Laid"]:
        """The fields in order, those that most leave alone folded away: under another field, or a group of its own."""
        rows: list[Laid] = []
        for bound in self:
            under, fold = getattr(bound.field, "under", ""), getattr(bound.field, "fold", None)
            if under:
                next(row for row in rows if row.bound and row.bound.name == under).folded.append(bound)
            elif fold is not None and rows and rows[-1].bound is None:
                rows[-1].folded.append(bound)
            else:
                rows.append(Laid(None, fold, [bound]) if fold is not None else Laid(bound, _MORE_OF, []))
        return rows

    def content(self) -> dict[str, Any]:
        """What was typed, as the one door takes it; files are left out."""
        data = self._typed()
        return {
            name: _READERS.get(spec.type, _read_one)(name, spec, data, self.around)
            for name, spec in self.specs.items()
            if spec.type != "files"
        }

    def _typed(self) -> MultiValueDict[str, str]:
        """The posted values by field name, without the form's prefix."""
        if not isinstance(self.data, QueryDict):
            return MultiValueDict()
        stem = f"{self.prefix}-" if self.prefix else ""
        return MultiValueDict(
            {key.removeprefix(stem): values for key, values in self.data.lists() if key.startswith(stem)}
        )

    def complain(self, problems: list[ContentProblem]) -> None:
        """Puts the door's problems at their fields."""
        self.full_clean()
        for problem in problems:
            field = self.first.get(problem.field)
            self.add_error(field if field in self.fields else None, speak(problem.text))


def _label(spec: ContentField) -> dict[str, Any]:
    return {
        "label": lazily(spec.zh, spec.en),
        "help_text": lazily(spec.hint.zh, spec.hint.en) if spec.hint else "",
        "required": spec.required,
    }


def _with(field: forms.Field, **attributes: Any) -> forms.Field:
    for name, value in attributes.items():
        setattr(field, name, value)
    return field


def _text(name: str, spec: ContentField, around: Surroundings) -> Fields:
    return {name: _with(forms.CharField(**_label(spec), strip=False), at_most=0)}


def _long_text(name: str, spec: ContentField, around: Surroundings) -> Fields:
    widget = forms.Textarea(attrs={"rows": 5})
    return {
        name: _with(forms.CharField(**_label(spec), widget=widget, strip=False), at_most=spec.at_most or 0)
    }


def _people(name: str, spec: ContentField, around: Surroundings) -> Fields:
    return {name: forms.CharField(**_label(spec), widget=forms.Textarea(attrs={"rows": 3}))}


def _date(name: str, spec: ContentField, around: Surroundings) -> Fields:
    return {name: forms.CharField(**_label(spec), widget=forms.DateInput(attrs={"type": "date"}))}


def _moment(name: str, spec: ContentField, around: Surroundings) -> Fields:
    return {
        name: forms.CharField(**_label(spec), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    }


def _whole(name: str, spec: ContentField, around: Surroundings) -> Fields:
    return {name: forms.CharField(**_label(spec), widget=forms.TextInput(attrs={"inputmode": "numeric"}))}


def _choice(name: str, spec: ContentField, around: Surroundings) -> Fields:
    options = [(one, lazily(text.zh, text.en)) for one, text in spec.choices.items()]
    return {name: forms.ChoiceField(**_label(spec), choices=options, widget=forms.RadioSelect)}


def _ballot(name: str, spec: ContentField, around: Surroundings) -> Fields:
    options = [(one, lazily(*text)) for one, text in BALLOTS.items()]
    return {name: forms.ChoiceField(**_label(spec), choices=options, widget=forms.RadioSelect)}


def _undertaking(name: str, spec: ContentField, around: Surroundings) -> Fields:
    return {name: forms.BooleanField(**_label(spec))}


def _files(name: str, spec: ContentField, around: Surroundings) -> Fields:
    kinds = ".pdf,.png,.jpg,.jpeg,.xlsx"
    return {name: forms.FileField(**_label(spec), widget=MultipleFiles(attrs={"accept": kinds}))}


def _experts(name: str, spec: ContentField, around: Surroundings) -> Fields:
    people, hint = around.people.candidates, around.people.hint
    label = _label(spec) | ({"help_text": speak(hint)} if hint else {})
    options = [(one.person, one.name) for one in people]
    chosen = [one.person for one in people if one.chosen]
    return {name: forms.MultipleChoiceField(**label, choices=options, initial=chosen, widget=People(people))}


def _per_condition(name: str, spec: ContentField, around: Surroundings) -> Fields:
    made: Fields = {}
    for condition in around.programme.conditions:
        options = [("", lazily("未填", "none given"))] + [(one, lazily(*text)) for one, text in OPINIONS]
        made[f"{name}__{condition.id}__opinion"] = forms.ChoiceField(
            label=lazily(condition.zh, condition.en), choices=options, required=False
        )
        made[f"{name}__{condition.id}__remark"] = forms.CharField(
            label=lazily(f"{condition.zh}：说明", f"{condition.en}: remark"), required=False
        )
    return made


def _window(name: str, spec: ContentField, around: Surroundings) -> Fields:
    moment = {"type": "datetime-local"}
    return {
        f"{name}__opens_at": forms.CharField(
            label=lazily("申报开始", "Opens"),
            widget=forms.DateTimeInput(attrs=moment),
            required=spec.required,
        ),
        f"{name}__closes_at": forms.CharField(
            label=lazily("申报截止", "Closes"),
            widget=forms.DateTimeInput(attrs=moment),
            required=spec.required,
        ),
    }


def _limits(name: str, spec: ContentField, around: Surroundings) -> Fields:
    unit = Text("个工作日", "working days")
    return {
        f"{name}__{act}": _with(
            forms.CharField(
                label=lazily(text.zh, text.en),
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            ),
            unit=unit,
        )
        for act, text in around.programme.limited_acts.items()
    }


def _criteria(name: str, spec: ContentField, around: Surroundings) -> Fields:
    """One line of points for each criterion of the document, else for each condition; a round may leave some out."""
    made: Fields = {}
    for one in judged_on(around.programme):
        points = one.points if isinstance(one, Criterion) else None
        made[f"{name}__{one.id}"] = _points(Text(one.zh, one.en), points)
        made |= _how_to_score(f"{name}__{one.id}", Text(one.zh, one.en))
    for number in range(1, OWN_CRITERIA + 1):
        stem = f"{name}__own-{number}"
        label = Text("另加指标 {n}", "Further criterion {n}").fill(n=number)
        made[f"{stem}__zh"] = forms.CharField(label=lazily(*label), required=False, max_length=60)
        made[f"{stem}__en"] = forms.CharField(
            label=lazily(f"{label.zh}：英文", f"{label.en}: in English"), required=False, max_length=60
        )
        made[stem] = _points(Text(f"{label.zh}：分值", f"{label.en}: points"), None)
        made |= _how_to_score(stem, label)
    return made


def _how_to_score(stem: str, name: Text) -> Fields:
    """What a notice may say besides the points of a criterion; a page keeps it folded under them."""
    lines = forms.Textarea(attrs={"rows": 4, "placeholder": "0-11.5 | 差距明显 | Falls short"})
    words = {
        "step": Text("打分步长", "step of the points"),
        "reasons_below": Text("低于多少分要写理由", "reasons needed below"),
        "reasons_from": Text("多少分以上要写理由", "reasons needed from"),
    }
    decimal = forms.TextInput(attrs={"inputmode": "decimal"})
    made: Fields = {
        f"{stem}__{key}": forms.CharField(
            label=lazily(f"{name.zh}：{text.zh}", f"{name.en}: {text.en}"), required=False, widget=decimal
        )
        for key, text in words.items()
    }
    made[f"{stem}__anchors"] = forms.CharField(
        label=lazily(f"{name.zh}：分档含义", f"{name.en}: what bands of points mean"),
        help_text=lazily(
            "一行一档：起止分数 | 中文 | 英文", "One band to a line: points from-to | Chinese | English"
        ),
        required=False,
        widget=lines,
    )
    return {key: _with(field, under=stem) for key, field in made.items()}


def _scoring(name: str, spec: ContentField, around: Surroundings) -> Fields:
    """The rule of scoring; ties go by the criteria that the same form lists, those that the round adds included."""
    criteria = [(one.id, lazily(one.zh, one.en)) for one in judged_on(around.programme)]
    criteria += [
        (f"own-{n}", lazily(f"另加指标 {n}", f"Further criterion {n}")) for n in range(1, OWN_CRITERIA + 1)
    ]
    fields = [(one.id, lazily(one.zh, one.en)) for one in around.programme.fields]
    return scoring_fields.fields(name, criteria, fields, around.regions)


def _points(label: Text, initial: int | None) -> forms.Field:
    widget = forms.TextInput(attrs={"inputmode": "numeric"})
    field = forms.CharField(label=lazily(*label), required=False, initial=initial, widget=widget)
    return _with(field, unit=Text("分", "points"))


def judged_on(programme: Programme) -> Sequence[Criterion | Condition]:
    """What a round gives points for: the document's own criteria, else its conditions."""
    return programme.criteria or programme.conditions


def _thresholds(name: str, spec: ContentField, around: Surroundings) -> Fields:
    return {
        f"{name}__{indicator.id}": _with(
            forms.CharField(
                label=lazily(indicator.zh, indicator.en),
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            ),
            unit=indicator.unit.text,
        )
        for indicator in around.programme.indicators
    }


def _decimal(name: str, spec: ContentField, around: Surroundings) -> Fields:
    field = forms.CharField(**_label(spec), widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    return {name: _with(field, unit=spec.unit.text) if spec.unit else field}


def _named(name: str, spec: ContentField, around: Surroundings) -> Fields:
    """One of the names that the round's notice lists."""
    options = [(one, one) for one in around.terms.values.get(spec.among or "") or []]
    return {name: forms.ChoiceField(**_label(spec), choices=options, widget=forms.RadioSelect)}


def _regions(name: str, spec: ContentField, around: Surroundings) -> Fields:
    return {
        name: forms.MultipleChoiceField(
            **_label(spec), choices=around.regions, widget=forms.CheckboxSelectMultiple
        )
    }


_ONE_AT_LEAST = Text("至少填一项，不填的不设。", "Fill in one at least; what is left empty is none.")


def _counts(name: str, spec: ContentField, around: Surroundings) -> Fields:
    """A line for each choice, what is to be known of all of them under the first."""
    widget = {"inputmode": "numeric"}
    hint = spec.hint.text if spec.hint else _ONE_AT_LEAST if spec.required else None
    made: Fields = {
        f"{name}__{one}": forms.CharField(
            label=lazily(f"{spec.zh}：{words.zh}", f"{spec.en}: {words.en}"),
            required=False,
            widget=forms.TextInput(attrs=widget),
        )
        for one, words in spec.choices.items()
    }
    if hint is not None:
        next(iter(made.values())).help_text = lazily(*hint)
    return made


def _values(name: str, spec: ContentField, around: Surroundings) -> Fields:
    """Each value twice, so that a slip of typing is seen."""
    made: Fields = {}
    for number, one in enumerate(around.names):
        made[f"{name}__{number}"] = forms.CharField(label=one, strip=False)
        made[f"{name}__{number}__again"] = forms.CharField(
            label=lazily(f"{one}：再填一次", f"{one}: once more"), strip=False
        )
    return made


def _drawn(name: str, spec: ContentField, around: Surroundings) -> Fields:
    return {
        name: forms.ChoiceField(**_label(spec), choices=[("", lazily("请选择", "Choose")), *around.drawn])
    }


_BUILDERS: dict[str, Callable[[str, ContentField, Surroundings], Fields]] = {
    "text": _text,
    "long-text": _long_text,
    "people": _people,
    "date": _date,
    "datetime": _moment,
    "whole": _whole,
    "decimal": _decimal,
    "choice": _choice,
    "named": _named,
    "names": _people,
    "partner-regions": _regions,
    "undertaking": _undertaking,
    "files": _files,
    "experts": _experts,
    "seated-experts": _experts,
    "barred-experts": _experts,
    "attending-experts": _experts,
    "ballot": _ballot,
    "per-condition": _per_condition,
    "window": _window,
    "limits": _limits,
    "criteria": _criteria,
    "scoring": _scoring,
    "thresholds": _thresholds,
    "counts": _counts,
    "values": _values,
    "drawn": _drawn,
}


def _read_one(name: str, spec: ContentField, data: MultiValueDict[str, str], around: Surroundings) -> Any:
    return data.get(name)


def _read_lines(
    name: str, spec: ContentField, data: MultiValueDict[str, str], around: Surroundings
) -> list[str]:
    return [line.strip() for line in (data.get(name) or "").splitlines() if line.strip()]


def _read_list(
    name: str, spec: ContentField, data: MultiValueDict[str, str], around: Surroundings
) -> list[str]:
    return list(data.getlist(name))


def _read_tick(
    name: str, spec: ContentField, data: MultiValueDict[str, str], around: Surroundings
) -> bool | None:
    return True if data.get(name) else None


def shanghai(typed: str | None) -> str | None:
    """What a ``datetime-local`` control sends, with Shanghai's offset; what cannot be read stays as typed."""
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=SHANGHAI).isoformat(timespec="minutes")
    except ValueError:
        return typed


def _read_moment(
    name: str, spec: ContentField, data: MultiValueDict[str, str], around: Surroundings
) -> str | None:
    return shanghai(data.get(name))


def _read_window(
    name: str, spec: ContentField, data: MultiValueDict[str, str], around: Surroundings
) -> dict[str, Any]:
    ends = ("opens_at", "closes_at")
    return {end: moment for end in ends if (moment := shanghai(data.get(f"{name}__{end}")))}


def _read_conditions(
    name: str, spec: ContentField, data: MultiValueDict[str, str], around: Surroundings
) -> dict[str, Any]:
    given = {}
    for condition in around.programme.conditions:
        stem = f"{name}__{condition.id}__"
        entry = {"opinion": data.get(f"{stem}opinion") or "", "remark": data.get(f"{stem}remark") or ""}
        if any(entry.values()):
            given[condition.id] = entry
    return given


def _read_group(
    name: str, spec: ContentField, data: MultiValueDict[str, str], around: Surroundings
) -> dict[str, str]:
    stem = f"{name}__"
    return {
        key.removeprefix(stem): str(data[key]).strip()
        for key in data
        if key.startswith(stem) and str(data[key]).strip()
    }


def _read_criteria(
    name: str, spec: ContentField, data: MultiValueDict[str, str], around: Surroundings
) -> list[dict[str, Any]]:
    given = _read_group(name, spec, data, around)
    criteria: list[dict[str, Any]] = [
        {"id": one.id, "zh": one.zh, "en": one.en, "points": given[one.id], **_read_how(given, one.id)}
        for one in judged_on(around.programme)
        if one.id in given
    ]
    for own in (f"own-{number}" for number in range(1, OWN_CRITERIA + 1)):
        words = given.get(f"{own}__zh")
        if words or own in given:
            en = given.get(f"{own}__en") or words
            how = _read_how(given, own)
            criteria.append({"id": own, "zh": words, "en": en, "points": given.get(own), **how})
    return criteria


def _read_values(
    name: str, spec: ContentField, data: MultiValueDict[str, str], around: Surroundings
) -> dict[str, list[str]]:
    return {
        one: [data.get(f"{name}__{number}") or "", data.get(f"{name}__{number}__again") or ""]
        for number, one in enumerate(around.names)
    }


def _read_how(given: Mapping[str, str], stem: str) -> dict[str, Any]:
    keys = ("step", "reasons_below", "reasons_from")
    said: dict[str, Any] = {key: given[f"{stem}__{key}"] for key in keys if f"{stem}__{key}" in given}
    bands = [_read_band(line) for line in given.get(f"{stem}__anchors", "").splitlines() if line.strip()]
    return said | ({"anchors": bands} if bands else {})


def _read_band(line: str) -> dict[str, str]:
    """ "0-11.5 | 差距明显 | Falls short": bounds and words; the Chinese for both where there is no English."""
    points, *words = (part.strip() for part in line.replace("｜", "|").split("|"))
    low, *rest = re.split(r"\s*[-–—~～至]\s*", points, maxsplit=1)
    zh = words[0] if words else ""
    return {"from": low, "to": rest[0] if rest else low, "zh": zh, "en": words[1] if len(words) > 1 else zh}


def _read_scoring(
    name: str, spec: ContentField, data: MultiValueDict[str, str], around: Surroundings
) -> dict[str, Any]:
    return scoring_fields.read(_read_group(name, spec, data, around))


_READERS: dict[str, Callable[[str, ContentField, MultiValueDict[str, str], Surroundings], Any]] = {
    "people": _read_lines,
    "names": _read_lines,
    "partner-regions": _read_list,
    "experts": _read_list,
    "seated-experts": _read_list,
    "barred-experts": _read_list,
    "attending-experts": _read_list,
    "undertaking": _read_tick,
    "datetime": _read_moment,
    "window": _read_window,
    "per-condition": _read_conditions,
    "limits": _read_group,
    "thresholds": _read_group,
    "counts": _read_group,
    "values": _read_values,
    "criteria": _read_criteria,
    "scoring": _read_scoring,
}
