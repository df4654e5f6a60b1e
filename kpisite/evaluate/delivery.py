"""When data are due: before that day has passed, nothing is missing that has not arrived."""

import datetime as dt
import re
from collections.abc import Sequence

import numpy as np

from kpisite.declare.model import Indicator, Site
from kpisite.evaluate.limits import Flags
from kpisite.periods import Period

_WORD = re.compile(r"[^\W\d]\w*")


def due_day(period: Period, days: int) -> dt.date:
    """The last day on which a source that is given so many days may deliver a period."""
    return period.last_day + dt.timedelta(days=days)


def still_open(site: Site, indicators: Sequence[Indicator], periods: Sequence[Period], as_of: dt.date) -> Flags:
    """Which figures may still come in time, [I, T]: those of which a source has a day that has not passed."""
    given = np.array([np.nan if days is None else days for days in (days_of(site, one) for one in indicators)])
    ends = np.array([period.last_day.toordinal() for period in periods])
    found: Flags = as_of.toordinal() <= ends + given[:, None]
    return found


def days_of(site: Site, indicator: Indicator) -> int | None:
    """The days after a period's end that the slowest source of a figure has; None where no source declares any."""
    sources = {site.measures[name].source for name in measures_behind(site, indicator)}
    declared = [site.sources[name].due for name in sources if name in site.sources]
    return max((days for days in declared if days is not None), default=None)


def measures_behind(site: Site, indicator: Indicator) -> tuple[str, ...]:
    """The names of the measures behind an indicator, in the order in which its formulas name them."""
    formulas = [indicator.formula, *(version.formula for version in indicator.definitions)]
    if indicator.missing_when:
        formulas.append(indicator.missing_when.formula)
    if indicator.sample:
        formulas.append(indicator.sample.measure)
    names = (word for formula in formulas if formula for word in _WORD.findall(formula))
    return tuple(dict.fromkeys(name for name in names if name in site.measures))
