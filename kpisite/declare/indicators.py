"""Measures, indicators and their families, with the definitions that came one after another."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from kpisite.declare.scalars import Direction, Id, Kind, Model, Month, Name, Number, Whole, Words, several
from kpisite.languages import Text


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


# Written singly when there is only one.
Rebases = Annotated[tuple[Rebase, ...], BeforeValidator(several)]


class Indicator(Model):
    """A formula over measures, with all that is needed to judge and explain it."""

    name: Words
    family: Id
    formula: str | None = None
    builtin: str | None = None  # computed by the site itself: family 10
    unit: str  # cny, usd, eur, pct, bp, count, points, per_10k, hours, days, minutes, ratio, index, or one of `units`
    decimals: Annotated[Whole, Field(ge=0, le=9)] = 2
    direction: Direction
    kind: Kind
    across: Literal["sum", "ratio", "none"] = "ratio"  # how products combine into lines and the bank; sum for amounts
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


class Family(Model):
    """One of the groups of indicators."""

    name: Words
    order: Whole
    perspective: Literal["financial", "customer", "internal", "learning"]
    meaning: Words = Text()
