"""The report for machines: tables, one compact JSON, and a Frictionless description of them.

Texts that people wrote are guarded, so that a spreadsheet shows them and never runs them.
"""

import csv
import io
from typing import Any

import numpy as np
import numpy.typing as npt

from kpisite.evaluate.report import ROLES, STATUSES, VARIATIONS, Report
from kpisite.measure.series import REASONS
from kpisite.publish.package import ACTION_COLUMNS, BREAKDOWN_COLUMNS, RESULT_COLUMNS, data_package
from kpisite.publish.quality_json import quality_json
from kpisite.publish.result_json import result_json
from kpisite.release.axes import axes_of
from kpisite.release.parts import part_rows
from kpisite.release.peer_table import peer_table
from kpisite.release.printed import Column, Numbers, Words, printed
from kpisite.release.tables import months_there, score_table, signal_column
from kpisite.release.text import number
from kpisite.release.warning_table import warning_table

# Few enough that they need little memory at once.
_PAIRS_AT_A_TIME = 10_000
# What makes a spreadsheet run a cell.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def exports(report: Report) -> dict[str, bytes]:
    """The files of the version's data folder by name."""
    files = {
        "actions.csv": action_table(report).encode(),
        "results.csv": result_table(report),
        "quality.json": quality_json(report).encode(),
        "results.json": result_json(report).encode(),
        "scores.csv": score_table(report),
        "warnings.csv": warning_table(report).encode(),
    }
    if report.breakdowns:
        files["breakdowns.csv"] = breakdown_table(report).encode()
    if report.peers:
        files["competitors.csv"] = peer_table(report.peers, guarded).encode()
    return files | {"datapackage.json": data_package(report, files).encode()}


def result_table(report: Report) -> bytes:
    """Every figure of every subject, one line each; grain after grain within an indicator."""
    subjects, indicators = np.nonzero(report.role)
    starts = range(0, len(subjects), _PAIRS_AT_A_TIME)
    parts = [slice(start, start + _PAIRS_AT_A_TIME) for start in starts]
    return printed(RESULT_COLUMNS, (_result_columns(report, subjects[part], indicators[part]) for part in parts))


def _result_columns(
    report: Report, subjects: npt.NDArray[np.intp], indicators: npt.NDArray[np.intp]
) -> tuple[Column, ...]:
    """The columns for some pairs of a subject and an indicator it carries."""
    axes = axes_of(report)
    figures, times, pairs = [report.figures[grain] for grain in axes.grains], len(axes.labels), len(subjects)

    def column(field: str) -> npt.NDArray[Any]:
        return np.concatenate([getattr(one, field)[subjects, indicators] for one in figures], axis=1)

    return (
        Words(np.repeat(subjects, times), [subject.id for subject in report.subjects]),
        Words(np.repeat(indicators, times), report.indicators),
        Words(np.tile(np.arange(times), pairs), axes.labels),
        Numbers(column("value")),
        Numbers(column("target"), column("target_high")),
        Numbers(column("attainment")),
        Words(column("status"), STATUSES),
        Numbers(column("score")),
        Words(signal_column(report, axes, "variation", (subjects, indicators)), VARIATIONS),
        Words(column("reason"), REASONS),
        Words(np.repeat(report.role[subjects, indicators], times), ROLES),
        Numbers(column("weight")),
        months_there(axes, column("provisional")),
    )


def action_table(report: Report) -> str:
    """Every action of every plan with its derived status."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(ACTION_COLUMNS)
    for fact in report.actions:
        plan = report.site.plans[fact.plan]
        action = plan.actions[fact.action]
        writer.writerow(
            [
                fact.plan,
                fact.action,
                plan.product,
                ";".join(action.indicators or plan.indicators),
                guarded(action.owner),
                action.practice or "",
                action.start.isoformat(),
                action.due.isoformat(),
                action.done.isoformat() if action.done else "",
                number(action.progress),
                fact.status,
            ]
        )
    return out.getvalue()


def breakdown_table(report: Report) -> str:
    """Every figure by label, one line each; labels are data, so that they are guarded and quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(BREAKDOWN_COLUMNS)
    for s, subject in enumerate(report.subjects):
        for indicator, dimension, label, period, value, reason in part_rows(report, s):
            writer.writerow([subject.id, indicator, dimension, guarded(label), period, value, reason])
    return out.getvalue()


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text
