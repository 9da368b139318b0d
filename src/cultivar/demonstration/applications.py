"""The stories of applications: each walks the real path through the one door and stops where told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from cultivar.cases.models import Case
from cultivar.cases.opening import open_application, open_on_case, open_round
from cultivar.cases.perform import perform
from cultivar.cases.programmes import catalogue
from cultivar.cases.record import load
from cultivar.demonstration import dossiers, fiction_people, fiction_prose, files, register, words
from cultivar.demonstration.agenda import Story, working_day
from cultivar.demonstration.cast import Cast
from cultivar.demonstration.fiction import ClusterFiction
from cultivar.demonstration.fiction_people import ExpertFiction
from cultivar.evaluation.naming import standings
from cultivar.evaluation.rounds import speaking_order
from cultivar.ledger import clock
from cultivar.policy.model import Programme
from cultivar.procedure.record import StepKind
from cultivar.registry.actors import PUBLIC, Actor

PROGRAMME = "guizhou-clusters/2025-trial"
TURN = 15  # minutes of a defence where an order was drawn


@dataclass(frozen=True)
class RoundPlan:
    """A round: what its notice says, and on which days the province works on its cases."""

    key: str
    name: tuple[str, str]
    number: str
    announced: str
    opens_at: str
    closes_at: str
    first_start: str
    pace: int  # working days between the steps of a city
    admit_days: int  # working days that the notice gives the province to admit
    admitted: str
    panel: str
    defence: str
    listed: str
    met: str
    published: str
    decided: str
    notice: str
    decision: str
    quota: int

    @property
    def year(self) -> int:
        """The year that its applications report."""
        return int(self.opens_at[:4]) - 1


@dataclass(frozen=True)
class Application:
    """An application and where its story ends; ``number`` spreads those of a round over the days.

    ``careless``: its dossier states what the roster does not bear out.
    """

    number: int
    round: RoundPlan
    cluster: ClusterFiction
    end: str
    careless: bool = False


class House:
    """Acts for the whole cast, with idempotency keys that repeat with the seed."""

    def __init__(self, cast: Cast, dice: Random) -> None:
        self.cast = cast
        self.dice = dice
        self.rounds: dict[str, str] = {}
        self.cases: dict[tuple[str, str], str] = {}  # by round and cluster
        self._keys = 0
        self._letters: dict[tuple[str, str], str] = {}

    @property
    def programme(self) -> Programme:
        """The programme that the demonstration runs."""
        return catalogue()[PROGRAMME].programme

    def key(self) -> str:
        """The next idempotency key."""
        self._keys += 1
        return f"demonstration-{self.cast.seed}-{self._keys:06d}"

    def do(
        self,
        case: str,
        act: str,
        who: Actor,
        content: dict[str, Any] | None = None,
        step: StepKind | None = None,
    ) -> None:
        """One act."""
        perform(case, act, who, content or {}, key=self.key(), step=step)

    def both(
        self, case: str, act: str, first: Actor, second: Actor, content: dict[str, Any], day: date
    ) -> Story:
        """An act under four eyes: proposed on ``day``, agreed to a little later on it."""
        yield day
        self.do(case, act, first, content, "propose")
        yield day
        self.do(case, act, second, step="confirm")

    def province_agrees(self, case: str, act: str, content: dict[str, Any], day: date) -> Story:
        """Proposed by the province's handler and agreed to by its reviewer."""
        return self.both(
            case, act, self.cast.province("handler"), self.cast.province("reviewer"), content, day
        )

    def letter(self, round_: RoundPlan, region: str) -> str:
        """The number of a city's letter in a round: one letter recommends all its clusters."""
        year = round_.admitted[:4]
        number = f"工信函〔{year}〕{len(self._letters) + 3}号（虚构）"
        return self._letters.setdefault((round_.key, region), number)

    def panel(self, case: str, cluster: ClusterFiction, size: int = 5) -> list[ExpertFiction]:
        """Experts of the field, of finance and of management, none of whom must stand aside."""
        known = standings(load(case), clock.today())
        pool = [
            one
            for one in fiction_people.experts(self.cast.seed)
            if known[self.cast.expert(one).person_key].cannot is None
        ]
        fit = [one for one in pool if cluster.field in one.fields and one.kind in ("technology", "industry")]
        other = [one for one in pool if one.kind in ("finance", "management")]
        experts = self.dice.sample(fit, min(size - 2, len(fit)))
        return [*experts, *self.dice.sample(other, size - len(experts))]

    def seated(self, case: str) -> list[Actor]:
        """Who sits on the panel of an application now."""
        known = {one.person_key: one for one in self.cast.by_login.values()}
        return [known[person] for person in load(case).state.experts]

    def scores(self, low: int = 70, high: int = 95) -> dict[str, str]:
        """A score sheet in halves: seven to nine and a half tenths of the points of each criterion, unless said."""
        halves = {
            str(item["id"]): int(str(item["points"])) * self.dice.randint(low, high) // 50
            for item in words.CRITERIA
        }
        return {name: f"{half // 2}.5" if half % 2 else str(half // 2) for name, half in halves.items()}


def announce(house: House, plan: RoundPlan) -> Story:
    """The notice of a round."""
    handler, publisher = house.cast.province("handler"), house.cast.province("publisher")
    day = working_day(plan.announced)
    yield day
    name = {"name-zh": plan.name[0], "name-en": plan.name[1]}
    house.rounds[plan.key] = open_round(PROGRAMME, "round", handler, name, key=house.key()).case
    content = {
        "document-number": plan.number,
        "window": {"opens_at": plan.opens_at, "closes_at": plan.closes_at},
        "limits": {**words.LIMITS, "admit": plan.admit_days},
        "returns": 2,
        "criteria": words.CRITERIA,
        "panel": 3,
        "scoring": {"ties": ["strength", "innovation"]},
        "quota": plan.quota,
        "notice-text": words.NOTICE,
    }
    yield from house.both(house.rounds[plan.key], "announce", handler, publisher, content, day)


def apply(house: House, application: Application) -> Story:
    """An application from its first field to where it stands."""
    day = working_day(application.round.first_start, application.number % 8)
    yield day
    case = _start(house, application)
    if application.end == "half a draft":
        return
    if application.end == "discarded":
        yield working_day(day, 1)
        house.do(case, "discard", house.cast.applicant(application.cluster), {})
        return
    yield (day := working_day(day, 2))
    _fill(house, application, case)
    if application.end == "draft":
        return
    yield (day := working_day(day, 1))
    house.do(case, "submit", house.cast.applicant(application.cluster), {"undertaking": True})
    if application.end == "submitted":
        return
    if application.end == "withdrawn":
        yield working_day(day, 2)
        reasons = {"reasons": "集群范围拟作调整，下一批次再申报。（虚构）"}
        house.do(case, "withdraw", house.cast.applicant(application.cluster), reasons)
        return
    yield from _at_the_city(house, application, case, working_day(day, 1))


def _start(house: House, application: Application) -> str:
    cluster, round_ = application.cluster, Case.objects.get(number=house.rounds[application.round.key])
    actor = house.cast.applicant(cluster)
    kept = house.cast.clusters[cluster.key]
    case = open_application(round_, "recognition", kept, actor, key=house.key()).case
    house.cases[application.round.key, cluster.key] = case
    _fill(house, application, case, sections=3)
    return case


def _fill(house: House, application: Application, case: str, sections: int | None = None) -> None:
    cluster = application.cluster
    dossiers.fill(
        case,
        house.programme,
        cluster,
        house.cast.applicant(cluster),
        sections=sections,
        with_leads=application.careless,
    )


def _at_the_city(house: House, application: Application, case: str, day: date) -> Story:
    cluster, end = application.cluster, application.end
    city = house.cast.city(cluster.lead)
    if end in ("returned", "submitted again"):
        yield day
        reasons = {"reasons": "研发费用汇总表缺盖章页；企业名单与统计表家数不一致，请核对后重交。（虚构）"}
        house.do(case, "return", city, reasons)
        if end == "returned":
            return
        yield working_day(day, 2)
        corrections = {"undertaking": True, "corrections": "已补盖章页，企业名单按统计口径更正。（虚构）"}
        house.do(case, "resubmit", house.cast.applicant(cluster), corrections)
        return
    yield day
    house.do(case, "accept", city)
    if end == "accepted":
        return
    yield (day := working_day(day, application.round.pace))
    conclusion = {"conclusion": "逐项对照第六条，材料齐全，初审符合申报条件。（虚构）"}
    if end == "not recommended":
        ground = words.fails("ecosystem", "企业分散在三处，未形成集中布局，协作关系缺少佐证。")
        found = {
            "opinions": {**words.opinions(), **ground},
            "conclusion": "逐项对照第六条，产业生态一项不符合。（虚构）",
        }
        house.do(case, "review", city, found)
        refusal = {
            "grounds": ground,
            "reasons": "经初审，产业生态条件不符合第六条第二项，本批次不予推荐。（虚构）",
        }
        reviewer = house.cast.city(cluster.lead, "reviewer")
        yield from house.both(case, "not-recommend", city, reviewer, refusal, day)
        return
    house.do(case, "review", city, {"opinions": words.opinions(), **conclusion})
    day = working_day(day, application.round.pace)
    yield from _visited_and_recommended(house, application, case, day)


def _visited_and_recommended(house: House, application: Application, case: str, day: date) -> Story:
    cluster, end = application.cluster, application.end
    city, reviewer = house.cast.city(cluster.lead), house.cast.city(cluster.lead, "reviewer")
    yield day
    photos = [
        files.keep(
            case,
            "visit.photos",
            f"现场照片{n}（虚构）.png",
            files.png(application.number * 5 + n),
            city,
        )
        for n in (1, 2)
    ]
    visit = {
        "date": clock.today().isoformat(),
        "place": f"{cluster.park.zh}（虚构）",
        "visitors": [city.person_name, reviewer.person_name],
        "findings": words.opinions(words.VISIT_REMARKS),
        "photos": photos,
    }
    house.do(case, "visit", city, visit)
    waiting = cluster.partners[-1] if end in ("concurrence", "disputed") else ""
    for region in cluster.partners:
        if region == waiting:
            continue
        yield (day := working_day(day, application.round.pace))
        opinion = {"opinion": "本地企业情况属实，同意联合申报和共同推荐。（虚构）"}
        house.do(case, "concur", house.cast.city(region), opinion)
    if end == "disputed":
        yield working_day(day, application.round.pace)
        dissent = {"reasons": "本地两家企业与集群主导产业关联不紧，建议先调整名单。（虚构）"}
        house.do(case, "dissent", house.cast.city(waiting), dissent)
    if waiting:
        return
    letter = {
        "letter": house.letter(application.round, cluster.lead),
        "reasons": fiction_prose.reason(cluster, application.round.year).zh,
    }
    yield (day := working_day(day, application.round.pace))
    house.do(case, "recommend", city, letter, "propose")
    if end == "agreement":
        return
    yield day
    house.do(case, "recommend", reviewer, step="confirm")
    if end != "recommended":
        yield from _at_the_province(house, application, case, day)


def _at_the_province(house: House, application: Application, case: str, day: date) -> Story:
    end, plan = application.end, application.round
    handler = house.cast.province("handler")
    day = max(working_day(plan.admitted, application.number % 3), day)
    yield day
    if end == "sent back":
        reasons = {"reasons": "请补充本地配套率的计算过程和主要供货合同清单。（虚构）"}
        house.do(case, "send-back", handler, reasons)
        return
    if end == "not admitted":
        refusal = {
            "grounds": words.fails("innovation", "研发投入强度口径有误，更正后明显偏低。"),
            "reasons": "经审核，创新能力条件不符合第六条第三项，不进入评审。（虚构）",
        }
        yield from house.province_agrees(case, "not-admit", refusal, day)
        return
    house.do(case, "admit", handler, {"opinion": words.ADMISSION})
    if end != "admitted":
        yield from _evaluated(house, application, case)
        return
    yield working_day(plan.admitted, application.number % 3 + 1)
    one = fiction_people.experts(house.cast.seed)[3]
    asks = {
        "whom": one.name.zh,
        "organisation": one.employer.name.zh,
        "reasons": "其所在单位正与本集群一家企业发生专利诉讼，请核实。（虚构）",
    }
    house.do(case, "request-recusal", house.cast.applicant(application.cluster), asks)


def _evaluated(house: House, application: Application, case: str) -> Story:
    plan, end = application.round, application.end
    handler = house.cast.province("handler")
    yield working_day(plan.panel)
    if not load(case).state.experts:  # no draw seated anybody: the province names the panel
        experts = [house.cast.expert(one).person_key for one in house.panel(case, application.cluster)]
        house.do(case, "assign", handler, {"experts": experts})
    if end == "some sheets":
        yield working_day(plan.panel, 1)
        leaving = house.seated(case)[-1]
        house.do(case, "recuse", leaving, {"reasons": "近三年为集群内企业做过技术顾问，申请回避。（虚构）"})
    yield working_day(plan.panel, 2)
    house.do(case, "schedule-defence", handler, _turn(case, plan))
    yield working_day(plan.defence)
    presented = {"date": plan.defence, "attendees": [application.cluster.contact.zh]}
    house.do(case, "record-defence", handler, presented)
    people = house.seated(case)
    sheets = people[:2] if end == "some sheets" else people
    for number, person in enumerate(sheets):
        yield working_day(plan.defence, number % 2)
        comment = words.COMMENTS[(application.number + number) % len(words.COMMENTS)]
        scores = house.scores(50, 65) if end == "not listed" else house.scores()
        sheet = {"scores": scores, "reasons": words.reasons(scores), "comment": comment}
        house.do(case, "score", person, sheet)
    if end in ("some sheets", "all sheets"):
        return
    yield working_day(plan.listed)
    house.do(case, "close-panel", handler)
    yield from _decided(house, application, case)


def _turn(case: str, plan: RoundPlan) -> dict[str, Any]:
    """When and where a case is heard: in the drawn order, one after the other; at nine where no order was drawn."""
    place = speaking_order(Case.objects.get(number=case).round_id or "").get(case)
    begins = datetime.fromisoformat(f"{plan.defence}T09:00+08:00")
    turn = {} if place is None else {"minutes": TURN, "order": place}
    begins += timedelta(minutes=TURN * ((place or 1) - 1))
    return {"time": begins.isoformat(timespec="minutes"), "place": "贵阳（虚构会场）第二会议室", **turn}


def _decided(house: House, application: Application, case: str) -> Story:
    plan, end = application.round, application.end
    listed = working_day(plan.listed)
    if end == "not listed":
        refusal = {"reasons": "综合评估得分在名额以外，产业生态和数字化两项偏弱，本批次不列入名单。（虚构）"}
        yield from house.province_agrees(case, "not-list", refusal, listed)
        return
    yield from house.province_agrees(case, "list", {"assessment": words.ASSESSMENT}, listed)
    if end == "listed":
        return
    yield working_day(plan.met)
    meeting = {
        "date": plan.met,
        "minutes": f"厅务会纪要〔{plan.met[:4]}〕{int(plan.met[5:7])}号（虚构）",
        "decision": "rejected" if end == "not approved" else "approved",
    }
    house.do(case, "meeting-decision", house.cast.province("secretary"), meeting)
    if end == "not approved":
        refusal = {"reasons": "厅务会认为其与相邻集群主导产业重合，建议整合后再申报。（虚构）"}
        yield from house.province_agrees(case, "not-approve", refusal, working_day(plan.met, 1))
        return
    if end != "approved":
        yield from _on_notice(house, application, case)


def _on_notice(house: House, application: Application, case: str) -> Story:
    plan, end = application.round, application.end
    yield (day := working_day(plan.published))
    house.do(case, "publish", house.cast.province("publisher"), {"notice": plan.notice})
    if end == "notice":
        return
    if end in ("objection open", "objection upheld", "objection dismissed"):
        yield from _objected(house, application, case, day)
    if end == "objection upheld":
        refusal = {
            "grounds": words.fails("clean-record", "经核实，集群内一家企业去年有一起重大事故未申报。"),
            "reasons": "异议经核实成立，不符合第六条第七项，不予认定。（虚构）",
        }
        yield from house.province_agrees(case, "refuse-on-objection", refusal, working_day(plan.decided))
    elif end != "objection open":
        decision = {"decision": plan.decision}
        yield from house.province_agrees(case, "recognise", decision, working_day(plan.decided))


OBJECTORS = (("person", "易某（虚构）"), ("unit", "澜沙机电有限公司（虚构）"))


def _objected(house: House, application: Application, case: str, day: date) -> Story:
    end, cluster = application.end, application.cluster
    kind, name = OBJECTORS[application.number % 2]
    later = 0 if end == "objection open" else 2
    yield (day := working_day(day, later))
    content = {
        "kind": kind,
        "name": name,
        "contact": "0851-00000000（虚构）",
        "facts": "公示材料称近三年无重大事件，据了解情况并非如此，请核实。（虚构）",
    }
    parent = Case.objects.get(number=case)
    objection = open_on_case(parent, "objection", PUBLIC, content, key=house.key()).case
    yield (day := working_day(day, 1))
    scope = {"scope": "核实集群内企业近三年安全、环境与信用记录。（虚构）"}
    house.do(objection, "verify", house.cast.province("handler"), scope)
    if end == "objection open":
        return
    yield (day := working_day(day, 3))
    true = end == "objection upheld"
    opinion = "反映情况基本属实。" if true else "经查阅记录并走访企业，未发现所反映的情况。"
    house.do(objection, "city-opinion", house.cast.city(cluster.lead), {"opinion": f"{opinion}（虚构）"})
    day = working_day(day, 2)
    finding: dict[str, Any] = {"finding": f"{opinion}结合有关部门意见，作出结论。（虚构）"}
    if true:
        register.record_accident(house.cast.seed, cluster.key)
        finding["grounds"] = words.fails("clean-record", "近三年有一起重大事故。")
    yield from house.province_agrees(objection, "uphold" if true else "dismiss", finding, day)


def close(house: House, plan: RoundPlan, day: str) -> Iterator[date]:
    """The end of a round."""
    yield working_day(day)
    house.do(house.rounds[plan.key], "close", house.cast.province("handler"))
