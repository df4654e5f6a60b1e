"""Figures and scores as long CSV tables, one line a cell.

Within an indicator's block lines are sorted by grain (month, quarter, half, year, ytd) and then by period, so that a
new month only adds lines.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kpisite.evaluate.report import ASSURANCES, STATUSES, VARIATIONS, Floats, Report, Scores
from kpisite.evaluate.rules import RULES
from kpisite.measure.series import REASONS
from kpisite.periods import Grain
from kpisite.release.axes import Axes, axes_of
from kpisite.release.printed import Column, Counts, Numbers, Words, printed
from kpisite.release.text import few_numbers, numbers, words

COMPOSITE = "composite"
VALUE_COLUMNS = (
    "indicator", "period", "value", "target", "status", "score", "attainment", "signal", "reason", "vintage",
    "tolerance", "weight", "sample", "over_limit", "small", "charted", "rule", "assurance", "provisional",
)  # fmt: skip
SCORE_COLUMNS = (
    "product", "family", "period", "score", "status", "coverage", "low", "high", "green", "amber", "red", "grey",
)  # fmt: skip
# The counts in the order of their columns.
_COUNTED = [STATUSES.index(name) for name in SCORE_COLUMNS[-4:]]
# Few enough that they need little memory at once.
_SUBJECTS_AT_A_TIME = 1_000
_FLAG = ("", "yes")
_MOST_MONTHS = 12
# By months there and months in all, at 12 n + m - 1; nothing for n = 0.
_MONTHS_THERE = ["" if not n else f"{n}/{m + 1}" for n in range(_MOST_MONTHS) for m in range(_MOST_MONTHS)]


def value_table(report: Report, subject: int) -> str:
    """The figures of one subject, for the indicators it carries."""
    axes = axes_of(report)
    carried = sorted(np.flatnonzero(report.role[subject]).tolist(), key=lambda i: report.indicators[i])
    figures = [report.figures[grain] for grain in axes.grains]
    labels = axes.labels

    def column(field: str) -> npt.NDArray[Any]:
        return np.concatenate([getattr(one, field)[subject, carried] for one in figures], axis=1)

    keys = [f"{report.indicators[i]},{label}" for i in carried for label in labels]
    there = months_there(axes, column("provisional"))
    cells = zip(
        keys,
        numbers(column("value")),
        targets(column("target"), column("target_high")),
        words(column("status"), STATUSES),
        few_numbers(column("score")),
        numbers(column("attainment")),
        words(column("reason"), REASONS),
        days(column("vintage")),
        few_numbers(column("tolerance")),
        ["" if text == "0" else text for text in few_numbers(column("weight"))],
        few_numbers(column("sample")),
        words(column("over_limit"), _FLAG),
        words(column("small"), _FLAG),
        *signal_columns(report, axes, (subject, carried)),
        words(there.codes, there.names),
        strict=True,
    )
    lines = [
        f"{key},{value},{target},{status},{score},{share},{signal},{reason},{day},{width},{weight},{sample},{over},{small},"
        f"{charted},{rule},{assurance},{part}"
        for (
            key, value, target, status, score, share, reason, day, width, weight, sample, over, small,
            signal, charted, rule, assurance, part,
        ) in cells
    ]  # fmt: skip
    return table(VALUE_COLUMNS, lines)


def signal_columns(report: Report, axes: Axes, at: tuple[Any, Any]) -> tuple[list[str], ...]:
    """Variation, what is charted, rule and assurance of some figures at all grains; empty where none is charted."""
    return (
        words(signal_column(report, axes, "variation", at), VARIATIONS),
        numbers(signal_column(report, axes, "charted", at)),
        words(signal_column(report, axes, "rule", at), RULES),
        words(signal_column(report, axes, "assurance", at), ASSURANCES),
    )


def signal_column(report: Report, axes: Axes, field: str, at: tuple[Any, Any]) -> npt.NDArray[Any]:
    """One field of the signals of some figures, the periods of all grains side by side."""
    return np.concatenate([_signal_cells(report, grain, field, at) for grain in axes.grains], axis=1)


def _signal_cells(report: Report, grain: Grain, field: str, at: tuple[Any, Any]) -> npt.NDArray[Any]:
    found = report.signals.get(grain)
    if found is not None:
        cells: npt.NDArray[Any] = getattr(found, field)[at]
        return cells
    shape = report.figures[grain].value[at].shape
    return np.full(shape, np.nan) if field == "charted" else np.zeros(shape, dtype=np.int8)


def months_there(axes: Axes, months: npt.NDArray[Any]) -> Words:
    """How much of its period each figure is made of, as 2/3; empty for a whole one. [rows, all periods in order]."""
    lengths = np.array([period.months for grain in axes.grains for period in axes.periods[grain]], dtype=np.intp)
    codes = np.where(months > 0, months.astype(np.intp) * _MOST_MONTHS + lengths - 1, 0)
    return Words(codes, _MONTHS_THERE)


def targets(low: Floats, high: Floats) -> list[str]:
    """Targets as text; a range is written 70..100."""
    texts = few_numbers(low)
    if not np.isnan(high).all():
        texts = [f"{text}..{top}" if top else text for text, top in zip(texts, few_numbers(high), strict=True)]
    return texts


def days(ordinals: npt.NDArray[np.int32]) -> list[str]:
    """Days as ISO text, empty where not known."""
    flat = ordinals.ravel().tolist()
    known = {day: dt.date.fromordinal(day).isoformat() if day else "" for day in set(flat)}
    return [known[day] for day in flat]


def score_table(report: Report) -> bytes:
    """The roll-ups of all subjects: their composites, and the families for which anything is due."""
    axes = axes_of(report)
    scores = [report.scores[grain] for grain in axes.grains]
    starts = range(0, len(axes.subjects), _SUBJECTS_AT_A_TIME)
    return printed(SCORE_COLUMNS, (_score_columns(axes, scores, start) for start in starts))


def _score_columns(axes: Axes, scores: Sequence[Scores], first: int) -> tuple[Column, ...]:
    """The columns of some subjects: subject by subject, family by family, the periods of all grains in order."""
    some = slice(first, first + _SUBJECTS_AT_A_TIME)

    def column(field: str) -> npt.NDArray[Any]:
        return np.concatenate([getattr(one, field)[some] for one in scores], axis=2)

    coverage, counts = column("coverage"), column("counts")
    shown = ~np.isnan(coverage) | (counts > 0).any(axis=3)
    shown[:, -1] = True
    subject, family, label = np.nonzero(shown)
    return (
        Words(subject + first, [one.id for one in axes.subjects]),
        Words(family, (*axes.families, COMPOSITE)),
        Words(label, axes.labels),
        Numbers(column("score")[shown]),
        Words(column("status")[shown], STATUSES),
        Numbers(coverage[shown]),
        Numbers(column("low")[shown]),
        Numbers(column("high")[shown]),
        *(Counts(counts[shown][:, code]) for code in _COUNTED),
    )


def table(columns: Iterable[str], lines: Sequence[str]) -> str:
    """A CSV text of ready lines."""
    return "\n".join((",".join(columns), *lines)) + "\n"
