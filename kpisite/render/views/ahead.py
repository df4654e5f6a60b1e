"""The blocks of a figure's page that tell signal from noise, and what lies ahead."""

import math
from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np
from markupsafe import Markup

from kpisite.evaluate.achieve import AHEAD, LIKELIHOODS
from kpisite.evaluate.charted import CADENCES, breaks_of, watched
from kpisite.evaluate.limits import NONE, RANGE_LIMIT, STATES, TRIAL, Limits, moving_ranges
from kpisite.evaluate.methods import HORIZON, METHODS
from kpisite.evaluate.report import ABSENT, ASSURANCES, VARIATIONS, Codes, Floats, Report, Signals
from kpisite.evaluate.rules import RULES, pattern
from kpisite.evaluate.signals import SIGNS
from kpisite.evaluate.trend import TRENDS
from kpisite.languages import PLAIN, Column
from kpisite.periods import Grain, Period
from kpisite.render import charts, marks
from kpisite.render.charts_signal import SignalChart
from kpisite.render.edition import Edition
from kpisite.render.judgements import variation_text, watched_text
from kpisite.render.narrative import joined
from kpisite.render.parts import Fact, Folded, Head, StoryBlock
from kpisite.render.views.plotted import shown

# A fan that holds the figure in eight of ten cases.
FAN = 1.2816
# Periods before the forecast that its chart shows, and points of a shift from which a rebase is suggested.
SHOWN, HINT_FROM = 18, 8
# The least probability that is printed as a number.
NEVER = 0.01


def grain_of(e: Edition, i: int) -> Grain:
    """The grain of an indicator's cadence."""
    return CADENCES[e.site.indicators[e.report.indicators[i]].cadence]


def signal_block(e: Edition, s: int, i: int) -> StoryBlock | None:
    """Signal or noise: the chart with its limits, what it says, and the moving ranges folded away."""
    grain = grain_of(e, i)
    found = e.report.signals.get(grain)
    if found is None or e.report.role[s, i] == ABSENT or np.isnan(found.charted[s, i]).all():
        return None
    words, now = e.t["signal"], _now(e, grain)
    declared, variation = e.site.indicators[e.report.indicators[i]], VARIATIONS[found.variation[s, i, now]]
    worsens = TRENDS[e.report.outlook.trend[s, i]] == "worsening"
    state = int(found.state[s, i, now])
    if (found.state[s, i] == NONE).all():
        return StoryBlock(words["title"], words["none"], Markup(), _rare_facts(e, found, s, i, now), "", None)
    chart = charts.signal(_xmr(e, s, i, grain, found))
    facts = (
        Fact(words["facts"]["variation"],
             variation_text(e, variation, watched(declared), declared.cadence, worsens=worsens),
             _word(words["rule"], RULES, found.rule[s, i, now])),
        Fact(words["facts"]["assurance"], _word(words["assurance"], ASSURANCES, found.assurance[s, i, now])),
    )  # fmt: skip
    method = (
        Fact(words["facts"]["limits"], _range(e, s, i, found, now), words["state"][STATES[state]]),
        Fact(words["facts"]["mean"], _number(e, s, i, float(found.mean[s, i, now]))),
        Fact(words["facts"]["charted"], words["charted"][declared.spc]),
        *_breaks(e, s, i, grain),
    )
    hint = words["rebase_hint"] if _shifted(e, s, i, grain, found) else ""
    lead = words["lead"][variation or "none"].format(watched=watched_text(e, i))
    lead = joined(e, (lead, e.t["say"]["but_worsening"] if worsens and variation == "common" else ""))
    ranges = _ranges(e, s, i, grain, found)
    return StoryBlock(words["title"], lead, chart, _known(facts), hint, ranges, _known(method))


def _known(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if fact.value)


def _now(e: Edition, grain: Grain) -> int:
    """The last period of a grain that ended with the report's period."""
    return e.fact(("now", grain), partial(_last, e.report, grain))


def _last(report: Report, grain: Grain) -> int:
    periods, end = report.figures[grain].periods, report.period.last_month
    return max((t for t, one in enumerate(periods) if one.last_month <= end), default=0)


def _word(words: dict[str, str], names: tuple[str, ...], code: int) -> str:
    return words[names[code]] if code else ""


def _rare_facts(e: Edition, found: Signals, s: int, i: int, now: int) -> tuple[Fact, ...]:
    words = e.t["signal"]
    word = _word(words["variation"], VARIATIONS, found.variation[s, i, now])
    rule = _word(words["rule"], RULES, found.rule[s, i, now])
    return (Fact(words["facts"]["variation"], word, rule),) if word else ()


def _labels(e: Edition, grain: Grain) -> tuple[str, ...]:
    if grain is Grain.MONTH:
        return e.month_labels
    return tuple(e.tongue.period(period) for period in e.report.figures[grain].periods)


def _is_level(e: Edition, i: int) -> bool:
    return e.site.indicators[e.report.indicators[i]].spc == "level"


def _number(e: Edition, s: int, i: int, value: float) -> str:
    """A charted number with its unit: a value, its change, or growth on the year."""
    return _numbers(e, s, i, [value])[0]


def _numbers(e: Edition, s: int, i: int, values: Sequence[float]) -> list[str]:
    """The same for many charted numbers of a figure; empty where there is none."""
    level = _is_level(e, i)
    if _grows(e, i):
        return e.tongue.shares(PLAIN[1].many(values), 1, signed=True)
    column = e.column(s, i, grain_of(e, i))
    return e.tongue.amounts(column.many(values), column, signed=not level, gap=not level)


def _grows(e: Edition, i: int) -> bool:
    declared = e.site.indicators[e.report.indicators[i]]
    return declared.spc == "yoy" and declared.kind in ("flow", "stock")


def _scale(e: Edition, s: int, i: int) -> tuple[float, int, str]:
    """By what a charted number is divided, its decimals, and the unit beside the title."""
    if _grows(e, i):
        return 1.0, 1, "%"
    column = e.column(s, i, grain_of(e, i))
    return column.factor, column.decimals, column.head if _is_level(e, i) else column.gap_head


def _range(e: Edition, s: int, i: int, found: Signals, now: int) -> str:
    low, high = (_number(e, s, i, float(part[s, i, now])) for part in (found.lower, found.upper))
    return e.tongue.span(low, high) if low and high else ""


def _ways(found: Signals) -> Codes:
    """The direction of the pattern that a point belongs to, 0 without one, for all figures at once."""
    flat = (-1, found.charted.shape[-1])
    mean, spread, lower, upper = (part.reshape(flat) for part in (found.mean, found.spread, found.lower, found.upper))
    limits = Limits(mean, spread, lower, upper, found.state.reshape(flat))
    ways = pattern(found.charted.reshape(flat), found.segment.reshape(flat), limits).direction
    return ways.reshape(found.charted.shape)


def _xmr(e: Edition, s: int, i: int, grain: Grain, found: Signals) -> SignalChart:
    words = e.t["signal"]
    factor, decimals, unit = _scale(e, s, i)
    ways = e.fact(("pattern", grain), lambda: _ways(found))[s, i].tolist()
    sign = SIGNS[e.site.indicators[e.report.indicators[i]].direction]
    points = [
        "common" if not way else "neutral" if not sign else "improvement" if way == sign else "concern" for way in ways
    ]
    figures, level = e.report.figures[grain], _is_level(e, i)
    nothing = (None,) * len(points)

    def numbers(array: Floats) -> tuple[float | None, ...]:
        return tuple(None if value != value else value / factor for value in array[s, i].tolist())

    return SignalChart(
        id="signal",
        title=words["chart"] if level else e.t["say"]["colon"].join((words["chart"], watched_text(e, i))),
        unit=unit,
        periods=_labels(e, grain),
        values=numbers(found.charted),
        displays=tuple(text or e.t["say"]["missing"] for text in _numbers(e, s, i, found.charted[s, i].tolist())),
        mean=numbers(found.mean),
        lower=numbers(found.lower),
        upper=numbers(found.upper),
        trial=tuple(state == TRIAL for state in found.state[s, i].tolist()),
        targets=numbers(figures.target) if level else nothing,
        targets_high=numbers(figures.target_high) if level else nothing,
        marks=tuple(points),
        expected=nothing,
        fan_low=nothing,
        fan_high=nothing,
        decimals=decimals,
        words=_chart_words(e) | words["short"],
    )


def _chart_words(e: Edition) -> dict[str, str]:
    words, texts = e.t["signal"]["words"], e.chart_texts
    return {
        "value": texts.value, "target": texts.target, "period": texts.period, "mean": words["mean"],
        "upper": words["upper"], "lower": words["lower"], "expected": words["expected"], "signal": words["signal"],
    }  # fmt: skip


def _breaks(e: Edition, s: int, i: int, grain: Grain) -> tuple[Fact, ...]:
    """From when on limits were computed anew, and why."""
    words, first = e.t["signal"]["facts"], e.report.figures[grain].periods[0].first_month
    last = e.report.period.last_month
    found = breaks_of(e.site, e.report.subjects[s], e.report.indicators[i])
    return tuple(
        Fact(words["rebase"], e.tongue.period(Period(Grain.MONTH, one.month)), e.say(one.reason))
        for one in found
        if first < one.month <= last
    )


def _shifted(e: Edition, s: int, i: int, grain: Grain, found: Signals) -> bool:
    """Has the figure been on one side of its mean for eight points and more?"""
    now = _now(e, grain)
    off = (found.charted[s, i] - found.mean[s, i])[max(now + 1 - HINT_FROM, 0) : now + 1]
    return len(off) == HINT_FROM and (bool((off > 0).all()) or bool((off < 0).all()))


def _ranges(e: Edition, s: int, i: int, grain: Grain, found: Signals) -> Folded:
    """The moving ranges with their limit, the newest first."""
    words = e.t["signal"]
    ranges, spread = moving_ranges(found.charted[s, i][None])[0], found.spread[s, i]
    columns = (
        _labels(e, grain),
        _numbers(e, s, i, found.charted[s, i].tolist()),
        _sizes(e, s, i, ranges.tolist()),
        _sizes(e, s, i, [RANGE_LIMIT * limit for limit in spread.tolist()]),
        [_word(words["rule"], RULES, rule) for rule in found.rule[s, i].tolist()],
    )
    heads = e.once(("heads", "ranges"), partial(_range_heads, e))
    newest_first = [column[::-1] for column in columns]
    return Folded(words["ranges"], marks.table_of_columns("ranges", words["ranges"], heads, newest_first))


def _range_heads(e: Edition) -> tuple[Head, ...]:
    return (
        e.head("period"), e.head("charted", "num"), e.head("moving_range", "num"), e.head("range_limit", "num"),
        e.head("rule"),
    )  # fmt: skip


def _sizes(e: Edition, s: int, i: int, values: Sequence[float]) -> list[str]:
    """Differences without a sign, with their unit; empty where there is none."""
    if _grows(e, i):
        return e.tongue.shares(PLAIN[1].many(values), 1)
    column = e.column(s, i, grain_of(e, i))
    return e.tongue.amounts(column.many(values), column, gap=True)


# ------------------------------------------------------------------------------------------------ what lies ahead


def outlook_block(e: Edition, s: int, i: int) -> StoryBlock | None:
    """Trend, forecast and chance: what happens if the figure goes on as it does."""
    out, words = e.report.outlook, e.t["outlook"]
    at = s, i
    method, steps = METHODS[out.method[at]], int(out.steps[at])
    trend = TRENDS[out.trend[at]]
    if not method:
        if not trend:
            return None
        told = (Fact(words["facts"]["trend"], e.t["trend"][trend]),)
        return StoryBlock(words["title"], words["too_short"], Markup(), told, "", None)
    grain = grain_of(e, i)
    column = e.column(s, i, grain)
    until = e.tongue.period(e.report.figures[grain].periods[_now(e, grain)].plus(steps)) if steps else ""
    likely = LIKELIHOODS[out.likelihood[at]]
    chance = _chance(e, float(out.chance[at])) if likely else ""
    lead = words["lead"][likely or ("too_far" if steps else "no_target")].format(
        period=until, chance=chance, count=HORIZON
    )
    reached = min(max(steps, 1), HORIZON)
    facts = (
        Fact(words["facts"]["trend"], e.t["trend"][trend] if trend else ""),
        Fact(words["facts"]["streak"], _streak(e, s, i)),
        Fact(words["facts"]["chance"], words["likelihood"][likely] if likely else "",
             words["chance"].format(chance=chance, period=until) if likely else ""),
        Fact(words["facts"]["expected"], _amount(e, column, float(out.expected[s, i, reached - 1])),
             _ahead(e, grain, reached) if steps else ""),
        Fact(words["facts"]["crosses"], _ahead(e, grain, int(out.crosses[at]))),
        Fact(words["facts"]["crosses_limit"], _ahead(e, grain, int(out.crosses_limit[at]))),
    )  # fmt: skip
    how = (
        Fact(words["facts"]["required"], _required(e, i, column, float(out.required[at]))),
        Fact(words["facts"]["stretch"], *_stretch(e, float(out.stretch[at]))),
        Fact(words["facts"]["run_rate"], _times(e, float(out.run_rate[at]))),
        Fact(words["facts"]["method"], words["method"][method]),
        Fact(words["facts"]["error"], _error(e, column, float(out.error[at])), _mase(e, float(out.mase[at]))),
    )
    chart = charts.signal(_fan(e, s, i, grain, column))
    return StoryBlock(words["title"], lead, chart, _known(facts), words["never_scored"], None, _known(how))


def _chance(e: Edition, chance: float) -> str:
    """A probability in whole per cent; a forecast never says never, nor that anything is certain."""
    words = e.t["outlook"]
    if chance < NEVER:
        return str(words["below"].format(share=e.percent(NEVER)))
    if chance > 1 - NEVER:
        return str(words["above"].format(share=e.percent(1 - NEVER)))
    return e.percent(chance)


def _amount(e: Edition, column: Column, value: float) -> str:
    return "" if math.isnan(value) else e.tongue.amount(column.steps(value), column)


def _required(e: Edition, i: int, column: Column, value: float) -> str:
    """The change still needed, or how much better than needed the figure already is."""
    if math.isnan(value):
        return ""
    words, steps = e.t["outlook"], column.steps(value)
    sign = SIGNS[e.site.indicators[e.report.indicators[i]].direction]
    if not steps:
        return str(words["met"])
    if sign * steps < 0:
        return str(words["to_spare"].format(spare=e.tongue.amount(abs(steps), column, gap=True)))
    return e.tongue.amount(steps, column, signed=True, gap=True)


def _error(e: Edition, column: Column, value: float) -> str:
    return "" if math.isnan(value) else e.tongue.amount(column.steps(value), column, gap=True)


def _mase(e: Edition, value: float) -> str:
    words = e.t["outlook"]
    return "" if math.isnan(value) else words["mase"].format(number=e.tongue.rounded(value, 2))


def _times(e: Edition, value: float) -> str:
    return "" if math.isnan(value) else e.t["outlook"]["times"].format(number=e.tongue.rounded(value, 2))


def _stretch(e: Edition, value: float) -> tuple[str, str]:
    words = e.t["outlook"]
    if math.isnan(value) or value <= 0:  # nothing is left to stretch for
        return "", ""
    if math.isinf(value):
        return words["never_moved"], ""
    return _times(e, value), words["never_done"] if value > 1 else ""


def _streak(e: Edition, s: int, i: int) -> str:
    words, out = e.t["outlook"], e.report.outlook
    off, same = int(out.off_target[s, i]), int(out.same_status[s, i])
    if off:
        return str(words["off_target"].format(count=off))
    return str(words["on_target"].format(count=same)) if same else ""


def _ahead(e: Edition, grain: Grain, steps: int) -> str:
    return e.tongue.period(e.report.figures[grain].periods[_now(e, grain)].plus(steps)) if steps else ""


def _fan(e: Edition, s: int, i: int, grain: Grain, column: Column) -> SignalChart:
    out, figures, now, words = e.report.outlook, e.report.figures[grain], _now(e, grain), e.t["outlook"]
    steps = min(max(int(out.steps[s, i]), AHEAD), HORIZON)
    first = max(0, now + 1 - SHOWN)
    value = [shown(column, one) for one in figures.value[s, i, first : now + 1].tolist()]
    gap: list[float | None] = [None] * steps
    low, high = e.site.indicators[e.report.indicators[i]].bounds

    def scaled(way: float) -> list[float | None]:
        found = out.expected[s, i, :steps] + way * FAN * out.spread[s, i, :steps]
        kept = np.minimum(np.maximum(found, -np.inf if low is None else low), np.inf if high is None else high)
        return [None if one != one else one / column.factor for one in kept.tolist()]

    # The forecast begins at the last figure, so that its line joins.
    before: list[float | None] = [None] * (len(value) - 1)
    expected, fan_low, fan_high = ([*before, value[-1], *scaled(way)] for way in (0, -1, 1))
    target, top = (part[s, i, now] for part in (figures.target, figures.target_high))
    count = len(value) + steps
    missing, amounts = e.t["say"]["missing"], e.tongue.amounts
    said = amounts([None if one is None else round(one * 10**column.decimals) for one in value], column)
    said = [text or missing for text in said] + amounts(column.many(out.expected[s, i, :steps].tolist()), column)
    nothing = (None,) * count
    return SignalChart(
        id="outlook",
        title=words["chart"].format(method=words["method"][METHODS[out.method[s, i]]]),
        unit=column.head,
        periods=e.once(("ahead", grain, first, now, steps), partial(_labels_ahead, e, grain, first, now, steps)),
        values=(*value, *gap),
        displays=tuple(said),
        mean=nothing,
        lower=nothing,
        upper=nothing,
        trial=(False,) * count,
        targets=(None if target != target else float(target) / column.factor,) * count,
        targets_high=(None if top != top else float(top) / column.factor,) * count,
        marks=("common",) * len(value) + ("expected",) * steps,
        expected=tuple(expected),
        fan_low=tuple(fan_low),
        fan_high=tuple(fan_high),
        decimals=column.decimals,
        words=_chart_words(e) | {"common": e.chart_texts.value},
    )


def _labels_ahead(e: Edition, grain: Grain, first: int, now: int, steps: int) -> tuple[str, ...]:
    """The periods of a forecast's chart in words: from the first one shown up to now, and so many steps beyond."""
    periods = e.report.figures[grain].periods
    ahead = [periods[now].plus(step) for step in range(1, steps + 1)]
    return tuple(e.tongue.period(period) for period in (*periods[first : now + 1], *ahead))
