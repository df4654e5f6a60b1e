"""Gathers what is to be known about the data as such, while the engine still has them."""

import math
from collections.abc import Iterator
from decimal import Decimal

import numpy as np
from sqlglot import exp

from kpisite.declare.model import Site
from kpisite.errors import Problems
from kpisite.load.tables import Tables
from kpisite.measure.cube import NEVER, Cube
from kpisite.measure.quality import ControlFact, Deliveries, Quality


def quality_of(site: Site, tables: Tables, cube: Cube, problems: Problems) -> Quality:
    """Gather the facts; a control that fails is a warning at its total."""
    deliveries = {
        source: _deliveries(tables, source, cube) for source, table in sorted(tables.tables.items()) if table.dated
    }
    controls = tuple(_controls(site, cube))
    for fact in controls:
        if fact.state == "failed" and fact.sum is not None:
            place = site.place("controls", fact.control, "totals", fact.period)
            measure = site.controls[fact.control].measure
            what = (
                f"the control '{fact.control}' fails for {fact.period}: '{measure}' adds up to {fact.sum:,.2f}, "
                f"the control total is {fact.total:,.2f}"
            )
            hint = f"The difference is {fact.difference:+,.2f}, the tolerance {fact.tolerance:,.2f}."
            problems.warn(place, what, hint, "control-failed")
    return Quality(deliveries, controls)


def _deliveries(tables: Tables, source: str, cube: Cube) -> Deliveries:
    table, calendar = tables.tables[source], cube.calendar
    first, newest, count = (np.zeros((cube.products, calendar.count), dtype=np.int32) for _ in range(3))
    query = (
        exp.select(
            "product", "month", "MIN(as_of) AS first_day", "MAX(as_of) AS last_day", "COUNT(DISTINCT as_of) AS n"
        )
        .from_(table.engine.rows(table.every or table.view))
        .where(f"month >= {calendar.start}")
        .group_by("product", "month")
    )
    found = table.engine.fetch(query)
    at = found["product"], found["month"] - calendar.start
    first[at], newest[at], count[at] = found["first_day"], found["last_day"], found["n"]
    return Deliveries(first, newest, count)


def _controls(site: Site, cube: Cube) -> Iterator[ControlFact]:
    calendar = cube.calendar
    for id_, control in site.controls.items():
        measure = cube.measures.get(control.measure)
        if measure is None:
            continue
        for period, total in sorted(control.totals.items()):
            at = period.last_month - calendar.start
            if not 0 <= at <= calendar.last or period.last_month < calendar.shown_from:
                continue
            begun = (measure.first != NEVER) & (measure.first <= at)
            values = measure.cells.value[begun, at].tolist()
            whole = bool(values) and all(math.isfinite(value) for value in values)
            added = float(sum((Decimal(repr(value)) for value in values), Decimal(0))) if whole else None
            yield ControlFact(id_, period.label, total, added, control.tolerance)
