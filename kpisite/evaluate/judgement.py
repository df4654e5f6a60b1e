"""How one figure was judged: the rules in their turn, each with what it found and the numbers it looked at."""

import math

import numpy as np

from kpisite.evaluate.arithmetic import number
from kpisite.evaluate.case import Case
from kpisite.evaluate.explanation import Anchors, Contribution, Rule
from kpisite.evaluate.report import KEY, Figures, Report
from kpisite.evaluate.rollup import is_expected
from kpisite.evaluate.score_text import score_text


def anchors(case: Case) -> tuple[Anchors, ...]:
    """Where the score is 0, at the amber limit, 100 and at its cap; a range has them on either side."""
    if math.isnan(case.low):
        return ()
    if case.is_range:
        return (_side(case, case.low, 1, stretch=False), _side(case, case.high, -1, stretch=False))
    return (_side(case, case.low, case.sign, stretch=True),)


def _side(case: Case, target: float, sign: int, *, stretch: bool) -> Anchors:
    slope, width = case.scoring.slope, case.tolerance
    floor, beyond = case.own
    floor = width * 100 / slope if math.isnan(floor) else floor
    beyond = width * (case.scoring.cap - 100) / slope if math.isnan(beyond) else beyond
    return Anchors(
        floor=case.settled(target - sign * floor),
        amber=case.settled(target - sign * width),
        target=target,
        stretch=case.settled(target + sign * beyond) if stretch else None,
    )


def rules(case: Case) -> tuple[Rule, ...]:
    """The rules in their turn; what comes after a missing value is not asked any more."""
    if case.reason:
        return (_missing(case), Rule("result", case.status))
    if case.provisional:
        numbers = (("n", float(case.provisional)), ("m", float(case.months)))
        return (Rule("missing", "there"), Rule("provisional", "running", numbers), Rule("result", case.status))
    found = [Rule("missing", "there"), _sample(case), _limit(case), _target(case)]
    if not (case.small or math.isnan(case.low)):
        judged = _status(case)
        found += [judged, _veto(case, judged), _score(case, judged)]
    return (*found, Rule("result", case.status))


def _missing(case: Case) -> Rule:
    declared = case.indicator.missing_when
    holds = declared is not None and case.reason == "no-meaning"
    condition = (("condition", declared.formula),) if declared and holds else ()
    return Rule("missing", "missing", (("reason", case.reason), *condition))


def _sample(case: Case) -> Rule:
    wanted = case.indicator.sample
    if wanted is None:
        return Rule("sample", "none")
    least = ("least", float(wanted.least))
    if math.isnan(case.sample):
        return Rule("sample", "unknown", (least,))
    return Rule("sample", "small" if case.small else "enough", (("n", case.sample), least))


def _limit(case: Case) -> Rule:
    limit = case.indicator.limit
    if limit is None:
        return Rule("limit", "none")
    numbers = (("value", case.shown(case.value)), ("limit", limit.value), ("side", limit.side))
    return Rule("limit", "crossed" if case.over else "kept", numbers)


def _target(case: Case) -> Rule:
    if math.isnan(case.low):
        return Rule("target", "none")
    bounds = (("low", case.low), ("high", case.high)) if case.is_range else (("target", case.low),)
    return Rule("target", "range" if case.is_range else "there", (*bounds, ("tolerance", case.tolerance)))


def _status(case: Case) -> Rule:
    value = case.shown(case.value)
    if case.is_range:
        low, high = case.shown(case.low), case.shown(case.high)
        edges = [case.shown(one.amber) for one in anchors(case)]
        status = "green" if low <= value <= high else "amber" if edges[0] <= value <= edges[1] else "red"
        numbers = (("value", value), ("low", low), ("high", high), ("amber", edges[0]), ("amber_high", edges[1]))
        return Rule("status", status, numbers)
    target, amber = case.shown(case.low), case.shown(anchors(case)[0].amber)
    lead, reach = case.sign * (value - target), case.sign * (value - amber)
    status = "green" if lead >= 0 else "amber" if reach >= 0 else "red"
    return Rule("status", status, (("value", value), ("target", target), ("amber", amber)))


def _veto(case: Case, judged: Rule) -> Rule:
    if not case.indicator.veto:
        return Rule("veto", "none")
    missed = judged.found != "green"
    return Rule("veto", "missed" if missed else "kept", (("most", case.scoring.veto_score),) if missed else ())


def _score(case: Case, judged: Rule) -> Rule:
    return Rule("score", "there", (("score", case.score), ("text", score_text(case, judged.found))))


def _plain(value: float) -> str:
    return number(value).within(1)


def contribution(report: Report, figures: Figures, s: int, i: int, t: int) -> Contribution | None:
    """What a product's key figure brings into the composite; nothing without weight or score."""
    weight, score = float(figures.weight[s, i, t]), float(figures.score[s, i, t])
    if report.subjects[s].level != "product" or not weight or math.isnan(score):
        return None
    due = (report.role[s] == KEY) & is_expected(figures.reason[s, :, t]) & ~np.isnan(figures.target[s, :, t])
    counted = due if report.site.scoring.missing != "drop" else due & ~np.isnan(figures.score[s, :, t])
    whole = math.fsum(figures.weight[s, counted, t].tolist())
    composite = float(report.scores[figures.grain].score[s, -1, t])
    return Contribution(
        weight=weight,
        scored_weight=whole,
        points=weight * score / whole,
        text=f"{_plain(weight)} * {_plain(score)} / {_plain(whole)}",
        composite=None if math.isnan(composite) else composite,
    )
