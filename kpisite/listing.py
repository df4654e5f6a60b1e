"""What is declared, as rows for the command line and for programs."""

import math
from collections.abc import Callable
from pathlib import Path

from kpisite.build import RELEASES, report_of
from kpisite.declare.model import Site
from kpisite.declare.read import read_site
from kpisite.errors import Problems
from kpisite.evaluate.report import SEVERITIES
from kpisite.evaluate.warning import alerts
from kpisite.release.restated_warnings import warned_of_restated
from kpisite.release.store import read_releases

Row = dict[str, str | int | float]


def listing(config: Path, what: str) -> list[Row]:
    """One row for each thing of this kind, in the order of their ids; AuthorError if the declarations are wrong."""
    if what == "releases":
        found = read_releases(config.parent / RELEASES)
        return [{"version": r.version, "period": r.period.label, "as_of": r.as_of, "title": r.title} for r in found]
    if what == "warnings":
        return _warnings(config)
    problems = Problems()
    site = read_site(config, problems)
    problems.stop_if_any()
    return KINDS[what](site, site.site.languages[0])


def _warnings(config: Path) -> list[Row]:
    """The open warnings of the working state, the most severe first; an empty text where there is no number."""
    report = warned_of_restated(report_of(config, Problems()), read_releases(config.parent / RELEASES))
    found = [one for one in alerts(report) if one.cleared is None]
    found.sort(key=lambda one: (-SEVERITIES.index(one.severity), one.product, one.indicator, one.rule, one.raised))
    return [
        {
            "id": one.id,
            "rule": one.rule,
            "severity": one.severity,
            "product": one.product,
            "indicator": one.indicator,
            "raised": one.raised.label,
            "value": _number(one.value),
            "threshold": _number(one.threshold),
            "breach": one.breach.label if one.breach else "",
            "chance": _number(one.chance),
            "detail": one.detail,
        }
        for one in found
    ]


def _number(value: float) -> float | str:
    return "" if math.isnan(value) else value


def _indicators(site: Site, language: str) -> list[Row]:
    return [
        {
            "id": id_,
            "name": one.name.in_(language),
            "family": one.family,
            "unit": one.unit,
            "direction": one.direction,
            "formula": one.formula or f"builtin {one.builtin}",
        }
        for id_, one in sorted(site.indicators.items())
    ]


def _products(site: Site, language: str) -> list[Row]:
    return [
        {
            "id": id_,
            "name": one.name.in_(language),
            "line": one.line,
            "owner": one.owner,
            "key": len(one.key),
            "monitor": len(one.monitor),
        }
        for id_, one in sorted(site.products.items())
    ]


def _plans(site: Site, language: str) -> list[Row]:
    return [
        {
            "id": id_,
            "title": one.title.in_(language),
            "product": one.product,
            "owner": one.owner,
            "actions": len(one.actions),
        }
        for id_, one in sorted(site.plans.items())
    ]


def _practices(site: Site, language: str) -> list[Row]:
    return [
        {"id": id_, "name": one.name.in_(language), "family": one.family, "moves": ", ".join(sorted(one.moves))}
        for id_, one in sorted(site.practices.items())
    ]


def _measures(site: Site, language: str) -> list[Row]:
    return [
        {"id": id_, "name": one.name.in_(language), "source": one.source, "kind": one.kind, "unit": one.unit}
        for id_, one in sorted(site.measures.items())
    ]


def _sources(site: Site, language: str) -> list[Row]:
    return [
        {"id": id_, "name": one.name.in_(language), "file": one.file or f"{one.connection}: {one.query or one.table}"}
        for id_, one in sorted(site.sources.items())
    ]


KINDS: dict[str, Callable[[Site, str], list[Row]]] = {
    "indicators": _indicators,
    "products": _products,
    "plans": _plans,
    "practices": _practices,
    "measures": _measures,
    "sources": _sources,
}
