"""The doors of the demonstration: whom a newcomer can be by one click, and what that one has to do."""

import json
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from cultivar.cases.models import Seat
from cultivar.demonstration import elsewhere, fiction_people
from cultivar.demonstration.applications import RoundPlan
from cultivar.demonstration.cast import Cast, applicant_login, expert_login
from cultivar.demonstration.year import AUTUMN, SPRING, WINTER, Script
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.registry import regions
from cultivar.web.accounts import Door

APPLICANT, EXPERT = Text("申报主体", "Applicant"), Text("评审专家", "Expert")
_APPLICANTS: tuple[tuple[RoundPlan, str, Text], ...] = (
    (SPRING, "half a draft", Text("申报书填了一半", "a dossier half filled in")),
    (SPRING, "draft", Text("申报书填完，待提交", "a dossier ready to submit")),
    (SPRING, "returned", Text("被退回，待补正", "returned for correction")),
    (AUTUMN, "recognised", Text("已认定，待自评", "recognised, a self-report is due")),
)
_OFFICIALS = (
    ("{lead}-handler", Text("市（州）经办", "City, handler"), Text("联合申报等会签", "a joint application")),
    (
        "{lead}-reviewer",
        Text("市（州）审签", "City, reviewer"),
        Text("审签推荐", "agrees to what is proposed"),
    ),
    (
        "{partner}-handler",
        Text("相关市（州）经办", "Partner city, handler"),
        Text("联合申报待会签", "a concurrence is due"),
    ),
    ("province-handler", Text("省厅经办", "Province, handler"), Text("审核、评审、名单", "review and lists")),
    ("province-reviewer", Text("省厅审签", "Province, reviewer"), Text("审签经办所提", "agrees or declines")),
    ("province-secretary", Text("厅务会秘书", "Meeting secretary"), Text("登记会议决定", "decisions")),
    ("province-publisher", Text("省厅发布", "Publisher"), Text("发布通知和公示", "notices")),
    ("auditor", Text("审计与纪检监察", "Auditor"), Text("只看不办", "reads everything")),
    ("policy", Text("政策文件管理", "Policy officer"), Text("程序文件", "programme files")),
)


def cast_doors(cast: Cast, script: Script) -> list[Door]:
    """The doors of a demonstration that has just been built, in the order of the work."""
    joint = script.where(SPRING, "concurrence")[0]
    places = {"lead": f"city-{joint.lead}", "partner": f"city-{joint.partners[-1]}"}
    return [
        *(
            _door(cast, applicant_login(script.where(plan, end)[0]), APPLICANT, sees)
            for plan, end, sees in _APPLICANTS
        ),
        *(_door(cast, login.format(**places), role, sees) for login, role, sees in _OFFICIALS),
        _door(cast, _judge(cast, script), EXPERT, Text("评分表待交", "a score sheet is due")),
    ]


def _door(cast: Cast, login: str, role: Text, sees: Text) -> Door:
    actor = cast.by_login[login]
    words = Text("{name}（虚构）· {sees}", "{name} (fictional) · {sees}")
    return Door(login, role, actor.office_name, words.fill(name=actor.person_name, sees=sees))


def doors_elsewhere(cast: Cast) -> list[Door]:
    """One door for each post of the other programmes, by the region where they are in force."""
    logins = {actor: login for login, actor in cast.by_login.items()}
    found: dict[str, Door] = {}
    for company in elsewhere.companies(cast.by_login.values()):
        programme = company.programme
        group = regions.name_of(programme.region) or programme.issuer.text
        for part, post, role in _parts(programme):
            actor = next(company.of(part, post), None)
            if actor is not None:
                sees = Text("{name}（虚构）· {what}", "{name} (fictional) · {what}")
                said = sees.fill(name=actor.person_name, what=programme.short_title.text)
                login = logins[actor]
                found.setdefault(login, Door(login, role, actor.office_name, said, group))
    return sorted(found.values(), key=lambda door: door.group.zh if door.group else "")


def _parts(programme: Programme) -> Iterator[tuple[str, str, Text]]:
    """Every body and post that somebody can be, with its name."""
    for part, body in programme.bodies.items():
        if body.played_by is not None or body.scope == "published matters":
            continue
        for post, name in body.posts.items():
            yield part, post, Text("{body}{post}", "{body}, {post}").fill(body=body.text, post=name.text)
        if not body.posts:
            yield part, "", body.text


def _judge(cast: Cast, script: Script) -> str:
    """The login of an expert whose sheet is still to come."""
    cluster = cast.clusters[script.where(WINTER, "some sheets")[0].key].code
    waiting = set(Seat.objects.filter(case__subject=cluster, done=False).values_list("person", flat=True))
    experts = fiction_people.experts(cast.seed)
    return expert_login(next(one for one in experts if cast.expert(one).person_key in waiting))


def _file() -> Path:
    return Path(settings.HOME) / "doors.json"


def keep(doors: list[Door]) -> None:
    """Keeps the doors beside the data that they lead into."""
    plain = [
        {
            "login": door.login,
            "role": door.role,
            "office": door.office,
            "sees": door.sees,
            "group": door.group,
        }
        for door in doors
    ]
    _file().write_text(json.dumps(plain, ensure_ascii=False, indent=1), encoding="utf-8")


def doors() -> tuple[Door, ...]:
    """The doors of the demonstration in this data folder; none where none was built."""
    try:
        plain = json.loads(_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    return tuple(
        Door(
            one["login"],
            Text(*one["role"]),
            Text(*one["office"]),
            Text(*one["sees"]),
            Text(*one["group"]) if one.get("group") else None,
        )
        for one in plain
    )
