"""How the figures of a formula grow with the length of the period: flows do, balances and their ratios do not."""

from collections.abc import Mapping

from kpisite.measure.expression import COMPARISONS, Call, Expression, FormulaError, Name, Number, walk

# What these give no longer grows with the period.
LEVELLED = ("ann", "yoy", "qoq", "mom", "ytd", "rolling_sum", "rolling_avg", "trailing_year", *COMPARISONS)
OF_FLOWS = ("ytd", "trailing_year")
OF_STOCKS = ("average", "opening", "avg2")


def degree(expression: Expression, kinds: Mapping[str, str]) -> int:
    """1 where the figure is proportional to the length of the period, 0 where it is not; kinds by name of measure."""
    if isinstance(expression, Number):
        return 0
    if isinstance(expression, Name):
        return int(kinds.get(expression.name) == "flow")
    args = [degree(arg, kinds) for arg in expression.args]
    match expression.name:
        case "*":
            return args[0] + args[1]
        case "/":
            return args[0] - args[1]
        case "if":
            return max(args[1:])
        case name if name in LEVELLED:
            return 0
        case _:
            return max(args)


def check_kinds(expression: Expression, kinds: Mapping[str, str]) -> None:
    """Refuse sums of balances over time, and opening balances of flows."""
    for part in walk(expression):
        if not isinstance(part, Call) or part.name not in (*OF_FLOWS, *OF_STOCKS):
            continue
        found = {kinds[inner.name] for inner in walk(part.args[0]) if isinstance(inner, Name) and inner.name in kinds}
        wrong, wanted = ("flow", "a balance") if part.name in OF_STOCKS else ("stock", "a flow")
        if found == {wrong} or "duration" in found:
            end = part.start + len(part.name)
            hint = "Flows are added up over time, balances are averaged; the kind of a measure says which it is."
            raise FormulaError(f"{part.name}() wants {wanted}", part.start, end, hint)


def is_linear(expression: Expression, kinds: Mapping[str, str]) -> bool:
    """Is it a sum of flows with constant factors, so that a year's figure is the formula on the year's measures?"""
    if isinstance(expression, Number):
        return False
    if isinstance(expression, Name):
        return kinds.get(expression.name) == "flow"
    match expression.name:
        case "+" | "-" | "neg":
            return all(is_linear(arg, kinds) for arg in expression.args)
        case "*":
            return any(
                _is_constant(a, kinds) and is_linear(b, kinds) for a, b in (expression.args, expression.args[::-1])
            )
        case "/":
            return is_linear(expression.args[0], kinds) and _is_constant(expression.args[1], kinds)
        case _:
            return False


def _is_constant(expression: Expression, kinds: Mapping[str, str]) -> bool:
    return all(
        isinstance(part, Number)
        or (isinstance(part, Name) and part.name not in kinds)
        or (isinstance(part, Call) and part.name in ("+", "-", "*", "/", "neg"))
        for part in walk(expression)
    )
