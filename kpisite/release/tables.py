"""Figures and scores as long CSV tables, one line a cell.

Within an indicator's block lines are sorted by grain (month, quarter, half, year, ytd) and then by period, so that a
new month only adds lines.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kpisite.evaluate.report import STATUSES, Floats, Report, Scores
from kpisite.measure.series import REASONS
from kpisite.periods import Period
from kpisite.release.axes import axes_of
from kpisite.release.text import numbers, words

COMPOSITE = "composite"
VALUE_COLUMNS = (
    "indicator", "period", "value", "target", "status", "score", "attainment", "signal", "reason", "vintage",
    "tolerance", "weight", "sample", "over_limit", "small",
)  # fmt: skip
SCORE_COLUMNS = (
    "product", "family", "period", "score", "status", "coverage", "low", "high", "green", "amber", "red", "grey",
)  # fmt: skip
# The counts in the order of their columns.
_COUNTED = [STATUSES.index(name) for name in SCORE_COLUMNS[-4:]]
_FLAG = ("", "yes")


def value_table(report: Report, subject: int) -> str:
    """The figures of one subject, for the indicators it carries."""
    axes = axes_of(report)
    carried = sorted(np.flatnonzero(report.role[subject]).tolist(), key=lambda i: report.indicators[i])
    figures = [report.figures[grain] for grain in axes.grains]
    labels = axes.labels

    def column(field: str) -> npt.NDArray[Any]:
        return np.concatenate([getattr(one, field)[subject, carried] for one in figures], axis=1)

    keys = [f"{report.indicators[i]},{label}" for i in carried for label in labels]
    cells = zip(
        keys,
        numbers(column("value")),
        targets(column("target"), column("target_high")),
        words(column("status"), STATUSES),
        numbers(column("score")),
        numbers(column("attainment")),
        words(column("reason"), REASONS),
        days(column("vintage")),
        numbers(column("tolerance")),
        ["" if text == "0" else text for text in numbers(column("weight"))],
        numbers(column("sample")),
        words(column("over_limit"), _FLAG),
        words(column("small"), _FLAG),
        strict=True,
    )
    lines = [
        f"{key},{value},{target},{status},{score},{share},,{reason},{day},{width},{weight},{sample},{over},{small}"
        for key, value, target, status, score, share, reason, day, width, weight, sample, over, small in cells
    ]
    return table(VALUE_COLUMNS, lines)


def targets(low: Floats, high: Floats) -> list[str]:
    """Targets as text; a range is written 70..100."""
    texts = numbers(low)
    if not np.isnan(high).all():
        texts = [f"{text}..{top}" if top else text for text, top in zip(texts, numbers(high), strict=True)]
    return texts


def days(ordinals: npt.NDArray[np.int32]) -> list[str]:
    """Days as ISO text, empty where not known."""
    flat = ordinals.ravel().tolist()
    known = {day: dt.date.fromordinal(day).isoformat() if day else "" for day in set(flat)}
    return [known[day] for day in flat]


def score_table(report: Report) -> str:
    """The roll-ups of all subjects: their composites, and the families for which anything is due."""
    axes = axes_of(report)
    lines: list[str] = []
    for s, subject in enumerate(axes.subjects):
        for f, family in enumerate((*axes.families, COMPOSITE)):
            for grain in axes.grains:
                lines += _score_lines(report.scores[grain], (s, f), f"{subject.id},{family}", axes.periods[grain])
    return table(SCORE_COLUMNS, lines)


def _score_lines(scores: Scores, at: tuple[int, int], key: str, periods: Sequence[Period]) -> list[str]:
    due = ~np.isnan(scores.coverage[at]) | (scores.counts[at] > 0).any(axis=1)
    if not due.any() and not key.endswith(f",{COMPOSITE}"):
        return []
    cells = zip(
        periods,
        due.tolist(),
        *(numbers(getattr(scores, field)[at]) for field in ("score", "coverage", "low", "high")),
        words(scores.status[at], STATUSES),
        scores.counts[at][:, _COUNTED].tolist(),
        strict=True,
    )
    return [
        f"{key},{period.label},{score},{status},{coverage},{low},{high},{','.join(map(str, counts))}"
        for period, is_due, score, coverage, low, high, status, counts in cells
        if is_due or key.endswith(f",{COMPOSITE}")
    ]


def table(columns: Iterable[str], lines: Sequence[str]) -> str:
    """A CSV text of ready lines."""
    return "\n".join((",".join(columns), *lines)) + "\n"
