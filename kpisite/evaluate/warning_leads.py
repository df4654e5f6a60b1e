"""When indicators that lead others had a warning of their own: by month, so that cadences may differ (W9)."""

from collections.abc import Sequence

import numpy as np

from kpisite.evaluate.limits import Flags
from kpisite.evaluate.report import Report
from kpisite.evaluate.warning_replay import OPEN, Events
from kpisite.evaluate.warning_rows import Indexes
from kpisite.periods import Grain, Period

# What of a leading indicator makes W9 of the one it leads.
LEADING = ("W1", "W4", "W5")


class Leads:
    """In which months a leading indicator has a warning of its own, by subject and indicator."""

    def __init__(self, report: Report) -> None:
        self.report = report
        named = {lead for one in report.site.indicators.values() for lead in one.led_by}
        self.leading = np.array([id_ in named for id_ in report.indicators], dtype=np.bool_)
        self.led = np.array([bool(report.site.indicators[id_].led_by) for id_ in report.indicators], dtype=np.bool_)
        self.first = min((one.periods[0].last_month for one in report.figures.values() if one.periods), default=0)
        self.months = report.period.last_month - self.first + 1
        self.open: dict[tuple[int, int], Flags] = {}

    def note(self, grain: Grain, at: tuple[Indexes, Indexes], events: Events) -> None:
        """Keep when alerts of those figures were open: from the end of the period raised to that of the one cleared."""
        ends = [period.last_month - self.first for period in self.report.figures[grain].periods]
        for e in np.flatnonzero(self.leading[at[1][events.series]]).tolist():
            n, cleared = int(events.series[e]), int(events.cleared[e])
            key = (int(at[0][n]), int(at[1][n]))
            flags = self.open.setdefault(key, np.zeros(self.months, dtype=np.bool_))
            flags[ends[events.raised[e]] : self.months if cleared == OPEN else ends[cleared]] = True

    def of(self, at: tuple[int, int], periods: Sequence[Period]) -> dict[str, Flags]:
        """The leading indicators of a figure that ever had a warning, and at the end of which periods it was open."""
        places = {id_: n for n, id_ in enumerate(self.report.indicators)}
        names = self.report.site.indicators[self.report.indicators[at[1]]].led_by
        ends = [period.last_month - self.first for period in periods]
        return {id_: self.open[at[0], places[id_]][ends] for id_ in names if (at[0], places.get(id_, -1)) in self.open}
