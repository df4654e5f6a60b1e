"""From tables to Series: every indicator's figures for products, lines and the bank at every grain."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kpisite.declare.model import Site
from kpisite.errors import Problems
from kpisite.load.facts import SourceFact
from kpisite.load.tables import Tables
from kpisite.measure.aggregate import grows
from kpisite.measure.arrivals import quality_of
from kpisite.measure.axis import Calendar, calendar
from kpisite.measure.cube import NEVER, Cube
from kpisite.measure.degree import degree
from kpisite.measure.doubts import doubt_steps
from kpisite.measure.figures import Figures, Grounds
from kpisite.measure.kept import inputs_of
from kpisite.measure.levels import carried, subjects
from kpisite.measure.monthly import build_cube, first_month, read_columns
from kpisite.measure.parts import Whole, breakdowns
from kpisite.measure.sense import check_sense
from kpisite.measure.series import REASON, GrainSeries, Series, Subject
from kpisite.measure.shown import shown
from kpisite.measure.understand import aggregates, formulas, steps
from kpisite.measure.versions import Version, measures_of
from kpisite.periods import GRAIN_ORDER, Grain, Period

Versions = Mapping[str, tuple[Version, ...]]


def measure(site: Site, tables: Tables, problems: Problems) -> Series:
    """Compute every figure that has a formula; raise AuthorError when a measure or a formula cannot be understood."""
    indicators = indicator_order(site)
    found = aggregates(site, tables, problems)
    defined = formulas(site, indicators, problems)
    check_sense(site, defined, found, problems)
    problems.stop_if_any()
    parts = [part for every in defined.values() for version in every for part in (version.formula, version.condition)]
    columns = read_columns(site, tables, found, problems)
    problems.stop_if_any()
    axes = calendar(site.report, (part for part in parts if part is not None), first_month(columns))
    months = steps(site, defined)
    cube, whole_history = _begun(build_cube(site, tables, found, columns, months, axes), site.report.period)
    doubt_steps(site, cube, problems)
    everyone = subjects(site)
    grounds = Grounds(whole_history, site.params, tuple(subject for subject in everyone if subject.level != "product"))
    whole = Whole(site, tables, found, defined, months, cube.calendar, everyone)
    figures = {id_: Figures(site.indicators[id_], every, carried(site, id_), grounds) for id_, every in defined.items()}
    grains = [grain for grain in GRAIN_ORDER if grain in site.report.grains]
    parts_of = breakdowns(whole, problems)
    problems.stop_if_any()
    return Series(
        everyone,
        indicators,
        np.array([accumulates(site, id_, defined) for id_ in indicators], dtype=np.bool_),
        {g: _series(whole_history.calendar, g, everyone, indicators, figures) for g in grains},
        _facts(tables),
        inputs_of(cube),
        parts_of,
        quality_of(site, tables, cube, problems),
        {g: cube.calendar.shown(g).start - whole_history.calendar.shown(g).start for g in grains},
    )


def _begun(cube: Cube, period: Period) -> tuple[Cube, Cube]:
    """The cube with a window that opens with the first delivered month: before it there is nothing to show.

    And the same cube with all months from the first delivered one on, before the window, too.
    """
    # What is delivered once a quarter is about its first month, too.
    delivered = [
        month - measure.step + 1
        for measure in cube.measures.values()
        for month in measure.first.tolist()
        if month != NEVER
    ]
    if not delivered:
        return cube, cube
    opens = min(cube.calendar.start + max(min(delivered), 0), period.last_month)
    return _opened(cube, max(cube.calendar.shown_from, opens)), _opened(cube, opens)


def _opened(cube: Cube, month: int) -> Cube:
    return replace(cube, calendar=replace(cube.calendar, shown_from=month))


def indicator_order(site: Site) -> tuple[str, ...]:
    """The indicators in the order of their families, then as declared."""
    order = {id_: (family.order, position) for position, (id_, family) in enumerate(site.families.items())}
    last = (len(order) + max((family.order for family in site.families.values()), default=0), len(order))
    return tuple(sorted(site.indicators, key=lambda id_: order.get(site.indicators[id_].family, last)))


def _series(
    axes: Calendar,
    grain: Grain,
    everyone: tuple[Subject, ...],
    indicators: tuple[str, ...],
    figures: dict[str, Figures],
) -> GrainSeries:
    window = axes.shown(grain)
    periods = axes.axes[grain].periods[window]
    shape = (len(everyone), len(indicators), len(periods))
    value, sample = np.full(shape, np.nan), np.full(shape, np.nan)
    reason, vintage = np.zeros(shape, dtype=np.int8), np.zeros(shape, dtype=np.int32)
    provisional = np.zeros(shape, dtype=np.int8)
    # Builtin figures belong to the bank; they are computed when everything else is judged.
    unjudged = [REASON["not-reviewed" if subject.level == "bank" else "not-applicable"] for subject in everyone]
    for i, id_ in enumerate(indicators):
        if id_ not in figures:
            reason[:, i, :] = np.array(unjudged, dtype=np.int8)[:, None]
            continue
        found = shown(figures[id_], grain)
        value[:, i], reason[:, i] = found.value, found.reason
        sample[:, i], vintage[:, i] = found.sample, found.vintage
        provisional[:, i] = found.provisional
    return GrainSeries(grain, periods, value, reason, sample, vintage, provisional)


def accumulates(site: Site, id_: str, defined: Versions) -> bool:
    """Does the figure grow with the length of the period?"""
    indicator = site.indicators[id_]
    if id_ not in defined or indicator.kind in ("stock", "duration"):
        return False
    formula = defined[id_][-1].formula
    growing = {
        name: "flow" if measure.kind == "flow" and (measure.sql is None or grows(measure.sql)) else "stock"
        for name, measure in site.measures.items()
    }
    if indicator.kind == "flow":
        # One that is a median of records, say, is asked anew of a quarter's records, and does not add up.
        return any(growing[name] == "flow" for name in measures_of(formula, site.params))
    return degree(formula, growing) > 0


def _facts(tables: Tables) -> tuple[SourceFact, ...]:
    return tuple(SourceFact(source, files) for source, files in sorted(tables.files.items()))
