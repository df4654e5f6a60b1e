"""The report for machines: tables, one compact JSON, and a Frictionless description of them.

Texts that people wrote are guarded, so that a spreadsheet shows them and never runs them.
"""

import csv
import io
from typing import Any

import numpy as np
import numpy.typing as npt

from kpisite.evaluate.report import ROLES, STATUSES, Report
from kpisite.measure.series import REASONS
from kpisite.publish.package import ACTION_COLUMNS, RESULT_COLUMNS, data_package
from kpisite.publish.result_json import result_json
from kpisite.release.axes import axes_of
from kpisite.release.snapshot import WARNING_COLUMNS
from kpisite.release.tables import score_table, signal_columns, table, targets
from kpisite.release.text import few_numbers, number, numbers, words

# Few enough that their texts need little memory at once.
_PAIRS_AT_A_TIME = 500
# What makes a spreadsheet run a cell.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def exports(report: Report) -> dict[str, bytes]:
    """The files of the version's data folder by name."""
    files = {
        "actions.csv": action_table(report).encode(),
        "results.csv": result_table(report).encode(),
        "results.json": result_json(report).encode(),
        "scores.csv": score_table(report).encode(),
        "warnings.csv": table(WARNING_COLUMNS, []).encode(),
    }
    return files | {"datapackage.json": data_package(report, files).encode()}


def result_table(report: Report) -> str:
    """Every figure of every subject, one line each; grain after grain within an indicator."""
    subjects, indicators = np.nonzero(report.role)
    starts = range(0, len(subjects), _PAIRS_AT_A_TIME)
    parts = [slice(start, start + _PAIRS_AT_A_TIME) for start in starts]
    texts = ["\n".join(_result_lines(report, subjects[part], indicators[part])) for part in parts]
    return table(RESULT_COLUMNS, texts)


def _result_lines(report: Report, subjects: npt.NDArray[np.intp], indicators: npt.NDArray[np.intp]) -> list[str]:
    """The lines of some pairs of a subject and an indicator it carries."""
    axes = axes_of(report)
    labels = axes.labels
    pairs = list(zip(subjects.tolist(), indicators.tolist(), strict=True))
    names = [f"{report.subjects[s].id},{report.indicators[i]}," for s, i in pairs]
    roles = [ROLES[role] for role in report.role[subjects, indicators].tolist()]
    figures = [report.figures[grain] for grain in axes.grains]

    def column(field: str) -> npt.NDArray[Any]:
        return np.concatenate([getattr(one, field)[subjects, indicators] for one in figures], axis=1)

    cells = zip(
        [name + label for name in names for label in labels],
        numbers(column("value")),
        targets(column("target"), column("target_high")),
        numbers(column("attainment")),
        words(column("status"), STATUSES),
        few_numbers(column("score")),
        signal_columns(report, axes, (subjects, indicators))[0],
        words(column("reason"), REASONS),
        [role for role in roles for _ in labels],
        few_numbers(column("weight")),
        strict=True,
    )
    return [
        f"{key},{value},{target},{share},{status},{score},{signal},{reason},{role},{weight}"
        for key, value, target, share, status, score, signal, reason, role, weight in cells
    ]


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


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text
