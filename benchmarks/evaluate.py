"""How long judging 2.4 million figures takes: 1,000 products x 40 indicators x 60 months, signals and forecasts too.

    python benchmarks/evaluate.py [products]

Prints CPU and wall seconds and the memory at its peak; the same figures in every run.
"""

import datetime as dt
import resource
import sys
import time

import numpy as np

from kpisite.declare.model import Site
from kpisite.evaluate.evaluate import evaluate
from kpisite.evaluate.limits import STATES
from kpisite.evaluate.methods import METHODS
from kpisite.evaluate.report import Report
from kpisite.measure.series import GrainSeries, Series, Subject
from kpisite.periods import Grain, span

INDICATORS, MONTHS = 40, 60
LAST = 2025 * 12 + 11
DIRECTIONS = ("higher", "lower", "higher", "range")
WATCHED = ("level", "level", "level", "change", "yoy")


def a_site(products: int) -> Site:
    """A site in which every product is judged by every indicator."""
    indicators = {
        f"i{i:02d}": {
            "name": f"I{i}", "family": "f", "formula": "m", "unit": "pct", "kind": "ratio",
            "direction": DIRECTIONS[i % len(DIRECTIONS)], "spc": WATCHED[i % len(WATCHED)],
        }
        for i in range(INDICATORS)
    }  # fmt: skip
    key = {
        id_: {"weight": 2.5, "target": [90, 110] if one["direction"] == "range" else 101, "tolerance": 3}
        for id_, one in indicators.items()
    }
    return Site.model_validate(
        {
            "site": {"title": "Benchmark", "languages": ["en"]},
            "report": {"period": "2025-12", "history": MONTHS, "grains": ["month"]},
            "lines": {"l": {"name": "L"}},
            "families": {"f": {"name": "F", "order": 1, "perspective": "customer"}},
            "indicators": indicators,
            "products": {f"p{n:05d}": {"name": f"P{n}", "line": "l", "key": key} for n in range(products)},
        }
    )


def a_series(site: Site) -> Series:
    """Walks around 100 with a gap in a hundred."""
    products = tuple(Subject(id_, "product") for id_ in site.products)
    subjects = (*products, Subject("line:l", "line", tuple(range(len(products)))))
    shape = (len(subjects), INDICATORS, MONTHS)
    random = np.random.default_rng(7)
    value = 100 + np.cumsum(random.normal(0, 0.5, shape), axis=2) + random.normal(0, 1, shape)
    value[random.random(shape) < 0.01] = np.nan
    value[-1] = np.nan
    reason = np.where(np.isnan(value), 1, 0).astype(np.int8)
    periods = span(Grain.MONTH, LAST - MONTHS + 1, LAST, 1)
    nothing = np.zeros(shape, dtype=np.int32)
    whole = np.zeros(shape, dtype=np.int8)
    cells = GrainSeries(Grain.MONTH, periods, value, reason, np.full(shape, np.nan), nothing, whole)
    return Series(subjects, tuple(site.indicators), np.zeros(INDICATORS, dtype=np.bool_), {Grain.MONTH: cells}, ())


def judged(products: int) -> tuple[Report, float, float]:
    """The report, and the CPU and wall seconds that judging took."""
    site = a_site(products)
    series = a_series(site)
    cpu, wall = time.process_time(), time.perf_counter()
    report = evaluate(site, series, version="2025-12", title="Benchmark", as_of=dt.date(2025, 12, 31))
    return report, time.process_time() - cpu, time.perf_counter() - wall


def main() -> None:
    """Print the measures."""
    products = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    report, cpu, wall = judged(products)
    cells = report.figures[Grain.MONTH].value[:products]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    charted = int((report.signals[Grain.MONTH].state > STATES.index("none")).sum())
    chosen = np.bincount(report.outlook.method.ravel(), minlength=len(METHODS)).tolist()
    methods = ", ".join(f"{name} {count}" for name, count in zip(METHODS[1:], chosen[1:], strict=True))
    print(f"{cells.size:,} figures judged in {cpu:.2f} s CPU, {wall:.2f} s wall, {peak:.0f} MB at the peak")
    print(f"{charted:,} points with limits; forecasts by method: {methods}")


if __name__ == "__main__":
    main()
