"""How sound the data are: complete, in time, within bounds, in line with the ledger, and seldom restated.

Everything is counted from a report alone. A cell is a measure of a product in a month; it is due from the product's
first delivery of that measure on, up to its end.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.evaluate.delivery import due_day
from kpisite.evaluate.report import ABSENT, Report
from kpisite.evaluate.rollup import is_expected
from kpisite.measure.quality import ControlFact, Deliveries
from kpisite.measure.series import REASON
from kpisite.periods import GRAIN_ORDER, Grain, Period

# Months that the matrices show, up to the report's own.
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def ratio(self) -> float | None:
        """The share, or None of nothing."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Punctuality:
    """How the products of a source delivered one month: `open` is not due yet, `unknown` came without a day."""

    due: str  # ISO day; "" where the source declares none
    on_time: int = 0
    late: int = 0
    missing: int = 0
    open: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class SourceQuality:
    """One source over the shown months."""

    source: str
    complete: tuple[Share, ...]  # by month
    punctual: tuple[Punctuality, ...]  # by month
    restated: Share  # product months delivered again, of all delivered
    latest: str  # the day of the last delivery


@dataclass(frozen=True, slots=True)
class ProductQuality:
    """The figures of a product that were due in the report's month: what family 10 counts."""

    product: str
    delivered: Share
    missing: tuple[str, ...]  # indicators


@dataclass(frozen=True, slots=True)
class OutOfBounds:
    """A figure outside the natural bounds of its indicator."""

    product: str
    indicator: str
    period: str
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Soundness:
    """What is to be said about the data of a report."""

    months: tuple[Period, ...]
    sources: tuple[SourceQuality, ...]
    products: tuple[ProductQuality, ...]
    bounds: tuple[OutOfBounds, ...]
    controls: tuple[ControlFact, ...]

    @property
    def delivered(self) -> Share:
        """The figures of the report's month over all products."""
        whole = sum(one.delivered.whole for one in self.products)
        return Share(sum(one.delivered.part for one in self.products), whole)

    def controls_in(self, state: str) -> int:
        """How many control totals are in this state: kept, failed or open."""
        return sum(fact.state == state for fact in self.controls)


def soundness(report: Report) -> Soundness:
    """Count everything."""
    last, by_month = report.period.last_month, report.figures.get(Grain.MONTH)
    known = [period for period in by_month.periods if period.last_month <= last] if by_month else []
    months = tuple(known[-SHOWN:])
    sources = sorted({fact.source for fact in report.sources if fact.source in report.site.sources})
    return Soundness(
        months=months,
        sources=tuple(_source(report, source, months) for source in sources),
        products=tuple(_products(report)),
        bounds=tuple(_out_of_bounds(report)),
        controls=report.quality.controls,
    )


def _source(report: Report, source: str, months: tuple[Period, ...]) -> SourceQuality:
    held = report.quality.deliveries.get(source)
    due, there = _cells(report, source)
    at = [month.last_month - report.inputs.start for month in months]
    cells = [Share(int(there[:, t].sum()), int(due[:, t].sum())) for t in at]
    until = at[-1] + 1 if at else 0
    again = Share(0, 0)
    if held is not None:
        again = Share(int((held.count[:, :until] > 1).sum()), int((held.count[:, :until] > 0).sum()))
    newest = int(held.newest[:, :until].max(initial=0)) if held is not None else 0
    punctual = tuple(_punctuality(report, source, month, due[:, t], held) for month, t in zip(months, at, strict=True))
    return SourceQuality(source, tuple(cells), punctual, again, _iso(newest))


def _cells(report: Report, source: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Cells due and delivered, [products, months]."""
    inputs, site = report.inputs, report.site
    lives = [site.products[subject.id] for subject in report.subjects if subject.level == "product"]
    products = len(lives)
    due = np.zeros((products, inputs.months), dtype=np.int64)
    there = due.copy()
    month = np.arange(inputs.months)
    ended = np.array([inputs.months if one.ended is None else one.ended.number - inputs.start for one in lives])
    for name, one in inputs.measures.items():
        if site.measures[name].source == source:
            lives_on = (month >= one.first[:, None]) & (month <= ended[:, None])
            begun = lives_on & ((month + 1) % one.step == 0)
            due += begun
            there += begun & np.isfinite(one.value)
    return due, there


def _punctuality(
    report: Report, source: str, month: Period, cells: npt.NDArray[np.int64], held: Deliveries | None
) -> Punctuality:
    days = report.site.sources[source].due if source in report.site.sources else None
    t = month.last_month - report.inputs.start
    counts = {"on_time": 0, "late": 0, "missing": 0, "open": 0, "unknown": 0}
    due = None if days is None else due_day(month, days)
    for p in np.flatnonzero(cells).tolist():
        arrived = int(held.first[p, t]) if held is not None else 0
        counts[_state(arrived, due, report.as_of, dated=held is not None)] += 1
    return Punctuality(due.isoformat() if due else "", **counts)


def _state(arrived: int, due: dt.date | None, as_of: str, *, dated: bool) -> str:
    if due is None or not dated:
        return "unknown"
    if arrived:
        return "on_time" if arrived <= due.toordinal() else "late"
    return "missing" if as_of > due.isoformat() else "open"


def _products(report: Report) -> Iterator[ProductQuality]:
    """What was due and delivered in the report's month, counted as data-completeness does."""
    grain = _shortest(report)
    if report.period.at(grain) not in report.figures[grain].periods:
        return
    figures, t = report.figures[grain], report.now(grain)
    for s, subject in enumerate(report.subjects):
        if subject.level == "product":
            reason = figures.reason[s, :, t]
            due = (report.role[s] != ABSENT) & is_expected(reason)
            gap = due & ((reason == REASON["no-data"]) | (reason == REASON["incomplete"]))
            missing = tuple(report.indicators[i] for i in np.flatnonzero(gap).tolist())
            yield ProductQuality(subject.id, Share(int((due & ~gap).sum()), int(due.sum())), missing)


def _out_of_bounds(report: Report) -> Iterator[OutOfBounds]:
    figures, last = report.figures[_shortest(report)], report.period.last_month
    for i, id_ in enumerate(report.indicators):
        low, high = report.site.indicators[id_].bounds
        value = figures.value[:, i]
        wrong = np.zeros(value.shape, dtype=np.bool_)
        if low is not None:
            wrong |= value < low
        if high is not None:
            wrong |= value > high
        for s, t in zip(*(part.tolist() for part in np.nonzero(wrong)), strict=True):
            if figures.periods[t].last_month <= last:
                yield OutOfBounds(report.subjects[s].id, id_, figures.periods[t].label, float(value[s, t]), low, high)


def _shortest(report: Report) -> Grain:
    """Months, or the shortest periods of a report without months."""
    return next(grain for grain in GRAIN_ORDER if grain in report.figures)


def _iso(ordinal: int) -> str:
    return dt.date.fromordinal(ordinal).isoformat() if ordinal else ""


def summary(found: Soundness) -> Mapping[str, Share]:
    """The shares that say it in a line: figures delivered, months in time, months restated, controls kept."""
    now = [one.punctual[-1] for one in found.sources if one.punctual]
    timely = [one for one in now if one.due]
    in_time = sum(one.on_time for one in timely)
    asked = sum(one.on_time + one.late + one.missing for one in timely)
    again = [one.restated for one in found.sources]
    kept = found.controls_in("kept")
    return {
        "delivered": found.delivered,
        "in_time": Share(in_time, asked),
        "restated": Share(sum(one.part for one in again), sum(one.whole for one in again)),
        "controls": Share(kept, kept + found.controls_in("failed")),
    }
