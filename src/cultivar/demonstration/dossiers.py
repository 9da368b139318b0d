"""Fills dossiers of the Guizhou programme from the fiction."""

from typing import Any

from cultivar.cases.models import Dossier
from cultivar.demonstration import fiction, files
from cultivar.demonstration.fiction import ClusterFiction
from cultivar.ledger import clock
from cultivar.policy.model import Programme
from cultivar.registry.actors import Actor


def values(cluster: ClusterFiction) -> dict[str, Any]:
    """What the applicant types, by the form's fields; money in 10,000 yuan."""
    f = cluster.figures
    numbers = {
        "revenue": f.revenue_wan,
        "output": f.output_wan,
        "market-share": f.market_share_percent,
        "enterprises": f.enterprises,
        "above-scale": f.above_scale,
        "leading-enterprises": 1 + f.little_giants // 2,
        "srun": f.srun,
        "little-giants": f.little_giants,
        "innovative-smes": f.innovative_smes,
        "local-supply-ratio": 30 + f.enterprises % 40,
        "rd-expense": f.rd_wan,
        "rd-intensity": f.rd_intensity_percent,
        "standards": f.standards,
        "innovation-carriers": f.carriers_national + f.carriers_provincial,
        "technology-smes": f.technology_smes,
        "high-tech-enterprises": f.high_tech,
        "nc-rate": f.numerical_control_percent,
        "digital-tools": f.digital_design_percent,
        "digital-navigators": f.digital_navigators,
        "energy-saving": f.energy_cut_percent,
        "solid-waste-use": f.solid_waste_use_percent,
        "green-factories": f.green_factories,
        "green-parks": f.green_parks,
        "green-chains": f.green_supply_chains,
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
        "projects": projects(cluster),
        "contact-name": cluster.contact.zh,
        "contact-phone": f"0851-00000{int(cluster.key[1:]):03d}",
        **{field: str(number) for field, number in numbers.items()},
        **{field: fiction.prose(cluster, topic).zh for field, topic in texts.items()},
    }


_KINDS = ("扩能技改", "智能化改造", "绿色化改造", "新建生产线", "检测研发中心", "仓储物流")
_OTHERS = ("completed", "prepared")  # beside those under way, so that a reader sees what does not count


def projects(cluster: ClusterFiction) -> list[dict[str, str]]:
    """The table of key projects: as many under way as the fiction says, one completed and one in preparation."""
    f = cluster.figures
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
    case: str, programme: Programme, cluster: ClusterFiction, applicant: Actor, *, sections: int | None = None
) -> None:
    """Fills the working copy, or only its first ``sections``; one file for each kind of evidence."""
    wanted = [field for section in programme.form[:sections] for field in section.fields]
    known = values(cluster)
    dossier = Dossier.objects.get(case=case)
    dossier.data = {**dossier.data, **{field.id: known[field.id] for field in wanted if field.id in known}}
    dossier.revision += len(wanted)
    dossier.saved_at = clock.now()
    dossier.save()
    for field in wanted:
        if field.type == "evidence":
            title = f"{field.zh} {cluster.name.zh}（虚构）"
            files.keep(case, field.id, f"{field.zh}.pdf", files.pdf(title), applicant)
