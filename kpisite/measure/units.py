"""Units of formulas: adding yuan to people is a mistake; dividing yuan by yuan leaves a plain number."""

from collections.abc import Mapping

from kpisite.measure.expression import COMPARISONS, Call, Expression, FormulaError, Name, Number

# A unit as powers of its parts, {"cny": 1, "count": -1}; None is a bare number, which goes with any unit.
Unit = Mapping[str, int] | None
PLAIN: Unit = {}
# Plain numbers under another name: shares, percentages, scores.
PLAIN_NAMES = ("", "pct", "bp", "ratio", "points", "permille")
GROWTHS = ("yoy", "qoq", "mom")


def unit_named(name: str) -> Unit:
    """The unit of a measure as declared."""
    return PLAIN if name in PLAIN_NAMES else {name: 1}


def unit_of(expression: Expression, units: Mapping[str, Unit]) -> Unit:
    """The unit of an expression over measures of these units; raises FormulaError where two do not go together."""
    if isinstance(expression, Number):
        return None
    if isinstance(expression, Name):
        return units[expression.name]
    args = [unit_of(arg, units) for arg in expression.args]
    match expression.name:
        case "*":
            return _product(args[0], args[1], 1)
        case "/":
            return _product(args[0], args[1], -1)
        case "if":
            return _same(expression, args[1:], "choose between")
        case "+" | "-":
            return _same(expression, args, "add" if expression.name == "+" else "subtract")
        case "coalesce" | "min" | "max":
            return _same(expression, args, "choose between")
        case name if name in COMPARISONS:
            _same(expression, args, "compare")
            return PLAIN
        case name if name in GROWTHS:
            return PLAIN
        case _:
            return args[0]


def _product(left: Unit, right: Unit, sign: int) -> Unit:
    if left is None and right is None:
        return None
    powers = dict(left or {})
    for name, power in (right or {}).items():
        powers[name] = powers.get(name, 0) + sign * power
    return {name: power for name, power in powers.items() if power}


def _same(expression: Call, args: list[Unit], verb: str) -> Unit:
    known = [unit for unit in args if unit is not None]
    for unit in known[1:]:
        if unit != known[0]:
            what = f"cannot {verb} {_written(known[0])} and {_written(unit)}"
            raise FormulaError(what, expression.start, hint="Both sides need the same unit.")
    return known[0] if known else None


def _written(unit: Unit) -> str:
    over = "*".join("*".join([name] * power) for name, power in (unit or {}).items() if power > 0)
    under = "".join(f"/{name}" * -power for name, power in (unit or {}).items() if power < 0)
    return f"{over or '1'}{under}" if over or under else "a plain number"
