"""What the report on the park guidance says, written down by hand and held against the file."""

from decimal import Decimal

import pytest
from tests.procedure.made import ROOT

from cultivar.policy.conditions import assess
from cultivar.policy.reading import read_programme

PARKS = read_programme(ROOT / "programmes/parks/2025.yaml").programme
ANNOUNCED = 19
DIMENSIONS = {  # the seven, and how many orientations the copy names in each
    "industries": 3,
    "space": 3,
    "enterprises": 2,
    "innovation": 2,
    "digital": 3,
    "green": 3,
    "openness": 2,
}


def orientations() -> dict[str, list[str]]:
    return {
        section.id: [field.id for field in section.fields if field.type == "long-text" and field.condition]
        for section in PARKS.form
        if section.id in DIMENSIONS
    }


def test_seven_dimensions_each_with_its_paragraph():
    assert [condition.id for condition in PARKS.conditions] == list(DIMENSIONS)
    assert [condition.article for condition in PARKS.conditions] == [f"p{n}" for n in range(3, 10)]
    assert all(condition.judged_by == "discretion" for condition in PARKS.conditions)


def test_only_the_orientations_that_the_copy_names():
    named = orientations()
    assert {name: len(items) for name, items in named.items()} == DIMENSIONS
    total = sum(len(items) for items in named.values())
    assert total == 18
    assert total < ANNOUNCED
    (point,) = (one for one in PARKS.open_points if one.id == "nineteen-orientations")
    assert str(total) in point.readings[point.chosen - 1].en


def test_every_orientation_is_asked_under_its_own_dimension():
    fields = PARKS.form_fields
    for dimension, items in orientations().items():
        assert {fields[item].condition for item in items} == {dimension}


@pytest.mark.parametrize("stated", ["1", "2", "3", "4"])
def test_two_to_three_leading_industries_are_a_goal_and_no_bar(stated):
    condition = PARKS.condition["industries"]
    figures = {"leading-industries": Decimal(stated)}
    assert assess(condition, PARKS, figures, {}).verdict == "open"
    assert assess(condition, PARKS, figures, {}, "meets").verdict == "holds"
    assert PARKS.article["p3.1"].kind == "discretion"
    (point,) = (one for one in PARKS.open_points if one.id == "leading-industries")
    assert "no bound" in point.readings[point.chosen - 1].en


def test_the_copy_gives_no_number_that_would_be_law():
    assert not any(one.bars for one in PARKS.conditions)
    assert not PARKS.duties
    assert not PARKS.targets
    assert not PARKS.criteria
    for procedure in PARKS.procedures.values():
        for act in procedure.acts.values():
            assert act.limit is None or act.limit.n is None
            assert act.period is None


def test_what_the_copy_only_encourages_may_be_left_empty():
    optional = {item for items in orientations().values() for item in items} - {
        name for name, field in PARKS.form_fields.items() if field.required
    }
    assert optional == {
        *("new-forms-of-space", "rd-platforms", "zone-cooperation", "digital-park", "green-park"),
        *("domestic-cooperation", "international-cooperation"),
    }


def test_ten_paragraphs_and_the_dimensions_between_them():
    whole = [article.number for article in PARKS.articles if "." not in article.number]
    assert whole == [str(n) for n in range(1, 11)]


def test_who_does_what():
    acts = PARKS.procedures["assessment"].acts
    assert acts["submit"].body == "applicant"
    assert {acts[name].body for name in ("visit", "review", "forward")} == {"city"}
    assert acts["conclude"].body == "ministry"
    assert acts["review"].content["opinions"].type == "per-condition"
    assert acts["review"].content["opinions"].every
    case = PARKS.procedures["typical-case"]
    assert case.parent == "assessment"
    assert case.acts["release"].body == "ministry"
    assert "concurred" in case.acts["release"].needs
    assert case.acts["concur"].body == "department"
    monitoring = PARKS.procedures["monitoring"]
    assert monitoring.about == "subject", "any park, assessed or not"
    assert {act.body for act in monitoring.acts.values()} == {"city"}
    assert not monitoring.acts["report"].content["follow-up"].required


def test_both_issuers_owe_guidance_cases_and_standards_and_local_authorities_the_rest():
    owed = {measure.id: set(measure.by) for measure in PARKS.measures}
    assert owed == {
        "guidance": {"ministry", "department"},
        "typical-cases": {"ministry", "department"},
        "standards": {"ministry", "department"},
        "local-support": {"city"},
        "local-management": {"city"},
    }


def test_the_whole_country_is_its_region():
    assert PARKS.region == "100000"
