"""What was known of a round when its list was frozen, as plain data under a SHA-256: later facts change no seat.

Whoever could still change a field, a tie or a load once the seed is known could choose who sits where. So seats are
given by what stands here; what becomes known later can only take somebody off, and the next alternate follows.
The document names organisations and the keys of people; it is for those who may read what is known of experts.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from cultivar.evaluation import conflicts
from cultivar.evaluation.affinity import Knows
from cultivar.evaluation.circumstances import Circumstances, Judge, Judged
from cultivar.evaluation.identities import Answer, Organisation
from cultivar.policy.text import Text

RULE = "cultivar-circumstances/1"
Json = dict[str, Any]


def plain(facts: Circumstances) -> Json:
    """The facts as canonical data, by id."""
    return {
        "rule": RULE,
        "day": facts.day.isoformat(),
        "applications": [_application(one) for one in sorted(facts.applications, key=lambda one: one.id)],
        "judges": [_judge(one) for one in sorted(facts.judges, key=lambda one: one.id)],
        "rules": [{"id": one.id, "on": one.on, "years": one.years} for one in facts.rules],
        "answers": sorted(
            ({"one": one.one, "other": one.other, "same": one.same} for one in facts.answers),
            key=lambda one: (str(one["one"]), str(one["other"])),
        ),
        "objections": sorted(
            (
                {"application": one.application, "expert": one.expert, "upheld": one.upheld}
                for one in facts.objections
            ),
            key=lambda one: (str(one["application"]), str(one["expert"])),
        ),
        "places": {code: text._asdict() for code, text in sorted(facts.places.items())},
    }


def read(data: Mapping[str, Any]) -> Circumstances:
    """The facts out of a document of this rule."""
    known = {rule.id: rule for rule in conflicts.RULES}
    return Circumstances(
        day=date.fromisoformat(data["day"]),
        applications=tuple(_judged(one) for one in data["applications"]),
        judges=tuple(_judging(one) for one in data["judges"]),
        rules=tuple(replace(known[one["id"]], on=one["on"], years=one["years"]) for one in data["rules"]),
        answers=tuple(Answer(one["one"], one["other"], one["same"]) for one in data["answers"]),
        objections=tuple(
            conflicts.Objection(one["application"], one["expert"], one["upheld"])
            for one in data["objections"]
        ),
        places={code: Text(**words) for code, words in data["places"].items()},
    )


def _application(one: Judged) -> Json:
    return {
        "id": one.id,
        "field": one.field,
        **_knows(one.knows),
        "applicants": _organisations(one.parties.applicants),
        "members": _organisations(one.parties.members),
        "cities": sorted(one.parties.cities),
        "offices": sorted(one.parties.offices),
    }


def _judged(one: Mapping[str, Any]) -> Judged:
    parties = conflicts.Application(
        one["id"],
        tuple(map(_organisation, one["applicants"])),
        tuple(map(_organisation, one["members"])),
        tuple(one["cities"]),
        tuple(one["offices"]),
    )
    return Judged(one["id"], one["field"], _known(one), parties)


def _judge(one: Judge) -> Json:
    return {
        "id": one.id,
        "person": one.person,
        "kind": one.kind,
        **_knows(one.knows),
        "most": one.most,
        "organisation": one.organisation,
        "works_in": one.city,
        "city": one.parties.city,
        "employments": _ties(one.parties.employments),
        "ties": _ties(one.parties.ties),
        "owned": _ties(one.parties.owned),
        "offices": sorted(one.parties.offices),
        "declared": sorted(one.parties.declared),
        "declared_against": _organisations(one.parties.declared_against),
    }


def _judging(one: Mapping[str, Any]) -> Judge:
    parties = conflicts.Expert(
        one["id"],
        employments=tuple(map(_tie, one["employments"])),
        ties=tuple(map(_tie, one["ties"])),
        owned=tuple(map(_tie, one["owned"])),
        offices=tuple(one["offices"]),
        city=one["city"],
        declared=tuple(one["declared"]),
        declared_against=tuple(map(_organisation, one["declared_against"])),
    )
    return Judge(
        one["id"],
        one["person"],
        one["kind"],
        _known(one),
        parties,
        one["most"],
        one["organisation"],
        one["works_in"],
    )


def _knows(knows: Knows) -> Json:
    return {
        "fields": sorted(knows.fields),
        "directions": sorted(knows.directions),
        "industries": sorted(knows.industries),
    }


def _known(one: Mapping[str, Any]) -> Knows:
    return Knows(tuple(one["fields"]), tuple(one["directions"]), tuple(one["industries"]))


def _organisations(named: tuple[Organisation, ...]) -> list[Json]:
    rows = [{"name": one.name, "code": one.code, "aliases": list(one.aliases)} for one in set(named)]
    return sorted(rows, key=lambda one: (str(one["name"]), str(one["code"]), str(one["aliases"])))


def _organisation(one: Mapping[str, Any]) -> Organisation:
    return Organisation(one["name"], one["code"], tuple(one["aliases"]))


def _ties(ties: tuple[conflicts.Tie, ...]) -> list[Json]:
    rows = [
        {
            "organisation": _organisations((one.organisation,))[0],
            "since": one.since.isoformat() if one.since else None,
            "until": one.until.isoformat() if one.until else None,
        }
        for one in set(ties)
    ]
    return sorted(rows, key=str)


def _tie(one: Mapping[str, Any]) -> conflicts.Tie:
    since, until = (date.fromisoformat(one[end]) if one[end] else None for end in ("since", "until"))
    return conflicts.Tie(_organisation(one["organisation"]), since, until)
