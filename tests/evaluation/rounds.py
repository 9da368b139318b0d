"""Invented rounds, small and whole: applications, experts, ties, rules, as ``Circumstances`` tells them."""

from collections.abc import Collection
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
    Change,
    Contest,
    Handed,
    Kind,
    Outcome,
    Succession,
    decisions,
    ledger,
    panels,
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
from cultivar.evaluation.seating_document import Plan, panels_of, seat
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
    """A whole evaluation: a draw, two seatings, experts who are replaced, one who is late, a tie, quotas, decisions.

    By hand an expert is named and another released; one recuses himself; one application is withdrawn.
    """
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
    order = run(freeze_order([one.id for one in round_.applications], SOURCES), TYPED)
    told = Diary(sorted(panels_of(seating)), seats)
    told.draw(result, order)
    told.seat(14, seating)
    told.succeed(log[:-1])
    told.seat(70, again)
    told.succeed(log[-1:])
    told.judge()
    contest = Contest(
        RULE,
        {one.id: {"field": one.field} for one in round_.applications if one.id != told.names[-1]},
        max(3, applications // 2),
        (GroupQuota("field", "", 1), GroupQuota("field", "paper", None, 1)),
        {told.names[-1]: "withdraw"},
        order["draws"][0]["seats"],
        1,
    )
    ranked = ranking(contest, told.handed)
    outcomes = told.decide(ranked["inside"])
    racing = {name: panel for name, panel in told.panels.items() if name != told.names[-1]}
    return Parts(
        round="R2026-1",
        programme="guizhou-clusters/2025-trial",
        programme_sha256=f"{7:064x}",
        draw=result,
        orders=(order,),
        successions=successions(log),
        seatings=(seating, again),
        panels=panels(told.names, told.changes),
        sheets=sheets(CRITERIA, told.handed, racing, {}),
        ranking=ranked,
        decisions=decisions(told.acts, outcomes),
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
        Succession(alternates[0], None, 1, 40, "withdrew"),
        Succession(left[0], alternates[1], 1, 41, "recused"),
        Succession(left[1], alternates[2], 1, 41, "ill"),
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
    return Succession(line["experts"][0], heir, 2, 100, "ill")


class Diary:
    """What was done in an invented evaluation, one entry an hour: acts, changes of panels, sheets."""

    def __init__(self, names: list[str], pool: list[str]) -> None:
        self.names, self.pool = names, pool
        self.panels: dict[str, set[str]] = {name: set() for name in names}
        self.acts: list[Act] = []
        self.changes: list[Change] = []
        self.handed: list[Handed] = []

    def act(self, seq: int, case: str, act: str, **more: Any) -> None:
        """An entry; its number is also its hour."""
        at = DUE + timedelta(hours=seq - 290)
        self.acts.append(Act(seq, case, act, at, f"{seq:064x}", "do", "省工信厅", **more))

    def draw(self, result: dict[str, Any], order: dict[str, Any]) -> None:
        """The round's first draw is abandoned, its second stands."""
        self.act(5, "R2026-1-D", "freeze")
        self.act(6, "R2026-1-D", "abandon")
        frozen = (result["frozen_sha256"], order["frozen_sha256"])
        self.act(10, "R2026-1-E", "freeze", documents=frozen)
        self.act(12, "R2026-1-E", "draw", documents=(result["sha256"], order["sha256"]))

    def change(self, seq: int, case: str, kind: Kind, by: int | None = None, **who: Collection[str]) -> None:
        """A panel changes; ``joined`` and ``left`` say how."""
        joined, left = tuple(who.get("joined", ())), tuple(who.get("left", ()))
        act = {"recused": "recuse", "released": "release"}.get(kind, "release" if left else "assign")
        self.act(seq, case, act, does="panel", expert=left[0] if kind == "recused" else None)
        self.changes.append(Change(case, seq, act, kind, joined, left, by))
        self.panels[case] = (self.panels[case] - set(left)) | set(joined)

    def seat(self, seq: int, seating: dict[str, Any]) -> None:
        """A seating, and the panels that it names."""
        self.act(seq, "R2026-1-E", "seat", documents=(seating["sha256"],))
        for at, (name, experts) in enumerate(sorted(panels_of(seating).items()), 1):
            before = self.panels[name]
            who = {"joined": set(experts) - before, "left": before - set(experts)}
            self.change(seq + at, name, "seated", seq, **who)

    def succeed(self, log: list[Succession]) -> None:
        """Whoever took seats comes onto the panels."""
        for seq in dict.fromkeys(one.seq for one in log):
            assert seq
            self.act(seq, "R2026-1-E", "substitute")
            at = seq
            for one in log:
                for name in self.names:
                    if one.seq == seq and one.left in self.panels[name] and one.taken_by:
                        self.change(at + 1, name, "followed", seq, left=[one.left])
                        self.change(at + 2, name, "followed", seq, joined=[one.taken_by])
                        at += 2

    def judge(self) -> None:
        """Sheets come in, panels change by hand, all sheets but those of the last application are opened."""
        names = self.names
        leaves = min(self.panels[names[3]])
        self.hand_in(150, names[3], leaves, "1.5", "2", "recused")
        self.change(151, names[3], "recused", left=[leaves])
        strangers = [one for one in self.pool if one not in self.panels[names[4]]]
        self.change(152, names[4], "named", joined=strangers[:2])
        self.change(153, names[4], "released", left=strangers[1:2])
        again = min(self.panels[names[6]])
        self.hand_in(154, names[6], again, "3", "4", "superseded")
        freed = min(self.panels[names[7]])
        self._all_hand_in(freed)
        for at, name in enumerate(names[:-1]):
            self.act(300 + at, name, "close-panel", does="opened")
        self.change(320, names[7], "released", left=[freed])
        self.act(321, names[7], "close-panel", does="opened")

    def _all_hand_in(self, freed: str) -> None:
        """Points by lot; the second application has those of the first, so that both are equal in everything."""
        dice, names = Random(7), self.names
        points = {
            name: [(dice.randrange(60, 120), dice.randrange(40, 80)) for _ in range(9)] for name in names
        }
        points[names[1]] = points[names[0]]
        seq = 200
        for name in names:
            for at, expert in enumerate(sorted(self.panels[name])):
                quality, team = (str(Decimal(one) / 2) for one in points[name][at])
                late = name == names[2] and at == 0
                out = name == names[7] and expert == freed
                why = "late" if late else "released-after-opening" if out else ""
                self.hand_in(seq, name, expert, quality, team, "sealed" if name == names[-1] else why)
                seq += 1

    def hand_in(self, seq: int, name: str, expert: str, quality: str, team: str, why: str) -> None:
        """A sheet; some are due by a day, others by a moment, and those that are late a day before they came."""
        points = {"quality": Decimal(quality), "team": Decimal(team)}
        self.act(seq, name, "score", does="sheet", expert=expert)
        at = self.acts[-1].at
        due: date | datetime = at - timedelta(days=1 if why == "late" else -1)
        due = due.date() if isinstance(due, datetime) and seq % 2 else due
        self.handed.append(Handed(name, expert, None if why == "sealed" else points, at, why, due, seq))

    def decide(self, inside: Collection[str]) -> list[Outcome]:
        """The last application was withdrawn; the others are decided as they are ranked."""
        self.act(390, self.names[-1], "withdraw", does="left")
        for at, name in enumerate(self.names[:-1]):
            self.act(400 + at, name, "list", does="decided")
        listed = [Outcome(name, name in inside, 400 + at) for at, name in enumerate(self.names[:-1])]
        return [*listed, Outcome(self.names[-1], False, 390)]
