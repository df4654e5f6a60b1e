"""Where we stand beside competitors: the page of all gaps, and the block on a figure's page."""

import math
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from kpisite.evaluate import gaps
from kpisite.evaluate.compare_peers import falling_behind, newest_facts, opportunities
from kpisite.evaluate.report import PeerFact
from kpisite.languages import Column
from kpisite.periods import Period
from kpisite.render import charts, marks
from kpisite.render.charts import PeerLine, PeersChart
from kpisite.render.edition import Edition, root_of
from kpisite.render.narrative import joined
from kpisite.render.pages import CompetitorPage
from kpisite.render.parts import Head, PeerBlock, Table
from kpisite.render.views.plotted import shown
from kpisite.render.views.rows import longest
from kpisite.render.views.shares import growth_table

ESTIMATE = "C"
# A quadrant is target and median in one; a row takes the target's half of it.
_MET = ("ahead", "behind_on_target")
# The first columns where the page is not that of one figure.
_ABOUT = ("product", "indicator")
_SAID = ("peer_source", "means")
# Opportunities that a reader can take up; the table of all gaps follows.
MOST_OPPORTUNITIES = 10


def competitor_page(e: Edition) -> CompetitorPage:
    """All newest comparisons, the largest material gap first."""
    path, words = "competitors/index.html", e.t["competitors"]
    root = root_of(path)
    newest = sorted(newest_facts(e.report.peers), key=_by_material)
    known = [fact for fact in newest if not math.isnan(fact.gap)]
    counts = {
        "count": len(known),
        "behind": sum(fact.gap < 0 for fact in known),
        "falling": sum(falling_behind(fact) for fact in known),
        "none": len(newest) - len(known),
    }
    chances = opportunities(e.report.peers)
    return CompetitorPage(
        **e.frame(path, title=words["title"], lead=words["lead"].format(**counts), section="competitors"),
        sentences=_late(e, newest),
        table=_table(e, "gaps", words["caption"], newest, _ABOUT, root),
        opportunities=_opportunities(e, chances, root) if chances else None,
        growth=growth_table(e, root),
    )


def peer_block(e: Edition, s: int, i: int, title: str) -> PeerBlock | None:
    """The competitors of one figure: sentences, chart and table; None without any."""
    key = (e.report.subjects[s].id, e.report.indicators[i])
    facts = e.once(("peers",), lambda: _by_figure(e.report.peers)).get(key, [])
    if not facts:
        return None
    newest = newest_facts(facts)
    name = e.t["competitors"]["of_figure"]
    table = _table(e, "competitors", name, sorted(newest, key=_by_material), (), "")
    return PeerBlock(joined(e, _sentences(e, i, newest)), _chart(e, i, title, facts), table)


def _by_figure(facts: Iterable[PeerFact]) -> dict[tuple[str, str], list[PeerFact]]:
    found: dict[tuple[str, str], list[PeerFact]] = {}
    for fact in facts:
        found.setdefault((fact.product, fact.indicator), []).append(fact)
    return found


def _by_material(fact: PeerFact) -> tuple[bool, bool, float, str, str, str]:
    """The worst gap first; gaps without a target after those with one, and no gap at all last."""
    ids = (fact.product, fact.indicator, fact.competitor)
    known = not math.isnan(fact.material)
    return math.isnan(fact.gap), not known, fact.material if known else 0.0, *ids


# ------------------------------------------------------------------------------------------------ sentences


def _sentences(e: Edition, i: int, newest: Sequence[PeerFact]) -> tuple[str, ...]:
    """Where we stand, whether we are falling behind, and how old the comparison is."""
    words = e.t["competitors"]
    ranked = max((fact for fact in newest if fact.rank), key=lambda fact: fact.period.last_month, default=None)
    said = []
    if ranked is not None:
        facts = {"rank": ranked.rank, "of": ranked.of, "period": e.tongue.period(ranked.period)}
        said.append(words["stands"].format(**facts, median=_value(e, i, ranked.median), best=_value(e, i, ranked.best)))
        said.append(words["quadrant"].get(ranked.quadrant, ""))
        if not math.isnan(ranked.percentile):
            said.append(words["percentile"].format(percent=e.tongue.rounded(ranked.percentile, 0)))
    falling = [
        words["falling_one"].format(competitor=_name(e, fact), count=fact.worsenings)
        for fact in newest
        if falling_behind(fact)
    ]
    if falling:
        said.append(words["falling"].format(competitors=e.listed(falling)))
    return tuple(text for text in (*said, *_late(e, newest)) if text)


def _late(e: Edition, newest: Sequence[PeerFact]) -> tuple[str, ...]:
    """An old value is never set against a new one: that the report's period has no comparable one is said."""
    known = [fact.period for fact in newest if not math.isnan(fact.gap)]
    latest = max(known, key=lambda period: period.last_month, default=None)
    words, period = e.t["competitors"], e.tongue.period(e.report.period)
    if latest is None:
        return (words["none"].format(period=period),) if newest else ()
    if latest.last_month >= e.report.period.last_month:
        return ()
    return (words["late"].format(period=period, latest=e.tongue.period(latest)),)


# ------------------------------------------------------------------------------------------------ tables


def _opportunities(e: Edition, facts: Sequence[PeerFact], root: str) -> Table:
    """The greatest; where their values are from is said in the table of all."""
    shown, words = facts[:MOST_OPPORTUNITIES], e.t["competitors"]
    note = longest(e, len(shown), len(facts))
    rows = [row[:-2] + row[-1:] for row in (_row(e, fact, _ABOUT, root) for fact in shown)]
    return marks.table("opportunities", words["opportunities"], _heads(e, _ABOUT, _SAID[1:]), rows, note=note)


def _table(e: Edition, id_: str, caption: str, facts: Sequence[PeerFact], about: tuple[str, ...], root: str) -> Table:
    """One line for each comparison; a figure's own page does not repeat product and indicator."""
    rows, note = [_row(e, fact, about, root) for fact in facts], e.t["competitors"]["note"]
    if about:
        sources = e.listed(sorted({fact.source for fact in facts if fact.source}))
        note = joined(e, (note, e.t["competitors"]["sources"].format(sources=sources))) if sources else note
    return marks.table(id_, caption, _heads(e, about, _SAID), rows, note=note)


def _heads(e: Edition, about: tuple[str, ...], said: tuple[str, ...]) -> tuple[Head, ...]:
    return (
        *(e.head(key) for key in about),
        e.head("competitor", "who"),
        e.head("period", "when"),
        *(e.head(key, "num") for key in ("own", "peer", "gap", "relative_gap", "gap_change", "rank")),
        *(e.head(key, "said") for key in said),
    )


def _row(e: Edition, fact: PeerFact, about: tuple[str, ...], root: str) -> list[str]:
    s, i = e.report.subject(fact.product), e.report.indicator(fact.indicator)
    column = e.prose_column(i, [v for v in (fact.own, fact.value) if v == v])
    links: list[str] = []
    if about:
        product, href = e.to_subject(s, root), e.to_figure(s, i, root)
        links = [marks.anchor(product.text, product.href), marks.anchor(e.indicators[i], href)]
    missing = e.t["say"]["missing"]
    ratio = fact.relative_gap
    return [
        *links,
        _name(e, fact),
        e.tongue.period(fact.period),
        missing if math.isnan(fact.own) else e.tongue.figure(fact.own, column),
        _theirs(e, fact, column),
        _difference(e, fact.gap, column) or missing,
        "" if math.isnan(ratio) else f"{e.tongue.rounded(100 * ratio, 1, signed=True)}%",
        _difference(e, fact.gap_change, column),
        e.t["competitors"]["rank"].format(rank=fact.rank, of=fact.of) if fact.rank else "",
        # The few sources of many rows stand below them.
        _source(e, fact, "" if about else fact.source),
        _meaning(e, fact),
    ]


def _difference(e: Edition, gap: float, column: Column) -> str:
    return "" if math.isnan(gap) else e.tongue.amount(column.steps(gap), column, signed=True, gap=True)


def _theirs(e: Edition, fact: PeerFact, column: Column) -> str:
    """The competitor's value; an estimate is underlined with dashes, and says so to those who cannot see."""
    text = e.tongue.figure(fact.value, column)
    if fact.confidence != ESTIMATE:
        return text
    return Markup('<span class="estimate">{} <span class="unseen">{}</span></span>').format(
        text, e.t["competitors"]["estimate"]
    )


def _source(e: Edition, fact: PeerFact, source: str) -> str:
    """Where a value is from, since when it is known, and how far it can be compared."""
    words = e.t["competitors"]
    parts = [words["confidence"][fact.confidence], e.tongue.date(fact.as_of), words["comparable"][fact.comparable]]
    note = fact.note or source
    return Markup('{} <span class="quiet">{}</span>').format(e.listed(parts), note) if note else escape(e.listed(parts))


def _meaning(e: Edition, fact: PeerFact) -> str:
    """What one row says: against its own competitor, never against the median, and whether our target is met."""
    words = e.t["competitors"]
    if fact.comparable == "no":
        return str(words["not_comparable"])
    if math.isnan(fact.gap):
        return str(words["no_own"])
    side = "level" if fact.gap == 0 else "better" if fact.gap > 0 else "worse"
    met = "none" if not fact.quadrant else "met" if fact.quadrant in _MET else "missed"
    said = [words["meaning"][side][met]]
    if falling_behind(fact):
        said.append(words["falling_short"].format(count=fact.worsenings))
    return e.listed(said)


def _name(e: Edition, fact: PeerFact) -> str:
    declared = e.site.competitors
    return e.say(declared.names[fact.competitor].name) if declared else fact.competitor


def _value(e: Edition, i: int, value: float) -> str:
    return e.t["say"]["missing"] if math.isnan(value) else e.tongue.figure(value, e.prose_column(i, [value]))


# ------------------------------------------------------------------------------------------------ chart


def _chart(e: Edition, i: int, title: str, facts: Sequence[PeerFact]) -> Markup:
    """Us and each competitor over the periods that any of them has, of the most frequent kind of period."""
    grain = max({fact.period.grain for fact in facts}, key=lambda one: sum(f.period.grain == one for f in facts))
    here = [fact for fact in facts if fact.period.grain is grain]
    periods = sorted({fact.period for fact in here})
    own = {fact.period: fact.own for fact in here}
    column = e.common_column(i, [v for fact in here for v in (fact.own, fact.value) if v == v])
    lines = [_line(e, column, e.t["competitors"]["us"], "own", own, periods)]
    for competitor in dict.fromkeys(fact.competitor for fact in here):
        theirs = [fact for fact in here if fact.competitor == competitor]
        values = {fact.period: fact.value for fact in theirs if fact.comparable != "no"}
        if values:
            lines.append(_line(e, column, _name(e, theirs[0]), _kind(e, theirs[-1]), values, periods))
    if len(lines) < 2:
        return Markup()
    words = e.t["competitors"]
    return charts.peers(
        PeersChart(
            id="peers",
            title=words["chart"].format(title=title),
            unit=column.head,
            periods=tuple(e.tongue.period(period) for period in periods),
            lines=tuple(lines),
            decimals=column.decimals,
            competitor=e.t["head"]["competitor"],
            period=e.t["head"]["period"],
            value=e.t["head"]["value"],
        )
    )


def _kind(e: Edition, fact: PeerFact) -> str:
    declared = e.site.competitors
    if declared and declared.names[fact.competitor].kind == "market":
        return "market"
    return "estimate" if fact.confidence == ESTIMATE else "peer"


def _line(
    e: Edition, column: Column, label: str, kind: str, values: dict[Period, float], periods: Sequence[Period]
) -> PeerLine:
    numbers = [values.get(period, gaps.NONE) for period in periods]
    displays = tuple("" if math.isnan(value) else e.tongue.figure(value, column) for value in numbers)
    return PeerLine(label, tuple(shown(column, value) for value in numbers), displays, kind)
