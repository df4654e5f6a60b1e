"""From tables to Series: every indicator's figures for products, lines and the bank at every grain."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kpisite.declare.model import Site
from kpisite.errors import Problems
from kpisite.load.facts import SourceFact
from kpisite.load.tables import Tables
from kpisite.measure.arrivals import quality_of
from kpisite.measure.axis import Calendar, calendar
from kpisite.measure.cube import NEVER, Cube
from kpisite.measure.degree import degree
from kpisite.measure.doubts import doubt_steps
from kpisite.measure.figures import Figures, Grounds
from kpisite.measure.kept import inputs_of
from kpisite.measure.levels import carried, subjects
from kpisite.measure.monthly import build_cube
from kpisite.measure.parts import Whole, breakdowns
from kpisite.measure.series import REASON, GrainSeries, Series, Subject
from kpisite.measure.shown import shown
from kpisite.measure.understand import aggregates, formulas, steps
from kpisite.measure.versions import Version
from kpisite.periods import GRAIN_ORDER, Grain, Period

Versions = Mapping[str, tuple[Version, ...]]


def measure(site: Site, tables: Tables, problems: Problems) -> Series:
    """Compute every figure that has a formula; raise AuthorError when a measure or a formula cannot be understood."""
    indicators = indicator_order(site)
    found = aggregates(site, tables, problems)
    defined = formulas(site, indicators, problems)
    problems.stop_if_any()
    parts = [part for every in defined.values() for version in every for part in (version.formula, version.condition)]
    axes = calendar(site.report, (part for part in parts if part is not None))
    months = steps(site, defined)
    cube = _begun(build_cube(site, tables, found, months, axes, problems), site.report.period)
    problems.stop_if_any()
    doubt_steps(site, cube, problems)
    everyone = subjects(site)
    grounds = Grounds(cube, site.params, tuple(subject for subject in everyone if subject.level != "product"))
    whole = Whole(site, tables, found, defined, months, cube.calendar, everyone)
    figures = {id_: Figures(site.indicators[id_], every, carried(site, id_), grounds) for id_, every in defined.items()}
    parts_of = breakdowns(whole, problems)
    problems.stop_if_any()
    return Series(
        everyone,
        indicators,
        np.array([_accumulates(site, id_, defined) for id_ in indicators], dtype=np.bool_),
        {g: _series(cube.calendar, g, everyone, indicators, figures) for g in GRAIN_ORDER if g in site.report.grains},
        _facts(tables),
        inputs_of(cube),
        parts_of,
        quality_of(site, tables, cube, problems),
    )


def _begun(cube: Cube, period: Period) -> Cube:
    """The cube with a window that opens with the first delivered month: before it there is nothing to show."""
    # What is delivered once a quarter is about its first month, too.
    delivered = [
        month - measure.step + 1
        for measure in cube.measures.values()
        for month in measure.first.tolist()
        if month != NEVER
    ]
    if not delivered:
        return cube
    opens = min(cube.calendar.start + min(delivered), period.last_month)
    return replace(cube, calendar=replace(cube.calendar, shown_from=max(cube.calendar.shown_from, opens)))


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


def _accumulates(site: Site, id_: str, defined: Versions) -> bool:
    """Does the figure grow with the length of the period?"""
    indicator = site.indicators[id_]
    if id_ not in defined or indicator.kind in ("stock", "duration"):
        return False
    kinds = {name: measure.kind for name, measure in site.measures.items()}
    return indicator.kind == "flow" or degree(defined[id_][-1].formula, kinds) > 0


def _facts(tables: Tables) -> tuple[SourceFact, ...]:
    return tuple(SourceFact(source, files) for source, files in sorted(tables.files.items()))
