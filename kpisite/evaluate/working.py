"""How one figure came about: the formula in force with its numbers, or the sum of the figures it is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kpisite.declare.model import Indicator
from kpisite.evaluate.arithmetic import Arithmetic, Term, number, total
from kpisite.evaluate.begun import begun
from kpisite.evaluate.ledger import Ledger, Use
from kpisite.evaluate.ratios import Fraction
from kpisite.evaluate.report import ABSENT, Report
from kpisite.measure.cube import NEVER
from kpisite.measure.degree import is_linear
from kpisite.measure.inputs import Members
from kpisite.measure.shown import GRAINS, SHORTER
from kpisite.measure.versions import Version, measures_of, needed, versions
from kpisite.periods import Grain, Period, of_month


@dataclass(frozen=True, slots=True)
class Piece:
    """A figure that is added up into another one."""

    subject: str
    period: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Working:
    """How a figure came about.

    method: formula (computed anew from measures at this level and period), months (the months' figures added up),
    products (the products' figures added up), or none (there is nothing to compute). `period` is the one that was
    computed: that of the indicator's cadence where a shorter one was asked for.
    """

    method: str
    period: Period
    version: Version | None
    term: Term
    uses: tuple[Use, ...] = ()
    pieces: tuple[Piece, ...] = ()
    change: Term | None = None  # the absolute change, where a growth has no value


@dataclass(frozen=True, slots=True)
class Desk:
    """What is needed to work out the figures of one indicator."""

    report: Report
    indicator: Indicator
    versions: tuple[Version, ...]
    products: tuple[str, ...]
    # Numerators and denominators by subject and period, once they are worked out: a product is part of more than one.
    fractions: dict[tuple[int, Period], Fraction | None] = field(default_factory=dict, compare=False)

    @property
    def is_linear(self) -> bool:
        """Is it a sum of flows, so that a longer period is the formula on that period's measures?"""
        kinds = {name: measure.kind for name, measure in self.report.site.measures.items()}
        return all(is_linear(version.formula, kinds) for version in self.versions)

    @property
    def stands_last(self) -> bool:
        """Do all balances of the figure stand on the last day of a period?"""
        site = self.report.site
        names = {name for version in self.versions for name in measures_of(version.formula, site.params)}
        return all(site.measures[name].within == "last" for name in names)

    def version(self, period: Period) -> Version:
        """The definition in force in a period's last month; the first one also stands for the time before it."""
        later = [one for one in self.versions if one.valid_from <= period.last_month]
        return later[-1] if later else self.versions[0]


def desk(report: Report, i: int) -> Desk | None:
    """All that the figures of an indicator need; nothing for those that the site itself computes."""
    indicator = report.site.indicators[report.indicators[i]]
    if indicator.formula is None:
        return None
    products = tuple(subject.id for subject in report.subjects if subject.level == "product")
    found = versions(indicator, (*report.site.measures, *report.site.params))
    return Desk(report, indicator, found, products)


def worked(found: Desk, s: int, period: Period, months: int = 0) -> Working:
    """How the figure of a subject at a period came about; a running period's is that of its first months."""
    report, indicator = found.report, found.indicator
    rolled = report.subjects[s].level != "product"
    over = period.grain
    if over in SHORTER[indicator.cadence] and indicator.kind != "duration":
        over = GRAINS[indicator.cadence]
    due = of_month(period.last_month, over, period.fiscal_start) if over is not period.grain else period
    period, due = begun(period, months), begun(due, months)
    if due.last_month != period.last_month or (rolled and not _joins(indicator)):
        return Working("none", period, None, number(None))
    if rolled and (indicator.across == "sum" or (indicator.kind == "flow" and not found.is_linear)):
        return _summed(found, s, due)
    return _by_kind(found, s, due)


def _joins(indicator: Indicator) -> bool:
    return indicator.across != "none" and indicator.kind != "duration"


def _by_kind(found: Desk, s: int, period: Period) -> Working:
    kind = found.indicator.kind
    if kind == "duration" and period.grain is not Grain.MONTH:
        return Working("none", period, None, number(None))
    if kind == "stock" and found.stands_last:
        return _formula(found, s, of_month(period.last_month, Grain.MONTH, period.fiscal_start))
    if kind == "flow" and period.grain is not Grain.MONTH and not found.is_linear:
        return _added("months", found, [(s, month) for month in _months(period)], period)
    return _formula(found, s, period)


def _formula(found: Desk, s: int, period: Period) -> Working:
    """The formula in force with its numbers."""
    version = found.version(period)
    ledger = ledger_of(found, s, version)
    numbers = Arithmetic(ledger, found.report.site.params)
    term = numbers.term(version.formula, period)
    change = numbers.change(version.formula, period) if term.value is None else None
    return Working("formula", period, version, term, tuple(ledger.uses.values()), change=change)


def ledger_of(found: Desk, s: int, version: Version) -> Ledger:
    """The measures as this subject sees them under a version."""
    report = found.report
    subject = report.subjects[s]
    rolled = subject.level != "product"
    members = _members(found, s, version) if rolled else ((s, 0),)
    return Ledger(report.site, report.inputs, found.products, members, rolled)


def _members(found: Desk, s: int, version: Version) -> Members:
    """The products that roll up, each from the month on in which it has all that the formula needs."""
    site, measures = found.report.site, found.report.inputs.measures
    names = sorted(needed(version.formula, site.params))
    since = {
        p: max((int(measures[n].first[p]) if n in measures else NEVER for n in names), default=0)
        for p in found.report.subjects[s].members
    }
    return tuple((p, month) for p, month in since.items() if month < NEVER)


def _summed(found: Desk, s: int, period: Period) -> Working:
    """Lines and bank as the sum of their products' own figures."""
    kind = found.indicator.kind
    start = found.report.inputs.start
    months = [period]
    if kind == "stock" and found.stands_last:
        months = [of_month(period.last_month, Grain.MONTH, period.fiscal_start)]
    if kind == "flow":
        months = _months(period)
    until = ledger_of(found, s, found.versions[-1]).until
    cells = [
        (p, one)
        for one in months
        for p, since in _members(found, s, found.version(one))
        if since <= one.last_month - start <= until(p)
    ]
    return _added("products", found, cells, period)


def _added(method: str, found: Desk, cells: Sequence[tuple[int, Period]], period: Period) -> Working:
    """Figures added up, each of them worked out by itself."""
    found_each = [(s, one, _by_kind(found, s, one)) for s, one in cells]
    pieces = tuple(Piece(found.report.subjects[s].id, one.label, each.term.value) for s, one, each in found_each)
    term = total([number(piece.value) for piece in pieces]) if pieces else number(None)
    uses = tuple(use for _, _, each in found_each for use in each.uses)
    return Working(method, period, found.version(period), term, uses, pieces)


def _months(period: Period) -> list[Period]:
    months = range(period.first_month, period.last_month + 1)
    return [of_month(month, Grain.MONTH, period.fiscal_start) for month in months]


def is_carried(report: Report, s: int, i: int) -> bool:
    """Does this subject carry the indicator at all?"""
    return bool(report.role[s, i] != ABSENT)
