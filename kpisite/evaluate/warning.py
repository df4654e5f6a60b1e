"""Early warnings: the fourteen rules over a whole report, each alert with the months it was raised and cleared."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache

import numpy as np

from kpisite.evaluate.charted import CADENCES
from kpisite.evaluate.crossing import first_crossing
from kpisite.evaluate.hindsight import Reach
from kpisite.evaluate.limits import Flags
from kpisite.evaluate.report import (
    ABSENT,
    ROLLED,
    SEVERITIES,
    WARNING_RULES,
    Alert,
    Report,
    Warnings,
)
from kpisite.evaluate.warning_ahead import trend_to_breach
from kpisite.evaluate.warning_leads import LEADING, Leads
from kpisite.evaluate.warning_others import Found, falling_behind, plans_in_trouble
from kpisite.evaluate.warning_replay import OPEN, Events, replay
from kpisite.evaluate.warning_rows import Indexes, rows_of
from kpisite.evaluate.warning_rules import ONE_FIGURE, Ruled, leading_worsens
from kpisite.periods import Grain, Period, of_month

# Figures looked at at a time: what is worked on stays in the processor's own memory.
_AT_A_TIME = 1024
SEVERITY: Mapping[str, str] = {
    "W1": "high", "W2": "medium", "W3": "high", "W4": "high", "W5": "medium", "W6": "medium", "W7": "medium",
    "W8": "info", "W9": "high", "W10": "medium", "W11": "medium", "W12": "medium", "W13": "high", "W14": "critical",
}  # fmt: skip
_CODE = {rule: code for code, rule in enumerate(WARNING_RULES)}
_SEVERITY = {name: code for code, name in enumerate(SEVERITIES)}


def warn(report: Report, reach: Mapping[Grain, Reach]) -> Warnings:
    """All warnings of a report that has everything else; `reach` tells what was forecast in each period."""
    made, leads = _Made(report), Leads(report)
    for grain, one in reach.items():
        _of_grain(made, grain, one, leads)
    for grain, one in reach.items():
        _add_leading(made, grain, leads, one.lowest.shape[2])
    as_of = dt.date.fromisoformat(report.as_of)
    made.add_known((*falling_behind(report.peers), *plans_in_trouble(report.site, as_of)))
    found = made.whole()
    _end(report, found)
    _look_ahead(report, found)
    return found


def with_found(report: Report, found: Sequence[Found]) -> Warnings:
    """The warnings of a report, and others of products and indicators that it has."""
    made = _Made(report, [report.warnings])
    made.add_known(found)
    return made.whole()


def no_warnings() -> Warnings:
    """A report without any."""
    empty = np.zeros(0, dtype=np.int32)
    codes, floats = np.zeros(0, dtype=np.int8), np.zeros(0)
    return Warnings(empty, empty, codes, codes, empty, empty, floats, floats, empty, floats, ())


def alerts(report: Report, which: Indexes | None = None) -> Iterator[Alert]:
    """The warnings of a report as rows, all of them or those at some positions."""
    found, part = report.warnings, slice(None) if which is None else which
    details = found.detail if which is None else [found.detail[w] for w in which.tolist()]
    columns = (
        getattr(found, name)[part].tolist()
        for name in ("subject", "indicator", "rule", "severity", "raised", "cleared", "breach", "value", "threshold")
    )
    cadence = [CADENCES[report.site.indicators[id_].cadence] for id_ in report.indicators]

    @cache
    def period(month: int, grain: Grain) -> Period | None:
        return of_month(month, grain, report.site.report.fiscal_year_starts) if month else None

    for s, i, code, severity, first, last, crossed, value, threshold, chance, detail in zip(
        *columns, found.chance[part].tolist(), details, strict=True
    ):
        rule, product, indicator = WARNING_RULES[code], report.subjects[s].id, report.indicators[i]
        grain = Grain.MONTH if rule in _BY_MONTH else cadence[i]
        raised = period(first, grain)
        assert raised is not None
        yield Alert(
            id=alert_id(rule, product, indicator, detail if rule == "W12" and "/" in detail else raised.label),
            rule=rule,
            severity=SEVERITIES[severity],
            product=product,
            indicator=indicator,
            raised=raised,
            cleared=period(last, grain),
            value=value,
            threshold=threshold,
            breach=period(crossed, grain),
            chance=chance,
            detail=detail,
        )


# These are dated by the month in which something became known, whatever the cadence of the figure.
_BY_MONTH = ("W10", "W11", "W12")


def alert_id(rule: str, product: str, indicator: str, first: str) -> str:
    """The name of an alert that stays the same: from its first period, or from the action that it is about."""
    return hashlib.sha256(f"{rule} {product} {indicator} {first}".encode()).hexdigest()[:12]


def rows_about(found: Warnings, subject: int) -> slice:
    """Where the warnings of a subject stand."""
    start, end = np.searchsorted(found.subject, [subject, subject + 1])
    return slice(int(start), int(end))


@dataclass(frozen=True, slots=True)
class _Rule:
    """The alerts of one rule over some figures of one grain."""

    rule: str
    ruled: Ruled
    events: Events


class _Made:
    """Warnings as they are found, column by column."""

    def __init__(self, report: Report, parts: Sequence[Warnings] = ()) -> None:
        self.report = report
        self.parts = list(parts)

    def add(self, one: _Rule, at: tuple[Indexes, Indexes], grain: Grain, over: Flags) -> None:
        """Take the alerts of one rule; `over` is where a regulatory limit was crossed."""
        n, t, cleared = one.events.series, one.events.raised, one.events.cleared
        if not len(n):
            return
        months = np.array([period.last_month for period in self.report.figures[grain].periods], dtype=np.int32)
        severity = np.full(len(n), _SEVERITY[SEVERITY[one.rule]], dtype=np.int8)
        if one.rule == "W1":
            severity[_crossed(over, one.events)] = _SEVERITY["critical"]
        nothing = np.zeros(len(n), dtype=np.int32)
        self.parts.append(
            Warnings(
                subject=at[0][n].astype(np.int32),
                indicator=at[1][n].astype(np.int32),
                rule=np.full(len(n), _CODE[one.rule], dtype=np.int8),
                severity=severity,
                raised=months[t],
                cleared=np.where(cleared == OPEN, 0, months[cleared]).astype(np.int32),
                value=one.ruled.value[n, t],
                threshold=one.ruled.threshold[n, t],
                breach=nothing,
                chance=np.full(len(n), np.nan),
                detail=_details(one.ruled, n, t),
            )
        )

    def add_known(self, every: Sequence[Found]) -> None:
        """Take alerts that were found one by one, of those products and indicators that the report has."""
        rows = {subject.id: s for s, subject in enumerate(self.report.subjects)}
        columns = {id_: i for i, id_ in enumerate(self.report.indicators)}
        found = [one for one in every if one.product in rows and one.indicator in columns]
        self.parts.append(
            Warnings(
                subject=np.array([rows[one.product] for one in found], dtype=np.int32),
                indicator=np.array([columns[one.indicator] for one in found], dtype=np.int32),
                rule=np.array([_CODE[one.rule] for one in found], dtype=np.int8),
                severity=np.array([_SEVERITY[SEVERITY[one.rule]] for one in found], dtype=np.int8),
                raised=np.array([one.raised for one in found], dtype=np.int32),
                cleared=np.array([one.cleared for one in found], dtype=np.int32),
                value=np.array([one.value for one in found], dtype=np.float64),
                threshold=np.array([one.threshold for one in found], dtype=np.float64),
                breach=np.zeros(len(found), dtype=np.int32),
                chance=np.full(len(found), np.nan),
                detail=tuple(one.detail for one in found),
            )
        )

    def whole(self) -> Warnings:
        """All of them in their order."""
        joined = {
            field.name: np.concatenate([getattr(part, field.name) for part in self.parts])
            for field in fields(Warnings)
            if field.name != "detail"
        }
        detail = np.array([text for part in self.parts for text in part.detail], dtype=object)
        places = {text: place for place, text in enumerate(sorted(set(detail)))}
        ranks = np.array([places[text] for text in detail], dtype=np.int32)
        order = np.lexsort((ranks, joined["raised"], joined["rule"], joined["indicator"], joined["subject"]))
        return Warnings(**{name: part[order] for name, part in joined.items()}, detail=tuple(detail[order]))


def _details(ruled: Ruled, n: Indexes, t: Indexes) -> tuple[str, ...]:
    if ruled.detail is None:
        return ("",) * len(n)
    return tuple(ruled.detail(*at) for at in zip(n.tolist(), t.tolist(), strict=True))


def _crossed(over: Flags, events: Events) -> Flags:
    """Was the regulatory limit crossed at any time while the alert was open?"""
    total = np.concatenate([np.zeros((len(over), 1), dtype=np.int32), np.cumsum(over, axis=1, dtype=np.int32)], axis=1)
    end = np.where(events.cleared == OPEN, over.shape[1], events.cleared)
    found: Flags = total[events.series, end] > total[events.series, events.raised]
    return found


def _of_grain(made: _Made, grain: Grain, reach: Reach, leads: Leads) -> None:
    """All rules over the figures whose cadence this grain is."""
    until = reach.lowest.shape[2]
    s, i = _warned(made.report, grain)
    for start in range(0, len(s), _AT_A_TIME):
        at = (s[start : start + _AT_A_TIME], i[start : start + _AT_A_TIME])
        rows = rows_of(made.report, grain, at, until)
        ahead = Reach(reach.lowest[at], reach.highest[at])
        ruled = {rule: of(rows) for rule, of in ONE_FIGURE.items()} | {"W4": trend_to_breach(rows, ahead)}
        every = replay([one.case for one in ruled.values()])
        for (rule, one), events in zip(ruled.items(), every, strict=True):
            made.add(_Rule(rule, one, events), at, grain, rows.over)
            if rule in LEADING:
                leads.note(grain, at, events)


def _warned(report: Report, grain: Grain) -> tuple[Indexes, Indexes]:
    """The figures that are warned of at this grain: positions of subject and indicator."""
    due = np.array([CADENCES[report.site.indicators[id_].cadence] is grain for id_ in report.indicators])
    s, i = np.nonzero((report.role != ABSENT) & (report.role != ROLLED) & due)
    return s, i


def _add_leading(made: _Made, grain: Grain, leads: Leads, until: int) -> None:
    """W9 of the figures of one grain that others lead."""
    report = made.report
    s, i = _warned(report, grain)
    periods = report.figures[grain].periods[:until]
    found = {n: leads.of((int(s[n]), int(i[n])), periods) for n in np.flatnonzero(leads.led[i]).tolist()}
    chosen = [n for n, own in found.items() if own]
    if not chosen:
        return
    at = (s[chosen], i[chosen])
    rows = rows_of(report, grain, at, until)
    ruled = leading_worsens(rows, [found[n] for n in chosen])
    made.add(_Rule("W9", ruled, *replay([ruled.case])), at, grain, rows.over)


def _end(report: Report, found: Warnings) -> None:
    """Clear what is open of the figures of products that have ended: in the month after, and no sooner than raised."""
    products = [report.site.products.get(subject.id) for subject in report.subjects]
    ends = np.array([one.ended.number if one is not None and one.ended else 0 for one in products], dtype=np.int32)
    last = ends[found.subject]
    gone = (found.cleared == 0) & (last > 0) & (last < report.period.last_month) & (found.rule != _CODE["W12"])
    found.cleared[gone] = np.maximum(last, found.raised)[gone] + 1


def _look_ahead(report: Report, found: Warnings) -> None:
    """Write when the forecast crosses a limit, and with what probability, into the open alerts of W4."""
    for w in np.flatnonzero((found.rule == _CODE["W4"]) & (found.cleared == 0)).tolist():
        first = first_crossing(report, int(found.subject[w]), int(found.indicator[w]))
        if first is not None:
            found.breach[w], found.chance[w] = first.period.last_month, first.chance
