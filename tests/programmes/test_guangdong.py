"""Guangdong's twenty clusters as the document names them: the facts here were read from its text by hand."""

from decimal import Decimal
from pathlib import Path

import pytest

from cultivar.policy.model import Programme
from cultivar.policy.model_conditions import Designation, Target
from cultivar.policy.reading import read_programme
from cultivar.registry import regions

FILE = Path(__file__).resolve().parents[2] / "programmes/guangdong-clusters/2020.yaml"

# The cities that the text names for each cluster, in its order, each once; nothing where it names wider areas only.
PLACES = {
    "electronic-information": "",
    "green-petrochemicals": "Zhanjiang Maoming Guangzhou Huizhou Jieyang",
    "smart-appliances": "Guangzhou Shenzhen Foshan Zhuhai Huizhou Zhongshan Zhanjiang",
    "automobiles": "Guangzhou Shenzhen Zhuhai Foshan Zhaoqing",
    "advanced-materials": "Guangzhou Shenzhen Zhuhai Foshan Shaoguan Huizhou Dongguan Yangjiang Zhanjiang Maoming "
    "Zhaoqing Qingyuan Yunfu",
    "light-industry-textiles": "Guangzhou Shenzhen",
    "software": "Guangzhou Shenzhen Zhuhai Foshan Huizhou Dongguan Yunfu",
    "ultra-hd-video": "",
    "biomedicine-health": "Guangzhou Shenzhen Zhuhai Foshan Huizhou Dongguan Zhongshan",
    "agriculture-food": "",
    "semiconductors": "Guangzhou Shenzhen Zhuhai Dongguan",
    "high-end-equipment": "Guangzhou Shenzhen Zhuhai Foshan Dongguan Zhongshan Jiangmen Yangjiang",
    "intelligent-robots": "Guangzhou Shenzhen Zhuhai Foshan Dongguan Zhongshan",
    "blockchain-quantum": "Guangzhou Shenzhen Zhuhai Foshan Dongguan",
    "frontier-materials": "Guangzhou Shenzhen Zhuhai Foshan Shaoguan Dongguan Zhanjiang Qingyuan Chaozhou",
    "new-energy": "Yangjiang Guangzhou Shenzhen Foshan Zhanjiang Maoming Yunfu",
    "laser-additive": "Guangzhou Shenzhen Zhuhai Foshan Huizhou Dongguan Zhongshan Jiangmen",
    "digital-creativity": "Guangzhou Shenzhen Zhuhai Shantou Foshan Dongguan Zhongshan",
    "safety-environment": "",
    "precision-instruments": "",
}


@pytest.fixture(scope="module")
def guangdong() -> Programme:
    return read_programme(FILE).programme


def designation(programme: Programme, name: str) -> Designation:
    return next(one for one in programme.designations if one.id == name)


def target(programme: Programme, name: str) -> Target:
    return next(one for one in programme.targets if one.id == name)


def test_twenty_clusters_ten_of_each_class_in_the_order_of_the_text(guangdong):
    assert [one.id for one in guangdong.designations] == list(PLACES)
    assert [one.group for one in guangdong.designations] == ["pillar"] * 10 + ["emerging"] * 10


def test_each_has_its_own_article_with_layout_aim_and_directions(guangdong):
    numbers = [guangdong.article[one.article].number for one in guangdong.designations]
    assert numbers == [f"4.{group}.{n}" for group in (1, 2) for n in range(1, 11)]
    for one in guangdong.designations:
        assert one.layout
        assert one.aim
        assert len(one.directions) >= 2
        assert guangdong.article[one.article].kind == "executable"


def test_places_are_the_cities_that_the_text_names_in_its_order(guangdong):
    names = {region.code: region.name_en for region in regions.read() if region.parent_id == "440000"}
    told = {one.id: " ".join(names[code] for code in one.places) for one in guangdong.designations}
    assert told == PLACES


def test_baselines_of_2019(guangdong):
    pillar, emerging = (group.baseline["revenue"] for group in guangdong.groups)
    assert (Decimal(pillar.value), pillar.unit.en, pillar.year) == (Decimal(15), "trillion yuan", 2019)
    assert (Decimal(emerging.value), emerging.unit.zh, emerging.year) == (Decimal("1.5"), "万亿元", 2019)


def test_growth_goals_differ_by_class(guangdong):
    pillar, emerging = target(guangdong, "pillar-growth"), target(guangdong, "emerging-growth")
    assert (pillar.of, pillar.kind, pillar.bound, pillar.value) == (
        ["pillar"],
        "yearly growth",
        "in step",
        None,
    )
    assert (emerging.of, emerging.bound, emerging.value) == (["emerging"], "more than", "10")
    assert {one.by_year for one in guangdong.targets} == {2025}


def test_no_other_goal_has_a_figure_but_the_scale_of_chip_design(guangdong):
    figures = {one.id: one.value for one in guangdong.targets if one.value is not None}
    assert figures == {"emerging-growth": "10", "chip-design-scale": "2000"}
    assert target(guangdong, "chip-design-scale").of == ["semiconductors"]
    assert {guangdong.article[one.article].number for one in guangdong.targets} >= {
        f"3.{n}" for n in range(1, 6)
    }


@pytest.mark.parametrize(
    ("name", "part", "says"),
    [
        ("green-petrochemicals", "layout", "one belt, two wings, five bases"),
        ("electronic-information", "layout", "east bank of the Pearl River"),
        ("new-energy", "layout", "offshore-wind chain in Yangjiang"),
        ("semiconductors", "layout", "third-generation semiconductors in Shenzhen, Zhuhai and Dongguan"),
        ("digital-creativity", "layout", "Two cores and many points"),
        ("safety-environment", "layout", "headquarters in the Delta"),
        ("electronic-information", "aim", "World-class"),
        ("high-end-equipment", "aim", "national base"),
        ("agriculture-food", "aim", "Leading in the country"),
        ("blockchain-quantum", "aim", "national hub in quantum information"),
    ],
)
def test_layout_and_aim_follow_the_text(guangdong, name, part, says):
    assert says in getattr(designation(guangdong, name), part).en


def test_the_six_projects_are_named_and_can_be_chosen(guangdong):
    named = [one.zh for one in guangdong.measures if one.article == "a3"]
    assert named == ["强核工程", "立柱工程", "强链工程", "优化布局工程", "品质工程", "培土工程"]
    chosen = guangdong.procedures["project"].acts["propose"].content["which"].choices
    assert [said.zh for said in chosen.values()] == named


def test_five_groups_of_measures_and_who_owes_them_where_the_text_says(guangdong):
    measures = {one.id: one for one in guangdong.measures}
    groups = {one.article for one in guangdong.measures} - {"a3"}
    assert groups == {f"a5.{n}" for n in range(1, 6)}
    assert {name: one.by for name, one in measures.items() if one.by} == {
        "overall-coordination": ["leading-group"],
        "department-support": ["department"],
        "action-plans": ["department"],
        "local-leadership": ["local-government"],
        "resource-coordination": ["local-government", "department"],
        "local-planning": ["local-government"],
    }
    assert all(body in guangdong.bodies for one in measures.values() for body in one.by)


def test_what_the_copy_does_not_say_is_an_open_point(guangdong):
    points = {one.id for one in guangdong.open_points}
    assert guangdong.document_number is None
    assert {"date-of-document", "six-projects", "growth-in-step", "monitoring-interval"} <= points
    assert {"bid-conditions", "group-goal", "returns"} <= points


def test_no_yearly_duty_and_no_proof_is_made_up(guangdong):
    assert guangdong.duties == []
    assert not any(one.required for one in guangdong.form_fields.values() if one.type == "evidence")
    assert not guangdong.procedures["monitoring"].acts["compile"].content["against-goal"].required


def test_a_bid_names_one_of_the_twenty(guangdong):
    choices = guangdong.form_fields["cluster"].choices
    assert {name: (said.zh, said.en) for name, said in choices.items()} == {
        one.id: (one.zh, one.en) for one in guangdong.designations
    }


def test_every_procedure_shows_one_try_allowed_and_one_refused(guangdong):
    shown = {(one.procedure, one.expect.allowed) for one in guangdong.examples}
    assert shown == {(name, allowed) for name in guangdong.procedures for allowed in (True, False)}
