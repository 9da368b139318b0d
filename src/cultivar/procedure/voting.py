"""Votes of a panel: what a ballot may say, and what the ballots come to. Nobody types a tally; the record gives it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cultivar.policy.model_procedure import ContentField, Procedure
from cultivar.policy.text import Text
from cultivar.procedure.record import State

BALLOTS = {
    "agree": Text("同意", "agree"),
    "disagree": Text("不同意", "disagree"),
    "abstain": Text("弃权", "abstain"),
}
MAJORITIES = ("half", "two-thirds")  # what a round's setting may ask for; without it, half
OUTCOMES = {
    "carried": Text("通过", "carried"),
    "not-carried": Text("未通过", "not carried"),
    "no-quorum": Text("未达法定人数，表决无效", "no quorum, the vote has no effect"),
}

Outcome = Literal["carried", "not-carried", "no-quorum"]


@dataclass(frozen=True)
class Tally:
    """How a vote ended. Whole persons; ``set_aside`` voted and have left the panel since, so they do not count."""

    seated: int
    agree: int
    disagree: int
    abstain: int
    set_aside: int
    quorum: int
    majority: str

    @property
    def present(self) -> int:
        """Who voted and counts, whatever they said."""
        return self.agree + self.disagree + self.abstain

    @property
    def outcome(self) -> Outcome:
        """Carried by more than half, or by two thirds at least, of those who voted; an abstention is no consent."""
        if self.present < self.quorum:
            return "no-quorum"
        by_two_thirds = 3 * self.agree >= 2 * self.present
        carried = by_two_thirds if self.majority == "two-thirds" else 2 * self.agree > self.present
        return "carried" if carried else "not-carried"

    def plain(self) -> dict[str, Any]:
        """As it stands in the ledger."""
        counted = ("seated", "agree", "disagree", "abstain", "set_aside", "quorum", "majority")
        return {name: getattr(self, name) for name in counted} | {"outcome": self.outcome}


def tally(ballots: Mapping[str, str], seated: Iterable[str], quorum: int, majority: str = "half") -> Tally:
    """Counts ballots (person: what it says). Who is not seated is set aside; a quorum is one at least."""
    panel = set(seated)
    counted = [said for person, said in ballots.items() if person in panel]
    return Tally(
        seated=len(panel),
        agree=counted.count("agree"),
        disagree=counted.count("disagree"),
        abstain=counted.count("abstain"),
        set_aside=len(ballots) - len(counted),
        quorum=max(1, quorum),
        majority=majority,
    )


def counted(spec: ContentField, procedure: Procedure, state: State, settings: Mapping[str, Any]) -> Tally:
    """The tally of a case by its record and its round's settings, for the field in which it is written down."""
    act = procedure.acts[spec.counts or ""]
    ballots = {
        done.person: done.content[name]
        for done in state.since(act.again_after)
        if done.act == spec.counts
        for name, field in act.content.items()
        if field.type == "ballot"
    }
    quorum, majority = (settings.get(name or "") for name in (spec.quorum, spec.majority))
    return tally(ballots, state.experts, int(quorum or 1), str(majority or "half"))
