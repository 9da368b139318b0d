"""The dossier as controls of a page: what stands in a field, how it is typed in, how it is read back."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse

from cultivar.appraisal.completeness import Item, number_of
from cultivar.cases.evidence import ACCEPT, size_text
from cultivar.cases.models import Case, Subject
from cultivar.policy.model import FormField, FormSection, Programme
from cultivar.policy.text import Text
from cultivar.registry.models import Region
from cultivar.web import formats
from cultivar.web.language import lazily, speak

NUMBERS = ("whole", "decimal", "percent", "money")
WIDE = ("long-text", "evidence", "partner-regions")
FIXED = Text("开始申报时已登记，这里不能改", "Registered when the application was started; not changed here")
YES_NO = {"yes": Text("是", "Yes"), "no": Text("否", "No")}
WAN_YUAN = "万元"
NEW = "new"


@dataclass(frozen=True)
class Option:
    """One choice of a list."""

    value: str
    label: Text
    chosen: bool


@dataclass(frozen=True)
class FileLine:
    """A file under a field."""

    name: str
    size: str
    url: str
    sha256: str
    picture: bool


@dataclass(frozen=True)
class Contested:
    """What another person saved in the field meanwhile: in words, and as data for taking it over."""

    words: Text
    value: str  # JSON


@dataclass(frozen=True)
class Control:
    """A field of the dossier on the page. ``base`` is the saved value that the page shows, as JSON."""

    id: str
    kind: str  # text, long, number, date, select, radios, checks, files, fixed
    label: Text
    hint: Text | None
    unit: Text | None
    required: bool
    at_most: int | None
    value: str
    base: str
    options: tuple[Option, ...] = ()
    problem: Text | None = None
    echo: Text | None = None
    said: Text | None = None  # the value for readers
    files: tuple[FileLine, ...] = ()
    contested: Contested | None = None
    wide: bool = False
    save_url: str = ""
    files_url: str = ""
    written: int = 0
    decimal: bool = True

    @property
    def dom(self) -> str:
        """The id of the control in the page."""
        return f"id_{self.id}"

    @property
    def group(self) -> bool:
        """Whether it is a group of controls under one legend."""
        return self.kind in ("radios", "checks")

    @property
    def multiple(self) -> bool:
        """Whether it may take more than one file."""
        return self.at_most != 1

    @property
    def accept(self) -> str:
        """The kinds of file that the browser's dialogue offers; the server looks at the content."""
        return ACCEPT


_KINDS = {
    "text": "text",
    "long-text": "long",
    "date": "date",
    "choice": "select",
    "field": "select",
    "yes-no": "radios",
    "partner-regions": "checks",
    "evidence": "files",
    **dict.fromkeys(NUMBERS, "number"),
}


@dataclass(frozen=True)
class Setting:
    """What a control needs to know beside its own field."""

    case: Case
    programme: Programme
    section: FormSection
    regions: tuple[Region, ...] = ()  # those that can be partners


def partner_regions(case: Case, programme: Programme) -> tuple[Region, ...]:
    """The other regions of the province: one query."""
    others = Region.objects.filter(parent=programme.region).exclude(code=case.lead_region_id or "")
    return tuple(others.order_by("code"))


def controls(
    setting: Setting,
    data: Mapping[str, Any],
    items: Iterable[Item],
    evidence: Iterable[Mapping[str, Any]] = (),
) -> list[Control]:
    """The controls of a section with what is saved in them and what is wrong with it."""
    found = {item.field: item for item in items}
    files = list(evidence)
    return [
        control(setting, spec, data.get(spec.id), found[spec.id], files) for spec in setting.section.fields
    ]


def control(
    setting: Setting,
    spec: FormField,
    value: Any,
    item: Item | None = None,
    evidence: Sequence[Mapping[str, Any]] = (),
) -> Control:
    """One control."""
    address = [setting.case.number, setting.section.id, spec.id]
    text = typed_text(value)
    return Control(
        id=spec.id,
        kind="fixed" if spec.fixed else _KINDS[spec.type],
        label=spec.text,
        hint=FIXED if spec.fixed else _hint(spec),
        unit=_unit(spec),
        required=spec.required,
        at_most=spec.at_most,
        value=text,
        base=as_json(value),
        options=_options(setting, spec, value),
        problem=item.problem if item else None,
        echo=echo(spec, value),
        said=words(setting.programme, spec, value, setting.regions),
        files=tuple(_file(setting.case, row) for row in evidence if row["slot"] == spec.id),
        wide=spec.type in WIDE,
        save_url=reverse("dossier-field", args=address) if spec.type != "evidence" else "",
        files_url=reverse("dossier-files", args=address) if spec.type == "evidence" else "",
        written=len(text.replace("\r\n", "\n")),
        decimal=spec.type != "whole",
    )


def typed(shown: Control, setting: Setting, spec: FormField, value: Any, base: Any) -> Control:
    """A control that keeps what was typed and was not saved."""
    again = control(setting, spec, value)
    return replace(shown, value=again.value, options=again.options, base=as_json(base), written=again.written)


def contested(setting: Setting, spec: FormField, theirs: Any) -> Contested:
    """What another person saved, in words."""
    return Contested(words(setting.programme, spec, theirs, setting.regions), as_json(theirs))


def _hint(spec: FormField) -> Text | None:
    if spec.type == "evidence":
        most = spec.at_most
        count = Text(f"最多 {most} 份，", f"at most {most} files, ") if most else Text("", "")
        kinds = Text(
            "PDF、PNG、JPEG 或 XLSX，每份 50 MB 内；上传即保存",
            "PDF, PNG, JPEG or XLSX, 50 MB each; saved at once",
        )
        return Text(count.zh + kinds.zh, (count.en + kinds.en)[:1].upper() + (count.en + kinds.en)[1:])
    return spec.hint.text if spec.hint else None


def _unit(spec: FormField) -> Text | None:
    if spec.unit is not None:
        return spec.unit.text
    return {"money": Text(WAN_YUAN, "10 000 yuan"), "percent": Text("%", "%")}.get(spec.type)


def _options(setting: Setting, spec: FormField, value: Any) -> tuple[Option, ...]:
    if spec.type == "partner-regions":
        chosen = value if isinstance(value, list) else []
        return tuple(Option(one.code, one.short, one.code in chosen) for one in setting.regions)
    known = choices(setting.programme, spec)
    return tuple(Option(name, text, name == value) for name, text in known.items())


def choices(programme: Programme, spec: FormField) -> dict[str, Text]:
    """The values that a field of choices takes, with their names."""
    if spec.type == "field":
        return {field.id: field.text for field in programme.fields}
    if spec.type == "choice":
        return {name: said.text for name, said in spec.choices.items()}
    return YES_NO if spec.type == "yes-no" else {}


def _file(case: Case, row: Mapping[str, Any]) -> FileLine:
    address = reverse("evidence", args=[case.number, row["sha256"]])
    picture = str(row["name"]).lower().endswith((".png", ".jpg", ".jpeg"))
    return FileLine(row["name"], size_text(row["size"]), address, row["sha256"], picture)


def file_line(case: Case, row: Mapping[str, Any]) -> FileLine:
    """A file with its address."""
    return _file(case, row)


def typed_text(value: Any) -> str:
    """A saved value as it was typed."""
    return "" if value is None or isinstance(value, (list, dict)) else str(value)


def as_json(value: Any) -> str:
    """A value for a hidden field: JSON."""
    return json.dumps("" if value is None else value, ensure_ascii=False)


def echo(spec: FormField, value: Any) -> Text | None:
    """The amount in larger units beside a field of money."""
    unit = _unit(spec)
    if spec.type != "money" or unit is None or unit.zh != WAN_YUAN or value in (None, ""):
        return None
    number = number_of(value)
    return formats.money(number) if number is not None else None


# ------------------------------------------------------------------------------------------- reading a post


def was_shown(spec: FormField, post: QueryDict) -> bool:
    """Whether the posted page showed this field; a group with nothing ticked posts only its base."""
    if spec.type == "evidence" or spec.fixed:
        return False
    return f"v.{spec.id}" in post or f"b.{spec.id}" in post


def posted(setting: Setting, spec: FormField, post: QueryDict) -> Any:
    """What was typed; only regions that can be partners, and no NUL, which databases do not store."""
    if spec.type == "partner-regions":
        known = {region.code for region in setting.regions}
        return sorted({code for code in post.getlist(f"v.{spec.id}") if code in known})
    return post.get(f"v.{spec.id}", "").replace("\0", "").replace("\r\n", "\n")


def posted_base(spec: FormField, post: QueryDict) -> Any:
    """What the page showed before; None when it does not say."""
    try:
        base = json.loads(post.get(f"b.{spec.id}", "null"))
    except ValueError:
        return None
    return base if isinstance(base, (str, list)) else None


# ------------------------------------------------------------------------------------------- reading aloud


def words(programme: Programme, spec: FormField, value: Any, regions: Iterable[Region] = ()) -> Text:
    """A saved value for readers: names for ids, thousands apart; what is no number stands as typed."""
    if value in (None, "", []):
        return Text("未填", "Not given")
    if spec.type == "partner-regions" and isinstance(value, list):
        names = {region.code: region.short for region in regions}
        chosen = [names.get(code, Text(code, code)) for code in value]
        return Text("、".join(one.zh for one in chosen), ", ".join(one.en for one in chosen))
    if spec.type in NUMBERS:
        number, unit = number_of(value), _unit(spec)
        if number is None:
            return Text(str(value), str(value))
        shown = formats.grouped(number)
        return Text(f"{shown} {unit.zh}", f"{shown} {unit.en}") if unit else Text(shown, shown)
    if spec.type == "date":
        return _date_words(value)
    return choices(programme, spec).get(str(value)) or Text(str(value), str(value))


def _date_words(value: Any) -> Text:
    try:
        return formats.day_year(date.fromisoformat(str(value)))
    except ValueError:
        return Text(str(value), str(value))


# --------------------------------------------------------------------------------------------- starting one


class ApplyForm(forms.Form):
    """Which subject applies: one that the organisation has, or a new one."""

    subject = forms.ChoiceField(
        label=lazily("申报的对象", "What the application is for"),
        widget=forms.RadioSelect,
        error_messages={
            "required": lazily("请选一个", "Choose one"),
            "invalid_choice": lazily("请从列表中选", "Choose from the list"),
        },
    )
    name_zh = forms.CharField(
        label=lazily("中文名称", "Name in Chinese"),
        help_text=lazily("写明地名和产业", "With its place and industry"),
        max_length=60,
        error_messages={"required": lazily("请填中文名称", "Give the name in Chinese")},
    )
    name_en = forms.CharField(
        label=lazily("英文名称", "Name in English"),
        help_text=lazily("不填则英文页面也显示中文名称", "Left empty, English pages show the Chinese name"),
        max_length=120,
        required=False,
    )
    field = forms.ChoiceField(
        label=lazily("所属领域", "Field"),
        error_messages={"required": lazily("请选所属领域", "Choose a field")},
    )
    core_park = forms.CharField(
        label=lazily("核心承载园区", "Core carrier park"),
        help_text=lazily("现在不填，可在申报书里补", "Can be given later in the dossier"),
        max_length=60,
        required=False,
    )

    def __init__(
        self, programme: Programme, subjects: Sequence[Subject], data: QueryDict | None = None
    ) -> None:
        first = subjects[0].code if subjects else NEW
        super().__init__(data, initial={"subject": first}, auto_id="apply-%s", use_required_attribute=False)
        if data is not None and data.get("subject") != NEW:
            self.fields["name_zh"].required = self.fields["field"].required = False
        if not programme.fields:
            del self.fields["field"]
        if not any(spec.register_ == "carrier" for spec in programme.form_fields.values()):
            del self.fields["core_park"]
        self._names = {subject.name_zh for subject in subjects}
        known = [(subject.code, speak(subject.name)) for subject in subjects]
        self._choice("subject").choices = [
            *known,
            (NEW, lazily("新的，在下面填写", "A new one, named below")),
        ]
        if programme.fields:
            fields = [(field.id, speak(field.text)) for field in programme.fields]
            self._choice("field").choices = [("", lazily("请选择", "Choose")), *fields]

    def _choice(self, name: str) -> forms.ChoiceField:
        found = self.fields[name]
        assert isinstance(found, forms.ChoiceField)
        return found

    def clean_name_zh(self) -> str:
        """No second subject of one name."""
        name = str(self.cleaned_data["name_zh"])
        if self.cleaned_data.get("subject") == NEW and name in self._names:
            again = Text(
                "你的单位已有同名的一个，请在上面选它",
                "Your organisation has one of this name already; choose it above",
            )
            raise forms.ValidationError(speak(again))
        return name
