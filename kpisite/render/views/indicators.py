"""The catalogue of indicators, and one indicator over all products."""

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from markupsafe import Markup

from kpisite.evaluate.covers import Covered, covered_by
from kpisite.evaluate.report import ABSENT, KEY, STATUSES
from kpisite.evaluate.working import desk
from kpisite.languages import NO_UNIT, Column
from kpisite.periods import Grain, Period
from kpisite.render import charts, marks
from kpisite.render.cells import Cell, Places, cells, of_indicator
from kpisite.render.charts import MultiplesChart, SmallSeries
from kpisite.render.due import month_due, months_due, with_period
from kpisite.render.edition import Edition, root_of
from kpisite.render.narrative import changes, figure_sentence
from kpisite.render.pages import IndicatorList, IndicatorPage
from kpisite.render.parts import Group, Head, Link, Table
from kpisite.render.views import plotted
from kpisite.render.views.cards import MOST_COVERED, covered, practice_cards
from kpisite.render.views.definition import benchmarks, code, definition, measures, versions
from kpisite.render.views.effects import rollup_effects
from kpisite.render.views.rows import LONGEST, figure_column, judged_columns, longest, weight_column

# More small charts than this are not compared any more; the table has all products.
MOST_SMALL = 12


def indicator_list(e: Edition) -> IndicatorList:
    """All indicators by family."""
    path = "indicators/index.html"
    words, root = e.t["indicators"], root_of(path)
    groups = []
    for f, family in enumerate(e.report.families):
        members = members_of(e, family)
        if members:
            caption = words["caption"].format(family=e.families[f])
            table = _catalogue(e, members, root, caption, family)
            link = e.to_family(f, root)
            groups.append(Group(family, link.text, link.href, e.say(e.site.families[family].meaning), table))
    lead = words["lead"].format(count=len(e.indicators), families=len(groups))
    return IndicatorList(**e.frame(path, title=words["title"], lead=lead, section="indicators"), groups=tuple(groups))


def members_of(e: Edition, family: str) -> tuple[int, ...]:
    """The indicators of a family."""
    return tuple(i for i, id_ in enumerate(e.report.indicators) if e.site.indicators[id_].family == family)


def _catalogue(e: Edition, members: tuple[int, ...], root: str, caption: str, family: str) -> Table:
    rows = []
    for i in members:
        one, link = e.site.indicators[e.report.indicators[i]], e.to_indicator(i, root)
        rows.append(
            (
                marks.anchor(link.text, link.href),
                code(one.formula) if one.formula else e.t["define"]["builtin"],
                e.tongue.unit(one.unit).name,
                e.t["direction"][one.direction],
                e.t["kind"][one.kind],
                str(int((e.report.role[list(e.board.products), i] != ABSENT).sum())),
            )
        )
    heads = (*(e.head(key) for key in ("indicator", "formula", "unit", "direction", "kind")), e.head("products", "num"))
    return marks.table(f"family-{family}", caption, heads, rows)


def carriers(e: Edition, i: int) -> tuple[int, ...]:
    """The products that carry an indicator, the worst score first, watched ones last."""
    roles, scores = e.report.role[:, i], e.board.months.score[:, i, e.board.now]
    products = np.array(e.board.products)[roles[list(e.board.products)] != ABSENT]
    # NaN sorts behind every score.
    order = np.lexsort((products, scores[products], roles[products] != KEY))
    return tuple(products[order].tolist())


def indicator_page(e: Edition, i: int) -> IndicatorPage:
    """One indicator: definition, chart and table over all products."""
    id_ = e.report.indicators[i]
    path = f"indicators/{id_}/index.html"
    root = root_of(path)
    one = e.site.indicators[id_]
    products, rolled = carriers(e, i), _rolled(e, i)
    below, above = _rows(e, i, products, rolled)
    crumbs = (Link(e.t["nav"]["indicators"], f"{root}indicators/index.html"),)
    leads = tuple(lead for lead in one.led_by if lead in e.report.indicators)
    return IndicatorPage(
        **e.frame(path, title=e.indicators[i], lead=_lead(e, i, products), section="indicators", crumbs=crumbs),
        meaning=e.say(one.meaning),
        definition=definition(e, i, root),
        chart=_multiples(e, i, products),
        products=_now(e, products, below, root),
        rollups=_rollups(e, above, root) if rolled else None,
        mix=rollup_effects(e, i),
        versions=e.once(("versions", i), lambda: versions(e, i)),
        measures=e.once(("measures", i), lambda: measures(e, i)),
        benchmarks=e.once(("benchmarks", i), lambda: benchmarks(e, i)),
        leads=e.indicator_links(leads, root),
        practices=practice_cards(e, e.board.good_practices(id_), root),
        notes=e.body(f"indicators/{id_}"),
        downloads=(Link(e.t["say"]["all_data"], f"{root}../data/results.csv"),),
    )


def _lead(e: Edition, i: int, products: tuple[int, ...]) -> str:
    """How the products that are judged by an indicator stand; for the house's own, how the house stands."""
    bank, words = e.board.bank, e.t["say"]
    judged = [s for s in products if e.report.role[s, i] == KEY]
    if not products and bank is not None and e.report.role[bank, i] == KEY:
        return figure_sentence(e, bank, i, named=False)
    if not judged:
        return str(words["indicator_watched"].format(products=len(products)))
    status = e.board.months.status[judged, i, e.board.now].tolist()
    counts = {name: status.count(code_) for code_, name in enumerate(STATUSES)}
    return str(words["indicator_lead"].format(products=len(judged), **counts))


def _rolled(e: Edition, i: int) -> tuple[int, ...]:
    above = (*e.board.lines, *([e.board.bank] if e.board.bank is not None else []))
    return tuple(s for s in above if e.report.role[s, i] != ABSENT)


def _column(e: Edition, i: int, subjects: tuple[int, ...]) -> Column:
    figures, at = e.board.months, (list(subjects), i, months_due(e)[list(subjects), i])
    values = figures.value[at].tolist() + figures.target[at].tolist()
    return e.common_column(i, values)


class _Rows(NamedTuple):
    """The rows of one table: whose they are, the column their numbers stand in, and their cells."""

    at: Places
    column: Column
    shown: list[Cell]
    changes: list[str]


def _rows(e: Edition, i: int, products: tuple[int, ...], rolled: tuple[int, ...]) -> tuple[_Rows, _Rows]:
    """The products and what they add up to, made together."""
    listed, below, above = products[:LONGEST], _column(e, i, products), _column(e, i, rolled)
    count, at = len(listed), of_indicator(i, (*listed, *rolled))
    shown, moved = cells(e, at, [_bare(below)] * count + [_bare(above)] * len(rolled)), changes(e, at)
    return (
        _Rows(of_indicator(i, listed), below, shown[:count], moved[:count]),
        _Rows(of_indicator(i, rolled), above, shown[count:], moved[count:]),
    )


def _now(e: Edition, products: tuple[int, ...], rows: _Rows, root: str) -> Table:
    """The products that carry the indicator in the report's period, the worst first."""
    column, listed = rows.column, products[:LONGEST]
    columns = (
        figure_column(e, rows.at, [e.subjects[s] for s in listed], root),
        *judged_columns(rows.shown),
        weight_column(e, rows.at),
        rows.changes,
        plotted.sparklines(e, rows.at),
        [one.remark for one in rows.shown],
    )
    heads = e.once(("heads", "products", column.head, column.gap_head), lambda: _heads(e, column))
    caption, note = e.t["indicator"]["products"], longest(e, len(listed), len(products))
    return marks.table_of_columns("products", caption, *marks.filled(heads, columns), note=note)


def _bare(column: Column) -> Column:
    """The same without a unit, for cells below a heading that names it."""
    return replace(column, unit=NO_UNIT, scale="")


def _heads(e: Edition, column: Column) -> tuple[Head, ...]:
    return (
        e.head("product"),
        e.head("value", "num", column.head),
        e.head("target", "num", column.head),
        e.head("gap", "num", column.gap_head),
        e.head("status", "status"),
        *(e.head(key, "num") for key in ("score", "weight", "prior_year")),
        e.head("trend", "chart"),
        e.head("reason"),
    )


def _rollups(e: Edition, rows: _Rows, root: str) -> Table:
    """Lines and the bank, and the products that each of them covers."""
    pairs, column = rows.at.pairs(), rows.column
    covers = [_covered(e, s, i) for s, i in pairs]
    known = ~np.isnan(e.board.months.value[*rows.at, months_due(e)[rows.at]])
    grows = [one.grows and there for one, there in zip(covers, known.tolist(), strict=True)]
    columns = (
        [e.subjects[s] for s, _ in pairs],
        [one.value for one in rows.shown],
        rows.changes,
        [
            e.listed(text for text in (shown.remark, _joined(e, one) if change or grown else "") if text)
            for shown, one, change, grown in zip(rows.shown, covers, rows.changes, grows, strict=True)
        ],
        [covered(e, one.products, root) for one in covers],
    )
    heads = (
        e.head("line"),
        e.head("value", "num", column.head),
        e.head("prior_year", "num"),
        e.head("reason"),
        e.head("covers", "said wide"),
    )
    return marks.table_of_columns("rollups", e.t["indicator"]["rollups"], *marks.filled(heads, columns))


def _covered(e: Edition, s: int, i: int) -> Covered:
    """The products that are in the figure; those that carry it, where the site computes it."""
    found = e.fact(("desk", i), lambda: desk(e.report, i))
    if found is None:
        return Covered(tuple(p for p in e.report.subjects[s].members if e.report.role[p, i] != ABSENT))
    return covered_by(found, s, e.board.months.periods[month_due(e, s, i)])


def _joined(e: Edition, covers: Covered) -> str:
    """That products are in a figure and not in what it is compared with, since when they are there."""
    words = e.t["indicator"]
    names = [
        words["joined_one"].format(product=e.subjects[p], period=e.tongue.period(Period(Grain.MONTH, month)))
        for p, month in covers.joined[:MOST_COVERED]
    ]
    if len(covers.joined) > MOST_COVERED:
        names.append(e.t["ui"]["plus_more"].format(count=len(covers.joined) - MOST_COVERED))
    return str(words["joined"].format(products=e.listed(names))) if names else ""


def _multiples(e: Edition, i: int, products: tuple[int, ...]) -> Markup:
    """The course of the indicator in each product that carries it."""
    figures = e.board.months
    shown = products[:MOST_SMALL]
    if not shown:
        return Markup()
    column = _column(e, i, products)
    series = []
    for s in shown:
        due = month_due(e, s, i)
        target, value = float(figures.target[s, i, due]), float(figures.value[s, i, due])
        display = e.t["say"]["missing"] if math.isnan(value) else e.tongue.figure(value, column)
        series.append(
            SmallSeries(
                label=e.subjects[s],
                values=tuple([plotted.shown(column, v) for v in figures.value[s, i].tolist()]),
                target=None if math.isnan(target) else column.shown(column.steps(target)),
                statuses=tuple([STATUSES[code_] for code_ in figures.status[s, i].tolist()]),
                display=with_period(e, s, i, display),
            )
        )
    return charts.multiples(
        MultiplesChart(
            id="multiples",
            title=e.indicators[i],
            unit=column.head,
            periods=e.month_labels,
            series=tuple(series),
            texts=e.chart_texts,
            decimals=column.decimals,
        )
    )
