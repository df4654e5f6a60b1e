"""Are a product's key indicators few, balanced and ahead of events?"""

import math
from collections.abc import Iterator

from kpisite.declare.model import Product, Site
from kpisite.evaluate.lint_found import Finding, found
from kpisite.evaluate.lint_rules import Level

FEWEST, MOST, FAR_TOO_MANY = 5, 12, 15
LIGHTEST, HEAVIEST = 3, 30
# Five of nine families; of fewer families the same share.
FAMILIES = 5 / 9
HEAVIEST_FAMILY = 45
# Sides of a product that are never left out, where the site has such a family.
NEEDED = ("customer-satisfaction", "risk")
LEADING = 0.3


def balance(site: Site) -> Iterator[Finding]:
    """Everything that can be said of the choice of key indicators of each product."""
    for id_, product in site.products.items():
        for check in (_count, _weights, _families, _leading):
            yield from check(site, id_, product)


def _count(site: Site, id_: str, product: Product) -> Iterator[Finding]:
    count = len(product.key)
    if FEWEST <= count <= MOST:
        return
    level: Level = "error" if count > FAR_TOO_MANY else "warning"
    what = f"'{id_}' has {count} key indicators; {FEWEST} to {MOST} are fine"
    yield found(site, "K-1", level, "count", what, ("products", id_, "key"), count=count)


def _weights(site: Site, id_: str, product: Product) -> Iterator[Finding]:
    for indicator, weight in _in_force(site, product).items():
        if weight and not LIGHTEST <= weight <= HEAVIEST:
            what = f"'{indicator}' of '{id_}' weighs {weight:g}, not {LIGHTEST} to {HEAVIEST}"
            path = ("products", id_, "key", indicator)
            yield found(site, "K-2", "warning", "weight", what, path, weight=weight, other=indicator)


def _families(site: Site, id_: str, product: Product) -> Iterator[Finding]:
    own = {one.family for one in site.indicators.values() if one.builtin is None}
    weights: dict[str, float] = {}
    for indicator, weight in _in_force(site, product).items():
        family = site.indicators[indicator].family
        weights[family] = weights.get(family, 0) + weight
    path = ("products", id_, "key")
    if not weights:
        return
    least = math.ceil(FAMILIES * len(own) - 1e-9)
    if len(weights) < least:
        what = f"the families of the key indicators of '{id_}' are {len(weights)}, not {least} or more"
        yield found(site, "K-3", "warning", "families", what, path, count=len(weights), least=least)
    whole = math.fsum(weights.values())
    for family, weight in weights.items():
        if len(own) > 1 and whole and 100 * weight / whole > HEAVIEST_FAMILY + 1e-9:
            what = f"the family '{family}' has {100 * weight / whole:g} % of the weight of '{id_}'"
            yield found(site, "K-3", "warning", "heavy", what, path, family=family, share=100 * weight / whole)
    for family in NEEDED:
        if family in site.families and family not in weights:
            what = f"'{id_}' has no key indicator of the family '{family}'"
            yield found(site, "K-3", "warning", "side", what, path, family=family)


def _leading(site: Site, id_: str, product: Product) -> Iterator[Finding]:
    count = len(product.key)
    leading = sum(site.indicators[indicator].leading for indicator in product.key)
    if count and leading / count < LEADING:
        what = f"{leading} of {count} key indicators of '{id_}' are leading, less than {100 * LEADING:g} %"
        yield found(site, "K-4", "warning", "leading", what, ("products", id_, "key"), leading=leading, count=count)


def _in_force(site: Site, product: Product) -> dict[str, float]:
    """The weights of the key indicators in the report's period."""
    month = site.report.period.last_month
    found_ = {}
    for indicator, targets in product.key.items():
        begun = [one.weight for one in targets if one.from_ is None or one.from_.number <= month]
        found_[indicator] = begun[-1] if begun else 0.0
    return found_
