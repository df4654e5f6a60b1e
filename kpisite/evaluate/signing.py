"""Who signed a product's part of a version, and which parts nobody signed in time."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile

from kpisite.declare.model import Review
from kpisite.evaluate.report import Report
from kpisite.periods import Period

# Working days after the end of a version's period; from Monday to Friday, because no calendar of holidays is declared.
WORKING_DAYS = 10
_WEEK, _SATURDAY = 7, 5


@dataclass(frozen=True, slots=True)
class Signing:
    """The signatures under a product's part, the earliest first; `whole` when nobody else is needed."""

    reviews: tuple[Review, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A product's part of a version that was not signed in time: by which day, and how many working days it took."""

    version: str
    product: str
    due: dt.date
    days: int  # from the end of the period to the report's day
    owner: str


def signing(report: Report, product: str, version: str = "") -> Signing:
    """The last verdict of each person by the report's day; one pair of eyes must not be the owner's.

    A release is signed after it was frozen: of it every verdict counts that has been added since.
    Of the report's own version, or of another one as far as the report knows.
    """
    last: dict[str, Review] = {}
    for one in sorted(report.site.reviews, key=lambda review: review.on):
        is_known = report.frozen or one.on.isoformat() <= report.as_of
        if (one.release, one.product) == (version or report.version, product) and is_known:
            last[one.person] = one
    signed = tuple(sorted((one for one in last.values() if one.verdict == "signed"), key=lambda one: one.on))
    others = any(one.person != report.site.products[product].owner for one in signed)
    return Signing(signed, others and len(signed) == len(last))


def signed_products(report: Report, version: str = "", period: Period | None = None) -> tuple[int, int]:
    """How many products are signed, and how many there were to sign in the period; of another version likewise."""
    ids = _to_sign(report, period or report.period)
    return sum(signing(report, id_, version).whole for id_ in ids), len(ids)


def unsigned(report: Report, versions: Sequence[tuple[str, Period]] = ()) -> Iterator[Unsigned]:
    """The parts of a report's version, or of these in their order, that were due by its day and are not signed.

    Nothing is due where nobody ever signs, nor in versions before the first that anybody signed; a draft is no version.
    """
    own = () if report.version != report.site.report.version else ((report.version, report.period),)
    known, today = {one.release for one in report.site.reviews}, dt.date.fromisoformat(report.as_of)
    for version, period in dropwhile(lambda one: one[0] not in known, versions) if versions else own if known else ():
        due = due_day(period)
        if today <= due:
            continue
        for id_ in _to_sign(report, period):
            if not signing(report, id_, version).whole:
                yield Unsigned(version, id_, due, working_days(period, today), report.site.products[id_].owner)


def due_day(period: Period) -> dt.date:
    """The last day on which a version of this period is signed in time."""
    day, left = period.last_day, WORKING_DAYS
    while left:
        day += dt.timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return day


def working_days(period: Period, day: dt.date) -> int:
    """How many working days lie between the end of a period and a day, that day included."""
    weeks, rest = divmod(max((day - period.last_day).days, 0), _WEEK)
    first = period.last_day.weekday() + 1
    return weeks * _SATURDAY + sum((first + n) % _WEEK < _SATURDAY for n in range(rest))


def _to_sign(report: Report, period: Period) -> list[str]:
    """The products that were there in the period."""
    products = [subject.id for subject in report.subjects if subject.level == "product"]
    return [id_ for id_ in products if report.site.products[id_].lives_in(period)]
