"""Does everything exist that is spoken of by its id?"""

from collections.abc import Iterator
from typing import NamedTuple

from kpisite.declare.draft import NOUNS, Draft
from kpisite.declare.model import Path, Plan, Product, Site
from kpisite.errors import Problems, did_you_mean

# Indicators that the site computes itself, for the bank only.
BUILTINS = (
    "data-completeness",
    "plan-effectiveness-rate",
    "plan-on-time-rate",
    "report-timeliness",
    "target-attainment-rate",
)


class Reference(NamedTuple):
    """An id of another section, where it is written, and whether it is written as a key."""

    section: str
    id: str
    path: Path
    is_key: bool = False


def check_references(site: Site, draft: Draft, problems: Problems) -> None:
    """Unknown ids, with the nearest known one."""
    # An id declared in capitals is a problem of its own; who speaks of it is right.
    known = {section: frozenset(id_.casefold() for id_ in draft.ids(section)) for section in NOUNS}
    for section, id_, path, is_key in _references(site):
        if id_.casefold() not in known[section] and draft.is_readable(section):
            place = draft.key_place(*path) if is_key else draft.place(*path)
            noun = NOUNS[section]
            hint = did_you_mean(id_, draft.ids(section))
            problems.error(place, f"no {noun} is called '{id_}'", hint, f"unknown-{noun}")
    _check_builtins(site, draft, problems)


def _references(site: Site) -> Iterator[Reference]:
    yield from _of_sources(site)
    for id_, control in site.controls.items():
        yield Reference("measures", control.measure, ("controls", id_, "measure"))
    yield from _of_indicators(site)
    for id_, product in site.products.items():
        yield from _of_product(id_, product)
    yield from _of_competitors(site)
    for indicator in site.bank.key:
        yield Reference("indicators", indicator, ("bank", "key", indicator), is_key=True)
    for id_, practice in site.practices.items():
        yield Reference("families", practice.family, ("practices", id_, "family"))
        for indicator in practice.moves:
            yield Reference("indicators", indicator, ("practices", id_, "moves", indicator), is_key=True)
    for id_, plan in site.plans.items():
        yield from _of_plan(id_, plan)
    for number, edge in enumerate(site.strategy_map):
        yield Reference("indicators", edge.source, ("strategy_map", number, "from"))
        yield Reference("indicators", edge.target, ("strategy_map", number, "to"))
    for number, review in enumerate(site.reviews):
        yield Reference("products", review.product, ("reviews", number, "product"))
    yield from _of_restatements(site)


def _of_sources(site: Site) -> Iterator[Reference]:
    for id_, source in site.sources.items():
        if source.connection is not None:
            yield Reference("connections", source.connection, ("sources", id_, "connection"))
    for name, measure in site.measures.items():
        yield Reference("sources", measure.source, ("measures", name, "source"))


def _of_indicators(site: Site) -> Iterator[Reference]:
    for id_, indicator in site.indicators.items():
        path = ("indicators", id_)
        yield Reference("families", indicator.family, (*path, "family"))
        if indicator.sample:
            yield Reference("measures", indicator.sample.measure, (*path, "sample", "measure"))
        for number, other in enumerate(indicator.led_by):
            yield Reference("indicators", other, (*path, "led_by", number))


def _of_restatements(site: Site) -> Iterator[Reference]:
    for number, note in enumerate(site.restatements):
        yield Reference("products", note.product, ("restatements", number, "product"))
        for at, indicator in enumerate(note.indicators):
            yield Reference("indicators", indicator, ("restatements", number, "indicators", at))


def _of_competitors(site: Site) -> Iterator[Reference]:
    declared = site.competitors
    for key in ("share", "growth") if declared else ():
        indicator = getattr(declared, key)
        if indicator is not None:
            yield Reference("indicators", indicator, ("competitors", key))


def _of_product(id_: str, product: Product) -> Iterator[Reference]:
    path = ("products", id_)
    yield Reference("lines", product.line, (*path, "line"))
    for indicator in product.key:
        yield Reference("indicators", indicator, (*path, "key", indicator), is_key=True)
    for number, indicator in enumerate(product.monitor):
        yield Reference("indicators", indicator, (*path, "monitor", number))
    for indicator in product.rebase:
        yield Reference("indicators", indicator, (*path, "rebase", indicator), is_key=True)


def _of_plan(id_: str, plan: Plan) -> Iterator[Reference]:
    path = ("plans", id_)
    yield Reference("products", plan.product, (*path, "product"))
    for number, indicator in enumerate(plan.indicators):
        yield Reference("indicators", indicator, (*path, "indicators", number))
    for number, practice in enumerate(plan.practices):
        yield Reference("practices", practice, (*path, "practices", number))
    for number, effect in enumerate(plan.expected):
        yield Reference("indicators", effect.indicator, (*path, "expected", number, "indicator"))
    for indicator in plan.rebase:
        yield Reference("indicators", indicator, (*path, "rebase", indicator), is_key=True)
    for name, action in plan.actions.items():
        here = (*path, "actions", name)
        if action.practice:
            yield Reference("practices", action.practice, (*here, "practice"))
        for number, indicator in enumerate(action.indicators):
            yield Reference("indicators", indicator, (*here, "indicators", number))


def _check_builtins(site: Site, draft: Draft, problems: Problems) -> None:
    builtin = {id_ for id_, indicator in site.indicators.items() if indicator.builtin}
    for id_ in sorted(builtin):
        name = site.indicators[id_].builtin or ""
        if name not in BUILTINS:
            place = draft.place("indicators", id_, "builtin")
            problems.error(place, f"the site computes no '{name}'", did_you_mean(name, BUILTINS), "unknown-builtin")
    for id_, product in site.products.items():
        written: list[tuple[str, Path]] = [(one, ("key", one)) for one in product.key]
        written += [(one, ("monitor", number)) for number, one in enumerate(product.monitor)]
        for one, path in written:
            if one in builtin:
                place = draft.place("products", id_, *path)
                problems.error(
                    place,
                    f"'{one}' is computed for the bank only",
                    "Move it to 'bank: key:' in site.yaml.",
                    "builtin-in-product",
                )
