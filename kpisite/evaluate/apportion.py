"""Rounded parts that add up to the rounded total (largest remainders)."""

import math
from collections.abc import Sequence

# Parts closer than this in their remainders are equal; the first one is served first.
_NEAR = 1e-9


def apportion(parts: Sequence[float], whole: int) -> tuple[int, ...]:
    """Whole numbers near the parts whose sum is `whole`; what rounding down leaves goes to the largest remainders.

    A total that was itself nudged away from the sum of the parts is reached all the same, in several rounds if need be.
    """
    low = [math.floor(part + _NEAR) for part in parts]
    left = whole - sum(low)
    if not low or not left:
        return tuple(low)
    remainders = [round(part - floor, 9) for part, floor in zip(parts, low, strict=True)]
    order = sorted(range(len(low)), key=lambda at: (-remainders[at], at))
    if left < 0:
        order.reverse()
    step = 1 if left > 0 else -1
    for turn in range(abs(left)):
        low[order[turn % len(order)]] += step
    return tuple(low)
