"""W11: figures that were published otherwise, a warning that only two reports together can give."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from kpisite.evaluate.report import Report
from kpisite.evaluate.warning import alerts, with_found
from kpisite.evaluate.warning_others import Found
from kpisite.evaluate.warning_replay import QUIET
from kpisite.release.vintages import Restated, restatements

RULE = "W11"


def warned_of_restated(report: Report, releases: Sequence[Report]) -> Report:
    """The report with warnings of what the release before it had published otherwise.

    Those that that release gave itself are carried on: an alert is cleared after two periods without another one.
    """
    earlier = [one for one in releases if one.period < report.period]
    if not earlier:
        return report
    before = max(earlier, key=lambda one: (one.period, one.version))
    found = list(_found(report, before))
    return replace(report, warnings=with_found(report, found)) if found else report


def _found(report: Report, before: Report) -> Iterator[Found]:
    fresh = {(one.product, one.indicator): one for one in _fresh(report, before)}
    for old in alerts(before):
        if old.rule != RULE:
            continue
        key = (old.product, old.indicator)
        again = old.cleared is None and fresh.pop(key, None) is not None
        is_over = old.cleared is None and not again and report.period.last_month - old.raised.last_month >= QUIET
        cleared = old.cleared.last_month if old.cleared else report.period.last_month if is_over else 0
        yield Found(RULE, *key, old.raised.last_month, cleared, old.value, old.threshold, old.detail)
    yield from fresh.values()


def _fresh(report: Report, before: Report) -> Iterator[Found]:
    """One alert for each figure that was restated: its latest month now and as published, and the months."""
    changes = [one for one in restatements((before, report)) if one.is_material and not one.is_redefined]
    order = sorted(changes, key=lambda one: (one.product, one.indicator, one.period))
    for (product, indicator), group in groupby(order, key=lambda one: (one.product, one.indicator)):
        months: list[Restated] = list(group)
        first, last = months[0], months[-1]
        span = first.period.label if len(months) == 1 else f"{first.period.label}..{last.period.label}"
        yield Found(RULE, product, indicator, report.period.last_month, 0, last.after, last.before, span)
