"""Everything an author can declare, in one place: the parts stand in files of their own beside this one.

All values are frozen. `Site` is everything declared together; with `places` it also knows where each part was written.
"""

from typing import Annotated

from pydantic import Field, model_validator

from kpisite.declare.indicators import (
    Benchmark,
    Definition,
    Family,
    Indicator,
    Limit,
    Measure,
    MissingWhen,
    Rebase,
    Rebases,
    Sample,
)
from kpisite.declare.plans import (
    Action,
    Edge,
    Effect,
    Milestone,
    Page,
    Plan,
    PlanReview,
    Practice,
    RestatementNote,
    Review,
    Term,
)
from kpisite.declare.scalars import (
    ID,
    NAME,
    YEAR,
    Column,
    Day,
    Direction,
    Id,
    Kind,
    Model,
    Month,
    Name,
    Number,
    Path,
    Whole,
    Words,
)
from kpisite.declare.settings import (
    CompositeLimits,
    EngineSettings,
    Ignore,
    Line,
    Lint,
    Pages,
    ReportSettings,
    Scoring,
    SiteInfo,
    Unit,
)
from kpisite.declare.sources import SHAPES, Competitor, Competitors, Connection, Control, Dimension, Source, TargetFiles
from kpisite.declare.targets import PATHS, Baseline, Target, Targets, contradictions, in_full
from kpisite.errors import Place
from kpisite.languages import Text
from kpisite.periods import Period

__all__ = [
    "ID",
    "NAME",
    "PATHS",
    "SHAPES",
    "YEAR",
    "Action",
    "Bank",
    "Baseline",
    "Benchmark",
    "Column",
    "Competitor",
    "Competitors",
    "CompositeLimits",
    "Connection",
    "Control",
    "Day",
    "Definition",
    "Dimension",
    "Direction",
    "Edge",
    "Effect",
    "EngineSettings",
    "Family",
    "Id",
    "Ignore",
    "Indicator",
    "Kind",
    "Limit",
    "Line",
    "Lint",
    "Measure",
    "Milestone",
    "MissingWhen",
    "Model",
    "Month",
    "Name",
    "Number",
    "Page",
    "Pages",
    "Path",
    "Plan",
    "PlanReview",
    "Practice",
    "Product",
    "Rebase",
    "Rebases",
    "ReportSettings",
    "RestatementNote",
    "Review",
    "Sample",
    "Scoring",
    "Site",
    "SiteInfo",
    "Source",
    "Target",
    "TargetFiles",
    "Targets",
    "Term",
    "Unit",
    "Whole",
    "Words",
    "contradictions",
    "in_full",
]


class Product(Model):
    """What a scorecard is about; `key` indicators are weighted and scored, `monitor` ones only watched."""

    name: Words
    line: Id
    codes: tuple[str, ...] = ()  # what the product is called in data, beside its id
    share: Annotated[Number, Field(ge=0)] = 1  # weight in the score of the line and of the bank
    owner: str = ""
    order: Whole = 0
    launched: Month | None = None
    ended: Month | None = None  # its last month; afterwards nothing of it is due, and it is no part of lines and bank
    key: dict[Id, Targets] = {}
    monitor: tuple[Id, ...] = ()
    rebase: dict[Id, Rebases] = {}

    @model_validator(mode="after")
    def _in_order(self) -> "Product":
        if self.launched is not None and self.ended is not None and self.ended < self.launched:
            raise ValueError("'ended' lies before 'launched'")
        return self

    def lives_in(self, period: Period) -> bool:
        """Has it been launched by the end of a period, and not ended before its last month?"""
        begun = self.launched is None or self.launched.number <= period.last_month
        return begun and (self.ended is None or self.ended.number >= period.last_month)


class Bank(Model):
    """The whole house: its own indicators (family 10) with their targets."""

    name: Words = Text()
    key: dict[Id, Targets] = {}


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
