"""The page of early warnings: by product, what changed since the version before, the log, and how good they were."""

import numpy as np

from kpisite.evaluate.compare_peers import newest_facts
from kpisite.evaluate.report import GREEN, KEY, VARIATIONS, Alert, Report
from kpisite.evaluate.warning import alerts
from kpisite.evaluate.warning_quality import warning_quality
from kpisite.render import marks
from kpisite.render.alerted import (
    Warned,
    cadence_now,
    counts,
    of_report,
    rule_name,
    severity_mark,
    told_values,
)
from kpisite.render.cells import cell
from kpisite.render.edition import Edition, root_of
from kpisite.render.judgements import judged_now
from kpisite.render.pages import WarningPage
from kpisite.render.parts import Fact, Folded, Table
from kpisite.render.views.ahead import grain_of
from kpisite.render.views.rows import LONGEST, longest
from kpisite.render.views.signed import unsigned_table
from kpisite.render.views.warned import PATH
from kpisite.render.views.warned_groups import by_rule, groups, left_out, severities

# Severities that no opportunity stands beside.
_GRAVE = ("critical", "high")
_IMPROVEMENTS = [VARIATIONS.index(name) for name in ("improvement-high", "improvement-low")]


def warning_page(e: Edition, earlier: Report | None = None) -> WarningPage:
    """All warnings; `earlier` is the version before."""
    root, words, warned = root_of(PATH), e.t["warning"], of_report(e)
    known = {one.id: one for one in alerts(earlier)} if earlier else {}
    every = list(alerts(e.report))
    new = frozenset(one.id for one in every if one.cleared is None and one.id not in known) if earlier else frozenset()
    return WarningPage(
        **e.frame(PATH, title=words["title"], lead=words["lead"].format(**counts(warned)), section="warnings"),
        facts=_facts(e, every, known, new, earlier),
        unsigned=unsigned_table(e, root),
        counts=severities(e, warned),
        by_rule=by_rule(e, warned, new),
        groups=groups(e, warned, new),
        left_out=left_out(e, warned),
        quality=_quality(e),
        opportunities=_opportunities(e, root),
        leading=_leading(e, warned, root),
        log=_log(e, every, root),
    )


def _facts(
    e: Edition, every: list[Alert], known: dict[str, Alert], new: frozenset[str], earlier: Report | None
) -> tuple[Fact, ...]:
    """Open, new and cleared since the version before."""
    words = e.t["warning"]["of_page"]
    open_ = sum(one.cleared is None for one in every)
    facts = [Fact(words["open"], str(open_))]
    if earlier:
        cleared = [one for one in every if one.cleared and one.id in known and known[one.id].cleared is None]
        gone = [one for one in known.values() if one.cleared is None and one.id not in {each.id for each in every}]
        note = words["since"].format(version=earlier.version)
        facts += [Fact(words["new"], str(len(new)), note), Fact(words["cleared"], str(len(cleared)), note)]
        facts += [Fact(words["gone"], str(len(gone)), note)] if gone else []
    return tuple(facts)


def _quality(e: Edition) -> Table:
    words = e.t["warning"]
    rows = []
    for one in warning_quality(e.report):
        lead = "" if one.lead is None else words["lead_months"].format(count=f"{one.lead:g}")
        numbers = [str(number) for number in (one.hits, one.false, one.misses, one.pending)]
        rows.append([words["rules"][one.rule], *numbers, lead])
    heads = (
        e.head("warning"),
        *(e.head(key, "num") for key in ("hits", "unfounded", "misses", "pending", "lead_time")),
    )
    return marks.table("quality", words["quality"], heads, rows, note=words["quality_note"])


def _opportunities(e: Edition, root: str) -> Table | None:
    """Signals for the better, targets exceeded up to the cap, and gaps to competitors in our favour."""
    words = e.t["warning"]["good"]
    gaps: dict[tuple[str, str], list[str]] = {}
    for fact in newest_facts(e.report.peers):
        if fact.gap > 0 and fact.comparable == "yes":
            gaps.setdefault((fact.product, fact.indicator), []).append(fact.competitor)
    names = e.site.competitors.names if e.site.competitors else {}
    months, now, rows = e.board.months, e.board.now, []
    for s, i in _unwarned(e):
        reasons = []
        signals = e.report.signals.get(grain_of(e, i))
        if signals is not None and signals.variation[s, i, cadence_now(e, i)] in _IMPROVEMENTS:
            reasons.append(words["signal"])
        if months.score[s, i, now] >= e.site.scoring.cap:
            reasons.append(words["stretch"])
        ahead = gaps.get((e.report.subjects[s].id, e.report.indicators[i]), [])
        if ahead and months.status[s, i, now] == GREEN:
            theirs = e.listed(e.say(names[id_].name) for id_ in sorted(set(ahead)))
            reasons.append(words["peers"].format(competitors=theirs))
        if reasons:
            rows.append((-len(reasons), -float(months.weight[s, i, now]), s, i, reasons))
    if not rows:
        return None
    rows.sort(key=lambda row: row[:4])
    body = [_opportunity(e, s, i, reasons, root) for _, _, s, i, reasons in rows[:LONGEST]]
    heads = (
        e.head("product"),
        e.head("indicator"),
        e.head("value", "num"),
        e.head("target", "num"),
        e.head("status", "status"),
        e.head("why", "said"),
    )
    caption = e.t["warning"]["opportunities"]
    return marks.table("opportunities", caption, heads, body, note=longest(e, len(body), len(rows)))


def _unwarned(e: Edition) -> list[tuple[int, int]]:
    """The key figures without a grave warning: what warns of a breach is no opportunity, however green it still is."""
    warned = {(one.s, one.i) for one in of_report(e) if one.worst.severity in _GRAVE}
    return [(s, i) for s in e.board.products for i in e.board.keys[s] if (s, i) not in warned]


def _opportunity(e: Edition, s: int, i: int, reasons: list[str], root: str) -> list[str]:
    product, one = e.to_subject(s, root), cell(e, s, i)
    return [
        marks.anchor(product.text, product.href),
        marks.anchor(e.indicators[i], e.to_figure(s, i, root)),
        one.value,
        one.target,
        judged_now(e, s, i),
        e.listed(reasons),
    ]


def _leading(e: Edition, warned: tuple[Warned, ...], root: str) -> Table | None:
    """Each figure that others lead, with how both stand and what the leading one warns of."""
    found = {(one.s, one.i): one for one in warned}
    rows = []
    for s in e.board.products:
        for i in np.flatnonzero(e.report.role[s] == KEY).tolist():
            for id_ in e.site.indicators[e.report.indicators[i]].led_by:
                lead = e.report.indicators.index(id_) if id_ in e.report.indicators else -1
                if lead >= 0 and e.report.role[s, lead]:
                    rows.append(_pair(e, s, lead, i, found.get((s, lead)), root))
    if not rows:
        return None
    heads = (
        e.head("product"),
        e.head("from"),
        e.head("status", "status"),
        e.head("warning", "said"),
        e.head("to"),
        e.head("status", "status"),
    )
    caption = e.t["warning"]["leading"]
    return marks.table("leading", caption, heads, rows[:LONGEST], note=longest(e, len(rows[:LONGEST]), len(rows)))


def _pair(e: Edition, s: int, lead: int, i: int, warned: Warned | None, root: str) -> list[str]:
    product = e.to_subject(s, root)
    words = e.t["warning"]
    said = e.listed(dict.fromkeys(words["rules"][one.rule] for one in warned.alerts)) if warned else words["none_open"]
    return [
        marks.anchor(product.text, product.href),
        marks.anchor(e.indicators[lead], e.to_figure(s, lead, root)),
        _status(e, s, lead),
        said,
        marks.anchor(e.indicators[i], e.to_figure(s, i, root)),
        _status(e, s, i),
    ]


def _status(e: Edition, s: int, i: int) -> str:
    """The status of a key indicator; watched ones have none."""
    if e.report.role[s, i] != KEY:
        return str(e.t["badge"]["monitor"])
    return judged_now(e, s, i)


def _log(e: Edition, every: list[Alert], root: str) -> Folded | None:
    """What was raised and cleared, the latest first."""
    if not every:
        return None
    order = sorted(every, key=lambda one: (-_latest(one), one.product, one.indicator))
    rows = [_logged(e, one, root) for one in order[:LONGEST]]
    heads = (
        e.head("product"),
        e.head("indicator"),
        e.head("warning", "said"),
        e.head("severity"),
        e.head("raised", "when"),
        e.head("cleared", "when"),
        e.head("value", "num"),
        e.head("threshold", "num"),
    )
    title = e.t["warning"]["log"]
    return Folded(title, marks.table("log", title, heads, rows, note=longest(e, len(rows), len(every))))


def _latest(one: Alert) -> int:
    """The month in which something last happened to a warning."""
    return max(one.raised.last_month, one.cleared.last_month if one.cleared else 0)


def _logged(e: Edition, one: Alert, root: str) -> list[str]:
    s, i = e.report.subject(one.product), e.report.indicator(one.indicator)
    product, (value, threshold) = e.to_subject(s, root), told_values(e, one)
    return [
        marks.anchor(product.text, product.href),
        marks.anchor(e.indicators[i], e.to_figure(s, i, root)),
        rule_name(e, one),
        severity_mark(e, one.severity),
        e.tongue.period(one.raised),
        e.tongue.period(one.cleared) if one.cleared else e.t["warning"]["open"],
        value,
        threshold,
    ]
