"""What differs between two reports, as values: one kind of change, one type."""

from dataclasses import dataclass

from kpisite.evaluate.report import Report
from kpisite.periods import Period


@dataclass(frozen=True, slots=True)
class Cell:
    """One judged figure: a value or the reason for none, its status and its score."""

    period: Period
    value: float  # NaN where there is none
    reason: str  # empty exactly where there is a value
    status: str
    score: float


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One figure of a product or of the bank in both reports; `role` is key, monitor or rolled in the later one."""

    subject: str
    indicator: str
    role: str
    before: Cell
    after: Cell
    is_seen: bool  # it reads otherwise at the decimals shown, or is judged otherwise
    is_material: bool  # more than a unit of the last decimal and a quarter of the tolerance, or another status
    is_redefined: bool  # the two were not computed by the same formula, or not comparably


@dataclass(frozen=True, slots=True)
class CompositeChange:
    """The composite of a subject in each report's own period; NaN where there is none."""

    subject: str
    before: float
    after: float
    before_status: str
    after_status: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A declaration that reads otherwise: whose, what of it, and both readings as an author writes them.

    An empty reading is none: the thing is new, or has left.
    """

    owner: str  # a product, bank, an indicator or a plan
    thing: str  # an indicator, an action or a version; empty for the owner itself
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that differs between an earlier and a later report.

    `statuses` and `values` compare each report's own period, `restated`, `arrived` and `withdrawn` the same months in
    both. `targets` and `weights` are edits of products' (or the bank's) key indicators, `definitions` of indicators.
    """

    before: Report
    after: Report
    composites: tuple[CompositeChange, ...]
    statuses: tuple[FigureChange, ...]
    values: tuple[FigureChange, ...]
    restated: tuple[FigureChange, ...]
    arrived: tuple[FigureChange, ...]
    withdrawn: tuple[FigureChange, ...]
    targets: tuple[Edit, ...]
    weights: tuple[Edit, ...]
    definitions: tuple[Edit, ...]
    indicators: tuple[Edit, ...]  # key and monitored indicators that products gained or lost, and whole indicators
    products: tuple[Edit, ...]
    plans: tuple[Edit, ...]
