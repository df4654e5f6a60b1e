"""How a figure stands beside the best of its competitors, in one cell of a table."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from markupsafe import Markup

from kpisite.evaluate.report import PeerFact
from kpisite.render.edition import Edition

Best = Mapping[tuple[str, str], PeerFact]


def peer_column(e: Edition, s: int, indicators: Sequence[int]) -> list[str]:
    """Gap and rank against the best competitor for each of a product's figures; empty where none is comparable."""
    best: Best = e.fact(("best peers",), partial(best_peers, e.report.peers))
    product = e.report.subjects[s].id
    found = [best.get((product, e.report.indicators[i])) for i in indicators] if best else [None] * len(indicators)
    return ["" if one is None else _cell(e, i, one) for i, one in zip(indicators, found, strict=True)]


def best_peers(facts: Iterable[PeerFact]) -> Best:
    """The comparison with the best fully comparable competitor of each figure's newest common period.

    A gap is larger the better we are, whichever direction is better: the best competitor has the smallest.
    """
    found: dict[tuple[str, str], PeerFact] = {}
    for one in facts:
        if one.rank and one.comparable == "yes" and one.gap == one.gap:
            known = found.get((one.product, one.indicator))
            order = (-one.period.last_month, one.gap, one.competitor)
            if known is None or order < (-known.period.last_month, known.gap, known.competitor):
                found[one.product, one.indicator] = one
    return found


def _cell(e: Edition, i: int, fact: PeerFact) -> Markup:
    """The gap with its sign and what it means, and behind it rank and period."""
    words, column = e.t["competitors"], e.prose_column(i, [fact.own, fact.value])
    # The gap is the difference of the displayed numbers; for a range it is that of the distances to it.
    gap = e.tongue.amount(column.steps(fact.gap), column, signed=True, gap=True)
    side = "level" if fact.gap == 0 else "ahead" if fact.gap > 0 else "behind"
    beside = words["beside"].format(
        rank=words["rank"].format(rank=fact.rank, of=fact.of), period=e.tongue.period(fact.period)
    )
    form = Markup('<span class="whole">{}</span> <span class="quiet whole">{}</span>')
    return form.format(words["beside_side"][side].format(gap=gap), beside)
