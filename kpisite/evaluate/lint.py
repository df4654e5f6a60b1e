"""Lint: every rule over a report, with the exceptions that its authors made."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kpisite.declare.model import Ignore, Site
from kpisite.errors import Problem, did_you_mean
from kpisite.evaluate.lint_definitions import published, unused
from kpisite.evaluate.lint_figures import measured, twins
from kpisite.evaluate.lint_found import Finding, found, pairs
from kpisite.evaluate.lint_keys import balance
from kpisite.evaluate.lint_plans import outlived
from kpisite.evaluate.lint_rules import BY_ID
from kpisite.evaluate.lint_targets import declared
from kpisite.evaluate.report import Report


def lint(report: Report, releases: Sequence[Report] = ()) -> tuple[Finding, ...]:
    """Every finding in the order of the rules' homes; those that an exception covers carry its reason."""
    findings = tuple(_open(report, releases))
    return (*(_excepted(report.site, one) for one in findings), *_exceptions(report.site, findings))


def lint_product(report: Report, id_: str) -> tuple[Finding, ...]:
    """What `lint` finds about one product and its key indicators: no rule compares products with each other."""
    alone = report.site.model_copy(update={"products": {id_: report.site.products[id_]}})
    return tuple(_excepted(report.site, one) for one in _open(replace(report, site=alone), ()))


def problems_of(findings: Sequence[Finding]) -> list[Problem]:
    """The open findings as authors read them: the rule's id before what was found, then why and how."""
    return [_problem(one) for one in findings if not one.accepted]


def _problem(one: Finding) -> Problem:
    rule = BY_ID[one.rule]
    return Problem(one.place, f"{one.rule} {one.what}", f"{rule.why} {rule.how}", one.rule, one.level)


def _open(report: Report, releases: Sequence[Report]) -> Iterator[Finding]:
    site = report.site
    for pair in pairs(site):
        yield from declared(site, pair)
        if pair.product.lives_in(site.report.period):
            yield from measured(report, pair)
    yield from outlived(site)
    yield from balance(site)
    yield from twins(report)
    yield from unused(site)
    for release in releases[-1:]:
        yield from published(report, release)


def _excepted(site: Site, one: Finding) -> Finding:
    reason = next((ex.reason.strip() for ex in site.lint.ignore if ex.reason.strip() and _covers(ex, one)), "")
    return replace(one, accepted=reason) if reason else one


def _covers(ignore: Ignore, one: Finding) -> bool:
    """Is this finding meant: by its rule, and by the product, the indicator or both that it is about?"""
    return ignore.rule == one.rule and ignore.where in ("", one.about, one.product, one.indicator)


def _exceptions(site: Site, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Exceptions without a reason, from no rule, or that cover nothing."""
    for number, ignore in enumerate(site.lint.ignore):
        path, name = ("lint", "ignore", number), " of ".join(part for part in (ignore.rule, ignore.where) if part)
        if not ignore.reason.strip():
            yield found(site, "L-1", "error", "no-reason", f"the exception from {name} has no reason", path)
        if ignore.rule not in BY_ID:
            what = f"there is no rule '{ignore.rule}' to except from. {did_you_mean(ignore.rule, BY_ID)}".rstrip(".? ")
            yield found(site, "L-2", "warning", "no-rule", what, (*path, "rule"))
        elif not any(_covers(ignore, one) for one in findings):
            yield found(site, "L-2", "warning", "covers-nothing", f"the exception from {name} covers nothing", path)
