"""What a human found out of two names: kept for this and later rounds, corrected with a reason. Nothing is deleted."""

from django.db import transaction

from cultivar.evaluation.models import IdentityAnswer
from cultivar.evaluation.standing_aside import STANDING
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor


class NotAnswered(Exception):
    """The answer cannot be kept; ``text`` says why and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


ALREADY = Text(
    "这个问题已经有人答过。要改，在“已有答复”里写明理由改正。",
    "This was answered meanwhile. To change it, correct it under “Answers”, with the reason.",
)
NO_REASON = Text("没有写改正的理由。写明核实到了什么再改。", "The reason is missing. Say what was found out.")
SAME_ANSWER = Text("答复没有变化，不用改。", "The answer is the same; there is nothing to correct.")
GONE = Text(
    "这条答复已经改过。刷新后再看。", "This answer was corrected meanwhile. Reload the page and look again."
)


@transaction.atomic
def answer(region: str, names: dict[str, str], same: bool, actor: Actor) -> IdentityAnswer:
    """Keeps whether two identities are one organisation; ``names`` are their keys with a name each.

    Raises ``NotAnswered`` where an answer stands.
    """
    one, other = sorted(names)
    standing = IdentityAnswer.objects.select_for_update().filter(
        STANDING, region=region, one=one, other=other
    )
    if standing.exists():
        raise NotAnswered(ALREADY)
    return IdentityAnswer.objects.create(
        region_id=region,
        one=one,
        other=other,
        one_name=names[one][:140],
        other_name=names[other][:140],
        same=same,
        office=actor.office_key,
        person=actor.person_key,
        at=clock.now(),
    )


@transaction.atomic
def correct(region: str, number: int, same: bool, reason: str, actor: Actor) -> IdentityAnswer:
    """Ends an answer and keeps another in its place. Raises ``NotAnswered``."""
    before = IdentityAnswer.objects.select_for_update().filter(STANDING, region=region, pk=number).first()
    if before is None:
        raise NotAnswered(GONE)
    if before.same == same:
        raise NotAnswered(SAME_ANSWER)
    if not reason.strip():
        raise NotAnswered(NO_REASON)
    now = clock.now()
    IdentityAnswer.objects.filter(pk=before.pk).update(ended_at=now)
    return IdentityAnswer.objects.create(
        region_id=region,
        one=before.one,
        other=before.other,
        one_name=before.one_name,
        other_name=before.other_name,
        same=same,
        reason=reason.strip()[:200],
        office=actor.office_key,
        person=actor.person_key,
        at=now,
    )
