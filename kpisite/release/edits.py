"""What reads otherwise in the declarations of two reports: targets, weights, definitions, products and plans."""

from collections.abc import Iterator, Mapping

from kpisite.declare.model import Indicator, Model, Plan, Site, Target
from kpisite.evaluate.report import Report
from kpisite.languages import Text
from kpisite.release.changes import Edit
from kpisite.release.text import number

BANK = "bank"
# Fields of an indicator whose change makes its figures or their judgement something else.
DEFINING = (
    "formula", "builtin", "unit", "decimals", "direction", "kind", "across", "bounds", "limit", "sample", "veto",
    "missing_when",
)  # fmt: skip
# Fields of a target other than its weight, which is told apart.
AIMING = ("target", "tolerance", "path", "baseline", "by")


def target_edits(before: Site, after: Site) -> Iterator[Edit]:
    """Targets that were set, taken back or changed, for key indicators in both."""
    for owner, id_, one, two in _entries(before, after):
        for field in AIMING:
            first, second = (_field(target, field) for target in (one, two))
            if first != second:
                yield Edit(owner, id_, _dated(field, two or one), first, second)


def weight_edits(before: Site, after: Site) -> Iterator[Edit]:
    """Weights that changed, for key indicators in both."""
    for owner, id_, one, two in _entries(before, after):
        first, second = (_field(target, "weight") for target in (one, two))
        if first != second:
            yield Edit(owner, id_, _dated("weight", two or one), first, second)


def definition_edits(before: Site, after: Site) -> Iterator[Edit]:
    """Indicators in both whose definition reads otherwise, field by field, and versions that were added."""
    for id_, two in after.indicators.items():
        one = before.indicators.get(id_)
        if one is None:
            continue
        yield from _fields(id_, one, two)
        known = {version.version: version for version in one.definitions}
        for version in two.definitions:
            first = _written(known.get(version.version))
            if first != _written(version):
                yield Edit(id_, str(version.version), "definitions", first, _written(version))
    for name in sorted({*before.measures} & {*after.measures}):
        one_sql, two_sql = (
            _written(site.measures[name].model_copy(update={"name": Text()})) for site in (before, after)
        )
        if one_sql != two_sql:
            yield Edit(name, "", "measure", one_sql, two_sql)


def indicator_edits(before: Site, after: Site) -> Iterator[Edit]:
    """Indicators that are new or have left, in the site and in each product."""
    for id_ in (*after.indicators, *before.indicators):
        if id_ not in before.indicators or id_ not in after.indicators:
            yield _came_or_left(id_, "", "indicator", id_ in after.indicators)
    first, second = _carried(before), _carried(after)
    for owner in [owner for owner in second if owner in first]:
        for id_ in dict.fromkeys((*second[owner], *first[owner])):
            one, two = first[owner].get(id_, ""), second[owner].get(id_, "")
            if one != two:
                yield Edit(owner, id_, "role", one, two)


def product_edits(before: Site, after: Site) -> Iterator[Edit]:
    """Products that are new or have left."""
    for id_ in dict.fromkeys((*after.products, *before.products)):
        if id_ not in before.products or id_ not in after.products:
            yield _came_or_left(id_, "", "product", id_ in after.products)


def plan_edits(before: Report, after: Report) -> Iterator[Edit]:
    """Plans that were opened or closed, verdicts that were given, and what became of actions."""
    first, second = before.site.plans, after.site.plans
    status = [{(one.plan, one.action): one.status for one in report.actions} for report in (before, after)]
    for id_ in sorted({*first, *second}):
        one, two = first.get(id_), second.get(id_)
        if one is None or two is None:
            yield _came_or_left(id_, "", "plan", two is not None)
        for field, read in _PLAN_FIELDS.items():
            then, now = (read(plan) if plan else "" for plan in (one, two))
            if then != now:
                yield Edit(id_, "", field, then, now)
        actions = dict.fromkeys((*(two.actions if two else ()), *(one.actions if one else ())))
        for action in actions:
            then, now = (found.get((id_, action), "") for found in status)
            if then != now:
                yield Edit(id_, action, "status", then, now)


def _closed(plan: Plan) -> str:
    return plan.closed.isoformat() if plan.closed else ""


def _verdict(plan: Plan) -> str:
    return plan.reviews[-1].verdict if plan.reviews else ""


_PLAN_FIELDS = {"closed": _closed, "verdict": _verdict}


def _entries(before: Site, after: Site) -> Iterator[tuple[str, str, Target | None, Target | None]]:
    """The targets of key indicators in both, matched by the month they begin in."""
    first, second = _keys(before), _keys(after)
    for owner in [owner for owner in second if owner in first]:
        for id_ in [id_ for id_ in second[owner] if id_ in first[owner]]:
            old = {target.from_: target for target in first[owner][id_]}
            new = {target.from_: target for target in second[owner][id_]}
            for start in dict.fromkeys((*new, *old)):
                yield owner, id_, old.get(start), new.get(start)


def _keys(site: Site) -> dict[str, Mapping[str, tuple[Target, ...]]]:
    return {**{id_: product.key for id_, product in site.products.items()}, BANK: site.bank.key}


def _carried(site: Site) -> dict[str, dict[str, str]]:
    found = {owner: dict.fromkeys(keys, "key") for owner, keys in _keys(site).items()}
    for id_, product in site.products.items():
        found[id_] |= dict.fromkeys(product.monitor, "monitor")
    return found


def _fields(id_: str, one: Indicator, two: Indicator) -> Iterator[Edit]:
    for field in DEFINING:
        first, second = _plain(getattr(one, field)), _plain(getattr(two, field))
        if first != second:
            yield Edit(id_, "", field, first, second)


def _came_or_left(owner: str, thing: str, field: str, is_new: bool) -> Edit:
    return Edit(owner, thing, field, "" if is_new else owner, owner if is_new else "")


def _dated(field: str, target: Target | None) -> str:
    """The field, with the month its target begins in where that is not the beginning."""
    start = target.from_ if target else None
    return f"{field} from {start}" if start else field


def _field(target: Target | None, field: str) -> str:
    if target is None:
        return ""
    return _plain(getattr(target, field))


def _written(declared: Model | None) -> str:
    """What an author wrote, on one line; empty for nothing."""
    if declared is None:
        return ""
    plain = declared.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"reason"})
    return ", ".join(f"{name}: {_plain(value)}" for name, value in plain.items())


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return number(float(value))
    if isinstance(value, tuple | list):
        return f"[{', '.join(_plain(one) for one in value)}]"
    return _written(value) if isinstance(value, Model) else str(value)
