"""Rounding as people do it: half up in decimal arithmetic, on whole arrays at once.

Comparisons are made in steps, the whole number of units of the last decimal that is shown, so that a page never
prints two equal numbers and judges them as different.
"""

import decimal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Exact powers of ten; an indicator shows at most nine decimals and computed limits keep six more.
_POWERS: Floats = np.array([float(10**n) for n in range(16)])
# A product of a double and a power of ten is off by less than this share of it.
_ERROR = 4e-16
# This near to a tie the decimal digits decide, not the binary ones.
_TIE = 1e-9
# From here on doubles are too coarse to hold a fraction that could be trusted.
_COARSE = 2.0**50
# Computed limits are kept to so many decimals more than are shown, which drops the noise of binary arithmetic.
_SPARE = 6
_WIDE = decimal.Context(prec=400, rounding=decimal.ROUND_HALF_UP)


def steps(values: Floats, decimals: Ints) -> Floats:
    """Each value as a whole number of units of its last decimal, rounded half up (away from zero); NaN stays."""
    scaled = np.abs(values) * _POWERS[decimals]
    below = np.floor(scaled)
    rest = scaled - below
    doubtful = np.abs(rest - 0.5) <= _TIE + scaled * _ERROR
    doubtful |= scaled > _COARSE
    below += rest >= 0.5
    rounded: Floats = np.asarray(np.copysign(below, values))
    if doubtful.any():
        places = np.broadcast_to(decimals, values.shape)[doubtful]
        rounded[doubtful] = _exact(values[doubtful], places)
    rounded += 0.0  # -0 becomes 0
    return rounded


def settle(values: Floats, decimals: Ints) -> Floats:
    """A computed limit as the decimal number that was meant: 1.80 + 0.30 is 2.10, not 2.0999999999999996."""
    scale = _POWERS[decimals + _SPARE]
    scaled = values * scale
    settled: Floats = np.where(np.abs(scaled) < _COARSE, np.rint(scaled) / scale, values)
    return settled


def in_steps(widths: Floats, decimals: Ints) -> Floats:
    """Widths (tolerances) in units of the last decimal, not rounded, but whole where they were meant to be."""
    scaled = widths * _POWERS[decimals]
    whole = np.rint(scaled)
    cleaned: Floats = np.where(np.abs(scaled - whole) <= _TIE * np.maximum(1.0, whole), whole, scaled)
    return cleaned


def _exact(values: Floats, decimals: Ints) -> Floats:
    """The same for few values through decimal numbers: the shortest text of a double is the number that was meant."""
    found: dict[tuple[float, int], float] = {}
    result = np.empty(len(values))
    for at, cell in enumerate(zip(values.tolist(), decimals.tolist(), strict=True)):
        if cell not in found:
            found[cell] = _one(*cell)
        result[at] = found[cell]
    return result


def _one(value: float, decimals: int) -> float:
    number = decimal.Decimal(repr(value)).scaleb(decimals, _WIDE)
    return float(number.quantize(decimal.Decimal(1), context=_WIDE))
