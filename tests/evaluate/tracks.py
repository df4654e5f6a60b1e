"""Tracks of figures for the tests of forecasts, and what a method forecast as [N, K, H]."""

import numpy as np

from kpisite.evaluate.choice import COMPARED
from kpisite.evaluate.columns import columns
from kpisite.evaluate.foresight import Track


def track(values, *, segment=None, compared=COMPARED, seasonal=False, low=np.nan, high=np.nan):
    """Monthly figures [N, T]; what is not said is the same for all of them."""
    values = np.array(values, dtype=np.float64)
    return Track(
        value=values,
        segment=np.broadcast_to(np.int8(0) if segment is None else segment, values.shape),
        compared=np.broadcast_to(np.asarray(compared, dtype=np.int8), values.shape),
        seasonal=np.broadcast_to(np.bool_(seasonal), len(values)),
        season=12,
        low=np.broadcast_to(np.float64(low), len(values)),
        high=np.broadcast_to(np.float64(high), len(values)),
    )


def guesses(method, history, origins, steps):
    """What a method forecast from each of the last origins."""
    made = method(columns(history), history.shape[1] - origins)
    return np.stack([made.ahead(step, origins).T for step in range(1, steps + 1)], axis=2)
