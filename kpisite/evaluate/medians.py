"""Order statistics of rows in which numbers may be missing."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def median(values: npt.NDArray[Any]) -> Floats:
    """The median of the numbers in each row, NaN without any."""
    return quantile(values, 0.5)


def quantile(values: npt.NDArray[Any], share: float) -> Floats:
    """The quantile of the numbers in each row, on the straight line between the two nearest; NaN without any."""
    if not values.shape[1]:
        return np.full(len(values), np.nan)
    ordered = np.sort(values, axis=1)  # NaN stands last
    count = values.shape[1] - np.isnan(values).sum(axis=1)
    place = np.maximum(count - 1, 0) * share
    lower = np.floor(place).astype(np.intp)
    upper = np.minimum(lower + 1, np.maximum(count - 1, 0))
    both = np.take_along_axis(ordered, np.stack([lower, upper], axis=1), axis=1).astype(np.float64)
    weight = place - lower
    found: Floats = both[:, 0] * (1 - weight) + both[:, 1] * weight
    return found
