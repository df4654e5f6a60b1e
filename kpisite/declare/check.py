"""What the parts of a site owe each other: a list of checks, each of which notes what it finds."""

from kpisite.declare.check_dates import check_definitions, check_plans, check_report, check_restatements
from kpisite.declare.check_languages import check_languages
from kpisite.declare.check_names import check_names, check_sources
from kpisite.declare.check_plans import doubt_plans
from kpisite.declare.check_references import check_references
from kpisite.declare.check_reviews import check_reviews
from kpisite.declare.check_settings import check_scoring, check_shares, check_sums
from kpisite.declare.check_targets import check_targets
from kpisite.declare.draft import Draft
from kpisite.declare.model import Site
from kpisite.errors import Problems

CHECKS = (
    check_names,
    check_sources,
    check_references,
    check_targets,
    check_report,
    check_definitions,
    check_plans,
    doubt_plans,
    check_scoring,
    check_shares,
    check_sums,
    check_restatements,
    check_reviews,
    check_languages,
)


def check(site: Site, draft: Draft, problems: Problems) -> None:
    """Check all that is in shape; the draft knows the ids of the rest and where everything stands."""
    for one in CHECKS:
        one(site, draft, problems)
