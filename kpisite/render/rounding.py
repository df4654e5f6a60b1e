"""Rounding many figures at once, exactly as a column rounds each of them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kpisite.languages import PLAIN, Column

Floats = npt.NDArray[np.float64]

# Closer to a tie than this, and beyond this size, the column itself decides by the decimal digits.
NEAR_TIE = 1e-3
SURE = 1e9


def rounded(values: Floats, columns: Sequence[Column]) -> Floats:
    """Values in units of the last decimal of their columns, one column for each row; NaN where there is no value."""
    scale = np.array([10.0**column.decimals / column.factor for column in columns])
    scaled: Floats = (np.abs(values).T * scale).T
    whole: Floats = np.floor(scaled)
    rest = scaled - whole
    whole += rest > 0.5
    # Adding nothing turns -0 into 0.
    whole = np.copysign(whole, values) + 0.0
    doubtful = (np.abs(rest - 0.5) < NEAR_TIE) | (scaled > SURE)
    if doubtful.any():
        for at in zip(*np.nonzero(doubtful), strict=True):
            whole[at] = columns[at[0]].steps(float(values[at]))
    return whole


def tenths(values: Floats) -> Floats:
    """Values in tenths, rounded half up."""
    return rounded(values.reshape(1, -1), PLAIN[1:2]).reshape(values.shape)


def scores(values: Floats, limits: Sequence[float]) -> Floats:
    """Scores in tenths; rounding never lifts one over a limit that it missed."""
    found = tenths(values)
    for limit in limits:
        found[(values < limit) & (limit <= found / 10)] = np.ceil(limit * 10) - 1
    return found


def gaps(shown: Floats, low: Floats, high: Floats) -> Floats:
    """The differences of rounded numbers from the nearer bound of their targets; 0 within a range."""
    top = np.where(np.isnan(high), low, high)
    return np.maximum(0.0, shown - top) + np.minimum(0.0, shown - low)
