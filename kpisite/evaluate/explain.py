"""Everything behind one figure, put together from a report alone: working or frozen, today or years later."""

import datetime as dt
import math
from collections.abc import Iterable, Mapping

from kpisite.declare.measure_sql import sql_of
from kpisite.declare.model import Definition, Path, Site, Target
from kpisite.errors import Place
from kpisite.evaluate.arithmetic import Term, number
from kpisite.evaluate.case import Case, case_of
from kpisite.evaluate.explanation import (
    Arithmetics,
    DefinitionUsed,
    Explanation,
    FileUsed,
    MeasureUsed,
    TargetUsed,
)
from kpisite.evaluate.judgement import anchors, contribution, rules
from kpisite.evaluate.ledger import Use
from kpisite.evaluate.performance import House, counted
from kpisite.evaluate.report import ROLES, Figures, Report
from kpisite.evaluate.target import keys_of
from kpisite.evaluate.working import Desk, Working, desk, worked
from kpisite.languages import half_up
from kpisite.measure.expression import Name, walk
from kpisite.periods import Grain, Period


def explain(report: Report, s: int, i: int, period: Period) -> Explanation:
    """Explain the figure of a subject and an indicator (by position) at a period that the report holds."""
    return explained(report, s, i, period, desk(report, i))


def explained(report: Report, s: int, i: int, period: Period, found: Desk | None) -> Explanation:
    """The same where the desk of the indicator is there already."""
    figures = report.figures[period.grain]
    t = figures.periods.index(period)
    targets = keys_of(report.site, report.subjects[s]).get(report.indicators[i], ())
    declared = _in_force(targets, period)
    case = case_of(report, figures, s, i, t, declared[1] if declared else None)
    indicator = case.indicator
    working = worked(found, s, period, case.provisional) if found is not None else _counted(report, s, i, period)
    measures = _measures(report, working)
    return Explanation(
        product=report.subjects[s].id,
        indicator=report.indicators[i],
        period=period.label,
        release=report.version,
        frozen=report.frozen,
        as_of=report.as_of,
        unit=indicator.unit,
        decimals=indicator.decimals,
        kind=indicator.kind,
        direction=indicator.direction,
        role=ROLES[report.role[s, i]],
        definition=_definition(report.site, report.indicators[i], period),
        measures=measures,
        arithmetic=_arithmetic(report, working, case),
        value=_known(case.value),
        provisional=case.provisional,
        rounded="" if case.reason else f"{half_up(case.value, indicator.decimals):f}",
        reason=case.reason,
        sample=_known(case.sample),
        target=_target(report, figures, (s, i, t), declared),
        anchors=anchors(case),
        limit=(indicator.limit.value, indicator.limit.side) if indicator.limit else None,
        rules=rules(case),
        status=case.status,
        score=_known(case.score),
        attainment=_known(float(figures.attainment[s, i, t])),
        contribution=contribution(report, figures, s, i, t),
        vintage=_day(int(figures.vintage[s, i, t])),
        files=tuple(_files(report, {one.source for one in measures})),
    )


# ------------------------------------------------------------------------------------------------ the value


def _counted(report: Report, s: int, i: int, period: Period) -> Working:
    """How a figure that the site itself computes came about."""
    nothing = Working("none", period, None, number(None))
    if report.subjects[s].level != "bank":
        return nothing
    house = House(
        report.site, report.subjects, report.role, report.figures, report.version, report.period,
        dt.date.fromisoformat(report.as_of),
    )  # fmt: skip
    found = counted(house, report.indicators[i], period.grain)
    t = report.figures[period.grain].periods.index(period)
    part, whole = number(float(found.part[t])), number(float(found.whole[t]))
    text = f"100 * {part.text} / {whole.text}" if found.is_share else f"{part.text} - {whole.text}"
    return Working("builtin", period, None, Term(text, None))


def _arithmetic(report: Report, working: Working, case: Case) -> Arithmetics:
    names: Iterable[str] = ()
    if working.version is not None and working.method == "formula":
        names = sorted({part.name for part in walk(working.version.formula) if isinstance(part, Name)})
    params = tuple((name, report.site.params[name]) for name in names if name in report.site.params)
    change = working.change if case.reason == "base-not-positive" else None
    return Arithmetics(
        working.method,
        working.period.label,
        working.term.text,
        _known(case.value),
        working.pieces,
        params,
        change.text if change else "",
        change.value if change else None,
    )


# ------------------------------------------------------------------------------------------------ declarations


def _definition(site: Site, id_: str, period: Period) -> DefinitionUsed:
    indicator = site.indicators[id_]
    versions = sorted(enumerate(indicator.definitions), key=lambda one: one[1].valid_from.last_month)
    earlier = [one for one in versions if one[1].valid_from.last_month <= period.last_month] or versions[:1]
    own: Path = ("indicators", id_, "formula" if indicator.formula else "builtin")
    if not earlier:
        return DefinitionUsed(0, "", indicator.formula or "", indicator.builtin or "", True, _place(site, own))
    at, last = earlier[-1]
    path: Path = ("indicators", id_, "definitions", at, "formula") if last.formula else own
    return _version(last, indicator.formula or "", indicator.builtin or "", _place(site, path))


def _version(one: Definition, formula: str, builtin: str, place: Place | None) -> DefinitionUsed:
    return DefinitionUsed(one.version, one.valid_from.label, one.formula or formula, builtin, one.comparable, place)


def _measures(report: Report, working: Working) -> tuple[MeasureUsed, ...]:
    """The measures in the order in which the formula takes them."""
    by_name: dict[str, list[Use]] = {}
    for use in working.uses:
        by_name.setdefault(use.measure, []).append(use)
    return tuple(_measure(report, name, uses) for name, uses in by_name.items())


def _measure(report: Report, name: str, uses: list[Use]) -> MeasureUsed:
    one, sent = report.site.measures[name], report.inputs.measures.get(name)
    path: Path = ("measures", name, "sql") if one.sql is not None else ("measures", name)
    return MeasureUsed(
        measure=name,
        source=one.source,
        kind=one.kind,
        unit=one.unit,
        sql=sql_of(name, one, report.site.sources[one.source]),
        engine=sent.engine if sent else "",
        sent=sent.sent if sent else "",
        uses=tuple(uses),
        place=_place(report.site, path),
    )


def _target(
    report: Report, figures: Figures, cell: tuple[int, int, int], found: tuple[int, Target] | None
) -> TargetUsed | None:
    low, high = float(figures.target[cell]), float(figures.target_high[cell])
    subject, indicator = report.subjects[cell[0]], report.indicators[cell[1]]
    if math.isnan(low) or found is None:
        return None
    at, declared = found
    baseline = declared.baseline
    owner: Path = ("products", subject.id) if subject.level == "product" else ("bank",)
    return TargetUsed(
        low=low,
        high=_known(high),
        tolerance=float(figures.tolerance[cell]),
        weight=float(figures.weight[cell]),
        path=declared.path,
        basis=declared.basis,
        from_=declared.from_.label if declared.from_ else "",
        by=declared.by.label if declared.by else "",
        baseline=(baseline.period.label, baseline.value) if baseline else None,
        owner=declared.owner,
        approved_by=declared.approved_by,
        approved_on=declared.approved_on.isoformat() if declared.approved_on else "",
        place=_place(report.site, (*owner, "key", indicator, at)),
    )


def _in_force(entries: tuple[Target, ...], period: Period) -> tuple[int, Target] | None:
    """The target of a period's last month, and its position among those declared."""
    begun = [
        (one.from_.number if one.from_ else 0, at)
        for at, one in enumerate(entries)
        if one.from_ is None or one.from_.number <= period.last_month
    ]
    return (max(begun)[1], entries[max(begun)[1]]) if begun else None


def _place(site: Site, path: Path) -> Place | None:
    """Where something was declared; a frozen release does not know it any more."""
    return site.place(*path) if site.places else None


# ------------------------------------------------------------------------------------------------ the data


def _files(report: Report, sources: set[str]) -> Iterable[FileUsed]:
    for source in report.sources:
        if source.source in sources:
            for file in source.files:
                yield FileUsed(source.source, file.path, file.sha256, file.encoding, file.rows, file.size, file.newest)


def _day(ordinal: int) -> str:
    return dt.date.fromordinal(ordinal).isoformat() if ordinal else ""


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def periods_of(report: Report) -> Mapping[str, Period]:
    """Every period that the report holds, by label."""
    return {period.label: period for figures in report.figures.values() for period in figures.periods}


def current(report: Report) -> Period:
    """The report's own period at the finest grain it holds."""
    grain = Grain.MONTH if Grain.MONTH in report.figures else next(iter(report.figures))
    return report.period.at(grain)
