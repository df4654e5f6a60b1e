"""Theil-Sen slopes of a window that moves through time: the median slope between any two of its twelve periods."""

import numpy as np
import numpy.typing as npt

from kpisite.evaluate.limits import Floats
from kpisite.evaluate.medians import median

# Periods that a slope is measured over.
WINDOW = 12
_PAIRS = WINDOW * (WINDOW - 1) // 2
_LAGS = np.arange(WINDOW - 1, 0, -1, dtype=np.float64)[:, None]
Counts = npt.NDArray[np.int16]


def _places() -> npt.NDArray[np.intp]:
    """Where the slope between two periods is kept, by their remainders: [12, 12].

    A window has every remainder once, so each of its 66 pairs has a place, and a new period takes the places of the
    one that leaves.
    """
    found = np.zeros((WINDOW, WINDOW), dtype=np.intp)
    first, second = np.triu_indices(WINDOW, 1)
    found[first, second] = found[second, first] = np.arange(_PAIRS)
    return found


_PLACES = _places()


def slopes(values: Floats, points: Counts, first: int) -> Floats:
    """The median slope of the twelve periods up to each one from `first` on, [T - first, N]; NaN below two points.

    values and points (how many there are up to each period) are [T, N]. All but the last are ordered in single
    precision: several times faster, and enough to compare methods by what they said in the past.
    """
    length, count = values.shape
    start = max(first - WINDOW + 1, 0)
    kept = np.full((count, _PAIRS), np.nan, dtype=np.float32)
    ordered = np.empty_like(kept)
    found = np.empty((length - first, count))
    for t in range(start, length):
        before = values[max(t - WINDOW + 1, 0) : t]
        moves = ((values[t] - before) / _LAGS[WINDOW - 1 - len(before) :]).astype(np.float32)
        for place, move in zip(
            _PLACES[t % WINDOW, np.arange(t - len(before), t) % WINDOW].tolist(), moves, strict=True
        ):
            kept[:, place] = move
        if first <= t < length - 1:
            ordered[:] = kept
            ordered.sort(axis=1)  # NaN stands last
            within = points[t] - points[t - WINDOW] if t >= WINDOW else points[t]
            found[t - first] = _middle(ordered, within)
    if length:
        found[-1] = _exact(values[-WINDOW:])
    return found


def _middle(ordered: npt.NDArray[np.float32], points: Counts) -> Floats:
    """The median of ordered rows [N, 66], of which those slopes come first that join two of so many points."""
    pairs = points.astype(np.intp) * (points - 1) // 2
    row = np.arange(len(ordered)) * _PAIRS
    flat = ordered.reshape(-1)
    lower, upper = (flat.take(row + place).astype(np.float64) for place in (np.maximum(pairs - 1, 0) // 2, pairs // 2))
    return lower * 0.5 + upper * 0.5


def _exact(window: Floats) -> Floats:
    """The median slope of one window [up to 12, N] in double precision."""
    first, second = np.triu_indices(len(window), 1)
    if not len(first):
        return np.full(window.shape[1], np.nan)
    return median(((window[second] - window[first]) / (second - first)[:, None]).T)
