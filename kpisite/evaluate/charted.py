"""What the chart of natural variation shows of each figure, and the segments in which its limits stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kpisite.declare.model import Indicator, Site
from kpisite.evaluate.limits import Codes, Floats
from kpisite.evaluate.rounding import settle
from kpisite.languages import Text
from kpisite.measure.series import Subject
from kpisite.periods import MONTHS, Grain, Period

YEAR = 12
# What signal and noise are told of: the value, its change on the period before, or its change on the year.
Watched = Literal["level", "change", "yoy"]
# The grain at which each cadence has a figure in every period.
CADENCES: dict[str, Grain] = {"month": Grain.MONTH, "quarter": Grain.QUARTER, "year": Grain.YEAR}


@dataclass(frozen=True, slots=True)
class Break:
    """A month from which a figure is not measured against what was before: a new definition, or a declared rebase."""

    month: int
    reason: Text
    definition: bool  # a definition that is not comparable; no change is computed across it


def breaks_of(site: Site, subject: Subject, indicator: str) -> tuple[Break, ...]:
    """The breaks of one figure in the order of their months."""
    declared = site.indicators[indicator]
    found = {one.month: one for one in _rebases(site, subject, indicator)}
    for definition in declared.definitions[1:]:
        if not definition.comparable:
            month = definition.valid_from.last_month
            found[month] = Break(month, definition.reason, definition=True)
    return tuple(found[month] for month in sorted(found))


def may_break(site: Site) -> frozenset[str]:
    """The indicators with a break for any subject at all; most have none, and need not be asked one by one."""
    named = {id_ for one in site.products.values() for id_ in one.rebase}
    named |= {id_ for one in site.plans.values() for id_ in one.rebase}
    for id_, declared in site.indicators.items():
        if declared.rebase or any(not one.comparable for one in declared.definitions[1:]):
            named.add(id_)
    return frozenset(named)


def _rebases(site: Site, subject: Subject, indicator: str) -> Iterator[Break]:
    """What was declared for the indicator, for the product, and by the plans of the product."""
    declared = list(site.indicators[indicator].rebase)
    if subject.level == "product":
        declared += site.products[subject.id].rebase.get(indicator, ())
        for plan in site.plans.values():
            declared += plan.rebase.get(indicator, ()) if plan.product == subject.id else ()
    for one in declared:
        yield Break(one.from_.last_month, one.reason, definition=False)


def watched(declared: Indicator) -> Watched:
    """What the chart of natural variation watches of an indicator."""
    return declared.spc if declared.spc in ("change", "yoy") else "level"


@dataclass(frozen=True, slots=True)
class Charted:
    """What is charted, and the number of its segment, each [N, T]."""

    values: Floats
    segment: Codes


def charted(
    declared: Sequence[Indicator], breaks: Sequence[Sequence[Break]], value: Floats, periods: Sequence[Period]
) -> Charted:
    """What is charted of N series of figures, each with its indicator and its breaks."""
    last = np.array([period.last_month for period in periods], dtype=np.int64)
    segment = np.zeros(value.shape, dtype=np.int8)
    meaning = np.zeros(value.shape, dtype=np.int8)
    for n, every in enumerate(breaks):
        for one in every:
            segment[n, last >= one.month] += 1
            meaning[n, last >= one.month] += one.definition
    found = np.where(np.array([one.spc == "level" for one in declared], dtype=np.bool_)[:, None], value, np.nan)
    year = YEAR // MONTHS[periods[0].grain] if periods else YEAR
    for spc, back in (("change", 1), ("yoy", year)):
        rows = np.flatnonzero([one.spc == spc for one in declared])
        if len(rows) and back < value.shape[1]:
            found[rows, back:] = _changes([declared[n] for n in rows.tolist()], value[rows], meaning[rows], back)
    return Charted(found, segment)


def _changes(declared: Sequence[Indicator], value: Floats, meaning: Codes, back: int) -> Floats:
    """The change over so many periods; on the year a flow or a stock grows in percent, a ratio changes in points."""
    now, before = value[:, back:], value[:, :-back]
    comparable = meaning[:, back:] == meaning[:, :-back]
    places = np.array([one.decimals for one in declared], dtype=np.int64)[:, None]
    found = np.where(comparable, settle(now - before, places), np.nan)
    grows = np.flatnonzero([one.spc == "yoy" and one.kind in ("flow", "stock") for one in declared])
    if len(grows):
        usable = comparable[grows] & (before[grows] > 0)
        growth = 100.0 * (now[grows] / np.where(usable, before[grows], 1.0) - 1.0)
        found[grows] = np.where(usable, growth, np.nan)
    return found
