"""What site.yaml says of the site as a whole: its report, scoring, lines, units, pages, engine and lint."""

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator

from kpisite.declare.scalars import Day, Model, Month, Number, Whole, Words
from kpisite.declare.version_name import version_fault
from kpisite.languages import Text
from kpisite.periods import Grain


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
        fault = version_fault(value) if value is not None else None
        if fault is not None:
            raise ValueError(f"{fault.what}. {fault.hint}")
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


class Ignore(Model):
    """An exception from a rule of lint, with the reason that is shown instead of the finding."""

    rule: str
    where: str = ""  # a product, an indicator, or product/indicator; default: everywhere
    reason: str = ""  # an exception without one is a finding itself


class Lint(Model):
    """What lint leaves out."""

    ignore: tuple[Ignore, ...] = ()
