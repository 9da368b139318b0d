"""Examples of matters that hang on another case: the file says where that case stands."""

from pathlib import Path

import pytest

from cultivar.policy.model import Example
from cultivar.policy.reading import read_programme
from cultivar.procedure import calendar as working_days
from cultivar.procedure.examples import Outcome, run

ROOT = Path(__file__).resolve().parents[2]
CHAINS = read_programme(ROOT / "programmes/shanxi-chains/2024.yaml").programme


def played(stage: str | None) -> Outcome:
    example = {
        "name": {"zh": "链长提出需求", "en": "The chief calls"},
        "procedure": "resource",
        "acts": [],
        "try": {"act": "call", "as": "chain-chief", "person": "expert-1"},
        "expect": {"allowed": True},
    }
    if stage is not None:
        example["parent"] = stage
    return run(CHAINS, Example.model_validate(example), working_days.load(ROOT / "calendars"))


def test_the_parent_stands_where_the_example_says():
    assert played("running").problem is None


@pytest.mark.parametrize("stage", ["designated", None])
def test_a_parent_elsewhere_refuses(stage):
    problem = played(stage).problem
    assert problem is not None
    assert "Expected allowed, got refused" in problem.en


def test_a_stage_that_the_parent_does_not_have_is_named():
    problem = played("runing").problem
    assert problem is not None
    assert problem.en == "The parent case has no stage “runing”."
