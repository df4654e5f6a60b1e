"""Warnings within other pages: the open ones of a product, its register of limits, and all of one figure."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from kpisite.evaluate.report import ABSENT, Alert, Report
from kpisite.evaluate.trend import TRENDS
from kpisite.evaluate.warning import alerts, rows_about
from kpisite.render import marks
from kpisite.render.alerted import (
    Warned,
    forecast_text,
    limit_room,
    of_subject,
    response_text,
    room_text,
    rule_name,
    severity_mark,
    step_of,
    told_values,
)
from kpisite.render.cells import cell
from kpisite.render.edition import Edition, root_of
from kpisite.render.parts import Head, Table
from kpisite.render.views.rows import LONGEST, longest

# The page of all warnings.
PATH = "warnings/index.html"


def warned_table(
    e: Edition, id_: str, caption: str, figures: Sequence[Warned], new: frozenset[str], root: str = root_of(PATH)
) -> Table:
    """One row for each figure of a product with open warnings; `new` are ids of warnings."""
    rows = [_row(e, one, root, new) for one in figures[:LONGEST]]
    note = longest(e, len(rows), len(figures))
    return marks.table(id_, caption, e.once(("heads", "warned"), partial(_heads, e)), rows, note=note)


def _heads(e: Edition) -> tuple[Head, ...]:
    return (
        e.head("indicator"),
        e.head("severity"),
        e.head("warning", "said"),
        e.head("since", "when"),
        e.head("value", "num"),
        e.head("room", "said"),
        e.head("breach", "said"),
        e.head("next", "said"),
        e.head("response", "said"),
    )


def _row(e: Edition, one: Warned, root: str, new: frozenset[str]) -> list[str]:
    words, worst = e.t["warning"], one.worst
    rule: str = rule_name(e, worst)
    others = list(dict.fromkeys(words["rules"][other.rule] for other in one.alerts[1:] if other.rule != worst.rule))
    if others:
        rule = words["also"].format(rule=rule, rules=e.listed(others))
    since = e.tongue.period(worst.raised)
    if any(alert.id in new for alert in one.alerts):
        since = words["new"].format(period=since)
    return [
        marks.anchor(e.indicators[one.i], e.to_figure(one.s, one.i, root)),
        severity_mark(e, worst.severity),
        rule,
        since,
        cell(e, one.s, one.i).value,
        room_text(e, one.s, one.i),
        forecast_text(e, one),
        step_of(e, one, root),
        response_text(e, one),
    ]


def product_warnings(e: Edition, s: int, root: str) -> Table | None:
    """The open warnings of a product."""
    found = of_subject(e, s)
    return warned_table(e, "warnings", e.t["warning"]["of_product"], found, frozenset(), root) if found else None


def risk_register(e: Edition, s: int, root: str) -> Table | None:
    """The indicators of a product that have a regulatory limit: the limit, what is left before it, and the trend."""
    carried = [
        i
        for i, id_ in enumerate(e.report.indicators)
        if e.site.indicators[id_].limit is not None and e.report.role[s, i] != ABSENT
    ]
    if not carried:
        return None
    rows = []
    for i in carried:
        limit = e.site.indicators[e.report.indicators[i]].limit
        edge = limit.value if limit else np.nan
        side = limit.side if limit else "max"
        trend = TRENDS[e.report.outlook.trend[s, i]]
        rows.append(
            [
                marks.anchor(e.indicators[i], e.to_figure(s, i, root)),
                cell(e, s, i).value,
                e.t["warning"]["limit"][side].format(limit=e.tongue.figure(edge, e.prose_column(i, [edge]))),
                limit_room(e, s, i),
                e.t["trend"][trend] if trend else "",
                e.say(limit.source) if limit else "",
            ]
        )
    heads = (
        e.head("indicator"),
        e.head("value", "num"),
        e.head("limit", "num"),
        e.head("room", "said"),
        e.head("trend"),
        e.head("source", "said"),
    )
    return marks.table("risk-register", e.t["warning"]["register"], heads, rows)


def figure_warnings(e: Edition, s: int, i: int) -> Table | None:
    """All warnings of one figure, the open ones first, then the latest."""
    found = e.fact(("alerts", s), lambda: _by_indicator(e.report, s)).get(e.report.indicators[i])
    if found is None:
        return None
    rows = []
    for one in found[:LONGEST]:
        value, threshold = told_values(e, one)
        cleared = e.tongue.period(one.cleared) if one.cleared else e.t["warning"]["open"]
        rows.append(
            [rule_name(e, one), severity_mark(e, one.severity), e.tongue.period(one.raised), cleared, value, threshold]
        )
    heads = (
        e.head("warning", "said"),
        e.head("severity"),
        e.head("raised", "when"),
        e.head("cleared", "when"),
        e.head("value", "num"),
        e.head("threshold", "num"),
    )
    return marks.table("warnings", e.t["warning"]["of_figure"], heads, rows, note=longest(e, len(rows), len(found)))


def _by_indicator(report: Report, s: int) -> dict[str, list[Alert]]:
    """All warnings of a product in the order of its figures' tables, by indicator."""
    at, found = rows_about(report.warnings, s), dict[str, list[Alert]]()
    every = alerts(report, np.arange(at.start, at.stop))
    for one in sorted(every, key=lambda one: (one.cleared is not None, -one.raised.last_month, one.rule)):
        found.setdefault(one.indicator, []).append(one)
    return found
