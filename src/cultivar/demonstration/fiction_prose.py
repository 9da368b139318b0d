"""What the fictional clusters write about themselves, from their own figures."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from cultivar.demonstration.fiction import ClusterFiction
from cultivar.demonstration.fiction_source import source, text_of
from cultivar.demonstration.reporting import YEAR
from cultivar.policy.text import Text


def topics() -> tuple[str, ...]:
    """What :func:`prose` can write about."""
    return tuple(source()["prose"])


def prose(cluster: ClusterFiction, topic: str, year: int = YEAR) -> Text:
    """A dossier's long text on one of :func:`topics`: 150 to 400 Chinese characters with the year's figures."""
    return _written(source()["prose"][topic], cluster, year)


def reason(cluster: ClusterFiction, year: int = YEAR) -> Text:
    """Reasons for recommending the cluster, at most 800 characters in either language (Appendix 1)."""
    return _written(source()["reason"], cluster, year)


def _written(template: dict[str, str], cluster: ClusterFiction, year: int) -> Text:
    text = Text("".join(template["zh"].splitlines()), " ".join(template["en"].splitlines()))
    text = text.fill(**_facts(cluster, year))
    return Text(text.zh, " ".join(text.en.split()))


def _facts(cluster: ClusterFiction, year: int) -> dict[str, Any]:
    """What the templates may mention: figures by name without unit, money and names in either language."""
    figures = cluster.by_year[year]
    number = int(cluster.key[1:])
    field = next(field for field in source()["fields"] if field["id"] == cluster.field)
    outlooks = source()["outlooks"]
    return {
        **{
            _bare(key): _money(value) if key.endswith("_wan") else value
            for key, value in asdict(figures).items()
        },
        **{key: text_of(field[key]) for key in ("up", "mid", "down", "tech", "waste")},
        "name": cluster.name,
        "park": cluster.park,
        "promoter": cluster.promoter.name,
        "branch": Text(cluster.branch.zh, cluster.branch.en.lower()),
        "carriers": figures.carriers_national + figures.carriers_provincial,
        "outlook": text_of(outlooks[number % len(outlooks)]),
        "joint": text_of(source()["joint"]) if cluster.partners else Text("", ""),
        "goal": 8 + number % 5,
        "goal_above_scale": 6 + number % 9,
        "goal_srun": 4 + number % 7,
        "goal_projects": 5 + number % 8,
        "goal_numerical": int(figures.numerical_control_percent) + 8,
        "goal_green": 2 + number % 4,
    }


def _bare(key: str) -> str:
    return key.removesuffix("_wan").removesuffix("_percent").removesuffix("_km2")


def _money(wan: int) -> Text:
    """A sum in 亿元 and in billion or million yuan."""
    yi = (Decimal(wan) / 10_000).quantize(Decimal("0.1"))
    en = f"{yi / 10:.2f} billion yuan" if yi >= 10 else f"{Decimal(wan) / 100:.0f} million yuan"
    return Text(f"{yi}亿元", en)
