"""Small sites and series made by hand, for tests that start from values instead of files."""

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np

from kpisite.declare.model import Site
from kpisite.evaluate.evaluate import evaluate
from kpisite.evaluate.report import Report
from kpisite.load.facts import SourceFact
from kpisite.measure.series import REASON, GrainSeries, Series, Subject
from kpisite.periods import Grain, Period, span

# A value, a reason for having none, or one of them for each period's label ("" is every other period).
Cell = float | str
Given = Cell | Mapping[str, Cell]


def an_indicator(family: str = "growth", **more: object) -> dict[str, object]:
    """An indicator as authors write it; more is better unless told otherwise."""
    return {
        "name": more.pop("name", "Indicator"),
        "family": family,
        "formula": None if "builtin" in more else "total",
        "unit": "pct",
        "direction": "higher",
        "kind": "ratio",
    } | more


def a_site(
    products: Mapping[str, Mapping[str, object]],
    indicators: Mapping[str, Mapping[str, object]],
    *,
    period: str = "2025-12",
    history: int = 3,
    grains: Sequence[str] = ("month",),
    **more: object,
) -> Site:
    """A site with these products ({key: ..., monitor: ...}), each in its line, and these indicators."""
    lines = {str(product.get("line", "retail")): {"name": "Line"} for product in products.values()}
    families = {str(one["family"]): {} for one in indicators.values()}
    report = {"period": period, "history": history, "grains": list(grains)}
    return Site.model_validate(
        {
            "site": {"title": {"zh": "示例银行", "en": "Example Bank"}},
            "report": report | dict(more.pop("report", {})),
            "lines": {id_: line | {"order": n} for n, (id_, line) in enumerate(lines.items())},
            "families": {
                id_: {"name": id_.title(), "order": n, "perspective": "financial"} for n, id_ in enumerate(families)
            },
            "indicators": dict(indicators),
            "products": {id_: {"name": id_.title(), "line": "retail"} | dict(one) for id_, one in products.items()},
        }
        | more
    )


def subjects_of(site: Site) -> tuple[Subject, ...]:
    """Products, then lines, then the bank."""
    ids = list(site.products)
    lines = tuple(
        Subject(f"line:{line}", "line", tuple(p for p, id_ in enumerate(ids) if site.products[id_].line == line))
        for line in site.lines
    )
    return (*(Subject(id_, "product") for id_ in ids), *lines, Subject("bank", "bank", tuple(range(len(ids)))))


def a_series(
    site: Site,
    values: Mapping[str, Mapping[str, Given]],
    *,
    samples: Mapping[str, Mapping[str, float]] | None = None,
    accumulates: Sequence[str] = (),
    sources: tuple[SourceFact, ...] = (),
    vintage: int = 0,
) -> Series:
    """A series that holds {subject: {indicator: given}}; what is not given has no data."""
    families = sorted(site.families, key=lambda id_: site.families[id_].order)
    indicators = tuple(sorted(site.indicators, key=lambda id_: families.index(site.indicators[id_].family)))
    subjects = subjects_of(site)
    settings = site.report
    last = (settings.through or settings.period).number
    first = settings.period.number - settings.history + 1
    grains = {
        grain: _grain(
            subjects, indicators, span(grain, first, last, settings.fiscal_year_starts), grain, values, samples
        )
        for grain in settings.grains
    }
    for cells in grains.values():
        cells.vintage[cells.reason == 0] = vintage
    return Series(
        subjects=subjects,
        indicators=indicators,
        accumulates=np.array([id_ in accumulates for id_ in indicators], dtype=np.bool_),
        grains=grains,
        sources=sources,
    )


def a_report(
    site: Site,
    values: Mapping[str, Mapping[str, Given]],
    *,
    as_of: str = "2025-12-31",
    version: str = "",
    **more: object,
) -> Report:
    """The report on these values."""
    series = a_series(site, values, **more)
    label = version or site.report.period.label
    return evaluate(site, series, version=label, title=label, as_of=dt.date.fromisoformat(as_of))


def _grain(
    subjects: Sequence[Subject],
    indicators: Sequence[str],
    periods: tuple[Period, ...],
    grain: Grain,
    values: Mapping[str, Mapping[str, Given]],
    samples: Mapping[str, Mapping[str, float]] | None,
) -> GrainSeries:
    shape = (len(subjects), len(indicators), len(periods))
    value, sample = np.full(shape, np.nan), np.full(shape, np.nan)
    reason = np.full(shape, REASON["no-data"], dtype=np.int8)
    for s, subject in enumerate(subjects):
        for i, id_ in enumerate(indicators):
            sample[s, i] = (samples or {}).get(subject.id, {}).get(id_, np.nan)
            given = values.get(subject.id, {}).get(id_, "no-data")
            for t, period in enumerate(periods):
                cell = given if not isinstance(given, Mapping) else given.get(period.label, given.get("", "no-data"))
                if isinstance(cell, str):
                    reason[s, i, t] = REASON[cell]
                else:
                    value[s, i, t], reason[s, i, t] = cell, 0
    return GrainSeries(
        grain, periods, value, reason, sample, np.zeros(shape, dtype=np.int32), np.zeros(shape, dtype=np.int8)
    )
