"""The shape of a draft against the model: a Site of all that is in shape, and a problem for all that is not."""

from collections.abc import Iterable

from pydantic import ValidationError

from kpisite.declare.draft import Draft, entry_of
from kpisite.declare.model import Path, Site
from kpisite.declare.wording import problems_of
from kpisite.declare.yaml_source import Value
from kpisite.errors import Problems

# Stand in for sections that are out of shape, so that the rest can be checked against each other.
_PLACEHOLDERS: dict[str, Value] = {"site": {"title": "-"}, "report": {"period": "2000-12"}}


def shape(draft: Draft, problems: Problems) -> Site:
    """The site without the entries that are out of shape, which are noted as problems."""
    broken = set(draft.broken)
    try:
        return _with_places(Site.model_validate(_without(draft, broken)), draft)
    except ValidationError as error:
        findings = error.errors(include_url=False)
    for path, problem in problems_of(findings, draft):
        # A file that ends in a mistake may hold the section further down.
        if problem.code != "missing-section" or draft.whole:
            problems.found.append(problem)
        broken.add(entry_of(path))
    return _with_places(Site.model_validate(_without(draft, broken) | _placeholders(draft, broken)), draft)


def _with_places(site: Site, draft: Draft) -> Site:
    return site.model_copy(update={"places": draft.places(), "bodies": draft.bodies})


def _without(draft: Draft, broken: Iterable[Path]) -> dict[str, Value]:
    """The sections without some of their entries."""
    sections = dict(draft.sections)
    for section, *rest in sorted(broken, key=str):
        part = sections.get(str(section))
        if rest and isinstance(part, dict):
            sections[str(section)] = {id_: entry for id_, entry in part.items() if id_ != rest[0]}
        else:
            sections.pop(str(section), None)
    return sections


def _placeholders(draft: Draft, broken: set[Path]) -> dict[str, Value]:
    return {
        section: value
        for section, value in _PLACEHOLDERS.items()
        if section not in draft.sections or (section,) in broken
    }
