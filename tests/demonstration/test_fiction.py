"""The fiction: repeatable, sound in its codes, consistent in its figures, complete in both languages."""

import subprocess
import sys
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from tests.conftest import ROOT

from cultivar.appraisal.indicators import read_all
from cultivar.appraisal.roster import Firm, Held, Roster
from cultivar.demonstration import fiction, fiction_people, fiction_prose
from cultivar.policy.reading import load
from cultivar.policy.vocabulary import vocabulary
from cultivar.registry import credit_code
from cultivar.registry.industries import manufacturing

SEED = 20260507
FIELDS = {
    *(
        "resource-processing",
        "battery-materials",
        "advanced-equipment",
        "sauce-liquor",
        "big-data-electronics",
    ),
    *("new-energy", "textiles", "eco-food", "healthy-medicine"),
}
CLUSTERS = fiction.clusters(SEED)
ENTERPRISES = fiction.enterprises(SEED)


def test_the_same_seed_gives_the_same_data_in_another_process() -> None:
    everything = "repr((f.clusters(5), f.enterprises(5), p.experts(5), p.officials(5)))"
    digest = f"print(hashlib.sha256({everything}.encode()).hexdigest())"
    script = f"import hashlib; from cultivar.demonstration import fiction as f, fiction_people as p; {digest}"
    runs = [
        subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
        for _ in range(2)
    ]
    assert len(runs[0]) == 65
    assert runs[0] == runs[1]
    assert fiction.clusters(5) != fiction.clusters(6)


def test_it_needs_no_framework() -> None:
    script = "import sys, cultivar.demonstration.fiction_people; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_forty_clusters_over_all_fields_and_regions() -> None:
    assert len(CLUSTERS) == 40
    assert {cluster.field for cluster in CLUSTERS} == FIELDS
    assert {cluster.lead for cluster in CLUSTERS} == set(fiction.regions())
    assert len(fiction.regions()) == 10
    assert sum(bool(cluster.partners) for cluster in CLUSTERS) == 13
    assert all(cluster.lead not in cluster.partners for cluster in CLUSTERS)
    for names in ("key", "name", "park", "promoter", "contact"):
        assert len({getattr(cluster, names) for cluster in CLUSTERS}) == 40
    for language in (0, 1):
        assert len({cluster.park[language] for cluster in CLUSTERS}) == 40


def test_every_code_is_sound_and_stands_for_one_body() -> None:
    promoters = [cluster.promoter.code for cluster in CLUSTERS]
    codes = [*promoters, *(enterprise.code for enterprise in ENTERPRISES)]
    employers = {expert.employer.code for expert in fiction_people.experts(SEED)}
    assert [problem for code in [*codes, *employers] for problem in credit_code.problems(code)] == []
    assert len(set(codes)) == len(codes) == 3040
    assert all(code[8:10] == "XG" for code in [*codes, *employers])


def test_the_roster_adds_up_to_the_clusters_figures() -> None:
    rosters = fiction.rosters(SEED)
    for cluster in CLUSTERS:
        members = [enterprise for enterprise in ENTERPRISES if enterprise.cluster == cluster.key]
        roster, figures = rosters[cluster.key], cluster.figures
        assert figures.enterprises == len(roster)
        assert figures.revenue_wan == sum(member.revenue_wan for member in roster)
        assert figures.rd_wan == sum(member.rd_wan for member in roster)
        assert figures.above_scale == sum(member.revenue_wan >= 2000 for member in roster)
        assert {member.region for member in members} <= {cluster.lead, *cluster.partners}
        assert members[0].region == cluster.lead
        assert list(roster[: len(members)]) == members


def test_what_the_texts_say_is_what_the_programme_computes_over_the_roster() -> None:
    programme = load(ROOT / "programmes" / "guizhou-clusters" / "2025-trial.yaml").programme
    rounded = {
        "rd-intensity": "rd_intensity_percent",
        "nc-rate": "numerical_control_percent",
        "digital-tools": "digital_design_percent",
        "energy-saving": "energy_cut_percent",
        "solid-waste-use": "solid_waste_use_percent",
    }
    whole = {
        "revenue": "revenue_wan",
        "output": "output_wan",
        "enterprises": "enterprises",
        "above-scale": "above_scale",
        "srun": "srun",
        "little-giants": "little_giants",
        "innovative-smes": "innovative_smes",
        "technology-smes": "technology_smes",
        "high-tech-enterprises": "high_tech",
        "digital-navigators": "digital_navigators",
        "green-factories": "green_factories",
        "green-chains": "green_supply_chains",
    }
    for cluster in CLUSTERS:
        for year, figures in cluster.by_year.items():
            firms = tuple(_firm(one) for one in fiction.rosters(SEED)[cluster.key])
            found = read_all(programme, Roster(firms, year, fiction.COUNTED_ON[year]))
            unknown = {name for name, one in found.items() if one.value is None}
            assert unknown == {"major-events"}  # what is on record is a floor only
            assert {name: found[name].value for name in whole} == {
                name: getattr(figures, said) for name, said in whole.items()
            }
            for name, said in rounded.items():
                assert abs(found[name].value - getattr(figures, said)) <= Decimal("0.05"), name
            carriers = figures.carriers_national + figures.carriers_provincial
            assert found["innovation-carriers"].value == carriers


def _firm(one: fiction.EnterpriseFiction) -> Firm:
    held = tuple(Held(title.kind, title.rank, title.from_on, title.until_on) for title in one.titles)
    return Firm(one.code, one.name, one.region, one.industry, one.years, held)


def test_every_measure_is_reported_for_two_years_and_hangs_together() -> None:
    for one in ENTERPRISES:
        assert {year: len(figures) for year, figures in one.years.items()} == {2025: 30, 2024: 30, 2023: 3}
        assert one.years[2025].keys() == one.years[2024].keys() == vocabulary().measures.keys()
        for figures in (one.years[2024], one.years[2025]):
            for less, more in (
                ("key-processes-nc", "key-processes"),
                ("solid-waste-used", "solid-waste"),
                ("local-purchases", "purchases"),
                ("invention-patents", "patents"),
                ("rd-staff", "employment"),
                ("main-product-sales", "revenue"),
            ):
                assert 0 <= figures[less] <= figures[more], (less, one.code)
            assert figures["revenue"] % 10_000 == 0


def test_there_are_leads_to_find() -> None:
    rosters = fiction.rosters(SEED)
    where = Counter(firm.code for roster in rosters.values() for firm in roster)
    assert sum(count == 2 for count in where.values()) == len(fiction.GUESTS) == 2
    titles = [title for firm in ENTERPRISES for title in firm.titles]
    assert 0.05 < sum(not title.valid(date(2025, 9, 1)) for title in titles) / len(titles) < 0.2
    assert sum(not title.valid(date(2026, 3, 1)) for title in titles) > len(titles) * 0.15
    incidents = fiction.incidents(SEED)
    assert {(one.kind, one.grade) for one in incidents} == {("safety", "larger"), ("environment", "ordinary")}
    assert all(where[one.code] and "虚构" in one.document for one in incidents)


def test_figures_are_plausible() -> None:
    for cluster in CLUSTERS:
        for figures in cluster.by_year.values():
            assert 9 <= figures.above_scale <= figures.enterprises
            assert (
                figures.revenue_before_wan
                < figures.revenue_last_wan
                < figures.revenue_wan
                < figures.output_wan
            )
            assert 0 < figures.growth_percent < 20
            assert 0 < figures.rd_intensity_percent < 7
            assert 0 < figures.energy_cut_percent < 8
            assert 30 < figures.numerical_control_percent < 90
            assert 50 < figures.leading_share_percent <= 100


def test_enterprises_have_own_names_and_manufacturing_industries() -> None:
    assert len({enterprise.name for enterprise in ENTERPRISES}) == 3000
    assert all(manufacturing(enterprise.industry) for enterprise in ENTERPRISES)
    assert {enterprise.region for enterprise in ENTERPRISES} == set(fiction.regions())
    assert any(not enterprise.cluster for enterprise in ENTERPRISES)
    assert fiction.enterprises(SEED, 100) == ENTERPRISES[:100]


def test_experts_of_every_kind_and_field_and_some_with_a_conflict() -> None:
    experts = fiction_people.experts(SEED)
    assert Counter(expert.kind for expert in experts) == {
        "technology": 38,
        "industry": 19,
        "finance": 19,
        "management": 19,
    }
    members = {enterprise.code for enterprise in ENTERPRISES if enterprise.cluster}
    assert sum(expert.employer.code in members for expert in experts) == 15
    for field in FIELDS:
        assert (
            sum(field in expert.fields for expert in experts if expert.kind in ("technology", "industry"))
            >= 4
        )


def test_every_office_has_its_officials() -> None:
    officials = fiction_people.officials(SEED)
    offices = {(official.office, official.post) for official in officials}
    cities = {(f"city-{region}", post) for region in fiction.regions() for post in ("handler", "reviewer")}
    province = {("province", post) for post in ("handler", "reviewer", "secretary", "publisher")}
    assert offices == cities | province | {("auditor", ""), ("policy", "")}
    assert len({official.login for official in officials}) == len(officials) == 26


def test_nobody_shares_a_name() -> None:
    people = [*fiction_people.officials(SEED), *fiction_people.experts(SEED)]
    names = [person.name for person in people] + [cluster.contact for cluster in CLUSTERS]
    assert len({name.zh for name in names}) == 161
    assert all(name.en.isascii() for name in names)


@pytest.mark.parametrize("topic", fiction_prose.topics())
def test_long_texts(topic: str) -> None:
    texts = [fiction_prose.prose(cluster, topic) for cluster in CLUSTERS]
    assert all(150 <= len(text.zh) <= 400 for text in texts)
    assert all("（虚构）" in text.zh and "(fictional)" in text.en for text in texts)
    assert not any(mark in sentence for text in texts for sentence in text for mark in "{}\n")
    for language in (0, 1):
        by_field = {cluster.field: text[language] for cluster, text in zip(CLUSTERS, texts, strict=True)}
        assert len(set(by_field.values())) == len(FIELDS)


def test_reasons_keep_to_eight_hundred_characters() -> None:
    for cluster in CLUSTERS:
        text = fiction_prose.reason(cluster)
        assert all(200 <= len(sentence) <= 800 for sentence in text)
        assert ("联合申报" in text.zh) == bool(cluster.partners)
        assert "（虚构）" in text.zh
        assert "(fictional)" in text.en
