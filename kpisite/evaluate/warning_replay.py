"""Alerts with hysteresis: when each was raised and cleared, found by replaying its series from the start.

There is no hidden state: the same series always give the same alerts, and a later period changes of the earlier ones
only when an open alert is cleared. Arrays are [N, T], N series of T periods.
"""

from collections.abc import Sequence
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


def replay(cases: Sequence[Case]) -> list[Events]:
    """The alerts of every series of several rules over the same T periods, in one pass through time."""
    begun = [case.raises & case.available for case in cases]
    rows = [np.flatnonzero(one.any(axis=1)) for one in begun]
    ends = np.cumsum([0, *(len(own) for own in rows)])
    starts, kept, silent, better = (np.empty((begun[0].shape[1], ends[-1]), dtype=np.bool_) for _ in range(4))
    for case, one, own, start, end in zip(cases, begun, rows, ends[:-1], ends[1:], strict=True):
        part = np.s_[:, start:end]
        holds, there = case.holds[own] | case.raises[own], case.available[own]
        starts[part], kept[part], silent[part] = one[own].T, (holds & there).T, (there & ~holds).T
        better[part] = False if case.clear is None else case.clear[own].T
    raised, cleared = _passed(starts, kept, silent, better)
    which, when = np.nonzero(np.ascontiguousarray(raised.T))
    over = np.full(len(which), OPEN, dtype=np.intp)
    # Alerts of a series take turns, so in their order each but one still open has the clearing at its own place.
    left = raised.sum(axis=0) > cleared.sum(axis=0)
    is_last = np.append(which[1:] != which[:-1], True) if len(which) else np.zeros(0, dtype=np.bool_)
    over[~(is_last & left[which])] = np.nonzero(np.ascontiguousarray(cleared.T))[1]
    cuts = np.searchsorted(which, ends)
    return [
        Events(own[which[a:b] - start], when[a:b], over[a:b])
        for own, start, a, b in zip(rows, ends[:-1], cuts[:-1], cuts[1:], strict=True)
    ]


def _passed(starts: Flags, kept: Flags, silent: Flags, better: Flags) -> tuple[Flags, Flags]:
    """In which periods alerts were raised and cleared, [T, R], R series with time running down.

    starts, kept and silent are where a rule begins, goes on and is quiet; in none of them it cannot be asked.
    """
    raised, cleared = np.empty_like(starts), np.empty_like(starts)
    is_open = np.zeros(starts.shape[1], dtype=np.bool_)
    quiet = np.zeros(starts.shape[1], dtype=np.int16)
    for t in range(len(starts)):
        quiet += silent[t]
        quiet[kept[t]] = 0
        ends = is_open & silent[t] & ((quiet >= QUIET) | better[t])
        begins = starts[t] & ~is_open
        is_open ^= ends | begins
        raised[t], cleared[t] = begins, ends
    return raised, cleared


def open_at(events: Events, shape: tuple[int, int]) -> Flags:
    """In which periods an alert is open, [N, T]: from the period raised to the one before it is cleared."""
    steps = np.zeros((shape[0], shape[1] + 1), dtype=np.int32)
    np.add.at(steps, (events.series, events.raised), 1)
    ended = events.cleared != OPEN
    np.add.at(steps, (events.series[ended], events.cleared[ended]), -1)
    found: Flags = np.cumsum(steps[:, :-1], axis=1) > 0
    return found
