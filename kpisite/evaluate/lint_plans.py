"""Do plans fit the products that they are for?"""

from collections.abc import Iterator

from kpisite.declare.model import Site
from kpisite.evaluate.lint_found import Finding, found


def outlived(site: Site) -> Iterator[Finding]:
    """Actions that are to be done after the end of the product that their plan is for."""
    for id_, plan in site.plans.items():
        product = site.products.get(plan.product)
        if product is None or product.ended is None:
            continue
        for key, action in plan.actions.items():
            if action.done is None and not action.cancelled and action.due > product.ended.last_day:
                what = f"the action '{key}' of plan '{id_}' is due after its product ends in {product.ended}"
                yield found(site, "T-T2", "warning", "action-beyond-end", what, ("plans", id_, "actions", key, "due"))
