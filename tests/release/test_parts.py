"""Breakdowns in a release: read back as they were, whatever their labels are."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from kpisite.measure.series import REASON, Breakdown
from kpisite.publish.exports import exports
from kpisite.release.snapshot import content_hash, freeze, thaw
from tests.factories import a_report, a_site, an_indicator

LABELS = ("app", 'a "quoted", label', "=SUM(A1)", "")


@pytest.fixture
def report():
    """One product that carries an indicator with parts, one that does not; two months."""
    site = a_site(
        {"card": {"monitor": ["sales"]}, "loan": {}}, {"sales": an_indicator(kind="flow", across="none")}, history=2
    )
    report = a_report(site, {"card": {"sales": 10}})
    shape = (len(report.subjects), 1, len(LABELS), 2)
    value = np.full(shape, np.nan)
    reason = np.full(shape, REASON["not-applicable"], dtype=np.int8)
    value[0, 0] = [[1, 1 / 3], [np.nan, 2], [np.nan, np.nan], [4, -5]]
    reason[0, 0] = [[0, 0], [REASON["not-launched"], 0], [REASON["no-data"], REASON["zero-denominator"]], [0, 0]]
    return replace(report, breakdowns=(Breakdown("channel", LABELS, ("sales",), (True,), value, reason),))


def test_every_grain_reads_back_by_itself():
    site = a_site(
        {"card": {"monitor": ["sales"]}},
        {"sales": an_indicator(kind="flow", across="none")},
        history=6,
        grains=("month", "quarter"),
    )
    report = a_report(site, {"card": {"sales": 10}})
    parts = []
    for grain, figures in report.figures.items():
        value = np.full((len(report.subjects), 1, 2, len(figures.periods)), np.nan)
        value[0, 0] = np.arange(value[0, 0].size).reshape(value[0, 0].shape) + figures.periods[0].months
        reason = np.where(np.isnan(value), REASON["not-applicable"], 0).astype(np.int8)
        parts.append(Breakdown("channel", ("app", "web"), ("sales",), (True,), value, reason, grain))

    found = thaw(freeze(replace(report, breakdowns=tuple(parts)))).breakdowns

    assert [one.grain for one in found] == [one.grain for one in parts]
    for one, other in zip(found, parts, strict=True):
        assert np.array_equal(one.value, other.value, equal_nan=True)
        assert np.array_equal(one.reason, other.reason)


def test_a_breakdown_reads_back_as_it_was(report):
    files = freeze(report)

    (found,) = thaw(files).breakdowns

    (frozen,) = report.breakdowns
    for name in ("dimension", "labels", "indicators", "additive"):
        assert getattr(found, name) == getattr(frozen, name)
    assert np.array_equal(found.value, frozen.value, equal_nan=True)
    assert np.array_equal(found.reason, frozen.reason)
    assert [path for path in files if path.startswith("breakdowns/")] == ["breakdowns/card.csv"]


def test_what_a_signature_stands_for_depends_on_the_parts(report):
    (one,) = report.breakdowns
    value = one.value.copy()
    value[0, 0, 0, 0] += 1

    assert content_hash(replace(report, breakdowns=(replace(one, value=value),))) != content_hash(report)


def test_the_exported_table_has_a_value_exactly_where_there_is_no_reason(report):
    rows = list(csv.DictReader(io.StringIO(exports(report)["breakdowns.csv"].decode(), newline="")))

    assert rows[0] == {
        "product": "card", "indicator": "sales", "dimension": "channel", "label": "app", "period": "2025-11", "value": "1", "reason": "",
    }  # fmt: skip
    assert {row["label"] for row in rows} == {"app", 'a "quoted", label', "'=SUM(A1)", ""}
    assert all((row["value"] == "") == (row["reason"] != "") for row in rows)
    assert len(rows) == 7


def test_a_report_without_breakdowns_has_no_table_of_them(report):
    assert "breakdowns.csv" not in exports(replace(report, breakdowns=()))
