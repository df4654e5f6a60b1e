"""The first page: are we on course, and what needs a decision?"""

import math

from markupsafe import Markup

from kpisite.evaluate.report import STATUSES
from kpisite.render import charts, marks
from kpisite.render.alerted import counts, of_report
from kpisite.render.cells import cells, of_subject, own_columns
from kpisite.render.charts import HeatChart
from kpisite.render.edition import Edition
from kpisite.render.headlines import calm, score_box, summary_lead, summary_sentences
from kpisite.render.narrative import figure_sentence, good_sentence
from kpisite.render.pages import Summary
from kpisite.render.parts import Fact, Head, Item, Link, ScoreBox, Table
from kpisite.render.views import plotted
from kpisite.render.views.cards import covered
from kpisite.render.views.rows import LONGEST, judged_columns, longest, weight_column
from kpisite.render.views.scorecard import item_of, products_table
from kpisite.render.views.signed import house_signed

# What a reader takes in within half a minute.
MOST_ATTENTION = 5
MOST_GOOD_NEWS = 3
# A heat chart with more rows than this cannot be read; the table has them all.
MOST_HEAT = 40


def summary(e: Edition) -> Summary:
    """The state of the whole house on one page."""
    board, bank = e.board, e.board.bank
    return Summary(
        **e.frame("index.html", title=e.t["summary"]["title"], lead=summary_lead(e), section="summary"),
        bank=score_box(e, bank) if bank is not None else ScoreBox("", "", Markup(), "", "", "", "", ()),
        sentences=summary_sentences(e),
        attention=tuple(item_of(e, s, i, "", figure_sentence(e, s, i)) for s, i in board.attention()[:MOST_ATTENTION]),
        calm=calm(e),
        good_news=tuple(_good(e, s, i, newly) for s, i, newly in board.good_news()[:MOST_GOOD_NEWS]),
        completeness=_completeness(e),
        products=products_table(e, "", brief=True),
        warnings=Link(e.t["warning"]["lead"].format(**counts(of_report(e))), "warnings/index.html"),
        matrix=_matrix(e),
        heat=_heat(e),
        lines=_lines(e),
        own=_own(e),
        versions=Link(e.t["summary"]["versions"], "history/index.html"),
    )


def _good(e: Edition, s: int, i: int, newly: bool) -> Item:
    return Item(
        status=e.mark(int(e.board.months.status[s, i, e.board.now])),
        text=good_sentence(e, s, i, newly=newly, brief=True),
        product=e.to_subject(s, ""),
        indicator=Link(e.indicators[i], e.to_figure(s, i, "")),
    )


def _completeness(e: Edition) -> tuple[Fact, ...]:
    received, expected = e.board.completeness()
    words, say = e.t["of_completeness"], e.t["say"]
    if not expected:
        return ()
    whole = received == expected
    share = e.percent(1.0) if whole else e.percent(received / expected, 1)
    facts = {"received": received, "expected": expected, "period": e.tongue.period(e.report.period), "share": share}
    found = e.board.missing()
    names = [say["title"].format(product=e.subjects[s], indicator=e.indicators[i]) for s, i in found[:MOST_ATTENTION]]
    if len(found) > MOST_ATTENTION:
        names.append(e.t["ui"]["plus_more"].format(count=len(found) - MOST_ATTENTION))
    missing = Fact(words["missing"], e.listed(names))
    received_ = Fact(words["received"], say["summary"]["completeness"].format(**facts))
    return (received_, *([missing] if names else []), *house_signed(e))


def used_families(e: Edition) -> tuple[int, ...]:
    """The families in which any product has key indicators."""
    counts = e.board.scores.counts[list(e.board.products), :, e.board.now].sum(axis=(0, 2))
    return tuple(f for f in range(len(e.families)) if counts[f])


def _matrix(e: Edition) -> Table:
    """Product x family: glyph and score, each leading to the scorecard; the composite comes first."""
    scores, now, c = e.board.scores, e.board.now, e.board.composite
    families = used_families(e)
    rows = []
    for s in e.board.by_composite()[:LONGEST]:
        link = e.to_subject(s, "")
        row: list[str] = [marks.anchor(link.text, link.href)]
        score, status = scores.score[s, :, now].tolist(), scores.status[s, :, now].tolist()
        carried = scores.counts[s, :, now].sum(axis=1).tolist()
        for f in (c, *families):
            if not carried[f]:
                row.append("")
                continue
            inner = e.tile(status[f], e.composite(score[f]) or e.t["say"]["nothing"])
            row.append(marks.anchor(inner, f"{link.href}#families"))
        rows.append(row)
    names = [Head(e.families[f], "status") for f in families]
    heads = (e.head("product"), Head(e.t["say"]["composite"], "status"), *names)
    words = e.t["summary"]
    note = longest(e, len(rows), len(e.board.products))
    return marks.table("matrix", words["matrix"], heads, rows, label=words["matrix_label"], note=note)


def _heat(e: Edition) -> Markup:
    scores, now, c = e.board.scores, e.board.now, e.board.composite
    rows, columns = e.board.by_composite()[:MOST_HEAT], (c, *used_families(e))
    names = [*e.families, e.t["say"]["composite"]]

    def score(s: int, f: int) -> float | None:
        found = float(scores.score[s, f, now])
        return None if math.isnan(found) else e.tongue.tenths(found) / 10

    def status(s: int, f: int) -> str:
        return STATUSES[int(scores.status[s, f, now])] if scores.counts[s, f, now].any() else ""

    return charts.heat(
        HeatChart(
            id="heat",
            title=e.t["summary"]["heat"],
            rows=tuple(e.subjects[s] for s in rows),
            columns=tuple(names[f] for f in columns),
            scores=tuple(tuple(score(s, f) for f in columns) for s in rows),
            statuses=tuple(tuple(status(s, f) for f in columns) for s in rows),
            texts=e.chart_texts,
        )
    )


def _lines(e: Edition) -> Table:
    """The lines of business and the whole house."""
    rows = []
    for s in (*e.board.lines, *([e.board.bank] if e.board.bank is not None else [])):
        box = score_box(e, s)
        covers = covered(e, e.report.subjects[s].members, "")
        numbers = [count.number for count in box.counts]
        rows.append([box.name, box.score, box.status, box.change, box.covered, *numbers, covers])
    heads = (
        e.head("line"),
        e.head("score", "num"),
        e.head("status", "status"),
        e.head("change", "num"),
        e.head("coverage", "num"),
        *(e.head(key, "num") for key in ("green", "amber", "red", "grey")),
        e.head("covers", "said wide"),
    )
    return marks.table("lines", e.t["summary"]["lines"], heads, rows)


def _own(e: Edition) -> Table | None:
    """The key indicators of the house itself."""
    bank = e.board.bank
    if bank is None or not e.board.keys[bank]:
        return None
    at = of_subject(bank, e.board.keys[bank])
    shown = cells(e, at, own_columns(e, at))
    links = [e.to_indicator(i, "") for i in e.board.keys[bank]]
    columns = (
        marks.anchor_column([link.text for link in links], [link.href for link in links]),
        *judged_columns(shown),
        weight_column(e, at),
        plotted.sparklines(e, at),
        [one.remark for one in shown],
    )
    heads = (
        e.head("indicator"),
        *(e.head(key, "num") for key in ("value", "target", "gap")),
        e.head("status", "status"),
        *(e.head(key, "num") for key in ("score", "weight")),
        e.head("trend", "chart"),
        e.head("reason"),
    )
    return marks.table_of_columns("own", e.t["summary"]["own"], *marks.filled(heads, columns))
