"""Sentences from facts, by rule: what happened, against what, what happens next; the same facts in each language.

A sentence is a pattern of the locale files, filled with the numbers of one record (evaluate/facts.py).
"""

import math
from dataclasses import dataclass

import numpy as np

from kpisite.evaluate.facts import Crossing, Driver, Effect, Restatement, Told
from kpisite.evaluate.report import STATUSES
from kpisite.languages import Column
from kpisite.render import rounding
from kpisite.render.board import YEAR
from kpisite.render.cells import Places, gap_steps, reason_text, target_text
from kpisite.render.due import months_due
from kpisite.render.edition import Edition
from kpisite.render.judgements import watched_text


@dataclass(frozen=True, slots=True)
class Step:
    """What happens next about a figure: the words, and the plan they come from."""

    text: str
    plan: str = ""


def figure_sentence(e: Edition, s: int, i: int, *, named: bool = True) -> str:
    """One figure in the report's period: its value against its target, or why there is none."""
    return told_sentence(e, e.board.tell(s, i), named=named)


def told_sentence(e: Edition, told: Told, *, named: bool = True) -> str:
    """The same from its record; a crossed limit and a missed zero tolerance are told with it."""
    i = e.report.indicator(told.indicator)
    subject = e.indicators[i]
    if named:
        product = e.subjects[e.report.subject(told.product)]
        subject = e.t["say"]["subject"].format(product=product, indicator=subject)
    facts = {"subject": subject, "period": e.tongue.period(told.period)}
    sentence = _missing(e, i, facts, told) if told.kind == "missing" else _present(e, i, facts, told)
    limit = "" if math.isnan(told.limit) else e.t["say"]["limit"].format(limit=_one(e, i, told.limit))
    return joined(e, (sentence, limit, e.t["say"]["veto"] if told.veto else ""))


def _missing(e: Edition, i: int, facts: dict[str, str], told: Told) -> str:
    facts["reason"] = reason_text(e, i, told.reason)
    if told.last is None:
        return _say(e, "missing", facts)
    last = {"value": _one(e, i, told.last.value), "last": e.tongue.period(told.last.period)}
    return _say(e, "missing_last", facts | last)


def _present(e: Edition, i: int, facts: dict[str, str], told: Told) -> str:
    aims = [v for v in (told.target, told.high) if v == v] if told.kind != "provisional" else []
    column = e.prose_column(i, [told.value, *aims])
    facts["value"] = e.tongue.figure(told.value, column)
    if told.kind == "small":
        least = {"least": e.tongue.number(told.least, 0)}
        if math.isnan(told.sample):
            return _say(e, "uncounted", facts | least)
        return _say(e, "small", facts | least | {"sample": e.tongue.number(round(told.sample), 0)})
    if told.kind == "provisional":
        return _say(e, "provisional", facts | {"n": str(told.months), "m": str(told.period.months)})
    if not aims:
        return _say(e, "no_target", facts)
    steps = gap_steps(column, column.steps(told.value), told.target, told.high)
    facts["target"] = target_text(e, column, told.target, told.high)
    facts["gap"] = e.tongue.amount(abs(steps), column, gap=True)
    return _say(e, told.kind, facts)


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
    return told_step(e, e.board.tell(s, i))


def told_step(e: Edition, told: Told) -> Step:
    """The same from its record; nothing where the target is met."""
    words, found = e.t["say"]["step"], told.next
    if found is None:
        return Step("")
    if found.kind == "action" and found.due is not None:
        action = e.site.plans[found.plan].actions[found.action]
        facts = {"action": e.say(action.title), "owner": found.owner, "due": e.tongue.date(found.due)}
        return Step(words["action"].format(status=e.t["action_status"][found.status], **facts), found.plan)
    if found.kind == "closed":
        return Step(words["closed"].format(owner=found.owner, plan=e.say(e.site.plans[found.plan].title)), found.plan)
    if found.kind == "unneeded":
        return Step(words["unneeded"])
    return Step(words["none"].format(owner=found.owner) if found.owner else words["none_owner"])


# ------------------------------------------------------------------------------------------------ around the figure


def around(e: Edition, told: Told) -> tuple[str, ...]:
    """Signal or noise, the plan's effect, competitors, the forecast and a restatement: a sentence for each there is."""
    i = e.report.indicator(told.indicator)
    return (
        _movement(e, told),
        _effect(e, i, told.effect) if told.effect else "",
        _behind(e, i, told),
        _crossing(e, i, told.crossing) if told.crossing else "",
        _restated(e, i, told.restated) if told.restated else "",
    )


def driver_sentence(e: Edition, told: Told, found: Driver | None) -> str:
    """What the change of a ratio on the year goes together with; not told of noise, which has no drivers."""
    if found is None or not told.is_missed or told.movement is None or told.is_noise:
        return ""
    i, words = e.report.indicator(told.indicator), e.t["say"]["driver"]
    column = e.prose_column(i, [found.new, found.old])
    change = column.steps(found.new) - column.steps(found.old)
    effect = column.steps(found.effect)
    measure = e.site.measures.get(found.measure)
    name = e.say(measure.name) if measure else ""
    parts = e.t["say"]["driver_part"]
    part = parts["measure"].format(name=name) if name else parts[found.side]
    if not change or not effect:
        return ""
    numbers = {
        key: e.tongue.amount(steps, column, signed=True, gap=True)
        for key, steps in (("change", change), ("effect", effect))
    }
    return str(words.format(period=e.tongue.period(found.before), part=part, **numbers))


def _movement(e: Edition, told: Told) -> str:
    """A signal with its first period; noise only where a miss might be taken for more, or can never be mended.

    It is told of what is watched: a figure may go down for years while its monthly change varies as usual.
    """
    found, words = told.movement, e.t["say"]
    if found is None or told.kind in ("missing", "small", "provisional"):
        return ""
    patterns = words["movement" if found.of == "level" else "movement_of"]
    facts = {"watched": watched_text(e, e.report.indicator(told.indicator)), "since": e.tongue.period(found.since)}
    if found.merit != "common":
        return str(patterns[found.merit].format(**facts))
    if not told.is_missed:
        return ""
    noise = patterns["common_fails" if found.assurance == "fails" else "common"].format(**facts)
    return joined(e, (noise, words["but_worsening"] if told.is_worsening else ""))


def _effect(e: Edition, i: int, effect: Effect) -> str:
    words, plan = e.t["say"]["effect_of"], e.say(e.site.plans[effect.plan].title)
    day = e.tongue.date(effect.on)
    if effect.since is None:
        return str(words["judged"].format(plan=plan, date=day))
    column = e.prose_column(i, [effect.before, effect.after])
    before, after = column.steps(effect.before), column.steps(effect.after)
    return str(
        words["moved"].format(
            plan=plan, since=e.tongue.period(effect.since), date=day,
            before=e.tongue.amount(before, column), after=e.tongue.amount(after, column),
        )
    )  # fmt: skip


def _behind(e: Edition, i: int, told: Told) -> str:
    found = told.behind
    if found is None:
        return ""
    column = e.prose_column(i, [found.own, found.best])
    own, best = column.steps(found.own), column.steps(found.best)
    facts = {"period": e.tongue.period(found.period), "rank": str(found.rank), "of": str(found.of)}
    numbers = {"own": e.tongue.amount(own, column), "best": e.tongue.amount(best, column)}
    return str(e.t["say"]["behind"].format(gap=e.tongue.amount(abs(best - own), column, gap=True), **numbers, **facts))


def _crossing(e: Edition, i: int, crossing: Crossing) -> str:
    facts = {"level": _one(e, i, crossing.level), "period": e.tongue.period(crossing.period)}
    return str(e.t["say"]["crossing"][crossing.what].format(chance=e.percent(crossing.chance), **facts))


def _restated(e: Edition, i: int, restated: Restatement) -> str:
    words = e.t["say"]["restated"]
    values = [one for one in (restated.before, restated.after) if one == one]
    column = e.prose_column(i, values)
    before, after = (
        e.tongue.figure(one, column) if one == one else e.t["say"]["missing"]
        for one in (restated.before, restated.after)
    )  # fmt: skip
    facts = {"period": e.tongue.period(restated.period), "before": before, "after": after}
    several = words["several"].format(count=restated.months) if restated.months > 1 else ""
    reason = words["reason"].format(reason=e.say(restated.reason)) if restated.reason else ""
    ends = ((restated.before_code, restated.before), (restated.after_code, restated.after))
    statuses = [e.status_word(STATUSES[code], value) for code, value in ends]
    moved = words["status"].format(before=statuses[0], after=statuses[1]) if statuses[0] != statuses[1] else ""
    return str(words["text"].format(several=several, reason=reason, status=moved, **facts))


# ------------------------------------------------------------------------------------------------ good news


def good_sentence(e: Edition, s: int, i: int, *, newly: bool, brief: bool = False) -> str:
    """A met target, and since when or by how much; an improvement is only told where it is a signal.

    In brief, what is around the figure is left to its own page.
    """
    board, now = e.board, e.board.now
    told = board.tell(s, i)
    sentence = joined(e, (told_sentence(e, told), *(() if brief else around(e, told))))
    if newly:
        return joined(e, (sentence, e.t["say"]["newly_green"].format(period=e.month_labels[now])))
    column, change = change_between(e, s, i, now, now - YEAR)
    signal = told.movement is not None and told.movement.merit == "improvement"
    if not signal or told.high == told.high or column is None or not change:
        return sentence
    if not board.distances(now - YEAR)[s, i] > board.distances(now)[s, i]:
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
    if e.board.now < YEAR:
        return [""] * len(places.subjects)
    pairs, now = places.pairs(), months_due(e)[places]
    before, values = now - YEAR, e.board.months.value
    new, old = values[*places, now], np.where(before < 0, np.nan, values[*places, before])
    least = [LEAST_BASE.get(e.plain_columns[i].unit.style, math.inf) for _, i in pairs]
    base = np.where(old >= np.array(least), old, np.nan)
    growth = e.tongue.numbers(rounding.tenths(100 * (new / base - 1)).tolist(), 1, signed=True)
    return [
        f"{percent}%" if percent else change_text(e, s, i, t, t - YEAR)
        for percent, t, (s, i) in zip(growth, now.tolist(), pairs, strict=True)
    ]
