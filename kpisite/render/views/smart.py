"""How good a target is: each letter of SMART, met or in doubt, with what was found."""

from kpisite.evaluate.lint import lint_product
from kpisite.evaluate.lint_found import Finding, of_pair
from kpisite.evaluate.lint_rules import BY_ID, SMART
from kpisite.periods import parse
from kpisite.render import marks
from kpisite.render.edition import Edition
from kpisite.render.parts import Table

# Facts that are printed in the unit of the indicator, and those that are months.
_AMOUNTS = ("target", "tolerance", "noise", "limit", "baseline")
_MONTHS = ("by", "period")
# Nearer than this share of it, a number is the one that its decimals say.
NEAR = 1e-9


def smart(e: Edition, s: int, i: int) -> Table | None:
    """The panel of one key figure of a product; nothing where a product has no target for it."""
    subject, indicator = e.report.subjects[s], e.report.indicators[i]
    if subject.level != "product" or indicator not in e.site.products[subject.id].key:
        return None
    findings = of_pair(e.fact(("lint", subject.id), lambda: lint_product(e.report, subject.id)), subject.id, indicator)
    words = e.t["smart"]
    rows = []
    for letter in SMART:
        mine = [one for one in findings if BY_ID[one.rule].letter == letter]
        in_doubt = any(not one.accepted for one in mine)
        state = marks.verdict(words["doubt"] if in_doubt else words["met"], is_good=not in_doubt)
        told = e.t["say"]["sentence_join"].join(_told(e, i, one) for one in mine)
        rows.append((words["letters"][letter], state, told))
    heads = (e.head("criterion"), e.head("state"), e.head("finding"))
    shown, columns = marks.filled(heads, list(zip(*rows, strict=True)))
    return marks.table_of_columns("smart", words["title"], shown, columns, note=words["note"])


def _told(e: Edition, i: int, one: Finding) -> str:
    """What was found, in this language; with the reason why it is accepted."""
    words = e.t["smart"]
    text: str = words["kinds"][one.kind].format(**{name: _fact(e, i, name, fact) for name, fact in one.facts.items()})
    return words["accepted"].format(text=text, reason=one.accepted) if one.accepted else text


def _fact(e: Edition, i: int, name: str, fact: str | float) -> str:
    if isinstance(fact, str):
        return e.tongue.period(parse(fact)) if name in _MONTHS else fact
    if name in _AMOUNTS:
        declared = e.site.indicators[e.report.indicators[i]]
        return e.tongue.figure(
            fact, e.tongue.column([fact], declared.unit, _decimals(fact, declared.decimals), prose=True)
        )
    return e.tongue.rounded(fact, 1 if name == "ratio" else 0)


def _decimals(number: float, shown: int) -> int:
    """As few decimals as say the number, for a tolerance may be finer than the figure it judges; two more at most."""
    return next((n for n in range(shown, shown + 2) if abs(round(number, n) - number) < NEAR * abs(number)), shown + 2)
