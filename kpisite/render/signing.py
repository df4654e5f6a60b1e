"""Who signed a product's part of the version that is shown."""

from dataclasses import dataclass

from kpisite.declare.model import Review
from kpisite.evaluate.report import Report


@dataclass(frozen=True, slots=True)
class Signing:
    """The signatures under a product's part, the earliest first; `whole` when nobody else is needed."""

    reviews: tuple[Review, ...]
    whole: bool


def signing(report: Report, product: str) -> Signing:
    """The last verdict of each person by the report's day; one pair of eyes must not be the owner's."""
    last: dict[str, Review] = {}
    for one in sorted(report.site.reviews, key=lambda review: review.on):
        if (one.release, one.product) == (report.version, product) and one.on.isoformat() <= report.as_of:
            last[one.person] = one
    signed = tuple(sorted((one for one in last.values() if one.verdict == "signed"), key=lambda one: one.on))
    others = any(one.person != report.site.products[product].owner for one in signed)
    return Signing(signed, others and len(signed) == len(last))


def signed_products(report: Report) -> tuple[int, int]:
    """How many products are signed, and how many there were to sign in the period."""
    launched = {id_: product.launched for id_, product in report.site.products.items()}
    ids = [
        subject.id
        for subject in report.subjects
        if subject.level == "product"
        and ((month := launched[subject.id]) is None or month.number <= report.period.last_month)
    ]
    return sum(signing(report, id_).whole for id_ in ids), len(ids)
