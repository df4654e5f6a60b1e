"""Figures that cannot be right: a series that jumps as only a change of its unit makes it jump."""

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import Site
from kpisite.errors import Problems
from kpisite.load.labels import product_numbers
from kpisite.measure.cube import Cube, Monthly
from kpisite.measure.series import Floats
from kpisite.periods import Grain, Period

Booleans = npt.NDArray[np.bool_]
# From 元 to 万元 it is ten thousand times; no business does that within its own history.
STEP = 1000
# With fewer months a median says nothing.
SHORTEST = 4


def doubt_steps(site: Site, cube: Cube, problems: Problems) -> None:
    """Warn of every product and measure that has a month far from the median of its months."""
    products = list(product_numbers(site))
    for name, measure in cube.measures.items():
        for product, month, times in _steps(measure):
            period = Period(Grain.MONTH, cube.calendar.start + month)
            size = f"{times:,.0f} times" if times >= 1 else f"a {1 / times:,.0f}th of"
            what = f"measure '{name}' of product '{products[product]}' is {size} its median in {period}"
            problems.warn(site.place("measures", name), what, "Has its unit changed?", "data-step")


def _steps(measure: Monthly) -> list[tuple[int, int, float]]:
    """The first month of each product that is out of all proportion, with the proportion."""
    values = np.abs(measure.cells.value)
    here = np.isfinite(values) & (values > 0)
    with np.errstate(all="ignore"):
        times = values / _medians(values, here)[:, None]
    odd = here & ((times > STEP) | (times < 1 / STEP))
    products = np.flatnonzero(odd.any(axis=1))
    months = odd[products].argmax(axis=1)
    return list(zip(products.tolist(), months.tolist(), times[products, months].tolist(), strict=True))


def _medians(values: Floats, here: Booleans) -> Floats:
    """The median of each row's values that are here; NaN where they are too few."""
    ordered = np.sort(np.where(here, values, np.inf), axis=1)
    count = here.sum(axis=1)
    rows, last = np.arange(len(values)), max(values.shape[1] - 1, 0)
    low = ordered[rows, np.clip((count - 1) // 2, 0, last)]
    high = ordered[rows, np.clip(count // 2, 0, last)]
    return np.where(count < SHORTEST, np.nan, np.where(low == high, low, (low + high) / 2))
