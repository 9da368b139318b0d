"""Invented rounds, small and whole: applications, experts, ties, rules, as ``Circumstances`` tells them."""

from datetime import date
from random import Random

from cultivar.evaluation import conflicts
from cultivar.evaluation.affinity import Knows
from cultivar.evaluation.circumstances import Circumstances, Judge, Judged
from cultivar.evaluation.identities import Answer, Organisation
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
    )
    return Judged(f"A{number:03}", about.fields[0], about, parties)


def judge(number: int, dice: Random, applications: int) -> Judge:
    days = [None, date(2019, 1, 31), date(2025, 2, 28)]

    def tie() -> conflicts.Tie:
        return conflicts.Tie(organisation(dice.randrange(200)), date(2010, 3, 1), dice.choice(days))

    name = f"E{number:03}"
    parties = conflicts.Expert(
        name,
        (tie(), tie()),
        (tie(),),
        f"52{dice.randrange(1, 9):02}00",
        (f"A{dice.randrange(applications):03}",) if number % 7 == 0 else (),
        (organisation(dice.randrange(200)),) if number % 5 == 0 else (),
    )
    most = 5 if number % 11 == 0 else None
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
    """A round in which every rule, a question and an answer occur."""
    dice = Random(seed)
    every = tuple(judged(n, dice, members) for n in range(applications))
    judges = tuple(judge(n, dice, applications) for n in range(experts))
    slip = Organisation(every[0].parties.members[0].name.replace("有限公司", "股份有限公司"))
    split = Organisation(every[1].parties.members[0].name.replace("有限公司", "集团有限公司"))
    return Circumstances(
        DAY,
        every,
        (*judges, _tied(experts, slip, dice, applications), _tied(experts + 1, split, dice, applications)),
        answers=(Answer("name:nothing", "name:something", True),),
        objections=(
            conflicts.Objection("A001", "E003", True),
            conflicts.Objection("A002", "E004", False),
        ),
    )


def _tied(number: int, organisation: Organisation, dice: Random, applications: int) -> Judge:
    """An expert of whom a name has to be found out."""
    one = judge(number, dice, applications)
    parties = conflicts.Expert(one.id, (conflicts.Tie(organisation),), (), "529900")
    return Judge(one.id, one.person, one.kind, one.knows, parties, None, one.organisation, one.city)
