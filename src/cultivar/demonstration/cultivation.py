"""The stories that follow a title: plan, annual report, review, national recommendation, revocation."""

from typing import Any

from cultivar.cases.models import TitleChange
from cultivar.cases.opening import open_on_title
from cultivar.demonstration import fiction_prose, words
from cultivar.demonstration.agenda import Story, working_day
from cultivar.demonstration.applications import House
from cultivar.demonstration.fiction import ClusterFiction
from cultivar.registry.actors import Actor


def _open(
    house: House, cluster: ClusterFiction, procedure: str, actor: Actor, content: dict[str, Any]
) -> str:
    grant = TitleChange.objects.select_related("case").get(
        case__subject=house.cast.clusters[cluster.key].code, kind=TitleChange.Kind.GRANT
    )
    return open_on_title(grant, procedure, actor, content, key=house.key()).case


def plan(house: House, cluster: ClusterFiction, begun: str, end: str) -> Story:
    """An implementation plan (article 13), left at its draft, filed, or in force."""
    city, handler = house.cast.city(cluster.lead), house.cast.province("handler")
    yield (day := working_day(begun))
    case = _open(house, cluster, "plan", city, {})
    if end == "draft":
        return
    yield (day := working_day(day, 12))
    text = fiction_prose.prose(cluster, "plan").zh
    said = {"goals": text, "tasks": fiction_prose.prose(cluster, "ecosystem").zh, "safeguards": text}
    house.do(case, "file", city, said)
    if end == "filed":
        return
    yield working_day(day, 3)
    if end == "to revise":
        house.do(case, "revise", handler, {"reasons": "目标未按年分解，请补充分年度目标和责任单位。（虚构）"})
    else:
        house.do(case, "note", handler)


def annual_report(house: House, cluster: ClusterFiction, begun: str, reported: str, end: str) -> Story:
    """The report on 2025 (article 16, due 31 March 2026): in draft, reported, received or questioned."""
    city, handler = house.cast.city(cluster.lead), house.cast.province("handler")
    yield working_day(begun)
    case = _open(house, cluster, "annual-report", city, {"year": 2025})
    if end == "draft":
        return
    yield (day := working_day(reported))
    said = {
        "progress": fiction_prose.prose(cluster, "overview").zh,
        "problems": "检测认证能力不足，建议支持建设公共平台。（虚构）",
    }
    house.do(case, "report", city, said)
    if end == "reported":
        return
    yield working_day(day, 3)
    if end == "questioned":
        house.do(case, "ask", handler, {"reasons": "请补充专项资金使用情况。（虚构）"})
    else:
        house.do(case, "receive", handler)


def review(house: House, cluster: ClusterFiction, opened: str, due: str, end: str) -> Story:
    """A review that the province opens early (article 15), left open, self-reported or under assessment."""
    yield (day := working_day(opened))
    case = _open(house, cluster, "review", house.cast.province("handler"), {"by-day": due})
    if end == "opened":
        return
    yield (day := working_day(day, 8))
    said = {
        "conditions": words.opinions(),
        "plan": fiction_prose.prose(cluster, "plan").zh,
        "goals": "营业收入和规上企业数达到年度目标，检测平台建设略有滞后。（虚构）",
    }
    house.do(case, "self-report", house.cast.applicant(cluster), said)
    if end == "self-reported":
        return
    yield working_day(day, 2)
    opinion = {"opinion": "自评情况属实，建议复核通过。（虚构）"}
    house.do(case, "give-opinion", house.cast.city(cluster.lead), opinion)


def national(house: House, cluster: ClusterFiction, considered: str, recommended: str = "") -> Story:
    """Considered for the national level (article 12), and recommended on a later day if one is given."""
    yield working_day(considered)
    case = _open(house, cluster, "national-recommendation", house.cast.province("handler"), {})
    if recommended:
        reasons = {"reasons": "规模、创新和绿色水平在省内居前，链条完整，建议推荐。（虚构）"}
        yield from house.province_agrees(case, "recommend-national", reasons, working_day(recommended))


def revocation(house: House, cluster: ClusterFiction, proposed: str, statement_by: str) -> Story:
    """A revocation proposed (article 17) and waiting for the organisation's statement."""
    day = working_day(proposed)
    yield day
    said = {
        "statement-by": statement_by,
        "ground": "fraud",
        "reasons": "经抽查，申报时部分企业产值数据与统计年报不一致，涉嫌弄虚作假，听取申述。（虚构）",
    }
    case = _open(house, cluster, "revocation", house.cast.province("handler"), said)
    yield day
    house.do(case, "propose-revocation", house.cast.province("reviewer"), step="confirm")
