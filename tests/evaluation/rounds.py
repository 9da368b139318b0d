"""Invented rounds, small and whole: applications, experts, ties, rules, as ``Circumstances`` tells them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from random import Random
from typing import Any

from cultivar.evaluation import conflicts
from cultivar.evaluation.affinity import Knows
from cultivar.evaluation.bundle import Parts
from cultivar.evaluation.bundle_parts import (
    Act,
    Contest,
    Handed,
    Outcome,
    Succession,
    decisions,
    final_panels,
    ledger,
    ranking,
    sheets,
    successions,
)
from cultivar.evaluation.circumstances import Circumstances, Judge, Judged
from cultivar.evaluation.draw import Candidate, Stratum, freeze, freeze_order, run, source
from cultivar.evaluation.draw import replace as replaced
from cultivar.evaluation.identities import Answer, Organisation, resolve
from cultivar.evaluation.quota import GroupQuota
from cultivar.evaluation.scores import Rule
from cultivar.evaluation.seating_document import Plan, seat
from cultivar.registry import credit_code

DAY = date(2026, 5, 7)
FIELDS = ("battery", "liquor", "stone")
KINDS = ("finance", "technology")


def organisation(number: int) -> Organisation:
    """Every third has no code; of every ten, one is written with another legal form: a question."""
    name = f"{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{'东南西北'[number // 10 % 4]}{number}号酒业有限公司"
    return Organisation(name, "" if number % 3 else credit_code.make("91", "520300", f"M{number:07}"))


def knows(dice: Random) -> Knows:
    field = dice.randrange(3)
    return Knows(
        (FIELDS[field],),
        (f"{FIELDS[field]}-{dice.randrange(2)}",),
        (f"{15 + 10 * field}{dice.randrange(1, 3)}{dice.randrange(1, 3)}", f"{15 + 10 * field}"),
    )


def judged(number: int, dice: Random, members: int = 4) -> Judged:
    about = knows(dice)
    parties = conflicts.Application(
        f"A{number:03}",
        (organisation(dice.randrange(200)),),
        tuple(organisation(dice.randrange(200)) for _ in range(members)),
        (f"52{dice.randrange(1, 5):02}00",),
        (f"office-{number}",),
    )
    return Judged(f"A{number:03}", about.fields[0], about, parties)


def judge(number: int, dice: Random, applications: int) -> Judge:
    days = [None, date(2019, 1, 31), date(2025, 2, 28)]

    def tie() -> conflicts.Tie:
        return conflicts.Tie(organisation(dice.randrange(200)), date(2010, 3, 1), dice.choice(days))

    name = f"E{number:03}"
    parties = conflicts.Expert(
        name,
        employments=(tie(), tie()),
        ties=(tie(),),
        owned=(conflicts.Tie(organisation(number), date(2024, 1, 1)),) if number % 6 == 0 else (),
        offices=(f"office-{number // 8}",) if number % 8 == 0 else (),
        city=f"52{dice.randrange(1, 9):02}00",
        declared=(f"A{dice.randrange(applications):03}",) if number % 7 == 0 else (),
        declared_against=(organisation(dice.randrange(200)),) if number % 5 == 0 else (),
    )
    most = 2 if number % 11 == 0 else None
    return Judge(
        name,
        f"person-{number}",
        KINDS[number % 2],
        knows(dice),
        parties,
        most,
        f"所{number // 2}",
        f"52{dice.randrange(1, 9):02}00",
    )


def circumstances(
    applications: int = 12, experts: int = 30, seed: int = 1, members: int = 4
) -> Circumstances:
    """A round in which every rule, an open question, and answers to two others occur."""
    dice = Random(seed)
    every = tuple(judged(n, dice, members) for n in range(applications))
    named = [Organisation(f"未决{n}酒业有限公司") for n in range(3)]
    every = tuple(
        replace(one, parties=replace(one.parties, members=(*one.parties.members, *named[at : at + 1])))
        for at, one in enumerate(every)
    )
    forms = [Organisation(f"未决{n}酒业股份有限公司") for n in range(3)]
    keys = resolve([*named, *forms]).of
    judges = [judge(n, dice, applications) for n in range(experts)]
    for n, one in enumerate(judges):
        if n % 6 == 2 or n % 6 == 5:
            tied = (*one.parties.employments, conflicts.Tie(forms[n // 6 % 3]))
            judges[n] = replace(one, parties=replace(one.parties, employments=tied))
    return Circumstances(
        DAY,
        every,
        tuple(judges),
        answers=(
            Answer(keys[forms[1]], keys[named[1]], True),
            Answer(keys[forms[2]], keys[named[2]], False),
        ),
        objections=tuple(
            conflicts.Objection(f"A{n % applications:03}", f"E{n:03}", n % 4 == 1)
            for n in range(1, experts, 3)
        ),
    )


SOURCES = (source("双色球 2026058"), source("beacon", "text"))
TYPED = [(SOURCES[0], "03 07 12 18 25 33"), (SOURCES[1], "0AF3-9C")]
CRITERIA = {"quality": Decimal(60), "team": Decimal(40)}
DUE = datetime(2026, 5, 20, 18, 0, tzinfo=timezone(timedelta(hours=8)))
RULE = Rule(drop=True, ties=("total", "quality", "draw"))
PLAN = Plan("panels", {"technology": 5, "finance": 1}, load=3, largest=3, floor=5)


def evaluation(plan: Plan = PLAN, applications: int = 9, experts: int = 36, members: int = 3) -> Parts:
    """A whole evaluation: a draw, an expert who is replaced, one who is late, a tie, quotas, a decision."""
    round_ = circumstances(applications, experts, 1, members)
    result = drawn(round_, experts)
    seats, waiting = (
        [one for draw in result["draws"] for one in draw[name]] for name in ("seats", "alternates")
    )
    seating = seat(round_, seats, plan, result["seed_text"], waiting)
    log = succeeded(result, seating)
    heirs = dict(replaced(result, [one.left for one in log]))
    sitting = [heirs.get(one, one) for draw in result["draws"] for one in draw["seats"]]
    gone = {one.left for one in log} | {one.taken_by for one in log}
    again = seat(round_, sitting, plan, result["seed_text"], [one for one in waiting if one not in gone])
    log.append(last_succession(result, again))
    panels = final_panels([seating, again], log)
    handed = tuple(sheets_of(panels, heirs))
    order = run(freeze_order(sorted(panels), SOURCES), TYPED)
    names = sorted(panels)
    contest = Contest(
        RULE,
        {one.id: {"field": one.field} for one in round_.applications if one.id != names[-1]},
        max(3, applications // 2),
        (GroupQuota("field", "", 1), GroupQuota("field", "paper", None, 1)),
        {names[-1]: "closed"},
        order["draws"][0]["seats"],
        1,
    )
    ranked = ranking(contest, handed)
    acts = tuple(
        acts_of(names, (result["frozen_sha256"], result["sha256"], seating["sha256"], again["sha256"]))
    )
    return Parts(
        round="R2026-1",
        programme="guizhou-clusters/2025-trial",
        programme_sha256=f"{7:064x}",
        draw=result,
        orders=(order,),
        successions=successions(log),
        seatings=(seating, again),
        sheets=sheets(CRITERIA, handed, panels, DUE, {}),
        ranking=ranked,
        decisions=decisions(
            acts, [Outcome(one, one in ranked["inside"], 100 + at) for at, one in enumerate(names)]
        ),
        ledger=ledger("example.org/ledger\n4711\nq83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k=\n"),
    )


def drawn(round_: Circumstances, experts: int) -> dict[str, Any]:
    """A draw of each kind out of everybody."""
    share = experts // 3
    pool = [Candidate(one.id, one.kind) for one in round_.judges]
    strata = [Stratum("technology", "", share, 4), Stratum("finance", "", share // 2, 3)]
    return run(freeze(pool, strata, SOURCES), TYPED)


def succeeded(result: dict[str, Any], seating: dict[str, Any]) -> list[Succession]:
    """An alternate withdraws, and two who sit leave."""
    draw = result["draws"][1]
    alternates, left = draw["alternates"], draw["seats"][:2]
    return [
        Succession(alternates[0], None, 1, 20, "withdrew"),
        Succession(left[0], alternates[1], 1, 21, "recused"),
        Succession(left[1], alternates[2], 1, 21, "ill"),
    ]


def last_succession(result: dict[str, Any], seating: dict[str, Any]) -> Succession:
    """Somebody leaves when seats are given for good, and the next alternate may take the seat."""
    heir = result["draws"][1]["alternates"][3]
    barred = {
        one["application"]
        for one in seating["follows"]["conflicts"] + seating["follows"]["questions"]
        if one["expert"] == heir
    }
    groups = {one["id"]: set(one["applications"]) for one in seating["follows"]["groups"]}
    line = next(
        one
        for one in seating["decision"]["seats"]
        if one["kind"] == "technology" and one["experts"] and not groups[one["of"]] & barred
    )
    return Succession(line["experts"][0], heir, 2, 23, "ill")


def sheets_of(panels: Mapping[str, Collection[str]], heirs: Mapping[str, str]) -> Iterator[Handed]:
    """Points by lot; the second application has those of the first, so that both are equal in everything."""
    dice = Random(7)
    names = sorted(panels)
    points = {name: [(dice.randrange(60, 120), dice.randrange(40, 80)) for _ in range(9)] for name in names}
    points[names[1]] = points[names[0]]
    for name in names:
        for at, expert in enumerate(sorted(panels[name])):
            quality, team = points[name][at]
            late = name == names[2] and at == 0
            given = {"quality": Decimal(quality) / 2, "team": Decimal(team) / 2}
            when = DUE + timedelta(hours=1 if late else -at - 1)
            yield Handed(name, expert, given, when, "late" if late else "")
        gone = min(heirs)
        if name == names[3]:
            yield Handed(
                name,
                gone,
                {"quality": Decimal("1.5"), "team": Decimal(2)},
                DUE - timedelta(days=3),
                "recused",
            )


def acts_of(names: list[str], documents: Iterable[str]) -> Iterator[Act]:
    """What was done, a day apart."""
    begun = DUE - timedelta(days=15)
    steps = zip((10, 12, 14, 22), ("freeze", "draw", "seat", "seat"), documents, strict=True)
    for seq, act, document in steps:
        yield Act(
            seq,
            "R2026-1-E",
            act,
            begun + timedelta(days=seq // 2),
            f"{seq:064x}",
            "evaluation",
            "省工信厅",
            document,
        )
    for seq in (20, 21, 23):
        yield Act(
            seq,
            "R2026-1-E",
            "substitute",
            begun + timedelta(days=seq // 2),
            f"{seq:064x}",
            "evaluation",
            "省工信厅",
        )
    for at, name in enumerate(names):
        yield Act(100 + at, name, "list", DUE + timedelta(days=9), f"{100 + at:064x}", "decision", "省工信厅")
