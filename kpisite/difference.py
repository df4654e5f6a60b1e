"""What differs between two versions of a site, by their names."""

from pathlib import Path

from kpisite.build import RELEASES, judged, versions_of
from kpisite.declare.read import read_site
from kpisite.errors import Problems, did_you_mean
from kpisite.evaluate.report import Report
from kpisite.release.changes import Changes
from kpisite.release.compare import compare
from kpisite.release.store import read_releases


class UnknownVersionError(Exception):
    """No version is called so; the message says what there is."""


def difference(config: Path, first: str, second: str) -> Changes:
    """Compare two versions; raises UnknownVersionError, or AuthorError where the working report is asked for."""
    found = {report.version: report for report in read_releases(config.parent / RELEASES)}
    if not {first, second} <= set(found):
        # Only the working report is not frozen; it is measured when it is asked for.
        found |= {report.version: report for report in versions_of(config, _working(config))}
    for name in (first, second):
        if name not in found:
            raise UnknownVersionError(f"no version is called '{name}'. {did_you_mean(name, found)}")
    return compare(found[first], found[second])


def _working(config: Path) -> Report:
    problems = Problems()
    return judged(read_site(config, problems), config, problems)
