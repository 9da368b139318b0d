"""The smallest parts of a programme file: ids, days, decimals, texts in both languages."""

from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from cultivar.policy.text import Text

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$", max_length=60)]


def _in_the_calendar(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("no_such_day", "no such day") from None
    return value


Day = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    AfterValidator(_in_the_calendar),
    Field(json_schema_extra={"format": "date"}),
]
Decimals = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$")]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, pattern=r"\S")]


def _listed(value: Any) -> Any:
    """One id may stand where a list of ids is meant."""
    return [value] if isinstance(value, str) else value


_ID = {"type": "string", "pattern": r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$", "maxLength": 60}
Ids = Annotated[
    list[Id],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [_ID, {"type": "array", "items": _ID}]}),
]


class Part(BaseModel):
    """A piece of a programme file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Said(Part):
    """A text in both languages."""

    zh: Words
    en: Words

    @property
    def text(self) -> Text:
        """The text as the pair that pages and papers use."""
        return Text(self.zh, self.en)


class Named(Said):
    """A thing with a name in both languages."""


Pair = Annotated[list[Id], Field(min_length=2, max_length=2)]
