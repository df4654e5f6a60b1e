"""What is told about one figure: where it comes from and how it was judged, step by step, as plain values.

Numbers are unrounded unless said otherwise; None is a number that is not there. Texts for readers stand elsewhere:
here are ids, codes and labels only.
"""

from dataclasses import dataclass

from kpisite.errors import Place
from kpisite.evaluate.ledger import Use
from kpisite.evaluate.working import Piece
from kpisite.measure.taken import RowsTaken


@dataclass(frozen=True, slots=True)
class DefinitionUsed:
    """The definition in force: its version and first month (0 and "": there is only one), and its formula."""

    version: int
    valid_from: str
    formula: str
    builtin: str  # the site's own computation, where there is no formula
    comparable: bool  # with the version before
    place: Place | None


@dataclass(frozen=True, slots=True)
class MeasureUsed:
    """A measure that the figure takes: as declared, as sent to the engine, and each period at which it is taken."""

    measure: str
    source: str
    kind: str
    unit: str
    sql: str  # as declared
    engine: str  # the dialect of the engine; "" where the report does not hold it
    sent: str  # the query as sent to it, with all measures that were asked for together
    uses: tuple[Use, ...]
    place: Place | None


@dataclass(frozen=True, slots=True)
class Arithmetics:
    """How the value came about.

    method: formula, months or products (figures added up), builtin, or none. `period` is the one computed. `text` is
    plain arithmetic of + - * / min max abs and brackets; where the figure is missing, a ? stands for what is.
    """

    method: str
    period: str
    text: str
    value: float | None
    pieces: tuple[Piece, ...] = ()
    params: tuple[tuple[str, float], ...] = ()
    change: str = ""  # where growth has no meaning: the absolute change, as arithmetic
    changed: float | None = None  # and as a number


@dataclass(frozen=True, slots=True)
class TargetUsed:
    """The target of the period: its value (or range from low to high) and tolerance, and the declaration behind it."""

    low: float
    high: float | None
    tolerance: float
    weight: float
    path: str  # flat, linear, step, profile, table
    basis: str  # what the number is declared for: period, ytd, year
    from_: str
    by: str
    baseline: tuple[str, float] | None
    owner: str
    approved_by: str
    approved_on: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Anchors:
    """Where the score is nothing, 60 (the amber limit), 100 and the cap; of a range on its lower and upper side."""

    floor: float
    amber: float
    target: float
    stretch: float | None  # nothing beats a range


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of judging in its turn: what it found, and the numbers it looked at (name, number or code)."""

    rule: str  # missing, provisional, sample, limit, target, status, veto, score, result
    found: str
    numbers: tuple[tuple[str, float | str], ...] = ()


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a key figure brings into its product's composite: weight x score by the weight of all that have a score."""

    weight: float
    scored_weight: float
    points: float
    text: str
    composite: float | None


@dataclass(frozen=True, slots=True)
class FileUsed:
    """A file the figure's measures were read from."""

    source: str
    path: str
    sha256: str
    encoding: str
    rows: int
    size: int
    newest: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything behind one figure."""

    product: str  # a product, line:<id> or bank
    indicator: str
    period: str
    release: str
    frozen: bool
    as_of: str
    unit: str
    decimals: int
    kind: str
    direction: str
    role: str
    definition: DefinitionUsed
    measures: tuple[MeasureUsed, ...]
    arithmetic: Arithmetics
    value: float | None
    provisional: int  # months of a running period that the figure is made of; 0 for a whole one
    rounded: str  # to the indicator's decimals, half up; "" without a value
    reason: str  # why there is none
    sample: float | None
    target: TargetUsed | None
    anchors: tuple[Anchors, ...]  # one; two for a range
    limit: tuple[float, str] | None  # value, and max or min
    rules: tuple[Rule, ...]
    status: str
    score: float | None
    attainment: float | None
    contribution: Contribution | None
    vintage: str  # the day the newest row behind the figure arrived
    files: tuple[FileUsed, ...]
    rows: tuple[RowsTaken, ...] | None = None  # of each measure and period; None where nobody has looked
