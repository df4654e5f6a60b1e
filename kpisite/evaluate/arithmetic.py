"""A formula with the numbers put in: plain arithmetic that anybody can recompute, term by term."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kpisite.evaluate.ledger import Ledger
from kpisite.measure.expression import Call, Expression, Name, Number, is_measured
from kpisite.measure.formula import IN_A_YEAR, YEAR
from kpisite.periods import Grain, Period, of_month

# What stands where a number is missing.
UNKNOWN = "?"
# How strongly a term holds together: comparisons and choices, sums, products, single numbers.
SUM, PRODUCT, SINGLE = range(3)


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of arithmetic and its value; None where a number is missing or the sum has no meaning."""

    text: str
    value: float | None
    bond: int = SINGLE

    def within(self, bond: int) -> str:
        """The text as part of a larger term: in brackets where it would fall apart."""
        return f"({self.text})" if self.bond < bond else self.text


def number(value: float | None) -> Term:
    """One number, written so that it reads back the same."""
    if value is None:
        return Term(UNKNOWN, None)
    text = repr(value + 0.0).removesuffix(".0")
    return Term(text, value, SUM if value < 0 else SINGLE)


def total(terms: Sequence[Term]) -> Term:
    """Terms added up."""
    if len(terms) == 1:
        return terms[0]
    values = [term.value for term in terms]
    value = None if None in values else sum(value for value in values if value is not None)
    return Term(" + ".join(term.within(PRODUCT) for term in terms), value, SUM)


def difference(left: Term, right: Term) -> Term:
    """One term less another."""
    return _joined("-", left, right)


def quotient(left: Term, right: Term) -> Term:
    """One term divided by another; nothing by zero."""
    return _joined("/", left, right)


def _share(left: Term, right: Term) -> Term:
    """One term as a share of another, which has no meaning where that is less than nothing."""
    found = quotient(left, right)
    return found if right.value is None or right.value >= 0 else Term(found.text, None, found.bond)


def product(left: Term, right: Term) -> Term:
    """One term times another."""
    return _joined("*", left, right)


OPERATIONS: Mapping[str, Callable[[float, float], float | None]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if b else None,
    "=": lambda a, b: float(a == b),
    "<>": lambda a, b: float(a != b),
    "<": lambda a, b: float(a < b),
    "<=": lambda a, b: float(a <= b),
    ">": lambda a, b: float(a > b),
    ">=": lambda a, b: float(a >= b),
    "and": lambda a, b: float(bool(a and b)),
    "or": lambda a, b: float(bool(a or b)),
}
_BONDS = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT}


def _joined(sign: str, left: Term, right: Term) -> Term:
    known = left.value is not None and right.value is not None
    value = OPERATIONS[sign](left.value or 0.0, right.value or 0.0) if known else None
    bond = _BONDS[sign]
    # The right side keeps its brackets even where they could fall: what is printed is computed in the printed order.
    return Term(f"{left.within(bond)} {sign} {right.within(bond + 1)}", value, bond)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Puts the numbers of one ledger into formulas."""

    ledger: Ledger
    params: Mapping[str, float]

    def term(self, expression: Expression, at: Period) -> Term:
        """The formula at a period, as arithmetic."""
        if isinstance(expression, Number):
            return number(expression.value)
        if isinstance(expression, Name):
            if expression.name in self.params:
                return number(self.params[expression.name])
            return number(self.ledger.measure(expression.name, at))
        if expression.name in OVER_TIME:
            return OVER_TIME[expression.name](self, expression, at)
        if expression.name == "if":
            condition, yes, no = (self.term(arg, at) for arg in expression.args)
            return (yes if condition.value else no) if condition.value is not None else Term(UNKNOWN, None)
        args = [self.term(arg, at) for arg in expression.args]
        if expression.name == "/" and is_measured(expression.args[1], self.params):
            return _share(args[0], args[1])
        return self._plain(expression.name, args)

    def change(self, expression: Expression, at: Period) -> Term | None:
        """What the first growth in a formula grew by, in the unit of what grows; None where nothing grows in it."""
        if not isinstance(expression, Call):
            return None
        if expression.name in BASES:
            at = _stepping(expression, at)
            now, base = expression.args[0], BASES[expression.name](self, expression, at)
            return difference(self.term(now, at), base)
        if expression.name in OVER_TIME:
            return None
        return next((found for arg in expression.args if (found := self.change(arg, at)) is not None), None)

    def _plain(self, name: str, args: Sequence[Term]) -> Term:
        first = args[0]
        match name:
            case "coalesce":
                return next((arg for arg in args if arg.value is not None), first)
            case "neg":
                return Term(f"-{first.within(SINGLE)}", None if first.value is None else -first.value, SUM)
            case "abs" | "min" | "max":
                return _function(name, args)
            case "not":
                return number(None if first.value is None else float(not first.value))
            case "+" | "-" | "*" | "/":
                return _joined(name, args[0], args[1])
            case _:
                # A comparison counts as 1 or 0.
                values = (args[0].value, args[1].value)
                known = values[0] is not None and values[1] is not None
                return number(OPERATIONS[name](values[0] or 0.0, values[1] or 0.0) if known else None)

    def months_of(self, arg: Expression, period: Period) -> list[Term]:
        """The formula in each month of a period."""
        fiscal = period.fiscal_start
        months = range(period.first_month, period.last_month + 1)
        return [self.term(arg, of_month(month, Grain.MONTH, fiscal)) for month in months]


def _function(name: str, args: Sequence[Term]) -> Term:
    values = [arg.value for arg in args if arg.value is not None]
    value = FUNCTIONS[name](values) if len(values) == len(args) else None
    return Term(f"{name}({', '.join(arg.text for arg in args)})", value)


FUNCTIONS: Mapping[str, Callable[[Sequence[float]], float]] = {"min": min, "max": max, "abs": lambda one: abs(one[0])}


def _lag(a: Arithmetic, call: Call, at: Period) -> Term:
    return a.term(call.args[0], at.plus(-call.count))


def _year_ago(a: Arithmetic, call: Call, at: Period) -> Term:
    return a.term(call.args[0], at.plus(-IN_A_YEAR[at.grain]))


def _growth(now: Term, base: Term) -> Term:
    """Growth on a base of zero or less has no meaning."""
    ratio = quotient(now, base)
    grown = difference(ratio, number(1.0))
    return grown if base.value is None or base.value > 0 else Term(grown.text, None, grown.bond)


def _before(a: Arithmetic, call: Call, at: Period) -> Term:
    return a.term(call.args[0], at.plus(-1))


# What each kind of growth grows from.
BASES: Mapping[str, Callable[[Arithmetic, Call, Period], Term]] = {"yoy": _year_ago, "qoq": _before, "mom": _before}


def _stepping(call: Call, at: Period) -> Period:
    """What grows with the year has no period before it in January: a step is that of its last month."""
    return at.at(Grain.MONTH) if at.grain is Grain.YTD and call.name != "yoy" else at


def _grown(a: Arithmetic, call: Call, at: Period) -> Term:
    at = _stepping(call, at)
    return _growth(a.term(call.args[0], at), BASES[call.name](a, call, at))


def _delta(a: Arithmetic, call: Call, at: Period) -> Term:
    at = _stepping(call, at)
    return difference(a.term(call.args[0], at), a.term(call.args[0], at.plus(-1)))


def _ytd(a: Arithmetic, call: Call, at: Period) -> Term:
    year = at.at(Grain.YTD)
    if isinstance(call.args[0], Name):
        return a.term(call.args[0], year)
    return total(a.months_of(call.args[0], year))


def _window(a: Arithmetic, arg: Expression, count: int, at: Period) -> Term:
    """The last periods of a grain; cumulated figures have no window and take that of their month."""
    last = at.at(Grain.MONTH) if at.grain in (Grain.YTD, Grain.T12) else at
    return total([a.term(arg, last.plus(-back)) for back in range(count - 1, -1, -1)])


def _rolling_sum(a: Arithmetic, call: Call, at: Period) -> Term:
    return _window(a, call.args[0], call.count, at)


def _rolling_avg(a: Arithmetic, call: Call, at: Period) -> Term:
    return quotient(_window(a, call.args[0], call.count, at), number(float(call.count)))


def _trailing_year(a: Arithmetic, call: Call, at: Period) -> Term:
    return _window(a, call.args[0], YEAR, at.at(Grain.MONTH))


def _average(a: Arithmetic, call: Call, at: Period) -> Term:
    if at.grain is Grain.MONTH:
        return a.term(call.args[0], at)
    return quotient(total(a.months_of(call.args[0], at)), number(float(at.months)))


def _opening(a: Arithmetic, call: Call, at: Period) -> Term:
    return a.term(call.args[0], of_month(at.first_month - 1, Grain.MONTH, at.fiscal_start))


def _avg2(a: Arithmetic, call: Call, at: Period) -> Term:
    closing = a.term(call.args[0], of_month(at.last_month, Grain.MONTH, at.fiscal_start))
    return quotient(total([closing, _opening(a, call, at)]), number(2.0))


def _ann(a: Arithmetic, call: Call, at: Period) -> Term:
    found = product(a.term(call.args[0], at), number(float(YEAR)))
    return quotient(found, number(float(at.months)))


OVER_TIME: Mapping[str, Callable[[Arithmetic, Call, Period], Term]] = {
    "lag": _lag,
    "year_ago": _year_ago,
    **dict.fromkeys(BASES, _grown),
    "delta": _delta,
    "ytd": _ytd,
    "rolling_sum": _rolling_sum,
    "rolling_avg": _rolling_avg,
    "trailing_year": _trailing_year,
    "average": _average,
    "opening": _opening,
    "avg2": _avg2,
    "ann": _ann,
}
