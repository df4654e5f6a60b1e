"""Why a ratio moved: its numerator and its denominator, or its parts within and their shares, as exact sums."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fraction:
    """A ratio as its numerator and its denominator, which is not zero."""

    numerator: float
    denominator: float

    @property
    def value(self) -> float:
        """The ratio itself."""
        return self.numerator / self.denominator


@dataclass(frozen=True, slots=True)
class RatioChange:
    """The change of a ratio by what its numerator and what its denominator did."""

    numerator: float
    denominator: float


@dataclass(frozen=True, slots=True)
class MixChange:
    """The change of a ratio over parts: what each part's own ratio did, and what the parts' shares did."""

    within: tuple[float, ...]
    mix: tuple[float, ...]


def ratio_change(before: Fraction, after: Fraction) -> RatioChange:
    """Split a change of a ratio; each effect is the mean of its size before and after the other one."""
    numerator = after.numerator - before.numerator
    inverse = 1 / after.denominator - 1 / before.denominator
    return RatioChange(
        numerator * (1 / before.denominator + 1 / after.denominator) / 2,
        inverse * (before.numerator + after.numerator) / 2,
    )


def mix_change(before: Sequence[Fraction], after: Sequence[Fraction]) -> MixChange:
    """Split the change of the ratio of the sums over the same parts.

    A part's own effect is its mean share times the change of its ratio; the effect of its share is the change of the
    share times what its mean ratio is above the mean total.
    """
    first, second = (sum(one.denominator for one in parts) for parts in (before, after))
    total = (sum(one.numerator for one in before) / first + sum(one.numerator for one in after) / second) / 2
    within, mix = [], []
    for one, two in zip(before, after, strict=True):
        share, later = one.denominator / first, two.denominator / second
        within.append((share + later) / 2 * (two.value - one.value))
        mix.append((later - share) * ((one.value + two.value) / 2 - total))
    return MixChange(tuple(within), tuple(mix))
