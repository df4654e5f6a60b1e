"""Can the scoring method, the shares of products and the ways of adding up be meant as they are written?"""

import difflib
from collections.abc import Collection, Iterator

from kpisite.declare.draft import Draft
from kpisite.declare.model import Path, Site
from kpisite.errors import Problems, did_you_mean

WHOLE_SCORE = 100
# What people write where the site's own names of units are meant.
_MEANT = {
    "rmb": "cny", "yuan": "cny", "元": "cny", "人民币": "cny", "%": "pct", "percent": "pct", "百分比": "pct",
    "bps": "bp", "个": "count", "笔": "count", "户": "count", "人": "count", "件": "count", "number": "count",
    "分": "points", "天": "days", "小时": "hours", "分钟": "minutes",
}  # fmt: skip


def check_scoring(site: Site, draft: Draft, problems: Problems) -> None:
    """The scale of scores goes upwards: amber, green, and at least 100 for what is more than met."""
    scoring = site.scoring
    limits = scoring.composite
    if limits.amber >= limits.green:
        what = f"a composite is amber from {limits.amber:g} and green from {limits.green:g} on"
        place = draft.place("scoring", "composite", "amber")
        problems.error(place, what, "Write a lower 'amber' than 'green'.", "scoring-order")
    if scoring.cap < WHOLE_SCORE:
        what = f"the cap of scores is {scoring.cap:g}, below the {WHOLE_SCORE} of a target that is just met"
        problems.error(draft.place("scoring", "cap"), what, "Write 100 or more.", "scoring-order")
    elif limits.green > scoring.cap:
        what = f"a composite is green from {limits.green:g} on, and no score exceeds the cap of {scoring.cap:g}"
        problems.error(draft.place("scoring", "composite", "green"), what, "Lower it.", "scoring-order")
    if scoring.slope <= 0:
        what = f"'scoring.slope' is {scoring.slope:g}, so that missing a target costs nothing"
        problems.error(draft.place("scoring", "slope"), what, "Write the points lost per tolerance.", "scoring-order")


def check_shares(site: Site, draft: Draft, problems: Problems) -> None:
    """The score of a line is a mean by shares, so one of its products has one."""
    for line in site.lines:
        own = {id_: product for id_, product in site.products.items() if product.line == line}
        if own and not any(product.share for product in own.values()):
            what = f"the shares of all products of the line '{line}' are 0, so that it has no score"
            hint = "Give one of them a share; 0 leaves a product out of the score of its line."
            problems.error(draft.place("products", next(iter(own)), "share"), what, hint, "share-zero")


def check_sums(site: Site, draft: Draft, problems: Problems) -> None:
    """Only amounts are added up over products: the sum of ratios is nothing."""
    for id_, indicator in site.indicators.items():
        if indicator.across == "sum" and indicator.kind not in ("flow", "stock"):
            what = f"'{id_}' is of the kind '{indicator.kind}', and lines and the bank are to be the sum of it"
            hint = "Write 'across: ratio': the formula is then computed from the measures of all products together."
            problems.error(draft.place("indicators", id_, "across"), what, hint, "sum-of-ratios")


def doubt_units(site: Site, known: Collection[str], problems: Problems) -> None:
    """Units that neither the theme nor the site has words for, once each."""
    known = {*known, *site.units}
    told: set[str] = set()
    for unit, path in _units(site):
        if unit not in known and unit not in told:
            told.add(unit)
            meant = _MEANT.get(unit.casefold()) or next(iter(difflib.get_close_matches(unit, sorted(known), n=1)), "")
            hint = f"Did you mean '{meant}'?" if meant in known else did_you_mean(unit, known)
            what = f"no unit is called '{unit}', so that '{unit}' will stand behind the numbers as it is"
            problems.warn(site.place(*path), what, f"{hint} Units of your own stand under 'units'.", "unknown-unit")


def _units(site: Site) -> Iterator[tuple[str, Path]]:
    for id_, indicator in site.indicators.items():
        yield indicator.unit, ("indicators", id_, "unit")
    for name, measure in site.measures.items():
        yield measure.unit, ("measures", name, "unit")
