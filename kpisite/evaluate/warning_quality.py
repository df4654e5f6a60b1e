"""How good the warnings of the past were: those that look ahead, W4 and W9, against what came of them."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kpisite.evaluate.charted import CADENCES
from kpisite.evaluate.limits import Flags, Floats
from kpisite.evaluate.methods import FEWEST
from kpisite.evaluate.report import GREEN, GREY, KEY, RED, WARNING_RULES, Alert, Report
from kpisite.evaluate.warning import alerts
from kpisite.periods import MONTHS, Period

# Months within which a breach should follow a warning.
AHEAD = 6
# The rules that look ahead.
RULES = ("W4", "W9")


@dataclass(frozen=True, slots=True)
class Quality:
    """The past cases of one rule.

    A hit was followed by a breach within six months, a false one was not, a miss is a breach without a warning in the
    six months before, and a pending warning is younger than that. Of figures by the year it is the next year. `lead` is
    the median of the months from warning to breach over the hits, None without any.
    """

    rule: str
    hits: int
    false: int
    misses: int
    pending: int
    lead: float | None


def warning_quality(report: Report) -> tuple[Quality, ...]:
    """The quality of W4, whose breach is a red status, and of W9, whose breach is that the target is missed."""
    known: dict[tuple[str, str, str], list[Alert]] = {}
    ahead = np.flatnonzero(np.isin(report.warnings.rule, [WARNING_RULES.index(rule) for rule in RULES]))
    for one in alerts(report, ahead):
        known.setdefault((one.rule, one.product, one.indicator), []).append(one)
    return tuple(_quality(rule, list(_cases(report, rule, known))) for rule in RULES)


@dataclass(frozen=True, slots=True)
class _Case:
    kind: str  # hit, false, miss or pending
    lead: int = 0


def _quality(rule: str, cases: list[_Case]) -> Quality:
    counted = {kind: sum(case.kind == kind for case in cases) for kind in ("hit", "false", "miss", "pending")}
    leads = [case.lead for case in cases if case.kind == "hit"]
    return Quality(
        rule, counted["hit"], counted["false"], counted["miss"], counted["pending"],
        float(statistics.median(leads)) if leads else None,
    )  # fmt: skip


def _cases(report: Report, rule: str, known: Mapping[tuple[str, str, str], list[Alert]]) -> Iterator[_Case]:
    """The cases of every figure that the rule can be asked of."""
    until = report.period.last_month
    ended = {grain: [one for one in held.periods if one.last_month <= until] for grain, held in report.figures.items()}
    for s, i in np.argwhere(report.role == KEY).tolist():
        declared = report.site.indicators[report.indicators[i]]
        grain = CADENCES[declared.cadence]
        periods = ended.get(grain)
        if not periods or (rule == "W9" and not declared.led_by):
            continue
        figures = report.figures[grain]
        status, length = figures.status[s, i, : len(periods)], MONTHS[grain]
        within = max(AHEAD // length, 1)
        bad = (status == RED) if rule == "W4" else (status != GREY) & (status != GREEN)
        own = known.get((rule, report.subjects[s].id, report.indicators[i]), [])
        spans = [_span(one, periods, length) for one in own]
        # W4 needs a forecast, and that some values.
        first = _sixth(figures.value[s, i, : len(periods)]) if rule == "W4" else 0
        yield from (_of_warning(bad, start, within, length) for start, _ in spans if start >= 0)
        onsets = [b for b in _onsets(bad, status != GREY) if b >= first + within]
        yield from (_Case("miss") for b in onsets if not _told(spans, b, within))


def _span(alert: Alert, periods: Sequence[Period], length: int) -> tuple[int, int]:
    """From which position to which an alert was open; below 0 where that was before the periods that are shown."""
    start = (alert.raised.last_month - periods[0].last_month) // length
    end = (alert.cleared.last_month - periods[0].last_month) // length if alert.cleared else len(periods)
    return start, end


def _sixth(values: Floats) -> int:
    """The position of the first value at which there are enough for a forecast."""
    known = np.flatnonzero(~np.isnan(values))
    return int(known[FEWEST - 1]) if len(known) >= FEWEST else len(values)


def _of_warning(bad: Flags, start: int, within: int, length: int) -> _Case:
    after = np.flatnonzero(bad[start + 1 : start + 1 + within])
    if len(after):
        return _Case("hit", (int(after[0]) + 1) * length)
    return _Case("false" if start + within < len(bad) else "pending")


def _onsets(bad: Flags, judged: Flags) -> Iterator[int]:
    """The periods in which a breach begins, seen from the judged period before; not the first one of all."""
    before: bool | None = None
    for t in np.flatnonzero(judged).tolist():
        if bad[t] and before is False:
            yield t
        before = bool(bad[t])


def _told(spans: list[tuple[int, int]], breach: int, within: int) -> bool:
    """Was a warning raised within so many periods before, or still open?"""
    return any(start < breach and (breach - start <= within or end >= breach) for start, end in spans)
