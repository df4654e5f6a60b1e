"""Warnings as text, one line each, and back."""

from collections.abc import Sequence

import numpy as np

from kpisite.declare.model import Site
from kpisite.evaluate.report import SEVERITIES, WARNING_RULES, Report, Warnings
from kpisite.evaluate.warning import alerts
from kpisite.periods import Period, parse
from kpisite.release.axes import Axes
from kpisite.release.read_tables import columns_of
from kpisite.release.tables import table
from kpisite.release.text import numbers, read_numbers

WARNING_COLUMNS = (
    "id", "rule", "severity", "product", "indicator", "raised", "cleared", "value", "threshold",
    "breach", "chance", "detail",
)  # fmt: skip


def warning_table(report: Report) -> str:
    """All warnings, by subject, indicator, rule and period."""
    found = report.warnings
    figures = zip(*(numbers(one) for one in (found.value, found.threshold, found.chance)), strict=True)
    return table(
        WARNING_COLUMNS,
        [
            f"{one.id},{one.rule},{one.severity},{one.product},{one.indicator},{one.raised.label},{_label(one.cleared)},"
            f"{value},{threshold},{_label(one.breach)},{chance},{one.detail}"
            for one, (value, threshold, chance) in zip(alerts(report), figures, strict=True)
        ],
    )


def _label(period: Period | None) -> str:
    return period.label if period else ""


def read_warnings(axes: Axes, site: Site, text: str) -> Warnings:
    """The warnings back from their table; ids follow from the rest."""
    columns = columns_of(text)
    rows = {subject.id: s for s, subject in enumerate(axes.subjects)}
    places = {id_: i for i, id_ in enumerate(axes.indicators)}

    def months(name: str) -> "np.ndarray[tuple[int], np.dtype[np.int32]]":
        fiscal = site.report.fiscal_year_starts
        known = {label: parse(label, fiscal).last_month if label else 0 for label in set(columns[name])}
        return np.array([known[label] for label in columns[name]], dtype=np.int32)

    return Warnings(
        subject=np.array([rows[id_] for id_ in columns["product"]], dtype=np.int32),
        indicator=np.array([places[id_] for id_ in columns["indicator"]], dtype=np.int32),
        rule=_codes(columns["rule"], WARNING_RULES),
        severity=_codes(columns["severity"], SEVERITIES),
        raised=months("raised"),
        cleared=months("cleared"),
        value=read_numbers(columns["value"]),
        threshold=read_numbers(columns["threshold"]),
        breach=months("breach"),
        chance=read_numbers(columns["chance"]),
        detail=tuple(columns["detail"]),
    )


def _codes(words: Sequence[str], known: Sequence[str]) -> "np.ndarray[tuple[int], np.dtype[np.int8]]":
    codes = {word: code for code, word in enumerate(known)}
    return np.array([codes[word] for word in words], dtype=np.int8)
