"""The dossier as controls of a page: what stands in a field, how it is typed in, how it is read back."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse

from cultivar.appraisal.completeness import Item
from cultivar.cases import dossier_tables
from cultivar.cases.dossier_tables import TableControl, table_control
from cultivar.cases.dossier_words import choices, derivation, echo, typed_text, unit_of, words
from cultivar.cases.evidence_pages import kept_ranges
from cultivar.cases.file_content import ACCEPT, SHOWN_KINDS, kind_by_name, size_text
from cultivar.cases.file_store import Kept
from cultivar.cases.models import Case, Subject
from cultivar.policy.model import Programme
from cultivar.policy.model_form import NUMERIC, FormField, FormSection
from cultivar.policy.text import Text
from cultivar.registry.models import Region
from cultivar.web.language import lazily, speak

WIDE = ("long-text", "evidence", "partner-regions", "table")
FIXED = Text("开始申报时已登记，这里不能改", "Registered when the application was started; not changed here")
NEW = "new"


@dataclass(frozen=True)
class Option:
    """One choice of a list."""

    value: str
    label: Text
    chosen: bool


@dataclass(frozen=True)
class PageLink:
    """A stretch of pages and the address at which it begins."""

    words: str
    url: str


@dataclass(frozen=True)
class FileLine:
    """A file under a field."""

    name: str
    size: str
    url: str
    sha256: str
    kind: str  # as ``evidence.KINDS`` has it
    view: str = ""  # the address at which a browser shows it; "" where it shows none
    pages: str = ""
    links: tuple[PageLink, ...] = ()
    also: tuple[Text, ...] = ()  # other entries of the same dossier that hold it too

    @property
    def paged(self) -> bool:
        """Whether pages of it can be named."""
        return self.kind == "pdf"

    @property
    def picture(self) -> bool:
        """Whether it is one picture."""
        return self.kind in ("png", "jpeg")


@dataclass(frozen=True)
class Contested:
    """What another person saved in the field meanwhile: in words, and as data for taking it over."""

    words: Text
    value: str  # JSON


@dataclass(frozen=True)
class Offer:
    """An answer that can be taken over into a field."""

    field: str
    value: Any
    words: Text
    source: Text


@dataclass(frozen=True)
class FileOffer:
    """A file that can be taken over into a field."""

    field: str
    kept: Kept
    size: str
    source: Text
    pages: str


@dataclass(frozen=True)
class Control:
    """A field of the dossier on the page. ``base`` is the saved value that the page shows, as JSON."""

    id: str
    kind: str  # text, long, number, date, select, radios, checks, files, table, derived, fixed
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
    table: TableControl | None = None
    source: Text | None = None  # of a figure that nobody types: what it comes from
    offer: Offer | None = None  # what an earlier application said
    file_offers: tuple[FileOffer, ...] = ()

    @property
    def dom(self) -> str:
        """The id of the control in the page."""
        return f"id_{self.id}"

    @property
    def group(self) -> bool:
        """Whether it is a group of controls under one legend."""
        return self.kind in ("radios", "checks", "table")

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
    "table": "table",
    "computed": "derived",
    **dict.fromkeys(NUMERIC, "number"),
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
        replace(
            control(setting, spec, data.get(spec.id), found[spec.id], files),
            source=source_of(setting.programme, spec, data),
        )
        for spec in setting.section.fields
    ]


def derived_controls(setting: Setting, data: Mapping[str, Any], items: Iterable[Item]) -> list[Control]:
    """The figures of a section that nobody types, as they stand after a save."""
    found = {item.field: item for item in items}
    return [
        replace(
            control(setting, spec, data.get(spec.id), found[spec.id]),
            source=source_of(setting.programme, spec, data),
        )
        for spec in setting.section.fields
        if spec.derived
    ]


_FROM_ROSTER = Text("取自企业名单，名单更新后重算", "Taken from the roster; it follows the roster")


def source_of(programme: Programme, spec: FormField, data: Mapping[str, Any]) -> Text | None:
    """What a figure that nobody types comes from; None for what is typed."""
    return _FROM_ROSTER if spec.from_roster else derivation(programme, spec, data)


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
        kind="fixed" if spec.fixed else "derived" if spec.derived else _KINDS[spec.type],
        label=spec.text,
        hint=FIXED if spec.fixed else _hint(spec),
        unit=unit_of(spec),
        required=spec.required,
        at_most=spec.at_most,
        value=text,
        base=as_json(value),
        options=_options(setting, spec, value),
        problem=item.problem if item else None,
        echo=echo(spec, value),
        said=words(setting.programme, spec, value, setting.regions),
        files=_files(setting, spec, evidence),
        wide=spec.type in WIDE,
        save_url=reverse("dossier-field", args=address) if spec.type != "evidence" else "",
        files_url=reverse("dossier-files", args=address) if spec.type == "evidence" else "",
        written=len(text.replace("\r\n", "\n")),
        decimal=spec.type != "whole",
        table=table_control(spec, value) if spec.type == "table" else None,
    )


def typed(shown: Control, setting: Setting, spec: FormField, value: Any, base: Any) -> Control:
    """A control that keeps what was typed and was not saved."""
    again = control(setting, spec, value)
    return replace(
        shown,
        value=again.value,
        options=again.options,
        base=as_json(base),
        written=again.written,
        table=again.table,
    )


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


def _options(setting: Setting, spec: FormField, value: Any) -> tuple[Option, ...]:
    if spec.type == "partner-regions":
        chosen = value if isinstance(value, list) else []
        return tuple(Option(one.code, one.short, one.code in chosen) for one in setting.regions)
    known = choices(setting.programme, spec)
    return tuple(Option(name, text, name == value) for name, text in known.items())


def file_line(case: Case, row: Mapping[str, Any], also: tuple[Text, ...] = ()) -> FileLine:
    """A file with its addresses; ``row`` is one of the working copy or of a submitted version."""
    kind, address = kind_by_name(row["name"]), [case.number, row["sha256"]]
    view = reverse("evidence-view", args=address) if kind in SHOWN_KINDS else ""
    return FileLine(
        row["name"],
        size_text(row["size"]),
        reverse("evidence", args=address),
        row["sha256"],
        kind,
        view,
        row.get("pages") or "",
        tuple(PageLink(one.words, f"{view}#page={one.first}") for one in kept_ranges(row)),
        also,
    )


def _files(setting: Setting, spec: FormField, rows: Sequence[Mapping[str, Any]]) -> tuple[FileLine, ...]:
    """The files of a field; where another entry of the dossier holds the same one, the line says which."""
    fields = setting.programme.form_fields
    return tuple(
        file_line(
            setting.case,
            row,
            tuple(
                fields[other["slot"]].text
                for other in rows
                if other["sha256"] == row["sha256"] and other["slot"] != spec.id and other["slot"] in fields
            ),
        )
        for row in rows
        if row["slot"] == spec.id
    )


def as_json(value: Any) -> str:
    """A value for a hidden field: JSON."""
    return json.dumps("" if value is None else value, ensure_ascii=False)


# ------------------------------------------------------------------------------------------- reading a post


def was_shown(spec: FormField, post: QueryDict) -> bool:
    """Whether the posted page showed this field; a group with nothing ticked posts only its base."""
    if spec.type == "evidence" or spec.fixed or spec.derived:
        return False
    return f"v.{spec.id}" in post or f"b.{spec.id}" in post


def posted(setting: Setting, spec: FormField, post: QueryDict) -> Any:
    """What was typed; only regions that can be partners, and no NUL, which databases do not store."""
    if spec.type == "partner-regions":
        known = {region.code for region in setting.regions}
        return sorted({code for code in post.getlist(f"v.{spec.id}") if code in known})
    if spec.type == "table":
        return dossier_tables.posted_table(spec, post)
    return post.get(f"v.{spec.id}", "").replace("\0", "").replace("\r\n", "\n")


def posted_base(spec: FormField, post: QueryDict) -> Any:
    """What the page showed before; None when it does not say."""
    try:
        base = json.loads(post.get(f"b.{spec.id}", "null"))
    except ValueError:
        return None
    return base if isinstance(base, (str, list)) else None


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
