"""How many experts remain for each application, and which questions keep others waiting. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from cultivar.evaluation.affinity import FLOOR
from cultivar.evaluation.circumstances import Circumstances
from cultivar.evaluation.conflicts import Question
from cultivar.policy.text import Text


@dataclass(frozen=True)
class Tally:
    """Of all ``judges``: how many are too far from an application, stand aside, wait for an answer, remain."""

    application: str
    judges: int
    far: int
    aside: int
    asked: int

    @property
    def left(self) -> int:
        """Who may judge it as things stand."""
        return self.judges - self.far - self.aside - self.asked

    @property
    def why(self) -> Text:
        """Where everybody went."""
        return _WHY.fill(judges=self.judges, far=self.far, floor=FLOOR, aside=self.aside, asked=self.asked)


_WHY = Text(
    "可参加的 {judges} 位专家中：{far} 位匹配不足 {floor} 分，{aside} 位须回避，{asked} 位待核实。",
    "Of {judges} experts: {far} are below {floor} points, {aside} must stand aside, {asked} wait for an answer.",
)


def tallies(known: Circumstances) -> list[Tally]:
    """One for each application, fewest left first. Who is too far is not counted again. Raises ``BadInput``."""
    applications = [one.id for one in known.applications]
    judges = [one.id for one in known.judges]
    aside = known.findings.blocked(applications, judges, questions=False)
    either = known.findings.blocked(applications, judges)
    near = known.affinity >= FLOOR
    found = [
        Tally(
            application=name,
            judges=len(judges),
            far=int((~near[row]).sum()),
            aside=int((near[row] & aside[row]).sum()),
            asked=int((near[row] & either[row] & ~aside[row]).sum()),
        )
        for row, name in enumerate(applications)
    ]
    return sorted(found, key=lambda one: (one.left, one.application))


@dataclass(frozen=True)
class Asked:
    """Two names that may be one organisation: one answer settles every pair that waits for it."""

    one: str
    other: str
    own: str
    named: str
    why: Text
    experts: tuple[str, ...]
    applications: tuple[str, ...]


def asked(questions: Sequence[Question]) -> list[Asked]:
    """The open questions, each pair of names once; those on which most pairs wait come first."""
    grouped: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for one in questions:
        grouped[min(one.one, one.other), max(one.one, one.other)].append(one)
    found = [
        Asked(
            one=of[0].one,
            other=of[0].other,
            own=of[0].own,
            named=of[0].named,
            why=of[0].why,
            experts=tuple(sorted({each.expert for each in of})),
            applications=tuple(sorted({each.application for each in of})),
        )
        for of in grouped.values()
    ]
    return sorted(found, key=lambda one: (-len(one.experts) * len(one.applications), one.one, one.other))
