"""What an author can declare: the shapes of site.yaml, of content/ and of front matter, checked by pydantic.

All values are frozen. Ids are kebab-case (measures: snake_case, because formulas use them as names).
`Site` is everything declared together; with `places` it also knows where each part was written.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    field_validator,
    model_validator,
)

from kpisite.errors import Place
from kpisite.languages import Text
from kpisite.periods import Grain, Period, PeriodError, parse

# A path into the declarations, as ("indicators", "csat", "formula").
Path = tuple[str | int, ...]

YEAR = 12
ID = re.compile(r"[a-z0-9][a-z0-9]*(-[a-z0-9]+)*")
NAME = re.compile(r"[^\W\d]\w*")


def _id(value: object) -> object:
    if isinstance(value, str) and not ID.fullmatch(value):
        raise ValueError("an id is written in lower case with hyphens, like 'npl-ratio'")
    return value


def _name(value: object) -> object:
    if isinstance(value, str) and not NAME.fullmatch(value):
        raise ValueError("a measure's name is one word of letters, digits and _, like 'npl_balance'")
    return value


def _text(value: object) -> object:
    if isinstance(value, Text):
        return value
    if isinstance(value, str):
        return Text.of(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Text.of(str(value))
    if isinstance(value, dict) and value and all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
        return Text.of(value)
    raise ValueError("write a text, or one text per language: {zh: ..., en: ...}")


def _month(value: object) -> object:
    if isinstance(value, Period):
        return value
    try:
        period = parse(str(value))
    except PeriodError as error:
        raise ValueError(f"{error}. {error.hint}") from error
    if period.grain in (Grain.DAY, Grain.WEEK):
        raise ValueError("a month is meant here, like 2025-12")
    return Period(Grain.MONTH, period.last_month)


def _day(value: object) -> object:
    if isinstance(value, dt.date):
        return value
    try:
        period = parse(str(value))
    except PeriodError as error:
        raise ValueError(f"'{value}' is not a day. Write 2025-09-30.") from error
    if period.grain is not Grain.DAY:
        raise ValueError("a day is meant here, like 2025-09-30")
    return period.last_day


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a number is meant here, not true or false")
    return float(value) if isinstance(value, float) else value


Id = Annotated[str, BeforeValidator(_id)]
Name = Annotated[str, BeforeValidator(_name)]
Words = Annotated[Text, BeforeValidator(_text), PlainSerializer(lambda text: text.plain(), return_type=Any)]
# A quarter or a year written where a month is meant stands for its last month.
Month = Annotated[Period, BeforeValidator(_month), PlainSerializer(lambda period: period.label, return_type=str)]
# pydantic alone reads days from seconds since 1970, and true as the number 1.
Day = Annotated[dt.date, BeforeValidator(_day)]
Number = Annotated[float, BeforeValidator(_number)]
Whole = Annotated[int, BeforeValidator(_number)]

Kind = Literal["flow", "stock", "ratio", "index", "duration"]
Direction = Literal["higher", "lower", "range"]
Column = Literal["decimal", "integer", "float", "text", "date", "boolean"]


class Model(BaseModel):
    """Shared by everything declared: frozen, no unknown keys, numbers may stand where text is meant."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        coerce_numbers_to_str=True,
        populate_by_name=True,
        allow_inf_nan=False,
    )


# ------------------------------------------------------------------------------------------------ site.yaml


class SiteInfo(Model):
    """Whose report it is, and in which languages; the first one is the default."""

    title: Words
    organisation: Words = Text()
    languages: tuple[str, ...] = ("zh", "en")
    classification: Words = Text()
    notice: Words = Text()


class ReportSettings(Model):
    """Which period is reported, with how much history, at which grains, and with data as of which day."""

    period: Month
    through: Month | None = None  # figures that have arrived after the report period are shown up to here
    version: str | None = None  # default: the period's label
    title: Words = Text()
    grains: tuple[Grain, ...] = (Grain.MONTH, Grain.QUARTER, Grain.HALF, Grain.YEAR, Grain.YTD)
    fiscal_year_starts: Annotated[Whole, Field(ge=1, le=12)] = 1
    history: Annotated[Whole, Field(ge=1, le=1200)] = 36  # months up to the report period
    as_of: Day | None = None  # rows and plan facts dated later are left out; default: today, given by the caller

    @field_validator("version")
    @classmethod
    def _version_is_a_folder_name(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", value):
            raise ValueError("a version is a folder's name: letters, digits, '.', '-' and '_'")
        return value


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


class Source(Model):
    """A table of rows: CSV (also packed as .csv.gz), Parquet or Excel files, or a table or query on a connection.

    `file` is a path or glob below the site's folder; `{product}`, `{period}` and `{as_of}` in it read those from the
    path.
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
        in_path = {name for name in columns if f"{{{name}}}" in str(values.get("file"))}
        return {name: column for name, column in columns.items() if name not in in_path} | values

    @model_validator(mode="after")
    def _whole_shape(self) -> "Source":
        if self.shape == "wide" and (self.measure or self.value):
            raise ValueError("'measure' and 'value' belong to a long table: write 'shape: long'")
        return self

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


class EngineSettings(Model):
    """How much of the machine the embedded engine may use; more than two threads do not read one CSV file faster."""

    memory_limit: str = "1GB"
    threads: Annotated[Whole, Field(ge=1, le=256)] = 2
    spill: str = ""  # the folder for what does not fit into memory; default: the system's temporary folder

    @field_validator("memory_limit")
    @classmethod
    def _a_size(cls, value: str) -> str:
        if not re.fullmatch(r"[1-9][0-9]*(\.[0-9]+)? ?(MB|GB|TB|MiB|GiB|TiB)", value):
            raise ValueError("a size is meant here, like 800MB or 4GB")
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


class CompositeLimits(Model):
    """From which composite a product is green or amber."""

    green: Number = 90
    amber: Number = 75


class Scoring(Model):
    """The site's own settings of the scoring method; printed on its methodology page."""

    cap: Number = 120
    slope: Number = 40  # points lost per tolerance
    composite: CompositeLimits = CompositeLimits()
    missing: Literal["drop", "zero", "fail"] = "drop"
    least_coverage: Annotated[Number, Field(ge=0, le=1)] = 0.7
    default_tolerance: Annotated[Number, Field(gt=0)] = 0.1  # share of |target|
    veto_score: Number = 59


class Line(Model):
    """A line of business: products roll up to it."""

    name: Words
    order: Whole = 0


class Pages(Model):
    """Which pages are built: one per product x indicator for all, for key indicators only, or for none."""

    figures: Literal["all", "key", "none"] | None = None  # default: all up to 5,000 figures, else none


class Unit(Model):
    """A unit of the site's own, or another wording of a built-in one."""

    name: Words
    style: Literal["number", "money", "percent", "count"] = "number"
    suffix: Words = Text()
    prefix: Words = Text()


# ------------------------------------------------------------------------------------------------ content/


class Measure(Model):
    """An aggregate over a source, at product x period."""

    source: Id
    sql: str | None = None  # default: sum(<name>), of a long source the sum under its label; a median for a duration
    label: str | None = None  # what a long source calls it; default: its name
    kind: Literal["flow", "stock", "duration"]
    within: Literal["last", "first", "average"] = "last"  # of a stock: which days of a period stand for it
    unit: str
    name: Words = Text()


class Limit(Model):
    """A regulatory limit; never the same thing as a target."""

    value: Number
    side: Literal["max", "min"]
    source: Words = Text()


class Sample(Model):
    """The measure that counts the answers behind a figure, and how many are needed to judge it."""

    measure: Name
    least: Whole


class MissingWhen(Model):
    """A condition under which the figure has no meaning, and the reason told to readers."""

    formula: str
    reason: Words


class Benchmark(Model):
    """What is known from outside: orientation, not a target."""

    value: Words
    source: Words = Text()
    verified: bool = False


class Definition(Model):
    """One version of an indicator's definition; without a formula it is the indicator's own."""

    version: Whole
    valid_from: Month
    formula: str | None = None
    reason: Words = Text()
    comparable: bool = True  # with the version before
    dual_run: tuple[Month, Month] | None = None


class Rebase(Model):
    """From when on a figure follows another process, and why: its limits of variation are computed anew."""

    from_: Month = Field(alias="from")
    reason: Words


def _several(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


# Written singly when there is only one.
Rebases = Annotated[tuple[Rebase, ...], BeforeValidator(_several)]


class Indicator(Model):
    """A formula over measures, with all that is needed to judge and explain it."""

    name: Words
    family: Id
    formula: str | None = None
    builtin: str | None = None  # computed by the site itself: family 10
    unit: str
    decimals: Annotated[Whole, Field(ge=0, le=9)] = 2
    direction: Direction
    kind: Kind
    across: Literal["sum", "ratio", "none"] = "ratio"  # how products combine into lines and the bank
    cadence: Literal["month", "quarter", "year"] = "month"
    leading: bool = False
    spc: Literal["level", "change", "yoy", "off"] = "level"
    seasonal: bool = False
    bounds: tuple[Number | None, Number | None] = (None, None)
    limit: Limit | None = None
    sample: Sample | None = None
    veto: bool = False
    missing_when: MissingWhen | None = None
    comparability: Literal["public", "survey", "estimate", "internal"] = "internal"
    benchmarks: tuple[Benchmark, ...] = ()
    definitions: tuple[Definition, ...] = ()
    rebase: Rebases = ()  # for every product
    led_by: tuple[Id, ...] = ()
    breakdowns: tuple[str, ...] = ()  # dimensions of the sources of all its measures
    owner: str = ""
    meaning: Words = Text()

    @model_validator(mode="after")
    def _formula_or_builtin(self) -> "Indicator":
        if (self.formula is None) == (self.builtin is None):
            raise ValueError("an indicator has either a formula or a builtin")
        return self


class Baseline(Model):
    """Where a linear target path starts."""

    period: Month
    value: Number


class Target(Model):
    """The target of one product x indicator from one month on: weight, value or range, tolerance and path.

    `path`: flat is the same each month; linear leads straight from the baseline to `by`; step changes with the months
    of `steps`; profile spreads the number of a whole year over its months; table has a number for each month of
    `values`. `basis` says which figures the number is meant for. A `floor`, `amber` limit or `stretch` of its own
    replaces the one that follows from the tolerance.
    """

    weight: Annotated[Number, Field(ge=0, le=100)]
    target: Number | tuple[Number, Number]  # left out where steps or values say it
    tolerance: Annotated[Number, Field(gt=0)] | None = None
    from_: Month | None = Field(default=None, alias="from")  # default: from the beginning
    until: Month | None = None  # the last month it rules; default: until the next one begins
    by: Month | None = None
    path: Literal["flat", "linear", "step", "profile", "table"] = "flat"
    basis: Literal["period", "ytd", "year"] = "period"  # of each period, of the year to date, of the whole year
    baseline: Baseline | None = None
    steps: dict[Month, Number | tuple[Number, Number]] = {}  # month -> the number from then on
    values: dict[Month, Number | tuple[Number, Number]] = {}  # month -> its number
    profile: tuple[
        Annotated[Number, Field(ge=0)], ...
    ] = ()  # twelve parts of the year; default: as last year, else equal
    floor: Number | None = None  # scores 0
    amber: Number | None = None  # the end of amber
    stretch: Number | None = None  # scores the cap
    owner: str = ""
    approved_by: str = ""
    approved_on: Day | None = None
    rationale: Words = Text()

    @model_validator(mode="before")
    @classmethod
    def _in_full(cls, data: Any) -> Any:  # noqa: ANN401 - what an author wrote
        return in_full(data) if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _whole(self) -> "Target":
        wrong = next((what for what, holds in contradictions(self) if holds), "")
        if wrong:
            raise ValueError(wrong)
        return self

    @property
    def levels(self) -> tuple[float | tuple[float, float], ...]:
        """All numbers or ranges that it wants at one time or another."""
        return tuple((self.steps or self.values).values()) or (self.target,)


def in_full(data: dict[str, Any]) -> dict[str, Any]:
    """What follows from what was written: the path from its numbers, the final number, the basis of a profile."""
    path = next((word for key, word in PATHS.items() if data.get(key)), "flat")
    found = {"path": "profile" if path == "flat" and data.get("basis") == "year" else path} | data
    numbers = data.get("steps" if found["path"] == "step" else "values")
    if found["path"] in ("step", "table") and isinstance(numbers, dict) and numbers and "target" not in data:
        found["target"] = list(numbers.values())[-1]
    if found["path"] == "profile":
        found.setdefault("basis", "year")
    return found


# Which path is meant where only its numbers are written.
PATHS = {"steps": "step", "values": "table", "profile": "profile"}


def contradictions(target: Target) -> Iterator[tuple[str, bool]]:
    """What a target must not say, and whether it does."""
    ranges = [one for one in (target.target, *target.levels) if isinstance(one, tuple)]
    yield "a range goes from the lower to the higher bound", any(low >= high for low, high in ranges)
    linear = target.path == "linear"
    yield (
        "a linear path needs a baseline {period, value} and a 'by' month",
        linear and not (target.baseline and target.by),
    )
    yield "a range has no linear path", linear and bool(ranges)
    late = target.baseline and target.by and target.baseline.period >= target.by
    yield "the baseline lies before the 'by' month", bool(late)
    for key, path in PATHS.items():
        written = bool(getattr(target, key))
        yield f"'{key}' belongs to the path '{path}', not to '{target.path}'", written and target.path != path
        yield f"the path '{path}' needs '{key}'", key != "profile" and target.path == path and not written
    yield "'profile' has twelve parts, one for each month of the year", len(target.profile) not in (0, YEAR)
    yield "the parts of 'profile' sum to more than zero", bool(target.profile) and not sum(target.profile)
    off = target.path == "profile" and target.basis != "year"
    yield "a profile spreads the number of a whole year: write 'basis: year'", off
    off = target.basis == "year" and target.path != "profile"
    yield "the number of a whole year has the path 'profile'", off
    yield "'amber' and 'tolerance' both say where amber ends", target.amber is not None and target.tolerance is not None
    anchored = any(one is not None for one in (target.floor, target.amber, target.stretch))
    yield "a range has a tolerance, but no floor, amber or stretch", anchored and bool(ranges)
    months = [*target.steps, *target.values]
    yield "the months stand in their order", months != sorted(months)
    first = target.from_ or (months[0] if months else None)
    yield "'until' lies before the target begins", bool(target.until and first and target.until < first)


# Several targets hand over to each other by their `from` months; written singly when there is only one.
Targets = Annotated[tuple[Target, ...], BeforeValidator(_several), Field(min_length=1)]


class Family(Model):
    """One of the groups of indicators."""

    name: Words
    order: Whole
    perspective: Literal["financial", "customer", "internal", "learning"]
    meaning: Words = Text()


class Product(Model):
    """What a scorecard is about; `key` indicators are weighted and scored, `monitor` ones only watched."""

    name: Words
    line: Id
    codes: tuple[str, ...] = ()  # what the product is called in data, beside its id
    share: Annotated[Number, Field(ge=0)] = 1  # weight in the score of the line and of the bank
    owner: str = ""
    order: Whole = 0
    launched: Month | None = None
    key: dict[Id, Targets] = {}
    monitor: tuple[Id, ...] = ()
    rebase: dict[Id, Rebases] = {}


class Bank(Model):
    """The whole house: its own indicators (family 10) with their targets."""

    name: Words = Text()
    key: dict[Id, Targets] = {}


class Practice(Model):
    """One entry of the playbook: what can be done, what it moves, what it costs and when it shows."""

    name: Words
    family: Id
    text: Words
    moves: dict[Id, Literal["up", "down"]]
    steps: dict[str, tuple[str, ...]]  # language -> steps
    effort: Literal["S", "M", "L"]
    months: tuple[Whole, Whole]  # to the first visible effect
    order: Whole = 0


class Milestone(Model):
    """A dated step within an action."""

    name: Words
    due: Day
    done: Day | None = None


class Action(Model):
    """One owned and dated piece of work of a plan."""

    title: Words
    owner: str
    practice: Id | None = None
    indicators: tuple[Id, ...] = ()
    start: Day
    due: Day
    done: Day | None = None
    progress: Annotated[Number, Field(ge=0, le=100)] = 0
    cancelled: bool = False
    milestones: tuple[Milestone, ...] = ()
    evidence: str = ""


class Effect(Model):
    """What a plan promises for one indicator."""

    indicator: Id
    to: Number
    by: Month


class PlanReview(Model):
    """What was found when the plan's effect was checked, and what was decided."""

    on: Day
    verdict: Literal["effective", "promising", "no-evidence", "adverse", "too-early"]
    decision: Literal["standardise", "adjust", "stop", "continue"]
    lessons: Words = Text()


class Plan(Model):
    """An improvement plan; its text stands below the front matter."""

    title: Words
    product: Id
    indicators: tuple[Id, ...]
    owner: str
    opened: Day
    practices: tuple[Id, ...] = ()
    cause: Words = Text()
    expected: tuple[Effect, ...] = ()
    actions: dict[Id, Action] = {}
    reviews: tuple[PlanReview, ...] = ()
    closed: Day | None = None
    rebase: dict[Id, Rebases] = {}  # from when on the plan's work shows as another process


class Edge(Model):
    """A declared hypothesis of the strategy map: `source` moves `target` after `lag` months."""

    source: Id = Field(alias="from")
    target: Id = Field(alias="to")
    sign: Literal["+", "-"]
    lag: Annotated[Whole, Field(ge=0)]


class Term(Model):
    """A word of the site's glossary."""

    name: Words
    text: Words


class Review(Model):
    """Who looked at a product's part of a release, in which role, when, and with what verdict."""

    release: str
    product: Id
    role: str
    person: str
    on: Day
    verdict: Literal["signed", "returned"]
    comment: Words = Text()


class Ignore(Model):
    """An exception from a rule of lint, with the reason that is shown instead of the finding."""

    rule: str
    where: str = ""  # a product, an indicator, or product/indicator; default: everywhere
    reason: str = ""  # an exception without one is a finding itself


class Lint(Model):
    """What lint leaves out."""

    ignore: tuple[Ignore, ...] = ()


class RestatementNote(Model):
    """Why published figures of a product were changed: which months, with data of which day, and the reason."""

    product: Id
    indicators: tuple[Id, ...] = ()  # default: all of the product's
    from_: Month = Field(alias="from")
    to: Month
    on: Day
    reason: Words


class Page(Model):
    """A page of the site's own; its text stands below the front matter."""

    title: Words
    order: Whole = 0


class Site(Model):
    """Everything an author declared.

    `bodies` holds the Markdown below front matter as {"products/credit-card": {"zh": ..., "en": ...}}.
    `places` tells where each path was written; it is empty for a site read back from a frozen release.
    """

    site: SiteInfo
    report: ReportSettings
    sources: dict[Id, Source] = {}
    targets: TargetFiles | None = None
    competitors: Competitors | None = None
    connections: dict[Id, Connection] = {}
    engine: EngineSettings = EngineSettings()
    scoring: Scoring = Scoring()
    lines: dict[Id, Line] = {}
    bank: Bank = Bank()
    pages: Pages = Pages()
    units: dict[str, Unit] = {}
    params: dict[Name, Number] = {}  # named constants of formulas, as hurdle_rate
    measures: dict[Name, Measure] = {}
    controls: dict[Id, Control] = {}  # what measures should add up to
    indicators: dict[Id, Indicator] = {}
    families: dict[Id, Family] = {}
    products: dict[Id, Product] = {}
    practices: dict[Id, Practice] = {}
    plans: dict[Id, Plan] = {}
    strategy_map: tuple[Edge, ...] = ()
    glossary: dict[Id, Term] = {}
    reviews: tuple[Review, ...] = ()
    restatements: tuple[RestatementNote, ...] = ()
    texts: dict[Id, Page] = {}
    lint: Lint = Lint()
    bodies: dict[str, dict[str, str]] = {}
    places: dict[Path, Place] = Field(default={}, exclude=True, repr=False)

    def place(self, *path: str | int) -> Place:
        """Where this path was written, or the nearest part around it."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return Place("site.yaml")
