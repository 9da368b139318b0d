"""What an act said, in words for a page: label and value, as far as the reader may see it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cultivar.cases import scoring_words
from cultivar.cases.act_forms import OPINIONS
from cultivar.cases.dossier import PERSONAL
from cultivar.cases.perform import DECLINING
from cultivar.cases.record import Folded
from cultivar.ledger.models import Sealed
from cultivar.policy.model_procedure import ContentField
from cultivar.policy.text import Text
from cultivar.procedure.record import ERASE, Done
from cultivar.registry.regions import name_of
from cultivar.web.formats import day_year, moment_year

WITHHELD = Text("（个人信息，不向你的单位显示）", "(personal; not shown to your office)")
ERASED = Text("（已依法删除）", "(erased as the law requires)")


@dataclass(frozen=True)
class Said:
    """One entry of an act's content: lines of text, or files by their SHA-256."""

    label: Text
    lines: tuple[Text, ...] = ()
    files: tuple[str, ...] = ()
    long: bool = False


def said(case: Folded, done: Done, parts: frozenset[str], people: Mapping[str, str]) -> list[Said]:
    """The content of an act; personal values only for the parts that the programme file names."""
    if done.act == ERASE and done.step != "decline":
        return _erased(case, done)
    fields = DECLINING if done.step == "decline" else case.act_of(done).content
    sealed = _sealed(case, done) if any(spec.personal for spec in fields.values()) else {}
    entries = []
    for name, spec in fields.items():
        if name not in done.content:
            continue
        if (spec.personal or spec.seen_by) and not parts & set(spec.seen_by):
            entries.append(Said(spec.text, (WITHHELD,)))
            continue
        value = sealed.get(name) if spec.personal else done.content[name]
        if value is None:
            entries.append(Said(spec.text, (ERASED,)))
        elif spec.type == "files":
            entries.append(Said(spec.text, files=tuple(value)))
        else:
            lines = _lines(case, spec, value, people, done.content)
            entries.append(Said(spec.text, lines, long=spec.type == "long-text"))
    if "title" in done.content:
        entries.append(Said(Text("证书编号", "Certificate number"), (_same(done.content["title"]),)))
    return entries


def _erased(case: Folded, done: Done) -> list[Said]:
    """What an erasure says: of which entry, which values, on which ground and why."""
    fields, content = case.act_of(done).content, done.content
    names = [label(case, content["act"], name) for name in content["fields"]]
    of = Text("第 {seq} 号 {act}", "no. {seq}, {act}").fill(
        seq=content["entry"], act=case.procedure.acts[content["act"]].text
    )
    return [
        Said(fields["entry"].text, (of,)),
        Said(
            fields["fields"].text,
            (Text("、".join(one.zh for one in names), ", ".join(one.en for one in names)),),
        ),
        Said(fields["law"].text, (fields["law"].choices[content["law"]].text,)),
        Said(fields["reason"].text, (_same(content["reason"]),), long=True),
    ]


def label(case: Folded, act: str, field: str) -> Text:
    """What a personal field is called on the page where it was filled in."""
    if field.startswith(PERSONAL):
        return case.programme.form_fields[field.removeprefix(PERSONAL)].text
    return case.procedure.acts[act].content[field].text


def _sealed(case: Folded, done: Done) -> dict[str, Any]:
    """The personal values of an act that are not erased; under four eyes they hang on the proposal's entry."""
    rows = Sealed.objects.filter(entry=done.said_in, entry__case=case.number)
    return {row.field: json.loads(bytes(row.value)) for row in rows}


def _same(value: Any) -> Text:
    return Text(str(value), str(value))


def _lines(
    case: Folded, spec: ContentField, value: Any, people: Mapping[str, str], beside: Mapping[str, Any]
) -> tuple[Text, ...]:
    """One entry of an act; ``beside``: all that the act says."""
    if spec.type == "scoring":
        return scoring_words.lines(value, beside, case.programme)
    if spec.type == "choice":
        return (spec.choices[value].text,)
    if spec.type == "undertaking":
        return (Text("已承诺", "given"),)
    if spec.type == "date":
        return (day_year(datetime.fromisoformat(value)),)
    if spec.type == "datetime":
        return (moment_year(datetime.fromisoformat(value)),)
    if spec.type in _NAMING:
        return _names(spec, value, people)
    if isinstance(value, Mapping):
        return _table(case, spec, value)
    if spec.type == "criteria":
        return tuple(
            Text(f"{one['zh']}：{one['points']} 分", f"{one['en']}: {one['points']} points") for one in value
        )
    if spec.unit is not None:
        return (Text(f"{value} {spec.unit.zh}", f"{value} {spec.unit.en}"),)
    return (_same(value),)


_NAMING = frozenset({"experts", "seated-experts", "partner-regions", "people", "names"})


def _names(spec: ContentField, value: list[str], people: Mapping[str, str]) -> tuple[Text, ...]:
    if spec.type == "partner-regions":
        return tuple(name_of(region) or _same(region) for region in value) or (Text("无", "none"),)
    return tuple(_same(people.get(name, name)) for name in value)


def _table(case: Folded, spec: ContentField, value: Mapping[str, Any]) -> tuple[Text, ...]:
    if spec.type == "per-condition":
        opinions = dict(OPINIONS)
        return tuple(
            Text("{name}：{opinion}{zh}", "{name}: {opinion}{zh}").fill(
                name=case.programme.condition[one].text if one in case.programme.condition else _same(one),
                opinion=opinions[entry["opinion"]],
                zh=Text(f"。{entry['remark']}", f". {entry['remark']}") if entry.get("remark") else "",
            )
            for one, entry in value.items()
        )
    if spec.type == "window":
        opens, closes = (moment_year(datetime.fromisoformat(value[end])) for end in ("opens_at", "closes_at"))
        return (Text("{opens}至{closes}", "{opens} to {closes}").fill(opens=opens, closes=closes),)
    names = dict(case.programme.limited_acts) if spec.type == "limits" else {}
    names |= {one.id: one.text for one in case.programme.conditions} | {
        one.id: one.text for one in case.programme.indicators
    }
    unit = Text(" 个工作日", " working days") if spec.type == "limits" else Text("", "")
    return tuple(
        Text("{name}：{value}{unit}", "{name}: {value}{unit}").fill(
            name=names.get(one, _same(one)), value=str(number), unit=unit
        )
        for one, number in value.items()
    )
