"""What a programme file says of the dossier: sections, fields, tables, what follows from other entries."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from cultivar.policy.model_parts import Decimals, Id, Ids, Named, Pair, Part, Said

FormFieldType = Literal[
    "text",
    "long-text",
    "whole",
    "decimal",
    "percent",
    "money",
    "date",
    "choice",
    "yes-no",
    "field",
    "partner-regions",
    "evidence",
    "table",
    "computed",
]
ColumnType = Literal["text", "whole", "decimal", "percent", "money", "date", "choice", "yes-no"]
NUMERIC = ("whole", "decimal", "percent", "money")
MOST_ROWS = 100  # of a table that gives no number


class Column(Named):
    """A column of a table; the first one names the row. Money is in 10,000 yuan unless ``unit`` says otherwise."""

    id: Id
    type: ColumnType
    required: bool = True
    unit: Said | None = None
    hint: Said | None = None
    at_most: int | None = None
    """Characters."""
    least: Decimals | None = None
    most: Decimals | None = None
    choices: dict[Id, Said] = {}
    sum: bool = False
    """Of a column of numbers: the total stands below the table."""

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers."""
        return self.type in NUMERIC


class Follows(Part):
    """How a figure of the dossier follows from other entries of the form. Exactly one of the first five is given.

    Where an entry, a row's cell or the whole table is not given, the figure is unknown, never nought.
    """

    sum_of: Annotated[list[Id], Field(min_length=2)] | None = None
    """These figures together."""
    difference_of: Pair | None = None
    """The first figure less the second."""
    ratio_of: Pair | None = None
    """The first figure over the second, in per cent, rounded at the sixth place; unknown over nought."""
    rows_of: Id | None = None
    """How many rows the table has."""
    sum_of_column: Pair | None = None
    """A table and one of its columns of numbers: the sum over the rows."""
    where: Pair | None = None
    """Of a table: only the rows whose column (the first) says this (the second)."""

    @cached_property
    def way(self) -> str:
        """The name of what is done; "" unless exactly one is given."""
        given = [name for name in FOLLOWS_WAYS if getattr(self, name) is not None]
        return given[0] if len(given) == 1 else ""

    @property
    def figures(self) -> tuple[str, ...]:
        """The fields whose figures are taken, in order; none where rows of a table are counted or summed."""
        return tuple(self.sum_of or self.difference_of or self.ratio_of or ())

    @property
    def table(self) -> str:
        """The table that is read, or ""."""
        return self.rows_of or (self.sum_of_column[0] if self.sum_of_column else "")


FOLLOWS_WAYS = ("sum_of", "difference_of", "ratio_of", "rows_of", "sum_of_column")


class FormField(Named):
    """A field of the dossier. Money is in 10,000 yuan unless ``unit`` says otherwise."""

    id: Id
    type: FormFieldType
    required: bool = True
    condition: Id | None = None
    indicator: Id | None = None
    evidence: Id | None = None
    unit: Said | None = None
    hint: Said | None = None
    register_: Literal["name", "field", "carrier"] | None = Field(default=None, alias="register")
    """The register of subjects knows this; name and field are not typed again."""
    at_most: int | None = None
    """Characters, files for evidence, or rows of a table."""
    least: Decimals | None = None
    """The least value, or rows of a table; a table of which it is nought may be stated to be empty."""
    most: Decimals | None = None
    choices: dict[Id, Said] = {}
    columns: list[Column] = []
    """Of a table."""
    follows: Follows | None = None
    """Of a computed figure: what it follows from."""
    from_roster: bool = False
    """Of a figure whose indicator is computed over the roster: taken from there and not typed."""
    personal: bool = False
    """Kept out of the ledger and of what is public."""

    @property
    def fixed(self) -> bool:
        """Whether the register of subjects says it, so that nobody types it here."""
        return self.register_ in ("name", "field")

    @property
    def derived(self) -> bool:
        """Whether it follows from something else that is kept, so that nobody types it."""
        return self.type == "computed" or self.from_roster

    @property
    def numeric(self) -> bool:
        """Whether it holds a number."""
        return self.type in NUMERIC or self.type == "computed"

    @cached_property
    def column(self) -> dict[str, Column]:
        """The columns of a table by id."""
        return {column.id: column for column in self.columns}


class FormSection(Named):
    """A page of the dossier."""

    id: Id
    articles: Ids
    fields: list[FormField]
