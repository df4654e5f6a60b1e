"""Trends, forecasts and chances as text, one line a figure, and back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from kpisite.evaluate.achieve import LIKELIHOODS
from kpisite.evaluate.methods import METHODS
from kpisite.evaluate.outlook import empty_outlook
from kpisite.evaluate.report import Outlook, Report
from kpisite.evaluate.trend import TRENDS
from kpisite.release.axes import Axes
from kpisite.release.read_tables import columns_of
from kpisite.release.tables import table
from kpisite.release.text import numbers

_FIELDS = tuple(field.name for field in fields(Outlook))
OUTLOOK_COLUMNS = ("indicator", *_FIELDS)
_WORDS: Mapping[str, Sequence[str]] = {"trend": TRENDS, "method": METHODS, "likelihood": LIKELIHOODS}
# One cell holds the values of all steps.
_PATHS = ("expected", "spread")
_COUNTS = ("kendall", "same_status", "off_target", "steps", "crosses", "crosses_limit")


def outlook_table(report: Report, subject: int) -> str:
    """The outlook of one subject's figures, for the indicators it carries."""
    carried = sorted(np.flatnonzero(report.role[subject]).tolist(), key=lambda i: report.indicators[i])
    columns = [_texts(name, getattr(report.outlook, name)[subject, carried]) for name in _FIELDS]
    names = [report.indicators[i] for i in carried]
    return table(OUTLOOK_COLUMNS, [",".join(cells) for cells in zip(names, *columns, strict=True)])


def _texts(name: str, values: Any) -> list[str]:  # noqa: ANN401 - numbers or codes
    if name in _WORDS:
        return [_WORDS[name][code] for code in values.tolist()]
    if name in _PATHS:
        return [" ".join(numbers(path)) if not np.isnan(path).all() else "" for path in values]
    if name in _COUNTS:
        return [str(count) if count else "" for count in values.tolist()]
    return numbers(values)


def read_outlook(axes: Axes, tables: Sequence[str]) -> Outlook:
    """The outlook of all subjects, from one table for each of them in their order."""
    made = empty_outlook((len(axes.subjects), len(axes.indicators)))
    where = {id_: i for i, id_ in enumerate(axes.indicators)}
    for s, text in enumerate(tables):
        columns = columns_of(text)
        at = [where[id_] for id_ in columns["indicator"]]
        for name in (name for name in _FIELDS if name in columns):  # releases may be older than a column
            read = _reader(name)
            for i, cell in zip(at, columns[name], strict=True):
                if cell:
                    getattr(made, name)[s, i] = read(cell)
    return made


def _reader(name: str) -> Callable[[str], Any]:
    if name in _WORDS:
        return _WORDS[name].index
    if name in _PATHS:
        return _path
    return int if name in _COUNTS else float


def _path(cell: str) -> list[float]:
    return [float(text or "nan") for text in cell.split(" ")]
