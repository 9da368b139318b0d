"""Which round a page of the evaluation is about, for those who answer for the whole programme or read all of it."""

from django.http import Http404

from cultivar.cases.models import RoundNotice
from cultivar.cases.programmes import pinned
from cultivar.cases.sight import oversees
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor

NO_PAGE = Text("没有这一页。", "There is no such page.")


def round_of(number: str) -> tuple[RoundNotice, Programme]:
    """An announced round and its version. Raises ``Http404``."""
    notice = RoundNotice.objects.select_related("case").filter(case=number).first()
    if notice is None:
        raise Http404(NO_PAGE)
    return notice, pinned(notice.case.digest)


def overseen(actor: Actor, number: str) -> tuple[RoundNotice, Programme]:
    """The same, for who oversees the programme. Raises ``Http404`` for everybody else."""
    notice, programme = round_of(number)
    if not oversees(programme, actor):
        raise Http404(NO_PAGE)
    return notice, programme
