"""A small site written in place, its CSV files in a temporary folder, and its figures by name."""

import datetime as dt

import numpy as np

from kpisite.declare.model import Site
from kpisite.errors import Place, Problems
from kpisite.load.tables import open_tables
from kpisite.measure.compute import measure
from kpisite.measure.series import REASONS
from kpisite.periods import Grain

AS_OF = dt.date(2026, 1, 31)


def a_site(**more):
    """A site of two lines and three products with one source; `more` replaces whole sections."""
    sections = {
        "site": {"title": "A bank"},
        "report": {"period": "2025-12", "history": 24},
        "lines": {"retail": {"name": "Retail", "order": 1}, "corporate": {"name": "Corporate", "order": 2}},
        "families": {"growth": {"name": "Growth", "order": 1, "perspective": "financial"}},
        "products": {
            "card": {"name": "Card", "line": "retail", "order": 1},
            "loan": {"name": "Loan", "line": "retail", "order": 2},
            "cash": {"name": "Cash", "line": "corporate", "order": 3},
        },
        "sources": {"monthly": {"file": "monthly.csv", "product": "product"}},
    }
    report = sections["report"] | more.pop("report", {})
    site = Site.model_validate(sections | more | {"report": report})
    return site.model_copy(update={"places": places(site)})


def places(site):
    """Formulas stand in line 10, measures in line 20, sources in line 30 of one file."""
    found = {("sources", id_): Place("bank.yaml", 30, 3) for id_ in site.sources}
    found |= {("measures", id_): Place("bank.yaml", 20, 3) for id_ in site.measures}
    found |= {("measures", id_, "sql"): Place("bank.yaml", 20, 10) for id_, one in site.measures.items() if one.sql}
    found |= {("indicators", id_, "formula"): Place("bank.yaml", 10, 14) for id_ in site.indicators}
    return found


def an_indicator(formula, kind="ratio", **more):
    return {
        "name": "x",
        "family": "growth",
        "formula": formula,
        "unit": "pct",
        "direction": "higher",
        "kind": kind,
    } | more


def flow(sql=None, unit="cny", source="monthly"):
    return {"source": source, "kind": "flow", "unit": unit} | ({"sql": sql} if sql else {})


def stock(sql=None, unit="cny", source="monthly"):
    return flow(sql, unit, source) | {"kind": "stock"}


def months(first, last):
    """The labels of these months, both included."""
    start, end = (int(label[:4]) * 12 + int(label[5:]) - 1 for label in (first, last))
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in range(start, end + 1)]


def write(folder, rows, name="monthly.csv"):
    """Write rows (dicts) as CSV; None is an empty cell."""
    names = list(rows[0])
    lines = [",".join(names), *(",".join("" if row[n] is None else str(row[n]) for n in names) for row in rows)]
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


class Figures:
    """The figures of one series, asked for by names."""

    def __init__(self, series):
        self.series = series
        self.subjects = [subject.id for subject in series.subjects]

    def _at(self, subject, indicator, label):
        for found in self.series.grains.values():
            labels = [period.label for period in found.periods]
            if label in labels:
                return found, self.subjects.index(subject), self.series.indicators.index(indicator), labels.index(label)
        raise KeyError(label)

    def value(self, subject, indicator, label):
        """The value, or the reason why there is none."""
        found, s, i, t = self._at(subject, indicator, label)
        value = float(found.value[s, i, t])
        return REASONS[found.reason[s, i, t]] if np.isnan(value) else value

    def row(self, subject, indicator, grain=Grain.MONTH):
        """All values or reasons of one grain by label."""
        return {p.label: self.value(subject, indicator, p.label) for p in self.series.grains[grain].periods}

    def shown(self, grain):
        """The periods of a grain that are shown; those before them are judged, too."""
        return self.series.grains[grain].periods[self.series.before.get(grain, 0) :]

    def sample(self, subject, indicator, label):
        found, s, i, t = self._at(subject, indicator, label)
        return float(found.sample[s, i, t])

    def vintage(self, subject, indicator, label):
        found, s, i, t = self._at(subject, indicator, label)
        day = int(found.vintage[s, i, t])
        return dt.date.fromordinal(day).isoformat() if day else None


def figures(folder, site, as_of=AS_OF):
    """Load and measure a site; its files lie in the folder."""
    problems = Problems()
    tables = open_tables(site, folder, as_of, problems)
    problems.stop_if_any()
    with tables:
        series = measure(site, tables, problems)
    for found in series.grains.values():
        assert np.array_equal(found.reason == 0, np.isfinite(found.value))
    return Figures(series)


def problems_of(folder, site, as_of=AS_OF):
    """What the authors of a site read after loading and measuring it."""
    from kpisite.errors import AuthorError

    problems = Problems()
    try:
        with open_tables(site, folder, as_of, problems) as tables:
            problems.stop_if_any()
            measure(site, tables, problems)
    except AuthorError as error:
        return [str(problem) for problem in error.problems]
    return [str(problem) for problem in problems.found]
