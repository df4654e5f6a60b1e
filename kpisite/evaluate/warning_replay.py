"""Alerts with hysteresis: when each was raised and cleared, found by replaying its series from the start.

There is no hidden state: the same series always give the same alerts, and a later period changes of the earlier ones
only when an open alert is cleared. Arrays are [N, T], N series of T periods.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.evaluate.limits import Flags

Indexes = npt.NDArray[np.intp]

# Available periods in a row for which a rule must be quiet before its alert is cleared.
QUIET = 2
# Or the value is this share of the tolerance better than the threshold.
CLEARLY = 0.25
OPEN = -1


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule says of each period, [N, T].

    `raises` begins an alert, `holds` keeps an open one; `available` is where the rule can be asked at all, and
    `clear` where the value is so much better that the alert need not wait.
    """

    raises: Flags
    holds: Flags
    available: Flags
    clear: Flags | None = None


@dataclass(frozen=True, slots=True)
class Events:
    """Alerts as columns: the series, the period raised, and the period cleared or OPEN; by series and period."""

    series: Indexes
    raised: Indexes
    cleared: Indexes


def replay(case: Case) -> Events:
    """The alerts of every series, in one pass through time."""
    started = case.raises & case.available
    rows = np.flatnonzero(started.any(axis=1))
    starts, holds, available = (
        np.ascontiguousarray(part[rows].T) for part in (started, case.holds | case.raises, case.available)
    )
    clear = np.zeros_like(starts) if case.clear is None else np.ascontiguousarray(case.clear[rows].T)
    running = np.full(len(rows), OPEN, dtype=np.intp)  # the period in which the open alert was raised
    quiet = np.zeros(len(rows), dtype=np.int8)
    found: list[tuple[Indexes, Indexes, Indexes]] = []
    for t, (start, hold, there, better) in enumerate(zip(starts, holds, available, clear, strict=True)):
        is_open = running != OPEN
        silent = there & ~hold
        quiet = np.where(silent, np.minimum(quiet + 1, QUIET), np.where(there, 0, quiet)).astype(np.int8)
        ends = is_open & silent & ((quiet >= QUIET) | better)
        if ends.any():
            which = np.flatnonzero(ends)
            found.append((rows[which], running[which], np.full(len(which), t)))
            running[which] = OPEN
        begins = start & ~is_open
        running[begins] = t
    left = np.flatnonzero(running != OPEN)
    found.append((rows[left], running[left], np.full(len(left), OPEN)))
    series, raised, cleared = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.lexsort((raised, series))
    return Events(series[order], raised[order], cleared[order])


def open_at(events: Events, shape: tuple[int, int]) -> Flags:
    """In which periods an alert is open, [N, T]: from the period raised to the one before it is cleared."""
    steps = np.zeros((shape[0], shape[1] + 1), dtype=np.int32)
    np.add.at(steps, (events.series, events.raised), 1)
    ended = events.cleared != OPEN
    np.add.at(steps, (events.series[ended], events.cleared[ended]), -1)
    found: Flags = np.cumsum(steps[:, :-1], axis=1) > 0
    return found
