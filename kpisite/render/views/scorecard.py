"""The list of products and the scorecard of each."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from kpisite.evaluate.facts import Driver
from kpisite.evaluate.report import STATUSES, Report
from kpisite.evaluate.tell import owner_of
from kpisite.evaluate.trend import TRENDS
from kpisite.periods import Grain
from kpisite.render import marks
from kpisite.render.cells import Cell, carried, cell, of_subject
from kpisite.render.edition import Edition, root_of
from kpisite.render.headlines import change, score_box, scorecard_lead, scorecard_sentences, weight_text
from kpisite.render.judgements import judgements
from kpisite.render.lapsed import Lapsed, lapsed, lapsed_sentence, unproven_sentence
from kpisite.render.levels import MOST_BLOCKS
from kpisite.render.narrative import around, changes, driver_sentence, figure_sentence, joined, told_sentence, told_step
from kpisite.render.pages import ProductList, Scorecard
from kpisite.render.parts import Block, Fact, Folded, Head, Item, Link, Table
from kpisite.render.views import plotted
from kpisite.render.views.beside import peer_column
from kpisite.render.views.cards import actions_table, plan_cards
from kpisite.render.views.reasons import of_period, of_release
from kpisite.render.views.rows import LONGEST, figure_column, judged_columns, longest, weight_column
from kpisite.render.views.signed import product_signed
from kpisite.render.views.warned import product_warnings, risk_register


def product_list(e: Edition) -> ProductList:
    """All products, the lowest composite first."""
    path = "products/index.html"
    scores, now, c = e.board.scores, e.board.now, e.board.composite
    status = [STATUSES[code] for code in scores.status[list(e.board.products), c, now].tolist()]
    facts = {key: status.count(key) for key in STATUSES}
    lead = e.t["products"]["lead"].format(count=len(status), **facts)
    return ProductList(
        **e.frame(path, title=e.t["products"]["title"], lead=lead, section="products"),
        table=products_table(e, root_of(path)),
    )


def products_table(e: Edition, root: str, id_: str = "products", *, brief: bool = False) -> Table:
    """Composite, coverage and counts of each product, the lowest first; in brief, without line and owner."""
    order = e.board.by_composite()
    rows = [_product_row(e, s, root, brief=brief) for s in order[:LONGEST]]
    heads = (
        e.head("product"),
        *(() if brief else (e.head("line"), e.head("owner"))),
        e.head("score", "num"),
        e.head("status", "status"),
        e.head("change", "num"),
        e.head("coverage", "num"),
        *(e.count_heads() if brief else (e.head(key, "num") for key in ("green", "amber", "red", "grey"))),
    )
    note = longest(e, len(rows), len(order))
    return marks.table(id_, e.t["products"]["caption"], heads, rows, note=note)


def _product_row(e: Edition, s: int, root: str, *, brief: bool) -> list[str]:
    product = e.site.products[e.report.subjects[s].id]
    scores, now, c = e.board.scores, e.board.now, e.board.composite
    score, coverage = float(scores.score[s, c, now]), float(scores.coverage[s, c, now])
    before = float(scores.score[s, c, now - 1]) if now else math.nan
    link = e.to_subject(s, root)
    return [
        marks.anchor(link.text, link.href),
        *(() if brief else (e.say(e.site.lines[product.line].name), product.owner)),
        e.composite(score) or e.t["say"]["no_composite"],
        e.mark(int(scores.status[s, c, now])),
        "" if math.isnan(score + before) else change(e, score, before),
        "" if math.isnan(coverage) else e.percent(coverage),
        *(count.number for count in e.counts(scores.counts[s, c, now].tolist())),
    ]


def scorecard(e: Edition, s: int, earlier: Report | None = None) -> Scorecard:
    """One product: where it stands, why, and what is being done; `earlier` is the release before."""
    id_ = e.report.subjects[s].id
    path = f"products/{id_}/index.html"
    root, keys = root_of(path), e.board.keys[s]
    plans = e.board.plans_of.get(id_, ())
    rows, shown = _rows(e, s, root), [cell(e, s, i) for i in keys]
    crumbs = (Link(e.t["nav"]["products"], f"{root}products/index.html"),)
    return Scorecard(
        **e.frame(path, title=e.subjects[s], lead=scorecard_lead(e, s), section="products", crumbs=crumbs),
        facts=_facts(e, s),
        score=score_box(e, s),
        sentences=(*scorecard_sentences(e, s), *filter(None, [unproven_sentence(e, s), lapsed_sentence(e, s)])),
        attention=(
            *(item(e, s, i, root, named=False) for i in e.board.red_keys(s)),
            *(_without_target(e, s, one, root) for one in lapsed(e, s)),
        ),
        families=_families(e, s, root),
        key=_key_table(e, s, rows, shown),
        bullet=plotted.bullet(e, s, keys, shown),
        trend=plotted.composite(e, s, e.t["scorecard"]["trend"]),
        why=tuple(one for one in (of_period(e, s), of_release(e, s, earlier)) if one is not None),
        warnings=product_warnings(e, s, root),
        register=risk_register(e, s, root),
        blocks=tuple(_block(e, s, i, root) for i in keys[:MOST_BLOCKS]) if e.board.pages == "none" else (),
        plans=plan_cards(e, plans, root, of=id_),
        actions=actions_table(e, plans, root),
        monitor=_monitor(e, s, rows),
        notes=e.body(f"products/{id_}"),
        downloads=downloads(e, root),
    )


def downloads(e: Edition, root: str) -> tuple[Link, ...]:
    """The data behind the pages."""
    words = e.t["say"]
    names = {
        "results.csv": "all_data",
        "scores.csv": "all_scores",
        "warnings.csv": "all_warnings",
        "actions.csv": "all_actions",
    }
    return tuple(Link(words[key], f"{root}../data/{name}") for name, key in names.items())


def item(e: Edition, s: int, i: int, root: str, *, named: bool = True, found: Driver | None = None) -> Item:
    """A figure that needs attention: the sentences, and who does what next; a product's own page does not name it."""
    told = e.board.tell(s, i)
    text = joined(e, (told_sentence(e, told, named=named), *around(e, told), driver_sentence(e, told, found)))
    return item_of(e, s, i, root, text)


def item_of(e: Edition, s: int, i: int, root: str, text: str) -> Item:
    """The same with this text; the marks say whether it is a signal."""
    step = told_step(e, e.board.tell(s, i))
    return Item(
        status=judgements(e, Grain.MONTH, ([s], [i], e.board.now))[0],
        text=text,
        product=e.to_subject(s, root),
        indicator=Link(e.indicators[i], e.to_figure(s, i, root)),
        action=step.text,
        plan=e.to_plan(step.plan, root) if step.plan else Link(""),
    )


def _without_target(e: Edition, s: int, one: Lapsed, root: str) -> Item:
    """A key figure whose target has lapsed: what there is of it, and who has to set one."""
    owner = owner_of(e.report, s, one.i)
    words = e.t["say"]["step"]["set_target" if owner else "set_target_none"]
    facts = {"owner": owner, "period": e.month_labels[e.board.now], "weight": weight_text(e, one.weight)}
    return replace(item_of(e, s, one.i, root, figure_sentence(e, s, one.i, named=False)), action=words.format(**facts))


def _facts(e: Edition, s: int) -> tuple[Fact, ...]:
    product, words = e.site.products[e.report.subjects[s].id], e.t["of_product"]
    total = e.board.shares
    facts = (
        Fact(words["owner"], product.owner),
        Fact(words["line"], e.say(e.site.lines[product.line].name)),
        Fact(words["launched"], e.tongue.period(product.launched) if product.launched else ""),
        Fact(words["ended"], e.tongue.period(product.ended) if product.ended else ""),
        Fact(words["share"], e.percent(product.share / total, 1) if total else ""),
        *([product_signed(e, s)] if e.site.reviews else []),
    )
    return tuple(fact for fact in facts if fact.value)


def _families(e: Edition, s: int, root: str) -> Table:
    """The families that the product has key indicators in."""
    scores, now = e.board.scores, e.board.now
    rows = []
    for f in range(len(e.families)):
        counts = scores.counts[s, f, now].tolist()
        if not sum(counts):
            continue
        link, score = e.to_family(f, root), float(scores.score[s, f, now])
        coverage = float(scores.coverage[s, f, now])
        rows.append(
            [
                marks.anchor(link.text, link.href),
                e.composite(score) or e.t["say"]["missing"],
                e.mark(int(scores.status[s, f, now])),
                "" if math.isnan(coverage) else e.percent(coverage),
                *(count.number for count in e.counts(counts)),
            ]
        )
    heads = (
        e.head("family"),
        e.head("score", "num"),
        e.head("status", "status"),
        e.head("coverage", "num"),
        *e.count_heads(),
    )
    return marks.table("families", e.t["scorecard"]["families"], heads, rows)


class _Rows(NamedTuple):
    """Columns over all figures of a product, the key ones first."""

    names: Sequence[str]
    changes: Sequence[str]
    lines: Sequence[str]


def _rows(e: Edition, s: int, root: str) -> _Rows:
    at = of_subject(s, carried(e, s))
    names = figure_column(e, at, [e.indicators[i] for i in carried(e, s)], root)
    return _Rows(names, changes(e, at), plotted.sparklines(e, at))


def _key_table(e: Edition, s: int, rows: _Rows, shown: list[Cell]) -> Table:
    count, peers = len(shown), peer_column(e, s, e.board.keys[s])
    columns = (
        rows.names[:count],
        *judged_columns(shown),
        weight_column(e, of_subject(s, e.board.keys[s])),
        rows.changes[:count],
        peers,
        rows.lines[:count],
        [_trend(e, s, i) for i in e.board.keys[s]],
        [one.remark for one in shown],
    )
    words, caption = e.t["scorecard"], e.t["scorecard"]["key"]
    note = joined(e, (words["key_note"], words["peers_note"] if any(peers) else ""))
    heads, columns = marks.filled(e.once(("heads", "key"), partial(_key_heads, e)), columns)
    return marks.table_of_columns("key", caption, heads, columns, note=note)


def _key_heads(e: Edition) -> tuple[Head, ...]:
    return (
        e.head("indicator"),
        *(e.head(key, "num") for key in ("value", "target", "gap")),
        e.head("status", "status"),
        *(e.head(key, "num") for key in ("score", "weight", "prior_year")),
        e.head("best_peer", "peer"),
        e.head("trend", "chart"),
        e.head("six_points", "when"),
        e.head("reason"),
    )


def _trend(e: Edition, s: int, i: int) -> str:
    """The word for the last six points, where they are enough."""
    code = int(e.report.outlook.trend[s, i])
    return str(e.t["trend"][TRENDS[code]]) if code else ""


def _monitor(e: Edition, s: int, rows: _Rows) -> Folded | None:
    if not e.board.watched[s]:
        return None
    first, shown = len(e.board.keys[s]), [cell(e, s, i) for i in e.board.watched[s]]
    columns = (
        rows.names[first:],
        [one.value for one in shown],
        rows.changes[first:],
        rows.lines[first:],
        [one.remark for one in shown],
    )
    title, heads = e.t["scorecard"]["monitor"], e.once(("heads", "monitor"), partial(_monitor_heads, e))
    return Folded(title, marks.table_of_columns("monitor", title, *marks.filled(heads, columns)))


def _monitor_heads(e: Edition) -> tuple[Head, ...]:
    return (
        e.head("indicator"),
        e.head("value", "num"),
        e.head("prior_year", "num"),
        e.head("trend", "chart"),
        e.head("reason"),
    )


def _block(e: Edition, s: int, i: int, root: str) -> Block:
    """A figure within the scorecard, where figures have no pages of their own."""
    title = e.t["say"]["title"].format(product=e.subjects[s], indicator=e.indicators[i])
    chart = plotted.history(e, s, i, title)
    return Block(
        f"figure-{e.report.indicators[i]}", title, e.to_figure(s, i, root), figure_sentence(e, s, i), chart, ()
    )
