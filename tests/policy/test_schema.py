"""The JSON Schema and the reader give the same verdict on every file of the project and on spoiled copies of them."""

import copy
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.conftest import Cultivar
from tests.procedure.made import FILES

from cultivar.policy.model import Programme
from cultivar.policy.schema import schema
from cultivar.policy.source import read

VALIDATOR = jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker())
ODD = [
    "",
    " ",
    "x",
    "A b",
    "2026-02-30",
    "2026-02-28",
    "1.5",
    "520000",
    0,
    1,
    -1,
    True,
    None,
    [],
    {},
    ["a"],
    "x" * 61,
]


def fits_the_model(data: object) -> bool:
    try:
        Programme.model_validate(data)
    except ValidationError:
        return False
    return True


def test_it_is_a_schema_and_explains_itself():
    made = schema()
    jsonschema.Draft202012Validator.check_schema(made)
    assert made["$schema"].endswith("2020-12/schema")
    assert made["properties"]["articles"]["description"] == "Every article, in the order of the document."
    assert made["$defs"]["Act"]["properties"]["from"]["description"].startswith("The stages in which")
    assert "An administrative act" in made["$defs"]["Act"]["description"]
    assert '"from_"' not in json.dumps(made)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_file_of_the_project_fits(path):
    assert [error.message for error in VALIDATOR.iter_errors(read(path).data)] == []


CONTENTS = [read(path).data for path in FILES]


@settings(max_examples=200)
@given(st.data())
def test_a_spoiled_file_gets_the_same_verdict_from_both(data):
    contents = copy.deepcopy(data.draw(st.sampled_from(CONTENTS)))
    holder: dict | list = contents
    while True:
        key = data.draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
        inner = holder[key]
        if not isinstance(inner, (dict, list)) or not inner or data.draw(st.integers(0, 4)) == 0:
            break
        holder = inner
    match data.draw(st.sampled_from(["replace", "remove", "add", "rename"])):
        case "replace":
            holder[key] = data.draw(st.sampled_from(ODD))
        case "remove":
            del holder[key]
        case "add" if isinstance(holder, dict):
            holder[data.draw(st.sampled_from(["from", "from_", "extra", "Not an id", "x" * 61, "zh"]))] = (
                inner
            )
        case "rename" if isinstance(holder, dict):
            holder[f"{key}_"] = holder.pop(key)
        case _:
            holder.append("")
    assert VALIDATOR.is_valid(contents) == fits_the_model(contents), [
        error.message for error in VALIDATOR.iter_errors(contents)
    ]


def test_the_command_writes_it(cultivar: Cultivar, tmp_path: Path):
    done = cultivar("programmes", "schema")
    assert done.returncode == 0
    assert json.loads(done.stdout) == schema()
    path = tmp_path / "schema.json"
    assert cultivar("programmes", "schema", "-o", str(path)).returncode == 0
    assert json.loads(path.read_text("utf-8")) == schema()
    assert cultivar("programmes", "schema", "-o", str(tmp_path / "no" / "folder.json")).returncode == 2
