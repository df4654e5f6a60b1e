"""Understand every measure and formula before anything is computed; each mistake is told with its place."""

import re
from collections.abc import Iterable, Mapping

from kpisite.declare.excerpt import columns
from kpisite.declare.measure_sql import sql_of
from kpisite.declare.model import Path, Site, Source
from kpisite.declare.sources import MEASURE
from kpisite.errors import Place, Problems
from kpisite.load.columns import columns_of
from kpisite.load.engine import Engine
from kpisite.load.tables import Tables
from kpisite.measure.aggregate import Aggregate, compile_measure
from kpisite.measure.degree import check_kinds
from kpisite.measure.expression import FormulaError, parse_formula
from kpisite.measure.shown import STEPS
from kpisite.measure.units import Unit, unit_named, unit_of
from kpisite.measure.versions import Version, measures_of, versions


def aggregates(site: Site, tables: Tables, problems: Problems) -> dict[str, Aggregate]:
    """The measures of all sources that could be read, ready for the engine."""
    found: dict[str, Aggregate] = {}
    for name, measure in site.measures.items():
        table = tables.tables.get(measure.source)
        if table is None:
            continue
        sql = sql_of(name, measure, site.sources[measure.source])
        try:
            _check_label(sql, site.sources[measure.source])
            found[name] = compile_measure(sql, table.columns, table.header)
            _check_engine(found[name], table.engine, sql)
        except FormulaError as error:
            path: Path = ("measures", name, "sql") if measure.sql is not None else ("measures", name)
            _tell(site, path, measure.sql or "", error, "measure", problems)
    return found


def _check_label(sql: str, source: Source) -> None:
    """Where each file is about one measure, SQL must say whose rows it reads, or it would add up all of them."""
    if source.measure_in_path and MEASURE not in columns_of(sql):
        hint = "Give it a 'label' instead of SQL, or write filter (where measure = '...')."
        raise FormulaError(
            "the source has a file for each measure, and the sql does not say which it reads", 0, len(sql), hint
        )


# What not every engine can do, and the way out.
LACKING = {
    "quantile": (
        "medians and quantiles cannot be asked of {engine}",
        "Use an engine that has them, or read the rows from a file.",
    ),
    "division": (
        "rows are not divided by {engine}: engines disagree about it",
        "Divide in the source's query, or write sum(a) / sum(b).",
    ),
}


def _check_engine(aggregate: Aggregate, engine: Engine, sql: str) -> None:
    for atom in aggregate.atoms if engine.lacks else ():
        for kind in sorted(atom.asks & engine.lacks):
            what, hint = LACKING[kind]
            raise FormulaError(what.format(engine=engine.dialect), 0, len(sql), hint)


def formulas(site: Site, indicators: Iterable[str], problems: Problems) -> dict[str, tuple[Version, ...]]:
    """The definition versions of each indicator that has a formula."""
    return {id_: _versions(site, id_, problems) for id_ in indicators if site.indicators[id_].formula is not None}


def steps(site: Site, found: Mapping[str, tuple[Version, ...]]) -> dict[str, int]:
    """The months that may lie between two deliveries of each measure: what all its indicators can live with."""
    months: dict[str, int] = {}
    for id_, every in found.items():
        step = STEPS[site.indicators[id_].cadence]
        for version in every:
            for part in (version.formula, version.condition):
                for name in measures_of(part, site.params) if part is not None else ():
                    months[name] = min(step, months.get(name, step))
        sample = site.indicators[id_].sample
        if sample is not None:
            months[sample.measure] = min(step, months.get(sample.measure, step))
    return {name: months.get(name, 1) for name in site.measures}


def _versions(site: Site, id_: str, problems: Problems) -> tuple[Version, ...]:
    indicator = site.indicators[id_]
    names = (*site.measures, *site.params)
    written: dict[Path, str] = {("indicators", id_, "formula"): indicator.formula or ""}
    if indicator.missing_when is not None:
        written["indicators", id_, "missing_when", "formula"] = indicator.missing_when.formula
    for number, definition in enumerate(indicator.definitions):
        if definition.formula is not None:
            written["indicators", id_, "definitions", number, "formula"] = definition.formula
    fine = True
    for path, text in written.items():
        try:
            _check(site, text, names)
        except FormulaError as error:
            fine = False
            _tell(site, path, text, _of_indicator(site, text, error) or error, "formula", problems)
    return versions(indicator, names) if fine else ()


def _check(site: Site, text: str, names: Iterable[str]) -> None:
    formula = parse_formula(text, tuple(names))
    units: dict[str, Unit] = {name: unit_named(measure.unit) for name, measure in site.measures.items()}
    unit_of(formula, units | dict.fromkeys(site.params))
    check_kinds(formula, {name: measure.kind for name, measure in site.measures.items()})


def _of_indicator(site: Site, text: str, error: FormulaError) -> FormulaError | None:
    """The same mistake, if what no measure is called is an indicator's id: its hyphens are read as minus signs."""
    for id_ in sorted(site.indicators, key=len, reverse=True):
        for found in re.finditer(rf"(?<![\w-]){re.escape(id_)}(?![\w-])", text):
            if found.start() <= error.start < found.end() and id_ not in site.measures:
                formula = site.indicators[id_].formula
                hint = f"Write what it is computed from: {formula}." if formula else "Write measures instead."
                what = f"'{id_}' is an indicator, and indicators cannot stand in formulas"
                return FormulaError(what, found.start(), found.end(), hint)
    return None


def _tell(site: Site, path: Path, text: str, error: FormulaError, code: str, problems: Problems) -> None:
    place = site.place(*path)
    # The offset in a text of several lines says nothing about the line and column in the file.
    if text and "\n" not in text and path in site.places:
        place = Place(place.file, place.line, place.col + error.start)
    owner = f"{'measure' if path[0] == 'measures' else 'indicator'} '{path[1]}'"
    problems.error(place, f"{owner}: {error}", error.hint, code, _excerpt(text, error))


def _excerpt(text: str, error: FormulaError) -> str:
    """The formula with carets under the part that is wrong."""
    if not text:
        return ""
    line = text.replace("\n", " ")
    carets = "^" * max(1, columns(line[error.start : error.end]))
    return f"    {line}\n    {' ' * columns(line[: error.start])}{carets}"
