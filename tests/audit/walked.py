"""A case from its round to its title, with an objection on the way, and everybody who had to do with it."""

from dataclasses import dataclass

from tests import world as w

from cultivar.cases import erasing
from cultivar.cases.models import Case
from cultivar.cases.opening import open_on_case
from cultivar.cases.perform import Receipt
from cultivar.ledger.models import Entry
from cultivar.registry.actors import PUBLIC, Actor

OBJECTION = {"kind": "person", "name": "张三（虚构）", "contact": "13800000000", "facts": "数据不实（虚构）"}


@dataclass(frozen=True)
class Walked:
    """The cases, and the people by what they are here."""

    round: Case
    case: Case
    other: Case
    objection: Receipt
    people: dict[str, Actor]

    def seq(self, kind: str, step: str = "do", case: str = "") -> int:
        """The first entry of an act of the main case, or of another one."""
        return Entry.objects.filter(case=case or self.case.number, kind=kind, step=step).earliest("seq").seq


def walk() -> Walked:
    """A joint application of Zunyi and Bijie that is recognised; another one of Guiyang stays behind.

    One recommendation was not agreed to, one visitor's name was erased, and the public objected.
    """
    handler, reviewer = w.province("handler"), w.province("reviewer")
    with w.at("2026-04-16"):
        round_ = w.announce()
        of, elsewhere = w.cluster(w.ZUNYI, 1), w.cluster(w.GUIYANG, 2)
        case, other = w.application(round_, of, [w.BIJIE]), w.application(round_, elsewhere)
        w.to_city_review(case, of)
        w.to_city_review(other, elsewhere)
        lead, second = w.city(w.ZUNYI), w.city(w.ZUNYI, "reviewer")
        w.do(case, "review", lead, {"opinions": w.OPINIONS, "conclusion": "符合"})
        visit = w.do(case, "visit", lead, w.VISIT)
        w.do(case, "concur", w.city(w.BIJIE), {"opinion": "同意"})
        letter = {"letter": "遵工信函〔2026〕3号", "reasons": "理由充分（虚构）。"}
        w.do(case, "recommend", lead, letter, step="propose")
        w.do(case, "recommend", second, {"reasons": "再核实（虚构）"}, step="decline")
        w.twice(case, "recommend", lead, second, letter)
        asked = {
            "entry": visit.seq,
            "fields": ["visitors"],
            "law": "consent",
            "reason": "本人撤回同意（虚构）",
        }
        erasing.erase(case.number, handler, asked, key=w.key(), step="propose")
        erasing.erase(case.number, reviewer, key=w.key(), step="confirm")
    with w.at("2026-05-20"):
        w.to_listed(case, ("expert-one", "expert-two", "expert-three"))
    with w.at("2026-05-26"):
        w.to_notice(case)
    with w.at("2026-05-27"):
        objection = open_on_case(
            Case.objects.get(number=case.number), "objection", PUBLIC, OBJECTION, key=w.key()
        )
        w.do(objection.case, "verify", handler, {"scope": "核对（虚构）"})
        w.do(objection.case, "city-opinion", lead, {"opinion": "一致（虚构）"})
        w.twice(objection.case, "dismiss", handler, reviewer, {"finding": "不成立（虚构）"})
    with w.at("2026-06-03"):
        w.twice(case, "recognise", handler, reviewer, {"decision": "黔工信〔2026〕9号"})
    people = {
        "applicant": w.applicant(of),
        "other applicant": w.applicant(elsewhere),
        "city": lead,
        "city reviewer": second,
        "partner city": w.city(w.BIJIE),
        "other city": w.city(w.GUIYANG),
        "province": handler,
        "publisher": w.province("publisher"),
        "expert": w.expert("expert-one"),
        "other expert": w.expert("expert-nine"),
        "auditor": w.actor("auditor", region="520000"),
        "other auditor": w.actor("auditor", region="140000"),
        "policy": w.actor("policy"),
    }
    return Walked(round_, case, other, objection, people)
