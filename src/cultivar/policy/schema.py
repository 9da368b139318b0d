"""The form of programme files as a JSON Schema, so that an editor completes, explains and underlines.

It is made from the model: what it refuses, ``policy.reading`` refuses too, and the other way round. What a text means
beyond its form (that an article exists, that a stage can be reached) is left to ``cultivar programmes check``.
"""

import ast
import inspect
import json
from itertools import chain
from typing import Any

from pydantic import BaseModel

from cultivar.policy import model, model_conditions, model_form, model_parts, model_procedure

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTITY = "urn:cultivar:programme-file"

Json = dict[str, Any]

MODULES = (model, model_conditions, model_form, model_parts, model_procedure)
"""Where the types of a programme file stand."""


def schema() -> Json:
    """The JSON Schema (2020-12) of a programme file, with the model's own words as help."""
    made: Json = model.Programme.model_json_schema(by_alias=True)
    parts = {
        name: part for module in MODULES for name, part in vars(module).items() if isinstance(part, type)
    }
    words = _words()
    for name, part in {**made["$defs"], "Programme": made}.items():
        _explain(part, parts[name], words)
    return {"$schema": DIALECT, "$id": IDENTITY, **_strict(made)}


def as_json() -> str:
    """The schema as a file's text."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


def _explain(part: Json, kind: type[BaseModel], words: dict[str, dict[str, str]]) -> None:
    """Puts the words of each field beside it; a title that only repeats the key goes."""
    part["description"] = inspect.cleandoc(kind.__doc__ or "")
    for name, field in kind.model_fields.items():
        about: Json = part["properties"][field.alias or name]
        about.pop("title", None)
        said = [words[base.__name__][name] for base in kind.__mro__ if name in words.get(base.__name__, {})]
        if said:
            about["description"] = said[0]


def _words() -> dict[str, dict[str, str]]:
    """What the model says of its fields: the text below each, by class and field."""
    found: dict[str, dict[str, str]] = {}
    bodies = (ast.parse(inspect.getsource(module)).body for module in MODULES)
    for part in chain.from_iterable(bodies):
        if isinstance(part, ast.ClassDef):
            found[part.name] = {
                field.target.id: inspect.cleandoc(said.value.value)
                for field, said in zip(part.body, part.body[1:], strict=False)
                if isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(said, ast.Expr)
                and isinstance(said.value, ast.Constant)
                and isinstance(said.value.value, str)
            }
    return found


def _strict(part: Any) -> Any:
    """The same, but a mapping whose keys are ids refuses other keys instead of not looking at their values."""
    if isinstance(part, list):
        return [_strict(item) for item in part]
    if not isinstance(part, dict):
        return part
    known = {name: _strict(item) for name, item in part.items()}
    patterns = known.pop("patternProperties", None)
    if patterns is not None:
        ((pattern, value),) = patterns.items()
        known["propertyNames"] = {**known.get("propertyNames", {}), "pattern": pattern}
        known["additionalProperties"] = value
    return known
