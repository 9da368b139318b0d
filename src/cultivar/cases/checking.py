"""What an act says, held against what the house knows: conditions, criteria, the pool, regions, files, days.

``procedure.content`` checks the form of each entry; this checks that what it names exists and makes sense now.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from cultivar.cases.file_store import path_of
from cultivar.cases.record import Folded, terms_of
from cultivar.policy.model_procedure import Act, ContentField
from cultivar.policy.text import Text
from cultivar.procedure.content import ContentProblem
from cultivar.procedure.criteria import reason_problem, score_problem
from cultivar.procedure.matter import Matter
from cultivar.registry.queries import holders, involved_people
from cultivar.registry.regions import parts_of


@dataclass(frozen=True)
class Setting:
    """Where an act is checked: the case, its surroundings, the day, and all that the act says."""

    case: Folded
    around: Matter
    today: date
    said: Mapping[str, Any] = field(default_factory=dict)


Check = Callable[[ContentField, Any, Setting], list[Text]]


def check(act: Act, content: Mapping[str, Any], setting: Setting) -> list[ContentProblem]:
    """Every problem of a clean content; an empty list when it can be recorded."""
    problems = []
    setting = replace(setting, said=content)
    for name, spec in act.content.items():
        if name in content:
            checks = [*filter(None, [_CHECKS.get(spec.type)]), *_MORE.get(spec.type, ())]
            texts = [text for one in checks for text in one(spec, content[name], setting)]
            problems += [ContentProblem(name, text) for text in texts]
    return problems + _reasons_left(act, content, setting)


def days_ahead(act: Act, content: Mapping[str, Any], setting: Setting) -> list[ContentProblem]:
    """The days that had to lie ahead when something was proposed, and do so no more when it is agreed to."""
    return [
        ContentProblem(name, text)
        for name, spec in act.content.items()
        if spec.type == "date" and spec.when == "future" and isinstance(content.get(name), str)
        for text in _day(spec, content[name], setting)
    ]


def _reasons_left(act: Act, content: Mapping[str, Any], setting: Setting) -> list[ContentProblem]:
    """The reasons in words that the notice asks for at the scores given."""
    names = {spec.type: name for name, spec in act.content.items()}
    sheet, reasons = names.get("score-sheet"), names.get("per-criterion")
    if sheet is None or reasons is None:
        return []
    scores, said = content.get(sheet) or {}, content.get(reasons) or {}
    found = (reason_problem(one, scores.get(one["id"]), said.get(one["id"])) for one in _criteria_of(setting))
    return [ContentProblem(reasons, text) for text in found if text is not None]


def _day(spec: ContentField, value: str, setting: Setting) -> list[Text]:
    day = date.fromisoformat(value)
    if spec.when == "past" and day > setting.today:
        return [Text(f"“{spec.zh}”不能晚于今天。", f"“{spec.en}” must not lie ahead of today.")]
    if spec.when == "future" and day <= setting.today:
        return [Text(f"“{spec.zh}”要晚于今天。", f"“{spec.en}” must be later than today.")]
    return []


def _conditions(spec: ContentField, value: Mapping[str, Mapping[str, str]], setting: Setting) -> list[Text]:
    known = setting.case.programme.condition
    problems = [_unknown(spec, name) for name in value if name not in known]
    if spec.every:
        left = [condition for name, condition in known.items() if name not in value]
        problems += [Text(f"“{one.zh}”还没有意见。", f"“{one.en}” has no opinion yet.") for one in left]
    if spec.including and all(one["opinion"] != spec.including for one in value.values()):
        problems.append(
            Text(f"“{spec.zh}”至少要有一项不符合。", f"“{spec.en}” must name at least one that is not met.")
        )
    return problems


def _sheet(spec: ContentField, value: Mapping[str, str], setting: Setting) -> list[Text]:
    """Every criterion scored, none beyond its points or between its steps, nothing else."""
    problems = (score_problem(one, value.get(one["id"])) for one in _criteria_of(setting))
    return [one for one in problems if one is not None] + _of_criteria(spec, value, setting)


def _of_criteria(spec: ContentField, value: Mapping[str, str], setting: Setting) -> list[Text]:
    """Only criteria of the notice are spoken of."""
    known = {criterion["id"] for criterion in _criteria_of(setting)}
    return [_unknown(spec, name) for name in value if name not in known]


def _criteria_of(setting: Setting) -> list[dict[str, Any]]:
    return setting.around.terms.values.get("criteria") or []


def _experts(spec: ContentField, value: list[str], setting: Setting) -> list[Text]:
    """Only people of the pool who did not leave this panel and hold no office of a party to the case."""
    state, opening = setting.case.state, setting.case.opening
    gone = {done.person for done in state.acts if setting.case.procedure.acts[done.act].leaves_panel}
    province = setting.case.programme.region  # offices of the whole province are nobody's party
    regions = [one for one in (opening.lead_region, *state.partners) if one != province]
    judging = setting.case.programme.judging_bodies
    pool = holders(judging, setting.today, setting.case.programme.region).keys()
    biased = involved_people(opening.applicant, regions, setting.today, judging)
    refused = [person for person in value if person in gone | biased or person not in pool]
    if not refused:
        return []
    return [
        Text(
            f"“{spec.zh}”中有 {len(refused)} 人不能选：不在库内、已回避，或任职于申报主体或有关地区。",
            f"“{spec.en}”: {len(refused)} cannot serve here: not in the pool, recused, or in office with a party.",
        )
    ]


def _seated(spec: ContentField, value: list[str], setting: Setting) -> list[Text]:
    strangers = [person for person in value if person not in setting.case.state.experts]
    return [Text("所选的人不在专家组里。", "Whoever was chosen is not on the panel.")] if strangers else []


def _barred(spec: ContentField, value: list[str], setting: Setting) -> list[Text]:
    programme = setting.case.programme
    pool = holders(programme.judging_bodies, setting.today, programme.region)
    if all(person in pool for person in value):
        return []
    return [Text("所选的人不在专家库里。", "Whoever was chosen is not in the pool.")]


def _attending(spec: ContentField, value: list[str], setting: Setting) -> list[Text]:
    """Only people of the panel; to have been away takes nobody off it."""
    strangers = [person for person in value if person not in setting.case.state.experts]
    if not strangers:
        return []
    return [
        Text(
            f"“{spec.zh}”中有 {len(strangers)} 人不在本案专家组里。只勾专家组里到场的人。",
            f"“{spec.en}”: {len(strangers)} are not on this panel. Tick only those of the panel who were there.",
        )
    ]


def _regions(spec: ContentField, value: list[str], setting: Setting) -> list[Text]:
    known = parts_of(setting.case.programme.region)
    wrong = [region for region in value if region not in known]
    return (
        [Text("联合申报的市（州）不在本省。", "A partner region is not of this province.")] if wrong else []
    )


def _files(spec: ContentField, value: list[str], setting: Setting) -> list[Text]:
    if setting.case.state.latest is None:
        return []  # the case has yet to come into being; what opens it brings its files with it
    lost = [sha256 for sha256 in value if not path_of(sha256).is_file()]
    return [Text("有文件没有传上来，请重新上传。", "A file did not arrive; upload it again.")] if lost else []


def _window(spec: ContentField, value: Mapping[str, str], setting: Setting) -> list[Text]:
    """A window that was announced is only ever made longer."""
    before = terms_of(setting.case)
    if before.opens_at is None or before.closes_at is None:
        return []
    problems = []
    if datetime.fromisoformat(value["opens_at"]) != before.opens_at:
        problems.append(Text("开始时间已经公布，不能改。", "The beginning was announced and stays."))
    if datetime.fromisoformat(value["closes_at"]) <= before.closes_at:
        problems.append(Text("新的截止时间要晚于原来的。", "The new end must be later than the old one."))
    return problems


def _limits(spec: ContentField, value: Mapping[str, int], setting: Setting) -> list[Text]:
    known = setting.case.programme.limited_acts
    return [_unknown(spec, name) for name in value if name not in known]


def _thresholds(spec: ContentField, value: Mapping[str, str], setting: Setting) -> list[Text]:
    known = {indicator.id for indicator in setting.case.programme.indicators}
    return [_unknown(spec, name) for name in value if name not in known]


def _named(spec: ContentField, value: str, setting: Setting) -> list[Text]:
    listed = setting.around.terms.values.get(spec.among or "") or []
    return [] if value in listed else [_unknown(spec, value)]


def listed_before(spec: ContentField, case: Folded) -> tuple[str, ...]:
    """The names to which values belong, as the latest act of the case listed them."""
    said = (done.content for done in reversed(case.state.acts))
    return next((tuple(content[spec.of]) for content in said if spec.of and spec.of in content), ())


def _values(spec: ContentField, value: Mapping[str, str], setting: Setting) -> list[Text]:
    """A value for each name that was listed, and for no other."""
    listed = listed_before(spec, setting.case)
    missing = [
        Text(f"“{spec.zh}”还缺“{name}”。", f"“{spec.en}”: “{name}” is missing.")
        for name in listed
        if name not in value
    ]
    return missing + [_unknown(spec, name) for name in value if name not in listed]


def _unknown(spec: ContentField, name: str) -> Text:
    return Text(f"“{spec.zh}”里没有“{name}”这一项。", f"“{spec.en}” has no entry “{name}”.")


_MORE: dict[str, list[Check]] = {}


def register(content_type: str, check_: Check) -> None:
    """Lets a slice above hold what is said in fields of a type against what it knows."""
    checks = _MORE.setdefault(content_type, [])
    if check_ not in checks:
        checks.append(check_)


_CHECKS: dict[str, Check] = {
    "date": _day,
    "per-condition": _conditions,
    "score-sheet": _sheet,
    "per-criterion": _of_criteria,
    "experts": _experts,
    "seated-experts": _seated,
    "barred-experts": _barred,
    "attending-experts": _attending,
    "partner-regions": _regions,
    "files": _files,
    "window": _window,
    "limits": _limits,
    "thresholds": _thresholds,
    "named": _named,
    "values": _values,
}
