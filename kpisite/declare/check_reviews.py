"""Can the reviews of releases be meant: of a version that may exist, after its period, one verdict a day?"""

import datetime as dt
import re

from kpisite.declare.draft import Draft
from kpisite.declare.model import Site
from kpisite.declare.version_name import version_fault
from kpisite.errors import Place, Problems
from kpisite.periods import PeriodError, parse

# The period at the beginning of a version's name, as in 2026-07-board.
_PERIOD = re.compile(r"(\d{4}-(\d{2}|[QH]\d))(?![A-Za-z0-9])")


def check_reviews(site: Site, draft: Draft, problems: Problems) -> None:
    """Names that no version can have, reviews before there was anything to review, and two verdicts at once."""
    given: dict[tuple[str, str, str, dt.date], tuple[str, Place]] = {}
    for number, review in enumerate(site.reviews):
        place = draft.place("reviews", number, "release")
        fault = version_fault(review.release)
        if fault is not None:
            problems.error(place, f"the review's 'release': {fault.what}", fault.hint, "review-release")
            continue
        end = _end(review.release)
        if end is not None and review.on <= end:
            what = f"the review on {review.on} lies before the end of the period that it reviews ({review.release})"
            problems.error(draft.place("reviews", number, "on"), what, "Check the day and the release.", "review-early")
        place = draft.place("reviews", number, "verdict")
        key = (review.release, review.product, review.person, review.on)
        verdict, first = given.setdefault(key, (review.verdict, place))
        if verdict != review.verdict:
            what = f"'{review.person}' has given '{review.product}' in {review.release} two verdicts on {review.on}"
            problems.error(place, f"{what}; the other is at {first}", "Keep the one that counts.", "review-twice")


def _end(release: str) -> dt.date | None:
    """The last day of the period by which a version is called; None where it is called otherwise."""
    found = _PERIOD.match(release)
    try:
        return parse(found[1]).last_day if found else None
    except PeriodError:
        return None
