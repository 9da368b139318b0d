"""What an act said, in words for a page: label and value, as far as the reader may see it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cultivar.cases import scoring_words
from cultivar.cases.act_forms import OPINIONS
from cultivar.cases.criteria_words import described
from cultivar.cases.dossier import PERSONAL
from cultivar.cases.perform import DECLINING, terms
from cultivar.cases.record import Folded
from cultivar.cases.sealing import sealed_for
from cultivar.ledger.models import Sealed
from cultivar.policy.model_procedure import ContentField
from cultivar.policy.text import Text
from cultivar.procedure.record import ERASE, Done
from cultivar.procedure.voting import BALLOTS, OUTCOMES
from cultivar.registry.regions import name_of
from cultivar.web.formats import day_year, moment_year

WITHHELD = Text("（个人信息，不向你的单位显示）", "(personal; not shown to your office)")
SEALED = Text("（封存中，办理“{act}”后启封）", "(sealed until “{act}”)")
KEPT_BACK = Text("（不向你的单位显示）", "(not shown to your office)")
ERASED = Text("（已依法删除）", "(erased as the law requires)")


@dataclass(frozen=True)
class Said:
    """One entry of an act's content: lines of text, or files by their SHA-256."""

    label: Text
    lines: tuple[Text, ...] = ()
    files: tuple[str, ...] = ()
    long: bool = False


def said(
    case: Folded, done: Done, parts: frozenset[str], people: Mapping[str, str], reader: str = ""
) -> list[Said]:
    """The content of an act; personal values only for the parts that the programme file names.

    What is sealed is read by nobody but who said it: ``reader`` is the key of the person who reads.
    """
    if done.act == ERASE and done.step != "decline":
        return _erased(case, done)
    fields = DECLINING if done.step == "decline" else case.act_of(done).content
    kept = _kept(case, done) if any(spec.personal for spec in fields.values()) else {}
    sealed = sealed_for(case, done, reader)
    entries = []
    for name, spec in fields.items():
        if name not in done.content:
            continue
        if name in sealed and spec.sealed_until is not None:
            opening = case.procedure.acts[spec.sealed_until]
            entries.append(Said(spec.text, (SEALED.fill(act=opening.text),)))
            continue
        if (spec.personal or spec.seen_by) and not parts & set(spec.seen_by):
            entries.append(Said(spec.text, (WITHHELD if spec.personal else KEPT_BACK,)))
            continue
        value = kept.get(name) if spec.personal else done.content[name]
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


def _kept(case: Folded, done: Done) -> dict[str, Any]:
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
    if spec.type in _ONE:
        return (_ONE[spec.type](spec, value),)
    if spec.type in _NAMING:
        return _names(spec, value, people)
    if isinstance(value, Mapping):
        if spec.type in ("counts", "values"):
            return tuple(_pair(spec, name, one) for name, one in value.items())
        return _tally(value) if spec.type == "tally" else _table(case, spec, value)
    if spec.type == "criteria":
        return tuple(
            Text("{zh}：{how}", "{en}: {how}").fill(zh=one["zh"], en=one["en"], how=described(one))
            for one in value
        )
    if spec.unit is not None:
        return (Text(f"{value} {spec.unit.zh}", f"{value} {spec.unit.en}"),)
    return (_same(value),)


_ONE: dict[str, Callable[[ContentField, Any], Text]] = {
    "choice": lambda spec, value: spec.choices[value].text,
    "ballot": lambda spec, value: BALLOTS[value],
    "undertaking": lambda spec, value: Text("已承诺", "given"),
    "date": lambda spec, value: day_year(datetime.fromisoformat(value)),
    "datetime": lambda spec, value: moment_year(datetime.fromisoformat(value)),
}


def _pair(spec: ContentField, name: str, value: Any) -> Text:
    words = spec.choices[name].text if name in spec.choices else Text(name, name)
    return Text("{name}：{value}", "{name}: {value}").fill(name=words, value=_same(value))


def _tally(value: Mapping[str, Any]) -> tuple[Text, ...]:
    """The outcome, the votes, and by what it was counted."""
    share = {
        "half": Text("投票人数过半同意", "more than half of those who vote agree"),
        "two-thirds": Text("投票人数三分之二以上同意", "two thirds at least of those who vote agree"),
    }[value["majority"]]
    lines = [
        OUTCOMES[value["outcome"]],
        Text(
            "同意 {agree}，不同意 {disagree}，弃权 {abstain}",
            "{agree} agree, {disagree} disagree, {abstain} abstain",
        ),
        Text(
            "专家组 {seated} 人，法定人数 {quorum} 人，{share}为通过",
            "panel of {seated}, quorum {quorum}, carried if {share}",
        ),
    ]
    if value["set_aside"]:
        lines.append(
            Text(
                "投票后退出专家组 {set_aside} 人，其票不计",
                "{set_aside} left the panel after voting; their votes do not count",
            )
        )
    return tuple(line.fill(**{**value, "share": share}) for line in lines)


_NAMING = frozenset(
    {"experts", "seated-experts", "barred-experts", "attending-experts", "partner-regions", "people", "names"}
)


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
    if spec.type in ("score-sheet", "per-criterion"):
        criteria = terms(case.opening.round).values.get("criteria") or []
        names |= {one["id"]: Text(one["zh"], one["en"]) for one in criteria}
    unit = Text(" 个工作日", " working days") if spec.type == "limits" else Text("", "")
    return tuple(
        Text("{name}：{value}{unit}", "{name}: {value}{unit}").fill(
            name=names.get(one, _same(one)), value=str(number), unit=unit
        )
        for one, number in value.items()
    )
