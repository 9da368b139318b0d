"""Who takes the seats of an expert who leaves: the next alternate of the same stratum who may judge the whole group.

An alternate who may not (not in office or away in those days, a conflict, an open question, below the floor, too few
applications taken on) is passed over and does not come back; why is written down. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cultivar.evaluation.circumstances import Circumstances
from cultivar.evaluation.seating_task import BadInput
from cultivar.policy.text import Text

RULE = "cultivar-substitution/1"
AWAY, FLOOR, CONFLICT, QUESTION, LOAD = "away", "floor", "conflict", "question", "load"
REASONS: Mapping[str, Text] = {
    AWAY: Text("任期已止、不能参加或已退出", "not in office, away, or has left"),
    FLOOR: Text("匹配分低于下限", "below the floor"),
    CONFLICT: Text("须回避", "must stand aside"),
    QUESTION: Text("单位是否相同尚未核实", "an open question of identity"),
    LOAD: Text("承接件数不够", "takes on too few applications"),
}

_NOT_SEATED = Text(
    "“{id}”现在不在任何专家组里。从名单里选一个在席的编号。",
    "“{id}” sits on no panel now. Choose a number that does.",
)
_NONE = Text(
    "“{id}”的席位没有可以递补的备选：{passed}。另行抽取，或直接组成专家组。",
    "No alternate can take the seats of “{id}”: {passed}. Draw again, or name the experts.",
)
_NOBODY = Text("备选已经用完", "all alternates are used")


def panels(
    seating: Mapping[str, Any], substitutions: Iterable[Mapping[str, Any]] = ()
) -> dict[str, list[str]]:
    """Who sits now, by group (or application, where there are no groups), in the order of the document."""
    heirs: dict[str, str] = {one["left"]: one["taken_by"] for one in substitutions}
    found: dict[str, list[str]] = {}
    for line in seating["decision"]["seats"]:
        found.setdefault(line["of"], []).extend(_now(expert, heirs) for expert in line["experts"])
    return found


def applications(seating: Mapping[str, Any]) -> dict[str, list[str]]:
    """The applications of each group; an application that stands by itself is its own group."""
    grouped = {one["id"]: list(one["applications"]) for one in seating["follows"]["groups"]}
    return {line["of"]: grouped.get(line["of"], [line["of"]]) for line in seating["decision"]["seats"]}


def next_alternate(
    seating: Mapping[str, Any],
    drawn: Mapping[str, Any],
    before: Sequence[Mapping[str, Any]],
    gone: Iterable[str],
    facts: Circumstances,
    out: Mapping[str, str],
    leaves: str,
) -> dict[str, Any]:
    """The document of a substitution. Raises ``BadInput`` where nobody sits under that number or nobody can follow.

    ``drawn``: the result of the draw; ``before``: earlier substitutions, in order; ``gone``: numbers that left or were
    seated before the first of them. ``facts``: what was known at freezing, of the applications that are still judged;
    ``out``: who is out by now, with a code why.
    """
    sitting = panels(seating, before)
    groups = [name for name, experts in sitting.items() if leaves in experts]
    if not groups:
        raise BadInput(_NOT_SEATED, id=leaves)
    members = applications(seating)
    cases = [case for name in groups for case in members[name]]
    used = {leaves, *gone, *(one[end] for one in before for end in ("left", "taken_by"))}
    used |= {each["id"] for one in before for each in one["passed"]}
    used |= {expert for experts in sitting.values() for expert in experts}
    passed: list[dict[str, str]] = []
    for number in _alternates(drawn, leaves):
        if number in used:
            continue
        why = out.get(number) or _closed(facts, number, cases, seating["given"]["plan"]["floor"])
        if why is None:
            return {
                "rule": RULE,
                "left": leaves,
                "taken_by": number,
                "of": groups,
                "applications": cases,
                "passed": passed,
            }
        passed.append({"id": number, "why": why})
    told = [
        Text("{id}（{why}）", "{id} ({why})").fill(id=one["id"], why=REASONS[one["why"]]) for one in passed
    ]
    words = Text("；".join(one.zh for one in told), "; ".join(one.en for one in told)) if told else _NOBODY
    raise BadInput(_NONE.fill(id=leaves, passed=words))


def _now(expert: str, heirs: Mapping[str, str]) -> str:
    while expert in heirs:
        expert = heirs[expert]
    return expert


def _alternates(drawn: Mapping[str, Any], leaves: str) -> list[str]:
    """The alternates of the stratum in which ``leaves`` was drawn, to a seat or as an alternate."""
    for line in drawn["draws"]:
        if leaves in line["seats"] or leaves in line["alternates"]:
            return list(line["alternates"])
    return []


def _closed(facts: Circumstances, number: str, cases: Sequence[str], floor: int) -> str | None:
    """Why an alternate cannot judge all these applications, or None."""
    place = next((at for at, one in enumerate(facts.judges) if one.id == number), None)
    if place is None:
        return AWAY
    rows = [at for at, one in enumerate(facts.applications) if one.id in set(cases)]
    most = facts.judges[place].most
    if most is not None and most < len(rows):
        return LOAD
    if rows and int(facts.affinity[rows, place].min()) < floor:
        return FLOOR
    ids = [facts.applications[at].id for at in rows]
    if facts.findings.blocked(ids, [number], questions=False).any():
        return CONFLICT
    return QUESTION if facts.findings.blocked(ids, [number]).any() else None
