"""Series -> Report: every figure judged, rolled up, and joined by the figures of the house itself."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

import numpy as np

from kpisite.declare.model import Site
from kpisite.evaluate.actions import action_facts
from kpisite.evaluate.compare_peers import compare_peers
from kpisite.evaluate.known import as_known
from kpisite.evaluate.outlook import outlook
from kpisite.evaluate.performance import House, house_line
from kpisite.evaluate.report import ABSENT, KEY, MONITOR, ROLLED, Codes, Figures, Flags, Report
from kpisite.evaluate.rollup import families_of, roll_up
from kpisite.evaluate.rounding import Floats
from kpisite.evaluate.signals import signals
from kpisite.evaluate.status import Judged, Rules, judge, rules_of
from kpisite.evaluate.target import Goals, keys_of, monthly_goals
from kpisite.evaluate.warning import no_warnings, warn
from kpisite.evaluate.window import shown_part
from kpisite.load.peers import Peers
from kpisite.measure.series import REASON, Breakdown, GrainSeries, Series, Subject
from kpisite.periods import GRAIN_ORDER, Grain, of_month

# Subjects judged at a time: few enough for the processor's cache, enough to keep numpy busy.
_AT_A_TIME = 32


NO_PEERS = Peers()


def evaluate(
    site: Site, series: Series, peers: Peers = NO_PEERS, *, version: str, title: str, as_of: dt.date
) -> Report:
    """Judge all figures as of a day; the same values, declarations and day always give the same report."""
    site = as_known(site, version, as_of)
    role = roles(site, series.subjects, series.indicators)
    rules = rules_of(site, series.indicators)
    goals = monthly_goals(site, series)
    grains = [series.grains[grain] for grain in GRAIN_ORDER if grain in series.grains]
    wanted = {cells.grain: goals.over(cells.periods) for cells in grains}
    figures = {cells.grain: _figures(site, rules, role, cells, wanted[cells.grain]) for cells in grains}
    period = of_month(site.report.period.last_month, Grain.MONTH, site.report.fiscal_year_starts)
    house = House(site, series.subjects, role, figures, version, period, as_of)
    _add_house(house, rules, series.indicators, wanted)
    found = signals(site, series.subjects, series.indicators, role, figures)
    ahead, reach = outlook(site, series, role, (figures, found, period))
    report = Report(
        version=version,
        title=title,
        period=period,
        as_of=as_of.isoformat(),
        site=site,
        subjects=series.subjects,
        indicators=series.indicators,
        families=families_of(site),
        role=role,
        figures=figures,
        scores={grain: roll_up(site, series.subjects, series.indicators, role, one) for grain, one in figures.items()},
        signals=found,
        outlook=ahead,
        actions=action_facts(site, as_of),
        inputs=series.inputs,
        breakdowns=tuple(_carried(one, role, series.indicators) for one in series.breakdowns),
        sources=(*series.sources, *peers.sources),
        peers=compare_peers(site, series.subjects, series.indicators, figures, peers.values, as_of),
        quality=series.quality,
        warnings=no_warnings(),
    )
    return shown_part(replace(report, warnings=warn(report, reach)), series.before)


def _carried(breakdown: Breakdown, role: Codes, indicators: Sequence[str]) -> Breakdown:
    """The parts of figures that a subject carries; those of any other are not applicable."""
    absent = (role[:, [indicators.index(id_) for id_ in breakdown.indicators]] == ABSENT)[:, :, None, None]
    reason = np.where(absent, REASON["not-applicable"], breakdown.reason).astype(np.int8)
    return replace(breakdown, value=np.where(absent, np.nan, breakdown.value) + 0.0, reason=reason)


def roles(site: Site, subjects: Sequence[Subject], indicators: Sequence[str]) -> Codes:
    """What each indicator is to each subject: products and the bank declare it, lines and the bank roll it up."""
    role = np.full((len(subjects), len(indicators)), ABSENT, dtype=np.int8)
    where = {id_: i for i, id_ in enumerate(indicators)}
    for s, subject in enumerate(subjects):
        if subject.level == "product":
            watched = [where[id_] for id_ in site.products[subject.id].monitor if id_ in where]
            role[s, watched] = MONITOR
        else:
            rolled = (role[list(subject.members)] != ABSENT).any(axis=0)
            role[s, rolled & _joins(site, indicators)] = ROLLED
        role[s, [where[id_] for id_ in keys_of(site, subject) if id_ in where]] = KEY
    return role


def _joins(site: Site, indicators: Sequence[str]) -> Flags:
    """Which indicators have a figure above the product: not medians, nor what is declared not to combine."""
    declared = [site.indicators[id_] for id_ in indicators]
    joins = [one.formula is not None and one.across != "none" and one.kind != "duration" for one in declared]
    return np.array(joins, dtype=np.bool_)


def _figures(site: Site, rules: Rules, role: Codes, cells: GrainSeries, goals: Goals) -> Figures:
    """Judge the cells of one grain; what a subject does not carry is not applicable."""
    absent = (role == ABSENT)[:, :, None]
    value = np.where(absent, np.nan, cells.value) + 0.0
    sample = np.where(absent | np.isnan(value), np.nan, cells.sample)
    provisional = np.where(absent, 0, cells.provisional).astype(np.int8)
    judged = _judged(site, rules, np.where(provisional > 0, np.nan, value), sample, goals)
    return Figures(
        grain=cells.grain,
        periods=cells.periods,
        value=value,
        reason=np.where(absent, REASON["not-applicable"], cells.reason).astype(np.int8),
        target=goals.target,
        target_high=goals.high,
        tolerance=goals.tolerance,
        weight=goals.weight,
        attainment=judged.attainment,
        score=judged.score,
        status=judged.status,
        over_limit=judged.over_limit,
        small=judged.small,
        sample=sample,
        vintage=np.where(absent, 0, cells.vintage).astype(np.int32),
        provisional=provisional,
    )


def _judged(site: Site, rules: Rules, value: Floats, sample: Floats, goals: Goals) -> Judged:
    """Judge some subjects at a time, so that what is worked on stays in the processor's own memory."""
    parts = [
        judge(rules, site.scoring, value[some], sample[some], goals.at(some))
        for some in (slice(start, start + _AT_A_TIME) for start in range(0, max(len(value), 1), _AT_A_TIME))
    ]
    if len(parts) == 1:
        return parts[0]
    return Judged(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Judged)))


def _add_house(house: House, rules: Rules, indicators: Sequence[str], wanted: Mapping[Grain, Goals]) -> None:
    """Write the bank's own figures into the fresh arrays of the report and judge them."""
    bank = next((s for s, subject in enumerate(house.subjects) if subject.level == "bank"), None)
    if bank is None:
        return
    own = [i for i, id_ in enumerate(indicators) if house.site.indicators[id_].builtin and house.role[bank, i] == KEY]
    for grain, figures in house.figures.items():
        for i in own:
            figures.value[bank, i], figures.reason[bank, i] = house_line(house, indicators[i], grain)
        _judge_again(house.site, rules, figures, bank, wanted[grain])


def _judge_again(site: Site, rules: Rules, figures: Figures, subject: int, goals: Goals) -> None:
    """Judge one subject's figures once more, now that its own values are there."""
    one = slice(subject, subject + 1)
    value = np.where(figures.provisional[one] > 0, np.nan, figures.value[one])
    judged = judge(rules, site.scoring, value, figures.sample[one], goals.at(one))
    for field in ("attainment", "score", "status", "over_limit", "small"):
        getattr(figures, field)[one] = getattr(judged, field)
