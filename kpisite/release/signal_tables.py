"""The limits behind the signals as text, one line a segment, and the signals back from their tables."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from kpisite.declare.model import Site
from kpisite.evaluate.charted import CADENCES
from kpisite.evaluate.limits import STATES
from kpisite.evaluate.report import Report, Signals
from kpisite.evaluate.signals import empty_signals
from kpisite.periods import Grain
from kpisite.release.axes import Axes
from kpisite.release.read_tables import Judged, columns_of
from kpisite.release.tables import table
from kpisite.release.text import number, read_numbers

LIMIT_COLUMNS = ("indicator", "from", "state", "mean", "spread", "lower", "upper")
_NUMBERS = LIMIT_COLUMNS[3:]
_STATE = {name: code for code, name in enumerate(STATES)}


def limit_table(report: Report, subject: int) -> str:
    """The limits of one subject's figures, segment by segment; each holds up to the next one."""
    carried = sorted(np.flatnonzero(report.role[subject]).tolist(), key=lambda i: report.indicators[i])
    return table(LIMIT_COLUMNS, [line for i in carried for line in _lines(report, subject, i)])


def _lines(report: Report, s: int, i: int) -> Iterator[str]:
    grain = CADENCES[report.site.indicators[report.indicators[i]].cadence]
    found = report.signals.get(grain)
    if found is None or np.isnan(found.charted[s, i]).all():
        return
    segment = found.segment[s, i]
    for t in np.flatnonzero(np.diff(segment, prepend=-1)).tolist():
        cells = (number(float(getattr(found, field)[s, i, t])) for field in _NUMBERS)
        label = report.figures[grain].periods[t].label
        yield ",".join((report.indicators[i], label, STATES[found.state[s, i, t]], *cells))


def read_signals(axes: Axes, site: Site, judged: Mapping[Grain, Judged], tables: Sequence[str]) -> dict[Grain, Signals]:
    """The signals of all subjects, from what was said of each figure and one table of limits for each subject."""
    grains = {CADENCES[site.indicators[id_].cadence] for id_ in axes.indicators} & set(judged)
    found = {grain: empty_signals(judged[grain].charted.shape) for grain in axes.grains if grain in grains}
    for grain, signals in found.items():
        for field in Judged.__slots__:
            getattr(signals, field)[:] = getattr(judged[grain], field)
    where = {id_: i for i, id_ in enumerate(axes.indicators)}
    when = {period.label: (grain, t) for grain in found for t, period in enumerate(axes.periods[grain])}
    for s, text in enumerate(tables):
        _fill(found, s, where, when, columns_of(text))
    return found


def _fill(
    found: Mapping[Grain, Signals],
    s: int,
    where: Mapping[str, int],
    when: Mapping[str, tuple[Grain, int]],
    columns: Mapping[str, Sequence[str]],
) -> None:
    """Write one subject's limits; the first segment of a figure begins with its axis."""
    numbers = {field: read_numbers(columns[field]).tolist() for field in _NUMBERS}
    begun: set[str] = set()
    for n, (id_, label) in enumerate(zip(columns["indicator"], columns["from"], strict=True)):
        i, (grain, t) = where[id_], when[label]
        signals = found[grain]
        for field in _NUMBERS:
            getattr(signals, field)[s, i, t:] = numbers[field][n]
        signals.state[s, i, t:] = _STATE[columns["state"][n]]
        signals.segment[s, i, t:] += id_ in begun
        begun.add(id_)
