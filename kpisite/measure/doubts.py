"""Figures that cannot be right: a series that jumps as only a change of its unit makes it jump."""

import numpy as np

from kpisite.declare.model import Site
from kpisite.errors import Problems
from kpisite.load.labels import product_numbers
from kpisite.measure.cube import Cube, Monthly
from kpisite.periods import Grain, Period

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
    found = []
    for product, values in enumerate(np.abs(measure.cells.value)):
        here = np.flatnonzero(np.isfinite(values) & (values > 0))
        if len(here) < SHORTEST:
            continue
        times = values[here] / np.median(values[here])
        odd = np.flatnonzero((times > STEP) | (times < 1 / STEP))
        if len(odd):
            found.append((product, int(here[odd[0]]), float(times[odd[0]])))
    return found
