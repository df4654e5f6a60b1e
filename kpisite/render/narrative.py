"""Sentences from facts, by rule: what happened, against what, what happens next; the same facts in each language."""

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np

from kpisite.declare.model import Target
from kpisite.languages import Column
from kpisite.render import rounding
from kpisite.render.board import CLOSED_ACTIONS, YEAR
from kpisite.render.cells import Places, Raw, gap_steps, raw, reason_text, target_text
from kpisite.render.edition import Edition


@dataclass(frozen=True, slots=True)
class Step:
    """What happens next about a figure: the words, and the plan they come from."""

    text: str
    plan: str = ""


def figure_sentence(e: Edition, s: int, i: int, *, named: bool = True) -> str:
    """One figure in the report's period: its value against its target, or why there is none."""
    now = e.board.now
    one = raw(e, s, i, now)
    subject = e.indicators[i]
    if named:
        subject = e.t["say"]["subject"].format(product=e.subjects[s], indicator=subject)
    facts = {"subject": subject, "period": e.month_labels[now]}
    sentence = _missing(e, s, i, facts, one) if math.isnan(one.value) else _present(e, i, facts, one)
    limit = e.site.indicators[e.report.indicators[i]].limit
    if one.over and limit is not None:
        words = e.t["say"]["limit"].format(limit=_one(e, i, limit.value))
        return joined(e, (sentence, words))
    return sentence


def _missing(e: Edition, s: int, i: int, facts: dict[str, str], one: Raw) -> str:
    facts["reason"] = reason_text(e, i, one.reason)
    values = e.board.months.value[s, i, : e.board.now]
    known = np.flatnonzero(np.isfinite(values)).tolist()
    if not known:
        return _say(e, "missing", facts)
    last = known[-1]
    return _say(e, "missing_last", facts | {"value": _one(e, i, float(values[last])), "last": e.month_labels[last]})


def _present(e: Edition, i: int, facts: dict[str, str], one: Raw) -> str:
    aims = [v for v in (one.target, one.high) if v == v]
    column = e.prose_column(i, [one.value, *aims])
    facts["value"] = e.tongue.figure(one.value, column)
    sample = e.site.indicators[e.report.indicators[i]].sample
    if one.small and sample is not None:
        count = e.tongue.number(round(one.sample), 0)
        return _say(e, "small", facts | {"sample": count, "least": e.tongue.number(sample.least, 0)})
    if not aims:
        return _say(e, "no_target", facts)
    steps = gap_steps(column, column.steps(one.value), one.target, one.high)
    facts["target"] = target_text(e, column, one.target, one.high)
    facts["gap"] = e.tongue.amount(abs(steps), column, gap=True)
    return _say(e, _pattern(one, steps), facts)


def _pattern(one: Raw, steps: int) -> str:
    ranged = one.high == one.high
    if one.score >= 100:
        return "inside" if ranged else "met"
    side = "above" if steps > 0 else "below"
    return f"range_{side}" if ranged else side


def _say(e: Edition, pattern: str, facts: dict[str, str]) -> str:
    sentence: str = e.t["say"]["figure"][pattern].format(**facts)
    return sentence


def _one(e: Edition, i: int, value: float) -> str:
    return e.tongue.figure(value, e.prose_column(i, [value]))


def joined(e: Edition, sentences: tuple[str, ...]) -> str:
    """Sentences one after the other, as the language joins them."""
    text: str = e.t["say"]["sentence_join"].join(sentence for sentence in sentences if sentence)
    return text


# ------------------------------------------------------------------------------------------------ what happens next


def next_step(e: Edition, s: int, i: int) -> Step:
    """The next open action about a figure with its owner and day, or the plain words that there is none yet."""
    product, indicator = e.report.subjects[s].id, e.report.indicators[i]
    words = e.t["say"]["step"]
    plans = e.board.plans.get((product, indicator), ())
    for day, plan, id_ in sorted(_open_actions(e, plans, indicator)):
        action = e.site.plans[plan].actions[id_]
        status = e.t["action_status"][e.board.action_status[plan, id_]]
        facts = {"action": e.say(action.title), "owner": action.owner, "due": e.tongue.date(day), "status": status}
        return Step(words["action"].format(**facts), plan)
    if plans:
        plan = plans[-1]
        declared = e.site.plans[plan]
        return Step(words["closed"].format(owner=declared.owner, plan=e.say(declared.title)), plan)
    owner = owner_of(e, s, i)
    return Step(words["none"].format(owner=owner) if owner else words["none_owner"])


def _open_actions(e: Edition, plans: tuple[str, ...], indicator: str) -> list[tuple[dt.date, str, str]]:
    found = []
    for plan in plans:
        for id_, action in e.site.plans[plan].actions.items():
            about = action.indicators or e.site.plans[plan].indicators
            if indicator in about and e.board.action_status[plan, id_] not in CLOSED_ACTIONS:
                found.append((action.due, plan, id_))
    return found


def owner_of(e: Edition, s: int, i: int) -> str:
    """Who answers for a figure: the owner of its target in force, else of the product, else of the indicator."""
    subject, indicator = e.report.subjects[s], e.report.indicators[i]
    if subject.level != "product":
        return e.site.indicators[indicator].owner
    product = e.site.products[subject.id]
    target = target_in_force(e, s, i)
    return (target.owner if target else "") or product.owner or e.site.indicators[indicator].owner


def target_in_force(e: Edition, s: int, i: int) -> Target | None:
    """The target declared for the report's period."""
    subject, indicator = e.report.subjects[s], e.report.indicators[i]
    declared = e.site.bank.key if subject.level == "bank" else e.site.products[subject.id].key
    period = e.report.period.last_month
    known = [one for one in declared.get(indicator, ()) if one.from_ is None or one.from_.number <= period]
    newest = max(known, key=lambda one: one.from_.number if one.from_ else 0, default=None)
    return None if newest is None or (newest.until and newest.until.number < period) else newest


# ------------------------------------------------------------------------------------------------ good news


def good_sentence(e: Edition, s: int, i: int, *, newly: bool) -> str:
    """A met target, and since when or by how much."""
    board, now = e.board, e.board.now
    sentence = figure_sentence(e, s, i)
    if newly:
        return joined(e, (sentence, e.t["say"]["newly_green"].format(period=e.month_labels[now])))
    column, change = change_between(e, s, i, now, now - YEAR)
    ranged = not math.isnan(float(board.months.target_high[s, i, now]))
    if ranged or column is None or not change or not board.distances(now - YEAR)[s, i] > board.distances(now)[s, i]:
        return sentence
    words = {"period": e.month_labels[now - YEAR], "gap": e.tongue.amount(abs(change), column, gap=True)}
    return joined(e, (sentence, e.t["say"]["gained"].format(**words)))


def change_between(e: Edition, s: int, i: int, t: int, before: int) -> tuple[Column | None, int]:
    """The change between two months as the difference of the displayed numbers, and the column they are shown in."""
    if before < 0:
        return None, 0
    values = e.board.months.value
    new, old = float(values[s, i, t]), float(values[s, i, before])
    if math.isnan(new) or math.isnan(old):
        return None, 0
    column = e.prose_column(i, [new, old])
    return column, column.steps(new) - column.steps(old)


# Growth in percent says something about amounts and large counts; of three breaches it does not.
LEAST_BASE = {"money": 0.01, "count": 100.0}


def change_text(e: Edition, s: int, i: int, t: int, before: int) -> str:
    """The change between two months with its sign and unit; amounts as growth in percent where that means anything."""
    if before < 0:
        return ""
    new, old = float(e.board.months.value[s, i, t]), float(e.board.months.value[s, i, before])
    if new == new and old >= LEAST_BASE.get(e.plain_columns[i].unit.style, math.inf):
        return f"{e.tongue.rounded(100 * (new / old - 1), 1, signed=True)}%"
    column, change = change_between(e, s, i, t, before)
    return "" if column is None else e.tongue.amount(change, column, signed=True, gap=True)


def changes(e: Edition, places: Places) -> list[str]:
    """The same for many figures, since a year before."""
    now, before, pairs = e.board.now, e.board.now - YEAR, places.pairs()
    if before < 0:
        return [""] * len(pairs)
    new, old = (e.board.months.value[*places, t] for t in (now, before))
    least = [LEAST_BASE.get(e.plain_columns[i].unit.style, math.inf) for _, i in pairs]
    base = np.where(old >= np.array(least), old, np.nan)
    growth = e.tongue.numbers(rounding.tenths(100 * (new / base - 1)).tolist(), 1, signed=True)
    return [
        f"{percent}%" if percent else change_text(e, s, i, now, before)
        for percent, (s, i) in zip(growth, pairs, strict=True)
    ]
