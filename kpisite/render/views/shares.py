"""Why a market share moved: our own growth against the growth of the market that the two shares imply."""

import math

from kpisite.evaluate.gaps import market_growth, share_change
from kpisite.render import marks
from kpisite.render.board import YEAR
from kpisite.render.edition import Edition
from kpisite.render.parts import Table


def growth_table(e: Edition, root: str) -> Table | None:
    """One line for each product whose share and growth are known now and a year before; None without any."""
    declared = e.site.competitors
    if declared is None or declared.share is None or declared.growth is None or e.board.now < YEAR:
        return None
    rows = [row for s in e.board.products for row in _row(e, s, declared.share, declared.growth, root)]
    heads = (
        e.head("product"),
        e.head("own_growth", "num"),
        e.head("market_growth", "num"),
        e.head("share_before", "num"),
        e.head("share_now", "num"),
        e.head("change", "num"),
        e.head("means"),
    )
    words = e.t["competitors"]
    return marks.table("growth", words["growth"], heads, rows, note=words["growth_note"]) if rows else None


def _row(e: Edition, s: int, share: str, growth: str, root: str) -> list[list[str]]:
    at, by = e.report.indicator(share), e.report.indicator(growth)
    values, now = e.board.months.value, e.board.now
    before, after, own = (float(values[s, i, t]) for i, t in ((at, now - YEAR), (at, now), (by, now)))
    # A growth in per cent is counted in hundredths.
    scale = 100.0 if e.plain_columns[by].unit.style == "percent" else 1.0
    if math.isnan(before + after + own) or before <= 0 or after <= 0:
        return []
    market = market_growth(before, after, own / scale)
    change = share_change(before, own / scale, market)
    first, second = e.prose_column(by, [own]), e.prose_column(at, [before, after])
    words, product = e.t["competitors"], e.to_subject(s, root)
    side = "faster" if market * scale > own else "slower" if market * scale < own else "equal"
    return [
        [
            marks.anchor(product.text, product.href),
            e.tongue.figure(own, first),
            e.tongue.figure(market * scale, first),
            e.tongue.figure(before, second),
            e.tongue.figure(after, second),
            e.tongue.amount(second.steps(change), second, signed=True, gap=True),
            words["market"][side],
        ]
    ]
