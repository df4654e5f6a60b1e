"""Is everything that is declared used, and does what was published stand?"""

import re
from collections.abc import Iterator

import numpy as np

from kpisite.declare.model import Site
from kpisite.evaluate.lint_found import Finding, found
from kpisite.evaluate.reasons import formula_at
from kpisite.evaluate.report import KEY, Report
from kpisite.periods import Grain

_WORD = re.compile(r"[^\W\d]\w*")


def unused(site: Site) -> Iterator[Finding]:
    """Measures and params that no formula, sample or condition names."""
    named: set[str] = set()
    for one in site.indicators.values():
        conditions = one.missing_when.formula if one.missing_when else ""
        formulas = [one.formula or "", conditions, *(version.formula or "" for version in one.definitions)]
        named |= {word for formula in formulas for word in _WORD.findall(formula)}
        if one.sample:
            named.add(one.sample.measure)
    for section, names in (("measures", site.measures), ("params", site.params)):
        for name in names:
            if name not in named:
                what = f"no indicator uses the {section.removesuffix('s')} '{name}'"
                yield found(site, "D-1", "warning", "unused", what, (section, name), name=name)


def published(report: Report, release: Report) -> Iterator[Finding]:
    """What a report says otherwise about months that a release has published."""
    yield from _formulas(report.site, release)
    yield from _targets(report, release)


def _formulas(site: Site, release: Report) -> Iterator[Finding]:
    """Indicators whose formula for the last published month differs, and that have no new version."""
    for id_, indicator in site.indicators.items():
        before = release.site.indicators.get(id_)
        if before is None or len(indicator.definitions) > len(before.definitions):
            continue
        first, second = (formula_at(one, id_, release.period) for one in (release.site, site))
        if _spelt(first) != _spelt(second):
            what = f"the formula of '{id_}' was '{first}' in release {release.version} and has no new version"
            yield found(site, "D-2", "error", "formula", what, ("indicators", id_, "formula"), release=release.version)


def _targets(report: Report, release: Report) -> Iterator[Finding]:
    """Key indicators of products whose target or weight differs in a published month."""
    site, old, new = report.site, release.figures[Grain.MONTH], report.figures[Grain.MONTH]
    months = [period for period in new.periods if period in old.periods and period <= release.period]
    t0, t1 = [old.periods.index(one) for one in months], [new.periods.index(one) for one in months]
    for id_, product in site.products.items():
        if id_ not in release.site.products:
            continue
        s0, s1 = release.subject(id_), report.subject(id_)
        for indicator in product.key:
            if indicator not in release.indicators:
                continue
            i0, i1 = release.indicator(indicator), report.indicator(indicator)
            if release.role[s0, i0] != KEY:
                continue
            for field in ("target", "target_high", "weight"):
                before, after = getattr(old, field)[s0, i0, t0], getattr(new, field)[s1, i1, t1]
                moved = ~((before == after) | (np.isnan(before) & np.isnan(after)))
                if moved.any():
                    last = int(np.flatnonzero(moved)[-1])
                    what = (
                        f"the {_NOUN[field]} of '{indicator}' of '{id_}' in {months[last]} was {before[last]:g} in "
                        f"release {release.version} and is {after[last]:g}"
                    )
                    facts = {"other": indicator, "period": months[last].label, "release": release.version}
                    yield found(site, "D-3", "error", "moved", what, ("products", id_, "key", indicator), **facts)


_NOUN = {"target": "target", "target_high": "upper target", "weight": "weight"}


def _spelt(formula: str) -> str:
    return re.sub(r"\s+", "", formula)
