"""The headline and the few sentences at the top of a page, from the roll-ups."""

import math
from collections.abc import Sequence

from kpisite.evaluate.report import AMBER, GREEN, GREY, RED, STATUSES
from kpisite.render.cells import cell
from kpisite.render.edition import Edition
from kpisite.render.parts import ScoreBox


def score_box(e: Edition, s: int) -> ScoreBox:
    """The composite of a subject with its status, coverage, bounds, change and counts."""
    scores, now, c = e.board.scores, e.board.now, e.board.composite
    score, coverage = float(scores.score[s, c, now]), float(scores.coverage[s, c, now])
    before = float(scores.score[s, c, now - 1]) if now else math.nan
    words, covered = e.t["say"], e.percent(0.0 if math.isnan(coverage) else coverage)
    return ScoreBox(
        name=e.subjects[s],
        score=e.composite(score) or words["no_composite"],
        status=e.mark(int(scores.status[s, c, now])),
        covered=covered,
        coverage=words["coverage"].format(coverage=covered),
        bounds=bounds(e, s) if coverage < 1 else "",
        change="" if math.isnan(score + before) else change(e, score, before),
        counts=e.counts(scores.counts[s, c, now].tolist()),
    )


def bounds(e: Edition, s: int) -> str:
    """Where the composite would lie with the missing figures in."""
    low, high = _bounds(e, s)
    return e.tongue.span(low, high) if low else ""


def _bounds(e: Edition, s: int) -> tuple[str, str]:
    scores, now, c = e.board.scores, e.board.now, e.board.composite
    low, high = float(scores.low[s, c, now]), float(scores.high[s, c, now])
    return ("", "") if math.isnan(low + high) else (e.tongue.rounded(low, 1), e.tongue.rounded(high, 1))


def change(e: Edition, score: float, before: float) -> str:
    """The difference of two displayed scores, with its sign."""
    return e.tongue.number(e.tongue.tenths(score) - e.tongue.tenths(before), 1, signed=True)


def _counts(numbers: Sequence[int]) -> dict[str, str]:
    named = {STATUSES[code]: str(int(numbers[code])) for code in (GREEN, AMBER, RED, GREY)}
    return named | {"total": str(int(sum(numbers)))}


def summary_lead(e: Edition) -> str:
    """The state of the whole house in one sentence."""
    board, now, c = e.board, e.board.now, e.board.composite
    if board.bank is None:
        return ""
    score, coverage = board.scores.score[board.bank, c, now], board.scores.coverage[board.bank, c, now]
    words = e.t["say"]["summary"]
    if not board.scores.counts[board.bank, c, now].any():
        return str(words["lead_unjudged"])
    if math.isnan(score):
        return str(words["lead_none"].format(coverage=e.percent(0.0 if math.isnan(coverage) else float(coverage))))
    green = sum(int(board.scores.status[s, c, now] == GREEN) for s in board.products)
    return str(
        words["lead"].format(
            score=e.composite(float(score)),
            status=e.t["status"][STATUSES[int(board.scores.status[board.bank, c, now])]],
            green=green,
            products=len(board.products),
            red=int(board.scores.counts[board.bank, c, now, RED]),
        )
    )


def summary_sentences(e: Edition) -> tuple[str, ...]:
    """How far the composite of the whole house stands on data; the counts stand beside it."""
    bank = e.board.bank
    coverage = "" if bank is None else _coverage(e, bank)
    return (coverage,) if coverage else ()


def calm(e: Edition) -> str:
    """What is said where no key indicator misses its target: that all are met, or that some cannot be judged."""
    board = e.board
    numbers = board.scores.counts[list(board.products), board.composite, board.now].sum(axis=0).tolist()
    judged, grey = sum(numbers) - numbers[GREY], numbers[GREY]
    key = "calm" if judged and not grey else "calm_missing" if judged else "calm_none" if grey else "calm_unjudged"
    return str(e.t["say"]["summary"][key].format(**_counts(numbers)))


def _coverage(e: Edition, s: int) -> str:
    words = e.t["say"]["summary"]
    share = float(e.board.scores.coverage[s, e.board.composite, e.board.now])
    low, high = _bounds(e, s)
    if math.isnan(share) or share >= 1 or not low:
        return ""
    return str(words["coverage"].format(coverage=e.percent(share), low=low, high=high))


def scorecard_lead(e: Edition, s: int) -> str:
    """The state of a product in one sentence."""
    scores, now, c = e.board.scores, e.board.now, e.board.composite
    score, coverage = float(scores.score[s, c, now]), float(scores.coverage[s, c, now])
    words, facts = e.t["say"]["scorecard"], {"product": e.subjects[s]}
    ended = e.site.products[e.report.subjects[s].id].ended
    if ended is not None and ended < e.report.period:
        return str(words["lead_ended"].format(period=e.tongue.period(ended), **facts))
    if not scores.counts[s, c, now].any():
        return str(words["lead_unjudged"].format(**facts))
    if math.isnan(score):
        return str(words["lead_none"].format(coverage=e.percent(0.0 if math.isnan(coverage) else coverage), **facts))
    status = e.t["status"][STATUSES[int(scores.status[s, c, now])]]
    counts = _counts(scores.counts[s, c, now].tolist())
    return str(words["lead"].format(score=e.composite(score), status=status, **facts, **counts))


def scorecard_sentences(e: Edition, s: int) -> tuple[str, ...]:
    """At most two: coverage where it is not full, the largest weighted shortfall; the counts stand beside them."""
    return tuple(sentence for sentence in (_coverage(e, s), _worst(e, s)) if sentence)


def _worst(e: Edition, s: int) -> str:
    words = e.t["say"]["scorecard"]
    short = [i for i in e.board.keys[s] if e.board.shortfall[s, i] > 0]
    if not short:
        return str(words["no_shortfall"]) if e.board.keys[s] else ""
    i = short[0]
    one = cell(e, s, i)
    weight = weight_text(e, float(e.board.months.weight[s, i, e.board.now]))
    return str(
        words["worst"].format(
            indicator=e.indicators[i], value=one.value, target=one.target, weight=weight, score=one.score
        )
    )


def weight_text(e: Edition, weight: float) -> str:
    """A weight without needless decimals; nothing where there is none."""
    if not weight:
        return ""
    return e.tongue.rounded(weight, 0 if weight == round(weight) else 1)
