"""What was restated: on a figure's page month by month, and on the page of versions all of it."""

import math
from collections.abc import Sequence
from itertools import groupby

from kpisite.languages import Column
from kpisite.release.vintages import Published, Restated
from kpisite.render import marks
from kpisite.render.edition import Edition
from kpisite.render.parts import Table


def figure_restatements(e: Edition, s: int, i: int) -> Table | None:
    """The months of one figure that were changed since they were first published, the newest first."""
    found = of_figure(e, s, i)
    if not found:
        return None
    column = e.prose_column(i, [v for one in found for v in (one.first, one.latest) if v == v])
    rows = [_month(e, column, one) for one in reversed(found)]
    heads = (
        e.head("period"),
        e.head("first_published", "num"),
        e.head("published_in"),
        e.head("latest", "num"),
        e.head("change", "num"),
        e.head("revisions", "num"),
        e.head("restated_in"),
        e.head("why", "said"),
    )
    words = e.t["restated"]
    return marks.table("restated", words["figure"], heads, rows, note=words["note"])


def of_figure(e: Edition, s: int, i: int) -> tuple[Published, ...]:
    """The changed months of one figure, oldest first."""
    key = (e.report.subjects[s].id, e.report.indicators[i])
    by_figure = e.once(("published",), lambda: _by_figure(e.board.published))
    return by_figure.get(key, ())


def _by_figure(found: Sequence[Published]) -> dict[tuple[str, str], tuple[Published, ...]]:
    return {key: tuple(own) for key, own in groupby(found, key=lambda one: (one.product, one.indicator))}


def _month(e: Edition, column: Column, one: Published) -> list[str]:
    last = one.changes[-1]
    return [
        e.tongue.period(one.period),
        _value(e, column, one.first),
        one.first_version,
        _value(e, column, one.latest),
        _change(e, column, one.first, one.latest),
        str(one.revisions),
        last.version,
        _why(e, last),
    ]


def restatement_log(e: Edition, root: str) -> Table | None:
    """Every restatement up to this version: figure by figure, the newest version first."""
    found = [change for one in e.board.published for change in one.changes]
    # Versions in the order in which they came, the newest first.
    order = {version: n for n, version in enumerate(e.board.versions)}
    keyed = sorted(found, key=lambda one: (-order[one.version], one.product, one.indicator, one.period))
    groups = groupby(keyed, key=lambda one: (one.version, one.product, one.indicator))
    rows = [_entry(e, list(own), root) for _, own in groups]
    if not rows:
        return None
    heads = (
        e.head("version"),
        e.head("product"),
        e.head("indicator"),
        e.head("months"),
        e.head("from_to"),
        e.head("change", "num"),
        e.head("status_then"),
        e.head("why", "said"),
    )
    words = e.t["restated"]
    return marks.table("restatements", words["caption"], heads, rows, note=words["log_note"])


def _entry(e: Edition, own: Sequence[Restated], root: str) -> list[str]:
    first, last = own[0], own[-1]
    s, i = e.report.subject(last.product), e.report.indicator(last.indicator)
    column = e.prose_column(i, [v for v in (last.before, last.after) if v == v])
    months = e.tongue.period(first.period)
    if len(own) > 1:
        words = {"first": months, "last": e.tongue.period(last.period), "count": len(own)}
        months = e.t["restated"]["months"].format(**words)
    moved = [one for one in own if one.before_status != one.after_status]
    return [
        last.version,
        e.subjects[s],
        marks.anchor(e.indicators[i], e.to_figure(s, i, root)),
        months,
        e.t["restated"]["from_to"].format(
            before=_value(e, column, last.before),
            after=_value(e, column, last.after),
            period=e.tongue.period(last.period),
        ),
        _change(e, column, last.before, last.after),
        e.listed(
            dict.fromkeys(
                e.t["restated"]["status"].format(
                    before=e.status_word(one.before_status, one.before),
                    after=e.status_word(one.after_status, one.after),
                )
                for one in moved
            )
        ),
        _why(e, last),
    ]


def _from_to(e: Edition, column: Column, one: Restated) -> str:
    before, after = _value(e, column, one.before), _value(e, column, one.after)
    words = e.t["restated"]["from_to"]
    return str(words.format(before=before, after=after, period=e.tongue.period(one.period)))


def _why(e: Edition, one: Restated) -> str:
    words = e.t["restated"]
    if one.is_redefined:
        return str(words["redefined"])
    return e.say(one.reason) or str(words["no_reason"])


def _value(e: Edition, column: Column, value: float) -> str:
    return e.t["say"]["missing"] if math.isnan(value) else e.tongue.figure(value, column)


def _change(e: Edition, column: Column, before: float, after: float) -> str:
    if math.isnan(before) or math.isnan(after):
        return ""
    return e.tongue.amount(column.steps(after) - column.steps(before), column, signed=True, gap=True)
