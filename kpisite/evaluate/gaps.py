"""Where a figure stands among competitors: gap, rank, percentile, median and the share identity, as formulas."""

import math
import statistics
from collections.abc import Sequence
from typing import Literal

Direction = Literal["higher", "lower", "range"]
# Fewer peers than this make no percentile.
LEAST_PEERS = 5
# So many worsenings of the gap in a row are falling behind.
FALLING = 3
NONE = math.nan


def gap(own: float, peer: float, direction: Direction, low: float = NONE, high: float = NONE) -> float:
    """How much better we are: d (v - c); for a range the difference of the distances to it. NaN without one of them."""
    if direction == "range":
        return off(peer, low, high) - off(own, low, high)
    return peer - own if direction == "lower" else own - peer


def off(value: float, low: float, high: float) -> float:
    """How far a value lies outside a range."""
    if math.isnan(value) or math.isnan(low):
        return NONE
    return max(low - value, value - (low if math.isnan(high) else high), 0.0)


def relative(gap_: float, peer: float, tolerance: float, *, is_ratio_scale: bool) -> float:
    """The gap as a share of the peer's value; only on scales that begin at zero, not on a base within a tolerance."""
    least = 0.0 if math.isnan(tolerance) else tolerance
    if not is_ratio_scale or peer == 0 or abs(peer) < least:
        return NONE
    return gap_ / abs(peer)


def merit(value: float, direction: Direction, low: float = NONE, high: float = NONE) -> float:
    """A number that is larger the better a value is."""
    if direction == "range":
        return -off(value, low, high)
    return -value if direction == "lower" else value


def rank(own: float, peers: Sequence[float]) -> int:
    """1 + the number of peers that are strictly better, all given by merit; ties share the rank."""
    return 1 + sum(peer > own for peer in peers)


def percentile(own: float, peers: Sequence[float]) -> float:
    """The share of peers that we are better than, ties counting half, in per cent; NaN with fewer than five peers."""
    if len(peers) < LEAST_PEERS:
        return NONE
    return 100.0 * sum((peer < own) + 0.5 * (peer == own) for peer in peers) / len(peers)


def median(peers: Sequence[float]) -> float:
    """The middle of the peers' values; never their mean."""
    return statistics.median(peers) if peers else NONE


def worsenings(gaps: Sequence[float]) -> int:
    """How many times in a row the gap has worsened up to the last one."""
    count = 0
    for before, after in zip(reversed(gaps[:-1]), reversed(gaps), strict=False):
        if not after < before:
            break
        count += 1
    return count


def share_change(share: float, own: float, market: float) -> float:
    """How a share moves when we grow by `own` and the market by `market`: share x (own - market) / (1 + market).

    Growth is given as a ratio: 0.14 is 14 %.
    """
    return share * (own - market) / (1.0 + market)


def market_growth(before: float, after: float, own: float) -> float:
    """The growth of the market that follows from two shares and our own growth: the share identity solved for it."""
    return (1.0 + own) * before / after - 1.0


def quadrant(*, met: bool, gap_: float) -> str:
    """Target met or missed, ahead of the peers or not: the key of a sentence."""
    if math.isnan(gap_):
        return ""
    if gap_ >= 0:
        return "ahead" if met else "ahead_below_target"
    return "behind_on_target" if met else "behind"
