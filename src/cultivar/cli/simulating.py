"""The command that tries other thresholds, settings or versions on a round and says which outcomes flip."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cultivar.appraisal.levers import BadSetting, Lever, levers, setting_of
from cultivar.appraisal.simulated_conditions import Verdict
from cultivar.appraisal.simulation import Effect, Result
from cultivar.cases.models import RoundNotice
from cultivar.cases.programmes import catalogue
from cultivar.cases.simulating import RoundFacts, last_decided, load_round, read_only
from cultivar.cli.errors import FOUND_PROBLEMS, CannotRunError, tell
from cultivar.policy.citation import number_text, short_number
from cultivar.policy.model import Programme
from cultivar.policy.problems import BadFile
from cultivar.policy.reading import read_programme
from cultivar.policy.text import Text

_NO_ROUND = Text(
    "没有批次“{number}”。已有的批次：{known}。", "There is no round “{number}”. There are: {known}."
)
_NONE_DECIDED = Text(
    "还没有办结过认定的批次，没有可以试算的。",
    "No round has decided applications yet; there is nothing to simulate.",
)
_UNKNOWN = Text(
    "没有“{name}”：既不是文件，也不是政策版本。已有：{known}。",
    "There is no “{name}”: neither a file nor a version of a policy. There are: {known}.",
)
_BAD = Text(
    "{file} 有问题，无法试算；请先运行 cultivar programmes check。\n{problems}",
    "{file} cannot be simulated because of its problems; run cultivar programmes check first.\n{problems}",
)
_OTHER_POLICY = Text(
    "“{name}”是另一个政策（{policy}）；试算只在同一政策（{own}）的版本之间进行。",
    "“{name}” is another policy ({policy}); a simulation tries versions of the same policy ({own}).",
)
_PAIR = Text(
    "“{pair}”写法不对，应写成 指标=数值，例如 rd-intensity=3。",
    "“{pair}” is not written rightly; write indicator=value, for example rd-intensity=3.",
)
_HEADS: dict[Verdict, Text] = {
    "to refused": Text("改为不予认定", "flips to refused"),
    "refusal falls": Text("不予认定的依据不再成立", "flips: the refusal loses its ground"),
    "open": Text("无法断定，要由有关单位判断", "cannot be told; an office would have to judge"),
    "same": Text("结果不变", "comes out the same"),
}
_ENDS = {
    "granted": Text("已认定", "granted"),
    "refused": Text("未予认定", "refused"),
    "closed": Text("已撤回", "withdrawn"),
    "": Text("在办", "in hand"),
}
_SUMMARY = Text(
    "{cases} 件：认定 {granted} → 肯定 {certain}、待断 {perhaps}；翻转 {flips} 件；在办 {hand} 件",
    "{cases} cases: granted {granted} -> certainly {certain}, open {perhaps}; {flips} flip; {hand} in hand",
)


def simulate_programmes(asked: Namespace) -> int:
    """``asked`` has round, under, threshold, bar, quota, panel and json, as typed.

    Returns 0 where no decided case flips, 1 where one does. Raises ``CannotRunError`` or ``BadSetting`` (exit code 2)
    for an unknown round, version or indicator and for what is no number. Nothing is written.
    """
    with read_only():
        facts = load_round(_notice(asked.round).case_id)
        other = _version(asked.under, facts.programme) if asked.under else None
        programme = other or facts.programme
        known = levers(programme, facts.terms)
        typed = _typed(asked, known)
        setting = setting_of(known, programme, other, typed, asked.quota or "", asked.panel or "")
        effect = facts.try_out(setting)
    if asked.json:
        json.dump(
            _plain(facts, programme, known, typed, asked, effect), sys.stdout, ensure_ascii=False, indent=1
        )
        print()
    else:
        _print(facts, programme, effect)
    return FOUND_PROBLEMS if effect.flips else 0


def _notice(number: str | None) -> RoundNotice:
    notices = list(RoundNotice.objects.select_related("case").order_by("case"))
    if number is None:
        found = last_decided(notices)
        if found is None:
            raise CannotRunError(_NONE_DECIDED)
        return found
    for one in notices:
        if one.case_id == number:
            return one
    raise CannotRunError(_NO_ROUND, number=number, known=", ".join(one.case_id for one in notices) or "—")


def _version(name: str, own: Programme) -> Programme:
    """A version of the same policy: a file where there is one, else one of the catalogue."""
    path = Path(name)
    if path.is_file():
        try:
            programme = read_programme(path).programme
        except BadFile as bad:
            raise CannotRunError(_BAD, file=path, problems=bad) from None
    else:
        known = catalogue()
        if name not in known:
            raise CannotRunError(_UNKNOWN, name=name, known=", ".join(known))
        programme = known[name].programme
    if programme.programme != own.programme:
        raise CannotRunError(_OTHER_POLICY, name=name, policy=programme.programme, own=own.programme)
    return programme


def _typed(asked: Namespace, known: Iterable[Lever]) -> dict[str, str]:
    """By a lever's name. A threshold of an indicator that only the document bounds moves that bar."""
    names = {lever.name for lever in known}
    found = {}
    for kind, pairs in (("t", asked.threshold), ("b", asked.bar)):
        for pair in pairs or ():
            indicator, sign, value = (part.strip() for part in pair.partition("="))
            if not sign or not indicator:
                raise BadSetting(_PAIR.fill(pair=pair))
            only_bar = f"t.{indicator}" not in names and f"b.{indicator}" in names
            found[f"{'b' if only_bar else kind}.{indicator}"] = value
    return found


def _print(facts: RoundFacts, programme: Programme, effect: Effect) -> None:
    tell(Text("{number} {name}", "{number} {name}"), number=facts.number, name=facts.name)
    for line in _lines(programme, effect):
        print(line)
    tell(
        _SUMMARY,
        cases=len(effect.results),
        granted=effect.ended("granted"),
        certain=effect.still_granted,
        perhaps=effect.perhaps_granted,
        flips=len(effect.flips),
        hand=effect.ended(""),
    )


def _lines(programme: Programme, effect: Effect) -> Iterator[str]:
    for verdict, head in _HEADS.items():
        for decided in (True, False):
            found = effect.of(verdict, decided=decided)
            if not found or verdict == "same":
                continue
            note = Text("", "") if decided else Text("（在办）", " (in hand)")
            yield f"{head.zh}{note.zh}（{len(found)}） / {head.en}{note.en} ({len(found)})"
            for result in found:
                yield from _case(programme, result)
            yield ""


def _case(programme: Programme, result: Result) -> Iterator[str]:
    case, end = result.case, _ENDS[result.case.end]
    yield f"  {case.number} {case.name.zh} / {case.name.en}  [{end.zh} {end.en}]"
    for one in result.because:
        numbers = [number_text(programme.article[name].number) for name in one.articles]
        zh, en = "、".join(text.zh for text in numbers), ", ".join(text.en for text in numbers)
        yield f"    - {zh or '—'}：{one.text.zh} / {en or '—'}: {one.text.en}"


def _plain(
    facts: RoundFacts,
    programme: Programme,
    known: Iterable[Lever],
    typed: dict[str, str],
    asked: Namespace,
    effect: Effect,
) -> dict[str, Any]:
    return {
        "round": facts.number,
        "programme": facts.programme.key,
        "under": programme.key,
        "moved": typed,
        "quota": asked.quota,
        "panel": asked.panel,
        "own": {lever.name: None if lever.own is None else f"{lever.own:f}" for lever in known},
        "counts": {
            "cases": len(effect.results),
            "granted": effect.ended("granted"),
            "still granted": effect.still_granted,
            "granted, open": effect.perhaps_granted,
            "flips": len(effect.flips),
            "in hand": effect.ended(""),
        },
        "cases": [_result(programme, result) for result in effect.results],
    }


def _result(programme: Programme, result: Result) -> dict[str, Any]:
    case, act = result.case, result.case.deciding_act
    place = result.place
    return {
        "case": case.number,
        "name": {"zh": case.name.zh, "en": case.name.en},
        "outcome": case.end or "in hand",
        "act": case.decision.act if case.decision else None,
        "act_articles": [short_number(case.programme.article[one].number) for one in act.articles]
        if act
        else [],
        "verdict": result.verdict,
        "flips": result.flips,
        "place": None if place is None else {"rank": place.rank, "mean": str(place.mean), "tied": place.tied},
        "because": [
            {
                "kind": one.kind,
                "articles": [short_number(programme.article[name].number) for name in one.articles],
                "condition": one.condition or None,
                "indicator": one.indicator or None,
                "zh": one.text.zh,
                "en": one.text.en,
            }
            for one in result.because
        ],
    }
