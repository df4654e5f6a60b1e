"""Why a ratio moved, from the measures behind it: the effects of numerator and denominator, or of parts and shares."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kpisite.evaluate.arithmetic import Arithmetic
from kpisite.evaluate.facts import Driver
from kpisite.evaluate.ratios import Fraction, MixChange, RatioChange, mix_change, ratio_change
from kpisite.evaluate.working import Desk, ledger_of
from kpisite.measure.expression import Call, Expression, Name, Number
from kpisite.periods import Period

# Parts that do not add up to the published figure tell another story; in shares of it.
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Ratio:
    """A formula as numerator and denominator, each a formula of its own."""

    numerator: Expression
    denominator: Expression


@dataclass(frozen=True, slots=True)
class Effects:
    """The change of a ratio between two periods, by what its numerator and its denominator did."""

    ratio: Ratio
    before: Fraction
    after: Fraction
    change: RatioChange


@dataclass(frozen=True, slots=True)
class Parts:
    """The change of a rolled-up ratio by product: what each one's own ratio did, and what its share did."""

    products: tuple[int, ...]
    before: float
    after: float
    change: MixChange


def ratio_of(expression: Expression) -> Ratio | None:
    """The outermost division of a formula, with constant factors in its numerator; nothing for any other formula."""
    if not isinstance(expression, Call):
        return None
    if expression.name == "/":
        first, second = expression.args
        return None if isinstance(second, Number) else Ratio(first, second)
    if expression.name == "*":
        for factor, rest in (expression.args, expression.args[::-1]):
            inner = ratio_of(rest) if isinstance(factor, Number) else None
            if inner is not None:
                return Ratio(Call("*", (factor, inner.numerator)), inner.denominator)
    return None


def effects(found: Desk, s: int, before: Period, after: Period) -> Effects | None:
    """The effects for one subject; nothing where a number is missing or the definition changed in between."""
    version = found.version(after)
    ratio = ratio_of(version.formula)
    if ratio is None or found.version(before) is not version:
        return None
    first, second = (_fraction(found, s, ratio, period) for period in (before, after))
    if first is None or second is None or not (_is_told(found, s, before, first) and _is_told(found, s, after, second)):
        return None
    return Effects(ratio, first, second, ratio_change(first, second))


def driver(found: Desk, s: int, before: Period, after: Period) -> Driver | None:
    """The larger of the two effects that go with the change; nothing where the ratio stayed."""
    one = effects(found, s, before, after)
    if one is None or one.after.value == one.before.value:
        return None
    way = math.copysign(1.0, one.after.value - one.before.value)
    numerator, denominator = one.change.numerator * way, one.change.denominator * way
    values = before, one.before.value, one.after.value
    if numerator >= denominator:
        return Driver("numerator", measure_of(one.ratio.numerator), *values, one.change.numerator)
    return Driver("denominator", measure_of(one.ratio.denominator), *values, one.change.denominator)


def parts(found: Desk, s: int, before: Period, after: Period) -> Parts | None:
    """The same for a line or the bank by its products; nothing where the products' sums are not its own."""
    version = found.version(after)
    ratio = ratio_of(version.formula)
    if ratio is None or found.version(before) is not version or found.indicator.across != "ratio":
        return None
    whole = [_fraction(found, s, ratio, period) for period in (before, after)]
    each = [
        (p, first, second)
        for p in found.report.subjects[s].members
        if (first := _fraction(found, p, ratio, before)) and (second := _fraction(found, p, ratio, after))
    ]
    if whole[0] is None or whole[1] is None or len(each) < 2:
        return None
    firsts, seconds = [one[1] for one in each], [one[2] for one in each]
    if not (_is_sum(firsts, whole[0]) and _is_sum(seconds, whole[1])):
        return None
    if not (_is_told(found, s, before, whole[0]) and _is_told(found, s, after, whole[1])):
        return None
    members = tuple(one[0] for one in each)
    return Parts(members, whole[0].value, whole[1].value, mix_change(firsts, seconds))


def measure_of(expression: Expression) -> str:
    """The one measure that a part of a formula is, but for constant factors; empty for anything more."""
    if isinstance(expression, Name):
        return expression.name
    if isinstance(expression, Call) and expression.name == "*":
        names = [measure_of(arg) for arg in expression.args if not isinstance(arg, Number)]
        return names[0] if len(names) == 1 else ""
    return ""


def factor_of(expression: Expression) -> float:
    """The constant by which a part of a formula is multiplied, such as the 100 of a percentage."""
    if isinstance(expression, Number):
        return expression.value
    if isinstance(expression, Call) and expression.name == "*":
        return math.prod(factor_of(arg) for arg in expression.args)
    return 1.0


def _fraction(found: Desk, s: int, ratio: Ratio, period: Period) -> Fraction | None:
    """The two sides of the ratio, which is that of the definition in force."""
    if (s, period) not in found.fractions:
        found.fractions[s, period] = _worked_out(found, s, ratio, period)
    return found.fractions[s, period]


def _worked_out(found: Desk, s: int, ratio: Ratio, period: Period) -> Fraction | None:
    book = Arithmetic(ledger_of(found, s, found.version(period)), found.report.site.params)
    numerator, denominator = (book.term(one, period).value for one in (ratio.numerator, ratio.denominator))
    return Fraction(numerator, denominator) if numerator is not None and denominator else None


def _is_told(found: Desk, s: int, period: Period, fraction: Fraction) -> bool:
    """Is it the published figure, but for its rounding? One that was taken back has a fraction, too."""
    months = found.report.figures[period.grain]
    i = next(i for i, id_ in enumerate(found.report.indicators) if found.report.site.indicators[id_] is found.indicator)
    value = months.value.item(s, i, months.periods.index(period))
    return abs(value - fraction.value) <= 10.0 ** -(found.indicator.decimals + 1)


def _is_sum(several: Sequence[Fraction], whole: Fraction) -> bool:
    pairs = (
        (math.fsum(one.numerator for one in several), whole.numerator),
        (math.fsum(one.denominator for one in several), whole.denominator),
    )
    return all(abs(total - own) <= _TINY * max(abs(own), 1.0) for total, own in pairs)
