"""Breakdowns: an indicator's figures for each label of a dimension, such as a channel or a segment.

Every product counts once for each label, and everything else is computed as for products: the engine is asked for
the same additive parts, grouped by the label, too, and ratios are computed within each label.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlglot import exp

from kpisite.declare.model import Indicator, Site
from kpisite.errors import Problems, did_you_mean
from kpisite.load.engine import Answer, Engine
from kpisite.load.header import fold
from kpisite.load.labels import product_numbers
from kpisite.load.source import Table
from kpisite.load.tables import Tables
from kpisite.measure.aggregate import Aggregate
from kpisite.measure.axis import Calendar
from kpisite.measure.cells import HERE, Cells, amounts
from kpisite.measure.cube import Cube, Monthly
from kpisite.measure.degree import is_linear
from kpisite.measure.figures import Figures, Grounds
from kpisite.measure.levels import carried
from kpisite.measure.monthly import build_cube, read_columns
from kpisite.measure.series import Breakdown, Subject
from kpisite.measure.shown import shown
from kpisite.measure.versions import Version, measures_of
from kpisite.periods import GRAIN_ORDER

# More labels than these are no breakdown that anybody reads.
MOST_LABELS = 200
SUBJECTS = ("product", "month", "day", "as_of")

Versions = Mapping[str, tuple[Version, ...]]


@dataclass(frozen=True, slots=True)
class Whole:
    """What the figures of the whole were computed from, and what their parts are computed from, too."""

    site: Site
    tables: Tables
    aggregates: Mapping[str, Aggregate]
    versions: Versions
    steps: Mapping[str, int]
    calendar: Calendar
    subjects: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class Parted:
    """An engine whose rows belong to a product and a label: product x number of labels + number of the label."""

    engine: Engine
    table: Table
    field: str
    labels: tuple[str, ...]

    @property
    def dialect(self) -> str:
        """That of the engine behind it."""
        return self.engine.dialect

    @property
    def lacks(self) -> frozenset[str]:
        """What the engine behind it lacks."""
        return self.engine.lacks

    def rows(self, view: str) -> exp.Expr:
        """The rows of a view, numbered by product and label."""
        numbered = self.engine.put(
            f"labels_of_{self.table.view}_{self.field}",
            {"label": "VARCHAR", "label_number": "INTEGER"},
            [(label, number) for number, label in enumerate(self.labels)],
        )
        number = exp.column("product") * exp.Literal.number(len(self.labels)) + exp.column("label_number")
        kept = [exp.column(name) for name in SUBJECTS[1:]]
        fields = [exp.column(column.field, quoted=True) for column in self.table.columns.values()]
        return (
            exp.select(exp.alias_(number, "product"), *kept, *fields)
            .from_(self.engine.rows(view))
            .join(numbered, on=exp.EQ(this=exp.column("label"), expression=label_of(self.field)))
            .subquery("parted")
        )

    def put(self, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]) -> exp.Expr:
        """A small table of the engine behind it."""
        return self.engine.put(name, columns, rows)

    def text(self, query: exp.Expr) -> str:
        """The query in the words of the engine behind it."""
        return self.engine.text(query)

    def run(self, sql: str) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        """Ask the engine behind it for rows."""
        return self.engine.run(sql)

    def fetch(self, query: exp.Expr) -> Answer:
        """Ask the engine behind it."""
        return self.engine.fetch(query)


def label_of(field: str) -> exp.Expr:
    """The label of a row; one that has none belongs to the empty label, so that the parts make the whole."""
    return exp.func("COALESCE", exp.column(field, quoted=True), exp.Literal.string(""))


def breakdowns(whole: Whole, problems: Problems) -> tuple[Breakdown, ...]:
    """The figures of every indicator by label: for each dimension that one declares, one breakdown of each grain."""
    site = whole.site
    wanted: dict[str, list[str]] = {}
    for id_ in whole.versions:
        for number, dimension in enumerate(site.indicators[id_].breakdowns):
            if _is_known(whole, id_, number, problems):
                wanted.setdefault(dimension, []).append(id_)
    found: list[Breakdown] = []
    for dimension, ids in wanted.items():
        labels = _labels(whole, dimension, ids, problems)
        if labels:
            found += _breakdown(whole, dimension, ids, labels, problems)
    return tuple(found)


def _measures(whole: Whole, id_: str) -> list[str]:
    """The measures behind an indicator, in the order of their names."""
    parts = [part for version in whole.versions[id_] for part in (version.formula, version.condition)]
    names = {name for part in parts if part is not None for name in measures_of(part, whole.site.params)}
    sample = whole.site.indicators[id_].sample
    return sorted(names | ({sample.measure} if sample else set()))


def _is_known(whole: Whole, id_: str, number: int, problems: Problems) -> bool:
    """Do all measures of an indicator come from sources that have the dimension, in their files, too?"""
    site, dimension = whole.site, whole.site.indicators[id_].breakdowns[number]
    place = site.place("indicators", id_, "breakdowns", number)
    for name in _measures(whole, id_):
        source = site.measures[name].source
        if dimension not in site.sources[source].dimensions:
            what = (
                f"'{id_}' has no breakdown by '{dimension}': "
                f"source '{source}' of its measure '{name}' has no such dimension"
            )
            hint = did_you_mean(dimension, site.sources[source].dimensions)
            hint = hint or f"Declare 'dimensions: [{dimension}]' at the source, or leave the breakdown out."
            problems.error(place, what, hint, "breakdown-dimension")
            return False
        if source in whole.tables.tables and fold(dimension) not in whole.tables.tables[source].columns:
            what = f"the source '{source}' has no column '{dimension}' to break '{id_}' down by"
            problems.error(place, what, did_you_mean(dimension, whole.tables.tables[source].header), "breakdown-column")
            return False
    return True


def _sources(whole: Whole, ids: Sequence[str]) -> list[str]:
    return sorted({whole.site.measures[name].source for id_ in ids for name in _measures(whole, id_)})


def _labels(whole: Whole, dimension: str, ids: Sequence[str], problems: Problems) -> tuple[str, ...]:
    """The labels that occur: those with a declared name in its order, then the others; the empty one last."""
    declared: dict[str, None] = {}
    found: set[str] = set()
    for source in _sources(whole, ids):
        declared |= dict.fromkeys(whole.site.sources[source].dimensions[dimension].labels)
        table = whole.tables.tables[source]
        field = table.columns[fold(dimension)].field
        query = exp.select(exp.alias_(label_of(field), "label")).distinct().from_(table.engine.rows(table.view))
        found |= {str(label) for (label,) in table.engine.run(table.engine.text(query))[1] if label is not None}
    if len(found) > MOST_LABELS:
        what = f"the dimension '{dimension}' has {len(found)} labels, and a breakdown shows at most {MOST_LABELS}"
        place = whole.site.place("indicators", ids[0], "breakdowns")
        problems.error(place, what, "Choose a coarser dimension.", "breakdown-labels")
        return ()
    others = sorted(found - set(declared), key=lambda label: (not label, label))
    return (*(label for label in declared if label in found), *others)


def _breakdown(
    whole: Whole, dimension: str, ids: Sequence[str], labels: tuple[str, ...], problems: Problems
) -> list[Breakdown]:
    site, count = whole.site, len(labels)
    cube = _cube(whole, dimension, ids, labels, problems)
    rollups = tuple(
        Subject(f"{subject.id}/{number}", subject.level, tuple(member * count + number for member in subject.members))
        for subject in whole.subjects
        if subject.level != "product"
        for number in range(count)
    )
    grounds = Grounds(cube, site.params, rollups)
    figures = [
        Figures(site.indicators[id_], whole.versions[id_], np.repeat(carried(site, id_), count), grounds) for id_ in ids
    ]
    adds = tuple(_is_additive(whole, site.indicators[id_], whole.versions[id_], _measures(whole, id_)) for id_ in ids)
    found = []
    for grain in (grain for grain in GRAIN_ORDER if grain in site.report.grains):
        cells = [shown(one, grain) for one in figures]
        shape = (len(whole.subjects), count, cells[0].value.shape[1])
        value = np.stack([one.value.reshape(shape) for one in cells], axis=1)
        reason = np.stack([one.reason.reshape(shape) for one in cells], axis=1)
        found.append(Breakdown(dimension, labels, tuple(ids), adds, value, reason, grain))
    return found


def _cube(whole: Whole, dimension: str, ids: Sequence[str], labels: tuple[str, ...], problems: Problems) -> Cube:
    """The measures of every product and label, as if each pair were a product."""
    site, tables = whole.site, whole.tables
    parted = {}
    for source in _sources(whole, ids):
        table = tables.tables[source]
        engine = Parted(table.engine, table, table.columns[fold(dimension)].field, labels)
        parted[source] = replace(table, engine=engine, known=None)
    pairs = {
        f"{id_}/{number}": site.products[id_].model_copy(update={"order": 0})
        for id_ in product_numbers(site)
        for number in range(len(labels))
    }
    names = {name for id_ in ids for name in _measures(whole, id_)}
    # Grouping by another label beside this one is for the whole only.
    asked = {name: replace(whole.aggregates[name], pivot=None) for name in whole.aggregates if name in names}
    paired, beside = site.model_copy(update={"products": pairs}), replace(tables, tables=parted)
    columns = read_columns(paired, beside, asked, problems)
    cube = build_cube(paired, beside, asked, columns, whole.steps, whole.calendar)
    measures = {
        name: _with_zeros(one, len(labels))
        if one.aggregate.additive and one.kind == "flow" and site.sources[one.source].repeats == "allow"
        else one
        for name, one in cube.measures.items()
    }
    return replace(cube, measures=measures)


def _with_zeros(measure: Monthly, count: int) -> Monthly:
    """Records that are not there have not happened: in a month of which a product has records, no label is missing."""
    months = measure.cells.value.shape[1]
    value, reason = (array.reshape(-1, count, months) for array in (measure.cells.value, measure.cells.reason))
    first = measure.first.reshape(-1, count)
    known = (reason == HERE).any(axis=1, keepdims=True)
    # In any other month all labels lack what the one that came first lacks.
    earliest = reason[np.arange(len(first)), first.argmin(axis=1)][:, None, :]
    filled = np.where(known & (reason != HERE), 0.0, value).reshape(-1, months)
    reasons = np.broadcast_to(np.where(known, np.int8(HERE), earliest), value.shape).reshape(-1, months)
    begins = np.repeat(first.min(axis=1), count)
    return replace(measure, cells=Cells(filled, reasons.astype(np.int8)), amounts=amounts(filled), first=begins)


def _is_additive(whole: Whole, indicator: Indicator, versions: tuple[Version, ...], names: Sequence[str]) -> bool:
    """Do the parts sum to the whole?"""
    # Over labels balances add up as flows do.
    kinds = dict.fromkeys(whole.site.measures, "flow")
    linear = all(is_linear(version.formula, kinds) for version in versions)
    return indicator.kind in ("flow", "stock") and linear and all(whole.aggregates[name].additive for name in names)
