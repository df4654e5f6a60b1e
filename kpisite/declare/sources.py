"""Where numbers come from: sources, connections, tables of targets, competitors and control totals."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from kpisite.declare.scalars import Column, Id, Model, Month, Name, Number, Whole, Words
from kpisite.languages import Text
from kpisite.periods import Grain


class Dimension(Model):
    """A column whose labels tell parts of a product's figures apart, like channels; the labels' names for readers."""

    name: Words = Text()
    labels: dict[str, Words] = {}  # in the order of pages; others follow by the alphabet


def _dimensions(value: object) -> object:
    if isinstance(value, list | tuple):
        return {name: {} for name in value}
    if isinstance(value, dict):
        return {name: {} if one is None else one for name, one in value.items()}
    return value


# The columns of long tables, and what statistical offices call them.
SHAPES = {
    "long": {"period": "period", "measure": "measure", "value": "value"},
    "sdmx": {"product": "REF_AREA", "period": "TIME_PERIOD", "measure": "INDICATOR", "value": "OBS_VALUE"},
    "open-sdg": {"period": "Year", "value": "Value"},
}


# The column of the measures' labels, where the path tells them.
MEASURE = "measure"


class Source(Model):
    """A table of rows: CSV (also packed as .csv.gz), Parquet or Excel files, or a table or query on a connection.

    `file` is a path or glob below the site's folder; `{product}`, `{period}`, `{measure}` and `{as_of}` in it read
    those from the path. The label that a path tells stands in a column `measure` of a long table.
    With `{as_of}` in the path the newest delivery replaces the older ones whole; with an `as_of` column the newest
    row of a product and period replaces the older rows of that product and period.
    `shape: wide` has a column for each measure; `long` has a row for each value, whose measure stands in a column.
    `sdmx` and `open-sdg` are long with other names: REF_AREA, TIME_PERIOD, INDICATOR, OBS_VALUE; Year, Value.
    """

    file: str = ""
    connection: Id | None = None
    query: str = ""  # a file below the site's folder with one SELECT in the connection's own SQL
    table: str = ""  # or the name of a table or view there
    shape: Literal["wide", "long", "sdmx", "open-sdg"] = "wide"
    measure: str | None = None  # the column of the measures' labels; default by the shape
    value: str | None = None  # the column of the values; default by the shape
    product: str | None = None
    period: str = "period"
    date: str | None = None  # in place of `period`: a column of days
    date_format: Literal["label", "day-first", "month-first", "excel-serial"] = "label"  # of periods and date columns
    weeks: Literal["refuse", "thursday"] = "refuse"  # thursday: a week belongs to the month of its Thursday (ISO 8601)
    grain: Grain | None = None  # only rows of periods this long are read; for sources of mixed lengths
    as_of: str | None = None
    dimensions: Annotated[dict[str, Dimension], BeforeValidator(_dimensions)] = {}  # or a list of their columns
    columns: dict[str, Column] = {}  # every column not named here is a decimal where a measure uses it
    encoding: str | None = None
    delimiter: str = ","
    skip: Annotated[Whole, Field(ge=0)] = 0
    na: tuple[str, ...] = ("", "-", "—", "NA", "N/A", "#N/A", "NULL", "无")
    unknown: Literal["error", "warn", "ignore"] = (
        "error"  # rows of products and of labels of measures that are not declared
    )
    repeats: Literal["error", "last", "allow"] = "error"  # two rows of one product and period; allow for records
    units: dict[str, str] = {}  # what the numbers of a column count, like 万元 or "%"; figures are in units of one
    ignore_rows: tuple[str, ...] = ()  # products or periods, like 合计 or "Source:*", of rows that are left out
    sheet: str | None = None  # of a workbook that has several
    other_columns: Literal["warn", "ignore"] = "warn"  # columns that no measure uses
    due: Annotated[Whole, Field(ge=0)] | None = None  # days after a month's end by which its rows should have arrived
    owner: str = ""
    name: Words = Text()

    @model_validator(mode="before")
    @classmethod
    def _columns_of_the_shape(cls, values: Any) -> Any:  # noqa: ANN401 - whatever an author wrote
        if not isinstance(values, dict) or not isinstance(values.get("shape"), str):
            return values
        columns = SHAPES.get(values["shape"], {})
        in_path = {name for name in ("product", "period") if f"{{{name}}}" in str(values.get("file"))}
        told = {"measure": MEASURE} if f"{{{MEASURE}}}" in str(values.get("file")) else {}
        return {name: column for name, column in (columns | told).items() if name not in in_path} | values

    @model_validator(mode="after")
    def _whole_shape(self) -> "Source":
        if self.shape == "wide" and self.measure_in_path:
            raise ValueError("{measure} in the path belongs to a long table: write 'shape: long' or 'shape: open-sdg'")
        if self.shape == "wide" and (self.measure or self.value):
            raise ValueError("'measure' and 'value' belong to a long table: write 'shape: long'")
        if self.measure_in_path and self.measure != MEASURE:
            raise ValueError("both the path and a column tell the measure; leave one of them out")
        return self

    @property
    def measure_in_path(self) -> bool:
        """Does the path tell the measure of a file's rows?"""
        return f"{{{MEASURE}}}" in self.file

    @property
    def key_columns(self) -> tuple[str, ...]:
        """What, beside product and period, only one row may have: the label of its measure, and its dimensions."""
        return (*((self.measure,) if self.measure else ()), *self.dimensions)

    @property
    def period_column(self) -> str | None:
        """The column of the period, where not the path tells it."""
        return None if "{period}" in self.file else self.date or self.period

    @model_validator(mode="after")
    def _from_one_place(self) -> "Source":
        if bool(self.file) == bool(self.connection):
            raise ValueError("a source has either a file, or a connection with a query or a table")
        if self.connection and bool(self.query) == bool(self.table):
            raise ValueError("a source on a connection has either a query or a table")
        if self.file and (self.query or self.table):
            raise ValueError("a query or a table stands on a connection, and this source has a file")
        return self


class Connection(Model):
    """An engine where data lie: a database by its SQLAlchemy URL, or Spark by `spark://` or `sc://`.

    `${NAME}` in the URL is an environment variable: secrets stand there, and nowhere else.
    """

    url: str
    settings: dict[str, str] = {}  # of a Spark session, like spark.executor.memory

    @field_validator("url")
    @classmethod
    def _no_password(cls, value: str) -> str:
        if re.search(r"://[^/@]*:(?!\$\{\w+\}@)[^/@]+@", value) or re.search(r"(?i)(password|token)=(?!\$\{)", value):
            raise ValueError("a password stands in the URL; write ${NAME} and set NAME in the environment")
        return value


class TargetFiles(Model):
    """Where targets in bulk stand: CSV files with the keys of a target as columns, one row a product and indicator.

    A `period` column gives the number of that month alone.
    """

    file: str


class Competitor(Model):
    """A competitor that is ranked with us, or a line that stands for the whole market and is only shown."""

    name: Words
    kind: Literal["peer", "market"] = "peer"


class Competitors(Model):
    """What is known of competitors: a CSV file of their values, and their names.

    `share` and `growth` name the indicators of our market share and of our growth since a year before; with both, the
    site says how much of a change of the share is the market's growth and how much our own.
    """

    file: str
    names: dict[Id, Competitor]
    share: Id | None = None
    growth: Id | None = None


class Control(Model):
    """A control total: what a measure should add up to over all products in a month, say in the general ledger.

    The totals stand here by month, or in a CSV file with the columns `period` and `total`.
    """

    measure: Name
    file: str = ""
    totals: dict[Month, Number] = {}
    tolerance: Annotated[Number, Field(ge=0)] = 0  # in the measure's unit
    owner: str = ""
    name: Words = Text()

    @model_validator(mode="after")
    def _has_totals(self) -> "Control":
        if not self.totals and not self.file:
            raise ValueError("a control has its totals by month, or a file with the columns period and total")
        return self
