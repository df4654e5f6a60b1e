"""Does what an indicator says of itself, its kind and how products combine, fit the measures of its formula?"""

from collections.abc import Mapping

from kpisite.declare.model import Indicator, Site
from kpisite.errors import Problems
from kpisite.measure.aggregate import Aggregate
from kpisite.measure.degree import is_linear
from kpisite.measure.expression import Call, Expression, Number, walk
from kpisite.measure.versions import Version, measures_of

# Flows of several months or years stand at a month's end like a balance.
GATHERED = ("ytd", "trailing_year", "rolling_sum", "rolling_avg")
# What leaves a balance a balance.
STILL = ("+", "-", "neg", "abs", "min", "max", "coalesce", "average", "opening", "avg2")


def check_sense(
    site: Site,
    defined: Mapping[str, tuple[Version, ...]],
    found: Mapping[str, Aggregate],
    problems: Problems,
) -> None:
    """Refuse stocks made of flows, flows made of balances, and sums of what is asked anew for each line."""
    kinds = {name: measure.kind for name, measure in site.measures.items()}
    for id_, every in defined.items():
        indicator = site.indicators[id_]
        for formula in dict.fromkeys(version.formula for version in every):
            names = sorted(measures_of(formula, site.params))
            what = _wrong_kind(indicator, formula, names, kinds)
            if what:
                hint = "Correct the kind of the measure, or of the indicator: flows are added up, balances stand."
                problems.error(site.place("indicators", id_, "kind"), f"'{id_}' {what}", hint, "kind-of-measures")
            again = [name for name in names if name in found and not found[name].additive]
            if again and indicator.across == "sum" and indicator.kind == "flow" and is_linear(formula, kinds):
                what = f"lines and the bank cannot be the sum of '{again[0]}', which is no sum or count of rows"
                hint = "Leave 'across: sum' out: it is then asked anew of all rows of a line and of the bank."
                problems.error(site.place("indicators", id_, "across"), f"'{id_}': {what}", hint, "sum-of-distinct")


def _wrong_kind(indicator: Indicator, formula: Expression, names: list[str], kinds: Mapping[str, str]) -> str:
    """How the kind of the indicator contradicts those of all its measures; nothing where it does not."""
    own = {kinds[name] for name in names}
    calls = {part.name for part in walk(formula) if isinstance(part, Call)}
    named = ", ".join(f"'{name}'" for name in names)
    if indicator.kind == "stock" and own == {"flow"} and not calls & set(GATHERED):
        return f"is declared a stock, and all that its formula is made of is added up over time: {named}"
    is_balance = calls <= set(STILL) and not any(isinstance(part, Number) for part in walk(formula))
    if indicator.kind == "flow" and own == {"stock"} and is_balance:
        return f"is declared a flow, and its formula adds up balances of several months: {named}"
    return ""
