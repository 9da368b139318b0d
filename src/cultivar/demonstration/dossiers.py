"""Fills dossiers of the Guizhou programme: what the programme computes from the roster is stated as it computes it."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cultivar.appraisal.roster import Roster
from cultivar.cases import rosters
from cultivar.cases.models import Case, Dossier
from cultivar.demonstration import fiction_prose, files
from cultivar.demonstration.fiction import ClusterFiction
from cultivar.ledger import clock
from cultivar.policy.model import Programme
from cultivar.registry.actors import Actor

_TOO_MUCH = Decimal("0.8")  # per cent points that a careless dossier adds to its R&D intensity


def computed(programme: Programme, roster: Roster) -> dict[str, str]:
    """What the programme computes from the roster, by the field that states it; rates with two decimals."""
    readings = rosters.readings(programme, roster)
    found = {}
    for name, spec in programme.form_fields.items():
        reading = readings.get(spec.indicator or "")
        if reading is None or reading.value is None:
            continue
        places = Decimal("0.01") if spec.type == "percent" else Decimal(1)
        found[name] = str(reading.value.quantize(places, ROUND_HALF_UP))
    return found


def careless(stated: Mapping[str, str], roster: Roster) -> dict[str, str]:
    """The same with two leads: titles that have ended are counted, and the R&D intensity is too high."""
    ended = sum(
        any(one.kind == "srun" and not one.valid(roster.on) for one in firm.held) for firm in roster.firms
    )
    return {
        **stated,
        "srun": str(int(stated["srun"]) + ended),
        "rd-intensity": str(Decimal(stated["rd-intensity"]) + _TOO_MUCH),
    }


def values(cluster: ClusterFiction, year: int) -> dict[str, Any]:
    """What the applicant types of a year, by the form's fields, beside what is computed; money in 10,000 yuan."""
    f = cluster.by_year[year]
    numbers = {
        "market-share": f.market_share_percent,
        "rd-expense": f.rd_wan,
        "standards": f.standards,
        "green-parks": f.green_parks,
        "service-platforms": f.platforms,
        "major-events": 0,
    }
    texts = {
        "organisation-profile": "overview",
        "strength-text": "strength",
        "ecosystem-text": "ecosystem",
        "innovation-text": "innovation",
        "digital-text": "digital",
        "green-text": "green",
        "local-measures": "resources",
        "park-facilities": "plan",
        "record-text": "safety",
    }
    return {
        "partners": list(cluster.partners),
        "core-park": f"{cluster.park.zh}（虚构）",
        "projects": projects(cluster, year),
        "contact-name": cluster.contact.zh,
        "contact-phone": f"0851-00000{int(cluster.key[1:]):03d}",
        **{field: str(number) for field, number in numbers.items()},
        **{field: fiction_prose.prose(cluster, topic, year).zh for field, topic in texts.items()},
    }


_KINDS = ("扩能技改", "智能化改造", "绿色化改造", "新建生产线", "检测研发中心", "仓储物流")
_OTHERS = ("completed", "prepared")  # beside those under way, so that a reader sees what does not count


def projects(cluster: ClusterFiction, year: int) -> list[dict[str, str]]:
    """The table of key projects: as many under way as the fiction says, one completed and one in preparation."""
    f = cluster.by_year[year]
    states = [*("under-way" for _ in range(f.projects)), *_OTHERS]
    each, rest = divmod(f.investment_wan, len(states))
    return [
        {
            "name": f"{cluster.branch.zh}{_KINDS[n % len(_KINDS)]}项目{n // len(_KINDS) + 1}（虚构）",
            "owner": f"{cluster.park.zh}建设单位{n % 7 + 1}（虚构）",
            "investment": str(each + (rest if n == 0 else 0)),
            "progress": state,
        }
        for n, state in enumerate(states)
    ]


def fill(
    number: str,
    programme: Programme,
    cluster: ClusterFiction,
    applicant: Actor,
    *,
    sections: int | None = None,
    with_leads: bool = False,
) -> None:
    """Fills the working copy, or only its first ``sections``; one file for each kind of evidence."""
    wanted = [field for section in programme.form[:sections] for field in section.fields]
    case = Case.objects.select_related("subject", "round__notice").get(number=number)
    assert case.subject is not None
    year = rosters.reporting_year(case)
    roster = rosters.live(case.subject, year, clock.today())
    stated = computed(programme, roster)
    known = {**values(cluster, year), **(careless(stated, roster) if with_leads else stated)}
    dossier = Dossier.objects.get(case=case)
    dossier.data = {**dossier.data, **{field.id: known[field.id] for field in wanted if field.id in known}}
    dossier.revision += len(wanted)
    dossier.saved_at = clock.now()
    dossier.save()
    for field in wanted:
        if field.type == "evidence":
            title = f"{field.zh} {cluster.name.zh}（虚构）"
            files.keep(number, field.id, f"{field.zh}.pdf", files.pdf(title), applicant)
